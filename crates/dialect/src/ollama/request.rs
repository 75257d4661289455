//! A request as Ollama takes it.

use serde::Serialize;
use serde_json::value::RawValue;
use tollgate_model::Refusal;

use super::turns;
use super::wire::{Format, Function, Message, Options, Think, Tool};
use crate::codec::{Encoded, Loss, Target};
use crate::ir::{self, Effort, Reasoning, Request, Role, ToolChoice};
use crate::ladder::{self, unsupported};

/// How long a model stays in memory, which every request may say.
const KEEP_ALIVE: &str = "keep_alive";

/// A body of either of the dialects.
#[derive(Serialize)]
struct Body<'a, Prompt> {
    model: &'a str,
    #[serde(flatten)]
    prompt: Prompt,
    stream: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<Format<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    think: Option<Think>,
    #[serde(skip_serializing_if = "Option::is_none")]
    options: Option<Options<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    keep_alive: Option<&'a RawValue>,
}

#[derive(Serialize)]
struct Chat<'a> {
    messages: Vec<Message<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tools: Vec<Tool<'a>>,
}

#[derive(Serialize)]
struct Single<'a> {
    prompt: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    system: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    images: Vec<&'a str>,
}

/// Writes the body of a request to chat.
pub(super) fn chat(
    request: &Request,
    target: &Target<'_>,
    loss: &mut Loss,
) -> Result<Encoded, Refusal> {
    let tools = tools(request, loss)?;
    let messages = turns::write(request, loss)?;
    write(request, target, Chat { messages, tools }, loss)
}

/// Writes the body of a request with one prompt, which is all that the user may have said; before it
/// may stand instructions.
pub(super) fn generate(
    request: &Request,
    target: &Target<'_>,
    loss: &mut Loss,
) -> Result<Encoded, Refusal> {
    if !request.tools.is_empty() {
        let detail = "This provider only answers a prompt and calls no tools.";
        return Err(unsupported("tools", detail));
    }
    let is_system = |turn: &&ir::Turn| turn.role == Role::System;
    let before = request.turns.iter().take_while(is_system).count();
    let (instructions, talk) = request.turns.split_at(before);
    let [turn] = talk else {
        let detail = "This provider only answers a prompt: a conversation must have one message \
                      besides instructions.";
        return Err(unsupported("messages", detail));
    };
    if turn.role != Role::User {
        let detail = "This provider only answers a prompt: the one message must be the user's.";
        return Err(unsupported(format!("messages[{before}].role"), detail));
    }
    let mut blocks = request.turns.iter().flat_map(|turn| &turn.blocks);
    if blocks.any(|block| block.cache.is_some()) {
        loss.dropped("cache_control");
    }
    let mut system = Vec::new();
    for (at, turn) in instructions.iter().enumerate() {
        system.push(turns::said(turn.blocks.iter(), at)?.text());
    }
    let said = turns::said(turn.blocks.iter(), before)?;
    let prompt = Single {
        prompt: said.text(),
        system: (!system.is_empty()).then(|| system.join("\n")),
        images: said.images,
    };
    write(request, target, prompt, loss)
}

fn write(
    request: &Request,
    target: &Target<'_>,
    prompt: impl Serialize,
    loss: &mut Loss,
) -> Result<Encoded, Refusal> {
    ladder::judge(request, "Ollama", &[KEEP_ALIVE], loss)?;
    let hints = [
        ("user", request.user.is_some()),
        ("parallel_tool_calls", request.parallel_tools == Some(false)),
    ];
    for (name, given) in hints {
        if given {
            loss.dropped(name);
        }
    }
    let options = options(request);
    let body = Body {
        model: target.model,
        prompt,
        stream: request.stream,
        format: match &request.format {
            ir::Format::Text => None,
            ir::Format::Json => Some(Format::Word("json")),
            ir::Format::Schema { schema, .. } => Some(Format::Schema(schema)),
        },
        think: request.reasoning.map(think),
        options: (options != Options::default()).then_some(options),
        keep_alive: ladder::rest(request, KEEP_ALIVE).map(AsRef::as_ref),
    };
    Encoded::of(&body)
}

fn options(request: &Request) -> Options<'_> {
    Options {
        num_predict: request.max_tokens,
        temperature: request.temperature,
        top_p: request.top_p,
        top_k: request.top_k,
        seed: request.seed,
        frequency_penalty: request.frequency_penalty,
        presence_penalty: request.presence_penalty,
        stop: request.stop.iter().map(String::as_str).collect(),
    }
}

/// A model that knows no levels takes each of them for a yes.
fn think(reasoning: Reasoning) -> Think {
    match reasoning {
        Reasoning::Off => Think::Flag(false),
        Reasoning::Effort(Effort::Minimal | Effort::Low) | Reasoning::Budget(0..=1024) => {
            Think::Level("low")
        }
        Reasoning::Effort(Effort::Medium) | Reasoning::Budget(1025..=8192) => {
            Think::Level("medium")
        }
        Reasoning::Effort(Effort::High | Effort::Maximal) | Reasoning::Budget(_) => {
            Think::Level("high")
        }
    }
}

/// The tools. Ollama leaves the choice to the model: not to call any is not to have any, and that one
/// must be called cannot be said.
fn tools<'a>(request: &'a Request, loss: &mut Loss) -> Result<Vec<Tool<'a>>, Refusal> {
    match &request.tool_choice {
        Some(ToolChoice::None) => return Ok(Vec::new()),
        Some(ToolChoice::Required | ToolChoice::Named(_)) if !request.tools.is_empty() => {
            let detail = "Ollama cannot be told that a tool must be called.";
            return Err(unsupported("tool_choice", detail));
        }
        _ => {}
    }
    for tool in &request.tools {
        if tool.strict == Some(true) {
            loss.dropped("tools.strict");
        }
        if tool.cache.is_some() {
            loss.dropped("cache_control");
        }
    }
    let tools = request.tools.iter().map(|tool| Tool {
        r#type: "function",
        function: Function {
            name: &tool.name,
            description: tool.description.as_deref(),
            parameters: tool.parameters.as_deref(),
        },
    });
    Ok(tools.collect())
}
