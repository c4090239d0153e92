//! Credentials, obtained as strangers obtain them, and credentials that must not work.

use super::{Answer, TestApp};
use crate::session::Browser;
use kernel::{Ids, RandomIds};
use population::personas::{CONDOMINIUM, OTHER_CONDOMINIUM, VENDOR, VENDOR_CLIENT};
use ports::register::{Party, PartyRef, Register};
use serde_json::{Value, json};
use uuid::Uuid;

/// Managing director of [`CONDOMINIUM`].
pub const DIRECTOR: &str = "12837122463";
/// Has no role in any condominium.
pub const CITIZEN: &str = "19919640521";
/// Reporting service of condominiums.
pub const RESOURCE: &str = "ske-innrapportering-boligsameie";
/// Its scope.
pub const REPORTING: &str = "skatteetaten:innrapporteringboligsameie";
/// Scope of end users' dialogs.
pub const DIALOGS: &str = "digdir:dialogporten";
/// Scope of subscriptions.
pub const SUBSCRIBE: &str = "altinn:events.subscribe";

const SYSTEM: &str = "310200409_it";

/// A system user that its customer has approved.
pub struct SystemUser {
    pub id: Uuid,
    pub party: Party,
    pub org_no: &'static str,
    external_ref: String,
    approver: &'static str,
}

impl TestApp {
    /// What Maskinporten answers to a grant of the sandbox's vendor with these claims changed.
    pub async fn grant(&self, scope: &str, changes: Value) -> Answer {
        let now = self.ctx.clock.now().as_second();
        let mut claims = json!({
            "iss": VENDOR_CLIENT, "aud": self.ctx.config.issuers.maskinporten, "scope": scope,
            "iat": now, "exp": now + 100, "jti": RandomIds.token(16),
        });
        claims.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        let assertion = jose::sandbox::vendor().unwrap().sign(&claims).unwrap();
        let kind = "urn:ietf:params:oauth:grant-type:jwt-bearer";
        self.post("/token").form(&[("grant_type", kind), ("assertion", &assertion)]).send().await
    }

    /// The vendor's token from Maskinporten.
    pub async fn maskinporten_token(&self, scope: &str) -> String {
        token_of(&self.grant(scope, json!({})).await)
    }

    /// A person's test token with the portal's scope, or those given.
    pub async fn person_token(&self, pid: &str, scopes: &str) -> String {
        let person = self.party(PartyRef::Pid(pid.to_owned())).await;
        let query = format!(
            "&scopes={}&userId={}&partyuuid={}&partyId={}&pid={pid}",
            scopes.replace(' ', "%20"),
            person.user_id.unwrap(),
            person.uuid,
            person.id
        );
        self.test_token("GetPersonalToken", &query).await
    }

    /// A service owner's or an organisation's test token.
    pub async fn enterprise_token(&self, org: &str, org_no: &str, scopes: &str) -> String {
        let query = format!("&scopes={}&org={org}&orgNo={org_no}", scopes.replace(' ', "%20"));
        self.test_token("GetEnterpriseToken", &query).await
    }

    pub async fn party(&self, by: PartyRef) -> Party {
        register::Register::new(&self.ctx).party(&by).await.unwrap().unwrap()
    }

    /// The `Cookie` header of a person who has logged in through the login pages, and the proof against forgery.
    pub async fn login(&self, pid: &str) -> (String, String) {
        let browser = Browser::new(self);
        browser.persona(pid).await;
        let cookies = browser.cookies.borrow();
        let header: Vec<_> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        (header.join("; "), cookies["XSRF-TOKEN"].clone())
    }

    /// The vendor's system user for [`CONDOMINIUM`], asked for and approved over HTTP.
    pub async fn system_user(&self) -> SystemUser {
        self.register_system().await;
        self.approved_system_user(CONDOMINIUM, DIRECTOR).await
    }

    /// The same vendor's system user for [`OTHER_CONDOMINIUM`].
    pub async fn other_system_user(&self) -> SystemUser {
        self.register_system().await;
        let board_leader = population::personas()
            .iter()
            .find(|persona| persona.organisations.contains(&OTHER_CONDOMINIUM))
            .unwrap();
        self.approved_system_user(OTHER_CONDOMINIUM, board_leader.pid).await
    }

    async fn register_system(&self) {
        let token = self.maskinporten_token("altinn:authentication/systemregister.write").await;
        let texts = json!({ "nb": "Prøve", "nn": "Prøve", "en": "Trial" });
        let system = json!({
            "id": SYSTEM, "vendor": { "ID": format!("0192:{VENDOR}") }, "name": texts, "description": texts,
            "rights": rights(), "accessPackages": [], "clientId": [VENDOR_CLIENT], "allowedRedirectUrls": [],
        });
        let path = "/authentication/api/v1/systemregister/vendor";
        if self.get(&format!("{path}/{SYSTEM}")).bearer(&token).send().await.status == 200 {
            return;
        }
        let made = self.post(path).bearer(&token).json(&system).send().await;
        assert_eq!(made.status, 200, "{}", made.text());
    }

    async fn approved_system_user(&self, org_no: &'static str, approver: &'static str) -> SystemUser {
        let vendor = self.maskinporten_token("altinn:authentication/systemuser.request.write").await;
        let request = json!({
            "systemId": SYSTEM, "partyOrgNo": org_no, "externalRef": RandomIds.token(12), "rights": rights(),
        });
        let asked = self
            .post("/authentication/api/v1/systemuser/request/vendor")
            .bearer(&vendor)
            .json(&request)
            .send()
            .await;
        assert_eq!(asked.status, 201, "{}", asked.text());
        let asked = asked.json();
        let id = asked["id"].as_str().unwrap().parse().unwrap();
        let party = self.party(PartyRef::OrgNo(org_no.to_owned())).await;
        let path = format!("/authentication/api/v1/systemuser/request/{}/{id}/approve", party.id);
        let person = self.person_token(approver, "altinn:portal/enduser").await;
        let approved = self.post(&path).bearer(&person).send().await;
        assert_eq!(approved.status, 200, "{}", approved.text());
        let external_ref = asked["externalRef"].as_str().unwrap().to_owned();
        SystemUser { id, party, org_no, external_ref, approver }
    }
}

impl SystemUser {
    /// What Maskinporten answers to a grant for it.
    pub async fn grant(&self, app: &TestApp, scope: &str) -> Answer {
        let details = json!({"authorization_details": [{
            "type": "urn:altinn:systemuser", "externalRef": self.external_ref,
            "systemuser_org": {"authority": "iso6523-actorid-upis", "ID": format!("0192:{}", self.org_no)},
        }]});
        app.grant(scope, details).await
    }

    /// A raw Maskinporten token that carries it.
    pub async fn token(&self, app: &TestApp, scope: &str) -> String {
        token_of(&self.grant(app, scope).await)
    }

    /// The customer ends it, over HTTP.
    pub async fn revoke(&self, app: &TestApp) {
        let person = app.person_token(self.approver, "altinn:portal/enduser").await;
        let path = format!("/authentication/api/v1/systemuser/{}/{}", self.party.id, self.id);
        let revoked = app.delete(&path).bearer(&person).send().await;
        assert_eq!(revoked.status, 202, "{}", revoked.text());
    }
}

fn token_of(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["access_token"].as_str().unwrap().to_owned()
}

fn rights() -> Value {
    json!([{ "resource": [{ "id": "urn:altinn:resource", "value": RESOURCE }] }])
}
