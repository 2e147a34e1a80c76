#!/bin/bash
# A job from end to end through what Terraform created: API Gateway's event, vidqc-router as a
# Lambda function, S3 and SQS, vidqc worker, DynamoDB, and the event that asks for the result.
# Terraform makes only what the two programs touch; terraform.t makes all of it.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/aws/cloud.sh
. "$ROOT/tests/aws/cloud.sh"

[ -x "$VQ_BIN/vidqc-router" ] || skip_all 'vidqc-router is not built'
command -v terraform >/dev/null || skip_all 'no terraform in PATH; Debian has no package of it'
"$python" -c 'import moto, flask' 2>/dev/null || skip_all 'no moto in build/venv (PyPI)'
# shellcheck source=/dev/null # it comes with the router
. "$ROOT/tests/aws/events.sh"

ok 'an emulator of AWS' emulator_start || exit
terraform_copy "$T/aws"
printf 'terraform {\n  backend "local" {}\n}\nprovider "aws" {\n  s3_use_path_style = true\n}\n' \
	>"$T/aws/test_override.tf"
export AWS_ENDPOINT_URL=$emulator_url
targets=()
for what in sqs_queue.jobs s3_bucket.clips s3_bucket.models dynamodb_table.results; do
	targets+=("-target=aws_$what")
done
exits 0 terraform -chdir="$T/aws" init -no-color ${TF_PLUGIN_DIR:+"-plugin-dir=$TF_PLUGIN_DIR"}
exits 0 terraform -chdir="$T/aws" apply -no-color -auto-approve -var-file=staging.tfvars \
	-var image_tag=0123456789abcdef0123456789abcdef01234567 "${targets[@]}"
unset AWS_ENDPOINT_URL

# The environment that compute.tf gives to both programs, from what was created.
terraform -chdir="$T/aws" show -json >"$T/state.json"
created() {
	jq -r --arg address "$1" '.values.root_module.resources[] | select(.address == $address) | .values'"$2" \
		"$T/state.json"
}
VIDQC_QUEUE_URL=$(created aws_sqs_queue.jobs .url)
VIDQC_CLIPS_BUCKET=$(created aws_s3_bucket.clips .bucket)
VIDQC_MODELS_BUCKET=$(created aws_s3_bucket.models .bucket)
VIDQC_RESULTS_TABLE=$(created aws_dynamodb_table.results .name)
export VIDQC_QUEUE_URL VIDQC_CLIPS_BUCKET VIDQC_MODELS_BUCKET VIDQC_RESULTS_TABLE
export VIDQC_ENDPOINT_S3=$emulator_url VIDQC_ENDPOINT_SQS=$emulator_url \
	VIDQC_ENDPOINT_DYNAMODB=$emulator_url VIDQC_ALLOWED_BUCKETS=

# router EVENTS: the events through Lambda's Runtime API; the answers to $T/out.
router() {
	"$python" "$ROOT/tests/aws/runtime.py" "$1" \
		bash -c 'exec vidqc-router --lambda >"$0" 2>"$0.err"' "$T/router.log"
}

# shellcheck disable=SC2317 # ok calls it
# work JOBS: a worker that ends after so many, or when there is nothing left.
work() {
	timeout 300 vidqc worker --max-jobs "$1" --idle-exit 5 --wait 1 >"$T/worker.log" 2>"$T/worker.err"
}

# verdict ID: what GET says.
verdict() {
	result "$1" >"$T/events"
	router "$T/events" 2>"$T/runtime" | jq -c '.body | .statusCode, (.body | fromjson)'
}

make_clip "$T/a.mp4" 'testsrc2=s=320x240:r=24:d=1'

# ---- a clip as a body ----
clip "$T/a.mp4" video/mp4 >"$T/events"
exits 0 router "$T/events"
is "$(jq .body.statusCode "$T/out")" 202 'the router takes a clip'
job=$(jq -r '.body.body | fromjson.job_id' "$T/out")
like "$job" '^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$' 'and says which job it is'
aws_ s3 cp "s3://$VIDQC_CLIPS_BUCKET/uploads/$job" "$T/stored" >/dev/null
ok 'the clip is in the created bucket' cmp "$T/stored" "$T/a.mp4"
is "$(aws_ sqs get-queue-attributes --queue-url "$VIDQC_QUEUE_URL" --attribute-names All |
	jq -r .Attributes.ApproximateNumberOfMessages)" 1 'a job is in the created queue'
is "$(verdict "$job" | jq -r '.status? // .' | paste -sd ' ')" '200 queued' 'GET says so'

ok 'a worker' work 1 || diag "$(tail -n 5 "$T/worker.err" "$T/worker.log")"
verdict "$job" >"$T/answer"
is "$(head -n 1 "$T/answer")" 200 'GET after it'
is "$(sed 1d "$T/answer" | jq -r .status)" completed 'completed'
sed 1d "$T/answer" | jq -c '.prediction | if type == "string" then fromjson else . end' >"$T/prediction"
is "$(faults "$T/prediction")" '' 'with a whole prediction'
exits 0 vidqc predict "$T/a.mp4"
is "$(jq -cS 'del(.timing, .clip_id)' "$T/prediction")" "$(jq -cS 'del(.timing, .clip_id)' "$T/out")" \
	'the same that the command line gives'
is "$(aws_ dynamodb get-item --table-name "$VIDQC_RESULTS_TABLE" \
	--key "{\"job_id\":{\"S\":\"$job\"}}" | jq -r '.Item.expires_at.N | tonumber > now + 89 * 86400')" true \
	'the created table has it, and will forget it'
is "$(aws_ sqs get-queue-attributes --queue-url "$VIDQC_QUEUE_URL" --attribute-names All |
	jq -rc '.Attributes | [.ApproximateNumberOfMessages, .ApproximateNumberOfMessagesNotVisible]')" '["0","0"]' \
	'nothing is left in the queue'

# ---- an upload by a presigned URL, which S3 tells the router of ----
predict "$(jq -nc --argjson n "$(stat -c %s "$T/a.mp4")" \
	'{upload: true, content_type: "video/mp4", content_length: $n}')" >"$T/events"
exits 0 router "$T/events"
jq -r '.body.body' "$T/out" >"$T/upload"
job=$(jq -r .job_id "$T/upload")
headers=()
while IFS= read -r header; do
	headers+=(-H "$header")
done < <(jq -r '.headers | to_entries[] | "\(.key): \(.value)"' "$T/upload")
exits 0 curl -sS --fail -X PUT "${headers[@]}" --data-binary "@$T/a.mp4" "$(jq -r .upload_url "$T/upload")"
is "$(verdict "$job" | jq -r '.status? // .' | paste -sd ' ')" '200 awaiting_upload' 'it waits for the clip'
arrival "$VIDQC_CLIPS_BUCKET" "uploads/$job" >"$T/events"
exits 0 router "$T/events"
ok 'a worker' work 1 || diag "$(tail -n 5 "$T/worker.err" "$T/worker.log")"
is "$(verdict "$job" | jq -r '.status? // .' | paste -sd ' ')" '200 completed' 'completed'

# ---- a clip that is none ----
head -c 400 "$T/a.mp4" >"$T/cut.mp4"
clip "$T/cut.mp4" video/mp4 >"$T/events"
exits 0 router "$T/events"
job=$(jq -r '.body.body | fromjson.job_id' "$T/out")
ok 'a worker' work 1 || diag "$(tail -n 5 "$T/worker.err" "$T/worker.log")"
verdict "$job" >"$T/answer"
is "$(sed 1d "$T/answer" | jq -rc '[.status, (.error | has("code") and has("message"))]')" '["failed",true]' \
	'a broken clip fails, with a reason'

done_testing
