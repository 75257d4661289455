//! A streamed answer, written for a caller event by event.

use tollgate_model::{CallId, Micros, Nanos, Usage, UsageClass};

use super::response::{latency, met, stop_reason};
use crate::anthropic::call_ids;
use crate::bedrock::{error, media, usage};
use crate::codec::{Reply, StreamEncoder};
use crate::event_stream;
use crate::ir::{Delta, Event, Media, Opening, Stop};

/// Writes events in the dialect's grammar: a start, blocks one after another, the reason for the end,
/// and the usage.
pub(super) struct Encoder {
    call: CallId,
    at: Micros,
    /// Tokens of the prompt by our own estimate.
    prompt_tokens: u64,
    hide_thoughts: bool,
    usage: Usage,
    /// Bytes of content that were written, for an estimate where no usage comes.
    content: u64,
    /// How many blocks were opened.
    opened: usize,
    open: Open,
    calls: bool,
    declines: bool,
    stop: Stop,
    /// Whether a stop text was met.
    met: bool,
}

/// The block that is open. Only calls are announced; of the others, one that says nothing is not
/// written, since callers could not send it back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Open {
    None,
    /// Words, and whether any were written.
    Text(bool),
    /// Thoughts, and whether any were written.
    Thinking(bool),
    /// A call.
    Call,
    /// A picture or thoughts that only their provider can read, which are written already.
    Whole,
}

impl Encoder {
    pub(super) fn new(reply: &Reply<'_>) -> Encoder {
        Encoder {
            call: reply.call,
            at: reply.at,
            prompt_tokens: reply.prompt_tokens.max(1),
            hide_thoughts: reply.hide_thoughts,
            usage: Usage::NONE,
            content: 0,
            opened: 0,
            open: Open::None,
            calls: false,
            declines: false,
            stop: Stop::End,
            met: false,
        }
    }

    fn open(&mut self, opening: &Opening, out: &mut Vec<u8>) {
        match opening {
            Opening::Text => self.open = Open::Text(false),
            Opening::Thinking => self.open = Open::Thinking(false),
            Opening::Image(media) => self.picture(media, out),
            Opening::Redacted(data) => {
                self.opened += 1;
                self.open = Open::Whole;
                self.piece(&thought("redactedContent", data), out);
            }
            Opening::Refusal => {
                self.declines = true;
                self.open = Open::Text(false);
            }
            Opening::ToolUse {
                id,
                name,
                signature,
            } => {
                self.calls = true;
                self.open = Open::Call;
                let payload = format!(
                    "{{\"contentBlockIndex\":{},\"start\":{{\"toolUse\":{{\"name\":{},\
                     \"toolUseId\":{}}}}}}}",
                    self.opened,
                    quoted(name),
                    quoted(&call_ids::written(id, signature.as_deref())),
                );
                self.opened += 1;
                event_stream::event("contentBlockStart", payload.as_bytes(), out);
            }
        }
    }

    fn picture(&mut self, media: &Media, out: &mut Vec<u8>) {
        let Media::Inline { mime, base64 } = media else {
            return;
        };
        let Some(format) = media::image_format(mime) else {
            return;
        };
        let payload = format!(
            "{{\"contentBlockIndex\":{},\"start\":{{\"image\":{{\"format\":\"{format}\"}}}}}}",
            self.opened
        );
        self.opened += 1;
        self.open = Open::Whole;
        event_stream::event("contentBlockStart", payload.as_bytes(), out);
        let piece = format!(
            "{{\"image\":{{\"source\":{{\"bytes\":{}}}}}}}",
            quoted(base64)
        );
        self.piece(&piece, out);
    }

    fn delta(&mut self, delta: &Delta, out: &mut Vec<u8>) {
        let (Delta::Text(text) | Delta::Signature(text) | Delta::Arguments(text)) = delta;
        if text.is_empty() {
            return;
        }
        let (words, begun) = match (delta, &mut self.open) {
            (Delta::Text(_), Open::Text(begun)) => {
                (format!("{{\"text\":{}}}", quoted(text)), begun)
            }
            (Delta::Text(_), Open::Thinking(_)) if self.hide_thoughts => return,
            (Delta::Text(_), Open::Thinking(begun)) => (thought("text", text), begun),
            (Delta::Signature(_), Open::Thinking(begun)) => (thought("signature", text), begun),
            (Delta::Arguments(_), Open::Call) => {
                let piece = format!("{{\"toolUse\":{{\"input\":{}}}}}", quoted(text));
                self.count(text);
                return self.piece(&piece, out);
            }
            _ => return,
        };
        self.opened += usize::from(!std::mem::replace(begun, true));
        if !matches!(delta, Delta::Signature(_)) {
            self.count(text);
        }
        self.piece(&words, out);
    }

    fn count(&mut self, text: &str) {
        self.content += u64::try_from(text.len()).unwrap_or(u64::MAX);
    }

    fn piece(&self, delta: &str, out: &mut Vec<u8>) {
        let index = self.opened.saturating_sub(1);
        let payload = format!("{{\"contentBlockIndex\":{index},\"delta\":{delta}}}");
        event_stream::event("contentBlockDelta", payload.as_bytes(), out);
    }

    fn close(&mut self, out: &mut Vec<u8>) {
        match std::mem::replace(&mut self.open, Open::None) {
            Open::None | Open::Text(false) | Open::Thinking(false) => return,
            Open::Text(true) | Open::Thinking(true) | Open::Call | Open::Whole => {}
        }
        let index = self.opened.saturating_sub(1);
        let payload = format!("{{\"contentBlockIndex\":{index}}}");
        event_stream::event("contentBlockStop", payload.as_bytes(), out);
    }

    /// The reason for the end waits until now, since it depends on all of the answer.
    fn end(&mut self, cost: Option<Nanos>, out: &mut Vec<u8>) {
        if self.usage.prompt_tokens() == 0 {
            self.usage.set(UsageClass::Input, self.prompt_tokens);
        }
        if self.usage.output_tokens() == 0 {
            self.usage.set(UsageClass::Output, self.content.div_ceil(4));
        }
        let reason = met(stop_reason(self.stop, self.calls, self.declines), self.met);
        let payload = format!("{{\"stopReason\":\"{reason}\"}}");
        event_stream::event("messageStop", payload.as_bytes(), out);
        let latency = latency(self.call, self.at);
        let mut told = format!("{{\"metrics\":{{\"latencyMs\":{latency}}},\"usage\":").into_bytes();
        usage::write(&self.usage, cost, &mut told);
        told.push(b'}');
        event_stream::event("metadata", &told, out);
    }
}

impl StreamEncoder for Encoder {
    fn event(&mut self, event: &Event, cost: Option<Nanos>, out: &mut Vec<u8>) {
        match event {
            Event::Start { .. } => {
                event_stream::event("messageStart", br#"{"role":"assistant"}"#, out);
            }
            Event::Open(_, opening) => self.open(opening, out),
            Event::Delta(_, delta) => self.delta(delta, out),
            Event::Close(_) => self.close(out),
            // What words rest on is told by its place in a request of this dialect.
            Event::Cite(_) => {}
            Event::Usage(usage) => self.usage.update(usage),
            Event::StopText(_) => self.met = true,
            Event::Stop(stop) => self.stop = *stop,
            Event::End => self.end(cost, out),
            Event::Fail(fault) => error::written(fault, out),
        }
    }
}

fn thought(member: &str, text: &str) -> String {
    format!("{{\"reasoningContent\":{{\"{member}\":{}}}}}", quoted(text))
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}
