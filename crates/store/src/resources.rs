//! Resources, and the revisions that every change of them leaves behind.

use serde_json::Value as Json;
use tollgate_model::call::KeyEntry;
use tollgate_model::resource::{Kind, Resource, Spec};
use tollgate_model::{KeyHash, Micros, Name};

use crate::revision::{self, ChangedKind, Revision, Subject};
use crate::sql::{Clauses, Conn, Row, values};
use crate::{Store, StoreError};

/// One wish to change a resource.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// Make the resource, or replace the one of its kind and name. Its `revision` is not looked at.
    Put(Resource),
    /// Delete the resource of this kind and name. No effect where there is none.
    Delete(Kind, Name),
}

impl Change {
    fn target(&self) -> (Kind, &Name) {
        match self {
            Change::Put(resource) => (resource.kind(), &resource.name),
            Change::Delete(kind, name) => (*kind, name),
        }
    }

    fn spec(&self) -> Option<&Spec> {
        match self {
            Change::Put(resource) => Some(&resource.spec),
            Change::Delete(..) => None,
        }
    }
}

/// A resource, and since when it is there.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    /// The resource.
    pub resource: Resource,
    /// When it was made.
    pub created_at: Micros,
    /// When it was last changed.
    pub updated_at: Micros,
}

/// Which revisions to list. Everything that is absent is not asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HistoryFilter {
    /// Those of things of this kind.
    pub kind: Option<ChangedKind>,
    /// Those of things of this name.
    pub name: Option<Name>,
}

const COLUMNS: &str = "kind, name, spec, revision, created_at, updated_at";

impl Store {
    /// The newest revision and every resource but the keys, as they are at that revision, in the
    /// order of kinds and names: what a snapshot is compiled from.
    pub async fn snapshot_resources(&self) -> Result<(u64, Vec<Resource>), StoreError> {
        self.database()
            .read((), |conn, ()| {
                Box::pin(async move {
                    let newest = revision::newest(conn).await?;
                    // Two ranges of the primary key: of the keys, perhaps a million, none is read.
                    let sql = format!(
                        "SELECT {COLUMNS} FROM resources WHERE kind < $1
                         UNION ALL SELECT {COLUMNS} FROM resources WHERE kind > $1"
                    );
                    let rows = conn.query(&sql, &values![Kind::Key.as_str()]).await?;
                    Ok((newest, in_file_order(&rows)?))
                })
            })
            .await
    }

    /// The resource of this kind and name.
    pub async fn get(&self, kind: Kind, name: &Name) -> Result<Option<Stored>, StoreError> {
        self.database()
            .read((kind, name.clone()), |conn, (kind, name)| {
                Box::pin(async move {
                    let row = find(conn, *kind, name).await?;
                    row.map(|row| read_stored(&row)).transpose()
                })
            })
            .await
    }

    /// Resources in the alphabetical order of kinds and names: those of one kind or of all, from
    /// the first one after a kind and name on, at most `limit`.
    pub async fn list(
        &self,
        kind: Option<Kind>,
        after: Option<(Kind, Name)>,
        limit: u32,
    ) -> Result<Vec<Resource>, StoreError> {
        self.database()
            .read((kind, after, limit), |conn, (kind, after, limit)| {
                Box::pin(async move {
                    let mut query = Clauses::new(&format!("SELECT {COLUMNS} FROM resources"));
                    query.and_some("kind =", kind.map(Kind::as_str));
                    if let Some((kind, name)) = after {
                        query.and_pair("(kind, name) >", kind.as_str(), name);
                    }
                    let (sql, values) = query.order("kind, name", *limit);
                    let rows = conn.query(&sql, &values).await?;
                    rows.iter().map(read_resource).collect()
                })
            })
            .await
    }

    /// Every resource, keys included, in the order of kinds and names.
    pub async fn export(&self) -> Result<Vec<Resource>, StoreError> {
        self.database()
            .read((), |conn, ()| {
                Box::pin(async move {
                    let sql = format!("SELECT {COLUMNS} FROM resources");
                    in_file_order(&conn.query(&sql, &[]).await?)
                })
            })
            .await
    }

    /// Changes resources, all of them or none. Each one that becomes another than it was gets the
    /// next revision, in the order given; a `Put` of what is already there gets none. Answers the
    /// new revisions.
    ///
    /// Fails with [`StoreError::Conflict`] where the newest revision is not `expect_revision`, or
    /// where a key has the hash of another key.
    pub async fn change(
        &self,
        changes: &[Change],
        actor: &str,
        at: Micros,
        expect_revision: Option<u64>,
    ) -> Result<Vec<Revision>, StoreError> {
        let order = Order {
            changes: changes.to_vec(),
            actor: actor.to_owned(),
            at,
            expect_revision,
        };
        let made = self
            .database()
            .write(order, |conn, order| Box::pin(change(conn, order)))
            .await?;
        if let Some(last) = made.last() {
            self.advance(last.revision);
        }
        Ok(made)
    }

    /// Revisions, newest first: those before a revision or from the newest on, at most `limit`.
    pub async fn history(
        &self,
        filter: &HistoryFilter,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<Revision>, StoreError> {
        self.database()
            .read(
                (filter.clone(), before, limit),
                |conn, (filter, before, limit)| {
                    Box::pin(async move {
                        let select = format!("SELECT {} FROM revisions", revision::COLUMNS);
                        let mut query = Clauses::new(&select);
                        query.and_some("kind =", filter.kind.map(ChangedKind::as_str));
                        query.and_some("name =", filter.name.as_ref());
                        query.and_some("revision <", *before);
                        let (sql, values) = query.order("revision DESC", *limit);
                        let rows = conn.query(&sql, &values).await?;
                        rows.iter().map(revision::read).collect()
                    })
                },
            )
            .await
    }

    /// Every resource as it was at a revision, keys included, in the order of kinds and names.
    pub async fn at_revision(&self, revision: u64) -> Result<Vec<Resource>, StoreError> {
        self.database()
            .read(revision, |conn, revision| {
                Box::pin(async move {
                    let sql = "SELECT r.kind, r.name, r.after, r.revision FROM revisions r
                               WHERE r.after IS NOT NULL AND r.kind <> $2 AND r.revision = (
                                   SELECT MAX(q.revision) FROM revisions q
                                   WHERE q.kind = r.kind AND q.name = r.name AND q.revision <= $1
                               )";
                    let (catalogue, _) = Subject::Catalogue.words();
                    in_file_order(&conn.query(sql, &values![*revision, catalogue]).await?)
                })
            })
            .await
    }

    /// The key of this hash, revoked and expired ones included.
    pub async fn key_by_hash(&self, hash: &KeyHash) -> Result<Option<KeyEntry>, StoreError> {
        self.database()
            .read(*hash, |conn, hash| {
                Box::pin(async move {
                    let sql = "SELECT r.kind, r.name, r.spec, r.revision
                               FROM key_hashes h JOIN resources r
                                   ON r.kind = 'Key' AND r.name = h.name
                               WHERE h.hash = $1";
                    let row = conn.query_one(sql, &values![&hash.0[..]]).await?;
                    row.map(|row| key_entry(read_resource(&row)?)).transpose()
                })
            })
            .await
    }
}

struct Order {
    changes: Vec<Change>,
    actor: String,
    at: Micros,
    expect_revision: Option<u64>,
}

async fn change(conn: &mut Conn, order: &Order) -> Result<Vec<Revision>, StoreError> {
    let newest = revision::lock_newest(conn).await?;
    if let Some(expected) = order.expect_revision
        && expected != newest
    {
        return Err(StoreError::Conflict(format!(
            "the configuration is at revision {newest}, and the change was made for revision \
             {expected}: read the resource again and repeat the change"
        )));
    }
    let mut made = Vec::new();
    for change in &order.changes {
        let (kind, name) = change.target();
        let row = find(conn, kind, name).await?;
        let before = row.map(|row| row.text(2).and_then(revision::json));
        let revision = Revision {
            revision: newest + made.len() as u64 + 1,
            at: order.at,
            actor: order.actor.clone(),
            subject: Subject::Resource(kind, name.clone()),
            before: before.transpose()?,
            after: change.spec().map(Spec::to_json),
        };
        if revision.before != revision.after {
            write(conn, (kind, name), &revision).await?;
            made.push(revision);
        }
    }
    if let Some(last) = made.last() {
        revision::raise_newest(conn, last.revision).await?;
    }
    Ok(made)
}

async fn write(
    conn: &mut Conn,
    (kind, name): (Kind, &Name),
    new: &Revision,
) -> Result<(), StoreError> {
    match &new.after {
        Some(spec) => {
            conn.execute(
                "INSERT INTO resources (kind, name, spec, revision, created_at, updated_at)
                 VALUES ($1, $2, $3, $4, $5, $5)
                 ON CONFLICT (kind, name) DO UPDATE SET spec = excluded.spec,
                     revision = excluded.revision, updated_at = excluded.updated_at",
                &values![kind.as_str(), name, &spec.to_string(), new.revision, new.at,],
            )
            .await?
        }
        None => {
            let sql = "DELETE FROM resources WHERE kind = $1 AND name = $2";
            conn.execute(sql, &values![kind.as_str(), name]).await?
        }
    };
    if kind == Kind::Key {
        index_key(conn, name, new).await?;
    }
    revision::insert(conn, new).await
}

async fn index_key(conn: &mut Conn, key: &Name, new: &Revision) -> Result<(), StoreError> {
    let (before, after) = (hash_in(new.before.as_ref()), hash_in(new.after.as_ref()));
    if before == after {
        return Ok(());
    }
    if let Some(hash) = before {
        let sql = "DELETE FROM key_hashes WHERE hash = $1";
        conn.execute(sql, &values![&hash.0[..]]).await?;
    }
    if let Some(hash) = after {
        let sql = "INSERT INTO key_hashes (hash, name) VALUES ($1, $2) ON CONFLICT DO NOTHING";
        if conn.execute(sql, &values![&hash.0[..], key]).await? == 0 {
            let text = format!("Key {key} has the hash of another key: make a new key");
            return Err(StoreError::Conflict(text));
        }
    }
    Ok(())
}

fn hash_in(spec: Option<&Json>) -> Option<KeyHash> {
    KeyHash::parse(spec?.get("hash")?.as_str()?)
}

async fn find(conn: &mut Conn, kind: Kind, name: &Name) -> Result<Option<Row>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM resources WHERE kind = $1 AND name = $2");
    conn.query_one(&sql, &values![kind.as_str(), name]).await
}

/// Reads kind, name, spec and revision.
fn read_resource(row: &Row) -> Result<Resource, StoreError> {
    let kind = revision::kind(row.text(0)?)?;
    let name = row.name(1)?;
    let spec = Spec::parse(kind, &revision::json(row.text(2)?)?)
        .map_err(|error| StoreError::Corrupt(format!("{kind} {name}: {error}")))?;
    Ok(Resource {
        name,
        spec,
        revision: row.count(3)?,
    })
}

fn read_stored(row: &Row) -> Result<Stored, StoreError> {
    Ok(Stored {
        resource: read_resource(row)?,
        created_at: row.micros(4)?,
        updated_at: row.micros(5)?,
    })
}

fn in_file_order(rows: &[Row]) -> Result<Vec<Resource>, StoreError> {
    let resources: Result<Vec<Resource>, StoreError> = rows.iter().map(read_resource).collect();
    let mut resources = resources?;
    resources.sort_by(|a, b| (a.kind(), &a.name).cmp(&(b.kind(), &b.name)));
    Ok(resources)
}

fn key_entry(resource: Resource) -> Result<KeyEntry, StoreError> {
    let rule = resource.rule();
    let Spec::Key(spec) = resource.spec else {
        return Err(StoreError::Corrupt(format!("{rule} is no key")));
    };
    let spec = *spec;
    Ok(KeyEntry {
        hash: spec.hash,
        rule,
        expires: spec.expires(),
        application: spec.application,
        revoked: spec.revoked,
        models: spec.models,
        tags: spec.tags,
    })
}
