//! The messages of a request: one turn each.

use serde_json::value::RawValue;
use tollgate_model::Refusal;

use super::parts;
use crate::ir::{Block, Content, Raw, Role, Turn};
use crate::ladder::split_thought;
use crate::node::{Members, Node};

pub(super) fn decode(node: &Node<'_>) -> Result<Vec<Turn>, Refusal> {
    let mut legacy = Legacy::default();
    node.elements()?
        .iter()
        .map(|message| turn(message, &mut legacy))
        .collect()
}

/// Calls in the form before `tool_calls` have no id; the answer belongs to the last of them.
#[derive(Default)]
struct Legacy {
    calls: usize,
}

impl Legacy {
    fn id(&self) -> String {
        format!("function_call_{}", self.calls)
    }
}

fn turn(node: &Node<'_>, legacy: &mut Legacy) -> Result<Turn, Refusal> {
    let mut members = node.members()?;
    let role = members.need("role")?;
    let (role, mut blocks) = match role.string()?.as_str() {
        "system" | "developer" => (Role::System, content(&mut members)?),
        "user" => (Role::User, content(&mut members)?),
        "assistant" => (Role::Assistant, answer(node, &mut members, legacy)?),
        "tool" => {
            let id = members.need("tool_call_id")?.string()?;
            let (id, _) = split_thought(&id);
            (Role::User, vec![result(id.to_owned(), &mut members)?])
        }
        "function" => (Role::User, vec![result(legacy.id(), &mut members)?]),
        _ => return Err(role.wrong("one of system, developer, user, assistant, tool")),
    };
    if let (Some(cache), Some(last)) = (members.take("cache_control"), blocks.last_mut()) {
        last.cache.get_or_insert_with(|| cache.raw());
    }
    Ok(Turn {
        role,
        blocks,
        place: String::new(),
    })
}

fn content(members: &mut Members<'_>) -> Result<Vec<Block>, Refusal> {
    parts::decode(&members.need("content")?)
}

fn result(id: String, members: &mut Members<'_>) -> Result<Block, Refusal> {
    let content = members.read("content", parts::decode)?.unwrap_or_default();
    Ok(Content::ToolResult {
        id,
        content,
        failed: false,
    }
    .into())
}

/// What the model said before: thoughts, then words, then calls of tools.
fn answer(
    node: &Node<'_>,
    members: &mut Members<'_>,
    legacy: &mut Legacy,
) -> Result<Vec<Block>, Refusal> {
    let mut blocks = thoughts(members)?;
    let said = members.read("content", parts::decode)?;
    let is_empty = said.is_none();
    blocks.extend(said.unwrap_or_default());
    if let Some(refusal) = members.read("refusal", Node::string)? {
        blocks.push(Content::Refusal(refusal).into());
    }
    if let Some(calls) = members.take("tool_calls") {
        for call in calls.elements()? {
            blocks.push(tool_call(&call)?);
        }
    }
    if let Some(call) = members.take("function_call") {
        legacy.calls += 1;
        let mut function = call.members()?;
        let (name, input) = function_of(&mut function)?;
        let content = Content::ToolUse {
            id: legacy.id(),
            name,
            input,
            signature: None,
        };
        blocks.push(content.into());
    }
    if is_empty && blocks.is_empty() {
        return Err(node.malformed(format!(
            "`{}` says nothing: it has neither `content` nor `tool_calls`.",
            node.path()
        )));
    }
    Ok(blocks)
}

/// `thinking_blocks` keep order and signatures, so that `reasoning_content`, which repeats their
/// text, counts only where there are none.
fn thoughts(members: &mut Members<'_>) -> Result<Vec<Block>, Refusal> {
    let plain = members.read("reasoning_content", Node::string)?;
    let other = members.take("reasoning").filter(Node::is_string);
    let other = other.map(|node| node.string()).transpose()?;
    if let Some(blocks) = members.take("thinking_blocks") {
        return blocks.elements()?.iter().map(thinking_block).collect();
    }
    let text = plain.or(other).filter(|text| !text.is_empty());
    Ok(text
        .map(|text| {
            Content::Thinking {
                text,
                signature: None,
            }
            .into()
        })
        .into_iter()
        .collect())
}

fn thinking_block(node: &Node<'_>) -> Result<Block, Refusal> {
    let mut members = node.members()?;
    let kind = members.need("type")?;
    match kind.string()?.as_str() {
        "thinking" => {
            let text = members.need("thinking")?.string()?;
            let signature = members.read("signature", Node::string)?;
            Ok(Content::Thinking { text, signature }.into())
        }
        "redacted_thinking" => {
            Ok(Content::RedactedThinking(members.need("data")?.string()?).into())
        }
        _ => Err(kind.wrong("thinking or redacted_thinking")),
    }
}

/// A call that the model made before: of a function, with its arguments in a string. Callers of other
/// dialects write it so, too.
pub(crate) fn tool_call(node: &Node<'_>) -> Result<Block, Refusal> {
    let mut members = node.members()?;
    if let Some(kind) = members.take("type")
        && kind.string()? != "function"
    {
        let detail = "Only calls of functions can be carried to another dialect.";
        return Err(kind.unsupported(detail));
    }
    let written = members.need("id")?.string()?;
    let (id, signature) = split_thought(&written);
    let beside = members.read("extra_content", thought_signature)?.flatten();
    let signature = beside.or_else(|| signature.map(str::to_owned));
    let id = id.to_owned();
    let mut function = members.need("function")?.members()?;
    let (name, input) = function_of(&mut function)?;
    let cache = members.take("cache_control").map(|cache| cache.raw());
    Ok(Block {
        content: Content::ToolUse {
            id,
            name,
            input,
            signature,
        },
        cache,
    })
}

/// `extra_content.google.thought_signature`, where Gemini's compatible address puts it.
fn thought_signature(node: &Node<'_>) -> Result<Option<String>, Refusal> {
    let google = node.members()?.read("google", Node::members)?;
    match google {
        Some(mut google) => google.read("thought_signature", Node::string),
        None => Ok(None),
    }
}

fn function_of(members: &mut Members<'_>) -> Result<(String, Raw), Refusal> {
    let name = members.need("name")?.string()?;
    let input = match members.take("arguments") {
        Some(node) => arguments(&node)?,
        None => empty(),
    };
    Ok((name, input))
}

/// The arguments of a call: a string of JSON that must hold an object. Some clients send the object
/// itself.
fn arguments(node: &Node<'_>) -> Result<Raw, Refusal> {
    if node.is_object() {
        return Ok(node.raw());
    }
    let text = node.string()?;
    if text.trim().is_empty() {
        return Ok(empty());
    }
    let input = RawValue::from_string(text).map_err(|error| {
        node.malformed(format!("`{}` is not valid JSON: {error}.", node.path()))
    })?;
    if !input.get().starts_with('{') {
        return Err(node.wrong("a string with a JSON object in it"));
    }
    Ok(input)
}

fn empty() -> Raw {
    parts::raw_object()
}
