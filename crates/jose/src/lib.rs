#![doc = include_str!("../README.md")]

mod encoding;
mod generate;
mod jwk;
mod keyfile;
mod keyset;
mod token;

pub mod sandbox;

pub use generate::{KeyKind, generate_jwk, generate_rsa};
pub use jwk::{Jwks, PublicKey};
pub use keyfile::{KeyFile, KeyInfo, KeyState};
pub use keyset::KeySet;
pub use token::{Header, MAX_TOKEN_BYTES, Unverified, VerifyOptions};

/// The claims of a token.
pub type Claims = serde_json::Map<String, serde_json::Value>;

/// Why a token or key was refused, or a token could not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The token is longer than the limit.
    #[error("the token is longer than {0} bytes")]
    TooLarge(usize),
    /// The text is not a signed JWT in compact form.
    #[error("not a signed JWT: {0}")]
    Malformed(&'static str),
    /// The algorithm is not on the allow-list, or not one of the key.
    #[error("the algorithm is not accepted")]
    Algorithm,
    /// No key with the `kid` of the token.
    #[error("no key with this kid")]
    UnknownKey,
    /// The signature is wrong.
    #[error("the signature is not valid")]
    Signature,
    /// `exp` has passed.
    #[error("the token has expired")]
    Expired,
    /// `nbf` or `iat` lies in the future.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// `iss` is another one.
    #[error("the token has another issuer")]
    Issuer,
    /// A claim that must be there is missing or of the wrong type.
    #[error("the claim {0} is missing or has the wrong type")]
    Claim(&'static str),
    /// A key could not be read or is not allowed.
    #[error("not a usable key: {0}")]
    Key(&'static str),
    /// The claims could not be written or signed.
    #[error("the token could not be signed")]
    Signing,
}

/// `Result` with this crate's error.
pub type Result<T, E = Error> = std::result::Result<T, E>;
