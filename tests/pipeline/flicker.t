#!/bin/bash
# Flicker of each kind at a depth that anyone sees, and what only looks like it: one
# scripted clip each.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# ---- pieces of filter graphs

shades='hue=s=0.5,eq=brightness=-0.1:contrast=0.7'
grain='noise=alls=4:allf=t:all_seed=7'

# One picture with structure everywhere.
make_clip "$T/picture.nut" "mandelbrot=s=1920x1080:start_x=-0.743643887:start_y=-0.131825904:start_scale=0.02:maxiter=500,$shades" \
	-frames:v 1 -c:v rawvideo

# still SIZE RATE SECONDS: standing still.
still() {
	printf '%s' "movie=$T/picture.nut,scale=${1/x/:},loop=-1:1,setpts=N/$2/TB,fps=$2,trim=duration=$3"
}

# dive SIZE RATE SECONDS: the same, flown into.
dive() {
	printf '%s' "mandelbrot=s=$1:r=$2:start_scale=1:end_scale=0.3:end_pts=200:maxiter=300," \
		"trim=duration=$3,$shades,format=yuv420p"
}

# wall SIZE RATE SECONDS SEED: soft shades.
wall() {
	printf '%s' "gradients=s=$1:r=$2:d=$3:seed=$4:speed=0.00001:n=4:" \
		"c0=0x405870:c1=0x806850:c2=0x304838:c3=0x907878,format=yuv420p"
}

# glide SIZE RATE SECONDS X Y: a view of that size into a wider picture, whose corner is at
# X, Y (expressions of t).
glide() {
	printf '%s' "$(still 1920x1080 "$2" "$3"),crop=${1/x/:}:'$4':'$5'"
}

# field RATE SECONDS LUMA: a formula of X, Y, T in half size, on some colour.
field() {
	printf '%s' "nullsrc=s=240x136:r=$1:d=$2,geq=lum='$3':cb='118+8*sin(X/40)':cr='134+6*cos(Y/30)'," \
		"scale=480:272:flags=bicubic"
}

# dunes RATE SECONDS: a surface of soft detail, standing still.
dunes() {
	field "$1" "$2" '110+25*sin(X/7+3*sin(Y/11))+20*sin(Y/5+2*sin(X/9))'
}

# ---- what is expected

encode=(-c:v libx264 -preset veryfast)

# clip NAME GRAPH: as users' encoders make it, and looked at.
clip() {
	make_clip "$T/$1.mp4" "$2" "${encode[@]}"
	look "$T/$1.mp4"
}

# broken NAME GRAPH GLITCH-OPTION...: the same with a glitch in it.
broken() {
	ffmpeg -nostdin -v error -f lavfi -i "$2" -pix_fmt yuv420p -f yuv4mpegpipe - |
		vidqc-glitch --truth "$T/truth" "${@:3}" |
		ffmpeg -v error -y -i - "${encode[@]}" -pix_fmt yuv420p "$T/$1.mp4"
	look "$T/$1.mp4"
}

look() {
	rm -rf "$T/kept"
	exits 0 vidqc predict --keep "$T/kept" "$1"
}

# silent NAME: not flagged for flicker.
silent() {
	unlike "$(jq -r .artifact_category "$T/out")" FLICKER "$1: is not flagged" ||
		diag "$(jq -c '.defects, .events[:3]' "$T/out")"
	holds '.defects.TEMPORAL_FLICKER < 0.5' "$1: P(flicker) is less than a half"
}

# event NAME KINDS [HZ]: an event of one of the kinds (an extended regular expression)
# begins and ends within the frames of the truth and the frame after them, shares a third
# of its box and more with the truth's, and, where a frequency is given, has it, an eighth
# more or less, and spans half of the truth's time.
event() {
	is "$(jq -c --slurpfile truth "$T/truth" --arg kinds "^($2)$" --argjson hz "${3:-null}" '
		def area: ([.[2] - .[0], 0] | max) * ([.[3] - .[1], 0] | max);
		($truth[] | select(.type == "summary")) as $t
		| select(.type == "features")
		| [.events[] | select(.category == "TEMPORAL_FLICKER") | [
			(.kind | test($kinds)),
			(.frame_start >= $t.frame_start and .frame_end <= $t.frame_end + 1),
			(.bbox as $b | $t.bbox as $c
				| ([([$b[0], $c[0]] | max), ([$b[1], $c[1]] | max),
					([$b[2], $c[2]] | min), ([$b[3], $c[3]] | min)] | area) as $both
				| $both >= ($b | area) / 3 and $both >= ($c | area) / 3),
			($hz == null or ((.frequency_hz / $hz - 1 | fabs) < 0.125
				and .end - .start >= ($t.end - $t.start) / 2))]]
		| if any(.[]; all) then true else .[:4] end' "$T/kept/features.jsonl")" true \
		"$1: is an event, when and where it happens" ||
		diag "$(jq -c 'select(.type == "features") | .events[:3][]
			| [.kind, .frame_start, .frame_end, .bbox, .frequency_hz, .depth]' "$T/kept/features.jsonl")
$(jq -c 'select(.type == "summary") | [.frame_start, .frame_end, .bbox, .change]' "$T/truth")"
}

# flagged NAME KINDS [HZ]
flagged() {
	is "$(jq -r .artifact_category "$T/out")" TEMPORAL_FLICKER "$1: is flagged" ||
		diag "$(jq -c .defects "$T/out")"
	event "$@"
}

# ---- all of the picture goes up and down
broken luma_8 "$(still 480x270 8 3),$grain" -k luma --strength 10
flagged 'light, every other of 8 frames a second' 'luma|flash|strobe' 4

broken luma_12 "$(glide 480x270 12 3 '100+50*t' '80'),$grain" -k luma --strength 12 --period 3
flagged 'light, every third of 12, on a pan' 'luma|flash|strobe' 4

broken luma_24 "$(dive 480x270 24 2),$grain" -k luma --strength 8
flagged 'light, every other of 24' 'luma' 12

broken luma_25 "$(glide 640x360 25 2 '200+30*sin(5*t)' '100+10*cos(9*t)'),$grain" -k luma --strength 12 --period 4 --start 0.5 --duration 1
flagged 'light, two of four of 25, for a second of a shaken camera' 'luma' 6.25

broken luma_30 "$(still 480x270 30 2),$grain" -k luma --strength 10 --period 3 --start 0.4
flagged 'light, every third of 30' 'luma' 10

broken luma_deep "$(still 480x270 30 2),$grain" -k luma --strength 22
flagged 'deep light, every other of 30' 'luma' 15

broken luma_50 "$(dive 320x180 50 2),$grain" -k luma --strength 10
flagged 'light, every other of 50' 'luma' 25

broken luma_60 "$(wall 480x270 60 2 3),$grain" -k luma --strength 12 --period 4
flagged 'light, two of four of 60, on a wall' 'luma' 15

broken random "$(dive 480x270 24 2),$grain" -k luma --strength 14 --period 2 --wave random
flagged 'light at random' 'luma'

# ---- colour
broken color_24 "$(dive 480x270 24 2),$grain" -k color --strength 14
flagged 'colour, every other of 24' 'color' 12

broken color_pump "$(still 480x270 30 3),$grain" -k color --strength 18 --hz 5 --wave sine
flagged 'colour pumps' 'color'

# ---- one frame
broken pop_25 "$(dive 480x270 25 2),$grain" -k pop --strength 30 --start 0.8
flagged 'one frame is lighter' 'luma|flash'

broken pop_60 "$(still 480x270 60 2),$grain" -k pop --strength -35 --start 0.7
flagged 'one of 60 is darker' 'luma|flash'

broken pops "$(glide 480x270 30 2 '100+80*t' '80'),$grain" -k pop --strength 25 --period 12 --start 0.2
flagged 'one frame in twelve is lighter' 'luma|flash|strobe'

broken swap "$(glide 480x270 24 2 '100+120*t' '80'),$grain" -k swap --period 8
flagged 'neighbours trade places' 'structure'

broken swap_once "$(dive 480x270 24 2),$grain" -k swap --start 1
flagged 'two neighbours trade places once' 'structure'

# ---- in a place only
broken corner "$(dive 640x360 30 2),$grain" -k luma --strength 14 --box 16,16,180,120
flagged 'light in a corner' 'luma' 15

broken corner_color "$(dive 640x360 24 2),$grain" -k color --strength 16 --box 420,200,190,140
flagged 'colour in a corner' 'color' 12

broken corner_pop "$(still 480x270 25 2),$grain" -k pop --strength 40 --box 200,100,140,100 --start 0.9
flagged 'one frame is lighter in a place' 'luma|flash|structure'

# ---- texture and shapes
broken boil "$(dunes 24 2),$grain" -k texture --strength 1
event 'texture boils' 'texture'

broken boil_corner "$(dunes 24 2),$grain" -k texture --strength 1 --box 60,60,240,160
event 'texture boils in a place' 'texture'

broken redrawn_often "$(dive 480x270 24 2),$grain" -k structure --strength 1 --start 0.3 --period 4 --box 140,60,200,140
event 'a patch is re-drawn again and again' 'structure|texture|luma|color'

# ---- among repeated frames
broken repeated "$(dive 480x270 12 3),fps=30" -k luma --strength 12 --distinct
flagged 'light, every other picture of 12 shown at 30' 'luma' 6

# ---- the camera
clip pan_15 "$(glide 640x360 15 3 '40+380*t' '180+20*t'),$grain"
silent 'a fast pan at 15 frames a second'

clip whip "$(glide 480x270 150 2 '640+600*tanh(9*(t-1))' '200'),tmix=frames=5,fps=30,$grain"
silent 'a whip pan'

clip zoom "$(still 960x540 24 2.5),scale=w='2*trunc(480*(0.6+0.4*t))':h=-2:eval=frame:flags=bicubic,crop=480:270,$grain"
silent 'a zoom'

clip shake "$(glide 480x270 30 2 '400+30*sin(11*t)+15*sin(29*t+1)+9*sin(47*t)' '200+20*sin(13*t+2)+12*sin(37*t)'),$grain"
silent 'a shaken camera'

clip warp "$(field 24 2 '30+200*pow(0.5+0.5*sin(46*atan2(Y-68\,X-120)+9*sin(11*atan2(Y-68\,X-120))),6)*pow(0.5+0.5*sin(5*log(3+hypot(X-120\,Y-68))-14*T+40*sin(19*atan2(Y-68\,X-120))),3)'),$grain"
silent 'stars fly past'

# ---- light that belongs to the scene
clip flashes "$(dive 480x270 25 3),eq=brightness='-0.05+0.45*(exp(-6*(t-0.7))*gte(t\,0.7)+exp(-6*(t-1.9))*gte(t\,1.9))':eval=frame,$grain"
silent 'flash lights'

broken strobe "$(still 480x270 30 3),$grain" -k strobe
silent 'a strobe on a stage'
exits 0 vidqc predict --set temporal.strobe=flag "$T/strobe.mp4"
is "$(jq -r .artifact_category "$T/out")" TEMPORAL_FLICKER 'where the policy says so, it is flagged'

clip leader "color=0x909088:s=480x270:r=24:d=3,drawgrid=w=240:h=135:t=3:c=black@0.7,drawtext=fontfile=$FONT:text='%{eif\:5-floor(t*2)\:d}':fontsize=150:x=190:y=75,drawbox=x=0:y=0:w='480':h=270:t=fill:c=white:enable='lt(mod(n\,12)\,2)',drawbox=t=fill:c=black@0.8:enable='between(mod(n\,12)\,2\,3)',noise=alls=20:allf=t:all_seed=3"
silent 'a film leader'

clip exposure "$(still 480x270 30 3),eq=brightness='-0.2+0.14*t':eval=frame,$grain"
silent 'exposure goes up'

clip fades "$(dive 480x270 25 3),$grain,fade=t=in:d=0.7,fade=t=out:st=2.2:d=0.7"
silent 'from black and to black'

# ---- things that move in themselves
clip water "$(field 25 2 '110+35*sin(X/6+5*T+2*sin(Y/9+3*T))+30*sin(Y/4-6*T+2*sin(X/13-2*T))+20*sin((X+2*Y)/5+9*T)')"
silent 'water'

clip fire "$(field 30 2 'clip(40+Y*1.3+60*sin(X/9+sin(Y/12+11*T)*2+3*T)+50*sin(Y/8+16*T+2*sin(X/11))+30*sin((X-Y)/5-13*T)-60\,16\,235)')"
silent 'fire'

clip foliage "$(still 480x270 25 2),format=gbrp[a];nullsrc=s=480x270:r=25:d=2,geq=lum='128+7*sin(X/31+4*T)*cos(Y/27+2.3*T)+3*sin(X/9-9*T)':cb=128:cr=128,format=gray,split[b][c];[c]vflip[d];[b]format=gbrp[x];[d]format=gbrp[y];[a][x][y]displace=edge=smear,format=yuv420p,$grain"
silent 'leaves in the wind'

clip rain "$(still 480x270 25 2),format=yuv420p[a];color=black:s=480x34:r=25:d=2,noise=alls=100:allf=t:all_seed=5,format=gray,lutyuv=y='if(gt(val\,90)\,150\,0)',scale=480:272,crop=480:270,format=yuv420p[b];[a][b]blend=c0_mode=screen:c1_expr=A:c2_expr=A,$grain"
silent 'rain'

clip downpour "$(still 480x270 25 2),format=yuv420p[a];color=black:s=480x68:r=25:d=2,noise=alls=100:allf=t:all_seed=5,format=gray,lutyuv=y='if(gt(val\,70)\,120\,0)',scale=480:272,crop=480:270,format=yuv420p[b];[a][b]blend=c0_mode=screen:c1_expr=A:c2_expr=A,$grain"
silent 'dense rain'
holds '.artifact == false' 'dense rain: nor for text'

clip snow "$(glide 480x270 25 2 '100+30*t' '80'),format=yuv420p[a];color=black:s=240x136:r=25:d=2,noise=alls=100:allf=t:all_seed=9,format=gray,lutyuv=y='if(gt(val\,85)\,220\,0)',scale=480:272:flags=bilinear,crop=480:270,format=yuv420p[b];[a][b]blend=c0_mode=screen:c1_expr=A:c2_expr=A,$grain"
silent 'snow before a pan'
holds '.artifact == false' 'snow before a pan: nor for text'

clip grainy "$(dive 480x270 24 2),noise=alls=22:allf=t:all_seed=9"
silent 'a grainy film'

# ---- editing
clip dissolve "$(dive 480x270 25 2)[a];$(wall 480x270 25 2 5)[b];[a][b]xfade=duration=0.8:offset=0.9,$grain"
silent 'a dissolve'

clip cuts "$(dive 480x270 24 0.8)[a];$(wall 480x270 24 0.8 5)[b];$(still 480x270 24 0.8)[c];$(still 480x270 24 0.8),hflip,negate[d];[a][b][c][d]concat=n=4,$grain"
silent 'hard cuts'

# ---- fewer pictures than frames
clip repeats "$(glide 480x270 24 2 '100+200*t' '80'),$grain,fps=30"
silent '24 pictures a second shown at 30'

clip gif "$(glide 320x180 8 3 '100+90*t' '80+20*t'),split[a][b];[a]palettegen=max_colors=64[p];[b][p]paletteuse=dither=bayer"
silent 'eight pictures a second of few colours'

done_testing
