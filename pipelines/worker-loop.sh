# The worker's loop: what each child's end means, and what to do next.
# shellcheck shell=bash disable=SC2034,SC2154

# shellcheck source=pipelines/worker-queue.sh
. "$VQ_COMMANDS/worker-queue.sh"

stopping=
hurry=
last_work=$EPOCHSECONDS
next_poll=0
poll_failures=0
next_sweep=0
beaten=0
# Mean milliseconds of a verdict, as the last ones were.
pace=0
protected=
next_protect=0

# Is it time to end?
is_over() {
	if [ ${#phase[@]} != 0 ]; then
		last_work=$EPOCHSECONDS
		return 1
	elif [ "$protected" = true ]; then
		return 1
	elif [ -n "$stopping" ] || { ((max_jobs)) && ((taken >= max_jobs)); }; then
		[ -z "${busy[poll]:-}${busy[protect]:-}" ]
	elif [ -z "$idle_exit" ] || [ -n "${busy[poll]:-}${busy[sweep]:-}" ]; then
		return 1
	else
		((none_waiting && poll_begun >= last_work && EPOCHSECONDS - last_work >= idle_exit))
	fi
}
# Was there a poll, when did the last one begin, and did it bring nothing?  One that began
# while there was work tells nothing of what came since.
polled=0
poll_begun=0
none_waiting=0

# Wait for a child to end, or a second.  A read whose time is over may have half a line.
half=
next_event() {
	local line=''

	if ! read -r -t 1 -u "$events" line; then
		half+=$line
	else
		take_event "$half$line"
		half=
		while read -t 0 -u "$events"; do
			read -r -u "$events" line
			take_event "$line"
		done
	fi
	note_lost
}

take_event() {
	local process status

	read -r process status <<<"$1"
	ended "$process" "$status"
}

# Children that were killed cannot tell.  One that is gone twice in a row has not just
# spoken.
missed=()
note_lost() {
	local process before=" ${missed[*]} "

	missed=()
	for process in "${!doing[@]}"; do
		if ! kill -s 0 "$process" 2>/dev/null; then
			if [[ $before == *" $process "* ]]; then
				ended "$process" 137
			else
				missed+=("$process")
			fi
		fi
	done
}

# ended PROCESS STATUS
ended() {
	local process=$1 status=$2 kind numbers

	if [ -z "${doing[$process]:-}" ]; then
		return
	fi
	read -r kind numbers <<<"${doing[$process]}"
	unset "doing[$process]" "children[$process]"
	if [ "${busy[$kind]:-}" = "$process" ]; then
		unset "busy[$kind]"
	fi
	wait "$process" 2>/dev/null || :
	# shellcheck disable=SC2086 # numbers of jobs
	"after_$kind" "$status" $numbers
}

after_poll() {
	if [ "$1" = 0 ]; then
		polled=1
		poll_failures=0
		idle_failed=
		none_waiting=1
		if [ -s "$work/poll.json" ]; then
			take_messages
		fi
		return
	fi
	poll_failures=$((poll_failures + 1))
	next_poll=$((EPOCHSECONDS + (poll_failures < 6 ? 1 << poll_failures : 60)))
	note error no_poll code "$(error_code "$work/poll.json")" message "$(error_text "$work/poll.json")"
	if [ -n "$idle_exit" ] && ((poll_failures >= 3)); then
		idle_failed=1
		none_waiting=1
	fi
}
idle_failed=

after_claim() {
	local n status=$1
	shift

	if [ "$status" = 0 ]; then
		claimed "$@"
		return
	fi
	for n in "$@"; do
		if [ "${phase[$n]:-}" = claiming ]; then
			note warning no_claim job_id "${job[$n]}" code "status $status"
			give_back "$n" "$retry_delay"
		fi
	done
}

after_fetch() {
	after_stage fetching ready fetched "$@"
}

after_judge() {
	local took

	if [ "$1" = 0 ] && { read -r took <"$work/$2/filters.seconds"; } 2>/dev/null; then
		took=$((10#${took/./}))
		pace=$((pace ? (3 * pace + took) / 4 : took))
	elif [ "$1" = 137 ]; then
		end_strays "$work/$2"
	fi
	after_stage running judged judged "$@"
}

# after_stage PHASE NEXT EVENT STATUS NUMBER
after_stage() {
	local code text n=$5

	if [ "${phase[$n]:-}" != "$1" ]; then
		return
	fi
	case $4 in
	0)
		log_jobs "$3" "$n"
		conclude_job "$n" "$2"
		;;
	65) conclude_job "$n" judged ;;
	75)
		{ read -r code text <"$work/$n/trouble"; } 2>/dev/null || code=internal text='no reason given'
		try_again "$n" "$code" "$text"
		;;
	*) try_again "$n" killed "the process was ended, status $4" ;;
	esac
}

after_write() {
	local n status=$1
	shift

	if [ "$status" = 0 ]; then
		written "$@"
		return
	fi
	for n in "$@"; do
		write_later "$n" "status $status"
	done
}

after_delete() {
	deleted "$@"
}

# What was not made visible will be in time.
after_return() {
	local n
	shift

	for n in "$@"; do
		if [ -n "${phase[$n]:-}" ]; then
			log_jobs returned "$n"
			forget "$n"
		fi
	done
}

# What could not be extended is tried again well before its time is over.
after_extend() {
	local n status=$1 kept=()
	shift

	if [ "$status" = 0 ]; then
		mapfile -t kept <"$work/extend.done"
	fi
	for n in "$@"; do
		if [ -z "${phase[$n]:-}" ]; then
			continue
		elif [[ " ${kept[*]} " == *" $n "* ]]; then
			extended[$n]=$EPOCHSECONDS
		else
			extended[$n]=$((EPOCHSECONDS - visibility / 3 + visibility / 12))
			note warning not_extended job_id "${job[$n]}"
		fi
	done
}

after_sweep() {
	next_sweep=$((EPOCHSECONDS + sweep))
	if [ "$1" != 0 ]; then
		note warning no_sweep code "$(error_code "$work/sweep.json")"
	fi
}

after_protect() {
	if [ "$1" != 0 ]; then
		note warning no_protection status "$1"
	fi
}

# ---- what to do next ----

schedule() {
	start_claims
	start_stages
	start_writes
	start_messages
	if [ -z "$stopping" ]; then
		start_poll
		start_sweep
	fi
	protect_task
}

# A job that comes again may be what brought a worker down: it is claimed by itself, when there
# is a place for it, so that its attempts tell how often it was begun; see sweep_dead.
start_claims() {
	local n list=() again=()

	if [ -n "${busy[claim]:-}" ]; then
		return
	fi
	in_phase twin
	for n in "${found[@]}"; do
		if ! is_held "${job[$n]}"; then
			phase[$n]=taken
		fi
	done
	in_phase taken
	for n in "${found[@]}"; do
		if ((receives[$n] == 1 && ${#list[@]} < 10)); then
			list+=("$n")
		elif ((receives[$n] > 1 && ${#again[@]} == 0)); then
			again=("$n")
		fi
	done
	in_phase claimed fetching ready running
	if [ ${#list[@]} = 0 ] && ((${#found[@]} < workers)); then
		list=("${again[@]}")
	fi
	if [ ${#list[@]} != 0 ]; then
		set_phase claiming "${list[@]}"
		spawn claim "${list[*]}" claim_jobs "${list[@]}"
	fi
}

# Clips are fetched ahead of their turn.
start_stages() {
	local n running

	in_phase fetching
	running=${#found[@]}
	in_phase claimed
	for n in "${found[@]}"; do
		if ((running++ < workers + 2)); then
			phase[$n]=fetching
			spawn fetch "$n" fetch_job "$work/$n" "${job[$n]}"
		fi
	done
	in_phase running
	running=${#found[@]}
	in_phase ready
	for n in "${found[@]}"; do
		if ((running++ < workers)); then
			phase[$n]=running
			spawn judge "$n" judge_job "$work/$n" "${job[$n]}" "$model" "$threads"
		fi
	done
}

# waits_enough COUNT: are those found worth a call?  They wait for more, but not for long, and
# only when something else is going on.
waits_enough() {
	local count=${#found[@]}

	if ((count == 0)); then
		return 1
	elif ((count >= $1)) || [ -n "$stopping" ] || ((EPOCHSECONDS - since[${found[0]}] >= linger)); then
		return 0
	fi
	in_phase taken claiming claimed fetching ready running
	[ ${#found[@]} = 0 ]
}

start_writes() {
	local list

	in_phase judged
	list=("${found[@]:0:8}")
	if [ -z "${busy[write]:-}" ] && waits_enough 8; then
		set_phase writing "${list[@]}"
		spawn write "${list[*]}" write_jobs "${list[@]}"
	fi
}

# Messages to be deleted, given back, or kept ours.
start_messages() {
	local n list words=()

	in_phase over
	list=("${found[@]:0:10}")
	if [ -z "${busy[delete]:-}" ] && waits_enough 10; then
		set_phase closing "${list[@]}"
		spawn delete "${list[*]}" delete_messages "${list[@]}"
	fi
	in_phase back
	if [ ${#found[@]} != 0 ] && [ -z "${busy[return]:-}" ]; then
		list=("${found[@]:0:10}")
		for n in "${list[@]}"; do
			words+=("$n" "${delay[$n]}")
		done
		set_phase closing "${list[@]}"
		spawn return "${list[*]}" change_visibility return "${words[@]}"
	fi
	if [ -z "${busy[extend]:-}" ]; then
		extend_messages
	fi
}

extend_messages() {
	local n list=() words=()

	in_phase twin taken claiming claimed fetching ready running judged writing
	for n in "${found[@]}"; do
		if ((EPOCHSECONDS - extended[$n] >= visibility / 3 && ${#list[@]} < 10)); then
			list+=("$n")
			words+=("$n" "$visibility")
		fi
	done
	if [ ${#list[@]} != 0 ]; then
		spawn extend "${list[*]}" change_visibility extend "${words[@]}"
	fi
}

# Jobs enough for the next 10 seconds wait here; the rest is for other workers.
start_poll() {
	local ahead waiting count

	if [ -n "${busy[poll]:-}" ] || ((EPOCHSECONDS < next_poll)); then
		return
	fi
	ahead=$((pace ? workers * 10000 / pace : workers))
	ahead=$((ahead < workers ? workers : ahead > workers + 6 ? workers + 6 : ahead))
	in_phase taken claiming claimed fetching ready
	waiting=${#found[@]}
	in_phase running
	if ((waiting > ahead / 2)); then
		return
	fi
	count=$((workers - ${#found[@]} + ahead - waiting))
	if ((max_jobs && count > max_jobs - taken)); then
		count=$((max_jobs - taken))
	fi
	if ((count > 0)) && has_room; then
		poll_begun=$EPOCHSECONDS
		spawn poll '' receive $((count < 10 ? count : 10))
	fi
}

# A message for whose job there is no room would be received for nothing, and only so many times.
has_room() {
	local why

	if why=$(why_full "$work" $((1 << 20))); then
		next_poll=$((EPOCHSECONDS + 5))
		note error no_room message "$why"
		return 1
	fi
}

start_sweep() {
	if [ -n "$dead_url" ] && ((sweep && polled && EPOCHSECONDS >= next_sweep)) &&
		[ -z "${busy[sweep]:-}" ]; then
		spawn sweep '' sweep_dead
	fi
}

# Where ECS offers it, a task that has work is not chosen when the service shrinks.
protect_task() {
	local want=false

	if [ -z "${ECS_AGENT_URI:-}" ] || [ -n "${busy[protect]:-}" ]; then
		return
	fi
	if [ ${#phase[@]} != 0 ]; then
		want=true
	fi
	if [ "$want" != "${protected:-false}" ] || { [ "$want" = true ] && ((EPOCHSECONDS >= next_protect)); }; then
		protected=$want
		next_protect=$((EPOCHSECONDS + 300))
		spawn protect '' set_protection "$want"
	fi
}

set_protection() {
	jq -n --argjson on "$1" '{ProtectionEnabled: $on} + if $on then {ExpiresInMinutes: 15} else {} end' |
		curl -sf --max-time 10 --retry 2 -X PUT -H 'Content-Type: application/json' -d @- \
			-o "$work/protection" -- "${ECS_AGENT_URI%/}/task-protection/v1/state"
}

# ---- the end ----

# asked_to_stop SIGNAL: the second time there is no patience.
asked_to_stop() {
	if [ "$BASHPID" = "$$" ]; then
		hurry=$stopping
		stopping=${stopping:-$EPOCHSECONDS}
	fi
}

# While it is asked to stop: what has not begun goes back at once, what has begun when the time
# is over, less what it takes to do so.
wind_down() {
	local n left=$((stopping + stop_timeout - EPOCHSECONDS)) process

	in_phase twin taken claimed fetching ready
	for n in "${found[@]}"; do
		stop_job "$n"
	done
	if [ -z "$hurry" ] && ((left > 8)); then
		return
	fi
	in_phase running
	for n in "${found[@]}"; do
		stop_job "$n"
	done
	if ((left <= 0)); then
		note error stopped_late jobs "${#phase[@]}"
		stop_children
		close_log
		exit 75
	fi
}

# stop_job NUMBER: its process is ended, its message is for others.
stop_job() {
	local n=$1 process

	for process in "${!doing[@]}"; do
		if [[ ${doing[$process]} == fetch\ $n || ${doing[$process]} == judge\ $n ]]; then
			kill -s TERM -- "-$process" 2>/dev/null || :
		fi
	done
	if is_last_try "$n" && [[ ${phase[$n]} != t* ]]; then
		try_again "$n" interrupted 'the worker was stopped'
	else
		give_back "$n" 0
	fi
}

beat() {
	if ((EPOCHSECONDS - beaten >= 5)); then
		beaten=$EPOCHSECONDS
		{ printf '%s\n' "$beaten" >"$heartbeat"; } 2>/dev/null
	fi
}

work() {
	beat || die 74 "worker: cannot write $heartbeat"
	open_log
	note info started worker "$worker_id" workers "$workers" model "$model" max_receives "$max_receives"
	while ! is_over; do
		beat || note error no_heartbeat
		if [ -n "$stopping" ]; then
			wind_down
		fi
		schedule
		next_event
	done
	note info ended jobs "$taken"
	stop_children
	close_log
}
