//! Streamed answers of Cohere.

use proptest::prelude::*;
use tollgate_dialect::codec::Outbound;
use tollgate_dialect::cohere::Cohere;
use tollgate_dialect::ir::Event;

use crate::grammar;
use crate::shapes::show_events;

pub(crate) const STREAM: &str = concat!(
    "event: message-start\n",
    r#"data: {"id":"29f1","type":"message-start","delta":{"message":{"role":"assistant","content":[],"#,
    r#""tool_plan":"","tool_calls":[],"citations":[]}}}"#,
    "\n\nevent: content-start\n",
    r#"data: {"type":"content-start","index":0,"delta":{"message":{"content":{"type":"thinking","#,
    r#""thinking":""}}}}"#,
    "\n\nevent: content-delta\n",
    r#"data: {"type":"content-delta","index":0,"delta":{"message":{"content":{"thinking":"hm"}}}}"#,
    "\n\nevent: content-end\n",
    r#"data: {"type":"content-end","index":0}"#,
    "\n\nevent: content-start\n",
    r#"data: {"type":"content-start","index":1,"delta":{"message":{"content":{"type":"text","text":""}}}}"#,
    "\n\nevent: content-delta\n",
    r#"data: {"type":"content-delta","index":1,"delta":{"message":{"content":{"text":"Grü"}}}}"#,
    "\n\nevent: content-delta\n",
    r#"data: {"type":"content-delta","index":1,"delta":{"message":{"content":{"text":"ezi"}}}}"#,
    "\n\nevent: citation-start\n",
    r#"data: {"type":"citation-start","index":0,"delta":{"message":{"citations":{"start":0,"end":3}}}}"#,
    "\n\nevent: citation-end\n",
    r#"data: {"type":"citation-end","index":0}"#,
    "\n\nevent: content-end\n",
    r#"data: {"type":"content-end","index":1}"#,
    "\n\nevent: message-end\n",
    r#"data: {"type":"message-end","delta":{"finish_reason":"COMPLETE","usage":{"billed_units":"#,
    r#"{"input_tokens":3,"output_tokens":13},"tokens":{"input_tokens":69,"output_tokens":14}}}}"#,
    "\n\ndata: [DONE]\n\n",
);

pub(crate) const CALLS: &str = concat!(
    "event: message-start\n",
    r#"data: {"id":"1","type":"message-start","delta":{"message":{"role":"assistant"}}}"#,
    "\n\nevent: tool-plan-delta\n",
    r#"data: {"type":"tool-plan-delta","delta":{"message":{"tool_plan":"I "}}}"#,
    "\n\nevent: tool-plan-delta\n",
    r#"data: {"type":"tool-plan-delta","delta":{"message":{"tool_plan":"look."}}}"#,
    "\n\nevent: tool-call-start\n",
    r#"data: {"type":"tool-call-start","index":0,"delta":{"message":{"tool_calls":{"id":"f_1","#,
    r#""type":"function","function":{"name":"f","arguments":""}}}}}"#,
    "\n\nevent: tool-call-delta\n",
    r#"data: {"type":"tool-call-delta","index":0,"delta":{"message":{"tool_calls":{"function":"#,
    r#"{"arguments":"{\"a\":"}}}}}"#,
    "\n\nevent: tool-call-delta\n",
    r#"data: {"type":"tool-call-delta","index":0,"delta":{"message":{"tool_calls":{"function":"#,
    r#"{"arguments":"1}"}}}}}"#,
    "\n\nevent: tool-call-end\n",
    r#"data: {"type":"tool-call-end","index":0}"#,
    "\n\nevent: tool-call-start\n",
    r#"data: {"type":"tool-call-start","index":1,"delta":{"message":{"tool_calls":{"id":"g_1","#,
    r#""type":"function","function":{"name":"g","arguments":""}}}}}"#,
    "\n\nevent: tool-call-end\n",
    r#"data: {"type":"tool-call-end","index":1}"#,
    "\n\nevent: message-end\n",
    r#"data: {"type":"message-end","delta":{"finish_reason":"TOOL_CALL","usage":{"billed_units":"#,
    r#"{"input_tokens":7,"output_tokens":2}}}}"#,
    "\n\n",
);

fn events(stream: &str) -> Vec<Event> {
    let events = grammar::read(&Cohere, std::iter::once(stream.as_bytes()));
    grammar::check(&events).unwrap();
    events
}

#[test]
fn thoughts_and_words_are_told_in_their_order() {
    insta::assert_snapshot!(show_events(&events(STREAM)), @r#"
    start Some("29f1") None
    0 open Thinking
    0 text "hm"
    0 close
    1 open Text
    1 text "Grü"
    1 text "ezi"
    1 close
    usage {"input":3,"output":13}
    stop End
    end
    "#);
}

#[test]
fn a_plan_is_said_before_the_calls_that_it_is_for() {
    insta::assert_snapshot!(show_events(&events(CALLS)), @r#"
    start Some("1") None
    0 open Text
    0 text "I "
    0 text "look."
    0 close
    1 call f_1 f signed None
    1 arguments {"a":
    1 arguments 1}
    1 close
    2 call g_1 g signed None
    2 close
    usage {"input":7,"output":2}
    stop ToolUse
    end
    "#);
}

#[test]
fn a_failure_at_the_end_is_told_with_what_was_counted() {
    let stream = STREAM.replace(
        "\"finish_reason\":\"COMPLETE\"",
        "\"finish_reason\":\"ERROR\",\"error\":\"Out of memory\"",
    );
    let told = show_events(&events(&stream));
    assert!(
        told.ends_with("usage {\"input\":3,\"output\":13}\nfail None None Out of memory"),
        "{told}"
    );
}

#[test]
fn os_12_a_stream_that_breaks_off_fails() {
    let cut = &STREAM[..STREAM.find("event: message-end").unwrap()];
    let told = show_events(&events(cut));
    assert!(
        told.ends_with("fail None None the stream broke off before its end"),
        "{told}"
    );
    let refused = show_events(&events("data: {\"message\":\"invalid\",\"id\":\"x\"}\n\n"));
    assert_eq!(refused, "fail None None invalid");
    assert_eq!(
        show_events(&events("")),
        "fail None None the stream broke off before its end"
    );
}

#[test]
fn the_end_needs_no_done_and_nothing_after_it_counts() {
    let mut decoder = Cohere.stream_decoder();
    let mut told = Vec::new();
    decoder.push(STREAM.as_bytes(), &mut told);
    assert_eq!(told.last(), Some(&Event::End));
    let before = told.len();
    decoder.push(CALLS.as_bytes(), &mut told);
    decoder.finish(&mut told);
    assert_eq!(told.len(), before);
}

proptest! {
    #[test]
    fn where_a_stream_is_cut_makes_no_difference(
        second in any::<bool>(), sizes in prop::collection::vec(1usize..60, 1..20),
    ) {
        let stream = if second { CALLS } else { STREAM };
        let mut pieces = Vec::new();
        let (mut rest, mut at) = (stream.as_bytes(), 0);
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(sizes[at % sizes.len()].min(rest.len()));
            pieces.push(piece);
            (rest, at) = (after, at + 1);
        }
        prop_assert_eq!(grammar::read(&Cohere, pieces.into_iter()), events(stream));
    }
}
