#!/bin/bash
# Every option of every command is in --help, in the completion and in the manual, and
# nothing else is there.  What options there are is what the command hands to getopt.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

real=$(command -v getopt)
mkdir "$T/bin"
cat >"$T/bin/getopt" <<END
#!/bin/bash
printf '%s\n' "\$4" "\$6" >"$T/given"
exec $real "\$@"
END
chmod +x "$T/bin/getopt"
cp "$ROOT"/man/vidqc*.1 "$T"

# flags: the options in a text, sorted, a line each.
flags() {
	grep -oE -- '(^|[^A-Za-z0-9-])--?[A-Za-z0-9][a-z0-9-]*' | grep -oE -- '-.*' | sort -u
}

# listed: those that a summary describes: what stands before the wide space.
listed() {
	grep -E '^ +-' | sed -E 's/^ +([^ ]( ?[^ ])*)  .*/\1/' | flags
}

# given: those that getopt was told of.
given() {
	{
		sed -n 1p "$T/given" | tr -d : | grep -o . | sed 's/^/-/'
		sed -n 2p "$T/given" | tr , '\n' | tr -d : | sed 's/^/--/'
	} | grep -v -- '^--*$' | sort -u
}

# items COMMAND PAGE: options that have an entry: in the command's section of vidqc(1), or
# in its own page.
items() {
	awk -v command="$1" -v whole="$([ "$2" = vidqc ] || echo 1)" '
		/^\.S[sh]/ { mine = whole || $0 == ".Ss " command }
		mine && /^\.It Fl/ {
			flag = 0
			for (i = 2; i <= NF; i++)
				if ($i == "Fl")
					flag = 1
				else if ($i ~ /^[A-Z][a-z]$/)
					flag = 0
				else if (flag && $i !~ /^[,|]$/)
					print "-" $i
		}' "$T/$2.1" | sort -u
}

# rendered PAGE: as a reader sees it, each form of the synopsis on a line of its own.
rendered() {
	mandoc -T utf8 -O width=1000 "$T/$1.1" | sed 's/.\x08//g; s/[‐−]/-/g'
}

# shellcheck disable=SC1091 # what is installed
. "${VQ_BIN%/*}/share/bash-completion/completions/vidqc"
offered() {
	COMP_WORDS=(vidqc "$1" -) COMP_CWORD=2 COMPREPLY=()
	_vidqc vidqc - "$1" 2>/dev/null
	printf '%s\n' "${COMPREPLY[@]}" | sort -u
}

# vidqc glitch is the program of that name.
for command in $(vidqc --help | sed -n 's/^  \([a-z]*\) .*/\1/p' | grep -vE '^(glitch|help|version)$'); do
	page=vidqc
	if [ -e "$T/vidqc-$command.1" ] && rendered "vidqc-$command" | grep "^ *vidqc $command " >/dev/null; then
		page=vidqc-$command
	fi
	rm -f "$T/given"
	exits 0 env PATH="$T/bin:$PATH" vidqc "$command" --help
	given >"$T/real"
	is "$(listed <"$T/out")" "$(cat "$T/real")" "$command: --help"
	is "$(offered "$command")" "$(cat "$T/real")" "$command: the completion"
	rendered "$page" >"$T/page"
	sed '/^DESCRIPTION/,$d' "$T/page" | grep -E "^ *vidqc $command( |$)" | flags >"$T/synopsis"
	is "$(comm -23 "$T/synopsis" "$T/real")" '' "$command: the synopsis has no other"
	is "$(items "$command" "$page" | comm -23 - "$T/real")" '' "$command: nor has the list"
	# By its letter or by its name; the list of predict is that of the commands like it.
	sed '1,/^DESCRIPTION/d' "$T/page" | flags >"$T/text"
	missing=
	while read -r name; do
		letter=$(sed -nE "s/^ +(-[A-Za-z0-9]), $name .*/\1/p" "$T/out")
		grep -qxFe "$name" ${letter:+-e "$letter"} "$T/synopsis" || missing+=" $name"
		grep -qxFe "$name" "$T/text" || missing+=" $name"
	done < <(grep -- '^--' "$T/real" | grep -vx -e --help)
	is "$missing" '' "$command: each is in the synopsis and in the text"
done

# ---- the programs: what they hand to getopt_long is in their sources
for program in "$ROOT"/cmd/vidqc-*.c; do
	name=$(basename "$program" .c)
	{
		grep -oE '\{"[a-z0-9-]+", (no|required|optional)_argument' "$program" | sed -E 's/.*"(.*)".*/--\1/'
		grep -q CLI_OPTIONS "$program" && printf '%s\n' --help --version --config --set
	} | sort -u >"$T/real"
	exits 0 "$name" --help
	is "$(listed <"$T/out" | grep '^--')" "$(cat "$T/real")" "$name: --help"
	rendered "$name" | flags | grep '^--' >"$T/page"
	is "$(comm -13 "$T/page" "$T/real")" '' "$name: the manual has all"
	is "$(items "$name" "$name" | grep '^--' | comm -23 - "$T/real")" '' "$name: and no other"
done

done_testing
