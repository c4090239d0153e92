//! Lists. Source: dialogporten §8.

use crate::support::*;
use serde_json::{Value, json};

async fn five(s: &Server) -> Vec<uuid::Uuid> {
    let mut ids = Vec::new();
    for i in 0..5 {
        s.clock.set(&format!("2026-11-22T12:0{i}:00Z"));
        let mut body = minimal();
        body["content"]["title"]["value"] = nb(&format!("Sak {i}"));
        body["externalReference"] = json!(format!("ref-{i}"));
        if i % 2 == 0 {
            body["dueAt"] = json!(format!("2026-12-0{}T00:00:00Z", i + 1));
            body["serviceOwnerContext"] = json!({"serviceOwnerLabels": [{"value": format!("merke-{i}")}]});
        }
        ids.push(s.dialog(&body).await);
    }
    ids
}

fn ids(page: &Value) -> Vec<String> {
    page["items"].as_array().unwrap().iter().map(|i| i["id"].as_str().unwrap().to_owned()).collect()
}

fn names(ids: &[uuid::Uuid], which: &[usize]) -> Vec<String> {
    which.iter().map(|i| ids[*i].to_string()).collect()
}

/// All pages of two, put together.
async fn all_pages(s: &Server, path: &str, token: &str) -> Vec<String> {
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let at = format!("{path}&limit=2&continuationToken={cursor}");
        let page = s.get(&at, token).await.expect(200).body;
        found.extend(ids(&page));
        cursor = page["continuationToken"].as_str().unwrap_or_default().replace('+', "%2B");
        if page["hasNextPage"] == false {
            return found;
        }
        assert!(found.len() < 20, "paging does not end");
    }
}

testkit::db_suite! { [jobs::migrations()];
    async fn pages_join_without_gap_or_repetition_in_every_order(db: db::Db) {
        let s = server(&db).await;
        let made = five(&s).await;
        let path = format!("{EU}?party={BAKER_URN}");
        for (order, expected) in [
            ("", [4, 3, 2, 1, 0]),
            ("&orderBy=createdAt_asc", [0, 1, 2, 3, 4]),
            ("&orderBy=dueAt_asc,createdAt_asc", [0, 2, 4, 1, 3]),
            ("&orderBy=dueAt,createdAt_asc", [1, 3, 4, 2, 0]),
        ] {
            let found = all_pages(&s, &format!("{path}{order}"), &s.user(KARI)).await;
            assert_eq!(found, names(&made, &expected), "{order}");
        }
        let page = s.get(&format!("{path}&limit=1"), &s.user(KARI)).await.body;
        assert_eq!(page["orderBy"], "contentupdatedat_desc,id_desc");
        assert_eq!(
            page["continuationToken"],
            format!("contentupdatedat_2026-11-22T12:04:00.0000000Z,id_{}", made[4])
        );
    }

    async fn an_item_has_the_members_of_a_list_item(db: db::Db) {
        let s = server(&db).await;
        let mut body = minimal();
        body["content"]["additionalInfo"] = json!({"value": nb("Mer")});
        body["activities"] = json!([{"type": "DialogCreated", "performedBy": {"actorType": "ServiceOwner"}}]);
        let id = s.dialog(&body).await;
        let page = s.get(&format!("{EU}?party={BAKER_URN}"), &s.user(KARI)).await.expect(200).body;
        let now = "2026-11-22T12:00:00.0000000Z";
        testkit::assert_json(
            &page["items"][0],
            &json!({
                "id": id, "org": "ttd", "serviceResource": "urn:altinn:resource:ttd-service",
                "serviceResourceType": "genericaccessresource", "party": BAKER_URN,
                "createdAt": now, "updatedAt": now, "contentUpdatedAt": now, "status": "NotApplicable",
                "systemLabel": "Default", "isApiOnly": false, "hasUnopenedContent": false, "isContentSeen": false,
                "guiAttachmentCount": 0, "fromServiceOwnerTransmissionsCount": 0, "fromPartyTransmissionsCount": 0,
                "seenSinceLastUpdate": [], "seenSinceLastContentUpdate": [],
                "endUserContext": {"revision": "{uuid}", "systemLabels": ["Default"]},
                "latestActivity": {"id": "{uuid}", "createdAt": now, "type": "DialogCreated",
                    "performedBy": {"actorType": "ServiceOwner"}, "description": []},
                "content": {"title": {"value": nb("Årsoppgave"), "mediaType": "text/plain"}},
            }),
        );
        assert_eq!(s.rows("dialog_seen").await, 0, "a list marks nothing as seen");
    }

    async fn nobody_lists_what_they_may_not_read_and_questions_follow_services_not_dialogs(db: db::Db) {
        let s = server(&db).await;
        five(&s).await;
        s.rights.asked.lock().unwrap().clear();
        let mine =
            s.get(&format!("{EU}?serviceResource=urn:altinn:resource:ttd-service"), &s.user(KARI)).await.body;
        assert_eq!(ids(&mine).len(), 5);
        assert_eq!(s.rights.asked.lock().unwrap().len(), 1);
        let none = s.get(&format!("{EU}?party={BAKER_URN}"), &s.user(OLA)).await.expect(200).body;
        assert_eq!(none, json!({"items": [], "hasNextPage": false, "orderBy": "contentupdatedat_desc,id_desc"}));
        s.rights.take_all();
        assert_eq!(ids(&s.get(&format!("{EU}?party={BAKER_URN}"), &s.user(KARI)).await.body).len(), 0);
    }

    async fn filters_narrow(db: db::Db) {
        let s = server(&db).await;
        let made = five(&s).await;
        let path = format!("{EU}?party={BAKER_URN}");
        for (filter, expected) in [
            ("externalReference=ref-3", vec![3]),
            ("createdAfter=2026-11-22T12:03:00Z", vec![4, 3]),
            ("createdBefore=2026-11-22T12:00:00Z", vec![0]),
            ("dueAfter=2026-12-02T00:00:00Z", vec![4, 2]),
            ("search=%22sak%202%22", vec![2]),
            ("search=sak%20-3%20-4", vec![2, 1, 0]),
            ("status=Completed", vec![]),
            ("org=ttd&isContentSeen=false&limit=1", vec![4]),
            ("org=brg", vec![]),
            ("systemLabel=Bin", vec![]),
        ] {
            let found = ids(&s.get(&format!("{path}&{filter}"), &s.user(KARI)).await.expect(200).body);
            assert_eq!(found, names(&made, &expected), "{filter}");
        }
        for (filter, expected) in [
            ("serviceOwnerLabels=MERKE-2", vec![2]),
            ("serviceOwnerLabels=merke*", vec![4, 2, 0]),
            ("deleted=Only", vec![]),
        ] {
            let found = ids(&s.get(&format!("{SO}/?{filter}"), &s.owner()).await.expect(200).body);
            assert_eq!(found, names(&made, &expected), "{filter}");
        }
        assert_eq!(ids(&s.get(SO, &s.owner_with(BRG, "")).await.body).len(), 0);
    }

    async fn what_cannot_be_asked_is_refused_with_its_key(db: db::Db) {
        let s = server(&db).await;
        let path = format!("{EU}?party={BAKER_URN}");
        assert_eq!(
            s.get(EU, &s.user(KARI)).await.expect(400).error(""),
            "Either ServiceResource or Party must be specified."
        );
        for (filter, key) in [
            ("limit=0", "limit"),
            ("limit=1001", "limit"),
            ("orderBy=title", "orderBy"),
            ("continuationToken=x", "continuationToken"),
            ("search=ab", "search"),
            ("status=Nope", "status"),
            ("createdAfter=2026-01-01", "createdafter"),
        ] {
            s.get(&format!("{path}&{filter}"), &s.user(KARI)).await.expect(400).error(key);
        }
        let short = format!("{path}&orderBy=dueAt&continuationToken=id_{}", uuid::Uuid::nil());
        assert_eq!(
            s.get(&short, &s.user(KARI)).await.expect(400).error("continuationToken"),
            "ContinuationToken does not match OrderBy. Missing token keys: [dueat]."
        );
    }

    async fn a_weak_login_and_the_owner_list_the_open_title_only(db: db::Db) {
        let s = server(&db).await;
        s.rights.give(KARI, BAKER, "ttd-secret", "read", "main");
        let mut body = minimal();
        body["serviceResource"] = json!("urn:altinn:resource:ttd-secret");
        body["content"]["nonSensitiveTitle"] = json!({"value": nb("Logg inn sterkere")});
        s.dialog(&body).await;
        let page = s.get(&format!("{EU}?party={BAKER_URN}"), &s.user(KARI)).await.body;
        assert_eq!(page["items"][0]["content"]["title"]["value"], nb("Logg inn sterkere"));
        let title = body["content"]["title"]["value"].clone();
        body["serviceResource"] = json!("urn:altinn:resource:ttd-service");
        let plain = s.dialog(&body).await;
        let page = s.get(SO, &s.owner()).await.expect(200).body;
        for item in page["items"].as_array().unwrap() {
            let shown = if item["id"] == plain.to_string() { &title } else { &nb("Logg inn sterkere") };
            assert_eq!(&item["content"]["title"]["value"], shown);
        }
        assert_eq!(page["items"].as_array().unwrap().len(), 2);
    }

    async fn parties_and_limits(db: db::Db) {
        let s = server(&db).await;
        let r = s.get("/dialogporten/api/v1/enduser/parties", &s.user(KARI)).await.expect(200);
        let list = r.body["authorizedParties"].as_array().unwrap();
        assert_eq!(list.len(), 2);
        let baker = list.iter().find(|p| p["party"] == BAKER_URN).unwrap();
        testkit::assert_json(
            baker,
            &json!({
                "party": BAKER_URN, "partyUuid": BAKER, "partyId": 50_000_010, "name": "BAKERIET AS",
                "partyType": "Organization", "isDeleted": false, "hasKeyRole": false, "isCurrentEndUser": false,
                "isMainAdministrator": false, "isAccessManager": false, "hasOnlyAccessToSubParties": false,
            }),
        );
        let html = [("accept", "text/html")];
        s.send("GET", "/dialogporten/api/v1/enduser/parties", &s.user(KARI), &html, None).await.expect(406);
        let limits = s.get("/dialogporten/api/v1/metadata/limits", "").await.expect(200).body;
        assert_eq!(limits["endUserSearch"]["maxPartyFilterValues"], 100);
        assert_eq!(limits["serviceOwnerSearch"]["maxPartyFilterValues"], 20);
    }
}
