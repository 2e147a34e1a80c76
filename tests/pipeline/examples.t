#!/bin/bash
# The examples of the manual pages and of README do what they say.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

text="drawtext=fontfile=$FONT:text=OPEN 24 HOURS:fontsize=40:fontcolor=white:x=40:y=80:box=1:boxcolor=black"
make_clip "$T/clip.mp4" "gradients=s=480x270:r=12:d=1:seed=1:speed=0.02,$text"
cd "$T" || exit 1

# example PAGE COMMAND...: the page has these lines, and they work; their output is left
# for the tests after it.
example() {
	local page=$1 line
	shift
	if [ "$page" = README ]; then
		cp "$ROOT/README.md" "$T/page"
	else
		mandoc -T ascii -O width=200 "$ROOT/man/$page" | sed 's/.\x08//g' >"$T/page"
	fi
	for line in "$@"; do
		if ! grep -qF -e "$line" "$T/page"; then
			fail "$page has: $line"
			return
		fi
	done
	capture timeout 120 bash -euo pipefail -c "$(printf '%s\n' "$@")"
	is "$status" 0 "$page: $*" || err >&2
}

example vidqc.1 'vidqc predict --input clip.mp4 | jq .'
holds '.type == "prediction"' 'a prediction'
cp "$T/out" "$T/verdict"
example vidqc.1 "vidqc predict *.mp4 | jq -r 'select(.artifact) | .clip_id'"
example vidqc.1 'vidqc predict --gate clip.mp4 > verdict.json || echo "not this one"'
example vidqc.1 'mkfifo text ocr' \
	'vidqc-ocr < text > ocr &' \
	'vidqc-frames -o text,fps=5,samples=50,height=720 -o -,height=360 --info info clip.mp4 |' \
	'vidqc-features --ocr ocr --info info | vidqc-classify'
is "$(jq -S . "$T/out")" "$(jq -S . "$T/verdict")" 'the pipe by hand gives the same verdict'
example vidqc.1 'vidqc predict --keep kept clip.mp4 > verdict.json'
example vidqc.1 "jq -r 'select(.type == \"text\") | .time as \$t | .regions[] | \"\\(\$t) \\(.text)\"' kept/ocr.jsonl"
like "$(out)" 'OPEN 24 HOURS' 'what was read'
example vidqc.1 'vidqc-features --series series.jsonl --ocr kept/ocr.jsonl --info kept/info.json kept/frames.y4m'
ok 'a series' test -s "$T/series.jsonl"
example vidqc.1 'vidqc predict clip.mp4 |' \
	"jq -r '.events[] | [.category, .kind, .start, .end, (.bbox | join(\",\"))] | @tsv'"

example vidqc-report.1 'vidqc predict --keep kept clip.mp4 > verdict.json' 'vidqc-frames clip.mp4 |' \
	'vidqc-report --frames - --features kept/features.jsonl --ocr kept/ocr.jsonl verdict.json > page.html'
ok 'a page' grep -q '<h1><bdi>clip</bdi></h1>' page.html
example vidqc-report.1 'mkdir evidence' \
	'vidqc-report --frames kept/frames.y4m --png evidence --sheet sheet.png verdict.json > /dev/null'
ok 'a contact sheet' test -s sheet.png
cat verdict.json >predictions.jsonl
echo '{"clip_id":"b","error":{"status":65,"message":"no clip"}}' >>predictions.jsonl
example vidqc-report.1 \
	"jq -c 'select(.artifact or .error)' predictions.jsonl | vidqc-report --index > index.html"
ok 'an index' grep -q 'Error: not judged' index.html
rm page.html sheet.png
example vidqc.1 'vidqc report -o page.html clip.mp4' 'vidqc report --output-dir pages *.mp4' \
	'vidqc report --prediction verdict.json --sheet sheet.png -o page.html clip.mp4'
ok 'a page, a sheet and a folder' test -s page.html -a -s sheet.png -a -s pages/clips/clip.html
example README 'vidqc report -o page.html clip.mp4'
mkdir clips
cp clip.mp4 clips
echo 'not a clip' >broken.mp4
example vidqc.1 'vidqc batch --input clips --output predictions.jsonl'
is "$(jq -S . predictions.jsonl)" "$(jq -S . "$T/verdict")" 'the same verdict'
example vidqc-batch.1 'vidqc batch --input clips --output predictions.jsonl' \
	"jq -r 'select(.artifact) | [.clip_id, .artifact_category, .confidence] | @tsv' predictions.jsonl" \
	"jq -r 'select(.error) | [.path, .error.code, .error.message] | @tsv' predictions.jsonl"
example vidqc-batch.1 "find clips -name '*.mp4' -mtime -1 -print0 | vidqc batch -0 -i - -o today.jsonl"
ok 'today' cmp today.jsonl predictions.jsonl
example vidqc-batch.1 'cat predictions.jsonl.d/*.jsonl | vidqc-classify'
ok 'what is known so far' cmp "$T/out" predictions.jsonl
mv broken.mp4 clips
example vidqc-batch.1 'vidqc batch -i clips -o predictions.jsonl --fail-on flicker --min-confidence 0.9 --summary summary.json ||' \
	'echo "stopped with status $?"' \
	"jq -r '\"\\(.flagged) of \\(.clips) flagged, \\(.errors) failed\"' summary.json"
like "$(out)" 'stopped with status 65.*[01] of 2 flagged, 1 failed' 'a clip that failed is no pass'
for platform in 'run: vidqc batch' '- vidqc batch'; do
	line=$(mandoc -T ascii -O width=200 "$ROOT/man/vidqc-batch.1" | sed 's/.\x08//g' | grep -m 1 -oe "$platform .*")
	exits 65 bash -c "vidqc ${line#*vidqc }"
	ok "the gate in: $platform" test -s summary.json
	rm -f summary.json
done

example vidqc.conf.5 'vidqc predict --set video.max_duration_sec=30 --set model.binary_threshold=0.2 clip.mp4'
example vidqc.conf.5 'vidqc config --set video.max_duration_sec=30 > my.json' \
	'vidqc predict --config my.json clip.mp4'
example vidqc.conf.5 'vidqc-config --table | jq -r .key'
like "$(out)" 'model.binary_threshold' 'the keys'
example vidqc-config.1 'vidqc-config --config my.json | jq .video.sample_fps'
is "$(out)" 5 'a value'

example vidqc-streams.5 'ffmpeg -v error -i clip.mp4 -f yuv4mpegpipe -pix_fmt yuv420p - | vidqc-ocr'
like "$(out)" 'OPEN 24 HOURS' 'text that FFmpeg decoded'
example vidqc-streams.5 'vidqc-frames -o -,height=360 clip.mp4 | vidqc-features | vidqc-classify'
holds '.artifact_category | IN("NONE", "TEMPORAL_FLICKER")' 'no text was looked for'
cp "$T/kept/text.y4m" "$T/text.y4m"
example vidqc-streams.5 "vidqc-ocr text.y4m | jq -r 'select(.type == \"text\") | .regions[].text'"
like "$(out)" 'OPEN 24 HOURS' 'all readings'
example vidqc-features.1 'ffmpeg -v error -i clip.mp4 -pix_fmt yuv420p -f yuv4mpegpipe - | vidqc-features'
example vidqc-features.1 "vidqc-features --manifest | jq -r '.features[].name'"
like "$(out)" 'has_text_regions' 'names of features'

example README 'ffmpeg -v error -i clip.mp4 -f yuv4mpegpipe - | vidqc-ocr'
example README 'vidqc-frames -o -,height=360 clip.mp4 | vidqc-features | jq .'
capture bash -c 'vidqc-frames clip.mp4 | ffmpeg -nostdin -v error -f yuv4mpegpipe -i - -f framecrc -'
is "$(grep -c '^0,' "$T/out")" 12 'FFmpeg reads what vidqc-frames writes'
is "$(err)" '' 'without complaint'

done_testing
