//! What Cohere is sent.

use serde_json::{Value, json};
use tollgate_dialect::cohere::Cohere;
use tollgate_dialect::ir::{Content, Effort, Format, Media, Reasoning, Request, ToolChoice};
use tollgate_model::Reason;

use crate::shapes::{
    assistant, call, encode, encode_raw, failure, hi, inline, lines, raw, request, result, system,
    text, tool, user,
};

const THINKER: &str = "command-a-reasoning-08-2025";
const PLAIN: &str = "command-r-plus-08-2024";

fn sent(request: &Request) -> Value {
    encode(&Cohere, request, THINKER).unwrap().0
}

#[test]
fn a_conversation_is_written_as_cohere_reads_it() {
    let asked = request(vec![
        system("Be brief."),
        user(vec![
            text("Weather in Bern?"),
            Content::Image(inline("image/png", "aWc=")),
        ]),
        assistant(vec![
            text("I look it up."),
            call("c1", "weather", r#"{"city":"Bern"}"#),
        ]),
        user(vec![
            result("c1", vec![text("17"), text("dry")]),
            text("Well?"),
        ]),
        assistant(vec![text("17 degrees.")]),
        user(vec![failure("c2", "timeout")]),
    ]);
    let (body, lost) = encode_raw(&Cohere, &asked, PLAIN).unwrap();
    assert!(lost.is_empty(), "{lost:?}");
    insta::assert_snapshot!(lines(&body), @r#"
    {
      "model":"command-r-plus-08-2024",
      "stream":false,
      "messages":[
        {"role":"system","content":"Be brief."},
        {
          "role":"user",
          "content":[
            {"type":"text","text":"Weather in Bern?"},
            {"type":"image_url","image_url":{"url":"data:image/png;base64,aWc="}}
          ]
        },
        {
          "role":"assistant",
          "tool_plan":"I look it up.",
          "tool_calls":[
            {
              "id":"c1",
              "type":"function",
              "function":{"name":"weather","arguments":"{\"city\":\"Bern\"}"}
            }
          ]
        },
        {"role":"tool","tool_call_id":"c1","content":"17\ndry"},
        {"role":"user","content":"Well?"},
        {"role":"assistant","content":"17 degrees."},
        {"role":"tool","tool_call_id":"c2","content":"Error: timeout"}
      ]
    }
    "#);
}

#[test]
fn documents_of_text_stand_beside_the_conversation() {
    let document = |title: Option<&str>| Content::Document {
        media: inline("text/plain", "R3LDvGV6aQ=="),
        title: title.map(str::to_owned),
    };
    let body = sent(&request(vec![user(vec![
        document(Some("a.txt")),
        document(None),
        text("Sum up."),
    ])]));
    assert_eq!(
        body["documents"],
        json!([{"data": {"title": "a.txt", "text": "Grüezi"}}, {"data": {"text": "Grüezi"}}])
    );
    assert_eq!(
        body["messages"],
        json!([{"role": "user", "content": "Sum up."}])
    );
    let alone = sent(&request(vec![user(vec![document(None)])]));
    assert_eq!(alone.get("documents"), None);
    assert_eq!(
        alone["messages"],
        json!([{"role": "user", "content": "Grüezi"}])
    );
}

#[test]
fn what_cohere_cannot_read_is_refused_by_name() {
    let pdf = Content::Document {
        media: inline("application/pdf", "JVBE"),
        title: None,
    };
    let remote = Content::Document {
        media: Media::Url("https://example.com/a.txt".into()),
        title: None,
    };
    let audio = Content::Audio(inline("audio/wav", "AA=="));
    for content in [pdf, remote, audio] {
        let refusal = encode(&Cohere, &request(vec![user(vec![content])]), PLAIN).unwrap_err();
        assert_eq!(refusal.reason, Reason::ParameterUnsupported);
        assert_eq!(refusal.param.as_deref(), Some("messages[0].content"));
    }
    let six = Request {
        stop: vec!["x".to_owned(); 6],
        ..hi()
    };
    let refusal = encode(&Cohere, &six, PLAIN).unwrap_err();
    assert_eq!(refusal.param.as_deref(), Some("stop"));
    let several = Request { answers: 2, ..hi() };
    let refusal = encode(&Cohere, &several, PLAIN).unwrap_err();
    assert_eq!(refusal.param.as_deref(), Some("n"));
    let odds = Request {
        rest: vec![("logprobs".into(), raw("true"))],
        ..hi()
    };
    let refusal = encode(&Cohere, &odds, PLAIN).unwrap_err();
    assert_eq!(refusal.param.as_deref(), Some("logprobs"));
}

#[test]
fn oa_14_the_choice_of_a_tool_keeps_its_meaning() {
    let tools = vec![tool("f", Some(r#"{"type":"object"}"#)), tool("g", None)];
    let asked = |choice: Option<ToolChoice>| {
        sent(&Request {
            tools: tools.clone(),
            tool_choice: choice,
            ..hi()
        })
    };
    let names = |body: &Value| -> Vec<String> {
        let tools = body["tools"].as_array().unwrap().iter();
        tools
            .map(|tool| tool["function"]["name"].as_str().unwrap().to_owned())
            .collect()
    };
    for (choice, word) in [
        (None, Value::Null),
        (Some(ToolChoice::Auto), Value::Null),
        (Some(ToolChoice::None), json!("NONE")),
        (Some(ToolChoice::Required), json!("REQUIRED")),
    ] {
        let body = asked(choice);
        assert_eq!(
            (&body["tool_choice"], names(&body)),
            (&word, vec!["f".to_owned(), "g".to_owned()])
        );
    }
    let named = asked(Some(ToolChoice::Named("g".into())));
    assert_eq!(named["tool_choice"], json!("REQUIRED"));
    assert_eq!(names(&named), ["g"], "of one alone it calls that one");
    assert_eq!(
        named["tools"][0]["function"]["parameters"],
        json!({"type": "object", "properties": {}})
    );
    let unknown = Request {
        tools,
        tool_choice: Some(ToolChoice::Named("h".into())),
        ..hi()
    };
    let refusal = encode(&Cohere, &unknown, PLAIN).unwrap_err();
    assert_eq!(refusal.param.as_deref(), Some("tool_choice"));
    let without = sent(&Request {
        tool_choice: Some(ToolChoice::Required),
        ..hi()
    });
    assert_eq!(
        without.get("tool_choice"),
        None,
        "without tools there is no choice"
    );
}

#[test]
fn the_form_of_the_answer_and_strict_tools_are_said_in_coheres_words() {
    let schema = r#"{"type":"object","properties":{"a":{"type":"string"}}}"#;
    let asked = |format: Format| sent(&Request { format, ..hi() })["response_format"].clone();
    assert_eq!(asked(Format::Text), Value::Null);
    assert_eq!(asked(Format::Json), json!({"type": "json_object"}));
    let by_schema = Format::Schema {
        name: "n".into(),
        schema: raw(schema),
        strict: Some(false),
    };
    let want: Value = serde_json::from_str(schema).unwrap();
    assert_eq!(
        asked(by_schema),
        json!({"type": "json_object", "json_schema": want})
    );
    let mut strict = tool("f", None);
    strict.strict = Some(true);
    let body = sent(&Request {
        tools: vec![strict, tool("g", None)],
        ..hi()
    });
    assert_eq!(body["strict_tools"], json!(true));
}

#[test]
fn thinking_is_asked_of_models_that_think() {
    use Reasoning::{Budget, Off};
    let asked = |reasoning, model| {
        let asked = Request {
            reasoning: Some(reasoning),
            ..hi()
        };
        let (body, lost) = encode(&Cohere, &asked, model).unwrap();
        (body["thinking"].clone(), lost.join(" "))
    };
    let effort = |effort| Reasoning::Effort(effort);
    for (wish, want) in [
        (Off, json!({"type": "disabled"})),
        (Budget(300), json!({"type": "enabled", "token_budget": 300})),
        (
            effort(Effort::Low),
            json!({"type": "enabled", "token_budget": 1024}),
        ),
        (
            effort(Effort::Medium),
            json!({"type": "enabled", "token_budget": 8192}),
        ),
        (effort(Effort::Maximal), json!({"type": "enabled"})),
    ] {
        assert_eq!(asked(wish, THINKER), (want, String::new()), "{wish:?}");
        let lost = if wish == Off { "" } else { "reasoning_effort" };
        assert_eq!(
            asked(wish, PLAIN),
            (Value::Null, lost.to_owned()),
            "{wish:?}"
        );
    }
}

#[test]
fn thoughts_go_back_to_who_had_them_and_signed_ones_to_nobody_else() {
    let thought = |signature: Option<&str>| Content::Thinking {
        text: "hm".into(),
        signature: signature.map(str::to_owned),
    };
    let talk = |signature| {
        request(vec![
            user(vec![text("a")]),
            assistant(vec![thought(signature), text("b")]),
        ])
    };
    let said = |signature, model| {
        let (body, lost) = encode(&Cohere, &talk(signature), model).unwrap();
        (body["messages"][1]["content"].clone(), lost.join(" "))
    };
    let want = json!([{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "b"}]);
    assert_eq!(said(None, THINKER), (want, String::new()));
    let without = (json!("b"), "reasoning_content".to_owned());
    assert_eq!(said(None, PLAIN), without);
    assert_eq!(said(Some("s"), THINKER), without);
}

#[test]
fn what_is_out_of_bounds_is_moved_within_and_reported() {
    let asked = Request {
        temperature: Some(0.5),
        top_p: Some(1.0),
        top_k: Some(40),
        seed: Some(7),
        frequency_penalty: Some(0.25),
        max_tokens: Some(9),
        stop: vec!["x".into()],
        stream: true,
        ..hi()
    };
    let (body, lost) = encode(&Cohere, &asked, PLAIN).unwrap();
    let want = json!({"model": PLAIN, "stream": true, "max_tokens": 9, "temperature": 0.5, "p": 0.99,
        "k": 40, "seed": 7, "frequency_penalty": 0.25, "stop_sequences": ["x"],
        "messages": [{"role": "user", "content": "Hi"}]});
    assert_eq!(body, want);
    assert!(lost.is_empty(), "{lost:?}");
    let asked = Request {
        top_p: Some(0.0),
        top_k: Some(900),
        seed: Some(-1),
        frequency_penalty: Some(2.0),
        presence_penalty: Some(-2.0),
        user: Some("u".into()),
        parallel_tools: Some(false),
        ..hi()
    };
    let (body, mut lost) = encode(&Cohere, &asked, PLAIN).unwrap();
    lost.sort();
    assert_eq!(
        lost,
        [
            "frequency_penalty",
            "parallel_tool_calls",
            "presence_penalty",
            "seed",
            "top_k",
            "top_p",
            "user"
        ]
    );
    assert_eq!(
        (
            &body["p"],
            &body["k"],
            &body["frequency_penalty"],
            &body["presence_penalty"]
        ),
        (&json!(0.01), &json!(500), &json!(1.0), &json!(0.0))
    );
}

#[test]
fn coheres_own_members_are_carried_whoever_sends_them() {
    let asked = Request {
        rest: vec![
            ("safety_mode".into(), raw("\"STRICT\"")),
            ("citation_options".into(), raw(r#"{"mode":"OFF"}"#)),
            ("logit_bias".into(), raw("{}")),
        ],
        ..hi()
    };
    let (body, lost) = encode(&Cohere, &asked, PLAIN).unwrap();
    assert_eq!(body["safety_mode"], json!("STRICT"));
    assert_eq!(body["citation_options"], json!({"mode": "OFF"}));
    assert_eq!(lost, ["logit_bias"]);
}
