# What the tests of vidqc batch share, to be sourced after lib.sh.
# shellcheck shell=bash disable=SC2034

export TMPDIR=$T/tmp
real=$VQ_BIN
mkdir "$TMPDIR" "$T/made"
cd "$T" || exit 1
for i in 1 2 3 4; do
	make_clip "made/$i.mp4" "gradients=s=64x48:r=25:d=1:seed=$i" -frames:v $i
done
one=$T/made/1.mp4
echo 'not a clip' >words.mp4

# Programs of which one is a script: it notes the clip in $LOG and, when there is a file
# $T/sick, kills itself; the clip $HOLD it holds, deaf to SIGTERM, and makes $T/held.  Nothing else
# tells what was measured anew.
mkdir bin
ln -s "$real"/vidqc-* bin
rm bin/vidqc-frames
cat >bin/vidqc-frames <<'END_OF_SCRIPT'
#!/bin/bash
printf '%s\n' "${*: -1}" >>"$LOG"
if [ -e "$T/sick" ]; then
	kill -s KILL $$
fi
if [[ ${*: -1} = "${HOLD:-none}" ]]; then
	trap '' TERM
	: >"$T/held"
	sleep 60
fi
exec "$REAL/vidqc-frames" "$@"
END_OF_SCRIPT
chmod +x bin/vidqc-frames
export LOG=$T/log T REAL=$real
: >"$LOG"

# Sixty clips take long on a machine that has other things to do.
# shellcheck disable=SC2317 # exits calls it
batch() {
	: >"$LOG"
	VQ_BIN=$T/bin timeout -k 5 "${VQ_TEST_TIMEOUT:-900}" "$real/vidqc" batch "$@"
}

# logged WANT NAME: which clips were measured by the last batch, by their files' names.
logged() {
	is "$(sed 's,.*/,,' "$LOG" | sort | paste -sd' ')" "$1" "$2"
}

temp_is_empty() {
	is "$(ls -A "$TMPDIR")" '' "nothing is left in TMPDIR: $1"
}

# ids FILE: the names in their order.
ids() {
	jq -r .clip_id "$1" | paste -sd' '
}
