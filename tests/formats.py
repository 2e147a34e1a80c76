# What readers of the formats make of them; tests/pipeline/format.t.
#	python3 tests/formats.py csv|junit <FILE: one JSON value
import csv
import io
import json
import sys
import xml.etree.ElementTree as tree

data = sys.stdin.buffer.read().decode("utf-8")
if sys.argv[1] == "csv":
    rows = list(csv.reader(io.StringIO(data, newline=""), strict=True))
    if any(len(row) != len(rows[0]) for row in rows):
        sys.exit("rows of unequal length")
    result = [dict(zip(rows[0], row)) for row in rows[1:]]
else:
    root = tree.fromstring(data)
    if root.tag != "testsuites":
        sys.exit("no testsuites")
    result = []
    for suite in root:
        cases = list(suite)
        counts = {}
        for case in cases:
            if case.tag != "testcase" or case.get("classname") != suite.get("name"):
                sys.exit("a stranger among the cases")
            for outcome in case:
                counts[outcome.tag] = counts.get(outcome.tag, 0) + 1
            result.append({
                "clip": case.get("classname"), "name": case.get("name"),
                "outcome": case[0].tag if len(case) else "passed",
                "message": case[0].get("message") if len(case) else None,
                "text": case[0].text if len(case) else None})
        want = {"failure": "failures", "error": "errors", "skipped": "skipped"}
        if int(suite.get("tests")) != len(cases) or any(
                int(suite.get(attribute)) != counts.get(tag, 0) for tag, attribute in want.items()):
            sys.exit("counts of " + suite.get("name"))
json.dump(result, sys.stdout)
print()
