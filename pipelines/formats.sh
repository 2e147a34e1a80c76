# Predictions in other formats.  A format is a jq program in share/vidqc/formats.
# shellcheck shell=bash

# shellcheck source=pipelines/common.sh
. "$VQ_COMMANDS/common.sh"

formats() {
	local f

	for f in "$VQ_SHARE"/formats/*.jq; do
		f=${f##*/}
		if [ "$f" != common.jq ]; then
			printf '%s\n' "${f%.jq}"
		fi
	done
}

# The formats, a line each: name, what it is.
list_formats() {
	local name

	for name in $(formats); do
		printf '%-9s %s\n' "$name" "$(sed -n "1s/^# $name: //p" "$VQ_SHARE/formats/$name.jq")"
	done
}

# check_format COMMAND OPTION NAME BBOX
check_format() {
	local names
	names=$(formats)

	if [[ $'\n'$names$'\n' != *$'\n'"$3"$'\n'* ]] || [[ $3 = *$'\n'* ]]; then
		die 64 "$1: $2 $3: expected one of ${names//$'\n'/ }"
	fi
	case $4 in
	pixel | norm) ;;
	*) die 64 "$1: --bbox $4: expected pixel or norm" ;;
	esac
}

# check_single COMMAND NAME CLIPS
check_single() {
	if [ "$2" = webvtt ] && [ "$3" -gt 1 ]; then
		die 64 "$1: --format webvtt is for one clip, not $3"
	fi
}

# One record a clip as it comes, or a document when all are there?  The command has set
# format and bbox.
# shellcheck disable=SC2154
is_document() {
	[ "$format" != jsonl ] || [ "$bbox" != pixel ]
}

# make_document RECORDS FAILED: $work/document; none of clips that FAILED, a status, where
# the format has no place for an error.
# shellcheck disable=SC2154
make_document() {
	if [ "$format" = webvtt ] && [ "$2" != 0 ]; then
		return 1
	fi
	run_format "$format" "$bbox" 'the verdicts' <"$1" >"$work/document"
}

# run_format NAME BBOX INPUT-NAME: records on standard input, the text on standard output.
# Each record is written as soon as it was read.
run_format() {
	local status=0

	env --default-signal=PIPE jq --unbuffered -nRj -L "$VQ_SHARE/formats" --arg bbox "$2" --arg name "$3" \
		-f "$VQ_SHARE/formats/$1.jq" 2>"$work/format.err" || status=$?
	case $status in
	0) ;;
	65)
		die 65 "$(sed 's/^vidqc: //' "$work/format.err")"
		;;
	141) on_signal PIPE ;;
	2) die 74 "format: $(sed 's/^Error: //' "$work/format.err")" ;;
	*) die 70 "format: $(cat "$work/format.err")" ;;
	esac
}
