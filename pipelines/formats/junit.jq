# junit: XML with one test case a clip and category, for the test pages of CI systems
include "common";

def defects: "TEXT_INCONSISTENCY", "TEMPORAL_FLICKER";

def escaped: plain | gsub("&"; "&amp;") | gsub("<"; "&lt;") | gsub(">"; "&gt;") | gsub("\r"; "&#13;");
# A reader would take a line break in an attribute for a space.
def attribute: escaped | gsub("\""; "&quot;") | gsub("\t"; "&#9;") | gsub("\n"; "&#10;");

def event:
	"\(.start | fixed(2)) to \(.end | fixed(2)) s, frames \(.frame_start) to \(.frame_end),"
	+ " strongest at \(.peak_time | fixed(2)) s, at [\(.bbox | map(tostring) | join(", "))]:"
	+ " \(.kind // "?"), severity \(.severity | fixed(2))"
	+ ([change, .notes // empty] | map("; " + .) | join("")) + "\n";
# P of the defect, its events, and the notes when there is none.
def evidence($defect):
	[.events[] | select(.category == $defect) | event] as $events
	| "\($defect) with probability \(.defects[$defect] | fixed(2))\n"
	+ if $events == [] then (.evidence.notes // "") + "\n" else $events | join("") end;

# What is inside a test case; nothing when it passed.
def outcome($defect):
	if is_error then
		"<error type=\"\(.error.code // "" | tostring | attribute)\" message=\"\(message | attribute)\"/>"
	elif counts($defect) then
		"<failure type=\"\($defect)\" message=\"\(.evidence.notes // "" | attribute)\">\(evidence($defect) | escaped)</failure>"
	elif $defect == "TEXT_INCONSISTENCY" and .coverage.text_frames? == null then
		"<skipped message=\"no text records were given: text was not looked at\"/>"
	else empty
	end;

def testcase($defect):
	"<testcase classname=\"\(clip | attribute)\" name=\"\($defect)\""
	+ ([outcome($defect)] | if . == [] then "/>\n" else ">\(.[0])</testcase>\n" end);
def suite:
	[outcome(defects)] as $outcomes
	| def count($tag): [$outcomes[] | select(startswith("<" + $tag))] | length;
	"<testsuite name=\"\(clip | attribute)\" tests=\"2\" failures=\"\(count("failure"))\""
	+ " errors=\"\(count("error"))\" skipped=\"\(count("skipped"))\">\n"
	+ ([testcase(defects)] | join("")) + "</testsuite>\n";

"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"vidqc\">\n",
(records | suite),
"</testsuites>\n"
