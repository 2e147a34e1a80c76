#!/bin/bash
# vidqc report: clips in, pages out.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/browser.sh
. "$ROOT/tests/browser.sh"

export TMPDIR=$T/tmp
mkdir "$TMPDIR"

"$ROOT/tests/sample/clips" "$T"
text="drawtext=fontfile=$FONT:text=OPEN 24 HOURS:fontsize=30:fontcolor=white:x=40:y=80:box=1:boxcolor=black"
make_clip "$T/text.mp4" "gradients=s=320x240:r=12:d=1:seed=1:speed=0.02,$text"
echo 'not a clip' >"$T/words.mp4"
weird="$T/<b>&'\"\$(f) #%?"$'\n'"é.mp4"
cp "$T/text.mp4" "$weird"

temp_is_empty() {
	is "$(ls -A "$TMPDIR")" '' "nothing is left in TMPDIR: $1"
}

# ---- one clip
exits 0 vidqc report -o "$T/page.html" --sheet "$T/sheet.png" --png "$T/png" "$T/broken.mp4"
is "$(out)$(err)" '' 'silence is success'
temp_is_empty 'a page'
opens "$T/page.html" 'a clip with defects'
has '<h1><bdi>broken</bdi></h1>' 'its name'
has '<section class="verdict (text|flicker)">' 'it is flagged'
has 'class="curve"' 'the series is there'
has 'class="stem' 'the readings are there'
has '<h2>Text that was read' 'the tracks are there'
has '<article class="event' 'the events are there'
has '<dt>codec</dt><dd class="num">h264' 'what is known of the file'
ok 'evidence frames' test -s "$(find "$T/png" -name 'frame-*.png' | head -n 1)"
ok 'a sheet' test -s "$T/sheet.png"
exits 0 vidqc report "$T/broken.mp4"
ok 'the same bytes twice, on standard output' cmp "$T/out" "$T/page.html"
exits 0 vidqc report --clip-id broken <"$T/broken.mp4"
ok 'the same bytes from a file on standard input' cmp "$T/out" "$T/page.html"
exits 0 bash -c 'cat "$0" | vidqc report --clip-id broken -' "$T/broken.mp4"
ok 'the same bytes from a pipe' cmp "$T/out" "$T/page.html"
exits 0 vidqc report --keep "$T/kept" "$T/broken.mp4"
ok 'the same bytes with --keep' cmp "$T/out" "$T/page.html"
is "$(cd "$T/kept" && echo *)" 'features.jsonl frames.y4m info.json ocr.jsonl text.y4m' 'all streams'
exits 65 vidqc report </dev/null
is "$(err)" 'vidqc-frames: stdin: empty file' 'nothing on standard input, by its name'
exits 0 vidqc report - <"$T/text.mp4"
is "$(grep -c '<h1><bdi>stdin' "$T/out")" 1 'a clip without a name'
exits 0 vidqc report --set model.binary_threshold=0 --events 0 "$T/broken.mp4"
is "$(grep -c '<h2>Nothing found' "$T/out")" 1 'the configuration is used'
temp_is_empty 'more pages'

# ---- a prediction that is there
vidqc predict "$T/broken.mp4" "$T/text.mp4" >"$T/both.jsonl"
exits 0 vidqc report --prediction "$T/both.jsonl" -o "$T/again.html" "$T/broken.mp4"
opens "$T/again.html" 'a page of a prediction'
has '<article class="event' 'the events are there'
lacks 'class="curve"' 'what the prediction does not have is not'
sed 's/"confidence":[0-9.]*/"confidence":0.123/' "$T/both.jsonl" >"$T/changed.jsonl"
exits 0 vidqc report --prediction "$T/changed.jsonl" "$T/broken.mp4"
is "$(grep -c '<b>12&nbsp;%' "$T/out")" 1 'it is not judged again'
exits 65 vidqc report --prediction "$T/both.jsonl" "$T/clean.mp4"
like "$(err)" 'no prediction of clean; --clip-id' 'a clip without a prediction'
exits 65 vidqc report --prediction "$T/both.jsonl" --clip-id none "$T/text.mp4"
like "$(err)" 'no prediction of none$' 'a name that it does not have'
exits 65 vidqc report --prediction "$T/both.jsonl" --clip-id broken "$T/text.mp4"
like "$(err)" 'text.mp4: .*another clip' 'frames of another clip'
exits 65 vidqc report --prediction "$T/words.mp4" "$T/broken.mp4"
exits 66 vidqc report --prediction "$T/none" "$T/broken.mp4"

# ---- several clips
exits 65 vidqc report --output-dir "$T/many" "$T/broken.mp4" "$T/words.mp4" "$weird" "$T/clean.mp4"
like "$(err)" '^vidqc-frames: .*words.mp4: ' 'the bad one has a message'
is "$(wc -l <"$T/err")" 1 'and no other'
temp_is_empty 'several clips'
is "$(find "$T/many" -name '.vidqc*')" '' 'no half-written file'
opens "$T/many/index.html" 'the index'
is "$(grep -o '<tr data-name' "$T/dom" | wc -l)" 4 'a row for each clip'
has 'Error: not judged.*words.mp4: not a video clip' 'the error and its message'
links=$(grep -oE '(href|src)="\./[^"]*' "$T/dom" | sed 's/.*"//; s/%/\\x/g')
is "$(wc -l <<<"$links")" 6 'three pages and three thumbnails'
# The links lead somewhere, whatever the clip is called.
missing=
while IFS= read -r link; do
	printf -v link '%b.' "$link"
	[ -s "$T/many/${link%.}" ] || missing+=$link
done <<<"$links"
is "$missing" '' 'which are there'
cp "$T/many/clips/broken.html" "$T/broken.html"
ok 'the same page as alone' cmp "$T/broken.html" "$T/page.html"
cp "$T/many/clips/$(basename "$weird" .mp4).html" "$T/weird.html"
opens "$T/weird.html" 'the page of a clip with a strange name'
has '<h1><bdi>&lt;b&gt;&amp;' 'with its name'

exits 0 vidqc report --output-dir "$T/two" --prediction "$T/both.jsonl" "$T/text.mp4"
browse "$T/two/index.html"
is "$(grep -o '<tr data-name' "$T/dom" | wc -l)" 2 'the index has all predictions'
is "$(grep -o '<a href' "$T/dom" | wc -l)" 1 'and links to the page that was made'

cp "$T/text.mp4" "$T/a"$'\xff'.mp4
vidqc predict "$T/a"$'\xff'.mp4 >"$T/bytes.jsonl"
exits 0 vidqc report --prediction "$T/bytes.jsonl" "$T/a"$'\xff'.mp4
is "$(grep -c '<h1><bdi>a?<' "$T/out")" 1 'a name that is no UTF-8 is that of its prediction'

mkdir "$T/one" "$T/other"
cp "$T/text.mp4" "$T/one/same.mp4"
cp "$T/clean.mp4" "$T/other/same.mp4"
vidqc batch -o "$T/same.jsonl" "$T/one" "$T/other"
exits 0 vidqc report --prediction "$T/same.jsonl" "$T/other/same.mp4"
is "$(grep -cF "<h1><bdi>$T/other/same.mp4<" "$T/out")" 1 'a clip that a batch calls by its path'
exits 65 vidqc report --prediction "$T/same.jsonl" --clip-id same "$T/other/same.mp4"

# ---- the index alone
printf '%s\n' '{"clip_id":"bad","error":{"code":65,"message":"not a video clip"}}' >>"$T/both.jsonl"
exits 0 vidqc report --index -o "$T/index.html" "$T/both.jsonl"
opens "$T/index.html" 'an index of predictions'
is "$(grep -o '<tr data-name' "$T/dom" | wc -l)" 3 'a row for each line'
exits 0 vidqc report --index - <"$T/both.jsonl"
ok 'the same bytes from standard input' cmp "$T/out" "$T/index.html"
exits 65 vidqc report --index "$T/words.mp4"
exits 66 vidqc report --index "$T/none"

# ---- what does not work
bad() { # STATUS REGEX ARGUMENT...
	exits "$1" vidqc report "${@:3}"
	like "$(err)" "$2" "which says $2"
	is "$(out)" '' 'and writes no page'
}
bad 65 'vidqc-frames: .*words.mp4: ' "$T/words.mp4"
bad 66 'none.mp4: .*No such file' "$T/none.mp4"
bad 64 'one page shows one clip, not 2' "$T/text.mp4" "$T/broken.mp4"
bad 64 'no --output, --png or --sheet' -d "$T/d" -o "$T/x" "$T/text.mp4"
bad 64 'takes a file of predictions' --index -d "$T/d" "$T/both.jsonl"
bad 64 'same place' -d "$T/d" "$T/text.mp4" "$T/tmp/../text.mp4"
bad 64 "'--bogus'.*see vidqc report --help" --bogus "$T/text.mp4"
bad 64 'vidqc-report: --events' --events 1000 "$T/text.mp4"
bad 66 'no model at' --model "$T/none.json" "$T/text.mp4"
bad 74 'none' -o "$T/none/page.html" "$T/text.mp4"
bad 74 'sheet.png: there is no folder for it' --sheet "$T/none/sheet.png" "$T/text.mp4"
bad 74 '' -d "$T/words.mp4" "$T/text.mp4"
exits 74 bash -c 'vidqc report "$0" >/dev/full' "$T/text.mp4"
exits 65 vidqc report -o "$T/page.html" "$T/words.mp4"
ok 'a failure leaves the old page as it is' cmp "$T/broken.html" "$T/page.html"
exits 0 vidqc report --help
like "$(out)" '--output-dir' 'help'
temp_is_empty 'the end'

done_testing
