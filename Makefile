# SPDX-License-Identifier: Apache-2.0
# Thin on purpose: everything real is in Meson and in scripts/. `make help` lists what there is.
BUILD ?= build
PREFIX ?= /usr/local
STAY ?= 1

.PHONY: help all build demo check test test-unit test-e2e bench fuzz soak clients deb deb-test install clean format
all: build

help:
	@echo 'make demo      install what is missing, build, run the main job end to end (STAY=0: end by itself)'
	@echo 'make check     the quick part: layers, style, plain unit tests (scripts/test style unit)'
	@echo 'make test      everything: style, unit tests, sanitizers, end to end'
	@echo 'make bench     figures and ratios        make fuzz  FUZZ_SECONDS=30 each'
	@echo 'make soak      random operations among hostile vendors and clients, SOAK_MINUTES=60'
	@echo 'make clients   Claude Code, Codex and Gemini CLI themselves, with a scripted model (a gigabyte from npm)'
	@echo 'make deb       the Debian package, in build/deb     make deb-test  installs, upgrades and purges it in a fresh Debian; root'
	@echo 'make build     only build                make install PREFIX=/usr/local DESTDIR='

build:
	@scripts/bootstrap build
	@scripts/build $(BUILD) --prefix=$(PREFIX)

demo:
	@scripts/bootstrap demo
	@TARGETS=src/postern scripts/build $(BUILD) --prefix=$(PREFIX)
	@STAY=$(STAY) scripts/demo $(BUILD)

check:
	@scripts/bootstrap test
	@scripts/test style unit

test:
	@scripts/bootstrap test
	@scripts/test

# What stands after it are parts of it: make bench ask
bench:
	@scripts/bootstrap bench
	@bench/run $(filter-out $@,$(MAKECMDGOALS))
ifeq (bench,$(firstword $(MAKECMDGOALS)))
$(filter-out bench,$(MAKECMDGOALS)): bench
	@:
endif

fuzz:
	@scripts/bootstrap fuzz
	@scripts/fuzz

soak:
	@scripts/bootstrap soak
	@scripts/soak

clients:
	@scripts/bootstrap clients
	@scripts/test clients

deb:
	@scripts/bootstrap deb
	@scripts/deb

deb-test: deb
	@scripts/deb-test

install: build
	@meson configure $(BUILD) --prefix=$(PREFIX)
	@ninja -C $(BUILD) --quiet
	@meson install -C $(BUILD) --no-rebuild

format:
	@scripts/check-style --fix

clean:
	rm -rf build build-*
