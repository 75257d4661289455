//! Whatever is sent: a clear answer in the caller's dialect, nothing charged, nothing sent on, and
//! the gateway goes on.

use serde_json::{Value, json};
use tollgate_model::account::AccountId;
use tollgate_testkit::{Reply, Upstream};

use crate::client::{Answer, get, post};
use crate::voices::{ANTHROPIC, GEMINI, OPENAI};
use crate::world::{Plane, Setup, chat};

/// A gateway whose provider answers every request, and the provider.
pub(crate) fn world() -> (Upstream, Plane) {
    let upstream = Upstream::start(
        |request| match request.body.ends_with(b"\"stream\":true}") {
            true => Reply::sse(OPENAI.stream),
            false => Reply::json(200, OPENAI.whole),
        },
    );
    let plane = Setup::with(&OPENAI, &upstream).start();
    (upstream, plane)
}

/// A chat request with more members.
fn with(members: &str) -> String {
    format!(r#"{{"messages":[{{"role":"user","content":"Hoi"}}],"model":"smart",{members}}}"#)
}

/// Checks that a body is refused as malformed, and gives the member at fault and the message.
pub(crate) fn malformed(answer: &Answer, what: &str) -> (String, String) {
    assert_eq!(answer.status(), 400, "{what}: {}", answer.text());
    assert_eq!(answer.reason(), "request_malformed", "{what}");
    assert_eq!(answer.header("x-should-retry"), "false", "{what}");
    let error = &answer.json()["error"];
    assert_eq!(error["type"], json!("invalid_request_error"), "{what}");
    assert_eq!(error["code"], json!("request_malformed"), "{what}");
    let param = error["param"].as_str().unwrap_or_default().to_owned();
    (param, error["message"].as_str().unwrap().to_owned())
}

/// Nothing went to the provider and nothing was taken from the wallet.
pub(crate) fn untouched(upstream: &Upstream, plane: Plane) {
    assert_eq!(upstream.requests().len(), 0);
    let book = std::sync::Arc::clone(&plane.book);
    plane.finish();
    assert_eq!(
        book.balance(&AccountId::wallet("acme")).to_string(),
        "100.00"
    );
}

#[test]
fn broken_json_is_refused_with_its_place() {
    let (upstream, plane) = world();
    let mut client = plane.connect();
    let cases = [
        ("", "line 1, column 1"),
        ("   ", "line 1, column 4"),
        ("{", "line 1, column 2"),
        ("\u{feff}{}", "line 1, column 1"),
        ("[]", "line 1, column 1"),
        ("17", "line 1, column 1"),
        ("\"model\"", "line 1, column 1"),
        ("null", "line 1, column 1"),
        ("{} {}", "line 1, column 4"),
        ("{\"model\":\"smart\",}", "line 1, column 18"),
        ("{\n \"model\": smart\n}", "line 2, column 11"),
        ("{'model':'smart'}", "line 1, column 2"),
        ("{model:1}", "line 1, column 2"),
        ("{\"model\" \"smart\"}", "line 1, column 10"),
        ("{\"a\":NaN}", "line 1, column 6"),
        ("{\"a\":01}", "line 1, column"),
        ("{\"a\":1.}", "line 1, column"),
        ("{\"a\":+1}", "line 1, column 6"),
        ("{\"a\":.5}", "line 1, column 6"),
        ("{\"a\":truE}", "line 1, column"),
        ("{\"a\":[1,]}", "line 1, column 9"),
        ("{\"a\":[1}", "line 1, column 8"),
        ("{\"a\":\"\u{1}\"}", "line 1, column"),
        ("{\"a\":\"\\x\"}", "line 1, column"),
        ("{\"a\":\"\\u12\"}", "line 1, column"),
        ("{\"a\":\"b", "line 1, column"),
        ("{/* */}", "line 1, column 2"),
    ];
    for (body, place) in cases {
        let answer = client.ask(chat(body));
        let (param, message) = malformed(&answer, body);
        assert!(message.contains(place), "{body:?}: {message}");
        assert_eq!(param, "", "{body:?}");
    }
    for (body, what) in [
        (&b"{\"model\":\"sm\xff\"}"[..], "the text is not UTF-8"),
        (b"{\"a\":\"\xed\xa0\x80\"}", "the text is not UTF-8"),
        (b"\xff\xfe{\0}\0", "the text is not UTF-8"),
    ] {
        let (_, message) = malformed(&client.ask(chat(body)), what);
        assert!(message.contains(what), "{message}");
    }
    assert_eq!(
        client.ask(get("/healthz", &[])).status(),
        200,
        "the connection goes on"
    );
    untouched(&upstream, plane);
}

#[test]
fn np_03_a_body_as_deep_as_a_well_is_refused() {
    let (upstream, plane) = world();
    for bomb in [
        "[".repeat(100_000),
        format!("{{\"messages\":{}", "[".repeat(100_000)),
        format!("{{\"messages\":{}", "{\"a\":".repeat(100_000)),
        format!("{{\"x\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000)),
    ] {
        malformed(&plane.chat(bomb), "a bomb");
    }
    untouched(&upstream, plane);
}

#[test]
fn a_member_that_is_missing_wrong_or_absurd_is_named() {
    let (upstream, plane) = world();
    let mut client = plane.connect();
    let whole = [
        (r#"{"messages":[1]}"#, "model"),
        (r#"{"model":null,"messages":[1]}"#, "model"),
        (r#"{"model":7,"messages":[1]}"#, "model"),
        (r#"{"model":["smart"],"messages":[1]}"#, "model"),
        (r#"{"model":"","messages":[1]}"#, "model"),
        (r#"{"model":"\ud800","messages":[1]}"#, "model"),
        (r#"{"model":"smart"}"#, "messages"),
        (r#"{"model":"smart","messages":[]}"#, "messages"),
        (r#"{"model":"smart","messages":null}"#, "messages"),
        (r#"{"model":"smart","messages":"Hoi"}"#, "messages"),
        (
            r#"{"model":"smart","messages":{"role":"user"}}"#,
            "messages",
        ),
    ];
    for (body, member) in whole {
        assert_eq!(malformed(&client.ask(chat(body)), body).0, member, "{body}");
    }
    let long = format!(r#"{{"model":"{}","messages":[1]}}"#, "m".repeat(257));
    assert_eq!(
        malformed(&client.ask(chat(&long)), "a long name").0,
        "model"
    );
    let members = [
        (r#""stream":1"#, "stream"),
        (r#""stream":"true""#, "stream"),
        (r#""stream":[]"#, "stream"),
        (r#""stream_options":true"#, "stream_options"),
        (r#""stream_options":[]"#, "stream_options"),
        (
            r#""stream_options":{"include_usage":"yes"}"#,
            "stream_options.include_usage",
        ),
        (r#""n":0"#, "n"),
        (r#""n":-1"#, "n"),
        (r#""n":1.5"#, "n"),
        (r#""n":"2""#, "n"),
        (r#""n":1000000000"#, "n"),
        (r#""max_tokens":{}"#, "max_tokens"),
        (r#""max_tokens":"100""#, "max_tokens"),
        (r#""max_completion_tokens":true"#, "max_completion_tokens"),
        (r#""max_tokens":1,"max_completion_tokens":2"#, "max_tokens"),
    ];
    for (member, at) in members {
        assert_eq!(
            malformed(&client.ask(chat(with(member))), member).0,
            at,
            "{member}"
        );
    }
    for number in [
        "0",
        "-1",
        "-0",
        "1.5",
        "1e99",
        "1e3",
        "9223372036854775808",
        "4294967296",
    ] {
        for name in ["max_tokens", "max_completion_tokens"] {
            let body = with(&format!("\"{name}\":{number}"));
            assert_eq!(malformed(&client.ask(chat(&body)), &body).0, name, "{body}");
        }
    }
    assert_eq!(
        client.ask(get("/readyz", &[])).status(),
        200,
        "the connection goes on"
    );
    untouched(&upstream, plane);
}

#[test]
fn np_02_a_member_that_two_readers_could_read_differently_is_refused() {
    let (upstream, plane) = world();
    let mut client = plane.connect();
    for (members, member) in [
        (r#""model":"m-1""#, "model"),
        (r#""mod\u0065l":"m-1""#, "model"),
        (r#""Model":"m-1""#, "model"),
        (r#""messages":[1]"#, "messages"),
        (r#""stream":true,"stream":false"#, "stream"),
        (r#""str\u0065am":true"#, "stream"),
        (r#""STREAM":true"#, "stream"),
        (r#""max_tokens":1,"max_tokens":1"#, "max_tokens"),
        (r#""max\u005ftokens":1"#, "max_tokens"),
        (r#""Max_Completion_Tokens":1"#, "max_completion_tokens"),
        (r#""n":1,"n":1"#, "n"),
        (r#""N":2"#, "n"),
        (r#""tools":[],"tools":[]"#, "tools"),
        (
            r#""service_tier":"auto","serv\u0069ce_tier":"flex""#,
            "service_tier",
        ),
        (
            r#""stream_options":{"include_usage":true,"include_usage":false}"#,
            "stream_options.include_usage",
        ),
        (
            r#""stream_options":{"includ\u0065_usage":true}"#,
            "stream_options.include_usage",
        ),
    ] {
        assert_eq!(
            malformed(&client.ask(chat(with(members))), members).0,
            member,
            "{members}"
        );
    }
    untouched(&upstream, plane);
}

#[test]
fn several_answers_are_refused_where_a_provider_gives_one() {
    for voice in [ANTHROPIC, GEMINI] {
        let upstream = Upstream::scripted([]);
        let plane = Setup::with(&voice, &upstream).start();
        let answer = plane.chat(with("\"n\":2"));
        assert_eq!(
            (answer.status(), answer.reason().as_str()),
            (400, "parameter_unsupported")
        );
        assert_eq!(answer.json()["error"]["param"], json!("n"));
        untouched(&upstream, plane);
    }
}

#[test]
fn messages_that_cannot_be_translated_are_the_callers_to_correct() {
    for voice in [ANTHROPIC, GEMINI] {
        let upstream = Upstream::scripted([]);
        let plane = Setup::with(&voice, &upstream).start();
        for messages in [
            r#"[1]"#,
            r#"[null]"#,
            r#"[{}]"#,
            r#"[{"role":"user"}]"#,
            r#"[{"role":"nobody","content":"x"}]"#,
            r#"[{"role":"user","content":7}]"#,
            r#"[{"role":"user","content":"\ud800"}]"#,
            r#"[{"role":"user","content":[{"type":"sculpture"}]}]"#,
            r#"[{"role":"tool","content":"x"}]"#,
        ] {
            let answer = plane.chat(format!(r#"{{"model":"smart","messages":{messages}}}"#));
            assert_eq!(answer.status(), 400, "{messages}: {}", answer.text());
            let reason = answer.reason();
            assert!(
                ["request_malformed", "parameter_unsupported"].contains(&reason.as_str()),
                "{messages}: {reason}"
            );
        }
        untouched(&upstream, plane);
    }
}

/// A refusal as text, without the id of its call.
fn shown(answer: &Answer) -> String {
    let id = answer.header("x-tollgate-call");
    let told: Value = answer.json();
    serde_json::to_string_pretty(&told)
        .unwrap()
        .replace(id, "CALL")
}

#[test]
fn a_refusal_looks_as_the_clients_of_each_dialect_expect_it() {
    let plane = Setup::bare().start();
    let paths = [
        "/v1/chat/completions",
        "/v1/messages/batches",
        "/v1beta/models/x:predict",
        "/elsewhere",
    ];
    let shown = paths.map(|path| shown(&plane.ask(post(path, &[], "{"))));
    insta::assert_snapshot!(shown.join("\n"), @r#"
    {
      "cause": "request",
      "detail": "The body is not the JSON that this address takes: expected a member, which begins with `\"`, at line 1, column 2.",
      "error": {
        "code": "request_malformed",
        "message": "The body is not the JSON that this address takes: expected a member, which begins with `\"`, at line 1, column 2.",
        "param": null,
        "type": "invalid_request_error"
      },
      "fix": "Correct the request at the place that the message names.",
      "instance": "/calls/CALL",
      "reason": "request_malformed",
      "retry": {
        "after_s": null,
        "safe": false
      },
      "status": 400,
      "title": "The request cannot be read",
      "type": "/problems/request_malformed",
      "who": "key_owner"
    }
    {
      "error": {
        "message": "Nothing is served at /v1/messages/batches.",
        "problem": {
          "cause": "request",
          "detail": "Nothing is served at /v1/messages/batches.",
          "fix": "Check the path; OpenAI clients want the base URL to end in /v1.",
          "instance": "/calls/CALL",
          "reason": "route_not_found",
          "retry": {
            "after_s": null,
            "safe": false
          },
          "status": 404,
          "title": "No such address",
          "type": "/problems/route_not_found",
          "who": "key_owner"
        },
        "type": "not_found_error"
      },
      "request_id": "CALL",
      "type": "error"
    }
    {
      "error": {
        "code": 404,
        "details": [
          {
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            "domain": "tollgate",
            "metadata": {
              "call": "CALL"
            },
            "reason": "ROUTE_NOT_FOUND"
          },
          {
            "@type": "type.googleapis.com/google.protobuf.Struct",
            "value": {
              "cause": "request",
              "detail": "Nothing is served at /v1beta/models/x:predict.",
              "fix": "Check the path; OpenAI clients want the base URL to end in /v1.",
              "instance": "/calls/CALL",
              "reason": "route_not_found",
              "retry": {
                "after_s": null,
                "safe": false
              },
              "status": 404,
              "title": "No such address",
              "type": "/problems/route_not_found",
              "who": "key_owner"
            }
          }
        ],
        "message": "Nothing is served at /v1beta/models/x:predict.",
        "status": "NOT_FOUND"
      }
    }
    {
      "cause": "request",
      "detail": "Nothing is served at /elsewhere.",
      "fix": "Check the path; OpenAI clients want the base URL to end in /v1.",
      "instance": "/calls/CALL",
      "reason": "route_not_found",
      "retry": {
        "after_s": null,
        "safe": false
      },
      "status": 404,
      "title": "No such address",
      "type": "/problems/route_not_found",
      "who": "key_owner"
    }
    "#);
    plane.finish();
}
