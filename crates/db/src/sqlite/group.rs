//! Group commit. The first member opens the engine's transaction; everyone already waiting for the writer runs as a
//! savepoint inside it; one COMMIT, off the async workers, makes all of them durable. The commit is either done by the
//! only member when nobody waits, or by a task that queues on the same fair mutex: those already waiting run before it,
//! later ones form the next group. No baton is handed over, so cancellation loses nothing.

use std::sync::{Arc, atomic::Ordering};

use tokio::sync::{OwnedMutexGuard, watch};

use super::{
    Sqlite, Writer, run_execute, run_query,
    writer::{Group, Outcome},
};
use crate::{Cost, Error, Result, Row, Value};

/// One transaction inside a group. Holds the writer; dropped before `release`, it undoes itself and nothing else.
pub(crate) struct Member {
    guard: Option<OwnedMutexGuard<Writer>>,
    sqlite: Arc<Sqlite>,
}

impl Sqlite {
    pub(crate) async fn begin(self: &Arc<Self>, label: &'static str) -> Result<Member> {
        let mut guard = self.lock(label).await?;
        if guard.group.is_none() {
            guard.mend()?;
            let begun = guard.step("BEGIN IMMEDIATE");
            begun.inspect_err(|error| guard.note(error))?;
            guard.next_group += 1;
            guard.group = Some(Group {
                id: guard.next_group,
                tell: watch::Sender::new(None),
                released: 0,
                scheduled: false,
            });
        }
        let member = Member { guard: Some(guard), sqlite: self.clone() };
        member.writer()?.step("SAVEPOINT m")?;
        Ok(member)
    }
}

impl Member {
    fn writer(&self) -> Result<&Writer> {
        self.guard.as_deref().ok_or(Error::Closed)
    }

    pub(crate) fn execute(
        &mut self,
        cost: Cost,
        name: &'static str,
        text: &str,
        params: &[Value],
    ) -> Result<u64> {
        let limit = self.sqlite.options.longest(cost);
        let done = self.writer()?.conn.within(limit, |conn| run_execute(conn, name, text, params));
        done.map_err(|e| self.seen(e))
    }

    pub(crate) fn query(
        &mut self,
        cost: Cost,
        name: &'static str,
        text: &str,
        params: &[Value],
    ) -> Result<Vec<Row>> {
        let limit = self.sqlite.options.longest(cost);
        let done = self.writer()?.conn.within(limit, |conn| run_query(conn, name, text, params));
        done.map_err(|e| self.seen(e))
    }

    /// After FULL, IOERR, NOMEM or a write that was cut for its length, the engine may have thrown the whole group away.
    /// Then every member must run again: this one too, unless it was alone or too long and so has only itself to blame.
    fn seen(&mut self, error: Error) -> Error {
        let Some(guard) = &mut self.guard else { return error };
        guard.note(&error);
        if !guard.conn.is_autocommit() {
            return error;
        }
        match guard.group.take() {
            Some(group) if group.released > 0 => {
                group.tell.send_replace(Some(Outcome::Lost(error.to_string())));
                if matches!(error, Error::Timeout(_)) {
                    return error;
                }
                Error::Retry(format!("the whole group was rolled back: {error}"))
            }
            _ => error,
        }
    }

    /// Releases the savepoint and waits until the group is durable.
    pub(crate) async fn commit(mut self) -> Result<()> {
        let mut guard = self.guard.take().ok_or(Error::Closed)?;
        if let Err(error) = guard.step("RELEASE m") {
            self.guard = Some(guard);
            return Err(self.seen(error));
        }
        let alone = self.sqlite.waiting.load(Ordering::Acquire) == 0;
        let Some(group) = &mut guard.group else {
            return Err(Error::Retry("the whole group was rolled back".into()));
        };
        group.released += 1;
        let mut told = group.tell.subscribe();
        if group.scheduled {
            drop(guard);
        } else {
            group.scheduled = true;
            if alone {
                tokio::task::spawn_blocking(move || guard.finish_group());
            } else {
                tokio::spawn(finish_later(self.sqlite.clone(), group.id));
                drop(guard);
            }
        }
        match told.wait_for(Option::is_some).await.as_deref() {
            Ok(Some(Outcome::Committed)) => Ok(()),
            Ok(Some(Outcome::Lost(why))) => Err(Error::Retry(format!("group commit failed: {why}"))),
            Ok(Some(Outcome::Full(why))) => Err(Error::Full(why.clone())),
            Ok(Some(Outcome::Storage(why))) => Err(Error::Storage(why.clone())),
            _ => Err(Error::Retry("group commit was abandoned".into())),
        }
    }
}

async fn finish_later(sqlite: Arc<Sqlite>, id: u64) {
    let mut guard = sqlite.writer.clone().lock_owned().await;
    sqlite.set_holder("group commit");
    if guard.group.as_ref().is_some_and(|group| group.id == id) {
        drop(tokio::task::spawn_blocking(move || guard.finish_group()).await);
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        let Some(guard) = &mut self.guard else { return };
        if guard.conn.is_autocommit() {
            guard.group = None;
            return;
        }
        let undone = guard.step("ROLLBACK TO m").and_then(|()| guard.step("RELEASE m"));
        let last = guard.group.as_ref().is_none_or(|group| group.released == 0);
        if undone.is_err() || last {
            // Nobody else is in this group (or it cannot be saved): leave no transaction open. Dropping the group
            // without a word tells any members that it is lost.
            drop(guard.step("ROLLBACK"));
            guard.group = None;
        }
    }
}
