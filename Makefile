# Everything is done by scripts/dev.py, which needs nothing but Python 3.11.
PYTHON ?= python3
DEV = $(PYTHON) scripts/dev.py

.DEFAULT_GOAL := help
.PHONY: help run test quick lint format shape bench soak messages lock clean

help:  ## list these targets
	@sed -n 's/^\([a-z]*\):  *## */\1|/p' $(MAKEFILE_LIST) | while IFS='|' read -r name text; do printf '  make %-10s %s\n' "$$name" "$$text"; done

run:  ## install, then run the demo at http://127.0.0.1:8000
	@$(DEV) run

test:  ## lint, types, contracts, then the whole suite on SQLite and PostgreSQL
	@$(DEV) test

quick:  ## the unit tests only
	@$(DEV) quick

lint:  ## lint, format, types, import contracts, translations, migrations, budgets
	@$(DEV) lint

format:  ## put the code into its form
	@$(DEV) format

shape:  ## print the budgets of size and check them
	@$(DEV) shape

bench:  ## measure what docs/performance.md promises, on both databases
	@$(DEV) bench

soak:  ## long runs with injected faults and kills
	@$(DEV) soak

messages:  ## collect texts to translate and compile the catalogs
	@$(DEV) messages

lock:  ## maintainers: renew requirements/*.txt
	@$(DEV) lock

clean:  ## delete what tools left behind; data and .venv stay
	@$(DEV) clean
