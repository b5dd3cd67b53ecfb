# Plateward. `make` alone, or `make help`, lists what there is.
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
SHELL := /bin/sh

VENV := .venv/bin
PORT ?= 8000
ONCE ?=
WORKERS ?= auto
TESTS ?=
BENCH ?=

# Some machines forbid compiled files; then each of the many processes here compiles Django anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup setup-run assets demo drive-by street stop test browser fuzz check bench bench-search bench-retention bench-stores bench-recognition bench-documents bench-decide bench-soak bench-ingest bench-latency log-check lock clean

help: ## list these commands
	@echo "Plateward: a licence-plate reader that answers to the city that adopted it."
	@echo
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | awk -F'|' '{ printf "  make %-18s %s\n", $$1, $$2 }'

demo: setup-run assets ## a region to try, on http://127.0.0.1:8000 (PORT=8001; ONCE=1 stops before serving)
	@$(VENV)/plateward demo --port $(PORT) $(if $(filter-out 0,$(ONCE)),--once)

drive-by: setup-run ## let the wanted vehicle of the running demo pass a camera: an alert appears
	@$(VENV)/plateward demo --drive-by

street: setup ## beside a running demo: two live cameras, their agents, another maker's messages
	@$(VENV)/python -m tools.street --port $(PORT)

test: setup assets browser ## everything that is tested (WORKERS=2, TESTS=tests/policy)
	@$(VENV)/pytest -n $(WORKERS) $(TESTS)

fuzz: setup assets ## 10,000 hostile bodies at every address: no fault of ours, nothing stored (BODIES=500)
	@PLATEWARD_FUZZ=$(or $(BODIES),10000) $(VENV)/pytest -n 0 -q -s tests/api/test_hostile_everywhere.py

check: setup ## format, lint, types, import contracts, migrations, documents
	@$(VENV)/python tools/check.py

setup: ## make .venv from the locks, for work on the code
	@sh tools/setup.sh dev

setup-run: # what the product alone needs
	@sh tools/setup.sh run

assets: setup-run ## fetch style sheets and scripts (USWDS, htmx) with npm
	@$(VENV)/python tools/assets.py

browser: # a Chromium for the browser tests, where one may be installed
	@sh tools/browser.sh

bench: setup ## measure everything and print one table; over two hours (BENCH="--only search", BENCH="--from bench/out")
	@$(VENV)/python -m bench.table $(BENCH)

bench-recognition: setup ## how well plates are read, on the development benchmark; a page of every miss
	@$(VENV)/python -m bench.recognition $(BENCH)

bench-documents: setup ## write what bench-recognition last measured into README and docs
	@$(VENV)/python -m bench.recognition --from bench/out/predictions.jsonl --document

bench-decide: setup ## how long one policy decision takes
	@$(VENV)/python bench/decide.py

bench-search: setup bench-stores ## 20 million reads searched, beside four other stores; 40 minutes (BENCH="--rows 200000")
	@$(VENV)/python -m bench.search $(BENCH)

bench-retention: setup ## how fast a million reads go, row by row, as a partition, and their keys
	@$(VENV)/python -m bench.retention $(BENCH)

bench-stores: setup # DuckDB and ClickHouse (chdb) to compare with, in a folder of their own; Plateward needs neither
	@[ -d .tools/stores/duckdb ] || sh tools/uv.sh pip install --quiet --python $(VENV)/python --target .tools/stores \
	  duckdb==2.0.0 chdb==4.4.0 || echo "DuckDB and chdb could not be fetched; they are left out."

bench-latency: setup ## from a camera's post to the alert on the board, at 50 reads a second
	@$(VENV)/python -m bench.latency $(BENCH)

bench-soak: setup ## whether the agent's memory grows over an hour (BENCH="--minutes 10")
	@$(VENV)/python -m bench.soak $(BENCH)

bench-ingest: setup ## reads a second, a camera's wait, ten SIGKILLs; takes ten minutes
	@$(VENV)/python -m bench.ingest $(BENCH)

log-check: setup-run ## take the demo's log out and prove it, entry by entry
	@mkdir -p build
	@PLATEWARD_HOME=$${PLATEWARD_HOME:-$(CURDIR)/.demo} $(VENV)/plateward log export --out build/log.jsonl
	@$(VENV)/plateward log verify build/log.jsonl

lock: setup ## write the locks anew, with the newest versions that fit
	@sh tools/lock.sh

stop: ## stop the PostgreSQL of the demo; its data stay
	@if [ -e .demo/postgres ] && [ -x $(VENV)/python ]; then \
	  $(VENV)/python -c 'import pathlib, plateward.postgres as p; p.stop(pathlib.Path(".demo").resolve())'; fi

clean: stop ## remove what these commands made: environment, demo data, assets, caches
	@rm -rf .venv .tools .demo assets/node_modules src/plateward/web/static/vendor build dist bench/out
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage
	@find src tests tools bench training -name __pycache__ -type d -prune -exec rm -rf {} +
