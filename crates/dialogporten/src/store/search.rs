//! Lists of dialogs.

use super::dialogs::{columns, from_row, no_deadline};
use crate::domain::labels::Labels;
use crate::domain::model::{Aggregate, Content, Dialog, Text, Transmission};
use crate::domain::names::{DeletedFilter, Label};
use crate::domain::order::{Key, Order, Place};
use db::{Db, Sql, Value};
use jiff::Timestamp;
use std::collections::BTreeMap;
use uuid::Uuid;

db::statements! {
    SCOPES_OF_PARTIES = "dialog.scopes_of_parties",
        "SELECT party_uuid, resource FROM dialog_scope WHERE party_uuid IN {in:1} ORDER BY resource, party_uuid";
}

/// Services that have dialogs with these parties.
pub async fn scopes(db: &Db, parties: &[Uuid]) -> db::Result<Vec<(Uuid, String)>> {
    let mut scopes = Vec::new();
    for chunk in parties.chunks(1000) {
        for row in db.query(&SCOPES_OF_PARTIES, &[Value::list(chunk)]).await? {
            scopes.push((row.get(0)?, row.get(1)?));
        }
    }
    Ok(scopes)
}

/// From–to, both inclusive.
pub type Span = (Option<Timestamp>, Option<Timestamp>);

/// What a list is narrowed by. Empty lists do not narrow.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Parties and services that the reader may see; `None` for a service owner's own list.
    pub scopes: Option<Vec<(Uuid, String)>>,
    /// Owners.
    pub orgs: Vec<String>,
    /// Services.
    pub resources: Vec<String>,
    /// Party URNs.
    pub parties: Vec<String>,
    /// Finer status.
    pub extended_status: Vec<String>,
    /// Reference.
    pub external_reference: Option<String>,
    /// Status numbers.
    pub status: Vec<i64>,
    /// Status numbers that are left out.
    pub not_status: Vec<i64>,
    /// Made.
    pub created: Span,
    /// Changed.
    pub updated: Span,
    /// Content changed.
    pub content_updated: Span,
    /// Deadline.
    pub due: Span,
    /// Becomes visible.
    pub visible: Span,
    /// Seen since the content changed and not marked as unread, or not.
    pub content_seen: Option<bool>,
    /// Process.
    pub process: Option<String>,
    /// Mask of labels that must all be on.
    pub labels: i64,
    /// Leaves out dialogs that are not for people.
    pub exclude_api_only: bool,
    /// Labels of the service owner, all of them; a trailing `*` stands for anything.
    pub owner_labels: Vec<String>,
    /// Terms of which one must occur.
    pub any_word: Vec<String>,
    /// Terms that must all occur.
    pub every_word: Vec<String>,
    /// Terms that must not occur.
    pub no_word: Vec<String>,
    /// Deleted ones.
    pub deleted: Option<DeletedFilter>,
    /// Only what is visible to users at this time.
    pub visible_at: Option<Timestamp>,
}

/// SQL with its parameters under construction.
struct Query {
    text: String,
    values: Vec<Value>,
}

impl Query {
    /// Placeholder of a new parameter.
    fn bind(&mut self, value: impl Into<Value>) -> usize {
        self.values.push(value.into());
        self.values.len()
    }

    fn and(&mut self, condition: &str) {
        self.text.push_str(if self.text.contains(" WHERE ") { " AND " } else { " WHERE " });
        self.text.push_str(condition);
    }

    fn compare(&mut self, column: &str, operator: &str, value: impl Into<Value>) {
        let n = self.bind(value);
        self.and(&format!("{column} {operator} ${n}"));
    }

    fn one_of<T: Clone + Into<Value>>(&mut self, column: &str, not: &str, values: &[T]) {
        if !values.is_empty() {
            let n = self.bind(Value::list(values));
            self.and(&format!("{column} {not}IN {{in:{n}}}"));
        }
    }

    fn span(&mut self, column: &str, span: Span) {
        if let Some(from) = span.0 {
            self.compare(column, ">=", from);
        }
        if let Some(to) = span.1 {
            self.compare(column, "<=", to);
        }
    }
}

/// A page of dialogs: one more than `limit` when there is another page.
pub async fn page(
    db: &Db,
    filter: &Filter,
    order: &Order,
    after: Option<&Place>,
    limit: usize,
) -> db::Result<Vec<Dialog>> {
    let mut query =
        Query { text: concat!("SELECT ", columns!(), " FROM dialog").to_owned(), values: Vec::new() };
    if !narrow(&mut query, filter) {
        return Ok(Vec::new());
    }
    if let Some(place) = after {
        let condition = beyond(&mut query, order, place);
        query.and(&condition);
    }
    let mut by: Vec<String> = order.keys.iter().map(|(k, desc)| direction(column(*k), *desc)).collect();
    by.push(direction("id", order.id_desc));
    let n = query.bind(limit + 1);
    let text = format!("{} ORDER BY {} LIMIT ${n}", query.text, by.join(", "));
    let sql = Sql::dynamic("dialog.page", text).heavy();
    db.query(&sql, &query.values).await?.iter().map(from_row).collect()
}

fn direction(column: &str, desc: bool) -> String {
    format!("{column} {}", if desc { "DESC" } else { "ASC" })
}

const fn column(key: Key) -> &'static str {
    match key {
        Key::Created => "created_at",
        Key::Updated => "updated_at",
        Key::ContentUpdated => "content_updated_at",
        Key::Due => "due_sort",
    }
}

/// `(a < $1) OR (a = $1 AND b < $2) …`; for one direction throughout, as a row comparison that an index can use.
fn beyond(query: &mut Query, order: &Order, place: &Place) -> String {
    let mut columns: Vec<(&str, bool, usize)> = Vec::new();
    for ((key, desc), value) in order.keys.iter().zip(&place.values) {
        let n = query.bind(value.unwrap_or_else(no_deadline));
        columns.push((column(*key), *desc, n));
    }
    let n = query.bind(place.id);
    columns.push(("id", order.id_desc, n));
    let desc = columns[0].1;
    if columns.iter().all(|(_, d, _)| *d == desc) {
        let names: Vec<_> = columns.iter().map(|(c, ..)| (*c).to_owned()).collect();
        let values: Vec<_> = columns.iter().map(|(.., n)| format!("${n}")).collect();
        return format!("({}) {} ({})", names.join(", "), if desc { "<" } else { ">" }, values.join(", "));
    }
    let alternatives: Vec<String> = (0..columns.len())
        .map(|i| {
            let mut parts: Vec<String> = columns[..i].iter().map(|(c, _, n)| format!("{c} = ${n}")).collect();
            let (c, desc, n) = columns[i];
            parts.push(format!("{c} {} ${n}", if desc { "<" } else { ">" }));
            format!("({})", parts.join(" AND "))
        })
        .collect();
    format!("({})", alternatives.join(" OR "))
}

/// Adds the conditions; `false` when nothing can match.
fn narrow(query: &mut Query, filter: &Filter) -> bool {
    if let Some(scopes) = &filter.scopes {
        let mut by_resource: BTreeMap<&str, Vec<Uuid>> = BTreeMap::new();
        for (party, resource) in scopes {
            by_resource.entry(resource).or_default().push(*party);
        }
        let Some((first, _)) = scopes.first() else { return false };
        if scopes.iter().all(|(party, _)| party == first) {
            query.compare("party_uuid", "=", *first);
            let resources: Vec<String> = by_resource.keys().map(|r| (*r).to_owned()).collect();
            query.one_of("resource", "", &resources);
        } else {
            let mut alternatives = Vec::new();
            for (resource, parties) in by_resource {
                let r = query.bind(resource);
                let p = query.bind(Value::list(&parties));
                alternatives.push(format!("(resource = ${r} AND party_uuid IN {{in:{p}}})"));
            }
            query.and(&format!("({})", alternatives.join(" OR ")));
        }
    }
    query.one_of("org", "", &filter.orgs);
    query.one_of("resource", "", &filter.resources);
    query.one_of("party", "", &filter.parties);
    query.one_of("extended_status", "", &filter.extended_status);
    query.one_of("status", "", &filter.status);
    query.one_of("status", "NOT ", &filter.not_status);
    for (column, value) in [("external_reference", &filter.external_reference), ("process", &filter.process)]
    {
        if let Some(value) = value {
            query.compare(column, "=", value.as_str());
        }
    }
    for (column, span) in [
        ("created_at", filter.created),
        ("updated_at", filter.updated),
        ("content_updated_at", filter.content_updated),
        ("due_at", filter.due),
        ("visible_from", filter.visible),
    ] {
        query.span(column, span);
    }
    flags(query, filter);
    words_and_labels(query, filter);
    true
}

fn flags(query: &mut Query, filter: &Filter) {
    if filter.labels != 0 {
        let n = query.bind(filter.labels);
        query.and(&format!("(labels & ${n}) = ${n}"));
    }
    if let Some(seen) = filter.content_seen {
        let n = query.bind(true);
        let unopened = Labels::mask_of(&[Label::MarkedAsUnopened]);
        query.and(&if seen {
            format!("content_seen = ${n} AND (labels & {unopened}) = 0")
        } else {
            format!("(content_seen <> ${n} OR (labels & {unopened}) <> 0)")
        });
    }
    if filter.exclude_api_only {
        query.compare("api_only", "=", false);
    }
    match filter.deleted {
        None | Some(DeletedFilter::Exclude) => query.and("deleted_at IS NULL"),
        Some(DeletedFilter::Only) => query.and("deleted_at IS NOT NULL"),
        Some(DeletedFilter::Include) => {}
    }
    if let Some(now) = filter.visible_at {
        let n = query.bind(now);
        query.and(&format!("(visible_from IS NULL OR visible_from <= ${n})"));
        query.and(&format!("(expires_at IS NULL OR expires_at > ${n})"));
    }
}

fn words_and_labels(query: &mut Query, filter: &Filter) {
    for word in &filter.every_word {
        query.compare("words", "LIKE", like(word));
    }
    for word in &filter.no_word {
        query.compare("words", "NOT LIKE", like(word));
    }
    if !filter.any_word.is_empty() {
        let mut alternatives = Vec::new();
        for word in &filter.any_word {
            let n = query.bind(like(word));
            alternatives.push(format!("words LIKE ${n}"));
        }
        query.and(&format!("({})", alternatives.join(" OR ")));
    }
    // Labels are kept as a JSON list of texts, whose quotes mark where a label begins and ends.
    for label in &filter.owner_labels {
        let quoted = serde_json::Value::from(label.trim_end_matches('*')).to_string();
        let pattern = if label.ends_with('*') { quoted.trim_end_matches('"').to_owned() } else { quoted };
        query.compare("owner_labels", "LIKE", like(&pattern));
    }
}

/// `%term%` without the wild cards that the term itself may hold: `_` matches any character, which only widens.
fn like(term: &str) -> String {
    format!("%{}%", term.replace(['%', '\\'], "_"))
}

/// How many transmissions, and how many activities, of a dialog are searched: the newest.
// WIRE: dialogporten §8.4
pub const SEARCHED: usize = 1000;

/// Everything that can be searched for, in lower case.
pub fn words(aggregate: &Aggregate) -> String {
    let d = &aggregate.dialog;
    let mut all = plain(&d.content);
    all.extend(d.parts.tags.iter().map(|t| t.to_lowercase()));
    all.extend(d.parts.attachments.iter().flat_map(|a| names(&a.display_name)));
    all.extend(aggregate.transmissions.iter().rev().take(SEARCHED).flat_map(of_transmission));
    for a in aggregate.activities.iter().rev().take(SEARCHED) {
        all.extend(names(&a.description));
    }
    all.join("\n")
}

/// The same of one transmission.
pub fn words_of(transmission: &Transmission) -> String {
    of_transmission(transmission).join("\n")
}

fn of_transmission(t: &Transmission) -> Vec<String> {
    let mut all = plain(&t.content);
    all.extend(t.attachments.iter().flat_map(|a| names(&a.display_name)));
    all
}

fn plain(content: &Content) -> Vec<String> {
    let values = content.values().filter(|v| v.media_type == "text/plain");
    values.flat_map(|v| names(&v.value)).collect()
}

fn names(texts: &[Text]) -> Vec<String> {
    texts.iter().map(|t| t.value.to_lowercase()).collect()
}

/// Splits a search text into terms: words and quoted phrases, joined by OR unless one is negated or AND is written.
pub fn terms(text: &str, filter: &mut Filter) {
    let lower = text.to_lowercase();
    let mut rest = lower.as_str();
    let mut conjunction = false;
    let mut found: Vec<(bool, String)> = Vec::new();
    while let Some(start) = rest.find(|c: char| !c.is_whitespace()) {
        rest = &rest[start..];
        let negated = rest.starts_with('-') && rest.len() > 1;
        let body = if negated { &rest[1..] } else { rest };
        let (term, after) = match body.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => body.split_once(char::is_whitespace).unwrap_or((body, "")),
        };
        rest = after;
        match term {
            "and" => conjunction = true,
            "or" | "" => {}
            _ => found.push((negated, term.to_owned())),
        }
    }
    conjunction |= found.iter().any(|(negated, _)| *negated);
    for (negated, term) in found.into_iter().take(20) {
        match (negated, conjunction) {
            (true, _) => filter.no_word.push(term),
            (false, true) => filter.every_word.push(term),
            (false, false) => filter.any_word.push(term),
        }
    }
}
