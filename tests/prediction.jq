# What is wrong with predictions, a line each; nothing when they are as
# vidqc-streams(5) says; faults of tests/lib.sh calls it.
#	jq -r --argjson threshold 0.7 -f tests/prediction.jq predictions.jsonl
def near($a; $b): ($a - $b) | fabs < 0.000003;
def probability: type == "number" and . >= 0 and . <= 1;
def box: type == "array" and length == 4 and all(.[]; type == "number" and . >= 0)
	and .[0] < .[2] and .[1] < .[3];
def moment: type == "number" and . >= 0;
def frame: moment and . == floor;
def defect: IN("TEXT_INCONSISTENCY", "TEMPORAL_FLICKER");

def keys_in_order: ["type", "schema_version", "clip_id", "artifact", "confidence",
	"artifact_category", "class_probabilities", "evidence", "events", "explanation", "defects",
	"suppressed", "media", "coverage", "scenes", "photosensitive", "model", "vidqc"];

def event_faults:
	(select((.category | defect | not)) | "category \(.category)"),
	(select((.kind | type) != "string") | "kind"),
	(select([.start, .end, .peak_time] | all(moment) | not) | "times"),
	(select(.start > .peak_time or .peak_time > .end) | "peak outside of \(.start) to \(.end)"),
	(select([.frame_start, .frame_end, .peak_frame] | all(frame) | not) | "frames"),
	(select(.frame_start > .peak_frame or .peak_frame > .frame_end) | "peak frame outside"),
	(select(.bbox | box | not) | "bbox \(.bbox)"),
	(select(.severity | probability | not) | "severity \(.severity)");

def evidence_faults:
	(select([.timestamps, .bounding_boxes, .frames] | all(type == "array") | not) | "no arrays"),
	(select((.timestamps | length) != (.bounding_boxes | length)
		or (.timestamps | length) != (.frames | length)) | "arrays of unequal length"),
	(select(all(.timestamps[]; moment) | not) | "timestamps"),
	(select(all(.frames[]; frame) | not) | "frames"),
	(select(all(.bounding_boxes[]; box) | not) | "bounding_boxes"),
	(select((.notes | type) != "string" or .notes == "") | "notes");

def faults:
	(select(keys_unsorted - ["timing"] != keys_in_order)
		| "fields \(keys_unsorted - ["timing"] | join(","))"),
	(select(has("timing") and keys_unsorted[-1] != "timing") | "timing is not last"),
	(select(.type != "prediction" or .schema_version != 1) | "type or schema_version"),
	(select((.clip_id | type) != "string" or .clip_id == "") | "clip_id"),
	(select((.artifact | type) != "boolean") | "artifact"),
	(select(.class_probabilities | keys_unsorted
		!= ["NONE", "TEXT_INCONSISTENCY", "TEMPORAL_FLICKER"]) | "class_probabilities"),
	(select(all(.class_probabilities[], .defects[], .confidence; probability) | not)
		| "a probability is none"),
	(select(near(.class_probabilities | add; 1) | not) | "class_probabilities do not add up to 1"),
	(select(near(.confidence; 1 - .class_probabilities.NONE) | not) | "confidence"),
	(select(.artifact != (.class_probabilities.NONE < $threshold)) | "artifact against P(NONE)"),
	(select(.artifact == (.artifact_category == "NONE")) | "artifact against artifact_category"),
	(select(.artifact and (.artifact_category | defect | not)) | "artifact_category"),
	(select(.artifact == (.evidence == null)) | "artifact against evidence"),
	(select((.artifact | not) and .events != []) | "events without an artifact"),
	(select(.coverage.text_regions? == 0 and .artifact_category == "TEXT_INCONSISTENCY")
		| "text changes in a clip without text"),
	(select(.defects | keys_unsorted != ["TEXT_INCONSISTENCY", "TEMPORAL_FLICKER"]) | "defects"),
	(.evidence | select(. != null) | evidence_faults | "evidence: " + .),
	(.events | to_entries[] | .key as $i | .value | event_faults | "events[\($i)]: " + .),
	(.explanation[] | select((.feature | type) != "string" or ([.value, .contribution]
		| all(type == "number") | not) or (.class | type) != "string") | "explanation"),
	(.suppressed[] | select((.category | defect | not) or (.reason | type) != "string")
		| "suppressed: category or reason"),
	(select((.coverage | type) != "object" or (.scenes | type) != "array") | "coverage, scenes"),
	(select([.media.width, .media.height] | all(. == null or . >= 1) | not) | "media: size"),
	(.scenes[] | select((.start | moment | not) or .end < .start) | "scenes: times"),
	(select(.model.sha256 | test("^[0-9a-f]{64}$") | not) | "model.sha256"),
	(select((.vidqc.version | type) != "string") | "vidqc.version");

"\(.clip_id): \(faults)"
