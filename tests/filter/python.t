#!/usr/bin/env bash
# Models trained in Python on our feature records drop into vidqc-classify.
# shellcheck disable=SC2016 # jq programs
. "$(dirname "$0")/../lib.sh"

python=${VQ_PYTHON:-$ROOT/build/venv/bin/python3}
[ -x "$python" ] || skip_all "no $python; make check makes it"

awk -v n=120 -v labels="$T/labels.csv" -f "$ROOT/tests/synthetic.awk" >"$T/a.jsonl"

# The largest difference of a probability; a clip without text has no text defect, and
# the rest is scaled to 1.
difference() { # NAME
	jq -n --slurpfile got "$T/out" --slurpfile want "$T/$1.expected.jsonl" --slurpfile rec "$T/a.jsonl" '
		($rec | map(select(.type == "features"))) as $rec
		| [range($got | length) | . as $i | $got[$i].class_probabilities as $p
			| $want[$i].p as $w
			| (if $rec[$i].features.has_text_regions > 0 then $w
				else [$w[0] / ($w[0] + $w[2]), 0, $w[2] / ($w[0] + $w[2])] end) as $w
			| [$p.NONE - $w[0], $p.TEXT_INCONSISTENCY - $w[1], $p.TEMPORAL_FLICKER - $w[2]][] | fabs]
		| max'
}

# the other way round: XGBoost reads what vidqc-train wrote
exits 0 vidqc-train --labels "$T/labels.csv" --folds 2 --repeats 1 --output-dir "$T/ours" "$T/a.jsonl"
exits 0 vidqc-classify --model "$T/ours/model.json" "$T/a.jsonl"
cp "$T/out" "$T/classified.jsonl"
for path in '' "${VQ_PYTHON_NEWER:-$ROOT/build/venv/newer}"; do
	PYTHONPATH=$path exits 0 "$python" "$ROOT/tests/python_bundle.py" "$T/ours/model.json" "$T/a.jsonl"
	worst=$(jq -n --slurpfile got "$T/classified.jsonl" --slurpfile want "$T/out" '
		[range(120) | $got[.] as $g | $want[.] as $w
			| [$g.class_probabilities.NONE - $w.p[0], $g.class_probabilities.TEXT_INCONSISTENCY - $w.p[1],
				$g.class_probabilities.TEMPORAL_FLICKER - $w.p[2], $g.defects.TEXT_INCONSISTENCY - $w.text][] | fabs]
		| max')
	is "$(jq -n "$worst < 1e-5")" true "XGBoost reads the bundle's boosters, within $worst"
done

for path in '' "${VQ_PYTHON_NEWER:-$ROOT/build/venv/newer}"; do
	PYTHONPATH=$path exits 0 "$python" "$ROOT/tests/python_models.py" "$T/labels.csv" "$T/a.jsonl" "$T"
	is "$(jq 'any(.learner.gradient_booster.model.trees[]; .tree_param.num_deleted != "0")' \
		"$T/pruned.json")" true 'some nodes are pruned'
	version=$(jq -r '.version | join(".")' "$T/gbtree.json")
	for kind in gbtree pruned dart gblinear; do
		exits 0 vidqc-classify --model "$T/$kind.json" "$T/a.jsonl"
		is "$(jq -s 'map(select(.artifact)) | length > 20' "$T/out")" true \
			"$kind of XGBoost $version flags some"
		worst=$(difference "$kind")
		is "$(jq -n "$worst < 1e-5")" true "its probabilities are Python's, within $worst"
	done
done
is "$version" 3.2.0 'the newest format is among them'
done_testing
