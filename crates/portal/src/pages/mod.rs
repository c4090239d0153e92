//! One page, one file.

pub mod about;
pub mod actor;
pub mod dialog;
pub mod inbox;
pub mod language;
pub mod log;
pub mod refusal;
pub mod request;
pub mod revoke;
pub mod sandbox;
pub mod start;
pub mod system_user;
pub mod system_users;

use crate::visit::Page;
use axum::response::Response;
use httpkit::CsrfForm;

/// The fields of a form, or the page that says why they could not be taken.
fn fields<T>(form: Result<CsrfForm<T>, Response>, page: &Page) -> Result<T, Response> {
    form.map(|CsrfForm(fields)| fields).map_err(|_| refusal::form_expired(page))
}
