//! A streamed answer, written for a caller piece by piece.

use tollgate_model::{Nanos, Usage};

use super::answer::{finish_reason, head};
use crate::codec::{Reply, StreamEncoder};
use crate::ir::{Delta, Event, Opening};
use crate::openai_chat::wire::quoted;
use crate::openai_chat::{encoder, usage};

/// Writes pieces: each with the same id, time and model.
pub(super) struct Encoder {
    /// Everything of a piece before its choices.
    head: String,
    stream_usage: bool,
    usage: Usage,
    /// Whether the open block is a part of the text.
    speaks: bool,
}

impl Encoder {
    pub(super) fn new(reply: &Reply<'_>) -> Encoder {
        Encoder {
            head: format!("data: {}", head(reply)),
            stream_usage: reply.stream_usage,
            usage: Usage::NONE,
            speaks: false,
        }
    }

    fn piece(&self, text: &str, reason: Option<&str>, out: &mut Vec<u8>) {
        let reason = reason.map_or("null".to_owned(), quoted);
        let usage = if self.stream_usage {
            ",\"usage\":null"
        } else {
            ""
        };
        let text = format!(
            "{}[{{\"text\":{},\"index\":0,\"logprobs\":null,\"finish_reason\":{reason}}}]{usage}}}\n\n",
            self.head,
            quoted(text),
        );
        out.extend_from_slice(text.as_bytes());
    }

    fn end(&self, cost: Option<Nanos>, out: &mut Vec<u8>) {
        if self.stream_usage {
            out.extend_from_slice(self.head.as_bytes());
            out.extend_from_slice(b"[],\"usage\":");
            usage::write(&self.usage, cost, out);
            out.extend_from_slice(b"}\n\n");
        }
        out.extend_from_slice(b"data: [DONE]\n\n");
    }
}

impl StreamEncoder for Encoder {
    fn event(&mut self, event: &Event, cost: Option<Nanos>, out: &mut Vec<u8>) {
        match event {
            Event::Open(_, opening) => {
                self.speaks = matches!(opening, Opening::Text | Opening::Refusal);
            }
            Event::Delta(_, Delta::Text(text)) if self.speaks => self.piece(text, None, out),
            Event::Usage(usage) => self.usage.update(usage),
            Event::Stop(stop) => self.piece("", Some(finish_reason(*stop)), out),
            Event::End => self.end(cost, out),
            Event::Fail(error) => encoder::fail(error, out),
            Event::Start { .. }
            | Event::Delta(..)
            | Event::Close(_)
            | Event::Cite(_)
            | Event::StopText(_) => {}
        }
    }
}
