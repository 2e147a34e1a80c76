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
ALL_CFLAGS = -std=c11 -D_GNU_SOURCE -ffp-contract=off -fno-math-errno $(WARN) $(CFLAGS) -MMD -MP

# ---- programs: the library modules each one links, and the outside libraries -----------
BASE := err num record config
IMG  := frame y4m image

ROUTER := router exchange submit jobrequest jobs jsontext apievent problem container aws sigv4 http sha256 base64 utc uuid

vidqc-frames_MODS   := $(BASE) frame y4m source decode distinct sampler
vidqc-frames_PKGS   := libavformat libavcodec libswscale libavutil jansson

vidqc-ocr_MODS      := $(BASE) frame y4m components textseg texttight textnet textfind pool pyramid align stability assign texttrack \
                       scenesim rowpicture ocr editdist textscan
vidqc-ocr_LIBS      := -lgomp -lpthread

vidqc-features_MODS := $(BASE) $(IMG) motion distinct scene change signal pairs flicker patchtone flash event temporal \
                       textfeat textseries textstep textlegit textcause editdist sha256 manifest extract pump

MODEL := sha256 file xgbjson booster scaling model featstream

# It explains features in the words of the extractors' manifest.
vidqc-classify_MODS := $(sort $(vidqc-features_MODS) $(MODEL) verdict gate)

vidqc-train_MODS    := $(sort $(vidqc-features_MODS) $(MODEL) labels dataset validate scorecard learner drift train trainreport rng)

vidqc-eval_MODS     := $(BASE) $(MODEL) labels validate scorecard evaluate

vidqc-config_MODS   := $(BASE)

vidqc-glitch_MODS   := $(BASE) frame y4m image distinct rng blur glitch glitchtime glitchregions glitchfield \
                       glitchlight glitchtexture glitchorder glitchscene glitchlayer glitchtext glitchfont glitchdraw

vidqc-draw_MODS     := $(BASE) frame y4m rng glitchfield drawscene

vidqc-report_MODS   := $(BASE) frame y4m image sha256 featstream base64 html png canvas reportdata reportplan \
                       reportshots reporttime reportstyle reportpage reportindex

vidqc-router_MODS   := $(BASE) $(ROUTER) lambda line

PROGRAMS := vidqc-frames vidqc-ocr vidqc-features vidqc-classify vidqc-train vidqc-eval \
	vidqc-config vidqc-glitch vidqc-draw vidqc-report vidqc-router

# Flags of the modules that see an outside library; a program or test that has the
# module links it.
PKG_record   := jansson
PKG_config   := jansson
PKG_decode   := libavformat libavcodec libswscale libavutil
PKG_ocr      := tesseract lept
PKG_sha256   := libcrypto
PKG_sigv4    := libcrypto
PKG_uuid     := libcrypto
PKG_http     := libcurl
PKG_aws      := jansson
PKG_apievent := jansson
PKG_problem  := jansson
PKG_jobs     := jansson
PKG_jobrequest := jansson
PKG_router   := jansson
PKG_exchange := jansson
PKG_submit   := jansson
PKG_lambda   := jansson
PKG_glitchfont := lept
PKG_png      := libpng
LIB_booster  := -lxgboost -lgomp

# ---- unit tests: tests/unit/NAME.c with the library modules it needs --------------------
T_err_MODS    := err
T_num_MODS    := num
T_record_MODS := $(BASE)
T_config_MODS := $(BASE)
T_y4m_MODS    := y4m frame num err
T_sampler_MODS := sampler distinct frame err
T_pump_MODS   := pump y4m frame $(BASE)
T_image_MODS  := image err
T_motion_MODS := motion image err
T_signal_MODS := signal err
T_scene_MODS  := scene $(BASE)
T_patchtone_MODS := patchtone change signal motion image frame $(BASE)
T_temporal_MODS := temporal change scene signal pairs flicker patchtone event flash motion distinct image frame $(BASE)
T_sha256_MODS     := sha256 err
T_html_MODS       := html base64 sha256 err
T_png_MODS        := png err
T_canvas_MODS     := canvas image err
T_reportshots_MODS := reportshots reportplan reportdata canvas png image frame featstream $(BASE)
T_manifest_MODS   := manifest sha256 $(BASE)
T_labels_MODS     := labels $(MODEL) $(BASE)
T_validate_MODS   := validate $(MODEL) $(BASE)
T_xgbjson_MODS    := xgbjson $(BASE)
T_scaling_MODS    := scaling $(BASE)
T_drift_MODS      := drift labels dataset $(MODEL) $(BASE)
T_model_MODS      := $(MODEL) $(BASE)
T_verdict_MODS    := verdict manifest $(MODEL) $(BASE)
T_gate_MODS       := gate $(MODEL) $(BASE)
T_featstream_MODS := featstream $(BASE)
T_textnet_MODS    := textnet
T_textseg_MODS    := textseg frame err
T_texttight_MODS  := texttight
T_components_MODS := components err
T_assign_MODS     := assign
T_editdist_MODS   := editdist
T_stability_MODS  := stability align pyramid frame err
T_textfeat_MODS   := textfeat textseries textstep textlegit textcause editdist $(BASE)
T_rng_MODS         := rng
T_glitchtime_MODS  := glitchtime rng
T_glitchlayer_MODS := glitchlayer glitchfield blur rng frame err
T_glitchregions_MODS := glitchregions $(BASE)
T_sigv4_MODS       := sigv4 sha256 utc err
T_uuid_MODS        := uuid err
T_base64_MODS      := base64 err
T_container_MODS   := container
T_line_MODS        := line err
T_jsontext_MODS    := jsontext
T_utc_MODS         := utc
T_apievent_MODS    := apievent base64 err
T_jobrequest_MODS  := jobrequest container problem $(BASE)
T_train_MODS      := labels dataset validate scorecard learner drift train trainreport manifest rng $(MODEL) $(BASE)

# What tests/aws/sigv4.t signs with.
signer_MODS := sigv4 sha256 utc err

# ---- rules ------------------------------------------------------------------------------
# The build tree is laid out like an installation: the front end finds its commands, the
# programs and the model beside itself in both.
BIN      := $(PROGRAMS:%=$(B)/bin/%)
COMMANDS := predict batch features format doctor train eval glitch synth selftest config report worker \
	common.sh pipe.sh clips.sh cache.sh labelled.sh formats.sh batch-inputs.sh batch-progress.sh \
	batch-clip.sh batch.mk made.sh cases.jq selftest.jq selftest-text.jq \
	worker-loop.sh worker-queue.sh worker-job.sh worker-aws.sh worker-curl.sh \
	worker-log.sh worker.jq
FRONT    := $(B)/bin/vidqc $(COMMANDS:%=$(B)/libexec/vidqc/%)
FORMATS  := $(patsubst pipelines/%,$(B)/share/vidqc/%,$(wildcard pipelines/formats/*.jq))
SCHEMAS  := $(patsubst lib/data/%,$(B)/share/vidqc/%,$(wildcard lib/data/schema/*.json))
SHARE    := $(B)/share/vidqc/model.json $(B)/share/vidqc/manifest.json
MAN      := $(wildcard man/*.[157])
PAGES    := $(foreach m,$(MAN),$(B)/share/man/man$(subst .,,$(suffix $(m)))/$(notdir $(m)))
COMPLETION := $(B)/share/bash-completion/completions/vidqc
UNITS    := $(patsubst tests/unit/%.c,%,$(wildcard tests/unit/*.c))
OBJECTS  := $(patsubst %.c,$(B)/%.o,$(wildcard lib/*.c cmd/*.c)) $(UNITS:%=$(B)/unit/%.o) $(B)/aws/signer.o

.PHONY: all programs objects
all: programs $(SHARE)
programs: $(BIN) $(FRONT) $(FORMATS) $(SCHEMAS) $(PAGES) $(COMPLETION)
objects: $(OBJECTS)

pkg_cflags = $(if $(strip $(1)),$(shell pkg-config --cflags $(1)))
pkg_libs   = $(if $(strip $(1)),$(shell pkg-config --libs $(1)))
pkgs_of    = $(sort $(foreach m,$(1),$(PKG_$(m))))
libs_of    = $(call pkg_libs,$(call pkgs_of,$(1))) $(sort $(foreach m,$(1),$(LIB_$(m))))

$(B)/lib/%.o: lib/%.c $(B)/flags | $(B)/lib
	$(CC) $(ALL_CFLAGS) $(call pkg_cflags,$(PKG_$*)) -c -o $@ $<
# What a page looks like and does, as C strings.
$(B)/gen/%.h: lib/data/% | $(B)/gen
	sed 's/[\\"]/\\&/g; s/.*/"&\\n"/' $< >$@
$(B)/lib/reportstyle.o: private ALL_CFLAGS += -I$(B)/gen
$(B)/lib/reportstyle.o: $(B)/gen/report.css.h $(B)/gen/report.js.h $(B)/gen/index.js.h
$(B)/cmd/%.o: cmd/%.c $(B)/flags | $(B)/cmd
	$(CC) $(ALL_CFLAGS) -c -o $@ $<
$(B)/unit/%.o: tests/unit/%.c $(B)/flags | $(B)/unit
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

$(B)/aws/%.o: tests/aws/%.c $(B)/flags | $(B)/aws
	$(CC) $(ALL_CFLAGS) $(call pkg_cflags,$(call pkgs_of,$($*_MODS))) -c -o $@ $<
$(B)/aws/signer: $(B)/aws/signer.o $(signer_MODS:%=$(B)/lib/%.o)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(call libs_of,$(signer_MODS)) -ljansson

$(B)/bin/vidqc: pipelines/vidqc | $(B)/bin
	install -m 755 $< $@
$(B)/libexec/vidqc/%.sh: pipelines/%.sh | $(B)/libexec/vidqc
	install -m 644 $< $@
$(B)/libexec/vidqc/%.jq: pipelines/%.jq | $(B)/libexec/vidqc
	install -m 644 $< $@
$(B)/libexec/vidqc/%.mk: pipelines/%.mk | $(B)/libexec/vidqc
	install -m 644 $< $@
$(B)/libexec/vidqc/%: pipelines/% | $(B)/libexec/vidqc
	install -m 755 $< $@
$(B)/share/vidqc/%.json: lib/data/%.json
	install -D -m 644 $< $@
$(COMPLETION): pipelines/completion.sh
	install -D -m 644 $< $@
define pages
$(B)/share/man/man$(1)/%: man/%
	install -D -m 644 $$< $$@
endef
$(foreach s,1 5 7,$(eval $(call pages,$(s))))
$(B)/share/vidqc/%.jq: pipelines/%.jq
	install -D -m 644 $< $@

# The model comes with the sources; whoever has none makes one from labelled clips.
lib/data/model.json lib/data/manifest.json:
	@echo '$@ is missing: make programs, then' >&2
	@echo '$(B)/bin/vidqc train --labels labels.csv --output-dir lib/data' >&2
	@false

$(B)/lib $(B)/gen $(B)/cmd $(B)/bin $(B)/unit $(B)/aws $(B)/libexec/vidqc:
	mkdir -p $@

# Other flags, other objects.
.PHONY: FORCE
$(B)/flags: FORCE
	@mkdir -p $(B)
	@echo '$(CC) $(ALL_CFLAGS) $(LDFLAGS)' | cmp -s - $@ || echo '$(CC) $(ALL_CFLAGS) $(LDFLAGS)' >$@

.PHONY: clean
clean:
	rm -rf $(B)

# ---- packages ---------------------------------------------------------------------------
# Debian's names, all of them, once.
DEPS_BUILD := gcc libc6-dev pkg-config libavformat-dev libavcodec-dev libswscale-dev \
	libavutil-dev libssl-dev libtesseract-dev libleptonica-dev libjansson-dev libxgboost-dev libpng-dev \
	libcurl4-openssl-dev
DEPS_RUN   := jq make tesseract-ocr tesseract-ocr-eng
# What vidqc worker needs on top.
DEPS_AWS   := awscli curl
DEPS_CLIPS := ffmpeg fonts-dejavu-core
# To build the image where no engine runs and no registry is reached.
DEPS_IMAGE := buildah debootstrap
DEPS_TEST  := $(DEPS_CLIPS) $(DEPS_AWS) $(DEPS_IMAGE) tesseract-ocr-deu mandoc man-db perl python3-venv openssl \
	chromium
DEPS_BENCH := time
DEPS_LINT  := clang-14 clang-format-14 shellcheck shfmt git yamllint

# $(call need,PACKAGES): install what is missing; nothing is asked of the network when
# all is there.
define need
	@command -v dpkg-query >/dev/null || { echo 'no Debian here; needed: $(1)'; exit 0; }; \
	missing=; \
	for p in $(1); do \
		[ "$$(dpkg-query -W -f '$${db:Status-Status}' $$p 2>/dev/null || :)" = installed ] || \
			missing+=" $$p"; \
	done; \
	[ -n "$$missing" ] || exit 0; \
	echo "installing:$$missing"; \
	sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	$$sudo apt-get update -qq && \
	$$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends $$missing
endef

.PHONY: deps deps-clips deps-test deps-lint
deps:
	$(call need,$(DEPS_BUILD) $(DEPS_RUN) $(DEPS_AWS))
deps-clips:
	$(call need,$(DEPS_BUILD) $(DEPS_RUN) $(DEPS_CLIPS))
deps-test:
	$(call need,$(DEPS_BUILD) $(DEPS_RUN) $(DEPS_TEST))
deps-lint:
	$(call need,$(DEPS_BUILD) $(DEPS_RUN) $(DEPS_TEST) $(DEPS_LINT))

# A build that a target starts by itself uses all processors, unless the caller said how many.
SUBMAKE = $(MAKE) --no-print-directory $(if $(findstring -j,$(MAKEFLAGS)),,-j$(shell nproc))

# ---- first steps ------------------------------------------------------------------------
# make run CLIP=clip.mp4: the verdict.  Without CLIP: two sample clips, one with known
# defects, one without.
CLIP ?=
.PHONY: run
run: $(if $(CLIP),deps,deps-clips)
	+@$(SUBMAKE) all
	@VQ_BIN=$(abspath $(B))/bin tests/sample/run $(if $(CLIP),'$(subst ','\'',$(CLIP))')

# The picture in README: the report of the sample clip with known defects.
.PHONY: picture
picture: deps-test
	+@$(SUBMAKE) all
	VQ_BIN=$(abspath $(B))/bin tests/sample/picture man/report.png

# ---- tests ------------------------------------------------------------------------------
# make check installs the tools and runs every test; make test only runs them.
# With CLIPS=dir in the environment the labelled clips of that folder are judged as well.
# make check T=tests/filter/ocr.t runs one file, make unit-record one unit test.
# tests/aws/faults.t takes long, kills workers at random, and is for make soak.  The longest
# files come first, so that no core idles at the end.
T ?= tests/aws/terraform.t $(filter-out tests/aws/terraform.t tests/aws/faults.t,\
	$(wildcard tests/aws/*.t tests/eval/*.t tests/pipeline/*.t tests/filter/*.t)) \
	$(UNITS:%=$(B)/unit/%)
PROVE = VQ_BIN=$(abspath $(B))/bin VQ_PYTHON=$(abspath $(VENV))/bin/python3 \
	VQ_PYTHON_NEWER=$(abspath $(VENV))/newer VQ_CHECKOV=$(abspath $(CHECKOV))/bin/checkov prove --exec '' --timer

.PHONY: check test check-unit
check: deps-test
	+@$(SUBMAKE) $(B)/aws/suite/made || echo 'no packages from PyPI: tests/filter/python.t, tests/pipeline/schema.t and tests/aws are skipped'
	+@$(SUBMAKE) $(CHECKOV)/made || echo 'no packages from PyPI: the rules of checkov are skipped'
	+@$(SUBMAKE) test
test: all $(UNITS:%=$(B)/unit/%) $(B)/aws/signer
	$(PROVE) -j$(shell nproc) $(T)
check-unit: $(UNITS:%=$(B)/unit/%)
	$(PROVE) $^
unit-%: $(B)/unit/%
	$<

# XGBoost's Python package, whose models must load, and AWS: moto's server and version 1 of the
# AWS CLI (Debian has version 2).
VENV ?= $(B)/venv
$(VENV)/made: tests/requirements.txt tests/requirements-newer.txt
	python3 -m venv $(VENV)
	$(VENV)/bin/pip install -q --disable-pip-version-check -r tests/requirements.txt
	$(VENV)/bin/pip install -q --disable-pip-version-check --no-deps --upgrade \
		--target $(VENV)/newer -r tests/requirements-newer.txt
	touch $@

# AWS's test suite of signatures comes with the sources of its library, 33 MB of which these
# are the smallest part; nothing of it is kept here.
SUITE := awscrt==0.21.1
$(B)/aws/suite/made: $(VENV)/made
	rm -rf $(@D)
	mkdir -p $(@D)
	$(VENV)/bin/pip download -q --disable-pip-version-check --no-deps --no-binary :all: -d $(@D) $(SUITE)
	tar -xzf $(@D)/awscrt-*.tar.gz -C $(@D) --strip-components=6 --wildcards '*/aws-signing-test-suite/v4/*'
	rm $(@D)/awscrt-*.tar.gz
	touch $@

# Static rules for the cloud's files; its packages want other versions than the rest.
CHECKOV ?= $(B)/venv-checkov
$(CHECKOV)/made: tests/requirements-checkov.txt
	python3 -m venv $(CHECKOV)
	$(CHECKOV)/bin/pip install -q --disable-pip-version-check -r tests/requirements-checkov.txt
	touch $@

# The same tests with AddressSanitizer, LeakSanitizer and UBSan; no library needs a suppression.
ASAN := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined
.PHONY: asan
asan: deps-test
	+@UBSAN_OPTIONS=print_stacktrace=1 VQ_TEST_TIMEOUT=600 \
		$(SUBMAKE) B=$(B)/asan VENV=$(VENV) CHECKOV=$(CHECKOV) CFLAGS='$(ASAN)' test

# What no event may break: clang's libFuzzer with the same sanitizers, for so many seconds,
# and go on from what it found before.
FUZZ_SECONDS ?= 60
FUZZ_MODS := err num record config $(filter-out http,$(ROUTER))
$(B)/fuzz/router: tests/fuzz/router.c $(FUZZ_MODS:%=lib/%.c) $(wildcard lib/*.h)
	mkdir -p $(@D)
	clang-14 -std=c11 -D_GNU_SOURCE $(WARN) -O1 -g -fsanitize=fuzzer,address,undefined \
		-fno-sanitize-recover=undefined -o $@ $(filter %.c,$^) $(call libs_of,$(filter-out http,$(ROUTER))) -lm
.PHONY: fuzz
fuzz: $(B)/fuzz/router
	tests/fuzz/seeds $(B)/fuzz/seeds
	mkdir -p $(B)/fuzz/corpus
	cd $(B)/fuzz && ./router -max_total_time=$(FUZZ_SECONDS) -max_len=8192 -timeout=5 -print_final_stats=1 corpus seeds

# Every labelled clip of a folder through vidqc predict.
.PHONY: eval
eval: deps-test
	+@$(SUBMAKE) all
	CLIPS='$(abspath $(CLIPS))' $(PROVE) -v tests/eval/clips.t

.PHONY: soak
soak: deps-test
	+@$(SUBMAKE) $(VENV)/made
	+@$(SUBMAKE) test T=tests/aws/faults.t

.PHONY: bench
bench: deps-test
	$(call need,$(DEPS_BENCH))
	+@$(SUBMAKE) all
	VQ_BIN=$(abspath $(B))/bin tests/bench/speed

# ---- lint -------------------------------------------------------------------------------
C_FILES  := $(wildcard lib/*.[ch] cmd/*.[ch] tests/*.h tests/*/*.c)
HEADERS  := $(wildcard lib/*.h cmd/*.h tests/*.h)
SH_FILES := $(filter-out pipelines/formats pipelines/aws %.mk %.c %.jq %.py %.csv tests/bench/textseg tests/bench/textnet,$(wildcard pipelines/* \
	pipelines/aws/deploy pipelines/aws/image pipelines/aws/simulate pipelines/aws/costs \
	tests/*.sh tests/aws/*.sh tests/*/*.t tests/bench/* tests/fuzz/* tests/bench/textseg/*.sh tests/bench/textnet/*.sh tests/sample/*)) .ci/run

.PHONY: lint lint-c lint-headers lint-shell lint-man lint-paths lint-yaml
lint: deps-lint
	+@$(SUBMAKE) lint-c lint-headers lint-shell lint-man lint-paths lint-yaml
lint-c:
	$(MAKE) B=$(B)/lint-gcc CC=gcc CFLAGS='-O2 -g -Werror' objects
	$(MAKE) B=$(B)/lint-clang CC=clang-14 CFLAGS='-O2 -g -Werror' objects
	clang-format-14 --dry-run -Werror $(C_FILES)
lint-headers:
	for h in $(HEADERS); do \
		$(CC) -std=c11 -D_GNU_SOURCE $(WARN) -Werror -fsyntax-only -x c -include $$h /dev/null; \
	done
lint-shell:
	shellcheck $(SH_FILES)
	shfmt -d $(SH_FILES)
	! find tests -name '*.t' ! -perm -u+x | grep .
lint-man:
	mandoc -T lint -W warning $(MAN)
lint-yaml:
	yamllint -d '{extends: default, rules: {line-length: {max: 120}, document-start: disable, truthy: {check-keys: false}}}' \
		.github/workflows
# Nobody else has the folders of the machine where a line was written.
lint-paths:
	! git grep -nE '(^|[^[:alnum:]_.])/(work|root|home)/[[:alnum:]]' -- . ':!LICENSE'

# ---- image and cloud --------------------------------------------------------------------
# See vidqc-aws(7).  make image NAME=vidqc:mine; make deploy ENV=staging
# Not from the environment, where such names mean other things.
ENV  := staging
NAME := vidqc:latest
ROOT := $(B)/image

.PHONY: image image-root plan deploy destroy rollback
image:
	pipelines/aws/image $(NAME)
# What the image holds: an installation, and the list of packages that it needs: the shared
# libraries of its programs (whose packages know them with /usr or without), and what its
# commands call.
image-root: all
	$(MAKE) --no-print-directory install DESTDIR=$(ROOT) PREFIX=/usr/local
	ldd $(BIN) | awk '$$2 == "=>" && $$3 ~ /^\// { print $$3; print "/usr" $$3 }' | sort -u | \
		{ xargs dpkg -S 2>/dev/null || :; } | sed 's/:.*//' | sort -u >$(ROOT)/packages
	printf '%s\n' $(DEPS_RUN) $(DEPS_AWS) >>$(ROOT)/packages
plan deploy destroy rollback:
	pipelines/aws/deploy $@ $(ENV)

# ---- installation -----------------------------------------------------------------------
D := "$(DESTDIR)$(PREFIX)"
.PHONY: install uninstall
install: all
	install -d $(D)/{bin,libexec/vidqc,share/vidqc/{formats,schema},share/bash-completion/completions,share/man/man{1,5,7}}
	install -m 755 $(BIN) $(B)/bin/vidqc $(D)/bin
	cp -p $(COMMANDS:%=$(B)/libexec/vidqc/%) $(D)/libexec/vidqc
	install -m 644 $(SHARE) $(D)/share/vidqc
	install -m 644 $(FORMATS) $(D)/share/vidqc/formats
	install -m 644 $(SCHEMAS) $(D)/share/vidqc/schema
	install -m 644 $(COMPLETION) $(D)/share/bash-completion/completions
	for m in $(MAN); do install -m 644 $$m $(D)/share/man/man$${m##*.}; done
uninstall:
	cd $(D)/bin && rm -f $(PROGRAMS) vidqc
	rm -rf $(D)/libexec/vidqc $(D)/share/vidqc $(D)/share/bash-completion/completions/vidqc
	for m in $(notdir $(MAN)); do rm -f $(D)/share/man/man$${m##*.}/$$m; done

-include $(wildcard $(B)/lib/*.d $(B)/cmd/*.d $(B)/unit/*.d $(B)/aws/*.d)
