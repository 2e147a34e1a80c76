#!/bin/bash
# vidqc-draw: scenes out of a seed, which nothing is wrong with.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib.sh"

exits 0 vidqc-draw --list
mapfile -t scenes < <(cut -d' ' -f1 "$T/out")
ok 'there are scenes' test "${#scenes[@]}" -ge 5

# Checksums of the frames, one a line.
sums() {
	ffmpeg -nostdin -v error -i "$1" -f framemd5 - | grep -v '^#' | sed 's/.*, *//'
}

for scene in "${scenes[@]}"; do
	exits 0 vidqc-draw --scene "$scene" --size 160x90 --duration 0.5
	cp "$T/out" "$T/$scene.y4m"
	is "$(sums "$T/$scene.y4m" | sort -u | wc -l)" 12 "$scene: 12 frames, no two the same"
	like "$(man "$ROOT/man/vidqc-draw.1" | col -b)" " $scene +[a-z]" "$scene is in the manual"
done
is "$(head -qn 1 "$T"/*.y4m | sort -u)" 'YUV4MPEG2 W160 H90 F24:1 Ip A1:1 C420jpeg XSRC=160x90' 'the header'
is "$(for s in "${scenes[@]}"; do sums "$T/$s.y4m" | tail -n 1; done | sort -u | wc -l)" "${#scenes[@]}" \
	'each scene is another one'
is "$(grep -ao 'FRAME XN=[0-9]* XT=[0-9]*' "$T/pan.y4m" | tail -n 1)" 'FRAME XN=11 XT=458333' 'number and time'

exits 0 vidqc-draw --scene pan --size 160x90 --duration 0.5
ok 'same seed, same bytes' cmp "$T/out" "$T/pan.y4m"
exits 0 vidqc-draw --scene pan --size 160x90 --duration 0.5 --seed 2
ok 'another seed, another picture' test "$(cmp -l "$T/out" "$T/pan.y4m" | wc -l)" -gt 100000
exits 0 vidqc-draw -s still --size 32x32 --rate 60 --duration 1
is "$(grep -ao 'FRAME XN=' "$T/out" | wc -l)" 60 'frames are rate times duration'

# What moves, moves: grain alone changes a still picture by less than the other scenes do.
change() {
	ffmpeg -nostdin -v error -i "$1" -vf tblend=all_mode=difference,signalstats,metadata=print:key=lavfi.signalstats.YAVG:file=- \
		-f null - | sed -n 's/.*YAVG=//p' | sort -n | tail -n 1
}
still=$(change "$T/still.y4m")
for scene in "${scenes[@]}"; do
	if [ "$scene" != still ]; then
		ok "$scene moves" awk -v a="$(change "$T/$scene.y4m")" -v b="$still" 'BEGIN { exit !(a > 1.1 * b) }'
	fi
done

for wrong in '--scene xyz' '--size 10x10' '--size 641x360' '--size 640' '--size 640x360x2' '--rate 0' \
	'--duration 0' '--duration x' '--seed -1' '--bogus' 'operand'; do
	# shellcheck disable=SC2086 # words
	exits 64 vidqc-draw $wrong
done
exits 64 vidqc-draw --scene xyz
like "$(err)" "no scene 'xyz'" 'names the scene'
exits 74 bash -c 'vidqc-draw >/dev/full'
exits 0 vidqc-draw --help
exits 0 vidqc-draw --version
done_testing
