//! A PostgreSQL server of a test's own, for what cannot be done to the shared one.

use std::process::Command;

use testkit::TempDir;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scripts/postgres");

/// Stops and removes itself.
pub struct Cluster {
    pub url: String,
    pub dir: TempDir,
}

impl Cluster {
    /// Starts one that syncs; nothing where PostgreSQL is not tested.
    pub fn start(settings: &[&str]) -> Option<Cluster> {
        std::env::var("ALLTING_TEST_PG").ok().filter(|url| !url.is_empty())?;
        let settings = ["fsync=on", "max_connections=60", "shared_buffers=32MB"].iter().chain(settings);
        Some(Cluster::run("start", settings.flat_map(|setting| ["-c", setting])))
    }

    /// Starts a streaming replica of this one.
    pub fn replica(&self) -> Cluster {
        Cluster::run("replica", [self.dir.path().to_str().unwrap()])
    }

    fn run<'a>(action: &str, more: impl IntoIterator<Item = &'a str>) -> Cluster {
        let dir = TempDir::new();
        // The server's own user goes through it.
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(dir.path(), open).unwrap();
        let mut command = Command::new(SCRIPT);
        let out = command.arg(action).arg(dir.path()).args(more).output().unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        Cluster { url: String::from_utf8(out.stdout).unwrap().trim().to_owned(), dir }
    }

    pub fn restart(&self) {
        assert!(Command::new(SCRIPT).arg("restart").arg(self.dir.path()).status().unwrap().success());
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // Stopped or not, the directory goes.
        let _ = Command::new(SCRIPT).arg("stop").arg(self.dir.path()).status();
    }
}
