#!/usr/bin/env python3
"""cli.py: the AWS CLI (version 1, of build/venv) for many commands, in one process: starting it
takes half a second, and most commands a hundredth of that.

Prints its port on 127.0.0.1 and serves until it is ended.  A connection is a command: its
arguments, each with a NUL behind it, and one more NUL.  The answer is the exit status in a
line of its own, then the standard output; errors go to standard error.  cloud.sh has the
other end.
"""
import contextlib
import io
import socketserver
import sys

import awscli.clidriver


driver = awscli.clidriver.create_clidriver()


class Command(socketserver.StreamRequestHandler):
    def handle(self):
        data = b""
        while not data.endswith(b"\0\0"):
            more = self.request.recv(65536)
            if not more:
                return
            data += more
        out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
        with contextlib.redirect_stdout(out):
            try:
                status = driver.main([a.decode() for a in data[:-2].split(b"\0")])
            except SystemExit as e:  # wrong arguments
                status = e.code
        out.flush()
        sys.stderr.flush()
        self.wfile.write(b"%d\n" % status + out.buffer.getvalue())


with socketserver.TCPServer(("127.0.0.1", 0), Command) as server:
    print(server.server_address[1], flush=True)
    server.serve_forever()
