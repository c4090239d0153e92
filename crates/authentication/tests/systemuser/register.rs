//! The system register.

use crate::support::{BASE, OTHER_VENDOR, RESOURCE, SYSTEM, Server, VENDOR, codes, system, with};
use serde_json::json;

fn vendor_path() -> String {
    format!("{BASE}/systemregister/vendor")
}

fn system_path() -> String {
    format!("{BASE}/systemregister/vendor/{SYSTEM}")
}

testkit::db_suite! { [];
    async fn a_registered_system_is_read_back_in_each_view(db: db::Db) {
        let server = Server::new(&db).await;
        let vendor = server.vendor(VENDOR);
        let (status, id) = server.post(&vendor, &vendor_path(), system()).await;
        assert_eq!(status, 200);
        uuid::Uuid::parse_str(id.as_str().unwrap()).unwrap();

        let (status, body) = server.get(&vendor, &system_path()).await;
        let expected = with(system(), json!({"vendor": {"ID": format!("0192:{VENDOR}")}, "isDeleted": false}));
        assert_eq!((status, body), (200, expected));

        let person = server.person(crate::support::STRANGER);
        let (status, body) = server.get(&person, &format!("{BASE}/systemregister")).await;
        assert_eq!((status, body.as_array().unwrap().len()), (200, 1));
        assert_eq!(body[0]["systemVendorOrgNumber"], VENDOR);
        assert_eq!((&body[0]["systemVendorOrgName"], body[0].get("clientId")), (&json!(""), None));
        let (status, rights) = server.get(&person, &format!("{BASE}/systemregister/{SYSTEM}/rights")).await;
        assert_eq!((status, &rights), (200, &system()["rights"]));
        assert_eq!(server.get(&person, &format!("{BASE}/systemregister/unknown/rights")).await, (200, json!([])));
        assert_eq!(server.get(&person, &format!("{BASE}/systemregister/unknown")).await, (404, json!("")));
    }

    /// Every refusal leaves no row behind.
    async fn a_bad_registration_is_refused_by_code_and_leaves_nothing(db: db::Db) {
        let server = Server::new(&db).await;
        let vendor = server.vendor(VENDOR);
        let right = |value: &str| json!([{"resource": [{"id": "urn:altinn:resource", "value": value}]}]);
        let cases = [
            (json!({"vendor": {"ID": VENDOR}, "id": "x y"}), "AUTH.VLD-00000", "/registersystemrequest/vendor/id"),
            (json!({"id": "999999999_x"}), "AUTH.VLD-00001", "/registersystemrequest/systemid"),
            (json!({"id": format!("{VENDOR}_a b")}), "AUTH.VLD-00013", "/registersystemrequest/systemid"),
            (json!({"rights": right("unknown")}), "AUTH.VLD-00003", "/registersystemrequest/rights/resource"),
            (json!({"rights": right("scheme")}), "AUTH.VLD-00017", "/registersystemrequest/rights/resource"),
            (json!({"accessPackages": [{"urn": "urn:altinn:accesspackage:none"}]}), "AUTH.VLD-00008",
                "/registersystemrequest/accesspackages"),
            (json!({"allowedRedirectUrls": ["http://vendor.example"]}), "AUTH.VLD-00005",
                "/registersystemrequest/allowedredirecturls"),
        ];
        for (change, code, path) in cases {
            let (status, body) = server.post(&vendor, &vendor_path(), with(system(), change)).await;
            assert_eq!((status, codes(&body)), (400, vec![code]), "{body}");
            assert_eq!(body["validationErrors"][0]["paths"], json!([path]));
            assert_eq!(body["code"], "STD-00000");
        }
        let (status, body) = server.post(&vendor, &vendor_path(), with(system(), json!({"vendor": null}))).await;
        assert_eq!((status, body["errors"].get("vendor").is_some()), (400, true));
        // A foreign vendor is told so before anything else.
        let foreign = with(system(), json!({"id": "no good", "rights": right("unknown")}));
        assert_eq!(server.post(&server.vendor(OTHER_VENDOR), &vendor_path(), foreign).await, (403, json!("")));
        let nobody = server.nobody("altinn:authentication/systemregister.write");
        assert_eq!(server.post(&nobody, &vendor_path(), system()).await, (403, json!("")));
        let scope = server.nobody("altinn:authentication/systemregister.writer");
        assert_eq!(server.post(&scope, &vendor_path(), system()).await, (403, json!("")));
        for table in ["authn_system", "authn_system_client", "authn_system_change"] {
            assert_eq!(server.count(table).await, 0, "{table}");
        }
    }

    async fn an_id_and_a_client_are_taken_once(db: db::Db) {
        let server = Server::new(&db).await;
        let vendor = server.vendor(VENDOR);
        server.register().await;
        let (status, body) = server.post(&vendor, &vendor_path(), system()).await;
        assert_eq!((status, codes(&body)), (400, vec!["AUTH.VLD-00002"]));
        assert!(body.to_string().contains("already exists"));
        let other = with(system(), json!({"id": format!("{VENDOR}_other")}));
        let (status, body) = server.post(&vendor, &vendor_path(), other.clone()).await;
        assert_eq!((status, codes(&body)), (400, vec!["AUTH.VLD-00004"]));
        assert_eq!((server.count("authn_system").await, server.count("authn_system_change").await), (1, 1));

        let twice = with(system(), json!({"id": format!("{VENDOR}_twice"), "clientId": ["c", "c"]}));
        assert_eq!(server.post(&vendor, &vendor_path(), twice).await.0, 200);
        // Deletion frees the client, never the id.
        assert_eq!(server.delete(&vendor, &system_path()).await, (200, json!({"succeeded": true})));
        let (status, body) = server.get(&vendor, &system_path()).await;
        assert_eq!((status, &body["isDeleted"], &body["clientId"]), (200, &json!(true), &json!([])));
        assert_eq!(server.post(&vendor, &vendor_path(), other).await.0, 200);
        let (status, body) = server.post(&vendor, &vendor_path(), with(system(), json!({"clientId": []}))).await;
        assert_eq!((status, codes(&body)), (400, vec!["AUTH.VLD-00002"]));
        let (status, body) = server.delete(&vendor, &system_path()).await;
        assert_eq!((status, body["errors"].get("return").is_some()), (400, true));
    }

    async fn changes_are_checked_in_order_and_logged_newest_first(db: db::Db) {
        let server = Server::new(&db).await;
        let vendor = server.vendor(VENDOR);
        assert_eq!(server.put(&vendor, &system_path(), system()).await.0, 404);
        server.register().await;
        let foreign = server.vendor(OTHER_VENDOR);
        assert_eq!(server.put(&foreign, &system_path(), system()).await, (403, json!("")));
        assert_eq!(server.get(&foreign, &system_path()).await, (403, json!("")));
        let other_vendor = with(system(), json!({"vendor": {"ID": format!("0192:{OTHER_VENDOR}")}}));
        assert_eq!(server.put(&vendor, &system_path(), other_vendor).await.0, 404);
        let other_id = with(system(), json!({"id": format!("{VENDOR}_b")}));
        let (status, body) = server.put(&vendor, &system_path(), other_id).await;
        assert_eq!((status, codes(&body)), (400, vec!["AUTH.VLD-00012"]));
        for twice in [["a", "A"], ["a", "a"]] {
            let twice = with(system(), json!({"clientId": twice}));
            let (status, body) = server.put(&vendor, &system_path(), twice).await;
            assert_eq!((status, codes(&body)), (400, vec!["AUTH.VLD-00011"]));
        }
        assert_eq!(server.count("authn_system_change").await, 1);

        let hidden = with(system(), json!({"isVisible": false, "clientId": ["client-2"]}));
        let done = (200, json!({"succeeded": true}));
        assert_eq!(server.put(&vendor, &system_path(), hidden).await, done);
        let rights = json!([{"resource": [{"id": "urn:altinn:resource", "value": RESOURCE}]}]);
        assert_eq!(server.put(&vendor, &format!("{}/rights", system_path()), rights.clone()).await, done);
        let unknown = json!([{"resource": [{"id": "urn:altinn:resource", "value": "unknown"}]}]);
        let (status, body) = server.put(&vendor, &format!("{}/rights", system_path()), unknown).await;
        assert_eq!((status, codes(&body)), (400, vec!["AUTH.VLD-00003"]));
        assert_eq!(server.put(&vendor, &format!("{}/accesspackages", system_path()), json!([])).await, done);
        let (_, body) = server.get(&vendor, &system_path()).await;
        assert_eq!((&body["rights"], &body["accessPackages"]), (&rights, &json!([])));
        assert_eq!((&body["isVisible"], &body["clientId"]), (&json!(false), &json!(["client-2"])));
        assert_eq!(server.delete(&vendor, &system_path()).await, done);
        assert_eq!(server.put(&vendor, &system_path(), system()).await.0, 400);

        let (status, log) = server.get(&vendor, &format!("{}/changelog", system_path())).await;
        let types: Vec<_> = log.as_array().unwrap().iter().map(|entry| entry["changeType"].clone()).collect();
        assert_eq!(status, 200);
        assert_eq!(types, ["delete", "accesspackageupdate", "rightsupdate", "update", "create"]);
        assert_eq!((log[0].get("changedData"), &log[4]["changedData"]["ClientId"]), (None, &json!(["client-1"])));
        assert_eq!((&log[4]["clientId"], &log[4]["changedByOrgNumber"]), (&json!("client-1"), &json!(VENDOR)));
    }

    /// A bare text is JSON only for clients that take nothing else (identity §0.3).
    async fn bare_texts_follow_the_accept_header(db: db::Db) {
        let server = Server::new(&db).await;
        let (status, headers, body) = server.call(&server.vendor(VENDOR), "PUT", &system_path(), system()).await;
        assert_eq!((status.as_u16(), body), (404, json!(format!("System with ID '{SYSTEM}' not found."))));
        assert_eq!(headers["content-type"], "text/plain; charset=utf-8");
    }
}
