//! The vendor registers a system, asks for a system user, and gets tokens.

use super::{PATIENCE, Proof, REPORTING, RESOURCE, Report, Scene};
use crate::demo::vendor::claims;
use anyhow::{Context, ensure};
use population::personas::{VENDOR, VENDOR_CLIENT};
use serde_json::{Value, json};

const REGISTER: &str = "altinn:authentication/systemregister.write";
const REQUEST_WRITE: &str = "altinn:authentication/systemuser.request.write";
const REQUEST_READ: &str = "altinn:authentication/systemuser.request.read";

/// A right as the system register writes it.
fn rights() -> Value {
    json!([{"resource": [{"id": "urn:altinn:resource", "value": RESOURCE}]}])
}

pub async fn registers_system(scene: &Scene, report: &mut Report) -> anyhow::Result<String> {
    let work = async {
        let token = scene.vendor.token(&scene.http, REGISTER, None).await?;
        let system = format!("{VENDOR}_demo-{}", scene.run);
        let body = json!({
            "id": system, "vendor": {"authority": "iso6523-actorid-upis", "ID": format!("0192:{VENDOR}")},
            "name": {"nb": "Regnskap i skyen", "nn": "Rekneskap i skya", "en": "Accounting in the cloud"},
            "description": {"nb": "Leverer for sameier", "nn": "Leverer for sameige", "en": "Reports for condominiums"},
            "rights": rights(), "accessPackages": [], "clientId": [VENDOR_CLIENT], "isVisible": true, "allowedRedirectUrls": [],
        });
        // A client belongs to one system: an earlier run on this database may have it.
        for old in scene
            .http
            .get("/authentication/api/v1/systemregister/vendor", Some(&token))
            .await?
            .expect(200)?
            .json()?
            .as_array()
            .into_iter()
            .flatten()
        {
            let old = old["systemId"].as_str().context("systemId")?;
            let path = format!("/authentication/api/v1/systemregister/vendor/{old}");
            let send = crate::demo::http::Send { token: Some(&token), ..Default::default() };
            scene.http.send(reqwest::Method::DELETE, &path, send).await?.expect(200)?;
        }
        scene.http.post("/authentication/api/v1/systemregister/vendor", &token, body).await?.expect(200)?;
        let path = format!("/authentication/api/v1/systemregister/vendor/{system}");
        let read = scene.http.get(&path, Some(&token)).await?.expect(200)?;
        ensure!(read.json()?["clientId"][0] == VENDOR_CLIENT, "the system has no client");
        Ok((system.clone(), Proof { id: system, url: read.url.to_string() }))
    };
    report.step("the vendor gets a Maskinporten token and registers its system", work).await
}

pub async fn asks_for_system_user(scene: &Scene, report: &mut Report, system: &str) -> anyhow::Result<Value> {
    let work = async {
        let token = scene.vendor.token(&scene.http, REQUEST_WRITE, None).await?;
        let body = json!({
            "systemId": system, "partyOrgNo": scene.customer.org_no, "externalRef": scene.customer.reference,
            "integrationTitle": "Demo", "rights": rights(),
        });
        let made = scene
            .http
            .post("/authentication/api/v1/systemuser/request/vendor", &token, body)
            .await?
            .expect(201)?
            .json()?;
        ensure!(made["status"] == "New" && made["confirmUrl"].is_string(), "{made}");
        let id = made["id"].as_str().context("id")?.to_owned();
        let token = scene.vendor.token(&scene.http, REQUEST_READ, None).await?;
        let read = scene
            .http
            .get(&format!("/authentication/api/v1/systemuser/request/vendor/{id}"), Some(&token))
            .await?
            .expect(200)?;
        ensure!(read.json()?["status"] == "New");
        Ok((made, Proof { id, url: read.url.to_string() }))
    };
    report.step("the vendor asks the customer for a system user", work).await
}

pub async fn is_refused_before_approval(scene: &Scene, report: &mut Report) -> anyhow::Result<()> {
    let work = async {
        let refused =
            scene.vendor.ask(&scene.http, REPORTING, Some(&scene.customer)).await?.expect(400)?.json()?;
        ensure!(refused["error"] == "invalid_altinn_customer_configuration", "{refused}");
        let description = refused["error_description"].as_str().unwrap_or_default();
        let correlation =
            description.rsplit("correlation id: ").next().unwrap_or_default().trim_end_matches(')');
        let why = scene
            .http
            .get(&format!("/allting/api/v1/explain/token/{correlation}"), None)
            .await?
            .expect(200)?;
        Ok(((), Proof { id: "MP-303".into(), url: why.url.to_string() }))
    };
    report.step("a token with a system user is refused before the customer has approved", work).await
}

pub async fn gets_token(scene: &Scene, report: &mut Report) -> anyhow::Result<String> {
    let work = async {
        let token = scene.vendor.token(&scene.http, REPORTING, Some(&scene.customer)).await?;
        let details = claims(&token)?["authorization_details"][0].clone();
        let id = details["systemuser_id"][0].as_str().context("systemuser_id")?.to_owned();
        let token = scene.vendor.token(&scene.http, REQUEST_READ, None).await?;
        let found = format!(
            "/authentication/api/v1/systemuser/vendor/bysystem/{}",
            details["system_id"].as_str().unwrap_or_default()
        );
        let read = scene.http.get(&found, Some(&token)).await?;
        let read = if read.status == 403 {
            let token = scene.vendor.token(&scene.http, REGISTER, None).await?;
            scene.http.get(&found, Some(&token)).await?
        } else {
            read
        };
        let read = read.expect(200)?;
        ensure!(read.text.contains(&id), "the vendor's list lacks the system user");
        Ok((id.clone(), Proof { id, url: read.url.to_string() }))
    };
    report.step("the vendor gets a token that carries the system user", work).await
}

/// Asks the PDP as the agency does; anyone who has the scope may.
pub async fn decision(scene: &Scene, user: &str) -> anyhow::Result<(String, String)> {
    let token = scene.agency.token(&scene.http, "altinn:authorization/authorize", None).await?;
    let attribute = |id: &str, value: &str| json!({"AttributeId": id, "Value": value});
    let question = json!({"Request": {
        "AccessSubject": [{"Attribute": [attribute("urn:altinn:systemuser:uuid", user)]}],
        "Action": [{"Attribute": [attribute("urn:oasis:names:tc:xacml:1.0:action:action-id", "write")]}],
        "Resource": [{"Attribute": [
            attribute("urn:altinn:resource", RESOURCE),
            attribute("urn:altinn:organization:identifier-no", scene.customer.org_no),
        ]}],
    }});
    let answer = scene.http.post("/authorization/api/v1/authorize", &token, question).await?.expect(200)?;
    let decision = answer.json()?["response"][0]["decision"].as_str().unwrap_or_default().to_owned();
    Ok((decision, answer.url.to_string()))
}

pub async fn is_permitted(
    scene: &Scene,
    report: &mut Report,
    user: &str,
    wanted: &str,
) -> anyhow::Result<()> {
    let work = async {
        let (decision, url) = decision(scene, user).await?;
        ensure!(decision == wanted, "the PDP says {decision}, not {wanted}");
        Ok(((), Proof { id: decision, url }))
    };
    report.step("the PDP permits the system user to report for the customer", work).await
}

pub async fn subscribes(scene: &Scene, report: &mut Report) -> anyhow::Result<()> {
    let work = async {
        let token = scene.vendor.token(&scene.http, "altinn:events.subscribe", Some(&scene.customer)).await?;
        let body = json!({"endPoint": scene.listener.url, "resourceFilter": format!("urn:altinn:resource:{RESOURCE}")});
        let made =
            scene.http.post("/events/api/v1/subscriptions", &token, body).await?.expect(201)?.json()?;
        let path = format!("/events/api/v1/subscriptions/{}", made["id"]);
        scene
            .listener
            .wait(PATIENCE, |event, _| event["type"] == "platform.events.validatesubscription")
            .await?;
        for _ in 0..PATIENCE * 50 {
            let read = scene.http.get(&path, Some(&token)).await?.expect(200)?;
            if read.json()?["validated"] == true {
                return Ok(((), Proof { id: made["id"].to_string(), url: read.url.to_string() }));
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        anyhow::bail!("the subscription was not validated")
    };
    report.step("the vendor subscribes to events; its webhook answers the handshake", work).await
}
