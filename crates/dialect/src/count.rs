//! Counting the tokens of a prompt without asking for an answer: `/v1/messages/count_tokens` of
//! Anthropic, `:countTokens` of Gemini, `/v1/responses/input_tokens` of OpenAI,
//! `/model/MODEL/count-tokens` of Bedrock. The other dialects have no such thing.

use memchr::memchr_iter;
use serde_json::json;
use tollgate_model::{Dialect, Refusal};

use crate::bedrock::inbound::head::model_name;
use crate::codec::{Address, Forward, Head, Target};
use crate::ladder::unsupported;
use crate::scan::{self, Span};
use crate::splice::Splice;
use crate::tier::Wish;
use crate::{inbound, outbound, probe};

/// How many bytes of text make a token.
const TEXT_BYTES: u64 = 4;
/// How many bytes of a document in base64 make a token: a page of some 60 kB has about 2000.
const DOCUMENT_BYTES: u64 = 40;
/// How many tokens a picture has, at the most that the vendors make of one.
const PICTURE: u64 = 1_600;
/// A string that is longer and nothing but base64 is taken for a medium.
const MEDIUM_BYTES: usize = 1_024;
/// How a PDF begins, in base64.
const PDF: &[u8] = b"JVBERi";

/// What must be known of a request to count. Fails with `request_malformed`, naming the member at
/// fault.
pub fn head(dialect: Dialect, body: &[u8], address: &Address<'_>) -> Result<Head, Refusal> {
    match dialect {
        Dialect::AnthropicMessages => anthropic_head(body),
        Dialect::OpenaiResponses => responses_head(body),
        Dialect::BedrockConverse => bedrock_head(body, address),
        Dialect::OpenaiChat
        | Dialect::OpenaiCompletions
        | Dialect::Gemini
        | Dialect::Cohere
        | Dialect::Ollama
        | Dialect::OllamaGenerate => inbound(dialect).head(body, address),
    }
}

/// As a request for an answer, but without a limit of it.
fn anthropic_head(body: &[u8]) -> Result<Head, Refusal> {
    let [model, messages] = scan::scan(body, ["model", "messages"])?.values;
    let head = counting(body, model)?;
    probe::conversation(body, messages, "messages")?;
    Ok(head)
}

/// What lies elsewhere is not counted: whose it is would have to be known first.
fn responses_head(body: &[u8]) -> Result<Head, Refusal> {
    const ELSEWHERE: [&str; 2] = ["previous_response_id", "conversation"];
    let [previous, conversation] = ELSEWHERE;
    let [model, previous, conversation] =
        scan::scan(body, ["model", previous, conversation])?.values;
    for (span, name) in [previous, conversation].into_iter().zip(ELSEWHERE) {
        if span.is_some_and(|span| span.of(body) != b"null") {
            let detail = "Only the tokens of what stands in the request are counted; send all of the \
                          input.";
            return Err(unsupported(name, detail));
        }
    }
    counting(body, model)
}

fn counting(body: &[u8], model: Option<Span>) -> Result<Head, Refusal> {
    let (name, model) = probe::model(body, model)?;
    Ok(Head {
        model: name,
        stream: false,
        stream_usage: false,
        max_tokens: None,
        answers: 1,
        remote_parts: 0,
        searches: 0,
        tier: Wish::Usual,
        forward: Box::new(ModelOnly(model)),
    })
}

/// What is counted stands one level deeper than in a request for an answer, and passes as it is.
fn bedrock_head(body: &[u8], address: &Address<'_>) -> Result<Head, Refusal> {
    let [input] = scan::scan(body, ["input"])?.values;
    let input = input.ok_or_else(|| probe::missing("input"))?.of(body);
    let [converse, invoke] = scan::scan(input, ["converse", "invokeModel"])?.values;
    if converse.or(invoke).is_none() {
        return Err(probe::wrong_type(
            "input",
            "an object with `converse` or `invokeModel`",
        ));
    }
    Ok(Head {
        model: model_name(address)?,
        stream: false,
        stream_usage: false,
        max_tokens: None,
        answers: 1,
        remote_parts: 0,
        searches: 0,
        tier: Wish::Usual,
        forward: Box::new(Unchanged),
    })
}

/// A request in which nothing changes.
#[derive(Debug)]
struct Unchanged;

impl Forward for Unchanged {
    fn edits(&self, _: &Head, _: &Target<'_>, _: Option<u64>) -> Result<Splice, Refusal> {
        Ok(Splice::default())
    }
}

/// A request in which nothing but the name of the model changes.
#[derive(Debug)]
struct ModelOnly(Span);

impl Forward for ModelOnly {
    fn edits(&self, head: &Head, target: &Target<'_>, _: Option<u64>) -> Result<Splice, Refusal> {
        let mut splice = Splice::default();
        if head.model != target.model {
            splice.replace(self.0, json!(target.model).to_string());
        }
        Ok(splice)
    }
}

/// The path, below a provider's base address, at which the tokens of a prompt are counted; `None`
/// where the dialect has none.
pub fn path(dialect: Dialect, model: &str) -> Result<Option<String>, Refusal> {
    let answering = outbound(dialect).path(model, false)?;
    Ok(match dialect {
        Dialect::OpenaiChat
        | Dialect::OpenaiCompletions
        | Dialect::Cohere
        | Dialect::Ollama
        | Dialect::OllamaGenerate => None,
        Dialect::OpenaiResponses => Some(format!("{answering}/input_tokens")),
        Dialect::AnthropicMessages => Some(format!("{answering}/count_tokens")),
        Dialect::BedrockConverse => answering
            .strip_suffix("/converse")
            .map(|model| format!("{model}/count-tokens")),
        Dialect::Gemini => answering
            .strip_suffix(":generateContent")
            .map(|model| format!("{model}:countTokens")),
    })
}

/// The name under which an answer tells the count.
fn member(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::OpenaiChat
        | Dialect::OpenaiCompletions
        | Dialect::OpenaiResponses
        | Dialect::AnthropicMessages
        | Dialect::Cohere
        | Dialect::Ollama
        | Dialect::OllamaGenerate => "input_tokens",
        Dialect::Gemini => "totalTokens",
        Dialect::BedrockConverse => "inputTokens",
    }
}

/// Whether a body is the answer to a request to count. The error says what is wrong with it, for the
/// operator.
pub fn check(dialect: Dialect, body: &[u8]) -> Result<(), String> {
    let name = member(dialect);
    let [count] = scan::scan(body, [name])
        .map_err(|error| error.to_string())?
        .values;
    let count = count.map(|span| span.of(body)).unwrap_or_default();
    let is_number = !count.is_empty() && count.iter().all(u8::is_ascii_digit);
    is_number
        .then_some(())
        .ok_or_else(|| format!("the answer has no number `{name}`"))
}

/// The answer to a request to count.
pub fn answer(dialect: Dialect, tokens: u64) -> Vec<u8> {
    let answer = match dialect {
        Dialect::OpenaiResponses => {
            json!({ "object": "response.input_tokens", "input_tokens": tokens })
        }
        _ => json!({ member(dialect): tokens }),
    };
    answer.to_string().into_bytes()
}

/// How many tokens a request's prompt has, by its bytes: four of text to a token, and media by their
/// kind. Only an estimate.
pub fn estimate(body: &[u8]) -> u64 {
    let (mut text, mut media) = (body.len(), 0);
    let mut opened: Option<usize> = None;
    for at in memchr_iter(b'"', body) {
        let inside = opened.and_then(|start| body.get(start..at));
        if let Some(string) = inside
            && string.len() > MEDIUM_BYTES
        {
            let data = payload(string);
            if data.iter().all(|byte| is_base64(*byte)) {
                text -= string.len();
                media += medium(data);
            }
        }
        opened = Some(at + 1);
    }
    size(text).div_ceil(TEXT_BYTES) + media
}

/// The base64 of a string, which may be a `data:` address.
fn payload(string: &[u8]) -> &[u8] {
    let comma = string
        .starts_with(b"data:")
        .then(|| memchr::memchr(b',', string));
    let start = comma.flatten().map_or(0, |at| at + 1);
    string.get(start..).unwrap_or_default()
}

fn medium(data: &[u8]) -> u64 {
    if data.starts_with(PDF) {
        size(data.len()).div_ceil(DOCUMENT_BYTES)
    } else {
        PICTURE
    }
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_' | b'\\')
}

fn size(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use tollgate_model::Reason;

    use super::*;

    #[test]
    fn ai_18_an_estimate_counts_text_by_its_bytes_and_media_by_their_kind() {
        let picture = "iVBORw0KGgo".repeat(1_000);
        let document = format!("JVBERi{}", "0aA/".repeat(10_000));
        let text = "word ".repeat(1_000);
        let of =
            |data: &str| estimate(format!(r#"{{"text":"{text}","data":"{data}"}}"#).as_bytes());
        let bare = of("");
        assert!((1_250..1_275).contains(&bare), "{bare}");
        assert_eq!(of(&picture) - bare, PICTURE);
        assert_eq!(
            of(&format!("data:image/png;base64,{picture}")) - bare,
            PICTURE
        );
        let pages = of(&document) - bare;
        assert!((900..1_100).contains(&pages), "{pages}");
    }

    #[test]
    fn a_count_is_asked_for_without_a_limit_and_only_the_model_changes() {
        let body = br#"{"messages":[1], "model" : "smart","x":1.0}"#;
        let read = head(Dialect::AnthropicMessages, body, &Address::default()).unwrap();
        let target = Target {
            model: "claude",
            quirks: tollgate_model::catalogue::Quirks::default(),
            max_output: None,
            tier: None,
        };
        let sent = read.edits(&target, None).unwrap().apply(body);
        assert_eq!(sent, br#"{"messages":[1], "model" : "claude","x":1.0}"#);
        let refused = head(Dialect::AnthropicMessages, b"{}", &Address::default()).unwrap_err();
        assert_eq!(refused.reason, Reason::RequestMalformed);
    }

    #[test]
    fn counts_have_a_path_and_a_shape_in_each_dialect_that_knows_them() {
        let path = |dialect| path(dialect, "m").unwrap();
        assert_eq!(path(Dialect::OpenaiChat), None);
        let (anthropic, gemini) = (Dialect::AnthropicMessages, Dialect::Gemini);
        let bedrock = Dialect::BedrockConverse;
        assert_eq!(path(bedrock).as_deref(), Some("/model/m/count-tokens"));
        assert_eq!(answer(bedrock, 7), br#"{"inputTokens":7}"#);
        assert_eq!(path(anthropic).as_deref(), Some("/messages/count_tokens"));
        assert_eq!(path(gemini).as_deref(), Some("/models/m:countTokens"));
        assert_eq!(answer(anthropic, 7), br#"{"input_tokens":7}"#);
        assert_eq!(answer(gemini, 7), br#"{"totalTokens":7}"#);
        for dialect in [anthropic, gemini, bedrock] {
            assert_eq!(check(dialect, &answer(dialect, 7)), Ok(()));
            assert!(check(dialect, b"{}").is_err() && check(dialect, b"[]").is_err());
        }
    }
}
