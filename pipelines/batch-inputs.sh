# Which clips a batch is made of, and what they are called.  The batch sets inputs, the
# operands, and null, when lists have zero bytes.
# shellcheck shell=bash disable=SC2034,SC2154

# Files with these endings are clips.
endings='mp4|m4v|mov|3gp|3g2|mkv|webm|avi|gif|apng|mpg|mpeg|m2v|ts|mts|m2ts|flv|ogv|wmv|asf|ivf|obu|h264|264|hevc|h265|265|y4m|nut|mxf|dv'

# Fill $work/paths: every clip that is asked for, each ends in a zero byte.
list_inputs() {
	local input lists=0

	for input in "${inputs[@]}"; do
		if [ "$input" = - ]; then
			lists=$((lists + 1))
			read_list 'standard input'
		elif [ -z "$input" ]; then
			die 64 'batch: empty name of an input'
		elif [ -d "$input" ]; then
			list_folder "$input"
		elif [[ ${input,,} =~ \.($endings)$ ]]; then
			printf '%s\0' "$input"
		elif [ -r "$input" ]; then
			# shellcheck disable=SC2094 # the name is for messages
			read_list "$input" <"$input"
		else
			die 66 "batch: $input: cannot be read"
		fi
	done >"$work/paths"
	if [ "$lists" -gt 1 ]; then
		die 64 'batch: standard input is one list only'
	fi
}

# Regular files and links to them, also those that lead nowhere: they are missed loudly.
# What begins with a dot is hidden.
list_folder() {
	local folder=$1

	case $folder in
	[-\(\)!,]*) folder=./$folder ;;
	esac
	if ! LC_ALL=C find -H "$folder" -mindepth 1 -name '.*' -prune -o \( -xtype f -o -xtype l \) \
		-regextype egrep -iregex ".*\.($endings)" -print0 >"$work/found"; then
		die 66 "batch: $1: cannot be read"
	fi
	LC_ALL=C sort -z "$work/found"
}

read_list() { # NAME, for messages
	cat >"$work/list" || exit 74
	if [ "$(head -c 8 "$work/list" | tr -d '\0')" = '{"type":' ]; then
		die 65 "batch: $1: has records, and is no list of paths"
	fi
	if [ -z "$null" ]; then
		if [ "$(tr -dc '\0' <"$work/list" | wc -c)" != 0 ]; then
			die 65 "batch: $1: has zero bytes: no list of paths, or one for --null"
		fi
		tr '\n' '\0' <"$work/list"
	else
		cat -- "$work/list"
	fi
	# A last path without an end of its own has one now.
	printf '\0'
}

# By number of the clip: its path and its name in the records.
clip_path=()
clip_id=()

# What a clip is called is its file's name without the ending, as for vidqc predict, or
# its whole path where another clip would be called the same.
read_clips() {
	local path name i
	local -A claims=() seen=()

	list_inputs
	while IFS= read -r -d '' path; do
		if [ "$path" = - ]; then
			path=./-
		fi
		if [ -z "$path" ] || [ -n "${seen["/$path"]:-}" ]; then
			continue
		fi
		seen["/$path"]=1
		name=$(short_name "$path")
		clip_path+=("$path")
		clip_id+=("$name")
		claims["/$name"]=$((${claims["/$name"]:-0} + 1))
		if [ "$name" != "$path" ]; then
			claims["/$path"]=$((${claims["/$path"]:-0} + 1))
		fi
	done <"$work/paths"
	if [ ${#clip_path[@]} = 0 ]; then
		die 66 "batch: no clip in ${inputs[*]}"
	fi
	for i in "${!clip_path[@]}"; do
		if [ "${claims["/${clip_id[i]}"]}" != 1 ]; then
			clip_id[i]=${clip_path[i]}
		fi
	done
}

short_name() {
	local name=${1##*/} short

	short=${name%.*}
	printf '%s\n' "${short:-$name}"
}
