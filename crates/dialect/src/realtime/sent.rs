//! The events of a caller.

use serde_json::Value;
use tollgate_model::{Reason, Refusal};

use super::reads_more::reads_more;
use super::sound::{heard, seconds};
use crate::fault;
use crate::scan::{Object, Span, scan};

/// A caller's event, as far as it matters on its way to the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// What it asks for.
    pub asks: Asks,
    /// The most tokens that it adds to what the model reads; `None` where its bytes do not tell, and
    /// only the model's window bounds it.
    pub tokens: Option<u64>,
    /// The id that the caller gave it.
    pub id: Option<String>,
}

/// What a caller's event asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asks {
    /// Nothing that a gateway has to know.
    Nothing,
    /// That so many bytes of base64 be heard.
    Hear(u64),
    /// A response, with a limit of its own on its tokens where it names one; [`u64::MAX`] is none.
    Respond(Option<u64>),
    /// That the session be as it says.
    Configure {
        /// The model that it names.
        model: Option<Named>,
        /// What it says of writing down what is heard; `None` where it says nothing.
        transcription: Option<Transcription>,
    },
}

/// What a caller says of writing down what is heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Transcription {
    /// It is not to be done.
    Off,
    /// It is to be done by this model; `None` leaves that to the provider.
    By(Option<Named>),
}

/// A model, and where its name stands in the event, with its quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The name.
    pub model: String,
    /// Where it stands.
    pub span: Span,
}

/// Reads a caller's event. Fails with `request_malformed` where it is none, or where a member that
/// matters is written so that others could read it otherwise.
pub fn sent(text: &[u8]) -> Result<Sent, Refusal> {
    let object = scan(text, ["type", "event_id", "session", "response"])?;
    let [kind, id, session, response] = object.values;
    let kind: Option<String> = kind.and_then(|span| serde_json::from_slice(span.of(text)).ok());
    let Some(kind) = kind else {
        let detail = "An event is a JSON object whose `type` says what it is.";
        return Err(Refusal::new(Reason::RequestMalformed, detail).at("type"));
    };
    let length = u64::try_from(text.len()).unwrap_or(u64::MAX);
    let (asks, tokens) = match kind.as_str() {
        "input_audio_buffer.append" => (Asks::Hear(length), Some(heard(seconds(length)))),
        "response.create" => (Asks::Respond(limit(text, response)?), read(text, length)),
        "session.update" | "transcription_session.update" => {
            (configure(text, session)?, read(text, length))
        }
        "response.cancel"
        | "input_audio_buffer.commit"
        | "input_audio_buffer.clear"
        | "output_audio_buffer.clear"
        | "conversation.item.retrieve"
        | "conversation.item.truncate"
        | "conversation.item.delete" => (Asks::Nothing, Some(0)),
        _ => (Asks::Nothing, read(text, length)),
    };
    let id = id.and_then(|span| serde_json::from_slice(span.of(text)).ok());
    Ok(Sent { asks, tokens, id })
}

/// No tokenizer makes more tokens than there are bytes.
fn read(text: &[u8], length: u64) -> Option<u64> {
    (!reads_more(text)).then_some(length)
}

/// The limit that a response names for itself.
fn limit(text: &[u8], response: Option<Span>) -> Result<Option<u64>, Refusal> {
    let names = ["max_output_tokens", "max_response_output_tokens"];
    let Some((found, from)) = inside(text, response, names)? else {
        return Ok(None);
    };
    let told = found.values.into_iter().flatten();
    let told = told.map(|span| most(span.shifted(from).of(text)));
    Ok(told.max())
}

/// A limit on the tokens of a response, as it is written; what is none limits nothing.
pub(super) fn most(value: &[u8]) -> u64 {
    let value: Value = serde_json::from_slice(value).unwrap_or_default();
    value.as_u64().unwrap_or(u64::MAX)
}

fn configure(text: &[u8], session: Option<Span>) -> Result<Asks, Refusal> {
    let names = ["model", "audio", "input_audio_transcription"];
    let Some((found, from)) = inside(text, session, names)? else {
        return Ok(Asks::Configure {
            model: None,
            transcription: None,
        });
    };
    let [model, audio, older] = found.values.map(|span| span.map(|span| span.shifted(from)));
    let input = member(text, audio, "input")?;
    let newer = member(text, input, "transcription")?;
    let transcription = match (newer, older) {
        (Some(_), Some(_)) => {
            let detail = "The session says twice how what is heard is written down.";
            return Err(Refusal::new(Reason::RequestMalformed, detail)
                .at("session.input_audio_transcription"));
        }
        (Some(span), None) | (None, Some(span)) => Some(transcription(text, span)?),
        (None, None) => None,
    };
    Ok(Asks::Configure {
        model: named(text, model),
        transcription,
    })
}

fn transcription(text: &[u8], span: Span) -> Result<Transcription, Refusal> {
    if span.of(text) == b"null" {
        return Ok(Transcription::Off);
    }
    let model = member(text, Some(span), "model")?;
    Ok(Transcription::By(named(text, model)))
}

/// A member of an object.
fn member(text: &[u8], object: Option<Span>, name: &str) -> Result<Option<Span>, Refusal> {
    let found = inside(text, object, [name])?;
    Ok(found.and_then(|(found, from)| Some(found.values[0]?.shifted(from))))
}

/// What stands in an object, and where that begins; `None` where there is no object.
fn inside<const N: usize>(
    text: &[u8],
    object: Option<Span>,
    names: [&str; N],
) -> Result<Option<(Object<N>, usize)>, Refusal> {
    let object = object.filter(|span| span.of(text).starts_with(b"{"));
    let Some(span) = object else {
        return Ok(None);
    };
    Ok(Some((scan(span.of(text), names)?, span.start)))
}

fn named(text: &[u8], span: Option<Span>) -> Option<Named> {
    let span = span?;
    let model: String = serde_json::from_slice(span.of(text)).ok()?;
    Some(Named { model, span })
}

impl Named {
    /// The refusal of a model that is not the one of the session.
    pub fn refused(&self, session: &str) -> Refusal {
        let shown = fault::safe(&self.model, 100);
        let detail = format!(
            "The session was opened for model {session} and cannot change to {shown}. Open another."
        );
        Refusal::new(Reason::ParameterUnsupported, detail).at("session.model")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::told::told;
    use super::*;

    fn read(text: &str) -> Sent {
        sent(text.as_bytes()).unwrap()
    }

    #[test]
    fn sound_counts_by_its_time_and_text_by_its_bytes() {
        let sound = format!(
            r#"{{"type":"input_audio_buffer.append","audio":"{}"}}"#,
            "A".repeat(64_000)
        );
        let length = sound.len() as u64;
        let heard = read(&sound);
        assert_eq!((heard.asks, heard.tokens), (Asks::Hear(length), Some(70)));
        let text = r#"{"type":"conversation.item.create","item":{"type":"message","role":"user","content":[{"type":"input_text","text":"Hi"}]}}"#;
        assert_eq!(read(text).tokens, Some(text.len() as u64));
        let picture = text.replace("input_text", "input_image");
        assert_eq!(read(&picture).tokens, None);
        let commit = r#"{"type":"input_audio_buffer.commit","event_id":"e\u0031"}"#;
        let commit = read(commit);
        assert_eq!((commit.tokens, commit.id.as_deref()), (Some(0), Some("e1")));
    }

    #[test]
    fn a_response_names_its_limit() {
        for (response, limit) in [
            (r#"{"max_output_tokens":7}"#, Some(7)),
            (r#"{"max_output_tokens":"inf"}"#, Some(u64::MAX)),
            (
                r#"{"max_response_output_tokens":9,"max_output_tokens":7}"#,
                Some(9),
            ),
            ("{}", None),
            ("null", None),
        ] {
            let text = format!(r#"{{"type":"response.create","response":{response}}}"#);
            assert_eq!(read(&text).asks, Asks::Respond(limit), "{response}");
        }
        let bare = read(r#"{"type":"response\u002ecreate"}"#);
        assert_eq!(bare.asks, Asks::Respond(None));
    }

    #[test]
    fn models_are_found_where_a_session_names_them() {
        let text = r#"{"type":"session.update","session":{"model":"smart","audio":{"input":{"transcription":{"model":"whisper-1"}}}}}"#;
        let Asks::Configure {
            model: Some(model),
            transcription: Some(Transcription::By(Some(by))),
        } = read(text).asks
        else {
            panic!("both models");
        };
        assert_eq!(
            (model.model.as_str(), by.model.as_str()),
            ("smart", "whisper-1")
        );
        assert_eq!(model.span.of(text.as_bytes()), b"\"smart\"");
        assert_eq!(by.span.of(text.as_bytes()), b"\"whisper-1\"");
        for (session, want) in [
            (
                r#"{"input_audio_transcription":null}"#,
                Some(Transcription::Off),
            ),
            (
                r#"{"audio":{"input":{"transcription":{"language":"de"}}}}"#,
                Some(Transcription::By(None)),
            ),
            (r#"{"audio":{"output":{"voice":"x"}}}"#, None),
            ("7", None),
        ] {
            let text = format!(r#"{{"type":"session.update","session":{session}}}"#);
            let Asks::Configure { transcription, .. } = read(&text).asks else {
                panic!("{session}");
            };
            assert_eq!(transcription, want, "{session}");
        }
    }

    #[test]
    fn what_two_could_read_differently_is_refused() {
        for (text, param) in [
            ("nothing", None),
            ("[]", None),
            ("{}", Some("type")),
            (r#"{"type":7}"#, Some("type")),
            (r#"{"type":"a","type":"response.create"}"#, Some("type")),
            (
                r#"{"type":"response.create","response":{},"Response":{}}"#,
                Some("response"),
            ),
            (
                r#"{"type":"session.update","session":{"model":"a","mod\u0065l":"b"}}"#,
                Some("model"),
            ),
            (
                r#"{"type":"session.update","session":{"input_audio_transcription":{},"audio":{"input":{"transcription":{}}}}}"#,
                Some("session.input_audio_transcription"),
            ),
        ] {
            let refusal = sent(text.as_bytes()).unwrap_err();
            assert_eq!(refusal.reason, Reason::RequestMalformed, "{text}");
            assert_eq!(refusal.param.as_deref(), param, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_an_event_or_refused(text in ".{0,80}", session in "[{}\\[\\]\",:a-z0-9]{0,40}") {
            let update = format!(r#"{{"type":"session.update","session":{session}}}"#);
            for text in [text.as_str(), &update] {
                if let Err(refusal) = sent(text.as_bytes()) {
                    prop_assert_eq!(refusal.reason, Reason::RequestMalformed);
                }
                told(text.as_bytes());
            }
        }
    }
}
