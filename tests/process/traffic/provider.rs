//! What callers ask, what scripted providers answer, and what it costs.

use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;

use serde_json::{Value, json};
use tollgate_model::Nanos;
use tollgate_testkit::{Feed, Received, Reply, Upstream};

/// Dollars for a million tokens of prompt, and of answer: a token costs a fraction of a nano-dollar
/// more than a whole number of them, so that rounding shows.
pub(crate) const INPUT: &str = "0.123457";
pub(crate) const OUTPUT: &str = "7.000001";
/// The same in nano-dollars.
const INPUT_NANOS: u64 = 123_457_000;
const OUTPUT_NANOS: u64 = 7_000_001_000;

/// What tokens cost, reckoned without the code under test.
pub(crate) fn cost(prompt: u64, answer: u64) -> Nanos {
    let millionths = INPUT_NANOS * prompt + OUTPUT_NANOS * answer;
    Nanos::new(i64::try_from(millionths.div_ceil(1_000_000)).unwrap())
}

/// `times` as much money.
pub(crate) fn times(amount: Nanos, times: usize) -> Nanos {
    Nanos::new(amount.get() * i64::try_from(times).unwrap())
}

/// The sum of amounts.
pub(crate) fn sum(amounts: impl Iterator<Item = Nanos>) -> Nanos {
    amounts.fold(Nanos::ZERO, |sum, next| sum.checked_add(next).unwrap())
}

/// A call: the usage that its provider will report stands in the prompt.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) model: String,
    pub(crate) stream: bool,
    pub(crate) max_tokens: u64,
    /// Tokens of the prompt, as the provider counts them.
    pub(crate) prompt: u64,
    /// Tokens of the answer.
    pub(crate) answer: u64,
}

impl Ask {
    /// A call that costs less than is held for it.
    pub(crate) fn loose(model: &str, stream: bool) -> Ask {
        Ask {
            model: model.to_owned(),
            stream,
            max_tokens: 90,
            prompt: 23,
            answer: 31,
        }
    }

    /// A call that costs what is held for it, to the nano-dollar: its prompt has as many tokens as
    /// it has bytes, and its answer as many as it may have.
    pub(crate) fn exact(model: &str, stream: bool) -> Ask {
        let loose = Ask::loose(model, stream);
        let (prompt, answer) = (loose.bytes(), loose.max_tokens);
        let exact = Ask {
            prompt,
            answer,
            ..loose
        };
        assert_eq!(exact.hold(), exact.cost());
        exact
    }

    /// The body of the request; always of the same length, whatever the usage.
    pub(crate) fn body(&self) -> String {
        let content = format!("prompt {:08} answer {:08}", self.prompt, self.answer);
        let mut body = json!({
            "model": self.model,
            "max_tokens": self.max_tokens,
            "messages": [{ "role": "user", "content": content }],
        });
        if self.stream {
            body["stream"] = json!(true);
            body["stream_options"] = json!({ "include_usage": true });
        }
        body.to_string()
    }

    fn bytes(&self) -> u64 {
        u64::try_from(self.body().len()).unwrap()
    }

    /// What is set aside for it.
    pub(crate) fn hold(&self) -> Nanos {
        cost(self.bytes(), self.max_tokens)
    }

    /// What it costs.
    pub(crate) fn cost(&self) -> Nanos {
        cost(self.prompt, self.answer)
    }
}

/// Answers with the usage that the prompt asks for.
pub(crate) fn answer(received: &Received) -> Reply {
    let (stream, pieces) = pieces(&received.json());
    match stream {
        true => Reply::sse(pieces),
        false => Reply::json(200, pieces.concat()),
    }
}

/// An error in the shape of OpenAI.
pub(crate) fn error(status: u16, code: &str, message: &str) -> Reply {
    Reply::json(status, error_body(code, message))
}

/// The body of such an error.
pub(crate) fn error_body(code: &str, message: &str) -> String {
    let error = json!({ "message": message, "type": code, "param": null, "code": code });
    json!({ "error": error }).to_string()
}

/// The first event of a stream, in which nothing is wrong yet.
pub(crate) fn first_event(model: &str) -> String {
    chunk(
        model,
        &json!({ "role": "assistant", "content": "so " }),
        None,
    )
}

/// The pieces of an answer to a request, and whether they are events of a stream.
pub(crate) fn pieces(request: &Value) -> (bool, Vec<String>) {
    let model = request["model"].as_str().unwrap();
    let content = request["messages"][0]["content"].as_str().unwrap();
    let words: Vec<&str> = content.split(' ').collect();
    let (prompt, answer): (u64, u64) = (words[1].parse().unwrap(), words[3].parse().unwrap());
    let usage = json!({
        "prompt_tokens": prompt, "completion_tokens": answer, "total_tokens": prompt + answer,
    });
    if request["stream"] != true {
        let whole = json!({
            "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": model,
            "choices": [{ "index": 0, "finish_reason": "stop",
                "message": { "role": "assistant", "content": "so it is" } }],
            "usage": usage,
        });
        return (false, vec![whole.to_string()]);
    }
    let last = json!({
        "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": model,
        "choices": [], "usage": usage,
    });
    let events = vec![
        first_event(model),
        chunk(model, &json!({ "content": "it " }), None),
        chunk(model, &json!({ "content": "is" }), None),
        chunk(model, &json!({}), Some("stop")),
        format!("data: {last}\n\n"),
        "data: [DONE]\n\n".to_owned(),
    ];
    (true, events)
}

fn chunk(model: &str, delta: &Value, finish: Option<&str>) -> String {
    let chunk = json!({
        "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": model,
        "choices": [{ "index": 0, "delta": delta, "finish_reason": finish }],
    });
    format!("data: {chunk}\n\n")
}

/// An answer of which some pieces are still to be sent.
struct Waiting {
    feed: Feed,
    /// The last one first.
    rest: Vec<String>,
}

/// A provider that answers as [`answer`] does, but keeps calls waiting until there are `depth` of
/// them, or nobody else comes, and sends their pieces in an order of chance: calls overlap.
pub(crate) fn crowded(depth: usize, seed: u64) -> Upstream {
    let (arrive, arrived) = mpsc::channel();
    std::thread::spawn(move || mingle(&arrived, depth, Dice(seed)));
    Upstream::start(move |received| {
        let (stream, mut rest) = pieces(&received.json());
        let kind = if stream {
            "text/event-stream"
        } else {
            "application/json"
        };
        let (reply, feed) = Reply::live(kind);
        rest.reverse();
        // The other end is there as long as this one.
        let _ = arrive.send(Waiting { feed, rest });
        reply
    })
}

/// How long a crowd waits for others to come.
const LULL: Duration = Duration::from_millis(2);

fn mingle(arrived: &Receiver<Waiting>, depth: usize, mut dice: Dice) {
    let mut crowd: Vec<Waiting> = Vec::new();
    loop {
        let next = match crowd.is_empty() {
            true => arrived.recv().map_err(|_| RecvTimeoutError::Disconnected),
            false if crowd.len() < depth => arrived.recv_timeout(LULL),
            false => arrived.try_recv().map_err(|_| RecvTimeoutError::Timeout),
        };
        match next {
            Ok(waiting) => {
                crowd.push(waiting);
                continue;
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        let at = usize::try_from(dice.below(crowd.len() as u64)).unwrap();
        match crowd[at].rest.pop() {
            Some(piece) => crowd[at].feed.send(piece),
            None => crowd.swap_remove(at).feed.end(),
        }
    }
}

/// Numbers that look like chance and are the same for the same seed: SplitMix64 (Steele, Lea and
/// Flood 2014).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    /// A number below `bound`.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }
}
