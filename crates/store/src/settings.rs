//! Small facts that are no resources: the id of a node, the hash of a sign-in link.

use crate::sql::values;
use crate::{Store, StoreError};

impl Store {
    /// The setting of this name.
    pub async fn setting(&self, name: &str) -> Result<Option<String>, StoreError> {
        self.database()
            .read(name.to_owned(), |conn, name| {
                Box::pin(async move {
                    let sql = "SELECT value FROM settings WHERE name = $1";
                    let row = conn.query_one(sql, &values![name]).await?;
                    row.map(|row| row.text(0).map(str::to_owned)).transpose()
                })
            })
            .await
    }

    /// Sets a setting, whether or not there was one of this name.
    pub async fn set_setting(&self, name: &str, value: &str) -> Result<(), StoreError> {
        self.database()
            .write(
                (name.to_owned(), value.to_owned()),
                |conn, (name, value)| {
                    Box::pin(async move {
                        let sql = "INSERT INTO settings (name, value) VALUES ($1, $2)
                                   ON CONFLICT (name) DO UPDATE SET value = excluded.value";
                        conn.execute(sql, &values![name, value]).await.map(drop)
                    })
                },
            )
            .await
    }

    /// Removes a setting; tells whether there was one.
    pub async fn remove_setting(&self, name: &str) -> Result<bool, StoreError> {
        self.database()
            .write(name.to_owned(), |conn, name| {
                Box::pin(async move {
                    let sql = "DELETE FROM settings WHERE name = $1";
                    Ok(conn.execute(sql, &values![name]).await? > 0)
                })
            })
            .await
    }
}
