//! `GET /drift`: how everything is doing.

use crate::details::Details;
use crate::visit::{Content, JOBS, LOG, START, Visit};
use axum::response::Response;
use jobs::{Node, Queue, Timer};
use maud::{Markup, html};

pub async fn handle(visit: Visit) -> Response {
    let details = match Details::read(&visit.operations).await {
        Ok(details) => details,
        Err(e) => return httpkit::internal(&e),
    };
    let degraded = details.status != "ok";
    let body = html! {
        div.ds-alert data-color=(if degraded { "warning" } else { "success" }) {
            p { (visit.t(if degraded { "health-degraded" } else { "health-ok" })) }
        }
        dl.pairs {
            dt { (visit.t("version")) } dd { (details.version) }
            dt { (visit.t("environment")) } dd { (details.environment) " (" (details.profile) ")" }
            dt { (visit.t("database")) } dd { (details.database) }
        }
        (queues(&visit, &details.queues))
        (timers(&visit, &details.timers))
        (nodes(&visit, &details.nodes))
        h2.ds-heading data-size="sm" { (visit.t("links")) }
        ul {
            li { a.ds-link href=(JOBS) { (visit.t("section-jobs")) } }
            li { a.ds-link href=(LOG) { (visit.t("log-title")) } }
            li { a.ds-link href="/health/details" { (visit.t("link-details")) } }
            li { a.ds-link href="/metrics" { (visit.t("link-metrics")) } }
        }
    };
    visit.show(Content { title: &visit.t("start-title"), section: START, trail: &[], body })
}

/// Address of a queue's messages.
fn address(queue: &str, state: &str) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("ko", queue).append_pair("tilstand", state);
    format!("{JOBS}?{}", query.finish())
}

fn queues(visit: &Visit, queues: &[Queue]) -> Markup {
    html! {
        section.full {
            h2.ds-heading #koer data-size="sm" { (visit.t("queues")) }
            div.scroll role="region" aria-labelledby="koer" tabindex="0" {
                table.ds-table {
                    thead { tr {
                        th scope="col" { (visit.t("queue")) }
                        th scope="col" { (visit.t("open")) }
                        th scope="col" { (visit.t("running")) }
                        th scope="col" { (visit.t("dead")) }
                        th scope="col" { (visit.t("lag")) }
                        th scope="col" { (visit.t("state")) }
                    } }
                    tbody {
                        @for queue in queues {
                            tr data-queue=(queue.name) {
                                th scope="row" { (queue.name) }
                                td { @if queue.open > 0 { a.ds-link href=(address(&queue.name, "open")) { (queue.open) } } @else { "0" } }
                                td { (queue.leased) }
                                td { @if queue.dead > 0 { a.ds-link href=(address(&queue.name, "dead")) { (queue.dead) } } @else { "0" } }
                                td { (visit.ta("seconds", &[("seconds", &queue.oldest_seconds.to_string())])) }
                                td { (visit.t(if queue.is_degraded() { "queue-degraded" } else { "queue-ok" })) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn timers(visit: &Visit, timers: &[Timer]) -> Markup {
    let outcome = |timer: &Timer| match (&timer.last_run, &timer.last_error) {
        (None, _) => visit.t("timer-never"),
        (Some(_), None) => visit.t("timer-ok"),
        (Some(_), Some(error)) => visit.ta("timer-failed", &[("error", error)]),
    };
    html! {
        section.full {
            h2.ds-heading #tidsstyrt data-size="sm" { (visit.t("timers")) }
            @if timers.is_empty() { p { (visit.t("timers-none")) } } @else {
                div.scroll role="region" aria-labelledby="tidsstyrt" tabindex="0" {
                    table.ds-table {
                        thead { tr {
                            th scope="col" { (visit.t("timer")) }
                            th scope="col" { (visit.t("last-run")) }
                            th scope="col" { (visit.t("outcome")) }
                            th scope="col" { (visit.t("node")) }
                            th scope="col" { (visit.t("next-run")) }
                        } }
                        tbody {
                            @for timer in timers {
                                tr {
                                    th scope="row" { (timer.name) }
                                    td { @if let Some(at) = timer.last_run { (visit.at(at)) } @else { "–" } }
                                    td { (outcome(timer)) }
                                    td { @if let Some(node) = timer.last_node { (short(node)) } @else { "–" } }
                                    td { (visit.at(timer.next_run)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn nodes(visit: &Visit, nodes: &[Node]) -> Markup {
    html! {
        h2.ds-heading data-size="sm" { (visit.t("nodes")) }
        @if nodes.is_empty() { p { (visit.t("nodes-none")) } } @else {
            ul {
                @for node in nodes {
                    li {
                        (short(node.id)) ": "
                        (visit.tn("node-leases", usize::try_from(node.leases).unwrap_or_default())) " "
                        (visit.ta("node-until", &[("time", &visit.at(node.until))]))
                    }
                }
            }
        }
    }
}

/// Enough of a node's id to tell it from others.
pub fn short(node: uuid::Uuid) -> String {
    node.to_string().chars().take(8).collect()
}
