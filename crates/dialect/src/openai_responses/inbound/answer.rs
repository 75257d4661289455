//! A whole answer, written for a caller.

use super::items::{
    Called, Frame, Status, annotation, item_status, message, picture, reasoning, refusal_part,
    text_part,
};
use crate::codec::Reply;
use crate::ir::{Content, Media, Response};
use crate::ladder::with_thought;
use crate::openai_responses::usage;
use crate::seal::Thought;

/// Appends the answer. The cost stands in a header, not here.
pub(super) fn encode(response: &Response, reply: &Reply<'_>, out: &mut Vec<u8>) {
    let mut written = Written {
        frame: Frame::new(reply),
        status: item_status(response.stop),
        items: Vec::new(),
        parts: Vec::new(),
    };
    for (at, block) in response.blocks.iter().enumerate() {
        match &block.content {
            Content::Text(text) => {
                let cited = response.citations.iter().filter(|cited| cited.block == at);
                let length = text.chars().count();
                let cited: Vec<String> = cited.filter_map(|one| annotation(one, length)).collect();
                written.parts.push(text_part(text, &cited));
            }
            content => written.add(content),
        }
    }
    written.end_message();
    let usage = usage::written(&response.usage, None);
    let status = Status::Ended(response.stop);
    let text = written.frame.answer(status, &written.items, Some(&usage));
    out.extend_from_slice(text.as_bytes());
}

/// The items so far.
struct Written {
    frame: Frame,
    /// That of every message.
    status: &'static str,
    items: Vec<String>,
    /// Of a message that has not ended.
    parts: Vec<String>,
}

impl Written {
    fn add(&mut self, content: &Content) {
        match content {
            Content::Text(text) => self.parts.push(text_part(text, &[])),
            Content::Refusal(text) => self.parts.push(refusal_part(text)),
            Content::Image(Media::Url(url)) => self.parts.push(text_part(url, &[])),
            Content::Image(Media::Inline { base64, .. }) => {
                let id = self.next("ig");
                self.items.push(picture(&id, base64));
            }
            Content::Thinking { text, signature } => {
                let thought = signature
                    .as_ref()
                    .map(|signature| Thought::Signed(text.clone(), signature.clone()));
                let id = self.next("rs");
                self.items.push(reasoning(&id, text, thought));
            }
            Content::RedactedThinking(data) => {
                let id = self.next("rs");
                let thought = Thought::Redacted(data.clone());
                self.items.push(reasoning(&id, "", Some(thought)));
            }
            Content::ToolUse {
                id: call_id,
                name,
                input,
                signature,
            } => {
                let form = self.frame.form(name);
                let id = self.next(Called::prefix(form));
                let call = Called {
                    id: &id,
                    call_id: with_thought(call_id, signature.as_deref()),
                    name,
                    form,
                };
                self.items
                    .push(call.written("completed", Some(input.get())));
            }
            // The dialect has no place for these in an answer, and no model of text gives them.
            Content::Document { .. } | Content::Audio(_) | Content::ToolResult { .. } => {}
        }
    }

    /// The id of the next item, which is no message.
    fn next(&mut self, prefix: &str) -> String {
        self.end_message();
        self.frame.item_id(prefix, self.items.len())
    }

    fn end_message(&mut self) {
        if !self.parts.is_empty() {
            let id = self.frame.item_id("msg", self.items.len());
            self.items.push(message(&id, self.status, &self.parts));
            self.parts.clear();
        }
    }
}
