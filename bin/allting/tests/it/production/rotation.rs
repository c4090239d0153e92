//! New keys come and old ones go while two nodes issue and verify: no request fails.

use super::node::{DOMAIN, Node, allting, certificate, installation};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use testkit::TempDir;

/// What the load has seen.
#[derive(Default)]
struct Seen {
    stop: AtomicBool,
    rounds: AtomicUsize,
    failures: Mutex<Vec<String>>,
    /// Key ids of Maskinporten's and Altinn's tokens.
    kids: [Mutex<BTreeSet<String>>; 2],
}

struct Vendor {
    keys: jose::KeySet,
}

impl Vendor {
    fn grant(&self) -> String {
        let now = kernel::Clock::now(&kernel::SystemClock).as_second();
        let jti = kernel::Ids::uuid(&kernel::RandomIds);
        let claims = json!({"iss": "vendor", "aud": format!("https://maskinporten.{DOMAIN}/"), "scope": "ttd:test",
            "iat": now, "exp": now + 100, "jti": jti});
        self.keys.sign(&claims).unwrap()
    }
}

fn kid(token: &str) -> String {
    let read = jose::Unverified::parse(token, jose::MAX_TOKEN_BYTES).unwrap();
    read.header().kid.clone().unwrap()
}

/// A token of Maskinporten from `here`, exchanged `there`, used here.
async fn round(
    vendor: &Vendor,
    seen: &Seen,
    here: &(reqwest::Client, [String; 3]),
    there: &(reqwest::Client, [String; 3]),
) -> Result<(), String> {
    let told = |e: reqwest::Error| format!("{e:?}");
    let form =
        [("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", &vendor.grant())];
    let [token, ..] = &here.1;
    let answer = here.0.post(token).form(&form).send().await.map_err(told)?;
    let body: Value = answer.json().await.map_err(told)?;
    let raw = body["access_token"].as_str().ok_or_else(|| format!("token: {body}"))?;
    seen.kids[0].lock().unwrap().insert(kid(raw));
    let [_, exchange, _] = &there.1;
    let answer = there.0.get(exchange).bearer_auth(raw).send().await.map_err(told)?;
    let status = answer.status();
    let altinn = answer.text().await.map_err(told)?;
    if status != 200 {
        return Err(format!("exchange of {}: {status}", kid(raw)));
    }
    seen.kids[1].lock().unwrap().insert(kid(&altinn));
    let [.., refresh] = &here.1;
    let answer = here.0.get(refresh).bearer_auth(&altinn).send().await.map_err(told)?;
    if answer.status() != 200 {
        return Err(format!("use of {}: {}", kid(&altinn), answer.status()));
    }
    Ok(())
}

async fn until(what: &str, mut done: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !done().await {
        assert!(begun.elapsed() < Duration::from_secs(30), "{what} did not happen");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

fn pki(args: &[&str], dir: &std::path::Path) {
    let done = allting(&[&["pki"], args, &["--dir", dir.to_str().unwrap()]].concat());
    assert!(done.status.success(), "{args:?}: {}", String::from_utf8_lossy(&done.stderr));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_change_under_load_on_two_nodes_without_a_failed_request() {
    let scratch = TempDir::new();
    let dir = installation(scratch.path());
    let names = ["maskinporten", "platform.altinn", "af.altinn"].map(|label| format!("{label}.{DOMAIN}"));
    let trusted = certificate(&dir, &names.each_ref().map(String::as_str));
    let vendor = jose::KeySet::from_pem(&jose::generate_rsa(2048).unwrap(), Some("vendor-1")).unwrap();
    let population = scratch.join("population.json");
    let document = json!({"format": "allting-population/1",
        "scopes": [{"name": "ttd:test", "owner": "991825827", "description": "test", "accessibleForAll": true}],
        "maskinportenClients": [{"clientId": "vendor", "orgNo": "991825827", "name": "Vendor", "scopes": ["ttd:test"], "jwks": vendor.jwks()}]});
    std::fs::write(&population, document.to_string()).unwrap();
    let nodes = ["a", "b"].map(|name| Node::start(&dir, scratch.path(), name, &population));
    let ends = nodes.each_ref().map(|node| {
        let base = "/authentication/api/v1";
        let urls = [
            node.url("maskinporten", "/token"),
            node.url("platform.altinn", &format!("{base}/exchange/maskinporten")),
            node.url("platform.altinn", &format!("{base}/refresh")),
        ];
        (node.client(&trusted), urls)
    });
    let (seen, vendor, ends) = (Arc::new(Seen::default()), Arc::new(Vendor { keys: vendor }), Arc::new(ends));
    let load: Vec<_> = [(0, 1), (1, 0)]
        .into_iter()
        .map(|(here, there)| {
            let (seen, vendor, ends) = (seen.clone(), vendor.clone(), ends.clone());
            tokio::spawn(async move {
                while !seen.stop.load(Ordering::Relaxed) {
                    if let Err(failure) = round(&vendor, &seen, &ends[here], &ends[there]).await {
                        seen.failures.lock().unwrap().push(failure);
                    }
                    seen.rounds.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    let published = async |node: usize| -> usize {
        let url = nodes[node].url("maskinporten", "/jwk");
        let body: Value = ends[node].0.get(url).send().await.unwrap().json().await.unwrap();
        body["keys"].as_array().unwrap().len()
    };
    let kids = |count: usize| seen.kids.iter().all(|kids| kids.lock().unwrap().len() >= count);
    until("the first rounds", async || kids(1) && seen.rounds.load(Ordering::Relaxed) > 3).await;

    // The ordinary way: published everywhere, then signing, then the old one goes.
    for issuer in ["maskinporten", "altinn"] {
        pki(&["rotate", issuer, "--after", "4s"], &dir);
    }
    until("publication", async || published(0).await == 2 && published(1).await == 2).await;
    assert!(!kids(2), "nothing signs before its time");
    until("change-over", async || kids(2)).await;
    until("pruning", async || {
        pki(&["prune", "--keep", "5s"], &dir);
        published(0).await == 1 && published(1).await == 1
    })
    .await;

    // The hurried way: one node is told at once, the other meets tokens of a key that it has not heard of.
    for issuer in ["maskinporten", "altinn"] {
        pki(&["rotate", issuer, "--after", "0s"], &dir);
    }
    nodes[0].signal("HUP");
    until("the third key", async || kids(3)).await;

    // Nonsense in a file changes nothing.
    let file = dir.join("altinn.jwks.json");
    let good = std::fs::read(&file).unwrap();
    super::node::write(&file, b"{\"keys\": [");
    nodes[1].signal("HUP");
    let log = || std::fs::read_to_string(scratch.join("b.log")).unwrap();
    until("the refusal", async || log().contains("changed keys are refused")).await;
    let before = seen.rounds.load(Ordering::Relaxed);
    until("rounds on the keys at hand", async || seen.rounds.load(Ordering::Relaxed) > before + 4).await;
    super::node::write(&file, &good);

    seen.stop.store(true, Ordering::Relaxed);
    for task in load {
        task.await.unwrap();
    }
    let failures = seen.failures.lock().unwrap();
    assert!(
        failures.is_empty(),
        "{} of {}: {failures:?}",
        failures.len(),
        seen.rounds.load(Ordering::Relaxed)
    );
    println!("{} rounds, 0 failures, 3 keys each", seen.rounds.load(Ordering::Relaxed));
}
