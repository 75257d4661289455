//! A request in the intermediate form, written for a provider.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::value::RawValue;
use tollgate_model::Refusal;

use super::turns::{self, Message};
use super::{strict, tuning};
use crate::codec::{Encoded, Loss, Target};
use crate::ir::{self, Raw, Request};
use crate::ladder::{judge, rest, tier_member};
use crate::search::{self, Tells};
use crate::tier;

/// The most bytes of the caller's own id of its user.
const USER: usize = 64;

/// Members of other requests that have the same meaning in every request of this dialect and leave
/// no trace in the answer that the intermediate form could not carry.
const CARRIED: [&str; 11] = [
    "logit_bias",
    "metadata",
    "store",
    tier::NAME,
    "prediction",
    "verbosity",
    "prompt_cache_key",
    "prompt_cache_retention",
    "safety_identifier",
    "min_p",
    search::NAME,
];

/// Writes the body.
pub(super) fn encode(
    request: &Request,
    target: &Target<'_>,
    loss: &mut Loss,
) -> Result<Encoded, Refusal> {
    judge(request, "This provider", &CARRIED, loss)?;
    let tier = tier_member(request, target, loss);
    let tuning = tuning::decide(request, target.model, loss)?;
    let tools: Vec<Tool<'_>> = request
        .tools
        .iter()
        .enumerate()
        .map(|(at, tool)| Tool::of(tool, at, loss))
        .collect();
    let has_tools = !tools.is_empty();
    let parallel = match request.older_tools {
        true => Some(false),
        false => request.parallel_tools,
    };
    let renamed = target.quirks.max_completion_tokens;
    let body = Body {
        model: target.model,
        messages: turns::write(request, loss)?,
        max_tokens: request.max_tokens.filter(|_| !renamed),
        max_completion_tokens: request.max_tokens.filter(|_| renamed),
        temperature: tuning.temperature,
        top_p: tuning.top_p,
        stop: tuning.stop,
        seed: request.seed,
        frequency_penalty: tuning.frequency_penalty,
        presence_penalty: tuning.presence_penalty,
        reasoning_effort: tuning.effort,
        response_format: Format::of(&request.format, loss),
        tools,
        tool_choice: request
            .tool_choice
            .as_ref()
            .filter(|_| has_tools)
            .map(Choice::of),
        parallel_tool_calls: parallel.filter(|_| has_tools),
        web_search_options: match &request.search {
            Some(search) => Some(WebSearch::of(search, loss)?),
            None => None,
        },
        user: request.user.as_deref().map(user),
        stream: request.stream,
        stream_options: (request.stream && !target.quirks.no_stream_options).then_some(
            StreamOptions {
                include_usage: true,
            },
        ),
        carried: Carried(request, tier),
    };
    // Writing to memory fails for no value of these types.
    let body = serde_json::to_vec(&body).unwrap_or_default();
    Ok(Encoded { body })
}

#[derive(Serialize)]
struct Body<'a> {
    model: &'a str,
    messages: Vec<Message<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_completion_tokens: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_p: Option<f64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    stop: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    frequency_penalty: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    presence_penalty: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning_effort: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_format: Option<Format<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tools: Vec<Tool<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_choice: Option<Choice<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parallel_tool_calls: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    web_search_options: Option<WebSearch<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    stream: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream_options: Option<StreamOptions>,
    #[serde(flatten)]
    carried: Carried<'a>,
}

#[derive(Serialize)]
struct StreamOptions {
    include_usage: bool,
}

/// How the provider may search the web.
#[derive(Serialize)]
struct WebSearch<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    user_location: Option<Location<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    search_context_size: Option<&'a str>,
}

#[derive(Serialize)]
struct Location<'a> {
    r#type: &'static str,
    approximate: &'a ir::Place,
}

impl<'a> WebSearch<'a> {
    fn of(search: &'a ir::Search, loss: &mut Loss) -> Result<WebSearch<'a>, Refusal> {
        let tells = Tells {
            place: true,
            context: true,
            ..Tells::default()
        };
        search::judge(search, "This provider", tells, loss)?;
        Ok(WebSearch {
            user_location: search.place.as_ref().map(|approximate| Location {
                r#type: "approximate",
                approximate,
            }),
            search_context_size: search.context.as_deref(),
        })
    }
}

/// The caller's own id of its user, or, where it is longer than the dialect takes, a hash of it
/// (FNV-1a, 128 bits): it tells users apart and says nothing of them.
pub(crate) fn user(id: &str) -> Cow<'_, str> {
    const START: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    if id.len() <= USER {
        return Cow::Borrowed(id);
    }
    let hash = id.bytes().fold(START, |hash, byte| {
        (hash ^ u128::from(byte)).wrapping_mul(PRIME)
    });
    Cow::Owned(format!("user_{hash:032x}"))
}

/// Members that are carried as they came, the tier of service where it is asked for.
struct Carried<'a>(&'a Request, Option<&'a Raw>);

impl Serialize for Carried<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Carried(request, tier) = self;
        let members = CARRIED.iter().filter_map(|name| match *name {
            tier::NAME => Some((*name, (*tier)?)),
            name => Some((name, rest(request, name)?)),
        });
        serializer.collect_map(members)
    }
}

#[derive(Serialize)]
struct Tool<'a> {
    r#type: &'static str,
    function: Function<'a>,
}

#[derive(Serialize)]
struct Function<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parameters: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    strict: Option<bool>,
}

impl<'a> Tool<'a> {
    fn of(tool: &'a ir::Tool, at: usize, loss: &mut Loss) -> Tool<'a> {
        if tool.cache.is_some() {
            loss.dropped("cache_control");
        }
        let function = Function {
            name: &tool.name,
            description: tool.description.as_deref(),
            parameters: tool.parameters.as_deref(),
            strict: held(
                tool.strict,
                tool.parameters.as_deref(),
                &format!("tools[{at}].function.strict"),
                loss,
            ),
        };
        Tool {
            r#type: "function",
            function,
        }
    }
}

#[derive(Serialize)]
#[serde(untagged)]
enum Choice<'a> {
    Word(&'static str),
    Named {
        r#type: &'static str,
        function: Name<'a>,
    },
}

#[derive(Serialize)]
struct Name<'a> {
    name: Cow<'a, str>,
}

impl<'a> Choice<'a> {
    fn of(choice: &'a ir::ToolChoice) -> Choice<'a> {
        match choice {
            ir::ToolChoice::Auto => Choice::Word("auto"),
            ir::ToolChoice::None => Choice::Word("none"),
            ir::ToolChoice::Required => Choice::Word("required"),
            ir::ToolChoice::Named(name) => Choice::Named {
                r#type: "function",
                function: Name { name: name.into() },
            },
        }
    }
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Format<'a> {
    JsonObject,
    JsonSchema { json_schema: Schema<'a> },
}

#[derive(Serialize)]
struct Schema<'a> {
    name: &'a str,
    schema: &'a RawValue,
    #[serde(skip_serializing_if = "Option::is_none")]
    strict: Option<bool>,
}

impl<'a> Format<'a> {
    fn of(format: &'a ir::Format, loss: &mut Loss) -> Option<Format<'a>> {
        match format {
            ir::Format::Text => None,
            ir::Format::Json => Some(Format::JsonObject),
            ir::Format::Schema {
                name,
                schema,
                strict,
            } => {
                let json_schema = Schema {
                    name,
                    schema,
                    strict: held(
                        *strict,
                        Some(schema),
                        "response_format.json_schema.strict",
                        loss,
                    ),
                };
                Some(Format::JsonSchema { json_schema })
            }
        }
    }
}

/// Whether to hold the model to a schema: only where it is one that the dialect can hold it to.
fn held(
    strict: Option<bool>,
    schema: Option<&RawValue>,
    name: &str,
    loss: &mut Loss,
) -> Option<bool> {
    let wanted = strict == Some(true);
    if wanted && schema.is_some_and(|schema| !strict::holds(schema)) {
        loss.dropped(name);
        return None;
    }
    strict
}
