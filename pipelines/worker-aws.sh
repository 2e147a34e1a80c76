# The worker's calls of AWS.  Text of others reaches the AWS CLI only inside of the JSON of
# --cli-input-json, where version 1 expands no file:// or http:// either.
# shellcheck shell=bash

# shellcheck source=pipelines/worker-curl.sh
. "$VQ_COMMANDS/worker-curl.sh"

region=${AWS_REGION:-${AWS_DEFAULT_REGION:-us-east-1}}
# What version 1 and 2 read, and what keeps version 2 from starting a pager.
export AWS_REGION=$region AWS_DEFAULT_REGION=$region AWS_PAGER=
export AWS_RETRY_MODE=${AWS_RETRY_MODE:-standard} AWS_MAX_ATTEMPTS=${AWS_MAX_ATTEMPTS:-5}

# Seconds that a call may take, with its retries.
call_limit=60

endpoint_of() {
	case $1 in
	sqs) printf '%s' "${VIDQC_ENDPOINT_SQS:-}" ;;
	s3api) printf '%s' "${VIDQC_ENDPOINT_S3:-}" ;;
	dynamodb) printf '%s' "${VIDQC_ENDPOINT_DYNAMODB:-}" ;;
	esac
}

# aws_call SERVICE OPERATION INPUT OUTPUT [OPERAND]: the JSON file INPUT is the request (an empty
# name: the operands are), the file OUTPUT gets the answer.  On failure it is 1, and OUTPUT.err has the code and the
# message, on one line: exit codes tell too little, and differ between versions.
# Those of the start and of each job go by curl, where it has credentials.
aws_call() {
	case $1:$2 in
	sqs:get-queue-attributes | sqs:receive-message | sqs:*-batch | dynamodb:*)
		if credentials; then
			curl_call "$@"
			return
		fi
		;;
	esac
	cli_call "$@"
}

# cli_call SERVICE OPERATION INPUT OUTPUT [OPERAND]: aws_call, by the AWS CLI.
cli_call() {
	local service=$1 operation=$2 input=$3 output=$4 endpoint status=0
	local -a environment=()
	shift 4

	endpoint=$(endpoint_of "$service")
	if [ "$service" = s3api ] && [ -n "$endpoint" ]; then
		environment=(AWS_CONFIG_FILE="$work/path-style")
	fi
	env "${environment[@]}" timeout --foreground -k 5 "$call_limit" aws --output json \
		${endpoint:+--endpoint-url "$endpoint"} "$service" "$operation" \
		${input:+--cli-input-json "file://$input"} "$@" </dev/null >"$output" 2>"$output.err" || status=$?
	if [ "$status" = 0 ]; then
		rm -f -- "$output.err"
		return
	fi
	explain_call "$status" <"$output.err" >"$output.code"
	mv -f -- "$output.code" "$output.err"
	return 1
}

# The CLI's message, or why there is none, as "CODE message".
explain_call() {
	local status=$1 text

	text=$(tr '\n\t' '  ')
	if [[ $text =~ An\ error\ occurred\ \(([A-Za-z0-9.]+)\) ]]; then
		printf '%s %s\n' "${BASH_REMATCH[1]##*.}" "${text:0:400}"
	elif [ "$status" = 124 ] || [ "$status" = 137 ]; then
		printf 'Timeout no answer within %s s\n' "$call_limit"
	elif ((status > 128 && status < 193)); then
		printf 'Killed signal %s\n' $((status - 128))
	else
		printf 'NoAnswer %s\n' "${text:0:400}"
	fi
}

# get_object BUCKET KEY FILE LIMIT SECONDS: at most LIMIT bytes.  Status 1 and FILE.err on
# failure, as aws_call does; NoSuchKey and TooLarge are for good.
get_object() {
	if credentials; then
		curl_object "$@"
	else
		cli_object "$@"
	fi
}

# error_code OUTPUT: of the call that failed.
error_code() {
	local code _rest=

	read -r code _rest <"$1.err" && printf '%s\n' "$code"
}

error_text() {
	cut -d' ' -f2- "$1.err"
}

# The one call whose parameters the AWS CLI wants on the command line, where it would open a
# file or an address by the name of the key.
cli_object() {
	local file=$3 full

	if [[ $2 =~ ^[a-z]+:// ]]; then
		echo 'UnsafeKey the AWS CLI would expand this key' >"$file.err"
		return 1
	fi
	# Version 1 takes no --cli-input-json where an answer is a stream.
	if (call_limit=$5 && cli_call s3api get-object '' "$file.answer" \
		--bucket="$1" --key="$2" "$file"); then
		explain_object 0 200 "$file" "$4" "$5"
		return
	fi
	if full=$(why_full "$work"); then
		rm -f -- "$file"
		printf 'Disk %s\n' "$full" >"$file.err"
		return 1
	fi
	if [[ $(error_code "$file.answer") =~ ^(NoSuchKey|404)$ ]]; then
		echo 'NoSuchKey no such object' >"$file.err"
	else
		mv -f -- "$file.answer.err" "$file.err"
	fi
	return 1
}

# write_items UPDATES RESULTS: make the updates of a file that requests of worker.jq has made.
# RESULTS gets a line for each,
# in order: ok; finished or stale, when its condition does not hold; or error and its code.
# A transaction is one call for all of them; when one item stops it, or the service does not
# take it, they are made one by one.
write_items() {
	local updates=$1 results=$2 count i code first=1

	count=$(wc -l <"$updates")
	if [ "$count" -gt 1 ]; then
		head -n 1 "$updates" >"$updates.all" || return
		first=2
		if aws_call dynamodb transact-write-items "$updates.all" "$updates.answer"; then
			for ((i = first; i <= count; i++)); do echo ok; done >"$results"
			return
		fi
		code=$(error_code "$updates.answer")
		case $code in
		Transaction* | AccessDenied* | Validation*) ;;
		*)
			for ((i = first; i <= count; i++)); do echo "error $code"; done >"$results"
			return
			;;
		esac
	fi
	for ((i = first; i <= count; i++)); do
		sed -n "${i}p" "$updates" >"$updates.one" || return
		write_item "$updates.one" || return
	done >"$results"
}

# write_item UPDATE: one of them; prints its line of RESULTS.
write_item() {
	local update=$1 code

	if aws_call dynamodb update-item "$update" "$update.answer"; then
		echo ok
		return
	fi
	code=$(error_code "$update.answer")
	if [ "$code" != ConditionalCheckFailedException ]; then
		echo "error $code"
		return
	fi
	# The condition also fails when the update was made before, and only the answer was lost.
	jq '{TableName, Key, ConsistentRead: true}' "$update" >"$update.get"
	if aws_call dynamodb get-item "$update.get" "$update.item"; then
		wjq -r --slurpfile update "$update" 'include "worker";
			verdict($update[0].ExpressionAttributeValues)' "$update.item"
	else
		echo "error $(error_code "$update.item")"
	fi
}

# path_style: for the AWS CLI, where an endpoint is given; it has no other way to say so.
path_style() {
	printf '[default]\ns3 =\n  addressing_style = path\n' >"$work/path-style"
}
