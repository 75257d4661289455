//! Whole answers of Ollama, and errors.

use tollgate_dialect::codec::{Outbound, Seen};
use tollgate_dialect::ir::Stop;
use tollgate_dialect::ollama::{Ollama, OllamaGenerate};
use tollgate_model::{Usage, UsageClass};

use crate::shapes::{show_blocks, used};

#[test]
fn an_answer_is_read_and_its_calls_get_ids() {
    let answer = r#"{"model":"qwen3:8b","created_at":"2025-07-07T20:22:19.184789Z","message":{
        "role":"assistant","content":"I look.","thinking":"hm","tool_calls":[
            {"function":{"name":"weather","arguments":{"city":"Bern","n":1.0}}},
            {"id":"given","function":{"index":1,"name":"now","arguments":{}}}]},
        "done":true,"done_reason":"stop","total_duration":5,"prompt_eval_count":10,"eval_count":4}"#;
    let response = Ollama.decode_response(answer.as_bytes()).unwrap();
    insta::assert_snapshot!(show_blocks(&response.blocks), @r#"
    thinking "hm" signed None
    text "I look."
    call call_20250707T202219184789Z_0 weather {"city":"Bern","n":1.0} signed None
    call given now {} signed None
    "#);
    let usage = Usage::NONE
        .with(UsageClass::Input, 10)
        .with(UsageClass::Output, 4);
    assert_eq!((response.stop, response.usage), (Stop::ToolUse, usage));
    assert_eq!(response.model.as_deref(), Some("qwen3:8b"));
    assert_eq!(used(&Ollama, answer), Ok(Some(usage)));
}

#[test]
fn an_answer_to_one_prompt_is_read() {
    let answer = r#"{"model":"m","created_at":"x","response":"Hi","thinking":"hm","done":true,
        "done_reason":"length","context":[1,2],"prompt_eval_count":0,"eval_count":4}"#;
    let response = OllamaGenerate.decode_response(answer.as_bytes()).unwrap();
    assert_eq!(
        show_blocks(&response.blocks),
        "thinking \"hm\" signed None\ntext \"Hi\""
    );
    assert_eq!(response.stop, Stop::Length);
    assert_eq!(response.usage.get(UsageClass::Input), Some(0), "us_04");
}

#[test]
fn what_is_no_answer_is_an_error() {
    let error = r#"{"error":"model 'x' not found"}"#;
    assert!(Ollama.decode_response(error.as_bytes()).is_err());
    let Ok(Seen::Error(told)) = Ollama.look(error.as_bytes()) else {
        panic!("an error");
    };
    assert_eq!(told.message, "model 'x' not found");
    assert_eq!(
        Ollama.decode_error(404, error.as_bytes()).message,
        told.message
    );
    for nothing in ["{}", "[]", "", "<<<", r#"{"done":true}"#] {
        assert!(
            Ollama.decode_response(nothing.as_bytes()).is_err(),
            "{nothing}"
        );
    }
    assert_eq!(
        used(&Ollama, r#"{"message":{},"eval_count":"x"}"#),
        Ok(None)
    );
}
