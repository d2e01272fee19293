# Needs only Python 3.11+ (with pip or venv), git and make. Nothing outside this folder is touched,
# except that `make test` installs Chromium with apt where it is missing and may be installed.
PY ?= python3
UV := .uv/bin/uv
RUN := .venv/bin
ARGS ?=
ONLY ?=
export UV_PYTHON_DOWNLOADS := never
# An office network may have a certificate authority of its own.
export UV_SYSTEM_CERTS := true

.DEFAULT_GOAL := help
.PHONY: help demo test chaos lint bench docs lock clean

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 16

demo: .venv/runtime ## department systems, first sync, API and console on this machine (ARGS='--once --json')
	@$(RUN)/hub demo $(ARGS)

test: .venv/dev .venv/chromium ## every test, SQLite and PostgreSQL, and a real browser (ARGS='-k name')
	@$(RUN)/python -m pytest -n 3 $(ARGS)

chaos: .venv/dev ## syncs that are killed, cut off and starved, against undisturbed ones (ROUNDS=200 RECORDS=100000 SEED=1 DATABASE=sqlite)
ifeq ($(ONLY),roles)
	@$(RUN)/python -m tests.chaos.roles --records $(or $(RECORDS),20000) --seed $(or $(SEED),1) $(ARGS)
else
	@$(RUN)/python -m tests.chaos --rounds $(or $(ROUNDS),20) --records $(or $(RECORDS),100000) --seed $(or $(SEED),1) --database $(or $(DATABASE),postgresql) $(ARGS)
endif

lint: .venv/dev ## style, types, walls between the rooms, configuration and mappings
	@$(RUN)/ruff check .
	@$(RUN)/ruff format --check .
	@$(RUN)/mypy
	@$(RUN)/lint-imports
	@$(RUN)/hub config check config.yaml
	@$(RUN)/hub mapping lint

bench: .venv/bench ## every benchmark, or one with ONLY=name; figures go to bench/results/
	@$(RUN)/python -m bench $(ONLY)

docs: .venv/dev ## write the generated parts of the docs again (settings, commands, functions, OpenAPI, JSON Schema)
	@$(RUN)/python -m docs.generate

lock: $(UV) ## resolve the dependencies again into the three lock files
	$(UV) pip compile -q --upgrade --universal --generate-hashes --no-annotate --python-version 3.11 pyproject.toml -o requirements.lock
	$(UV) pip compile -q --upgrade --universal --generate-hashes --no-annotate --python-version 3.11 pyproject.toml --group dev -o requirements-dev.lock
	$(UV) pip compile -q --upgrade --universal --generate-hashes --no-annotate --python-version 3.11 pyproject.toml --group bench -c requirements-dev.lock -o requirements-bench.lock
	$(UV) pip compile -q --upgrade --universal --generate-hashes --no-annotate --python-version 3.11 requirements-build.in -o requirements-build.lock

clean: ## remove the environment, the demo's data and every cache
	rm -rf .venv .uv var dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	rm -rf hub/console/static/vendor

$(UV):
	@$(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; this is " + sys.version.split()[0])'
	@echo "Getting uv, which installs everything else (once) ..." >&2
	@$(PY) -m pip install -q --disable-pip-version-check --no-warn-script-location --root-user-action=ignore --target .uv uv==0.13.9 2>/dev/null \
	 || { $(PY) -m venv .uv && .uv/bin/pip install -q --disable-pip-version-check uv==0.13.9; }

# Packages come hash-checked from the locks, the build's own too; a second run costs nothing.
.venv/bin/python: | $(UV)
	@$(UV) venv -q --allow-existing --python $(PY) .venv

.venv/runtime: requirements.lock requirements-build.lock pyproject.toml assets.py $(wildcard hub/console/translations/*/LC_MESSAGES/*.po) | .venv/bin/python
	@echo "Installing the packages of requirements.lock ..." >&2
	@$(UV) pip install --compile-bytecode --python $(RUN)/python --require-hashes -r requirements.lock
	@$(UV) pip install -q --python $(RUN)/python --no-deps --build-constraints requirements-build.lock -e .
	@touch $@

.venv/dev: requirements-dev.lock .venv/runtime
	@echo "Installing the packages of requirements-dev.lock ..." >&2
	@$(UV) pip install --compile-bytecode --python $(RUN)/python --require-hashes -r requirements-dev.lock
	@touch $@

.venv/bench: requirements-bench.lock .venv/dev
	@echo "Installing the packages of requirements-bench.lock ..." >&2
	@$(UV) pip install --compile-bytecode --python $(RUN)/python --require-hashes -r requirements-bench.lock
	@touch $@

.venv/chromium: | .venv/dev
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null || { \
	  echo "Installing Chromium for the browser tests ..." >&2; \
	  if [ "$$(id -u)" = 0 ]; then SUDO=; else SUDO="sudo -n"; fi; \
	  { $$SUDO apt-get update -qq && $$SUDO apt-get install -y -qq --no-install-recommends chromium; } >/dev/null 2>&1 \
	  || echo "Chromium could not be installed: the browser tests will be skipped." >&2; }
	@touch $@
