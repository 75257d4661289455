//! Channels: each is a provider, and what it serves are targets of models.

use std::collections::BTreeMap;

use tollgate_model::Name;
use tollgate_model::snapshot::SecretText;

use crate::draft::{Cloud, KeySource, Upstream, facts, header_passes};
use crate::names::spelt;
use crate::providers::{self, Address};
use crate::routing::{Choice, Route, Target};
use crate::tree::Tree;
use crate::yaml;

use super::cells::{cell, integer, json_map, listed, rows};
use super::import::{Import, Offer};
use super::kinds::{self, ChannelKind};

/// The status of a channel that is switched on.
const ENABLED: i64 = 1;

/// The header in which OpenAI is told the organization that pays.
const ORGANIZATION: &str = "openai-organization";

impl<'t> Import<'t> {
    /// Reads every channel.
    pub(super) fn channels(&mut self, root: &'t Tree) {
        for row in rows(root, "channels") {
            self.channel(row);
        }
    }

    fn channel(&mut self, row: &'t Tree) {
        let id = cell(row, "id").unwrap_or_default().to_owned();
        let label = cell(row, "name").unwrap_or_default().to_owned();
        let number = integer(row, "type").unwrap_or_default();
        if integer(row, "status").is_some_and(|status| status != ENABLED) {
            let why = "this channel is switched off";
            let instead = "switch it on before the import, or add the Provider by hand";
            self.draft.plan.report.left(row, why, instead);
            return;
        }
        let Some(upstream) = self.upstream(row, number, (&label, &id)) else {
            return;
        };
        let provider = match self.draft.provider(row, &upstream) {
            Ok(provider) => provider,
            Err(why) => {
                let why = format!("channel {label}: {why}");
                let instead = "give the channel an address, or add the Provider by hand";
                self.draft.plan.report.left(row, why, instead);
                return;
            }
        };
        self.offers(row, &provider);
    }

    fn upstream(
        &mut self,
        row: &'t Tree,
        number: i64,
        (label, id): (&str, &str),
    ) -> Option<Upstream> {
        let own = cell(row, "base_url");
        let fallback = format!("channel-{id}");
        let stem = spelt(label).unwrap_or(fallback);
        let mut cloud = None;
        let (catalog, base_url) = match kinds::channel_kind(self.flavour, number) {
            Some(ChannelKind {
                id, base, below, ..
            }) => {
                let base = own.unwrap_or(base);
                let address = match below {
                    "" => Address::Same,
                    path => Address::Below(path),
                };
                let url = (!base.is_empty()).then(|| address.written(base));
                ((!id.is_empty()).then_some(id), url)
            }
            None if number == kinds::AZURE && own.is_some() => {
                cloud = Some(Cloud::Azure(providers::azure_version(cell(row, "other"))));
                (Some("azure-openai"), own.map(providers::azure))
            }
            None => {
                let why =
                    format!("channel {label}: type {number} is not one that can be asked here");
                self.draft.plan.report.left(row, why, providers::INSTEAD);
                return None;
            }
        };
        let mut headers = BTreeMap::new();
        let organization = cell(row, "openai_organization");
        if let Some(organization) = organization.filter(|text| header_passes(ORGANIZATION, text)) {
            headers.insert(ORGANIZATION.to_owned(), organization.to_owned());
        }
        Some(Upstream {
            keys: self.keys(row, catalog, &stem),
            stem,
            catalog,
            base_url,
            headers,
            cloud,
        })
    }

    /// The keys of a channel: one to a line, or a list in JSON.
    fn keys(&mut self, row: &'t Tree, catalog: Option<&str>, stem: &str) -> Vec<KeySource> {
        let Some(text) = cell(row, "key") else {
            if catalog.and_then(facts).is_some_and(|facts| facts.keyless) {
                return Vec::new();
            }
            let how = "the API gives no keys of channels: the secret has to be set by hand";
            self.draft.plan.report.changed(row, how);
            return vec![KeySource::Elsewhere(stem.to_owned())];
        };
        let off = self.switched_off(row);
        let keys: Vec<String> = match text.starts_with('[') {
            true => {
                let tree = yaml::embedded(row, text);
                let items = tree.as_ref().map(Tree::items).unwrap_or_default();
                items
                    .iter()
                    .filter_map(Tree::text)
                    .map(str::to_owned)
                    .collect()
            }
            false => text.lines().map(|line| line.trim().to_owned()).collect(),
        };
        let used = keys
            .iter()
            .enumerate()
            .filter(|(place, key)| !key.is_empty() && !off.contains(&place.to_string()));
        used.map(|(_, key)| KeySource::Literal(SecretText::new(key)))
            .collect()
    }

    /// The places of a channel's keys that are switched off.
    fn switched_off(&mut self, row: &'t Tree) -> Vec<String> {
        let Some(text) = cell(row, "channel_info") else {
            return Vec::new();
        };
        let Some(info) = yaml::embedded(row, text) else {
            return Vec::new();
        };
        let states = info.get("multi_key_status_list").map(Tree::members);
        let off: Vec<String> = states
            .unwrap_or_default()
            .iter()
            .filter(|(_, state)| state.text() != Some("1"))
            .map(|(place, _)| place.clone())
            .collect();
        if !off.is_empty() {
            let how = format!(
                "{} of the channel's keys are switched off, and were left out",
                off.len()
            );
            self.draft.plan.report.changed(row, how);
        }
        off
    }

    fn offers(&mut self, row: &'t Tree, provider: &Name) {
        let mapping = json_map(row, "model_mapping");
        let models = listed(cell(row, "models").unwrap_or_default());
        let groups = listed(cell(row, "group").unwrap_or("default"));
        let priority = integer(row, "priority").unwrap_or_default();
        let weight = integer(row, "weight").unwrap_or_default();
        let weight = u32::try_from(weight).unwrap_or_default();
        for name in &models {
            let model = mapped(&mapping, name);
            for group in &groups {
                let served = self.groups.entry(group.clone()).or_default();
                served.insert(name.clone());
            }
            self.prices(row, provider, (name, &model));
            self.routes.entry(name.clone()).or_default().push(Offer {
                at: row,
                provider: provider.clone(),
                model,
                priority,
                weight,
            });
        }
        if !mapping.is_empty() {
            let what = format!(
                "names of models that are mapped ({}), as names at Provider {provider}",
                mapping.len()
            );
            self.draft.plan.report.taken(row, what);
        }
        if models.is_empty() {
            let how = format!("the channel serves no model: only Provider {provider} was made");
            self.draft.plan.report.changed(row, how);
        }
    }

    /// Makes the models: the channels of the highest priority by weight, the others where they fail.
    pub(super) fn write_models(&mut self) {
        let first = self.routes.values().flatten().map(|offer| offer.at).next();
        for (name, mut offers) in std::mem::take(&mut self.routes) {
            offers.sort_by_key(|offer| std::cmp::Reverse(offer.priority));
            let Some(first) = offers.first() else {
                continue;
            };
            let (at, highest) = (first.at, first.priority);
            let heavy = offers
                .iter()
                .any(|offer| offer.priority == highest && offer.weight > 0);
            let targets = offers.iter().map(|offer| {
                let weight = match (offer.priority == highest, heavy) {
                    (true, true) => offer.weight,
                    (true, false) => 1,
                    (false, _) => 0,
                };
                Target::share(&offer.provider, &offer.model, weight)
            });
            let route = Route {
                choice: Choice::Weighted,
                targets: targets.collect(),
                cache: None,
                fallback_on: Vec::new(),
            };
            let given = self.draft.model(at, &name, &route);
            self.renamed.insert(name, given);
        }
        if self.groups.len() > 1 {
            let groups: Vec<String> = self.groups.keys().cloned().collect();
            if let Some(at) = first {
                let how = format!(
                    "groups ({}): a key may ask for the models of its user's group; which channel \
                     answers is the same for all groups",
                    groups.join(", ")
                );
                self.draft.plan.report.changed(at, how);
            }
        }
    }
}

/// The provider's name for a model; a mapped name may be mapped again.
fn mapped(mapping: &BTreeMap<String, String>, name: &str) -> String {
    let mut model = name;
    for _ in 0..mapping.len() {
        match mapping.get(model) {
            Some(next) if next != model => model = next,
            _ => break,
        }
    }
    model.to_owned()
}
