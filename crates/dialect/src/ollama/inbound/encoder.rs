//! A streamed answer, written for a caller line by line.

use tollgate_model::{Nanos, Usage};

use super::response::{Call, Function, Said, end, gathered, head};
use super::shape::Shape;
use crate::codec::{Reply, StreamEncoder};
use crate::ir::{Delta, Event, Opening, Stop};
use crate::ladder::with_thought;
use crate::openai_chat::wire::quoted;

/// Writes lines: each with the same time and model. A call is written when it is whole, as the
/// dialect has no pieces of one.
pub(super) struct Encoder {
    /// Everything of a line before what it says.
    head: String,
    shape: Shape,
    usage: Usage,
    open: Open,
    stop: Stop,
}

/// What is open.
enum Open {
    Text,
    Thinking,
    Call {
        id: String,
        name: String,
        arguments: String,
    },
}

impl Encoder {
    pub(super) fn new(reply: &Reply<'_>, shape: Shape) -> Encoder {
        Encoder {
            head: head(reply),
            shape,
            usage: Usage::NONE,
            open: Open::Text,
            stop: Stop::End,
        }
    }

    fn line(&self, said: &Said<'_>, out: &mut Vec<u8>) {
        let text = format!(
            "{}{},\"done\":false}}\n",
            self.head,
            said.members(self.shape)
        );
        out.extend_from_slice(text.as_bytes());
    }

    fn delta(&mut self, delta: &Delta, out: &mut Vec<u8>) {
        let (Delta::Text(text) | Delta::Arguments(text) | Delta::Signature(text)) = delta;
        let mut said = Said::default();
        match (delta, &mut self.open) {
            (Delta::Text(_), Open::Text) => said.words = text.into(),
            (Delta::Text(_), Open::Thinking) => said.thoughts = text.into(),
            (Delta::Arguments(_), Open::Call { arguments, .. }) => {
                return arguments.push_str(text);
            }
            // The dialect has no place for signatures.
            _ => return,
        }
        if !text.is_empty() {
            self.line(&said, out);
        }
    }

    fn close(&mut self, out: &mut Vec<u8>) {
        let closed = std::mem::replace(&mut self.open, Open::Text);
        if let (
            Open::Call {
                id,
                name,
                arguments,
            },
            Shape::Chat,
        ) = (&closed, self.shape)
        {
            let call = Call {
                id: id.into(),
                function: Function {
                    name,
                    arguments: gathered(arguments),
                },
            };
            let said = Said {
                calls: vec![call],
                ..Said::default()
            };
            self.line(&said, out);
        }
    }

    fn end(&self, cost: Option<Nanos>, out: &mut Vec<u8>) {
        out.extend_from_slice(self.head.as_bytes());
        out.extend_from_slice(Said::default().members(self.shape).as_bytes());
        end(self.stop, &self.usage, cost, out);
        out.push(b'\n');
    }
}

impl StreamEncoder for Encoder {
    fn event(&mut self, event: &Event, cost: Option<Nanos>, out: &mut Vec<u8>) {
        match event {
            // The dialect has no place for sources and for the stop text that was met.
            Event::Start { .. } | Event::Cite(_) | Event::StopText(_) => {}
            Event::Open(_, opening) => {
                self.open = match opening {
                    // The dialect has no place for pictures in an answer.
                    Opening::Text | Opening::Refusal | Opening::Image(_) => Open::Text,
                    Opening::Thinking | Opening::Redacted(_) => Open::Thinking,
                    Opening::ToolUse {
                        id,
                        name,
                        signature,
                    } => Open::Call {
                        id: with_thought(id, signature.as_deref()).into_owned(),
                        name: name.clone(),
                        arguments: String::new(),
                    },
                };
            }
            Event::Delta(_, delta) => self.delta(delta, out),
            Event::Close(_) => self.close(out),
            Event::Usage(usage) => self.usage.update(usage),
            Event::Stop(stop) => self.stop = *stop,
            Event::End => self.end(cost, out),
            Event::Fail(error) => {
                let text = format!("{{\"error\":{}}}\n", quoted(&error.message));
                out.extend_from_slice(text.as_bytes());
            }
        }
    }
}
