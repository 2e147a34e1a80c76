#!/bin/bash
# The schema that ships with vidqc: what our programs write is as it says, field for field,
# and what is not as it says is refused.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

python=${VQ_PYTHON:-$ROOT/build/venv/bin/python3}
[ -x "$python" ] || skip_all "no $python; make check makes it"
schema=${VQ_BIN%/*}/share/vidqc/schema/records.json
cd "$T" || exit 1

# valid NAME FILE...: each of the records is as the strict schema says.
valid() {
	local name=$1
	shift
	cat -- "$@" >>all
	capture "$python" "$ROOT/tests/schema.py" "$schema" --strict < <(cat -- "$@")
	is "$status$(out)$(err)" 0 "$name"
}

letters() { # WORD CONDITION
	printf ",drawtext=fontfile=%s:text='%s':fontsize=44:fontcolor=white:x=80:y=56:enable='%s'" "$FONT" "$1" "$2"
}

scene='mandelbrot=s=320x180:r=12:end_pts=300:start_scale=0.6:end_scale=0.3:maxiter=100,trim=duration=2,setpts=PTS-STARTPTS'
make_clip clean.mp4 'color=c=gray:s=320x180:r=12:d=1'
make_clip broken.mp4 "$scene,hue=h='10*sin(n*1.7)':s='1+0.2*sin(n*2.9)',eq=brightness='0.07*sin(n*2.3)':eval=frame"
sign=drawbox=x=60:y=40:w=370:h=70:color=0x203040:t=fill
sign+=$(letters 'OPEN TODAY' 'lt(mod(n,6),2)')$(letters 'QPEM TOBAV' 'between(mod(n,6),2,3)')$(letters 'OFEN IODXY' 'gte(mod(n,6),4)')
make_clip word.mp4 "gradients=s=480x270:r=12:d=2:seed=1:speed=0.02,$sign"

exits 0 vidqc predict --keep kept -o verdicts --set video.max_duration_sec=1.5 clean.mp4 broken.mp4 word.mp4
is "$(jq -c .artifact verdicts | paste -sd' ' | cut -c1-10)" 'false true' 'a clean clip and a flagged one'
for clip in clean broken word; do
	valid "vidqc-frames: info of $clip" kept/$clip/info.json
	valid "vidqc-ocr: $clip" kept/$clip/ocr.jsonl
	valid "vidqc-features: $clip" kept/$clip/features.jsonl
done
is "$(jq -s 'map(select(.type == "features") | .events[].category) | unique | length' kept/{broken,word}/features.jsonl)" 2 \
	'events of both kinds are among them'
valid 'vidqc-classify' verdicts
exits 0 vidqc-classify --set model.binary_threshold=1 kept/clean/features.jsonl
cp out whole
is "$(jq -c '[.artifact, .events]' whole)" '[true,[]]' 'flagged as a whole'
valid 'vidqc-classify: a clip without events' whole
exits 0 vidqc-features --series series kept/broken/frames.y4m
cp out bare
valid 'vidqc-features without text and info' bare
valid 'vidqc-features --series' series
vidqc-classify bare >bare_verdict
valid 'vidqc-classify of that' bare_verdict
for command in 'vidqc-frames --decoders' 'vidqc-features --manifest' 'vidqc-config --table' 'vidqc-glitch --list=json'; do
	# shellcheck disable=SC2086 # a command and its option
	exits 0 $command
	cp out listed
	valid "$command" listed
done
n=0
while read -r kind options; do
	# shellcheck disable=SC2086 # options are words
	vidqc-glitch -k "$kind" $options --truth truth kept/word/frames.y4m >/dev/null || continue
	valid "vidqc-glitch: $kind" truth
	n=$((n + 1))
done <<'END'
luma --period 4 --on 1
pop --hz 2
text-swap --box 60,40,370,70
text-morph --boxes kept/word/ocr.jsonl --smooth
caption-mutate --text A|B
counter --box 20,100,200,40
strobe
fade --frames 6
END
is "$n" 8 'eight kinds of glitch'
vidqc-glitch -k luma --strength 0 --truth truth kept/broken/frames.y4m >/dev/null
valid 'vidqc-glitch: of no strength' truth

exits 0 vidqc format --bbox norm verdicts
cp out normed
valid 'vidqc format --bbox norm' normed
echo 'no clip' >bad.mp4
vidqc predict --format jsonl --bbox norm bad.mp4 >failed 2>/dev/null
valid 'an error' failed
printf '%s\n' '{"clip_id":"bad","path":"bad.mp4","error":{"code":65,"message":"bad.mp4: not a video clip"}}' >untyped
valid 'an error without a type' untyped

awk -v n=120 -v labels=labels.csv -f "$ROOT/tests/synthetic.awk" >features
vidqc-train --list --labels labels.csv >labels
valid 'vidqc-train --list' labels
vidqc-train --folds 2 --labels labels.csv --output-dir model --oof oof features
valid 'vidqc-train --oof' oof
vidqc-classify --model model/model.json features >judged
valid 'vidqc-classify: features of another version' judged
vidqc-eval --json --labels labels.csv judged >evaluation
valid 'vidqc-eval --json' evaluation
mkdir folder && cp clean.mp4 broken.mp4 bad.mp4 folder
vidqc batch --input folder --output batched --summary total --progress=json 2>told || :
valid 'vidqc batch' batched
valid 'vidqc batch --summary' total
grep '^{' told >progress
valid 'vidqc batch --progress=json' progress
vidqc doctor --json >health || :
valid 'vidqc doctor --json' health

# Nothing in the schema that no program writes.
is "$(jq -r 'if .error then "error" else .type end' all | sort -u)" \
	"$(jq -r '."$defs" | to_entries[] | select(.value.properties.type?.const?) | .key' "$schema" | sort -u)" \
	'every type of record was seen'
is "$(jq -c --slurpfile schema "$schema" -n '
	[inputs | (if .error then "error" else .type end) as $t | {t: $t, k: keys[]}] | unique
	| group_by(.t) | map({(.[0].t): map(.k)}) | add as $seen
	| $schema[0]."$defs" | to_entries | map(select($seen[.key])
		| .key as $t | (.value.properties | keys) - $seen[$t] | map("\($t).\(.)")) | add' all)" \
	'["prediction.timing"]' 'and every field but one that must be asked for'

# ---- it can refuse
# One record of each type, the longest, stands for the others.
jq -sc 'map(. + {t: (if .error then "error" else .type end)}) | group_by(.t)[] | max_by(tojson | length) | del(.t)' all >each
is "$(grep -c '' each)" "$(jq -r 'if .error then "error" else .type end' all | sort -u | grep -c '')" 'one of each type'
capture "$python" "$ROOT/tests/schema.py" "$schema" --mutate <each
like "$(tail -n 1 out)" '^[0-9]{3} made' 'hundreds of broken records'
is "$(head -n -1 out)" '' 'each field, broken or missing, is refused, and a new one only by the strict schema'
while read -r change; do
	jq -c "select(.clip_id == \"broken\") | $change" verdicts >wrong
	capture "$python" "$ROOT/tests/schema.py" "$schema" <wrong
	like "$(out)" '^line 1: ' "refused: $change"
done <<'END'
.artifact = false
.artifact_category = "NONE"
.evidence = null
.artifact = false | .evidence = null | .artifact_category = "NONE"
.confidence = 1.5
.class_probabilities.NONE = -0.1
.events[0].category = "NONE"
.events[0].bbox = [0, 0, 10]
.events[0].start = -1
.schema_version = 2
.model.sha256 = "abc"
.type = "predictions"
.error = {"code": 65, "message": "both"}
del(.type)
END
capture "$python" "$ROOT/tests/schema.py" "$schema" </dev/null
is "$status" 1 'no record is no success'

done_testing
