//! Import, export and the first seed, over the blocks that own the members.

use crate::domain::generate::{Options, generate};
use crate::wire::Document;
use audit::{Action, Entry};
use ports::population::{Counts, ImportError, LoadError, PopulationSink, RegisterSink, Registers};
use serde::Serialize;
use std::sync::Arc;

/// Loads and dumps population documents.
#[derive(Clone)]
pub struct Population {
    db: db::Db,
    clock: Arc<dyn kernel::Clock>,
    register: Arc<dyn RegisterSink>,
    sinks: Vec<Arc<dyn PopulationSink>>,
}

/// What came of one member of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MemberCounts {
    /// The member.
    pub member: String,
    /// Its counts.
    #[serde(flatten)]
    pub counts: Counts,
}

/// What came of an import, in loading order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Counts of the members that were there.
    pub members: Vec<MemberCounts>,
}

impl Report {
    fn add(&mut self, member: &str, counts: Counts) {
        if counts == Counts::default() {
            return;
        }
        if let Some(seen) = self.members.iter_mut().find(|seen| seen.member == member) {
            seen.counts.created += counts.created;
            seen.counts.updated += counts.updated;
            seen.counts.unchanged += counts.unchanged;
        } else {
            self.members.push(MemberCounts { member: member.to_owned(), counts });
        }
    }

    /// All members together.
    pub fn total(&self) -> Counts {
        self.members.iter().fold(Counts::default(), |sum, member| Counts {
            created: sum.created + member.counts.created,
            updated: sum.updated + member.counts.updated,
            unchanged: sum.unchanged + member.counts.unchanged,
        })
    }
}

/// Why nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A document is at fault.
    #[error("{}{error}", if *.document == 0 { String::new() } else { format!("document {}: ", .document + 1) })]
    Input {
        /// Which of the documents, from 0.
        document: usize,
        /// Where and why.
        error: ImportError,
    },
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl db::MaybeRetry for Error {
    fn db_error(&self) -> Option<&db::Error> {
        match self {
            Self::Db(error) => Some(error),
            Self::Input { .. } => None,
        }
    }
}

impl Error {
    fn from_load(document: usize, member: Option<&str>, error: LoadError) -> Self {
        match error {
            LoadError::Db(error) => Self::Db(error),
            LoadError::Input(mut error) => {
                if let Some(member) = member {
                    error.pointer = format!("/{member}{}", error.pointer);
                }
                Self::Input { document, error }
            }
        }
    }
}

impl Population {
    /// `sinks` load in the order given, after the register.
    pub fn new(
        ctx: &httpkit::Ctx,
        register: Arc<dyn RegisterSink>,
        sinks: Vec<Arc<dyn PopulationSink>>,
    ) -> Self {
        Self { db: ctx.db.clone(), clock: ctx.clock.clone(), register, sinks }
    }

    /// Loads documents in the order given, all or nothing. A document may refer to what an earlier one, or the database,
    /// holds.
    pub async fn import(&self, documents: &[Document]) -> Result<Report, Error> {
        for (at, document) in documents.iter().enumerate() {
            if let Some(member) = document.other.keys().find(|member| self.sink(member).is_none()) {
                let error =
                    ImportError::new(format!("/{member}"), "this server has nothing that holds it yet");
                return Err(Error::Input { document: at, error });
            }
        }
        db::write_tx!(self.db, "population.import", |tx| {
            let mut report = Report::default();
            for (at, document) in documents.iter().enumerate() {
                self.load(tx, at, document, &mut report).await?;
            }
            let entry = Entry::new(Action::PopulationImport, self.clock.now(), "population", documents.len());
            audit::put(tx, &entry).await?;
            Ok::<_, Error>(report)
        })
    }

    /// Everything as it now stands.
    pub async fn export(&self) -> Result<Document, db::Error> {
        let mut document = Document { registers: self.register.dump().await?, ..Document::default() };
        for sink in &self.sinks {
            for member in sink.members() {
                let items = sink.dump(member).await?;
                if !items.is_empty() {
                    document.other.insert((*member).to_owned(), items);
                }
            }
        }
        Ok(document)
    }

    /// Fills an empty register with a generated population; `None` when somebody is there already.
    pub async fn seed_if_empty(&self, options: &Options) -> Result<Option<Report>, Error> {
        if !self.register.is_empty().await? {
            return Ok(None);
        }
        let mut document = generate(options);
        document.other.retain(|member, _| {
            let held = self.sink(member).is_some();
            if !held {
                tracing::warn!(member, "not seeded: this server has nothing that holds it yet");
            }
            held
        });
        self.import(std::slice::from_ref(&document)).await.map(Some)
    }

    async fn load(
        &self,
        tx: &mut db::Tx,
        at: usize,
        document: &Document,
        report: &mut Report,
    ) -> Result<(), Error> {
        let counts = self
            .register
            .load(tx, &document.registers)
            .await
            .map_err(|error| Error::from_load(at, None, error))?;
        for (member, counts) in Registers::MEMBERS.iter().zip(counts) {
            report.add(member, counts);
        }
        for sink in &self.sinks {
            for member in sink.members() {
                let Some(items) = document.other.get(*member) else { continue };
                let counts = sink
                    .load(tx, member, items)
                    .await
                    .map_err(|error| Error::from_load(at, Some(member), error))?;
                report.add(member, counts);
            }
        }
        Ok(())
    }

    fn sink(&self, member: &str) -> Option<&Arc<dyn PopulationSink>> {
        self.sinks.iter().find(|sink| sink.members().contains(&member))
    }
}
