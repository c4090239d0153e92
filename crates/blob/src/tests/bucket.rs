//! A server from npm that speaks S3, behind a gate that checks signatures: `npm ci` in `crates/blob/tests/s3` (done by `scripts/setup`).

use crate::place::{Address, Place, S3};
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use testkit::TempDir;

/// What the server knows.
pub const ID: &str = "ALLTINGTEST";
pub const SECRET: &str = "a secret of the tests";
pub const BUCKET: &str = "blobs";

/// A running server; ends with the test.
pub struct Server {
    child: Child,
    pub port: u16,
    directory: TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// None, with a word about it, where npm's packages are not installed.
pub async fn server() -> Option<Server> {
    let scripts = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/s3");
    if !scripts.join("node_modules").exists() {
        eprintln!("skipped: run scripts/setup for the S3 server");
        return None;
    }
    let directory = TempDir::new();
    let data = directory.join("s3");
    let mut command = Command::new("node");
    command.arg(scripts.join("serve.mjs")).arg(&data).arg(BUCKET).stdout(Stdio::piped());
    let start = move || {
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        (child, line.trim().parse().unwrap())
    };
    let (child, port) = tokio::task::spawn_blocking(start).await.unwrap();
    Some(Server { child, port, directory })
}

impl Server {
    /// The bucket, for one who knows the secret.
    pub fn place(&self) -> Arc<dyn Place> {
        Arc::new(self.client(self.port, ID, SECRET, Duration::from_secs(20)))
    }

    /// A client that comes by this port with this secret.
    pub fn client(&self, port: u16, id: &str, secret: &str, timeout: Duration) -> S3 {
        let secrets = self.directory.join(format!("{id} {secret}"));
        std::fs::write(&secrets, format!("{id}\n{secret}\n")).unwrap();
        let endpoint = format!("http://127.0.0.1:{port}");
        let (region, bucket) = ("us-east-1".into(), BUCKET.into());
        S3::open(&Address { endpoint, region, bucket, path_style: true, timeout }, &secrets).unwrap()
    }
}
