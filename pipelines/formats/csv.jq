# csv: one row a clip (RFC 4180), its strongest event in columns of its own
include "common";

# Spreadsheets run what begins like a formula; an apostrophe makes it text.
def inert: if test("^[=+\\-@\t\r\n＝＋－＠]") then "'" + . else . end;
def cell:
	if . == null then ""
	elif type == "string" then
		plain | inert | if test("[\",\r\n]") then "\"" + gsub("\""; "\"\"") + "\"" else . end
	else tostring
	end;
def line: join(",") + "\r\n";

def fields:
	.events[0]? as $e
	| ["clip_id", .clip_id], ["path", .path], ["artifact", .artifact], ["confidence", .confidence],
	["artifact_category", .artifact_category],
	["p_none", .class_probabilities.NONE],
	["p_text_inconsistency", .class_probabilities.TEXT_INCONSISTENCY],
	["p_temporal_flicker", .class_probabilities.TEMPORAL_FLICKER],
	["text_inconsistency", .defects.TEXT_INCONSISTENCY],
	["temporal_flicker", .defects.TEMPORAL_FLICKER],
	["events", if is_error then null else .events | length end],
	["event_category", $e.category], ["event_kind", $e.kind],
	["event_start", $e.start], ["event_end", $e.end],
	["event_peak_time", $e.peak_time], ["event_peak_frame", $e.peak_frame],
	["event_x1", $e.bbox[0]], ["event_y1", $e.bbox[1]], ["event_x2", $e.bbox[2]], ["event_y2", $e.bbox[3]],
	["event_severity", $e.severity], ["event_before", $e.before], ["event_after", $e.after],
	["notes", .evidence.notes],
	["suppressed", if is_error then null else .suppressed // [] | length end],
	["width", .media.width], ["height", .media.height], ["duration_sec", .media.duration_sec],
	["frames", .coverage.frames], ["frames_judged", .coverage.judged],
	["frames_text", .coverage.text_frames], ["frames_damaged", .coverage.frames_damaged],
	["cut_short_at_sec", .coverage.cut_short.limit_sec?],
	["model", .model.version], ["vidqc", .vidqc.version],
	["error_code", .error.code], ["error", if is_error then message else null end];

({} | [fields[0]] | line), (records | [fields[1] | cell] | line)
