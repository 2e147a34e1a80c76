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
make_clip "$T/long" 'mandelbrot=s=480x360:r=30,trim=duration=10' -f mp4
clip uploads/clip "$T/clip"
clip uploads/long "$T/long"
echo '{}' >"$FRONT_COUNTS"

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

holds() { # the calls that the proxy has held, and how often
	grep -o '"[A-Za-z]*:held": [0-9]*' "$FRONT_COUNTS" | paste -sd' '
}

held() {
	[ "$(holds)" != "$before" ] || ! kill -s 0 "$pid" 2>/dev/null
}

logged() { # EVENT FILE
	grep -qs "\"event\":\"$1\"" "$2"
}

# hold CALL NTH AFTER: to be held; each is another one.
hold() {
	tries=$((tries + 1))
	printf '{"call": "%s", "nth": %d, "after": %s, "try": %d}' "$@" "$tries"
}
tries=0

# reach STEP CALL NTH AFTER: a worker comes to a call and is held there.  One that found the
# message of a job that has ended is done before.
reach() {
	local i

	before=$(holds)
	for ((i = 0; i < 4; i++)); do
		wrong "{\"holds\": [$(hold "$2" "$3" "$4")]}"
		tries=$((tries + 1))
		start "$1" --max-jobs 1
		eventually 30 held
		[ "$(holds)" = "$before" ] || break
	done
	ok "a worker is at its $1" test "$(holds)" != "$before"
}

# ---- the message comes back while it is in work, as nobody extends its time
visibility=2
job "$(id 1)" uploads/clip
result=$(hold UpdateItem 2 false)
# The first's claim, its result, and the second's claim.
claim=$(hold UpdateItem 3 true)
before=$(holds)
wrong "{\"ignore\": \"ChangeMessageVisibility\", \"holds\": [$result, $claim]}"
start first --max-jobs 1
eventually 30 held
first=$pid first_log=$log before=$(holds)
start second --max-jobs 1
eventually 30 held
wrong "{\"ignore\": \"ChangeMessageVisibility\", \"holds\": [$claim]}"
wait "$first"
is "$?" 0 'the first worker ends well'
is "$(jq -r .event "$first_log" | paste -sd' ')" 'started received claimed fetched judged lost ended' \
	'its verdict no longer counts'
is "$(item "$(id 1)" .status)" processing 'the job is not ended by it'
wrong '{}'
wait "$pid"
is "$?" 0 'the second worker ends well'
is "$(item "$(id 1)" '[.status, .attempt] | join(" ")')" 'completed 2' 'its verdict counts'
like "$(item "$(id 1)" .owner)" "^$(jq -r 'select(.event == "started").worker' "$log")/" 'the job is its own'
is "$(cloud queue "$VIDQC_QUEUE_URL")" '0 0' 'the message is gone'

# ---- the message comes back before the worker knows that it has been given back
visibility=60
job "$(id 9)" uploads/clip
expired='"rate": 1, "times": 1, "only": "GETObject", "kinds": ["expired"]'
before=$(holds)
wrong "{$expired, \"holds\": [$(hold ChangeMessageVisibilityBatch 1 true)]}"
start given-back-once --idle-exit 3
eventually 30 held
received_twice() {
	[ "$(jq -c 'select(.event == "received")' "$log" | wc -l)" = 2 ]
}
ok 'the message comes again at once' eventually 30 received_twice
wrong '{}'
wait "$pid"
is "$?" 0 'the worker ends well'
is "$(cloud queue "$VIDQC_QUEUE_URL")" '0 0' 'the message is not forgotten'
is "$(item "$(id 9)" '[.status, .attempt] | join(" ")')" 'completed 2' 'its job is done'

# ---- a call that keeps the message ours fails, and is made again before it is too late
visibility=36
job "$(id 8)" uploads/clip
before=$(holds)
get=$(hold GETObject 1 false)
wrong "{\"only\": \"ChangeMessageVisibilityBatch\", \"rate\": 1, \"kinds\": [\"error\"], \"holds\": [$get]}"
AWS_MAX_ATTEMPTS=1 start kept --max-jobs 1
failed_twice() {
	[ "$(jq -c 'select(.event == "not_extended")' "$log" | wc -l)" -ge 2 ]
}
ok 'the heartbeat fails twice within a third of its time' eventually 24 failed_twice
wrong "{\"holds\": [$get]}"
sleep 4
wrong '{}'
wait "$pid"
is "$?" 0 'the worker ends well'
is "$(item "$(id 8)" '[.status, .attempt] | join(" ")')" 'completed 1' 'the job was its own all the time'

# ---- the process that judges a clip is killed
visibility=60
job "$(id 7)" uploads/long
start judge --max-jobs 1
filters() {
	pgrep -f "vidqc-ocr .*$TMPDIR/vidqc" >"$T/filters"
}
ok 'the filters run' eventually 60 filters
kill -s KILL "$(ps -o ppid= -p "$(pgrep -o -s "$pid" -x timeout)")"
wait "$pid"
is "$?" 0 'the worker ends well'
# Bash says it too.
is "$(jq -rR 'fromjson? | select(.event == "trouble").code' "$log")" killed 'it knows'
is "$(pgrep -fa "$TMPDIR/vidqc")" '' 'nothing of it goes on'
start after-judge --max-jobs 1
wait "$pid"
is "$(item "$(id 7)" '[.status, .attempt] | join(" ")')" 'completed 2' 'the job is done again'

# ---- SIGTERM: what has not begun goes back at once, the rest is brought to its end
visibility=60
stopped() { # STEP QUEUE
	kill -s TERM "$pid"
	sleep 0.2
	wrong '{}'
	wait "$pid"
	is "$?" 0 "SIGTERM at its $1: it ends well"
	is "$(cloud queue "$VIDQC_QUEUE_URL")" "$2" "SIGTERM at its $1: the message is where it belongs"
}
before=$(holds)
wrong "{\"holds\": [$(hold GetQueueAttributes 1 false)]}"
start check --check
eventually 30 held
kill -s TERM "$pid"
wrong '{}'
wait "$pid"
is "$?" 143 'SIGTERM at a check: it ends'
job "$(id 2)" uploads/clip
reach poll ReceiveMessage 1 false
stopped poll '1 0'
reach claim UpdateItem 1 false
stopped claim '1 0'
reach download GETObject 1 false
stopped download '1 0'
reach result UpdateItem 2 false
stopped result '0 0'
job "$(id 3)" uploads/clip
reach deletion DeleteMessageBatch 1 false
stopped deletion '0 0'
job "$(id 4)" uploads/long
start filters --max-jobs 1 --stop-timeout 600
eventually 30 logged fetched "$log"
stopped filters '0 0'
job "$(id 5)" uploads/long
start given-back --max-jobs 1 --stop-timeout 8
eventually 30 logged fetched "$log"
stopped 'filters, without time for them' '1 0'
is "$(cloud items | jq -r '[.job_id[-2:], .status, .attempt] | join(" ")' | sort | paste -sd,)" \
	'01 completed 2,02 completed 3,03 completed 1,04 completed 1,05 processing 1,07 completed 2,08 completed 1,09 completed 2' 'jobs are begun as often as was to be'

# ---- SIGKILL: the worker alone, or with all of its processes
visibility=20
n=10
kill_at() { # STEP CALL NTH AFTER
	n=$((n + 1))
	job "$(id $n)" uploads/clip
	reach "$@"
	{
		if ((n % 2)); then
			pkill -KILL -s "$pid"
		else
			kill -s KILL "$pid"
		fi
		wait "$pid"
	} 2>/dev/null
}
for after in false true; do
	kill_at "poll, $after" ReceiveMessage 1 $after
	kill_at "claim, $after" UpdateItem 1 $after
	kill_at "download, $after" GETObject 1 $after
	kill_at "result, $after" UpdateItem 2 $after
	kill_at "deletion, $after" DeleteMessageBatch 1 $after
	# It is due at once.
	visibility=2 kill_at "heartbeat, $after" ChangeMessageVisibilityBatch 1 $after
	n=$((n + 1))
	wrong '{}'
done

# ---- whoever comes then finds all of it
start last --idle-exit 22
wait "$pid"
is "$?" 0 'a worker does what is left'
is "$(cloud queue "$VIDQC_QUEUE_URL") $(cloud queue "$VIDQC_DEAD_URL")" '0 0 0 0' 'no message is left'
cloud items >"$T/items"
is "$(jq -r .status "$T/items" | sort | uniq -c | xargs)" '20 completed' 'every job is completed'
is "$(jq -r 'select(.event == "received").job_id' "$log" | sort | uniq -d)" '' 'each message is told of once'
is "$(cat "$T"/log.* | jq -rR 'fromjson? | select(.event == "finished").job_id' | sort | uniq -d)" '' 'no job ended twice'

# ---- an empty answer to a question that was asked while there was work
job "$(id 901)" uploads/clip
get=$(hold GETObject 1 false)
tries=$((tries + 1))
empty=$(hold ReceiveMessage 1 true)
before=$(holds)
wrong "{\"holds\": [$get]}"
start idle --workers 2 --idle-exit 0
ok 'there is work' eventually 30 held
before=$(holds)
wrong "{\"holds\": [$get, $empty]}"
ok 'a poll finds nothing' eventually 30 held
sleep 2 # the worker counts in whole seconds
wrong "{\"holds\": [$empty]}"
ok 'the work ends' eventually 30 logged finished "$log"
job "$(id 902)" uploads/clip
wrong '{}'
wait "$pid"
is "$?" 0 '--idle-exit: the worker ends well'
is "$(item "$(id 902)" .status)" completed 'and only when it has asked once more'
done_testing
