//! People who use the console: their names, roles and passwords.

use tollgate_model::{KeyHash, Micros, PersonName, Role};

use crate::sql::{Clauses, Conn, Row, values};
use crate::{Store, StoreError};

/// A person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The name, as they wrote it.
    pub name: PersonName,
    /// What they may do.
    pub role: Role,
    /// When they came in.
    pub created: Micros,
    /// When they were last there, as far as the touching of their sessions tells; absent before
    /// their first session.
    pub last_seen: Option<Micros>,
}

/// What became of a change of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PersonChange {
    /// It was made.
    Done,
    /// There is nobody of this name.
    Unknown,
    /// It would have left nobody who may say who comes in, and was not made.
    LastOwner,
}

/// Tells the lock of people from every other advisory lock on a PostgreSQL server: the bytes of
/// `tg-folks` as a number.
const LOCK: i64 = 0x7467_2d66_6f6c_6b73;

/// The columns that [`read`] expects.
const COLUMNS: &str = "name, role, created, last_seen";

impl Store {
    /// Everybody, in the order of their names, without regard to case.
    pub async fn people(&self) -> Result<Vec<Person>, StoreError> {
        self.database()
            .read((), |conn, ()| {
                Box::pin(async move {
                    let sql = format!("SELECT {COLUMNS} FROM people ORDER BY folded");
                    conn.query(&sql, &[]).await?.iter().map(read).collect()
                })
            })
            .await
    }

    /// The person of this name.
    pub async fn person(&self, name: &PersonName) -> Result<Option<Person>, StoreError> {
        self.database()
            .read(name.clone(), |conn, name| Box::pin(find(conn, name)))
            .await
    }

    /// The hash of a person's password, as an Argon2 PHC string.
    pub async fn password(&self, name: &PersonName) -> Result<Option<String>, StoreError> {
        self.database()
            .read(name.clone(), |conn, name| {
                Box::pin(async move {
                    let sql = "SELECT password FROM people WHERE folded = $1";
                    let row = conn.query_one(sql, &values![name.folded()]).await?;
                    row.map(|row| row.text(0).map(str::to_owned)).transpose()
                })
            })
            .await
    }

    /// Sets a person's password, given as an Argon2 PHC string, ends their sessions, except for the
    /// one to keep, and takes open links back that would set another password. Tells whether there
    /// is such a person.
    pub async fn set_password(
        &self,
        name: &PersonName,
        phc: &str,
        keep: Option<KeyHash>,
    ) -> Result<bool, StoreError> {
        self.database()
            .write(
                (name.clone(), phc.to_owned(), keep),
                |conn, (name, phc, keep)| {
                    Box::pin(async move {
                        lock(conn).await?;
                        replace_password(conn, name, phc, *keep).await
                    })
                },
            )
            .await
    }

    /// Gives a person another role, from their next request on.
    pub async fn set_role(
        &self,
        name: &PersonName,
        role: Role,
    ) -> Result<PersonChange, StoreError> {
        self.database()
            .write((name.clone(), role), |conn, (name, role)| {
                Box::pin(async move {
                    let goes = *role != Role::Owner;
                    if let Some(refused) = refusal(conn, name, goes).await? {
                        return Ok(refused);
                    }
                    let sql = "UPDATE people SET role = $2 WHERE folded = $1";
                    conn.execute(sql, &values![name.folded(), role.as_str()])
                        .await?;
                    Ok(PersonChange::Done)
                })
            })
            .await
    }

    /// Removes a person, with their sessions and the invitations to set a new password for them.
    pub async fn remove_person(&self, name: &PersonName) -> Result<PersonChange, StoreError> {
        self.database()
            .write(name.clone(), |conn, name| {
                Box::pin(async move {
                    if let Some(refused) = refusal(conn, name, true).await? {
                        return Ok(refused);
                    }
                    for sql in [
                        "DELETE FROM people WHERE folded = $1",
                        "DELETE FROM sessions WHERE person = $1",
                        "DELETE FROM invitations WHERE person = $1",
                    ] {
                        conn.execute(sql, &values![name.folded()]).await?;
                    }
                    Ok(PersonChange::Done)
                })
            })
            .await
    }
}

/// Waits until no other transaction that changes people, or what belongs to them, is under way. So
/// the last owner stays, and nothing is kept of somebody who is being removed.
pub(crate) async fn lock(conn: &mut Conn) -> Result<(), StoreError> {
    conn.lock_database(LOCK).await
}

/// The person of this name.
pub(crate) async fn find(conn: &mut Conn, name: &PersonName) -> Result<Option<Person>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM people WHERE folded = $1");
    let row = conn.query_one(&sql, &values![name.folded()]).await?;
    row.map(|row| read(&row)).transpose()
}

/// Adds a person with a password; tells whether the name was free.
pub(crate) async fn insert(
    conn: &mut Conn,
    person: &Person,
    phc: &str,
) -> Result<bool, StoreError> {
    let inserted = conn
        .execute(
            "INSERT INTO people (folded, name, role, password, created)
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (folded) DO NOTHING",
            &values![
                person.name.folded(),
                person.name.as_str(),
                person.role.as_str(),
                phc,
                person.created,
            ],
        )
        .await?;
    Ok(inserted > 0)
}

/// Sets a password, ends every session of the person but one, and lets no link that would set
/// another one stay open; tells whether there is such a person.
pub(crate) async fn replace_password(
    conn: &mut Conn,
    name: &PersonName,
    phc: &str,
    keep: Option<KeyHash>,
) -> Result<bool, StoreError> {
    let sql = "UPDATE people SET password = $2 WHERE folded = $1";
    if conn.execute(sql, &values![name.folded(), phc]).await? == 0 {
        return Ok(false);
    }
    let mut ended = Clauses::new("DELETE FROM sessions");
    ended.and("person =", name.folded());
    ended.and_some("hash <>", keep.as_ref().map(|hash| &hash.0[..]));
    let (sql, values) = ended.end("");
    conn.execute(&sql, &values).await?;
    let links = "DELETE FROM invitations WHERE person = $1";
    conn.execute(links, &values![name.folded()]).await?;
    Ok(true)
}

/// Why a change of a person, after which they are perhaps no owner, cannot be made. No other change
/// is made until the transaction ends.
async fn refusal(
    conn: &mut Conn,
    name: &PersonName,
    goes: bool,
) -> Result<Option<PersonChange>, StoreError> {
    lock(conn).await?;
    let Some(person) = find(conn, name).await? else {
        return Ok(Some(PersonChange::Unknown));
    };
    if !goes || person.role != Role::Owner {
        return Ok(None);
    }
    let sql = "SELECT COUNT(*) FROM people WHERE role = $1";
    let owners = conn.query_row(sql, &values![Role::Owner.as_str()]).await?;
    Ok((owners.count(0)? == 1).then_some(PersonChange::LastOwner))
}

fn read(row: &Row) -> Result<Person, StoreError> {
    Ok(Person {
        name: row.person(0)?,
        role: role(row.text(1)?)?,
        created: row.micros(2)?,
        last_seen: row.optional_micros(3)?,
    })
}

/// Reads a stored role.
pub(crate) fn role(word: &str) -> Result<Role, StoreError> {
    let known = Role::parse(word);
    known.ok_or_else(|| StoreError::Corrupt(format!("there is no role \"{word}\"")))
}
