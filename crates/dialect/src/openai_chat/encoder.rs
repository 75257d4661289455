//! A streamed answer, written for a caller chunk by chunk.

use tollgate_model::{Nanos, Usage};

use super::usage;
use super::wire::{self, Annotation, ExtraContent};
use crate::codec::{ProviderError, Reply, StreamEncoder};
use crate::ir::{Citation, Delta, Event, Media, Opening};
use crate::ladder::with_thought;

/// Writes chunks: each with the same id, time and model.
pub(super) struct Encoder {
    /// Everything of a chunk before its choices.
    head: String,
    stream_usage: bool,
    older_tools: bool,
    usage: Usage,
    /// What the open block is.
    open: Block,
    /// How many tools were called.
    calls: usize,
    /// The blocks of text, and after how many characters of the content each begins.
    texts: Vec<(usize, usize)>,
    /// The characters of the content so far.
    spoken: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Block {
    Text,
    Thinking,
    Refusal,
    /// A call of a tool, and whether some of its arguments were written.
    Tool {
        begun: bool,
    },
}

impl Encoder {
    pub(super) fn new(reply: &Reply<'_>) -> Encoder {
        let head = format!(
            "data: {{\"id\":\"{}\",\"object\":\"chat.completion.chunk\",\"created\":{},\
             \"model\":{},\"choices\":",
            wire::answer_id(reply.call),
            reply.at.0.div_euclid(1_000_000),
            wire::quoted(reply.model),
        );
        Encoder {
            head,
            stream_usage: reply.stream_usage,
            older_tools: reply.older_tools,
            usage: Usage::NONE,
            open: Block::Text,
            calls: 0,
            texts: Vec::new(),
            spoken: 0,
        }
    }

    fn cite(&self, citation: &Citation, out: &mut Vec<u8>) {
        let mut texts = self.texts.iter();
        let Some((_, begin)) = texts.find(|(block, _)| *block == citation.block) else {
            return;
        };
        let span = citation.span.map(|(from, to)| (begin + from, begin + to));
        let annotation = Annotation::of(citation, span.unwrap_or((*begin, self.spoken)));
        if let Some(text) = annotation.and_then(|one| serde_json::to_string(&one).ok()) {
            self.chunk(&format!("{{\"annotations\":[{text}]}}"), None, out);
        }
    }

    fn chunk(&self, delta: &str, finish_reason: Option<&str>, out: &mut Vec<u8>) {
        let finish = finish_reason.map_or("null".to_owned(), wire::quoted);
        let usage = if self.stream_usage {
            ",\"usage\":null"
        } else {
            ""
        };
        let head = &self.head;
        let text = format!(
            "{head}[{{\"index\":0,\"delta\":{delta},\"finish_reason\":{finish}}}]{usage}}}\n\n"
        );
        out.extend_from_slice(text.as_bytes());
    }

    fn open(&mut self, opening: &Opening, out: &mut Vec<u8>) {
        self.open = match opening {
            Opening::Text => Block::Text,
            Opening::Thinking => Block::Thinking,
            Opening::Refusal => Block::Refusal,
            Opening::ToolUse {
                id,
                name,
                signature,
            } => {
                self.begin_call(id, name, signature.as_deref(), out);
                Block::Tool { begun: false }
            }
            Opening::Image(media) => {
                self.picture(media, out);
                Block::Text
            }
            // The dialect has no place for these in a stream.
            Opening::Redacted(_) => Block::Thinking,
        };
    }

    /// A picture, as OpenRouter writes it: OpenAI's own models give none here.
    fn picture(&mut self, media: &Media, out: &mut Vec<u8>) {
        let url = wire::quoted(&wire::url(media));
        let image = format!("{{\"type\":\"image_url\",\"image_url\":{{\"url\":{url}}}}}");
        self.chunk(&format!("{{\"images\":[{image}]}}"), None, out);
    }

    fn begin_call(&mut self, id: &str, name: &str, signature: Option<&str>, out: &mut Vec<u8>) {
        self.calls += 1;
        let name = wire::quoted(name);
        if self.older_tools {
            return self.only_call(&format!("\"name\":{name},\"arguments\":\"\""), out);
        }
        let extra = ExtraContent::of(signature)
            .and_then(|extra| serde_json::to_string(&extra).ok())
            .map_or(String::new(), |extra| format!(",\"extra_content\":{extra}"));
        let delta = format!(
            "{{\"tool_calls\":[{{\"index\":{},\"id\":{},\"type\":\"function\",\
             \"function\":{{\"name\":{name},\"arguments\":\"\"}}{extra}}}]}}",
            self.calls - 1,
            wire::quoted(&with_thought(id, signature)),
        );
        self.chunk(&delta, None, out);
    }

    /// A piece of a call in the older form, which has room for one: the provider was asked for no
    /// more.
    fn only_call(&self, members: &str, out: &mut Vec<u8>) {
        if self.calls == 1 {
            self.chunk(&format!("{{\"function_call\":{{{members}}}}}"), None, out);
        }
    }

    fn arguments(&mut self, piece: &str, out: &mut Vec<u8>) {
        self.open = Block::Tool { begun: true };
        let piece = wire::quoted(piece);
        if self.older_tools {
            return self.only_call(&format!("\"arguments\":{piece}"), out);
        }
        let delta = format!(
            "{{\"tool_calls\":[{{\"index\":{},\"function\":{{\"arguments\":{piece}}}}}]}}",
            self.calls.saturating_sub(1),
        );
        self.chunk(&delta, None, out);
    }

    fn delta(&mut self, delta: &Delta, out: &mut Vec<u8>) {
        match delta {
            Delta::Text(piece) if !piece.is_empty() => {
                let member = match self.open {
                    Block::Thinking => "reasoning_content",
                    Block::Refusal => "refusal",
                    Block::Text | Block::Tool { .. } => "content",
                };
                if member == "content" {
                    self.spoken += piece.chars().count();
                }
                self.chunk(
                    &format!("{{\"{member}\":{}}}", wire::quoted(piece)),
                    None,
                    out,
                );
            }
            Delta::Arguments(piece) if !piece.is_empty() => self.arguments(piece, out),
            // The dialect has no place for signatures in a stream.
            Delta::Text(_) | Delta::Arguments(_) | Delta::Signature(_) => {}
        }
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
            Event::Start { .. } => {
                self.chunk("{\"role\":\"assistant\",\"content\":\"\"}", None, out);
            }
            Event::Open(at, opening) => {
                if *opening == Opening::Text {
                    self.texts.push((*at, self.spoken));
                }
                self.open(opening, out);
            }
            Event::Cite(citation) => self.cite(citation, out),
            Event::Delta(_, delta) => self.delta(delta, out),
            Event::Close(_) => {
                if self.open == (Block::Tool { begun: false }) {
                    self.arguments("{}", out);
                }
                self.open = Block::Text;
            }
            Event::Usage(usage) => self.usage.update(usage),
            Event::Stop(stop) => {
                let word = wire::finish_reason(*stop, self.older_tools);
                self.chunk("{}", Some(word), out);
            }
            Event::End => self.end(cost, out),
            Event::Fail(error) => fail(error, out),
            // The dialect does not say which stop text was met.
            Event::StopText(_) => {}
        }
    }
}

/// The error that ends a stream; what would end it properly never follows.
pub(crate) fn fail(error: &ProviderError, out: &mut Vec<u8>) {
    let text = format!(
        "data: {{\"error\":{{\"message\":{},\"type\":\"server_error\",\"param\":null,\
         \"code\":\"upstream_error\"}}}}\n\n",
        wire::quoted(&error.message),
    );
    out.extend_from_slice(text.as_bytes());
}
