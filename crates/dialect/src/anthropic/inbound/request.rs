//! A caller's request, read into the intermediate form.

use tollgate_model::Refusal;

use super::{messages, tools};
use crate::codec::Head;
use crate::ir::{Effort, Format, Reasoning, Request};
use crate::left::Left;
use crate::node::{Members, Node};

/// The name of the schema of an answer, for dialects in which it needs one.
const SCHEMA_NAME: &str = "answer";

/// Reads a request. Members that have no place in the intermediate form go to its `rest`.
pub(super) fn decode(body: &[u8], head: &Head) -> Result<Request, Refusal> {
    let mut members = Node::root(body)?.members()?;
    for known in ["model", "stream", "max_tokens"] {
        members.take(known);
    }
    let mut left = Left::default();
    let turns = messages::decode(&mut members, &mut left)?;
    let toolbox = tools::decode(&mut members, &mut left)?;
    let output = Output::take(&mut members, &mut left)?;
    let thinking = Thinking::take(&mut members, output.effort, &mut left)?;
    let stop = members.read("stop_sequences", |node| {
        node.elements()?.iter().map(Node::string).collect()
    })?;
    let request = Request {
        model: head.model.clone(),
        turns,
        tools: toolbox.tools,
        search: toolbox.search,
        tool_choice: toolbox.choice,
        parallel_tools: toolbox.parallel,
        max_tokens: head.max_tokens,
        temperature: members.read("temperature", Node::number)?,
        top_p: members.read("top_p", Node::number)?,
        top_k: members.read("top_k", Node::count)?,
        stop: stop.unwrap_or_default(),
        answers: head.answers,
        reasoning: thinking.reasoning,
        hide_thoughts: thinking.is_hidden,
        format: output.format,
        user: user(&mut members, &mut left)?,
        stream: head.stream,
        stream_usage: head.stream_usage,
        ..Request::default()
    };
    let mut rest = left.into_members();
    rest.extend(members.rest());
    Ok(Request { rest, ..request })
}

/// What `output_config` says, and `output_format`, from which it came.
struct Output {
    effort: Option<Effort>,
    format: Format,
}

impl Output {
    fn take(members: &mut Members<'_>, left: &mut Left) -> Result<Output, Refusal> {
        let older = members.read("output_format", format)?;
        let mut output = Output {
            effort: None,
            format: older.unwrap_or_default(),
        };
        if let Some(mut config) = members.read("output_config", Node::members)? {
            output.effort = config.read("effort", effort)?;
            if let Some(format) = config.read("format", format)? {
                output.format = format;
            }
            left.add_rest("output_config", config);
        }
        Ok(output)
    }
}

fn format(node: &Node<'_>) -> Result<Format, Refusal> {
    let mut members = node.members()?;
    let kind = members.need("type")?;
    match kind.string()?.as_str() {
        "json_schema" => Ok(Format::Schema {
            name: SCHEMA_NAME.to_owned(),
            schema: members.need("schema")?.raw(),
            strict: Some(true),
        }),
        other => {
            let detail = format!("The output format `{other}` is not known here.");
            Err(kind.unsupported(detail))
        }
    }
}

fn effort(node: &Node<'_>) -> Result<Effort, Refusal> {
    Ok(match node.string()?.as_str() {
        "low" => Effort::Low,
        "medium" => Effort::Medium,
        "high" => Effort::High,
        "xhigh" | "max" => Effort::Maximal,
        _ => return Err(node.wrong("one of low, medium, high, xhigh, max")),
    })
}

/// What `thinking` says.
#[derive(Default)]
struct Thinking {
    reasoning: Option<Reasoning>,
    /// Whether the thoughts are not to be shown.
    is_hidden: bool,
}

impl Thinking {
    /// A budget is the sharper word, so that an effort beside it is not needed.
    fn take(
        members: &mut Members<'_>,
        effort: Option<Effort>,
        left: &mut Left,
    ) -> Result<Thinking, Refusal> {
        let Some(mut thinking) = members.read("thinking", Node::members)? else {
            let reasoning = effort.map(Reasoning::Effort);
            return Ok(Thinking {
                reasoning,
                is_hidden: false,
            });
        };
        let kind = thinking.need("type")?;
        let reasoning = match kind.string()?.as_str() {
            "disabled" => Reasoning::Off,
            "adaptive" => Reasoning::Effort(effort.unwrap_or(Effort::High)),
            "enabled" => Reasoning::Budget(thinking.need("budget_tokens")?.count()?),
            _ => return Err(kind.wrong("one of enabled, adaptive, disabled")),
        };
        let display = thinking.read("display", Node::string)?;
        left.add_rest("thinking", thinking);
        Ok(Thinking {
            reasoning: Some(reasoning),
            is_hidden: display.as_deref() == Some("omitted"),
        })
    }
}

fn user(members: &mut Members<'_>, left: &mut Left) -> Result<Option<String>, Refusal> {
    let Some(mut metadata) = members.read("metadata", Node::members)? else {
        return Ok(None);
    };
    let user = metadata.read("user_id", Node::string)?;
    left.add_rest("metadata", metadata);
    Ok(user)
}
