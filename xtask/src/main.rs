//! Repository checks: `cargo xtask layers` (dependencies point down only), `size` (no file over 600 lines), `bans` (crates that must
//! not be compiled in), `deny` (licences and sources).

mod bans;
mod deny;
mod layers;
mod size;

fn main() -> anyhow::Result<()> {
    match std::env::args().nth(1).as_deref() {
        Some("layers") => layers::check(),
        Some("size") => size::check(),
        Some("bans") => bans::check(),
        Some("deny") => deny::check(),
        other => anyhow::bail!("usage: cargo xtask layers|size|bans|deny, not {other:?}"),
    }
}
