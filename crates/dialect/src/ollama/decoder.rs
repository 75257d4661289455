//! A streamed answer, read into events.

use super::error;
use super::response::{called, stop};
use super::wire::Line;
use crate::codec::StreamDecoder;
use crate::flow::Flow;
use crate::ir::{Block, Content, Delta, Event, Opening};
use crate::lines::Lines;

/// Reads lines.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    lines: Lines,
    talk: Talk,
}

/// What was said so far.
#[derive(Debug, Default)]
struct Talk {
    flow: Flow,
    words: Words,
    /// How many tools were called.
    calls: usize,
}

/// Which block of words is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Words {
    #[default]
    None,
    Text,
    Thinking,
}

impl StreamDecoder for Decoder {
    fn push(&mut self, bytes: &[u8], events: &mut Vec<Event>) {
        let Decoder { lines, talk } = self;
        if let Err(error) = lines.push(bytes, |line| talk.line(line, events)) {
            talk.flow.broke(error.to_string(), events);
        }
    }

    fn finish(&mut self, events: &mut Vec<Event>) {
        let Decoder { lines, talk } = self;
        lines.finish(|line| talk.line(line, events));
        talk.flow
            .broke("the stream broke off before its end", events);
    }
}

impl Talk {
    fn line(&mut self, line: &[u8], events: &mut Vec<Event>) {
        if self.flow.is_over() {
            return;
        }
        let mut line: Line = match serde_json::from_slice(line) {
            Ok(line) => line,
            Err(error) => {
                let message = format!("a line of the stream is unreadable: {error}");
                return self.flow.broke(message, events);
            }
        };
        if !line.error.is_null() {
            return self.flow.fail(error::told(&line.error), events);
        }
        self.flow.start(None, line.model.as_deref(), events);
        let [thoughts, words] = line.words();
        self.say(Words::Thinking, thoughts, events);
        self.say(Words::Text, words, events);
        let said = line.message.as_mut();
        let calls = said.and_then(|said| said.tool_calls.take());
        let moment = line.moment();
        for call in calls.unwrap_or_default() {
            if let Some(block) = called(call, &moment, self.calls) {
                self.call(block, events);
            }
        }
        if line.done.as_bool() == Some(true) {
            self.flow.usage(line.usage(), events);
            let stop = stop(line.done_reason.as_deref(), self.calls > 0);
            self.flow.stop(stop, events);
            self.flow.end(events);
        }
    }

    fn say(&mut self, words: Words, text: Option<&str>, events: &mut Vec<Event>) {
        let Some(text) = text else {
            return;
        };
        if self.words != words {
            self.words = words;
            let opening = match words {
                Words::Thinking => Opening::Thinking,
                Words::Text | Words::None => Opening::Text,
            };
            self.flow.open(opening, events);
        }
        self.flow.delta(Delta::Text(text.to_owned()), events);
    }

    /// Calls come whole.
    fn call(&mut self, block: Block, events: &mut Vec<Event>) {
        let Content::ToolUse {
            id,
            name,
            input,
            signature,
        } = block.content
        else {
            return;
        };
        self.calls += 1;
        self.words = Words::None;
        let opening = Opening::ToolUse {
            id,
            name,
            signature,
        };
        self.flow.open(opening, events);
        self.flow
            .delta(Delta::Arguments(input.get().to_owned()), events);
        self.flow.close(events);
    }
}
