//! What has a price and is told by nobody: seconds, characters, pictures, pages. None of it is free.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tollgate_model::call::CallRecord;
use tollgate_model::usage::UsageQuality;
use tollgate_model::{Nanos, UsageClass};
use tollgate_testkit::{Reply, Upstream};

use crate::client::post;
use crate::tasks::{FORM, JSON, form, request, setup, wav};
use crate::voices::{GEMINI, OPENAI, Voice, plain, streamed};
use crate::world::{Plane, Setup, bearer};

/// Provider `up`, where one class has a price: a cent for each unit.
fn cents(voice: &Voice, upstream: &Upstream, class: &str) -> Setup {
    let prices = json!({ "prices": { "*": { class: "10000.00" } } });
    Setup::bare()
        .provider("up", voice, &upstream.url(), prices)
        .model("smart", &["up"])
        .wallet("100000.00")
}

/// The one call: what was used of a class by our own count, which is what it costs.
fn counted(plane: Plane, class: UsageClass) -> u64 {
    let call = plane.finish_one();
    assert_eq!(call.usage_quality, UsageQuality::Estimated, "{call:?}");
    let used = call.usage.get(class).unwrap_or_else(|| panic!("{call:?}"));
    let cents = i64::try_from(used).unwrap();
    assert_eq!(call.cost, Nanos::new(cents * 10_000_000));
    assert!(call.cost <= call.charges[0].held, "{call:?}");
    used
}

fn answering(text: &'static str) -> Upstream {
    Upstream::start(move |_| Reply::json(200, text))
}

fn with_sound(sound: &[u8]) -> String {
    let part = json!({ "type": "input_audio",
        "input_audio": { "data": STANDARD.encode(sound), "format": "wav" } });
    let content = json!([part, { "type": "text", "text": "What is said?" }]);
    json!({ "model": "smart", "messages": [{ "role": "user", "content": content }] }).to_string()
}

#[test]
fn seconds_of_a_recording_in_a_conversation_are_measured() {
    for stream in [false, true] {
        let upstream = Upstream::start(move |_| match stream {
            true => Reply::sse(OPENAI.stream),
            false => Reply::json(200, OPENAI.whole),
        });
        let plane = cents(&OPENAI, &upstream, "audio_seconds").start();
        let mut body = with_sound(&wav(3));
        if stream {
            body = body.replacen('{', "{\"stream\":true,", 1);
        }
        assert_eq!(plane.chat(body).status(), 200);
        assert_eq!(counted(plane, UsageClass::AudioSeconds), 3);
    }
}

#[test]
fn a_conversation_without_a_recording_has_no_seconds() {
    let upstream = answering(OPENAI.whole);
    let plane = cents(&OPENAI, &upstream, "audio_seconds").start();
    assert_eq!(plane.chat(plain()).status(), 200);
    let call = plane.finish_one();
    assert_eq!(call.usage_quality, UsageQuality::Exact);
    assert!(call.cost.is_zero());
}

#[test]
fn seconds_that_the_provider_tells_are_believed() {
    let told = OPENAI.whole.replace(
        "\"total_tokens\":14",
        "\"total_tokens\":14,\"prompt_audio_seconds\":2",
    );
    let upstream = Upstream::start(move |_| Reply::json(200, &told));
    let plane = cents(&OPENAI, &upstream, "audio_seconds").start();
    assert_eq!(plane.chat(with_sound(&wav(3))).status(), 200);
    let call = plane.finish_one();
    assert_eq!(call.usage_quality, UsageQuality::Exact);
    assert_eq!(call.cost.to_string(), "0.02");
}

#[test]
fn characters_of_a_conversation_are_counted() {
    let upstream = answering(OPENAI.whole);
    let plane = cents(&OPENAI, &upstream, "characters").start();
    let body = plain().replace("Hoi", "Grüezi");
    assert_eq!(plane.chat(&body).status(), 200);
    let characters = u64::try_from(body.chars().count()).unwrap();
    assert_eq!(counted(plane, UsageClass::Characters), characters);
}

#[test]
fn pages_of_a_document_are_the_most_that_were_set_aside() {
    let upstream = answering(OPENAI.whole);
    let plane = cents(&OPENAI, &upstream, "pages").start();
    let file = json!({ "type": "file", "file": { "filename": "a.pdf",
        "file_data": "data:application/pdf;base64,JVBERi0=" } });
    let body = json!({ "model": "smart", "messages": [{ "role": "user", "content": [file] }] });
    let body = body.to_string();
    assert_eq!(plane.chat(&body).status(), 200);
    let bytes = u64::try_from(body.len()).unwrap();
    assert_eq!(counted(plane, UsageClass::Pages), bytes);
}

/// An answer of Gemini's with two pictures in it.
fn painted(text: &str) -> String {
    let picture = r#"{"inlineData":{"mimeType":"image/png","data":"AA=="}},"#;
    let painted = text.replacen(
        "{\"text\":\"Gr",
        &format!("{picture}{picture}{{\"text\":\"Gr"),
        1,
    );
    assert_ne!(painted, text);
    painted
}

#[test]
fn pictures_of_a_conversation_are_counted_in_the_answer() {
    for (stream, gemini) in [(false, false), (true, false), (false, true), (true, true)] {
        let upstream = Upstream::start(move |_| match stream {
            true => Reply::sse([painted(&GEMINI.stream.concat())]),
            false => Reply::json(200, painted(GEMINI.whole)),
        });
        let plane = cents(&GEMINI, &upstream, "images").start();
        let answer = match (gemini, stream) {
            (false, false) => plane.chat(plain()),
            (false, true) => plane.chat(streamed(false)),
            (true, _) => {
                let verb =
                    ["generateContent", "streamGenerateContent?alt=sse"][usize::from(stream)];
                let path = format!("/v1beta/models/smart:{verb}");
                let body = r#"{"contents":[{"parts":[{"text":"Hoi"}]}]}"#;
                plane.ask(post(&path, &[("authorization", &bearer())], body))
            }
        };
        assert_eq!(answer.status(), 200, "{}", answer.text());
        assert_eq!(counted(plane, UsageClass::Images), 2, "{stream} {gemini}");
    }
}

fn heard(upstream: &Upstream, rates: Value, file: &[u8], format: &str) -> CallRecord {
    let plane = setup(upstream, rates).wallet("100000.00").start();
    let body = form(
        &[("model", "smart"), ("response_format", format)],
        ("file", file),
    );
    let answer = plane.ask(request("/v1/audio/transcriptions", FORM, body));
    assert_eq!(answer.status(), 200, "{}", answer.text());
    plane.finish_one()
}

fn seconds(call: &CallRecord) -> (Option<u64>, UsageQuality) {
    (call.usage.get(UsageClass::AudioSeconds), call.usage_quality)
}

#[test]
fn a_recording_that_nobody_can_measure_is_paid_as_it_was_held() {
    let upstream = Upstream::start(|_| Reply::whole(200, "text/plain", "Hallo"));
    let rates = json!({ "prices": { "*": { "audio_seconds": "100.00" } } });
    // 6 000 bytes can hold ten seconds.
    let file = b"OggS".repeat(1_500);
    let call = heard(&upstream, rates, &file, "text");
    assert_eq!(seconds(&call), (Some(10), UsageQuality::Estimated));
    assert_eq!(call.cost, call.charges[0].held);
}

#[test]
fn seconds_are_not_free_because_something_else_was_told() {
    let answer = r#"{"text":"Hallo","usage":{"prompt_tokens":0,"completion_tokens":2}}"#;
    let upstream = answering(answer);
    let rates = json!({ "prices": { "*": { "audio_seconds": "100.00", "output": "1.00" } } });
    let call = heard(&upstream, rates, &wav(3), "json");
    assert_eq!(seconds(&call), (Some(3), UsageQuality::Estimated));
    assert_eq!(call.cost.to_string(), "0.000302");
}

#[test]
fn characters_of_a_text_to_be_embedded_are_counted() {
    let answer = r#"{"object":"list","data":[{"object":"embedding","index":0,"embedding":[1]}],
        "usage":{"prompt_tokens":4,"total_tokens":4}}"#;
    let upstream = answering(answer);
    let plane = cents(&OPENAI, &upstream, "characters").start();
    let body = r#"{"model":"smart","input":"Grüezi"}"#;
    assert_eq!(
        plane.ask(request("/v1/embeddings", JSON, body)).status(),
        200
    );
    // The nine bytes with their quotes, which is less than the characters of the whole request.
    assert_eq!(counted(plane, UsageClass::Characters), 9);
}

#[test]
fn a_short_recording_costs_the_least_that_its_provider_bills() {
    let answer = r#"{"text":"Hallo","duration":2.4,"segments":[]}"#;
    let upstream = answering(answer);
    let spec = json!({
        "catalog": "groq", "base_url": upstream.url(),
        "credentials": [{ "name": "main", "key": { "env": "UP" } }],
    });
    let plane = Setup::bare()
        .resource(json!({ "kind": "Provider", "name": "up", "spec": spec }))
        .start();
    let sound = wav(3);
    let body = form(
        &[
            ("model", "up/whisper-large-v3"),
            ("response_format", "verbose_json"),
        ],
        ("file", &sound),
    );
    let answer = plane.ask(request("/v1/audio/transcriptions", FORM, body));
    assert_eq!(answer.status(), 200, "{}", answer.text());
    let call = plane.finish_one();
    assert_eq!(seconds(&call), (Some(3), UsageQuality::Exact));
    let line = &call.cost_lines[0];
    assert_eq!((line.class, line.quantity), (UsageClass::AudioSeconds, 10));
    assert_eq!(call.charges[0].held, call.cost);
}
