#!/bin/bash
# vidqc-frames: formats, times, sizes, sampling, damage, refusals.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib.sh"

# y4m FILE: "W H rate src" of a stream, then "N T sum" a frame, sum of the pixels.
y4m() {
	perl -e 'use Digest::MD5 "md5_hex"; binmode STDIN; my $h = <STDIN>; chomp $h;
		my ($w, $ht, $r, $s) = $h =~ /^YUV4MPEG2 W(\d+) H(\d+) F(\S+) .*XSRC=(\S+)$/
			or die "header: $h";
		print "$w $ht $r $s\n";
		while (my $l = <STDIN>) {
			my ($n, $t) = $l =~ /^FRAME XN=(\d+) XT=(\d+)$/ or die "frame line: $l";
			my $size = $w * $ht * 3 / 2;
			read(STDIN, my $px, $size) == $size or die "frame cut";
			print "$n $t ", md5_hex($px), "\n";
		}' <"$1"
}

# luma FILE X Y: luma of a pixel of the first frame.
luma() {
	perl -e 'binmode STDIN; my ($w) = <STDIN> =~ / W(\d+)/; <STDIN>;
		read(STDIN, my $px, $w * ($ARGV[1] + 1)); print ord(substr($px, $w * $ARGV[1] + $ARGV[0], 1))' \
		"$2" "$3" <"$1"
}

# count FILE: frames in a stream.
count() {
	y4m "$1" | tail -n +2 | wc -l
}

info() {
	jq -r "$1" "$T/info"
}

# same_pixels CLIP NAME [filter...]: our frames are those that ffmpeg decodes.
same_pixels() {
	local clip=$1 name=$2
	vidqc-frames "$clip" >"$T/ours.y4m" 2>/dev/null
	is "$(ffmpeg -nostdin -v error -f yuv4mpegpipe -i "$T/ours.y4m" -vsync passthrough -f rawvideo - | md5sum)" \
		"$(ffmpeg -nostdin -v error -i "$clip" -an -vsync passthrough -pix_fmt yuv420p -f rawvideo - | md5sum)" \
		"$name: the pixels that ffmpeg decodes"
}

encoder() {
	ffmpeg -v error -hide_banner -h "encoder=$1" </dev/null | grep "^Encoder $1" >/dev/null
}

SRC='testsrc2=s=128x96:r=24:d=0.5'
make_clip "$T/a.mp4" "$SRC" -c:v libx264 -g 6

# ---- the plain case -----------------------------------------------------------------
exits 0 vidqc-frames --info "$T/info" "$T/a.mp4"
is "$(y4m "$T/out" | head -1)" '128 96 24:1 128x96' 'stream header'
is "$(y4m "$T/out" | awk 'NR == 2 || NR == 3 || NR == 13 { print $1, $2 }' | paste -sd,)" \
	'0 0,1 41667,11 458333' 'frame numbers and times'
is "$(count "$T/out")" 12 'all frames'
is "$(err)" '' 'silent'
is "$(info '[.type, .program, .clip_id, .codec, .width, .height, .frames_decoded, .rate[0]] | join(" ")')" \
	'info vidqc-frames a h264 128 96 12 24' 'info record'
is "$(info '[.duration_sec, .frames_damaged, .frames_missing, .rotation, .variable_rate, .cut_short] | map(tostring) | join(" ")')" \
	'0.5 0 0 0 false null' 'info record: no fault'
is "$(wc -l <"$T/info")" 1 'one line'
same_pixels "$T/a.mp4" h264
vidqc-frames "$T/a.mp4" >"$T/plain.y4m"
exits 0 vidqc-frames --clip-id other --info "$T/info" "$T/plain.y4m"
ok 'our own stream is read back' cmp -s "$T/out" "$T/plain.y4m"
is "$(info .clip_id)" other '--clip-id'
for j in 1 3; do
	exits 0 vidqc-frames -j "$j" "$T/a.mp4"
	ok "same bytes with -j $j" cmp -s "$T/out" "$T/plain.y4m"
done

# ---- formats --------------------------------------------------------------------------
while read -r file codec options; do
	if ! encoder "${options%% *}"; then
		skip "ffmpeg has no encoder ${options%% *}"
		continue
	fi
	# shellcheck disable=SC2086
	make_clip "$T/$file" "$SRC" -c:v $options
	exits 0 vidqc-frames --info "$T/info" "$T/$file"
	is "$(info '"\(.codec) \(.frames_decoded) \(.width)x\(.height)"')" "$codec 12 128x96" "$file"
	same_pixels "$T/$file" "$file"
done <<'END'
h265.mp4 hevc libx265 -x265-params log-level=none
vp8.webm vp8 libvpx
vp9.webm vp9 libvpx-vp9 -cpu-used 8
vp9.mkv vp9 libvpx-vp9 -cpu-used 8
av1.mp4 av1 libaom-av1 -cpu-used 8 -crf 40
mpeg4.avi mpeg4 mpeg4
mpeg2.ts mpeg2video mpeg2video
mpeg2.mpg mpeg2video mpeg2video
h264.mov h264 libx264
h264.mkv h264 libx264
h264.flv h264 libx264
h264.h264 h264 libx264
theora.ogv theora libtheora
ffv1.mkv ffv1 ffv1
END
make_clip "$T/a.gif" 'testsrc2=s=128x96:r=10:d=1' -pix_fmt rgb8
exits 0 vidqc-frames --info "$T/info" "$T/a.gif"
is "$(info '"\(.codec) \(.frames_decoded) \(.duration_sec) \(.rate)"')" 'gif 10 1 [10,1]' 'GIF, its length counted'
ffmpeg -nostdin -v error -f lavfi -i "$SRC" -f lavfi -i 'sine=d=0.5' -c:v libx264 -c:a aac "$T/sound.mp4"
exits 0 vidqc-frames "$T/sound.mp4"
is "$(count "$T/out")" 12 'sound is ignored'

# ---- bits and ranges --------------------------------------------------------------------
make_clip "$T/full.mp4" 'color=white:s=64x64:r=10:d=0.3' -vf scale=out_range=full -pix_fmt yuvj420p \
	-c:v libx264 -qp 0
exits 0 vidqc-frames --info "$T/info" "$T/full.mp4"
is "$(luma "$T/out" 9 9)" 235 'full range comes out limited'
is "$(info .color_range)" full 'and is reported'
make_clip "$T/limited.mp4" 'color=white:s=64x64:r=10:d=0.3' -c:v libx264 -qp 0
exits 0 vidqc-frames "$T/limited.mp4"
is "$(luma "$T/out" 9 9)" 235 'limited range stays'
make_clip "$T/ten.mp4" 'color=white:s=64x64:r=10:d=0.3' -pix_fmt yuv420p10le -c:v libx264
exits 0 vidqc-frames --info "$T/info" "$T/ten.mp4"
is "$(luma "$T/out" 9 9) $(info .pixel_format)" '235 yuv420p10le' 'ten bits'
make_clip "$T/444.mkv" 'color=white:s=64x64:r=10:d=0.3' -pix_fmt yuv444p -c:v ffv1
exits 0 vidqc-frames "$T/444.mkv"
is "$(luma "$T/out" 9 9)" 235 '4:4:4'

# ---- rotation ---------------------------------------------------------------------------
make_clip "$T/up.mp4" 'testsrc2=s=128x96:r=10:d=0.3' -c:v libx264
for angle in 90 180 270; do
	# The muxer counts the other way round.
	ffmpeg -nostdin -v error -y -i "$T/up.mp4" -c copy -metadata:s:v "rotate=$((360 - angle))" "$T/r$angle.mp4"
	exits 0 vidqc-frames --info "$T/info" "$T/r$angle.mp4"
	is "$(info .rotation)" "$angle" "rotation $angle reported"
	same_pixels "$T/r$angle.mp4" "rotation $angle"
done
exits 0 vidqc-frames -o -,height=64 --info "$T/info" "$T/r90.mp4"
is "$(y4m "$T/out" | head -1)" '48 64 10:1 96x128' 'sizes are those after rotation'
is "$(info '"\(.width)x\(.height) \(.coded_width)x\(.coded_height)"')" '96x128 128x96' 'in the record too'

# ---- times ------------------------------------------------------------------------------
make_clip "$T/vfr.mkv" 'testsrc2=s=64x64:r=20:d=1' \
	-vf "select='not(between(n,3,8))',setpts=PTS" -vsync vfr -c:v libx264
exits 0 vidqc-frames --info "$T/info" "$T/vfr.mkv"
is "$(y4m "$T/out" | awk 'NR > 1 { print $2 / 1000 }' | head -5 | paste -sd,)" '0,50,100,450,500' \
	'variable rate: true times'
is "$(info .variable_rate)" true 'and reported'
ffmpeg -nostdin -v error -y -i "$T/a.mp4" -c copy -output_ts_offset 7 "$T/late.mkv"
exits 0 vidqc-frames --info "$T/info" "$T/late.mkv"
is "$(y4m "$T/out" | awk 'NR == 2 { print $2 }')" 0 'a late start is time 0'
like "$(info .time_start)" '^7' 'and reported'
ffmpeg -nostdin -v error -y -i "$T/a.mp4" -c copy -f mpegts "$T/one.ts"
cat "$T/one.ts" "$T/one.ts" "$T/one.ts" >"$T/joined.ts"
exits 0 vidqc-frames --info "$T/info" "$T/joined.ts"
is "$(y4m "$T/out" | awk 'NR > 2 && $2 <= last { bad = 1 } { last = $2 } END { print bad + 0 }')" 0 \
	'times that jump back: strictly increasing'
exits 0 vidqc-frames "$T/h264.h264"
is "$(y4m "$T/out" | awk 'NR > 2 && $2 <= last { bad = 1 } { last = $2 } END { print bad + 0 }')" 0 \
	'no times in the file: strictly increasing'

# ---- interlaced -------------------------------------------------------------------------
make_clip "$T/inter.mp4" 'testsrc2=s=128x96:r=50:d=0.4' -vf interlace -c:v libx264 -flags +ildct+ilme
exits 0 vidqc-frames --info "$T/info" "$T/inter.mp4"
is "$(info .interlaced)" "$(info .frames_decoded)" 'interlaced frames are counted'

# ---- sizes ------------------------------------------------------------------------------
# sized KEYS WIDTH HEIGHT NAME: of a clip of 128x96.
sized() {
	exits 0 vidqc-frames -o "-,$1" "$T/a.mp4"
	is "$(y4m "$T/out" | head -1)" "$2 $3 24:1 128x96" "$1: $4"
}
sized height=50 66 50 'no higher'
sized height=720 128 96 'not enlarged'
sized low=96,height=720 256 192 'doubled'
sized low=95 128 96 'higher than that'
sized low=320 512 384 'doubled twice'
sized low=320,height=300 256 192 'but not above height'
make_clip "$T/odd.mkv" 'testsrc2=s=64x64:r=10:d=0.3' -vf 'format=yuv444p,crop=33:17' -pix_fmt yuv444p -c:v ffv1
exits 0 vidqc-frames "$T/odd.mkv"
is "$(y4m "$T/out" | head -1)" '32 16 10:1 33x17' 'odd sides are rounded down'
make_clip "$T/dot.mkv" 'color=white:s=64x64:r=10:d=0.3' -vf 'format=yuv444p,crop=1:1' -pix_fmt yuv444p -c:v ffv1
exits 0 vidqc-frames "$T/dot.mkv"
is "$(y4m "$T/out" | head -1) $(count "$T/out") $(luma "$T/out" 1 1)" '2 2 10:1 1x1 3 235' '1x1'
make_clip "$T/large.mkv" 'testsrc2=s=4096x2160:r=10:d=0.2' -c:v mpeg4 -qscale 30
exits 0 vidqc-frames -o -,height=108 "$T/large.mkv"
is "$(y4m "$T/out" | head -1) $(count "$T/out")" '204 108 10:1 4096x2160 2' '4096x2160'
make_clip "$T/single.mp4" 'testsrc2=s=64x64:r=25:d=0.04' -c:v libx264
exits 0 vidqc-frames -o "$T/s.y4m,fps=5,samples=50" -o - "$T/single.mp4"
is "$(count "$T/out") $(count "$T/s.y4m")" '1 1' 'one frame'
make_clip "$T/small.ts" 'testsrc2=s=64x48:r=24:d=0.5' -c:v mpeg2video
make_clip "$T/big.ts" 'testsrc2=s=128x96:r=24:d=0.5' -c:v mpeg2video
cat "$T/small.ts" "$T/big.ts" >"$T/change.ts"
exits 0 vidqc-frames --info "$T/info" "$T/change.ts"
is "$(y4m "$T/out" | head -1)" '64 48 24:1 64x48' 'a size change: the first size stays'
ok 'frames of the second size are there' [ "$(count "$T/out")" -gt 20 ]
is "$(info .size_changes)" 1 'and the change is reported'
like "$(err)" 'warning: .*size changes' 'on standard error too'

# ---- renditions and sampling ------------------------------------------------------------
mkfifo "$T/fifo"
cat "$T/fifo" >"$T/fifo.y4m" &
reader=$!
make_clip "$T/move.mp4" 'testsrc2=s=320x240:r=24:d=4' -c:v libx264
exits 0 vidqc-frames -o "$T/fifo,fps=5" -o -,height=120 -o "$T/third.y4m,height=60" --info "$T/info" "$T/move.mp4"
wait "$reader"
is "$(count "$T/out") $(count "$T/third.y4m")" '96 96' 'two native renditions'
is "$(y4m "$T/fifo.y4m" | head -1)" '320 240 5:1 320x240' 'and a sampled one, into a fifo'
n=$(count "$T/fifo.y4m")
ok "5 a second of 4 seconds: $n" [ "$n" -ge 20 ]
ok 'but not many more' [ "$n" -le 21 ]
exits 0 vidqc-frames -o -,fps=5,samples=50 "$T/move.mp4"
n=$(count "$T/out")
ok "a budget raises the rate: $n" [ "$n" -ge 48 ]
is "$(y4m "$T/out" | head -1)" '320 240 25:2 320x240' 'and says so'
exits 0 vidqc-frames -o -,samples=500 "$T/move.mp4"
is "$(count "$T/out") $(y4m "$T/out" | head -1)" '96 320 240 24:1 320x240' 'up to the native rate'
exits 0 vidqc-frames -o -,fps=5 -j 1 "$T/move.mp4"
cp "$T/out" "$T/one.y4m"
exits 0 vidqc-frames -o -,fps=5 -o /dev/null,height=72 -j 2 "$T/move.mp4"
ok 'the choice depends on the clip alone' cmp -s "$T/out" "$T/one.y4m"

make_clip "$T/held.mp4" 'testsrc2=s=640x360:r=8:d=4' -vf fps=24 -c:v libx264 -crf 22
exits 0 vidqc-frames -o -,samples=500 --info "$T/info" "$T/held.mp4"
is "$(info .frames_repeated)" 64 'each picture stored three times: repeats found'
is "$(count "$T/out")" 32 'and not read again'
make_clip "$T/still.mp4" 'testsrc2=s=320x240:r=24:d=1' -vf 'trim=end_frame=1,loop=47:1' -c:v libx264 -crf 35
exits 0 vidqc-frames -o -,fps=5 --info "$T/info" "$T/still.mp4"
is "$(info .frames_decoded) $(count "$T/out")" '48 1' 'a still clip gives one frame'
# Two pictures that alternate on every frame: a stride of 4 or 6 frames would see only one.
for rate in 24 30; do
	make_clip "$T/alt.mp4" "color=gray:s=64x64:r=$rate:d=8" \
		-vf "geq=lum='if(mod(N,2),140,100)':cb=128:cr=128" -c:v libx264
	exits 0 vidqc-frames -o -,fps=5 "$T/alt.mp4"
	is "$(y4m "$T/out" | awk 'NR > 1 { n++; odd += $1 % 2 } END { print (odd > n * 0.3 && odd < n * 0.7) }')" 1 \
		"alternation at $rate Hz: both phases are read"
done

# ---- the limit of duration --------------------------------------------------------------
exits 0 vidqc-frames --set video.max_duration_sec=1.5 --info "$T/info" "$T/move.mp4"
is "$(count "$T/out")" 36 'max_duration_sec'
is "$(info '.cut_short | "\(.limit_sec) \(.duration_sec)"')" '1.5 4' 'reported in the record'
like "$(err)" '^vidqc-frames: warning: .*/move.mp4: only the first 1.5 of 4.00 seconds' 'and on standard error'
exits 0 vidqc-frames --set video.max_duration_sec=4 --info "$T/info" "$T/move.mp4"
is "$(info .cut_short)" null 'a clip of just that length is whole'

# ---- standard input ---------------------------------------------------------------------
mkdir "$T/tmp"
export TMPDIR=$T/tmp
vidqc-frames "$T/move.mp4" >"$T/file.y4m"
for file in move.mp4 vp9.webm a.gif plain.y4m; do
	vidqc-frames "$T/$file" >"$T/file.y4m"
	capture bash -c "cat '$T/$file' | vidqc-frames --info '$T/info' -"
	ok "$file through a pipe: same frames" cmp -s "$T/out" "$T/file.y4m"
	is "$status $(info '"\(.clip_id) \(.path)"')" '0 stdin -' "$file through a pipe: record"
done
exits 0 vidqc-frames <"$T/move.mp4"
is "$(count "$T/out")" 96 'redirected file'
is "$(ls -A "$T/tmp")" '' 'nothing is left in TMPDIR'
TMPDIR=$T/none capture bash -c "cat '$T/move.mp4' | vidqc-frames"
is "$status" 75 'no TMPDIR: try again'
like "$(err)" 'stdin: temporary file in .*/none: ' 'and says so'
export TMPDIR=$T
capture bash -c "ffmpeg -nostdin -v error -i '$T/a.mp4' -f yuv4mpegpipe - | vidqc-frames"
is "$status $(count "$T/out")" '0 12' "ffmpeg's stream is read"

# ---- damage -----------------------------------------------------------------------------
make_clip "$T/fast.mp4" 'testsrc2=s=320x240:r=24:d=2' -c:v libx264 -bf 0 -movflags +faststart
size=$(stat -c %s "$T/fast.mp4")
head -c $((size / 2)) "$T/fast.mp4" >"$T/cut.mp4"
exits 0 vidqc-frames --info "$T/info" "$T/cut.mp4"
n=$(info .frames_decoded)
ok "truncated: $n frames are there" [ "$n" -gt 5 ]
is "$(count "$T/out")" "$n" 'and written'
is "$(info '.frames_decoded + .frames_damaged + .frames_missing')" 48 'all 48 are accounted for'
like "$(err)" 'warning: .*/cut.mp4: [0-9]+ frames missing: the file is truncated' 'a warning'
make_clip "$T/whole.mkv" 'testsrc2=s=320x240:r=24:d=4' -c:v libx264
head -c 60000 "$T/whole.mkv" >"$T/cut.mkv"
exits 0 vidqc-frames --info "$T/info" "$T/cut.mkv"
like "$(err)" 'warning: .*/cut.mkv: ' 'truncated matroska: a warning'
for at in 0 1 7 8 40 400 $((size - 1)) $((size - 400)); do
	head -c "$at" "$T/fast.mp4" >"$T/at.mp4"
	capture vidqc-frames "$T/at.mp4"
	ok "cut at byte $at: exit 0 or 65" [ "$status" = 0 -o "$status" = 65 ]
done
perl -e 'local $/; my $d = <STDIN>; srand 7; for (1 .. 60) { substr($d, 4000 + int(rand(length($d) - 5000)), 1) = chr(int(rand(256))) } print $d' \
	<"$T/fast.mp4" >"$T/bad.mp4"
exits 0 vidqc-frames --info "$T/info" "$T/bad.mp4"
ok 'damaged frames are counted' [ "$(info .frames_damaged)" -gt 0 ]
like "$(err)" 'warning: .*/bad.mp4: [0-9]+ damaged frames left out' 'with a warning'
cp "$T/out" "$T/bad1.y4m"
exits 0 vidqc-frames -j 1 "$T/bad.mp4"
ok 'same frames with one thread' cmp -s "$T/out" "$T/bad1.y4m"

# ---- what is refused ----------------------------------------------------------------------
refused() {
	exits "$1" vidqc-frames "$2"
	like "$(err)" "^vidqc-frames: $2: $3" "${2##*/}: $3"
	is "$(wc -l <"$T/err") $(stat -c %s "$T/out")" '1 0' "${2##*/}: one line, no output"
}
ffmpeg -nostdin -v error -f lavfi -i 'sine=d=1' -c:a aac "$T/mute.m4a"
refused 65 "$T/mute.m4a" 'no video'
: >"$T/empty.mp4"
refused 65 "$T/empty.mp4" 'empty file'
echo 'This is no video at all.' >"$T/text.mp4"
refused 65 "$T/text.mp4" 'not a video clip'
head -c 100000 /dev/zero >"$T/zero.mp4"
refused 65 "$T/zero.mp4" '.*'
printf '#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:0.5,\nfile://%s\n#EXT-X-ENDLIST\n' "$T/one.ts" >"$T/hls.mp4"
refused 65 "$T/hls.mp4" 'container hls is not read'
printf 'ffconcat version 1.0\nfile %s\n' "$T/a.mp4" >"$T/concat.mp4"
refused 65 "$T/concat.mp4" 'container concat is not read'
head -c 2000 "$T/move.mp4" >"$T/head.mp4"
refused 65 "$T/head.mp4" 'container: broken or truncated'
refused 66 "$T" 'is a directory'
refused 66 "$T/absent.mp4" 'open: No such file'
exits 65 vidqc-frames --set video.max_pixels=10000 "$T/a.mp4"
like "$(err)" 'frames of 128x96, more than video.max_pixels 10000' 'too many pixels'
capture bash -c ': | vidqc-frames'
is "$status" 65 'nothing on standard input'
like "$(err)" '^vidqc-frames: stdin: empty file' 'and says so'

# ---- outputs ------------------------------------------------------------------------------
exits 74 bash -c "vidqc-frames '$T/a.mp4' >/dev/full"
like "$(err)" '^vidqc-frames: stdout: write: No space left' 'a full disk'
exits 74 vidqc-frames -o /dev/full,height=20 "$T/a.mp4"
like "$(err)" '^vidqc-frames: /dev/full: write: No space left' 'another output'
exits 74 vidqc-frames -o "$T/none/x" "$T/a.mp4"
exits 74 vidqc-frames -o /dev/null --info "$T/none/x" "$T/a.mp4"
exits 74 vidqc-frames -o /dev/null --info /dev/full "$T/a.mp4"
exits 0 vidqc-frames -o /dev/null --info /dev/fd/1 "$T/a.mp4"
is "$(jq -r .clip_id "$T/out")" a 'a record to an open descriptor'
capture bash -c "vidqc-frames '$T/move.mp4' | head -c 1000 >/dev/null; echo \${PIPESTATUS[0]}"
is "$(out)" 141 'a closed pipe ends it by SIGPIPE'
is "$(err)" '' 'silently'
mkfifo "$T/info.fifo"
cat "$T/info.fifo" >"$T/info" &
reader=$!
exits 0 vidqc-frames -o /dev/null --info "$T/info.fifo" "$T/a.mp4"
wait "$reader"
is "$(info .clip_id)" a 'a record into a fifo'
is "$(find "$T" -name '*.tmp')" '' 'no temporary file is left'

# ---- options ------------------------------------------------------------------------------
usage() {
	exits 64 vidqc-frames "${@:2}"
	like "$(err)" "$1" "says: $1"
}
usage 'fps 0: expected a number' -o -,fps=0 "$T/a.mp4"
usage 'fps x: expected a number' -o -,fps=x "$T/a.mp4"
usage 'height 1: expected an integer' -o -,height=1 "$T/a.mp4"
usage 'low big: expected an integer' -o -,low=big "$T/a.mp4"
usage 'samples -1: expected an integer' -o -,samples=-1 "$T/a.mp4"
usage 'width: expected fps' -o -,width=3 "$T/a.mp4"
usage 'loud: expected fps=F' -o -,loud "$T/a.mp4"
usage 'no destination' -o ,fps=5 "$T/a.mp4"
usage 'given twice' -o - -o -,fps=5 "$T/a.mp4"
usage 'expected one clip' "$T/a.mp4" "$T/b.mp4"
usage '-j many: expected an integer' -j many "$T/a.mp4"
usage 'unrecognized option' --loud "$T/a.mp4"
usage 'no.such' --set no.such=1 "$T/a.mp4"
exits 0 vidqc-frames --help
like "$(out)" 'usage: vidqc-frames' '--help on standard output'
exits 0 vidqc-frames --version

exits 0 vidqc-frames --decoders
holds '.type == "decoder" and (.libavcodec | test("^[0-9]+\\.[0-9]+\\.[0-9]+$"))' '--decoders: records'
is "$(jq -r 'select(.codec == ("h264", "vp9", "gif")) | .decoder' "$T/out" | paste -sd' ')" 'h264 vp9 gif' \
	'with the decoders of usual codecs'

done_testing
