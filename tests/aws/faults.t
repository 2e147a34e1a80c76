#!/bin/bash
# Workers that are killed, in a cloud that fails: no job is lost, none ends twice.
# tests/bench/worker-soak does the same with many jobs.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

VQ_TEST_TIMEOUT=900 exits 0 "$ROOT/tests/bench/worker-soak" jobs 25 faults 0.1 kills 4 terms 1 visibility 10 seconds 600
unlike "$(out)" WRONG 'every job ended as it should'
like "$(out)" 'hits: .*KILL' 'workers were killed'
done_testing
