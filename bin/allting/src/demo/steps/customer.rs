//! The managing director logs in and approves.

use super::{Proof, Report, Scene};
use crate::demo::http::hidden;
use anyhow::{Context, ensure};
use population::personas;
use serde_json::Value;

pub async fn logs_in(scene: &Scene, report: &mut Report) -> anyhow::Result<()> {
    let work = async {
        let director = personas().first().context("personas")?;
        let base = &scene.browser.base;
        let start = format!(
            "/authentication/api/v1/authentication?goto={base}/authentication/api/v1/refresh&acr_values=idporten-loa-high"
        );
        let choose = scene.browser.get(&start, None).await?.expect(200)?;
        ensure!(choose.text.contains("BankID"), "no choice of eID at {}", choose.url);
        let ticket = hidden(&choose.text, "t")?;
        let person = format!("/idporten/person?t={ticket}&eid=bankid");
        scene.browser.get(&person, None).await?.expect(200)?;
        let form = [("t", ticket.as_str()), ("eid", "bankid"), ("level", "4"), ("pid", director.pid)];
        let back = scene.browser.form("/idporten/choose", &form).await?.expect(200)?;
        ensure!(back.url.path() == "/authentication/api/v1/refresh", "the login ended at {}", back.url);
        let parties =
            scene.browser.get("/accessmanagement/api/v1/authorizedparties", None).await?.expect(200)?;
        ensure!(parties.text.contains(scene.customer.org_no), "she may not act for the customer");
        Ok(((), Proof { id: director.name(), url: parties.url.to_string() }))
    };
    report.step("the managing director logs in through ID-porten with BankID", work).await
}

pub async fn approves(scene: &Scene, report: &mut Report, request: &Value) -> anyhow::Result<()> {
    let work = async {
        let id = request["id"].as_str().context("id")?;
        let view = format!("/accessmanagement/api/v1/systemuser/request/{id}");
        let seen = scene.browser.get(&view, None).await?.expect(200)?.json()?;
        let party = &seen["partyId"];
        let csrf = scene.browser.cookie("XSRF-TOKEN")?;
        let headers = [("X-XSRF-TOKEN", csrf.as_str())];
        let send = crate::demo::http::Send { headers: &headers, ..Default::default() };
        let path = format!("/accessmanagement/api/v1/systemuser/request/{party}/{id}/approve");
        let done = scene.browser.send(reqwest::Method::POST, &path, send).await?.expect(200)?;
        ensure!(done.text == "true", "approval answered {}", done.text);
        let read = scene.browser.get(&view, None).await?.expect(200)?;
        ensure!(read.json()?["status"] == "Accepted");
        Ok(((), Proof { id: id.to_owned(), url: read.url.to_string() }))
    };
    report.step("she reads what is asked for and approves", work).await
}
