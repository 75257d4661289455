//! What a refused caller reads, in every dialect.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::Value;
use tollgate_dialect::event_stream;
use tollgate_dialect::refusal::{View, body, error_header, problem, realtime_error, stream_error};
use tollgate_model::refusal::Shortage;
use tollgate_model::resource::RuleRef;
use tollgate_model::{CallId, Dialect, Kind, Micros, Nanos, Reason, Refusal};

const CALL: CallId = CallId(0x0190_0000_0000_7000_8000_0000_0000_0001);
const DIALECTS: [Dialect; 3] = [
    Dialect::OpenaiChat,
    Dialect::AnthropicMessages,
    Dialect::Gemini,
];

fn short() -> Refusal {
    let mut refusal = Refusal::new(
        Reason::HoldExceedsBalance,
        "This request may cost up to $0.96, but $0.04 is available.",
    )
    .at("max_tokens")
    .by(RuleRef {
        kind: Kind::Team,
        name: "acme".parse().unwrap(),
        revision: 7,
    });
    refusal.shortage = Some(Shortage {
        scope: "the wallet of team acme".into(),
        needed: Nanos::new(960_000_000),
        available: Nanos::new(40_000_000),
        affordable_max_tokens: Some(2666),
        resets_at: Micros::parse("2026-12-01T00:00:00Z"),
    });
    refusal
}

fn view(refusal: &Refusal, reveal: bool) -> View<'_> {
    View {
        refusal,
        call: CALL,
        reveal,
        explain: None,
    }
}

fn shown(dialect: Dialect, refusal: &Refusal) -> String {
    String::from_utf8(body(dialect, &view(refusal, true))).unwrap()
}

#[test]
fn a_shortage_is_told_in_openai_shape() {
    insta::assert_snapshot!(shown(Dialect::OpenaiChat, &short()), @r#"{"error":{"message":"This request may cost up to $0.96, but $0.04 is available.","type":"insufficient_quota","param":"max_tokens","code":"hold_exceeds_balance"},"type":"/problems/hold_exceeds_balance","title":"Not enough credit for this request","status":402,"detail":"This request may cost up to $0.96, but $0.04 is available.","instance":"/calls/call_01j0000000e008000000000001","reason":"hold_exceeds_balance","cause":"payment_info","who":"key_owner","retry":{"safe":false,"after_s":null},"fix":"Top up, or make the call smaller: a lower `max_tokens` lowers the most it can cost.","param":"max_tokens","money":{"currency":"USD","scope":"the wallet of team acme","required":"0.96","available":"0.04","affordable_max_tokens":2666,"resets_at":"2026-12-01T00:00:00Z"},"rule":{"kind":"Team","name":"acme","revision":7}}"#);
}

#[test]
fn a_shortage_is_told_in_anthropic_shape() {
    insta::assert_snapshot!(shown(Dialect::AnthropicMessages, &short()), @r#"{"type":"error","error":{"type":"billing_error","message":"This request may cost up to $0.96, but $0.04 is available.","problem":{"type":"/problems/hold_exceeds_balance","title":"Not enough credit for this request","status":402,"detail":"This request may cost up to $0.96, but $0.04 is available.","instance":"/calls/call_01j0000000e008000000000001","reason":"hold_exceeds_balance","cause":"payment_info","who":"key_owner","retry":{"safe":false,"after_s":null},"fix":"Top up, or make the call smaller: a lower `max_tokens` lowers the most it can cost.","param":"max_tokens","money":{"currency":"USD","scope":"the wallet of team acme","required":"0.96","available":"0.04","affordable_max_tokens":2666,"resets_at":"2026-12-01T00:00:00Z"},"rule":{"kind":"Team","name":"acme","revision":7}}},"request_id":"call_01j0000000e008000000000001"}"#);
}

#[test]
fn a_shortage_is_told_in_gemini_shape() {
    insta::assert_snapshot!(shown(Dialect::Gemini, &short().retry_after(30)), @r#"{"error":{"code":402,"message":"This request may cost up to $0.96, but $0.04 is available.","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"HOLD_EXCEEDS_BALANCE","domain":"tollgate","metadata":{"call":"call_01j0000000e008000000000001"}},{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"30s"},{"@type":"type.googleapis.com/google.protobuf.Struct","value":{"type":"/problems/hold_exceeds_balance","title":"Not enough credit for this request","status":402,"detail":"This request may cost up to $0.96, but $0.04 is available.","instance":"/calls/call_01j0000000e008000000000001","reason":"hold_exceeds_balance","cause":"payment_info","who":"key_owner","retry":{"safe":false,"after_s":30},"fix":"Top up, or make the call smaller: a lower `max_tokens` lowers the most it can cost.","param":"max_tokens","money":{"currency":"USD","scope":"the wallet of team acme","required":"0.96","available":"0.04","affordable_max_tokens":2666,"resets_at":"2026-12-01T00:00:00Z"},"rule":{"kind":"Team","name":"acme","revision":7}}}]}}"#);
}

#[test]
fn a_problem_is_told_where_no_dialect_is_spoken() {
    let refusal = Refusal::new(Reason::RouteNotFound, "Nothing is served at /x.");
    let view = View {
        explain: Some("tollgate explain"),
        ..view(&refusal, false)
    };
    insta::assert_snapshot!(String::from_utf8(problem(&view)).unwrap(), @r#"{"type":"/problems/route_not_found","title":"No such address","status":404,"detail":"Nothing is served at /x.","instance":"/calls/call_01j0000000e008000000000001","reason":"route_not_found","cause":"request","who":"key_owner","retry":{"safe":false,"after_s":null},"fix":"Check the path; OpenAI clients want the base URL to end in /v1.","explain":"tollgate explain"}"#);
}

#[test]
fn an_error_ends_a_stream_without_a_proper_end() {
    let refusal = Refusal::new(Reason::UpstreamBadResponse, "The provider broke off.");
    let all: Vec<String> = DIALECTS
        .iter()
        .map(|dialect| stream_error(*dialect, &view(&refusal, true)))
        .map(|bytes| String::from_utf8(bytes).unwrap())
        .collect();
    insta::assert_snapshot!(all.concat(), @r#"
    data: {"error":{"message":"The provider broke off.","type":"server_error","param":null,"code":"upstream_bad_response"},"type":"/problems/upstream_bad_response","title":"The provider's answer cannot be read","status":502,"detail":"The provider broke off.","instance":"/calls/call_01j0000000e008000000000001","reason":"upstream_bad_response","cause":"upstream","who":"provider","retry":{"safe":true,"after_s":null},"fix":"Try again; if it stays, check the provider's `dialect` and `base_url`."}

    event: error
    data: {"type":"error","error":{"type":"api_error","message":"The provider broke off.","problem":{"type":"/problems/upstream_bad_response","title":"The provider's answer cannot be read","status":502,"detail":"The provider broke off.","instance":"/calls/call_01j0000000e008000000000001","reason":"upstream_bad_response","cause":"upstream","who":"provider","retry":{"safe":true,"after_s":null},"fix":"Try again; if it stays, check the provider's `dialect` and `base_url`."}},"request_id":"call_01j0000000e008000000000001"}

    data: {"error":{"code":502,"message":"The provider broke off.","status":"UNAVAILABLE","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"UPSTREAM_BAD_RESPONSE","domain":"tollgate","metadata":{"call":"call_01j0000000e008000000000001"}},{"@type":"type.googleapis.com/google.protobuf.Struct","value":{"type":"/problems/upstream_bad_response","title":"The provider's answer cannot be read","status":502,"detail":"The provider broke off.","instance":"/calls/call_01j0000000e008000000000001","reason":"upstream_bad_response","cause":"upstream","who":"provider","retry":{"safe":true,"after_s":null},"fix":"Try again; if it stays, check the provider's `dialect` and `base_url`."}}]}}
    "#);
}

#[test]
fn amounts_and_rules_are_kept_from_strangers() {
    let refusal = short();
    let mut bodies = DIALECTS
        .map(|dialect| body(dialect, &view(&refusal, false)))
        .to_vec();
    bodies.push(body(Dialect::BedrockConverse, &view(&refusal, false)));
    bodies.push(problem(&view(&refusal, false)));
    for bytes in bodies {
        let text = String::from_utf8(bytes).unwrap();
        for secret in ["0.96", "0.04", "2666", "acme", "\"money\"", "\"rule\""] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
        assert!(text.contains("hold_exceeds_balance"));
    }
}

#[test]
fn every_reason_has_its_words_in_every_dialect() {
    let mut table = String::new();
    for reason in Reason::ALL {
        let refusal = Refusal::new(reason, "d");
        let read = |dialect| -> Value {
            serde_json::from_slice(&body(dialect, &view(&refusal, true))).unwrap()
        };
        let [openai, anthropic, gemini] = DIALECTS.map(read);
        let word = |value: &Value, path: &str| value.pointer(path).unwrap().to_string();
        table.push_str(&format!(
            "{} {reason}: {} {}; {}; {}\n",
            refusal.status,
            word(&openai, "/error/type"),
            word(&openai, "/error/code"),
            word(&anthropic, "/error/type"),
            word(&gemini, "/error/status"),
        ));
    }
    insta::assert_snapshot!(table, @r#"
    400 request_malformed: "invalid_request_error" "request_malformed"; "invalid_request_error"; "INVALID_ARGUMENT"
    400 parameter_unsupported: "invalid_request_error" "parameter_unsupported"; "invalid_request_error"; "INVALID_ARGUMENT"
    401 key_missing: "invalid_request_error" "invalid_api_key"; "authentication_error"; "UNAUTHENTICATED"
    401 key_invalid: "invalid_request_error" "invalid_api_key"; "authentication_error"; "UNAUTHENTICATED"
    401 key_expired: "invalid_request_error" "key_expired"; "authentication_error"; "UNAUTHENTICATED"
    401 key_revoked: "invalid_request_error" "key_revoked"; "authentication_error"; "UNAUTHENTICATED"
    403 model_not_allowed: "permission_error" "model_not_allowed"; "permission_error"; "PERMISSION_DENIED"
    404 route_not_found: "invalid_request_error" "route_not_found"; "not_found_error"; "NOT_FOUND"
    404 answer_not_found: "invalid_request_error" "answer_not_found"; "not_found_error"; "NOT_FOUND"
    404 file_not_found: "invalid_request_error" "file_not_found"; "not_found_error"; "NOT_FOUND"
    400 files_unsupported: "invalid_request_error" "files_unsupported"; "invalid_request_error"; "INVALID_ARGUMENT"
    404 model_not_found: "invalid_request_error" "model_not_found"; "not_found_error"; "NOT_FOUND"
    405 method_not_allowed: "invalid_request_error" "method_not_allowed"; "invalid_request_error"; "UNIMPLEMENTED"
    408 request_timeout: "invalid_request_error" "request_timeout"; "timeout_error"; "DEADLINE_EXCEEDED"
    413 body_too_large: "invalid_request_error" "body_too_large"; "request_too_large"; "INVALID_ARGUMENT"
    431 headers_too_large: "invalid_request_error" "headers_too_large"; "invalid_request_error"; "INVALID_ARGUMENT"
    402 balance_exhausted: "insufficient_quota" "balance_exhausted"; "billing_error"; "RESOURCE_EXHAUSTED"
    402 hold_exceeds_balance: "insufficient_quota" "hold_exceeds_balance"; "billing_error"; "RESOURCE_EXHAUSTED"
    402 funds_held_in_flight: "insufficient_quota" "funds_held_in_flight"; "billing_error"; "RESOURCE_EXHAUSTED"
    429 budget_exceeded: "insufficient_quota" "budget_exceeded"; "rate_limit_error"; "RESOURCE_EXHAUSTED"
    400 no_target_fits: "invalid_request_error" "no_target_fits"; "invalid_request_error"; "INVALID_ARGUMENT"
    503 price_unknown: "server_error" "price_unknown"; "api_error"; "UNAVAILABLE"
    400 upstream_rejected: "invalid_request_error" "upstream_rejected"; "invalid_request_error"; "INVALID_ARGUMENT"
    429 upstream_rate_limited: "rate_limit_error" "rate_limit_exceeded"; "rate_limit_error"; "RESOURCE_EXHAUSTED"
    503 upstream_account_unfunded: "server_error" "upstream_account_unfunded"; "api_error"; "UNAVAILABLE"
    503 upstream_auth_failed: "server_error" "upstream_auth_failed"; "api_error"; "UNAVAILABLE"
    503 upstream_model_unknown: "server_error" "upstream_model_unknown"; "api_error"; "UNAVAILABLE"
    503 upstream_overloaded: "server_error" "upstream_overloaded"; "overloaded_error"; "UNAVAILABLE"
    502 upstream_error: "server_error" "upstream_error"; "api_error"; "UNAVAILABLE"
    502 upstream_unreachable: "server_error" "upstream_unreachable"; "api_error"; "UNAVAILABLE"
    504 upstream_timeout: "server_error" "upstream_timeout"; "timeout_error"; "DEADLINE_EXCEEDED"
    502 upstream_bad_response: "server_error" "upstream_bad_response"; "api_error"; "UNAVAILABLE"
    503 ledger_unavailable: "server_error" "ledger_unavailable"; "api_error"; "UNAVAILABLE"
    503 shutting_down: "server_error" "shutting_down"; "api_error"; "UNAVAILABLE"
    408 session_over: "invalid_request_error" "session_over"; "timeout_error"; "DEADLINE_EXCEEDED"
    500 internal_error: "server_error" "internal_error"; "api_error"; "INTERNAL"
    "#);
}

#[test]
fn er_03_the_code_of_the_provider_reaches_programs_that_know_it() {
    let mut refusal = Refusal::new(Reason::UpstreamRejected, "Too long.");
    let code = |refusal: &Refusal| {
        let body: Value = serde_json::from_str(&shown(Dialect::OpenaiChat, refusal)).unwrap();
        (body["error"]["code"].clone(), body["reason"].clone())
    };
    let ours: Value = "upstream_rejected".into();
    assert_eq!(code(&refusal), (ours.clone(), ours.clone()));
    refusal.code = Some("context_length_exceeded".into());
    assert_eq!(code(&refusal), ("context_length_exceeded".into(), ours));
}

#[test]
fn er_02_anthropic_types_follow_the_status() {
    for (status, kind) in [
        (400, "invalid_request_error"),
        (401, "authentication_error"),
        (402, "billing_error"),
        (403, "permission_error"),
        (404, "not_found_error"),
        (413, "request_too_large"),
        (429, "rate_limit_error"),
        (500, "api_error"),
        (504, "timeout_error"),
        (529, "overloaded_error"),
    ] {
        let mut refusal = Refusal::new(Reason::InternalError, "");
        refusal.status = status;
        let kind = format!("\"error\":{{\"type\":\"{kind}\"");
        assert!(
            shown(Dialect::AnthropicMessages, &refusal).contains(&kind),
            "{status}"
        );
    }
}

/// Dialects whose errors are one text.
const PLAIN: [(Dialect, &str); 3] = [
    (Dialect::Cohere, "/message"),
    (Dialect::Ollama, "/error"),
    (Dialect::OllamaGenerate, "/error"),
];

#[test]
fn a_shortage_is_told_in_a_text_with_the_problem_beside_it() {
    for (dialect, place) in PLAIN {
        let told: Value = serde_json::from_str(&shown(dialect, &short())).unwrap();
        let words = told.pointer(place).and_then(Value::as_str);
        assert_eq!(words, Some(&*short().detail), "{dialect}");
        assert_eq!(told["problem"]["reason"], "hold_exceeds_balance");
        assert_eq!(told["problem"]["money"]["required"], "0.96");
        let text = body(dialect, &view(&short(), false));
        let text = String::from_utf8(text).unwrap();
        for secret in ["0.96", "0.04", "2666", "acme", "\"money\"", "\"rule\""] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
    let completions = shown(Dialect::OpenaiCompletions, &short());
    assert_eq!(completions, shown(Dialect::OpenaiChat, &short()));
}

#[test]
fn an_error_ends_a_stream_of_the_plainer_dialects_in_their_own_way() {
    let refusal = Refusal::new(Reason::UpstreamBadResponse, "The provider broke off.");
    let end = |dialect| String::from_utf8(stream_error(dialect, &view(&refusal, true))).unwrap();
    let cohere = end(Dialect::Cohere);
    let data = cohere.strip_prefix("event: message-end\ndata: ").unwrap();
    let told: Value = serde_json::from_str(data).unwrap();
    assert_eq!(told["type"], "message-end");
    assert_eq!(told["delta"]["finish_reason"], "ERROR");
    assert_eq!(told["delta"]["error"], "The provider broke off.");
    assert!(cohere.ends_with("}\n\n"));
    let ollama = end(Dialect::Ollama);
    assert_eq!(ollama.matches('\n').count(), 1, "one line");
    let told: Value = serde_json::from_str(&ollama).unwrap();
    assert_eq!(told["error"], "The provider broke off.");
    assert_eq!(end(Dialect::OpenaiCompletions), end(Dialect::OpenaiChat));
}

#[test]
fn er_01_a_caller_of_bedrock_reads_a_message_and_the_name_of_an_exception() {
    let refusal = Refusal::new(Reason::ModelNotFound, "There is no such model.");
    let told: Value =
        serde_json::from_slice(&body(Dialect::BedrockConverse, &view(&refusal, true))).unwrap();
    assert_eq!(told["message"], "There is no such model.");
    assert_eq!(told["reason"], "model_not_found");
    for dialect in DIALECTS {
        assert_eq!(error_header(dialect, &refusal), None);
    }
    let kind = |refusal: &Refusal| {
        let (name, value) = error_header(Dialect::BedrockConverse, refusal).unwrap();
        assert_eq!(name, "x-amzn-errortype");
        value.to_owned()
    };
    for (reason, want) in [
        (Reason::RequestMalformed, "ValidationException"),
        (Reason::KeyMissing, "UnrecognizedClientException"),
        (Reason::HoldExceedsBalance, "ServiceQuotaExceededException"),
        (Reason::BudgetExceeded, "ServiceQuotaExceededException"),
        (Reason::ModelNotAllowed, "AccessDeniedException"),
        (Reason::RouteNotFound, "UnknownOperationException"),
        (Reason::MethodNotAllowed, "UnknownOperationException"),
        (Reason::ModelNotFound, "ResourceNotFoundException"),
        (Reason::BodyTooLarge, "ValidationException"),
        (Reason::UpstreamRateLimited, "ThrottlingException"),
        (Reason::UpstreamTimeout, "ModelTimeoutException"),
        (Reason::UpstreamError, "ModelErrorException"),
        (Reason::UpstreamOverloaded, "ServiceUnavailableException"),
        (Reason::InternalError, "InternalServerException"),
    ] {
        assert_eq!(kind(&Refusal::new(reason, "d")), want, "{reason}");
    }
    let mut signed = Refusal::new(Reason::KeyInvalid, "d");
    signed.code = Some("InvalidSignatureException".to_owned());
    assert_eq!(kind(&signed), "InvalidSignatureException");
    signed.code = Some("context_length_exceeded".to_owned());
    assert_eq!(kind(&signed), "UnrecognizedClientException");
}

#[test]
fn an_error_ends_a_stream_of_bedrock_as_an_exception() {
    for (reason, want) in [
        (Reason::UpstreamBadResponse, "modelStreamErrorException"),
        (Reason::UpstreamRateLimited, "throttlingException"),
        (Reason::UpstreamOverloaded, "serviceUnavailableException"),
        (Reason::InternalError, "internalServerException"),
        (Reason::RequestMalformed, "validationException"),
    ] {
        let refusal = Refusal::new(reason, "It broke off.");
        let bytes = stream_error(Dialect::BedrockConverse, &view(&refusal, true));
        let (frame, length) = event_stream::first(&bytes).unwrap().unwrap();
        assert_eq!(
            (frame.kind, frame.name),
            (event_stream::Kind::Exception, want)
        );
        assert_eq!(length, bytes.len());
        let told: Value = serde_json::from_slice(frame.payload).unwrap();
        assert_eq!(told["message"], "It broke off.");
    }
}

#[test]
fn a_shortage_is_an_error_event_in_a_realtime_session() {
    let short = short();
    insta::assert_snapshot!(realtime_error(&view(&short, false), Some("a\"b")), @r#"{"type":"error","event_id":"event_call_01j0000000e008000000000001","error":{"message":"The most that this call could cost is more than what is left, so it was not begun. Nothing was charged.","type":"insufficient_quota","param":"max_tokens","code":"hold_exceeds_balance","event_id":"a\"b"},"problem":{"type":"/problems/hold_exceeds_balance","title":"Not enough credit for this request","status":402,"detail":"The most that this call could cost is more than what is left, so it was not begun. Nothing was charged.","instance":"/calls/call_01j0000000e008000000000001","reason":"hold_exceeds_balance","cause":"payment_info","who":"key_owner","retry":{"safe":false,"after_s":null},"fix":"Top up, or make the call smaller: a lower `max_tokens` lowers the most it can cost.","param":"max_tokens"}}"#);
    let bare: Value = serde_json::from_str(&realtime_error(&view(&short, true), None)).unwrap();
    assert_eq!(bare["error"]["event_id"], Value::Null);
    assert_eq!(bare["problem"]["money"]["required"], "0.96");
}
