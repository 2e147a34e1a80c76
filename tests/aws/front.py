#!/usr/bin/env python3
"""front.py BACKEND_PORT: a proxy in front of moto's server, on a free port, which it prints.

moto forgets what AWS promises: a transaction that is cancelled puts back a copy of the whole
table, and whoever wrote in between has written nothing.  So it gets one request at a time, and
long polls are made of short ones.

The file named by FRONT_FAULTS, read again with each request, says what goes wrong:
	{"rate": 0.1, "kinds": ["throttle", "error", "lost", "drop"], "only": "UpdateItem"}
throttle, error and expired are answered by the proxy itself; lost reaches the server, but its answer
becomes an error; drop closes the connection; with {"times": 2} no more than two go wrong.
{"ignore": "ChangeMessageVisibility"} says yes to such requests, and does nothing.  {"holds":
[{"call": "UpdateItem", "nth": 2, "after": true}]} keeps the second such request waiting, before
it is handed on or after that, until the file says otherwise or the client is gone; who is gone
before has asked for nothing.  Counts go to the file named by FRONT_COUNTS.

The file named by FRONT_POLICY, when there is one, is an IAM policy, and what it does not allow
is refused: moto knows nothing of the resources of SQS, and asks for no right to DynamoDB.
"""
import fnmatch
import http.client
import http.server
import json
import os
import random
import sys
import threading
import time
import urllib.parse

BACKEND = int(sys.argv[1])
FAULTS = os.environ.get("FRONT_FAULTS", "/dev/null")
COUNTS = os.environ.get("FRONT_COUNTS")
one_at_a_time = threading.Lock()
counts = {}
asked = {}
dealt = {}
chance = random.Random(int(os.environ.get("FRONT_SEED", "1")))


def faults():
    try:
        with open(FAULTS, encoding="utf-8") as file:
            return json.loads(file.read() or "{}")
    except (OSError, ValueError):
        return {}


def count(name):
    counts[name] = counts.get(name, 0) + 1
    if COUNTS:
        with open(COUNTS + ".new", "w", encoding="utf-8") as file:
            json.dump(counts, file, sort_keys=True)
        os.replace(COUNTS + ".new", COUNTS)


def due(name, holds):
    """Those whose turn it is, of calls that are to be held."""
    found = []
    for spec in holds:
        key = json.dumps(spec, sort_keys=True)
        if spec["call"] == name:
            asked[key] = asked.get(key, 0) + 1
            if asked[key] == spec.get("nth", 1):
                found.append(spec)
    return found


def fault_of(name, wrong):
    """What goes wrong with this call, if anything does."""
    if wrong.get("only", name) != name or chance.random() >= wrong.get("rate", 0):
        return None
    key = json.dumps(wrong, sort_keys=True)
    dealt[key] = dealt.get(key, 0) + 1
    if dealt[key] > wrong.get("times", dealt[key]):
        return None
    fault = chance.choice(wrong.get("kinds", ["throttle", "error", "lost", "drop"]))
    count(f"{name}:{fault}")
    return fault


def action(method, headers, body):
    """The operation's name, of all protocols of AWS."""
    if "X-Amz-Target" in headers:
        return headers["X-Amz-Target"].rsplit(".", 1)[-1]
    if headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded"):
        return urllib.parse.parse_qs(body.decode()).get("Action", [""])[0]
    return method + "Object"


def split_poll(headers, body):
    """A receive's body without its wait, and that wait."""
    if "X-Amz-Target" in headers:
        request = json.loads(body)
        wait = request.pop("WaitTimeSeconds", 0)
        return json.dumps({**request, "WaitTimeSeconds": 0}).encode(), wait
    pairs = dict(urllib.parse.parse_qsl(body.decode()))
    wait = int(pairs.get("WaitTimeSeconds", 0))
    pairs["WaitTimeSeconds"] = "0"
    return urllib.parse.urlencode(pairs).encode(), wait


def rights(name, method, path, body):
    """What a request needs: actions and resources."""
    account = "eu-central-1:123456789012"
    if name.endswith("Object"):
        bucket, _, key = urllib.parse.unquote(path.split("?")[0]).lstrip("/").partition("/")
        if key:
            return [("s3:" + method.title() + "Object", f"arn:aws:s3:::{bucket}/{key}")]
        return [("s3:ListBucket", f"arn:aws:s3:::{bucket}")]
    try:
        request = json.loads(body)
    except ValueError:
        request = dict(urllib.parse.parse_qsl(body.decode()))
    if "QueueUrl" in request:
        queue = request["QueueUrl"].rsplit("/", 1)[-1]
        return [("sqs:" + name.removesuffix("Batch"), f"arn:aws:sqs:{account}:{queue}")]
    items = [request]
    if name == "TransactWriteItems":
        items = [next(iter(item.values())) for item in request["TransactItems"]]
        name = "UpdateItem"
    return [("dynamodb:" + name, f"arn:aws:dynamodb:{account}:table/{item['TableName']}") for item in items]


def is_misspelt(path):
    """S3 signs a path as it would write it itself; who writes it otherwise has signed another."""
    path = path.split("?")[0]
    return path != urllib.parse.quote(urllib.parse.unquote(path), safe="/~")


def is_allowed(needed):
    policy = os.environ.get("FRONT_POLICY")
    if not policy:
        return True
    with open(policy, encoding="utf-8") as file:
        statements = json.load(file)["Statement"]

    def listed(value, given):
        return any(fnmatch.fnmatchcase(value, g) for g in ([given] if isinstance(given, str) else given))

    return all(
        any(listed(action, s["Action"]) and listed(resource, s["Resource"]) for s in statements)
        for action, resource in needed
    )


def ask(method, path, headers, body):
    with one_at_a_time:
        backend = http.client.HTTPConnection("127.0.0.1", BACKEND, timeout=60)
        backend.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in headers.items():
            if name.lower() not in ("connection", "content-length", "expect", "transfer-encoding"):
                backend.putheader(name, value)
        backend.putheader("Content-Length", str(len(body)))
        backend.endheaders(body)
        answer = backend.getresponse()
        content = answer.read()
        backend.close()
        return answer.status, answer.getheaders(), content


def error_answer(headers, status, code):
    if "X-Amz-Target" in headers:
        body = json.dumps({"__type": "com.amazonaws#" + code, "message": "made up"}).encode()
        return status, [("Content-Type", "application/x-amz-json-1.0"), ("x-amzn-query-error", code + ";Sender")], body
    body = f"<Error><Code>{code}</Code><Message>made up</Message></Error>"
    return status, [("Content-Type", "text/xml")], body.encode()


class Front(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def body(self):
        if self.headers.get("Expect", "").lower() == "100-continue":
            self.send_response_only(100)
            self.end_headers()
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            parts = []
            while size := int(self.rfile.readline().split(b";")[0], 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(parts)
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def gone(self):
        """Has the other side hung up?"""
        self.connection.setblocking(False)
        try:
            return self.connection.recv(1, 2) == b""
        except (BlockingIOError, OSError):
            return False
        finally:
            self.connection.setblocking(True)

    def answer(self, status, headers, body):
        try:
            self.send_response_only(status)
            for name, value in headers:
                if name.lower() not in ("content-length", "connection", "transfer-encoding", "server", "date"):
                    self.send_header(name, value)
            if self.command == "HEAD":
                length = dict((n.lower(), v) for n, v in headers).get("content-length", "0")
            else:
                length = str(len(body))
            self.send_header("Content-Length", length)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)
        except OSError:
            self.close_connection = True

    def hold(self, name, specs, after):
        """Is the client still there when it need not wait any more?"""
        for spec in specs:
            if spec.get("after", False) == after:
                count(name + ":held")
                while spec in faults().get("holds", []):
                    if self.gone():
                        return False
                    time.sleep(0.02)
        return True

    def handle_request(self):
        body = self.body()
        name = action(self.command, self.headers, body)
        wrong = faults()
        count(name)
        holds = due(name, wrong.get("holds", []))
        if not self.hold(name, holds, False):
            self.close_connection = True
            return
        fault = fault_of(name, wrong)
        if fault == "drop":
            self.close_connection = True
            self.connection.close()
        elif fault == "throttle":
            if name.endswith("Object"):
                self.answer(*error_answer(self.headers, 503, "SlowDown"))
            else:
                self.answer(*error_answer(self.headers, 400, "ThrottlingException"))
        elif fault == "expired":
            code = "ExpiredToken" if name.endswith("Object") else "ExpiredTokenException"
            self.answer(*error_answer(self.headers, 400, code))
        elif fault == "error":
            self.answer(*error_answer(self.headers, 500, "InternalFailure"))
        elif name.endswith("Object") and is_misspelt(self.path):
            self.answer(*error_answer(self.headers, 403, "SignatureDoesNotMatch"))
        elif not is_allowed(rights(name, self.command, self.path, body)):
            count(name + ":refused")
            self.answer(*error_answer(self.headers, 403 if name.endswith("Object") else 400, "AccessDenied"))
        elif wrong.get("ignore") and name.startswith(wrong["ignore"]):
            done = [{"Id": entry["Id"]} for entry in json.loads(body).get("Entries", [])]
            self.answer(200, [("Content-Type", "application/x-amz-json-1.0")], json.dumps({"Successful": done}).encode())
        else:
            answer = self.forward(name, body)
            self.hold(name, holds, True)
            if fault == "lost":
                answer = error_answer(self.headers, 503, "ServiceUnavailable")
            self.answer(*answer)

    def forward(self, name, body):
        if name != "ReceiveMessage" or not os.environ.get("FRONT_POLLS", "1") == "1":
            return ask(self.command, self.path, self.headers, body)
        body, wait = split_poll(self.headers, body)
        end = time.monotonic() + wait
        while True:
            answer = ask(self.command, self.path, self.headers, body)
            if b"ReceiptHandle" in answer[2] or time.monotonic() >= end or self.gone():
                return answer
            time.sleep(0.1)

    do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = handle_request


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Front)
server.daemon_threads = True
print(server.server_address[1], flush=True)
server.serve_forever()
