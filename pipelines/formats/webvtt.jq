# webvtt: the events of one clip as subtitles, for players
include "common";

def escaped: flat | gsub("&"; "&amp;") | gsub("<"; "&lt;") | gsub(">"; "&gt;");
def two: tostring | ("0" * (2 - length) // "") + .;
# Milliseconds as 00:00:01.250.
def clock:
	"\(. / 3600000 | floor | two):\(. / 60000 | floor % 60 | two):\(. / 1000 | floor % 60 | two)."
	+ (. % 1000 + 1000 | tostring | .[1:]);
def ms: . * 1000 | round;

# A clip that is flagged as a whole has no event, but evidence for all of its length.
def cues:
	if .events != [] then .events | sort_by(.start, .end)[]
		| {start: .start, stop: .end, text: ("\(.category | category_words): \(.kind // "?"), severity \(.severity | fixed(2))"
			+ ([change] | map(", " + .) | join("")))}
	elif .artifact then {start: 0, stop: ([.scenes[]?.end, .media.duration_sec? // 0, .001] | max), text: .evidence.notes}
	else empty
	end;
# A cue ends after it begins, if only for a moment.
def cue: (.start | ms) as $start
	| "\n\($start | clock) --> \([(.stop | ms), $start + 1] | max | clock)\n\(.text | escaped)\n";

foreach records as $r (null;
	if $r | is_error then fail("clip \($r | clip | flat): not judged: \($r | message | flat)")
	elif . != null then fail("a second clip; WebVTT is for one: pick it with jq")
	else $r end)
| "WEBVTT\n\nNOTE\nvidqc: \(.clip_id | escaped): \(.artifact_category), P \(.confidence | fixed(2))\n", (cues | cue)
