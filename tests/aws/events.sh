# Events for the router, as AWS sends them.
# shellcheck shell=bash

# api METHOD RESOURCE [JQ]: an event of API Gateway, changed by the jq filter.
api() {
	jq -nc --arg method "$1" --arg resource "$2" '{
		resource: $resource, path: $resource, httpMethod: $method,
		headers: {"Content-Type": "application/json", Host: "api.example.org"},
		pathParameters: null, body: null, isBase64Encoded: false,
		requestContext: {requestId: "req-1", stage: "test", identity: {apiKeyId: "key-1"}}
	}'" | ${3:-.}"
}

# predict JSON [JQ]; clip FILE TYPE [JQ]; result ID; batch JSON [JQ]
predict() {
	body=$1 api POST /predict ".body = env.body | ${2:-.}"
}

clip() {
	api POST /predict ".headers[\"Content-Type\"] = \"$2\" | .isBase64Encoded = true | ${3:-.}" |
		jq -c --rawfile body <(base64 -w 0 "$1") '.body = $body'
}

result() {
	id=$1 api GET '/predict/{job_id}' '.pathParameters = {job_id: env.id}'
}

batch() {
	body=$1 api POST /batch ".body = env.body | ${2:-.}"
}

# The filter that sets a header.
header() { # NAME VALUE
	jq -nr --arg name "$1" --arg value "$2" '".headers[\($name | @json)] = \($value | @json)"'
}

key() {
	header Idempotency-Key "$1"
}

# arrival BUCKET KEY [NAME]: S3 tells of an object.
arrival() {
	jq -nc --arg bucket "$1" --arg key "$2" --arg name "${3:-ObjectCreated:Put}" '{Records: [{
		eventVersion: "2.1", eventSource: "aws:s3", eventName: $name,
		s3: {bucket: {name: $bucket}, object: {key: $key, size: 1024}}
	}]}'
}
