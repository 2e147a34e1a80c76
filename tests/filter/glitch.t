#!/bin/bash
# vidqc-glitch: what it says it did is what it did, and nothing else.
# shellcheck disable=SC2016 # jq programs
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib.sh"

[ -r "$FONT" ] || skip_all 'no font for drawtext'

# stream NAME GRAPH: frames that another program made, with vidqc's tags: half the size of
# the original, numbers from 7, 24 a second.
stream() {
	ffmpeg -nostdin -v error -y -f lavfi -i "$2" -pix_fmt yuv420p -f yuv4mpegpipe "$T/plain.y4m"
	perl -e 'binmode STDIN; binmode STDOUT; my $h = <STDIN>; $h =~ s/ X\S*|\n//g;
		print "$h XSRC=640x360\n";
		for (my $n = 0; defined(my $line = <STDIN>); $n++) {
			read STDIN, my $pixels, 320 * 180 * 3 / 2;
			printf "FRAME XN=%d XT=%d\n%s", $n + 7, $n * 1e6 / 24 + 0.5, $pixels }' \
		<"$T/plain.y4m" >"$T/$1"
}

# The frame lines.
lines() {
	grep -ao 'FRAME XN=[0-9]* XT=[0-9]*' "$1"
}

# Checksums of the frames, one a line.
sums() {
	ffmpeg -nostdin -v error "${@:2}" -i "$1" -f framemd5 - | grep -v '^#' | sed 's/.*, *//'
}

# crops FILE FILTER: the same of a part of them.
crops() {
	ffmpeg -nostdin -v error -i "$1" -vf "$2" -f framemd5 - | grep -v '^#' | sed 's/.*, *//'
}

# Numbers of the frames that differ.
differing() {
	paste <(sums "$1") <(sums "$2") | awk '$1 != $2 { print NR + 6 }' | paste -sd,
}

truths() {
	jq -c "select(.type == \"truth\") | $1" "$T/truth"
}

# Mean luma of the frames, rounded.
means() {
	ffmpeg -nostdin -v error -i "$1" -vf "${2:-null},signalstats,metadata=print:key=lavfi.signalstats.YAVG:file=-" \
		-f null - | sed -n 's/.*YAVG=//p' | awk '{ printf "%.0f\n", $1 }' | paste -sd,
}

scene="testsrc2=s=640x360:r=24:d=1.5,scale=320:180,drawbox=x=20:y=60:w=200:h=40:c=0x203040:t=fill,drawtext=fontfile=$FONT:text='HARBOUR':fontsize=26:fontcolor=white:x=50:y=68"
stream in.y4m "$scene"
count=36

# ---- the kinds ------------------------------------------------------------------------
exits 0 vidqc-glitch --list
cp "$T/out" "$T/list"
exits 0 vidqc-glitch --list=json
is "$(jq -r '[.kind, .class, .help] | join(" ")' "$T/out")" "$(sed 's/  */ /g' "$T/list")" \
	'both lists say the same'
is "$(jq -r .class "$T/out" | sort -u | paste -sd,)" NONE,TEMPORAL_FLICKER,TEXT_INCONSISTENCY 'classes'
holds '.type == "kind" and .min <= .default and .default <= .max and .unit != ""' 'units and ranges'
kinds=$(jq -r .kind "$T/out")
is "$(sort <<<"$kinds" | uniq -d)" '' 'no name twice'
missing=
for kind in $kinds; do
	grep -q "^\.It Cm $kind\$" "$ROOT/man/vidqc-glitch.1" || missing+=" $kind"
done
is "$missing" '' 'the manual page has every kind'

cat >"$T/ocr.jsonl" <<'EOF'
{"type":"header","program":"by-hand","version":"1","width":640,"height":360}
{"type":"text","frame":7,"time":0,"regions":[{"track":5,"box":[96,130,380,184],"text":"","confidence":0}]}
{"type":"text","frame":31,"time":1,"regions":[{"track":5,"box":[96,130,380,184],"text":"","confidence":0}]}
{"type":"end"}
EOF

for kind in $kinds; do
	options=(--kind "$kind")
	case $kind in
	text-*) options+=(--boxes "$T/ocr.jsonl") ;;
	esac
	exits 0 vidqc-glitch "${options[@]}" --seed 3 --truth "$T/truth" "$T/in.y4m"
	is "$(err)" '' "$kind: silent"
	mv "$T/out" "$T/a.y4m"
	cp "$T/truth" "$T/truth.a"
	is "$(lines "$T/a.y4m" | wc -l)" "$count" "$kind: a frame for each frame"
	is "$(head -1 "$T/a.y4m")" "$(head -1 "$T/in.y4m")" "$kind: same header"
	ok "$kind: same numbers and times" cmp -s <(lines "$T/in.y4m") <(lines "$T/a.y4m")
	is "$(jq -r .type "$T/truth" | uniq -c | awk '{ print $2 }' | paste -sd,)" \
		header,glitch,truth,summary,end "$kind: records"
	is "$(truths .frame | paste -sd,)" "$(differing "$T/in.y4m" "$T/a.y4m")" \
		"$kind: the truth has the frames that changed"
	is "$(jq -s -c '(map(select(.type == "truth"))) as $t | map(select(.type == "summary"))[0] |
		[.frames == ($t | length), .frame_start == $t[0].frame, .frame_end == $t[-1].frame,
		.start == $t[0].time, .class == $t[0].class, .change == ($t | map(.change) | max)]' "$T/truth")" \
		'[true,true,true,true,true,true]' "$kind: the summary sums up"
	is "$(truths '.boxes | length > 0 and all(.[0] >= 0 and .[1] >= 0 and .[2] <= 640 and .[3] <= 360
		and .[0] < .[2] and .[1] < .[3])' | sort -u)" true "$kind: boxes lie in the original picture"
	exits 0 vidqc-glitch "${options[@]}" --seed 3 --truth "$T/truth" - <"$T/in.y4m"
	ok "$kind: same seed, same bytes" cmp -s "$T/out" "$T/a.y4m"
	ok "$kind: same seed, same truth" cmp -s "$T/truth" "$T/truth.a"
done

for kind in color texture structure text-swap text-morph text-erase text-weight text-jitter text-mix \
	caption caption-mutate counter ticker roll cut dissolve shake noise; do
	options=(--kind "$kind")
	case $kind in
	text-*) options+=(--box '96,130,284,54') ;;
	esac
	vidqc-glitch "${options[@]}" --seed 1 "$T/in.y4m" >"$T/a.y4m"
	vidqc-glitch "${options[@]}" --seed 2 "$T/in.y4m" >"$T/b.y4m"
	ok "$kind: another seed, other pictures" [ "$(differing "$T/a.y4m" "$T/b.y4m" | tr , '\n' | wc -l)" -gt 5 ]
done

# ---- levels, beats, places ---------------------------------------------------------------
stream gray.y4m 'color=0x808080:s=320x180:r=24:d=0.5'
base=$(means "$T/gray.y4m" | cut -d, -f1)
# steps N...: those differences from the grey.
steps() {
	local out=
	for n; do
		out+=,$((base + n))
	done
	echo "${out#,}"
}
beat() {
	exits 0 vidqc-glitch --truth "$T/truth" "${@:2}" "$T/gray.y4m"
	# shellcheck disable=SC2086
	is "$(means "$T/out")" "$(steps $1)" "levels of ${*:2}"
}
beat '8 -8 8 -8 8 -8 8 -8 8 -8 8 -8' --kind luma --strength 8
is "$(truths .amplitude | paste -sd,)" 8,-8,8,-8,8,-8,8,-8,8,-8,8,-8 'amplitudes'
is "$(truths .change | sort -u)" 8 'measured as well'
beat '8 8 -8 -8 8 8 -8 -8 8 8 -8 -8' --kind luma --strength 8 --period 4
beat '-3 3 3 -3 3 3 -3 3 3 -3 3 3' --kind luma --strength -3 --period 3 --on 1
beat '0 0 0 0 0 0 4 4 -4 -4 4 4' --kind luma --strength 4 --hz 6 --start 0.25
beat '0 0 0 9 -9 0 0 0 0 0 0 0' --kind luma --strength 9 --start 0.125 --frames 2
beat '0 0 0 9 -9 9 0 0 0 0 0 0' --kind luma --strength 9 --start 0.125 --duration 0.125
beat '0 10 0 -10 0 10 0 -10 0 10 0 -10' --kind luma --strength 10 --wave sine --period 4
beat '0 0 20 0 0 0 0 0 0 0 0 0' --kind pop --strength 20 --start 0.0833
beat '-20 0 0 0 -20 0 0 0 -20 0 0 0' --kind pop --strength -20 --start 0 --period 4
beat '5 0 0 0 0 0 5 0 0 0 0 0' --kind pop --strength 5 --start 0 --hz 4
beat '90 90 0 0 90 90 0 0 90 90 0 0' --kind strobe
is "$(jq -r 'select(.type == "glitch") | .policy' "$T/truth")" temporal.strobe 'a strobe is a matter of policy'
vidqc-glitch --kind luma --wave random --strength 20 --period 3 "$T/gray.y4m" >"$T/a.y4m"
is "$(means "$T/a.y4m" | tr , '\n' | uniq -c | awk '{ print $1 }' | paste -sd,)" 3,3,3,3 'a random value a cycle'
beat '0 0 0 0 0 0 0 0 0 0 0 0' --kind luma --strength 0
is "$(jq -r 'select(.type == "summary") | [.class, .frames] | @csv' "$T/truth")" '"NONE",0' \
	'no strength, no defect'

exits 0 vidqc-glitch --kind luma --strength 10 --box 320,180,200,100 --truth "$T/truth" "$T/gray.y4m"
mv "$T/out" "$T/a.y4m"
is "$(truths .boxes | sort -u)" '[[320,180,520,280]]' 'the box, in pixels of the original'
is "$(means "$T/a.y4m" 'crop=30:16:195:107')" "$(steps 10 -10 10 -10 10 -10 10 -10 10 -10 10 -10)" \
	'all of it in the middle of the box'
is "$(crops "$T/a.y4m" crop=160:180:0:0)" "$(crops "$T/gray.y4m" crop=160:180:0:0)" 'nothing on the left'
is "$(crops "$T/a.y4m" crop=320:90:0:0)" "$(crops "$T/gray.y4m" crop=320:90:0:0)" 'nothing above'
is "$(crops "$T/a.y4m" crop=320:40:0:140)" "$(crops "$T/gray.y4m" crop=320:40:0:140)" 'nothing below'
for kind in texture structure; do
	vidqc-glitch --kind $kind --strength 1 --start 0 --box 320,0,320,360 "$T/in.y4m" >"$T/a.y4m"
	is "$(crops "$T/a.y4m" crop=160:180:0:0)" "$(crops "$T/in.y4m" crop=160:180:0:0)" "$kind stays in its box"
done

# Another state in each frame, the same one for a period, one for good.
stream still.y4m "$scene,trim=end_frame=1,loop=11:1:0,setpts=N/24/TB"
runs() {
	vidqc-glitch "$@" "$T/still.y4m" >"$T/a.y4m"
	sums "$T/a.y4m" | uniq -c | awk '{ print $1 }' | paste -sd,
}
is "$(runs --kind texture)" 1,1,1,1,1,1,1,1,1,1,1,1 'texture boils in each frame'
is "$(runs --kind texture --period 3)" 3,3,3,3 'or every third'
is "$(runs --kind texture --period 3 --smooth)" 1,1,1,1,1,1,1,1,1,1,1,1 'or glides'
is "$(runs --kind structure --start 0.125)" 3,9 'structure changes once'
is "$(runs --kind structure --start 0.125 --period 4)" 3,4,4,1 'or again and again'
for kind in swap morph erase weight jitter mix; do
	is "$(runs --kind text-$kind --period 4 --box 96,130,284,54)" 4,4,4 "text-$kind: a state for each period"
done
for kind in morph weight jitter; do
	is "$(runs --kind text-$kind --period 4 --box 96,130,284,54 --smooth)" 1,1,1,1,1,1,1,1,1,1,1,1 \
		"text-$kind glides"
done
is "$(runs --kind caption)" 12 'a caption stays'
is "$(runs --kind caption-mutate --period 3)" 3,3,3,3 'a mutating one does not'
is "$(runs --kind counter --period 4)" 4,4,4 'a counter counts'
is "$(runs --kind typing --period 2 --text abc)" 2,2,8 'typing comes to its end'
is "$(runs --kind caption-change --period 6 --text 'one|two')" 6,6 'captions change'
# Stronger is more.
for kind in texture structure text-morph text-jitter text-weight noise; do
	last=0 rising=yes
	for strength in 0.2 0.5 1; do
		options=(--kind "$kind" --strength "$strength" --start 0 --truth "$T/truth")
		case $kind in
		text-*) options+=(--box '96,130,284,54') ;;
		esac
		vidqc-glitch "${options[@]}" "$T/still.y4m" >/dev/null
		change=$(jq 'select(.type == "summary") | .change' "$T/truth")
		[ "$(jq -n "$change > $last")" = true ] || rising="$last then $change"
		last=$change
	done
	is "$rising" yes "$kind: more strength, more change"
done

# ---- order ------------------------------------------------------------------------------
exits 0 vidqc-glitch --kind swap --start 0.2 "$T/in.y4m"
mv "$T/out" "$T/a.y4m"
is "$(sums "$T/a.y4m")" "$(sums "$T/in.y4m" | awk '{ l[NR] = $0 } END { t = l[6]; l[6] = l[7]; l[7] = t
	for (i = 1; i <= NR; i++) print l[i] }')" 'the sixth and the seventh frame trade pictures'
exits 0 vidqc-glitch --kind hold --period 3 "$T/in.y4m"
mv "$T/out" "$T/a.y4m"
is "$(sums "$T/a.y4m")" "$(sums "$T/in.y4m" | awk 'NR % 3 == 1 { l = $0 } { print l }')" 'each third picture is held'
exits 0 vidqc-glitch --kind luma --distinct "$T/a.y4m"
is "$(means "$T/out" crop=20:20:0:0 | cut -d, -f1-9)" \
	"$(vidqc-glitch --kind luma --period 6 --on 3 "$T/a.y4m" | means - crop=20:20:0:0 | cut -d, -f1-9)" \
	'repeated pictures do not count'

# ---- look-alikes --------------------------------------------------------------------------
exits 0 vidqc-glitch --kind cut --start 0.5 --truth "$T/truth" "$T/in.y4m"
is "$(truths .frame | head -1),$(truths .frame | tail -1)" 19,42 'a cut at half a second, for good'
exits 0 vidqc-glitch --kind fade --start 0 --duration 1 "$T/gray.y4m"
is "$(means "$T/out" | cut -d, -f12)" 18 'a fade is nearly black before its middle'
stream square.y4m 'color=0x808080:s=320x180:r=24:d=0.5,drawbox=x=144:y=74:w=32:h=32:c=white:t=fill'
exits 0 vidqc-glitch --kind zoom --strength 2 --start 0.1 --duration 0.2 "$T/square.y4m"
is "$(means "$T/out" | cut -d, -f1,12)" "$((base + 2)),$((base + 8))" 'a zoom by two shows the square four times as large'
exits 0 vidqc-glitch --kind pan --strength 0.4 --start 0.1 --duration 0.2 "$T/square.y4m"
is "$(means "$T/out" crop=160:180:0:0 | cut -d, -f1,12),$(means "$T/out" crop=160:180:160:0 | cut -d, -f1,12)" \
	"$base,$((base + 11)),$((base + 11)),$base" 'a pan to the right takes it from the right to the left'
exits 0 vidqc-glitch --kind shake --truth "$T/truth" "$T/square.y4m"
is "$(sums "$T/out" | sort -u | wc -l)" 12 'a hand never rests'
exits 65 vidqc-glitch --kind pan "$T/gray.y4m"
like "$(err)" 'nothing was changed: the pictures leave nothing to change' 'a plain picture shows no pan'

# ---- text -----------------------------------------------------------------------------------
# Only the letters of the text change: all around them the frame stays as it is.
for kind in swap morph erase weight jitter mix; do
	exits 0 vidqc-glitch --kind text-$kind --boxes "$T/ocr.jsonl" --truth "$T/truth" "$T/in.y4m"
	mv "$T/out" "$T/a.y4m"
	is "$(truths .tracks | sort -u)" '[5]' "text-$kind: the track"
	ok "text-$kind: the letters change" [ "$(truths .change | jq -s 'min > 2')" = true ]
	is "$(crops "$T/a.y4m" crop=320:52:0:0)" "$(crops "$T/in.y4m" crop=320:52:0:0)" "text-$kind: nothing above"
	is "$(crops "$T/a.y4m" crop=320:70:0:110)" "$(crops "$T/in.y4m" crop=320:70:0:110)" "text-$kind: nothing below"
	is "$(crops "$T/a.y4m" crop=100:180:220:0)" "$(crops "$T/in.y4m" crop=100:180:220:0)" "text-$kind: nothing beside"
done
stream moving.y4m "color=gray:s=320x180:r=24:d=1,drawtext=fontfile=$FONT:text='HARBOUR':fontsize=24:fontcolor=white:x=20+n*5:y=70"
cat >"$T/moving.jsonl" <<'EOF'
{"type":"header","program":"by-hand","version":"1","width":640,"height":360}
{"type":"text","frame":7,"time":0,"regions":[{"track":1,"box":[36,134,296,184],"text":"","confidence":0}]}
{"type":"text","frame":30,"time":0.958333,"regions":[{"track":1,"box":[266,134,526,184],"text":"","confidence":0}]}
{"type":"end"}
EOF
exits 0 vidqc-glitch --kind text-erase --strength 1 --boxes "$T/moving.jsonl" --truth "$T/truth" "$T/moving.y4m"
is "$(truths '[.frame, .boxes[0][0]]' | sed -n 13p)" '[19,156]' 'boxes move with the text'
is "$(truths .frame | wc -l)" 24 'in every frame'
ok 'the letters are gone from each' [ "$(truths .change | jq -s 'min > 8')" = true ]

vidqc-glitch -k caption --text 'HARBOUR' --box 60,100,520,120 "$T/gray.y4m" >"$T/a.y4m"
exits 0 vidqc-ocr "$T/a.y4m"
is "$(jq -r 'select(.type == "text") | .regions[].text' "$T/out" | sort | uniq -c | sort -nr | awk 'NR == 1 { print $2 }')" \
	HARBOUR 'what is drawn can be read'
exits 0 vidqc-glitch -k caption-mutate --strength 0.5 --text 'HARBOUR' --truth "$T/truth" "$T/gray.y4m"
is "$(truths .text_true | sort -u)" '"HARBOUR"' 'the truth has what it stands for'
is "$(truths '[.text, .text_true] | map(explode) | transpose | map(select(.[0] != .[1])) | length' | sort -u)" \
	4 'and what was drawn: half of the letters are others'

# ---- nothing to do -----------------------------------------------------------------------------
exits 65 vidqc-glitch --kind luma --start 3 "$T/gray.y4m"
like "$(err)" 'gray.y4m: nothing was changed: the last of 12 frames is at 0.458333 s, before --start 3' 'says why'
exits 65 vidqc-glitch --kind text-swap --box 10,10,100,50 --truth "$T/truth" "$T/gray.y4m"
like "$(err)" 'nothing was changed: no text' 'no text, no defect'
is "$(jq -r .type "$T/truth" | grep -c end)" 0 'and a truth without an end'
stream noise.y4m 'color=0x808080:s=320x180:r=24:d=0.5,noise=alls=60:allf=t'
exits 65 vidqc-glitch --kind text-swap --boxes "$T/ocr.jsonl" "$T/noise.y4m"
like "$(err)" 'nothing was changed: no text' 'noise is no text'
exits 0 vidqc-glitch --kind text-swap --strength 0 --box 10,10,100,50 "$T/gray.y4m"

# ---- the manual's examples, and the front end --------------------------------------------------
mkdir "$T/ex"
make_clip "$T/ex/clip.mp4" "$scene"
cd "$T/ex" || exit 1
# example LINE...: the page has these lines, and they work (a picture goes to a file).
example() {
	local line
	mandoc -T ascii -O width=200 "$ROOT/man/vidqc-glitch.1" | sed 's/.\x08//g' >"$T/page"
	for line; do
		grep -qF -e "$line" "$T/page" || fail "the page has: $line"
	done
	exits 0 bash -euo pipefail -c "$(printf '%s\n' "$@" | sed 's/| ffplay -/>shown.y4m/')"
}
example 'vidqc-frames -o - clip.mp4 |' \
	'vidqc-glitch --kind luma --strength 6 --box 0,0,200,150 --truth truth.jsonl |' \
	'ffmpeg -v error -i - -crf 16 broken.mp4'
ok 'a broken clip' test -s "$T/ex/broken.mp4"
example 'vidqc-frames -o frames.y4m -o text.y4m,fps=5,samples=50,height=720 clip.mp4' \
	'vidqc-ocr text.y4m |' \
	"jq -c 'if .type == \"text\" then .regions |= map(select(.confidence > 80)) else . end' > ocr.jsonl"
is "$(jq -r .type "$T/ex/ocr.jsonl" | uniq | paste -sd,)" header,text,end 'records of a part of the text'
make_clip "$T/ex/clip.mp4" 'testsrc2=s=800x600:r=24:d=0.5'
vidqc-frames -o frames.y4m clip.mp4
example 'vidqc-glitch -k caption --text "Grand opening" --box 100,500,600,60 frames.y4m |' \
	'vidqc-glitch -k text-morph --box 100,500,600,60 --period 2 --smooth | ffplay -'
is "$(sums "$T/ex/shown.y4m" | sort -u | wc -l)" 12 'a caption that boils'
exits 0 vidqc glitch --list
ok 'vidqc glitch is the same' cmp -s "$T/out" "$T/list"
cd "$ROOT" || exit 1

# ---- usage ----------------------------------------------------------------------------------------
refused() {
	exits 64 vidqc-glitch "${@:2}" "$T/gray.y4m"
	like "$(err)" "$1" 'says what'
	is "$(out | wc -c)" 0 'and writes nothing'
}
refused '--kind is missing'
refused 'unknown kind flicker' --kind flicker
refused '--strength 500: kind luma takes -128 to 128 .levels.' --kind luma --strength 500
refused '--strength x: expected a number' --kind luma --strength x
refused '--seed -1: expected an integer' --kind luma --seed -1
refused '--box 1,2,3: expected X,Y,W,H' --kind luma --box 1,2,3
refused '--box 1,2,3,4,5: expected X,Y,W,H' --kind luma --box 1,2,3,4,5
refused '--box 600,0,100,100: outside of the picture, 640x360' --kind luma --box 600,0,100,100
refused '--box means nothing to kind cut' --kind cut --box 0,0,100,100
refused '--boxes means nothing to kind luma' --kind luma --boxes "$T/ocr.jsonl"
refused 'kind text-swap needs --boxes or --box' --kind text-swap
refused '--box and --boxes exclude each other' --kind text-swap --box 0,0,99,99 --boxes "$T/ocr.jsonl"
refused '--boxes -: standard input is for frames' --kind text-swap --boxes -
refused '--truth -: standard output is for frames' --kind luma --truth -
refused '--period means nothing to kind fade' --kind fade --period 2
refused '--hz 13: the stream.s rate of 24 allows 12 at most' --kind luma --hz 13
refused '--hz and --period or --on exclude each other' --kind luma --hz 3 --period 2
refused '--on 3: longer than the period' --kind luma --on 3
refused '--duration and --frames exclude each other' --kind luma --duration 1 --frames 3
refused '--wave saw: expected square, sine or random' --kind luma --wave saw
refused '--wave means nothing to kind pop' --kind pop --wave sine
refused '--smooth means nothing to kind luma' --kind luma --smooth
refused '--text means nothing to kind luma' --kind luma --text a
refused '--text: character 2 is no printable ASCII' --kind caption --text 'aé'
refused '--text: expected 1 to 12 lines' --kind caption --text 'a||b'
exits 64 vidqc-glitch --list=xml
exits 64 vidqc-glitch --kind luma a b

# ---- damage ------------------------------------------------------------------------------------------
size=$(stat -c %s "$T/gray.y4m")
for cut in 0 9 40 100 $((size / 2)) $((size - 1)); do
	head -c "$cut" "$T/gray.y4m" >"$T/bad.y4m"
	exits 65 vidqc-glitch --kind swap --truth "$T/truth" "$T/bad.y4m"
	like "$(err)" '^vidqc-glitch: .*bad.y4m: ' "cut at $cut: says where"
	is "$(grep -s -c '"end"' "$T/truth")" 0 "cut at $cut: no end record"
	rm -f "$T/truth"
done
exits 65 vidqc-glitch --kind luma </dev/null
like "$(err)" '^vidqc-glitch: stdin: empty input' 'names standard input'
exits 66 vidqc-glitch --kind luma "$T/none.y4m"
exits 66 vidqc-glitch --kind luma "$T"
exits 66 vidqc-glitch --kind text-swap --boxes "$T/none.jsonl" "$T/gray.y4m"
head -2 "$T/ocr.jsonl" >"$T/dead.jsonl"
exits 65 vidqc-glitch --kind text-swap --boxes "$T/dead.jsonl" "$T/gray.y4m"
like "$(err)" 'dead.jsonl: line 2: no end record' 'records of a producer that died'
exits 74 vidqc-glitch --kind luma --truth "$T/none/truth" "$T/gray.y4m"
exits 74 vidqc-glitch --kind luma --truth /dev/full "$T/gray.y4m"
like "$(err)" '/dev/full: write: No space left' 'a full disk'
exits 74 bash -c 'vidqc-glitch --kind luma "$0" >/dev/full' "$T/gray.y4m"
like "$(err)" 'stdout: write: No space left' 'a full disk for frames'
for dims in 2x2 2x180 320x2 16x16; do
	ffmpeg -nostdin -v error -y -f lavfi -i "testsrc2=s=$dims:r=24:d=0.75" -pix_fmt yuv420p -f yuv4mpegpipe "$T/tiny.y4m"
	for kind in $kinds; do
		options=(--kind "$kind")
		case $kind in
		text-*) options+=(--box "0,0,${dims/x/,}" --strength 0) ;;
		esac
		capture vidqc-glitch "${options[@]}" "$T/tiny.y4m"
		# A tiny picture may leave nothing to change.
		[[ $status == 0 || $status == 65 ]] || fail "$kind at $dims: exit $status: $(err)"
	done
	pass "$dims: every kind ends well"
done

done_testing
