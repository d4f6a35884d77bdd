# make demo and make test set everything up by themselves; the second call takes seconds.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin

# Compiled modules are kept: without them every start of torch takes seconds longer.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test check setup screenshots report clean

demo: $(VENV)/runtime.stamp
	$(BIN)/timbrush demo -o demo --force

test: check

check: $(VENV)/dev.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	scripts/check_page.sh
	$(BIN)/python -m pytest

setup: $(VENV)/dev.stamp

screenshots: $(VENV)/dev.stamp
	$(BIN)/python scripts/screenshots.py

report: $(VENV)/dev.stamp
	$(BIN)/timbrush-lab report -o report/generated --readme README.md --appendix results/appendix.md
	cd report && latexmk -pdf -interaction=nonstopmode -halt-on-error report.tex

clean:
	rm -rf $(VENV) demo build

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/runtime.stamp: pyproject.toml | $(VENV)/bin/python
	$(BIN)/pip install --quiet --no-compile --disable-pip-version-check --editable ".[picture]"
	touch $@

$(VENV)/dev.stamp: pyproject.toml | $(VENV)/bin/python
	$(BIN)/pip install --quiet --no-compile --disable-pip-version-check --editable ".[dev]"
	touch $@ $(VENV)/runtime.stamp
