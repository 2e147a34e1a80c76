#!/bin/bash
# vidqc predict on good and bad clips, with every option.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

export TMPDIR=$T/tmp
mkdir "$TMPDIR"

temp_is_empty() {
	is "$(ls -A "$TMPDIR")" '' "nothing is left in TMPDIR: $1"
}

# valid NAME: what was printed last is as vidqc-streams(5) says.
valid() {
	is "$(jq -rs 'if length == 0 then "nothing" else empty end' "$T/out" 2>&1 &&
		faults "$T/out")" '' "$1: a valid prediction"
}

text="drawtext=fontfile=$FONT:text=OPEN 24 HOURS:fontsize=30:fontcolor=white:x=40:y=80:box=1:boxcolor=black"
make_clip "$T/text.mp4" "mandelbrot=s=320x240:r=12:end_pts=100,trim=duration=1,$text" -movflags +faststart
make_clip "$T/plain.mp4" 'gradients=s=320x240:r=12:d=1:seed=1:speed=0.02'
make_clip "$T/one.png" 'gradients=s=64x48:r=1:d=1:seed=1' -frames:v 1 -pix_fmt rgb24
make_clip "$T/one.mp4" 'gradients=s=64x48:r=25:d=1:seed=1' -frames:v 1

# ---- good clips
exits 0 vidqc predict --input "$T/text.mp4"
valid 'clip with text'
is "$(err)" '' 'silence is success'
is "$(wc -l <"$T/out")" 1 'one line'
is "$(jq -r .clip_id "$T/out")" text 'the clip is named by its file'
holds '.explanation | length > 0' 'it is explained'
is "$(jq -r .coverage.frames "$T/out")" 12 'every frame was looked at'
holds '.coverage.text_frames > 0' 'text was looked for'
cp "$T/out" "$T/first"
temp_is_empty 'a good clip'

exits 0 vidqc predict "$T/text.mp4"
ok 'the same bytes twice' cmp "$T/out" "$T/first"
exits 0 vidqc predict -j 3 "$T/text.mp4"
ok 'the same bytes with three threads' cmp "$T/out" "$T/first"
exits 0 vidqc predict --clip-id text <"$T/text.mp4"
ok 'the same bytes from a file on standard input' cmp "$T/out" "$T/first"
exits 0 bash -c 'cat "$0" | vidqc predict --clip-id text -' "$T/text.mp4"
ok 'the same bytes from a pipe' cmp "$T/out" "$T/first"
exits 0 vidqc predict - <"$T/text.mp4"
is "$(jq -r .clip_id "$T/out")" stdin 'a clip without a name'

exits 0 vidqc predict "$T/plain.mp4"
valid 'clip without text'
unlike "$(jq -r .artifact_category "$T/out")" TEXT 'no text, no text defect'
exits 0 vidqc predict "$T/one.mp4"
valid 'clip of one frame'
is "$(jq -r .coverage.frames "$T/out")" 1 'of one frame'

weird="$T/-a b'c\"d\\e\$(f)"$'\n'"g.mp4"
cp "$T/one.mp4" "$weird"
exits 0 vidqc predict "$weird"
is "$(jq -r .clip_id "$T/out")" "$(basename "$weird" .mp4)" 'a name with everything in it'
cd "$T" || exit 1
exits 0 vidqc predict -- "$(basename "$weird")"
cd "$ROOT" || exit 1

# ---- bad clips
bad() { # STATUS REGEX CLIP NAME
	exits "$1" vidqc predict "$3"
	like "$(err)" "$2" "$4: says why"
	is "$(wc -l <"$T/err")" 1 "$4: in one line"
	is "$(out)" '' "$4: prints no prediction"
	temp_is_empty "$4"
}

: >"$T/empty.mp4"
echo 'not a clip' >"$T/words.mp4"
printf '#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n%s\n#EXT-X-ENDLIST\n' "$T/text.mp4" >"$T/list.mp4"
printf 'ffconcat version 1.0\nfile %s\n' "$T/text.mp4" >"$T/concat.mp4"
ffmpeg -nostdin -v error -f lavfi -i sine=d=1 "$T/sound.mp4"
head -c 3000 "$T/plain.mp4" >"$T/no-index.mp4"
bad 65 'vidqc-frames: .*empty.mp4: ' "$T/empty.mp4" '0 bytes'
bad 65 'vidqc-frames: .*words.mp4: ' "$T/words.mp4" 'a text file'
bad 65 'vidqc-frames: .*list.mp4: ' "$T/list.mp4" 'a playlist'
bad 65 'vidqc-frames: .*concat.mp4: ' "$T/concat.mp4" 'a list of files'
bad 65 'vidqc-frames: .*sound.mp4: ' "$T/sound.mp4" 'no video'
bad 65 'vidqc-frames: .*no-index.mp4: ' "$T/no-index.mp4" 'an MP4 without index'
bad 66 'vidqc-frames: .*directory' "$T" 'a directory'
bad 66 'vidqc-frames: .*none.mp4: .*No such file' "$T/none.mp4" 'no file'
exits 65 vidqc predict </dev/null
like "$(err)" 'vidqc-frames: ' 'nothing on standard input'

# A clip that is cut off gives a verdict on what is there, and says so.
head -c $(($(stat -c %s "$T/text.mp4") * 6 / 10)) "$T/text.mp4" >"$T/cut.mp4"
exits 0 vidqc predict "$T/cut.mp4"
valid 'truncated clip'
like "$(err)" '^vidqc-frames: warning: .*cut.mp4' 'the damage is on standard error'
holds '.coverage.frames > 0 and .coverage.frames < 12' 'fewer frames than there were'
exits 0 vidqc predict --set video.max_duration_sec=0.5 "$T/text.mp4"
holds '.coverage.cut_short != null and .coverage.frames < 12' 'a clip cut short says so'

# ---- several clips
exits 65 vidqc predict "$T/text.mp4" "$T/words.mp4" "$T/none.mp4" -i "$T/one.mp4"
is "$(jq -r .clip_id "$T/out" | paste -sd,)" 'one,text' 'the good ones of four, --input first'
is "$(wc -l <"$T/err")" 2 'a message for each bad one'
like "$(err)" 'words.mp4.*none.mp4' 'in their order'
head -n 1 "$T/out" >"$T/line"
exits 66 vidqc predict "$T/none.mp4" "$T/words.mp4"
is "$(out)" '' 'none of two'

# ---- --output
exits 0 vidqc predict -o "$T/o.jsonl" "$T/text.mp4" "$T/one.mp4"
is "$(out)" '' '-o leaves standard output alone'
is "$(jq -r .clip_id "$T/o.jsonl" | paste -sd,)" 'text,one' 'and has both'
ok 'the first is as before' cmp <(head -n 1 "$T/o.jsonl") "$T/first"
exits 65 vidqc predict -o "$T/o.jsonl" "$T/words.mp4"
is "$(wc -l <"$T/o.jsonl")" 2 'a failure leaves the old file as it is'
exits 65 vidqc predict -o "$T/new.jsonl" "$T/words.mp4"
ok 'and makes no new one' test ! -e "$T/new.jsonl"
exits 74 vidqc predict -o "$T/none/o.jsonl" "$T/one.mp4"
exits 74 vidqc predict -o "$T" "$T/one.mp4"
exits 0 vidqc predict -o /dev/null "$T/one.mp4"
exits 74 vidqc predict -o /dev/full "$T/one.mp4"
like "$(err)" '^vidqc: /dev/full: .*No space left' 'a full disk is named'
is "$(find "$T" -name '.vidqc*')" '' 'no half-written output anywhere'
mkdir -m 755 "$T/mode"
(umask 027 && vidqc predict -o "$T/mode/o" "$T/one.mp4")
is "$(stat -c %a "$T/mode/o")" 640 'the umask holds'
exits 74 bash -c 'vidqc predict "$0" >/dev/full' "$T/one.mp4"
like "$(err)" '^vidqc: standard output: .*No space left' 'standard output on a full disk'
exits 141 bash -c 'set -o pipefail; vidqc predict "$0" "$0" | true' "$T/one.mp4"
is "$(err)" '' 'a closed pipe ends it silently'
temp_is_empty 'outputs that fail'

# ---- --keep
exits 0 vidqc predict --keep "$T/kept/a" "$T/text.mp4"
ok 'the same bytes with --keep' cmp "$T/out" "$T/first"
is "$(cd "$T/kept/a" && echo *)" 'features.jsonl frames.y4m info.json ocr.jsonl text.y4m' 'all streams'
exits 0 vidqc-ocr "$T/kept/a/text.y4m"
ok 'vidqc-ocr by hand gives the same records' cmp "$T/out" "$T/kept/a/ocr.jsonl"
exits 0 vidqc-features --ocr "$T/kept/a/ocr.jsonl" --info "$T/kept/a/info.json" "$T/kept/a/frames.y4m"
ok 'vidqc-features too' cmp "$T/out" "$T/kept/a/features.jsonl"
exits 0 vidqc-classify ${VIDQC_MODEL:+--model "$VIDQC_MODEL"} "$T/kept/a/features.jsonl"
ok 'and vidqc-classify' cmp "$T/out" "$T/first"
exits 0 vidqc predict --keep "$T/kept/b" "$T/text.mp4" "$T/one.mp4"
is "$(cd "$T/kept/b" && echo *)" 'one text' 'a folder for each of several clips'
exits 64 vidqc predict --keep "$T/kept/c" "$T/text.mp4" "$T/kept/../text.mp4"
like "$(err)" 'same place' 'two that would overwrite each other'
exits 74 vidqc predict --keep "$T/text.mp4" "$T/one.mp4"
exits 65 vidqc predict --keep "$T/kept/d" "$T/words.mp4"
mkdir "$T/kept/full"
ln -s /dev/full "$T/kept/full/frames.y4m"
exits 74 vidqc predict --keep "$T/kept/full" "$T/text.mp4"
like "$(err)" 'vidqc: --keep: .*frames.y4m.*No space left' 'a copy on a full disk'

# ---- --gate
exits 1 vidqc predict --gate --set model.binary_threshold=1 "$T/text.mp4"
is "$(jq -r .artifact "$T/out")" true 'flagged: printed all the same'
exits 0 vidqc predict --gate --set model.binary_threshold=0 "$T/text.mp4"
is "$(jq -r .artifact "$T/out")" false 'not flagged'
exits 1 vidqc predict -g --set model.binary_threshold=1 "$T/text.mp4" "$T/one.mp4"
is "$(wc -l <"$T/out")" 2 'both are printed'
like "$(err)" 'vidqc-classify: gate: one: [A-Z_]+, confidence 0\.[0-9][0-9]$' 'and named'
exits 65 vidqc predict --gate --set model.binary_threshold=1 "$T/text.mp4" "$T/words.mp4"
exits 1 vidqc predict --fail-on=text,flicker --set model.binary_threshold=1 "$T/text.mp4"
cp "$T/out" "$T/flagged"
exits 0 vidqc predict --gate --min-confidence=1 --set model.binary_threshold=1 "$T/text.mp4"
ok 'too little confidence: the same prediction' cmp "$T/out" "$T/flagged"
exits 0 vidqc predict --fail-on=text --set model.binary_threshold=1 "$T/plain.mp4"
holds '.artifact and .artifact_category == "TEMPORAL_FLICKER"' 'flagged with the defect that does not count'
exits 1 vidqc predict --fail-on=flicker --set model.binary_threshold=1 "$T/plain.mp4"
exits 64 vidqc predict --fail-on=words "$T/one.mp4"
like "$(err)" "vidqc-classify: --fail-on: words: expected text, flicker" 'a wrong defect'
exits 64 vidqc predict --min-confidence=2 "$T/one.mp4" "$T/text.mp4" -o -
is "$(wc -l <"$T/err")" 1 'is said once, not of each clip'

# ---- options and configuration
exits 0 vidqc predict --clip-id 'A"B' "$T/one.mp4"
is "$(jq -r .clip_id "$T/out")" 'A"B' '--clip-id'
exits 64 vidqc predict --clip-id x "$T/one.mp4" "$T/text.mp4"
exits 64 vidqc predict --bogus "$T/one.mp4"
like "$(err)" "vidqc predict: .*'--bogus'.*see vidqc predict --help" 'an unknown option'
exits 64 vidqc predict --keep
exits 64 vidqc predict ''
exits 64 vidqc predict - -
exits 64 vidqc predict --set video.sample_fsp=5 "$T/one.mp4"
like "$(err)" $'unknown key video.sample_fsp\nvidqc: see vidqc help conf$' 'an unknown key'
exits 64 vidqc predict -j 0 "$T/one.mp4"
like "$(err)" 'vidqc-ocr: .*jobs' 'a wrong number of threads'
exits 66 vidqc predict --model "$T/none.json" "$T/one.mp4"
like "$(err)" 'vidqc: no model at .*none.json' 'no such model'
exits 65 vidqc predict --model "$T/words.mp4" "$T/one.mp4"
like "$(err)" '^vidqc-classify: .*words.mp4' 'a file that is no model'
exits 0 vidqc predict -o - "$T/one.mp4"
is "$(jq -r .clip_id "$T/out")" one '-o -: standard output'
exits 74 vidqc predict -o "$T/none/x" "$T/one.mp4"
is "$(err)" "vidqc: $T/none/x: there is no folder for it" 'an output without a folder'
exits 74 bash -c 'vidqc predict "$0" >&-' "$T/one.mp4"
is "$(err)" 'vidqc: standard output: Bad file descriptor' 'a closed standard output'
exits 74 env TMPDIR="$T/none" vidqc predict "$T/one.mp4"
is "$(err)" "vidqc: temporary files in $T/none: No such file or directory; TMPDIR may name another folder" 'no folder for temporary files'
exits 75 vidqc predict --set text.language=xyz "$T/one.mp4"
like "$(err)" 'tesseract-ocr-xyz' 'a language that is not installed'
printf '{"video":{"max_duration_sec":0.5}}' >"$T/c.json"
exits 0 vidqc predict --config "$T/c.json" "$T/text.mp4"
holds '.coverage.frames < 12' '--config is used'
exits 0 vidqc predict --config "$T/c.json" --set video.max_duration_sec=10 "$T/text.mp4"
ok 'a later --set wins' cmp "$T/out" "$T/first"
exits 0 vidqc predict --config <(cat "$T/c.json") "$T/text.mp4"
holds '.coverage.frames < 12' 'a configuration from a pipe'
temp_is_empty 'the end'

done_testing
