# Every recipe works on a machine with Python 3.11 and make: what it needs, it installs.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help setup setup-dev demo test check history fuzz bench pictures lock messages clean

help:            ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*##/\t/'

setup: $(VENV)/.installed            ## the virtual environment with netterms in it

setup-dev: $(VENV)/.installed-dev    ## and what tests and checks need

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null 2>&1 && $(PYTHON) -m venv $(VENV) || python3 -m venv $(VENV)
	@$(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "netterms needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; rm -rf $(VENV); exit 1; }

$(VENV)/.installed: requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing what netterms needs (about a minute, once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	@echo "Installing what the tests need ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

demo: setup      ## a seller with 200 buyers, the daily loop, the console on 127.0.0.1:8000
	@$(BIN)/netterms demo

check: setup-dev ## format, lint, types, room contracts
	@$(BIN)/ruff format --check src tests benchmarks scripts examples
	@$(BIN)/ruff check src tests benchmarks scripts examples
	@$(BIN)/mypy
	@PYTHONPATH=examples/shop $(BIN)/mypy --config-file examples/shop/mypy.ini -p shop
	@$(BIN)/lint-imports --no-logo

# In their own order: files of few but long tests, such as those that kill, would otherwise come last, one at a time.
test: check      ## check, then every test
	@$(BIN)/python -m tests.ensure_chromium
	@$(BIN)/python -m tests.ensure_java
	@$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder

history: setup-dev ## 16 clients for 10 minutes while gateway, database and network are killed 100 times
	@$(BIN)/python -m tests.history.story 10 100 $$(date +%s)

fuzz: setup-dev  ## every importer against files that mean no good, for ten minutes (NETTERMS_FUZZ_SECONDS)
	@NETTERMS_FUZZ_SECONDS=$${NETTERMS_FUZZ_SECONDS:-600} $(BIN)/python -m pytest -q tests/fuzz

bench: setup-dev ## every benchmark, into benchmarks/RESULTS.md
	@$(BIN)/python benchmarks/run_all.py

messages: setup-dev ## collect the texts, merge them into the Chinese catalogue, compile it
	@$(BIN)/python scripts/messages.py

pictures: setup-dev ## the README's pictures, of a fresh demonstration
	@$(BIN)/python -m tests.ensure_chromium
	@$(BIN)/python scripts/pictures.py

lock: setup-dev  ## renew the lock files from pyproject.toml
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip compile -q --upgrade --generate-hashes --universal --python-version 3.11 --no-header pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile -q --generate-hashes --universal --python-version 3.11 --no-header --extra dev --extra train pyproject.toml -c requirements.lock -o requirements-dev.lock

clean:           ## remove the virtual environment and caches; your data stays
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache
