//! The answer and the items in it, as they are written.

use std::borrow::Cow;

use tollgate_model::CallId;

use crate::codec::Reply;
use crate::ir::{Citation, Echo, Stop};
use crate::openai_responses::forms::{Form, quoted};
use crate::openai_responses::ids;
use crate::seal::{Thought, seal};

/// What of an answer is known before it is.
#[derive(Debug)]
pub(super) struct Frame {
    call: CallId,
    /// Seconds since 1970.
    at: i64,
    model: String,
    echo: Echo,
}

/// How far an answer has come.
#[derive(Clone, Copy, Debug)]
pub(super) enum Status {
    UnderWay,
    Ended(Stop),
}

impl Frame {
    pub(super) fn new(reply: &Reply<'_>) -> Frame {
        Frame {
            call: reply.call,
            at: reply.at.0.div_euclid(1_000_000),
            model: quoted(reply.model),
            echo: reply.echo.cloned().unwrap_or_default(),
        }
    }

    /// The id of an item at a place in the answer.
    pub(super) fn item_id(&self, prefix: &str, at: usize) -> String {
        ids::item(prefix, self.call, at)
    }

    /// The form in which the caller reads calls of a tool; `None` for a function.
    pub(super) fn form(&self, tool: &str) -> Option<&'static Form> {
        let mut known = self.echo.forms.iter();
        let (_, kind) = known.find(|(name, _)| name == tool)?;
        Form::of_tool(kind)
    }

    /// The answer with these items.
    pub(super) fn answer(&self, status: Status, items: &[String], usage: Option<&str>) -> String {
        let (word, why) = match status {
            Status::UnderWay => ("in_progress", "null"),
            Status::Ended(Stop::Length) => ("incomplete", r#"{"reason":"max_output_tokens"}"#),
            Status::Ended(Stop::Filtered) => ("incomplete", r#"{"reason":"content_filter"}"#),
            Status::Ended(Stop::End | Stop::ToolUse) => ("completed", "null"),
        };
        let details = format!("\"error\":null,\"incomplete_details\":{why}");
        self.written(word, &details, items, usage)
    }

    /// The answer that broke off after these items; `error` are the members that say why.
    pub(super) fn failed(&self, error: &str, items: &[String]) -> String {
        let details = format!("{error},\"incomplete_details\":null");
        self.written("failed", &details, items, None)
    }

    fn written(
        &self,
        status: &str,
        details: &str,
        items: &[String],
        usage: Option<&str>,
    ) -> String {
        let comma = if self.echo.members.is_empty() {
            ""
        } else {
            ","
        };
        // It is left out where it is not known yet: the dialect has no null in its place.
        let usage = usage.map_or(String::new(), |usage| format!(",\"usage\":{usage}"));
        format!(
            "{{\"id\":\"{}\",\"object\":\"response\",\"created_at\":{},\"status\":\"{status}\",\
             {details},\"model\":{},{}{comma}\"output\":[{}]{usage}}}",
            ids::answer(self.call),
            self.at,
            self.model,
            self.echo.members,
            items.join(","),
        )
    }
}

/// The word for how far an item has come.
pub(super) const fn item_status(stop: Stop) -> &'static str {
    match stop {
        Stop::Length | Stop::Filtered => "incomplete",
        Stop::End | Stop::ToolUse => "completed",
    }
}

/// A part of a message with text, and what it rests on.
pub(super) fn text_part(text: &str, annotations: &[String]) -> String {
    format!(
        "{{\"type\":\"output_text\",\"annotations\":[{}],\"logprobs\":[],\"text\":{}}}",
        annotations.join(","),
        quoted(text)
    )
}

/// What words of a part with so many characters rest on. `None` where the source has neither an
/// address nor an id.
pub(super) fn annotation(citation: &Citation, characters: usize) -> Option<String> {
    let (from, to) = citation.span.unwrap_or((0, characters));
    let title = quoted(citation.title.as_deref().unwrap_or_default());
    if let Some(url) = &citation.url {
        let url = quoted(url);
        return Some(format!(
            "{{\"type\":\"url_citation\",\"start_index\":{from},\"end_index\":{to},\"url\":{url},\
             \"title\":{title}}}"
        ));
    }
    let id = quoted(citation.document.as_deref()?);
    Some(format!(
        "{{\"type\":\"file_citation\",\"index\":{to},\"file_id\":{id},\"filename\":{title}}}"
    ))
}

/// A part of a message with the words of a refusal.
pub(super) fn refusal_part(text: &str) -> String {
    format!("{{\"type\":\"refusal\",\"refusal\":{}}}", quoted(text))
}

/// A message.
pub(super) fn message(id: &str, status: &str, parts: &[String]) -> String {
    format!(
        "{{\"id\":\"{id}\",\"type\":\"message\",\"status\":\"{status}\",\"role\":\"assistant\",\
         \"content\":[{}]}}",
        parts.join(",")
    )
}

/// A part of a summary.
pub(super) fn summary_part(text: &str) -> String {
    format!("{{\"type\":\"summary_text\",\"text\":{}}}", quoted(text))
}

/// Thoughts, with what their provider needs to know them again.
pub(super) fn reasoning(id: &str, text: &str, thought: Option<Thought>) -> String {
    let summary = match text {
        "" => String::new(),
        text => summary_part(text),
    };
    let encrypted = thought.map_or(String::new(), |thought| {
        format!(",\"encrypted_content\":\"{}\"", seal(&[thought]))
    });
    format!("{{\"id\":\"{id}\",\"type\":\"reasoning\",\"summary\":[{summary}]{encrypted}}}")
}

/// A picture.
pub(super) fn picture(id: &str, base64: &str) -> String {
    format!(
        "{{\"id\":\"{id}\",\"type\":\"image_generation_call\",\"status\":\"completed\",\"result\":{}}}",
        quoted(base64)
    )
}

/// A call of a tool.
#[derive(Debug)]
pub(super) struct Called<'a> {
    pub(super) id: &'a str,
    pub(super) call_id: Cow<'a, str>,
    pub(super) name: &'a str,
    pub(super) form: Option<&'static Form>,
}

impl Called<'_> {
    /// The item; without arguments as long as they have not come.
    pub(super) fn written(&self, status: &str, arguments: Option<&str>) -> String {
        let (id, call_id, name) = (self.id, quoted(&self.call_id), quoted(self.name));
        let Some(form) = self.form else {
            let arguments = quoted(arguments.unwrap_or_default());
            return format!(
                "{{\"id\":\"{id}\",\"type\":\"function_call\",\"status\":\"{status}\",\
                 \"arguments\":{arguments},\"call_id\":{call_id},\"name\":{name}}}"
            );
        };
        let given = match arguments {
            Some(arguments) => form.given(arguments),
            None if form.is_text => "\"\"".to_owned(),
            None => form.given("{}"),
        };
        let name = match form.is_text {
            true => format!("\"name\":{name},"),
            false => String::new(),
        };
        format!(
            "{{\"id\":\"{id}\",\"type\":\"{}\",\"status\":\"{status}\",\"call_id\":{call_id},\
             {name}\"{}\":{given}{}}}",
            form.call,
            form.member,
            form.beside(),
        )
    }

    /// How the id of such an item begins.
    pub(super) fn prefix(form: Option<&'static Form>) -> &'static str {
        form.map_or("fc", |form| form.prefix)
    }
}
