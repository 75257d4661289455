//! What must be known of a request before it is served, and its edits on the way to a provider of its
//! own dialect.

use serde::de::IgnoredAny;
use tollgate_model::Refusal;
use tollgate_model::catalogue::Quirks;

use crate::codec::{Forward, Head, Target};
use crate::openai_chat::head::{Places, stream_options_of};
use crate::probe::{self, MAX_TOKENS_LIMIT, flag, number, wrong_type};
use crate::scan::{self, Span};
use crate::splice::Splice;
use crate::tier;

/// The most answers of one request: prompts, times the answers to each.
const ANSWERS_LIMIT: u64 = 128;

/// Reads the head. Fails with `request_malformed`, naming the member at fault; the whole body is
/// checked to be JSON.
pub(super) fn read(body: &[u8]) -> Result<Head, Refusal> {
    const KEYS: [&str; 8] = [
        "model",
        "stream",
        "stream_options",
        "max_tokens",
        "n",
        "best_of",
        "prompt",
        tier::NAME,
    ];
    let object = scan::scan(body, KEYS)?;
    let [
        model,
        stream,
        stream_options,
        max_tokens,
        n,
        best_of,
        prompt,
        service_tier,
    ] = object.values;
    let max_tokens_key = object.keys[3];
    let options = stream_options_of(body, stream_options)?;
    let each = [(n, "n"), (best_of, "best_of")]
        .map(|(span, name)| number(body, span, name, ANSWERS_LIMIT));
    let (name, model) = probe::model(body, model)?;
    let [n, best_of] = each;
    // All of the best are made, and paid for, whichever are shown.
    let each = n?.unwrap_or(1).max(best_of?.unwrap_or(1));
    Ok(Head {
        model: name,
        stream: flag(body, stream, "stream")?.unwrap_or(false),
        stream_usage: options.asked,
        max_tokens: number(body, max_tokens, "max_tokens", MAX_TOKENS_LIMIT)?,
        answers: answers(prompts(body, prompt)?, each)?,
        remote_parts: 0,
        searches: 0,
        tier: tier::wish(service_tier.map_or(b"null", |tier| tier.of(body))),
        forward: Box::new(Passing(Places {
            model,
            member: object.place,
            stream_options,
            stream_option: options.place,
            include_usage: options.include_usage,
            max_tokens: max_tokens_key.zip(max_tokens),
            max_completion_tokens: None,
        })),
    })
}

/// How many prompts there are: one for a text or a list of tokens, else one for each element.
fn prompts(body: &[u8], span: Option<Span>) -> Result<usize, Refusal> {
    let text = span.map(|span| span.of(body)).unwrap_or(b"null");
    if text == b"null" {
        return Err(probe::missing("prompt"));
    }
    if text.starts_with(b"\"") {
        return Ok(1);
    }
    let wrong = || wrong_type("prompt", "a string, or an array of strings or tokens");
    let elements: Vec<IgnoredAny> = serde_json::from_slice(text).map_err(|_| wrong())?;
    let inside = text.get(1..).unwrap_or_default().trim_ascii_start();
    match elements.len() {
        0 => Err(wrong()),
        _ if inside.starts_with(b"\"") || inside.starts_with(b"[") => Ok(elements.len()),
        _ => Ok(1),
    }
}

fn answers(prompts: usize, each: u64) -> Result<u32, Refusal> {
    let all = u64::try_from(prompts)
        .unwrap_or(u64::MAX)
        .saturating_mul(each);
    let within = u32::try_from(all).ok().filter(|_| all <= ANSWERS_LIMIT);
    within.ok_or_else(|| {
        let detail = format!(
            "This asks for {all} answers, prompts and answers to each taken together; at most \
             {ANSWERS_LIMIT} are given to one request."
        );
        crate::ladder::malformed("prompt", detail)
    })
}

/// The edits are those of a request for a chat, but that the limit has one name only.
#[derive(Debug)]
struct Passing(Places);

impl Forward for Passing {
    fn edits(
        &self,
        head: &Head,
        target: &Target<'_>,
        limit: Option<u64>,
    ) -> Result<Splice, Refusal> {
        let quirks = Quirks {
            max_completion_tokens: false,
            ..target.quirks
        };
        self.0.edits(head, &Target { quirks, ..*target }, limit)
    }
}
