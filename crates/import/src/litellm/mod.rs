//! `tollgate import litellm`: the proxy's `config.yaml`, and its keys as `/key/list` gives them.

mod clouds;
mod deployment;
mod import;
mod keys;
mod known;
mod models;
mod settings;

use crate::{ImportError, Plan, Source, yaml};

use import::Import;

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
