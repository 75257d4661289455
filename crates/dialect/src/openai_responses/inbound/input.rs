//! The input of a request: a text, or items. Items of the model that stand together are one turn.

use serde_json::value::RawValue;
use tollgate_model::Refusal;

use super::parts;
use crate::ir::{Block, Content, Raw, Role, Turn};
use crate::ladder::split_thought;
use crate::node::{Members, Node};
use crate::openai_responses::forms::{Form, arguments_of};
use crate::seal;

/// The conversation as it is read.
#[derive(Default)]
pub(super) struct Input {
    pub(super) turns: Vec<Turn>,
    /// Members that no other provider can read, by name.
    pub(super) left: Vec<(String, Raw)>,
    /// Where the item stands that is being read.
    place: String,
}

/// Reads the input into turns, after those that are there.
pub(super) fn decode(node: &Node<'_>, input: &mut Input) -> Result<(), Refusal> {
    if node.is_string() {
        let text = Content::Text(node.string()?);
        input.say(Role::User, vec![text.into()], node.path());
        return Ok(());
    }
    for item in node.elements()? {
        input.item(&item)?;
    }
    Ok(())
}

impl Input {
    /// A turn of its own, which the request has at `place`.
    pub(super) fn say(&mut self, role: Role, blocks: Vec<Block>, place: &str) {
        self.turns.push(Turn {
            role,
            blocks,
            place: place.to_owned(),
        });
    }

    fn turn(&mut self, role: Role, blocks: Vec<Block>) {
        let place = std::mem::take(&mut self.place);
        self.say(role, blocks, &place);
    }

    fn item(&mut self, node: &Node<'_>) -> Result<(), Refusal> {
        node.path().clone_into(&mut self.place);
        let mut members = node.members()?;
        // A message may leave its type out.
        let Some(kind) = members.take("type") else {
            return self.message(&mut members);
        };
        let word = kind.string()?;
        match word.as_str() {
            "message" => self.message(&mut members)?,
            "function_call" => {
                let name = members.need("name")?.string()?;
                let input = arguments(&members.need("arguments")?)?;
                self.call(&mut members, name, input)?;
            }
            "function_call_output" => {
                let content = parts::decode(&members.need("output")?)?;
                self.result(call_id(&mut members)?, content, false);
            }
            "reasoning" => self.reasoning(&mut members)?,
            "item_reference" => {
                let detail = format!(
                    "The item {} is not kept here, or it belongs to another application; send the \
                     item itself.",
                    members.need("id")?.text()
                );
                return Err(node.malformed(detail));
            }
            _ => {
                if let Some(form) = Form::of_call(&word) {
                    self.formed_call(form, &mut members)?;
                } else if let Some(form) = Form::of_result(&word) {
                    self.formed_result(form, &mut members)?;
                } else {
                    let detail = format!(
                        "Items of the type `{word}` belong to OpenAI and cannot be carried to \
                         another provider."
                    );
                    return Err(kind.unsupported(detail));
                }
            }
        }
        Ok(())
    }

    fn message(&mut self, members: &mut Members<'_>) -> Result<(), Refusal> {
        let role = members.need("role")?;
        let content = members.need("content")?;
        match role.string()?.as_str() {
            "system" | "developer" => self.turn(Role::System, parts::decode(&content)?),
            "user" => self.turn(Role::User, parts::decode(&content)?),
            "assistant" => {
                let blocks = parts::decode(&content)?;
                self.answer(blocks);
            }
            _ => return Err(role.wrong("one of user, assistant, system, developer")),
        }
        Ok(())
    }

    /// What the model said goes to its turn, where that is the last one.
    fn answer(&mut self, blocks: impl IntoIterator<Item = Block>) {
        match self.turns.last_mut() {
            Some(last) if last.role == Role::Assistant => last.blocks.extend(blocks),
            _ => self.turn(Role::Assistant, blocks.into_iter().collect()),
        }
    }

    fn call(&mut self, members: &mut Members<'_>, name: String, input: Raw) -> Result<(), Refusal> {
        let written = members.need("call_id")?.string()?;
        let (id, signature) = split_thought(&written);
        let content = Content::ToolUse {
            id: id.to_owned(),
            name,
            input,
            signature: signature.map(str::to_owned),
        };
        self.answer([content.into()]);
        Ok(())
    }

    fn formed_call(&mut self, form: &Form, members: &mut Members<'_>) -> Result<(), Refusal> {
        let given = members.need(form.member)?;
        let input = if form.is_text {
            arguments_of(&given.string()?)
        } else {
            given.members()?;
            given.raw()
        };
        let name = members.read("name", Node::string)?;
        self.call(members, name.unwrap_or_else(|| form.tool.to_owned()), input)
    }

    /// Results go together, where one stands behind the other.
    fn result(&mut self, id: String, content: Vec<Block>, failed: bool) {
        let is_result = |block: &Block| matches!(block.content, Content::ToolResult { .. });
        let block = Content::ToolResult {
            id,
            content,
            failed,
        };
        match self.turns.last_mut() {
            Some(last) if last.role == Role::User && last.blocks.iter().all(is_result) => {
                last.blocks.push(block.into());
            }
            _ => self.turn(Role::User, vec![block.into()]),
        }
    }

    fn formed_result(&mut self, form: &Form, members: &mut Members<'_>) -> Result<(), Refusal> {
        let content = match members.take("output") {
            None => Vec::new(),
            // Parts of content, or what only the dialect can read: that is told as it is.
            Some(output) => match parts::decode(&output) {
                Ok(content) => content,
                Err(refusal) if form.is_text => return Err(refusal),
                Err(_) => vec![Content::Text(output.text().to_owned()).into()],
            },
        };
        let status = members.read("status", Node::string)?;
        let id = match members.take("call_id") {
            Some(id) => split_thought(&id.string()?).0.to_owned(),
            None => members.need("id")?.string()?,
        };
        self.result(id, content, status.as_deref() == Some("failed"));
        Ok(())
    }

    /// Thoughts. Of those that OpenAI has encrypted, others can read the summary at most.
    fn reasoning(&mut self, members: &mut Members<'_>) -> Result<(), Refusal> {
        let encrypted = members.take("encrypted_content");
        if let Some(node) = &encrypted {
            if let Some(thoughts) = seal::open(&node.string()?) {
                self.answer(thoughts.into_iter().map(Block::from));
                return Ok(());
            }
            self.left.push((node.path().to_owned(), node.raw()));
        }
        let mut texts = Vec::new();
        for name in ["content", "summary"] {
            if texts.is_empty() {
                let blocks = members.read(name, parts::decode)?.unwrap_or_default();
                texts.extend(blocks.into_iter().filter_map(|block| match block.content {
                    Content::Text(text) if !text.is_empty() => Some(text),
                    _ => None,
                }));
            }
        }
        if !texts.is_empty() {
            let thought = Content::Thinking {
                text: texts.join("\n\n"),
                signature: None,
            };
            self.answer([thought.into()]);
        }
        Ok(())
    }
}

fn call_id(members: &mut Members<'_>) -> Result<String, Refusal> {
    let written = members.need("call_id")?.string()?;
    Ok(split_thought(&written).0.to_owned())
}

/// The arguments of a call: a string of JSON that must hold an object.
fn arguments(node: &Node<'_>) -> Result<Raw, Refusal> {
    let text = node.string()?;
    let text = if text.trim().is_empty() {
        "{}".to_owned()
    } else {
        text
    };
    let input = RawValue::from_string(text).map_err(|error| {
        node.malformed(format!("`{}` is not valid JSON: {error}.", node.path()))
    })?;
    if !input.get().starts_with('{') {
        return Err(node.wrong("a string with a JSON object in it"));
    }
    Ok(input)
}
