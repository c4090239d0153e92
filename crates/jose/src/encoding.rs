//! base64url as JOSE uses it.

use crate::{Error, Result};
use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Writes without padding, reads with or without: some clients in use pad.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

pub(crate) fn encode(bytes: impl AsRef<[u8]>) -> String {
    LENIENT.encode(bytes)
}

pub(crate) fn encode_into(bytes: impl AsRef<[u8]>, out: &mut String) {
    LENIENT.encode_string(bytes, out);
}

pub(crate) fn decode(text: &str) -> Result<Vec<u8>> {
    LENIENT.decode(text).map_err(|_| Error::Malformed("a part is not base64url"))
}
