//! A caller's request, read into the intermediate form.

use tollgate_model::Refusal;

use super::messages;
use super::shape::Shape;
use crate::codec::Head;
use crate::ir::{Block, Content, Effort, Format, Raw, Reasoning, Request, Role, Tool, Turn};
use crate::node::{Members, Node};
use crate::openai_chat::tools::tool;

/// The name of the schema of an answer, for dialects in which it needs one.
const SCHEMA_NAME: &str = "answer";
/// Whole numbers below this are exact even where they are written with a fraction (`40.0`).
const EXACT: f64 = (1u64 << 53) as f64;

/// Reads a request. Members that have no place in the intermediate form go to its `rest`.
pub(super) fn decode(body: &[u8], head: &Head, shape: Shape) -> Result<Request, Refusal> {
    let mut members = Node::root(body)?.members()?;
    for known in ["model", "stream"] {
        members.take(known);
    }
    let turns = match shape {
        Shape::Chat => messages::decode(&members.need("messages")?)?,
        Shape::Generate => single(&mut members)?,
    };
    let mut options = Options::take(&mut members)?;
    let request = Request {
        model: head.model.clone(),
        turns,
        tools: members.read("tools", tools)?.unwrap_or_default(),
        max_tokens: head.max_tokens,
        temperature: options.number("temperature")?,
        top_p: options.number("top_p")?,
        top_k: options.whole("top_k")?.and_then(|k| u64::try_from(k).ok()),
        stop: options.stop()?,
        seed: options.whole("seed")?,
        frequency_penalty: options.number("frequency_penalty")?,
        presence_penalty: options.number("presence_penalty")?,
        answers: head.answers,
        reasoning: members.read("think", think)?,
        format: members.read("format", format)?.unwrap_or_default(),
        stream: head.stream,
        stream_usage: head.stream_usage,
        ..Request::default()
    };
    let mut rest = options.rest();
    rest.extend(members.rest());
    Ok(Request { rest, ..request })
}

/// A prompt with its instructions and pictures. What makes it something else than one is refused.
fn single(members: &mut Members<'_>) -> Result<Vec<Turn>, Refusal> {
    let off: [(&str, &[&str]); 4] = [
        ("suffix", &["\"\""]),
        ("template", &["\"\""]),
        ("raw", &["false"]),
        ("context", &["[]"]),
    ];
    for (name, harmless) in off {
        if let Some(node) = members.take(name)
            && !harmless.contains(&node.text())
        {
            let detail = format!("Only Ollama itself knows `{name}`; leave it out.");
            return Err(node.unsupported(detail));
        }
    }
    let system = members.read("system", Node::string)?;
    let prompt = members.need("prompt")?.string()?;
    let pictures = members.read("images", messages::images)?;
    let turn = |role, place: &str, contents: Vec<Content>| Turn {
        role,
        place: place.to_owned(),
        blocks: contents.into_iter().map(Block::from).collect(),
    };
    // Words about pictures stand behind them.
    let mut said = pictures.unwrap_or_default();
    said.push(Content::Text(prompt));
    let system = system.filter(|system| !system.is_empty());
    let system = system.map(|system| turn(Role::System, "system", vec![Content::Text(system)]));
    Ok(system
        .into_iter()
        .chain([turn(Role::User, "prompt", said)])
        .collect())
}

fn tools(node: &Node<'_>) -> Result<Vec<Tool>, Refusal> {
    node.elements()?.iter().map(tool).collect()
}

/// A yes without a level is a medium one.
fn think(node: &Node<'_>) -> Result<Reasoning, Refusal> {
    match node.text() {
        "true" => return Ok(Reasoning::Effort(Effort::Medium)),
        "false" => return Ok(Reasoning::Off),
        _ => {}
    }
    let wrong = || node.wrong("true, false, or one of low, medium, high, max");
    match node.string().map_err(|_| wrong())?.as_str() {
        "low" => Ok(Reasoning::Effort(Effort::Low)),
        "medium" => Ok(Reasoning::Effort(Effort::Medium)),
        "high" => Ok(Reasoning::Effort(Effort::High)),
        "max" => Ok(Reasoning::Effort(Effort::Maximal)),
        _ => Err(wrong()),
    }
}

/// `json`, nothing, or a schema.
fn format(node: &Node<'_>) -> Result<Format, Refusal> {
    if node.is_object() {
        return Ok(Format::Schema {
            name: SCHEMA_NAME.to_owned(),
            schema: node.raw(),
            strict: Some(true),
        });
    }
    match node.text() {
        "\"\"" => Ok(Format::Text),
        "\"json\"" => Ok(Format::Json),
        _ => Err(node.wrong("\"json\" or a schema")),
    }
}

/// The members of `options`.
struct Options<'a>(Option<Members<'a>>);

impl<'a> Options<'a> {
    fn take(members: &mut Members<'a>) -> Result<Options<'a>, Refusal> {
        let mut options = members.read("options", Node::members)?;
        if let Some(options) = &mut options {
            options.take("num_predict");
        }
        Ok(Options(options))
    }

    fn read<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&Node<'a>) -> Result<T, Refusal>,
    ) -> Result<Option<T>, Refusal> {
        match &mut self.0 {
            Some(options) => options.read(name, read),
            None => Ok(None),
        }
    }

    fn number(&mut self, name: &str) -> Result<Option<f64>, Refusal> {
        self.read(name, Node::number)
    }

    /// A whole number, which Ollama's clients may write with a fraction.
    fn whole(&mut self, name: &str) -> Result<Option<i64>, Refusal> {
        self.read(name, |node| {
            if let Ok(number) = node.integer() {
                return Ok(number);
            }
            let number = node.number()?;
            let is_exact = number.fract() == 0.0 && number.abs() < EXACT;
            if is_exact {
                Ok(number as i64)
            } else {
                Err(node.wrong("a whole number"))
            }
        })
    }

    fn stop(&mut self) -> Result<Vec<String>, Refusal> {
        let stop = self.read("stop", |node| match node.is_string() {
            true => Ok(vec![node.string()?]),
            false => node.elements()?.iter().map(Node::string).collect(),
        })?;
        Ok(stop.unwrap_or_default())
    }

    /// What was not taken.
    fn rest(self) -> Vec<(String, Raw)> {
        let rest = self.0.map(Members::rest).unwrap_or_default().into_iter();
        rest.map(|(name, value)| (format!("options.{name}"), value))
            .collect()
    }
}
