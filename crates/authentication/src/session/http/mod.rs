//! One operation, one file; `browser` is what several of them share.

pub mod authentication;
pub mod browser;
pub mod callback;
pub mod discovery;
pub mod exchange;
pub mod frontchannel;
pub mod handle_logged_out;
pub mod logout;
pub mod not_built;
pub mod refresh;
