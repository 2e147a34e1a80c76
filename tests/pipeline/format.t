#!/bin/bash
# vidqc format: every format, read by a program that is not ours, and whatever names and
# readings hold.
# shellcheck disable=SC2016 # jq programs
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

export TMPDIR=$T/tmp
mkdir "$TMPDIR"
cd "$T" || exit 1

scene="mandelbrot=s=320x180:r=12:end_pts=300:start_scale=0.6:end_scale=0.3:maxiter=100,trim=duration=1.5,setpts=PTS-STARTPTS"
make_clip clean.mp4 "$scene"
make_clip broken.mp4 "$scene,hue=h='10*sin(n*1.7)':s='1+0.2*sin(n*2.9)',eq=brightness='0.07*sin(n*2.3)':eval=frame"
exits 0 vidqc predict -o verdicts clean.mp4 broken.mp4
is "$(jq -c '[.artifact, (.events | length > 0)]' verdicts | paste -sd' ')" '[false,false] [true,true]' \
	'one of two is flagged'

# read_as csv|junit NAME: what was printed last is read by Python's parser.
read_as() {
	cp out document
	capture python3 "$ROOT/tests/formats.py" "$1" <document
	is "$status" 0 "$2" || err >&2
}

# ---- jsonl
for input in verdicts - ''; do
	exits 0 vidqc format ${input:+"$input"} <verdicts
	ok "jsonl leaves the records as they are (${input:-no operand})" cmp out verdicts
done
exits 0 vidqc format --to jsonl -o new verdicts
ok '-o writes a file' cmp new verdicts
is "$(compgen -G '.vidqc*')" '' 'and leaves no other'
exits 0 vidqc format --list
is "$(cut -d' ' -f1 out | paste -sd' ')" 'csv jsonl junit markdown metadata webvtt' 'the formats'
for f in csv jsonl junit markdown metadata webvtt; do
	like "$(vidqc format --help)" "[ ,]$f" "--help names $f"
done

# ---- boxes
exits 0 vidqc format --bbox norm verdicts
is "$(jq -s '[.[] | .evidence.bounding_boxes[]?, (.events, .suppressed)[].bbox | .[]] | all(. >= 0 and . <= 1)' out)" \
	true '--bbox norm: all boxes are from 0 to 1'
is "$(jq -c --slurpfile was verdicts '[.clip_id as $id | $was[] | select(.clip_id == $id)][0] as $w
	| [[.events[].bbox], [$w.events[].bbox]] | transpose
	| map([.[0], .[1]] | transpose | [.[0], .[2]][] | (.[0] * 320 - .[1] | fabs) < 0.001)
	| all' out | paste -sd' ')" 'true true' 'of the width'
holds '.bbox_unit == "norm"' 'and the record says so'
is "$(jq -c --slurpfile was verdicts '.clip_id as $id | (del(.bbox_unit, .events, .evidence, .suppressed)) ==
	($was[] | select(.clip_id == $id) | del(.events, .evidence, .suppressed))' out | paste -sd' ')" 'true true' 'all else is as it was'
cp out normed
exits 0 vidqc format --bbox norm normed
ok 'once is enough' cmp out normed
jq -c 'select(.artifact) | .media.width = null' verdicts >sizeless
exits 65 vidqc format --bbox norm sizeless
like "$(err)" "sizeless: line 1: clip broken: its size is not known" 'no size, no shares'

# ---- records with everything that can go wrong in a name or a reading
jq -c 'select(.artifact)
	| .clip_id = "=cmd|\u0027 /C calc\u0027!A0,\"q\"\n\t<b>&amp;]]> --> | `x` **y** @me [l](u) \u0000\u0007\u001b\ufffe é日\ud83d\ude00"
	| .evidence.notes = "-1+1\r\nsecond --> <i> & \u0001"
	| .events[0] += {category: "TEXT_INCONSISTENCY", before: "A --> B\n\n<c>&", after: "=1\u0002", kind: "mutation"}
	| .defects.TEXT_INCONSISTENCY = 0.9' verdicts >nasty
printf '%s\n' '{"clip_id":"bad","path":"dir/bad\n.mp4","error":{"code":65,"message":"bad\n.mp4: no <video> & \"such\""}}' >error
cat verdicts nasty error >all

exits 0 vidqc format --to csv all
is "$(head -n 1 out | tail -c 2 | od -An -tx1)$(tail -c 2 out | od -An -tx1)" ' 0d 0a 0d 0a' 'lines of CSV end in CR LF'
read_as csv 'csv is read by another program'
is "$(jq length out)" 4 'one row a clip'
is "$(jq -r '.[0] | [.clip_id, .artifact, .artifact_category, .events, .event_kind, .error] | join(",")' out)" \
	'clean,false,NONE,0,,' 'a clean clip'
is "$(jq -c '.[1] | [.confidence, .p_none, .temporal_flicker, .event_kind, .event_peak_frame, .event_x2, .notes, .width, .height, .frames]' out)" \
	"$(jq -c 'select(.artifact) | [.confidence, .class_probabilities.NONE, .defects.TEMPORAL_FLICKER, .events[0].kind,
		.events[0].peak_frame, .events[0].bbox[2], .evidence.notes, .media.width, .media.height, .coverage.frames] | map(tostring)' verdicts)" \
	'a flagged clip: the columns are the fields'
is "$(jq -r '.[2].clip_id[:5], .[2].notes[:5], .[2].event_after[:3]' out | paste -sd' ')" "'=cmd '-1+1 '=1" \
	'what begins like a formula is made text'
is "$(jq -c '.[2] | [.clip_id, .notes, .event_before] | map(test("[\u0000-\u0008\u001b\ufffe]"))' out)" '[false,false,false]' \
	'no control characters'
like "$(jq -r '.[2].clip_id' out)" $',"q"\n\t<b>' 'quotes, commas and line breaks survive'
is "$(jq -c '.[3] | [.clip_id, .artifact, .artifact_category, .confidence, .events, .error_code, .error[:4]]' out)" \
	'["bad","","","","","65","bad\n"]' 'an error is neither true nor false'
exits 0 vidqc format --to csv --bbox norm verdicts
read_as csv 'csv with shares'
is "$(jq -r '.[1].event_x2 | tonumber <= 1' out)" true 'of the picture'

exits 0 vidqc format --to junit all
read_as junit 'junit is well-formed, and its counts are right'
is "$(jq -c 'map(select(.clip == ("clean", "broken", "bad")) | [.clip, .name, .outcome])' out)" \
	'[["clean","TEXT_INCONSISTENCY","passed"],["clean","TEMPORAL_FLICKER","passed"],["broken","TEXT_INCONSISTENCY","passed"],["broken","TEMPORAL_FLICKER","failure"],["bad","TEXT_INCONSISTENCY","error"],["bad","TEMPORAL_FLICKER","error"]]' \
	'one case a clip and category'
is "$(jq -r '.[3].message' out)" "$(jq -r 'select(.artifact) | .evidence.notes' verdicts)" 'the evidence is the message'
like "$(jq -r '.[3].text' out)" 'TEMPORAL_FLICKER with probability 0\.[0-9][0-9].*frames [0-9]+ to [0-9]+.*severity' 'and the text'
is "$(jq -c '[.[4, 5].outcome]' out)" '["failure","failure"]' 'both defects'
like "$(jq -r '.[4].text' out)" '"A --> B' 'with the readings'
is "$(jq -r '.[4].message' out)" $'-1+1\r\nsecond --> <i> & \xef\xbf\xbd' 'whatever is in them'
is "$(jq -r '.[6].message' out)" $'bad\n.mp4: no <video> & "such"' 'the error is the message'
jq -c 'select(.artifact | not) | .coverage.text_frames = null' verdicts >unread
exits 0 vidqc format --to junit unread
read_as junit 'junit of a clip whose text was not looked at'
is "$(jq -c '[.[].outcome]' out)" '["skipped","passed"]' 'is skipped, not passed'

exits 0 vidqc format --to markdown all
like "$(out)" '^### vidqc: 2 of 4 clips flagged, 1 could not be judged' 'markdown: the counts'
is "$(grep -c '^| <code>' out)" 3 'a row for each that is flagged or failed'
is "$(grep '^|' out | tail -n +3 | sed 's/\\|//g' | tr -cd '|\n' | sort -u)" '|||||' 'of four cells'
like "$(out)" '<code>clean</code>' 'the clean one by name'
unlike "$(grep '^| <code>&#61;' out)" '[*`@<>]{1}(b>|x|y|me)|\]\(|[^<]!' 'no markup out of a name'
like "$(grep bad out)" '\*\*error\*\*' 'an error is one'
jq -c 'select(.artifact) | .events[0] += {before: "OPEN", after: ""}' verdicts >unread
vidqc format --to markdown unread >unread.md
like "$(cat unread.md)" '<code>OPEN</code> becomes nothing' 'what was not read is not left out'
like "$(vidqc format --to junit unread)" '"OPEN" becomes nothing' 'nor in junit'
jq -c 'select(.artifact | not)' verdicts | vidqc format --to markdown >clean.md
is "$(grep -c '^|' clean.md)" 0 'no table of nothing'
like "$(cat clean.md)" '0 of 1 clip flagged' 'one clip'

for clip in nasty broken; do
	if [ "$clip" = broken ]; then jq -c 'select(.artifact)' verdicts >broken; fi
	exits 0 vidqc format --to webvtt $clip
	like "$(head -n 1 out)" '^WEBVTT$' 'webvtt begins with its name'
	cp out $clip.vtt
	exits 0 ffmpeg -nostdin -v error -i $clip.vtt -c:s srt -f srt -
	is "$(err)" '' 'FFmpeg reads it'
	is "$(grep -cE '^[0-9:,]+ --> ' out)" "$(jq '.events | length' $clip)" 'a cue an event'
done
is "$(grep -c -- '-->' nasty.vtt)" "$(jq '.events | length' nasty)" 'no arrow but those of the cues'
vidqc format --to webvtt nasty | ffmpeg -nostdin -v error -i - -c:s srt -f srt - >nasty.srt
like "$(cat nasty.srt)" 'text: mutation.*"A --> B <c>&" becomes "=1' 'a reading as it was'
is "$(ffprobe -v error -show_entries packet=pts_time,duration_time -of csv=p=0 broken.vtt | head -n 1 | cut -d, -f1)" \
	"$(jq -r '[.events[].start] | min | . * 1000 | round / 1000' broken | xargs printf '%.6f')" 'it begins with the first event'
vidqc format --to webvtt <<<"$(jq -c 'select(.artifact | not)' verdicts)" >clean.vtt
is "$(grep -c -- '-->' clean.vtt)" 0 'no cue for a clean clip'
jq -c 'select(.artifact) | .events = []' verdicts | vidqc format --to webvtt >whole.vtt
like "$(cat whole.vtt)" $'00:00:00.000 --> 00:00:01.500\n2? ?' 'a clip flagged as a whole has one for all of it'
exits 65 vidqc format --to webvtt verdicts
like "$(err)" 'verdicts: line 2: a second clip' 'one clip'
exits 65 vidqc format --to webvtt error
like "$(err)" 'clip bad: not judged: bad .mp4: no <video>' 'an error is no subtitle'

# ---- metadata: the form is FFmpeg's own
ffmpeg -nostdin -v error -i broken.mp4 -vf signalstats,metadata=print:file=ffmpeg.txt -f null -
exits 0 vidqc format --to metadata broken
pattern='^frame:[0-9]+ +pts:(NOPTS|[0-9]+) +pts_time:(NOPTS|[0-9.]+)$|^lavfi\.[A-Za-z0-9_.]+=.*$'
is "$(grep -cvE "$pattern" ffmpeg.txt)" 0 'what FFmpeg prints'
is "$(grep -cvE "$pattern" out)" 0 'is what we print'
is "$(grep -oE '^frame:[0-9]+ +pts:' out)" "$(grep -oE '^frame:[0-9]+ +pts:' ffmpeg.txt)" 'frame for frame'
is "$(grep -oE 'pts_time:.*' out | cut -c1-15)" "$(grep -oE 'pts_time:.*' ffmpeg.txt | cut -c1-15)" 'at the same times'
is "$(grep -c '^lavfi.vidqc.flicker=0\.' out)" \
	"$(jq '[.events[] | range(.frame_start; .frame_end + 1)] | unique | length' broken)" 'frames with flicker'
is "$(grep -c '^lavfi.vidqc.clip_id=broken$' out)" 1 'the verdict at the first frame'
vidqc predict --keep kept broken.mp4 >again
vidqc-features --series series --ocr kept/ocr.jsonl --info kept/info.json kept/frames.y4m >features
cat broken series verdicts error >with
exits 0 vidqc format --to metadata with
is "$(grep -c '^frame:' out)" $((18 + 18 + 18 + 1)) 'every frame of each clip, and the error'
is "$(grep -m 3 '^lavfi.vidqc.ssim=' out | tail -n 1)" "lavfi.vidqc.ssim=$(jq -r 'select(.frame == 2).ssim' series)" \
	'the measures of a series go along'
is "$(grep -c '^lavfi.vidqc.ssim' out)" 18 'with the clip before them'
is "$(tail -n 3 out | cut -d= -f1 | paste -sd' ')" \
	'lavfi.vidqc.clip_id lavfi.vidqc.error lavfi.vidqc.error.code' 'an error is told'
is "$(vidqc format --to metadata nasty | grep -cvE "$pattern")" 0 'a name with line breaks breaks no line'
jq -c '.media.variable_rate = true' broken | vidqc format --to metadata >uneven
is "$(grep -c 'pts:NOPTS' uneven)" "$(jq '18 - ([0, .events[].frame_start, .events[].peak_frame] | unique | length)' broken)" \
	'times that are not known are not guessed'
cat broken series >with
for f in csv junit markdown webvtt; do
	vidqc format --to $f broken >without
	exits 0 vidqc format --to $f with
	ok "$f has no place for moments" cmp out without
done

# ---- wrong input
exits 66 vidqc format "$T"
is "$(err)" "vidqc: format: $T: is a directory" 'a folder'
printf '%s\n' 'no json' >wrong
exits 65 vidqc format wrong
is "$(err)" 'vidqc: format: wrong: line 1: no JSON; records are one a line' 'no JSON'
jq . verdicts >pretty
exits 65 vidqc format --to csv pretty
head -c -20 verdicts >"cut"
exits 65 vidqc format --to junit cut
like "$(err)" 'cut: line 1: no JSON' 'half a record'
unlike "$(out)" '</testsuites>' 'and no whole document'
exits 65 vidqc format --to junit -o kept.xml cut
ok 'nor a file' test ! -e kept.xml
for f in csv jsonl junit markdown metadata webvtt; do
	exits 65 vidqc format --to $f </dev/null
	like "$(err)" 'nothing was measured' "$f of nothing is an error"
	exits 65 vidqc format --to $f "$T/features"
done
while read -r change; do
	jq -c "$change" broken >wrong
	exits 65 vidqc format --to csv wrong
	like "$(err)" 'line 1: (a broken prediction|no prediction|an error record)' "$change"
done <<'END'
del(.clip_id)
.artifact = "yes"
.artifact = false
.artifact_category = "OTHER"
.confidence = null
.events = null
.events[0].bbox = [1, 2, 3]
.events[0].start = -1
del(.class_probabilities)
.defects.TEMPORAL_FLICKER = "0.5"
.evidence = "notes"
.type = "info"
del(.type)
.error = {"code": 65} | .clip_id = 7
END
echo '[1]' >wrong
exits 65 vidqc format wrong
exits 64 vidqc format --to xml verdicts
like "$(err)" "--to xml: expected one of csv jsonl junit markdown metadata webvtt" 'the formats are named'
exits 64 vidqc format --to common verdicts
exits 64 vidqc format --to ../formats/csv verdicts
exits 64 vidqc format --to '' verdicts
exits 64 vidqc format --bbox percent verdicts
exits 64 vidqc format verdicts verdicts
exits 66 vidqc format none
exits 66 vidqc format "$T"
exits 74 bash -c 'vidqc format --to csv verdicts >/dev/full'
exits 74 vidqc format -o none/out verdicts
for ((i = 0; i < 60; i++)); do cat verdicts; done >many
exits 141 bash -c 'vidqc format --to metadata many | head -n 1; exit "${PIPESTATUS[0]}"'

# Records are written as they come, and memory does not grow.
mkfifo slow
vidqc format --to csv slow >rows &
exec {feed}>slow
cat broken >&"$feed"
for ((i = 0; i < 100; i++)); do
	[ "$(grep -c '' rows)" -ge 2 ] && break
	sleep 0.1
done
is "$(grep -c '^broken,' rows)" 1 'a row comes before the input ends'
exec {feed}>&-
wait $!

# ---- vidqc predict --format
echo 'no clip' >'no <clip> & "none".mp4'
exits 65 vidqc predict --format junit 'no <clip> & "none".mp4' broken.mp4
read_as junit 'predict --format junit'
is "$(jq -c '[.[].outcome]' out)" '["error","error","passed","failure"]' 'a clip that cannot be judged is an error in it'
like "$(jq -r '.[0].message' out)" 'no <clip> & "none".mp4: ' 'which says why'
exits 65 vidqc predict --format csv -o rows.csv 'no <clip> & "none".mp4'
is "$(grep -c '' rows.csv)" 2 'also when there is no other'
exits 1 vidqc predict --gate --format csv --bbox norm broken.mp4
like "$(out)" '^clip_id,' '--gate and a format'
exits 0 vidqc predict --bbox norm broken.mp4
ok 'boxes are shares' cmp out <(grep '"broken"' normed)
exits 0 vidqc predict --format webvtt broken.mp4
ok 'the same code' cmp out broken.vtt
exits 65 vidqc predict --format webvtt 'no <clip> & "none".mp4'
is "$(out)" '' 'no subtitles of an error'
exits 64 vidqc predict --format webvtt broken.mp4 clean.mp4
exits 64 vidqc predict --format xml broken.mp4
exits 64 vidqc predict --bbox share broken.mp4
is "$(ls -A "$TMPDIR")" '' 'nothing is left in TMPDIR'

done_testing
