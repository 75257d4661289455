//! What Ollama is sent.

use serde_json::{Value, json};
use tollgate_dialect::ir::{Content, Effort, Format, Media, Reasoning, Request, ToolChoice};
use tollgate_dialect::ollama::{Ollama, OllamaGenerate};
use tollgate_model::Reason;

use crate::shapes::{
    assistant, call, encode, failure, hi, inline, raw, request, result, system, text, tool, user,
};

fn sent(request: &Request) -> Value {
    encode(&Ollama, request, "qwen3:8b").unwrap().0
}

#[test]
fn a_conversation_is_written_as_ollama_reads_it() {
    let thought = Content::Thinking {
        text: "hm".into(),
        signature: None,
    };
    let asked = request(vec![
        system("Be brief."),
        user(vec![
            text("Weather"),
            text("in Bern?"),
            Content::Image(inline("image/png", "aWc=")),
            Content::Document {
                media: inline("text/plain", "R3LDvGV6aQ=="),
                title: None,
            },
        ]),
        assistant(vec![
            thought,
            text("I look."),
            call("c1", "weather", r#"{"city":"Bern"}"#),
            call("c2", "now", "{}"),
        ]),
        user(vec![
            text("Well?"),
            result("c2", vec![text("noon")]),
            failure("c1", "timeout"),
        ]),
    ]);
    let (body, lost) = encode(&Ollama, &asked, "qwen3:8b").unwrap();
    assert!(lost.is_empty(), "{lost:?}");
    let want = json!({"model": "qwen3:8b", "stream": false, "messages": [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Weather\nin Bern?\nGrüezi", "images": ["aWc="]},
        {"role": "assistant", "content": "I look.", "thinking": "hm", "tool_calls": [
            {"id": "c1", "function": {"name": "weather", "arguments": {"city": "Bern"}}},
            {"id": "c2", "function": {"name": "now", "arguments": {}}}]},
        {"role": "tool", "content": "noon", "tool_name": "now", "tool_call_id": "c2"},
        {"role": "tool", "content": "Error: timeout", "tool_name": "weather", "tool_call_id": "c1"},
        {"role": "user", "content": "Well?"},
    ]});
    assert_eq!(body, want);
}

#[test]
fn parameters_stand_in_the_options() {
    let asked = Request {
        max_tokens: Some(9),
        temperature: Some(0.5),
        top_p: Some(0.9),
        top_k: Some(40),
        seed: Some(-7),
        frequency_penalty: Some(0.1),
        presence_penalty: Some(0.2),
        stop: vec!["x".into()],
        stream: true,
        user: Some("u".into()),
        parallel_tools: Some(false),
        rest: vec![
            ("keep_alive".into(), raw("\"5m\"")),
            ("logit_bias".into(), raw("{}")),
        ],
        ..hi()
    };
    let (body, lost) = encode(&Ollama, &asked, "m").unwrap();
    assert_eq!(
        body,
        json!({"model": "m", "stream": true, "keep_alive": "5m",
            "messages": [{"role": "user", "content": "Hi"}],
            "options": {"num_predict": 9, "temperature": 0.5, "top_p": 0.9, "top_k": 40, "seed": -7,
                "frequency_penalty": 0.1, "presence_penalty": 0.2, "stop": ["x"]}})
    );
    assert_eq!(lost, ["logit_bias", "user", "parallel_tool_calls"]);
}

#[test]
fn thinking_and_the_form_of_the_answer_are_said_in_ollamas_words() {
    let thinks = |reasoning| {
        sent(&Request {
            reasoning: Some(reasoning),
            ..hi()
        })["think"]
            .clone()
    };
    assert_eq!(thinks(Reasoning::Off), json!(false));
    assert_eq!(thinks(Reasoning::Effort(Effort::Minimal)), json!("low"));
    assert_eq!(thinks(Reasoning::Budget(5000)), json!("medium"));
    assert_eq!(thinks(Reasoning::Effort(Effort::Maximal)), json!("high"));
    let form = |format| sent(&Request { format, ..hi() })["format"].clone();
    assert_eq!(form(Format::Text), Value::Null);
    assert_eq!(form(Format::Json), json!("json"));
    let schema = Format::Schema {
        name: "n".into(),
        schema: raw(r#"{"type":"object"}"#),
        strict: None,
    };
    assert_eq!(form(schema), json!({"type": "object"}));
}

#[test]
fn oa_14_a_choice_of_a_tool_that_ollama_cannot_be_told_is_refused() {
    let with = |choice| Request {
        tools: vec![tool("f", Some(r#"{"type":"object"}"#))],
        tool_choice: Some(choice),
        ..hi()
    };
    let function = json!({"name": "f", "parameters": {"type": "object"}});
    let want = json!([{"type": "function", "function": function}]);
    assert_eq!(sent(&with(ToolChoice::Auto))["tools"], want);
    assert_eq!(
        sent(&with(ToolChoice::None)).get("tools"),
        None,
        "not to call any is not to have any"
    );
    for choice in [ToolChoice::Required, ToolChoice::Named("f".into())] {
        let refusal = encode(&Ollama, &with(choice), "m").unwrap_err();
        assert_eq!(refusal.reason, Reason::ParameterUnsupported);
        assert_eq!(refusal.param.as_deref(), Some("tool_choice"));
    }
}

#[test]
fn what_ollama_cannot_read_is_refused_by_name() {
    let pdf = Content::Document {
        media: inline("application/pdf", "JVBE"),
        title: None,
    };
    for content in [
        Content::Image(Media::Url("https://example.com/a.png".into())),
        Content::Audio(inline("audio/wav", "AA==")),
        pdf,
    ] {
        let asked = request(vec![user(vec![text("a")]), user(vec![content])]);
        let refusal = encode(&Ollama, &asked, "m").unwrap_err();
        assert_eq!(refusal.reason, Reason::ParameterUnsupported);
        assert_eq!(refusal.param.as_deref(), Some("messages[1].content"));
    }
    let odd = request(vec![assistant(vec![call("c", "f", "\"x\"")])]);
    let refusal = encode(&Ollama, &odd, "m").unwrap_err();
    assert_eq!(refusal.reason, Reason::RequestMalformed);
    let several = Request { answers: 2, ..hi() };
    assert_eq!(
        encode(&Ollama, &several, "m").unwrap_err().param.as_deref(),
        Some("n")
    );
}

#[test]
fn ai_06_thoughts_that_another_vendor_signed_are_not_shown() {
    let signed = Content::Thinking {
        text: "hm".into(),
        signature: Some("S".into()),
    };
    let asked = request(vec![
        user(vec![text("a")]),
        assistant(vec![
            signed,
            Content::RedactedThinking("Z".into()),
            text("b"),
        ]),
    ]);
    let (body, lost) = encode(&Ollama, &asked, "m").unwrap();
    assert_eq!(
        body["messages"][1],
        json!({"role": "assistant", "content": "b"})
    );
    assert_eq!(lost, ["reasoning_content"]);
}

#[test]
fn one_prompt_with_instructions_is_all_that_generate_can_be_asked() {
    let asked = Request {
        max_tokens: Some(3),
        ..request(vec![
            system("Be brief."),
            system("Be kind."),
            user(vec![
                text("Hi"),
                Content::Image(inline("image/png", "aWc=")),
            ]),
        ])
    };
    let (body, _) = encode(&OllamaGenerate, &asked, "m").unwrap();
    assert_eq!(
        body,
        json!({"model": "m", "prompt": "Hi", "system": "Be brief.\nBe kind.", "images": ["aWc="],
            "stream": false, "options": {"num_predict": 3}})
    );
    let tools = Request {
        tools: vec![tool("f", None)],
        ..hi()
    };
    let talk = request(vec![
        user(vec![text("a")]),
        assistant(vec![text("b")]),
        user(vec![text("c")]),
    ]);
    let begun = request(vec![assistant(vec![text("b")])]);
    for (asked, param) in [
        (tools, "tools"),
        (talk, "messages"),
        (begun, "messages[0].role"),
        (request(vec![system("s")]), "messages"),
    ] {
        let refusal = encode(&OllamaGenerate, &asked, "m").unwrap_err();
        assert_eq!(refusal.reason, Reason::ParameterUnsupported);
        assert_eq!(refusal.param.as_deref(), Some(param));
    }
}
