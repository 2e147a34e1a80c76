# vidqc: see README.md.  Objects and programs live in $(B).
B       ?= build
PREFIX  ?= /usr/local
DESTDIR ?=
CC      ?= cc
CFLAGS  ?= -O2 -g
SHELL   := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:

WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wconversion -Wvla
ALL_CFLAGS = -std=c11 -D_GNU_SOURCE $(WARN) $(CFLAGS) -MMD -MP

# ---- programs: the library modules each one links, and the outside libraries -----------
BASE := err num record config
IMG  := frame y4m image

vidqc-frames_MODS   := $(BASE) $(IMG) decode sampler
vidqc-frames_PKGS   := libavformat libavcodec libswscale libavutil jansson

vidqc-ocr_MODS      := $(BASE) $(IMG) motion textfind texttrack ocr
vidqc-ocr_PKGS      := tesseract lept jansson
vidqc-ocr_LIBS      := -lgomp -lpthread

vidqc-features_MODS := $(BASE) $(IMG) motion scene temporal textfeat manifest pump
vidqc-features_PKGS := jansson

vidqc-classify_MODS := $(BASE) manifest model verdict
vidqc-classify_PKGS := jansson
vidqc-classify_LIBS := -lxgboost

vidqc-train_MODS    := $(BASE) manifest model labels validate
vidqc-train_PKGS    := jansson
vidqc-train_LIBS    := -lxgboost

PROGRAMS := vidqc-frames vidqc-ocr vidqc-features vidqc-classify vidqc-train

# Flags of the modules that see an outside library.
PKG_decode  := libavformat libavcodec libswscale libavutil
PKG_ocr     := tesseract lept
PKG_textfind := lept

# ---------------------------------------------------------------------------------------
BIN := $(PROGRAMS:%=$(B)/bin/%)

.PHONY: all
all: $(BIN)

pkg_cflags = $(if $(1),$(shell pkg-config --cflags $(1)))
pkg_libs   = $(if $(1),$(shell pkg-config --libs $(1)))

$(B)/lib/%.o: lib/%.c | $(B)/lib
	$(CC) $(ALL_CFLAGS) $(call pkg_cflags,$(PKG_$*)) -c -o $@ $<
$(B)/cmd/%.o: cmd/%.c | $(B)/cmd
	$(CC) $(ALL_CFLAGS) -c -o $@ $<

define program
$(B)/bin/$(1): $(B)/cmd/$(1).o $(B)/cmd/cli.o $($(1)_MODS:%=$(B)/lib/%.o) | $(B)/bin
	$$(CC) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$^ $$(call pkg_libs,$($(1)_PKGS)) $($(1)_LIBS) -lm
endef
$(foreach p,$(PROGRAMS),$(eval $(call program,$(p))))

$(B)/lib $(B)/cmd $(B)/bin:
	mkdir -p $@

.PHONY: clean
clean:
	rm -rf $(B)

-include $(wildcard $(B)/lib/*.d $(B)/cmd/*.d)
