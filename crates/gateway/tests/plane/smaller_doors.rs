//! The doors of Cohere, Ollama and OpenAI's older completions, towards each dialect of providers; and
//! providers of these dialects behind every door.

use serde_json::{Value, json};
use tollgate_model::call::Ending;
use tollgate_model::usage::UsageQuality;
use tollgate_testkit::{Reply, Upstream};

use crate::client::{Answer, get, post};
use crate::voices::{COHERE, COMPLETIONS, COST, EVERY, GENERATED, OLLAMA, OPENAI, Voice};
use crate::whole::answering;
use crate::world::{Plane, Setup, Which, bearer, key, soon};

/// How the callers of a dialect ask and read.
#[derive(Clone, Copy, Debug)]
struct Door {
    dialect: &'static str,
    path: &'static str,
    /// A request, without its end, and what is added for a stream and for a whole answer.
    body: &'static str,
    streamed: &'static str,
    whole: &'static str,
    /// Where a whole answer has its words and the tokens of its prompt, and a piece its words.
    words: &'static str,
    input: &'static str,
    piece: &'static str,
    /// Where a refusal has its text.
    refusal: &'static str,
}

const CHAT: Door = Door {
    dialect: "openai-chat",
    path: "/v1/chat/completions",
    body: r#"{"model":"smart","messages":[{"role":"user","content":"Hoi"}]"#,
    streamed: r#","stream":true,"stream_options":{"include_usage":true}}"#,
    whole: "}",
    words: "/choices/0/message/content",
    input: "/usage/prompt_tokens",
    piece: "/choices/0/delta/content",
    refusal: "/error/message",
};

const MESSAGES: Door = Door {
    dialect: "anthropic-messages",
    path: "/v1/messages",
    body: r#"{"model":"smart","max_tokens":100,"messages":[{"role":"user","content":"Hoi"}]"#,
    streamed: r#","stream":true}"#,
    whole: "}",
    words: "/content/0/text",
    input: "/usage/input_tokens",
    piece: "/delta/text",
    refusal: "/error/message",
};

const V2: Door = Door {
    dialect: "cohere",
    path: "/v2/chat",
    body: r#"{"model":"smart","messages":[{"role":"user","content":"Hoi"}]"#,
    streamed: r#","stream":true}"#,
    whole: r#","stream":false}"#,
    words: "/message/content/0/text",
    input: "/usage/billed_units/input_tokens",
    piece: "/delta/message/content/text",
    refusal: "/message",
};

const API_CHAT: Door = Door {
    dialect: "ollama",
    path: "/api/chat",
    body: r#"{"model":"smart","messages":[{"role":"user","content":"Hoi"}]"#,
    streamed: "}",
    whole: r#","stream":false}"#,
    words: "/message/content",
    input: "/prompt_eval_count",
    piece: "/message/content",
    refusal: "/error",
};

const API_GENERATE: Door = Door {
    dialect: "ollama-generate",
    path: "/api/generate",
    body: r#"{"model":"smart","prompt":"Hoi""#,
    words: "/response",
    piece: "/response",
    ..API_CHAT
};

const V1_COMPLETIONS: Door = Door {
    dialect: "openai-completions",
    path: "/v1/completions",
    body: r#"{"model":"smart","prompt":"Hoi","max_tokens":50"#,
    words: "/choices/0/text",
    piece: "/choices/0/text",
    ..CHAT
};

/// The doors of this file.
const DOORS: [Door; 4] = [V2, API_CHAT, API_GENERATE, V1_COMPLETIONS];
/// Those and two others, for providers that only this file knows.
const ALL_DOORS: [Door; 6] = [V2, API_CHAT, API_GENERATE, V1_COMPLETIONS, CHAT, MESSAGES];

impl Door {
    fn plain(&self) -> Vec<u8> {
        self.ask(&format!("{}{}", self.body, self.whole))
    }

    fn stream(&self) -> Vec<u8> {
        self.ask(&format!("{}{}", self.body, self.streamed))
    }

    fn ask(&self, body: &str) -> Vec<u8> {
        post(self.path, &[("authorization", &bearer())], body)
    }

    fn is_lines(&self) -> bool {
        self.path.starts_with("/api/")
    }

    /// The words of a stream.
    fn words(&self, stream: &str) -> String {
        let prefix = if self.is_lines() { "" } else { "data: " };
        let pieces = stream
            .lines()
            .filter(|line| !line.is_empty())
            .filter_map(|line| line.strip_prefix(prefix))
            .filter_map(|data| serde_json::from_str::<Value>(data).ok());
        let told = pieces.filter_map(|piece| Some(piece.pointer(self.piece)?.as_str()?.to_owned()));
        told.collect()
    }
}

/// A provider that streams these pieces.
fn streaming(voice: &Voice, pieces: &[&str]) -> Upstream {
    Upstream::scripted([Reply::whole(200, voice.stream_type(), pieces.concat())])
}

/// Checks the record of a call that was answered with `Grüezi`.
fn check(plane: Plane, door: &Door, stream: bool) {
    let call = plane.finish_one();
    assert_eq!(call.dialect.as_str(), door.dialect);
    assert_eq!(
        (call.path.as_str(), call.model.as_str()),
        (door.path, "smart")
    );
    assert_eq!((call.status, call.stream), (200, stream));
    assert_eq!(call.ending, Ending::Completed);
    assert_eq!(call.usage_quality, UsageQuality::Exact);
    assert_eq!(call.cost.to_string(), COST);
    assert_eq!(call.charges[0].taken, call.cost);
}

#[test]
fn a_whole_answer_of_every_dialect_comes_through_every_door() {
    for door in ALL_DOORS {
        for voice in EVERY {
            let upstream = answering(voice);
            let plane = Setup::with(&voice, &upstream).start();
            let answer = plane.ask(door.plain());
            let told = answer.text();
            let pair = format!("{} {}: {told}", door.dialect, voice.dialect);
            assert_eq!(answer.status(), 200, "{pair}");
            assert_eq!(answer.header("content-type"), "application/json");
            assert_eq!(answer.header("x-tollgate-cost-usd"), COST);
            let asked = &upstream.requests()[0];
            assert_eq!(asked.target, voice.path);
            assert_eq!(asked.header(voice.key.0), Some(voice.key.1));
            let json = answer.json();
            assert_eq!(json.pointer(door.words), Some(&json!("Grüezi")), "{pair}");
            assert_eq!(json.pointer(door.input), Some(&json!(10)), "{pair}");
            if voice.dialect == door.dialect {
                assert_eq!(told, voice.whole, "to the byte");
            }
            check(plane, &door, false);
        }
    }
}

#[test]
fn a_streamed_answer_of_every_dialect_comes_through_every_door() {
    for door in ALL_DOORS {
        for voice in EVERY {
            let upstream = streaming(&voice, &voice.stream);
            let plane = Setup::with(&voice, &upstream).start();
            let answer = plane.ask(door.stream());
            let told = answer.text();
            let pair = format!("{} {}: {told}", door.dialect, voice.dialect);
            assert_eq!(answer.status(), 200, "{pair}");
            let kind = match door.is_lines() {
                true => "application/x-ndjson",
                false => "text/event-stream; charset=utf-8",
            };
            assert_eq!(answer.header("content-type"), kind, "{pair}");
            assert_eq!(door.words(&told), "Grüezi", "{pair}");
            // What tells its usage only when it is asked is told the cost in it.
            let passes = voice.dialect == door.dialect && !door.dialect.starts_with("openai");
            if passes {
                assert_eq!(told, voice.stream.concat(), "to the byte");
            } else {
                assert!(told.contains("\"cost\":0.000018"), "{pair}");
            }
            check(plane, &door, true);
        }
    }
}

#[test]
fn a_stream_that_breaks_off_ends_with_an_error_in_the_callers_shape() {
    for door in DOORS {
        for voice in EVERY {
            let upstream = streaming(&voice, &[voice.stream[0], voice.error]);
            let plane = Setup::with(&voice, &upstream).start();
            let told = plane.ask(door.stream()).text();
            let pair = format!("{} {}: {told}", door.dialect, voice.dialect);
            assert_eq!(door.words(&told), "Grü", "{pair}");
            assert!(!told.contains("sk-upstream"), "{pair}");
            let last = told.trim_end().lines().last().unwrap();
            let last = last.strip_prefix("data: ").unwrap_or(last);
            let error: Value = serde_json::from_str(last).unwrap();
            let place = match door.dialect {
                "cohere" => "/delta/error",
                _ => door.refusal,
            };
            let said = error.pointer(place).and_then(Value::as_str).unwrap();
            assert!(said.contains("broke off"), "{pair}");
            assert!(
                !told.contains("[DONE]") && !told.contains("\"done\":true"),
                "{pair}"
            );
            let call = plane.finish_one();
            assert_eq!(call.ending, Ending::UpstreamCut);
            assert!(!call.cost.is_zero() && call.charges[0].taken == call.cost);
        }
    }
}

#[test]
fn a_stream_passes_to_the_byte_however_it_is_cut() {
    for (door, voice) in [
        (V2, COHERE),
        (API_CHAT, OLLAMA),
        (API_GENERATE, GENERATED),
        (V1_COMPLETIONS, COMPLETIONS),
    ] {
        let whole = voice.stream.concat();
        let reply = Reply::whole(200, voice.stream_type(), &whole).byte_by_byte();
        let upstream = Upstream::scripted([reply]);
        let plane = Setup::with(&voice, &upstream).start();
        let told = plane.ask(door.stream()).text();
        match door.dialect {
            "openai-completions" => assert_eq!(door.words(&told), "Grüezi"),
            _ => assert_eq!(told, whole),
        }
        check(plane, &door, true);
    }
}

#[test]
fn er_01_refusals_have_the_callers_shape() {
    let upstream = Upstream::start(|_| Reply::json(503, r#"{"error":"busy","message":"busy"}"#));
    let plane = Setup::with(&OPENAI, &upstream).start();
    let check = |answer: Answer, status: u16, door: &Door, word: &str| {
        let told = answer.text();
        assert_eq!(answer.status(), status, "{}: {told}", door.dialect);
        let json = answer.json();
        let said = json.pointer(door.refusal).and_then(Value::as_str);
        assert!(said.unwrap().contains(word), "{}: {told}", door.dialect);
        answer.reason();
    };
    for door in DOORS {
        let whole = format!("{}{}", door.body, door.whole);
        let answer = plane.ask(post(door.path, &[], &whole));
        check(answer, 401, &door, "Authorization: Bearer");
        let answer = plane.ask(door.ask(&whole.replace("smart", "nobody")));
        check(answer, 404, &door, "nobody");
        check(plane.ask(door.ask("{")), 400, &door, "JSON");
        check(plane.ask(door.ask(&whole)), 503, &door, "capacity");
        let answer = plane.ask(get(door.path, &[("authorization", &bearer())]));
        assert_eq!((answer.status(), answer.header("allow")), (405, "POST"));
    }
    for call in plane.finish() {
        assert!(call.cost.is_zero() && call.refusal.is_some());
    }
}

#[test]
fn an_address_that_is_not_served_is_told_in_the_dialect_of_its_neighbours() {
    let upstream = answering(OPENAI);
    let plane = Setup::with(&OPENAI, &upstream).start();
    for (path, place) in [("/v2/summarize", "/message"), ("/api/pull", "/error")] {
        let answer = plane.ask(post(path, &[("authorization", &bearer())], "{}"));
        assert_eq!(answer.status(), 404);
        let json = answer.json();
        let said = json.pointer(place).and_then(Value::as_str).unwrap();
        assert!(said.contains(path), "{said}");
    }
    plane.finish();
}

#[test]
fn the_models_are_listed_as_the_clients_of_each_dialect_read_them() {
    let upstream = answering(OPENAI);
    let plane = Setup::with(&OPENAI, &upstream).start();
    let ask = |path: &str, more: (&str, &str)| {
        plane.ask(get(path, &[("authorization", &bearer()), more]))
    };
    let nothing = ("accept", "application/json");
    let tags = ask("/api/tags", nothing).json();
    let models = tags["models"].as_array().unwrap();
    let smart = models
        .iter()
        .find(|model| model["name"] == "smart")
        .unwrap();
    assert_eq!(
        (&smart["model"], &smart["size"]),
        (&json!("smart"), &json!(0))
    );
    assert!(smart["details"].is_object() && smart["modified_at"].is_string());
    let cohere = ask("/v1/models?page_size=1000", ("x-fern-sdk-name", "cohere")).json();
    let names = cohere["models"].as_array().unwrap().iter();
    assert!(
        names.clone().any(|model| model["name"] == "smart"),
        "{cohere}"
    );
    let one = ask("/v1/models/smart", ("x-fern-sdk-name", "cohere")).json();
    assert_eq!(one["endpoints"], json!(["chat"]));
    assert!(ask("/api/version", nothing).json()["version"].is_string());
    let show = |body: &str| plane.ask(post("/api/show", &[("authorization", &bearer())], body));
    for body in [r#"{"model":"smart"}"#, r#"{"name":"smart"}"#] {
        let shown = show(body).json();
        assert!(
            shown["capabilities"]
                .as_array()
                .unwrap()
                .contains(&json!("completion"))
        );
    }
    let shown = show(r#"{"model":"sandbox/embed"}"#).json();
    assert_eq!(shown["capabilities"], json!(["embedding"]));
    for (body, status) in [
        (r#"{"model":"nobody"}"#, 404),
        ("{}", 400),
        ("{", 400),
        (r#"{"model":7}"#, 400),
    ] {
        let refused = show(body);
        assert_eq!(refused.status(), status, "{body}");
        assert!(refused.json()["error"].is_string());
    }
    let narrow = format!("Bearer {}", key(Which::Narrow));
    let hidden = plane.ask(post(
        "/api/show",
        &[("authorization", &narrow)],
        r#"{"model":"sandbox/echo"}"#,
    ));
    assert_eq!(
        hidden.status(),
        404,
        "what a key may not use it is not shown"
    );
    plane.finish();
}

#[test]
fn a_provider_of_chat_that_also_speaks_completions_gets_them_as_they_came() {
    let upstream = Upstream::start(|request| match &*request.target {
        "/completions" => Reply::json(200, COMPLETIONS.whole),
        _ => Reply::json(200, OPENAI.whole),
    });
    let also = json!({ "also": ["openai-completions"] });
    let plane = Setup::bare()
        .provider("up", &OPENAI, &upstream.url(), also)
        .model("smart", &["up"])
        .start();
    let odd = r#"{"model": "smart","prompt":[[1,2],[3]],"echo":true,"max_tokens":5,"x":1.0}"#;
    let answer = plane.ask(V1_COMPLETIONS.ask(odd));
    assert_eq!(answer.text(), COMPLETIONS.whole, "to the byte");
    let sent = String::from_utf8_lossy(&upstream.requests()[0].body).into_owned();
    assert_eq!(sent, odd.replace("smart", "m-1"));
    let answer = plane.ask(CHAT.plain());
    assert_eq!(answer.text(), OPENAI.whole);
    plane.finish();
}

#[test]
fn what_a_provider_of_another_dialect_cannot_do_is_refused_in_the_callers_words() {
    let upstream = answering(OPENAI);
    let plane = Setup::with(&OPENAI, &upstream).start();
    for (door, more, param) in [
        (V1_COMPLETIONS, r#","echo":true"#, "echo"),
        (V2, r#","logprobs":true"#, "logprobs"),
        (
            V2,
            r#","stop_sequences":["1","2","3","4","5"]"#,
            "stop_sequences",
        ),
        (
            API_CHAT,
            r#","options":{"stop":["1","2","3","4","5"]}"#,
            "options.stop",
        ),
        (API_GENERATE, r#","raw":true"#, "raw"),
    ] {
        let body = format!("{}{more}{}", door.body, door.whole);
        let answer = plane.ask(door.ask(&body));
        assert_eq!(answer.status(), 400, "{}", answer.text());
        let json = answer.json();
        let problem = json.get("problem").unwrap_or(&json);
        assert_eq!(problem["reason"], "parameter_unsupported");
        assert_eq!(problem["param"], json!(param));
    }
    assert!(upstream.requests().is_empty());
    let body = format!(
        r#"{}, "options":{{"top_k":3}}{}"#,
        API_CHAT.body, API_CHAT.whole
    );
    let answer = plane.ask(API_CHAT.ask(&body));
    assert_eq!(answer.header("x-tollgate-dropped"), "options.top_k");
    plane.finish();
}

#[test]
fn where_money_is_short_a_caller_without_a_limit_gets_one() {
    for (door, voice, place) in [
        (V2, COHERE, "/max_tokens"),
        (API_CHAT, OLLAMA, "/options/num_predict"),
        (API_GENERATE, GENERATED, "/options/num_predict"),
        (V2, OLLAMA, "/options/num_predict"),
        (API_CHAT, OPENAI, "/max_tokens"),
    ] {
        let upstream = answering(voice);
        let plane = Setup::with(&voice, &upstream).wallet("0.01").start();
        let answer = plane.ask(door.plain());
        assert_eq!(answer.status(), 200, "{}", answer.text());
        let set: u64 = answer.header("x-tollgate-max-tokens").parse().unwrap();
        let sent = upstream.requests()[0].json();
        assert_eq!(sent.pointer(place), Some(&json!(set)), "{sent}");
        assert_eq!(plane.finish_one().max_tokens_set, Some(set));
    }
}

#[test]
fn a_short_prompt_of_the_older_dialect_stays_short_where_money_is_short() {
    let upstream = answering(OPENAI);
    let plane = Setup::with(&OPENAI, &upstream).wallet("0.01").start();
    let body = r#"{"model":"smart","prompt":"Hoi"}"#;
    let answer = plane.ask(V1_COMPLETIONS.ask(body));
    assert_eq!(answer.status(), 200, "{}", answer.text());
    assert_eq!(upstream.requests()[0].json()["max_tokens"], json!(16));
    plane.finish();
}

#[test]
fn a_caller_who_hangs_up_pays_for_what_was_delivered() {
    for (door, voice) in [(V2, COHERE), (API_CHAT, OLLAMA), (API_CHAT, COHERE)] {
        let (reply, feed) = Reply::live(voice.stream_type());
        let upstream = Upstream::scripted([reply]);
        let plane = Setup::with(&voice, &upstream).start();
        let mut client = plane.connect();
        client.send(door.stream());
        soon(upstream.request(0));
        feed.send(voice.stream[0]);
        client.head();
        let mut told = Vec::new();
        while !String::from_utf8_lossy(&told).contains("Grü") {
            told.extend(client.piece().expect("more of the stream"));
        }
        drop(client);
        let call = plane.settled(1).remove(0);
        assert_eq!((call.status, call.ending), (200, Ending::ClientGone));
        assert!(!call.cost.is_zero() && call.charges[0].taken == call.cost);
        plane.finish();
    }
}
