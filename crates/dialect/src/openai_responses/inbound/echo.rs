//! What an answer repeats of its request. The dialect shows every setting, with its default where
//! the caller has set none.

use tollgate_model::Refusal;

use crate::ir::Echo;
use crate::node::{Members, Node};
use crate::scan;

/// The members that are repeated, in the order in which they are written, and their defaults; one
/// without a default is left out where the caller has not set it.
const REPEATED: [(&str, &str); 20] = [
    ("background", "false"),
    ("instructions", "null"),
    ("max_output_tokens", "null"),
    ("max_tool_calls", "null"),
    ("metadata", "{}"),
    ("parallel_tool_calls", "true"),
    ("previous_response_id", "null"),
    ("prompt_cache_key", "null"),
    ("reasoning", r#"{"effort":null,"summary":null}"#),
    ("safety_identifier", "null"),
    ("service_tier", "\"default\""),
    ("store", "true"),
    ("temperature", "1.0"),
    ("text", r#"{"format":{"type":"text"}}"#),
    ("tool_choice", "\"auto\""),
    ("tools", "[]"),
    ("top_logprobs", "0"),
    ("top_p", "1.0"),
    ("truncation", "\"disabled\""),
    ("user", ""),
];

/// What the caller has set.
#[derive(Default)]
pub(super) struct Echoed {
    set: Vec<(&'static str, String)>,
}

impl Echoed {
    /// Notes a member that was taken.
    pub(super) fn note(&mut self, name: &'static str, node: Option<&Node<'_>>) {
        if let Some(node) = node {
            self.set.push((name, node.text().to_owned()));
        }
    }

    /// Takes a member, and notes it.
    pub(super) fn take<'a>(
        &mut self,
        name: &'static str,
        members: &mut Members<'a>,
    ) -> Option<Node<'a>> {
        let node = members.take(name);
        self.note(name, node.as_ref());
        node
    }

    /// Notes the tools. An answer says of every function whether it is strict.
    pub(super) fn tools(&mut self, node: Option<&Node<'_>>) -> Result<(), Refusal> {
        let Some(node) = node else {
            return Ok(());
        };
        let mut written = Vec::new();
        for tool in node.elements()? {
            let mut text = tool.text().to_owned();
            let kind = tool.members()?.need("type")?.string()?;
            for (name, value) in [("strict", "false"), ("parameters", "null")] {
                if let Ok(object) = scan::scan(text.as_bytes(), [name])
                    && kind == "function"
                    && object.values == [None]
                {
                    let member = object.place.member(name, value);
                    text.insert_str(object.place.at, &member);
                }
            }
            written.push(text);
        }
        self.set.push(("tools", format!("[{}]", written.join(","))));
        Ok(())
    }

    /// What the answer repeats.
    pub(super) fn written(&self, forms: Vec<(String, &'static str)>) -> Echo {
        let members = REPEATED.iter().filter_map(|(name, default)| {
            let set = self.set.iter().rev().find(|(known, _)| known == name);
            let value = set.map_or(*default, |(_, value)| value.as_str());
            (!value.is_empty()).then(|| format!("\"{name}\":{value}"))
        });
        Echo {
            members: members.collect::<Vec<_>>().join(","),
            forms,
        }
    }
}
