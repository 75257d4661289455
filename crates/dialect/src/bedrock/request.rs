//! A request as Bedrock takes it.

use std::borrow::Cow;

use serde_json::value::RawValue;
use tollgate_model::Refusal;

use super::family::{self, Family};
use super::tuning;
use super::turns::{self, cache_point};
use super::wire::{
    Body, Choice, OutputConfig, Part, Schema, Service, TextFormat, Tool, ToolConfig, ToolSpec,
};
use crate::anthropic::schema;
use crate::codec::{Encoded, Loss, Target};
use crate::ir::{Content, Format, Request, ToolChoice};
use crate::ladder::{self, malformed, unsupported};
use crate::tier;
use crate::tool_names::is_plain;

/// What holds the model to JSON where no schema does.
const ONLY_JSON: &str =
    "Answer with one JSON object and nothing else: no words around it, no code fence.";
/// What is said of a tool that the conversation names and the request does not offer.
const GONE: &str = "This tool is gone. Do not call it.";

/// Writes the body.
pub(super) fn encode(
    request: &Request,
    target: &Target<'_>,
    loss: &mut Loss,
) -> Result<Encoded, Refusal> {
    let family = family::of(target.model);
    let carried: &[&str] = match family {
        Family::Claude(_) => &["thinking", tier::NAME],
        Family::Nova { .. } | Family::Openai | Family::Other | Family::Untold => &[tier::NAME],
    };
    ladder::judge(request, "Bedrock", carried, loss)?;
    let service_tier = ladder::tier(request, target, loss).map(|tier| Service {
        r#type: tier.as_str(),
    });
    drop_hints(request, loss);
    let mut talk = turns::write(request, family, loss)?;
    let output_config = format(request, family, &mut talk.system, loss)?;
    let tuning = tuning::decide(request, family, target.max_output, loss);
    let body = Body {
        messages: talk.messages,
        system: talk.system,
        inference_config: tuning.inference,
        tool_config: tools(request, family, loss)?,
        output_config,
        additional_model_request_fields: tuning.extra,
        service_tier,
    };
    Encoded::of(&body)
}

fn drop_hints(request: &Request, loss: &mut Loss) {
    let counts = |penalty: Option<f64>| penalty.is_some_and(|penalty| penalty != 0.0);
    let hints = [
        ("seed", request.seed.is_some()),
        ("frequency_penalty", counts(request.frequency_penalty)),
        ("presence_penalty", counts(request.presence_penalty)),
        ("user", request.user.is_some()),
        (
            "parallel_tool_calls",
            request.parallel_tools == Some(false) && !request.tools.is_empty(),
        ),
    ];
    for (name, given) in hints {
        if given {
            loss.dropped(name);
        }
    }
}

fn tools<'a>(
    request: &'a Request,
    family: Family,
    loss: &mut Loss,
) -> Result<Option<ToolConfig<'a>>, Refusal> {
    let named = named_in(request);
    let none = request.tool_choice == Some(ToolChoice::None);
    if request.tools.is_empty() || (none && named.is_empty()) {
        return Ok(forgotten(&named));
    }
    let mut tools = Vec::with_capacity(request.tools.len());
    for (at, tool) in request.tools.iter().enumerate() {
        check_name(&tool.name, at)?;
        let strict = tool.strict == Some(true);
        if strict && !family.is_strict() {
            loss.dropped(&format!("tools[{at}].function.strict"));
        }
        tools.push(Tool::ToolSpec(ToolSpec {
            name: &tool.name,
            description: tool.description.as_deref().filter(|text| !text.is_empty()),
            input_schema: Schema {
                json: schema::of_tool(tool.parameters.as_ref(), &tool.name, at)?,
            },
            strict: strict && family.is_strict(),
        }));
        match tool.cache.as_deref() {
            Some(mark) if family.caches_tools() => tools.push(Tool::CachePoint(cache_point(mark))),
            Some(_) => loss.dropped("cache_control"),
            None => {}
        }
    }
    // Without its tools a conversation that has called them is refused.
    if none {
        loss.dropped("tool_choice");
    }
    let tool_choice = match &request.tool_choice {
        None | Some(ToolChoice::None) => None,
        Some(ToolChoice::Auto) => Some(Choice::Auto {}),
        Some(ToolChoice::Required) => Some(Choice::Any {}),
        Some(ToolChoice::Named(name)) => Some(Choice::Tool { name }),
    };
    Ok(Some(ToolConfig { tools, tool_choice }))
}

/// The tools that the conversation calls, each once.
fn named_in(request: &Request) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for block in request.turns.iter().flat_map(|turn| &turn.blocks) {
        if let Content::ToolUse { name, .. } = &block.content
            && !names.contains(&name.as_str())
        {
            names.push(name);
        }
    }
    names
}

/// Tools for a conversation that has called some and offers none: Bedrock refuses it without.
fn forgotten<'a>(names: &[&'a str]) -> Option<ToolConfig<'a>> {
    let empty = r#"{"type":"object","properties":{}}"#.to_owned();
    let empty = RawValue::from_string(empty).ok()?;
    let tool = |name: &&'a str| {
        Tool::ToolSpec(ToolSpec {
            name,
            description: Some(GONE),
            input_schema: Schema {
                json: Cow::Owned(empty.clone()),
            },
            strict: false,
        })
    };
    (!names.is_empty()).then(|| ToolConfig {
        tools: names.iter().map(tool).collect(),
        tool_choice: None,
    })
}

/// A name that Bedrock does not take has to be told as another before; an empty one cannot be.
fn check_name(name: &str, at: usize) -> Result<(), Refusal> {
    if is_plain(name) {
        return Ok(());
    }
    let detail = format!(
        "Bedrock takes names of tools of 1 to 64 letters, digits, `_` and `-`; `{name}` is none."
    );
    Err(malformed(format!("tools[{at}].function.name"), detail))
}

fn format<'a>(
    request: &'a Request,
    family: Family,
    system: &mut Vec<Part<'a>>,
    loss: &mut Loss,
) -> Result<Option<OutputConfig>, Refusal> {
    let (name, schema) = match (&request.format, family) {
        (Format::Text, _) => return Ok(None),
        (Format::Json, _) => {
            system.push(Part::Text(ONLY_JSON.into()));
            loss.dropped("response_format");
            return Ok(None);
        }
        (Format::Schema { .. }, Family::Claude(abilities)) if !abilities.schemas => {
            let detail = "This model cannot be held to a schema; Claude 4.5 and newer can.";
            return Err(unsupported("response_format", detail));
        }
        (Format::Schema { .. }, Family::Nova { .. }) => {
            let detail = "Amazon Nova cannot be held to a schema; Claude 4.5 and newer can.";
            return Err(unsupported("response_format", detail));
        }
        (Format::Schema { name, schema, .. }, _) => (name, schema),
    };
    let schema = match family {
        Family::Claude(_) => {
            let closed = schema::of_answer(schema, loss)?;
            serde_json::to_string(&closed).unwrap_or_default()
        }
        _ => schema.get().to_owned(),
    };
    let text_format = TextFormat {
        name: name.clone(),
        schema,
    };
    Ok(Some(OutputConfig { text_format }))
}
