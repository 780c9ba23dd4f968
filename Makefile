# One command each; `make help` lists them.
.DEFAULT_GOAL := help
PYTHON ?= $(shell command -v python3.11 || command -v python3)
JIESU := .venv/bin/jiesu
TESTS ?= tests

.PHONY: help run talk test lint eval bench domain lock setup setup-dev clean

help: ## what can be done here
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup:
	@$(PYTHON) scripts/setup.py app rasa

setup-dev:
	@$(PYTHON) scripts/setup.py app rasa dev

run: setup ## everything, on http://127.0.0.1:8000 (PORT)
	@exec $(JIESU) run

talk: setup ## a conversation in the terminal
	@exec $(JIESU) talk

test: setup-dev ## all tests: unit, contract, integration, end to end
	@$(PYTHON) scripts/system_packages.py
	@.venv/bin/python -m pytest $(TESTS)

lint: setup-dev ## ruff, mypy --strict, import rows
	@.venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/mypy && .venv/bin/lint-imports

eval: setup-dev ## how well it understands the evaluation set, with pictures
	@.venv/bin/python -m bench.understanding

bench: setup-dev ## speed, as ratios within one run
	@.venv/bin/python -m bench

domain: setup-dev ## Rasa's domain, generated anew from the catalog
	@.venv/bin/python -m dialog.rasa.project

lock: ## the lock files, resolved anew
	@.bootstrap/bin/uv pip compile -q --no-header --universal --python-version 3.11 requirements/app.in -o requirements/app.lock
	@.bootstrap/bin/uv pip compile -q --no-header --universal --python-version 3.11 requirements/dev.in -o requirements/dev.lock
	@.bootstrap/bin/uv pip compile -q --no-header --python-version 3.10 --override requirements/rasa-overrides.txt requirements/rasa.in -o requirements/rasa.lock

clean: ## removes environments, models and the database
	rm -rf .venv .rasa-venv .bootstrap var
