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
# that failed first, the first that did not just lose its reader, and the descriptor
# that tells of stages that have ended.
declare -A reader=() writer=() pid=() code=() stopped=()
first_failed=
first_reason=
endings=

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

# What runs a stage: STAGE, COMMAND..., the endings as descriptor 8.  When the command has
# ended it writes a line there, "status stage", and only then lets go of the ends of the stage's
# pipes: the line of the stage that failed first comes before those of its neighbours.
# SIGTERM is for the command alone, and what the shell says of its end is for nobody.
# A script of plain sh: bash was seen to wait on for a command that was killed.
# shellcheck disable=SC2016
runner='
trap "" TERM
stage=$1
shift
exec 9>&2 2>/dev/null
(exec env --default-signal=PIPE,TERM "$@" 2>&9 9>&-)
echo "$? $stage" >&8
'

# start STAGE STDIN STDOUT KEEP COMMAND...: a stage in the background, with these
# two descriptors as its standard ones; KEEP is one more that it uses, or nothing.
# It is a process group of its own, and none of the shell's jobs: bash loses count of
# them when they end at the wrong moment.
start() {
	local stage=$1 in=$2 out=$3 keep=$4 tell=${writer[endings]}
	shift 4
	(
		for fd in "${reader[@]}" "${writer[@]}"; do
			if [ "$fd" != "$keep" ]; then
				exec {fd}>&-
			fi
		done
		exec setsid sh -c "$runner" sh "$stage" "$@"
	) <&"$in" >&"$out" 2>"$work/$stage.err" 8>&"$tell" &
	pid[$stage]=$!
	children+=("-$!")
	disown "$!" 2>/dev/null || :
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

	endings=${reader[endings]}
	unset 'reader[endings]'
	for fd in "${reader[@]}" "${writer[@]}"; do
		exec {fd}>&-
	done
	reader=()
	writer=()
}

# Wait for all stages.  After the first failure the others end by themselves, as
# their pipes are closed; when none does for two seconds they are told to.
wait_stages() {
	local line='' more signals=(TERM KILL)

	while [ ${#code[@]} != ${#pid[@]} ]; do
		if IFS= read -r ${first_failed:+-t 2} -u "$endings" more; then
			line+=$more
			note_end "${line#* }" "${line%% *}"
			line=
		elif [ $? -gt 128 ] && [ ${#signals[@]} != 0 ]; then
			# Time may be up in the middle of a line.
			line+=$more
			stop_stages "${signals[0]}"
			signals=("${signals[@]:1}")
		else
			note_lost
		fi
	done
	forget_end "$endings"
	children=()
}

# note_end STAGE STATUS
note_end() {
	local stage=$1 status=$2

	if [ "$stage" = classify ] && [ "$status" = 1 ] && [ ${#gate_options[@]} != 0 ]; then
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
}

# Nobody is left who could tell of the other stages: what runs them was killed too.
note_lost() {
	local stage

	for stage in "${!pid[@]}"; do
		if [ -z "${code[$stage]:-}" ]; then
			note_end "$stage" 137
		fi
	done
}

# stop_stages SIGNAL: tell those that still run.
stop_stages() {
	local stage

	for stage in "${!pid[@]}"; do
		if [ -z "${code[$stage]:-}" ]; then
			stopped[$stage]=1
			kill -s "$1" -- "-${pid[$stage]}" 2>/dev/null || :
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

# blame CLIP: explain the stage at fault, and leave what was said in $work/said.
blame() {
	local status=0

	explain "$(culprit)" "$1" 2>"$work/said" || status=$?
	pass_on "$work/said"
	return "$status"
}

# vidqc-frames names the clip in its messages; the stages behind it know only streams.
say() {
	local line

	while IFS= read -r line || [ -n "$line" ]; do
		if [[ $line != *"$2"* ]]; then
			line="vidqc: $2: $line"
		fi
		# A copy of standard input, where a clip is read twice.
		line=${line//"$work/stdin"/stdin}
		printf '%s\n' "${line//[[:cntrl:]]/?}" >&2
	done <"$work/$1.err"
}

# What the command sets before run_pipe: the folder of --keep, a folder for a copy of the
# records alone, options of single stages and, when there is to be a verdict, the
# classifier's and those of its gate.
keep=
keep_records=
frames_options=()
ocr_options=()
features_options=()
classify=()
gate_options=()
flagged=

# The forms of the two renditions, from the configuration.
text_form=
native_form=
read_forms() {
	local both

	both=$(jq -r '.video | "height=\(.analysis_height)",
		"fps=\(.sample_fps),height=\(.max_resolution),low=\(.low_resolution),samples=\(.sample_budget)"' \
		"$work/config.json")
	native_form=${both%%$'\n'*}
	text_form=${both#*$'\n'}
}

# Nothing is left of the pipe before.
reset_stages() {
	pid=()
	code=()
	stopped=()
	first_failed=
	first_reason=
	rm -f -- "$work"/*.err
}

# run_pipe CLIP: one clip in, its records in $work/result.  The status is the
# command's; when it is not 0, what was said of it stays in $work/said.
run_pipe() {
	local clip=$1 stage status=0 said

	reset_stages
	rm -f -- "$work/info" "$work/result"
	start_stages "$clip"
	wait_stages
	if [ -n "$keep" ] && [ -s "$work/info" ] && ! said=$(cp -- "$work/info" "$keep/info.json" 2>&1); then
		die 74 "--keep: $keep/info.json: ${said##*: }"
	fi
	if [ -n "$first_failed" ]; then
		blame "$clip" || status=$?
		return "$status"
	fi
	for stage in frames ocr features ${classify:+classify}; do
		say "$stage" "$clip"
	done
}

start_stages() {
	local clip=$1 null result name records=${keep:-$keep_records}
	local -a config=(--config "$work/config.json")

	exec {null}</dev/null {result}>"$work/result"
	for name in endings text native ocr ${classify:+features}; do
		make_pipe "$name"
	done
	writer[result]=$result
	reader[null]=$null
	if [ -n "$keep" ]; then
		tap text "$keep/text.y4m"
		tap native "$keep/frames.y4m"
	fi
	if [ -n "$records" ]; then
		tap ocr "$records/ocr.jsonl"
		if [ ${#classify[@]} != 0 ]; then
			tap features "$records/features.jsonl"
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
		"$VQ_BIN/vidqc-features" "${config[@]}" "${features_options[@]}" --info "$work/info" \
		--ocr "/dev/fd/${reader[ocr]}"
	if [ ${#classify[@]} != 0 ]; then
		start classify "${reader[features]}" "$result" '' \
			"$VQ_BIN/vidqc-classify" "${config[@]}" "${classify[@]}"
	fi
	close_pipes
}
