# Everything a person does with this repository, one verb each. `make` alone lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
FILM ?= _2025/autograd
JOBS ?= $(shell getconf _NPROCESSORS_ONLN)

.DEFAULT_GOAL := help
.PHONY: help system system-tests setup film test check doctor clean

help: ## List these verbs
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

$(VENV)/.ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed, and $(PYTHON) is not. Try: make PYTHON=python3.12 ..." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt setuptools
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,farm]'
	$(BIN)/python -m darkroom.engine.boot install
	touch $@

system:
	@scripts/system_packages.sh

system-tests:
	@scripts/system_packages.sh --tests

setup: system $(VENV)/.ready ## Install system packages, a virtual environment and everything in it

film: setup ## Render the final cut of FILM (the first film unless told) and say where it lies
	$(BIN)/darkroom film $(FILM)

test: system-tests $(VENV)/.ready ## Run every test
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest -n $(JOBS) --dist worksteal

check: $(VENV)/.ready ## The inner loop, under a minute: lint, types, and the tests that draw nothing
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest -n $(JOBS) -m "not slow" -q

doctor: $(VENV)/.ready ## Prove that this machine can render
	$(BIN)/darkroom doctor

clean: ## Remove the virtual environment and all rendered files
	rm -rf $(VENV) media build *.egg-info
