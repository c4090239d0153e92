//! Access management with the real registers and the real PDP.

mod delegation;

use crate::support::TestApp;
use serde_json::json;
use uuid::Uuid;

/// The managing director of the condominium.
pub const DIRECTOR: &str = "12837122463";
/// A citizen without roles.
pub const CITIZEN: &str = "19919640521";
/// The accountant.
pub const ACCOUNTANT: &str = "27898031131";
/// The condominium.
pub const CONDOMINIUM: &str = "310200107";

/// A party by identity or organisation number.
pub async fn party(app: &TestApp, number: &str) -> Uuid {
    let sql = db::Sql::dynamic("test.party", "SELECT uuid FROM party WHERE pid = $1 OR org_no = $1".into());
    app.ctx.db.query_one(&sql, &db::params![number]).await.unwrap().get(0).unwrap()
}

/// A portal token of the person.
pub async fn portal_token(app: &TestApp, pid: &str) -> String {
    let sql = db::Sql::dynamic("test.user", "SELECT user_id, id, uuid FROM party WHERE pid = $1".into());
    let row = app.ctx.db.query_one(&sql, &db::params![pid]).await.unwrap();
    let (user, id, uuid): (i64, i64, Uuid) = (row.get(0).unwrap(), row.get(1).unwrap(), row.get(2).unwrap());
    let claims = json!({
        "iss": app.ctx.config.issuers.altinn, "exp": app.ctx.clock.now().as_second() + 600,
        "urn:altinn:userid": user, "urn:altinn:partyid": id, "urn:altinn:party:uuid": uuid.to_string(),
        "urn:altinn:authlevel": 4, "scope": "altinn:portal/enduser",
    });
    app.ctx.keys.altinn.sign(&claims).unwrap()
}
