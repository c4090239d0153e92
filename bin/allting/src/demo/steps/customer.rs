//! The managing director logs in, approves, and reads what comes of it, on the pages that people use.

use super::filing::{Filed, delivered};
use super::{PATIENCE, Proof, Report, Scene};
use crate::demo::http::{hidden, links};
use anyhow::{Context, ensure};
use population::personas;
use serde_json::Value;
use std::time::Duration;

/// Follows the address that the vendor was given, which asks for login first.
pub async fn logs_in(scene: &Scene, report: &mut Report, request: &Value) -> anyhow::Result<()> {
    let work = async {
        let director = personas().first().context("personas")?;
        let start = request["confirmUrl"].as_str().context("confirmUrl")?;
        let choose = scene.browser.get(start, None).await?.expect(200)?;
        ensure!(choose.text.contains("BankID"), "no choice of eID at {}", choose.url);
        let ticket = hidden(&choose.text, "t")?;
        let person = format!("/idporten/person?t={ticket}&eid=bankid");
        scene.browser.get(&person, None).await?.expect(200)?;
        let form = [("t", ticket.as_str()), ("eid", "bankid"), ("level", "4"), ("pid", director.pid)];
        let back = scene.browser.form("/idporten/choose", &form).await?.expect(200)?;
        ensure!(back.url.path().starts_with("/systembruker/foresporsel/"), "the login ended at {}", back.url);
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
        let path = format!("/systembruker/foresporsel/{id}");
        let page = scene.browser.get(&path, None).await?.expect(200)?;
        for words in ["Innrapportering fra boligsameie", "Skatteetaten", "Gi fullmakt", "Avvis"] {
            ensure!(page.text.contains(words), "the page does not say {words}");
        }
        let forged = scene.browser.form(&path, &[("svar", "godkjenn"), ("_csrf", "forged")]).await?;
        forged.expect(403)?;
        let csrf = hidden(&page.text, "_csrf")?;
        let done = scene.browser.form(&path, &[("svar", "godkjenn"), ("_csrf", &csrf)]).await?.expect(200)?;
        ensure!(done.text.contains("Fullmakten er gitt") && done.text.contains(id), "no receipt");
        let view = format!("/accessmanagement/api/v1/systemuser/request/{id}");
        let read = scene.browser.get(&view, None).await?.expect(200)?;
        ensure!(read.json()?["status"] == "Accepted");
        Ok(((), Proof { id: id.to_owned(), url: done.url.to_string() }))
    };
    report.step("she reads on a page what is asked for and approves", work).await
}

/// The dialog as the list of the end-user API has it; reading a list marks nothing as seen.
async fn listed(scene: &Scene, filed: &Filed) -> anyhow::Result<Value> {
    let party = format!("urn:altinn:organization:identifier-no:{}", scene.customer.org_no);
    let path = format!("/dialogporten/api/v1/enduser/dialogs?party={party}");
    let all = scene.browser.get(&path, None).await?.expect(200)?.json()?;
    let items = all["items"].as_array().cloned().unwrap_or_default();
    items.into_iter().find(|one| one["id"] == filed.dialog.as_str()).context("the list lacks the dialog")
}

/// The part of the inbox that shows this dialog.
async fn line(scene: &Scene, filed: &Filed) -> anyhow::Result<(String, String)> {
    let inbox = scene.browser.get("/innboks", None).await?.expect(200)?;
    let (_, rest) = inbox.text.split_once(&filed.dialog).context("the inbox lacks the dialog")?;
    Ok((rest.split("</li>").next().unwrap_or_default().to_owned(), inbox.url.to_string()))
}

pub async fn sees_unread(scene: &Scene, report: &mut Report) -> anyhow::Result<Filed> {
    let work = async {
        let filed = delivered(scene).await?;
        let choice = scene.browser.get("/aktor", None).await?.expect(200)?;
        let csrf = hidden(&choice.text, "_csrf")?;
        let parties = scene
            .browser
            .get("/accessmanagement/api/v1/authorizedparties", None)
            .await?
            .expect(200)?
            .json()?;
        let parties = parties.as_array().cloned().unwrap_or_default();
        let party = parties.iter().find(|party| party["organizationNumber"] == scene.customer.org_no);
        let party = party.and_then(|party| party["partyUuid"].as_str()).context("the customer's party")?;
        let inbox = scene.browser.form("/aktor", &[("part", party), ("_csrf", &csrf)]).await?.expect(200)?;
        ensure!(inbox.url.path() == "/innboks", "the choice led to {}", inbox.url);
        let (line, url) = line(scene, &filed).await?;
        ensure!(line.contains("Ulest") && line.contains("Skatteetaten"), "{line}");
        ensure!(listed(scene, &filed).await?["isContentSeen"] == false, "the API says that it has been seen");
        let id = filed.dialog.clone();
        Ok((filed, Proof { id, url }))
    };
    report
        .step("a new delivery; she acts for the condominium and sees the unread message in the inbox", work)
        .await
}

pub async fn opens(scene: &Scene, report: &mut Report, filed: &Filed) -> anyhow::Result<()> {
    let work = async {
        let path = format!("/innboks/dialog/{}", filed.dialog);
        let mut page = scene.browser.get(&path, None).await?.expect(200)?;
        // The answer to the newest delivery stands above it.
        for _ in 0..PATIENCE * 20 {
            let newest = page.text.split_once("data-transmission").map_or("", |(_, rest)| rest);
            if !newest.contains(&filed.transmission)
                || newest.find("/dokumenter/") < newest.find(&filed.transmission)
            {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
            page = scene.browser.get(&path, None).await?.expect(200)?;
        }
        let (mut receipt, mut feedback) = (false, false);
        for address in links(&page.text, "/skatteetaten/dokumenter/") {
            let document = scene.browser.get(&address, None).await?.expect(200)?;
            receipt |= document.text.contains("Kvittering fra Skatteetaten");
            feedback |= document.text.contains("<leveransestatus>godkjent");
        }
        ensure!(receipt, "no receipt among the attachments");
        ensure!(feedback, "no feedback document among the attachments");
        ensure!(!line(scene, filed).await?.0.contains("Ulest"), "the inbox still shows it as unread");
        ensure!(listed(scene, filed).await?["isContentSeen"] == true, "the API says that nobody has seen it");
        Ok(((), Proof { id: filed.dialog.clone(), url: page.url.to_string() }))
    };
    report.step("she opens it and downloads receipt and feedback; it is unread no more", work).await
}

pub async fn reads_log(scene: &Scene, report: &mut Report, filed: &Filed) -> anyhow::Result<()> {
    let work = async {
        let director = personas().first().context("personas")?.name();
        let log =
            scene.browser.get(&format!("/innboks/dialog/{}/logg", filed.dialog), None).await?.expect(200)?;
        ensure!(log.text.contains(&format!("{director} (deg)")), "the log does not name her");
        let path = format!("/dialogporten/api/v1/enduser/dialogs/{}/seenlog", filed.dialog);
        let seen = scene.browser.get(&path, None).await?.expect(200)?;
        ensure!(seen.text.contains("\"isCurrentEndUser\":true"), "{}", seen.text);
        Ok(((), Proof { id: director, url: log.url.to_string() }))
    };
    report.step("the activity log says who has done and seen what", work).await
}
