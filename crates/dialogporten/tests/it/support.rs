//! A bakery, those who may read for it, and two service owners.

use async_trait::async_trait;
use axum::body::Body;
use dialogporten::Dialogporten;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use httpkit::{App, Ctx, HttpClient, Keys};
use kernel::SeededIds;
use ports::accessmanagement::{AccessManagement, Connection, DelegationCheck, Grant, Granted, PackageInfo};
use ports::authentication::Sessions;
use ports::authorization::{Decision, Effect, Pdp, Question, Subject};
use ports::events::{CloudEvent, Events};
use ports::register::{ContactPoints, Party, PartyKind, PartyRef, Register, RegisterRole};
use ports::resourceregistry::{PolicyStanding, PolicyText, Resource, ResourceRegistry, ServiceOwner};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use testkit::{TempDir, TestClock};
use uuid::Uuid;

pub const KARI: Uuid = Uuid::from_u128(1);
pub const OLA: Uuid = Uuid::from_u128(2);
pub const BAKER: Uuid = Uuid::from_u128(10);
pub const SYSTEM_USER: Uuid = Uuid::from_u128(30);

/// Synthetic numbers of the field's own test suites.
pub const KARI_PID: &str = "08844397713";
pub const BAKER_URN: &str = "urn:altinn:organization:identifier-no:310923044";
pub const TTD: &str = "991825827";
pub const BRG: &str = "974760673";

pub const SO: &str = "/dialogporten/api/v1/serviceowner/dialogs";
pub const EU: &str = "/dialogporten/api/v1/enduser/dialogs";

struct Country;

fn party(uuid: Uuid, kind: PartyKind, name: &str) -> Party {
    Party {
        uuid,
        id: 50_000_000 + i64::try_from(uuid.as_u128()).unwrap(),
        kind,
        name: name.into(),
        org_no: None,
        pid: None,
        user_id: None,
        user_name: None,
        unit_type: None,
        parent: None,
        deleted: false,
    }
}

fn parties() -> Vec<Party> {
    let user_id = |n: i64| Some(20_000_000 + n);
    vec![
        Party {
            pid: Some(KARI_PID.into()),
            user_id: user_id(1),
            ..party(KARI, PartyKind::Person, "KARI MARIE HANSEN")
        },
        Party {
            pid: Some("13838599936".into()),
            user_id: user_id(2),
            ..party(OLA, PartyKind::Person, "OLA BERG")
        },
        Party { org_no: Some("310923044".into()), ..party(BAKER, PartyKind::Organisation, "BAKERIET AS") },
        party(SYSTEM_USER, PartyKind::SystemUser, "Kassesystemet"),
    ]
}

#[async_trait]
impl Register for Country {
    async fn party(&self, by: &PartyRef) -> ports::Result<Option<Party>> {
        Ok(parties().into_iter().find(|p| match by {
            PartyRef::Id(id) => p.id == *id,
            PartyRef::Uuid(uuid) => p.uuid == *uuid,
            PartyRef::Pid(pid) => p.pid.as_ref() == Some(pid),
            PartyRef::OrgNo(org_no) => p.org_no.as_ref() == Some(org_no),
            PartyRef::UserId(id) => p.user_id == Some(*id),
            PartyRef::UserName(name) => p.user_name.as_ref() == Some(name),
        }))
    }
    async fn parties(&self, uuids: &[Uuid]) -> ports::Result<Vec<Party>> {
        Ok(parties().into_iter().filter(|p| uuids.contains(&p.uuid)).collect())
    }
    async fn sub_units(&self, _: &[Uuid]) -> ports::Result<Vec<Party>> {
        Ok(vec![])
    }
    async fn roles_from(&self, _: &[Uuid]) -> ports::Result<Vec<RegisterRole>> {
        Ok(vec![])
    }
    async fn roles_to(&self, _: &[Uuid]) -> ports::Result<Vec<RegisterRole>> {
        Ok(vec![])
    }
    async fn contact_points(&self, _: Uuid) -> ports::Result<ContactPoints> {
        Ok(ContactPoints::default())
    }
    async fn find_persons(&self, _: &str, _: usize) -> ports::Result<Vec<Party>> {
        Ok(vec![])
    }
}

#[async_trait]
impl ResourceRegistry for Country {
    async fn resource(&self, identifier: &str) -> ports::Result<Option<Resource>> {
        let (owner_code, owner_org_no, kind) = match identifier {
            "ttd-service" | "ttd-secret" => ("ttd", TTD, "GenericAccessResource"),
            "ttd-message" => ("ttd", TTD, "CorrespondenceService"),
            "ttd-scope" => ("ttd", TTD, "MaskinportenSchema"),
            "brg-service" => ("brg", BRG, "GenericAccessResource"),
            _ => return Ok(None),
        };
        Ok(Some(Resource {
            identifier: identifier.into(),
            resource_type: kind.into(),
            title: json!({}),
            description: json!({}),
            owner_code: owner_code.into(),
            owner_org_no: owner_org_no.into(),
            delegable: true,
            access_list_only: false,
            document: json!({}),
        }))
    }
    async fn policy_standing(&self, _: &str) -> ports::Result<Option<PolicyStanding>> {
        Ok(None)
    }
    async fn policy(&self, _: &str) -> ports::Result<Option<PolicyText>> {
        Ok(None)
    }
    async fn resources_by_subject(&self, _: &[String]) -> ports::Result<Vec<(String, String)>> {
        Ok(vec![])
    }
    async fn service_owner(&self, code_or_org_no: &str) -> ports::Result<Option<ServiceOwner>> {
        let known = [("ttd", TTD), ("brg", BRG)];
        let found = known.iter().find(|(code, no)| *code == code_or_org_no || *no == code_or_org_no);
        Ok(found.map(|(code, no)| ServiceOwner {
            code: (*code).into(),
            org_no: (*no).into(),
            name: json!({}),
        }))
    }
}

type Right = (Uuid, Uuid, String, String, String);

/// Rights as a plain table of (who, party, resource, action, part).
#[derive(Default)]
pub struct Rights {
    table: Mutex<BTreeSet<Right>>,
    pub asked: Mutex<Vec<Question>>,
}

impl Rights {
    pub fn give(&self, who: Uuid, party: Uuid, resource: &str, action: &str, part: &str) {
        self.table.lock().unwrap().insert((who, party, resource.into(), action.into(), part.into()));
    }
    pub fn take_all(&self) {
        self.table.lock().unwrap().clear();
    }
}

#[async_trait]
impl Pdp for Rights {
    async fn decide(&self, question: &Question) -> ports::Result<Decision> {
        self.asked.lock().unwrap().push(question.clone());
        let (Subject::Party(who) | Subject::SystemUser(who)) = question.subject else {
            // Service owners ask for the level of the policy alone.
            let minimum_level = Some(if question.resource == "ttd-secret" { 4 } else { 0 });
            return Ok(Decision { effect: Effect::NotApplicable, minimum_level, why: vec![] });
        };
        let part = question.attribute.as_ref().map_or("", |(_, value)| value).to_owned();
        let key = (who, question.party, question.resource.clone(), question.action.clone(), part);
        let held = self.table.lock().unwrap().contains(&key);
        let minimum_level = Some(if question.resource == "ttd-secret" { 4 } else { 2 });
        let effect = if held { Effect::Permit } else { Effect::NotApplicable };
        Ok(Decision { effect, minimum_level, why: vec![] })
    }
    async fn decide_all(&self, questions: &[Question]) -> ports::Result<Vec<Decision>> {
        let mut decisions = Vec::new();
        for question in questions {
            decisions.push(self.decide(question).await?);
        }
        Ok(decisions)
    }
}

#[async_trait]
impl AccessManagement for Country {
    async fn connection(&self, _: Uuid, _: Uuid) -> ports::Result<Connection> {
        Ok(Connection::default())
    }
    async fn parties_of(&self, to: Uuid) -> ports::Result<Vec<Uuid>> {
        Ok(if to == OLA { vec![OLA] } else { vec![KARI, BAKER] })
    }
    async fn delegation_check(&self, _: Uuid, _: Uuid, _: &[Grant]) -> ports::Result<Vec<DelegationCheck>> {
        Ok(vec![])
    }
    async fn grant(&self, _: &mut db::Tx, _: Uuid, _: Uuid, _: Uuid, _: &[Grant]) -> ports::Result<()> {
        Ok(())
    }
    async fn revoke_all(&self, _: &mut db::Tx, _: Uuid, _: Uuid, _: Uuid) -> ports::Result<u64> {
        Ok(0)
    }
    async fn package(&self, _: &str) -> ports::Result<Option<PackageInfo>> {
        Ok(None)
    }
    async fn granted(&self, _: Uuid, _: Uuid) -> ports::Result<Vec<Granted>> {
        Ok(vec![])
    }
}

/// Events as they were published.
#[derive(Default)]
pub struct Published(pub Mutex<Vec<CloudEvent>>);

#[async_trait]
impl Events for Published {
    async fn publish(&self, _: &mut db::Tx, event: CloudEvent) -> ports::Result<()> {
        self.0.lock().unwrap().push(event);
        Ok(())
    }
}

struct NoSessions;

#[async_trait]
impl Sessions for NoSessions {
    async fn alive(&self, _: &str) -> ports::Result<bool> {
        Ok(false)
    }
}

pub struct Server {
    pub dialogs: Dialogporten,
    pub rights: Arc<Rights>,
    pub events: Arc<Published>,
    pub ctx: Ctx,
    pub clock: Arc<TestClock>,
    pub keys: Arc<Keys>,
    app: App,
    _files: TempDir,
}

pub async fn server(db: &db::Db) -> Server {
    let files = TempDir::new();
    let config = Arc::new(config::Config::load(None, std::iter::empty(), &Vec::new()).unwrap());
    let clock = Arc::new(TestClock::at("2026-11-22T12:00:00Z"));
    let ids = Arc::new(SeededIds::new(1));
    let ctx = Ctx {
        clock: clock.clone(),
        ids: ids.clone(),
        db: db.clone(),
        blobs: blob::Blobs::in_directory(files.path(), db.clone()).unwrap(),
        outbox: jobs::Outbox::new(clock.clone(), ids),
        keys: Arc::new(Keys::load(&config).unwrap()),
        http: HttpClient::new(&config).unwrap(),
        config,
    };
    let (rights, events) = (Arc::new(Rights::default()), Arc::new(Published::default()));
    let country = Arc::new(Country);
    let dialogs = Dialogporten::new(
        ctx.clone(),
        country.clone(),
        rights.clone(),
        country.clone(),
        country,
        events.clone(),
    );
    let module = dialogporten::module(&dialogs);
    ctx.db.migrate(&[audit::migrations(), jobs::migrations(), module.migrations]).await.unwrap();
    rights.give(KARI, BAKER, "ttd-service", "read", "main");
    Server {
        dialogs,
        rights,
        events,
        clock,
        keys: ctx.keys.clone(),
        app: App::new(ctx.clone(), "http://localhost:8080", module.routes, Arc::new(NoSessions)).unwrap(),
        ctx,
        _files: files,
    }
}

/// An answer, read.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Reply {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }
    /// Fails unless the status is this one; shows the body.
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        self
    }
    /// The id in a 201 body.
    pub fn id(&self) -> Uuid {
        self.body.as_str().unwrap_or_else(|| panic!("{}", self.body)).parse().unwrap()
    }
    /// Messages under an error key.
    pub fn error(&self, key: &str) -> String {
        let messages = self.body["errors"].get(key).unwrap_or_else(|| panic!("no {key} in {}", self.body));
        messages.as_array().unwrap().iter().map(|m| m.as_str().unwrap()).collect::<Vec<_>>().join(" | ")
    }
}

impl Server {
    fn signed(&self, mut claims: Value, maskinporten: bool) -> String {
        let keys = if maskinporten { &self.keys.maskinporten } else { &self.keys.altinn };
        claims["iss"] = if maskinporten {
            json!(self.ctx.config.issuers.maskinporten)
        } else {
            json!("http://localhost:8080/authentication/api/v1/openid/")
        };
        claims["exp"] = json!(kernel::Clock::now(&*self.clock).as_second() + 600);
        keys.sign(&claims).unwrap()
    }

    /// A service owner's token with all ordinary scopes and these.
    pub fn owner_with(&self, org_no: &str, more: &str) -> String {
        let scope =
            format!("digdir:dialogporten.serviceprovider digdir:dialogporten.serviceprovider.search {more}");
        let consumer = json!({"authority": "iso6523-actorid-upis", "ID": format!("0192:{org_no}")});
        self.signed(json!({"scope": scope, "consumer": consumer}), true)
    }

    pub fn owner(&self) -> String {
        self.owner_with(TTD, "")
    }

    /// A person's token.
    pub fn user(&self, who: Uuid) -> String {
        let user_id = 20_000_000 + i64::try_from(who.as_u128()).unwrap();
        self.signed(
            json!({
                "urn:altinn:userid": user_id, "urn:altinn:party:uuid": who, "urn:altinn:authlevel": 3,
                "scope": "digdir:dialogporten",
            }),
            false,
        )
    }

    /// The system user's token, straight from Maskinporten.
    pub fn system_user(&self) -> String {
        let org = |no: &str| json!({"authority": "iso6523-actorid-upis", "ID": format!("0192:{no}")});
        self.signed(
            json!({
                "scope": "digdir:dialogporten", "consumer": org(TTD),
                "authorization_details": [{
                    "type": "urn:altinn:systemuser", "systemuser_id": [SYSTEM_USER],
                    "systemuser_org": org("310923044"), "system_id": "991825827_kasse",
                }],
            }),
            true,
        )
    }

    /// Sends a request; `headers` are added as they are.
    pub async fn send(
        &self,
        method: &str,
        path: &str,
        token: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Reply {
        let mut request = Request::builder().method(method).uri(path).header("host", "localhost:8080");
        if body.is_some() && !headers.iter().any(|(name, _)| *name == "content-type") {
            request = request.header("content-type", "application/json");
        }
        if !token.is_empty() {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let response = self.app.handle("127.0.0.1:40000".parse().unwrap(), request.body(body).unwrap()).await;
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Reply { status: parts.status, headers: parts.headers, body }
    }

    pub async fn get(&self, path: &str, token: &str) -> Reply {
        self.send("GET", path, token, &[], None).await
    }

    pub async fn post(&self, path: &str, token: &str, body: &Value) -> Reply {
        self.send("POST", path, token, &[], Some(body)).await
    }

    /// Makes a dialog and answers its id.
    pub async fn dialog(&self, body: &Value) -> Uuid {
        self.post(SO, &self.owner(), body).await.expect(201).id()
    }

    /// Types of the events so far, and forgets them.
    pub fn told(&self) -> Vec<String> {
        self.events.0.lock().unwrap().drain(..).map(|e| e.kind).collect()
    }

    /// Rows of a table.
    pub async fn rows(&self, table: &str) -> i64 {
        let sql = db::Sql::dynamic("test.count", format!("SELECT count(*) FROM {table}"));
        self.ctx.db.query_one(&sql, &[]).await.unwrap().get(0).unwrap()
    }

    /// Rows of all tables that a refused request must leave empty.
    pub async fn all_rows(&self) -> i64 {
        let mut sum = 0;
        for table in [
            "dialog",
            "dialog_transmission",
            "dialog_activity",
            "dialog_part",
            "dialog_seen",
            "dialog_label_log",
            "audit_entry",
            "dialog_scope",
        ] {
            sum += self.rows(table).await;
        }
        sum
    }
}

/// Texts in one language.
pub fn nb(text: &str) -> Value {
    json!([{"value": text, "languageCode": "nb"}])
}

/// The least that a dialog needs.
pub fn minimal() -> Value {
    json!({
        "serviceResource": "urn:altinn:resource:ttd-service",
        "party": BAKER_URN,
        "content": {"title": {"value": nb("Årsoppgave")}},
    })
}

/// The least that a transmission needs.
pub fn transmission(kind: &str, title: &str) -> Value {
    json!({"type": kind, "sender": {"actorType": "ServiceOwner"}, "content": {"title": {"value": nb(title)}}})
}
