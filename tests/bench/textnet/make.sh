#!/bin/bash
# Train lib/textnet: text in many fonts, made-up letters too, is drawn into pictures
# without text; the locator's rows that cover drawn text are the examples, its other
# rows, and those of the pictures as they are, the counter-examples.  So are its rows in
# frames whose text was boxed by hand, and others that were looked at one by one.
# usage: make.sh [-n samples] [-s steps] [-p python] [-c clips] [-v folds]
#                -f font-folder... picture-or-clip... > lib/textnet_weights.h
# What is given must hold no text.  Of a clip (.mp4, .webm, ...) four frames are taken;
# the sources are balanced: what stands before "__" in the file names.
# -c: the folder of the clips of ../text-boxes.csv and ../text-rows.csv.  -v: instead of
# weights, how well rows of those are told apart by networks that saw none of their source.
# Needs ffmpeg, cc and a Python with ../textseg/requirements.txt; takes half an hour.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
lib=$here/../../../lib
samples=3000
steps=2500
python=python3
clips=
folds=
fonts=()
while getopts n:s:p:c:v:f: opt; do
	case $opt in
	n) samples=$OPTARG ;;
	s) steps=$OPTARG ;;
	p) python=$OPTARG ;;
	c) clips=$OPTARG ;;
	v) folds=$OPTARG ;;
	f) fonts+=(-f "$OPTARG") ;;
	*) exit 64 ;;
	esac
done
shift $((OPTIND - 1))
if (($# == 0 || ${#fonts[@]} == 0)); then
	sed -n '6,7s/^# //p' "$0" >&2
	exit 64
fi

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir "$tmp/pictures" "$tmp/drawn" "$tmp/plain" "$tmp/boxed"

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
options=(-s "$steps")
if [ -n "$clips" ]; then
	"$python" "$here/boxed.py" -b "$here/../text-boxes.csv" -r "$here/../text-rows.csv" -o "$tmp/boxed" "$clips"
	options+=(-R "$tmp/boxed.names" "$tmp/boxed.rows")
fi
for kind in drawn plain boxed; do
	find "$tmp/$kind" -name '*.y4m' | sort >"$tmp/$kind.names"
	"$tmp/rows" <"$tmp/$kind.names" >"$tmp/$kind.rows"
done
if [ -n "$folds" ]; then
	"$python" "$here/train.py" "${options[@]}" -v "$folds" \
		"$tmp/drawn.names" "$tmp/drawn.rows" "$tmp/plain.names" "$tmp/plain.rows"
else
	"$python" "$here/train.py" "${options[@]}" -o "$tmp/weights.h" \
		"$tmp/drawn.names" "$tmp/drawn.rows" "$tmp/plain.names" "$tmp/plain.rows" >&2
	cat "$tmp/weights.h"
fi
