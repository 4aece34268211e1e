# Muster's front door. `make` alone lists what there is; `make run` and `make test` are the two
# that a newcomer needs, and both install what is missing.
SHELL := /bin/bash
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# As in scripts/lib/common.sh: a terminal must not make everything rebuild.
plain := --no-color-diagnostics
sources := Package.swift Sources Tests Benchmarks

##@ The two that a newcomer needs
.PHONY: run test
run: ## live matches in this terminal; DURATION=seconds RATE=factor KEEP=1 PLAIN=1
	@DURATION='$(DURATION)' RATE='$(RATE)' KEEP='$(KEEP)' PLAIN='$(PLAIN)' scripts/run

test: ## all tests: unit, models, ring stress under thread sanitizer, integration
	@scripts/test

##@ Building and checking
.PHONY: build check fmt proto
build: ## release binaries into .build/release
	@scripts/install build
	swift build $(plain) -c release

check: ## format lint, generated code, layout rules
	@scripts/install build test
	swift format lint --strict --parallel --recursive $(sources)
	scripts/generate-proto --check
	swift test $(plain) --disable-xctest --filter TidyTests

fmt: ## format all Swift files in place
	swift format --in-place --parallel --recursive $(sources)

proto: ## regenerate Sources/CWire from proto/
	@scripts/install build test
	scripts/generate-proto

##@ Parts of the tests
.PHONY: unit stress model sim integration
unit: ## unit tests only (FILTER=name)
	@scripts/install build
	swift test $(plain) --disable-xctest $(if $(FILTER),--filter $(FILTER))

stress: ## ring stress under thread sanitizer
	@scripts/install build
	scripts/stress

model: ## protocols and rings checked by Spin in all their states (ARGS=name)
	@scripts/install build test
	@scripts/models $(ARGS)

sim: ## simulator of faults over many seeds (ARGS='--seeds 1..100000 --feature roles')
	@scripts/install build
	scripts/sim $(ARGS)

integration: ## matchmakerd against real servers with a foreign client (FILTER=name)
	@scripts/install build servers test
	@scripts/venv
	swift build $(plain)
	MUSTER_BIN=.build/debug .venv/bin/python -m pytest -p no:cacheprovider \
	    Tests/IntegrationTests $(if $(FILTER),-k '$(FILTER)')

##@ Measuring
.PHONY: bench lab
lab: ## frontiers of the lab's workloads into docs/FRONTIERS.md
	@scripts/install build test
	@scripts/venv
	scripts/lab

bench: ## matchbench herd, steady, scaling, queues, rings (ARGS=... passes flags to each)
	@scripts/install build
	swift build $(plain) -c release --product matchbench
	for kind in herd steady scaling queues rings; do \
	    .build/release/matchbench $$kind $(ARGS) || exit; done

.PHONY: bench-commit
bench-commit: ## commits in PostgreSQL against the same rows written bare (ARGS='--seconds 10')
	@scripts/install servers test
	@scripts/venv
	@scripts/servers start --dir .run/bench
	@.venv/bin/python Benchmarks/Database/commit_ceiling.py --dir .run/bench $(ARGS); \
	    code=$$?; scripts/servers stop --dir .run/bench; exit $$code

##@ Infrastructure without matchmakerd
.PHONY: up down health
up: ## private NATS, Redis and PostgreSQL; addresses by `scripts/servers env`
	@scripts/install servers
	@scripts/servers start
	@scripts/servers env

down: ## stop them and remove their data (KEEP=1 keeps it)
	@scripts/servers stop $(if $(filter-out 0,$(KEEP)),--keep)

health: ## check all infrastructure by real round trips
	@scripts/health

##@ Database (URL=... or the servers of make run or make up; TO=number stops there)
.PHONY: db-migrate db-status db-rollback db-schema
migrate := scripts/migrate
to := $(if $(URL),--url '$(URL)') $(if $(TO),--to $(TO))
db-migrate: ## apply the migrations that are missing
	@scripts/install servers
	@$(migrate) up $(to)

db-status: ## list migrations; fails if one is missing or was edited
	@$(migrate) status $(to)

db-rollback: ## take back the newest migration, and what it held
	@$(migrate) down $(to)

db-schema: ## write db/schema.sql anew from the migrations
	@scripts/install servers
	@scripts/schema

##@ Rest
.PHONY: clean help
clean: down ## remove everything that was built, and private servers' data
	@scripts/servers stop --dir .run/run
	@scripts/servers stop --dir .run/test
	@scripts/servers stop --dir .run/bench
	rm -rf .build .venv

help: ## this list
	@awk 'BEGIN { FS = ":.*## " } \
	    /^##@/ { printf "\n%s\n", substr($$0, 5) } \
	    /^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
