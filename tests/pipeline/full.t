#!/bin/bash
# No room: whatever it is that cannot be written, the status is 74 and a message says where;
# with room enough all is as always.  A disk of 300 KiB is in memory, and only these commands
# see it.
# shellcheck disable=SC2016,SC2317 # scripts for other shells; tight calls it
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

for space in -m -rm; do
	unshare "$space" mount -t tmpfs none /mnt 2>/dev/null && break
	space=
done
[ -n "$space" ] || skip_all 'no right to mount here'
cd "$T" || exit 1
mkdir disk
make_clip one.mp4 'gradients=s=64x48:r=25:d=1:seed=1' -frames:v 2
vidqc predict one.mp4 >good

# with_room KIB COMMAND...: run it with so much free on the disk.
with_room() {
	unshare "$space" bash -c '
		mount -t tmpfs -o size=300k none "$T/disk"
		head -c "$((300 - $1))k" /dev/zero >"$T/disk/full"
		shift
		"$@"
		status=$?
		find "$T/disk" ! -name full ! -path "$T/disk" >"$T/left"
		exit "$status"' bash "$@"
}
export T

# tight NAME COMMAND...: with more and more room it fails as it should, until it works.
tight() {
	local room wrong='' works='' command=$1
	shift

	for room in 0 4 16 36 300; do
		capture with_room $room "$@"
		case $status in
		0) works=1 ;;
		74)
			grep -q '^vidqc: .*disk.*: No space left on device' err || wrong+=" $room: $(cat err)"
			[ ! -s out ] || wrong+=" $room: a result"
			;;
		*) wrong+=" $room: status $status" ;;
		esac
	done
	is "$wrong" '' "$command: 74 and a message without room"
	is "$status$works" 01 'and with room it works'
}
tight 'predict, temporary files' env TMPDIR="$T/disk" vidqc predict one.mp4
ok 'the same verdict' cmp out good
is "$(cat left)" '' 'nothing is left'
tight 'batch, temporary files' env TMPDIR="$T/disk" vidqc batch -i one.mp4
ok 'the same verdict' cmp out good
is "$(cat left)" '' 'nothing is left'
tight 'batch, features' vidqc batch -i one.mp4 --cache disk/cache
ok 'the same verdict' cmp out good
tight 'predict, result' vidqc predict -o disk/out one.mp4
is "$(cat left)" "$T/disk/out" 'one file'
capture with_room 8 vidqc batch -i one.mp4 --cache disk/cache
unlike "$(err)" 'make: |line [0-9]+' 'no word of make, and none of scripts'

# The page takes more than all before it.
capture with_room 24 env TMPDIR="$T/disk" vidqc report one.mp4
is "$status" 74 'report, temporary files'
like "$(err)" 'temporary files in .*/disk: No space left on device' 'are told of'
capture with_room 0 env TMPDIR="$T/disk" vidqc report - <one.mp4
is "$status" 74 'report of standard input'
like "$(err)" 'temporary files in .*/disk: No space left on device' 'the same'

done_testing
