//! Browser login, refresh, logout and token exchange (identity §3).

mod browser;
mod exchange;
mod login;
mod logout;
mod mockporten;
mod refresh;

pub use browser::{Browser, KARI, claims, start};
