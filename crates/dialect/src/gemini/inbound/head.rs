//! What must be known of a caller's request before it is served, read without decoding its content.

use memchr::memmem;
use tollgate_model::Refusal;

use super::fields::whole;
use super::forward::Places;
use crate::codec::{Address, Head};
use crate::ladder::malformed;
use crate::probe;
use crate::scan::{self, Place, Span};
use crate::seal;
use crate::tier::{self, Wish};

/// The most answers that the dialect gives to one request.
const ANSWERS_LIMIT: u64 = 8;
/// The most searches of the web that a request which may set some off is taken to make.
const SEARCHES: u32 = 10;
/// For how many remote parts something counts whose length nothing here tells: together they fill
/// the largest prompt that a model takes.
const WHOLE_PROMPT: usize = 16;
/// The longest name of a model, in bytes.
const MODEL_LIMIT: usize = 256;

const CONFIG: &str = "generationConfig";
const LIMIT: &str = "generationConfig.maxOutputTokens";
const ANSWERS: &str = "generationConfig.candidateCount";

/// Members that hold media. Those in the request may have more tokens than bytes as well: a small
/// file can be a large picture.
const MEDIA: [&str; 4] = ["fileData", "file_data", "inlineData", "inline_data"];
/// Tools that search and are billed by the search.
const SEARCH: [&str; 8] = [
    "googleSearch",
    "google_search",
    "googleSearchRetrieval",
    "google_search_retrieval",
    "googleMaps",
    "google_maps",
    "enterpriseWebSearch",
    "enterprise_web_search",
];
/// Tools that add what they find to the prompt.
const READING: [&str; 6] = [
    "urlContext",
    "url_context",
    "fileSearch",
    "file_search",
    "retrieval",
    "codeExecution",
];
/// Members that hold a call of a tool, or what came of it.
const CALLS: [&str; 4] = [
    "functionCall",
    "function_call",
    "functionResponse",
    "function_response",
];
const SIGNATURES: [&str; 2] = ["thoughtSignature", "thought_signature"];

/// Reads the head of a request.
pub(super) fn head(body: &[u8], address: &Address<'_>) -> Result<Head, Refusal> {
    let found = Found::of(body)?;
    let contents = conversation(body, found.contents)?;
    let config = Config::read(body, found.config)?;
    let tools = given(body, found.tools).unwrap_or_default();
    let told = [Some(contents), found.instructions];
    let told = told.map(|span| given(body, span).unwrap_or_default());
    let media: usize = told.iter().map(|text| keys_in(text, &MEDIA)).sum();
    let reads = given(body, found.prepared).is_some() || keys_in(tools, &READING) > 0;
    let remote_parts = media + if reads { WHOLE_PROMPT } else { 0 };
    let searches = keys_in(tools, &SEARCH) > 0;
    let tier = given(body, found.tier).map_or(Wish::Usual, wish);
    Ok(Head {
        model: model_name(body, found.model, address)?,
        stream: address.stream.unwrap_or(false),
        stream_usage: true,
        max_tokens: config.max_tokens,
        answers: config.answers,
        remote_parts: u32::try_from(remote_parts).unwrap_or(u32::MAX),
        searches: if searches { SEARCHES } else { 0 },
        tier: match tier {
            Wish::Usual => config.tier,
            tier => tier,
        },
        forward: Box::new(Places {
            model: found.model,
            member: found.member,
            config: found.config,
            limit_place: config.place,
            limit: config.limit,
            seals: seals(body, contents),
            call_ids: call_ids(body, contents),
        }),
    })
}

/// The members of a request that the head is made of.
struct Found {
    member: Place,
    model: Option<Span>,
    contents: Option<Span>,
    tools: Option<Span>,
    instructions: Option<Span>,
    config: Option<Span>,
    prepared: Option<Span>,
    tier: Option<Span>,
    /// A request inside this one.
    wrapped: Option<Span>,
}

impl Found {
    /// Finds them. A body that wraps a request in `generateContentRequest`, as one that asks for a
    /// count may, is read as the request inside.
    fn of(body: &[u8]) -> Result<Found, Refusal> {
        let found = Found::inside(body, 0)?;
        match (found.contents, found.wrapped) {
            (None, Some(inner)) => Found::inside(inner.of(body), inner.start),
            _ => Ok(found),
        }
    }

    fn inside(text: &[u8], offset: usize) -> Result<Found, Refusal> {
        const KEYS: [&str; 13] = [
            "model",
            "contents",
            "tools",
            "systemInstruction",
            "system_instruction",
            "generationConfig",
            "generation_config",
            "cachedContent",
            "cached_content",
            "serviceTier",
            "service_tier",
            "generateContentRequest",
            "generate_content_request",
        ];
        let object = scan::scan(text, KEYS)?;
        let shifted = |span: Option<Span>| span.map(|span| span.shifted(offset));
        let [
            model,
            contents,
            tools,
            system,
            system_too,
            config,
            config_too,
            cached,
            cached_too,
            tier,
            tier_too,
            inner,
            inner_too,
        ] = object.values.map(shifted);
        Ok(Found {
            member: object.place.shifted(offset),
            model,
            contents,
            tools,
            instructions: either(system, system_too, "systemInstruction")?,
            config: either(config, config_too, CONFIG)?,
            prepared: either(cached, cached_too, "cachedContent")?,
            tier: either(tier, tier_too, "serviceTier")?,
            wrapped: either(inner, inner_too, "generateContentRequest")?,
        })
    }
}

/// What the head takes from a configuration.
#[derive(Default)]
struct Config {
    place: Option<Place>,
    limit: Option<Span>,
    max_tokens: Option<u64>,
    answers: u32,
    tier: Wish,
}

impl Config {
    fn read(body: &[u8], span: Option<Span>) -> Result<Config, Refusal> {
        const KEYS: [&str; 6] = [
            "maxOutputTokens",
            "max_output_tokens",
            "candidateCount",
            "candidate_count",
            "serviceTier",
            "service_tier",
        ];
        let mut config = Config {
            answers: 1,
            ..Config::default()
        };
        let (Some(text), Some(span)) = (given(body, span), span) else {
            return Ok(config);
        };
        if !text.starts_with(b"{") {
            return Err(probe::wrong_type(CONFIG, "an object"));
        }
        let object = scan::scan(text, KEYS).map_err(|error| {
            let name = format!("{CONFIG}.{}", error.key.unwrap_or_default());
            let detail = format!("`{name}` must stand once and be spelt plainly.");
            malformed(name, detail)
        })?;
        let shifted = |value: Option<Span>| value.map(|value| value.shifted(span.start));
        let [most, most_too, several, several_too, tier, tier_too] = object.values.map(shifted);
        config.place = Some(object.place.shifted(span.start));
        config.limit = either(most, most_too, LIMIT)?;
        config.max_tokens = number(body, config.limit, LIMIT, probe::MAX_TOKENS_LIMIT)?;
        let answers = either(several, several_too, ANSWERS)?;
        let answers = number(body, answers, ANSWERS, ANSWERS_LIMIT)?;
        config.answers = answers
            .and_then(|count| u32::try_from(count).ok())
            .unwrap_or(1);
        let tier = given(body, either(tier, tier_too, "serviceTier")?);
        config.tier = tier.map_or(Wish::Usual, wish);
        Ok(config)
    }
}

/// The value of a member that has two spellings. Which of two Google would read is not known, so
/// that both together are refused.
fn either(camel: Option<Span>, plain: Option<Span>, name: &str) -> Result<Option<Span>, Refusal> {
    if camel.is_some() && plain.is_some() {
        let detail = format!("`{name}` stands twice, in camel case and with underscores.");
        return Err(malformed(name, detail));
    }
    Ok(camel.or(plain))
}

/// The text of a value that is there and not null.
fn given(body: &[u8], span: Option<Span>) -> Option<&[u8]> {
    span.map(|span| span.of(body))
        .filter(|text| *text != b"null")
}

fn model_name(body: &[u8], span: Option<Span>, address: &Address<'_>) -> Result<String, Refusal> {
    let written = given(body, span).map(serde_json::from_slice::<String>);
    let written = written
        .transpose()
        .map_err(|_| probe::wrong_type("model", "a string"))?;
    let name = match address.model {
        Some(name) => name,
        None => written.as_deref().unwrap_or_default(),
    };
    let name = name.strip_prefix("models/").unwrap_or(name);
    if name.is_empty() || name.len() > MODEL_LIMIT {
        let detail = format!("The address must name a model, of 1 to {MODEL_LIMIT} bytes.");
        return Err(malformed("model", detail));
    }
    Ok(name.to_owned())
}

/// The conversation: an array with something in it, or one turn that stands in its place.
fn conversation(body: &[u8], span: Option<Span>) -> Result<Span, Refusal> {
    const NAME: &str = "contents";
    let span = span.ok_or_else(|| probe::missing(NAME))?;
    let text = span.of(body);
    let inside = text.strip_prefix(b"[").map(<[u8]>::trim_ascii_start);
    match inside {
        Some(inside) if inside.starts_with(b"]") => {
            let detail = "`contents` is empty; send at least one turn.";
            Err(malformed(NAME, detail))
        }
        None if !text.starts_with(b"{") => Err(probe::wrong_type(NAME, "an array")),
        _ => Ok(span),
    }
}

/// A whole number from 1 to `limit`, in any form that Google reads.
fn number(body: &[u8], span: Option<Span>, name: &str, limit: u64) -> Result<Option<u64>, Refusal> {
    let Some(text) = given(body, span) else {
        return Ok(None);
    };
    let read = std::str::from_utf8(text).ok().and_then(whole);
    match read.filter(|number| (1..=limit).contains(number)) {
        Some(number) => Ok(Some(number)),
        None => {
            let detail = format!("`{name}` must be a whole number from 1 to {limit}.");
            Err(malformed(name, detail))
        }
    }
}

/// The tier of service that a value asks for.
pub(super) fn wish(value: &[u8]) -> Wish {
    let Ok(name) = serde_json::from_slice::<String>(value) else {
        return tier::unknown(&String::from_utf8_lossy(value));
    };
    let name = name.to_ascii_lowercase();
    match name.strip_prefix("service_tier_").unwrap_or(&name) {
        "unspecified" | "standard" => Wish::Usual,
        word @ ("flex" | "priority") => tier::wish_of(word),
        word => tier::unknown(word),
    }
}

/// How many members of these names an object or array has, however deep. One that is spelt with
/// escapes counts as well.
fn keys_in(text: &[u8], names: &[&str]) -> usize {
    let named: usize = names.iter().map(|name| keys(text, name).count()).sum();
    named + probe::escaped_letters(text)
}

/// Where the members of a name begin. Inside a text the quotes of the name would be escaped.
fn keys<'t>(text: &'t [u8], name: &str) -> impl Iterator<Item = usize> + use<'t> {
    let quoted = format!("\"{name}\"").into_bytes();
    let length = quoted.len();
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let found = from + memmem::find(text.get(from..)?, &quoted)?;
            from = found + length;
            if text.get(from..).is_some_and(probe::is_before_colon) {
                return Some(found);
            }
        }
    })
}

/// The values of signatures that are ours and that Gemini has never given.
fn seals(body: &[u8], contents: Span) -> Vec<Span> {
    let text = contents.of(body);
    let begins = format!("\"{}", seal::MARK);
    let mut found = Vec::new();
    for name in SIGNATURES {
        for at in keys(text, name) {
            let after = at + name.len() + 2;
            let blank = |byte: &&u8| byte.is_ascii_whitespace() || **byte == b':';
            let rest = text.get(after..).unwrap_or_default();
            let start = after + rest.iter().take_while(blank).count();
            let value = text.get(start..).unwrap_or_default();
            let end = value.get(1..).and_then(|text| memchr::memchr(b'"', text));
            let Some(length) = end.map(|end| end + 2) else {
                continue;
            };
            let sealed = value.get(..length).unwrap_or_default();
            if sealed.starts_with(begins.as_bytes()) && !sealed.contains(&b'\\') {
                let span = Span {
                    start,
                    end: start + length,
                };
                found.push(span.shifted(contents.start));
            }
        }
    }
    found
}

/// The ids of calls and of their results, each as a member with its comma.
fn call_ids(body: &[u8], contents: Span) -> Vec<Span> {
    let text = contents.of(body);
    let mut found = Vec::new();
    for name in CALLS {
        for at in keys(text, name) {
            let after = at + name.len() + 2;
            let rest = text.get(after..).unwrap_or_default();
            let blank = |byte: &&u8| byte.is_ascii_whitespace() || **byte == b':';
            let start = after + rest.iter().take_while(blank).count();
            let call = object(text.get(start..).unwrap_or_default());
            if let Ok(scanned) = scan::scan(call, ["id"])
                && let ([Some(key)], [Some(value)]) = (scanned.keys, scanned.values)
            {
                let member = scan::member(call, key, value);
                found.push(member.shifted(contents.start + start));
            }
        }
    }
    found
}

/// The object with which a text begins; empty where it begins with something else. The text is part
/// of one that was checked to be JSON.
fn object(text: &[u8]) -> &[u8] {
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for (at, byte) in text.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = quoted,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            let end = if at == 0 { 0 } else { at + 1 };
            return text.get(..end).unwrap_or_default();
        }
    }
    &[]
}
