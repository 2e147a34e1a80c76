#!/usr/bin/env python3
"""router.py [REQUESTS]: what vidqc-router costs, beside an AWS that answers at once
(canned.py): its own CPU time for a warm GET of a prediction of 20 KB and of one of 300 KB
(mean, p50, p99, most), for a clip as the body and for a batch of 100; the time until the
first answer of a new process; the most memory it had; connections it opened.  Times are
milliseconds.  VQ_BIN is where the program is."""
import base64
import json
import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

here = Path(__file__).resolve().parent
count = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
program = os.path.join(os.environ.get("VQ_BIN", here.parent.parent / "build/bin"), "vidqc-router")


def prediction(size):
    events = []
    while len(json.dumps(events)) < size:
        events.append({"start": 0.5, "end": 1.25, "category": "TEXT_INCONSISTENCY",
                       "bbox": [60.5, 40, 390, 110], "before": "OPEN", "after": "0PEN", "severity": 0.8317})
    return json.dumps({"clip_id": "clip", "artifact": True, "confidence": 0.94, "events": events})


class Cloud:
    """canned.py and an environment that leads to it."""

    def __init__(self, text):
        path = f"/tmp/vidqc-router-bench.{os.getpid()}"
        Path(path).write_text(text)
        self.server = subprocess.Popen([sys.executable, here / "canned.py", path], stdout=subprocess.PIPE, text=True)
        self.url = self.server.stdout.readline().strip()
        os.unlink(path)
        self.env = dict(
            os.environ, AWS_REGION="eu-west-1", AWS_ACCESS_KEY_ID="i", AWS_SECRET_ACCESS_KEY="s",
            AWS_SESSION_TOKEN="t" * 800, VIDQC_QUEUE_URL=self.url + "/1/q", VIDQC_CLIPS_BUCKET="clips",
            VIDQC_RESULTS_TABLE="t", VIDQC_ENDPOINT_S3=self.url, VIDQC_ENDPOINT_SQS=self.url,
            VIDQC_ENDPOINT_DYNAMODB=self.url)

    def connections(self):
        return int(urllib.request.urlopen(self.url + "/connections").read()) - 1

    def end(self):
        self.server.terminate()
        self.server.wait()


class Router:
    def __init__(self, cloud):
        self.begin = time.monotonic()
        self.p = subprocess.Popen([program], env=cloud.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, line):
        """Its own CPU time in ms."""
        clock = ~self.p.pid << 3 | 2  # clock_getcpuclockid(3)
        before = time.clock_gettime(clock)
        self.p.stdin.write(line)
        self.p.stdin.flush()
        answer = json.loads(self.p.stdout.readline())
        assert answer["statusCode"] in (200, 202), answer
        return 1000 * (time.clock_gettime(clock) - before)

    def memory(self):
        status = Path(f"/proc/{self.p.pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) / 1024

    def end(self):
        self.p.stdin.close()
        self.p.wait()


def event(method, resource, body=None, kind="application/json", encoded=False):
    return json.dumps({
        "resource": resource, "path": resource, "httpMethod": method, "headers": {"Content-Type": kind},
        "multiValueHeaders": {"Content-Type": [kind]}, "body": body, "isBase64Encoded": encoded,
        "pathParameters": {"job_id": "0c3c3f5e-6f0a-4a7e-9a55-2f7f6a0c5b11"},
        "requestContext": {"requestId": "r", "identity": {"apiKeyId": "k"}}}).encode() + b"\n"


def line(name, times, router):
    times.sort()
    print(f"{name:28} {sum(times) / len(times):8.3f} {times[len(times) // 2]:8.3f} "
          f"{times[min(len(times) - 1, int(len(times) * 0.99))]:8.3f} {times[-1]:8.3f} {router.memory():8.1f}")


print(f"{'':28} {'mean':>8} {'p50':>8} {'p99':>8} {'most':>8} {'MiB':>8}")
get = event("GET", "/predict/{job_id}")
for size in (20000, 300000):
    cloud = Cloud(prediction(size))
    router = Router(cloud)
    router.ask(get)
    first = 1000 * (time.monotonic() - router.begin)
    line(f"GET, {size // 1000} KB", [router.ask(get) for _ in range(count)], router)
    print(f"{'':4}first answer of the process after {first:.1f} ms; {cloud.connections()} connections "
          f"for {count + 1} requests")
    router.end()
    cloud.end()

cloud = Cloud("{}")
clip = base64.b64encode(b"\0\0\0\x20ftypisom" + bytes(4400000)).decode()
uris = json.dumps({"s3_uris": [f"s3://clips/uploads/{i}.mp4" for i in range(100)]})
for name, text, times in [("POST, a clip of 4.4 MB", event("POST", "/predict", clip, "video/mp4", True), 20),
                          ("POST, a batch of 100", event("POST", "/batch", uris), 20)]:
    router = Router(cloud)
    line(name, [router.ask(text) for _ in range(times)], router)
    router.end()
cloud.end()
