//! One process per SQLite file. A row names the owner and a beat that the owner raises. A newcomer on the same host
//! takes the row over at once when the owner's process is provably gone (another boot, no such process, or another
//! process under the same number) and is refused when it lives. Of an owner on another host it can only watch the beat:
//! it is refused as soon as the beat moves, and takes over when it stood still for `stale_after`. Only the newcomer's own
//! monotonic clock is used, never a comparison of wall clocks. An owner whose row was taken stops writing.

use std::{
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use rusqlite::{Connection, OptionalExtension as _};

use super::{Sqlite, engine_error};
use crate::{Error, Options, Result};

const TABLE: &str = "CREATE TABLE IF NOT EXISTS db_owner (one INTEGER PRIMARY KEY CHECK (one = 1), owner TEXT NOT NULL, \
                     beat INTEGER NOT NULL) STRICT";

/// `host/boot/process/start of process/sequence`.
fn identity() -> String {
    use std::sync::atomic::AtomicU64;
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let pid = std::process::id();
    let start = process_start(pid).unwrap_or_default();
    let next = NEXT.fetch_add(1, Ordering::Relaxed);
    format!(
        "{}/{}/{pid}/{start}/{next}",
        read("/proc/sys/kernel/hostname"),
        read("/proc/sys/kernel/random/boot_id")
    )
}

fn read(path: &str) -> String {
    std::fs::read_to_string(path).map(|s| s.trim().replace('/', "_")).unwrap_or_default()
}

/// Field 22 of the process table entry; counts from the end of the parenthesised command, which may hold spaces.
fn process_start(pid: u32) -> Option<String> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit_once(')')?.1.split_whitespace().nth(19).map(str::to_owned)
}

/// An identity as an operator would name it.
fn told(owner: &str) -> String {
    match owner.split('/').collect::<Vec<_>>().as_slice() {
        [host, _, pid, ..] => format!("process {pid} on {host}"),
        _ => owner.to_owned(),
    }
}

#[derive(Debug, PartialEq)]
enum Owner {
    Gone,
    Alive,
    Unknown,
}

fn judge(owner: &str, me: &str) -> Owner {
    let (theirs, mine): (Vec<_>, Vec<_>) = (owner.split('/').collect(), me.split('/').collect());
    let ([host, boot, pid, start, _], [my_host, my_boot, ..]) = (theirs.as_slice(), mine.as_slice()) else {
        return Owner::Unknown;
    };
    if host != my_host || my_boot.is_empty() {
        return Owner::Unknown;
    }
    if boot != my_boot {
        return Owner::Gone;
    }
    match pid.parse().ok().and_then(process_start) {
        Some(since) if since == *start => Owner::Alive,
        _ => Owner::Gone,
    }
}

/// Takes the lock row and answers the token under which it is held.
pub(crate) async fn acquire(conn: &Connection, options: &Options) -> Result<String> {
    let fail = |e| engine_error("lock row", e);
    conn.execute_batch(TABLE).map_err(fail)?;
    let me = identity();
    let watched = Instant::now();
    let mut first = None;
    loop {
        let row: Option<(String, i64)> = conn
            .query_row("SELECT owner, beat FROM db_owner", [], |r| Ok((r.get(0)?, r.get(1)?)))
            .optional()
            .map_err(fail)?;
        let free = match &row {
            None => true,
            Some((owner, _)) if judge(owner, &me) == Owner::Gone => true,
            Some((owner, _)) if judge(owner, &me) == Owner::Alive => return Err(Error::InUse(told(owner))),
            Some(seen) => {
                let first = first.get_or_insert_with(|| seen.clone());
                if first != seen {
                    return Err(Error::InUse(told(&seen.0)));
                }
                watched.elapsed() >= options.stale_after
            }
        };
        if free {
            let old = row.as_ref().map(|(owner, _)| owner.as_str());
            let took = conn
                .execute(
                    "INSERT INTO db_owner (one, owner, beat) VALUES (1, ?1, 0) ON CONFLICT (one) DO UPDATE \
                     SET owner = excluded.owner, beat = 0 WHERE owner IS ?2",
                    (&me, old),
                )
                .map_err(fail)?;
            if took == 1 {
                return Ok(me);
            }
        }
        tokio::time::sleep(Duration::from_millis(50).min(options.stale_after)).await;
    }
}

/// Raises the beat until the database goes away, and tidies the file now and then.
pub(crate) fn keep(sqlite: &Arc<Sqlite>) {
    let weak = Arc::downgrade(sqlite);
    let every = sqlite.options.heartbeat;
    tokio::spawn(async move {
        let mut optimized = Instant::now();
        loop {
            tokio::time::sleep(every).await;
            let Some(sqlite) = weak.upgrade() else { return };
            let optimize = optimized.elapsed() > Duration::from_hours(1);
            match beat(&sqlite, optimize).await {
                Ok(()) => {}
                Err(Error::Closed) => return,
                Err(error @ Error::InUse(_)) => {
                    tracing::error!(%error, "the database file was taken over; no more writes from here");
                    sqlite.closed.store(true, Ordering::Release);
                    return;
                }
                // A full or failing disk: the row stays ours, and the beat goes on when the disk does.
                Err(error) => {
                    tracing::warn!(%error, "the lock row could not be renewed");
                    continue;
                }
            }
            if optimize {
                optimized = Instant::now();
            }
        }
    });
}

async fn beat(sqlite: &Sqlite, optimize: bool) -> Result<()> {
    let mut writer = sqlite.lock("heartbeat").await?;
    let Some(token) = writer.token().map(str::to_owned) else { return Err(Error::Closed) };
    let work = move || {
        if writer.group.is_none() {
            writer.mend()?;
        }
        // Inside an open group the beat simply becomes durable with it.
        let raised = writer.conn.execute("UPDATE db_owner SET beat = beat + 1 WHERE owner = ?1", [&token]);
        match raised.map_err(|e| engine_error("heartbeat", e))? {
            0 => Err(Error::InUse("the lock row names another owner".into())),
            _ if optimize && writer.group.is_none() => {
                writer.conn.execute_batch("PRAGMA optimize").map_err(|e| engine_error("optimize", e))
            }
            _ => Ok(()),
        }
    };
    tokio::task::spawn_blocking(work).await.map_err(|e| Error::engine("heartbeat", e))?
}

/// Refuses a file whose row names another owner.
pub(crate) fn still_held(conn: &Connection, token: &str) -> Result<()> {
    let owner: Option<String> = conn
        .query_row("SELECT owner FROM db_owner", [], |r| r.get(0))
        .optional()
        .map_err(|e| engine_error("lock row", e))?;
    match owner {
        Some(owner) if owner == token => Ok(()),
        _ => Err(Error::InUse("the lock row names another owner".into())),
    }
}

/// Frees the row, if it is still ours.
pub(crate) fn release(conn: &Connection, token: &str) {
    if let Err(error) = conn.execute("DELETE FROM db_owner WHERE owner = ?1", [token]) {
        tracing::warn!(%error, "could not free the lock row");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_owner_is_judged_by_its_process() {
        let me = identity();
        assert_eq!(judge(&me, &me), Owner::Alive);
        let parts: Vec<&str> = me.split('/').collect();
        let other = |host: &str, boot: &str, start: &str| format!("{host}/{boot}/{}/{start}/0", parts[2]);
        assert_eq!(judge(&other(parts[0], parts[1], "1"), &me), Owner::Gone);
        assert_eq!(judge(&other(parts[0], "old", parts[3]), &me), Owner::Gone);
        assert_eq!(judge(&other("elsewhere", parts[1], parts[3]), &me), Owner::Unknown);
        assert_eq!(judge("garbage", &me), Owner::Unknown);
    }
}
