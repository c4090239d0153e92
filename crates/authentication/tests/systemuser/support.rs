//! A small country: a vendor, another vendor, a customer with its managing director and an employee, and a stranger.

use async_trait::async_trait;
use authentication::{Approvals, Deps, SystemUserPopulation, SystemUsers};
use axum::body::Body;
use db::{Sql, Tx};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use httpkit::{App, Ctx, HttpClient, Keys};
use kernel::{Clock, SeededIds};
use ports::accessmanagement::{
    AccessManagement, Connection, DelegationCheck, Grant, Granted, PackageInfo, Right,
};
use ports::authentication::Sessions;
use ports::authorization::{Decision, Effect, Pdp, Question, Subject};
use ports::register::{ContactPoints, Party, PartyKind, PartyRef, Register, RegisterRole};
use ports::resourceregistry::{PolicyStanding, PolicyText, Resource, ResourceRegistry, ServiceOwner};
use serde_json::{Value, json};
use std::sync::Arc;
use testkit::{TempDir, TestClock};
use uuid::Uuid;

pub const VENDOR: &str = "310149942";
pub const OTHER_VENDOR: &str = "310000002";
pub const CUSTOMER: &str = "313876144";
pub const CUSTOMER_ID: i64 = 50_000_001;
pub const CUSTOMER_UUID: Uuid = Uuid::from_u128(0xc0);
pub const NEIGHBOUR: &str = "313876152";
pub const NEIGHBOUR_ID: i64 = 50_000_002;
/// Managing director of the customer and of the neighbour.
pub const DIRECTOR: Uuid = Uuid::from_u128(0xd1);
/// Works for the customer, may manage nothing.
pub const EMPLOYEE: Uuid = Uuid::from_u128(0xe1);
pub const STRANGER: Uuid = Uuid::from_u128(0xf1);
pub const SYSTEM: &str = "310149942_ledger";
pub const PACKAGE: &str = "urn:altinn:accesspackage:skattegrunnlag";
pub const CLIENT_PACKAGE: &str = "urn:altinn:accesspackage:regnskapsforer-lonn";
pub const RESOURCE: &str = "ske-boligsameie";
/// In the registry, but the director lacks every role for it.
pub const OUT_OF_REACH: &str = "ske-secret";
pub const SESSION: &str = "0195cf11-92fc-71bb-9dac-2a28e3d5f26b";

pub const BASE: &str = "/authentication/api/v1";

fn party(
    uuid: Uuid,
    id: i64,
    kind: PartyKind,
    name: &str,
    org_no: Option<&str>,
    user_id: Option<i64>,
) -> Party {
    Party {
        uuid,
        id,
        kind,
        name: name.to_owned(),
        org_no: org_no.map(str::to_owned),
        pid: None,
        user_id,
        user_name: None,
        unit_type: None,
        parent: None,
        deleted: false,
    }
}

struct Parties(Vec<Party>);

impl Parties {
    fn new() -> Self {
        let org = PartyKind::Organisation;
        Self(vec![
            party(CUSTOMER_UUID, CUSTOMER_ID, org, "RIK KYST SAMEIE", Some(CUSTOMER), None),
            party(Uuid::from_u128(0xc1), NEIGHBOUR_ID, org, "STILLE FJELL SAMEIE", Some(NEIGHBOUR), None),
            party(Uuid::from_u128(0xa0), 50_000_003, org, "SKARP DATA AS", Some(VENDOR), None),
            party(DIRECTOR, 50_000_004, PartyKind::Person, "DAGLIG LEDER", None, Some(20_000_001)),
            party(EMPLOYEE, 50_000_005, PartyKind::Person, "ANSATT", None, Some(20_000_002)),
            party(STRANGER, 50_000_006, PartyKind::Person, "FREMMED", None, Some(20_000_003)),
        ])
    }
}

#[async_trait]
impl Register for Parties {
    async fn party(&self, by: &PartyRef) -> ports::Result<Option<Party>> {
        let fits = |party: &&Party| match by {
            PartyRef::Id(id) => party.id == *id,
            PartyRef::Uuid(uuid) => party.uuid == *uuid,
            PartyRef::OrgNo(org_no) => party.org_no.as_ref() == Some(org_no),
            PartyRef::UserId(id) => party.user_id == Some(*id),
            PartyRef::Pid(_) | PartyRef::UserName(_) => false,
        };
        Ok(self.0.iter().find(fits).cloned())
    }
    async fn parties(&self, _: &[Uuid]) -> ports::Result<Vec<Party>> {
        Ok(vec![])
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

struct Registry;

#[async_trait]
impl ResourceRegistry for Registry {
    async fn resource(&self, identifier: &str) -> ports::Result<Option<Resource>> {
        let resource_type = match identifier {
            RESOURCE | OUT_OF_REACH => "GenericAccessResource",
            "scheme" => "MaskinportenSchema",
            _ => return Ok(None),
        };
        Ok(Some(Resource {
            identifier: identifier.to_owned(),
            resource_type: resource_type.to_owned(),
            title: json!({"nb": "Boligsameie", "en": "Housing company"}),
            description: json!({"nb": "Innrapportering"}),
            owner_code: "skd".to_owned(),
            owner_org_no: "974761076".to_owned(),
            delegable: true,
            access_list_only: false,
            document: json!({"status": "Completed"}),
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
    async fn service_owner(&self, code: &str) -> ports::Result<Option<ServiceOwner>> {
        let name = json!({"nb": "Skatteetaten"});
        Ok(Some(ServiceOwner { code: code.to_owned(), org_no: "974761076".to_owned(), name }))
    }
}

/// Keeps grants in a table, so that they live and die with the transaction that makes them.
pub struct Access {
    db: db::Db,
}

impl Access {
    async fn new(db: &db::Db) -> Self {
        let table = "CREATE TABLE granted (owner {id} NOT NULL, holder {id} NOT NULL, what {text} NOT NULL)";
        let mut tx = db.begin("access").await.unwrap();
        tx.execute(&Sql::dynamic("access.table", table.to_owned()), &db::params![]).await.unwrap();
        tx.commit().await.unwrap();
        Self { db: db.clone() }
    }
}

#[async_trait]
impl AccessManagement for Access {
    async fn connection(&self, _: Uuid, _: Uuid) -> ports::Result<Connection> {
        Ok(Connection::default())
    }
    async fn parties_of(&self, to: Uuid) -> ports::Result<Vec<Uuid>> {
        Ok(if to == EMPLOYEE || to == DIRECTOR { vec![CUSTOMER_UUID] } else { vec![] })
    }
    async fn delegation_check(
        &self,
        _: Uuid,
        _: Uuid,
        grants: &[Grant],
    ) -> ports::Result<Vec<DelegationCheck>> {
        let check = |grant: &Grant| match grant {
            Grant::Right(right) if right.resource == OUT_OF_REACH => DelegationCheck {
                what: right.resource.clone(),
                delegable: false,
                actions: vec![],
                reasons: vec!["MissingRoleAccess: none of the roles".to_owned()],
            },
            Grant::Right(right) => DelegationCheck {
                what: right.resource.clone(),
                delegable: true,
                actions: vec!["read".to_owned(), "write".to_owned()],
                reasons: vec![],
            },
            Grant::Package(urn) => {
                DelegationCheck { what: urn.clone(), delegable: true, actions: vec![], reasons: vec![] }
            }
        };
        Ok(grants.iter().map(check).collect())
    }
    async fn grant(&self, tx: &mut Tx, from: Uuid, to: Uuid, _: Uuid, grants: &[Grant]) -> ports::Result<()> {
        let insert = Sql::dynamic(
            "access.grant",
            "INSERT INTO granted (owner, holder, what) VALUES ($1, $2, $3)".into(),
        );
        for grant in grants {
            let what = match grant {
                Grant::Right(right) => {
                    format!("{} {}", right.resource, right.action.clone().unwrap_or_default())
                }
                Grant::Package(urn) => urn.clone(),
            };
            tx.execute(&insert, &db::params![from, to, what]).await?;
        }
        Ok(())
    }
    async fn revoke_all(&self, tx: &mut Tx, from: Uuid, to: Uuid, _: Uuid) -> ports::Result<u64> {
        let delete =
            Sql::dynamic("access.revoke", "DELETE FROM granted WHERE owner = $1 AND holder = $2".into());
        tx.execute(&delete, &db::params![from, to]).await
    }
    async fn package(&self, urn: &str) -> ports::Result<Option<PackageInfo>> {
        let (assignable, delegable) = match urn {
            PACKAGE => (true, true),
            CLIENT_PACKAGE => (false, true),
            _ => return Ok(None),
        };
        Ok(Some(PackageInfo {
            id: Uuid::from_u128(0x1a),
            urn: urn.to_owned(),
            name: json!({"nb": "Skattegrunnlag", "en": "Tax base"}),
            description: json!({"nb": "Gir tilgang"}),
            assignable,
            delegable,
            resources: vec![RESOURCE.to_owned()],
        }))
    }
    async fn granted(&self, from: Uuid, to: Uuid) -> ports::Result<Vec<Granted>> {
        let select = Sql::dynamic(
            "access.of",
            "SELECT what FROM granted WHERE owner = $1 AND holder = $2 ORDER BY what".into(),
        );
        let rows = self.db.query(&select, &db::params![from, to]).await?;
        let granted = |what: String| {
            let grant = match what.split_once(' ') {
                Some((resource, action)) => {
                    Grant::Right(Right { resource: resource.to_owned(), action: Some(action.to_owned()) })
                }
                None => Grant::Package(what),
            };
            Granted { grant, by: DIRECTOR, at: jiff::Timestamp::UNIX_EPOCH }
        };
        rows.iter().map(|row| row.get(0).map(granted)).collect()
    }
}

/// The director may do everything for the two organisations, nobody else anything.
struct Director;

#[async_trait]
impl Pdp for Director {
    async fn decide(&self, question: &Question) -> ports::Result<Decision> {
        let permit = question.subject == Subject::Party(DIRECTOR)
            && [CUSTOMER_UUID, Uuid::from_u128(0xc1)].contains(&question.party)
            && ["altinn_access_management", "altinn_system_user_overview"]
                .contains(&question.resource.as_str());
        let effect = if permit { Effect::Permit } else { Effect::NotApplicable };
        Ok(Decision { effect, minimum_level: Some(3), why: vec![] })
    }
    async fn decide_all(&self, questions: &[Question]) -> ports::Result<Vec<Decision>> {
        let mut decisions = vec![];
        for question in questions {
            decisions.push(self.decide(question).await?);
        }
        Ok(decisions)
    }
}

struct OneSession;

#[async_trait]
impl Sessions for OneSession {
    async fn alive(&self, session_id: &str) -> ports::Result<bool> {
        Ok(session_id == SESSION)
    }
}

pub struct Server {
    app: App,
    ctx: Ctx,
    pub clock: Arc<TestClock>,
    pub db: db::Db,
    pub users: SystemUsers,
    pub approvals: Approvals,
    pub population: SystemUserPopulation,
    _files: TempDir,
}

pub type Answer = (StatusCode, HeaderMap, Value);

impl Server {
    pub async fn new(db: &db::Db) -> Self {
        let files = TempDir::new();
        let config = Arc::new(config::Config::load(None, std::iter::empty(), &Vec::new()).unwrap());
        let clock = Arc::new(TestClock::default());
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
        let deps = Deps {
            register: Arc::new(Parties::new()),
            resources: Arc::new(Registry),
            access: Arc::new(Access::new(&ctx.db).await),
            pdp: Arc::new(Director),
            upstreams: vec![],
        };
        let module = authentication::module(&ctx, &deps);
        ctx.db.migrate(&[audit::migrations(), module.migrations]).await.unwrap();
        Self {
            app: App::new(ctx.clone(), "http://localhost:8080", module.routes, Arc::new(OneSession)).unwrap(),
            clock,
            db: ctx.db.clone(),
            users: SystemUsers::new(&ctx),
            approvals: Approvals::new(&ctx, &deps),
            population: SystemUserPopulation::new(&ctx, &deps),
            ctx,
            _files: files,
        }
    }

    fn sign(&self, mut claims: Value) -> String {
        claims["iss"] = self.ctx.config.issuers.altinn.as_str().into();
        claims["exp"] = (self.clock.now().as_second() + 600).into();
        self.ctx.keys.altinn.sign(claims.as_object().unwrap()).unwrap()
    }

    /// A vendor with every scope that vendors have.
    pub fn vendor(&self, org_no: &str) -> String {
        self.sign(json!({
            "scope": "altinn:authentication/systemregister.write altinn:authentication/systemuser.request.write \
                      altinn:authentication/systemuser.request.read altinn:maskinporten/systemuser.read",
            "client_id": "client-1",
            "consumer": {"authority": "iso6523-actorid-upis", "ID": format!("0192:{org_no}")},
        }))
    }

    /// A token of a vendor without the `consumer` claim.
    pub fn nobody(&self, scope: &str) -> String {
        self.sign(json!({"scope": scope, "client_id": "client-1"}))
    }

    /// A person who is logged in at the level that the policy wants.
    pub fn person(&self, party: Uuid) -> String {
        self.person_at(party, 3)
    }

    /// A person who is logged in at this level.
    pub fn person_at(&self, party: Uuid, level: u8) -> String {
        self.sign(json!({
            "scope": "openid altinn:portal/enduser", "urn:altinn:party:uuid": party, "sid": SESSION,
            "urn:altinn:authlevel": level,
        }))
    }

    /// The value that proves a change made with the cookie.
    pub fn csrf(&self) -> String {
        self.ctx.keys.digest("csrf", SESSION)
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.app.handle("127.0.0.1:40000".parse().unwrap(), request).await;
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let value = serde_json::from_slice(&bytes)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&bytes).into_owned()));
        (parts.status, parts.headers, value)
    }

    /// One call; `body` null sends none.
    pub async fn call(&self, token: &str, method: &str, path: &str, body: Value) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "localhost:8080")
            .header("authorization", format!("Bearer {token}"));
        let request = if body.is_null() {
            request.body(Body::empty())
        } else {
            request.header("content-type", "application/json").body(Body::from(body.to_string()))
        };
        self.send(request.unwrap()).await
    }

    pub async fn get(&self, token: &str, path: &str) -> (u16, Value) {
        let (status, _, body) = self.call(token, "GET", path, Value::Null).await;
        (status.as_u16(), body)
    }

    pub async fn post(&self, token: &str, path: &str, body: Value) -> (u16, Value) {
        let (status, _, body) = self.call(token, "POST", path, body).await;
        (status.as_u16(), body)
    }

    pub async fn put(&self, token: &str, path: &str, body: Value) -> (u16, Value) {
        let (status, _, body) = self.call(token, "PUT", path, body).await;
        (status.as_u16(), body)
    }

    pub async fn delete(&self, token: &str, path: &str) -> (u16, Value) {
        let (status, _, body) = self.call(token, "DELETE", path, Value::Null).await;
        (status.as_u16(), body)
    }

    /// Registers the ledger system of the vendor.
    pub async fn register(&self) {
        let path = format!("{BASE}/systemregister/vendor");
        let (status, body) = self.post(&self.vendor(VENDOR), &path, system()).await;
        assert_eq!(status, 200, "{body}");
    }

    /// A new request for the customer; gives its id.
    pub async fn ask(&self) -> Uuid {
        let path = format!("{BASE}/systemuser/request/vendor");
        let (status, body) = self.post(&self.vendor(VENDOR), &path, request()).await;
        assert_eq!(status, 201, "{body}");
        body["id"].as_str().unwrap().parse().unwrap()
    }

    /// An approved request.
    pub async fn approved(&self) -> Uuid {
        let id = self.ask().await;
        let path = format!("{BASE}/systemuser/request/{CUSTOMER_ID}/{id}/approve");
        assert_eq!(self.post(&self.person(DIRECTOR), &path, Value::Null).await, (200, json!(true)));
        id
    }

    /// Rows of a table.
    pub async fn count(&self, table: &str) -> i64 {
        let count = Sql::dynamic("test.count", format!("SELECT count(*) FROM {table}"));
        self.db.query_one(&count, &db::params![]).await.unwrap().get(0).unwrap()
    }
}

/// A sound registration.
pub fn system() -> Value {
    json!({
        "id": SYSTEM,
        "vendor": {"authority": "iso6523-actorid-upis", "ID": format!("0192:{VENDOR}")},
        "name": {"nb": "Regnskap", "nn": "Rekneskap", "en": "Ledger"},
        "description": {"nb": "Et regnskapssystem", "nn": "Eit rekneskapssystem", "en": "A ledger"},
        "rights": [
            {"action": "write", "resource": [{"id": "urn:altinn:resource", "value": RESOURCE}]},
            {"resource": [{"id": "urn:altinn:resource", "value": OUT_OF_REACH}]},
        ],
        "accessPackages": [{"urn": PACKAGE}],
        "clientId": ["client-1"],
        "isVisible": true,
        "allowedRedirectUrls": ["https://vendor.example/done"],
    })
}

/// A sound request.
pub fn request() -> Value {
    json!({
        "systemId": SYSTEM,
        "partyOrgNo": CUSTOMER,
        "externalRef": "branch-1",
        "rights": [{"resource": [{"id": "urn:altinn:resource", "value": RESOURCE}]}],
        "accessPackages": [{"urn": PACKAGE}],
        "redirectUrl": "https://vendor.example/done?case=1",
    })
}

/// `value` with some members changed; null removes.
pub fn with(mut value: Value, changes: Value) -> Value {
    for (name, change) in changes.as_object().unwrap() {
        if change.is_null() {
            value.as_object_mut().unwrap().remove(name);
        } else {
            value[name] = change.clone();
        }
    }
    value
}

/// Codes of a validation answer.
pub fn codes(body: &Value) -> Vec<&str> {
    body["validationErrors"].as_array().unwrap().iter().map(|error| error["code"].as_str().unwrap()).collect()
}
