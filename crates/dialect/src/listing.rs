//! Lists of models, as providers give them.

use serde_json::Value;

/// The names of the models in a list: in the array `list`, or in the array that is all of the
/// answer, as some providers give it, each one's member `name`. The error says what is wrong with
/// the list, for the operator, and quotes nothing of it.
pub(crate) fn names(body: &[u8], list: &str, name: &str) -> Result<Vec<String>, String> {
    let answer: Value = serde_json::from_slice(body)
        .map_err(|_| "what came in place of a list of models is not JSON".to_owned())?;
    let found = if answer.is_array() {
        Some(&answer)
    } else {
        answer.get(list)
    };
    let entries = match found {
        Some(Value::Array(entries)) => entries.as_slice(),
        Some(Value::Null) => &[],
        _ => return Err(format!("the answer has no list \"{list}\" of models")),
    };
    let named = |entry: &Value| Some(entry.get(name)?.as_str()?.to_owned());
    let names: Vec<String> = entries
        .iter()
        .filter_map(named)
        .filter(|name| !name.is_empty())
        .collect();
    if names.is_empty() && !entries.is_empty() {
        return Err(format!("no model of the list has a text \"{name}\""));
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use tollgate_model::Dialect::{
        self, AnthropicMessages, BedrockConverse, Cohere, Gemini, Ollama, OpenaiChat,
        OpenaiCompletions,
    };

    use crate::outbound;

    #[test]
    fn every_dialect_reads_the_names_from_its_list_of_models() {
        let cases: [(Dialect, &str, &[&str]); 12] = [
            (
                OpenaiChat,
                r#"{"object":"list","data":[{"id":"gpt-4o","object":"model","created":1,
                    "owned_by":"system"},{"id":"o3","object":"model"}]}"#,
                &["gpt-4o", "o3"],
            ),
            (
                OpenaiChat,
                r#"[{"id":"meta-llama/Llama-3-8b-chat-hf","type":"chat"}]"#,
                &["meta-llama/Llama-3-8b-chat-hf"],
            ),
            (OpenaiChat, r#"{"object":"list","data":null}"#, &[]),
            (OpenaiChat, r#"{"data":[]}"#, &[]),
            (
                OpenaiChat,
                r#"{"data":[{"id":7},{"id":""},{"id":"m"}]}"#,
                &["m"],
            ),
            (
                AnthropicMessages,
                r#"{"data":[{"type":"model","id":"claude-opus-4-6","display_name":"Claude"}],
                    "has_more":false,"first_id":"claude-opus-4-6","last_id":"claude-opus-4-6"}"#,
                &["claude-opus-4-6"],
            ),
            (
                Gemini,
                r#"{"models":[{"name":"models/gemini-2.5-flash","version":"001",
                    "supportedGenerationMethods":["generateContent"]},{"name":"tunedModels/x"}],
                    "nextPageToken":"a"}"#,
                &["gemini-2.5-flash", "tunedModels/x"],
            ),
            (Gemini, r#"{"models":[]}"#, &[]),
            (
                Cohere,
                r#"{"models":[{"name":"command-a-03-2025","endpoints":["chat"]}]}"#,
                &["command-a-03-2025"],
            ),
            (
                Ollama,
                r#"{"models":[{"name":"qwen3:8b","model":"qwen3:8b","size":5,"details":{}}]}"#,
                &["qwen3:8b"],
            ),
            (OpenaiCompletions, r#"{"data":[{"id":"base"}]}"#, &["base"]),
            (
                BedrockConverse,
                r#"{"modelSummaries":[{"modelId":"amazon.nova-pro-v1:0","modelName":"Nova Pro"}]}"#,
                &["amazon.nova-pro-v1:0"],
            ),
        ];
        for (dialect, body, want) in cases {
            let read = outbound(dialect).decode_models(body.as_bytes());
            assert_eq!(read.unwrap(), want, "{dialect}: {body}");
        }
    }

    #[test]
    fn what_is_no_list_of_models_is_told_without_a_word_of_it() {
        let cases = [
            "",
            "<html>secret</html>",
            r#"{"data":[{"id":"secret""#,
            r#"{"data":"secret"}"#,
            r#"{"object":"secret"}"#,
            r#""secret""#,
            r#"[{"secret":"secret"}]"#,
            r#"{"data":[7],"models":["secret"]}"#,
        ];
        for dialect in [
            OpenaiChat,
            AnthropicMessages,
            Gemini,
            Cohere,
            Ollama,
            BedrockConverse,
        ] {
            for body in cases {
                let why = outbound(dialect).decode_models(body.as_bytes());
                let why = why.unwrap_err();
                assert!(!why.contains("secret"), "{dialect}: {body}: {why}");
            }
        }
    }
}
