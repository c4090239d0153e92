//! Clients that file, and the books by which it is judged afterwards what became of each filing.

use super::{Node, until};
use allting::demo::http::Http;
use allting::demo::steps::{REPORTING, RESOURCE, Scene, deliver, filed};
use allting::demo::{Report, condominium};
use db::{Db, Sql};
use kernel::{Ids, RandomIds};
use population::personas::CONDOMINIUM;
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use uuid::Uuid;

/// Open income years; each is a dialog of its own.
const YEARS: [u16; 3] = [2023, 2024, 2025];

/// Idempotency keys with what is known of them.
#[derive(Default)]
pub struct Book {
    /// Filing and dialog, as the server has acknowledged them.
    answered: HashMap<Uuid, (Uuid, Uuid)>,
    /// Sent, and no answer has come.
    open: Vec<(Uuid, u16)>,
}

/// A vendor that files for one customer.
#[derive(Clone)]
pub struct Filer {
    scene: Arc<Scene>,
    book: Arc<Mutex<Book>>,
}

impl Filer {
    /// Makes its customer's system user at a node or a balancer.
    pub async fn at(url: &str) -> Self {
        let scene = Scene::at(url).await.unwrap();
        scene.customer_approves(&mut Report::new(false)).await.unwrap();
        Self { scene: Arc::new(scene), book: Arc::default() }
    }

    /// A token for filings, from a server that may have another address than the first.
    pub async fn token(&self, http: &Http) -> String {
        self.scene.vendor.token(http, REPORTING, Some(&self.scene.customer)).await.unwrap()
    }

    /// Subscribes a webhook to what happens to the customer's filings, and waits until it has been greeted.
    pub async fn subscribe(&self, http: &Http, hook: &str) {
        let scene = &self.scene;
        let scope = "altinn:events.subscribe";
        let token = scene.vendor.token(http, scope, Some(&scene.customer)).await.unwrap();
        let body = json!({"endPoint": hook, "resourceFilter": format!("urn:altinn:resource:{RESOURCE}")});
        let made =
            http.post("/events/api/v1/subscriptions", &token, body).await.unwrap().expect(201).unwrap();
        let path = format!("/events/api/v1/subscriptions/{}", made.json().unwrap()["id"]);
        until("the handshake", async || {
            let read = http.get(&path, Some(&token)).await.unwrap().json().unwrap();
            (read["validated"] == true).then_some(())
        })
        .await;
    }

    /// Sends a new delivery; whether it was acknowledged.
    pub async fn file(&self, http: &Http, token: &str) -> bool {
        let key = RandomIds.uuid();
        let year = YEARS[usize::from(key.as_bytes()[15]) % YEARS.len()];
        self.send(http, token, key, year).await
    }

    async fn send(&self, http: &Http, token: &str, key: Uuid, year: u16) -> bool {
        self.book.lock().unwrap().open.push((key, year));
        let body = condominium(CONDOMINIUM, year, &key.to_string(), 27_709);
        let Ok(answer) = deliver(http, token, year, &key.to_string(), body).await else { return false };
        if answer.status != 200 {
            eprintln!("{} {}", answer.status, answer.text);
            return false;
        }
        let ids = filed(&answer).unwrap();
        let ids = (ids.transmission.parse().unwrap(), ids.dialog.parse().unwrap());
        let mut book = self.book.lock().unwrap();
        book.open.retain(|(open, _)| *open != key);
        let before = book.answered.insert(key, ids);
        assert!(before.is_none_or(|before| before == ids), "{key} was answered in two ways");
        true
    }

    /// Sends every second delivery again that had no answer; the others stay as the server has left them.
    pub async fn retry_half(&self, node: &Node) -> usize {
        let http = Http::new(&node.url).unwrap();
        let token = self.token(&http).await;
        let open = std::mem::take(&mut self.book.lock().unwrap().open);
        let (again, left): (Vec<_>, Vec<_>) =
            open.into_iter().partition(|(key, _)| key.as_bytes()[0] % 2 == 0);
        let count = again.len();
        for (key, year) in again {
            assert!(self.send(&http, &token, key, year).await, "{key} was not taken the second time");
        }
        self.book.lock().unwrap().open.extend(left);
        count
    }

    /// Files from `clients` places until each has met an error; call it before the server is killed.
    pub fn storm(&self, node: &Node, token: &str, clients: usize) -> tokio::task::JoinSet<()> {
        let mut all = tokio::task::JoinSet::new();
        for _ in 0..clients {
            let (filer, token, url) = (self.clone(), token.to_owned(), node.url.clone());
            all.spawn(async move {
                let http = Http::new(&url).unwrap();
                while filer.file(&http, &token).await {}
            });
        }
        all
    }

    /// Holds the books against the database, when all jobs are done; answers the number of filings.
    pub async fn books_agree_with(&self, db: &Db) -> usize {
        let book = std::mem::take(&mut *self.book.lock().unwrap());
        let filings = book.agree_with(db).await;
        *self.book.lock().unwrap() = book;
        filings
    }

    /// Number of acknowledged filings.
    pub fn acknowledged(&self) -> usize {
        self.book.lock().unwrap().answered.len()
    }
}

impl Book {
    async fn agree_with(&self, db: &Db) -> usize {
        let keys: HashMap<Uuid, Uuid> = rows(db, "SELECT key, filing FROM gld_idempotency").await;
        let filings: HashMap<Uuid, Uuid> = rows(db, "SELECT id, dialog FROM gld_filing").await;
        for (key, (filing, dialog)) in &self.answered {
            assert_eq!(keys.get(key), Some(filing), "an acknowledged filing is lost");
            assert_eq!(filings.get(filing), Some(dialog), "a filing without its dialog");
        }
        // One filing a key and one key a filing: an unacknowledged one is there once or not at all.
        let of_keys: HashSet<_> = keys.values().collect();
        assert!(of_keys.len() == keys.len() && filings.len() == keys.len(), "a filing stands twice");
        let known =
            |key: &Uuid| self.answered.contains_key(key) || self.open.iter().any(|(open, _)| open == key);
        assert!(keys.keys().all(known), "a filing that nobody sent");

        let dialogs: HashMap<Uuid, i64> = rows(db, "SELECT dialog, income_year FROM gld_dialog").await;
        let stand: HashMap<Uuid, i64> = rows(db, "SELECT id, from_party FROM dialog").await;
        assert_eq!(dialogs.len(), filings.values().collect::<HashSet<_>>().len());
        assert!(stand.len() == dialogs.len() && stand.keys().all(|id| dialogs.contains_key(id)));

        let parts: HashMap<Uuid, String> = rows(db, "SELECT id, document FROM dialog_transmission").await;
        let mut answers: HashMap<Uuid, usize> = HashMap::new();
        for document in parts.values() {
            let document: Value = serde_json::from_str(document).unwrap();
            if let Some(to) = related(&document) {
                *answers.entry(to).or_default() += 1;
            }
        }
        for filing in filings.keys() {
            assert!(parts.contains_key(filing), "a filing without its transmission");
            assert_eq!(answers.get(filing), Some(&1), "feedback comes exactly once");
        }
        assert_eq!(parts.len(), 2 * filings.len());

        let events: HashMap<Uuid, String> =
            rows(db, "SELECT row, source || ' ' || type FROM cloud_event").await;
        let mut told: HashMap<&str, usize> = HashMap::new();
        for event in events.values() {
            let (source, kind) = event.split_once(' ').unwrap();
            let subject = source.rsplit('/').next().unwrap();
            if kind.ends_with("transmission.created.v1") || kind.ends_with("dialog.created.v1") {
                *told.entry(subject).or_default() += 1;
            }
        }
        for id in parts.keys().chain(dialogs.keys()) {
            assert_eq!(told.get(id.to_string().as_str()), Some(&1), "each is told of exactly once");
        }
        let numbers: HashMap<Uuid, i64> = rows(db, "SELECT row, sequence FROM cloud_event").await;
        let mut numbers: Vec<_> = numbers.into_values().collect();
        numbers.sort_unstable();
        assert_eq!(
            numbers,
            (1..=numbers.len() as i64).collect::<Vec<_>>(),
            "events are numbered without a gap"
        );

        let dead: i64 = one(db, "SELECT COUNT(*) FROM outbox WHERE dead").await;
        assert_eq!(dead, 0, "no job is given up");
        let mails: i64 = one(db, "SELECT COUNT(*) FROM notification_order").await;
        assert_eq!(mails as usize, filings.len(), "one e-mail a filing");
        filings.len()
    }
}

fn related(transmission: &Value) -> Option<Uuid> {
    let id = transmission.get("relatedTransmissionId").or_else(|| transmission.get("related"))?;
    id.as_str()?.parse().ok()
}

/// A table of two columns, the first of which is a key.
pub async fn rows<V: db::FromValue>(db: &Db, text: &'static str) -> HashMap<Uuid, V> {
    let rows = db.query(&Sql::dynamic("test.rows", text.to_owned()), &[]).await.unwrap();
    rows.iter().map(|row| (row.get(0).unwrap(), row.get(1).unwrap())).collect()
}

/// One value.
pub async fn one<V: db::FromValue>(db: &Db, text: &'static str) -> V {
    let sql = Sql::dynamic("test.one", text.to_owned());
    db.query_one(&sql, &[]).await.unwrap().get(0).unwrap()
}
