#!/usr/bin/env python3
"""runtime.py [--next-status N] [--response-status N] EVENTS COMMAND...: AWS Lambda in small.

Speaks the Runtime API to COMMAND: one line of EVENTS after the other is an invocation, each
gets a line on standard output, {"id", "kind": "response" or "error" or "init", "type",
"body"}.  After the last one the command is ended, as Lambda ends what is idle.  On standard
error at the end: {"connections": n, "status": of the command, null when it was still there}.
"""
import argparse
import http.server
import json
import os
import subprocess
import sys
import threading

options = argparse.ArgumentParser()
options.add_argument("--next-status", type=int, default=200)
options.add_argument("--response-status", type=int, default=202)
options.add_argument("events")
options.add_argument("command", nargs=argparse.REMAINDER)
options = options.parse_args()

events = open(options.events, "rb").read().splitlines()
connections = 0
asked = 0
idle = threading.Event()
BASE = "/2018-06-01/runtime/"


class Runtime(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def setup(self):
        global connections
        connections += 1
        super().setup()

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        global asked
        if self.path != BASE + "invocation/next":
            return self.answer(404)
        if options.next_status != 200:
            return self.answer(options.next_status)
        if asked == len(events):
            idle.set()
            threading.Event().wait()  # Lambda freezes here
        asked += 1
        self.answer(200, events[asked - 1], [
            ("Content-Type", "application/json"),
            ("Lambda-Runtime-Aws-Request-Id", f"invocation-{asked}"),
            ("Lambda-Runtime-Deadline-Ms", "9999999999999")])

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        parts = self.path.removeprefix(BASE).split("/")
        one = {"id": parts[1], "kind": parts[-1], "body": json.loads(body)}
        if parts[0] == "init":
            one = {"id": None, "kind": "init", "body": json.loads(body)}
        elif one["id"] != f"invocation-{asked}" or len(parts) != 3:
            return self.answer(400)
        one["type"] = self.headers["Lambda-Runtime-Function-Error-Type"]
        print(json.dumps(one, ensure_ascii=False), flush=True)
        self.answer(options.response_status if one["kind"] == "response" else 202, b"{}")


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Runtime)
server.daemon_threads = True
threading.Thread(target=server.serve_forever, daemon=True).start()
address = f"127.0.0.1:{server.server_address[1]}"
child = subprocess.Popen(options.command, env=dict(os.environ, AWS_LAMBDA_RUNTIME_API=address))
while not idle.wait(0.05) and child.poll() is None:
    pass
status = child.poll()
child.terminate()
child.wait()
print(json.dumps({"connections": connections, "status": status}), file=sys.stderr, flush=True)
os._exit(0)  # the thread that holds the last request never ends
