use tollgate_dialect::codec::Outbound;
use tollgate_dialect::gemini::Gemini;
use tollgate_dialect::ir::{Response, Stop};

use crate::shapes::{show_blocks, used};

fn decode(body: &str) -> Response {
    Gemini.decode_response(body.as_bytes()).unwrap()
}

fn answer(parts: &str, reason: &str) -> String {
    format!(
        r#"{{"candidates":[{{"content":{{"parts":[{parts}],"role":"model"}},
            "finishReason":"{reason}","index":0}}],
            "usageMetadata":{{"promptTokenCount":8,"candidatesTokenCount":5,"totalTokenCount":13}},
            "modelVersion":"gemini-2.5-flash","responseId":"r1"}}"#
    )
}

#[test]
fn gr_01_every_reason_to_finish_has_its_meaning() {
    for (reason, want) in [
        ("STOP", Stop::End),
        ("MAX_TOKENS", Stop::Length),
        ("SAFETY", Stop::Filtered),
        ("RECITATION", Stop::Filtered),
        ("LANGUAGE", Stop::Filtered),
        ("BLOCKLIST", Stop::Filtered),
        ("PROHIBITED_CONTENT", Stop::Filtered),
        ("SPII", Stop::Filtered),
        ("IMAGE_SAFETY", Stop::Filtered),
        ("OTHER", Stop::End),
        ("SOMETHING_NEW", Stop::End),
    ] {
        assert_eq!(
            decode(&answer(r#"{"text":"x"}"#, reason)).stop,
            want,
            "{reason}"
        );
    }
    let call = r#"{"functionCall":{"name":"f"}}"#;
    assert_eq!(decode(&answer(call, "STOP")).stop, Stop::ToolUse);
    assert_eq!(decode(&answer(call, "MAX_TOKENS")).stop, Stop::Length);
    for reason in ["MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL"] {
        let error = Gemini
            .decode_response(answer("", reason).as_bytes())
            .unwrap_err();
        assert!(error.contains(reason), "{error}");
    }
}

#[test]
fn gr_02_a_blocked_prompt_is_an_empty_answer_that_was_filtered() {
    for candidates in ["", r#""candidates":[],"#] {
        let body = format!(
            r#"{{{candidates}"promptFeedback":{{"blockReason":"SAFETY"}},
                "usageMetadata":{{"promptTokenCount":4,"totalTokenCount":4}}}}"#
        );
        let response = decode(&body);
        assert!(response.blocks.is_empty());
        assert_eq!(response.stop, Stop::Filtered);
        assert_eq!(response.usage.prompt_tokens(), 4);
    }
}

#[test]
fn gr_03_a_candidate_may_have_no_content() {
    for content in ["", r#""content":{},"#, r#""content":{"role":"model"},"#] {
        let body = format!(r#"{{"candidates":[{{{content}"finishReason":"MAX_TOKENS"}}]}}"#);
        let response = decode(&body);
        assert!(response.blocks.is_empty());
        assert_eq!(response.stop, Stop::Length);
    }
}

#[test]
fn gr_04_and_gr_05_thoughts_words_and_calls_are_told_apart() {
    let response = decode(&answer(
        r#"{"text":"Let me","thought":true},{"text":" see.","thought":true},
           {"text":"One, "},{"text":"two.","thoughtSignature":"VA=="},{"text":""},
           {"functionCall":{"name":"f","args":{"z": 1.0,"a":9007199254740993}},
            "thoughtSignature":"U2ln"},
           {"functionCall":{"name":"g","id":"own"}},
           {"functionCall":{"name":"g","id":"own","args":{}}},
           {"executableCode":{"language":"PYTHON","code":"print(1)"}},
           {"codeExecutionResult":{"outcome":"OUTCOME_OK","output":"1"}}"#,
        "STOP",
    ));
    insta::assert_snapshot!(show_blocks(&response.blocks), @r#"
    thinking "Let me see." signed None
    text "One, two."
    call call_r1_0 f {"z": 1.0,"a":9007199254740993} signed Some("U2ln")
    call own g {} signed None
    call call_r1_2 g {} signed None
    text "\n```python\nprint(1)\n```\n\n```\n1\n```\n"
    "#);
}

#[test]
fn gr_06_the_usage_is_read_from_the_answer_and_alone() {
    let body = answer("", "STOP");
    let want = r#"{"input":8,"output":5}"#;
    assert_eq!(serde_json::to_string(&decode(&body).usage).unwrap(), want);
    let alone = used(&Gemini, &body).unwrap().unwrap();
    assert_eq!(serde_json::to_string(&alone).unwrap(), want);
    for nothing in [r#"{"usageMetadata":{}}"#, "{}"] {
        assert_eq!(used(&Gemini, nothing), Ok(None));
    }
    assert!(used(&Gemini, "[]").is_err());
    let busy = r#"{"error":{"code":503,"message":"Busy","status":"UNAVAILABLE"}}"#;
    assert_eq!(used(&Gemini, busy), Err("Busy".to_owned()));
}

#[test]
fn gr_08_errors_are_read_in_and_out_of_an_array() {
    let error = r#"{"error":{"code":429,"message":"Quota exceeded","status":"RESOURCE_EXHAUSTED",
        "details":[{"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[]},
        {"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34.074824224s"}]}}"#;
    for body in [error.to_owned(), format!("[{error}]")] {
        let error = Gemini.decode_error(429, body.as_bytes());
        assert_eq!(error.message, "Quota exceeded");
        assert_eq!(error.kind.as_deref(), Some("RESOURCE_EXHAUSTED"));
        assert_eq!(error.code.as_deref(), Some("429"));
        assert_eq!(error.retry_after, Some(35));
    }
    let key = r#"{"error":{"code":400,"message":"API key not valid.","status":"INVALID_ARGUMENT",
        "details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID",
        "domain":"googleapis.com"},
        {"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"soon"}]}}"#;
    let error = Gemini.decode_error(400, key.as_bytes());
    assert_eq!(error.code.as_deref(), Some("API_KEY_INVALID"));
    assert_eq!(error.retry_after, None);
    assert!(
        Gemini
            .decode_error(502, b"<html>Bad gateway</html>")
            .message
            .contains("502")
    );
}

#[test]
fn gr_09_pictures_in_an_answer_keep_their_bytes() {
    let picture = r#"{"inlineData":{"mimeType":"image/png","data":"aWc="}}"#;
    let sound = r#"{"inlineData":{"mimeType":"audio/L16;rate=24000","data":"AAA="}}"#;
    let response = decode(&answer(&format!("{picture},{sound}"), "STOP"));
    insta::assert_snapshot!(show_blocks(&response.blocks), @r#"
    Image(Inline { mime: "image/png", base64: "aWc=" })
    Audio(Inline { mime: "audio/L16;rate=24000", base64: "AAA=" })
    "#);
}

#[test]
fn gr_11_id_and_model_may_be_absent() {
    let body = r#"{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f"}}]}}]}"#;
    let response = decode(body);
    assert_eq!((response.id, response.model), (None, None));
    assert_eq!(
        show_blocks(&response.blocks),
        "call call_0 f {} signed None"
    );
}

#[test]
fn only_the_first_candidate_is_read() {
    let body = r#"{"candidates":[{"index":1,"content":{"parts":[{"text":"no"}]}},
        {"index":0,"content":{"parts":[{"text":"yes"}]},"finishReason":"STOP"}]}"#;
    assert_eq!(show_blocks(&decode(body).blocks), r#"text "yes""#);
}

#[test]
fn er_07_what_is_no_answer_is_an_error_that_says_why() {
    for (body, part) in [
        (
            r#"{"error":{"code":503,"message":"Overloaded","status":"UNAVAILABLE"}}"#,
            "Overloaded",
        ),
        ("{}", "`candidates`"),
        ("", "cannot be read"),
        ("[]", "cannot be read"),
        (
            r#"{"candidates":[{"content":{"parts":[{"functionCall":{}}]}}]}"#,
            "`name`",
        ),
    ] {
        let error = Gemini.decode_response(body.as_bytes()).unwrap_err();
        assert!(error.contains(part), "{error}");
    }
}
