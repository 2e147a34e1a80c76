# A cloud of our own for the tests of the worker, to be sourced after tests/lib.sh:
# moto's server behind front.py, which see.
#
#	start_cloud
#	clip uploads/a "$T/a.mp4"
#	job 00000000-0000-4000-8000-000000000001 uploads/a
#	exits 0 vidqc worker --once
#	is "$(item 00000000-0000-4000-8000-000000000001 .status)" completed 'it is done'
# shellcheck shell=bash

cloud_python=
for candidate in "${VQ_PYTHON:-}" "$ROOT/build/venv/bin/python3" python3; do
	if [ "$("$candidate" -c 'import moto.server; print(moto.__version__.split(".")[0])' 2>/dev/null)" = 5 ]; then
		cloud_python=$candidate
		break
	fi
done

export AWS_REGION=eu-central-1 AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test
export AWS_EC2_METADATA_DISABLED=true AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null
export VIDQC_CLIPS_BUCKET=vidqc-clips-test VIDQC_MODELS_BUCKET=vidqc-models-test
export VIDQC_RESULTS_TABLE=vidqc-results-test VIDQC_ALLOWED_BUCKETS=friends-clips
export VIDQC_QUEUE_URL=http://sqs.invalid/123456789012/vidqc-jobs-test
export VIDQC_DEAD_URL=$VIDQC_QUEUE_URL-dlq
unset AWS_SESSION_TOKEN AWS_PROFILE VIDQC_MODEL VIDQC_MODEL_SHA256 ECS_AGENT_URI
unset AWS_CONTAINER_CREDENTIALS_RELATIVE_URI AWS_CONTAINER_CREDENTIALS_FULL_URI

cloud_children=()

# start_server OUTPUT COMMAND...: in the background until the test ends.
start_server() {
	local output=$1
	shift
	"$@" </dev/null >"$output" 2>"$output.err" &
	cloud_children+=($!)
	disown $!
}

end_cloud() {
	local pid

	for pid in "${cloud_children[@]}"; do
		kill -s KILL "$pid" 2>/dev/null
	done
	rm -rf "$T"
}
trap end_cloud EXIT

# eventually SECONDS COMMAND...: it succeeds within that time.
eventually() {
	local end=$((EPOCHSECONDS + $1))
	shift
	until "$@"; do
		if ((EPOCHSECONDS >= end)); then
			return 1
		fi
		sleep 0.1
	done
}

answers() {
	curl -s -o /dev/null --max-time 2 "http://127.0.0.1:$1/moto-api/data.json"
}

# cloud COMMAND [ARGUMENT...]: see cloud.py; send reads standard input.
cloud() {
	local argument command=$1 form=(--data-binary @-)
	shift

	if [ "$command" != send ]; then
		form=(--data '')
	fi
	for argument in "$@"; do
		form+=(--data-urlencode "a=$argument")
	done
	curl -q -sS -f -H "Key: ${CLOUD_KEY:-test} ${CLOUD_SECRET:-test}" "${form[@]}" "$other_side/$command" || {
		tail -n 5 "$T/cloud.err" >&2
		return 1
	}
}

# start_cloud [NAME=VALUE...]: with these in the environment of moto's server.
start_cloud() {
	if [ -z "$cloud_python" ]; then
		echo "Bail out! no moto 5 (make check makes build/venv)"
		exit 1
	fi
	backend=$("$cloud_python" -c 'import socket
s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	start_server "$T/moto" env "$@" "$cloud_python" -m moto.server -H 127.0.0.1 -p "$backend"
	export FRONT_FAULTS=$T/faults FRONT_COUNTS=$T/counts
	start_server "$T/front" "$cloud_python" "$ROOT/tests/aws/front.py" "$backend"
	export CLOUD=http://127.0.0.1:$backend FRONT
	start_server "$T/cloud" "$cloud_python" "$ROOT/tests/aws/cloud.py"
	# On a machine with load 25 the server was seen to take more than a minute.
	if ! eventually 300 test -s "$T/front" || ! eventually 300 test -s "$T/cloud" ||
		! eventually 300 answers "$backend"; then
		echo 'Bail out! no moto server'
		exit 1
	fi
	other_side=http://127.0.0.1:$(<"$T/cloud")
	FRONT=http://127.0.0.1:$(<"$T/front")
	endpoints "$FRONT"
	cloud make
}

# endpoints URL: where the worker goes.
endpoints() {
	export VIDQC_ENDPOINT_SQS=$1 VIDQC_ENDPOINT_S3=$1 VIDQC_ENDPOINT_DYNAMODB=$1
}

# clip KEY FILE [BUCKET]
clip() {
	cloud put "$@"
}

# job ID KEY [OVERRIDES]: as the router would.
job() {
	jq -cn --arg id "$1" --arg key "$2" --argjson overrides "${3:-{\}}" \
		'{body: {job_id: $id, s3_key: $key, config_overrides: $overrides}}' | cloud send
}

# message TEXT: any body, and no item.
message() {
	jq -cn --arg body "$1" '{body: $body, item: false}' | cloud send
}

# item ID FILTER
item() {
	cloud items | jq -r --arg id "$1" "select(.job_id == \$id) | $2"
}

# id NUMBER: of a job.
id() {
	printf '00000000-0000-4000-8000-%012d\n' "$1"
}

# events [FILE]: what the worker's log has, in order.
events() {
	jq -r .event "${1:-$T/err}" | paste -sd' '
}
