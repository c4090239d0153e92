//! Systems, requests and system users over HTTP with every block behind them. Each row of the rules is tested in the crate
//! itself; here is what needs registers, roles, delegation, the decision point and Maskinporten at once.

mod approval;
mod browser;
mod vendor_flow;

use crate::support::{Answer, TestApp, app};
use ::population::personas::{CONDOMINIUM, VENDOR, VENDOR_CLIENT};
use ports::register::{Party, PartyRef, Register};
use serde_json::{Value, json};

const DIRECTOR: &str = "12837122463";
const CITIZEN: &str = "19919640521";
const RESOURCE: &str = "ske-innrapportering-boligsameie";
const PACKAGE: &str = "urn:altinn:accesspackage:skattegrunnlag";
const SYSTEM: &str = "310200409_flow";
const MASKINPORTEN: &str = "https://test.maskinporten.no/";
const SCOPES: &str = "altinn:authentication/systemregister.write altinn:authentication/systemuser.request.write \
                      altinn:authentication/systemuser.request.read";

pub struct World {
    pub app: TestApp,
    /// The vendor's raw Maskinporten token.
    vendor: String,
}

pub async fn world() -> World {
    let app = app().await;
    let answer = grant(&app, SCOPES, "vendor", json!({})).await;
    let vendor = answer.json()["access_token"].as_str().unwrap().to_owned();
    World { app, vendor }
}

/// What Maskinporten answers to a grant of the vendor.
async fn grant(app: &TestApp, scope: &str, jti: &str, more: Value) -> Answer {
    let now = app.ctx.clock.now().as_second();
    let mut claims = json!({
        "iss": VENDOR_CLIENT, "aud": MASKINPORTEN, "scope": scope, "iat": now, "exp": now + 100, "jti": jti,
    });
    claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let assertion = jose::sandbox::vendor().unwrap().sign(&claims).unwrap();
    let kind = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    app.post("/token").form(&[("grant_type", kind), ("assertion", &assertion)]).send().await
}

impl World {
    pub async fn party(&self, by: PartyRef) -> Party {
        register::Register::new(&self.app.ctx).party(&by).await.unwrap().unwrap()
    }

    pub async fn customer(&self) -> Party {
        self.party(PartyRef::OrgNo(CONDOMINIUM.to_owned())).await
    }

    /// A logged-in person, as integrators' tests have them.
    async fn person(&self, pid: &str) -> String {
        let person = self.party(PartyRef::Pid(pid.to_owned())).await;
        let (user_id, uuid) = (person.user_id.unwrap(), person.uuid);
        let query = format!("scopes=altinn:portal/enduser&userId={user_id}&partyuuid={uuid}&pid={pid}");
        self.app.test_token("GetPersonalToken", &query).await
    }

    pub async fn register(&self, changes: Value) -> Answer {
        let texts = json!({ "nb": "Regnbue", "nn": "Regnboge", "en": "Rainbow" });
        let mut system = json!({
            "id": SYSTEM, "vendor": { "ID": format!("0192:{VENDOR}") }, "name": texts, "description": texts,
            "rights": [{ "resource": [{ "id": "urn:altinn:resource", "value": RESOURCE }] }],
            "accessPackages": [{ "urn": PACKAGE }],
            "clientId": [VENDOR_CLIENT], "allowedRedirectUrls": ["https://vendor.example/done"],
        });
        system.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        self.app
            .post("/authentication/api/v1/systemregister/vendor")
            .bearer(&self.vendor)
            .json(&system)
            .send()
            .await
    }

    pub async fn ask(&self, changes: Value) -> Answer {
        let mut request = json!({
            "systemId": SYSTEM, "partyOrgNo": CONDOMINIUM,
            "rights": [{ "resource": [{ "id": "urn:altinn:resource", "value": RESOURCE }] }],
            "redirectUrl": "https://vendor.example/done",
        });
        request.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        self.app
            .post("/authentication/api/v1/systemuser/request/vendor")
            .bearer(&self.vendor)
            .json(&request)
            .send()
            .await
    }

    /// A token for the system user of the customer.
    async fn system_user_token(&self, jti: &str) -> Answer {
        let details = json!({"authorization_details": [{"type": "urn:altinn:systemuser",
            "systemuser_org": {"authority": "iso6523-actorid-upis", "ID": format!("0192:{CONDOMINIUM}")}}]});
        grant(&self.app, "skatteetaten:innrapporteringboligsameie", jti, details).await
    }

    /// What the decision point says of the system user.
    async fn decision(&self, id: &str) -> Value {
        let attributes = |pairs: &[(&str, &str)]| -> Value {
            let list: Vec<_> =
                pairs.iter().map(|(id, value)| json!({ "AttributeId": id, "Value": value })).collect();
            json!([{ "Attribute": list }])
        };
        let party = self.customer().await.id.to_string();
        let body = json!({ "Request": {
            "AccessSubject": attributes(&[("urn:altinn:systemuser:uuid", id)]),
            "Resource": attributes(&[("urn:altinn:resource", RESOURCE), ("urn:altinn:partyid", &party)]),
            "Action": attributes(&[("urn:oasis:names:tc:xacml:1.0:action:action-id", "write")]),
        }});
        let answer = self.app.post("/authorization/api/v1/decision").json(&body).send().await;
        answer.json()["response"][0]["decision"].clone()
    }
}
