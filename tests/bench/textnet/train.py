"""Train lib/textnet from the output of rows.c and write its weights as C.

usage: train.py [-s STEPS] [-o WEIGHTS.h] [-v FOLDS] [-R NAMES ROWS] NAMES ROWS NAMES ROWS ...
NAMES holds one file name a line, as rows was given them; what comes before "__" in
the last part (after digits and "__", for drawn ones) is the source.  -R: rows of frames
with hand-made boxes, of which as many are seen as of the others.  -v: instead, train FOLDS
times without a share of the sources and print how well those rows are told apart that no
network had seen, and the logistic regression for lib/textfind.  Seeds are fixed."""
import argparse
import os
import re

import numpy as np

HEAD, H, W = 15, 24, 96
RECORD = 4 * HEAD + 2 * H * W
BATCH = 160  # rows
BOXED = .6  # of those, when there are any
NOISE = .05  # beside them


def source(path):
    parts = os.path.basename(path).split("__")
    return parts[1].split(".")[0] if parts[0].isdigit() else parts[0]


def load(names, rows):
    """Heads, records (head and tile as bytes), source of each record."""
    files = [line.strip() for line in open(names)]
    raw = np.memmap(rows, np.uint8, "r")
    raw = raw[:len(raw) // RECORD * RECORD].reshape(-1, RECORD)
    head = np.ascontiguousarray(raw[:, :4 * HEAD]).view(np.float32)
    src = np.array([source(f) for f in files])[head[:, 0].astype(int)]
    return head, raw, src


def tiles(raw, index):
    t = np.ascontiguousarray(raw[index, 4 * HEAD:]).reshape(-1, 2, H, W)
    t = t.transpose(0, 2, 3, 1).astype(np.float32)
    t[..., 0] = (t[..., 0] - 128) / 40
    return t


def label(head):
    """1 text, 0 no text, -1 neither clearly."""
    y = np.full(len(head), -1)
    ratio = head[:, 8] / np.maximum(head[:, 12], 1)  # parts of letters are no rows of letters
    y[(head[:, 9] >= .6) & (ratio > .35)] = 1
    y[(head[:, 9] <= .04) & (head[:, 10] <= .3)] = 0
    return y


def network():
    import tensorflow as tf
    L = tf.keras.layers
    x = i = L.Input((H, W, 2))
    for k, (size, stride, channels) in enumerate(((5, 2, 8), (3, 2, 16), (3, 1, 32), (3, 1, 32))):
        x = L.ZeroPadding2D(size // 2)(x)
        x = L.Conv2D(channels, size, stride, use_bias=False, name=f"conv{k}")(x)
        x = L.BatchNormalization(momentum=.98, name=f"norm{k}")(x)
        x = L.ReLU()(x)
        if k == 2:
            x = L.MaxPool2D(2)(x)
    x = L.Concatenate()([L.GlobalAveragePooling2D()(x), L.GlobalMaxPooling2D()(x)])
    x = L.Dropout(.2)(x)
    x = L.Dense(24, "relu", name="dense0")(x)
    x = L.Dense(1, name="dense1")(x)
    return tf.keras.Model(i, x)


def spoil(rng, t):
    """Tiles differ a little from one time to the next."""
    n = len(t)
    v = t[..., 0]
    v = v * rng.uniform(.7, 1.1, (n, 1, 1)) + rng.normal(0, .15, (n, 1, 1))
    some = rng.random(n) < .3
    v[some] += rng.normal(0, .2, v[some].shape)
    dx, dy = rng.integers(-6, 7), rng.integers(-2, 3)
    t = np.stack([v, t[..., 1]], -1).astype(np.float32)
    return np.roll(t, (dy, dx), (1, 2))


class Part:
    """Rows of one kind.  Sources with many have a say between all rows alike and all sources
    alike."""

    def __init__(self, raw, index, src, share, text):
        _, kind, size = np.unique(src[index], return_inverse=True, return_counts=True)
        weight = 1 / np.sqrt(size[kind])
        self.raw, self.index, self.weight = raw, index, weight / weight.sum()
        self.count, self.text = round(BATCH * share), text

    def draw(self, rng):
        k = np.sort(rng.choice(self.index, self.count, True, self.weight))
        return tiles(self.raw, k), np.full((self.count, 1), self.text, np.float32)


class Noise:
    """What the locator would hardly take for a row, and no network should: noise, fine to
    coarse, in boxes of any length."""

    text, count = 0, round(BATCH * NOISE)

    def draw(self, rng):
        t = np.zeros((self.count, H, W, 2), np.float32)
        for k, tile in enumerate(t):
            v = rng.normal(0, 1, (H, W))
            for _ in range(k % 4):
                for axis in (0, 1):
                    v = (np.roll(v, 1, axis) + 2 * v + np.roll(v, -1, axis)) / 4
            tile[..., 0] = np.clip(v / v.std(), -3, 3)
            half = rng.integers(H // 2, W // 2 + 1)
            tile[4:20, W // 2 - half:W // 2 + half, 1] = 1
        return t, np.zeros((self.count, 1), np.float32)


def parts_of(drawn, boxed, out):
    """Half of the rows in a batch are text; out: sources that are left out."""
    share = [(drawn, 1 - BOXED if boxed else 1)] + ([(boxed, BOXED)] if boxed else [])
    return [Noise()] + [
        Part(raw, np.flatnonzero((y == text) & ~np.isin(src, out)), src, part / 2, text)
        for (raw, y, src), part in share for text in (1, 0)]


def train(parts, steps, seed=1, log=print):
    import tensorflow as tf
    tf.keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    model = network()
    rate = tf.keras.optimizers.schedules.CosineDecay(2e-3, steps, .02)
    opt = tf.keras.optimizers.Adam(rate)
    loss = tf.keras.losses.BinaryCrossentropy(from_logits=True, label_smoothing=.04)

    @tf.function
    def step(x, t):
        with tf.GradientTape() as tape:
            l = loss(t, model(x, training=True))
        opt.apply_gradients(zip(tape.gradient(l, model.trainable_variables),
                                model.trainable_variables))
        return l

    total = 0
    for s in range(steps):
        x, y = (np.concatenate(v) for v in zip(*(p.draw(rng) for p in parts)))
        total += float(step(spoil(rng, x), y))
        if s % 500 == 499:
            log(f"step {s + 1} loss {total / 500:.4f}", flush=True)
            total = 0
    return model


def predict(model, raw, index):
    return np.concatenate([model(tiles(raw, index[i:i + 512]), training=False).numpy()[:, 0]
                           for i in range(0, len(index), 512)])


def fold(model):
    """Weights as (name, array), the normalisation folded into the convolutions."""
    out = []
    for k in range(4):
        w = model.get_layer(f"conv{k}").get_weights()[0]
        gamma, beta, mean, var = model.get_layer(f"norm{k}").get_weights()
        g = gamma / np.sqrt(var + model.get_layer(f"norm{k}").epsilon)
        out += [(f"conv{k}_weight", w * g), (f"conv{k}_bias", beta - mean * g)]
    for k in range(2):
        w, b = model.get_layer(f"dense{k}").get_weights()
        out += [(f"dense{k}_weight", w), (f"dense{k}_bias", b)]
    return out


def write(path, weights, note):
    with open(path, "w") as f:
        f.write("/* Made by tests/bench/textnet/make.sh.  " + note + " */\n/* clang-format off */\n")
        f.write("#ifndef VQ_TEXTNET_WEIGHTS_H\n#define VQ_TEXTNET_WEIGHTS_H\n\n")
        for name, a in weights:
            if name.startswith("conv") and a.ndim == 4:
                f.write(f"#define CHANNELS{name[4]} {a.shape[3]}\n")
            if name == "dense0_weight":
                f.write(f"#define HIDDEN {a.shape[1]}\n")
        f.write("\n")
        for name, a in weights:
            a = a.reshape(-1)
            f.write(f"static const float {name}[{len(a)}] = {{\n")
            for i in range(0, len(a), 10):
                f.write("\t" + ", ".join(f"{v:.4g}f" if "." in f"{v:.4g}" or "e" in f"{v:.4g}"
                                         else f"{v:.4g}.0f" for v in a[i:i + 10]) + ",\n")
            f.write("};\n")
        f.write("\n#endif\n")


def folds_of(src, n):
    """Sources in n lists of about as many rows."""
    names, size = np.unique(src, return_counts=True)
    out, load_of = [[] for _ in range(n)], np.zeros(n)
    for i in np.argsort(-size, kind="stable"):
        k = int(np.argmin(load_of))
        out[k].append(names[i])
        load_of[k] += size[i]
    return out


def auc(y, v):
    """Share of pairs of text and no text in which text has the larger value."""
    order = np.argsort(v, kind="stable")
    rank = np.empty(len(v))
    rank[order] = np.arange(len(v))
    yes = y == 1
    return (rank[yes].sum() - yes.sum() * (yes.sum() - 1) / 2) / (yes.sum() * (~yes).sum())


def regression(x, y, rounds=30):
    """Weights of a logistic regression, the constant last, by Newton's method."""
    x = np.column_stack([x, np.ones(len(x))])
    w = np.zeros(x.shape[1])
    for _ in range(rounds):
        p = 1 / (1 + np.exp(-x @ w))
        w += np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x, x.T @ (y - p))
    return w


def validate(drawn, boxed, heads, steps, folds):
    raw, y, src = boxed
    look = np.zeros(len(y))
    for out in folds_of(src, folds):
        model = train(parts_of(drawn, boxed, out), steps, log=lambda *a, **k: None)
        held = np.flatnonzero(np.isin(src, out))
        look[held] = predict(model, raw, held)
    known = y >= 0
    x, y = np.column_stack([look, heads[:, 13], np.log(heads[:, 14])])[known], y[known]
    w = regression(x, y)
    print(f"{(y == 1).sum()} tiles of text, {(y == 0).sum()} of something else")
    for name, v in (("the locator as it is", heads[known, 11]), ("its core alone", x[:, 1]),
                    ("this network alone", x[:, 0]), ("both and the height", x @ w[:3])):
        print(f"  AUC {auc(y, v):.3f}  {name}")
    print("logit = %.3g * look + %.4g * core + %.3g * ln(height / frame) + %.4g" % tuple(w))


def main():
    p = argparse.ArgumentParser()
    p.add_argument("-s", type=int, default=2500)
    p.add_argument("-o")
    p.add_argument("-v", type=int)
    p.add_argument("-R", nargs=2)
    p.add_argument("files", nargs="+")
    o = p.parse_args()

    def both(pairs):
        heads, raws, srcs = zip(*(load(names, rows) for names, rows in pairs))
        head = np.concatenate(heads)
        return head, (np.concatenate(raws), label(head), np.concatenate(srcs))

    _, drawn = both(list(zip(o.files[::2], o.files[1::2])))
    heads, boxed = both([o.R]) if o.R else (None, None)
    if o.v:
        validate(drawn, boxed, heads, o.s, o.v)
        return
    y = np.concatenate([part[1] for part in (drawn, boxed) if part])
    note = f"{(y == 1).sum()} tiles of text, {(y == 0).sum()} of something else."
    print(note, flush=True)
    model = train(parts_of(drawn, boxed, []), o.s)
    if o.o:
        write(o.o, fold(model), note)


if __name__ == "__main__":
    main()
