//! What must be known of a request before it is served, read without decoding its messages.

use std::sync::LazyLock;

use memchr::memmem::{self, Finder};
use tollgate_model::{Reason, Refusal};

use crate::codec::Head;
use crate::probe::{
    self, MAX_TOKENS_LIMIT, conversation, escaped_letters, flag, key_at, number, wrong_type,
};
use crate::scan::{self, Place, Span};
use crate::tier;

/// The largest `n` that the dialect knows.
const ANSWERS_LIMIT: u64 = 128;
/// The most searches of the web that a request which may set some off is taken to make.
const SEARCHES: u32 = 10;

/// Where the members lie that a request on its way may have to change.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Places {
    /// The value of `model`.
    pub(crate) model: Span,
    /// Where a member of the request can be added.
    pub(crate) member: Place,
    /// The value of `stream_options`.
    pub(crate) stream_options: Option<Span>,
    /// Where a member can be added to `stream_options`, where that is an object.
    pub(crate) stream_option: Option<Place>,
    /// The value of `stream_options.include_usage`.
    pub(crate) include_usage: Option<Span>,
    /// Key and value of `max_tokens`.
    pub(crate) max_tokens: Option<(Span, Span)>,
    /// Key and value of `max_completion_tokens`.
    pub(crate) max_completion_tokens: Option<(Span, Span)>,
}

/// Reads the head of a request. Fails with `request_malformed`, naming the member at fault; the
/// whole body is checked to be JSON.
pub(super) fn read(body: &[u8]) -> Result<Head, Refusal> {
    const KEYS: [&str; 10] = [
        "model",
        "stream",
        "stream_options",
        "max_tokens",
        "max_completion_tokens",
        "n",
        "messages",
        "tools",
        "web_search_options",
        tier::NAME,
    ];
    let object = scan::scan(body, KEYS)?;
    let [
        model,
        stream,
        stream_options,
        max_tokens,
        max_completion_tokens,
        n,
        messages,
        tools,
        search_options,
        service_tier,
    ] = object.values;
    let [_, _, _, max_tokens_key, max_completion_tokens_key, ..] = object.keys;
    let limits = [
        number(body, max_tokens, "max_tokens", MAX_TOKENS_LIMIT)?,
        number(
            body,
            max_completion_tokens,
            "max_completion_tokens",
            MAX_TOKENS_LIMIT,
        )?,
    ];
    let options = stream_options_of(body, stream_options)?;
    let answers = number(body, n, "n", ANSWERS_LIMIT)?.and_then(|n| u32::try_from(n).ok());
    let (name, model) = probe::model(body, model)?;
    Ok(Head {
        model: name,
        stream: flag(body, stream, "stream")?.unwrap_or(false),
        stream_usage: options.asked,
        max_tokens: one_limit(limits)?,
        answers: answers.unwrap_or(1),
        remote_parts: remote_parts(conversation(body, messages, "messages")?),
        searches: searches(body, search_options, tools),
        tier: tier::wish(service_tier.map_or(b"null", |tier| tier.of(body))),
        forward: Box::new(Places {
            model,
            member: object.place,
            stream_options,
            stream_option: options.place,
            include_usage: options.include_usage,
            max_tokens: max_tokens_key.zip(max_tokens),
            max_completion_tokens: max_completion_tokens_key.zip(max_completion_tokens),
        }),
    })
}

/// What `stream_options` says, and where.
#[derive(Default)]
pub(crate) struct StreamOptions {
    /// Whether the usage is wanted.
    pub(crate) asked: bool,
    /// The value of `include_usage`.
    pub(crate) include_usage: Option<Span>,
    /// Where a member can be added.
    pub(crate) place: Option<Place>,
}

/// Reads `stream_options`. Fails with `request_malformed`.
pub(crate) fn stream_options_of(body: &[u8], span: Option<Span>) -> Result<StreamOptions, Refusal> {
    const NAME: &str = "stream_options";
    let Some(span) = span.filter(|span| span.of(body) != b"null") else {
        return Ok(StreamOptions::default());
    };
    let text = span.of(body);
    if text.first() != Some(&b'{') {
        return Err(wrong_type(NAME, "an object"));
    }
    let object = scan::scan(text, ["include_usage"]).map_err(|_| {
        let detail = "`stream_options.include_usage` must stand once and be spelt plainly.";
        Refusal::new(Reason::RequestMalformed, detail).at("stream_options.include_usage")
    })?;
    let [include_usage] = object.values;
    let include_usage = include_usage.map(|inner| inner.shifted(span.start));
    Ok(StreamOptions {
        asked: flag(body, include_usage, "stream_options.include_usage")?.unwrap_or(false),
        include_usage,
        place: Some(object.place.shifted(span.start)),
    })
}

/// The two spellings of the limit must agree: a provider that knows only one of them would
/// otherwise serve more than was paid for.
fn one_limit([old, new]: [Option<u64>; 2]) -> Result<Option<u64>, Refusal> {
    if old.is_some() && new.is_some() && old != new {
        let detail = "`max_tokens` and `max_completion_tokens` differ; send one of them.";
        return Err(Refusal::new(Reason::RequestMalformed, detail).at("max_tokens"));
    }
    Ok(new.or(old))
}

/// Counts the parts of messages whose tokens are not bounded by their bytes. A quote inside a text
/// is escaped, so a name in quotes before a colon is a key; one that is spelt with escapes counts as
/// well.
pub(crate) fn remote_parts(messages: &[u8]) -> u32 {
    static STEMS: LazyLock<[Finder<'static>; 2]> =
        LazyLock::new(|| ["\"file_", "\"input_"].map(Finder::new));
    let [file, input] = &*STEMS;
    let files = file
        .find_iter(messages)
        .filter(|at| matches!(key_at(messages, *at), Some(b"file_id" | b"file_data")));
    let inputs = input
        .find_iter(messages)
        .filter(|at| key_at(messages, *at).is_some_and(|key| key != b"input_text"));
    let named = probe::urls(messages) + files.count() + inputs.count();
    u32::try_from(named + escaped_letters(messages)).unwrap_or(u32::MAX)
}

/// How many searches are provided for: none, where neither the options for them nor a tool of a type
/// that speaks of a search (`web_search`, `google_search`) is there.
fn searches(body: &[u8], options: Option<Span>, tools: Option<Span>) -> u32 {
    static TYPE: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("\"type\""));
    let given = |span: Option<Span>| span.map(|span| span.of(body)).unwrap_or(b"null");
    let tools = given(tools);
    let is_search = |at: usize| {
        let after = tools.get(at + TYPE.needle().len()..).unwrap_or_default();
        let value = after.trim_ascii_start().strip_prefix(b":");
        let text = value.and_then(|value| value.trim_ascii_start().strip_prefix(b"\""));
        let end = text.and_then(|text| memchr::memchr(b'"', text));
        let word = text.zip(end).and_then(|(text, end)| text.get(..end));
        word.is_some_and(|word| memmem::find(word, b"search").is_some())
    };
    let may_search = given(options) != b"null"
        || TYPE.find_iter(tools).any(is_search)
        || escaped_letters(tools) > 0;
    if may_search { SEARCHES } else { 0 }
}

#[cfg(test)]
mod tests {
    use tollgate_model::ServiceTier;
    use tollgate_model::catalogue::Quirks;

    use super::*;
    use crate::codec::Target;
    use crate::tier::Wish;

    fn with(members: &str) -> Head {
        let body = format!(r#"{{"model":"m","messages":[{{"role":"user"}}]{members}}}"#);
        read(body.as_bytes()).unwrap()
    }

    fn refused(body: &str) -> String {
        let refusal = read(body.as_bytes()).unwrap_err();
        assert_eq!(refusal.reason, Reason::RequestMalformed);
        format!("{}: {}", refusal.param.unwrap_or_default(), refusal.detail)
    }

    fn refused_with(members: &str) -> String {
        refused(&format!(r#"{{"model":"m","messages":[1],{members}}}"#))
    }

    #[test]
    fn a_bare_request_has_defaults() {
        let head = with("");
        assert_eq!(head.model, "m");
        assert!(!head.stream && !head.stream_usage);
        assert_eq!(
            (head.max_tokens, head.answers, head.remote_parts),
            (None, 1, 0)
        );
        assert_eq!(head.searches, 0);
    }

    #[test]
    fn the_tier_of_service_is_read_and_stands_where_it_stood() {
        let head = with(r#","service_tier":"fl\u0065x""#);
        assert_eq!(head.tier, Wish::Tier(ServiceTier::Flex));
        assert_eq!(with("").tier, Wish::Usual);
        let target = Target {
            model: "m",
            quirks: Quirks::default(),
            max_output: None,
            tier: head.tier.tier(),
        };
        assert!(head.edits(&target, None).unwrap().is_empty());
    }

    #[test]
    fn searches_are_provided_for_where_the_provider_may_make_some() {
        let function = |name: &str| format!(r#"{{"type":"function","function":{name}}}"#);
        let named = function(r#"{"name":"web_search","parameters":{"type":"object"}}"#);
        let escaped = function(r#"{"name":"f","description":"\u0061"}"#);
        for (members, searches) in [
            (r#","web_search_options":{}"#.to_owned(), 10),
            (r#","web_search_options":null,"tools":null"#.to_owned(), 0),
            (
                r#","tools":[{"type" : "web_search_preview"}]"#.to_owned(),
                10,
            ),
            (format!(r#","tools":[{named}]"#), 0),
            (
                format!(r#","tools":[{named},{{"type":"google_search"}}]"#),
                10,
            ),
            (format!(r#","tools":[{escaped}]"#), 10),
        ] {
            assert_eq!(with(&members).searches, searches, "{members}");
        }
    }

    #[test]
    fn members_are_read_where_they_stand() {
        let head = with(
            r#","stream":true,"stream_options":{"x":1,"include_usage":true},"max_tokens":9,"n":3"#,
        );
        assert!(head.stream && head.stream_usage);
        assert_eq!((head.max_tokens, head.answers), (Some(9), 3));
        assert_eq!(
            with(r#","max_completion_tokens":7,"max_tokens":null"#).max_tokens,
            Some(7)
        );
        assert_eq!(
            with(r#","max_completion_tokens":7,"max_tokens":7"#).max_tokens,
            Some(7)
        );
        assert!(!with(r#","stream":null,"stream_options":null,"n":null"#).stream);
    }

    #[test]
    fn a_model_may_be_written_with_escapes() {
        assert_eq!(
            read(br#"{"model":"\u006dx","messages":[1]}"#)
                .unwrap()
                .model,
            "mx"
        );
    }

    #[test]
    fn what_is_missing_or_of_a_wrong_type_is_named() {
        for (body, param) in [
            (r#"{"messages":[1]}"#, "model"),
            (r#"{"model":7,"messages":[1]}"#, "model"),
            (r#"{"model":"","messages":[1]}"#, "model"),
            (r#"{"model":"m"}"#, "messages"),
            (r#"{"model":"m","messages":[ ]}"#, "messages"),
            (r#"{"model":"m","messages":{}}"#, "messages"),
            (r#"{"model":"m","model":"n","messages":[1]}"#, "model"),
        ] {
            assert!(
                refused(body).starts_with(param),
                "{body}: {}",
                refused(body)
            );
        }
        for (members, param) in [
            (r#""stream":1"#, "stream: "),
            (r#""stream_options":true"#, "stream_options: "),
            (
                r#""stream_options":{"include_usage":1}"#,
                "stream_options.include_usage: ",
            ),
            (
                r#""stream_options":{"include_usage":true,"include_usage":false}"#,
                "stream_options.include_usage: ",
            ),
            (r#""n":0"#, "n: "),
            (r#""n":129"#, "n: "),
            (r#""max_completion_tokens":"9""#, "max_completion_tokens: "),
            (
                r#""max_tokens":1,"max_completion_tokens":2"#,
                "max_tokens: ",
            ),
        ] {
            assert!(
                refused_with(members).starts_with(param),
                "{}",
                refused_with(members)
            );
        }
    }

    #[test]
    fn absurd_limits_are_refused() {
        for value in [
            "0",
            "-1",
            "1.5",
            "1e3",
            "1.0",
            "4294967296",
            "99999999999999999999",
            "[]",
        ] {
            let message = refused_with(&format!(r#""max_tokens":{value}"#));
            assert!(message.starts_with("max_tokens: "), "{value}: {message}");
        }
        insta::assert_snapshot!(
            refused_with(r#""max_tokens":0"#),
            @"max_tokens: `max_tokens` must be a whole number from 1 to 4294967295."
        );
    }

    #[test]
    fn parts_with_more_tokens_than_bytes_are_counted() {
        let count = |messages: &str| {
            let body = format!(r#"{{"model":"m","messages":{messages}}}"#);
            read(body.as_bytes()).unwrap().remote_parts
        };
        let image = r#"{"type":"image_url","image_url" : {"url":"data:"}}"#;
        let file = r#"{"type":"file","file":{"file_id":"f"}}"#;
        let sound = r#"{"type":"input_audio","input_audio":{"data":"x"}}"#;
        let parts = format!(r#"[{{"role":"user","content":[{image},{file},{sound}]}}]"#);
        assert_eq!(count(&parts), 3);
        let quoted = serde_json::json!([{ "content": format!("{parts} \\u0061 é") }]);
        assert_eq!(count(&quoted.to_string()), 0, "a text about parts has none");
        assert_eq!(
            count(r#"[{"content":[{"image\u005furl":1}]}]"#),
            1,
            "an escape hides nothing"
        );
    }
}
