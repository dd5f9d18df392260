# Two commands matter: `make demo` runs the main job, `make test` passes every test. Both set up first.
.DEFAULT_GOAL := help
.PHONY: help setup demo test test-here test-beside test-browser-and-postgresql check coverage mutants bench lock clean oracles browser replications reference coverage-table opinion-tables

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
INSTALL := VIRTUAL_ENV=$(VENV) $(UV) pip install --quiet --require-hashes
LOCKS := runtime demo develop
unexport PYTHONDONTWRITEBYTECODE # what is imported is compiled once, not by each of hundreds of processes

help: ## show these targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 20

$(UV): requirements/bootstrap.txt
	$(PYTHON) -m venv --without-pip $(VENV)
	$(PYTHON) -m pip --python $(BIN)/python install --quiet --require-hashes -r requirements/bootstrap.txt
	@touch $(UV)

$(VENV)/.installed: $(UV) requirements/develop.txt pyproject.toml
	$(INSTALL) -r requirements/develop.txt
	VIRTUAL_ENV=$(VENV) $(UV) pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

src/clew/web/built/.installed: frontend/package-lock.json frontend/build.py $(VENV)/.installed
	cd frontend && PATH="$(abspath $(BIN)):$$PATH" npm ci --loglevel=error
	$(BIN)/python frontend/build.py
	@touch $@

setup: $(VENV)/.installed src/clew/web/built/.installed ## set up .venv/bin/clew and its pages, hash-checked

demo: setup ## three pilots from locked rule to verdict, served on this machine
	$(BIN)/clew demo

.venv-oracles/.installed: $(UV) requirements/oracles.txt
	$(UV) venv --quiet --clear --python $(BIN)/python .venv-oracles
	VIRTUAL_ENV=.venv-oracles $(UV) pip install --quiet --require-hashes -r requirements/oracles.txt
	@touch $@

oracles: .venv-oracles/.installed ## other people's software that the tests compare with, kept apart
	@sh tests/oracles/install-foreign-verifiers

.browser/chromium/chromium: tests/browser/tools/package-lock.json $(VENV)/.installed
	PATH="$(abspath $(BIN)):$$PATH" sh tests/browser/tools/install

browser: .browser/chromium/chromium ## the browser and the checkers that the tests drive, from npm

check: setup ## formatting, lint, types, import law
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	CLEW_SECRET_KEY=unused $(BIN)/mypy
	$(BIN)/lint-imports --cache-dir .venv/import-cache

test: setup ## set up and pass all tests, those of the service on both databases
	@$(MAKE) --no-print-directory --jobs=2 --output-sync oracles browser check
	@$(MAKE) --no-print-directory --jobs=2 test-here test-beside

test-here: # it shows its progress; the rest runs beside it, because many tests wait for processes that they started
	$(BIN)/pytest

test-beside: # shown when it is done, so that lines do not mix
	@mkdir -p .pytest_cache
	@$(MAKE) --no-print-directory test-browser-and-postgresql > .pytest_cache/beside 2>&1; \
	  failed=$$?; cat .pytest_cache/beside; exit $$failed

test-browser-and-postgresql: # once is enough for what brings databases of its own or none, and for bytes that none ever sees
	$(BIN)/pytest tests/browser
	CLEW_TEST_POSTGRESQL=1 $(BIN)/pytest tests/web tests/core/record/test_record_stores.py \
	  --ignore=tests/web/record/test_backup.py --ignore=tests/web/test_settings.py \
	  --deselect=tests/web/evaluate/test_two_gigabytes.py::test_two_gigabytes_stream_to_the_disk_in_little_memory
	CLEW_TEST_POSTGRESQL=1 $(BIN)/pytest tests/browser/test_journey.py

coverage: setup oracles ## which lines and branches no test has seen; it takes longer
	$(BIN)/pytest --cov=clew --cov-branch --cov-report=term:skip-covered

mutants: setup ## mistakes made on purpose: a test must see each
	$(BIN)/python tests/mutants.py

bench: setup ## every performance claim beside a peer, in one run
	$(UV) venv --quiet --allow-existing --python $(BIN)/python .venv-bench
	VIRTUAL_ENV=.venv-bench $(UV) pip install --quiet --require-hashes -r requirements/bench.txt
	$(BIN)/python -m bench

replications: setup .venv-oracles/.installed ## published results, computed again, into docs/reference/replications.md
	$(BIN)/python -m evidence.replications

reference: setup ## docs/reference/designs, from what every design says of itself
	$(BIN)/python -m evidence.designs

coverage-table: setup ## how often intervals hold the truth, into docs/reference/coverage.md; twenty minutes
	$(BIN)/python -m evidence.coverage

opinion-tables: setup .venv-oracles/.installed ## how the opinion map fares, into docs/reference/opinion-map.md
	$(BIN)/python -m evidence.opinion

lock: $(UV) ## resolve requirements/*.in again (no registry host is written)
	for f in bootstrap $(LOCKS) oracles bench; do $(UV) pip compile --quiet --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-header requirements/$$f.in --output-file requirements/$$f.txt; done

clean: ## remove what setting up and testing made
	rm -rf frontend/node_modules src/clew/web/built .browser clew-workspace $(VENV) .venv-oracles .venv-bench .oracles .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage demo-workspace
