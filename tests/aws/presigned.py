#!/usr/bin/env python3
"""What botocore signs, for tests/aws/sigv4.t.

presigned.py cases        lines of {"name", "request", "want"} for tests/aws/signer.c
presigned.py url ROUTER   the URL to which ROUTER's (with its date, key and headers) must be
                          equal, for the region, token and S3 endpoint of the environment
"""
import datetime
import json
import os
import sys
import urllib.parse
from unittest import mock

import boto3
from botocore.config import Config

KEY_ID, SECRET = "AKIDEXAMPLE", "a+secret/for=tests"
NOW = 1789000000


def presign(now, region, token, endpoint, method, params, expires):
    s3 = boto3.client(
        "s3", region_name=region, endpoint_url=endpoint,
        aws_access_key_id=os.environ["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=os.environ["AWS_SECRET_ACCESS_KEY"], aws_session_token=token,
        config=Config(signature_version="s3v4", ignore_configured_endpoint_urls=True, s3={
            "addressing_style": "path" if endpoint else "virtual",
            "us_east_1_regional_endpoint": "regional"}))
    when = datetime.datetime.fromtimestamp(now, datetime.timezone.utc)
    with mock.patch("botocore.auth.get_current_datetime", lambda **_: when.replace(tzinfo=None)):
        return s3.generate_presigned_url(method, Params=params, ExpiresIn=expires)


def case(region, token, method, key, expires, **more):
    url = presign(NOW, region, token, None, method, {"Bucket": "vidqc-clips-test", "Key": key, **more}, expires)
    parts = urllib.parse.urlsplit(url)
    headers = {"host": parts.netloc, "content-type": more.get("ContentType"),
               "content-length": more.get("ContentLength")}
    return {
        "name": f"{method} of {key}, {region}{', with a token' if token else ''}",
        "request": {
            "time": NOW, "key_id": os.environ["AWS_ACCESS_KEY_ID"],
            "secret": os.environ["AWS_SECRET_ACCESS_KEY"], "token": token, "region": region,
            "service": "s3", "method": method[:3].upper(), "path": "/" + key, "normalize": False,
            "query": [], "headers": [[k, str(v)] for k, v in headers.items() if v],
            "payload": "UNSIGNED-PAYLOAD", "expires": expires},
        "want": {"query": parts.query}}


def cases():
    for region in ("us-east-1", "eu-west-1", "ap-southeast-2"):
        for token in (None, "FwoGZXIvYXdzEB/+=="):
            for key in ("uploads/a", "uploads/a b+c.mp4", "uploads/\u00e9\u6587/../x", "a//b", "~'(!)*"):
                yield case(region, token, "put_object", key, 900, ContentType="video/mp4", ContentLength=1048576)
                yield case(region, token, "get_object", key, 604800)


def url(router):
    parts = urllib.parse.urlsplit(router["upload_url"])
    date = dict(urllib.parse.parse_qsl(parts.query))["X-Amz-Date"]
    now = datetime.datetime.strptime(date + "+0000", "%Y%m%dT%H%M%SZ%z").timestamp()
    return presign(
        now, os.environ["AWS_REGION"], os.environ.get("AWS_SESSION_TOKEN"),
        os.environ.get("VIDQC_ENDPOINT_S3"), "put_object",
        {"Bucket": os.environ["VIDQC_CLIPS_BUCKET"], "Key": "uploads/" + router["job_id"],
         "ContentType": router["headers"]["Content-Type"],
         "ContentLength": int(router["headers"]["Content-Length"])}, 900)


if sys.argv[1] == "cases":
    os.environ.update(AWS_ACCESS_KEY_ID=KEY_ID, AWS_SECRET_ACCESS_KEY=SECRET)
    for one in cases():
        print(json.dumps(one))
else:
    print(url(json.loads(sys.argv[2])))
