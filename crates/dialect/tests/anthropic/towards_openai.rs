//! What a provider of OpenAI's dialect gets of a request in Anthropic's.

use serde_json::{Value, json};
use tollgate_dialect::codec::{Loss, Outbound, Target};
use tollgate_dialect::openai_chat::OpenaiChat;
use tollgate_model::catalogue::Quirks;
use tollgate_model::{Reason, Refusal};

use crate::asked::{decoded, saying, with};
use crate::shapes::lines;

const TARGET: Target<'static> = Target {
    model: "gpt-4.1",
    quirks: Quirks {
        no_stream_options: false,
        max_completion_tokens: true,
        single_choice: false,
        no_call_ids: false,
        older_completions: false,
    },
    max_output: None,
    tier: None,
};

fn sent_to(target: &Target<'_>, body: &str) -> Result<(String, Vec<String>), Refusal> {
    let mut loss = Loss::default();
    let encoded = OpenaiChat.encode_request(&decoded(body)?, target, &mut loss)?;
    let body = String::from_utf8(encoded.body).unwrap();
    Ok((body, loss.into_members()))
}

fn sent(body: &str) -> (Value, Vec<String>) {
    let (body, lost) = sent_to(&TARGET, body).unwrap();
    (serde_json::from_str(&body).unwrap(), lost)
}

fn refused(body: &str) -> String {
    let refusal = sent_to(&TARGET, body).unwrap_err();
    assert_eq!(refusal.reason, Reason::ParameterUnsupported);
    refusal.param.unwrap_or_default()
}

#[test]
fn a_conversation_with_tools_is_translated() {
    let body = r#"{"model":"m","max_tokens":100,
        "system":[{"type":"text","text":"Be brief."},{"type":"text","text":"Be kind."}],
        "messages":[{"role":"user","content":"Weather?"},
        {"role":"assistant","content":[
            {"type":"thinking","thinking":"hm","signature":"secret"},
            {"type":"redacted_thinking","data":"secret"},
            {"type":"text","text":"Looking."},
            {"type":"tool_use","id":"t1","name":"f","input":{"id": 9007199254740993}},
            {"type":"tool_use","id":"t2","name":"f","input":{}}]},
        {"role":"user","content":[
            {"type":"tool_result","tool_use_id":"t1","content":[
                {"type":"text","text":"see"},
                {"type":"image","source":{"type":"base64","media_type":"image/png","data":"AAAA"}}]},
            {"type":"tool_result","tool_use_id":"t2","is_error":true,"content":"no"},
            {"type":"text","text":"Well?"}]}],
        "tools":[{"name":"f","input_schema":{"type":"object"}}],
        "tool_choice":{"type":"any","disable_parallel_tool_use":true},"stream":true}"#;
    let (out, lost) = sent_to(&TARGET, body).unwrap();
    insta::assert_snapshot!(lines(&out), @r#"
    {
      "model":"gpt-4.1",
      "messages":[
        {"role":"system","content":"Be brief.\nBe kind."},
        {"role":"user","content":"Weather?"},
        {
          "role":"assistant",
          "content":"Looking.",
          "tool_calls":[
            {
              "id":"t1",
              "type":"function",
              "function":{"name":"f","arguments":"{\"id\": 9007199254740993}"}
            },
            {"id":"t2","type":"function","function":{"name":"f","arguments":"{}"}}
          ]
        },
        {
          "role":"tool",
          "tool_call_id":"t1",
          "content":"see\n[1 attached to the next message of the user]"
        },
        {"role":"tool","tool_call_id":"t2","content":"Error: no"},
        {
          "role":"user",
          "content":[
            {"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}},
            {"type":"text","text":"Well?"}
          ]
        }
      ],
      "max_completion_tokens":100,
      "tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}],
      "tool_choice":"required",
      "parallel_tool_calls":false,
      "stream":true,
      "stream_options":{"include_usage":true}
    }
    "#);
    assert_eq!(lost, ["reasoning_content"], "AI-06");
    assert!(!out.contains("secret"));
}

#[test]
fn ai_01_instructions_are_one_message_and_come_first() {
    for system in [r#""a""#, r#"[{"type":"text","text":"a"}]"#] {
        let (body, _) = sent(&with(&format!(r#""system":{system}"#)));
        let want = json!([{"role": "system", "content": "a"}, {"role": "user", "content": "hi"}]);
        assert_eq!(body["messages"], want);
    }
}

#[test]
fn ai_02_to_05_results_come_before_words_and_none_is_without_content() {
    let (body, lost) = sent(&saying(
        r#"{"role":"user","content":[
            {"type":"text","text":"first"},
            {"type":"tool_result","tool_use_id":"1"},
            {"type":"tool_result","tool_use_id":"2","content":[]},
            {"type":"tool_result","tool_use_id":"3","content":[
                {"type":"text","text":"a"},{"type":"text","text":"b"}]}]}"#,
    ));
    let want = json!([
        {"role": "tool", "tool_call_id": "1", "content": ""},
        {"role": "tool", "tool_call_id": "2", "content": ""},
        {"role": "tool", "tool_call_id": "3", "content": "a\nb"},
        {"role": "user", "content": "first"},
    ]);
    assert_eq!(body["messages"], want);
    assert!(lost.is_empty());
}

#[test]
fn ai_07_pictures_and_documents_are_carried_in_the_forms_that_there_are() {
    let source = |kind: &str, source: &str| {
        saying(&format!(
            r#"{{"role":"user","content":[{{"type":"{kind}","source":{source}}}]}}"#
        ))
    };
    let part = |body: &str| sent(body).0["messages"][0]["content"].clone();
    let url = source(
        "image",
        r#"{"type":"url","url":"https://example.com/a.png"}"#,
    );
    assert_eq!(
        part(&url)[0]["image_url"]["url"],
        "https://example.com/a.png"
    );
    let pdf = r#"{"type":"base64","media_type":"application/pdf","data":"BBBB"}"#;
    let file = part(&source("document", pdf))[0]["file"].clone();
    assert_eq!(file["file_data"], "data:application/pdf;base64,BBBB");
    let plain = r#"{"type":"text","media_type":"text/plain","data":"hé"}"#;
    assert_eq!(part(&source("document", plain)), "hé");
    let file = source("document", r#"{"type":"file","file_id":"f"}"#);
    assert_eq!(refused(&file), "messages[0].content[0].source.type");
    let url = source(
        "document",
        r#"{"type":"url","url":"https://example.com/a.pdf"}"#,
    );
    assert_eq!(refused(&url), "messages[0].content");
}

#[test]
fn ai_08_the_user_is_named_or_hashed_where_the_name_is_too_long() {
    let user = |id: &str| {
        let (body, lost) = sent(&with(&format!(r#""metadata":{{"user_id":"{id}"}}"#)));
        assert!(lost.is_empty() && body.get("metadata").is_none());
        body["user"].as_str().unwrap().to_owned()
    };
    assert_eq!(user("bob"), "bob");
    let (long, other) = (user(&"a".repeat(65)), user(&"b".repeat(65)));
    assert!(long.len() <= 64 && other.len() <= 64 && long != other);
    assert_eq!(long, user(&"a".repeat(65)));
    assert!(!long.contains("aaaa"));
}

#[test]
fn ai_09_the_search_of_the_web_is_carried_and_other_tools_of_the_provider_are_refused() {
    let search = |more: &str| {
        with(&format!(
            r#""tools":[{{"type":"web_search_20250305","name":"web_search"{more}}}]"#
        ))
    };
    let place =
        r#","user_location":{"type":"approximate","city":"Bern","country":"CH"},"max_uses":3"#;
    let (body, lost) = sent(&search(place));
    assert_eq!(
        body["web_search_options"],
        json!({"user_location": {"type": "approximate",
            "approximate": {"city": "Bern", "country": "CH"}}})
    );
    assert_eq!(lost, ["web_search_options.max_uses"]);
    let narrow = search(r#","allowed_domains":["example.com"]"#);
    assert_eq!(refused(&narrow), "web_search_options.allowed_domains");
    let tools = r#""tools":[{"type":"code_execution_20250825","name":"code_execution"}]"#;
    assert_eq!(refused(&with(tools)), "tools[0].type");
    assert_eq!(
        refused(&with(r#""mcp_servers":[{"url":"u"}]"#)),
        "mcp_servers"
    );
}

#[test]
fn ai_10_the_choice_of_a_tool_is_translated() {
    for (choice, want) in [
        (r#"{"type":"auto"}"#, json!("auto")),
        (r#"{"type":"any"}"#, json!("required")),
        (r#"{"type":"none"}"#, json!("none")),
        (
            r#"{"type":"tool","name":"f"}"#,
            json!({"type": "function", "function": {"name": "f"}}),
        ),
    ] {
        let tools = r#""tools":[{"name":"f","input_schema":{"type":"object"}}]"#;
        let (body, _) = sent(&with(&format!(r#"{tools},"tool_choice":{choice}"#)));
        assert_eq!(body["tool_choice"], want);
        assert!(body.get("parallel_tool_calls").is_none());
    }
}

#[test]
fn ai_11_stop_texts_are_carried_up_to_four() {
    let (body, _) = sent(&with(r#""stop_sequences":["a","b"]"#));
    assert_eq!(body["stop"], json!(["a", "b"]));
    assert_eq!(
        refused(&with(r#""stop_sequences":["1","2","3","4","5"]"#)),
        "stop"
    );
}

#[test]
fn ai_12_and_17_hints_without_an_equivalent_are_dropped_and_reported() {
    let (body, lost) = sent(&with(
        r#""top_k":5,"temperature":0.5,"service_tier":"standard_only","context_management":{},
        "output_config":{"task_budget":{}},"cache_control":{"type":"ephemeral"},"messages":[
        {"role":"user","content":[{"type":"text","text":"x","cache_control":{"type":"ephemeral"}}]}]"#,
    ));
    assert_eq!(body["temperature"], 0.5);
    assert_eq!(
        lost,
        [
            "context_management",
            "cache_control",
            "service_tier",
            "top_k"
        ]
    );
    let names: Vec<&String> = body.as_object().unwrap().keys().collect();
    let want = ["max_completion_tokens", "messages", "model", "temperature"];
    assert_eq!(names, want);
}

#[test]
fn ai_13_and_14_the_limit_and_the_usage_follow_the_quirks() {
    let quirks = Quirks {
        no_stream_options: true,
        ..Quirks::default()
    };
    let target = Target { quirks, ..TARGET };
    let (body, _) = sent_to(&target, &with(r#""stream":true"#)).unwrap();
    assert!(body.contains("\"max_tokens\":100") && !body.contains("max_completion_tokens"));
    assert!(!body.contains("stream_options"));
}

#[test]
fn ai_15_and_16_thinking_becomes_a_word_that_the_model_takes() {
    let effort = |model, members: &str| {
        let target = Target { model, ..TARGET };
        let (body, lost) = sent_to(&target, &with(members)).unwrap();
        let body: Value = serde_json::from_str(&body).unwrap();
        (body["reasoning_effort"].clone(), lost.join(", "))
    };
    let budget = r#""thinking":{"type":"enabled","budget_tokens":5000}"#;
    let off = r#""thinking":{"type":"disabled"}"#;
    let tools = r#""tools":[{"name":"f","input_schema":{"type":"object"}}]"#;
    assert_eq!(effort("gpt-5.1", budget), (json!("medium"), String::new()));
    assert_eq!(effort("gpt-5", off), (json!("minimal"), String::new()));
    assert_eq!(effort("gpt-5.1", off), (json!("none"), String::new()));
    assert_eq!(effort("gpt-4.1", off), (Value::Null, String::new()));
    let dropped = "reasoning_effort".to_owned();
    assert_eq!(effort("gpt-4.1", budget), (Value::Null, dropped.clone()));
    let both = format!("{budget},{tools}");
    assert_eq!(effort("gpt-5.4", &both), (Value::Null, dropped));
}

#[test]
fn ai_20_a_schema_is_held_to_where_it_can_be() {
    let format = |schema: &str| {
        let output =
            format!(r#""output_config":{{"format":{{"type":"json_schema","schema":{schema}}}}}"#);
        let (body, lost) = sent(&with(&output));
        (body["response_format"].clone(), lost)
    };
    let closed = json!({"type": "object", "properties": {"a": {"type": "string"}},
        "required": ["a"], "additionalProperties": false});
    let (written, lost) = format(&closed.to_string());
    let schema = json!({"name": "answer", "schema": closed, "strict": true});
    assert_eq!(
        written,
        json!({"type": "json_schema", "json_schema": schema})
    );
    assert!(lost.is_empty());
    let (written, lost) = format(r#"{"type":"object","properties":{"a":{"type":"string"}}}"#);
    assert!(written["json_schema"].get("strict").is_none());
    assert_eq!(lost, ["response_format.json_schema.strict"]);
}
