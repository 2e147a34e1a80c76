# The selftest record, of the judged cases.
def classes: ["NONE", "TEXT_INCONSISTENCY", "TEMPORAL_FLICKER"];
def median: sort | .[length / 2 | floor];

. as $all
| $manifest[0].selftest as $before
| map(select(.class != .judged) | {name, kind, scene, class, judged, confidence}) as $wrong
| (length - ($wrong | length)) as $right
| {
	type: "selftest", seed: $seed, clips: length, right: $right,
	expected: ($before.right // null),
	passed: ($before != null and $before.seed == $seed and $before.clips == length and $right >= $before.right),
	confusion: [classes[] as $c | {class: $c,
		judged: ([classes[] as $j | {key: $j, value: ([$all[] | select(.class == $c and .judged == $j)] | length)}] | from_entries)}],
	wrong: $wrong,
	worse: [$wrong[] | select(.name as $n | $before != null and ($before.wrong | index($n) | not)) | .name],
	model: .[0].model, vidqc: .[0].vidqc,
	timing: {seconds: ($ended - $begin | . * 10 | round / 10), median_seconds: (map(.seconds) | median)}
}
