#!/bin/bash
# The labelled clips of $CLIPS through vidqc predict; with CLIPS_EVERY=3 every third of them.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

if [ ! -r "${CLIPS:-}/labels.csv" ]; then
	skip_all 'no labelled clips; make eval CLIPS=dir'
fi
export TMPDIR=$T/tmp
mkdir "$TMPDIR" "$T/a" "$T/b"

# judge DIR: predictions of the clips that are named on standard input, one a file,
# with the seconds that each took; two at a time, one thread each.
judge() {
	xargs -d '\n' -P "$(nproc)" -I {} bash -c '
		status=0
		name=${2%.*}
		begin=$EPOCHREALTIME
		timeout 120 vidqc predict -j 1 --set video.threads=1 -o "$1/$name.jsonl" -- "$CLIPS/$2" 2>"$1/$name.err" ||
			status=$?
		jq -nc --arg c "$2" --argjson s $status --argjson a "$begin" --argjson b "$EPOCHREALTIME" \
			"{clip: \$c, status: \$s, seconds: (\$b - \$a)}" >"$1/$name.status"' - "$1" {}
}

vidqc-train --list --labels "$CLIPS/labels.csv" >"$T/labels"
jq -r .path "$T/labels" | sed -n "1~${CLIPS_EVERY:-1}p" >"$T/paths"
total=$(wc -l <"$T/paths")

begin=$SECONDS
judge "$T/a" <"$T/paths"
took=$((SECONDS - begin))

cat "$T"/a/*.status >"$T/status"
is "$(jq -r 'select(.status != 0) | "\(.clip): exit \(.status)"' "$T/status")" '' "$total clips: exit 0"
is "$(cat "$T"/a/*.jsonl | wc -l)" "$total" 'a prediction for each'
is "$(faults "$T"/a/*.jsonl)" '' 'all valid'
is "$(ls -A "$TMPDIR")" '' 'nothing is left in TMPDIR'

outside=
for f in "$T"/a/*.jsonl; do
	name=$(basename "$f" .jsonl)
	size=$(ffprobe -v error -select_streams v:0 -show_entries stream=width,height -of csv=p=0 "$CLIPS/$name".* | head -n 1)
	outside+=$(jq -r --argjson size "[${size%,}]" '
		($size | max) as $max | .evidence // empty | .bounding_boxes[]
		| select(max > $max) | "box \(.) in a clip of \($size) "' "$f" | sed "s/^/$name: /")
done
is "$outside" '' 'boxes lie in the clip'

# Every eighth once more.
sed -n '1~8p' "$T/paths" | judge "$T/b"
different=
for f in "$T"/b/*.jsonl; do
	cmp -s "$f" "$T/a/$(basename "$f")" || different+=" $(basename "$f")"
done
is "$different" '' 'the same bytes a second time'

diag "$total clips in $took s; the slowest $(jq -rs 'max_by(.seconds) | "\(.clip), \(.seconds | floor) s"' "$T/status")"
# The default model has learned from such clips: its manifest has the honest scores.
capture jq -rn --slurpfile labels "$T/labels" '
	($labels | map({key: .clip_id, value: .}) | from_entries) as $judged
	| [inputs | $judged[.clip_id] + {flagged: .artifact, found: .artifact_category}]
	| map(select(.disputed | not)) | group_by(.artifact_category)[]
	| "\(.[0].artifact_category): \(length) clips, \(map(select(.flagged)) | length) flagged, "
		+ "\(map(select(.found == .artifact_category)) | length) with this name"' "$T"/a/*.jsonl
is "$status" 0 'counted by label' || err >&2
diag "$(out)"

done_testing
