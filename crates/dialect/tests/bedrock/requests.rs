//! Requests as they are written for Bedrock.

use serde_json::{Value, json};
use tollgate_dialect::bedrock::Bedrock;
use tollgate_dialect::codec::Outbound;
use tollgate_dialect::ir::{Block, Content, Effort, Format, Media, Reasoning, Request, ToolChoice};

use crate::shapes::{
    assistant, call, encode, failure, hi, inline, raw, request, result, system, text, tool, user,
};

const CLAUDE: &str = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
const CLAUDE_NEW: &str = "global.anthropic.claude-opus-4-6-v1";
const NOVA: &str = "amazon.nova-pro-v1:0";
const NOVA_TWO: &str = "us.amazon.nova-2-lite-v1:0";
const GPT: &str = "openai.gpt-oss-120b-1:0";
const LLAMA: &str = "meta.llama3-1-8b-instruct-v1:0";
const PROFILE: &str = "arn:aws:bedrock:us-east-1:1:application-inference-profile/a1";

fn written(request: &Request, model: &str) -> (Value, Vec<String>) {
    encode(&Bedrock, request, model).unwrap()
}

fn refused(request: &Request, model: &str) -> String {
    let refusal = encode(&Bedrock, request, model).unwrap_err();
    assert_eq!(refusal.status, 400);
    format!("{}: {}", refusal.param.unwrap_or_default(), refusal.detail)
}

#[test]
fn a_path_names_the_model_percent_encoded() {
    let path = |model: &str, stream| Bedrock.path(model, stream);
    assert_eq!(
        path(CLAUDE, false).unwrap(),
        "/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse"
    );
    assert_eq!(
        path("arn:aws:bedrock:a/b é", true).unwrap(),
        "/model/arn%3Aaws%3Abedrock%3Aa%2Fb%20%C3%A9/converse-stream"
    );
    for model in ["", ".", "..", "a\nb"] {
        assert!(path(model, false).is_err(), "{model:?}");
    }
}

#[test]
fn a_conversation_is_written_block_by_block() {
    let mut said = vec![system("Be brief."), user(vec![text("Weather?")])];
    said.push(user(vec![
        Content::Image(inline("image/jpg", "aWc=")),
        Content::Document {
            media: inline("application/pdf", "JVBERi0="),
            title: Some("Report.v2.pdf".into()),
        },
    ]));
    said.push(assistant(vec![
        Content::Thinking {
            text: "Hm".into(),
            signature: Some("S=".into()),
        },
        Content::RedactedThinking("ZW5j".into()),
        text("Looking."),
        call("toolu_1", "weather", r#"{"city":"Bern"}"#),
    ]));
    said.push(user(vec![text("Quick."), failure("toolu_1", "timeout")]));
    let mut asked = request(said);
    asked.tools = vec![tool("weather", Some(r#"{"type":"object"}"#))];
    asked.max_tokens = Some(64);
    asked.temperature = Some(0.5);
    asked.stop = vec!["X".into(), " ".into()];
    let (body, lost) = written(&asked, CLAUDE);
    let want = json!({
        "system": [{"text": "Be brief."}],
        "messages": [
            {"role": "user", "content": [
                {"text": "Weather?"},
                {"image": {"format": "jpeg", "source": {"bytes": "aWc="}}},
                {"document": {"format": "pdf", "name": "Report v2", "source": {"bytes": "JVBERi0="}}},
            ]},
            {"role": "assistant", "content": [
                {"reasoningContent": {"reasoningText": {"text": "Hm", "signature": "S="}}},
                {"reasoningContent": {"redactedContent": "ZW5j"}},
                {"text": "Looking."},
                {"toolUse": {"toolUseId": "toolu_1", "name": "weather", "input": {"city": "Bern"}}},
            ]},
            {"role": "user", "content": [
                {"toolResult": {"toolUseId": "toolu_1", "content": [{"text": "timeout"}],
                    "status": "error"}},
                {"text": "Quick."},
            ]},
        ],
        "inferenceConfig": {"maxTokens": 64, "temperature": 0.5, "stopSequences": ["X"]},
        "toolConfig": {"tools": [{"toolSpec": {"name": "weather",
            "inputSchema": {"json": {"type": "object"}}}}]},
    });
    assert_eq!(body, want);
    assert!(lost.is_empty(), "{lost:?}");
}

#[test]
fn oa_29_turns_of_one_side_are_one_and_the_user_begins() {
    let said = vec![assistant(vec![text("A ")]), assistant(vec![text("B\n")])];
    let (body, _) = written(&request(said), CLAUDE);
    let want = json!([
        {"role": "user", "content": [{"text": "."}]},
        {"role": "assistant", "content": [{"text": "A "}, {"text": "B"}]},
    ]);
    assert_eq!(body["messages"], want);
    let (body, _) = written(&request(vec![system("Only this.")]), CLAUDE);
    assert_eq!(
        body["messages"],
        json!([{"role": "user", "content": [{"text": "."}]}])
    );
    assert!(refused(&request(Vec::new()), CLAUDE).starts_with("messages: "));
}

#[test]
fn a_document_stands_beside_a_text_and_has_a_name_of_its_own() {
    let document = |title: Option<&str>| Content::Document {
        media: inline("text/plain", "eA=="),
        title: title.map(str::to_owned),
    };
    let (body, _) = written(
        &request(vec![user(vec![
            document(Some("a.txt")),
            document(Some("a")),
        ])]),
        CLAUDE,
    );
    let source = json!({"bytes": "eA=="});
    let want = json!([
        {"document": {"format": "txt", "name": "a", "source": source}},
        {"document": {"format": "txt", "name": "a 2", "source": source}},
        {"text": "."},
    ]);
    assert_eq!(body["messages"][0]["content"], want);
}

#[test]
fn what_bedrock_does_not_take_is_refused_by_its_place() {
    let picture = |media: Media| request(vec![user(vec![Content::Image(media)])]);
    let all = [
        refused(
            &picture(Media::Url("https://example.com/a.png".into())),
            CLAUDE,
        ),
        refused(&picture(inline("image/tiff", "aWc=")), CLAUDE),
        refused(
            &request(vec![user(vec![Content::Audio(inline(
                "audio/wav",
                "aWc=",
            ))])]),
            CLAUDE,
        ),
        refused(
            &Request {
                tools: vec![tool("a.b", None)],
                ..hi()
            },
            CLAUDE,
        ),
        refused(&Request { answers: 2, ..hi() }, CLAUDE),
    ];
    insta::assert_snapshot!(all.join("\n"), @r"
    messages[0].content: Bedrock fetches nothing from an address; send the bytes in base64.
    messages[0].content: Bedrock takes images in PNG, JPEG, GIF and WebP, not `image/tiff`.
    messages[0].content: Recordings are not carried to Bedrock.
    tools[0].function.name: Bedrock takes names of tools of 1 to 64 letters, digits, `_` and `-`; `a.b` is none.
    n: Bedrock gives one answer to a request; ask for 1.
    ");
}

#[test]
fn marks_for_the_cache_stand_behind_their_blocks_where_the_model_knows_them() {
    let marked = |content: Content, mark: &str| Block {
        content,
        cache: Some(raw(mark)),
    };
    let mut asked = request(vec![system("S"), user(Vec::new())]);
    asked.turns[0].blocks[0].cache = Some(raw(r#"{"type":"ephemeral","ttl":"1h"}"#));
    asked.turns[1].blocks = vec![
        marked(text("T"), r#"{"type":"ephemeral"}"#),
        marked(result("a", vec![text("R")]), r#"{"type":"ephemeral"}"#),
    ];
    asked.tools = vec![tool("t", None)];
    asked.tools[0].cache = Some(raw("{}"));
    let (body, lost) = written(&asked, CLAUDE);
    let point = json!({"cachePoint": {"type": "default"}});
    assert_eq!(
        body["system"],
        json!([{"text": "S"}, {"cachePoint": {"type": "default", "ttl": "1h"}}])
    );
    let result = json!({"toolResult": {"toolUseId": "a", "content": [{"text": "R"}]}});
    assert_eq!(
        body["messages"][0]["content"],
        json!([result, point, {"text": "T"}, point])
    );
    assert_eq!(body["toolConfig"]["tools"][1], point);
    assert!(lost.is_empty());
    for (model, points) in [(NOVA, 3), (PROFILE, 4), (LLAMA, 0)] {
        let (body, lost) = written(&asked, model);
        assert_eq!(
            body.to_string().matches("cachePoint").count(),
            points,
            "{model}"
        );
        assert_eq!(lost == ["cache_control"], points < 4, "{model}");
    }
}

#[test]
fn tools_and_the_choice_among_them_are_written_or_the_loss_told() {
    let asked = |choice: Option<ToolChoice>, model: &str| {
        let request = Request {
            tools: vec![tool("t", None)],
            tool_choice: choice,
            ..hi()
        };
        let (body, lost) = written(&request, model);
        (body["toolConfig"]["toolChoice"].clone(), lost)
    };
    let named = ToolChoice::Named("t".into());
    for (choice, want) in [
        (None, Value::Null),
        (Some(ToolChoice::Auto), json!({"auto": {}})),
        (Some(ToolChoice::Required), json!({"any": {}})),
        (Some(named), json!({"tool": {"name": "t"}})),
        (Some(ToolChoice::None), Value::Null),
    ] {
        assert_eq!(asked(choice, CLAUDE), (want, Vec::new()));
    }
    let none = Request {
        tools: vec![tool("t", None)],
        tool_choice: Some(ToolChoice::None),
        ..hi()
    };
    assert_eq!(written(&none, CLAUDE).0.get("toolConfig"), None);
    let called = vec![
        user(vec![text("go")]),
        assistant(vec![call("a", "t", "{}")]),
        user(vec![result("a", vec![])]),
    ];
    let both = Request {
        turns: called.clone(),
        ..none
    };
    let (body, lost) = written(&both, CLAUDE);
    assert_eq!(body["toolConfig"]["tools"].as_array().unwrap().len(), 1);
    assert_eq!(lost, ["tool_choice"]);
    // Bedrock refuses a conversation with calls and no tools.
    let (body, _) = written(&request(called), CLAUDE);
    assert_eq!(
        body["toolConfig"]["tools"][0]["toolSpec"]["name"],
        json!("t")
    );
}

#[test]
fn a_failed_tool_says_so_in_words_where_the_model_has_no_status() {
    let asked = request(vec![user(vec![failure("a", "timeout")])]);
    let (body, _) = written(&asked, LLAMA);
    let want = json!({"toolUseId": "a", "content": [{"text": "Error:"}, {"text": "timeout"}]});
    assert_eq!(body["messages"][0]["content"][0]["toolResult"], want);
}

#[test]
fn thinking_and_sampling_are_written_as_each_vendor_takes_them() {
    let asked = |reasoning, model: &str| {
        let request = Request {
            reasoning: Some(reasoning),
            max_tokens: Some(8000),
            top_k: Some(5),
            ..hi()
        };
        let (body, mut lost) = written(&request, model);
        lost.sort();
        (body["additionalModelRequestFields"].clone(), lost.join(","))
    };
    let effort = Reasoning::Effort;
    let cases = [
        (
            Reasoning::Budget(2000),
            CLAUDE,
            json!({"thinking": {"type": "enabled", "budget_tokens": 2000}}),
            "top_k",
        ),
        (
            effort(Effort::High),
            CLAUDE_NEW,
            json!({"thinking": {"type": "adaptive"}, "output_config": {"effort": "high"}}),
            "top_k",
        ),
        (Reasoning::Off, CLAUDE, json!({"top_k": 5}), ""),
        (
            effort(Effort::Low),
            NOVA,
            json!({"inferenceConfig": {"topK": 5}}),
            "reasoning_effort",
        ),
        (
            effort(Effort::Medium),
            NOVA_TWO,
            json!({"inferenceConfig": {"topK": 5},
                "reasoningConfig": {"type": "enabled", "maxReasoningEffort": "medium"}}),
            "",
        ),
        (
            effort(Effort::High),
            NOVA_TWO,
            json!({"inferenceConfig": {"topK": 5},
                "reasoningConfig": {"type": "enabled", "maxReasoningEffort": "medium"}}),
            "reasoning_effort",
        ),
        (
            effort(Effort::Maximal),
            GPT,
            json!({"reasoning_effort": "high"}),
            "top_k",
        ),
        (
            effort(Effort::Low),
            LLAMA,
            Value::Null,
            "reasoning_effort,top_k",
        ),
    ];
    for (reasoning, model, want, lost) in cases {
        assert_eq!(
            asked(reasoning, model),
            (want, lost.to_owned()),
            "{reasoning:?} {model}"
        );
    }
    let hot = Request {
        temperature: Some(1.7),
        ..hi()
    };
    let (body, lost) = written(&hot, LLAMA);
    assert_eq!(body["inferenceConfig"], json!({"temperature": 1.0}));
    assert_eq!(lost, ["temperature"]);
}

#[test]
fn thoughts_go_only_to_models_that_take_them_back() {
    let thought = |signature: Option<&str>| Content::Thinking {
        text: "Hm".into(),
        signature: signature.map(str::to_owned),
    };
    for (model, signature, kept) in [
        (CLAUDE, Some("S="), true),
        (CLAUDE, None, false),
        (LLAMA, Some("S="), false),
    ] {
        let said = vec![
            user(vec![text("go")]),
            assistant(vec![thought(signature), text("So.")]),
        ];
        let (body, lost) = written(&request(said), model);
        let parts = body["messages"][1]["content"].as_array().unwrap().len();
        assert_eq!((parts == 2, lost.is_empty()), (kept, kept), "{model}");
    }
    let odd = assistant(vec![
        Content::RedactedThinking("no base64!".into()),
        text("x"),
    ]);
    let (_, lost) = written(&request(vec![user(vec![text("go")]), odd]), CLAUDE);
    assert_eq!(lost, ["reasoning_content"]);
}

#[test]
fn an_answer_is_held_to_a_schema_where_the_model_can_be() {
    let asked = Request {
        format: Format::Schema {
            name: "answer".into(),
            schema: raw(r#"{"type":"object","properties":{"a":{"type":"string"}}}"#),
            strict: Some(true),
        },
        ..hi()
    };
    let (body, _) = written(&asked, CLAUDE);
    let format = &body["outputConfig"]["textFormat"];
    assert_eq!(format["type"], json!("json_schema"));
    let definition = &format["structure"]["jsonSchema"];
    assert_eq!(definition["name"], json!("answer"));
    let schema: Value = serde_json::from_str(definition["schema"].as_str().unwrap()).unwrap();
    assert_eq!(schema["additionalProperties"], json!(false));
    for model in [NOVA, "anthropic.claude-3-haiku-20240307-v1:0"] {
        assert!(
            refused(&asked, model).starts_with("response_format: "),
            "{model}"
        );
    }
    let json = Request {
        format: Format::Json,
        ..hi()
    };
    let (body, lost) = written(&json, CLAUDE);
    assert!(body["system"][0]["text"].as_str().unwrap().contains("JSON"));
    assert_eq!(lost, ["response_format"]);
}

#[test]
fn oa_31_hints_that_bedrock_lacks_are_dropped_and_told() {
    let asked = Request {
        seed: Some(1),
        frequency_penalty: Some(0.5),
        presence_penalty: Some(0.0),
        user: Some("u".into()),
        parallel_tools: Some(false),
        tools: vec![tool("t", None)],
        rest: vec![("logit_bias".into(), raw("{}"))],
        ..hi()
    };
    let (_, lost) = written(&asked, CLAUDE);
    let want = [
        "logit_bias",
        "seed",
        "frequency_penalty",
        "user",
        "parallel_tool_calls",
    ];
    assert_eq!(lost, want);
}
