//! Requests of callers: what is known of them, what changes on their way, and what they mean.

use serde_json::{Value, json};
use tollgate_dialect::anthropic::Anthropic;
use tollgate_dialect::codec::{Address, Head, Inbound, Target};
use tollgate_dialect::ir::{Request, Role};
use tollgate_dialect::openai_completions::OpenaiCompletions;
use tollgate_model::catalogue::Quirks;
use tollgate_model::{Reason, Refusal, ServiceTier};

use crate::shapes::{encode, show_blocks};

fn head(body: &str) -> Result<Head, Refusal> {
    OpenaiCompletions.head(body.as_bytes(), &Address::default())
}

fn decoded(body: &str) -> Result<Request, Refusal> {
    OpenaiCompletions.decode_request(body.as_bytes(), &head(body)?)
}

fn prompt(members: &str) -> String {
    format!(r#"{{"model":"m","prompt":"Once"{members}}}"#)
}

fn prompted(prompt: &str, members: &str) -> String {
    format!(r#"{{"model":"m","prompt":{prompt}{members}}}"#)
}

#[test]
fn every_answer_that_is_made_counts() {
    for (body, want) in [
        (prompt(""), 1),
        (prompt(r#","n":3"#), 3),
        (prompt(r#","n":2,"best_of":5"#), 5),
        (prompted(r#"["a","b"]"#, r#","n":3"#), 6),
        (prompted("[1,2,3]", ""), 1),
        (prompted("[[1,2],[3]]", ""), 2),
        (prompted(r#" [ "a" ] "#, ""), 1),
    ] {
        assert_eq!(head(&body).unwrap().answers, want, "{body}");
    }
    let many = format!("[{}\"a\"]", "\"a\",".repeat(128));
    let refusal = head(&prompted(&many, "")).unwrap_err();
    assert_eq!(refusal.param.as_deref(), Some("prompt"));
}

#[test]
fn a_request_that_cannot_be_read_is_refused_by_name() {
    for (body, param) in [
        (r#"{"prompt":"x"}"#.to_owned(), "model"),
        (r#"{"model":"m"}"#.to_owned(), "prompt"),
        (prompted("null", ""), "prompt"),
        (prompted("[]", ""), "prompt"),
        (prompted("7", ""), "prompt"),
        (prompt(r#","n":0"#), "n"),
        (prompt(r#","best_of":"x""#), "best_of"),
        (prompt(r#","max_tokens":-1"#), "max_tokens"),
        (prompt(r#","stream":7"#), "stream"),
        (prompt(r#","stream_options":[]"#), "stream_options"),
        (prompt(r#","prompt":"y""#), "prompt"),
        (prompt(r#","temperature":"hot""#), "temperature"),
    ] {
        let refusal = decoded(&body).unwrap_err();
        assert_eq!(refusal.reason, Reason::RequestMalformed, "{body}");
        assert_eq!(refusal.param.as_deref(), Some(param), "{body}");
    }
}

#[test]
fn np_01_only_what_must_change_changes_on_the_way() {
    let quirks = Quirks {
        max_completion_tokens: true,
        ..Quirks::default()
    };
    let target = Target {
        model: "up",
        quirks,
        max_output: None,
        tier: None,
    };
    let edited = |body: &str, limit| -> Value {
        let edits = head(body).unwrap().edits(&target, limit).unwrap();
        serde_json::from_slice(&edits.apply(body.as_bytes())).unwrap()
    };
    let odd = prompted(
        "[[1,2]]",
        r#","echo":true,"suffix":"x","logprobs":5,"x":1.0"#,
    );
    let edits = head(&odd).unwrap().edits(&target, None).unwrap();
    let sent = String::from_utf8(edits.apply(odd.as_bytes())).unwrap();
    assert_eq!(sent, odd.replace("\"m\"", "\"up\""));
    let limited = edited(&prompt(r#","stream":true"#), Some(7));
    assert_eq!(
        limited,
        json!({"model": "up", "prompt": "Once", "stream": true, "max_tokens": 7,
            "stream_options": {"include_usage": true}}),
        "the limit has one name here, whatever it is called in a chat"
    );
    let tier = prompt(r#","service_tier":"priority""#);
    let tier = head(&tier).unwrap().tier;
    assert_eq!(tier.tier(), Some(ServiceTier::Priority));
}

#[test]
fn the_prompt_is_what_the_user_says() {
    for given in ["\"Once\"", "[\"Once\"]"] {
        let request = decoded(&prompted(
            given,
            r#","temperature":0.5,"top_p":0.9,"stop":["x"],"seed":7,"user":"u","max_tokens":9,"n":1,
            "frequency_penalty":0.1,"presence_penalty":0.2,"logit_bias":{"1":2},"echo":false,
            "best_of":1,"suffix":null,"logprobs":null,"stream":true,"stream_options":{"include_usage":true}"#,
        ))
        .unwrap();
        assert_eq!(request.turns.len(), 1);
        assert_eq!(request.turns[0].role, Role::User);
        assert_eq!(show_blocks(&request.turns[0].blocks), "text \"Once\"");
        assert_eq!((request.temperature, request.top_p), (Some(0.5), Some(0.9)));
        assert_eq!((request.seed, request.max_tokens), (Some(7), Some(9)));
        assert!(request.stream && request.stream_usage && request.hide_thoughts);
        let rest: Vec<&str> = request.rest.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(rest, ["logit_bias"]);
    }
    let short = decoded(&prompt("")).unwrap();
    assert_eq!(short.max_tokens, Some(16), "the dialect's own limit");
    let (body, _) = encode(&Anthropic, &short, "claude-opus-4-6").unwrap();
    assert_eq!(
        body["messages"],
        json!([{"role": "user", "content": [{"type": "text", "text": "Once"}]}])
    );
    assert_eq!(body["max_tokens"], json!(16));
}

#[test]
fn what_only_this_dialect_can_do_is_refused_towards_others() {
    for (body, param) in [
        (prompted(r#"["a","b"]"#, ""), "prompt"),
        (prompted("[1,2]", ""), "prompt"),
        (prompted("[[1,2]]", ""), "prompt"),
        (prompt(r#","suffix":"x""#), "suffix"),
        (prompt(r#","echo":true"#), "echo"),
        (prompt(r#","best_of":3"#), "best_of"),
        (prompt(r#","logprobs":0"#), "logprobs"),
    ] {
        let refusal = decoded(&body).unwrap_err();
        assert_eq!(refusal.reason, Reason::ParameterUnsupported, "{body}");
        assert_eq!(refusal.param.as_deref(), Some(param), "{body}");
    }
    let two = decoded(&prompt(r#","n":2"#)).unwrap();
    let refusal = encode(&Anthropic, &two, "claude-opus-4-6").unwrap_err();
    assert_eq!(refusal.param.as_deref(), Some("n"));
}
