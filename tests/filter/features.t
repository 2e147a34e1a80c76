#!/usr/bin/env bash
# vidqc-features: two inputs in, one feature record out.
# shellcheck disable=SC2016 # jq programs
. "$(dirname "$0")/../lib.sh"

y4m() { # FILE LAVFI: frames that another program made
	ffmpeg -nostdin -v error -y -f lavfi -i "$1" -pix_fmt yuv420p -f yuv4mpegpipe "$2"
}
record() {
	jq -c "select(.type == \"features\") | $1" "$T/out"
}

y4m 'testsrc2=s=320x180:r=24:d=1' "$T/a.y4m"
exits 0 vidqc-features "$T/a.y4m"
is "$(jq -r .type "$T/out" | tr '\n' ' ')" 'header features end ' 'header, record, end'
is "$(record .clip_id)" '"stdin"' 'a stream without a name'
is "$(record .coverage.frames)" 24 'every frame is counted'
is "$(record .coverage.text_frames)" null 'text that was not looked at is not called clean'
is "$(record .media)" '{"width":320,"height":180,"rate":[24,1]}' 'size and rate, as the stream tells them'
is "$(record '[.features[] | select(type != "number")] | length')" 0 'all features are numbers'
cp "$T/out" "$T/first"
exits 0 vidqc-features - <"$T/a.y4m"
ok 'the same bytes again, from standard input' cmp "$T/out" "$T/first"

exits 0 vidqc-features --manifest
is "$(jq -c '[.features[].name]' "$T/out")" \
	"$(jq -c 'select(.type == "features") | .features | keys_unsorted' "$T/first")" \
	'the record has the features of the manifest, in order'
is "$(jq '[.features[] | select(.min >= .max or .meaning == "" or .unit == "")] | length' "$T/out")" \
	0 'each has a range, a unit and a meaning'
jq -s '(.[0].features | map({(.name): [.min, .max]}) | add) as $range | .[1]
	| [to_entries[] | select(.value < $range[.key][0] or .value > $range[.key][1])] | length' \
	"$T/out" <(jq 'select(.type == "features") | .features' "$T/first") >"$T/outside"
is "$(cat "$T/outside")" 0 'the values lie in their ranges'

cat >"$T/text.jsonl" <<'EOF'
{"type":"header","program":"by-hand","version":"1","width":320,"height":180}
{"type":"text","frame":0,"time":0,"regions":[{"track":1,"box":[10,10,90,40],"text":"OPEN","confidence":90}]}
{"type":"text","frame":5,"time":0.2,"regions":[{"track":1,"box":[10,10,90,40],"text":"OPEN","confidence":90}]}
{"type":"text","frame":10,"time":0.4,"regions":[{"track":1,"box":[10,10,90,40],"text":"OPEN","confidence":90}]}
{"type":"end","frames":3}
EOF
exits 0 vidqc-features --ocr "$T/text.jsonl" --clip-id 'a "b"' "$T/a.y4m"
is "$(record .features.has_text_regions)" 1 'text records of another program are taken'
is "$(record .coverage.text_frames)" 3 'and counted'
is "$(record .clip_id)" '"a \"b\""' 'clip id by option'

mkfifo "$T/fifo"
cat "$T/text.jsonl" >"$T/fifo" &
exits 0 vidqc-features --ocr "$T/fifo" --clip-id 'a "b"' "$T/a.y4m"
wait $!
is "$(record .features.has_text_regions)" 1 'text records through a fifo'

printf '%s\n' '{"type":"info","clip_id":"c1","frames_damaged":3,"cut_short":{"limit_sec":10}}' >"$T/info"
exits 0 vidqc-features --info "$T/info" "$T/a.y4m"
is "$(record '[.clip_id, .coverage.frames_damaged, .coverage.cut_short.limit_sec]')" '["c1",3,10]' \
	'the info record names the clip and what was not seen'

# --- broken inputs ---
head -n 4 "$T/text.jsonl" >"$T/cut.jsonl"
exits 65 vidqc-features --ocr "$T/cut.jsonl" "$T/a.y4m"
like "$(err)" 'vidqc-features: .*end' 'records without an end'
sed 's/"track":1,//' "$T/text.jsonl" >"$T/field.jsonl"
exits 65 vidqc-features --ocr "$T/field.jsonl" "$T/a.y4m"
like "$(err)" 'field\.jsonl: .*"track"' 'a missing field is named'
printf 'x' >>"$T/field.jsonl"
head -c -2 "$T/text.jsonl" >"$T/half.jsonl"
exits 65 vidqc-features --ocr "$T/half.jsonl" "$T/a.y4m"
size=$(stat -c %s "$T/a.y4m")
for at in 1 9 10 40 60 64 65 70 1000 86500 $((size / 2)) $((size - 1)); do
	head -c "$at" "$T/a.y4m" >"$T/cut.y4m"
	exits 65 vidqc-features "$T/cut.y4m"
	is "$(wc -l <"$T/out")" 0 "cut at byte $at: no record"
done
: >"$T/empty"
exits 65 vidqc-features "$T/empty"
like "$(err)" 'empty: empty input' 'an empty input is not a clean clip'
head -n 1 "$T/a.y4m" >"$T/noframe.y4m"
exits 65 vidqc-features "$T/noframe.y4m"
like "$(err)" 'no frame' 'a stream without frames'
y4m 'testsrc2=s=320x180:r=24:d=0.1,format=yuv420p,scale=321:181' "$T/odd.y4m"
exits 65 vidqc-features "$T/odd.y4m"
like "$(err)" 'odd frame size' 'odd sizes'
y4m 'testsrc2=s=64x64:r=24:d=0.1' "$T/b.y4m"
cat "$T/b.y4m" "$T/a.y4m" >"$T/change.y4m"
exits 65 vidqc-features "$T/change.y4m"
like "$(err)" 'sizes may not change' 'a change of size in mid-stream'

exits 66 vidqc-features "$T"
exits 66 vidqc-features "$T/missing.y4m"
exits 66 vidqc-features --ocr "$T/missing" "$T/a.y4m"
exits 66 vidqc-features --info "$T/missing" "$T/a.y4m"
exits 65 vidqc-features --info "$T/text.jsonl" "$T/a.y4m"
exits 64 vidqc-features a b
exits 64 vidqc-features --ocr - -
exits 64 vidqc-features --set temporal.patch_grid=9 "$T/a.y4m"
capture bash -c "vidqc-features '$T/a.y4m' >/dev/full"
is "$status" 74 'a full disk is an error'

# --- small ones ---
y4m 'testsrc2=s=320x180:r=24:d=0.04' "$T/one.y4m"
exits 0 vidqc-features "$T/one.y4m"
is "$(record .coverage.frames)" 1 'a single frame'
y4m 'color=red:s=2x2:r=24:d=0.5' "$T/tiny.y4m"
exits 0 vidqc-features "$T/tiny.y4m"

# --- the series ---
exits 0 vidqc-features --series "$T/series.jsonl" "$T/a.y4m"
ok 'the series is records' jq -e -s 'length > 10 and all(.[]; .type != null)' "$T/series.jsonl"
exits 74 vidqc-features --series "$T/no/such" "$T/a.y4m"

done_testing
