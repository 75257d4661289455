//! Sessions of people in the console, and the attempts to begin one.

use tollgate_model::{KeyHash, Micros, PersonName, Role};

use crate::calls::column;
use crate::people;
use crate::sql::{Conn, Row, values};
use crate::{Store, StoreError};

/// A session: what a browser was given when its user signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The hash of its token.
    pub hash: KeyHash,
    /// Whose it is.
    pub person: PersonName,
    /// What that person may do now.
    pub role: Role,
    /// The browser, by its own words: their first 256 characters.
    pub agent: String,
    /// When it began.
    pub created: Micros,
    /// When it ends.
    pub expires: Micros,
    /// When it was last used, as far as it was touched.
    pub seen: Micros,
}

/// Whether somebody may try to sign in now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// They may, and the attempt is counted.
    Go,
    /// They may not before this time; the attempt is not counted.
    Wait(Micros),
}

/// How long a failed attempt is remembered after it would no longer have to wait, in seconds.
const REMEMBERED: i64 = 86_400;

/// What [`read`] expects.
const SELECT: &str = "SELECT s.hash, p.name, p.role, s.agent, s.created, s.expires, s.seen
                      FROM sessions s JOIN people p ON p.folded = s.person";

impl Store {
    /// Begins a session of a person. Tells whether there is such a person.
    pub async fn begin_session(
        &self,
        hash: KeyHash,
        person: &PersonName,
        agent: &str,
        (now, expires): (Micros, Micros),
    ) -> Result<bool, StoreError> {
        let session = Begun {
            hash,
            person: person.clone(),
            agent: column(agent).to_owned(),
            now,
            expires,
        };
        self.database()
            .write(session, |conn, session| Box::pin(begin(conn, session)))
            .await
    }

    /// The session of this hash, with the role that its person has now; one that has expired too,
    /// for as long as it is kept: the caller judges.
    pub async fn session(&self, hash: KeyHash) -> Result<Option<Session>, StoreError> {
        self.database()
            .read(hash, |conn, hash| {
                Box::pin(async move {
                    let sql = format!("{SELECT} WHERE s.hash = $1");
                    let row = conn.query_one(&sql, &values![&hash.0[..]]).await?;
                    row.map(|row| read(&row)).transpose()
                })
            })
            .await
    }

    /// Notes that a session, and so its person, was there at a time. An earlier time than is known,
    /// and a session that is none, have no effect.
    pub async fn touch_session(&self, hash: KeyHash, now: Micros) -> Result<(), StoreError> {
        self.database()
            .write((hash, now), |conn, (hash, now)| {
                Box::pin(async move {
                    for sql in [
                        "UPDATE people SET last_seen = $2
                         WHERE folded = (SELECT person FROM sessions WHERE hash = $1)
                             AND (last_seen IS NULL OR last_seen < $2)",
                        "UPDATE sessions SET seen = $2 WHERE hash = $1 AND seen < $2",
                    ] {
                        conn.execute(sql, &values![&hash.0[..], *now]).await?;
                    }
                    Ok(())
                })
            })
            .await
    }

    /// Ends a session; tells whether there was one.
    pub async fn end_session(&self, hash: KeyHash) -> Result<bool, StoreError> {
        self.database()
            .write(hash, |conn, hash| {
                Box::pin(async move {
                    let sql = "DELETE FROM sessions WHERE hash = $1";
                    Ok(conn.execute(sql, &values![&hash.0[..]]).await? > 0)
                })
            })
            .await
    }

    /// Ends every session of a person; answers how many there were.
    pub async fn end_sessions(&self, person: &PersonName) -> Result<u64, StoreError> {
        self.database()
            .write(person.clone(), |conn, person| {
                Box::pin(async move {
                    let sql = "DELETE FROM sessions WHERE person = $1";
                    conn.execute(sql, &values![person.folded()]).await
                })
            })
            .await
    }

    /// The sessions of a person, those that began last first; expired ones too, for as long as they
    /// are kept.
    pub async fn sessions(&self, person: &PersonName) -> Result<Vec<Session>, StoreError> {
        self.database()
            .read(person.clone(), |conn, person| {
                Box::pin(async move {
                    let sql =
                        format!("{SELECT} WHERE s.person = $1 ORDER BY s.created DESC, s.hash");
                    let rows = conn.query(&sql, &values![person.folded()]).await?;
                    rows.iter().map(read).collect()
                })
            })
            .await
    }

    /// Counts an attempt to sign in by a folded name as failed, before the password is looked at,
    /// so that many at once are counted too; a success is to be told to
    /// [`Store::clear_attempts`]. `delay` gives the microseconds from this attempt to the next
    /// after so many failures. Nobody needs to have the name, of which the first 256 characters
    /// count.
    pub async fn begin_attempt(
        &self,
        folded: &str,
        now: Micros,
        delay: fn(u32) -> i64,
    ) -> Result<Attempt, StoreError> {
        self.database()
            .write(
                (column(folded).to_owned(), now, delay),
                |conn, (name, now, delay)| Box::pin(attempt(conn, name, *now, *delay)),
            )
            .await
    }

    /// Forgets the failed attempts to sign in by a folded name.
    pub async fn clear_attempts(&self, folded: &str) -> Result<(), StoreError> {
        self.database()
            .write(folded.to_owned(), |conn, name| {
                Box::pin(forget_attempts(conn, name))
            })
            .await
    }

    /// Deletes sessions and invitations that have expired, and attempts whose wait was over more
    /// than a day ago.
    pub async fn prune_sign_in(&self, now: Micros) -> Result<(), StoreError> {
        self.database()
            .write(now, |conn, now| {
                Box::pin(async move {
                    let yesterday = now.plus_seconds(-REMEMBERED);
                    for (sql, before) in [
                        ("DELETE FROM sessions WHERE expires <= $1", *now),
                        ("DELETE FROM invitations WHERE expires <= $1", *now),
                        ("DELETE FROM signin_attempts WHERE until < $1", yesterday),
                    ] {
                        conn.execute(sql, &values![before]).await?;
                    }
                    Ok(())
                })
            })
            .await
    }
}

struct Begun {
    hash: KeyHash,
    person: PersonName,
    agent: String,
    now: Micros,
    expires: Micros,
}

async fn begin(conn: &mut Conn, session: &Begun) -> Result<bool, StoreError> {
    let person = session.person.folded();
    people::lock(conn).await?;
    let sql = "UPDATE people SET last_seen = CASE WHEN last_seen > $2 THEN last_seen ELSE $2 END
               WHERE folded = $1";
    if conn.execute(sql, &values![person, session.now]).await? == 0 {
        return Ok(false);
    }
    conn.execute(
        "INSERT INTO sessions (hash, person, agent, created, expires, seen)
         VALUES ($1, $2, $3, $4, $5, $4)",
        &values![
            &session.hash.0[..],
            person,
            &session.agent,
            session.now,
            session.expires,
        ],
    )
    .await?;
    Ok(true)
}

async fn attempt(
    conn: &mut Conn,
    name: &str,
    now: Micros,
    delay: fn(u32) -> i64,
) -> Result<Attempt, StoreError> {
    // Locks the row, so that attempts at once are counted one after the other.
    let row = conn
        .query_row(
            "INSERT INTO signin_attempts (name, failures, until) VALUES ($1, 0, $2)
             ON CONFLICT (name) DO UPDATE SET failures = signin_attempts.failures
             RETURNING failures, until",
            &values![name, now],
        )
        .await?;
    let (failures, until) = (row.count(0)?, row.micros(1)?);
    if now < until {
        return Ok(Attempt::Wait(until));
    }
    let failures = u32::try_from(failures)
        .unwrap_or(u32::MAX)
        .saturating_add(1);
    let until = Micros(now.0.saturating_add(delay(failures)));
    let sql = "UPDATE signin_attempts SET failures = $2, until = $3 WHERE name = $1";
    conn.execute(sql, &values![name, failures, until]).await?;
    Ok(Attempt::Go)
}

/// Forgets the failed attempts to sign in by a folded name.
pub(crate) async fn forget_attempts(conn: &mut Conn, folded: &str) -> Result<(), StoreError> {
    let sql = "DELETE FROM signin_attempts WHERE name = $1";
    conn.execute(sql, &values![column(folded)]).await.map(drop)
}

fn read(row: &Row) -> Result<Session, StoreError> {
    Ok(Session {
        hash: row.hash(0)?,
        person: row.person(1)?,
        role: people::role(row.text(2)?)?,
        agent: row.text(3)?.to_owned(),
        created: row.micros(4)?,
        expires: row.micros(5)?,
        seen: row.micros(6)?,
    })
}
