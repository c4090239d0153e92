//! TLS of the listener: the certificate in use, and its change while connections go on.

use config::{Config, SecretError};
use jiff::Timestamp;
use kernel::{Clock, SystemClock};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::server::{ClientHello, ParsedCertificate, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// How long a client may take to shake hands.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// The listener's certificate and how it shakes hands. Cheap to clone.
#[derive(Clone)]
pub struct Tls {
    acceptor: TlsAcceptor,
    current: Arc<Current>,
    config: Arc<Config>,
}

/// Why a certificate was refused.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The private key may not be used, or a file could not be read.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The files do not make a usable certificate.
    #[error("{path}: {reason}")]
    Invalid {
        /// Which file.
        path: String,
        /// Why.
        reason: String,
    },
}

/// The certificate of new connections.
#[derive(Debug)]
struct Current(RwLock<Loaded>);

#[derive(Debug, Clone)]
struct Loaded {
    /// Both files as they were read, to see a change.
    files: Arc<(Vec<u8>, Vec<u8>)>,
    key: Arc<CertifiedKey>,
    expires: Timestamp,
}

impl Current {
    fn get(&self) -> Loaded {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl ResolvesServerCert for Current {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.get().key)
    }
}

impl Tls {
    /// The certificate that the configuration names; `None` when it names none.
    pub fn load(config: &Arc<Config>) -> Result<Option<Self>, TlsError> {
        if config.tls.cert.is_empty() {
            return Ok(None);
        }
        let current = Arc::new(Current(RwLock::new(read(config)?)));
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut server = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
            .map_err(|e| TlsError::Invalid { path: "TLS".into(), reason: e.to_string() })?
            .with_no_client_auth()
            .with_cert_resolver(current.clone());
        server.alpn_protocols = vec![b"http/1.1".to_vec()];
        let tls = Self { acceptor: TlsAcceptor::from(Arc::new(server)), current, config: config.clone() };
        tls.measure();
        Ok(Some(tls))
    }

    /// Takes up changed files, for new connections. What cannot be used is told of, and the certificate at hand goes on.
    pub fn refresh(&self) {
        let held = self.current.get();
        match read(&self.config) {
            Ok(new) if new.files != held.files => {
                tracing::warn!(expires = %new.expires, "the certificate has changed");
                *self.current.0.write().unwrap_or_else(PoisonError::into_inner) = new;
            }
            Ok(_) => {}
            Err(error) => {
                metrics::counter!("tls_certificates_refused_total").increment(1);
                tracing::error!(%error, "a changed certificate is refused, the earlier one goes on");
            }
        }
        self.measure();
    }

    /// When the certificate expires.
    pub fn expires(&self) -> Timestamp {
        self.current.get().expires
    }

    /// Does the certificate stand for a host.
    pub fn names(&self, host: &str) -> bool {
        let key = self.current.get().key;
        let host = host.split(':').next().unwrap_or_default().to_owned();
        let parsed = key.end_entity_cert().ok().and_then(|cert| ParsedCertificate::try_from(cert).ok());
        let (Some(parsed), Ok(name)) = (parsed, ServerName::try_from(host)) else { return false };
        rustls::client::verify_server_name(&parsed, &name).is_ok()
    }

    /// Shakes hands; `None` when the client did not in time or could not.
    pub(crate) async fn accept<S: AsyncRead + AsyncWrite + Unpin>(&self, stream: S) -> Option<TlsStream<S>> {
        match tokio::time::timeout(HANDSHAKE, self.acceptor.accept(stream)).await {
            Ok(Ok(stream)) => Some(stream),
            Ok(Err(error)) => {
                metrics::counter!("tls_handshakes_failed_total").increment(1);
                tracing::debug!(%error, "handshake failed");
                None
            }
            Err(_elapsed) => {
                metrics::counter!("tls_handshakes_failed_total").increment(1);
                None
            }
        }
    }

    fn measure(&self) {
        let left = self.expires().duration_since(SystemClock.now());
        metrics::gauge!("tls_certificate_expires_seconds").set(left.as_secs_f64());
    }
}

fn read(config: &Config) -> Result<Loaded, TlsError> {
    let invalid = |path: &str, reason: String| TlsError::Invalid { path: path.to_owned(), reason };
    let (cert, key) = (config.tls.cert.as_str(), config.tls.key.as_str());
    let pem = std::fs::read(cert).map_err(|source| SecretError::Read { path: cert.to_owned(), source })?;
    let secret = config.read_secret(key)?;
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(&pem)
        .collect::<Result<_, _>>()
        .map_err(|e| invalid(cert, format!("not a PEM certificate chain: {e}")))?;
    let Some(end) = chain.first() else {
        return Err(invalid(
            cert,
            "no certificate in it: a PEM file with the server's certificate first".into(),
        ));
    };
    let expires = expiry(end).ok_or_else(|| invalid(cert, "the certificate cannot be read".into()))?;
    if expires <= SystemClock.now() {
        return Err(invalid(cert, format!("the certificate expired {expires}: put a new one in its place")));
    }
    let private = PrivateKeyDer::from_pem_slice(&secret)
        .map_err(|e| invalid(key, format!("not a PEM private key: {e}")))?;
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    let certified = CertifiedKey::from_der(chain, private, &provider)
        .map_err(|e| invalid(key, format!("does not go with {cert}: {e}")))?;
    Ok(Loaded { files: Arc::new((pem, secret)), key: Arc::new(certified), expires })
}

fn expiry(certificate: &CertificateDer<'_>) -> Option<Timestamp> {
    let (_, parsed) = x509_parser::parse_x509_certificate(certificate).ok()?;
    Timestamp::from_second(parsed.validity().not_after.timestamp()).ok()
}

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tls").field("expires", &self.expires()).finish_non_exhaustive()
    }
}
