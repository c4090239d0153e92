//! Who looks at a page, and in which language.

use crate::Operations;
use crate::texts::TEXTS;
use axum::extract::{FromRequestParts, OriginalUri};
use axum::response::Response;
use http::request::Parts;
use http::{Method, StatusCode};
use httpkit::{Operator, Origin};
use jiff::Timestamp;
use maud::Markup;
use ports::pages::Sheet;
use words::Language;

/// An operator's look at a page.
pub struct Visit {
    pub operations: Operations,
    pub operator: Operator,
    pub language: Language,
    here: String,
}

/// A page's own content.
pub struct Content<'a> {
    pub title: &'a str,
    /// Address of its section.
    pub section: &'static str,
    /// Pages above this one: address and name.
    pub trail: &'a [(&'a str, &'a str)],
    pub body: Markup,
}

pub const START: &str = "/drift";
pub const JOBS: &str = "/drift/jobber";
pub const LOG: &str = "/drift/logg";

impl FromRequestParts<Operations> for Visit {
    type Rejection = Response;
    async fn from_request_parts(parts: &mut Parts, operations: &Operations) -> Result<Self, Response> {
        let operator = Operator::from_request_parts(parts, operations).await?;
        let Ok(origin) = Origin::from_request_parts(parts, operations).await;
        let uri = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |original| &original.0);
        let here = match (&parts.method, uri.path_and_query()) {
            (&Method::GET, Some(path)) => path.to_string(),
            _ => uri.path().to_owned(),
        };
        let jar = axum_extra::extract::CookieJar::from_headers(&parts.headers);
        let chosen =
            jar.get(&origin.own_cookie(words::COOKIE)).and_then(|cookie| Language::of_tag(cookie.value()));
        let language = chosen.unwrap_or(Language::Nb);
        Ok(Self { operations: operations.clone(), operator, language, here })
    }
}

impl Visit {
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

    /// A time.
    pub fn at(&self, at: Timestamp) -> String {
        words::time(at, self.language)
    }

    /// The page with status 200.
    pub fn show(&self, content: Content<'_>) -> Response {
        self.show_with(StatusCode::OK, content)
    }

    /// The page with another status.
    pub fn show_with(&self, status: StatusCode, content: Content<'_>) -> Response {
        let (start, jobs, log) = (self.t("section-start"), self.t("section-jobs"), self.t("section-log"));
        let sections = [
            (START, start.as_str(), content.section == START),
            (JOBS, jobs.as_str(), content.section == JOBS),
            (LOG, log.as_str(), content.section == LOG),
        ];
        let reader = self.ta("reader", &[("name", self.operator.name())]);
        let body = content.body.into_string();
        let sheet = Sheet {
            language: self.language.tag(),
            here: &self.here,
            title: content.title,
            reader: &reader,
            sections: &sections,
            trail: content.trail,
            body: &body,
        };
        httpkit::html_with_status(status, self.operations.frame.page(&sheet))
    }
}
