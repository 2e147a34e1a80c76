#!/bin/bash
# vidqc worker: options, every kind of job, models, credentials, protection, with version 1 and
# 2 of the AWS CLI, and with curl where it has credentials.
# Functions with optional arguments; functions called by name.
# shellcheck disable=SC2119,SC2317

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/aws/lib.sh
. "$ROOT/tests/aws/lib.sh"

# On a busy machine five jobs by the AWS CLI were seen to take more than the usual 120 s.
export TMPDIR=$T/tmp XDG_CACHE_HOME=$T/cache VQ_TEST_TIMEOUT=${VQ_TEST_TIMEOUT:-600}
mkdir "$TMPDIR"

# ---- wrong use
bad() { # STATUS REGEX OPTION...
	local want=$1 regex=$2
	shift 2
	exits "$want" vidqc worker "$@"
	like "$(err)" "$regex" "says why: $*"
}

exits 0 vidqc worker --help
like "$(out)" '--stop-timeout S' 'the options are told'
for option in "-w 0" "--workers=65" "--workers=x" "-j 0" "--max-jobs=0" "--idle-exit=-1" "--timeout=0" \
	"--memory=63" "--max-clip=0" "--visibility=1" "--wait=21" "--retry-delay=x" "--stop-timeout=4" "--sweep=1e3"; do
	# shellcheck disable=SC2086 # an option and its value
	bad 64 'expected an integer from' $option
done
bad 64 'unexpected operand' clip.mp4
bad 64 'unrecognized option' --nope
bad 64 'unknown key nope' --set nope=1
bad 66 'no model at' --model "$T/none.json"
bad 64 'needs its checksum' --model "s3://$VIDQC_MODELS_BUCKET/m.json"
echo '{}' >"$T/not-a-model.json"
bad 65 'not-a-model.json' --model "$T/not-a-model.json"
exits 64 env -u VIDQC_QUEUE_URL -u VIDQC_RESULTS_TABLE vidqc worker
like "$(err)" 'not set: VIDQC_QUEUE_URL VIDQC_RESULTS_TABLE' 'what is not set is named'
mkdir "$T/few"
for program in bash dirname readlink jq getopt sed cat nproc env timeout; do
	ln -s "$(command -v $program)" "$T/few/$program"
done
exits 69 env PATH="$VQ_BIN:$T/few" vidqc worker
like "$(err)" 'missing programs: aws curl' 'missing programs are named'
endpoints http://127.0.0.1:1
AWS_MAX_ATTEMPTS=1 exits 69 vidqc worker
like "$(err)" 'NoAnswer' 'no cloud'
is "$(ls -A "$TMPDIR")" '' 'nothing is left behind'

# ---- health
bad 69 'no heartbeat' --check-health --heartbeat "$T/alive"
echo "$EPOCHSECONDS" >"$T/alive"
exits 0 vidqc worker --check-health --heartbeat "$T/alive"
echo $((EPOCHSECONDS - 121)) >"$T/alive"
bad 69 'no heartbeat' --check-health --heartbeat "$T/alive"

# ---- a cloud
start_cloud
make_clip "$T/clip.mp4" 'testsrc2=s=64x48:r=10:d=0.3'
make_clip "$T/long.mp4" 'testsrc2=s=640x480:r=30:d=6' -preset ultrafast
echo 'not a clip' >"$T/words"
: >"$T/empty"
head -c 1200000 /dev/urandom >"$T/large"
odd="uploads/a b+c%20&?ü#(1)'!*.mp4"
for key in uploads/clip file:///etc/passwd "$odd"; do
	clip "$key" "$T/clip.mp4"
done
clip uploads/long "$T/long.mp4"
clip uploads/words "$T/words"
clip uploads/empty "$T/empty"
clip uploads/large "$T/large"
clip theirs "$T/clip.mp4" friends-clips
clip model.json "$VQ_BIN/../share/vidqc/model.json" "$VIDQC_MODELS_BUCKET"

versions=("$(command -v aws)")
if [ -x "$(dirname "$cloud_python")/aws" ]; then
	versions=(/usr/bin/aws "$(dirname "$cloud_python")/aws")
fi
n=0
for version in "${versions[@]}"; do
	mkdir -p "$T/aws$n"
	ln -s "$version" "$T/aws$n/aws"
	n=$((n + 1))
done

# ended JOB STATUS CODE NAME
ended() {
	is "$(jq -r --arg id "$(id "$1")" 'select(.job_id == $id) | "\(.status) \(.error.code)"' "$T/items")" \
		"$2 $3" "$4"
}

message_of() {
	jq -r --arg id "$(id "$1")" 'select(.job_id == $id) | .error.message' "$T/items"
}

bad 74 'cannot write .*/none/alive' --heartbeat "$T/none/alive"

# Every kind of job, with curl.
exits 0 vidqc worker --check
all_there='queue    ok
bucket   ok
table    ok
model    ok'
is "$(out)" "$all_there" 'all is there'
job "$(id 1)" uploads/clip
job "$(id 2)" uploads/clip '{"video": {"sample_fps": 3}, "model.binary_threshold": 0.0001}'
job "$(id 3)" uploads/none
job "$(id 4)" uploads/words
job "$(id 5)" uploads/empty
job "$(id 6)" uploads/clip '{"nope": 1}'
job "$(id 7)" uploads/clip '{"video.sample_fps": "file:///etc/passwd"}'
job "$(id 8)" uploads/large
job "$(id 9)" "$odd"
job "$(id 10)" file:///etc/passwd
message "$(jq -cn --arg id "$(id 11)" '{job_id: $id, s3_key: "theirs", s3_bucket: "friends-clips"}')"
message "$(jq -cn --arg id "$(id 12)" '{job_id: $id, s3_key: "x", s3_bucket: "strangers"}')"
message "$(jq -cn --arg id "$(id 13)" '{job_id: $id, s3_key: "x/../y"}')"
message "$(jq -cn --arg id "$(id 14)" '{job_id: $id, s3_key: "x", more: 1}')"
message 'file:///etc/passwd'
message '{"job_id": "../../etc", "s3_key": "x"}'
job "$(id 15)" uploads/clip
job "$(id 15)" uploads/clip
job "$(id 16)" uploads/clip '{"text": {"language": "eng+xyz"}}'
exits 0 vidqc worker --workers 2 --wait 1 --idle-exit 1 --retry-delay 0 --max-clip 1 --set video.threads=1
cloud items >"$T/items"
for i in 1 2 9 10 11 15; do
	ended $i completed null "job $i is completed"
done
is "$(jq -r --arg id "$(id 1)" 'select(.job_id == $id) | .prediction' "$T/items" | faults)" '' \
	'with a valid prediction'
is "$(jq -r --arg id "$(id 1)" 'select(.job_id == $id)
	| [.created_at, .expires_at, .attempt, (.completed_at >= .started_at)] | join(" ")' "$T/items")" \
	'2026-01-02T03:04:05Z 1775100000 1 true' 'what the router wrote is kept'
is "$(jq -r --arg id "$(id 11)" 'select(.job_id == $id)
	| .expires_at - (.created_at | fromdate)' "$T/items")" 7776000 '90 days, where it wrote nothing'
is "$(jq -r --arg id "$(id 2)" 'select(.job_id == $id) | .prediction | fromjson | .artifact' \
	"$T/items")" false 'the overrides count'
ended 3 failed missing_object 'no such object'
ended 4 failed bad_clip 'no clip'
like "$(message_of 4)" '^clip: ' 'the message has no name of ours'
ended 5 failed bad_clip 'an empty object'
ended 6 failed bad_config 'an unknown key'
like "$(message_of 6)" 'config_overrides: .*nope' 'and its name'
ended 7 failed bad_config 'a value of the wrong type'
unlike "$(message_of 7)" root: 'nobody opened that file'
ended 8 failed too_large 'too large'
ended 16 failed bad_config 'a language that is not there'
is "$(message_of 16)" 'text.language "xyz" is not installed' 'and its name'
for i in 12 13 14; do
	ended $i failed malformed_message "malformed message $i"
done
is "$(cloud queue "$VIDQC_QUEUE_URL")" '0 0' 'the queue is empty'
is "$(cloud bodies "$VIDQC_DEAD_URL" | wc -l)" 5 'malformed messages are dead letters'
is "$(jq -sr 'map(select(.Jobs)) | [(map(.Jobs), map(.Succeeded), map(.Failed)) | add] | join(" ")' "$T/out")" \
	'16 6 10' 'metrics of each job'
is "$(jq -c 'select(.Stage) | [.Stage, .Service, ._aws.CloudWatchMetrics[0].Namespace,
	._aws.CloudWatchMetrics[0].Dimensions, .StageSeconds > 0]' "$T/out" | sort -u | paste -sd' ')" \
	'["fetch","worker","vidqc",[["Service","Stage"]],true] ["filters","worker","vidqc",[["Service","Stage"]],true]' \
	'metrics of each stage'
job_log() { # JOB: its events
	jq -r --arg id "$(id "$1")" 'select(.job_id == $id) | .event' "$T/err" | paste -sd' '
}
is "$(job_log 1)" 'received claimed fetched judged finished deleted' 'the log of one job'
is "$(ls -A "$TMPDIR")" vidqc-worker.alive 'only the heartbeat is left behind'
exits 0 vidqc worker --check-health

# What depends on the way to AWS, with each version of the AWS CLI, which alone knows of
# credentials in a file.
printf '[default]\naws_access_key_id = file\naws_secret_access_key = file\n' >"$T/shared"
by_cli() { # FOLDER NUMBER: jobs from that number on
	local b=$2 name
	local -a way=(env -u AWS_ACCESS_KEY_ID -u AWS_SECRET_ACCESS_KEY
		"AWS_SHARED_CREDENTIALS_FILE=$T/shared" "PATH=$1:$PATH")

	name=$("${way[@]}" aws --version 2>&1)
	name=${name%% *}
	exits 0 "${way[@]}" vidqc worker --check
	is "$(out)" "$all_there" "$name: all is there"
	job "$(id $((b + 1)))" uploads/clip
	job "$(id $((b + 2)))" uploads/none
	job "$(id $((b + 3)))" uploads/large
	job "$(id $((b + 4)))" "$odd"
	job "$(id $((b + 5)))" file:///etc/passwd
	exits 0 "${way[@]}" vidqc worker --workers 2 --wait 1 --idle-exit 1 --retry-delay 0 --max-clip 1 --sweep 0
	cloud items >"$T/items"
	ended $((b + 1)) completed null "$name: a clip"
	ended $((b + 2)) failed missing_object "$name: no such object"
	ended $((b + 3)) failed too_large "$name: too large"
	ended $((b + 4)) completed null "$name: an odd name"
	ended $((b + 5)) failed download "$name: a name that it would open is not given to it"
	is "$(message_of $((b + 5)))" 'cannot fetch the object: UnsafeKey' "$name: which is all that is said of it"
	is "$(job_log $((b + 1)))" 'received claimed fetched judged finished deleted' "$name: the log of one job"
	is "$(cloud queue "$VIDQC_QUEUE_URL")" '0 0' "$name: the queue is empty"
	is "$(cloud bodies "$VIDQC_DEAD_URL" | wc -l)" 1 "$name: and becomes a dead letter"
}
for ((v = 0; v < n; v++)); do
	by_cli "$T/aws$v" $((20 + 10 * v))
done

# ---- how many, and when it ends
for i in 101 102 103; do
	job "$(id $i)" uploads/clip
done
exits 0 vidqc worker --once
is "$(cloud queue "$VIDQC_QUEUE_URL")" '2 0' '--once takes one'
exits 0 vidqc worker --max-jobs 2
is "$(cloud queue "$VIDQC_QUEUE_URL")" '0 0' '--max-jobs takes two'
exits 0 vidqc worker --once --wait 0
is "$(events)" 'started ended' '--once with nothing to do'

# ---- limits
job "$(id 111)" uploads/long
exits 0 vidqc worker --max-jobs 1 --timeout 1 --retry-delay 0
is "$(jq -r 'select(.event == "trouble") | .code' "$T/err")" timeout 'a clip that takes too long'
is "$(item "$(id 111)" .status)" processing 'it may be tried again'
exits 0 vidqc worker --wait 1 --idle-exit 8 --timeout 1 --retry-delay 0
is "$(item "$(id 111)" '[.status, .error.code, .error.message, .attempt] | join(",")')" \
	'failed,timeout,no verdict within 1 s,3' 'until the last try'
is "$(cloud bodies "$VIDQC_DEAD_URL" | jq -r .job_id)" "$(id 111)" 'its message is a dead letter'
job "$(id 112)" uploads/clip
exits 0 vidqc worker --max-jobs 1 --memory 64 --retry-delay 0
is "$(jq -r 'select(.event == "trouble") | .code' "$T/err")" resources 'too little memory is no fault of the clip'
is "$(item "$(id 112)" .status)" processing 'it may be tried again'
exits 0 vidqc worker --once
is "$(item "$(id 112)" .status)" completed 'and is good'
is "$(pgrep -f "$TMPDIR" || :)" '' 'no process is left'

# ---- what vidqc-aws(7) says of jobs that have ended
sed -n '/^aws dynamodb update-item/,/^aws sqs/p' "$ROOT/man/vidqc-aws.7" | sed '$d; s/\\e$/\\/' >"$T/reset"
reset() { # JOB
	(
		export ENV='test' AWS_DEFAULT_REGION=$AWS_REGION
		aws() {
			command aws --endpoint-url "$FRONT" "$@"
		}
		eval "$(sed "s/JOB_ID/$(id "$1")/" "$T/reset")"
	)
}
again() { # JOB KEY
	message "$(jq -cn --arg id "$(id "$1")" --arg key "$2" '{job_id: $id, s3_key: $key}')"
}
again 111 uploads/long
exits 0 vidqc worker --once
is "$(events)" 'started received finished_before deleted ended' 'a job that has ended is not done again'
exits 0 reset 111
is "$(item "$(id 111)" '[.status, .error, .attempt, .started_at] | map(tostring) | join(" ")')" \
	'queued null 0 null' 'a job is reset'
again 111 uploads/long
exits 0 vidqc worker --once
is "$(item "$(id 111)" '[.status, .attempt] | join(" ")')" 'completed 1' 'then it is done'
capture reset 4
like "$(err)" ConditionalCheckFailed 'but not for a clip that is broken'

# ---- models
export VIDQC_MODEL=s3://$VIDQC_MODELS_BUCKET/model.json
VIDQC_MODEL_SHA256=$(sha256sum "$VQ_BIN/../share/vidqc/model.json")
export VIDQC_MODEL_SHA256=${VIDQC_MODEL_SHA256%% *}
job "$(id 121)" uploads/clip
exits 0 vidqc worker --once
is "$(item "$(id 121)" '.prediction | fromjson | .model.sha256')" "$VIDQC_MODEL_SHA256" 'a model of S3'
ok 'it is kept' cmp "$XDG_CACHE_HOME/vidqc/models/$VIDQC_MODEL_SHA256.json" "$VQ_BIN/../share/vidqc/model.json"
before=$(jq .GETObject "$FRONT_COUNTS")
exits 0 vidqc worker --check
is "$(jq .GETObject "$FRONT_COUNTS")" "$before" 'and not fetched again'
echo garbage >"$XDG_CACHE_HOME/vidqc/models/$VIDQC_MODEL_SHA256.json"
exits 0 vidqc worker --check
ok 'unless it is broken' cmp "$XDG_CACHE_HOME/vidqc/models/$VIDQC_MODEL_SHA256.json" "$VQ_BIN/../share/vidqc/model.json"
VIDQC_MODEL_SHA256=${VIDQC_MODEL_SHA256//[0-7]/8} bad 65 'not the model of VIDQC_MODEL_SHA256'
VIDQC_MODEL=s3://$VIDQC_MODELS_BUCKET/none VIDQC_MODEL_SHA256=${VIDQC_MODEL_SHA256//[0-7]/8} bad 69 NoSuchKey
VIDQC_CLIPS_BUCKET=none VIDQC_RESULTS_TABLE=none VIDQC_MODEL=$T/none exits 69 vidqc worker --check
like "$(out)" $'queue    ok\nbucket   .*404.*\ntable    ResourceNotFound.*\nmodel    .*no model' '--check names what is missing'
unset VIDQC_MODEL VIDQC_MODEL_SHA256

# ---- credentials and protection of ECS
start_server "$T/agent" "$cloud_python" "$ROOT/tests/aws/agent.py" "$T/agent.log"
eventually 20 test -s "$T/agent"
agent=http://127.0.0.1:$(<"$T/agent")
job "$(id 131)" uploads/clip
exits 0 env -u AWS_ACCESS_KEY_ID -u AWS_SECRET_ACCESS_KEY ECS_AGENT_URI="$agent" \
	AWS_CONTAINER_CREDENTIALS_FULL_URI="$agent/credentials" AWS_CONTAINER_AUTHORIZATION_TOKEN=the-token \
	vidqc worker --once
is "$(item "$(id 131)" .status)" completed "the agent's credentials"
is "$(grep protection "$T/agent.log" | paste -sd' ')" \
	'/task-protection/v1/state {"ExpiresInMinutes": 15, "ProtectionEnabled": true} /task-protection/v1/state {"ProtectionEnabled": false}' \
	'the task is protected while it works'
done_testing
