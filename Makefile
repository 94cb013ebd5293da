# Mailflow: what a developer needs. Everything happens in .venv; nothing outside this folder is touched.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
PIP = .venv/bin/python -m pip --disable-pip-version-check --quiet
BIN = .venv/bin
# Else, where PYTHONDONTWRITEBYTECODE is set, each of the hundred processes would compile the code anew.
COMPILED = $(BIN)/python -m compileall -q mailflow

.PHONY: help test quick demo train bench torture day fmt lock clean

help:
	@echo "make test    format, lint, types and tests: the one check"
	@echo "make demo    the whole service at work on this machine, without any account"
	@echo "make train   teach the reader anew from the labelled sentences in tests/corpus"
	@echo "make bench   how fast it is"
	@echo "make torture kills a running service 300 times and counts what was lost"
	@echo "make day     twelve hours of a service in some minutes: mails, restarts, cut lines, edited rules"
	@echo "make fmt     format the code and mend what lint can mend"
	@echo "make lock    bring the lock files up to date with pyproject.toml"

test: .venv/development
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(COMPILED)
	$(BIN)/pytest -n 2

demo: .venv/runtime
	$(COMPILED)
	$(BIN)/python -m mailflow demo

train: .venv/development
	$(PIP) install --require-hashes -r requirements-train.lock
	$(BIN)/python -m tests.train

bench: .venv/development
	$(COMPILED)
	$(BIN)/python -m tests.bench

torture: .venv/development
	$(COMPILED)
	$(BIN)/python -m tests.torture 300

day: .venv/development
	$(COMPILED)
	$(BIN)/python -m tests.day

fmt: .venv/development
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# The locks name versions and hashes and no host; uv is fetched only for this.
lock: .venv/development
	$(PIP) install uv
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	  --no-header --no-annotate --no-emit-index-url --quiet --upgrade -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
	  --no-header --no-annotate --no-emit-index-url --quiet -c requirements.lock -o requirements-dev.lock
	$(BIN)/uv pip compile pyproject.toml --group train --universal --python-version 3.11 --generate-hashes \
	  --no-header --no-annotate --no-emit-index-url --quiet -c requirements.lock -o requirements-train.lock

clean:
	rm -rf .venv build dist demo .mypy_cache .ruff_cache .pytest_cache .hypothesis

# The stamps make the second call quick.
.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Mailflow needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 …" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null \
	  || { echo "Python's venv module is missing (on Debian: apt install python3-venv)." >&2; exit 1; }
	$(PYTHON) -m venv .venv

.venv/runtime: requirements.lock | .venv/bin/python
	$(PIP) install --require-hashes -r requirements.lock
	@touch $@

.venv/development: requirements-dev.lock pyproject.toml | .venv/bin/python
	$(PIP) install --require-hashes -r requirements-dev.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@ .venv/runtime
