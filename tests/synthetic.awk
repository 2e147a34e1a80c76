# Labelled feature records without clips, the same every time:
#	awk -v n=120 -v labels=labels.csv -f tests/synthetic.awk >features.jsonl
# Every fourth clip has a text defect, every third of the others flickers; of the
# features text_a, text_b, flicker_a and flicker_b tell so through noise, the junk
# features do not.  24 sources.

# Park and Miller's generator: exact in double arithmetic.
function uniform() {
	state = (state * 16807) % 2147483647
	return state / 2147483647
}

function noise() {
	return 1.2 * (uniform() + uniform() - 1)
}

function event(category, at) {
	return sprintf("{\"category\":\"%s\",\"kind\":\"k\",\"start\":%.1f,\"end\":%.1f,\"frame_start\":%d,\"frame_end\":%d,\"peak_frame\":%d,\"peak_time\":%.1f,\"bbox\":[10,20,110,60],\"severity\":%.2f,\"notes\":\"h\xc3\xa9 -> ho\"}",
		category, at, at + 1, at * 10, at * 10 + 10, at * 10 + 4, at + 0.4, uniform())
}

function record(i, text, flicker,    has, events, j) {
	has = text || i % 2
	events = text ? event("TEXT_INCONSISTENCY", 1) : ""
	if (flicker || i % 10 == 0)
		events = events (events == "" ? "" : ",") event("TEMPORAL_FLICKER", 2)
	printf "{\"type\":\"features\",\"clip_id\":\"clip%03d\",\"extractor\":{\"version\":\"0.1.0\",\"manifest\":\"none\"},\"features\":{\"has_text_regions\":%d", i, has
	printf ",\"text_a\":%.4f,\"text_b\":%.4f", has * (text + noise()), has * (text + noise())
	printf ",\"flicker_a\":%.4f,\"flicker_b\":%.4f", flicker + noise(), flicker + noise()
	for (j = 0; j < 6; j++)
		printf ",\"junk_%d\":%.4f", j, noise()
	printf "},\"events\":[%s],\"suppressed\":[],\"scenes\":[],\"tracks\":[],\"coverage\":{\"frames\":48},\"photosensitive\":null}\n", events
}

BEGIN {
	state = 20240607
	print "clip_id,path,artifact,artifact_category,source,notes" >labels
	print "{\"type\":\"header\",\"program\":\"synthetic\",\"version\":\"1\"}"
	for (i = 0; i < n; i++) {
		text = i % 4 == 0
		flicker = !text && i % 3 == 0
		category = text ? "TEXT_INCONSISTENCY" : flicker ? "TEMPORAL_FLICKER" : "NONE"
		printf "clip%03d,clip%03d.mp4,%s,%s,source%d,\"a, b\"\n", i, i,
			text || flicker ? "true" : "false", category, (i * 7) % 24 >labels
		record(i, text, flicker)
	}
	printf "{\"type\":\"end\",\"records\":%d}\n", n
}
