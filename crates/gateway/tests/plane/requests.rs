//! Requests as HTTP: how long, how slow, how odd they may be, where they go and who sends them.

use std::time::Duration;

use serde_json::json;
use tollgate_testkit::{Reply, Upstream};

use crate::bad_input::{malformed, untouched, world};
use crate::client::{Answer, get, head, post};
use crate::voices::{OPENAI, plain, streamed, words};
use crate::world::{Setup, Which, bearer, chat, key};

#[test]
fn a_body_is_as_large_as_it_may_be_and_not_a_byte_larger() {
    const MOST: usize = 20 * 1024 * 1024;
    let (upstream, plane) = world();
    let mut body = plain().into_bytes();
    body.resize(MOST, b' ');
    let answer = plane.chat(&body);
    assert_eq!(answer.status(), 200, "{}", answer.text());
    assert_eq!(
        upstream.requests()[0].body.len(),
        MOST - "smart".len() + "m-1".len()
    );
    body.push(b' ');

    let length = body.len().to_string();
    let key = bearer();
    let path = "/v1/chat/completions";
    let too_large = |answer: Answer, what: &str| {
        assert_eq!(answer.status(), 413, "{what}: {}", answer.text());
        assert_eq!(answer.reason(), "body_too_large", "{what}");
        assert!(
            answer.text().contains(&MOST.to_string()),
            "{what}: the limit is told"
        );
    };
    let headers = [
        ("authorization", key.as_str()),
        ("content-length", length.as_str()),
    ];
    too_large(
        plane.ask(head("POST", path, &headers)),
        "known from its head",
    );
    let waits = [headers[0], headers[1], ("expect", "100-continue")];
    too_large(
        plane.ask(head("POST", path, &waits)),
        "asked before it is sent",
    );
    let mut client = plane.connect();
    client.send(head("POST", path, &headers));
    client.try_send(&body);
    too_large(client.answer(), "sent to its end before the answer is read");
    let chunked = [headers[0], ("transfer-encoding", "chunked")];
    let mut client = plane.connect();
    client.send(head("POST", path, &chunked));
    client.try_send(format!("{:x}\r\n", body.len()).as_bytes());
    client.try_send(&body);
    client.try_send(b"\r\n0\r\n\r\n");
    too_large(client.answer(), "chunked");
    assert_eq!(upstream.requests().len(), 1);
    plane.finish();
}

#[test]
fn headers_are_limited_in_length_and_in_number() {
    let upstream = Upstream::start(|_| Reply::json(200, OPENAI.whole));
    let plane = Setup::with(&OPENAI, &upstream)
        .limits(|limits| limits.header_bytes = 8 * 1024)
        .start();
    let key = bearer();
    let ask = |padding: usize| {
        let padding = "x".repeat(padding);
        let headers = [("authorization", key.as_str()), ("x-padding", &padding)];
        plane
            .connect()
            .ask(post("/v1/chat/completions", &headers, plain()))
    };
    assert_eq!(ask(7_000).status(), 200);
    let answer = ask(9_000);
    assert_eq!(
        (answer.status(), answer.reason().as_str()),
        (431, "headers_too_large")
    );
    let mut client = plane.connect();
    let endless = [("x-padding", &*"x".repeat(100_000))];
    client.try_send(&post("/v1/chat/completions", &endless, plain()));
    assert_eq!(client.answer().status(), 431, "too long to be read at all");
    let many = |count: usize| {
        let mut headers = vec![("authorization", key.as_str())];
        headers.resize(count, ("a", "b"));
        plane
            .connect()
            .ask(post("/v1/chat/completions", &headers, plain()))
            .status()
    };
    assert_eq!(many(80), 200);
    assert_eq!(many(200), 431);
    plane.finish();
}

#[test]
fn a_request_that_does_not_arrive_in_time_is_given_up() {
    let upstream = Upstream::scripted([]);
    let plane = Setup::with(&OPENAI, &upstream)
        .limits(|limits| {
            limits.header_timeout = Duration::from_millis(200);
            limits.body_timeout = Duration::from_millis(200);
        })
        .start();
    for beginning in [
        "",
        "POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\nx-slow: ",
    ] {
        let mut client = plane.connect();
        client.send(beginning);
        assert!(client.is_closed(), "{beginning:?}");
    }
    let request = chat(plain());
    let mut client = plane.connect();
    client.send(&request[..request.len() - 5]);
    let answer = client.answer();
    assert_eq!(
        (answer.status(), answer.reason().as_str()),
        (408, "request_timeout")
    );
    untouched(&upstream, plane);
}

#[test]
fn a_body_that_breaks_off_or_lies_about_its_length_is_refused() {
    let (upstream, plane) = world();
    let key = bearer();
    let begin = |name: &str, value: &str| {
        let headers = [("authorization", key.as_str()), (name, value)];
        head("POST", "/v1/chat/completions", &headers)
    };
    let mut client = plane.connect();
    client.send(begin("transfer-encoding", "chunked") + "zz\r\n");
    malformed(&client.answer(), "a chunk without a size");
    let mut client = plane.connect();
    client.send(begin("content-length", "100") + "{\"model\":");
    client.finish_sending();
    if let Some(answer) = client.try_answer() {
        malformed(&answer, "half a body");
    }
    for (name, value) in [("content-length", "-1"), ("content-length", "ten")] {
        assert_eq!(plane.ask(begin(name, value)).status(), 400, "{value}");
    }
    let twice = begin("content-length", "2").replace("\r\n\r\n", "\r\ncontent-length: 3\r\n\r\n{}");
    assert_eq!(plane.ask(twice).status(), 400, "two lengths");
    untouched(&upstream, plane);
}

#[test]
fn what_is_no_http_is_refused_or_closed_and_harms_nobody() {
    let (upstream, plane) = world();
    for garbage in [
        &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..],
        b"\0\0\0\0\r\n\r\n",
        b"hello\r\n\r\n",
        b"GET /v1/mo\0dels HTTP/1.1\r\nhost: a\r\n\r\n",
        b"GET /v1/models HTTP/9.9\r\nhost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: a\r\nbad header\r\n\r\n",
        b"GET / HTTP/1.1\r\nx: \x00\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ] {
        let mut client = plane.connect();
        client.send(garbage);
        client.finish_sending();
        if let Some(answer) = client.try_answer() {
            assert!((400..500).contains(&answer.status()), "{garbage:?}");
        }
    }
    assert_eq!(plane.ask(get("/healthz", &[])).status(), 200);
    untouched(&upstream, plane);
}

#[test]
fn older_and_rarer_forms_of_http_are_served() {
    let (_upstream, plane) = world();
    let old = |body: &str| {
        String::from_utf8(chat(body))
            .unwrap()
            .replace("HTTP/1.1", "HTTP/1.0")
    };
    let answer = plane.ask(old(&plain()));
    assert_eq!(
        (answer.status(), answer.text().as_str()),
        (200, OPENAI.whole)
    );
    let answer = plane.ask(old(&streamed(false)));
    assert_eq!(answer.status(), 200);
    assert_eq!(
        words(&answer.text()),
        "Grüezi",
        "until the connection is closed"
    );
    let absolute = post(
        "http://gateway.test/v1/chat/completions",
        &[("authorization", &bearer())],
        plain(),
    );
    assert_eq!(plane.ask(absolute).status(), 200);
    let body = plain();
    let pieces: String = body.chars().map(|c| format!("1;x=y\r\n{c}\r\n")).collect();
    let chunked = [
        ("authorization", bearer()),
        ("transfer-encoding", "chunked".to_owned()),
    ];
    let chunked = chunked
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    let request = head("POST", "/v1/chat/completions", &chunked) + &pieces + "0\r\n\r\n";
    assert_eq!(plane.ask(request).status(), 200, "byte by byte");
    assert_eq!(plane.finish().len(), 4);
}

#[test]
fn requests_that_come_at_once_are_answered_in_their_order() {
    let (_upstream, plane) = world();
    let mut client = plane.connect();
    let bad = chat("{");
    let all = [
        chat(plain()),
        bad.clone(),
        chat(streamed(false)),
        bad,
        chat(plain()),
    ]
    .concat();
    client.send(all);
    let answers: Vec<Answer> = (0..5).map(|_| client.answer()).collect();
    let statuses: Vec<u16> = answers.iter().map(Answer::status).collect();
    assert_eq!(statuses, [200, 400, 200, 400, 200]);
    assert_eq!(words(&answers[2].text()), "Grüezi");
    plane.finish();
}

#[test]
fn a_wrong_method_is_told_the_right_one() {
    let (upstream, plane) = world();
    let key = bearer();
    for (method, path, allow) in [
        ("GET", "/v1/chat/completions", "POST"),
        ("PUT", "/v1/chat/completions", "POST"),
        ("DELETE", "/v1/chat/completions", "POST"),
        ("OPTIONS", "/v1/chat/completions", "POST"),
        ("BREW", "/v1/chat/completions", "POST"),
        ("POST", "/v1/models", "GET"),
        ("PATCH", "/v1/models/smart", "GET"),
    ] {
        let headers = [("authorization", key.as_str()), ("content-length", "0")];
        let answer = plane.ask(head(method, path, &headers));
        assert_eq!(answer.status(), 405, "{method} {path}: {}", answer.text());
        assert_eq!(answer.reason(), "method_not_allowed");
        assert_eq!(answer.header("allow"), allow);
    }
    untouched(&upstream, plane);
}

#[test]
fn an_unknown_path_is_refused_in_the_shape_of_the_clients_who_ask_there() {
    let (upstream, plane) = world();
    let at = |method: &str, path: &str| {
        let headers = [("content-length", "0")];
        let answer = plane.ask(head(method, path, &headers));
        assert_eq!(answer.status(), 404, "{path}");
        assert_eq!(answer.header("cache-control"), "no-store");
        answer
    };
    for path in ["/v1/nothing", "/v1", "/v1/chat/completions/", "/v1//models"] {
        let answer = at("POST", path);
        assert_eq!(answer.reason(), "route_not_found");
        assert_eq!(
            answer.json()["error"]["type"],
            json!("invalid_request_error"),
            "{path}"
        );
    }
    let answer = at("POST", "/v1/messages/batches");
    let told = answer.json();
    assert_eq!(told["type"], json!("error"), "{told}");
    assert_eq!(told["error"]["type"], json!("not_found_error"));
    assert_eq!(
        told["request_id"].as_str().unwrap(),
        answer.header("x-tollgate-call")
    );
    let told = at("POST", "/v1beta/models/m-1:predict?key=x").json();
    assert_eq!(told["error"]["code"], json!(404), "{told}");
    assert_eq!(told["error"]["status"], json!("NOT_FOUND"));
    for path in ["/", "/index.html", "/chat/completions", "/favicon.ico", "*"] {
        let answer = at("GET", path);
        assert_eq!(
            answer.header("content-type"),
            "application/problem+json",
            "{path}"
        );
        assert_eq!(
            answer.json()["type"],
            json!("/problems/route_not_found"),
            "{path}"
        );
    }
    for path in [
        "/v1/models/%00%zz%",
        "/v1/models/%ff%fe",
        "/v1/models/../../etc",
        "/%2e%2e/",
    ] {
        let answer = plane.get(path);
        assert_eq!(answer.status(), 404, "{path}: {}", answer.text());
        answer.reason();
    }
    untouched(&upstream, plane);
}

#[test]
fn a_key_is_found_in_each_place_where_a_client_may_put_it() {
    let (_upstream, plane) = world();
    let key = key(Which::Main);
    let bearer = format!("Bearer {key}");
    let lower = format!("bearer   {key} ");
    for (name, value) in [
        ("authorization", bearer.as_str()),
        ("authorization", &lower),
        ("x-api-key", &key),
        ("x-goog-api-key", &key),
    ] {
        let answer = plane.ask(post("/v1/chat/completions", &[(name, value)], plain()));
        assert_eq!(answer.status(), 200, "{name}: {}", answer.text());
    }
    let headers = [("authorization", "Bearer "), ("x-api-key", &key)];
    let answer = plane.ask(post("/v1/chat/completions", &headers, plain()));
    assert_eq!(answer.status(), 200, "an empty place is not the only one");
    let path = format!("/v1/chat/completions?alt=sse&key={key}");
    assert_eq!(plane.ask(post(&path, &[], plain())).status(), 200);
    for call in plane.finish() {
        assert_eq!(
            call.path, "/v1/chat/completions",
            "what was asked is not kept"
        );
    }
}

#[test]
fn a_key_that_does_not_work_is_told_why() {
    let (upstream, plane) = world();
    let good = key(Which::Main);
    let mut misspelt = good.clone();
    let last = misspelt.pop().unwrap();
    misspelt.push(if last == 'a' { 'b' } else { 'a' });
    let unknown = tollgate_model::ids::key_text::from_random([99; 32]);
    for (presented, reason, told) in [
        (String::new(), "key_missing", "carries no API key"),
        (
            "sk-other-0123456789abcdef".to_owned(),
            "key_invalid",
            "begin with tg_",
        ),
        ("Bearer".to_owned(), "key_invalid", "begin with tg_"),
        (misspelt, "key_invalid", "misspelt"),
        (good[..30].to_owned(), "key_invalid", "cut off"),
        (unknown, "key_invalid", "not known here"),
        (
            key(Which::Revoked),
            "key_revoked",
            "Key revoked was revoked",
        ),
        (key(Which::Expired), "key_expired", "2026-11-24T08:00:00Z"),
    ] {
        let value = format!("Bearer {presented}");
        let headers = [("authorization", value.as_str())];
        let answer = plane.ask(post("/v1/chat/completions", &headers, plain()));
        assert_eq!(answer.status(), 401, "{presented}: {}", answer.text());
        assert_eq!(answer.reason(), reason, "{presented}");
        assert!(
            answer.text().contains(told),
            "{presented}: {}",
            answer.text()
        );
        assert!(answer.header("www-authenticate").starts_with("Bearer"));
        assert!(
            presented.len() < 20 || !answer.text().contains(&presented),
            "{}",
            answer.text()
        );
    }
    let answer = plane.ask(post(
        "/v1/chat/completions",
        &[("authorization", "Basic eDp5")],
        "{}",
    ));
    assert_eq!(answer.status(), 400, "what cannot be read is refused first");
    untouched(&upstream, plane);
}

#[test]
fn a_model_that_is_not_there_or_not_allowed_is_refused() {
    let (upstream, plane) = world();
    let ask = |which: Which, model: &str| {
        let value = format!("Bearer {}", key(which));
        let body = plain().replace("smart", model);
        plane.ask(post(
            "/v1/chat/completions",
            &[("authorization", &value)],
            body,
        ))
    };
    let answer = ask(Which::Main, "smrat");
    assert_eq!(
        (answer.status(), answer.reason().as_str()),
        (404, "model_not_found")
    );
    assert!(
        answer.text().contains("Did you mean smart"),
        "{}",
        answer.text()
    );
    assert_eq!(answer.json()["error"]["param"], json!("model"));
    for odd in [
        "zzzzzzzzzz",
        "nobody/m-1",
        "sandbox/unheard-of",
        "up/",
        "/",
        "\u{1f600}",
        "a\\nb",
    ] {
        let answer = ask(Which::Main, odd);
        assert_eq!(
            (answer.status(), answer.reason().as_str()),
            (404, "model_not_found"),
            "{odd}"
        );
    }
    for (known, model) in [
        (true, "sandbox/echo"),
        (false, "zzzzzzzzzz"),
        (false, "smrat"),
    ] {
        let answer = ask(Which::Narrow, model);
        assert_eq!(
            (answer.status(), answer.reason().as_str()),
            (403, "model_not_allowed")
        );
        let told = answer.json();
        assert_eq!(
            told["error"]["type"],
            json!("permission_error"),
            "{known} {told}"
        );
        assert_eq!(
            told["rule"]["name"],
            json!("narrow"),
            "the rule that said no"
        );
    }
    let answer = plane.ask(post(
        "/v1/chat/completions",
        &[],
        plain().replace("smart", "smrat"),
    ));
    assert_eq!(
        answer.status(),
        401,
        "strangers are not told which models there are"
    );
    assert!(!answer.text().contains("smart"), "{}", answer.text());
    untouched(&upstream, plane);
}
