//! The catalogue without login (access-management §2), and what the PDP's look-ups answer.

use crate::support::*;
use serde_json::{Value, json};
use testkit::assert_json;

testkit::db_suite! { [jobs::migrations()];
    async fn role_by_id_is_an_array_of_one(db: db::Db) {
        let server = server(&db).await;
        let (status, list) = server.get("meta/info/roles/42cae370-2dc1-4fdc-9c67-c2f4b0f0f829", "").await;
        assert_eq!(status, 200);
        assert_json(
            &list,
            &json!([{
                "id": "42cae370-2dc1-4fdc-9c67-c2f4b0f0f829", "name": "Rettighetshaver", "code": "rettighetshaver",
                "description": "{text}", "isKeyRole": false, "urn": "urn:altinn:role:rettighetshaver",
                "legacyRoleCode": null, "legacyUrn": null, "isResourcePolicyAvailable": false,
                "provider": {
                    "id": "{uuid}", "name": "Altinn 3", "refId": null, "logoUrl": null, "code": "sys-altinn3",
                    "typeId": null, "type": null,
                },
            }]),
        );
        assert_eq!(server.get(&format!("meta/info/roles/{}", uuid::Uuid::nil()), "").await.0, 404);
        assert_eq!(server.get("meta/info/roles", "").await.1.as_array().unwrap().len(), 148);
    }

    async fn packages_of_a_role_need_an_organisation_form(db: db::Db) {
        let server = server(&db).await;
        let count = async |query: &str| {
            let (status, list) = server.get(&format!("meta/info/roles/{query}"), "").await;
            (status.as_u16(), list.as_array().map_or(0, Vec::len))
        };
        assert_eq!(count("packages?role=forretningsforer&variant=NUF").await, (200, 10));
        assert_eq!(count("packages?role=forretningsforer&variant=AS").await, (200, 0));
        assert_eq!(count("packages?role=forretningsforer").await.0, 400);
        assert_eq!(count("packages?role=finnesikke&variant=AS").await.0, 404);
        assert_eq!(count("packages?role=regnskapsforer&variant=XYZ").await.0, 404);
        assert_eq!(count(&format!("{}/packages?variant=AS", uuid::Uuid::nil())).await, (200, 0));
    }

    async fn packages_are_found_by_id_urn_and_words(db: db::Db) {
        let server = server(&db).await;
        let (_, by_urn) = server.get(&format!("meta/info/accesspackages/package/urn/{TAX}"), "").await;
        let id = by_urn["id"].as_str().unwrap();
        for name in ["package/urn/skattegrunnlag", "package/urn/:skattegrunnlag", &format!("package/{id}")] {
            assert_eq!(server.get(&format!("meta/info/accesspackages/{name}"), "").await.1, by_urn, "{name}");
        }
        assert_eq!(server.get("meta/info/accesspackages/package/urn/finnesikke", "").await.0, 404);
        let (_, hits) = server.get("meta/info/accesspackages/search?term=jordbruk", "").await;
        assert_eq!(hits[0]["object"]["urn"], "urn:altinn:accesspackage:jordbruk");
        assert_eq!(server.get("meta/info/accesspackages/search?term=xyzzy", "").await.0, 204);
        assert_eq!(server.get("meta/info/accesspackages/search?typeName=Rom", "").await.0, 500);
        let (_, owned) = server.get("meta/info/accesspackages/search?resourceProviderCode=skd", "").await;
        let urns: Vec<&Value> = owned.as_array().unwrap().iter().map(|h| &h["object"]["urn"]).collect();
        assert_eq!(urns, [TAX]);
        let (_, resources) = server.get(&format!("meta/info/accesspackages/package/{id}/resources"), "").await;
        assert_eq!(resources[0]["refId"], "ske-open");
        let (_, export) = server.get("meta/info/accesspackages/export", "").await;
        let packages: usize = export
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|group| group["areas"].as_array().unwrap())
            .map(|area| area["packages"].as_array().unwrap().len())
            .sum();
        assert_eq!((export.as_array().unwrap().len(), packages), (5, 223));
    }

    async fn policy_information_is_for_the_platform_only(db: db::Db) {
        let server = server(&db).await;
        let path = format!("policyinformation/accesspackages?from={BAKER}&to={OLA}");
        assert_eq!(server.get(&path, &server.user(OLA)).await.0, 401);
    }
}
