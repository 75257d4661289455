//! What is known of a request before it is served, and what changes on its way to Gemini.

use tollgate_dialect::codec::{Address, Inbound};
use tollgate_dialect::gemini::Gemini;
use tollgate_dialect::tier::Wish;
use tollgate_model::{Reason, ServiceTier};

use crate::shapes::{head, hi, target};

fn refused(body: &str) -> String {
    let refusal = head(body).unwrap_err();
    assert_eq!(refusal.reason, Reason::RequestMalformed);
    refusal.param.unwrap_or_default()
}

#[test]
fn a_bare_request_has_defaults() {
    let head = head(&hi("")).unwrap();
    assert_eq!(head.model, "m");
    assert!(!head.stream && head.stream_usage);
    assert_eq!((head.max_tokens, head.answers), (None, 1));
    assert_eq!((head.remote_parts, head.searches), (0, 0));
}

#[test]
fn the_address_says_the_model_and_whether_to_stream() {
    let ask = |body: &str, model, stream| {
        let address = Address { model, stream };
        let head = Gemini.head(body.as_bytes(), &address);
        head.map(|head| (head.model, head.stream))
    };
    let body = hi(r#","model":"models/other""#);
    let read = ask(&body, Some("gemini-2.5-pro"), Some(true)).unwrap();
    assert_eq!(read, ("gemini-2.5-pro".to_owned(), true));
    let read = ask(&body, None, None).unwrap();
    assert_eq!(read, ("other".to_owned(), false));
    for model in [None, Some(""), Some("models/")] {
        let refusal = ask(&hi(""), model, None).unwrap_err();
        assert_eq!(refusal.param.as_deref(), Some("model"));
    }
    let long = "x".repeat(257);
    assert!(ask(&hi(""), Some(&long), None).is_err());
}

#[test]
fn gi_03_both_spellings_are_read() {
    for config in [
        r#""generationConfig":{"maxOutputTokens":9,"candidateCount":3}"#,
        r#""generation_config":{"max_output_tokens":"9","candidate_count":3.0}"#,
    ] {
        let head = head(&hi(&format!(",{config}"))).unwrap();
        assert_eq!((head.max_tokens, head.answers), (Some(9), 3), "{config}");
    }
    for (members, param) in [
        (
            r#""generationConfig":{},"generation_config":{}"#,
            "generationConfig",
        ),
        (
            r#""generationConfig":{"maxOutputTokens":9,"max_output_tokens":9000}"#,
            "generationConfig.maxOutputTokens",
        ),
        (
            r#""generationConfig":{"candidateCount":1,"candidateCount":8}"#,
            "generationConfig.candidateCount",
        ),
        (
            r#""generationConfig":{"candidatecount":8}"#,
            "generationConfig.candidateCount",
        ),
        (
            r#""generationConfig":{"candidate\u0043ount":8}"#,
            "generationConfig.candidateCount",
        ),
        (r#""generationConfig":[]"#, "generationConfig"),
        (r#""GenerationConfig":{}"#, "generationConfig"),
        (
            r#""generationConfig":{"maxOutputTokens":0}"#,
            "generationConfig.maxOutputTokens",
        ),
        (
            r#""generationConfig":{"maxOutputTokens":"many"}"#,
            "generationConfig.maxOutputTokens",
        ),
        (
            r#""generationConfig":{"candidateCount":9}"#,
            "generationConfig.candidateCount",
        ),
    ] {
        assert_eq!(refused(&hi(&format!(",{members}"))), param, "{members}");
    }
}

#[test]
fn contents_must_be_there() {
    for body in [
        "{}",
        r#"{"contents":[]}"#,
        r#"{"contents":[ ]}"#,
        r#"{"contents":"Hi"}"#,
        r#"{"contents":null}"#,
        r#"{"generateContentRequest":{}}"#,
    ] {
        assert_eq!(refused(body), "contents", "{body}");
    }
    assert!(head(r#"{"contents":{"parts":{"text":"Hi"}}}"#).is_ok());
    assert!(head("[]").is_err() && head(r#"{"contents":[1]"#).is_err());
}

#[test]
fn gi_10_a_request_wrapped_for_a_count_is_read() {
    let inner = hi(r#","model":"models/x","generationConfig":{"maxOutputTokens":7}"#);
    let body = format!(r#"{{"generateContentRequest":{inner}}}"#);
    let head = head(&body).unwrap();
    assert_eq!(head.max_tokens, Some(7));
    let request = Gemini.decode_request(body.as_bytes(), &head).unwrap();
    assert_eq!((request.turns.len(), request.max_tokens), (1, Some(7)));
    let edited = head
        .edits(&target("up"), Some(5))
        .unwrap()
        .apply(body.as_bytes());
    let want = body.replace("models/x", "models/up").replace(":7}", ":5}");
    assert_eq!(String::from_utf8(edited).unwrap(), want);
}

#[test]
fn parts_with_more_tokens_than_bytes_are_counted() {
    let count = |body: &str| head(body).unwrap().remote_parts;
    let file = r#"{"fileData":{"fileUri":"gs://x/y.pdf"}}"#;
    let image = r#"{"inline_data":{"mime_type":"image/png","data":"aWc="}}"#;
    let parts = format!(r#"{{"parts":[{file},{image},{{"text":"x"}}]}}"#);
    assert_eq!(count(&format!(r#"{{"contents":[{parts},{parts}]}}"#)), 4);
    assert_eq!(
        count(&format!(
            r#"{{"contents":[{parts}],"system_instruction":{parts}}}"#
        )),
        4
    );
    let quoted = serde_json::json!({"contents": [{"parts": [{"text": parts}]}]});
    assert_eq!(count(&quoted.to_string()), 0, "a text about parts has none");
    assert_eq!(
        count(r#"{"contents":[{"parts":[{"file\u0044ata":{}}]}]}"#),
        1,
        "an escape hides nothing"
    );
    assert_eq!(count(&hi(r#","cachedContent":"cachedContents/a""#)), 16);
    assert_eq!(count(&hi(r#","tools":[{"urlContext":{}}]"#)), 16);
    assert_eq!(count(&hi(r#","cached_content":null"#)), 0);
}

#[test]
fn searches_are_provided_for_where_google_may_make_some() {
    for (tools, want) in [
        (r#"[{"googleSearch":{}}]"#, 10),
        (r#"{"google_search":{}}"#, 10),
        (r#"[{"googleSearchRetrieval" : {}}]"#, 10),
        (r#"[{"google_maps":{}}]"#, 10),
        (r#"[{"functionDeclarations":[{"name":"googleSearch"}]}]"#, 0),
        ("null", 0),
    ] {
        let head = head(&hi(&format!(r#","tools":{tools}"#))).unwrap();
        assert_eq!(head.searches, want, "{tools}");
    }
}

fn forwarded(body: &str, limit: Option<u64>) -> String {
    let edits = head(body).unwrap().edits(&target("up"), limit).unwrap();
    String::from_utf8(edits.apply(body.as_bytes())).unwrap()
}

#[test]
fn np_01_a_request_goes_to_gemini_as_it_came() {
    let body =
        hi(r#" , "generationConfig":{"topK":40.0,"temperature":1e0} ,"labels":{"a":"\u00e9"} "#);
    assert_eq!(forwarded(&body, None), body);
    assert!(
        head(&body)
            .unwrap()
            .edits(&target("up"), None)
            .unwrap()
            .is_empty()
    );
}

#[test]
fn a_limit_is_set_wherever_its_place_is() {
    for (given, want) in [
        ("", None),
        (
            r#","generationConfig":null"#,
            Some(r#","generationConfig":{"maxOutputTokens":9}"#),
        ),
        (
            r#","generationConfig":{}"#,
            Some(r#","generationConfig":{"maxOutputTokens":9}"#),
        ),
        (
            r#","generation_config":{"top_p":1}"#,
            Some(r#","generation_config":{"maxOutputTokens":9,"top_p":1}"#),
        ),
        (
            r#","generationConfig":{"max_output_tokens": null}"#,
            Some(r#","generationConfig":{"max_output_tokens": 9}"#),
        ),
    ] {
        let want = match want {
            Some(want) => hi(want),
            None => hi("").replacen('{', r#"{"generationConfig":{"maxOutputTokens":9},"#, 1),
        };
        assert_eq!(forwarded(&hi(given), Some(9)), want, "{given}");
    }
}

#[test]
fn a_model_in_the_body_is_the_one_that_is_asked() {
    let body = hi(r#","model":"models/mine""#);
    assert_eq!(forwarded(&body, None), hi(r#","model":"models/up""#));
}

#[test]
fn the_tier_of_service_is_read_in_each_of_its_spellings_and_places() {
    for (members, want) in [
        (r#","serviceTier":"standard""#, Wish::Usual),
        (r#","service_tier":"SERVICE_TIER_UNSPECIFIED""#, Wish::Usual),
        (r#","serviceTier":null"#, Wish::Usual),
        (r#","serviceTier":"FLEX""#, Wish::Tier(ServiceTier::Flex)),
        (
            r#","generationConfig":{"service_tier":"priority"}"#,
            Wish::Tier(ServiceTier::Priority),
        ),
        (r#","serviceTier":3"#, Wish::Unknown("3".into())),
        (r#","serviceTier":"fast""#, Wish::Unknown("fast".into())),
    ] {
        let head = head(&hi(members)).unwrap();
        assert_eq!(head.tier, want, "{members}");
        let edits = head.edits(&target("up"), None).unwrap();
        assert!(edits.is_empty(), "it passes as it was written");
    }
}
