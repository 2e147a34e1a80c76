"""Train three-class models on feature records with XGBoost's Python package, and
write what it predicts:

    python3 python_models.py labels.csv features.jsonl DIR

leaves DIR/NAME.json and DIR/NAME.expected.jsonl for each kind of booster.
"""

import csv
import json
import sys

import numpy
import xgboost

CLASSES = ["NONE", "TEXT_INCONSISTENCY", "TEMPORAL_FLICKER"]
KINDS = {
    "gbtree": {"max_depth": 3, "subsample": 0.8},
    "pruned": {"booster": "gbtree", "tree_method": "exact", "max_depth": 5, "gamma": 1.0},
    "dart": {"max_depth": 3, "rate_drop": 0.2},
    "gblinear": {},
}


def main(labels, features, folder):
    with open(features) as lines:
        records = [r for r in map(json.loads, lines) if r["type"] == "features"]
    with open(labels, newline="") as table:
        category = {row["clip_id"]: row["artifact_category"] for row in csv.DictReader(table)}
    # Neither all features nor in the records' order: they are matched by name.
    names = sorted(records[0]["features"])[1:]
    x = numpy.array([[r["features"][n] for n in names] for r in records], dtype=numpy.float32)
    y = [CLASSES.index(category[r["clip_id"]]) for r in records]
    data = xgboost.DMatrix(x, label=y, feature_names=names)
    for kind, params in KINDS.items():
        params = {"booster": kind, "seed": 1, **params}
        params.update(objective="multi:softprob", num_class=3)
        model = xgboost.train(params, data, 30)
        model.save_model(f"{folder}/{kind}.json")
        with open(f"{folder}/{kind}.expected.jsonl", "w") as out:
            for record, p in zip(records, model.predict(data)):
                p = [float(v) for v in p]
                print(json.dumps({"clip_id": record["clip_id"], "p": p}), file=out)


if __name__ == "__main__":
    main(*sys.argv[1:])
