//! The inbox as pages show it.

use crate::Dialogporten;
use crate::caller::EndUser;
use crate::domain::access::Grants;
use crate::domain::labels::Labels;
use crate::domain::model::{self, Actor, Dialog, Text};
use crate::domain::names::{self, ActorType, Consumer, ContentType};
use crate::domain::order::Order;
use crate::domain::party;
use crate::error::Error;
use crate::label::LabelSet;
use crate::store;
use crate::store::search::{Filter, terms};
use crate::time;
use async_trait::async_trait;
use ports::dialogporten::{
    Action, Attachment, Inbox, InboxItem, InboxPage, Label, LangTexts, LogEntry, LogKind, OpenDialog, Opened,
    Status, Transmission, View, Viewer,
};
use uuid::Uuid;

/// Most unread dialogs that are counted.
const MAX_UNREAD: usize = 100;

fn texts(given: &[Text]) -> LangTexts {
    given.iter().map(|t| (t.lang.clone(), t.value.clone())).collect()
}

fn label(label: names::Label) -> Label {
    match label {
        names::Label::Default => Label::Default,
        names::Label::Bin => Label::Bin,
        names::Label::Archive => Label::Archive,
        names::Label::MarkedAsUnopened => Label::MarkedAsUnopened,
        names::Label::Sent => Label::Sent,
    }
}

fn own_label(label: Label) -> names::Label {
    match label {
        Label::Default => names::Label::Default,
        Label::Bin => names::Label::Bin,
        Label::Archive => names::Label::Archive,
        Label::MarkedAsUnopened => names::Label::MarkedAsUnopened,
        Label::Sent => names::Label::Sent,
    }
}

fn status(status: names::Status) -> Status {
    match status {
        names::Status::InProgress => Status::InProgress,
        names::Status::Draft => Status::Draft,
        names::Status::RequiresAttention => Status::RequiresAttention,
        names::Status::Completed => Status::Completed,
        names::Status::NotApplicable => Status::NotApplicable,
        names::Status::Awaiting => Status::Awaiting,
    }
}

/// One line. `low_level`: the login is too weak for the sensitive title and summary.
fn item(d: &Dialog, low_level: bool) -> InboxItem {
    let open = |open: ContentType, shown: ContentType| {
        let words = d.texts(open);
        texts(&if low_level && !words.is_empty() { words } else { d.texts(shown) })
    };
    InboxItem {
        id: d.id,
        party: d.party_uuid.unwrap_or_default(),
        org: d.org.clone(),
        resource: d.resource.clone(),
        title: open(ContentType::NonSensitiveTitle, ContentType::Title),
        summary: open(ContentType::NonSensitiveSummary, ContentType::Summary),
        sender_name: texts(&d.texts(ContentType::SenderName)),
        status: status(d.status),
        extended_status: texts(&d.texts(ContentType::ExtendedStatus)),
        unread: !d.is_content_seen(),
        unopened_content: d.has_unopened,
        updated: d.content_updated_at,
        created: d.created_at,
        due: d.due_at,
        labels: d.labels.all().map(label).collect(),
        attachments: d.gui_attachments(),
        received: d.from_owner,
        sent: d.from_party,
    }
}

fn who(actor: &Actor) -> Option<String> {
    match actor.kind {
        ActorType::ServiceOwner => None,
        ActorType::PartyRepresentative => {
            let name = actor.name.as_deref().unwrap_or_default();
            Some(party::read_name(actor.id.as_deref(), name))
        }
    }
}

/// Refusals that pages show; anything else failed.
fn opened<T>(result: Result<T, Error>) -> ports::Result<Opened<T>> {
    match result {
        Ok(value) => Ok(Opened::Yes(value)),
        Err(Error::NotFound(..) | Error::NotVisible(_) | Error::Expired(_)) => Ok(Opened::NotFound),
        Err(Error::Gone(_)) => Ok(Opened::Gone),
        Err(Error::Level(level)) => Ok(Opened::LevelTooLow(level)),
        Err(Error::Forbidden(_) | Error::ForbiddenEmpty) => Ok(Opened::Forbidden),
        Err(Error::Db(error)) => Err(error),
        Err(other) => Err(db::Error::Constraint(format!("dialog: {other}"))),
    }
}

fn db_error(error: Error) -> db::Error {
    match error {
        Error::Db(error) => error,
        other => db::Error::Constraint(format!("dialog: {other}")),
    }
}

fn filter(view: View, text: Option<&str>) -> Filter {
    let mut filter = Filter::default();
    let draft = names::Status::Draft.code();
    let folder = |label| Labels::mask_of(&[label]);
    match view {
        View::Inbox => {
            filter.labels = folder(names::Label::Default);
            filter.not_status = vec![draft];
        }
        View::Drafts => {
            filter.labels = folder(names::Label::Default);
            filter.status = vec![draft];
        }
        View::Sent => filter.labels = folder(names::Label::Sent),
        View::Archive => filter.labels = folder(names::Label::Archive),
        View::Bin => filter.labels = folder(names::Label::Bin),
        View::All => {}
    }
    filter.exclude_api_only = true;
    terms(text.unwrap_or_default(), &mut filter);
    filter
}

impl Dialogporten {
    async fn reader(&self, viewer: Viewer) -> Result<EndUser, Error> {
        let user = self.viewer(viewer.user, viewer.level).await?;
        user.ok_or_else(|| Error::Forbidden("Forbidden".to_owned()))
    }

    fn files(&self, attachments: &[model::Attachment], authorized: bool) -> Vec<Attachment> {
        let now = self.ctx.clock.now();
        let mut files = Vec::new();
        for a in attachments {
            let open = authorized && a.expires_at.is_none_or(|at| at > now);
            for url in a.urls.iter().filter(|u| u.consumer == Consumer::Gui) {
                files.push(Attachment {
                    id: url.id,
                    title: texts(&a.display_name),
                    url: open.then(|| url.url.clone()),
                    media_type: url.media_type.clone(),
                });
            }
        }
        files
    }

    fn shown(&self, t: &model::Transmission, grants: &Grants) -> Transmission {
        let authorized = grants.transmission(t.attribute.as_deref());
        let words = |kind| texts(t.content.get(&kind).map_or(&[], |c| c.value.as_slice()));
        Transmission {
            id: t.id,
            kind: t.kind.name(),
            related: t.related,
            at: t.created_at,
            sender: who(&t.sender),
            title: words(ContentType::Title),
            summary: words(ContentType::Summary),
            authorized,
            attachments: self.files(&t.attachments, authorized),
        }
    }

    async fn open_page(&self, viewer: Viewer, id: Uuid) -> Result<OpenDialog, Error> {
        let user = self.reader(viewer).await?;
        let read = self.open(&user, id).await?;
        let d = &read.aggregate.dialog;
        let mut actions: Vec<Action> = d
            .parts
            .gui_actions
            .iter()
            .map(|a| Action {
                title: texts(&a.title),
                prompt: texts(&a.prompt),
                url: read.grants.action(&a.action, a.attribute.as_deref()).then(|| a.url.clone()),
                method: a.method.name(),
                priority: a.priority as u8,
                deletes: a.deletes,
            })
            .collect();
        actions.sort_by_key(|a| a.priority);
        let info = d.content.get(&ContentType::AdditionalInfo);
        Ok(OpenDialog {
            item: item(d, false),
            external_reference: d.external_reference.clone(),
            additional_info: info.map(|c| (c.media_type.clone(), texts(&c.value))),
            attachments: self.files(&d.parts.attachments, true),
            actions,
            transmissions: read.aggregate.transmissions.iter().map(|t| self.shown(t, &read.grants)).collect(),
            token: self.dialog_token(&user, d, &read.grants)?,
        })
    }

    async fn history(&self, viewer: Viewer, id: Uuid) -> Result<Vec<LogEntry>, Error> {
        let user = self.reader(viewer).await?;
        let (aggregate, _) = self.readable(&user, id).await?;
        let line = |at, what, by: &Actor, text: LangTexts| LogEntry {
            at,
            what,
            who: who(by),
            org: aggregate.dialog.org.clone(),
            by_viewer: by.id.as_deref() == Some(&user.urn),
            text,
        };
        let activities = aggregate
            .activities
            .iter()
            .map(|a| line(a.created_at, LogKind::Activity(a.kind.name()), &a.by, texts(&a.description)));
        let transmissions = aggregate.transmissions.iter().map(|t| {
            let title = texts(t.content.get(&ContentType::Title).map_or(&[], |c| c.value.as_slice()));
            line(t.created_at, LogKind::Transmission(t.kind.name()), &t.sender, title)
        });
        let mut log: Vec<LogEntry> = activities.chain(transmissions).collect();
        for seen in store::logs::seen_of(&self.ctx.db, id).await? {
            log.push(line(seen.at, LogKind::Seen, &seen.by, Vec::new()));
        }
        for entry in store::logs::label_log(&self.ctx.db, id).await? {
            let changed = label(entry.change.label);
            let what =
                if entry.change.set { LogKind::LabelSet(changed) } else { LogKind::LabelRemoved(changed) };
            log.push(line(entry.at, what, &entry.by, Vec::new()));
        }
        log.sort_by_key(|l| std::cmp::Reverse(l.at));
        Ok(log)
    }

    async fn put_label(&self, viewer: Viewer, id: Uuid, wanted: Label) -> Result<(), Error> {
        if wanted == Label::Sent {
            return Err(Error::ForbiddenEmpty);
        }
        let user = self.reader(viewer).await?;
        self.readable(&user, id).await?;
        let set = LabelSet { add: vec![own_label(wanted)], remove: Vec::new() };
        self.label(&user, &[(id, None)], &set).await.map(drop)
    }

    async fn folder(
        &self,
        viewer: Viewer,
        party: Uuid,
        mut filter: Filter,
        place: Option<&str>,
        limit: usize,
    ) -> Result<InboxPage, Error> {
        let user = self.reader(viewer).await?;
        let mut sight = self.sight(&user, Some(&[party]), &[]).await?;
        filter.scopes = Some(std::mem::take(&mut sight.scopes));
        filter.visible_at = Some(self.ctx.clock.now());
        let order = Order::default();
        let place = place.and_then(|text| order.parse_token(text).ok().flatten());
        let page = self.page(&filter, &order, place.as_ref(), limit.clamp(1, 1000)).await?;
        let last = page.dialogs.last().filter(|_| page.more);
        Ok(InboxPage {
            next: last.map(|d| order.token(&order.place_of(d), time::text)),
            items: page.dialogs.iter().map(|d| item(d, viewer.level < sight.level(d))).collect(),
        })
    }
}

#[async_trait]
impl Inbox for Dialogporten {
    async fn list(
        &self,
        viewer: Viewer,
        party: Uuid,
        view: View,
        text: Option<&str>,
        cursor: Option<&str>,
        limit: usize,
    ) -> ports::Result<InboxPage> {
        self.folder(viewer, party, filter(view, text), cursor, limit).await.map_err(db_error)
    }

    async fn open(&self, viewer: Viewer, dialog: Uuid) -> ports::Result<Opened<OpenDialog>> {
        opened(self.open_page(viewer, dialog).await)
    }

    async fn activity(&self, viewer: Viewer, dialog: Uuid) -> ports::Result<Opened<Vec<LogEntry>>> {
        opened(self.history(viewer, dialog).await)
    }

    async fn unread_count(&self, viewer: Viewer, party: Uuid) -> ports::Result<usize> {
        let unread = Filter { content_seen: Some(false), ..filter(View::Inbox, None) };
        let page = self.folder(viewer, party, unread, None, MAX_UNREAD).await.map_err(db_error)?;
        Ok(page.items.len())
    }

    async fn set_label(&self, viewer: Viewer, dialog: Uuid, label: Label) -> ports::Result<Opened<()>> {
        opened(self.put_label(viewer, dialog, label).await)
    }
}
