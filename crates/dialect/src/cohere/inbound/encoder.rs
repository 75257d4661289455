//! A streamed answer, written for a caller event by event.

use tollgate_model::{CallId, Nanos, Usage};

use super::response::{Cited, finish_reason, met};
use crate::codec::{ProviderError, Reply, StreamEncoder};
use crate::cohere::usage;
use crate::ir::{Citation, Delta, Event, Opening, Stop};
use crate::ladder::with_thought;
use crate::openai_chat::wire::quoted;

/// Writes events: pieces of content and calls, each between its start and its end, counted apart.
pub(super) struct Encoder {
    call: CallId,
    usage: Usage,
    open: Open,
    /// How many pieces of content were begun.
    contents: usize,
    /// How many tools were called.
    calls: usize,
    /// The last text so far: its block, and its place among the pieces of content.
    text: String,
    place: (usize, usize),
    /// How many sources were told.
    cited: usize,
    stop: Stop,
    /// Whether a stop text was met.
    met: bool,
}

/// What is open.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    Nothing,
    /// Words of a kind, the name of which is that of the member with them.
    Words(&'static str),
    /// A call, and whether a piece of its arguments was written.
    Call(bool),
}

impl Encoder {
    pub(super) fn new(reply: &Reply<'_>) -> Encoder {
        Encoder {
            call: reply.call,
            usage: Usage::NONE,
            open: Open::Nothing,
            contents: 0,
            calls: 0,
            text: String::new(),
            place: (0, 0),
            cited: 0,
            stop: Stop::End,
            met: false,
        }
    }

    /// What the last text rests on.
    fn cite(&mut self, citation: &Citation, out: &mut Vec<u8>) {
        let (block, index) = self.place;
        if block != citation.block {
            return;
        }
        let cited = Cited::of(citation, &self.text, index);
        let cited = serde_json::to_string(&cited).unwrap_or_default();
        let at = self.cited;
        let members = format!("\"index\":{at},\"delta\":{{\"message\":{{\"citations\":{cited}}}}}");
        event("citation-start", &members, out);
        event("citation-end", &format!("\"index\":{at}"), out);
        self.cited += 1;
    }

    fn start(&self, out: &mut Vec<u8>) {
        let members = format!(
            "\"id\":\"{}\",\"delta\":{{\"message\":{{\"role\":\"assistant\",\"content\":[],\
             \"tool_plan\":\"\",\"tool_calls\":[],\"citations\":[]}}}}",
            self.call
        );
        event("message-start", &members, out);
    }

    fn open(&mut self, opening: &Opening, out: &mut Vec<u8>) {
        let (id, name, signature) = match opening {
            Opening::Text | Opening::Refusal => return self.begin("text", out),
            Opening::Thinking => return self.begin("thinking", out),
            // The dialect has no place for pictures in an answer.
            Opening::Image(_) | Opening::Redacted(_) => return,
            Opening::ToolUse {
                id,
                name,
                signature,
            } => (id, name, signature.as_deref()),
        };
        let call = format!(
            "{{\"id\":{},\"type\":\"function\",\"function\":{{\"name\":{},\"arguments\":\"\"}}}}",
            quoted(&with_thought(id, signature)),
            quoted(name)
        );
        self.calls += 1;
        self.open = Open::Call(false);
        self.change("tool-call-start", "tool_calls", &call, out);
    }

    fn begin(&mut self, kind: &'static str, out: &mut Vec<u8>) {
        self.contents += 1;
        self.open = Open::Words(kind);
        let content = format!("{{\"type\":\"{kind}\",\"{kind}\":\"\"}}");
        self.change("content-start", "content", &content, out);
    }

    /// An event that changes the message, at the place of what is open.
    fn change(&self, name: &str, member: &str, value: &str, out: &mut Vec<u8>) {
        let members = format!(
            "\"index\":{},\"delta\":{{\"message\":{{\"{member}\":{value}}}}}",
            self.place()
        );
        event(name, &members, out);
    }

    fn place(&self) -> usize {
        let begun = match self.open {
            Open::Call(_) => self.calls,
            Open::Nothing | Open::Words(_) => self.contents,
        };
        begun.saturating_sub(1)
    }

    fn arguments(&mut self, piece: &str, out: &mut Vec<u8>) {
        self.open = Open::Call(true);
        let call = format!("{{\"function\":{{\"arguments\":{}}}}}", quoted(piece));
        self.change("tool-call-delta", "tool_calls", &call, out);
    }

    fn delta(&mut self, delta: &Delta, out: &mut Vec<u8>) {
        match (delta, self.open) {
            (Delta::Text(piece), Open::Words(kind)) if !piece.is_empty() => {
                if kind == "text" {
                    self.text.push_str(piece);
                }
                let content = format!("{{\"{kind}\":{}}}", quoted(piece));
                self.change("content-delta", "content", &content, out);
            }
            (Delta::Arguments(piece), Open::Call(_)) if !piece.is_empty() => {
                self.arguments(piece, out);
            }
            // The dialect has no place for signatures.
            _ => {}
        }
    }

    fn close(&mut self, out: &mut Vec<u8>) {
        if self.open == Open::Call(false) {
            self.arguments("{}", out);
        }
        let name = match self.open {
            Open::Nothing => return,
            Open::Words(_) => "content-end",
            Open::Call(_) => "tool-call-end",
        };
        event(name, &format!("\"index\":{}", self.place()), out);
        self.open = Open::Nothing;
    }

    /// The reason for the end waits until now, since it stands beside the usage.
    fn end(&self, cost: Option<Nanos>, out: &mut Vec<u8>) {
        let mut told = Vec::new();
        usage::write(&self.usage, cost, &mut told);
        let members = format!(
            "\"id\":\"{}\",\"delta\":{{\"finish_reason\":\"{}\",\"usage\":{}}}",
            self.call,
            met(finish_reason(self.stop), self.met),
            String::from_utf8_lossy(&told)
        );
        event("message-end", &members, out);
        out.extend_from_slice(b"data: [DONE]\n\n");
    }

    fn fail(&self, error: &ProviderError, out: &mut Vec<u8>) {
        let members = format!(
            "\"id\":\"{}\",\"delta\":{{\"finish_reason\":\"ERROR\",\"error\":{}}}",
            self.call,
            quoted(&error.message)
        );
        event("message-end", &members, out);
    }
}

impl StreamEncoder for Encoder {
    fn event(&mut self, event: &Event, cost: Option<Nanos>, out: &mut Vec<u8>) {
        match event {
            Event::Start { .. } => self.start(out),
            Event::Open(at, opening) => {
                if *opening == Opening::Text {
                    self.text.clear();
                    self.place = (*at, self.contents);
                }
                self.open(opening, out);
            }
            Event::Cite(citation) => self.cite(citation, out),
            Event::Delta(_, delta) => self.delta(delta, out),
            Event::Close(_) => self.close(out),
            Event::Usage(usage) => self.usage.update(usage),
            Event::StopText(_) => self.met = true,
            Event::Stop(stop) => self.stop = *stop,
            Event::End => self.end(cost, out),
            Event::Fail(error) => self.fail(error, out),
        }
    }
}

/// One event: its name, which is its type, and the members that follow.
fn event(name: &str, members: &str, out: &mut Vec<u8>) {
    let text = format!("event: {name}\ndata: {{\"type\":\"{name}\",{members}}}\n\n");
    out.extend_from_slice(text.as_bytes());
}
