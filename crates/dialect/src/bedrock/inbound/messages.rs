//! Instructions and turns.

use tollgate_model::Refusal;

use super::blocks;
use crate::ir::{Role, Turn};
use crate::left::Left;
use crate::node::{Members, Node};

/// Reads `system` and `messages`: one turn each.
pub(super) fn decode(members: &mut Members<'_>, left: &mut Left) -> Result<Vec<Turn>, Refusal> {
    let mut turns = Vec::new();
    if let Some(system) = members.take("system") {
        let blocks = blocks::decode(&system, left)?;
        if !blocks.is_empty() {
            turns.push(Turn {
                role: Role::System,
                blocks,
                place: system.path().to_owned(),
            });
        }
    }
    for message in members.need("messages")?.elements()? {
        turns.push(turn(&message, left)?);
    }
    Ok(turns)
}

fn turn(node: &Node<'_>, left: &mut Left) -> Result<Turn, Refusal> {
    let mut members = node.members()?;
    let role = members.need("role")?;
    let role = match role.string()?.as_str() {
        "user" => Role::User,
        "assistant" => Role::Assistant,
        _ => return Err(role.wrong("one of user, assistant")),
    };
    let blocks = blocks::decode(&members.need("content")?, left)?;
    left.add_rest("messages", members);
    Ok(Turn {
        role,
        blocks,
        place: node.path().to_owned(),
    })
}
