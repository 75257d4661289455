//! Streamed answers to tasks, metered as they pass: events of OpenAI's form, each with its `type`, and
//! sound, which is bytes and nothing else.

use std::collections::VecDeque;

use bytes::Bytes;
use tollgate_model::task::Task;
use tollgate_model::{Usage, UsageClass};

use super::asked::length;
use super::told::{self, Told};
use crate::codec::{CostOf, ProviderError, Tap};
use crate::passage::{Fate, Passage, data_of};
use crate::scan;

/// The most bytes of an event that is held back: a picture comes in one.
const EVENT_LIMIT: usize = 32 << 20;

/// Events.
#[derive(Debug)]
pub(super) struct Events {
    passage: Passage,
    seen: Seen,
}

#[derive(Debug)]
struct Seen {
    task: Task,
    usage: Option<Usage>,
    pieces: u64,
    finished: bool,
    done: bool,
    failed: Option<ProviderError>,
}

impl Events {
    /// A tap on the answer to a task.
    pub(super) fn new(task: Task) -> Events {
        Events {
            passage: Passage::with_limit(EVENT_LIMIT),
            seen: Seen {
                task,
                usage: None,
                pieces: 0,
                finished: false,
                done: false,
                failed: None,
            },
        }
    }
}

impl Tap for Events {
    fn push(&mut self, bytes: Bytes, _cost: &mut CostOf<'_>, out: &mut VecDeque<Bytes>) {
        let seen = &mut self.seen;
        self.passage
            .push(bytes, out, |buffer, span| seen.look(span.of(buffer)));
    }

    fn finish(&mut self, _cost: &mut CostOf<'_>, out: &mut VecDeque<Bytes>) {
        let seen = &mut self.seen;
        self.passage
            .finish(out, |buffer, span| seen.look(span.of(buffer)));
    }

    fn usage(&self) -> Option<Usage> {
        self.seen.usage
    }

    fn done(&self) -> bool {
        self.seen.done
    }

    fn finished(&self) -> bool {
        self.seen.finished
    }

    fn events(&self) -> u64 {
        self.seen.pieces
    }

    fn failed(&self) -> Option<&ProviderError> {
        self.seen.failed.as_ref()
    }
}

impl Seen {
    fn look(&mut self, event: &[u8]) -> Fate {
        if self.failed.is_some() {
            return Fate::Drop;
        }
        let data = data_of(event);
        let text = data.text(event);
        if text.starts_with(b"[DONE]") {
            self.done = true;
            return Fate::Pass;
        }
        let Ok(object) = scan::scan(text, ["type", "usage", "error"]) else {
            return Fate::Pass;
        };
        let [kind, usage, _] = object.values.map(|span| span.map(|span| span.of(text)));
        let kind = kind.unwrap_or_default().trim_ascii();
        if let Some(error) = told::error(text) {
            self.failed = Some(error);
            return Fate::Drop;
        }
        let ends = kind.ends_with(b".done\"") || kind.ends_with(b".completed\"");
        let is_picture = matches!(
            self.task,
            Task::Images | Task::ImageEdits | Task::ImageVariations
        );
        // Pictures count when they are whole, words and sounds as they come.
        self.pieces += u64::from(if is_picture {
            ends
        } else {
            kind.ends_with(b".delta\"")
        });
        self.finished |= ends;
        if let Some(usage) = usage.filter(|usage| usage.starts_with(b"{")) {
            self.tell(&self.counts(&Told::in_event(usage)));
        }
        if is_picture && ends {
            self.tell(&Usage::NONE.with(UsageClass::Images, self.pieces));
        }
        Fate::Pass
    }

    fn counts(&self, told: &Told) -> Usage {
        match self.task {
            Task::Images | Task::ImageEdits | Task::ImageVariations => told.images(),
            Task::Speech => told.speech(),
            Task::Transcriptions | Task::Translations => told.transcription(),
            Task::Embeddings | Task::Rerank | Task::Moderations => {
                told.tokens(UsageClass::Input).unwrap_or(Usage::NONE)
            }
        }
    }

    fn tell(&mut self, usage: &Usage) {
        if !usage.is_empty() {
            self.usage.get_or_insert(Usage::NONE).update(usage);
        }
    }
}

/// Sound. It has no end but that of the body, and tells nothing.
#[derive(Debug, Default)]
pub(super) struct Sound {
    bytes: u64,
    finished: bool,
}

impl Tap for Sound {
    fn push(&mut self, bytes: Bytes, _cost: &mut CostOf<'_>, out: &mut VecDeque<Bytes>) {
        if !bytes.is_empty() {
            self.bytes += length(bytes.len());
            out.push_back(bytes);
        }
    }

    fn finish(&mut self, _cost: &mut CostOf<'_>, _out: &mut VecDeque<Bytes>) {
        self.finished = self.bytes > 0;
    }

    fn usage(&self) -> Option<Usage> {
        None
    }

    fn done(&self) -> bool {
        false
    }

    fn finished(&self) -> bool {
        self.finished
    }

    fn events(&self) -> u64 {
        self.bytes
    }

    fn failed(&self) -> Option<&ProviderError> {
        None
    }
}

#[cfg(test)]
mod tests {
    use tollgate_model::Nanos;

    use super::*;

    fn pass(tap: &mut dyn Tap, pieces: &[&str]) -> String {
        let mut out = VecDeque::new();
        for piece in pieces {
            let bytes = Bytes::copy_from_slice(piece.as_bytes());
            tap.push(bytes, &mut |_| Nanos::ZERO, &mut out);
        }
        tap.finish(&mut |_| Nanos::ZERO, &mut out);
        let all: Vec<u8> = out.into_iter().flatten().collect();
        String::from_utf8(all).unwrap()
    }

    const PICTURES: &str = "event: image_generation.partial_image\n\
        data: {\"type\":\"image_generation.partial_image\",\"b64_json\":\"AA\"}\n\n\
        event: image_generation.completed\ndata: {\"type\":\"image_generation.completed\",\
        \"b64_json\":\"AAAA\",\"usage\":{\"input_tokens\":5,\"output_tokens\":272}}\n\n";

    #[test]
    fn a_stream_passes_as_it_came_and_tells_what_it_consumed_wherever_it_is_cut() {
        for cut in 0..PICTURES.len() {
            let mut tap = Events::new(Task::Images);
            let (left, right) = PICTURES.split_at(cut);
            assert_eq!(pass(&mut tap, &[left, right]), PICTURES);
            assert!(tap.finished() && !tap.done());
            assert_eq!(tap.events(), 1);
            let usage = serde_json::to_string(&tap.usage().unwrap()).unwrap();
            assert_eq!(
                usage,
                r#"{"input":5,"input_image":0,"output_image":272,"images":1}"#
            );
        }
    }

    #[test]
    fn words_are_counted_as_they_come_and_the_last_event_tells_the_tokens() {
        let words = "data: {\"type\":\"transcript.text.delta\",\"delta\":\"Hi\"}\n\n";
        let done = "data: {\"type\":\"transcript.text.done\",\"text\":\"Hi\",\"usage\":\
            {\"type\":\"tokens\",\"input_tokens\":14,\"output_tokens\":2,\
            \"input_token_details\":{\"text_tokens\":0,\"audio_tokens\":14}}}\n\n";
        let mut tap = Events::new(Task::Transcriptions);
        assert_eq!(pass(&mut tap, &[words, words]), format!("{words}{words}"));
        assert!(!tap.finished());
        assert_eq!((tap.events(), tap.usage()), (2, None));
        pass(&mut tap, &[done]);
        assert!(tap.finished());
        let usage = serde_json::to_string(&tap.usage().unwrap()).unwrap();
        assert_eq!(usage, r#"{"input":0,"input_audio":14,"output":2}"#);
    }

    #[test]
    fn an_error_in_the_stream_goes_no_further() {
        let mut tap = Events::new(Task::Speech);
        let text = pass(
            &mut tap,
            &["data: {\"type\":\"error\",\"error\":{\"message\":\"no voice\"}}\n\ndata: {}\n\n"],
        );
        assert_eq!(text, "");
        assert_eq!(tap.failed().unwrap().message, "no voice");
    }

    #[test]
    fn sound_is_whole_where_its_body_ends_as_it_should() {
        let mut tap = Sound::default();
        assert!(!tap.finished());
        assert_eq!(pass(&mut tap, &["ID3", "x"]), "ID3x");
        assert!(tap.finished());
        let mut silent = Sound::default();
        pass(&mut silent, &[]);
        assert!(!silent.finished(), "nothing is no sound");
    }
}
