//! The wire formats for models, by name. The codecs live in the crate `dialect`.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A wire format in which models are asked and answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Dialect {
    /// OpenAI chat completions, `POST /v1/chat/completions`.
    OpenaiChat,
    /// OpenAI responses, `POST /v1/responses`.
    OpenaiResponses,
    /// Anthropic messages, `POST /v1/messages`.
    AnthropicMessages,
    /// Gemini, `POST /v1beta/models/M:generateContent`.
    Gemini,
    /// OpenAI completions, `POST /v1/completions`, from before there was chat.
    OpenaiCompletions,
    /// Cohere chat, version 2, `POST /v2/chat`.
    Cohere,
    /// Ollama's own chat, `POST /api/chat`.
    Ollama,
    /// Ollama's own answer to one prompt, `POST /api/generate`.
    OllamaGenerate,
    /// Converse of Amazon Bedrock, `POST /model/M/converse`.
    BedrockConverse,
}

impl Dialect {
    /// The name as it stands in configuration and records.
    pub const fn as_str(self) -> &'static str {
        match self {
            Dialect::OpenaiChat => "openai-chat",
            Dialect::OpenaiResponses => "openai-responses",
            Dialect::AnthropicMessages => "anthropic-messages",
            Dialect::Gemini => "gemini",
            Dialect::OpenaiCompletions => "openai-completions",
            Dialect::Cohere => "cohere",
            Dialect::Ollama => "ollama",
            Dialect::OllamaGenerate => "ollama-generate",
            Dialect::BedrockConverse => "bedrock-converse",
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
