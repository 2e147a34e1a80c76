#!/usr/bin/env python3
"""state.py make|show: the router's bucket, queue and table in the AWS of the environment.

make   creates them, empty
show   prints {"messages", "items", "objects"}; messages are taken off the queue
"""
import json
import os
import sys

import boto3
from boto3.dynamodb.types import TypeDeserializer

s3, sqs, dynamodb = (boto3.client(name) for name in ("s3", "sqs", "dynamodb"))
bucket = os.environ["VIDQC_CLIPS_BUCKET"]
table = os.environ["VIDQC_RESULTS_TABLE"]
queue = os.environ["VIDQC_QUEUE_URL"]


def make():
    s3.create_bucket(Bucket=bucket)
    sqs.create_queue(QueueName=queue.rsplit("/", 1)[1])
    dynamodb.create_table(
        TableName=table,
        KeySchema=[{"AttributeName": "job_id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "job_id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST")


def messages():
    while got := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
        for m in got:
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=m["ReceiptHandle"])
            yield json.loads(m["Body"])


def show():
    plain = TypeDeserializer().deserialize
    items = dynamodb.scan(TableName=table)["Items"]
    objects = s3.list_objects_v2(Bucket=bucket).get("Contents", [])
    print(json.dumps({
        "messages": list(messages()),
        "items": [plain({"M": i}) for i in items],
        "objects": [o["Key"] for o in objects],
    }, default=int))


{"make": make, "show": show}[sys.argv[1]]()
