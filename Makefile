# The commands of the project. `make` alone lists them.
SHELL := /bin/bash
PY := .venv/bin/python
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help start install test lint unit content nbgrader browser wheel check bench bench-grading screenshots constraints clean

help:  ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

start: install  ## open the course in the browser
	@.venv/bin/itguide start

install: .venv/.installed  ## set up .venv with pinned dependencies

.venv/.installed: pyproject.toml constraints.txt tools/setup.sh
	@tools/setup.sh

test: install  ## set up and run every ring of tests, real browser included
	@tools/browser.sh
	$(MAKE) --no-print-directory lint check unit content nbgrader browser wheel

lint: install  ## ruff and mypy
	.venv/bin/ruff check curriculum tests tools
	.venv/bin/ruff format --check curriculum tests tools
	.venv/bin/mypy

check: install  ## content, keys and references
	.venv/bin/itguide check
	$(PY) -m itguide.models.sampling --check
	$(PY) -m itguide.models.event_log_data --check
	$(PY) -m itguide.models.targeting_data --check

unit content nbgrader browser wheel: install
	$(PY) -m pytest tests/$@ -q --durations=5

unit:  ## tests of the engine (seconds)
content:  ## tests of every case
nbgrader:  ## tests with the real nbgrader
browser:  ## tests in a real browser and server
wheel:  ## tests of the built package in a clean environment

bench: install  ## print how fast it is here
	$(PY) tools/bench.py

bench-grading: install  ## print stock nbgrader against ours, per submission (N=200 for one size)
	$(PY) tools/bench_grading.py $(N)

screenshots: install  ## make the README's pictures and one of every page
	$(PY) tools/screenshots.py

constraints: install  ## write constraints.txt anew from what is installed
	$(PY) tools/constraints.py > constraints.new && mv constraints.new constraints.txt

clean:  ## remove what was made (never answers or grades)
	rm -rf .venv dist build .pytest_cache .mypy_cache .ruff_cache
