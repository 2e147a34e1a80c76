#!/bin/bash
# The worker's calls by curl and by the AWS CLI: the same answers, the same errors, the same tries.
# The functions' variables are those of the worker.
# shellcheck disable=SC2034,SC2119

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/aws/lib.sh
. "$ROOT/tests/aws/lib.sh"

start_cloud
VQ_COMMANDS=$ROOT/pipelines
# shellcheck source=pipelines/common.sh
. "$ROOT/pipelines/common.sh"
# shellcheck source=pipelines/worker-aws.sh
. "$ROOT/pipelines/worker-aws.sh"
work=$T
know_curl
path_style
export AWS_MAX_ATTEMPTS=2

wrong() {
	printf '%s\n' "$1" >"$T/wrong"
	mv "$T/wrong" "$FRONT_FAULTS"
}

asked() {
	jq '[to_entries[] | select(.key | contains(":") | not) | .value] | add' "$FRONT_COUNTS"
}
echo '{"none": 0}' >"$FRONT_COUNTS"

# call HOW WHAT REQUEST: by curl or cli, "SERVICE OPERATION" or an object's bucket; what comes of
# it, the answer or the error's code; and how often AWS was asked.
call() {
	local before status=0
	before=$(asked)
	printf '%s\n' "$3" >"$T/request"
	if [[ $2 == *' '* ]]; then
		"${1}_call" "${2% *}" "${2#* }" "$T/request" "$T/answer" || status=$?
	else
		"${1}_object" "$2" "$3" "$T/answer" 1000 20 || status=$?
	fi
	if [ "$status" != 0 ]; then
		error_code "$T/answer"
	elif [ -s "$T/answer" ]; then
		# Handles are random; the AWS CLI prints nothing where curl has an empty object.
		jq -c 'del(.Messages[]?["ReceiptHandle", "MessageId", "MD5OfBody"], .ConsumedCapacity, .ItemCollectionMetrics)
			| select(. != {})' "$T/answer"
	fi
	echo "asked $(($(asked) - before))"
}

# same NAME WANT WHAT REQUEST: both ways it comes to this.
same() {
	local name=$1 want=$2 how
	shift 2
	for how in curl cli; do
		is "$(call "$how" "$@" | paste -sd' ')" "$want" "$name, by $how"
	done
}

queue="\"QueueUrl\": \"$VIDQC_QUEUE_URL\""
key="\"TableName\": \"$VIDQC_RESULTS_TABLE\", \"Key\": {\"job_id\": {\"S\": \"$(id 1)\"}}"
set="$key, \"UpdateExpression\": \"SET a = :a\", \"ExpressionAttributeValues\": {\":a\": {\"S\": \"file:///dev/null \u00fc\"}}"
unless="\"ConditionExpression\": \"attribute_exists(b)\""
echo '{"a": 1}' >"$T/object"
odd="odd ü&%20(1)'!*"
clip "$odd" "$T/object"
head -c 2000 /dev/zero >"$T/large"
clip large "$T/large"
message 'a body'
ok 'credentials of the environment are for curl' credentials

# ---- answers
same 'a message' '{"Messages":[{"Body":"a body"}]} asked 1' 'sqs receive-message' "{$queue, \"VisibilityTimeout\": 0}"
same 'no such item' 'asked 1' 'dynamodb get-item' "{$key}"
same 'an update' 'asked 1' 'dynamodb update-item' "{$set}"
same 'a transaction' 'asked 1' 'dynamodb transact-write-items' \
	"{\"ClientRequestToken\": \"1\", \"TransactItems\": [{\"Update\": {$set}}]}"
same 'an item' "{\"Item\":{\"job_id\":{\"S\":\"$(id 1)\"},\"a\":{\"S\":\"file:///dev/null ü\"}}} asked 1" \
	'dynamodb get-item' "{$key}"
same 'an object' '{"a":1} asked 1' "$VIDQC_CLIPS_BUCKET" "$odd"

# ---- errors for good
same 'no such queue' 'NonExistentQueue asked 1' 'sqs receive-message' "{\"QueueUrl\": \"$VIDQC_QUEUE_URL-none\"}"
same 'no such table' 'ResourceNotFoundException asked 1' 'dynamodb get-item' \
	'{"TableName": "none", "Key": {"job_id": {"S": "1"}}}'
same 'a condition' 'ConditionalCheckFailedException asked 1' 'dynamodb update-item' "{$set, $unless}"
same 'a condition of a transaction' 'TransactionCanceledException asked 1' 'dynamodb transact-write-items' \
	"{\"TransactItems\": [{\"Update\": {$set, $unless}}]}"
same 'nonsense' 'ValidationException asked 1' 'dynamodb update-item' "{$key, \"UpdateExpression\": \"nonsense\"}"
same 'no such object' 'NoSuchKey asked 1' "$VIDQC_CLIPS_BUCKET" none
same 'no such bucket' 'NoSuchBucket asked 1' no-bucket none
same 'a large object' 'TooLarge asked 1' "$VIDQC_CLIPS_BUCKET" large

# ---- errors that may pass, and one that may not
while read -r kind table_code bucket_code tries; do
	wrong "{\"rate\": 1, \"kinds\": [\"$kind\"]}"
	same "$kind, of DynamoDB" "$table_code asked $tries" 'dynamodb get-item' "{$key}"
	same "$kind, of SQS" "$table_code asked $tries" 'sqs receive-message' "{$queue, \"VisibilityTimeout\": 0}"
	same "$kind, of S3" "$bucket_code asked $tries" "$VIDQC_CLIPS_BUCKET" "$odd"
done <<'END'
throttle ThrottlingException SlowDown 2
error InternalFailure InternalFailure 2
lost ServiceUnavailable ServiceUnavailable 2
drop NoAnswer NoAnswer 2
expired ExpiredTokenException ExpiredToken 1
END
wrong '{}'
endpoints http://127.0.0.1:1
same 'no server' 'NoAnswer asked 0' 'dynamodb get-item' "{$key}"
endpoints "$FRONT"
# Long enough for the AWS CLI to start, however busy the machine is.
begin=$EPOCHSECONDS
call cli 'dynamodb get-item' "{$key}" >/dev/null
call_limit=$((3 + 3 * (EPOCHSECONDS - begin)))
for how in curl cli; do
	wrong "{\"holds\": [{\"call\": \"GetItem\", \"how\": \"$how\"}]}"
	is "$(call "$how" 'dynamodb get-item' "{$key}" | paste -sd' ')" 'Timeout asked 1' "no answer, by $how"
done

# ---- where curl cannot sign
unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
credentials
is "$?" 1 'no credentials for curl'
export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test
signs=
credentials
is "$?" 1 'a curl that signs no headers'
done_testing
