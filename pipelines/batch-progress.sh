# What a batch tells while it is at work and at its end.  Of the batch: progress (line, json
# or none), kept, todo, done_now, errors, begun and the clips.
# shellcheck shell=bash disable=SC2154

# show_progress [KEY STATUS SECONDS]
show_progress() {
	case $progress in
	line) progress_line ;;
	json) progress_record "$@" ;;
	esac
}

clear_line() {
	if [ "$progress" = line ]; then
		printf '\r\033[K' >&2
	fi
}

elapsed() { # in microseconds, since the clips were begun
	printf '%s\n' $((${EPOCHREALTIME/[.,]/} - begun))
}

progress_line() {
	local line left=$((todo - done_now)) took

	line="vidqc: $((kept + done_now))/${#clip_path[@]} clips"
	if [ "$errors" != 0 ]; then
		line+=", $errors failed"
	fi
	if [ "$done_now" != 0 ] && [ "$left" != 0 ]; then
		took=$(($(elapsed) + 1))
		line+=", $((done_now * 60000000 / took)) a minute"
		line+=", $(clock $((took * left / done_now / 1000000))) left"
	fi
	clear_line
	printf '%s' "$line" >&2
}

clock() { # SECONDS
	if (($1 < 3600)); then
		printf '%d:%02d\n' $(($1 / 60)) $(($1 % 60))
	else
		printf '%d:%02d:%02d\n' $(($1 / 3600)) $(($1 / 60 % 60)) $(($1 % 60))
	fi
}

progress_record() {
	local i=0

	if [ $# != 0 ]; then
		i=${number_of[$1]}
	fi
	jq -nc --arg id "${clip_id[i]}" --arg path "${clip_path[i]}" --argjson clip "${2:-null}" \
		--argjson seconds "${3:-null}" --argjson kept "$kept" --argjson todo "$todo" \
		--argjson now "$done_now" --argjson errors "$errors" --argjson took "$(elapsed)" '
		{type: "progress", done: ($kept + $now), clips: ($kept + $todo), kept: $kept, errors: $errors}
		+ (if $now == 0 then {} else
			{clips_per_second: ($now * 1e9 / ($took + 1) | round / 1000),
			seconds_left: (($todo - $now) * ($took / $now) / 1e6 | round)} end)
		+ (if $clip == null then {} else
			{clip_id: $id, path: $path, status: $clip, seconds: $seconds} end)' >&2
}

# Seconds of each clip, from whenever it was measured, are of the last time that it was.
summarize() {
	local key seconds
	local -A took=()

	if [ -e "$cache/seconds" ]; then
		while read -r key seconds; do
			if [ -n "${number_of[$key]:-}" ]; then
				took[$key]=$seconds
			fi
		done <"$cache/seconds"
	fi
	printf '%s\n' "${took[@]}" >"$work/seconds"
	jq -nc --rawfile seconds "$work/seconds" --argjson kept "$kept" --argjson workers "$workers" \
		--argjson threads "$threads" --argjson took "$(elapsed)" '
		def rank($p): if length == 0 then null else sort[(length * $p | ceil) - 1] end;
		($seconds | split("\n") | map(select(. != "") | tonumber)) as $s
		| reduce inputs as $r (
			{type: "batch", clips: 0, judged: 0, clean: 0, flagged: 0,
				categories: {TEXT_INCONSISTENCY: 0, TEMPORAL_FLICKER: 0}, errors: 0, codes: {}};
			.clips += 1
			| if $r.type == "error" then .errors += 1 | .codes["\($r.error.code)"] += 1
			elif $r.artifact then .judged += 1 | .flagged += 1 | .categories[$r.artifact_category] += 1
			else .judged += 1 | .clean += 1 end)
		| . + {kept: $kept, workers: $workers, threads: $threads, elapsed: ($took / 1e4 | round / 100),
			seconds: {median: ($s | rank(0.5)), p95: ($s | rank(0.95))}}' "$work/lines" >"$work/summary"
}

tell_summary() {
	case $progress in
	line)
		clear_line
		jq -r '"vidqc: \(.clips) clips: \(.flagged) flagged"
			+ (if .flagged == 0 then "" else " (" + ([.categories | to_entries[] | select(.value != 0)
				| "\(.value) \(.key)"] | join(", ")) + ")" end)
			+ ", \(.clean) clean, \(.errors) failed"
			+ (if .kept == 0 then "" else "; \(.kept) known from before" end)
			+ "; \(.elapsed) s"
			+ (if .seconds.median == null then "" else
				", a clip \(.seconds.median) s (median), \(.seconds.p95) s (95 %)" end)' \
			"$work/summary" >&2
		;;
	json) cat -- "$work/summary" >&2 ;;
	esac
}
