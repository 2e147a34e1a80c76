# An AWS on this machine, for tests that have sourced tests/lib.sh:
#
#	. "$(dirname "$0")/moto.sh"
#	start_moto            # sets MOTO and the environment of the router
#	clips_and_jobs        # a bucket, a queue and a table
#	state | jq ...        # what they hold; messages are taken off the queue
#
# It ends with the test.  moto accepts signatures unchecked unless it is started with
# INITIAL_NO_AUTH_ACTION_COUNT=n: then the n+1st call and all after it need permission.
# shellcheck shell=bash
python=${VQ_PYTHON:-$ROOT/build/venv/bin/python3}
"$python" -c 'import moto, boto3' 2>/dev/null || skip_all "no moto for $python; make check installs it"

moto_pid=
stop_moto() {
	[ -z "$moto_pid" ] && return
	kill "$moto_pid"
	wait "$moto_pid" 2>/dev/null
	moto_pid=
}
trap 'stop_moto; rm -rf "$T"' EXIT

# start_moto [NAME=VALUE...]
start_moto() {
	local tries=0
	env "$@" "${python%/*}/moto_server" -H 127.0.0.1 -p 0 >"$T/moto.log" 2>&1 &
	moto_pid=$!
	until MOTO=$(grep -om 1 'http://127.0.0.1:[0-9]*' "$T/moto.log"); do
		if [ $((tries += 1)) -gt 600 ] || ! kill -0 "$moto_pid" 2>/dev/null; then
			diag "$(cat "$T/moto.log")"
			echo 'Bail out! moto does not start'
			exit 1
		fi
		sleep 0.1
	done
	unset AWS_PROFILE AWS_SESSION_TOKEN VIDQC_ALLOWED_BUCKETS
	export MOTO AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1 AWS_CONFIG_FILE=/dev/null
	export AWS_ACCESS_KEY_ID=AKIDEXAMPLE AWS_SECRET_ACCESS_KEY=secret AWS_ENDPOINT_URL=$MOTO
	export VIDQC_ENDPOINT_S3=$MOTO VIDQC_ENDPOINT_SQS=$MOTO VIDQC_ENDPOINT_DYNAMODB=$MOTO
	export VIDQC_CLIPS_BUCKET=vidqc-clips-test VIDQC_RESULTS_TABLE=vidqc-results-test
	export VIDQC_QUEUE_URL=$MOTO/123456789012/vidqc-jobs-test
}

clips_and_jobs() {
	"$python" "$ROOT/tests/aws/state.py" make
}

state() {
	"$python" "$ROOT/tests/aws/state.py" show
}
