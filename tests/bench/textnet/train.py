"""Train lib/textnet from the output of rows.c and write its weights as C.

usage: train.py [-s STEPS] [-o WEIGHTS.h] [-l LEAVE_OUT]... NAMES ROWS NAMES ROWS ...
NAMES holds one file name a line, as rows was given them; what comes before "__" in
the last part (after digits and "__", for drawn ones) is the source, which -l leaves
out of the training.  Seeds are fixed."""
import argparse
import os
import re

import numpy as np

HEAD, H, W = 13, 24, 96
RECORD = 4 * HEAD + 2 * H * W


def source(path):
    parts = os.path.basename(path).split("__")
    return parts[1].split(".")[0] if parts[0].isdigit() else parts[0]


def load(names, rows, limit=None, rng=None):
    """Files, heads, records (head and tile as bytes), source of each record."""
    files = [line.strip() for line in open(names)]
    raw = np.memmap(rows, np.uint8, "r")
    raw = raw[:len(raw) // RECORD * RECORD].reshape(-1, RECORD)
    head = np.ascontiguousarray(raw[:, :4 * HEAD]).view(np.float32)
    src = np.array([source(f) for f in files])[head[:, 0].astype(int)]
    return files, head, raw, src


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
    y[head[:, 9] <= .04] = 0
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
    """Tiles differ a little from one epoch to the next."""
    n = len(t)
    v = t[..., 0]
    v = v * rng.uniform(.7, 1.1, (n, 1, 1)) + rng.normal(0, .15, (n, 1, 1))
    some = rng.random(n) < .3
    v[some] += rng.normal(0, .2, v[some].shape)
    dx, dy = rng.integers(-6, 7), rng.integers(-2, 3)
    t = np.stack([v, t[..., 1]], -1).astype(np.float32)
    return np.roll(t, (dy, dx), (1, 2))


def train(raw, y, src, steps, seed=1, log=print):
    import tensorflow as tf
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
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

    text, other = np.flatnonzero(y == 1), np.flatnonzero(y == 0)
    _, kind, size = np.unique(src[other], return_inverse=True, return_counts=True)
    weight = 1 / np.sqrt(size[kind])  # between all rows alike and all sources alike
    weight /= weight.sum()
    hard = np.ones(len(other))
    total = 0
    for s in range(steps):
        if s in (steps // 3, steps * 2 // 3):  # look for what it takes for text
            some = rng.choice(len(other), min(len(other), 16000), False, weight)
            p = predict(model, raw, other[some])
            hard[some] = 1 + 4 / (1 + np.exp(-p))
        if s % 100 == 0:
            w = weight * hard
            w /= w.sum()
            pool = np.concatenate([rng.choice(text, 6400), rng.choice(other, 9600, True, w)])
            rng.shuffle(pool)
            pool = pool.reshape(100, -1)
            if s:
                log(f"step {s} loss {total / 100:.4f}", flush=True)
            total = 0
        k = np.sort(pool[s % 100])
        total += float(step(spoil(rng, tiles(raw, k)), y[k, None].astype(np.float32)))
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


def main():
    p = argparse.ArgumentParser()
    p.add_argument("-s", type=int, default=2500)
    p.add_argument("-o")
    p.add_argument("-l", action="append", default=[])
    p.add_argument("-k", help="keep the trained weights here (npz)")
    p.add_argument("files", nargs="+")
    o = p.parse_args()
    raws, ys, srcs = [], [], []
    for names, rows in zip(o.files[::2], o.files[1::2]):
        _, head, raw, src = load(names, rows)
        raws.append(raw)
        ys.append(label(head))
        srcs.append(src)
    raw, y, src = np.concatenate(raws), np.concatenate(ys), np.concatenate(srcs)
    out = [s for s in np.unique(src) if s in o.l]
    y[np.isin(src, out)] = -1
    note = f"{(y == 1).sum()} tiles of text, {(y == 0).sum()} of something else."
    print(note, flush=True)
    model = train(raw, y, src, o.s)
    weights = fold(model)
    if o.k:
        np.savez(o.k, **dict(weights))
    if o.o:
        write(o.o, weights, note)


if __name__ == "__main__":
    main()
