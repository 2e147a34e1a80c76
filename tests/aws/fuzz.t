#!/bin/bash
# What no event may break: mutated events through the filter, and libFuzzer's with sanitizers,
# which make fuzz does for longer.  The same ones each time.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

exits 0 "$ROOT/tests/fuzz/seeds" "$T/seeds"
exits 0 "$ROOT/tests/fuzz/events.py" "$T/seeds" 5000
like "$(out)" '^5000 answers to 5000 events' 'each mutated event has an answer'

if command -v clang-14 >/dev/null; then
	built=${VQ_BIN%/bin}
	exits 0 env -u MAKEFLAGS -u MFLAGS make -s -C "$ROOT" B="$built" "$built/fuzz/router"
	is "$(err)" '' 'no warning'
	mkdir "$T/corpus"
	exits 0 env -C "$T" "$built/fuzz/router" -seed=1 -runs=10000 -max_len=8192 -timeout=30 "$T/corpus" "$T/seeds"
	like "$(err)" 'Done 1[0-9]{4} runs' 'so many that were found by themselves'
else
	skip 'no clang-14 (make deps-lint)'
fi

done_testing
