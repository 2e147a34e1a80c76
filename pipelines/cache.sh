# What the commands that measure many clips share: features that are kept, by the
# contents of the clip, of the programs and of the configuration.
# shellcheck shell=bash disable=SC2034

# shellcheck source=pipelines/common.sh
. "$VQ_COMMANDS/common.sh"

cache=${XDG_CACHE_HOME:-${HOME:-/var/tmp}/.cache}/vidqc

# check_number COMMAND OPTION VALUE: of clips at a time.
check_number() {
	if ! [[ $3 =~ ^[1-9][0-9]{0,3}$ ]]; then
		die 64 "$1: $2 $3: expected an integer from 1 to 9999"
	fi
}

# What the features depend on besides the clip.
extractor() {
	{
		cat -- "$VQ_BIN"/vidqc-{frames,ocr,features}
		jq -Sc 'del(.model, .video.threads)' "$work/config.json"
	} | sha256sum
}

# cache_key EXTRACTOR ID CLIP: what the clip's features are called in the cache.  A clip
# that cannot be read has a name as well, and never any features.
cache_key() {
	local key

	key=$({
		printf '%s\0%s' "$1" "$2"
		if [ ! -f "$3" ] || ! cat -- "$3" 2>/dev/null; then
			printf '\0'
		fi
	} | sha256sum)
	printf '%s\n' "${key%% *}"
}
