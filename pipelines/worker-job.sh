# One job of the worker, in a process of its own: its clip is fetched, then judged.
# shellcheck shell=bash disable=SC2154

# shellcheck source=pipelines/worker-aws.sh
. "$VQ_COMMANDS/worker-aws.sh"

# Limits: seconds for the clip's download and again for its verdict, MiB of memory for each
# stage, MiB of the clip.
wall=300
memory=2048
max_clip=1024

# A job has a folder:
#	job.json      job_id, s3_bucket, s3_key, owner, sent, received
#	want          bucket, key, config_overrides, separated by tabs
#	config.json   the configuration with its overrides
#	clip          the clip
#	outcome.json  the job with its status, prediction or error, and stages
#	trouble       why it should be tried again: code, message
# Status of the functions: 0 go on, 65 it has failed for good, 75 try again.

# fail_job DIR CODE MESSAGE: the job ends here, and this is what the client reads.
fail_job() {
	wjq -c --arg code "$2" --arg message "$3" 'include "worker";
		. + {status: "failed", error: {code: $code, message: ($message | plain)}}' \
		"$1/job.json" >"$1/outcome.new" && mv -f -- "$1/outcome.new" "$1/outcome.json"
}

# trouble DIR CODE MESSAGE
trouble() {
	printf '%s %s\n' "$2" "${3//[[:cntrl:]]/?}" >"$1/trouble"
	return 75
}

# refuse DIR CODE MESSAGE
refuse() {
	fail_job "$@" || return 75
	return 65
}

# seconds_since EPOCHREALTIME
seconds_since() {
	local now=$EPOCHREALTIME

	printf '%d.%03d\n' $(((${now/./} - ${1/./}) / 1000000)) \
		$(((${now/./} - ${1/./}) / 1000 % 1000))
}

# said DIR FILE: the last line that a program wrote there, without the names of our files.
said() {
	local line

	line=$(tail -n 1 -- "$2" | tr -d '\0')
	line=${line//"$1/clip"/clip}
	line=${line//"$1/overrides.json"/config_overrides}
	line=${line//"$1/"/}
	line=${line//"$1"/its folder}
	printf '%s\n' "${line#vidqc: }"
}

# fetch_job DIR JOB: configuration and clip.  What AWS says may name accounts and roles, and is
# for the log.
fetch_job() {
	local dir=$1 id=$2 begin=$EPOCHREALTIME bucket key overrides

	IFS=$'\t' read -r bucket key overrides <"$dir/want" || return 75
	configure_job "$dir" "$overrides" || return
	if ! get_object "$bucket" "$key" "$dir/clip" $((max_clip << 20)) "$wall"; then
		case $(error_code "$dir/clip") in
		NoSuchKey) refuse "$dir" missing_object 'the object does not exist' ;;
		TooLarge) refuse "$dir" too_large "the object is larger than $max_clip MiB" ;;
		*)
			note warning no_clip job_id "$id" message "$(tail -n 1 "$dir/clip.err")"
			trouble "$dir" download "cannot fetch the object: $(error_code "$dir/clip")"
			;;
		esac
		return
	fi
	seconds_since "$begin" >"$dir/fetch.seconds"
}

# configure_job DIR OVERRIDES: the worker's configuration with the job's overrides, or a refusal.
configure_job() {
	local dir=$1 status=0

	if [ "$2" = '{}' ]; then
		ln -- "$work/config.json" "$dir/config.json" || return 75
		return
	fi
	printf '%s\n' "$2" >"$dir/overrides.json" || return 75
	"$VQ_BIN/vidqc-config" --config "$work/config.json" --config "$dir/overrides.json" \
		>"$dir/config.json" 2>"$dir/config.err" || status=$?
	case $status in
	0) ;;
	64 | 65) refuse "$dir" bad_config "$(said "$dir" "$dir/config.err")" ;;
	*) trouble "$dir" config "$(said "$dir" "$dir/config.err")" ;;
	esac
}

# judge_job DIR JOB MODEL THREADS: the filters, within their limits.  What they leave behind when
# they are ended by force is ended too: the stages are process groups of their own.
judge_job() {
	local dir=$1 id=$2 model=$3 threads=$4 begin=$EPOCHREALTIME status=0

	(
		exec {log}>&- {events}>&-
		ulimit -v $((memory << 10))
		unset VIDQC_MODEL
		TMPDIR=$dir exec timeout --foreground -k 10 "$wall" "$VQ_BIN/vidqc" predict --clip-id "$id" \
			--model "$model" --config "$dir/config.json" -j "$threads" -- "$dir/clip"
	) </dev/null >"$dir/prediction" 2>"$dir/predict.err" || status=$?
	case $status in
	0)
		seconds_since "$begin" >"$dir/filters.seconds"
		conclude "$dir"
		;;
	64) refuse "$dir" bad_config "$(said "$dir" "$dir/predict.err")" ;;
	65) blame_clip "$dir" "$(said "$dir" "$dir/predict.err")" ;;
	124 | 137)
		end_strays "$dir"
		if ((${EPOCHREALTIME/./} - ${begin/./} < wall * 1000000)); then
			trouble "$dir" resources 'the filters were killed'
		else
			trouble "$dir" timeout "no verdict within $wall s"
		fi
		;;
	75) blame_language "$dir" "$(said "$dir" "$dir/predict.err")" ;;
	70) trouble "$dir" crash "$(said "$dir" "$dir/predict.err")" ;;
	*) trouble "$dir" resources "status $status: $(said "$dir" "$dir/predict.err")" ;;
	esac
}

# blame_clip DIR MESSAGE: only who decodes it can say that a clip is broken; another stage
# that cannot read its input, or the model, is our trouble.
blame_clip() {
	if [[ $2 == vidqc-frames:* ]]; then
		refuse "$1" bad_clip "${2#vidqc-frames: }"
	else
		trouble "$1" stage "$2"
	fi
}

# blame_language DIR MESSAGE: a language that is not here will not be there the next time; when
# only the job wants it, that is the job's fault.
blame_language() {
	if [[ $2 =~ language\ .*\ is\ not\ installed ]] &&
		[ "$(language_of "$1/config.json")" != "$(language_of "$work/config.json")" ]; then
		refuse "$1" bad_config "text.${BASH_REMATCH[0]}"
	else
		trouble "$1" resources "$2"
	fi
}

language_of() {
	jq -r .text.language "$1"
}

# conclude DIR: the prediction is put into its place when it is written, with that of others.
conclude() {
	local prediction

	prediction=$(<"$1/prediction")
	if [[ $prediction != '{'*'}' || $prediction == *$'\n'* ]]; then
		trouble "$1" crash 'the filters gave no verdict'
		return
	fi
	printf '{"job": %s, "made": %s, "stages": {"fetch": %s, "filters": %s}}\n' "$(<"$1/job.json")" \
		"$prediction" "$(<"$1/fetch.seconds")" "$(<"$1/filters.seconds")" >"$1/outcome.new" || return 75
	mv -f -- "$1/outcome.new" "$1/outcome.json"
}

# end_strays DIR: processes that work on something in the folder.
end_strays() {
	local file stray

	for file in /proc/[0-9]*/cmdline; do
		if grep -qsF -- "$1/" "$file"; then
			stray=${file#/proc/}
			kill -s KILL "${stray%/cmdline}" 2>/dev/null || :
		fi
	done
}
