#!/bin/bash
# Completion for bash, asked as bash asks it.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

cd "$T" || exit 1
mkdir 'a folder'
touch clip.mp4 'clip two.mp4' labels.csv
script=${VQ_BIN%/*}/share/bash-completion/completions/vidqc
# shellcheck source=pipelines/completion.sh
. "$script"
is "$(complete -p vidqc)" 'complete -F _vidqc vidqc' 'vidqc is completed'

# completes "WORD|WORD..." WANT NAME: the last word is completed to these, a line each.
completes() {
	local IFS='|'
	read -ra COMP_WORDS <<<"$1"
	if [[ $1 = *'|' ]]; then
		COMP_WORDS+=('')
	fi
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
	IFS=$' \t\n'
	COMPREPLY=(stale)
	_vidqc vidqc "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}" 2>>completion.err
	is "$(printf '%s\n' "${COMPREPLY[@]}" | sort)" "$2" "$3"
}

completes 'vidqc|pre' predict 'a command'
commands=$(vidqc --help | sed -n 's/^  \([a-z]*\) .*/\1/p')
completes 'vidqc|' "$(printf '%s\n' "$commands" --help --version | sort)" 'all commands'
completes 'vidqc|--v' --version 'its own options'
completes 'vidqc|xyz' '' 'no command'
for command in $commands; do
	case $command in
	help | version | glitch) continue ;;
	esac
	completes "vidqc|$command|--" "$(vidqc "$command" --help | grep -oE -- '--[a-z][a-z-]+' | sort -u)" \
		"every option of $command"
done
completes 'vidqc|batch|-0' -0 'an option that is a digit'
completes 'vidqc|predict|--mo' --model 'an option'
completes 'vidqc|predict|clip.mp4|--ga' --gate 'an option behind a clip'
completes 'vidqc|predict|cl' $'clip two.mp4\nclip.mp4' 'files, whatever their names'
completes 'vidqc|predict|--gate|cl' $'clip two.mp4\nclip.mp4' 'a file behind an option without a value'
completes 'vidqc|predict|--keep|' 'a folder' '--keep takes a folder'
completes 'vidqc|predict|-m|lab' labels.csv '-m takes a file'
completes 'vidqc|predict|--jobs|' '' '--jobs takes a number'
completes 'vidqc|predict|-j|' '' 'so does -j'
keys=$(vidqc-config --table | jq -r '.key + "="' | sort)
completes 'vidqc|predict|--set|' "$keys" '--set: all keys'
completes 'vidqc|eval|--set|model.' 'model.binary_threshold=' '--set: a key'
completes 'vidqc|eval|--set|model.binary_threshold|=' '' 'its value is free'
completes 'vidqc|eval|--set|model.binary_threshold|=|0' '' 'wherever bash parts it'
formats=$(vidqc format --list | cut -d' ' -f1)
completes 'vidqc|format|--to|' "$formats" 'formats'
completes 'vidqc|format|-t|j' $'jsonl\njunit' 'a format'
completes 'vidqc|predict|--format|web' webvtt 'a format of predict'
completes 'vidqc|predict|--bbox|' $'norm\npixel' 'units'
completes 'vidqc|predict|--fail-on|text' $'text\ntext,flicker' 'defects'
completes 'vidqc|batch|--progress|' $'json\nline\nnone' 'ways to tell the progress'
completes 'vidqc|batch|--input|a' 'a folder' '--input of a batch takes a folder'
completes 'vidqc|batch|-i|cl' $'clip two.mp4\nclip.mp4' 'or a file'
completes 'vidqc|help|str' streams 'a topic'
completes 'vidqc|help|pre' predict 'a command to help with'
completes 'vidqc|nothing|--' '' 'no such command'
is "$(cat completion.err)" '' 'nothing is said in between'

# An interactive bash that reads the file and has Tab pressed.
exits 0 env PS1='$ ' TERM=dumb script -qec "bash --norc --noprofile -i" /dev/null <<END
. $script
vidqc predi	--gat	--help
exit
END
like "$(out)" 'usage: vidqc predict' 'Tab completes the command and the option'

done_testing
