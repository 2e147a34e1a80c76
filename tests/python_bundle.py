"""What XGBoost's Python package says of a bundle that vidqc-train wrote, by the
description in vidqc-classify(1):

    python3 python_bundle.py model.json features.jsonl

prints {"clip_id":..,"p":[NONE, TEXT_INCONSISTENCY, TEMPORAL_FLICKER],"text":..} a clip.
"""

import json
import sys

import numpy
import xgboost


def probabilities(bundle, defect, records):
    booster = xgboost.Booster()
    booster.load_model(bytearray(json.dumps(bundle["boosters"][defect]), "utf-8"))
    names = booster.feature_names
    x = numpy.array([[r["features"][n] for n in names] for r in records], dtype=numpy.float64)
    scaling = bundle["scaling"].get(defect)
    if scaling:
        spread = numpy.array(scaling["spread"])
        x = (x - scaling["center"]) / numpy.where(spread > 0, spread, numpy.inf)
        x = x.clip(-scaling["limit"], scaling["limit"])
    margin = booster.predict(xgboost.DMatrix(x, feature_names=names), output_margin=True)
    calibration = bundle["calibration"][defect]
    return 1 / (1 + numpy.exp(-(calibration["slope"] * margin + calibration["intercept"])))


def main(model, features):
    with open(model) as file:
        bundle = json.load(file)
    with open(features) as lines:
        records = [r for r in map(json.loads, lines) if r["type"] == "features"]
    text = probabilities(bundle, "TEXT_INCONSISTENCY", records)
    text *= [r["features"]["has_text_regions"] > 0 for r in records]
    flicker = probabilities(bundle, "TEMPORAL_FLICKER", records)
    for record, t, f in zip(records, text, flicker):
        p = [float(v) for v in ((1 - f) * (1 - t), (1 - f) * t, f)]
        own = float(t * (1 - f + f * bundle["text_beside_flicker"]))
        print(json.dumps({"clip_id": record["clip_id"], "p": p, "text": own}))


if __name__ == "__main__":
    main(*sys.argv[1:])
