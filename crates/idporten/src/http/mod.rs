//! One operation, one file; `browser`, `client_auth` and `finish` are what several of them share.

pub mod assets;
pub mod authorize;
pub mod browser;
pub mod cancel;
pub mod choose;
pub mod client_auth;
pub mod discovery;
pub mod finish;
pub mod introspect;
pub mod jwks;
pub mod language;
pub mod login;
pub mod logout;
pub mod par;
pub mod person;
pub mod revoke;
pub mod token;
pub mod userinfo;
