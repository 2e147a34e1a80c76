# The worker's calls of AWS by curl, which signs the same requests as the AWS CLI in a tenth
# of the processor's time: the CLI takes half a second of it for each call, and each clip
# needs several.
# shellcheck shell=bash disable=SC2154

# shellcheck source=pipelines/worker-log.sh
. "$VQ_COMMANDS/worker-log.sh"

declare -A api=([sqs]=AmazonSQS [dynamodb]=DynamoDB_20120810)

# know_curl: curl from 7.87 on signs the headers that it is given.
signs=
know_curl() {
	signs=$(curl -qV | awk 'NR == 1 { split($2, v, "."); if (v[1] * 1000 + v[2] >= 7087) print "yes" }')
}

# Credentials for curl: those of the environment, or of the container's agent, which are
# kept until they are about to expire.  Anything else only the AWS CLI knows: status 1.
access_key=
secret_key=
session_token=
credentials() {
	local file=$work/credentials url=${AWS_CONTAINER_CREDENTIALS_FULL_URI:-} expiry=0

	if [ -z "$signs" ]; then
		return 1
	fi
	if [ -n "${AWS_ACCESS_KEY_ID:-}" ]; then
		access_key=$AWS_ACCESS_KEY_ID
		secret_key=${AWS_SECRET_ACCESS_KEY:-}
		session_token=${AWS_SESSION_TOKEN:-}
		return
	fi
	if [ -n "${AWS_CONTAINER_CREDENTIALS_RELATIVE_URI:-}" ]; then
		url=http://169.254.170.2$AWS_CONTAINER_CREDENTIALS_RELATIVE_URI
	fi
	if [ -z "$url" ]; then
		return 1
	fi
	{ read -r expiry <"$file"; } 2>/dev/null || :
	if ((expiry <= EPOCHSECONDS + 600)); then
		agent_credentials "$url" || return 1
	fi
	{ read -r _ && read -r access_key && read -r secret_key && read -r session_token; } <"$file"
}

# Several may ask at once; each has a file of its own until it is whole.
agent_credentials() {
	local new=$work/credentials.$BASHPID token=${AWS_CONTAINER_AUTHORIZATION_TOKEN:-}

	if [ -n "${AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE:-}" ]; then
		token=$(<"$AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")
	fi
	(
		umask 077
		printf 'header = "Authorization: %s"\n' "$token" |
			curl -q -sf --max-time 10 --retry 3 -K - -- "$1" |
			jq -r '(.Expiration | sub("\\.[0-9]+"; "") | fromdate), .AccessKeyId, .SecretAccessKey, .Token // ""' \
				>"$new"
	) || return 1
	mv -f -- "$new" "$work/credentials"
}

# curl_signed SERVICE SECONDS OPTION...: a request with its signature; prints the status of
# HTTP, and the name of an error by which older clients, and so the AWS CLI, know it.
curl_signed() {
	local service=$1 seconds=$2
	shift 2

	{
		printf 'user = "%s:%s"\n' "$access_key" "$secret_key"
		if [ -n "$session_token" ]; then
			printf 'header = "x-amz-security-token: %s"\n' "$session_token"
		fi
	} | curl -q -sS -K - --aws-sigv4 "aws:amz:$region:$service" --proto =http,https \
		${AWS_CA_BUNDLE:+--cacert "$AWS_CA_BUNDLE"} --connect-timeout 10 --max-time "$seconds" \
		-w '%{http_code} %header{x-amzn-query-error}' "$@"
}

# endpoint_for SERVICE ENDPOINT: what was given, or AWS's own.
endpoint_for() {
	local host=https://$1.$region.amazonaws.com

	if [[ $region == cn-* ]]; then
		host+=.cn
	fi
	host=${2:-$host}
	printf '%s' "${host%/}"
}

# curl_call SERVICE OPERATION INPUT OUTPUT: aws_call; what the AWS CLI tries again is tried
# again.
curl_call() {
	local service=$1 input=$3 output=$4 end=$((EPOCHSECONDS + call_limit)) url words try status code
	IFS=- read -ra words <<<"$2"

	url=$(endpoint_for "$service" "$(endpoint_of "$service")")
	for ((try = 1; ; try++)); do
		status=0
		rm -f -- "$output"
		code=$(curl_signed "$service" $((end - EPOCHSECONDS)) -o "$output" --data-binary "@$input" \
			-H 'Content-Type: application/x-amz-json-1.0' \
			-H "X-Amz-Target: ${api[$service]}.$(IFS='' && printf '%s' "${words[*]^}")" \
			-- "$url/" 2>"$output.err") || status=$?
		if [ "$status$code" = '0200 ' ]; then
			rm -f -- "$output.err"
			return
		fi
		# shellcheck disable=SC2086 # two words, or one
		explain_answer "$status" "$output" $code >"$output.code"
		mv -f -- "$output.code" "$output.err"
		passes "$status" "${code%% *}" "$(error_code "$output")" && again "$try" "$end" || return 1
	done
}

# passes STATUS CODE ERROR: may it succeed the next time?
passes() {
	case $1:$3 in
	63:* | 23:*) return 1 ;;
	*:*Throttl* | *:TooManyRequests* | *:*LimitExceeded* | *:ProvisionedThroughput* | *:SlowDown | \
		*:PriorRequestNotComplete | *:TransactionInProgress* | *:RequestTimeout*) return 0 ;;
	# Those of the container are fetched anew.
	*:ExpiredToken*) [ -e "$work/credentials" ] && rm -f -- "$work/credentials" ;;
	*) [ "$1" != 0 ] || [ "$2" -ge 500 ] || [ "$2" = 429 ] ;;
	esac
}

# again TRY END: wait before the next try, if there may be one.
again() {
	local pause=$((50 + RANDOM % 1000 * (1 << ($1 - 1))))

	if (($1 >= AWS_MAX_ATTEMPTS)); then
		return 1
	fi
	sleep "$(printf '%d.%03d' $((pause / 1000)) $((pause % 1000)))"
	((EPOCHSECONDS < $2)) && credentials
}

# explain_answer STATUS FILE CODE [NAME]: curl's status, or the answer that is no success, as
# "CODE message".
explain_answer() {
	local name=${4:-}

	name=${name%%;*}
	case $1 in
	0)
		jq -r --arg code "$3" --arg name "${name##*.}" '(if type == "object" then . else {} end)
			| [([$name, (.__type // "" | split("#")[-1]), $code] | map(select(. != null and . != ""))[0]),
				(.message // .Message // "status \($code)")]
			| join(" ") | gsub("[[:cntrl:]]"; " ") | .[:400]' "$2" 2>/dev/null ||
			explain_xml "$2" "$3"
		;;
	28) printf 'Timeout no answer within %s s\n' "$call_limit" ;;
	*) printf 'NoAnswer %s\n' "$(tr '\n\t' '  ' <"$2.err")" ;;
	esac
}

# explain_xml FILE CODE: an error of S3, or of whoever answered in its place.
explain_xml() {
	local code=$2 text

	text=$(head -c 1000 -- "$1" 2>/dev/null | tr -d '\0' | tr '[:cntrl:]' ' ')
	if [[ $text =~ \<Code\>([A-Za-z0-9]+)\</Code\> ]]; then
		code=${BASH_REMATCH[1]}
	fi
	printf '%s %s\n' "$code" "${text:0:400}"
}

# curl_object BUCKET KEY FILE LIMIT SECONDS: get_object.
curl_object() {
	local file=$3 limit=$4 end=$((EPOCHSECONDS + $5)) path=$1/$2 try status code

	if [[ $path == *[!A-Za-z0-9._~/-]* ]]; then
		path=$(wjq -rn --arg path "$path" 'include "worker"; $path / "/" | map(encoded) | join("/")')
	fi
	for ((try = 1; ; try++)); do
		status=0
		: >"$file" || return
		code=$(curl_signed s3 $((end - EPOCHSECONDS)) --path-as-is --globoff \
			-H 'x-amz-content-sha256: UNSIGNED-PAYLOAD' --max-filesize "$limit" \
			--speed-limit 1 --speed-time 30 -o "$file" \
			-- "$(endpoint_for s3 "$(endpoint_of s3api)")/$path" 2>"$file.err") || status=$?
		if explain_object "$status" "${code%% *}" "$file" "$limit" "$5"; then
			return
		fi
		passes "$status" "${code%% *}" "$(error_code "$file")" && again "$try" "$end" || return 1
	done
}

# explain_object STATUS CODE FILE LIMIT SECONDS: what curl's status and the answer's code mean.
explain_object() {
	local status=$1 code=$2 file=$3 error='' size

	size=$(stat -c %s -- "$file" 2>/dev/null) || size=0
	case $status:$code in
	63:*) error="TooLarge larger than $4 bytes" ;;
	28:*) error="Timeout not there within $5 s" ;;
	0:200) if ((size > $4)); then error="TooLarge larger than $4 bytes"; fi ;;
	0:*) error=$(explain_xml "$file" "$code") ;;
	23:*) error="Disk cannot write the clip" ;;
	*) error="NoAnswer $(tr '\n\t' '  ' <"$file.err")" ;;
	esac
	rm -f -- "$file.err"
	if [ -n "$error" ]; then
		# First the room: a disk that is full stays so for all jobs, and for what is said of this one.
		rm -f -- "$file"
		printf '%s\n' "$error" >"$file.err"
		return 1
	fi
}
