# These words run everything; `make` alone tests and lints. CONTRIBUTING.md says what each is for.

PYTHON ?= python

.PHONY: all test test-quick lint fmt docs site golden bench

all: test lint

test:
	$(PYTHON) -m pytest -n 2

test-quick:
	$(PYTHON) -m pytest -q -n 2 -m 'not model'

lint:
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy
	lint-imports
	@if command -v npm >/dev/null; then tests/page/check; \
	else echo "npm is missing: the scripts of the review page are not checked"; fi

fmt:
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .

docs:
	$(PYTHON) -m tools.write_reference
	$(PYTHON) -m tools.write_manual

site:
	$(PYTHON) -m tools.site --out build/site

golden:
	BLURKIT_GOLDEN=write $(PYTHON) -m pytest -q tests/golden

bench:
	$(PYTHON) -m bench.detect
	$(PYTHON) -m bench.end_to_end
	$(PYTHON) -m bench.speed
