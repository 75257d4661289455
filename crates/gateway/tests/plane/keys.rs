//! Where callers put their key, and that it goes nowhere else.

use serde_json::json;

use crate::client::post;
use crate::doors::{DOORS, GENERATE, MESSAGES};
use crate::voices::OPENAI;
use crate::whole::answering;
use crate::world::{Setup, Which, key};

#[test]
fn gi_02_a_key_opens_every_door_from_every_place() {
    let upstream = answering(OPENAI);
    let plane = Setup::with(&OPENAI, &upstream).start();
    let key = key(Which::Main);
    let bearer = format!("Bearer {key}");
    let body = |door: &crate::doors::Door| {
        let request = door.plain();
        let at = request
            .windows(4)
            .position(|four| four == b"\r\n\r\n")
            .unwrap();
        String::from_utf8(request[at + 4..].to_vec()).unwrap()
    };
    for door in DOORS {
        let body = body(&door);
        for headers in [
            [("authorization", bearer.as_str())],
            [("x-api-key", &key)],
            [("x-goog-api-key", &key)],
        ] {
            let answer = plane.ask(post(door.path, &headers, &body));
            assert_eq!(answer.status(), 200, "{headers:?}: {}", answer.text());
        }
        let path = format!("{}?alt=json&key={key}", door.path);
        assert_eq!(plane.ask(post(&path, &[], &body)).status(), 200);
        let encoded = format!("{}?key={}", door.path, key.replace('_', "%5F"));
        assert_eq!(plane.ask(post(&encoded, &[], &body)).status(), 200);
    }
    for request in upstream.requests() {
        let all = format!("{} {:?}", request.target, request.headers);
        assert!(!all.contains(&key), "{all}");
    }
    // That no record holds the key is checked of all of them.
    assert_eq!(plane.finish().len(), 10);
}

#[test]
fn several_keys_are_taken_where_they_are_one_and_refused_where_they_differ() {
    let upstream = answering(OPENAI);
    let plane = Setup::with(&OPENAI, &upstream).start();
    let (main, narrow) = (key(Which::Main), key(Which::Narrow));
    let bearer = format!("Bearer {main}");
    let path = format!("{}?key={main}", GENERATE.path);
    let body = r#"{"contents":[{"role":"user","parts":[{"text":"Hoi"}]}]}"#;
    let same = [
        ("authorization", bearer.as_str()),
        ("x-api-key", &main),
        ("x-goog-api-key", &main),
    ];
    assert_eq!(plane.ask(post(&path, &same, body)).status(), 200);
    for name in ["x-api-key", "x-goog-api-key"] {
        let headers = [("authorization", bearer.as_str()), (name, &narrow)];
        let answer = plane.ask(post(GENERATE.path, &headers, body));
        assert_eq!(
            (answer.status(), answer.reason().as_str()),
            (400, "request_malformed")
        );
        assert!(!answer.text().contains(&main) && !answer.text().contains(&narrow));
        let answer = plane.ask(post(&path, &[(name, &narrow)], body));
        assert_eq!(
            (answer.status(), answer.reason().as_str()),
            (400, "request_malformed")
        );
    }
    let twice = [("x-api-key", main.as_str()), ("x-api-key", &narrow)];
    assert_eq!(plane.ask(post(MESSAGES.path, &twice, "{}")).status(), 400);
    for call in plane.finish() {
        let text = serde_json::to_string(&call).unwrap();
        assert!(!text.contains(&narrow) && !text.contains("key="), "{text}");
    }
}

#[test]
fn a_key_in_an_address_is_not_repeated_where_nothing_is_served() {
    let upstream = answering(OPENAI);
    let plane = Setup::with(&OPENAI, &upstream).start();
    let key = key(Which::Main);
    for path in [
        "/v1beta/models/smart:predict",
        "/v1beta/files",
        "/elsewhere",
    ] {
        let answer = plane.ask(post(&format!("{path}?key={key}"), &[], "{}"));
        assert_eq!(answer.status(), 404);
        assert!(!answer.text().contains(&key), "{}", answer.text());
        let headers = format!("{:?}", answer.head);
        assert!(!headers.contains(&key), "{headers}");
    }
    for call in plane.finish() {
        assert_eq!(json!(call.refusal)["reason"], json!("route_not_found"));
        assert!(!serde_json::to_string(&call).unwrap().contains(&key));
    }
}
