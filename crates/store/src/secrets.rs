//! Secrets that specs point to with `{secret: NAME}`: sealed before they reach the database.

use std::sync::Arc;

use tollgate_model::Name;

use crate::sealing::{Sealed, SealingKey};
use crate::sql::{Conn, Row, values};
use crate::{Store, StoreError};

const COLUMNS: &str = "name, key_id, nonce, sealed";

impl Store {
    /// Seals and keeps a secret, whether or not there was one of this name.
    pub async fn put_secret(
        &self,
        key: &SealingKey,
        name: &Name,
        plaintext: &str,
    ) -> Result<(), StoreError> {
        let sealed = seal(key, name, plaintext)?;
        let row = (name.clone(), key.id().to_owned(), sealed);
        self.database()
            .write(row, |conn, (name, key_id, sealed)| {
                Box::pin(put(conn, name, key_id, sealed))
            })
            .await
    }

    /// The secret of this name. Fails with [`StoreError::OtherKey`] where it was sealed with
    /// another key than this.
    pub async fn secret(
        &self,
        key: &SealingKey,
        name: &Name,
    ) -> Result<Option<String>, StoreError> {
        let row = self
            .database()
            .read(name.clone(), |conn, name| {
                Box::pin(async move {
                    let sql = format!("SELECT {COLUMNS} FROM secrets WHERE name = $1");
                    conn.query_one(&sql, &values![name]).await
                })
            })
            .await?;
        row.map(|row| open(key, &row).map(|(_, text)| text))
            .transpose()
    }

    /// The names of all secrets, in their order.
    pub async fn secret_names(&self) -> Result<Vec<Name>, StoreError> {
        self.database()
            .read((), |conn, ()| {
                Box::pin(async move {
                    let sql = "SELECT name FROM secrets ORDER BY name";
                    let rows = conn.query(sql, &[]).await?;
                    rows.iter().map(|row| row.name(0)).collect()
                })
            })
            .await
    }

    /// Deletes a secret; tells whether there was one.
    pub async fn delete_secret(&self, name: &Name) -> Result<bool, StoreError> {
        self.database()
            .write(name.clone(), |conn, name| {
                Box::pin(async move {
                    let sql = "DELETE FROM secrets WHERE name = $1";
                    Ok(conn.execute(sql, &values![name]).await? > 0)
                })
            })
            .await
    }

    /// Seals every secret anew, all or none: the rotation of the key. Secrets that the new key has
    /// sealed already stay as they are, so that an interrupted rotation can be repeated. Answers
    /// how many were sealed anew.
    pub async fn reseal(
        &self,
        old: Arc<SealingKey>,
        new: Arc<SealingKey>,
    ) -> Result<u64, StoreError> {
        self.database()
            .write((old, new), |conn, (old, new)| {
                Box::pin(reseal(conn, old, new))
            })
            .await
    }
}

async fn put(
    conn: &mut Conn,
    name: &Name,
    key_id: &str,
    sealed: &Sealed,
) -> Result<(), StoreError> {
    conn.execute(
        "INSERT INTO secrets (name, key_id, nonce, sealed) VALUES ($1, $2, $3, $4)
         ON CONFLICT (name) DO UPDATE SET
             key_id = excluded.key_id, nonce = excluded.nonce, sealed = excluded.sealed",
        &values![name, key_id, &sealed.nonce[..], &sealed.bytes[..]],
    )
    .await
    .map(drop)
}

async fn reseal(conn: &mut Conn, old: &SealingKey, new: &SealingKey) -> Result<u64, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM secrets WHERE key_id <> $1 ORDER BY name");
    let rows = conn.query(&sql, &values![new.id()]).await?;
    for row in &rows {
        let (name, text) = open(old, row)?;
        let sealed = seal(new, &name, &text)?;
        put(conn, &name, new.id(), &sealed).await?;
    }
    Ok(rows.len() as u64)
}

fn seal(key: &SealingKey, name: &Name, text: &str) -> Result<Sealed, StoreError> {
    let failed = || StoreError::Other(format!("secret {name} could not be sealed"));
    key.seal(name.as_str(), text).ok_or_else(failed)
}

fn open(key: &SealingKey, row: &Row) -> Result<(Name, String), StoreError> {
    let name = row.name(0)?;
    let sealed_with = row.text(1)?;
    if sealed_with != key.id() {
        return Err(StoreError::OtherKey {
            name,
            sealed_with: sealed_with.to_owned(),
            held: key.id().to_owned(),
        });
    }
    let sealed = Sealed {
        nonce: row.bytes(2)?.to_vec(),
        bytes: row.bytes(3)?.to_vec(),
    };
    let Some(text) = key.open(name.as_str(), &sealed) else {
        let text = format!("secret {name} is not what was sealed under its name");
        return Err(StoreError::Corrupt(text));
    };
    Ok((name, text))
}
