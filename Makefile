# Aliases for ./dev, nothing else.
.PHONY: help run test check bench lock reset

help: ## this list
	@grep -E '^[a-z]+:.*##' Makefile | sed 's/:.*##/\t/' | expand -t 10

run: ## run the hub with demo data on port 8000
	./dev run

test: ## run the tests
	./dev test

check: ## style, types, imports, migrations, locks
	./dev check

bench: ## measure what is promised to be quick
	./dev bench

lock: ## compile requirements*.in
	./dev lock

reset: ## remove all data of this copy
	./dev reset
