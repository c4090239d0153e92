//! Repository checks: `cargo xtask layers` (dependencies point down only) and `cargo xtask size` (no file over 600 lines).

mod layers;
mod size;

fn main() -> anyhow::Result<()> {
    match std::env::args().nth(1).as_deref() {
        Some("layers") => layers::check(),
        Some("size") => size::check(),
        other => anyhow::bail!("usage: cargo xtask layers|size, not {other:?}"),
    }
}
