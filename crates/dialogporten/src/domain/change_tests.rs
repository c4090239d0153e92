use super::*;
use crate::domain::model::{Actor, Content, ContentValue, Text};
use crate::domain::names::{ContentType, TransmissionType};
use proptest::prelude::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

const NOON: &str = "2026-11-22T12:00:00Z";

fn manner() -> Manner {
    Manner { now: at(NOON), silent: false, admin: false }
}

fn facts() -> Facts {
    Facts {
        id: Uuid::from_u128(1),
        revisions: [Uuid::from_u128(2), Uuid::from_u128(3), Uuid::from_u128(4)],
        org: "skd".into(),
        resource_type: "GenericAccessResource".into(),
        party: None,
    }
}

fn title(text: &str) -> Content {
    let value = vec![Text { lang: "nb".into(), value: text.into() }];
    Content::from([(ContentType::Title, ContentValue { value, media_type: "text/plain".into() })])
}

fn transmission(n: u128, kind: TransmissionType) -> Transmission {
    Transmission {
        id: Uuid::from_u128(n),
        idempotent_key: None,
        created_at: at(NOON),
        attribute: None,
        extended_type: None,
        external_reference: None,
        related: None,
        kind,
        sender: Actor::SERVICE_OWNER,
        content: title("t"),
        attachments: vec![],
        links: vec![],
    }
}

fn opened_activity(n: u128, of: u128) -> Activity {
    Activity {
        id: Uuid::from_u128(n),
        created_at: at(NOON),
        extended_type: None,
        kind: ActivityType::TransmissionOpened,
        transmission: Some(Uuid::from_u128(of)),
        by: Actor::SERVICE_OWNER,
        description: vec![],
    }
}

fn new_dialog(input: DialogInput) -> Aggregate {
    create(input, facts(), manner()).unwrap().0
}

/// What a client would send to change nothing.
fn same(aggregate: &Aggregate) -> DialogInput {
    let d = &aggregate.dialog;
    DialogInput {
        progress: d.progress,
        status: Some(d.status),
        due_at: d.due_at,
        expires_at: d.expires_at,
        content: d.content.clone(),
        parts: d.parts.clone(),
        ..DialogInput::default()
    }
}

#[test]
fn a_filing_puts_the_dialog_among_the_sent() {
    let sent = DialogInput {
        transmissions: vec![transmission(9, TransmissionType::Submission)],
        ..Default::default()
    };
    let dialog = new_dialog(sent).dialog;
    assert!(dialog.labels.has(Label::Sent) && dialog.labels.has(Label::Default));
    assert_eq!((dialog.from_party, dialog.from_owner, dialog.has_unopened), (1, 0, false));
}

#[test]
fn opening_the_last_sending_clears_the_flag() {
    let mut aggregate = new_dialog(DialogInput {
        transmissions: vec![transmission(9, TransmissionType::Decision)],
        ..Default::default()
    });
    assert!(aggregate.dialog.has_unopened);
    append(&mut aggregate, vec![], vec![opened_activity(20, 9)], manner(), (false, false), Errors::default())
        .unwrap();
    assert!(!aggregate.dialog.has_unopened);
}

#[test]
fn times_in_the_past_are_refused_unless_by_an_administrator() {
    let input = || DialogInput { due_at: Some(at(NOON)), ..Default::default() };
    let refused = create(input(), facts(), manner()).unwrap_err();
    assert_eq!(refused, Refused::Domain(Errors::one("DueAt", "Must be in the future")));
    assert!(create(input(), facts(), Manner { admin: true, ..manner() }).is_ok());
}

#[test]
fn a_hidden_dialog_carries_the_time_it_appears() {
    let appears = at("2026-12-01T00:00:00Z");
    let dialog = new_dialog(DialogInput { visible_from: Some(appears), ..Default::default() }).dialog;
    assert_eq!(
        (dialog.created_at, dialog.updated_at, dialog.content_updated_at),
        (appears, appears, appears)
    );
}

#[test]
fn progress_is_not_content_and_a_title_is() {
    let mut aggregate = new_dialog(DialogInput { content: title("a"), ..Default::default() });
    let later = Manner { now: at("2026-11-23T12:00:00Z"), ..manner() };
    aggregate.dialog.content_seen = true;
    let input = DialogInput { progress: Some(50), ..same(&aggregate) };
    assert!(update(&mut aggregate, input, later).unwrap().changed);
    assert_eq!((aggregate.dialog.updated_at, aggregate.dialog.content_updated_at), (later.now, at(NOON)));
    assert!(aggregate.dialog.content_seen);
    let input = DialogInput { content: title("b"), ..same(&aggregate) };
    update(&mut aggregate, input, later).unwrap();
    assert_eq!(aggregate.dialog.content_updated_at, later.now);
    assert!(!aggregate.dialog.content_seen);
}

#[test]
fn a_deadline_can_be_cleared_and_an_expiry_cannot() {
    let soon = Some(at("2026-12-22T12:00:00Z"));
    let mut aggregate = new_dialog(DialogInput { due_at: soon, expires_at: soon, ..Default::default() });
    let input = DialogInput { due_at: None, ..same(&aggregate) };
    assert!(update(&mut aggregate, input, manner()).is_ok());
    let input = DialogInput { expires_at: None, ..same(&aggregate) };
    assert!(matches!(update(&mut aggregate, input, manner()), Err(Refused::Domain(_))));
}

#[test]
fn a_key_may_be_used_once_in_a_dialog() {
    let keyed =
        |n| Transmission { idempotent_key: Some("k-1".into()), ..transmission(n, TransmissionType::Alert) };
    let mut aggregate = new_dialog(DialogInput { transmissions: vec![keyed(9)], ..Default::default() });
    let refused =
        append(&mut aggregate, vec![keyed(10)], vec![], manner(), (false, false), Errors::default());
    assert_eq!(refused.unwrap_err(), Refused::DuplicateKey("k-1".into()));
}

#[test]
fn kept_attachments_keep_their_place() {
    let file = |n: u128, name: &str| Attachment {
        id: Uuid::from_u128(n),
        display_name: vec![],
        name: Some(name.into()),
        urls: vec![],
        expires_at: None,
    };
    let parts = |attachments| Parts { attachments, ..Parts::default() };
    let mut aggregate = new_dialog(DialogInput {
        parts: parts(vec![file(1, "a"), file(2, "b"), file(3, "c")]),
        ..Default::default()
    });
    let given = parts(vec![file(4, "new"), file(3, "c2"), file(1, "a")]);
    let input = DialogInput { parts: given, ..same(&aggregate) };
    update(&mut aggregate, input, manner()).unwrap();
    let names: Vec<_> = aggregate.dialog.parts.attachments.iter().filter_map(|a| a.name.as_deref()).collect();
    assert_eq!(names, ["a", "c2", "new"]);
}

proptest! {
    #[test]
    fn sending_back_what_is_stored_changes_nothing(progress in prop::option::of(0i64..=100), n in 0u128..4) {
        let transmissions = (0..n).map(|i| transmission(100 + i, TransmissionType::Information)).collect();
        let mut aggregate = new_dialog(DialogInput { progress, content: title("x"), transmissions, ..Default::default() });
        let before = aggregate.dialog.clone();
        let input = same(&aggregate);
        let change = update(&mut aggregate, input, Manner { now: at("2027-01-01T00:00:00Z"), ..manner() }).unwrap();
        prop_assert!(!change.changed);
        prop_assert_eq!(aggregate.dialog, before);
    }

    #[test]
    fn counts_equal_what_is_there(kinds in prop::collection::vec(prop::sample::select(TransmissionType::ALL), 0..20)) {
        let transmissions: Vec<_> = kinds.iter().enumerate().map(|(i, k)| transmission(100 + i as u128, *k)).collect();
        let dialog = new_dialog(DialogInput { transmissions, ..Default::default() }).dialog;
        prop_assert_eq!((dialog.from_owner + dialog.from_party) as usize, kinds.len());
        prop_assert_eq!(dialog.has_unopened, dialog.from_owner > 0);
        prop_assert_eq!(dialog.labels.has(Label::Sent), dialog.from_party > 0);
    }

    #[test]
    fn silent_changes_keep_times_and_folder(progress in 0i64..=100) {
        let mut aggregate = new_dialog(DialogInput { content: title("x"), label: Some(Label::Bin), ..Default::default() });
        let before = aggregate.dialog.clone();
        let input = DialogInput { progress: Some(progress), content: title("y"), ..same(&aggregate) };
        let quiet = Manner { now: at("2027-01-01T00:00:00Z"), silent: true, admin: false };
        let change = update(&mut aggregate, input, quiet).unwrap();
        prop_assert!(change.changed);
        prop_assert_eq!(aggregate.dialog.updated_at, before.updated_at);
        prop_assert_eq!(aggregate.dialog.labels.folder(), Label::Bin);
    }
}

proptest! {
    /// One at a time without the others at hand, or all at hand: the dialog is the same.
    #[test]
    fn appending_one_without_the_rest_makes_the_same_dialog(
        kinds in prop::collection::vec(prop::sample::select(vec![
            TransmissionType::Submission, TransmissionType::Acceptance, TransmissionType::Information,
        ]), 1..8),
        opened in prop::collection::vec(any::<bool>(), 8),
        message in any::<bool>(),
    ) {
        let resource_type = if message { "CorrespondenceService" } else { "GenericAccessResource" }.into();
        let (mut whole, _) =
            create(DialogInput::default(), Facts { resource_type, ..facts() }, manner()).unwrap();
        let mut alone = whole.dialog.clone();
        for (n, (kind, opened)) in kinds.into_iter().zip(opened).enumerate() {
            let n = n as u128 + 10;
            let now = at(NOON) + jiff::SignedDuration::from_secs(n as i64);
            let manner = Manner { now, ..manner() };
            whole.dialog.status = Status::InProgress;
            let new = transmission(n, kind);
            let one = append_one(&mut alone, new.clone(), Status::InProgress, manner).unwrap();
            let all = append(&mut whole, vec![new], vec![], manner, (true, true), Errors::default()).unwrap();
            prop_assert_eq!(one.labels, all.labels);
            prop_assert_eq!(one.transmissions, all.transmissions);
            prop_assert_eq!(&alone, &whole.dialog);
            if opened {
                let activity = opened_activity(n + 100, n);
                append(&mut whole, vec![], vec![activity], manner, (false, false), Errors::default()).unwrap();
                alone = whole.dialog.clone();
            }
        }
    }
}
