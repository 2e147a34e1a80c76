# What all formats share.  A format is a jq program in this folder, run with -n, -R and -j:
# it reads lines with records or all, and prints its text.  $name is the input's name, for
# messages, $bbox is "norm" when boxes are wanted as shares of the picture.

def fail($message):
	"vidqc: format: \($name): \(if input_line_number > 0 then "line \(input_line_number): " else "" end)\($message)\n"
	| halt_error(65);

def number: type == "number";
def time: number and . >= 0;
def box: type == "array" and length == 4 and all(.[]; number);

# What the formats rely on, beyond what they pass on as it is.
def sound_event:
	(.category | type) == "string" and ([.start, .end, .peak_time] | all(time))
	and ([.frame_start, .frame_end, .peak_frame] | all(number)) and (.bbox | box) and (.severity | number);
def sound:
	(.clip_id | type) == "string" and (.artifact | type) == "boolean"
	and (.artifact_category | IN("NONE", "TEXT_INCONSISTENCY", "TEMPORAL_FLICKER"))
	and (.artifact == (.artifact_category != "NONE")) and (.confidence | number)
	and ([.class_probabilities, .defects]
		| all(type == "object" and (.TEXT_INCONSISTENCY | number) and (.TEMPORAL_FLICKER | number)))
	and (.events | type) == "array" and all(.events[]; sound_event)
	and (.evidence == null or (.evidence | type) == "object");

def is_error: (.error | type) == "object";
def checked:
	if type != "object" then fail("no JSON object; records are one a line")
	elif is_error then
		if (.clip_id // "" | type) == "string" then . else fail("an error record without a clip_id") end
	elif .type == "prediction" then if sound then . else fail("a broken prediction") end
	elif .type == "moment" then
		if (.frame | number) and (.time | time) then . else fail("a broken moment") end
	else fail("no prediction, but a record of type \(.type | tojson | .[:40])") end;

# The clip's name of an error record that has only a path.
def clip: .clip_id // .path // "";
def message: .error.message // "" | tostring;

# ---- boxes

def rounded($digits): . * pow(10; $digits) | round / pow(10; $digits);
def share: [0, ([1, .] | min)] | max | rounded(6);
def shares($w; $h): [.[0] / $w, .[1] / $h, .[2] / $w, .[3] / $h] | map(share);
# Boxes as shares of the picture's sides; the record says that they are.
def normed:
	if .type != "prediction" or .bbox_unit == "norm" then .
	elif ([.media.width?, .media.height?] | all(number and . > 0) | not) then
		fail("clip \(.clip_id): its size is not known, so its boxes cannot be shares of it")
	else
		.media.width as $w | .media.height as $h
		| .bbox_unit = "norm"
		| if .evidence == null then . else .evidence.bounding_boxes |= map(shares($w; $h)) end
		| (.events, .suppressed // []) |= map(if has("bbox") then .bbox |= shares($w; $h) else . end)
	end;

# ---- records

# Every line that is not blank, as {line, record}; nothing at all is an error, for nothing
# was measured.
def lines:
	foreach (inputs, null) as $line ({n: 0};
		if $line == null then
			if .n == 0 then fail("no record: nothing was measured") else .out = null end
		elif $line | test("^[ \t\r]*$") then .out = null
		else .n += 1 | .out = {$line, record:
			($line | (try fromjson catch fail("no JSON; records are one a line"))
				| checked | if $bbox == "norm" then normed else . end)}
		end;
		.out // empty);

# Predictions and errors.
def records: lines.record | select(.type != "moment");

# ---- text from outside

# Without the control characters that no text format takes.
def plain: gsub("[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffe\uffff]"; "\ufffd");
# On one line.
def flat: plain | gsub("[\t\n\r\u0085\u2028\u2029]+"; " ");

def category_words: {TEXT_INCONSISTENCY: "text", TEMPORAL_FLICKER: "flicker"}[.] // .;
# The defects that a verdict counts: its category, and the other one when it is likelier
# than not.
def counts($defect): .artifact and (.artifact_category == $defect or .defects[$defect] >= 0.5);
def fixed($digits): rounded($digits) | tostring
	| if test("[eE]") then . else
		(split(".") | .[0] + "." + ((.[1] // "") + "000000")[:$digits])
	end;
def quoted: if . == "" then "nothing" else "\"\(.)\"" end;
# "OPEN" becomes "OPFN"
def change: if .before? != null and .after? != null and .before != .after
	then "\(.before | quoted) becomes \(.after | quoted)" else empty end;
