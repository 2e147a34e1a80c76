# markdown: a summary: a table of what is flagged or failed, and the names of the rest
include "common";

# Whatever a name or a reading holds, it is no markup, no link and nobody's @name: inside
# code nothing is, and what could end it is a character reference.
def code:
	flat | if . == "" then "" else
		"<code>" + gsub("(?<c>[^A-Za-z0-9 ,/()-])"; .c | if . < "\u0080" then "&#\(explode[0]);" else . end) + "</code>" end;
def reading: if . == "" then "nothing" else code end;
def row: "| " + join(" | ") + " |\n";

def event:
	"\(.start | fixed(2)) to \(.end | fixed(2)) s at \(.bbox | map(tostring) | join(",")): \(.kind // "?")"
	+ (if .before? != null and .after? != null then ", " + (.before | reading) + " becomes " + (.after | reading) else "" end);
def verdict: if is_error then "**error**" else [("TEXT_INCONSISTENCY", "TEMPORAL_FLICKER") as $d
	| select(counts($d)) | $d | category_words] | join(", ") end;
def what:
	if is_error then message | code
	elif .events == [] then .evidence.notes // "" | code
	else (.events[:3] | map(event) | join("<br>"))
		+ if .events | length > 3 then "<br>and \(.events | length - 3) more" else "" end
	end;

def plural($n; $word): "\($n) \($word)\(if $n == 1 then "" else "s" end)";

reduce records as $r ({clips: 0, flagged: 0, errors: 0, rows: [], clean: []};
	.clips += 1
	| if $r | is_error then .errors += 1 elif $r.artifact then .flagged += 1 else . end
	| if ($r | is_error) or $r.artifact then
		.rows += [$r | [(clip | code), verdict, (.confidence // null | if . then fixed(2) else "" end), what] | row]
	else .clean += [$r | clip | code] end)
| "### vidqc: \(.flagged) of \(plural(.clips; "clip")) flagged"
	+ (if .errors > 0 then ", \(.errors) could not be judged" else "" end) + "\n",
(select(.rows != []) | "\n| clip | verdict | P | when, where, what |\n| --- | --- | --- | --- |\n", .rows[]),
(select(.clean != []) | "\n<details><summary>\(plural(.clean | length; "clip")) without a finding</summary>\n\n\(.clean | join(" "))\n\n</details>\n")
