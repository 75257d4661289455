//! Migrations: forward only, the same numbers on both databases.

use crate::StoreError;
use crate::clock::Clock;
use crate::sql::{Conn, Database, values};

/// One step of the schema. A step that was released is never changed; another is added.
struct Migration {
    number: u64,
    sql: &'static str,
}

const MIGRATIONS: [Migration; 6] = [
    Migration {
        number: 1,
        sql: include_str!("migrations/0001_begin.sql"),
    },
    Migration {
        number: 2,
        sql: include_str!("migrations/0002_console.sql"),
    },
    Migration {
        number: 3,
        sql: include_str!("migrations/0003_catalogue.sql"),
    },
    Migration {
        number: 4,
        sql: include_str!("migrations/0004_answers.sql"),
    },
    Migration {
        number: 5,
        sql: include_str!("migrations/0005_files.sql"),
    },
    Migration {
        number: 6,
        sql: include_str!("migrations/0006_desk.sql"),
    },
];

/// Tells the lock of migrations from every other advisory lock on a PostgreSQL server: the bytes of
/// `tollgate` as a number.
const LOCK: i64 = 0x746f_6c6c_6761_7465;

/// Brings a database to the newest migration that this binary knows. Several processes may do so at
/// once. Data of a newer version are refused and left as they are.
pub(crate) async fn migrate(database: &Database, clock: Clock) -> Result<(), StoreError> {
    database
        .write(clock, |conn, clock| Box::pin(step_up(conn, clock)))
        .await
}

async fn step_up(conn: &mut Conn, clock: &Clock) -> Result<(), StoreError> {
    conn.lock_database(LOCK).await?;
    conn.define(
        "CREATE TABLE IF NOT EXISTS migrations
             (number {int} PRIMARY KEY, applied_at {int} NOT NULL) {rows}",
    )
    .await?;
    let row = conn
        .query_row("SELECT COALESCE(MAX(number), 0) FROM migrations", &[])
        .await?;
    let found = row.count(0)?;
    let known = MIGRATIONS.iter().map(|m| m.number).max().unwrap_or(0);
    if found > known {
        return Err(StoreError::NewerData { found, known });
    }
    let now = clock.now(conn).await?;
    for migration in MIGRATIONS.iter().filter(|m| m.number > found) {
        conn.define(migration.sql).await?;
        conn.execute(
            "INSERT INTO migrations (number, applied_at) VALUES ($1, $2)",
            &values![migration.number, now],
        )
        .await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn migrations_are_numbered_from_one_without_a_gap() {
        for (place, migration) in MIGRATIONS.iter().enumerate() {
            assert_eq!(migration.number, place as u64 + 1);
        }
    }
}
