use serde_json::{Value, json};
use tollgate_dialect::anthropic::Anthropic;
use tollgate_dialect::codec::{Loss, Outbound, Target};
use tollgate_dialect::ir::{
    Block, Content, Effort, Format, Media, Raw, Reasoning, Request, Role, ToolChoice, Turn,
};
use tollgate_model::catalogue::Quirks;
use tollgate_model::{Reason, Refusal};

use crate::shapes::{
    assistant, call, encode, encode_raw, failure, hi, inline, lines, raw, request, result, system,
    text, tool, user,
};

const MODEL: &str = "claude-sonnet-4-5";

fn body(request: &Request) -> Value {
    encode(&Anthropic, request, MODEL).unwrap().0
}

fn lost(request: &Request) -> Vec<String> {
    encode(&Anthropic, request, MODEL).unwrap().1
}

fn refused(request: &Request) -> Refusal {
    encode(&Anthropic, request, MODEL).unwrap_err()
}

fn wire(request: &Request) -> String {
    encode_raw(&Anthropic, request, MODEL).unwrap().0
}

#[test]
fn a_plain_request_is_written_with_its_model_and_a_limit() {
    let request = Request {
        max_tokens: Some(100),
        stream: true,
        ..hi()
    };
    insta::assert_snapshot!(lines(&wire(&request)), @r#"
    {
      "model":"claude-sonnet-4-5",
      "max_tokens":100,
      "messages":[{"role":"user","content":[{"type":"text","text":"Hi"}]}],
      "stream":true
    }
    "#);
}

#[test]
fn a_conversation_with_instructions_thoughts_and_parallel_tools() {
    let thought = Content::Thinking {
        text: "Two cities.".into(),
        signature: Some("c2ln".into()),
    };
    let request = Request {
        max_tokens: Some(2000),
        tools: vec![tool(
            "weather",
            Some(r#"{"type":"object","properties":{"city":{"type":"string"}}}"#),
        )],
        parallel_tools: Some(true),
        ..request(vec![
            system("Be brief."),
            user(vec![text("Weather in Bern and Rome?")]),
            assistant(vec![
                thought,
                text("Looking."),
                call(
                    "t1",
                    "weather",
                    r#"{"city": "Bern", "id": 9007199254740993}"#,
                ),
                call("t2", "weather", r#"{"city":"Rome"}"#),
            ]),
            user(vec![result("t1", vec![text("3 °C")])]),
            user(vec![failure("t2", "timeout")]),
            user(vec![text("Well?")]),
        ])
    };
    insta::assert_snapshot!(lines(&wire(&request)), @r#"
    {
      "model":"claude-sonnet-4-5",
      "max_tokens":2000,
      "system":"Be brief.",
      "messages":[
        {"role":"user","content":[{"type":"text","text":"Weather in Bern and Rome?"}]},
        {
          "role":"assistant",
          "content":[
            {"type":"thinking","thinking":"Two cities.","signature":"c2ln"},
            {"type":"text","text":"Looking."},
            {
              "type":"tool_use",
              "id":"t1",
              "name":"weather",
              "input":{"city": "Bern", "id": 9007199254740993}
            },
            {"type":"tool_use","id":"t2","name":"weather","input":{"city":"Rome"}}
          ]
        },
        {
          "role":"user",
          "content":[
            {"type":"tool_result","tool_use_id":"t1","content":"3 °C"},
            {"type":"tool_result","tool_use_id":"t2","content":"timeout","is_error":true},
            {"type":"text","text":"Well?"}
          ]
        }
      ],
      "tools":[
        {
          "name":"weather",
          "input_schema":{"type":"object","properties":{"city":{"type":"string"}}}
        }
      ]
    }
    "#);
}

#[test]
fn pictures_and_documents_are_written() {
    let request = request(vec![user(vec![
        Content::Image(inline("image/jpg", "/9j/")),
        Content::Image(Media::Url("https://example.com/a.png".into())),
        Content::Document {
            media: inline("application/pdf", "JVBERi0="),
            title: Some("a.pdf".into()),
        },
        Content::Document {
            media: inline("text/markdown", "IyBIaQ=="),
            title: None,
        },
        text("Compare."),
    ])]);
    insta::assert_snapshot!(lines(&wire(&request)), @r##"
    {
      "model":"claude-sonnet-4-5",
      "max_tokens":4096,
      "messages":[
        {
          "role":"user",
          "content":[
            {
              "type":"image",
              "source":{"type":"base64","media_type":"image/jpeg","data":"/9j/"}
            },
            {"type":"image","source":{"type":"url","url":"https://example.com/a.png"}},
            {
              "type":"document",
              "source":{"type":"base64","media_type":"application/pdf","data":"JVBERi0="},
              "title":"a.pdf"
            },
            {
              "type":"document",
              "source":{"type":"text","media_type":"text/plain","data":"# Hi"}
            },
            {"type":"text","text":"Compare."}
          ]
        }
      ]
    }
    "##);
}

#[test]
fn a_schema_is_written_as_the_form_of_the_answer() {
    let schema = r#"{"type":"object","properties":{"z":{"type":"string"},"a":{"type":"integer"}}}"#;
    let format = Format::Schema {
        name: "n".into(),
        schema: raw(schema),
        strict: Some(true),
    };
    insta::assert_snapshot!(lines(&wire(&Request { format, ..hi() })), @r#"
    {
      "model":"claude-sonnet-4-5",
      "max_tokens":4096,
      "messages":[{"role":"user","content":[{"type":"text","text":"Hi"}]}],
      "output_config":{
        "format":{
          "type":"json_schema",
          "schema":{
            "type":"object",
            "properties":{"z":{"type":"string"},"a":{"type":"integer"}},
            "additionalProperties":false
          }
        }
      }
    }
    "#);
}

#[test]
fn oa_01_all_instructions_go_to_the_top_in_order() {
    let plain = request(vec![system("One."), system("Two."), user(vec![text("Hi")])]);
    assert_eq!(body(&plain)["system"], json!("One.\nTwo."));
    let mut marked = plain;
    marked.turns[0].blocks[0].cache = Some(raw(r#"{"type":"ephemeral","ttl":"1h"}"#));
    let want = json!([
        {"type": "text", "text": "One.", "cache_control": {"type": "ephemeral", "ttl": "1h"}},
        {"type": "text", "text": "Two."},
    ]);
    assert_eq!(body(&marked)["system"], want);
}

#[test]
fn oa_02_instructions_between_turns_are_hoisted_unless_the_model_takes_them_there() {
    let talk = request(vec![
        system("One."),
        user(vec![text("a")]),
        system("Two."),
        system("Three."),
        assistant(vec![text("b")]),
        system("Four."),
        user(vec![text("c")]),
    ]);
    let roles = |body: &Value| -> Vec<String> {
        let messages = body["messages"].as_array().unwrap().iter();
        messages
            .map(|message| message["role"].as_str().unwrap().to_owned())
            .collect()
    };
    let old = body(&talk);
    assert_eq!(old["system"], json!("One.\nTwo.\nThree.\nFour."));
    assert_eq!(roles(&old), ["user", "assistant", "user"]);
    let new = encode(&Anthropic, &talk, "claude-opus-4-8").unwrap().0;
    assert_eq!(
        new["system"],
        json!("One.\nFour."),
        "only before an answer may one stand"
    );
    assert_eq!(roles(&new), ["user", "system", "assistant", "user"]);
    assert_eq!(new["messages"][1]["content"][1]["text"], json!("Three."));
}

#[test]
fn oa_03_empty_texts_are_left_out_and_an_empty_turn_of_the_user_is_refused() {
    let talk = request(vec![
        user(vec![text("Hi"), text(" \n")]),
        assistant(vec![text(""), call("t", "f", "{}")]),
        user(vec![result("t", vec![text("")])]),
    ]);
    let body = body(&talk);
    assert_eq!(body["messages"][0]["content"].as_array().unwrap().len(), 1);
    assert_eq!(body["messages"][1]["content"][0]["type"], json!("tool_use"));
    assert_eq!(body["messages"][2]["content"][0]["content"], json!(""));

    let empty = request(vec![
        user(vec![text("a")]),
        assistant(vec![text("b")]),
        user(vec![text("")]),
    ]);
    let refusal = refused(&empty);
    assert_eq!(refusal.reason, Reason::RequestMalformed);
    assert_eq!(refusal.param.as_deref(), Some("messages[2].content"));
    let beside = request(vec![user(vec![text("")]), user(vec![text("a")])]);
    assert_eq!(self::body(&beside)["messages"].as_array().unwrap().len(), 1);
    assert_eq!(refused(&request(vec![])).param.as_deref(), Some("messages"));
    assert_eq!(
        refused(&request(vec![user(vec![]), user(vec![text(" ")])])).status,
        400
    );
}

#[test]
fn oa_04_the_limit_is_the_callers_else_the_catalogues_else_a_last_resort() {
    for (asked, known, want) in [
        (Some(10), Some(64_000), 10),
        (None, Some(64_000), 64_000),
        (None, None, 4096),
    ] {
        let request = Request {
            max_tokens: asked,
            ..hi()
        };
        let target = Target {
            model: MODEL,
            quirks: Quirks::default(),
            max_output: known,
            tier: None,
        };
        let encoded = Anthropic
            .encode_request(&request, &target, &mut Loss::default())
            .unwrap();
        let body: Value = serde_json::from_slice(&encoded.body).unwrap();
        assert_eq!(body["max_tokens"], json!(want));
    }
}

#[test]
fn oa_05_results_of_tools_and_what_follows_are_one_turn_with_the_results_first() {
    let talk = request(vec![
        user(vec![text("go")]),
        assistant(vec![call("a", "f", "{}"), call("b", "f", "{}")]),
        user(vec![result("a", vec![text("1")])]),
        user(vec![result("b", vec![text("2")])]),
        user(vec![text("and now?")]),
    ]);
    let want = json!({"role": "user", "content": [
        {"type": "tool_result", "tool_use_id": "a", "content": "1"},
        {"type": "tool_result", "tool_use_id": "b", "content": "2"},
        {"type": "text", "text": "and now?"},
    ]});
    assert_eq!(body(&talk)["messages"][2], want);
}

#[test]
fn oa_06_ids_of_calls_are_kept_or_made_takeable_in_both_places_alike() {
    for (id, want) in [
        ("toolu_01-A", "toolu_01-A"),
        ("functions.get:0", "functions_2eget_3a0"),
        ("call_1__thought__Q2k=", "call_1"),
    ] {
        let talk = request(vec![
            user(vec![text("go")]),
            assistant(vec![call(id, "f", "{}")]),
            user(vec![result(id, vec![text("1")])]),
        ]);
        let body = body(&talk);
        assert_eq!(body["messages"][1]["content"][0]["id"], json!(want));
        assert_eq!(
            body["messages"][2]["content"][0]["tool_use_id"],
            json!(want)
        );
    }
}

#[test]
fn oa_07_a_result_of_parts_keeps_texts_and_pictures() {
    let content = vec![text("see"), Content::Image(inline("image/png", "aWc="))];
    let talk = request(vec![user(vec![result("a", content)])]);
    let want = json!([
        {"type": "text", "text": "see"},
        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "aWc="}},
    ]);
    assert_eq!(body(&talk)["messages"][0]["content"][0]["content"], want);
}

#[test]
fn oa_09_arguments_that_are_no_object_are_refused() {
    for arguments in ["[1]", "3", "\"x\"", "null"] {
        let talk = request(vec![
            user(vec![text("a")]),
            assistant(vec![call("i", "f", arguments)]),
        ]);
        let refusal = refused(&talk);
        assert_eq!(
            refusal.param.as_deref(),
            Some("messages[1].tool_calls"),
            "{arguments}"
        );
    }
}

#[test]
fn ao_02_arguments_keep_their_order_and_numbers_to_the_byte() {
    let arguments = r#"{"z":1.0,"a":123456789012345678901234567890,"e":1e2}"#;
    let talk = request(vec![
        user(vec![text("a")]),
        assistant(vec![call("i", "f", arguments)]),
    ]);
    assert!(wire(&talk).contains(&format!(r#""input":{arguments}"#)));
}

#[test]
fn oa_13_a_name_that_is_not_taken_is_refused_and_named() {
    for name in ["", "with space", "a.b", "ü", &"x".repeat(65)] {
        let request = Request {
            tools: vec![tool("ok", None), tool(name, None)],
            ..hi()
        };
        let refusal = refused(&request);
        assert_eq!(refusal.param.as_deref(), Some("tools[1].function.name"));
        assert!(refusal.detail.contains(name));
    }
    let longest = Request {
        tools: vec![tool(&"x".repeat(64), None)],
        ..hi()
    };
    assert_eq!(body(&longest)["tools"].as_array().unwrap().len(), 1);
}

#[test]
fn oa_14_and_oa_15_the_choice_of_a_tool() {
    let choices: [(Option<ToolChoice>, Option<bool>, Value); 8] = [
        (None, None, Value::Null),
        (None, Some(true), Value::Null),
        (
            None,
            Some(false),
            json!({"type": "auto", "disable_parallel_tool_use": true}),
        ),
        (Some(ToolChoice::Auto), None, json!({"type": "auto"})),
        (
            Some(ToolChoice::Required),
            Some(false),
            json!({"type": "any", "disable_parallel_tool_use": true}),
        ),
        (Some(ToolChoice::None), Some(false), json!({"type": "none"})),
        (
            Some(ToolChoice::Named("f".into())),
            None,
            json!({"type": "tool", "name": "f"}),
        ),
        (
            Some(ToolChoice::Named("f".into())),
            Some(false),
            json!({"type": "tool", "name": "f", "disable_parallel_tool_use": true}),
        ),
    ];
    for (tool_choice, parallel_tools, want) in choices {
        let request = Request {
            tool_choice,
            parallel_tools,
            ..hi()
        };
        assert_eq!(
            body(&request)["tool_choice"],
            Value::Null,
            "without tools there is none"
        );
        let request = Request {
            tools: vec![tool("f", None)],
            ..request
        };
        assert_eq!(body(&request)["tool_choice"], want);
        assert_eq!(body(&request)["tools"][0]["name"], json!("f"), "tools stay");
    }
}

#[test]
fn oa_16_empty_stop_texts_are_left_out() {
    let stop = vec!["END".to_owned(), String::new(), " \n".to_owned()];
    assert_eq!(
        body(&Request { stop, ..hi() })["stop_sequences"],
        json!(["END"])
    );
    let none = Request {
        stop: vec![" ".to_owned()],
        ..hi()
    };
    assert_eq!(body(&none).get("stop_sequences"), None);
}

#[test]
fn oa_18_and_oa_31_what_changes_the_result_is_refused_and_hints_are_reported() {
    let refusal = refused(&Request { answers: 2, ..hi() });
    assert_eq!(
        (refusal.reason, refusal.param.as_deref()),
        (Reason::ParameterUnsupported, Some("n"))
    );
    let rest = |name: &str, value: &str| vec![(name.to_owned(), raw(value))];
    let refusal = refused(&Request {
        rest: rest("logprobs", "true"),
        ..hi()
    });
    assert_eq!(refusal.param.as_deref(), Some("logprobs"));
    let hints = Request {
        seed: Some(1),
        frequency_penalty: Some(0.5),
        presence_penalty: Some(0.0),
        rest: rest("store", "true"),
        ..hi()
    };
    assert_eq!(lost(&hints), ["store", "seed", "frequency_penalty"]);
}

#[test]
fn oa_19_the_user_becomes_the_metadata_and_metadata_are_reported() {
    let rest: Vec<(String, Raw)> = vec![("metadata".into(), raw(r#"{"a":"b"}"#))];
    let request = Request {
        user: Some("u-1".into()),
        rest,
        ..hi()
    };
    assert_eq!(body(&request)["metadata"], json!({"user_id": "u-1"}));
    assert_eq!(lost(&request), ["metadata"]);
}

#[test]
fn oa_21_a_document_of_another_kind_is_refused() {
    let document = Content::Document {
        media: inline("application/zip", "UEs="),
        title: None,
    };
    let refusal = refused(&request(vec![user(vec![document])]));
    assert_eq!(refusal.reason, Reason::ParameterUnsupported);
    assert!(refusal.detail.contains("application/zip"));
    let broken = Content::Document {
        media: inline("text/plain", "//79"),
        title: None,
    };
    assert_eq!(
        refused(&request(vec![user(vec![broken])])).reason,
        Reason::RequestMalformed
    );
}

#[test]
fn oa_22_audio_is_refused() {
    let audio = Content::Audio(inline("audio/wav", "UklG"));
    let refusal = refused(&request(vec![user(vec![text("listen"), audio])]));
    assert_eq!(refusal.reason, Reason::ParameterUnsupported);
    assert_eq!(refusal.param.as_deref(), Some("messages[0].content"));
}

#[test]
fn oa_23_thinking_and_effort_are_written() {
    let request = Request {
        reasoning: Some(Reasoning::Effort(Effort::Medium)),
        max_tokens: Some(9000),
        ..hi()
    };
    let want = json!({"type": "enabled", "budget_tokens": 2048});
    assert_eq!(body(&request)["thinking"], want);
    let new = encode(&Anthropic, &request, "claude-opus-4-7").unwrap().0;
    assert_eq!(new["thinking"], json!({"type": "adaptive"}));
    assert_eq!(new["output_config"], json!({"effort": "medium"}));
}

#[test]
fn oa_25_ao_10_json_is_asked_for_in_words_and_reported_and_an_old_model_has_no_schemas() {
    let json = Request {
        format: Format::Json,
        ..request(vec![system("Be brief."), user(vec![text("Hi")])])
    };
    let system = body(&json)["system"].as_str().unwrap().to_owned();
    assert!(system.starts_with("Be brief.\nAnswer with one JSON object"));
    assert_eq!(lost(&json), ["response_format"]);

    let schema = raw(r#"{"type":"object"}"#);
    let format = Format::Schema {
        name: "n".into(),
        schema,
        strict: None,
    };
    let request = Request { format, ..hi() };
    let refusal = encode(&Anthropic, &request, "claude-3-5-haiku-20241022").unwrap_err();
    assert_eq!(refusal.param.as_deref(), Some("response_format"));
}

#[test]
fn a_strict_tool_stays_strict_where_the_model_can() {
    let mut strict = tool("f", None);
    strict.strict = Some(true);
    let request = Request {
        tools: vec![strict],
        ..hi()
    };
    assert_eq!(body(&request)["tools"][0]["strict"], json!(true));
    let (old, lost) = encode(&Anthropic, &request, "claude-sonnet-4-20250514").unwrap();
    assert_eq!(old["tools"][0].get("strict"), None);
    assert_eq!(lost, ["tools[0].function.strict"]);
}

#[test]
fn oa_27_marks_for_the_cache_are_kept_whole() {
    let mark = r#"{"type":"ephemeral","ttl":"1h"}"#;
    let block = Block {
        content: text("long"),
        cache: Some(raw(mark)),
    };
    let turn = Turn {
        place: String::new(),
        role: Role::User,
        blocks: vec![block],
    };
    let mut cached = tool("f", None);
    cached.cache = Some(raw(mark));
    let request = Request {
        tools: vec![cached],
        rest: vec![("cache_control".into(), raw(mark))],
        ..request(vec![turn])
    };
    let (body, lost) = encode(&Anthropic, &request, MODEL).unwrap();
    let want: Value = serde_json::from_str(mark).unwrap();
    assert_eq!(body["messages"][0]["content"][0]["cache_control"], want);
    assert_eq!(body["tools"][0]["cache_control"], want);
    assert_eq!(body["cache_control"], want);
    assert!(lost.is_empty());
}

#[test]
fn oa_28_signed_thoughts_go_back_and_unsigned_ones_are_reported() {
    let thought = |signature: Option<&str>| Content::Thinking {
        text: "hm".into(),
        signature: signature.map(str::to_owned),
    };
    let talk = |first| {
        request(vec![
            user(vec![text("a")]),
            assistant(vec![first, text("b")]),
            user(vec![text("c")]),
        ])
    };
    let (signed, lost) = encode(&Anthropic, &talk(thought(Some("s+/="))), MODEL).unwrap();
    let want = json!({"type": "thinking", "thinking": "hm", "signature": "s+/="});
    assert_eq!(signed["messages"][1]["content"][0], want);
    assert!(lost.is_empty());
    let (unsigned, lost) = encode(&Anthropic, &talk(thought(None)), MODEL).unwrap();
    assert_eq!(
        unsigned["messages"][1]["content"].as_array().unwrap().len(),
        1
    );
    assert_eq!(lost, ["reasoning_content"]);
    let redacted = talk(Content::RedactedThinking("ZW5j".into()));
    let want = json!({"type": "redacted_thinking", "data": "ZW5j"});
    assert_eq!(body(&redacted)["messages"][1]["content"][0], want);
}

#[test]
fn oa_29_turns_of_one_side_are_merged_and_the_user_begins() {
    let talk = request(vec![
        assistant(vec![text("Welcome")]),
        assistant(vec![text("How can I help?")]),
        user(vec![text("a")]),
        user(vec![text("b")]),
    ]);
    let body = body(&talk);
    let messages = body["messages"].as_array().unwrap();
    assert_eq!(messages.len(), 3);
    assert_eq!(
        messages[0],
        json!({"role": "user", "content": [{"type": "text", "text": "."}]})
    );
    assert_eq!(messages[1]["content"].as_array().unwrap().len(), 2);
    assert_eq!(messages[2]["content"].as_array().unwrap().len(), 2);
    let only = self::body(&request(vec![system("Say hello.")]));
    assert_eq!(only["system"], json!("Say hello."));
    assert_eq!(only["messages"][0]["role"], json!("user"));
}

#[test]
fn oa_30_an_answer_that_is_to_be_continued_ends_without_space() {
    let talk = request(vec![
        user(vec![text("a")]),
        assistant(vec![text("The answer is \n")]),
    ]);
    assert_eq!(
        body(&talk)["messages"][1]["content"][0]["text"],
        json!("The answer is")
    );
}

#[test]
fn oa_32_the_version_and_the_name_of_the_key_are_known() {
    assert_eq!(Anthropic.headers(), [("anthropic-version", "2023-06-01")]);
    assert_eq!(Anthropic.auth(), ("x-api-key", ""));
    assert_eq!(Anthropic.path("any", true).unwrap(), "/messages");
}

#[test]
fn oa_33_a_result_without_its_call_is_left_to_the_provider() {
    let talk = request(vec![user(vec![result("nobody", vec![])])]);
    let want = json!([{"type": "tool_result", "tool_use_id": "nobody", "content": ""}]);
    assert_eq!(body(&talk)["messages"][0]["content"], want);
}

#[test]
fn content_on_the_wrong_side_is_refused() {
    let wrong = [
        user(vec![call("i", "f", "{}")]),
        assistant(vec![result("i", vec![])]),
        assistant(vec![Content::Image(inline("image/png", "aWc="))]),
        Turn {
            place: String::new(),
            role: Role::System,
            blocks: vec![Content::Image(inline("image/png", "a")).into()],
        },
    ];
    for turn in wrong {
        assert_eq!(
            refused(&request(vec![turn])).param.as_deref(),
            Some("messages[0].content")
        );
    }
}
