# What the worker says: lines of JSON on standard error, metrics on standard output.
# shellcheck shell=bash

# With the worker's definitions for jq.
wjq() {
	jq -L "$VQ_COMMANDS" "$@"
}

# note LEVEL EVENT [NAME VALUE]...
note() {
	local level=$1 event=$2
	shift 2
	wjq -cn --arg level "$level" --arg event "$event" \
		'include "worker"; event($level; ["event", $event] + $ARGS.positional; now)' \
		--args -- "$@" >&2
}

# note_jobs EVENT JOB_ID...: a line for each of them.
note_jobs() {
	local event=$1
	shift
	wjq -cn --arg event "$event" 'include "worker";
		$ARGS.positional[] as $id | event("info"; ["event", $event, "job_id", $id]; now)' \
		--args -- "$@" >&2
}

# note_ends OUTCOME...: of jobs that have ended, and are known to have; log and metrics.
note_ends() {
	wjq -c 'include "worker"; metrics(now)' "$@"
	wjq -c 'include "worker"; event("info"; ["event", "finished", "job_id", .job_id, "status", .status]
		+ if .error then ["code", .error.code, "message", .error.message] else [] end; now)' \
		"$@" >&2
}
