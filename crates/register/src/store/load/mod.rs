//! Loading of the register's members: validated, with ids filled in, compared with what is there, written in bulk.

mod ids;
mod roles;
mod rows;

use crate::domain::identity::Derived;
use crate::domain::validate::{self, Rules};
use crate::store::records;
use db::{Tx, Value, params};
use ids::Allocator;
use jiff::Timestamp;
use kernel::{OrgNo, PartyUrn, Pid};
use ports::population::{Counts, ImportError, LoadError, Organisation, Person, Registers, SelfIdentified};
use std::collections::{HashMap, HashSet};

db::statements! {
    ANY = "register.load_any", "SELECT id FROM party LIMIT 1";
    KEYS_BY_ORG_NO = "register.load_org_nos", Heavy, "SELECT id, org_no, parent FROM party WHERE org_no IN {in:1}";
    KEYS_BY_PID = "register.load_pids", Heavy, "SELECT id, pid FROM party WHERE pid IN {in:1}";
    KEY_BY_UUID = "register.load_uuid", "SELECT id FROM party WHERE uuid = $1";
    KEY_BY_ID = "register.load_id", "SELECT id FROM party WHERE id = $1";
    KEY_BY_USER_ID = "register.load_user_id", "SELECT id FROM party WHERE user_id = $1";
    KEY_BY_USER_NAME = "register.load_user_name", "SELECT id FROM party WHERE user_name_fold = $1";
    KEY_BY_EMAIL = "register.load_email", "SELECT id FROM party WHERE email = $1";
    ROLES_FROM = "register.load_roles", Heavy,
        "SELECT from_party, code, to_party, via_org_no FROM register_role WHERE from_party IN {in:1}";
    PARTY_PUT = "register.party_put",
        "INSERT INTO party (id, uuid, kind, name, org_no, pid, user_id, user_uuid, user_name, user_name_fold, email, \
         unit_type, parent, deleted, unchecked, modified) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) ON CONFLICT (id) DO UPDATE SET \
         name = excluded.name, user_uuid = excluded.user_uuid, user_name = excluded.user_name, kind = excluded.kind, \
         user_name_fold = excluded.user_name_fold, unit_type = excluded.unit_type, parent = excluded.parent, \
         deleted = excluded.deleted, unchecked = excluded.unchecked, modified = excluded.modified";
    PERSON_PUT = "register.person_put",
        "INSERT INTO person (party, first_name, middle_name, last_name, given_fold, family_fold, birth_date, death_date, \
         address, guardians) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (party) DO UPDATE SET \
         first_name = excluded.first_name, middle_name = excluded.middle_name, last_name = excluded.last_name, \
         given_fold = excluded.given_fold, family_fold = excluded.family_fold, birth_date = excluded.birth_date, \
         death_date = excluded.death_date, address = excluded.address, guardians = excluded.guardians";
    ORGANISATION_PUT = "register.organisation_put",
        "INSERT INTO organisation (party, status, registered, deleted_at, industry_codes, business_address, \
         postal_address, vat, employees) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (party) DO UPDATE SET \
         status = excluded.status, registered = excluded.registered, deleted_at = excluded.deleted_at, \
         industry_codes = excluded.industry_codes, business_address = excluded.business_address, \
         postal_address = excluded.postal_address, vat = excluded.vat, employees = excluded.employees";
    CONTACT_PUT = "register.contact_put",
        "INSERT INTO party_contact (party, emails, mobiles, reserved, language, updated) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (party) DO UPDATE SET emails = excluded.emails, mobiles = excluded.mobiles, \
         reserved = excluded.reserved, language = excluded.language, updated = excluded.updated";
    CONTACT_DROP = "register.contact_drop", "DELETE FROM party_contact WHERE party = $1";
    ROLE_PUT = "register.role_put",
        "INSERT INTO register_role (from_party, code, to_party, via_org_no) VALUES ($1, $2, $3, $4)";
}

/// Loads all four members.
pub async fn load(
    tx: &mut Tx,
    rules: Rules,
    now: Timestamp,
    registers: &Registers,
) -> Result<[Counts; 4], LoadError> {
    let fresh = tx.query_opt(&ANY, &params![]).await?.is_none();
    let mut loader = Loader {
        rules,
        now,
        fresh,
        ids: Allocator::new(fresh),
        keys: HashMap::new(),
        batch: rows::Batch::default(),
    };
    loader.ids.reserve_pinned(registers)?;
    let persons = loader.persons(tx, &registers.persons).await?;
    let organisations = loader.organisations(tx, &registers.organisations).await?;
    let self_identified = loader.self_identified(tx, &registers.self_identified).await?;
    loader.batch.write(tx).await?;
    let roles = loader.roles(tx, registers).await?;
    Ok([persons, organisations, self_identified, roles])
}

struct Loader {
    rules: Rules,
    now: Timestamp,
    /// Nothing was there before, so nothing needs to be looked for.
    fresh: bool,
    ids: Allocator,
    /// Keys of the parties met so far.
    keys: HashMap<PartyUrn, i64>,
    batch: rows::Batch,
}

/// Puts the item's place before an error's pointer.
fn at<T>(member: &str, index: usize, checked: Result<T, ImportError>) -> Result<T, ImportError> {
    checked.map_err(|error| ImportError::new(format!("/{member}/{index}{}", error.pointer), error.reason))
}

fn count<T: PartialEq>(counts: &mut Counts, old: Option<&T>, new: &T) -> bool {
    match old {
        None => counts.created += 1,
        Some(old) if old == new => {
            counts.unchanged += 1;
            return false;
        }
        Some(_) => counts.updated += 1,
    }
    true
}

impl Loader {
    async fn persons(&mut self, tx: &mut Tx, items: &[Person]) -> Result<Counts, LoadError> {
        let mut seen = HashSet::with_capacity(items.len());
        for (index, person) in items.iter().enumerate() {
            at("persons", index, self.rules.person(person))?;
            if !seen.insert(person.pid.as_str()) {
                return Err(ImportError::new(format!("/persons/{index}/pid"), "occurs twice").into());
            }
        }
        let pids: Vec<&str> = items.iter().map(|person| person.pid.as_str()).collect();
        let old = if self.fresh { HashMap::new() } else { records::persons_in(tx, &pids).await? };
        let mut counts = Counts::default();
        for (index, item) in items.iter().enumerate() {
            let known = old.get(&item.pid);
            let person = at("persons", index, self.person_with_ids(tx, item, known).await?)?;
            if let (Ok(pid), Some(id)) = (Pid::parse_digits(&person.pid), person.party_id) {
                self.keys.insert(PartyUrn::Person(pid), id);
            }
            if count(&mut counts, known, &person) {
                self.batch.person(&person, self.now);
            }
        }
        Ok(counts)
    }

    /// The person as it will be kept: ids and date of birth filled in.
    async fn person_with_ids(
        &mut self,
        tx: &mut Tx,
        item: &Person,
        known: Option<&Person>,
    ) -> Result<Result<Person, ImportError>, db::Error> {
        let mut person = item.clone();
        if person.birth_date.is_none() {
            person.birth_date = Pid::parse_digits(&item.pid).ok().and_then(|pid| pid.birth_date());
        }
        if let Some(known) = known {
            for (field, pinned, kept) in
                [("/partyId", item.party_id, known.party_id), ("/userId", item.user_id, known.user_id)]
            {
                if pinned.is_some() && pinned != kept {
                    return Ok(Err(ImportError::new(field, "is another one already and never changes")));
                }
            }
            if item.party_uuid.is_some() && item.party_uuid != known.party_uuid {
                return Ok(Err(ImportError::new("/partyUuid", "is another one already and never changes")));
            }
            let renamed = item.user_name.as_deref().filter(|name| {
                known.user_name.as_deref().is_none_or(|known| known.to_lowercase() != name.to_lowercase())
            });
            if let Some(name) = renamed
                && let Some(error) = self.ids.user_name_taken(tx, name).await?
            {
                return Ok(Err(error));
            }
            person.party_id = known.party_id;
            person.user_id = known.user_id;
            person.party_uuid = known.party_uuid;
            person.user_uuid = item.user_uuid.or(known.user_uuid);
            return Ok(Ok(person));
        }
        let derived = Derived::from_key(&format!("person:{}", item.pid));
        let ids =
            match self.ids.assign(tx, (item.party_id, item.party_uuid, item.user_id), derived, true).await? {
                Ok(ids) => ids,
                Err(error) => return Ok(Err(error)),
            };
        if let Some(name) = &item.user_name
            && let Some(error) = self.ids.user_name_taken(tx, name).await?
        {
            return Ok(Err(error));
        }
        person.party_id = Some(ids.party_id);
        person.party_uuid = Some(ids.uuid);
        person.user_id = Some(ids.user_id);
        person.user_uuid = Some(item.user_uuid.unwrap_or(ids.uuid));
        Ok(Ok(person))
    }

    async fn organisations(&mut self, tx: &mut Tx, items: &[Organisation]) -> Result<Counts, LoadError> {
        let mut in_file = HashMap::with_capacity(items.len());
        for (index, unit) in items.iter().enumerate() {
            at("organisations", index, self.rules.organisation(unit))?;
            if in_file.insert(unit.org_no.as_str(), unit.parent.is_some()).is_some() {
                return Err(ImportError::new(format!("/organisations/{index}/orgNo"), "occurs twice").into());
            }
        }
        let org_nos: Vec<&str> = items.iter().map(|unit| unit.org_no.as_str()).collect();
        let old = if self.fresh { HashMap::new() } else { records::organisations_in(tx, &org_nos).await? };
        let mut counts = Counts::default();
        // Main units first, since sub-units point at them.
        let (mains, subs): (Vec<_>, Vec<_>) =
            items.iter().enumerate().partition(|(_, unit)| unit.parent.is_none());
        let outside: Vec<&str> = subs
            .iter()
            .filter_map(|(_, unit)| unit.parent.as_deref())
            .filter(|parent| !in_file.contains_key(parent))
            .collect();
        let parents = self.parents_outside(tx, &outside).await?;
        for (index, item) in mains.into_iter().chain(subs) {
            let parent = match item.parent.as_deref() {
                None => None,
                Some(parent) => {
                    let key = OrgNo::parse_digits(parent).ok().map(PartyUrn::Organization);
                    let id = match in_file.get(parent) {
                        Some(true) => None,
                        Some(false) => key.and_then(|key| self.keys.get(&key)).copied(),
                        None => parents.get(parent).copied(),
                    };
                    let reason = "is no main unit of this file or the database";
                    Some(
                        id.ok_or_else(|| ImportError::new(format!("/organisations/{index}/parent"), reason))?,
                    )
                }
            };
            let known = old.get(&item.org_no);
            let unit = at("organisations", index, self.organisation_with_ids(tx, item, known).await?)?;
            if let (Ok(org_no), Some(id)) = (OrgNo::parse_digits(&unit.org_no), unit.party_id) {
                self.keys.insert(PartyUrn::Organization(org_no), id);
            }
            if count(&mut counts, known, &unit) {
                self.batch.organisation(&unit, parent, self.now);
            }
        }
        Ok(counts)
    }

    /// Main units of the database, by number.
    async fn parents_outside(
        &self,
        tx: &mut Tx,
        org_nos: &[&str],
    ) -> Result<HashMap<String, i64>, db::Error> {
        let mut found = HashMap::new();
        for batch in org_nos.chunks(records::BATCH) {
            for row in tx.query(&KEYS_BY_ORG_NO, &[Value::list(batch)]).await? {
                if row.get::<Option<i64>>(2)?.is_none() {
                    found.insert(row.get(1)?, row.get(0)?);
                }
            }
        }
        Ok(found)
    }

    async fn organisation_with_ids(
        &mut self,
        tx: &mut Tx,
        item: &Organisation,
        known: Option<&Organisation>,
    ) -> Result<Result<Organisation, ImportError>, db::Error> {
        let mut unit = item.clone();
        if let Some(known) = known {
            if item.party_id.is_some() && item.party_id != known.party_id {
                return Ok(Err(ImportError::new("/partyId", "is another one already and never changes")));
            }
            if item.party_uuid.is_some() && item.party_uuid != known.party_uuid {
                return Ok(Err(ImportError::new("/partyUuid", "is another one already and never changes")));
            }
            unit.party_id = known.party_id;
            unit.party_uuid = known.party_uuid;
            return Ok(Ok(unit));
        }
        let derived = Derived::from_key(&format!("organisation:{}", item.org_no));
        let ids = self.ids.assign(tx, (item.party_id, item.party_uuid, None), derived, false).await?;
        Ok(ids.map(|ids| {
            unit.party_id = Some(ids.party_id);
            unit.party_uuid = Some(ids.uuid);
            unit
        }))
    }

    async fn self_identified(&mut self, tx: &mut Tx, items: &[SelfIdentified]) -> Result<Counts, LoadError> {
        let mut counts = Counts::default();
        if items.is_empty() {
            return Ok(counts);
        }
        let old = if self.fresh { vec![] } else { records::self_identified_in(tx).await? };
        let fold = |user: &SelfIdentified| {
            user.user_name.as_ref().or(user.email.as_ref()).map(|key| key.to_lowercase()).unwrap_or_default()
        };
        let mut seen = HashSet::new();
        for (index, item) in items.iter().enumerate() {
            at("selfIdentified", index, validate::self_identified(item))?;
            let key = fold(item);
            if !seen.insert(key.clone()) {
                return Err(ImportError::new(format!("/selfIdentified/{index}"), "occurs twice").into());
            }
            let known = old.iter().find(|user| fold(user) == key);
            let mut user = item.clone();
            user.email = item.email.as_ref().map(|email| email.to_lowercase());
            if let Some(known) = known {
                user.user_id = item.user_id.or(known.user_id);
                user.party_id = item.party_id.or(known.party_id);
                user.party_uuid = item.party_uuid.or(known.party_uuid);
                if (user.user_id, user.party_id, user.party_uuid)
                    != (known.user_id, known.party_id, known.party_uuid)
                {
                    let reason = "has other ids already, and they never change";
                    return Err(ImportError::new(format!("/selfIdentified/{index}"), reason).into());
                }
            } else {
                let derived = Derived::from_key(&format!("self-identified:{key}"));
                let pinned = (item.party_id, item.party_uuid, item.user_id);
                let ids = at("selfIdentified", index, self.ids.assign(tx, pinned, derived, true).await?)?;
                if let Some(name) = &item.user_name
                    && let Some(error) = self.ids.user_name_taken(tx, name).await?
                {
                    at("selfIdentified", index, Err(error))?;
                }
                user.user_id = Some(ids.user_id);
                user.party_id = Some(ids.party_id);
                user.party_uuid = Some(ids.uuid);
            }
            if count(&mut counts, known, &user) {
                self.batch.self_identified(&user, self.now);
            }
        }
        Ok(counts)
    }
}
