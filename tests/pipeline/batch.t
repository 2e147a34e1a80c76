#!/bin/bash
# vidqc batch is interrupted, and goes on; it measures what has changed, and nothing else.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/batch.sh
. "$ROOT/tests/batch.sh"

# ---- sixty clips, three of them broken, interrupted twice
mkdir sixty
for i in {01..60}; do
	cp "made/$((10#$i % 4 + 1)).mp4" "sixty/c$i.mp4"
done
: >sixty/c05.mp4
echo 'not a clip' >sixty/c30.mp4
head -c 700 made/4.mp4 >sixty/c60.mp4

exits 65 batch -i sixty -o whole.jsonl -j 2
is "$(wc -l <whole.jsonl)" 60 'sixty lines'
is "$(ids whole.jsonl)" "$(echo c{01..60})" 'in order'
is "$(jq -r 'select(.type == "error") | "\(.clip_id) \(.path) \(.error.code)"' whole.jsonl)" \
	'c05 sixty/c05.mp4 65
c30 sixty/c30.mp4 65
c60 sixty/c60.mp4 65' 'three are errors'
is "$(jq -r 'select(.type == "error") | .error.message | split(":")[0]' whole.jsonl | sort -u)" vidqc-frames \
	'with the message of the stage'
is "$(wc -l <"$T/err")" 3 'that is on standard error too'
is "$(jq -c 'select(.type == "prediction")' whole.jsonl | faults -)" '' 'the others are valid predictions'
is "$(wc -l <"$LOG")" 60 'each is measured once'
ok 'as vidqc predict would print them' cmp <(grep '"c02"' whole.jsonl) <(vidqc predict sixty/c02.mp4)
temp_is_empty 'a whole batch'

# begin OPTION...: a batch in the background; it is in work when so many clips are done.
begin() {
	: >"$LOG"
	env --default-signal=INT VQ_BIN="$T/bin" "$real/vidqc" batch "$@" >"$T/out" 2>"$T/err" &
	pid=$!
}

done_clips() {
	find "$1" -name '*.jsonl' -o -name '*.error' | wc -l
}

await() { # COUNT
	local i

	for ((i = 0; i < 9000; i++)); do
		if [ -d out.jsonl.d ] && [ "$(done_clips out.jsonl.d)" -ge "$1" ]; then
			return
		fi
		sleep 0.1
	done
	fail "$1 clips are done within a quarter of an hour"
}

# finished FILE: the paths of the clips that are done, which must not be measured again.
finished() {
	cat out.jsonl.d/*.jsonl | jq -r 'select(.type == "features") | "sixty/\(.clip_id).mp4"' | sort >"$1"
}

# end_of_batch WANT: its status; all its processes are gone.
end_of_batch() {
	wait "$pid" 2>/dev/null
	is "$?" "$1" "$2: status $1"
	ok "$2: no output yet" test ! -e out.jsonl
	for ((i = 0; i < 100; i++)); do
		pgrep -f "$T/bin/vidqc-" >/dev/null || break
		sleep 0.1
	done
	is "$(pgrep -f "$T/bin/vidqc-" | paste -sd' ')" '' "$2: no stage is left"
}

begin -i sixty -o out.jsonl -j 2
await 15
kill -s INT "$pid"
end_of_batch 130 'SIGINT'
like "$(err)" 'stopped with [0-9]+ of 60 clips done; the same command goes on' 'SIGINT: says what is done'
temp_is_empty 'SIGINT'
finished first
# A clip's own shell may take a moment longer than its stages.
half_written() {
	find out.jsonl.d -name '.*' -type f
}
for ((i = 0; i < 100; i++)); do
	[ -n "$(half_written)" ] || break
	sleep 0.1
done
is "$(half_written)" '' 'SIGINT: no half-written features'

# One clip's stage has to be killed, the other's ends at once: make does not wait for both.
HOLD=sixty/c60.mp4 begin -i sixty/c59.mp4 -i sixty/c60.mp4 -i sixty/c58.mp4 -o held.jsonl -j 2
for ((i = 0; i < 600; i++)); do
	[ ! -e held ] || break
	sleep 0.1
done
ok 'a deaf stage is in work' test -e held
kill -s INT "$pid"
wait "$pid" 2>/dev/null
is "$?" 130 'SIGINT, a deaf stage: status 130'
is "$(find held.jsonl.d -name '.*' -type f)" '' 'SIGINT, a deaf stage: no half-written features'
temp_is_empty 'SIGINT, a deaf stage'
is "$(pgrep -f "$T/bin/vidqc-" | paste -sd' ')" '' 'SIGINT, a deaf stage: no stage is left'

begin -i sixty -o out.jsonl -j 2
await 35
kill -s KILL "$(pgrep -P "$pid" -x make)"
end_of_batch 75 'make is killed'
like "$(err)" "vidqc: batch: [0-9]+ of 60 clips have no result.*status 137" 'make is killed: says so'
temp_is_empty 'make is killed'
is "$(sort "$LOG" | comm -12 - first | paste -sd' ')" '' 'what was done before is not done again'
finished second

exits 65 batch -i sixty -o out.jsonl -j 2
ok 'the same bytes as without interruptions' cmp out.jsonl whole.jsonl
is "$(sort "$LOG" | comm -12 - second | paste -sd' ')" '' 'only unfinished clips were measured'
ok 'some were' test -s "$LOG"
is "$(wc -l <"$T/err")" 3 'all three errors are told again'
exits 65 batch -i sixty -o out.jsonl -j 2
logged '' 'a complete batch measures nothing'
ok 'and writes the same' cmp out.jsonl whole.jsonl

# ---- what has changed is measured, and nothing else
mkdir few
cp made/1.mp4 few/a.mp4
cp made/2.mp4 few/b.mp4
cp words.mp4 few/x.mp4
exits 65 batch -i few -o few.jsonl
cp few.jsonl few.first
cp made/3.mp4 few/b.mp4
exits 65 batch -i few -o few.jsonl
logged b.mp4 'another clip of the same name'
cp made/2.mp4 few/b.mp4
exits 65 batch -i few -o few.jsonl
logged '' 'the old one again'
ok 'the same verdict as before' cmp few.jsonl few.first
mv few moved
exits 65 batch -i moved -o few.jsonl
logged '' 'a folder that has moved'
is "$(jq -r 'select(.error) | "\(.path) \(.error.message)"' few.jsonl)" \
	"$(jq -r 'select(.error) | "\(.path) \(.error.message)" | sub("few"; "moved")' few.first)" 'with its new path'
exits 65 batch -i moved -o few.jsonl --set model.binary_threshold=1
logged '' 'another threshold'
is "$(jq -c 'select(.type == "prediction") | .artifact' few.jsonl | sort -u)" true 'but judges anew'
exits 65 batch -i moved -o few.jsonl --set video.threads=1
logged '' 'another number of threads'
exits 65 batch -i moved -o few.jsonl --set video.analysis_height=180
logged 'a.mp4 b.mp4 x.mp4' 'a configuration that matters'
exits 65 batch -i moved -o few.jsonl --force
logged 'a.mp4 b.mp4 x.mp4' '--force'
echo '# another version' >>bin/vidqc-frames
exits 65 batch -i moved -o few.jsonl
logged 'a.mp4 b.mp4 x.mp4' 'another version of a program'
exits 65 batch -i moved -o other.jsonl --cache few.jsonl.d
logged '' '--cache'
ok 'no other folder is made' test ! -e other.jsonl.d
newest=$(find few.jsonl.d -name '*.jsonl' -printf '%T@ %p\n' | sort -n | tail -n 1)
newest=${newest#* }
sed -i '$d' "$newest"
exits 65 batch -i moved -o new.jsonl --cache few.jsonl.d
like "$(err)" 'vidqc-classify: .*vidqc: batch: no verdicts; .* --force' 'features that are damaged'
ok 'give no output' test ! -e new.jsonl
: >"$newest"
exits 65 batch -i moved -o other.jsonl --cache few.jsonl.d
is "$(wc -l <"$LOG")" 1 'those that are empty are measured again'
exits 65 batch -i moved
ok 'the same on standard output' cmp "$T/out" other.jsonl
logged 'a.mp4 b.mp4 x.mp4' 'of which nothing is kept'
temp_is_empty 'standard output'

# ---- other ends of it
begin -i sixty -o out.jsonl -j 2 --force
rm -f out.jsonl
await 3
kill -s TERM "$pid"
end_of_batch 143 'SIGTERM'
temp_is_empty 'SIGTERM'
begin -i sixty -o out.jsonl -j 2 --force
sleep 2
kill -s KILL "$pid"
end_of_batch 137 'killed'
rm -rf "${TMPDIR:?}"/*

done_testing
