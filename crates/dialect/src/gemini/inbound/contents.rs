//! The conversation of a caller's request.

use std::collections::HashSet;

use memchr::memmem;
use serde_json::Value;
use serde_json::value::RawValue;
use tollgate_model::Refusal;

use super::calls::Calls;
use super::fields::{Fields, Rest, each};
use super::media;
use crate::ir::{Block, Content, Raw, Role, Turn};
use crate::node::Node;
use crate::seal;

/// Reads the instructions.
pub(super) fn instructions(node: &Node<'_>, rest: &mut Rest) -> Result<Turn, Refusal> {
    let mut fields = Fields::of(node)?;
    fields.take("role")?;
    let mut blocks = Vec::new();
    for part in parts(&mut fields)? {
        let mut fields = Fields::of(&part)?;
        let Some(text) = fields.read("text", Node::string)? else {
            return Err(part.unsupported("Instructions can be nothing but text."));
        };
        fields.leave(rest);
        if !text.is_empty() {
            blocks.push(Content::Text(text).into());
        }
    }
    fields.leave(rest);
    Ok(Turn {
        role: Role::System,
        blocks,
        place: node.path().to_owned(),
    })
}

/// Reads the turns; those that say nothing are left out, and turns of the model that follow each
/// other are one.
pub(super) fn turns(node: &Node<'_>, rest: &mut Rest) -> Result<Vec<Turn>, Refusal> {
    let contents = each(node)?;
    let mut reader = Reader {
        calls: Calls::new(given_ids(&contents)?),
        rest,
    };
    let mut turns: Vec<Turn> = Vec::with_capacity(contents.len());
    for content in &contents {
        let turn = reader.turn(content)?;
        match turns.last_mut() {
            _ if turn.blocks.is_empty() => {}
            Some(last) if turn.role == Role::Assistant && last.role == turn.role => {
                last.blocks.extend(turn.blocks);
            }
            _ => turns.push(turn),
        }
    }
    if turns.is_empty() {
        return Err(node.malformed("`contents` say nothing; send at least one part."));
    }
    Ok(turns)
}

fn parts<'a>(fields: &mut Fields<'a>) -> Result<Vec<Node<'a>>, Refusal> {
    let parts = fields.take("parts")?;
    parts.map_or(Ok(Vec::new()), |parts| each(&parts))
}

/// The ids of all calls.
fn given_ids(contents: &[Node<'_>]) -> Result<HashSet<String>, Refusal> {
    let mut ids = HashSet::new();
    let has_ids =
        |content: &&Node<'_>| memmem::find(content.text().as_bytes(), b"\"id\"").is_some();
    for content in contents.iter().filter(has_ids) {
        for part in parts(&mut Fields::of(content)?)? {
            if let Some(call) = Fields::of(&part)?.take("functionCall")? {
                ids.extend(Fields::of(&call)?.read("id", Node::string)?);
            }
        }
    }
    Ok(ids)
}

struct Reader<'r> {
    calls: Calls,
    rest: &'r mut Rest,
}

/// A part's content, and the thoughts that were sealed into its signature.
type Read = (Option<Content>, Vec<Content>);

impl Reader<'_> {
    fn turn(&mut self, node: &Node<'_>) -> Result<Turn, Refusal> {
        let mut fields = Fields::of(node)?;
        let role = match fields.take("role")? {
            None => Role::User,
            Some(role) => match role.string()?.as_str() {
                "user" | "function" => Role::User,
                "model" => Role::Assistant,
                _ => return Err(role.wrong("user or model")),
            },
        };
        let (mut said, mut sealed): (Vec<Content>, _) = (Vec::new(), Vec::new());
        for part in parts(&mut fields)? {
            let (content, thoughts) = self.part(&part, role)?;
            sealed.extend(thoughts);
            match (said.last_mut(), content) {
                // A model's text may come back in the pieces in which it was streamed.
                (Some(Content::Text(text)), Some(Content::Text(more)))
                    if role == Role::Assistant =>
                {
                    text.push_str(&more);
                }
                (_, content) => said.extend(content),
            }
        }
        fields.leave(self.rest);
        if !sealed.is_empty() {
            // The same thoughts, told once more for people to read.
            said.retain(|content| !matches!(content, Content::Thinking { .. }));
        }
        let blocks = sealed.into_iter().chain(said).map(Block::from).collect();
        Ok(Turn {
            role,
            blocks,
            place: node.path().to_owned(),
        })
    }

    fn part(&mut self, node: &Node<'_>, role: Role) -> Result<Read, Refusal> {
        let mut fields = Fields::of(node)?;
        let is_thought = fields.read("thought", Node::flag)? == Some(true);
        let signature = fields.read("thoughtSignature", Node::string)?;
        let content = if let Some(text) = fields.read("text", Node::string)? {
            words(text, role, is_thought)
        } else if let Some(call) = fields.take("functionCall")? {
            let sealed = signature.as_deref().and_then(seal::open);
            let own = signature.filter(|_| sealed.is_none());
            let content = self.call(&call, role, own)?;
            fields.leave(self.rest);
            return Ok((Some(content), sealed.unwrap_or_default()));
        } else if let Some(result) = fields.take("functionResponse")? {
            Some(self.result(&result, role)?)
        } else if let Some(data) = fields.take("inlineData")? {
            Some(media::inline(&data, self.rest)?)
        } else if let Some(data) = fields.take("fileData")? {
            Some(media::remote(&data, self.rest)?)
        } else if let Some(code) = fields.take("executableCode")? {
            Some(executed(&code)?)
        } else if let Some(ran) = fields.take("codeExecutionResult")? {
            let output = Fields::of(&ran)?.read("output", Node::string)?;
            Some(fenced("", &output.unwrap_or_default()))
        } else {
            let detail = format!("`{}` is no part that is known here.", node.path());
            return Err(node.unsupported(detail));
        };
        fields.leave(self.rest);
        Ok((content, Vec::new()))
    }

    fn call(
        &mut self,
        node: &Node<'_>,
        role: Role,
        signature: Option<String>,
    ) -> Result<Content, Refusal> {
        if role != Role::Assistant {
            return Err(node.malformed("Only a turn of the model can call a function."));
        }
        let mut fields = Fields::of(node)?;
        let id = fields.read("id", Node::string)?;
        let name = fields.need("name")?.string()?;
        let input = match fields.take("args")? {
            Some(args) if args.is_object() => args.raw(),
            Some(args) => return Err(args.wrong("an object")),
            None => empty(),
        };
        fields.leave(self.rest);
        Ok(Content::ToolUse {
            id: self.calls.call(id, &name),
            name,
            input,
            signature: signature.filter(|text| !text.is_empty()),
        })
    }

    fn result(&mut self, node: &Node<'_>, role: Role) -> Result<Content, Refusal> {
        if role != Role::User {
            return Err(node.malformed("The result of a function stands in a turn of the model."));
        }
        let mut fields = Fields::of(node)?;
        let id = fields.read("id", Node::string)?;
        let name = fields.need("name")?.string()?;
        let Some(id) = self.calls.answer(id, &name) else {
            let detail = format!("There is no call of `{name}` before this result of it.");
            return Err(node.malformed(detail));
        };
        let (text, failed) = match fields.take("response")? {
            Some(response) => outcome(&response)?,
            None => (String::new(), false),
        };
        let mut content: Vec<Block> = Vec::new();
        if !text.is_empty() {
            content.push(Content::Text(text).into());
        }
        for part in parts(&mut fields)? {
            content.push(self.returned(&part)?.into());
        }
        fields.leave(self.rest);
        Ok(Content::ToolResult {
            id,
            content,
            failed,
        })
    }

    /// A medium that a function returned.
    fn returned(&mut self, node: &Node<'_>) -> Result<Content, Refusal> {
        let mut fields = Fields::of(node)?;
        if let Some(data) = fields.take("inlineData")? {
            return media::inline(&data, self.rest);
        }
        match fields.take("fileData")? {
            Some(data) => media::remote(&data, self.rest),
            None => Err(node.wrong("an object with `inlineData` or `fileData`")),
        }
    }
}

fn words(text: String, role: Role, is_thought: bool) -> Option<Content> {
    if text.is_empty() {
        return None;
    }
    Some(match is_thought && role == Role::Assistant {
        true => Content::Thinking {
            text,
            signature: None,
        },
        false => Content::Text(text),
    })
}

/// What a function returned, as text, and whether it failed. `output` alone is what it returned,
/// `error` alone how it failed; every other object is itself what it returned.
fn outcome(node: &Node<'_>) -> Result<(String, bool), Refusal> {
    let mut members = node.members()?;
    let (output, error) = (members.take("output"), members.take("error"));
    let only = members.rest().is_empty();
    match (output, error) {
        (Some(output), None) if only => Ok((plain(&output)?, false)),
        (None, Some(error)) if only => Ok((plain(&error)?, true)),
        _ => Ok((node.text().to_owned(), false)),
    }
}

/// A text as it reads, everything else as JSON.
fn plain(node: &Node<'_>) -> Result<String, Refusal> {
    if node.is_string() {
        node.string()
    } else {
        Ok(node.text().to_owned())
    }
}

fn executed(node: &Node<'_>) -> Result<Content, Refusal> {
    let mut fields = Fields::of(node)?;
    let language = fields.read("language", Node::string)?.unwrap_or_default();
    let code = fields.read("code", Node::string)?.unwrap_or_default();
    Ok(fenced(&language.to_ascii_lowercase(), &code))
}

fn fenced(language: &str, text: &str) -> Content {
    Content::Text(format!("\n```{language}\n{text}\n```\n"))
}

/// `{}`.
fn empty() -> Raw {
    let object = Value::Object(serde_json::Map::new());
    serde_json::value::to_raw_value(&object).unwrap_or_else(|_| RawValue::NULL.to_owned())
}
