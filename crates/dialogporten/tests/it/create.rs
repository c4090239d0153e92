//! POST and GET of dialogs by service owners. Shapes: dialogporten §1, §4, §6; refusals: §2, §3, §5.

use crate::support::*;
use serde_json::{Value, json};
use testkit::assert_json;

fn full() -> Value {
    json!({
        "Title": "unknown members are ignored",
        "ServiceResource": "urn:altinn:resource:ttd-service",
        "party": BAKER_URN,
        "idempotentKey": "key-1",
        "status": "New",
        "progress": 40,
        "extendedStatus": "avventer",
        "externalReference": "ref-1",
        "process": "urn:p:1",
        "dueAt": "2026-12-24T12:00:00+01:00",
        "content": {
            "title": {"value": [{"value": "Title", "languageCode": "en-US"}, {"value": "Tittel", "languageCode": "nb"}]},
            "summary": {"value": nb("Sammendrag"), "mediaType": "text/plain"},
            "additionalInfo": {"value": nb("**Mer**"), "mediaType": "text/markdown"},
            "mainContentReference": {
                "value": nb("https://ttd.example/main"),
                "mediaType": "application/vnd.dialogporten.frontchannelembed+json;type=markdown",
            },
        },
        "searchTags": [{"value": "skatt"}],
        "attachments": [
            {"displayName": nb("B"), "urls": [{"url": "https://ttd.example/b.pdf", "consumerType": "Gui", "mediaType": "application/pdf"}]},
            {"displayName": nb("A"), "name": "a.xml", "urls": [{"url": "https://ttd.example/a.xml", "consumerType": "api"}]},
        ],
        "guiActions": [{"action": "read", "url": "https://ttd.example/go", "priority": "Primary", "title": nb("Åpne")}],
        "apiActions": [{"action": "write", "endPoints": [{"url": "https://ttd.example/api", "httpMethod": "POST"}]}],
        "transmissions": [{
            "type": "Submission",
            "sender": {"actorType": "PartyRepresentative", "actorId": format!("urn:altinn:person:identifier-no:{KARI_PID}")},
            "content": {"title": {"value": nb("Innsending")}},
            "attachments": [{"displayName": nb("Kvittering"), "urls": [{"url": "https://ttd.example/r", "consumerType": "Gui"}]}],
        }],
        "activities": [{"type": "Information", "performedBy": {"actorType": "ServiceOwner"}, "description": nb("Mottatt")}],
        "serviceOwnerContext": {"serviceOwnerLabels": [{"value": " Merke-1 "}]},
    })
}

testkit::db_suite! { [jobs::migrations()];
    async fn what_is_sent_comes_back_in_full(db: db::Db) {
        let s = server(&db).await;
        let made = s.post(SO, &s.owner(), &full()).await.expect(201);
        let id = made.id();
        assert_eq!(made.header("location"), format!("/api/v1/serviceowner/dialogs/{id}"));
        let got = s.get(&format!("{SO}/{id}"), &s.owner()).await.expect(200);
        assert_eq!(got.header("etag"), made.header("etag"));
        let now = "2026-11-22T12:00:00.0000000Z";
        let text = |value: Value| json!({"value": value, "mediaType": "text/plain"});
        let embed = "application/vnd.dialogporten.frontchannelembed-url;type=text/markdown";
        assert_json(
            &got.body,
            &json!({
                "id": id, "revision": made.header("etag"), "idempotentKey": "key-1", "org": "ttd",
                "serviceResource": "urn:altinn:resource:ttd-service", "serviceResourceType": "genericaccessresource",
                "party": BAKER_URN, "progress": 40, "extendedStatus": "avventer", "externalReference": "ref-1",
                "process": "urn:p:1", "dueAt": "2026-12-24T11:00:00.0000000Z",
                "createdAt": now, "updatedAt": now, "contentUpdatedAt": now,
                "status": "NotApplicable", "systemLabel": "Default", "isApiOnly": false,
                "hasUnopenedContent": false, "isContentSeen": false,
                "fromServiceOwnerTransmissionsCount": 0, "fromPartyTransmissionsCount": 1,
                "seenSinceLastUpdate": [], "seenSinceLastContentUpdate": [],
                "endUserContext": {"revision": "{uuid}", "systemLabels": ["Default", "Sent"]},
                "serviceOwnerContext": {"revision": "{uuid}", "serviceOwnerLabels": [{"value": "merke-1"}]},
                "searchTags": [{"value": "skatt"}],
                "content": {
                    "title": text(json!([{"value": "Title", "languageCode": "en"}, {"value": "Tittel", "languageCode": "nb"}])),
                    "summary": text(nb("Sammendrag")),
                    "additionalInfo": {"value": nb("**Mer**"), "mediaType": "text/markdown"},
                    "mainContentReference": {"value": nb("https://ttd.example/main"), "mediaType": embed},
                },
                "attachments": [
                    {"id": "{uuid}", "displayName": nb("B"), "urls": [{"id": "{uuid}", "url": "https://ttd.example/b.pdf",
                        "mediaType": "application/pdf", "consumerType": "Gui"}]},
                    {"id": "{uuid}", "displayName": nb("A"), "name": "a.xml",
                        "urls": [{"id": "{uuid}", "url": "https://ttd.example/a.xml", "consumerType": "Api"}]},
                ],
                "guiActions": [{"id": "{uuid}", "action": "read", "url": "https://ttd.example/go",
                    "isDeleteDialogAction": false, "httpMethod": "GET", "priority": "Primary", "title": nb("Åpne"), "prompt": []}],
                "apiActions": [{"id": "{uuid}", "action": "write",
                    "endpoints": [{"id": "{uuid}", "url": "https://ttd.example/api", "httpMethod": "POST", "deprecated": false}]}],
                "transmissions": [{
                    "id": "{uuid}", "createdAt": now, "type": "Submission", "isOpened": false,
                    "sender": {"actorType": "PartyRepresentative", "actorName": "HANSEN KARI MARIE",
                        "actorId": format!("urn:altinn:person:identifier-no:{KARI_PID}")},
                    "content": {"title": text(nb("Innsending"))},
                    "attachments": [{"id": "{uuid}", "displayName": nb("Kvittering"),
                        "urls": [{"id": "{uuid}", "url": "https://ttd.example/r", "consumerType": "Gui"}]}],
                    "navigationalActions": [],
                }],
                "activities": [{"id": "{uuid}", "createdAt": now, "type": "Information",
                    "performedBy": {"actorType": "ServiceOwner"}, "description": nb("Mottatt")}],
            }),
        );
        assert_eq!(
            s.told(),
            [
                "dialogporten.dialog.created.v1",
                "dialogporten.dialog.transmission.created.v1",
                "dialogporten.dialog.activity.information.v1"
            ]
        );
    }

    async fn an_event_names_the_dialog_the_party_and_the_service(db: db::Db) {
        let s = server(&db).await;
        let id = s.dialog(&minimal()).await;
        let events = s.events.0.lock().unwrap();
        let event = &events[0];
        let base = &s.ctx.config.issuers.dialogporten;
        assert_eq!(event.source, format!("{base}/enduser/dialogs/{id}"));
        assert_eq!(event.subject.as_deref(), Some(BAKER_URN));
        assert_eq!(event.resource.as_deref(), Some("urn:altinn:resource:ttd-service"));
        assert_eq!(event.resource_instance, Some(id.to_string()));
        assert!(event.extra.is_empty());
    }

    async fn all_broken_rules_are_told_at_once_and_nothing_is_kept(db: db::Db) {
        let s = server(&db).await;
        let mut body = full();
        body["party"] = json!("urn:altinn:organization:identifier-no:310923045");
        body["progress"] = json!(101);
        body["content"]["title"] = json!(null);
        body["content"]["summary"]["value"] = json!([{"value": "x", "languageCode": "no"}]);
        body["attachments"][0]["urls"] = json!([]);
        body["attachments"][1]["urls"][0]["url"] = json!("http://ttd.example");
        body["transmissions"][0]["sender"] = json!({"actorType": "ServiceOwner", "actorName": "X"});
        body["activities"][0]["description"] = json!([]);
        let guis: Vec<Value> = (0..2).map(|_| body["guiActions"][0].clone()).collect();
        body["guiActions"] = json!(guis);
        let r = s.post(SO, &s.owner(), &body).await.expect(400);
        assert!(r.header("content-type").starts_with("application/problem+json"));
        assert_eq!(r.body["title"], "One or more validation errors occurred.");
        assert_eq!(r.body["instance"], SO);
        assert!(r.error("dto.party").starts_with("'Party' must be on format"));
        assert_eq!(r.error("dto.progress"), "'Progress' must be between 0 and 100. You entered 101.");
        assert_eq!(r.error("dto.content"), "Title must not be empty.");
        assert!(r.error("dto.content.value[0].languageCode").contains("Use 'nb' or 'nn' for Norwegian."));
        assert_eq!(r.error("dto.attachments[0].urls"), "'Urls' must not be empty.");
        assert_eq!(r.error("dto.attachments[1].urls[0].url"), "'Url' is not a well-formatted HTTPS URL.");
        assert!(r.error("dto.transmissions[0].sender").starts_with("If 'ActorType' is 'ServiceOwner'"));
        assert_eq!(r.error("dto.activities[0].description"), "'Description' must not be empty.");
        assert_eq!(r.error("dto.guiActions"), "Only one primary GUI action is allowed.");
        assert_eq!(s.all_rows().await, 0);
        assert!(s.told().is_empty());
    }

    async fn bodies_that_cannot_be_read_name_the_json_path(db: db::Db) {
        let s = server(&db).await;
        let mut body = minimal();
        body["dueAt"] = json!("2026-12-24T12:00:00");
        assert!(s.post(SO, &s.owner(), &body).await.expect(400).error("dueAt").contains("explicit offset"));
        let mut body = full();
        body["attachments"][0]["urls"][0]["id"] = json!(7);
        s.post(SO, &s.owner(), &body).await.expect(400).error("attachments[0].urls[0].id");
        s.post(SO, &s.owner(), &json!([])).await.expect(400).error("serializerErrors");
        assert_eq!(s.all_rows().await, 0);
    }

    async fn the_resource_must_exist_be_of_the_right_type_and_be_owned(db: db::Db) {
        let s = server(&db).await;
        let with = |resource: &str| {
            let mut body = minimal();
            body["serviceResource"] = json!(format!("urn:altinn:resource:{resource}"));
            body
        };
        s.post(SO, &s.owner(), &with("nowhere")).await.expect(422).error("ServiceResource");
        s.post(SO, &s.owner(), &with("ttd-scope")).await.expect(422).error("ServiceResource");
        assert_eq!(
            s.post(SO, &s.owner(), &with("brg-service")).await.expect(403).error("Forbidden"),
            "Not allowed to reference the following unowned resources: [urn:altinn:resource:brg-service]."
        );
        assert_eq!(
            s.post(SO, &s.owner(), &with("ttd-message")).await.expect(403).error("Forbidden"),
            "User cannot create or modify a dialog with resource type CorrespondenceService."
        );
        let message = s.owner_with(TTD, "digdir:dialogporten.correspondence");
        s.post(SO, &message, &with("ttd-message")).await.expect(201);
        assert_eq!(s.rows("dialog").await, 1);
    }

    async fn past_times_are_unprocessable_and_outrank_a_foreign_resource(db: db::Db) {
        let s = server(&db).await;
        let mut body = minimal();
        body["serviceResource"] = json!("urn:altinn:resource:brg-service");
        body["expiresAt"] = json!("2026-11-22T12:00:00Z");
        assert_eq!(s.post(SO, &s.owner(), &body).await.expect(422).error("ExpiresAt"), "Must be in the future");
    }

    async fn a_key_is_used_once_for_each_owner(db: db::Db) {
        let s = server(&db).await;
        let mut body = minimal();
        body["idempotentKey"] = json!("abc");
        let id = s.dialog(&body).await;
        assert_eq!(
            s.post(SO, &s.owner(), &body).await.expect(409).error("IdempotentKey"),
            format!("'abc' already exists with DialogId '{id}'")
        );
        s.send("DELETE", &format!("{SO}/{id}"), &s.owner(), &[], None).await.expect(204);
        assert_eq!(
            s.post(SO, &s.owner(), &body).await.expect(422).error("Dialog"),
            "Key ('Org', 'IdempotentKey')=(ttd, abc) already exists."
        );
    }

    async fn ids_of_clients_are_unique_over_all_dialogs(db: db::Db) {
        let s = server(&db).await;
        let id = "019ab000-0000-7000-8000-000000000001";
        let mut body = minimal();
        body["attachments"] =
            json!([{"id": id, "urls": [{"url": "https://ttd.example/a", "consumerType": "Gui"}]}]);
        s.dialog(&body).await;
        let second = s.post(SO, &s.owner(), &body).await.expect(422);
        assert_eq!(second.error("Attachment"), format!("Key ('Id')=({id}) already exists."));
        assert_eq!(s.rows("dialog").await, 1);
        let mut body = minimal();
        body["id"] = json!("5f3a9c1e-8f0e-4c6f-9a53-0a4a3a9f3c11");
        assert!(
            s.post(SO, &s.owner(), &body)
                .await
                .expect(400)
                .error("dto.id")
                .contains("Expected big endian UUIDv7")
        );
    }

    async fn tokens_scopes_and_kinds_of_user_come_first(db: db::Db) {
        let s = server(&db).await;
        let path = format!("{SO}/not-an-id");
        assert_eq!(s.get(&path, "").await.expect(401).header("www-authenticate"), "Bearer");
        assert_eq!(
            s.get(&path, "rubbish").await.expect(401).header("www-authenticate"),
            "Bearer error=\"invalid_token\""
        );
        s.get(&path, &s.user(KARI)).await.expect(403);
        s.get(&format!("{EU}/not-an-id"), &s.owner()).await.expect(403);
        s.get(&path, &s.owner()).await.expect(400).error("dialogId");
        let r = s.get(&format!("{path}?enduserid=kari"), &s.owner()).await.expect(400);
        assert!(r.error("EndUserId").starts_with("EndUserId must be a valid end user identifier."));
    }

    async fn another_owners_dialog_does_not_exist(db: db::Db) {
        let s = server(&db).await;
        let id = s.dialog(&minimal()).await;
        let r = s.get(&format!("{SO}/{id}"), &s.owner_with(BRG, "")).await.expect(404);
        assert_eq!(
            r.error("DialogEntity"),
            format!("Entity 'DialogEntity' with the following key(s) was not found: ({id}).")
        );
        s.get(&format!("{SO}/{id}"), &s.owner_with(BRG, "digdir:dialogporten.serviceprovider.admin"))
            .await
            .expect(200);
    }

    async fn a_body_over_the_limit_is_refused_with_the_limit(db: db::Db) {
        let s = server(&db).await;
        let mut body = minimal();
        body["externalReference"] = json!("x".repeat(20_000_000));
        let r = s.post(SO, &s.owner(), &body).await.expect(413);
        assert_eq!(r.body["title"], "Payload too large. The maximum allowed size is 20000000 bytes.");
        assert_eq!(s.all_rows().await, 0);
    }

    async fn a_body_with_very_many_parts_is_judged_in_reasonable_time(db: db::Db) {
        let s = server(&db).await;
        let mut body = minimal();
        body["searchTags"] = (0..200_000).map(|i| json!({"value": format!("{i}")})).collect();
        let started = std::time::Instant::now();
        s.post(SO, &s.owner(), &body).await.expect(400);
        assert!(started.elapsed() < std::time::Duration::from_secs(10));
    }

    async fn an_actor_that_the_register_does_not_know_is_unprocessable(db: db::Db) {
        let s = server(&db).await;
        let mut body = full();
        let stranger = "urn:altinn:person:identifier-no:08895699684";
        body["transmissions"][0]["sender"]["actorId"] = json!(stranger);
        let r = s.post(SO, &s.owner(), &body).await.expect(422);
        assert_eq!(r.error("ActorId"), format!("Unable to look up name for actor id: {stranger}"));
        assert_eq!(s.all_rows().await, 0);
    }
}
