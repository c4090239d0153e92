//! The back end of the access-management frontend.

use crate::support::{
    BASE, CUSTOMER_ID, CUSTOMER_UUID, DIRECTOR, EMPLOYEE, NEIGHBOUR_ID, PACKAGE, RESOURCE, STRANGER, SYSTEM,
    Server, VENDOR,
};
use serde_json::{Value, json};

fn path(rest: &str) -> String {
    format!("/accessmanagement/api/v1/systemuser/{rest}")
}

testkit::db_suite! { [];
    async fn a_request_is_shown_in_words_and_approved(db: db::Db) {
        let server = Server::new(&db).await;
        server.register().await;
        let id = server.ask().await;
        let director = server.person(DIRECTOR);
        let (status, view) = server.get(&director, &path(&format!("request/{id}"))).await;
        assert_eq!(status, 200);
        let system = json!({
            "systemId": SYSTEM, "systemVendorOrgNumber": VENDOR, "systemVendorOrgName": "SKARP DATA AS", "name": "Regnskap",
        });
        assert_eq!((&view["system"], &view["status"]), (&system, &json!("New")));
        assert_eq!((&view["partyId"], &view["partyUuid"]), (&json!(CUSTOMER_ID), &json!(CUSTOMER_UUID)));
        assert_eq!((&view["resources"][0]["identifier"], &view["resources"][0]["title"]), (&json!(RESOURCE), &json!("Boligsameie")));
        assert_eq!(view["resources"][0]["resourceOwnerName"], "Skatteetaten");
        assert_eq!((&view["accessPackages"][0]["urn"], &view["accessPackages"][0]["name"]), (&json!(PACKAGE), &json!("Skattegrunnlag")));
        let approve = path(&format!("request/{CUSTOMER_ID}/{id}/approve"));
        assert_eq!(server.post(&director, &approve, Value::Null).await, (200, json!(true)));
        let (status, body) = server.post(&director, &approve, Value::Null).await;
        assert_eq!((status, &body["code"]), (400, &json!("AMUI-00005")));

        let (_, list) = server.get(&director, &path(&CUSTOMER_ID.to_string())).await;
        assert_eq!((&list[0]["id"], &list[0]["system"]["name"]), (&json!(id), &json!("N/A")));
        let (_, one) = server.get(&director, &path(&format!("{CUSTOMER_ID}/{id}"))).await;
        assert_eq!((&one["system"]["name"], &one["resources"][0]["identifier"]), (&json!("Regnskap"), &json!(RESOURCE)));
        assert_eq!(server.delete(&director, &path(&format!("{CUSTOMER_ID}/{id}"))).await, (202, json!("")));
        assert_eq!(server.count("granted").await, 0);
        assert_eq!(server.delete(&director, &path(&format!("{CUSTOMER_ID}/{id}"))).await, (404, json!("")));
        let (status, body) = server.get(&director, &path(&format!("{CUSTOMER_ID}/{id}"))).await;
        assert_eq!((status, &body["code"]), (404, &json!("AMUI-00015")));
    }

    async fn refusals_have_the_portals_codes(db: db::Db) {
        let server = Server::new(&db).await;
        server.register().await;
        let id = server.ask().await;
        let (status, body) = server.get(&server.person(STRANGER), &path(&format!("request/{id}"))).await;
        assert_eq!((status, &body["code"]), (403, &json!("AMUI-00066")));
        let unknown = path(&format!("request/{}", uuid::Uuid::from_u128(9)));
        let (status, body) = server.get(&server.person(DIRECTOR), &unknown).await;
        assert_eq!((status, &body["code"]), (404, &json!("AMUI-00010")));
        let approve = path(&format!("request/{CUSTOMER_ID}/{id}/approve"));
        let (status, body) = server.post(&server.person(EMPLOYEE), &approve, Value::Null).await;
        assert_eq!((status, &body["code"]), (403, &json!("AMUI-00999")));
        let foreign = path(&format!("request/{NEIGHBOUR_ID}/{id}/approve"));
        let (status, body) = server.post(&server.person(DIRECTOR), &foreign, Value::Null).await;
        assert_eq!((status, &body["code"]), (400, &json!("AMUI-00005")));
        assert_eq!(server.count("authn_systemuser").await, 0);
    }

    async fn escalated_requests_wait_for_the_director(db: db::Db) {
        let server = Server::new(&db).await;
        server.register().await;
        let id = server.ask().await;
        let director = server.person(DIRECTOR);
        let pending = path(&format!("{CUSTOMER_UUID}/pending"));
        assert_eq!(server.get(&director, &pending).await, (200, json!([])));
        let escalate = path(&format!("request/{CUSTOMER_ID}/{id}/escalate"));
        assert_eq!(server.post(&server.person(EMPLOYEE), &escalate, Value::Null).await, (200, json!(true)));
        let (_, list) = server.get(&director, &pending).await;
        assert_eq!((&list[0]["id"], &list[0]["userType"]), (&json!(id), &json!("standard")));
    }

    /// The vendor's address never travels through the browser: the cookie holds the request's id.
    async fn logout_remembers_which_request_was_decided(db: db::Db) {
        let server = Server::new(&db).await;
        server.register().await;
        let id = server.ask().await;
        let logout = path(&format!("request/{id}/logout"));
        let (status, headers, _) = server.call(&server.person(DIRECTOR), "GET", &logout, Value::Null).await;
        assert_eq!((status.as_u16(), &headers["location"]), (302, &"http://localhost:8080/authentication/api/v1/logout".parse().unwrap()));
        let cookie = headers["set-cookie"].to_str().unwrap().to_owned();
        assert!(cookie.starts_with(&format!("AltinnLogoutInfo=SystemuserRequestId={id};")), "{cookie}");
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"));

        let back = http::Request::get(format!("{BASE}/logout/handleloggedout"))
            .header("host", "localhost:8080")
            .header("cookie", cookie.split(';').next().unwrap());
        let (status, headers, _) = server.send(back.body(axum::body::Body::empty()).unwrap()).await;
        assert_eq!((status.as_u16(), &headers["location"]), (302, &"https://vendor.example/done?case=1".parse().unwrap()));
        let nonsense = path("request/https:%2F%2Fevil.example/logout");
        assert_eq!(server.get(&server.person(DIRECTOR), &nonsense).await.0, 400);
    }

    async fn visible_systems_are_offered_in_the_chosen_language(db: db::Db) {
        let server = Server::new(&db).await;
        server.register().await;
        let request = http::Request::get("/accessmanagement/api/v1/systemregister")
            .header("host", "localhost:8080")
            .header("authorization", format!("Bearer {}", server.person(STRANGER)))
            .header("cookie", "altinnPersistentContext=UL=1033");
        let (status, _, body) = server.send(request.body(axum::body::Body::empty()).unwrap()).await;
        assert_eq!((status.as_u16(), &body[0]["name"]), (200, &json!("Ledger")));
        let rights = format!("/accessmanagement/api/v1/systemregister/rights/{SYSTEM}");
        let (status, body) = server.get(&server.person(STRANGER), &rights).await;
        assert_eq!((status, &body["accessPackages"][0]["resources"][0]["identifier"]), (200, &json!(RESOURCE)));
    }
}
