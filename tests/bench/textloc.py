#!/usr/bin/env python3
"""How well is text located and read?  vidqc-ocr next to other ways, on frames whose
text was boxed and transcribed by hand.

usage: textloc.py [-a WAY,...] [-d FOLDER] [-l LABELS.csv] CLIPS TRUTH.csv
TRUTH.csv: clip,frame,x1,y1,x2,y2,legible,text (legible: yes, no, ignore).  WAY: vidqc
(VQ_BIN, default build/bin), psm3, psm11, psm12 (Tesseract on the whole frame),
gradient, hats, regions (grouped extremal regions), widths (stroke widths).  -d keeps pictures with
the boxes: truth green, vidqc red.  -l: also the share of the judged boxes (bbox) that
each way covers in the clip's middle frame.

Location: one to one at intersection over union of 0.5 (boxes that lie mostly in
`ignore` do not count); cover: share of the truth's boxes half covered by any boxes.
Reading: character error rate over legible rows that were located, and over all.
Milliseconds of the process's processor time, with reading where the way reads.
Needs ffmpeg, tesseract and a Python with textseg/requirements.txt."""
import argparse
import csv
import json
import os
import resource
import subprocess
import sys
import time

import cv2
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
SHOWN = 3
BIN = os.environ.get("VQ_BIN", os.path.join(HERE, "../../build/bin"))


# ---- frames -----------------------------------------------------------------------------

def frame(path, number):
    """Y4M bytes of a frame as vidqc-ocr is given it: doubled up to twice when no higher than
    320 pixels (video.low_resolution), at most 720 high."""
    w, h = size_of(path)
    scale = 4 if h <= 160 else 2 if h <= 320 else min(1, 720 / h)
    return subprocess.run(
        ["ffmpeg", "-nostdin", "-v", "error", "-i", path, "-frames:v", "1", "-vf",
         f"select=eq(n\\,{number}),scale={int(w * scale) // 2 * 2}:{int(h * scale) // 2 * 2},"
         "format=yuv420p", "-f", "yuv4mpegpipe", "-"],
        check=True, capture_output=True).stdout


def decode(y4m):
    head, rest = y4m.split(b"\n", 1)
    field = {f[:1]: f[1:] for f in head.split(b" ")}
    w, h = int(field[b"W"]), int(field[b"H"])
    data = rest.split(b"\n", 1)[1]
    yuv = np.frombuffer(data[:w * h * 3 // 2], np.uint8).reshape(h * 3 // 2, w)
    return cv2.cvtColor(yuv, cv2.COLOR_YUV2BGR_I420)


def size_of(path):
    out = subprocess.run(["ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries",
                          "stream=width,height,nb_frames", "-of", "json", path],
                         check=True, capture_output=True).stdout
    s = json.loads(out)["streams"][0]
    return s["width"], s["height"]


# ---- ways to find text: BGR picture (or Y4M) in, [(box, text or None)] out -----------------

def vidqc(y4m, im):
    """A frame is shown a few times: of new rows only the best five are read at once."""
    head, picture = y4m.split(b"\n", 1)
    p = subprocess.run([os.path.join(BIN, "vidqc-ocr"), "-j1"], check=True,
                       input=head + b"\n" + SHOWN * picture, capture_output=True,
                       env=dict(os.environ, OMP_THREAD_LIMIT="1"))
    records = [json.loads(line) for line in p.stdout.splitlines()]
    last = [r for r in records if r.get("type") == "text"][-1]
    return [(r["box"], r["text"]) for r in last["regions"]]


def tesseract(psm):
    def run(y4m, im):
        png = cv2.imencode(".png", im)[1].tobytes()
        p = subprocess.run(["tesseract", "-", "-", "--psm", str(psm), "tsv"], input=png,
                           capture_output=True, env=dict(os.environ, OMP_THREAD_LIMIT="1"))
        rows = {}
        for r in csv.DictReader(p.stdout.decode().splitlines(), delimiter="\t",
                                quoting=csv.QUOTE_NONE):
            if r["level"] == "5" and r["text"].strip() and float(r["conf"]) > 0:
                x, y, w, h = (int(r[k]) for k in ("left", "top", "width", "height"))
                key = r["block_num"], r["par_num"], r["line_num"]
                b, t = rows.get(key, ([x, y, x + w, y + h], ""))
                b = [min(b[0], x), min(b[1], y), max(b[2], x + w), max(b[3], y + h)]
                rows[key] = b, (t + " " + r["text"]).strip()
        return list(rows.values())
    return run


def boxes_of(mask, scale=1):
    n, _, stat, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    out = []
    for x, y, w, h, area in stat[1:n]:
        if h >= 6 and w >= 1.2 * h and h <= mask.shape[0] / 3 and area > .3 * w * h:
            out.append(([x * scale, y * scale, (x + w) * scale, (y + h) * scale], None))
    return out


def gradient(y4m, im):
    g = cv2.cvtColor(im, cv2.COLOR_BGR2GRAY).astype(np.float32)
    e = np.abs(cv2.Sobel(g, cv2.CV_32F, 1, 0)) + np.abs(cv2.Sobel(g, cv2.CV_32F, 0, 1))
    m = (e > e.mean() + 1.5 * e.std()).astype(np.uint8)
    m = cv2.morphologyEx(m, cv2.MORPH_CLOSE, np.ones((3, 15), np.uint8))
    return boxes_of(cv2.morphologyEx(m, cv2.MORPH_OPEN, np.ones((3, 5), np.uint8)))


def hats(y4m, im):
    g = cv2.cvtColor(im, cv2.COLOR_BGR2GRAY)
    out = []
    for side in (9, 25):
        k = cv2.getStructuringElement(cv2.MORPH_RECT, (side, side))
        for op in (cv2.MORPH_TOPHAT, cv2.MORPH_BLACKHAT):
            t = cv2.morphologyEx(g, op, k)
            m = (t > max(20, t.mean() + 1.5 * t.std())).astype(np.uint8)
            m = cv2.morphologyEx(m, cv2.MORPH_CLOSE, np.ones((3, side + 2), np.uint8))
            out += boxes_of(m)
    return sift(out)


def sift(found):
    """Largest first, without what lies in one that is kept."""
    kept = []
    for b, t in sorted(found, key=lambda f: -(f[0][2] - f[0][0]) * (f[0][3] - f[0][1])):
        if all(common(b, k) < .7 * area(b) for k, _ in kept):
            kept.append((b, t))
    return kept


def group(letters):
    """Boxes of letters of like height side by side as rows of at least two."""
    letters.sort()
    rows = []
    for b in letters:
        h = b[3] - b[1]
        for r in rows:
            l = r[-1]
            lh = l[3] - l[1]
            if (.6 < h / lh < 1.6 and abs(b[1] + b[3] - l[1] - l[3]) < lh and
                    -.3 * lh < b[0] - l[2] < 1.1 * max(h, lh)):
                r.append(b)
                break
        else:
            rows.append([b])
    rows = [np.array(r) for r in rows if len(r) > 1]
    return [([int(v) for v in (*r[:, :2].min(0), *r[:, 2:].max(0))], None) for r in rows]


def regions(y4m, im):
    g = cv2.cvtColor(im, cv2.COLOR_BGR2YUV)
    letters = []
    for c in range(3):
        mser = cv2.MSER_create(5, 20, im.shape[0] ** 2 // 9)
        for x, y, w, h in mser.detectRegions(np.ascontiguousarray(g[..., c]))[1]:
            if 6 <= h <= im.shape[0] / 3 and .1 < w / h < 3:
                letters.append((x, y, x + w, y + h))
    return sift(group(sorted(set(letters))))


def widths(y4m, im):
    """Components whose stroke is even: distance to the edge along the middle lines."""
    g = cv2.cvtColor(im, cv2.COLOR_BGR2GRAY)
    letters = []
    for sign in (1, -1):
        v = g if sign > 0 else 255 - g
        m = cv2.adaptiveThreshold(v, 1, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, 31, -12)
        d = cv2.distanceTransform(m, cv2.DIST_L2, 3)
        ridge = (d >= cv2.dilate(d, np.ones((3, 3)))) & (d > 0)
        n, lab, stat, _ = cv2.connectedComponentsWithStats(m, connectivity=8)
        k = lab[ridge]
        count = np.maximum(np.bincount(k, minlength=n), 1)
        mean = np.bincount(k, d[ridge], n) / count
        var = np.bincount(k, d[ridge] ** 2, n) / count - mean ** 2
        for i in range(1, n):
            x, y, w, h, a = stat[i]
            if (6 <= h <= im.shape[0] / 3 and .1 < w / h < 3 and a > 12 and
                    var[i] < (.6 * mean[i]) ** 2 and mean[i] * 2 < .5 * h):
                letters.append((x, y, x + w, y + h))
    return sift(group(letters))


WAYS = {"vidqc": vidqc, "psm3": tesseract(3), "psm11": tesseract(11), "psm12": tesseract(12),
        "gradient": gradient, "hats": hats, "regions": regions, "widths": widths}


# ---- scores ---------------------------------------------------------------------------------

def area(b):
    return max(0, b[2] - b[0]) * max(0, b[3] - b[1])


def common(a, b):
    return area([max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])])


def overlap(a, b):
    both = common(a, b)
    return both / max(area(a) + area(b) - both, 1e-9)


def covered(box, boxes):
    """Share of a box that others cover together."""
    x = np.linspace(box[0], box[2], 41)[:-1] + (box[2] - box[0]) / 80
    y = np.linspace(box[1], box[3], 21)[:-1] + (box[3] - box[1]) / 40
    hit = np.zeros((20, 40), bool)
    for b in boxes:
        hit |= ((y >= b[1]) & (y < b[3]))[:, None] & ((x >= b[0]) & (x < b[2]))
    return hit.mean()


def match(truth, found):
    """Pairs of indexes, best overlap first, one to one, at 0.5 or more."""
    pairs = sorted(((overlap(t[0], f[0]), i, k) for i, t in enumerate(truth)
                    for k, f in enumerate(found)), reverse=True)
    used, out = (set(), set()), {}
    for o, i, k in pairs:
        if o < .5 or i in used[0] or k in used[1]:
            continue
        used[0].add(i)
        used[1].add(k)
        out[i] = k
    return out


def distance(a, b):
    row = list(range(len(b) + 1))
    for i, x in enumerate(a):
        last, row[0] = row[0], i + 1
        for k, y in enumerate(b):
            last, row[k + 1] = row[k + 1], min(row[k] + 1, row[k + 1] + 1, last + (x != y))
    return row[-1]


class Score:
    def __init__(self):
        self.truth = self.found = self.hit = self.cover = self.boxes = self.frames = 0
        self.legible = self.read = self.wrong_read = self.wrong_all = self.chars = self.chars_read = 0
        self.judged = [0, 0]
        self.reads = False
        self.ms = []

    def add(self, truth, ignore, found, ms):
        got = match(truth, found)
        rest = [f for k, f in enumerate(found) if k not in got.values()]
        rest = [f for f in rest if sum(common(f[0], i[0]) for i in ignore) < .5 * area(f[0])]
        self.reads |= any(f[1] is not None for f in found)
        self.frames += 1
        self.boxes += len(found)
        self.truth += len(truth)
        self.found += len(got) + len(rest)
        self.hit += len(got)
        self.cover += sum(covered(t[0], [f[0] for f in found]) >= .5 for t in truth)
        for i, (_, text) in enumerate(truth):
            if not text:
                continue
            self.chars += len(text)
            read = (found[got[i]][1] or "") if i in got else ""
            wrong = distance(read, text)
            self.wrong_all += min(wrong, len(text))
            if i in got:
                self.chars_read += len(text)
                self.wrong_read += wrong
        self.ms.append(ms)

    def line(self, name):
        r, p = self.hit / max(self.truth, 1), self.hit / max(self.found, 1)
        judged = f"{self.judged[0] / self.judged[1]:.2f}" if self.judged[1] else "-"
        cer = f"{self.wrong_read / self.chars_read:.2f}" if self.reads and self.chars_read else "-"
        everywhere = f"{self.wrong_all / self.chars:.2f}" if self.reads else "-"
        return (f"{name:9} {r:7.2f} {p:9.2f} {2 * r * p / max(r + p, 1e-9):5.2f} "
                f"{self.cover / max(self.truth, 1):6.2f} {judged:>7} {self.boxes / self.frames:6.1f} "
                f"{cer:>6} {everywhere:>8} {np.median(self.ms):6.1f}")


# ---- ----------------------------------------------------------------------------------------

def read_truth(path):
    frames = {}
    for r in csv.reader(open(path, newline="")):
        if r[0] == "clip":
            continue
        rows = frames.setdefault((r[0], int(r[1])), [])
        if r[2]:
            rows.append(([float(v) for v in r[2:6]], r[6], r[7]))
    return frames


def timed(way, y4m, im):
    """What a way finds, and the processor time of this process and its children, ms."""
    def used():
        return sum(u.ru_utime + u.ru_stime for u in (
            resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)))
    t = used()
    found = way(y4m, im)
    return found, (used() - t) * 1000


def draw(path, im, truth, ignore, found):
    for boxes, color in ((ignore, (160, 160, 160)), (truth, (0, 220, 0)), (found, (0, 0, 255))):
        for b, *_ in boxes:
            cv2.rectangle(im, (int(b[0]), int(b[1])), (int(b[2]), int(b[3])), color, 1)
    cv2.imwrite(path, im)


def judged(labels):
    for r in csv.DictReader(open(labels, newline="")):
        if r["bbox"]:
            yield r["path"], [float(v) for v in r["bbox"].split(",")]


def middle(path):
    out = subprocess.run(["ffprobe", "-v", "error", "-select_streams", "v:0", "-count_packets",
                          "-show_entries", "stream=nb_read_packets", "-of", "csv=p=0", path],
                         check=True, capture_output=True).stdout
    return int(out.decode().split(",")[0].split()[0]) // 2


def main():
    p = argparse.ArgumentParser()
    p.add_argument("-a", default=",".join(WAYS))
    p.add_argument("-d")
    p.add_argument("-l")
    p.add_argument("clips")
    p.add_argument("truth")
    o = p.parse_args()
    cv2.setNumThreads(1)
    scores = {a: Score() for a in o.a.split(",")}
    for (clip, number), rows in sorted(read_truth(o.truth).items()):
        path = os.path.join(o.clips, clip + ".mp4")
        y4m = frame(path, number)
        im, width = decode(y4m), size_of(path)[0]
        scale = im.shape[1] / width
        there = [([v * scale for v in b], kind, text) for b, kind, text in rows]
        truth = [(b, text) for b, kind, text in there if kind != "ignore"]
        ignore = [(b, text) for b, kind, text in there if kind == "ignore"]
        for a in scores:
            found, ms = timed(WAYS[a], y4m, im)
            scores[a].add(truth, ignore, found, ms)
            if o.d and a == "vidqc":
                os.makedirs(o.d, exist_ok=True)
                draw(os.path.join(o.d, clip + ".png"), im.copy(), truth, ignore, found)
    for path, box in judged(o.l) if o.l else ():
        path = os.path.join(o.clips, path)
        y4m = frame(path, middle(path))
        im = decode(y4m)
        scale = im.shape[1] / size_of(path)[0]
        for a in scores:
            found = WAYS[a](y4m, im)
            scores[a].judged[1] += 1
            scores[a].judged[0] += covered([v * scale for v in box], [f[0] for f in found]) >= .5
    s = next(iter(scores.values()))
    print(f"# {s.frames} frames, {s.truth} rows of text, {s.chars} legible characters")
    print("way        recall precision    F1  cover  judged  boxes    CER CER, all     ms")
    for a, s in scores.items():
        print(s.line(a))


main()
