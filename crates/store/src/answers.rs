//! Answers that callers may read again and go on from: sealed before they reach the database, since
//! they are what people said.

use std::sync::Arc;

use tollgate_model::Micros;
use tollgate_model::kept::KeptAnswer;

use crate::sealing::{Sealed, SealingKey};
use crate::sql::{Conn, values};
use crate::{Store, StoreError};

/// How many are deleted in one transaction.
const PRUNED_AT_ONCE: u32 = 500;

/// A row: application, id, time, the key's id, and the answer.
type Row = (Arc<str>, String, Micros, String, Sealed);

impl Store {
    /// Seals and keeps answers, all or none. One of the same application and id takes the place of
    /// the one before.
    pub async fn keep_answers(
        &self,
        key: &SealingKey,
        answers: &[Arc<KeptAnswer>],
    ) -> Result<(), StoreError> {
        let rows: Vec<Row> = answers
            .iter()
            .map(|answer| seal(key, answer))
            .collect::<Result<_, _>>()?;
        self.database()
            .write(rows, |conn, rows| Box::pin(put(conn, rows)))
            .await
    }

    /// The answer of an application by its id; `None` where there is none that this key can open.
    pub async fn kept_answer(
        &self,
        key: &SealingKey,
        application: &str,
        id: &str,
    ) -> Result<Option<KeptAnswer>, StoreError> {
        let row = self
            .database()
            .read(
                (application.to_owned(), id.to_owned(), key.id().to_owned()),
                |conn, (application, id, key_id)| {
                    Box::pin(async move {
                        let sql = "SELECT nonce, sealed FROM answers
                                   WHERE application = $1 AND id = $2 AND key_id = $3";
                        conn.query_one(sql, &values![application, id, key_id]).await
                    })
                },
            )
            .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        let sealed = Sealed {
            nonce: row.bytes(0)?.to_vec(),
            bytes: row.bytes(1)?.to_vec(),
        };
        let text = key.open(&label(application, id), &sealed);
        let answer = text.and_then(|text| serde_json::from_str(&text).ok());
        answer.map(Some).ok_or_else(|| {
            StoreError::Corrupt(format!("answer {id} is not what was sealed under its id"))
        })
    }

    /// Deletes an answer of an application; tells whether there was one.
    pub async fn delete_answer(&self, application: &str, id: &str) -> Result<bool, StoreError> {
        self.database()
            .write(
                (application.to_owned(), id.to_owned()),
                |conn, (application, id)| {
                    Box::pin(async move {
                        let sql = "DELETE FROM answers WHERE application = $1 AND id = $2";
                        Ok(conn.execute(sql, &values![application, id]).await? > 0)
                    })
                },
            )
            .await
    }

    /// Deletes the answers that were made before this time; tells how many they were.
    pub async fn prune_answers(&self, before: Micros) -> Result<u64, StoreError> {
        let mut pruned = 0;
        loop {
            let now = self
                .database()
                .write(before, |conn, before| Box::pin(prune(conn, *before)))
                .await?;
            pruned += now;
            if now < u64::from(PRUNED_AT_ONCE) {
                return Ok(pruned);
            }
        }
    }
}

/// Under what an answer is sealed, so that it cannot be moved to another application or id.
fn label(application: &str, id: &str) -> String {
    format!("answer\n{application}\n{id}")
}

fn seal(key: &SealingKey, answer: &KeptAnswer) -> Result<Row, StoreError> {
    let failed = || StoreError::Other(format!("answer {} could not be sealed", answer.id));
    let text = serde_json::to_string(answer).map_err(|_| failed())?;
    let sealed = key
        .seal(&label(&answer.application, &answer.id), &text)
        .ok_or_else(failed)?;
    let (application, id) = (Arc::clone(&answer.application), answer.id.clone());
    Ok((application, id, answer.at, key.id().to_owned(), sealed))
}

async fn put(conn: &mut Conn, rows: &[Row]) -> Result<(), StoreError> {
    for (application, id, at, key_id, sealed) in rows {
        let application: &str = application;
        conn.execute(
            "INSERT INTO answers (application, id, at, key_id, nonce, sealed)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (application, id) DO UPDATE SET
                 at = excluded.at, key_id = excluded.key_id,
                 nonce = excluded.nonce, sealed = excluded.sealed",
            &values![
                application,
                id,
                *at,
                key_id,
                &sealed.nonce[..],
                &sealed.bytes[..]
            ],
        )
        .await?;
    }
    Ok(())
}

async fn prune(conn: &mut Conn, before: Micros) -> Result<u64, StoreError> {
    let sql = "DELETE FROM answers WHERE (application, id) IN
                   (SELECT application, id FROM answers WHERE at < $1 ORDER BY at LIMIT $2)";
    conn.execute(sql, &values![before, PRUNED_AT_ONCE]).await
}
