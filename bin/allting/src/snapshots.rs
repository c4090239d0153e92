//! Snapshots of the sandbox: everything as it was under a name, and back again while the server runs.

use crate::compose::Surroundings;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use db::archive::{Copies, Schema};
use http::StatusCode;
use httpkit::{Access, Role, Route, Routes, problem::Problem};
use kernel::{Clock, SystemClock};
use serde_json::json;
use std::path::{Path as FilePath, PathBuf};
use std::time::Instant;

pub fn routes(surroundings: &Surroundings) -> Vec<Route> {
    Routes::new(Role::ALLTING, surroundings.clone())
        .get("/sandbox/api/v1/snapshots", Access::sandbox(), list)
        .put("/sandbox/api/v1/snapshots/{name}", Access::sandbox(), save)
        .delete("/sandbox/api/v1/snapshots/{name}", Access::sandbox(), delete)
        .post("/sandbox/api/v1/snapshots/{name}/restore", Access::sandbox(), restore)
        .done()
}

/// The copies of this sandbox, and what they need to know of its tables.
struct Shelf {
    copies: Copies,
    schema: Schema,
    /// Beside the copies of the database.
    directory: PathBuf,
    blobs: PathBuf,
}

impl Shelf {
    fn of(surroundings: &Surroundings) -> db::Result<Self> {
        let data = &surroundings.ctx.config.storage.data;
        let directory = data.join("snapshots");
        let sets = surroundings.migrations.get().map(Vec::as_slice).unwrap_or_default();
        Ok(Self {
            copies: Copies::new(&surroundings.ctx.db, &directory),
            schema: Schema::whole(sets)?,
            directory,
            blobs: data.join("blobs"),
        })
    }

    /// Files that never change are held by another name, which costs nothing and keeps them.
    fn kept(&self, name: &str) -> PathBuf {
        self.directory.join(format!("{name}.blobs"))
    }
}

/// Every file below `from` also below `to`, where it is not there already.
fn link_all(from: &FilePath, to: &FilePath) -> std::io::Result<()> {
    if !from.is_dir() {
        return Ok(());
    }
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            link_all(&entry.path(), &target)?;
        } else if entry.path().extension().is_none_or(|is| is != "part") && !target.exists() {
            std::fs::hard_link(entry.path(), &target)?;
        }
    }
    Ok(())
}

fn remove(directory: &FilePath) -> std::io::Result<()> {
    if directory.is_dir() { std::fs::remove_dir_all(directory) } else { Ok(()) }
}

async fn off_worker(work: impl FnOnce() -> std::io::Result<()> + Send + 'static) -> db::Result<()> {
    let done = tokio::task::spawn_blocking(work).await.map_err(std::io::Error::other).flatten();
    done.map_err(|error| db::Error::Archive(error.to_string()))
}

fn refused(error: &db::Error) -> Response {
    match error {
        db::Error::Archive(why) => {
            Problem::allting(StatusCode::CONFLICT, "snapshot-refused", why).into_response()
        }
        _ => httpkit::internal(error),
    }
}

fn unknown() -> Response {
    Problem::allting(StatusCode::NOT_FOUND, "no-such-snapshot", "There is no snapshot of this name.")
        .into_response()
}

fn bad_name() -> Response {
    let title = "A name is 1 to 40 small letters, digits and hyphens.";
    Problem::allting(StatusCode::BAD_REQUEST, "invalid-name", title).into_response()
}

async fn list(State(surroundings): State<Surroundings>) -> Response {
    let found = async { Shelf::of(&surroundings)?.copies.list().await };
    match found.await {
        Ok(copies) => {
            let one = |copy: &db::archive::Copy| json!({"name": copy.name, "madeAt": copy.made_at.to_string(), "bytes": copy.bytes});
            axum::Json(json!({"snapshots": copies.iter().map(one).collect::<Vec<_>>()})).into_response()
        }
        Err(error) => refused(&error),
    }
}

async fn save(State(surroundings): State<Surroundings>, Path(name): Path<String>) -> Response {
    if !Copies::is_name(&name) {
        return bad_name();
    }
    let begun = Instant::now();
    let done = async {
        let shelf = Shelf::of(&surroundings)?;
        shelf.copies.save(&name, &shelf.schema, SystemClock.now()).await?;
        // Blobs are kept before the rows that name them, so those of the copy are all there.
        let (blobs, kept) = (shelf.blobs.clone(), shelf.kept(&name));
        off_worker(move || remove(&kept).and_then(|()| link_all(&blobs, &kept))).await
    };
    answer(done.await.map(|()| true), &name, begun)
}

async fn restore(State(surroundings): State<Surroundings>, Path(name): Path<String>) -> Response {
    let begun = Instant::now();
    let done = async {
        let shelf = Shelf::of(&surroundings)?;
        // Before the rows: no row ever names a blob that is not there.
        let (blobs, kept) = (shelf.blobs.clone(), shelf.kept(&name));
        if Copies::is_name(&name) {
            off_worker(move || link_all(&kept, &blobs)).await?;
        }
        let found = shelf.copies.restore(&name, &shelf.schema, jobs::AFTER_RESTORE).await?;
        surroundings.clock.load(&surroundings.ctx.db).await?;
        Ok(found)
    };
    answer(done.await, &name, begun)
}

async fn delete(State(surroundings): State<Surroundings>, Path(name): Path<String>) -> Response {
    let done = async {
        let shelf = Shelf::of(&surroundings)?;
        let found = shelf.copies.delete(&name).await?;
        let kept = shelf.kept(&name);
        if found {
            off_worker(move || remove(&kept)).await?;
        }
        Ok(found)
    };
    match done.await {
        Ok(true) => StatusCode::NO_CONTENT.into_response(),
        Ok(false) => unknown(),
        Err(error) => refused(&error),
    }
}

fn answer(done: db::Result<bool>, name: &str, begun: Instant) -> Response {
    match done {
        Ok(true) => {
            let took = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
            axum::Json(json!({"name": name, "milliseconds": took})).into_response()
        }
        Ok(false) => unknown(),
        Err(error) => refused(&error),
    }
}
