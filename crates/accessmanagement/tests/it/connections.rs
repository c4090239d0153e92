//! Connections of an end user (access-management §4).

use crate::support::*;
use ports::accessmanagement::{AccessManagement, Grant, Right};
use serde_json::{Value, json};
use testkit::assert_json;

fn path(rest: &str) -> String {
    format!("enduser/connections{rest}")
}

testkit::db_suite! { [jobs::migrations()];
    async fn right_holder_gets_a_package_and_loses_it_again(db: db::Db) {
        let server = server(&db).await;
        let ola = server.user(OLA);
        let person = json!({ "PersonIdentifier": "04829198763", "lastName": "Dahl" });
        let (status, holder) = server.send("POST", &path(&format!("?party={BAKER}")), &ola, Some(person)).await;
        assert_eq!(status, 200, "{holder}");
        assert_json(
            &holder,
            &json!({ "id": "{uuid}", "roleId": "42cae370-2dc1-4fdc-9c67-c2f4b0f0f829", "fromId": BAKER, "toId": LIV }),
        );

        let package = format!("/accesspackages?party={BAKER}&to={LIV}&package=skattegrunnlag");
        let (status, given) = server.send("POST", &path(&package), &ola, None).await;
        assert_eq!(status, 200, "{given}");
        assert_json(&given, &json!({ "id": "{uuid}", "assignmentId": holder["id"], "packageId": "{uuid}" }));
        let again = server.send("POST", &path(&package), &ola, None).await;
        assert_eq!(again.1, given, "giving twice is giving once");

        let (_, list) =
            server.get(&path(&format!("/accesspackages?party={BAKER}&from={BAKER}&to={LIV}")), &ola).await;
        assert_eq!(list["data"].as_array().unwrap().len(), 1);
        assert_eq!(list["data"][0]["package"]["urn"], TAX);
        let permission = &list["data"][0]["permissions"][0];
        assert_eq!(
            permission["reason"],
            json!({ "flag": 1, "items": [{ "name": "direct", "description": "direct" }] })
        );
        assert_eq!(permission["to"]["name"], "DAHL LIV");

        let held =
            server.send("DELETE", &path(&format!("?party={BAKER}&from={BAKER}&to={LIV}")), &ola, None).await;
        assert_eq!(summary(&held), "400 AM.VLD-00010 QUERY/cascade");
        assert_eq!(held.1["validationErrors"][0]["packages"], TAX);
        let cascade = format!("?party={BAKER}&from={BAKER}&to={LIV}&cascade=true");
        assert_eq!(server.send("DELETE", &path(&cascade), &ola, None).await.0, 204);
        assert_eq!(
            server.send("DELETE", &path(&cascade), &ola, None).await.0,
            204,
            "absent is as good as removed"
        );
        let (_, list) = server.get(&path(&format!("?party={BAKER}&from={BAKER}&to={LIV}")), &ola).await;
        assert_eq!(list["data"], json!([]));
    }

    async fn a_weak_login_manages_no_access(db: db::Db) {
        let server = server(&db).await;
        let weak = server.token(json!({
            "urn:altinn:userid": 20_000_000 + OLA.as_u128() as i64, "urn:altinn:party:uuid": OLA.to_string(),
            "urn:altinn:authlevel": 2, "scope": "altinn:portal/enduser",
        }));
        let person = json!({ "PersonIdentifier": "04829198763", "lastName": "Dahl" });
        let add = path(&format!("?party={BAKER}"));
        assert_eq!(server.send("POST", &add, &weak, Some(person)).await.0, 403);
        assert_eq!(server.get(&path(&format!("?party={BAKER}&from={BAKER}")), &weak).await.0, 403);
        assert_eq!(server.rows().await, [0; 5]);
    }

    async fn receivers_of_the_bakery_are_its_leader_and_its_accountant(db: db::Db) {
        let server = server(&db).await;
        let (status, list) = server.get(&path(&format!("?party={BAKER}&from={BAKER}")), &server.user(OLA)).await;
        assert_eq!(status, 200);
        let data = list["data"].as_array().unwrap();
        let names: Vec<&str> = data.iter().map(|c| c["party"]["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["OLA BERG", "TALL OG ORDEN AS"]);
        assert_eq!(data[1]["connections"][0]["party"]["name"], "KARI HANSEN");
        let leader = data[0]["roles"].as_array().unwrap().iter().find(|r| r["code"] == "daglig-leder").unwrap();
        assert_json(
            leader,
            &json!({
                "id": "{uuid}", "code": "daglig-leder", "urn": "urn:altinn:external-role:ccr:daglig-leder",
                "legacyurn ": "urn:altinn:rolecode:dagl", "children": null,
            }),
        );
        let (_, roles) =
            server.get(&path(&format!("/roles?party={BAKER}&from={BAKER}&to={OLA}")), &server.user(OLA)).await;
        let revocable: Vec<&Value> =
            roles["data"].as_array().unwrap().iter().filter(|r| r["role"]["code"] == "daglig-leder").collect();
        assert_eq!(revocable[0]["role"]["isRevocable"], false);
    }

    async fn refusals_come_before_anything_is_read_and_leave_no_row(db: db::Db) {
        let server = server(&db).await;
        let (ola, kari) = (server.user(OLA), server.user(KARI));
        let own = format!("?party={BAKER}&from={BAKER}");
        assert_eq!(server.get(&path(&own), "").await.0, 401);
        assert_eq!(server.get(&path(&own), &server.token(json!({ "scope": "altinn:other" }))).await.0, 403);
        assert_eq!(
            server.get(&path(&own), &kari).await.0,
            403,
            "the accountant manages no access for its client"
        );
        assert_eq!(server.get(&path(""), &ola).await.0, 403, "without a party there is nothing to authorise for");
        let wrong = [
            (format!("?party={BAKER}"), "400 AM.VLD-00009 QUERY/from QUERY/to"),
            (format!("?party={BAKER}&from={BAKER}&to={BAKER}"), "400 AM.VLD-00009 QUERY/from QUERY/to"),
            (format!("?party={BAKER}&from={KARI}&to={LIV}"), "400 AM.VLD-00009 QUERY/from QUERY/to"),
            (format!("?party={BAKER}&from=nonsense"), "400 AM.VLD-00007 $QUERY/from"),
            ("?party=nonsense".to_owned(), "400 AM.VLD-00007 $QUERY/party"),
        ];
        for (query, expected) in wrong {
            assert_eq!(summary(&server.get(&path(&query), &ola).await), expected, "{query}");
        }
        // A scope for one direction does not open the other.
        let scope = "altinn:accessmanagement/enduser:connections:toothers.read";
        let limited = server.token(json!({ "urn:altinn:userid": 20_000_002, "urn:altinn:authlevel": 3, "scope": scope }));
        assert_eq!(server.get(&path(&own), &limited).await.0, 200);
        assert_eq!(server.get(&path(&format!("?party={BAKER}&to={BAKER}")), &limited).await.0, 403);
        assert_eq!(server.rows().await, [0; 5]);
    }

    async fn bad_grants_get_their_own_code_and_leave_no_row(db: db::Db) {
        let server = server(&db).await;
        let ola = server.user(OLA);
        let give = async |query: &str| {
            let path = path(&format!("/accesspackages?party={BAKER}&{query}"));
            summary(&server.send("POST", &path, &ola, None).await)
        };
        assert_eq!(give("package=skattegrunnlag").await, "400 STD.VLD-00000 QUERY/to");
        assert_eq!(
            give(&format!("to={}&package=skattegrunnlag", uuid::Uuid::max())).await,
            "400 AM.VLD-00006 QUERY/to"
        );
        assert_eq!(give(&format!("to={LIV}&package=skattegrunnlag")).await, "400 AM-00022");
        let to = format!("to={SYSTEM_USER}");
        assert_eq!(give(&format!("{to}&package=finnes-ikke")).await, "400 AM.VLD-00011 QUERY/package");
        assert_eq!(give(&format!("{to}&packageId={}", uuid::Uuid::nil())).await, "400 AM-00041");
        assert_eq!(give(&format!("{to}&package=innbygger-samliv")).await, "400 AM-00041");
        assert_eq!(
            give(&format!("{to}&package=regnskapsforer-lonn")).await,
            "400 AM.VLD-00026 QUERY/packageId",
            "only an accountant has it, and does not pass it on"
        );
        assert_eq!(
            give(&format!("to={ACCOUNTANT}&package=hovedadministrator")).await,
            "400 AM.VLD-00028 QUERY/package"
        );
        assert_eq!(server.rows().await, [0; 5]);
    }

    async fn strangers_are_named_by_number_and_last_name_with_few_tries(db: db::Db) {
        let server = server(&db).await;
        let ola = server.user(OLA);
        let add = async |query: String, body: Option<Value>| {
            server.send("POST", &path(&format!("?party={BAKER}{query}")), &ola, body).await
        };
        let missing = add(String::new(), None).await;
        assert_eq!(summary(&missing), "400 STD.VLD-00000 QUERY/to /PersonIdentifier /LastName");
        assert_eq!(summary(&add(format!("&to={LIV}"), None).await), "400 AM.VLD-00006 QUERY/to");
        let wrong = json!({ "personIdentifier": "04829198763", "lastName": "Dal" });
        for _ in 0..2 {
            let refused = add(String::new(), Some(wrong.clone())).await;
            assert_eq!(summary(&refused), "400 AM.VLD-00034 /PersonIdentifier /LastName");
        }
        let right = json!({ "personIdentifier": "04829198763", "lastName": "Dahl" });
        assert_eq!(summary(&add(String::new(), Some(right.clone())).await), "429 AM-00026");
        assert_eq!(server.rows().await, [0; 5]);
        server.clock.advance(std::time::Duration::from_secs(3601));
        let later = server.user(OLA);
        let again = server.send("POST", &path(&format!("?party={BAKER}")), &later, Some(right)).await;
        assert_eq!(again.0, 200, "{}", again.1);
    }

    async fn delegation_checks_say_why(db: db::Db) {
        let server = server(&db).await;
        let ola = server.user(OLA);
        let (status, list) = server
            .get(&path(&format!("/accesspackages/delegationcheck?party={BAKER}&packages=skattegrunnlag")), &ola)
            .await;
        assert_eq!(status, 200);
        let check = &list["data"][0];
        assert_eq!((&check["package"]["urn"], &check["result"]), (&json!(TAX), &json!(true)));
        let reason = check["reasons"]
            .as_array()
            .unwrap()
            .iter()
            .find(|r| r["description"] == "Direct-RolePackage")
            .unwrap();
        assert_json(
            reason,
            &json!({
                "description": "Direct-RolePackage", "roleId": "{uuid}",
                "roleUrn": "urn:altinn:external-role:ccr:daglig-leder", "fromId": BAKER, "fromName": "BAKERIET AS",
                "toId": OLA, "toName": "OLA BERG", "viaId": null, "viaName": null, "viaRoleId": null, "viaRoleUrn": null,
            }),
        );
        let (_, all) = server.get(&path(&format!("/accesspackages/delegationcheck?party={BAKER}")), &ola).await;
        assert_eq!(all["data"].as_array().unwrap().len(), 147, "every package for organisations");

        let (status, resource) = server
            .get(&path(&format!("/resources/delegationcheck?party={BAKER}&resource=ske-closed")), &ola)
            .await;
        assert_eq!(status, 200);
        let rights = resource["rights"].as_array().unwrap();
        assert_eq!(rights.len(), 1, "the owner's own right is hidden");
        assert_eq!(rights[0]["reasonCodes"], json!(["RoleAccess", "PackageAccess", "ResourceNotDelegable"]));
        assert_eq!(rights[0]["result"], false);
        let unknown =
            server.get(&path(&format!("/resources/delegationcheck?party={BAKER}&resource=x")), &ola).await;
        assert_eq!(summary(&unknown), "400 AM-00027");
    }

    async fn single_rights_are_listed_by_resource_and_taken_back(db: db::Db) {
        let server = server(&db).await;
        let ola = server.user(OLA);
        let grants =
            [Grant::Right(Right { resource: "ske-open".into(), action: None }), Grant::Package(TAX.into())];
        let mut tx = server.db.begin("test").await.unwrap();
        server.access.grant(&mut tx, BAKER, LIV, OLA, &grants).await.unwrap();
        tx.commit().await.unwrap();

        let list = path(&format!("/resources?party={BAKER}&from={BAKER}&to={LIV}"));
        let (status, resources) = server.get(&list, &ola).await;
        assert_eq!((status.as_u16(), resources.as_array().unwrap().len()), (200, 1), "a bare array: {resources}");
        assert_eq!(resources[0]["resource"]["refId"], "ske-open");
        assert_eq!(resources[0]["permissions"][0]["role"]["code"], "rettighetshaver");
        let unknown = server.get(&format!("{list}&resource=x"), &ola).await;
        assert_eq!((summary(&unknown), &unknown.1["resource"]), ("400 AM-00027".to_owned(), &json!("x")));

        let revoke = path(&format!("/resources?party={BAKER}&from={BAKER}&to={LIV}&resource=ske-open"));
        for _ in 0..2 {
            assert_eq!(server.send("DELETE", &revoke, &ola, None).await.0, 204);
        }
        assert_eq!(server.get(&list, &ola).await.1, json!([]));
        assert_eq!(server.access.granted(BAKER, LIV).await.unwrap().len(), 1, "the package stands");
        let revoke = path(&format!("/accesspackages?party={BAKER}&from={BAKER}&to={LIV}&package=skattegrunnlag"));
        assert_eq!(server.send("DELETE", &revoke, &ola, None).await.0, 204);
        assert!(server.access.granted(BAKER, LIV).await.unwrap().is_empty());
    }
}
