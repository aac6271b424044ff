# `make demo` and `make test` need nothing but Python 3.11 or newer and make.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet

.PHONY: help demo test test-long lint docs lock messages clean \
        bench bench-files bench-guard bench-load bench-lexicon bench-match bench-plan bench-sample bench-text

help: ## show this list
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/:[^#]*## /\t/' | expand -t 14

demo: .venv/.loops ## a whole sample city, served at http://127.0.0.1:8000/ (Ctrl-C ends it)
	@$(BIN)/talentcity demo $(DEMO)

test: .venv/.dev .venv/.loops ## the tests a laptop should run
	@$(BIN)/pytest -m "not long" $(TESTS)

test-long: .venv/.dev ## large sizes and faults; takes long
	@$(BIN)/pytest -m long $(TESTS)

lint: .venv/.dev ## style, types, and the rules of the house about imports
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports
	@$(BIN)/mypy

docs: .venv/.dev ## write the generated pages of docs/ anew
	@$(BIN)/python docs/generate.py

bench: bench-sample bench-files bench-load bench-guard bench-lexicon bench-match bench-plan bench-text ## every benchmark

bench-sample bench-files bench-load bench-guard bench-lexicon bench-match bench-plan bench-text: bench-%: .venv/.dev
	@$(BIN)/python bench/$*.py

messages: .venv/.dev ## collect and compile the texts of the interface (needs gettext)
	@cd src/talentcity/office && ../../../$(BIN)/talentcity manage makemessages --locale zh_Hans --no-obsolete --no-wrap --add-location file
	@$(BIN)/pybabel --quiet compile --domain django --locale zh_Hans --directory src/talentcity/office/locale

lock: .venv/.dev ## resolve the dependencies anew
	@$(BIN)/pip-compile $(LOCK) --extra make --output-file requirements.lock pyproject.toml
	@$(BIN)/pip-compile $(LOCK) --extra make --extra dev --constraint requirements.lock \
	    --output-file requirements-dev.lock pyproject.toml
LOCK := --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --strip-extras --allow-unsafe --no-header

clean: ## remove the environment and the sample city
	@rm -rf .venv demo

.venv/.python:
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "TalentCity needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; exit 2; }
	@echo "Making the environment in .venv (once; a minute or two)"
	@"$(PYTHON)" -m venv .venv || \
	    { rm -rf .venv; echo "Python's venv is missing; on Debian and Ubuntu: apt install python3-venv"; exit 2; }
	@touch $@

.venv/.runtime: .venv/.python requirements.lock pyproject.toml
	@$(PIP) --require-hashes --requirement requirements.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q src
	@touch $@

.venv/.loops: .venv/.runtime $(wildcard src/talentcity/plan/*.py)
	@$(BIN)/python -m talentcity.plan
	@touch $@

.venv/.dev: .venv/.runtime requirements-dev.lock
	@$(PIP) --require-hashes --requirement requirements-dev.lock
	@touch $@
