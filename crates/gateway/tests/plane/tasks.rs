//! What models do besides conversing, where provider and caller use the same form: bytes pass.

use serde_json::{Value, json};
use tollgate_model::call::{CallRecord, Ending};
use tollgate_model::usage::UsageQuality;
use tollgate_testkit::{Reply, Upstream};

use crate::client::{Answer, Client, post};
use crate::voices::{ANTHROPIC, OPENAI};
use crate::world::{Plane, Setup, Which, bearer, key, soon};

pub(crate) const JSON: &str = "application/json";
pub(crate) const FORM: &str = "multipart/form-data; boundary=\"x-y\"";

/// Rates at which each class has a price that no other one has.
pub(crate) fn rates() -> Value {
    json!({ "prices": { "*": {
        "input": "1.00", "input_image": "3.00", "input_audio": "5.00", "output": "7.00",
        "output_image": "11.00", "output_audio": "13.00", "audio_seconds": "100.00",
        "characters": "15.00", "images": "40000.00", "rerank_searches": "2000.00",
    } } })
}

/// Provider `up` at such rates (or others), and its model `m-1` under the name `smart`.
pub(crate) fn setup(upstream: &Upstream, rates: Value) -> Setup {
    Setup::bare()
        .provider("up", &OPENAI, &upstream.url(), rates)
        .model("smart", &["up"])
}

/// A request to a door.
pub(crate) fn request(path: &str, kind: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let bearer = bearer();
    post(
        path,
        &[("authorization", &bearer), ("content-type", kind)],
        body,
    )
}

/// A form of plain fields, and of one file where its name is not empty.
pub(crate) fn form(fields: &[(&str, &str)], (name, file): (&str, &[u8])) -> Vec<u8> {
    let mut body = Vec::new();
    let mut part = |head: String, content: &[u8]| {
        body.extend(format!("--x-y\r\nContent-Disposition: form-data; {head}\r\n\r\n").bytes());
        body.extend(content);
        body.extend(b"\r\n");
    };
    if !name.is_empty() {
        part(
            format!("name=\"{name}\"; filename=\"a.bin\"\r\nContent-Type: a/b"),
            file,
        );
    }
    for (name, text) in fields {
        part(format!("name=\"{name}\""), text.as_bytes());
    }
    body.extend(b"--x-y--\r\n");
    body
}

/// A WAV of so many seconds.
pub(crate) fn wav(seconds: usize) -> Vec<u8> {
    let mut file = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0".to_vec();
    file.extend(8_000u32.to_le_bytes());
    file.extend(8_000u32.to_le_bytes());
    file.extend(b"\x01\0\x08\0data\0\0\0\0");
    file.resize(file.len() + 8_000 * seconds, 128);
    file
}

struct Case {
    path: &'static str,
    /// At the provider.
    target: &'static str,
    kind: &'static str,
    body: Vec<u8>,
    answer: &'static str,
    answered_as: &'static str,
    cost: &'static str,
    usage: &'static str,
}

fn cases() -> Vec<Case> {
    let sound = wav(3);
    let spoken = ("file", sound.as_slice());
    let picture: (&str, &[u8]) = ("image[]", b"\x89PNG\r\n--x\r\n");
    vec![
        Case {
            path: "/v1/embeddings",
            target: "/embeddings",
            kind: JSON,
            body: br#"{ "input":["a","b"],"model":"smart", "encoding_format":"base64","x":1.0}"#
                .to_vec(),
            answer: r#"{"object":"list","data":[{"embedding":"AACAPw=="}],"usage":{"prompt_tokens":10}, "y":1e2}"#,
            answered_as: JSON,
            cost: "0.00001",
            usage: r#"{"input":10}"#,
        },
        Case {
            path: "/v1/moderations",
            target: "/moderations",
            kind: JSON,
            body: br#"{"input":"fine","model":"smart"}"#.to_vec(),
            answer: r#"{"id":"m","results":[{"flagged":false}],"usage":{"prompt_tokens":2}}"#,
            answered_as: JSON,
            cost: "0.000002",
            usage: r#"{"input":2}"#,
        },
        Case {
            path: "/v1/images/generations",
            target: "/images/generations",
            kind: JSON,
            body: br#"{"model":"smart","prompt":"a lamp","n":2}"#.to_vec(),
            answer: r#"{"created":1,"data":[{"b64_json":"AA"},{"b64_json":"BB"}],"usage":{"input_tokens":5,"output_tokens":544}}"#,
            answered_as: JSON,
            // Tokens, and two pictures at four cents each.
            cost: "0.085989",
            usage: r#"{"input":5,"input_image":0,"output_image":544,"images":2}"#,
        },
        Case {
            path: "/v1/images/edits",
            target: "/images/edits",
            kind: FORM,
            body: form(&[("model", "smart"), ("prompt", "brighter")], picture),
            answer: r#"{"created":1,"data":[{"url":"u"}],"usage":{"input_tokens":50,"output_tokens":272,"input_tokens_details":{"text_tokens":10,"image_tokens":40}}}"#,
            answered_as: JSON,
            cost: "0.043122",
            usage: r#"{"input":10,"input_image":40,"output_image":272,"images":1}"#,
        },
        Case {
            path: "/v1/images/variations",
            target: "/images/variations",
            kind: FORM,
            body: form(&[("n", "1"), ("model", "smart")], ("image", b"png")),
            answer: r#"{"created":1,"data":[{"url":"u"}]}"#,
            answered_as: JSON,
            cost: "0.04",
            usage: r#"{"images":1}"#,
        },
        Case {
            path: "/v1/audio/transcriptions",
            target: "/audio/transcriptions",
            kind: FORM,
            body: form(&[("model", "smart"), ("language", "de")], spoken),
            answer: r#"{"text":"Hallo","usage":{"type":"tokens","input_tokens":14,"input_token_details":{"text_tokens":4,"audio_tokens":10},"output_tokens":3}}"#,
            answered_as: JSON,
            cost: "0.000075",
            usage: r#"{"input":4,"input_audio":10,"output":3}"#,
        },
        Case {
            path: "/v1/audio/translations",
            target: "/audio/translations",
            kind: FORM,
            body: form(
                &[("model", "smart"), ("response_format", "verbose_json")],
                spoken,
            ),
            answer: r#"{"task":"translate","duration":2.4,"text":"Hello","segments":[]}"#,
            answered_as: JSON,
            cost: "0.0003",
            usage: r#"{"audio_seconds":3}"#,
        },
        Case {
            path: "/v1/rerank",
            target: "/rerank",
            kind: JSON,
            body: br#"{"model":"smart","query":"q","documents":["a",{"text":"b"}],"top_n":1}"#
                .to_vec(),
            answer: r#"{"results":[{"index":1,"relevance_score":0.90}],"usage":{"total_tokens":6},"meta":{"billed_units":{"search_units":1}}}"#,
            answered_as: JSON,
            cost: "0.002006",
            usage: r#"{"input":6,"rerank_searches":1}"#,
        },
    ]
}

/// The bytes that the provider gets: the caller's, but for the name of the model.
fn renamed(body: &[u8]) -> Vec<u8> {
    let at = body.windows(5).position(|five| five == b"smart").unwrap();
    [&body[..at], b"m-1", &body[at + 5..]].concat()
}

fn usage_of(call: &CallRecord) -> String {
    serde_json::to_string(&call.usage).unwrap()
}

#[test]
fn np_01_every_task_passes_byte_for_byte_but_for_the_model_and_is_charged_exactly() {
    for case in cases() {
        let upstream = Upstream::start(move |_| Reply::whole(200, case.answered_as, case.answer));
        let plane = setup(&upstream, rates()).start();
        let answer = plane.ask(request(case.path, case.kind, &case.body));
        assert_eq!(answer.status(), 200, "{}: {}", case.path, answer.text());
        assert_eq!(answer.text(), case.answer, "{}", case.path);
        assert_eq!(answer.header("content-type"), case.answered_as);
        assert_eq!(
            answer.header("x-tollgate-cost-usd"),
            case.cost,
            "{}",
            case.path
        );
        assert_eq!(answer.header("x-tollgate-provider"), "up");
        let sent = upstream.requests().remove(0);
        assert_eq!(
            (sent.method.as_str(), sent.target.as_str()),
            ("POST", case.target)
        );
        assert_eq!(
            sent.header("content-type"),
            Some(case.kind),
            "{}",
            case.path
        );
        assert_eq!(sent.header("authorization"), Some(OPENAI.key.1));
        assert_eq!(
            String::from_utf8_lossy(&sent.body),
            String::from_utf8_lossy(&renamed(&case.body)),
            "{}",
            case.path
        );
        let call = plane.finish_one();
        assert_eq!((call.status, call.ending), (200, Ending::Completed));
        assert_eq!(call.usage_quality, UsageQuality::Exact, "{}", case.path);
        assert_eq!(
            (call.path.as_str(), call.model.as_str()),
            (case.path, "smart")
        );
        assert_eq!(call.cost.to_string(), case.cost);
        assert_eq!(usage_of(&call), case.usage, "{}", case.path);
        assert_eq!(call.charges[0].taken, call.cost);
    }
}

#[test]
fn a_text_in_place_of_json_passes_with_its_type() {
    for (wanted, kind, text) in [
        ("text", "text/plain; charset=utf-8", "Hallo\n"),
        (
            "srt",
            "text/plain",
            "1\n00:00:00,000 --> 00:00:02,400\nHallo\n\n",
        ),
        (
            "vtt",
            "text/vtt",
            "WEBVTT\n\n00:00.000 --> 00:02.400\nHallo\n",
        ),
    ] {
        let upstream = Upstream::start(move |_| Reply::whole(200, kind, text));
        let plane = setup(&upstream, rates()).start();
        let sound = wav(3);
        let body = form(
            &[("model", "smart"), ("response_format", wanted)],
            ("file", &sound),
        );
        let answer = plane.ask(request("/v1/audio/transcriptions", FORM, body));
        assert_eq!((answer.status(), answer.text().as_str()), (200, text));
        assert_eq!(answer.header("content-type"), kind);
        let call = plane.finish_one();
        // The provider tells nothing in such an answer: the length of the recording is known.
        assert_eq!(call.usage_quality, UsageQuality::Estimated);
        assert_eq!(
            call.usage.get(tollgate_model::UsageClass::AudioSeconds),
            Some(3)
        );
    }
}

fn speak(text: &str) -> Vec<u8> {
    let body = json!({ "model": "smart", "input": text, "voice": "alloy" });
    request("/v1/audio/speech", JSON, body.to_string())
}

#[test]
fn speech_goes_on_as_it_comes_and_costs_what_its_text_costs() {
    let (reply, feed) = Reply::live("audio/mpeg");
    let upstream = Upstream::scripted([reply]);
    let plane = setup(&upstream, rates()).start();
    let mut client = plane.connect();
    client.send(speak("Grüezi!"));
    feed.send(b"ID3\xff\xfb");
    let head = client.head();
    assert_eq!(
        (head.status, head.header("content-type")),
        (200, Some("audio/mpeg"))
    );
    // Seven characters at fifteen dollars a million: known before the first of them is heard.
    assert_eq!(head.header("x-tollgate-cost-usd"), Some("0.000105"));
    assert_eq!(client.piece().unwrap(), b"ID3\xff\xfb");
    feed.send(b"\0\x01");
    assert_eq!(client.piece().unwrap(), b"\0\x01");
    feed.end();
    assert_eq!(client.piece(), None);
    let call = plane.finish_one();
    assert_eq!(
        (call.ending, call.usage_quality),
        (Ending::Completed, UsageQuality::Exact)
    );
    assert_eq!(
        (call.cost.to_string().as_str(), call.response_bytes),
        ("0.000105", 7)
    );
    assert!(!call.stream);
}

#[test]
fn speech_that_breaks_off_ends_the_connection_and_no_word_is_put_into_it() {
    let (reply, feed) = Reply::live("audio/mpeg");
    let upstream = Upstream::scripted([reply]);
    let plane = setup(&upstream, rates()).start();
    let mut client = plane.connect();
    client.send(speak("Hoi"));
    feed.send(b"ID3");
    assert_eq!(client.head().status, 200);
    assert_eq!(client.piece().unwrap(), b"ID3");
    feed.cut();
    assert!(
        client.is_closed(),
        "nothing follows, not even the end of the body"
    );
    let call = plane.finish_one();
    assert_eq!(
        (call.ending, call.usage_quality),
        (Ending::UpstreamCut, UsageQuality::Estimated)
    );
    assert_eq!(call.response_bytes, 3);
}

#[test]
fn a_page_or_json_in_place_of_sound_is_no_answer() {
    for (kind, body, reason, status) in [
        ("text/html", "<html>", "upstream_bad_response", 502),
        (JSON, "{}", "upstream_bad_response", 502),
        (
            JSON,
            r#"{"error":{"message":"slow down","code":429}}"#,
            "upstream_rate_limited",
            429,
        ),
    ] {
        let upstream = Upstream::start(move |_| Reply::whole(200, kind, body));
        let plane = setup(&upstream, rates()).start();
        let answer = plane.ask(speak("Hoi"));
        assert_eq!(
            (answer.status(), answer.reason().as_str()),
            (status, reason)
        );
        assert!(plane.finish_one().cost.is_zero());
    }
}

const PICTURES: [&str; 2] = [
    "event: image_generation.partial_image\ndata: {\"type\":\"image_generation.partial_image\",\"b64_json\":\"AA\"}\n\n",
    "event: image_generation.completed\ndata: {\"type\":\"image_generation.completed\",\"b64_json\":\"BB\",\"usage\":{\"input_tokens\":5,\"output_tokens\":272}}\n\n",
];
const WORDS: [&str; 2] = [
    "data: {\"type\":\"transcript.text.delta\",\"delta\":\"Hi\"}\n\n",
    "data: {\"type\":\"transcript.text.done\",\"text\":\"Hi\",\"usage\":{\"type\":\"duration\",\"seconds\":2.1}}\n\n",
];
const SOUNDS: [&str; 2] = [
    "data: {\"type\":\"speech.audio.delta\",\"audio\":\"AA\"}\n\n",
    "data: {\"type\":\"speech.audio.done\",\"usage\":{\"input_tokens\":4,\"output_tokens\":20}}\n\n",
];

/// Requests for streams, what the provider answers, and what that costs.
fn streams() -> [(Vec<u8>, [&'static str; 2], &'static str); 3] {
    let picture = r#"{"model":"smart","prompt":"a lamp","stream":true,"partial_images":1}"#;
    let spoken = r#"{"model":"smart","input":"Hoi","voice":"v","stream_format":"sse"}"#;
    let heard = form(&[("model", "smart"), ("stream", "true")], ("file", b"OggS"));
    [
        (
            request("/v1/images/generations", JSON, picture),
            PICTURES,
            "0.042997",
        ),
        (
            request("/v1/audio/transcriptions", FORM, heard),
            WORDS,
            "0.0003",
        ),
        // Characters have a price of their own here, beside the tokens.
        (
            request("/v1/audio/speech", JSON, spoken),
            SOUNDS,
            "0.000309",
        ),
    ]
}

#[test]
fn streams_pass_event_by_event_and_are_charged_by_their_last() {
    for (request, [first, last], cost) in streams() {
        let (reply, feed) = Reply::live("text/event-stream");
        let upstream = Upstream::scripted([reply]);
        let plane = setup(&upstream, rates()).start();
        let mut client = plane.connect();
        client.send(request);
        feed.send(first);
        let head = client.head();
        assert_eq!(head.status, 200);
        assert_eq!(
            head.header("content-type"),
            Some("text/event-stream; charset=utf-8")
        );
        assert_eq!(client.event().as_deref(), Some(first));
        feed.send(last);
        assert_eq!(client.event().as_deref(), Some(last));
        feed.end();
        assert_eq!(client.event(), None);
        assert_eq!(
            upstream.requests()[0].header("accept"),
            Some("text/event-stream")
        );
        let call = plane.finish_one();
        assert_eq!(
            (call.ending, call.usage_quality),
            (Ending::Completed, UsageQuality::Exact)
        );
        assert!(call.stream);
        assert_eq!(call.cost.to_string(), cost, "{first}");
    }
}

#[test]
fn a_stream_that_breaks_off_says_so_and_a_caller_that_hangs_up_leaves_no_hold() {
    for (request, [first, _], _) in streams() {
        let (reply, feed) = Reply::live("text/event-stream");
        let (other, held) = Reply::live("text/event-stream");
        let upstream = Upstream::scripted([reply, other]);
        let plane = setup(&upstream, rates()).start();
        let mut client = plane.connect();
        client.send(&request);
        feed.send(first);
        assert_eq!(client.head().status, 200);
        assert_eq!(client.event().as_deref(), Some(first));
        feed.cut();
        let told = client.event().unwrap();
        assert!(told.contains("upstream_bad_response"), "{told}");
        assert_eq!(client.event(), None);

        let mut client = plane.connect();
        client.send(&request);
        held.send(first);
        assert_eq!(client.head().status, 200);
        let asked = soon(upstream.request(1));
        drop(client);
        soon(asked.client_gone());
        let calls = plane.finish();
        assert_eq!(calls[0].ending, Ending::UpstreamCut);
        assert_eq!(calls[1].ending, Ending::ClientGone);
        for call in calls {
            assert_eq!(call.usage_quality, UsageQuality::Estimated);
        }
    }
}

#[test]
fn er_07_a_stream_that_begins_with_an_error_goes_to_the_next_provider() {
    let bad = Upstream::start(|_| {
        Reply::sse(["data: {\"type\":\"error\",\"error\":{\"message\":\"down\",\"code\":503}}\n\n"])
    });
    let good = Upstream::start(|_| Reply::sse(WORDS));
    let plane = Setup::bare()
        .provider("bad", &OPENAI, &bad.url(), rates())
        .provider("good", &OPENAI, &good.url(), rates())
        .model("smart", &["bad", "good"])
        .start();
    let body = form(&[("model", "smart"), ("stream", "true")], ("file", b"OggS"));
    let answer = plane.ask(request("/v1/audio/transcriptions", FORM, body));
    assert_eq!((answer.status(), answer.text()), (200, WORDS.concat()));
    assert_eq!(answer.header("x-tollgate-attempts"), "2");
    assert_eq!(plane.finish_one().attempts.len(), 2);
}

#[test]
fn a_whole_answer_in_place_of_a_stream_passes_where_the_model_has_no_streams() {
    let upstream = Upstream::start(|_| Reply::json(200, r#"{"text":"Hi","usage":{"seconds":2}}"#));
    let plane = setup(&upstream, rates()).start();
    let body = form(&[("model", "smart"), ("stream", "true")], ("file", b"OggS"));
    let answer = plane.ask(request("/v1/audio/transcriptions", FORM, body));
    assert_eq!(
        (answer.status(), &answer.json()["text"]),
        (200, &json!("Hi"))
    );
    assert_eq!(plane.finish_one().cost.to_string(), "0.0002");
}

#[test]
fn a_provider_that_fails_is_followed_by_the_next_and_a_refused_request_is_the_callers() {
    for case in cases() {
        let failing = Upstream::start(|_| Reply::json(500, r#"{"error":{"message":"oops"}}"#));
        let good = Upstream::start(move |_| Reply::whole(200, case.answered_as, case.answer));
        let plane = Setup::bare()
            .provider("failing", &OPENAI, &failing.url(), rates())
            .provider("good", &OPENAI, &good.url(), rates())
            .model("smart", &["failing", "good"])
            .start();
        let answer = plane.ask(request(case.path, case.kind, &case.body));
        assert_eq!(
            (answer.status(), answer.text().as_str()),
            (200, case.answer)
        );
        assert_eq!(answer.header("x-tollgate-provider"), "good");
        assert_eq!(good.requests()[0].body, renamed(&case.body));
        assert_eq!(plane.finish_one().attempts.len(), 2);

        let refusing = Upstream::start(|_| {
            Reply::json(
                400,
                r#"{"error":{"message":"too many","param":"n","code":"bad_n"}}"#,
            )
        });
        let plane = setup(&refusing, rates()).start();
        let answer = plane.ask(request(case.path, case.kind, &case.body));
        assert_eq!(
            (answer.status(), answer.reason().as_str()),
            (400, "upstream_rejected")
        );
        assert_eq!(answer.json()["error"]["param"], json!("n"));
        assert!(plane.finish_one().cost.is_zero());
    }
}

#[test]
fn what_is_no_answer_to_the_task_is_not_taken_for_one() {
    for case in cases() {
        for body in [
            "{}",
            "[]",
            "<html>",
            "",
            "{\"data\":null}",
            "{\"choices\":[]}",
        ] {
            let upstream = Upstream::start(move |_| Reply::json(200, body));
            let plane = setup(&upstream, rates()).start();
            let answer = plane.ask(request(case.path, case.kind, &case.body));
            assert_eq!(
                answer.reason(),
                "upstream_bad_response",
                "{} {body}",
                case.path
            );
            assert!(plane.finish_one().cost.is_zero());
        }
    }
}

#[test]
fn a_task_that_no_provider_of_the_model_has_is_refused_and_who_has_it_is_named() {
    let upstream = Upstream::scripted([]);
    let plane = Setup::bare()
        .provider("talker", &ANTHROPIC, &upstream.url(), json!({}))
        .provider("bare", &OPENAI, &upstream.url(), json!({ "tasks": {} }))
        .provider("maker", &OPENAI, &upstream.url(), json!({}))
        .model("smart", &["talker", "bare"])
        .start();
    for case in cases() {
        let answer = plane.ask(request(case.path, case.kind, &case.body));
        assert_eq!(
            (answer.status(), answer.reason().as_str()),
            (400, "parameter_unsupported")
        );
        let told = answer.json()["error"]["message"]
            .as_str()
            .unwrap()
            .to_owned();
        assert!(told.contains("maker and sandbox"), "{told}");
        assert!(!told.contains("talker") && !told.contains("bare"), "{told}");
    }
    assert!(upstream.requests().is_empty());
    plane.finish();
}

#[test]
fn a_model_that_is_known_to_do_something_else_is_not_asked() {
    let upstream = Upstream::scripted([]);
    let plane = Setup::bare()
        .provider("openai", &OPENAI, &upstream.url(), json!({}))
        .start();
    let ask = |model: &str| {
        let body = json!({ "model": model, "input": "Hoi" }).to_string();
        plane.ask(request("/v1/embeddings", JSON, body))
    };
    let answer = ask("openai/gpt-4o");
    assert_eq!(
        answer.reason(),
        "parameter_unsupported",
        "{}",
        answer.text()
    );
    assert!(upstream.requests().is_empty());
    assert_eq!(
        ask("openai/text-embedding-3-small").reason(),
        "upstream_error"
    );
    assert!(!upstream.requests().is_empty());
    plane.finish();
}

#[test]
fn keys_and_names_hold_for_tasks_as_for_answers() {
    let upstream =
        Upstream::start(|_| Reply::json(200, r#"{"data":[],"usage":{"total_tokens":1}}"#));
    let plane = setup(&upstream, rates()).start();
    let ask = |headers: &[(&str, &str)], model: &str| -> Answer {
        let body = json!({ "model": model, "input": "Hoi" }).to_string();
        plane.ask(post("/v1/embeddings", headers, body))
    };
    let narrow = format!("Bearer {}", key(Which::Narrow));
    assert_eq!(ask(&[("authorization", &narrow)], "smart").status(), 200);
    assert_eq!(
        ask(&[("authorization", &narrow)], "sandbox/embed").status(),
        403
    );
    assert_eq!(ask(&[], "smart").status(), 401);
    assert_eq!(ask(&[("authorization", &bearer())], "nobody").status(), 404);
    assert_eq!(plane.get("/v1/embeddings").status(), 405);
    plane.finish();
}

#[test]
fn a_caller_that_hangs_up_before_the_answer_is_on_record() {
    let upstream = Upstream::scripted([Reply::hang()]);
    let plane = setup(&upstream, rates()).start();
    let mut client: Client = plane.connect();
    client.send(speak("Hoi"));
    let asked = soon(upstream.request(0));
    drop(client);
    soon(asked.client_gone());
    let call = plane.finish_one();
    assert_eq!((call.ending, call.status), (Ending::ClientGone, 499));
    assert!(call.cost.is_zero());
}

#[test]
fn the_sandbox_does_every_task_without_a_credential() {
    let upstream = Upstream::scripted([]);
    let plane: Plane = setup(&upstream, rates()).start();
    let sound = wav(2);
    let heard = |model: &str, format: &str| {
        let fields = [("model", model), ("response_format", format)];
        form(&fields, ("file", &sound))
    };
    for (path, kind, body, has) in [
        (
            "/v1/embeddings",
            JSON,
            br#"{"model":"sandbox/embed","input":["a","b"]}"#.to_vec(),
            "embedding",
        ),
        (
            "/v1/rerank",
            JSON,
            br#"{"model":"sandbox/rerank","query":"a","documents":["b","a"]}"#.to_vec(),
            "relevance_score",
        ),
        (
            "/v2/rerank",
            JSON,
            br#"{"model":"sandbox/rerank","query":"a","documents":["b","a"]}"#.to_vec(),
            "search_units",
        ),
        (
            "/v1/moderations",
            JSON,
            br#"{"model":"sandbox/moderate","input":"violence"}"#.to_vec(),
            "\"flagged\":true",
        ),
        (
            "/v1/images/generations",
            JSON,
            br#"{"model":"sandbox/image","prompt":"p"}"#.to_vec(),
            "b64_json",
        ),
        (
            "/v1/images/edits",
            FORM,
            form(
                &[("model", "sandbox/image"), ("prompt", "p")],
                ("image", b"x"),
            ),
            "b64_json",
        ),
        (
            "/v1/audio/speech",
            JSON,
            br#"{"model":"sandbox/speech","input":"Hoi"}"#.to_vec(),
            "RIFF",
        ),
        (
            "/v1/audio/transcriptions",
            FORM,
            heard("sandbox/transcribe", "json"),
            "heard 16044 bytes",
        ),
        (
            "/v1/audio/translations",
            FORM,
            heard("sandbox/transcribe", "srt"),
            "00:00:00,000 --> 00:00:02,000",
        ),
        (
            "/v1beta/models/sandbox/embed:embedContent",
            JSON,
            br#"{"content":{"parts":[{"text":"a"}]}}"#.to_vec(),
            "\"values\":[",
        ),
    ] {
        let first = plane.ask(request(path, kind, &body));
        assert_eq!(first.status(), 200, "{path}: {}", first.text());
        assert!(first.text().contains(has), "{path}: {}", first.text());
        let again = plane.ask(request(path, kind, &body));
        assert_eq!(first.body.len(), again.body.len(), "{path}");
        assert!(
            first.header("x-tollgate-cost-usd").parse::<f64>().unwrap() > 0.0,
            "{path}"
        );
    }
    let failing = plane.ask(request(
        "/v1/embeddings",
        JSON,
        r#"{"model":"sandbox/fail-429","input":"a"}"#,
    ));
    assert_eq!(failing.status(), 429);
    plane.finish();
}
