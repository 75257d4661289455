//! A request for a provider that knows no other dialect: one text of the user's is the prompt, and
//! nothing else can be said.

use serde::{Serialize, Serializer};
use tollgate_model::Refusal;

use crate::codec::{Encoded, Loss, Target};
use crate::ir::{Content, Format, Request, Role, Turn};
use crate::ladder::{judge, rest, unsupported};

/// The most stop texts that the dialect takes.
const MOST_STOPS: usize = 4;
/// Members of other requests that have the same meaning here.
const CARRIED: [&str; 2] = ["logit_bias", "min_p"];

#[derive(Serialize)]
struct Body<'a> {
    model: &'a str,
    prompt: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u64>,
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
    user: Option<&'a str>,
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

/// Members that are carried as they came.
struct Carried<'a>(&'a Request);

impl Serialize for Carried<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let members = CARRIED.iter();
        serializer.collect_map(members.filter_map(|name| Some((*name, rest(self.0, name)?))))
    }
}

/// Writes the body.
pub(super) fn encode(
    request: &Request,
    target: &Target<'_>,
    loss: &mut Loss,
) -> Result<Encoded, Refusal> {
    judge(request, "This provider", &CARRIED, loss)?;
    refuse_more_than_text(request)?;
    if request.reasoning.is_some() {
        loss.dropped("reasoning_effort");
    }
    if request.top_k.is_some() {
        loss.dropped("top_k");
    }
    let asks_for_usage = request.stream && !target.quirks.no_stream_options;
    let body = Body {
        model: target.model,
        prompt: prompt(request, loss)?,
        max_tokens: request.max_tokens,
        temperature: request.temperature,
        top_p: request.top_p,
        stop: request.stop.iter().map(String::as_str).collect(),
        seed: request.seed,
        frequency_penalty: request.frequency_penalty,
        presence_penalty: request.presence_penalty,
        user: request.user.as_deref(),
        stream: request.stream,
        stream_options: asks_for_usage.then_some(StreamOptions {
            include_usage: true,
        }),
        carried: Carried(request),
    };
    // Writing to memory fails for no value of these types.
    let body = serde_json::to_vec(&body).unwrap_or_default();
    Ok(Encoded { body })
}

fn refuse_more_than_text(request: &Request) -> Result<(), Refusal> {
    if !request.tools.is_empty() {
        let detail = "The provider only continues a text and calls no tools.";
        return Err(unsupported("tools", detail));
    }
    if !matches!(request.format, Format::Text) {
        let detail = "The provider only continues a text and cannot be held to a form.";
        return Err(unsupported("response_format", detail));
    }
    if request.stop.len() > MOST_STOPS {
        let detail = format!("The provider takes at most {MOST_STOPS} stop texts.");
        return Err(unsupported("stop", detail));
    }
    Ok(())
}

/// The one text of the conversation.
fn prompt(request: &Request, loss: &mut Loss) -> Result<String, Refusal> {
    let [turn] = request.turns.as_slice() else {
        let detail = "The provider only continues a text: a conversation must have one message.";
        return Err(unsupported("messages", detail));
    };
    if turn.role != Role::User {
        let detail = "The provider only continues a text: the one message must be the user's.";
        return Err(unsupported("messages[0].role", detail));
    }
    if turn.blocks.iter().any(|block| block.cache.is_some()) {
        loss.dropped("cache_control");
    }
    words(turn)
}

fn words(turn: &Turn) -> Result<String, Refusal> {
    let texts = turn.blocks.iter().map(|block| match &block.content {
        Content::Text(text) => Ok(text.as_str()),
        _ => {
            let detail = "The provider only continues a text: the message must be nothing else.";
            Err(unsupported("messages[0].content", detail))
        }
    });
    let texts: Vec<&str> = texts.collect::<Result<_, _>>()?;
    Ok(texts.join("\n"))
}
