#!/usr/bin/env python3
"""cloud.py COMMAND [ARGUMENT...]: the other side of the queue, for the tests of the worker.

The names are those of the environment (see vidqc-worker(1)).
	make              buckets, queue with its dead-letter queue, table
	put KEY FILE      a clip
	send < LINES      jobs: {"body": text or object, "item": false, ...} a line
	items             the table, a line an item
	queue URL         its messages: visible, hidden
	bodies URL        takes all visible messages off a queue and prints their bodies
"""
import json
import os
import sys

import boto3
from botocore.config import Config

QUEUE = os.environ["VIDQC_QUEUE_URL"]
TABLE = os.environ["VIDQC_RESULTS_TABLE"]
CLIPS = os.environ["VIDQC_CLIPS_BUCKET"]
MODELS = os.environ["VIDQC_MODELS_BUCKET"]
NAME = QUEUE.rsplit("/", 1)[-1]


def client(service):
    return boto3.client(
        service,
        endpoint_url=os.environ["CLOUD"],
        region_name=os.environ["AWS_REGION"],
        aws_access_key_id=os.environ.get("CLOUD_KEY", "test"),
        aws_secret_access_key=os.environ.get("CLOUD_SECRET", "test"),
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
    redrive = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 3})
    sqs.create_queue(QueueName=NAME, Attributes={"VisibilityTimeout": "120", "RedrivePolicy": redrive})
    client("dynamodb").create_table(
        TableName=TABLE,
        KeySchema=[{"AttributeName": "job_id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "job_id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


def put(key, file, bucket=CLIPS):
    client("s3").upload_file(file, bucket, key)


def send():
    sqs, table = client("sqs"), client("dynamodb")
    for line in sys.stdin:
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


{"make": make, "put": put, "send": send, "items": items, "queue": queue, "bodies": bodies}[sys.argv[1]](*sys.argv[2:])
