#!/usr/bin/env bash
# Signatures (lib/sigv4) against AWS's published test suite, botocore and the AWS CLI.
# shellcheck disable=SC2016,SC2119 # jq programs; moto as it comes
. "$(dirname "$0")/../lib.sh"
. "$ROOT/tests/aws/moto.sh"
. "$ROOT/tests/aws/events.sh"

build=$(dirname "$VQ_BIN")
signer=$build/aws/signer
suite=$build/aws/suite
[ -e "$suite/made" ] || skip_all "no $suite; make check makes it"
rm -rf "$T/suite"
cp -r "$suite" "$T/suite"
rm "$T/suite/made"

# differing LINES: sign the requests of these; the names of those that differ in what is
# wanted of them.
differing() {
	jq -c .request "$1" | "$signer" >"$T/got"
	jq -nr --slurpfile case "$1" --slurpfile got "$T/got" '
		if ($case | length) != ($got | length) then "not all were signed" else
		range($case | length) as $i | $case[$i] | .want as $want
		| select(any($want | keys[]; $got[$i][.] != $want[.])) | .name end'
}

# ---- the suite ----
exits 0 "$python" "$ROOT/tests/aws/suite.py" "$T/suite"
cp "$T/out" "$T/cases"
is "$(wc -l <"$T/cases")" 76 'the suite has 38 requests, signed in two ways'
is "$(differing "$T/cases")" '' 'canonical request, string to sign, signature and header are as published'
jq -c '.request.time += 1' "$T/cases" >"$T/later"
is "$(differing "$T/later" | wc -l)" 76 'a second later none is'

# ---- botocore ----
exits 0 "$python" "$ROOT/tests/aws/presigned.py" cases
cp "$T/out" "$T/cases"
is "$(wc -l <"$T/cases")" 60 'URLs that botocore signed'
is "$(differing "$T/cases")" '' 'are the same here'

# ---- the AWS CLI ----
# Its first version signs by another version unless it is told.
printf '[default]\ns3 =\n  signature_version = s3v4\n' >"$T/config"
export AWS_ACCESS_KEY_ID=AKIDEXAMPLE AWS_SECRET_ACCESS_KEY=secret/+ AWS_CONFIG_FILE=$T/config
exits 0 "${python%/*}/aws" s3 presign 's3://vidqc-clips-test/uploads/a b.mp4' --region eu-west-1 --expires-in 600
url=$(out)
host=${url#https://}
date=${url#*X-Amz-Date=}
jq -nc --arg host "${host%%/*}" --arg date "${date%%&*}" '{
	time: ($date | strptime("%Y%m%dT%H%M%SZ") | mktime), key_id: "AKIDEXAMPLE", secret: "secret/+",
	token: null, region: "eu-west-1", service: "s3", method: "GET", path: "/uploads/a b.mp4",
	normalize: false, query: [], headers: [["host", $host]], payload: "UNSIGNED-PAYLOAD", expires: 600
}' >"$T/request"
is "https://${host%%/*}/uploads/a%20b.mp4?$("$signer" <"$T/request" | jq -r .query)" "$url" "the CLI's URL, at its time"

# ---- the router's own URLs ----
start_moto
clips_and_jobs
exits 0 "${python%/*}/aws" dynamodb create-table --region eu-west-1 --table-name "$VIDQC_RESULTS_TABLE" \
	--key-schema AttributeName=job_id,KeyType=HASH --billing-mode PAY_PER_REQUEST \
	--attribute-definitions AttributeName=job_id,AttributeType=S
equal() { # NAME VARIABLE=VALUE...
	local name=$1
	shift
	exits 0 env -u VIDQC_ENDPOINT_S3 "$@" vidqc-router < <(predict '{"upload":true,"content_type":"video/webm","content_length":4711}')
	answer=$(jq -r .body "$T/out")
	is "$(jq -r .upload_url <<<"$answer")" \
		"$(env -u VIDQC_ENDPOINT_S3 "$@" "$python" "$ROOT/tests/aws/presigned.py" url "$answer")" "$name"
}
equal 'of AWS itself' AWS_REGION=us-east-1
equal 'elsewhere, with a token' AWS_REGION=eu-west-1 AWS_SESSION_TOKEN=FwoGZX+/=
equal 'of another S3' AWS_REGION=eu-west-1 "VIDQC_ENDPOINT_S3=$MOTO"
done_testing
