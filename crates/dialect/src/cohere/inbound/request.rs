//! A caller's request, read into the intermediate form.

use tollgate_model::Refusal;

use super::messages;
use crate::codec::Head;
use crate::ir::{Effort, Format, Reasoning, Request, Tool, ToolChoice};
use crate::node::{Members, Node};
use crate::openai_chat::tools::tool;

/// The name of the schema of an answer, for dialects in which it needs one.
const SCHEMA_NAME: &str = "answer";

/// Reads a request. Members that have no place in the intermediate form go to its `rest`.
pub(super) fn decode(body: &[u8], head: &Head) -> Result<Request, Refusal> {
    let mut members = Node::root(body)?.members()?;
    for known in ["model", "stream", "max_tokens"] {
        members.take(known);
    }
    let stop = members.read("stop_sequences", |node| {
        node.elements()?.iter().map(Node::string).collect()
    })?;
    Ok(Request {
        model: head.model.clone(),
        turns: messages::decode(&mut members)?,
        tools: tools(&mut members)?,
        tool_choice: members.read("tool_choice", choice)?,
        max_tokens: head.max_tokens,
        temperature: members.read("temperature", Node::number)?,
        top_p: members.read("p", Node::number)?,
        // None of the likeliest is Cohere's word for all of them.
        top_k: members.read("k", Node::count)?.filter(|k| *k > 0),
        stop: stop.unwrap_or_default(),
        seed: members.read("seed", Node::count)?.map(u64::cast_signed),
        frequency_penalty: members.read("frequency_penalty", Node::number)?,
        presence_penalty: members.read("presence_penalty", Node::number)?,
        answers: head.answers,
        reasoning: members.read("thinking", thinking)?,
        format: members.read("response_format", format)?.unwrap_or_default(),
        stream: head.stream,
        stream_usage: head.stream_usage,
        rest: members.rest(),
        ..Request::default()
    })
}

fn tools(members: &mut Members<'_>) -> Result<Vec<Tool>, Refusal> {
    let strict = members.read("strict_tools", Node::flag)?;
    let nodes = members.read("tools", Node::elements)?.unwrap_or_default();
    let tools = nodes.iter().map(|node| {
        let tool = tool(node)?;
        Ok(Tool {
            strict: tool.strict.or(strict),
            ..tool
        })
    });
    tools.collect()
}

fn choice(node: &Node<'_>) -> Result<ToolChoice, Refusal> {
    match node.string()?.as_str() {
        "REQUIRED" => Ok(ToolChoice::Required),
        "NONE" => Ok(ToolChoice::None),
        _ => Err(node.wrong("REQUIRED or NONE")),
    }
}

fn thinking(node: &Node<'_>) -> Result<Reasoning, Refusal> {
    let mut members = node.members()?;
    let kind = members.need("type")?;
    match kind.string()?.as_str() {
        "disabled" => Ok(Reasoning::Off),
        "enabled" => {
            let budget = members.read("token_budget", Node::count)?;
            Ok(budget.map_or(Reasoning::Effort(Effort::High), Reasoning::Budget))
        }
        _ => Err(kind.wrong("enabled or disabled")),
    }
}

fn format(node: &Node<'_>) -> Result<Format, Refusal> {
    let mut members = node.members()?;
    let kind = members.need("type")?;
    match kind.string()?.as_str() {
        "text" => Ok(Format::Text),
        "json_object" => {
            // The older name of the two.
            let schema = members.take("json_schema").or(members.take("schema"));
            Ok(schema.map_or(Format::Json, |schema| Format::Schema {
                name: SCHEMA_NAME.to_owned(),
                schema: schema.raw(),
                strict: Some(true),
            }))
        }
        other => {
            let detail = format!("The response format `{other}` is not known here.");
            Err(kind.unsupported(detail))
        }
    }
}
