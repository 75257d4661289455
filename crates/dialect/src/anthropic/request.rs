//! A request as Anthropic takes it.

use serde_json::value::RawValue;
use tollgate_model::Refusal;

use super::abilities::{self, Abilities};
use super::wire::{self, AnyTool, Body, Choice, Location, Part, System};
use super::{schema, tuning, turns};
use crate::codec::{Encoded, Loss, Target};
use crate::ir::{Format, Request, ToolChoice};
use crate::ladder::{self, malformed, unsupported};
use crate::search::{self, Tells};
use crate::tool_names::is_plain;

/// The most tokens of an answer where neither the caller nor the catalogue names them.
const LAST_RESORT: u64 = 4096;
/// Members without a place in the intermediate form that are carried.
const CARRIED: [&str; 3] = ["thinking", "cache_control", search::NAME];
/// The name under which the model knows Anthropic's own search.
const SEARCH: &str = "web_search";
/// What holds the model to JSON where no schema does.
const ONLY_JSON: &str =
    "Answer with one JSON object and nothing else: no words around it, no code fence.";

/// Writes the body.
pub(super) fn encode(
    request: &Request,
    target: &Target<'_>,
    loss: &mut Loss,
) -> Result<Encoded, Refusal> {
    ladder::judge(request, "Anthropic", &CARRIED, loss)?;
    drop_hints(request, loss);
    let abilities = abilities::of(target.model);
    let max_tokens = request
        .max_tokens
        .or(target.max_output)
        .unwrap_or(LAST_RESORT);
    let mut talk = turns::write(request, abilities.system_between, loss)?;
    let format = format(request, abilities, &mut talk.system, loss)?;
    let tuning = tuning::decide(request, abilities, max_tokens, loss);
    let has_config = format.is_some() || tuning.effort.is_some();
    let body = Body {
        model: target.model,
        max_tokens,
        system: system(talk.system),
        messages: talk.messages,
        tools: toolbox(request, abilities, loss)?,
        tool_choice: choice(request),
        stop_sequences: stop_texts(request),
        temperature: tuning.temperature,
        top_p: tuning.top_p,
        top_k: tuning.top_k,
        thinking: tuning.thinking,
        output_config: has_config.then_some(wire::OutputConfig {
            format,
            effort: tuning.effort,
        }),
        metadata: request
            .user
            .as_deref()
            .map(|user_id| wire::Metadata { user_id }),
        cache_control: ladder::rest(request, "cache_control").map(AsRef::as_ref),
        stream: request.stream,
    };
    Encoded::of(&body)
}

fn drop_hints(request: &Request, loss: &mut Loss) {
    let hints = [
        ("seed", request.seed.is_some()),
        (
            "frequency_penalty",
            request
                .frequency_penalty
                .is_some_and(|penalty| penalty != 0.0),
        ),
        (
            "presence_penalty",
            request
                .presence_penalty
                .is_some_and(|penalty| penalty != 0.0),
        ),
    ];
    for (name, given) in hints {
        if given {
            loss.dropped(name);
        }
    }
}

/// A plain text where nothing marks a block for the cache, else the blocks.
fn system(parts: Vec<Part<'_>>) -> Option<System<'_>> {
    let plain = |part: &Part<'_>| {
        matches!(
            part,
            Part::Text {
                cache_control: None,
                ..
            }
        )
    };
    if parts.is_empty() {
        return None;
    }
    if !parts.iter().all(plain) {
        return Some(System::Blocks(parts));
    }
    let texts: Vec<&str> = parts
        .iter()
        .filter_map(|part| match part {
            Part::Text { text, .. } => Some(text.as_ref()),
            _ => None,
        })
        .collect();
    Some(System::Text(texts.join("\n")))
}

fn stop_texts(request: &Request) -> Vec<&str> {
    let texts = request.stop.iter().map(String::as_str);
    texts.filter(|text| !text.trim().is_empty()).collect()
}

/// The caller's tools, and the search.
fn toolbox<'a>(
    request: &'a Request,
    abilities: Abilities,
    loss: &mut Loss,
) -> Result<Vec<AnyTool<'a>>, Refusal> {
    let own = tools(request, abilities, loss)?.into_iter();
    let mut all: Vec<AnyTool<'_>> = own.map(AnyTool::Own).collect();
    if let Some(search) = &request.search {
        let tells = Tells {
            most: true,
            only: true,
            without: true,
            place: true,
            context: false,
        };
        search::judge(search, "Anthropic", tells, loss)?;
        if request.tools.iter().any(|tool| tool.name == SEARCH) {
            let detail = format!("Anthropic's own search has the name of your tool `{SEARCH}`.");
            return Err(unsupported(search::NAME, detail));
        }
        all.push(AnyTool::Search(wire::Search {
            kind: "web_search_20250305",
            name: SEARCH,
            max_uses: search.most,
            allowed_domains: &search.only,
            blocked_domains: &search.without,
            user_location: search.place.as_ref().map(|place| Location {
                kind: "approximate",
                place,
            }),
        }));
    }
    Ok(all)
}

fn tools<'a>(
    request: &'a Request,
    abilities: Abilities,
    loss: &mut Loss,
) -> Result<Vec<wire::Tool<'a>>, Refusal> {
    let tools = request.tools.iter().enumerate().map(|(at, tool)| {
        check_name(&tool.name, at)?;
        let strict = tool.strict == Some(true);
        if strict && !abilities.schemas {
            loss.dropped(&format!("tools[{at}].function.strict"));
        }
        Ok(wire::Tool {
            name: &tool.name,
            description: tool.description.as_deref().filter(|text| !text.is_empty()),
            input_schema: schema::of_tool(tool.parameters.as_ref(), &tool.name, at)?,
            strict: strict && abilities.schemas,
            cache_control: tool.cache.as_deref(),
        })
    });
    tools.collect()
}

/// A name that Anthropic does not take has to be told as another before; an empty one cannot be.
fn check_name(name: &str, at: usize) -> Result<(), Refusal> {
    if is_plain(name) {
        return Ok(());
    }
    let detail = format!(
        "Anthropic takes names of tools of 1 to 64 letters, digits, `_` and `-`; `{name}` is none."
    );
    Err(malformed(format!("tools[{at}].function.name"), detail))
}

fn choice(request: &Request) -> Option<Choice<'_>> {
    if request.tools.is_empty() {
        return None;
    }
    let one_at_a_time = request.parallel_tools == Some(false) || request.older_tools;
    let (kind, name) = match &request.tool_choice {
        None if one_at_a_time => ("auto", None),
        None => return None,
        Some(ToolChoice::Auto) => ("auto", None),
        Some(ToolChoice::None) => ("none", None),
        Some(ToolChoice::Required) => ("any", None),
        Some(ToolChoice::Named(name)) => ("tool", Some(name.as_str())),
    };
    let disable_parallel_tool_use = one_at_a_time && kind != "none";
    Some(Choice {
        kind,
        name,
        disable_parallel_tool_use,
    })
}

fn format<'a>(
    request: &'a Request,
    abilities: Abilities,
    system: &mut Vec<Part<'a>>,
    loss: &mut Loss,
) -> Result<Option<wire::Format>, Refusal> {
    match &request.format {
        Format::Text => Ok(None),
        Format::Json => {
            system.push(Part::text(ONLY_JSON));
            loss.dropped("response_format");
            Ok(None)
        }
        Format::Schema { .. } if !abilities.schemas => {
            let detail = "This model cannot be held to a schema; Claude 4.5 and newer can.";
            Err(unsupported("response_format", detail))
        }
        // The schema's name is for the caller; nothing at Anthropic reads one.
        Format::Schema { schema, .. } => {
            let schema: &RawValue = schema;
            let schema = schema::of_answer(schema, loss)?;
            Ok(Some(wire::Format::JsonSchema { schema }))
        }
    }
}
