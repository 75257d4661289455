//! A caller's request, read into the intermediate form.

use tollgate_model::Refusal;

use super::echo::Echoed;
use super::input::{self, Input};
use super::tools;
use crate::codec::Head;
use crate::ir::{Content, Effort, Format, Raw, Reasoning, Request, Role};
use crate::node::{Members, Node};

/// Members that say nothing to another provider, or nothing that is not done anyway.
const SETTLED: [&str; 8] = [
    "model",
    "stream",
    "max_output_tokens",
    "stream_options",
    "background",
    "conversation",
    "store",
    "metadata",
];

/// Reads a request. Members that have no place in the intermediate form go to its `rest`.
pub(super) fn decode(body: &[u8], head: &Head) -> Result<Request, Refusal> {
    let mut members = Node::root(body)?.members()?;
    let mut echoed = Echoed::default();
    for name in SETTLED {
        echoed.note(name, members.take(name).as_ref());
    }
    let mut said = Input::default();
    if let Some(instructions) = echoed.take("instructions", &mut members) {
        let text = Content::Text(instructions.string()?);
        said.say(Role::System, vec![text.into()], "instructions");
    }
    if let Some(prompt) = members.take("prompt") {
        let detail = "A prompt that lies at OpenAI cannot be carried to another provider.";
        return Err(prompt.unsupported(detail));
    }
    echoed.take("previous_response_id", &mut members);
    input::decode(&members.need("input")?, &mut said)?;
    let (given, choice) = (
        members.take("tools"),
        echoed.take("tool_choice", &mut members),
    );
    let toolbox = tools::decode(given.as_ref(), choice.as_ref())?;
    echoed.tools(given.as_ref())?;
    let text = Text::take(echoed.take("text", &mut members))?;
    include(&mut members)?;
    let mut rest = said.left;
    rest.extend(text.verbosity.map(|raw| ("verbosity".to_owned(), raw)));
    truncation(&mut members, &mut rest)?;
    let number = |node: Option<Node<'_>>| node.map(|node| node.number()).transpose();
    let parallel = echoed.take("parallel_tool_calls", &mut members);
    let request = Request {
        model: head.model.clone(),
        turns: said.turns,
        tools: toolbox.tools,
        search: toolbox.search,
        tool_choice: toolbox.choice,
        parallel_tools: parallel.map(|node| node.flag()).transpose()?,
        max_tokens: head.max_tokens,
        temperature: number(echoed.take("temperature", &mut members))?,
        top_p: number(echoed.take("top_p", &mut members))?,
        answers: 1,
        reasoning: reasoning(echoed.take("reasoning", &mut members))?,
        format: text.format,
        user: echoed
            .take("user", &mut members)
            .map(|node| node.string())
            .transpose()?,
        stream: head.stream,
        stream_usage: true,
        ..Request::default()
    };
    for name in ["prompt_cache_key", "safety_identifier", "top_logprobs"] {
        if let Some(node) = echoed.take(name, &mut members) {
            rest.push((name.to_owned(), node.raw()));
        }
    }
    rest.extend(members.rest());
    Ok(Request {
        rest,
        echo: echoed.written(toolbox.forms),
        ..request
    })
}

/// What `text` says.
#[derive(Default)]
struct Text {
    format: Format,
    verbosity: Option<Raw>,
}

impl Text {
    fn take(node: Option<Node<'_>>) -> Result<Text, Refusal> {
        let Some(node) = node else {
            return Ok(Text::default());
        };
        let mut members = node.members()?;
        Ok(Text {
            format: members.read("format", format)?.unwrap_or_default(),
            verbosity: members.take("verbosity").map(|node| node.raw()),
        })
    }
}

fn format(node: &Node<'_>) -> Result<Format, Refusal> {
    let mut members = node.members()?;
    let kind = members.need("type")?;
    match kind.string()?.as_str() {
        "text" => Ok(Format::Text),
        "json_object" => Ok(Format::Json),
        "json_schema" => Ok(Format::Schema {
            name: members.need("name")?.string()?,
            schema: members.need("schema")?.raw(),
            strict: members.read("strict", Node::flag)?,
        }),
        other => {
            let detail = format!("The format `{other}` is not known here.");
            Err(kind.unsupported(detail))
        }
    }
}

/// How much to think. Thoughts that a provider shows are passed on whether or not a summary of them
/// is asked for.
fn reasoning(node: Option<Node<'_>>) -> Result<Option<Reasoning>, Refusal> {
    let Some(node) = node else {
        return Ok(None);
    };
    node.members()?.read("effort", |node| {
        Ok(match node.string()?.as_str() {
            "none" => Reasoning::Off,
            "minimal" => Reasoning::Effort(Effort::Minimal),
            "low" => Reasoning::Effort(Effort::Low),
            "medium" => Reasoning::Effort(Effort::Medium),
            "high" => Reasoning::Effort(Effort::High),
            "xhigh" | "max" => Reasoning::Effort(Effort::Maximal),
            _ => return Err(node.wrong("one of none, minimal, low, medium, high, xhigh")),
        })
    })
}

/// What an answer is to show besides. Encrypted reasoning is always there, and what tools of OpenAI's
/// found is not asked for without them.
fn include(members: &mut Members<'_>) -> Result<(), Refusal> {
    for node in members.read("include", Node::elements)?.unwrap_or_default() {
        if node.string()?.ends_with(".logprobs") {
            let detail = "Other providers do not tell the likelihood of tokens.";
            return Err(node.unsupported(detail));
        }
    }
    Ok(())
}

/// Whether a conversation that is too long may be cut; by default it may not.
fn truncation(members: &mut Members<'_>, rest: &mut Vec<(String, Raw)>) -> Result<(), Refusal> {
    if let Some(node) = members.take("truncation")
        && node.string()? != "disabled"
    {
        rest.push(("truncation".to_owned(), node.raw()));
    }
    Ok(())
}
