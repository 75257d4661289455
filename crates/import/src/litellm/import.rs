//! What an import of LiteLLM knows while it is under way.

use std::collections::HashMap;

use tollgate_model::Name;
use tollgate_model::snapshot::SecretText;

use crate::decimal::Decimal;
use crate::draft::{Draft, KeySource};
use crate::tree::Tree;

/// The deployments of one name.
pub(super) struct Group<'t> {
    /// The name that callers use.
    pub name: String,
    /// Its first deployment in the file.
    pub at: &'t Tree,
    /// The deployments.
    pub deployments: Vec<Deployment>,
    /// The names to fall back to, each with the kind of failure that it is for; `None` for the
    /// usual ones.
    pub fallbacks: Vec<(String, Option<&'static str>)>,
}

/// One deployment, once its provider is known.
#[derive(Clone, Debug)]
pub(super) struct Deployment {
    /// The provider here.
    pub provider: Name,
    /// The provider's name for the model.
    pub model: String,
    /// Deployments of a lower one come first.
    pub order: Option<i64>,
    /// Its share.
    pub weight: Option<Decimal>,
    /// Requests a minute.
    pub requests: Option<Decimal>,
    /// Tokens a minute.
    pub tokens: Option<Decimal>,
}

/// An import under way.
pub(super) struct Import<'t> {
    /// The plan.
    pub draft: Draft,
    /// What the config sets in the environment of the proxy.
    pub environment: HashMap<&'t str, &'t Tree>,
    /// The credentials that deployments name.
    pub credentials: HashMap<&'t str, &'t Tree>,
    /// The deployments, by the name that callers use.
    pub groups: Vec<Group<'t>>,
    /// For how many seconds answers are kept.
    pub cache: Option<u32>,
    /// The names that had to be changed.
    pub renamed: HashMap<String, Name>,
    /// The applications that keys need, by the team in the source.
    pub applications: HashMap<String, Name>,
}

impl<'t> Import<'t> {
    pub(super) fn new(root: &'t Tree) -> Import<'t> {
        let environment = root.get("environment_variables");
        let environment = environment.map(Tree::members).unwrap_or_default();
        let listed = root.get("credential_list").map(Tree::items);
        let credentials = listed.unwrap_or_default().iter().filter_map(|credential| {
            let name = credential.get("credential_name")?.text()?;
            Some((name, credential.get("credential_values")?))
        });
        Import {
            draft: Draft::new("litellm"),
            environment: environment
                .iter()
                .map(|(name, value)| (name.as_str(), value))
                .collect(),
            credentials: credentials.collect(),
            groups: Vec::new(),
            cache: None,
            renamed: HashMap::new(),
            applications: HashMap::new(),
        }
    }

    /// Where the secret is that a text stands for: `os.environ/NAME` or the secret itself.
    pub(super) fn secret(&self, text: &str) -> KeySource {
        let Some(variable) = text.strip_prefix("os.environ/") else {
            return match text.trim() {
                "" => KeySource::None,
                text => KeySource::Literal(SecretText::new(text)),
            };
        };
        // A variable that the config itself sets is not there where its proxy is not.
        match self
            .environment
            .get(variable)
            .and_then(|value| value.text())
        {
            Some(value) => KeySource::Literal(SecretText::new(value)),
            None => KeySource::Env(variable.to_owned()),
        }
    }

    /// A text in which `os.environ/NAME` may stand; `None` where only the environment knows it.
    pub(super) fn plain<'a>(&'a self, text: &'a str) -> Option<&'a str> {
        match text.strip_prefix("os.environ/") {
            None => Some(text),
            Some(variable) => self.environment.get(variable)?.text(),
        }
    }
}
