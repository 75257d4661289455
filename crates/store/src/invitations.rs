//! Invitations: links, each good for once, by which people come in or set a new password.

use tollgate_model::{KeyHash, Micros, PersonName, Role};

use crate::people::{self, Person};
use crate::sessions;
use crate::sql::{Conn, Row, values};
use crate::{Store, StoreError};

/// What an invitation is good for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To come in with this role, by a name of one's own choice.
    Join(Role),
    /// To set a new password for this person.
    Reset(PersonName),
}

/// An invitation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// The hash of its token.
    pub hash: KeyHash,
    /// What it is good for.
    pub purpose: Purpose,
    /// Who made it.
    pub made_by: String,
    /// When it was made.
    pub created: Micros,
    /// From when on it is good for nothing.
    pub expires: Micros,
}

/// What became of the wish to redeem an invitation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Redeemed {
    /// It is used up, and the person has the password.
    Person(Person),
    /// There is none: it was never made, has expired, was used or revoked, or is for somebody else.
    Gone,
    /// Somebody else has the name. The invitation is as good as before.
    NameTaken,
}

/// What [`read`] expects. A reset of nobody is not kept, so that a name is always found.
const SELECT: &str = "SELECT i.hash, i.role, p.name, i.made_by, i.created, i.expires
                      FROM invitations i LEFT JOIN people p ON p.folded = i.person";

impl Store {
    /// Keeps an invitation. Fails with [`StoreError::Refused`] where it is for a person who is not
    /// there: whoever takes the name later must not be met by it.
    pub async fn invite(&self, invitation: &Invitation) -> Result<(), StoreError> {
        self.database()
            .write(invitation.clone(), |conn, invitation| {
                Box::pin(invite(conn, invitation))
            })
            .await
    }

    /// The invitation of this hash; one that has expired too, for as long as it is kept: the caller
    /// judges.
    pub async fn invitation(&self, hash: KeyHash) -> Result<Option<Invitation>, StoreError> {
        self.database()
            .read(hash, |conn, hash| Box::pin(find(conn, *hash)))
            .await
    }

    /// The invitations that are good now, the oldest first.
    pub async fn invitations(&self, now: Micros) -> Result<Vec<Invitation>, StoreError> {
        self.database()
            .read(now, |conn, now| {
                Box::pin(async move {
                    let sql = format!("{SELECT} WHERE i.expires > $1 ORDER BY i.created, i.hash");
                    let rows = conn.query(&sql, &values![*now]).await?;
                    rows.iter().map(read).collect()
                })
            })
            .await
    }

    /// Revokes an invitation; tells whether there was one.
    pub async fn revoke_invitation(&self, hash: KeyHash) -> Result<bool, StoreError> {
        self.database()
            .write(hash, |conn, hash| Box::pin(delete(conn, *hash)))
            .await
    }

    /// Redeems an invitation, once: makes the person of this name, or sets the password of the one
    /// that the invitation names, ends their sessions and forgets their failed attempts to sign in.
    /// The password is an Argon2 PHC string.
    pub async fn redeem(
        &self,
        hash: KeyHash,
        name: &PersonName,
        phc: &str,
        now: Micros,
    ) -> Result<Redeemed, StoreError> {
        let wish = Wish {
            hash,
            name: name.clone(),
            phc: phc.to_owned(),
            now,
        };
        self.database()
            .write(wish, |conn, wish| Box::pin(redeem(conn, wish)))
            .await
    }
}

struct Wish {
    hash: KeyHash,
    name: PersonName,
    phc: String,
    now: Micros,
}

async fn invite(conn: &mut Conn, invitation: &Invitation) -> Result<(), StoreError> {
    people::lock(conn).await?;
    let (role, person) = match &invitation.purpose {
        Purpose::Join(role) => (Some(role.as_str()), None),
        Purpose::Reset(person) => (None, Some(person)),
    };
    if let Some(person) = person
        && people::find(conn, person).await?.is_none()
    {
        return Err(StoreError::Refused(format!(
            "there is nobody called {person} who could set a new password: look for the name in \
             the list of people"
        )));
    }
    conn.execute(
        "INSERT INTO invitations (hash, role, person, made_by, created, expires)
         VALUES ($1, $2, $3, $4, $5, $6)",
        &values![
            &invitation.hash.0[..],
            role,
            person.map(PersonName::folded),
            &invitation.made_by,
            invitation.created,
            invitation.expires,
        ],
    )
    .await
    .map(drop)
}

async fn redeem(conn: &mut Conn, wish: &Wish) -> Result<Redeemed, StoreError> {
    people::lock(conn).await?;
    let Some(invitation) = find(conn, wish.hash).await? else {
        return Ok(Redeemed::Gone);
    };
    if invitation.expires <= wish.now {
        return Ok(Redeemed::Gone);
    }
    match invitation.purpose {
        Purpose::Join(role) => {
            let person = Person {
                name: wish.name.clone(),
                role,
                created: wish.now,
                last_seen: None,
            };
            if !people::insert(conn, &person, &wish.phc).await? {
                return Ok(Redeemed::NameTaken);
            }
        }
        Purpose::Reset(person) => {
            if person != wish.name {
                return Ok(Redeemed::Gone);
            }
            people::replace_password(conn, &person, &wish.phc, None).await?;
            sessions::forget_attempts(conn, person.folded()).await?;
        }
    }
    delete(conn, wish.hash).await?;
    let person = people::find(conn, &wish.name).await?;
    Ok(person.map_or(Redeemed::Gone, Redeemed::Person))
}

async fn find(conn: &mut Conn, hash: KeyHash) -> Result<Option<Invitation>, StoreError> {
    let sql = format!("{SELECT} WHERE i.hash = $1");
    let row = conn.query_one(&sql, &values![&hash.0[..]]).await?;
    row.map(|row| read(&row)).transpose()
}

async fn delete(conn: &mut Conn, hash: KeyHash) -> Result<bool, StoreError> {
    let sql = "DELETE FROM invitations WHERE hash = $1";
    Ok(conn.execute(sql, &values![&hash.0[..]]).await? > 0)
}

fn read(row: &Row) -> Result<Invitation, StoreError> {
    let purpose = match row.optional_text(1)? {
        Some(role) => Purpose::Join(people::role(role)?),
        None => Purpose::Reset(row.person(2)?),
    };
    Ok(Invitation {
        hash: row.hash(0)?,
        purpose,
        made_by: row.text(3)?.to_owned(),
        created: row.micros(4)?,
        expires: row.micros(5)?,
    })
}
