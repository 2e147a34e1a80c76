#!/bin/bash
# vidqc synth and vidqc selftest: drawn clips, labelled, and judged.
# shellcheck disable=SC2016 # jq programs
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib.sh"
export TMPDIR=$T/tmp
mkdir "$TMPDIR"

# ---- what would be made
exits 0 vidqc synth --list --count 224
cp "$T/out" "$T/list"
is "$(jq -s length "$T/list")" 224 'a record a clip'
is "$(jq -r .name "$T/list" | sort -u | wc -l)" 224 'no name twice'
is "$(jq -r .command "$T/list" | sort -u | wc -l)" 224 'no clip twice'
is "$(jq -r .kind "$T/list" | sort -u)" "$({ echo plain && vidqc-glitch --list | cut -d' ' -f1; } | sort)" 'every kind'
is "$(jq -r .scene "$T/list" | sort -u)" "$(vidqc-draw --list | cut -d' ' -f1 | sort)" 'every scene'
is "$(jq -r '.kind + " " + .scene' "$T/list" | sort -u | wc -l)" 224 'every kind in every scene'
is "$(jq -r 'select(.kind != "plain") | .kind + " " + .class' "$T/list" | sort -u)" \
	"$(vidqc-glitch --list | awk '{ print $1, $2 }' | sort)" 'classes are those of vidqc-glitch'
exits 0 vidqc synth --list --count 224 --seed 2
is "$(cat "$T/list" "$T/out" | jq -r .command | sort -u | wc -l)" 448 'another seed, other clips'

# ---- made
exits 0 vidqc synth -o "$T/set" -n 9 -j 2
is "$(err)" '' 'silence is success'
is "$(cd "$T/set" && ls)" "$(jq -r 'select(.name | test("-000[0-8]-")) | .name + ".mp4"' "$T/list" | sed '1i labels.csv' | sed '$a truth')" \
	'clips, labels and truths'
is "$(ls -A "$TMPDIR")" '' 'nothing is left in TMPDIR'
is "$(vidqc-train --list --labels "$T/set/labels.csv" | jq -r '.clip_id + " " + .artifact_category')" \
	"$(jq -r 'select(.name | test("-000[0-8]-")) | .name + " " + .class' "$T/list")" 'vidqc-train reads the labels'
for truth in "$T"/set/truth/*; do
	name=$(basename "$truth" .jsonl)
	is "$(jq -r 'select(.type == "summary") | .kind' "$truth")" "$(jq -r --arg n "$name" 'select(.name == $n) | .kind' "$T/list" | sed s/plain/caption/)" \
		"$name: the truth is about it"
done
first=$T/set/synth-1-0001-luma.mp4
is "$(ffprobe -v error -show_entries stream=width,height,codec_name -of csv=p=0 "$first")" 'h264,640,360' 'an MP4 file'
cp "$first" "$T/first.mp4"
exits 0 vidqc synth -o "$T/set" -n 2
ok 'the same again' cmp "$first" "$T/first.mp4"

exits 64 vidqc synth
exits 64 vidqc synth -o "$T/x" -n 0
exits 64 vidqc synth -o "$T/x" --seed x
exits 64 vidqc synth -o "$T/x" -j 0
exits 64 vidqc synth -o "$T/x" clip.mp4
exits 74 vidqc synth -o "$first" -n 1

# ---- selftest: what comes along is as good as its manifest says
share=$(dirname "$VQ_BIN")/share/vidqc
VQ_TEST_TIMEOUT=600 exits 0 vidqc selftest --json
cp "$T/out" "$T/self"
holds '.type == "selftest" and .passed and .clips == 64 and .right >= .expected' 'passes'
is "$(jq '[.confusion[].judged[]] | add' "$T/self")" 64 'the confusion matrix has all'
is "$(jq '.clips - (.wrong | length)' "$T/self")" "$(jq .right "$T/self")" 'all others are right'
is "$(jq .expected "$T/self")" "$(jq .selftest.right "$share/manifest.json")" 'the manifest is the measure'

# A model that flags nothing is worse: the same table, made of the record.
mkdir "$T/blind"
cp "$share/manifest.json" "$T/blind"
exits 66 vidqc selftest --model "$T/blind/model.json"
like "$(err)" 'no model at' 'no model'
cp "$share/model.json" "$T/blind"
jq 'del(.selftest)' "$share/manifest.json" >"$T/blind/manifest.json"
exits 65 vidqc selftest --model "$T/blind/model.json"
like "$(err)" 'no result of an earlier selftest' 'a manifest without a result'
rm "$T/blind/manifest.json"
exits 66 vidqc selftest --model "$T/blind/model.json"
exits 64 vidqc selftest -j x
exits 64 vidqc selftest clip.mp4

# The judgement itself, on a record that is worse by one.
jq --argjson n "$(jq .right "$T/self")" '.selftest.right = $n + 1' "$share/manifest.json" >"$T/better.json"
compare() { # MANIFEST: the record of the cases that were judged
	jq -s --argjson seed 1 --slurpfile manifest "$1" --argjson begin 0 --argjson ended 1 \
		-f "$ROOT/pipelines/selftest.jq" "$T/cases"
}
jq -c '.wrong[] + {seconds: 1}' "$T/self" >"$T/cases"
for ((i = $(jq '.wrong | length' "$T/self"); i < 64; i++)); do
	echo '{"class":"NONE","judged":"NONE","name":"n","seconds":1}'
done >>"$T/cases"
is "$(compare "$share/manifest.json" | jq .passed)" true 'as many right as the manifest says'
is "$(compare "$T/better.json" | jq .passed)" false 'fewer'
like "$(compare "$share/manifest.json" | jq -r -f "$ROOT/pipelines/selftest-text.jq")" \
	"$(jq .right "$T/self") of 64 verdicts are right; the manifest says $(jq .expected "$T/self")" 'in words'
done_testing
