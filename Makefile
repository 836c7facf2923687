# What a developer types. Every target makes the environment first; a second call is quick.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
NEWER := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$name -c '$(NEWER)' >/dev/null 2>&1 && { echo $$name; break; }; done)

# Some machines forbid Python to keep what it compiled; each of the many commands that the tests
# start would then compile the program anew, about a third of what starting one costs.
unexport PYTHONDONTWRITEBYTECODE

# The files that must be covered on every branch: they hold the clinical logic.
PURE := knowledge/logic.py,knowledge/fact_text.py,knowledge/model.py,knowledge/vocabulary.py,plugin/model.py,plugin/reading/*,plugin/facts/*,plugin/firing.py,plugin/guarding.py,plugin/wording.py,plugin/assess.py,plugin/answer.py,plugin/ordering/*,plugin/cards/*

WORKERS ?= 2
HOST ?= 127.0.0.1
PORT ?= 8000

# For instance SCREEN='--patients 100000'.
SCREEN ?=

.PHONY: help install serve test check bench bench-screen soak docs pictures lock wheel clean

help:  ## list the targets
	@sed -nE 's/^([a-z-]+):.*## (.*)/\1\t\2/p' Makefile | expand -t 14

install: $(VENV)/.installed  ## make .venv from requirements.lock

$(VENV)/.created:
	@[ -n "$(PYTHON)" ] || { \
	  echo "Python 3.11 or newer was not found. On Debian or Ubuntu: apt-get install python3 python3-venv" >&2; \
	  exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' >/dev/null 2>&1 || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv; \
	  else \
	    echo "Python's venv module is incomplete. On Debian or Ubuntu: sudo apt-get install python3-venv" >&2; \
	    exit 1; \
	  fi; }
	$(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(VENV)/.locked: requirements.lock $(VENV)/.created
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.installed: pyproject.toml $(VENV)/.locked
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation --editable .
	@touch $@

# Spark is large, and only the tests of that engine need it.
$(VENV)/.spark: requirements-spark.lock $(VENV)/.installed
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --require-hashes -r requirements-spark.lock
	@touch $@

serve: install  ## answer CDS Hooks calls on http://HOST:PORT
	@exec $(BIN)/crampcheck serve --host $(HOST) --port $(PORT)

# Each worker is given its half in the order of the folders, and takes from the other when it is done:
# what a folder needs, such as a server or Spark, need not be started by both.
# The gate prints only when it fails, so that pytest's own line closes the output.
test: install $(VENV)/.spark  ## run the tests, with coverage; every branch of the heart must be covered
	@tests/servers/system.sh
	@rm -f .coverage .coverage.*
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal --cov --cov-report=
	@report=$$($(BIN)/coverage report --include='$(PURE)' --fail-under=100 2>&1) || { \
	  echo "$$report" >&2; \
	  echo "The files above hold clinical logic and must be covered on every branch." >&2; \
	  exit 1; }

check: install  ## lint, formatting, types, and which module may import which
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: install  ## concepts resolved in a second, throughput of one call, loading; an import of RxNorm
	@$(BIN)/python -m tests.benchmarks
	@$(BIN)/python -m tests.benchmarks.loading
	@$(BIN)/python -m tests.benchmarks.rxnorm

bench-screen: install $(VENV)/.spark  ## what screening a generated Bulk export costs, beside a bare loop of orjson
	@$(BIN)/python -m tests.benchmarks.screening $(SCREEN)

soak: install $(VENV)/.spark  ## the same tests, with many more generated patients, posts and kills
	@tests/servers/system.sh
	@CRAMPCHECK_SOAK=1 $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

docs: install  ## write into the pages what the commands print now
	@$(BIN)/python -m plugin.cli.reference > docs/reference/cli.md
	@$(BIN)/python -m tests.protocol.page
	@$(BIN)/python -m tests.docs.export
	@$(BIN)/python -m tests.docs.knowledge_pages
	@$(BIN)/python -m tests.docs.openapi_example
	@$(BIN)/python -m tests.docs.render 2>/dev/null

pictures: install  ## draw the pictures of the pages anew, with chromium
	@$(BIN)/python -m tests.browser.pictures

# The addresses that packages came from are left out, and so are the paths of this machine.
LOCK := PIP_CONFIG_FILE=/dev/null PIP_FIND_LINKS= .venv-lock/bin/pip-compile --quiet --upgrade \
	--generate-hashes --strip-extras --allow-unsafe --no-header \
	--no-emit-index-url --no-emit-find-links --no-emit-options

lock: $(VENV)/.created  ## choose newer versions for the three lock files
	@$(BIN)/python -m venv --clear .venv-lock
	@.venv-lock/bin/pip install --disable-pip-version-check --quiet 'pip-tools>=7.4'
	@$(LOCK) --extra dev --output-file requirements.lock pyproject.toml
	@$(LOCK) --extra postgres --extra parquet --extra report --constraint requirements.lock \
	  --output-file deploy/requirements.lock pyproject.toml
	@$(LOCK) --extra spark --constraint requirements.lock --output-file requirements-spark.lock pyproject.toml

wheel: install  ## build the wheel into dist/
	@$(BIN)/python -m hatchling build --target wheel

clean:  ## remove the environment, caches and builds
	rm -rf $(VENV) .venv-lock .bench-venv dist build .coverage .coverage.* .hypothesis .import_linter_cache \
	  .mypy_cache .pytest_cache .ruff_cache knowledge/data/.compiled
