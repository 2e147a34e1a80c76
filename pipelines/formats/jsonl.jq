# jsonl: the records as they came, or with boxes as shares of the picture
include "common";

lines | (if $bbox == "norm" then .record | tojson else .line end), "\n"
