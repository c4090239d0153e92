//! The customer ends the system user.

use super::vendor::decision;
use super::{Proof, REPORTING, Report, Scene};
use crate::demo::http::hidden;
use anyhow::ensure;

pub async fn revoked(scene: &Scene, report: &mut Report, user: &str) -> anyhow::Result<()> {
    let work = async {
        let path = format!("/tilgang/systembrukere/{user}/fjern");
        let page = scene.browser.get(&path, None).await?.expect(200)?;
        let csrf = hidden(&page.text, "_csrf")?;
        let done = scene.browser.form(&path, &[("_csrf", &csrf)]).await?.expect(200)?;
        ensure!(done.text.contains("Systembrukeren er fjernet"), "no receipt at {}", done.url);
        let (decision, url) = decision(scene, user).await?;
        ensure!(decision == "NotApplicable", "the PDP says {decision} right after");
        let refused =
            scene.vendor.ask(&scene.http, REPORTING, Some(&scene.customer)).await?.expect(400)?.json()?;
        ensure!(refused["error"] == "invalid_altinn_customer_configuration", "{refused}");
        Ok(((), Proof { id: user.to_owned(), url }))
    };
    report.step("she revokes the system user; the very next decision and token are refused", work).await
}
