//! What Google's reader of JSON allows that others do not: members in camel case or with underscores,
//! one element where an array belongs, numbers in quotes.

use std::borrow::Cow;

use tollgate_model::Refusal;

use crate::ir::Raw;
use crate::node::{Members, Node};

/// Whole numbers below this are exact even where they are written with a fraction (`40.0`).
const EXACT: f64 = (1u64 << 53) as f64;

/// The members of an object that nobody has taken yet.
#[derive(Debug)]
pub(super) struct Fields<'a> {
    members: Members<'a>,
    path: String,
}

/// Members without a place in the intermediate form: by their path without indices, each once.
pub(super) type Rest = Vec<(String, Raw)>;

impl<'a> Fields<'a> {
    /// The members of an object.
    pub(super) fn of(node: &Node<'a>) -> Result<Fields<'a>, Refusal> {
        Ok(Fields {
            members: node.members()?,
            path: node.path().to_owned(),
        })
    }

    /// Takes a member out, whose name is given in camel case; `None` where it is absent or null.
    /// Fails where it stands in both spellings.
    pub(super) fn take(&mut self, name: &str) -> Result<Option<Node<'a>>, Refusal> {
        let camel = self.members.take(name);
        let underscored = underscored(name);
        if underscored == name {
            return Ok(camel);
        }
        match (camel, self.members.take(&underscored)) {
            (Some(_), Some(other)) => {
                let detail = format!("`{}` stands a second time as `{name}`.", other.path());
                Err(other.malformed(detail))
            }
            (one, other) => Ok(one.or(other)),
        }
    }

    /// Takes a member out that must be there.
    pub(super) fn need(&mut self, name: &str) -> Result<Node<'a>, Refusal> {
        match self.take(name)? {
            Some(node) => Ok(node),
            // The members' own words for what is missing.
            None => self.members.need(name),
        }
    }

    /// Takes a member out and reads it.
    pub(super) fn read<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&Node<'a>) -> Result<T, Refusal>,
    ) -> Result<Option<T>, Refusal> {
        self.take(name)?.map(|node| read(&node)).transpose()
    }

    /// Adds what was not taken to `rest`.
    pub(super) fn leave(self, rest: &mut Rest) {
        let path = without_indices(&self.path);
        for (name, value) in self.members.rest() {
            let name = match &*path {
                "" => camel(&name),
                path => camel(&format!("{path}.{name}")),
            };
            if !rest.iter().any(|(known, _)| *known == name) {
                rest.push((name, value));
            }
        }
    }
}

/// The elements of an array, or the one that stands in its place.
pub(super) fn each<'a>(node: &Node<'a>) -> Result<Vec<Node<'a>>, Refusal> {
    if node.text().starts_with('[') {
        node.elements()
    } else {
        Ok(vec![node.clone()])
    }
}

/// A whole number of at least zero.
pub(super) fn count(node: &Node<'_>) -> Result<u64, Refusal> {
    whole(node.text()).ok_or_else(|| node.wrong("a whole number of at least 0"))
}

/// A whole number of at least zero, as it is written in JSON.
pub(super) fn whole(text: &str) -> Option<u64> {
    let text = unquoted(text);
    let exact = |number: &f64| (0.0..EXACT).contains(number) && number.fract() == 0.0;
    let round = || text.parse::<f64>().ok().filter(exact);
    text.parse()
        .ok()
        .or_else(|| round().map(|number| number as u64))
}

/// A whole number.
pub(super) fn integer(node: &Node<'_>) -> Result<i64, Refusal> {
    let text = unquoted(node.text());
    let positive = || i64::try_from(whole(text)?).ok();
    let number = text.parse().ok().or_else(positive);
    number.ok_or_else(|| node.wrong("a whole number"))
}

/// A number.
pub(super) fn decimal(node: &Node<'_>) -> Result<f64, Refusal> {
    let number = unquoted(node.text()).parse().ok();
    number
        .filter(|number: &f64| number.is_finite())
        .ok_or_else(|| node.wrong("a number"))
}

fn unquoted(text: &str) -> &str {
    let inside = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    inside.unwrap_or(text)
}

/// `maxOutputTokens` as `max_output_tokens`.
pub(super) fn underscored(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            out.push('_');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}

/// `max_output_tokens` as `maxOutputTokens`.
pub(super) fn camel(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut raised = false;
    for letter in name.chars() {
        if letter == '_' && !out.is_empty() {
            raised = true;
        } else if std::mem::take(&mut raised) {
            out.push(letter.to_ascii_uppercase());
        } else {
            out.push(letter);
        }
    }
    out
}

/// `contents[0].parts[1]` as `contents.parts`.
fn without_indices(path: &str) -> Cow<'_, str> {
    if !path.contains('[') {
        return Cow::Borrowed(path);
    }
    let mut inside = false;
    let kept = path.chars().filter(|letter| {
        inside = (inside || *letter == '[') && *letter != ']';
        !inside && *letter != ']'
    });
    Cow::Owned(kept.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_change_their_spelling_and_back() {
        for (camel_case, plain) in [
            ("maxOutputTokens", "max_output_tokens"),
            ("topP", "top_p"),
            ("model", "model"),
            ("parametersJsonSchema", "parameters_json_schema"),
        ] {
            assert_eq!(underscored(camel_case), plain);
            assert_eq!(camel(plain), camel_case);
            assert_eq!(camel(camel_case), camel_case);
        }
        assert_eq!(camel("_responseJsonSchema"), "_responseJsonSchema");
        assert_eq!(
            without_indices("contents[10].parts[1].x"),
            "contents.parts.x"
        );
    }

    #[test]
    fn whole_numbers_may_have_a_fraction_an_exponent_or_quotes() {
        for (text, want) in [
            ("40", Some(40)),
            ("40.0", Some(40)),
            ("1e2", Some(100)),
            ("\"40\"", Some(40)),
            ("18446744073709551615", Some(u64::MAX)),
            ("40.5", None),
            ("-1", None),
            ("1e300", None),
            ("\"inf\"", None),
            ("true", None),
            ("\"\"", None),
        ] {
            assert_eq!(whole(text), want, "{text}");
        }
    }

    #[test]
    fn gi_03_a_member_in_two_spellings_is_refused() {
        let body = br#"{"top_p":1,"topP":2,"safety_settings":[],"x":{"y":1}}"#;
        let root = Node::root(body).unwrap();
        let mut fields = Fields::of(&root).unwrap();
        let refusal = fields.take("topP").unwrap_err();
        assert_eq!(refusal.param.as_deref(), Some("top_p"));
        let mut rest = Rest::new();
        fields.leave(&mut rest);
        let names: Vec<_> = rest.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["safetySettings", "x"]);
    }
}
