//! The vendor files, the agency answers.

use super::{PATIENCE, Proof, REPORTING, Report, Scene};
use crate::demo::condominium;
use crate::demo::http::{Answer, Http, Send};
use anyhow::{Context, ensure};
use kernel::{Ids, RandomIds};
use serde_json::Value;
use std::time::Duration;

const SERVICE: &str = "/_host/innrapporteringboligsameie";
const YEAR: u16 = 2023;

/// Ids of a filing.
pub struct Filed {
    /// The dialog of its party and year.
    pub dialog: String,
    /// Its own.
    pub transmission: String,
}

async fn deliver_with_new_token(scene: &Scene, key: &str, body: Value) -> anyhow::Result<Answer> {
    let token = scene.vendor.token(&scene.http, REPORTING, Some(&scene.customer)).await?;
    deliver(&scene.http, &token, YEAR, key, body).await
}

/// Sends a delivery for a year under an idempotency key.
pub async fn deliver(http: &Http, token: &str, year: u16, key: &str, body: Value) -> anyhow::Result<Answer> {
    let headers = [("idempotencyKey", key), ("accept", "application/json")];
    let send = Send { token: Some(token), json: Some(body), headers: &headers, ..Send::default() };
    http.send(reqwest::Method::POST, &format!("{SERVICE}/v1/{year}"), send).await
}

/// The ids in a receipt.
pub fn filed(answer: &Answer) -> anyhow::Result<Filed> {
    let body = answer.json()?;
    let text = |name: &str| body[name].as_str().map(str::to_owned).with_context(|| name.to_owned());
    Ok(Filed { dialog: text("dialogId")?, transmission: text("forsendelseId")? })
}

/// One more delivery that has nothing wrong with it.
pub async fn delivered(scene: &Scene) -> anyhow::Result<Filed> {
    let body = condominium(scene.customer.org_no, YEAR, "L-3", 27_709);
    filed(&deliver_with_new_token(scene, &RandomIds.uuid().to_string(), body).await?.expect(200)?)
}

/// A token with which the vendor reads dialogs for the customer.
async fn reader(scene: &Scene) -> anyhow::Result<String> {
    scene.vendor.token(&scene.http, "digdir:dialogporten", Some(&scene.customer)).await
}

pub async fn accepted(scene: &Scene, report: &mut Report) -> anyhow::Result<Filed> {
    let work = async {
        let key = RandomIds.uuid().to_string();
        let body = condominium(scene.customer.org_no, YEAR, "L-1", 27_709);
        let first = deliver_with_new_token(scene, &key, body.clone()).await?.expect(200)?;
        let again = deliver_with_new_token(scene, &key, body).await?.expect(200)?;
        ensure!(first.text == again.text, "a repeated delivery got another answer");
        let other = condominium(scene.customer.org_no, YEAR, "L-1b", 27_709);
        let conflict = deliver_with_new_token(scene, &key, other).await?.expect(409)?.json()?;
        ensure!(conflict["kode"] == "GLD_019", "{conflict}");
        let filed = filed(&first)?;
        let token = reader(scene).await?;
        let path = format!(
            "/dialogporten/api/v1/enduser/dialogs/{}/transmissions/{}",
            filed.dialog, filed.transmission
        );
        let read = scene.http.get(&path, Some(&token)).await?.expect(200)?;
        Ok((
            filed,
            Proof {
                id: again.json()?["forsendelseId"].as_str().unwrap_or_default().to_owned(),
                url: read.url.to_string(),
            },
        ))
    };
    report
        .step(
            "the vendor files for the condominium; a repeat gets the same answer, a changed one is refused",
            work,
        )
        .await
}

pub async fn read_as_dialog(scene: &Scene, report: &mut Report, filed: &Filed) -> anyhow::Result<()> {
    let work = async {
        let token = reader(scene).await?;
        let party = format!("urn:altinn:organization:identifier-no:{}", scene.customer.org_no);
        let list = scene
            .http
            .get(&format!("/dialogporten/api/v1/enduser/dialogs?party={party}"), Some(&token))
            .await?
            .expect(200)?;
        ensure!(list.text.contains(&filed.dialog), "the list lacks the dialog");
        let one = scene
            .http
            .get(&format!("/dialogporten/api/v1/enduser/dialogs/{}", filed.dialog), Some(&token))
            .await?
            .expect(200)?;
        Ok(((), Proof { id: filed.dialog.clone(), url: one.url.to_string() }))
    };
    report.step("the filing stands as a dialog with a transmission", work).await
}

pub async fn told_by_event(scene: &Scene, report: &mut Report, filed: &Filed) -> anyhow::Result<()> {
    let work = async {
        let about = |event: &Value| event.to_string().contains(&filed.dialog);
        let (event, _) = scene.listener.wait(PATIENCE, |event, status| about(event) && status == 500).await?;
        let id = event["id"].clone();
        scene.listener.wait(PATIENCE, |event, status| event["id"] == id && status == 200).await?;
        let token = scene.vendor.token(&scene.http, "altinn:events.subscribe", Some(&scene.customer)).await?;
        let query = format!("/events/api/v1/events?resource=urn:altinn:resource:{}&after=0", super::RESOURCE);
        let read = scene.http.get(&query, Some(&token)).await?.expect(200)?;
        let id = id.as_str().unwrap_or_default().to_owned();
        ensure!(read.text.contains(&id), "the event cannot be queried");
        Ok(((), Proof { id, url: read.url.to_string() }))
    };
    report.step("the webhook answers 500, is tried again after ten seconds, and gets the event", work).await
}

/// The transmission of the wanted type that answers `to`, when the back office has written it.
async fn answer_to(scene: &Scene, filed: &Filed, kind: &str) -> anyhow::Result<Value> {
    let token = reader(scene).await?;
    let path = format!("/dialogporten/api/v1/enduser/dialogs/{}", filed.dialog);
    for _ in 0..PATIENCE * 20 {
        let dialog = scene.http.get(&path, Some(&token)).await?.expect(200)?.json()?;
        let answers = dialog["transmissions"].as_array().cloned().unwrap_or_default();
        let found = answers
            .into_iter()
            .find(|one| one["type"] == kind && one["relatedTransmissionId"] == filed.transmission.as_str());
        if let Some(found) = found {
            return Ok(found);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    anyhow::bail!("no {kind} within {PATIENCE} seconds")
}

/// Fetches the attachment that systems read, as clients do: by its address in the dialog.
async fn attachment(scene: &Scene, transmission: &Value) -> anyhow::Result<Answer> {
    let urls = transmission["attachments"][0]["urls"].as_array().cloned().unwrap_or_default();
    let api = urls
        .iter()
        .find(|url| url["consumerType"] == "Api")
        .and_then(|url| url["url"].as_str())
        .context("no Api address")?;
    let token = scene.vendor.token(&scene.http, REPORTING, Some(&scene.customer)).await?;
    scene.http.get(api, Some(&token)).await?.expect(200)
}

pub async fn answered(scene: &Scene, report: &mut Report, filed: &Filed) -> anyhow::Result<()> {
    let work = async {
        let transmission = answer_to(scene, filed, "Acceptance").await?;
        let document = attachment(scene, &transmission).await?;
        ensure!(document.text.contains("<leveransestatus>godkjent"), "{}", document.text);
        ensure!(document.kind.starts_with("application/xml"), "{}", document.kind);
        Ok((
            (),
            Proof {
                id: transmission["id"].as_str().unwrap_or_default().to_owned(),
                url: document.url.to_string(),
            },
        ))
    };
    report.step("the back office approves and writes the feedback document", work).await
}

pub async fn rejected(scene: &Scene, report: &mut Report) -> anyhow::Result<()> {
    let work = async {
        let body = condominium(scene.customer.org_no, YEAR, "L-2", 1);
        let answer = deliver_with_new_token(scene, &RandomIds.uuid().to_string(), body).await?.expect(200)?;
        let filed = filed(&answer)?;
        let transmission = answer_to(scene, &filed, "Rejection").await?;
        let document = attachment(scene, &transmission).await?;
        ensure!(
            document.text.contains("<leveransestatus>avvist") && document.text.contains("27709"),
            "{}",
            document.text
        );
        scene
            .listener
            .wait(PATIENCE, |event, status| {
                status == 200
                    && event.to_string().contains(&filed.dialog)
                    && event["type"].to_string().contains("ransmission")
            })
            .await?;
        Ok((
            (),
            Proof {
                id: transmission["id"].as_str().unwrap_or_default().to_owned(),
                url: document.url.to_string(),
            },
        ))
    };
    report
        .step("a delivery whose sum is wrong is rejected with the reason; the webhook hears of it", work)
        .await
}

pub async fn mailed(scene: &Scene, report: &mut Report) -> anyhow::Result<()> {
    let work = async {
        let path = "/sandbox/api/v1/messages?to=styret@sameiet.example";
        for _ in 0..PATIENCE * 20 {
            let read = scene.http.get(path, None).await?.expect(200)?;
            let messages = read.json()?["messages"].as_array().cloned().unwrap_or_default();
            if messages.len() >= 2 {
                let id = messages[0]["subject"].as_str().unwrap_or_default().to_owned();
                return Ok(((), Proof { id, url: read.url.to_string() }));
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        anyhow::bail!("the customer got no e-mail")
    };
    report.step("the customer has been told by e-mail", work).await
}

pub async fn seen_by_service_owner(scene: &Scene, report: &mut Report, filed: &Filed) -> anyhow::Result<()> {
    let work = async {
        let token = scene.agency.token(&scene.http, "digdir:dialogporten.serviceprovider", None).await?;
        let read = scene
            .http
            .get(&format!("/dialogporten/api/v1/serviceowner/dialogs/{}", filed.dialog), Some(&token))
            .await?
            .expect(200)?;
        let dialog = read.json()?;
        ensure!(dialog["status"] == "RequiresAttention", "the dialog stands as {}", dialog["status"]);
        Ok(((), Proof { id: filed.dialog.clone(), url: read.url.to_string() }))
    };
    report.step("the service owner reads the dialog that the filings made", work).await
}
