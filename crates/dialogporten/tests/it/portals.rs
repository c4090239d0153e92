//! The ports: dialogs that other blocks make in their transactions, and the inbox that pages read.

use crate::support::*;
use ports::dialogporten::{
    Dialogs, Inbox, Label, LogKind, NewAttachment, NewDialog, NewTransmission, Opened, Sender, Status, View,
    Viewer,
};
use uuid::Uuid;

const DIALOG: Uuid = Uuid::from_u128(0x019a_b000_0000_7000_8000_0000_0000_0001);
const KARI_VIEWS: Viewer = Viewer { user: KARI, level: 3 };

fn sending(n: u128, kind: &'static str, sender: Sender) -> NewTransmission {
    NewTransmission {
        id: Uuid::from_u128(DIALOG.as_u128() + n),
        kind,
        sender,
        related: None,
        title: vec![("nb", format!("{kind} {n}"))],
        summary: vec![],
        attachments: vec![NewAttachment {
            title: vec![("nb", "Kvittering".into())],
            gui_url: "https://ttd.example/gui".into(),
            api_url: "https://ttd.example/api".into(),
            media_type: "application/pdf".into(),
        }],
        at: "2026-11-22T12:00:00Z".parse().unwrap(),
    }
}

fn filing() -> NewDialog {
    let actor = format!("urn:altinn:systemuser:uuid:{SYSTEM_USER}");
    NewDialog {
        id: DIALOG,
        org: "ttd".into(),
        resource: "ttd-service".into(),
        party: BAKER,
        external_reference: Some("filing-1".into()),
        title: vec![("nb", "Boligsameie 2025".into()), ("en", "Housing 2025".into())],
        summary: vec![("nb", "Mottatt".into())],
        status: Status::InProgress,
        transmission: Some(sending(
            1,
            "Submission",
            Sender::PartyRepresentative { actor, name: "Kassesystemet".into() },
        )),
    }
}

async fn file(s: &Server, keep: bool) {
    let mut tx = s.ctx.db.begin("test.filing").await.unwrap();
    s.dialogs.create(&mut tx, filing()).await.unwrap();
    if keep {
        tx.commit().await.unwrap();
    } else {
        tx.rollback().await;
    }
}

async fn answer(s: &Server) {
    let mut tx = s.ctx.db.begin("test.answer").await.unwrap();
    let accepted = sending(2, "Acceptance", Sender::ServiceOwner);
    s.dialogs.add_transmission(&mut tx, DIALOG, accepted, Status::Completed).await.unwrap();
    tx.commit().await.unwrap();
}

fn yes<T>(opened: Opened<T>) -> T {
    match opened {
        Opened::Yes(value) => value,
        _ => panic!("not opened"),
    }
}

testkit::db_suite! { [jobs::migrations()];
    async fn a_filing_that_is_undone_leaves_no_dialog(db: db::Db) {
        let s = server(&db).await;
        file(&s, false).await;
        assert_eq!(s.all_rows().await, 0);
    }

    async fn a_filing_is_unread_until_opened_and_again_when_it_is_answered(db: db::Db) {
        let s = server(&db).await;
        file(&s, true).await;
        let page = s.dialogs.list(KARI_VIEWS, BAKER, View::Inbox, None, None, 10).await.unwrap();
        let item = &page.items[0];
        assert_eq!((item.id, item.unread, item.sent, item.received), (DIALOG, true, 1, 0));
        assert_eq!(item.title, [("en".into(), "Housing 2025".into()), ("nb".into(), "Boligsameie 2025".into())]);
        assert_eq!(s.dialogs.unread_count(KARI_VIEWS, BAKER).await.unwrap(), 1);
        assert_eq!(s.dialogs.list(KARI_VIEWS, BAKER, View::Sent, None, None, 10).await.unwrap().items.len(), 1);
        assert_eq!(s.dialogs.list(KARI_VIEWS, BAKER, View::Bin, None, None, 10).await.unwrap().items.len(), 0);

        let open = yes(s.dialogs.open(KARI_VIEWS, DIALOG).await.unwrap());
        assert!(!open.item.unread);
        let t = &open.transmissions[0];
        assert_eq!((t.kind, t.sender.as_deref(), t.attachments.len()), ("Submission", Some("Kassesystemet"), 1));
        assert_eq!(t.attachments[0].url.as_deref(), Some("https://ttd.example/gui"));
        assert_eq!(s.dialogs.unread_count(KARI_VIEWS, BAKER).await.unwrap(), 0);

        s.clock.set("2026-11-22T12:05:00Z");
        answer(&s).await;
        assert_eq!(s.dialogs.unread_count(KARI_VIEWS, BAKER).await.unwrap(), 1);
        let wire = s.get(&format!("{SO}/{DIALOG}"), &s.owner()).await.expect(200).body;
        assert_eq!(wire["status"], "Completed");
        assert_eq!(wire["transmissions"][1]["type"], "Acceptance");
        assert_eq!(wire["hasUnopenedContent"], true);

        let log = yes(s.dialogs.activity(KARI_VIEWS, DIALOG).await.unwrap());
        assert_eq!(log.last().map(|l| l.what), Some(LogKind::LabelSet(Label::Sent)));
        let seen = log.iter().find(|l| l.what == LogKind::Seen && l.by_viewer).unwrap();
        assert_eq!(seen.who.as_deref(), Some("KARI MARIE HANSEN"), "as people read it");
        assert!(log.iter().any(|l| l.what == LogKind::Transmission("Acceptance") && l.who.is_none()));
        assert!(log.windows(2).all(|w| w[0].at >= w[1].at));
    }

    async fn what_is_added_is_found_and_what_answers_nothing_is_refused(db: db::Db) {
        let s = server(&db).await;
        file(&s, true).await;
        let found = async |text| {
            s.dialogs.list(KARI_VIEWS, BAKER, View::All, Some(text), None, 10).await.unwrap().items.len()
        };
        assert_eq!(found("rejection").await, 0);
        let sent = async |n: u128, related: u128| {
            let related = Some(Uuid::from_u128(DIALOG.as_u128() + related));
            let new = NewTransmission { related, ..sending(n, "Rejection", Sender::ServiceOwner) };
            let mut tx = s.ctx.db.begin("test.answer").await.unwrap();
            let done = s.dialogs.add_transmission(&mut tx, DIALOG, new, Status::RequiresAttention).await;
            match done {
                Ok(()) => tx.commit().await,
                Err(e) => {
                    tx.rollback().await;
                    Err(e)
                }
            }
        };
        sent(2, 1).await.unwrap();
        sent(3, 2).await.unwrap();
        assert_eq!((found("rejection").await, found("boligsameie").await, found("kvittering").await), (1, 1, 1));
        assert!(sent(4, 77).await.unwrap_err().to_string().contains("does not exist"));
        assert!(sent(3, 1).await.is_err(), "the id is taken");
        let wire = s.get(&format!("{SO}/{DIALOG}"), &s.owner()).await.expect(200).body;
        assert_eq!(wire["transmissions"].as_array().unwrap().len(), 3);
        assert_eq!(wire["fromServiceOwnerTransmissionsCount"], 2);
        assert_eq!(wire["fromPartyTransmissionsCount"], 1);
    }

    async fn the_inbox_decides_rights_by_itself(db: db::Db) {
        let s = server(&db).await;
        file(&s, true).await;
        let ola = Viewer { user: OLA, level: 4 };
        assert!(s.dialogs.list(ola, BAKER, View::All, None, None, 10).await.unwrap().items.is_empty());
        assert!(matches!(s.dialogs.open(ola, DIALOG).await.unwrap(), Opened::Forbidden));
        assert!(matches!(s.dialogs.activity(ola, DIALOG).await.unwrap(), Opened::Forbidden));
        assert!(matches!(s.dialogs.set_label(ola, DIALOG, Label::Bin).await.unwrap(), Opened::Forbidden));
        let low = Viewer { user: KARI, level: 1 };
        assert!(matches!(s.dialogs.open(low, DIALOG).await.unwrap(), Opened::LevelTooLow(2)));
        assert!(matches!(s.dialogs.open(KARI_VIEWS, Uuid::nil()).await.unwrap(), Opened::NotFound));
        assert_eq!(s.rows("dialog_seen").await, 0);
    }

    async fn labels_move_a_dialog_between_folders_and_text_finds_it(db: db::Db) {
        let s = server(&db).await;
        file(&s, true).await;
        yes(s.dialogs.set_label(KARI_VIEWS, DIALOG, Label::Archive).await.unwrap());
        let count =
            async |view, text| s.dialogs.list(KARI_VIEWS, BAKER, view, text, None, 10).await.unwrap().items.len();
        assert_eq!((count(View::Inbox, None).await, count(View::Archive, None).await), (0, 1));
        assert_eq!((count(View::All, Some("BOLIGSAMEIE")).await, count(View::All, Some("hytte")).await), (1, 0));
        assert!(matches!(s.dialogs.set_label(KARI_VIEWS, DIALOG, Label::Sent).await.unwrap(), Opened::Forbidden));
    }
}
