# Pages in headless Chromium, for the tests that source lib.sh before this.
# shellcheck shell=bash disable=SC2154

# browse FILE [OPTION...]: load the page; its elements as they are then go to $T/dom, what
# it says on the console to $T/console.
browse() {
	local page

	page=$(realpath "$1")
	capture chromium --headless --no-sandbox --disable-gpu --hide-scrollbars \
		--user-data-dir="$T/profile" \
		--virtual-time-budget=3000 --enable-logging=stderr "${@:2}" --dump-dom "file://$page"
	cp "$T/out" "$T/dom"
	grep CONSOLE "$T/err" >"$T/console"
}

# has REGEX NAME, lacks REGEX NAME: a line of the elements does, or none.  Pages are long and
# not shown.
has() {
	ok "$2" grep -qE -e "$1" "$T/dom" || diag "want /$1/"
}

lacks() {
	ok "$2" test "$(grep -cE -e "$1" "$T/dom")" = 0 || diag "no /$1/: $(grep -oE -m 3 -e ".{0,40}$1" "$T/dom")"
}

# opens FILE NAME: the page opens, and nothing is said on the console.
opens() {
	browse "$1"
	is "$status" 0 "$2: opens"
	has '<p>vidqc report</p>' 'and is a page of ours'
	is "$(cat "$T/console")" '' "$2: no error on the console"
}

# driven FILE SCRIPT: a copy of the page without its policy that runs the script at its end;
# what that throws is on the console.
driven() {
	{
		sed 's/<meta http-equiv[^>]*>//' "$1"
		printf '<script>%s</script>\n' "$2"
	} >"$T/driven.html"
	browse "$T/driven.html"
}

# at_phone FILE: the width that the page needs on a screen that is 390 pixels wide.
at_phone() {
	{
		printf '<body><iframe id="f" width="390" height="800"></iframe><script>f.srcdoc = '
		jq -Rs . "$1" | sed 's|</|<\\/|g'
		printf '%s' '; f.onload = () => {
			document.title = f.contentDocument.documentElement.scrollWidth; };</script>'
	} >"$T/phone.html"
	browse "$T/phone.html"
	sed -n 's|.*<title>\([0-9]*\)</title>.*|\1|p' "$T/dom"
}
