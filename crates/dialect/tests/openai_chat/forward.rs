//! Requests that pass from the dialect to the dialect.

use tollgate_dialect::codec::{Address, Inbound, Target};
use tollgate_dialect::openai_chat::OpenaiChat;
use tollgate_dialect::splice::Splice;
use tollgate_model::Refusal;
use tollgate_model::catalogue::Quirks;

const PLAIN: Quirks = Quirks {
    no_stream_options: false,
    max_completion_tokens: false,
    single_choice: false,
    no_call_ids: false,
    older_completions: false,
};
const NEWER: Quirks = Quirks {
    max_completion_tokens: true,
    ..PLAIN
};

fn edits(body: &str, model: &str, quirks: Quirks, limit: Option<u64>) -> Result<Splice, Refusal> {
    let target = Target {
        model,
        quirks,
        max_output: None,
        tier: None,
    };
    let head = OpenaiChat.head(body.as_bytes(), &Address::default())?;
    head.edits(&target, limit)
}

fn sent(body: &str, model: &str, quirks: Quirks, limit: Option<u64>) -> String {
    let sent = edits(body, model, quirks, limit).unwrap();
    let sent = sent.apply(body.as_bytes());
    serde_json::from_slice::<serde_json::Value>(&sent).unwrap();
    String::from_utf8(sent).unwrap()
}

#[test]
fn np_01_only_the_model_changes() {
    let body = r#" {"z":1.0, "b":1e2,"model" : "a","messages":[{"content":"\u00e9"}],"z":12345678901234567890} "#;
    assert_eq!(
        sent(body, "b\"c", PLAIN, None),
        r#" {"z":1.0, "b":1e2,"model" : "b\"c","messages":[{"content":"\u00e9"}],"z":12345678901234567890} "#
    );
    let unchanged = edits(body, "a", PLAIN, None);
    assert!(unchanged.unwrap().is_empty());
}

#[test]
fn a_tier_of_service_passes_as_it_was_written() {
    for tier in ["null", "\"auto\"", "\"fl\\u0065x\""] {
        let body = format!(r#"{{"model":"a","messages":[1],"service_tier":{tier}}}"#);
        assert!(edits(&body, "a", PLAIN, None).unwrap().is_empty());
    }
}

#[test]
fn the_usage_of_a_stream_is_asked_for() {
    let with = |options: &str| {
        sent(
            &format!(r#"{{"model":"a","messages":[1],"stream":true{options}}}"#),
            "a",
            PLAIN,
            None,
        )
    };
    insta::assert_snapshot!(with(""), @r#"{"stream_options":{"include_usage":true},"model":"a","messages":[1],"stream":true}"#);
    insta::assert_snapshot!(with(r#","stream_options":null"#), @r#"{"model":"a","messages":[1],"stream":true,"stream_options":{"include_usage":true}}"#);
    insta::assert_snapshot!(with(r#","stream_options":{}"#), @r#"{"model":"a","messages":[1],"stream":true,"stream_options":{"include_usage":true}}"#);
    insta::assert_snapshot!(with(r#","stream_options":{"x": 1}"#), @r#"{"model":"a","messages":[1],"stream":true,"stream_options":{"include_usage":true,"x": 1}}"#);
    insta::assert_snapshot!(with(r#","stream_options":{"include_usage":false}"#), @r#"{"model":"a","messages":[1],"stream":true,"stream_options":{"include_usage":true}}"#);
    insta::assert_snapshot!(with(r#","stream_options":{"include_usage":true}"#), @r#"{"model":"a","messages":[1],"stream":true,"stream_options":{"include_usage":true}}"#);
}

#[test]
fn a_provider_without_stream_options_is_not_asked() {
    let body = r#"{"model":"a","messages":[1],"stream":true}"#;
    let quirks = Quirks {
        no_stream_options: true,
        ..PLAIN
    };
    assert_eq!(sent(body, "a", quirks, None), body);
}

#[test]
fn a_limit_is_set_under_the_name_that_the_provider_reads() {
    let with = |members: &str, quirks| {
        sent(
            &format!(r#"{{"model":"a","messages":[1]{members}}}"#),
            "a",
            quirks,
            Some(5),
        )
    };
    insta::assert_snapshot!(with("", PLAIN), @r#"{"max_tokens":5,"model":"a","messages":[1]}"#);
    insta::assert_snapshot!(with("", NEWER), @r#"{"max_completion_tokens":5,"model":"a","messages":[1]}"#);
    insta::assert_snapshot!(with(r#","max_tokens":9"#, PLAIN), @r#"{"model":"a","messages":[1],"max_tokens":5}"#);
    insta::assert_snapshot!(with(r#","max_tokens" : 9"#, NEWER), @r#"{"model":"a","messages":[1],"max_completion_tokens" : 5}"#);
    insta::assert_snapshot!(with(r#","max_completion_tokens":9"#, PLAIN), @r#"{"model":"a","messages":[1],"max_tokens":5}"#);
    insta::assert_snapshot!(with(r#","max_completion_tokens":9,"max_tokens":9"#, NEWER), @r#"{"model":"a","messages":[1],"max_completion_tokens":5,"max_tokens":null}"#);
}
