//! A dialog as JSON, for end users and for service owners.

use crate::domain::access::{EMBEDDED, Grants};
use crate::domain::change::opened;
use crate::domain::language::Preference;
use crate::domain::model::{
    Activity, Actor, Aggregate, Attachment, Content, Dialog, Seen, Text, Transmission,
};
use crate::domain::names::{ContentType, Label};
use crate::read::latest_per_actor;
use crate::time;
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use uuid::Uuid;

const UNAUTHORIZED: &str = "urn:dialogporten:unauthorized";
const EXPIRED: &str = "urn:dialogporten:expired";

/// Who reads.
pub struct Reader<'a> {
    /// Languages asked for.
    pub languages: &'a Preference,
    /// Rights; absent for a service owner that reads for itself.
    pub grants: Option<&'a Grants>,
    /// An end user: addresses without right are hidden, persons masked, the owner's own members left out.
    pub end_user: bool,
    /// URN of the end user.
    pub current: Option<&'a str>,
    /// Business time.
    pub now: Timestamp,
    /// Hides persons.
    pub mask: &'a (dyn Fn(&str) -> String + Sync),
}

/// An object without members that are null.
#[derive(Debug, Default)]
pub struct Members(Map<String, Value>);

impl Members {
    /// Adds a member.
    pub fn put(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.insert(name.to_owned(), value.into());
        self
    }

    /// Adds a member unless it is absent.
    pub fn opt(self, name: &str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.put(name, value),
            None => self,
        }
    }

    /// The object.
    pub fn done(self) -> Value {
        Value::Object(self.0)
    }
}

impl Reader<'_> {
    /// Texts in the languages asked for.
    pub fn texts(&self, texts: &[Text]) -> Value {
        let chosen = self.languages.prune(texts);
        chosen.into_iter().map(|t| json!({"value": t.value, "languageCode": t.lang})).collect()
    }

    /// Who did something.
    pub fn actor(&self, actor: &Actor) -> Value {
        let id = actor.id.as_deref().map(|id| if self.end_user { (self.mask)(id) } else { id.to_owned() });
        Members::default()
            .put("actorType", actor.kind.name())
            .opt("actorName", actor.name.as_deref())
            .opt("actorId", id)
            .done()
    }

    fn url(&self, url: &str, authorized: bool, expires_at: Option<Timestamp>) -> String {
        if !self.end_user {
            url.to_owned()
        } else if !authorized {
            UNAUTHORIZED.to_owned()
        } else if expires_at.is_some_and(|at| at <= self.now) {
            EXPIRED.to_owned()
        } else {
            url.to_owned()
        }
    }

    /// Contents of these kinds.
    pub fn content(
        &self,
        content: &Content,
        kinds: &[ContentType],
        authorized: Option<bool>,
    ) -> Option<Value> {
        let mut members = Members::default();
        for kind in kinds {
            let Some(value) = content.get(kind) else { continue };
            let embedded = EMBEDDED.contains(kind);
            let hidden = embedded && self.end_user && authorized == Some(false);
            let texts = if hidden {
                let languages = self.languages.prune(&value.value);
                languages.iter().map(|t| json!({"value": UNAUTHORIZED, "languageCode": t.lang})).collect()
            } else {
                self.texts(&value.value)
            };
            let own = Members::default().put("value", texts).put("mediaType", value.media_type.as_str());
            let flag = authorized.filter(|_| *kind == ContentType::MainContentReference);
            members = members.put(kind.member(), own.opt("isAuthorized", flag).done());
        }
        if members.0.is_empty() { None } else { Some(members.done()) }
    }

    fn attachment(&self, a: &Attachment, authorized: bool) -> Value {
        let urls: Vec<Value> = a
            .urls
            .iter()
            .map(|u| {
                Members::default()
                    .put("id", u.id.to_string())
                    .put("url", self.url(&u.url, authorized, a.expires_at))
                    .opt("mediaType", u.media_type.as_deref())
                    .put("consumerType", u.consumer.name())
                    .done()
            })
            .collect();
        Members::default()
            .put("id", a.id.to_string())
            .put("displayName", self.texts(&a.display_name))
            .opt("name", a.name.as_deref())
            .put("urls", urls)
            .opt("expiresAt", a.expires_at.map(time::text))
            .done()
    }

    /// One transmission. `opened` is told only within a dialog.
    pub fn transmission(&self, t: &Transmission, opened: Option<bool>) -> Value {
        let authorized = self.grants.map(|g| g.transmission(t.attribute.as_deref()));
        let allowed = authorized.unwrap_or(true);
        let links: Vec<Value> = t
            .links
            .iter()
            .map(|l| {
                Members::default()
                    .put("title", self.texts(&l.title))
                    .put("url", self.url(&l.url, allowed, l.expires_at))
                    .opt("expiresAt", l.expires_at.map(time::text))
                    .done()
            })
            .collect();
        let key = t.idempotent_key.as_deref().filter(|_| !self.end_user);
        let attachments: Vec<Value> = t.attachments.iter().map(|a| self.attachment(a, allowed)).collect();
        Members::default()
            .put("id", t.id.to_string())
            .opt("idempotentKey", key)
            .put("createdAt", time::text(t.created_at))
            .opt("authorizationAttribute", t.attribute.as_deref())
            .opt("isAuthorized", authorized)
            .opt("extendedType", t.extended_type.as_deref())
            .opt("externalReference", t.external_reference.as_deref())
            .opt("relatedTransmissionId", t.related.map(|r| r.to_string()))
            .put("type", t.kind.name())
            .put("sender", self.actor(&t.sender))
            .opt("isOpened", opened)
            .opt("content", self.content(&t.content, ContentType::TRANSMISSION, authorized))
            .put("attachments", attachments)
            .put("navigationalActions", links)
            .done()
    }

    /// One activity in full.
    pub fn activity(&self, a: &Activity) -> Value {
        Members::default()
            .put("id", a.id.to_string())
            .put("createdAt", time::text(a.created_at))
            .opt("extendedType", a.extended_type.as_deref())
            .put("type", a.kind.name())
            .opt("transmissionId", a.transmission.map(|t| t.to_string()))
            .put("performedBy", self.actor(&a.by))
            .put("description", self.texts(&a.description))
            .done()
    }

    /// One activity as a list has it.
    pub fn activity_line(&self, a: &Activity) -> Value {
        let members = Members::default()
            .put("id", a.id.to_string())
            .put("createdAt", time::text(a.created_at))
            .opt("extendedType", a.extended_type.as_deref())
            .put("type", a.kind.name())
            .opt("transmissionId", a.transmission.map(|t| t.to_string()));
        // WIRE: dialogporten §7, end users see the words already in the list.
        if self.end_user {
            members.put("description", self.texts(&a.description)).done()
        } else {
            members.done()
        }
    }

    /// One entry of the seen log; `current` tells whether it is the reader's own.
    pub fn seen(&self, s: &Seen, current: bool) -> Value {
        let own = s.by.id.as_deref() == self.current;
        Members::default()
            .put("id", s.id.to_string())
            .put("seenAt", time::text(s.at))
            .put("seenBy", self.actor(&s.by))
            .put("isViaServiceOwner", s.via_owner)
            .opt("isCurrentEndUser", current.then_some(own))
            .done()
    }

    fn actions(&self, d: &Dialog) -> (Vec<Value>, Vec<Value>) {
        let may = |action: &str, attribute: Option<&str>| self.grants.map(|g| g.action(action, attribute));
        let gui = d.parts.gui_actions.iter().map(|a| {
            let authorized = may(&a.action, a.attribute.as_deref());
            Members::default()
                .put("id", a.id.to_string())
                .put("action", a.action.as_str())
                .put("url", self.url(&a.url, authorized.unwrap_or(true), None))
                .opt("authorizationAttribute", a.attribute.as_deref())
                .opt("isAuthorized", authorized)
                .put("isDeleteDialogAction", a.deletes)
                .put("httpMethod", a.method.name())
                .put("priority", a.priority.name())
                .put("title", self.texts(&a.title))
                .put("prompt", self.texts(&a.prompt))
                .done()
        });
        let api = d.parts.api_actions.iter().map(|a| {
            let authorized = may(&a.action, a.attribute.as_deref());
            let endpoints: Vec<Value> = a
                .endpoints
                .iter()
                .map(|e| {
                    Members::default()
                        .put("id", e.id.to_string())
                        .opt("version", e.version.as_deref())
                        .put("url", self.url(&e.url, authorized.unwrap_or(true), None))
                        .put("httpMethod", e.method.name())
                        .opt("documentationUrl", e.documentation.as_deref())
                        .opt("requestSchema", e.request_schema.as_deref())
                        .opt("responseSchema", e.response_schema.as_deref())
                        .put("deprecated", e.deprecated)
                        .opt("sunsetAt", e.sunset_at.map(time::text))
                        .done()
                })
                .collect();
            Members::default()
                .put("id", a.id.to_string())
                .put("action", a.action.as_str())
                .opt("authorizationAttribute", a.attribute.as_deref())
                .opt("isAuthorized", authorized)
                .opt("name", a.name.as_deref())
                .put("endpoints", endpoints)
                .done()
        });
        (gui.collect(), api.collect())
    }

    /// Members that lists and details share.
    pub fn common(&self, d: &Dialog, seen: &[Seen]) -> Members {
        let entries = |since| -> Vec<Value> {
            latest_per_actor(seen, since).into_iter().map(|s| self.seen(s, true)).collect()
        };
        let labels: Vec<&str> = d.labels.all().map(Label::name).collect();
        let context = json!({"revision": d.user_revision, "systemLabels": labels});
        Members::default()
            .put("id", d.id.to_string())
            .put("org", d.org.as_str())
            .put("serviceResource", d.resource_urn())
            .put("serviceResourceType", d.resource_type.to_lowercase())
            .put("party", d.party.as_str())
            .opt("progress", d.progress)
            .opt("process", d.process.as_deref())
            .opt("precedingProcess", d.preceding_process.as_deref())
            .opt("extendedStatus", d.extended_status.as_deref())
            .opt("externalReference", d.external_reference.as_deref())
            .opt("dueAt", d.due_at.map(time::text))
            .put("createdAt", time::text(d.created_at))
            .put("updatedAt", time::text(d.updated_at))
            .put("contentUpdatedAt", time::text(d.content_updated_at))
            .put("status", d.status.name())
            .put("systemLabel", d.labels.folder().name())
            .put("isApiOnly", d.api_only)
            .put("hasUnopenedContent", d.has_unopened)
            .put("isContentSeen", d.is_content_seen())
            .put("fromServiceOwnerTransmissionsCount", d.from_owner)
            .put("fromPartyTransmissionsCount", d.from_party)
            .put("seenSinceLastUpdate", entries(d.updated_at))
            .put("seenSinceLastContentUpdate", entries(d.content_updated_at))
            .put("endUserContext", context)
    }

    /// Members that only service owners see, in lists and details.
    pub fn owners(members: Members, d: &Dialog) -> Members {
        let labels: Vec<Value> = d.owner_labels.iter().map(|l| json!({"value": l})).collect();
        members
            .put("revision", d.revision.to_string())
            .opt("visibleFrom", d.visible_from.map(time::text))
            .opt("deletedAt", d.deleted_at.map(time::text))
            .put("serviceOwnerContext", json!({"revision": d.owner_revision, "serviceOwnerLabels": labels}))
    }

    /// A whole dialog.
    pub fn dialog(&self, aggregate: &Aggregate, seen: &[Seen], token: Option<String>) -> Value {
        let d = &aggregate.dialog;
        let opened = opened(&aggregate.activities);
        let kinds: Vec<ContentType> = ContentType::DIALOG
            .iter()
            .copied()
            .filter(|k| {
                !self.end_user
                    || !matches!(k, ContentType::NonSensitiveTitle | ContentType::NonSensitiveSummary)
            })
            .collect();
        let (gui, api) = self.actions(d);
        let transmissions: Vec<Value> = aggregate
            .transmissions
            .iter()
            .map(|t| self.transmission(t, Some(!t.kind.is_from_party() && opened.contains(&t.id))))
            .collect();
        let attachments: Vec<Value> = d.parts.attachments.iter().map(|a| self.attachment(a, true)).collect();
        let main = self.grants.map(Grants::main_content);
        let mut members = self
            .common(d, seen)
            .put("revision", d.revision.to_string())
            .opt("expiresAt", d.expires_at.map(time::text))
            .opt("content", self.content(&d.content, &kinds, main))
            .opt("dialogToken", token)
            .put("attachments", attachments)
            .put("transmissions", transmissions)
            .put("guiActions", gui)
            .put("apiActions", api)
            .put("activities", aggregate.activities.iter().map(|a| self.activity(a)).collect::<Vec<_>>());
        if !self.end_user {
            let tags: Vec<Value> = d.parts.tags.iter().map(|t| json!({"value": t})).collect();
            members = Self::owners(members, d)
                .opt("idempotentKey", d.idempotent_key.as_deref())
                .put("searchTags", tags);
        }
        members.done()
    }
}

/// Path of a new dialog or part below its kind of caller.
pub fn location(of: Uuid, below: &str) -> String {
    format!("/api/v1/serviceowner/dialogs/{of}{below}")
}
