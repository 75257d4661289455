//! Random changes to requests, answers and streams, and random cuts: nothing may panic, what two
//! readers see must agree, and where a stream is cut may make no difference.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod callers;
mod dice;
#[path = "../outbound/grammar.rs"]
mod grammar;
mod providers;
mod seeds;
mod tasks;

use std::collections::VecDeque;

use bytes::Bytes;
use serde_json::Value;
use serde_json::value::RawValue;
use tollgate_dialect::codec::{
    Address, Head, Inbound, Loss, Outbound, ProviderError, Reply, Seen, Tap, Target,
};
use tollgate_dialect::ir::{Event, Request};
use tollgate_dialect::openai_chat::OpenaiChat;
use tollgate_dialect::scan::scan;
use tollgate_dialect::sse::Frames;
use tollgate_model::catalogue::Quirks;
use tollgate_model::{CallId, Dialect, Micros, Nanos, Refusal, Usage};

use crate::dice::{Dice, throw};
use crate::seeds::{ANSWERS, REQUESTS, STREAMS};

const REPLY: Reply<'static> = Reply {
    call: CallId(7),
    at: Micros(1_700_000_000_000_000),
    model: "m",
    stream_usage: true,
    older_tools: false,
    hide_thoughts: false,
    echo: None,
    prompt_tokens: 0,
};

/// In which providers are asked.
const PROVIDERS: [Dialect; 9] = [
    Dialect::OpenaiChat,
    Dialect::OpenaiResponses,
    Dialect::AnthropicMessages,
    Dialect::Gemini,
    Dialect::BedrockConverse,
    Dialect::Cohere,
    Dialect::Ollama,
    Dialect::OllamaGenerate,
    Dialect::OpenaiCompletions,
];

fn head(body: &[u8]) -> Result<Head, Refusal> {
    OpenaiChat.head(body, &Address::default())
}

fn is_json(bytes: &[u8]) -> bool {
    serde_json::from_slice::<&RawValue>(bytes).is_ok()
}

#[test]
fn the_scanner_accepts_what_serde_json_accepts() {
    throw(&REQUESTS, |body, _| {
        let ours = scan(body, ["model", "stream", "messages"]);
        if ours.as_ref().is_err_and(|error| error.key.is_some()) {
            return;
        }
        let text = std::str::from_utf8(body).ok();
        let raw = text.and_then(|text| serde_json::from_str::<&RawValue>(text).ok());
        let theirs = raw.is_some_and(|raw| raw.get().starts_with('{'));
        assert_eq!(ours.is_ok(), theirs, "{ours:?}");
        let value = serde_json::from_slice::<Value>(body).ok();
        if let (Ok(object), Some(value)) = (ours, value) {
            let read = object.values[0].map(|span| serde_json::from_slice(span.of(body)).unwrap());
            assert_eq!(read.as_ref(), value.get("model"));
        }
    });
}

#[test]
fn a_spliced_request_is_what_an_edited_one_would_be() {
    throw(&REQUESTS, |body, dice| {
        let Ok(head) = head(body) else { return };
        let quirks = Quirks {
            no_stream_options: dice.below(2) == 0,
            max_completion_tokens: dice.below(2) == 0,
            single_choice: false,
            no_call_ids: false,
            older_completions: false,
        };
        let limit = (dice.below(2) == 0).then_some(7);
        let target = Target {
            model: "up\"stream",
            quirks,
            max_output: None,
            tier: None,
        };
        let Ok(edits) = head.edits(&target, limit) else {
            return;
        };
        let spliced = edits.apply(body);
        assert!(is_json(&spliced), "{}", String::from_utf8_lossy(&spliced));
        // Numbers beyond 64 bits and halves of characters pass, but have no value to compare.
        if let Ok(value) = serde_json::from_slice::<Value>(body) {
            let spliced: Value = serde_json::from_slice(&spliced).unwrap();
            assert_eq!(spliced, edited(value, &head, quirks, limit));
        }
    });
}

/// The edits of a forwarded request, made on its value.
fn edited(mut value: Value, head: &Head, quirks: Quirks, limit: Option<u64>) -> Value {
    let object = value.as_object_mut().unwrap();
    object.insert("model".into(), "up\"stream".into());
    if head.stream && !quirks.no_stream_options && !head.stream_usage {
        let options = object.entry("stream_options").or_insert(Value::Null);
        if options.is_null() {
            *options = Value::Object(serde_json::Map::new());
        }
        options
            .as_object_mut()
            .unwrap()
            .insert("include_usage".into(), true.into());
    }
    if let Some(limit) = limit {
        let names = ["max_tokens", "max_completion_tokens"];
        let [read, other] = match quirks.max_completion_tokens {
            true => [names[1], names[0]],
            false => names,
        };
        let both = object.contains_key(read) && object.contains_key(other);
        if object.remove(other).is_some() && both {
            object.insert(other.into(), Value::Null);
        }
        object.insert(read.into(), limit.into());
    }
    value
}

#[test]
fn frames_are_the_same_however_a_stream_is_cut() {
    fn read(pieces: &[&[u8]]) -> Vec<(String, String)> {
        let mut frames = Frames::with_limit(300);
        let mut all = Vec::new();
        let mut drain = |frames: &mut Frames| {
            while let Ok(Some(frame)) = frames.next_frame() {
                all.push((frame.event.to_owned(), frame.data.to_owned()));
            }
        };
        for piece in pieces {
            frames.push(piece);
            drain(&mut frames);
        }
        frames.finish();
        drain(&mut frames);
        all
    }
    throw(&STREAMS, |bytes, dice| {
        assert_eq!(read(&[bytes]), read(&dice.cut(bytes)))
    });
}

fn cost(usage: &Usage) -> Nanos {
    Nanos::new(i64::try_from(usage.prompt_tokens().min(1 << 40)).unwrap())
}

fn tapped(pieces: &[&[u8]], keep_usage: bool) -> (Box<dyn Tap + Send>, Vec<u8>) {
    let mut tap = OpenaiChat.tap(keep_usage);
    let mut out = VecDeque::new();
    for piece in pieces {
        tap.push(Bytes::copy_from_slice(piece), &mut cost, &mut out);
    }
    tap.finish(&mut cost, &mut out);
    (tap, out.into_iter().flatten().collect())
}

#[test]
fn the_tap_sees_and_passes_the_same_however_a_stream_is_cut() {
    throw(&STREAMS, |bytes, dice| {
        let keep = dice.below(2) == 0;
        let (whole, out) = tapped(&[bytes], keep);
        let (cut, cut_out) = tapped(&dice.cut(bytes), keep);
        assert_eq!(
            String::from_utf8_lossy(&out),
            String::from_utf8_lossy(&cut_out)
        );
        let state = |tap: &dyn Tap| {
            let flags = (tap.done(), tap.finished(), tap.events());
            (tap.usage(), flags, tap.failed().cloned())
        };
        assert_eq!(state(&*whole), state(&*cut));
        let unchanged = bytes.starts_with(out.trim_ascii_end());
        assert!(
            whole.usage().is_some() || unchanged,
            "{}",
            String::from_utf8_lossy(&out)
        );
    });
}

#[test]
fn requests_are_refused_or_can_be_written_for_every_provider() {
    throw(&REQUESTS, |body, _| {
        let Ok(request) = head(body).and_then(|head| OpenaiChat.decode_request(body, &head)) else {
            return;
        };
        for dialect in PROVIDERS {
            write(&request, dialect);
        }
    });
}

fn write(request: &Request, dialect: Dialect) {
    let target = Target {
        model: "up",
        quirks: Quirks::default(),
        max_output: Some(100),
        tier: None,
    };
    let codec = tollgate_dialect::outbound(dialect);
    if let Ok(encoded) = codec.encode_request(request, &target, &mut Loss::default()) {
        let shown = String::from_utf8_lossy(&encoded.body);
        assert!(is_json(&encoded.body), "{dialect}: {shown}");
    }
}

#[test]
fn answers_are_refused_or_can_be_written_for_callers() {
    throw(&ANSWERS, |body, _| {
        let seen = OpenaiChat.look(body);
        if let Ok(response) = OpenaiChat.decode_response(body) {
            if let (Ok(seen), false) = (seen, response.usage.is_empty()) {
                assert_eq!(seen, Seen::Answer(Some(response.usage)));
            }
            let mut out = Vec::new();
            OpenaiChat.encode_response(&response, &REPLY, &mut out);
            assert!(is_json(&out), "{}", String::from_utf8_lossy(&out));
        }
    });
}

#[test]
fn streams_are_read_in_order_however_cut_and_can_be_written_for_callers() {
    throw(&STREAMS, |bytes, dice| {
        let events = grammar::read(&OpenaiChat, std::iter::once(bytes));
        assert_eq!(grammar::check(&events), Ok(()), "{events:?}");
        assert_eq!(
            events,
            grammar::read(&OpenaiChat, dice.cut(bytes).into_iter())
        );
        let (out, done) = written(&events);
        let ended = events.last() == Some(&Event::End);
        assert_eq!(done, ended, "{}", String::from_utf8_lossy(&out));
    });
}

/// Events as a caller's stream, and whether it says that it is done.
fn written(events: &[Event]) -> (Vec<u8>, bool) {
    let mut encoder = OpenaiChat.stream_encoder(&REPLY);
    let mut out = Vec::new();
    for event in events {
        encoder.event(event, Some(Nanos::new(1)), &mut out);
    }
    let mut frames = Frames::default();
    frames.push(&out);
    let mut done = false;
    while let Ok(Some(frame)) = frames.next_frame() {
        assert!(!done, "nothing follows the end");
        done = frame.data == "[DONE]";
        assert!(done || is_json(frame.data.as_bytes()), "{}", frame.data);
    }
    (out, done)
}

#[test]
fn errors_are_safe_to_show() {
    throw(&[ANSWERS[2], STREAMS[2], ""], |body, dice: &mut Dice| {
        let status = u16::try_from(400 + dice.below(200)).unwrap();
        assert_safe(&OpenaiChat.decode_error(status, body));
        if let Some(error) = OpenaiChat.leading_error(body) {
            assert_safe(&error);
        }
    });
}

fn assert_safe(error: &ProviderError) {
    let plain = !error.message.chars().any(char::is_control);
    assert!(plain && error.message.chars().count() <= 1000, "{error:?}");
}
