# What all commands of vidqc share.  The front end exports VQ_BIN (the programs),
# VQ_COMMANDS (this folder) and VQ_SHARE (the model).
# Its variables are for the files that source it.
# shellcheck shell=bash disable=SC2034

# Tesseract's own threads only fight ours.
export OMP_THREAD_LIMIT=1

# Processors that there are; nproc takes that limit for theirs.
cores() {
	env -u OMP_THREAD_LIMIT nproc
}

# One line, without the control characters that a clip's name may hold.
warn() {
	local message=$*

	printf 'vidqc: %s\n' "${message//[[:cntrl:]]/?}" >&2
}

# pass_on FILE: what a program said.  Not by cat: it has files copied by the kernel, without
# the lock of a write, and of messages that come at the same time into one file some are lost.
pass_on() {
	if [ -s "$1" ]; then
		printf '%s\n' "$(<"$1")" >&2
	fi
}

# die STATUS MESSAGE
die() {
	local status=$1
	shift
	warn "$@"
	exit "$status"
}

# need PROGRAM...: name all that are missing before any work starts.
need() {
	local name missing=()

	for name in "$@"; do
		case $name in
		vidqc-*) [ -x "$VQ_BIN/$name" ] || missing+=("$VQ_BIN/$name") ;;
		*) command -v "$name" >/dev/null || missing+=("$name") ;;
		esac
	done
	if [ ${#missing[@]} != 0 ]; then
		die 69 "missing programs: ${missing[*]}"
	fi
}

version() {
	local v

	v=$("$VQ_BIN/vidqc-config" --version)
	printf '%s\n' "${v##* }"
}

# parse COMMAND LETTERS NAMES ARGUMENT...: the options in getopt's order go to the
# array args, then "--", then the operands.
args=()
parse() {
	local command=$1 letters=$2 names=$3 sorted
	shift 3
	if ! sorted=$(getopt -n "vidqc $command" -o "$letters" -l "$names" -- "$@"); then
		printf 'vidqc: see vidqc %s --help\n' "$command" >&2
		exit 64
	fi
	eval "args=($sorted)"
}

# --config and --set as the user gave them.
settings=()

# The folder for everything in between, removed whatever happens; the children, by process
# or, with a minus, by process group.
work=
children=()
# Tenths of a second between asking a child to end and insisting.
grace=20
output=
output_temp=

# A name that is known before there is anything of it: of what mktemp makes, nobody knows the
# name when a signal comes before mktemp has told it, and it stays for ever.
unique= # the last one
make_unique() {
	printf -v unique 'vidqc.%08x%08x' "$SRANDOM" "$SRANDOM"
}

make_work() {
	local said

	trap on_exit EXIT
	trap 'on_signal INT' INT
	trap 'on_signal TERM' TERM
	trap 'on_signal HUP' HUP
	make_unique
	work=${TMPDIR:-/tmp}/$unique
	if ! said=$(mkdir -m 700 -- "$work" 2>&1); then
		work=
		die 74 "temporary files in ${TMPDIR:-/tmp}: ${said##*: }; TMPDIR may name another folder"
	fi
}

# Where there is no room for the files in between, whatever failed may have had none to say
# so, and a status of 1 would be a verdict.
on_exit() {
	local status=$? why

	if [ "$status" != 0 ] && [ "$BASHPID" = "$$" ] && [ -n "$work" ] && why=$(why_full "$work"); then
		warn "temporary files in ${TMPDIR:-/tmp}: $why; TMPDIR may name another folder"
		status=74
	fi
	clean_up
	exit "$status"
}

# why_full FOLDER [BYTES]: print why no file of that size can be written there; fails when one can.
why_full() {
	local said probe=$1/.room

	if said=$({ head -c "${2:-4096}" /dev/zero >"$probe"; } 2>&1); then
		rm -f -- "$probe"
		return 1
	fi
	rm -f -- "$probe"
	printf '%s\n' "${said##*: }"
}

# Only the command itself cleans up: a child that is ended right after its fork may
# still have its parent's traps, and must not take the work folder with it.
clean_up() {
	if [ "$BASHPID" != "$$" ]; then
		return
	fi
	stop_children
	if [ -n "$output_temp" ]; then
		rm -f -- "$output_temp"
	fi
	if [ -n "$work" ]; then
		rm -rf -- "$work"
	fi
	output_temp=
	work=
}

on_signal() {
	trap '' INT TERM HUP
	clean_up
	trap - EXIT "$1"
	kill -s "$1" "$BASHPID"
}

# Ask the children to end, and insist after a while.  One that has no group of its own yet
# hears of it the next time: right after its fork it would still do what we do.
stop_children() {
	local pid i

	for ((i = 0; i < grace; i++)); do
		for pid in "${children[@]}"; do
			kill -s TERM -- "$pid" 2>/dev/null || :
		done
		any_alive || break
		sleep 0.1
	done
	for pid in "${children[@]}"; do
		kill -s KILL -- "$pid" "${pid#-}" 2>/dev/null || :
		wait "${pid#-}" 2>/dev/null || :
	done
	children=()
}

# A group is alive as long as any of it is: make ends at the second request, without its jobs.
any_alive() {
	local pid

	for pid in "${children[@]}"; do
		if kill -s 0 -- "$pid" 2>/dev/null || kill -s 0 -- "${pid#-}" 2>/dev/null; then
			return 0
		fi
	done
	return 1
}

# check_classifier OPTION...: a broken model or a wrong option of the gate would be as wrong
# for features of no clip, and is found now and not after, or with, each of them.  Of other
# failures, which may not come again, the message is that of the real run.
check_classifier() {
	local status=0

	printf '{"type":"header","program":"vidqc-features","version":"%s"}\n{"type":"end","records":0}\n' \
		"$(version)" >"$work/nothing"
	# What the shell says of a program that was killed is for nobody.
	{
		"$VQ_BIN/vidqc-classify" --config "$work/config.json" "$@" <"$work/nothing" >/dev/null 2>"$work/said" ||
			status=$?
	} 2>/dev/null
	case $status in
	64 | 65 | 66)
		pass_on "$work/said"
		exit "$status"
		;;
	esac
}

# Merge the settings once, into $work/config.json, which every stage reads.
make_config() {
	local status=0

	"$VQ_BIN/vidqc-config" "${settings[@]}" >"$work/config.json" || status=$?
	if [ "$status" = 64 ]; then
		printf 'vidqc: see vidqc help conf\n' >&2
	fi
	if [ "$status" != 0 ]; then
		exit "$status"
	fi
}

# make_folder FOLDER: with those above it.
make_folder() {
	local said

	if ! said=$(mkdir -p -- "$1" 2>&1); then
		die 74 "$1: ${said##*: }"
	fi
}

# check_place FILE: it can be written, as far as that can be known before the work.
check_place() {
	local folder

	if [ -z "$1" ] || [ "$1" = - ]; then
		return
	fi
	folder=$(dirname -- "$1")
	if [ -d "$1" ]; then
		die 74 "$1: is a directory"
	elif [ ! -d "$folder" ]; then
		die 74 "$1: there is no folder for it"
	elif [ ! -w "$folder" ] && { [ ! -e "$1" ] || [ -f "$1" ]; }; then
		die 74 "$1: its folder cannot be written to"
	fi
}

# open_output FILE: what emit writes appears there as a whole, by rename, when
# close_output is called; no name, or -, is standard output.
open_output() {
	local said

	output=$1
	if [ "$output" = - ]; then
		output=
	fi
	check_place "$output"
	if [ -z "$output" ] || { [ -e "$output" ] && [ ! -f "$output" ]; }; then
		return
	fi
	make_unique
	output_temp=$(dirname -- "$output")/.$unique
	if ! said=$({ set -C && : >"$output_temp"; } 2>&1); then
		output_temp=
		die 74 "$output: ${said##*: }"
	fi
}

# emit FILE: append its bytes to the output.
emit() {
	local status=0 to=${output_temp:-$output}

	if [ -n "$to" ]; then
		cat -- "$1" 2>"$work/emit.err" >>"$to" || status=$?
	else
		env --default-signal=PIPE cat -- "$1" 2>"$work/emit.err" || status=$?
	fi
	if [ "$status" = 141 ]; then
		on_signal PIPE
	elif [ "$status" != 0 ]; then
		die 74 "${output:-standard output}: $(sed -E 's/^cat: (standard output: )?//' "$work/emit.err")"
	fi
}

close_output() {
	if [ -n "$output_temp" ]; then
		mv -f -- "$output_temp" "$output" || exit 74
		output_temp=
	fi
}
