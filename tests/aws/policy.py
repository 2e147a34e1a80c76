#!/usr/bin/env python3
"""policy.py render TEMPLATE [BUCKET...]: the router's policy, with these allowed buckets
policy.py role FILE: the environment of a role that has this policy, in an AWS that asks for
    permission from then on

Terraform renders the template in earnest; of its language there is only what stands here.
"""
import json
import os
import re
import sys
import urllib.request

import boto3


def render(template, buckets):
    account = "arn:aws:%s:us-east-1:123456789012:%s"
    names = {
        "clips_bucket_arn": "arn:aws:s3:::vidqc-clips-test",
        "models_bucket_arn": "arn:aws:s3:::vidqc-models-test",
        "queue_arn": account % ("sqs", "vidqc-jobs-test"),
        "dlq_arn": account % ("sqs", "vidqc-jobs-test-dlq"),
        "results_table_arn": account % ("dynamodb", "table/vidqc-results-test"),
    }

    def each(m):
        return "".join(m[1].replace("${arn}", "arn:aws:s3:::" + b) for b in buckets)

    text = open(template).read()
    text = re.sub(r"%\{ for arn in jsondecode\(allowed_bucket_arns\) \}(.*?)%\{ endfor \}", each, text, flags=re.S)
    print(re.sub(r"\$\{(\w+)\}", lambda m: names[m[1]], text), end="")


def free_calls(count):
    """So many calls need no permission."""
    url = os.environ["MOTO"] + "/moto-api/reset-auth"
    plain = {"Content-Type": "text/plain"}
    urllib.request.urlopen(urllib.request.Request(url, count.encode(), plain, method="POST")).read()


def role(policy):
    free_calls("inf")
    iam = boto3.client("iam")
    trust = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
    if not any(r["RoleName"] == "router" for r in iam.list_roles()["Roles"]):
        iam.create_role(RoleName="router", AssumeRolePolicyDocument=json.dumps(trust))
    iam.put_role_policy(RoleName="router", PolicyName="jobs", PolicyDocument=open(policy).read())
    key = boto3.client("sts").assume_role(
        RoleArn="arn:aws:iam::123456789012:role/router", RoleSessionName="test")["Credentials"]
    free_calls("0")
    for name, value in [("AWS_ACCESS_KEY_ID", "AccessKeyId"), ("AWS_SECRET_ACCESS_KEY", "SecretAccessKey"),
                        ("AWS_SESSION_TOKEN", "SessionToken")]:
        print(f"{name}={key[value]}")


if sys.argv[1] == "render":
    render(sys.argv[2], sys.argv[3:])
else:
    role(sys.argv[2])
