//! The steps.

use crate::demo::report::{Proof, Report};
use crate::start::Running;
use anyhow::ensure;

pub async fn run(running: &Running, report: &mut Report) -> anyhow::Result<()> {
    let http = reqwest::Client::builder().build()?;
    let url = format!("{}/health/ready", running.url);
    report
        .step("the server is ready on an empty database", async {
            let answer = http.get(&url).send().await?;
            ensure!(answer.status() == 200, "{url} answered {}", answer.status());
            let body: serde_json::Value = answer.json().await?;
            Ok((
                (),
                Proof { id: body["environment"].as_str().unwrap_or_default().to_owned(), url: url.clone() },
            ))
        })
        .await
}
