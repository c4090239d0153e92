//! The built style sheet and script, embedded in the binary. Their addresses carry a hash of the content, so that browsers
//! keep them for good and still see a new version at once.

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use rust_embed::{EmbeddedFile, RustEmbed};
use std::fmt::Write;
use std::sync::LazyLock;

#[derive(RustEmbed)]
#[folder = "../../web/dist/"]
#[allow_missing = true]
struct Built;

/// Address of the style sheet.
pub static STYLE: LazyLock<String> = LazyLock::new(|| address("portal.css"));
/// Address of the script.
pub static SCRIPT: LazyLock<String> = LazyLock::new(|| address("portal.js"));

fn address(file: &str) -> String {
    let hash = Built::get(file).map(|built| fingerprint(&built)).unwrap_or_default();
    match file.split_once('.') {
        Some((stem, kind)) if !hash.is_empty() => format!("/assets/{stem}.{hash}.{kind}"),
        _ => format!("/assets/{file}"),
    }
}

fn fingerprint(built: &EmbeddedFile) -> String {
    built.metadata.sha256_hash()[..8].iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// `GET /assets/{file}`
pub async fn handle(Path(file): Path<String>) -> Response {
    let (name, kind) = if file == STYLE.trim_start_matches("/assets/") {
        ("portal.css", "text/css; charset=utf-8")
    } else if file == SCRIPT.trim_start_matches("/assets/") {
        ("portal.js", "text/javascript; charset=utf-8")
    } else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let Some(built) = Built::get(name) else { return StatusCode::NOT_FOUND.into_response() };
    let headers =
        [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")];
    (headers, built.data.into_owned()).into_response()
}
