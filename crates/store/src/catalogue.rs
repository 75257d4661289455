//! Newer prices than those that are built in: what updates of the catalogue brought, and which of
//! them is in force. A change of that is a revision like any other.

use serde_json::{Value as Json, json};
use tollgate_model::Micros;

use crate::revision::{self, Revision, Subject};
use crate::sql::{Conn, values};
use crate::{Store, StoreError};

/// The member of a revision's state that names the revision which brought the update.
const UPDATE: &str = "update";

/// An update of the catalogue.
#[derive(Clone, Debug, PartialEq)]
pub struct CatalogueUpdate {
    /// The revision that brought it.
    pub revision: u64,
    /// When it was brought.
    pub at: Micros,
    /// Who brought it.
    pub actor: String,
    /// What was said of it, an object.
    pub about: Json,
    /// What it holds.
    pub text: String,
}

/// What is to be in force.
#[derive(Clone, Debug, PartialEq)]
pub enum CatalogueChange {
    /// A new update: what it holds, and an object that tells of it.
    Bring(String, Json),
    /// The update that this revision brought.
    Restore(u64),
    /// None: what is built in.
    Reset,
}

impl Store {
    /// The revision that brought the update which is in force at a revision; `None` where it is
    /// what is built in.
    pub async fn catalogue_at(&self, revision: u64) -> Result<Option<u64>, StoreError> {
        self.database()
            .read(revision, |conn, revision| {
                Box::pin(async move {
                    let state = state_at(conn, *revision).await?;
                    state.as_ref().map(update_in).transpose()
                })
            })
            .await
    }

    /// The update that a revision brought.
    pub async fn catalogue_update(
        &self,
        revision: u64,
    ) -> Result<Option<CatalogueUpdate>, StoreError> {
        self.database()
            .read(revision, |conn, revision| {
                Box::pin(async move {
                    let sql = "SELECT u.revision, r.at, r.actor, r.after, u.text
                               FROM catalogue_updates u JOIN revisions r ON r.revision = u.revision
                               WHERE u.revision = $1";
                    let row = conn.query_one(sql, &values![*revision]).await?;
                    row.map(|row| {
                        Ok(CatalogueUpdate {
                            revision: row.count(0)?,
                            at: row.micros(1)?,
                            actor: row.text(2)?.to_owned(),
                            about: revision::json(row.text(3)?)?,
                            text: row.text(4)?.to_owned(),
                        })
                    })
                    .transpose()
                })
            })
            .await
    }

    /// Puts an update in force, or what is built in. Answers the new revision; `None` where that is
    /// in force already.
    ///
    /// Fails with [`StoreError::Conflict`] where no update was brought by the revision that is to be
    /// restored.
    pub async fn change_catalogue(
        &self,
        change: CatalogueChange,
        actor: &str,
        at: Micros,
    ) -> Result<Option<Revision>, StoreError> {
        let order = (change, actor.to_owned(), at);
        let made = self
            .database()
            .write(order, |conn, (wish, actor, at)| {
                Box::pin(apply(conn, wish, actor, *at))
            })
            .await?;
        if let Some(made) = &made {
            self.advance(made.revision);
        }
        Ok(made)
    }
}

async fn apply(
    conn: &mut Conn,
    wish: &CatalogueChange,
    actor: &str,
    at: Micros,
) -> Result<Option<Revision>, StoreError> {
    let number = revision::lock_newest(conn).await? + 1;
    let before = state_at(conn, number).await?;
    let after = match wish {
        CatalogueChange::Reset => None,
        CatalogueChange::Restore(update) => Some(state_of(conn, *update).await?),
        CatalogueChange::Bring(text, about) => {
            if let Some(state) = &before
                && text_of(conn, update_in(state)?).await?.as_ref() == Some(text)
            {
                return Ok(None);
            }
            let sql = "INSERT INTO catalogue_updates (revision, text) VALUES ($1, $2)";
            conn.execute(sql, &values![number, text]).await?;
            let mut state = about.clone();
            state[UPDATE] = json!(number);
            Some(state)
        }
    };
    if before == after {
        return Ok(None);
    }
    let new = Revision {
        revision: number,
        at,
        actor: actor.to_owned(),
        subject: Subject::Catalogue,
        before,
        after,
    };
    revision::insert(conn, &new).await?;
    revision::raise_newest(conn, number).await?;
    Ok(Some(new))
}

/// What the newest revision of the catalogue, up to one, left in force.
async fn state_at(conn: &mut Conn, revision: u64) -> Result<Option<Json>, StoreError> {
    let (kind, name) = Subject::Catalogue.words();
    let sql = "SELECT after FROM revisions
               WHERE kind = $1 AND name = $2 AND revision <= $3 ORDER BY revision DESC LIMIT 1";
    let row = conn.query_one(sql, &values![kind, name, revision]).await?;
    let Some(row) = row else { return Ok(None) };
    row.optional_text(0)?.map(revision::json).transpose()
}

async fn state_of(conn: &mut Conn, update: u64) -> Result<Json, StoreError> {
    let sql = "SELECT r.after FROM catalogue_updates u JOIN revisions r ON r.revision = u.revision
               WHERE u.revision = $1";
    let row = conn.query_one(sql, &values![update]).await?;
    let row = row.ok_or_else(|| {
        StoreError::Conflict(format!(
            "revision {update} brought no update of the catalogue"
        ))
    })?;
    revision::json(row.text(0)?)
}

async fn text_of(conn: &mut Conn, update: u64) -> Result<Option<String>, StoreError> {
    let sql = "SELECT text FROM catalogue_updates WHERE revision = $1";
    let row = conn.query_one(sql, &values![update]).await?;
    row.map(|row| row.text(0).map(str::to_owned)).transpose()
}

fn update_in(state: &Json) -> Result<u64, StoreError> {
    let update = state.get(UPDATE).and_then(Json::as_u64);
    update.ok_or_else(|| {
        StoreError::Corrupt("a revision of the catalogue names no update".to_owned())
    })
}
