//! GET of one dialog by end users, the seen log and the dialog token. Source: dialogporten §4.9, §7, §12, §13.

use crate::support::*;
use serde_json::json;

testkit::db_suite! { [jobs::migrations()];
    async fn opening_a_dialog_marks_it_as_seen_once(db: db::Db) {
        let s = server(&db).await;
        let id = s.dialog(&minimal()).await;
        s.told();
        let before = s.get(&format!("{SO}/{id}"), &s.owner()).await;
        let r = s.get(&format!("{EU}/{id}"), &s.user(KARI)).await.expect(200);
        assert_eq!(r.header("etag"), before.header("etag"), "reading gives no new revision");
        assert_eq!(r.body["isContentSeen"], true);
        let seen = &r.body["seenSinceLastUpdate"][0];
        assert_eq!((&seen["isCurrentEndUser"], &seen["isViaServiceOwner"]), (&json!(true), &json!(false)));
        let actor = seen["seenBy"]["actorId"].as_str().unwrap();
        let hidden = actor.strip_prefix("urn:altinn:person:identifier-ephemeral:").unwrap();
        assert!(hidden.len() == 10 && hidden.chars().all(|c| c.is_ascii_hexdigit()), "{actor}");
        assert_eq!(seen["seenBy"]["actorName"], "HANSEN KARI MARIE");
        assert_eq!(s.told(), ["dialogporten.dialog.seen.v1", "dialogporten.dialog.updated.v1"]);
        s.get(&format!("{EU}/{id}"), &s.user(KARI)).await.expect(200);
        assert!(s.told().is_empty());
        assert_eq!((s.rows("dialog_seen").await, s.rows("audit_entry").await), (1, 2));
        let owners = s.get(&format!("{SO}/{id}/seenlog"), &s.owner()).await.body;
        assert_eq!(owners[0]["seenBy"]["actorId"], format!("urn:altinn:person:identifier-no:{KARI_PID}"));
        assert_eq!(owners[0].get("isCurrentEndUser"), None);
    }

    async fn members_of_the_owner_are_not_shown(db: db::Db) {
        let s = server(&db).await;
        let mut body = minimal();
        body["idempotentKey"] = json!("abc");
        body["searchTags"] = json!([{"value": "abc"}]);
        body["content"]["nonSensitiveTitle"] = json!({"value": nb("Skjult")});
        body["transmissions"] = json!([transmission("Decision", "Vedtak")]);
        body["transmissions"][0]["idempotentKey"] = json!("def");
        let id = s.dialog(&body).await;
        let got = s.get(&format!("{EU}/{id}"), &s.user(KARI)).await.body;
        for name in ["idempotentKey", "searchTags", "serviceOwnerContext", "visibleFrom", "deletedAt"] {
            assert_eq!(got.get(name), None, "{name}");
        }
        assert_eq!(got["content"].get("nonSensitiveTitle"), None);
        assert_eq!(got["transmissions"][0].get("idempotentKey"), None);
        assert_eq!(
            (&got["transmissions"][0]["isAuthorized"], &got["transmissions"][0]["isOpened"]),
            (&json!(true), &json!(false))
        );
    }

    async fn parts_without_a_right_are_shown_with_their_addresses_hidden(db: db::Db) {
        let s = server(&db).await;
        let mut body = minimal();
        body["guiActions"] = json!([{"action": "sign", "url": "https://ttd.example/sign", "priority": "Primary", "title": nb("Signer")}]);
        body["transmissions"] = json!([transmission("Decision", "Hemmelig")]);
        body["transmissions"][0]["authorizationAttribute"] = json!("part2");
        body["transmissions"][0]["attachments"] = json!([{"displayName": nb("Fil"), "urls": [{"url": "https://ttd.example/f", "consumerType": "Gui"}]}]);
        let id = s.dialog(&body).await;
        let got = s.get(&format!("{EU}/{id}"), &s.user(KARI)).await.body;
        let hidden = json!("urn:dialogporten:unauthorized");
        assert_eq!(
            (&got["guiActions"][0]["isAuthorized"], &got["guiActions"][0]["url"]),
            (&json!(false), &hidden)
        );
        let t = &got["transmissions"][0];
        assert_eq!((&t["isAuthorized"], &t["attachments"][0]["urls"][0]["url"]), (&json!(false), &hidden));
        assert_eq!(t["content"]["title"]["value"], nb("Hemmelig"));
        s.rights.give(KARI, BAKER, "ttd-service", "transmissionread", "part2");
        s.rights.give(KARI, BAKER, "ttd-service", "sign", "main");
        let got = s.get(&format!("{EU}/{id}"), &s.user(KARI)).await.body;
        assert_eq!(got["guiActions"][0]["url"], "https://ttd.example/sign");
        assert_eq!(got["transmissions"][0]["attachments"][0]["urls"][0]["url"], "https://ttd.example/f");
        let questions = s.rights.asked.lock().unwrap();
        let last: Vec<_> = questions[questions.len() - 3..]
            .iter()
            .map(|q| (q.action.as_str(), q.attribute.clone().unwrap()))
            .collect();
        let sub = |v: &str| ("urn:altinn:subresource".to_owned(), v.to_owned());
        assert_eq!(last, [("read", sub("main")), ("sign", sub("main")), ("transmissionread", sub("part2"))]);
        assert_eq!(questions.last().unwrap().instance, Some(format!("urn:altinn:dialog-id:{id}")));
    }

    async fn refusals_come_in_their_order(db: db::Db) {
        let s = server(&db).await;
        let id = s.dialog(&minimal()).await;
        let unknown = "019ab000-0000-7000-8000-00000000beef";
        s.get(&format!("{EU}/{unknown}"), &s.user(KARI)).await.expect(404).error("DialogEntity");
        assert_eq!(s.get(&format!("{EU}/{id}"), &s.user(OLA)).await.expect(403).error("Forbidden"), "Forbidden");
        s.get(&format!("{EU}/{id}/transmissions"), &s.user(OLA)).await.expect(404).error("DialogEntity");
        s.rights.give(KARI, BAKER, "ttd-secret", "read", "main");
        let mut body = minimal();
        body["serviceResource"] = json!("urn:altinn:resource:ttd-secret");
        body["visibleFrom"] = json!("2026-12-01T00:00:00Z");
        let secret = s.dialog(&body).await;
        let r = s.get(&format!("{EU}/{secret}"), &s.user(KARI)).await.expect(403);
        assert_eq!(r.error("Forbidden"), "Altinn authentication level too low.");
        body["serviceResource"] = json!("urn:altinn:resource:ttd-service");
        body["expiresAt"] = json!("2026-12-02T00:00:00Z");
        let later = s.dialog(&body).await;
        let r = s.get(&format!("{EU}/{later}"), &s.user(KARI)).await.expect(404);
        assert_eq!(r.error("DialogEntity"), "Dialog is not visible until 2026-12-01T00:00:00");
        assert_eq!(r.header("expires"), "Tue, 01 Dec 2026 00:00:00 GMT");
        s.clock.set("2026-12-03T00:00:00Z");
        let r = s.get(&format!("{EU}/{later}"), &s.user(KARI)).await.expect(404);
        assert_eq!(r.error("DialogEntity"), "Dialog expired at 2026-12-02T00:00:00");
        assert_eq!(s.rows("dialog_seen").await, 0);
    }

    async fn taking_the_right_away_refuses_the_very_next_call(db: db::Db) {
        let s = server(&db).await;
        let id = s.dialog(&minimal()).await;
        s.rights.give(SYSTEM_USER, BAKER, "ttd-service", "read", "main");
        s.get(&format!("{EU}/{id}"), &s.system_user()).await.expect(200);
        s.rights.take_all();
        s.get(&format!("{EU}/{id}"), &s.system_user()).await.expect(403);
    }

    async fn a_dialog_token_says_who_may_do_what_and_is_signed_with_a_published_key(db: db::Db) {
        let s = server(&db).await;
        let id = s.dialog(&minimal()).await;
        s.rights.give(SYSTEM_USER, BAKER, "ttd-service", "read", "main");
        let got = s.get(&format!("{EU}/{id}"), &s.system_user()).await.body;
        let token = got["dialogToken"].as_str().unwrap();
        let keys = s.get("/dialogporten/api/v1/.well-known/jwks.json", "").await.expect(200);
        assert_eq!(keys.header("cache-control"), "public, max-age=86400");
        let key = &keys.body["keys"][0];
        assert_eq!(
            (&key["kty"], &key["crv"], &key["alg"], &key["use"]),
            (&json!("OKP"), &json!("Ed25519"), &json!("EdDSA"), &json!("sig"))
        );
        let iss = &s.ctx.config.issuers.dialogporten;
        let now = kernel::Clock::now(&*s.clock);
        let options = jose::VerifyOptions { issuer: iss, leeway: std::time::Duration::ZERO, now };
        let claims = jose::Jwks::from_value(&keys.body).unwrap().verify(token, &options).unwrap();
        let claims = serde_json::to_value(&claims).unwrap();
        testkit::assert_json(
            &claims,
            &json!({
                "jti": "{uuid}", "c": format!("urn:altinn:organization:identifier-no:{TTD}"),
                "y": format!("urn:altinn:systemuser:uuid:{SYSTEM_USER}"), "o": BAKER_URN, "l": 3, "p": BAKER_URN,
                "s": "urn:altinn:resource:ttd-service", "i": id, "a": "read", "iss": iss,
                "iat": now.as_second(), "nbf": now.as_second(), "exp": now.as_second() + 600,
            }),
        );
    }

    async fn the_reader_gets_the_language_asked_for(db: db::Db) {
        let s = server(&db).await;
        let mut body = minimal();
        body["content"]["title"]["value"] =
            json!([{"value": "T", "languageCode": "en"}, {"value": "t", "languageCode": "nn"}]);
        let id = s.dialog(&body).await;
        let path = format!("{EU}/{id}");
        let titled = async |header: &str| {
            let r = s.send("GET", &path, &s.user(KARI), &[("accept-language", header)], None).await;
            r.expect(200).body["content"]["title"]["value"].clone()
        };
        assert_eq!(titled("nn-NO,en;q=0.5").await, json!([{"value": "t", "languageCode": "nn"}]));
        assert_eq!(titled("de").await, json!([{"value": "T", "languageCode": "en"}]));
        s.send("GET", &path, &s.user(KARI), &[("accept-language", "nb;x")], None)
            .await
            .expect(400)
            .error("Accept-Language");
    }

    async fn an_owner_reads_for_a_person_with_that_persons_rights(db: db::Db) {
        let s = server(&db).await;
        let id = s.dialog(&minimal()).await;
        let of = |pid: &str| format!("{SO}/{id}?endUserId=urn:altinn:person:identifier-no:{pid}");
        s.get(&of("13838599936"), &s.owner()).await.expect(404);
        let got = s.get(&of(KARI_PID), &s.owner()).await.expect(200).body;
        assert_eq!(got["seenSinceLastUpdate"][0]["isViaServiceOwner"], true);
    }
}
