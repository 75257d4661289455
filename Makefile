# What is done to this project, in one word each.

.PHONY: run test bench audit fmt docs

# Builds and starts Tollgate; nothing else is needed. ARGS="--data DIR" passes flags.
run:
	cargo run --release --package tollgate -- $(ARGS)

# Installs what the tests need, runs all of them, prints "N passed, N failed" at the end.
# FAST=1 leaves out the slow parts (browser, cluster), of which there is none yet.
test:
	tests/run

# Measures Tollgate beside nginx and writes docs/benchmark.md. Wants two idle cores, nginx, wrk.
bench:
	python3 bench/run.py --date $(shell date +%F)

# Licences, sources and duplicates of the dependencies; dependencies that nothing uses.
audit:
	tests/run audit

fmt:
	cargo fmt --all

# Writes the generated pages.
docs:
	cargo build --workspace --all-targets
	"$${CARGO_TARGET_DIR:-target}/debug/xtask" docs
