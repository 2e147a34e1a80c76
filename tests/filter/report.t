#!/bin/bash
# vidqc-report: a prediction and frames in, a page out.
# shellcheck disable=SC2016 # jq programs and JavaScript
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/browser.sh
. "$ROOT/tests/browser.sh"

ffmpeg -nostdin -v error -y -f lavfi -i 'testsrc2=s=320x180:r=25:d=2' -pix_fmt yuv420p \
	-f yuv4mpegpipe "$T/a.y4m"

# What somebody who wants to break the page would call a clip, and paint into it.
id='</title><script>document.title="broken"</script>"&'"'"$'\e\u202egpj'
text='<img src=x onerror=document.title="broken">'

# prediction ID: flagged, with an event of each defect.
prediction() {
	jq -nc --arg id "$1" --arg text "$text" '
	{type: "prediction", schema_version: 1, clip_id: $id, artifact: true, confidence: 0.91,
	 artifact_category: "TEXT_INCONSISTENCY",
	 class_probabilities: {NONE: 0.09, TEXT_INCONSISTENCY: 0.6, TEMPORAL_FLICKER: 0.31},
	 evidence: {timestamps: [0.8], bounding_boxes: [[40, 30, 140, 60]], frames: [20], notes: $text},
	 events: [
	  {category: "TEXT_INCONSISTENCY", kind: "mutation", track: 1, start: 0.6, end: 1, frame_start: 15,
	   frame_end: 25, peak_frame: 20, peak_time: 0.8, bbox: [40, 30, 140, 60], severity: 0.7,
	   before: $text, after: "OPFN", consensus: "OPEN", measure: "text_change", value: 0.4,
	   threshold: 0.15, notes: $text},
	  {category: "TEMPORAL_FLICKER", kind: "luma", start: 1.2, end: 1.6, frame_start: 30, frame_end: 40,
	   peak_frame: 34, peak_time: 1.36, bbox: [0, 0, 320, 180], severity: 0.5, frequency_hz: 12.5,
	   depth: 9, measure: "abrupt_luma", value: 9, threshold: 4, notes: "n"}],
	 explanation: [
	  {feature: "up", value: 1, contribution: 1.5, class: "TEXT_INCONSISTENCY", meaning: $text},
	  {feature: "down", value: 0, contribution: -0.5, class: "TEMPORAL_FLICKER", meaning: "m"}],
	 defects: {TEXT_INCONSISTENCY: 0.88, TEMPORAL_FLICKER: 0.52},
	 suppressed: [{category: "TEMPORAL_FLICKER", start: 0.1, end: 0.2, bbox: [0, 0, 9, 9],
	  reason: "scene_change", notes: $text}],
	 coverage: {frames: 50, distinct: 50, text_frames: 10, frames_damaged: 2,
	  cut_short: {limit_sec: 10}},
	 scenes: [{start: 0, end: 1.08, frame_start: 0, frame_end: 27, transition: "start"},
	  {start: 1.12, end: 2, frame_start: 28, frame_end: 49, transition: "cut"}],
	 photosensitive: {flashes_per_second: 6}, model: {version: "m1", sha256: "5ha"},
	 vidqc: {version: "0.1.0"}}'
}
prediction "$id" >"$T/p.jsonl"
prediction a >"$T/a.jsonl"
jq -c '.artifact = false | .artifact_category = "NONE" | .events = [] | .evidence = null
	| .confidence = 0.1 | .coverage = {frames: 50, text_frames: null}' "$T/a.jsonl" >"$T/clean.jsonl"

jq -nc --arg id "$id" --arg text "$text" '
	{type: "header", program: "x", version: "1"},
	{type: "features", clip_id: $id, media: {width: 320, height: 180, codec: $text},
	 tracks: [{track: 1, start: 0.2, end: 1.8, samples: 9, box: [40, 30, 140, 60], consensus: $text,
	  stability: 0.7, evidence: 0.9}]},
	{type: "end", records: 1}' >"$T/features.jsonl"
jq -nc --arg text "$text" '
	{type: "header", program: "x", version: "1", width: 320, height: 180},
	(range(0; 50; 5) | {type: "text", frame: ., time: (. / 25), regions: [{track: 1,
	 box: [40 + . / 5, 30, 140 + . / 5, 60], text: (if . < 20 then $text elif . == 25 then "" else "OPFN" end), confidence: 9,
	 similarity: 0.4, ring_similarity: 0.9}]}),
	{type: "end", frames: 10}' >"$T/ocr.jsonl"
jq -nc 'range(50) | {type: "moment", frame: ., time: (. / 25),
	unsteadiness: (if . == 28 then null else . % 7 end)}' >"$T/series.jsonl"
all=(--features "$T/features.jsonl" --ocr "$T/ocr.jsonl" --series "$T/series.jsonl")

# --- the whole page ---
exits 0 vidqc-report --frames "$T/a.y4m" "${all[@]}" --png "$T" --sheet "$T/sheet.png" \
	--thumbnail "$T/thumbnail.png" "$T/p.jsonl"
is "$(err)" '' 'silence is success'
cp "$T/out" "$T/page.html"
exits 0 vidqc-report --frames - "${all[@]}" "$T/p.jsonl" <"$T/a.y4m"
ok 'the same bytes again, frames from standard input' cmp "$T/out" "$T/page.html"
exits 0 vidqc-report --frames "$T/a.y4m" "${all[@]}" - <"$T/p.jsonl"
ok 'and with the prediction from there' cmp "$T/out" "$T/page.html"
is "$(grep -coE '(src|href)="[^d#]|https?:' "$T/page.html")" 0 'no address in it, only data and places'
is "$(grep -c "default-src 'none'" "$T/page.html")" 1 'a policy that lets nothing in'

count() { # REGEX: how often it is in the elements of the page that was opened last
	grep -oE "$1" "$T/dom" | wc -l
}
opens "$T/page.html" 'a flagged clip'
is "$(count '<script')" 1 'one script, ours'
lacks '<img [^>]*onerror|<img src="?x' 'no element out of a reading'
has '<h1><bdi>&lt;/title&gt;&lt;script&gt;document' 'the name is shown as it is'
has '␛�gpj</bdi></h1>' 'with pictures of control characters'
lacks '<title>broken' 'and nothing of it runs'
has 'Text changes, and the picture flickers' 'the verdict in words'
has '2 damaged frames' 'what could not be judged'
has 'Only the first 10 seconds' 'and what was not looked at'
has 'up to 6 flashes a second' 'the warning of flashes'
is "$(count '<article class="event')" 2 'two events'
is "$(count '<img ')" 17 'six of the clip, and of each event the whole and its steps'
is "$(count '<img [^>]*alt="[^"]+ frame [0-9]+, [0-9.]+ seconds"')" 17 'each says what it is'
is "$(count 'class="here"')" 2 'the peak is marked'
is "$(count 'class="cut"')" 1 'a cut'
is "$(count 'class="scene')" 2 'two scenes'
is "$(count 'class="span (text|flicker|gray)"')" 3 'events and what was let go on the time line'
is "$(count 'class="stem')" 10 'ten readings'
is "$(grep -o 'class="curve"[^>]*' "$T/dom" | grep -o M | wc -l)" 2 'a curve with a gap at the cut'
is "$(count 'class="(pos|neg)"')" 2 'bars for and against'
has 'scene change' 'why something was let go'
has 'model</dt><dd class="num">m1<' 'the model'
has '<span class="num">0.80 s, frame 20</span>, peak: <bdi class="reading">OPFN</bdi><' 'the frame of the peak, and what was read'
has '<span class="num">1.00 s, frame 25</span>, after: nothing read<' 'or that nothing was'
has 'at 40,30 to 140,60 pixels' 'where, and in which unit'
has '<dd class="num">320 x 180 pixels</dd>' 'the size'
lacks 'Pictures are of' 'all events have pictures'

# --- what the pictures are ---
png_size() {
	ffprobe -v error -show_entries stream=codec_name,width,height -of csv=p=0 "$1"
}
is "$(cd "$T" && echo frame-*.png)" "$(printf 'frame-%06d.png ' 10 15 20 25 32 33 34 35 36 | sed 's/ $//')" \
	'the frames of both events, text by readings, and no step over the cut'
is "$(png_size "$T/frame-000020.png")" 'png,320,180' 'at full size'
is "$(png_size "$T/thumbnail.png")" 'png,320,180' 'a thumbnail'
like "$(png_size "$T/sheet.png")" '^png,9[0-9][0-9],[0-9]+$' 'a sheet of three columns'
pixel() { # FILE X Y: rrggbb
	ffmpeg -nostdin -v error -i "$1" -vf "crop=1:1:$2:$3" -f rawvideo -pix_fmt rgb24 - |
		od -An -tx1 | tr -d ' \n'
}
is "$(pixel "$T/frame-000020.png" 42 40)" ff9f1c 'a box where the text was at that frame (44,30)'
is "$(pixel "$T/frame-000034.png" 1 90)" 4cc9f0 'and in the colour of flicker'

# --- with less ---
exits 0 vidqc-report "$T/a.jsonl"
cp "$T/out" "$T/bare.html"
opens "$T/bare.html" 'a page without pictures'
has 'No frames were given' 'which says so'
lacks '<img' 'and has none'
exits 0 vidqc-report --frames "$T/a.y4m" "$T/clean.jsonl"
cp "$T/out" "$T/clean.html"
opens "$T/clean.html" 'a clean clip'
has 'Nothing found' 'the verdict'
has 'Text was not looked at' 'and what was not looked at'
is "$(count '<img ')" 6 'pictures of the clip'
exits 0 vidqc-report --events 1 --frames "$T/a.y4m" "$T/a.jsonl"
is "$(grep -o '<img ' "$T/out" | wc -l)" 11 '--events: pictures of the strongest only'
is "$(grep -o '<article' "$T/out" | wc -l)" 2 'and words on all'
is "$(grep -c 'Pictures are of the strongest 1' "$T/out")" 1 'which the page says'
jq -c '.confidence = 0.3 | .media = {width: 320, height: 180, rate: [25, 1], duration_sec: 2, variable_rate: true}' \
	"$T/a.jsonl" >"$T/unlikely.jsonl"
exits 0 vidqc-report "$T/unlikely.jsonl"
is "$(grep -c '<h2>Text may change, and the picture may flicker' "$T/out")" 1 'what is less likely than not is no fact'
is "$(grep -c '<b>30&nbsp;%</b>, which is enough to flag' "$T/out")" 1 'but enough'
for confidence in 0.996 0.995 0.994 0.006 0.005; do
	jq -c ".confidence = $confidence" "$T/a.jsonl" | vidqc-report
done >"$T/certain.html"
is "$(grep -oE '<b>[^<]*%</b>' "$T/certain.html" | paste -sd' ')" \
	'<b>over 99&nbsp;%</b> <b>over 99&nbsp;%</b> <b>99&nbsp;%</b> <b>1&nbsp;%</b> <b>under 1&nbsp;%</b>' 'and nothing is certain'
is "$(grep -cE '>(2.00 seconds|25 frames a second, varying)<' "$T/out")" 2 'length and rate with their units'
ffmpeg -nostdin -v error -y -i "$T/a.y4m" -vf scale=160:90 -f yuv4mpegpipe "$T/half.y4m"
sed -i '1s/$/ XSRC=320x180/' "$T/half.y4m"
exits 0 vidqc-report --frames "$T/half.y4m" --png "$T/" "$T/a.jsonl"
is "$(png_size "$T/frame-000020.png")" 'png,160,90' 'a smaller rendition'
is "$(pixel "$T/frame-000020.png" 18 22)" ff9f1c 'boxes are scaled'
jq -c 'del(.coverage, .scenes, .defects, .photosensitive, .model, .vidqc, .evidence)' "$T/a.jsonl" >"$T/few.jsonl"
exits 0 vidqc-report --frames "$T/a.y4m" "$T/few.jsonl"
cat "$T/a.jsonl" "$T/p.jsonl" >"$T/two.jsonl"
exits 0 vidqc-report --clip-id a "$T/two.jsonl"
ok 'one of two by its name' cmp "$T/out" "$T/bare.html"

# --- in the hands of a reader ---
driven "$T/page.html" '
	const event = document.querySelector(".event");
	const [one, back, next, play] = event.querySelectorAll("button");
	const shown = () => [...event.querySelectorAll("figure")].map((f) => f.hidden ? 0 : 1).join("");
	const seen = [shown()];
	for (const b of [one, next, next, next, back, one]) { b.click(); seen.push(shown()); }
	play.click(); seen.push(play.textContent); play.click(); seen.push(play.textContent);
	document.title = seen.join(" ");'
has '<title>1111 0010 0001 1000 0100 1000 1111 Stop Play</title>' \
	'steps forth and back in one place'
is "$(cat "$T/console")" '' 'without an error'
is "$(at_phone "$T/page.html")" 390 'nothing is wider than a phone'
# Two labels of the time line that overlap, at that width.
{
	printf '<body><iframe id="f" width="390" height="800"></iframe><script>f.srcdoc = '
	sed 's/2\.00 s/&/' "$T/page.html" | jq -Rs . | sed 's|</|<\\/|g'
	printf '%s' '; f.onload = () => {
		const at = [...f.contentDocument.querySelectorAll(".time text[text-anchor]")]
			.map((t) => t.getBoundingClientRect()).filter((r) => r.width > 0);
		document.title = at.length + " " + at.filter((r, i) => i > 0 && at[i - 1].right + 2 > r.left).length; };</script>'
} >"$T/labels.html"
browse "$T/labels.html"
has '<title>[3-9] 0</title>' 'nor do numbers on the time line run into each other'
sed 's/<p>vidqc report/<script>1<\/script>&/' "$T/page.html" >"$T/bad.html"
browse "$T/bad.html"
like "$(cat "$T/console")" 'Content Security Policy' 'a foreign script would be refused, and seen'

# --- the index ---
jq -nc --arg id "$id" --arg text "$text" '{clip_id: $id, error: {status: 65, message: $text}}' >"$T/error.jsonl"
{
	jq -c '.page = "clips/a b.html" | .thumbnail = "thumbnail.png"' "$T/clean.jsonl"
	cat "$T/error.jsonl" "$T/p.jsonl"
	jq -c '.page = "javascript:alert(1)" | .clip_id = "z" | .confidence = 0.5' "$T/a.jsonl"
} >"$T/batch.jsonl"
exits 0 vidqc-report --index "$T/batch.jsonl"
cp "$T/out" "$T/index.html"
exits 0 vidqc-report --index - <"$T/batch.jsonl"
ok 'the same bytes from standard input' cmp "$T/out" "$T/index.html"
opens "$T/index.html" 'the index'
is "$(count '<tr data-name')" 4 'a row for each line'
is "$(count 'Error: not judged')" 1 'an error is one'
is "$(count 'verdictword none')" 1 'and no clean clip'
is "$(count '<script')" 1 'one script'
has '<img loading="lazy" alt="" src="./thumbnail.png">' 'a thumbnail'
has '<a href="./clips/a%20b.html">' 'a link to a page'
has 'href="./javascript%3Aalert' 'that can be no program'
names='[...document.querySelectorAll("tbody tr")].map((r) => r.dataset.confidence).join()'
driven "$T/index.html" "
	const key = (k) => document.querySelector('th[data-key=' + k + '] button');
	const seen = [$names];
	for (const k of ['confidence', 'confidence', 'name']) { key(k).click(); seen.push($names); }
	document.title = seen.join(' ');"
has \
	'<title>0.100000,2.000000,0.910000,0.500000 2.000000,0.910000,0.500000,0.100000 0.100000,0.500000,0.910000,2.000000 ' \
	'sorted by confidence, errors first, and the other way round'
is "$(cat "$T/console")" '' 'without an error'
is "$(at_phone "$T/index.html")" 390 'nothing is wider than a phone'

# --- broken inputs ---
refused() { # STATUS REGEX ARGUMENT...
	exits "$1" vidqc-report "${@:3}"
	like "$(err)" "^vidqc-report: .*$2" "which says $2"
	is "$(out)" '' 'and writes no page'
	is "$(wc -l <"$T/err")" 1 'in one line'
}
: >"$T/empty"
head -c 700 "$T/a.jsonl" >"$T/cut.jsonl"
head -n 4 "$T/ocr.jsonl" >"$T/cutocr.jsonl"
jq -c 'del(.events[0].bbox)' "$T/a.jsonl" >"$T/nobox.jsonl"
jq -c '.confidence = "high"' "$T/a.jsonl" >"$T/words.jsonl"
jq -c '.events[1].bbox = [0, 0, 1280, 720]' "$T/a.jsonl" >"$T/large.jsonl"
jq -c '.coverage.frames = 90' "$T/a.jsonl" >"$T/long.jsonl"
refused 65 'empty input, expected a prediction' "$T/empty"
refused 65 'cut.jsonl: line 1: truncated' "$T/cut.jsonl"
refused 65 'a second prediction, expected one: choose with --clip-id' "$T/two.jsonl"
refused 65 'no prediction of clip b' --clip-id b "$T/two.jsonl"
refused 65 'an error, no verdict' "$T/error.jsonl"
refused 65 'no prediction record' "$T/series.jsonl"
refused 65 'events\[0\]: field "bbox": missing' "$T/nobox.jsonl"
refused 65 'field "confidence": wrong' "$T/words.jsonl"
refused 65 'no features of clip a' --features "$T/features.jsonl" "$T/a.jsonl"
refused 65 'cutocr.jsonl: ends without an end record' --ocr "$T/cutocr.jsonl" "$T/a.jsonl"
refused 65 'no moment record' --series "$T/ocr.jsonl" "$T/a.jsonl"
refused 65 'frames of another clip' --frames "$T/a.y4m" "$T/large.jsonl"
refused 65 'ends with frame 49, and 90 frames were judged' --frames "$T/a.y4m" "$T/long.jsonl"
refused 65 'empty: empty input' --frames "$T/empty" "$T/a.jsonl"
refused 65 'a.jsonl: .*Y4M' --frames "$T/a.jsonl" "$T/a.jsonl"
size=$(stat -c %s "$T/a.y4m")
for at in 30 $((size / 2)) $((size - 1)); do
	head -c "$at" "$T/a.y4m" >"$T/cut.y4m"
	refused 65 'cut.y4m: ' --frames "$T/cut.y4m" "$T/a.jsonl"
done
refused 65 'empty input, expected predictions' --index "$T/empty"
refused 65 'line 1: neither a prediction nor an error line' --index "$T/series.jsonl"
refused 66 'none.jsonl: open: No such file' "$T/none.jsonl"
refused 66 'none.jsonl: open: No such file' --index "$T/none.jsonl"
refused 66 'none.y4m: open: No such file' --frames "$T/none.y4m" "$T/a.jsonl"
refused 66 'none: open: ' --ocr "$T/none" "$T/a.jsonl"
refused 66 'is a directory' --series "$T" "$T/a.jsonl"
refused 64 'one input only' --frames - -
refused 64 'one input only' --frames -
refused 64 'need --frames' --sheet "$T/x.png" "$T/a.jsonl"
refused 64 'takes predictions alone' --index --frames "$T/a.y4m" "$T/a.jsonl"
refused 64 '--events 99: expected an integer from 0 to 40' --events 99 "$T/a.jsonl"
refused 64 '2 operands' a b
refused 74 'none/frame-000010.png: open: ' --frames "$T/a.y4m" --png "$T/none" "$T/a.jsonl"
refused 74 'none/sheet.png: open: ' --frames "$T/a.y4m" --sheet "$T/none/sheet.png" "$T/a.jsonl"
refused 74 '/dev/full: write: ' --frames "$T/a.y4m" --thumbnail /dev/full "$T/a.jsonl"
capture bash -c 'vidqc-report "$0" >/dev/full' "$T/a.jsonl"
is "$status" 74 'a full disk is an error'
capture bash -c 'set -o pipefail; vidqc-report --frames "$1" "$0" | true' "$T/a.jsonl" "$T/a.y4m"
is "$status" 141 'a closed pipe ends it'

done_testing
