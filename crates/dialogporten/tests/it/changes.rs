//! PUT, PATCH, DELETE, restore, purge, activities and transmissions. Source: dialogporten §6.2–6.5, §10, §11.

use crate::support::*;
use serde_json::{Value, json};

fn update() -> Value {
    json!({"status": "InProgress", "content": {"title": {"value": nb("Årsoppgave")}}})
}

testkit::db_suite! { [jobs::migrations()];
    async fn an_update_gives_a_new_revision_and_sending_it_again_changes_nothing(db: db::Db) {
        let s = server(&db).await;
        let id = s.dialog(&minimal()).await;
        let path = format!("{SO}/{id}");
        let first = s.get(&path, &s.owner()).await.header("etag").to_owned();
        s.clock.set("2026-11-22T13:00:00Z");
        s.told();
        let changed =
            s.send("PUT", &path, &s.owner(), &[("if-match", &first)], Some(&update())).await.expect(204);
        assert_ne!(changed.header("etag"), first);
        assert_eq!(s.told(), ["dialogporten.dialog.updated.v1"]);
        let got = s.get(&path, &s.owner()).await.body;
        assert_eq!(got["status"], "InProgress");
        assert_eq!(got["updatedAt"], "2026-11-22T13:00:00.0000000Z");
        assert_eq!(got["createdAt"], "2026-11-22T12:00:00.0000000Z");
        let again = s.send("PUT", &path, &s.owner(), &[], Some(&update())).await.expect(204);
        assert_eq!(again.header("etag"), changed.header("etag"));
        assert!(s.told().is_empty());
        s.send("PUT", &path, &s.owner(), &[("if-match", &first)], Some(&update())).await.expect(412);
        s.send("PUT", &path, &s.owner(), &[], Some(&json!({}))).await.expect(400).error("dto.status");
    }

    async fn a_silent_update_keeps_the_time_and_tells_nobody(db: db::Db) {
        let s = server(&db).await;
        let id = s.dialog(&minimal()).await;
        s.clock.set("2026-11-22T13:00:00Z");
        s.told();
        let path = format!("{SO}/{id}?isSilentUpdate=true");
        s.send("PUT", &path, &s.owner(), &[], Some(&update())).await.expect(204);
        let got = s.get(&format!("{SO}/{id}"), &s.owner()).await.body;
        assert_eq!(
            (&got["status"], &got["updatedAt"]),
            (&json!("InProgress"), &json!("2026-11-22T12:00:00.0000000Z"))
        );
        assert!(s.told().is_empty());
    }

    async fn a_patch_reaches_scalars_and_lists(db: db::Db) {
        let s = server(&db).await;
        let mut body = minimal();
        body["searchTags"] = json!([{"value": "abc"}]);
        body["dueAt"] = json!("2026-12-24T00:00:00Z");
        let id = s.dialog(&body).await;
        let path = format!("{SO}/{id}");
        let patch = json!([
            {"op": "replace", "path": "/progress", "value": 60},
            {"op": "replace", "path": "/status", "value": "sent"},
            {"op": "remove", "path": "/dueAt"},
            {"op": "add", "path": "/searchTags/-", "value": {"value": "def"}},
            {"op": "add", "path": "/content/summary", "value": {"value": nb("Nytt")}},
            {"op": "add", "path": "/transmissions/-", "value": transmission("Information", "Svar")},
        ]);
        s.send("PATCH", &path, &s.owner(), &[("content-type", "application/json-patch+json")], Some(&patch))
            .await
            .expect(204);
        let got = s.get(&path, &s.owner()).await.body;
        assert_eq!((&got["progress"], &got["status"], got.get("dueAt")), (&json!(60), &json!("Awaiting"), None));
        assert_eq!(got["searchTags"], json!([{"value": "abc"}, {"value": "def"}]));
        assert_eq!(got["content"]["summary"], json!({"value": nb("Nytt"), "mediaType": "text/plain"}));
        assert_eq!(got["transmissions"].as_array().unwrap().len(), 1);
        let bad = json!([{"op": "replace", "path": "/searchTags/9/value", "value": "x"}]);
        let r = s.send("PATCH", &path, &s.owner(), &[], Some(&bad)).await.expect(400);
        assert!(r.body["UpdateDialogDto"][0].is_string(), "{}", r.body);
        s.send("PATCH", &path, &s.owner(), &[("content-type", "text/plain")], Some(&bad)).await.expect(415);
    }

    async fn a_deleted_dialog_is_gone_until_restored_and_a_purged_one_never_was(db: db::Db) {
        let s = server(&db).await;
        let id = s.dialog(&minimal()).await;
        let path = format!("{SO}/{id}");
        let deleted = s
            .send("DELETE", &path, &s.owner(), &[("content-type", "application/x-www-form-urlencoded")], None)
            .await
            .expect(204);
        let got = s.get(&path, &s.owner()).await.expect(200);
        assert_eq!(
            (got.header("etag"), &got.body["deletedAt"]),
            (deleted.header("etag"), &json!("2026-11-22T12:00:00.0000000Z"))
        );
        let r = s.send("DELETE", &path, &s.owner(), &[], None).await.expect(410);
        assert_eq!(
            r.error("DialogEntity"),
            format!("Entity 'DialogEntity' with the following key(s) is removed: ({id}).")
        );
        s.send("PUT", &path, &s.owner(), &[], Some(&update())).await.expect(410);
        s.get(&format!("{path}/activities"), &s.owner()).await.expect(410);
        s.get(&format!("{EU}/{id}"), &s.user(KARI)).await.expect(410);
        let restored = s.post(&format!("{path}/actions/restore"), &s.owner(), &json!(null)).await.expect(204);
        let again = s.post(&format!("{path}/actions/restore"), &s.owner(), &json!(null)).await.expect(204);
        assert_eq!(again.header("etag"), restored.header("etag"));
        s.post(&format!("{path}/actions/purge"), &s.owner(), &json!(null)).await.expect(204);
        s.get(&path, &s.owner()).await.expect(404);
        assert_eq!(s.rows("dialog_transmission").await + s.rows("dialog").await, 0);
        assert_eq!(
            s.told(),
            ["created", "deleted", "restored", "deleted"].map(|k| format!("dialogporten.dialog.{k}.v1"))
        );
    }

    async fn transmissions_and_activities_are_appended_one_at_a_time(db: db::Db) {
        let s = server(&db).await;
        let id = s.dialog(&minimal()).await;
        let path = format!("{SO}/{id}");
        let mut body = transmission("Decision", "Vedtak");
        body["idempotentKey"] = json!("tx-1");
        let made = s.post(&format!("{path}/transmissions"), &s.owner(), &body).await.expect(201);
        let t = made.id();
        assert_eq!(made.header("location"), format!("/api/v1/serviceowner/dialogs/{id}/transmissions/{t}"));
        assert_eq!(
            s.post(&format!("{path}/transmissions"), &s.owner(), &body).await.expect(409).error("IdempotentKey"),
            "Duplicate IdempotentKey detected in dialog transmissions. Conflicting keys: 'tx-1'."
        );
        assert_eq!(s.get(&path, &s.owner()).await.body["hasUnopenedContent"], true);
        let opened = |of: &str| json!({"type": "TransmissionOpened", "transmissionId": of, "performedBy": {"actorType": "PartyRepresentative", "actorName": "Kari"}});
        let stranger = "019ab000-0000-7000-8000-00000000beef";
        let r = s.post(&format!("{path}/activities"), &s.owner(), &opened(stranger)).await.expect(422);
        assert_eq!(
            r.error("Activity.TransmissionId"),
            format!(
                "Invalid 'TransmissionId', entity 'DialogTransmission' with the following key(s) does not exist: ({stranger}) in 'Transmissions'"
            )
        );
        let a = s.post(&format!("{path}/activities"), &s.owner(), &opened(&t.to_string())).await.expect(201).id();
        assert_eq!(s.get(&path, &s.owner()).await.body["hasUnopenedContent"], false);
        let list = s.get(&format!("{path}/activities"), &s.owner()).await.expect(200).body;
        assert_eq!(
            list,
            json!([{"id": a, "createdAt": "2026-11-22T12:00:00.0000000Z", "type": "TransmissionOpened", "transmissionId": t}])
        );
        let r = s.post(&format!("{path}/transmissions"), &s.owner(), &json!({"type": "Alert"})).await.expect(400);
        assert_eq!(r.error("transmissions[0].content"), "'Content' must not be empty.");
        let mut orphan = transmission("Information", "x");
        orphan["relatedTransmissionId"] = json!(stranger);
        let r = s.post(&format!("{path}/transmissions"), &s.owner(), &orphan).await.expect(422);
        assert!(r.error("Transmissions").starts_with("Hierarchy reference violation found."));
        s.get(&format!("{path}/transmissions/{t}"), &s.owner()).await.expect(200);
        let r = s.get(&format!("{path}/transmissions/{stranger}"), &s.owner()).await.expect(404);
        r.error("DialogTransmission");
    }

    async fn parallel_sendings_are_all_kept_or_refused(db: db::Db) {
        let s = server(&db).await;
        let id = s.dialog(&minimal()).await;
        let path = format!("{SO}/{id}/transmissions");
        let (owner, body) = (s.owner(), transmission("Information", "x"));
        let replies = futures_util::future::join_all((0..10).map(|_| s.post(&path, &owner, &body))).await;
        let statuses: Vec<u16> = replies.iter().map(|r| r.status.as_u16()).collect();
        assert!(statuses.iter().all(|s| [201, 409].contains(s)), "{statuses:?}");
        let kept = statuses.iter().filter(|s| **s == 201).count();
        assert!(kept > 0);
        let got = s.get(&format!("{SO}/{id}"), &s.owner()).await.body;
        assert_eq!(got["transmissions"].as_array().unwrap().len(), kept);
        assert_eq!(got["fromServiceOwnerTransmissionsCount"], kept);
    }
}
