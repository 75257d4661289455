//! The log of operational events, on stderr; the last warnings and errors are kept for the doctor.

use std::collections::VecDeque;
use std::fmt::{self, Write};
use std::io::{self, IsTerminal};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tollgate_doctor::facts::LogLine;
use tollgate_model::Micros;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

use crate::clock;
use crate::failure::Failure;

/// How many lines are kept, and the letters of each.
const KEPT: usize = 20;
const LETTERS: usize = 300;

static RECENT: Recent = Recent(Mutex::new(VecDeque::new()));

/// Starts the log. `filter` is a level, or levels by part: `warn,tollgate_gateway=debug`.
pub(crate) fn start(filter: &str, colour: bool) -> Result<(), Failure> {
    let filter = EnvFilter::try_new(filter)
        .map_err(|why| Failure::Usage(format!("log: \"{filter}\" is no filter: {why}")))?;
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(colour && io::stderr().is_terminal())
        .finish()
        .with(Keeping)
        .try_init()
        .map_err(|why| Failure::fault("cannot start the log", why))
}

/// The last warnings and errors since the start, the newest last, each text once.
pub(crate) fn recent() -> Vec<LogLine> {
    RECENT.lock().iter().cloned().collect()
}

/// The last lines of a log.
struct Recent(Mutex<VecDeque<LogLine>>);

impl Recent {
    fn note(&self, is_error: bool, text: String, at: Micros) {
        let mut lines = self.lock();
        let same = lines.iter().position(|line| line.text == text);
        let before = same.and_then(|place| lines.remove(place));
        if lines.len() >= KEPT {
            lines.pop_front();
        }
        lines.push_back(LogLine {
            at,
            is_error,
            text,
            times: before.map_or(1, |line| line.times + 1),
        });
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<LogLine>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Keeps what is a warning or an error.
struct Keeping;

impl<S: Subscriber> Layer<S> for Keeping {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let level = *event.metadata().level();
        if level != Level::WARN && level != Level::ERROR {
            return;
        }
        let mut text = Text(String::new());
        event.record(&mut text);
        let text: String = text.0.trim().chars().take(LETTERS).collect();
        RECENT.note(level == Level::ERROR, text, clock::now());
    }
}

/// The fields of an event as a line: the message, and behind it the others by name.
struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let rest = std::mem::take(&mut self.0);
        // Writing to a string does not fail.
        let _ = match field.name() {
            "message" => write!(self.0, "{value:?}{rest}"),
            name => write!(self.0, "{rest} {name}={value:?}"),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_lines_are_kept_and_what_is_said_again_is_counted() {
        let log = Recent(Mutex::default());
        for number in 0..KEPT {
            log.note(false, format!("line {number}"), Micros(1));
        }
        log.note(true, "line 3".to_owned(), Micros(2));
        log.note(false, "one more".to_owned(), Micros(3));
        let lines = log.lock();
        assert_eq!(lines.len(), KEPT);
        let told = |line: &LogLine| (line.text.clone(), line.times, line.at.0);
        let last: Vec<_> = lines.iter().rev().take(2).map(told).collect();
        assert_eq!(
            last,
            [("one more".to_owned(), 1, 3), ("line 3".to_owned(), 2, 2)]
        );
        assert_eq!(lines.front().map(told), Some(("line 1".to_owned(), 1, 1)));
    }

    #[test]
    fn warnings_and_errors_are_kept_with_their_fields() {
        let subscriber = tracing_subscriber::registry().with(Keeping);
        tracing::subscriber::with_default(subscriber, || {
            tracing::error!(bytes = 7, "the disk of this test is full");
            tracing::info!("this test is not kept");
        });
        let lines = recent();
        let of_test = lines.iter().filter(|line| line.text.contains("this test"));
        let told: Vec<_> = of_test.map(|line| (line.is_error, &*line.text)).collect();
        assert_eq!(told, [(true, "the disk of this test is full bytes=7")]);
    }
}
