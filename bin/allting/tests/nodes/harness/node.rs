//! One process of the binary.

use super::{PATIENCE, until};
use allting::demo::http::Http;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// A running node; killed when dropped.
pub struct Node {
    child: Child,
    log: PathBuf,
    /// Its own address, whatever its public one is.
    pub url: String,
    /// From the start of the process to its first good answer.
    pub start: Duration,
}

impl Node {
    /// Runs `command`, which prints the line of `allting serve`, until it is ready; its log goes to a file.
    pub async fn run(mut command: Command, log: PathBuf) -> Result<Self, String> {
        let begun = Instant::now();
        let told = std::fs::File::create(&log).unwrap();
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(told);
        let mut child = command.spawn().unwrap();
        let out = child.stdout.take().unwrap();
        let line = tokio::task::spawn_blocking(move || BufReader::new(out).lines().next());
        let line = tokio::time::timeout(PATIENCE, line).await.ok().and_then(|read| read.unwrap());
        let Some(Ok(line)) = line else {
            child.kill().unwrap();
            child.wait().unwrap();
            return Err(std::fs::read_to_string(&log).unwrap());
        };
        let line: serde_json::Value = serde_json::from_str(&line).unwrap();
        let url = format!("http://{}", line["address"].as_str().unwrap());
        let mut node = Self { child, log, url, start: Duration::ZERO };
        until("readiness", async || node.is_ready().await.then_some(())).await;
        node.start = begun.elapsed();
        Ok(node)
    }

    /// Does it take requests.
    pub async fn is_ready(&self) -> bool {
        let http = Http::new(&self.url).unwrap();
        http.get("/health/ready", None).await.is_ok_and(|answer| answer.status == 200)
    }

    /// Lines of its metrics that count finished jobs.
    pub async fn finished_jobs(&self) -> String {
        let lines = self.metrics().await;
        lines.lines().filter(|line| line.starts_with("jobs_total")).collect()
    }

    /// Its metrics.
    pub async fn metrics(&self) -> String {
        Http::new(&self.url).unwrap().get("/metrics", None).await.unwrap().text
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What it has logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    /// `kill -9`: nothing is finished, nothing is flushed.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Sends a signal by its name: `STOP`, `CONT`, `TERM`.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").arg(format!("-{name}")).arg(self.pid().to_string()).status().unwrap();
        assert!(sent.success(), "kill -{name}");
    }

    /// Stops it as an operator does.
    pub async fn stop(mut self) -> ExitStatus {
        self.signal("TERM");
        until("a stop", async || self.child.try_wait().unwrap()).await
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
