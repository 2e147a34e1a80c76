# What the worker says: lines of JSON on standard error, metrics on standard output.
# shellcheck shell=bash

# With the worker's definitions for jq.
wjq() {
	jq -L "$VQ_COMMANDS" "$@"
}

# One jq for the whole log: starting one for each line would cost as much as all other work
# around a clip.  It ends when nobody is left who could write; signals are for those.
log=
logger=
open_log() {
	exec {log}> >(
		trap '' INT TERM HUP
		exec jq -L "$VQ_COMMANDS" --unbuffered -cR 'include "worker"; noted' >&2
	)
	logger=$!
}

close_log() {
	exec {log}>&-
	wait "$logger" || :
}

# note LEVEL EVENT [NAME VALUE]...
note() {
	local line=$1 word
	shift

	for word in "$@"; do
		word=${word:0:500}
		line+=$'\t'${word//[[:cntrl:]]/?}
	done
	printf '%s\n' "$line" >&"$log"
}

# note_ends OUTCOME...: of jobs that have ended, and are known to have; log and metrics.
note_ends() {
	local line

	wjq -r 'include "worker"; outcome | (metrics(now) | tojson), ended' "$@" | while IFS= read -r line; do
		if [ "${line:0:1}" = '{' ]; then
			printf '%s\n' "$line"
		else
			printf '%s\n' "$line" >&"$log"
		fi
	done
}
