//! `GET /sprak/{language}`: remembers the language and leads back.

use crate::texts::Language;
use crate::visit::{Page, local};
use crate::{cookies, pages::refusal};
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::Query;
use serde::Deserialize;

#[derive(Deserialize)]
pub struct Back {
    til: Option<String>,
}

pub async fn handle(page: Page, Path(tag): Path<String>, Query(back): Query<Back>) -> Response {
    let Some(language) = Language::of_tag(&tag) else { return refusal::missing(&page) };
    let target = back.til.as_deref().and_then(local).unwrap_or("/");
    let mut response = Redirect::to(target).into_response();
    cookies::keep_language(&page.origin, &mut response, language.tag());
    response
}
