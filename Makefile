# Every command of a checkout. No target names an absolute path: a checkout's path may hold spaces.
# Programs of the environment run as `python -m`: their scripts break in long paths.

PYTHON ?= python3
PY := .venv/bin/python
EMBEDDED := $(PY) -m config.embedded run --
# A run of the tests starts some forty processes. Where the environment forbids Python to keep what it
# compiled, each of them compiles Django anew: five seconds of CPU instead of none.
unexport PYTHONDONTWRITEBYTECODE
CHECK_ENV := set -a && . deploy/env.example && set +a && DJANGO_SETTINGS_MODULE=config.settings.production

.DEFAULT_GOAL := help
.PHONY: help setup run demo test histories check fix acceptance bench chaos migrations messages screenshots docs lock stop

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

setup: ## Make the virtual environment with the locked dependencies (skipped when nothing changed)
	@$(PYTHON) deploy/prepare.py

run: setup ## Serve everything for development: sandbox, web, workers and beat; Ctrl-C stops them
	@$(PY) -m config.supervisor

demo: setup ## Play the story of a day's payments, then keep serving; ONCE=1 ends after the story
	@$(PY) -m config.demonstration $(if $(ONCE),--once)

test: setup ## Run the whole suite on real PostgreSQL and Valkey; ARGS="-k refund" goes to pytest
	@$(EMBEDDED) $(PY) -m pytest -n 4 --dist loadgroup --durations=25 --durations-min=5 $(ARGS)

histories: setup ## Let hypothesis think up HISTORIES=4000 histories of payments, others each time
	@HISTORIES=$(or $(HISTORIES),4000) $(EMBEDDED) $(PY) -m pytest tests/payments/histories -q -n 2 --dist loadgroup -rP --show-capture=stdout -p no:logging

check: setup ## Format, lint, strict types, import contracts, missing migrations, deployment checks
	$(PY) -m ruff format --no-cache --check .
	$(PY) -m ruff check --no-cache .
	$(PY) -m mypy
	$(PY) -c "from importlinter.cli import lint_imports_command; lint_imports_command()"
	$(PY) manage.py makemigrations --check --dry-run
	$(CHECK_ENV) $(PY) manage.py check --deploy --fail-level WARNING

fix: setup ## Format the code and mend what the linter can mend
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix .

acceptance: setup ## Play Alipay's own acceptance cases, SPOT/Case-001 to 006, and judge them
	@$(PY) -m config.demonstration --acceptance

bench: setup ## Measure speed and size beside the floors of this machine
	@$(EMBEDDED) $(PY) -m tests.bench $(ARGS)

chaos: setup ## Break everything at random, then compare both sides' books; ARGS="--seed 7"
	@$(PY) -m tests.chaos $(ARGS)

migrations: setup ## Write missing migrations; NAME=add_refund_reference APP=payments
	$(PY) manage.py makemigrations $(APP) $(if $(NAME),--name $(NAME))

screenshots: setup ## Take the pictures of the console for docs/images from a played demo
	@$(PY) -m tests.browser.pictures

messages: setup ## Gather the console's words, compile its languages; fails while one is not translated
	@$(PY) -m config.messages

docs: setup ## Write the generated pages of docs/reference anew
	@$(PY) -m config.reference

lock: setup ## Pin every dependency anew, with hashes
	PATH="$$PWD/.venv/bin:$$PATH" sh requirements/compile.sh

stop: setup ## Stop what runs in this checkout, wherever it was started
	@$(PY) -m config.supervisor stop
