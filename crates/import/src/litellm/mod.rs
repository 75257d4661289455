//! `tollgate import litellm`: the proxy's `config.yaml`, and its keys as `/key/list` gives them.

mod deployment;
mod keys;
mod known;
mod models;
mod settings;

use std::collections::HashMap;

use tollgate_model::Name;
use tollgate_model::snapshot::SecretText;

use crate::draft::{Draft, KeySource};
use crate::tree::Tree;
use crate::{ImportError, Plan, Source, yaml};

use models::Group;

/// Reads a config of LiteLLM's proxy, and its keys where they are there. The keys are the answer of
/// `GET /key/list?return_full_object=true`.
pub fn litellm(config: Source<'_>, keys: Option<Source<'_>>) -> Result<Plan, ImportError> {
    let root = yaml::parse(config.name, config.text)?;
    let sections = [
        "model_list",
        "litellm_settings",
        "router_settings",
        "general_settings",
    ];
    if !root.is_map() {
        return Err(root.wrong("the sections of a config of LiteLLM"));
    }
    if !sections.iter().any(|section| root.has(section)) {
        return Err(ImportError::new(format!(
            "{} is no config of LiteLLM: it has none of {}",
            config.name,
            sections.join(", ")
        )));
    }
    let mut import = Import::new(&root);
    import.models(&root)?;
    import.settings(&root)?;
    import.write_models(&root);
    import.general(&root)?;
    known::leave(&root, &mut import.draft.plan.report);
    let keys = keys.map(|source| yaml::parse(source.name, source.text));
    let keys = keys.transpose()?;
    if let Some(keys) = &keys {
        import.keys(keys)?;
    }
    let mut roots = vec![&root];
    roots.extend(keys.as_ref());
    Ok(import.draft.finish(&roots))
}

/// An import under way.
struct Import<'t> {
    draft: Draft,
    /// What the config sets in the environment of the proxy.
    environment: HashMap<&'t str, &'t Tree>,
    /// The credentials that deployments name.
    credentials: HashMap<&'t str, &'t Tree>,
    /// The deployments, by the name that callers use.
    groups: Vec<Group<'t>>,
    /// The names that had to be changed.
    renamed: HashMap<String, Name>,
    /// The applications that keys need, by the team in the source.
    applications: HashMap<String, Name>,
}

impl<'t> Import<'t> {
    fn new(root: &'t Tree) -> Import<'t> {
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
            renamed: HashMap::new(),
            applications: HashMap::new(),
        }
    }

    /// Where the secret is that a text stands for: `os.environ/NAME` or the secret itself.
    fn secret(&self, text: &str) -> KeySource {
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
    fn plain<'a>(&'a self, text: &'a str) -> Option<&'a str> {
        match text.strip_prefix("os.environ/") {
            None => Some(text),
            Some(variable) => self.environment.get(variable)?.text(),
        }
    }
}
