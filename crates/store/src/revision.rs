//! The global revision: a number without gaps that every change of a resource, and every update of
//! the catalogue, raises by one.

use serde_json::Value as Json;
use tollgate_model::resource::Kind;
use tollgate_model::{Micros, Name};

use crate::StoreError;
use crate::sql::{Conn, Row, values};

/// The channel on which a process tells the others that there is a new revision.
pub(crate) const CHANNEL: &str = "tollgate_revision";

/// What a revision changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The resource of this kind and name.
    Resource(Kind, Name),
    /// The catalogue: which update of it is in force.
    Catalogue,
}

/// The kind of what a revision changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangedKind {
    /// A resource of this kind.
    Resource(Kind),
    /// The catalogue.
    Catalogue,
}

impl ChangedKind {
    /// The word, as it is stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            ChangedKind::Resource(kind) => kind.as_str(),
            ChangedKind::Catalogue => CATALOGUE.0,
        }
    }
}

/// The word in the place of a kind and of a name for what is no resource.
const CATALOGUE: (&str, &str) = ("Catalogue", "catalogue");

impl Subject {
    /// The kind.
    pub fn kind(&self) -> ChangedKind {
        match self {
            Subject::Resource(kind, _) => ChangedKind::Resource(*kind),
            Subject::Catalogue => ChangedKind::Catalogue,
        }
    }

    /// Kind and name, as they are stored and shown.
    pub fn words(&self) -> (&str, &str) {
        match self {
            Subject::Resource(kind, name) => (kind.as_str(), name.as_str()),
            Subject::Catalogue => CATALOGUE,
        }
    }

    fn read(row: &Row, at: usize) -> Result<Subject, StoreError> {
        match row.text(at)? {
            word if word == CATALOGUE.0 => Ok(Subject::Catalogue),
            word => Ok(Subject::Resource(kind(word)?, row.name(at + 1)?)),
        }
    }
}

/// One change: who, when, before, after.
#[derive(Clone, Debug, PartialEq)]
pub struct Revision {
    /// Its number, counted from 1.
    pub revision: u64,
    /// When the change was made.
    pub at: Micros,
    /// Who made it.
    pub actor: String,
    /// Of what.
    pub subject: Subject,
    /// The resource's spec before, absent where it was made; what was told of the update of the
    /// catalogue that was in force, absent where none was.
    pub before: Option<Json>,
    /// The same after it, absent where the resource was deleted and where no update is in force.
    pub after: Option<Json>,
}

/// The columns that [`read`] expects.
pub(crate) const COLUMNS: &str = "revision, at, actor, kind, name, before, after";

/// Reads a row of [`COLUMNS`].
pub(crate) fn read(row: &Row) -> Result<Revision, StoreError> {
    Ok(Revision {
        revision: row.count(0)?,
        at: row.micros(1)?,
        actor: row.text(2)?.to_owned(),
        subject: Subject::read(row, 3)?,
        before: row.optional_text(5)?.map(json).transpose()?,
        after: row.optional_text(6)?.map(json).transpose()?,
    })
}

/// Reads a stored kind.
pub(crate) fn kind(text: &str) -> Result<Kind, StoreError> {
    let known = Kind::ALL.into_iter().find(|kind| kind.as_str() == text);
    known.ok_or_else(|| StoreError::Corrupt(format!("there is no kind \"{text}\"")))
}

/// Reads a stored spec.
pub(crate) fn json(text: &str) -> Result<Json, StoreError> {
    serde_json::from_str(text)
        .map_err(|error| StoreError::Corrupt(format!("a stored spec is not JSON: {error}")))
}

/// Adds a revision.
pub(crate) async fn insert(conn: &mut Conn, new: &Revision) -> Result<(), StoreError> {
    let before = new.before.as_ref().map(Json::to_string);
    let after = new.after.as_ref().map(Json::to_string);
    let (kind, name) = new.subject.words();
    conn.execute(
        "INSERT INTO revisions (revision, at, actor, kind, name, before, after)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &values![
            new.revision,
            new.at,
            &new.actor,
            kind,
            name,
            before.as_ref(),
            after.as_ref(),
        ],
    )
    .await
    .map(drop)
}

/// The newest revision.
pub(crate) async fn newest(conn: &mut Conn) -> Result<u64, StoreError> {
    let sql = "SELECT value FROM counters WHERE name = 'revision'";
    conn.query_row(sql, &[]).await?.count(0)
}

/// The newest revision, which nobody else can raise until the transaction ends: changes are made
/// one after the other, so that numbers have no gap and become visible in their order.
pub(crate) async fn lock_newest(conn: &mut Conn) -> Result<u64, StoreError> {
    let sql = "UPDATE counters SET value = value WHERE name = 'revision' RETURNING value";
    conn.query_row(sql, &[]).await?.count(0)
}

/// Raises the newest revision and, once that is committed, tells every process.
pub(crate) async fn raise_newest(conn: &mut Conn, newest: u64) -> Result<(), StoreError> {
    let sql = "UPDATE counters SET value = $1 WHERE name = 'revision'";
    conn.execute(sql, &values![newest]).await?;
    conn.notify(CHANNEL).await
}
