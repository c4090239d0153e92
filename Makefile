# make demo   set up what is missing, build, run the main job, write demo.json
# make test   everything that CI runs
# make check  format, lints, layers, unit tests: minutes
.PHONY: demo test check serve bench fmt setup web

demo: web
	cargo run --quiet -- demo

serve: web
	cargo run --quiet -- serve

setup:
	scripts/setup

# The look comes from an npm package; its built style sheet is embedded in the binary.
web:
	scripts/setup web

check: web
	cargo fmt --all --check
	cargo xtask layers
	cargo xtask size
	cargo xtask bans
	cargo xtask deny
	cargo clippy --workspace --all-targets --quiet -- -D warnings
	scripts/nextest --workspace --lib --bins

test:
	scripts/test

bench:
	cargo build --release --package allting --package bench
	./target/release/bench all

fmt:
	cargo fmt --all
