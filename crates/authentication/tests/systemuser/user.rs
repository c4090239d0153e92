//! System users: looking up, creating, revoking.

use crate::support::{
    BASE, CUSTOMER, CUSTOMER_ID, DIRECTOR, EMPLOYEE, NEIGHBOUR_ID, OTHER_VENDOR, PACKAGE, RESOURCE, SYSTEM,
    Server, VENDOR, system, with,
};
use ports::authentication::SystemUsers;
use serde_json::{Value, json};

fn path(rest: &str) -> String {
    format!("{BASE}/systemuser/{rest}")
}

testkit::db_suite! { [];
    async fn vendors_and_maskinporten_find_the_system_user(db: db::Db) {
        let server = Server::new(&db).await;
        server.register().await;
        let id = server.approved().await;
        let vendor = server.vendor(VENDOR);
        let expected = json!({
            "id": id, "integrationTitle": "Regnskap", "systemId": SYSTEM, "productName": "", "reporteeOrgNo": CUSTOMER,
            "created": "2026-03-02T09:00:00Z", "isDeleted": false, "supplierName": "", "supplierOrgno": VENDOR,
            "externalRef": "branch-1", "userType": "standard",
        });
        let query = path(&format!("vendor/byquery?system-id={SYSTEM}&orgno={CUSTOMER}&external-ref=branch-1"));
        assert_eq!(server.get(&vendor, &query).await, (200, expected.clone()));
        assert_eq!(server.get(&server.vendor(OTHER_VENDOR), &query).await, (404, json!("")));
        let no_ref = path(&format!("vendor/byquery?system-id={SYSTEM}&orgno={CUSTOMER}"));
        assert_eq!(server.get(&vendor, &no_ref).await, (404, json!("")));
        assert_eq!(server.get(&vendor, &path("vendor/byquery?orgno=1")).await.0, 400);
        let (status, page) = server.get(&vendor, &path(&format!("vendor/bysystem/{SYSTEM}"))).await;
        assert_eq!((status, page), (200, json!({"data": [expected.clone()], "links": {}})));

        let external = |client: &str, reference: &str| {
            path(&format!(
                "byExternalId?clientId={client}&systemProviderOrgNo={VENDOR}&systemUserOwnerOrgNo={CUSTOMER}\
                 &externalRef={reference}"
            ))
        };
        let (status, headers, body) =
            server.call(&vendor, "GET", &external("client-1", "branch-1"), Value::Null).await;
        assert_eq!((status.as_u16(), body), (200, with(expected, json!({"productName": SYSTEM}))));
        assert_eq!(headers["cache-control"], "no-store");
        assert_eq!(server.get(&vendor, &external("client-2", "branch-1")).await.0, 404);
        assert_eq!(server.get(&vendor, &external("client-1", "")).await.0, 404);
        assert_eq!(server.get(&vendor, &path("byExternalId?clientId=client-1")).await.0, 400);
    }

    async fn the_owner_sees_what_the_system_user_has(db: db::Db) {
        let server = Server::new(&db).await;
        server.register().await;
        let id = server.approved().await;
        let director = server.person(DIRECTOR);
        let (status, list) = server.get(&director, &path(&CUSTOMER_ID.to_string())).await;
        assert_eq!((status, &list[0]["id"], &list[0]["partyUuId"]), (200, &json!(id), &json!("")));
        assert_eq!(list[0]["accessPackages"], json!([{"urn": PACKAGE}]));
        let right = json!([{"resource": [{"id": "urn:altinn:resource", "value": RESOURCE}]}]);
        let (status, detail) = server.get(&director, &path(&format!("{CUSTOMER_ID}/{id}"))).await;
        assert_eq!((status, &detail["rights"], &detail["accessPackages"]), (200, &right, &json!([{"urn": PACKAGE}])));
        let (_, given) = server.get(&director, &path(&format!("{CUSTOMER_ID}/{id}/delegations"))).await;
        assert_eq!(given, json!({"systemUserId": id, "rights": right, "accessPackages": [{"urn": PACKAGE}]}));
        assert_eq!(server.get(&director, &path(&format!("{NEIGHBOUR_ID}/{id}"))).await, (404, json!("")));
        assert_eq!(server.get(&server.person(EMPLOYEE), &path(&CUSTOMER_ID.to_string())).await, (403, json!("")));
        assert_eq!(server.get(&director, &path("0")).await, (200, json!([])));
    }

    async fn revocation_takes_everything_back_at_once(db: db::Db) {
        let server = Server::new(&db).await;
        server.register().await;
        let id = server.approved().await;
        let one = path(&format!("{CUSTOMER_ID}/{id}"));
        assert_eq!(server.delete(&server.person(EMPLOYEE), &one).await, (403, json!("")));
        let director = server.person(DIRECTOR);
        let (status, body) = server.delete(&director, &path(&format!("{NEIGHBOUR_ID}/{id}"))).await;
        assert_eq!((status, &body["code"]), (403, &json!("AUTH-00024")));
        let (status, body) = server.delete(&director, &path(&format!("agent/{CUSTOMER_ID}/{id}"))).await;
        assert_eq!((status, &body["code"]), (400, &json!("AUTH-00034")));
        assert_eq!(server.count("granted").await, 3);

        assert_eq!(server.delete(&director, &one).await, (202, json!(1)));
        assert_eq!(server.count("granted").await, 0);
        assert!(server.users.by_external_id("client-1", VENDOR, CUSTOMER, Some("branch-1")).await.unwrap().is_none());
        assert!(server.users.system_user(id).await.unwrap().unwrap().deleted);
        assert_eq!(server.delete(&director, &one).await, (404, json!(0)));
        // The request is gone with it, and the vendor may ask anew.
        let vendor = server.vendor(VENDOR);
        let (status, body) = server.get(&vendor, &path(&format!("request/vendor/{id}"))).await;
        assert_eq!((status, &body["code"]), (404, &json!("AUTH-00010")));
        server.ask().await;
    }

    /// Without the vendor's asking: everything predefined on the system, or nothing at all.
    async fn a_party_sets_a_system_user_up_by_itself(db: db::Db) {
        let server = Server::new(&db).await;
        server.register().await;
        let director = server.person(DIRECTOR);
        let create = path(&format!("{CUSTOMER_ID}/create"));
        let body = json!({"systemId": SYSTEM, "integrationTitle": "Vårt regnskap"});
        let (status, answer) = server.post(&director, &create, body.clone()).await;
        assert_eq!((status, &answer["code"]), (403, &json!("AUTH-00016")));
        assert_eq!((server.count("authn_systemuser").await, server.count("granted").await), (0, 0));

        let within_reach = with(system(), json!({"rights": [system()["rights"][0].clone()]}));
        let vendor_path = format!("{BASE}/systemregister/vendor/{SYSTEM}");
        assert_eq!(server.put(&server.vendor(VENDOR), &vendor_path, within_reach).await.0, 200);
        let (status, answer) = server.post(&director, &create, body.clone()).await;
        assert_eq!((status, &answer["externalRef"], &answer["integrationTitle"]), (200, &json!(CUSTOMER), &json!("Vårt regnskap")));
        assert_eq!(server.count("granted").await, 3);
        let (status, answer) = server.post(&director, &create, body.clone()).await;
        assert_eq!((status, &answer["code"]), (400, &json!("AUTH-00004")));
        assert_eq!(server.post(&server.person(EMPLOYEE), &create, body).await, (403, json!("")));
        let unknown = json!({"systemId": "310149942_unknown", "integrationTitle": ""});
        assert_eq!(server.post(&director, &create, unknown).await.1["code"], "AUTH-00011");
    }

    async fn a_deleted_system_gives_no_more_tokens(db: db::Db) {
        let server = Server::new(&db).await;
        server.register().await;
        server.approved().await;
        assert!(server.users.by_external_id("client-1", VENDOR, CUSTOMER, Some("branch-1")).await.unwrap().is_some());
        server.delete(&server.vendor(VENDOR), &format!("{BASE}/systemregister/vendor/{SYSTEM}")).await;
        assert!(server.users.by_external_id("client-1", VENDOR, CUSTOMER, Some("branch-1")).await.unwrap().is_none());
        assert_eq!(server.count("authn_systemuser").await, 1);
    }

    async fn the_register_follows_the_stream(db: db::Db) {
        let server = Server::new(&db).await;
        server.register().await;
        let internal = server.nobody("altinn:authentication/systemuser.admin");
        let stream = path("internal/systemusers/stream");
        let (_, empty) = server.get(&internal, &stream).await;
        assert_eq!(empty["stats"], json!({"pageStart": 0, "pageEnd": 0, "sequenceMax": 0}));
        assert_eq!(empty["links"], json!({}));
        let id = server.approved().await;
        let (_, page) = server.get(&internal, &stream).await;
        assert_eq!((&page["data"][0]["id"], &page["data"][0]["sequenceNo"]), (&json!(id), &json!(1)));
        let next = page["links"]["next"].as_str().unwrap().strip_prefix("http://localhost:8080").unwrap();
        assert_eq!(server.get(&internal, next).await.1["data"], json!([]));
        server.delete(&server.person(DIRECTOR), &path(&format!("{CUSTOMER_ID}/{id}"))).await;
        let (_, page) = server.get(&internal, next).await;
        assert_eq!((&page["data"][0]["isDeleted"], &page["data"][0]["sequenceNo"]), (&json!(true), &json!(2)));
        assert_eq!(server.get(&internal, &path(&format!("internal/systemusers/{id}"))).await.0, 410);
        assert_eq!(server.get(&server.vendor(VENDOR), &stream).await, (403, json!("")));
    }
}
