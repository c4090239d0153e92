//! Query parameters of the lists.

use crate::domain::labels::Labels;
use crate::domain::language;
use crate::domain::names::{DeletedFilter, Label, Status};
use crate::domain::order::{Order, Place, TokenError};
use crate::domain::rules::{Errors, LONG, RESOURCE_PREFIX, is_uri};
use crate::request::Req;
use crate::store::search::{Filter, Span, terms};
use crate::time;
use jiff::Timestamp;

/// A list as asked for.
#[derive(Debug)]
pub struct ListQuery {
    /// What is asked for, without what the reader may see.
    pub filter: Filter,
    /// Order.
    pub order: Order,
    /// Where the page begins.
    pub place: Option<Place>,
    /// The token as given.
    pub token: Option<String>,
    /// Size of the page.
    pub limit: usize,
}

/// Most values of the filters.
pub struct Limits {
    /// `party`
    pub parties: usize,
}

/// Limits of end users.
pub const END_USER: Limits = Limits { parties: 100 };
/// Limits of service owners.
pub const OWNER: Limits = Limits { parties: 20 };
/// Most values of `serviceResource`, `org` and `extendedStatus`.
pub const MANY: usize = 20;

struct Parser<'a> {
    req: &'a Req,
    errors: Errors,
}

impl Parser<'_> {
    fn list(&mut self, name: &'static str, key: &str, max: usize) -> Vec<String> {
        let values: Vec<String> = self.req.all(name).into_iter().map(str::to_owned).collect();
        if values.len() > max {
            self.errors.push(
                format!("{key}.count"),
                format!("'{key}.Count' must be less than or equal to '{max}'."),
            );
        }
        values
    }

    fn time(&mut self, name: &'static str) -> Option<Timestamp> {
        let text = self.req.first(name)?;
        let at = time::parse(text);
        if at.is_none() {
            let message = format!(
                "'{text}' could not be read as a time. An explicit offset postfix is expected: 'Z' or '±hh:mm'."
            );
            self.errors.push(name, message);
        }
        at
    }

    fn span(&mut self, after: &'static str, before: &'static str) -> Span {
        let span = (self.time(after), self.time(before));
        if matches!(span, (Some(from), Some(to)) if from > to) {
            self.errors.push(after, format!("'{after}' must be less than or equal to '{before}'."));
        }
        span
    }

    fn names<T>(&mut self, name: &'static str, parse: impl Fn(&str) -> Option<T>) -> Vec<T> {
        let mut found = Vec::new();
        for text in self.req.all(name) {
            match parse(text) {
                Some(value) => found.push(value),
                None => self.errors.push(name, format!("The value '{text}' is not valid for '{name}'.")),
            }
        }
        found
    }

    fn flag(&mut self, name: &'static str) -> Option<bool> {
        let text = self.req.first(name)?;
        match text.to_ascii_lowercase().as_str() {
            "true" => Some(true),
            "false" => Some(false),
            _ => {
                self.errors.push(name, format!("The value '{text}' is not valid for '{name}'."));
                None
            }
        }
    }
}

/// Reads what all lists share; failures are collected.
pub fn read(req: &Req, limits: &Limits) -> (ListQuery, Errors) {
    let mut p = Parser { req, errors: Errors::default() };
    let resources = p.list("serviceresource", "serviceResource", MANY);
    let strip = |r: &String| {
        let lower = r.to_lowercase();
        lower.strip_prefix(RESOURCE_PREFIX).map_or_else(|| lower.clone(), str::to_owned)
    };
    let process = req.first("process").map(str::to_owned);
    if process.as_deref().is_some_and(|v| !is_uri(v) || v.len() > LONG) {
        p.errors.push("process", "'Process' is not a well-formatted URI.");
    }
    let labels = p.names("systemlabel", Label::parse);
    let mut filter = Filter {
        parties: p.list("party", "party", limits.parties).iter().map(|v| v.to_lowercase()).collect(),
        resources: resources.iter().map(strip).collect(),
        extended_status: p.list("extendedstatus", "extendedStatus", MANY),
        external_reference: req.first("externalreference").map(str::to_owned),
        status: p.names("status", Status::parse_input).into_iter().map(Status::code).collect(),
        created: p.span("createdafter", "createdbefore"),
        updated: p.span("updatedafter", "updatedbefore"),
        content_updated: p.span("contentupdatedafter", "contentupdatedbefore"),
        due: p.span("dueafter", "duebefore"),
        content_seen: p.flag("iscontentseen"),
        process,
        labels: Labels::mask_of(&labels),
        exclude_api_only: p.flag("excludeapionly").unwrap_or(false),
        ..Filter::default()
    };
    if let Some(text) = req.first("search") {
        if text.chars().count() < 3 {
            let n = text.chars().count();
            p.errors.push(
                "search",
                format!("The length of 'Search' must be at least 3 characters. You entered {n} characters."),
            );
        }
        terms(text, &mut filter);
    }
    if let Some(code) = req.first("searchlanguagecode")
        && !language::known(&language::normalise(code))
    {
        p.errors.push(
            "searchLanguageCode",
            format!("'SearchLanguageCode' '{code}' is not a valid language code."),
        );
    }
    let limit = req.first("limit").map_or(Some(100), |text| text.parse::<i64>().ok());
    if !limit.is_some_and(|n| (1..=1000).contains(&n)) {
        let given = req.first("limit").unwrap_or_default();
        p.errors.push("limit", format!("'Limit' must be between 1 and 1000. You entered {given}."));
    }
    let order = Order::parse(req.first("orderby").unwrap_or_default());
    if order.is_none() {
        p.errors.push("orderBy", "An error occurred while parsing the OrderBy parameter");
    }
    let order = order.unwrap_or_default();
    let token = req.first("continuationtoken").map(str::to_owned);
    let place = match order.parse_token(token.as_deref().unwrap_or_default()) {
        Ok(place) => place,
        Err(TokenError::Malformed) => {
            p.errors
                .push("continuationToken", "An error occurred while parsing the ContinuationToken parameter");
            None
        }
        Err(TokenError::Missing(keys)) => {
            let message = format!("ContinuationToken does not match OrderBy. Missing token keys: [{keys}].");
            p.errors.push("continuationToken", message);
            None
        }
    };
    let limit = usize::try_from(limit.unwrap_or(100)).unwrap_or(100).min(1000);
    (ListQuery { filter, order, place, token, limit }, p.errors)
}

/// What end users may ask for besides.
pub fn end_user(req: &Req) -> Result<ListQuery, Errors> {
    let (mut query, mut errors) = read(req, &END_USER);
    let mut p = Parser { req, errors: Errors::default() };
    query.filter.orgs = p.list("org", "org", MANY).iter().map(|o| o.to_lowercase()).collect();
    for (path, messages) in p.errors.iter() {
        for message in messages {
            errors.push(path, message);
        }
    }
    if query.filter.parties.is_empty() && query.filter.resources.is_empty() {
        errors.push("", "Either ServiceResource or Party must be specified.");
    }
    errors.into_result().map(|()| query)
}

/// What service owners may ask for besides; `for_person`: they read for a person.
pub fn owner(req: &Req, for_person: bool) -> Result<ListQuery, Errors> {
    let (mut query, mut errors) = read(req, if for_person { &END_USER } else { &OWNER });
    let mut p = Parser { req, errors: Errors::default() };
    query.filter.deleted = p.names("deleted", DeletedFilter::parse).into_iter().next();
    let visible = p.span("visibleafter", "visiblebefore");
    let labels = p.list("serviceownerlabels", "serviceOwnerLabels", MANY);
    for label in &labels {
        let body = label.trim_end_matches('*');
        if !(3..=255).contains(&label.len()) || body.contains('*') {
            p.errors.push(
                "serviceOwnerLabels",
                format!("'{label}' is not a label of 3 to 255 characters with at most one trailing '*'."),
            );
        }
    }
    query.filter.owner_labels = labels.iter().map(|l| l.to_lowercase()).collect();
    for (path, messages) in p.errors.iter() {
        for message in messages {
            errors.push(path, message);
        }
    }
    if for_person {
        if query.filter.parties.is_empty() && query.filter.resources.is_empty() {
            errors.push("", "Either ServiceResource or Party must be specified.");
        }
    } else {
        query.filter.visible = visible;
        if req.first("search").is_some() {
            errors.push("endUserId", "'EndUserId' must not be empty.");
        }
    }
    errors.into_result().map(|()| query)
}
