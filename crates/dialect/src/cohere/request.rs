//! A request as Cohere takes it.

use std::borrow::Cow;

use serde_json::value::RawValue;
use tollgate_model::Refusal;

use super::wire::{Body, CARRIED, Carried, Format, Function, Tool};
use super::{tuning, turns};
use crate::codec::{Encoded, Loss, Target};
use crate::ir::{self, Request, ToolChoice};
use crate::ladder::{self, malformed, unsupported};

/// The most stop texts.
const MOST_STOPS: usize = 5;

/// Writes the body.
pub(super) fn encode(
    request: &Request,
    target: &Target<'_>,
    loss: &mut Loss,
) -> Result<Encoded, Refusal> {
    ladder::judge(request, "Cohere", &CARRIED, loss)?;
    drop_hints(request, loss);
    if request.stop.len() > MOST_STOPS {
        let detail = format!("Cohere takes at most {MOST_STOPS} stop texts.");
        return Err(unsupported("stop", detail));
    }
    let (tools, tool_choice) = toolbox(request)?;
    let strict_tools = tools.iter().any(|tool| tool.strict == Some(true));
    let talk = turns::write(request, target.model, loss)?;
    let tuning = tuning::decide(request, target.model, loss);
    let body = Body {
        model: target.model,
        stream: request.stream,
        messages: talk.messages,
        documents: talk.documents,
        tools: tools.into_iter().map(tool).collect(),
        strict_tools,
        tool_choice,
        response_format: format(&request.format),
        max_tokens: request.max_tokens,
        stop_sequences: request.stop.iter().map(String::as_str).collect(),
        temperature: tuning.temperature,
        p: tuning.p,
        k: tuning.k,
        seed: tuning.seed,
        frequency_penalty: tuning.frequency_penalty,
        presence_penalty: tuning.presence_penalty,
        thinking: tuning.thinking,
        carried: Carried(request),
    };
    Encoded::of(&body)
}

fn drop_hints(request: &Request, loss: &mut Loss) {
    let hints = [
        ("user", request.user.is_some()),
        ("parallel_tool_calls", request.parallel_tools == Some(false)),
        (
            "cache_control",
            request.tools.iter().any(|tool| tool.cache.is_some()),
        ),
    ];
    for (name, given) in hints {
        if given {
            loss.dropped(name);
        }
    }
}

type Choice = Option<&'static str>;

/// The tools and the word for the choice among them. Cohere cannot be told which one to call, but of
/// one alone it calls that one.
fn toolbox(request: &Request) -> Result<(Vec<&ir::Tool>, Choice), Refusal> {
    let tools: Vec<&ir::Tool> = request.tools.iter().collect();
    if tools.is_empty() {
        return Ok((tools, None));
    }
    match &request.tool_choice {
        None | Some(ToolChoice::Auto) => Ok((tools, None)),
        Some(ToolChoice::None) => Ok((tools, Some("NONE"))),
        Some(ToolChoice::Required) => Ok((tools, Some("REQUIRED"))),
        Some(ToolChoice::Named(name)) => {
            let named = tools.into_iter().find(|tool| tool.name == *name);
            let named = named.ok_or_else(|| {
                malformed(
                    "tool_choice",
                    format!("There is no tool `{name}` to choose."),
                )
            })?;
            Ok((vec![named], Some("REQUIRED")))
        }
    }
}

fn tool(tool: &ir::Tool) -> Tool<'_> {
    let parameters = tool.parameters.as_deref().map(Cow::Borrowed);
    Tool {
        r#type: "function",
        function: Function {
            name: &tool.name,
            description: tool.description.as_deref().filter(|text| !text.is_empty()),
            parameters: parameters.unwrap_or_else(no_parameters),
        },
    }
}

/// The schema of a tool that takes nothing.
fn no_parameters<'a>() -> Cow<'a, RawValue> {
    let schema = r#"{"type":"object","properties":{}}"#.to_owned();
    RawValue::from_string(schema).map_or(Cow::Borrowed(RawValue::NULL), Cow::Owned)
}

/// The form of the answer. A schema's name is for the caller, and every schema is held to.
fn format(format: &ir::Format) -> Option<Format<'_>> {
    let json_schema = match format {
        ir::Format::Text => return None,
        ir::Format::Json => None,
        ir::Format::Schema { schema, .. } => Some(&**schema),
    };
    Some(Format::JsonObject { json_schema })
}
