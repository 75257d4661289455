//! Requests that pass to a provider of the dialect.

use serde_json::{Value, json};
use tollgate_dialect::codec::{Address, Inbound, Target};
use tollgate_dialect::ir::{Content, Response, Stop};
use tollgate_dialect::openai_responses::OpenaiResponses;
use tollgate_model::catalogue::Quirks;
use tollgate_model::{Reason, Refusal, Usage};

use crate::asked::{REPLY, answered};

fn passed(body: &str, model: &str, limit: Option<u64>) -> Result<String, Refusal> {
    let head = OpenaiResponses.head(body.as_bytes(), &Address::default())?;
    let target = Target {
        model,
        quirks: Quirks::default(),
        max_output: None,
        tier: None,
    };
    let edits = head.edits(&target, limit)?;
    Ok(String::from_utf8(edits.apply(body.as_bytes())).unwrap())
}

#[test]
fn np_01_nothing_but_the_value_of_model_changes() {
    let body = concat!(
        r#" { "x" : 1.0e2, "model" :"smart" , "input":[{"role":"user","content":"h\u00e9"}],"#,
        r#" "previous_response_id":"resp_1", "tools":[{"type":"web_search"}], "big":123456789012345678901 }"#
    );
    assert_eq!(passed(body, "smart", None).unwrap(), body);
    let want = body.replace("\"smart\"", "\"gpt-5\"");
    assert_eq!(passed(body, "gpt-5", None).unwrap(), want);
}

#[test]
fn a_limit_is_set_or_put_in() {
    let with = r#"{"model":"m","input":"x","max_output_tokens":90}"#;
    assert_eq!(passed(with, "m", Some(7)).unwrap(), with.replace("90", "7"));
    assert_eq!(
        passed(r#"{"model":"m","input":"x"}"#, "m", Some(7)).unwrap(),
        r#"{"max_output_tokens":7,"model":"m","input":"x"}"#
    );
}

#[test]
fn what_has_a_price_of_its_own_is_refused() {
    for (member, param) in [
        (r#""tools":[{"type":"code_interpreter"}]"#, "tools"),
        (r#""tools":[{"type" : "file_search"}]"#, "tools"),
        (r#""tools":[{"t\u0079pe":"file_search"}]"#, "tools"),
    ] {
        let body = format!(r#"{{"model":"m","input":"x",{member}}}"#);
        let refusal = passed(&body, "m", None).unwrap_err();
        assert_eq!(refusal.reason, Reason::ParameterUnsupported);
        assert_eq!(refusal.param.as_deref(), Some(param), "{body}");
    }
}

#[test]
fn reasoning_that_we_sealed_for_another_provider_is_left_out() {
    let thought = Content::Thinking {
        text: "hm".into(),
        signature: Some("claude's".into()),
    };
    let response = Response {
        id: None,
        model: None,
        blocks: vec![thought.into(), Content::Text("so".into()).into()],
        stop: Stop::End,
        usage: Usage::NONE,
        ..Response::default()
    };
    let answer = answered(&response, &REPLY);
    let mut input = answer["output"].as_array().unwrap().clone();
    let own =
        json!({"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "gAAA"});
    input.push(own.clone());
    let body = json!({"model": "m", "input": input}).to_string();
    let sent: Value = serde_json::from_str(&passed(&body, "m", None).unwrap()).unwrap();
    assert_eq!(sent["input"], json!([answer["output"][1], own]));
}
