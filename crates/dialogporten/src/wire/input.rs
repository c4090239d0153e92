//! Bodies that make or change a dialog.

use super::input_parts::{Privileges, Reader};
use super::reader::{JsonError, Obj};
use crate::domain::draft::DialogInput;
use crate::domain::model::Parts;
use crate::domain::names::{ContentType, Label, Status};
use crate::domain::party;
use crate::domain::rules::{Errors, RESOURCE_PREFIX, Rules, SHORT, must_not_be_empty};
use jiff::Timestamp;
use kernel::Ids;
use serde_json::Value;

/// What is needed to read a body.
pub struct Reading<'a> {
    /// Business time.
    pub now: Timestamp,
    /// Ids for what has none.
    pub ids: &'a dyn Ids,
    /// What the caller may do.
    pub privileges: Privileges,
}

impl<'a> Reading<'a> {
    fn reader(&self, prefix: &'static str, creating: bool) -> Reader<'a> {
        Reader {
            rules: Rules::new(prefix, self.now),
            ids: self.ids,
            privileges: self.privileges,
            creating,
            chosen: Vec::new(),
            api_only: false,
        }
    }

    /// Body of POST dialogs: what was read, and which rules it breaks.
    pub fn create(&self, body: &Value) -> Result<(DialogInput, Errors), JsonError> {
        let obj = Obj::root(body)?;
        let mut r = self.reader("dto.", true);
        let mut input = common(&mut r, &obj)?;
        input.id = obj.uuid("id")?;
        r.rules.uuid_v7("id", input.id);
        input.idempotent_key = obj.text("idempotentKey")?;
        r.rules.min("idempotentKey", "idempotentKey", input.idempotent_key.as_deref(), 3);
        r.rules.max("idempotentKey", "idempotentKey", input.idempotent_key.as_deref(), 36);
        read_resource(&mut r, &obj, &mut input)?;
        read_party(&mut r, &obj, &mut input)?;
        input.visible_from = obj.time("visibleFrom")?;
        input.created_at = obj.time("createdAt")?;
        input.updated_at = obj.time("updatedAt")?;
        r.rules.past("createdAt", "createdAt", input.created_at);
        r.rules.past("updatedAt", "updatedAt", input.updated_at);
        match (input.created_at, input.updated_at) {
            (None, Some(_)) => r.rules.fail("createdAt", must_not_be_empty("createdAt")),
            (Some(created), Some(updated)) if updated < created => {
                r.rules.fail("updatedAt", "'UpdatedAt' must be greater than or equal to 'CreatedAt'.");
            }
            _ => {}
        }
        input.label = obj.name("systemLabel", Label::parse, Label::from_code)?;
        if matches!(input.label, Some(Label::MarkedAsUnopened | Label::Sent)) {
            r.rules.fail("systemLabel", "'SystemLabel' must be one of Default, Bin or Archive.");
        }
        if let Some(context) = obj.object("serviceOwnerContext")? {
            input.owner_labels = owner_labels(&mut r, &context)?;
        }
        check_times(&mut r.rules, &input, input.visible_from, self.privileges.admin);
        input.chosen = r.chosen;
        Ok((input, r.rules.errors))
    }

    /// Body of PUT dialogs. Members that cannot be changed are not read.
    pub fn update(&self, body: &Value) -> Result<(DialogInput, Errors), JsonError> {
        let obj = Obj::root(body)?;
        let mut r = self.reader("dto.", false);
        let mut input = common(&mut r, &obj)?;
        if input.status.is_none() {
            r.rules.fail("status", "'Status' has a range of values which does not include '0'.");
        }
        if let (Some(due), Some(expires)) = (input.due_at, input.expires_at)
            && expires < due
        {
            r.rules.fail("expiresAt", "'ExpiresAt' must be greater than or equal to 'DueAt'.");
        }
        input.chosen = r.chosen;
        Ok((input, r.rules.errors))
    }

    /// Body of POST transmissions.
    pub fn transmission(&self, body: &Value) -> Result<(DialogInput, Errors), JsonError> {
        let obj = Obj::root(body)?;
        let mut r = self.reader("transmissions[0].", false);
        let transmissions = vec![r.transmission(&obj)?];
        Ok((DialogInput { transmissions, chosen: r.chosen, ..DialogInput::default() }, r.rules.errors))
    }

    /// Body of POST activities.
    pub fn activity(&self, body: &Value) -> Result<(DialogInput, Errors), JsonError> {
        let obj = Obj::root(body)?;
        let mut r = self.reader("activity.", false);
        let activities = vec![r.activity(&obj)?];
        Ok((DialogInput { activities, ..DialogInput::default() }, r.rules.errors))
    }
}

/// Members that making and changing a dialog share.
fn common(r: &mut Reader, obj: &Obj) -> Result<DialogInput, JsonError> {
    let api_only = obj.flag("isApiOnly")?;
    r.api_only = api_only;
    let progress = obj.int("progress")?;
    if let Some(p) = progress.filter(|p| !(0..=100).contains(p)) {
        r.rules.fail("progress", format!("'Progress' must be between 0 and 100. You entered {p}."));
    }
    let short = |r: &mut Reader, name: &str| -> Result<Option<String>, JsonError> {
        let value = obj.text(name)?;
        r.rules.max(name, name, value.as_deref(), SHORT);
        Ok(value)
    };
    let extended_status = short(r, "extendedStatus")?;
    let external_reference = short(r, "externalReference")?;
    let process = r.uri(obj, "process")?;
    let preceding_process = r.uri(obj, "precedingProcess")?;
    if preceding_process.is_some() && process.is_none() {
        r.rules.fail("process", must_not_be_empty("process"));
    }
    let status = obj.name("status", Status::parse_input, Status::from_input_code)?;
    let content = r.content(obj, ContentType::DIALOG, api_only)?;
    let parts = Parts {
        tags: tags(r, obj)?,
        attachments: r.attachments(obj, true)?,
        gui_actions: r.gui_actions(obj)?,
        api_actions: r.api_actions(obj)?,
    };
    let transmissions = r.transmissions(obj)?;
    let activities = r.activities(obj, &transmissions)?;
    Ok(DialogInput {
        progress,
        extended_status,
        external_reference,
        process,
        preceding_process,
        due_at: obj.time("dueAt")?,
        expires_at: obj.time("expiresAt")?,
        status,
        api_only,
        content,
        parts,
        transmissions,
        activities,
        ..DialogInput::default()
    })
}

fn tags(r: &mut Reader, obj: &Obj) -> Result<Vec<String>, JsonError> {
    let mut tags = Vec::new();
    for item in obj.objects("searchTags")? {
        let value = item.text("value")?;
        let path = item.path("value");
        r.rules.min(&path, "value", value.as_deref(), 3);
        r.rules.max(&path, "value", value.as_deref(), 63);
        tags.push(r.rules.required(&path, "value", value));
    }
    r.rules.unique("searchTags", &tags.iter().map(|t| t.to_lowercase()).collect::<Vec<_>>());
    Ok(tags)
}

fn owner_labels(r: &mut Reader, context: &Obj) -> Result<Vec<String>, JsonError> {
    let mut labels = Vec::new();
    for item in context.objects("serviceOwnerLabels")? {
        let value = item.text("value")?.map(|v| v.trim().to_lowercase());
        let path = item.path("value");
        r.rules.min(&path, "value", value.as_deref(), 3);
        r.rules.max(&path, "value", value.as_deref(), SHORT);
        labels.push(r.rules.required(&path, "value", value));
    }
    let path = context.path("serviceOwnerLabels");
    if labels.len() > 20 {
        r.rules.fail(&path, "Maximum 20 service owner labels are allowed.");
    }
    r.rules.unique(&path, &labels);
    Ok(labels)
}

fn read_resource(r: &mut Reader, obj: &Obj, input: &mut DialogInput) -> Result<(), JsonError> {
    let given = r.uri(obj, "serviceResource")?;
    let urn = r.rules.required("serviceResource", "serviceResource", given);
    match urn.strip_prefix(RESOURCE_PREFIX) {
        Some(id) => input.resource = id.to_lowercase(),
        None if urn.is_empty() => {}
        None => r.rules.fail("serviceResource", "'ServiceResource' must start with 'urn:altinn:resource:'."),
    }
    Ok(())
}

fn read_party(r: &mut Reader, obj: &Obj, input: &mut DialogInput) -> Result<(), JsonError> {
    let given = obj.text("party")?;
    r.rules.max("party", "party", given.as_deref(), SHORT);
    input.party = r.rules.required("party", "party", given).to_lowercase();
    if !input.party.is_empty() && !party::valid_party(&input.party) {
        r.rules.fail("party", "'Party' must be on format 'urn:altinn:organization:identifier-no:{norwegian org-nr}', 'urn:altinn:person:identifier-no:{norwegian f-nr/d-nr}', 'urn:altinn:person:legacy-selfidentified:{username}' or 'urn:altinn:person:idporten-email:{e-mail}' with valid values, respectively.");
    }
    Ok(())
}

fn check_times(rules: &mut Rules, input: &DialogInput, visible_from: Option<Timestamp>, admin: bool) {
    let mut not_before = |name: &str, at: Option<Timestamp>, other: &str, than: Option<Timestamp>| {
        if let (Some(at), Some(than)) = (at, than)
            && at < than
        {
            let pascal = crate::domain::rules::pascal(name);
            rules.fail(name, format!("'{pascal}' must be greater than or equal to '{other}'."));
        }
    };
    not_before("expiresAt", input.expires_at, "DueAt", input.due_at);
    not_before("expiresAt", input.expires_at, "VisibleFrom", visible_from);
    if !admin {
        not_before("dueAt", input.due_at, "VisibleFrom", visible_from);
    }
}
