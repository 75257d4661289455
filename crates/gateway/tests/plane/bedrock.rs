//! Converse of Amazon Bedrock: its doors, with bearer keys and signed, and providers that speak it.
//! What clients sign here was signed by botocore.

use serde_json::{Value, json};
use tollgate_dialect::event_stream::{self, Frames, Kind};
use tollgate_model::call::Ending;
use tollgate_model::usage::UsageQuality;
use tollgate_testkit::{Reply, Upstream};

use crate::client::{Answer, get, post};
use crate::voices::{ALL, ANTHROPIC, COST, OPENAI, Voice, words};
use crate::whole::answering;
use crate::world::{PROVIDER_KEY, Plane, Setup, Which, bearer, key};

const BODY: &str = r#"{"messages":[{"role":"user","content":[{"text":"Hoi"}]}]}"#;
const PLAIN: &str = "/model/smart/converse";
const STREAMED: &str = "/model/smart/converse-stream";
const STREAM_TYPE: &str = "application/vnd.amazon.eventstream";

/// A provider of the dialect; its streams are no text, so that the table of voices has none.
const BEDROCK: Voice = Voice {
    dialect: "bedrock-converse",
    path: "/model/m-1/converse",
    key: ("authorization", "Bearer sk-upstream-0123456789abcdef"),
    stream: ["", "", ""],
    error: "",
    whole: concat!(
        r#"{"metrics":{"latencyMs":7},"output":{"message":{"content":[{"text":"Grüezi"}],"#,
        r#""role":"assistant"}},"stopReason":"end_turn","#,
        r#""usage":{"inputTokens":10,"outputTokens":4,"totalTokens":14}}"#,
    ),
};

/// The answer as a stream, and how many bytes of it end with the first word.
fn stream() -> (Vec<u8>, usize) {
    let mut bytes = Vec::new();
    let mut put = |name: &str, payload: &str| {
        event_stream::event(name, payload.as_bytes(), &mut bytes);
        bytes.len()
    };
    put("messageStart", r#"{"p":"abc","role":"assistant"}"#);
    let first = put(
        "contentBlockDelta",
        r#"{"contentBlockIndex":0,"delta":{"text":"Grü"},"p":"ab"}"#,
    );
    put("brandNew", r#"{"x":1}"#);
    put(
        "contentBlockDelta",
        r#"{"contentBlockIndex":0,"delta":{"text":"ezi"}}"#,
    );
    put("contentBlockStop", r#"{"contentBlockIndex":0}"#);
    put("messageStop", r#"{"stopReason":"end_turn"}"#);
    put(
        "metadata",
        r#"{"usage":{"inputTokens":10,"outputTokens":4,"totalTokens":14},"metrics":{"latencyMs":7}}"#,
    );
    (bytes, first)
}

fn ask(path: &str) -> Vec<u8> {
    post(path, &[("authorization", &bearer())], BODY)
}

/// The messages of a stream: whether it is an event, its name, its payload.
fn messages(bytes: &[u8]) -> Vec<(bool, String, Value)> {
    let mut frames = Frames::default();
    frames.push(bytes);
    let mut all = Vec::new();
    while let Some(frame) = frames.next_frame().unwrap() {
        let payload = serde_json::from_slice(frame.payload).unwrap();
        all.push((frame.kind == Kind::Event, frame.name.to_owned(), payload));
    }
    assert!(!frames.is_cut());
    all
}

/// The words of a stream.
fn told(messages: &[(bool, String, Value)]) -> String {
    let words = messages
        .iter()
        .filter_map(|(_, _, payload)| payload.pointer("/delta/text")?.as_str());
    words.collect()
}

fn check(plane: Plane, path: &str, stream: bool) {
    let call = plane.finish_one();
    assert_eq!(call.dialect.as_str(), "bedrock-converse");
    assert_eq!((call.path.as_str(), call.model.as_str()), (path, "smart"));
    assert_eq!((call.stream, call.status), (stream, 200));
    assert_eq!(
        (call.ending, call.usage_quality),
        (Ending::Completed, UsageQuality::Exact)
    );
    assert_eq!(call.cost.to_string(), COST);
}

#[test]
fn a_whole_answer_of_every_dialect_comes_through_the_door() {
    for voice in ALL.into_iter().chain([BEDROCK]) {
        let upstream = answering(voice);
        let plane = Setup::with(&voice, &upstream).start();
        let answer = plane.ask(ask(PLAIN));
        let text = answer.text();
        assert_eq!(answer.status(), 200, "{}: {text}", voice.dialect);
        assert_eq!(answer.header("x-tollgate-cost-usd"), COST);
        assert_eq!(
            answer.header("x-amzn-requestid"),
            answer.header("x-tollgate-call")
        );
        let request = upstream.requests().remove(0);
        assert_eq!(request.target, voice.path);
        let json = answer.json();
        let words = json.pointer("/output/message/content/0/text");
        assert_eq!(words, Some(&json!("Grüezi")), "{text}");
        assert_eq!(
            json.pointer("/usage/totalTokens"),
            Some(&json!(14)),
            "{text}"
        );
        if voice.dialect == BEDROCK.dialect {
            assert_eq!(text, voice.whole, "to the byte");
            assert_eq!(String::from_utf8_lossy(&request.body), BODY, "to the byte");
        }
        check(plane, PLAIN, false);
    }
}

#[test]
fn a_stream_of_every_dialect_comes_through_the_door_in_events() {
    for voice in ALL {
        let upstream = Upstream::start(move |_| Reply::sse(voice.stream));
        let plane = Setup::with(&voice, &upstream).start();
        let answer = plane.ask(ask(STREAMED));
        assert_eq!(answer.status(), 200, "{}", answer.text());
        assert_eq!(answer.header("content-type"), STREAM_TYPE);
        let all = messages(&answer.body);
        assert_eq!(told(&all), "Grüezi");
        assert_eq!(all.first().unwrap().1, "messageStart");
        let (_, name, last) = all.last().unwrap();
        assert_eq!(name, "metadata");
        assert_eq!(last.pointer("/usage/inputTokens"), Some(&json!(10)));
        assert!(
            last.to_string().contains(&format!("\"cost\":{COST}"))
                || last["usage"]["cost"].is_number()
        );
        check(plane, STREAMED, true);
    }
}

#[test]
fn a_stream_of_the_dialect_passes_to_the_byte_however_it_is_cut() {
    let (bytes, _) = stream();
    let replies = [
        Reply::whole(200, STREAM_TYPE, &bytes),
        Reply::whole(200, STREAM_TYPE, &bytes).byte_by_byte(),
    ];
    for reply in replies {
        let upstream = Upstream::scripted([reply]);
        let plane = Setup::with(&BEDROCK, &upstream).start();
        let answer = plane.ask(ask(STREAMED));
        assert_eq!(answer.status(), 200, "{}", answer.text());
        assert_eq!(answer.body, bytes);
        let request = upstream.requests().remove(0);
        assert_eq!(request.target, "/model/m-1/converse-stream");
        assert_eq!(request.header("accept"), Some(STREAM_TYPE));
        check(plane, STREAMED, true);
    }
}

#[test]
fn a_model_of_bedrock_answers_callers_of_other_dialects() {
    let (bytes, _) = stream();
    let upstream = Upstream::start(move |request| match request.target.ends_with("stream") {
        true => Reply::whole(200, STREAM_TYPE, &bytes),
        false => Reply::json(200, BEDROCK.whole),
    });
    let plane = Setup::with(&BEDROCK, &upstream).start();
    let answer = plane.chat(crate::voices::plain());
    assert_eq!(
        answer.json().pointer("/choices/0/message/content"),
        Some(&json!("Grüezi"))
    );
    let answer = plane.chat(crate::voices::streamed(true));
    assert_eq!(words(&answer.text()), "Grüezi");
    assert!(answer.text().trim_end().ends_with("data: [DONE]"));
    let body = r#"{"model":"smart","max_tokens":9,"messages":[{"role":"user","content":"Hoi"}]}"#;
    let answer = plane.ask(post(
        "/v1/messages",
        &[("x-api-key", &key(Which::Main))],
        body,
    ));
    assert_eq!(
        answer.json().pointer("/content/0/text"),
        Some(&json!("Grüezi"))
    );
    for call in plane.finish() {
        assert_eq!(call.cost.to_string(), COST);
    }
}

#[test]
fn a_key_pair_of_aws_signs_for_its_region_and_nothing_of_the_secret_is_sent() {
    let upstream = answering(BEDROCK);
    let pair = json!({ "access_key_id": { "env": "A" }, "secret_access_key": { "env": "S" },
        "session_token": { "env": "T" } });
    let more = json!({ "region": "eu-west-1", "credentials": [{ "name": "pool-1", "aws": pair }] });
    let plane = Setup::bare()
        .provider("up", &BEDROCK, &upstream.url(), more)
        .model("smart", &["up"])
        .start();
    let answer = plane.ask(ask(PLAIN));
    assert_eq!(answer.status(), 200, "{}", answer.text());
    let request = upstream.requests().remove(0);
    let signed = request.header("authorization").unwrap();
    let scope = "/20261124/eu-west-1/bedrock/aws4_request";
    let start = format!("AWS4-HMAC-SHA256 Credential={PROVIDER_KEY}{scope}, SignedHeaders=");
    let rest = signed.strip_prefix(&start).unwrap();
    let names = "content-type;host;x-amz-date;x-amz-security-token, Signature=";
    assert_eq!(rest.strip_prefix(names).unwrap().len(), 64);
    assert_eq!(request.header("x-amz-date"), Some("20261124T080000Z"));
    plane.finish();
}

const NOW: &str = "20261124T080000Z";
const DAY: &str = "20261124/eu-west-1/bedrock";
const GOOD: &str = "23d8dae38ffa57942f23bb3f915d52ccd6a688f45b381c4ca5898542563e84c3";

/// A request for a whole answer that was signed with the key pair of the main key.
fn signed(path: &str, time: &str, scope: &str, signature: &str) -> Vec<u8> {
    signed_by(
        "TGAKue5KH33INiNfhLtEn9v11JUuitCccoIJZDdDV8JzQzl",
        path,
        time,
        scope,
        signature,
        &[],
        BODY,
    )
}

fn signed_by(
    id: &str,
    path: &str,
    time: &str,
    scope: &str,
    signature: &str,
    more: &[(&str, &str)],
    body: &str,
) -> Vec<u8> {
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential={id}/{scope}/aws4_request, \
         SignedHeaders=content-type;host;x-amz-date, Signature={signature}"
    );
    let headers = [
        ("content-type", "application/json"),
        ("x-amz-date", time),
        ("authorization", &authorization),
    ];
    post(path, &[&headers[..], more].concat(), body)
}

#[test]
fn a_request_that_botocore_signed_is_taken_for_one_with_the_key() {
    let upstream = answering(BEDROCK);
    let plane = Setup::with(&BEDROCK, &upstream).start();
    let encoded = "bcac223e579c81e95a32373d7b6fd45262bae9c2cf57ff8bc1823a19365cb334";
    let early = "510d66cd0b1cbd78f28c09583c7fd5736be1c5ba736ebb004d96d38fe19957c1";
    let late = "c5845bae5571c1810b1da822c837f008d84b6b853b7b03f238bb0d2e705d2e89";
    for (path, time, signature) in [
        (PLAIN, NOW, GOOD),
        ("/model/up%2Fm-1/converse", NOW, encoded),
        (PLAIN, "20261124T075500Z", early),
        (PLAIN, "20261124T080500Z", late),
    ] {
        let answer = plane.ask(signed(path, time, DAY, signature));
        assert_eq!(answer.status(), 200, "{path} {time}: {}", answer.text());
    }
    for request in upstream.requests() {
        let all = format!("{} {:?}", request.target, request.headers);
        assert!(!all.contains("TGAK") && !all.contains("AWS4"), "{all}");
    }
    for call in plane.finish() {
        assert_eq!(call.caller.unwrap().key.to_string(), "main");
    }
}

#[test]
fn a_signature_that_is_not_that_of_the_request_is_refused() {
    let upstream = answering(BEDROCK);
    let plane = Setup::with(&BEDROCK, &upstream).start();
    let id = "TGAKue5KH33INiNfhLtEn9v11JUuitCccoIJZDdDV8JzQzl";
    let stranger = format!("TGAK0{}", &id[5..]);
    let stale = "265ba8aebf551380112cb698e0f964cb888d48f8de61691d0c824caf4fb802f1";
    let future = "00bdc74899b973c8ac85e92fcf0f1b47fc8e3fbe08b77e31e0644a701e41cacb";
    let service = "069f286849427e932c473fa387aa5e8281f27be05edc36228443aeb62a8d5349";
    let secret = "9ec9036db1851ab56c1c435fe2800f92a3a9336118a259276974da45f4d5f9f8";
    let unsigned = [("x-amz-content-sha256", "UNSIGNED-PAYLOAD")];
    let other = BODY.replace("Hoi", "Hey");
    let with = |more: &[(&str, &str)], body: &str| signed_by(id, PLAIN, NOW, DAY, GOOD, more, body);
    let of = |id: &str| signed_by(id, PLAIN, NOW, DAY, GOOD, &[], BODY);
    let naked = |authorization: &str| post(PLAIN, &[("authorization", authorization)], BODY);
    let (wrong, unknown, unfinished) = (
        "InvalidSignatureException",
        "UnrecognizedClientException",
        "IncompleteSignatureException",
    );
    let cases = [
        ("another secret", signed(PLAIN, NOW, DAY, secret), wrong),
        (
            "another path",
            signed("/model/up%2Fm-1/converse", NOW, DAY, GOOD),
            wrong,
        ),
        ("another body", with(&[], &other), wrong),
        (
            "another time",
            signed(PLAIN, "20261124T080001Z", DAY, GOOD),
            wrong,
        ),
        (
            "another day",
            signed(PLAIN, NOW, "20261123/eu-west-1/bedrock", GOOD),
            wrong,
        ),
        (
            "another region",
            signed(PLAIN, NOW, "20261124/us-east-1/bedrock", GOOD),
            wrong,
        ),
        (
            "another service",
            signed(PLAIN, NOW, "20261124/eu-west-1/s3x", service),
            wrong,
        ),
        (
            "too early",
            signed(PLAIN, "20261124T075459Z", DAY, stale),
            wrong,
        ),
        (
            "too late",
            signed(PLAIN, "20261124T080501Z", DAY, future),
            wrong,
        ),
        ("a body that is not signed", with(&unsigned, BODY), wrong),
        ("no signature", signed(PLAIN, NOW, DAY, ""), wrong),
        ("no such key", of(&stranger), unknown),
        ("a key of AWS", of("AKIAIOSFODNN7EXAMPLE"), unknown),
        ("no time", signed(PLAIN, "now", DAY, GOOD), unfinished),
        (
            "half a header",
            naked("AWS4-HMAC-SHA256 Credential=x"),
            unfinished,
        ),
        (
            "headers that are not signed",
            naked(&format!(
                "AWS4-HMAC-SHA256 Credential={id}/{DAY}/aws4_request, SignedHeaders=host, Signature=0"
            )),
            unfinished,
        ),
    ];
    for (what, request, kind) in cases {
        let answer = plane.ask(request);
        assert_eq!(answer.status(), 401, "{what}: {}", answer.text());
        assert_eq!(answer.header("x-amzn-errortype"), kind, "{what}");
        assert!(
            answer.json()["message"].is_string(),
            "{what}: {}",
            answer.text()
        );
    }
    let both = with(&[("x-api-key", &key(Which::Main))], BODY);
    assert_eq!(plane.ask(both).status(), 400, "a signature beside a key");
    assert!(upstream.requests().is_empty());
    plane.finish();
}

fn refused(answer: &Answer, status: u16, kind: &str) {
    assert_eq!(answer.status(), status, "{}", answer.text());
    assert_eq!(answer.header("x-amzn-errortype"), kind, "{}", answer.text());
    let json = answer.json();
    assert_eq!(json["message"], json["detail"], "{json}");
    assert_eq!(answer.header("content-type"), "application/json");
}

#[test]
fn er_01_refusals_have_the_shape_that_sdks_of_aws_read() {
    let upstream = Upstream::start(|_| Reply::json(503, r#"{"message":"Full"}"#));
    let plane = Setup::with(&BEDROCK, &upstream).start();
    let main = bearer();
    let with = |path: &str, body: &str| plane.ask(post(path, &[("authorization", &main)], body));
    refused(
        &plane.ask(post(PLAIN, &[], BODY)),
        401,
        "UnrecognizedClientException",
    );
    refused(
        &with("/model/nobody/converse", BODY),
        404,
        "ResourceNotFoundException",
    );
    refused(&with(PLAIN, "{"), 400, "ValidationException");
    refused(
        &with(PLAIN, r#"{"messages":[]}"#),
        400,
        "ValidationException",
    );
    refused(
        &with("/model/smart/invoke", BODY),
        404,
        "UnknownOperationException",
    );
    refused(&with(PLAIN, BODY), 503, "ServiceUnavailableException");
    let answer = plane.ask(get(PLAIN, &[("authorization", &main)]));
    refused(&answer, 405, "UnknownOperationException");
    plane.finish();
    let plane = Setup::with(&BEDROCK, &upstream).wallet("0.00").start();
    refused(&plane.ask(ask(PLAIN)), 402, "ServiceQuotaExceededException");
    plane.finish();
}

#[test]
fn a_stream_that_breaks_off_ends_with_an_exception_and_is_charged() {
    let (bytes, first) = stream();
    let begun = bytes[..first].to_vec();
    let mut fails = begun.clone();
    let words = format!(r#"{{"message":"Overloaded for {PROVIDER_KEY}"}}"#);
    event_stream::exception("internalServerException", words.as_bytes(), &mut fails);
    let mut garbled = bytes.clone();
    garbled[first + 20] ^= 1;
    let replies = [
        Reply::whole(200, STREAM_TYPE, &fails),
        Reply::whole(200, STREAM_TYPE, &garbled),
        Reply::whole(200, STREAM_TYPE, &bytes[..first + 30]),
        Reply::whole(200, STREAM_TYPE, &bytes).cut_after(first + 30),
    ];
    for reply in replies {
        let upstream = Upstream::scripted([reply]);
        let plane = Setup::with(&BEDROCK, &upstream).start();
        let answer = plane.ask(ask(STREAMED));
        let all = messages(&answer.body);
        assert!(answer.body.starts_with(&begun));
        let (is_event, name, payload) = all.last().unwrap();
        assert_eq!(
            (*is_event, name.as_str()),
            (false, "modelStreamErrorException")
        );
        assert!(
            payload["message"].as_str().unwrap().contains("broke off"),
            "{payload}"
        );
        assert!(!payload.to_string().contains(PROVIDER_KEY));
        let call = plane.finish_one();
        assert_eq!(call.ending, Ending::UpstreamCut);
        assert!(!call.cost.is_zero());
    }
}

#[test]
fn er_07_an_exception_before_the_first_word_lets_another_provider_answer() {
    let mut fails = Vec::new();
    event_stream::exception(
        "throttlingException",
        br#"{"message":"Slow down"}"#,
        &mut fails,
    );
    let broken = Upstream::start(move |_| Reply::whole(200, STREAM_TYPE, &fails));
    let good = Upstream::start(|_| Reply::sse(ANTHROPIC.stream));
    let plane = Setup::bare()
        .provider("a", &BEDROCK, &broken.url(), json!({}))
        .provider("b", &ANTHROPIC, &good.url(), json!({}))
        .model("smart", &["a", "b"])
        .start();
    let answer = plane.ask(ask(STREAMED));
    assert_eq!(told(&messages(&answer.body)), "Grüezi");
    let call = plane.finish_one();
    assert_eq!(call.attempts[0].failure.unwrap().as_str(), "rate_limited");
}

#[test]
fn er_03_the_type_of_an_error_is_read_from_its_header() {
    let throttled = || {
        let reply = Reply::json(400, r#"{"message":"Please wait."}"#);
        reply.header(
            "x-amzn-ErrorType",
            "ThrottlingException:http://internal.amazon.com/",
        )
    };
    let broken = Upstream::start(move |_| throttled());
    let good = answering(OPENAI);
    let plane = Setup::bare()
        .provider("a", &BEDROCK, &broken.url(), json!({}))
        .provider("b", &OPENAI, &good.url(), json!({}))
        .model("smart", &["a", "b"])
        .start();
    let answer = plane.ask(ask(PLAIN));
    assert_eq!(answer.status(), 200, "{}", answer.text());
    let call = plane.finish_one();
    assert_eq!(call.attempts[0].failure.unwrap().as_str(), "rate_limited");
}

#[test]
fn the_tokens_of_a_prompt_are_counted_by_the_provider_or_estimated() {
    let body = format!(r#"{{"input":{{"converse":{BODY}}}}}"#);
    let count = || {
        post(
            "/model/smart/count-tokens",
            &[("authorization", &bearer())],
            &body,
        )
    };
    let upstream = Upstream::start(|_| Reply::json(200, r#"{"inputTokens":42}"#));
    let plane = Setup::with(&BEDROCK, &upstream).start();
    assert_eq!(plane.ask(count()).text(), r#"{"inputTokens":42}"#);
    let request = upstream.requests().remove(0);
    assert_eq!(request.target, "/model/m-1/count-tokens");
    assert_eq!(String::from_utf8_lossy(&request.body), body);
    plane.finish();
    let plane = Setup::with(&OPENAI, &answering(OPENAI)).start();
    let answer = plane.ask(count());
    assert!(
        answer.json()["inputTokens"].as_u64().unwrap() > 5,
        "{}",
        answer.text()
    );
    assert_eq!(answer.header("x-tollgate-estimate"), "true");
    plane.finish();
}

#[test]
fn models_are_listed_as_the_sdks_of_aws_read_them() {
    let plane = Setup::with(&OPENAI, &answering(OPENAI)).start();
    let list = |path: &str| plane.ask(get(path, &[("authorization", &bearer())])).json();
    let all = list("/foundation-models");
    let mut summaries = all["modelSummaries"].as_array().unwrap().iter();
    assert!(summaries.any(|model| model["modelId"] == "smart"));
    let one = list("/foundation-models/smart");
    assert_eq!(one["modelDetails"]["modelId"], json!("smart"));
    refused(
        &plane.ask(get(
            "/foundation-models/nobody",
            &[("authorization", &bearer())],
        )),
        404,
        "ResourceNotFoundException",
    );
    plane.finish();
}
