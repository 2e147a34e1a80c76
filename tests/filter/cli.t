#!/bin/bash
# What all programs have in common: options, configuration, messages, exit status.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

programs=$(cd "$VQ_BIN" && ls -d vidqc-*)

for p in $programs; do
	exits 0 "$p" --help
	like "$(out)" "^usage: $p" "$p --help prints its usage"
	is "$(err)" '' 'and nothing else'
	long=$(out)
	exits 0 "$p" -h
	is "$(out)" "$long" "$p -h is the same"

	exits 0 "$p" --version
	like "$(out)" "^$p [0-9]+\.[0-9]+\.[0-9]+$" "$p --version"

	exits 64 "$p" --no-such-option
	like "$(err)" 'no-such-option' "$p names an unknown option"
	is "$(out)" '' 'and writes nothing'

	exits 64 "$p" --set video.sample_fsp=1
	is "$(err)" "$p: --set: unknown key video.sample_fsp" "$p names an unknown key"
	exits 64 "$p" --set video.sample_fps=0
	is "$(err)" "$p: --set: key video.sample_fps: expected a number from 0.1 to 240" \
		"$p names a value out of range"
	exits 64 "$p" --set video.sample_fps
	like "$(err)" "^$p: --set: .*expected key=value" "$p wants key=value"
	exits 66 "$p" --config "$T/none.json"
	like "$(err)" "^$p: --config: .*none.json: No such file" "$p names a missing file"
	printf '{"video":{"typo":1}}' >"$T/typo.json"
	exits 64 "$p" --config "$T/typo.json"
	like "$(err)" "^$p: --config: .*typo.json: unknown key video.typo" "$p names the key in it"
	printf '{' >"$T/broken.json"
	exits 64 "$p" --config "$T/broken.json"
	like "$(err)" "^$p: --config: .*broken.json: line 1" "$p names the line of broken JSON"

	exits 74 bash -c '"$0" --help >/dev/full' "$p"
	is "$(err)" "$p: stdout: write: No space left on device" "$p: a full disk is no success"
	exits 74 bash -c '"$0" --help >&-' "$p"
done

for p in $programs; do
	ok "$p has a manual page" test -s "$ROOT/man/$p.1"
	missing=
	mandoc -T ascii "$ROOT/man/$p.1" 2>/dev/null | sed 's/.\x08//g' >"$T/page"
	for option in $("$p" --help | grep -oE -- '(^|[ ,[])--[a-z][a-z-]+' | grep -oE -- '--.*' | sort -u); do
		if ! grep -q -e "$option" "$T/page"; then
			missing+=" $option"
		fi
	done
	is "$missing" '' "the page of $p has every option of its --help"
done

# One table: the program's, and the manual page's.
vidqc-config --table | jq -rf "$ROOT/tests/conf.jq" >"$T/table"
sed -n '/^\.Sh KEYS/,/^\.El/p' "$ROOT/man/vidqc.conf.5" | sed '1,2d;$d' >"$T/page"
if ! ok 'vidqc.conf(5) has every key as it is' cmp -s "$T/table" "$T/page"; then
	diag "$(diff "$T/table" "$T/page")
the lines to be: vidqc-config --table | jq -rf tests/conf.jq"
fi

exits 0 vidqc-config --set video.sample_fps=8 --set video.sample_fps=9 --set 'temporal.patch_grid=[2,3]'
is "$(jq -c '[.video.sample_fps, .temporal.patch_grid]' "$T/out")" '[9,[2,3]]' 'a later --set wins'
cp "$T/out" "$T/all.json"
exits 0 vidqc-config --config "$T/all.json"
ok 'what is printed can be given back' cmp -s "$T/out" "$T/all.json"
exits 0 vidqc-config --config "$T/all.json" --set video.sample_fps=7
is "$(jq .video.sample_fps "$T/out")" 7 '--set over --config'
exits 64 vidqc-config operand

done_testing
