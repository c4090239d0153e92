//! Main flows of access management (access-management §15): roles, a package by number and last name, revocation.

use super::{ACCOUNTANT, CITIZEN, CONDOMINIUM, DIRECTOR, party, portal_token};
use crate::support::{TestApp, app};
use serde_json::{Value, json};

const BASE: &str = "/accessmanagement/api/v1";

/// The condominium as the person sees it among those to act for.
async fn condominium(app: &TestApp, token: &str) -> Option<Value> {
    let path = format!("{BASE}/authorizedparties?includeAccessPackages=true");
    let answer = app.get(&path).bearer(token).send().await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let parties = answer.json();
    let parties = parties.as_array().unwrap();
    parties.iter().find(|party| party["organizationNumber"] == CONDOMINIUM).cloned()
}

#[tokio::test]
async fn a_package_is_given_by_number_and_last_name_and_taken_back() {
    let app = app().await;
    let (director, citizen) = (portal_token(&app, DIRECTOR).await, portal_token(&app, CITIZEN).await);
    let roles = condominium(&app, &director).await.unwrap()["authorizedRoles"].clone();
    for role in ["daglig-leder", "dagl", "hadm"] {
        assert!(roles.as_array().unwrap().contains(&json!(role)), "{role} in {roles}");
    }
    assert!(condominium(&app, &citizen).await.is_none());

    let (from, to) = (party(&app, CONDOMINIUM).await, party(&app, CITIZEN).await);
    let connections = format!("{BASE}/enduser/connections");
    let person = json!({ "personIdentifier": CITIZEN, "lastName": "Hussain" });
    let made = app.post(&format!("{connections}?party={from}")).bearer(&director).json(&person).send().await;
    assert_eq!(made.status, 200, "{}", made.text());
    let package = format!("{connections}/accesspackages?party={from}&to={to}&package=skattegrunnlag");
    let refused = app.post(&package).bearer(&citizen).send().await;
    assert_eq!(refused.status, 403, "the receiver manages no access");
    let given = app.post(&package).bearer(&director).send().await;
    assert_eq!(given.status, 200, "{}", given.text());
    assert_eq!(
        condominium(&app, &citizen).await.unwrap()["authorizedAccessPackages"],
        json!(["skattegrunnlag"])
    );

    let all = format!("{connections}?party={from}&from={from}&to={to}&cascade=true");
    assert_eq!(app.delete(&all).bearer(&director).send().await.status, 204);
    assert!(condominium(&app, &citizen).await.is_none(), "revocation holds at once");
}

#[tokio::test]
async fn an_accountant_acts_for_clients_but_manages_no_access_there() {
    let app = app().await;
    let token = portal_token(&app, ACCOUNTANT).await;
    let parties =
        app.get(&format!("{BASE}/enduser/authorizedparties?includeRoles=true")).bearer(&token).send().await;
    let parties = parties.json();
    let client = parties["data"]
        .as_array()
        .unwrap()
        .iter()
        .find(|p| p["authorizedRoles"].as_array().unwrap().contains(&json!("regnskapsforer")))
        .unwrap();
    let client = client["partyUuid"].as_str().unwrap();
    let path = format!("{BASE}/enduser/connections?party={client}&from={client}");
    assert_eq!(app.get(&path).bearer(&token).send().await.status, 403);
}
