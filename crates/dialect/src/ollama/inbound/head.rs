//! What must be known of a request before it is served, and the few edits of one that goes to a
//! provider of its own dialect.

use serde::Deserialize;
use serde::de::IgnoredAny;
use tollgate_model::Refusal;

use super::shape::Shape;
use crate::codec::{Forward, Head, Target};
use crate::ladder::malformed;
use crate::openai_chat::wire::quoted;
use crate::probe::{self, MAX_TOKENS_LIMIT};
use crate::scan::{self, Place, Span};
use crate::splice::Splice;
use crate::tier::Wish;

/// The path of the limit of an answer.
const LIMIT: &str = "options.num_predict";

/// Reads the head. Fails with `request_malformed`, naming the member at fault; the whole body is
/// checked to be JSON. Where nothing is said, the answer is streamed.
pub(super) fn read(body: &[u8], shape: Shape) -> Result<Head, Refusal> {
    let object = scan::scan(body, ["model", "stream", "options", "messages", "prompt"])?;
    let [model, stream, options, messages, prompt] = object.values;
    let (name, model) = probe::model(body, model)?;
    match shape {
        Shape::Chat => {
            probe::conversation(body, messages, "messages")?;
        }
        Shape::Generate => asked(body, prompt)?,
    }
    let limit = Limit::of(body, options)?;
    Ok(Head {
        model: name,
        stream: probe::flag(body, stream, "stream")?.unwrap_or(true),
        stream_usage: true,
        max_tokens: limit.tokens,
        answers: 1,
        remote_parts: pictures(body),
        searches: 0,
        tier: Wish::Usual,
        forward: Box::new(Places {
            model,
            member: object.place,
            options: options.filter(|span| span.of(body) == b"null"),
            option: limit.place,
            num_predict: limit.value,
        }),
    })
}

/// Without a prompt Ollama loads the model into memory, which is not for callers to decide here.
fn asked(body: &[u8], prompt: Option<Span>) -> Result<(), Refusal> {
    let text = prompt.map(|span| span.of(body)).unwrap_or(b"null");
    if matches!(text, b"null" | b"\"\"") {
        let detail =
            "`prompt` is missing or empty. A model need not be loaded here before it is asked.";
        return Err(malformed("prompt", detail));
    }
    Ok(())
}

/// Where the limit of an answer is, or can be put.
#[derive(Default)]
struct Limit {
    tokens: Option<u64>,
    value: Option<Span>,
    place: Option<Place>,
}

impl Limit {
    fn of(body: &[u8], options: Option<Span>) -> Result<Limit, Refusal> {
        let Some(span) = options.filter(|span| span.of(body) != b"null") else {
            return Ok(Limit::default());
        };
        let text = span.of(body);
        if !text.starts_with(b"{") {
            return Err(probe::wrong_type("options", "an object"));
        }
        let object = scan::scan(text, ["num_predict"]).map_err(|_| {
            let detail = format!("`{LIMIT}` must stand once and be spelt plainly.");
            malformed(LIMIT, detail)
        })?;
        let [value] = object.values;
        let value = value.map(|inner| inner.shifted(span.start));
        Ok(Limit {
            tokens: tokens(body, value)?,
            value,
            place: Some(object.place.shifted(span.start)),
        })
    }
}

/// The limit that is meant: none where it is below 1, which stands for as much as there is.
fn tokens(body: &[u8], value: Option<Span>) -> Result<Option<u64>, Refusal> {
    let text = value.map(|span| span.of(body)).unwrap_or(b"null");
    if text == b"null" {
        return Ok(None);
    }
    let number = serde_json::from_slice::<f64>(text).ok();
    let most = MAX_TOKENS_LIMIT as f64;
    let number = number.filter(|number| number.fract() == 0.0 && *number <= most);
    let number = number.ok_or_else(|| {
        let detail = format!("`{LIMIT}` must be a whole number of at most {MAX_TOKENS_LIMIT}.");
        malformed(LIMIT, detail)
    })?;
    Ok((number >= 1.0).then_some(number as u64))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Seen {
    messages: Option<Vec<Message>>,
    images: Option<Vec<IgnoredAny>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Message {
    images: Option<Vec<IgnoredAny>>,
}

/// How many pictures there are, whose tokens their bytes do not bound. What cannot be read counts by
/// its commas: too many, never too few.
fn pictures(body: &[u8]) -> u32 {
    let mentioned = memchr::memmem::find(body, b"\"images\"").is_some();
    if !mentioned && probe::escaped_letters(body) == 0 {
        return 0;
    }
    let count = match serde_json::from_slice::<Seen>(body) {
        Ok(seen) => {
            let lists = seen.messages.unwrap_or_default().into_iter();
            let lists = lists.filter_map(|message| message.images);
            lists.chain(seen.images).map(|list| list.len()).sum()
        }
        Err(_) => memchr::memchr_iter(b',', body).count() + 1,
    };
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Where the members lie that a request on its way may have to change.
#[derive(Clone, Copy, Debug)]
struct Places {
    /// The value of `model`.
    model: Span,
    /// Where a member can be added.
    member: Place,
    /// The value of `options`, where it is null.
    options: Option<Span>,
    /// Where a member can be added to `options`, where that is an object.
    option: Option<Place>,
    /// The value of `options.num_predict`.
    num_predict: Option<Span>,
}

impl Forward for Places {
    fn edits(
        &self,
        head: &Head,
        target: &Target<'_>,
        limit: Option<u64>,
    ) -> Result<Splice, Refusal> {
        let mut splice = Splice::default();
        if head.model != target.model {
            splice.replace(self.model, quoted(target.model));
        }
        let Some(limit) = limit.map(|limit| limit.to_string()) else {
            return Ok(splice);
        };
        let options = format!("{{\"num_predict\":{limit}}}");
        match (self.num_predict, self.option, self.options) {
            (Some(value), ..) => splice.replace(value, limit),
            (None, Some(place), _) => splice.insert(place.at, place.member("num_predict", &limit)),
            (None, None, Some(null)) => splice.replace(null, options),
            (None, None, None) => {
                splice.insert(self.member.at, self.member.member("options", &options));
            }
        }
        Ok(splice)
    }
}
