#!/bin/bash
# The worker on a full disk: it lives on, no job is stuck, and a clip for which there is no room
# is the trouble of its own job only.  The disk is in memory, and only the worker sees it.
# Functions with optional arguments; functions called by name.
# shellcheck disable=SC2119,SC2317

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/aws/lib.sh
. "$ROOT/tests/aws/lib.sh"

for space in -m -rm; do
	unshare "$space" mount -t tmpfs none /mnt 2>/dev/null && break
	space=
done
[ -n "$space" ] || skip_all 'no right to mount here'
export T CLOUD_RECEIVES=6
mkdir "$T/disk"
start_cloud
make_clip "$T/clip" 'testsrc2=s=64x48:r=10:d=0.3' -f mp4
head -c 4M /dev/urandom >"$T/big"
clip uploads/clip "$T/clip"
clip uploads/big "$T/big"

# start SWEEP: a worker with a disk of 3 MiB, which is full from $T/fill on until $T/free; it
# looks at dead letters every SWEEP seconds, and ends at $T/stop.
start() {
	rm -f "$T/fill" "$T/filled" "$T/free" "$T/stop"
	# shellcheck disable=SC2016 # a script for another shell
	unshare "$space" bash -c '
		mount -t tmpfs -o size=3M none "$T/disk"
		TMPDIR=$T/disk vidqc worker --workers 1 --wait 1 --retry-delay 1 --visibility 5 --sweep "$0" &
		until [ -e "$T/fill" ]; do sleep 0.05; done
		cat /dev/zero >"$T/disk/full" 2>/dev/null
		: >"$T/filled"
		until [ -e "$T/free" ]; do sleep 0.05; done
		rm "$T/disk/full"
		until [ -e "$T/stop" ]; do sleep 0.05; done
		kill "$!"
		wait "$!"
		status=$?
		find "$T/disk" -mindepth 1 -printf "%P\n" >"$T/left"
		exit "$status"' "$1" >"$T/out" 2>"$T/err" &
	pid=$!
}

logged() { # EVENT
	jq -eR --arg event "$1" -n 'any(inputs | fromjson?; .event == $event)' "$T/err" >/dev/null
}

held() {
	grep -qs ':held"' "$FRONT_COUNTS"
}

# ---- full while a claim is under way, whose answer then cannot be read
job "$(id 1)" uploads/clip
echo '{"holds": [{"call": "UpdateItem", "after": true}]}' >"$FRONT_FAULTS"
start 5
ok 'a claim is under way' eventually 60 held
: >"$T/fill"
eventually 10 test -e "$T/filled"
echo '{}' >"$FRONT_FAULTS"
ok 'the claim is given up' eventually 60 logged no_claim
ok 'no more messages are taken' eventually 60 logged no_room
: >"$T/free"
done_with() {
	[ "$(item "$(id 1)" .status) $(cloud queue "$VIDQC_QUEUE_URL") $(cloud queue "$VIDQC_DEAD_URL")" = 'completed 0 0 0 0' ]
}
ok 'the worker lives on, does the job when there is room, and leaves no message' eventually 120 done_with
: >"$T/stop"
wait "$pid"
is "$?" 0 'it ends well'
is "$(cat "$T/left")" vidqc-worker.alive 'nothing else is left behind'

# ---- a clip for which there is no room
job "$(id 2)" uploads/clip
job "$(id 3)" uploads/big
job "$(id 4)" uploads/clip
start 300
: >"$T/free"
: >"$T/fill"
at_rest() {
	[ "$(cloud queue "$VIDQC_QUEUE_URL") $(cloud queue "$VIDQC_DEAD_URL")" = '0 0 1 0' ]
}
ok 'all messages but one are deleted' eventually 300 at_rest
: >"$T/stop"
wait "$pid"
is "$?" 0 'the worker ends well'
is "$(cloud items | jq -r '[.job_id[-1:], .status, .error.code] | join(" ")' | sort | paste -sd,)" \
	'1 completed ,2 completed ,3 failed download,4 completed ' \
	'only its own job fails'
is "$(item "$(id 3)" .error.message)" 'cannot fetch the object: Disk' 'and says why'
is "$(cloud bodies "$VIDQC_DEAD_URL" | jq -r .job_id)" "$(id 3)" 'its message is a dead letter'
done_testing
