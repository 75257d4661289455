//! Files that providers keep for applications: whose they are, and where they lie.

use tollgate_model::Micros;
use tollgate_model::file::{FilePage, KeptFile};

use crate::sql::{Clauses, Conn, Row, values};
use crate::{Store, StoreError};

impl Store {
    /// Keeps a file. One of the same id takes the place of the one before where that lay at the same
    /// provider under the same credential: then the provider has given the id anew.
    ///
    /// Fails with [`StoreError::Conflict`] where a file of that id lies elsewhere, for another one's
    /// id must not lead to it.
    pub async fn keep_file(&self, file: &KeptFile) -> Result<(), StoreError> {
        self.database()
            .write(file.clone(), |conn, file| Box::pin(put(conn, file)))
            .await
    }

    /// The file of an application by its id, unless it has expired by the store's clock.
    pub async fn file(&self, application: &str, id: &str) -> Result<Option<KeptFile>, StoreError> {
        let clock = self.clock();
        self.database()
            .read(
                (application.to_owned(), id.to_owned(), clock),
                |conn, (application, id, clock)| {
                    Box::pin(async move {
                        let now = clock.now(conn).await?;
                        let sql = "SELECT detail FROM files WHERE id = $1 AND application = $2
                                   AND (expires IS NULL OR expires > $3)";
                        let row = conn.query_one(sql, &values![id, application, now]).await?;
                        row.map(|row| read(&row)).transpose()
                    })
                },
            )
            .await
    }

    /// One page of the files of an application that have not expired, by the times at which they were
    /// made. Where the page begins after a file that is not there, it is empty.
    pub async fn files(
        &self,
        application: &str,
        page: &FilePage,
    ) -> Result<Vec<KeptFile>, StoreError> {
        let clock = self.clock();
        self.database()
            .read(
                (application.to_owned(), page.clone(), clock),
                |conn, (application, page, clock)| {
                    Box::pin(async move {
                        let now = clock.now(conn).await?;
                        list(conn, application, page, now).await
                    })
                },
            )
            .await
    }

    /// Forgets a file of an application; tells whether there was one.
    pub async fn delete_file(&self, application: &str, id: &str) -> Result<bool, StoreError> {
        self.database()
            .write(
                (application.to_owned(), id.to_owned()),
                |conn, (application, id)| {
                    Box::pin(async move {
                        let sql = "DELETE FROM files WHERE id = $1 AND application = $2";
                        Ok(conn.execute(sql, &values![id, application]).await? > 0)
                    })
                },
            )
            .await
    }

    /// Forgets the files that have expired at this time; tells how many they were.
    pub async fn prune_files(&self, now: Micros) -> Result<u64, StoreError> {
        self.database()
            .write(now, |conn, now| {
                Box::pin(async move {
                    let sql = "DELETE FROM files WHERE expires <= $1";
                    conn.execute(sql, &values![*now]).await
                })
            })
            .await
    }
}

/// Keeps a file, in whatever transaction.
pub(crate) async fn put(conn: &mut Conn, file: &KeptFile) -> Result<(), StoreError> {
    let sql = "SELECT detail FROM files WHERE id = $1";
    if let Some(row) = conn.query_one(sql, &values![&file.id]).await? {
        let known = read(&row)?;
        if known.origin != file.origin {
            return Err(StoreError::Conflict(format!(
                "file {} lies at provider {} already",
                file.id, known.origin.provider
            )));
        }
    }
    let failed = |why| StoreError::Other(format!("file {} cannot be written: {why}", file.id));
    let detail = serde_json::to_string(file).map_err(failed)?;
    let application: &str = &file.application;
    conn.execute(
        "INSERT INTO files (id, application, purpose, at, expires, detail)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (id) DO UPDATE SET
             application = excluded.application, purpose = excluded.purpose, at = excluded.at,
             expires = excluded.expires, detail = excluded.detail",
        &values![
            &file.id,
            application,
            &file.purpose,
            file.at,
            file.expires,
            &detail
        ],
    )
    .await
    .map(drop)
}

async fn list(
    conn: &mut Conn,
    application: &str,
    page: &FilePage,
    now: Micros,
) -> Result<Vec<KeptFile>, StoreError> {
    let mut query = Clauses::new("SELECT detail FROM files");
    query.and("application =", application);
    query.and_some("purpose =", page.purpose.as_ref());
    query.and("COALESCE(expires, 9223372036854775807) >", now);
    if let Some(after) = &page.after {
        let sql = "SELECT at FROM files WHERE id = $1 AND application = $2";
        let Some(row) = conn.query_one(sql, &values![after, application]).await? else {
            return Ok(Vec::new());
        };
        let beyond = if page.ascending {
            "(at, id) >"
        } else {
            "(at, id) <"
        };
        query.and_pair(beyond, row.micros(0)?, after);
    }
    let order = if page.ascending {
        "at, id"
    } else {
        "at DESC, id DESC"
    };
    let (sql, values) = query.order(order, page.limit);
    let rows = conn.query(&sql, &values).await?;
    rows.iter().map(read).collect()
}

fn read(row: &Row) -> Result<KeptFile, StoreError> {
    serde_json::from_str(row.text(0)?)
        .map_err(|error| StoreError::Corrupt(format!("what is known of a file: {error}")))
}
