//! What one node has been told holds on the other at once: grants used, sessions ended, rights taken away.

use crate::harness::{Balancer, Node, Site, figure, size};
use allting::demo::Vendor;
use allting::demo::http::{Answer, Http, Send};
use allting::demo::steps::RESOURCE;
use futures_util::future::join_all;
use population::personas::{CONDOMINIUM, VENDOR_CLIENT, personas};
use reqwest::Method;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use testkit::Engine;
use tokio::join;

const CONNECTIONS: &str = "/accessmanagement/api/v1/enduser/connections";

/// Two nodes, and the client of each.
struct Pair {
    site: Site,
    nodes: [Node; 2],
    here: Http,
    there: Http,
}

async fn pair(balancer: Option<&Balancer>) -> Option<Pair> {
    let mut site = Site::on(Engine::Postgres).await?;
    if let Some(balancer) = balancer {
        site = site.with("server.public_url", &balancer.url);
    }
    let nodes = [site.start().await, site.start().await];
    let (here, there) = (Http::new(&nodes[0].url).unwrap(), Http::new(&nodes[1].url).unwrap());
    Some(Pair { site, nodes, here, there })
}

impl Pair {
    async fn end(self) {
        drop(self.nodes);
        self.site.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_grant_is_good_once_on_all_nodes_together() {
    let Some(pair) = pair(None).await else { return };
    let vendor = Vendor::new(VENDOR_CLIENT).unwrap();
    let rounds = size(100, 1000);
    for _ in 0..rounds {
        let (_, grant) = vendor.grant(&pair.here, "altinn:events.subscribe", None).await.unwrap();
        let kind = "urn:ietf:params:oauth:grant-type:jwt-bearer";
        let form = [("grant_type", kind), ("assertion", grant.as_str())];
        let (one, two) = join!(pair.here.form("/token", &form), pair.there.form("/token", &form));
        let given = [one.unwrap(), two.unwrap()].iter().filter(|answer| answer.status == 200).count();
        assert_eq!(given, 1, "a grant gave {given} tokens");
    }
    figure("grants sent to two nodes at the same moment; each gave one token", rounds);
    pair.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_logs_out_on_one_node_is_out_on_the_other() {
    let balancer = Balancer::start().await;
    let Some(pair) = pair(Some(&balancer)).await else { return };
    for node in &pair.nodes {
        balancer.add(&node.url).await;
    }
    let person = personas()[0].pid;
    let refresh = "/authentication/api/v1/refresh";
    let rounds = size(10, 100);
    for _ in 0..rounds {
        // Each step of the login may meet another node.
        let browser = Http::new(&balancer.url).unwrap();
        let login = format!(
            "/authentication/api/v1/authentication?goto={refresh}&login_hint=testid:{person}_idporten-loa-high"
        );
        let token = browser.get(&login, None).await.unwrap().expect(200).unwrap().text;
        for node in [&pair.here, &pair.there] {
            node.get(refresh, Some(&token)).await.unwrap().expect(200).unwrap();
        }
        let cookie = [("cookie", &*format!("AltinnStudioRuntime={token}"))];
        let out = Send { headers: &cookie, ..Send::default() };
        pair.here.send(Method::GET, "/authentication/api/v1/logout", out).await.unwrap();
        pair.there.get(refresh, Some(&token)).await.unwrap().expect(401).unwrap();
    }
    figure("logged out on one node, refused at once by the other", rounds);
    pair.end().await;
}

/// Someone who may be given rights.
struct Receiver {
    user_id: i64,
    uuid: uuid::Uuid,
}

async fn receivers(pair: &Pair, token: &str, from: uuid::Uuid, count: usize) -> Vec<Receiver> {
    let text = "SELECT p.pid, n.last_name, p.user_id, p.uuid FROM party p JOIN person n ON n.party = p.id
                WHERE p.user_id IS NOT NULL AND n.death_date IS NULL ORDER BY p.pid";
    let people = db::Sql::dynamic("test.people", text.to_owned());
    let mut receivers = Vec::new();
    for row in pair.site.db().await.query(&people, &[]).await.unwrap() {
        let (pid, name): (String, String) = (row.get(0).unwrap(), row.get(1).unwrap());
        if personas().iter().any(|persona| persona.pid == pid) {
            continue;
        }
        let person = json!({ "personIdentifier": pid, "lastName": name });
        let made = pair.here.post(&format!("{CONNECTIONS}?party={from}"), token, person).await.unwrap();
        if made.status == 200 {
            receivers.push(Receiver { user_id: row.get(2).unwrap(), uuid: row.get(3).unwrap() });
        }
        if receivers.len() == count {
            return receivers;
        }
    }
    panic!("only {} people can be given rights", receivers.len());
}

async fn decision(http: &Http, user: i64, party: &str) -> Value {
    let attributes =
        |id: &str, value: &str| json!([{ "Attribute": [{ "AttributeId": id, "Value": value }] }]);
    let question = json!({ "Request": {
        "AccessSubject": attributes("urn:altinn:userid", &user.to_string()),
        "Resource": [{ "Attribute": [
            { "AttributeId": "urn:altinn:resource", "Value": RESOURCE },
            { "AttributeId": "urn:altinn:organization:identifier-no", "Value": party },
        ]}],
        "Action": attributes("urn:oasis:names:tc:xacml:1.0:action:action-id", "write"),
    }});
    let answer: Answer = http
        .send(
            Method::POST,
            "/authorization/api/v1/decision",
            Send { json: Some(question), ..Send::default() },
        )
        .await
        .unwrap();
    answer.expect(200).unwrap().json().unwrap()["response"][0]["decision"].clone()
}

/// The managing director's token for the portal, from the sandbox's token generator.
async fn director(pair: &Pair) -> String {
    let sql = db::Sql::dynamic("test.user", "SELECT user_id, id, uuid FROM party WHERE pid = $1".into());
    let pid = personas()[0].pid;
    let row = pair.site.db().await.query_one(&sql, &db::params![pid]).await.unwrap();
    let (user, id, uuid): (i64, i64, uuid::Uuid) =
        (row.get(0).unwrap(), row.get(1).unwrap(), row.get(2).unwrap());
    let path = format!(
        "/api/GetPersonalToken?env=tt02&scopes=altinn:portal/enduser&userId={user}&partyuuid={uuid}&partyId={id}&pid={pid}"
    );
    let headers = [("authorization", "Basic YWxsdGluZzphbGx0aW5n")];
    let asked = pair.here.send(Method::GET, &path, Send { headers: &headers, ..Send::default() }).await;
    asked.unwrap().expect(200).unwrap().text
}

/// Questions that race with the revocation may get either answer; none begun after it was answered may be permitted.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_right_taken_on_one_node_is_gone_on_the_other() {
    let Some(pair) = pair(None).await else { return };
    let token = director(&pair).await;
    let sql = db::Sql::dynamic("test.party", "SELECT uuid FROM party WHERE org_no = $1".into());
    let from = pair.site.db().await.query_one(&sql, &db::params![CONDOMINIUM]).await.unwrap();
    let from: uuid::Uuid = from.get(0).unwrap();
    let lanes = receivers(&pair, &token, from, 4).await;
    let rounds = size(250, 5000);
    let (stale, permitted) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let lane = async |receiver: &Receiver| {
        let package = format!(
            "{CONNECTIONS}/accesspackages?party={from}&from={from}&to={}&package=skattegrunnlag",
            receiver.uuid
        );
        for round in 0..rounds {
            let change = async |method: Method| {
                let send = Send { token: Some(&token), ..Send::default() };
                let done = pair.here.send(method.clone(), &package, send).await.unwrap();
                assert!(done.status.is_success(), "{method} {}: {}", done.status, done.text);
            };
            change(Method::POST).await;
            assert_eq!(decision(&pair.there, receiver.user_id, CONDOMINIUM).await, "Permit");
            let revoked = AtomicBool::new(false);
            let race = async {
                for _ in 0..round % 3 {
                    tokio::task::yield_now().await;
                }
                let begun_after = revoked.load(Ordering::SeqCst);
                let permit = decision(&pair.there, receiver.user_id, CONDOMINIUM).await == "Permit";
                permitted.fetch_add(usize::from(permit && !begun_after), Ordering::Relaxed);
                stale.fetch_add(usize::from(permit && begun_after), Ordering::Relaxed);
            };
            let revoke = async {
                change(Method::DELETE).await;
                revoked.store(true, Ordering::SeqCst);
                let permit = decision(&pair.there, receiver.user_id, CONDOMINIUM).await == "Permit";
                stale.fetch_add(usize::from(permit), Ordering::Relaxed);
            };
            join!(race, revoke);
        }
    };
    join_all(lanes.iter().map(lane)).await;
    figure("rights taken on one node while the other decides", rounds * lanes.len());
    figure("rights taken: permits begun before, begun after", format!("{permitted:?}, {stale:?}"));
    assert_eq!(stale.load(Ordering::Relaxed), 0);
    pair.end().await;
}
