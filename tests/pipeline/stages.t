#!/bin/bash
# Stages that die, hang, are missing or are somebody else's; signals to vidqc itself.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

export TMPDIR=$T/tmp
real=$VQ_BIN
mkdir "$TMPDIR"
make_clip "$T/clip.mp4" "gradients=s=320x240:r=30:d=1:seed=1,drawtext=fontfile=$FONT:text=OPEN:fontsize=40:fontcolor=white:x=40:y=80"
make_clip "$T/one.mp4" 'gradients=s=64x48:r=25:d=1:seed=1' -frames:v 1

# with STAGE: a folder in which all programs are the real ones but that one, which is
# the script on standard input; REAL is the real program.
with() {
	rm -rf "${T:?}/bin"
	mkdir "$T/bin"
	ln -s "$real"/vidqc-* "$T/bin"
	rm "$T/bin/vidqc-$1"
	{
		printf '#!/bin/bash\nREAL=%q\n' "$real/vidqc-$1"
		cat
	} >"$T/bin/vidqc-$1"
	chmod +x "$T/bin/vidqc-$1"
}

# shellcheck disable=SC2317 # exits calls it
limited() {
	VQ_BIN=$T/bin timeout -k 5 "${VQ_TEST_TIMEOUT:-60}" "$real/vidqc" "$@"
}

after() {
	is "$(ls -A "$TMPDIR")" '' "$1: nothing is left in TMPDIR"
	is "$(pgrep -f "$T/bin/vidqc-" | paste -sd' ')" '' "$1: no stage is left"
}

# The process whose id is in $T/started runs no longer, or only waits for init to see it.
ended() {
	local i

	for ((i = 0; i < 50; i++)); do
		kill -s 0 "$(cat "$T/started")" 2>/dev/null || break
		sleep 0.1
	done
	ok "$1: it was ended" [ "$i" -lt 50 ]
}

# ---- each stage is killed, at several moments: after so many bytes in or out
# SIGSYS and not SIGSEGV, which the sanitizers catch.
for signal in KILL SYS; do
	want=$([ $signal = KILL ] && echo 75 || echo 70)
	for bytes in 0 1 100000 3000000; do
		with frames <<END
exec > >(head -c $bytes; kill -s $signal \$\$; cat >/dev/null)
exec "\$REAL" "\$@"
END
		exits "$want" limited predict "$T/clip.mp4"
		is "$(err)" "vidqc: $T/clip.mp4: vidqc-frames was killed by signal $(kill -l $signal) ($signal)" \
			"frames, $signal after $bytes bytes"
		is "$(out)" '' 'no prediction'
		after "frames after $bytes"
	done
	for stage in ocr features classify; do
		for bytes in 0 1 1000 3000000; do
			with $stage <<END
exec < <(head -c $bytes; kill -s $signal \$\$)
exec "\$REAL" "\$@"
END
			# The last stage has little to read: it is killed at its end.
			exits "$want" limited predict "$T/clip.mp4"
			is "$(err)" "vidqc: $T/clip.mp4: vidqc-$stage was killed by signal $(kill -l $signal) ($signal)" \
				"$stage, $signal after $bytes bytes"
			after "$stage after $bytes"
		done
	done
done

# ---- a stage that fails with a message of its own, early and late
for stage in frames ocr features classify; do
	with $stage <<END
echo "vidqc-$stage: no luck" >&2
exit 74
END
	exits 74 limited predict "$T/clip.mp4"
	is "$(err)" "vidqc: $T/clip.mp4: vidqc-$stage: no luck" "$stage fails at once: its message alone"
	after "$stage fails at once"
	with $stage <<END
head -c 20000 >/dev/null
echo "vidqc-$stage: no luck" >&2
exit 75
END
	exits 75 limited predict - <"$T/clip.mp4"
	like "$(err)" "^(vidqc: -: )?vidqc-$stage: no luck\$" "$stage fails in the middle: its message alone"
	after "$stage fails in the middle"
	with $stage <<'END'
exit 3
END
	exits 70 limited predict "$T/one.mp4"
	is "$(err)" "vidqc: $T/one.mp4: vidqc-$stage ended with status 3" "$stage ends with an unknown status"
done

# ---- a clip's name cannot write to the terminal
with ocr <<'END'
kill -s KILL $$
END
nasty="$T/a"$'\e[31m\n'"b.mp4"
cp "$T/one.mp4" "$nasty"
exits 75 limited predict "$nasty"
is "$(err)" "vidqc: $T/a?[31m?b.mp4: vidqc-ocr was killed by signal 9 (KILL)" 'control characters are replaced'

# ---- a stage that ends too early with success is not believed by the next
with ocr <<'END'
exit 0
END
exits 65 limited predict "$T/clip.mp4"
like "$(err)" 'vidqc-features: ' 'records that do not end'
with features <<'END'
exit 0
END
exits 65 limited predict "$T/clip.mp4"
like "$(err)" 'vidqc-classify: ' 'a feature record that does not come'

# ---- a failure in the shell itself is told, and cleaned up
cat >"$T/env" <<'END'
read() {
	if [[ "$*" = *-u* ]]; then
		echo "$no_such_variable"
	fi
	builtin read "$@"
}
END
with ocr <<END
echo \$\$ >"$T/started"
exec sleep 1000
END
exits 1 env BASH_ENV="$T/env" VQ_BIN="$T/bin" "$real/vidqc" predict "$T/one.mp4"
like "$(err)" 'no_such_variable: unbound variable' 'the shell says why'
after 'a failure in the shell'

# ---- what runs a stage is killed together with it
with ocr <<'END'
kill -s KILL $PPID $$
END
exits 75 limited predict "$T/clip.mp4"
is "$(err)" "vidqc: $T/clip.mp4: vidqc-ocr was killed by signal 9 (KILL)" 'a stage that cannot tell its end'
after 'a stage that cannot tell its end'

# ---- a stage that hangs does not hang the others' failure
with ocr <<END
echo \$\$ >"$T/started"
exec sleep 1000
END
exits 65 limited predict "$ROOT/LICENSE"
like "$(err)" 'vidqc-frames: .*LICENSE' 'frames fails, ocr hangs'
after 'ocr hangs'
ended 'ocr hangs'
with ocr <<'END'
trap '' TERM
while :; do sleep 0.1; done
END
exits 65 limited predict "$ROOT/LICENSE"
like "$(err)" 'vidqc-frames: .*LICENSE' 'frames fails, ocr hangs and ignores SIGTERM'
after 'ocr ignores SIGTERM'
with ocr <<END
trap '' TERM
sleep 1000 &
echo \$! >"$T/started"
wait
END
exits 65 limited predict "$ROOT/LICENSE"
after 'ocr has a child'
ended 'ocr has a child'

# ---- programs that are missing are named before any work
with ocr <<'END'
exit 0
END
rm "$T/bin/vidqc-ocr" "$T/bin/vidqc-features"
exits 69 limited predict "$T/clip.mp4"
like "$(err)" "^vidqc: missing programs: .*vidqc-ocr .*vidqc-features$" 'both are named'
mkdir "$T/path"
for p in bash dirname readlink sed getopt mktemp rm chmod; do ln -s "$(command -v $p)" "$T/path"; done
exits 69 env PATH="$T/path" "$real/vidqc" predict "$T/clip.mp4"
is "$(err)" 'vidqc: missing programs: jq' 'jq is missing'
with ocr <<'END'
END
echo '#!/no/such/interpreter' >"$T/bin/vidqc-ocr"
exits 69 limited predict "$T/one.mp4"
like "$(err)" 'vidqc-ocr' 'a stage that cannot be started'

# ---- somebody else's stage
with ocr <<'END'
cat >/dev/null
echo '{"type":"header","program":"none","version":"1","width":320,"height":240}'
echo '{"type":"end"}'
END
exits 0 limited predict "$T/clip.mp4"
is "$(jq -r .artifact_category "$T/out" | grep -c TEXT)" 0 'no text, no text defect'

# ---- warnings of every stage are told, in the order of the pipe
for stage in ocr features; do
	with $stage <<END
echo "vidqc-$stage: warning: careful" >&2
exec "\$REAL" "\$@"
END
	exits 0 limited predict "$T/one.mp4"
	is "$(err)" "vidqc: $T/one.mp4: vidqc-$stage: warning: careful" "a warning of $stage"
done

# ---- signals: everything is cleaned up and the signal is the status
with ocr <<END
echo \$\$ >"$T/started"
exec sleep 1000
END
for signal in INT TERM HUP; do
	for command in predict features; do
		rm -f "$T/started"
		env --default-signal=INT VQ_BIN="$T/bin" "$real/vidqc" "$command" -o "$T/o.jsonl" \
			"$T/clip.mp4" "$T/clip.mp4" >"$T/out" 2>"$T/err" &
		pid=$!
		for ((i = 0; i < 300; i++)); do
			[ ! -s "$T/started" ] || break
			sleep 0.1
		done
		kill -s $signal $pid
		status=0
		wait $pid 2>/dev/null || status=$?
		is "$status" $((128 + $(kill -l $signal))) "$command: SIG$signal is the status"
		is "$(err)" '' "$command: SIG$signal, silently"
		is "$(find "$T" -name 'o.jsonl' -o -name '.vidqc*')" '' "$command: SIG$signal leaves no output"
		after "$command: SIG$signal"
		ended "$command: SIG$signal"
	done
done

# ---- a signal before the shell knows that a program which makes or moves something is done
mkdir "$T/ends"
cat >"$T/ends/signals" <<'END'
#!/bin/bash
PATH=${PATH#*:}
"${0##*/}" "$@"
status=$?
kill -s TERM "$MAIN"
exit $status
END
chmod +x "$T/ends/signals"
echo '{"type":"error","clip_id":"a","path":"a","error":{"code":65,"message":"no"}}' >"$T/records"
for name in mkdir mktemp dirname cat jq mv; do
	ln -s signals "$T/ends/$name"
	{
		T=$T capture bash -c 'MAIN=$$ PATH=$T/ends:$PATH exec vidqc format --to csv -o "$T/o.jsonl" "$T/records"'
	} 2>/dev/null
	is "$(find "$TMPDIR" "$T" -name 'vidqc.*' -o -name '.vidqc*')" '' "SIGTERM at the end of $name: nothing is left"
	rm "$T/ends/$name"
done

# ---- what a stage says of its end comes in two halves, and a time-out between them
# shellcheck disable=SC2016 # another shell's
exits 0 env VQ_COMMANDS="${real%/*}/libexec/vidqc" bash -euc '
	. "$VQ_COMMANDS/pipe.sh"
	pid=([ocr]=1 [features]=2) first_failed=ocr
	stop_stages() { :; }
	exec {endings}< <(printf 7; sleep 2.5; printf "5 ocr\n0 features\n")
	wait_stages
	printf "%s " "${code[ocr]}" "${code[features]}"'
is "$(out)" '75 0 ' 'is put together'

# ---- two commands that pass on what their programs said, at the same time into one file
echo 'vidqc-frames: clip.mp4: not a video clip' >"$T/one"
echo 'vidqc-frames: another clip.mp4: open: No such file or directory' >"$T/two"
# shellcheck disable=SC2016
exits 0 env VQ_COMMANDS="${real%/*}/libexec/vidqc" bash -euc '
	. "$VQ_COMMANDS/common.sh"
	for ((i = 0; i < 500; i++)); do
		{ pass_on "$1/one" & pass_on "$1/two" & wait; } 2>"$1/both"
		wc -l <"$1/both"
	done' bash "$T"
is "$(sort -u "$T/out")" 2 'no message is lost'

done_testing
