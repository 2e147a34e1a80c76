#!/usr/bin/env python3
"""suite.py DIR: AWS's test suite of Signature Version 4 as lines for tests/aws/signer.c.

Each case is a folder: a raw HTTP request, the circumstances (context.json), and what is to
come of it, signed by headers and by the query.  A line is {"name", "request", "want"}.
"""
import calendar
import hashlib
import json
import sys
import time
import urllib.parse
from pathlib import Path


def parse(raw):
    """Method, path, query, headers and body of a request as it is on the wire."""
    head, _, body = raw.replace("\r\n", "\n").partition("\n\n")
    lines = head.split("\n")
    method, target = lines[0].split(" ", 1)
    target = target.rsplit(" HTTP/", 1)[0]
    path, _, query = target.partition("?")
    headers = []
    for line in filter(None, lines[1:]):
        if line[0] in " \t":  # goes on
            headers[-1][1] += "\n" + line
        else:
            headers.append(list(line.split(":", 1)))
    pairs = [[urllib.parse.unquote(s) for s in (p.split("=", 1) + [""])[:2]]
             for p in query.split("&") if p]
    return method, path, pairs, headers, body


def case(folder, way):
    context = json.loads((folder / "context.json").read_text())
    method, path, query, headers, body = parse((folder / "request.txt").read_text())
    key = context["credentials"]
    payload = hashlib.sha256(body.encode()).hexdigest()
    if way == "header" and context["sign_body"]:
        headers.append(["x-amz-content-sha256", payload])
    request = {
        "time": calendar.timegm(time.strptime(context["timestamp"], "%Y-%m-%dT%H:%M:%SZ")),
        "key_id": key["access_key_id"], "secret": key["secret_access_key"],
        "token": None if context.get("omit_session_token") else key.get("token"),
        "region": context["region"], "service": context["service"],
        "method": method, "path": path, "normalize": context["normalize"],
        "query": query, "headers": headers, "payload": payload,
    }
    if way == "query":
        request["expires"] = context["expiration_in_seconds"]
    read = {"canonical": "canonical-request", "to_sign": "string-to-sign", "signature": "signature"}
    want = {k: (folder / f"{way}-{name}.txt").read_text().rstrip("\n") for k, name in read.items()}
    if way == "header":
        signed = parse((folder / "header-signed-request.txt").read_text())[3]
        want["authorization"] = dict(signed)["Authorization"].strip()
    return {"name": f"{folder.name}, {way}", "request": request, "want": want}


for one in sorted(Path(sys.argv[1]).iterdir()):
    for signed in ("header", "query"):
        print(json.dumps(case(one, signed)))
