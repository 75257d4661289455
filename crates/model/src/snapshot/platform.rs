//! Clouds as the gateway meets them: where models are asked, and in which dialect.

use std::sync::Arc;

use crate::Dialect;

/// Where the models of a provider are asked, below its address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Platform {
    /// At the paths of the dialect.
    #[default]
    Plain,
    /// At the paths of the dialect below `/deployments/MODEL`: Azure OpenAI.
    Deployments,
    /// Below a project and a location, by the publisher of the model: Vertex AI.
    Vertex {
        /// The project that pays.
        project: Arc<str>,
        /// The location.
        location: Arc<str>,
    },
}

/// Who publishes a model at Vertex AI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Publisher {
    /// Google: Gemini and its kin.
    Google,
    /// Anthropic: Claude.
    Anthropic,
    /// One whose models are reached at the endpoint that speaks as OpenAI does; their names hold
    /// the publisher's, such as `meta/llama-4-maverick-17b-128e-instruct-maas`.
    Other,
}

impl Publisher {
    /// Whose model this is, by its name, and the name without what says only that.
    pub fn of(model: &str) -> (Publisher, &str) {
        let name = model.strip_prefix("publishers/").unwrap_or(model);
        for (prefix, publisher) in [
            ("google/", Publisher::Google),
            ("anthropic/", Publisher::Anthropic),
        ] {
            if let Some(rest) = name.strip_prefix(prefix) {
                return (publisher, rest.strip_prefix("models/").unwrap_or(rest));
            }
        }
        match name {
            claude if claude.starts_with("claude") => (Publisher::Anthropic, claude),
            other if other.contains('/') => (Publisher::Other, other),
            google => (Publisher::Google, google),
        }
    }

    /// The dialect in which the publisher's models are asked.
    pub const fn dialect(self) -> Dialect {
        match self {
            Publisher::Google => Dialect::Gemini,
            Publisher::Anthropic => Dialect::AnthropicMessages,
            Publisher::Other => Dialect::OpenaiChat,
        }
    }
}

impl Platform {
    /// The dialect of a model, where the platform decides on it; else it is the provider's.
    pub fn dialect_of(&self, model: &str) -> Option<Dialect> {
        match self {
            Platform::Plain | Platform::Deployments => None,
            Platform::Vertex { .. } => Some(Publisher::of(model).0.dialect()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_publisher_of_a_model_decides_on_its_dialect() {
        use Publisher::{Anthropic, Google, Other};
        for (model, publisher, name) in [
            ("gemini-2.5-flash", Google, "gemini-2.5-flash"),
            ("google/gemini-2.5-flash", Google, "gemini-2.5-flash"),
            ("text-embedding-005", Google, "text-embedding-005"),
            (
                "claude-sonnet-4-5@20250929",
                Anthropic,
                "claude-sonnet-4-5@20250929",
            ),
            (
                "publishers/anthropic/models/claude-opus-4-1",
                Anthropic,
                "claude-opus-4-1",
            ),
            (
                "meta/llama-3.3-70b-instruct-maas",
                Other,
                "meta/llama-3.3-70b-instruct-maas",
            ),
        ] {
            assert_eq!(Publisher::of(model), (publisher, name), "{model}");
        }
        let vertex = Platform::Vertex {
            project: "p".into(),
            location: "global".into(),
        };
        let dialect = vertex.dialect_of("claude-opus-4-1");
        assert_eq!(dialect, Some(Dialect::AnthropicMessages));
        assert_eq!(Platform::Deployments.dialect_of("claude-opus-4-1"), None);
    }
}
