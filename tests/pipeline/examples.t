#!/bin/bash
# Every example of the manual pages and of README runs and does what it says.  They are read
# out of the pages, so that a new one is run as well; what cannot run fails.
# shellcheck disable=SC2016 # examples
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

export TMPDIR=$T/tmp HOME=$T/home XDG_CACHE_HOME=$T/cache
mkdir "$T/tmp" "$T/home" "$T/bin" "$T/blocks" "$T/ready" "$T/ready/clips" "$T/ready/more"
python=${VQ_PYTHON:-$ROOT/build/venv/bin/python3}
build=${VQ_BIN%/*}

# ---- what the examples find in their folder
cd "$T/ready" || exit 1
make_clip clip.mp4 "gradients=s=960x576:r=12:d=0.75:seed=1:speed=0.02,drawtext=fontfile=$FONT:text=OPEN 24 HOURS:fontsize=60:fontcolor=white:x=80:y=360:box=1:boxcolor=black"
echo 'clip_id,path,artifact,artifact_category,source,notes' >labels.csv
for i in 1 2 3 4 5 6; do
	scene="gradients=s=160x120:r=12:d=0.75:seed=$i:speed=0.02"
	word="drawtext=fontfile=$FONT:fontsize=30:fontcolor=white:x=10:y=40"
	make_clip clips/calm$i.mp4 "$scene,$word:text=OPEN $i"
	make_clip clips/flicker$i.mp4 "$scene,lutyuv=y=val+20*$i/6,select='mod(n,2)'[a];$scene,select='not(mod(n,2))'[b];[a][b]interleave"
	make_clip clips/text$i.mp4 "$scene,$word:text=OPEN $i:enable='mod(n,2)',$word:text=QRXM $i:enable='not(mod(n,2))'"
	printf '%s\n' "calm$i,calm$i.mp4,false,NONE,source$i," "flicker$i,flicker$i.mp4,true,TEMPORAL_FLICKER,source$i," \
		"text$i,text$i.mp4,true,TEXT_INCONSISTENCY,source$i," >>labels.csv
done
cp labels.csv clips
sed '2,$s|,\([a-z0-9]*.mp4\)\(.*\)source|,../clips/\1\2other|' labels.csv >more/labels.csv
# Into the cache, where train and eval find them.
vidqc train --labels clips/labels.csv --output-dir model -j 2
vidqc features clips/*.mp4 >features.jsonl
vidqc features --clip-id calm clips/calm1.mp4 >calm.features.jsonl
vidqc features --clip-id flicker clips/flicker6.mp4 >flicker.features.jsonl
vidqc-frames -o text.y4m,fps=5,height=720 clip.mp4
vidqc predict -o verdict.json clip.mp4
cp verdict.json predictions.jsonl
vidqc config --set video.sample_fps=5 >my.json
rm -r model
cp "$build/share/vidqc/manifest.json" .
ln -s "$build/share" share

# ---- what they find on their machine
tool() { # NAME SCRIPT
	printf '#!/bin/bash\n%s\n' "$2" >"$T/bin/$1"
	chmod +x "$T/bin/$1"
}
# Nobody looks and nobody closes the window.
tool ffplay "SDL_VIDEODRIVER=dummy SDL_AUDIODRIVER=dummy exec '$(command -v ffplay)' -autoexit -loglevel error \"\$@\""
# In the source tree, with what is built; that stands for /usr/local too.  Targets that run
# the tests, this one among them, or take minutes are only expanded.
tool make "if [[ \" \$* \" = *' -f '* ]]; then
	exec env -u MAKEFLAGS -u MFLAGS '$(command -v make)' \"\${@/#\/usr\/local/$build}\"
fi
args=()
for arg; do
	case \$arg in
	CLIP=*) arg=CLIP=\$PWD/\${arg#*=} ;;
	run | [A-Z]*=*) ;;
	check | lint | asan | eval | bench | all | unit-*) args+=(-n) ;;
	*) exit 64 ;;
	esac
	args+=(\"\$arg\")
done
exec env -u MAKEFLAGS -u MFLAGS '$(command -v make)' -s -C '$ROOT' B='$build' VENV='$ROOT/build/venv' SUBMAKE=: -o deps \"\${args[@]}\""
# example.org is a server on this machine.
(cd "$T/ready" && openssl req -x509 -newkey rsa:2048 -nodes -keyout "$T/key" -out "$T/cert" -days 2 -subj /CN=example.org \
	-addext subjectAltName=DNS:example.org 2>"$T/openssl.err" &&
	exec openssl s_server -WWW -accept 127.0.0.1:0 -key "$T/key" -cert "$T/cert" >"$T/server" 2>&1) &
server=$!
trap 'kill "$server" 2>/dev/null; rm -rf "$T"' EXIT
for ((i = 0; i < 100; i++)); do
	grep -q ACCEPT "$T/server" 2>/dev/null && break
	sleep 0.1
done
port=$(grep -m 1 ACCEPT "$T/server" | grep -o '[0-9]*$')
printf '%s\n' "connect-to = example.org:443:127.0.0.1:$port" "cacert = $T/cert" >"$HOME/.curlrc"
export CURL_HOME=$HOME PATH="$T/bin:$PATH"

# ---- all of them
# Those that end with another status than 0, and which.
declare -A ends=(
	['vidqc-classify --set model.binary_threshold=0.75 --gate features.jsonl']=1
	['vidqc batch --input clips --output predictions.jsonl --gate --summary summary.json']=1
)

# run_page NAME FILE [AWK OPTIONS]: its examples one after the other, in a folder of their own.
run_page() {
	local name=$1 file=$2 script n=0
	shift 2

	if ! awk "$@" -f "$ROOT/tests/examples.awk" "$file" >"$T/scripts"; then
		fail "$name: the examples can be told from the rest"
		return
	fi
	cp -R "$T/ready" "$T/$name"
	cd "$T/$name" || exit 1
	while IFS= read -r -d '' script; do
		n=$((n + 1))
		# Of a file for a CI system, the steps that call vidqc; the others need that system.
		if [[ $script =~ ^[a-z]+:[[:space:]] ]]; then
			script=$(sed -nE 's/^ *- (run: )?(vidqc .*)/\2/p' <<<"$script")
			[ -n "$script" ] || script=false
		fi
		printf '%s\n' "${script%$'\n'}" >"$T/blocks/$name.$n.script"
		if [[ $script = import* ]]; then
			if [ ! -x "$python" ]; then
				skip "$name: no $python; make check makes it"
				continue
			fi
			capture timeout 300 "$python" "$T/blocks/$name.$n.script"
		else
			capture timeout 300 bash -euo pipefail "$T/blocks/$name.$n.script" </dev/null
		fi
		cp "$T/out" "$T/blocks/$name.$n.out"
		is "$status" "${ends[${script%$'\n'}]:-0}" "$name: ${script%%$'\n'*}" || err >&2
	done <"$T/scripts"
	cd "$T" || exit 1
	[ "$n" != 0 ] || fail "$name has examples"
}

# shows PAGE PART REGEX: the output of the one example with that part in it.
shows() {
	local found

	found=$(grep -lF -e "$2" "$T/blocks/$1".*.script)
	if [ "$(grep -c . <<<"$found")" != 1 ]; then
		fail "$1 has one example with $2"
	else
		like "$(cat "${found%.script}.out")" "$3" "$1: what $2 shows"
	fi
}

# The worker's need a cloud: tests/aws/worker.t runs them there.
for page in "$ROOT"/man/*.[157]; do
	[ "${page##*/}" != vidqc-worker.1 ] || continue
	grep -q '^\.Sh EXAMPLES' "$page" || continue
	run_page "${page##*/}" "$page"
done
run_page README "$ROOT/README.md" -v readme=1

# ---- and they show what the text around them says
shows vidqc.1 'vidqc predict --input clip.mp4' '"type": "prediction"'
shows vidqc.1 'curl' '"clip_id":"stdin"'
like "$(cat "$T/server")" 'FILE:clip.mp4' 'the clip came over the network'
shows vidqc.1 'mkfifo text ocr' '"type":"prediction","schema_version":1,"clip_id":"clip"'
is "$(jq -S . "$(grep -lF 'mkfifo text ocr' "$T"/blocks/vidqc.1.*.script | sed 's/script$/out/')")" \
	"$(jq -S . "$T/ready/verdict.json")" 'the pipe by hand gives the same verdict'
shows vidqc.1 'kept/ocr.jsonl' '0 OPEN 24 HOURS'
ok 'a series' test -s "$T/vidqc.1/series.jsonl"
shows vidqc.1 'jq .defects' 'TEMPORAL_FLICKER'
shows vidqc.1 'vidqc eval' 'on 18 labelled clips'
ok 'a page' grep -q '<h1><bdi>clip</bdi></h1>' "$T/vidqc-report.1/page.html"
ok 'a contact sheet' test -s "$T/vidqc-report.1/sheet.png"
ok 'a page, a sheet and a folder' test -s "$T/vidqc.1/page.html" -a -s "$T/vidqc.1/sheet.png" -a -d "$T/vidqc.1/pages"
shows vidqc-batch.1 '--summary summary.json ||' 'flagged, 0 failed'
shows vidqc.conf.5 '--table' 'model.binary_threshold'
shows vidqc-config.1 'jq .video.sample_fps' '^5$'
shows vidqc-streams.5 'ffmpeg' 'OPEN 24 HOURS'
shows vidqc-streams.5 'vidqc-features | vidqc-classify' '"artifact_category":"(NONE|TEMPORAL_FLICKER)"'
shows vidqc-streams.5 'jq -r' 'OPEN 24 HOURS'
shows vidqc-features.1 '--manifest' 'has_text_regions'
shows vidqc-frames.1 'frames_repeated' '^1?[0-9](\.[0-9]+)?$'
shows vidqc-classify.1 '*.features.jsonl' '^flicker$'
ok 'a model made in Python' jq -e '.learner' "$T/vidqc-classify.1/model.json" || [ ! -x "$python" ]
exits 0 vidqc-classify --model "$T/vidqc-classify.1/model.json" "$T/ready/features.jsonl"
shows vidqc-glitch.1 'vidqc predict broken.mp4' '"artifact":true'
shows vidqc-ocr.1 'deu+eng' 'OPEN 24 HOURS'
shows vidqc-train.1 '--oof' $'^([a-z0-9]+\t[A-Z_]+\t[A-Z_]+\n?)*$'
like "$(cat "$T/vidqc-format.1/frames.txt")" 'lavfi.vidqc.ssim=' 'numbers of every frame'
is "$(ffprobe -v error -show_entries stream=codec_name -of csv=p=0 "$T/vidqc-format.1/with-events.mp4" | paste -sd' ')" \
	'h264 mov_text' 'subtitles over the clip'
shows README 'make run' 'looked at 9 frames'
shows README 'vidqc-frames clip.mp4 | ffplay -' 'OPEN 24 HOURS'
shows README 'crop=' '^0(\.[0-9]+)?$'
shows README 'tesseract pages' '"text_frames":3'
like "$(cat "$T/README/ocr.jsonl")" 'OPEN 24' 'tesseract reads it'
shows README 'vidqc eval' 'on 18 labelled clips'

# ---- the reader of examples finds them, and what is none
cat >"$T/page" <<'END'
.Sh DESCRIPTION
.Dl not me
.Sh EXAMPLES
.Dl false \(dqa\(dq \&. \e
.Bd -literal
one
two
.Ed
END
is "$(awk -f "$ROOT/tests/examples.awk" "$T/page" | tr '\0\n' '@/')" 'false "a" . \/@one/two/@' 'examples of a page'
printf '%s\n' '.Bd -literal' 'clips:' '  script:' '    - apt-get install x' '    - vidqc version' '.Ed' \
	'.Bd -literal' 'jobs:' '  - true' '.Ed' >>"$T/page"
run_failing() (
	tap_run=0
	run_page failing.1 "$T/page" 2>&1
)
failing=$(run_failing)
like "$failing" '^not ok 1 - failing.1: false' 'an example that fails is a failure'
like "$failing" $'\nok 3 - failing.1: vidqc version' 'of a CI file what calls vidqc runs'
like "$failing" $'\nnot ok 4 - failing.1: false' 'one without is a failure'
printf '```sh\na\n```\n\n    indented\n' >"$T/page"
exits 1 awk -v readme=1 -f "$ROOT/tests/examples.awk" "$T/page"
like "$(err)" 'indented code; fence it' 'code of README is fenced'
printf '```\na\n```\n' >"$T/page"
exits 1 awk -v readme=1 -f "$ROOT/tests/examples.awk" "$T/page"

done_testing
