//! Tables and logical types, read from the migrations.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Error, MigrationSet, Result, migrate};

/// A migration that a database has had.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Applied {
    /// The block.
    pub block: String,
    /// The file.
    pub name: String,
    /// Its checksum.
    pub checksum: String,
}

/// A logical type: the `{word}` of a migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the words of the crate's table of types")]
pub enum Kind {
    Id,
    Ts,
    Json,
    Bool,
    Key,
    Int,
    Bytes,
    Text,
    Dec,
    Real,
    Serial,
}

impl Kind {
    fn of(word: &str) -> Option<Kind> {
        Some(match word {
            "id" => Kind::Id,
            "ts" => Kind::Ts,
            "json" => Kind::Json,
            "bool" => Kind::Bool,
            "key" => Kind::Key,
            "int" => Kind::Int,
            "bytes" => Kind::Bytes,
            "text" => Kind::Text,
            "dec" => Kind::Dec,
            "real" => Kind::Real,
            "serial" => Kind::Serial,
            _ => return None,
        })
    }
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its logical type.
    pub kind: Kind,
}

/// A table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns, in the order of the migrations.
    pub columns: Vec<Column>,
    /// Names of the columns of the primary key; of all columns in a table without one.
    pub key: Vec<String>,
    /// Tables that it refers to.
    pub(super) references: Vec<String>,
}

impl Table {
    pub(super) fn column_list(&self) -> String {
        self.columns.iter().map(|column| format!("\"{}\"", column.name)).collect::<Vec<_>>().join(", ")
    }

    pub(super) fn kind(&self, name: &str) -> Option<Kind> {
        self.columns.iter().find(|column| column.name == name).map(|column| column.kind)
    }

    /// On PostgreSQL: the next number is the one after the largest.
    pub(super) fn continue_numbers(&self) -> String {
        let Some(column) = self.columns.iter().find(|column| column.kind == Kind::Serial) else {
            return String::new();
        };
        let (table, column) = (&self.name, &column.name);
        format!(
            "SELECT setval(pg_get_serial_sequence('\"{table}\"', '{column}'), coalesce(max(\"{column}\"), 1), \
             max(\"{column}\") IS NOT NULL) FROM \"{table}\";"
        )
    }

    fn add(&mut self, item: &str) -> Result<()> {
        let upper = item.to_ascii_uppercase();
        if let Some(at) = upper.find("REFERENCES ") {
            self.references.extend(word(&item[at + 11..]).map(str::to_owned));
        }
        let Some(name) = word(item) else { return Ok(()) };
        if ["PRIMARY", "UNIQUE", "FOREIGN", "CHECK", "CONSTRAINT"]
            .contains(&name.to_ascii_uppercase().as_str())
        {
            if let Some(at) = upper.find("PRIMARY KEY") {
                let list = item[at..].split(['(', ')']).nth(1).unwrap_or_default();
                self.key = list.split(',').filter_map(word).map(str::to_owned).collect();
            }
            return Ok(());
        }
        if upper.contains("GENERATED ALWAYS") {
            return Ok(());
        }
        let kind = item.split(['{', '}']).nth(1).and_then(Kind::of);
        let kind =
            kind.ok_or_else(|| Error::Migration(format!("{}: {item:?} has no logical type", self.name)))?;
        if kind == Kind::Serial || upper.contains("PRIMARY KEY") {
            self.key = vec![name.to_owned()];
        }
        self.columns.push(Column { name: name.to_owned(), kind });
        Ok(())
    }
}

/// All tables of a database whose content is worth keeping, each after those that it refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schema {
    /// The tables.
    pub tables: Vec<Table>,
}

impl Schema {
    /// The tables as the migrations that were applied have made them.
    pub fn of(sets: &[MigrationSet], applied: &[Applied]) -> Result<Schema> {
        let mut tables = BTreeMap::new();
        for statement in migrate::statements(migrate::TABLES) {
            change(&mut tables, &statement)?;
        }
        // What was applied is told by the file itself.
        tables.remove("db_migration");
        for file in known(sets, applied)?.iter().flat_map(|set| set.files) {
            for statement in migrate::statements(file.common) {
                change(&mut tables, &statement)?;
            }
            // What one engine needs beside it makes no table; both take the same ones away.
            for statement in migrate::statements(file.sqlite) {
                if statement.trim_start().to_ascii_uppercase().starts_with("DROP TABLE") {
                    change(&mut tables, &statement)?;
                }
            }
        }
        in_order(tables)
    }

    /// The tables of a database that has had all migrations.
    pub fn whole(sets: &[MigrationSet]) -> Result<Schema> {
        let one = |block: &str, file: &crate::Migration| Applied {
            block: block.to_owned(),
            name: file.name.to_owned(),
            checksum: file.checksum(),
        };
        let all: Vec<_> =
            sets.iter().flat_map(|set| set.files.iter().map(|file| one(set.block, file))).collect();
        Schema::of(sets, &all)
    }

    /// The table of this name, with its place.
    pub fn table(&self, name: &str) -> Option<(usize, &Table)> {
        self.tables.iter().enumerate().find(|(_, table)| table.name == name)
    }
}

/// The part of `sets` that was applied; an error when this program does not know all of it.
pub fn known(sets: &[MigrationSet], applied: &[Applied]) -> Result<Vec<MigrationSet>> {
    let mut found = 0;
    let mut part = Vec::new();
    for set in sets {
        let theirs = |name: &str| applied.iter().find(|one| one.block == set.block && one.name == name);
        let mut count = 0;
        for (at, file) in set.files.iter().enumerate() {
            let Some(one) = theirs(file.name) else { continue };
            if one.checksum != file.checksum() {
                return Err(Error::Migration(format!(
                    "{}/{} was changed after it was applied",
                    set.block, file.name
                )));
            }
            if at != count {
                return Err(Error::Migration(format!(
                    "{}/{} was applied before those in front of it",
                    set.block, file.name
                )));
            }
            count += 1;
        }
        found += count;
        part.push(MigrationSet { block: set.block, files: &set.files[..count] });
    }
    if found < applied.len() {
        let strange = applied.iter().find(|one| {
            !sets
                .iter()
                .any(|set| set.block == one.block && set.files.iter().any(|file| file.name == one.name))
        });
        let strange = strange.map(|one| format!("{}/{}", one.block, one.name)).unwrap_or_default();
        return Err(Error::Migration(format!(
            "{strange} is not known to this program: a newer one has worked on the database"
        )));
    }
    Ok(part)
}

/// The first name in a text.
fn word(text: &str) -> Option<&str> {
    text.split(|c: char| c.is_whitespace() || "(),".contains(c)).find(|word| !word.is_empty())
}

fn change(tables: &mut BTreeMap<String, Table>, statement: &str) -> Result<()> {
    let words: Vec<&str> = statement.split_whitespace().collect();
    let upper: Vec<String> = words.iter().map(|word| word.to_ascii_uppercase()).collect();
    let is = |at: usize, word: &str| upper.get(at).is_some_and(|own| own == word);
    let odd =
        || Error::Migration(format!("{statement:?} changes a table in a way that backups do not understand"));
    if is(0, "CREATE") && is(1, "TABLE") {
        let at = if is(2, "IF") { 5 } else { 2 };
        let name = words.get(at).and_then(|name| word(name)).ok_or_else(odd)?;
        let (open, close) = (statement.find('(').ok_or_else(odd)?, statement.rfind(')').ok_or_else(odd)?);
        let mut table = Table { name: name.to_owned(), ..Table::default() };
        for item in items(&statement[open + 1..close]) {
            table.add(item)?;
        }
        if table.key.is_empty() {
            table.key = table.columns.iter().map(|column| column.name.clone()).collect();
        }
        tables.insert(name.to_owned(), table);
    } else if is(0, "DROP") && is(1, "TABLE") {
        tables.remove(*words.get(if is(2, "IF") { 4 } else { 2 }).ok_or_else(odd)?);
    } else if is(0, "ALTER") && is(1, "TABLE") {
        let name = *words.get(2).ok_or_else(odd)?;
        let table = tables.get_mut(name).ok_or_else(odd)?;
        let skip = if is(4, "COLUMN") { 5 } else { 4 };
        let rest = words.get(skip..).ok_or_else(odd)?;
        match upper.get(3).map(String::as_str) {
            Some("ADD") => table.add(&rest.join(" "))?,
            Some("DROP") => table.columns.retain(|column| Some(&column.name.as_str()) != rest.first()),
            Some("RENAME") if is(4, "TO") => {
                let mut table = tables.remove(name).ok_or_else(odd)?;
                (*words.get(5).ok_or_else(odd)?).clone_into(&mut table.name);
                tables.insert(table.name.clone(), table);
            }
            Some("RENAME") => {
                let (Some(old), Some(new)) = (rest.first(), rest.get(2)) else { return Err(odd()) };
                let names = table.columns.iter_mut().map(|column| &mut column.name).chain(&mut table.key);
                names.filter(|name| name == old).for_each(|name| (*new).clone_into(name));
            }
            _ => return Err(odd()),
        }
    }
    Ok(())
}

/// Splits at commas outside parentheses.
fn items(body: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_usize;
    body.split(move |c| {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == ',' && depth == 0
    })
    .map(str::trim)
}

/// By name, but each after those that it refers to.
fn in_order(mut left: BTreeMap<String, Table>) -> Result<Schema> {
    let mut tables: Vec<Table> = Vec::new();
    while !left.is_empty() {
        let free = left.values().find(|table| {
            table.references.iter().all(|other| *other == table.name || !left.contains_key(other))
        });
        let Some(name) = free.map(|table| table.name.clone()) else {
            return Err(Error::Migration("tables refer to each other in a ring".into()));
        };
        tables.extend(left.remove(&name));
    }
    Ok(Schema { tables })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Migration;

    #[test]
    fn tables_follow_their_migrations() {
        const SETS: &[MigrationSet] = &[MigrationSet {
            block: "t",
            files: &[
                Migration {
                    name: "0001",
                    common: "CREATE TABLE a (id {serial}, b {id} REFERENCES b (id), n {dec} DEFAULT (1, 2));
                             CREATE TABLE b (id {id} PRIMARY KEY, x {text}, -- why, and (so)
                               y {ts} NOT NULL CHECK (y > 0));
                             CREATE TABLE c (x {text}, y {int}, z {json}, PRIMARY KEY (y, x)) WITHOUT ROWID; CREATE INDEX i ON c (x);",
                    sqlite: "",
                    postgres: "",
                },
                Migration {
                    name: "0002",
                    common: "ALTER TABLE b ADD COLUMN z {bool} NOT NULL DEFAULT FALSE; ALTER TABLE b DROP COLUMN x;
                             ALTER TABLE c RENAME TO d; ALTER TABLE d RENAME COLUMN y TO w",
                    sqlite: "",
                    postgres: "",
                },
            ],
        }];
        let applied = |count: usize| -> Vec<Applied> {
            let one = |file: &Migration| Applied {
                block: "t".into(),
                name: file.name.into(),
                checksum: file.checksum(),
            };
            SETS[0].files[..count].iter().map(one).collect()
        };
        let text = |schema: Schema| -> Vec<String> {
            let table = |table: &Table| {
                let columns: Vec<_> =
                    table.columns.iter().map(|c| format!("{} {:?}", c.name, c.kind)).collect();
                format!("{}: {} by {}", table.name, columns.join(", "), table.key.join(", "))
            };
            schema.tables.iter().map(table).collect()
        };
        assert_eq!(
            text(Schema::of(SETS, &applied(1)).unwrap()),
            [
                "b: id Id, x Text, y Ts by id",
                "a: id Serial, b Id, n Dec by id",
                "c: x Text, y Int, z Json by y, x",
                "db_meta: name Text, value Text by name"
            ]
        );
        assert_eq!(
            text(Schema::of(SETS, &applied(2)).unwrap()),
            [
                "b: id Id, y Ts, z Bool by id",
                "a: id Serial, b Id, n Dec by id",
                "d: x Text, w Int, z Json by w, x",
                "db_meta: name Text, value Text by name"
            ]
        );
        let mut newer = applied(2);
        newer.push(Applied { block: "t".into(), name: "0003".into(), checksum: String::new() });
        assert!(Schema::of(SETS, &newer).unwrap_err().to_string().contains("t/0003 is not known"));
        assert!(Schema::of(SETS, &applied(2)[1..]).unwrap_err().to_string().contains("in front of it"));
    }
}
