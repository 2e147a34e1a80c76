#!/bin/bash
# vidqc doctor: all is well here; and each check fails when what it checks is broken, with
# the real programs as far as they can be broken.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

cd "$T" || exit 1
export TMPDIR=$T/tmp
mkdir tmp
unset VIDQC_MODEL TESSDATA_PREFIX

# check NAME STATUS MESSAGE-REGEX FIX-REGEX TEST-NAME: what was printed last says that.
check() {
	like "$(jq -r "select(.name == \"$1\") | \"\\(.status): \\(.message) | \\(.fix)\"" out)" "^$2: .*$3.* \\| .*$4" "$5"
}
# The status is 69 when something is needed and missing, and only that is.
only() {
	is "$(jq -r 'select(.status == "failed") | .name' out | paste -sd' ')" "$1" "only $1 fails"
	is "$(jq -r 'select(.type == "doctor") | .failed' out)" "$(wc -w <<<"$1")" 'the sum says so'
}

exits 0 vidqc doctor --json
is "$(jq -r 'select(.type == "check") | .name' out | paste -sd' ')" \
	'tools programs config ffmpeg tesseract model cores space' 'what is checked'
is "$(jq -c 'select(.type == "doctor") | [.ok, .failed, .checks]' out)" '[true,0,8]' 'all is well'
is "$(jq -r 'select(.type == "check" and .status != "ok" and .fix == null)' out)" '' 'whatever is not has a remedy'
is "$(ls -A tmp)" '' 'nothing is left in TMPDIR'
exits 0 vidqc doctor
is "$(grep -cE '^(ok|warning|FAILED) ' out)" 8 'as a text: a line a check'
is "$(tail -n 1 out)" 'all that is needed is here' 'and a sum'
exits 0 vidqc doctor --help
exits 64 vidqc doctor operand

# ---- tools
mkdir bin
for tool in bash env sed tail head sort paste cat cp rm mkdir dirname readlink getopt setsid setpriv mkfifo tee make \
	sha256sum timeout nproc df awk find xargs cut wc; do
	ln -s "$(command -v $tool)" bin/$tool
done
exits 69 env PATH="$T/bin" "$VQ_BIN/vidqc" doctor
like "$(out)" 'FAILED +tools +not found: jq'$'\n +mend: apt-get install' 'without jq there is a text'
like "$(out)" '1 of 8 checks failed' 'and the sum'
exits 69 env PATH="$T/bin" "$VQ_BIN/vidqc" doctor --json
like "$(err)" 'missing programs: jq' 'records need it'
printf '#!/bin/bash\n[ "$1" != --version ] || { echo jq-1.4; exit; }\nexit 3\n' >bin/jq
chmod +x bin/jq
exits 69 env PATH="$T/bin" "$VQ_BIN/vidqc" doctor
like "$(out)" 'FAILED +tools +jq is too old: jq-1.4' 'an old jq'

# ---- programs
mkdir stages
ln -s "$VQ_BIN"/vidqc-* stages
rm stages/vidqc-glitch
exits 69 env VQ_BIN="$T/stages" vidqc doctor --json
check programs failed 'vidqc-glitch: .*No such file' 'make install' 'a missing program'
only programs
printf '#!/bin/bash\necho vidqc-glitch 0.0.9\n' >stages/vidqc-glitch
chmod +x stages/vidqc-glitch
exits 69 env VQ_BIN="$T/stages" vidqc doctor --json
check programs failed 'of different versions: 0.0.9 ' 'make install' 'a program of another version'
only programs

# ---- configuration
exits 69 vidqc doctor --json --set video.sample_fps=0
check config failed 'key video.sample_fps: expected' 'vidqc.conf' 'a wrong key'
only config
echo '{"text":{"language":"tlh"}}' >conf.json
exits 69 vidqc doctor --json --config conf.json
is "$(jq -r 'select(.name == "tesseract").message' out)" 'vidqc-ocr: language "tlh" is not installed' 'what to do is said once'
check tesseract failed 'language "tlh" is not installed' 'apt-get install tesseract-ocr-tlh' 'the language of a file is checked'

# ---- FFmpeg: a libavcodec that knows fewer codecs, and libraries that do not load
cat >fewer.c <<'END'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
struct AVCodec;
const char *avcodec_get_name(int id);
const struct AVCodec *avcodec_find_decoder(int id)
{
	const struct AVCodec *(*real)(int) = (const struct AVCodec *(*)(int))dlsym(RTLD_NEXT, "avcodec_find_decoder");

	return strstr(getenv("LACKING"), avcodec_get_name(id)) != NULL ? NULL : real(id);
}
END
${CC:-cc} -shared -fPIC -o fewer.so fewer.c -ldl
rm stages/vidqc-glitch
ln -s "$VQ_BIN"/vidqc-glitch stages
rm stages/vidqc-frames
printf '#!/bin/bash\nLD_PRELOAD=%q exec %q "$@"\n' "$T/fewer.so" "$VQ_BIN/vidqc-frames" >stages/vidqc-frames
chmod +x stages/vidqc-frames
export ASAN_OPTIONS="${ASAN_OPTIONS:-}:verify_asan_link_order=0"
exits 0 env VQ_BIN="$T/stages" LACKING='av1 gif' vidqc doctor --json
check ffmpeg warning 'but no av1 gif' 'libdav1d' 'a codec less is a warning'
exits 69 env VQ_BIN="$T/stages" LACKING='h264' vidqc doctor --json
check ffmpeg failed 'decodes no h264' 'apt-get install libavcodec' 'without H.264 little works'
only ffmpeg
mkdir lib
for library in $(ldd "$VQ_BIN/vidqc-frames" | grep -o '^[[:space:]]*libavformat[^ ]*'); do
	: >lib/"$library"
done
printf '#!/bin/bash\nLD_LIBRARY_PATH=%q exec %q "$@"\n' "$T/lib" "$VQ_BIN/vidqc-frames" >stages/vidqc-frames
exits 69 env VQ_BIN="$T/stages" vidqc doctor --json
check ffmpeg failed 'libavformat.*file too short' 'make deps' 'a library that does not load'
check programs failed 'vidqc-frames: .*libavformat' 'make' 'nor does the program'

# ---- Tesseract
mkdir tessdata
exits 69 env TESSDATA_PREFIX="$T/tessdata" vidqc doctor --json
check tesseract failed 'language "eng" is not installed' 'unset TESSDATA_PREFIX, which is .*/tessdata; or apt-get install tesseract-ocr-eng' \
	'a folder without data'
only tesseract
head -c 5000 /dev/urandom >tessdata/eng.traineddata
exits 69 env TESSDATA_PREFIX="$T/tessdata" vidqc doctor --json
check tesseract failed '' 'tesseract-ocr-eng' 'broken data'
exits 69 vidqc doctor --json --set text.language=eng+tlh
check tesseract failed '"tlh" is not installed' 'apt-get install tesseract-ocr-eng tesseract-ocr-tlh' 'a language that is not there'
only tesseract

# ---- the model
model=${VQ_BIN%/*}/share/vidqc/model.json
exits 69 vidqc doctor --json --model none.json
check model failed 'none.json: cannot be read' 'make install' 'no model'
only model
head -c 9999 "$model" >cut.json
exits 69 env VIDQC_MODEL=cut.json vidqc doctor --json
check model failed 'cut.json: no JSON model' 'vidqc train' 'a truncated model'
only model
awk -v n=120 -v labels=labels.csv -f "$ROOT/tests/synthetic.awk" >features
vidqc-train --folds 2 --labels labels.csv --output-dir other features 2>err.train || cat err.train >&2
exits 69 vidqc doctor --json --model other/model.json
check model failed 'feature "[a-z_0-9]+", which the model asks for: missing' 'vidqc train' 'a model of other features'
only model

# ---- processors
exits 0 taskset -c 0 "$VQ_BIN/vidqc" doctor --json
check cores warning 'one processor' 'two or more' 'one processor is a warning'
exits 0 vidqc doctor --json
like "$(jq -r 'select(.name == "cores").message' out)" "^($(env -u OMP_THREAD_LIMIT nproc)|one) processor" 'the processors are counted'

# ---- temporary space
exits 69 env TMPDIR="$T/nowhere" vidqc doctor --json
check space failed 'nowhere: no such folder' 'mkdir -p' 'no folder'
only space
exits 69 env TMPDIR=/proc vidqc doctor --json
check space failed '/proc: cannot be written' 'TMPDIR' 'a folder that cannot be written'
only space
exits 69 bash -c 'trap "" XFSZ; ulimit -f 2000; vidqc doctor --json'
check space failed 'no room for 4 MiB' 'make room' 'a write that fails'
only space
mkdir few
printf '#!/bin/bash\nprintf "h\\nd 9999999 9888888 111111 99%%%% /\\n"\n' >few/df
chmod +x few/df
exits 0 env PATH="$T/few:$PATH" vidqc doctor --json
check space warning '108 MiB free' 'make room' 'little room is a warning'
is "$(ls -A tmp)" '' 'nothing is left in TMPDIR'

done_testing
