//! What must be known of a request before it is served, read without decoding its messages. The
//! model and whether to stream stand in the address.

use std::sync::LazyLock;

use memchr::memmem::{self, Finder};
use tollgate_model::Refusal;

use super::forward::Places;
use crate::codec::{Address, Head};
use crate::ladder::malformed;
use crate::probe;
use crate::scan::{self, Place, Span};
use crate::tier::{self, Wish};

/// The longest name of a model, in bytes.
const MODEL_LIMIT: usize = 256;
/// The most searches of the web that a tool of the provider's is taken to make.
const SEARCHES: u32 = 10;

const CONFIG: &str = "inferenceConfig";
const LIMIT: &str = "inferenceConfig.maxTokens";

/// Reads the head. Fails with `request_malformed`, naming the member at fault; the whole body is
/// checked to be JSON.
pub(super) fn read(body: &[u8], address: &Address<'_>) -> Result<Head, Refusal> {
    const KEYS: [&str; 6] = [
        "messages",
        "system",
        "toolConfig",
        CONFIG,
        "serviceTier",
        "performanceConfig",
    ];
    let object = scan::scan(body, KEYS)?;
    let [messages, system, tools, config, tier, performance] = object.values;
    let messages = probe::conversation(body, messages, "messages")?;
    let config = Config::read(body, config)?;
    let system = given(body, system).unwrap_or_default();
    let tools = given(body, tools).unwrap_or_default();
    let runs_tools = memmem::find(tools, b"\"systemTool\"").is_some();
    let usual = |text| says(text, "latency", b"\"standard\"");
    let dear = !given(body, performance).is_none_or(usual);
    Ok(Head {
        model: model_name(address)?,
        stream: address.stream.unwrap_or(false),
        stream_usage: true,
        max_tokens: config.max_tokens,
        answers: 1,
        remote_parts: media(messages).saturating_add(media(system)),
        searches: if runs_tools { SEARCHES } else { 0 },
        tier: given(body, tier).map_or(Wish::Usual, wish),
        forward: Box::new(Places {
            member: object.place,
            config: config.span,
            limit_place: config.place,
            limit: config.limit,
            dear: dear.then_some("performanceConfig"),
        }),
    })
}

/// The name of the model, which the address must have.
pub(crate) fn model_name(address: &Address<'_>) -> Result<String, Refusal> {
    match address.model {
        Some(name) if (1..=MODEL_LIMIT).contains(&name.len()) => Ok(name.to_owned()),
        _ => {
            let detail = format!("The address must name a model, of 1 to {MODEL_LIMIT} bytes.");
            Err(malformed("modelId", detail))
        }
    }
}

/// What the head takes from a configuration.
#[derive(Default)]
struct Config {
    span: Option<Span>,
    place: Option<Place>,
    limit: Option<Span>,
    max_tokens: Option<u64>,
}

impl Config {
    fn read(body: &[u8], span: Option<Span>) -> Result<Config, Refusal> {
        let mut config = Config {
            span,
            ..Config::default()
        };
        let (Some(text), Some(span)) = (given(body, span), span) else {
            return Ok(config);
        };
        if !text.starts_with(b"{") {
            return Err(probe::wrong_type(CONFIG, "an object"));
        }
        let object = scan::scan(text, ["maxTokens"]).map_err(|error| {
            let name = format!("{CONFIG}.{}", error.key.unwrap_or_default());
            let detail = format!("`{name}` must stand once and be spelt plainly.");
            malformed(name, detail)
        })?;
        let [limit] = object.values;
        config.limit = limit.map(|limit| limit.shifted(span.start));
        config.place = Some(object.place.shifted(span.start));
        config.max_tokens = probe::number(body, config.limit, LIMIT, probe::MAX_TOKENS_LIMIT)?;
        Ok(config)
    }
}

/// The text of a value that is there and not null.
fn given(body: &[u8], span: Option<Span>) -> Option<&[u8]> {
    span.map(|span| span.of(body))
        .filter(|text| *text != b"null")
}

/// Whether an object's member is left out or says what holds without it.
fn says(object: &[u8], member: &str, plain: &[u8]) -> bool {
    let Ok(found) = scan::scan(object, [member]) else {
        return false;
    };
    let [value] = found.values;
    given(object, value).is_none_or(|value| value == plain)
}

/// The tier of service that a value asks for.
pub(super) fn wish(object: &[u8]) -> Wish {
    let found = scan::scan(object, ["type"]).map(|found| found.values);
    match found {
        Ok([kind]) => match given(object, kind) {
            None => Wish::Usual,
            Some(b"\"default\"") => Wish::Usual,
            Some(kind @ (b"\"flex\"" | b"\"priority\"")) => tier::wish(kind),
            Some(kind) => tier::unknown(String::from_utf8_lossy(kind).trim_matches('"')),
        },
        Err(_) => tier::unknown(&String::from_utf8_lossy(object)),
    }
}

/// Counts the parts whose tokens are not bounded by their bytes: everything that has a source. A key
/// that is spelt with escapes counts as well.
fn media(text: &[u8]) -> u32 {
    static SOURCE: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("\"source\""));
    let sources = probe::objects(text, &SOURCE) + probe::escaped_letters(text);
    u32::try_from(sources).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADDRESS: Address<'static> = Address {
        model: Some("smart"),
        stream: Some(true),
    };

    fn with(members: &str) -> Result<Head, Refusal> {
        let body = format!(r#"{{"messages":[{{"role":"user","content":[]}}]{members}}}"#);
        read(body.as_bytes(), &ADDRESS)
    }

    #[test]
    fn a_bare_request_takes_model_and_stream_from_its_address() {
        let head = with("").unwrap();
        assert_eq!((head.model.as_str(), head.stream), ("smart", true));
        assert_eq!((head.max_tokens, head.answers), (None, 1));
        assert_eq!((head.remote_parts, head.searches), (0, 0));
        let head = with(r#","inferenceConfig":{"temperature":1,"maxTokens":7}"#).unwrap();
        assert_eq!(head.max_tokens, Some(7));
        assert!(read(br#"{"messages":[1]}"#, &Address::default()).is_err());
    }

    #[test]
    fn what_is_missing_or_wrong_is_named() {
        let param = |body: &str| read(body.as_bytes(), &ADDRESS).unwrap_err().param;
        for (body, want) in [
            ("{}", "messages"),
            (r#"{"messages":[]}"#, "messages"),
            (r#"{"messages":[1],"inferenceConfig":7}"#, "inferenceConfig"),
            (
                r#"{"messages":[1],"inferenceConfig":{"maxTokens":0}}"#,
                "inferenceConfig.maxTokens",
            ),
            (
                r#"{"messages":[1],"inferenceConfig":{"maxTokens":1,"maxTokens":2}}"#,
                "inferenceConfig.maxTokens",
            ),
        ] {
            assert_eq!(param(body).as_deref(), Some(want), "{body}");
        }
    }

    #[test]
    fn parts_with_more_tokens_than_bytes_are_counted() {
        let count = |content: &str| {
            let body = format!(r#"{{"messages":[{{"role":"user","content":[{content}]}}]}}"#);
            read(body.as_bytes(), &ADDRESS).unwrap().remote_parts
        };
        let image = r#"{"image":{"format":"png","source" : {"bytes":"aWc="}}}"#;
        assert_eq!(count(r#"{"text":"\"source\": {"}"#), 0);
        assert_eq!(count(&format!("{image},{image}")), 2);
        assert_eq!(count(r#"{"searchResult":{"source":"a page"}}"#), 0);
        assert_eq!(count(r#"{"image":{"s\u006furce":{}}}"#), 1);
    }
}
