//! Answers as callers of Bedrock read them, whole and streamed.

use tollgate_dialect::anthropic::Anthropic;
use tollgate_dialect::bedrock::Bedrock;
use tollgate_dialect::codec::{Inbound, Outbound, ProviderError, Reply};
use tollgate_dialect::ir::{Content, Delta, Event, Opening, Response, Stop};
use tollgate_model::{Nanos, Usage, UsageClass};

use crate::asked::{REPLY, shown, talk};
use crate::grammar;
use crate::shapes::{call, text};

fn usage() -> Usage {
    Usage::NONE
        .with(UsageClass::Input, 10)
        .with(UsageClass::CacheRead, 5)
        .with(UsageClass::Output, 4)
}

fn whole(contents: Vec<Content>, stop: Stop, reply: &Reply<'_>) -> String {
    let response = Response {
        id: None,
        model: None,
        blocks: contents.into_iter().map(Into::into).collect(),
        stop,
        usage: usage(),
        ..Response::default()
    };
    let mut out = Vec::new();
    Bedrock.encode_response(&response, reply, &mut out);
    String::from_utf8(out).unwrap()
}

fn streamed(events: &[Event]) -> Vec<u8> {
    let mut encoder = Bedrock.stream_encoder(&REPLY);
    let mut out = Vec::new();
    for event in events {
        encoder.event(event, Some(Nanos::new(1_500)), &mut out);
    }
    out
}

fn all() -> Vec<Content> {
    vec![
        Content::Thinking {
            text: "Hm".into(),
            signature: Some("S=".into()),
        },
        Content::RedactedThinking("ZW5j".into()),
        text(""),
        text("Looking."),
        call("t1", "f", r#"{"a":1.0}"#),
        call("t2", "f", r#""odd""#),
    ]
}

#[test]
fn a_whole_answer_has_every_block_and_what_it_took() {
    insta::assert_snapshot!(whole(all(), Stop::End, &REPLY), @r#"{"metrics":{"latencyMs":1500},"output":{"message":{"content":[{"reasoningContent":{"reasoningText":{"text":"Hm","signature":"S="}}},{"reasoningContent":{"redactedContent":"ZW5j"}},{"text":"Looking."},{"toolUse":{"toolUseId":"t1","name":"f","input":{"a":1.0}}},{"toolUse":{"toolUseId":"t2","name":"f","input":{"arguments":"odd"}}}],"role":"assistant"}},"stopReason":"tool_use","usage":{"inputTokens":10,"outputTokens":4,"totalTokens":19,"cacheReadInputTokens":5,"cacheWriteInputTokens":0}}"#);
}

#[test]
fn the_word_for_the_end_names_calls_where_there_are_some_and_only_there() {
    let reason = |contents: Vec<Content>, stop| {
        let answer: serde_json::Value =
            serde_json::from_str(&whole(contents, stop, &REPLY)).unwrap();
        answer["stopReason"].as_str().unwrap().to_owned()
    };
    let calls = || vec![call("t", "f", "{}")];
    assert_eq!(reason(calls(), Stop::End), "tool_use");
    assert_eq!(reason(calls(), Stop::Length), "max_tokens");
    assert_eq!(reason(vec![text("x")], Stop::ToolUse), "end_turn");
    assert_eq!(reason(vec![text("x")], Stop::Filtered), "content_filtered");
    let declined = vec![Content::Refusal("No.".into())];
    assert_eq!(reason(declined, Stop::End), "content_filtered");
}

#[test]
fn of_hidden_thoughts_only_the_signature_is_told() {
    let reply = Reply {
        hide_thoughts: true,
        ..REPLY
    };
    let answer = whole(all(), Stop::End, &reply);
    assert!(
        answer.contains(r#"{"reasoningText":{"text":"","signature":"S="}}"#),
        "{answer}"
    );
}

#[test]
fn a_stream_is_written_in_events_that_read_as_what_they_were() {
    let events = grammar::read(&Bedrock, std::iter::once(&talk()[..]));
    let out = streamed(&events);
    insta::assert_snapshot!(shown(&out), @r#"
    messageStart {"role":"assistant"}
    contentBlockDelta {"contentBlockIndex":0,"delta":{"reasoningContent":{"text":"Hm"}}}
    contentBlockDelta {"contentBlockIndex":0,"delta":{"reasoningContent":{"signature":"S+/="}}}
    contentBlockStop {"contentBlockIndex":0}
    contentBlockDelta {"contentBlockIndex":1,"delta":{"text":"Look"}}
    contentBlockDelta {"contentBlockIndex":1,"delta":{"text":"ing."}}
    contentBlockStop {"contentBlockIndex":1}
    contentBlockStart {"contentBlockIndex":2,"start":{"toolUse":{"name":"f","toolUseId":"t1"}}}
    contentBlockDelta {"contentBlockIndex":2,"delta":{"toolUse":{"input":"{\"a\":"}}}
    contentBlockDelta {"contentBlockIndex":2,"delta":{"toolUse":{"input":"1}"}}}
    contentBlockStop {"contentBlockIndex":2}
    messageStop {"stopReason":"tool_use"}
    metadata {"metrics":{"latencyMs":1500},"usage":{"inputTokens":10,"outputTokens":4,"totalTokens":19,"cacheReadInputTokens":5,"cacheWriteInputTokens":0,"cost":0.0000015}}
    "#);
    assert_eq!(grammar::read(&Bedrock, std::iter::once(&out[..])), events);
}

#[test]
fn blocks_that_say_nothing_are_not_written_and_a_missing_usage_is_estimated() {
    let out = streamed(&[
        Event::Start {
            id: None,
            model: None,
        },
        Event::Open(0, Opening::Thinking),
        Event::Close(0),
        Event::Open(1, Opening::Text),
        Event::Delta(1, Delta::Text("12345".into())),
        Event::Close(1),
        Event::Stop(Stop::End),
        Event::End,
    ]);
    insta::assert_snapshot!(shown(&out), @r#"
    messageStart {"role":"assistant"}
    contentBlockDelta {"contentBlockIndex":0,"delta":{"text":"12345"}}
    contentBlockStop {"contentBlockIndex":0}
    messageStop {"stopReason":"end_turn"}
    metadata {"metrics":{"latencyMs":1500},"usage":{"inputTokens":12,"outputTokens":2,"totalTokens":14,"cost":0.0000015}}
    "#);
}

#[test]
fn a_stream_that_breaks_off_ends_with_an_exception() {
    let fail = |kind: &str| {
        shown(&streamed(&[Event::Fail(ProviderError {
            message: "Over \"load\"".into(),
            kind: Some(kind.into()),
            ..ProviderError::default()
        })]))
    };
    assert_eq!(
        fail("throttlingException"),
        r#"!throttlingException {"message":"Over \"load\""}"#
    );
    assert_eq!(
        fail("server_error"),
        r#"!modelStreamErrorException {"message":"Over \"load\""}"#
    );
}

#[test]
fn gm_08_a_signature_in_the_id_of_a_call_comes_back() {
    let signed = Content::ToolUse {
        id: "call_1".into(),
        name: "f".into(),
        input: crate::shapes::raw("{}"),
        signature: Some("Cg+/YQ==".into()),
    };
    let answer: serde_json::Value =
        serde_json::from_str(&whole(vec![signed], Stop::End, &REPLY)).unwrap();
    let turn = &answer["output"]["message"];
    let body = serde_json::json!({"messages": [turn]});
    let request = crate::asked::decoded(&body).unwrap();
    match &request.turns[0].blocks[0].content {
        Content::ToolUse { id, signature, .. } => {
            assert_eq!(
                (id.as_str(), signature.as_deref()),
                ("call_1", Some("Cg+/YQ=="))
            );
        }
        other => panic!("{other:?}"),
    }
    // Whoever did not give it is not shown it.
    let (body, _) = crate::shapes::encode(&Anthropic as &dyn Outbound, &request, "claude").unwrap();
    assert!(!body.to_string().contains("Cg"), "{body}");
}
