#![doc = include_str!("../README.md")]

pub mod pki;
mod token_maskinporten;

/// `allting token …`
pub mod token {
    pub use crate::token_maskinporten::{MaskinportenArgs, maskinporten};
}
