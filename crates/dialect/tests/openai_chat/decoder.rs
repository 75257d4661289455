//! Streamed answers, read from providers.

use proptest::prelude::*;

use tollgate_dialect::ir::{Delta, Event, Opening, Stop};
use tollgate_dialect::openai_chat::OpenaiChat;

use super::grammar;

fn events<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> Vec<Event> {
    grammar::read(&OpenaiChat, pieces)
}

fn shown(events: &[Event]) -> String {
    let line = |event: &Event| match event {
        Event::Start { id, model } => format!("start {id:?} {model:?}"),
        Event::Open(at, Opening::ToolUse { id, name, .. }) => format!("open {at} {id} {name}"),
        Event::Open(at, opening) => format!("open {at} {opening:?}"),
        Event::Delta(at, Delta::Text(text)) => format!("{at} {text:?}"),
        Event::Delta(at, Delta::Arguments(text)) => format!("{at} {text}"),
        Event::Delta(at, Delta::Signature(text)) => format!("{at} signature {text}"),
        Event::Close(at) => format!("close {at}"),
        Event::Usage(usage) => format!("usage {}", usage.prompt_tokens()),
        Event::Cite(cited) => format!("cites {:?}", cited.url),
        Event::StopText(text) => format!("met {text:?}"),
        Event::Stop(stop) => format!("stop {stop:?}"),
        Event::End => "end".to_owned(),
        Event::Fail(error) => format!("fail: {}", error.message),
    };
    events.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn stream(frames: &[&str]) -> String {
    frames
        .iter()
        .map(|frame| format!("data: {frame}\n\n"))
        .collect()
}

fn read(frames: &[&str]) -> String {
    shown(&events(std::iter::once(stream(frames).as_bytes())))
}

fn delta(delta: &str) -> String {
    format!(r#"{{"id":"x","model":"up","choices":[{{"index":0,"delta":{delta}}}]}}"#)
}

fn call(members: &str) -> String {
    delta(&format!(r#"{{"tool_calls":[{{{members}}}]}}"#))
}

fn piece(index: usize, id: &str, name: &str, arguments: &str) -> String {
    call(&format!(
        r#""index":{index},"id":"{id}","function":{{"name":"{name}","arguments":"{arguments}"}}"#
    ))
}

const STOP: &str = r#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#;
const USED: &str = r#"{"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":1}}"#;

#[test]
fn sa_06_words_and_thoughts_are_blocks_that_take_turns() {
    let frames = [
        r#"{"choices":[],"prompt_filter_results":[{}]}"#.to_owned(),
        delta(r#"{"role":"assistant","content":""}"#),
        delta(r#"{"reasoning_content":"hm","content":null}"#),
        delta(r#"{"reasoning_content":null,"content":"a","tool_calls":[]}"#),
        delta(r#"{"content":[{"type":"text","text":"b"}]}"#),
    ];
    let mut frames: Vec<&str> = frames.iter().map(String::as_str).collect();
    frames.extend([STOP, USED, "[DONE]", "[DONE]", "junk"]);
    insta::assert_snapshot!(read(&frames), @r#"
    start Some("x") Some("up")
    open 0 Thinking
    0 "hm"
    close 0
    open 1 Text
    1 "a"
    1 "b"
    close 1
    stop End
    usage 9
    end
    "#);
}

#[test]
fn sa_05_mixed_pieces_of_calls_become_one_block_after_the_other() {
    let frames = [
        piece(0, "a", "f", ""),
        piece(1, "b", "g", r#"{\"y\":"#),
        piece(0, "", "", r#"{\"x\":"#),
        piece(1, "", "", "2}"),
        piece(0, "", "", "1}"),
        piece(2, "c", "h", "{}"),
    ];
    let mut frames: Vec<&str> = frames.iter().map(String::as_str).collect();
    frames.extend([STOP, "[DONE]"]);
    insta::assert_snapshot!(read(&frames), @r#"
    start Some("x") Some("up")
    open 0 a f
    0 {"x":
    0 1}
    close 0
    open 1 b g
    1 {"y":2}
    close 1
    open 2 c h
    2 {}
    close 2
    stop ToolUse
    end
    "#);
}

#[test]
fn sa_09_calls_are_told_apart_with_little_to_go_by() {
    let frames = [
        call(r#""id":"a","function":{"name":"f","arguments":"{\"x\""}"#),
        call(r#""function":{"arguments":":1}"}"#),
        call(r#""index":0,"id":"b","function":{"name":"g","arguments":"{}"}"#),
        call(r#""index":0,"id":"c","function":{"name":"h","arguments":{"z":1}}"#),
        call(r#""index":1,"function":{"arguments":"{}"}"#),
        call(r#""index":1,"function":{"name":"late"}"#),
    ];
    let mut frames: Vec<&str> = frames.iter().map(String::as_str).collect();
    frames.push("[DONE]");
    insta::assert_snapshot!(read(&frames), @r#"
    start Some("x") Some("up")
    open 0 a f
    0 {"x"
    0 :1}
    close 0
    open 1 b g
    1 {}
    close 1
    open 2 c h
    2 {"z":1}
    close 2
    open 3 call_3 late
    3 {}
    close 3
    stop ToolUse
    end
    "#);
}

#[test]
fn a_word_between_calls_closes_them() {
    let frames = [
        piece(0, "a", "f", "{}"),
        delta(r#"{"content":"so"}"#),
        piece(1, "b", "g", "{}"),
    ];
    let mut frames: Vec<&str> = frames.iter().map(String::as_str).collect();
    frames.extend([STOP, "[DONE]"]);
    insta::assert_snapshot!(read(&frames), @r#"
    start Some("x") Some("up")
    open 0 a f
    0 {}
    close 0
    open 1 Text
    1 "so"
    close 1
    open 2 b g
    2 {}
    close 2
    stop ToolUse
    end
    "#);
}

#[test]
fn a_stream_that_breaks_off_has_failed() {
    let text = delta(r#"{"content":"a"}"#);
    let gone = r#"{"error":{"message":"gone"}}"#;
    insta::assert_snapshot!(read(&[&text, gone, STOP]), @r#"
    start Some("x") Some("up")
    open 0 Text
    0 "a"
    fail: gone
    "#);
    insta::assert_snapshot!(read(&["{"]), @"fail: an event of the stream is unreadable: EOF while parsing an object at line 1 column 1");
    insta::assert_snapshot!(read(&["[DONE]"]), @"fail: the stream ended without an answer");
    let stopped = events(std::iter::once(stream(&[&text, STOP]).as_bytes()));
    assert_eq!(
        stopped.last(),
        Some(&Event::End),
        "some providers send no [DONE]"
    );
}

#[test]
fn a_stop_that_comes_after_calls_waits_for_their_results() {
    let frames = stream(&[&piece(0, "a", "f", "{}"), STOP, "[DONE]"]);
    let events = events(std::iter::once(frames.as_bytes()));
    assert!(events.contains(&Event::Stop(Stop::ToolUse)), "{events:?}");
}

proptest! {
    #[test]
    fn every_stream_gives_events_in_order_and_cuts_change_nothing(
        frames in prop::collection::vec(
            prop_oneof![
                Just(delta(r#"{"content":"é"}"#)), Just(delta(r#"{"reasoning":"t"}"#)),
                Just(delta(r#"{"refusal":"r"}"#)), Just(piece(0, "a", "f", "{}")),
                Just(piece(0, "", "", " ")), Just(piece(1, "b", "g", "{")),
                Just(piece(1, "", "", "}")), Just(piece(2, "", "h", "")), Just(STOP.to_owned()),
                Just(USED.to_owned()), Just("[DONE]".to_owned()), Just("{".to_owned()),
                Just(r#"{"error":"no"}"#.to_owned()),
            ],
            0..9,
        ),
        size in 1usize..50,
    ) {
        let frames: Vec<&str> = frames.iter().map(String::as_str).collect();
        let text = stream(&frames);
        let whole = events(std::iter::once(text.as_bytes()));
        prop_assert_eq!(grammar::check(&whole), Ok(()), "{}", shown(&whole));
        prop_assert_eq!(whole, events(text.as_bytes().chunks(size)));
    }
}
