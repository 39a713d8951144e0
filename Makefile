# Plain `make` lists what can be made.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SIZE ?= small
PORT ?= 8000

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run test test-postgresql test-all check bench bench-peers lock clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

$(VENV)/.base: requirements/base.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("ytterby needs Python 3.11 or newer, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/base.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.base requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

setup: $(VENV)/.base ## make .venv and install ytterby with what it needs to run

setup-dev: $(VENV)/.dev ## the same, with what the tests and checks need

run: $(VENV)/.base ## load the sample chain, run the main job narrated, serve it on loopback (PORT=8000)
	$(BIN)/ytterby demo --serve --port $(PORT)

test: $(VENV)/.dev ## everything but the browser and PostgreSQL tests
	$(BIN)/python -m pytest -q -m "not browser and not postgresql"

test-postgresql: $(VENV)/.dev ## the store's tests on a private PostgreSQL from the system's binaries
	YTTERBY_TEST_DATABASE=postgresql $(BIN)/python -m pytest -q -m "not browser" $(wildcard tests/shell/test_*.py)

test-all: $(VENV)/.dev test-postgresql ## those too (PostgreSQL and Chromium from the system)
	$(BIN)/python -m pytest -q -m browser tests/journeys
	$(BIN)/python -m pytest -q -m "not browser and not postgresql"

check: $(VENV)/.dev ## ruff, mypy --strict, import rules, tidy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m pytest -q -n 0 tests/house/test_tidy.py

bench: $(VENV)/.dev ## measure, each figure beside its peer (SIZE=small or full)
	$(BIN)/python -m benchmarks --size $(SIZE)

bench-peers: ## make the environments of the benchmarks' peers
	test -x benchmarks/peers/.graph/bin/python || $(PYTHON) -m venv benchmarks/peers/.graph
	benchmarks/peers/.graph/bin/python -m pip install --quiet --disable-pip-version-check -r benchmarks/peers/graph.txt
	test -x benchmarks/peers/.screening/bin/python || $(PYTHON) -m venv benchmarks/peers/.screening
	benchmarks/peers/.screening/bin/python -m pip install --quiet --disable-pip-version-check -r benchmarks/peers/screening.txt

clean: ## remove what the targets made
	rm -rf $(VENV) ytterby-demo ytterby-demo-keys .pytest_cache .mypy_cache .ruff_cache .hypothesis

lock: ## write the hash-pinned requirements anew (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --group build pyproject.toml -o requirements/base.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --group build --group dev -c requirements/base.txt pyproject.toml -o requirements/dev.txt
