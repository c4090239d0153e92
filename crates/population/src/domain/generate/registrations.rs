//! Service owners, scopes and clients: the same in every population.

use super::{organisation_urn, person_urn};
use crate::domain::personas::{
    BRG, DIGDIR, INDUSTRY_COMPANY, SKD, SKD_CLIENT, TTD, VENDOR, VENDOR_CLIENT, personas,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Scopes that anyone may ask for.
const OPEN_SCOPES: [(&str, &str, &str); 16] = [
    ("altinn:authentication/systemregister.write", DIGDIR, "Administrere egne systemer i systemregisteret"),
    ("altinn:authentication/systemuser.request.write", DIGDIR, "Be om systembrukere"),
    ("altinn:authentication/systemuser.request.read", DIGDIR, "Lese egne forespørsler om systembrukere"),
    ("altinn:clientdelegations.read", DIGDIR, "Lese klienter og agenter"),
    ("altinn:clientdelegations.write", DIGDIR, "Delegere klienter til agenter"),
    ("altinn:enduser", DIGDIR, "Handle på vegne av en bruker"),
    ("altinn:events.subscribe", DIGDIR, "Abonnere på hendelser"),
    ("altinn:instances.read", DIGDIR, "Lese instanser"),
    ("altinn:instances.write", DIGDIR, "Opprette og endre instanser"),
    ("digdir:dialogporten", DIGDIR, "Lese dialoger som sluttbruker"),
    ("digdir:dialogporten.noconsent", DIGDIR, "Lese dialoger som sluttbruker uten samtykke"),
    ("skatteetaten:innrapporteringamelding", SKD, "Innrapportering a-melding"),
    ("skatteetaten:innrapporteringboligsameie", SKD, "Innrapportering boligsameie (RF-1140)"),
    ("skatteetaten:innrapporteringboligselskap", SKD, "Innrapportering boligselskap (RF-1139)"),
    ("skatteetaten:innrapporteringboligsparingungdom", SKD, "Innrapportering boligsparing for ungdom"),
    ("skatteetaten:kravogbetalinger", SKD, "Krav og betalinger"),
];

/// Scopes that only public bodies get.
const SERVICE_OWNER_SCOPES: [(&str, &str); 13] = [
    ("altinn:serviceowner", "Handle som tjenesteeier"),
    ("altinn:serviceowner/instances.read", "Lese instanser som tjenesteeier"),
    ("altinn:serviceowner/instances.write", "Endre instanser som tjenesteeier"),
    ("altinn:serviceowner/notifications.create", "Bestille varsler"),
    ("altinn:authorization/authorize", "Spørre om tilgang (PDP)"),
    ("altinn:accessmanagement/authorizedparties.resourceowner", "Lese hvem en bruker kan representere"),
    ("altinn:events.publish", "Publisere hendelser"),
    ("altinn:resourceregistry/resource.write", "Administrere egne ressurser"),
    ("altinn:resourceregistry/accesslist.read", "Lese egne tilgangslister"),
    ("altinn:resourceregistry/accesslist.write", "Endre egne tilgangslister"),
    ("altinn:register/partylookup.admin", "Slå opp parter"),
    ("digdir:dialogporten.serviceprovider", "Opprette og endre egne dialoger"),
    ("digdir:dialogporten.serviceprovider.search", "Søke i egne dialoger"),
];

pub fn generate() -> BTreeMap<String, Vec<Value>> {
    BTreeMap::from([
        ("serviceOwners".to_owned(), service_owners()),
        ("scopes".to_owned(), scopes()),
        ("maskinportenClients".to_owned(), clients()),
        ("delegations".to_owned(), delegations()),
    ])
}

fn service_owners() -> Vec<Value> {
    vec![
        json!({"code": "brg", "orgNo": BRG, "name": {"nb": "Brønnøysundregistrene", "nn": "Brønnøysundregistra",
            "en": "The Brønnøysund Register Centre"}, "scopePrefixes": ["brreg"]}),
        json!({"code": "digdir", "orgNo": DIGDIR, "name": {"nb": "Digitaliseringsdirektoratet",
            "nn": "Digitaliseringsdirektoratet", "en": "Norwegian Digitalisation Agency"},
            "scopePrefixes": ["altinn", "digdir", "idporten", "krr"]}),
        json!({"code": "skd", "orgNo": SKD, "name": {"nb": "Skatteetaten", "nn": "Skatteetaten",
            "en": "The Norwegian Tax Administration"}, "scopePrefixes": ["skatteetaten"]}),
        json!({"code": "ttd", "orgNo": TTD, "name": {"nb": "Testdepartementet", "nn": "Testdepartementet",
            "en": "Test Ministry"}, "scopePrefixes": ["ttd"]}),
    ]
}

fn scopes() -> Vec<Value> {
    let open = OPEN_SCOPES.iter().map(|(name, owner, description)| {
        json!({"name": name, "owner": owner, "description": description, "accessibleForAll": true})
    });
    let granted = SERVICE_OWNER_SCOPES.iter().map(|(name, description)| {
        json!({"name": name, "owner": DIGDIR, "description": description, "grantedTo": [BRG, TTD, SKD, DIGDIR]})
    });
    let mut scopes: Vec<Value> = open.chain(granted).collect();
    scopes.sort_by(|a, b| a["name"].as_str().cmp(&b["name"].as_str()));
    scopes
}

fn clients() -> Vec<Value> {
    let jwks = jose::sandbox::vendor().map(|keys| keys.jwks()).unwrap_or_default();
    let vendor: Vec<&str> = OPEN_SCOPES.iter().map(|(name, ..)| *name).collect();
    let mut agency: Vec<&str> = SERVICE_OWNER_SCOPES.iter().map(|(name, _)| *name).collect();
    agency.extend(["altinn:events.subscribe", "altinn:instances.read", "altinn:instances.write"]);
    vec![
        json!({"clientId": SKD_CLIENT, "orgNo": SKD, "name": "Skatteetaten fagsystem", "scopes": agency, "jwks": jwks}),
        json!({"clientId": VENDOR_CLIENT, "orgNo": VENDOR, "name": "Regnbue årsoppgjør", "scopes": vendor, "jwks": jwks}),
    ]
}

/// The access manager holds the package besides the role, as a person without a role would.
fn delegations() -> Vec<Value> {
    let [.., citizen, manager] = personas() else { return vec![] };
    debug_assert_eq!(citizen.key, "citizen");
    vec![json!({
        "from": organisation_urn(INDUSTRY_COMPANY),
        "to": person_urn(manager.pid),
        "package": "urn:altinn:accesspackage:hovedadministrator",
    })]
}
