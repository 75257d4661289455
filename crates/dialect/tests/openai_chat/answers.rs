//! Whole answers, read from providers and written for callers.

use serde_json::value::RawValue;
use tollgate_dialect::codec::{Inbound, Outbound, Reply, Seen};
use tollgate_dialect::ir::{Block, Content, Media, Response, Stop};
use tollgate_dialect::openai_chat::OpenaiChat;
use tollgate_model::{CallId, Micros, Usage, UsageClass};

const REPLY: Reply<'static> = Reply {
    call: CallId(1),
    at: Micros(1_700_000_000_999_999),
    model: "smart \"one\"",
    stream_usage: false,
    older_tools: false,
    hide_thoughts: false,
    echo: None,
    prompt_tokens: 0,
};

fn written(contents: Vec<Content>, stop: Stop) -> String {
    let usage = Usage::NONE
        .with(UsageClass::Input, 3)
        .with(UsageClass::CacheRead, 2);
    let response = Response {
        id: Some("theirs".into()),
        model: Some("theirs".into()),
        blocks: contents.into_iter().map(Into::into).collect(),
        stop,
        usage: usage.with(UsageClass::Output, 4),
        ..Response::default()
    };
    let mut out = Vec::new();
    OpenaiChat.encode_response(&response, &REPLY, &mut out);
    String::from_utf8(out).unwrap()
}

fn message(contents: Vec<Content>) -> String {
    let whole = written(contents, Stop::End);
    let value: serde_json::Value = serde_json::from_str(&whole).unwrap();
    value["choices"][0]["message"].to_string()
}

fn call(input: &str, signature: Option<&str>) -> Content {
    Content::ToolUse {
        id: "t1".into(),
        name: "f".into(),
        input: RawValue::from_string(input.into()).unwrap(),
        signature: signature.map(str::to_owned),
    }
}

#[test]
fn ao_01_06_07_texts_are_joined_and_the_envelope_is_whole() {
    let texts = vec![Content::Text("a".into()), Content::Text("b".into())];
    insta::assert_snapshot!(written(texts, Stop::End), @r#"{"id":"chatcmpl-00000000000000000000000001","object":"chat.completion","created":1700000000,"model":"smart \"one\"","choices":[{"index":0,"message":{"role":"assistant","content":"ab","refusal":null},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":5,"completion_tokens":4,"total_tokens":9,"prompt_tokens_details":{"cached_tokens":2,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0}}}"#);
}

#[test]
fn ao_02_arguments_are_a_string_that_keeps_every_digit() {
    insta::assert_snapshot!(message(vec![call(r#"{"b":12345678901234567890,"a":1.0}"#, None)]), @r#"{"content":null,"refusal":null,"role":"assistant","tool_calls":[{"function":{"arguments":"{\"b\":12345678901234567890,\"a\":1.0}","name":"f"},"id":"t1","type":"function"}]}"#);
}

#[test]
fn oa_34_a_caller_of_the_older_form_gets_its_one_call_in_it() {
    let response = Response {
        id: None,
        model: None,
        blocks: vec![call("{\"a\":1}", None).into(), call("{}", None).into()],
        stop: Stop::ToolUse,
        usage: Usage::NONE,
        ..Response::default()
    };
    let reply = Reply {
        older_tools: true,
        ..REPLY
    };
    let mut out = Vec::new();
    OpenaiChat.encode_response(&response, &reply, &mut out);
    let answer: serde_json::Value = serde_json::from_slice(&out).unwrap();
    insta::assert_snapshot!(answer["choices"][0], @r#"{"finish_reason":"function_call","index":0,"logprobs":null,"message":{"content":null,"function_call":{"arguments":"{\"a\":1}","name":"f"},"refusal":null,"role":"assistant"}}"#);
}

#[test]
fn ao_04_thoughts_stand_apart_with_their_signatures() {
    let contents = vec![
        Content::Thinking {
            text: "a".into(),
            signature: Some("s".into()),
        },
        Content::Thinking {
            text: "b".into(),
            signature: None,
        },
        Content::RedactedThinking("x".into()),
        Content::Text("hi".into()),
    ];
    insta::assert_snapshot!(message(contents), @r#"{"content":"hi","reasoning_content":"ab","refusal":null,"role":"assistant","thinking_blocks":[{"signature":"s","thinking":"a","type":"thinking"},{"data":"x","type":"redacted_thinking"}]}"#);
}

#[test]
fn ao_05_the_reason_to_stop_is_one_of_the_dialect() {
    for (stop, word) in [
        (Stop::End, "stop"),
        (Stop::Length, "length"),
        (Stop::ToolUse, "tool_calls"),
        (Stop::Filtered, "content_filter"),
    ] {
        assert!(written(vec![], stop).contains(&format!("\"finish_reason\":\"{word}\"")));
    }
}

#[test]
fn ao_09_nothing_said_is_an_empty_text() {
    insta::assert_snapshot!(message(vec![]), @r#"{"content":"","refusal":null,"role":"assistant"}"#);
    insta::assert_snapshot!(message(vec![Content::Refusal("no".into())]), @r#"{"content":null,"refusal":"no","role":"assistant"}"#);
}

#[test]
fn a_signature_travels_beside_the_call_and_in_its_id() {
    insta::assert_snapshot!(message(vec![call("{}", Some("sig"))]), @r#"{"content":null,"refusal":null,"role":"assistant","tool_calls":[{"extra_content":{"google":{"thought_signature":"sig"}},"function":{"arguments":"{}","name":"f"},"id":"t1__thought__sig","type":"function"}]}"#);
}

#[test]
fn a_picture_is_given_as_a_data_url() {
    let image = Media::Inline {
        mime: "image/png".into(),
        base64: "AA==".into(),
    };
    insta::assert_snapshot!(message(vec![Content::Image(image)]), @r#"{"content":"","images":[{"image_url":{"url":"data:image/png;base64,AA=="},"type":"image_url"}],"refusal":null,"role":"assistant"}"#);
}

fn read(message: &str, finish: &str) -> Response {
    let body = format!(
        r#"{{"id":"x","model":"up","choices":[{{"message":{message},"finish_reason":"{finish}"}},{{"message":{{"content":"second"}}}}],
            "usage":{{"prompt_tokens":3,"completion_tokens":1}}}}"#
    );
    OpenaiChat.decode_response(body.as_bytes()).unwrap()
}

fn shown(response: &Response) -> String {
    let block = |block: &Block| match &block.content {
        Content::Text(text) => format!("text {text:?}"),
        Content::Thinking { text, .. } => format!("thinking {text:?}"),
        Content::Refusal(text) => format!("refusal {text:?}"),
        Content::Image(Media::Inline { mime, base64 }) => format!("image {mime} {base64}"),
        Content::ToolUse {
            id,
            name,
            input,
            signature,
        } => {
            format!("call {id} {name} {} {signature:?}", input.get())
        }
        other => format!("{other:?}"),
    };
    response
        .blocks
        .iter()
        .map(block)
        .collect::<Vec<_>>()
        .join("; ")
}

#[test]
fn thoughts_words_and_calls_are_read_in_order() {
    let response = read(
        r#"{"role":"assistant","content":"hi","reasoning_content":"hm","tool_calls":[
            {"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\": 1.0}"}},
            {"function":{"name":"g","arguments":""},"extra_content":{"google":{"thought_signature":"s"}}}]}"#,
        "tool_calls",
    );
    insta::assert_snapshot!(shown(&response), @r#"thinking "hm"; text "hi"; call a f {"x": 1.0} None; call call_1 g {} Some("s")"#);
    assert_eq!(
        (response.id.as_deref(), response.model.as_deref()),
        (Some("x"), Some("up"))
    );
    assert_eq!(response.stop, Stop::ToolUse);
    assert_eq!(response.usage.get(UsageClass::Input), Some(3));
}

#[test]
fn content_may_be_parts_pictures_or_nothing() {
    let parts = r#"{"content":[{"type":"thinking","thinking":[{"type":"text","text":"t"}]},{"type":"text","text":"a"}]}"#;
    assert_eq!(shown(&read(parts, "stop")), "thinking \"t\"; text \"a\"");
    let image = r#"{"content":"","images":[{"image_url":{"url":"data:image/png;base64,AA"}}]}"#;
    assert_eq!(shown(&read(image, "stop")), "image image/png AA");
    assert_eq!(
        shown(&read(r#"{"content":null,"refusal":"no"}"#, "stop")),
        "refusal \"no\""
    );
    assert_eq!(
        shown(&read(r#"{"function_call":{"name":"f"}}"#, "stop")),
        "call call_0 f {} None"
    );
}

#[test]
fn why_it_ended_is_read_whatever_the_word() {
    for (finish, want) in [
        ("stop", Stop::End),
        ("eos", Stop::End),
        ("length", Stop::Length),
        ("content_filter", Stop::Filtered),
        ("function_call", Stop::ToolUse),
    ] {
        assert_eq!(read(r#"{"content":"x"}"#, finish).stop, want, "{finish}");
    }
    let call = r#"{"tool_calls":[{"id":"a","function":{"name":"f","arguments":"{}"}}]}"#;
    assert_eq!(
        read(call, "stop").stop,
        Stop::ToolUse,
        "calls wait for their results"
    );
}

#[test]
fn arguments_that_are_no_json_are_kept_as_the_model_wrote_them() {
    let call = r#"{"tool_calls":[{"id":"a","function":{"name":"f","arguments":"{\"x\":"}}]}"#;
    let response = read(call, "stop");
    let mut out = Vec::new();
    OpenaiChat.encode_response(&response, &REPLY, &mut out);
    let out = String::from_utf8(out).unwrap();
    assert!(out.contains(r#""arguments":"{\"x\":""#), "{out}");
}

#[test]
fn what_is_no_answer_is_said() {
    let fault = |body: &str| OpenaiChat.decode_response(body.as_bytes()).unwrap_err();
    assert_eq!(
        fault(r#"{"error":{"message":"no"}}"#),
        "the answer is an error: no"
    );
    assert_eq!(fault(r#"{"choices":[]}"#), "the answer has no choice in it");
    assert_eq!(
        fault(r#"{"choices":[{}]}"#),
        "the first choice has no message"
    );
    assert!(fault("<html>").starts_with("the answer is unreadable: "));
}

#[test]
fn the_usage_of_a_whole_answer_is_found_without_decoding_it() {
    let of = |body: &str| match OpenaiChat.look(body.as_bytes()) {
        Ok(Seen::Answer(usage)) => usage.map(|usage| usage.prompt_tokens()),
        other => panic!("{other:?}"),
    };
    assert_eq!(of(r#"{"choices":[],"usage":{"prompt_tokens":3}}"#), Some(3));
    assert_eq!(of(r#"{"x_groq":{"usage":{"prompt_tokens":4}}}"#), Some(4));
    assert_eq!(of(r#"{"usage":null,"error":null}"#), None);
}

#[test]
fn er_07_an_error_in_place_of_a_whole_answer_is_seen() {
    let body = br#"{"error":{"message":"no credits","code":402}}"#;
    match OpenaiChat.look(body) {
        Ok(Seen::Error(error)) => assert_eq!(error.message, "no credits"),
        other => panic!("{other:?}"),
    }
    for none in ["{", "[]", "", "<html>"] {
        assert!(OpenaiChat.look(none.as_bytes()).is_err(), "{none}");
    }
}
