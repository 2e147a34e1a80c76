#!/bin/bash
# The worker needs the rights of pipelines/aws/policies/worker.json.tftpl, and no others.
# moto checks signatures, and the actions of SQS and S3; front.py the rest, and the resources.
# Functions with optional arguments; functions called by name.
# shellcheck disable=SC2119,SC2317

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/aws/lib.sh
. "$ROOT/tests/aws/lib.sh"

export FRONT_POLICY=$T/policy FRONT_POLLS=0 XDG_CACHE_HOME=$T/cache
queue_arn=arn:aws:sqs:eu-central-1:123456789012:vidqc-jobs-test
table_arn=arn:aws:dynamodb:eu-central-1:123456789012:table/$VIDQC_RESULTS_TABLE
sed -e '/^%{/d' -e "s|\${bucket}|arn:aws:s3:::friends-clips|; s|\${clips_bucket_arn}|arn:aws:s3:::$VIDQC_CLIPS_BUCKET|
	s|\${models_bucket_arn}|arn:aws:s3:::$VIDQC_MODELS_BUCKET|; s|\${queue_arn}|$queue_arn|; s|\${dlq_arn}|$queue_arn-dlq|
	s|\${results_table_arn}|$table_arn|; s|\${task_arns}|arn:aws:ecs:eu-central-1:123456789012:task/vidqc-test/*|" \
	"$ROOT/pipelines/aws/policies/worker.json.tftpl" >"$T/full"
is "$(jq -r '[.Statement[].Resource] | flatten | map(select(. == "*" or test("\\$"))) | length' "$T/full")" 0 \
	'every resource has a name'
cp "$T/full" "$FRONT_POLICY"

start_cloud
make_clip "$T/clip.mp4" 'testsrc2=s=64x48:r=10:d=0.3'
clip uploads/clip "$T/clip.mp4"
clip theirs "$T/clip.mp4" friends-clips
clip model.json "$VQ_BIN/../share/vidqc/model.json" "$VIDQC_MODELS_BUCKET"

# Users: the worker, with the actions of its policy, and we.
"$cloud_python" - "$CLOUD" "$T/full" >"$T/keys" <<'END'
import json, sys, boto3
iam = boto3.client("iam", endpoint_url=sys.argv[1], region_name="eu-central-1", aws_access_key_id="x", aws_secret_access_key="x")
policy = json.load(open(sys.argv[2]))
for statement in policy["Statement"]:
    # moto asks for the right to all queues and tables, and by other names than AWS to do
    # something with several messages or items.
    if statement["Sid"] in ("Jobs", "DeadLetters", "Results"):
        statement["Resource"] = "*"
        statement["Action"] += [action + "Batch" for action in statement["Action"]]
    if statement["Sid"] == "WhetherAClipIsThere":
        statement["Action"] = [statement["Action"], "s3:HeadBucket"]
    if statement["Sid"] == "Results":
        statement["Action"].append("dynamodb:TransactWriteItems")
every = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
for name, rights in (("worker", policy), ("we", every)):
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=json.dumps(rights))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    print(key["AccessKeyId"], key["SecretAccessKey"])
END
{ read -r AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY && read -r CLOUD_KEY CLOUD_SECRET; } <"$T/keys"
export CLOUD_KEY CLOUD_SECRET
curl -s -o "$T/reset" -X POST -H 'Content-Type: text/plain' --data 0 "$CLOUD/moto-api/reset-auth"
AWS_SECRET_ACCESS_KEY=wrong exits 69 vidqc worker --check
like "$(out)" 'queue    .*SignatureDoesNotMatch' 'signatures are checked'

# ---- all of it
VIDQC_MODEL_SHA256=$(sha256sum <"$VQ_BIN/../share/vidqc/model.json")
export VIDQC_MODEL=s3://$VIDQC_MODELS_BUCKET/model.json VIDQC_MODEL_SHA256=${VIDQC_MODEL_SHA256%% *}
exits 0 vidqc worker --check
job "$(id 1)" uploads/clip
job "$(id 2)" uploads/none
message "$(jq -cn --arg id "$(id 3)" '{job_id: $id, s3_key: "theirs", s3_bucket: "friends-clips"}')"
message "$(jq -cn --arg id "$(id 4)" '{job_id: $id, s3_key: "x", more: 1}')"
rm -f "$FRONT_COUNTS"
exits 0 vidqc worker --wait 1 --idle-exit 2 --retry-delay 0
is "$(cloud items | jq -r '[.job_id[-1:], .status, .error.code] | join(" ")' | sort | paste -sd,)" \
	'1 completed ,2 failed missing_object,3 completed ,4 failed malformed_message' 'every job ends'
is "$(jq -r 'keys[] | select(endswith(":refused"))' "$FRONT_COUNTS")" '' 'nothing was refused'

# ---- all but one action
without() { # SID ACTION
	jq --arg sid "$1" --arg action "$2" '(.Statement[] | select(.Sid == $sid) | .Action)
		|= ([.] | flatten | map(select(. != $action)))' "$T/full" >"$FRONT_POLICY"
}

fails_check() { # SID ACTION LINE
	without "$1" "$2"
	rm -rf "$XDG_CACHE_HOME"
	exits 69 vidqc worker --check
	like "$(out)" "$3 +[^o]" "$2 is needed for the $3"
}

n=10
fails_job() { # SID ACTION
	n=$((n + 1))
	cp "$T/full" "$FRONT_POLICY"
	job "$(id $n)" uploads/clip
	without "$1" "$2"
	capture vidqc worker --once --wait 0 --retry-delay 0
	ok "$2 is needed for a job" grep -q ':refused' "$FRONT_COUNTS"
	like "$(jq -c . "$FRONT_COUNTS")" "${3}[a-zA-Z]*:refused" "it was $3 that was refused"
}

fails_check Jobs sqs:GetQueueAttributes queue
fails_check WhetherAClipIsThere s3:ListBucket bucket
fails_check Results dynamodb:GetItem table
fails_check Models s3:GetObject model
fails_job Jobs sqs:DeleteMessage DeleteMessage
fails_job Jobs sqs:ReceiveMessage ReceiveMessage
fails_job Results dynamodb:UpdateItem UpdateItem
fails_job Clips s3:GetObject GETObject
done_testing
