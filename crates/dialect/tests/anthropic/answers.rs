//! Whole answers, written for callers.

use tollgate_dialect::anthropic::Anthropic;
use tollgate_dialect::codec::{Inbound, Reply};
use tollgate_dialect::ir::{Content, Response, Stop};
use tollgate_model::{Usage, UsageClass};

use crate::asked::REPLY;
use crate::shapes::{call, inline, lines, text};

fn written(contents: Vec<Content>, stop: Stop, reply: &Reply<'_>) -> String {
    let response = Response {
        id: Some("x".into()),
        model: Some("other".into()),
        blocks: contents.into_iter().map(Into::into).collect(),
        stop,
        usage: Usage::NONE
            .with(UsageClass::Input, 9)
            .with(UsageClass::CacheRead, 4)
            .with(UsageClass::Output, 2)
            .with(UsageClass::Reasoning, 3),
        ..Response::default()
    };
    let mut out = Vec::new();
    Anthropic.encode_response(&response, reply, &mut out);
    String::from_utf8(out).unwrap()
}

fn reason(contents: Vec<Content>, stop: Stop) -> String {
    let text = written(contents, stop, &REPLY);
    let message: serde_json::Value = serde_json::from_str(&text).unwrap();
    message["stop_reason"].as_str().unwrap().to_owned()
}

fn thought(text: &str, signature: Option<&str>) -> Content {
    Content::Thinking {
        text: text.into(),
        signature: signature.map(str::to_owned),
    }
}

#[test]
fn a_whole_answer_is_written_with_its_usage() {
    let contents = vec![
        thought("Hm.", Some("s+/=")),
        thought("Unsigned.", None),
        Content::RedactedThinking("ZW5j".into()),
        text("Looking."),
        text(""),
        call("toolu_1", "f", r#"{"x": 1.0, "id": 9007199254740993}"#),
    ];
    insta::assert_snapshot!(lines(&written(contents, Stop::ToolUse, &REPLY)), @r#"
    {
      "id":"msg_00000000000000000000000001",
      "type":"message",
      "role":"assistant",
      "model":"smart \"one\"",
      "content":[
        {"type":"thinking","thinking":"Hm.","signature":"s+/="},
        {"type":"thinking","thinking":"Unsigned.","signature":""},
        {"type":"redacted_thinking","data":"ZW5j"},
        {"type":"text","text":"Looking."},
        {
          "type":"tool_use",
          "id":"toolu_1",
          "name":"f",
          "input":{"x": 1.0, "id": 9007199254740993}
        }
      ],
      "stop_reason":"tool_use",
      "stop_sequence":null,
      "usage":{
        "input_tokens":9,
        "cache_creation_input_tokens":0,
        "cache_read_input_tokens":4,
        "output_tokens":5
      }
    }
    "#);
}

#[test]
fn sa_11_and_17_the_reason_for_the_end_fits_what_was_said() {
    let cases = [
        (vec![text("x")], Stop::End, "end_turn"),
        (vec![], Stop::End, "end_turn"),
        (vec![text("x")], Stop::Length, "max_tokens"),
        (vec![text("x")], Stop::Filtered, "refusal"),
        (vec![call("t", "f", "{}")], Stop::ToolUse, "tool_use"),
        (vec![call("t", "f", "{}")], Stop::End, "tool_use"),
        (vec![text("x")], Stop::ToolUse, "end_turn"),
        (vec![Content::Refusal("No.".into())], Stop::End, "refusal"),
    ];
    for (contents, stop, want) in cases {
        assert_eq!(
            reason(contents.clone(), stop),
            want,
            "{contents:?} {stop:?}"
        );
    }
    let refusal = written(vec![Content::Refusal("No.".into())], Stop::End, &REPLY);
    assert!(
        refusal.contains(r#"[{"type":"text","text":"No."}]"#),
        "{refusal}"
    );
}

#[test]
fn gm_08_a_signature_of_a_call_travels_in_its_id() {
    let call = Content::ToolUse {
        id: "call_1".into(),
        name: "f".into(),
        input: serde_json::from_str("{}").unwrap(),
        signature: Some("Cg+/YQ==".into()),
    };
    let text = written(vec![call], Stop::ToolUse, &REPLY);
    assert!(text.contains(r#""id":"call_1__thought__Cg-_YQ""#), "{text}");
}

#[test]
fn arguments_that_are_no_object_reach_the_caller_in_one() {
    let text = written(
        vec![call("t", "f", r#""{not json""#)],
        Stop::ToolUse,
        &REPLY,
    );
    assert!(
        text.contains(r#""input":{"arguments":"{not json"}"#),
        "{text}"
    );
}

#[test]
fn a_picture_is_a_block_of_its_own() {
    let image = Content::Image(inline("image/png", "AAAA"));
    let text = written(vec![image], Stop::End, &REPLY);
    let want =
        r#"{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AAAA"}}"#;
    assert!(text.contains(want), "{text}");
}

#[test]
fn ai_15_of_hidden_thoughts_the_signature_stays() {
    let reply = Reply {
        hide_thoughts: true,
        ..REPLY
    };
    let contents = vec![thought("Hm.", Some("s")), thought("Hm.", None), text("x")];
    let text = written(contents, Stop::End, &reply);
    let want = r#"[{"type":"thinking","thinking":"","signature":"s"},{"type":"text","text":"x"}]"#;
    assert!(text.contains(want), "{text}");
}
