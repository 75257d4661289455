//! What must be known of a request before it is served, read without decoding its messages.

use std::sync::LazyLock;

use memchr::memmem::{self, Finder};
use serde::Deserialize;
use serde::de::IgnoredAny;
use tollgate_model::{Refusal, ServiceTier};

use super::forward::Places;
use crate::codec::Head;
use crate::probe;
use crate::scan::{self, Span};
use crate::tier::{self, Wish};

/// The most searches of the web that a tool for them is taken to make where it does not say.
const SEARCHES: u32 = 10;

/// How Claude Code marks the name of a model of which it wants the long context. The model is asked for
/// that by a header, and is not called so.
const LONG_CONTEXT: &str = "[1m]";

/// Reads the head. Fails with `request_malformed`, naming the member at fault; the whole body is
/// checked to be JSON.
pub(super) fn read(body: &[u8]) -> Result<Head, Refusal> {
    const KEYS: [&str; 9] = [
        "model",
        "stream",
        "max_tokens",
        "messages",
        "tools",
        "mcp_servers",
        tier::NAME,
        "speed",
        "inference_geo",
    ];
    let object = scan::scan(body, KEYS)?;
    let [
        model,
        stream,
        max_tokens,
        messages,
        tools,
        servers,
        service_tier,
        speed,
        region,
    ] = object.values;
    let (mut name, model) = probe::model(body, model)?;
    let marked = name.ends_with(LONG_CONTEXT);
    if marked {
        name.truncate(name.len() - LONG_CONTEXT.len());
    }
    let most = probe::number(body, max_tokens, "max_tokens", probe::MAX_TOKENS_LIMIT)?;
    let messages = probe::conversation(body, messages, "messages")?;
    let toolbox = Toolbox::of(body, tools);
    let apart = [
        ("speed", speed, &["standard", "fast"][..]),
        ("inference_geo", region, &["global"]),
    ];
    let apart = apart.into_iter().find_map(|(name, span, plain)| {
        let is_plain = span.is_none_or(|span| is_one_of(span.of(body), plain));
        (!is_plain).then_some(name)
    });
    let limit = max_tokens.zip(most);
    let (max_tokens, most) = limit.ok_or_else(|| probe::missing("max_tokens"))?;
    Ok(Head {
        model: name,
        stream: probe::flag(body, stream, "stream")?.unwrap_or(false),
        stream_usage: true,
        max_tokens: Some(most),
        answers: 1,
        remote_parts: parts(messages)
            .saturating_add(toolbox.fetches)
            .saturating_add(elements(body, servers)),
        searches: toolbox.searches,
        tier: wish(body, service_tier, speed),
        forward: Box::new(Places {
            model,
            marked,
            max_tokens,
            apart,
        }),
    })
}

/// The tier of service that is asked for: what `service_tier` says does not choose one with a price of
/// its own, but `speed` may.
fn wish(body: &[u8], service_tier: Option<Span>, speed: Option<Span>) -> Wish {
    let is = |span: Option<Span>, words: &[&str]| {
        span.is_none_or(|span| is_one_of(span.of(body), words))
    };
    if let Some(span) = service_tier.filter(|_| !is(service_tier, &["auto", "standard_only"])) {
        let word = String::from_utf8_lossy(span.of(body));
        return tier::unknown(word.trim_matches('"'));
    }
    match is(speed, &["standard"]) || !is(speed, &["fast"]) {
        true => Wish::Usual,
        false => Wish::Tier(ServiceTier::Fast),
    }
}

/// Whether a value is one of these words, or null.
fn is_one_of(text: &[u8], words: &[&str]) -> bool {
    let word = text
        .strip_prefix(b"\"")
        .and_then(|text| text.strip_suffix(b"\""));
    text == b"null" || word.is_some_and(|word| words.iter().any(|one| one.as_bytes() == word))
}

/// Counts the parts of messages whose tokens are not bounded by their bytes: everything that has a
/// source, and files in a container. A key that is spelt with escapes counts as well.
fn parts(messages: &[u8]) -> u32 {
    static STEMS: LazyLock<[Finder<'static>; 2]> =
        LazyLock::new(|| ["\"source\"", "\"container_upload\""].map(Finder::new));
    let [source, upload] = &*STEMS;
    let sources = probe::objects(messages, source);
    let uploads = upload.find_iter(messages).count();
    let escaped = probe::escaped_letters(messages);
    u32::try_from(sources + uploads + escaped).unwrap_or(u32::MAX)
}

/// How many elements an array has; one where it is something else.
fn elements(body: &[u8], span: Option<Span>) -> u32 {
    let Some(text) = span
        .map(|span| span.of(body))
        .filter(|text| *text != b"null")
    else {
        return 0;
    };
    let list = serde_json::from_slice::<Vec<IgnoredAny>>(text);
    list.map_or(1, |list| u32::try_from(list.len()).unwrap_or(u32::MAX))
}

/// What the tools of a request that the provider runs may do.
#[derive(Default)]
struct Toolbox {
    searches: u32,
    /// Tools that bring pages into the prompt.
    fetches: u32,
}

#[derive(Deserialize)]
struct Tool {
    #[serde(rename = "type", default)]
    kind: Option<String>,
    #[serde(default)]
    max_uses: Option<u32>,
}

impl Toolbox {
    fn of(body: &[u8], tools: Option<Span>) -> Toolbox {
        let text = tools.map(|span| span.of(body)).unwrap_or_default();
        if memmem::find(text, b"\"web_").is_none() && probe::escaped_letters(text) == 0 {
            return Toolbox::default();
        }
        match serde_json::from_slice::<Vec<Tool>>(text) {
            Ok(tools) => tools.iter().fold(Toolbox::default(), Toolbox::with),
            Err(_) => Toolbox {
                searches: SEARCHES,
                fetches: 1,
            },
        }
    }

    fn with(self, tool: &Tool) -> Toolbox {
        let kind = tool.kind.as_deref().unwrap_or_default();
        let uses = tool.max_uses.filter(|uses| *uses > 0).unwrap_or(SEARCHES);
        let is_search = kind.starts_with("web_search");
        let is_fetch = kind.starts_with("web_fetch");
        Toolbox {
            searches: self
                .searches
                .saturating_add(if is_search { uses } else { 0 }),
            fetches: self.fetches.saturating_add(u32::from(is_fetch)),
        }
    }
}

#[cfg(test)]
mod tests {
    use tollgate_model::Reason;

    use super::*;

    fn with(members: &str) -> Head {
        let body = format!(
            r#"{{"model":"m","max_tokens":9,"messages":[{{"role":"user","content":"x"}}]{members}}}"#
        );
        read(body.as_bytes()).unwrap()
    }

    fn refused(body: &str) -> String {
        let refusal = read(body.as_bytes()).unwrap_err();
        assert_eq!(refusal.reason, Reason::RequestMalformed);
        format!("{}: {}", refusal.param.unwrap_or_default(), refusal.detail)
    }

    #[test]
    fn a_bare_request_has_defaults() {
        let head = with("");
        assert_eq!((head.model.as_str(), head.max_tokens), ("m", Some(9)));
        assert!(!head.stream && head.stream_usage);
        assert_eq!((head.answers, head.remote_parts, head.searches), (1, 0, 0));
        assert!(with(r#","stream":true"#).stream);
    }

    #[test]
    fn what_is_missing_or_wrong_is_named() {
        let all = [
            r#"{"max_tokens":1,"messages":[1]}"#,
            r#"{"model":"m","messages":[1]}"#,
            r#"{"model":"m","max_tokens":null,"messages":[1]}"#,
            r#"{"model":"m","max_tokens":0,"messages":[1]}"#,
            r#"{"model":"m","max_tokens":1}"#,
            r#"{"model":"m","max_tokens":1,"messages":[ ]}"#,
            r#"{"model":"m","max_tokens":1,"messages":[1],"stream":1}"#,
            r#"{"model":"m","max_tokens":1,"messages":[1],"model":"n"}"#,
        ]
        .map(refused);
        insta::assert_snapshot!(all.join("\n"), @r#"
        model: The body has no member `model`, which every chat request needs.
        max_tokens: The body has no member `max_tokens`, which every chat request needs.
        max_tokens: The body has no member `max_tokens`, which every chat request needs.
        max_tokens: `max_tokens` must be a whole number from 1 to 4294967295.
        messages: The body has no member `messages`, which every chat request needs.
        messages: `messages` is empty; send at least one message.
        stream: `stream` must be true or false.
        model: The body is not the JSON that this address takes: the member "model" stands twice, which is refused, at line 1, column 44.
        "#);
    }

    #[test]
    fn parts_with_more_tokens_than_bytes_are_counted() {
        let count = |content: &str| {
            let body = format!(
                r#"{{"model":"m","max_tokens":1,"messages":[{{"role":"user","content":{content}}}]}}"#
            );
            read(body.as_bytes()).unwrap().remote_parts
        };
        let image = r#"{"type":"image","source" : {"type":"url","url":"https://example.com"}}"#;
        let file = r#"{"type":"document","source":{"type":"file","file_id":"f"}}"#;
        let cases = [
            (r#""say \"source\": {""#.to_owned(), 0),
            (format!("[{image},{file}]"), 2),
            (
                format!(r#"[{{"type":"tool_result","content":[{image}]}}]"#),
                1,
            ),
            (
                r#"[{"type":"search_result","source":"a page"}]"#.to_owned(),
                0,
            ),
            (
                r#"[{"type":"container_upload","file_id":"f"}]"#.to_owned(),
                1,
            ),
            (r#"[{"s\u006furce":{}}]"#.to_owned(), 1),
        ];
        for (content, want) in cases {
            assert_eq!(count(&content), want, "{content}");
        }
    }

    #[test]
    fn searches_are_provided_for_as_the_tool_limits_them() {
        let search = r#"{"type":"web_search_20250305","name":"web_search"}"#;
        let limited = r#"{"name":"web_search","max_uses":3,"type":"web_search_20260209"}"#;
        let fetch = r#"{"type":"web_fetch_20250910","name":"web_fetch"}"#;
        let own = r#"{"name":"web_search","input_schema":{"type":"object"}}"#;
        let hidden = r#"{"type":"\u0077eb_search_20250305"}"#;
        let twice = r#"{"type":"custom","type":"web_search_20250305"}"#;
        for (tools, want) in [
            ("null".to_owned(), (0, 0)),
            (format!("[{own}]"), (0, 0)),
            (format!("[{search}]"), (10, 0)),
            (format!("[{limited}]"), (3, 0)),
            (format!("[{own},{limited},{fetch}]"), (3, 1)),
            (format!("[{hidden}]"), (10, 0)),
            (format!("[{twice}]"), (10, 1)),
        ] {
            let head = with(&format!(r#","tools":{tools}"#));
            assert_eq!((head.searches, head.remote_parts), want, "{tools}");
        }
        assert_eq!(with(r#","mcp_servers":[{"url":"u"},{}]"#).remote_parts, 2);
    }
}
