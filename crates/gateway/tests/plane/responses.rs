//! The door of OpenAI's responses: towards every dialect of providers, and over several calls of one
//! conversation.

use serde_json::{Value, json};
use tollgate_gateway::AnswerShelf;
use tollgate_model::Micros;
use tollgate_model::call::Ending;
use tollgate_model::kept::KeptAnswer;
use tollgate_model::usage::UsageQuality;
use tollgate_testkit::{Reply, Upstream};

use crate::client::{Answer, get, head, post};
use crate::voices::{ALL, COST, OPENAI, Voice};
use crate::whole::answering;
use crate::world::{Plane, Setup, Which, bearer, key};

const PATH: &str = "/v1/responses";

/// A provider that speaks the dialect. It names its answers itself.
const RESPONSES: Voice = Voice {
    dialect: "openai-responses",
    path: PATH_AT_PROVIDER,
    key: OPENAI.key,
    stream: [
        concat!(
            "event: response.created\n",
            r#"data: {"type":"response.created","response":{"id":"resp_up","status":"in_progress","#,
            r#""error":null,"output":[]},"sequence_number":0}"#,
            "\n\n",
        ),
        concat!(
            "event: response.output_text.delta\n",
            r#"data: {"type":"response.output_text.delta","output_index":0,"content_index":0,"#,
            r#""delta":"Grüezi","sequence_number":1}"#,
            "\n\n",
        ),
        concat!(
            "event: response.completed\n",
            r#"data: {"type":"response.completed","sequence_number":2,"response":{"id":"resp_up","#,
            r#""status":"completed","error":null,"output":[{"type":"message","id":"msg_up","#,
            r#""role":"assistant","content":[{"type":"output_text","text":"Grüezi"}]}],"#,
            r#""usage":{"input_tokens":10,"output_tokens":4,"total_tokens":14}}}"#,
            "\n\n",
        ),
    ],
    error: concat!(
        "event: error\n",
        r#"data: {"type":"error","code":"server_error","#,
        r#""message":"Overloaded for sk-upstream-0123456789abcdef","sequence_number":2}"#,
        "\n\n",
    ),
    whole: concat!(
        r#"{"id":"resp_up","object":"response","status":"completed","error":null,"model":"m-1","#,
        r#""output":[{"type":"message","id":"msg_up","role":"assistant","status":"completed","#,
        r#""content":[{"type":"output_text","text":"Grüezi","annotations":[]}]}], "odd" : 1.0,"#,
        r#""usage":{"input_tokens":10,"output_tokens":4,"total_tokens":14}}"#,
    ),
};
const PATH_AT_PROVIDER: &str = "/responses";

fn ask(plane: &Plane, body: &Value) -> Answer {
    plane.ask(post(
        PATH,
        &[("authorization", &bearer())],
        body.to_string(),
    ))
}

fn streamed(plane: &Plane) -> String {
    let mut body = hello();
    body["stream"] = json!(true);
    let mut client = plane.connect();
    client.send(post(
        PATH,
        &[("authorization", &bearer())],
        body.to_string(),
    ));
    let head = client.head();
    assert_eq!(head.status, 200, "{head:?}");
    String::from_utf8(client.rest()).unwrap()
}

fn look(plane: &Plane, method: &str, path: &str) -> Answer {
    let request = head(method, path, &[("authorization", &bearer())]);
    plane.ask(request.into_bytes())
}

fn hello() -> Value {
    json!({"model": "smart", "input": "Hoi"})
}

fn text_of(answer: &Value) -> &str {
    answer["output"][0]["content"][0]["text"].as_str().unwrap()
}

#[test]
fn an_answer_of_every_dialect_comes_through_the_door() {
    for voice in ALL.into_iter().chain([RESPONSES]) {
        let upstream = answering(voice);
        let plane = Setup::with(&voice, &upstream).start();
        let answer = ask(&plane, &hello());
        assert_eq!(answer.status(), 200, "{}", answer.text());
        assert_eq!(text_of(&answer.json()), "Grüezi");
        assert_eq!(upstream.requests()[0].target, voice.path);
        assert_eq!(answer.header("x-tollgate-cost-usd"), COST);
        let call = plane.finish_one();
        assert_eq!(call.dialect.as_str(), "openai-responses");
        assert_eq!(
            (call.path.as_str(), call.cost.to_string().as_str()),
            (PATH, COST)
        );
        assert_eq!(call.usage_quality, UsageQuality::Exact);
    }
}

#[test]
fn a_stream_of_every_dialect_comes_through_the_door() {
    for voice in ALL.into_iter().chain([RESPONSES]) {
        let upstream = Upstream::start(move |_| Reply::sse(voice.stream));
        let plane = Setup::with(&voice, &upstream).start();
        let text = streamed(&plane);
        let events: Vec<Value> = text
            .lines()
            .filter_map(|line| line.strip_prefix("data: "))
            .map(|data| serde_json::from_str(data).unwrap())
            .collect();
        for (number, event) in events.iter().enumerate() {
            assert_eq!(event["sequence_number"], number, "{text}");
        }
        let last = events.last().unwrap();
        assert_eq!(last["type"], "response.completed", "{text}");
        assert_eq!(text_of(&last["response"]), "Grüezi");
        if voice.dialect == RESPONSES.dialect {
            assert_eq!(text, voice.stream.concat(), "it passes to the byte");
        }
        let id = last["response"]["id"].as_str().unwrap();
        let more = json!({"model": "smart", "input": "Und?", "previous_response_id": id});
        assert_eq!(
            ask(&plane, &more).reason(),
            "upstream_bad_response",
            "it is kept"
        );
        let calls = plane.finish();
        assert_eq!(
            (calls[0].ending, calls[0].cost.to_string().as_str()),
            (Ending::Completed, COST)
        );
    }
}

#[test]
fn np_01_between_two_that_speak_it_nothing_but_the_models_name_changes() {
    let upstream = answering(RESPONSES);
    let plane = Setup::with(&RESPONSES, &upstream).start();
    let body = r#"{"input" : [ {"role":"user","content":"Hoi"} ], "model":"smart", "odd":1.0e2 }"#;
    let answer = plane.ask(post(PATH, &[("authorization", &bearer())], body));
    assert_eq!(answer.text(), RESPONSES.whole);
    let sent = String::from_utf8(upstream.requests()[0].body.clone()).unwrap();
    assert_eq!(sent, body.replace("smart", "m-1"));
    plane.finish_one();
}

#[test]
fn rs_07_a_stream_that_breaks_off_ends_as_failed() {
    for voice in [OPENAI, RESPONSES] {
        let pieces = [voice.stream[0], voice.stream[1], voice.error];
        let upstream = Upstream::start(move |_| Reply::sse(pieces));
        let plane = Setup::with(&voice, &upstream).start();
        let text = streamed(&plane);
        let (_, last) = text.trim_end().rsplit_once("event: ").unwrap();
        let (name, data) = last.split_once("\ndata: ").unwrap();
        assert_eq!(name, "response.failed", "{text}");
        let data: Value = serde_json::from_str(data).unwrap();
        assert_eq!(data["response"]["status"], "failed");
        assert_eq!(data["response"]["error"]["code"], "server_error");
        assert!(!text.contains("sk-upstream"), "{text}");
        assert_eq!(plane.kept.count(), 0, "what failed is not kept");
        assert_eq!(plane.finish_one().ending, Ending::UpstreamCut);
    }
}

#[test]
fn rs_09_a_call_goes_on_from_what_was_said_before_whichever_provider_answers() {
    for voice in ALL {
        let upstream = answering(voice);
        let plane = Setup::with(&voice, &upstream).start();
        let mut body = hello();
        body["instructions"] = json!("Be kind.");
        let first = ask(&plane, &body).json();
        let more = json!({"model": "smart", "input": [{"role": "user", "content": "Und?"}],
            "previous_response_id": first["id"]});
        let second = ask(&plane, &more);
        assert_eq!(second.status(), 200, "{}", second.text());
        let second = second.json();
        assert_eq!(second["previous_response_id"], first["id"]);
        let sent = String::from_utf8(upstream.requests()[1].body.clone()).unwrap();
        let place = |text: &str| sent.find(text).unwrap_or_else(|| panic!("{text}: {sent}"));
        assert!(place("Hoi") < place("Grüezi") && place("Grüezi") < place("Und?"));
        assert!(
            !sent.contains("Be kind."),
            "instructions are not carried over"
        );
        let third =
            json!({"model": "smart", "input": "Noch?", "previous_response_id": second["id"]});
        ask(&plane, &third);
        let sent = String::from_utf8(upstream.requests()[2].body.clone()).unwrap();
        assert_eq!(sent.matches("Grüezi").count(), 2, "{sent}");
        assert_eq!(plane.finish().len(), 3);
    }
}

#[test]
fn rs_09_what_is_not_kept_is_refused_in_openais_words() {
    let upstream = answering(OPENAI);
    let plane = Setup::with(&OPENAI, &upstream).start();
    let mut body = hello();
    body["store"] = json!(false);
    let unkept = ask(&plane, &body).json();
    assert_eq!(unkept["store"], false);
    assert_eq!(plane.kept.count(), 0);
    plane.kept.keep(KeptAnswer {
        application: "desk".into(),
        id: "resp_theirs".into(),
        at: Micros(1),
        origin: None,
        tokens: 1,
        input: "[]".into(),
        answer: r#"{"id":"resp_theirs","output":[]}"#.into(),
    });
    for id in [&unkept["id"], &json!("resp_never"), &json!("resp_theirs")] {
        let more = json!({"model": "smart", "input": "x", "previous_response_id": id});
        let answer = ask(&plane, &more);
        assert_eq!(answer.status(), 400);
        let error = &answer.json()["error"];
        assert_eq!(error["code"], "previous_response_not_found");
        assert_eq!(error["param"], "previous_response_id");
        let path = format!("{PATH}/{}", id.as_str().unwrap());
        for (method, path) in [
            ("GET", path.clone()),
            ("DELETE", path.clone()),
            ("GET", format!("{path}/input_items")),
            ("POST", format!("{path}/cancel")),
        ] {
            let answer = look(&plane, method, &path);
            assert_eq!(
                (answer.status(), answer.reason().as_str()),
                (404, "answer_not_found")
            );
        }
    }
    assert_eq!(upstream.requests().len(), 1, "nothing was asked");
    plane.finish();
}

#[test]
fn rs_09_a_provider_of_the_dialect_goes_on_from_its_own_answer_and_others_get_all_of_it() {
    let own = answering(RESPONSES);
    let other = answering(OPENAI);
    let plane = Setup::with(&RESPONSES, &own)
        .provider("chat", &OPENAI, &other.url(), json!({}))
        .provider("second", &RESPONSES, &own.url(), json!({}))
        .model("other", &["chat"])
        .model("second", &["second"])
        .start();
    let first = ask(&plane, &hello()).json();
    assert_eq!(first["id"], "resp_up");
    let more = |model: &str| {
        let body = json!({"model": model, "previous_response_id": "resp_up", "input": "Und?"});
        assert_eq!(ask(&plane, &body).status(), 200);
    };
    more("smart");
    let sent = own.requests()[1].json();
    assert_eq!(sent["previous_response_id"], "resp_up");
    assert_eq!(sent["input"], "Und?", "it passes as the caller wrote it");
    more("other");
    let sent = String::from_utf8(other.requests()[0].body.clone()).unwrap();
    assert!(sent.contains("Grüezi") && sent.contains("Hoi"), "{sent}");
    more("second");
    let sent = own.requests()[2].json();
    assert_eq!(
        sent["previous_response_id"],
        Value::Null,
        "another account does not know it"
    );
    assert_eq!(sent["input"][1]["id"], "msg_up");
    plane.finish();
}

#[test]
fn a_caller_of_responses_passes_through_where_the_provider_speaks_it_too() {
    let upstream = answering(RESPONSES);
    let also = json!({ "also": ["openai-responses"] });
    let plane = Setup::bare()
        .provider("up", &OPENAI, &upstream.url(), also)
        .model("smart", &["up"])
        .start();
    assert_eq!(ask(&plane, &hello()).text(), RESPONSES.whole);
    assert_eq!(upstream.requests()[0].target, "/responses");
    plane.finish_one();
}

#[test]
fn rs_09_items_of_kept_answers_may_be_named_by_their_ids() {
    let upstream = answering(OPENAI);
    let plane = Setup::with(&OPENAI, &upstream).start();
    let first = ask(&plane, &hello()).json();
    let item = &first["output"][0]["id"];
    let body = json!({"model": "smart", "input": [{"role": "user", "content": "Hoi"},
        {"type": "item_reference", "id": item}, {"role": "user", "content": "Und?"}]});
    assert_eq!(ask(&plane, &body).status(), 200);
    let sent = upstream.requests()[1].json();
    assert_eq!(sent["messages"][1]["content"], "Grüezi");
    let body = json!({"model": "smart", "input": [{"type": "item_reference", "id": "msg_x"}]});
    let answer = ask(&plane, &body);
    assert_eq!(
        (answer.status(), answer.reason().as_str()),
        (400, "request_malformed")
    );
    plane.finish();
}

#[test]
fn a_kept_answer_can_be_read_listed_and_forgotten() {
    let upstream = answering(OPENAI);
    let plane = Setup::with(&OPENAI, &upstream).start();
    let first = ask(&plane, &hello()).json();
    let path = format!("{PATH}/{}", first["id"].as_str().unwrap());
    let again = look(&plane, "GET", &path).json();
    assert_eq!(again, first);
    let items = look(
        &plane,
        "GET",
        &format!("{path}/input_items?limit=5&order=asc"),
    )
    .json();
    assert_eq!(items["data"][0]["content"][0]["text"], "Hoi");
    assert_eq!(items["has_more"], false);
    let answer = look(&plane, "GET", &format!("{path}/input_items?limit=0"));
    assert_eq!(
        (answer.status(), answer.reason().as_str()),
        (400, "request_malformed")
    );
    let answer = look(&plane, "POST", &format!("{path}/cancel"));
    assert_eq!(answer.status(), 400);
    let gone = look(&plane, "DELETE", &path).json();
    assert_eq!(
        gone,
        json!({"id": first["id"], "object": "response", "deleted": true})
    );
    assert_eq!(look(&plane, "GET", &path).status(), 404);
    let answer = look(&plane, "PUT", &path);
    assert_eq!((answer.status(), answer.header("allow")), (405, "GET"));
    plane.finish();
}

#[test]
fn what_a_provider_keeps_is_asked_of_it() {
    let upstream = Upstream::start(|request| match request.method.as_str() {
        "POST" => Reply::json(200, RESPONSES.whole),
        _ if request.target.contains("input_items") => Reply::json(200, r#"{"data":["theirs"]}"#),
        "GET" => Reply::json(500, "{}"),
        _ => Reply::json(200, r#"{"deleted":true}"#),
    });
    let plane = Setup::with(&RESPONSES, &upstream).start();
    ask(&plane, &hello());
    let path = format!("{PATH}/resp_up");
    let items = look(
        &plane,
        "GET",
        &format!("{path}/input_items?limit=3&key={}", key(Which::Main)),
    );
    assert_eq!(items.text(), r#"{"data":["theirs"]}"#);
    let failed = look(&plane, "GET", &path);
    assert_eq!(
        (failed.status(), failed.reason().as_str()),
        (502, "upstream_error")
    );
    assert_eq!(look(&plane, "DELETE", &path).text(), r#"{"deleted":true}"#);
    let targets: Vec<String> = upstream
        .requests()
        .iter()
        .map(|request| format!("{} {}", request.method, request.target))
        .collect();
    assert_eq!(
        targets,
        [
            "POST /responses",
            "GET /responses/resp_up/input_items?limit=3",
            "GET /responses/resp_up",
            "DELETE /responses/resp_up",
        ]
    );
    assert_eq!(
        look(&plane, "GET", &path).status(),
        404,
        "it is forgotten here too"
    );
    let calls = plane.finish();
    assert_eq!(calls[0].cost.to_string(), COST);
    assert!(calls[1..].iter().all(|call| call.cost.is_zero()));
}

#[test]
fn tokens_are_counted_by_who_can_or_estimated() {
    let upstream = answering(OPENAI);
    let plane = Setup::with(&OPENAI, &upstream).start();
    let path = "/v1/responses/input_tokens";
    let count = |body: Value| {
        plane.ask(post(
            path,
            &[("authorization", &bearer())],
            body.to_string(),
        ))
    };
    let answer = count(hello());
    assert_eq!(answer.json()["object"], "response.input_tokens");
    assert!(answer.json()["input_tokens"].as_u64().unwrap() > 0);
    assert_eq!(answer.header("x-tollgate-estimate"), "true");
    let mut body = hello();
    body["previous_response_id"] = json!("resp_1");
    assert_eq!(count(body).reason(), "parameter_unsupported");
    assert!(upstream.requests().is_empty());
    let speaks = Upstream::start(|_| {
        Reply::json(
            200,
            r#"{"object":"response.input_tokens","input_tokens":7}"#,
        )
    });
    let plane_of = Setup::with(&RESPONSES, &speaks).start();
    let answer = plane_of.ask(post(
        path,
        &[("authorization", &bearer())],
        hello().to_string(),
    ));
    assert_eq!(answer.json()["input_tokens"], 7);
    assert_eq!(speaks.requests()[0].target, "/responses/input_tokens");
    plane.finish();
    plane_of.finish();
}

#[test]
fn other_callers_are_served_by_a_provider_that_speaks_responses() {
    let upstream = answering(RESPONSES);
    let plane = Setup::with(&RESPONSES, &upstream).start();
    let chat = json!({"model": "smart", "messages": [{"role": "user", "content": "Hoi"}]});
    let answer = plane.ask(crate::world::chat(chat.to_string()));
    assert_eq!(answer.json()["choices"][0]["message"]["content"], "Grüezi");
    let sent = upstream.requests()[0].json();
    assert_eq!(sent["input"], json!([{"role": "user", "content": "Hoi"}]));
    assert_eq!(sent["store"], false);
    let answer = plane.ask(get("/v1/models", &[("authorization", &bearer())]));
    assert_eq!(answer.status(), 200);
    assert_eq!(plane.finish_one().cost.to_string(), COST);
}
