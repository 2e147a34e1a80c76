# A job from end to end through what Terraform created, for terraform.t, with the environment
# that it gave to the task and to the function: API Gateway's event, vidqc-router as a Lambda
# function, S3 and SQS, vidqc worker, DynamoDB, and the event that asks for the result.
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # terraform.t and cloud.sh share them
. "$ROOT/tests/aws/events.sh"
# An address of AWS's own would not lead to the emulator.  It has no TLS, which the bucket's
# policy insists on, and would start a container for the function when an object arrives; the
# events come from here.
export VIDQC_ENDPOINT_S3=$emulator_url VIDQC_ENDPOINT_SQS=$emulator_url VIDQC_ENDPOINT_DYNAMODB=$emulator_url
clips=${made[clips_bucket]} results=${made[results_table]}
exits 22 curl -sS --fail -o "$T/refused" "$emulator_url/$clips/uploads/x"
like "$(err)" 403 'nothing goes without TLS'
without_tls() {
	aws_ s3api delete-bucket-policy --bucket "$clips"
	aws_ s3api put-bucket-notification-configuration --bucket "$clips" --notification-configuration '{}'
}
without_tls

# router EVENTS: the events through Lambda's Runtime API; the answers to $T/out.
router() {
	env "${for_router[@]}" "$python" "$ROOT/tests/aws/runtime.py" "$1" \
		bash -c 'exec vidqc-router --lambda >"$0" 2>"$0.err"' "$T/router.log"
}

# shellcheck disable=SC2317 # ok calls it
# work JOBS [SECONDS]: a worker that ends after so many, or so long after there was anything.
work() {
	timeout 300 env "${for_worker[@]}" vidqc worker --max-jobs "$1" --idle-exit "${2:-5}" --wait 1 >"$T/worker.log" 2>"$T/worker.err"
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

# ---- the smoke test, by HTTP through what stands for the gateway ----
openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=gateway -keyout "$T/key.pem" -out "$T/cert.pem" 2>/dev/null
cat "$T/key.pem" "$T/cert.pem" >"$T/tls.pem"
env "${for_router[@]}" AWS_ENDPOINT_URL="$emulator_url" "$python" "$ROOT/tests/aws/gateway.py" \
	"$ROOT/pipelines/aws/openapi.json" "$T/tls.pem" >"$T/gateway.port" &
gateway=$!
for ((i = 0; i < 100; i++)); do
	[ -s "$T/gateway.port" ] && break
	sleep 0.1
done
# The name of the gateway's own host leads there.
mkdir "$T/curl"
printf 'insecure\nconnect-to = "::127.0.0.1:%s"\n' "$(<"$T/gateway.port")" >"$T/curl/.curlrc"
export CURL_HOME=$T/curl VQ_SMOKE_PAUSE=3

exits 0 curl -sS -o "$T/refused" -w '%{http_code}' "${made[api_url]}/predict/x"
is "$(out)" 403 'nobody asks without a key'
base64 -d "$T/apply/smoke.mp4.base64" >"$T/smoke.mp4"
wanted=$(vidqc predict "$T/smoke.mp4" | jq -c '{status: "completed", artifact}')
exits 0 deploy key staging smoke
work 1 200 &
worker=$!
exits 0 deploy smoke staging
is "$(jq -c 'del(.job_id)' "$T/out")" "$wanted" 'the smoke test has its verdict'
wait "$worker"
exits 0 deploy unkey staging smoke

# ---- the next image, and callers as users ----
running() {
	local task

	task=$(aws_ ecs describe-services --cluster vidqc-staging --services vidqc-worker |
		jq -r '.services[0].taskDefinition')
	aws_ ecs describe-task-definition --task-definition "$task" |
		jq -r '.taskDefinition.containerDefinitions[0].image | split(":")[-1]'
}
export TF_VAR_auth=cognito
exits 0 deploy deploy staging "$next"
is "$(running)" "$next" 'the service runs the next image'
without_tls
exits 0 curl -sS -o "$T/refused" -w '%{http_code}' -H 'Authorization: a.e30.b' "${made[api_url]}/predict/x"
is "$(out)" 403 'nobody asks without a token'
work 1 200 &
worker=$!
exits 0 deploy smoke staging
is "$(jq -c 'del(.job_id)' "$T/out")" "$wanted" 'the smoke test has its verdict as a user'
wait "$worker"
pool=$(in_apply terraform output -raw user_pool)
attribute 'who is there for nothing else' 0 '.Users | length' cognito-idp list-users --user-pool-id "$pool"

# ---- back, and down again ----
exits 0 deploy rollback staging
is "$(running)" "$sha" 'after a rollback it runs the image before'
VQ_YES=1 exits 0 deploy destroy staging
is "$(aws_ s3api list-buckets | jq -r '.Buckets[].Name')" vidqc-state-123456789012-eu-central-1 \
	'what is left is the bucket of the state'
is "$(aws_ dynamodb list-tables | jq -c .TableNames) $(aws_ sqs list-queues | jq -nc '[inputs.QueueUrls[]?]') $(
	aws_ lambda list-functions | jq -c .Functions
)" '[] [] []' 'no table, no queue, no function'
