#!/usr/bin/env python3
"""canned.py [PREDICTION]: an AWS that always answers the same at once, for measuring and for
many events.  Prints its address and serves until it is ended.

Each job is there and completed, each condition holds, each object is a video.  Connections
are kept; their number is the answer to GET /connections.
"""
import asyncio
import json
import sys

prediction = open(sys.argv[1]).read() if len(sys.argv) > 1 else '{"artifact":false}'
job = json.dumps({"Item": {
    "job_id": {"S": "0c3c3f5e-6f0a-4a7e-9a55-2f7f6a0c5b11"}, "status": {"S": "completed"},
    "created_at": {"S": "2026-11-24T09:00:00Z"}, "completed_at": {"S": "2026-11-24T09:00:07Z"},
    "prediction": {"S": prediction}}}).encode()
connections = 0


def reply(status, body, more=b""):
    return b"HTTP/1.1 %d X\r\nContent-Length: %d\r\n%s\r\n%s" % (status, len(body), more, body)


JOB, NOTHING = reply(200, job), reply(200, b"{}")
VIDEO = reply(206, b"\0\0\0\x20ftypisom", b"Content-Range: bytes 0-11/12\r\n")


class Server(asyncio.Protocol):
    def connection_made(self, transport):
        global connections
        connections += 1
        self.transport, self.data = transport, b""

    def data_received(self, data):
        self.data += data
        while (end := self.data.find(b"\r\n\r\n")) >= 0:
            head = self.data[:end].lower()
            at = head.find(b"content-length:")
            size = int(head[at + 15:].split(b"\r\n", 1)[0]) if at >= 0 else 0
            if len(self.data) < end + 4 + size:
                return
            self.data = self.data[end + 4 + size:]
            if head.startswith(b"get /connections"):
                self.transport.write(reply(200, b"%d" % connections))
            elif head.startswith(b"get "):
                self.transport.write(VIDEO)
            else:
                self.transport.write(JOB if b".getitem" in head else NOTHING)


async def main():
    server = await asyncio.get_running_loop().create_server(Server, "127.0.0.1", 0)
    print("http://127.0.0.1:%d" % server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
