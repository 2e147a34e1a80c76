#!/bin/bash
# How much of the judged text does the locator cover?  For each clip of a
# labels.csv with a bbox: share of the box that regions cover in the middle
# sample, the median over samples, regions a sample, milliseconds a sample.
# usage: text-location.sh labels.csv [output of vidqc-ocr, one CLIP_ID.jsonl each]
# Without the folder the clips are read now (VQ_BIN, default build/bin).
set -euo pipefail

labels=${1:?usage: text-location.sh labels.csv [folder]}
here=$(cd "$(dirname "$0")/../.." && pwd)
bin=${VQ_BIN:-$here/build/bin}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# clip_id TAB path TAB bbox, of CSV with quotes.
list() {
	awk 'function split_line(line,   n, i, c, quoted) {
		n = 1
		field[1] = ""
		for (i = 1; i <= length(line); i++) {
			c = substr(line, i, 1)
			if (c == "\"") quoted = !quoted
			else if (c == "," && !quoted) field[++n] = ""
			else field[n] = field[n] c
		}
		return n
	}
	{ sub(/\r$/, ""); n = split_line($0) }
	NR == 1 { for (i = 1; i <= n; i++) column[field[i]] = i; next }
	field[column["bbox"]] != "" {
		print field[column["clip_id"]] "\t" field[column["path"]] "\t" field[column["bbox"]]
	}' "$labels"
}

measure() {
	jq -n -r --arg id "$1" --argjson b "[$2]" '
		[inputs | select(.type == "text") | [.regions[].box]] as $frames
		| ($frames | map(. as $boxes
			| [range(20) as $i | range(20) as $j
				| [$b[0] + ($b[2] - $b[0]) * ($i + 0.5) / 20,
				   $b[1] + ($b[3] - $b[1]) * ($j + 0.5) / 20] as $p
				| any($boxes[]; .[0] <= $p[0] and $p[0] < .[2] and .[1] <= $p[1] and $p[1] < .[3])
				| if . then 1 else 0 end] | add / 400)) as $cover
		| [$id, $cover[$cover | length / 2 | floor], ($cover | sort | .[length / 2 | floor]),
		   ($frames | map(length) | add / ([length, 1] | max))] | @tsv'
}

while IFS=$'\t' read -r id path box; do
	if (($# > 1)); then
		records=$2/$id.jsonl
	else
		records=$tmp/records
		"$bin/vidqc-frames" -o -,fps=5,height=720,samples=50 "$(dirname "$labels")/$path" |
			"$bin/vidqc-ocr" >"$records"
	fi
	measure "$id" "$box" <"$records"
done < <(list) | tee "$tmp/all"

awk -F'\t' '{ middle50 += $2 >= 0.5; middle25 += $2 >= 0.25; median50 += $3 >= 0.5; regions += $4 }
	END { printf "# %d boxes; middle sample covered >= 50%%: %.2f, >= 25%%: %.2f; median >= 50%%: %.2f; regions a sample: %.1f\n",
		NR, middle50 / NR, middle25 / NR, median50 / NR, regions / NR }' "$tmp/all"
