# TAP for the shell tests, to be sourced:
#
#	. "$(dirname "$0")/../lib.sh"
#	exits 65 vidqc-frames "$T/empty.mp4"
#	like "$(err)" 'empty.mp4: .*no frame' 'says what is wrong'
#	done_testing
#
# T      a folder for the test's files, removed at the end
# ROOT   the repository
# VQ_BIN the programs under test (default build/bin), first in PATH
#
# The functions return 0 when the test passed, so that `|| diag ...` works.
# Call them outside of pipes and subshells, or they are not counted: give input
# with `exits 0 vidqc-ocr <file`.
# shellcheck shell=bash
set -uo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
VQ_BIN=${VQ_BIN:-$ROOT/build/bin}
case $VQ_BIN in
/*) ;;
*) VQ_BIN=$PWD/$VQ_BIN ;;
esac
export ROOT VQ_BIN PATH="$VQ_BIN:$PATH" LC_ALL=C.UTF-8 OMP_THREAD_LIMIT=1

T=$(mktemp -d "${TMPDIR:-/tmp}/vidqc-test.XXXXXX") || exit 1
trap 'rm -rf "$T"' EXIT
tap_run=0
tap_failed=0

diag() {
	printf '%s\n' "$*" | sed 's/^/# /' >&2
}

# What the tests below print: pass|fail NAME.
tap_result() {
	tap_run=$((tap_run + 1))
	if [ "$1" = pass ]; then
		printf 'ok %d - %s\n' "$tap_run" "$2"
		return 0
	fi
	tap_failed=$((tap_failed + 1))
	printf 'not ok %d - %s\n' "$tap_run" "$2"
	# The place in the test, not in here.
	local i=1
	while [[ ${BASH_SOURCE[i]:-} == "${BASH_SOURCE[0]}" ]]; do
		i=$((i + 1))
	done
	diag "at ${BASH_SOURCE[i]##*/} line ${BASH_LINENO[i - 1]}"
	return 1
}

pass() {
	tap_result pass "$1"
}

fail() {
	tap_result fail "$1"
}

# ok NAME COMMAND...: the command succeeds.
ok() {
	local name=$1
	shift
	if "$@"; then
		tap_result pass "$name"
	else
		tap_result fail "$name"
	fi
}

# is GOT WANT NAME
is() {
	if [ "$1" = "$2" ]; then
		tap_result pass "$3"
	else
		tap_result fail "$3"
		diag "got  '$1'
want '$2'"
		return 1
	fi
}

# like GOT REGEX NAME (extended, anywhere in the text)
like() {
	if [[ $1 =~ $2 ]]; then
		tap_result pass "$3"
	else
		tap_result fail "$3"
		diag "got  '$1'
want /$2/"
		return 1
	fi
}

# unlike GOT REGEX NAME
unlike() {
	if ! [[ $1 =~ $2 ]]; then
		tap_result pass "$3"
	else
		tap_result fail "$3"
		diag "got  '$1'
no   /$2/"
		return 1
	fi
}

# capture COMMAND...: run it with the limit of time; its output goes to the
# files $T/out and $T/err, its status to $status (124: it hung).
status=0
capture() {
	if [ "$(type -t "$1")" = file ]; then
		set -- timeout -k 5 "${VQ_TEST_TIMEOUT:-120}" "$@"
	fi
	"$@" >"$T/out" 2>"$T/err"
	status=$?
}

# exits STATUS COMMAND...: the command ends with exactly that status.
exits() {
	local want=$1 name
	shift
	capture "$@"
	name="exit $want: ${*//"$T/"/}"
	if [ "$status" = "$want" ]; then
		tap_result pass "${name//$'\n'/ }"
	else
		tap_result fail "${name//$'\n'/ }"
		diag "exit $status; $(tail -n 5 "$T/err")"
		return 1
	fi
}

# What the last capture or exits left.
out() {
	cat "$T/out"
}

err() {
	cat "$T/err"
}

# holds FILTER NAME: the jq filter is true of every record that was printed last.
holds() {
	is "$(jq -c "$1" "$T/out" 2>&1 | sort -u)" true "$2"
}

# faults [FILE...]: what is wrong with predictions that were made with the default
# threshold.
faults() {
	jq -r --argjson threshold "$(vidqc-config | jq .model.binary_threshold)" \
		-f "$ROOT/tests/prediction.jq" "$@" 2>&1
}

skip() {
	tap_run=$((tap_run + 1))
	printf 'ok %d # skip %s\n' "$tap_run" "$1"
}

skip_all() {
	printf '1..0 # skip %s\n' "$1"
	exit 0
}

done_testing() {
	printf '1..%d\n' "$tap_run"
	[ "$tap_failed" = 0 ] && [ "$tap_run" != 0 ]
	exit
}

# make_clip FILE LAVFI [ffmpeg output options...]: a clip of a lavfi graph, the
# same bytes every time, e.g.
#	make_clip "$T/a.mp4" 'testsrc2=s=320x240:r=24:d=2'
make_clip() {
	local file=$1 graph=$2
	shift 2
	# Gradients have other colours each time unless they are told, whatever their seed.
	if [[ $graph != *c0=* ]]; then
		graph=${graph//gradients=/gradients=c0=0x703080:c1=0x107050:}
	fi
	ffmpeg -nostdin -v error -y -f lavfi -i "$graph" -map_metadata -1 -fflags +bitexact \
		-flags:v +bitexact -threads 1 -pix_fmt yuv420p "$@" "$file"
}

# A font for drawtext.
export FONT=/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf
