# Every target sets up what it needs; the second time it finds it done.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
JOBS ?= 3

.DEFAULT_GOAL := help
.PHONY: help demo test faults check bench bench-page bench-engines text-weights run format lock clean

help: ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 16

demo: .make/demo ## start the bot and a local Slack stand-in; prints one address to open
	@$(BIN)/clearance demo

faults: .make/dev ## a thousand faults against the real bot; FAULTS and SEED choose others
	FAULTS=$${FAULTS:-1000} $(BIN)/python -m pytest -s tests/faults tests/processes

test: .make/dev ## everything: checks, tests, and the stories in a real browser
	@$(MAKE) --no-print-directory lint
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile

check: .make/dev lint ## format, lint, types, import contract and the quick tests: no browser, no processes, no storms
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile -m "not browser and not process and not long"

bench: .make/dev ## measure it: ratios and their spread; PARTS and SIZE choose less or more
	$(BIN)/python -m bench $(PARTS) --size $${SIZE:-100000}

bench-page: .make/dev ## make docs/performance.md from what was measured last
	$(BIN)/python -m bench --page

bench-engines: .make/dev ## install the policy engines that the benchmark compares with
	$(PIP) install --editable '.[bench]'

text-weights: .make/dev ## learn what words weigh from the labelled requests, and measure it on strangers' texts
	$(PIP) install --editable '.[weigh]'
	$(BIN)/python -m bench.weighing

run: .make/demo ## start the bot against your Slack, with tokens from the environment or .env
	@$(BIN)/clearance run

.PHONY: lint
lint: .make/dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo 2>/dev/null || $(BIN)/lint-imports

format: .make/dev ## let ruff rewrite the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: ## resolve the ranges of pyproject.toml into the two lock files (needs uv on the PATH)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  --no-annotate --quiet pyproject.toml --extra demo --extra postgres --group dev --output-file requirements-dev.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  --no-annotate --quiet pyproject.toml --extra demo --extra postgres --group build --constraint requirements-dev.lock \
	  --output-file requirements.lock

clean: ## remove what the other targets made
	rm -rf $(VENV) .make .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Clearance needs Python 3.11 or newer: make $(MAKECMDGOALS) PYTHON=python3.11"; exit 1; }
	@echo "Setting up $(VENV) (once) ..."
	@$(PYTHON) -m venv $(VENV)

.make/demo: requirements.lock pyproject.toml | $(BIN)/python
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@mkdir -p .make && touch $@

.make/dev: requirements-dev.lock pyproject.toml | $(BIN)/python
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@mkdir -p .make && touch .make/demo $@
