# One command each; `make help` lists them.
.DEFAULT_GOAL := help
PYTHON ?= $(shell command -v python3.11 || command -v python3)
JIESU := .venv/bin/jiesu
TESTS ?= tests

.PHONY: help run talk test lint eval bench domain lock setup setup-dev speech-models demo-voice clean

help: ## what can be done here
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup:
	@$(PYTHON) scripts/setup.py app rasa whisper

setup-dev:
	@$(PYTHON) scripts/setup.py app rasa dev whisper

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
	@$(PYTHON) scripts/lock.py

speech-models: ## the demonstration's recognition models, trained anew (under an hour)
	@$(PYTHON) scripts/setup.py speech
	@.speech-venv/bin/python -m asr.training.make

demo-voice: setup ## everything, with the demonstration's small recognition models: not for production
	@JIESU_VOSK_MODEL=asr/demo/vosk JIESU_WHISPER_MODEL=asr/demo/whisper.pt exec $(JIESU) run

clean: ## removes environments, models and the database
	rm -rf .venv .rasa-venv .speech-venv .bootstrap var
