# The jobs that the worker holds, from the queue and back to it.
#
# A job is a number, a folder $work/NUMBER as worker-job.sh says, and a phase:
#	taken > claiming > claimed > fetching > ready > running > judged > writing
#	> over (its message is deleted) or back (its message is given back) > closing
# A second message of a job that is held is its twin, until the first has ended.
# Whatever takes time is a child, which tells of its end through a pipe.
# shellcheck shell=bash disable=SC2034

# shellcheck source=pipelines/worker-job.sh
. "$VQ_COMMANDS/worker-job.sh"

queue_url=${VIDQC_QUEUE_URL:-}
dead_url=
table=${VIDQC_RESULTS_TABLE:-}
buckets=()
max_receives=3
worker_id=$(</proc/sys/kernel/random/uuid)

# Seconds: how long a message is ours, a long poll, before a job is tried again; how long
# results wait for others to be written with, while there is other work.
visibility=120
poll_wait=20
retry_delay=10
linger=4

# By number: phase, job id (- when unknown), message and its receipt, how often it was received,
# when it was last made ours, when it is visible again after it was given back, when the phase
# judged or over began, failures to write or to delete, and whether the message belongs into the
# dead-letter queue although its job has ended.
declare -A phase=() job=() message=() receipt=() receives=() extended=()
declare -A delay=() since=() failures=() poisoned=()
oldest=0
next=0

# By process: what it does, and for which jobs; by what it does: a process that does.
declare -A doing=() busy=()
unset children
declare -A children=()
events=

open_events() {
	mkfifo "$work/events"
	exec {events}<>"$work/events"
	rm "$work/events"
}

# spawn KIND NUMBERS COMMAND...: in the background, as a process group of its own.
spawn() {
	local kind=$1 numbers=$2
	shift 2
	set -m
	(
		status=0
		"$@" || status=$?
		echo "$BASHPID $status" >&"$events"
	) </dev/null &
	set +m
	doing[$!]="$kind $numbers"
	busy[$kind]=$!
	children[$!]=-$!
}

# in_phase PHASE...: the numbers of such jobs, oldest first, to the array found.
found=()
in_phase() {
	local n wanted=" $* "

	found=()
	for ((n = oldest; n < next; n++)); do
		if [[ $wanted == *" ${phase[$n]:--} "* ]]; then
			found+=("$n")
		fi
	done
}

# set_phase PHASE NUMBER...
set_phase() {
	local n to=$1
	shift
	for n in "$@"; do
		phase[$n]=$to
	done
}

# log_jobs EVENT NUMBER...
log_jobs() {
	local n event=$1
	shift
	for n in "$@"; do
		note info "$event" job_id "${job[$n]}"
	done
}

forget() {
	local n=$1

	unset "phase[$n]" "job[$n]" "message[$n]" "receipt[$n]" "receives[$n]" "extended[$n]" \
		"delay[$n]" "since[$n]" "failures[$n]" "poisoned[$n]"
	rm -rf -- "${work:?}/$n"
	while [ "$oldest" -lt "$next" ] && [ -z "${phase[$oldest]:-}" ]; do
		oldest=$((oldest + 1))
	done
}

# give_back NUMBER SECONDS: the message becomes visible again after that time.
give_back() {
	phase[$1]=back
	delay[$1]=$2
	failures[$1]=0
}

# conclude_job NUMBER PHASE: nothing is left to do but to write the outcome (judged) or to delete
# the message (over).
conclude_job() {
	phase[$1]=$2
	since[$1]=$EPOCHSECONDS
	failures[$1]=0
}

# try_again NUMBER CODE MESSAGE: the job failed for now, or, on its last try, for good: then
# the message goes to the dead-letter queue when it is due again.
try_again() {
	local n=$1 code=$2 text=$3

	note warning trouble job_id "${job[$n]}" code "$code" message "$text" receives "${receives[$n]}"
	if is_last_try "$n" && [ "${job[$n]}" != - ] && fail_job "$work/$n" "$code" "$text"; then
		poisoned[$n]=1
		conclude_job "$n" judged
	else
		give_back "$n" $((retry_delay * receives[$n]))
	fi
}

is_last_try() {
	[ "${receives[$1]}" -ge "$max_receives" ]
}

# ---- receiving ----

# quoted TEXT: as JSON has it.  Addresses and receipts have no control characters; a jq for them
# would cost as much as the call itself.
quoted() {
	local text=${1//\\/\\\\}

	printf '"%s"' "${text//\"/\\\"}"
}

# receive COUNT
receive() {
	printf '{"QueueUrl": %s, "MaxNumberOfMessages": %d, "WaitTimeSeconds": %d, "VisibilityTimeout": %d,
		"AttributeNames": ["ApproximateReceiveCount", "SentTimestamp"]}\n' \
		"$(quoted "$queue_url")" "$1" "$poll_wait" "$visibility" >"$work/poll" || return
	call_limit=$((poll_wait + 30))
	aws_call sqs receive-message "$work/poll" "$work/poll.json"
}

# take_messages: those that the poll brought.
take_messages() {
	local first=$next id handle count name fault body want n

	# Without room for them they come back, as all that was not given back.
	if ! wjq -r --arg worker "$worker_id" 'include "worker"; jobs($ARGS.positional; $worker)' \
		"$work/poll.json" --args "${buckets[@]}" >"$work/messages"; then
		note error not_taken
		return
	fi
	while IFS=$'\t' read -r id handle count name fault && IFS= read -r body && IFS= read -r want; do
		none_waiting=0
		if n=$(holder "$id"); then
			if [ "${phase[$n]}" != closing ]; then
				meet_again "$n" "$handle" "$count"
				continue
			fi
			# It was given back a moment ago, of which we have yet to hear.
			forget "$n"
		fi
		n=$next
		next=$((next + 1))
		job[$n]=$name
		message[$n]=$id
		receipt[$n]=$handle
		receives[$n]=$count
		extended[$n]=$EPOCHSECONDS
		phase[$n]=twin
		is_held "$name" || phase[$n]=taken
		log_jobs received "$n"
		if ! { mkdir "$work/$n" && printf '%s\n' "$body" >"$work/$n/job.json" &&
			printf '%s\n' "$want" >"$work/$n/want"; } 2>/dev/null; then
			try_again "$n" resources 'no room for the job'
		elif [ "$fault" != - ]; then
			retry_delay=0 try_again "$n" malformed_message "$fault"
		fi
	done <"$work/messages"
	taken=$((taken + next - first))
}
taken=0

# holder MESSAGE: the number of the job whose message we hold already.
holder() {
	local n

	for n in "${!message[@]}"; do
		if [ "${message[$n]}" = "$1" ]; then
			echo "$n"
			return
		fi
	done
	return 1
}

# is_held JOB: by another message.
is_held() {
	local n

	for n in "${!phase[@]}"; do
		if [ "${job[$n]}" = "$1" ] && [ "$1" != - ] && [ "${phase[$n]}" != twin ]; then
			return 0
		fi
	done
	return 1
}

# meet_again NUMBER RECEIPT COUNT: the queue thought it lost.  The new receipt is the one that
# counts.
meet_again() {
	local n=$1

	receipt[$n]=$2
	receives[$n]=$3
	extended[$n]=$EPOCHSECONDS
	note info again job_id "${job[$n]}" phase "${phase[$n]}" receives "$3"
}

# ---- claiming ----

claim_jobs() {
	local files=("${@/%//job.json}")

	wjq -cn --arg table "$table" --arg token "$(</proc/sys/kernel/random/uuid)" \
		'include "worker"; [inputs | claim($table; now)] | requests($token)' \
		"${files[@]/#/$work/}" >"$work/claim" || return
	write_items "$work/claim" "$work/claim.results"
}

# claimed NUMBER...: what has become of their claims.  On a full disk there is no line of some.
claimed() {
	local n result code fetch=()

	while read -r n <&3; do
		read -r result code || :
		if [ "${phase[$n]:-}" != claiming ]; then
			continue
		fi
		case $result in
		ok)
			phase[$n]=claimed
			fetch+=("$n")
			;;
		finished)
			note info finished_before job_id "${job[$n]}"
			conclude_job "$n" over
			;;
		*)
			note warning no_claim job_id "${job[$n]}" code "$result $code"
			give_back "$n" "$retry_delay"
			;;
		esac
	done 3< <(printf '%s\n' "$@") <"$work/claim.results"
	log_jobs claimed "${fetch[@]}"
}

# ---- writing ----

write_jobs() {
	local files=("${@/%//outcome.json}")

	cat -- "${files[@]/#/$work/}" >"$work/write" || return
	write_outcomes "$work/write"
}

# write_outcomes FILE: outcomes, one a line; FILE.results is that of write_items.
write_outcomes() {
	wjq -cn --arg table "$table" --argjson before "$(stale_before)" \
		--arg token "$(</proc/sys/kernel/random/uuid)" 'include "worker";
		[inputs | outcome | finish($table; now; $before)] | requests($token)' "$1" >"$1.updates" || return
	write_items "$1.updates" "$1.results" || return
	paste "$1.results" "$1" | sed -n 's/^ok\t//p' >"$1.ended"
	note_ends "$1.ended"
}

# A job that was started before that time, and has not ended, has been given up.
stale_before() {
	echo $((EPOCHSECONDS - 2 * wall - visibility))
}

written() {
	local n result code

	while read -r n <&3; do
		read -r result code || :
		case $result in
		ok | finished)
			if [ -n "${poisoned[$n]:-}" ]; then
				give_back "$n" 0
			else
				conclude_job "$n" over
			fi
			;;
		stale)
			# Another worker has it now, and its message.
			note warning lost job_id "${job[$n]}"
			forget "$n"
			;;
		*) write_later "$n" "$code" ;;
		esac
	done 3< <(printf '%s\n' "$@") <"$work/write.results"
}

# write_later NUMBER CODE: a result that cost much is worth some patience.
write_later() {
	local n=$1

	failures[$n]=$((failures[$n] + 1))
	note warning not_written job_id "${job[$n]}" code "$2" failures "${failures[$n]}"
	if ((failures[$n] >= 5)); then
		give_back "$n" "$retry_delay"
	else
		phase[$n]=judged
		since[$n]=$EPOCHSECONDS
	fi
}

# ---- back to the queue ----

# delete_messages NUMBER...
delete_messages() {
	local n entries=()

	for n in "$@"; do
		entries+=("\"ReceiptHandle\": $(quoted "${receipt[$n]}")" "$n")
	done
	call_batch delete-message-batch "$work/delete" "${entries[@]}"
}

# call_batch OPERATION FILE ENTRY NUMBER...: FILE.done gets the numbers of those that succeeded.
call_batch() {
	local operation=$1 file=$2 separator=''
	shift 2

	{
		printf '{"QueueUrl": %s, "Entries": [' "$(quoted "$queue_url")"
		while [ $# != 0 ]; do
			printf '%s{%s, "Id": "%d"}' "$separator" "$1" "$2"
			separator=', '
			shift 2
		done
		printf ']}\n'
	} >"$file" || return
	aws_call sqs "$operation" "$file" "$file.json" || return
	jq -r '.Successful[]?.Id' "$file.json" >"$file.done"
}

# deleted STATUS NUMBER...: what was not deleted comes back, and is deleted then.
deleted() {
	local n status=$1 gone=()
	shift

	if [ "$status" = 0 ]; then
		mapfile -t gone <"$work/delete.done"
	fi
	for n in "$@"; do
		if [ -z "${phase[$n]:-}" ]; then
			continue
		elif [[ " ${gone[*]} " == *" $n "* ]]; then
			log_jobs deleted "$n"
			forget "$n"
		elif ((++failures[$n] >= 3)); then
			forget "$n"
		else
			phase[$n]=over
			since[$n]=$EPOCHSECONDS
		fi
	done
}

# change_visibility FILE NUMBER SECONDS...
change_visibility() {
	local file=$work/$1 entries=()
	shift

	while [ $# != 0 ]; do
		entries+=("\"ReceiptHandle\": $(quoted "${receipt[$1]}"), \"VisibilityTimeout\": $2" "$1")
		shift 2
	done
	call_batch change-message-visibility-batch "$file" "${entries[@]}"
}

# ---- dead letters ----

# Workers that are killed leave dead letters that none of them could write of.  One that is no
# fault of its job's is taken out of the dead-letter queue: the job has ended, or it waited
# beside another one that brought the workers down, and is sent again.  A job that was begun
# each time is marked as failed, and its message stays.  $work/swept has those seen to.
sweep_dead() {
	local round id handle name fault _

	for ((round = 0; round < 3; round++)); do
		jq -n --arg url "$dead_url" '{QueueUrl: $url, MaxNumberOfMessages: 10, WaitTimeSeconds: 0,
			VisibilityTimeout: 20, AttributeNames: ["SentTimestamp"]}' >"$work/sweep"
		aws_call sqs receive-message "$work/sweep" "$work/sweep.json" || return
		wjq -r 'include "worker"; jobs($ARGS.positional; "")' "$work/sweep.json" \
			--args "${buckets[@]}" | sed -n 'p;n;n' >"$work/dead"
		if [ ! -s "$work/dead" ]; then
			return
		fi
		while IFS=$'\t' read -r id handle _ name fault; do
			if [ "$name" != - ] && ! grep -qF -- "$id" "$work/swept"; then
				sweep_one "$id" "$handle" "$name" "$fault" || return
			fi
		done <"$work/dead"
	done
}

# sweep_one MESSAGE RECEIPT JOB FAULT
sweep_one() {
	local what

	jq -n --arg table "$table" --arg id "$3" \
		'{TableName: $table, Key: {job_id: {S: $id}}, ConsistentRead: true}' >"$work/dead.get"
	aws_call dynamodb get-item "$work/dead.get" "$work/dead.item" || return
	# An item that is not there is an empty answer.
	what=$(wjq -rs --argjson before "$(stale_before)" --argjson tries "$max_receives" --arg fault "$4" \
		'include "worker"; dead_verdict($before; $tries; $fault)' "$work/dead.item") || return
	case $what in
	again)
		jq --arg url "$queue_url" --arg id "$1" '.Messages[] | select(.MessageId == $id)
			| {QueueUrl: $url, MessageBody: .Body}' "$work/sweep.json" >"$work/dead.send"
		aws_call sqs send-message "$work/dead.send" "$work/dead.sent" || return
		delete_dead "$2" || return
		;;
	delete) delete_dead "$2" || return ;;
	fail)
		wjq -c --arg id "$1" --arg fault "$4" 'include "worker";
			.Messages[] | select(.MessageId == $id) | dead_job($fault)' "$work/sweep.json" >"$work/dead.failed"
		write_outcomes "$work/dead.failed" || return
		;;
	wait) return ;;
	esac
	echo "$1" >>"$work/swept"
	note info dead_letter job_id "$3" action "$what"
}

delete_dead() {
	jq -n --arg url "$dead_url" --arg handle "$1" '{QueueUrl: $url, ReceiptHandle: $handle}' >"$work/dead.delete"
	aws_call sqs delete-message "$work/dead.delete" "$work/dead.deleted"
}
