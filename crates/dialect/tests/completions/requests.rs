//! What a provider is sent that knows no other dialect.

use serde_json::json;
use tollgate_dialect::ir::{Content, Format, Reasoning, Request};
use tollgate_dialect::openai_completions::OpenaiCompletions;
use tollgate_model::Reason;

use crate::shapes::{
    assistant, encode, hi, inline, raw, request, result, system, text, tool, user,
};

#[test]
fn one_text_of_the_users_is_the_prompt() {
    let asked = Request {
        max_tokens: Some(9),
        temperature: Some(0.5),
        top_p: Some(0.9),
        top_k: Some(3),
        seed: Some(7),
        stop: vec!["x".into()],
        frequency_penalty: Some(0.1),
        presence_penalty: Some(0.2),
        user: Some("u".into()),
        reasoning: Some(Reasoning::Budget(9)),
        stream: true,
        rest: vec![
            ("logit_bias".into(), raw("{\"1\":2}")),
            ("metadata".into(), raw("{}")),
        ],
        ..request(vec![user(vec![text("Once"), text("upon")])])
    };
    let (body, lost) = encode(&OpenaiCompletions, &asked, "base").unwrap();
    assert_eq!(
        body,
        json!({"model": "base", "prompt": "Once\nupon", "max_tokens": 9, "temperature": 0.5,
            "top_p": 0.9, "stop": ["x"], "seed": 7, "frequency_penalty": 0.1, "presence_penalty": 0.2,
            "user": "u", "stream": true, "stream_options": {"include_usage": true},
            "logit_bias": {"1": 2}})
    );
    assert_eq!(lost, ["metadata", "reasoning_effort", "top_k"]);
}

#[test]
fn anything_else_is_refused_by_name() {
    let picture = Content::Image(inline("image/png", "aWc="));
    let cases = [
        (
            Request {
                tools: vec![tool("f", None)],
                ..hi()
            },
            "tools",
        ),
        (
            Request {
                format: Format::Json,
                ..hi()
            },
            "response_format",
        ),
        (
            Request {
                stop: vec!["x".into(); 5],
                ..hi()
            },
            "stop",
        ),
        (Request { answers: 2, ..hi() }, "n"),
        (
            request(vec![system("s"), user(vec![text("a")])]),
            "messages",
        ),
        (request(vec![]), "messages"),
        (
            request(vec![assistant(vec![text("a")])]),
            "messages[0].role",
        ),
        (request(vec![user(vec![picture])]), "messages[0].content"),
        (
            request(vec![user(vec![result("c", vec![])])]),
            "messages[0].content",
        ),
    ];
    for (asked, param) in cases {
        let refusal = encode(&OpenaiCompletions, &asked, "m").unwrap_err();
        assert_eq!(refusal.reason, Reason::ParameterUnsupported, "{param}");
        assert_eq!(refusal.param.as_deref(), Some(param));
    }
}
