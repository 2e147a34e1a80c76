#!/usr/bin/env python3
"""openapi.py DESCRIPTION CLIP: vidqc-router does what its description says, as TAP.

The description decides what is asked: each operation, each status, each code of a problem
and each example must have been seen, and each answer must fit its schema.  Circumstances
(what is in S3, what does not answer) are made here, by the operation, status and code that
they bring about; one that the description does not have, and one of the description that
is missing here, fails.
"""
import base64
import copy
import http.server
import json
import os
import subprocess
import sys
import threading

import boto3
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import OpenAPIV31SpecValidator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

api = json.load(open(sys.argv[1]))
clip = open(sys.argv[2], "rb").read()
count = failed = 0
NOWHERE = "http://127.0.0.1:1"
BUCKET = os.environ["VIDQC_CLIPS_BUCKET"]
LATER = {"Idempotency-Key": "openapi"}


def ok(good, name, why=""):
    global count, failed
    count += 1
    failed += not good
    print(f"{'ok' if good else 'not ok'} {count} - {name}")
    if not good and why:
        print("#", why, file=sys.stderr)


def resolve(o):
    while "$ref" in o:
        at = api
        for part in o["$ref"].removeprefix("#/").split("/"):
            at = at[part]
        o = at
    return o


def absolute(o):
    """The same with references that do not depend on where they stand."""
    if isinstance(o, dict):
        return {k: v.replace("#/", "urn:api#/") if k == "$ref" else absolute(v) for k, v in o.items()}
    return [absolute(v) for v in o] if isinstance(o, list) else o


registry = Registry().with_resource("urn:api", Resource.from_contents(absolute(api), DRAFT202012))


def faults(schema, value):
    """What is wrong with the value, "" when nothing is."""
    v = Draft202012Validator(absolute(schema), registry=registry, format_checker=FormatChecker())
    return "; ".join(e.message[:200] for e in v.iter_errors(value))


operations = {op["operationId"]: (method.upper(), path, op)
              for path, item in api["paths"].items() for method, op in item.items()}


def ask(operation, body=None, content_type="application/json", headers=(), job_id=None, env=()):
    method, path, _ = operations[operation]
    encoded = isinstance(body, bytes)
    if encoded:
        body = base64.b64encode(body).decode()
    event = {
        "resource": path, "path": path.replace("{job_id}", job_id or ""), "httpMethod": method,
        "headers": {"Content-Type": content_type, **dict(headers)},
        "pathParameters": {"job_id": job_id} if job_id else None,
        "body": json.dumps(body) if isinstance(body, (dict, list)) else body,
        "isBase64Encoded": encoded,
        "requestContext": {"requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef", "identity": {"apiKeyId": "k"}},
    }
    done = subprocess.run(["vidqc-router"], input=json.dumps(event).encode(), capture_output=True,
                          env=dict(os.environ, **dict(env)), check=False)
    return json.loads(done.stdout)


# ---- the description itself ----
try:
    OpenAPIV31SpecValidator(api).validate()
    ok(True, "the description is OpenAPI 3.1")
except Exception as e:  # whatever is wrong with it
    ok(False, "the description is OpenAPI 3.1", str(e)[:500])

for operation, (_, _, op) in operations.items():
    contents = list(op.get("requestBody", {}).get("content", {}).values())
    for r in map(resolve, op["responses"].values()):
        contents += r["content"].values()
    for content in contents:
        for name, example in content.get("examples", {}).items():
            wrong = faults(content["schema"], example["value"])
            ok(not wrong, f"{operation}: example {name} fits its schema", wrong)

# ---- what is there ----
s3, dynamodb = boto3.client("s3"), boto3.resource("dynamodb").Table(os.environ["VIDQC_RESULTS_TABLE"])
for key, body in [("clip.mp4", clip), ("empty", b""), ("text", b"no video")]:
    s3.put_object(Bucket=BUCKET, Key="uploads/" + key, Body=body)
uri = f"s3://{BUCKET}/uploads/"
good = {"s3_uri": uri + "clip.mp4"}
example_id = operations["result"][2]["parameters"][0]["example"]
jobs = {name: e["value"] for name, e in
        operations["result"][2]["responses"]["200"]["content"]["application/json"]["examples"].items()}


def item(job):
    job = dict(job)
    if "prediction" in job:
        job["prediction"] = json.dumps(job["prediction"])
    dynamodb.put_item(Item={**job, "expires_at": 4102444800, "config_overrides": "{}",
                            "s3_bucket": BUCKET, "s3_key": "uploads/clip.mp4"})


# An S3 whose objects are all a byte larger than a clip may be: moto would need that much memory
# for one, and five seconds to show its beginning on a busy machine.
class Large(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        self.send_response(206)
        self.send_header("Content-Range", f"bytes 0-{len(clip[:1024]) - 1}/{(512 << 20) + 1}")
        self.end_headers()
        self.wfile.write(clip[:1024])


large = http.server.HTTPServer(("127.0.0.1", 0), Large)
threading.Thread(target=large.serve_forever, daemon=True).start()


seen = set()  # (operation, status, code)


def expect(operation, status, code, answer, env_note=""):
    """The answer has that status and code, which the description has too, and fits it."""
    name = f"{operation}: {status}{' ' + code if code else ''}{env_note}"
    response = operations[operation][2]["responses"].get(str(status))
    if response is None:
        return ok(False, name, "the description has no such status")
    response = resolve(response)
    body = json.loads(answer["body"])
    kind = answer["headers"]["Content-Type"]
    wrong = []
    if answer["statusCode"] != status or body.get("code") != code:
        wrong.append(f"got {answer['statusCode']} {body}")
    if kind not in response["content"]:
        wrong.append(f"content type {kind}")
    else:
        wrong += filter(None, [faults(response["content"][kind]["schema"], body)])
    for header, spec in response.get("headers", {}).items():
        wrong += filter(None, [faults(spec["schema"], answer["headers"].get(header))])
    ok(not wrong, name, "; ".join(wrong))
    seen.add((operation, status, code))
    return body


# ---- examples of requests, as they are ----
for operation, (_, _, op) in operations.items():
    for name, example in op.get("requestBody", {}).get("content", {}).get("application/json", {}).get("examples", {}).items():
        expect(operation, 202, None, ask(operation, example["value"]), f", example {name}")
for name, job in jobs.items():
    item(job)
    answer = ask("result", job_id=example_id)
    ok(expect("result", 200, None, answer, f", example {name}") == job, f"result: example {name} is the answer")

types = list(operations["predict"][2]["requestBody"]["content"])
fits = [t for t in types if t.split("/")[1] in ("mp4", "quicktime", "x-m4v", "3gpp", "octet-stream")]
ok(len(fits) == 5, "types of bodies that an MP4 may have")
for t in fits:
    expect("predict", 202, None, ask("predict", clip, t), f", {t}")
for t in set(types) - set(fits) - {"application/json"}:
    expect("predict", 422, "type_mismatch", ask("predict", clip, t), f", {t}")

# ---- each status and code ----
broken = {"VIDQC_RESULTS_TABLE": "absent"}
down = {"VIDQC_ENDPOINT_DYNAMODB": NOWHERE}
for args in [
    ("predict", 400, "malformed_json", ask("predict", "{")),
    ("predict", 400, "unknown_field", ask("predict", {**good, "priority": 1})),
    ("predict", 400, "invalid_field", ask("predict", {"s3_uri": 1})),
    ("predict", 400, "invalid_config", ask("predict", {**good, "config_overrides": {"x": 1}})),
    ("predict", 400, "invalid_uri", ask("predict", {"s3_uri": "clip.mp4"})),
    ("predict", 400, "invalid_idempotency_key", ask("predict", good, headers={"Idempotency-Key": ""})),
    ("predict", 400, "empty_body", ask("predict", b"", "video/mp4")),
    ("predict", 403, "bucket_not_allowed", ask("predict", {"s3_uri": "s3://nobody/x"})),
    ("predict", 403, "key_not_allowed", ask("predict", {"s3_uri": f"s3://{BUCKET}/x"})),
    ("predict", 413, "body_too_large", ask("predict", clip + bytes(4500000), "video/mp4")),
    ("predict", 413, "clip_too_large", ask("predict", {"upload": True, "content_type": "video/mp4",
                                                       "content_length": 1 << 40})),
    ("predict", 415, "unsupported_type", ask("predict", clip, "text/plain")),
    ("predict", 422, "not_a_video", ask("predict", b"no video", "video/mp4")),
    ("predict", 422, "not_a_video", ask("predict", {"s3_uri": uri + "text"})),
    ("predict", 422, "object_unreadable", ask("predict", {"s3_uri": uri + "absent"})),
    ("predict", 422, "object_empty", ask("predict", {"s3_uri": uri + "empty"})),
    ("predict", 422, "object_too_large", ask(
        "predict", {"s3_uri": uri + "large"}, env={"VIDQC_ENDPOINT_S3": f"http://127.0.0.1:{large.server_port}"})),
    ("predict", 202, None, ask("predict", good, headers=LATER)),
    ("predict", 422, "idempotency_key_reused", ask("predict", {**good, "config_overrides": {}}, headers=LATER)),
    ("predict", 500, "internal", ask("predict", good, env=broken)),
    ("predict", 503, "unavailable", ask("predict", good, env=down)),
    ("result", 400, "malformed_job_id", ask("result", job_id="1")),
    ("result", 404, "unknown_job", ask("result", job_id="0" * 8 + "-0000-4000-8000-" + "0" * 12)),
    ("result", 500, "internal", ask("result", job_id=example_id, env=broken)),
    ("result", 503, "unavailable", ask("result", job_id=example_id, env=down)),
    ("batch", 400, "invalid_field", ask("batch", {"s3_uris": []})),
    ("batch", 413, "body_too_large", ask("batch", "[" + " " * (1 << 20))),
    ("batch", 415, "unsupported_type", ask("batch", clip, "video/mp4")),
    ("batch", 422, "idempotency_key_reused", ask("batch", {"s3_uris": [uri]}, headers=LATER)),
    ("batch", 500, "internal", ask("batch", {"s3_uris": [uri + "clip.mp4"]}, env=broken)),
    ("batch", 503, "unavailable", ask("batch", {"s3_uris": [uri + "clip.mp4"]}, env=down)),
]:
    expect(*args)

# A body that is not the base64 that it says it is can only come of the gateway.
bad = subprocess.run(["vidqc-router"], capture_output=True, input=json.dumps({
    "resource": "/predict", "httpMethod": "POST", "headers": {"Content-Type": "video/mp4"},
    "body": "*", "isBase64Encoded": True}).encode())
expect("predict", 400, "malformed_body", json.loads(bad.stdout))

# ---- all of it was seen ----
described = {(o, int(s)) for o, (_, _, op) in operations.items() for s in op["responses"]}
ok(described == {s[:2] for s in seen}, "each status of each operation came up",
   str(described ^ {s[:2] for s in seen}))
codes = set(api["components"]["schemas"]["Code"]["enum"])
ok(codes == {s[2] for s in seen if s[2]}, "and each code", str(codes ^ {s[2] for s in seen if s[2]}))

# ---- the checks themselves ----
answer = ask("result", job_id=example_id)
for change in ({"status": "done"}, {"job_id": "1"}, {"extra": 1}, {"prediction": None}):
    schema = operations["result"][2]["responses"]["200"]["content"]["application/json"]["schema"]
    ok(faults(schema, {**copy.deepcopy(json.loads(answer["body"])), **change}) != "", f"{change} would be found")

print(f"1..{count}")
sys.exit(failed > 0)
