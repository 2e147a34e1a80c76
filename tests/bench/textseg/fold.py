"""Clips of TRUTH.csv that belong to third K (0, 1, 2) of their sources.

usage: fold.py TRUTH.csv LABELS.csv K"""
import csv
import sys

truth, labels, k = sys.argv[1:]
source = {r["clip_id"]: r["source"] for r in csv.DictReader(open(labels, newline=""))}
groups = {}
for clip in sorted({r[0] for r in csv.reader(open(truth, newline="")) if r[0] != "clip"}):
    groups.setdefault(source[clip], []).append(clip)
thirds = [[], [], []]
for s in sorted(groups, key=lambda s: (-len(groups[s]), s)):
    min(thirds, key=len).extend(groups[s])
print("\n".join(sorted(thirds[int(k)])))
