#!/bin/bash
# The front end itself: commands, help, configuration, installation.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

exits 0 vidqc --help
for command in predict batch features format doctor train eval config help version; do
	like "$(out)" $'\n'"  $command +[a-z]" "--help names $command"
done
cp "$T/out" "$T/help"
exits 0 vidqc help
ok 'help is the same' cmp "$T/out" "$T/help"
exits 0 vidqc -h
exits 64 vidqc
ok 'without arguments the same on standard error' cmp "$T/err" "$T/help"
exits 0 vidqc --version
like "$(out)" '^vidqc [0-9]+\.[0-9]+\.[0-9]+$' '--version'
is "$(vidqc version)" "$(vidqc --version)" 'version is the same'
is "$(vidqc version | cut -d' ' -f2)" "$(vidqc-frames --version | cut -d' ' -f2)" 'one version for all'

for command in predict batch features format doctor train eval config; do
	exits 0 vidqc help $command
	like "$(out)" "^usage: vidqc $command " "help $command"
	is "$(err)" '' 'and nothing else'
	exits 0 vidqc $command --help
	exits 0 vidqc $command -h
	exits 64 vidqc $command --bogus
	like "$(err)" "vidqc $command: .*--bogus" "$command names an unknown option"
done

for typo in pred predcit Predict prdict; do
	exits 64 vidqc $typo clip.mp4
	is "$(err)" "vidqc: unknown command '$typo'; did you mean 'vidqc predict'?" "$typo"
done
for word in xyzzy common.sh ../bin/vidqc '' 'a b' '*'; do
	exits 64 vidqc "$word"
	like "$(err)" "^vidqc: unknown command '" "no command: '$word'"
done
exits 64 vidqc --bogus
touch "$T/clip.mp4"
exits 64 vidqc "$T/clip.mp4"
like "$(err)" "did you mean 'vidqc predict $T/clip.mp4'" 'a clip is no command'
exits 64 vidqc help nothing
for word in help version; do
	exits 0 vidqc help $word
	ok "help $word is what there is to say" cmp "$T/out" "$T/help"
done

# ---- help: the manual page on a terminal, text elsewhere
# terminal COMMAND: what it prints when somebody sits there.
terminal() {
	capture env -u MANPATH PAGER=cat MANPAGER=cat TERM=dumb COLUMNS=100 script -qec "$1" /dev/null
	sed -i 's/.\x08//g;s/\r$//' "$T/out"
}
terminal 'vidqc help predict'
is "$status" 0 'help predict, on a terminal'
like "$(head -n 1 "$T/out")" '^VIDQC\(1\)' 'opens vidqc(1)'
like "$(out)" 'prints one prediction a clip' 'all of it'
for topic in ocr:VIDQC-OCR.1 train:VIDQC-TRAIN.1 streams:VIDQC-STREAMS.5 conf:VIDQC.CONF.5 vidqc:VIDQC.1; do
	terminal "vidqc help ${topic%:*}"
	like "$(head -n 1 "$T/out")" "^${topic#*:}" "help ${topic%:*}"
done
exits 0 vidqc help ocr
like "$(out)" '^usage: vidqc-ocr' 'no terminal: a program prints its summary'
exits 0 vidqc help streams
like "$(out)" '^VIDQC-STREAMS\(5\)' 'a format its page'
# A minimal container has no man.
mkdir "$T/tools"
for tool in bash env dirname readlink getopt cat sed; do
	ln -s "$(command -v $tool)" "$T/tools"
done
exits 0 env PATH="$T/tools" "$VQ_BIN/vidqc" help predict
like "$(out)" '^usage: vidqc predict' 'no man: the summary'
terminal "env PATH=$T/tools $VQ_BIN/vidqc help predict"
like "$(out)" '^usage: vidqc predict' 'also on a terminal'
exits 69 env PATH="$T/tools" "$VQ_BIN/vidqc" help streams
like "$(err)" "no man to show the page with; it is .*/man5/vidqc-streams.5" 'where the page is'
ok 'and it is there' test -s "$(err | grep -o '/.*')"
exits 64 vidqc help strems
is "$(err)" "vidqc: unknown topic or command 'strems'; did you mean 'vidqc help streams'?" 'a mistyped topic'
exits 64 vidqc help "$T/clip.mp4"
unlike "$(err)" 'did you mean' 'a clip is no topic'
exits 64 vidqc help ../vidqc

exits 0 vidqc config --defaults
cp "$T/out" "$T/defaults"
exits 0 vidqc config
ok 'the defaults are what nothing else is merged over' cmp "$T/out" "$T/defaults"
exits 0 vidqc config --set video.sample_fps=9 --config "$T/defaults"
ok 'a later file wins' cmp "$T/out" "$T/defaults"
exits 0 vidqc config --config "$T/defaults" --set video.sample_fps=9
is "$(jq .video.sample_fps "$T/out")" 9 'a later --set wins'
exits 0 vidqc config --set video.sample_fps=9 --defaults
ok '--defaults alone' cmp "$T/out" "$T/defaults"
exits 64 vidqc config --set a=b
exits 64 vidqc config operand

# The front end finds its parts beside itself, also through links and odd folders.
mkdir "$T/a folder"
ln -s "$VQ_BIN/vidqc" "$T/a folder/link"
exits 0 env -u VQ_BIN "$T/a folder/link" version
(cd "$T" && ln -s "a folder/link" short)
exits 0 env -u VQ_BIN "$T/short" config
exits 0 env -u VQ_BIN PATH="$T:$PATH" short config

# ---- make install, make uninstall
build=$(dirname "$VQ_BIN")
# shellcheck disable=SC2317 # exits calls it
install_it() {
	# -o all: what was built is what is installed.
	env -u MAKEFLAGS -u MFLAGS make -s -C "$ROOT" B="$build" -o all DESTDIR="$T/root" PREFIX="/opt/a b" "$@"
}
exits 0 install_it install
bin="$T/root/opt/a b/bin"
is "$(cd "$bin" && echo *)" "$(cd "$VQ_BIN" && echo *)" 'all programs are installed'
exits 0 env -u VQ_BIN PATH=/usr/bin:/bin "$bin/vidqc" version
exits 0 env -u VQ_BIN PATH=/usr/bin:/bin "$bin/vidqc" predict --help
make_clip "$T/one.mp4" 'gradients=s=64x48:r=25:d=1:seed=1' -frames:v 1
exits 0 env -u VQ_BIN PATH=/usr/bin:/bin "$bin/vidqc" predict "$T/one.mp4"
is "$(jq -r .type "$T/out")" prediction 'an installed vidqc works'
cp "$T/out" "$T/out.json"
exits 0 env -u VQ_BIN PATH=/usr/bin:/bin "$bin/vidqc" help streams
like "$(out)" '^VIDQC-STREAMS' 'an installed vidqc has its pages'
exits 0 env -u VQ_BIN "$bin/vidqc" format --to csv "$T/out.json"
exits 0 env -u VQ_BIN "$bin/vidqc" doctor
printf '# names: the clips\ninclude "common";\nrecords | clip, "\\n"\n' >"$T/root/opt/a b/share/vidqc/formats/names.jq"
exits 0 env -u VQ_BIN "$bin/vidqc" format --to names "$T/out.json"
is "$(out)" one 'a format of one'"'"'s own is a file beside the others'
ok 'the schema is installed' jq -e '."$defs".prediction' "$T/root/opt/a b/share/vidqc/schema/records.json"
for page in "$ROOT"/man/*.[157]; do
	ok "${page##*/} is installed" test -s "$T/root/opt/a b/share/man/man${page##*.}/${page##*/}"
done
exits 0 install_it uninstall
is "$(find "$T/root" -type f -o -type l)" '' 'uninstall leaves no file'

done_testing
