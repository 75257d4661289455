use serde_json::{Value, json};
use tollgate_dialect::codec::Outbound;
use tollgate_dialect::gemini::Gemini;
use tollgate_dialect::ir::{
    Block, Content, Effort, Format, Media, Raw, Reasoning, Request, Role, Search, ToolChoice, Turn,
};
use tollgate_model::{Reason, Refusal};

use crate::shapes::{
    assistant, call, encode, encode_raw, failure, hi, inline, lines, raw, request, result, system,
    text, tool, user,
};

const MODEL: &str = "gemini-2.5-flash";
const THIRD: &str = "gemini-3-pro-preview";

fn body(request: &Request) -> Value {
    encode(&Gemini, request, MODEL).unwrap().0
}

fn lost(request: &Request) -> Vec<String> {
    encode(&Gemini, request, MODEL).unwrap().1
}

fn refused(request: &Request) -> Refusal {
    encode(&Gemini, request, MODEL).unwrap_err()
}

fn wire(request: &Request) -> String {
    encode_raw(&Gemini, request, MODEL).unwrap().0
}

#[test]
fn a_plain_request_is_written() {
    let request = Request {
        max_tokens: Some(100),
        stream: true,
        ..hi()
    };
    insta::assert_snapshot!(lines(&wire(&request)), @r#"
    {
      "contents":[{"role":"user","parts":[{"text":"Hi"}]}],
      "generationConfig":{"maxOutputTokens":100}
    }
    "#);
}

#[test]
fn a_conversation_with_instructions_and_parallel_tools() {
    let schema =
        r#"{"type":"object","properties":{"city":{"type":"string"}},"additionalProperties":false}"#;
    let request = Request {
        tools: vec![tool("weather", Some(schema)), tool("now", None)],
        tool_choice: Some(ToolChoice::Auto),
        ..request(vec![
            system("Be brief."),
            system("Be kind."),
            user(vec![text("Weather in Bern and Rome?")]),
            assistant(vec![
                text("Looking."),
                call(
                    "t1",
                    "weather",
                    r#"{"city": "Bern", "id": 9007199254740993}"#,
                ),
                call("t2", "weather", r#"{"city":"Rome"}"#),
                call("t3", "now", "{}"),
            ]),
            user(vec![failure("t2", "timeout")]),
            user(vec![result("t3", vec![text("[1, 2]")])]),
            user(vec![result("t1", vec![text(r#"{"t": 3.0}"#)])]),
            user(vec![text("Well?")]),
        ])
    };
    insta::assert_snapshot!(lines(&wire(&request)), @r#"
    {
      "contents":[
        {"role":"user","parts":[{"text":"Weather in Bern and Rome?"}]},
        {
          "role":"model",
          "parts":[
            {"text":"Looking."},
            {
              "functionCall":{"name":"weather","args":{"city": "Bern", "id": 9007199254740993}}
            },
            {"functionCall":{"name":"weather","args":{"city":"Rome"}}},
            {"functionCall":{"name":"now","args":{}}}
          ]
        },
        {
          "role":"user",
          "parts":[
            {"functionResponse":{"name":"weather","response":{"t": 3.0}}},
            {"functionResponse":{"name":"weather","response":{"error":"timeout"}}},
            {"functionResponse":{"name":"now","response":{"output":[1, 2]}}}
          ]
        },
        {"role":"user","parts":[{"text":"Well?"}]}
      ],
      "systemInstruction":{"parts":[{"text":"Be brief."},{"text":"Be kind."}]},
      "tools":[
        {
          "functionDeclarations":[
            {
              "name":"weather",
              "parameters":{"type":"object","properties":{"city":{"type":"string"}}}
            },
            {"name":"now"}
          ]
        }
      ],
      "toolConfig":{"functionCallingConfig":{"mode":"AUTO"}}
    }
    "#);
}

#[test]
fn pictures_documents_and_sound_are_written() {
    let request = request(vec![user(vec![
        Content::Image(inline("image/jpg", "/9j/")),
        Content::Image(Media::Url("gs://bucket/a.PNG".into())),
        Content::Document {
            media: inline("application/pdf", "JVBERi0="),
            title: None,
        },
        Content::Audio(inline("audio/mpeg", "UklG")),
        Content::Document {
            media: Media::Url("https://youtu.be/x".into()),
            title: None,
        },
    ])]);
    insta::assert_snapshot!(lines(&wire(&request)), @r#"
    {
      "contents":[
        {
          "role":"user",
          "parts":[
            {"inlineData":{"mimeType":"image/jpeg","data":"/9j/"}},
            {"fileData":{"mimeType":"image/png","fileUri":"gs://bucket/a.PNG"}},
            {"inlineData":{"mimeType":"application/pdf","data":"JVBERi0="}},
            {"inlineData":{"mimeType":"audio/mp3","data":"UklG"}},
            {"fileData":{"fileUri":"https://youtu.be/x"}}
          ]
        }
      ]
    }
    "#);
}

#[test]
fn a_schema_is_written_as_the_form_of_the_answer() {
    let schema = r#"{"type":"object","properties":{"z":{"type":["string","null"]},
        "a":{"type":"integer","minimum":1}},"required":["z","a"],"additionalProperties":false}"#;
    let format = Format::Schema {
        name: "n".into(),
        schema: raw(schema),
        strict: Some(true),
    };
    insta::assert_snapshot!(lines(&wire(&Request { format, ..hi() })), @r#"
    {
      "contents":[{"role":"user","parts":[{"text":"Hi"}]}],
      "generationConfig":{
        "responseMimeType":"application/json",
        "responseSchema":{
          "type":"object",
          "properties":{"z":{"type":"string","nullable":true},"a":{"type":"integer","minimum":1}},
          "required":["z","a"]
        }
      }
    }
    "#);
}

#[test]
fn every_parameter_of_sampling_has_its_place() {
    let request = Request {
        max_tokens: Some(9),
        temperature: Some(1.5),
        top_p: Some(0.9),
        top_k: Some(40),
        stop: vec!["END".into(), String::new()],
        seed: Some(-7),
        presence_penalty: Some(0.5),
        frequency_penalty: Some(-0.5),
        ..hi()
    };
    insta::assert_snapshot!(lines(&wire(&request)), @r#"
    {
      "contents":[{"role":"user","parts":[{"text":"Hi"}]}],
      "generationConfig":{
        "maxOutputTokens":9,
        "temperature":1.5,
        "topP":0.9,
        "topK":40,
        "stopSequences":["END"],
        "seed":-7,
        "presencePenalty":0.5,
        "frequencyPenalty":-0.5
      }
    }
    "#);
    assert!(lost(&request).is_empty());
}

#[test]
fn gm_01_all_instructions_are_parts_and_alone_they_still_have_a_turn() {
    let only = body(&request(vec![system("One."), system("Two.")]));
    let parts = json!({"parts": [{"text": "One."}, {"text": "Two."}]});
    assert_eq!(only["systemInstruction"], parts);
    assert_eq!(
        only["contents"],
        json!([{"role": "user", "parts": [{"text": " "}]}])
    );
}

#[test]
fn gm_02_turns_of_one_side_are_merged_and_results_stand_alone() {
    let talk = request(vec![
        user(vec![text("a")]),
        user(vec![text("b")]),
        assistant(vec![call("1", "f", "{}")]),
        user(vec![result("1", vec![text("r")]), text("c")]),
        user(vec![text("d")]),
    ]);
    let contents = body(&talk)["contents"].clone();
    let kinds: Vec<(String, usize)> = contents
        .as_array()
        .unwrap()
        .iter()
        .map(|turn| {
            let role = turn["role"].as_str().unwrap().to_owned();
            (role, turn["parts"].as_array().unwrap().len())
        })
        .collect();
    let want = [("user", 2), ("model", 1), ("user", 1), ("user", 2)];
    assert_eq!(kinds, want.map(|(role, parts)| (role.to_owned(), parts)));
    assert!(contents[2]["parts"][0].get("functionResponse").is_some());
}

#[test]
fn gm_03_a_conversation_without_content_is_refused() {
    for turns in [vec![], vec![user(vec![text("")])]] {
        assert_eq!(refused(&request(turns)).param.as_deref(), Some("messages"));
    }
    let picture = request(vec![user(vec![Content::Image(inline(
        "image/png",
        "aWc=",
    ))])]);
    assert_eq!(
        body(&picture)["contents"][0]["parts"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn gm_04_a_result_has_the_name_of_its_call_and_without_one_it_is_refused() {
    let talk = |id| {
        request(vec![
            user(vec![text("go")]),
            assistant(vec![call("a__thought__U2ln", "find", "{}")]),
            user(vec![result(id, vec![text("1")])]),
        ])
    };
    for id in ["a", "a__thought__U2ln"] {
        let part = body(&talk(id))["contents"][2]["parts"][0].clone();
        assert_eq!(part["functionResponse"]["name"], json!("find"));
    }
    let refusal = refused(&talk("b"));
    assert_eq!(refusal.reason, Reason::RequestMalformed);
    assert_eq!(refusal.param.as_deref(), Some("messages[2].tool_call_id"));
    assert!(refusal.detail.contains("`b`"));
}

#[test]
fn gm_05_a_result_is_always_an_object_and_all_come_in_the_order_of_the_calls() {
    let cases = [
        (r#"{"a": 1.0}"#, r#"{"a": 1.0}"#),
        ("plain", r#"{"output":"plain"}"#),
        ("[1, 2]", r#"{"output":[1, 2]}"#),
        ("3", r#"{"output":"3"}"#),
        ("{broken", r#"{"output":"{broken"}"#),
        ("", r#"{"output":""}"#),
    ];
    for (words, want) in cases {
        let talk = request(vec![
            user(vec![text("go")]),
            assistant(vec![call("a", "f", "{}")]),
            user(vec![result("a", vec![text(words)])]),
        ]);
        let want = format!(r#"{{"functionResponse":{{"name":"f","response":{want}}}}}"#);
        assert!(wire(&talk).contains(&want), "{}", wire(&talk));
    }
    let unanswered = request(vec![
        user(vec![text("go")]),
        assistant(vec![call("a", "f", "{}"), call("b", "g", "{}")]),
        user(vec![result("a", vec![])]),
    ]);
    assert!(refused(&unanswered).detail.contains("`b` of `g`"));
}

#[test]
fn ai_04_pictures_from_tools_follow_the_results_before_the_third_generation() {
    let talk = request(vec![
        user(vec![text("go")]),
        assistant(vec![call("a", "f", "{}")]),
        user(vec![result(
            "a",
            vec![text("see"), Content::Image(inline("image/png", "aWc="))],
        )]),
    ]);
    let older = body(&talk)["contents"].clone();
    let want = json!([
        {"role": "user", "parts": [{"functionResponse": {"name": "f", "response":
            {"output": "see\n[1 attached to the next message of the user]"}}}]},
        {"role": "user", "parts": [{"inlineData": {"mimeType": "image/png", "data": "aWc="}}]},
    ]);
    assert_eq!(json!(older.as_array().unwrap()[2..]), want);
    let body = encode(&Gemini, &talk, THIRD).unwrap().0;
    let want = json!([{"inlineData": {"mimeType": "image/png", "data": "aWc="}}]);
    assert_eq!(
        body["contents"][2]["parts"][0]["functionResponse"]["parts"],
        want
    );
}

#[test]
fn gm_06_no_ids_are_written() {
    let talk = request(vec![
        user(vec![text("go")]),
        assistant(vec![call("secret-id", "f", "{}")]),
        user(vec![result("secret-id", vec![])]),
    ]);
    assert!(!wire(&talk).contains("secret-id"));
}

#[test]
fn gm_07_arguments_that_are_no_object_are_refused() {
    let talk = request(vec![
        user(vec![text("a")]),
        assistant(vec![call("i", "f", "[]")]),
    ]);
    assert_eq!(
        refused(&talk).param.as_deref(),
        Some("messages[1].tool_calls")
    );
}

#[test]
fn gm_08_signatures_go_back_on_the_call_that_they_came_with() {
    let signed = |id: &str, signature: Option<&str>| Content::ToolUse {
        id: id.into(),
        name: "f".into(),
        input: raw("{}"),
        signature: signature.map(str::to_owned),
    };
    let signatures = |calls: Vec<Content>, model: &str| -> Vec<Value> {
        let talk = request(vec![user(vec![text("go")]), assistant(calls)]);
        let body = encode(&Gemini, &talk, model).unwrap().0;
        let parts = body["contents"][1]["parts"].as_array().unwrap().clone();
        parts
            .into_iter()
            .map(|part| part["thoughtSignature"].clone())
            .collect()
    };
    let dummy = "skip_thought_signature_validator";
    let calls = vec![signed("a", Some("U2ln")), signed("b", None)];
    assert_eq!(signatures(calls, THIRD), [json!("U2ln"), Value::Null]);
    let calls = vec![signed("a__thought__U2ln", None), signed("b", None)];
    assert_eq!(
        signatures(calls.clone(), THIRD),
        [json!("U2ln"), Value::Null]
    );
    assert_eq!(signatures(calls, MODEL), [json!("U2ln"), Value::Null]);
    let calls = vec![signed("a", None), signed("b", None)];
    assert_eq!(
        signatures(calls.clone(), THIRD),
        [json!(dummy), Value::Null]
    );
    assert_eq!(signatures(calls, MODEL), [Value::Null, Value::Null]);
}

#[test]
fn gm_09_words_and_calls_are_parts_of_one_turn_and_thoughts_stay_out() {
    let thought = Content::Thinking {
        text: "hm".into(),
        signature: Some("x".into()),
    };
    let talk = request(vec![
        user(vec![text("go")]),
        assistant(vec![thought, text("Looking."), call("a", "f", "{}")]),
    ]);
    let (body, lost) = encode(&Gemini, &talk, MODEL).unwrap();
    assert_eq!(body["contents"][1]["parts"].as_array().unwrap().len(), 2);
    assert_eq!(lost, ["reasoning_content"]);
}

#[test]
fn gm_10_media_that_gemini_cannot_fetch_are_refused() {
    for url in [
        "https://example.com/a.png",
        "http://10.0.0.1/a.png",
        "gs://bucket/unknown",
    ] {
        let talk = request(vec![user(vec![Content::Image(Media::Url(url.into()))])]);
        let refusal = refused(&talk);
        assert_eq!(refusal.reason, Reason::ParameterUnsupported, "{url}");
        assert_eq!(refusal.param.as_deref(), Some("messages[0].content"));
    }
}

#[test]
fn gm_11_the_choice_of_a_tool() {
    let choices = [
        (ToolChoice::Auto, json!({"mode": "AUTO"})),
        (ToolChoice::None, json!({"mode": "NONE"})),
        (ToolChoice::Required, json!({"mode": "ANY"})),
        (
            ToolChoice::Named("f".into()),
            json!({"mode": "ANY", "allowedFunctionNames": ["f"]}),
        ),
    ];
    for (choice, want) in choices {
        let request = Request {
            tool_choice: Some(choice),
            ..hi()
        };
        assert_eq!(
            body(&request).get("toolConfig"),
            None,
            "without tools there is none"
        );
        let request = Request {
            tools: vec![tool("f", None)],
            ..request
        };
        assert_eq!(body(&request)["toolConfig"]["functionCallingConfig"], want);
    }
}

#[test]
fn gm_12_json_is_a_media_type_and_older_models_give_it_only_without_tools() {
    let json = Request {
        format: Format::Json,
        ..hi()
    };
    let want = json!({"responseMimeType": "application/json"});
    assert_eq!(body(&json)["generationConfig"], want);
    assert_eq!(body(&hi()).get("generationConfig"), None);
    let both = Request {
        tools: vec![tool("f", None)],
        ..json
    };
    assert_eq!(refused(&both).param.as_deref(), Some("response_format"));
    assert!(encode(&Gemini, &both, THIRD).is_ok());
}

#[test]
fn gm_14_thinking_is_written_once() {
    let request = Request {
        reasoning: Some(Reasoning::Effort(Effort::Low)),
        ..hi()
    };
    let want = json!({"thinkingBudget": 1024, "includeThoughts": true});
    assert_eq!(body(&request)["generationConfig"]["thinkingConfig"], want);
    let third = encode(&Gemini, &request, THIRD).unwrap().0;
    let want = json!({"thinkingLevel": "low", "includeThoughts": true});
    assert_eq!(third["generationConfig"]["thinkingConfig"], want);
}

#[test]
fn gm_15_several_answers_and_probabilities_are_refused_and_stop_texts_counted() {
    assert_eq!(
        refused(&Request { answers: 3, ..hi() }).param.as_deref(),
        Some("n")
    );
    let rest: Vec<(String, Raw)> = vec![("logprobs".into(), raw("true"))];
    assert_eq!(
        refused(&Request { rest, ..hi() }).param.as_deref(),
        Some("logprobs")
    );
    let stops = |n: usize| Request {
        stop: vec!["x".into(); n],
        ..hi()
    };
    assert_eq!(refused(&stops(6)).param.as_deref(), Some("stop"));
    assert!(encode(&Gemini, &stops(5), MODEL).is_ok());
}

#[test]
fn gm_16_the_name_of_a_model_cannot_lead_to_another_path() {
    let path = |model, stream| Gemini.path(model, stream);
    assert_eq!(
        path("gemini-2.5-pro", false).unwrap(),
        "/models/gemini-2.5-pro:generateContent"
    );
    assert_eq!(
        path("gemini-2.5-pro", true).unwrap(),
        "/models/gemini-2.5-pro:streamGenerateContent?alt=sse"
    );
    let odd = [
        "", "a/b", "..", "a..b", "a?b", "a#b", "a%2fb", "a\\b", "a b", "a\nb", "a\u{7f}", "ä",
    ];
    for model in odd {
        let refusal = path(model, false).unwrap_err();
        assert_eq!(refusal.param.as_deref(), Some("model"), "{model:?}");
        assert_eq!(refusal.status, 400);
    }
    assert_eq!(Gemini.auth(), ("x-goog-api-key", ""));
    assert!(Gemini.headers().is_empty());
}

#[test]
fn gm_17_a_name_that_is_not_taken_is_refused_and_named() {
    for name in ["", "1st", "-x", "with space", "ü", &"x".repeat(65)] {
        let request = Request {
            tools: vec![tool(name, None)],
            ..hi()
        };
        let refusal = refused(&request);
        assert_eq!(refusal.param.as_deref(), Some("tools[0].function.name"));
        assert!(refusal.detail.contains(name));
    }
    let fine = Request {
        tools: vec![tool("_a.b:c-d", None)],
        ..hi()
    };
    assert!(encode(&Gemini, &fine, MODEL).is_ok());
}

#[test]
fn gm_18_older_models_search_or_call_functions_and_not_both() {
    let search = || {
        Some(Search {
            most: Some(3),
            ..Search::default()
        })
    };
    let both = Request {
        tools: vec![tool("f", None)],
        search: search(),
        ..hi()
    };
    let refusal = encode(&Gemini, &both, "gemini-2.5-flash").unwrap_err();
    assert_eq!(refusal.param.as_deref(), Some("web_search_options"));
    let (sent, lost) = encode(&Gemini, &both, "gemini-3-pro-preview").unwrap();
    assert_eq!(sent["tools"][0], json!({ "googleSearch": {} }));
    assert_eq!(sent["tools"][1]["functionDeclarations"][0]["name"], "f");
    assert_eq!(lost, ["web_search_options.max_uses"]);
    let alone = Request {
        search: search(),
        ..hi()
    };
    assert!(encode(&Gemini, &alone, "gemini-2.5-flash").is_ok());
    let narrow = Request {
        search: Some(Search {
            only: vec!["example.com".into()],
            ..Search::default()
        }),
        ..hi()
    };
    let refusal = encode(&Gemini, &narrow, "gemini-2.5-flash").unwrap_err();
    let param = refusal.param.unwrap();
    assert_eq!(param, "web_search_options.allowed_domains");
}

#[test]
fn gm_19_a_prepared_prompt_leaves_instructions_and_tools_out() {
    let request = Request {
        tools: vec![tool("f", None)],
        tool_choice: Some(ToolChoice::Auto),
        rest: vec![("cached_content".into(), raw(r#""cachedContents/1""#))],
        ..request(vec![system("Be brief."), user(vec![text("Hi")])])
    };
    let body = body(&request);
    let mut names: Vec<&String> = body.as_object().unwrap().keys().collect();
    names.sort();
    assert_eq!(names, ["cachedContent", "contents"]);
    assert!(lost(&request).is_empty());
}

#[test]
fn hints_are_dropped_and_reported() {
    let mut marked = tool("f", None);
    marked.strict = Some(true);
    let block = Block {
        content: text("Hi"),
        cache: Some(raw(r#"{"type":"ephemeral"}"#)),
    };
    let request = Request {
        tools: vec![marked],
        user: Some("u".into()),
        parallel_tools: Some(false),
        rest: vec![("service_tier".into(), raw(r#""flex""#))],
        ..request(vec![Turn {
            place: String::new(),
            role: Role::User,
            blocks: vec![block],
        }])
    };
    let want = [
        "service_tier",
        "user",
        "parallel_tool_calls",
        "cache_control",
        "tools[0].function.strict",
    ];
    assert_eq!(lost(&request), want);
}
