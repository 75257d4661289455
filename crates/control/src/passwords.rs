//! Passwords of people: what one has to be like, and how it is kept (Argon2id).

use std::sync::Arc;

use argon2::password_hash::Error as HashError;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer};
use tokio::sync::Semaphore;
use tollgate_model::PersonName;
use zeroize::Zeroizing;

use crate::problem::Problem;
use crate::random;

/// How many characters a password has.
const LENGTH: std::ops::RangeInclusive<usize> = 10..=128;

/// How many passwords are worked on at a time. Each takes 19 MiB and a thread for some 20 ms; the
/// others wait, so that whoever guesses can use up neither.
const AT_ONCE: usize = 2;

/// What a password is compared with where nobody has the name, so that the time of the answer does
/// not tell. No password is known to have this hash.
const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$dG9sbGdhdGUgbm9ib2R5$\
                       AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// A password as somebody typed it. Nothing shows it, and its memory is wiped when it is dropped.
pub(crate) struct Password(Zeroizing<String>);

impl Password {
    /// Whether it may be the password of this person; if not, why, in a sentence. Only its length
    /// counts, and that it is not the name: rules about digits and signs make passwords worse.
    pub(crate) fn check(&self, name: &PersonName) -> Result<(), &'static str> {
        let length = self.0.chars().take(LENGTH.end() + 1).count();
        if length < *LENGTH.start() {
            return Err("A password has at least 10 characters; some words in a row do well.");
        }
        if length > *LENGTH.end() {
            return Err("A password has at most 128 characters.");
        }
        if self.0.to_lowercase() == name.folded() {
            return Err("The password is the name; take one that is not so easily guessed.");
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for Password {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Password, D::Error> {
        String::deserialize(deserializer).map(|text| Password(Zeroizing::new(text)))
    }
}

impl JsonSchema for Password {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Password".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        String::json_schema(generator)
    }
}

/// Where passwords are worked on, a few at a time and off the threads that answer.
#[derive(Clone)]
pub(crate) struct Passwords {
    turns: Arc<Semaphore>,
}

impl Passwords {
    /// Nobody is at work yet.
    pub(crate) fn new() -> Passwords {
        Passwords {
            turns: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    /// What is kept of a password: a PHC string with a new salt, by Argon2id with 19 MiB, two
    /// passes and one lane, which OWASP recommends.
    pub(crate) async fn hash(&self, password: Password) -> Result<String, Problem> {
        let salt = random::bytes::<16>()?;
        self.work(move || {
            let hash = Argon2::default().hash_password_with_salt(password.0.as_bytes(), &salt)?;
            Ok(hash.to_string())
        })
        .await
    }

    /// Whether it is the password of which this is kept. It takes as long where nothing is kept.
    pub(crate) async fn verify(
        &self,
        password: Password,
        kept: Option<String>,
    ) -> Result<bool, Problem> {
        self.work(move || {
            let against = kept.as_deref().unwrap_or(NOBODYS);
            let verified = Argon2::default().verify_password(password.0.as_bytes(), against);
            match verified {
                Ok(()) => Ok(kept.is_some()),
                Err(HashError::PasswordInvalid) => Ok(false),
                Err(other) => Err(other),
            }
        })
        .await
    }

    /// The turn belongs to the work and not to the request, which may be given up before the work
    /// has ended.
    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, HashError> + Send + 'static,
    ) -> Result<T, Problem> {
        let turn = Arc::clone(&self.turns).acquire_owned().await;
        let turn = turn.map_err(Problem::internal)?;
        let worked = tokio::task::spawn_blocking(move || {
            let worked = work();
            drop(turn);
            worked
        });
        let worked = worked.await.map_err(Problem::internal)?;
        worked.map_err(Problem::internal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(text: &str) -> Password {
        Password(Zeroizing::new(text.to_owned()))
    }

    #[tokio::test]
    async fn a_password_is_kept_as_a_salted_argon2id_hash() {
        let passwords = Passwords::new();
        let kept = passwords.hash(password("correct horse")).await.unwrap();
        let again = passwords.hash(password("correct horse")).await.unwrap();
        assert!(
            kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{kept}"
        );
        assert_ne!(kept, again);
        let verify = async |text, kept: &str| {
            let verified = passwords.verify(password(text), Some(kept.to_owned()));
            verified.await.unwrap()
        };
        assert!(verify("correct horse", &kept).await);
        assert!(!verify("correct horse ", &kept).await);
    }

    #[tokio::test]
    async fn nobodys_password_is_looked_at_like_any_other_and_never_right() {
        let parameters = |phc: &str| phc.split('$').take(4).collect::<Vec<_>>().join("$");
        let passwords = Passwords::new();
        let kept = passwords.hash(password("correct horse")).await.unwrap();
        assert_eq!(parameters(NOBODYS), parameters(&kept));
        let verified = passwords.verify(password("correct horse"), None).await;
        assert!(!verified.unwrap());
        let broken = passwords.verify(password("x"), Some("$argon2id$".to_owned()));
        assert!(broken.await.is_err(), "what cannot be read is told apart");
    }

    #[test]
    fn a_password_is_judged_by_its_characters_alone() {
        let name: PersonName = "Bartholomew".parse().unwrap();
        let judged = |text: &str| password(text).check(&name).is_ok();
        assert!(judged("aaaaaaaaaa"));
        assert!(
            judged("zehn\u{e4}\u{f6}\u{fc}\u{df}\u{20ac}\u{1f511}"),
            "characters, not bytes"
        );
        assert!(judged(&"\u{1f511}".repeat(128)));
        assert!(!judged("ninechars"));
        assert!(!judged(&"x".repeat(129)));
        assert!(!judged("BARTHOLOMEW"));
    }
}
