//! Opens the secrets that configuration points to: variables of the environment, files, and the
//! store's sealed secrets.

use std::collections::HashMap;
use std::fs;

use tollgate_model::resources::Secret;
use tollgate_model::snapshot::{SecretText, Secrets};

/// The secrets that a compilation may open. Those of the store were unsealed beforehand, so that
/// opening one needs no database.
#[derive(Debug, Default)]
pub(crate) struct Opener {
    /// By name: the secret, or why it cannot be unsealed.
    stored: HashMap<String, Result<SecretText, String>>,
    /// Why the store's secrets are not known.
    away: Option<String>,
}

impl Opener {
    /// An opener that knows these secrets of the store.
    pub(crate) fn new(stored: HashMap<String, Result<SecretText, String>>) -> Opener {
        Opener { stored, away: None }
    }

    /// An opener for when the store cannot be asked.
    pub(crate) fn away(why: String) -> Opener {
        Opener {
            stored: HashMap::new(),
            away: Some(why),
        }
    }
}

impl Secrets for Opener {
    fn open(&self, secret: &Secret) -> Result<SecretText, String> {
        let Secret::Secret(name) = secret else {
            return open_outside(secret, &|name| std::env::var(name).ok());
        };
        match (self.stored.get(name.as_str()), &self.away) {
            (Some(opened), _) => opened.clone(),
            (None, Some(why)) => Err(why.clone()),
            (None, None) => Err(format!(
                "there is no secret \"{name}\"; set it with `tollgate secret set {name}`"
            )),
        }
    }
}

/// Opens a secret that lies outside of the store.
pub(crate) fn open_outside(
    secret: &Secret,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<SecretText, String> {
    let text = match secret {
        Secret::Env(name) => variable(name).ok_or_else(|| {
            format!("the variable {name} is not set in the gateway's environment")
        })?,
        Secret::File(path) => {
            fs::read_to_string(path).map_err(|why| format!("cannot read {path}: {why}"))?
        }
        Secret::Secret(_) => {
            return Err("a secret of the store cannot be used here; write env or file".to_owned());
        }
    };
    let text = text.strip_suffix('\n').unwrap_or(&text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    match text {
        "" => Err("the secret is empty".to_owned()),
        text => Ok(SecretText::new(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variable(name: &str) -> Option<String> {
        match name {
            "SET" => Some("value".to_owned()),
            "EMPTY" => Some(String::new()),
            _ => None,
        }
    }

    #[test]
    fn a_variable_is_opened_or_the_reason_given() {
        let open = |name: &str| open_outside(&Secret::Env(name.into()), &variable);
        assert_eq!(open("SET").unwrap().reveal(), "value");
        assert_eq!(open("EMPTY").unwrap_err(), "the secret is empty");
        assert!(open("ABSENT").unwrap_err().contains("ABSENT is not set"));
    }

    #[test]
    fn a_file_loses_the_newline_at_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        fs::write(&path, "sk-1 \n").unwrap();
        let secret = Secret::File(path.display().to_string());
        assert_eq!(open_outside(&secret, &variable).unwrap().reveal(), "sk-1 ");
        let absent = Secret::File("/nowhere/key".into());
        assert!(
            open_outside(&absent, &variable)
                .unwrap_err()
                .contains("/nowhere/key")
        );
    }

    #[test]
    fn a_stored_secret_that_is_missing_says_how_to_set_it() {
        let stored = HashMap::from([("openai".to_owned(), Ok(SecretText::new("sk")))]);
        let opener = Opener::new(stored);
        let open = |name: &str| opener.open(&Secret::Secret(name.parse().unwrap()));
        assert_eq!(open("openai").unwrap().reveal(), "sk");
        assert!(
            open("other")
                .unwrap_err()
                .contains("tollgate secret set other")
        );
    }
}
