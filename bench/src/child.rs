//! A program that is measured: a process of its own, on loopback, with a directory that goes away with it.

use crate::http::{Connection, request};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a start may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// An empty directory of this run, removed when dropped.
pub struct Scratch(PathBuf);

impl Scratch {
    pub fn new(name: &str) -> Result<Self, String> {
        let path = std::env::temp_dir().join(format!("allting-bench-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        Ok(Self(path))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Bytes of all files.
    pub fn bytes(&self) -> u64 {
        bytes_below(&self.0)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

fn bytes_below(directory: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(directory) else { return 0 };
    entries
        .flatten()
        .map(|entry| match entry.metadata() {
            Ok(data) if data.is_dir() => bytes_below(&entry.path()),
            Ok(data) => data.len(),
            Err(_) => 0,
        })
        .sum()
}

/// A running server.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
    /// From the start of the process to its first good answer.
    pub start: Duration,
}

impl Server {
    /// Starts the release binary on `data`. `population` files are loaded beside the seeded country.
    pub async fn allting(data: &Path, population: &[PathBuf]) -> Result<Self, String> {
        let program = std::env::current_exe().map_err(|e| e.to_string())?.with_file_name("allting");
        let mut command = Command::new(&program);
        command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(data);
        for file in population {
            command.arg("--population").arg(file);
        }
        command.env("ALLTING_LOG", "error");
        Self::run(command, "/health/ready").await.map_err(|e| format!("{}: {e}", program.display()))
    }

    /// Starts a bare axum handler.
    pub async fn reference() -> Result<Self, String> {
        let mut command = Command::new(std::env::current_exe().map_err(|e| e.to_string())?);
        command.arg("reference");
        Self::run(command, "/ready").await
    }

    async fn run(mut command: Command, ready: &str) -> Result<Self, String> {
        let begun = Instant::now();
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().map_err(|e| e.to_string())?;
        let line = child.stdout.take().and_then(|out| BufReader::new(out).lines().next()).transpose();
        let told = line.ok().flatten().and_then(|line| serde_json::from_str::<serde_json::Value>(&line).ok());
        let address = told.and_then(|told| told["address"].as_str().and_then(|text| text.parse().ok()));
        let Some(address) = address else {
            drop(child.kill());
            drop(child.wait());
            return Err("it told no address".into());
        };
        let mut server = Self { child, address, start: Duration::ZERO };
        let ask = request("GET", address, ready, &[], &[]);
        while begun.elapsed() < PATIENCE {
            if let Ok(mut connection) = Connection::open(address).await
                && connection.send(&ask).await.is_ok_and(|answer| answer.status == 200)
            {
                server.start = begun.elapsed();
                return Ok(server);
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Err("it did not become ready".into())
    }

    /// Processor seconds so far, of which the kernel tells hundredths.
    pub fn cpu_seconds(&self) -> f64 {
        cpu_seconds(&self.child.id().to_string())
    }

    /// Resident memory now, and the most there ever was.
    pub fn rss_mib(&self) -> (f64, f64) {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let mib = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
            line.split_whitespace().next().and_then(|kib| kib.parse::<f64>().ok()).unwrap_or_default()
                / 1024.0
        };
        (mib("VmRSS:"), mib("VmHWM:"))
    }

    /// Stops it as an operator does, so that its database is closed, or kills it when it does not stop.
    pub async fn stop(mut self) -> Result<(), String> {
        let pid = self.child.id().to_string();
        drop(Command::new("kill").args(["-TERM", &pid]).status());
        for _ in 0..500 {
            if self.child.try_wait().map_err(|e| e.to_string())?.is_some() {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Err("it did not stop within ten seconds".into())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Processor seconds of a process by its number, or of `self`.
pub fn cpu_seconds(process: &str) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let fields = stat.rsplit_once(')').map(|(_, rest)| rest.split_whitespace().skip(11).take(2));
    fields.into_iter().flatten().filter_map(|field| field.parse::<f64>().ok()).sum::<f64>() / 100.0
}
