//! What the measured server holds beside the seeded country, and how its clients get in.

use crate::child::{Scratch, Server};
use crate::http::{Connection, request};
use kernel::{Clock, Ids, RandomIds, SystemClock};
use population::personas::{SKD_CLIENT, VENDOR, VENDOR_CLIENT};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::thread;
use uuid::Uuid;

/// Registry id of the reporting service.
pub const RESOURCE: &str = "ske-innrapportering-boligsameie";
/// Its scope.
pub const REPORTING: &str = "skatteetaten:innrapporteringboligsameie";
/// Customers whose system users the file holds.
pub const CUSTOMERS: usize = 256;

/// An organisation that has a system user.
#[derive(Clone)]
pub struct Customer {
    pub org_no: String,
    pub system_user: Uuid,
}

/// The first organisations of the seeded country as customers of one system, and the population file that says so.
pub fn customers(scratch: &Scratch) -> Result<(Vec<Customer>, PathBuf), String> {
    let country = population::generate(&population::Options::default());
    let customers: Vec<Customer> = country
        .registers
        .organisations
        .iter()
        .filter(|unit| unit.parent.is_none() && unit.deleted_at.is_none() && unit.unit_type == "AS")
        .take(CUSTOMERS)
        .map(|unit| Customer { org_no: unit.org_no.clone(), system_user: RandomIds.uuid() })
        .collect();
    let system = format!("{VENDOR}_bench");
    let users: Vec<Value> = customers
        .iter()
        .map(|customer| {
            json!({"id": customer.system_user, "system": system, "type": "standard", "rights": [{"resource": RESOURCE}],
                "party": format!("urn:altinn:organization:identifier-no:{}", customer.org_no)})
        })
        .collect();
    let document = json!({
        "format": population::FORMAT,
        "systems": [{
            "id": system, "vendor": {"authority": "iso6523-actorid-upis", "ID": format!("0192:{VENDOR}")},
            "name": {"nb": "Måling", "nn": "Måling", "en": "Bench"},
            "description": {"nb": "Måling", "nn": "Måling", "en": "Bench"},
            "rights": [{"resource": [{"id": "urn:altinn:resource", "value": RESOURCE}]}], "accessPackages": [],
            "clientId": [VENDOR_CLIENT], "isVisible": true, "allowedRedirectUrls": [],
        }],
        "systemUsers": users,
    });
    let file = scratch.path().join("customers.json");
    std::fs::write(&file, document.to_string()).map_err(|e| e.to_string())?;
    Ok((customers, file))
}

/// Signed requests for tokens, each good once, made on all cores before the clock starts. The sandbox's clients share a key.
pub fn token_requests(
    server: &Server,
    client: &str,
    scope: &str,
    customers: &[Customer],
    count: usize,
) -> Result<Vec<Vec<u8>>, String> {
    let threads = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    thread::scope(|all| {
        let sign = |part: usize| {
            let keys = jose::sandbox::vendor().map_err(|e| e.to_string())?;
            let now = SystemClock.now().as_second();
            (part..count)
                .step_by(threads)
                .map(|at| {
                    let mut claims = json!({"iss": client, "aud": "https://test.maskinporten.no/", "scope": scope,
                        "iat": now, "exp": now + 119, "jti": RandomIds.token(16)});
                    if let Some(customer) = customers.get(at % customers.len().max(1)) {
                        claims["authorization_details"] = json!([{"type": "urn:altinn:systemuser", "systemuser_org":
                            {"authority": "iso6523-actorid-upis", "ID": format!("0192:{}", customer.org_no)}}]);
                    }
                    let grant = keys.sign(&claims).map_err(|e| e.to_string())?;
                    let body = format!(
                        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion={grant}"
                    );
                    let kind = "content-type: application/x-www-form-urlencoded".to_owned();
                    Ok(request("POST", server.address, "/token", &[kind], body.as_bytes()))
                })
                .collect::<Result<Vec<_>, String>>()
        };
        let running: Vec<_> = (0..threads).map(|part| all.spawn(move || sign(part))).collect();
        let mut requests = Vec::with_capacity(count);
        for one in running {
            requests.extend(one.join().map_err(|_| "a signing thread failed")??);
        }
        Ok(requests)
    })
}

/// A token for each customer.
pub async fn tokens(server: &Server, scope: &str, customers: &[Customer]) -> Result<Vec<String>, String> {
    let mut connection = Connection::open(server.address).await?;
    let mut tokens = Vec::with_capacity(customers.len());
    for customer in customers {
        let one = token_requests(server, VENDOR_CLIENT, scope, std::slice::from_ref(customer), 1)?;
        tokens.push(token(&mut connection, &one).await?);
    }
    Ok(tokens)
}

/// A token of the agency's own.
pub async fn agency_token(server: &Server, scope: &str) -> Result<String, String> {
    let mut connection = Connection::open(server.address).await?;
    token(&mut connection, &token_requests(server, SKD_CLIENT, scope, &[], 1)?).await
}

async fn token(connection: &mut Connection, requests: &[Vec<u8>]) -> Result<String, String> {
    let answer = connection.send(requests.first().ok_or("no grant")?).await?.json(200)?;
    answer["access_token"].as_str().map(str::to_owned).ok_or_else(|| "no access_token".into())
}
