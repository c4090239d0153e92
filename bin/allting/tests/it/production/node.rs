//! A server in a process of its own, run as an operator runs it.

use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

pub const DOMAIN: &str = "allting.test";

/// Runs a command of the binary to its end.
pub fn allting(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_allting")).args(args).output().unwrap()
}

/// The files of an installation, without certificate and database.
pub fn installation(scratch: &Path) -> PathBuf {
    let dir = scratch.join("secrets");
    let made = allting(&["pki", "init", dir.to_str().unwrap(), "--domain", DOMAIN]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    dir
}

/// A certificate for `names`, written as PEM beside the keys.
pub fn certificate(dir: &Path, names: &[&str]) -> Vec<u8> {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let made = rcgen::generate_simple_self_signed(names).unwrap();
    write(&dir.join("tls.key"), made.signing_key.serialize_pem().as_bytes());
    write(&dir.join("tls.crt"), made.cert.pem().as_bytes());
    made.cert.der().to_vec()
}

/// Replaces a file at once, readable by its owner alone.
pub fn write(path: &Path, bytes: &[u8]) {
    use std::os::unix::fs::PermissionsExt;
    let beside = path.with_extension("part");
    std::fs::write(&beside, bytes).unwrap();
    std::fs::set_permissions(&beside, std::fs::Permissions::from_mode(0o600)).unwrap();
    std::fs::rename(&beside, path).unwrap();
}

pub struct Node {
    child: Child,
    pub address: SocketAddr,
}

impl Node {
    /// Starts one on `dir` with a database and data of its own.
    pub fn start(dir: &Path, scratch: &Path, name: &str, population: &Path) -> Self {
        let data = scratch.join(name);
        std::fs::create_dir_all(&data).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_allting"))
            .args(["serve", "--config", dir.join("allting.toml").to_str().unwrap()])
            .args(["--listen", "127.0.0.1:0", "--data", data.to_str().unwrap()])
            .args(["--db", &format!("sqlite:{}", data.join("allting.sqlite").display())])
            .args(["--population", population.to_str().unwrap()])
            .envs(
                ["READ", "WRITE", "TOKEN", "LOGIN"].map(|class| (format!("ALLTING_LIMITS__{class}"), "off")),
            )
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(scratch.join(format!("{name}.log"))).unwrap())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let ready: Value = serde_json::from_str(&line).unwrap_or_else(|_| {
            panic!("{}", std::fs::read_to_string(scratch.join(format!("{name}.log"))).unwrap())
        });
        Self { child, address: ready["address"].as_str().unwrap().parse().unwrap() }
    }

    /// Sends a signal by name.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status();
        assert!(sent.unwrap().success());
    }

    /// A client that finds the hosts of `DOMAIN` at this node and trusts `certificate`.
    pub fn client(&self, certificate: &[u8]) -> reqwest::Client {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let trusted = reqwest::Certificate::from_der(certificate).unwrap();
        ["maskinporten", "platform.altinn", "af.altinn"]
            .into_iter()
            .fold(reqwest::Client::builder().tls_certs_only([trusted]), |client, label| {
                client.resolve(&format!("{label}.{DOMAIN}"), self.address)
            })
            .build()
            .unwrap()
    }

    pub fn url(&self, label: &str, path: &str) -> String {
        format!("https://{label}.{DOMAIN}:{}{path}", self.address.port())
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
