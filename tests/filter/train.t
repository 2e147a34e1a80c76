#!/usr/bin/env bash
# vidqc-train: labelled feature records in, a model with honest numbers out.
. "$(dirname "$0")/../lib.sh"

synthetic() { # NAME N: $T/NAME.jsonl and $T/NAME.csv
	awk -v n="$2" -v labels="$T/$1.csv" -f "$ROOT/tests/synthetic.awk" >"$T/$1.jsonl"
}
manifest() { # FOLDER JQ
	jq -c "$2" "$T/$1/manifest.json"
}

synthetic a 120
exits 0 vidqc-train --labels "$T/a.csv" --output-dir "$T/one" --oof "$T/oof" "$T/a.jsonl"
is "$(out)" '' 'nothing on standard output'
is "$(err)" "vidqc-train: warning: the records have other features than this version's vidqc-features" \
	"features that are not ours are said so, once"
vidqc-features --manifest >"$T/manifest.json"
sed "s/\"manifest\":\"none\"/\"manifest\":$(jq -c .version "$T/manifest.json")/" "$T/a.jsonl" >"$T/ours.jsonl"
exits 0 vidqc-train --labels "$T/a.csv" --folds 2 --repeats 1 --output-dir "$T/two" "$T/ours.jsonl"
is "$(out)$(err)" '' 'silence is success'
is "$(find "$T/one" -type f -printf '%f\n' | sort | paste -sd ' ')" 'manifest.json model.json report.txt' 'three files, nothing half-written'
is "$(jq -r .type "$T/one/model.json")" vidqc-model 'a model'
is "$(manifest one .model.sha256)" "\"$(sha256sum <"$T/one/model.json" | cut -d' ' -f1)\"" \
	'the manifest has its hash'
is "$(manifest one .data.labels_sha256)" "\"$(sha256sum <"$T/a.csv" | cut -d' ' -f1)\"" \
	"and the labels' hash"
is "$(manifest one '[.data.used, .data.sources, .data.categories.TEXT_INCONSISTENCY]')" \
	'[120,24,30]' 'counts'
is "$(manifest one '.validation.mean.auc > 0.8 and .validation.mean.auc <= 1')" true 'it has learned'
is "$(manifest one '.config.repeats')" 5 'five validations'
is "$(manifest one '[.validation.confusion[][]] | add')" 600 'each clip is judged once in each'
is "$(manifest one '[.validation.folds[].clips] | add')" 600 'in one fold'
is "$(manifest one '.validation | [.pooled.clips, (.pooled_standard_deviation.f1 | . > 0 and . < 0.2)]')" \
	'[120,true]' 'the spread of the validations'
is "$(manifest one '.drift | [.flagged, .features[0].NONE]')" '[0,null]' 'no made clips, no drift'
is "$(manifest one '.gate | keys | length')" 6 'the gates'
is "$(manifest one '.validation | .uses as $u | .thresholds | [
	([.[] | select(.recall >= 0.95) | .threshold] | min) == $u.gate.threshold,
	([.[] | select(.precision >= 0.9) | .threshold] | max) == $u.triage.threshold,
	(.[] | select(.threshold == $u.default.threshold) | .recall == $u.default.recall)]')" \
	'[true,true,true]' 'thresholds for three uses'
is "$(manifest one '.validation | .uses.default as $u | .precision_at_prevalence
	| [."0.01" == $u."precision_at_0.01", ."0.05" > ."0.01"]')" '[true,true]' 'and what they mean where defects are rare'
is "$(manifest one '.boosters.TEXT_INCONSISTENCY.features[0].feature')" '"text_a"' \
	'the feature that matters most'
is "$(manifest one '.boosters | map_values(.kind)')" '{"TEXT_INCONSISTENCY":"linear","TEMPORAL_FLICKER":"trees"}' \
	'what kind of booster judges'
like "$(cat "$T/one/report.txt")" 'Release gates: (PASS|FAIL)' 'a report'
like "$(cat "$T/one/report.txt")" 'TEXT_INCONSISTENCY: 11 features, linear, penalty 0\.[124];' 'says what kind'
is "$(jq -s '[.[] | select(.type == "oof")] | length' "$T/oof")" 120 'out-of-fold records'
is "$(jq -s 'group_by(.source) | all(.[]; map(.fold) | unique | length == 1)' "$T/oof")" true \
	'no source on both sides of a fold'

exits 0 vidqc-train --labels "$T/a.csv" --folds 3 --output-dir "$T/one" "$T/a.jsonl"
exits 0 vidqc-train --labels "$T/a.csv" --folds 3 --features - --output-dir "$T/two" <"$T/a.jsonl"
ok 'same model bytes from standard input' cmp "$T/one/model.json" "$T/two/model.json"
ok 'same manifest' cmp "$T/one/manifest.json" "$T/two/manifest.json"
{
	sed -n 1p "$T/a.jsonl"
	sed '1d;$d' "$T/a.jsonl" | tac
	sed -n '$p' "$T/a.jsonl"
} >"$T/reversed.jsonl"
exits 0 vidqc-train --labels "$T/a.csv" --folds 3 --output-dir "$T/two" "$T/reversed.jsonl"
ok 'the order of the records does not matter' cmp "$T/one/model.json" "$T/two/model.json"
exits 0 vidqc-train --labels "$T/a.csv" --output-dir "$T/two" --seed 7 --folds 2 --repeats 3 "$T/a.jsonl"
is "$(manifest two '[.config.seed, .config.folds, .config.repeats, (.validation.folds | length)]')" '[7,2,3,6]' \
	'--seed, --folds and --repeats'
exits 0 vidqc-train --labels "$T/a.csv" --output-dir "$T/more" --seed 7 --folds 2 --repeats 1 "$T/a.jsonl"
ok 'how often it is validated does not change the model' cmp "$T/two/model.json" "$T/more/model.json"
is "$(manifest more '.validation.pooled_standard_deviation.f1')" null 'one validation has no spread'
is "$(jq -n --slurpfile a "$T/two/manifest.json" --slurpfile b "$T/more/manifest.json" \
	'$a[0].validation.folds[:2] == $b[0].validation.folds')" true 'the first is that of the seed'
exits 0 vidqc-train --labels "$T/a.csv" --output-dir "$T/two" --folds 2 --oof - \
	--set model.binary_threshold=0.9 "$T/a.jsonl"
is "$(jq -s 'all(.[]; (.predicted != "NONE") == (.p_none < 0.9))' "$T/out")" true \
	'model.binary_threshold; --oof - is standard output'

# labels that turn a quarter of the clips over
awk -F, -v OFS=, 'NR > 1 && NR % 4 == 0 {
	$3 = $3 == "true" ? "false" : "true"
	$4 = $3 == "true" ? "TEXT_INCONSISTENCY" : "NONE"
} 1' "$T/a.csv" >"$T/wrong.csv"
exits 0 vidqc-train --labels "$T/wrong.csv" --folds 3 --output-dir "$T/wrong" "$T/a.jsonl"
is "$(jq -n --slurpfile a "$T/one/manifest.json" --slurpfile b "$T/wrong/manifest.json" \
	'$b[0].validation.pooled.f1 < $a[0].validation.pooled.f1 - 0.05')" true \
	'wrong labels lower the reported score'

# one label of a clip that was surely good, turned over
surest=$(jq -rs 'map(select(.type == "oof" and .truth == "NONE")) | max_by(.p_none).clip_id' "$T/oof")
sed "s/^\($surest,[^,]*\),false,NONE,/\1,true,TEMPORAL_FLICKER,/" "$T/a.csv" >"$T/flipped.csv"
exits 0 vidqc-train --labels "$T/a.csv" --output-dir "$T/one" "$T/a.jsonl"
exits 0 vidqc-train --labels "$T/flipped.csv" --output-dir "$T/flipped" "$T/a.jsonl"
is "$(jq -cn --slurpfile a "$T/one/manifest.json" --slurpfile b "$T/flipped/manifest.json" \
	'[$a[0], $b[0]] | map(.validation.pooled | [.f1, .recall, .auc, -.brier]) | transpose | map(.[1] < .[0])')" \
	'[true,true,true,true]' 'a single label that is wrong lowers them too'

# clips whose defect was put in: they teach and are not scored
awk -F, -v OFS=, 'NR == 1 { $0 = $0 ",agreement" } NR > 1 { $0 = $0 (NR % 5 ? ",agreed" : ",made") } 1' "$T/a.csv" >"$T/made.csv"
exits 0 vidqc-train --labels "$T/made.csv" --folds 2 --repeats 1 --output-dir "$T/made" "$T/a.jsonl"
is "$(manifest made '.drift | [.clips.NONE.made + .clips.TEXT_INCONSISTENCY.made + .clips.TEMPORAL_FLICKER.made, .features[0].NONE != null]')" \
	'[24,true]' 'how far they are from real ones'
is "$(manifest made '[.data.made, .data.used, ([.validation.confusion[][]] | add)]')" '[24,96,96]' 'made clips are counted and not judged'
is "$(manifest made '.model.sha256 == "'"$(sed 's/,made$/,disputed/' "$T/made.csv" >"$T/less.csv" &&
	vidqc-train --labels "$T/less.csv" --folds 2 --repeats 1 --output-dir "$T/less" "$T/a.jsonl" 2>/dev/null &&
	jq -r .model.sha256 "$T/less/manifest.json")"'"')" false 'but learned from'

exits 0 vidqc-train --list --labels "$T/a.csv"
is "$(jq -s 'length' "$T/out")" 120 '--list: every clip'

# what does not fit together
sed 2d "$T/a.jsonl" | sed 's/"records":120/"records":119/' >"$T/fewer.jsonl"
exits 65 vidqc-train --labels "$T/a.csv" --output-dir "$T/no" "$T/fewer.jsonl"
like "$(err)" '1 labelled clips have no features, clip000 first' 'a clip without features is named'
ok 'no folder is made for nothing' test ! -e "$T/no"
exits 0 vidqc-train --allow-missing --folds 2 --repeats 1 --labels "$T/a.csv" --output-dir "$T/two" "$T/fewer.jsonl"
is "$(manifest two '[.data.missing_features, .data.used]')" '[1,119]' '--allow-missing counts it'
like "$(err)" 'warning: 1 labelled' 'and warns'
exits 65 vidqc-train --labels "$T/a.csv" --output-dir "$T/no" "$T/a.jsonl" "$T/a.jsonl"
like "$(err)" 'clip clip000: came before' 'a clip twice'
head -n 50 "$T/a.jsonl" >"$T/cut.jsonl"
exits 65 vidqc-train --labels "$T/a.csv" --output-dir "$T/no" "$T/cut.jsonl"
like "$(err)" 'cut.jsonl: ends without an end record' 'a producer that died'
sed '5s/"manifest":"none"/"manifest":"other"/' "$T/a.jsonl" >"$T/mixed.jsonl"
exits 65 vidqc-train --labels "$T/a.csv" --output-dir "$T/no" "$T/mixed.jsonl"
like "$(err)" 'line 5: clip clip003: features of extractor' 'records of two extractors'
head -n 4 "$T/a.csv" >"$T/few.csv"
exits 65 vidqc-train --labels "$T/few.csv" --output-dir "$T/no" "$T/a.jsonl"
like "$(err)" '3 sources, but 5 folds' 'too few sources'
sed 's/^clip003,[^,]*,[^,]*/clip003,p,perhaps/' "$T/a.csv" >"$T/bad.csv"
exits 65 vidqc-train --labels "$T/bad.csv" --output-dir "$T/no" "$T/a.jsonl"
like "$(err)" 'bad.csv: line 5: artifact "perhaps"' 'a broken label is named with its line'

# usage and files
exits 64 vidqc-train --labels "$T/a.csv" "$T/a.jsonl"
like "$(err)" '--output-dir is missing' 'says what is missing'
exits 64 vidqc-train --output-dir "$T/no" "$T/a.jsonl"
exits 64 vidqc-train --labels "$T/a.csv" --output-dir "$T/no" --folds 1 "$T/a.jsonl"
like "$(err)" '--folds 1: expected an integer from 2 to 50' 'the range'
exits 64 vidqc-train --labels "$T/a.csv" --output-dir "$T/no" --repeats 0 "$T/a.jsonl"
like "$(err)" '--repeats 0: expected an integer from 1 to 100' 'its range'
exits 64 vidqc-train --labels "$T/a.csv" --output-dir "$T/no" --seed x "$T/a.jsonl"
exits 64 vidqc-train --frobnicate
exits 66 vidqc-train --labels "$T/absent.csv" --output-dir "$T/no" "$T/a.jsonl"
exits 66 vidqc-train --labels "$T/a.csv" --output-dir "$T/no" "$T/absent.jsonl"
exits 66 vidqc-train --labels "$T" --output-dir "$T/no" "$T/a.jsonl"
exits 74 vidqc-train --labels "$T/a.csv" --output-dir "$T/a.csv/no" "$T/a.jsonl"
exits 74 vidqc-train --labels "$T/a.csv" --folds 2 --repeats 1 --output-dir "$T/two" --oof "$T/absent/oof" "$T/a.jsonl"
exits 0 vidqc-train --help
like "$(out)" '^usage: vidqc-train' 'help on standard output'
exits 0 vidqc-train --version
done_testing
