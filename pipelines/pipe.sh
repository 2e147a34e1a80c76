# One clip through the pipe of vidqc(1).
#
# The parent makes every pipe and gives each stage its own two ends, and no other:
# when a stage dies, for whatever reason and at whatever moment, its neighbours see
# the end of their input or a closed output at once, and nobody waits for ever for
# the other side of a fifo to be opened.
# Its variables are for the files that source it.
# shellcheck shell=bash disable=SC2034

# shellcheck source=pipelines/common.sh
. "$VQ_COMMANDS/common.sh"

# By name of a pipe: the descriptors of its ends.  By name of a stage: process id,
# exit status, and whether it was stopped because another one had failed.  Then the stage
# that was seen to fail first, and the first that did not just lose its reader.
declare -A reader=() writer=() pid=() code=() stopped=()
first_failed=
first_reason=

make_pipe() {
	local rw r w path=$work/fifo

	mkfifo "$path"
	# Open for reading and writing does not wait for the other side.
	# shellcheck disable=SC2094
	exec {rw}<>"$path" {r}<"$path" {w}>"$path" {rw}>&-
	rm "$path"
	reader[$1]=$r
	writer[$1]=$w
}

# start STAGE STDIN STDOUT KEEP COMMAND...: a stage in the background, with these
# two descriptors as its standard ones; KEEP is one more that it uses, or nothing.
start() {
	local stage=$1 in=$2 out=$3 keep=$4
	shift 4
	(
		for fd in "${reader[@]}" "${writer[@]}"; do
			if [ "$fd" != "$keep" ]; then
				exec {fd}>&-
			fi
		done
		exec env --default-signal=PIPE "$@"
	) <&"$in" >&"$out" 2>"$work/$stage.err" &
	pid[$stage]=$!
	children+=($!)
}

# tap PIPE FILE: keep a copy of what flows through the pipe.
tap() {
	local from=${reader[$1]} behind=$1.kept

	make_pipe "$behind"
	start "keep $1" "$from" "${writer[$behind]}" '' tee -- "$2"
	forget_end "$from"
	reader[$1]=${reader[$behind]}
	forget_end "${writer[$behind]}"
	unset "reader[$behind]" "writer[$behind]"
}

# The parent's copy of a descriptor must go, or the pipe never ends.
forget_end() {
	local fd=$1

	exec {fd}>&-
}

close_pipes() {
	local fd

	for fd in "${reader[@]}" "${writer[@]}"; do
		exec {fd}>&-
	done
	reader=()
	writer=()
}

# Wait for all stages.  After the first failure the others end by themselves, as
# their pipes are closed; one that does not within two seconds is told to.
wait_stages() {
	local -A name=()
	local stage p status timer='' signal=TERM

	for stage in "${!pid[@]}"; do
		name[${pid[$stage]}]=$stage
	done
	while [ ${#name[@]} != 0 ]; do
		status=0
		# wait -n forgets a job that a signal has ended, wait does not.
		p=$(first_dead)
		if [ -n "$p" ]; then
			wait "$p" || status=$?
		else
			wait -n -p p "${!name[@]}" ${timer:+"$timer"} || status=$?
		fi
		if [ -z "${p:-}" ]; then
			continue
		elif [ -n "$timer" ] && [ "$p" = "$timer" ]; then
			for p in "${!name[@]}"; do
				stopped[${name[$p]}]=1
				kill -s "$signal" "$p" || :
			done
			signal=KILL
			timer=
		else
			stage=${name[$p]}
			if [ "$stage" = classify ] && [ "$status" = 1 ] && [ -n "$gate" ]; then
				flagged=1
				status=0
			fi
			code[$stage]=$status
			case $status in
			0) ;;
			141) first_failed=${first_failed:-$stage} ;;
			*)
				first_failed=${first_failed:-$stage}
				first_reason=${first_reason:-$stage}
				;;
			esac
			unset "name[$p]"
		fi
		if [ -n "$first_failed" ] && [ -z "$timer" ]; then
			sleep 2 >/dev/null &
			timer=$!
			children+=("$timer")
		fi
	done
	if [ -n "$timer" ]; then
		kill "$timer" || :
		wait "$timer" || :
	fi
	children=()
}

# The process id of a stage that has ended and was not waited for yet, in pipe order.
first_dead() {
	local stage

	for stage in frames ocr features classify "${!pid[@]}"; do
		if [ -n "${pid[$stage]:-}" ] && [ -z "${code[$stage]:-}" ] &&
			! kill -s 0 "${pid[$stage]}"; then
			printf '%s\n' "${pid[$stage]}"
			return
		fi
	done
}

# Which stage failed by itself?  Not one that lost its reader (SIGPIPE), that was
# stopped by us, or whose input ended early (65) because a stage before it failed.
culprit() {
	local stage

	for stage in frames ocr features classify "${!pid[@]}"; do
		if [ -z "${pid[$stage]:-}" ] || [ -n "${stopped[$stage]:-}" ]; then
			continue
		fi
		case ${code[$stage]} in
		0 | 141) ;;
		65)
			if [ "$stage" = frames ]; then
				printf '%s\n' "$stage"
				return
			fi
			;;
		*)
			printf '%s\n' "$stage"
			return
			;;
		esac
	done
	if [ "$first_reason" = classify ] && [ "${code[features]}" = 65 ] &&
		[ -z "${stopped[features]:-}" ]; then
		first_reason=features
	fi
	printf '%s\n' "${first_reason:-$first_failed}"
}

# explain STAGE CLIP: print the stage's own message and return the status of the
# command.
explain() {
	local stage=$1 status=${code[$1]} clip=$2 signal

	if [ -s "$work/$stage.err" ]; then
		if [[ $stage = keep* ]]; then
			sed 's/^tee: /vidqc: --keep: /' "$work/$stage.err" >&2
			return 74
		fi
		say "$stage" "$clip"
	fi
	if [ "$status" = 126 ] || [ "$status" = 127 ]; then
		return 69
	elif ((status > 128)); then
		signal=$(kill -l "$status")
		warn "$clip: vidqc-$stage was killed by signal $((status - 128)) ($signal)"
		case $signal in
		SEGV | ABRT | BUS | ILL | FPE | TRAP | SYS) return 70 ;;
		PIPE) return 74 ;;
		*) return 75 ;;
		esac
	elif ((status >= 64 && status <= 78)); then
		return "$status"
	fi
	warn "$clip: vidqc-$stage ended with status $status"
	return 70
}

# vidqc-frames names the clip in its messages; the stages behind it know only streams.
say() {
	local line

	while IFS= read -r line || [ -n "$line" ]; do
		if [[ $line != *"$2"* ]]; then
			line="vidqc: $2: $line"
		fi
		printf '%s\n' "${line//[[:cntrl:]]/?}" >&2
	done <"$work/$1.err"
}

# What the command sets before run_pipe: the folder of --keep, options of single stages
# and, when there is to be a verdict, the classifier.
keep=
frames_options=()
ocr_options=()
classify=()
gate=
flagged=

# The forms of the two renditions, from the configuration.
text_form=
native_form=
read_forms() {
	local both

	both=$(jq -r '.video | "height=\(.analysis_height)",
		"fps=\(.sample_fps),height=\(.max_resolution),samples=\(.sample_budget)"' \
		"$work/config.json")
	native_form=${both%%$'\n'*}
	text_form=${both#*$'\n'}
}

# run_pipe CLIP: one clip in, its records in $work/result.  The status is the
# command's.
run_pipe() {
	local clip=$1 stage status=0

	pid=()
	code=()
	stopped=()
	first_failed=
	first_reason=
	rm -f -- "$work/info" "$work/result" "$work"/*.err
	# The shell tells of jobs that a signal ended in its own words; explain does it in ours.
	shell_says=$work/shell.err
	{
		start_stages "$clip"
		wait_stages
	} 2>"$shell_says"
	shell_says=
	if [ -n "$keep" ] && [ -s "$work/info" ]; then
		cp -- "$work/info" "$keep/info.json" || exit 74
	fi
	if [ -n "$first_failed" ]; then
		explain "$(culprit)" "$clip" || status=$?
		return "$status"
	fi
	for stage in frames ocr features ${classify:+classify}; do
		say "$stage" "$clip"
	done
}

start_stages() {
	local clip=$1 null result name
	local -a config=(--config "$work/config.json")

	exec {null}</dev/null {result}>"$work/result"
	for name in text native ocr ${classify:+features}; do
		make_pipe "$name"
	done
	writer[result]=$result
	reader[null]=$null
	if [ -n "$keep" ]; then
		tap text "$keep/text.y4m"
		tap native "$keep/frames.y4m"
		tap ocr "$keep/ocr.jsonl"
		if [ ${#classify[@]} != 0 ]; then
			tap features "$keep/features.jsonl"
		fi
	fi
	if [ "$clip" = - ]; then
		null=0
	fi
	start frames "$null" "${writer[native]}" "${writer[text]}" \
		"$VQ_BIN/vidqc-frames" "${config[@]}" "${frames_options[@]}" --info "$work/info" \
		-o "/dev/fd/${writer[text]},$text_form" -o "-,$native_form" -- "$clip"
	start ocr "${reader[text]}" "${writer[ocr]}" '' \
		"$VQ_BIN/vidqc-ocr" "${config[@]}" "${ocr_options[@]}"
	start features "${reader[native]}" "${writer[features]:-$result}" "${reader[ocr]}" \
		"$VQ_BIN/vidqc-features" "${config[@]}" --info "$work/info" \
		--ocr "/dev/fd/${reader[ocr]}"
	if [ ${#classify[@]} != 0 ]; then
		start classify "${reader[features]}" "$result" '' \
			"$VQ_BIN/vidqc-classify" "${config[@]}" "${classify[@]}"
	fi
	close_pipes
}
