# The worker's records: SQS messages in, DynamoDB updates, log lines and metrics out.

# What a client or an operator may read: one line of printable text.
def plain: tostring | gsub("[[:cntrl:]]"; "?") | .[0:500];

def is_job_id: type == "string" and test("\\A[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\\z");

# A key of S3 that cannot be taken for another one on its way there.
def is_key:
	type == "string" and utf8bytelength >= 1 and utf8bytelength <= 1024
	and (test("[[:cntrl:]]") | not)
	and (split("/") | all(. != "." and . != ".."));

# A part of an address as its signature has it; @uri of jq 1.6 leaves more as it is.
def encoded:
	@uri | gsub("!"; "%21") | gsub("\\x27"; "%27") | gsub("\\("; "%28") | gsub("\\)"; "%29") | gsub("\\*"; "%2A");

# What is wrong with a message's body, or null.
def fault($buckets):
	if type != "object" then "the message is no JSON object"
	else
		(keys_unsorted - ["job_id", "s3_key", "s3_bucket", "config_overrides"]) as $unknown
		| if $unknown != [] then "unknown field \($unknown[0] | plain)"
		elif (.job_id | is_job_id | not) then "job_id is no lower-case UUID"
		elif (.s3_key | is_key | not) then "s3_key is no key of an object"
		elif has("s3_bucket") and (.s3_bucket as $b | $buckets | index([$b]) | not) then
			"s3_bucket is not among the allowed buckets"
		elif has("config_overrides") and (.config_overrides | type != "object") then
			"config_overrides is no object"
		else null end
	end;

# Three lines for each message: its fields, separated by tabs ("-" is none), the job, and what
# is to be fetched for it: bucket, key, overrides.
# The first of $buckets is that of the clips.  The owner is another one each time.
def jobs($buckets; $worker):
	.Messages[]?
	| . as $m
	| ($m.Body | try fromjson catch null) as $body
	| ($body | fault($buckets)) as $fault
	| (if $body | type == "object" then $body.job_id else null end) as $id
	| ($body.s3_bucket? // $buckets[0]) as $bucket
	| ([$m.MessageId, $m.ReceiptHandle, $m.Attributes.ApproximateReceiveCount // "1",
		(if $id | is_job_id then $id else "-" end), $fault // "-"] | join("\t")),
	({job_id: $id, owner: null, sent: ($m.Attributes.SentTimestamp // "0" | tonumber / 1000),
		received: now}
	+ if $fault then {} else {
		owner: "\($worker)/\($m.MessageId)/\($m.Attributes.ApproximateReceiveCount)",
		s3_bucket: $bucket, s3_key: $body.s3_key} end | tojson),
	(if $fault then "-"
	else [$bucket, $body.s3_key, ($body.config_overrides // {} | tojson)] | join("\t") end);

# The outcome of a dead letter.
def dead_job($fault):
	{job_id: (.Body | fromjson | .job_id), received: now,
		sent: (.Attributes.SentTimestamp // "0" | tonumber / 1000), status: "failed",
		error: (if $fault != "-" then {code: "malformed_message", message: $fault}
		else {code: "dead_letter", message: "given up: every worker that began this job was lost"} end)};

# Errors for which a message is deleted.
def is_final: IN("bad_clip", "bad_config", "missing_object", "too_large");

# What to do with a dead letter, from the answers of get-item for its job: fail, keep, delete
# it, send it again, or wait, as somebody may be at it.
def dead_verdict($before; $tries; $fault):
	(.[0].Item // {}) as $item
	| ($item.attempt.N // "0" | tonumber) as $attempts
	| if $item.status.S? == "completed" or ($item.error.M.code.S? // "" | is_final) then "delete"
	elif $item.status.S? == "failed" then "keep"
	elif $item.started_at and ($item.started_at.S | fromdate) >= $before then "wait"
	elif $fault != "-" or $attempts >= $tries then "fail"
	else "again" end;

# ---- DynamoDB ----

def iso: . | todate;

# A job that has ended is never changed again.
def unfinished: "attribute_not_exists(#status) OR NOT #status IN (:completed, :failed)";

def unfinished_values: {":completed": {S: "completed"}, ":failed": {S: "failed"}};

def names: map({("#" + .): .}) | add;

# Values that an item without them gets: created now, kept for 90 days.
def birth($now): {":now": {S: ($now | iso)}, ":expires": {N: ($now | floor + 90 * 86400 | tostring)}};

# What write_items makes of updates, one a line: when they are several, first all of them as a
# transaction, which is made once however often it is sent with the same token.
def requests($token):
	(if length > 1 then {ClientRequestToken: $token, TransactItems: map({Update: .})} else empty end),
	.[];

# A job of the queue becomes ours, and its attempts are one more, once.
def claim($table; $now):
	{
		TableName: $table,
		Key: {job_id: {S: .job_id}},
		UpdateExpression: ("SET #status = :processing, #owner = :owner, #started_at = :now"
			+ ", #attempt = if_not_exists(#attempt, :zero) + :one"
			+ ", #created_at = if_not_exists(#created_at, :now)"
			+ ", #expires_at = if_not_exists(#expires_at, :expires)"
			+ ", #s3_bucket = if_not_exists(#s3_bucket, :bucket)"
			+ ", #s3_key = if_not_exists(#s3_key, :key)"),
		ConditionExpression: "(\(unfinished)) AND (attribute_not_exists(#owner) OR NOT #owner = :owner)",
		ExpressionAttributeNames: (["status", "owner", "started_at", "attempt", "created_at",
			"expires_at", "s3_bucket", "s3_key"] | names),
		ExpressionAttributeValues: (unfinished_values + birth($now) + {
			":processing": {S: "processing"}, ":owner": {S: .owner}, ":zero": {N: "0"},
			":one": {N: "1"}, ":bucket": {S: .s3_bucket}, ":key": {S: .s3_key}})
	};

# The end of a job.  One that was claimed must still be ours.  One that never could be (a
# malformed message, a dead letter) must not have ended, nor have begun after $before.
def finish($table; $now; $before):
	. as $job
	| (if .status == "completed" then {name: "prediction", value: {S: .prediction}}
	else {name: "error", value: {M: {code: {S: .error.code}, message: {S: .error.message}}}}
	end) as $what
	| {
		TableName: $table,
		Key: {job_id: {S: .job_id}},
		UpdateExpression: ("SET #status = :status, #completed_at = :now"
			+ ", #created_at = if_not_exists(#created_at, :now)"
			+ ", #expires_at = if_not_exists(#expires_at, :expires)"
			+ ", #\($what.name) = :what"),
		ConditionExpression: "#owner = :owner AND #status = :processing",
		ExpressionAttributeNames: (["status", "completed_at", "created_at", "expires_at",
			"owner", $what.name] | names),
		ExpressionAttributeValues: (birth($now) + {":status": {S: .status}, ":what": $what.value,
			":owner": {S: .owner}, ":processing": {S: "processing"}})
	}
	| if $job.owner == null then
		.ConditionExpression = "(\(unfinished)) AND "
			+ "(attribute_not_exists(#started_at) OR #started_at < :before)"
		| .ExpressionAttributeNames |= (del(."#owner") + (["started_at"] | names))
		| .ExpressionAttributeValues |= (del(.[":owner", ":processing"])
			+ unfinished_values + {":before": {S: ($before | iso)}})
	else . end;

# An item has at most 400 KB: a prediction that is too large loses what matters least.
def small: tojson | utf8bytelength <= 300000;

def strongest($n):
	(.events | to_entries | sort_by(-.value.severity) | .[:$n] | sort_by(.key) | map(.value)) as $kept
	| .events = $kept;

def fit:
	if small then .
	else
		(.truncated = true | del(.suppressed))
		| if small then . else del(.scenes) end
		| if small then . else strongest(100) end
		| if small then . else strongest(0) end
	end;

# A job that has a prediction, as judge_job leaves it, with its outcome.
def outcome:
	if .made then .job + {status: "completed", prediction: (.made | fit | tojson), stages} else . end;

# What has become of an update whose condition failed, from the item as it is; ok when the
# update was made, and only its answer was lost.
def verdict($values):
	($values[":owner"].S // "none") as $owner
	| ($values | .[":status"].S // .[":processing"].S) as $status
	| (.Item.status.S? // "") as $is
	| if .Item.owner.S? == $owner and $is == $status then "ok"
	elif $is | IN("completed", "failed") then "finished"
	else "stale" end;

# ---- log and metrics ----

# One line of log; the words are names and values in turn.
def event($level; $words; $now):
	{time: ($now | iso), level: $level, service: "worker"}
	+ ([range(0; $words | length; 2) as $i | {($words[$i]): $words[$i + 1]}] | add // {})
	| with_entries(select(.key | IN("workers", "jobs", "receives", "failures")) |= (.value |= tonumber));

def embedded($dimensions; $metrics; $now):
	{_aws: {Timestamp: ($now * 1000 | floor), CloudWatchMetrics: [{
		Namespace: "vidqc", Dimensions: [$dimensions], Metrics: $metrics}]}, Service: "worker"};

# A line of note's: level, event, names and values.
def noted: split("\t") as [$level] | event($level; ["event"] + split("\t")[1:]; now);

def unit($names; $unit): $names | map({Name: ., Unit: $unit});

# The metrics of one job that has ended, in CloudWatch's embedded format: itself, and each of
# its stages.
def metrics($now):
	(if .status == "completed" then .prediction | fromjson | [.scenes[]?.end] | max // 0
	else 0 end) as $seconds
	| . as $job
	| embedded(["Service"]; unit(["Jobs", "Succeeded", "Failed"]; "Count")
		+ unit(["LatencySeconds", "QueueAgeSeconds", "ClipSeconds"]; "Seconds"); $now)
	+ {job_id, Jobs: 1, Succeeded: (if .status == "completed" then 1 else 0 end),
		Failed: (if .status == "failed" then 1 else 0 end), LatencySeconds: ($now - .sent),
		QueueAgeSeconds: (.received - .sent), ClipSeconds: $seconds},
	(.stages // {} | to_entries[] | embedded(["Service", "Stage"]; unit(["StageSeconds"]; "Seconds"); $now)
		+ {job_id: $job.job_id, Stage: .key, StageSeconds: .value});

# The same for the log, as a line of note's.
def ended:
	["info", "finished", "job_id", .job_id, "status", .status]
	+ if .error then ["code", .error.code, "message", (.error.message | plain)] else [] end
	| join("\t");
