# What the commands that take clips share: options, and one clip after the other.
# shellcheck shell=bash disable=SC2034

# shellcheck source=pipelines/pipe.sh
. "$VQ_COMMANDS/pipe.sh"
# shellcheck source=pipelines/formats.sh
. "$VQ_COMMANDS/formats.sh"

clip_list=()
clip_id=
keep_root=
model=${VIDQC_MODEL:-$VQ_SHARE/model.json}
to=
# Where each clip gets files of its own, in commands that have --output-dir.
folder=
index=
format=jsonl
bbox=pixel
clips=0
failed=0

# clip_options COMMAND LETTERS NAMES ARGUMENT...: read the options that all have, and
# those named, which are for this command.
clip_options() {
	local command=$1

	parse "$command" "hi:o:j:$2" \
		"help,input:,output:,jobs:,keep:,clip-id:,config:,set:$3" "${@:4}"
	set -- "${args[@]}"
	while [ "$1" != -- ]; do
		case $1 in
		-h | --help)
			usage
			exit
			;;
		-g | --gate) gate_options+=(--gate) ;;
		--index) index=1 ;;
		*)
			clip_option "$1" "$2"
			shift
			;;
		esac
		shift
	done
	shift
	clip_list+=("$@")
	check_clips "$command"
}

# clip_option OPTION ARGUMENT: what is not common is for the command's own_option.
clip_option() {
	case $1 in
	-i | --input) clip_list+=("$2") ;;
	-o | --output) to=$2 ;;
	-m | --model) model=$2 ;;
	-j | --jobs) ocr_options=(-j "$2") ;;
	--fail-on | --min-confidence) gate_options+=("$1" "$2") ;;
	--keep) keep_root=$2 ;;
	--clip-id) clip_id=$2 ;;
	--format) format=$2 ;;
	--bbox) bbox=$2 ;;
	--config | --set) settings+=("$1" "$2") ;;
	*) own_option "$1" "$2" ;;
	esac
}

check_clips() {
	local clip name
	local -A seen=()

	if [ ${#clip_list[@]} = 0 ] && [ -t 0 ]; then
		die 64 "$1: no clip; see vidqc $1 --help"
	elif [ ${#clip_list[@]} = 0 ]; then
		clip_list=(-)
	fi
	clips=${#clip_list[@]}
	if [ "$clips" -gt 1 ] && [ -n "$clip_id" ]; then
		die 64 "$1: --clip-id names one clip, not $clips"
	fi
	for clip in "${clip_list[@]}"; do
		name=$(kept_name "$clip")
		if [ "$clip" = - ]; then
			name=-
		elif [ -z "$clip" ]; then
			die 64 "$1: empty name of a clip"
		elif [ -z "$keep_root$folder" ]; then
			continue
		fi
		if [ -n "${seen[$name]:-}" ]; then
			die 64 "$1: '${seen[$name]}' and '$clip' would go to the same place"
		fi
		seen[$name]=$clip
	done
}

kept_name() {
	local name=${1##*/}

	printf '%s\n' "${name%.*}"
}

# deliver: $work/result goes out, or waits for the document.
deliver() {
	if is_document; then
		cat -- "$work/result" >>"$work/records"
	else
		emit "$work/result"
	fi
}

# error_record ID CLIP STATUS: with what was said of the clip.
error_record() {
	jq -nc --arg id "$1" --arg path "$2" --argjson code "$3" --rawfile said "$work/said" \
		'{type: "error", clip_id: $id, path: $path, error: {$code, message: ($said | rtrimstr("\n"))}}'
}

# fail_clip CLIP STATUS: a document names the clips that have no verdict, or they would
# look like clean ones.
fail_clip() {
	local id=$clip_id

	if [ "$failed" = 0 ]; then
		failed=$2
	fi
	if is_document; then
		error_record "${id:-$(kept_name "$1")}" "$1" "$2" >>"$work/records"
	fi
}

# Wrong options of the stages are found once, and before the first clip.
check_stages() {
	if [ ${#ocr_options[@]} != 0 ]; then
		"$VQ_BIN/vidqc-ocr" "${ocr_options[@]}" --help >/dev/null </dev/null || exit
	fi
	if [ ${#classify[@]} != 0 ]; then
		check_classifier "${classify[@]}"
	fi
}

# All clips, one after the other.  A clip that fails says so, the others go on, and
# the first failure is the status at the end.
run_clips() {
	local clip status done=0

	make_work
	make_config
	check_stages
	read_forms
	open_output "$to"
	frames_options=(${clip_id:+--clip-id "$clip_id"})
	for clip in "${clip_list[@]}"; do
		make_keep "$clip"
		status=0
		run_pipe "$clip" || status=$?
		if [ "$status" = 0 ]; then
			deliver
			done=$((done + 1))
		else
			fail_clip "$clip" "$status"
		fi
	done
	if is_document; then
		if make_document "$work/records" "$failed"; then
			emit "$work/document"
			close_output
		fi
	elif [ "$done" != 0 ]; then
		close_output
	fi
}

make_keep() {
	keep=$keep_root
	if [ -z "$keep" ]; then
		return
	fi
	if [ "$clips" -gt 1 ]; then
		keep=$keep_root/$(kept_name "$1")
	fi
	make_folder "$keep"
}
