//! Names for resources, made from names of other gateways.

use std::collections::{HashMap, HashSet};

use tollgate_model::Name;

/// Gives out names, each once per space: a kind's word, or another.
#[derive(Default)]
pub(crate) struct Names {
    given: HashSet<(&'static str, Name)>,
    /// How often a stem was asked for, so that the next number is near.
    asked: HashMap<(&'static str, String), u32>,
}

/// The longest name that is made; the rest of 128 is for a number that tells it apart.
const LONGEST: usize = 100;

impl Names {
    /// A name that looks like `text`, or like `otherwise` where nothing of the text is allowed in
    /// one; with a number where it was given before.
    pub(crate) fn give(&mut self, space: &'static str, text: &str, otherwise: &str) -> Name {
        let stem = spelt(text).or_else(|| spelt(otherwise));
        let mut stem = stem.unwrap_or_else(|| "imported".to_owned());
        loop {
            let asked = self.asked.entry((space, stem.clone())).or_default();
            *asked += 1;
            let candidate = match *asked {
                1 => stem.clone(),
                number => format!("{stem}-{number}"),
            };
            match candidate.parse::<Name>() {
                Ok(name) if self.given.insert((space, name.clone())) => return name,
                Ok(_) => {}
                Err(_) => "imported".clone_into(&mut stem),
            }
        }
    }
}

/// The text with every run of other letters than those of names as one dash; `None` where nothing
/// is left.
pub(crate) fn spelt(text: &str) -> Option<String> {
    let mut name = String::new();
    for letter in text.trim().chars() {
        let plain = letter.is_ascii_alphanumeric() || "._-:@".contains(letter);
        match plain {
            true if name.is_empty() && !letter.is_ascii_alphanumeric() => {}
            true => name.push(letter),
            false if !name.is_empty() && !name.ends_with('-') => name.push('-'),
            false => {}
        }
        if name.len() >= LONGEST {
            break;
        }
    }
    let name = name.trim_end_matches('-');
    (!name.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_made_of_what_is_allowed_and_given_once() {
        let mut names = Names::default();
        let mut give = |text: &str| names.give("Model", text, "channel-7").to_string();
        assert_eq!(give("gpt-4o"), "gpt-4o");
        assert_eq!(give("gpt-4o"), "gpt-4o-2");
        assert_eq!(give("meta/llama 3 (free)"), "meta-llama-3-free");
        assert_eq!(give("渠道"), "channel-7");
        assert_eq!(give("-_x"), "x");
        assert!(give(&"a".repeat(500)).len() <= 128);
        assert_eq!(names.give("Team", "gpt-4o", "x").as_str(), "gpt-4o");
    }
}
