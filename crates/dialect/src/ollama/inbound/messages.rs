//! The messages of a request: one turn each. Calls without ids get some, the same whenever the
//! conversation is sent again, and results find their calls.

use serde_json::value::RawValue;
use tollgate_model::Refusal;

use crate::ir::{Block, Content, Media, Raw, Role, Turn};
use crate::ladder::split_thought;
use crate::node::{Members, Node};
use crate::openai_chat::parts::raw_object;

/// Reads `messages`.
pub(super) fn decode(node: &Node<'_>) -> Result<Vec<Turn>, Refusal> {
    let mut calls = Calls::default();
    node.elements()?
        .iter()
        .map(|message| turn(message, &mut calls))
        .collect()
}

/// The calls that wait for their results.
#[derive(Default)]
struct Calls {
    /// How many there were in all.
    made: usize,
    /// Their ids and what they call.
    waiting: Vec<(String, String)>,
}

impl Calls {
    /// Notes a call; its id is made where it has none.
    fn make(&mut self, id: Option<String>, name: &str) -> String {
        let id = id.unwrap_or_else(|| format!("call_{}", self.made));
        self.made += 1;
        self.waiting.push((id.clone(), name.to_owned()));
        id
    }

    /// The call that a result answers: the one of this name that has waited longest, or of any name
    /// where it says none.
    fn answered(&mut self, name: Option<&str>) -> Option<String> {
        let is_meant = |(_, known): &(String, String)| name.is_none_or(|name| name == known);
        let at = self.waiting.iter().position(is_meant)?;
        Some(self.waiting.remove(at).0)
    }
}

fn turn(node: &Node<'_>, calls: &mut Calls) -> Result<Turn, Refusal> {
    let mut members = node.members()?;
    let role = members.need("role")?;
    let (role, blocks) = match role.string()?.as_str() {
        "system" => (Role::System, said(&mut members)?),
        "user" => (Role::User, said(&mut members)?),
        "assistant" => (Role::Assistant, answer(&mut members, calls)?),
        "tool" => (Role::User, vec![result(node, &mut members, calls)?]),
        _ => return Err(role.wrong("one of system, user, assistant, tool")),
    };
    Ok(Turn {
        role,
        blocks,
        place: String::new(),
    })
}

/// Words, then pictures.
fn said(members: &mut Members<'_>) -> Result<Vec<Block>, Refusal> {
    let words = members.read("content", Node::string)?.unwrap_or_default();
    let pictures = members.read("images", images)?.unwrap_or_default();
    let words = (!words.is_empty() || pictures.is_empty()).then_some(Content::Text(words));
    let contents = words.into_iter().chain(pictures);
    Ok(contents.map(Block::from).collect())
}

/// Pictures in base64, whose kind their first bytes tell.
pub(super) fn images(node: &Node<'_>) -> Result<Vec<Content>, Refusal> {
    let pictures = node.elements()?;
    let pictures = pictures.iter().map(|picture| {
        let base64 = picture.string()?;
        if base64.is_empty() || base64.contains(':') {
            return Err(picture.wrong("a picture in base64, not an address"));
        }
        let mime = mime(&base64).to_owned();
        Ok(Content::Image(Media::Inline { mime, base64 }))
    });
    pictures.collect()
}

fn mime(base64: &str) -> &'static str {
    match base64.get(..4) {
        Some("/9j/") => "image/jpeg",
        Some("R0lG") => "image/gif",
        Some("UklG") => "image/webp",
        _ => "image/png",
    }
}

/// What the model said before: thoughts, then words, then calls of tools.
fn answer(members: &mut Members<'_>, calls: &mut Calls) -> Result<Vec<Block>, Refusal> {
    let mut blocks: Vec<Block> = Vec::new();
    let text = |name, members: &mut Members<'_>| {
        let text = members.read(name, Node::string)?;
        Ok::<_, Refusal>(text.filter(|text| !text.is_empty()))
    };
    if let Some(text) = text("thinking", members)? {
        blocks.push(
            Content::Thinking {
                text,
                signature: None,
            }
            .into(),
        );
    }
    if let Some(words) = text("content", members)? {
        blocks.push(Content::Text(words).into());
    }
    let called = members.read("tool_calls", Node::elements)?;
    for node in called.unwrap_or_default() {
        blocks.push(call(&node, calls)?);
    }
    if blocks.is_empty() {
        blocks.push(Content::Text(String::new()).into());
    }
    Ok(blocks)
}

fn call(node: &Node<'_>, calls: &mut Calls) -> Result<Block, Refusal> {
    let mut members = node.members()?;
    let written = members.read("id", Node::string)?;
    let written = written.filter(|id| !id.is_empty());
    let (id, signature) = match written.as_deref().map(split_thought) {
        Some((id, signature)) => (Some(id.to_owned()), signature.map(str::to_owned)),
        None => (None, None),
    };
    let mut function = members.need("function")?.members()?;
    let name = function.need("name")?.string()?;
    let input = function.read("arguments", arguments)?;
    let content = Content::ToolUse {
        id: calls.make(id, &name),
        name,
        input: input.unwrap_or_else(raw_object),
        signature,
    };
    Ok(content.into())
}

/// Arguments: an object, or, as some clients write it, a string that holds one.
fn arguments(node: &Node<'_>) -> Result<Raw, Refusal> {
    if node.is_object() {
        return Ok(node.raw());
    }
    let wrong = || node.wrong("an object");
    let text = node.string().map_err(|_| wrong())?;
    if text.trim().is_empty() {
        return Ok(raw_object());
    }
    let input = RawValue::from_string(text).map_err(|_| wrong())?;
    if input.get().starts_with('{') {
        Ok(input)
    } else {
        Err(wrong())
    }
}

fn result(node: &Node<'_>, members: &mut Members<'_>, calls: &mut Calls) -> Result<Block, Refusal> {
    let id = members.read("tool_call_id", Node::string)?;
    let name = members.read("tool_name", Node::string)?;
    let name = name.filter(|name| !name.is_empty());
    let id = match id.filter(|id| !id.is_empty()) {
        Some(id) => {
            let id = split_thought(&id).0.to_owned();
            calls.waiting.retain(|(known, _)| *known != id);
            id
        }
        None => calls.answered(name.as_deref()).ok_or_else(|| {
            let path = node.path();
            let detail =
                format!("`{path}` is the result of a tool that no message before it calls.");
            node.malformed(detail)
        })?,
    };
    Ok(Content::ToolResult {
        id,
        content: said(members)?,
        failed: false,
    }
    .into())
}
