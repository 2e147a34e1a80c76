# A prediction for a reader.
def two: . * 100 | round / 100;
def place: map(round) | "[\(join(","))]";
def quote: if . == "" then "nothing" else "\"\(.)\"" end;
def change: if .before != null and .after != null then ": \(.before | quote) becomes \(.after | quote)" else "" end;

"\(.clip_id): \(if .artifact then .artifact_category else "nothing found" end)"
	+ " (P of a defect \(.confidence | two); text \(.defects.TEXT_INCONSISTENCY | two),"
	+ " flicker \(.defects.TEMPORAL_FLICKER | two))",
(.events[:5][] | "  \(.start | two) to \(.end | two) s, at \(.bbox | place): \(.kind)\(change)"),
(select(.artifact and .events == []) | "  \(.evidence.notes)"),
(.explanation[:3][] | "  \(if .contribution > 0 then "for" else "against" end)"
	+ " \(.class): \(.feature) = \(.value | two)\(if .meaning then ", \(.meaning | sub(";.*"; ""))" else "" end)"),
"  looked at \(.coverage.frames) frames, \(.coverage.text_frames // 0) of them for text"
