//! Snapshots of the sandbox: everything as it was under a name, and back again while the server runs.

use crate::compose::Surroundings;
use async_trait::async_trait;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use db::archive::{Copies, Schema};
use http::StatusCode;
use httpkit::{Access, Role, Route, Routes, problem::Problem};
use kernel::{Clock, SystemClock};
use ports::snapshots::{Snapshot, Snapshots};
use serde_json::json;
use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;
use std::time::Instant;

type Shelf = Arc<dyn Snapshots>;

pub fn routes(snapshots: Shelf) -> Vec<Route> {
    Routes::new(Role::ALLTING, snapshots)
        .get("/sandbox/api/v1/snapshots", Access::sandbox(), list)
        .put("/sandbox/api/v1/snapshots/{name}", Access::sandbox(), save)
        .delete("/sandbox/api/v1/snapshots/{name}", Access::sandbox(), delete)
        .post("/sandbox/api/v1/snapshots/{name}/restore", Access::sandbox(), restore)
        .done()
}

/// The snapshots of this sandbox.
pub struct SandboxSnapshots {
    surroundings: Surroundings,
    /// Copies of the database, and beside them the blobs of each.
    directory: PathBuf,
    blobs: PathBuf,
}

impl SandboxSnapshots {
    pub fn new(surroundings: &Surroundings) -> Self {
        let data = &surroundings.ctx.config.storage.data;
        Self {
            surroundings: surroundings.clone(),
            directory: data.join("snapshots"),
            blobs: data.join("blobs"),
        }
    }

    fn copies(&self) -> Copies {
        Copies::new(&self.surroundings.ctx.db, &self.directory)
    }

    fn schema(&self) -> db::Result<Schema> {
        Schema::whole(self.surroundings.migrations.get().map(Vec::as_slice).unwrap_or_default())
    }

    /// Files that never change are held by another name, which costs nothing and keeps them.
    fn kept(&self, name: &str) -> PathBuf {
        self.directory.join(format!("{name}.blobs"))
    }
}

#[async_trait]
impl Snapshots for SandboxSnapshots {
    async fn list(&self) -> db::Result<Vec<Snapshot>> {
        let copies = self.copies().list().await?;
        let one =
            |copy: db::archive::Copy| Snapshot { name: copy.name, made_at: copy.made_at, bytes: copy.bytes };
        Ok(copies.into_iter().map(one).collect())
    }

    async fn save(&self, name: &str) -> db::Result<bool> {
        if !Copies::is_name(name) {
            return Ok(false);
        }
        self.copies().save(name, &self.schema()?, SystemClock.now()).await?;
        // Blobs are kept before the rows that name them, so those of the copy are all there.
        let (blobs, kept) = (self.blobs.clone(), self.kept(name));
        off_worker(move || remove(&kept).and_then(|()| link_all(&blobs, &kept))).await?;
        Ok(true)
    }

    async fn restore(&self, name: &str) -> db::Result<bool> {
        if !Copies::is_name(name) {
            return Ok(false);
        }
        // Before the rows: no row ever names a blob that is not there.
        let (blobs, kept) = (self.blobs.clone(), self.kept(name));
        off_worker(move || link_all(&kept, &blobs)).await?;
        let found = self.copies().restore(name, &self.schema()?, jobs::AFTER_RESTORE).await?;
        self.surroundings.clock.load(&self.surroundings.ctx.db).await?;
        Ok(found)
    }

    async fn delete(&self, name: &str) -> db::Result<bool> {
        let found = self.copies().delete(name).await?;
        if found {
            let kept = self.kept(name);
            off_worker(move || remove(&kept)).await?;
        }
        Ok(found)
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

async fn list(State(shelf): State<Shelf>) -> Response {
    match shelf.list().await {
        Ok(copies) => {
            let one = |copy: &Snapshot| json!({"name": copy.name, "madeAt": copy.made_at.to_string(), "bytes": copy.bytes});
            axum::Json(json!({"snapshots": copies.iter().map(one).collect::<Vec<_>>()})).into_response()
        }
        Err(error) => refused(&error),
    }
}

async fn save(State(shelf): State<Shelf>, Path(name): Path<String>) -> Response {
    let begun = Instant::now();
    match shelf.save(&name).await {
        Ok(true) => took(&name, begun),
        Ok(false) => bad_name(),
        Err(error) => refused(&error),
    }
}

async fn restore(State(shelf): State<Shelf>, Path(name): Path<String>) -> Response {
    let begun = Instant::now();
    match shelf.restore(&name).await {
        Ok(true) => took(&name, begun),
        Ok(false) => unknown(),
        Err(error) => refused(&error),
    }
}

async fn delete(State(shelf): State<Shelf>, Path(name): Path<String>) -> Response {
    match shelf.delete(&name).await {
        Ok(true) => StatusCode::NO_CONTENT.into_response(),
        Ok(false) => unknown(),
        Err(error) => refused(&error),
    }
}

fn took(name: &str, begun: Instant) -> Response {
    let milliseconds = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    axum::Json(json!({"name": name, "milliseconds": milliseconds})).into_response()
}
