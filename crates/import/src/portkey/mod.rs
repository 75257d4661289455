//! `tollgate import portkey`: gateway configs. A config becomes a model whose targets are the
//! leaves of its tree of targets.

mod leaf;
mod words;

use std::collections::HashMap;

use crate::decimal::Decimal;
use crate::draft::Draft;
use crate::routing::{Choice, Route, Target};
use crate::tree::Tree;
use crate::{ImportError, Plan, Source, yaml};

/// Reads configs of Portkey: one, a list of them, or several under `configs` or `data`; and virtual
/// keys under `virtual_keys`.
pub fn portkey(source: Source<'_>) -> Result<Plan, ImportError> {
    let root = yaml::parse(source.name, source.text)?;
    let mut texts = Vec::new();
    embedded(&root, &mut texts);
    let mut import = Import {
        draft: Draft::new("portkey"),
        virtual_keys: HashMap::new(),
        found: 0,
    };
    import.virtual_keys(&root);
    import.any(&root, &texts, "config")?;
    if import.found == 0 {
        return Err(ImportError::new(format!(
            "{}: there is no config of Portkey in it: a config has `targets`, or `provider` or \
             `virtual_key`",
            source.name
        )));
    }
    let mut roots = vec![&root];
    roots.extend(texts.iter().map(|(_, tree)| tree));
    Ok(import.draft.finish(&roots))
}

/// Configs that stand as JSON in a text, by the place of the text.
fn embedded(at: &Tree, texts: &mut Vec<(String, Tree)>) {
    for item in at.items() {
        embedded(item, texts);
    }
    for (name, member) in at.members() {
        let text = (name == "config" && !member.is_map())
            .then(|| member.text())
            .flatten();
        match text.and_then(|text| yaml::embedded(member, text)) {
            Some(tree) => texts.push((member.path().to_owned(), tree)),
            None => embedded(member, texts),
        }
    }
}

struct Import {
    draft: Draft,
    /// The provider of each virtual key, by its slug.
    virtual_keys: HashMap<String, String>,
    found: usize,
}

/// A target at the end of a tree of targets, or a part of the tree.
struct Branch {
    /// What conditions call it.
    name: Option<String>,
    choice: Choice,
    /// The targets; those of no weight are asked where the others fail.
    targets: Vec<Target>,
    /// For how many seconds answers are kept.
    cache: Option<u32>,
    /// After which kinds of failures another target is asked; empty for the usual ones.
    fallback_on: Vec<&'static str>,
}

impl Import {
    fn any(&mut self, at: &Tree, texts: &[(String, Tree)], name: &str) -> Result<(), ImportError> {
        if at.is_list() {
            let mut items = at.items().iter();
            return items.try_for_each(|item| self.any(item, texts, name));
        }
        let called = at.text_of("name")?.or(at.text_of("slug")?);
        let called = called.unwrap_or(name).to_owned();
        for member in ["configs", "data", "result"] {
            if let Some(below) = at.get(member) {
                self.any(below, texts, &called)?;
            }
        }
        if let Some(config) = at.get("config") {
            self.notes(at);
            let written = texts.iter().find(|(place, _)| place == config.path());
            return match written {
                Some((_, tree)) => self.config(tree, &called),
                None => self.config(config, &called),
            };
        }
        let is_config = ["targets", "strategy", "provider", "virtual_key", "api_key"];
        if is_config.iter().any(|member| at.has(member)) {
            return self.config(at, &called);
        }
        Ok(())
    }

    fn config(&mut self, at: &Tree, name: &str) -> Result<(), ImportError> {
        self.found += 1;
        let conditional = mode(at) == Some("conditional");
        let branches = self.branches(at)?;
        if conditional {
            return self.conditions(at, name, &branches);
        }
        let mut branch = self.branch(at, branches);
        branch.cache = self.cache(at)?.or(branch.cache);
        branch.fallback_on = self.fallback_on(at)?;
        self.write(at, name, &branch);
        Ok(())
    }

    fn write(&mut self, at: &Tree, name: &str, branch: &Branch) {
        if branch.targets.is_empty() {
            let how = format!(
                "config {name}: no target says which model it is (`override_params.model`), so there is \
                 no Model: callers ask for PROVIDER/MODEL"
            );
            self.draft.plan.report.changed(at, how);
            return;
        }
        let route = Route {
            choice: branch.choice,
            targets: branch.targets.clone(),
            cache: branch.cache,
            fallback_on: branch.fallback_on.clone(),
        };
        let given = self.draft.model(at, name, &route);
        let how = format!("callers ask for the model {given}, and send no config");
        self.draft.plan.report.changed(at, how);
    }

    /// The parts of a config, or the config itself where it has none.
    fn branches(&mut self, at: &Tree) -> Result<Vec<(Branch, Option<Decimal>)>, ImportError> {
        let mut branches = Vec::new();
        for target in at.list_of("targets")? {
            let weight = target.number_of("weight")?;
            let branch = match target.has("targets") {
                true => {
                    let below = self.branches(target)?;
                    let mut branch = self.branch(target, below);
                    branch.name = target.text_of("name")?.map(str::to_owned);
                    branch.cache = self.cache(target)?.or(branch.cache);
                    if !self.fallback_on(target)?.is_empty() {
                        let how =
                            "kinds of failures hold for a whole config: those of the outermost do";
                        self.draft.plan.report.changed(target, how);
                    }
                    branch
                }
                false => self.leaf(target)?,
            };
            self.common(target);
            branches.push((branch, weight));
        }
        if !at.has("targets") {
            branches.push((self.leaf(at)?, None));
        }
        self.common(at);
        Ok(branches)
    }

    /// Parts as one: by weight where the config says so, else in their order.
    fn branch(&mut self, at: &Tree, parts: Vec<(Branch, Option<Decimal>)>) -> Branch {
        let mode = mode(at).unwrap_or("single");
        match mode {
            "loadbalance" => self.balanced(at, parts),
            "fallback" | "conditional" => self.in_order(at, parts),
            "single" => {
                let mut parts = parts.into_iter();
                let first = parts.next().map(|(branch, _)| branch);
                if parts.next().is_some() {
                    let how = "a config of one target has several: the first one is asked";
                    self.draft.plan.report.changed(at, how);
                }
                first.unwrap_or(Branch {
                    name: None,
                    choice: Choice::Ordered,
                    targets: Vec::new(),
                    cache: None,
                    fallback_on: Vec::new(),
                })
            }
            other => {
                let how = format!(
                    "the mode {other:?} is not known here: targets are asked in their order"
                );
                self.draft.plan.report.changed(at, how);
                self.in_order(at, parts)
            }
        }
    }

    fn balanced(&mut self, at: &Tree, parts: Vec<(Branch, Option<Decimal>)>) -> Branch {
        let weights: Vec<Decimal> = parts
            .iter()
            .map(|(_, weight)| weight.unwrap_or(Decimal::from(1)))
            .collect();
        let shares = Decimal::proportions(&weights).unwrap_or_else(|| vec![1; parts.len()]);
        let mut targets: Vec<Target> = Vec::new();
        let mut last: Vec<Target> = Vec::new();
        let cache = parts.iter().find_map(|(part, _)| part.cache);
        for ((part, _), share) in parts.into_iter().zip(shares) {
            if part.choice != Choice::Ordered {
                let how = "targets balanced within balanced targets have one share each";
                self.draft.plan.report.changed(at, how);
            }
            for (place, target) in part.targets.into_iter().enumerate() {
                let first = place == 0 || part.choice != Choice::Ordered;
                match first {
                    true => targets.push(Target::share(&target.provider, &target.model, share)),
                    false => last.push(Target::share(&target.provider, &target.model, 0)),
                }
            }
        }
        if !last.is_empty() {
            let how =
                "what a balanced target falls back to is asked where all balanced targets fail";
            self.draft.plan.report.changed(at, how);
        }
        targets.extend(last);
        Branch {
            name: None,
            choice: Choice::Weighted,
            targets,
            cache,
            fallback_on: Vec::new(),
        }
    }

    fn in_order(&mut self, at: &Tree, parts: Vec<(Branch, Option<Decimal>)>) -> Branch {
        let mut route = Route {
            choice: Choice::Ordered,
            targets: Vec::new(),
            cache: parts.iter().find_map(|(part, _)| part.cache),
            fallback_on: Vec::new(),
        };
        for (place, (part, _)) in parts.into_iter().enumerate() {
            if place == 0 {
                route.choice = part.choice;
                route.targets = part.targets;
                continue;
            }
            if part.choice != Choice::Ordered && part.targets.len() > 1 {
                let how = "balanced targets that others fall back to are asked in their order";
                self.draft.plan.report.changed(at, how);
            }
            route.fall_back(&part.targets, None);
        }
        Branch {
            name: None,
            choice: route.choice,
            targets: route.targets,
            cache: route.cache,
            fallback_on: Vec::new(),
        }
    }

    /// Conditions on the model that a caller names are models; others are left out.
    fn conditions(
        &mut self,
        at: &Tree,
        name: &str,
        branches: &[(Branch, Option<Decimal>)],
    ) -> Result<(), ImportError> {
        let Some(strategy) = at.get("strategy") else {
            return Ok(());
        };
        let find = |wanted: &str| {
            let mut named = branches.iter().map(|(branch, _)| branch);
            named.find(|branch| branch.name.as_deref() == Some(wanted))
        };
        for condition in strategy.list_of("conditions")? {
            let then = condition.text_of("then")?.unwrap_or_default();
            let models = asked_models(condition.get("query"));
            match (find(then), models) {
                (Some(branch), Some(models)) => {
                    for model in models {
                        self.write(condition, &model, branch);
                    }
                }
                _ => {
                    let why = "a condition on something else than the model that a caller names";
                    let instead = "let callers ask for another model: each target can be one";
                    self.draft.plan.report.left(condition, why, instead);
                }
            }
        }
        match strategy.text_of("default")?.and_then(find) {
            Some(branch) => self.write(at, name, branch),
            None => {
                let how =
                    format!("config {name} has no default: only its conditions became models");
                self.draft.plan.report.changed(at, how);
            }
        }
        Ok(())
    }
}

fn mode(at: &Tree) -> Option<&str> {
    at.get("strategy")?.get("mode")?.text()
}

/// The names in a query such as `{params.model: {$eq: fast}}`; `None` where it asks for more.
fn asked_models(query: Option<&Tree>) -> Option<Vec<String>> {
    let [(place, operators)] = query?.members() else {
        return None;
    };
    if place != "params.model" {
        return None;
    }
    if let Some(text) = operators.text() {
        return Some(vec![text.to_owned()]);
    }
    let [(operator, value)] = operators.members() else {
        return None;
    };
    match operator.as_str() {
        "$eq" => Some(vec![value.text()?.to_owned()]),
        "$in" => value.texts().ok(),
        _ => None,
    }
}
