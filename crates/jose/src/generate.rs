//! Making of keys, for operators. Nothing on a request's path makes keys.

use crate::{Error, Result};
use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::RsaKeyPair;
use base64::Engine;

/// A new RSA key of 2048, 3072 or 4096 bits as PKCS #8 in PEM.
pub fn generate_rsa(bits: u32) -> Result<String> {
    let size = match bits {
        2048 => KeySize::Rsa2048,
        3072 => KeySize::Rsa3072,
        4096 => KeySize::Rsa4096,
        _ => return Err(Error::Key("an RSA key has 2048, 3072 or 4096 bits")),
    };
    let pair = RsaKeyPair::generate(size).map_err(|_| Error::Key("the key could not be made"))?;
    let der = pair.as_der().map_err(|_| Error::Key("the key could not be written"))?;
    let body = base64::engine::general_purpose::STANDARD.encode(der.as_ref());
    let mut pem = String::from("-----BEGIN PRIVATE KEY-----\n");
    for (at, character) in body.chars().enumerate() {
        if at > 0 && at % 64 == 0 {
            pem.push('\n');
        }
        pem.push(character);
    }
    pem.push_str("\n-----END PRIVATE KEY-----\n");
    Ok(pem)
}
