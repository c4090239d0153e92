//! Labels of users. Source: dialogporten §7, §9.

use crate::support::*;
use serde_json::{Value, json};

async fn put(s: &Server, id: uuid::Uuid, body: Value, if_match: Option<&str>) -> Reply {
    let path = format!("{EU}/{id}/context/systemlabels");
    let headers: Vec<(&str, &str)> = if_match.map(|v| ("if-match", v)).into_iter().collect();
    s.send("PUT", &path, &s.user(KARI), &headers, Some(&body)).await
}

testkit::db_suite! { [jobs::migrations()];
    async fn a_folder_replaces_the_folder_and_the_log_tells_of_it(db: db::Db) {
        let s = server(&db).await;
        let id = s.dialog(&minimal()).await;
        let before = s.get(&format!("{SO}/{id}"), &s.owner()).await;
        let first = put(&s, id, json!({"addLabels": ["Bin"]}), None).await.expect(204);
        put(&s, id, json!({"systemLabels": ["archive"]}), Some("019ab000-0000-7000-8000-000000000001"))
            .await
            .expect(412);
        let second =
            put(&s, id, json!({"systemLabels": ["archive"]}), Some(first.header("etag"))).await.expect(204);
        let again = put(&s, id, json!({"addLabels": ["Archive"]}), None).await.expect(204);
        assert_eq!(again.header("etag"), second.header("etag"));
        let after = s.get(&format!("{SO}/{id}"), &s.owner()).await;
        assert_eq!(after.header("etag"), before.header("etag"));
        assert_eq!(
            after.body["endUserContext"],
            json!({"revision": second.header("etag"), "systemLabels": ["Archive"]})
        );
        let log = s.get(&format!("{EU}/{id}/context/labellog"), &s.user(KARI)).await.expect(200).body;
        let lines: Vec<String> = log
            .as_array()
            .unwrap()
            .iter()
            .map(|l| format!("{} {}", l["action"].as_str().unwrap(), l["name"].as_str().unwrap()))
            .collect();
        assert_eq!(lines, ["set systemlabel:Bin", "set systemlabel:Archive", "remove systemlabel:Bin"]);
        assert_eq!(log[0]["performedBy"]["actorName"], "HANSEN KARI MARIE");
    }

    async fn a_dialog_marked_as_unread_is_read_by_opening_it(db: db::Db) {
        let s = server(&db).await;
        let id = s.dialog(&minimal()).await;
        let open = || async { s.get(&format!("{EU}/{id}"), &s.user(KARI)).await.expect(200).body };
        assert_eq!(open().await["isContentSeen"], true);
        put(&s, id, json!({"addLabels": ["MarkedAsUnopened"]}), None).await.expect(204);
        let unread = s.get(&format!("{EU}?party={BAKER_URN}&isContentSeen=false"), &s.user(KARI)).await.body;
        assert_eq!(unread["items"][0]["endUserContext"]["systemLabels"], json!(["Default", "MarkedAsUnopened"]));
        let opened = open().await;
        assert_eq!(
            (&opened["isContentSeen"], &opened["endUserContext"]["systemLabels"]),
            (&json!(true), &json!(["Default"]))
        );
        let log = s.get(&format!("{EU}/{id}/context/labellog"), &s.user(KARI)).await.body;
        assert_eq!(log[1]["action"], "remove");
    }

    async fn a_change_by_the_owner_takes_the_dialog_out_of_the_bin(db: db::Db) {
        let s = server(&db).await;
        let id = s.dialog(&minimal()).await;
        put(&s, id, json!({"addLabels": ["Bin"]}), None).await.expect(204);
        s.post(&format!("{SO}/{id}/transmissions"), &s.owner(), &transmission("Alert", "x")).await.expect(201);
        assert_eq!(s.get(&format!("{SO}/{id}"), &s.owner()).await.body["systemLabel"], "Default");
        let log = s.get(&format!("{EU}/{id}/context/labellog"), &s.user(KARI)).await.body;
        assert_eq!(log[1]["performedBy"], json!({"actorType": "ServiceOwner"}));
    }

    async fn the_sent_label_and_foreign_dialogs_are_refused(db: db::Db) {
        let s = server(&db).await;
        let id = s.dialog(&minimal()).await;
        put(&s, id, json!({"addLabels": ["Sent"]}), None).await.expect(400).error("dto.addLabels");
        put(&s, id, json!({"addLabels": ["Nope"]}), None).await.expect(400).error("addLabels[0]");
        let path = format!("{EU}/{id}/context/systemlabels");
        let r = s.send("PUT", &path, &s.user(OLA), &[], Some(&json!({"addLabels": ["Bin"]}))).await.expect(403);
        assert_eq!(
            r.error("Forbidden"),
            format!("The following dialog ids are unauthorized and/or missing: ({id}).")
        );
        assert_eq!(s.rows("dialog_label_log").await, 0);
    }

    async fn bulk_is_all_or_nothing(db: db::Db) {
        let s = server(&db).await;
        let (a, b) = (s.dialog(&minimal()).await, s.dialog(&minimal()).await);
        let path = format!("{EU}/context/systemlabels/actions/bulkset");
        let body = |dialogs: Value| json!({"dialogs": dialogs, "addLabels": ["Archive"]});
        let unknown = "019ab000-0000-7000-8000-00000000beef";
        let r = s
            .post(&path, &s.user(KARI), &body(json!([{"dialogId": a}, {"dialogId": unknown}])))
            .await
            .expect(404);
        assert!(r.error("DialogEntity").contains(unknown));
        let stale = json!([{"dialogId": a}, {"dialogId": b, "endUserContextRevision": unknown}]);
        s.post(&path, &s.user(KARI), &body(stale)).await.expect(412);
        assert_eq!(s.rows("dialog_label_log").await, 0);
        s.post(&path, &s.user(KARI), &body(json!([{"dialogId": a}, {"dialogId": a}]))).await.expect(400);
        s.post(&path, &s.user(KARI), &body(json!([]))).await.expect(400).error("dto.dialogs");
        s.post(&path, &s.user(KARI), &body(json!([{"dialogId": a}, {"dialogId": b}]))).await.expect(204);
        assert_eq!(s.rows("dialog_label_log").await, 2);
    }
}
