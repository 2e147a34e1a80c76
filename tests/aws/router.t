#!/usr/bin/env bash
# vidqc-router as a filter, with queue, table and bucket of an AWS on this machine.
# shellcheck disable=SC2016,SC2119 # jq programs; moto as it comes
. "$(dirname "$0")/../lib.sh"
. "$ROOT/tests/aws/moto.sh"
. "$ROOT/tests/aws/events.sh"

start_moto
clips_and_jobs
make_clip "$T/clip.mp4" 'testsrc2=s=64x48:r=8:d=0.5'
clips=s3://$VIDQC_CLIPS_BUCKET
"$python" - "$T/clip.mp4" <<'P'
import os, sys, boto3
s3 = boto3.client("s3")
clip = open(sys.argv[1], "rb").read()
s3.create_bucket(Bucket="customer")
for bucket, key, body in [
        (os.environ["VIDQC_CLIPS_BUCKET"], "uploads/clip.mp4", clip),
        (os.environ["VIDQC_CLIPS_BUCKET"], "uploads/empty", b""),
        (os.environ["VIDQC_CLIPS_BUCKET"], "uploads/text", b"no video"),
        ("customer", "a folder/cl\u00efp.mp4", clip)]:
    s3.put_object(Bucket=bucket, Key=key, Body=body)
P
uuid='^[0-9a-f]{8}-[0-9a-f]{4}-[45][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$'
nowhere=http://127.0.0.1:1

# What the last answer, or the one of that line, says.
answer() { # JQ [LINE]
	sed -n "${2:-\$}p" "$T/out" | jq -c '. + {body: (.body | fromjson)} | '"$1"
}

# now JQ: what of bucket, queue and table.
now() {
	state >"$T/state"
	jq -c "$1" "$T/state"
}

# ---- an S3 that does not answer any more ----
# Lambda would end the router after 28 s, and nobody would know what became of the others.  It
# waits beside the other tests; its AWS is another, that says yes to everything.
batch "$(jq -nc --arg c "$clips" '{s3_uris: [range(9) | "\($c)/uploads/\(.)"]}')" >"$T/slow.event"
"$python" - "$ROOT/tests/bench/canned.py" "$T/slow.event" >"$T/slow" 2>&1 <<'P' &
import json, os, socket, subprocess, sys, threading, time
good = subprocess.Popen([sys.executable, sys.argv[1]], stdout=subprocess.PIPE, text=True)
url = good.stdout.readline().strip()
slow = socket.create_server(("127.0.0.1", 0))
def serve():
    kept = [slow.accept()[0]]
    kept[0].recv(65536)
    kept[0].sendall(b"HTTP/1.1 206 X\r\nContent-Length: 12\r\nContent-Range: bytes 0-11/12\r\n\r\n\0\0\0\x20ftypisom")
    while True:
        kept.append(slow.accept()[0])
threading.Thread(target=serve, daemon=True).start()
env = dict(os.environ, VIDQC_ENDPOINT_S3="http://127.0.0.1:%d" % slow.getsockname()[1],
           VIDQC_ENDPOINT_SQS=url, VIDQC_ENDPOINT_DYNAMODB=url)
begin = time.monotonic()
done = subprocess.run(["vidqc-router"], stdin=open(sys.argv[2]), env=env, capture_output=True)
took = time.monotonic() - begin
good.terminate()
good.wait()
answer = json.loads(done.stdout)
print(json.dumps({"exit": done.returncode, "status": answer["statusCode"], "in_time": 12 <= took < 27,
                  "jobs": [j.get("status") or j["error"]["code"] for j in json.loads(answer["body"])["jobs"]]}))
P
slow=$!

# ---- a clip in S3 ----
exits 0 vidqc-router < <(predict '{"s3_uri":"'"$clips"'/uploads/clip.mp4","config_overrides":{"video":{"sample_fps":2.3}}}')
is "$(answer '[.statusCode, .headers["Content-Type"], .body.status]')" '[202,"application/json","queued"]' 'accepted'
id=$(answer .body.job_id | tr -d '"')
like "$id" "$uuid" 'with a UUID'
is "$(now '.messages')" \
	'[{"job_id":"'"$id"'","s3_key":"uploads/clip.mp4","config_overrides":{"video":{"sample_fps":2.3}}}]' 'the message'
is "$(jq -cS '.items[0] | del(.created_at, .sent_at, .request, .expires_at)' "$T/state")" \
	'{"config_overrides":"{\"video\":{\"sample_fps\":2.3}}","job_id":"'"$id"'","s3_bucket":"vidqc-clips-test","s3_key":"uploads/clip.mp4","status":"queued"}' \
	'the item'
is "$(jq '.items[0] | (.created_at | fromdate) + 90 * 86400 - .expires_at' "$T/state")" 0 'it expires after 90 days'

exits 0 env VIDQC_ALLOWED_BUCKETS='other customer' vidqc-router < <(predict '{"s3_uri":"s3://customer/a folder/clïp.mp4"}')
is "$(answer .statusCode)" 202 'a clip of an allowed bucket'
is "$(now '.messages[0] | [.s3_bucket, .s3_key]')" '["customer","a folder/clïp.mp4"]' 'its message names the bucket'

{
	predict '{"s3_uri":"s3://customer/a folder/clïp.mp4"}'
	predict '{"s3_uri":"'"$clips"'/models/x"}'
	predict '{"s3_uri":"'"$clips"'/uploads/../x"}'
	predict '{"s3_uri":"'"$clips"'/uploads/absent"}'
	predict '{"s3_uri":"'"$clips"'/uploads/empty"}'
	predict '{"s3_uri":"'"$clips"'/uploads/text"}'
	predict '{"s3_uri":"'"$clips"'/uploads/clip.mp4","config_overrides":{"video.sample_fps":1e9}}'
	predict '{"s3_uri":"'"$clips"'/uploads/clip.mp4","debug":true}'
} >"$T/events"
exits 0 vidqc-router <"$T/events"
is "$(jq -r '.body | fromjson | "\(.status) \(.code)"' "$T/out")" '403 bucket_not_allowed
403 key_not_allowed
400 invalid_uri
422 object_unreadable
422 object_empty
422 not_a_video
400 invalid_config
400 unknown_field' 'what is not taken, and why'
is "$(jq -r '.headers["Content-Type"]' "$T/out" | sort -u)" 'application/problem+json' 'as problems'
is "$(answer '.body.request_id')" '"req-1"' 'with the id of the request'
is "$(now '[.messages, (.items | length)]')" '[[],2]' 'nothing came of them'

# ---- the same key ----
again() { # JQ
	predict '{"s3_uri":"'"$clips"'/uploads/clip.mp4"}' "${1:-$(key one)}"
}
exits 0 vidqc-router < <(again && again)
is "$(answer .body.job_id 1)" "$(answer .body.job_id 2)" 'the same key, the same job'
id=$(answer .body.job_id | tr -d '"')
is "$(now '[.messages[].job_id]')" '["'"$id"'"]' 'which is queued once'
exits 0 vidqc-router < <(again "$(header idempotency-KEY one)")
is "$(answer .body.job_id)" "\"$id\"" 'a header in any case'
exits 0 vidqc-router < <(again "$(key one) | .body += \" \"")
is "$(answer '[.statusCode, .body.code]')" '[422,"idempotency_key_reused"]' 'with another body it is refused'
exits 0 vidqc-router < <(clip "$T/clip.mp4" video/mp4 "$(key one)" && batch '{"s3_uris":["'"$clips"'/uploads/clip.mp4"]}' "$(key one)")
is "$(jq -c .statusCode "$T/out")" $'422\n422' 'and elsewhere'
exits 0 vidqc-router < <(again "$(key one) | .requestContext.identity.apiKeyId = \"key-2\"")
unlike "$(answer .body.job_id)" "$id" "another caller's key is another"
exits 0 vidqc-router < <(again "$(key one) | .requestContext.authorizer.claims.sub = \"user\"")
unlike "$(answer .body.job_id)" "$id" "so is a user's"
exits 0 vidqc-router < <(again "$(key '')")
is "$(answer '[.statusCode, .body.code]')" '[400,"invalid_idempotency_key"]' 'an empty key'
now . >"$T/ignored"

# ---- nothing is lost ----
exits 75 env VIDQC_ENDPOINT_SQS=$nowhere vidqc-router < <(again "$(key two)")
is "$(answer '[.statusCode, .headers["Retry-After"], .body.code]')" '[503,"1","unavailable"]' 'the queue does not answer'
like "$(err)" '^vidqc-router: POST /predict: .*127.0.0.1:1' 'the log says what'
unlike "$(out)" '127.0.0.1:1' 'the client is not told'
exits 0 vidqc-router < <(again "$(key two)" && again "$(key two)")
is "$(answer .statusCode)" 202 'the same again goes through'
id=$(answer .body.job_id | tr -d '"')
is "$(now '[.messages[].job_id]')" '["'"$id"'"]' 'and is queued once'
exits 75 env VIDQC_ENDPOINT_DYNAMODB=$nowhere vidqc-router < <(again "$(key three)")
is "$(answer .statusCode)" 503 'the table does not answer'
exits 75 env VIDQC_ENDPOINT_S3=$nowhere vidqc-router < <(again "$(key three)")
is "$(answer .statusCode)" 503 'S3 does not answer'
is "$(now '.messages')" '[]' 'nothing was queued that has no item'
exits 65 env VIDQC_RESULTS_TABLE=absent vidqc-router < <(again)
is "$(answer '[.statusCode, .body.code]')" '[500,"internal"]' 'a table that is not there'

# ---- a clip as the body ----
: >"$T/events"
while read -r file type; do
	make_clip "$T/$file" 'testsrc2=s=176x144:r=25:d=0.4' </dev/null
	clip "$T/$file" "$type" >>"$T/events"
done <<'L'
a.mp4 video/mp4
a.mov video/quicktime
a.3gp Video/3GPP
a.webm video/webm;codecs=vp9
a.mkv video/x-matroska
a.avi video/x-msvideo
a.gif image/gif
a.ts video/mp2t
a.mpg video/mpeg
a.flv video/x-flv
a.wmv video/x-ms-wmv
a.ogv application/octet-stream
L
exits 0 vidqc-router <"$T/events"
is "$(jq -r '"\(.statusCode) \(.body | fromjson.status)"' "$T/out" | sort | uniq -c | tr -s ' ')" ' 12 202 queued' 'twelve kinds of files'
jq -r '.body | fromjson.job_id' "$T/out" >"$T/ids"
is "$(now '[.messages[].s3_key]' | jq -r '.[]')" "$(sed 's,^,uploads/,' "$T/ids")" 'are queued'
"$python" -c 'import os, sys, boto3
boto3.client("s3").download_file(os.environ["VIDQC_CLIPS_BUCKET"], sys.argv[1], sys.argv[2])' \
	"uploads/$(head -n 1 "$T/ids")" "$T/stored"
ok 'what is stored is what was sent' cmp "$T/stored" "$T/a.mp4"
{
	clip "$T/a.mp4" video/webm
	clip "$T/events" video/mp4
	clip /dev/null video/mp4
	clip "$T/a.mp4" text/plain
	clip "$T/a.mp4" video/mp4 'del(.headers)'
	api POST /predict '.headers["Content-Type"] = "application/x-www-form-urlencoded" | .body = "\u0000 ftypisom"'
	predict '' '.requestContext = null'
	clip "$T/a.mp4" video/mp4 | jq -c '.body += "="'
	clip <(cat "$T/a.mp4" && head -c 4500000 /dev/zero) video/mp4
} >"$T/bad"
exits 0 vidqc-router <"$T/bad"
is "$(jq -r '.body | fromjson | "\(.status) \(.code)"' "$T/out")" '422 type_mismatch
422 not_a_video
400 empty_body
415 unsupported_type
415 unsupported_type
415 unsupported_type
400 empty_body
400 malformed_body
413 body_too_large' 'bodies that are not taken, and why'
is "$(answer .body.detail 5)" '"the content type is missing: expected one of a video, like video/mp4"' 'what is missing is named'
exits 75 env VIDQC_ENDPOINT_S3=$nowhere vidqc-router < <(clip "$T/a.mp4" video/mp4 "$(key body)")
is "$(answer .statusCode)" 503 'it cannot be stored'
exits 75 env VIDQC_ENDPOINT_SQS=$nowhere vidqc-router < <(clip "$T/a.mp4" video/mp4 "$(key body)")
is "$(answer .statusCode)" 503 'it is stored and cannot be queued'
exits 0 vidqc-router < <(clip "$T/a.mp4" video/mp4 "$(key body)" && clip "$T/a.mp4" video/mp4 "$(key body)")
is "$(now '[.messages[].job_id]')" "[$(answer .body.job_id)]" 'the same again goes through, and once'

# ---- an upload ----
size=$(stat -c %s "$T/a.mp4")
upload='{"upload":true,"content_type":"video/mp4","content_length":'$size',"config_overrides":{"text.max_regions":3}}'
exits 0 vidqc-router < <(predict "$upload" "$(key up)")
is "$(answer '[.statusCode, .body.status, .body.headers]')" \
	'[202,"awaiting_upload",{"Content-Type":"video/mp4","Content-Length":"'"$size"'"}]' 'an address to upload to'
is "$(answer '.body | (.upload_url | capture("X-Amz-Date=(?<t>[0-9TZ]*)").t | strptime("%Y%m%dT%H%M%SZ") | mktime) + 900 - (.expires_at | fromdate)')" \
	0 'for a quarter of an hour'
id=$(answer .body.job_id | tr -d '"')
url=$(answer .body.upload_url | tr -d '"')
is "$(now .messages)" '[]' 'nothing is queued yet'
exits 75 vidqc-router < <(arrival "$VIDQC_CLIPS_BUCKET" "uploads/$id")
is "$(jq -c 'keys' "$T/out")" '["errorMessage","errorType"]' 'an event before its object is to come again'
"$python" - "$url" "$T/a.mp4" <<'P'
import sys, urllib.request
body = open(sys.argv[2], "rb").read()
urllib.request.urlopen(urllib.request.Request(sys.argv[1], body, {"Content-Type": "video/mp4"}, method="PUT"))
P
exits 75 env VIDQC_ENDPOINT_SQS=$nowhere vidqc-router < <(arrival "$VIDQC_CLIPS_BUCKET" "uploads/$id")
exits 0 vidqc-router < <(result "$id")
is "$(answer .body.status)" '"queued"' 'it has arrived; the queue does not answer'
exits 0 vidqc-router < <(arrival "$VIDQC_CLIPS_BUCKET" "uploads/$id" ObjectCreated:CompleteMultipartUpload &&
	arrival "$VIDQC_CLIPS_BUCKET" "uploads/$id")
is "$(cat "$T/out")" '{"jobs":[{"job_id":"'"$id"'","status":"queued"}],"ignored":0}
{"jobs":[{"job_id":"'"$id"'","status":"queued"}],"ignored":0}' 'the event comes again, and again'
is "$(now '.messages')" \
	'[{"job_id":"'"$id"'","s3_key":"uploads/'"$id"'","config_overrides":{"text.max_regions":3}}]' 'and it is queued once'
exits 0 vidqc-router < <(predict "$upload" "$(key up)")
is "$(answer '.body | keys')" '["job_id","status"]' 'the same again: no new address'

# what is uploaded and no video
exits 0 vidqc-router < <(predict '{"upload":true,"content_type":"video/mp4","content_length":8}')
id=$(answer .body.job_id | tr -d '"')
"$python" -c 'import os, sys, boto3
boto3.client("s3").put_object(Bucket=os.environ["VIDQC_CLIPS_BUCKET"], Key=sys.argv[1], Body=b"no video")' "uploads/$id"
exits 0 vidqc-router < <(arrival "$VIDQC_CLIPS_BUCKET" "uploads/$id" && result "$id")
is "$(answer '.body | [.status, .error.code, (.completed_at | fromdate > 0)]')" '["failed","not_a_video",true]' 'fails'
is "$(now .messages)" '[]' 'without a worker'

# events that are none of ours
exits 0 vidqc-router < <(arrival other "uploads/$id" && arrival "$VIDQC_CLIPS_BUCKET" "uploads/$id" ObjectRemoved:Delete &&
	arrival "$VIDQC_CLIPS_BUCKET" "results/$id" && arrival "$VIDQC_CLIPS_BUCKET" uploads/clip.mp4 &&
	arrival "$VIDQC_CLIPS_BUCKET" uploads/00000000-0000-4000-8000-000000000000)
is "$(sort -u "$T/out")" '{"jobs":[],"ignored":1}' 'are ignored'

# ---- what became of a job ----
prediction='{"type":"prediction","clip_id":"ä","confidence":0.94,"x":[0.1,1e-9,123456.789,true,null]}'
id=$(vidqc-router < <(predict '{"s3_uri":"'"$clips"'/uploads/clip.mp4"}') | jq -r '.body | fromjson.job_id')
"$python" - "$id" "$prediction" <<'P'
import os, sys, boto3
boto3.resource("dynamodb").Table(os.environ["VIDQC_RESULTS_TABLE"]).update_item(
    Key={"job_id": sys.argv[1]}, UpdateExpression="SET #s = :s, prediction = :p, completed_at = :c, attempt = :a",
    ExpressionAttributeNames={"#s": "status"},
    ExpressionAttributeValues={":s": "completed", ":p": sys.argv[2], ":c": "2026-01-01T00:00:00Z", ":a": 1})
P
exits 0 vidqc-router < <(result "$id")
is "$(answer '[.statusCode, .headers["Cache-Control"], .body.status]')" '[200,"no-store","completed"]' 'a job that is done'
is "$(jq -r .body "$T/out" | sed 's/.*"prediction"://; s/}$//')" "$prediction" 'its prediction as it was'
is "$(answer '.body | keys')" '["completed_at","created_at","job_id","prediction","status"]' 'and no more than that'
"$python" - "$id" <<'P'
import os, sys, boto3
boto3.resource("dynamodb").Table(os.environ["VIDQC_RESULTS_TABLE"]).put_item(Item={
    "job_id": sys.argv[1].replace("-4", "-5", 1), "status": "completed", "prediction": '{"artifact":'})
P
exits 65 vidqc-router < <(result "${id/-4/-5}")
is "$(answer '[.statusCode, .body.code]')" '[500,"internal"]' 'a prediction that is cut off'
like "$(err)" 'its prediction is no JSON' 'is told'
{
	result 00000000-0000-4000-8000-000000000000
	result "${id^^}"
	result "../$id"
	api GET '/predict/{job_id}'
} >"$T/events"
exits 0 vidqc-router <"$T/events"
is "$(jq -c .statusCode "$T/out" | tr '\n' ' ')" '404 400 400 400 ' 'a job that is unknown, ids that are none'
now . >"$T/ignored"

# ---- many ----
many='{"s3_uris":["'"$clips"'/uploads/clip.mp4","s3://nobody/x","'"$clips"'/uploads/absent","'"$clips"'/uploads/clip.mp4"],"config_overrides":{"video.sample_fps":1}}'
exits 0 vidqc-router < <(batch "$many" "$(key many)" && batch "$many" "$(key many)")
is "$(answer '[.statusCode, .body.accepted, .body.refused, [.body.jobs[] | .status // .error.code]]')" \
	'[202,2,2,["queued","bucket_not_allowed","object_unreadable","queued"]]' 'a batch: jobs and reasons, in order'
is "$(answer '[.body.jobs[].s3_uri]' | sed 's/}$//')" "$(jq -c .s3_uris <<<"$many")" 'with the clips they are for'
is "$(answer .body 1)" "$(answer .body 2)" 'the same again'
is "$(now '[.messages[] | .job_id]')" "$(answer '[.body.jobs[].job_id | values]')" 'is queued once'
exits 0 vidqc-router < <(result "$(jq -r '[.items[] | select(.status == null)] | .[0].job_id' "$T/state")")
is "$(answer .statusCode)" 404 'the item that keeps its key is no job'
exits 0 vidqc-router < <(batch "${many/fps\":1/fps\":2}" "$(key many)")
is "$(answer .statusCode)" 422 'its key with another body'
exits 75 env VIDQC_ENDPOINT_SQS=$nowhere vidqc-router < <(batch "$many" "$(key later)")
is "$(answer .statusCode)" 503 'the queue does not answer'
exits 0 vidqc-router < <(batch "$many" "$(key later)")
is "$(now '[.messages[].job_id]')" "$(answer '[.body.jobs[].job_id | values]')" 'the same again goes through'
exits 0 vidqc-router < <(batch '{"s3_uris":["s3://nobody/x"]}' && batch "$many" "$(header Content-Type text/plain)" &&
	batch "$(jq -nc '{s3_uris: [range(101) | "s3://a/b"]}')" && batch '{"s3_uris":["s3://a/b"],"upload":true}')
is "$(jq -r '.body | fromjson | "\(.status) \(.code) \(.accepted)"' "$T/out")" 'null null 0
415 unsupported_type null
400 invalid_field null
400 unknown_field null' 'none of a batch; no batch'

# ---- whatever comes ----
{
	echo
	echo '{'
	echo '[]'
	echo 'null'
	printf '\xff\xfe\n'
	echo '{"Records":[null,{},{"s3":1}]}'
	echo '{"Records":7}'
	api GET /nothing
	api DELETE /batch
	api PUT '/predict/{job_id}'
	api POST /predict '.body = {} | .headers = 7 | .requestContext = []'
	head -c 9000000 /dev/zero | tr '\0' x
	echo
	printf '%s' "$(api GET /last)"
} >"$T/events"
exits 0 vidqc-router <"$T/events"
is "$(jq -r '"\(.statusCode) \(.headers.Allow) \((.body // "{}") | fromjson.code)"' "$T/out")" '400 null unknown_event
400 null unknown_event
400 null unknown_event
400 null unknown_event
400 null unknown_event
null null null
400 null unknown_event
404 null unknown_route
405 POST method_not_allowed
405 GET method_not_allowed
415 null unsupported_type
413 null event_too_large
404 null unknown_route' 'an answer to each line'
exits 0 vidqc-router </dev/null
is "$(out)" '' 'nothing, no answer'

# ---- pages of other sites ----
shared() { # LIST ORIGIN: the headers that a browser looks for
	VIDQC_ALLOWED_ORIGINS=$1 vidqc-router < <(result "$id" && api GET /nothing | jq -c --arg o "$2" '.headers.Origin = $o') |
		jq -c '.headers | [.["Access-Control-Allow-Origin"], .["Access-Control-Expose-Headers"], .Vary]'
}
is "$(shared '*' https://a.example)" $'[null,null,null]\n["*","Retry-After",null]' 'any page; who is no page is not told'
is "$(shared 'https://a.example https://b.example' https://b.example | tail -n 1)" \
	'["https://b.example","Retry-After","Origin"]' 'one of a list'
for origin in https://c.example https://b.exampl null ''; do
	is "$(shared 'https://a.example https://b.example' "$origin" | tail -n 1)" '[null,null,null]' "no other: $origin"
done
is "$(shared '' https://a.example | tail -n 1)" '[null,null,null]' 'none'

# ---- what it costs ----
# The largest prediction that is kept, beside an AWS that answers at once: under 5 ms of its own
# for each, all in all, and little memory for the largest event.
if grep -q __asan_init "$(command -v vidqc-router)"; then
	skip 'sanitizers cost more'
else
	jq -nc '{events: [range(3000) | {start: 0.5, end: 1.25, category: "TEXT_INCONSISTENCY", before: "\"ä", bbox: [60.5, 40]}]}' >"$T/long"
	ok 'a long prediction' test "$(stat -c %s "$T/long")" -gt 250000
	one=$(result "$id")
	for ((i = 0; i < 200; i++)); do echo "$one"; done >"$T/events"
	clip <(cat "$T/a.mp4" && head -c 4400000 /dev/zero) video/mp4 >>"$T/events"
	exits 0 "$python" - "$ROOT/tests/bench/canned.py" "$T/long" "$T/events" <<'P'
import json, os, subprocess, sys, time
server = subprocess.Popen([sys.executable, *sys.argv[1:3]], stdout=subprocess.PIPE, text=True)
url = server.stdout.readline().strip()
env = dict(os.environ, **{f"VIDQC_ENDPOINT_{s}": url for s in ("S3", "SQS", "DYNAMODB")})
lines = open(sys.argv[3], "rb").read().splitlines(keepends=True)
router = subprocess.Popen(["vidqc-router"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env)
for line in lines:
    if line is lines[-1]:
        cpu = time.clock_gettime(~router.pid << 3 | 2)  # clock_getcpuclockid(3)
    router.stdin.write(line)
    router.stdin.flush()
    status = json.loads(router.stdout.readline())["statusCode"]
    assert status == (202 if line is lines[-1] else 200), status
memory = int(open(f"/proc/{router.pid}/status").read().split("VmHWM:")[1].split()[0])
router.stdin.close()
router.wait()
server.terminate()
server.wait()
print(json.dumps({"ms": 1000 * cpu / len(lines[:-1]), "mib": memory / 1024}))
P
	diag "$(out)"
	holds '.ms < 5' 'a GET of it takes less than 5 ms'
	holds '.mib < 64' 'and the largest clip less than 64 MiB'
fi

wait "$slow"
is "$(jq -c . "$T/slow")" '{"exit":75,"status":202,"in_time":true,"jobs":["queued"'"$(printf ',"unavailable"%.0s' {1..8})"']}' \
	'a batch is answered before Lambda ends it: one job, and the others refused'

# ---- options and environment ----
exits 64 env -u AWS_REGION vidqc-router </dev/null
like "$(err)" '^vidqc-router: AWS_REGION' 'without a region'
exits 64 env AWS_REGION=https://x vidqc-router </dev/null
exits 64 env -u AWS_SECRET_ACCESS_KEY vidqc-router </dev/null
like "$(err)" 'AWS_SECRET_ACCESS_KEY: missing' 'without a key'
for name in VIDQC_QUEUE_URL VIDQC_CLIPS_BUCKET VIDQC_RESULTS_TABLE; do
	exits 64 env -u $name vidqc-router </dev/null
	like "$(err)" "$name: missing" "without $name"
done
exits 64 env VIDQC_ENDPOINT_S3=127.0.0.1 vidqc-router </dev/null
like "$(err)" 'endpoint 127.0.0.1: expected' 'an endpoint that is none'
exits 64 vidqc-router events.json
like "$(err)" 'events come on standard input' 'operands are refused'
exits 64 vidqc-router --frobnicate
exits 0 vidqc-router --help
like "$(out)" '^usage: vidqc-router' 'help'
exits 0 vidqc-router --version
exits 74 bash -c 'vidqc-router >/dev/full' < <(api GET /x)
exits 74 vidqc-router </
done_testing
