//! Vendors' requests and the customer's decision.

use crate::support::{
    BASE, CLIENT_PACKAGE, CUSTOMER, CUSTOMER_ID, CUSTOMER_UUID, DIRECTOR, EMPLOYEE, NEIGHBOUR_ID,
    OTHER_VENDOR, OUT_OF_REACH, PACKAGE, RESOURCE, STRANGER, SYSTEM, Server, VENDOR, request, system, with,
};
use ports::authentication::{RequestStatus, SystemUserApprovals, SystemUsers};
use serde_json::{Value, json};
use uuid::Uuid;

fn path(rest: &str) -> String {
    format!("{BASE}/systemuser/request/{rest}")
}

fn decision(party: i64, id: Uuid, word: &str) -> String {
    path(&format!("{party}/{id}/{word}"))
}

testkit::db_suite! { [];
    async fn a_request_is_made_once_and_read_by_its_vendor_alone(db: db::Db) {
        let server = Server::new(&db).await;
        server.register().await;
        let vendor = server.vendor(VENDOR);
        let (status, headers, body) = server.call(&vendor, "POST", &path("vendor"), request()).await;
        let id = body["id"].as_str().unwrap().to_owned();
        assert_eq!(status, 201);
        assert_eq!(headers["location"], format!("http://localhost:8080{}", path(&id)));
        let confirm = format!(
            "http://localhost:8080/accessmanagement/ui/systemuser/request?id={id}&DONTCHOOSEREPORTEE=true"
        );
        let expected = with(
            request(),
            json!({
                "id": id, "integrationTitle": "Regnskap", "status": "New", "confirmUrl": confirm, "escalated": false,
                "created": "2026-03-02T09:00:00Z", "timedOut": false,
            }),
        );
        assert_eq!(body, expected);

        let (status, again) = server.post(&vendor, &path("vendor"), request()).await;
        assert_eq!((status, &again), (200, &expected));
        assert_eq!(server.get(&vendor, &path(&format!("vendor/{id}"))).await, (200, expected.clone()));
        let by_ref = path(&format!("vendor/byexternalref/{SYSTEM}/{CUSTOMER}/branch-1"));
        assert_eq!(server.get(&vendor, &by_ref).await, (200, expected));
        let (status, page) = server.get(&vendor, &path(&format!("vendor/bysystem/{SYSTEM}"))).await;
        assert_eq!((status, &page["data"][0]["id"], &page["links"]), (200, &json!(id), &json!({})));
        assert_eq!(page["data"][0].get("confirmUrl"), None);

        let other = server.vendor(OTHER_VENDOR);
        for path in [path(&format!("vendor/{id}")), by_ref, path(&format!("vendor/bysystem/{SYSTEM}"))] {
            let (status, body) = server.get(&other, &path).await;
            assert_eq!((status, &body["code"]), (404, &json!("AUTH-00011")), "{path}");
        }
        let (status, body) = server.get(&vendor, &path(&format!("vendor/agent/{id}"))).await;
        assert_eq!((status, &body["code"]), (404, &json!("AUTH-00010")));
        let nobody = server.nobody("altinn:authentication/systemuser.request.read");
        assert_eq!(server.get(&nobody, &path(&format!("vendor/{id}"))).await, (401, json!("")));
        assert_eq!(server.get(&vendor, &path("vendor/not-a-uuid")).await.0, 400);
    }

    async fn a_bad_request_is_refused_by_code_and_leaves_nothing(db: db::Db) {
        let server = Server::new(&db).await;
        server.register().await;
        let vendor = server.vendor(VENDOR);
        let right = |value: &str| json!([{"resource": [{"id": "urn:altinn:resource", "value": value}]}]);
        let cases = [
            (json!({"systemId": "310149942_unknown"}), 404, "AUTH-00011"),
            (json!({"partyOrgNo": "999999999"}), 400, "AUTH-00000"),
            (json!({"redirectUrl": "https://evil.example/done"}), 400, "AUTH-00021"),
            (json!({"rights": right("not-on-system")}), 400, "AUTH-00001"),
            (json!({"rights": Value::Null, "accessPackages": Value::Null}), 400, "AUTH-00059"),
            (json!({"accessPackages": [{"urn": CLIENT_PACKAGE}]}), 400, "AUTH-00063"),
        ];
        for (change, expected, code) in cases {
            let (status, body) = server.post(&vendor, &path("vendor"), with(request(), change)).await;
            assert_eq!((status, &body["code"]), (expected, &json!(code)), "{body}");
        }
        let nulls = r#"{"rights":null,"accessPackages":null}"#;
        let mut both_null = request();
        for (name, value) in serde_json::from_str::<Value>(nulls).unwrap().as_object().unwrap() {
            both_null[name] = value.clone();
        }
        assert_eq!(server.post(&vendor, &path("vendor"), both_null).await.1["code"], "AUTH-00001");
        let (status, body) = server.post(&server.vendor(OTHER_VENDOR), &path("vendor"), request()).await;
        assert_eq!((status, &body["code"]), (404, &json!("AUTH-00011")));
        let nobody = server.nobody("altinn:authentication/systemuser.request.write");
        let (status, body) = server.post(&nobody, &path("vendor"), request()).await;
        assert_eq!((status, &body["code"]), (401, &json!("AUTH-00023")));
        let (status, body) = server.post(&vendor, &path("vendor"), with(request(), json!({"systemId": null}))).await;
        assert_eq!((status, body["errors"].get("systemid").is_some()), (400, true), "{body}");
        assert_eq!(server.count("authn_systemuser_request").await, 0);
        assert_eq!(server.count("audit_entry WHERE subject_kind <> 'system'").await, 0);
    }

    async fn approval_makes_the_system_user_its_grants_and_the_audit_row_together(db: db::Db) {
        let server = Server::new(&db).await;
        server.register().await;
        let id = server.ask().await;
        let director = server.person(DIRECTOR);
        let (status, view) = server.get(&director, &path(&id.to_string())).await;
        assert_eq!(status, 200);
        assert_eq!((&view["partyId"], &view["partyUuid"]), (&json!(CUSTOMER_ID), &json!(CUSTOMER_UUID)));
        assert_eq!(view["userMayEscalateButNotApprove"], false);
        assert!(server.users.by_external_id("client-1", VENDOR, CUSTOMER, Some("branch-1")).await.unwrap().is_none());

        assert_eq!(server.post(&director, &decision(CUSTOMER_ID, id, "approve"), Value::Null).await, (200, json!(true)));
        let (_, body) = server.get(&server.vendor(VENDOR), &path(&format!("vendor/{id}"))).await;
        assert_eq!(body["status"], "Accepted");
        let user = server.users.by_external_id("client-1", VENDOR, CUSTOMER, Some("branch-1")).await.unwrap().unwrap();
        assert_eq!((user.id, user.owner, user.system_id.as_str()), (id, CUSTOMER_UUID, SYSTEM));
        // One package and both delegable actions of the one right.
        assert_eq!(server.count("granted").await, 3);
        assert_eq!(server.count("audit_entry WHERE subject_kind <> 'system'").await, 2);

        // A second decision changes nothing.
        for word in ["approve", "reject"] {
            let (status, body) = server.post(&director, &decision(CUSTOMER_ID, id, word), Value::Null).await;
            assert_eq!((status, &body["code"]), (409, &json!("AUTH-00013")));
        }
        assert_eq!((server.count("granted").await, server.count("authn_systemuser").await), (3, 1));
        let (status, body) = server.post(&server.vendor(VENDOR), &path("vendor"), request()).await;
        assert_eq!((status, &body["code"]), (400, &json!("AUTH-00004")));
    }

    async fn only_who_manages_access_for_the_right_party_decides(db: db::Db) {
        let server = Server::new(&db).await;
        server.register().await;
        let id = server.ask().await;
        let approve = decision(CUSTOMER_ID, id, "approve");
        for person in [EMPLOYEE, STRANGER] {
            assert_eq!(server.post(&server.person(person), &approve, Value::Null).await, (403, json!("")));
        }
        assert_eq!(server.post(&server.vendor(VENDOR), &approve, Value::Null).await, (403, json!("")));
        let weak = server.person_at(DIRECTOR, 2);
        assert_eq!(server.post(&weak, &approve, Value::Null).await, (403, json!("")));
        let director = server.person(DIRECTOR);
        let (status, body) = server.post(&director, &decision(NEIGHBOUR_ID, id, "approve"), Value::Null).await;
        assert_eq!((status, &body["code"]), (403, &json!("AUTH-00041")));
        let (status, body) = server.post(&director, &decision(1, id, "approve"), Value::Null).await;
        assert_eq!((status, &body["code"]), (400, &json!("AUTH-00000")));
        let unknown = decision(CUSTOMER_ID, Uuid::from_u128(9), "approve");
        let (status, body) = server.post(&director, &unknown, Value::Null).await;
        assert_eq!((status, &body["code"]), (404, &json!("AUTH-00010")));
        for table in ["authn_systemuser", "granted"] {
            assert_eq!(server.count(table).await, 0, "{table}");
        }
        assert_eq!(server.count("audit_entry WHERE subject_kind <> 'system'").await, 1);
    }

    async fn rights_out_of_the_approvers_reach_stop_the_approval(db: db::Db) {
        let server = Server::new(&db).await;
        server.register().await;
        let right = json!([{"resource": [{"id": "urn:altinn:resource", "value": OUT_OF_REACH}]}]);
        let body = with(request(), json!({"rights": right}));
        let (_, body) = server.post(&server.vendor(VENDOR), &path("vendor"), body).await;
        let id = body["id"].as_str().unwrap().parse().unwrap();
        let (status, body) =
            server.post(&server.person(DIRECTOR), &decision(CUSTOMER_ID, id, "approve"), Value::Null).await;
        assert_eq!((status, &body["code"]), (403, &json!("AUTH-00016")));
        assert_eq!(body["delegationReasons"], "MissingRoleAccess: none of the roles");
        let (_, body) = server.get(&server.vendor(VENDOR), &path(&format!("vendor/{id}"))).await;
        assert_eq!(body["status"], "New");
        assert_eq!((server.count("authn_systemuser").await, server.count("granted").await), (0, 0));
    }

    /// The cookie alone proves nothing about where a change comes from.
    async fn a_cookie_needs_proof_against_forgery(db: db::Db) {
        let server = Server::new(&db).await;
        server.register().await;
        let id = server.ask().await;
        let send = |proof: Option<String>| {
            let mut request = http::Request::post(decision(CUSTOMER_ID, id, "approve"))
                .header("host", "localhost:8080")
                .header("cookie", format!("AltinnStudioRuntime={}", server.person(DIRECTOR)));
            if let Some(proof) = proof {
                request = request.header("x-xsrf-token", proof);
            }
            server.send(request.body(axum::body::Body::empty()).unwrap())
        };
        assert_eq!(send(None).await.0, 403);
        assert_eq!(send(Some("wrong".to_owned())).await.0, 403);
        assert_eq!((server.count("authn_systemuser").await, server.count("granted").await), (0, 0));
        assert_eq!(send(Some(server.csrf())).await.0, 200);
        assert_eq!(server.count("authn_systemuser").await, 1);
    }

    async fn a_rejected_request_stays_until_it_is_deleted(db: db::Db) {
        let server = Server::new(&db).await;
        server.register().await;
        let id = server.ask().await;
        let (vendor, director) = (server.vendor(VENDOR), server.person(DIRECTOR));
        assert_eq!(server.post(&director, &decision(CUSTOMER_ID, id, "reject"), Value::Null).await, (200, json!(true)));
        let (status, body) = server.post(&vendor, &path("vendor"), request()).await;
        assert_eq!((status, &body["status"]), (200, &json!("Rejected")));
        let gone = path(&format!("vendor/{id}"));
        let (status, body) = server.delete(&server.vendor(OTHER_VENDOR), &gone).await;
        assert_eq!((status, &body["code"]), (404, &json!("AUTH-00010")));
        assert_eq!(server.delete(&vendor, &gone).await, (202, json!("")));
        assert_eq!(server.delete(&vendor, &gone).await.0, 404);
        assert_eq!(server.get(&vendor, &gone).await.1["code"], "AUTH-00010");
        assert_eq!(server.post(&vendor, &path("vendor"), request()).await.0, 201);
        assert_eq!(server.count("authn_systemuser").await, 0);
    }

    async fn who_may_not_approve_can_pass_the_request_on(db: db::Db) {
        let server = Server::new(&db).await;
        server.register().await;
        let id = server.ask().await;
        let (status, view) = server.get(&server.person(EMPLOYEE), &path(&id.to_string())).await;
        assert_eq!((status, &view["userMayEscalateButNotApprove"]), (200, &json!(true)));
        let (status, body) = server.get(&server.person(STRANGER), &path(&id.to_string())).await;
        assert_eq!((status, &body["code"]), (403, &json!("AUTH-00066")));
        let escalate = decision(CUSTOMER_ID, id, "escalate");
        assert_eq!(server.post(&server.person(STRANGER), &escalate, Value::Null).await, (200, json!(false)));
        assert_eq!(server.post(&server.person(EMPLOYEE), &escalate, Value::Null).await, (200, json!(true)));
        let pending = path(&format!("{CUSTOMER_ID}/{CUSTOMER}/pending"));
        let (status, body) = server.get(&server.person(DIRECTOR), &pending).await;
        assert_eq!((status, &body[0]["escalated"], &body[0]["status"]), (200, &json!(true), &json!("New")));
        assert_eq!(server.get(&server.person(EMPLOYEE), &pending).await, (403, json!("")));
        // WIRE: the single view never tells (identity §4.2).
        let (_, body) = server.get(&server.person(DIRECTOR), &path(&format!("{CUSTOMER_ID}/{id}"))).await;
        assert_eq!(body["escalated"], false);
    }

    async fn age_is_shown_and_the_status_kept(db: db::Db) {
        let server = Server::new(&db).await;
        server.register().await;
        let id = server.ask().await;
        server.clock.advance(jiff::SignedDuration::from_hours(180 * 24 + 1));
        let (_, body) = server.get(&server.vendor(VENDOR), &path(&format!("vendor/{id}"))).await;
        assert_eq!((&body["timedOut"], &body["status"]), (&json!(true), &json!("New")));
        assert_eq!(
            server.post(&server.person(DIRECTOR), &decision(CUSTOMER_ID, id, "approve"), Value::Null).await,
            (200, json!(true))
        );
    }

    async fn pages_hold_fifty_and_lose_none(db: db::Db) {
        let server = Server::new(&db).await;
        server.register().await;
        let vendor = server.vendor(VENDOR);
        for n in 0..51 {
            let body = with(request(), json!({"externalRef": format!("branch-{n}")}));
            assert_eq!(server.post(&vendor, &path("vendor"), body).await.0, 201);
        }
        let (_, first) = server.get(&vendor, &path(&format!("vendor/bysystem/{SYSTEM}"))).await;
        let next = first["links"]["next"].as_str().unwrap().strip_prefix("http://localhost:8080").unwrap();
        let (_, second) = server.get(&vendor, next).await;
        let mut ids: Vec<_> = [&first, &second]
            .iter()
            .flat_map(|page| page["data"].as_array().unwrap())
            .map(|request| request["id"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!((ids.len(), &second["links"]), (51, &json!({})));
        ids.dedup();
        assert_eq!(ids.len(), 51);
        let bad = path(&format!("vendor/bysystem/{SYSTEM}?token=nonsense"));
        assert_eq!(server.get(&vendor, &bad).await.0, 400);
    }

    /// An agent's packages are kept, not granted.
    async fn agents_are_asked_for_by_package_alone(db: db::Db) {
        let server = Server::new(&db).await;
        let agent = with(
            system(),
            json!({"isVisible": false, "accessPackages": [{"urn": PACKAGE}, {"urn": CLIENT_PACKAGE}]}),
        );
        let vendor = server.vendor(VENDOR);
        assert_eq!(server.post(&vendor, &format!("{BASE}/systemregister/vendor"), agent).await.0, 200);
        let none = with(request(), json!({"rights": null, "accessPackages": []}));
        let (status, body) = server.post(&vendor, &path("vendor/agent"), none).await;
        assert_eq!((status, &body["code"]), (400, &json!("AUTH-00058")));
        let body = with(request(), json!({"rights": null, "accessPackages": [{"urn": CLIENT_PACKAGE}]}));
        let (status, standard) = server.post(&vendor, &path("vendor"), body.clone()).await;
        assert_eq!((status, &standard["code"]), (400, &json!("AUTH-00064")));
        assert_eq!(standard["NotDelegablePackages"], CLIENT_PACKAGE);
        let (status, body) = server.post(&vendor, &path("vendor/agent"), body).await;
        assert_eq!((status, body.get("rights")), (201, None));
        assert!(body["confirmUrl"].as_str().unwrap().contains("/systemuser/agentrequest?id="));
        let approve = path(&format!("agent/{CUSTOMER_ID}/{}/approve", body["id"].as_str().unwrap()));
        assert_eq!(server.post(&server.person(DIRECTOR), &approve, Value::Null).await, (200, json!(true)));
        assert_eq!((server.count("authn_systemuser").await, server.count("granted").await), (1, 0));
    }

    /// Pages in the same process decide by the same rules.
    async fn the_port_decides_like_the_api(db: db::Db) {
        let server = Server::new(&db).await;
        server.register().await;
        let id = server.ask().await;
        let view = server.approvals.request(DIRECTOR, id).await.unwrap().unwrap();
        assert_eq!((view.resources, view.packages), (vec![RESOURCE.to_owned()], vec![PACKAGE.to_owned()]));
        assert_eq!((view.status, view.may_escalate_only), (RequestStatus::New, false));
        let refused = server.approvals.approve(EMPLOYEE, 3, id).await.unwrap().unwrap_err();
        assert_eq!((refused.status, refused.code.as_str()), (403, "AUTH-00066"));
        server.approvals.escalate(EMPLOYEE, id).await.unwrap().unwrap();
        let weak = server.approvals.approve(DIRECTOR, 2, id).await.unwrap().unwrap_err();
        assert_eq!(weak.status, 403, "the policy wants a stronger login");
        server.approvals.approve(DIRECTOR, 3, id).await.unwrap().unwrap();
        let refused = server.approvals.reject(DIRECTOR, 3, id).await.unwrap().unwrap_err();
        assert_eq!((refused.status, refused.code.as_str()), (409, "AUTH-00013"));
        assert_eq!(server.approvals.revoke(EMPLOYEE, 3, id).await.unwrap().unwrap_err().status, 403);
        server.approvals.revoke(DIRECTOR, 3, id).await.unwrap().unwrap();
        assert_eq!(server.count("granted").await, 0);
    }
}
