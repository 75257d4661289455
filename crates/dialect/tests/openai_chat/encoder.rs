//! Streamed answers, written for callers.

use tollgate_dialect::codec::{Inbound, ProviderError, Reply};
use tollgate_dialect::ir::{Citation, Delta, Event, Opening, Stop};
use tollgate_dialect::openai_chat::OpenaiChat;
use tollgate_model::{CallId, Micros, Nanos, Usage, UsageClass};

const REPLY: Reply<'static> = Reply {
    call: CallId(1),
    at: Micros(1_700_000_000_000_000),
    model: "m",
    stream_usage: false,
    older_tools: false,
    hide_thoughts: false,
    echo: None,
    prompt_tokens: 0,
};

fn written(events: &[Event], stream_usage: bool) -> String {
    let reply = Reply {
        stream_usage,
        ..REPLY
    };
    told(events, &reply)
}

fn told(events: &[Event], reply: &Reply<'_>) -> String {
    let mut encoder = OpenaiChat.stream_encoder(reply);
    let mut out = Vec::new();
    for event in events {
        let cost = (*event == Event::End).then_some(Nanos::new(1_500));
        encoder.event(event, cost, &mut out);
    }
    let text = String::from_utf8(out).unwrap();
    let id = "\"id\":\"chatcmpl-00000000000000000000000001\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,\"model\":\"m\",";
    text.replace(id, "…").trim_end().to_owned()
}

fn text(at: usize, piece: &str) -> Event {
    Event::Delta(at, Delta::Text(piece.into()))
}

fn tool(id: &str) -> Opening {
    Opening::ToolUse {
        id: id.into(),
        name: "f".into(),
        signature: None,
    }
}

#[test]
fn os_01_02_09_10_13_a_text_is_streamed_with_one_role_and_one_end() {
    let events = [
        Event::Start {
            id: None,
            model: None,
        },
        Event::Open(0, Opening::Thinking),
        text(0, "hm"),
        Event::Delta(0, Delta::Signature("s".into())),
        Event::Close(0),
        Event::Open(1, Opening::Text),
        text(1, "say \"hi\"\n"),
        text(1, ""),
        Event::Close(1),
        Event::Usage(Usage::NONE.with(UsageClass::Input, 2)),
        Event::Stop(Stop::End),
        Event::Usage(Usage::NONE.with(UsageClass::Output, 3)),
        Event::End,
    ];
    insta::assert_snapshot!(written(&events, false), @r#"
    data: {…"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}

    data: {…"choices":[{"index":0,"delta":{"reasoning_content":"hm"},"finish_reason":null}]}

    data: {…"choices":[{"index":0,"delta":{"content":"say \"hi\"\n"},"finish_reason":null}]}

    data: {…"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

    data: [DONE]
    "#);
    insta::assert_snapshot!(written(&events[9..], true), @r#"
    data: {…"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":null}

    data: {…"choices":[],"usage":{"prompt_tokens":2,"completion_tokens":3,"total_tokens":5,"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0},"cost":0.0000015}}

    data: [DONE]
    "#);
}

#[test]
fn os_03_to_06_calls_are_counted_and_none_is_without_arguments() {
    let events = [
        Event::Open(0, Opening::Text),
        text(0, "x"),
        Event::Close(0),
        Event::Open(1, tool("a")),
        Event::Delta(1, Delta::Arguments("{\"q\":".into())),
        Event::Delta(1, Delta::Arguments("1}".into())),
        Event::Close(1),
        Event::Open(2, tool("b")),
        Event::Close(2),
        Event::Open(3, Opening::Text),
        text(3, "y"),
        Event::Close(3),
        Event::Stop(Stop::ToolUse),
    ];
    insta::assert_snapshot!(written(&events, false), @r#"
    data: {…"choices":[{"index":0,"delta":{"content":"x"},"finish_reason":null}]}

    data: {…"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":""}}]},"finish_reason":null}]}

    data: {…"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"q\":"}}]},"finish_reason":null}]}

    data: {…"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"1}"}}]},"finish_reason":null}]}

    data: {…"choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"id":"b","type":"function","function":{"name":"f","arguments":""}}]},"finish_reason":null}]}

    data: {…"choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"function":{"arguments":"{}"}}]},"finish_reason":null}]}

    data: {…"choices":[{"index":0,"delta":{"content":"y"},"finish_reason":null}]}

    data: {…"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}
    "#);
}

#[test]
fn oa_34_a_caller_of_the_older_form_gets_its_one_call_in_it() {
    let events = [
        Event::Open(0, tool("a")),
        Event::Delta(0, Delta::Arguments("{\"q\":1}".into())),
        Event::Close(0),
        Event::Open(1, tool("b")),
        Event::Delta(1, Delta::Arguments("{}".into())),
        Event::Close(1),
        Event::Stop(Stop::ToolUse),
    ];
    let reply = Reply {
        older_tools: true,
        ..REPLY
    };
    insta::assert_snapshot!(told(&events, &reply), @r#"
    data: {…"choices":[{"index":0,"delta":{"function_call":{"name":"f","arguments":""}},"finish_reason":null}]}

    data: {…"choices":[{"index":0,"delta":{"function_call":{"arguments":"{\"q\":1}"}},"finish_reason":null}]}

    data: {…"choices":[{"index":0,"delta":{},"finish_reason":"function_call"}]}
    "#);
}

#[test]
fn os_11_an_error_ends_the_stream_without_a_proper_end() {
    let error = ProviderError {
        message: "broke\noff".into(),
        ..ProviderError::default()
    };
    let events = [
        Event::Start {
            id: None,
            model: None,
        },
        Event::Fail(error),
    ];
    insta::assert_snapshot!(written(&events, true), @r#"
    data: {…"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}],"usage":null}

    data: {"error":{"message":"broke\noff","type":"server_error","param":null,"code":"upstream_error"}}
    "#);
}

#[test]
fn ao_08_the_places_that_rest_on_a_page_are_counted_through_all_of_the_content() {
    let cited = Event::Cite(Citation {
        block: 1,
        span: Some((1, 3)),
        url: Some("https://example.com/a".into()),
        ..Citation::default()
    });
    let unknown = Event::Cite(Citation {
        block: 1,
        document: Some("d1".into()),
        ..Citation::default()
    });
    let events = [
        Event::Open(0, Opening::Text),
        text(0, "Grüezi"),
        Event::Close(0),
        Event::Open(1, Opening::Text),
        text(1, "abc"),
        cited,
        unknown,
        Event::Close(1),
    ];
    insta::assert_snapshot!(written(&events, false), @r#"
    data: {…"choices":[{"index":0,"delta":{"content":"Grüezi"},"finish_reason":null}]}

    data: {…"choices":[{"index":0,"delta":{"content":"abc"},"finish_reason":null}]}

    data: {…"choices":[{"index":0,"delta":{"annotations":[{"type":"url_citation","url_citation":{"start_index":7,"end_index":9,"url":"https://example.com/a","title":""}}]},"finish_reason":null}]}
    "#);
}
