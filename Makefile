# Every target sets up what it needs first; PORT and ONETHING_DATA are honoured by all of them.
BIN := .venv/bin
READY := .venv/.ready
VENDOR := server/web/static/vendor/.ready

.DEFAULT_GOAL := help
.PHONY: help setup demo serve test cases check fix bench lock wheel clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

setup: $(READY) $(VENDOR) ## Make .venv and fetch the browser files

demo: setup ## Run the server with the published configuration, demo accounts and simulators
	@$(BIN)/onething demo

serve: setup ## Run the server with its own keys (first: .venv/bin/onething init)
	@$(BIN)/onething serve

test: setup ## Run all tests, the browser's included
	@scripts/setup-chromium
	@scripts/setup-schema-suite
	@$(BIN)/pytest -n 2 --dist loadgroup

cases: setup ## Run the case files; UPDATE=1 rewrites what they expect
	@UPDATE=$(UPDATE) $(BIN)/pytest -m cases

check: setup ## Lint, format check, types and layers
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy --strict server admin_ui
	@$(BIN)/lint-imports

fix: setup ## Lint with repairs and format
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

bench: setup ## Measure against the opponents; writes build/bench.json
	@$(BIN)/onething bench

lock: setup ## Write the lock files anew; UPGRADE=1 takes newer versions
	@scripts/lock

wheel: setup ## Build the distribution into dist/
	@$(BIN)/uv build -q --wheel --no-build-isolation --out-dir dist && ls dist

clean: ## Remove what set-up and builds made
	rm -rf .venv node_modules server/web/static/vendor build dist

$(READY): pyproject.toml requirements-dev.lock scripts/setup-python
	@scripts/setup-python
	@touch $@

$(VENDOR): package.json package-lock.json requirements-node.lock scripts/setup-browser-files scripts/npm | $(READY)
	@scripts/setup-browser-files
	@touch $@
