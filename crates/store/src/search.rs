//! Finding resources by a part of their name.

use tollgate_model::Name;
use tollgate_model::resource::Kind;

use crate::sql::{Conn, Row, values};
use crate::{Store, StoreError, revision};

impl Store {
    /// Resources whose name holds a text, without regard to the case of ASCII letters: those whose
    /// name begins with it first, then by name; at most `limit`.
    pub async fn search(&self, text: &str, limit: u32) -> Result<Vec<(Kind, Name)>, StoreError> {
        self.database()
            .read((text.to_owned(), limit), |conn, (text, limit)| {
                Box::pin(search(conn, text, *limit))
            })
            .await
    }
}

async fn search(conn: &mut Conn, text: &str, limit: u32) -> Result<Vec<(Kind, Name)>, StoreError> {
    let begins = format!("{}%", literal(text));
    let holds = format!("%{begins}");
    // No column but those of the index on names is asked for: of a million keys, no spec is read.
    let rows = conn
        .query(
            "SELECT kind, name FROM resources WHERE lower(name) LIKE $1 ESCAPE '!'
             ORDER BY CASE WHEN lower(name) LIKE $2 ESCAPE '!' THEN 0 ELSE 1 END, name, kind
             LIMIT $3",
            &values![&holds, &begins, limit],
        )
        .await?;
    let read = |row: &Row| Ok((revision::kind(row.text(0)?)?, row.name(1)?));
    rows.iter().map(read).collect()
}

/// A text in small letters that a pattern takes for itself.
fn literal(text: &str) -> String {
    let mut literal = String::new();
    for letter in text.chars() {
        if "%_!".contains(letter) {
            literal.push('!');
        }
        literal.push(letter.to_ascii_lowercase());
    }
    literal
}
