//! A caller's request, read into the intermediate form.

use tollgate_model::Refusal;

use super::messages;
use super::tools;
use crate::codec::Head;
use crate::ir::{Effort, Format, Reasoning, Request, Search};
use crate::node::{Members, Node};
use crate::search;

/// Reads a request. Members that have no place in the intermediate form go to its `rest`.
pub(super) fn decode(body: &[u8], head: &Head) -> Result<Request, Refusal> {
    let mut members = Node::root(body)?.members()?;
    for known in [
        "model",
        "stream",
        "max_tokens",
        "max_completion_tokens",
        "n",
    ] {
        members.take(known);
    }
    // Of its members only `include_usage` has a meaning in other dialects.
    members.take("stream_options");
    let turns = messages::decode(&members.need("messages")?)?;
    let toolbox = tools::decode(&mut members)?;
    Ok(Request {
        model: head.model.clone(),
        turns,
        tools: toolbox.tools,
        tool_choice: toolbox.choice,
        older_tools: toolbox.older,
        parallel_tools: members.read("parallel_tool_calls", Node::flag)?,
        max_tokens: head.max_tokens,
        temperature: members.read("temperature", Node::number)?,
        top_p: members.read("top_p", Node::number)?,
        top_k: members.read("top_k", Node::count)?,
        stop: members.read("stop", stop)?.unwrap_or_default(),
        seed: members.read("seed", Node::integer)?,
        frequency_penalty: members.read("frequency_penalty", Node::number)?,
        presence_penalty: members.read("presence_penalty", Node::number)?,
        answers: head.answers,
        reasoning: reasoning(&mut members)?,
        format: members.read("response_format", format)?.unwrap_or_default(),
        search: members.read(search::NAME, web_search)?,
        user: members.read("user", Node::string)?,
        stream: head.stream,
        stream_usage: head.stream_usage,
        rest: members.rest(),
        ..Request::default()
    })
}

fn web_search(node: &Node<'_>) -> Result<Search, Refusal> {
    let mut members = node.members()?;
    Ok(Search {
        place: members.read("user_location", search::place)?,
        context: members.read("search_context_size", Node::string)?,
        ..Search::default()
    })
}

fn stop(node: &Node<'_>) -> Result<Vec<String>, Refusal> {
    if node.is_string() {
        return Ok(vec![node.string()?]);
    }
    node.elements()?.iter().map(Node::string).collect()
}

/// `reasoning_effort`, or the object `reasoning` with which OpenRouter says the same.
fn reasoning(members: &mut Members<'_>) -> Result<Option<Reasoning>, Refusal> {
    let word = members.read("reasoning_effort", effort)?;
    let object = members.read("reasoning", |node| {
        let mut members = node.members()?;
        let off = members.read("enabled", Node::flag)? == Some(false);
        let word = members.read("effort", effort)?;
        let budget = members
            .read("max_tokens", Node::count)?
            .map(Reasoning::Budget);
        Ok(if off {
            Some(Reasoning::Off)
        } else {
            word.or(budget)
        })
    })?;
    Ok(word.or(object.flatten()))
}

fn effort(node: &Node<'_>) -> Result<Reasoning, Refusal> {
    Ok(match node.string()?.as_str() {
        "none" => Reasoning::Off,
        "minimal" => Reasoning::Effort(Effort::Minimal),
        "low" => Reasoning::Effort(Effort::Low),
        "medium" => Reasoning::Effort(Effort::Medium),
        "high" => Reasoning::Effort(Effort::High),
        "xhigh" | "max" => Reasoning::Effort(Effort::Maximal),
        _ => return Err(node.wrong("one of none, minimal, low, medium, high, xhigh")),
    })
}

fn format(node: &Node<'_>) -> Result<Format, Refusal> {
    let mut members = node.members()?;
    let kind = members.need("type")?;
    match kind.string()?.as_str() {
        "text" => Ok(Format::Text),
        "json_object" => Ok(Format::Json),
        "json_schema" => {
            let mut schema = members.need("json_schema")?.members()?;
            Ok(Format::Schema {
                name: schema.need("name")?.string()?,
                strict: schema.read("strict", Node::flag)?,
                schema: schema.need("schema")?.raw(),
            })
        }
        other => {
            let detail = format!("The response format `{other}` is not known here.");
            Err(kind.unsupported(detail))
        }
    }
}
