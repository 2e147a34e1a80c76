#!/bin/bash
# vidqc train: clips and labels in, a model that vidqc predict takes out.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

export TMPDIR=$T/tmp
mkdir "$TMPDIR" "$T/clips"

# Six small clips a class, one of each from each source.
labels=$T/clips/labels.csv
echo 'clip_id,path,artifact,artifact_category,source,notes' >"$labels"
for i in 1 2 3 4 5 6; do
	scene="gradients=s=160x120:r=12:d=0.75:seed=$i:speed=0.02"
	word="drawtext=fontfile=$FONT:fontsize=30:fontcolor=white:x=10:y=40"
	make_clip "$T/clips/calm $i.mp4" "$scene,$word:text=OPEN $i"
	make_clip "$T/clips/flicker$i.mp4" "$scene,lutyuv=y=val+20*$i/6,select='mod(n,2)'[a];$scene,select='not(mod(n,2))'[b];[a][b]interleave"
	make_clip "$T/clips/text$i.mp4" "$scene,$word:text=OPEN $i:enable='mod(n,2)',$word:text=QRXM $i:enable='not(mod(n,2))'"
	{
		printf '"calm, %s",calm %s.mp4,false,NONE,source%s,"a ""quoted"" note"\n' $i $i $i
		printf 'flicker%s,flicker%s.mp4,true,TEMPORAL_FLICKER,source%s,\n' $i $i $i
		printf 'text%s,text%s.mp4,true,TEXT_INCONSISTENCY,source%s,\n' $i $i $i
	} >>"$labels"
done

exits 0 vidqc train --labels "$labels" --output-dir "$T/model" --cache "$T/cache" --folds 3 -j 2
is "$(err)" '' 'silence is success'
is "$(cd "$T/model" && echo *)" 'manifest.json model.json report.txt' 'three results'
is "$(find "$T/cache" -name '*.jsonl' | wc -l)" 18 'the features of all clips are kept'
is "$(ls -A "$TMPDIR")" '' 'nothing is left in TMPDIR'
exits 0 vidqc predict --model "$T/model/model.json" "$T/clips/calm 1.mp4" "$T/clips/text1.mp4"
is "$(faults "$T/out")" '' 'vidqc predict takes the model'
is "$(jq -r .model.sha256 "$T/out" | sort -u)" "$(sha256sum <"$T/model/model.json" | cut -d' ' -f1)" 'and names it'

# The same again, out of the cache: the same model, nothing measured.
touch "$T/before"
exits 0 vidqc train --labels "$labels" --output-dir "$T/again" --cache "$T/cache" --folds 3
ok 'the same model' cmp "$T/model/model.json" "$T/again/model.json"
is "$(find "$T/cache" -newer "$T/before")" '' 'nothing was measured again'

# A clip that changes is measured again, and it alone.
cp "$T/clips/calm 2.mp4" "$T/clips/calm 1.mp4"
exits 0 vidqc train --labels "$labels" --output-dir "$T/again" --cache "$T/cache" --folds 3
is "$(find "$T/cache" -name '*.jsonl' | wc -l)" 19 'a changed clip is measured again'
exits 0 vidqc train --labels "$labels" --output-dir "$T/again" --cache "$T/cache" --folds 3 --repeats 2 --set model.binary_threshold=0.4
is "$(find "$T/cache" -name '*.jsonl' | wc -l)" 19 'a setting that features do not depend on'
ok 'features are kept, not half of them' bash -c '
	for f in "$0"/*.jsonl; do tail -n 1 "$f" | jq -e ".type == \"end\"" >/dev/null || exit 1; done' "$T/cache"

# ---- vidqc eval: the same clips are no test, others are
exits 65 vidqc eval --labels "$labels" --model "$T/model/model.json" --cache "$T/cache"
like "$(err)" 'trained on' 'labels that the model was trained on'
sed '2,$s/source/other/' "$labels" >"$T/clips/others.csv"
exits 0 vidqc eval --labels "$T/clips/others.csv" --model "$T/model/model.json" --cache "$T/cache" --json -o "$T/verdicts.jsonl"
holds '.type == "evaluation"' 'other labels are scored'
is "$(faults "$T/verdicts.jsonl")" '' 'the verdicts are kept'
is "$(wc -l <"$T/verdicts.jsonl")" 18 'all of them'
cp "$T/out" "$T/by_eval"
vidqc-eval --labels "$T/clips/others.csv" --manifest "$T/model/manifest.json" --json \
	"$T/verdicts.jsonl" >"$T/by_hand" 2>"$T/err"
like "$(err)" "18 of the 18 clips have names that the model was trained on" "clips of the training are told"
ok 'as vidqc-eval scores them' cmp "$T/by_eval" "$T/by_hand"
exits 0 vidqc eval --labels "$T/clips/others.csv" --cache "$T/cache"
like "$(out)" 'recall' 'a text to read'
exits 1 vidqc eval --labels "$T/clips/others.csv" --cache "$T/cache" --gate --set model.binary_threshold=0
like "$(out)" 'Release gates: FAIL' 'nothing is flagged: a gate fails'
exits 64 vidqc eval
exits 64 vidqc eval --labels "$labels" -j none
exits 64 vidqc eval --labels "$labels" operand
exits 66 vidqc eval --labels "$labels" --model "$T/none.json"

# Clips that cannot be measured.
echo 'not a clip' >"$T/clips/calm 3.mp4"
rm "$T/clips/text3.mp4"
exits 65 vidqc train --labels "$labels" --output-dir "$T/bad" --cache "$T/cache" --folds 3
like "$(err)" 'vidqc-frames: .*calm 3.mp4: ' 'the bad one says why'
like "$(err)" 'vidqc-frames: .*text3.mp4: .*No such file' 'the missing one too'
like "$(err)" 'vidqc: train: calm, 3: no features of .*vidqc: train: text3: no features of ' 'both are named'
like "$(err)" 'vidqc: train: 2 clips cannot be measured' 'and counted'
ok 'nothing was trained' test ! -e "$T/bad"
exits 0 vidqc train --labels "$labels" --output-dir "$T/bad" --cache "$T/cache" --folds 3 --allow-missing
ok '--allow-missing goes on without them' test -s "$T/bad/model.json"
exits 65 vidqc eval --labels "$T/clips/others.csv" --cache "$T/cache"
like "$(err)" 'vidqc: eval: 2 clips cannot be measured' 'eval counts them as well'
exits 0 vidqc eval --labels "$T/clips/others.csv" --cache "$T/cache" --allow-missing --json
is "$(jq -c '[.data.used, .data.missing_predictions]' "$T/out")" '[16,2]' 'and goes on without them when told'

exits 64 vidqc train --labels "$labels"
exits 64 vidqc train --output-dir "$T/x"
exits 64 vidqc train --labels "$labels" --output-dir "$T/x" -j 0
exits 64 vidqc train --labels "$labels" --output-dir "$T/x" operand
exits 64 vidqc train --labels "$labels" --output-dir "$T/x" --cache "$T/cache" --folds 1 --allow-missing
exits 66 vidqc train --labels "$T/none.csv" --output-dir "$T/x"
like "$(err)" 'none.csv' 'no labels'
echo 'clip_id,path' >"$T/short.csv"
exits 65 vidqc train --labels "$T/short.csv" --output-dir "$T/x"
is "$(ls -A "$TMPDIR")" '' 'nothing is left in TMPDIR'

done_testing
