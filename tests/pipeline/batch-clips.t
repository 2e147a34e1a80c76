#!/bin/bash
# vidqc batch: which clips it takes, what it writes, tells and gates; make -f batch.mk.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/batch.sh
. "$ROOT/tests/batch.sh"

# ---- errors: the first in the order of the input is the status; what may pass is tried again
mkdir bad
ln -s nowhere bad/a.mp4
cp words.mp4 bad/b.mp4
cp "$one" bad/c.mp4
exits 66 batch -i bad -o bad.jsonl
is "$(jq -c '[.clip_id, .error.code]' bad.jsonl | paste -sd' ')" '["a",66] ["b",65] ["c",null]' 'both, and the good one'
is "$(sed -n 1p bad.jsonl)" '{"type":"error","clip_id":"a","path":"bad/a.mp4","error":{"code":66,"message":"vidqc-frames: open: No such file or directory"}}' \
	'an error record'
exits 66 batch -i bad -o bad.jsonl
logged a.mp4 'a clip that is not there is tried again'
touch sick
exits 75 batch -i made -o sick.jsonl
is "$(jq -r '"\(.error.code) \(.error.message)"' sick.jsonl | sort -u)" '75 vidqc: vidqc-frames was killed by signal 9 (KILL)' \
	'a stage that is killed'
rm sick
exits 0 batch -i made -o sick.jsonl
logged '1.mp4 2.mp4 3.mp4 4.mp4' 'is tried again'
is "$(jq -r .type sick.jsonl | sort | uniq -c | xargs)" '4 prediction' 'and well'
mkdir all-bad
cp words.mp4 all-bad/w.mp4
cp words.mp4 all-bad/$'\xff.mp4'
exits 65 batch -i all-bad -o all-bad.jsonl
is "$(jq -c '[.type, .clip_id, .path]' all-bad.jsonl | paste -sd' ')" \
	'["error","w","all-bad/w.mp4"] ["error","?","all-bad/?.mp4"]' 'no clip that can be judged'
mkdir ends
cat >ends/mv <<'END_OF_SCRIPT'
#!/bin/bash
if [[ ${*: -1} = *.error ]]; then
	kill -s TERM $PPID
	exit
fi
PATH=${PATH#*:} exec mv "$@"
END_OF_SCRIPT
chmod +x ends/mv
PATH=$T/ends:$PATH exits 75 batch -i all-bad -o ended.jsonl
like "$(err)" '2 of 2 clips have no result' 'workers that are ended before they have noted an error'
is "$(find ended.jsonl.d -name '.*')" '' 'leave none half-written'

# ---- names
mkdir names names/deeper names/.hidden
n=0
for name in ' a ' "it's" '"quoted"' 'dollar$(HOME)$$x' $'new\nline' 'back\slash\n' '100%%d' 'a:b' 'file:c' -dash '#hash' \
	'semi;colon&' 'star*?[x]' $'tab\there' 'häß' '日本' $'no-utf-8-\xff' '~' 'a=b' '!bang' '(paren)' '{brace}' "\`tick\`" @ '*'; do
	cp "$one" "names/$name.mp4"
	n=$((n + 1))
done
cp "$one" names/CAPITALS.MOV
cp "$one" names/.hidden/clip.mp4
cp "$one" names/.hidden.mp4
cp words.mp4 names/words.txt
ln -s ../../made/2.mp4 names/deeper/link.mkv
ln -s .. names/deeper/loop
exits 0 batch -i names -o names.jsonl
is "$(wc -l <names.jsonl)" $((n + 2)) 'all names, in folders too, but no hidden ones'
is "$(jq -j '.clip_id + "\u0000"' names.jsonl | tr '\0\n' '\n|')" \
	"$(find -H names -name '.*' -prune -o \( -name '*.mp4' -o -name '*.MOV' -o -name '*.mkv' \) -print0 | LC_ALL=C sort -z |
		sed -z 's,.*/,,; s/\.[^.]*$//; s/\xff/?/' | tr '\0\n' '\n|')" 'each by its name, in the order of the bytes'
find names -name '*.mp4' -not -path '*/.*' -print0 >names.list
exits 0 batch -0 -i names.list --cache names.jsonl.d
is "$(wc -l <"$T/out")" "$n" 'a list with zero bytes'
logged '' 'of the same clips'
exits 0 batch --null -i - --cache names.jsonl.d <names.list
is "$(wc -l <"$T/out")" "$n" 'on standard input'
(cd names && batch -i "it's.mp4" -i . >"$T/out" 2>"$T/err")
is "$? $(wc -l <"$T/out")" "0 $((n + 3))" 'a clip, and the folder that it is in under another path'
is "$(jq -r 'select(.clip_id | contains("it")) | .clip_id' "$T/out" | paste -sd' ')" "it's.mp4 ./it's.mp4" 'two paths, two names'
for folder in -odd '(odd' '!' 'od$d'\''"'; do
	cp -r all-bad "./$folder"
	exits 65 batch "--input=$folder"
	is "$(jq -r 'select(.clip_id == "w") | .path' "$T/out" | xargs -d '\n' ls -d 2>&1 >/dev/null)" '' 'and the path of its clip is right'
done

mkdir -p same/a same/b
cp made/1.mp4 same/a/clip.mp4
cp made/2.mp4 same/b/clip.mp4
cp made/3.mp4 same/b/clip.mov
cp made/4.mp4 same/b/other.mp4
exits 0 batch -i same
is "$(ids "$T/out")" 'same/a/clip.mp4 same/b/clip.mov same/b/clip.mp4 other' 'clips of the same name have their paths'
is "$(jq .coverage.frames "$T/out" | paste -sd' ')" '1 3 2 4' 'and their own verdicts'
cp made/1.mp4 a.mp4
cp made/1.mp4 a.mov
cp made/1.mp4 a.mp4.mov
exits 0 batch a.mp4 a.mov a.mp4.mov
is "$(jq -r .clip_id "$T/out" | sort -u | wc -l)" 3 'a path that is the name of another clip'

# ---- lists
printf '\nmade/2.mp4\n\nmade/1.mp4\nmade/2.mp4\nnone.mp4\n-' >list
cp "$one" ./-
exits 66 batch -i list
is "$(ids "$T/out")" '2 1 none -' 'in its order, once each, the last line without an end'
is "$(jq -r 'select(.error) | .path' "$T/out")" none.mp4 'a clip that is not there'
exits 0 batch - <<<made/3.mp4
is "$(ids "$T/out")" 3 'a list on standard input'
exits 66 batch - </dev/null
like "$(err)" 'vidqc: batch: no clip in -' 'an empty list is no success'
exits 65 batch -i names.list
like "$(err)" 'names.list: has zero bytes' 'a list for --null without it'
exits 64 batch - - </dev/null
mkdir empty
exits 66 batch -i empty
exits 66 batch -i none
like "$(err)" '^vidqc: batch: none: cannot be read' 'an input that is not there'
exits 64 batch -i ''
exits 64 batch </dev/null
exits 0 batch -i made -o lines.json
exits 65 batch -i lines.json
is "$(err)" 'vidqc: batch: lines.json: has records, and is no list of paths' 'what a batch wrote is no list'

# ---- the gate
cp -r made some
gated() { # STATUS OPTION...
	local want=$1
	shift
	exits "$want" batch -i some -o gated.jsonl "$@"
}
gated 1 -g --set model.binary_threshold=1
is "$(grep -cE '^vidqc-classify: gate: [1-4]: TEMPORAL_FLICKER, confidence 0\.[0-9]{2}$' "$T/err")" 4 'it names the clips that count'
gated 0 --gate --set model.binary_threshold=0
gated 1 --fail-on text,flicker --set model.binary_threshold=1
gated 0 --fail-on text --set model.binary_threshold=1
gated 0 --min-confidence 1 --set model.binary_threshold=1
logged '' 'the gate measures nothing'
gated 64 --fail-on nothing
like "$(err)" 'vidqc-classify: --fail-on: nothing: expected text' 'is checked before the work'
gated 64 --min-confidence x
cp words.mp4 some/words.mp4
gated 65 -g --set model.binary_threshold=1
is "$(wc -l <gated.jsonl)" 5 'an error wins over a flag'
gated 65 -g --set model.binary_threshold=0

# ---- what it tells
exits 65 batch -i some -o gated.jsonl --progress=json --force --summary summary.json -j 2
jq -Rc 'fromjson? // empty' "$T/err" >records
is "$(jq -r .type records | uniq -c | xargs)" '6 progress 1 batch' 'a record at the beginning, for each clip and at the end'
is "$(jq -sc 'map(select(.type == "progress")) | [(map(.done)), (map(.clips) | unique), (.[-1] | .errors, .seconds_left)]' records)" \
	'[[0,1,2,3,4,5],[5],1,0]' 'counts'
is "$(jq -r 'select(.type == "progress") | .clip_id // empty' records | sort | paste -sd' ')" '1 2 3 4 words' 'each clip by name'
is "$(jq -c 'select(.clip_id == "words") | [.path, .status]' records)" '["some/words.mp4",65]' 'the one that failed with its status'
ok 'the summary is the last record' cmp <(tail -n 1 records) summary.json
is "$(jq -c '[.clips, .judged, .errors, .codes, .kept, .workers, .clean + .flagged, (.categories | add) == .flagged]' summary.json)" \
	'[5,4,1,{"65":1},0,2,4,true]' 'it has the counts'
is "$(jq '.seconds.median > 0 and .seconds.p95 >= .seconds.median and .elapsed > 0 and .threads >= 1' summary.json)" true 'and seconds'
exits 65 batch -i some -o gated.jsonl --summary summary.json --set model.binary_threshold=1
is "$(jq -c '[.kept, .flagged, .seconds.median > 0]' summary.json)" '[5,4,true]' 'of clips that were known too'
is "$(jq .workers summary.json)" "$(env -u OMP_THREAD_LIMIT nproc)" 'a worker a processor'
is "$(err)" 'vidqc: some/words.mp4: vidqc-frames: not a video clip' 'silence but for errors'
exits 0 batch -i "$one" -j 8 --summary summary.json
is "$(jq .threads summary.json)" "$(env -u OMP_THREAD_LIMIT nproc)" 'one clip has all processors'
exits 65 batch -i some -o gated.jsonl --progress=line --force
like "$(err)" $'\r\033\\[Kvidqc: 3/5 clips.*, [0-9]+ a minute, [0-9]:[0-9][0-9] left\r' 'a line with count, rate and time left'
like "$(err)" 'vidqc: 5 clips: [0-9] flagged.* clean, 1 failed; [0-9.]+ s, a clip [0-9.]+ s \(median\)' 'a summary at the end'
exits 64 batch -i some --progress=much
exits 64 batch -i some -j 0
exits 64 batch -i some --workers many
exits 64 batch -i some --set video.sample_fsp=5
exits 66 batch -i some --model none.json
exits 65 batch -i some -o new.jsonl --model words.mp4
like "$(err)" '^vidqc-classify: words.mp4: ' 'a broken model is named'
logged '' 'before the work'
ok 'and nothing is written' test ! -e new.jsonl

# ---- outputs
exits 74 batch -i made -o none/o.jsonl
like "$(err)" 'none/o.jsonl: there is no folder for it' 'no folder for the output'
logged '' 'is found before the work'
exits 74 batch -i made -o some
exits 0 batch -i made -o /dev/null --cache made.d
exits 0 batch -i made -o - --cache made.d --summary -
is "$(jq -r .type "$T/out" | uniq -c | xargs)" '4 prediction 1 batch' '- is standard output'
exits 74 batch -i made -o /dev/full --cache made.d
like "$(err)" '^vidqc: /dev/full: .*No space left' 'a full disk'
exits 74 batch -i made --cache "$one"
exits 74 batch -i made --cache made.d --summary none/summary.json
temp_is_empty 'failures'

# ---- make itself
export LOG
libexec=${real%/*}/libexec/vidqc
made() {
	: >"$LOG"
	env -u MAKEFLAGS VQ_BIN="$T/bin" make -f "$libexec/batch.mk" "$@"
}
exits 0 made -j3 CLIPS=made OUTPUT=make.jsonl BATCH='--summary summary.json'
is "$(ids make.jsonl)" '1 2 3 4' 'make -f batch.mk'
is "$(jq .workers summary.json)" 3 'with its -j'
exits 2 made CLIPS='od$$d'\''"' OUTPUT='it'\''s $$5.jsonl' BATCH='--summary summary.json'
is "$(ids "it's \$5.jsonl")" 'w ?' 'odd names of folder and output'
is "$(jq .workers summary.json)" 1 'one worker without -j'
(cd "$libexec" && made CLIPS="$T/made" OUTPUT="$T/make2.jsonl") >"$T/out" 2>"$T/err"
ok 'in its own folder' cmp make.jsonl make2.jsonl

# ---- other formats
exits 0 batch -i made -o made.csv --format csv --cache made.d
ok '--format is what vidqc format makes of the lines' cmp made.csv <(vidqc format --to csv make.jsonl)
exits 0 batch -i made --bbox norm --cache made.d
ok 'so is --bbox' cmp "$T/out" <(vidqc format --bbox norm make.jsonl)
exits 64 batch -i made -o new.csv --format none
like "$(err)" '^vidqc: batch: --format none: expected one of csv ' 'a format that there is not'
exits 64 batch -i made -o new.csv --bbox inch
exits 64 batch -i made -o new.vtt --format webvtt
is "$(err)" 'vidqc: batch: --format webvtt is for one clip, not 4' 'subtitles are for one clip'
logged '' 'and all that is found before the work'
ok 'and nothing is made' test ! -e new.csv.d -a ! -e new.vtt.d
exits 0 batch -i "$one" --format webvtt
is "$(head -n 1 "$T/out")" WEBVTT 'which one may be'
exits 65 batch -i words.mp4 -o new.vtt --format webvtt
ok 'there are none of a clip that cannot be judged' test ! -e new.vtt
is "$(err)" 'vidqc-frames: words.mp4: not a video clip' 'and no other message'

done_testing
