//! The messages of a request: one turn each.

use tollgate_model::Refusal;

use super::content;
use crate::ir::{Block, Content, Role, Turn};
use crate::ladder::split_thought;
use crate::node::{Members, Node};
use crate::openai_chat::messages::tool_call;

/// Reads `messages` and `documents`, which belong to what the user said last.
pub(super) fn decode(members: &mut Members<'_>) -> Result<Vec<Turn>, Refusal> {
    let messages = members.need("messages")?;
    let turns = messages.elements()?;
    let mut turns: Vec<Turn> = turns.iter().map(turn).collect::<Result<_, _>>()?;
    let documents = members.read("documents", content::documents)?;
    let documents = documents.filter(|documents| !documents.is_empty());
    if let Some(mut documents) = documents {
        match turns.iter_mut().rfind(|turn| is_said(turn)) {
            Some(turn) => {
                documents.append(&mut turn.blocks);
                turn.blocks = documents;
            }
            None => turns.push(Turn {
                role: Role::User,
                blocks: documents,
                place: "documents".to_owned(),
            }),
        }
    }
    Ok(turns)
}

/// Whether a turn is what the user said, and not what a tool returned.
fn is_said(turn: &Turn) -> bool {
    let is_result = |block: &Block| matches!(block.content, Content::ToolResult { .. });
    turn.role == Role::User && !turn.blocks.iter().any(is_result)
}

fn turn(node: &Node<'_>) -> Result<Turn, Refusal> {
    let mut members = node.members()?;
    let role = members.need("role")?;
    let (role, blocks) = match role.string()?.as_str() {
        "system" | "developer" => (Role::System, content::decode(&members.need("content")?)?),
        "user" => (Role::User, content::decode(&members.need("content")?)?),
        "assistant" => (Role::Assistant, answer(node, &mut members)?),
        "tool" => (Role::User, vec![result(&mut members)?]),
        _ => return Err(role.wrong("one of system, user, assistant, tool")),
    };
    Ok(Turn {
        role,
        blocks,
        place: String::new(),
    })
}

fn result(members: &mut Members<'_>) -> Result<Block, Refusal> {
    let id = members.need("tool_call_id")?.string()?;
    let (id, _) = split_thought(&id);
    let content = members.read("content", content::decode)?;
    Ok(Content::ToolResult {
        id: id.to_owned(),
        content: content.unwrap_or_default(),
        failed: false,
    }
    .into())
}

/// What the model said before: thoughts and words, its plan for the tools, their calls.
fn answer(node: &Node<'_>, members: &mut Members<'_>) -> Result<Vec<Block>, Refusal> {
    let said = members.read("content", content::decode)?;
    let mut is_silent = said.is_none();
    let mut blocks = said.unwrap_or_default();
    if let Some(plan) = members.read("tool_plan", Node::string)? {
        is_silent = false;
        blocks.extend((!plan.is_empty()).then(|| Content::Text(plan).into()));
    }
    if let Some(calls) = members.take("tool_calls") {
        for call in calls.elements()? {
            blocks.push(tool_call(&call)?);
        }
    }
    if is_silent && blocks.is_empty() {
        return Err(node.malformed(format!(
            "`{}` says nothing: it has neither `content` nor `tool_calls`.",
            node.path()
        )));
    }
    Ok(blocks)
}
