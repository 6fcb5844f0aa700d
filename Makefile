# Every command a reader, analyst or maintainer needs. `make help` explains them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready

.DEFAULT_GOAL := help
.PHONY: help setup book test quick lock clean

help:  ## show this list
	@echo "Set-up happens by itself; the first 'make book' or 'make test' takes a few minutes."
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

setup: $(READY)  ## make .venv with everything the book needs (skipped when nothing changed)

# `ready` is written last: an interrupted set-up is never taken for a finished one.
# The explicit compileall is for machines with PYTHONDONTWRITEBYTECODE set: without it
# every kernel would recompile pandas, seaborn and statsmodels at each start.
$(READY): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; found $$($(PYTHON) --version). Try: make setup PYTHON=python3.12"; exit 1; }
	@echo "Setting up $(VENV) ..."
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@$(BIN)/python -m compileall -q $(VENV)/lib src >/dev/null || true
	@touch $@

book: setup  ## run every chapter and build the book
	@$(BIN)/book build

test: setup  ## run every check: helpers, data, chapters, the built book
	@$(BIN)/python -m pytest

quick: setup  ## the checks that take seconds: everything but notebooks, pages and kill tests
	@$(BIN)/python -m pytest tests -m "not slow"

lock: setup  ## compile requirements.in into requirements.txt for every supported Python
	@$(BIN)/python -m pip install --quiet "uv>=0.5"
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
	  --custom-compile-command "make lock" requirements.in -o requirements.txt

clean:  ## remove what was built (.venv stays)
	@rm -rf _build .pytest_cache .hypothesis .ruff_cache
