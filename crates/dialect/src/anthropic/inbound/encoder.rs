//! A streamed answer, written for a caller event by event.

use tollgate_model::{Nanos, Usage, UsageClass};

use super::response::{Cited, answer_id, ending, stop_reason};
use crate::anthropic::wire::quoted;
use crate::anthropic::{call_ids, error, usage};
use crate::codec::{Reply, StreamEncoder};
use crate::ir::{Citation, Delta, Event, Opening, Stop};

/// Writes events in the dialect's grammar: a start, blocks one after another, the reason for the end
/// with the whole usage, and the end.
pub(super) struct Encoder {
    id: String,
    /// The model as the caller named it, a JSON string.
    model: String,
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
    /// The stop text that was met.
    met: Option<String>,
}

/// The block that is open.
#[derive(Debug, PartialEq, Eq)]
enum Open {
    None,
    /// One of words that has said nothing yet and is not written: callers could not send an empty
    /// one back.
    Waiting(Words),
    Text,
    /// Thoughts, and whether their signature was written.
    Thinking(bool),
    /// A call, and whether a piece of its arguments was written.
    Call(bool),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Words {
    Text,
    Thinking,
}

impl Encoder {
    pub(super) fn new(reply: &Reply<'_>) -> Encoder {
        Encoder {
            id: answer_id(reply),
            model: quoted(reply.model),
            prompt_tokens: reply.prompt_tokens.max(1),
            hide_thoughts: reply.hide_thoughts,
            usage: Usage::NONE,
            content: 0,
            opened: 0,
            open: Open::None,
            calls: false,
            declines: false,
            stop: Stop::End,
            met: None,
        }
    }

    /// The answer begins. Its usage is what is known by now: of the prompt an estimate.
    fn start(&self, out: &mut Vec<u8>) {
        let head = format!(
            "\"message\":{{\"id\":\"{}\",\"type\":\"message\",\"role\":\"assistant\",\"model\":{},\
             \"content\":[],\"stop_reason\":null,\"stop_sequence\":null,\"usage\":",
            self.id, self.model
        );
        let known = Usage::NONE
            .with(UsageClass::Input, self.prompt_tokens)
            .with(UsageClass::Output, 1);
        let mut told = Vec::new();
        usage::write(&known, None, &mut told);
        event("message_start", &[head.as_bytes(), &told, b"}"], out);
    }

    fn begin(&mut self, block: &str, open: Open, out: &mut Vec<u8>) {
        let text = format!("\"index\":{},\"content_block\":{block}", self.opened);
        event("content_block_start", &[text.as_bytes()], out);
        self.opened += 1;
        self.open = open;
    }

    fn piece(&self, kind: &str, member: &str, text: &str, out: &mut Vec<u8>) {
        let text = format!(
            "\"index\":{},\"delta\":{{\"type\":\"{kind}\",\"{member}\":{}}}",
            self.opened.saturating_sub(1),
            quoted(text)
        );
        event("content_block_delta", &[text.as_bytes()], out);
    }

    fn open(&mut self, opening: &Opening, out: &mut Vec<u8>) {
        match opening {
            Opening::Text => self.open = Open::Waiting(Words::Text),
            Opening::Thinking => self.open = Open::Waiting(Words::Thinking),
            Opening::Refusal => {
                self.declines = true;
                self.open = Open::Waiting(Words::Text);
            }
            Opening::ToolUse {
                id,
                name,
                signature,
            } => {
                self.calls = true;
                let block = format!(
                    "{{\"type\":\"tool_use\",\"id\":{},\"name\":{},\"input\":{{}}}}",
                    quoted(&call_ids::written(id, signature.as_deref())),
                    quoted(name)
                );
                self.begin(&block, Open::Call(false), out);
            }
            // The dialect has no place for a picture in an answer.
            Opening::Image(_) => self.open = Open::None,
            Opening::Redacted(data) => {
                let block = format!(
                    "{{\"type\":\"redacted_thinking\",\"data\":{}}}",
                    quoted(data)
                );
                self.begin(&block, Open::Thinking(true), out);
            }
        }
    }

    /// Writes the beginning of a block of words, now that it says something.
    fn speak(&mut self, out: &mut Vec<u8>) {
        match self.open {
            Open::Waiting(Words::Text) => {
                self.begin(r#"{"type":"text","text":""}"#, Open::Text, out);
            }
            Open::Waiting(Words::Thinking) => {
                let block = r#"{"type":"thinking","thinking":"","signature":""}"#;
                self.begin(block, Open::Thinking(false), out);
            }
            Open::None | Open::Text | Open::Thinking(_) | Open::Call(_) => {}
        }
    }

    fn delta(&mut self, delta: &Delta, out: &mut Vec<u8>) {
        let (Delta::Text(text) | Delta::Signature(text) | Delta::Arguments(text)) = delta;
        let thinks = matches!(
            self.open,
            Open::Waiting(Words::Thinking) | Open::Thinking(_)
        );
        let is_hidden = self.hide_thoughts && thinks && matches!(delta, Delta::Text(_));
        if text.is_empty() || is_hidden {
            return;
        }
        self.speak(out);
        match (delta, &mut self.open) {
            (Delta::Text(_), Open::Text) => self.piece("text_delta", "text", text, out),
            (Delta::Text(_), Open::Thinking(_)) => {
                self.piece("thinking_delta", "thinking", text, out);
            }
            (Delta::Signature(_), Open::Thinking(signed)) => {
                *signed = true;
                return self.piece("signature_delta", "signature", text, out);
            }
            (Delta::Arguments(_), Open::Call(begun)) => {
                *begun = true;
                self.piece("input_json_delta", "partial_json", text, out);
            }
            _ => return,
        }
        self.content += u64::try_from(text.len()).unwrap_or(u64::MAX);
    }

    fn cite(&mut self, citation: &Citation, out: &mut Vec<u8>) {
        let Some(cited) = Cited::of(citation).and_then(|one| serde_json::to_string(&one).ok())
        else {
            return;
        };
        self.speak(out);
        if self.open == Open::Text {
            let text = format!(
                "\"index\":{},\"delta\":{{\"type\":\"citations_delta\",\"citation\":{cited}}}",
                self.opened.saturating_sub(1),
            );
            event("content_block_delta", &[text.as_bytes()], out);
        }
    }

    fn close(&mut self, out: &mut Vec<u8>) {
        match std::mem::replace(&mut self.open, Open::None) {
            Open::None | Open::Waiting(_) => return,
            Open::Thinking(false) => self.piece("signature_delta", "signature", "", out),
            Open::Call(false) => self.piece("input_json_delta", "partial_json", "", out),
            Open::Text | Open::Thinking(true) | Open::Call(true) => {}
        }
        let text = format!("\"index\":{}", self.opened.saturating_sub(1));
        event("content_block_stop", &[text.as_bytes()], out);
    }

    /// The reason for the end waits until now, since the usage may come after it.
    fn end(&mut self, cost: Option<Nanos>, out: &mut Vec<u8>) {
        if self.usage.prompt_tokens() == 0 {
            self.usage.set(UsageClass::Input, self.prompt_tokens);
        }
        if self.usage.output_tokens() == 0 {
            self.usage.set(UsageClass::Output, self.content.div_ceil(4));
        }
        let head = format!(
            "\"delta\":{{{}}},\"usage\":",
            ending(
                stop_reason(self.stop, self.calls, self.declines),
                self.met.as_deref()
            )
        );
        let mut told = Vec::new();
        usage::write(&self.usage, cost, &mut told);
        event("message_delta", &[head.as_bytes(), &told], out);
        event("message_stop", &[], out);
    }
}

impl StreamEncoder for Encoder {
    fn event(&mut self, event: &Event, cost: Option<Nanos>, out: &mut Vec<u8>) {
        match event {
            Event::Start { .. } => self.start(out),
            Event::Open(_, opening) => self.open(opening, out),
            Event::Delta(_, delta) => self.delta(delta, out),
            Event::Close(_) => self.close(out),
            Event::Cite(citation) => self.cite(citation, out),
            Event::Usage(usage) => self.usage.update(usage),
            Event::StopText(text) => self.met = Some(text.clone()),
            Event::Stop(stop) => self.stop = *stop,
            Event::End => self.end(cost, out),
            Event::Fail(fault) => out.extend_from_slice(error::written(fault).as_bytes()),
        }
    }
}

/// One event: its name, which is its type, and the members that follow.
fn event(name: &str, members: &[&[u8]], out: &mut Vec<u8>) {
    let head = format!("event: {name}\ndata: {{\"type\":\"{name}\"");
    out.extend_from_slice(head.as_bytes());
    if !members.is_empty() {
        out.push(b',');
    }
    for text in members {
        out.extend_from_slice(text);
    }
    out.extend_from_slice(b"}\n\n");
}
