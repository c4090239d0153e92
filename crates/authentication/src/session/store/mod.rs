//! Rows and SQL of logins and sessions.

pub mod events;
pub mod logins;
pub mod sessions;
