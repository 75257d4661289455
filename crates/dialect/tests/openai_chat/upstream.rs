//! Requests in the intermediate form, written for a provider.

use serde_json::Value;
use tollgate_model::catalogue::Quirks;
use tollgate_model::{Reason, ServiceTier};

use serde_json::value::RawValue;
use tollgate_dialect::codec::{Address, Inbound, Loss, Outbound, Target};
use tollgate_dialect::ir::{Content, Media, Reasoning, Request, Role, Turn};
use tollgate_dialect::openai_chat::OpenaiChat;

const TARGET: Target<'static> = Target {
    model: "up",
    quirks: Quirks {
        no_stream_options: false,
        max_completion_tokens: true,
        single_choice: false,
        no_call_ids: false,
        older_completions: false,
    },
    max_output: None,
    tier: None,
};

fn encoded(request: &Request) -> (String, Vec<String>) {
    let mut loss = Loss::default();
    let body = OpenaiChat
        .encode_request(request, &TARGET, &mut loss)
        .unwrap()
        .body;
    (String::from_utf8(body).unwrap(), loss.into_members())
}

fn read(body: &str) -> Request {
    let head = OpenaiChat
        .head(body.as_bytes(), &Address::default())
        .unwrap();
    OpenaiChat.decode_request(body.as_bytes(), &head).unwrap()
}

fn through(body: &str) -> (String, Vec<String>) {
    encoded(&read(body))
}

fn turn(role: Role, contents: Vec<Content>) -> Turn {
    Turn {
        place: String::new(),
        role,
        blocks: contents.into_iter().map(Into::into).collect(),
    }
}

fn request(turns: Vec<Turn>) -> Request {
    Request {
        answers: 1,
        turns,
        ..Request::default()
    }
}

#[test]
fn a_request_of_the_dialect_comes_out_as_it_went_in() {
    let body = r#"{"model":"up","messages":[
        {"role":"system","content":"s"},
        {"role":"user","content":[{"type":"text","text":"a"},
            {"type":"image_url","image_url":{"url":"data:image/png;base64,AA"}},
            {"type":"input_audio","input_audio":{"data":"CC","format":"mp3"}},
            {"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,BB"}}]},
        {"role":"assistant","content":null,"tool_calls":[
            {"id":"c","type":"function","function":{"name":"f","arguments":"{\"x\": 1e2}"}}]},
        {"role":"tool","tool_call_id":"c","content":"r"}],
        "max_completion_tokens":5,"temperature":0.5,"top_p":0.25,"stop":["x"],"seed":3,
        "frequency_penalty":0.5,"presence_penalty":0.5,"reasoning_effort":"low",
        "response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"a":1},"strict":true}},
        "tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"b":1,"a":2},"strict":false}}],
        "tool_choice":{"type":"function","function":{"name":"f"}},"parallel_tool_calls":false,
        "user":"u","stream":true,"stream_options":{"include_usage":true},
        "logit_bias":{"5":-1},"service_tier":"default"}"#;
    let (out, lost) = through(body);
    let read = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    assert_eq!(read(&out), read(body));
    assert!(lost.is_empty(), "{lost:?}");
}

#[test]
fn what_cannot_be_carried_is_reported_or_refused() {
    let (out, lost) = through(
        r#"{"model":"m","messages":[{"role":"user","content":"x","cache_control":{"type":"ephemeral"}},
            {"role":"assistant","content":"y","reasoning_content":"t"}],"top_k":5,"made_up":1}"#,
    );
    insta::assert_snapshot!(out, @r#"{"model":"up","messages":[{"role":"user","content":"x"},{"role":"assistant","content":"y"}]}"#);
    assert_eq!(
        lost,
        ["made_up", "top_k", "cache_control", "reasoning_content"]
    );
    for (members, param) in [
        (r#""n":2"#, "n"),
        (r#""logprobs":true"#, "logprobs"),
        (r#""stop":["1","2","3","4","5"]"#, "stop"),
    ] {
        let body =
            format!(r#"{{"model":"m","messages":[{{"role":"user","content":"x"}}],{members}}}"#);
        let request = read(&body);
        let refusal = OpenaiChat
            .encode_request(&request, &TARGET, &mut Loss::default())
            .unwrap_err();
        assert_eq!(refusal.reason, Reason::ParameterUnsupported);
        assert_eq!(refusal.param.as_deref(), Some(param));
    }
}

#[test]
fn a_tier_of_service_is_carried_where_it_is_to_be_asked_for_and_else_dropped() {
    let body = r#"{"model":"m","messages":[{"role":"user","content":"x"}],"service_tier":"flex"}"#;
    let request = read(body);
    for tier in [None, Some(ServiceTier::Flex)] {
        let mut loss = Loss::default();
        let target = Target { tier, ..TARGET };
        let sent = OpenaiChat.encode_request(&request, &target, &mut loss);
        let sent: Value = serde_json::from_slice(&sent.unwrap().body).unwrap();
        let word = tier.map(|tier| Value::from(tier.as_str()));
        assert_eq!(sent.get("service_tier"), word.as_ref());
        let lost = loss.members().iter().any(|name| name == "service_tier");
        assert_eq!(lost, tier.is_none());
    }
}

#[test]
fn oa_34_tools_in_the_older_form_are_called_one_at_a_time() {
    let body =
        r#"{"model":"m","messages":[{"role":"user","content":"x"}],"functions":[{"name":"f"}]}"#;
    let (out, lost) = through(body);
    insta::assert_snapshot!(out, @r#"{"model":"up","messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"f"}}],"parallel_tool_calls":false}"#);
    assert!(lost.is_empty());
}

#[test]
fn ai_02_to_05_results_of_tools_come_first_and_their_pictures_after() {
    let image = || Content::Image(Media::Url("https://example.com/a.png".into()));
    let results = turn(
        Role::User,
        vec![
            Content::Text("and now?".into()),
            Content::ToolResult {
                id: "1".into(),
                content: vec![
                    Content::Text("a".into()).into(),
                    Content::Text("b".into()).into(),
                ],
                failed: true,
            },
            Content::ToolResult {
                id: "2".into(),
                content: vec![image().into()],
                failed: false,
            },
            Content::ToolResult {
                id: "3".into(),
                content: vec![],
                failed: false,
            },
        ],
    );
    let (out, _) = encoded(&request(vec![results]));
    let messages = serde_json::from_str::<Value>(&out).unwrap()["messages"].clone();
    insta::assert_snapshot!(messages, @r#"[{"content":"Error: a\nb","role":"tool","tool_call_id":"1"},{"content":"[1 attached to the next message of the user]","role":"tool","tool_call_id":"2"},{"content":"","role":"tool","tool_call_id":"3"},{"content":[{"image_url":{"url":"https://example.com/a.png"},"type":"image_url"},{"text":"and now?","type":"text"}],"role":"user"}]"#);
}

#[test]
fn ai_06_thoughts_and_their_signatures_stay_with_who_gave_them() {
    let thought = turn(
        Role::Assistant,
        vec![
            Content::Thinking {
                text: "t".into(),
                signature: Some("secret".into()),
            },
            Content::RedactedThinking("secret".into()),
            Content::ToolUse {
                id: "c".into(),
                name: "f".into(),
                input: RawValue::from_string("{}".into()).unwrap(),
                signature: Some("secret".into()),
            },
        ],
    );
    let (out, lost) = encoded(&request(vec![thought]));
    assert!(!out.contains("secret"), "{out}");
    assert_eq!(lost, ["reasoning_content"]);
}

#[test]
fn ai_07_a_text_document_becomes_text() {
    let media = Media::Inline {
        mime: "text/plain".into(),
        base64: "aGkh".into(),
    };
    let document = turn(Role::User, vec![Content::Document { media, title: None }]);
    let (out, _) = encoded(&request(vec![document]));
    assert!(out.contains(r#"{"role":"user","content":"hi!"}"#), "{out}");
}

#[test]
fn ai_15_a_budget_becomes_a_word() {
    for (budget, word) in [
        (1024, "low"),
        (1025, "medium"),
        (8192, "medium"),
        (8193, "high"),
    ] {
        let mut request = request(vec![turn(Role::User, vec![Content::Text("x".into())])]);
        request.reasoning = Some(Reasoning::Budget(budget));
        let effort = format!("\"reasoning_effort\":\"{word}\"");
        assert!(encoded(&request).0.contains(&effort), "{budget}");
    }
}

#[test]
fn ai_13_and_14_the_limit_and_the_usage_follow_the_quirks() {
    let quirks = Quirks {
        no_stream_options: true,
        ..Quirks::default()
    };
    let target = Target { quirks, ..TARGET };
    let mut request = request(vec![turn(Role::User, vec![Content::Text("x".into())])]);
    (request.max_tokens, request.stream) = (Some(7), true);
    let body = OpenaiChat
        .encode_request(&request, &target, &mut Loss::default())
        .unwrap()
        .body;
    let body: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(body["max_tokens"], 7);
    assert!(body.get("max_completion_tokens").is_none() && body.get("stream_options").is_none());
}
