#!/bin/bash
# Text that changes for a good reason, and text that mutates: one scripted clip each.
# Those that the default model flags wrongly are named in README, Limits.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

fonts=${FONT%/*}
bold=$FONT
serif=$fonts/DejaVuSerif-Bold.ttf
mono=$fonts/DejaVuSansMono-Bold.ttf
thin=$fonts/DejaVuSans.ttf

# ---- pieces of filter graphs

# still SIZE RATE SECONDS: one picture with structure everywhere, standing still.
still() {
	printf '%s' "mandelbrot=s=$1:start_x=-0.743643887:start_y=-0.131825904:start_scale=0.02," \
		"trim=end_frame=1,loop=-1:1,setpts=N/$2/TB,fps=$2,trim=duration=$3," \
		"hue=s=0.5,eq=brightness=-0.1:contrast=0.7"
}

# dive SIZE RATE SECONDS: the same, flown into.
dive() {
	printf '%s' "mandelbrot=s=$1:r=$2:start_scale=1:end_scale=0.3:end_pts=200," \
		"trim=duration=$3,hue=s=0.5,eq=brightness=-0.1:contrast=0.7"
}

# wall SIZE RATE SECONDS SEED: soft shades.
wall() {
	printf '%s' "gradients=s=$1:r=$2:d=$3:seed=$4:speed=0.00001:n=4:" \
		"c0=0x405870:c1=0x806850:c2=0x304838:c3=0x907878,format=yuv420p"
}

# text TEXT SIZE X Y [FONT [COLOUR [EDGE [MORE]]]]: a row with a dark edge.
text() {
	printf '%s' "drawtext=fontfile=${5:-$bold}:text='$1':fontsize=$2:x=$3:y=$4:" \
		"fontcolor=${6:-white}:borderw=${7:-2}:bordercolor=black${8:-}"
}

# taking_turns FRAMES SIZE X Y FONT COLOUR WORD...: each for so many frames, over and over.
taking_turns() {
	local frames=$1 size=$2 x=$3 y=$4 font=$5 colour=$6 i=0 n word
	shift 6
	n=$(($# * frames))
	for word; do
		printf '%s' "," "$(text "$word" "$size" "$x" "$y" "$font" "$colour" 2 \
			":enable='between(mod(n\,$n)\,$((i * frames))\,$((i * frames + frames - 1)))'")"
		i=$((i + 1))
	done
}

# ramp FROM TO START END: commands that change the strength of a gblur.
ramp() {
	awk -v a="$1" -v b="$2" -v s="$3" -v e="$4" 'BEGIN {
		for (i = 0; i <= 24; i++)
			printf "%.4f gblur sigma %.4f;\n", s + (e - s) * i / 24, a + (b - a) * i / 24
	}'
}

grain='noise=alls=5:allf=t:all_seed=7'
hotel="$(text 'GRAND HOTEL' 52 120 110),$(text 'ROOMS AND BREAKFAST' 28 124 180 "$serif" yellow)"
# The same, to be looked at by a camera of half the size.
wide="$(text 'GRAND HOTEL' 130 700 500),$(text 'ROOMS AND BREAKFAST' 70 710 700 "$serif" yellow)"

# ---- what is expected

# clip NAME GRAPH [FFMPEG OPTION...]: as users' encoders make them, and looked at.
clip() {
	local name=$1 graph=$2
	shift 2
	rm -rf "$T/kept"
	make_clip "$T/$name.mp4" "$graph" -c:v libx264 -preset veryfast "$@"
	exits 0 vidqc predict --keep "$T/kept" "$T/$name.mp4"
}

reasons() {
	jq -r '.suppressed[] | select(.category == "TEXT_INCONSISTENCY") | .reason' "$T/out" |
		sort -u | paste -sd' '
}

# unflagged NAME: the clip is not flagged for its text.
unflagged() {
	unlike "$(jq -r .artifact_category "$T/out")" TEXT "$1: is not flagged"
	holds '.defects.TEXT_INCONSISTENCY < 0.5' "$1: P(text) is less than a half"
}

# let_go NAME [REASON]: nor is a piece of its text an event, and, when a reason is given,
# one was let go for it (an extended regular expression).
let_go() {
	unflagged "$1"
	is "$(jq -c 'select(.type == "features") | .events[] |
		select(.category == "TEXT_INCONSISTENCY") | [.before, .after, .bbox]' \
		"$T/kept/features.jsonl")" '' "$1: is no event"
	if [ -n "${2:-}" ]; then
		like " $(reasons) " " ($2) " "$1: is let go: $2"
	fi
}

# event NAME X1 Y1 X2 Y2: an event lies in that box, and fills a third of it at least.
event() {
	is "$(jq -c --argjson b "[$2, $3, $4, $5]" '
		def area: ([.[2] - .[0], 0] | max) * ([.[3] - .[1], 0] | max);
		select(.type == "features") | [.events[] |
			select(.category == "TEXT_INCONSISTENCY") | .bbox |
			([([.[0], $b[0]] | max), ([.[1], $b[1]] | max),
				([.[2], $b[2]] | min), ([.[3], $b[3]] | min)] | area) as $both |
			$both >= 0.33 * ($b | area) and $both >= 0.33 * area] | any' \
		"$T/kept/features.jsonl")" true "$1: is an event where it happens"
}

# flagged NAME X1 Y1 X2 Y2
flagged() {
	is "$(jq -r .artifact_category "$T/out")" TEXT_INCONSISTENCY "$1: is flagged"
	event "$@"
}

# ---- the camera
{
	ramp 0 9 0.8 1.8
	ramp 9 0 2.4 3.4
} >"$T/focus"
clip defocus "$(still 640x360 25 4),$hotel,$grain,sendcmd=f=$T/focus,gblur=sigma=0.01:steps=2"
let_go 'out of focus and back' 'blur|blur .*|.* blur'

clip pan "$(still 2560x1440 24 4),$wide,$(text PARKING 90 1700 600),crop=1280:720:'120+270*t':'300+20*t',scale=640:360:flags=bicubic,$grain"
let_go 'a pan over signs' '.*scroll.*'

clip zoom "$(still 1280x720 24 4),$(text 'GRAND HOTEL' 90 330 270),$(text 'ROOMS AND BREAKFAST' 44 380 400 "$serif" yellow),scale=w='2*trunc(640*(0.8+0.22*t))':h=-2:eval=frame:flags=bicubic,crop=640:360,$grain"
let_go 'a zoom into signs'

clip shake "$(still 1480x880 30 3),$(text 'GRAND HOTEL' 100 380 300),$(text 'ROOMS AND BREAKFAST' 50 390 440 "$serif" yellow),crop=1280:720:'100+40*sin(7*t)+22*sin(17*t+1)+14*sin(41*t)':'80+30*sin(9*t+2)+18*sin(23*t)+12*sin(37*t)',scale=640:360:flags=bicubic,$grain"
let_go 'a shaken camera' '.*(motion|blur).*'

clip turning "$(still 640x360 24 4),$hotel,perspective=x0='-on*0.7':y0='-on*0.5':x1='W+on*0.2':y1='on*0.25':x2='-on*0.7':y2='H+on*0.5':x3='W+on*0.2':y3='H-on*0.25':eval=frame,$grain"
let_go 'a sign that turns'

# ---- light and quality
clip fade "$(still 640x360 30 4),$hotel,$grain,fade=t=in:d=1.2,fade=t=out:st=2.8:d=1.2"
let_go 'the whole picture fades' '.*(fade|blur).*'

clip text_fade "$(wall 640x360 25 4 3),$(text 'A QUIET MORNING' 44 110 150 "$serif" white 0 ":alpha='clip(min(t-0.3\,3.7-t)\,0\,1)'"),$(text 'directed by nobody' 26 180 220 "$thin" white 0 ":alpha='clip(min(t-0.8\,3.7-t)\,0\,1)'"),$grain"
let_go 'text fades in and out' '.*(fade|blur).*'

clip light "$(still 640x360 24 4),$hotel,eq=brightness='0.07*sin(9*t)+0.09*sin(31*t)+0.06*lt(mod(n\,5)\,2)':eval=frame,$grain"
let_go 'text in a flickering light'

clip low_bitrate "$(dive 854x480 25 4),$(text 'HARBOUR FESTIVAL' 48 170 180),$(text 'Saturday and Sunday' 30 250 250 "$serif" yellow),$grain" -crf 38
let_go 'steady text at a low bitrate'

clip gibberish "$(still 640x360 24 4),$(text 'ЂЖЯ ƎꞀƱƔ ФԿՔ' 52 110 110),$(text 'ɣʭʬ ϞϠϡ ƺƾǂ' 36 140 200 "$serif" orange 0),perspective=x0=30:y0=20:x1=W:y1=-20:x2=0:y2=H-10:x3=W-20:y3=H+30,$grain"
let_go 'gibberish that stays as it is'

# ---- text that moves
rows=
i=0
for row in Director 'ANNA KOWALSKA' Camera 'JOHN PEPPER' Sound 'MARIE LEBLANC' Light 'OTTO BAUER' \
	Music 'THE NEIGHBOURS' Costumes 'PETRA HANSEN' Editing 'LUIS ORTEGA' 'Thanks to' 'CITY OF BERGEN'; do
	rows+=",drawtext=fontfile=$thin:text='$row':fontsize=$((i % 2 ? 34 : 24)):fontcolor=white:x=(w-tw)/2:y=$((250 + i * 46))-SPEED*t"
	i=$((i + 1))
done
clip credits "color=black:s=640x360:r=24:d=4${rows//SPEED/70}"
let_go 'credits' '.*scroll.*'
clip credits_fast "$(wall 854x480 30 4 5)${rows//SPEED/150},$grain"
let_go 'fast credits' '.*scroll.*'

news='BREAKING NEWS   Ferry between Oslo and Kiel runs again   +++   Snow expected in the north   +++   Museum opens new wing   +++   Markets close higher on Friday'
clip ticker "$(still 640x360 25 5),drawbox=y=300:h=44:c=0x102060:t=fill,$(text "$news" 28 '500-150*t' 308 "$bold" white 0),$grain"
let_go 'a news ticker' '.*scroll.*'
clip ticker_fast "$(still 1280x720 30 4),drawbox=y=620:h=70:c=0xc0c0c0:t=fill,$(text "$news" 44 '900-420*t' 634 "$bold" black 0),$grain"
let_go 'a fast ticker' '.*scroll.*'

clip motion_blur "$(still 640x360 240 3),$(text 'EXPRESS DELIVERY' 44 '640-320*t' 150 "$bold" white 0 ':box=1:boxcolor=0x802020:boxborderw=14'),tmix=frames=5,fps=30,$grain"
let_go 'writing on something fast' '.*(scroll|motion|blur).*'

clip occlusion "$(still 640x360 25 4),${hotel}[a];gradients=s=110x300:r=25:d=4:seed=9:speed=0.01:c0=0x703020:c1=0x202020[b];[a][b]overlay=x='-120+210*t':y=60,$grain"
let_go 'something passes in front' '.*(scene_change|occlusion).*'

# ---- text that is meant to change
clip counter "$(wall 640x360 30 4 6),$(text '%{eif\:1000+n*7\:d}' 80 200 130 "$bold" white 0),$grain"
let_go 'a counter' '.*counter.*'

clip clock "$(still 640x360 25 5),$(text '%{pts\:hms}' 36 40 40 "$mono" white 0 ':box=1:boxcolor=black:boxborderw=8'),$(text 'CAMERA 4' 30 440 310),$grain"
let_go 'a clock' '.*counter.*'

clip scoreboard "$(still 640x360 25 5),$(text '0\:%{eif\:59-t*2\:d\:2}' 60 240 40 "$bold" yellow 3),$(text 'HOME 3  AWAY 2' 34 180 290),$grain"
unflagged 'a scoreboard'

typed=
line='the quick brown fox jumps over it'
for ((i = 1; i <= ${#line}; i++)); do
	typed+=",$(text "${line:0:i}" 28 40 160 "$mono" 0xd0e0d0 0 ":enable='between(n\,$((i * 3))\,$((i < ${#line} ? i * 3 + 2 : 999)))'")"
done
clip typing "color=0x182028:s=640x360:r=30:d=4,$(text notes.txt 22 40 60 "$mono" 0x8090a0 0)$typed"
let_go 'typing'

clip caption "$(still 640x360 25 4),$(text 'Where have you been' 34 130 290 "$bold" white 2 ":enable='lt(t\,2)'"),$(text 'I went to the market' 34 130 290 "$bold" white 2 ":enable='gte(t\,2)'"),$grain"
let_go 'a caption that is replaced'

at="30 (w-tw)/2 300 $bold white 2"
# shellcheck disable=SC2086 # at is a list
clip subtitles "$(dive 640x360 25 5),$(text 'Nobody told me' $at ":enable='between(t\,0.3\,1.3)'"),$(text 'that we would leave' $at ":enable='between(t\,1.5\,2.6)'"),$(text 'so early in the day' $at ":enable='between(t\,2.6\,3.8)'"),$(text 'Come on' $at ":enable='gte(t\,4)'"),$grain"
let_go 'subtitles'

words=
i=0
for word in NEVER look BACK when YOU climb A mountain WITHOUT any ROPE; do
	words+=",$(text "$word" 44 '(w-tw)/2' 240 "$bold" white 3 ":enable='between(n\,$((i * 8))\,$((i * 8 + 7)))'")"
	i=$((i + 1))
done
clip words_still "$(still 360x640 25 3.5)$words,$grain"
let_go 'a word at a time' caption
clip words_dive "$(dive 360x640 25 3.5)$words,$grain"
let_go 'a word at a time, while the camera moves' caption

phrase=
i=0
x=(40 150 240)
for word in NEVER LOOK BACK; do
	phrase+=",$(text "$word" 34 "${x[i]}" 240 "$bold" white 3),$(text "$word" 34 "${x[i]}" 240 "$bold" yellow 3 ":enable='eq(mod(floor(n/8)\,3)\,$i)'")"
	i=$((i + 1))
done
clip karaoke "$(still 360x640 25 3.5)$phrase,$grain"
let_go 'words that light up in turn'

popping=
i=0
for words in 'so here' 'is the' 'trick that' 'nobody ever' 'told you' 'about making' 'perfect bread'; do
	popping+=",$(text "$words" 'if(lt(mod(n\,12)\,3)\,30+4*mod(n\,12)\,42)' '(w-tw)/2' 340 "$bold" 0xffe040 4 ":enable='between(n\,$((i * 12))\,$((i * 12 + 11)))'")"
	i=$((i + 1))
done
clip popping "$(dive 360x640 25 3.3)$popping,$grain"
let_go 'words that pop up one after the other' caption

price=
for ((i = 0; i < 12; i++)); do
	price+=",$(text "$((i * 7919 % 97 + 10)).$((i * 31 % 90 + 10))" 40 60 60 "$mono" white 0 ":enable='between(n\,$((i * 7))\,$((i * 7 + 6)))'")"
done
clip price "$(wall 640x360 25 3.3 6),$(text ACME 40 60 20 "$bold" white 0)$price,$grain"
let_go 'a price that goes up and down'

menu=
i=0
for row in Settings 'Account and sync' Appearance 'Language and region' Privacy 'About this program'; do
	menu+=",$(text "$row" 28 60 $((30 + 52 * i)) "$thin" 0x202020 0)"
	i=$((i + 1))
done
clip theme "color=0xf0f0f0:s=640x360:r=30:d=4$menu,negate=enable='gte(t\,2)'"
let_go 'a screen that turns dark'

clip labels "$(still 640x360 25 4),drawbox=x=60:y=60:w=150:h=44:c=0x204080:t=fill,$(text 'ЂЖЯƎꞀ' 30 70 66 "$bold" white 0 ":enable='lt(t\,1.6)'"),$(text 'ФԿՔЖƔ' 30 70 66 "$bold" white 0 ":enable='gte(t\,1.6)'"),$grain"
let_go 'a label that is exchanged, in letters that cannot be read' caption

page=
for ((i = 0; i < 24; i++)); do
	page+=",$(text "line $((i * 37 + 11)) of the long report" 24 40 "$((20 + 40 * i))-80*floor(t*2)" "$mono" 0x303030 0)"
done
clip page "color=0xf4f0e8:s=640x360:r=30:d=4$page"
unflagged 'a page that scrolls in jumps'

# ---- text that mutates
clip words "$(still 640x360 24 4)$(taking_turns 3 56 130 130 "$bold" white GRAVDHOTEL CRANOHOIEL GBAMDHCTFL ERAWDNOTEI GRANPHDTEL CPAMDKOTEB),$grain"
flagged 'other letters every three frames' 130 134 520 178

clip shapes "$(wall 640x360 24 4 4)$(taking_turns 6 60 120 130 "$serif" black 'ЂЖЯƎꞀƱƔ' 'ЖꞀƎЂЯФƱ' 'ФԿՔЖƔЯƎ' 'ЯЂƱФԿꞀЖ' 'ƔФЖՔƎЂЯ'),$grain"
flagged 'other shapes every six frames' 120 134 500 188

clip overlay "$(wall 640x360 24 4 4)$(taking_turns 8 30 40 30 "$bold" white 'HARBOUR LIGHTS' 'H ARBO UR LIG HTS' 'HABROUB LICHIS' 'IIARB OUB L GHTS'),$grain"
flagged 'an overlay whose letters move about every third of a second' 40 33 320 58

clip melt "$(still 640x360 24 4),$(text 'OCEAN CAFE' 64 110 130)[t];nullsrc=s=640x360:r=24:d=4,geq=lum='128+9*sin(X/11+N*0.55)*cos(Y/9+N*0.4)':cb=128:cr=128,format=gray,split[a][b];[b]vflip[c];[t]format=gbrp[d];[a]format=gbrp[x];[c]format=gbrp[y];[d][x][y]displace=edge=smear,format=yuv420p,$grain"
flagged 'letters that melt' 110 136 560 184

clip letter "$(still 640x360 25 3)$(taking_turns 2 56 120 130 "$bold" yellow RESTAURANT RESFAURANT RESTAUPANT RESTAURANI REGTAURANT RESTADRANT BESTAURANT),$grain"
event 'one letter every two frames' 122 130 538 174

# Seen in pieces, unless small clips are read at twice their size.
clip small "$(wall 320x180 24 4 5)$(taking_turns 3 11 90 80 "$bold" white GRAVDHOTEL CRANOHOIEL GBAMDHCTFL ERAWDNOTEI GRANPHDTEL CPAMDKOTEB),$grain"
flagged 'letters of eight pixels in a small clip' 90 78 178 90
clip small-still "$(wall 320x180 24 4 5),$(text 'GRAND HOTEL' 11 90 80),$grain"
let_go 'small letters that stay'

ws=('BAKERY SHOP' 'BXKEPY SHCP' 'EAKFBY 3HOF' 'BAXERV SNOP' 'DAKEBY GHDP' 'BAKERY 5IIOR')
morph=
for i in "${!ws[@]}"; do
	morph+=",$(text "${ws[i]}" 54 130 140 "$bold" white 0 ":alpha='max(0\,1-abs(mod(n-$((i * 8))+24\,48)-24)/8)'")"
done
clip morph "$(wall 640x360 24 4 11)$morph,$grain"
event 'letters that turn into others' 132 138 552 181

clip moving "$(still 2560x1440 24 3)$(taking_turns 3 130 700 500 "$bold" white 'GRAVD HOTEL' 'CRAND HOIEL' 'GBAMD HCTFL' 'ERAWD NOTEI' 'GRANP HDTEL'),crop=1280:720:'420+130*t':'300+20*t',scale=640:360:flags=bicubic,$grain"
event 'other letters while the camera pans' 10 80 516 130

done_testing
