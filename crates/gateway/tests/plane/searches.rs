//! Searches of the web that providers run: asked for in one dialect, run in another, and paid as they
//! were made.

use serde_json::{Value, json};
use tollgate_testkit::{Reply, Upstream};

use crate::client::post;
use crate::voices::{ANTHROPIC, GEMINI, OPENAI, Voice};
use crate::world::{Setup, Which, key};

/// What a search costs, in dollars; the answers' tokens come to [`crate::voices::COST`].
const SEARCH: &str = "10000.00";

/// A provider that searched three times before it answered.
fn searching(voice: &Voice) -> Upstream {
    let mut answer: Value = serde_json::from_str(voice.whole).unwrap();
    if voice.dialect == ANTHROPIC.dialect {
        answer["usage"]["server_tool_use"] = json!({ "web_search_requests": 3 });
        answer["content"][0]["citations"] = json!([{ "type": "web_search_result_location",
            "url": "https://example.com/a", "title": "A", "encrypted_index": "E",
            "cited_text": "Said." }]);
    } else if voice.dialect == GEMINI.dialect {
        answer["modelVersion"] = json!("gemini-3-pro");
        answer["candidates"][0]["groundingMetadata"] = json!({
            "webSearchQueries": ["a", "b", "c"],
            "groundingChunks": [{ "web": { "uri": "https://example.com/a", "title": "A" } }] });
    } else {
        answer["usage"]["num_search_queries"] = json!(3);
        answer["choices"][0]["message"]["annotations"] = json!([{ "type": "url_citation",
            "url_citation": { "url": "https://example.com/a", "title": "A", "start_index": 0,
                "end_index": 6 } }]);
    }
    let answer = answer.to_string();
    Upstream::start(move |_| Reply::json(200, &answer))
}

#[test]
fn a_search_is_asked_for_in_every_dialect_paid_as_it_was_made_and_its_pages_are_told() {
    let callers = [
        (
            "/v1/chat/completions",
            json!({ "model": "smart", "web_search_options": {}, "max_tokens": 9,
                "messages": [{ "role": "user", "content": "Hoi" }] }),
            "/choices/0/message/annotations/0/url_citation/url",
        ),
        (
            "/v1/messages",
            json!({ "model": "smart", "max_tokens": 9,
                "tools": [{ "type": "web_search_20250305", "name": "web_search" }],
                "messages": [{ "role": "user", "content": "Hoi" }] }),
            "/content/0/citations/0/url",
        ),
        (
            "/v1/responses",
            json!({ "model": "smart", "input": "Hoi", "tools": [{ "type": "web_search" }],
                "max_output_tokens": 16 }),
            "/output/0/content/0/annotations/0/url",
        ),
        (
            "/v1beta/models/smart:generateContent",
            json!({ "contents": [{ "parts": [{ "text": "Hoi" }] }], "tools": [{ "googleSearch": {} }],
                "generationConfig": { "maxOutputTokens": 9 } }),
            "/candidates/0/groundingMetadata/groundingChunks/0/web/uri",
        ),
    ];
    for voice in [OPENAI, ANTHROPIC, GEMINI] {
        for (path, body, page) in &callers {
            let upstream = searching(&voice);
            let prices = json!({ "input": "1.00", "output": "2.00", "web_searches": SEARCH });
            let plane = Setup::bare()
                .provider(
                    "up",
                    &voice,
                    &upstream.url(),
                    json!({ "prices": { "*": prices } }),
                )
                .model("smart", &["up"])
                .start();
            let key = format!("Bearer {}", key(Which::Main));
            let answer = plane.ask(post(path, &[("authorization", &key)], body.to_string()));
            assert_eq!(
                answer.status(),
                200,
                "{} {path}: {}",
                voice.dialect,
                answer.text()
            );
            assert_eq!(answer.header("x-tollgate-cost-usd"), "0.030018");
            assert_eq!(
                answer.json().pointer(page),
                Some(&json!("https://example.com/a")),
                "{} {path}: {}",
                voice.dialect,
                answer.text()
            );
            let sent = upstream.requests().remove(0).json();
            let asked = match voice.dialect {
                "anthropic-messages" => sent["tools"][0]["type"] == "web_search_20250305",
                "gemini" => sent["tools"][0]["googleSearch"].is_object(),
                _ => sent["web_search_options"].is_object(),
            };
            assert!(asked, "{sent}");
            let call = plane.finish_one();
            assert_eq!(call.charges[0].taken, call.cost);
        }
    }
}
