//! A small country: a bakery with a shop, its accountant, a sole proprietor, and those who lead them.

use accessmanagement::AccessManagement;
use async_trait::async_trait;
use axum::body::Body;
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use httpkit::{App, Ctx, HttpClient, Keys};
use kernel::SeededIds;
use ports::accessmanagement::AccessManagement as Port;
use ports::authentication::{Sessions, SystemUser, SystemUsers};
use ports::authorization::{Decision, Effect, Pdp, Question, Subject};
use ports::register::{ContactPoints, Party, PartyKind, PartyRef, Register, RegisterRole};
use ports::resourceregistry::{PolicyStanding, PolicyText, Resource, ResourceRegistry, ServiceOwner};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use testkit::{TempDir, TestClock};
use uuid::Uuid;

pub const KARI: Uuid = Uuid::from_u128(1);
pub const OLA: Uuid = Uuid::from_u128(2);
pub const LIV: Uuid = Uuid::from_u128(3);
pub const BAKER: Uuid = Uuid::from_u128(10);
pub const SHOP: Uuid = Uuid::from_u128(11);
pub const ACCOUNTANT: Uuid = Uuid::from_u128(20);
pub const SYSTEM_USER: Uuid = Uuid::from_u128(30);
/// First of the accountant's many other clients.
const CLIENTS: u128 = 10_000;

pub const TAX: &str = "urn:altinn:accesspackage:skattegrunnlag";

/// The registers in memory; counts the reads, since their number must not follow the number of clients.
#[derive(Default)]
pub struct Country {
    parties: Vec<Party>,
    roles: Vec<RegisterRole>,
    pub reads: AtomicUsize,
}

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

fn person(uuid: Uuid, name: &str, pid: &str) -> Party {
    let user_id = Some(20_000_000 + i64::try_from(uuid.as_u128()).unwrap());
    Party { pid: Some(pid.into()), user_id, ..party(uuid, PartyKind::Person, name) }
}

fn unit(uuid: Uuid, name: &str, org_no: &str, form: &str, parent: Option<Uuid>) -> Party {
    let kind = if parent.is_some() { PartyKind::SubUnit } else { PartyKind::Organisation };
    Party { org_no: Some(org_no.into()), unit_type: Some(form.into()), parent, ..party(uuid, kind, name) }
}

fn role(from: Uuid, code: &str, to: Uuid) -> RegisterRole {
    RegisterRole { from, code: code.into(), to }
}

impl Country {
    pub fn small() -> Self {
        Self {
            parties: vec![
                person(KARI, "KARI HANSEN", "02829198765"),
                person(OLA, "OLA BERG", "03829198764"),
                person(LIV, "DAHL LIV", "04829198763"),
                unit(BAKER, "BAKERIET AS", "310000001", "AS", None),
                unit(SHOP, "BAKERIET AS AVD SENTRUM", "310000002", "BEDR", Some(BAKER)),
                unit(ACCOUNTANT, "TALL OG ORDEN AS", "310000003", "AS", None),
            ],
            roles: vec![
                role(BAKER, "DAGL", OLA),
                role(BAKER, "REGN", ACCOUNTANT),
                role(ACCOUNTANT, "DAGL", KARI),
            ],
            reads: AtomicUsize::new(0),
        }
    }

    /// More clients for the accountant: every third with a sub-unit, every fifth a sole proprietorship.
    pub fn with_clients(mut self, count: u128) -> Self {
        for i in 0..count {
            let client = Uuid::from_u128(CLIENTS + 10 * i);
            let enk = i % 5 == 0;
            let number = format!("{}", 311_000_000 + i);
            self.parties.push(unit(
                client,
                &format!("KLIENT {i}"),
                &number,
                if enk { "ENK" } else { "AS" },
                None,
            ));
            self.roles.push(role(client, "REGN", ACCOUNTANT));
            if i % 3 == 0 {
                let shop = Uuid::from_u128(CLIENTS + 10 * i + 1);
                self.parties.push(unit(shop, &format!("AVD {i}"), &number, "BEDR", Some(client)));
            }
            if enk {
                let owner = Uuid::from_u128(CLIENTS + 10 * i + 2);
                self.parties.push(person(owner, &format!("EIER {i}"), &format!("0582910{i:04}")));
                self.roles.push(role(client, "INNH", owner));
            }
        }
        self
    }

    fn count_read(&self) {
        self.reads.fetch_add(1, Ordering::Relaxed);
    }

    fn roles(&self, which: impl Fn(&RegisterRole) -> bool) -> Vec<RegisterRole> {
        self.roles.iter().filter(|r| which(r)).cloned().collect()
    }
}

#[async_trait]
impl Register for Country {
    async fn party(&self, by: &PartyRef) -> ports::Result<Option<Party>> {
        let is = |p: &&Party| match by {
            PartyRef::Id(id) => p.id == *id,
            PartyRef::Uuid(uuid) => p.uuid == *uuid,
            PartyRef::Pid(pid) => p.pid.as_ref() == Some(pid),
            PartyRef::OrgNo(org_no) => p.org_no.as_ref() == Some(org_no),
            PartyRef::UserId(id) => p.user_id == Some(*id),
            PartyRef::UserName(name) => p.user_name.as_ref() == Some(name),
        };
        self.count_read();
        Ok(self.parties.iter().find(is).cloned())
    }
    async fn parties(&self, uuids: &[Uuid]) -> ports::Result<Vec<Party>> {
        assert!(uuids.len() <= 1000, "the port takes a thousand at most");
        self.count_read();
        Ok(self.parties.iter().filter(|p| uuids.contains(&p.uuid)).cloned().collect())
    }
    async fn sub_units(&self, mains: &[Uuid]) -> ports::Result<Vec<Party>> {
        assert!(mains.len() <= 1000, "the port takes a thousand at most");
        let of = |p: &&Party| p.parent.is_some_and(|parent| mains.contains(&parent));
        self.count_read();
        Ok(self.parties.iter().filter(of).cloned().collect())
    }
    async fn roles_from(&self, from: &[Uuid]) -> ports::Result<Vec<RegisterRole>> {
        self.count_read();
        Ok(self.roles(|r| from.contains(&r.from)))
    }
    async fn roles_to(&self, to: &[Uuid]) -> ports::Result<Vec<RegisterRole>> {
        self.count_read();
        Ok(self.roles(|r| to.contains(&r.to)))
    }
    async fn contact_points(&self, _: Uuid) -> ports::Result<ContactPoints> {
        Ok(ContactPoints::default())
    }
    async fn find_persons(&self, _: &str, _: usize) -> ports::Result<Vec<Party>> {
        Ok(vec![])
    }
}

/// Two resources of Skatteetaten: one that may be delegated, one that may not. The policy of both lets managing directors
/// and holders of the tax package write, and the owner read all.
struct Shelf;

fn policy(resource: &str) -> String {
    let matches = |values: &[(&str, &str)], category: &str| -> String {
        let one = |(attribute, value): &(&str, &str)| {
            format!(
                r#"<AllOf><Match MatchId="urn:oasis:names:tc:xacml:3.0:function:string-equal-ignore-case"><AttributeValue DataType="http://www.w3.org/2001/XMLSchema#string">{value}</AttributeValue><AttributeDesignator AttributeId="{attribute}" Category="{category}" DataType="http://www.w3.org/2001/XMLSchema#string" MustBePresent="false"/></Match></AllOf>"#
            )
        };
        values.iter().map(one).collect::<Vec<String>>().concat()
    };
    let rule = |id: u8, subjects: &[(&str, &str)], action: &str| {
        let subjects = matches(subjects, "urn:oasis:names:tc:xacml:1.0:subject-category:access-subject");
        let resources = matches(
            &[("urn:altinn:resource", resource)],
            "urn:oasis:names:tc:xacml:3.0:attribute-category:resource",
        );
        let actions = matches(
            &[("urn:oasis:names:tc:xacml:1.0:action:action-id", action)],
            "urn:oasis:names:tc:xacml:3.0:attribute-category:action",
        );
        format!(
            r#"<Rule RuleId="urn:{id}" Effect="Permit"><Description>d</Description><Target><AnyOf>{subjects}</AnyOf><AnyOf>{resources}</AnyOf><AnyOf>{actions}</AnyOf></Target></Rule>"#
        )
    };
    let rules = [
        rule(1, &[("urn:altinn:rolecode", "DAGL"), ("urn:altinn:accesspackage", "skattegrunnlag")], "write"),
        rule(2, &[("urn:altinn:org", "skd")], "read"),
    ];
    format!(
        r#"<Policy xmlns="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17" PolicyId="urn:p" Version="1.0" RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides"><Target/>{}</Policy>"#,
        rules.concat()
    )
}

#[async_trait]
impl ResourceRegistry for Shelf {
    async fn resource(&self, identifier: &str) -> ports::Result<Option<Resource>> {
        let known = ["ske-open", "ske-closed"].contains(&identifier);
        Ok(known.then(|| Resource {
            identifier: identifier.into(),
            resource_type: "GenericAccessResource".into(),
            title: json!({ "nb": "Skjema" }),
            description: json!({ "nb": "Beskrivelse" }),
            owner_code: "skd".into(),
            owner_org_no: "974761076".into(),
            delegable: identifier == "ske-open",
            access_list_only: false,
            document: json!({}),
        }))
    }
    async fn policy_standing(&self, _: &str) -> ports::Result<Option<PolicyStanding>> {
        Ok(Some(PolicyStanding { version: (1, jiff::Timestamp::UNIX_EPOCH), access_list_only: false }))
    }
    async fn policy(&self, identifier: &str) -> ports::Result<Option<PolicyText>> {
        Ok(Some(PolicyText { version: (1, jiff::Timestamp::UNIX_EPOCH), xml: policy(identifier) }))
    }
    async fn resources_by_subject(&self, subjects: &[String]) -> ports::Result<Vec<(String, String)>> {
        let named = |s: &&String| *s == TAX || *s == "urn:altinn:rolecode:dagl";
        Ok(subjects.iter().filter(named).map(|s| (s.clone(), "ske-open".to_owned())).collect())
    }
    async fn service_owner(&self, code: &str) -> ports::Result<Option<ServiceOwner>> {
        let owner = ServiceOwner { code: "skd".into(), org_no: "974761076".into(), name: json!({}) };
        Ok((code == "skd").then_some(owner))
    }
}

struct OneSystemUser;

#[async_trait]
impl SystemUsers for OneSystemUser {
    async fn by_external_id(
        &self,
        _: &str,
        _: &str,
        _: &str,
        _: Option<&str>,
    ) -> ports::Result<Option<SystemUser>> {
        Ok(None)
    }
    async fn system_user(&self, id: Uuid) -> ports::Result<Option<SystemUser>> {
        Ok((id == SYSTEM_USER).then(|| SystemUser {
            id,
            system_id: "991825827_kasse".into(),
            vendor_org_no: "991825827".into(),
            owner: BAKER,
            owner_org_no: "310000001".into(),
            external_ref: String::new(),
            title: "Kassesystemet".into(),
            created: "2026-01-01T00:00:00Z".parse().unwrap(),
            deleted: false,
        }))
    }
    async fn of_party(&self, _: Uuid) -> ports::Result<Vec<SystemUser>> {
        Ok(vec![])
    }
}

/// Decides `altinn_access_management` as its policy reads (authorization §12), from what the block itself says.
struct AccessManagers(Arc<AccessManagement>);

#[async_trait]
impl Pdp for AccessManagers {
    async fn decide(&self, question: &Question) -> ports::Result<Decision> {
        let Subject::Party(user) = question.subject else { panic!("only users come here") };
        assert_eq!(question.resource, "altinn_access_management");
        let connection = self.0.connection(question.party, user).await?;
        let subjects = [
            "urn:altinn:rolecode:admai",
            "urn:altinn:rolecode:hadm",
            "urn:altinn:rolecode:bobel",
            "urn:altinn:accesspackage:tilgangsstyrer",
            "urn:altinn:accesspackage:hovedadministrator",
        ];
        let held =
            connection.roles.iter().chain(&connection.packages).any(|urn| subjects.contains(&urn.as_str()));
        let effect = if held { Effect::Permit } else { Effect::NotApplicable };
        Ok(Decision { effect, minimum_level: Some(3), why: vec![] })
    }
    async fn decide_all(&self, questions: &[Question]) -> ports::Result<Vec<Decision>> {
        let mut decisions = Vec::new();
        for question in questions {
            decisions.push(self.decide(question).await?);
        }
        Ok(decisions)
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
    pub access: Arc<AccessManagement>,
    pub country: Arc<Country>,
    pub db: db::Db,
    pub statements: Vec<&'static [&'static db::Sql]>,
    pub clock: Arc<TestClock>,
    app: App,
    keys: Arc<Keys>,
    _files: TempDir,
}

pub async fn server(db: &db::Db) -> Server {
    server_in(db, Country::small()).await
}

pub async fn server_in(db: &db::Db, country: Country) -> Server {
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
    let country = Arc::new(country);
    let access = AccessManagement::new(&ctx, country.clone(), Arc::new(Shelf), Arc::new(OneSystemUser));
    let module = accessmanagement::module(access.clone(), Arc::new(AccessManagers(access.clone())));
    ctx.db.migrate(&[audit::migrations(), jobs::migrations(), module.migrations]).await.unwrap();
    Server {
        access,
        country,
        db: ctx.db.clone(),
        statements: module.statements,
        clock,
        keys: ctx.keys.clone(),
        app: App::new(ctx, "http://localhost:8080", module.routes, Arc::new(NoSessions)).unwrap(),
        _files: files,
    }
}

impl Server {
    /// A token of Altinn with these claims.
    pub fn token(&self, claims: Value) -> String {
        let mut claims = claims;
        claims["iss"] = json!("http://localhost:8080/authentication/api/v1/openid/");
        claims["exp"] = json!(kernel::Clock::now(&*self.clock).as_second() + 600);
        self.keys.altinn.sign(&claims).unwrap()
    }

    /// A portal user's token.
    pub fn user(&self, party: Uuid) -> String {
        let user_id = 20_000_000 + i64::try_from(party.as_u128()).unwrap();
        self.token(json!({
            "urn:altinn:userid": user_id, "urn:altinn:party:uuid": party.to_string(),
            "urn:altinn:authlevel": 3, "scope": "altinn:portal/enduser",
        }))
    }

    pub async fn send(
        &self,
        method: &str,
        path: &str,
        token: &str,
        body: Option<Value>,
    ) -> (StatusCode, Value) {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/accessmanagement/api/v1/{path}"))
            .header("host", "localhost:8080")
            .header("content-type", "application/json");
        if !token.is_empty() {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let request = request.body(body).unwrap();
        let response = self.app.handle("127.0.0.1:40000".parse().unwrap(), request).await;
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        (parts.status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }

    pub async fn get(&self, path: &str, token: &str) -> (StatusCode, Value) {
        self.send("GET", path, token, None).await
    }

    /// Rows of all tables of the block.
    pub async fn rows(&self) -> Vec<i64> {
        let mut rows = Vec::new();
        for table in
            ["am_assignment", "am_assignment_package", "am_assignment_right", "am_version", "audit_entry"]
        {
            let sql = db::Sql::dynamic("test.count", format!("SELECT count(*) FROM {table}"));
            rows.push(self.db.query_one(&sql, &[]).await.unwrap().get(0).unwrap());
        }
        rows
    }
}

/// `status code path…` of an error.
pub fn summary((status, body): &(StatusCode, Value)) -> String {
    let error = &body["validationErrors"][0];
    if error.is_null() {
        return format!("{} {}", status.as_u16(), body["code"].as_str().unwrap_or("-"));
    }
    assert_eq!(body["code"], "STD-00000", "{body}");
    let paths: Vec<&str> = error["paths"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    format!("{} {} {}", status.as_u16(), error["code"].as_str().unwrap(), paths.join(" "))
}
