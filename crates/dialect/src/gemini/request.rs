//! A request as Gemini takes it.

use tollgate_model::{Refusal, ServiceTier};

use super::wire::{Body, Calling, Config, Function, GoogleSearch, System, ToolConfig, Tools};
use super::{abilities, schema, tuning, turns};
use crate::codec::{Encoded, Loss, Target};
use crate::ir::{Format, Request, ToolChoice};
use crate::ladder::{self, malformed, unsupported};
use crate::search::{self, Tells};
use crate::tier;

/// The most characters of a tool's name.
const LONGEST_NAME: usize = 64;
/// The most stop texts.
const MOST_STOPS: usize = 5;
/// The name under which a prepared prompt is carried.
const CACHED: &str = "cached_content";

/// Writes the body.
pub(super) fn encode(
    request: &Request,
    target: &Target<'_>,
    loss: &mut Loss,
) -> Result<Encoded, Refusal> {
    ladder::judge(request, "Gemini", &[CACHED, tier::NAME, search::NAME], loss)?;
    let service_tier = ladder::tier(request, target, loss).map(ServiceTier::as_str);
    drop_hints(request, loss);
    let third = abilities::is_third(target.model);
    let talk = turns::write(request, third, loss)?;
    let config = config(request, target.model, loss)?;
    let cached_content = cached(request)?;
    // What a prepared prompt begins with, instructions and tools, may not be said again.
    let anew = cached_content.is_none();
    let functions = if anew {
        functions(request, loss)?
    } else {
        Vec::new()
    };
    let system = Some(talk.system).filter(|parts| anew && !parts.is_empty());
    let body = Body {
        contents: talk.contents,
        system_instruction: system.map(|parts| System { parts }),
        tool_config: tool_config(request).filter(|_| !functions.is_empty()),
        tools: tools(request, functions, third, loss)?,
        generation_config: (config != Config::default()).then_some(config),
        cached_content,
        service_tier,
    };
    Encoded::of(&body)
}

/// The functions and the search.
fn tools<'a>(
    request: &'a Request,
    functions: Vec<Function<'a>>,
    third: bool,
    loss: &mut Loss,
) -> Result<Vec<Tools<'a>>, Refusal> {
    let mut tools = Vec::new();
    if let Some(search) = &request.search {
        search::judge(search, "Gemini", Tells::default(), loss)?;
        if !functions.is_empty() && !third {
            let detail = "Models of Gemini before the third generation search the web or call \
                          functions, not both.";
            return Err(unsupported(search::NAME, detail));
        }
        tools.push(Tools {
            function_declarations: Vec::new(),
            google_search: Some(GoogleSearch {}),
        });
    }
    if !functions.is_empty() {
        tools.push(Tools {
            function_declarations: functions,
            google_search: None,
        });
    }
    Ok(tools)
}

fn drop_hints(request: &Request, loss: &mut Loss) {
    if request.user.is_some() {
        loss.dropped("user");
    }
    if request.parallel_tools == Some(false) {
        loss.dropped("parallel_tool_calls");
    }
}

fn cached(request: &Request) -> Result<Option<String>, Refusal> {
    let Some(raw) = ladder::rest(request, CACHED) else {
        return Ok(None);
    };
    let name = serde_json::from_str(raw.get());
    name.map(Some)
        .map_err(|_| malformed(CACHED, format!("`{CACHED}` is no text.")))
}

fn functions<'a>(request: &'a Request, loss: &mut Loss) -> Result<Vec<Function<'a>>, Refusal> {
    let functions = request.tools.iter().enumerate().map(|(at, tool)| {
        check_name(&tool.name, at)?;
        if tool.strict == Some(true) {
            loss.dropped(&format!("tools[{at}].function.strict"));
        }
        if tool.cache.is_some() {
            loss.dropped("cache_control");
        }
        let place = format!("tools[{at}].function.parameters");
        let parameters = match &tool.parameters {
            Some(raw) => schema::clean(raw, &place, loss)?,
            None => None,
        };
        let description = tool.description.as_deref().filter(|text| !text.is_empty());
        Ok(Function {
            name: &tool.name,
            description,
            parameters,
        })
    });
    functions.collect()
}

/// Whether Gemini takes this as the name of a tool.
pub(super) fn takes_name(name: &str) -> bool {
    let taken = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'.' | b':' | b'-');
    let begins = name
        .bytes()
        .next()
        .is_some_and(|c| c.is_ascii_alphabetic() || c == b'_');
    begins && name.len() <= LONGEST_NAME && name.bytes().all(taken)
}

/// A name that Gemini does not take has to be told as another before; an empty one cannot be.
fn check_name(name: &str, at: usize) -> Result<(), Refusal> {
    if takes_name(name) {
        return Ok(());
    }
    let detail = format!(
        "Gemini takes names of tools of 1 to {LONGEST_NAME} letters, digits, `_`, `.`, `:` and `-` \
         that begin with a letter or `_`; `{name}` is none."
    );
    Err(malformed(format!("tools[{at}].function.name"), detail))
}

fn tool_config(request: &Request) -> Option<ToolConfig<'_>> {
    let (mode, allowed_function_names) = match request.tool_choice.as_ref()? {
        ToolChoice::Auto => ("AUTO", Vec::new()),
        ToolChoice::None => ("NONE", Vec::new()),
        ToolChoice::Required => ("ANY", Vec::new()),
        ToolChoice::Named(name) => ("ANY", vec![name.as_str()]),
    };
    Some(ToolConfig {
        function_calling_config: Calling {
            mode,
            allowed_function_names,
        },
    })
}

fn config<'a>(request: &'a Request, model: &str, loss: &mut Loss) -> Result<Config<'a>, Refusal> {
    let mut config = tuning::sampling(request, loss);
    if config.stop_sequences.len() > MOST_STOPS {
        let detail = format!("Gemini takes at most {MOST_STOPS} stop texts.");
        return Err(unsupported("stop", detail));
    }
    config.thinking_config = tuning::thinking(request, model, loss);
    if matches!(request.format, Format::Text) {
        return Ok(config);
    }
    if !request.tools.is_empty() && !abilities::has_json_with_tools(model) {
        let detail = "Before its third generation Gemini gives JSON only where there are no tools.";
        return Err(unsupported("response_format", detail));
    }
    config.response_mime_type = Some("application/json");
    if let Format::Schema { schema, .. } = &request.format {
        let place = "response_format.json_schema.schema";
        config.response_schema = schema::clean(schema, place, loss)?;
    }
    Ok(config)
}
