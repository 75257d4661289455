//! Whole answers, written for callers.

use serde_json::{Value, json};
use tollgate_dialect::codec::{Inbound, Reply};
use tollgate_dialect::gemini::Gemini;
use tollgate_dialect::ir::{Block, Content, Media, Raw, Response, Stop};
use tollgate_model::{Usage, UsageClass};

use crate::shapes::REPLY;

pub(crate) fn raw(text: &str) -> Raw {
    serde_json::from_str(text).unwrap()
}

fn call(name: &str, input: &str, signature: Option<&str>) -> Content {
    Content::ToolUse {
        id: format!("id_{name}"),
        name: name.into(),
        input: raw(input),
        signature: signature.map(str::to_owned),
    }
}

fn response(contents: Vec<Content>, stop: Stop) -> Response {
    Response {
        id: Some("theirs".into()),
        model: Some("theirs".into()),
        blocks: contents.into_iter().map(Block::from).collect(),
        stop,
        usage: Usage::NONE
            .with(UsageClass::Input, 5)
            .with(UsageClass::Output, 3),
        ..Response::default()
    }
}

fn wire(response: &Response, reply: &Reply<'_>) -> String {
    let mut out = Vec::new();
    Gemini.encode_response(response, reply, &mut out);
    String::from_utf8(out).unwrap()
}

fn written(response: &Response) -> Value {
    serde_json::from_str(&wire(response, &REPLY)).unwrap()
}

fn parts(contents: Vec<Content>) -> Value {
    written(&response(contents, Stop::End))["candidates"][0]["content"]["parts"].clone()
}

#[test]
fn an_answer_is_written() {
    let thinking = Content::Thinking {
        text: "Hm".into(),
        signature: None,
    };
    let contents = vec![
        thinking,
        Content::Text("Say \"hi\".".into()),
        call("f", r#"{"n": 9007199254740993, "x": 1.0}"#, Some("U2ln")),
        call("g", "{}", None),
    ];
    let answer = response(contents, Stop::ToolUse);
    insta::assert_snapshot!(
        wire(&answer, &REPLY).replace(r#","parts""#, "\n\"parts\"").replace(",{", ",\n{"),
        @r#"
    {"candidates":[{"content":{"parts":[{"text":"Hm","thought":true},
    {"text":"Say \"hi\"."},
    {"functionCall":{"id":"id_f","name":"f","args":{"n": 9007199254740993, "x": 1.0}},"thoughtSignature":"U2ln"},
    {"functionCall":{"id":"id_g","name":"g","args":{}}}],"role":"model"},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":5,"candidatesTokenCount":3,"totalTokenCount":8},"modelVersion":"m","responseId":"00000000000000000000000001"}
    "#
    );
}

#[test]
fn thoughts_are_shown_only_to_those_who_asked() {
    let thinking = Content::Thinking {
        text: "Hm".into(),
        signature: Some("S".into()),
    };
    let answer = response(vec![thinking, Content::Text("Hi".into())], Stop::End);
    let hidden = Reply {
        hide_thoughts: true,
        ..REPLY
    };
    assert!(wire(&answer, &REPLY).contains("Hm"));
    assert!(!wire(&answer, &hidden).contains("Hm"));
}

#[test]
fn gi_06_every_reason_to_end_has_its_word() {
    for (stop, want) in [
        (Stop::End, "STOP"),
        (Stop::ToolUse, "STOP"),
        (Stop::Length, "MAX_TOKENS"),
        (Stop::Filtered, "SAFETY"),
    ] {
        let answer = written(&response(vec![Content::Text("x".into())], stop));
        assert_eq!(answer["candidates"][0]["finishReason"], json!(want));
    }
}

#[test]
fn gi_07_counts_are_told_as_gemini_tells_them() {
    let usage = Usage::NONE
        .with(UsageClass::Input, 60)
        .with(UsageClass::CacheRead, 30)
        .with(UsageClass::CacheWrite, 10)
        .with(UsageClass::Output, 7)
        .with(UsageClass::Reasoning, 20);
    let answer = Response {
        usage,
        ..response(vec![Content::Text("x".into())], Stop::End)
    };
    let want = json!({"promptTokenCount": 100, "cachedContentTokenCount": 30,
        "candidatesTokenCount": 7, "thoughtsTokenCount": 20, "totalTokenCount": 127});
    assert_eq!(written(&answer)["usageMetadata"], want);
}

#[test]
fn an_empty_answer_has_one_empty_part() {
    assert_eq!(parts(Vec::new()), json!([{"text": ""}]));
    assert_eq!(
        parts(vec![Content::Text(String::new())]),
        json!([{"text": ""}])
    );
}

#[test]
fn pictures_and_refusals_are_parts() {
    let image = Content::Image(Media::Inline {
        mime: "image/png".into(),
        base64: "aWc=".into(),
    });
    let remote = Content::Image(Media::Url("https://x/y".into()));
    let want = json!([
        {"inlineData": {"mimeType": "image/png", "data": "aWc="}},
        {"fileData": {"fileUri": "https://x/y"}},
        {"text": "I won't."},
    ]);
    let got = parts(vec![image, remote, Content::Refusal("I won't.".into())]);
    assert_eq!(got, want);
}

#[test]
fn a_call_whose_arguments_are_no_object_is_told_as_geminis_own_failure() {
    let answer = written(&response(
        vec![Content::Text("x".into()), call("f", r#""{\"a\":""#, None)],
        Stop::ToolUse,
    ));
    let candidate = &answer["candidates"][0];
    assert_eq!(candidate["finishReason"], json!("MALFORMED_FUNCTION_CALL"));
    assert_eq!(candidate["content"]["parts"], json!([{"text": "x"}]));
}
