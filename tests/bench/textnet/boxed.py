"""Frames with hand-made boxes, for rows.c: Y4M streams of the frame and its mask.

usage: boxed.py -b BOXES.csv -r ROWS.csv -o OUT CLIPS
BOXES.csv (clip,frame,x1,y1,x2,y2,legible,text) holds all text of its frames; ROWS.csv
(clip,frame,x1,y1,x2,y2,text) only some rows, which are text ("yes") or not ("no"): the
rest of the frame is unknown.  A mask's luma is 0 where that is so, 128 where there is no
text, 128 + height of the box (at most 127) where there is.  CLIPS is the clips' folder, with
its labels.csv; boxes are in the clips' pixels."""
import argparse
import csv
import os
import subprocess
import sys

import numpy as np

UNKNOWN, NOTHING = 0, 128


def read(path, whole):
    """{clip: {frame: (whole, [(box, text)])}}; text: yes, no, ignore; no box: nothing there."""
    out = {}
    for r in csv.DictReader(open(path)):
        here = out.setdefault(r["clip"], {}).setdefault(int(r["frame"]), (whole, []))
        if r["x1"]:
            box = [float(r[k]) for k in ("x1", "y1", "x2", "y2")]
            kind = ("ignore" if r["legible"] == "ignore" else "yes") if whole else r["text"]
            here[1].append((box, kind))
    return out


def mask(width, height, scale, whole, boxes):
    m = np.full((height, width), NOTHING if whole else UNKNOWN, np.uint8)
    for (x1, y1, x2, y2), kind in sorted(boxes, key=lambda b: b[1] == "yes"):
        part = np.s_[max(0, int(y1 * scale)):int(y2 * scale) + 1, max(0, int(x1 * scale)):int(x2 * scale) + 1]
        m[part] = (min(255, 128 + max(1, round((y2 - y1) * scale))) if kind == "yes"
                   else NOTHING if kind == "no" else UNKNOWN)
    return m


def frames(path, numbers):
    """The numbered frames, as vidqc-ocr is given them: header, and I420 bytes of each."""
    wanted = "+".join(f"eq(n\\,{n})" for n in numbers)
    y4m = subprocess.run(
        ["ffmpeg", "-nostdin", "-v", "error", "-i", path, "-vsync", "0", "-vf",
         f"select={wanted},scale=trunc(iw*min(1\\,720/ih)/2)*2:trunc(ih*min(1\\,720/ih)/2)*2,"
         "format=yuv420p", "-f", "yuv4mpegpipe", "-"], check=True, capture_output=True).stdout
    head, rest = y4m.split(b"\n", 1)
    field = {f[:1]: int(f[1:]) for f in head.split(b" ") if f[:1] in (b"W", b"H")}
    size = field[b"W"] * field[b"H"] * 3 // 2
    each = len(b"FRAME\n") + size
    return head, field[b"W"], field[b"H"], [rest[i + each - size:i + each]
                                            for i in range(0, len(rest), each)]


def height_of(path):
    return int(subprocess.run(
        ["ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries", "stream=height",
         "-of", "default=nw=1:nk=1", path], check=True, capture_output=True, text=True).stdout)


def write(folder, clip, path, marked):
    numbers = sorted(marked)
    head, width, height, pictures = frames(path, numbers)
    scale = height / height_of(path)
    if len(pictures) != len(numbers):
        sys.exit(f"boxed.py: {path}: {len(pictures)} of the frames {numbers}")
    for number, picture in zip(numbers, pictures):
        whole, boxes = marked[number]
        luma = mask(width, height, scale, whole, boxes).tobytes()
        with open(os.path.join(folder, f"{clip}__{number}{'' if whole else 'r'}.y4m"), "wb") as f:
            f.write(head + b"\nFRAME\n" + picture + b"FRAME\n" + luma +
                    bytes([128]) * (len(picture) - len(luma)))


def main():
    p = argparse.ArgumentParser()
    p.add_argument("-b", required=True)
    p.add_argument("-r", required=True)
    p.add_argument("-o", required=True)
    p.add_argument("clips")
    o = p.parse_args()
    with open(os.path.join(o.clips, "labels.csv"), newline="") as f:
        paths = {r["clip_id"]: os.path.join(o.clips, r["path"]) for r in csv.DictReader(f)}
    for path, whole in ((o.b, True), (o.r, False)):
        for clip, marked in sorted(read(path, whole).items()):
            write(o.o, clip, paths[clip], marked)


if __name__ == "__main__":
    main()
