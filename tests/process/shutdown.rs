//! What the signals do while a call is under way.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;
use std::thread;

use crate::process::{PATIENCE, Place, Server, call, call_at, eventually};

/// A provider that has got a call and does not answer it yet.
struct Provider {
    answer: mpsc::Sender<()>,
    called: mpsc::Receiver<()>,
    address: String,
}

fn provider() -> Provider {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/v1", listener.local_addr().unwrap());
    let (answer, told) = mpsc::channel();
    let (is_called, called) = mpsc::channel();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = Vec::new();
        while !request.ends_with(b"}") {
            let mut bytes = [0; 4096];
            let length = stream.read(&mut bytes).unwrap();
            request.extend_from_slice(&bytes[..length]);
        }
        is_called.send(()).unwrap();
        if told.recv().is_ok() {
            let body = r#"{"id":"1","object":"chat.completion","created":1,"model":"m","choices":[{
                "index":0,"finish_reason":"stop","message":{"role":"assistant","content":"done"}}],
                "usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}"#;
            let length = body.len();
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n"
            );
            stream
                .write_all(format!("{head}{body}").as_bytes())
                .unwrap();
        }
    });
    Provider {
        answer,
        called,
        address,
    }
}

/// A server with that provider behind the model `slow/m`.
fn server(place: &Place, provider: &Provider) -> Server {
    let server = place.serve();
    let document = serde_json::json!({
        "kind": "Provider", "name": "slow",
        "spec": { "dialect": "openai-chat", "base_url": provider.address, "unpriced": "free" },
    });
    place
        .run_with(&["apply", "-f", "-"], &document.to_string())
        .good();
    server
}

#[test]
fn a_signal_lets_the_call_under_way_finish_and_takes_no_other() {
    let place = Place::new();
    let provider = provider();
    let server = server(&place, &provider);
    let key = server.text("key");
    thread::scope(|scope| {
        let waiting = scope.spawn(|| call(&server, &key, "slow/m"));
        provider.called.recv().unwrap();
        server.signal("TERM");
        eventually(|| {
            let refused =
                TcpStream::connect(server.text("gateway").strip_prefix("http://").unwrap());
            refused.is_err().then_some(())
        });
        provider.answer.send(()).unwrap();
        let answer = waiting.join().unwrap();
        assert_eq!(answer.status, 200, "{answer:?}");
        assert!(answer.body.contains("done"), "{answer:?}");
    });
    let (code, stderr) = server.ended();
    assert_eq!(code, 0, "{stderr}");
    assert_eq!(
        place.run(&["calls", "-q"]).good().lines().count(),
        1,
        "it is in the store"
    );
}

/// A connection to the control listener on which the head of a request was sent, as the operator.
fn asking(place: &Place, server: &Server, request: &str, lines: &str) -> TcpStream {
    let address = server.text("control");
    let host = address.strip_prefix("http://").unwrap();
    let token = std::fs::read_to_string(place.data().join("admin.token")).unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let token = token.trim();
    let head = format!(
        "{request} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {token}\r\n{lines}\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream
}

/// Reads until the text has come.
fn read_until(stream: &mut TcpStream, wanted: &str) {
    let mut text = Vec::new();
    while !text.ends_with(wanted.as_bytes()) {
        let mut byte = [0];
        let length = stream.read(&mut byte).unwrap();
        assert_eq!(length, 1, "{}", String::from_utf8_lossy(&text));
        text.push(byte[0]);
    }
}

#[test]
fn a_signal_lets_a_change_under_way_finish_and_ends_what_has_no_end() {
    let place = Place::new();
    let server = place.serve();
    let mut events = asking(&place, &server, "GET /api/v1/events", "");
    read_until(&mut events, "\r\n\r\n");
    let body = r#"{"spec":{}}"#;
    let lines = format!(
        "content-type: application/json\r\ncontent-length: {}\r\nexpect: 100-continue\r\n",
        body.len()
    );
    let request = "PUT /api/v1/resources/Team/late";
    let mut change = asking(&place, &server, request, &lines);
    read_until(&mut change, "100 Continue\r\n\r\n");
    server.signal("TERM");
    let mut rest = String::new();
    events.read_to_string(&mut rest).unwrap();
    assert!(rest.ends_with("0\r\n\r\n"), "it was cut off: {rest}");
    change.write_all(body.as_bytes()).unwrap();
    let mut answer = String::new();
    change.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
    let (code, stderr) = server.ended();
    assert_eq!(code, 0, "{stderr}");
    place.run(&["get", "team", "late"]).good();
}

#[test]
fn a_second_signal_ends_at_once_and_the_call_is_resolved_at_the_next_start() {
    let place = Place::new();
    let provider = provider();
    let server = server(&place, &provider);
    let key = server.text("key");
    let gateway = server.text("gateway");
    let waiting = thread::spawn(move || {
        let asked = std::panic::catch_unwind(|| call_at(&gateway, &key, "slow/m"));
        asked.is_err()
    });
    provider.called.recv().unwrap();
    server.signal("TERM");
    let listens = place.data().join("gateway.addr");
    eventually(|| (!listens.exists()).then_some(()));
    server.signal("TERM");
    let (code, _) = server.ended();
    assert_eq!(code, 1);
    assert!(waiting.join().unwrap(), "the caller got no answer");
    let again = place.serve();
    let calls = place.run(&["calls", "--json"]).json();
    assert_eq!(calls["items"][0]["ending"], "unresolved", "{calls}");
    place.run(&["ledger", "verify"]).good();
    drop(again);
}
