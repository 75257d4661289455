//! What the console asks of a real process: events, the playground, probes, and its own files.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::process::{Place, Server, call, http, http_with};

fn token(place: &Place) -> String {
    let text = std::fs::read_to_string(place.data().join("admin.token")).unwrap();
    text.trim().to_owned()
}

/// Opens the stream of events, and leaves it open.
fn events(place: &Place, server: &Server) -> TcpStream {
    let control = server.text("control");
    let host = control.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(30)))
        .unwrap();
    let token = token(place);
    let head = format!(
        "GET /api/v1/events HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {token}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut status = [0; 15];
    stream.read_exact(&mut status).unwrap();
    assert_eq!(&status, b"HTTP/1.1 200 OK");
    stream
}

#[test]
fn calls_are_followed_as_they_end_and_only_those_that_are_asked_for() {
    let place = Place::new();
    let server = place.serve();
    let key = server.text("key");
    let first = call(&server, &key, "sandbox/echo");
    assert_eq!(first.status, 200);
    let mut follower = place
        .command(&["calls", "--follow", "--json", "--status", "404"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(follower.stdout.take().unwrap()).lines();
    let mut told = || -> Value { serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap() };
    // Whether the follower has begun or not, it shows these: from the list or from the stream.
    for model in ["nobody/a", "sandbox/echo", "nobody/b"] {
        call(&server, &key, model);
    }
    let mut models: Vec<_> = [told(), told()].map(|call| call["model"].clone()).into();
    models.sort_by_key(Value::to_string);
    assert_eq!(models, ["nobody/a", "nobody/b"]);
    call(&server, &key, "nobody/c");
    let third = told();
    assert_eq!(third["model"], "nobody/c");
    assert_eq!(third["status"], 404);
    server.signal("TERM");
    assert_eq!(follower.wait().unwrap().code(), Some(3));
    assert_eq!(server.ended().0, 0);
}

#[test]
fn an_open_stream_of_events_holds_up_no_end() {
    let place = Place::new();
    let server = place.serve();
    let mut stream = events(&place, &server);
    let began = Instant::now();
    server.signal("TERM");
    let (code, stderr) = server.ended();
    assert_eq!(code, 0, "{stderr}");
    assert!(began.elapsed() < Duration::from_secs(10), "{stderr}");
    // It ends, one way or another.
    let _ = stream.read_to_end(&mut Vec::new());
}

#[test]
fn the_playground_makes_a_call_that_is_paid_and_recorded_as_any_other() {
    let place = Place::new();
    let server = place.serve();
    let ask = |body: Value| {
        let path = "POST /api/v1/playground?application=default";
        let body = body.to_string();
        http(&server.text("control"), path, Some(&token(&place)), &body)
    };
    let messages = json!([{ "role": "user", "content": "Hello, tollgate" }]);
    let answer = ask(json!({ "model": "sandbox/echo", "messages": messages }));
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(answer.body.contains("Hello, tollgate"), "{answer:?}");
    assert!(answer.head.contains("x-tollgate-cost-usd: "), "{answer:?}");
    let stream = ask(json!({ "model": "sandbox/echo", "messages": messages, "stream": true }));
    assert!(stream.head.contains("text/event-stream"), "{stream:?}");
    assert!(stream.body.contains("data: [DONE]"), "{stream:?}");
    let id = answer.head.split("x-tollgate-call: ").nth(1).unwrap();
    let id = id.lines().next().unwrap();
    let recorded = crate::process::eventually(|| {
        let page = place.run(&["calls", "--json"]).json();
        let mut calls = page["items"].as_array().unwrap().iter();
        calls.find(|call| call["id"] == id).cloned()
    });
    assert_eq!(recorded["application"], "default");
    assert_eq!(recorded["key"], "playground:operator");
}

#[test]
fn a_provider_is_tested_with_its_keys_and_none_of_them_is_told() {
    let place = Place::new();
    let server = place.serve();
    let test = |name: &str, body: Value| {
        let path = format!("POST /api/v1/providers/{name}");
        let (token, body) = (token(&place), body.to_string());
        let answer = http(&server.text("control"), &path, Some(&token), &body);
        assert_eq!(answer.status, 200, "{answer:?}");
        assert!(!answer.body.contains("sk-secret"), "{answer:?}");
        serde_json::from_str::<Value>(&answer.body).unwrap()["items"][0].clone()
    };
    let sandbox = test("sandbox/test", json!({}));
    assert_eq!(sandbox["ok"], true);
    let models = sandbox["models"].as_array().unwrap();
    assert!(models.contains(&json!("echo")), "{sandbox}");
    place.run_with(&["secret", "set", "k"], "sk-secret").good();
    let credentials = json!([{ "name": "main", "key": { "secret": "k" } }]);
    let spec = json!({
        "dialect": "openai-chat", "base_url": "http://127.0.0.1:1/v1", "credentials": credentials,
    });
    let absent = test("test", json!({ "name": "new", "spec": spec }));
    assert_eq!(absent["ok"], false);
    assert_eq!(absent["credential"], "main");
    assert_eq!(absent["class"], "unreachable");
}

#[test]
fn the_binary_serves_its_console_or_says_how_to_get_it() {
    let place = Place::new();
    let server = place.serve();
    let control = server.text("control");
    let page = http_with(&control, "GET /signin", "accept: text/html\r\n", "");
    assert_eq!(page.status, 200, "{page:?}");
    assert!(!page.body.contains("__CSP_NONCE__"), "{page:?}");
    let Some((_, rest)) = page.body.split_once("<script type=\"module\"") else {
        assert!(page.body.contains("The console is not in this build."));
        return;
    };
    let path = rest
        .split("src=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let script = http(&control, &format!("GET {path}"), None, "");
    assert_eq!(script.status, 200, "{path}");
    assert!(script.head.contains("immutable"), "{}", script.head);
    assert!(
        script.head.contains("content-type: text/javascript"),
        "{}",
        script.head
    );
}
