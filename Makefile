# What is done to this project, in one word each.

# What the console is made from.
CONSOLE := $(shell find console -name node_modules -prune -o -name dist -prune -o -type f -print) \
	crates/control/openapi.json
NODE_SUFFICES = command -v npm >/dev/null && node -e \
	'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)'

.PHONY: run test bench audit fmt screenshots docs

# Builds and starts Tollgate, the console included where there is Node to build it.
# ARGS="--data DIR" passes flags.
run:
	@if $(NODE_SUFFICES); then \
		$(MAKE) --no-print-directory --silent console/dist/.built; \
	else \
		echo "The console is left out: building it takes Node 20.19 or later, with npm." >&2; \
		echo "Everything else works; install Node and run this again to have it." >&2; \
	fi
	cargo run --release --package tollgate -- $(ARGS)

# The built console, which the binary holds.
console/dist/.built: console/node_modules/.installed $(CONSOLE)
	@echo "Building the console." >&2
	npm --prefix console run --silent build
	@touch $@

console/node_modules/.installed: console/package.json console/package-lock.json
	@echo "Fetching what the console is made with." >&2
	npm --prefix console ci --no-audit --no-fund
	@touch $@

# Installs what the tests need, runs all of them, prints "N passed, N failed" at the end.
# FAST=1 leaves out the slow parts (the browser).
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

# Writes docs/images: every page of the console with real traffic, light, dark, and narrow.
screenshots:
	tests/run parts console chromium
	cargo build --package tollgate
	node tests/browser/screenshots.mjs

# Writes the generated pages.
docs:
	cargo build --workspace --all-targets
	"$${CARGO_TARGET_DIR:-target}/debug/xtask" docs
