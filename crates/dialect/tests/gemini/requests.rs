//! Requests of callers, read into the intermediate form.

use serde_json::{Value, json};
use tollgate_dialect::ir::{
    Block, Content, Effort, Format, Media, Reasoning, Request, Role, ToolChoice,
};
use tollgate_model::{Reason, Refusal};

use crate::shapes::{decoded, hi};

fn read(body: &Value) -> Request {
    decoded(&body.to_string()).unwrap()
}

fn with(members: &str) -> Request {
    decoded(&hi(&format!(",{members}"))).unwrap()
}

fn config(members: &str) -> Request {
    with(&format!(r#""generationConfig":{{{members}}}"#))
}

fn refused(body: &str) -> Refusal {
    decoded(body).unwrap_err()
}

fn refused_with(members: &str) -> (Reason, String) {
    let refusal = refused(&hi(&format!(",{members}")));
    (refusal.reason, refusal.param.unwrap_or_default())
}

fn names(request: &Request) -> Vec<&str> {
    request.rest.iter().map(|(name, _)| name.as_str()).collect()
}

fn line(content: &Content) -> String {
    match content {
        Content::Text(text) => format!("text {text:?}"),
        Content::Thinking { text, signature } => format!("thinking {text:?} signed {signature:?}"),
        Content::ToolUse {
            id,
            name,
            input,
            signature,
        } => format!("call {id} {name} {input} signed {signature:?}"),
        Content::ToolResult {
            id,
            content,
            failed,
        } => {
            let inner: Vec<_> = content.iter().map(|block| line(&block.content)).collect();
            format!(
                "result {id} {} {inner:?}",
                if *failed { "failed" } else { "ok" }
            )
        }
        other => format!("{other:?}"),
    }
}

fn shown(blocks: &[Block]) -> Vec<String> {
    blocks.iter().map(|block| line(&block.content)).collect()
}

/// A conversation, a line for each block.
fn talk(request: &Request) -> String {
    let lines = request.turns.iter().flat_map(|turn| {
        let role = turn.role;
        shown(&turn.blocks)
            .into_iter()
            .map(move |line| format!("{role:?}: {line}"))
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn gi_03_a_request_is_read_in_both_spellings() {
    let camel = json!({
        "systemInstruction": {"parts": [{"text": "Be brief."}, {"text": "Be kind."}]},
        "contents": [
            {"role": "user", "parts": [{"text": "What is this?"},
                {"inlineData": {"mimeType": "image/png", "data": "aWc="}}]},
            {"role": "model", "parts": [{"text": "A cat."}]},
            {"parts": [{"text": "And this?"},
                {"inlineData": {"mimeType": "application/pdf", "data": "aWc=", "displayName": "a.pdf"}},
                {"fileData": {"mimeType": "image/png", "fileUri": "https://x/y.png"}}]},
        ],
        "generationConfig": {"topP": 0.5, "topK": 40.0, "maxOutputTokens": 100,
            "stopSequences": ["END"], "temperature": 0.25, "seed": 7, "presencePenalty": 0.1,
            "frequencyPenalty": "0.2"},
    });
    let snake = json!({
        "system_instruction": {"parts": [{"text": "Be brief."}, {"text": "Be kind."}]},
        "contents": [
            {"role": "user", "parts": [{"text": "What is this?"},
                {"inline_data": {"mime_type": "image/png", "data": "aWc"}}]},
            {"role": "model", "parts": {"text": "A cat."}},
            {"parts": [{"text": "And this?"},
                {"inline_data": {"mime_type": "application/pdf", "data": "aWc=", "display_name": "a.pdf"}},
                {"file_data": {"mime_type": "image/png", "file_uri": "https://x/y.png"}}]},
        ],
        "generation_config": {"top_p": 0.5, "top_k": 40, "max_output_tokens": 100,
            "stop_sequences": "END", "temperature": 0.25, "seed": 7, "presence_penalty": 0.1,
            "frequency_penalty": 0.2},
    });
    for body in [camel, snake] {
        let request = read(&body);
        insta::allow_duplicates! {
            insta::assert_snapshot!(talk(&request), @r#"
            System: text "Be brief."
            System: text "Be kind."
            User: text "What is this?"
            User: Image(Inline { mime: "image/png", base64: "aWc=" })
            Assistant: text "A cat."
            User: text "And this?"
            User: Document { media: Inline { mime: "application/pdf", base64: "aWc=" }, title: Some("a.pdf") }
            User: Image(Url("https://x/y.png"))
            "#);
        }
        assert_eq!(request.model, "m");
        assert_eq!((request.max_tokens, request.top_k), (Some(100), Some(40)));
        assert_eq!(
            (request.top_p, request.temperature),
            (Some(0.5), Some(0.25))
        );
        assert_eq!(request.stop, ["END"]);
        assert_eq!(request.seed, Some(7));
        assert_eq!(request.presence_penalty, Some(0.1));
        assert_eq!(request.frequency_penalty, Some(0.2));
        assert!(request.stream_usage && request.hide_thoughts && request.answers == 1);
        assert!(names(&request).is_empty());
    }
}

#[test]
fn gi_04_results_are_matched_by_id_or_by_name_and_order() {
    let call = |id: Value, name: &str, n: u32| json!({"functionCall": {"id": id, "name": name, "args": {"n": n}}});
    let result = |id: Value, name: &str, n: u32| json!({"functionResponse": {"id": id, "name": name, "response": {"n": n}}});
    let request = read(&json!({"contents": [
        {"role": "user", "parts": [{"text": "go"}]},
        {"role": "model", "parts": [call(json!(null), "f", 1), call(json!("x"), "f", 2)]},
        {"role": "model", "parts": [call(json!(null), "g", 3)]},
        {"role": "function", "parts": [result(json!("x"), "f", 2), result(json!(null), "g", 3)]},
        {"role": "user", "parts": [result(json!(null), "f", 1)]},
        {"role": "model", "parts": [call(json!(null), "f", 4)]},
        {"role": "user", "parts": [result(json!("gone"), "f", 4)]},
    ]}));
    insta::assert_snapshot!(talk(&request), @r#"
    User: text "go"
    Assistant: call call_0 f {"n":1} signed None
    Assistant: call x f {"n":2} signed None
    Assistant: call call_1 g {"n":3} signed None
    User: result x ok ["text \"{\\\"n\\\":2}\""]
    User: result call_1 ok ["text \"{\\\"n\\\":3}\""]
    User: result call_0 ok ["text \"{\\\"n\\\":1}\""]
    Assistant: call call_2 f {"n":4} signed None
    User: result call_2 ok ["text \"{\\\"n\\\":4}\""]
    "#);
    let orphan = json!({"contents": [{"parts": [result(json!(null), "f", 1)]}]});
    let refusal = refused(&orphan.to_string());
    let param = "contents[0].parts[0].functionResponse";
    assert_eq!(refusal.param.as_deref(), Some(param));
}

#[test]
fn what_a_function_returned_is_text_and_media() {
    let result = |response: Value| {
        let request = read(&json!({"contents": [
            {"role": "model", "parts": [{"functionCall": {"name": "f"}}]},
            {"parts": [{"functionResponse": {"name": "f", "response": response}}]},
        ]}));
        shown(&request.turns[1].blocks).join("")
    };
    for (response, want) in [
        (
            json!({"output": "fine"}),
            r#"result call_0 ok ["text \"fine\""]"#,
        ),
        (
            json!({"output": [1, 2]}),
            r#"result call_0 ok ["text \"[1,2]\""]"#,
        ),
        (
            json!({"error": "broke"}),
            r#"result call_0 failed ["text \"broke\""]"#,
        ),
        (
            json!({"error": {"a": 1}}),
            r#"result call_0 failed ["text \"{\\\"a\\\":1}\""]"#,
        ),
        (
            json!({"output": 1, "error": "x"}),
            r#"result call_0 ok ["text \"{\\\"error\\\":\\\"x\\\",\\\"output\\\":1}\""]"#,
        ),
        (
            json!({"result": 3}),
            r#"result call_0 ok ["text \"{\\\"result\\\":3}\""]"#,
        ),
        (json!({"output": ""}), "result call_0 ok []"),
        (json!(null), "result call_0 ok []"),
    ] {
        assert_eq!(result(response.clone()), want, "{response}");
    }
    let request = read(&json!({"contents": [
        {"role": "model", "parts": [{"functionCall": {"name": "f"}}]},
        {"parts": [{"functionResponse": {"name": "f", "response": {"output": "see"},
            "parts": [{"inlineData": {"mimeType": "image/png", "data": "aWc="}}]}}]},
    ]}));
    let Content::ToolResult { content, .. } = &request.turns[1].blocks[0].content else {
        unreachable!()
    };
    assert!(matches!(
        content[1].content,
        Content::Image(Media::Inline { .. })
    ));
}

#[test]
fn gm_08_thoughts_and_the_signatures_of_calls_are_kept() {
    let request = read(&json!({"contents": [
        {"parts": [{"text": "go"}]},
        {"role": "model", "parts": [
            {"text": "Hm", "thought": true, "thoughtSignature": "ZmFjZQ=="},
            {"text": "Let me"}, {"text": " look.", "thoughtSignature": "ZmFjZQ=="},
            {"functionCall": {"name": "f", "args": {}}, "thought_signature": "U2ln"},
            {"executableCode": {"language": "PYTHON", "code": "1+1"}},
            {"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": "2"}},
        ]},
    ]}));
    insta::assert_snapshot!(talk(&request), @r#"
    User: text "go"
    Assistant: thinking "Hm" signed None
    Assistant: text "Let me look."
    Assistant: call call_0 f {} signed Some("U2ln")
    Assistant: text "\n```python\n1+1\n```\n\n```\n2\n```\n"
    "#);
}

#[test]
fn turns_that_say_nothing_are_left_out() {
    let request = read(&json!({"contents": [
        {"role": "user", "parts": [{"text": "a"}]},
        {"role": "model"},
        {"role": "model", "parts": [{"text": ""}]},
        {"role": "user", "parts": [{"text": "b"}]},
    ]}));
    assert_eq!(talk(&request), "User: text \"a\"\nUser: text \"b\"");
    let refusal = refused(r#"{"contents":[{"role":"user","parts":[]}]}"#);
    assert_eq!(refusal.param.as_deref(), Some("contents"));
}

#[test]
fn base64_is_given_in_the_alphabet_that_all_providers_take() {
    let request = read(&json!({"contents": [{"parts": [
        {"inlineData": {"mimeType": "audio/wav", "data": "-_-_YQ"}}]}]}));
    let want = r#"User: Audio(Inline { mime: "audio/wav", base64: "+/+/YQ==" })"#;
    assert_eq!(talk(&request), want);
}

#[test]
fn gi_08_tools_are_read() {
    let request = with(
        r#""tools":[{"functionDeclarations":[
            {"name":"f","description":"d","parameters":{"type":"OBJECT","properties":
                {"a":{"type":"STRING","nullable":true}},"required":["a"]}}]},
            {"function_declarations":{"name":"g","parameters_json_schema":{"type":"object","x":1.0},
                "response":{"type":"STRING"},"behavior":"BLOCKING"}}]"#,
    );
    let tools: Vec<String> = request
        .tools
        .iter()
        .map(|tool| {
            format!(
                "{} {:?} {}",
                tool.name,
                tool.description,
                tool.parameters.as_ref().unwrap()
            )
        })
        .collect();
    assert_eq!(
        tools,
        [
            concat!(
                r#"f Some("d") {"type":"object","properties":{"a":{"type":["string","null"]}},"#,
                r#""required":["a"]}"#
            ),
            r#"g None {"type":"object","x":1.0}"#,
        ]
    );
    let want = [
        "tools.functionDeclarations.response",
        "tools.functionDeclarations.behavior",
    ];
    assert_eq!(names(&request), want);
}

#[test]
fn what_google_runs_itself_is_refused() {
    for tool in [
        "googleSearchRetrieval",
        "enterpriseWebSearch",
        "codeExecution",
        "urlContext",
        "mcpServers",
    ] {
        let refusal = refused_with(&format!(r#""tools":[{{"{tool}":{{}}}}]"#));
        assert_eq!(
            refusal,
            (Reason::ParameterUnsupported, "tools[0]".into()),
            "{tool}"
        );
    }
    assert!(with(r#""tools":[{"googleSearch":null}]"#).search.is_none());
    for spelling in ["googleSearch", "google_search"] {
        let request = with(&format!(
            r#""tools":[{{"{spelling}":{{"excludeDomains":["example.com"]}}}}]"#
        ));
        let search = request.search.unwrap();
        assert_eq!(search.without, ["example.com"]);
    }
}

#[test]
fn gm_11_the_choice_among_tools_is_read() {
    let tools = r#""tools":[{"functionDeclarations":[{"name":"f"},{"name":"g"},{"name":"h"}]}]"#;
    let all = ["f", "g", "h"].as_slice();
    for (config, choice, left) in [
        (r#"{"mode":"AUTO"}"#, Some(ToolChoice::Auto), all),
        (r#"{"mode":"NONE"}"#, Some(ToolChoice::None), all),
        (r#"{"mode":"ANY"}"#, Some(ToolChoice::Required), all),
        (
            r#"{"mode":"ANY","allowedFunctionNames":["g"]}"#,
            Some(ToolChoice::Named("g".into())),
            &["g"],
        ),
        (
            r#"{"mode":"ANY","allowed_function_names":["g","h"]}"#,
            Some(ToolChoice::Required),
            &["g", "h"],
        ),
        (
            r#"{"mode":"VALIDATED","allowedFunctionNames":["f"]}"#,
            Some(ToolChoice::Auto),
            &["f"],
        ),
        (r#"{"mode":"MODE_UNSPECIFIED"}"#, None, all),
        ("{}", None, all),
    ] {
        let members = format!(r#"{tools},"toolConfig":{{"functionCallingConfig":{config}}}"#);
        let request = with(&members);
        let names: Vec<_> = request
            .tools
            .iter()
            .map(|tool| tool.name.as_str())
            .collect();
        assert_eq!(
            (request.tool_choice, names.as_slice()),
            (choice, left),
            "{config}"
        );
    }
    let param = "toolConfig.functionCallingConfig.mode";
    let wrong = r#""toolConfig":{"functionCallingConfig":{"mode":"SOME"}}"#;
    assert_eq!(
        refused_with(wrong),
        (Reason::RequestMalformed, param.into())
    );
}

#[test]
fn gi_09_how_much_to_think_is_read() {
    for (members, want, hidden) in [
        (
            r#""thinkingBudget":-1"#,
            Some(Reasoning::Effort(Effort::Medium)),
            true,
        ),
        (r#""thinkingBudget":0"#, Some(Reasoning::Off), true),
        (
            r#""thinking_budget":2048"#,
            Some(Reasoning::Budget(2048)),
            true,
        ),
        (
            r#""thinkingLevel":"HIGH""#,
            Some(Reasoning::Effort(Effort::High)),
            true,
        ),
        (
            r#""thinkingLevel":"minimal""#,
            Some(Reasoning::Effort(Effort::Minimal)),
            true,
        ),
        (
            r#""thinkingLevel":"THINKING_LEVEL_UNSPECIFIED""#,
            None,
            true,
        ),
        (r#""includeThoughts":true"#, None, false),
        (r#""include_thoughts":false"#, None, true),
    ] {
        let request = config(&format!(r#""thinkingConfig":{{{members}}}"#));
        assert_eq!(
            (request.reasoning, request.hide_thoughts),
            (want, hidden),
            "{members}"
        );
    }
    let both =
        r#""generationConfig":{"thinkingConfig":{"thinkingBudget":1,"thinkingLevel":"LOW"}}"#;
    assert_eq!(refused_with(both).0, Reason::RequestMalformed);
}

#[test]
fn gm_12_the_form_of_the_answer_is_read() {
    let form = |members: &str| match config(members).format {
        Format::Text => "text".to_owned(),
        Format::Json => "json".to_owned(),
        Format::Schema {
            name,
            schema,
            strict,
        } => format!("{name} {schema} {strict:?}"),
    };
    assert_eq!(form(""), "text");
    assert_eq!(form(r#""responseMimeType":"text/plain""#), "text");
    assert_eq!(form(r#""response_mime_type":"application/json""#), "json");
    let json = r#""responseMimeType":"application/json""#;
    assert_eq!(
        form(&format!(
            r#"{json},"responseSchema":{{"type":"ARRAY","items":{{"type":"STRING"}}}}"#
        )),
        r#"response {"type":"array","items":{"type":"string"}} None"#
    );
    assert_eq!(
        form(&format!(
            r#"{json},"responseJsonSchema":{{"type":"object","minimum":1.0}}"#
        )),
        r#"response {"type":"object","minimum":1.0} None"#
    );
    for (members, reason, param) in [
        (
            r#""responseSchema":{}"#,
            Reason::RequestMalformed,
            "responseSchema",
        ),
        (
            r#""responseMimeType":"text/x.enum","responseSchema":{"type":"STRING","enum":["a"]}"#,
            Reason::ParameterUnsupported,
            "responseMimeType",
        ),
        (
            r#""responseMimeType":"application/json","responseSchema":{},"responseJsonSchema":{}"#,
            Reason::RequestMalformed,
            "responseJsonSchema",
        ),
    ] {
        let got = refused_with(&format!(r#""generationConfig":{{{members}}}"#));
        assert_eq!(
            got,
            (reason, format!("generationConfig.{param}")),
            "{members}"
        );
    }
}

#[test]
fn gi_11_what_no_other_provider_gives_is_refused() {
    for (members, param) in [
        (
            r#""responseModalities":["TEXT","IMAGE"]"#,
            "responseModalities",
        ),
        (r#""response_modalities":["AUDIO"]"#, "response_modalities"),
        (r#""responseLogprobs":true"#, "responseLogprobs"),
        (r#""logprobs":5"#, "logprobs"),
        (r#""candidateCount":2"#, "candidateCount"),
    ] {
        let got = refused_with(&format!(r#""generationConfig":{{{members}}}"#));
        let want = (
            Reason::ParameterUnsupported,
            format!("generationConfig.{param}"),
        );
        assert_eq!(got, want, "{members}");
    }
    let plain = r#""responseModalities":["TEXT"],"responseLogprobs":false,"candidateCount":1"#;
    assert!(names(&config(plain)).is_empty());
    let (reason, param) = refused_with(r#""cachedContent":"cachedContents/x""#);
    assert_eq!(
        (reason, param.as_str()),
        (Reason::ParameterUnsupported, "cachedContent")
    );
}

#[test]
fn what_has_no_place_is_named_by_its_path() {
    let request = with(
        r#""safety_settings":[{"category":"X"}],"labels":{"a":"b"},"toolConfig":{"retrievalConfig":{}},
           "generationConfig":{"mediaResolution":"LOW","speechConfig":{}}"#,
    );
    let want = [
        "toolConfig.retrievalConfig",
        "generationConfig.mediaResolution",
        "generationConfig.speechConfig",
        "safetySettings",
        "labels",
    ];
    assert_eq!(names(&request), want);
}

#[test]
fn what_cannot_be_read_is_named() {
    let part = |part: &str| {
        let refusal = refused(&format!(r#"{{"contents":[{{"parts":[{part}]}}]}}"#));
        let param = refusal.param.unwrap_or_default();
        let place = param.strip_prefix("contents[0].parts[0]");
        (refusal.reason, place.unwrap_or(&param).to_owned())
    };
    for (given, reason, place) in [
        ("{}", Reason::ParameterUnsupported, ""),
        (r#"{"toolCall":{}}"#, Reason::ParameterUnsupported, ""),
        (r#"{"text":7}"#, Reason::RequestMalformed, ".text"),
        (
            r#"{"inlineData":{"data":"aWc="}}"#,
            Reason::RequestMalformed,
            ".inlineData.mimeType",
        ),
        (
            r#"{"inlineData":{"mimeType":"video/mp4","data":"aWc="}}"#,
            Reason::ParameterUnsupported,
            ".inlineData.mimeType",
        ),
        (
            r#"{"fileData":{"mimeType":"image/png","fileUri":"gs://b/x.png"}}"#,
            Reason::ParameterUnsupported,
            ".fileData.fileUri",
        ),
        (
            r#"{"file_data":{"file_uri":"https://x/y"}}"#,
            Reason::ParameterUnsupported,
            ".file_data.file_uri",
        ),
        (
            r#"{"functionCall":{"name":"f"}}"#,
            Reason::RequestMalformed,
            ".functionCall",
        ),
    ] {
        assert_eq!(part(given), (reason, place.into()), "{given}");
    }
    let args =
        r#"{"contents":[{"role":"model","parts":[{"functionCall":{"name":"f","args":[]}}]}]}"#;
    let param = refused(args).param;
    assert_eq!(
        param.as_deref(),
        Some("contents[0].parts[0].functionCall.args")
    );
    let role = refused(r#"{"contents":[{"role":"assistant","parts":[{"text":"x"}]}]}"#);
    assert_eq!(role.param.as_deref(), Some("contents[0].role"));
    let system = r#","systemInstruction":{"parts":[{"inlineData":{}}]}"#;
    let refusal = refused(&hi(system));
    assert_eq!(refusal.param.as_deref(), Some("systemInstruction.parts[0]"));
    assert_eq!(
        with(r#""systemInstruction":{"parts":{"text":"S"}}"#).turns[0].role,
        Role::System
    );
}
