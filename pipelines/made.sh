# What synth and selftest share: the list of clips that are drawn.
# shellcheck shell=bash

# shellcheck source=pipelines/common.sh
. "$VQ_COMMANDS/common.sh"

# The commands of the list find the programs beside us first.
export PATH=$VQ_BIN:$PATH

# list_cases COUNT SEED: one record a clip, see cases.jq.
list_cases() {
	local scenes

	scenes=$(vidqc-draw --list | jq -Rn '[inputs | split(" ")[0]]') || exit
	vidqc-glitch --list=json | jq -cs --argjson count "$1" --argjson seed "$2" \
		--argjson scenes "$scenes" -f "$VQ_COMMANDS/cases.jq"
}

# check_number COMMAND OPTION VALUE LEAST MOST
check_number() {
	if ! [[ $3 =~ ^(0|[1-9][0-9]{0,8})$ ]] || [ "$3" -lt "$4" ] || [ "$3" -gt "$5" ]; then
		die 64 "$1: $2 $3: expected an integer from $4 to $5"
	fi
}

# wait_for_slot JOBS: until fewer than that many of our children run.
wait_for_slot() {
	while [ "$(jobs -rp | wc -l)" -ge "$1" ]; do
		wait -n || :
	done
}
