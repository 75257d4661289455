//! A caller's request, read into the intermediate form.

use serde_json::value::{RawValue, to_raw_value};
use tollgate_model::Refusal;

use super::head::wish;
use super::thinking::Wishes;
use super::{messages, tools};
use crate::codec::Head;
use crate::ir::{Format, Raw, Request};
use crate::left::Left;
use crate::node::{Members, Node};
use crate::tier::{self, Wish};

/// The name of the schema of an answer, for dialects in which it needs one.
const SCHEMA_NAME: &str = "answer";

/// Reads a request. Members that have no place in the intermediate form go to its `rest`.
pub(super) fn decode(body: &[u8], head: &Head) -> Result<Request, Refusal> {
    let mut members = Node::root(body)?.members()?;
    // It says what the address says.
    members.take("modelId");
    let mut left = Left::default();
    refuse_what_no_other_has(&mut members)?;
    let turns = messages::decode(&mut members, &mut left)?;
    let toolbox = tools::decode(&mut members, &mut left)?;
    let format = format(&mut members, &mut left)?;
    let wishes = Wishes::take(&mut members, &mut left)?;
    let mut request = Request {
        model: head.model.clone(),
        turns,
        tools: toolbox.tools,
        tool_choice: toolbox.choice,
        parallel_tools: wishes.parallel_tools,
        max_tokens: head.max_tokens,
        top_k: wishes.top_k,
        answers: head.answers,
        reasoning: wishes.reasoning,
        hide_thoughts: wishes.hide_thoughts,
        format,
        stream: head.stream,
        stream_usage: head.stream_usage,
        ..Request::default()
    };
    if let Some(config) = members.take("inferenceConfig") {
        inference(&config, &mut request, &mut left)?;
    }
    if let Some(node) = members.take("serviceTier") {
        let wish = wish(node.text().as_bytes());
        let word = wish
            .tier()
            .and_then(|tier| to_raw_value(tier.as_str()).ok());
        if wish != Wish::Usual {
            let raw = word.unwrap_or_else(|| node.raw());
            request.rest.push((tier::NAME.to_owned(), raw));
        }
    }
    for place in ["performanceConfig", "requestMetadata"] {
        if let Some(node) = members.take(place)
            && !is_plain(node.text())
        {
            left.add(place, &node);
        }
    }
    request.rest.extend(left.into_members());
    request.rest.extend(members.rest());
    Ok(request)
}

/// Whether a wish for a service says what holds without it.
fn is_plain(text: &str) -> bool {
    let text: String = text.split_whitespace().collect();
    matches!(text.as_str(), "{}" | r#"{"latency":"standard"}"#)
}

fn inference(node: &Node<'_>, request: &mut Request, left: &mut Left) -> Result<(), Refusal> {
    let mut members = node.members()?;
    // The head has read it.
    members.take("maxTokens");
    request.temperature = members.read("temperature", Node::number)?;
    request.top_p = members.read("topP", Node::number)?;
    let stop = members.read("stopSequences", |node| {
        node.elements()?.iter().map(Node::string).collect()
    })?;
    request.stop = stop.unwrap_or_default();
    left.add_rest("inferenceConfig", members);
    Ok(())
}

/// What changes the answer and has no place in any other dialect's.
fn refuse_what_no_other_has(members: &mut Members<'_>) -> Result<(), Refusal> {
    if let Some(guard) = members.take("guardrailConfig") {
        let detail = "Guardrails are Bedrock's own and cannot be carried to another provider.";
        return Err(guard.unsupported(detail));
    }
    if let Some(variables) = members.take("promptVariables")
        && !variables.members()?.rest().is_empty()
    {
        let detail = "Prompts that are kept at Bedrock cannot be filled in for another provider.";
        return Err(variables.unsupported(detail));
    }
    Ok(())
}

fn format(members: &mut Members<'_>, left: &mut Left) -> Result<Format, Refusal> {
    let Some(mut config) = members.read("outputConfig", Node::members)? else {
        return Ok(Format::Text);
    };
    let format = config.read("textFormat", text_format)?;
    left.add_rest("outputConfig", config);
    Ok(format.unwrap_or_default())
}

fn text_format(node: &Node<'_>) -> Result<Format, Refusal> {
    let mut members = node.members()?;
    let kind = members.need("type")?;
    if kind.string()? != "json_schema" {
        let detail = format!("The form `{}` is not known here.", kind.string()?);
        return Err(kind.unsupported(detail));
    }
    let mut structure = members.need("structure")?.members()?;
    let mut definition = structure.need("jsonSchema")?.members()?;
    let name = definition.read("name", Node::string)?;
    let text = definition.need("schema")?;
    Ok(Format::Schema {
        name: name
            .filter(|name| !name.is_empty())
            .unwrap_or_else(|| SCHEMA_NAME.to_owned()),
        schema: schema(&text)?,
        strict: Some(true),
    })
}

/// A schema, which stands in a string.
fn schema(node: &Node<'_>) -> Result<Raw, Refusal> {
    let read = RawValue::from_string(node.string()?).ok();
    read.filter(|raw| raw.get().starts_with('{'))
        .ok_or_else(|| node.wrong("a string with a JSON Schema object in it"))
}
