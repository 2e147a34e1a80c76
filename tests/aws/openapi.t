#!/usr/bin/env bash
# The API is as pipelines/aws/openapi.json describes it.
# shellcheck disable=SC2119 # moto as it comes
. "$(dirname "$0")/../lib.sh"
. "$ROOT/tests/aws/moto.sh"

start_moto
clips_and_jobs
make_clip "$T/clip.mp4" 'testsrc2=s=64x48:r=8:d=0.5'
"$python" "$ROOT/tests/aws/openapi.py" "$ROOT/pipelines/aws/openapi.json" "$T/clip.mp4"
