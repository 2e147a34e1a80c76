#!/bin/bash
# Train the network that tells text from what only looks like it: text in many
# fonts is drawn into frames of clips, the locator's rows that cover drawn text are
# the examples, its other rows the counter-examples.
# usage: textlook.sh [-n samples] [-f font-folder]... clip... > lib/textlook_net.h
# The clips should hold no text.  Needs ffmpeg, awk, cc; takes minutes.
set -euo pipefail

here=$(cd "$(dirname "$0")/../.." && pwd)
samples=700
fonts=()
while getopts n:f: opt; do
	case $opt in
	n) samples=$OPTARG ;;
	f) fonts+=("$OPTARG") ;;
	*) exit 64 ;;
	esac
done
shift $((OPTIND - 1))
if (($# == 0)); then
	echo "usage: textlook.sh [-n samples] [-f font-folder]... clip..." >&2
	exit 64
fi
((${#fonts[@]})) || fonts=(/usr/share/fonts)

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

find "${fonts[@]}" \( -name '*.ttf' -o -name '*.otf' \) | LC_ALL=C sort >"$tmp/fonts"
printf '%s\n' "$@" >"$tmp/clips"

# One line a sample: time share, height, filter graph of the drawn text.
plan() {
	awk -v samples="$samples" -v fonts="$tmp/fonts" '
	function r() { return rand() }
	function pick(a, n) { return a[1 + int(r() * n)] }
	function word(   w, n, i, k) {
		n = 1 + int(r() * 4)
		k = r()
		w = ""
		if (k < 0.12) { # a number
			for (i = 0; i < 1 + n; i++) w = w int(r() * 10)
			return w
		}
		for (i = 0; i < n; i++) w = w pick(syllable, syllables)
		if (k < 0.55) return toupper(w)
		if (k < 0.75) return toupper(substr(w, 1, 1)) substr(w, 2)
		return w
	}
	function color(   v) {
		v = r()
		if (v < 0.3) return "white"
		if (v < 0.5) return "black"
		return sprintf("0x%02x%02x%02x", int(r() * 256), int(r() * 256), int(r() * 256))
	}
	function draw(   s, i, n, t) {
		n = 1 + int(r() * 3)
		t = word()
		for (i = 1; i < n; i++) t = t " " word()
		s = "drawtext=fontfile=" pick(font, font_count) ":text=" "\x27" t "\x27"
		s = s sprintf(":fontsize=h*%.4f", exp(log(0.022) + r() * (log(0.2) - log(0.022))))
		s = s ":fontcolor=" color() sprintf("@%.2f", 0.5 + 0.5 * r())
		s = s sprintf(":x=(w-tw)*%.3f:y=(h-th)*%.3f", r() * 1.1 - 0.05, r() * 1.06 - 0.03)
		if (r() < 0.25) s = s ":borderw=" 1 + int(r() * 3) ":bordercolor=" color()
		if (r() < 0.2) s = s ":shadowx=2:shadowy=2:shadowcolor=black@0.6"
		return s
	}
	BEGIN {
		srand(7)
		syllables = split("a e o u i an on er in re sta tion pla ke mo ti li co pro the be ga " \
			"fo zu qui ju vy xo we by my du ch sh tt ll ss nd ng st rs sk wa ha no pi gr", syllable, " ")
		while ((getline line < fonts) > 0) font[++font_count] = line
		for (n = 0; n < samples; n++) {
			lines = 2 + int(r() * 4)
			s = draw()
			for (i = 1; i < lines; i++) s = s "," draw()
			if (r() < 0.4) s = s sprintf(",rotate=%.4f:c=none", (r() - 0.5) * 0.6)
			blur = r() < 0.5 ? sprintf("gblur=%.2f", 0.3 + r() * 1.2) : "null"
			split("144 180 256 288 320 360 480 512 576 720 720", height, " ")
			printf "%d\t%.4f\t%d\t%s\t%s\n", r() * 1e6, r(), pick(height, 11), blur, s
		}
	}'
}

n=0
count=$(wc -l <"$tmp/clips")
while IFS=$'\t' read -r which when height blur text; do
	clip=$(sed -n "$((which % count + 1))p" "$tmp/clips")
	length=$(ffprobe -v error -show_entries format=duration -of csv=p=0 "$clip" </dev/null)
	[[ $length == N/A ]] && length=1
	at=$(awk -v l="$length" -v w="$when" 'BEGIN { l = l > 10 ? 10 : l; print l * w * 0.9 }')
	ffmpeg -nostdin -v error -ss "$at" -i "$clip" -frames:v 1 -filter_complex "
		scale=-2:'trunc(min($height,ih)/2)*2',format=yuv444p,split=3[a][b][c];
		[c]format=rgba,colorchannelmixer=aa=0,${text}[t];
		[b][t]overlay,$blur,format=yuv420p[d];
		[a]$blur,format=yuv420p[e]" \
		-map '[e]' -frames:v 1 "$tmp/clean.y4m" -map '[d]' -frames:v 1 "$tmp/text.y4m" -y \
		</dev/null || continue
	{
		cat "$tmp/clean.y4m"
		tail -c +"$(($(head -1 "$tmp/text.y4m" | wc -c) + 1))" "$tmp/text.y4m"
	} >"$tmp/$(printf %05d $n).y4m"
	n=$((n + 1))
done < <(plan)
rm -f "$tmp/clean.y4m" "$tmp/text.y4m"
echo "$n samples" >&2

sources=()
for m in textfind textlook components y4m frame err num; do
	sources+=("$here/lib/$m.c")
done
"${CC:-cc}" -O2 -std=c11 -D_GNU_SOURCE -o "$tmp/train" "$here/tests/bench/textlook-train.c" \
	"${sources[@]}" -lm
[[ -z ${KEEP:-} ]] || cp "$tmp"/*.y4m "$KEEP"
"$tmp/train" "$tmp"/*.y4m
