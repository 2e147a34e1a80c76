# Clips in parallel, for vidqc-batch(1); and by itself:
#
#	make -f .../libexec/vidqc/batch.mk -j4 CLIPS=clips OUTPUT=predictions.jsonl
#
# CLIPS is what vidqc batch takes for --input, BATCH more of its options.
CLIPS  ?=
OUTPUT ?= predictions.jsonl
BATCH  ?=
SHELL  := /bin/bash
export CLIPS OUTPUT
export BATCH_MK := $(strip $(MAKEFILE_LIST))

# The number of jobs as make was given it: one without -j, one a processor with a bare -j.
jobs = $(firstword $(patsubst -j%,%,$(filter -j%,$(MAKEFLAGS))) $(if $(filter -j,$(MAKEFLAGS)),,1))

.PHONY: all judge
all:
	@"$$(dirname -- "$$BATCH_MK")/../../bin/vidqc" batch --input "$$CLIPS" --output "$$OUTPUT" \
		$(addprefix --workers=,$(jobs)) $(BATCH)

# make cannot handle the names that clips may have, so that it only sees what their
# features are called in the cache, which is the folder that it runs in: a hash of all that
# they depend on.  One that is there is up to date.  They appear by rename, and whole.
KEYS     := $(if $(VQ_TODO),$(shell cat "$$VQ_TODO/keys"))
FEATURES := $(KEYS:%=%.jsonl)
.PRECIOUS: $(FEATURES)
judge: $(FEATURES)
$(FEATURES): %.jsonl:
	@bash "$$VQ_COMMANDS/batch-clip.sh" $*
