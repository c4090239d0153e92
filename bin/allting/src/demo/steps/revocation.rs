//! The customer ends the system user.

use super::vendor::decision;
use super::{Proof, REPORTING, Report, Scene};
use anyhow::ensure;

pub async fn revoked(scene: &Scene, report: &mut Report, user: &str) -> anyhow::Result<()> {
    let work = async {
        let parties = scene
            .browser
            .get("/accessmanagement/api/v1/authorizedparties", None)
            .await?
            .expect(200)?
            .json()?;
        let all = parties.as_array().cloned().unwrap_or_default();
        let party = all
            .iter()
            .find(|party| party["organizationNumber"] == scene.customer.org_no)
            .map(|party| party["partyId"].clone());
        let party = party.unwrap_or_default();
        let csrf = scene.browser.cookie("XSRF-TOKEN")?;
        let headers = [("X-XSRF-TOKEN", csrf.as_str())];
        let send = crate::demo::http::Send { headers: &headers, ..Default::default() };
        let path = format!("/accessmanagement/api/v1/systemuser/{party}/{user}");
        scene.browser.send(reqwest::Method::DELETE, &path, send).await?.expect(202)?;
        let (decision, url) = decision(scene, user).await?;
        ensure!(decision == "NotApplicable", "the PDP says {decision} right after");
        let refused =
            scene.vendor.ask(&scene.http, REPORTING, Some(&scene.customer)).await?.expect(400)?.json()?;
        ensure!(refused["error"] == "invalid_altinn_customer_configuration", "{refused}");
        Ok(((), Proof { id: user.to_owned(), url }))
    };
    report.step("she revokes the system user; the very next decision and token are refused", work).await
}
