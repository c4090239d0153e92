//! Reads and checks the parts of a dialog.

use super::reader::{JsonError, Obj};
use crate::domain::draft::PartKind;
use crate::domain::model::{
    Activity, Actor, ApiAction, Attachment, AttachmentUrl, Content, ContentValue, Endpoint, GuiAction,
    NavigationalAction, Text, Texts, Transmission,
};
use crate::domain::names::{
    ActivityType, ActorType, Consumer, ContentType, Priority, TransmissionType, Verb,
};
use crate::domain::party;
use crate::domain::rules::{LONG, Rules, SHORT, is_https_url, is_plain_html, must_not_be_empty};
use kernel::Ids;
use std::collections::HashSet;
use uuid::Uuid;

type Read<T> = Result<T, JsonError>;

/// What the caller may do beyond the ordinary.
#[derive(Debug, Clone, Copy, Default)]
pub struct Privileges {
    /// `digdir:dialogporten.correspondence`
    pub correspondence: bool,
    /// `digdir:dialogporten.serviceprovider.legacyhtml`
    pub legacy_html: bool,
    /// `digdir:dialogporten.serviceprovider.admin`
    pub admin: bool,
}

/// Reads parts and collects what breaks a rule.
pub struct Reader<'a> {
    /// Failures so far.
    pub rules: Rules,
    /// Source of ids for parts without one.
    pub ids: &'a dyn Ids,
    /// What the caller may do.
    pub privileges: Privileges,
    /// The dialog is being made (and not changed).
    pub creating: bool,
    /// Ids that the client chose.
    pub chosen: Vec<(PartKind, Uuid)>,
    /// Content may be left out.
    pub api_only: bool,
}

impl Reader<'_> {
    fn mint(&self) -> Uuid {
        self.ids.uuid_v7(self.rules.now)
    }

    fn id(&mut self, obj: &Obj, kind: PartKind, checked: bool) -> Read<Uuid> {
        let given = obj.uuid("id")?;
        if checked {
            self.rules.uuid_v7(&obj.path("id"), given);
        }
        Ok(match given {
            Some(id) => {
                self.chosen.push((kind, id));
                id
            }
            None => self.mint(),
        })
    }

    /// A list of texts.
    pub fn texts(&mut self, obj: &Obj, name: &str, max: usize) -> Read<Texts> {
        let mut given = Vec::new();
        for item in obj.objects(name)? {
            given.push(Text {
                lang: item.required_text("languageCode")?,
                value: item.required_text("value")?,
            });
        }
        Ok(self.rules.texts(&obj.path(name), given, max))
    }

    fn required_texts(&mut self, obj: &Obj, name: &str, max: usize) -> Read<Texts> {
        let texts = self.texts(obj, name, max)?;
        if texts.is_empty() {
            self.rules.fail(&obj.path(name), must_not_be_empty(name));
        }
        Ok(texts)
    }

    fn short(&mut self, obj: &Obj, name: &str) -> Read<Option<String>> {
        let value = obj.text(name)?;
        self.rules.max(&obj.path(name), name, value.as_deref(), SHORT);
        Ok(value)
    }

    fn required_short(&mut self, obj: &Obj, name: &str) -> Read<String> {
        let value = self.short(obj, name)?;
        Ok(self.rules.required(&obj.path(name), name, value))
    }

    /// A URI, relative or absolute.
    pub fn uri(&mut self, obj: &Obj, name: &str) -> Read<Option<String>> {
        let value = obj.text(name)?;
        self.rules.uri(&obj.path(name), name, value.as_deref());
        Ok(value)
    }

    fn https_url(&mut self, obj: &Obj, name: &str) -> Read<String> {
        let value = obj.text(name)?;
        let value = self.rules.required(&obj.path(name), name, value);
        self.rules.https_url(&obj.path(name), name, &value);
        Ok(value)
    }

    fn attribute(&mut self, obj: &Obj) -> Read<Option<String>> {
        let value = obj.text("authorizationAttribute")?;
        self.rules.authorization_attribute(&obj.path("authorizationAttribute"), value.as_deref());
        Ok(value)
    }

    /// Content of these kinds; the title is asked for unless content may be left out.
    pub fn content(&mut self, obj: &Obj, kinds: &[ContentType], optional: bool) -> Read<Content> {
        let Some(given) = obj.object("content")? else {
            if !optional {
                self.rules.fail(&obj.path("content"), must_not_be_empty("content"));
            }
            return Ok(Content::new());
        };
        // WIRE: dialogporten §3, members of content lose their own name in error keys.
        let path = obj.path("content");
        let mut content = Content::new();
        for kind in kinds {
            match given.object(kind.member())? {
                Some(value) => {
                    let value = self.content_value(&value, &path, *kind)?;
                    content.insert(*kind, value);
                }
                None if *kind == ContentType::Title => {
                    self.rules.fail(&path, format!("{} must not be empty.", kind.name()));
                }
                None => {}
            }
        }
        Ok(content)
    }

    fn content_value(&mut self, obj: &Obj, path: &str, kind: ContentType) -> Read<ContentValue> {
        let mut given = Vec::new();
        for item in obj.objects("value")? {
            given.push(Text {
                lang: item.required_text("languageCode")?,
                value: item.required_text("value")?,
            });
        }
        let value_path = format!("{path}.value");
        if given.is_empty() {
            self.rules.fail(&value_path, must_not_be_empty("value"));
        }
        let short = if self.privileges.correspondence { 512 } else { SHORT };
        let (max, embed) = match kind {
            ContentType::AdditionalInfo => (LONG, false),
            ContentType::ExtendedStatus => (25, false),
            ContentType::MainContentReference | ContentType::ContentReference => (LONG, true),
            _ => (short, false),
        };
        let value = self.rules.texts(&value_path, given, max);
        let given_type = obj.text("mediaType")?.unwrap_or_else(|| "text/plain".to_owned());
        let media_type = self.media_type(path, kind, &given_type);
        for (i, text) in value.iter().enumerate() {
            if embed && !is_https_url(&text.value) {
                self.rules
                    .fail(&format!("{value_path}[{i}].value"), "'Value' is not a well-formatted HTTPS URL.");
            }
            if media_type == "text/html" && !is_plain_html(&text.value) {
                self.rules.fail(
                    &format!("{value_path}[{i}].value"),
                    "Value contains unsupported HTML. Only a few tags are allowed, and no attributes but 'href' on links.",
                );
            }
        }
        Ok(ContentValue { value, media_type })
    }

    fn media_type(&mut self, path: &str, kind: ContentType, given: &str) -> String {
        const MARKDOWN: &str = "application/vnd.dialogporten.frontchannelembed-url;type=text/markdown";
        const HTML: &str = "application/vnd.dialogporten.frontchannelembed-url;type=text/html";
        let html = self.privileges.legacy_html;
        let embed = matches!(kind, ContentType::MainContentReference | ContentType::ContentReference);
        // WIRE: dialogporten §4.3, two names of older clients are stored under the new ones.
        let given = match given {
            "application/vnd.dialogporten.frontchannelembed+json;type=markdown" if embed => MARKDOWN,
            "application/vnd.dialogporten.frontchannelembed+json;type=html" if embed && html => HTML,
            other => other,
        };
        let allowed: &[&str] = match kind {
            ContentType::AdditionalInfo if html => &["text/plain", "text/markdown", "text/html"],
            ContentType::AdditionalInfo => &["text/plain", "text/markdown"],
            _ if embed && html => &[MARKDOWN, HTML],
            _ if embed => &[MARKDOWN],
            _ => &["text/plain"],
        };
        if !allowed.contains(&given) {
            let listed = allowed.iter().map(|a| format!("'{a}'")).collect::<Vec<_>>().join(", ");
            self.rules.fail(
                &format!("{path}.mediaType"),
                format!(
                    "MediaType '{given}' is not allowed for content type {}. Allowed media types are {listed}",
                    kind.name()
                ),
            );
        }
        given.to_owned()
    }

    /// Attachments of a dialog (addresses have ids of their own) or of a transmission (they do not).
    pub fn attachments(&mut self, obj: &Obj, of_dialog: bool) -> Read<Vec<Attachment>> {
        let mut attachments = Vec::new();
        for item in obj.objects("attachments")? {
            let id = self.id(&item, PartKind::Attachment, true)?;
            let mut urls = Vec::new();
            for url in item.objects("urls")? {
                let id = if of_dialog { self.id(&url, PartKind::AttachmentUrl, true)? } else { self.mint() };
                let consumer = url.name("consumerType", Consumer::parse, Consumer::from_code)?;
                if consumer.is_none() {
                    self.rules.fail(
                        &url.path("consumerType"),
                        "'ConsumerType' has a range of values which does not include '0'.",
                    );
                }
                urls.push(AttachmentUrl {
                    id,
                    url: self.https_url(&url, "url")?,
                    media_type: self.short(&url, "mediaType")?,
                    consumer: consumer.unwrap_or(Consumer::Gui),
                });
            }
            if urls.is_empty() {
                self.rules.fail(&item.path("urls"), must_not_be_empty("urls"));
            }
            if of_dialog {
                self.rules.unique(&item.path("urls"), &urls.iter().map(|u| u.id).collect::<Vec<_>>());
            }
            let expires_at = item.time("expiresAt")?;
            if self.creating {
                self.rules.future(&item.path("expiresAt"), "expiresAt", expires_at);
            }
            attachments.push(Attachment {
                id,
                display_name: self.texts(&item, "displayName", SHORT)?,
                name: self.short(&item, "name")?,
                urls,
                expires_at,
            });
        }
        self.rules.unique(&obj.path("attachments"), &attachments.iter().map(|a| a.id).collect::<Vec<_>>());
        Ok(attachments)
    }

    /// Buttons.
    pub fn gui_actions(&mut self, obj: &Obj) -> Read<Vec<GuiAction>> {
        let mut actions = Vec::new();
        for item in obj.objects("guiActions")? {
            let method =
                item.name("httpMethod", Verb::parse, |c| Verb::from_code(c + 1))?.unwrap_or(Verb::Get);
            if !matches!(method, Verb::Get | Verb::Post | Verb::Delete) {
                self.rules.fail(
                    &item.path("httpMethod"),
                    format!(
                        "'HttpMethod' for GUI actions must be one of GET, POST or DELETE. You entered {}.",
                        method.name()
                    ),
                );
            }
            let priority = item.name("priority", Priority::parse, Priority::from_code)?;
            if priority.is_none() {
                self.rules.fail(
                    &item.path("priority"),
                    "'Priority' has a range of values which does not include '0'.",
                );
            }
            actions.push(GuiAction {
                id: self.id(&item, PartKind::GuiAction, self.creating)?,
                action: self.required_short(&item, "action")?,
                url: self.https_url(&item, "url")?,
                attribute: self.attribute(&item)?,
                deletes: item.flag("isDeleteDialogAction")?,
                method,
                priority: priority.unwrap_or(Priority::Tertiary),
                title: self.required_texts(&item, "title", SHORT)?,
                prompt: self.texts(&item, "prompt", SHORT)?,
            });
        }
        let path = obj.path("guiActions");
        let count = |p: Priority| actions.iter().filter(|a| a.priority == p).count();
        for (priority, max, message) in [
            (Priority::Primary, 1, "Only one primary GUI action is allowed."),
            (Priority::Secondary, 1, "Only one secondary GUI action is allowed."),
            (Priority::Tertiary, 5, "Only five tertiary GUI actions are allowed."),
        ] {
            if count(priority) > max {
                self.rules.fail(&path, message);
            }
        }
        self.rules.unique(&path, &actions.iter().map(|a| a.id).collect::<Vec<_>>());
        Ok(actions)
    }

    /// Actions for systems.
    pub fn api_actions(&mut self, obj: &Obj) -> Read<Vec<ApiAction>> {
        let mut actions = Vec::new();
        for item in obj.objects("apiActions")? {
            let mut endpoints = Vec::new();
            for endpoint in item.objects("endpoints")? {
                let method = endpoint.name("httpMethod", Verb::parse, |c| Verb::from_code(c + 1))?;
                let deprecated = endpoint.flag("deprecated")?;
                let sunset_at = endpoint.time("sunsetAt")?;
                if sunset_at.is_some() && !deprecated {
                    self.rules.fail(&endpoint.path("sunsetAt"), "'SunsetAt' must be empty.");
                }
                endpoints.push(Endpoint {
                    id: self.id(&endpoint, PartKind::Endpoint, false)?,
                    version: self.short(&endpoint, "version")?,
                    url: self.https_url(&endpoint, "url")?,
                    method: method.unwrap_or(Verb::Get),
                    documentation: self.uri(&endpoint, "documentationUrl")?,
                    request_schema: self.uri(&endpoint, "requestSchema")?,
                    response_schema: self.uri(&endpoint, "responseSchema")?,
                    deprecated,
                    sunset_at,
                });
            }
            if endpoints.is_empty() {
                self.rules.fail(&item.path("endpoints"), must_not_be_empty("endpoints"));
            }
            self.rules.unique(&item.path("endpoints"), &endpoints.iter().map(|e| e.id).collect::<Vec<_>>());
            actions.push(ApiAction {
                id: self.id(&item, PartKind::ApiAction, self.creating)?,
                action: self.required_short(&item, "action")?,
                attribute: self.attribute(&item)?,
                name: self.short(&item, "name")?,
                endpoints,
            });
        }
        self.rules.unique(&obj.path("apiActions"), &actions.iter().map(|a| a.id).collect::<Vec<_>>());
        Ok(actions)
    }

    /// Who did something.
    pub fn actor(&mut self, obj: &Obj, name: &str) -> Read<Actor> {
        let Some(given) = obj.object(name)? else {
            self.rules.fail(&obj.path(name), must_not_be_empty(name));
            return Ok(Actor::SERVICE_OWNER);
        };
        let kind = given.name("actorType", ActorType::parse, ActorType::from_code)?;
        let id = given.text("actorId")?.filter(|i| !i.is_empty());
        let actor_name = self.short(&given, "actorName")?.filter(|n| !n.is_empty());
        let Some(kind) = kind else {
            self.rules.fail(
                &given.path("actorType"),
                "'ActorType' has a range of values which does not include '0'.",
            );
            return Ok(Actor::SERVICE_OWNER);
        };
        let fits = match kind {
            ActorType::ServiceOwner => id.is_none() && actor_name.is_none(),
            ActorType::PartyRepresentative => id.is_some() != actor_name.is_some(),
        };
        if !fits {
            self.rules.fail(&obj.path(name), "If 'ActorType' is 'ServiceOwner', both 'ActorId' and 'ActorName' must be null. For any other value of 'ActorType', 'ActorId' or 'ActorName' must be set, but not both simultaneously.");
        }
        if id.as_deref().is_some_and(|id| !party::valid_actor(id)) {
            self.rules.fail(&given.path("actorId"), "'ActorId' must be a valid party or system user URN.");
        }
        Ok(Actor { kind, id: id.map(|i| i.to_lowercase()), name: actor_name })
    }

    /// Transmissions in the body of a dialog.
    pub fn transmissions(&mut self, obj: &Obj) -> Read<Vec<Transmission>> {
        let mut transmissions = Vec::new();
        for item in obj.objects("transmissions")? {
            transmissions.push(self.transmission(&item)?);
        }
        let path = obj.path("transmissions");
        self.rules.unique(&path, &transmissions.iter().map(|t| t.id).collect::<Vec<_>>());
        if self.creating {
            let present: HashSet<Uuid> = transmissions.iter().map(|t| t.id).collect();
            for related in transmissions.iter().filter_map(|t| t.related).filter(|r| !present.contains(r)) {
                self.rules.fail(&path, format!("Item '{related}' in 'Transmissions' does not exist."));
            }
        }
        Ok(transmissions)
    }

    /// One transmission.
    pub fn transmission(&mut self, item: &Obj) -> Read<Transmission> {
        let given_id = item.uuid("id")?;
        self.rules.uuid_v7(&item.path("id"), given_id);
        let id = given_id.unwrap_or_else(|| self.mint());
        let key = item.text("idempotentKey")?;
        self.rules.min(&item.path("idempotentKey"), "idempotentKey", key.as_deref(), 3);
        self.rules.max(&item.path("idempotentKey"), "idempotentKey", key.as_deref(), 36);
        let created_at = item.time("createdAt")?;
        self.rules.past(&item.path("createdAt"), "createdAt", created_at);
        let related = item.uuid("relatedTransmissionId")?;
        if related == Some(id) {
            self.rules.fail(
                &item.path("relatedTransmissionId"),
                "'RelatedTransmissionId' cannot be equal to 'Id'.",
            );
        }
        let kind = item.name("type", TransmissionType::parse, TransmissionType::from_code)?;
        if kind.is_none() {
            self.rules.fail(&item.path("type"), "'Type' has a range of values which does not include '0'.");
        }
        let mut links = Vec::new();
        for link in item.objects("navigationalActions")? {
            let expires_at = link.time("expiresAt")?;
            self.rules.future(&link.path("expiresAt"), "expiresAt", expires_at);
            links.push(NavigationalAction {
                title: self.required_texts(&link, "title", SHORT)?,
                url: self.https_url(&link, "url")?,
                expires_at,
            });
        }
        Ok(Transmission {
            id,
            idempotent_key: key,
            created_at: created_at.unwrap_or(self.rules.now),
            attribute: self.attribute(item)?,
            extended_type: self.uri(item, "extendedType")?,
            external_reference: self.short(item, "externalReference")?,
            related,
            kind: kind.unwrap_or(TransmissionType::Information),
            sender: self.actor(item, "sender")?,
            content: self.content(item, ContentType::TRANSMISSION, self.api_only)?,
            attachments: self.attachments(item, false)?,
            links,
        })
    }

    /// Activities in the body of a dialog.
    pub fn activities(&mut self, obj: &Obj, transmissions: &[Transmission]) -> Read<Vec<Activity>> {
        let mut activities = Vec::new();
        for item in obj.objects("activities")? {
            activities.push(self.activity(&item)?);
        }
        let path = obj.path("activities");
        self.rules.unique(&path, &activities.iter().map(|a| a.id).collect::<Vec<_>>());
        if self.creating {
            let present: HashSet<Uuid> = transmissions.iter().map(|t| t.id).collect();
            for of in activities.iter().filter_map(|a| a.transmission) {
                if !present.contains(&of) {
                    self.rules.fail(&path, format!("Item '{of}' in 'Transmissions' does not exist."));
                }
            }
        }
        Ok(activities)
    }

    /// One activity.
    pub fn activity(&mut self, item: &Obj) -> Read<Activity> {
        let given_id = item.uuid("id")?;
        self.rules.uuid_v7(&item.path("id"), given_id);
        let created_at = item.time("createdAt")?;
        self.rules.past(&item.path("createdAt"), "createdAt", created_at);
        let kind = item.name("type", ActivityType::parse, ActivityType::from_code)?;
        if kind.is_none() {
            self.rules.fail(&item.path("type"), "'Type' has a range of values which does not include '0'.");
        }
        let kind = kind.unwrap_or(ActivityType::DialogCreated);
        let transmission = item.uuid("transmissionId")?;
        match (kind == ActivityType::TransmissionOpened, transmission.is_some()) {
            (true, false) => {
                self.rules.fail(&item.path("transmissionId"), must_not_be_empty("transmissionId"));
            }
            (false, true) => self.rules.fail(&item.path("transmissionId"), "'TransmissionId' must be empty."),
            _ => {}
        }
        let max = if self.privileges.correspondence { 4095 } else { SHORT };
        let description = self.texts(item, "description", max)?;
        match (kind == ActivityType::Information, description.is_empty()) {
            (true, true) => self.rules.fail(&item.path("description"), must_not_be_empty("description")),
            (false, false) => self.rules.fail(&item.path("description"), "'Description' must be empty."),
            _ => {}
        }
        Ok(Activity {
            id: given_id.unwrap_or_else(|| self.mint()),
            created_at: created_at.unwrap_or(self.rules.now),
            extended_type: self.uri(item, "extendedType")?,
            kind,
            transmission,
            by: self.actor(item, "performedBy")?,
            description,
        })
    }
}
