#!/usr/bin/env bash
# vidqc-router --lambda: Lambda's Runtime API.
# shellcheck disable=SC2016,SC2119 # jq programs; moto as it comes
. "$(dirname "$0")/../lib.sh"
. "$ROOT/tests/aws/moto.sh"
. "$ROOT/tests/aws/events.sh"

start_moto
clips_and_jobs

# The log goes to a file, the answers to standard output.
# shellcheck disable=SC2317 # exits calls it
runtime() { # OPTIONS... EVENTS
	"$python" "$ROOT/tests/aws/runtime.py" "$@" bash -c 'exec vidqc-router --lambda >"$0" 2>"$0.err"' "$T/log"
}

unknown=00000000-0000-4000-8000-000000000000
{
	result $unknown
	predict '{"upload":true,"content_type":"video/mp4","content_length":9,"config_overrides":{"text.language":"eng"}}'
	echo '{"Records":[]}'
	echo 'no JSON'
	for ((i = 0; i < 20; i++)); do
		result "é$i"
	done
} >"$T/events"
exits 0 runtime "$T/events"
is "$(jq -r '.id' "$T/out")" "$(printf 'invocation-%d\n' {1..24})" 'each event has an answer, in order'
is "$(jq -c '[.kind, .body.statusCode]' "$T/out" | uniq -c | tr -s ' ')" ' 1 ["response",404]
 1 ["response",202]
 1 ["response",null]
 21 ["response",400]' 'each its own'
is "$(jq -c . "$T/err")" '{"connections":1,"status":null}' 'over one connection, and it goes on waiting'
is "$(cat "$T/log.err")" '' 'and says nothing'

# the log is metrics
is "$(wc -l <"$T/log")" 24 'a line of metrics for each'
is "$(jq -c '[._aws.CloudWatchMetrics[0] | .Namespace, .Dimensions, [.Metrics[].Name]]' "$T/log" | sort -u)" \
	'["vidqc",[["Service"]],["Jobs","Succeeded","Failed","LatencySeconds"]]' 'in the embedded metric format'
is "$(jq -s 'all(. as $l | ._aws.CloudWatchMetrics[0] | (.Dimensions[0] + [.Metrics[].Name])[] | $l[.] != null)' "$T/log")" \
	true 'which has what it names'
is "$(jq -s 'all(.Service == "router" and .LatencySeconds > 0 and .LatencySeconds < 10 and (._aws.Timestamp / 1000 - now | fabs) < 60)' "$T/log")" \
	true 'with values that can be'
is "$(jq -r '"\(.route) \(.status) \(.Succeeded) \(.Failed)"' "$T/log" | uniq | head -n 4)" 'GET /predict/{job_id} 404 1 0
POST /predict 202 1 0
s3 0 1 0
unknown 400 1 0' 'and where it went'

# an upload that cannot be queued comes again
job=$(jq -r 'select(.body.statusCode == 202) | .body.body | fromjson.job_id' "$T/out")
arrival "$VIDQC_CLIPS_BUCKET" "uploads/$job" >"$T/events"
VIDQC_ENDPOINT_S3=http://127.0.0.1:1 exits 0 runtime "$T/events"
is "$(jq -c '[.kind, .type, (.body | keys)]' "$T/out")" '["error","Unavailable",["errorMessage","errorType"]]' 'a failure is told as one'
is "$(jq -c '[.Succeeded, .Failed]' "$T/log")" '[0,1]' 'and counted'
like "$(cat "$T/log.err")" '^vidqc-router: s3: GET http://127.0.0.1:1/' 'and logged'
result $unknown >"$T/events"
VIDQC_ENDPOINT_DYNAMODB=http://127.0.0.1:1 exits 0 runtime "$T/events"
is "$(jq -c '[.kind, .body.statusCode]' "$T/out")" '["response",503]' 'what a client is to try again is an answer'
is "$(jq -c '[.Succeeded, .Failed]' "$T/log")" '[0,1]' 'and a failure'

# Lambda does not take an answer
exits 0 runtime --response-status 413 "$T/events"
is "$(jq -c '[.kind, .type]' "$T/out")" $'["response",null]\n["error","Refused"]' 'an answer that is refused becomes an error'
exits 0 runtime --response-status 500 "$T/events"
is "$(jq .status "$T/err")" 75 'Lambda is broken: it ends'
exits 0 runtime --next-status 500 "$T/events"
is "$(jq .status "$T/err")" 75 'no next event: it ends'
like "$(cat "$T/log.err")" '^vidqc-router: lambda: next event: status 500' 'and says why'

# it cannot begin
VIDQC_QUEUE_URL='' exits 0 runtime "$T/events"
is "$(jq -c '[.kind, .type, .body.errorMessage]' "$T/out")" '["init","Configuration","VIDQC_QUEUE_URL: missing"]' 'Lambda is told why'
is "$(jq .status "$T/err")" 64 'and it ends'
exits 64 env -u AWS_LAMBDA_RUNTIME_API vidqc-router --lambda
like "$(err)" 'AWS_LAMBDA_RUNTIME_API: expected host:port' 'without Lambda'
exits 64 env AWS_LAMBDA_RUNTIME_API=http://127.0.0.1:1/ vidqc-router --lambda
exits 75 env AWS_LAMBDA_RUNTIME_API=127.0.0.1:1 vidqc-router --lambda
done_testing
