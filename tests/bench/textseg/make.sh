#!/bin/bash
# Train lib/textseg: text in many fonts, made-up letters too, is drawn into pictures
# without text; then the network goes on with frames whose text was boxed by hand.
# usage: make.sh [-n shards] [-s steps] [-r steps] [-p python] [-t truth.csv -c clips [-l fold]]
#                -f font-folder... picture-or-clip... > lib/textseg_weights.h
# What is given must hold no text.  Of a clip (.mp4, .webm, ...) four frames are taken.
# -t, -c: hand-made boxes (tests/bench/text-boxes.csv) and the folder of their clips; -l 0,
# 1 or 2: leave out a third of their sources, to measure on (train.py prints which).
# The committed weights come from these scripts while they grew, not from one run of
# this one: 5000 steps on drawn text with an earlier loss, then 1800 and 7000 with boxed
# frames.  -n 16 -s 5000 -r 8800 repeats their amounts, not their bytes.  Needs ffmpeg and
# a Python with requirements.txt; takes some hours on two processors.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
shards=16
steps=5000
more=8800
python=python3
truth=
clips=
fold=
fonts=()
while getopts n:s:r:p:t:c:l:f: opt; do
	case $opt in
	n) shards=$OPTARG ;;
	s) steps=$OPTARG ;;
	r) more=$OPTARG ;;
	p) python=$OPTARG ;;
	t) truth=$OPTARG ;;
	c) clips=$OPTARG ;;
	l) fold=$OPTARG ;;
	f) fonts+=(-f "$OPTARG") ;;
	*) exit 64 ;;
	esac
done
shift $((OPTIND - 1))
if (($# == 0 || ${#fonts[@]} == 0)) || { [ -n "$truth" ] && [ -z "$clips" ]; }; then
	sed -n '4,5s/^# //p' "$0" >&2
	exit 64
fi

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir "$tmp/plain" "$tmp/drawn" "$tmp/boxed" "$tmp/real"

frame() { # FILE SECONDS NAME
	ffmpeg -nostdin -v error -ss "$2" -i "$1" -frames:v 1 -vf "scale=-2:'min(720,ih)'" -y "$3"
}

for file; do
	name=$(basename "$file")
	case $file in
	*.png | *.jpg | *.jpeg | *.webp)
		ffmpeg -nostdin -v error -i "$file" -frames:v 1 -vf "scale='min(1440,iw)':-2" \
			-y "$tmp/plain/${name%.*}.png"
		;;
	*)
		length=$(ffprobe -v error -show_entries format=duration -of csv=p=0 "$file")
		[[ $length == N/A ]] && length=1
		for share in 0.1 0.35 0.6 0.85; do
			at=$(awk -v l="$length" -v s="$share" 'BEGIN { print (l > 10 ? 10 : l) * s }')
			frame "$file" "$at" "$tmp/plain/${name%.*}__$share.png"
		done
		;;
	esac
done
for ((i = 1; i <= shards; i++)); do
	"$python" "$here/draw.py" -n 500 -s "$i" "${fonts[@]}" -o "$tmp/drawn/$i.npz" "$tmp"/plain/*
done
"$python" "$here/train.py" -s "$steps" -k "$tmp/drawn.weights.h5" "$tmp/drawn/*.npz" >&2
if [ -z "$truth" ]; then
	"$python" "$here/train.py" -s 0 -i "$tmp/drawn.weights.h5" -o "$tmp/weights.h" "$tmp/drawn/*.npz" >&2
else
	while IFS=, read -r clip number _; do
		[ -e "$tmp/boxed/$clip.png" ] || ffmpeg -nostdin -v error -i "$clips/$clip.mp4" \
			-vf "select=eq(n\\,$number)" -frames:v 1 -y "$tmp/boxed/$clip.png"
	done < <(tail -n +2 "$truth")
	for k in 0 1 2; do
		[ "$k" = "$fold" ] && continue
		mapfile -t pictures < <("$python" "$here/fold.py" "$truth" "$clips/labels.csv" "$k" |
			sed "s|.*|$tmp/boxed/&.png|")
		for i in 1 2 3 4; do
			"$python" "$here/draw.py" -n 300 -s "10$k$i" -t "$truth" "${fonts[@]}" \
				-o "$tmp/real/$k.$i.npz" "${pictures[@]}"
		done
	done
	"$python" "$here/train.py" -s "$more" -r 2e-3 -i "$tmp/drawn.weights.h5" \
		-R "$tmp/real/*.npz" -o "$tmp/weights.h" "$tmp/drawn/*.npz" >&2
fi
cat "$tmp/weights.h"
