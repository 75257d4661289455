use tollgate_dialect::anthropic::Anthropic;
use tollgate_dialect::codec::Outbound;
use tollgate_dialect::ir::{Response, Stop};

use crate::shapes::{show_blocks, used};

fn decode(body: &str) -> Response {
    Anthropic.decode_response(body.as_bytes()).unwrap()
}

fn message(content: &str, stop: &str) -> String {
    format!(
        r#"{{"id":"msg_1","type":"message","role":"assistant","model":"claude-x",
            "content":[{content}],"stop_reason":{stop},"stop_sequence":null,
            "usage":{{"input_tokens":10,"output_tokens":5}}}}"#
    )
}

#[test]
fn ao_01_to_ao_04_blocks_are_read_in_order_and_tools_of_the_provider_are_not_the_callers() {
    let response = decode(&message(
        r#"{"type":"thinking","thinking":"a","signature":"S1"},
           {"type":"redacted_thinking","data":"ZW5j"},
           {"type":"text","text":"One. ","citations":[{"url":"https://example.com"}]},
           {"type":"server_tool_use","id":"srv","name":"web_search","input":{"query":"q"}},
           {"type":"web_search_tool_result","tool_use_id":"srv","content":[{"text":{"no":1}}]},
           {"type":"mcp_tool_use","id":"m","name":"x","input":{}},
           {"type":"text","text":"Two."},
           {"type":"thinking","thinking":"b","signature":""},
           {"type":"tool_use","id":"t1","name":"f","input":{"z": 1.0,"a":9007199254740993}},
           {"type":"tool_use","id":"t2","name":"g"}"#,
        r#""tool_use""#,
    ));
    insta::assert_snapshot!(show_blocks(&response.blocks), @r#"
    thinking "a" signed Some("S1")
    redacted "ZW5j"
    text "One. "
    text "Two."
    thinking "b" signed None
    call t1 f {"z": 1.0,"a":9007199254740993} signed None
    call t2 g {} signed None
    "#);
    assert_eq!(response.id.as_deref(), Some("msg_1"));
    assert_eq!(response.model.as_deref(), Some("claude-x"));
}

#[test]
fn ao_05_every_reason_to_stop_has_its_meaning() {
    for (reason, want) in [
        (r#""end_turn""#, Stop::End),
        (r#""stop_sequence""#, Stop::End),
        (r#""pause_turn""#, Stop::End),
        (r#""max_tokens""#, Stop::Length),
        (r#""model_context_window_exceeded""#, Stop::Length),
        (r#""tool_use""#, Stop::ToolUse),
        (r#""refusal""#, Stop::Filtered),
        (r#""something_new""#, Stop::End),
        ("null", Stop::End),
    ] {
        assert_eq!(decode(&message("", reason)).stop, want, "{reason}");
    }
}

#[test]
fn ao_06_the_usage_is_read_from_the_answer_and_alone() {
    let body = message("", "null");
    let want = r#"{"input":10,"output":5}"#;
    assert_eq!(serde_json::to_string(&decode(&body).usage).unwrap(), want);
    let alone = used(&Anthropic, &body).unwrap().unwrap();
    assert_eq!(serde_json::to_string(&alone).unwrap(), want);
    for nothing in [r#"{"usage":{}}"#, "{}"] {
        assert_eq!(used(&Anthropic, nothing), Ok(None));
    }
    assert!(used(&Anthropic, "[]").is_err());
    let busy = r#"{"type":"error","error":{"type":"overloaded_error","message":"Busy"}}"#;
    assert_eq!(used(&Anthropic, busy), Err("Busy".to_owned()));
}

#[test]
fn ao_09_an_answer_that_says_nothing_is_an_answer() {
    assert!(decode(&message("", r#""end_turn""#)).blocks.is_empty());
}

#[test]
fn er_07_what_is_no_answer_is_an_error_that_says_why() {
    for (body, part) in [
        (
            r#"{"type":"error","error":{"type":"overloaded_error","message":"Busy"}}"#,
            "Busy",
        ),
        (r#"{"type":"message","role":"assistant"}"#, "`content`"),
        ("", "no message"),
        ("<html>", "no message"),
        (r#"{"content":[{"type":"tool_use","id":"i"}]}"#, "`name`"),
        (
            r#"{"content":[{"type":"tool_use","id":"i","name":"f","input":3}]}"#,
            "`f`",
        ),
        (r#"{"content":[{"text":"no type"}]}"#, "`type`"),
    ] {
        let error = Anthropic.decode_response(body.as_bytes()).unwrap_err();
        assert!(error.contains(part), "{error}");
    }
}

#[test]
fn er_02_errors_are_read_with_their_type() {
    let body = r#"{"type":"error","error":{"type":"rate_limit_error",
        "message":"Too many tokens per minute"},"request_id":"req_1"}"#;
    let error = Anthropic.decode_error(429, body.as_bytes());
    assert_eq!(error.kind.as_deref(), Some("rate_limit_error"));
    assert_eq!(error.message, "Too many tokens per minute");
    let page = Anthropic.decode_error(502, b"<html>nginx</html>");
    assert!(page.message.contains("502"));
}
