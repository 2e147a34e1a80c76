"""Train lib/textseg from what draw.py has drawn and write its weights as C.

usage: train.py [-s STEPS] [-b BATCH] [-r RATE] [-t THREADS] [-i START.h5] [-k KEEP.h5]
                [-R BOXED.npz]... [-o WEIGHTS.h] DRAWN.npz...
Seeds are fixed.  Patterns (*) are looked at again while it runs."""
import argparse
import glob
import time

import numpy as np

CHANNELS = 24  # 4x4 luma, 2x2 Cb, 2x2 Cr
QUARTER, EIGHTH, SIXTEENTH, THIRTYSECOND = 16, 32, 64, 96


def fold_in(yuv):
    """I420 frames (n, 3h/2, w) as (n, h/4, w/4, 24)."""
    n, h, w = yuv.shape[0], yuv.shape[1] * 2 // 3, yuv.shape[2]
    y = yuv[:, :h].reshape(n, h // 4, 4, w // 4, 4).transpose(0, 1, 3, 2, 4).reshape(n, h // 4, w // 4, 16)
    c = yuv[:, h:].reshape(n, 2, h // 4, 2, w // 4, 2).transpose(0, 2, 4, 1, 3, 5).reshape(n, h // 4, w // 4, 8)
    return np.concatenate([y, c], -1)


def network():
    import tensorflow as tf
    L = tf.keras.layers
    count = {}

    def name(kind):
        count[kind] = count.get(kind, -1) + 1
        return f"{kind}{count[kind]}"

    def point(x, n, relu=True):
        x = L.Conv2D(n, 1, use_bias=False, name=name("point"))(x)
        x = L.BatchNormalization(momentum=.97, epsilon=1e-3, name=name("norm"))(x)
        return L.ReLU()(x) if relu else x

    def sep(x, n, stride=1):
        pad = ((1, 1), (1, 1)) if stride == 1 else ((1, 1), (1, 1))
        x = L.ZeroPadding2D(pad)(x)
        x = L.DepthwiseConv2D(3, stride, "valid", use_bias=False, name=name("depth"))(x)
        return point(x, n)

    def rest(x):
        return L.Add()([x, sep(x, x.shape[-1])])

    i = L.Input((None, None, CHANNELS))
    a = rest(point(i, QUARTER))
    b = rest(rest(sep(a, EIGHTH, 2)))
    c = rest(rest(sep(b, SIXTEENTH, 2)))
    d = rest(rest(rest(sep(c, THIRTYSECOND, 2))))
    up = lambda x: L.UpSampling2D(interpolation="nearest")(x)
    c = rest(L.Add()([c, up(point(d, SIXTEENTH, False))]))
    b = rest(L.Add()([b, up(point(c, EIGHTH, False))]))
    a = sep(L.Add()([a, up(point(b, QUARTER, False))]), QUARTER)
    o = L.Conv2D(2, 1, name="head")(a)
    return tf.keras.Model(i, o)


class Pool:
    """The samples of the shards that are there by now."""

    def __init__(self, pattern):
        self.pattern, self.seen = pattern, set()
        self.x = self.core = self.tall = None

    def refresh(self):
        new = [f for f in sorted(sum((glob.glob(p) for p in self.pattern), [])) if f not in self.seen and ".tmp" not in f]
        for f in new:
            self.seen.add(f)
            d = np.load(f)
            part = fold_in(d["yuv"]), d["core"], d["tall"]
            if self.x is None:
                self.x, self.core, self.tall = part
            else:
                self.x, self.core, self.tall = (np.concatenate(p) for p in zip((self.x, self.core, self.tall), part))
        return len(self.x)

    def batch(self, rng, n):
        k = rng.integers(0, len(self.x), n)
        x = self.x[k].astype(np.float32)
        y, c = x[..., :16], x[..., 16:]
        gain = np.exp(rng.normal(0, .25, (n, 1, 1, 1)))
        y = (y - 128) / 64 * gain + rng.normal(0, .2, (n, 1, 1, 1))
        c = (c - 128) / 32 * np.exp(rng.normal(0, .3, (n, 1, 1, 1))) * (rng.random((n, 1, 1, 1)) > .1)
        x = np.concatenate([y, c], -1).astype(np.float32)
        some = rng.random(n) < .3
        x[some] += rng.normal(0, .06, x[some].shape)
        return x, self.core[k], self.tall[k]


class Mixed:
    """Half of each batch from hand-boxed frames."""

    def __init__(self, drawn, real):
        self.parts = drawn, real

    def refresh(self):
        return sum(p.refresh() for p in self.parts)

    def batch(self, rng, n):
        a, b = (p.batch(rng, n // 2) for p in self.parts)
        return [np.concatenate(v) for v in zip(a, b)]


def train(pool, steps, batch, seed, rate, start, keep):
    import tensorflow as tf
    tf.keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    model = network()
    model.summary(print_fn=lambda s: print(s) if "params" in s else None)
    if start:
        model.load_weights(start)
    schedule = tf.keras.optimizers.schedules.CosineDecay(rate, steps, .01)
    opt = tf.keras.optimizers.Adam(schedule)

    @tf.function
    def step(x, core, tall):
        with tf.GradientTape() as tape:
            o = model(x, training=True)
            yes = tf.cast(core == 1, tf.float32)
            known = tf.cast(core != 2, tf.float32)
            p = tf.sigmoid(o[..., 0])
            e = tf.nn.sigmoid_cross_entropy_with_logits(yes, o[..., 0])
            bce = tf.reduce_sum(known * (1 + yes) * e) / tf.reduce_sum(known) * 4
            dice = 1 - (2 * tf.reduce_sum(known * p * yes) + 50) / (
                tf.reduce_sum(known * (p + yes)) + 50)
            h = tf.math.log(tf.cast(tf.maximum(tall, 1), tf.float32) / 16) / np.log(2.)
            size = tf.reduce_sum(yes * tf.abs(o[..., 1] - h)) / (tf.reduce_sum(yes) + 1)
            loss = bce + .5 * dice + .3 * size
        v = model.trainable_variables
        g, _ = tf.clip_by_global_norm(tape.gradient(loss, v), 2.)
        opt.apply_gradients(zip(g, v))
        return tf.stack([bce, dice, size])

    pool.refresh()
    total, t0 = np.zeros(3), time.time()
    for s in range(steps):
        total += step(*map(tf.constant, pool.batch(rng, batch))).numpy()
        if s % 50 == 49:
            n = pool.refresh() if s < 2000 else 0
            print(f"step {s + 1} bce {total[0] / 50:.4f} dice {total[1] / 50:.4f} size {total[2] / 50:.4f}"
                  f" samples {n} {time.time() - t0:.0f} s", flush=True)
            total[:] = 0
        if s % 500 == 499 and keep and s + 1 < steps:
            model.save_weights(keep)
    if keep:
        model.save_weights(keep)
    return model


def fold(model):
    """Weights as (name, array): the normalisation folded into the convolutions, the
    input's scale into the first, outputs of 1x1 convolutions in groups of four."""
    out = []
    for layer in model.layers:
        n = layer.name
        if n.startswith("depth"):
            w = layer.get_weights()[0][..., 0]
            out.append((n + "_weight", w.transpose(2, 0, 1).reshape(-1)))
        elif n.startswith("point"):
            w = layer.get_weights()[0][0, 0]
            norm = model.get_layer("norm" + n[5:])
            gamma, beta, mean, var = norm.get_weights()
            gain = gamma / np.sqrt(var + norm.epsilon)
            w, bias = w * gain, beta - mean * gain
            if n == "point0":
                scale = np.array([1 / 64] * 16 + [1 / 32] * 8)[:, None]
                bias = bias - (128 * scale * w).sum(0)
                w = w * scale
            w = w.reshape(w.shape[0], -1, 4).transpose(1, 0, 2)
            out += [(n + "_weight", w.reshape(-1)), (n + "_bias", bias)]
        elif n == "head":
            w, bias = layer.get_weights()
            out += [("head_weight", w[0, 0].T.reshape(-1)), ("head_bias", bias)]
    return out


def number(v):
    q = f"{v:.4g}"
    return (q if "." in q or "e" in q else q + ".0").replace("e-0", "e-") + "f"


def write(path, weights):
    with open(path, "w") as f:
        f.write("/* Made by tests/bench/textseg/make.sh. */\n/* clang-format off */\n"
                "#ifndef VQ_TEXTSEG_WEIGHTS_H\n#define VQ_TEXTSEG_WEIGHTS_H\n\n")
        for name in ("QUARTER", "EIGHTH", "SIXTEENTH", "THIRTYSECOND"):
            f.write(f"#define {name} {globals()[name]}\n")
        for name, a in weights:
            f.write(f"\nstatic const float {name}[{len(a)}] = {{\n")
            for i in range(0, len(a), 12):
                f.write("\t" + ", ".join(number(v) for v in a[i:i + 12]) + ",\n")
            f.write("};\n")
        f.write("\n#endif\n")


def main():
    p = argparse.ArgumentParser()
    p.add_argument("-s", type=int, default=4000)
    p.add_argument("-b", type=int, default=12)
    p.add_argument("-r", type=float, default=3e-3)
    p.add_argument("-t", type=int, default=2)
    p.add_argument("-k", help="keep the weights here")
    p.add_argument("-i", help="go on from these")
    p.add_argument("-o", help="weights as C")
    p.add_argument("-R", action="append", help="shards of hand-boxed frames: half of what is seen")
    p.add_argument("shards", nargs="+")
    o = p.parse_args()
    import tensorflow as tf
    tf.config.threading.set_intra_op_parallelism_threads(o.t)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    pool = Pool(o.shards)
    if o.R:
        pool = Mixed(pool, Pool(o.R))
    model = train(pool, o.s, o.b, 1, o.r, o.i, o.k)
    if o.o:
        write(o.o, fold(model))


if __name__ == "__main__":
    main()
