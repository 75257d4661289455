//! Whole answers of Bedrock, and errors in their place.

use serde_json::{Value, json};
use tollgate_dialect::bedrock::Bedrock;
use tollgate_dialect::codec::{Outbound, Seen};
use tollgate_dialect::ir::Stop;

use crate::shapes::{show_blocks, used};

fn answer(content: &Value, stop: &str) -> String {
    json!({
        "metrics": {"latencyMs": 7},
        "output": {"message": {"role": "assistant", "content": content}},
        "stopReason": stop,
        "usage": {"inputTokens": 10, "outputTokens": 4, "totalTokens": 14},
    })
    .to_string()
}

#[test]
fn every_kind_of_block_is_read_and_what_bedrock_runs_is_passed_over() {
    let content = json!([
        {"reasoningContent": {"reasoningText": {"text": "Hm", "signature": "S="}}},
        {"reasoningContent": {"redactedContent": "ZW5j"}},
        {"text": "Looking."},
        {"citationsContent": {"content": [{"text": "As "}, {"text": "said."}], "citations": []}},
        {"toolUse": {"toolUseId": "t1", "name": "f", "input": {"a": 1.0}}},
        {"toolUse": {"toolUseId": "t2", "name": "own", "input": {}, "type": "server_tool_use"}},
        {"image": {"format": "png", "source": {"bytes": "aWc="}}},
        {"somethingNew": {}},
    ]);
    let response = Bedrock
        .decode_response(answer(&content, "tool_use").as_bytes())
        .unwrap();
    insta::assert_snapshot!(show_blocks(&response.blocks), @r#"
    thinking "Hm" signed Some("S=")
    redacted "ZW5j"
    text "Looking."
    text "As said."
    call t1 f {"a":1.0} signed None
    Image(Inline { mime: "image/png", base64: "aWc=" })
    "#);
}

#[test]
fn every_reason_for_an_end_is_understood() {
    for (word, want) in [
        ("end_turn", Stop::End),
        ("stop_sequence", Stop::End),
        ("malformed_model_output", Stop::End),
        ("tool_use", Stop::ToolUse),
        ("max_tokens", Stop::Length),
        ("model_context_window_exceeded", Stop::Length),
        ("guardrail_intervened", Stop::Filtered),
        ("content_filtered", Stop::Filtered),
        ("new_reason", Stop::End),
    ] {
        let text = answer(&json!([{"text": "x"}]), word);
        let response = Bedrock.decode_response(text.as_bytes()).unwrap();
        assert_eq!(response.stop, want, "{word}");
    }
}

#[test]
fn a_look_finds_the_usage_or_the_error() {
    let usage = used(&Bedrock, &answer(&json!([]), "end_turn"))
        .unwrap()
        .unwrap();
    assert_eq!((usage.prompt_tokens(), usage.output_tokens()), (10, 4));
    let none = json!({"output": {"message": {"content": []}}}).to_string();
    assert_eq!(Bedrock.look(none.as_bytes()), Ok(Seen::Answer(None)));
    let error = r#"{"__type":"ThrottlingException","message":"Slow down"}"#;
    assert_eq!(used(&Bedrock, error), Err("Slow down".to_owned()));
    for text in ["", "[]", "{malformed"] {
        assert!(Bedrock.look(text.as_bytes()).is_err(), "{text}");
    }
}

#[test]
fn what_is_no_answer_is_told_to_the_operator() {
    let told = |text: &str| Bedrock.decode_response(text.as_bytes()).unwrap_err();
    assert!(told("[]").starts_with("the answer is none of Converse"));
    assert_eq!(told(r#"{"message":"No"}"#), "the answer is an error: No");
    assert!(told(r#"{"output":{}}"#).contains("output.message.content"));
    let bad = json!([{"toolUse": {"toolUseId": "t", "name": "f", "input": [1]}}]);
    assert!(told(&answer(&bad, "tool_use")).contains("`f` are no object"));
}
