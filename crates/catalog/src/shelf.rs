//! The models of one provider, and which of them a name means.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use tollgate_model::Usage;
use tollgate_model::abilities::{Abilities, Modalities};
use tollgate_model::catalogue::ModelFacts;

use crate::families::Families;
use crate::glob;
use crate::rows::ModelRow;

/// Models, findable by name. Every name in it is in lower case.
#[derive(Debug, Default)]
pub(crate) struct Shelf {
    facts: Vec<ModelFacts>,
    ids: HashMap<String, usize>,
    /// Other names, each with the first model that has it.
    plain: HashMap<String, usize>,
    /// Patterns, in the order of their models.
    rules: Vec<Rule>,
    /// What is billed at least of a class, where a call uses it.
    least: Usage,
}

#[derive(Debug)]
struct Rule {
    place: usize,
    pattern: String,
    except: Vec<String>,
}

impl Shelf {
    /// Builds it from lists of rows, each with the source of its prices. Where names fit several
    /// models, the first one is meant; of two with the same id the first one is listed. `least` is
    /// what the provider bills at least.
    pub(crate) fn new<'a>(
        lists: impl IntoIterator<Item = (Vec<ModelRow>, &'a str)>,
        families: &Families,
        least: Usage,
    ) -> Shelf {
        let mut shelf = Shelf {
            least,
            ..Shelf::default()
        };
        for (rows, source) in lists {
            for row in rows {
                shelf.add(row, source, families);
            }
        }
        shelf
    }

    fn add(&mut self, row: ModelRow, source: &str, families: &Families) {
        let place = self.facts.len();
        match self.ids.entry(row.id.to_lowercase()) {
            Entry::Occupied(_) => return,
            Entry::Vacant(free) => free.insert(place),
        };
        self.facts.push(facts(&row, source, families, &self.least));
        for pattern in row.patterns {
            if glob::is_plain(&pattern) {
                self.plain.entry(pattern).or_insert(place);
            } else {
                self.rules.push(Rule {
                    place,
                    pattern,
                    except: row.except.clone(),
                });
            }
        }
    }

    pub(crate) fn facts(&self) -> &[ModelFacts] {
        &self.facts
    }

    /// The model that a name means: the id, else what the patterns say, else the same without what
    /// precedes or dates it.
    pub(crate) fn find(&self, name: &str) -> Option<&ModelFacts> {
        let name = lower(name);
        let name = name.strip_prefix("models/").unwrap_or(&name);
        let place = self
            .listed(name)
            .or_else(|| self.listed(&spread_date(name)?))
            .or_else(|| self.listed(undated(name)?))?;
        self.facts.get(place)
    }

    fn listed(&self, name: &str) -> Option<usize> {
        if let Some(place) = self.ids.get(name) {
            return Some(*place);
        }
        let plain = self.plain.get(name).copied();
        let before = plain.unwrap_or(usize::MAX);
        let ruled = self
            .rules
            .iter()
            .take_while(|rule| rule.place < before)
            .find(|rule| {
                glob::fits(&rule.pattern, name) && !rule.except.iter().any(|e| glob::fits(e, name))
            });
        ruled.map(|rule| rule.place).or(plain)
    }
}

fn facts(row: &ModelRow, source: &str, families: &Families, least: &Usage) -> ModelFacts {
    let max_output = row.max_output.or_else(|| families.max_output(&row.id));
    let price = row.schedule(source, least);
    let family = families.kind(&row.id, price.as_ref());
    ModelFacts {
        context_window: row.context,
        max_output: max_output.map(|tokens| row.context.map_or(tokens, |all| all.min(tokens))),
        input: or(row.input, Modalities::is_unknown, family.input),
        output: or(row.output, Modalities::is_unknown, family.output),
        abilities: or(row.can, Abilities::is_unknown, family.can),
        deprecated: row.deprecated,
        services: row.schedules(source, least),
        id: row.id.clone(),
        price,
    }
}

fn or<T>(own: T, unknown: fn(&T) -> bool, general: T) -> T {
    if unknown(&own) { general } else { own }
}

fn lower(name: &str) -> Cow<'_, str> {
    if name
        .bytes()
        .any(|byte| byte.is_ascii_uppercase() || !byte.is_ascii())
    {
        Cow::Owned(name.to_lowercase())
    } else {
        Cow::Borrowed(name)
    }
}

/// `gpt-4o-20240513` as `gpt-4o-2024-05-13`: some resellers write dates without dashes, and a
/// dated model may have a price of its own.
fn spread_date(name: &str) -> Option<String> {
    let (model, date) = name.rsplit_once('-')?;
    if !glob::fits("20######", date) {
        return None;
    }
    Some(format!(
        "{model}-{}-{}-{}",
        date.get(..4)?,
        date.get(4..6)?,
        date.get(6..)?
    ))
}

/// The name without `-latest` or a date at its end.
fn undated(name: &str) -> Option<&str> {
    let endings = ["-latest", "-20##-##-##", "-20######"];
    endings.iter().find_map(|ending| {
        let cut = name
            .len()
            .checked_sub(ending.len())
            .filter(|cut| *cut > 0)?;
        let (rest, end) = name.split_at_checked(cut)?;
        glob::fits(ending, end).then_some(rest)
    })
}

#[cfg(test)]
mod tests {
    use tollgate_model::abilities::Ability;

    use super::*;
    use crate::families::tests::families;

    fn shelf() -> Shelf {
        let rows: Vec<ModelRow> = serde_json::from_str(
            r#"[
            {"id":"gpt-4o","match":["gpt-4o-2024-08-06","gpt-4o-####-##-##"]},
            {"id":"gpt-4o-2024-05-13"},
            {"id":"gemini-pro","match":["gemini-pro*"],"except":["*-tts"]},
            {"id":"gemini-pro-tts","match":["*-tts"]},
            {"id":"Qwen/Qwen3-32B","context":8000},
            {"id":"anthropic/claude-sonnet-4.5","context":200000},
            {"id":"gemini-pro-x","max_output":7,"can":["chat","tools"],"deprecated":true}]"#,
        )
        .unwrap();
        let families = families(
            r#"[{"match":"claude-sonnet-4-5*","tokens":64000},{"match":"qwen*","tokens":9000},
                {"match":"gemini-pro*","tokens":8}]"#,
            r#"[{"match":"gemini-*","input":["text"],"can":["chat"]}]"#,
        );
        Shelf::new([(rows, "test")], &families, Usage::NONE)
    }

    #[test]
    fn a_name_means_its_model() {
        let shelf = shelf();
        for (name, id) in [
            ("gpt-4o", Some("gpt-4o")),
            ("gpt-4o-2024-08-06", Some("gpt-4o")),
            ("gpt-4o-2026-01-01", Some("gpt-4o")),
            ("gpt-4o-2024-05-13", Some("gpt-4o-2024-05-13")),
            ("gpt-4o-20240513", Some("gpt-4o-2024-05-13")),
            ("gpt-4o-20260101", Some("gpt-4o")),
            ("gpt-4o-latest", Some("gpt-4o")),
            ("GPT-4o", Some("gpt-4o")),
            ("models/gemini-pro", Some("gemini-pro")),
            ("gemini-pro-002", Some("gemini-pro")),
            ("gemini-pro-2-tts", Some("gemini-pro-tts")),
            ("gemini-pro-x", Some("gemini-pro-x")),
            ("qwen/qwen3-32b", Some("Qwen/Qwen3-32B")),
            ("gpt-4o-mini", None),
            ("gpt", None),
            ("-latest", None),
            ("-2024-05-13", None),
            ("日本語-2024-05-1", None),
            ("", None),
        ] {
            let found = shelf.find(name).map(|facts| facts.id.as_str());
            assert_eq!(found, id, "{name}");
        }
    }

    #[test]
    fn the_limit_of_an_answer_is_the_rows_own_else_the_familys() {
        let shelf = shelf();
        let limit = |name| shelf.find(name).unwrap().max_output;
        assert_eq!(limit("anthropic/claude-sonnet-4.5"), Some(64_000));
        assert_eq!(limit("Qwen/Qwen3-32B"), Some(8_000));
        assert_eq!(limit("gemini-pro-x"), Some(7));
        assert_eq!(limit("gpt-4o"), None);
    }

    #[test]
    fn what_a_model_can_do_is_the_rows_own_else_the_familys() {
        let shelf = shelf();
        let facts = |name| shelf.find(name).unwrap();
        assert!(!facts("gemini-pro").abilities.may_have(Ability::Tools));
        assert!(facts("gemini-pro-x").abilities.has(Ability::Tools));
        assert!(facts("gemini-pro-x").deprecated && !facts("gemini-pro").deprecated);
        assert!(facts("gpt-4o").abilities.is_unknown());
    }
}
