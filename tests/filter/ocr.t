#!/bin/bash
# vidqc-ocr: records, readings, tracks, threads, sizes, damage, refusals.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib.sh"
# Tesseract's own threads must be kept away without help from outside.
unset OMP_THREAD_LIMIT

[ -r "$FONT" ] || skip_all 'no font for drawtext'

# text NAME GRAPH: a stream of a lavfi graph, as FFmpeg writes it.
stream() {
	ffmpeg -nostdin -v error -y -f lavfi -i "$2" -pix_fmt yuv420p -f yuv4mpegpipe "$T/$1"
}

# put TEXT SIZE COLOR X Y
put() {
	printf "drawtext=fontfile=%s:text='%s':fontsize=%s:fontcolor=%s:x=%s:y=%s" "$FONT" "$@"
}

regions() {
	jq -c 'select(.type == "text") | .regions[]' "$T/out"
}

# covered X1 Y1 X2 Y2: least share of the box covered by the best region, over the frames.
covered() {
	jq -n --argjson b "[$1,$2,$3,$4]" '[inputs | select(.type == "text") | [.regions[].box |
		([.[2], $b[2]] | min) - ([.[0], $b[0]] | max) as $w |
		([.[3], $b[3]] | min) - ([.[1], $b[1]] | max) as $h |
		if $w > 0 and $h > 0 then $w * $h / (($b[2] - $b[0]) * ($b[3] - $b[1])) else 0 end]
		| max // 0] | min' "$T/out"
}

# ---- the plain case -----------------------------------------------------------------
stream still.y4m "color=gray:s=640x360:r=5:d=1.6,$(put 'OPEN LATE' 48 white 120 140)"
exits 0 vidqc-ocr -j1 "$T/still.y4m"
is "$(err)" '' 'silent'
is "$(jq -r .type "$T/out" | uniq -c | awk '{ print $1, $2 }' | paste -sd,)" \
	'1 header,8 text,1 end' 'a header, a record a frame, an end'
is "$(head -1 "$T/out" | jq -c '[.program, .width, .height, .source_width, .source_height, .rate, .language]')" \
	'["vidqc-ocr",640,360,640,360,[5,1],"eng"]' 'header record'
is "$(jq 'select(.type == "text") | .time * 10 | round / 10' "$T/out" | paste -sd,)" \
	'0,0.2,0.4,0.6,0.8,1,1.2,1.4' 'times'
is "$(jq -s -c '.[1].similarity, (.[2].similarity > 0.99), ([.[] | select(.cut)] | length)' "$T/out" | paste -sd,)" \
	'null,true,0' 'similarity of frames, no cut'
is "$(regions | jq -r 'select(.text == "OPEN LATE") | .track' | sort -u | wc -l)" 1 'one track reads OPEN LATE'
is "$(regions | jq -r 'select(.text == "OPEN LATE")' | jq -s 'length')" 8 'in each frame'
is "$(regions | jq -r .read | sort | uniq -c | awk '{ print $1, $2 }' | paste -sd,)" \
	'1 new,7 reused' 'read once'
ok 'it is confident' [ "$(regions | jq -s 'map(.confidence) | min > 80')" = true ]
ok 'the box covers the text' [ "$(jq -n "$(covered 122 144 380 180) > 0.9")" = true ]
ok 'nothing changed' [ "$(regions | jq -s 'map(select(.similarity != null) | .similarity) | length == 7 and min > 0.98')" = true ]
is "$(tail -1 "$T/out" | jq -c '[.frames, .regions, .tracks, .read, .reused]')" '[8,8,1,1,7]' 'end record'
cp "$T/out" "$T/still.jsonl"

exits 0 vidqc-ocr <"$T/still.y4m"
ok 'standard input, same bytes' cmp -s "$T/out" "$T/still.jsonl"
exits 0 vidqc-ocr -j5 - <"$T/still.y4m"
ok 'five threads, same bytes' cmp -s "$T/out" "$T/still.jsonl"

# ---- what is found --------------------------------------------------------------------
found() {
	local name=$1 graph=$2
	stream found.y4m "$graph"
	exits 0 vidqc-ocr -j2 "$T/found.y4m"
	ok "$name: found" [ "$(jq -n "$(covered "${@:3}") > 0.6")" = true ] || diag "$(covered "${@:3}")"
}
found 'dark on light' "color=white:s=640x360:r=5:d=0.6,$(put 'Small print' 24 black 200 100)" 202 104 345 122
found 'ten pixels high' "color=gray:s=640x360:r=5:d=0.6,$(put 'seven eleven' 13 white 100 100)" 101 102 195 112
found 'a third of the frame' "color=gray:s=640x360:r=5:d=0.6,$(put 'BIG' 160 white 150 100)" 160 122 455 236
found 'by colour alone' "color=0x508050:s=640x360:r=5:d=0.6,$(put 'COLOR' 48 0xa05078 200 140)" 204 144 380 180
found 'slanted' "color=gray:s=640x360:r=5:d=0.6,$(put 'SLANTED TEXT' 36 white 180 160),rotate=0.3:c=gray" 210 140 410 215
found 'on a busy background' "testsrc2=s=640x360:r=5:d=0.6,$(put 'HEADLINE' 64 white 150 150):borderw=3" 155 154 480 202

# ---- motion, change, cuts ----------------------------------------------------------------
stream pan.y4m "testsrc2=s=1280x360:r=5:d=2,trim=end_frame=1,loop=9:1:0,setpts=N/5/TB,$(put 'HARBOUR' 48 white 400 150):borderw=2,crop=640:360:x=n*14:y=0"
exits 0 vidqc-ocr -j2 "$T/pan.y4m"
# The large text: what is read there may be wrong in a letter, but it is one thing.
large='select(.letter_height > 25 and .letters > 5)'
is "$(regions | jq -r "$large | .track" | uniq -c | awk '{ print $1 }')" 10 'a moving text is one track'
ok 'its motion is measured' [ "$(regions | jq -s "map($large | select(.motion != null)) | length == 9 and all(.motion[0] < -13 and .motion[0] > -15)")" = true ]
ok 'and it stays the same' [ "$(regions | jq -s "map($large | select(.similarity != null)) | all(.similarity > 0.9)")" = true ]

stream morph.y4m "color=gray:s=640x360:r=5:d=2,$(put 'CORNER' 48 white 200 140):enable='eq(mod(n,2),0)',$(put 'CQBNEB' 48 white 200 140):enable='eq(mod(n,2),1)'"
exits 0 vidqc-ocr -j2 "$T/morph.y4m"
ok 'changing letters lower the similarity' [ "$(regions | jq -s 'map(select(.similarity != null)) | length > 5 and all(.similarity < 0.97 and .worst_similarity < .similarity)')" = true ]
ok 'the crop before last is the same' [ "$(regions | jq -s 'map(select(.similarity_2 != null)) | length > 4 and all(.similarity_2 > 0.98)')" = true ]
ok 'changed crops are read again' [ "$(jq -s 'last.read > 3' "$T/out")" = true ]
ok "and the reader's noise is measured then" [ "$(regions | jq -s 'map(.noise) | .[0] == null and last >= 0')" = true ]

stream blurred.y4m "color=gray:s=640x360:r=5:d=2,$(put 'CORNER' 48 white 200 140),gblur=sigma=4:enable='eq(mod(n,2),1)'"
exits 0 vidqc-ocr -j2 "$T/blurred.y4m"
ok 'where readings of changed crops agree it is of no interest' \
	[ "$(regions | jq -s '(map(select(.read == "new").text) | length > 3 and unique == ["CORNER"]) and all(.noise == null)')" = true ]

# A half clear label, sharp and blurred in turn: read both ways, a blurred one is taken for light letters.
stream label.y4m "testsrc2=s=640x360:r=5:d=3.2,$(put 'HARBOUR LIGHT' 40 black 120 140):box=1:boxcolor=white@0.5,gblur=sigma=4:enable='eq(mod(n,2),1)'"
exits 0 vidqc-ocr -j2 "$T/label.y4m"
ok 'dark letters stay dark where a crop does not tell' \
	[ "$(regions | jq -s 'map(select(.track == 1)) | length == 16 and all(.text | test("HARB.*LIGHT")) and all(.light_on_dark | not)')" = true ]

# Letters that are found nowhere again stand where they stood, as all around them does.
turns() { # BRIGHTNESS: of frame n
	stream turns.y4m "mandelbrot=s=640x360:start_x=-0.743643887:start_y=-0.131825904:start_scale=0.02,trim=end_frame=1,loop=-1:1,setpts=N/5/TB,fps=5,trim=duration=1.6,eq=brightness='$1':contrast=0.7:eval=frame,$(put 'WHARF' 48 white 200 140):enable='eq(mod(n,2),0)',$(put 'DAISY' 48 white 200 140):enable='eq(mod(n,2),1)',noise=alls=5:allf=t:all_seed=7"
	exits 0 vidqc-ocr "$T/turns.y4m"
}
turns -0.1
word='select(.letter_height > 25 and .similarity != null)'
ok 'another word in its place' [ "$(regions | jq -s "map($word) | length == 7 and all(.similarity < 0.5)")" = true ]
ok 'which did not move' [ "$(regions | jq -s "map($word) | all((.motion | map(fabs) | max) < 0.1)")" = true ]
ok 'as what surrounds it shows' [ "$(regions | jq -s "map($word) | (map(select(.match > 0.9)) | length > 4) and all(.around_similarity > 0.9)")" = true ]
turns '-0.1+0.1*mod(n,2)'
ok 'unless it becomes lighter or darker' [ "$(regions | jq -s "map($word) | length == 7 and all(.similarity < 0.5 and .match < 0.9)")" = true ]

stream a.y4m "color=gray:s=640x360:r=5:d=1,$(put 'BEFORE' 48 white 200 140)"
stream b.y4m "mandelbrot=s=640x360:r=5,trim=end_frame=5,$(put 'BEHIND' 48 yellow 200 140):borderw=2"
{
	cat "$T/a.y4m"
	tail -c +"$(($(head -1 "$T/b.y4m" | wc -c) + 1))" "$T/b.y4m"
} >"$T/cut.y4m"
exits 0 vidqc-ocr "$T/cut.y4m"
is "$(jq -c 'select(.cut == true) | .frame' "$T/out" | paste -sd,)" 5 'the cut is seen'
is "$(jq -s -c '[.[1:6][].regions[].track] as $a | [.[6:11][].regions[].track] as $b | ($a - ($a - $b)) | length' "$T/out")" \
	0 'no track crosses it'

stream plain.y4m 'color=blue:s=320x240:r=5:d=1'
exits 0 vidqc-ocr "$T/plain.y4m"
is "$(tail -1 "$T/out" | jq -c '[.frames, .regions, .read]')" '[5,0,0]' 'no text, no regions'

# ---- boxes are in source pixels --------------------------------------------------------
sed '1s/$/ XSRC=1280x720/' "$T/still.y4m" >"$T/half.y4m"
exits 0 vidqc-ocr "$T/half.y4m"
ok 'XSRC scales the boxes' [ "$(jq -n "$(covered 244 288 760 360) > 0.9")" = true ]
exits 0 vidqc-ocr --max-regions=1 "$T/found.y4m"
ok 'max-regions' [ "$(jq -s 'map(select(.type == "text") | .regions | length) | max <= 1' "$T/out")" = true ]

# ---- sizes --------------------------------------------------------------------------------
for size in 2x2 2x720 720x2 16x16 34x18 4096x2160; do
	stream size.y4m "testsrc2=s=$size:r=5:d=0.4"
	exits 0 vidqc-ocr "$T/size.y4m"
	is "$(tail -1 "$T/out" | jq -r '.type, .frames' | paste -sd,)" end,2 "$size: two frames"
done
stream one.y4m "color=gray:s=640x360:r=5:d=0.2,$(put 'ALONE' 48 white 120 140)"
exits 0 vidqc-ocr "$T/one.y4m"
is "$(regions | jq -r .text)" ALONE 'a single frame is read'
head -1 "$T/one.y4m" >"$T/none.y4m"
exits 0 vidqc-ocr "$T/none.y4m"
is "$(jq -r .type "$T/out" | paste -sd,)" header,end 'a stream of no frame'

# ---- damage -------------------------------------------------------------------------------
size=$(stat -c %s "$T/one.y4m")
for cut in 0 1 9 40 $((size / 2)) $((size - 1)); do
	head -c "$cut" "$T/one.y4m" >"$T/bad.y4m"
	exits 65 vidqc-ocr "$T/bad.y4m"
	like "$(err)" '^vidqc-ocr: .*bad.y4m: ' "cut at $cut: says where"
	is "$(jq -r .type "$T/out" 2>/dev/null | grep -c end)" 0 "cut at $cut: no end record"
done
printf 'YUV4MPEG2 W33 H17 F5:1 Ip C420\n' >"$T/bad.y4m"
exits 65 vidqc-ocr "$T/bad.y4m"
echo 'not a stream' >"$T/bad.y4m"
exits 65 vidqc-ocr <"$T/bad.y4m"
like "$(err)" '^vidqc-ocr: stdin: ' 'names standard input'

# ---- usage ----------------------------------------------------------------------------------
exits 66 vidqc-ocr "$T/nothing.y4m"
exits 66 vidqc-ocr "$T"
exits 64 vidqc-ocr -j0 "$T/one.y4m"
like "$(err)" '--jobs 0: expected an integer from 1 to 64' 'names the range'
exits 64 vidqc-ocr -j65 "$T/one.y4m"
exits 64 vidqc-ocr --max-regions=0 "$T/one.y4m"
exits 64 vidqc-ocr --nothing
exits 64 vidqc-ocr a b
exits 64 vidqc-ocr --set text.nothing=1 "$T/one.y4m"
exits 64 vidqc-ocr -l '../eng' "$T/one.y4m"
stream scripts.y4m "color=gray:s=640x360:r=5:d=0.6,$(put 'Größe 42' 48 white 60 40),$(put 'Café déjà' 48 black 60 120),$(put 'مرحبا بالعالم' 48 white 60 200),$(put 'S\\nA\\nL\\nE' 40 white 540 60)"
for language in eng deu eng+deu; do
	exits 0 vidqc-ocr -l "$language" "$T/scripts.y4m"
	is "$(head -1 "$T/out" | jq -r .language)" "$language" "$language in the header"
	[ "$language" != deu ] || ok 'letters of that language' [ "$(regions | jq -s 'any(.text == "Größe 42")')" = true ]
	ok 'from right to left and downwards: located, and no crash' [ "$(regions | jq -s 'map(select(.box[1] > 190 and .box[2] < 500 or .box[0] > 520)) | length > 0')" = true ]
done
exits 75 vidqc-ocr -l xyz "$T/one.y4m"
like "$(err)" 'language "xyz" is not installed; on Debian: apt-get install tesseract-ocr-xyz' \
	'names the package'
exits 75 vidqc-ocr -l eng+xyz "$T/one.y4m"
like "$(err)" 'tesseract-ocr-xyz' 'the missing one of two'
exits 0 vidqc-ocr -h
like "$(out)" '^usage: vidqc-ocr' 'help'
exits 0 vidqc-ocr --version
like "$(out)" '^vidqc-ocr [0-9]' 'version'

# ---- output that fails ------------------------------------------------------------------------
vidqc-ocr "$T/still.y4m" >/dev/full 2>"$T/err"
is $? 74 'a full disk'
like "$(err)" 'write|No space' 'says so'
{
	sleep 0.5 # true is gone by then
	exec vidqc-ocr "$T/still.y4m" 2>"$T/err"
} | true
is "${PIPESTATUS[0]}" 141 'a closed pipe'
is "$(err)" '' 'is silent'

# ---- threads ------------------------------------------------------------------------------------
vidqc-ocr -j1 "$T/morph.y4m" >/dev/null &
pid=$!
most=0
while threads=$(awk '/^Threads:/ { print $2 }' "/proc/$pid/status" 2>/dev/null) && [ -n "$threads" ]; do
	((threads > most)) && most=$threads
done
wait "$pid"
is "$most" 1 'Tesseract starts no threads of its own'

done_testing
