.DEFAULT_GOAL := help
.PHONY: help run report-test compare build build-live serve test examples defects findings live-tests kill-loop conformance model-check sanitize lint format determinism bench setup setup-live clean

SEEDS ?= 1..50
PROGRAMS ?= 10000
# They wait for brokers, databases and processes, on the wall clock: beside tests that compute they would be late.
WAITING_TESTS = '^(RdKafka|Stores|Live|LiveHarness|LiveTarget|LiveCLI|Gateway)Tests\.'
SWIFT_FILES = Sources Tests Benchmarks Examples Package.swift

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## run every scenario on SEEDS (1..50), show the verdicts, write reports/
	.build/release/orrery run scenarios --seeds $(SEEDS)

report-test: build ## open reports in a headless Chromium: no script error, quick, small
	scripts/report-in-browser.sh

compare: build ## compare designs under faults: the table goes to reports/compare/ (minutes)
	.build/release/orrery compare

build: setup ## build the command .build/release/orrery
	swift build -c release --product orrery

build-live: setup-live ## build .build/release/orrery-live as well: serve, lag, topics, dead-letters, doctor
	swift build -c release --product orrery
	swift build -c release --product orrery-live

serve: build-live ## run the services on an embedded broker: http://localhost:3000/api/orders
	@.build/release/orrery serve

test: setup-live ## run every test, compare debug with release, check the style
	scripts/determinism.sh
	@$(MAKE) --no-print-directory lint
	swift build --build-tests
	swift test --skip-build --disable-xctest --skip $(WAITING_TESTS)
	swift test --skip-build --disable-xctest --filter $(WAITING_TESTS)
	@$(MAKE) --no-print-directory examples

examples: setup ## test the services of Examples, a package of its own that knows nothing of orders
	swift test --package-path Examples --disable-xctest

live-tests: build-live ## run whole scenarios in real processes, on embedded brokers and ORRERY_KAFKA_BROKERS (minutes)
	ORRERY_LIVE_TESTS=1 ORRERY_LIVE_PROGRAM=$(CURDIR)/.build/release/orrery-live \
		swift test --disable-xctest --filter LiveTargetTests

kill-loop: build-live ## kill service processes a hundred times under load, on the embedded broker
	.build/release/orrery-live run scenarios/live/kill-loop.yaml --target embedded

conformance: setup-live ## compare the virtual cluster with librdkafka's mock cluster, and with Kafka if there is one
	swift build -c release --product orrery-conformance
	@.build/release/orrery-conformance

model-check: setup ## run PROGRAMS (10000) random programs on the virtual cluster, against a reference model
	swift build -c release --product orrery-modelcheck
	@.build/release/orrery-modelcheck --programs $(PROGRAMS)

defects: setup-live ## find every planted defect again, and write docs/defects.md
	ORRERY_DEFECT_TABLE=docs/defects.md swift test --disable-xctest --filter DefectTableTests

findings: setup ## search for the forty defects that take a fault: docs/findings.md (an hour at most)
	swift build -c release --product orrery-findings
	.build/release/orrery-findings table --witnesses Tests/DefectsTests/Witnesses --output docs/findings.md

sanitize: setup-live ## run the tests of what is written in C, under the address and the thread sanitizer (slow)
	@scripts/sanitize.sh

lint: ## check the style of the sources
	@swift format lint --strict --parallel -r $(SWIFT_FILES)

format: ## put the sources into style
	swift format --in-place --parallel -r $(SWIFT_FILES)

determinism: setup ## compare trace hashes across processes, debug and release
	scripts/determinism.sh

bench: setup ## measure; Benchmarks/README.md says what the figures mean
	swift package --package-path Benchmarks benchmark --no-progress

setup: ## install what a build needs and this machine lacks
	@scripts/setup.sh

setup-live: ## the same, and librdkafka and the databases for everything that is not simulated
	@scripts/setup.sh live

clean: ## remove what was built, keep the reports
	swift package clean
	swift package --package-path Benchmarks clean
	swift package --package-path Examples clean
