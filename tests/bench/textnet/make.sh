#!/bin/bash
# Train lib/textnet: text in many fonts, made-up letters too, is drawn into pictures
# without text; the locator's rows that cover drawn text are the examples, its other
# rows, and those of the pictures as they are, the counter-examples.
# What the committed weights were trained on were rows of the locator before lib/textseg,
# drawn in the same way.
# usage: make.sh [-n samples] [-s steps] [-p python] -f font-folder... picture-or-clip... > lib/textnet_weights.h
# What is given must hold no text.  Of a clip (.mp4, .webm, ...) four frames are taken;
# the sources are balanced: what stands before "__" in the file names.  Needs ffmpeg, cc
# and a Python with requirements.txt; takes minutes.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
lib=$here/../../../lib
samples=1800
steps=1800
python=python3
fonts=()
while getopts n:s:p:f: opt; do
	case $opt in
	n) samples=$OPTARG ;;
	s) steps=$OPTARG ;;
	p) python=$OPTARG ;;
	f) fonts+=(-f "$OPTARG") ;;
	*) exit 64 ;;
	esac
done
shift $((OPTIND - 1))
if (($# == 0 || ${#fonts[@]} == 0)); then
	echo "usage: make.sh [-n samples] [-s steps] [-p python] -f font-folder... picture-or-clip..." >&2
	exit 64
fi

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir "$tmp/pictures" "$tmp/drawn" "$tmp/plain"

frames() { # clip: four frames of its first ten seconds
	local name length at
	name=$(basename "$1")
	length=$(ffprobe -v error -show_entries format=duration -of csv=p=0 "$1")
	[[ $length == N/A ]] && length=1
	for share in 0.1 0.35 0.6 0.85; do
		at=$(awk -v l="$length" -v s="$share" 'BEGIN { print (l > 10 ? 10 : l) * s }')
		ffmpeg -nostdin -v error -ss "$at" -i "$1" -frames:v 1 \
			-vf "scale=-2:'min(720,ih)'" -y "$tmp/pictures/${name%.*}__$share.png"
	done
}

for file; do
	case $file in
	*.png | *.jpg | *.jpeg | *.webp)
		name=$(basename "$file")
		ffmpeg -nostdin -v error -i "$file" -frames:v 1 -vf "scale='min(1440,iw)':-2" \
			-y "$tmp/pictures/${name%.*}__0.png"
		;;
	*) frames "$file" ;;
	esac
done
for file in "$tmp"/pictures/*; do
	name=$(basename "$file")
	ffmpeg -nostdin -v error -i "$file" -vf "scale=-2:'min(720,trunc(ih/2)*2)',format=yuv420p" \
		-strict -1 -y "$tmp/plain/${name%.*}.y4m"
done
"$python" "$here/../textseg/draw.py" -y -n "$samples" "${fonts[@]}" -o "$tmp/drawn" "$tmp"/pictures/*

sources=()
for m in textfind textseg texttight components y4m frame err num; do
	sources+=("$lib/$m.c")
done
"${CC:-cc}" -O2 -std=c11 -D_GNU_SOURCE -o "$tmp/rows" "$here/rows.c" \
	"$lib/textnet.c" "${sources[@]}" -lm
for kind in drawn plain; do
	printf '%s\n' "$tmp/$kind"/*.y4m >"$tmp/$kind.names"
	"$tmp/rows" <"$tmp/$kind.names" >"$tmp/$kind.rows"
done
"$python" "$here/train.py" -s "$steps" -o "$tmp/weights.h" \
	"$tmp/drawn.names" "$tmp/drawn.rows" "$tmp/plain.names" "$tmp/plain.rows" >&2
cat "$tmp/weights.h"
