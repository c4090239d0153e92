//! Authorized parties (authorization §11).

use crate::support::*;
use serde_json::{Value, json};
use testkit::assert_json;

fn names(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|p| p["name"].as_str().unwrap()).collect()
}

testkit::db_suite! { [jobs::migrations()];
    async fn own_list_is_a_bare_array_with_roles_and_sub_units(db: db::Db) {
        let server = server(&db).await;
        let (status, list) = server.get("authorizedparties?includeAccessPackages=true", &server.user(KARI)).await;
        assert_eq!(status, 200);
        assert_eq!(names(&list), ["BAKERIET AS", "HANSEN KARI", "TALL OG ORDEN AS"]);
        let roles = json!(["regnskapsforer", "regn", "a0239", "a0240", "a0241"]);
        let packages = json!([
            "regnskapsforer-med-signeringsrettighet",
            "regnskapsforer-uten-signeringsrettighet",
            "regnskapsforer-lonn"
        ]);
        let sorted = |value: &Value| {
            let mut items: Vec<String> =
                value.as_array().unwrap().iter().map(|v| v.as_str().unwrap().to_owned()).collect();
            items.sort();
            items
        };
        for unit in [&list[0], &list[0]["subunits"][0]] {
            assert_eq!(sorted(&unit["authorizedRoles"]), sorted(&roles));
            assert_eq!(sorted(&unit["authorizedAccessPackages"]), sorted(&packages));
        }
        assert_json(
            &list[0]["subunits"][0],
            &json!({
                "partyUuid": SHOP, "name": "BAKERIET AS AVD SENTRUM", "organizationNumber": "310000002",
                "parentId": BAKER, "personId": null, "dateOfBirth": null, "partyId": 50_000_011, "emailId": null,
                "type": "Organization", "unitType": "BEDR", "isDeleted": false,
                "onlyHierarchyElementWithNoAccess": false, "authorizedAccessPackages": "{any}",
                "authorizedResources": [], "authorizedRoles": "{any}", "authorizedInstances": [], "subunits": [],
            }),
        );
        let direct = server.get("authorizedparties?includePartiesViaKeyRoles=false", &server.user(KARI)).await;
        assert_eq!(names(&direct.1), ["HANSEN KARI", "TALL OG ORDEN AS"]);
    }

    async fn only_users_have_an_own_list(db: db::Db) {
        let server = server(&db).await;
        assert_eq!(server.get("authorizedparties", "").await.0, 401);
        let organisation = server.token(json!({ "urn:altinn:orgNumber": "310000001", "scope": "x" }));
        assert_eq!(server.get("authorizedparties", &organisation).await.0, 401);
        let (status, body) = server.get("authorizedparties?includeRoles=perhaps", &server.user(KARI)).await;
        assert_eq!((status.as_u16(), &body["title"]), (400, &json!("One or more validation errors occurred.")));
    }

    async fn single_party_is_found_by_id_or_refused(db: db::Db) {
        let server = server(&db).await;
        let token = server.user(KARI);
        let (status, shop) = server.get("authorizedparty/50000011", &token).await;
        assert_eq!((status.as_u16(), &shop["name"]), (200, &json!("BAKERIET AS AVD SENTRUM")));
        for id in ["0", "50000002", "99"] {
            let (status, body) = server.get(&format!("authorizedparty/{id}"), &token).await;
            assert_eq!(status, 400, "{id}");
            assert!(body["errors"]["InvalidParty"].is_array(), "{body}");
        }
    }

    async fn system_user_sees_what_it_was_given(db: db::Db) {
        let server = server(&db).await;
        let path =
            format!("enduser/connections/accesspackages?party={BAKER}&to={SYSTEM_USER}&package=skattegrunnlag");
        assert_eq!(server.send("POST", &path, &server.user(OLA), None).await.0, 200);
        let token = server.token(json!({
            "scope": "altinn:accessmanagement/authorizedparties",
            "authorization_details": [{
                "type": "urn:altinn:systemuser", "systemuser_id": [SYSTEM_USER], "system_id": "991825827_kasse",
                "systemuser_org": { "authority": "iso6523-actorid-upis", "ID": "0192:310000001" },
            }],
        }));
        let (status, body) = server.get("enduser/authorizedparties?includeAccessPackages=true", &token).await;
        assert_eq!(status, 200);
        assert_eq!(body["links"], json!({ "next": null }));
        assert_eq!(names(&body["data"]), ["BAKERIET AS"]);
        assert_eq!(body["data"][0]["authorizedAccessPackages"], json!(["skattegrunnlag"]));
        assert_eq!(body["data"][0]["authorizedRoles"], json!([]));
        assert_eq!(server.get("authorizedparties", &token).await.0, 401);
    }

    async fn service_owner_asks_about_anyone_and_filters_by_its_own_resources(db: db::Db) {
        let server = server(&db).await;
        let claims =
            |scope: &str| json!({ "scope": scope, "urn:altinn:org": "skd", "urn:altinn:orgNumber": "974761076" });
        let token = server.token(claims("altinn:accessmanagement/authorizedparties.resourceowner"));
        let ask = async |query: &str, kind: &str, value: &str| {
            let body = json!({ "Type": kind, "value": value });
            server.send("POST", &format!("serviceowner/authorizedparties{query}"), &token, Some(body)).await
        };
        let pid = "urn:altinn:person:identifier-no";
        assert_eq!(names(&ask("", pid, "03829198764").await.1), ["BAKERIET AS", "BERG OLA"]);
        // Only the managing director's own company opens the resource.
        assert_eq!(names(&ask("?anyOfResourceIds=ske-open", pid, "02829198765").await.1), ["TALL OG ORDEN AS"]);
        assert_eq!(names(&ask("?orgCode=SKD", "urn:altinn:userid", "20000002").await.1), ["BAKERIET AS"]);
        let (status, body) = ask("?orgCode=nav", pid, "03829198764").await;
        assert_eq!(status, 400);
        assert!(body["errors"]["nav"].is_array(), "{body}");
        let (status, body) = ask("", "urn:altinn:nonsense", "1").await;
        assert_eq!(status, 400);
        assert!(body["errors"]["Argument exception"].is_array(), "{body}");
        let other = server.token(claims("altinn:other"));
        assert_eq!(server.send("POST", "serviceowner/authorizedparties", &other, Some(json!({}))).await.0, 403);
    }
}
