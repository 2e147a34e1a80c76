#!/usr/bin/env bash
# vidqc-eval: predictions and labels in, how good the model is out.
. "$(dirname "$0")/../lib.sh"

awk -v n=120 -v labels="$T/labels.csv" -f "$ROOT/tests/synthetic.awk" >"$T/a.jsonl"
vidqc-train --folds 2 --labels "$T/labels.csv" --output-dir "$T/model" "$T/a.jsonl" || exit
vidqc-classify --model "$T/model/model.json" "$T/a.jsonl" >"$T/p.jsonl" || exit
# The same clips with another label file: what a new set would look like.
sed 's/"a, b"/other/' "$T/labels.csv" >"$T/new.csv"
score() { # JQ
	jq -c "$1" "$T/out"
}

exits 0 vidqc-eval --labels "$T/new.csv" --json "$T/p.jsonl"
is "$(score '[.type, .data.used]')" '["evaluation",120]' 'a record'
is "$(score '[.validation.confusion[][]] | add')" 120 'each clip counts once'
is "$(score '.validation.pooled.recall == (.validation.confusion | ([.[][]] | add) as $all
	| [.TEXT_INCONSISTENCY, .TEMPORAL_FLICKER] | (map(.TEXT_INCONSISTENCY + .TEMPORAL_FLICKER) | add) / (map(add) | add)
	| . * 1e6 | round / 1e6)')" true 'recall is what the confusion matrix says'
is "$(score .gate.recall.value)" "$(score .validation.pooled.recall)" 'the gate looks at it'
cp "$T/out" "$T/first"
exits 0 vidqc-eval --labels "$T/new.csv" --json <"$T/p.jsonl"
ok 'the same from standard input' cmp "$T/out" "$T/first"
exits 0 vidqc-eval --labels "$T/new.csv" --manifest "$T/model/manifest.json" "$T/p.jsonl"
like "$(out)" 'Release gates: (PASS|FAIL)' 'a text'
like "$(err)" 'warning: 120 of the 120 clips have names that the model was trained on' 'clips of the training'
jq '.data.clips = ["clip000", "clip001", "nothing"]' "$T/model/manifest.json" >"$T/few.json"
exits 0 vidqc-eval --labels "$T/new.csv" --manifest "$T/few.json" --json "$T/p.jsonl"
is "$(score .data.trained_on)" 2 'they are counted'
exits 0 vidqc-eval --labels "$T/new.csv" --json --set model.binary_threshold=1 "$T/p.jsonl"
is "$(score '.validation.pooled.recall')" 1 'another threshold flags everything'
exits 1 vidqc-eval --labels "$T/new.csv" --gate --set model.binary_threshold=0 "$T/p.jsonl"
like "$(out)" 'recall +0.000 +>= 0.85 +fail' 'a gate that fails'

# wrong labels lower the score
awk -F, -v OFS=, 'NR > 1 && NR % 4 == 0 {
	$3 = $3 == "true" ? "false" : "true"
	$4 = $3 == "true" ? "TEXT_INCONSISTENCY" : "NONE"
} 1' "$T/new.csv" >"$T/wrong.csv"
exits 0 vidqc-eval --labels "$T/wrong.csv" --json "$T/p.jsonl"
is "$(jq -s '.[1].validation.pooled.f1 < .[0].validation.pooled.f1 - 0.1' "$T/first" "$T/out")" true \
	'labels turned over lower the score'

# what must not be scored
exits 65 vidqc-eval --labels "$T/labels.csv" --manifest "$T/model/manifest.json" "$T/p.jsonl"
like "$(err)" 'trained on these very labels' 'the training labels are refused'
jq '.model.sha256 = "0"' "$T/model/manifest.json" >"$T/other.json"
exits 65 vidqc-eval --labels "$T/new.csv" --manifest "$T/other.json" "$T/p.jsonl"
like "$(err)" 'another model' "another model's manifest"
exits 65 vidqc-eval --labels "$T/new.csv" --manifest "$T/new.csv" "$T/p.jsonl"
exits 65 vidqc-eval --labels "$T/new.csv" "$T/p.jsonl" "$T/p.jsonl"
like "$(err)" 'line 1: clip clip000: came before' 'a clip twice'
sed 1d "$T/p.jsonl" >"$T/fewer.jsonl"
exits 65 vidqc-eval --labels "$T/new.csv" "$T/fewer.jsonl"
like "$(err)" '1 labelled clips have no prediction, clip000 first' 'a clip that is missing'
exits 0 vidqc-eval --allow-missing --json --labels "$T/new.csv" "$T/fewer.jsonl"
is "$(score '[.data.used, .data.missing_predictions]')" '[119,1]' '--allow-missing counts it'
exits 65 vidqc-eval --labels "$T/new.csv" "$T/a.jsonl"
like "$(err)" '"header" record, expected a prediction' 'feature records are no predictions'
jq -c 'select(.clip_id == "clip005") .model.sha256 = "0"' "$T/p.jsonl" >"$T/mixed.jsonl"
exits 65 vidqc-eval --labels "$T/new.csv" "$T/mixed.jsonl"
like "$(err)" 'clip005: judged by another model' 'predictions of two models'
jq -c 'select(.clip_id == "clip005") .defects.TEMPORAL_FLICKER = 2' "$T/p.jsonl" >"$T/bad.jsonl"
exits 65 vidqc-eval --labels "$T/new.csv" "$T/bad.jsonl"
like "$(err)" 'TEMPORAL_FLICKER is no probability' 'a probability that is none'
exits 65 vidqc-eval --labels "$T/new.csv" </dev/null
exits 66 vidqc-eval --labels "$T/new.csv" "$T/absent.jsonl"
exits 66 vidqc-eval --labels "$T/absent.csv" "$T/p.jsonl"
exits 66 vidqc-eval --labels "$T/new.csv" --manifest "$T/absent.json" "$T/p.jsonl"
exits 74 bash -c 'vidqc-eval --labels "$1" "$2" >/dev/full' - "$T/new.csv" "$T/p.jsonl"
exits 64 vidqc-eval "$T/p.jsonl"
exits 64 vidqc-eval --frobnicate
exits 0 vidqc-eval --help
like "$(out)" '^usage: vidqc-eval' 'help on standard output'
exits 0 vidqc-eval --version
done_testing
