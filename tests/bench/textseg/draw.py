"""Draw text into pictures: the examples of lib/textseg and, with -y, of lib/textnet.

usage: draw.py [-n SAMPLES] [-s SEED] [-t TRUTH.csv] [-y] -f FONT_FOLDER... -o OUT PICTURE...
OUT is an .npz file of squares: yuv (I420), core (1 in a row's core, 0 not, 2 unknown) and
tall (height of the row in pixels), both a value for 4x4 pixels.  Pictures of one source
share the part of their file name before "__".  Those that TRUTH.csv names by their file
names hold text in the boxes that it gives."""
import argparse
import csv
import math
import os
import random

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

SCRIPTS = [  # first and last code points, weight
    ((0x41, 0x5A), 8), ((0x61, 0x7A), 8), ((0x30, 0x39), 2), ((0xC0, 0xFF), 1),
    ((0x391, 0x3C9), 1), ((0x410, 0x44F), 2), ((0x5D0, 0x5EA), .5), ((0x627, 0x64A), .7),
    ((0x905, 0x939), .5), ((0xE01, 0xE2E), .5), ((0x3041, 0x3093), .8), ((0x30A1, 0x30F6), .8),
    ((0x4E00, 0x7000), 2.5), ((0xAC00, 0xC000), .8)]
SYLLABLES = ("a e o u i an on er in re sta tion pla ke mo ti li co pro the be ga fo zu qui ju vy "
             "xo we by my du ch sh tt ll ss nd ng st rs sk wa ha no pi gr").split()


class Fonts:
    """Fonts, and which scripts each can write."""

    def __init__(self, folders):
        self.paths = sorted(os.path.join(d, f) for top in folders for d, _, fs in os.walk(top)
                            for f in fs if f.lower().endswith((".ttf", ".otf", ".ttc")))
        self.scripts = {}
        for path in self.paths:
            try:
                font = ImageFont.truetype(path, 24)
                none = font.getmask("\uFFFF").getbbox(), bytes(font.getmask("\uFFFF"))
            except OSError:
                continue
            able = []
            for k, ((lo, hi), weight) in enumerate(SCRIPTS):
                c = chr((lo + hi) // 2)
                m = font.getmask(c)
                if m.getbbox() and (m.getbbox(), bytes(m)) != none:
                    able.append(k)
            if 0 in able or len(able) > 1:
                self.scripts[path] = able
        self.paths = sorted(self.scripts)
        self.by = {k: [p for p in self.paths if k in self.scripts[p]] for k in range(len(SCRIPTS))}

    def pick(self, r):
        while True:
            k = r.choices(range(len(SCRIPTS)), [w for _, w in SCRIPTS])[0]
            if self.by[k]:
                return k, r.choice(self.by[k])


def word(r, script):
    lo, hi = SCRIPTS[script][0]
    if script in (0, 1):
        w = "".join(r.choice(SYLLABLES) for _ in range(r.randint(1, 4)))
        if r.random() < .3:
            w = "".join(chr(r.randint(0x61, 0x7A)) for _ in range(r.randint(2, 9)))
        return w.upper() if script == 0 else w.capitalize() if r.random() < .3 else w
    return "".join(chr(r.randint(lo, hi)) for _ in range(r.randint(2, 7)))


def render_font(r, fonts, size):
    """Coverage of lines of text, letters about size pixels high."""
    script, path = fonts.pick(r)
    font = ImageFont.truetype(path, max(8, int(size * 1.4)))
    stroke = r.choice((0, 0, 0, 0, max(1, size // 14)))
    uneven, wide = r.random() < .2, r.random() < .15
    lines = [render_line(r, font, script, size, stroke, uneven, wide)
             for _ in range(1 if r.random() < .75 else r.randint(2, 4))]
    return [line for line in lines if line is not None]


def render_line(r, font, script, size, stroke, uneven, wide):
    text = " ".join(word(r, script) for _ in range(r.choice((1, 1, 1, 2, 2, 3))))[:26]
    box = font.getbbox(text)
    if box[2] - box[0] < 4 or box[3] - box[1] < 4:
        return None
    pad = size // 2 + 4
    extra = wide and size // 3 or 0
    w = box[2] - box[0] + 2 * pad + extra * len(text)
    im = Image.new("L", (w, box[3] - box[1] + 2 * pad))
    d = ImageDraw.Draw(im)
    if extra or uneven:  # letter by letter, uneven
        x = pad
        for c in text:
            d.text((x, pad - box[1] + r.gauss(0, .06) * size), c, 255, font, stroke_width=stroke)
            x += font.getlength(c) + extra + r.gauss(0, .03) * size
    else:
        d.text((pad - box[0], pad - box[1]), text, 255, font, stroke_width=stroke)
    return np.asarray(im)


def render_strokes(r, size):
    """A line of made-up letters: a few strokes each."""
    n, pad = r.randint(2, 11), size // 2 + 4
    thick = max(1, int(size * r.uniform(.08, .2)))
    w = size * r.uniform(.5, .9)
    gap = thick + size * r.uniform(.08, .3)
    im = np.zeros((2 * pad + size, int(2 * pad + n * (w + gap))), np.uint8)
    curved = r.random()
    for k in range(n):
        if n > 5 and r.random() < .12:
            continue
        x0, y0 = pad + k * (w + gap), pad
        grid = [(x0 + w * a, y0 + size * b) for a in (0, .5, 1) for b in (0, .5, 1)]
        for _ in range(r.randint(1, 4)):
            p, q = r.sample(grid, 2)
            if r.random() < curved:
                m = (r.choice(grid)[0], r.choice(grid)[1])
                t = np.linspace(0, 1, 12)[:, None]
                pts = (1 - t) ** 2 * np.array(p) + 2 * t * (1 - t) * np.array(m) + t * t * np.array(q)
            else:
                pts = np.array([p, q])
            cv2.polylines(im, [pts.astype(np.int32)], False, 255, thick, cv2.LINE_AA)
    return im


def warp(r, cov, size):
    """cov: letters, row, core of the row."""
    h, w = cov.shape[:2]
    if r.random() < .35:  # elastic: letters melt
        amp = size * r.uniform(.02, .12)
        cell = max(4, size * r.uniform(.4, 1.2))
        rng = np.random.default_rng(r.getrandbits(32))
        field = rng.normal(0, amp, (2, int(h / cell) + 2, int(w / cell) + 2)).astype(np.float32)
        dx, dy = (cv2.resize(f, (w, h), interpolation=cv2.INTER_CUBIC) for f in field)
        y, x = np.mgrid[:h, :w].astype(np.float32)
        cov = cv2.remap(cov, x + dx, y + dy, cv2.INTER_LINEAR)
    if r.random() < .12:  # merged or eaten strokes
        k = np.ones((max(2, size // 14),) * 2, np.uint8)
        cov[..., 0] = cv2.dilate(cov[..., 0], k) if r.random() < .6 else cv2.erode(cov[..., 0], k)
    if r.random() < .15:  # wavy base line
        y, x = np.mgrid[:h, :w].astype(np.float32)
        cov = cv2.remap(cov, x, y + size * .15 * np.sin(x / (size * r.uniform(1, 3))).astype(
            np.float32), cv2.INTER_LINEAR)
    angle = r.gauss(0, 7) if r.random() < .4 else 0
    shear = r.gauss(0, .15) if r.random() < .3 else 0
    persp = r.uniform(-.35, .35) if r.random() < .3 else 0
    squeeze = r.uniform(.55, 1.3) if r.random() < .3 else 1
    if angle or shear or persp or squeeze != 1:
        c = np.float32([[0, 0], [w, 0], [w, h], [0, h]]) - [w / 2, h / 2]
        d = c.copy()
        d[:, 0] *= squeeze
        d[:, 0] += shear * d[:, 1]
        d[:, 1] *= 1 + persp * np.sign(d[:, 0])
        a = np.deg2rad(max(-20, min(20, angle)))
        d = d @ np.float32([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]])
        d -= d.min(0)
        size2 = (int(d[:, 0].max()) + 1, int(d[:, 1].max()) + 1)
        m = cv2.getPerspectiveTransform(np.float32(c + [w / 2, h / 2]), np.float32(d))
        cov = cv2.warpPerspective(cov, m, size2)
    return cov


def colour(r, under):
    """Of text on something of that mean colour: mostly well apart from it."""
    k = r.random()
    if k < .3:
        return np.array([255, 255, 255.])
    if k < .45:
        return np.array([0, 0, 0.])
    if k < .6:  # low contrast
        return np.clip(under + r.choice((-1, 1)) * r.uniform(18, 50), 0, 255)
    return np.array([r.uniform(0, 255) for _ in range(3)])


def block(r, lines, size):
    """Lines of letters under each other, with the box and the core of each: the box
    shrunk by a quarter of its height.  And the height of a line."""
    tight = []
    for cov in lines:
        ys, xs = np.flatnonzero(cov.max(1) > 60), np.flatnonzero(cov.max(0) > 60)
        if len(ys) > 1 and len(xs) > 1:
            tight.append(cov[ys[0]:ys[-1] + 1, xs[0]:xs[-1] + 1])
    if not tight:
        return None, 0
    pad, gap = size // 2 + 4, max(2, int(size * r.uniform(.2, .8)))
    wide = max(t.shape[1] for t in tight)
    c = np.zeros((sum(t.shape[0] for t in tight) + gap * (len(tight) - 1) + 2 * pad,
                  wide + 2 * pad, 3), np.uint8)
    y, middle = pad, r.random() < .6
    for t in tight:
        h, w = t.shape
        x = pad + (wide - w) // 2 * middle
        d, e = h * .25, min(h, w) * .25
        c[y:y + h, x:x + w, 0] = t
        c[y:y + h, x:x + w, 1] = 255
        c[int(y + d):int(np.ceil(y + h - d)), int(x + e):int(np.ceil(x + w - e)), 2] = 255
        y += h + gap
    return c, float(np.median([t.shape[0] for t in tight]))


def put_text(r, im, target, fonts):
    """target: core, ignore, height of the row in pixels."""
    h, w = im.shape[:2]
    top = math.log(.33) if r.random() < .15 else math.log(.18)
    size = int(h * np.exp(r.uniform(math.log(.012), top)))
    size = max(7, min(240, size))
    big = max(size, 16)
    lines = [render_strokes(r, big)] if r.random() < .18 else render_font(r, fonts, big)
    cov, tall = block(r, lines, big)
    if cov is None:
        return
    cov = warp(r, cov, big)
    if big != size:
        cov = cv2.resize(cov, None, fx=size / big, fy=size / big, interpolation=cv2.INTER_AREA)
    tall *= size / big
    ch, cw = cov.shape[:2]
    x = int(r.uniform(-.15 * cw, w - .85 * cw)) if cw < 1.2 * w else int(-(cw - w) * r.random())
    y = int(r.uniform(-.05 * ch, h - .9 * ch))
    x1, y1, x2, y2 = max(x, 0), max(y, 0), min(x + cw, w), min(y + ch, h)
    if x2 - x1 < 8 or y2 - y1 < 8:
        return
    part = cov[y1 - y:y2 - y, x1 - x:x2 - x]
    row, core = part[..., 1] > 100, part[..., 2] > 128
    there = target[1][y1:y2, x1:x2][row].mean() if row.any() else 1
    if there > 0 or target[0][y1:y2, x1:x2][row].any():  # rows do not cover each other
        return
    a = part[..., 0].astype(np.float32)[..., None] / 255
    roi = im[y1:y2, x1:x2]
    before = roi.copy()
    ink = colour(r, roi.mean((0, 1)))
    style = r.random()
    opacity = r.uniform(.75, 1) if r.random() < .65 else r.uniform(.15, .75)
    one = lambda b, v: cv2.GaussianBlur(b, (0, 0), v)[..., None]
    if style < .12:  # outline
        k = np.ones((2 * r.randint(1, max(1, size // 12)) + 1,) * 2, np.uint8)
        o = cv2.dilate(a, k)[..., None]
        roi += (colour(r, 255 - ink) - roi) * o * opacity
    elif style < .24:  # shadow
        d = max(1, size // 12)
        s = one(np.roll(a[..., 0], (d, d), (0, 1)), .5 + d * r.random())
        roi -= roi * s * .6
    elif style < .32:  # neon
        g = one(a[..., 0], size * r.uniform(.1, .35))
        roi += (ink - roi) * np.clip(g * 1.4, 0, 1) * .8
        ink = ink + (255 - ink) * r.uniform(.3, 1)
    elif style < .40:  # embossed: a light and a dark edge
        d = max(1, size // 16)
        e = one(a[..., 0], .7)[..., 0]
        e = np.roll(e, (-d, -d), (0, 1)) - np.roll(e, (d, d), (0, 1))
        roi += e[..., None] * r.uniform(30, 120)
        opacity *= r.choice((0, .15, .4))
    elif style < .50:  # a plate behind it
        k = max(1, size // 2) | 1
        plate = cv2.dilate(part[..., 1], np.ones((k, k), np.uint8))[..., None] / 255.
        roi += (colour(r, 255 - ink) - roi) * plate * r.uniform(.5, 1)
        before = roi.copy()
    elif style < .58:  # what is behind it is blurred or made darker
        k = np.clip(one(part[..., 1].astype(np.float32) / 255, size * .5) * 1.5, 0, 1)
        roi += (cv2.GaussianBlur(roi, (0, 0), size * .4) * r.uniform(.4, 1) - roi) * k
        before = roi.copy()
    if r.random() < .08:  # only the outline is drawn
        a = np.clip(a - cv2.erode(a, np.ones((max(2, size // 8),) * 2, np.uint8))[..., None], 0, 1)
    if r.random() < .12:  # fading along the line
        a = a * np.linspace(*r.sample((1, .8, .3), 2), a.shape[1])[None, :, None]
    if r.random() < .08:  # letters filled with another picture
        ink = np.roll(im, (h // 3, w // 3), (0, 1))[y1:y2, x1:x2] * .6 + 40 + .3 * ink
    roi += (ink - roi) * a * opacity
    np.clip(roi, 0, 255, out=roi)
    letters = a[..., 0] > .5
    step = np.abs(roi - before).max(2)[letters].mean() if letters.any() else 0
    noise = np.abs(before - cv2.blur(before, (5, 5))).max(2)[row].mean()
    if step < 7 or step < .6 * noise:  # nobody sees it
        target[1][y1:y2, x1:x2][row] = 1
        return
    target[0][y1:y2, x1:x2][core] = 1
    target[2][y1:y2, x1:x2][row] = max(1, min(255, tall))


def put_rows(r, im):
    """What is no text but stands in rows: windows, posts, beads, zigzags, twigs."""
    h, w = im.shape[:2]
    s = int(np.exp(r.uniform(np.log(8), np.log(h * .15 + 9))))
    kind, n = r.randrange(6), r.randint(3, 16)
    x, y = r.uniform(-.1, .7) * w, r.uniform(0, .95) * h
    dx, dy = s * r.uniform(.5, 1.6), s * r.gauss(0, .06)
    ink = colour(r, im.mean((0, 1)))
    t = max(1, int(s * r.uniform(.08, .25)))
    a = np.zeros((h, w), np.uint8)
    ww, shape = r.uniform(.3, .9), r.random()
    for k in range(n):
        p = (int(x + k * dx + r.gauss(0, .02) * s), int(y + k * dy + r.gauss(0, .02) * s))
        q = (int(p[0] + s * ww), p[1] + s)
        if kind == 0:
            cv2.rectangle(a, p, q, 255, -1 if shape < .6 else t)
            if shape > .8:
                cv2.line(a, ((p[0] + q[0]) // 2, p[1]), ((p[0] + q[0]) // 2, q[1]), 255, t)
        elif kind == 1:
            lean = int(s * .3 * (shape - .5))
            cv2.line(a, p, (p[0] + lean, q[1]), 255, t, cv2.LINE_AA)
        elif kind == 2:
            cv2.ellipse(a, p, (max(1, int(s * ww / 2)), s // 2), 0, 0, 360, 255,
                        -1 if shape < .5 else t, cv2.LINE_AA)
        elif kind == 3:
            cv2.line(a, p, (int(p[0] + dx), q[1]), 255, t, cv2.LINE_AA)
            cv2.line(a, (int(p[0] + dx), q[1]), (int(p[0] + 2 * dx), p[1]), 255, t, cv2.LINE_AA)
        elif kind == 4:  # a twig
            pt, way = np.array(p, float), r.uniform(0, 6.3)
            for _ in range(r.randint(4, 14)):
                way += r.gauss(0, .5)
                nxt = pt + s * .5 * np.array([np.cos(way), np.sin(way)])
                cv2.line(a, tuple(map(int, pt)), tuple(map(int, nxt)), 255, max(1, t // 2),
                         cv2.LINE_AA)
                pt = nxt
        else:  # hair
            for _ in range(4):
                u = int(p[0] + r.uniform(0, dx)), int(p[1] + r.gauss(0, .2) * s)
                v = int(u[0] + r.gauss(shape - .5, .2) * s), int(u[1] + s * r.uniform(.6, 1.2))
                cv2.line(a, u, v, 255, max(1, t // 3), cv2.LINE_AA)
    b = a.astype(np.float32)[..., None] / 255 * r.uniform(.3, 1)
    im += (ink - im) * b


def boxes_as_target(shape, rows):
    """Maps of hand-made boxes: core, ignore, height of the row."""
    target = np.zeros((3,) + shape, np.float32)
    for x1, y1, x2, y2, kind in rows:
        h, w = y2 - y1, x2 - x1
        box = np.s_[max(0, int(y1)):int(np.ceil(y2)), max(0, int(x1)):int(np.ceil(x2))]
        if kind == "ignore":
            target[1][box] = 1
            continue
        d, e = h * .25, min(h, w) * .25
        target[0][int(y1 + d):int(np.ceil(y2 - d)), int(x1 + e):int(np.ceil(x2 - e))] = 1
        target[2][box] = max(1, min(255, h))
    target[1][target[0] > 0] = 0
    return target


def background(r, path, truth):
    im = cv2.imread(path)
    name = os.path.splitext(os.path.basename(path))[0]
    target = boxes_as_target(im.shape[:2], truth.get(name, ()))
    texts = target[:2].any()
    h = r.choice((180, 256, 288, 320, 360, 480, 512, 512, 576, 720, 720))
    if texts:
        h = int(min(720, im.shape[0] * np.exp(r.uniform(-.5, .4))))
    if im.shape[0] > 1.5 * h and r.random() < .5 and not texts:  # a part of it
        s = r.uniform(h / im.shape[0], 1)
        ch, cw = int(im.shape[0] * s), int(im.shape[1] * s)
        y, x = r.randint(0, im.shape[0] - ch), r.randint(0, im.shape[1] - cw)
        im, target = im[y:y + ch, x:x + cw], target[:, y:y + ch, x:x + cw]
    if not texts:
        h = min(h, im.shape[0])
    w = min(int(im.shape[1] * h / im.shape[0]), 1280)
    size = w // 2 * 2, h // 2 * 2
    target[2] *= size[1] / im.shape[0]
    how = cv2.INTER_AREA if size[1] <= im.shape[0] else cv2.INTER_LINEAR
    im = cv2.resize(im, size, interpolation=how)
    target = np.stack([cv2.resize(t, size, interpolation=cv2.INTER_NEAREST) for t in target])
    if r.random() < .3 and not texts:
        im, target = im[:, ::-1], target[:, :, ::-1]
    return np.ascontiguousarray(im).astype(np.float32), np.ascontiguousarray(target)


def soften(r, im):
    """What happens to a picture with its text: small, blurred, compressed."""
    h, w = im.shape[:2]
    if r.random() < .25:
        f = r.uniform(.5, .9)
        im = cv2.resize(cv2.resize(im, None, fx=f, fy=f, interpolation=cv2.INTER_AREA), (w, h))
    if r.random() < .35:
        im = cv2.GaussianBlur(im, (0, 0), r.uniform(.3, 1.3))
    if r.random() < .15:
        im = im + np.random.default_rng(r.getrandbits(32)).normal(0, r.uniform(2, 8), im.shape)
    im = np.clip(im, 0, 255).astype(np.uint8)
    if r.random() < .6:
        im = cv2.imdecode(cv2.imencode(".jpg", im, [1, r.randint(18, 85)])[1], 1)
    return im



SIDE = 352


def cut(r, im, target):
    """A square part of fixed size, padded when the picture is smaller."""
    h, w = im.shape[:2]
    y, x = r.randint(0, max(0, h - SIDE)), r.randint(0, max(0, w - SIDE))
    im, target = im[y:y + SIDE, x:x + SIDE], target[:, y:y + SIDE, x:x + SIDE]
    pad = ((0, SIDE - im.shape[0]), (0, SIDE - im.shape[1]))
    if pad[0][1] or pad[1][1]:
        im = np.pad(im, pad + ((0, 0),), "edge")
        target = np.stack([np.pad(target[0], pad), np.pad(target[1], pad, constant_values=1),
                           np.pad(target[2], pad)])
    return im, target


def write_y4m(path, im, rows):
    """A picture and, as a second frame, 128 + row height where there is text."""
    h, w = rows.shape
    mask = np.where(rows > 0, 128 + np.minimum(rows, 127), 0).astype(np.uint8)
    with open(path, "wb") as f:
        f.write(b"YUV4MPEG2 W%d H%d F25:1 Ip A1:1 C420jpeg\n" % (w, h))
        f.write(b"FRAME\n" + cv2.cvtColor(im, cv2.COLOR_BGR2YUV_I420).tobytes())
        f.write(b"FRAME\n" + mask.tobytes() + bytes([128]) * (w * h // 2))


def draw(r, fonts, sources, truth):
    kind = "" if "" in sources and r.random() < (.1 if truth else .4) else r.choice(
        sorted(filter(None, sources)))
    im, target = background(r, r.choice(sources[kind]), truth)
    busy = target[:2].any()
    if r.random() < (.2 if busy else .7):
        for _ in range(r.choice((1, 1, 2))):
            if not busy:
                put_rows(r, im)
    if r.random() < (.3 if busy else .85):
        for _ in range(r.randint(1, 4) if busy else r.randint(3, 10)):
            put_text(r, im, target, fonts)
    return soften(r, im), target, kind


def sample(r, fonts, sources, truth):
    im, target, _ = draw(r, fonts, sources, truth)
    im, target = cut(r, im, target)
    yuv = cv2.cvtColor(im, cv2.COLOR_BGR2YUV_I420)
    n = SIDE // 4
    small = target.reshape(3, n, 4, n, 4)
    core = (small[0].mean((1, 3)) > .5).astype(np.uint8)
    core[(small[1].max((1, 3)) > 0) & (core == 0)] = 2
    return yuv, core, small[2].max((1, 3)).astype(np.uint8)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("-n", type=int, default=1500)
    p.add_argument("-s", type=int, default=1)
    p.add_argument("-f", action="append", required=True)
    p.add_argument("-o", required=True)
    p.add_argument("-t", help="hand-made boxes of some pictures: CLIP,FRAME,x1,y1,x2,y2,legible,text")
    p.add_argument("-y", action="store_true", help="Y4M streams of picture and mask in folder -o")
    p.add_argument("pictures", nargs="+")
    o = p.parse_args()
    cv2.setNumThreads(1)
    truth = {}
    for row in csv.reader(open(o.t, newline="")) if o.t else ():
        rows = truth.setdefault(row[0], [])
        if row[2]:
            rows.append([float(v) for v in row[2:6]] + [row[6]])
    r = random.Random(o.s)
    fonts = Fonts(o.f)
    sources = {}
    for path in sorted(o.pictures):
        name = os.path.basename(path)
        sources.setdefault(name.split("__")[0] if "__" in name else "", []).append(path)
    for i in range(o.n if o.y else 0):
        im, target, kind = draw(r, fonts, sources, truth)
        write_y4m(os.path.join(o.o, f"{o.s}{i:05d}__{kind or 'picture'}.y4m"), im, target[2])
    if o.y:
        return
    yuv, core, tall = zip(*(sample(r, fonts, sources, truth) for _ in range(o.n)))
    np.savez(o.o + ".tmp.npz", yuv=np.stack(yuv), core=np.stack(core), tall=np.stack(tall))
    os.rename(o.o + ".tmp.npz", o.o)


main()
