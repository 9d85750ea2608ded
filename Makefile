# Every target sets up what it needs inside this folder; nothing is installed elsewhere.
PYTHON ?= python3
WORLD ?= synthetic
BIN := .venv/bin

export UV_CACHE_DIR ?= $(CURDIR)/.venv/cache
export PIP_NO_CACHE_DIR := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export DO_NOT_TRACK := 1

.DEFAULT_GOAL := help
.PHONY: help setup demo run collect status test test-long ui docs bench

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/installed ## Install the pinned requirements into .venv

demo: setup ## Try it: sandbox vendors, the whole job, a closing page (FRESH=1, WORLD=complete-journey)
	@$(BIN)/python -m sandbox.demo --world $(WORLD) $(if $(FRESH),--fresh)

run: setup ## The same job on your own sources: credentials in the environment, files in var/landing
	@$(BIN)/kith run

collect: setup ## Take live events and webhooks over HTTP on loopback, until Ctrl-C
	@exec $(BIN)/kith collect

status: setup ## Show what the last publication holds
	@$(BIN)/kith status

test: setup ## Run every check: lint, types, house rules, dbt, pytest
	@$(BIN)/python -m tests.run

test-long: setup ## The property tests with ten times the examples: identity, incremental builds, syncs, the collector's kills
	@KITH_TEST_EFFORT=10 $(BIN)/pytest -q -n 2 --dist loadfile \
		tests/test_components.py tests/test_contested.py tests/test_identity_rules.py tests/test_incremental.py \
		tests/destinations/test_any_history.py tests/collector

ui: setup ## Dagster's web UI with schedule and sensor, on loopback, until Ctrl-C
	@exec $(BIN)/kith ui

docs: setup ## Build the documentation site into target/
	@$(BIN)/kith docs

bench: setup ## Print the benchmark table (EVENTS=1000000, EDGES=5000000, ONLY=load)
	@$(BIN)/python -m benchmarks.run $(if $(EVENTS),--events $(EVENTS)) $(if $(EDGES),--edges $(EDGES)) $(if $(ONLY),--only $(ONLY))

.venv/installed: requirements.lock bootstrap.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Kith needs Python 3.11 or newer; set PYTHON=<path>")'
	@echo "Setting up .venv ..."
	@$(PYTHON) -m venv .venv || { echo "python's venv module is missing: on Debian, apt install python3-venv"; exit 1; }
	@$(BIN)/pip install --quiet --require-hashes -r bootstrap.lock
	@$(BIN)/uv pip install --quiet --require-hashes -r requirements.lock
	@$(BIN)/uv pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@
