#!/bin/bash
# One clip of a batch, KEY: what batch.mk runs in the cache.  Either its features appear
# there or KEY.error, a line with status and message.  Standard output gets the messages
# and then "@ KEY STATUS SECONDS".
set -euo pipefail

# shellcheck source=pipelines/common.sh
. "$VQ_COMMANDS/common.sh"

key=$1
here=$PWD
grace=50
begin=${EPOCHREALTIME/[.,]/}

# note_error STATUS PATH: without the name of the clip, which another batch may find in
# another place.
note_error() {
	local status=$1 name=${2//[[:cntrl:]]/?} text

	if ((status > 128 || status == 0)); then
		status=75
	fi
	text=$(paste -sd ' ' "$work/messages")
	text=${text//"$name: "/}
	make_unique
	output_temp=$here/.$unique
	{
		printf '%s %s\n' "$status" "${text:-ended with status $1}" >"$output_temp" &&
			mv -f -- "$output_temp" "$here/$key.error"
	} 2>/dev/null
}

{
	IFS= read -r -d '' id
	IFS= read -r -d '' path
} <"$VQ_TODO/$key"
make_work
cd -- "$VQ_HOME"
status=0
"$VQ_COMMANDS/features" -j "$VQ_THREADS" --config "$VQ_CONFIG" --clip-id "$id" \
	-o "$here/$key.jsonl" -- "$path" </dev/null 2>"$work/messages" &
children=("$!")
wait "$!" || status=$?
children=()
if [ "$status" != 0 ] || [ ! -s "$here/$key.jsonl" ]; then
	note_error "$status" "$path"
fi
took=$((${EPOCHREALTIME/[.,]/} - begin))
printf '@ %s %s %d.%03d\n' "$key" "$status" $((took / 1000000)) $((took / 1000 % 1000)) >>"$work/messages"
cat -- "$work/messages"
