//! The data of genai-prices, as its project publishes them and its crate carries them: prices of
//! some two thousand models, in JSON. They are read by their decimal digits, so that no float comes
//! near a price.

mod names;
mod notes;
mod number;
mod prices;
mod services;

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use tollgate_model::Rate;
use tollgate_model::abilities::{Abilities, Modalities};
use tollgate_model::resource::SpecError;
use tollgate_model::usage::UsageClass;

use crate::glob;
use crate::rows::{ModelRow, PriceRow};

use names::Names;
use prices::{Conditional, price_row};
use services::Variant;

pub use notes::Notes;

/// What a call cannot be without, one or the other: a model without a price for any of it has none.
const BILLED: &[UsageClass] = &[
    UsageClass::Input,
    UsageClass::Output,
    UsageClass::AudioSeconds,
    UsageClass::Characters,
    UsageClass::Pages,
    UsageClass::Requests,
];

/// Models without any price that are free of charge by the word of their provider: those with such
/// a name at OpenRouter and elsewhere, and OpenAI's moderation.
const FREE: &[&str] = &["*:free", "*moderation*"];

/// Models that a list has although the provider does not serve them where our catalogue calls it:
/// Google's list has Claude, which only Vertex AI serves.
const FOREIGN: &[(&str, &str)] = &[("google", "claude-*")];

/// The lists of models of one file.
#[derive(Debug, Default)]
pub struct Lists {
    /// Those that were wanted, in their order.
    pub models: Vec<(String, Vec<ModelRow>)>,
    /// The names of all.
    pub known: BTreeSet<String>,
    /// What a reader of the prices should know.
    pub notes: Notes,
}

/// Reads the lists that are wanted. Fails with every model that is not understood.
pub fn read(text: &str, wanted: impl Fn(&str) -> bool) -> Result<Lists, Vec<SpecError>> {
    let lists: Vec<List<'_>> = serde_json::from_str(text).map_err(|error| {
        vec![SpecError::new(
            "the file",
            format!("is not what genai-prices publishes: {error}"),
        )]
    })?;
    let (mut read, mut faults) = (Lists::default(), Vec::new());
    for list in lists {
        read.known.insert(list.id.clone());
        if !wanted(&list.id) {
            continue;
        }
        let mut rows = Vec::new();
        let foreign = |model: &&Model<'_>| {
            let fits = |(of, names): &(&str, &str)| *of == list.id && glob::fits(names, &model.id);
            !FOREIGN.iter().any(fits)
        };
        for model in list.models.iter().filter(foreign) {
            let place = format!("{}/{}", list.id, model.id);
            match model.row(&place, &mut read.notes) {
                Ok(row) => rows.push(row),
                Err(why) => faults.push(SpecError::new(place, why)),
            }
        }
        read.models.push((list.id, rows));
    }
    if faults.is_empty() {
        Ok(read)
    } else {
        Err(faults)
    }
}

/// The models of one provider.
#[derive(Deserialize)]
struct List<'a> {
    id: String,
    #[serde(borrow)]
    models: Vec<Model<'a>>,
}

#[derive(Deserialize)]
struct Model<'a> {
    id: String,
    #[serde(rename = "match")]
    rule: Value,
    context_window: Option<u64>,
    #[serde(default)]
    deprecated: Option<bool>,
    #[serde(borrow)]
    prices: &'a RawValue,
    #[serde(borrow, default)]
    price_variants: Vec<Variant<'a>>,
}

impl Model<'_> {
    fn row(&self, name: &str, notes: &mut Notes) -> Result<ModelRow, String> {
        let names = Names::read(&self.rule)?;
        let entries = self.entries()?;
        let prices = self.prices(&entries, name, notes)?;
        if prices.is_empty() {
            notes.unpriced.insert(name.to_owned());
        }
        let id = names.called(&self.id);
        let own = id.to_lowercase();
        let services = services::read(&entries, &self.price_variants, name, notes)?;
        Ok(ModelRow {
            patterns: names
                .any
                .into_iter()
                .filter(|pattern| *pattern != own)
                .collect(),
            except: names.except,
            context: self.context_window,
            max_output: None,
            input: Modalities::UNKNOWN,
            output: Modalities::UNKNOWN,
            can: Abilities::UNKNOWN,
            deprecated: self.deprecated.unwrap_or(false),
            services: if prices.is_empty() {
                BTreeMap::new()
            } else {
                services
            },
            prices,
            id,
        })
    }

    fn entries(&self) -> Result<Vec<Conditional<'_>>, String> {
        let text = self.prices.get();
        let wrong = |error| format!("its prices are not understood: {error}");
        if text.starts_with('[') {
            return serde_json::from_str(text).map_err(wrong);
        }
        Ok(vec![Conditional {
            constraint: None,
            prices: serde_json::from_str(text).map_err(wrong)?,
        }])
    }

    fn prices(
        &self,
        entries: &[Conditional<'_>],
        name: &str,
        notes: &mut Notes,
    ) -> Result<Vec<PriceRow>, String> {
        let mut rows = Vec::new();
        for entry in entries {
            let mut row = price_row(&entry.prices, name, notes)?;
            if entry.prices.is_empty() && FREE.iter().any(|free| glob::fits(free, name)) {
                let free = [
                    (UsageClass::Input, Rate::FREE),
                    (UsageClass::Output, Rate::FREE),
                ];
                row.rates.extend(free);
            }
            if let Some(constraint) = &entry.constraint {
                constraint.write(&mut row)?;
            }
            rows.push(row);
        }
        let always = rows
            .first()
            .is_some_and(|row| row.from.is_none() && row.daily.is_none());
        if !always {
            return Err("its first price does not always hold".to_owned());
        }
        let billed = |row: &PriceRow| BILLED.iter().any(|class| row.rates.contains_key(class));
        Ok(if rows.iter().all(billed) {
            rows
        } else {
            Vec::new()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(json: &str) -> Result<ModelRow, Vec<SpecError>> {
        let text = format!(r#"[{{"id":"maker","name":"M","models":[{json}]}}]"#);
        let mut lists = read(&text, |_| true)?;
        Ok(lists.models.pop().unwrap().1.pop().unwrap())
    }

    fn written(json: &str) -> String {
        serde_json::to_string(&model(json).unwrap()).unwrap()
    }

    #[test]
    fn prices_by_the_hour_the_page_and_the_thousand_become_prices_by_the_million() {
        insta::assert_snapshot!(
            written(r#"{"id":"w","match":{"equals":"w"},"prices":
                {"audio_hours":0.36,"input_audio_hours":0.36,"input_document_kpages":4,"input_mchars":15}}"#),
            @r#"{"id":"w","prices":[{"rates":{"audio_seconds":"100.00","characters":"15.00","pages":"4000.00"}}]}"#
        );
    }

    #[test]
    fn a_tier_of_service_has_prices_for_what_it_prices_and_the_standard_ones_for_the_rest() {
        insta::assert_snapshot!(
            written(r#"{"id":"m","match":{"equals":"m"},
                "prices":[{"prices":{"input_mtok":2,"output_mtok":8,"web_searches_kcount":10}},
                    {"constraint":{"start_date":"2027-01-01"},"prices":{"input_mtok":3,"output_mtok":9}}],
                "price_variants":[
                    {"when":{"service_tier":"default"},"prices":{}},
                    {"when":{"service_tier":"flex"},"prices":{"input_mtok":1},
                        "constraint":{"start_date":"2026-10-15"}},
                    {"when":{"processing":"batch"},"prices":{"input_mtok":0.5,"output_mtok":4}},
                    {"when":{"route":"eu"},"prices":{"input_mtok":9}}]}"#),
            @r#"{"id":"m","prices":[{"rates":{"input":"2.00","output":"8.00","web_searches":"10000.00"}},{"from":"2027-01-01T00:00:00Z","rates":{"input":"3.00","output":"9.00"}}],"services":{"batch":[{"rates":{"input":"0.50","output":"4.00","web_searches":"10000.00"}},{"from":"2027-01-01T00:00:00Z","rates":{"input":"0.50","output":"4.00"}}],"flex":[{"rates":{"input":"2.00","output":"8.00","web_searches":"10000.00"}},{"from":"2026-10-15T00:00:00Z","rates":{"input":"1.00","output":"8.00","web_searches":"10000.00"}},{"from":"2027-01-01T00:00:00Z","rates":{"input":"1.00","output":"9.00"}}]}}"#
        );
    }

    #[test]
    fn what_is_not_billed_by_anything_that_a_call_uses_has_no_price() {
        for (prices, id, priced) in [
            (r#"{"web_searches_kcount":5}"#, "m", false),
            ("{}", "m", false),
            ("{}", "m:free", true),
            (r#"{"requests_kcount":5}"#, "m", true),
        ] {
            let json = format!(r#"{{"id":"{id}","match":{{"equals":"{id}"}},"prices":{prices}}}"#);
            assert_eq!(!model(&json).unwrap().prices.is_empty(), priced, "{json}");
        }
    }

    #[test]
    fn every_model_that_is_not_understood_is_named() {
        let wrong = r#"[{"id":"maker","models":[
            {"id":"a","match":{"sounds_like":"a"},"prices":{}},
            {"id":"b","match":{"equals":"b"},"prices":{"input_mtok":-1}},
            {"id":"c","match":{"equals":"c"},"prices":{"input_mtok":1}},
            {"id":"d","match":{"equals":"d"},
                "prices":[{"constraint":{"start_date":"2027-01-01"},"prices":{"input_mtok":1}}]}]}]"#;
        let faults = read(wrong, |_| true).unwrap_err();
        let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
        insta::assert_snapshot!(told.join("\n"), @r#"
        maker/a: an unknown rule: sounds_like
        maker/b: "-1" is not a price
        maker/d: its first price does not always hold
        "#);
        assert!(read("{}", |_| true).is_err());
    }
}
