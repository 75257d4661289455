//! Answers, whole and streamed: read, written, and passed on.

use std::collections::VecDeque;

use bytes::Bytes;
use proptest::prelude::*;
use serde_json::{Value, json};
use tollgate_dialect::codec::{Inbound, Outbound, Reply, Tap};
use tollgate_dialect::ir::{Block, Content, Delta, Event, Opening, Response, Stop};
use tollgate_dialect::openai_completions::OpenaiCompletions;
use tollgate_model::{CallId, Micros, Nanos, Usage, UsageClass};

use crate::grammar;
use crate::shapes::{call, show_blocks, show_events, text, used};

const REPLY: Reply<'static> = Reply {
    call: CallId(1),
    at: Micros(1_700_000_000_000_000),
    model: "smart",
    stream_usage: true,
    older_tools: false,
    hide_thoughts: true,
    prompt_tokens: 0,
    echo: None,
};

const STREAM: &str = concat!(
    r#"data: {"id":"cmpl-1","object":"text_completion","created":1,"choices":[{"text":"Grü","index":0,"#,
    r#""logprobs":null,"finish_reason":null}],"model":"base"}"#,
    "\n\n",
    r#"data: {"id":"cmpl-1","object":"text_completion","created":1,"choices":[{"text":"ezi","index":0,"#,
    r#""logprobs":null,"finish_reason":null}],"model":"base"}"#,
    "\n\n",
    r#"data: {"id":"cmpl-1","object":"text_completion","created":1,"choices":[{"text":"","index":0,"#,
    r#""logprobs":null,"finish_reason":"length"}],"model":"base"}"#,
    "\n\n",
    r#"data: {"id":"cmpl-1","object":"text_completion","created":1,"choices":[],"model":"base","#,
    r#""usage":{"prompt_tokens":10,"completion_tokens":4,"total_tokens":14}}"#,
    "\n\ndata: [DONE]\n\n",
);

fn usage() -> Usage {
    Usage::NONE
        .with(UsageClass::Input, 10)
        .with(UsageClass::Output, 4)
}

#[test]
fn a_whole_answer_is_read() {
    let answer = r#"{"id":"cmpl-1","object":"text_completion","model":"base","choices":[
        {"text":"Grüezi","index":0,"logprobs":null,"finish_reason":"length"},
        {"text":"Hoi","index":1,"finish_reason":"stop"}],
        "usage":{"prompt_tokens":10,"completion_tokens":4,"total_tokens":14}}"#;
    let response = OpenaiCompletions
        .decode_response(answer.as_bytes())
        .unwrap();
    assert_eq!(show_blocks(&response.blocks), "text \"Grüezi\"");
    assert_eq!((response.stop, response.usage), (Stop::Length, usage()));
    assert_eq!(used(&OpenaiCompletions, answer), Ok(Some(usage())));
    for nothing in [
        "{}",
        "[]",
        "",
        r#"{"choices":[]}"#,
        r#"{"error":{"message":"no"}}"#,
    ] {
        assert!(
            OpenaiCompletions
                .decode_response(nothing.as_bytes())
                .is_err()
        );
    }
}

#[test]
fn a_stream_is_read_into_events() {
    let events = grammar::read(&OpenaiCompletions, std::iter::once(STREAM.as_bytes()));
    insta::assert_snapshot!(show_events(&events), @r#"
    start Some("cmpl-1") Some("base")
    0 open Text
    0 text "Grü"
    0 text "ezi"
    0 close
    stop Length
    usage {"input":10,"output":4}
    end
    "#);
    let first = &STREAM[..STREAM.find("\n\n").unwrap() + 2];
    for (stream, why) in [
        ("data: [DONE]\n\n", "the stream ended without an answer"),
        ("data: {\"error\":{\"message\":\"no\"}}\n\n", "no"),
        (first, "the stream broke off before its end"),
    ] {
        let events = grammar::read(&OpenaiCompletions, std::iter::once(stream.as_bytes()));
        assert_eq!(grammar::check(&events), Ok(()));
        assert!(
            show_events(&events).ends_with(why),
            "{}",
            show_events(&events)
        );
    }
}

#[test]
fn a_whole_answer_is_told_as_a_text() {
    let thought = Content::Thinking {
        text: "hm".into(),
        signature: None,
    };
    let contents = vec![thought, text("Grü"), text("ezi"), call("c", "f", "{}")];
    let response = Response {
        id: None,
        model: None,
        blocks: contents.into_iter().map(Block::from).collect(),
        stop: Stop::End,
        usage: usage(),
        ..Response::default()
    };
    let mut out = Vec::new();
    OpenaiCompletions.encode_response(&response, &REPLY, &mut out);
    let told: Value = serde_json::from_slice(&out).unwrap();
    assert_eq!(told["id"], json!("cmpl-00000000000000000000000001"));
    assert_eq!(told["object"], json!("text_completion"));
    assert_eq!(
        told["choices"],
        json!([{"text": "Grüezi", "index": 0, "logprobs": null, "finish_reason": "stop"}])
    );
    assert_eq!(told["usage"]["total_tokens"], json!(14));
}

fn streamed(events: &[Event], stream_usage: bool) -> String {
    let reply = Reply {
        stream_usage,
        ..REPLY
    };
    let mut encoder = OpenaiCompletions.stream_encoder(&reply);
    let mut out = Vec::new();
    for event in events {
        let cost = (*event == Event::End).then(|| Nanos::new(18_000));
        encoder.event(event, cost, &mut out);
    }
    String::from_utf8(out).unwrap()
}

#[test]
fn a_streamed_answer_is_told_piece_by_piece_without_thoughts() {
    let events = [
        Event::Start {
            id: None,
            model: None,
        },
        Event::Open(0, Opening::Thinking),
        Event::Delta(0, Delta::Text("hm".into())),
        Event::Close(0),
        Event::Open(1, Opening::Text),
        Event::Delta(1, Delta::Text("Grü".into())),
        Event::Close(1),
        Event::Usage(usage()),
        Event::Stop(Stop::Length),
        Event::End,
    ];
    insta::assert_snapshot!(streamed(&events, true), @r#"
    data: {"id":"cmpl-00000000000000000000000001","object":"text_completion","created":1700000000,"model":"smart","choices":[{"text":"Grü","index":0,"logprobs":null,"finish_reason":null}],"usage":null}

    data: {"id":"cmpl-00000000000000000000000001","object":"text_completion","created":1700000000,"model":"smart","choices":[{"text":"","index":0,"logprobs":null,"finish_reason":"length"}],"usage":null}

    data: {"id":"cmpl-00000000000000000000000001","object":"text_completion","created":1700000000,"model":"smart","choices":[],"usage":{"prompt_tokens":10,"completion_tokens":4,"total_tokens":14,"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0},"cost":0.000018}}

    data: [DONE]
    "#);
    let without = streamed(&events, false);
    assert!(!without.contains("usage") && without.ends_with("data: [DONE]\n\n"));
}

fn tapped<'a>(pieces: impl Iterator<Item = &'a [u8]>, keep: bool) -> (Box<dyn Tap + Send>, String) {
    let mut cost = |_: &Usage| Nanos::new(18_000);
    let (mut tap, mut out) = (OpenaiCompletions.tap(keep), VecDeque::new());
    for piece in pieces {
        tap.push(Bytes::copy_from_slice(piece), &mut cost, &mut out);
    }
    tap.finish(&mut cost, &mut out);
    let told = out.into_iter().flatten().collect();
    (tap, String::from_utf8(told).unwrap())
}

#[test]
fn a_stream_passes_and_the_usage_that_nobody_asked_for_is_kept_back() {
    let (tap, out) = tapped(std::iter::once(STREAM.as_bytes()), false);
    let start =
        STREAM.find(r#"data: {"id":"cmpl-1","object":"text_completion","created":1,"choices":[],"#);
    let end = STREAM.find("data: [DONE]");
    assert_eq!(
        out,
        [&STREAM[..start.unwrap()], &STREAM[end.unwrap()..]].concat()
    );
    assert_eq!(tap.usage(), Some(usage()));
    assert_eq!((tap.done(), tap.finished(), tap.events()), (true, true, 2));
    let (_, out) = tapped(std::iter::once(STREAM.as_bytes()), true);
    assert!(
        out.contains(r#""usage":{"cost":0.000018,"prompt_tokens":10"#),
        "{out}"
    );
}

proptest! {
    #[test]
    fn where_a_stream_is_cut_makes_no_difference(sizes in prop::collection::vec(1usize..90, 1..20)) {
        let mut pieces = Vec::new();
        let (mut rest, mut at) = (STREAM.as_bytes(), 0);
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(sizes[at % sizes.len()].min(rest.len()));
            pieces.push(piece);
            (rest, at) = (after, at + 1);
        }
        let (whole, cut) = (
            tapped(std::iter::once(STREAM.as_bytes()), true),
            tapped(pieces.iter().copied(), true),
        );
        prop_assert_eq!(whole.1, cut.1);
        prop_assert_eq!((whole.0.usage(), whole.0.events()), (cut.0.usage(), cut.0.events()));
        let events = grammar::read(&OpenaiCompletions, pieces.into_iter());
        let whole = grammar::read(&OpenaiCompletions, std::iter::once(STREAM.as_bytes()));
        prop_assert_eq!(events, whole);
    }
}
