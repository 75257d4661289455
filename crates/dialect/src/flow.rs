//! Events of a streamed answer in the order that [`Event`] promises, whatever order a provider's
//! pieces come in: one place keeps the grammar for every decoder.

use tollgate_model::Usage;

use crate::codec::ProviderError;
use crate::ir::{Citation, Delta, Event, Opening, Stop};

/// What a decoder has told so far.
#[derive(Debug, Default)]
pub(crate) struct Flow {
    started: bool,
    /// How many blocks were opened.
    opened: usize,
    /// Whether the last one is still open.
    open: bool,
    /// The last one of text.
    text: Option<usize>,
    stopped: bool,
    over: bool,
}

impl Flow {
    /// Whether nothing more may come.
    pub(crate) const fn is_over(&self) -> bool {
        self.over
    }

    /// The answer begins; once.
    pub(crate) fn start(&mut self, id: Option<&str>, model: Option<&str>, events: &mut Vec<Event>) {
        if !self.started && !self.over {
            self.started = true;
            let (id, model) = (id.map(str::to_owned), model.map(str::to_owned));
            events.push(Event::Start { id, model });
        }
    }

    /// A block begins; one that is open ends.
    pub(crate) fn open(&mut self, opening: Opening, events: &mut Vec<Event>) {
        if self.over || self.stopped {
            return;
        }
        self.start(None, None, events);
        self.close(events);
        if opening == Opening::Text {
            self.text = Some(self.opened);
        }
        events.push(Event::Open(self.opened, opening));
        self.opened += 1;
        self.open = true;
    }

    /// More of the open block; nothing where none is open or `delta` is empty.
    pub(crate) fn delta(&mut self, delta: Delta, events: &mut Vec<Event>) {
        let (Delta::Text(text) | Delta::Signature(text) | Delta::Arguments(text)) = &delta;
        if self.open && !self.over && !text.is_empty() {
            events.push(Event::Delta(self.opened - 1, delta));
        }
    }

    /// The open block ends, where there is one.
    pub(crate) fn close(&mut self, events: &mut Vec<Event>) {
        if std::mem::take(&mut self.open) && !self.over {
            events.push(Event::Close(self.opened - 1));
        }
    }

    /// What the last block of text rests on; nothing where there was no text.
    pub(crate) fn cite(&mut self, citation: Citation, events: &mut Vec<Event>) {
        if let (Some(block), false) = (self.text, self.over || self.stopped) {
            events.push(Event::Cite(Citation { block, ..citation }));
        }
    }

    /// The stop text that was met.
    pub(crate) fn stop_text(&mut self, text: String, events: &mut Vec<Event>) {
        if !self.over && !self.stopped {
            self.start(None, None, events);
            self.close(events);
            events.push(Event::StopText(text));
        }
    }

    /// What was consumed so far.
    pub(crate) fn usage(&mut self, usage: Usage, events: &mut Vec<Event>) {
        if !self.over && !usage.is_empty() {
            self.start(None, None, events);
            events.push(Event::Usage(usage));
        }
    }

    /// Why the answer ended; once.
    pub(crate) fn stop(&mut self, stop: Stop, events: &mut Vec<Event>) {
        if self.over || self.stopped {
            return;
        }
        self.start(None, None, events);
        self.close(events);
        self.stopped = true;
        events.push(Event::Stop(stop));
    }

    /// The stream is complete.
    pub(crate) fn end(&mut self, events: &mut Vec<Event>) {
        if !self.over {
            self.stop(Stop::End, events);
            self.over = true;
            events.push(Event::End);
        }
    }

    /// The provider broke off.
    pub(crate) fn fail(&mut self, error: ProviderError, events: &mut Vec<Event>) {
        if !self.over {
            self.over = true;
            events.push(Event::Fail(error));
        }
    }

    /// The provider broke off, and these words of ours say how.
    pub(crate) fn broke(&mut self, message: impl Into<String>, events: &mut Vec<Event>) {
        let error = ProviderError {
            message: message.into(),
            ..ProviderError::default()
        };
        self.fail(error, events);
    }
}
