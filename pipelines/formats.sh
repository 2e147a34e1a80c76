# Predictions in other formats.  A format is a jq program in share/vidqc/formats.
# shellcheck shell=bash

# shellcheck source=pipelines/common.sh
. "$VQ_COMMANDS/common.sh"

# The formats, a line each: name, what it is.
list_formats() {
	local f name

	for f in "$VQ_SHARE"/formats/*.jq; do
		name=${f##*/}
		name=${name%.jq}
		if [ "$name" != common ]; then
			printf '%-9s %s\n' "$name" "$(sed -n "1s/^# $name: //p" "$f")"
		fi
	done
}

# check_format COMMAND OPTION NAME BBOX
check_format() {
	local names

	names=$(list_formats | cut -d' ' -f1 | paste -sd' ')
	if [[ " $names " != *" $3 "* ]] || [[ $3 = *' '* ]]; then
		die 64 "$1: $2 $3: expected one of $names"
	fi
	case $4 in
	pixel | norm) ;;
	*) die 64 "$1: --bbox $4: expected pixel or norm" ;;
	esac
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
	2) die 74 "format: $(cat "$work/format.err")" ;;
	*) die 70 "format: $(cat "$work/format.err")" ;;
	esac
}
