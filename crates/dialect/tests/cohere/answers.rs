//! Whole answers of Cohere, and errors.

use tollgate_dialect::codec::{Outbound, Seen};
use tollgate_dialect::cohere::Cohere;
use tollgate_dialect::ir::Stop;
use tollgate_model::{Usage, UsageClass};

use crate::shapes::{show_blocks, used};

const ANSWER: &str = r#"{"id":"5a50","finish_reason":"TOOL_CALL","message":{"role":"assistant",
    "content":[{"type":"thinking","thinking":"hm"},{"type":"text","text":"Right."}],
    "tool_plan":"I look it up.","tool_calls":[
        {"id":"weather_1","type":"function","function":{"name":"weather","arguments":"{\"c\":1.0}"}},
        {"type":"function","function":{"name":"now","arguments":""}}],
    "citations":[{"start":0,"end":3,"text":"Rig"}]},
    "usage":{"billed_units":{"input_tokens":5,"output_tokens":9},
        "tokens":{"input_tokens":77,"output_tokens":11}}}"#;

fn billed() -> Usage {
    Usage::NONE
        .with(UsageClass::Input, 5)
        .with(UsageClass::Output, 9)
}

#[test]
fn an_answer_is_read_with_its_plan_as_words_before_the_calls() {
    let response = Cohere.decode_response(ANSWER.as_bytes()).unwrap();
    insta::assert_snapshot!(show_blocks(&response.blocks), @r#"
    thinking "hm" signed None
    text "Right."
    text "I look it up."
    call weather_1 weather {"c":1.0} signed None
    call call_1 now {} signed None
    "#);
    assert_eq!(
        (response.id.as_deref(), response.model),
        (Some("5a50"), None)
    );
    assert_eq!((response.stop, response.usage), (Stop::ToolUse, billed()));
    assert_eq!(used(&Cohere, ANSWER), Ok(Some(billed())));
}

#[test]
fn reasons_to_finish_keep_their_meaning() {
    for (reason, want) in [
        ("\"COMPLETE\"", Stop::End),
        ("\"STOP_SEQUENCE\"", Stop::End),
        ("\"MAX_TOKENS\"", Stop::Length),
        ("\"TOOL_CALL\"", Stop::ToolUse),
        ("\"SOMETHING_NEW\"", Stop::End),
        ("null", Stop::End),
    ] {
        let answer = format!(r#"{{"finish_reason":{reason},"message":{{"content":"x"}}}}"#);
        let response = Cohere.decode_response(answer.as_bytes()).unwrap();
        assert_eq!(response.stop, want, "{reason}");
        assert!(response.usage.is_empty());
        assert_eq!(used(&Cohere, &answer), Ok(None));
    }
}

#[test]
fn a_failure_in_a_success_is_an_error() {
    for (answer, said) in [
        (
            r#"{"id":"x","finish_reason":"ERROR","message":{"role":"assistant","content":[]}}"#,
            "The model failed before its answer was complete.",
        ),
        (
            r#"{"finish_reason":"TIMEOUT","message":{"content":[]}}"#,
            "The model did not complete its answer in time.",
        ),
        (
            r#"{"message":"invalid request: no"}"#,
            "invalid request: no",
        ),
        (
            r#"{"message":""}"#,
            "The provider told of an error and did not say which.",
        ),
    ] {
        let Ok(Seen::Error(error)) = Cohere.look(answer.as_bytes()) else {
            panic!("{answer} is no error");
        };
        assert_eq!(error.message, said);
        assert!(Cohere.decode_response(answer.as_bytes()).is_err());
    }
    for nothing in ["{}", "[]", "<<<", r#"{"message":{"#] {
        assert!(Cohere.decode_response(nothing.as_bytes()).is_err());
    }
}

#[test]
fn errors_are_read() {
    let error = Cohere.decode_error(
        429,
        br#"{"message":"You are using a Trial key, limited to 1000 API calls / month","id":"x"}"#,
    );
    assert!(error.message.contains("Trial key"), "{error:?}");
    let page = Cohere.decode_error(502, b"<html>");
    assert!(page.message.contains("502"), "{page:?}");
}
