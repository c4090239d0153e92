//! What the demo prints, and `demo.json`.

use serde_json::{Value, json};
use std::time::Instant;

/// Steps done so far.
pub struct Report {
    steps: Vec<Value>,
    print: bool,
    ok: bool,
}

/// What a step shows of itself: an id and the URL of the second, independent read that proves it.
pub struct Proof {
    /// Identifier of what was made.
    pub id: String,
    /// Where it was read again.
    pub url: String,
}

impl Report {
    /// An empty one, which prints its steps or keeps quiet.
    pub fn new(print: bool) -> Self {
        Self { steps: Vec::new(), print, ok: false }
    }

    /// Runs one step, prints it and keeps it.
    pub async fn step<T>(
        &mut self,
        name: &str,
        work: impl Future<Output = anyhow::Result<(T, Proof)>>,
    ) -> anyhow::Result<T> {
        let started = Instant::now();
        let outcome = work.await;
        let ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let n = self.steps.len() + 1;
        match outcome {
            Ok((value, proof)) => {
                self.steps.push(
                    json!({"n": n, "name": name, "status": "ok", "ms": ms, "id": proof.id, "url": proof.url}),
                );
                self.line(&format!("{n:>3}  {name:<72} {ms:>5} ms  {}\n     {}", proof.id, proof.url));
                Ok(value)
            }
            Err(e) => {
                let error = format!("{e:#}");
                self.steps.push(json!({"n": n, "name": name, "status": "failed", "ms": ms, "error": error}));
                self.line(&format!("{n:>3}  {name:<72} FAILED\n     {error}"));
                Err(e.context(format!("step {n}: {name}")))
            }
        }
    }

    /// Writes `demo.json`.
    pub fn finish(&mut self, error: Option<&anyhow::Error>) -> anyhow::Result<()> {
        self.ok = error.is_none();
        std::fs::write("demo.json", format!("{:#}\n", self.document()))?;
        self.line(if self.ok {
            "\nAll steps ok; demo.json tells them again."
        } else {
            "\nThe demo failed; demo.json tells where."
        });
        Ok(())
    }

    /// The same as one JSON document.
    pub fn document(&self) -> Value {
        json!({ "steps": self.steps, "ok": self.ok })
    }

    fn line(&self, text: &str) {
        if self.print {
            println!("{text}");
        }
    }
}
