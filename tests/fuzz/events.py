#!/usr/bin/env python3
"""events.py SEEDS [COUNT]: so many (default 100000) mutated events through vidqc-router as a
filter, beside an AWS that always answers (tests/bench/canned.py).  Fails unless each event
has an answer that is one.  SEEDS is what tests/fuzz/seeds made; VQ_BIN is where the program
is.  The mutations are the same every time."""
import collections
import json
import os
import random
import subprocess
import sys
from pathlib import Path

here = Path(__file__).resolve().parent
program = os.path.join(os.environ.get("VQ_BIN", here.parent.parent / "build/bin"), "vidqc-router")
count = int(sys.argv[2]) if len(sys.argv) > 2 else 100000
chance = random.Random(7)
seeds = [f.read_bytes().split(b"\n")[0] for f in sorted(Path(sys.argv[1]).iterdir())]
seeds = [s for s in seeds if s.startswith(b"{")]
JUNK = ["null", "true", "0", "-1", "1e308", '""', '"\u00e9"', "[]", "{}", '{"S":1}', '"s3://clips/uploads/../x"',
        '"' + "A" * 5000 + '"', "[" * 50 + "]" * 50]


def places(value):
    """Containers and the keys in them."""
    for key in list(value) if isinstance(value, dict) else range(len(value)):
        yield value, key
        if isinstance(value[key], (dict, list)):
            yield from places(value[key])


def structure(seed):
    event = json.loads(seed)
    for _ in range(chance.randint(1, 3)):
        if all_places := list(places(event)):
            where, key = chance.choice(all_places)
            if chance.random() < 0.3:
                del where[key]
            else:
                where[key] = json.loads(chance.choice(JUNK))
    return json.dumps(event).encode()


def octets(seed):
    data = bytearray(seed)
    for _ in range(chance.randint(1, 8)):
        at, how = chance.randrange(len(data) + 1), chance.random()
        if how < 0.4:
            data[at:at + 1] = bytes([chance.randrange(256)])
        elif how < 0.6:
            data[at:at] = bytes([chance.choice(b'{}[]",:\\0\xff')])
        elif how < 0.8:
            del data[at:at + chance.randint(1, 20)]
        else:
            data[at:at] = data[max(0, at - 30):at]
    return bytes(data)


def body(seed):
    event = json.loads(seed)
    if event.get("body"):
        event["body"] = octets(event["body"].encode()).decode("latin-1")
    return json.dumps(event).encode()


def mutated():
    return chance.choice([structure, octets, body])(chance.choice(seeds)).replace(b"\n", b" ")


server = subprocess.Popen([sys.executable, here.parent / "bench/canned.py"], stdout=subprocess.PIPE, text=True)
url = server.stdout.readline().strip()
env = dict(os.environ, AWS_REGION="eu-west-1", AWS_ACCESS_KEY_ID="i", AWS_SECRET_ACCESS_KEY="s",
           VIDQC_QUEUE_URL=url + "/1/q", VIDQC_CLIPS_BUCKET="clips", VIDQC_RESULTS_TABLE="t",
           VIDQC_ENDPOINT_S3=url, VIDQC_ENDPOINT_SQS=url, VIDQC_ENDPOINT_DYNAMODB=url)
done = subprocess.run([program], input=b"".join(mutated() + b"\n" for _ in range(count)), env=env, capture_output=True)
server.terminate()
server.wait()

kinds = collections.Counter()
for line in done.stdout.splitlines():
    answer = json.loads(line)
    if "statusCode" in answer:
        json.loads(answer["body"])
    kinds[str(answer.get("statusCode", "jobs" if "jobs" in answer else "none"))] += 1
answers = sum(kinds.values())
print(f"{answers} answers to {count} events, exit {done.returncode}:", dict(sorted(kinds.items())))
sys.stderr.buffer.write(done.stderr)
sys.exit(answers != count or kinds["none"] > 0 or kinds["500"] > 0 or done.returncode != 0)
