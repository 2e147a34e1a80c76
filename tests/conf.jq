# The table of vidqc.conf(5) in mdoc, from `vidqc-config --table`:
#	vidqc-config --table | jq -rf tests/conf.jq
def range: "\(.min) to \(.max)";
def kind:
	if .value == "REAL" then "number from " + range
	elif .value == "INT" then "integer from " + range
	elif .value == "STR" then "string of " + range + " characters"
	elif .value == "GRID" then "[columns,rows], each " + range
	else "one of " + (.help | split(":")[0] | split("|") | join(", "))
	end;
".It Va \(.key)",
"\(kind), default \(.default | if type == "string" then . else tojson end):",
(if .value == "CHOICE" then .help | sub("^[^:]*: *"; "") else .help end)
