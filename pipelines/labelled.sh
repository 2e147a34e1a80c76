# What the commands that take labelled clips share: the features of every clip of a
# labels.csv, measured or out of the cache.
# shellcheck shell=bash disable=SC2034

# shellcheck source=pipelines/common.sh
. "$VQ_COMMANDS/common.sh"

labels=
jobs=$(cores)
cache=${XDG_CACHE_HOME:-${HOME:-/var/tmp}/.cache}/vidqc
tolerant=

# labelled_option NAME VALUE: one of the options that all have.
labelled_option() {
	case $1 in
	-l | --labels) labels=$2 ;;
	-j | --jobs) jobs=$2 ;;
	--cache) cache=$2 ;;
	--config | --set) settings+=("$1" "$2") ;;
	*) return 1 ;;
	esac
}

check_jobs() { # COMMAND
	if ! [[ $jobs =~ ^[1-9][0-9]{0,3}$ ]]; then
		die 64 "$1: --jobs $jobs: expected an integer from 1 to 9999"
	fi
}

# What the features depend on besides the clip.
extractor() {
	{
		cat -- "$VQ_BIN"/vidqc-{frames,ocr,features}
		jq -Sc 'del(.model, .video.threads)' "$work/config.json"
	} | sha256sum
}

# Fill $work/list: clip id, clip, place in the cache; each ends in a zero byte.
list_clips() {
	local id path root made_by key
	root=$(dirname -- "$labels")
	made_by=$(extractor)

	"$VQ_BIN/vidqc-train" --list --labels "$labels" >"$work/labels" || exit
	jq -j '.clip_id, "\u0000", .path, "\u0000"' "$work/labels" >"$work/paths"
	while IFS= read -r -d '' id && IFS= read -r -d '' path; do
		case $path in
		/*) ;;
		*) path=$root/$path ;;
		esac
		key=
		if [ -f "$path" ]; then
			key=$({ printf '%s\0%s' "$made_by" "$id" && cat -- "$path"; } | sha256sum)
		fi
		printf '%s\0%s\0%s\0' "$id" "$path" "$cache/${key%% *}.jsonl" >>"$work/list"
	done <"$work/paths"
}

# Measure what the cache does not have, so many clips at a time.
measure() {
	local id path file

	while IFS= read -r -d '' id && IFS= read -r -d '' path && IFS= read -r -d '' file; do
		if [ -e "$file" ]; then
			continue
		fi
		while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do
			wait -n || :
		done
		"$VQ_COMMANDS/features" -j 1 --config "$work/config.json" --clip-id "$id" \
			-o "$file" -- "$path" </dev/null &
		children+=($!)
	done <"$work/list"
	wait
	children=()
}

# collect COMMAND: name the clips without features; the others go to $work/features.
collect() {
	local id path file lost=0

	: >"$work/features"
	while IFS= read -r -d '' id && IFS= read -r -d '' path && IFS= read -r -d '' file; do
		if [ -e "$file" ]; then
			cat -- "$file" >>"$work/features"
		else
			warn "$1: $id: no features of $path"
			lost=$((lost + 1))
		fi
	done <"$work/list"
	if [ "$lost" != 0 ] && [ -z "$tolerant" ]; then
		die 65 "$1: $lost clips cannot be measured; --allow-missing goes on without them"
	fi
}

# measure_labelled COMMAND: all of that; $work/config.json is the configuration.
measure_labelled() {
	grace=50
	make_work
	make_config
	mkdir -p -- "$cache" || exit 74
	: >"$work/list"
	list_clips
	measure
	collect "$1"
}
