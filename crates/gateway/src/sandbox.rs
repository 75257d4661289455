//! The provider that is always there: it answers inside the process, without a key, and the same
//! each time. Its models are scripts: an echo, a slow one, a long one, one that calls a tool, and
//! one for each way in which a provider can fail. What it writes goes through the same stages as any
//! provider's answer.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http::HeaderValue;
use serde_json::{Value, json};
use tokio::time::{Sleep, sleep};
use tollgate_dialect::codec::{Address, Inbound};
use tollgate_dialect::ir::{Content, Request, Role};
use tollgate_dialect::openai_chat::OpenaiChat;
use tollgate_model::snapshot::SANDBOX;

/// What happens next in a scripted answer.
enum Step {
    Send(Bytes),
    Wait(Duration),
    /// The connection stays open and nothing more comes.
    Hang,
    /// The connection breaks.
    Cut,
}

/// A scripted answer under way.
pub(crate) struct Script {
    steps: VecDeque<Step>,
    waiting: Option<Pin<Box<Sleep>>>,
}

impl Script {
    fn new(steps: impl Into<VecDeque<Step>>) -> Script {
        Script {
            steps: steps.into(),
            waiting: None,
        }
    }

    /// An answer in these pieces.
    pub(crate) fn of(pieces: impl IntoIterator<Item = Bytes>) -> Script {
        Script::new(pieces.into_iter().map(Step::Send).collect::<VecDeque<_>>())
    }

    /// All that it sends, without its pauses.
    pub(crate) fn at_once(self) -> Vec<u8> {
        let mut sent = Vec::new();
        for step in self.steps {
            if let Step::Send(bytes) = step {
                sent.extend_from_slice(&bytes);
            }
        }
        sent
    }

    /// The next piece, as of a body that comes over the network.
    pub(crate) fn poll_chunk(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, String>>> {
        loop {
            if let Some(sleep) = &mut self.waiting {
                ready!(sleep.as_mut().poll(cx));
                self.waiting = None;
            }
            match self.steps.pop_front() {
                None => return Poll::Ready(None),
                Some(Step::Send(bytes)) => return Poll::Ready(Some(Ok(bytes))),
                Some(Step::Wait(time)) => self.waiting = Some(Box::pin(sleep(time))),
                Some(Step::Hang) => {
                    self.steps.push_front(Step::Hang);
                    return Poll::Pending;
                }
                Some(Step::Cut) => {
                    self.steps.clear();
                    return Poll::Ready(Some(Err("the connection was reset".to_owned())));
                }
            }
        }
    }
}

/// The names of the sandbox's models, as its page of the catalogue has them.
pub(crate) fn models() -> Vec<String> {
    let catalogue = tollgate_catalog::builtin();
    let models = catalogue.models(SANDBOX).iter();
    models.map(|model| model.id.clone()).collect()
}

/// What the sandbox answers.
pub(crate) struct Answered {
    pub(crate) status: u16,
    /// The content type, where it is not told by what was asked.
    pub(crate) kind: Option<HeaderValue>,
    pub(crate) script: Script,
}

/// Answers a request in the dialect `openai-chat`, as the model's script says.
pub(crate) fn answer(model: &str, body: &[u8], stream: bool) -> Answered {
    if let Some(failed) = failed(model) {
        return failed;
    }
    let head = OpenaiChat.head(body, &Address::default());
    let request = head.and_then(|head| OpenaiChat.decode_request(body, &head));
    let request = request.unwrap_or_default();
    let told = last_words(&request);
    let usage = Counts {
        prompt: tokens(body.len()),
        output: 0,
    };
    let steps = match model {
        "tool" => tool_call(&request, usage, stream),
        "slow" => slowly(text(&told, usage, stream)),
        "long" => text(&long_text(&told), usage, stream),
        "fail-cut" => cut(text(&told, usage, stream)),
        _ => text(&told, usage, stream),
    };
    Answered {
        status: 200,
        kind: None,
        script: Script::new(steps),
    }
}

/// What a model answers that fails, whatever it is asked.
pub(crate) fn failed(model: &str) -> Option<Answered> {
    let (status, step) = match model {
        "fail-timeout" => (200, Step::Hang),
        "fail-malformed" => (200, Step::Send(Bytes::from_static(b"{\"choices\": [<<<"))),
        _ => {
            let (status, error) = failure(model)?;
            (status, Step::Send(error.to_string().into()))
        }
    };
    Some(Answered {
        status,
        kind: None,
        script: Script::new([step]),
    })
}

/// The errors of the models that fail, as OpenAI words them.
fn failure(model: &str) -> Option<(u16, Value)> {
    let (status, kind, code, message) = match model {
        "fail-400" => (
            400,
            "invalid_request_error",
            "invalid_value",
            "The sandbox finds it wrong.",
        ),
        "fail-401" => (
            401,
            "invalid_request_error",
            "invalid_api_key",
            "Incorrect API key provided.",
        ),
        "fail-402" => (
            402,
            "insufficient_quota",
            "insufficient_quota",
            "Insufficient balance.",
        ),
        "fail-429" => (
            429,
            "requests",
            "rate_limit_exceeded",
            "Rate limit reached for requests.",
        ),
        "fail-500" => (
            500,
            "server_error",
            "internal_error",
            "The sandbox had an error.",
        ),
        "fail-503" => (
            503,
            "server_error",
            "overloaded",
            "The sandbox is overloaded.",
        ),
        _ => return None,
    };
    let error = json!({ "message": message, "type": kind, "param": null, "code": code });
    Some((status, json!({ "error": error })))
}

/// What the user said last.
fn last_words(request: &Request) -> String {
    let turns = request
        .turns
        .iter()
        .rev()
        .filter(|turn| turn.role == Role::User);
    let mut texts = turns
        .flat_map(|turn| &turn.blocks)
        .filter_map(|block| match &block.content {
            Content::Text(text) => Some(text.as_str()),
            _ => None,
        });
    texts.next().unwrap_or("(no text)").to_owned()
}

/// The sandbox counts four bytes to a token.
pub(crate) fn tokens(bytes: usize) -> u64 {
    u64::try_from(bytes.div_ceil(4)).unwrap_or(u64::MAX)
}

fn long_text(told: &str) -> String {
    let numbered = (1..=400).map(|line| format!("{line}. {told}\n"));
    numbered.collect()
}

#[derive(Clone, Copy)]
struct Counts {
    prompt: u64,
    output: u64,
}

impl Counts {
    fn json(self) -> Value {
        json!({
            "prompt_tokens": self.prompt,
            "completion_tokens": self.output,
            "total_tokens": self.prompt.saturating_add(self.output),
        })
    }
}

fn text(words: &str, usage: Counts, stream: bool) -> Vec<Step> {
    let usage = Counts {
        output: tokens(words.len()),
        ..usage
    };
    if !stream {
        return whole(
            json!({ "role": "assistant", "content": words }),
            "stop",
            usage,
        );
    }
    let mut deltas = vec![json!({ "role": "assistant", "content": "" })];
    deltas.extend(
        words
            .split_inclusive(' ')
            .map(|word| json!({ "content": word })),
    );
    streamed(deltas, "stop", usage)
}

fn tool_call(request: &Request, usage: Counts, stream: bool) -> Vec<Step> {
    let name = request
        .tools
        .first()
        .map_or("get_weather", |tool| tool.name.as_str());
    let arguments = "{\"city\":\"Paris\"}";
    let usage = Counts {
        output: tokens(name.len() + arguments.len()),
        ..usage
    };
    let call = |arguments: &str| {
        let function = json!({ "name": name, "arguments": arguments });
        json!({ "index": 0, "id": "call_sandbox", "type": "function", "function": function })
    };
    if !stream {
        let mut whole_call = call(arguments);
        if let Some(members) = whole_call.as_object_mut() {
            members.remove("index");
        }
        let message = json!({ "role": "assistant", "content": null, "tool_calls": [whole_call] });
        return whole(message, "tool_calls", usage);
    }
    let more = json!({ "index": 0, "function": { "arguments": arguments } });
    let deltas = vec![
        json!({ "role": "assistant", "content": null, "tool_calls": [call("")] }),
        json!({ "tool_calls": [more] }),
    ];
    streamed(deltas, "tool_calls", usage)
}

fn whole(message: Value, finish: &str, usage: Counts) -> Vec<Step> {
    let choice =
        json!({ "index": 0, "message": message, "finish_reason": finish, "logprobs": null });
    let body = json!({
        "id": "chatcmpl-sandbox", "object": "chat.completion", "created": 0, "model": "sandbox",
        "choices": [choice], "usage": usage.json(),
    });
    vec![Step::Send(body.to_string().into())]
}

fn streamed(deltas: Vec<Value>, finish: &str, usage: Counts) -> Vec<Step> {
    let event = |choices: Value, usage: Value| {
        let chunk = json!({
            "id": "chatcmpl-sandbox", "object": "chat.completion.chunk", "created": 0,
            "model": "sandbox", "choices": choices, "usage": usage,
        });
        Step::Send(format!("data: {chunk}\n\n").into())
    };
    let choice = |delta: Value, finish: Value| json!([{ "index": 0, "delta": delta, "finish_reason": finish, "logprobs": null }]);
    let mut steps: Vec<Step> = deltas
        .into_iter()
        .map(|delta| event(choice(delta, Value::Null), Value::Null))
        .collect();
    steps.push(event(choice(json!({}), json!(finish)), Value::Null));
    steps.push(event(json!([]), usage.json()));
    steps.push(Step::Send(Bytes::from_static(b"data: [DONE]\n\n")));
    steps
}

/// Waits a second before the first piece and a tenth before each other.
fn slowly(steps: Vec<Step>) -> Vec<Step> {
    let pauses = std::iter::once(1000).chain(std::iter::repeat(100));
    let paired = steps.into_iter().zip(pauses);
    paired
        .flat_map(|(step, millis)| [Step::Wait(Duration::from_millis(millis)), step])
        .collect()
}

/// Breaks off in the middle.
fn cut(steps: Vec<Step>) -> Vec<Step> {
    let half = steps.len() / 2;
    let mut kept: Vec<Step> = steps.into_iter().take(half.max(1)).collect();
    if let [Step::Send(only)] = kept.as_mut_slice() {
        *only = only.slice(..only.len() / 2);
    }
    kept.push(Step::Cut);
    kept
}
