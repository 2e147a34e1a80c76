# metadata: a block a frame with lavfi.vidqc.* keys, as FFmpeg's metadata=print has them
include "common";

def pair($key; $value): if $value == null then empty else "lavfi.vidqc.\($key)=\($value | tostring | flat)\n" end;
def places: map(tostring) | join(",");
def padded($n): . + " " * ([0, $n - length] | max) // .;
# FFmpeg's line, in microseconds; NOPTS is its word for a time that is not known.
def head($frame; $time):
	($time | if . == null then "NOPTS" else . * 1000000 | round | tostring end) as $pts
	| "frame:\($frame | tostring | padded(4)) pts:\($pts | padded(7)) pts_time:\($time // "NOPTS")\n";

# The defect's strongest event at that frame.
def now($name; $defect; $n):
	([.events[] | select(.category == $defect and .frame_start <= $n and $n <= .frame_end)] | max_by(.severity)) as $e
	| pair($name; $e.severity // 0),
	if $e == null then empty
	else pair("\($name).kind"; $e.kind), pair("\($name).box"; $e.bbox | places),
		pair("\($name).before"; $e.before), pair("\($name).after"; $e.after) end;
def verdict:
	pair("clip_id"; .clip_id), pair("artifact"; if .artifact then 1 else 0 end),
	pair("confidence"; .confidence), pair("category"; .artifact_category);
def body($n; $first):
	if . == null then empty else
		(if $first then verdict else empty end),
		pair("scene"; [.scenes[]?.frame_start <= $n | select(.)] | if . == [] then null else length - 1 end),
		now("text"; "TEXT_INCONSISTENCY"; $n), now("flicker"; "TEMPORAL_FLICKER"; $n)
	end;

# The times that the record tells, by frame.
def told: [(.scenes[]?, .events[]) | {key: (.frame_start | tostring), value: .start}]
	+ [.events[] | {key: (.peak_frame | tostring), value: .peak_time}] | from_entries;
# Every frame of a prediction without moments: the time is told, or follows from a
# constant rate.
def frames:
	. as $p | told as $told
	| (if .media.variable_rate? == false then .media.rate else null end) as $rate
	| range([.coverage.frames? // 0, ((.scenes[]?, .events[]) | .frame_end + 1)] | max) as $n
	| head($n; $told[$n | tostring] // if $rate then $n * $rate[1] / $rate[0] | rounded(6) else null end),
	($p | body($n; $n == 0));
def measures: to_entries[] | select((.value | number) and (.key | IN("frame", "time", "scene") | not)) | pair(.key; .value);
def failed: head(0; null), pair("clip_id"; clip), pair("error"; message), pair("error.code"; .error.code);

# .clip is the prediction that moments belong to, .new whether none came yet.
foreach (lines.record, null) as $r ({};
	if $r.type? == "moment" then
		.out = [head($r.frame; $r.time), (.new as $new | .clip | body($r.frame; $new)), ($r | measures)] | .new = false
	else
		.out = [if .new then .clip | frames else empty end] | .clip = null | .new = false
		| if $r == null then . elif $r | is_error then .out += [$r | failed]
		else .clip = $r | .new = true end
	end;
	.out[])
