#![doc = include_str!("../README.md")]

mod token_maskinporten;

/// `allting token …`
pub mod token {
    pub use crate::token_maskinporten::{MaskinportenArgs, maskinporten};
}
