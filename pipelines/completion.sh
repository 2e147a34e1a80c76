# Completion of vidqc for bash: commands, options, --set keys, formats, files.  All names
# are asked of the vidqc that is completed, so that there is no list here to keep in step.
# shellcheck shell=bash

# _vidqc_reply PREFIX WORDS: candidates among words, a line each.
_vidqc_reply() {
	mapfile -t COMPREPLY < <(compgen -W "$2" -- "$1")
}

_vidqc_files() {
	compopt -o filenames 2>/dev/null
	mapfile -t COMPREPLY < <(compgen "$2" -- "$1")
}

# _vidqc_beside VIDQC: the folder in which it lies.
_vidqc_beside() {
	dirname -- "$(readlink -f -- "$(type -P "$1")")"
}

_vidqc_keys() {
	"$(_vidqc_beside "$1")/vidqc-config" --table 2>/dev/null | sed 's/.*"key":"\([^"]*\)".*/\1=/'
}

# The manual pages of programs and formats.
_vidqc_topics() {
	basename -a -- "$(_vidqc_beside "$1")"/../share/man/man[1-9]/vidqc[-.]* |
		sed 's/^vidqc[-.]//;s/\.[1-9].*//'
}

_vidqc_commands() {
	"$1" --help 2>/dev/null | sed -n 's/^  \([a-z][a-z]*\) .*/\1/p'
}

_vidqc() {
	local vidqc=$1 word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
	local command=${COMP_WORDS[1]:-} help

	COMPREPLY=()
	# "--set key=" comes as three words, "--set", "key", "=": what follows is free.
	if [ "$word" = = ] || [ "$before" = = ]; then
		return
	fi
	if [ "$COMP_CWORD" = 1 ]; then
		_vidqc_reply "$word" "$(_vidqc_commands "$vidqc") --help --version"
		return
	fi
	if [ "$command" = help ]; then
		_vidqc_reply "$word" "$(_vidqc_commands "$vidqc") $(_vidqc_topics "$vidqc")"
		return
	fi
	help=$("$vidqc" "$command" --help 2>/dev/null) || return
	case $before in
	--set)
		_vidqc_reply "$word" "$(_vidqc_keys "$vidqc")"
		compopt -o nospace 2>/dev/null
		return
		;;
	--to | --format | -t)
		_vidqc_reply "$word" "$("$vidqc" format --list 2>/dev/null | sed 's/ .*//')"
		return
		;;
	--bbox)
		_vidqc_reply "$word" 'pixel norm'
		return
		;;
	--fail-on)
		_vidqc_reply "$word" 'text flicker text,flicker'
		return
		;;
	--progress)
		_vidqc_reply "$word" 'line json none'
		return
		;;
	-?*)
		# What the option takes is the word in capitals behind its names.
		case $(awk -v option="$before" '{
			for (i = 1; i <= 2; i++) {
				name = $i
				sub(/,$/, "", name)
				if (name == option) {
					print $(i == 1 && $2 ~ /^-/ ? 3 : i + 1)
					exit
				}
			}
		}' <<<"$help") in
		DIR)
			_vidqc_files "$word" -d
			return
			;;
		FILE | CLIP | MODEL | WHAT)
			_vidqc_files "$word" -f
			return
			;;
		[A-Z] | [A-Z][A-Z]*) return ;;
		esac
		;;
	esac
	if [[ $word = -* ]]; then
		_vidqc_reply "$word" "$(grep -oE -- '(^|[ ,[])--?[a-z0-9][a-z-]*' <<<"$help" | grep -oE -- '-.*' | sort -u)"
	else
		_vidqc_files "$word" -f
	fi
}

complete -F _vidqc vidqc
