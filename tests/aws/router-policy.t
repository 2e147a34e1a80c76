#!/usr/bin/env bash
# The router's permissions are enough for all that it does, and none is more than enough, in
# an AWS that checks signatures, actions and the objects of S3.
# shellcheck disable=SC2016,SC2119 # jq programs; moto as it comes
. "$(dirname "$0")/../lib.sh"
. "$ROOT/tests/aws/moto.sh"
. "$ROOT/tests/aws/events.sh"

template=$ROOT/pipelines/aws/policies/router.json.tftpl
exits 0 "$python" "$ROOT/tests/aws/policy.py" render "$template" one two
is "$(jq -c '[.Statement[] | select(.Sid == "ReadClips").Resource[]]' "$T/out")" \
	'["arn:aws:s3:::vidqc-clips-test/uploads/*","arn:aws:s3:::one/*","arn:aws:s3:::two/*"]' 'clips are read where they may be'
exits 0 "$python" "$ROOT/tests/aws/policy.py" render "$template"
cp "$T/out" "$T/policy.json"
is "$(jq -r '.Statement[] | select(.Effect == "Allow") | [.Action, .Resource] | flatten | join(" ")' "$T/policy.json")" \
	's3:GetObject arn:aws:s3:::vidqc-clips-test/uploads/*
s3:PutObject arn:aws:s3:::vidqc-clips-test/uploads/*
dynamodb:GetItem dynamodb:PutItem dynamodb:UpdateItem arn:aws:dynamodb:us-east-1:123456789012:table/vidqc-results-test
sqs:SendMessage arn:aws:sqs:us-east-1:123456789012:vidqc-jobs-test' 'actions and resources, all by name'
is "$(jq '.Statement | length' "$T/policy.json")" 4 'and no more than these'

start_moto
clips_and_jobs
# Tables and queues have no names where moto compares resources.
jq '.Statement |= map(if .Sid == "KeepJobs" or .Sid == "QueueJobs" then .Resource = "*" else . end)' \
	"$T/policy.json" >"$T/all.json"
make_clip "$T/clip.mp4" 'testsrc2=s=64x48:r=8:d=0.5'
"$python" -c 'import os, sys, boto3
boto3.client("s3").upload_file(sys.argv[1], os.environ["VIDQC_CLIPS_BUCKET"], "uploads/clip.mp4")' "$T/clip.mp4"

# as POLICY COMMAND...: with the credentials of a role that has that policy.
# shellcheck disable=SC2317 # exits and capture call it
as() {
	local policy=$1
	shift
	"$python" "$ROOT/tests/aws/policy.py" role "$policy" >"$T/env" || return
	mapfile -t credentials <"$T/env"
	env "${credentials[@]}" "$@"
}

{
	predict '{"s3_uri":"s3://vidqc-clips-test/uploads/clip.mp4"}'
	clip "$T/clip.mp4" video/mp4
	batch '{"s3_uris":["s3://vidqc-clips-test/uploads/clip.mp4"]}' "$(key k)"
	predict '{"upload":true,"content_type":"video/mp4","content_length":9}'
	result 00000000-0000-4000-8000-000000000000
} >"$T/events"
exits 0 as "$T/all.json" vidqc-router <"$T/events"
is "$(jq -r .statusCode "$T/out" | tr '\n' ' ')" '202 202 202 202 404 ' 'all goes with these permissions'
is "$(sed -n 3p "$T/out" | jq '.body | fromjson.accepted')" 1 'the batch too'

for action in $(jq -r '.Statement[].Action | [.] | flatten[]' "$T/policy.json"); do
	jq --arg action "$action" '.Statement |= map(.Action |= ([.] | flatten - [$action]) | select(.Action != []))' \
		"$T/all.json" >"$T/less.json"
	capture as "$T/less.json" vidqc-router <"$T/events"
	like "$(jq -r '.statusCode, (.body | fromjson | .accepted // empty)' "$T/out" | tr '\n' ' ')" \
		'^(202|422|500) (202|500|503) (202 [01]|500) (202|500) (404|500) $' "without $action there are answers"
	unlike "$(jq -r '.statusCode, (.body | fromjson | .accepted // empty)' "$T/out" | tr '\n' ' ')" \
		'^202 202 202 1 202 404 $' 'and not all are good'
done

sed 's,/uploads/,/other/,' "$T/all.json" >"$T/less.json"
capture as "$T/less.json" vidqc-router <"$T/events"
is "$(jq -r .statusCode "$T/out" | tr '\n' ' ')" '422 500 202 202 404 ' 'nor with the objects of another folder'

exits 65 env AWS_ACCESS_KEY_ID="$(sed -n 's/^AWS_ACCESS_KEY_ID=//p' "$T/env")" AWS_SECRET_ACCESS_KEY=wrong \
	AWS_SESSION_TOKEN="$(sed -n 's/^AWS_SESSION_TOKEN=//p' "$T/env")" vidqc-router < <(result 00000000-0000-4000-8000-000000000000)
like "$(err)" 'signature' 'a wrong secret is found out'
done_testing
