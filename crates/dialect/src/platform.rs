//! What clouds want of a request that is not as its dialect has it: other paths, and other members
//! of the body.
//!
//! Sources: Azure OpenAI's reference for inference (`/openai/deployments/…` and `/openai/v1`),
//! Vertex AI's REST reference for `publishers.models`, and Anthropic's documentation of Claude there.

use serde_json::json;
use tollgate_model::snapshot::{Platform, Publisher};
use tollgate_model::{Dialect, Reason, Refusal};

use crate::fault;
use crate::ladder::malformed;
use crate::scan::{self, member};
use crate::splice::Splice;
use crate::{count, listing, outbound};

/// What a provider is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// An answer, streamed or whole.
    Answer {
        /// Whether it is streamed.
        stream: bool,
    },
    /// The number of tokens of a prompt.
    Count,
}

/// The name under which Vertex AI counts the tokens of Claude's prompts.
pub const COUNTER: &str = "count-tokens";
/// What Claude at Vertex AI is told in place of a header and of the model's name.
const VERSION: (&str, &str) = ("anthropic_version", "\"vertex-2023-10-16\"");

/// The path, below the provider's base address, at which a model is asked; `None` where the dialect
/// has no such thing. Fails where the model's name cannot stand in a path.
pub fn path(
    platform: &Platform,
    dialect: Dialect,
    model: &str,
    wanted: Wanted,
) -> Result<Option<String>, Refusal> {
    let (publisher, name) = match platform {
        Platform::Vertex { .. } => Publisher::of(model),
        Platform::Plain | Platform::Deployments => (Publisher::Other, model),
    };
    let path = match publisher {
        Publisher::Anthropic => Some(of_claude(name, wanted)?),
        Publisher::Google | Publisher::Other => plain(dialect, name, wanted)?,
    };
    path.map(|path| placed(platform, model, &path)).transpose()
}

/// Where the platform has a path of the dialect by which a model is asked. Fails where the model's name
/// cannot stand in a path.
pub fn placed(platform: &Platform, model: &str, path: &str) -> Result<String, Refusal> {
    let (project, location) = match platform {
        Platform::Plain => return Ok(path.to_owned()),
        Platform::Deployments => return Ok(format!("/deployments/{}{path}", segment(model)?)),
        Platform::Vertex { project, location } => (project, location),
    };
    let publisher = match Publisher::of(model).0 {
        Publisher::Google => "publishers/google",
        Publisher::Anthropic => "publishers/anthropic",
        Publisher::Other => "endpoints/openapi",
    };
    Ok(format!(
        "/v1/projects/{project}/locations/{location}/{publisher}{path}"
    ))
}

/// The path, below the provider's base address, at which it opens a realtime session with a model, with
/// its query. Fails on a platform that has none.
pub fn realtime_path(platform: &Platform, model: &str) -> Result<String, Refusal> {
    let name = match platform {
        Platform::Plain => "model",
        Platform::Deployments => "deployment",
        Platform::Vertex { .. } => {
            let detail = "Vertex AI holds no realtime sessions of OpenAI's kind.";
            return Err(Refusal::new(Reason::ParameterUnsupported, detail).at("model"));
        }
    };
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    let sign = |b: u8| match plain(b) {
        true => char::from(b).to_string(),
        false => format!("%{b:02X}"),
    };
    let model: String = model.bytes().map(sign).collect();
    Ok(format!("/realtime?{name}={model}"))
}

fn plain(dialect: Dialect, model: &str, wanted: Wanted) -> Result<Option<String>, Refusal> {
    match wanted {
        Wanted::Answer { stream } => outbound(dialect).path(model, stream).map(Some),
        Wanted::Count => count::path(dialect, model),
    }
}

/// The path of Claude at Vertex AI, below its publisher.
fn of_claude(name: &str, wanted: Wanted) -> Result<String, Refusal> {
    let (name, verb) = match wanted {
        Wanted::Answer { stream: false } => (segment(name)?, "rawPredict"),
        Wanted::Answer { stream: true } => (segment(name)?, "streamRawPredict"),
        Wanted::Count => (COUNTER, "rawPredict"),
    };
    Ok(format!("/models/{name}:{verb}"))
}

/// A model's name as one part of a path: nothing in it may lead elsewhere.
fn segment(model: &str) -> Result<&str, Refusal> {
    let odd = |c: char| !c.is_ascii_graphic() || matches!(c, '/' | '\\' | '?' | '#' | '%');
    if model.is_empty() || model.contains("..") || model.contains(odd) {
        let shown = fault::safe(model, 100);
        let detail = format!("`{shown}` cannot be the name of a model.");
        return Err(malformed("model", detail));
    }
    Ok(model)
}

/// The body of a request where the platform wants it otherwise than the dialect has it; `None` where
/// it is right as it is. Fails where it is not plain JSON.
pub fn body(
    platform: &Platform,
    dialect: Dialect,
    wanted: Wanted,
    body: &[u8],
) -> Result<Option<Vec<u8>>, Refusal> {
    match (platform, dialect) {
        (Platform::Vertex { .. }, Dialect::AnthropicMessages) => versioned(body, wanted).map(Some),
        _ => Ok(None),
    }
}

/// A request for Claude at Vertex AI: the version stands in it, and the model only where its tokens
/// are counted.
fn versioned(body: &[u8], wanted: Wanted) -> Result<Vec<u8>, Refusal> {
    let (name, version) = VERSION;
    let object = scan::scan(body, ["model", name])?;
    let [model_key, _] = object.keys;
    let [model, told] = object.values;
    let unnamed = model_key.zip(model).filter(|_| wanted != Wanted::Count);
    let mut splice = Splice::default();
    match (told, unnamed) {
        (Some(told), _) => splice.replace(told, version),
        (None, Some((key, model))) => {
            splice.replace(key, format!("\"{name}\""));
            splice.replace(model, version);
        }
        (None, None) => splice.insert(object.place.at, object.place.member(name, version)),
    }
    if let (Some(_), Some((key, model))) = (told, unnamed) {
        splice.replace(member(body, key, model), "");
    }
    Ok(splice.apply(body))
}

/// The path, from the root of the provider's base address, at which it lists its models.
pub fn models_path(platform: &Platform, dialect: Dialect) -> &'static str {
    match platform {
        Platform::Plain => outbound(dialect).models_path(),
        Platform::Deployments => "/models",
        Platform::Vertex { .. } => "/v1beta1/publishers/google/models?pageSize=200",
    }
}

/// Reads a list of models: their names, as [`path`] takes them. The error says what is wrong with the
/// list, for the operator.
pub fn decode_models(
    platform: &Platform,
    dialect: Dialect,
    body: &[u8],
) -> Result<Vec<String>, String> {
    match platform {
        Platform::Plain | Platform::Deployments => outbound(dialect).decode_models(body),
        Platform::Vertex { .. } => {
            let names = listing::names(body, "publisherModels", "name")?;
            let plain = names.iter().map(|name| Publisher::of(name).1.to_owned());
            Ok(plain.collect())
        }
    }
}

/// The body of a request for Claude as clients of Vertex AI write it, as Anthropic has it: without the
/// version, with the name of the model and with the word for a stream, as far as the address says
/// them; `None` where it is right as it is. Fails where it is not plain JSON.
pub fn from_vertex(
    body: &[u8],
    model: Option<&str>,
    stream: bool,
) -> Result<Option<Vec<u8>>, Refusal> {
    let mut changed = match model {
        Some(model) => named(body, model)?,
        None => None,
    };
    let (version, _) = VERSION;
    let text = changed.as_deref().unwrap_or(body);
    let object = scan::scan(text, [version])?;
    if let ([Some(key)], [Some(told)]) = (object.keys, object.values) {
        let mut splice = Splice::default();
        splice.replace(member(text, key, told), "");
        changed = Some(splice.apply(text));
    }
    let text = changed.as_deref().unwrap_or(body);
    let object = scan::scan(text, ["stream"])?;
    let mut splice = Splice::default();
    match (stream, object.values) {
        (true, [Some(told)]) if told.of(text) != b"true" => splice.replace(told, "true"),
        (true, [None]) => splice.insert(object.place.at, object.place.member("stream", "true")),
        (false, [Some(told)]) if told.of(text) == b"true" => splice.replace(told, "false"),
        _ => return Ok(changed),
    }
    Ok(Some(splice.apply(text)))
}

/// The body of a request whose address names the model, with that name in it; `None` where it has
/// the name already. Fails where it is not plain JSON.
pub fn named(body: &[u8], model: &str) -> Result<Option<Vec<u8>>, Refusal> {
    let object = scan::scan(body, ["model"])?;
    let [told] = object.values;
    let name = json!(model).to_string();
    let mut splice = Splice::default();
    match told {
        Some(told) if told.of(body) == name.as_bytes() => return Ok(None),
        Some(told) => splice.replace(told, name),
        None => splice.insert(object.place.at, object.place.member("model", &name)),
    }
    Ok(Some(splice.apply(body)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: Wanted = Wanted::Answer { stream: false };
    const STREAM: Wanted = Wanted::Answer { stream: true };

    fn vertex() -> Platform {
        Platform::Vertex {
            project: "p-1".into(),
            location: "us-east5".into(),
        }
    }

    #[test]
    fn every_platform_has_its_paths() {
        use Dialect::{AnthropicMessages, Gemini, OpenaiChat};
        let place = "/v1/projects/p-1/locations/us-east5";
        let claude = "claude-sonnet-4-5@20250929";
        let google = |rest: &str| Some(format!("{place}/publishers/google/models/{rest}"));
        let anthropic = |rest: &str| Some(format!("{place}/publishers/anthropic/models/{rest}"));
        let openapi = Some(format!("{place}/endpoints/openapi/chat/completions"));
        let deployed = Some("/deployments/gpt-5/chat/completions".to_owned());
        let table = [
            (
                Platform::Plain,
                OpenaiChat,
                "m",
                WHOLE,
                Some("/chat/completions".to_owned()),
            ),
            (
                Platform::Deployments,
                OpenaiChat,
                "gpt-5",
                WHOLE,
                deployed.clone(),
            ),
            (Platform::Deployments, OpenaiChat, "gpt-5", STREAM, deployed),
            (
                Platform::Deployments,
                OpenaiChat,
                "gpt-5",
                Wanted::Count,
                None,
            ),
            (
                vertex(),
                Gemini,
                "gemini-2.5-pro",
                WHOLE,
                google("gemini-2.5-pro:generateContent"),
            ),
            (
                vertex(),
                Gemini,
                "google/gemini-2.5-pro",
                STREAM,
                google("gemini-2.5-pro:streamGenerateContent?alt=sse"),
            ),
            (
                vertex(),
                Gemini,
                "gemini-2.5-pro",
                Wanted::Count,
                google("gemini-2.5-pro:countTokens"),
            ),
            (
                vertex(),
                AnthropicMessages,
                claude,
                WHOLE,
                anthropic(&format!("{claude}:rawPredict")),
            ),
            (
                vertex(),
                AnthropicMessages,
                claude,
                STREAM,
                anthropic(&format!("{claude}:streamRawPredict")),
            ),
            (
                vertex(),
                AnthropicMessages,
                claude,
                Wanted::Count,
                anthropic("count-tokens:rawPredict"),
            ),
            (
                vertex(),
                OpenaiChat,
                "meta/llama-3.3-70b-instruct-maas",
                STREAM,
                openapi,
            ),
        ];
        for (platform, dialect, model, wanted, expected) in table {
            let found = path(&platform, dialect, model, wanted).unwrap();
            assert_eq!(found, expected, "{platform:?} {model} {wanted:?}");
        }
    }

    #[test]
    fn a_name_that_leads_elsewhere_is_in_no_path() {
        for platform in [Platform::Deployments, vertex()] {
            for model in [
                "",
                "..",
                "claude/../x",
                "claude?x",
                "claude-%2e",
                "claude x",
            ] {
                let dialect = platform.dialect_of(model).unwrap_or(Dialect::OpenaiChat);
                let found = path(&platform, dialect, model, WHOLE);
                let leads = found
                    .as_ref()
                    .is_ok_and(|path| path.as_ref().is_some_and(|path| path.contains(model)));
                assert!(!leads, "{model}: {found:?}");
            }
        }
    }

    #[test]
    fn claude_at_vertex_is_told_a_version_and_no_model() {
        let told = |text: &str, wanted| {
            let dialect = Dialect::AnthropicMessages;
            let told = body(&vertex(), dialect, wanted, text.as_bytes()).unwrap();
            String::from_utf8(told.unwrap()).unwrap()
        };
        let version = r#""anthropic_version":"vertex-2023-10-16""#;
        for (text, expected) in [
            (
                r#"{"model": "m", "x":1.0}"#,
                r#"{"anthropic_version": "vertex-2023-10-16", "x":1.0}"#,
            ),
            (r#"{"x":1}"#, &format!(r#"{{{version},"x":1}}"#)),
            (
                r#"{"x":1,"model":"m","anthropic_version":"old"}"#,
                r#"{"x":1,"anthropic_version":"vertex-2023-10-16"}"#,
            ),
            (
                r#"{"anthropic_version":"old","x":1 , "model":"m" }"#,
                r#"{"anthropic_version":"vertex-2023-10-16","x":1  }"#,
            ),
        ] {
            assert_eq!(told(text, WHOLE), expected);
        }
        let counted = told(r#"{"model":"m"}"#, Wanted::Count);
        assert_eq!(counted, format!(r#"{{{version},"model":"m"}}"#));
        let other = body(&vertex(), Dialect::Gemini, WHOLE, b"{}").unwrap();
        assert_eq!(other, None);
        let plain = body(&Platform::Plain, Dialect::AnthropicMessages, WHOLE, b"{}");
        assert_eq!(plain.unwrap(), None);
    }

    #[test]
    fn a_model_that_the_address_names_stands_in_the_body() {
        let put = |text: &str| {
            let put = named(text.as_bytes(), "a\"b").unwrap();
            put.map(|body| String::from_utf8(body).unwrap())
        };
        assert_eq!(put(r#"{"x":1}"#).unwrap(), r#"{"model":"a\"b","x":1}"#);
        assert_eq!(put("{}").unwrap(), r#"{"model":"a\"b"}"#);
        assert_eq!(put(r#"{"model":"x"}"#).unwrap(), r#"{"model":"a\"b"}"#);
        assert_eq!(put(r#"{"model":"a\"b"}"#), None);
        assert!(named(b"[]", "m").is_err());
    }

    #[test]
    fn lists_of_models_are_read_as_their_platform_writes_them() {
        let listed = br#"{"publisherModels":[{"name":"publishers/google/models/gemini-2.5-pro"}]}"#;
        let names = decode_models(&vertex(), Dialect::Gemini, listed).unwrap();
        assert_eq!(names, ["gemini-2.5-pro"]);
        let listed = br#"{"data":[{"id":"gpt-5"}]}"#;
        let names = decode_models(&Platform::Deployments, Dialect::OpenaiChat, listed).unwrap();
        assert_eq!(names, ["gpt-5"]);
    }

    #[test]
    fn a_request_for_claude_at_vertex_becomes_one_of_anthropics() {
        let cases = [
            (
                r#"{"anthropic_version":"vertex-2023-10-16","max_tokens":9,"big":1.0}"#,
                Some("c@1"),
                false,
                Some(r#"{"max_tokens":9,"big":1.0,"model":"c@1"}"#),
            ),
            (
                r#"{"max_tokens":9,"stream":true,"anthropic_version":"v"}"#,
                Some("c"),
                true,
                Some(r#"{"max_tokens":9,"stream":true,"model":"c"}"#),
            ),
            (
                r#"{"anthropic_version":"v"}"#,
                Some("c"),
                true,
                Some(r#"{"model":"c","stream":true}"#),
            ),
            (r#"{"model":"c","stream":false}"#, None, false, None),
        ];
        for (body, model, stream, want) in cases {
            let changed = from_vertex(body.as_bytes(), model, stream).unwrap();
            let changed =
                changed.map(|body| serde_json::from_slice::<serde_json::Value>(&body).unwrap());
            let want = want.map(|want| serde_json::from_str::<serde_json::Value>(want).unwrap());
            assert_eq!(changed, want);
        }
    }
}
