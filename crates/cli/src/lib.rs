#![doc = include_str!("../README.md")]

mod audit;
pub mod pki;
pub mod snapshot;
mod token_maskinporten;

pub use audit::{AuditArgs, audit};

/// `allting token …`
pub mod token {
    pub use crate::token_maskinporten::{MaskinportenArgs, maskinporten};
}
