#!/usr/bin/env python3
"""gateway.py OPENAPI CERTIFICATE: API Gateway in small, over TLS on a free port of 127.0.0.1,
which it prints.

A request becomes an event for one vidqc-router, its body in base64 when the description has
its type and that is not JSON.  Who brings no API key of the emulator at AWS_ENDPOINT_URL and no
token of a user pool there is refused, as API Gateway does it.
"""
import base64
import http.server
import json
import re
import ssl
import subprocess
import sys

import boto3

paths = json.load(open(sys.argv[1]))["paths"]
router = subprocess.Popen(["vidqc-router"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def caller(headers):
    """What the event's context says of who asks, None for nobody that is known."""
    key, token = headers["x-api-key"], headers["Authorization"]
    for known in boto3.client("apigateway").get_api_keys(includeValues=True)["items"] if key else []:
        if known["value"] == key:
            return {"identity": {"apiKeyId": known["id"]}}
    pools = boto3.client("cognito-idp").list_user_pools(MaxResults=60)["UserPools"] if token else []
    if pools:
        part = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        if claims.get("token_use") == "id" and claims["iss"].endswith("/" + pools[0]["Id"]):
            return {"identity": {}, "authorizer": {"claims": claims}}
    return None


class Gateway(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, headers, body):
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def refuse(self, status, code):
        problem = {"type": "about:blank", "title": code, "code": code, "request_id": "r"}
        self.answer(status, {"Content-Type": "application/problem+json"}, json.dumps(problem).encode())

    def handle_one(self):
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        path = "/" + self.path.split("/", 2)[2]  # the stage is not part of it
        for resource, item in paths.items():
            found = re.fullmatch(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", resource), path)
            if found and self.command.lower() in item:
                break
        else:
            return self.refuse(403, "MISSING_AUTHENTICATION_TOKEN")
        who = caller(self.headers)
        if who is None:
            return self.refuse(403, "INVALID_API_KEY")
        types = item[self.command.lower()].get("requestBody", {}).get("content", {})
        binary = self.headers["Content-Type"] in types and "json" not in self.headers["Content-Type"]
        event = {
            "resource": resource, "path": path, "httpMethod": self.command, "headers": dict(self.headers),
            "pathParameters": found.groupdict() or None, "isBase64Encoded": binary,
            "body": (base64.b64encode(body) if binary else body).decode() or None,
            "requestContext": {"requestId": "r", **who},
        }
        router.stdin.write(json.dumps(event).encode() + b"\n")
        router.stdin.flush()
        answer = json.loads(router.stdout.readline())
        self.answer(answer["statusCode"], answer["headers"], answer["body"].encode())

    do_GET = do_POST = handle_one


server = http.server.HTTPServer(("127.0.0.1", 0), Gateway)
tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
tls.load_cert_chain(sys.argv[2])
server.socket = tls.wrap_socket(server.socket, server_side=True)
print(server.server_address[1], flush=True)
server.serve_forever()
