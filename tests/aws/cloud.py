#!/usr/bin/env python3
"""cloud.py: the other side of the queue, for the tests of the worker.

A server on a free port, which it prints: to start Python and boto3 for each look at a queue
takes longer than most tests.  POST /COMMAND with the form's fields "a" as its arguments; cloud
of lib.sh does so.  The header Key has the two halves of a key of AWS.  The names are those of
the environment (see vidqc-worker(1)).
	make              buckets, queue with its dead-letter queue (after CLOUD_RECEIVES, 3), table
	put KEY FILE      a clip
	send              jobs of the body: {"body": text or object, "item": false, ...} a line
	items             the table, a line an item
	queue URL         its messages: visible, hidden
	bodies URL        takes all visible messages off a queue and prints their bodies
"""
import contextlib
import functools
import http.server
import io
import json
import os
import traceback
import urllib.parse

import boto3
from botocore.config import Config

QUEUE = os.environ["VIDQC_QUEUE_URL"]
TABLE = os.environ["VIDQC_RESULTS_TABLE"]
CLIPS = os.environ["VIDQC_CLIPS_BUCKET"]
MODELS = os.environ["VIDQC_MODELS_BUCKET"]
NAME = QUEUE.rsplit("/", 1)[-1]


key = ("test", "test")


def client(service):
    return client_of(service, *key)


@functools.cache
def client_of(service, key_id, secret):
    return boto3.client(
        service,
        endpoint_url=os.environ["CLOUD"],
        region_name=os.environ["AWS_REGION"],
        aws_access_key_id=key_id,
        aws_secret_access_key=secret,
        aws_session_token=None,
        config=Config(s3={"addressing_style": "path"}),
    )


def make():
    s3 = client("s3")
    for bucket in [CLIPS, MODELS, *os.environ.get("VIDQC_ALLOWED_BUCKETS", "").split()]:
        where = {"LocationConstraint": os.environ["AWS_REGION"]}
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration=where)
    sqs = client("sqs")
    dead = sqs.create_queue(QueueName=NAME + "-dlq")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    redrive = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": int(os.environ.get("CLOUD_RECEIVES", "3"))})
    sqs.create_queue(QueueName=NAME, Attributes={"VisibilityTimeout": "120", "RedrivePolicy": redrive})
    client("dynamodb").create_table(
        TableName=TABLE,
        KeySchema=[{"AttributeName": "job_id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "job_id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


def put(key, file, bucket=CLIPS):
    client("s3").upload_file(file, bucket, key)


def send(lines):
    sqs, table = client("sqs"), client("dynamodb")
    for line in lines.splitlines():
        job = json.loads(line)
        body = job["body"]
        if job.get("item", True):
            table.put_item(
                TableName=TABLE,
                Item={
                    "job_id": {"S": body["job_id"]},
                    "status": {"S": "queued"},
                    "created_at": {"S": "2026-01-02T03:04:05Z"},
                    "expires_at": {"N": "1775100000"},
                },
            )
        if not isinstance(body, str):
            body = json.dumps(body)
        sqs.send_message(QueueUrl=QUEUE, MessageBody=body)


def plain(value):
    kind, inner = next(iter(value.items()))
    if kind == "M":
        return {k: plain(v) for k, v in inner.items()}
    return float(inner) if kind == "N" else inner


def items():
    for page in client("dynamodb").get_paginator("scan").paginate(TableName=TABLE, ConsistentRead=True):
        for item in page["Items"]:
            print(json.dumps({k: plain(v) for k, v in item.items()}))


def queue(url):
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    attributes = client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    print(*(attributes[name] for name in names))


def bodies(url):
    sqs = client("sqs")
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            print(message["Body"])
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


commands = {"make": make, "put": put, "send": send, "items": items, "queue": queue, "bodies": bodies}


class Cloud(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_POST(self):
        global key
        key = tuple(self.headers["Key"].split())
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        name = self.path[1:]
        arguments = [body] if name == "send" else [value for _, value in urllib.parse.parse_qsl(body)]
        said = io.StringIO()
        status = 200
        try:
            with contextlib.redirect_stdout(said):
                commands[name](*arguments)
        except Exception:  # the test fails by the status, and says why
            traceback.print_exc()
            status = 500
        self.send_response(status)
        self.end_headers()
        self.wfile.write(said.getvalue().encode())


server = http.server.HTTPServer(("127.0.0.1", 0), Cloud)
print(server.server_address[1], flush=True)
server.serve_forever()
