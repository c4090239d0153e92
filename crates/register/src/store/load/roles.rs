//! Loading of register roles.

use super::{
    KEY_BY_EMAIL, KEY_BY_ID, KEY_BY_USER_ID, KEY_BY_USER_NAME, KEY_BY_UUID, KEYS_BY_ORG_NO, KEYS_BY_PID,
    Loader, ROLE_PUT, ROLES_FROM, at,
};
use crate::domain::validate;
use crate::store::records;
use db::{Tx, Value, params};
use kernel::{OrgNo, PartyUrn, Pid};
use ports::population::{Counts, ImportError, LoadError, Registers};
use std::collections::HashSet;

impl Loader {
    pub(super) async fn roles(&mut self, tx: &mut Tx, registers: &Registers) -> Result<Counts, LoadError> {
        let mut checked = Vec::with_capacity(registers.roles.len());
        for (index, role) in registers.roles.iter().enumerate() {
            checked.push(at("roles", index, validate::role(role))?);
        }
        self.look_up(tx, &checked).await?;
        let mut wanted = Vec::with_capacity(checked.len());
        let mut seen = HashSet::with_capacity(checked.len());
        for (index, (role, (from, role_type, to))) in registers.roles.iter().zip(&checked).enumerate() {
            let key = |field: &str, urn: &PartyUrn| {
                let reason = "names nobody in this file or the database";
                self.keys
                    .get(urn)
                    .copied()
                    .ok_or_else(|| ImportError::new(format!("/roles/{index}/{field}"), reason))
            };
            let row = (
                key("from", from)?,
                role_type.code,
                key("to", to)?,
                role.via_organisation.clone().unwrap_or_default(),
            );
            if !seen.insert(row.clone()) {
                return Err(ImportError::new(format!("/roles/{index}"), "occurs twice").into());
            }
            wanted.push(row);
        }
        let old = self.roles_from(tx, &wanted.iter().map(|row| row.0).collect::<HashSet<_>>()).await?;
        let mut counts = Counts::default();
        let mut rows = Vec::with_capacity(wanted.len());
        for (from, code, to, via) in wanted {
            if old.contains(&(from, code.to_owned(), to, via.clone())) {
                counts.unchanged += 1;
            } else {
                counts.created += 1;
                rows.push(params![from, code, to, via]);
            }
        }
        tx.execute_many(&ROLE_PUT, &rows).await?;
        Ok(counts)
    }

    /// Finds the parties of the database that the roles name beside those of the file.
    async fn look_up<T>(&mut self, tx: &mut Tx, roles: &[(PartyUrn, T, PartyUrn)]) -> Result<(), db::Error> {
        let unknown: HashSet<&PartyUrn> = roles
            .iter()
            .flat_map(|(from, _, to)| [from, to])
            .filter(|urn| !self.keys.contains_key(urn))
            .collect();
        let (mut pids, mut org_nos) = (Vec::new(), Vec::new());
        for urn in unknown {
            let (sql, key): (_, Value) = match urn {
                PartyUrn::Person(pid) => {
                    pids.push(pid.as_str());
                    continue;
                }
                PartyUrn::Organization(org_no) => {
                    org_nos.push(org_no.as_str());
                    continue;
                }
                PartyUrn::Party(uuid) => (&KEY_BY_UUID, (*uuid).into()),
                PartyUrn::PartyId(id) => (&KEY_BY_ID, (*id).into()),
                PartyUrn::UserId(id) => (&KEY_BY_USER_ID, (*id).into()),
                PartyUrn::IdportenEmail(email) => (&KEY_BY_EMAIL, email.into()),
                PartyUrn::SelfIdentified(name) => (&KEY_BY_USER_NAME, name.to_lowercase().into()),
                // These hold rights and not register roles.
                PartyUrn::SystemUser(_) | PartyUrn::EnterpriseUser(_) | PartyUrn::EnterpriseUserName(_) => {
                    continue;
                }
            };
            if let Some(row) = tx.query_opt(sql, &[key]).await? {
                self.keys.insert(urn.clone(), row.get(0)?);
            }
        }
        for batch in pids.chunks(records::BATCH) {
            for row in tx.query(&KEYS_BY_PID, &[Value::list(batch)]).await? {
                if let Ok(pid) = Pid::parse_digits(&row.get::<String>(1)?) {
                    self.keys.insert(PartyUrn::Person(pid), row.get(0)?);
                }
            }
        }
        for batch in org_nos.chunks(records::BATCH) {
            for row in tx.query(&KEYS_BY_ORG_NO, &[Value::list(batch)]).await? {
                if let Ok(org_no) = OrgNo::parse_digits(&row.get::<String>(1)?) {
                    self.keys.insert(PartyUrn::Organization(org_no), row.get(0)?);
                }
            }
        }
        Ok(())
    }

    async fn roles_from(
        &self,
        tx: &mut Tx,
        from: &HashSet<i64>,
    ) -> Result<HashSet<(i64, String, i64, String)>, db::Error> {
        let mut found = HashSet::new();
        if self.fresh {
            return Ok(found);
        }
        let from: Vec<i64> = from.iter().copied().collect();
        for batch in from.chunks(records::BATCH) {
            for row in tx.query(&ROLES_FROM, &[Value::list(batch)]).await? {
                found.insert((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
            }
        }
        Ok(found)
    }
}
