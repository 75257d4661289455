//! People who use the console, and what they may do. People are not resources: no file names them.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::text::parsed;

/// What a person may do, from most to least.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// May do everything, and says who else may come in.
    Owner,
    /// May do everything but decide who else may come in.
    Admin,
    /// May look and change nothing.
    Viewer,
}

impl Role {
    /// Every role.
    pub const ALL: [Role; 3] = [Role::Owner, Role::Admin, Role::Viewer];

    /// The word as it stands in records.
    pub const fn as_str(self) -> &'static str {
        match self {
            Role::Owner => "owner",
            Role::Admin => "admin",
            Role::Viewer => "viewer",
        }
    }

    /// The role of this word.
    pub fn parse(word: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.as_str() == word)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The name by which a person signs in, as they wrote it: 2 to 64 letters and digits of any
/// script, and `. _ - @ +`. Two names that differ only in case are the same person's.
#[derive(Clone, Debug)]
pub struct PersonName {
    written: Arc<str>,
    folded: Arc<str>,
}

/// The most characters of a name.
const MOST: usize = 64;

/// Names that the history gives to what is no person.
const RESERVED: [&str; 4] = ["operator", "start", "system", "tollgate"];

/// Why a text is not the name of a person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PersonNameError {
    /// It is too short, too long, or has characters that a name does not have.
    #[error("a name has 2 to 64 letters, digits and . _ - @ +, without spaces")]
    Malformed,
    /// The history uses it for something else.
    #[error("the name \"{0}\" is used by the gateway itself; take another")]
    Reserved(String),
}

impl PersonName {
    /// The name as the person wrote it.
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// The name by which it is compared: in small letters.
    pub fn folded(&self) -> &str {
        &self.folded
    }
}

impl FromStr for PersonName {
    type Err = PersonNameError;

    fn from_str(text: &str) -> Result<PersonName, PersonNameError> {
        let allowed = |c: char| c.is_alphanumeric() || "._-@+".contains(c);
        let length = text.chars().take(MOST + 1).count();
        if !(2..=MOST).contains(&length) || !text.chars().all(allowed) {
            return Err(PersonNameError::Malformed);
        }
        let folded = text.to_lowercase();
        if RESERVED.contains(&folded.as_str()) {
            return Err(PersonNameError::Reserved(text.to_owned()));
        }
        Ok(PersonName {
            written: text.into(),
            folded: folded.into(),
        })
    }
}

impl PartialEq for PersonName {
    fn eq(&self, other: &PersonName) -> bool {
        self.folded == other.folded
    }
}

impl Eq for PersonName {}

impl fmt::Display for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.written)
    }
}

impl Serialize for PersonName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.written)
    }
}

impl<'de> Deserialize<'de> for PersonName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<PersonName, D::Error> {
        parsed(deserializer, str::parse)
    }
}

impl JsonSchema for PersonName {
    fn schema_name() -> Cow<'static, str> {
        "PersonName".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "minLength": 2,
            "maxLength": MOST,
            "description": "2 to 64 letters, digits and . _ - @ +; compared without regard to case",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_kept_as_written_and_compared_without_case() {
        let anna: PersonName = "Anna@Example.com".parse().unwrap();
        assert_eq!(anna.as_str(), "Anna@Example.com");
        assert_eq!(anna, "anna@example.COM".parse().unwrap());
        assert!("Jürgen".parse::<PersonName>().is_ok());
    }

    #[test]
    fn what_is_no_name_of_a_person_is_refused() {
        let long = "a".repeat(65);
        for wrong in ["", "a", "an na", "a\nb", "a/b", "<b>", &long] {
            assert_eq!(
                wrong.parse::<PersonName>(),
                Err(PersonNameError::Malformed),
                "{wrong}"
            );
        }
        assert!(matches!(
            "Operator".parse::<PersonName>(),
            Err(PersonNameError::Reserved(_))
        ));
    }

    #[test]
    fn every_role_is_read_by_its_word() {
        for role in Role::ALL {
            assert_eq!(Role::parse(role.as_str()), Some(role));
        }
        assert_eq!(Role::parse("root"), None);
    }
}
