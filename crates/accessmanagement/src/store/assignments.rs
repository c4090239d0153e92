//! Assignments with the packages and rights that hang on them. Every change leaves an audit row and a new version.

use crate::domain::catalogue::{Catalogue, PackageKey, RoleKey};
use crate::domain::connection::{Held, Link};
use audit::{Action, Entry};
use db::{Db, Tx, Value, params};
use jiff::Timestamp;
use kernel::Ids;
use ports::accessmanagement::{Grant, Granted, Right};
use serde_json::json;
use std::collections::HashMap;
use uuid::Uuid;

db::statements! {
    /// A role between two parties; nothing comes back when it was there.
    pub ASSIGN = "am.assign",
        "INSERT INTO am_assignment (id, from_party, to_party, role, created_at, created_by)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (from_party, to_party, role) DO NOTHING RETURNING id";
    /// The assignment of a role.
    pub ASSIGNMENT = "am.assignment",
        "SELECT id FROM am_assignment WHERE from_party = $1 AND to_party = $2 AND role = $3";
    /// Puts a package on an assignment.
    pub PACKAGE_ADD = "am.package_add",
        "INSERT INTO am_assignment_package (id, assignment_id, package, granted_at, granted_by)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (assignment_id, package) DO NOTHING RETURNING id";
    /// Id of a package on an assignment.
    pub PACKAGE_ID = "am.package_id",
        "SELECT id FROM am_assignment_package WHERE assignment_id = $1 AND package = $2";
    /// Puts a right on an assignment.
    pub RIGHT_ADD = "am.right_add",
        "INSERT INTO am_assignment_right (id, assignment_id, resource, action, granted_at, granted_by)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (assignment_id, resource, action) DO NOTHING RETURNING id";
    /// Takes a package off an assignment.
    pub PACKAGE_REMOVE = "am.package_remove",
        "DELETE FROM am_assignment_package WHERE assignment_id = $1 AND package = $2";
    /// Takes the rights to a resource off an assignment.
    pub RIGHTS_REMOVE = "am.rights_remove",
        "DELETE FROM am_assignment_right WHERE assignment_id = $1 AND resource = $2";
    /// Takes all packages off an assignment.
    pub PACKAGES_CLEAR = "am.packages_clear", "DELETE FROM am_assignment_package WHERE assignment_id = $1";
    /// Takes all rights off an assignment.
    pub RIGHTS_CLEAR = "am.rights_clear", "DELETE FROM am_assignment_right WHERE assignment_id = $1";
    /// Removes an assignment that nothing hangs on any more.
    pub UNASSIGN = "am.unassign", "DELETE FROM am_assignment WHERE id = $1";
    /// All assignments between two parties.
    pub BETWEEN = "am.between", "SELECT id, role FROM am_assignment WHERE from_party = $1 AND to_party = $2";
    /// Counts a change.
    pub BUMP = "am.bump",
        "INSERT INTO am_version (from_party, to_party, version) VALUES ($1, $2, 1)
         ON CONFLICT (from_party, to_party) DO UPDATE SET version = am_version.version + 1 RETURNING version";
    /// What some parties have received.
    pub LINKS_TO = "am.links_to", "SELECT id, from_party, to_party, role FROM am_assignment WHERE to_party IN {in:1}";
    /// What some parties have given.
    pub LINKS_FROM = "am.links_from", "SELECT id, from_party, to_party, role FROM am_assignment WHERE from_party IN {in:1}";
    /// What some parties have given to some others.
    pub LINKS_BETWEEN = "am.links_between",
        "SELECT id, from_party, to_party, role FROM am_assignment
         WHERE to_party IN {in:1} AND from_party IN {in:2}";
    /// Packages on assignments.
    pub PACKAGES = "am.packages",
        "SELECT assignment_id, package, granted_by, granted_at FROM am_assignment_package
         WHERE assignment_id IN {in:1} ORDER BY granted_at, id";
    /// Rights on assignments.
    pub RIGHTS = "am.rights",
        "SELECT assignment_id, resource, action, granted_by, granted_at FROM am_assignment_right
         WHERE assignment_id IN {in:1} ORDER BY granted_at, id";
    /// Every assignment, for the dump of a population.
    pub DUMP_LINKS = "am.dump_links", Heavy,
        "SELECT id, from_party, to_party, role FROM am_assignment ORDER BY from_party, to_party, role";
}

/// Who changes what, when: the part of a change that every audit row repeats.
#[derive(Clone, Copy)]
pub struct Change<'a> {
    /// Giver.
    pub from: Uuid,
    /// Receiver.
    pub to: Uuid,
    /// The user's party.
    pub by: Uuid,
    /// Business time.
    pub at: Timestamp,
    /// Source of ids.
    pub ids: &'a dyn Ids,
}

impl Change<'_> {
    async fn record(&self, tx: &mut Tx, action: Action, what: &str) -> db::Result<()> {
        let row = tx.query_one(&BUMP, &params![self.from, self.to]).await?;
        let version: i64 = row.get(0)?;
        let detail = json!({ "what": what, "by": self.by, "version": version });
        let entry = Entry::new(action, self.at, "party", self.to).on_behalf_of(self.from).detail(detail);
        audit::put(tx, &entry).await
    }
}

/// Makes sure that `to` has the role for `from`; the id and whether it is new.
pub async fn assign(
    tx: &mut Tx,
    catalogue: &Catalogue,
    change: &Change<'_>,
    role: RoleKey,
) -> db::Result<(Uuid, bool)> {
    let role = catalogue.role(role);
    let values =
        params![change.ids.uuid_v7(change.at), change.from, change.to, role.id, change.at, change.by];
    if let Some(row) = tx.query_opt(&ASSIGN, &values).await? {
        change.record(tx, Action::DelegationAssign, &role.urn).await?;
        return Ok((row.get(0)?, true));
    }
    let row = tx.query_one(&ASSIGNMENT, &params![change.from, change.to, role.id]).await?;
    Ok((row.get(0)?, false))
}

/// Puts a package on an assignment; its row id and whether it is new.
pub async fn add_package(
    tx: &mut Tx,
    catalogue: &Catalogue,
    change: &Change<'_>,
    assignment: Uuid,
    package: PackageKey,
) -> db::Result<(Uuid, bool)> {
    let package = catalogue.package(package);
    let values = params![change.ids.uuid_v7(change.at), assignment, package.id, change.at, change.by];
    if let Some(row) = tx.query_opt(&PACKAGE_ADD, &values).await? {
        change.record(tx, Action::DelegationGrant, &package.urn).await?;
        return Ok((row.get(0)?, true));
    }
    let row = tx.query_one(&PACKAGE_ID, &params![assignment, package.id]).await?;
    Ok((row.get(0)?, false))
}

/// Puts a right on an assignment; whether it is new.
pub async fn add_right(
    tx: &mut Tx,
    change: &Change<'_>,
    assignment: Uuid,
    right: &Right,
) -> db::Result<bool> {
    let action = right.action.as_deref().unwrap_or_default();
    let resource = right.resource.to_lowercase();
    let values = params![change.ids.uuid_v7(change.at), assignment, &resource, action, change.at, change.by];
    let new = tx.query_opt(&RIGHT_ADD, &values).await?.is_some();
    if new {
        change
            .record(tx, Action::DelegationGrant, &format!("urn:altinn:resource:{resource}:{action}"))
            .await?;
    }
    Ok(new)
}

/// The container of what users delegate, if there is one.
async fn container(tx: &mut Tx, catalogue: &Catalogue, change: &Change<'_>) -> db::Result<Option<Uuid>> {
    let role = catalogue.role(catalogue.known.rettighetshaver).id;
    let row = tx.query_opt(&ASSIGNMENT, &params![change.from, change.to, role]).await?;
    row.map(|row| row.get(0)).transpose()
}

/// Takes a package off, if it is there.
pub async fn remove_package(
    tx: &mut Tx,
    catalogue: &Catalogue,
    change: &Change<'_>,
    package: PackageKey,
) -> db::Result<()> {
    let Some(assignment) = container(tx, catalogue, change).await? else { return Ok(()) };
    let package = catalogue.package(package);
    if tx.execute(&PACKAGE_REMOVE, &params![assignment, package.id]).await? > 0 {
        change.record(tx, Action::DelegationRevoke, &package.urn).await?;
    }
    Ok(())
}

/// Takes all rights to a resource off, if there are any.
pub async fn remove_resource(
    tx: &mut Tx,
    catalogue: &Catalogue,
    change: &Change<'_>,
    resource: &str,
) -> db::Result<()> {
    let Some(assignment) = container(tx, catalogue, change).await? else { return Ok(()) };
    if tx.execute(&RIGHTS_REMOVE, &params![assignment, resource]).await? > 0 {
        change.record(tx, Action::DelegationRevoke, &format!("urn:altinn:resource:{resource}")).await?;
    }
    Ok(())
}

/// Takes everything that `from` has given `to`, the connection included; the number of grants that stood.
pub async fn remove_all(tx: &mut Tx, change: &Change<'_>, which: impl Fn(Uuid) -> bool) -> db::Result<u64> {
    let mut removed = 0;
    for row in tx.query(&BETWEEN, &params![change.from, change.to]).await? {
        let (id, role): (Uuid, Uuid) = (row.get(0)?, row.get(1)?);
        if !which(role) {
            continue;
        }
        removed += tx.execute(&PACKAGES_CLEAR, &params![id]).await?;
        removed += tx.execute(&RIGHTS_CLEAR, &params![id]).await?;
        tx.execute(&UNASSIGN, &params![id]).await?;
        change.record(tx, Action::DelegationRevokeAll, &role.to_string()).await?;
    }
    Ok(removed)
}

/// Which assignments to read.
pub enum Between<'a> {
    /// Everything received by these.
    To(&'a [Uuid]),
    /// Everything given by these.
    From(&'a [Uuid]),
    /// Given by the second to the first.
    ToFrom(&'a [Uuid], &'a [Uuid]),
    /// Everything.
    All,
}

/// Assignments as links. Roles that the catalogue no longer knows give nothing.
pub async fn links(db: &Db, catalogue: &Catalogue, between: Between<'_>) -> db::Result<Vec<Link>> {
    let rows = match between {
        Between::To(to) => db.query(&LINKS_TO, &[Value::list(to)]).await?,
        Between::From(from) => db.query(&LINKS_FROM, &[Value::list(from)]).await?,
        Between::ToFrom(to, from) => db.query(&LINKS_BETWEEN, &[Value::list(to), Value::list(from)]).await?,
        Between::All => db.query(&DUMP_LINKS, &params![]).await?,
    };
    let mut links = Vec::with_capacity(rows.len());
    for row in rows {
        let role: Uuid = row.get(3)?;
        if let Some(role) = catalogue.find_role(&role.to_string()) {
            links.push(Link { assignment: Some(row.get(0)?), from: row.get(1)?, to: row.get(2)?, role });
        }
    }
    Ok(links)
}

/// One grant on an assignment.
pub struct HeldRow {
    /// The assignment.
    pub assignment: Uuid,
    /// What was given, by whom, when.
    pub granted: Granted,
}

/// What hangs on these assignments, oldest first within packages and within rights.
pub async fn grants(db: &Db, catalogue: &Catalogue, assignments: &[Uuid]) -> db::Result<Vec<HeldRow>> {
    let mut out = Vec::new();
    for chunk in assignments.chunks(1000) {
        let ids = [Value::list(chunk)];
        for row in db.query(&PACKAGES, &ids).await? {
            let package: Uuid = row.get(1)?;
            if let Some(key) = catalogue.find_package(&package.to_string()) {
                let grant = Grant::Package(catalogue.package(key).urn.clone());
                let granted = Granted { grant, by: row.get(2)?, at: row.get(3)? };
                out.push(HeldRow { assignment: row.get(0)?, granted });
            }
        }
        for row in db.query(&RIGHTS, &ids).await? {
            let action: String = row.get(2)?;
            let right = Right { resource: row.get(1)?, action: Some(action).filter(|a| !a.is_empty()) };
            let granted = Granted { grant: Grant::Right(right), by: row.get(3)?, at: row.get(4)? };
            out.push(HeldRow { assignment: row.get(0)?, granted });
        }
    }
    Ok(out)
}

/// The same, in the form that the computation takes.
pub async fn held(db: &Db, catalogue: &Catalogue, links: &[Link]) -> db::Result<HashMap<Uuid, Held>> {
    let container = |l: &&Link| l.role == catalogue.known.rettighetshaver;
    let ids: Vec<Uuid> = links.iter().filter(container).filter_map(|l| l.assignment).collect();
    // A container without content must be known too: its role brings nothing by itself.
    let mut held: HashMap<Uuid, Held> = ids.iter().map(|id| (*id, Held::default())).collect();
    for row in grants(db, catalogue, &ids).await? {
        let of_assignment = held.entry(row.assignment).or_default();
        match row.granted.grant {
            Grant::Right(right) => of_assignment.rights.push(right),
            Grant::Package(urn) => of_assignment.packages.extend(catalogue.find_package(&urn)),
        }
    }
    Ok(held)
}
