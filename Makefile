# Everything a person types. `make` alone says what there is.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

RUNTIME := .venv/.runtime-installed
DEV := .venv/.dev-installed
NODE := node_modules/.package-lock.json
ASSETS := static/vendor/manifest.json
# Directories stand in the list too: their time changes when a file comes or goes.
ASSET_SOURCES := $(shell find static/js static/css static/icons.txt 2>/dev/null)
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard app/translations/*/LC_MESSAGES/*.po))

.PHONY: help
help:  ## this list
	@echo "Yitian: points for good deeds in a village"
	@echo
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "  Settings: PORT (8000), HOST (0.0.0.0), DATABASE_URL (a SQLite file in var/), WORKERS (4)"
	@echo "  For example: DATABASE_URL=postgresql+psycopg://me:secret@localhost/yitian PORT=8080 make run"

.PHONY: run
run: $(RUNTIME) $(ASSETS) translations  ## install what is missing, load the demo village once, serve
	@exec tools/run_site.sh

.PHONY: test
test: needs $(DEV) $(ASSETS) translations lint  ## the whole check: style, floors, every test (PYTEST_ARGS="-k notice" for some)
	@.venv/bin/python -m pytest -n 2 --dist worksteal $(PYTEST_ARGS)

.PHONY: lint
lint: $(DEV)  ## style and the three floors, without tests
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/lint-imports --no-logo

.PHONY: format
format: $(DEV)  ## put the code into the agreed form
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .

.PHONY: bench
bench: $(DEV) $(ASSETS) translations  ## measure speed against plain SQL on PostgreSQL (BENCH_ARGS="--help")
	@tools/install_test_needs.sh postgresql wrk
	@.venv/bin/python -m bench $(BENCH_ARGS)

.PHONY: pictures
pictures: needs $(DEV) $(ASSETS) translations  ## take the pictures of the README anew
	@.venv/bin/python tools/take_pictures.py

.PHONY: venv assets translations needs
venv: $(DEV)  ## only the Python environment, with the test tools
assets: $(ASSETS)  ## only what the pages load: scripts, style, icons
translations: $(CATALOGUES)  ## only the compiled translations
needs:  ## only what the tests need from the system: PostgreSQL, Chromium, a CJK font
	@tools/install_test_needs.sh

.PHONY: clean
clean:  ## remove what was built (var/ with its data stays)
	rm -rf .venv node_modules static/vendor .pytest_cache .ruff_cache .import_linter_cache .hypothesis .schemathesis
	find app -name '*.mo' -delete 2>/dev/null || true
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(RUNTIME): requirements.txt
	@tools/make_venv.sh requirements.txt
	@touch $@

# The runtime first: pip would otherwise run twice into one environment under make -j.
$(DEV): requirements-dev.txt requirements.txt $(RUNTIME)
	@tools/make_venv.sh requirements-dev.txt
	@touch $@

$(NODE): package-lock.json package.json | $(RUNTIME)
	@echo "Installing the front-end packages"
	@tools/with_node.sh npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

$(ASSETS): $(ASSET_SOURCES) tools/build_assets.mjs $(NODE)
	@tools/with_node.sh node tools/build_assets.mjs

%.mo: %.po | $(RUNTIME)
	@.venv/bin/pybabel --quiet compile -i $< -o $@
