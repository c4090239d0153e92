//! A PostgreSQL cluster of a test's own, which may be treated badly.

use std::process::Command;
use testkit::TempDir;

/// A running cluster; removed when dropped.
pub struct Cluster {
    directory: TempDir,
    /// Its URL.
    pub url: String,
}

impl Cluster {
    /// Starts one with settings beside those for tests.
    pub fn start(settings: &[&str]) -> Self {
        let directory = TempDir::new();
        // The server's own user goes through it.
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(directory.path(), open).unwrap();
        let settings: Vec<_> = settings.iter().flat_map(|setting| ["-c", *setting]).collect();
        let url = script("start", &directory, &settings);
        Self { directory, url: url.trim().to_owned() }
    }

    /// Kills all of its processes at once.
    pub fn crash(&self) {
        script("crash", &self.directory, &[]);
    }

    /// Starts it again after a crash.
    pub fn again(&self) {
        script("restart", &self.directory, &[]);
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        script("stop", &self.directory, &[]);
    }
}

fn script(action: &str, directory: &TempDir, more: &[&str]) -> String {
    let program = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scripts/postgres");
    let done = Command::new(program).arg(action).arg(directory.path()).args(more).output().unwrap();
    let told = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(done.status.success(), "scripts/postgres {action}: {told}");
    String::from_utf8(done.stdout).unwrap()
}
