//! What a provider of Gemini's dialect gets of a request in Anthropic's.

use serde_json::{Value, json};
use tollgate_dialect::gemini::Gemini;

use crate::asked::{decoded, saying, with};
use crate::shapes::encode;

fn sent(body: &str) -> (Value, Vec<String>) {
    encode(&Gemini, &decoded(body).unwrap(), "gemini-2.5-pro").unwrap()
}

#[test]
fn a_conversation_with_tools_is_translated() {
    let (body, lost) = sent(
        r#"{"model":"m","max_tokens":100,"system":[{"type":"text","text":"Be brief."}],
        "messages":[{"role":"user","content":"Weather?"},
        {"role":"assistant","content":[
            {"type":"tool_use","id":"t1","name":"f","input":{"a":1}},
            {"type":"tool_use","id":"t2","name":"g","input":{}}]},
        {"role":"user","content":[
            {"type":"tool_result","tool_use_id":"t2","is_error":true,"content":"no"},
            {"type":"tool_result","tool_use_id":"t1","content":[{"type":"text","text":"3 °C"}]},
            {"type":"text","text":"Well?"}]}],
        "tools":[{"name":"f","input_schema":{"type":"object","properties":{"a":{"type":"integer"}}}},
            {"name":"g","input_schema":{"type":"object"}}],
        "tool_choice":{"type":"any"},"top_k":40,"stop_sequences":["x"],
        "thinking":{"type":"enabled","budget_tokens":2000}}"#,
    );
    assert_eq!(
        body["systemInstruction"]["parts"],
        json!([{"text": "Be brief."}])
    );
    let contents = &body["contents"];
    assert_eq!(contents[1]["parts"][0]["functionCall"]["name"], "f");
    let results = &contents[2]["parts"];
    let want = json!({"name": "f", "response": {"output": "3 °C"}});
    assert_eq!(
        results[0]["functionResponse"], want,
        "in the order of the calls"
    );
    let want = json!({"name": "g", "response": {"error": "no"}});
    assert_eq!(results[1]["functionResponse"], want);
    assert_eq!(contents[3]["parts"], json!([{"text": "Well?"}]));
    let config = &body["generationConfig"];
    assert_eq!(config["topK"], 40);
    assert_eq!(config["maxOutputTokens"], 100);
    assert_eq!(config["stopSequences"], json!(["x"]));
    assert_eq!(config["thinkingConfig"]["thinkingBudget"], 2000);
    let calling = &body["toolConfig"]["functionCallingConfig"];
    assert_eq!(calling["mode"], "ANY");
    assert!(lost.is_empty(), "{lost:?}");
}

#[test]
fn ai_04_a_picture_in_a_result_is_not_lost() {
    let (body, _) = sent(&saying(
        r#"{"role":"user","content":"go"},
        {"role":"assistant","content":[{"type":"tool_use","id":"t","name":"f","input":{}}]},
        {"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":[
            {"type":"text","text":"see"},
            {"type":"image","source":{"type":"base64","media_type":"image/png","data":"AAAA"}}]}]}"#,
    ));
    assert!(body["contents"].to_string().contains("\"AAAA\""), "{body}");
}

#[test]
fn ai_17_marks_for_the_cache_and_thoughts_of_others_are_dropped_and_reported() {
    let (body, lost) = sent(&with(
        r#""metadata":{"user_id":"u"},"messages":[
        {"role":"user","content":[{"type":"text","text":"x","cache_control":{"type":"ephemeral"}}]},
        {"role":"assistant","content":[
            {"type":"thinking","thinking":"hm","signature":"s"},{"type":"text","text":"y"}]},
        {"role":"user","content":"z"}]"#,
    ));
    assert!(lost.iter().any(|name| name == "cache_control"), "{lost:?}");
    assert!(
        lost.iter().any(|name| name == "reasoning_content"),
        "{lost:?}"
    );
    assert!(!body["contents"].to_string().contains("hm"), "{body}");
}
