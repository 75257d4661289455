//! A request in the intermediate form, written for a provider.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::value::RawValue;
use tollgate_model::Refusal;

use super::input::{self, Item};
use crate::codec::{Encoded, Loss, Target};
use crate::ir::{self, Reasoning, Request};
use crate::ladder::{judge, rest, tier_member};
use crate::openai_chat::abilities::{self, Abilities};
use crate::openai_chat::strict;
use crate::openai_chat::tuning::nearest;
use crate::openai_chat::upstream::user;
use crate::search::{self, Tells};
use crate::tier;

/// Members of other requests that have the same meaning here.
const CARRIED: [&str; 8] = [
    "metadata",
    "store",
    tier::NAME,
    "verbosity",
    "prompt_cache_key",
    "prompt_cache_retention",
    "safety_identifier",
    search::NAME,
];

/// Writes the body.
pub(crate) fn encode(
    request: &Request,
    target: &Target<'_>,
    loss: &mut Loss,
) -> Result<Encoded, Refusal> {
    judge(request, "This provider", &CARRIED, loss)?;
    drop_hints(request, loss);
    let tier = tier_member(request, target, loss);
    let abilities = abilities::of(target.model);
    let talk = input::write(request, loss)?;
    let effort = effort(request, abilities, loss);
    let thinks = effort.map_or(abilities.thinks, |word| word != "none");
    let fixed = abilities.strict && thinks;
    let carried = |name| rest(request, name).map(AsRef::as_ref);
    let own = request.tools.iter().enumerate();
    let mut tools: Vec<AnyTool<'_>> = own
        .map(|(at, tool)| AnyTool::Own(Tool::of(tool, at, loss)))
        .collect();
    let has_tools = !tools.is_empty();
    if let Some(search) = &request.search {
        tools.push(AnyTool::Search(WebSearch::of(search, loss)?));
    }
    let parallel = match request.older_tools {
        true => Some(false),
        false => request.parallel_tools,
    };
    let body = Body {
        model: target.model,
        instructions: talk.instructions,
        input: talk.items,
        max_output_tokens: request.max_tokens,
        temperature: sampling(request.temperature, "temperature", fixed, loss),
        top_p: sampling(request.top_p, "top_p", fixed, loss),
        reasoning: effort.map(|effort| Thinking {
            effort,
            summary: shows_thoughts(request).then_some("auto"),
        }),
        // What the model thought comes back with the conversation, since nothing is kept for it.
        include: abilities.strict.then_some(["reasoning.encrypted_content"]),
        text: Text::of(request, loss),
        tool_choice: request
            .tool_choice
            .as_ref()
            .filter(|_| has_tools)
            .map(Choice::of),
        tools,
        max_tool_calls: request.search.as_ref().and_then(|search| search.most),
        parallel_tool_calls: parallel.filter(|_| has_tools),
        user: request.user.as_deref().map(user),
        metadata: carried("metadata"),
        service_tier: tier.map(AsRef::as_ref),
        prompt_cache_key: carried("prompt_cache_key"),
        prompt_cache_retention: carried("prompt_cache_retention"),
        safety_identifier: carried("safety_identifier"),
        store: rest(request, "store").is_some_and(|store| store.get() == "true"),
        stream: request.stream,
    };
    // Writing to memory fails for no value of these types.
    let body = serde_json::to_vec(&body).unwrap_or_default();
    Ok(Encoded { body })
}

#[derive(Serialize)]
struct Body<'a> {
    model: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    instructions: Option<String>,
    input: Vec<Item<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_output_tokens: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_p: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning: Option<Thinking>,
    #[serde(skip_serializing_if = "Option::is_none")]
    include: Option<[&'static str; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<Text<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tools: Vec<AnyTool<'a>>,
    /// It counts the calls of OpenAI's own tools, of which there is the search alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tool_calls: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_choice: Option<Choice<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parallel_tool_calls: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    service_tier: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt_cache_key: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt_cache_retention: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    safety_identifier: Option<&'a RawValue>,
    store: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    stream: bool,
}

#[derive(Serialize)]
struct Thinking {
    effort: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<&'static str>,
}

/// Notes what the dialect has no member for.
fn drop_hints(request: &Request, loss: &mut Loss) {
    let is_set = |penalty: Option<f64>| penalty.is_some_and(|penalty| penalty != 0.0);
    let hints = [
        ("top_k", request.top_k.is_some()),
        ("stop", !request.stop.is_empty()),
        ("seed", request.seed.is_some()),
        ("frequency_penalty", is_set(request.frequency_penalty)),
        ("presence_penalty", is_set(request.presence_penalty)),
    ];
    for (name, given) in hints {
        if given {
            loss.dropped(name);
        }
    }
}

/// A wish for the sampling, where it is not fixed.
fn sampling(wish: Option<f64>, name: &str, fixed: bool, loss: &mut Loss) -> Option<f64> {
    if fixed && wish.is_some_and(|wish| wish != 1.0) {
        loss.dropped(name);
    }
    wish.filter(|_| !fixed)
}

fn effort(request: &Request, abilities: Abilities, loss: &mut Loss) -> Option<&'static str> {
    let wish = request.reasoning?;
    let word = nearest(wish, abilities.efforts);
    let never = abilities.efforts.is_empty() && wish == Reasoning::Off;
    if word.is_none() && !never {
        loss.dropped("reasoning_effort");
    }
    word
}

/// Whether the caller asked for thoughts and will be shown them.
fn shows_thoughts(request: &Request) -> bool {
    !request.hide_thoughts && request.reasoning != Some(Reasoning::Off)
}

#[derive(Serialize)]
struct Text<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<Format<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verbosity: Option<&'a RawValue>,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Format<'a> {
    JsonObject,
    JsonSchema {
        name: &'a str,
        schema: &'a RawValue,
        #[serde(skip_serializing_if = "Option::is_none")]
        strict: Option<bool>,
    },
}

impl<'a> Text<'a> {
    fn of(request: &'a Request, loss: &mut Loss) -> Option<Text<'a>> {
        let format = match &request.format {
            ir::Format::Text => None,
            ir::Format::Json => Some(Format::JsonObject),
            ir::Format::Schema {
                name,
                schema,
                strict,
            } => Some(Format::JsonSchema {
                name,
                schema,
                strict: Some(held(
                    *strict,
                    Some(schema),
                    "response_format.json_schema.strict",
                    loss,
                )),
            }),
        };
        let verbosity = rest(request, "verbosity").map(AsRef::as_ref);
        (format.is_some() || verbosity.is_some()).then_some(Text { format, verbosity })
    }
}

#[derive(Serialize)]
#[serde(untagged)]
enum AnyTool<'a> {
    Own(Tool<'a>),
    Search(WebSearch<'a>),
}

/// The search of the web that OpenAI runs.
#[derive(Serialize)]
struct WebSearch<'a> {
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    filters: Option<Filters<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_location: Option<Location<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    search_context_size: Option<&'a str>,
}

#[derive(Serialize)]
struct Filters<'a> {
    allowed_domains: &'a [String],
}

#[derive(Serialize)]
struct Location<'a> {
    r#type: &'static str,
    #[serde(flatten)]
    place: &'a ir::Place,
}

impl<'a> WebSearch<'a> {
    fn of(search: &'a ir::Search, loss: &mut Loss) -> Result<WebSearch<'a>, Refusal> {
        let tells = Tells {
            most: true,
            only: true,
            without: false,
            place: true,
            context: true,
        };
        search::judge(search, "This provider", tells, loss)?;
        Ok(WebSearch {
            r#type: "web_search",
            filters: (!search.only.is_empty()).then_some(Filters {
                allowed_domains: &search.only,
            }),
            user_location: search.place.as_ref().map(|place| Location {
                r#type: "approximate",
                place,
            }),
            search_context_size: search.context.as_deref(),
        })
    }
}

#[derive(Serialize)]
struct Tool<'a> {
    r#type: &'static str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    parameters: Option<&'a RawValue>,
    /// Without it the provider takes every schema for one to be held to.
    strict: bool,
}

impl<'a> Tool<'a> {
    fn of(tool: &'a ir::Tool, at: usize, loss: &mut Loss) -> Tool<'a> {
        if tool.cache.is_some() {
            loss.dropped("cache_control");
        }
        let parameters = tool.parameters.as_deref();
        Tool {
            r#type: "function",
            name: &tool.name,
            description: tool.description.as_deref(),
            parameters,
            strict: held(
                tool.strict,
                parameters,
                &format!("tools[{at}].function.strict"),
                loss,
            ),
        }
    }
}

/// Whether to hold the model to a schema: only where it is one that the dialect can hold it to.
fn held(strict: Option<bool>, schema: Option<&RawValue>, name: &str, loss: &mut Loss) -> bool {
    let wanted = strict == Some(true);
    let fits = schema.is_none_or(strict::holds);
    if wanted && !fits {
        loss.dropped(name);
    }
    wanted && fits
}

#[derive(Serialize)]
#[serde(untagged)]
enum Choice<'a> {
    Word(&'static str),
    Named { r#type: &'static str, name: &'a str },
}

impl<'a> Choice<'a> {
    fn of(choice: &'a ir::ToolChoice) -> Choice<'a> {
        match choice {
            ir::ToolChoice::Auto => Choice::Word("auto"),
            ir::ToolChoice::None => Choice::Word("none"),
            ir::ToolChoice::Required => Choice::Word("required"),
            ir::ToolChoice::Named(name) => Choice::Named {
                r#type: "function",
                name,
            },
        }
    }
}
