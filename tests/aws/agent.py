#!/usr/bin/env python3
"""agent.py LOG: what a container finds in ECS, on a free port, which it prints: credentials at
/credentials, for those with the right token, and task protection; LOG gets a line for each."""
import http.server
import json
import sys


class Agent(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def reply(self, status, body):
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def note(self, text):
        with open(sys.argv[1], "a", encoding="utf-8") as file:
            file.write(text + "\n")

    def do_GET(self):
        right = self.path == "/credentials" and self.headers.get("Authorization") == "the-token"
        self.note(f"credentials {right}")
        keys = {"AccessKeyId": "agent", "SecretAccessKey": "agent/secret", "Token": "session+token="}
        self.reply(200 if right else 403, {**keys, "Expiration": "2099-01-01T00:00:00Z"})

    def do_PUT(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.note(f"{self.path} {json.dumps(body, sort_keys=True)}")
        self.reply(200, {"protection": body})


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Agent)
print(server.server_address[1], flush=True)
server.serve_forever()
