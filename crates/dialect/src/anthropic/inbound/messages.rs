//! Instructions and turns.

use tollgate_model::Refusal;

use super::blocks;
use crate::ir::{Block, Content, Role, Turn};
use crate::left::Left;
use crate::node::{Members, Node};

/// With this a coding tool begins its instructions, for the bill and anew for each request. To
/// another vendor it says nothing and keeps the prompt from being found in a cache.
const BILLING: &str = "x-anthropic-billing-header";

/// Reads `system` and `messages`: one turn each.
pub(super) fn decode(members: &mut Members<'_>, left: &mut Left) -> Result<Vec<Turn>, Refusal> {
    let mut turns = Vec::new();
    if let Some(system) = members.take("system") {
        let mut blocks = blocks::decode(&system, left)?;
        if blocks.first().is_some_and(is_for_the_bill) {
            left.add(BILLING, &system);
            blocks.remove(0);
        }
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
        "system" => Role::System,
        _ => return Err(role.wrong("one of user, assistant, system")),
    };
    let blocks = blocks::decode(&members.need("content")?, left)?;
    left.add_rest("messages", members);
    Ok(Turn {
        role,
        blocks,
        place: node.path().to_owned(),
    })
}

fn is_for_the_bill(block: &Block) -> bool {
    matches!(&block.content, Content::Text(text) if text.starts_with(BILLING))
}
