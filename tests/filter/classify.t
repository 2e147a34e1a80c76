#!/usr/bin/env bash
# vidqc-classify: feature records in, predictions out.
# shellcheck disable=SC2016,SC2154 # jq programs; status is set by capture
. "$(dirname "$0")/../lib.sh"

awk -v n=120 -v labels="$T/labels.csv" -f "$ROOT/tests/synthetic.awk" >"$T/a.jsonl"
vidqc-train --folds 2 --labels "$T/labels.csv" --output-dir "$T/model" "$T/a.jsonl" || exit
export VIDQC_MODEL=$T/model/model.json
all() { # JQ: true for every prediction
	jq -s "all(.[]; $1)" "$T/out"
}

exits 0 vidqc-classify "$T/a.jsonl"
cp "$T/out" "$T/predictions"
is "$(jq -rs 'map(.clip_id) | join(" ")' "$T/out")" "$(echo clip{000..119})" \
	'one line a clip, in order'
is "$(all '.type == "prediction" and .schema_version == 1')" true 'type and schema version'
is "$(all '(.class_probabilities | add) - 1 | fabs < 1e-6')" true 'probabilities sum to 1'
is "$(all '(.confidence + .class_probabilities.NONE - 1) | fabs < 1e-6')" true \
	'confidence is 1 - P(NONE)'
is "$(all '.artifact == (.class_probabilities.NONE < '"$(vidqc-config | jq .model.binary_threshold)"')')" true 'the decision'
is "$(all '.artifact == (.artifact_category != "NONE")')" true 'a category exactly with an artifact'
is "$(all '.artifact == (.evidence != null)')" true 'evidence exactly with an artifact'
is "$(all '.artifact or (.events == [])')" true 'no events without an artifact'
is "$(all '(.artifact | not) or (.evidence | (.timestamps | length) == (.frames | length) and (.frames | length) == (.bounding_boxes | length))')" \
	true 'evidence arrays of one length'
is "$(all '.explanation | length > 0 and all(.[]; .class != "NONE" and .contribution != 0)')" true \
	'an explanation each'
is "$(all '(.defects | keys) == ["TEMPORAL_FLICKER","TEXT_INCONSISTENCY"]')" true 'both defects'
is "$(jq -s '[.[] | select(.artifact)] | length > 20 and length < 100' "$T/out")" true \
	'some are flagged, some are not'
is "$(jq -rs '.[0].model.sha256' "$T/out")" "$(sha256sum <"$VIDQC_MODEL" | cut -d' ' -f1)" \
	"the model's hash"
exits 0 vidqc-classify <"$T/a.jsonl"
ok 'the same bytes from standard input' cmp "$T/out" "$T/predictions"
cp "$T/a.jsonl" "$T/b.jsonl"
exits 0 vidqc-classify - "$T/b.jsonl" <"$T/a.jsonl"
is "$(jq -s length "$T/out")" 240 'several inputs'
cat "$T/a.jsonl" "$T/a.jsonl" >"$T/two.jsonl"
exits 0 vidqc-classify "$T/two.jsonl"
is "$(jq -s length "$T/out")" 240 'streams one after the other'

# the hard rule
sed 's/"has_text_regions":1/"has_text_regions":0/' "$T/a.jsonl" >"$T/no-text.jsonl"
exits 0 vidqc-classify "$T/no-text.jsonl"
is "$(all '.class_probabilities.TEXT_INCONSISTENCY == 0 and .artifact_category != "TEXT_INCONSISTENCY"')" \
	true 'no text, no text defect'

# thresholds and the gate
exits 0 vidqc-classify --set model.binary_threshold=0 "$T/a.jsonl"
is "$(all '.artifact | not')" true 'threshold 0 flags nothing'
is "$(all '[.suppressed[] | .reason == "below the model'"'"'s threshold"] | all')" true \
	'events are let go with the reason'
echo '{"model":{"binary_threshold":1}}' >"$T/config.json"
exits 0 vidqc-classify --config "$T/config.json" "$T/a.jsonl"
is "$(all '.artifact == (.class_probabilities.NONE < 1)')" true 'threshold 1 from a file'
exits 1 vidqc-classify --gate "$T/a.jsonl"
like "$(err)" '^vidqc-classify: gate: [^:]+: [A-Z_]+, confidence [01]\.[0-9][0-9]' 'a clip that stops the gate is named'
ok 'the gate does not change the output' cmp "$T/out" "$T/predictions"
exits 0 vidqc-classify --gate --set model.binary_threshold=0 "$T/a.jsonl"
# one clip of each kind, by what it shows
pick() { # JQ: the feature stream of the first clip whose prediction is so
	local id
	id=$(jq -rs "[.[] | select($1)][0].clip_id" "$T/predictions")
	jq -c --arg id "$id" 'if .type == "end" then .records = 1 else select(.type == "header" or .clip_id == $id) end' "$T/a.jsonl"
}
pick '.artifact_category == "TEXT_INCONSISTENCY" and .defects.TEMPORAL_FLICKER < 0.5' >"$T/text.jsonl"
pick '.artifact_category == "TEMPORAL_FLICKER" and .defects.TEXT_INCONSISTENCY < 0.5' >"$T/flicker.jsonl"
pick '.artifact | not' >"$T/clean.jsonl"
for options in '--fail-on text' '--fail-on=flicker,text' '--min-confidence 0.3' '--gate --min-confidence=0'; do
	# shellcheck disable=SC2086
	exits 1 vidqc-classify $options "$T/text.jsonl"
	# shellcheck disable=SC2086
	exits 0 vidqc-classify $options "$T/clean.jsonl"
done
exits 0 vidqc-classify --fail-on flicker "$T/text.jsonl"
holds .artifact 'flagged all the same'
exits 1 vidqc-classify --fail-on flicker "$T/flicker.jsonl"
exits 0 vidqc-classify --fail-on text "$T/flicker.jsonl"
exits 1 vidqc-classify --fail-on text "$T/clean.jsonl" "$T/flicker.jsonl" "$T/text.jsonl"
exits 0 vidqc-classify --min-confidence 1 "$T/a.jsonl"
ok 'nor does that change the output' cmp "$T/out" "$T/predictions"
confidence=$(vidqc-classify "$T/flicker.jsonl" | jq .confidence)
exits 1 vidqc-classify --min-confidence "$confidence" "$T/flicker.jsonl"
own=$(vidqc-classify "$T/flicker.jsonl" | jq .defects.TEMPORAL_FLICKER)
exits 1 vidqc-classify --fail-on flicker --min-confidence "$own" "$T/flicker.jsonl"
exits 0 vidqc-classify --fail-on flicker --min-confidence "$(jq -n "$own + 0.000001")" "$T/flicker.jsonl"
for wrong in --fail-on= --fail-on=none --fail-on=text,text --min-confidence= --min-confidence=1.1 --min-confidence=nan; do
	exits 64 vidqc-classify "$wrong" "$T/a.jsonl"
	like "$(err)" "^vidqc-classify: ${wrong%%=*}.* expected" 'and says what is expected'
done

# a plain XGBoost model: stumps that can be checked by hand
jq -n '{version: [1, 7, 4], learner: {attributes: {}, feature_names: ["flicker_a", "has_text_regions"],
	feature_types: [], objective: {name: "multi:softprob", softmax_multiclass_param: {num_class: "3"}},
	learner_model_param: {base_score: "5E-1", num_class: "3", num_feature: "2", num_target: "1"},
	gradient_booster: {name: "gbtree", model: {
		gbtree_model_param: {num_parallel_tree: "1", num_trees: "3", size_leaf_vector: "0"},
		tree_info: [0, 1, 2],
		trees: [range(3) | {id: ., base_weights: [0, 0, 0], categories: [], categories_nodes: [],
			categories_segments: [], categories_sizes: [], default_left: [0, 0, 0],
			left_children: [1, -1, -1], right_children: [2, -1, -1], loss_changes: [1, 0, 0],
			parents: [2147483647, 0, 0], split_conditions: [0.5, 0, . - 1],
			split_indices: [0, 0, 0], split_type: [0, 0, 0], sum_hessian: [2, 1, 1],
			tree_param: {num_deleted: "0", num_feature: "2", num_nodes: "3", size_leaf_vector: "0"}}]}}}}' \
	>"$T/plain.json"
exits 0 vidqc-classify --model "$T/plain.json" "$T/a.jsonl"
jq -s --slurpfile f "$T/a.jsonl" '
	($f | map(select(.type == "features")) | map({(.clip_id): .features}) | add) as $feat
	| [.[] | $feat[.clip_id] as $x
		| (if $x.flicker_a < 0.5 then [0, 0, 0] else [-1, 0, 1] end | map(exp)) as $e
		| (if $x.has_text_regions == 0 then $e[0] + $e[2] else $e | add end) as $sum
		| .class_probabilities.NONE - $e[0] / $sum | fabs] | max' "$T/out" >"$T/worst"
is "$(jq '. < 1e-5' "$T/worst")" true 'a plain model gives what it should'
jq '.learner.learner_model_param.base_score = "[5E-1,1.5E0,-1E-1]"' "$T/plain.json" >"$T/new.json"
exits 0 vidqc-classify --model "$T/new.json" "$T/a.jsonl"
is "$(jq -s 'map(select(.class_probabilities.TEXT_INCONSISTENCY > 0)) | all(.[];
	(.class_probabilities | .TEXT_INCONSISTENCY / .NONE | log)
	| (. - 1 | fabs < 1e-3) or (. - 2 | fabs < 1e-3))' \
	"$T/out")" true 'bracketed base scores of XGBoost 3.1 and later'
jq '.learner.feature_names[0] = "absent"' "$T/plain.json" >"$T/absent.json"
exits 65 vidqc-classify --model "$T/absent.json" "$T/a.jsonl"
like "$(err)" 'line 2: clip clip000: feature "absent", which the model asks for' \
	'a feature that we lack is named'
jq '.extractor.version = "7.0.0"' "$VIDQC_MODEL" >"$T/other.json"
exits 65 vidqc-classify --model "$T/other.json" "$T/a.jsonl"
like "$(err)" 'extractor 0.1.0, but the model was trained on 7.0.0' 'another extractor is named'

# broken models
for n in 0 1 100 5000; do
	head -c "$n" "$VIDQC_MODEL" >"$T/broken.json"
	exits 65 vidqc-classify --model "$T/broken.json" "$T/a.jsonl"
done
head -c 100000 /dev/urandom >"$T/broken.json"
exits 65 vidqc-classify --model "$T/broken.json" "$T/a.jsonl"
jq 'del(.boosters.TEMPORAL_FLICKER)' "$VIDQC_MODEL" >"$T/broken.json"
exits 65 vidqc-classify --model "$T/broken.json" "$T/a.jsonl"
like "$(err)" 'broken.json: .*"TEMPORAL_FLICKER"' 'a bundle with one booster'
jq '.learner.gradient_booster.model.trees[0].left_children[0] = 0' "$T/plain.json" >"$T/broken.json"
exits 65 vidqc-classify --model "$T/broken.json" "$T/a.jsonl"
like "$(err)" 'broken.json: tree 0: node 0: child 0' 'a tree that runs in a circle'
exits 66 vidqc-classify --model "$T/nowhere.json" "$T/a.jsonl"
like "$(err)" 'nowhere.json: open: No such file' 'a model that is not there'
exits 66 vidqc-classify --model "$T" "$T/a.jsonl"

# the default model
unset VIDQC_MODEL
mkdir -p "$T/tree/bin" "$T/tree/share/vidqc"
cp "$(command -v vidqc-classify)" "$T/tree/bin"
exits 66 "$T/tree/bin/vidqc-classify" "$T/a.jsonl"
like "$(err)" 'tree/share/vidqc/model.json' 'the default model is beside the program'
cp "$T/model/model.json" "$T/tree/share/vidqc"
exits 0 "$T/tree/bin/vidqc-classify" "$T/a.jsonl"
ok 'and is used' cmp "$T/out" "$T/predictions"
export VIDQC_MODEL=$T/model/model.json

# broken records
exits 65 vidqc-classify </dev/null
like "$(err)" 'vidqc-classify: stdin: empty input' 'an empty input is an error'
wrong=0
size=$(wc -c <"$T/a.jsonl")
for at in 1 40 100 2000 $((size / 2)) $((size - 30)) $((size - 1)); do
	head -c "$at" "$T/a.jsonl" >"$T/cut"
	capture vidqc-classify "$T/cut"
	[ "$status" = 65 ] || wrong=$((wrong + 1))
done
is "$wrong" 0 'a stream cut anywhere is exit 65'
echo '{"type":"error","clip_id":"x","error":{"code":65}}' >"$T/error.jsonl"
exits 65 vidqc-classify "$T/error.jsonl"
like "$(err)" 'an error record of x' 'an error is no measurement'
sed '2s/"junk_3":[-0-9.]*/"junk_3":null/' "$T/a.jsonl" >"$T/null.jsonl"
exits 65 vidqc-classify "$T/null.jsonl"
like "$(err)" 'null.jsonl: line 2: clip clip000: feature "junk_3"' 'a feature that is no number'
sed '2s/"bbox":\[10,20,110,60\]/"bbox":[10,20,10,60]/' "$T/a.jsonl" >"$T/box.jsonl"
exits 65 vidqc-classify "$T/box.jsonl"
like "$(err)" 'events\[0\]: .*"bbox"' 'an empty box'
exits 66 vidqc-classify "$T/absent.jsonl"
exits 66 vidqc-classify "$T"
exits 74 bash -c 'vidqc-classify "$1" >/dev/full' - "$T/a.jsonl"
like "$(err)" 'stdout: write: No space left' 'a full disk'
capture bash -c 'vidqc-classify "$1" | head -n 1 >/dev/null; echo "${PIPESTATUS[0]}"' - "$T/two.jsonl"
is "$(err)" '' 'a reader that leaves early ends it silently'
like "$(out)" '^(0|141)$' 'by SIGPIPE'

exits 64 vidqc-classify --frobnicate
exits 64 vidqc-classify --set model.binary_threshold=2 "$T/a.jsonl"
like "$(err)" 'model.binary_threshold' 'a value out of range is named'
exits 0 vidqc-classify --help
like "$(out)" '^usage: vidqc-classify' 'help on standard output'
exits 0 vidqc-classify --version
like "$(out)" '^vidqc-classify [0-9]' 'version'
done_testing
