# Every command a reader, analyst or maintainer needs. `make help` explains them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
# Whoever has pip install for the user means other work; in .venv it is an error.
export PIP_USER := 0

.DEFAULT_GOAL := help
.PHONY: help setup install book test quick gallery lock clean

help:  ## show this list
	@echo "Set-up happens by itself; the first 'make book' or 'make test' takes a few minutes."
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

# `ready` is written last, so an interrupted set-up is never taken for a finished one. It holds the
# folder, since .venv has absolute paths: that of a copied checkout would run the original's files;
# and the Python, since another may be asked for later.
setup:  ## make .venv with everything the book needs (skipped when nothing changed)
	@version=$$($(PYTHON) -c 'import sys; print(sys.version.split()[0])' 2>/dev/null) || \
	  { echo "There is no Python called $(PYTHON). Try: make setup PYTHON=python3.12"; exit 2; }; \
	why=; [ -f $(READY) ] || why="it is not there whole"; \
	[ "$$why" ] || [ "$$(sed -n 1p $(READY))" = "$(CURDIR)" ] || why="it belongs to another folder, $$(sed -n 1p $(READY))"; \
	[ "$$why" ] || [ "$(origin PYTHON)" = file ] || [ "$$(sed -n 2p $(READY))" = "$$version" ] || \
	  why="it has Python $$(sed -n 2p $(READY)), and $$version is asked for"; \
	[ "$$why" ] || ! [ requirements.txt -nt $(READY) -o pyproject.toml -nt $(READY) ] || why="the list of packages has changed"; \
	if [ "$$why" ]; then $(MAKE) --no-print-directory install WHY="$$why" VERSION="$$version"; fi

# The explicit compileall is for machines with PYTHONDONTWRITEBYTECODE set: without it
# every kernel would recompile pandas, seaborn and statsmodels at each start.
install:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; found $(VERSION). Try: make setup PYTHON=python3.12"; exit 2; }
	@echo "Setting up $(VENV) with Python $(VERSION): $(WHY)."
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV)
	@{ $(BIN)/python -m pip install --disable-pip-version-check --progress-bar off -r requirements.txt \
	  2>$(VENV)/pip.log || touch $(VENV)/failed; } | awk -v all=$$(grep -c '==' requirements.txt) \
	  '/^Collecting/ && ++n % 10 == 1 {print "  package " n " of about " all ": " $$2; fflush()} \
	   /^Installing/ {print "  installing them; this takes a minute or two"; fflush()}'
	@if [ -f $(VENV)/failed ]; then cat $(VENV)/pip.log; exit 1; fi
	@echo "  compiling them"
	@$(BIN)/python -m compileall -q $(VENV)/lib src >/dev/null || true
	@printf '%s\n%s\n' "$(CURDIR)" "$(VERSION)" > $(READY)

book: setup  ## run every chapter and build the book
	@$(BIN)/book build

test: setup  ## run every check: helpers, data, chapters, the built book
	@$(BIN)/python -m pytest

quick: setup  ## the checks that take seconds: everything but notebooks, pages and kill tests
	@$(BIN)/python -m pytest tests -m "not slow"

gallery: book  ## pictures of eight pages on screens and paper, into _build/gallery
	@$(BIN)/python benchmarks/gallery.py

lock: setup  ## compile requirements.in into requirements.txt for every supported Python
	@$(BIN)/python -m pip install --quiet "uv>=0.5"
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
	  --custom-compile-command "make lock" requirements.in -o requirements.txt

clean:  ## remove what was built (.venv stays)
	@rm -rf _build .pytest_cache .hypothesis .ruff_cache
