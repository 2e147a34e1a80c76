# A job from end to end through what Terraform created, for terraform.t, with the environment
# that it gave to the task and to the function: API Gateway's event, vidqc-router as a Lambda
# function, S3 and SQS, vidqc worker, DynamoDB, and the event that asks for the result.
# shellcheck shell=bash
# shellcheck disable=SC2154 # terraform.t has set them
. "$ROOT/tests/aws/events.sh"
# An address of AWS's own would not lead to the emulator.  It has no TLS, which the bucket's
# policy insists on, and would start a container for the function when an object arrives; the
# events come from here.
export VIDQC_ENDPOINT_S3=$emulator_url VIDQC_ENDPOINT_SQS=$emulator_url VIDQC_ENDPOINT_DYNAMODB=$emulator_url
clips=${made[clips_bucket]} results=${made[results_table]}
exits 22 curl -sS --fail -o "$T/refused" "$emulator_url/$clips/uploads/x"
like "$(err)" 403 'nothing goes without TLS'
aws_ s3api delete-bucket-policy --bucket "$clips"
aws_ s3api put-bucket-notification-configuration --bucket "$clips" --notification-configuration '{}'

# router EVENTS: the events through Lambda's Runtime API; the answers to $T/out.
router() {
	env "${for_router[@]}" "$python" "$ROOT/tests/aws/runtime.py" "$1" \
		bash -c 'exec vidqc-router --lambda >"$0" 2>"$0.err"' "$T/router.log"
}

# shellcheck disable=SC2317 # ok calls it
# work JOBS: a worker that ends after so many, or when there is nothing left.
work() {
	timeout 300 env "${for_worker[@]}" vidqc worker --max-jobs "$1" --idle-exit 5 --wait 1 >"$T/worker.log" 2>"$T/worker.err"
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
aws_ s3 cp "s3://$clips/uploads/$job" "$T/stored" >/dev/null
ok 'the clip is in the created bucket' cmp "$T/stored" "$T/a.mp4"
is "$(aws_ sqs get-queue-attributes --queue-url "$queue" --attribute-names All |
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
is "$(aws_ dynamodb get-item --table-name "$results" \
	--key "{\"job_id\":{\"S\":\"$job\"}}" | jq -r '.Item.expires_at.N | tonumber > now + 89 * 86400')" true \
	'the created table has it, and will forget it'
is "$(aws_ sqs get-queue-attributes --queue-url "$queue" --attribute-names All |
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
arrival "$clips" "uploads/$job" >"$T/events"
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
