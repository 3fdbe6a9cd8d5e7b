# What can be done here; `make help` lists it.
.DEFAULT_GOAL := help
.PHONY: help run build package book test attack torture lint sbom bench fuzz-api captcha-report mutations

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

# Built with the features that `make test` builds with (`--examples` takes in those of the tests), so that
# neither compiles again what the other has compiled.
run: ## Serve on 127.0.0.1:8080 with the embedded default and demo data
	cargo build --workspace --bin minsu --examples
	MINSU_PROFILE=$${MINSU_PROFILE:-dev} exec "$${CARGO_TARGET_DIR:-target}/debug/minsu" serve

build: ## Build target/release/minsu
	cargo build --release --workspace --bins

package: ## Build the Debian package into target/debian
	command -v cargo-deb >/dev/null || cargo install --locked cargo-deb
	cargo deb -p minsu-api

book: ## Build the book of docs/ into target/book, and follow its links
	scripts/book.sh

test: ## Run every test; installs the test servers that are missing
	scripts/install-test-servers.sh
	scripts/test.sh

mutations: ## Plant losses that once went unseen, each of which a test must notice
	scripts/mutations.py

attack: ## Attack the binary in every known way and measure what honest visitors get (half an hour)
	ATTACK=full cargo test --workspace --test attacks -- --nocapture --test-threads=1

torture: ## Kill, stop, cut off and fill up the site while it serves, and check that nothing is lost (an hour)
	TORTURE=full cargo test --workspace --test torture -- --nocapture --test-threads=1

lint: ## Check format, lints and scripts
	scripts/lint.sh

fuzz-api: ## Call everything that the OpenAPI document says, in every way that schemathesis thinks of
	scripts/fuzz-api.sh

sbom: ## Write the bill of materials of the binary to target/minsu.cdx.json
	mkdir -p target
	scripts/sbom.py > target/minsu.cdx.json

bench: ## Measure, as ratios between things of the same run
	scripts/bench.sh

captcha-report: ## Measure what people and programs make of the captcha (half an hour)
	scripts/captcha-report/report.sh
