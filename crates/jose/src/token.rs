//! Reading of compact tokens.

use crate::encoding::decode;
use crate::{Claims, Error, PublicKey, Result};
use jiff::Timestamp;
use jsonwebtoken::Algorithm;
use serde::Deserialize;
use std::time::Duration;

/// Default limit of a token's length. System user tokens are the longest in use, at about 2 KiB.
pub const MAX_TOKEN_BYTES: usize = 16 * 1024;

/// The header members that matter. Unknown ones are ignored, except `crit`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Header {
    /// Algorithm, as written.
    pub alg: String,
    /// Key id.
    #[serde(default)]
    pub kid: Option<String>,
    /// Type.
    #[serde(default)]
    pub typ: Option<String>,
    /// Certificate chain. A text in tokens of some test tools, which is no reason to refuse them.
    #[serde(default)]
    pub x5c: Option<serde_json::Value>,
    /// Extensions that the reader must understand. There is none that we do.
    #[serde(default)]
    crit: Option<serde_json::Value>,
}

impl Header {
    /// The algorithm, if it is on the allow-list: never `none`, never a shared secret.
    pub fn algorithm(&self) -> Result<Algorithm> {
        match self.alg.as_str() {
            "RS256" => Ok(Algorithm::RS256),
            "RS384" => Ok(Algorithm::RS384),
            "RS512" => Ok(Algorithm::RS512),
            "EdDSA" => Ok(Algorithm::EdDSA),
            _ => Err(Error::Algorithm),
        }
    }
}

/// A token that has been read but not verified: nothing in it may be trusted yet.
#[derive(Debug, Clone)]
pub struct Unverified<'a> {
    header: Header,
    claims: Claims,
    message: &'a str,
    signature: &'a str,
}

impl<'a> Unverified<'a> {
    /// Reads a token of at most `max_bytes`.
    pub fn parse(token: &'a str, max_bytes: usize) -> Result<Self> {
        if token.len() > max_bytes {
            return Err(Error::TooLarge(max_bytes));
        }
        let (message, signature) = token.rsplit_once('.').ok_or(Error::Malformed("it has no three parts"))?;
        let (header, payload) = message.split_once('.').ok_or(Error::Malformed("it has no three parts"))?;
        if payload.contains('.') {
            return Err(Error::Malformed("it has more than three parts"));
        }
        let header: Header = serde_json::from_slice(&decode(header)?)
            .map_err(|_| Error::Malformed("the header is not a JSON object with alg"))?;
        if header.crit.is_some() {
            return Err(Error::Malformed("the header has critical extensions"));
        }
        let claims = serde_json::from_slice(&decode(payload)?)
            .map_err(|_| Error::Malformed("the payload is not a JSON object"))?;
        Ok(Self { header, claims, message, signature: signature.trim_end_matches('=') })
    }

    /// The header as the sender wrote it.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The claims as the sender wrote them.
    pub fn claims(&self) -> &Claims {
        &self.claims
    }

    /// Checks the signature alone; the caller checks the claims.
    pub fn check_signature(&self, key: &PublicKey) -> Result<()> {
        let algorithm = self.header.algorithm()?;
        if !key.allows(algorithm) {
            return Err(Error::Algorithm);
        }
        match jsonwebtoken::crypto::verify(self.signature, self.message.as_bytes(), key.decoding(), algorithm)
        {
            Ok(true) => Ok(()),
            _ => Err(Error::Signature),
        }
    }

    /// The claims, once the signature and the claims that every access token has are right.
    pub fn verify(self, key: &PublicKey, options: &VerifyOptions<'_>) -> Result<Claims> {
        self.check_signature(key)?;
        options.check(&self.claims)?;
        Ok(self.claims)
    }
}

/// What a token must fulfil.
#[derive(Debug, Clone, Copy)]
pub struct VerifyOptions<'a> {
    /// `iss` must be exactly this.
    pub issuer: &'a str,
    /// Allowed difference of clocks.
    pub leeway: Duration,
    /// The business time.
    pub now: Timestamp,
}

impl VerifyOptions<'_> {
    /// Checks `iss`, `exp` (required), `nbf` and `iat`.
    pub fn check(&self, claims: &Claims) -> Result<()> {
        let issuer = claims.get("iss").and_then(serde_json::Value::as_str).ok_or(Error::Claim("iss"))?;
        if issuer != self.issuer {
            return Err(Error::Issuer);
        }
        let (now, leeway) = (self.now.as_second(), i64::try_from(self.leeway.as_secs()).unwrap_or(i64::MAX));
        if seconds(claims, "exp")?.ok_or(Error::Claim("exp"))? <= now.saturating_sub(leeway) {
            return Err(Error::Expired);
        }
        for claim in ["nbf", "iat"] {
            if seconds(claims, claim)?.is_some_and(|at| at > now.saturating_add(leeway)) {
                return Err(Error::NotYetValid);
            }
        }
        Ok(())
    }
}

/// A NumericDate; fractions are legal and cut off.
fn seconds(claims: &Claims, name: &'static str) -> Result<Option<i64>> {
    match claims.get(name) {
        None => Ok(None),
        Some(value) => value
            .as_i64()
            .or_else(|| value.as_f64().filter(|at| at.is_finite()).map(|at| at as i64))
            .map(Some)
            .ok_or(Error::Claim(name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::encode;
    use crate::sandbox;
    use serde_json::json;

    const NOW: i64 = 1_700_000_000;

    fn options() -> VerifyOptions<'static> {
        VerifyOptions {
            issuer: "https://maskinporten.test/",
            leeway: Duration::from_secs(5),
            now: Timestamp::from_second(NOW).unwrap(),
        }
    }

    fn claims() -> serde_json::Value {
        json!({"iss": "https://maskinporten.test/", "iat": NOW, "exp": NOW + 100})
    }

    #[test]
    fn claims_are_checked() {
        let keys = sandbox::maskinporten().unwrap();
        let refused = |change: serde_json::Value| {
            let mut claims = claims();
            for (name, value) in change.as_object().unwrap() {
                claims[name] = value.clone();
            }
            keys.verify(&keys.sign(&claims).unwrap(), &options()).err()
        };
        assert_eq!(refused(json!({})), None);
        assert_eq!(refused(json!({"exp": NOW - 4})), None, "within the leeway");
        assert_eq!(refused(json!({"exp": NOW - 5})), Some(Error::Expired));
        assert_eq!(refused(json!({"exp": null})), Some(Error::Claim("exp")));
        assert_eq!(refused(json!({"exp": "soon"})), Some(Error::Claim("exp")));
        assert_eq!(refused(json!({"iat": NOW + 6})), Some(Error::NotYetValid));
        assert_eq!(refused(json!({"nbf": NOW + 6})), Some(Error::NotYetValid));
        assert_eq!(refused(json!({"iss": "https://maskinporten.test"})), Some(Error::Issuer));
        assert_eq!(refused(json!({"iss": 1})), Some(Error::Claim("iss")));
    }

    #[test]
    fn only_the_allow_list_verifies() {
        let keys = sandbox::maskinporten().unwrap();
        let token = keys.sign(&claims()).unwrap();
        let payload = token.split('.').nth(1).unwrap();
        for header in [
            json!({"alg": "none", "kid": "allting-sandbox-maskinporten"}),
            json!({"alg": "HS256", "kid": "allting-sandbox-maskinporten"}),
            json!({"alg": "EdDSA", "kid": "allting-sandbox-maskinporten"}),
            json!({"alg": "rs256", "kid": "allting-sandbox-maskinporten"}),
        ] {
            for signature in ["", "c2lnbmF0dXJl"] {
                let forged = format!("{}.{payload}.{signature}", encode(header.to_string()));
                assert_eq!(keys.verify(&forged, &options()), Err(Error::Algorithm), "{header}");
            }
        }
        let swapped = format!("{}.{}x", &token[..token.rfind('.').unwrap()], "AAAA");
        assert_eq!(keys.verify(&swapped, &options()), Err(Error::Signature));
        assert_eq!(
            keys.verify(&sandbox::vendor().unwrap().sign(&claims()).unwrap(), &options()),
            Err(Error::UnknownKey)
        );
    }

    #[test]
    fn padded_parts_are_read() {
        let keys = sandbox::vendor().unwrap();
        let pad = |text: &str| format!("{text}{}", "=".repeat((4 - text.len() % 4) % 4));
        let mut claims = claims();
        let padded_somewhere = (0..3).any(|extra| {
            claims["x"] = json!("a".repeat(extra));
            let token = keys.sign(&claims).unwrap();
            let padded = token.split('.').map(pad).collect::<Vec<_>>().join(".");
            let read = Unverified::parse(&padded, MAX_TOKEN_BYTES).unwrap();
            assert_eq!(read.claims()["x"], claims["x"]);
            padded != token
        });
        assert!(padded_somewhere);
    }

    #[test]
    fn malformed_tokens() {
        let header = encode(r#"{"alg":"RS256"}"#);
        for (token, error) in [
            (String::new(), Error::Malformed("it has no three parts")),
            ("a.b".into(), Error::Malformed("it has no three parts")),
            (format!("{header}.e30.a.b"), Error::Malformed("it has more than three parts")),
            (format!("{header}.e3+.a"), Error::Malformed("a part is not base64url")),
            (format!("{header}.W10.a"), Error::Malformed("the payload is not a JSON object")),
            (format!("{}.e30.a", encode("{}")), Error::Malformed("the header is not a JSON object with alg")),
            (
                format!("{}.e30.a", encode(r#"{"alg":"RS256","crit":["b64"]}"#)),
                Error::Malformed("the header has critical extensions"),
            ),
            ("a".repeat(MAX_TOKEN_BYTES + 1), Error::TooLarge(MAX_TOKEN_BYTES)),
            (
                format!("{header}.{}.a", encode("[".repeat(500))),
                Error::Malformed("the payload is not a JSON object"),
            ),
            (
                format!("{header}.{}.a", encode(format!("{{\"a\":{}", "[".repeat(5000)))),
                Error::Malformed("the payload is not a JSON object"),
            ),
        ] {
            assert_eq!(Unverified::parse(&token, MAX_TOKEN_BYTES).err(), Some(error), "{token}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in ".*", parts in proptest::collection::vec("[A-Za-z0-9_=-]{0,40}", 0..5)) {
            let _ = Unverified::parse(&text, MAX_TOKEN_BYTES);
            let _ = Unverified::parse(&parts.join("."), MAX_TOKEN_BYTES);
        }

        /// Whatever is changed in a token, it says the same or nothing.
        #[test]
        fn a_changed_token_never_says_anything_else(at in 0usize..10_000, with in "[A-Za-z0-9_.=-]") {
            let keys = sandbox::dialogporten().unwrap();
            let token = keys.sign(&claims()).unwrap();
            let at = at % token.len();
            let changed = format!("{}{with}{}", &token[..at], &token[at + 1..]);
            if let Ok(read) = keys.verify(&changed, &options()) {
                proptest::prop_assert_eq!(serde_json::Value::Object(read), claims());
                proptest::prop_assert_eq!(changed, token);
            }
        }
    }
}
