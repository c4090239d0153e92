//! An issuer's own keys: one signs, all are published.

use crate::encoding::{decode, encode_into};
use crate::jwk::{Jwks, PublicKey, algorithm_name};
use crate::{Claims, Error, KeyFile, Result, VerifyOptions};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPairComponents, PublicKeyComponents};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use jiff::Timestamp;
use jsonwebtoken::Algorithm;
use serde::Serialize;
use serde_json::Value;
use std::fmt;
use std::sync::Arc;

/// The keys of an issuer or client. Cheap to clone; the private key is parsed once.
#[derive(Clone)]
pub struct KeySet {
    signer: Arc<Signer>,
    published: Arc<Jwks>,
    /// Header with the type that this issuer writes, already in base64url.
    header: Arc<str>,
}

enum Signer {
    Rsa(RsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

#[derive(Serialize)]
struct SignedHeader<'a> {
    kid: &'a str,
    alg: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    typ: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    x5t: Option<&'a str>,
}

impl KeySet {
    /// Reads a private JWK, or a key set whose first private key signs; the other keys, private or public, are
    /// published as well.
    pub fn from_private_jwks(json: &str) -> Result<Self> {
        Self::at(&KeyFile::parse(json)?, Timestamp::MIN)
    }

    /// The keys of a file as they are at `now`.
    pub fn at(file: &KeyFile, now: Timestamp) -> Result<Self> {
        let (private, others) = file.at(now);
        let (signer, active) = read_private(&private)?;
        let others = others.iter().map(PublicKey::from_jwk);
        Self::new(signer, std::iter::once(Ok(active)).chain(others).collect::<Result<_>>()?)
    }

    /// Reads a private key in PEM: RSA (PKCS #8 or PKCS #1), which signs RS256, or Ed25519 (PKCS #8), which signs EdDSA.
    /// Without `kid` the key is called by its thumbprint.
    pub fn from_pem(pem: &str, kid: Option<&str>) -> Result<Self> {
        let der = der_of_pem(pem)?;
        let (signer, key) = if let Ok(pair) = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der) {
            let key = PublicKey::ed25519("", pair.public_key().as_ref())?;
            (Signer::Ed25519(pair), key)
        } else {
            let pair =
                RsaKeyPair::from_pkcs8(&der).or_else(|_| RsaKeyPair::from_der(&der)).map_err(|_| {
                    Error::Key("the PEM holds neither an RSA key of 2048 bits or more nor an Ed25519 key")
                })?;
            let public = pair.public_key();
            let (n, e) = (public.modulus(), public.exponent());
            let key =
                PublicKey::rsa("", n.big_endian_without_leading_zero(), e.big_endian_without_leading_zero())?;
            (Signer::Rsa(pair), key.with(Algorithm::RS256, None))
        };
        let kid = kid.map_or_else(|| key.thumbprint(), str::to_owned);
        Self::new(signer, vec![key.with_kid(kid)])
    }

    fn new(signer: Signer, keys: Vec<PublicKey>) -> Result<Self> {
        let mut set =
            Self { signer: Arc::new(signer), published: Arc::new(Jwks::new(keys)), header: "".into() };
        set.header = set.encode_header(None)?;
        Ok(set)
    }

    /// Writes `typ` in the header of every token.
    pub fn with_typ(mut self, typ: &str) -> Result<Self> {
        self.header = self.encode_header(Some(typ))?;
        Ok(self)
    }

    /// Publishes more keys: those that signed earlier or will sign next.
    pub fn with_published(mut self, keys: &[PublicKey]) -> Self {
        let all = self.published.keys().iter().chain(keys).cloned().collect();
        self.published = Arc::new(Jwks::new(all));
        self
    }

    fn encode_header(&self, typ: Option<&str>) -> Result<Arc<str>> {
        let key = self.active().ok_or(Error::Signing)?;
        let header = SignedHeader { kid: key.kid(), alg: self.algorithm(), typ, x5t: key.x5t() };
        let mut encoded = String::new();
        encode_into(serde_json::to_vec(&header).map_err(|_| Error::Signing)?, &mut encoded);
        Ok(encoded.into())
    }

    fn active(&self) -> Option<&PublicKey> {
        self.published.keys().first()
    }

    /// Id of the key that signs.
    pub fn kid(&self) -> &str {
        self.active().map_or("", PublicKey::kid)
    }

    /// What the key that signs signs with.
    pub fn algorithm(&self) -> &'static str {
        match *self.signer {
            Signer::Rsa(_) => algorithm_name(Algorithm::RS256),
            Signer::Ed25519(_) => algorithm_name(Algorithm::EdDSA),
        }
    }

    /// Whether one of the keys is a public sandbox key, which production refuses.
    pub fn is_sandbox(&self) -> bool {
        self.published.keys().iter().any(crate::sandbox::is_sandbox_key)
    }

    /// Signs claims into a compact token. About 0.3 ms with 2048-bit RSA, so it may run on an async worker.
    pub fn sign<T: Serialize + ?Sized>(&self, claims: &T) -> Result<String> {
        self.sign_after(&self.header, claims)
    }

    /// As `sign`, with another `typ` in the header (`at+jwt` beside `JWT`).
    pub fn sign_typ<T: Serialize + ?Sized>(&self, typ: &str, claims: &T) -> Result<String> {
        self.sign_after(&self.encode_header(Some(typ))?, claims)
    }

    fn sign_after<T: Serialize + ?Sized>(&self, header: &str, claims: &T) -> Result<String> {
        let payload = serde_json::to_vec(claims).map_err(|_| Error::Signing)?;
        let mut token = String::with_capacity(header.len() + payload.len() * 4 / 3 + 350);
        token.push_str(header);
        token.push('.');
        encode_into(payload, &mut token);
        let signature = match self.signer.as_ref() {
            Signer::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), token.as_bytes(), &mut signature)
                    .map_err(|_| Error::Signing)?;
                signature
            }
            Signer::Ed25519(pair) => pair.sign(token.as_bytes()).as_ref().to_vec(),
        };
        token.push('.');
        encode_into(signature, &mut token);
        Ok(token)
    }

    /// `{"keys":[…]}` for publication.
    pub fn jwks(&self) -> Value {
        self.published.to_value()
    }

    /// The published keys, to verify with.
    pub fn public_keys(&self) -> &Jwks {
        &self.published
    }

    /// The claims of a token that this issuer signed.
    pub fn verify(&self, token: &str, options: &VerifyOptions<'_>) -> Result<Claims> {
        self.published.verify(token, options)
    }
}

/// The bytes of the first PEM block.
pub(crate) fn der_of_pem(pem: &str) -> Result<Vec<u8>> {
    let body: String = pem.lines().map(str::trim).filter(|line| !line.starts_with("-----")).collect();
    base64::Engine::decode(&base64::engine::general_purpose::STANDARD, body)
        .map_err(|_| Error::Key("not PEM"))
}

fn read_private(jwk: &Value) -> Result<(Signer, PublicKey)> {
    let bytes = |name: &str| {
        jwk.get(name)
            .and_then(Value::as_str)
            .and_then(|part| decode(part).ok())
            .ok_or(Error::Key("a member of the private key is missing"))
    };
    let public = PublicKey::from_jwk(jwk)?;
    let x5t = public.x5t().map(str::to_owned);
    if jwk.get("kty").and_then(Value::as_str) == Some("OKP") {
        let pair = Ed25519KeyPair::from_seed_and_public_key(&bytes("d")?, &bytes("x")?)
            .map_err(|_| Error::Key("the Ed25519 key is inconsistent"))?;
        return Ok((Signer::Ed25519(pair), public.with(Algorithm::EdDSA, x5t)));
    }
    let pair = RsaKeyPair::from_components(&KeyPairComponents {
        public_key: PublicKeyComponents { n: bytes("n")?, e: bytes("e")? },
        d: bytes("d")?,
        p: bytes("p")?,
        q: bytes("q")?,
        dP: bytes("dp")?,
        dQ: bytes("dq")?,
        qInv: bytes("qi")?,
    })
    .map_err(|_| Error::Key("the RSA key is inconsistent"))?;
    Ok((Signer::Rsa(pair), public.with(Algorithm::RS256, x5t)))
}

impl fmt::Debug for KeySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeySet({})", self.kid())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{generate_rsa, sandbox};
    use jiff::Timestamp;
    use serde_json::json;
    use std::time::Duration;

    fn options() -> VerifyOptions<'static> {
        VerifyOptions { issuer: "i", leeway: Duration::ZERO, now: Timestamp::from_second(100).unwrap() }
    }

    #[test]
    fn a_generated_key_signs_and_is_called_by_its_thumbprint() {
        let pem = generate_rsa(2048).unwrap();
        let keys = KeySet::from_pem(&pem, None).unwrap();
        assert_eq!(keys.kid(), keys.public_keys().keys()[0].thumbprint());
        let token = keys.sign(&json!({"iss": "i", "exp": 200})).unwrap();
        assert_eq!(keys.verify(&token, &options()).unwrap()["exp"], 200);
        assert_eq!(KeySet::from_pem(&pem, Some("mine")).unwrap().kid(), "mine");
        assert_eq!(
            KeySet::from_pem("-----BEGIN-----\nAAAA\n", None).err(),
            Some(Error::Key("the PEM holds neither an RSA key of 2048 bits or more nor an Ed25519 key"))
        );
    }

    #[test]
    fn an_ed25519_key_in_pem_signs_eddsa() {
        // RFC 8410, section 10.3: the first private key without, the second with its public half.
        for pem in [
            "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----\n",
            concat!(
                "-----BEGIN PRIVATE KEY-----\nMHICAQEwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n",
                "oB8wHQYKKoZIhvcNAQkJFDEPDA1DdXJkbGUgQ2hhaXJzgSEAGb9ECWmEzf6FQbrB\nZ9w7lshQhqowtrbLDFw4rXAxZuE=\n",
                "-----END PRIVATE KEY-----\n"
            ),
        ] {
            let keys = KeySet::from_pem(pem, None).unwrap();
            assert_eq!(
                (keys.algorithm(), keys.jwks()["keys"][0]["x"].as_str()),
                ("EdDSA", Some("Gb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE"))
            );
            let token = keys.sign(&json!({"iss": "i", "exp": 200})).unwrap();
            assert!(keys.verify(&token, &options()).is_ok());
        }
    }

    #[test]
    fn the_earlier_key_stays_published() {
        let (new, old) = (sandbox::maskinporten().unwrap(), sandbox::idporten().unwrap());
        let token = old.sign(&json!({"iss": "i", "exp": 200})).unwrap();
        assert_eq!(new.verify(&token, &options()), Err(Error::UnknownKey));
        let rotated = new.with_published(old.public_keys().keys());
        assert!(rotated.verify(&token, &options()).is_ok());
        assert_eq!(rotated.jwks()["keys"].as_array().unwrap().len(), 2);
        assert_eq!(rotated.kid(), "allting-sandbox-maskinporten");
    }

    #[test]
    fn headers() {
        let header = |token: String| -> Value {
            serde_json::from_slice(&decode(token.split('.').next().unwrap()).unwrap()).unwrap()
        };
        let claims = json!({});
        assert_eq!(
            header(sandbox::maskinporten().unwrap().sign(&claims).unwrap()),
            json!({"kid": "allting-sandbox-maskinporten", "alg": "RS256"})
        );
        let altinn = header(sandbox::altinn().unwrap().sign(&claims).unwrap());
        assert_eq!(altinn["typ"], "JWT");
        assert_eq!(altinn["kid"].as_str().unwrap().len(), 40);
        assert_eq!(decode(altinn["x5t"].as_str().unwrap()).unwrap().len(), 20);
        let dialogporten = sandbox::dialogporten().unwrap();
        assert_eq!(header(dialogporten.sign(&claims).unwrap())["alg"], "EdDSA");
        assert_eq!(dialogporten.jwks()["keys"].as_array().unwrap().len(), 2);
        assert_eq!(header(dialogporten.sign_typ("at+jwt", &claims).unwrap())["typ"], "at+jwt");
    }

    #[test]
    fn ed25519_verifies_and_a_changed_claim_does_not() {
        let keys = sandbox::dialogporten().unwrap();
        let token = keys.sign(&json!({"iss": "i", "exp": 200})).unwrap();
        assert!(keys.verify(&token, &options()).is_ok());
        let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
        parts[1].clear();
        encode_into(r#"{"iss":"i","exp":900}"#, &mut parts[1]);
        assert_eq!(keys.verify(&parts.join("."), &options()), Err(Error::Signature));
    }

    #[test]
    fn private_keys_do_not_show() {
        assert_eq!(format!("{:?}", sandbox::vendor().unwrap()), "KeySet(allting-sandbox-vendor)");
        assert_eq!(KeySet::from_private_jwks("{}").err(), Some(Error::Key("the set has no private key")));
    }
}
