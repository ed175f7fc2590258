# Everything that a person does with this checkout. `make` alone lists it.
.DEFAULT_GOAL := help
.PHONY: help run test setup check screens bench prove clean environment test-environment

TEST_PYTHON := .venv-test/bin/python
# More workers than this only wait for the one PostgreSQL that they share.
TEST_WORKERS_MAX := 8
ARGUMENTS ?=

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-7s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: environment ## start everything on this machine, with demo data, and say where (Ctrl-C stops it)
	@MULIN_END_WITH_PARENT=1 exec .venv/bin/mulin up $(ARGUMENTS)

test: test-environment ## run all tests in parallel, on a real PostgreSQL and Valkey
	@exec $(TEST_PYTHON) -m pytest -n auto --maxprocesses $(TEST_WORKERS_MAX) --dist worksteal $(ARGUMENTS)

setup: environment ## make the environment in .venv and the command .venv/bin/mulin
	@echo "ready: .venv/bin/mulin --help"

check: test-environment ## lint, format, types, import contracts, catalogues and a report on sizes
	$(TEST_PYTHON) -m ruff check .
	$(TEST_PYTHON) -m ruff format --check .
	$(TEST_PYTHON) -m mypy
	.venv-test/bin/lint-imports --no-cache --no-logo
	$(TEST_PYTHON) -m tests.house.catalogues
	$(TEST_PYTHON) -m tests.house.sizes

screens: test-environment ## look at every page in each size, language and scheme; pictures in artefacts/screens
	@MULIN_SCREENS=all exec $(TEST_PYTHON) -m pytest -n auto --maxprocesses $(TEST_WORKERS_MAX) --dist loadfile tests/pages -k page_can_be_read $(ARGUMENTS)

bench: test-environment ## measure the matcher on drawn problems (see benchmarks/README.md)
	@exec $(TEST_PYTHON) -m benchmarks.matching $(ARGUMENTS)

prove: test-environment ## the long proofs (hours); each writes its result to docs/proofs/
	@exec $(TEST_PYTHON) -m tests.proofs $(ARGUMENTS)

clean: ## remove environments and caches; the data in .data stay
	@rm -rf .venv .venv-test build artefacts *.egg-info
	@rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -not -path './.data/*' -prune -exec rm -rf {} +

environment:
	@requirements/install .venv requirements/runtime.lock

test-environment:
	@requirements/install .venv-test requirements/test.lock
