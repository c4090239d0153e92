//! Who looks at a page, in which language, and on whose behalf.

use crate::texts::{Language, TEXTS};
use crate::{Portal, cookies};
use axum::extract::{FromRequestParts, OptionalFromRequestParts, OriginalUri};
use axum::response::{IntoResponse, Redirect, Response};
use http::Method;
use http::request::Parts;
use httpkit::{Caller, Origin, Role};
use ports::dialogporten::Viewer;
use ports::register::{Party, PartyRef};
use std::convert::Infallible;
use uuid::Uuid;

/// A page under way, with or without a logged-in reader.
pub struct Page {
    pub portal: Portal,
    pub language: Language,
    pub origin: Origin,
    /// Path and query of this page, to come back to.
    pub here: String,
    pub who: Option<Who>,
}

/// A logged-in person.
#[derive(Debug, Clone)]
pub struct Who {
    pub user: Party,
    /// The party that the person acts for, possibly the person.
    pub actor: Party,
    pub level: u8,
    pub csrf: String,
}

/// A page for logged-in people.
pub struct Visit {
    pub page: Page,
    pub who: Who,
}

impl Page {
    /// A text.
    pub fn t(&self, key: &str) -> String {
        TEXTS.t(self.language, key)
    }

    /// A text with words put in.
    pub fn ta(&self, key: &str, words: &[(&str, &str)]) -> String {
        TEXTS.ta(self.language, key, words)
    }

    /// A text with a count.
    pub fn tn(&self, key: &str, count: usize) -> String {
        TEXTS.tn(self.language, key, count)
    }

    /// Address of the login, leading back to `path`.
    pub fn login(&self, path: &str, more: &[(&str, &str)]) -> String {
        let goto = format!("{}{path}", self.origin.base());
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("goto", &goto).extend_pairs(more);
        self.elsewhere(Role::PLATFORM, &format!("/authentication/api/v1/authentication?{}", query.finish()))
    }

    /// Address of another role's path: on its own host where each role has one.
    pub fn elsewhere(&self, role: Role, path: &str) -> String {
        let host = if self.origin.is_own_host() { self.origin.of(role) } else { String::new() };
        format!("{host}{path}")
    }
}

impl Visit {
    /// The person, as the inbox decides about.
    pub fn viewer(&self) -> Viewer {
        Viewer { user: self.who.user.uuid, level: self.who.level }
    }
}

/// A path of this site, to lead back to; nothing that a browser could take for another host.
pub fn local(path: &str) -> Option<&str> {
    let own = path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains(|c: char| c == '\\' || c.is_control())
        && path.len() < 2_000;
    own.then_some(path)
}

impl FromRequestParts<Portal> for Page {
    type Rejection = Response;
    async fn from_request_parts(parts: &mut Parts, portal: &Portal) -> Result<Self, Response> {
        let uri =
            parts.extensions.get::<OriginalUri>().map_or_else(|| parts.uri.clone(), |uri| uri.0.clone());
        let here = match (&parts.method, uri.path_and_query()) {
            (&Method::GET, Some(path)) => path.to_string(),
            _ => uri.path().to_owned(),
        };
        let Ok(origin) = Origin::from_request_parts(parts, portal).await;
        let chosen = cookies::language(&parts.headers, &origin);
        let language = chosen.and_then(|tag| Language::of_tag(&tag)).unwrap_or(Language::Nb);
        let Ok(caller): Result<Option<Caller>, Infallible> =
            <Caller as OptionalFromRequestParts<Portal>>::from_request_parts(parts, portal).await;
        let who = match caller.filter(Caller::by_cookie) {
            Some(caller) => who(portal, &caller, cookies::get(&parts.headers, cookies::PARTY_UUID))
                .await
                .map_err(|e| httpkit::internal(&e))?,
            None => None,
        };
        Ok(Self { portal: portal.clone(), language, origin, here, who })
    }
}

impl FromRequestParts<Portal> for Visit {
    type Rejection = Response;
    async fn from_request_parts(parts: &mut Parts, portal: &Portal) -> Result<Self, Response> {
        let page = Page::from_request_parts(parts, portal).await?;
        match page.who.clone() {
            Some(who) => Ok(Self { page, who }),
            // The guard lets only portal logins through, so the person must have left the register.
            None => Err(Redirect::to("/").into_response()),
        }
    }
}

async fn who(portal: &Portal, caller: &Caller, chosen: Option<String>) -> ports::Result<Option<Who>> {
    let Some(uuid) = caller.party_uuid() else { return Ok(None) };
    let Some(user) = portal.deps.register.party(&PartyRef::Uuid(uuid)).await? else { return Ok(None) };
    let chosen = chosen.and_then(|text| text.parse().ok());
    let actor = actor(portal, &user, chosen).await?;
    Ok(Some(Who { user, actor, level: caller.auth_level(), csrf: caller.csrf_token().to_owned() }))
}

/// The party of the cookie while the person may act for it, else the person.
async fn actor(portal: &Portal, user: &Party, chosen: Option<Uuid>) -> ports::Result<Party> {
    let Some(chosen) = chosen.filter(|chosen| *chosen != user.uuid) else { return Ok(user.clone()) };
    // A connection that holds something is what `parties_of` is made of, read for one pair only.
    let connection = portal.deps.access.connection(chosen, user.uuid).await?;
    if connection.roles.is_empty() && connection.packages.is_empty() && connection.rights.is_empty() {
        return Ok(user.clone());
    }
    let party = portal.deps.register.party(&PartyRef::Uuid(chosen)).await?;
    Ok(party.unwrap_or_else(|| user.clone()))
}

#[cfg(test)]
mod tests {
    use super::local;

    #[test]
    fn only_paths_of_this_site_are_led_back_to() {
        assert_eq!(local("/innboks?sok=a"), Some("/innboks?sok=a"));
        for foreign in
            ["", "innboks", "//evil.example", "/\\evil.example", "/a\\b", "https://evil.example", "/\t/x"]
        {
            assert_eq!(local(foreign), None, "{foreign}");
        }
    }
}
