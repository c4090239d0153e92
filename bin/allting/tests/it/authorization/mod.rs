//! The decision point over HTTP, on real registers, roles and system users.

mod authorize;
mod decision;
mod delegation;
mod explain_access;
mod log;
mod parties_and_roles;
mod platform_resources;
mod policies;
mod system_user;
mod validate_party;

use crate::support::{Answer, TestApp, app};
use ports::accessmanagement::AccessManagement;
use ports::authentication::SystemUsers;
use ports::register::{Party, PartyRef, Register};
use ports::resourceregistry::ResourceRegistry;
use serde_json::{Value, json};
use std::sync::Arc;

const DIRECTOR: &str = "12837122463";
const CITIZEN: &str = "19919640521";
const CONDOMINIUM: &str = "310200107";
const OTHER_CONDOMINIUM: &str = "310200506";
const RESOURCE: &str = "ske-innrapportering-boligsameie";

/// The application and the ports behind it.
struct World {
    app: TestApp,
    register: Arc<dyn Register>,
    resources: Arc<dyn ResourceRegistry>,
    access: Arc<dyn AccessManagement>,
    system_users: Arc<dyn SystemUsers>,
    pdp: Arc<authorization::Pdp>,
}

async fn world() -> World {
    let app = app().await;
    let ctx = app.ctx.clone();
    let register: Arc<dyn Register> = Arc::new(register::Register::new(&ctx));
    let resources: Arc<dyn ResourceRegistry> = resourceregistry::ResourceRegistry::new(&ctx);
    let system_users: Arc<dyn SystemUsers> = Arc::new(authentication::SystemUsers::new(&ctx));
    let access: Arc<dyn AccessManagement> = accessmanagement::AccessManagement::new(
        &ctx,
        register.clone(),
        resources.clone(),
        system_users.clone(),
    );
    let pdp = authorization::Pdp::new(
        &ctx,
        register.clone(),
        resources.clone(),
        access.clone(),
        system_users.clone(),
    );
    World { app, register, resources, access, system_users, pdp }
}

impl World {
    async fn person(&self, pid: &str) -> Party {
        self.register.party(&PartyRef::Pid(pid.to_owned())).await.unwrap().unwrap()
    }

    async fn organisation(&self, number: &str) -> Party {
        self.register.party(&PartyRef::OrgNo(number.to_owned())).await.unwrap().unwrap()
    }

    /// What `/decision` answers.
    async fn decision(&self, body: &Value) -> Answer {
        self.app.post("/authorization/api/v1/decision").json(body).send().await
    }

    /// Decision of a user about a party.
    async fn of_user(&self, pid: &str, resource: &str, party: &Party, action: &str) -> Value {
        let user = self.person(pid).await.user_id.unwrap().to_string();
        let body = question(&[("urn:altinn:userid", &user)], resource, party, action);
        let answer = self.decision(&body).await;
        assert_eq!(answer.status, 200);
        answer.json()["response"][0].clone()
    }
}

fn attributes(pairs: &[(&str, &str)]) -> Value {
    let list: Vec<Value> =
        pairs.iter().map(|(id, value)| json!({ "AttributeId": id, "Value": value })).collect();
    json!([{ "Attribute": list }])
}

/// A request in the JSON profile.
fn question(subject: &[(&str, &str)], resource: &str, party: &Party, action: &str) -> Value {
    json!({ "Request": {
        "AccessSubject": attributes(subject),
        "Resource": attributes(&[("urn:altinn:resource", resource), ("urn:altinn:partyid", &party.id.to_string())]),
        "Action": attributes(&[("urn:oasis:names:tc:xacml:1.0:action:action-id", action)]),
    }})
}
