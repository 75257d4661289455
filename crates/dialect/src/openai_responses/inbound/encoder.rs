//! A streamed answer, written for a caller event by event. Texts that follow each other are parts of
//! one message, which ends when something else begins.

use bytes::Bytes;
use tollgate_model::{Nanos, Usage};

use super::items::{
    Called, Frame, Status, annotation, item_status, message, picture, reasoning, refusal_part,
    summary_part, text_part,
};
use crate::codec::{Reply, StreamEncoder};
use crate::ir::{Citation, Delta, Event, Media, Opening, Stop};
use crate::ladder::with_thought;
use crate::openai_responses::forms::{Form, quoted, text_in};
use crate::openai_responses::usage;
use crate::refusal::{self, View};
use crate::seal::Thought;

/// Writes events, numbered from 0.
pub(super) struct Encoder {
    frame: Frame,
    sequence: u64,
    /// The items that have ended.
    items: Vec<String>,
    open: Open,
    usage: Usage,
    stop: Stop,
    whole: Option<Bytes>,
}

/// The item that is open.
enum Open {
    None,
    Message {
        id: String,
        /// The parts that have ended.
        parts: Vec<String>,
        /// The part that is open.
        part: Option<Words>,
    },
    Reasoning {
        id: String,
        text: String,
        signature: String,
    },
    Call {
        id: String,
        call_id: String,
        name: String,
        form: Option<&'static Form>,
        arguments: String,
    },
}

/// A part of a message.
struct Words {
    text: String,
    declines: bool,
    /// What it rests on.
    annotations: Vec<String>,
}

impl Words {
    fn part(&self) -> String {
        match self.declines {
            true => refusal_part(&self.text),
            false => text_part(&self.text, &self.annotations),
        }
    }
}

impl Encoder {
    pub(super) fn new(reply: &Reply<'_>) -> Encoder {
        Encoder {
            frame: Frame::new(reply),
            sequence: 0,
            items: Vec::new(),
            open: Open::None,
            usage: Usage::NONE,
            stop: Stop::End,
            whole: None,
        }
    }

    fn tell(&mut self, name: &str, members: &str, out: &mut Vec<u8>) {
        out.extend_from_slice(event(name, self.sequence, members).as_bytes());
        self.sequence += 1;
    }

    /// An event of the item that is open.
    fn tell_of(&mut self, name: &str, id: &str, members: &str, out: &mut Vec<u8>) {
        let at = self.items.len();
        let members = format!("\"item_id\":\"{id}\",\"output_index\":{at},{members}");
        self.tell(name, &members, out);
    }

    fn added(&mut self, item: &str, out: &mut Vec<u8>) {
        let members = format!("\"output_index\":{},\"item\":{item}", self.items.len());
        self.tell("response.output_item.added", &members, out);
    }

    fn done(&mut self, item: String, out: &mut Vec<u8>) {
        let members = format!("\"output_index\":{},\"item\":{item}", self.items.len());
        self.tell("response.output_item.done", &members, out);
        self.items.push(item);
    }

    fn start(&mut self, out: &mut Vec<u8>) {
        let answer = self.frame.answer(Status::UnderWay, &[], None);
        let members = format!("\"response\":{answer}");
        self.tell("response.created", &members, out);
        self.tell("response.in_progress", &members, out);
    }

    fn open(&mut self, opening: &Opening, out: &mut Vec<u8>) {
        match opening {
            Opening::Text => self.open_words(false, out),
            Opening::Refusal => self.open_words(true, out),
            Opening::Thinking => {
                self.end_message(Stop::End, out);
                let id = self.frame.item_id("rs", self.items.len());
                self.added(&reasoning(&id, "", None), out);
                let (text, signature) = (String::new(), String::new());
                self.open = Open::Reasoning {
                    id,
                    text,
                    signature,
                };
            }
            Opening::Image(media) => self.picture(media, out),
            Opening::Redacted(data) => self.redacted(data, out),
            Opening::ToolUse {
                id: call_id,
                name,
                signature,
            } => {
                self.end_message(Stop::End, out);
                let form = self.frame.form(name);
                let id = self.frame.item_id(Called::prefix(form), self.items.len());
                let call_id = with_thought(call_id, signature.as_deref());
                let call = Called {
                    id: &id,
                    call_id: call_id.as_ref().into(),
                    name,
                    form,
                };
                self.added(&call.written("in_progress", None), out);
                self.open = Open::Call {
                    id,
                    call_id: call_id.into_owned(),
                    name: name.clone(),
                    form,
                    arguments: String::new(),
                };
            }
        }
    }

    /// A picture; one that lies elsewhere is told by its address.
    fn picture(&mut self, media: &Media, out: &mut Vec<u8>) {
        match media {
            Media::Url(url) => {
                self.open_words(false, out);
                self.delta(&Delta::Text(url.clone()), out);
            }
            Media::Inline { base64, .. } => {
                self.end_message(Stop::End, out);
                let id = self.frame.item_id("ig", self.items.len());
                let item = picture(&id, base64);
                self.added(&item, out);
                self.done(item, out);
            }
        }
    }

    fn open_words(&mut self, declines: bool, out: &mut Vec<u8>) {
        let (id, parts) = match std::mem::replace(&mut self.open, Open::None) {
            Open::Message { id, parts, .. } => (id, parts),
            _ => {
                let id = self.frame.item_id("msg", self.items.len());
                self.added(&message(&id, "in_progress", &[]), out);
                (id, Vec::new())
            }
        };
        let words = Words {
            text: String::new(),
            declines,
            annotations: Vec::new(),
        };
        let members = format!(
            "\"content_index\":{},\"part\":{}",
            parts.len(),
            words.part()
        );
        self.tell_of("response.content_part.added", &id, &members, out);
        self.open = Open::Message {
            id,
            parts,
            part: Some(words),
        };
    }

    /// What the open part rests on; nothing where none is open, since what has ended was told.
    fn cite(&mut self, citation: &Citation, out: &mut Vec<u8>) {
        let mut open = std::mem::replace(&mut self.open, Open::None);
        if let Open::Message {
            id,
            parts,
            part: Some(words),
        } = &mut open
            && let Some(told) = annotation(citation, words.text.chars().count())
        {
            let (part, at) = (parts.len(), words.annotations.len());
            let members =
                format!("\"content_index\":{part},\"annotation_index\":{at},\"annotation\":{told}");
            self.tell_of("response.output_text.annotation.added", id, &members, out);
            words.annotations.push(told);
        }
        self.open = open;
    }

    /// Thoughts that only their provider can read.
    fn redacted(&mut self, data: &str, out: &mut Vec<u8>) {
        self.end_message(Stop::End, out);
        let id = self.frame.item_id("rs", self.items.len());
        self.added(&reasoning(&id, "", None), out);
        let thought = Thought::Redacted(data.to_owned());
        self.done(reasoning(&id, "", Some(thought)), out);
    }

    fn delta(&mut self, delta: &Delta, out: &mut Vec<u8>) {
        let mut open = std::mem::replace(&mut self.open, Open::None);
        match (&mut open, delta) {
            (
                Open::Message {
                    id,
                    parts,
                    part: Some(words),
                },
                Delta::Text(piece),
            ) if !piece.is_empty() => {
                words.text.push_str(piece);
                let (at, piece) = (parts.len(), quoted(piece));
                let (name, more) = match words.declines {
                    true => ("response.refusal.delta", ""),
                    false => ("response.output_text.delta", ",\"logprobs\":[]"),
                };
                let members = format!("\"content_index\":{at},\"delta\":{piece}{more}");
                self.tell_of(name, id, &members, out);
            }
            (Open::Reasoning { id, text, .. }, Delta::Text(piece)) if !piece.is_empty() => {
                if text.is_empty() {
                    let members = format!("\"summary_index\":0,\"part\":{}", summary_part(""));
                    self.tell_of("response.reasoning_summary_part.added", id, &members, out);
                }
                text.push_str(piece);
                let members = format!("\"summary_index\":0,\"delta\":{}", quoted(piece));
                self.tell_of("response.reasoning_summary_text.delta", id, &members, out);
            }
            (Open::Reasoning { signature, .. }, Delta::Signature(piece)) => {
                signature.push_str(piece);
            }
            (
                Open::Call {
                    id,
                    form,
                    arguments,
                    ..
                },
                Delta::Arguments(piece),
            ) if !piece.is_empty() => {
                arguments.push_str(piece);
                if form.is_none() {
                    let members = format!("\"delta\":{}", quoted(piece));
                    self.tell_of("response.function_call_arguments.delta", id, &members, out);
                }
            }
            _ => {}
        }
        self.open = open;
    }

    fn close(&mut self, out: &mut Vec<u8>) {
        match std::mem::replace(&mut self.open, Open::None) {
            Open::None => {}
            Open::Message { id, parts, part } => self.close_words(id, parts, part, out),
            Open::Reasoning {
                id,
                text,
                signature,
            } => {
                if !text.is_empty() {
                    let members = format!("\"summary_index\":0,\"text\":{}", quoted(&text));
                    self.tell_of("response.reasoning_summary_text.done", &id, &members, out);
                    let members = format!("\"summary_index\":0,\"part\":{}", summary_part(&text));
                    self.tell_of("response.reasoning_summary_part.done", &id, &members, out);
                }
                let is_signed = !signature.is_empty();
                let thought = is_signed.then(|| Thought::Signed(text.clone(), signature));
                self.done(reasoning(&id, &text, thought), out);
            }
            Open::Call {
                id,
                call_id,
                name,
                form,
                arguments,
            } => {
                let call = Called {
                    id: &id,
                    call_id: call_id.into(),
                    name: &name,
                    form,
                };
                self.close_call(&call, arguments, out);
            }
        }
    }

    fn close_words(
        &mut self,
        id: String,
        mut parts: Vec<String>,
        part: Option<Words>,
        out: &mut Vec<u8>,
    ) {
        if let Some(words) = part {
            let (at, text) = (parts.len(), quoted(&words.text));
            let (name, members) = match words.declines {
                true => ("response.refusal.done", format!("\"refusal\":{text}")),
                false => (
                    "response.output_text.done",
                    format!("\"text\":{text},\"logprobs\":[]"),
                ),
            };
            let members = format!("\"content_index\":{at},{members}");
            self.tell_of(name, &id, &members, out);
            let part = words.part();
            let members = format!("\"content_index\":{at},\"part\":{part}");
            self.tell_of("response.content_part.done", &id, &members, out);
            parts.push(part);
        }
        self.open = Open::Message {
            id,
            parts,
            part: None,
        };
    }

    fn close_call(&mut self, call: &Called<'_>, mut arguments: String, out: &mut Vec<u8>) {
        match call.form {
            None => {
                if arguments.is_empty() {
                    arguments.push_str("{}");
                    let members = "\"delta\":\"{}\"";
                    let name = "response.function_call_arguments.delta";
                    self.tell_of(name, call.id, members, out);
                }
                let (name, whole) = (quoted(call.name), quoted(&arguments));
                let members = format!("\"name\":{name},\"arguments\":{whole}");
                self.tell_of(
                    "response.function_call_arguments.done",
                    call.id,
                    &members,
                    out,
                );
            }
            Some(form) if form.is_text => {
                let input = quoted(&text_in(&arguments));
                let name = "response.custom_tool_call_input.delta";
                self.tell_of(name, call.id, &format!("\"delta\":{input}"), out);
                let name = "response.custom_tool_call_input.done";
                self.tell_of(name, call.id, &format!("\"input\":{input}"), out);
            }
            Some(_) => {}
        }
        self.done(call.written("completed", Some(&arguments)), out);
    }

    /// Ends the message that is open, where there is one.
    fn end_message(&mut self, stop: Stop, out: &mut Vec<u8>) {
        if let Open::Message { id, parts, .. } = std::mem::replace(&mut self.open, Open::None) {
            self.done(message(&id, item_status(stop), &parts), out);
        }
    }

    fn end(&mut self, cost: Option<Nanos>, out: &mut Vec<u8>) {
        let usage = usage::written(&self.usage, cost);
        let status = Status::Ended(self.stop);
        let answer = self.frame.answer(status, &self.items, Some(&usage));
        let name = match self.stop {
            Stop::Length | Stop::Filtered => "response.incomplete",
            Stop::End | Stop::ToolUse => "response.completed",
        };
        self.tell(name, &format!("\"response\":{answer}"), out);
        self.whole = Some(answer.into());
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
            // The dialect has no stop texts.
            Event::StopText(_) => {}
            Event::Stop(stop) => {
                self.stop = *stop;
                self.end_message(*stop, out);
            }
            Event::End => self.end(cost, out),
            // The gateway tells of it by the refusal that it becomes.
            Event::Fail(_) => {}
        }
    }

    fn whole(&self) -> Option<Bytes> {
        self.whole.clone()
    }

    fn broken(&self, view: &View<'_>) -> Option<Vec<u8>> {
        if self.sequence == 0 {
            return None;
        }
        let error = refusal::failed_response(view);
        let answer = self.frame.failed(&error, &self.items);
        let members = format!("\"response\":{answer}");
        Some(event("response.failed", self.sequence, &members).into_bytes())
    }
}

/// An event.
pub(super) fn event(name: &str, sequence: u64, members: &str) -> String {
    format!(
        "event: {name}\ndata: {{\"type\":\"{name}\",\"sequence_number\":{sequence},{members}}}\n\n"
    )
}
