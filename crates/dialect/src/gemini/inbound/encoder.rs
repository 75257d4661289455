//! A streamed answer, written for a caller: each event a piece in the form of a whole answer.

use serde_json::value::RawValue;
use tollgate_model::{Nanos, Usage};

use super::answer::Said;
use super::wire::{Answer, Call, Data, Part, answer_id};
use crate::codec::{ProviderError, Reply, StreamEncoder};
use crate::ir::{Citation, Delta, Event, Media, Opening, Stop};
use crate::seal::Thought;

/// Writes pieces: server-sent events of one line of data each.
#[derive(Debug)]
pub(super) struct Encoder {
    model: String,
    id: String,
    hide_thoughts: bool,
    usage: Usage,
    said: Said,
    open: Block,
    /// The last text so far, its block, and what it rests on.
    text: (usize, String),
    cited: Vec<Citation>,
    stop: Stop,
}

/// What the open block is.
#[derive(Debug)]
enum Block {
    Text,
    Thinking {
        text: String,
        signature: Option<String>,
    },
    /// A call, which is written when all of it has come.
    Call {
        id: String,
        name: String,
        signature: Option<String>,
        arguments: String,
    },
    Picture(Media),
}

impl Encoder {
    /// An encoder of one answer.
    pub(super) fn new(reply: &Reply<'_>) -> Encoder {
        Encoder {
            model: reply.model.to_owned(),
            id: answer_id(reply.call),
            hide_thoughts: reply.hide_thoughts,
            usage: Usage::NONE,
            said: Said::default(),
            open: Block::Text,
            text: (0, String::new()),
            cited: Vec::new(),
            stop: Stop::End,
        }
    }

    fn piece(&self, part: Part<'_>, out: &mut Vec<u8>) {
        write(&Answer::of(vec![part], &self.model, &self.id), out);
    }

    fn delta(&mut self, delta: &Delta, out: &mut Vec<u8>) {
        match (&mut self.open, delta) {
            (Block::Text, Delta::Text(piece)) if !piece.is_empty() => {
                self.text.1.push_str(piece);
                self.piece(Data::Text(piece).into(), out);
            }
            (Block::Thinking { text, .. }, Delta::Text(piece)) if !piece.is_empty() => {
                text.push_str(piece);
                if !self.hide_thoughts {
                    self.piece(Part::thought(piece), out);
                }
            }
            (Block::Thinking { signature, .. }, Delta::Signature(piece)) => {
                signature.get_or_insert_default().push_str(piece);
            }
            (Block::Call { arguments, .. }, Delta::Arguments(piece)) => arguments.push_str(piece),
            _ => {}
        }
    }

    fn close(&mut self, out: &mut Vec<u8>) {
        match std::mem::replace(&mut self.open, Block::Text) {
            Block::Text => {}
            Block::Picture(media) => {
                self.piece(Part::medium(&media), out);
            }
            Block::Thinking { text, signature } => self.said.thought(&text, signature.as_deref()),
            Block::Call {
                id,
                name,
                signature,
                arguments,
            } => {
                let text = match arguments.trim() {
                    "" => "{}",
                    text => text,
                };
                let args = serde_json::from_str::<&RawValue>(text).ok();
                let Some(args) = args.filter(|args| args.get().starts_with('{')) else {
                    self.said.broken = true;
                    return;
                };
                let (id, name) = (id.as_str(), name.as_str());
                let part = Part {
                    thought_signature: self.said.sign(signature.as_deref()).map(Into::into),
                    ..Data::FunctionCall(Call { id, name, args }).into()
                };
                self.piece(part, out);
            }
        }
    }
}

impl StreamEncoder for Encoder {
    fn event(&mut self, event: &Event, _cost: Option<Nanos>, out: &mut Vec<u8>) {
        match event {
            Event::Start { .. } => {}
            Event::Open(at, opening) => {
                match opening {
                    Opening::Text => self.text = (*at, String::new()),
                    Opening::Redacted(data) => {
                        self.said.thoughts.push(Thought::Redacted(data.clone()));
                    }
                    _ => {}
                }
                self.open = Block::of(opening);
            }
            Event::Cite(citation) => self.cited.push(citation.clone()),
            Event::Delta(_, delta) => self.delta(delta, out),
            Event::Close(_) => self.close(out),
            Event::Usage(usage) => self.usage.update(usage),
            Event::Stop(stop) => self.stop = *stop,
            Event::End => {
                let (block, text) = &self.text;
                let cited = self.cited.iter().filter(|cited| cited.block == *block);
                let cited = cited.map(|citation| (citation, text.as_str()));
                let answer = Answer::of(Vec::new(), &self.model, &self.id).resting_on(cited);
                write(&answer.ended(self.stop, self.said.broken, &self.usage), out);
            }
            Event::Fail(error) => fail(error, out),
            // The dialect does not say which stop text was met.
            Event::StopText(_) => {}
        }
    }
}

impl Block {
    fn of(opening: &Opening) -> Block {
        match opening {
            Opening::Text | Opening::Refusal | Opening::Redacted(_) => Block::Text,
            Opening::Thinking => Block::Thinking {
                text: String::new(),
                signature: None,
            },
            Opening::ToolUse {
                id,
                name,
                signature,
            } => Block::Call {
                id: id.clone(),
                name: name.clone(),
                signature: signature.clone(),
                arguments: String::new(),
            },
            Opening::Image(media) => Block::Picture(media.clone()),
        }
    }
}

fn write(answer: &Answer<'_>, out: &mut Vec<u8>) {
    // Writing to memory fails for no value of these types.
    let json = serde_json::to_vec(answer).unwrap_or_default();
    frame(&json, out);
}

fn frame(json: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(b"data: ");
    out.extend_from_slice(json);
    out.extend_from_slice(b"\r\n\r\n");
}

/// The error that ends a stream; what would end it properly never follows.
fn fail(error: &ProviderError, out: &mut Vec<u8>) {
    let message = serde_json::to_string(&error.message).unwrap_or_default();
    let json =
        format!("{{\"error\":{{\"code\":500,\"message\":{message},\"status\":\"INTERNAL\"}}}}");
    frame(json.as_bytes(), out);
}
