//! Vendors' requests.

use super::body::null_is_empty;
use crate::systemuser::domain::{AccessPackage, Kind, Request, Right, request};
use jiff::Timestamp;
use ports::authentication::RequestView;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What a vendor asks for. A list that is left out is empty, one that is null is absent. Read through [`super::body`].
#[derive(Debug, Deserialize)]
pub(crate) struct CreateRequestSystemUser {
    #[serde(default, rename = "integrationtitle")]
    pub integration_title: Option<String>,
    #[serde(default, rename = "externalref")]
    pub external_ref: Option<String>,
    #[serde(rename = "systemid")]
    pub system_id: String,
    #[serde(rename = "partyorgno")]
    pub party_org_no: String,
    #[serde(default = "empty")]
    pub rights: Option<Vec<Right>>,
    #[serde(default = "empty", rename = "accesspackages")]
    pub packages: Option<Vec<AccessPackage>>,
    #[serde(default, rename = "redirecturl")]
    pub redirect_url: Option<String>,
}

#[expect(clippy::unnecessary_wraps, reason = "the signature that serde calls")]
fn empty<T>() -> Option<Vec<T>> {
    Some(Vec::new())
}

/// A request as its vendor and its customer see it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RequestSystemResponse {
    id: Uuid,
    integration_title: String,
    external_ref: String,
    system_id: String,
    party_org_no: String,
    /// Absent for agent requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    rights: Option<Vec<Right>>,
    access_packages: Vec<AccessPackage>,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    redirect_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    confirm_url: Option<String>,
    escalated: bool,
    created: Timestamp,
    timed_out: bool,
}

impl RequestSystemResponse {
    pub(crate) fn new(from: Request, now: Timestamp) -> Self {
        Self {
            id: from.id,
            integration_title: from.title,
            external_ref: from.external_ref,
            system_id: from.system_id,
            party_org_no: from.party_org_no,
            rights: (from.kind == Kind::Standard).then_some(from.rights),
            access_packages: from.packages,
            status: request::word(from.status),
            redirect_url: from.redirect_url,
            confirm_url: None,
            escalated: from.escalated,
            created: from.created,
            timed_out: request::timed_out(from.created, now),
        }
    }

    /// With the address where the customer decides.
    pub(crate) fn with_confirm_url(mut self, url: String) -> Self {
        self.confirm_url = Some(url);
        self
    }

    /// WIRE: single reads never tell that a request is escalated, except the agent's by external reference; lists and the
    /// portal do (identity §4.2).
    pub(crate) fn without_escalation(mut self) -> Self {
        self.escalated = false;
        self
    }
}

/// The portal's view. It has neither title nor age.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RequestSystemResponseInternal {
    id: Uuid,
    external_ref: String,
    system_id: String,
    party_org_no: String,
    party_id: i64,
    party_uuid: Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    rights: Option<Vec<Right>>,
    access_packages: Vec<AccessPackage>,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    redirect_url: Option<String>,
    escalated: bool,
    user_may_escalate_but_not_approve: bool,
    created: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    system_user_type: Option<&'static str>,
}

impl RequestSystemResponseInternal {
    pub(crate) fn new(from: Request, view: &RequestView) -> Self {
        Self {
            id: from.id,
            external_ref: from.external_ref,
            system_id: from.system_id,
            party_org_no: from.party_org_no,
            party_id: view.party_id,
            party_uuid: view.party,
            rights: (!view.agent).then_some(from.rights),
            access_packages: from.packages,
            status: request::word(from.status),
            redirect_url: from.redirect_url,
            escalated: from.escalated,
            user_may_escalate_but_not_approve: view.may_escalate_only,
            created: from.created,
            system_user_type: view.agent.then_some("Agent"),
        }
    }
}

/// Body of a user's own creation of a system user.
#[derive(Debug, Deserialize)]
pub(crate) struct CreateSystemUser {
    #[serde(default, rename = "integrationtitle", deserialize_with = "null_is_empty")]
    pub integration_title: String,
    #[serde(rename = "systemid")]
    pub system_id: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::systemuser::wire::body;
    use ports::authentication::RequestStatus;
    use serde_json::json;

    fn request(kind: Kind) -> Request {
        Request {
            id: Uuid::nil(),
            kind,
            system_id: "310000001_x".into(),
            vendor_org_no: "310000001".into(),
            party_org_no: "310000002".into(),
            external_ref: "310000002".into(),
            title: String::new(),
            rights: vec![],
            packages: vec![],
            redirect_url: None,
            status: RequestStatus::New,
            escalated: true,
            created: "2026-01-02T03:04:05Z".parse().unwrap(),
        }
    }

    /// Shape: identity §4.2, `RequestSystemResponse`.
    #[test]
    fn lists_are_written_even_when_empty_and_nulls_are_not() {
        let now = "2026-01-03T00:00:00Z".parse().unwrap();
        let wire = RequestSystemResponse::new(request(Kind::Standard), now).without_escalation();
        let expected = json!({
            "id": Uuid::nil(), "integrationTitle": "", "externalRef": "310000002", "systemId": "310000001_x",
            "partyOrgNo": "310000002", "rights": [], "accessPackages": [], "status": "New", "escalated": false,
            "created": "2026-01-02T03:04:05Z", "timedOut": false
        });
        assert_eq!(json!(wire), expected);
        let agent = json!(RequestSystemResponse::new(request(Kind::Agent), now).with_confirm_url("u".into()));
        assert_eq!(
            (agent.get("rights"), &agent["confirmUrl"], &agent["escalated"]),
            (None, &json!("u"), &json!(true))
        );
    }

    #[test]
    fn a_null_list_differs_from_a_missing_one() {
        let body = json!({"systemId": "s", "partyOrgNo": "o", "rights": null});
        let read: CreateRequestSystemUser = body::read_trimmed(&body).unwrap();
        assert_eq!((read.rights, read.packages), (None, Some(vec![])));
    }
}
