#!/usr/bin/env python3
"""Which kind of model judges clips of sources that it has not seen best?

    models.py labels.csv features.jsonl manifest.json [SEED...]

features.jsonl is what vidqc-features wrote for all clips of labels.csv (vidqc train keeps
it in its cache), manifest.json is `vidqc-features --manifest`.  Prints a Markdown table:
mean and standard deviation over the seeds (default 42 to 46), each of which deals the
sources into other folds.  Probabilities are calibrated by a second such validation inside
the training clips; F1 is the mean of those at P(NONE) < 0.7, 0.75 and 0.8, so that no
model gains by a lucky cut.  Needs tests/requirements.txt.  Not a test: it measures.
"""

import csv
import json
import pathlib
import re
import sys

import numpy as np
import xgboost

FOLDS = 5
NONE, TEXT, FLICKER = range(3)
MADE_WEIGHT = {TEXT: 0.2, FLICKER: 0.5, NONE: 0.3}
# Text measures that say where and how text is, not how it changes, and temporal ones of
# which more is no sign of a defect: trees may use them in either direction.
EITHER_WAY = (
    "has_text text_tracks text_area text_evidence text_confidence_trend text_trust text_life "
    "text_scene_at_peak text_ring text_return speed_ bend_ return_share top_band one_sided"
).split()
LEARNER = pathlib.Path(__file__).resolve().parents[2] / "lib/learner.c"


class Clips:
    """The labelled clips that take part, one row each."""

    def __init__(self, labels, features, manifest):
        with open(labels, newline="") as table:
            rows = {row["clip_id"]: row for row in csv.DictReader(table)}
        with open(features) as lines:
            records = [r for r in map(json.loads, lines) if r["type"] == "features"]
        records = [r for r in records if rows.get(r["clip_id"], {}).get("agreement", "disputed") != "disputed"]
        records.sort(key=lambda r: r["clip_id"])
        with open(manifest) as file:
            group = {f["name"]: f["group"] for f in json.load(file)["features"]}
        rows = [rows[r["clip_id"]] for r in records]
        self.names = [n for n in records[0]["features"] if group.get(n) in ("text", "temporal")]
        self.text = [n for n in self.names if group[n] == "text"]
        self.temporal = [n for n in self.names if group[n] == "temporal"]
        self.x = np.array([[r["features"][n] for n in self.names] for r in records])
        self.source = np.array([r["source"] for r in rows])
        self.made = np.array([r["agreement"] == "made" for r in rows])
        category = [r["artifact_category"] for r in rows]
        self.category = np.array(
            [["NONE", "TEXT_INCONSISTENCY", "TEMPORAL_FLICKER"].index(c) for c in category]
        )
        self.defect = np.zeros((len(rows), 3), bool)
        for i, r in enumerate(rows):
            for c, column in ((TEXT, "text_inconsistency"), (FLICKER, "temporal_flicker")):
                said = r.get(column) or ""
                both = r["agreement"] == "both" and r["artifact_category"] != "NONE"
                self.defect[i, c] = said == "true" if said else both or self.category[i] == c
        self.has_text = self.x[:, self.names.index("has_text_regions")] > 0

    def columns(self, names):
        return [self.names.index(n) for n in names]


def deal(clips, rows, strata, seed):
    """Folds of the rows: whole sources, the strata as even as that allows."""
    draw = np.random.default_rng(seed)
    sources = np.unique(clips.source[rows])
    kinds = np.unique(strata)
    count = {
        s: np.array([((clips.source[rows] == s) & (strata == k)).sum() for k in kinds], float)
        for s in sources
    }
    total = sum(count.values())
    order = sorted(sources, key=lambda s: -(count[s] / total).sum() * (0.5 + draw.random()))
    inside = np.zeros((FOLDS, len(kinds)))
    fold_of = {}
    for s in order:
        uneven = []
        for f in range(FOLDS):
            trial = inside.copy()
            trial[f] += count[s]
            share = np.c_[trial / total, trial.sum(1) / total.sum()]
            uneven.append(((share - 1 / FOLDS) ** 2).sum())
        fold_of[s] = int(np.argmin(uneven))
        inside[fold_of[s]] += count[s]
    return np.array([fold_of[s] for s in clips.source[rows]])


def weights(clips, rows, made):
    """One over the square root of the clips of the source, a part of that when made."""
    _, place, count = np.unique(clips.source[rows], return_inverse=True, return_counts=True)
    w = np.where(clips.made[rows], made, 1.0) / np.sqrt(count[place])
    return w * len(w) / w.sum()


class Booster:
    """A binary booster of one kind on some features."""

    def __init__(self, clips, names, params, rounds, made, limit=None):
        self.clips, self.made, self.limit = clips, made, limit
        self.cols = clips.columns(names)
        self.params = {"objective": "binary:logistic", "nthread": 1, "seed": 42, **params}
        self.rounds = rounds

    def inputs(self, rows):
        x = self.clips.x[np.ix_(rows, self.cols)]
        if self.limit is None:
            return x
        return np.clip((x - self.center) / self.spread, -self.limit, self.limit)

    def fit(self, rows, truth):
        x = self.clips.x[np.ix_(rows, self.cols)]
        self.center, self.spread = x.mean(0), x.std(0) + 1e-9
        w = weights(self.clips, rows, self.made)
        data = xgboost.DMatrix(self.inputs(rows), label=truth, weight=w)
        self.model = xgboost.train({**self.params, "base_score": 0.5}, data, self.rounds)
        return self

    def margin(self, rows):
        data = xgboost.DMatrix(self.inputs(rows))
        return self.model.predict(data, output_margin=True).astype(float)


class Mean:
    """Margins of several, each in its standard deviations over the training clips."""

    def __init__(self, *parts):
        self.parts = parts

    def fit(self, rows, truth):
        self.size = [p.fit(rows, truth).margin(rows).std() + 1e-9 for p in self.parts]
        return self

    def margin(self, rows):
        return np.mean([p.margin(rows) / s for p, s in zip(self.parts, self.size)], axis=0)


def platt(score, truth):
    """Slope and intercept of a sigmoid, by Newton's method with halved steps."""
    n = truth.sum()
    target = np.where(truth, (n + 1) / (n + 2), 1 / (len(truth) - n + 2))
    x = np.c_[score, np.ones(len(score))]

    def loss(b):
        z = x @ b
        return (np.logaddexp(0, z) - target * z).sum()

    b = np.array([0.0, np.log((n + 1) / (len(truth) - n + 1))])
    for _ in range(50):
        q = 1 / (1 + np.exp(-x @ b))
        step = np.linalg.solve((x.T * (q * (1 - q))) @ x + 1e-9 * np.eye(2), x.T @ (target - q))
        while np.abs(step).max() > 1e-9 and loss(b + step) > loss(b):
            step /= 2
        b = b + step
    return b


def calibrated(make, clips, rows, truth, test, seed):
    """Probabilities of the test rows by a model of the others, calibrated inside them."""
    fold = deal(clips, rows, truth[rows], seed + 1)
    margin = np.zeros(len(rows))
    for f in np.unique(fold):
        model = make().fit(rows[fold != f], truth[rows[fold != f]])
        margin[fold == f] = model.margin(rows[fold == f])
    real = ~clips.made[rows]
    slope, intercept = platt(margin[real], truth[rows][real])
    return 1 / (1 + np.exp(-(slope * make().fit(rows, truth[rows]).margin(test) + intercept)))


def out_of_fold(make, clips, truth, possible, teaches, fold, seed):
    p = np.zeros(len(truth))
    for f in range(FOLDS):
        rows = np.where((fold != f) & possible & teaches)[0]
        test = np.where((fold == f) & possible)[0]
        p[test] = calibrated(make, clips, rows, truth, test, seed)
    return p


def three_classes(clips, names, params, rounds, limit, fold):
    """One softmax; a clip with both defects is there twice, with half the weight."""
    p = np.zeros((len(clips.category), 3))
    cols = clips.columns(names)
    for f in range(FOLDS):
        rows, test = np.where(fold != f)[0], np.where(fold == f)[0]
        x = clips.x[:, cols]
        if limit is not None:
            center, spread = x[rows].mean(0), x[rows].std(0) + 1e-9
            x = np.clip((x - center) / spread, -limit, limit)
        w = weights(clips, rows, MADE_WEIGHT[NONE])
        sound = ~clips.defect[rows].any(1)
        index, label = [], []
        for c in range(3):
            those = np.where(sound if c == NONE else clips.defect[rows, c])[0]
            index += list(those)
            label += [c] * len(those)
        index = np.array(index)
        share = w[index] / np.maximum(1, clips.defect[rows].sum(1))[index]
        data = xgboost.DMatrix(x[rows[index]], label=label, weight=share)
        params = {"objective": "multi:softprob", "num_class": 3, "nthread": 1, "seed": 42, **params}
        p[test] = xgboost.train(params, data, rounds).predict(xgboost.DMatrix(x[test]))
    p[~clips.has_text, TEXT] = 0
    return p / p.sum(1, keepdims=True)


def two_stages(t, f):
    """Flicker first, then text where it does not flicker."""
    return np.c_[(1 - f) * (1 - t), (1 - f) * t, f]


def in_proportion(t, f):
    """Two defects that know nothing of each other."""
    some = t + f - t * f
    both = np.maximum(t + f, 1e-12)
    return np.c_[1 - some, some * t / both, some * f / both]


def any_first(some, f, has_text):
    """Any defect, then which: flicker when that is likelier than not, or there is no text."""
    some = np.maximum(some, f)
    named = (f > 0.5) | ~has_text
    return np.c_[1 - some, np.where(named, 0, some), np.where(named, some, 0)]


def first_of_text():
    """The measures that vidqc-train judges text by."""
    listed = re.search(r"first_of_text\[\] = \{(.*?)\}", LEARNER.read_text(), re.DOTALL)
    return re.findall(r'"(\w+)"', listed.group(1))


def auc(score, truth):
    wins = (score[truth][:, None] > score[~truth]).mean()
    return wins + 0.5 * (score[truth][:, None] == score[~truth]).mean()


def f1(truth, got):
    return 2 * (truth & got).sum() / max(1, truth.sum() + got.sum())


def numbers(clips, p):
    """AUC and F1 of the flag, recall, F1 of text and of flicker: real clips only."""
    real = ~clips.made
    p, category, defect = p[real], clips.category[real], clips.defect[real]
    out = []
    for threshold in (0.7, 0.75, 0.8):
        got = np.where(p[:, NONE] < threshold, 1 + (p[:, FLICKER] > p[:, TEXT]), NONE)
        # Where both defects are there, either name is right.
        right = (got != NONE) & (category != NONE) & defect[np.arange(len(got)), got]
        truth = np.where(right, got, category)
        bad, flagged = truth != NONE, got != NONE
        recall = (bad & flagged).sum() / bad.sum()
        out.append([f1(bad, flagged), recall, *(f1(truth == c, got == c) for c in (TEXT, FLICKER))])
    return [auc(1 - p[:, NONE], category != NONE), *np.mean(out, axis=0)]


def models(clips, seed):
    """Name and P(NONE), P(TEXT), P(FLICKER) of every clip, for each kind of model."""
    every = np.ones(len(clips.made), bool)
    text, flicker = clips.defect[:, TEXT], clips.defect[:, FLICKER]
    fold = deal(
        clips, np.arange(len(every)), np.where(clips.made, 4, text + 2 * flicker), seed
    )
    small = {"eta": 0.05, "subsample": 0.7, "colsample_bynode": 0.3, "min_child_weight": 2, "lambda": 2}
    bagged = {**small, "max_depth": 2, "colsample_bynode": 0.05}
    linear = {"booster": "gblinear", "updater": "coord_descent", "eta": 0.5, "lambda": 0.2}
    linear["feature_selector"] = "cyclic"
    ways = [0 if n.startswith(tuple(EITHER_WAY)) else 1 for n in clips.names]
    one_way = {**small, "max_depth": 2, "monotone_constraints": tuple(ways)}

    once = first_of_text()

    def trees(params, rounds, names=clips.names):
        return lambda: Booster(clips, names, params, rounds, MADE_WEIGHT[TEXT])

    def line(names=once, made=MADE_WEIGHT[TEXT], limit=2):
        return lambda: Booster(clips, names, linear, 50, made, limit)

    def of(make, truth=text, possible=clips.has_text, teaches=every):
        return out_of_fold(make, clips, truth, possible, teaches, fold, seed)

    stumps = {**small, "max_depth": 1, "monotone_constraints": (1, 1)}
    f = of(
        lambda: Booster(clips, ["unsteady", "abrupt_p75"], stumps, 40, MADE_WEIGHT[FLICKER]),
        flicker,
        every,
    )
    linear_f = of(line(clips.temporal, MADE_WEIGHT[FLICKER]), flicker, every)
    apart = ~(flicker & ~text)
    t = of(line(), teaches=apart)
    both = lambda: Mean(line()(), trees(bagged, 200, once)())
    shallow = {**small, "max_depth": 2}
    some = of(line(made=MADE_WEIGHT[NONE]), text | flicker, every)
    yield "text linear, flicker first (as vidqc-train)", two_stages(t, f)
    yield "the same, taught by flickering clips", two_stages(of(line()), f)
    yield "the same, independent of flicker", in_proportion(of(line()), f)
    yield "no limit to the inputs", two_stages(of(line(limit=1e9), teaches=apart), f)
    yield "all features", two_stages(of(line(clips.names), teaches=apart), f)
    yield "text features only", two_stages(of(line(clips.text), teaches=apart), f)
    yield "flicker linear as well", two_stages(t, linear_f)
    yield "text by trees", two_stages(of(trees(shallow, 60, once), teaches=apart), f)
    yield "trees, all features", two_stages(of(trees(shallow, 60), teaches=apart), f)
    yield "trees, all features, independent", in_proportion(of(trees(shallow, 60)), f)
    yield "trees, all features, change only raises", two_stages(of(trees(one_way, 60), teaches=apart), f)
    yield "trees, all features, 1 in 20 a split", two_stages(of(trees(bagged, 200), teaches=apart), f)
    yield "text linear and trees, mean", two_stages(of(both, teaches=apart), f)
    yield "any defect linear, then which", any_first(some, f, clips.has_text)
    yield "three classes, linear", three_classes(clips, once, linear, 50, 2, fold)
    yield "three classes, trees", three_classes(clips, clips.names, shallow, 60, None, fold)


def main(labels, features, manifest, *seeds):
    clips = Clips(labels, features, manifest)
    rows = {}
    for seed in map(int, seeds or range(42, 47)):
        for name, p in models(clips, seed):
            rows.setdefault(name, []).append(numbers(clips, p))
    print("| model | AUC | F1 | recall | F1 text | F1 flicker |\n| --- | --- | --- | --- | --- | --- |")
    for name, values in rows.items():
        values = np.array(values)
        spread = values.std(0, ddof=1) if len(values) > 1 else np.full(values.shape[1], np.nan)
        cells = (f"{m:.3f} ± {s:.3f}" for m, s in zip(values.mean(0), spread))
        print(f"| {name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
