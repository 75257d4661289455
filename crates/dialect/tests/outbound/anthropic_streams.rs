use proptest::prelude::*;
use tollgate_dialect::anthropic::Anthropic;
use tollgate_dialect::ir::Event;

use crate::grammar::{check, read};
use crate::shapes::show_events;

/// A stream of these events, each `NAME DATA`; `DATA` lacks its `type`, which is the name.
fn stream(events: &[(&str, &str)]) -> String {
    let frame = |(name, data): &(&str, &str)| {
        let comma = if data.is_empty() { "" } else { "," };
        let data = data.replace('\n', " ");
        format!("event: {name}\ndata: {{\"type\":\"{name}\"{comma}{data}}}\n\n")
    };
    events.iter().map(frame).collect()
}

fn events(text: &str) -> Vec<Event> {
    let events = read(&Anthropic, std::iter::once(text.as_bytes()));
    check(&events).unwrap();
    events
}

fn shown(parts: &[(&str, &str)]) -> String {
    show_events(&events(&stream(parts)))
}

const START: (&str, &str) = (
    "message_start",
    r#""message":{"id":"msg_1","model":"claude-x","content":[],"usage":{"input_tokens":10,
    "cache_read_input_tokens":4,"cache_creation_input_tokens":3,
    "cache_creation":{"ephemeral_5m_input_tokens":1,"ephemeral_1h_input_tokens":2},
    "output_tokens":1}}"#,
);
const ENDED: (&str, &str) = (
    "message_delta",
    r#""delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":20}"#,
);
const CALLED: (&str, &str) = (
    "message_delta",
    r#""delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":9}"#,
);
const STOP: (&str, &str) = ("message_stop", "");
const CALL: (&str, &str) = (
    "content_block_start",
    r#""index":0,"content_block":{"type":"tool_use","id":"t1","name":"f","input":{}}"#,
);
const CLOSE: (&str, &str) = ("content_block_stop", r#""index":0"#);

/// Thinking, text, a tool of the provider and two calls.
fn rich() -> String {
    stream(&[
        START,
        (
            "content_block_start",
            r#""index":0,"content_block":{"type":"thinking","thinking":""}"#,
        ),
        ("ping", ""),
        (
            "content_block_delta",
            r#""index":0,"delta":{"type":"thinking_delta","thinking":"Hm"}"#,
        ),
        (
            "content_block_delta",
            r#""index":0,"delta":{"type":"signature_delta","signature":"S"}"#,
        ),
        CLOSE,
        (
            "content_block_start",
            r#""index":1,"content_block":{"type":"text","text":""}"#,
        ),
        (
            "content_block_delta",
            r#""index":1,"delta":{"type":"text_delta","text":"Grüezi"}"#,
        ),
        (
            "content_block_delta",
            r#""index":1,"delta":{"type":"citations_delta","citation":{}}"#,
        ),
        ("content_block_stop", r#""index":1"#),
        (
            "content_block_start",
            r#""index":2,"content_block":{"type":"server_tool_use","id":"s","name":"web_search"}"#,
        ),
        (
            "content_block_delta",
            r#""index":2,"delta":{"type":"input_json_delta","partial_json":"{\"q\":1}"}"#,
        ),
        ("content_block_stop", r#""index":2"#),
        (
            "content_block_start",
            r#""index":3,"content_block":{"type":"tool_use","id":"t1","name":"f","input":{}}"#,
        ),
        (
            "content_block_delta",
            r#""index":3,"delta":{"type":"input_json_delta","partial_json":""}"#,
        ),
        (
            "content_block_delta",
            r#""index":3,"delta":{"type":"input_json_delta","partial_json":"{\"a\":"}"#,
        ),
        (
            "content_block_delta",
            r#""index":3,"delta":{"type":"input_json_delta","partial_json":"1}"}"#,
        ),
        ("content_block_stop", r#""index":3"#),
        (
            "content_block_start",
            r#""index":4,"content_block":{"type":"tool_use","id":"t2","name":"g","input":{}}"#,
        ),
        ("content_block_stop", r#""index":4"#),
        CALLED,
        STOP,
    ])
}

#[test]
fn a_stream_of_every_kind_of_block_is_read() {
    insta::assert_snapshot!(show_events(&events(&rich())), @r#"
    start Some("msg_1") Some("claude-x")
    usage {"input":10,"cache_read":4,"cache_write":1,"cache_write_long":2,"output":1}
    0 open Thinking
    0 text "Hm"
    0 signature S
    0 close
    1 open Text
    1 text "Grüezi"
    1 close
    2 call t1 f signed None
    2 arguments {"a":
    2 arguments 1}
    2 close
    3 call t2 g signed None
    3 arguments {}
    3 close
    usage {"input":10,"cache_read":4,"cache_write":1,"cache_write_long":2,"output":9}
    stop ToolUse
    end
    "#);
}

#[test]
fn os_05_a_call_without_arguments_has_empty_ones() {
    insta::assert_snapshot!(shown(&[START, CALL, CLOSE, CALLED, STOP]), @r#"
    start Some("msg_1") Some("claude-x")
    usage {"input":10,"cache_read":4,"cache_write":1,"cache_write_long":2,"output":1}
    0 call t1 f signed None
    0 arguments {}
    0 close
    usage {"input":10,"cache_read":4,"cache_write":1,"cache_write_long":2,"output":9}
    stop ToolUse
    end
    "#);
}

#[test]
fn os_06_arguments_given_at_the_start_are_told_once() {
    let eager = (
        "content_block_start",
        r#""index":0,"content_block":{"type":"tool_use","id":"t","name":"f","input":{"a":1.0}}"#,
    );
    let delta = (
        "content_block_delta",
        r#""index":0,"delta":{"type":"input_json_delta","partial_json":"{\"a\":1.0}"}"#,
    );
    for parts in [
        vec![START, eager, CLOSE, CALLED, STOP],
        vec![START, eager, delta, CLOSE, STOP],
    ] {
        let shown = shown(&parts);
        assert_eq!(
            shown.matches(r#"0 arguments {"a":1.0}"#).count(),
            1,
            "{shown}"
        );
        assert_eq!(shown.matches("arguments").count(), 1, "{shown}");
    }
}

#[test]
fn os_08_counts_are_of_the_whole_answer_so_far_and_the_last_one_holds() {
    let more = (
        "message_delta",
        r#""delta":{"stop_reason":null},"usage":{"output_tokens":7}"#,
    );
    let restated = (
        "message_delta",
        r#""delta":{"stop_reason":"end_turn"},"usage":{"input_tokens":11,
            "cache_creation_input_tokens":3,"output_tokens":20}"#,
    );
    insta::assert_snapshot!(shown(&[START, more, restated, STOP]), @r#"
    start Some("msg_1") Some("claude-x")
    usage {"input":10,"cache_read":4,"cache_write":1,"cache_write_long":2,"output":1}
    usage {"input":10,"cache_read":4,"cache_write":1,"cache_write_long":2,"output":7}
    usage {"input":11,"cache_read":4,"cache_write":1,"cache_write_long":2,"output":20}
    stop End
    end
    "#);
}

#[test]
fn os_11_an_error_ends_the_stream_and_nothing_follows() {
    let error = (
        "error",
        r#""error":{"type":"overloaded_error","message":"Overloaded"}"#,
    );
    let shown = shown(&[START, CALL, error, CLOSE, CALLED, STOP]);
    assert!(
        shown.ends_with(r#"fail Some("overloaded_error") None Overloaded"#),
        "{shown}"
    );
    assert!(!shown.contains("stop"));
}

#[test]
fn er_07_an_error_may_be_all_there_is() {
    let error = (
        "error",
        r#""error":{"type":"api_error","message":"Internal"}"#,
    );
    assert_eq!(shown(&[error]), r#"fail Some("api_error") None Internal"#);
}

#[test]
fn os_12_a_stream_that_closes_early_has_failed_and_its_usage_is_known() {
    let whole: &[(&str, &str)] = &[START, CALL, CLOSE, ENDED];
    for length in 0..=whole.len() {
        let shown = shown(&whole[..length]);
        assert!(
            shown.contains("fail None None The provider closed the stream"),
            "{shown}"
        );
        assert_eq!(shown.contains(r#""input":10"#), length > 0, "{shown}");
    }
}

#[test]
fn a_frame_that_cannot_be_read_fails_and_one_that_nobody_needs_does_not() {
    let text = format!(
        "{}event: ping\ndata: nonsense\n\n{}",
        stream(&[START]),
        stream(&[STOP])
    );
    assert!(show_events(&events(&text)).ends_with("end"));
    let text = format!(
        "{}event: content_block_delta\ndata: {{\n\n",
        stream(&[START])
    );
    assert!(show_events(&events(&text)).contains("cannot be read"));
}

#[test]
fn ss_02_a_last_event_without_a_blank_line_counts_and_what_follows_the_end_does_not() {
    let text = stream(&[START, ENDED, STOP]);
    assert!(show_events(&events(text.trim_end())).ends_with("end"));
    let more = format!("{text}data: [DONE]\n\ndata: junk\n\n");
    assert!(show_events(&events(&more)).ends_with("end"));
}

proptest! {
    #[test]
    fn ss_01_any_cut_gives_the_same_events(cuts in prop::collection::vec(0usize..3000, 0..12)) {
        let text = rich();
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut % text.len()).collect();
        cuts.sort_unstable();
        cuts.push(text.len());
        let mut from = 0;
        let pieces = cuts.into_iter().map(|cut| {
            let piece = &text.as_bytes()[from..cut];
            from = cut;
            piece
        });
        let cut = read(&Anthropic, pieces);
        prop_assert_eq!(check(&cut), Ok(()));
        prop_assert_eq!(cut, events(&text));
    }

    #[test]
    fn os_12_a_stream_cut_anywhere_keeps_the_grammar(end in 0usize..3000) {
        let text = rich();
        let part = &text.as_bytes()[..end % text.len()];
        let cut = read(&Anthropic, part.chunks(7));
        prop_assert_eq!(check(&cut), Ok(()));
    }
}
