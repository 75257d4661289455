//! What a wish to change the configuration comes to. Pure: resources in, resources out.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tollgate_model::Name;
use tollgate_model::resource::{Kind, Resource, Spec, SpecError, nearest};
use tollgate_model::resources::{BudgetScope, Secret};
use tollgate_model::snapshot::SANDBOX;

/// Resources by what they are told apart by, in the order of files.
pub(crate) type Resources = BTreeMap<(Kind, Name), Resource>;

/// One wish.
#[derive(Clone, Debug)]
pub(crate) enum Edit {
    /// Make the resource, or replace the one of its kind and name.
    Put(Box<Resource>),
    /// Delete the resource of this kind and name.
    Delete(Kind, Name),
}

impl Edit {
    /// The kind and name that the wish is about.
    pub(crate) fn target(&self) -> (Kind, Name) {
        match self {
            Edit::Put(resource) => (resource.kind(), resource.name.clone()),
            Edit::Delete(kind, name) => (*kind, name.clone()),
        }
    }
}

/// What happened, or would happen, to a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Action {
    /// It was made.
    Created,
    /// It was replaced by another spec.
    Updated,
    /// It was there already, as it should be.
    Unchanged,
    /// It was deleted.
    Deleted,
}

impl Action {
    /// What turns one state of a resource into another.
    pub(crate) fn between<T: PartialEq>(before: Option<&T>, after: Option<&T>) -> Action {
        match (before, after) {
            (None, Some(_)) => Action::Created,
            (Some(_), None) => Action::Deleted,
            (before, after) if before == after => Action::Unchanged,
            _ => Action::Updated,
        }
    }
}

/// The change of one resource.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Change")]
pub(crate) struct ChangeView {
    /// The resource's kind.
    pub kind: Kind,
    /// The resource's name.
    pub name: Name,
    /// What happened to it.
    pub action: Action,
    /// The spec before, where it was another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// The spec after, where it is another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
}

/// What wishes come to.
pub(crate) struct Plan {
    /// One per wish.
    pub(crate) changes: Vec<ChangeView>,
    /// The resources as they would be.
    pub(crate) outcome: Resources,
}

impl Plan {
    /// Whether everything is already as it should be.
    pub(crate) fn is_idle(&self) -> bool {
        self.changes
            .iter()
            .all(|change| change.action == Action::Unchanged)
    }
}

/// Carries wishes out on paper.
pub(crate) fn plan(current: &Resources, edits: &[Edit]) -> Plan {
    let mut outcome = current.clone();
    let changes = edits.iter().map(|edit| {
        let target = edit.target();
        let before = match edit {
            Edit::Put(resource) => outcome.insert(target.clone(), (**resource).clone()),
            Edit::Delete(..) => outcome.remove(&target),
        };
        let before = before.map(|resource| resource.spec);
        let after = outcome.get(&target).map(|resource| &resource.spec);
        let action = Action::between(before.as_ref(), after);
        let (kind, name) = target;
        let shown = |spec: Option<&Spec>| match action {
            Action::Unchanged => None,
            _ => spec.map(Spec::to_json),
        };
        ChangeView {
            kind,
            name,
            action,
            before: shown(before.as_ref()),
            after: shown(after),
        }
    });
    let changes = changes.collect();
    Plan { changes, outcome }
}

/// The faults of keys: compiling does not look at them, since they are in no snapshot.
pub(crate) fn key_faults(outcome: &Resources, edits: &[Edit]) -> Vec<SpecError> {
    let applications = || {
        let all = outcome
            .keys()
            .filter(|(kind, _)| *kind == Kind::Application);
        all.map(|(_, name)| name.as_str())
    };
    let faults = edits.iter().filter_map(|edit| {
        let Edit::Put(resource) = edit else {
            return None;
        };
        let Spec::Key(key) = &resource.spec else {
            return None;
        };
        let wanted = key.application.as_str();
        if applications().any(|known| known == wanted) {
            return None;
        }
        let hint = nearest(wanted, applications()).map(|near| format!("; did you mean {near}?"));
        let hint = hint.unwrap_or_default();
        let message = format!("there is no Application called \"{wanted}\"{hint}");
        let place = format!("Key {}: spec.application", resource.name);
        Some(SpecError::new(place, message))
    });
    faults.collect()
}

/// Who of those that remain names a resource that is deleted, as a sentence for each of the
/// deleted.
pub(crate) fn dependants(outcome: &Resources, edits: &[Edit]) -> Vec<String> {
    let gone = edits.iter().filter(|edit| matches!(edit, Edit::Delete(..)));
    let gone = gone
        .map(Edit::target)
        .filter(|target| !outcome.contains_key(target));
    let told = gone.filter_map(|target| {
        let names: Vec<String> = outcome
            .values()
            .filter(|resource| references(resource).contains(&target))
            .map(|resource| format!("{} {}", resource.kind(), resource.name))
            .collect();
        let (kind, name) = &target;
        let list = names.join(", ");
        (!names.is_empty()).then(|| format!("{kind} {name} is still named by {list}"))
    });
    told.collect()
}

/// The resources that a resource cannot be without.
fn references(resource: &Resource) -> Vec<(Kind, Name)> {
    match &resource.spec {
        Spec::Application(spec) => vec![(Kind::Team, spec.team.clone())],
        Spec::Key(spec) => vec![(Kind::Application, spec.application.clone())],
        Spec::Model(spec) => {
            let providers = spec.targets.iter().map(|target| target.provider.clone());
            let configured = providers.filter(|name| name.as_str() != SANDBOX);
            configured.map(|name| (Kind::Provider, name)).collect()
        }
        Spec::Budget(spec) => match &spec.scope {
            BudgetScope::Team(name) => vec![(Kind::Team, name.clone())],
            BudgetScope::Application(name) => vec![(Kind::Application, name.clone())],
            BudgetScope::Organization | BudgetScope::Key(_) | BudgetScope::Model(_) => Vec::new(),
        },
        Spec::Team(_) | Spec::Provider(_) => Vec::new(),
    }
}

/// The providers that take a stored secret of this name.
pub(crate) fn users_of_secret<'a>(
    resources: impl Iterator<Item = &'a Resource>,
    secret: &Name,
) -> Vec<&'a Name> {
    let wanted = Secret::Secret(secret.clone());
    resources
        .filter(|resource| match &resource.spec {
            Spec::Provider(spec) => {
                let mut secrets = spec.credentials.iter().flat_map(|c| c.access.secrets());
                secrets.any(|secret| *secret == wanted)
            }
            _ => false,
        })
        .map(|resource| &resource.name)
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tollgate_model::resource::Document;

    use super::*;

    fn resource(kind: Kind, name: &str, spec: Value) -> Resource {
        let name = name.parse().unwrap();
        Document { kind, name, spec }.check().unwrap()
    }

    fn sample() -> Resources {
        let all = [
            resource(Kind::Team, "acme", json!({})),
            resource(Kind::Application, "web", json!({ "team": "acme" })),
            resource(
                Kind::Model,
                "smart",
                json!({ "targets": [
                { "provider": "openai", "model": "gpt-5" },
                { "provider": "sandbox", "model": "echo" },
            ] }),
            ),
            resource(
                Kind::Provider,
                "openai",
                json!({ "credentials": [
                { "name": "main", "key": { "secret": "openai-key" } },
            ] }),
            ),
            resource(
                Kind::Budget,
                "month",
                json!({
                    "scope": { "team": "acme" }, "limit": "5", "window": "month",
                }),
            ),
        ];
        all.into_iter()
            .map(|r| ((r.kind(), r.name.clone()), r))
            .collect()
    }

    fn delete(kind: Kind, name: &str) -> Edit {
        Edit::Delete(kind, name.parse().unwrap())
    }

    #[test]
    fn each_wish_tells_what_it_comes_to() {
        let edits = [
            Edit::Put(Box::new(resource(Kind::Team, "acme", json!({})))),
            Edit::Put(Box::new(resource(
                Kind::Team,
                "new",
                json!({ "title": "New" }),
            ))),
            delete(Kind::Model, "smart"),
        ];
        let planned = plan(&sample(), &edits);
        let actions: Vec<Action> = planned.changes.iter().map(|change| change.action).collect();
        assert_eq!(
            actions,
            [Action::Unchanged, Action::Created, Action::Deleted]
        );
        assert_eq!(planned.changes[0].after, None);
        assert_eq!(planned.changes[1].after, Some(json!({ "title": "New" })));
        assert!(planned.changes[2].before.is_some());
        assert!(!planned.is_idle());
    }

    #[test]
    fn what_is_still_named_is_told_with_those_who_name_it() {
        let told = |kind, name| {
            let edits = [delete(kind, name)];
            dependants(&plan(&sample(), &edits).outcome, &edits)
        };
        assert_eq!(
            told(Kind::Team, "acme"),
            ["Team acme is still named by Application web, Budget month"]
        );
        assert_eq!(
            told(Kind::Provider, "openai"),
            ["Provider openai is still named by Model smart"]
        );
        assert!(told(Kind::Provider, "sandbox").is_empty());
        assert!(told(Kind::Budget, "month").is_empty());
    }

    #[test]
    fn a_resource_and_those_who_name_it_can_go_together() {
        let edits = [
            delete(Kind::Team, "acme"),
            delete(Kind::Application, "web"),
            delete(Kind::Budget, "month"),
        ];
        assert!(dependants(&plan(&sample(), &edits).outcome, &edits).is_empty());
    }

    #[test]
    fn a_key_needs_its_application() {
        let hash = format!("sha256:{}", "0".repeat(64));
        let key = |application: &str| {
            let spec = json!({ "application": application, "hash": hash });
            [Edit::Put(Box::new(resource(Kind::Key, "k", spec)))]
        };
        assert!(key_faults(&sample(), &key("web")).is_empty());
        let faults = key_faults(&sample(), &key("webb"));
        assert_eq!(
            faults[0].to_string(),
            "Key k: spec.application: there is no Application called \"webb\"; did you mean web?"
        );
    }

    #[test]
    fn the_users_of_a_secret_are_found() {
        let sample = sample();
        let users = |name: &str| users_of_secret(sample.values(), &name.parse().unwrap()).len();
        assert_eq!((users("openai-key"), users("other")), (1, 0));
    }
}
