//! The doors of the gateway besides OpenAI's: each dialect of callers towards each dialect of
//! providers.

use serde_json::{Value, json};
use tollgate_model::call::Ending;
use tollgate_model::usage::UsageQuality;
use tollgate_testkit::{Reply, Upstream};

use crate::client::{Answer, get, post};
use crate::voices::{ALL, ANTHROPIC, COST, GEMINI, OPENAI, Voice};
use crate::whole::answering;
use crate::world::{Plane, Setup, Which, bearer, key, soon, until};

/// How the callers of a dialect ask and read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Door {
    pub(crate) dialect: &'static str,
    pub(crate) path: &'static str,
    pub(crate) stream_path: &'static str,
    body: &'static str,
    stream_body: &'static str,
    /// The header in which the dialect's clients send the key.
    pub(crate) key: &'static str,
    /// Where an answer, or an event of one, has words.
    words: &'static str,
    /// Where an error has its type, and the type of one that is the provider's.
    kind: &'static str,
    overloaded: &'static str,
}

pub(crate) const MESSAGES: Door = Door {
    dialect: "anthropic-messages",
    path: "/v1/messages",
    stream_path: "/v1/messages?beta=true",
    body: r#"{"model":"smart","max_tokens":100,"messages":[{"role":"user","content":"Hoi"}]}"#,
    stream_body: concat!(
        r#"{"model":"smart","max_tokens":100,"messages":[{"role":"user","content":"Hoi"}],"#,
        r#""stream":true}"#,
    ),
    key: "x-api-key",
    words: "/delta/text",
    kind: "/error/type",
    overloaded: "api_error",
};

pub(crate) const GENERATE: Door = Door {
    dialect: "gemini",
    path: "/v1beta/models/smart:generateContent",
    stream_path: "/v1beta/models/smart:streamGenerateContent?alt=sse",
    body: r#"{"contents":[{"role":"user","parts":[{"text":"Hoi"}]}]}"#,
    stream_body: r#"{"contents":[{"role":"user","parts":[{"text":"Hoi"}]}]}"#,
    key: "x-goog-api-key",
    words: "/candidates/0/content/parts/0/text",
    kind: "/error/status",
    overloaded: "UNAVAILABLE",
};

pub(crate) const DOORS: [Door; 2] = [MESSAGES, GENERATE];
const ARRAY: &str = "/v1beta/models/smart:streamGenerateContent";

impl Door {
    /// A request for a whole answer.
    pub(crate) fn plain(&self) -> Vec<u8> {
        post(self.path, &[(self.key, &key(Which::Main))], self.body)
    }

    /// A request for a streamed answer.
    fn streamed(&self) -> Vec<u8> {
        let headers = [(self.key, &*key(Which::Main))];
        post(self.stream_path, &headers, self.stream_body)
    }

    /// The words of a stream of events.
    fn words(&self, stream: &str) -> String {
        let events = stream
            .lines()
            .filter_map(|line| line.strip_prefix("data: "));
        let values = events.map(|data| serde_json::from_str::<Value>(data).unwrap());
        self.words_of(values)
    }

    fn words_of(&self, events: impl Iterator<Item = Value>) -> String {
        let told = events.filter_map(|event| Some(event.pointer(self.words)?.as_str()?.to_owned()));
        told.collect()
    }
}

fn array(body: &str) -> Vec<u8> {
    post(ARRAY, &[("x-goog-api-key", &key(Which::Main))], body)
}

/// Checks the record of a call that was answered with `Grüezi`.
fn check(plane: Plane, door: &Door, path: &str, stream: bool) {
    let call = plane.finish_one();
    assert_eq!(call.dialect.as_str(), door.dialect);
    assert_eq!(call.path, path, "without the query");
    assert_eq!((call.model.as_str(), call.stream), ("smart", stream));
    assert_eq!((call.status, call.ending), (200, Ending::Completed));
    assert_eq!(call.usage_quality, UsageQuality::Exact);
    assert_eq!(call.cost.to_string(), COST);
    assert_eq!(call.charges[0].taken, call.cost);
}

#[test]
fn a_whole_answer_of_every_dialect_comes_through_every_door() {
    for door in DOORS {
        for voice in ALL {
            let upstream = answering(voice);
            let plane = Setup::with(&voice, &upstream).start();
            let answer = plane.ask(door.plain());
            let told = answer.text();
            assert_eq!(
                answer.status(),
                200,
                "{} {}: {told}",
                door.dialect,
                voice.dialect
            );
            assert_eq!(answer.header("x-tollgate-cost-usd"), COST);
            assert_eq!(upstream.requests()[0].target, voice.path);
            let json = answer.json();
            let (words, input) = match door.dialect {
                "gemini" => (door.words, "/usageMetadata/promptTokenCount"),
                _ => ("/content/0/text", "/usage/input_tokens"),
            };
            assert_eq!(json.pointer(words), Some(&json!("Grüezi")), "{told}");
            assert_eq!(json.pointer(input), Some(&json!(10)), "{told}");
            if voice.dialect == door.dialect {
                assert_eq!(told, voice.whole, "to the byte");
            }
            check(plane, &door, door.path, false);
        }
    }
}

#[test]
fn a_provider_that_also_speaks_the_callers_dialect_is_asked_in_it() {
    let upstream = Upstream::start(|request| match &*request.target {
        "/messages" => Reply::json(200, ANTHROPIC.whole),
        _ => Reply::json(200, OPENAI.whole),
    });
    let also = json!({ "also": [MESSAGES.dialect] });
    let plane = Setup::bare()
        .provider("up", &OPENAI, &upstream.url(), also)
        .model("smart", &["up"])
        .start();
    let answer = plane.ask(MESSAGES.plain());
    assert_eq!(answer.text(), ANTHROPIC.whole, "to the byte");
    let asked = &upstream.requests()[0];
    assert_eq!(asked.target, "/messages");
    assert_eq!(asked.header("authorization"), Some(OPENAI.key.1));
    assert_eq!(asked.header("anthropic-version"), Some("2023-06-01"));
    let sent = String::from_utf8_lossy(&asked.body);
    assert_eq!(sent, MESSAGES.body.replace("smart", "m-1"));
    let answer = plane.ask(GENERATE.plain());
    assert_eq!(
        answer.json().pointer(GENERATE.words),
        Some(&json!("Grüezi"))
    );
    let asked = &upstream.requests()[1];
    assert_eq!(
        asked.target, OPENAI.path,
        "what it does not speak is translated"
    );
    assert_eq!(asked.header("anthropic-version"), None);
    assert_eq!(plane.finish().len(), 2);
}

#[test]
fn what_gets_lost_and_what_is_refused_is_named_in_the_callers_words() {
    let key = key(Which::Main);
    let ask = |path: &str, voice: &Voice, body: Value| {
        let upstream = answering(*voice);
        let plane = Setup::with(voice, &upstream).start();
        let answer = plane.ask(post(path, &[("x-api-key", key.as_str())], body.to_string()));
        plane.finish();
        answer
    };
    let words = json!([{ "role": "user", "content": "Hoi" }]);
    let asked = json!({ "model": "smart", "max_tokens": 100, "messages": words,
        "metadata": { "user_id": "u-1" } });
    let answer = ask(MESSAGES.path, &GEMINI, asked);
    assert_eq!(answer.header("x-tollgate-dropped"), "metadata.user_id");
    let audio = json!([{ "role": "user", "parts": [{ "text": "Hoi" }] }, { "role": "user",
        "parts": [{ "inlineData": { "mimeType": "audio/wav", "data": "AAAA" } }] }]);
    let asked = json!({ "contents": audio, "systemInstruction": { "parts": [{ "text": "Be." }] } });
    let answer = ask(GENERATE.path, &ANTHROPIC, asked);
    assert_eq!(answer.status(), 400);
    assert!(
        answer.text().contains("contents[1].parts"),
        "{}",
        answer.text()
    );
}

#[test]
fn a_strict_caller_is_refused_rather_than_served_with_a_loss() {
    let body = json!({ "model": "smart", "max_tokens": 100, "metadata": { "user_id": "u-1" },
        "messages": [{ "role": "user", "content": "Hoi" }] });
    let (other, same) = (answering(GEMINI), answering(ANTHROPIC));
    let plane = Setup::bare()
        .provider("other", &GEMINI, &other.url(), json!({}))
        .provider("same", &ANTHROPIC, &same.url(), json!({}))
        .model("smart", &["other"])
        .model("both", &["other", "same"])
        .start();
    let ask = |model: &str, strict: &str| {
        let body = body.to_string().replace("smart", model);
        let headers = [
            ("x-api-key", &*key(Which::Main)),
            ("x-tollgate-strict", strict),
        ];
        plane.ask(post(MESSAGES.path, &headers, &body))
    };
    let answer = ask("smart", "true");
    assert_eq!(
        (answer.status(), answer.reason()),
        (400, "parameter_unsupported".into())
    );
    assert!(
        answer.text().contains("metadata.user_id"),
        "{}",
        answer.text()
    );
    assert!(other.requests().is_empty());
    assert_eq!(ask("smart", "false").status(), 200);
    let answer = ask("both", "true");
    assert_eq!(
        answer.status(),
        200,
        "who loses nothing is asked in its place"
    );
    assert_eq!(answer.header("x-tollgate-provider"), "same");
    let answer = ask("smart", "yes");
    assert_eq!(
        (answer.status(), answer.reason()),
        (400, "request_malformed".into())
    );
    plane.finish();
}

#[test]
fn a_streamed_answer_of_every_dialect_comes_through_every_door() {
    for door in DOORS {
        for voice in ALL {
            let upstream = Upstream::scripted([Reply::sse(voice.stream)]);
            let plane = Setup::with(&voice, &upstream).start();
            let answer = plane.ask(door.streamed());
            let told = answer.text();
            assert_eq!(
                answer.status(),
                200,
                "{} {}: {told}",
                door.dialect,
                voice.dialect
            );
            assert_eq!(
                answer.header("content-type"),
                "text/event-stream; charset=utf-8"
            );
            assert_eq!(door.words(&told), "Grüezi", "{}: {told}", voice.dialect);
            if voice.dialect == door.dialect {
                assert_eq!(told, voice.stream.concat(), "to the byte");
            }
            if door.dialect == MESSAGES.dialect {
                assert!(told.starts_with("event: message_start\n"), "{told}");
                assert!(
                    !told.contains("\"input_tokens\":0,\"output_tokens\":0"),
                    "sa_08: {told}"
                );
                assert_eq!(told.matches("event: message_stop\n").count(), 1, "{told}");
            }
            let path = door.stream_path.split('?').next().unwrap();
            check(plane, &door, path, true);
        }
    }
}

#[test]
fn gi_01_without_alt_sse_a_stream_is_one_array_that_grows_event_by_event() {
    for voice in ALL {
        let (reply, feed) = Reply::live("text/event-stream");
        let upstream = Upstream::scripted([reply]);
        let plane = Setup::with(&voice, &upstream).start();
        let mut client = plane.connect();
        client.send(array(GENERATE.body));
        soon(upstream.request(0));
        feed.send(voice.stream[0]);
        let head = client.head();
        assert_eq!(head.status, 200);
        assert_eq!(head.header("content-type"), Some("application/json"));
        let mut told = Vec::new();
        while !String::from_utf8_lossy(&told).contains("Grü") {
            told.extend(client.piece().expect("more of the array"));
        }
        assert!(
            told.starts_with(b"[{"),
            "{}",
            String::from_utf8_lossy(&told)
        );
        feed.send(voice.stream[1]);
        feed.send(voice.stream[2]);
        feed.end();
        while let Some(piece) = client.piece() {
            told.extend(piece);
        }
        let text = String::from_utf8(told).unwrap();
        let elements: Vec<Value> = serde_json::from_str(&text).unwrap();
        assert!(text.contains("},\r\n{"), "{text}");
        assert_eq!(GENERATE.words_of(elements.into_iter()), "Grüezi", "{text}");
        let size = u64::try_from(text.len()).unwrap();
        assert_eq!(
            plane.settled(1)[0].response_bytes,
            size,
            "{}",
            voice.dialect
        );
        check(plane, &GENERATE, ARRAY, true);
    }
}

#[test]
fn a_stream_that_breaks_off_ends_with_an_error_in_the_callers_shape() {
    for door in DOORS {
        for voice in ALL {
            let upstream = Upstream::scripted([Reply::sse([voice.stream[0], voice.error])]);
            let plane = Setup::with(&voice, &upstream).start();
            let told = plane.ask(door.streamed()).text();
            assert_eq!(door.words(&told), "Grü", "{}: {told}", voice.dialect);
            let last = told.trim_end().lines().last().unwrap();
            let error: Value = serde_json::from_str(&last["data: ".len()..]).unwrap();
            assert_eq!(
                error.pointer(door.kind),
                Some(&json!(door.overloaded)),
                "{told}"
            );
            let named = told.contains("event: error\n");
            assert_eq!(named, door.dialect == MESSAGES.dialect, "{told}");
            assert!(!told.contains("message_stop"), "{told}");
            let call = plane.finish_one();
            assert_eq!(call.ending, Ending::UpstreamCut);
            assert!(!call.cost.is_zero() && call.charges[0].taken == call.cost);
        }
    }
}

#[test]
fn gi_05_an_array_that_breaks_off_is_closed_after_the_error() {
    for voice in ALL {
        let upstream = Upstream::scripted([
            Reply::sse([voice.stream[0], voice.error]),
            Reply::sse([voice.stream[0]]),
        ]);
        let plane = Setup::with(&voice, &upstream).start();
        for _ in 0..2 {
            let told = plane.ask(array(GENERATE.body)).json();
            let elements = told.as_array().unwrap();
            assert_eq!(
                elements.last().unwrap()["error"]["status"],
                json!("UNAVAILABLE")
            );
            assert_eq!(GENERATE.words_of(elements.iter().cloned()), "Grü");
        }
        for call in plane.finish() {
            assert_eq!(call.ending, Ending::UpstreamCut, "{}", voice.dialect);
        }
    }
}

#[test]
fn a_caller_who_hangs_up_pays_for_what_was_delivered_at_every_door() {
    let requests = DOORS.map(|door| door.streamed());
    for request in requests.into_iter().chain([array(GENERATE.body)]) {
        for voice in ALL {
            let (reply, feed) = Reply::live("text/event-stream");
            let upstream = Upstream::scripted([reply]);
            let plane = Setup::with(&voice, &upstream).start();
            let mut client = plane.connect();
            client.send(&request);
            let asked = soon(upstream.request(0));
            feed.send(voice.stream[0]);
            client.head();
            let mut told = Vec::new();
            while !String::from_utf8_lossy(&told).contains("Grü") {
                told.extend(client.piece().expect("more of the stream"));
            }
            drop(client);
            until("the provider is told", || asked.is_client_gone());
            let call = plane.settled(1).remove(0);
            assert_eq!((call.status, call.ending), (200, Ending::ClientGone));
            assert!(!call.cost.is_zero() && call.charges[0].taken == call.cost);
            plane.finish();
        }
    }
}

#[test]
fn er_01_refusals_have_the_callers_shape() {
    let upstream = Upstream::start(|_| Reply::json(503, "{}"));
    let plane = Setup::with(&OPENAI, &upstream).start();
    let with =
        |path: &str, key: &str, body: &str| plane.ask(post(path, &[("x-api-key", key)], body));
    let main = key(Which::Main);
    let check = |answer: Answer, status: u16, kinds: [&str; 2], door: &Door| {
        assert_eq!(answer.status(), status, "{}", answer.text());
        let kind = kinds[usize::from(door.dialect == "gemini")];
        assert_eq!(
            answer.json().pointer(door.kind),
            Some(&json!(kind)),
            "{}",
            answer.text()
        );
        answer.reason();
    };
    for door in DOORS {
        let unknown = [door.path, door.body].map(|text| text.replace("smart", "nobody"));
        let answer = with(door.path, "", door.body);
        assert!(
            answer.text().contains(door.key),
            "the usual header is named: {}",
            answer.text()
        );
        check(
            answer,
            401,
            ["authentication_error", "UNAUTHENTICATED"],
            &door,
        );
        let answer = with(&unknown[0], &main, &unknown[1]);
        check(answer, 404, ["not_found_error", "NOT_FOUND"], &door);
        let answer = with(door.path, &main, "{");
        check(
            answer,
            400,
            ["invalid_request_error", "INVALID_ARGUMENT"],
            &door,
        );
        let answer = with(door.path, &main, door.body);
        check(answer, 503, ["overloaded_error", "UNAVAILABLE"], &door);
        let answer = plane.ask(get(door.path, &[("x-api-key", &main)]));
        assert_eq!((answer.status(), answer.header("allow")), (405, "POST"));
    }
    for call in plane.finish() {
        assert!(call.cost.is_zero() && call.refusal.is_some());
    }
}

#[test]
fn money_that_does_not_suffice_is_told_in_the_callers_shape() {
    for (door, kind) in DOORS
        .into_iter()
        .zip(["billing_error", "RESOURCE_EXHAUSTED"])
    {
        let upstream = answering(OPENAI);
        let plane = Setup::with(&OPENAI, &upstream).wallet("0.00").start();
        let answer = plane.ask(door.plain());
        assert_eq!(answer.status(), 402, "{}", answer.text());
        assert_eq!(answer.header("x-should-retry"), "false");
        assert_eq!(answer.json().pointer(door.kind), Some(&json!(kind)));
        assert!(upstream.requests().is_empty());
        plane.finish();
    }
}

#[test]
fn np_01_on_the_way_to_a_provider_of_the_dialect_only_the_models_name_changes() {
    const ODD: &str = concat!(
        " {\"metadata\":{\"user_id\":\"\\u00fc\"},\"max_tokens\" : 100, \"model\":\t\"smart\",\n",
        "\"vendor\":[1.0,1e2,-0.0,12345678901234567890], \"messages\":[{\"role\":\"user\",",
        "\"content\":[{\"type\":\"text\",\"text\":\"Hoi\",\"cache_control\":{\"type\":\"ephemeral\"}}]}]}\n",
    );
    let upstream = answering(ANTHROPIC);
    let plane = Setup::with(&ANTHROPIC, &upstream).start();
    let answer = plane.ask(post("/v1/messages", &[("authorization", &bearer())], ODD));
    assert_eq!(answer.status(), 200, "{}", answer.text());
    let sent = upstream.requests()[0].body.clone();
    assert_eq!(String::from_utf8_lossy(&sent), ODD.replace("smart", "m-1"));
    plane.finish();

    let odd = concat!(
        " {\"vendor\":[1.0,1e2,-0.0], \"contents\" : [{\"parts\":[{\"text\":\"\\u00fc\"}],",
        "\"role\":\"user\",\"x\":null}] }\n",
    );
    let upstream = answering(GEMINI);
    let plane = Setup::with(&GEMINI, &upstream).start();
    for path in [
        "/v1beta/models/up/m-1:generateContent",
        "/v1/models/up%2Fm-1:generateContent",
    ] {
        let answer = plane.ask(post(path, &[("x-goog-api-key", &key(Which::Main))], odd));
        assert_eq!(answer.status(), 200, "{path}: {}", answer.text());
        let request = upstream.requests().pop().unwrap();
        assert_eq!(request.target, GEMINI.path);
        assert_eq!(String::from_utf8_lossy(&request.body), odd);
    }
    for call in plane.finish() {
        assert_eq!(call.model, "up/m-1");
    }
}

#[test]
fn oa_32_ai_19_the_callers_version_and_betas_go_on_to_anthropic_and_to_nobody_else() {
    let betas = "prompt-caching-2024-07-31, files-api-2025-04-14";
    for voice in ALL {
        let upstream = answering(voice);
        let more = json!({ "headers": { "anthropic-beta": "files-api-2025-04-14,ours" } });
        let more = if voice.dialect == ANTHROPIC.dialect {
            more
        } else {
            json!({})
        };
        let plane = Setup::bare()
            .provider("up", &voice, &upstream.url(), more)
            .model("smart", &["up"])
            .start();
        let headers = [
            ("x-api-key", &*key(Which::Main)),
            ("anthropic-version", "2024-10-22"),
            ("anthropic-beta", betas),
            ("anthropic-dangerous-direct-browser-access", "true"),
        ];
        let answer = plane.ask(post(MESSAGES.path, &headers, MESSAGES.body));
        assert_eq!(answer.status(), 200, "{}", answer.text());
        let request = upstream.requests().remove(0);
        let want = (voice.dialect == ANTHROPIC.dialect).then_some((
            "2024-10-22",
            "files-api-2025-04-14,ours,prompt-caching-2024-07-31",
        ));
        assert_eq!(request.header("anthropic-version"), want.map(|want| want.0));
        assert_eq!(request.header("anthropic-beta"), want.map(|want| want.1));
        assert_eq!(
            request.header("anthropic-dangerous-direct-browser-access"),
            None
        );
        plane.finish();
    }
}

#[test]
fn oa_13_a_tool_with_a_name_that_a_provider_does_not_take_is_called_all_the_same() {
    let body = r#"{"model":"smart","messages":[{"role":"user","content":"Hoi"}],
        "tools":[{"type":"function","function":{"name":"mcp.find","parameters":{"type":"object"}}}]"#;
    let upstream = Upstream::start(|request| {
        let asked = request.json();
        let name = asked["tools"][0]["name"].as_str().unwrap().to_owned();
        assert!(!name.contains('.'), "{name}");
        let block = json!({ "type": "tool_use", "id": "t1", "name": name, "input": {} });
        if asked["stream"] == true {
            let events = [
                json!({ "type": "message_start", "message": { "id": "m", "model": "m-1",
                    "content": [], "usage": { "input_tokens": 3, "output_tokens": 1 } } }),
                json!({ "type": "content_block_start", "index": 0, "content_block": block }),
                json!({ "type": "content_block_stop", "index": 0 }),
                json!({ "type": "message_delta", "delta": { "stop_reason": "tool_use" },
                    "usage": { "output_tokens": 2 } }),
                json!({ "type": "message_stop" }),
            ];
            return Reply::sse(events.map(|event| format!("data: {event}\n\n")));
        }
        let answer = json!({ "id": "m", "type": "message", "role": "assistant", "model": "m-1",
            "content": [block], "stop_reason": "tool_use",
            "usage": { "input_tokens": 3, "output_tokens": 2 } });
        Reply::json(200, answer.to_string())
    });
    let plane = Setup::with(&ANTHROPIC, &upstream).start();
    let whole = plane.chat(format!("{body}}}"));
    assert_eq!(whole.status(), 200, "{}", whole.text());
    let call = &whole.json()["choices"][0]["message"]["tool_calls"][0];
    assert_eq!(call["function"]["name"], "mcp.find");
    let mut streamed = plane.stream(format!("{body},\"stream\":true}}"));
    let text = String::from_utf8(streamed.rest()).unwrap();
    assert!(text.contains("\"name\":\"mcp.find\""), "{text}");
    plane.finish();
}

#[test]
fn ai_12_what_another_dialect_cannot_carry_is_reported() {
    let upstream = answering(OPENAI);
    let plane = Setup::with(&OPENAI, &upstream).start();
    let body = MESSAGES
        .body
        .replace("\"max_tokens\"", "\"top_k\":5,\"max_tokens\"");
    let answer = plane.ask(post(MESSAGES.path, &[("authorization", &bearer())], body));
    assert_eq!(answer.status(), 200, "{}", answer.text());
    assert!(
        answer.header("x-tollgate-dropped").contains("top_k"),
        "{:?}",
        answer.head
    );
    assert!(plane.finish_one().dropped.contains(&"top_k".to_owned()));
}

#[test]
fn another_provider_of_another_dialect_takes_over_at_every_door() {
    let others: [(Voice, Voice); 2] = [(ANTHROPIC, OPENAI), (GEMINI, ANTHROPIC)];
    for (door, (first, second)) in DOORS.into_iter().zip(others) {
        let broken = Upstream::start(|_| Reply::json(500, "{}"));
        let good = answering(second);
        let plane = Setup::bare()
            .provider("a", &first, &broken.url(), json!({}))
            .provider("b", &second, &good.url(), json!({}))
            .model("smart", &["a", "b"])
            .start();
        let answer = plane.ask(door.plain());
        assert_eq!(answer.status(), 200, "{}", answer.text());
        assert!(answer.text().contains("Grüezi"), "{}", answer.text());
        assert_eq!(answer.header("x-tollgate-provider"), "b");
        assert_eq!(plane.finish_one().attempts.len(), 2);
    }
}

#[test]
fn a_stream_of_the_callers_dialect_passes_to_the_byte_however_it_is_cut() {
    for (door, voice) in [(MESSAGES, ANTHROPIC), (GENERATE, GEMINI)] {
        let stream = format!(": hello\n\n{}", voice.stream.concat());
        let upstream = Upstream::scripted([
            Reply::sse([&stream]).byte_by_byte(),
            Reply::sse([&stream]).byte_by_byte(),
        ]);
        let plane = Setup::with(&voice, &upstream).start();
        let told = plane.ask(door.streamed()).text();
        assert_eq!(told.trim_end(), stream.trim_end());
        if door.dialect == GENERATE.dialect {
            let elements = plane.ask(array(GENERATE.body)).json();
            let told = GENERATE.words_of(elements.as_array().unwrap().iter().cloned());
            assert_eq!(
                (told.as_str(), elements.as_array().unwrap().len()),
                ("Grüezi", 3)
            );
        }
        for call in plane.finish() {
            assert_eq!(
                (call.ending, call.cost.to_string().as_str()),
                (Ending::Completed, COST)
            );
        }
    }
}

#[test]
fn where_money_is_short_a_caller_of_gemini_without_a_limit_gets_one() {
    for voice in ALL {
        let upstream = answering(voice);
        let plane = Setup::with(&voice, &upstream).wallet("0.01").start();
        let answer = plane.ask(GENERATE.plain());
        assert_eq!(answer.status(), 200, "{}", answer.text());
        let set: u64 = answer.header("x-tollgate-max-tokens").parse().unwrap();
        let sent = upstream.requests()[0].json();
        let limit = match voice.dialect {
            "gemini" => &sent["generationConfig"]["maxOutputTokens"],
            _ => &sent["max_tokens"],
        };
        assert_eq!(limit, &json!(set), "{sent}");
        assert_eq!(plane.finish_one().max_tokens_set, Some(set));
    }
}
