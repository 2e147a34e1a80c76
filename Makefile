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

vidqc-config_MODS   := $(BASE)

PROGRAMS := vidqc-frames vidqc-ocr vidqc-features vidqc-classify vidqc-train vidqc-config

# Flags of the modules that see an outside library; a program or test that has the
# module links it.
PKG_record   := jansson
PKG_config   := jansson
PKG_decode   := libavformat libavcodec libswscale libavutil
PKG_ocr      := tesseract lept
PKG_textfind := lept
LIB_model    := -lxgboost

# ---- unit tests: tests/unit/NAME.c with the library modules it needs --------------------
T_err_MODS    := err
T_num_MODS    := num
T_record_MODS := $(BASE)
T_config_MODS := $(BASE)
T_pump_MODS   := pump y4m frame $(BASE)
T_image_MODS  := image err
T_motion_MODS := motion image err

# ---- rules ------------------------------------------------------------------------------
BIN   := $(PROGRAMS:%=$(B)/bin/%)
UNITS := $(patsubst tests/unit/%.c,%,$(wildcard tests/unit/*.c))

.PHONY: all
all: $(BIN)

pkg_cflags = $(if $(strip $(1)),$(shell pkg-config --cflags $(1)))
pkg_libs   = $(if $(strip $(1)),$(shell pkg-config --libs $(1)))
pkgs_of    = $(sort $(foreach m,$(1),$(PKG_$(m))))
libs_of    = $(call pkg_libs,$(call pkgs_of,$(1))) $(sort $(foreach m,$(1),$(LIB_$(m))))

$(B)/lib/%.o: lib/%.c | $(B)/lib
	$(CC) $(ALL_CFLAGS) $(call pkg_cflags,$(PKG_$*)) -c -o $@ $<
$(B)/cmd/%.o: cmd/%.c | $(B)/cmd
	$(CC) $(ALL_CFLAGS) -c -o $@ $<
$(B)/unit/%.o: tests/unit/%.c | $(B)/unit
	$(CC) $(ALL_CFLAGS) $(call pkg_cflags,$(call pkgs_of,$(T_$*_MODS))) -c -o $@ $<

define program
$(B)/bin/$(1): $(B)/cmd/$(1).o $(B)/cmd/cli.o $($(1)_MODS:%=$(B)/lib/%.o) | $(B)/bin
	$$(CC) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$^ $$(call libs_of,$($(1)_MODS)) $($(1)_LIBS) -lm
endef
$(foreach p,$(PROGRAMS),$(eval $(call program,$(p))))

define unit_test
$(B)/unit/$(1): $(B)/unit/$(1).o $(T_$(1)_MODS:%=$(B)/lib/%.o)
	$$(CC) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$^ $$(call libs_of,$(T_$(1)_MODS)) $(T_$(1)_LIBS) -lm
endef
$(foreach t,$(UNITS),$(eval $(call unit_test,$(t))))

$(B)/lib $(B)/cmd $(B)/bin $(B)/unit:
	mkdir -p $@

# One unit test: make unit-record
unit-%: $(B)/unit/%
	$<

.PHONY: check-unit
check-unit: $(UNITS:%=$(B)/unit/%)
	prove --exec '' $^

.PHONY: clean
clean:
	rm -rf $(B)

-include $(wildcard $(B)/lib/*.d $(B)/cmd/*.d $(B)/unit/*.d)
