# Everything sets itself up: a virtual environment in .venv, with nothing assumed but Python 3.11 or newer.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
LOAD_READY := $(VENV)/.load-ready
MANAGE := $(BIN)/python demo_site/manage.py

.PHONY: demo test lint docs serve bench bench-pytest bench-load clean

demo: $(READY)  ## The guard at work: seeded data, real requests, what it finds
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) seed --size small
	@$(MANAGE) demo

test: $(READY)  ## The tests, on every database that answers
	@$(BIN)/python -m tests

lint: $(READY)  ## Style, types, and which room may import which
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

docs: $(READY)  ## What of the docs comes from the code or from a run: the options, the samples
	@$(BIN)/python -m docs

serve: $(READY)  ## The demo site, for a browser or curl
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) seed --size small
	@$(MANAGE) addresses
	@$(MANAGE) runserver

bench: $(READY)  ## What the guard costs, in instructions (with valgrind), time and memory, beside its targets
	@$(BIN)/python -m benchmarks.cost

bench-pytest: $(READY)  ## What the pytest plugin costs a suite of 2,000 trivial database tests
	@$(BIN)/python -m benchmarks.pytest_cost $(PYTEST_COST)

bench-load: $(LOAD_READY)  ## The demo site under load: naive, optimized, with the guard and without (PostgreSQL)
	@$(BIN)/python -m benchmarks.load $(LOAD)

clean:  ## Back to a fresh clone
	rm -rf $(VENV) .nox dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	rm -f demo_site/*.sqlite3 *.sqlite3

# mysqlclient is compiled, so it is there only where MariaDB's client library is (Debian: libmariadb-dev).
$(READY): pyproject.toml
	@echo "Setting up $(VENV) …"
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	@$(BIN)/python -m pip install --quiet --editable . --group test --group lint
	@if command -v mariadb_config >/dev/null 2>&1; then $(BIN)/python -m pip install --quiet --editable '.[mariadb]' \
		|| echo "mysqlclient could not be built: the tests on MariaDB will be skipped"; fi
	@touch $@

$(LOAD_READY): $(READY)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --group load
	@touch $@
