//! The tap on a streamed answer that passes as it came. Nothing in it is changed: the dialect tells
//! its usage to everybody.
//!
//! JSON is decoded only in the lines that may end the answer; all others are looked at with a search.

use std::collections::VecDeque;
use std::sync::LazyLock;

use bytes::Bytes;
use memchr::memmem::Finder;
use tollgate_model::Usage;

use crate::codec::{CostOf, ProviderError, Tap};
use crate::lines::Passing;
use crate::ollama::error;
use crate::ollama::wire::Line;

/// How an ordinary line ends.
const GOES_ON: &[u8] = b"\"done\":false}";

/// Reads a streamed answer as it passes.
#[derive(Debug, Default)]
pub(super) struct Watch {
    passing: Passing,
    seen: Seen,
}

/// What was seen of the answer.
#[derive(Debug, Default)]
struct Seen {
    usage: Option<Usage>,
    events: u64,
    done: bool,
    failed: Option<ProviderError>,
}

impl Tap for Watch {
    fn push(&mut self, bytes: Bytes, _cost: &mut CostOf<'_>, out: &mut VecDeque<Bytes>) {
        let Watch { passing, seen } = self;
        passing.push(bytes, out, |line| seen.look(line));
    }

    fn finish(&mut self, _cost: &mut CostOf<'_>, out: &mut VecDeque<Bytes>) {
        let Watch { passing, seen } = self;
        passing.finish(out, |line| seen.look(line));
    }

    fn usage(&self) -> Option<Usage> {
        self.seen.usage
    }

    fn done(&self) -> bool {
        self.seen.done
    }

    fn finished(&self) -> bool {
        self.seen.done
    }

    fn events(&self) -> u64 {
        self.seen.events
    }

    fn failed(&self) -> Option<&ProviderError> {
        self.seen.failed.as_ref()
    }
}

impl Seen {
    /// Looks at a line and says whether it goes on.
    fn look(&mut self, line: &[u8]) -> bool {
        static ERROR: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("\"error\""));
        if self.failed.is_some() {
            return false;
        }
        if line.trim_ascii_end().ends_with(GOES_ON) && ERROR.find(line).is_none() {
            self.events += 1;
            return true;
        }
        // What cannot be read is for the caller to judge, who gets it as it came.
        let Ok(line) = serde_json::from_slice::<Line>(line) else {
            return true;
        };
        if !line.error.is_null() {
            self.failed = Some(error::told(&line.error));
            return false;
        }
        let usage = line.usage();
        if !usage.is_empty() {
            self.usage.get_or_insert(Usage::NONE).update(&usage);
        }
        self.done |= line.done.as_bool() == Some(true);
        let calls = line
            .message
            .as_ref()
            .and_then(|said| said.tool_calls.as_ref());
        let has_calls = calls.is_some_and(|calls| !calls.is_empty());
        self.events += u64::from(has_calls || line.words().iter().any(Option::is_some));
        true
    }
}
