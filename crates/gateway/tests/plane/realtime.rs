//! Realtime sessions, against a provider whose every word is scripted, and the sandbox.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use serde_json::{Value, json};
use tollgate_ledger::journal::{Unsettled, recover};
use tollgate_model::call::{CallRecord, Ending};
use tollgate_model::usage::{UsageClass, UsageQuality};
use tollgate_model::{Nanos, Reason};
use tungstenite::handshake::client::Response as Opened;
use tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tungstenite::protocol::CloseFrame;
use tungstenite::protocol::frame::coding::CloseCode;
use tungstenite::{Error, Message, WebSocket};

use crate::book::MemoryBook;
use crate::client::{get, post};
use crate::voices::OPENAI;
use crate::world::{PROVIDER_KEY, Plane, SOON, START, Setup, Which, bearer, key, soon};

type Line = WebSocket<TcpStream>;

/// A provider that holds sessions; each comes with the request that opened it.
struct Provider {
    address: SocketAddr,
    sessions: Receiver<(Request, Line)>,
}

impl Provider {
    /// `answers` says, session by session, with which status it answers in place of a session.
    fn start(answers: impl IntoIterator<Item = u16>) -> Provider {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (opened, sessions) = channel();
        let mut answers: Vec<u16> = answers.into_iter().collect();
        answers.reverse();
        std::thread::spawn(move || listen(&listener, &opened, answers));
        Provider { address, sessions }
    }

    fn url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    fn session(&self) -> (Request, Line) {
        self.sessions.recv_timeout(SOON).unwrap()
    }
}

fn listen(listener: &TcpListener, opened: &Sender<(Request, Line)>, mut answers: Vec<u16>) {
    while let Ok((stream, _)) = listener.accept() {
        stream.set_read_timeout(Some(SOON)).unwrap();
        stream.set_nodelay(true).unwrap();
        let status = answers.pop().unwrap_or(101);
        let mut seen = None;
        #[allow(clippy::result_large_err, reason = "the library's own shape")]
        let look = |request: &Request, mut response: Response| {
            seen = Some(request.clone());
            if let Some(protocols) = request.headers().get("sec-websocket-protocol") {
                let first = protocols
                    .to_str()
                    .unwrap()
                    .split(',')
                    .next()
                    .unwrap()
                    .to_owned();
                let headers = response.headers_mut();
                headers.insert("sec-websocket-protocol", first.parse().unwrap());
            }
            if status == 101 {
                return Ok(response);
            }
            let body = json!({ "error": { "message": "No.", "type": "x", "code": null } });
            let mut refusal = ErrorResponse::new(Some(body.to_string()));
            *refusal.status_mut() = status.try_into().unwrap();
            Err(refusal)
        };
        if let Ok(line) = tungstenite::accept_hdr(stream, look)
            && opened.send((seen.unwrap(), line)).is_err()
        {
            return;
        }
    }
}

/// What a client of OpenAI's sends to open a session.
fn asks(address: SocketAddr, path: &str, headers: &[(&str, &str)]) -> http::Request<()> {
    let mut request = http::Request::builder()
        .uri(format!("ws://{address}{path}"))
        .header("host", "gateway.test")
        .header("connection", "Upgrade")
        .header("upgrade", "websocket")
        .header("sec-websocket-version", "13")
        .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(()).unwrap()
}

fn dial(plane: &Plane, path: &str, headers: &[(&str, &str)]) -> (Line, Opened) {
    let stream = TcpStream::connect(plane.address).unwrap();
    stream.set_read_timeout(Some(SOON)).unwrap();
    let request = asks(plane.address, path, headers);
    tungstenite::client(request, stream).unwrap()
}

fn open(plane: &Plane, model: &str) -> Line {
    let path = format!("/v1/realtime?model={model}");
    dial(plane, &path, &[("authorization", &bearer())]).0
}

fn send(line: &mut Line, event: &Value) {
    line.send(Message::text(event.to_string())).unwrap();
}

/// The next text, as it came.
fn text(line: &mut Line) -> String {
    loop {
        match line.read().unwrap() {
            Message::Text(text) => return text.as_str().to_owned(),
            Message::Ping(_) | Message::Pong(_) => {}
            other => panic!("no event: {other:?}"),
        }
    }
}

fn event(line: &mut Line) -> Value {
    serde_json::from_str(&text(line)).unwrap()
}

/// Reads until the session is closed; gives the events before that.
fn until_closed(line: &mut Line) -> (Vec<Value>, Option<CloseFrame>) {
    let mut events = Vec::new();
    loop {
        match line.read() {
            Ok(Message::Text(text)) => events.push(serde_json::from_str(&text).unwrap()),
            Ok(Message::Close(frame)) => return (events, frame),
            Ok(_) => {}
            Err(Error::ConnectionClosed) => return (events, None),
            Err(other) => panic!("{other}"),
        }
    }
}

/// Plays a response: the events that a provider sends for one.
fn respond(line: &mut Line, id: &str, usage: Value) {
    let begun =
        json!({ "type": "response.created", "response": { "id": id, "status": "in_progress" } });
    send(line, &begun);
    let piece =
        json!({ "type": "response.output_text.delta", "response_id": id, "delta": "Hello" });
    send(line, &piece);
    let done = json!({ "type": "response.done",
        "response": { "id": id, "status": "completed", "usage": usage } });
    send(line, &done);
}

fn usage(input: u64, output: u64) -> Value {
    json!({ "input_tokens": input, "output_tokens": output })
}

fn setup(provider: &Provider) -> Setup {
    Setup::bare()
        .provider("up", &OPENAI, &provider.url(), json!({}))
        .model("smart", &["up"])
}

fn parts(calls: &[CallRecord]) -> (&CallRecord, Vec<&CallRecord>) {
    let mut sessions = calls.iter().filter(|call| call.status != 200);
    let session = sessions.next().expect("a session is on record");
    assert!(sessions.next().is_none(), "{calls:#?}");
    (
        session,
        calls.iter().filter(|call| call.status == 200).collect(),
    )
}

const CREATE: &str = r#"{"type":"response.create", "x": 1.0e2}"#;

#[test]
fn events_pass_byte_for_byte_and_each_response_is_settled() {
    let provider = Provider::start([]);
    let plane = setup(&provider).start();
    let path = "/v1/realtime?model=smart&voice=x%20y";
    let headers = [
        ("authorization", &*bearer()),
        ("openai-beta", "realtime=v1"),
    ];
    let (mut caller, opened) = dial(&plane, path, &headers);
    assert_eq!(opened.status(), 101);
    assert_eq!(opened.headers()["x-tollgate-provider"], "up");
    let (request, mut line) = provider.session();
    assert_eq!(request.uri(), "/v1/realtime?model=m-1&voice=x%20y");
    let header = |name: &str| {
        request
            .headers()
            .get(name)
            .map(|value| value.to_str().unwrap())
    };
    assert_eq!(
        header("authorization"),
        Some(&*format!("Bearer {PROVIDER_KEY}"))
    );
    assert_eq!(header("openai-beta"), Some("realtime=v1"));
    for round in 1..=2u64 {
        caller.send(Message::text(CREATE)).unwrap();
        assert_eq!(text(&mut line), CREATE);
        let odd = format!("{{ \"type\" : \"rate_limits.updated\", \"n\": {round}.0 }}");
        line.send(Message::text(odd.clone())).unwrap();
        assert_eq!(text(&mut caller), odd);
        respond(&mut line, &format!("r{round}"), usage(1_000 * round, 10));
        for kind in [
            "response.created",
            "response.output_text.delta",
            "response.done",
        ] {
            assert_eq!(event(&mut caller)["type"], kind);
        }
        // It is on record before its last event is there.
        plane.settled(round.try_into().unwrap());
    }
    caller.close(None).unwrap();
    let (_, frame) = until_closed(&mut line);
    assert_eq!(frame, None);
    until_closed(&mut caller);
    let calls = plane.finish();
    let (session, responses) = parts(&calls);
    assert_eq!((session.status, session.ending), (101, Ending::Completed));
    assert!(session.cost.is_zero() && session.charges.is_empty() && session.stream);
    assert_eq!(
        session.id.to_string(),
        opened.headers()["x-tollgate-call"].to_str().unwrap()
    );
    assert_eq!(responses.len(), 2);
    for (response, input) in responses.into_iter().zip([1_000, 2_000]) {
        assert_eq!(response.usage.get(UsageClass::Input), Some(input));
        assert_eq!(response.usage_quality, UsageQuality::Exact);
        let cost = i64::try_from(input).unwrap() * 1_000 + 20_000;
        assert_eq!(
            (response.cost, response.charges[0].taken),
            (Nanos::new(cost), Nanos::new(cost))
        );
        assert_eq!(
            (response.model.as_str(), response.path.as_str()),
            ("smart", "/v1/realtime")
        );
        assert_eq!(
            response.request_id.as_deref(),
            Some(&*session.id.to_string())
        );
    }
}

#[test]
fn the_name_of_the_model_is_the_providers_on_its_way_there() {
    let provider = Provider::start([]);
    let plane = setup(&provider).start();
    let mut caller = open(&plane, "smart");
    let (_, mut line) = provider.session();
    let update = |model: &str| {
        format!(
            r#"{{"type":"session.update","event_id":"e1","session":{{"n":1.0,"model":"{model}"}}}}"#
        )
    };
    caller.send(Message::text(update("smart"))).unwrap();
    assert_eq!(text(&mut line), update("m-1"));
    caller.send(Message::text(update("other"))).unwrap();
    let refused = event(&mut caller);
    assert_eq!(refused["error"]["param"], "session.model");
    assert_eq!(refused["error"]["event_id"], "e1");
    for wrong in ["{", "[]", r#"{"type":"a","type":"b"}"#] {
        caller.send(Message::text(wrong)).unwrap();
        assert_eq!(
            event(&mut caller)["error"]["code"],
            "request_malformed",
            "{wrong}"
        );
    }
    caller.send(Message::text(CREATE)).unwrap();
    assert_eq!(text(&mut line), CREATE, "nothing of it has passed");
    drop(caller);
    plane.settled(1);
    plane.finish();
}

#[test]
fn a_browser_sends_its_key_as_a_subprotocol_and_it_goes_no_further() {
    let provider = Provider::start([]);
    let plane = setup(&provider).start();
    let protocols = format!(
        "realtime, openai-insecure-api-key.{}, openai-project.p",
        key(Which::Main)
    );
    let path = "/v1/realtime?model=smart";
    let (mut caller, opened) = dial(&plane, path, &[("sec-websocket-protocol", &protocols)]);
    assert_eq!(opened.headers()["sec-websocket-protocol"], "realtime");
    let (request, _line) = provider.session();
    assert_eq!(request.headers()["sec-websocket-protocol"], "realtime");
    caller.close(None).unwrap();
    let query = format!(
        "/openai/realtime?api-version=v&deployment=smart&api-key={}",
        key(Which::Main)
    );
    let (mut azures, _) = dial(&plane, &query, &[]);
    let (request, _line) = provider.session();
    assert_eq!(request.uri(), "/v1/realtime?model=m-1");
    azures.close(None).unwrap();
    plane.settled(2);
    plane.finish();
}

#[test]
fn azure_is_asked_at_its_own_path() {
    let provider = Provider::start([]);
    let url = format!("http://{}", provider.address);
    let more = json!({ "platform": { "azure": { "surface": "deployments", "api_version": "v7" } },
        "auth": { "header": "api-key" } });
    let setup = Setup::bare().provider("up", &OPENAI, &url, more);
    let plane = setup.model("smart", &["up"]).start();
    let mut caller = open(&plane, "smart");
    let (request, _line) = provider.session();
    assert_eq!(
        request.uri(),
        "/openai/realtime?deployment=m-1&api-version=v7"
    );
    assert_eq!(request.headers()["api-key"], PROVIDER_KEY);
    caller.close(None).unwrap();
    plane.settled(1);
    plane.finish();
}

#[test]
fn whoever_asks_wrongly_is_told_so_before_anything_is_opened() {
    let provider = Provider::start([]);
    let chat = json!({ "realtime": false });
    let setup = setup(&provider).provider("chat", &OPENAI, &provider.url(), chat);
    let plane = setup.start();
    let path = "/v1/realtime?model=smart";
    let bearer = bearer();
    let good = [
        ("authorization", &*bearer),
        ("connection", "keep-alive, Upgrade"),
        ("upgrade", "WebSocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ];
    let without = |name: &str| {
        let left = good.iter().filter(|(known, _)| *known != name);
        left.copied().collect::<Vec<_>>()
    };
    let all = || good.to_vec();
    let with = |name: &'static str, value: &'static str| {
        let mut headers = without(name);
        headers.push((name, value));
        headers
    };
    for (path, headers, status, reason) in [
        (path, without("authorization"), 401, Reason::KeyMissing),
        (path, without("upgrade"), 400, Reason::RequestMalformed),
        (
            path,
            with("sec-websocket-version", "8"),
            400,
            Reason::RequestMalformed,
        ),
        (
            path,
            with("sec-websocket-key", "short"),
            400,
            Reason::RequestMalformed,
        ),
        ("/v1/realtime", all(), 400, Reason::RequestMalformed),
        (
            "/v1/realtime?model=a&model=b",
            all(),
            400,
            Reason::RequestMalformed,
        ),
        (
            "/v1/realtime?model=smart&call_id=c",
            all(),
            400,
            Reason::ParameterUnsupported,
        ),
        (
            "/v1/realtime?intent=transcription",
            all(),
            400,
            Reason::ParameterUnsupported,
        ),
        (
            "/v1/realtime?model=nothing",
            all(),
            404,
            Reason::ModelNotFound,
        ),
        (
            "/v1/realtime?model=chat/m-1",
            all(),
            400,
            Reason::ParameterUnsupported,
        ),
        (
            "/v1/realtime?model=sandbox/echo",
            all(),
            400,
            Reason::ParameterUnsupported,
        ),
        ("/v1/realtime/calls", all(), 404, Reason::RouteNotFound),
    ] {
        let answer = plane.ask(get(path, &headers));
        assert_eq!(answer.status(), status, "{path} {}", answer.text());
        assert_eq!(answer.reason(), reason.code(), "{path}");
        assert!(answer.json()["error"]["message"].is_string());
    }
    assert!(provider.sessions.try_recv().is_err(), "nobody was dialled");
    plane.finish();
}

#[test]
fn keys_for_a_session_alone_are_not_given() {
    let plane = Setup::bare().start();
    for path in ["/v1/realtime/client_secrets", "/v1/realtime/sessions"] {
        let answer = plane.ask(post(path, &[("authorization", &bearer())], "{}"));
        assert_eq!(
            (answer.status(), answer.reason().as_str()),
            (404, "route_not_found")
        );
        assert!(answer.text().contains("Connect to /v1/realtime"));
    }
    plane.finish();
}

#[test]
fn another_target_takes_over_before_the_session_is_open() {
    let (bad, good) = (Provider::start([500]), Provider::start([]));
    let setup = Setup::bare()
        .provider("bad", &OPENAI, &bad.url(), json!({}))
        .provider("good", &OPENAI, &good.url(), json!({}))
        .model("smart", &["bad", "good"]);
    let plane = setup.start();
    let (mut caller, opened) = dial(
        &plane,
        "/v1/realtime?model=smart",
        &[("authorization", &bearer())],
    );
    assert_eq!(opened.headers()["x-tollgate-provider"], "good");
    assert_eq!(opened.headers()["x-tollgate-attempts"], "2");
    let (_, _line) = good.session();
    caller.close(None).unwrap();
    plane.settled(1);
    let session = plane.finish_one();
    assert_eq!(session.attempts[0].status, Some(500));
}

#[test]
fn a_session_is_not_opened_without_the_money_for_a_response() {
    let provider = Provider::start([]);
    let plane = setup(&provider).wallet("0.10").start();
    let headers = [
        ("authorization", &*bearer()),
        ("connection", "Upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ];
    let answer = plane.ask(get("/v1/realtime?model=smart", &headers));
    assert_eq!(
        (answer.status(), answer.reason().as_str()),
        (402, "hold_exceeds_balance")
    );
    assert!(provider.sessions.try_recv().is_err(), "nobody was dialled");
    plane.finish();
}

#[test]
fn when_the_money_is_gone_the_session_says_so_and_ends() {
    let provider = Provider::start([]);
    // 4 096 tokens read and 128 000 said cost 0.260096 at the most.
    let plane = setup(&provider).wallet("0.50").start();
    let mut caller = open(&plane, "smart");
    let (_, mut line) = provider.session();
    caller.send(Message::text(CREATE)).unwrap();
    text(&mut line);
    respond(&mut line, "r1", usage(4_000, 120_000));
    let (events, frame) = until_closed(&mut caller);
    let kinds: Vec<&str> = events
        .iter()
        .map(|event| event["type"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds,
        [
            "response.created",
            "response.output_text.delta",
            "response.done",
            "error"
        ]
    );
    let error = events.last().unwrap();
    assert_eq!(error["error"]["type"], "insufficient_quota");
    assert_eq!(error["problem"]["reason"], "hold_exceeds_balance");
    let frame = frame.unwrap();
    assert_eq!(
        (frame.code, frame.reason.as_str()),
        (CloseCode::Library(4402), "hold_exceeds_balance")
    );
    let (_, _) = until_closed(&mut line);
    let calls = plane.finish();
    let (session, responses) = parts(&calls);
    assert_eq!((session.status, session.ending), (402, Ending::Refused));
    assert_eq!(responses[0].charges[0].taken, "0.244".parse().unwrap());
}

#[test]
fn what_is_heard_is_paid_for_before_it_is_answered() {
    let provider = Provider::start([]);
    let plane = setup(&provider).wallet("0.27").start();
    let mut caller = open(&plane, "smart");
    let (_, mut line) = provider.session();
    let long = "x".repeat(5_000);
    let item = json!({ "type": "conversation.item.create", "event_id": "e1", "item": { "type": "message",
        "role": "user", "content": [{ "type": "input_text", "text": long }] } });
    send(&mut caller, &item);
    // 8 192 tokens read would cost 0.264192.
    assert_eq!(event(&mut line), item);
    send(&mut caller, &item);
    let (events, frame) = until_closed(&mut caller);
    assert_eq!(events[0]["problem"]["reason"], "hold_exceeds_balance");
    assert_eq!(frame.unwrap().code, CloseCode::Library(4402));
    until_closed(&mut line);
    assert_eq!(plane.finish_one().status, 402);
}

#[test]
fn a_response_that_nobody_asked_for_is_paid_for_as_well() {
    let provider = Provider::start([]);
    let plane = setup(&provider).start();
    let mut caller = open(&plane, "smart");
    let (_, mut line) = provider.session();
    respond(&mut line, "r1", usage(10, 5));
    while event(&mut caller)["type"] != "response.done" {}
    // Two beside each other.
    for id in ["r2", "r3"] {
        send(
            &mut line,
            &json!({ "type": "response.created", "response": { "id": id } }),
        );
        event(&mut caller);
    }
    for id in ["r2", "r3"] {
        let done =
            json!({ "type": "response.done", "response": { "id": id, "usage": usage(7, 0) } });
        send(&mut line, &done);
        event(&mut caller);
    }
    line.close(None).unwrap();
    until_closed(&mut caller);
    let calls = plane.finish();
    let (session, responses) = parts(&calls);
    assert_eq!(session.ending, Ending::Completed);
    let inputs = responses
        .iter()
        .map(|call| call.usage.get(UsageClass::Input).unwrap());
    assert_eq!(inputs.collect::<Vec<_>>(), [10, 7, 7]);
    assert!(
        responses
            .iter()
            .all(|call| !call.charges[0].taken.is_zero())
    );
}

#[test]
fn whoever_hangs_up_pays_what_the_provider_says_was_consumed() {
    let provider = Provider::start([]);
    let plane = setup(&provider).start();
    let mut caller = open(&plane, "smart");
    let (_, mut line) = provider.session();
    caller.send(Message::text(CREATE)).unwrap();
    text(&mut line);
    send(
        &mut line,
        &json!({ "type": "response.created", "response": { "id": "r1" } }),
    );
    event(&mut caller);
    drop(caller);
    let cancel = event(&mut line);
    assert_eq!(
        (cancel["type"].as_str(), cancel["response_id"].as_str()),
        (Some("response.cancel"), Some("r1"))
    );
    let done = json!({ "type": "response.done",
        "response": { "id": "r1", "status": "cancelled", "usage": usage(50, 3) } });
    send(&mut line, &done);
    until_closed(&mut line);
    let calls = plane.finish();
    let (_, responses) = parts(&calls);
    assert_eq!(responses[0].usage_quality, UsageQuality::Exact);
    assert_eq!(responses[0].usage.get(UsageClass::Input), Some(50));
}

#[test]
fn whoever_hangs_up_on_a_silent_provider_pays_for_what_was_delivered() {
    let provider = Provider::start([]);
    let plane = setup(&provider).start();
    let mut caller = open(&plane, "smart");
    let (_, mut line) = provider.session();
    send(
        &mut line,
        &json!({ "type": "response.created", "response": { "id": "r1" } }),
    );
    let sound = json!({ "type": "response.output_audio.delta", "response_id": "r1", "delta": "A".repeat(6_400) });
    send(&mut line, &sound);
    event(&mut caller);
    event(&mut caller);
    drop(caller);
    event(&mut line);
    until_closed(&mut line);
    let calls = plane.finish();
    let (session, responses) = parts(&calls);
    assert_eq!(session.ending, Ending::ClientGone);
    assert_eq!(responses[0].ending, Ending::ClientGone);
    assert_eq!(responses[0].usage_quality, UsageQuality::Estimated);
    assert_eq!(responses[0].usage.get(UsageClass::OutputAudio), Some(2));
}

#[test]
fn a_provider_that_breaks_off_is_told_of() {
    let provider = Provider::start([]);
    let plane = setup(&provider).start();
    let mut caller = open(&plane, "smart");
    let (_, mut line) = provider.session();
    send(
        &mut line,
        &json!({ "type": "response.created", "response": { "id": "r1" } }),
    );
    event(&mut caller);
    drop(line);
    let (events, frame) = until_closed(&mut caller);
    assert_eq!(events[0]["problem"]["reason"], "upstream_bad_response");
    assert_eq!(frame.unwrap().code, CloseCode::Error);
    let calls = plane.finish();
    let (session, responses) = parts(&calls);
    assert_eq!(session.ending, Ending::UpstreamCut);
    assert_eq!(responses[0].ending, Ending::UpstreamCut);
}

#[test]
fn the_providers_close_is_passed_on() {
    let provider = Provider::start([]);
    let plane = setup(&provider).start();
    let mut caller = open(&plane, "smart");
    let (_, mut line) = provider.session();
    let frame = CloseFrame {
        code: CloseCode::Library(4000),
        reason: "invalid_request_error.x".into(),
    };
    line.close(Some(frame.clone())).unwrap();
    let (events, told) = until_closed(&mut caller);
    assert!(events.is_empty());
    assert_eq!(told, Some(frame));
    assert_eq!(plane.finish_one().ending, Ending::Completed);
}

#[test]
fn what_is_heard_is_written_down_at_a_price_of_its_own() {
    let provider = Provider::start([]);
    let prices =
        json!({ "*": { "input": "1.00", "output": "2.00" }, "w-1": { "audio_seconds": "100.00" } });
    let setup = Setup::bare()
        .provider("up", &OPENAI, &provider.url(), json!({ "prices": prices }))
        .model("smart", &["up"])
        .resource(json!({ "kind": "Model", "name": "scribe",
            "spec": { "targets": [{ "provider": "up", "model": "w-1" }] } }));
    let plane = setup.start();
    let mut caller = open(&plane, "smart");
    let (_, mut line) = provider.session();
    let update = |model: &str| json!({ "type": "session.update", "session": { "audio": { "input": { "transcription": { "model": model } } } } });
    send(&mut caller, &update("scribe"));
    assert_eq!(event(&mut line), update("w-1"));
    let append = json!({ "type": "input_audio_buffer.append", "audio": "A".repeat(64_000) });
    send(&mut caller, &append);
    assert_eq!(event(&mut line), append);
    // Neither by changing the model nor by turning it off is it had for less.
    send(&mut caller, &update("m-1"));
    assert_eq!(
        event(&mut caller)["error"]["param"],
        "session.audio.input.transcription.model"
    );
    let off = json!({ "type": "session.update", "session": { "audio": { "input": { "transcription": null } } } });
    send(&mut caller, &off);
    assert_eq!(event(&mut line), off);
    send(
        &mut line,
        &json!({ "type": "input_audio_buffer.committed", "item_id": "i1" }),
    );
    event(&mut caller);
    let done = json!({ "type": "conversation.item.input_audio_transcription.completed", "item_id": "i1",
        "usage": { "type": "duration", "seconds": 2.5 } });
    send(&mut line, &done);
    assert_eq!(event(&mut caller), done);
    caller.close(None).unwrap();
    plane.settled(2);
    let calls = plane.finish();
    let (_, written) = parts(&calls);
    assert_eq!((written.len(), written[0].model.as_str()), (1, "scribe"));
    assert_eq!(written[0].usage.get(UsageClass::AudioSeconds), Some(3));
    assert_eq!(written[0].charges[0].taken, "0.0003".parse().unwrap());
}

#[test]
fn messages_that_are_none_end_the_session() {
    let provider = Provider::start([]);
    let small = |limits: &mut tollgate_gateway::Limits| limits.message_bytes = 10_000;
    let plane = setup(&provider).limits(small).start();
    for (message, code) in [
        (Message::binary(vec![1, 2]), CloseCode::Unsupported),
        (Message::text("x".repeat(10_001)), CloseCode::Size),
    ] {
        let mut caller = open(&plane, "smart");
        let (_, mut line) = provider.session();
        caller.send(message).unwrap();
        let (_, frame) = until_closed(&mut caller);
        assert_eq!(frame.unwrap().code, code);
        until_closed(&mut line);
    }
    plane.settled(2);
    plane.finish();
}

#[test]
fn a_session_that_is_silent_or_old_ends() {
    let provider = Provider::start([]);
    for (idle, whole, word) in [(50, 60_000, "Nothing was said"), (60_000, 50, "has lasted")] {
        let set = |limits: &mut tollgate_gateway::Limits| {
            limits.session_idle = Duration::from_millis(idle);
            limits.session = Duration::from_millis(whole);
        };
        let plane = setup(&provider).limits(set).start();
        let mut caller = open(&plane, "smart");
        let (_, mut line) = provider.session();
        let (events, frame) = until_closed(&mut caller);
        assert!(
            events[0]["error"]["message"]
                .as_str()
                .unwrap()
                .contains(word),
            "{events:?}"
        );
        assert_eq!(frame.unwrap().reason.as_str(), "session_over");
        until_closed(&mut line);
        assert_eq!(plane.finish_one().ending, Ending::Completed);
    }
}

#[test]
fn a_node_that_stops_lets_a_response_end_and_closes_the_session() {
    let provider = Provider::start([]);
    let plane = setup(&provider).start();
    let mut caller = open(&plane, "smart");
    let (_, mut line) = provider.session();
    send(
        &mut line,
        &json!({ "type": "response.created", "response": { "id": "r1" } }),
    );
    event(&mut caller);
    let finishing = std::thread::spawn(move || plane.finish());
    let done = json!({ "type": "response.done", "response": { "id": "r1", "usage": usage(7, 1) } });
    send(&mut line, &done);
    assert_eq!(event(&mut caller), done);
    let (events, frame) = until_closed(&mut caller);
    assert_eq!(events[0]["problem"]["reason"], "shutting_down");
    assert_eq!(frame.unwrap().code, CloseCode::Away);
    until_closed(&mut line);
    let calls = finishing.join().unwrap();
    let (_, responses) = parts(&calls);
    assert_eq!(responses[0].usage_quality, UsageQuality::Exact);
}

#[test]
fn a_crash_leaves_a_session_and_its_response_to_be_resolved() {
    let provider = Provider::start([]);
    let plane = setup(&provider).start();
    let mut caller = open(&plane, "smart");
    let (_, mut line) = provider.session();
    respond(&mut line, "r1", usage(10, 5));
    send(
        &mut line,
        &json!({ "type": "response.created", "response": { "id": "r2" } }),
    );
    while event(&mut caller)["response"]["id"] != "r2" {}
    // What a node finds that was killed here.
    let found = tempfile::tempdir().unwrap();
    for file in std::fs::read_dir(plane.folder()).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), found.path().join(file.file_name())).unwrap();
    }
    let book = MemoryBook::new(START);
    book.credit("acme", "100.00".parse().unwrap());
    book.lease_wallet("acme");
    let recovered = recover(found.path(), "node", &*book, Unsettled::Release);
    let recovered = soon(recovered).unwrap();
    assert_eq!(
        recovered.unresolved.len(),
        2,
        "the session, and its second response"
    );
    let calls = book.calls();
    let of = |ending| calls.iter().filter(move |call| call.ending == ending);
    assert_eq!(of(Ending::Completed).count(), 1);
    let held = of(Ending::Unresolved).map(|call| call.charges.len());
    assert_eq!(
        held.sum::<usize>(),
        1,
        "only what was being said has money of its own"
    );
    drop(line);
    until_closed(&mut caller);
    plane.finish();
}

#[test]
fn the_sandbox_talks() {
    let plane = Setup::bare().start();
    let mut caller = open(&plane, "sandbox/realtime");
    assert_eq!(event(&mut caller)["type"], "session.created");
    let item = json!({ "type": "conversation.item.create", "item": { "type": "message", "role": "user",
        "content": [{ "type": "input_text", "text": "Good morning" }] } });
    send(&mut caller, &item);
    caller.send(Message::text(CREATE)).unwrap();
    let (mut said, mut heard) = (String::new(), 0);
    let done = loop {
        let event = event(&mut caller);
        let delta = event["delta"].as_str().unwrap_or_default();
        match event["type"].as_str().unwrap() {
            "response.output_audio_transcript.delta" => said.push_str(delta),
            "response.output_audio.delta" => heard += delta.len(),
            "response.done" => break event,
            _ => {}
        }
    };
    assert_eq!((said.as_str(), heard), ("Good morning", 12_800));
    assert_eq!(
        done["response"]["usage"]["output_token_details"]["audio_tokens"],
        4
    );
    caller.close(None).unwrap();
    until_closed(&mut caller);
    plane.settled(2);
    let calls = plane.finish();
    let (_, responses) = parts(&calls);
    assert_eq!(responses[0].usage.get(UsageClass::OutputAudio), Some(4));
    assert!(!responses[0].charges[0].taken.is_zero());
}
