//! The answer of the token endpoint, and the claims of the token in it.

use crate::domain::details::SYSTEM_USER;
use kernel::{Iso6523, OrgNo};
use serde::Serialize;
use uuid::Uuid;

/// 200 of `POST /token`.
#[derive(Debug, Serialize)]
pub struct TokenResponse {
    pub access_token: String,
    pub token_type: &'static str,
    pub expires_in: i64,
    pub scope: String,
}

/// Claims of the access token.
#[derive(Debug, Serialize)]
pub struct AccessToken<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization_details: Option<[SystemUserDetails<'a>; 1]>,
    pub scope: &'a str,
    pub iss: &'a str,
    pub client_amr: &'static str,
    pub token_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aud: Option<Audience>,
    pub exp: i64,
    pub iat: i64,
    pub client_id: &'a str,
    pub jti: &'a str,
    pub consumer: Iso6523,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pid: Option<&'a str>,
}

/// One value is written as a text, several as an array.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Audience {
    One(String),
    Many(Vec<String>),
}

impl Audience {
    /// `aud` for the resources that were asked for; without them there is none.
    pub fn of(mut resources: Vec<String>) -> Option<Self> {
        match resources.len() {
            0 => None,
            1 => resources.pop().map(Self::One),
            _ => Some(Self::Many(resources)),
        }
    }
}

/// The system user in the token. WIRE: `systemuser_id` is always an array; `externalRef` is not echoed (identity §1.4).
#[derive(Debug, Serialize)]
pub struct SystemUserDetails<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    systemuser_id: [Uuid; 1],
    systemuser_org: Iso6523,
    system_id: &'a str,
}

impl<'a> SystemUserDetails<'a> {
    /// The details of one system user.
    pub fn new(id: Uuid, owner: OrgNo, system_id: &'a str) -> Self {
        Self { kind: SYSTEM_USER, systemuser_id: [id], systemuser_org: Iso6523::new(owner), system_id }
    }
}
