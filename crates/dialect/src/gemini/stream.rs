//! A streamed answer: server-sent events, each a piece in the form of a whole answer. There is no
//! event of the end: the stream closes after a piece that says why.

use super::response::{Answer, Calls, citations, with_calls};
use crate::codec::StreamDecoder;
use crate::flow::Flow;
use crate::ir::{Content, Delta, Event, Opening, Stop};
use crate::sse::Frames;

/// Reads a streamed answer.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    frames: Frames,
    flow: Flow,
    calls: Calls,
    /// The last text so far, in which the places of what it rests on are counted.
    text: String,
    /// The kind of the block that is open.
    open: Option<Kind>,
    /// The answer's id, for the ids of calls.
    id: Option<String>,
    /// Why the answer ended, where that was said. It may be said again, and before more of the
    /// answer, so that it is told when the stream closes.
    ending: Option<Stop>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Thinking,
}

impl StreamDecoder for Decoder {
    fn push(&mut self, bytes: &[u8], events: &mut Vec<Event>) {
        self.frames.push(bytes);
        self.drain(events);
    }

    fn finish(&mut self, events: &mut Vec<Event>) {
        self.frames.finish();
        self.drain(events);
        match self.ending {
            Some(ending) => {
                self.flow.stop(with_calls(ending, &self.calls), events);
                self.flow.end(events);
            }
            None => {
                let detail = "The provider closed the stream before the answer was complete.";
                self.flow.broke(detail, events);
            }
        }
    }
}

impl Decoder {
    fn drain(&mut self, events: &mut Vec<Event>) {
        let mut frames = std::mem::take(&mut self.frames);
        while !self.flow.is_over() {
            match frames.next_frame() {
                Ok(Some(frame)) => self.frame(frame.data, events),
                Ok(None) => break,
                Err(error) => self.flow.broke(error.to_string(), events),
            }
        }
        self.frames = frames;
    }

    fn frame(&mut self, data: &str, events: &mut Vec<Event>) {
        if data.is_empty() || data == "[DONE]" {
            return;
        }
        let answer: Answer<'_> = match serde_json::from_str(data) {
            Ok(answer) => answer,
            Err(error) => {
                let detail = format!("A piece of the stream cannot be read: {error}");
                return self.flow.broke(detail, events);
            }
        };
        if let Some(error) = answer.error() {
            return self.flow.fail(error, events);
        }
        if self.id.is_none() {
            self.id.clone_from(&answer.response_id);
        }
        self.flow
            .start(self.id.as_deref(), answer.model_version.as_deref(), events);
        let (usage, ending) = (answer.usage(), answer.ending());
        let grounding = answer.grounding().cloned();
        match answer.blocks(&mut self.calls, self.id.as_deref()) {
            Ok(contents) => contents
                .into_iter()
                .for_each(|piece| self.piece(piece, events)),
            Err(detail) => return self.flow.broke(detail, events),
        }
        for citation in grounding
            .iter()
            .flat_map(|told| citations(told, &self.text))
        {
            self.flow.cite(citation, events);
        }
        if let Some(usage) = usage {
            self.flow.usage(usage, events);
        }
        match ending {
            Some(Ok(ending)) => self.ending = Some(ending),
            Some(Err(detail)) => self.flow.broke(detail, events),
            None => {}
        }
    }

    fn piece(&mut self, content: Content, events: &mut Vec<Event>) {
        match content {
            Content::Text(text) => self.words(Kind::Text, text, events),
            Content::Thinking { text, .. } => self.words(Kind::Thinking, text, events),
            Content::ToolUse {
                id,
                name,
                input,
                signature,
            } => {
                self.open = None;
                self.flow.open(
                    Opening::ToolUse {
                        id,
                        name,
                        signature,
                    },
                    events,
                );
                self.flow
                    .delta(Delta::Arguments(input.get().to_owned()), events);
                self.flow.close(events);
            }
            Content::Image(media) => {
                self.open = None;
                self.flow.open(Opening::Image(media), events);
                self.flow.close(events);
            }
            _ => {
                let detail = "The answer has sound, which cannot be streamed.";
                self.flow.broke(detail, events);
            }
        }
    }

    fn words(&mut self, kind: Kind, text: String, events: &mut Vec<Event>) {
        if self.open != Some(kind) {
            self.open = Some(kind);
            if kind == Kind::Text {
                self.text.clear();
            }
            let opening = match kind {
                Kind::Text => Opening::Text,
                Kind::Thinking => Opening::Thinking,
            };
            self.flow.open(opening, events);
        }
        if kind == Kind::Text {
            self.text.push_str(&text);
        }
        self.flow.delta(Delta::Text(text), events);
    }
}
