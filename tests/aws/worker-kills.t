#!/bin/bash
# Workers that end at each step of a job, by SIGTERM and by SIGKILL, before a call has reached
# AWS and before its answer has come back; and a message that comes back while it is in work.
# The proxy holds the call; the worker is ended; then all jobs must end once.
# Functions with optional arguments; functions called by name.
# shellcheck disable=SC2119,SC2317

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/aws/lib.sh
. "$ROOT/tests/aws/lib.sh"

export TMPDIR=$T/tmp CLOUD_RECEIVES=20
mkdir "$TMPDIR"
start_cloud
make_clip "$T/clip" 'testsrc2=s=64x48:r=10:d=0.3' -f mp4
make_clip "$T/long" 'mandelbrot=s=480x360:r=30,trim=duration=8' -f mp4
clip uploads/clip "$T/clip"
clip uploads/long "$T/long"

# wrong JSON: what the proxy does wrong from now on.
wrong() {
	printf '%s\n' "$1" >"$T/wrong"
	mv "$T/wrong" "$FRONT_FAULTS"
}

# start NAME OPTION...: a worker of its own session, to be ended as a whole.
start() {
	log=$T/log.$1
	setsid vidqc worker --workers 1 --visibility "$visibility" --wait 1 --retry-delay 0 --sweep 0 \
		--heartbeat "$T/alive" "${@:2}" >"$T/metrics" 2>"$log" </dev/null &
	pid=$!
	sessions+=("$pid")
}
sessions=()
end_sessions() {
	local session

	for session in "${sessions[@]}"; do
		pkill -KILL -s "$session"
	done
	end_cloud
}
trap end_sessions EXIT

holds() { # how often the proxy has held a call
	jq '[to_entries[] | select(.key | endswith(":held")) | .value] | add // 0' "$FRONT_COUNTS"
}

held() {
	[ "$(holds)" -gt "$before" ] || ! kill -s 0 "$pid" 2>/dev/null
}

logged() { # EVENT FILE
	grep -qs "\"event\":\"$1\"" "$2"
}

# reach STEP HOLD: a worker comes to a call and is held there.  One that found the message of a
# job that has ended is done before.
reach() {
	local i

	before=$(holds)
	wrong "$2"
	for ((i = 0; i < 4 && $(holds) == before; i++)); do
		start "$1" --max-jobs 1
		eventually 30 held
	done
	is "$(holds)" $((before + 1)) "a worker is at its $1"
}

# ---- the message comes back while it is in work, as nobody extends its time
echo '{}' >"$FRONT_COUNTS"
visibility=2
job "$(id 1)" uploads/long
reach result '{"ignore": "ChangeMessageVisibility", "hold": "UpdateItem", "nth": 2}'
first=$pid first_log=$log
start second --max-jobs 1
eventually 30 logged claimed "$log"
pkill -STOP -s "$pid"
wrong '{"ignore": "ChangeMessageVisibility"}'
wait "$first"
is "$?" 0 'the first worker ends well'
is "$(jq -r .event "$first_log" | paste -sd' ')" 'started received claimed fetched judged lost ended' \
	'its verdict no longer counts'
is "$(item "$(id 1)" .status)" processing 'the job is not ended by it'
pkill -CONT -s "$pid"
wait "$pid"
is "$?" 0 'the second worker ends well'
is "$(item "$(id 1)" '[.status, .attempt] | join(" ")')" 'completed 2' 'its verdict counts'
like "$(item "$(id 1)" .owner)" "^$(jq -r 'select(.event == "started").worker' "$log")/" 'the job is its own'
is "$(cloud queue "$VIDQC_QUEUE_URL")" '0 0' 'the message is gone'
wrong '{}'

# ---- SIGTERM: what has not begun goes back at once, the rest is brought to its end
visibility=60
ask_to_stop() { # STEP HOLD QUEUE
	reach "$1" "$2"
	kill -s TERM "$pid"
	sleep 0.3
	wrong '{}'
	wait "$pid"
	is "$?" 0 "SIGTERM at its $1: it ends well"
	is "$(cloud queue "$VIDQC_QUEUE_URL")" "$3" "SIGTERM at its $1: the message is where it belongs"
}
job "$(id 2)" uploads/clip
ask_to_stop poll '{"hold": "ReceiveMessage"}' '1 0'
ask_to_stop claim '{"hold": "UpdateItem"}' '1 0'
ask_to_stop download '{"hold": "GETObject"}' '1 0'
ask_to_stop result '{"hold": "UpdateItem", "nth": 2}' '0 0'
job "$(id 3)" uploads/clip
ask_to_stop deletion '{"hold": "DeleteMessageBatch"}' '0 0'
job "$(id 4)" uploads/clip
start filters --max-jobs 1
eventually 30 logged fetched "$log"
kill -s TERM "$pid"
wait "$pid"
is "$?" 0 'SIGTERM while it judges: it ends well'
is "$(cloud queue "$VIDQC_QUEUE_URL")" '0 0' 'SIGTERM while it judges: the verdict is awaited'
job "$(id 5)" uploads/long
start given-back --max-jobs 1 --stop-timeout 8
eventually 30 logged fetched "$log"
kill -s TERM "$pid"
wait "$pid"
is "$?" 0 'SIGTERM and little time: it ends well'
is "$(cloud queue "$VIDQC_QUEUE_URL")" '1 0' 'SIGTERM and little time: the message goes back at once'
is "$(cloud items | jq -r '[.job_id[-2:], .status, .attempt] | join(" ")' | sort | paste -sd,)" \
	'01 completed 2,02 completed 3,03 completed 1,04 completed 1,05 processing 1' 'jobs are begun as often as was to be'

# ---- SIGKILL
visibility=20
n=10
kill_at() { # STEP HOLD [KEY]
	n=$((n + 1))
	job "$(id $n)" "uploads/${3:-clip}"
	reach "$1" "$2"
	pkill -KILL -s "$pid"
	{ wait "$pid"; } 2>/dev/null
}
for after in false true; do
	kill_at "poll, $after" '{"hold": "ReceiveMessage", "after": '$after'}'
	kill_at "claim, $after" '{"hold": "UpdateItem", "after": '$after'}'
	kill_at "download, $after" '{"hold": "GETObject", "after": '$after'}'
	kill_at "result, $after" '{"hold": "UpdateItem", "nth": 2, "after": '$after'}'
	kill_at "deletion, $after" '{"hold": "DeleteMessageBatch", "after": '$after'}'
	visibility=3 kill_at "heartbeat, $after" '{"hold": "ChangeMessageVisibilityBatch", "after": '$after'}' long
done
wrong '{}'
for signal in alone all; do
	n=$((n + 1))
	job "$(id $n)" uploads/long
	start "filters.$signal" --max-jobs 1
	eventually 30 logged fetched "$log"
	if [ "$signal" = alone ]; then
		kill -s KILL "$pid"
	else
		pkill -KILL -s "$pid"
	fi
	{ wait "$pid"; } 2>/dev/null
done

# ---- whoever comes then finds all of it
start last --idle-exit 25
wait "$pid"
is "$?" 0 'a worker does what is left'
is "$(cloud queue "$VIDQC_QUEUE_URL") $(cloud queue "$VIDQC_DEAD_URL")" '0 0 0 0' 'no message is left'
cloud items >"$T/items"
is "$(jq -r .status "$T/items" | sort | uniq -c | xargs)" "$((n - 10 + 5)) completed" 'every job is completed'
is "$(cat "$T"/log.* | jq -r 'select(.event == "finished").job_id' | sort | uniq -d)" '' 'no job ended twice'
done_testing
