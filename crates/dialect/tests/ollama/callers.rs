//! Requests of callers that speak the dialects: what is known of them, and what they mean.

use serde_json::{Value, json};
use tollgate_dialect::codec::{Address, Head, Inbound, Target};
use tollgate_dialect::inbound;
use tollgate_dialect::ir::{Content, Effort, Format, Reasoning, Request, Role};
use tollgate_dialect::ollama::{Ollama, OllamaGenerate};
use tollgate_model::catalogue::Quirks;
use tollgate_model::{Dialect, Reason, Refusal};

use crate::shapes::show_blocks;

fn head(codec: &dyn Inbound, body: &str) -> Result<Head, Refusal> {
    codec.head(body.as_bytes(), &Address::default())
}

fn decoded(codec: &dyn Inbound, body: &str) -> Result<Request, Refusal> {
    codec.decode_request(body.as_bytes(), &head(codec, body)?)
}

fn with(members: &str) -> String {
    format!(r#"{{"model":"m","messages":[{{"role":"user","content":"hi"}}],{members}}}"#)
}

fn saying(messages: &str) -> String {
    format!(r#"{{"model":"m","messages":[{messages}]}}"#)
}

fn prompt(members: &str) -> String {
    format!(r#"{{"model":"m","prompt":"hi"{members}}}"#)
}

#[test]
fn where_nothing_is_said_the_answer_is_streamed() {
    for (stream, want) in [
        ("", true),
        (r#","stream":null"#, true),
        (r#","stream":true"#, true),
        (r#","stream":false"#, false),
    ] {
        assert_eq!(head(&OllamaGenerate, &prompt(stream)).unwrap().stream, want);
        let body = with(&format!("\"x\":1{stream}"));
        assert_eq!(head(&Ollama, &body).unwrap().stream, want);
    }
}

#[test]
fn the_limit_of_an_answer_stands_in_the_options() {
    for (options, want) in [
        (r#"{"num_predict":9}"#, Some(9)),
        (r#"{"num_predict":9.0}"#, Some(9)),
        (r#"{"num_predict":-1}"#, None),
        (r#"{"num_predict":0}"#, None),
        (r#"{"num_predict":null}"#, None),
        ("{}", None),
        ("null", None),
    ] {
        let body = with(&format!("\"options\":{options}"));
        assert_eq!(head(&Ollama, &body).unwrap().max_tokens, want, "{options}");
    }
    for options in [
        r#"{"num_predict":"9"}"#,
        r#"{"num_predict":1.5}"#,
        r#"{"num_predict":1e30}"#,
        r#"{"num_predict":9,"num_predict":900}"#,
        r#"{"num_predict":9,"num\u005fpredict":900}"#,
    ] {
        let refusal = head(&Ollama, &with(&format!("\"options\":{options}"))).unwrap_err();
        assert_eq!(
            refusal.param.as_deref(),
            Some("options.num_predict"),
            "{options}"
        );
    }
    let refusal = head(&Ollama, &with("\"options\":[]")).unwrap_err();
    assert_eq!(refusal.param.as_deref(), Some("options"));
}

#[test]
fn np_01_only_the_model_and_the_limit_change_on_the_way() {
    let target = Target {
        model: "up\"x",
        quirks: Quirks::default(),
        max_output: None,
        tier: None,
    };
    let edited = |body: &str, limit| {
        let edits = head(&Ollama, body).unwrap().edits(&target, limit).unwrap();
        String::from_utf8(edits.apply(body.as_bytes())).unwrap()
    };
    let odd = with("\"x\" : [1.0,\t1e2]");
    assert_eq!(
        edited(&odd, None),
        odd.replace("\"model\":\"m\"", r#""model":"up\"x""#)
    );
    for options in [
        "",
        r#","options":null"#,
        r#","options":{}"#,
        r#","options":{"num_predict":-2}"#,
    ] {
        let body = with(&format!("\"x\":1{options}"));
        let value: Value = serde_json::from_str(&edited(&body, Some(7))).unwrap();
        assert_eq!(value["options"], json!({"num_predict": 7}), "{options}");
    }
}

#[test]
fn every_picture_counts() {
    let two = saying(
        r#"{"role":"user","content":"a","images":["AA","BB"]},{"role":"user","content":"b","images":["CC"]}"#,
    );
    assert_eq!(head(&Ollama, &two).unwrap().remote_parts, 3);
    assert_eq!(
        head(&OllamaGenerate, &prompt(r#","images":["AA"]"#))
            .unwrap()
            .remote_parts,
        1
    );
    let hidden = saying(r#"{"role":"user","content":"a","im\u0061ges":["AA","BB"]}"#);
    assert!(head(&Ollama, &hidden).unwrap().remote_parts >= 2);
    let none = saying(r#"{"role":"user","content":"\"images\" is a word"}"#);
    assert_eq!(head(&Ollama, &none).unwrap().remote_parts, 0);
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
        (with("\"stream\":1"), "stream"),
        (
            saying(r#"{"role":"developer","content":"x"}"#),
            "messages[0].role",
        ),
        (
            saying(r#"{"role":"user","content":["x"]}"#),
            "messages[0].content",
        ),
        (
            saying(r#"{"role":"user","content":"x","images":["https://x/a.png"]}"#),
            "messages[0].images[0]",
        ),
        (
            saying(r#"{"role":"user","content":"x","images":["data:image/png;base64,AA"]}"#),
            "messages[0].images[0]",
        ),
        (saying(r#"{"role":"tool","content":"x"}"#), "messages[0]"),
        (
            saying(
                r#"{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":[1]}}]}"#,
            ),
            "messages[0].tool_calls[0].function.arguments",
        ),
        (with("\"think\":\"loudly\""), "think"),
        (with("\"think\":7"), "think"),
        (with("\"format\":\"xml\""), "format"),
        (
            with(r#""options":{"temperature":"hot"}"#),
            "options.temperature",
        ),
        (with(r#""options":{"seed":1.5}"#), "options.seed"),
        (with(r#""tools":{}"#), "tools"),
    ] {
        let refusal = decoded(&Ollama, &body).unwrap_err();
        assert_eq!(refusal.reason, Reason::RequestMalformed, "{body}");
        assert_eq!(refusal.param.as_deref(), Some(param), "{body}");
    }
    for body in [r#"{"model":"m"}"#, r#"{"model":"m","prompt":""}"#] {
        let refusal = head(&OllamaGenerate, body).unwrap_err();
        assert_eq!(refusal.param.as_deref(), Some("prompt"));
    }
    for member in [
        r#""raw":true"#,
        r#""suffix":"x""#,
        r#""template":"t""#,
        r#""context":[1]"#,
    ] {
        let refusal = decoded(&OllamaGenerate, &prompt(&format!(",{member}"))).unwrap_err();
        assert_eq!(refusal.reason, Reason::ParameterUnsupported);
        let name = member.split('"').nth(1);
        assert_eq!(refusal.param.as_deref(), name);
    }
}

#[test]
fn calls_without_ids_find_their_results_by_name_and_order() {
    let request = decoded(
        &Ollama,
        &saying(
            r#"{"role":"user","content":"Weather?","images":["/9j/4AAQ"]},
        {"role":"assistant","content":"","thinking":"hm","tool_calls":[
            {"function":{"name":"weather","arguments":{"city":"Bern"}}},
            {"function":{"name":"weather","arguments":{"city":"Chur"}}},
            {"function":{"name":"now","arguments":"{}"}}]},
        {"role":"tool","tool_name":"now","content":"noon"},
        {"role":"tool","tool_name":"weather","content":"17"},
        {"role":"tool","content":"18"},
        {"role":"assistant","content":"","tool_calls":[{"id":"own","function":{"name":"f"}}]},
        {"role":"tool","tool_call_id":"own","content":"r"}"#,
        ),
    )
    .unwrap();
    let shown: Vec<String> = request
        .turns
        .iter()
        .map(|turn| show_blocks(&turn.blocks))
        .collect();
    insta::assert_snapshot!(shown.join("\n--\n"), @r#"
    text "Weather?"
    Image(Inline { mime: "image/jpeg", base64: "/9j/4AAQ" })
    --
    thinking "hm" signed None
    call call_0 weather {"city":"Bern"} signed None
    call call_1 weather {"city":"Chur"} signed None
    call call_2 now {} signed None
    --
    ToolResult { id: "call_2", content: [Block { content: Text("noon"), cache: None }], failed: false }
    --
    ToolResult { id: "call_0", content: [Block { content: Text("17"), cache: None }], failed: false }
    --
    ToolResult { id: "call_1", content: [Block { content: Text("18"), cache: None }], failed: false }
    --
    call own f {} signed None
    --
    ToolResult { id: "own", content: [Block { content: Text("r"), cache: None }], failed: false }
    "#);
}

#[test]
fn parameters_find_their_place() {
    let request = decoded(
        &Ollama,
        &with(
            r#""think":"high","format":{"type":"object"},"keep_alive":"5m","stream":false,
        "tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}],
        "options":{"temperature":0.5,"top_p":0.9,"top_k":40.0,"seed":7,"stop":["x"],"num_predict":9,
            "frequency_penalty":0.1,"presence_penalty":0.2,"num_ctx":4096}"#,
        ),
    )
    .unwrap();
    assert_eq!((request.temperature, request.top_p), (Some(0.5), Some(0.9)));
    assert_eq!(
        (request.top_k, request.seed, request.max_tokens),
        (Some(40), Some(7), Some(9))
    );
    assert_eq!(request.stop, ["x"]);
    assert_eq!(request.reasoning, Some(Reasoning::Effort(Effort::High)));
    assert!(matches!(request.format, Format::Schema { .. }));
    assert_eq!(request.tools[0].name, "f");
    let rest: Vec<&str> = request.rest.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(rest, ["options.num_ctx", "keep_alive"]);
    for (think, want) in [
        ("true", Reasoning::Effort(Effort::Medium)),
        ("false", Reasoning::Off),
    ] {
        let request = decoded(&Ollama, &with(&format!("\"think\":{think}"))).unwrap();
        assert_eq!(request.reasoning, Some(want));
    }
    let plain = decoded(&Ollama, &with(r#""format":"","options":{"stop":"x"}"#)).unwrap();
    assert!(matches!(plain.format, Format::Text));
    assert_eq!(plain.stop, ["x"]);
}

#[test]
fn one_prompt_is_what_the_user_says() {
    let request = decoded(
        &OllamaGenerate,
        &prompt(r#","system":"Be brief.","images":["iVBORw0K"],"raw":false,"context":[]"#),
    )
    .unwrap();
    let roles: Vec<Role> = request.turns.iter().map(|turn| turn.role).collect();
    assert_eq!(roles, [Role::System, Role::User]);
    assert!(matches!(
        request.turns[1].blocks[0].content,
        Content::Image(_)
    ));
    assert!(request.rest.is_empty());
}

#[test]
fn refusals_and_reports_use_the_dialects_own_names() {
    for dialect in [Dialect::Ollama, Dialect::OllamaGenerate] {
        let names = inbound(dialect).names();
        let of = |name| names.of(name, &Request::default()).into_owned();
        assert_eq!(of("top_k"), "options.top_k");
        assert_eq!(of("response_format"), "format");
    }
    let request = decoded(&OllamaGenerate, &prompt(r#","system":"s""#)).unwrap();
    let names = OllamaGenerate.names();
    assert_eq!(names.of("messages[0].content", &request), "system");
    assert_eq!(names.of("messages[1].content", &request), "prompt");
}
