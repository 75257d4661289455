//! Streamed answers of Bedrock, however they are cut.

use proptest::prelude::*;
use serde_json::{Value, json};
use tollgate_dialect::bedrock::Bedrock;
use tollgate_dialect::event_stream;
use tollgate_dialect::ir::Event;

use crate::asked::{stream, talk};
use crate::grammar;
use crate::shapes::show_events;

fn read(bytes: &[u8]) -> Vec<Event> {
    let events = grammar::read(&Bedrock, std::iter::once(bytes));
    assert_eq!(grammar::check(&events), Ok(()), "{events:?}");
    events
}

fn shown(events: &[(&str, Value)]) -> String {
    show_events(&read(&stream(events)))
}

#[test]
fn a_stream_that_thinks_speaks_and_calls_is_read_event_by_event() {
    insta::assert_snapshot!(show_events(&read(&talk())), @r#"
    start None None
    0 open Thinking
    0 text "Hm"
    0 signature S+/=
    0 close
    1 open Text
    1 text "Look"
    1 text "ing."
    1 close
    2 call t1 f signed None
    2 arguments {"a":
    2 arguments 1}
    2 close
    stop ToolUse
    usage {"input":10,"cache_read":5,"cache_write":0,"output":4}
    end
    "#);
}

#[test]
fn a_block_may_say_at_its_start_what_it_is_or_not_at_all() {
    let all = shown(&[
        ("messageStart", json!({"role": "assistant"})),
        (
            "contentBlockStart",
            json!({"contentBlockIndex": 0, "start": {}}),
        ),
        (
            "contentBlockDelta",
            json!({"contentBlockIndex": 0, "delta": {"text": "a"}}),
        ),
        ("contentBlockStop", json!({"contentBlockIndex": 0})),
        (
            "contentBlockStart",
            json!({"contentBlockIndex": 1, "start": {"toolUse": {"toolUseId": "t", "name": "f"}}}),
        ),
        ("contentBlockStop", json!({"contentBlockIndex": 1})),
        (
            "contentBlockStart",
            json!({"contentBlockIndex": 2, "start": {"toolUse":
                {"toolUseId": "s", "name": "own", "type": "server_tool_use"}}}),
        ),
        (
            "contentBlockDelta",
            json!({"contentBlockIndex": 2, "delta": {"toolUse": {"input": "{}"}}}),
        ),
        ("contentBlockStop", json!({"contentBlockIndex": 2})),
        (
            "contentBlockDelta",
            json!({"contentBlockIndex": 3, "delta": {"reasoningContent": {"redactedContent": "x"}}}),
        ),
        ("messageStop", json!({"stopReason": "end_turn"})),
    ]);
    insta::assert_snapshot!(all, @r#"
    start None None
    0 open Text
    0 text "a"
    0 close
    1 call t f signed None
    1 arguments {}
    1 close
    2 open Redacted("x")
    2 close
    stop End
    end
    "#);
}

#[test]
fn an_exception_or_a_broken_message_ends_the_stream() {
    let mut bytes = stream(&[("messageStart", json!({"role": "assistant"}))]);
    let whole = bytes.len();
    event_stream::exception(
        "throttlingException",
        br#"{"message":"Slow down"}"#,
        &mut bytes,
    );
    let events = show_events(&read(&bytes));
    assert!(
        events.ends_with(r#"fail Some("throttlingException") Some("429") Slow down"#),
        "{events}"
    );
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    assert!(show_events(&read(&bytes)).contains("does not match its checksum"));
    let cut = show_events(&read(&bytes[..whole + 9]));
    assert!(
        cut.ends_with("closed the stream before the answer was complete."),
        "{cut}"
    );
    let odd = stream(&[("messageStop", json!("no object"))]);
    assert!(show_events(&read(&odd)).contains("cannot be read"));
}

#[test]
fn an_answer_whose_usage_never_came_is_whole() {
    let events = shown(&[("messageStop", json!({"stopReason": "max_tokens"}))]);
    assert_eq!(events, "start None None\nstop Length\nend");
}

proptest! {
    #[test]
    fn cuts_change_nothing(size in 1usize..200) {
        let bytes = talk();
        let cut = grammar::read(&Bedrock, bytes.chunks(size));
        prop_assert_eq!(cut, read(&bytes));
    }

    #[test]
    fn a_stream_in_any_state_keeps_the_grammar(
        at in any::<prop::sample::Index>(),
        change in any::<u8>(),
        end in any::<prop::sample::Index>(),
    ) {
        let mut bytes = talk();
        let at = at.index(bytes.len());
        bytes[at] ^= change;
        let end = end.index(bytes.len() + 1);
        read(&bytes[..end]);
    }
}
