# Five words run everything; `make` alone tests and lints. The first commands are in CONTRIBUTING.md.

PYTHON ?= python

.PHONY: all test lint fmt golden bench

all: test lint

test:
	$(PYTHON) -m pytest -n 2

lint:
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy

fmt:
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .

golden:
	BLURKIT_GOLDEN=write $(PYTHON) -m pytest -q tests/golden

bench:
	$(PYTHON) -m bench.detect
	$(PYTHON) -m bench.end_to_end
	$(PYTHON) -m bench.speed
