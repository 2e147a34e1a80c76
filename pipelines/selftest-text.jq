# The selftest record for people.
def pad($n): tostring | . + " " * ([$n - length, 0] | max);
def left($n): tostring | " " * ([$n - length, 0] | max) + .;

"vidqc \(.vidqc.version), model \(.model.version) (SHA-256 \(.model.sha256[:16])...)",
"",
("" | pad(20)) + ("judged NONE" | left(12)) + ("TEXT" | left(8)) + ("FLICKER" | left(9)),
(.confusion[] | (.class | pad(20)) + (.judged.NONE | left(12)) + (.judged.TEXT_INCONSISTENCY | left(8))
	+ (.judged.TEMPORAL_FLICKER | left(9))),
"",
(select(.wrong != []) | "wrong:"),
(.wrong[] | "  \(.kind | pad(16))\(.scene | pad(8))\(.class) judged \(.judged)"),
"",
"\(.right) of \(.clips) verdicts are right"
	+ (if .expected == null then "" else "; the manifest says \(.expected)" end),
(select(.worse != [] and .passed == false and .expected != null) | "not wrong in the manifest: " + (.worse | join(", "))),
"\(.timing.seconds) s in all, \(.timing.median_seconds) s a clip (median)"
