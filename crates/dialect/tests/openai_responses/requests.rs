//! Requests of callers, read and written for providers of other dialects.

use serde_json::{Value, json};
use tollgate_dialect::anthropic::Anthropic;
use tollgate_dialect::codec::{Address, Inbound};
use tollgate_dialect::gemini::Gemini;
use tollgate_dialect::ir::ToolChoice;
use tollgate_dialect::openai_chat::OpenaiChat;
use tollgate_dialect::openai_responses::OpenaiResponses;
use tollgate_model::{Reason, Refusal};

use crate::asked::{asked, decoded};

fn refused(body: &Value) -> Refusal {
    decoded(body).unwrap_err()
}

/// What OpenAI's chat reads as messages.
fn messages(input: Value) -> Value {
    let body = json!({"model": "m", "input": input});
    asked(&OpenaiChat, &body, "gpt-4o").0["messages"].clone()
}

#[test]
fn rs_01_a_text_is_one_message_of_the_user() {
    let want = json!([{"role": "user", "content": "hi"}]);
    assert_eq!(messages(json!("hi")), want);
    assert_eq!(messages(json!([{"role": "user", "content": "hi"}])), want);
    let parts = json!([{"type": "message", "role": "user", "content":
        [{"type": "input_text", "text": "hi"}]}]);
    assert_eq!(messages(parts), want);
}

#[test]
fn rs_01_calls_that_stand_together_are_one_message_and_results_go_by_the_id_of_the_call() {
    let input = json!([
        {"role": "user", "content": "go"},
        {"type": "reasoning", "id": "rs_1", "summary": []},
        {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content":
            [{"type": "output_text", "text": "both", "annotations": []}]},
        {"type": "function_call", "id": "fc_1", "call_id": "a", "name": "f", "arguments": "{\"x\":1.0}"},
        {"type": "function_call", "id": "fc_2", "call_id": "b", "name": "g", "arguments": ""},
        {"type": "function_call_output", "call_id": "a", "output": "1"},
        {"type": "function_call_output", "id": "fco", "call_id": "b", "output":
            [{"type": "input_text", "text": "2"}]},
        {"role": "user", "content": "and?"},
    ]);
    let want = json!([
        {"role": "user", "content": "go"},
        {"role": "assistant", "content": "both", "tool_calls": [
            {"id": "a", "type": "function", "function": {"name": "f", "arguments": "{\"x\":1.0}"}},
            {"id": "b", "type": "function", "function": {"name": "g", "arguments": "{}"}},
        ]},
        {"role": "tool", "tool_call_id": "a", "content": "1"},
        {"role": "tool", "tool_call_id": "b", "content": "2"},
        {"role": "user", "content": "and?"},
    ]);
    assert_eq!(messages(input), want);
}

#[test]
fn rs_01_media_are_carried_and_what_lies_at_openai_is_refused() {
    let part = |part: Value| json!([{"role": "user", "content": [part]}]);
    let url = "data:image/png;base64,AA==";
    let image = messages(part(
        json!({"type": "input_image", "image_url": url, "detail": "low"}),
    ));
    assert_eq!(image[0]["content"][0]["image_url"]["url"], url);
    let pdf = "data:application/pdf;base64,AA==";
    let file = json!({"type": "input_file", "filename": "a.pdf", "file_data": pdf});
    assert_eq!(
        messages(part(file))[0]["content"][0]["file"],
        json!({"filename": "a.pdf", "file_data": pdf})
    );
    for kind in ["input_image", "input_file"] {
        let stored = part(json!({"type": kind, "file_id": "file-1"}));
        let refusal = refused(&json!({"model": "m", "input": stored}));
        assert_eq!(refusal.reason, Reason::ParameterUnsupported);
        assert_eq!(
            refusal.param.as_deref(),
            Some("input[0].content[0].file_id")
        );
    }
}

#[test]
fn rs_02_instructions_come_first_and_are_no_part_of_the_input() {
    let body = json!({"model": "m", "instructions": "Be brief.", "input": [
        {"role": "developer", "content": "And kind."}, {"role": "user", "content": "hi"}]});
    let (sent, _) = asked(&OpenaiChat, &body, "gpt-4o");
    assert_eq!(
        sent["messages"],
        json!([
            {"role": "system", "content": "Be brief."},
            {"role": "system", "content": "And kind."},
            {"role": "user", "content": "hi"},
        ])
    );
}

#[test]
fn rs_03_settings_are_carried_under_the_names_of_the_provider() {
    let schema = json!({"type": "object", "properties": {"a": {"type": "string"}},
        "required": ["a"], "additionalProperties": false});
    let body = json!({
        "model": "m", "input": "hi", "max_output_tokens": 50, "temperature": 0.5, "top_p": 0.9,
        "text": {"format": {"type": "json_schema", "name": "n", "schema": schema, "strict": true},
            "verbosity": "low"},
        "tools": [{"type": "function", "name": "f", "description": "d", "parameters": schema,
            "strict": true}],
        "tool_choice": {"type": "function", "name": "f"}, "parallel_tool_calls": false,
        "metadata": {"a": "b"}, "store": true, "include": ["reasoning.encrypted_content"],
        "truncation": "disabled", "user": "u", "safety_identifier": "s", "prompt_cache_key": "k",
        "stream_options": {"include_obfuscation": false}, "service_tier": "auto",
        "reasoning": {"effort": null, "summary": "auto"},
    });
    let (sent, dropped) = asked(&OpenaiChat, &body, "gpt-4o");
    assert_eq!(
        sent,
        json!({
            "model": "gpt-4o", "messages": [{"role": "user", "content": "hi"}], "max_tokens": 50,
            "temperature": 0.5, "top_p": 0.9, "response_format": {"type": "json_schema",
                "json_schema": {"name": "n", "schema": schema, "strict": true}},
            "tools": [{"type": "function", "function": {"name": "f", "description": "d",
                "parameters": schema, "strict": true}}],
            "tool_choice": {"type": "function", "function": {"name": "f"}},
            "parallel_tool_calls": false, "user": "u", "verbosity": "low", "prompt_cache_key": "k",
            "safety_identifier": "s", "service_tier": "auto",
        })
    );
    assert!(dropped.is_empty(), "{dropped:?}");
}

#[test]
fn rs_03_the_effort_reaches_every_provider_that_thinks() {
    let body = json!({"model": "m", "input": "hi", "reasoning": {"effort": "high"},
        "max_output_tokens": 20_000});
    let (chat, _) = asked(&OpenaiChat, &body, "o3");
    assert_eq!(chat["reasoning_effort"], "high");
    let (claude, _) = asked(&Anthropic, &body, "claude-opus-4-6");
    assert_eq!(claude["output_config"]["effort"], "high");
    let (gemini, _) = asked(&Gemini, &body, "gemini-3-pro-preview");
    assert_eq!(
        gemini["generationConfig"]["thinkingConfig"]["thinkingLevel"],
        "high"
    );
}

#[test]
fn rs_03_allowed_tools_leave_only_those() {
    let tool = |name: &str| json!({"type": "function", "name": name, "parameters": {}});
    let body = json!({"model": "m", "input": "hi", "tools": [tool("f"), tool("g")],
        "tool_choice": {"type": "allowed_tools", "mode": "required",
            "tools": [{"type": "function", "name": "g"}]}});
    let request = decoded(&body).unwrap();
    let names: Vec<&str> = request
        .tools
        .iter()
        .map(|tool| tool.name.as_str())
        .collect();
    assert_eq!(
        (names, request.tool_choice),
        (vec!["g"], Some(ToolChoice::Required))
    );
}

#[test]
fn rs_09_store_false_with_encrypted_reasoning_passes_and_what_openai_encrypted_stays_with_it() {
    let body = json!({"model": "m", "store": false, "include": ["reasoning.encrypted_content"],
    "input": [
        {"role": "user", "content": "go"},
        {"type": "reasoning", "id": "rs_1", "summary":
            [{"type": "summary_text", "text": "hm"}], "encrypted_content": "gAAA"},
        {"type": "message", "role": "assistant", "content": "so"},
        {"role": "user", "content": "on"},
    ]});
    let (sent, dropped) = asked(&Anthropic, &body, "claude-opus-4-6");
    let text = |text: &str| json!([{"type": "text", "text": text}]);
    assert_eq!(
        sent["messages"][1],
        json!({"role": "assistant", "content": text("so")})
    );
    assert_eq!(dropped, ["input[1].encrypted_content", "reasoning_content"]);
}

#[test]
fn rs_09_a_conversation_and_an_answer_in_the_background_are_refused() {
    for (name, value) in [
        ("background", json!(true)),
        ("conversation", json!("conv_1")),
    ] {
        let mut body = json!({"model": "m", "input": "hi"});
        body[name] = value;
        let refusal = refused(&body);
        assert_eq!(refusal.reason, Reason::ParameterUnsupported);
        assert_eq!(refusal.param.as_deref(), Some(name));
    }
    let off = json!({"model": "m", "input": "hi", "background": false, "conversation": null});
    assert!(decoded(&off).is_ok());
}

#[test]
fn rs_09_a_reference_to_an_item_that_is_not_kept_is_refused() {
    let input = json!([{"type": "item_reference", "id": "msg_1"}]);
    let refusal = refused(&json!({"model": "m", "input": input}));
    assert_eq!(refusal.param.as_deref(), Some("input[0]"));
    assert!(refusal.detail.contains("msg_1"), "{}", refusal.detail);
}

#[test]
fn rs_10_tools_that_openai_runs_are_refused_elsewhere() {
    for kind in [
        "file_search",
        "computer_use_preview",
        "mcp",
        "code_interpreter",
        "image_generation",
        "never_heard_of",
    ] {
        let tools = json!([{"type": "function", "name": "f"}, {"type": kind}]);
        let refusal = refused(&json!({"model": "m", "input": "hi", "tools": tools}));
        assert_eq!(refusal.reason, Reason::ParameterUnsupported, "{kind}");
        assert_eq!(refusal.param.as_deref(), Some("tools[1].type"));
        assert!(refusal.detail.contains(kind));
    }
    let tools = json!([{"type": "shell", "environment": {"type": "container_auto"}}]);
    let refusal = refused(&json!({"model": "m", "input": "hi", "tools": tools}));
    assert_eq!(refusal.param.as_deref(), Some("tools[0].environment.type"));
    let call = json!([{"type": "web_search_call", "id": "ws_1", "status": "completed"}]);
    let refusal = refused(&json!({"model": "m", "input": call}));
    assert_eq!(refusal.param.as_deref(), Some("input[0].type"));
}

#[test]
fn rs_10_the_search_of_the_web_is_carried() {
    for kind in ["web_search", "web_search_2025_08_26", "web_search_preview"] {
        let tools = json!([{"type": kind, "search_context_size": "low",
            "filters": {"allowed_domains": ["example.com"]},
            "user_location": {"type": "approximate", "timezone": "Europe/Zurich"}}]);
        let request = decoded(&json!({"model": "m", "input": "hi", "tools": tools})).unwrap();
        assert!(request.tools.is_empty());
        let search = request.search.unwrap();
        assert_eq!(search.only, ["example.com"]);
        assert_eq!(search.context.as_deref(), Some("low"));
        let place = search.place.unwrap();
        assert_eq!(place.timezone.as_deref(), Some("Europe/Zurich"));
    }
}

#[test]
fn rs_11_a_custom_tool_is_a_function_with_one_text_and_its_grammar_is_told() {
    let body = json!({"model": "m", "tools": [{"type": "custom", "name": "apply_patch",
        "description": "Edits files.", "format": {"type": "grammar", "syntax": "lark",
        "definition": "start: \"*** Begin Patch\""}}],
    "tool_choice": {"type": "custom", "name": "apply_patch"},
    "input": [
        {"role": "user", "content": "go"},
        {"type": "custom_tool_call", "id": "ctc_1", "call_id": "c", "name": "apply_patch",
            "input": "*** \"x\""},
        {"type": "custom_tool_call_output", "call_id": "c", "output": "done"},
    ]});
    let (sent, _) = asked(&OpenaiChat, &body, "gpt-4o");
    let function = &sent["tools"][0]["function"];
    assert_eq!(function["parameters"]["required"], json!(["input"]));
    let description = function["description"].as_str().unwrap();
    assert!(
        description.starts_with("Edits files.")
            && description.ends_with("start: \"*** Begin Patch\""),
        "{description}"
    );
    assert_eq!(sent["tool_choice"]["function"]["name"], "apply_patch");
    let call = &sent["messages"][1]["tool_calls"][0]["function"];
    assert_eq!(call["arguments"], r#"{"input":"*** \"x\""}"#);
    assert_eq!(sent["messages"][2]["content"], "done");
}

#[test]
fn rs_12_the_tools_of_codex_are_functions_elsewhere() {
    let action = json!({"type": "exec", "command": ["ls"], "env": {}});
    let operation = json!({"type": "delete_file", "path": "a"});
    let body = json!({"model": "m",
    "tools": [{"type": "local_shell"}, {"type": "shell", "environment": {"type": "local"}},
        {"type": "apply_patch"}],
    "input": [
        {"role": "user", "content": "go"},
        {"type": "local_shell_call", "id": "lsh_1", "call_id": "a", "status": "completed",
            "action": action},
        {"type": "local_shell_call_output", "id": "a", "output": "{\"out\":\"x\"}"},
        {"type": "shell_call", "call_id": "b", "action": {"commands": ["ls"]}},
        {"type": "shell_call_output", "call_id": "b", "output": [{"stdout": "x", "stderr": "",
            "outcome": {"type": "exit", "exit_code": 0}}]},
        {"type": "apply_patch_call", "call_id": "c", "status": "completed",
            "operation": operation},
        {"type": "apply_patch_call_output", "call_id": "c", "status": "failed",
            "output": "no such file"},
    ]});
    let (sent, _) = asked(&OpenaiChat, &body, "gpt-4o");
    let names: Vec<&Value> = sent["tools"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tool| &tool["function"]["name"])
        .collect();
    assert_eq!(names, ["local_shell", "shell", "apply_patch"]);
    let messages = &sent["messages"];
    let arguments = |at: usize| {
        let text = messages[at]["tool_calls"][0]["function"]["arguments"].as_str();
        serde_json::from_str::<Value>(text.unwrap()).unwrap()
    };
    assert_eq!(arguments(1), action);
    assert_eq!(arguments(3), json!({"commands": ["ls"]}));
    assert_eq!(arguments(5), operation);
    assert_eq!(messages[2]["content"], "{\"out\":\"x\"}");
    let output = messages[4]["content"].as_str().unwrap();
    assert!(output.contains("\"exit_code\":0"), "{output}");
    assert_eq!(messages[6]["content"], "Error: no such file");
}

#[test]
fn what_cannot_be_read_is_named_by_its_place() {
    let item = |item: Value| json!({"model": "m", "input": [item]});
    let part = |part: Value| item(json!({"role": "user", "content": [part]}));
    let cases = [
        (json!({"model": "m"}), "input"),
        (json!({"model": "m", "input": 3}), "input"),
        (
            json!({"model": "m", "input": "x", "max_output_tokens": 0}),
            "max_output_tokens",
        ),
        (
            json!({"model": "m", "input": "x", "previous_response_id": 3}),
            "previous_response_id",
        ),
        (
            item(json!({"role": "bot", "content": "x"})),
            "input[0].role",
        ),
        (
            item(json!({"type": "function_call", "call_id": "c", "name": "f", "arguments": "no"})),
            "input[0].arguments",
        ),
        (
            item(json!({"type": "function_call_output", "output": "x"})),
            "input[0].call_id",
        ),
        (
            part(json!({"type": "input_text"})),
            "input[0].content[0].text",
        ),
        (part(json!({"type": "video"})), "input[0].content[0].type"),
        (
            json!({"model": "m", "input": "x", "text": {"format": {"type": "xml"}}}),
            "text.format.type",
        ),
        (
            json!({"model": "m", "input": "x", "prompt": {"id": "pmpt_1"}}),
            "prompt",
        ),
        (
            json!({"model": "m", "input": "x", "include": ["message.output_text.logprobs"]}),
            "include[0]",
        ),
        (
            json!({"model": "m", "input": "x", "tools": [{"type": "custom", "name": ""}]}),
            "tools[0].name",
        ),
    ];
    for (body, param) in cases {
        assert_eq!(refused(&body).param.as_deref(), Some(param), "{body}");
    }
}

#[test]
fn what_is_lost_or_refused_by_a_provider_has_the_callers_names() {
    let body = json!({"model": "m", "max_tool_calls": 3, "input": [
        {"role": "user", "content": "a"},
        {"role": "system", "content": [{"type": "input_image", "image_url": "http://x"}]}]});
    let request = decoded(&body).unwrap();
    let names = OpenaiResponses.names();
    let refusal = crate::asked::encoded(&OpenaiChat, &request, "gpt-4o").unwrap_err();
    let refusal = names.refusal(refusal, &request);
    assert_eq!(refusal.param.as_deref(), Some("input[1].content"));
    let told = |name| names.of(name, &request).into_owned();
    assert_eq!(told("max_tokens"), "max_output_tokens");
    assert_eq!(
        told("response_format.json_schema.strict"),
        "text.format.strict"
    );
    assert_eq!(told("tools[2].function.name"), "tools[2].name");
}

#[test]
fn the_head_says_what_must_be_known() {
    let body = json!({"model": "m", "stream": true, "max_output_tokens": 9, "store": false,
        "previous_response_id": "resp_1", "tools": [{"type": "web_search"}, {"type": "mcp"}],
        "input": [{"role": "user", "content": [{"type": "input_image", "image_url": "http://x"}]},
            {"type": "item_reference", "id": "msg_1"}]})
    .to_string();
    let head = OpenaiResponses
        .head(body.as_bytes(), &Address::default())
        .unwrap();
    assert_eq!((head.model.as_str(), head.stream), ("m", true));
    assert_eq!((head.max_tokens, head.answers), (Some(9), 1));
    assert_eq!((head.remote_parts, head.searches), (2, 10));
    let thread = head.forward.thread().unwrap();
    assert_eq!(thread.previous.as_deref(), Some("resp_1"));
    assert!(thread.refers && !thread.keep);
}
