//! The file of a backup: tables in chunks of JSON lines, blobs, and at the end a manifest that holds the digest of everything.
//! Nothing in it tells when or where it was made, so equal content makes equal bytes.

use std::io::{self, Read, Write};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{Applied, Chunk, Column, Schema, Table, cell, tar};
use crate::{Error, Result, Value};

/// Of this sort of file.
const FORMAT: u32 = 1;
const MANIFEST: &str = "manifest.json";
const SEAL: &str = "manifest.sha256";

/// What is told of the database as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// `sandbox` or `production`.
    pub profile: String,
    /// Name of the environment.
    pub environment: String,
    /// Migrations that the database has had.
    pub migrations: Vec<Applied>,
    /// Ids of the keys without which the blobs cannot be read.
    pub keys: Vec<String>,
}

/// Count and digest of many files.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sum {
    /// How many.
    pub count: u64,
    /// Their bytes together.
    pub bytes: u64,
    /// Over content, or over lines `name size digest`, in the order of the archive.
    pub sha256: String,
}

/// A table in the manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableSum {
    /// Its name.
    pub name: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows.
    pub rows: Sum,
}

/// The manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Of this sort of file.
    pub format: u32,
    /// What the archive was made of.
    pub about: About,
    /// The tables, in the order in which they can be loaded.
    pub tables: Vec<TableSum>,
    /// The blobs.
    pub blobs: Sum,
}

impl Manifest {
    /// Rows of all tables.
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|table| table.rows.count).sum()
    }
}

fn hex(hash: Sha256) -> String {
    hash.finalize().iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

fn fail(error: io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => Error::Archive("the file is cut short".into()),
        io::ErrorKind::StorageFull => Error::Full(error.to_string()),
        _ => Error::Archive(error.to_string()),
    }
}

/// A sum under way.
#[derive(Default)]
struct Tally {
    count: u64,
    bytes: u64,
    hash: Sha256,
}

impl Tally {
    fn done(self) -> Sum {
        Sum { count: self.count, bytes: self.bytes, sha256: hex(self.hash) }
    }

    fn rows(&mut self, text: &[u8]) {
        self.count += text.split(|byte| *byte == b'\n').count() as u64 - 1;
        self.bytes += text.len() as u64;
        self.hash.update(text);
    }

    fn blob(&mut self, name: &str, size: u64, digest: Sha256) {
        self.count += 1;
        self.bytes += size;
        self.hash.update(format!("{name} {size} {}\n", hex(digest)));
    }
}

/// Tables and blobs as they go by, for writing and for reading.
#[derive(Default)]
struct Tallies {
    tables: Vec<TableSum>,
    /// The table under way.
    table: Option<(String, Vec<Column>, Tally)>,
    blobs: Tally,
}

impl Tallies {
    fn next(&mut self, table: Option<&Table>) {
        if let Some((name, columns, rows)) = self.table.take() {
            self.tables.push(TableSum { name, columns, rows: rows.done() });
        }
        self.table = table.map(|table| (table.name.clone(), table.columns.clone(), Tally::default()));
    }
}

/// Writes an archive.
pub struct Writer<W> {
    out: W,
    tallies: Tallies,
    chunk: u64,
}

impl<W: Write> Writer<W> {
    /// An archive that goes to `out`.
    pub fn new(out: W) -> Writer<W> {
        Writer { out, tallies: Tallies::default(), chunk: 0 }
    }

    /// The chunks that follow are of this table.
    pub fn table(&mut self, table: &Table) {
        self.tallies.next(Some(table));
        self.chunk = 0;
    }

    /// Rows of the table under way.
    pub fn rows(&mut self, chunk: &Chunk) -> Result<()> {
        let Some((name, _, tally)) = &mut self.tallies.table else {
            return Err(Error::Archive("rows before their table".into()));
        };
        self.chunk += 1;
        tally.rows(&chunk.0);
        let name = format!("tables/{name}/{:06}.jsonl", self.chunk);
        plain(&mut self.out, &name, &chunk.0).map_err(fail)
    }

    /// A blob of `size` bytes, as the store keeps it.
    pub fn blob(&mut self, name: &str, size: u64, mut content: impl Read) -> Result<()> {
        let mut hash = Sha256::new();
        let mut copy = || {
            tar::header(&mut self.out, &format!("blobs/{name}"), size)?;
            let mut buffer = vec![0; 1 << 16];
            let mut left = size;
            while left > 0 {
                let most = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
                let count = content.read(&mut buffer[..most])?;
                if count == 0 {
                    return Err(io::Error::other(format!("blob {name} became shorter while it was read")));
                }
                hash.update(&buffer[..count]);
                self.out.write_all(&buffer[..count])?;
                left -= count as u64;
            }
            tar::pad(&mut self.out, size)
        };
        copy().map_err(fail)?;
        self.tallies.blobs.blob(name, size, hash);
        Ok(())
    }

    /// Writes the manifest; answers it and what was written to.
    pub fn finish(mut self, about: About) -> Result<(Manifest, W)> {
        self.tallies.next(None);
        let manifest =
            Manifest { format: FORMAT, about, tables: self.tallies.tables, blobs: self.tallies.blobs.done() };
        let mut text = serde_json::to_vec_pretty(&manifest).map_err(|e| Error::Archive(e.to_string()))?;
        text.push(b'\n');
        let seal = format!("{}  {MANIFEST}\n", hex(Sha256::new_with_prefix(&text)));
        let mut write = || {
            plain(&mut self.out, MANIFEST, &text)?;
            plain(&mut self.out, SEAL, seal.as_bytes())?;
            tar::end(&mut self.out)?;
            self.out.flush()
        };
        write().map_err(fail)?;
        Ok((manifest, self.out))
    }
}

fn plain(out: &mut impl Write, name: &str, content: &[u8]) -> io::Result<()> {
    tar::header(out, name, content.len() as u64)?;
    out.write_all(content)?;
    tar::pad(out, content.len() as u64)
}

/// A part of an archive.
#[derive(Debug)]
pub enum Part {
    /// Lines of a table.
    Rows {
        /// The table.
        table: String,
        /// Whole lines.
        text: Vec<u8>,
    },
    /// A blob.
    Blob {
        /// `area/id`.
        name: String,
        /// As the store keeps it.
        content: Vec<u8>,
    },
    /// The end: everything was there, and agrees with the manifest.
    End(Manifest),
}

/// Reads an archive from front to back.
pub struct Reader<R> {
    from: R,
    tallies: Tallies,
}

impl<R: Read> Reader<R> {
    /// An archive that comes from `from`.
    pub fn new(from: R) -> Reader<R> {
        Reader { from, tallies: Tallies::default() }
    }

    /// The next part. What it says holds for certain only when the end was reached without an error.
    pub fn part(&mut self) -> Result<Part> {
        let Some((name, content)) = self.file()? else {
            return Err(Error::Archive("the manifest is missing".into()));
        };
        if let Some(rest) = name.strip_prefix("tables/") {
            let table = rest.split('/').next().unwrap_or_default();
            if self.tallies.table.as_ref().is_none_or(|(under_way, ..)| under_way != table) {
                self.tallies.next(Some(&Table { name: table.to_owned(), ..Table::default() }));
            }
            if let Some((.., tally)) = &mut self.tallies.table {
                tally.rows(&content);
            }
            return Ok(Part::Rows { table: table.to_owned(), text: content });
        }
        if let Some(name) = name.strip_prefix("blobs/") {
            self.tallies.blobs.blob(name, content.len() as u64, Sha256::new_with_prefix(&content));
            return Ok(Part::Blob { name: name.to_owned(), content });
        }
        if name == MANIFEST {
            return self.end(&content).map(Part::End);
        }
        Err(Error::Archive(format!("{name:?} is no part of a backup")))
    }

    fn file(&mut self) -> Result<Option<(String, Vec<u8>)>> {
        let mut read = || {
            let Some((name, size)) = tar::next(&mut self.from)? else { return Ok(None) };
            let mut content = Vec::new();
            (&mut self.from).take(size).read_to_end(&mut content)?;
            if (content.len() as u64) < size {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            tar::skip_pad(&mut self.from, size)?;
            Ok(Some((name, content)))
        };
        read().map_err(fail)
    }

    fn end(&mut self, text: &[u8]) -> Result<Manifest> {
        let seal = self.file()?.filter(|(name, _)| name == SEAL).map(|(_, content)| content);
        let own = format!("{}  {MANIFEST}\n", hex(Sha256::new_with_prefix(text)));
        if seal.as_deref() != Some(own.as_bytes()) {
            return Err(Error::Archive("the manifest does not agree with its digest".into()));
        }
        let odd = |e: serde_json::Error| Error::Archive(format!("the manifest is of another sort: {e}"));
        let manifest: Manifest = serde_json::from_slice(text).map_err(odd)?;
        if manifest.format != FORMAT {
            return Err(Error::Archive(format!("format {} is not known to this program", manifest.format)));
        }
        self.tallies.next(None);
        let mut found = std::mem::take(&mut self.tallies.tables).into_iter();
        for table in manifest.tables.iter().filter(|table| table.rows.count > 0) {
            if found.next().is_none_or(|found| found.name != table.name || found.rows != table.rows) {
                return Err(Error::Archive(format!("table {} does not agree with its digest", table.name)));
            }
        }
        if let Some(more) = found.next() {
            return Err(Error::Archive(format!("table {} is not in the manifest", more.name)));
        }
        if std::mem::take(&mut self.tallies.blobs).done() != manifest.blobs {
            return Err(Error::Archive("the blobs do not agree with their digest".into()));
        }
        Ok(manifest)
    }
}

impl Schema {
    /// Lines of a table as rows, with the table's place.
    pub fn decode(&self, table: &str, text: &[u8]) -> Result<(usize, Vec<Vec<Value>>)> {
        let (place, table) =
            self.table(table).ok_or_else(|| Error::Archive(format!("no migration makes table {table}")))?;
        let lines = text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        let rows = lines.map(|line| cell::decode(table, line)).collect::<Result<_, String>>();
        Ok((place, rows.map_err(Error::Archive)?))
    }

    /// Refuses an archive whose tables are not these.
    pub fn agrees(&self, manifest: &Manifest) -> Result<()> {
        let mut ours = self.tables.iter().map(|table| (&table.name, &table.columns));
        let theirs = manifest.tables.iter().map(|table| (&table.name, &table.columns));
        if theirs.eq(ours.by_ref()) {
            return Ok(());
        }
        Err(Error::Archive("its tables are not those that its migrations make".into()))
    }
}
