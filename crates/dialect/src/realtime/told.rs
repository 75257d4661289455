//! The events of a provider.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;
use tollgate_model::Usage;

use super::sent::most;
use super::usage;
use crate::task;

/// A provider's event, as far as it matters on its way to the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// Nothing that a gateway has to know.
    Nothing,
    /// How the session is now.
    Session {
        /// The most tokens of a response; [`u64::MAX`] where the session sets no limit, `None` where
        /// the event does not say.
        limit: Option<u64>,
        /// Whether sound is given in a lean format: G.711.
        lean: bool,
    },
    /// A response begins.
    Begun {
        /// Its id.
        response: String,
    },
    /// A piece of a response.
    Piece {
        /// Its id.
        response: String,
        /// Bytes of text.
        text: u64,
        /// Bytes of sound, in base64.
        sound: u64,
    },
    /// A response is over.
    Done {
        /// Its id.
        response: String,
        /// How it ended.
        status: Status,
        /// What it consumed; `None` where that is not told.
        usage: Option<Usage>,
    },
    /// What was heard until now is a part of the conversation from now on.
    Committed {
        /// The id of the part.
        item: String,
    },
    /// What was heard is written down, or could not be.
    Transcribed {
        /// The id of the part.
        item: String,
        /// What that consumed; `None` where it failed or is not told.
        usage: Option<Usage>,
    },
}

/// How a response ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It is whole, or as long as it was allowed to be.
    Completed,
    /// It was given up, since somebody spoke or asked for it.
    Cancelled,
    /// The provider failed.
    Failed,
}

#[derive(Deserialize)]
struct Event<'a> {
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(default)]
    response_id: Option<String>,
    #[serde(default)]
    item_id: Option<String>,
    #[serde(borrow, default)]
    delta: Option<&'a RawValue>,
    #[serde(borrow, default)]
    response: Option<&'a RawValue>,
    #[serde(borrow, default)]
    session: Option<&'a RawValue>,
    #[serde(borrow, default)]
    usage: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Response<'a> {
    id: String,
    #[serde(default)]
    status: Option<String>,
    #[serde(borrow, default)]
    usage: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Session<'a> {
    #[serde(borrow)]
    max_output_tokens: Option<&'a RawValue>,
    #[serde(borrow)]
    max_response_output_tokens: Option<&'a RawValue>,
    #[serde(borrow)]
    audio: Option<&'a RawValue>,
    #[serde(borrow)]
    output_audio_format: Option<&'a RawValue>,
}

/// Reads a provider's event; one that cannot be read says nothing.
pub fn told(text: &[u8]) -> Told {
    let Ok(event) = serde_json::from_slice::<Event<'_>>(text) else {
        return Told::Nothing;
    };
    read(event).unwrap_or(Told::Nothing)
}

fn read(event: Event<'_>) -> Option<Told> {
    let raw = |value: &RawValue| u64::try_from(value.get().len().saturating_sub(2));
    let piece = event.delta.and_then(|delta| raw(delta).ok()).unwrap_or(0);
    Some(match &*event.kind {
        "session.created" | "session.updated" => session(event.session?),
        "response.created" => Told::Begun {
            response: serde_json::from_str::<Response<'_>>(event.response?.get())
                .ok()?
                .id,
        },
        "response.done" => done(event.response?)?,
        "response.output_audio.delta" | "response.audio.delta" => Told::Piece {
            response: event.response_id?,
            text: 0,
            sound: piece,
        },
        "response.output_text.delta"
        | "response.text.delta"
        | "response.output_audio_transcript.delta"
        | "response.audio_transcript.delta"
        | "response.function_call_arguments.delta" => Told::Piece {
            response: event.response_id?,
            text: piece,
            sound: 0,
        },
        "input_audio_buffer.committed" => Told::Committed {
            item: event.item_id?,
        },
        "conversation.item.input_audio_transcription.completed" => Told::Transcribed {
            item: event.item_id?,
            usage: event
                .usage
                .map(|usage| task::transcription_usage(usage.get().as_bytes()))
                .filter(|usage| !usage.is_empty()),
        },
        "conversation.item.input_audio_transcription.failed" => Told::Transcribed {
            item: event.item_id?,
            usage: None,
        },
        _ => Told::Nothing,
    })
}

fn session(text: &RawValue) -> Told {
    let session: Session<'_> = serde_json::from_str(text.get()).unwrap_or_default();
    let limits = [
        session.max_output_tokens,
        session.max_response_output_tokens,
    ];
    let limits = limits.into_iter().flatten();
    let formats = [session.audio, session.output_audio_format];
    let mut formats = formats.into_iter().flatten();
    Told::Session {
        limit: limits.map(|limit| most(limit.get().as_bytes())).max(),
        lean: formats.any(|format| {
            ["pcmu", "pcma", "g711"]
                .iter()
                .any(|lean| format.get().contains(lean))
        }),
    }
}

fn done(text: &RawValue) -> Option<Told> {
    let response: Response<'_> = serde_json::from_str(text.get()).ok()?;
    let status = match response.status.as_deref() {
        Some("failed") => Status::Failed,
        Some("cancelled") => Status::Cancelled,
        _ => Status::Completed,
    };
    let usage = response.usage;
    Some(Told::Done {
        response: response.id,
        status,
        usage: usage.and_then(|usage| usage::read(usage.get())),
    })
}

#[cfg(test)]
mod tests {
    use tollgate_model::UsageClass;

    use super::*;

    fn read(text: &str) -> Told {
        told(text.as_bytes())
    }

    #[test]
    fn a_response_is_followed_from_its_beginning_to_its_end() {
        let begun = r#"{"type":"response.created","event_id":"e","response":{"id":"r1","status":"in_progress","usage":null}}"#;
        assert_eq!(
            read(begun),
            Told::Begun {
                response: "r1".into()
            }
        );
        for (kind, text, sound) in [
            ("response.output_audio.delta", 0, 4),
            ("response.audio.delta", 0, 4),
            ("response.output_text.delta", 4, 0),
            ("response.output_audio_transcript.delta", 4, 0),
            ("response.function_call_arguments.delta", 4, 0),
        ] {
            let event = format!(r#"{{"type":"{kind}","response_id":"r1","delta":"abcd"}}"#);
            let response = "r1".to_owned();
            assert_eq!(
                read(&event),
                Told::Piece {
                    response,
                    text,
                    sound
                }
            );
        }
        let done = r#"{"type":"response.done","response":{"id":"r1","status":"cancelled","usage":{"input_tokens":3,"output_tokens":1}}}"#;
        let usage = Usage::NONE
            .with(UsageClass::Input, 3)
            .with(UsageClass::Output, 1);
        let (response, status) = ("r1".to_owned(), Status::Cancelled);
        assert_eq!(
            read(done),
            Told::Done {
                response,
                status,
                usage: Some(usage)
            }
        );
    }

    #[test]
    fn what_is_heard_is_followed_until_it_is_written_down() {
        let item = || "i1".to_owned();
        let committed = r#"{"type":"input_audio_buffer.committed","item_id":"i1"}"#;
        assert_eq!(read(committed), Told::Committed { item: item() });
        let kind = "conversation.item.input_audio_transcription";
        let done = format!(
            r#"{{"type":"{kind}.completed","item_id":"i1","transcript":"Hi","usage":{{"type":"tokens","input_tokens":13,"input_token_details":{{"text_tokens":0,"audio_tokens":13}},"output_tokens":9}}}}"#
        );
        let tokens = Usage::NONE
            .with(UsageClass::Input, 0)
            .with(UsageClass::InputAudio, 13)
            .with(UsageClass::Output, 9);
        assert_eq!(
            read(&done),
            Told::Transcribed {
                item: item(),
                usage: Some(tokens)
            }
        );
        let timed = format!(
            r#"{{"type":"{kind}.completed","item_id":"i1","usage":{{"type":"duration","seconds":2.5}}}}"#
        );
        let seconds = Usage::NONE.with(UsageClass::AudioSeconds, 3);
        assert_eq!(
            read(&timed),
            Told::Transcribed {
                item: item(),
                usage: Some(seconds)
            }
        );
        let failed = format!(r#"{{"type":"{kind}.failed","item_id":"i1"}}"#);
        assert_eq!(
            read(&failed),
            Told::Transcribed {
                item: item(),
                usage: None
            }
        );
    }

    #[test]
    fn a_session_says_how_long_responses_may_be_and_how_they_sound() {
        for (session, limit, lean) in [
            (r#"{"max_output_tokens":"inf"}"#, Some(u64::MAX), false),
            (
                r#"{"max_response_output_tokens":512,"output_audio_format":"g711_ulaw"}"#,
                Some(512),
                true,
            ),
            (
                r#"{"audio":{"output":{"format":{"type":"audio/pcmu"}}}}"#,
                None,
                true,
            ),
            ("7", None, false),
        ] {
            let event = format!(r#"{{"type":"session.updated","session":{session}}}"#);
            assert_eq!(read(&event), Told::Session { limit, lean }, "{session}");
        }
    }

    #[test]
    fn what_cannot_be_read_says_nothing() {
        for text in [
            "",
            "[]",
            r#"{"type":"response.done"}"#,
            r#"{"type":"rate_limits.updated"}"#,
            "{\"type\":\"\u{0}\"}",
        ] {
            assert_eq!(read(text), Told::Nothing, "{text}");
        }
    }
}
