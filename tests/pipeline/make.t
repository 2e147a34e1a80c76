#!/bin/bash
# make deps: installs what is missing, says so, and asks nobody when all is there.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# Package tools that only tell what they were asked for.
mkdir "$T/bin"
stub() {
	printf '#!/bin/bash\n%s\n' "$2" >"$T/bin/$1"
	chmod +x "$T/bin/$1"
}
stub dpkg-query '[[ " $LACKING " != *" ${*: -1} "* ]] && printf installed || exit 1'
stub apt-get 'echo "apt-get $*" >>"$LOG"'
stub sudo 'echo "sudo $1" >>"$LOG"; exec "$@"'
stub id 'echo "$WHO"'
export LOG=$T/log LACKING='' WHO=0

# shellcheck disable=SC2317 # exits calls it
deps() {
	: >"$LOG"
	env -u MAKEFLAGS -u MFLAGS PATH="$T/bin:$PATH" make -s -C "$ROOT" B="$T/build" "$@"
}

exits 0 deps deps
is "$(out)$(err)" '' 'all is there: silence'
is "$(cat "$LOG")" '' 'and nothing is asked of the network'

LACKING='jq libjansson-dev'
exits 0 deps deps
is "$(out)" 'installing: libjansson-dev jq' 'what is missing is named'
is "$(cat "$LOG")" "apt-get update -qq
apt-get install -qq --no-install-recommends libjansson-dev jq" 'and only that is installed'
WHO=1000
exits 0 deps deps
is "$(grep -c '^sudo' "$LOG")" 2 'with sudo for a user'
LACKING='shellcheck'
exits 0 deps deps
is "$(cat "$LOG")" '' 'building needs no tools of lint'
exits 0 deps deps-lint
is "$(out)" 'installing: shellcheck' 'lint does'
stub apt-get 'exit 100'
exits 2 deps deps-lint

done_testing
