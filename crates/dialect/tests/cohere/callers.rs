//! Requests of callers that speak the dialect: what is known of them, and what they mean.

use serde_json::json;
use tollgate_dialect::codec::Target;
use tollgate_dialect::inbound;
use tollgate_dialect::ir::{Content, Effort, Format, Media, Reasoning, Request, Role, ToolChoice};
use tollgate_model::catalogue::Quirks;
use tollgate_model::{Dialect, Reason};

use crate::asked::{decoded, head, saying, with};
use crate::shapes::show_blocks;

fn target(model: &str) -> Target<'_> {
    Target {
        model,
        quirks: Quirks::default(),
        max_output: None,
        tier: None,
    }
}

#[test]
fn the_head_tells_what_must_be_known() {
    let plain = head(&with(r#""stream":true,"max_tokens":9"#)).unwrap();
    assert_eq!((plain.model.as_str(), plain.stream), ("m", true));
    assert_eq!(
        (plain.max_tokens, plain.answers, plain.searches),
        (Some(9), 1, 0)
    );
    assert!(
        plain.stream_usage,
        "the dialect tells its usage to everybody"
    );
    let picture = r#"{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://x"}},
        {"type":"text","text":"\"image_url\": is a key"}]}"#;
    assert_eq!(head(&saying(picture)).unwrap().remote_parts, 1);
    let hidden = r#"{"role":"user","content":[{"type":"image_url","image_\u0075rl":{"url":"x"}}]}"#;
    assert!(head(&saying(hidden)).unwrap().remote_parts > 0);
}

#[test]
fn a_request_that_cannot_be_read_is_refused_by_name() {
    for (body, param) in [
        (
            r#"{"messages":[{"role":"user","content":"hi"}]}"#.to_owned(),
            "model",
        ),
        (r#"{"model":"m"}"#.to_owned(), "messages"),
        (saying(""), "messages"),
        (with(r#""max_tokens":0"#), "max_tokens"),
        (with(r#""stream":"yes""#), "stream"),
        (with(r#""model":"n""#), "model"),
        (
            saying(r#"{"role":"chatbot","content":"x"}"#),
            "messages[0].role",
        ),
        (saying(r#"{"role":"user"}"#), "messages[0].content"),
        (
            saying(r#"{"role":"user","content":[{"type":"text"}]}"#),
            "messages[0].content[0].text",
        ),
        (
            saying(r#"{"role":"tool","content":"x"}"#),
            "messages[0].tool_call_id",
        ),
        (saying(r#"{"role":"assistant"}"#), "messages[0]"),
        (
            with(r#""tools":[{"type":"function"}]"#),
            "tools[0].function",
        ),
        (with(r#""tool_choice":"required""#), "tool_choice"),
        (with(r#""thinking":{"type":"auto"}"#), "thinking.type"),
        (with(r#""k":-1"#), "k"),
        (with(r#""documents":[{"id":"x"}]"#), "documents[0].data"),
        (with(r#""documents":"x""#), "documents"),
        (with(r#""stop_sequences":"x""#), "stop_sequences"),
    ] {
        let refusal = decoded(&body).unwrap_err();
        assert_eq!(refusal.reason, Reason::RequestMalformed, "{body}");
        assert!(
            refusal
                .param
                .as_deref()
                .unwrap_or_default()
                .starts_with(param),
            "{body}: {refusal:?}"
        );
    }
    for (body, param) in [
        (
            with(r#""response_format":{"type":"grammar"}"#),
            "response_format.type",
        ),
        (
            saying(r#"{"role":"user","content":[{"type":"audio","audio":"x"}]}"#),
            "messages[0].content[0].type",
        ),
        (with(r#""tools":[{"type":"web"}]"#), "tools[0].type"),
    ] {
        let refusal = decoded(&body).unwrap_err();
        assert_eq!(refusal.reason, Reason::ParameterUnsupported, "{body}");
        assert_eq!(refusal.param.as_deref(), Some(param));
    }
    assert!(head("{").is_err() && head("[]").is_err() && head("").is_err());
}

#[test]
fn a_conversation_is_read() {
    let request = decoded(&saying(
        r#"{"role":"system","content":"Be brief."},
        {"role":"user","content":[{"type":"text","text":"Weather?"},
            {"type":"image_url","image_url":{"url":"data:image/png;base64,aWc=","detail":"low"}}]},
        {"role":"assistant","tool_plan":"I look.","tool_calls":[{"id":"w_1","type":"function",
            "function":{"name":"weather","arguments":"{\"city\":\"Bern\"}"}}]},
        {"role":"tool","tool_call_id":"w_1","content":[{"type":"document","document":
            {"id":"0","data":{"celsius":"17","sky":"dry"}}},{"type":"text","text":"now"}]},
        {"role":"assistant","content":[{"type":"thinking","thinking":"hm"},{"type":"text","text":"17."}]}"#,
    ))
    .unwrap();
    let roles: Vec<Role> = request.turns.iter().map(|turn| turn.role).collect();
    assert_eq!(
        roles,
        [
            Role::System,
            Role::User,
            Role::Assistant,
            Role::User,
            Role::Assistant
        ]
    );
    let shown: Vec<String> = request
        .turns
        .iter()
        .map(|turn| show_blocks(&turn.blocks))
        .collect();
    insta::assert_snapshot!(shown.join("\n--\n"), @r#"
    text "Be brief."
    --
    text "Weather?"
    Image(Inline { mime: "image/png", base64: "aWc=" })
    --
    text "I look."
    call w_1 weather {"city":"Bern"} signed None
    --
    ToolResult { id: "w_1", content: [Block { content: Text("celsius: 17\nsky: dry"), cache: None }, Block { content: Text("now"), cache: None }], failed: false }
    --
    thinking "hm" signed None
    text "17."
    "#);
}

#[test]
fn documents_belong_to_what_the_user_said_last() {
    let body = r#"{"model":"m","messages":[{"role":"user","content":"a"},
        {"role":"assistant","tool_calls":[{"id":"1","function":{"name":"f","arguments":"{}"}}]},
        {"role":"tool","tool_call_id":"1","content":"r"}],
        "documents":["one",{"id":"d2","data":{"text":"two"}},{"data":{"title":"T","a":"x","b":7}}]}"#;
    let request = decoded(body).unwrap();
    let said: Vec<(Option<&str>, String)> = request.turns[0]
        .blocks
        .iter()
        .filter_map(|block| match &block.content {
            Content::Document {
                media: Media::Inline { base64, .. },
                title,
            } => Some((title.as_deref(), base64.clone())),
            _ => None,
        })
        .collect();
    use base64::Engine;
    let coded = |text: &str| base64::engine::general_purpose::STANDARD.encode(text);
    assert_eq!(
        said,
        [
            (None, coded("one")),
            (Some("d2"), coded("two")),
            (Some("T"), coded("a: x\nb: 7")),
        ]
    );
    assert_eq!(request.turns[0].blocks.len(), 4, "before the user's words");
    assert_eq!(request.turns[2].blocks.len(), 1);
}

#[test]
fn parameters_find_their_place() {
    let request = decoded(&with(
        r#""temperature":0.3,"p":0.75,"k":5,"seed":18446744073709551615,"stop_sequences":["x"],
        "frequency_penalty":0.1,"presence_penalty":0.2,"tool_choice":"REQUIRED","strict_tools":true,
        "tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}],
        "thinking":{"type":"enabled","token_budget":500},"safety_mode":"OFF",
        "response_format":{"type":"json_object","json_schema":{"type":"object"}},"logprobs":false"#,
    ))
    .unwrap();
    assert_eq!(
        (request.temperature, request.top_p, request.top_k),
        (Some(0.3), Some(0.75), Some(5))
    );
    assert_eq!(
        (request.seed, request.stop),
        (Some(-1), vec!["x".to_owned()])
    );
    assert_eq!(request.tool_choice, Some(ToolChoice::Required));
    assert_eq!(request.tools[0].strict, Some(true));
    assert_eq!(request.reasoning, Some(Reasoning::Budget(500)));
    assert!(matches!(
        request.format,
        Format::Schema {
            strict: Some(true),
            ..
        }
    ));
    let rest: Vec<&str> = request.rest.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(rest, ["safety_mode", "logprobs"]);
    for (thinking, want) in [
        (r#"{"type":"disabled"}"#, Reasoning::Off),
        (r#"{"type":"enabled"}"#, Reasoning::Effort(Effort::High)),
    ] {
        let request = decoded(&with(&format!(r#""thinking":{thinking}"#))).unwrap();
        assert_eq!(request.reasoning, Some(want));
    }
    let none = decoded(&with(r#""k":0,"response_format":{"type":"json_object"}"#)).unwrap();
    assert_eq!(none.top_k, None, "0 is no bound");
    assert!(matches!(none.format, Format::Json));
}

#[test]
fn np_01_only_the_model_and_the_limit_change_on_the_way() {
    let odd = "{\"messages\" :[{\"role\":\"user\",\"content\":\"\\u00fc\"}],\n\"model\":\t\"m\",\"x\":1.0}";
    let edited = |body: &str, limit| {
        let edits = head(body).unwrap().edits(&target("up\"x"), limit).unwrap();
        String::from_utf8(edits.apply(body.as_bytes())).unwrap()
    };
    assert_eq!(edited(odd, None), odd.replace("\"m\"", "\"up\\\"x\""));
    let limited: serde_json::Value = serde_json::from_str(&edited(odd, Some(7))).unwrap();
    assert_eq!(limited["max_tokens"], json!(7));
    let both = odd.replace("\"x\":1.0", "\"max_tokens\": 900");
    assert!(edited(&both, Some(7)).ends_with("\"max_tokens\": 7}"));
    assert!(
        head(odd)
            .unwrap()
            .edits(&target("m"), None)
            .unwrap()
            .is_empty()
    );
}

#[test]
fn refusals_and_reports_use_the_dialects_own_names() {
    for (ours, theirs) in [
        ("stop", "stop_sequences"),
        ("top_p", "p"),
        ("top_k", "k"),
        ("reasoning_effort", "thinking"),
        ("messages[0].content", "messages[0].content"),
        ("stops", "stops"),
    ] {
        let names = inbound(Dialect::Cohere).names();
        assert_eq!(names.of(ours, &Request::default()), theirs);
    }
}
