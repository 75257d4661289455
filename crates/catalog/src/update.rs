//! Newer models and prices than those that are built in, without a newer program.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tollgate_model::Micros;
use tollgate_model::catalogue::{Catalogue, ModelFacts, ProviderFacts};
use tollgate_model::resource::{SpecError, nearest, with_suggestion};
use tollgate_model::snapshot::SANDBOX;

use crate::builtin::{builtin, families, list_of, rows};
use crate::genai;
use crate::rows::{ModelRow, PriceRow, ProviderRow};
use crate::shelf::Shelf;

/// The most models of an update, and the most prices of one.
const MOST_MODELS: usize = 50_000;
const MOST_PRICES: usize = 200;
/// The longest id, pattern and source, in bytes.
const LONGEST: usize = 300;
/// Faults beyond this many are counted, not told.
const MOST_FAULTS: usize = 100;

/// Lists of models, each of which takes the place of the built-in one. What `prices.json` holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Update {
    /// Where they come from, for people.
    pub source: String,
    /// The models by the name of a list of the catalogue, or of a provider that has none there.
    pub providers: BTreeMap<String, Vec<ModelRow>>,
}

/// The file, before its models are read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File<'a> {
    source: String,
    #[serde(borrow)]
    providers: BTreeMap<String, Vec<&'a RawValue>>,
}

impl Update {
    /// Reads an update in the form of `prices.json`, or as genai-prices publishes its data, where
    /// lists that no provider of the catalogue uses are left out; `origin` then says where it is
    /// from. Fails with every fault and its place.
    pub fn read(text: &str, origin: &str) -> Result<Update, Vec<SpecError>> {
        let mut update = match text.trim_start().starts_with('[') {
            true => published(text, origin)?,
            false => own(text)?,
        };
        let faults = update.faults();
        update.providers.retain(|_, rows| !rows.is_empty());
        if faults.is_empty() {
            Ok(update)
        } else {
            Err(few(faults))
        }
    }

    /// How many models it has.
    pub fn models(&self) -> usize {
        self.providers.values().map(Vec::len).sum()
    }

    /// The built-in catalogue with these lists in the place of its own. `revision` is that of the
    /// configuration which brought them; prices tell it with their source.
    pub fn catalogue(&self, revision: u64) -> Arc<dyn Catalogue> {
        let source = format!("{} (catalogue of revision {revision})", self.source);
        let mut shelves = HashMap::new();
        for row in rows() {
            let names = lists_of(row);
            if !names.iter().any(|list| self.providers.contains_key(*list)) {
                continue;
            }
            // A provider of several lists keeps those that the update does not name.
            let lists = names.iter().map(|list| match self.providers.get(*list) {
                Some(models) => (models.clone(), source.as_str()),
                None => list_of(list),
            });
            shelves.insert(row.id.clone(), Shelf::new(lists, families(), row.least()));
        }
        Arc::new(Updated {
            base: builtin(),
            shelves,
        })
    }

    fn faults(&self) -> Vec<SpecError> {
        let mut faults = Vec::new();
        let mut fault = |place: &str, why: &str| faults.push(SpecError::new(place, why));
        if self.source.trim().is_empty() || !is_fit(&self.source) {
            fault("source", "say in a few words where the prices come from");
        }
        if self.models() == 0 {
            fault("providers", "there are no models in it");
        }
        if self.models() > MOST_MODELS {
            fault("providers", "there are more than 50000 models in it");
        }
        for (list, models) in &self.providers {
            let place = format!("providers.{list}");
            if !is_used(list) {
                fault(&place, &unknown_list(list));
            }
            let mut ids = HashSet::new();
            for (at, model) in models.iter().enumerate() {
                let place = format!("{place}[{at}] ({})", model.id);
                if !ids.insert(model.id.to_lowercase()) {
                    fault(&place, "the id is there twice");
                }
                for why in model_faults(model) {
                    fault(&place, &why);
                }
            }
        }
        faults
    }
}

/// The lists from which a provider takes its models: those that its row names, else one of its id.
fn lists_of(row: &ProviderRow) -> Vec<&str> {
    match row.prices.as_slice() {
        _ if row.id == SANDBOX => Vec::new(),
        [] => vec![&row.id],
        lists => lists.iter().map(String::as_str).collect(),
    }
}

fn is_used(list: &str) -> bool {
    rows().iter().any(|row| lists_of(row).contains(&list))
}

fn unknown_list(list: &str) -> String {
    let known = rows().iter().flat_map(lists_of);
    let near = nearest(list, known).map(|near| format!("; did you mean {near}?"));
    let near = near.unwrap_or_default();
    format!("no provider of the catalogue takes its models from a list of this name{near}")
}

fn own(text: &str) -> Result<Update, Vec<SpecError>> {
    let file: File<'_> = serde_json::from_str(text).map_err(|error| {
        let what = with_suggestion(&error.to_string());
        let why = format!("is neither prices as this catalogue has them nor genai-prices': {what}");
        vec![SpecError::new("the file", why)]
    })?;
    let (mut providers, mut faults) = (BTreeMap::new(), Vec::new());
    for (list, texts) in file.providers {
        let mut models = Vec::new();
        for (at, text) in texts.iter().enumerate() {
            match model(text.get()) {
                Ok(row) => models.push(row),
                Err((path, why)) => {
                    let place = format!("providers.{list}[{at}]{path}");
                    faults.push(SpecError::new(place, why));
                }
            }
        }
        providers.insert(list, models);
    }
    if faults.is_empty() {
        let source = file.source;
        Ok(Update { source, providers })
    } else {
        Err(few(faults))
    }
}

/// A model, or the path within it and what is wrong there.
fn model(text: &str) -> Result<ModelRow, (String, String)> {
    let mut reader = serde_json::Deserializer::from_str(text);
    serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        let told = error.into_inner().to_string();
        let told = told
            .rsplit_once(" at line ")
            .map_or(told.as_str(), |(told, _)| told);
        let path = match path.trim_end_matches(".?") {
            "." | "?" => String::new(),
            path => format!(".{path}"),
        };
        (path, with_suggestion(told))
    })
}

fn published(text: &str, origin: &str) -> Result<Update, Vec<SpecError>> {
    let lists = genai::read(text, is_used).map_err(few)?;
    let source = match origin {
        "" => "genai-prices".to_owned(),
        origin => format!("genai-prices, from {origin}"),
    };
    Ok(Update {
        source,
        providers: lists.models.into_iter().collect(),
    })
}

fn few(mut faults: Vec<SpecError>) -> Vec<SpecError> {
    let more = faults.len().saturating_sub(MOST_FAULTS);
    if more > 0 {
        faults.truncate(MOST_FAULTS);
        let told = format!("has {more} more faults, which are not listed");
        faults.push(SpecError::new("the file", told));
    }
    faults
}

fn is_fit(text: &str) -> bool {
    text.len() <= LONGEST && !text.contains(char::is_control)
}

fn model_faults(model: &ModelRow) -> Vec<String> {
    let mut faults = Vec::new();
    if model.id.is_empty() || !is_fit(&model.id) {
        faults.push("the id is empty, too long, or no plain text".to_owned());
    }
    for pattern in model.patterns.iter().chain(&model.except) {
        if pattern.is_empty() || !is_fit(pattern) || *pattern != pattern.to_lowercase() {
            let why = "a pattern is lower-case text of at most 300 bytes";
            faults.push(format!(
                "\"{}\": {why}",
                pattern.chars().take(50).collect::<String>()
            ));
        }
    }
    let lists = model
        .services
        .iter()
        .map(|(tier, rows)| (format!("services.{tier}"), rows));
    for (place, rows) in [("prices".to_owned(), &model.prices)]
        .into_iter()
        .chain(lists)
    {
        if rows.len() > MOST_PRICES {
            faults.push(format!("{place}: a model has at most {MOST_PRICES} prices"));
        }
        if rows
            .first()
            .is_some_and(|row| row.from.is_some() || row.daily.is_some())
        {
            faults.push(format!(
                "{place}[0]: the first price holds always, without from or daily"
            ));
        }
        for (at, row) in rows.iter().enumerate() {
            let wrong = price_fault(row);
            faults.extend(wrong.map(|why| format!("{place}[{at}]: {why}")));
        }
    }
    if model.prices.is_empty() && !model.services.is_empty() {
        faults.push("services: prices of other tiers need prices of the standard one".to_owned());
    }
    faults
}

fn price_fault(row: &PriceRow) -> Option<String> {
    if row.from.is_some() && row.daily.is_some() {
        return Some("a price holds from a moment on or daily, not both".to_owned());
    }
    if let Some(from) = row
        .from
        .as_deref()
        .filter(|from| Micros::parse(from).is_none())
    {
        let from: String = from.chars().take(50).collect();
        return Some(format!(
            "\"{from}\" is not a moment such as 2026-12-01T00:00:00Z"
        ));
    }
    if row
        .daily
        .is_some_and(|(from, until)| from >= 86_400 || until > 86_400)
    {
        return Some("daily is two numbers of seconds after midnight, up to 86400".to_owned());
    }
    if row.rates.is_empty() {
        return Some("a price has at least one rate".to_owned());
    }
    row.above
        .contains_key(&0)
        .then(|| "above 0 is what the rates themselves say".to_owned())
}

/// The built-in catalogue with other models for some providers.
struct Updated {
    base: Arc<dyn Catalogue>,
    shelves: HashMap<String, Shelf>,
}

impl Catalogue for Updated {
    fn provider(&self, id: &str) -> Option<&ProviderFacts> {
        self.base.provider(id)
    }

    fn models(&self, provider: &str) -> &[ModelFacts] {
        match self.shelves.get(provider) {
            Some(shelf) => shelf.facts(),
            None => self.base.models(provider),
        }
    }

    fn model(&self, provider: &str, name: &str) -> Option<&ModelFacts> {
        match self.shelves.get(provider) {
            Some(shelf) => shelf.find(name),
            None => self.base.model(provider, name),
        }
    }
}

#[cfg(test)]
mod tests {
    use tollgate_model::{Nanos, Usage, UsageClass};

    use super::*;

    fn faults(text: &str) -> String {
        let faults = Update::read(text, "a file").unwrap_err();
        let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
        told.join("\n")
    }

    #[test]
    fn an_update_takes_the_place_of_the_lists_that_it_names() {
        let text = r#"{"source":"our deal","providers":{
            "x-ai":[{"id":"grok-9","match":["grok-9-*"],"context":5000,"prices":[{"rates":{"input":"2","output":"4"}}]}],
            "jina":[{"id":"jina-embeddings-v4","prices":[{"rates":{"input":"0.05"}}]}]}}"#;
        let update = Update::read(text, "").unwrap();
        assert_eq!(update.models(), 2);
        let catalogue = update.catalogue(12);
        let grok = catalogue.model("xai", "grok-9-fast").unwrap();
        assert_eq!(grok.context_window, Some(5_000));
        let price = grok.price.as_ref().unwrap().at(Micros(0));
        assert_eq!(price.source, "our deal (catalogue of revision 12)");
        let usage = Usage::NONE.with(UsageClass::Output, 1);
        assert_eq!(price.cost(&usage).total, Nanos::new(4_000));
        assert!(
            catalogue.model("xai", "grok-3").is_none(),
            "the list is another"
        );
        assert!(catalogue.model("jina", "jina-embeddings-v4").is_some());
        assert!(
            catalogue.model("openai", "gpt-5").is_some(),
            "the rest is as it was"
        );
        let again = Update::read(&serde_json::to_string(&update).unwrap(), "").unwrap();
        assert_eq!(again, update);
    }

    #[test]
    fn the_form_in_which_genai_prices_publishes_is_understood_too() {
        let text = r#"[{"id":"x-ai","name":"xAI","models":[{"id":"grok-9","match":{"equals":"grok-9"},
            "prices":{"input_mtok":0.1}}]},{"id":"nobody-uses-this","models":[]}]"#;
        let update = Update::read(text, "https://prices.example/data.json").unwrap();
        assert_eq!(
            update.source,
            "genai-prices, from https://prices.example/data.json"
        );
        assert!(update.catalogue(1).model("xai", "grok-9").is_some());
    }

    #[test]
    fn what_is_built_in_is_an_update_that_changes_nothing() {
        let text = include_str!("../data/prices.json");
        let update = Update::read(text, "").unwrap();
        assert!(update.models() > 1_600);
        let (old, new) = (builtin(), update.catalogue(1));
        assert_eq!(crate::compare(&*old, &*new, Micros(0)), []);
    }

    #[test]
    fn every_fault_is_told_with_its_place() {
        insta::assert_snapshot!(
            faults(r#"{"source":" ","providers":{
                "opnai":[{"id":"a"}],
                "openai":[{"id":"a","match":["A*"],"prices":[{"from":"June","rates":{"input":"1"}}]},
                    {"id":"A","services":{"flex":[{"rates":{}}]}},
                    {"id":"b","prices":[{"rates":{"input":"1"},"above":{"0":{"input":"2"}}},
                        {"daily":[90000,1],"rates":{"input":"1"}}]}]}}"#),
            @r#"
        source: say in a few words where the prices come from
        providers.openai[0] (a): "A*": a pattern is lower-case text of at most 300 bytes
        providers.openai[0] (a): prices[0]: the first price holds always, without from or daily
        providers.openai[0] (a): prices[0]: "June" is not a moment such as 2026-12-01T00:00:00Z
        providers.openai[1] (A): the id is there twice
        providers.openai[1] (A): services.flex[0]: a price has at least one rate
        providers.openai[1] (A): services: prices of other tiers need prices of the standard one
        providers.openai[2] (b): prices[0]: above 0 is what the rates themselves say
        providers.openai[2] (b): prices[1]: daily is two numbers of seconds after midnight, up to 86400
        providers.opnai: no provider of the catalogue takes its models from a list of this name; did you mean openai?
        "#
        );
        let told = faults(
            r#"{"source":"s","providers":{"openai":[{"id":"a","prices":[{"rates":{"input":1.5}}]},
                {"id":"b","context":-1},{"name":"c"},{"id":"d","prices":[{"rates":{"inptu":"1"}}]}]}}"#,
        );
        let begin = |line: &str| line.chars().take(75).collect::<String>();
        let begun: Vec<String> = told.lines().map(begin).collect();
        insta::assert_snapshot!(begun.join("\n"), @r#"
        providers.openai[0].prices[0].rates: invalid type: floating point `1.5`, ex
        providers.openai[1].context: invalid value: integer `-1`, expected u64
        providers.openai[2].name: unknown field `name`, expected one of `id`, `matc
        providers.openai[3].prices[0].rates: unknown variant `inptu`, expected one
        "#);
        assert!(told.ends_with("did you mean `input`?"), "{told}");
        for text in [
            "",
            "{}",
            "null",
            "[1]",
            r#"{"source":"s","providers":{}}"#,
            "{\"source\":1}",
        ] {
            assert!(!faults(text).is_empty(), "{text}");
        }
        assert!(
            faults(r#"{"source":"s","providers":{"sandbox":[{"id":"a"}]}}"#).contains("sandbox")
        );
    }

    #[test]
    fn of_many_faults_some_are_told() {
        let rows = vec![r#"{"id":""}"#; 500].join(",");
        let told = faults(&format!(
            r#"{{"source":"s","providers":{{"openai":[{rows}]}}}}"#
        ));
        assert_eq!(told.lines().count(), MOST_FAULTS + 1);
    }
}
