//! Where results and progress go: results to stdout, everything else to stderr.

use std::io::{self, IsTerminal, Write};

use serde::Serialize;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::table::Table;

/// How the caller wants to be answered.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Output {
    /// Results as JSON.
    pub json: bool,
    /// The one essential value and nothing else.
    pub quiet: bool,
}

impl Output {
    /// Whether results may be coloured: on a terminal that nobody forbade it to (`NO_COLOR`).
    pub(crate) fn colour(self) -> bool {
        !self.json && !self.quiet && io::stdout().is_terminal() && colour_allowed()
    }

    /// Whether messages may be coloured.
    pub(crate) fn message_colour(self) -> bool {
        !self.json && io::stderr().is_terminal() && colour_allowed()
    }

    /// Writes text to stdout as it is.
    pub(crate) fn text(self, text: &str) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        out.write_all(text.as_bytes())?;
        out.flush()?;
        Ok(())
    }

    /// Writes a line to stdout.
    pub(crate) fn line(self, text: &str) -> Result<(), Failure> {
        self.text(&format!("{text}\n"))
    }

    /// Writes JSON to stdout, indented.
    pub(crate) fn pretty(self, value: &impl Serialize) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(value)
            .map_err(|why| Failure::fault("cannot write JSON", why))?;
        self.line(&text)
    }

    /// Writes a message to stderr, unless the caller wants quiet. Nobody can be told when that
    /// fails.
    pub(crate) fn note(self, text: &str) {
        if !self.quiet {
            let _ = writeln!(io::stderr().lock(), "{text}");
        }
    }

    /// Answers a verb: the whole answer as JSON, its essential value where the caller wants
    /// quiet, or what people read.
    pub(crate) fn answer(
        self,
        whole: &Value,
        essential: &str,
        readable: impl FnOnce() -> String,
    ) -> Result<(), Failure> {
        match self {
            Output { json: true, .. } => self.pretty(whole),
            Output { quiet: true, .. } if essential.is_empty() => Ok(()),
            Output { quiet: true, .. } => self.line(essential),
            _ => self.text(&ended(readable())),
        }
    }

    /// Answers a verb that lists: the whole answer as JSON, the first column where the caller
    /// wants quiet, or the table. An empty table says what is missing on stderr.
    pub(crate) fn list(
        self,
        whole: &Value,
        essentials: &[String],
        table: &Table,
        empty: &str,
    ) -> Result<(), Failure> {
        if table.is_empty() && !self.json {
            self.note(empty);
            return Ok(());
        }
        self.answer(whole, &essentials.join("\n"), || {
            table.render(self.colour())
        })
    }

    /// Tells why a verb failed: on stderr, as one line of JSON where the caller wants that.
    pub(crate) fn failure(self, failure: &Failure) {
        let mut err = io::stderr().lock();
        let _ = if self.json {
            let mut line = json!({ "error": failure.to_string(), "exit": failure.code() });
            if let Failure::Refused(refused) = failure {
                line["problem"] = refused.problem().clone();
            }
            writeln!(err, "{line}")
        } else if self.message_colour() {
            writeln!(err, "\x1b[31merror:\x1b[0m {failure}")
        } else {
            writeln!(err, "error: {failure}")
        };
    }
}

/// See <https://no-color.org>.
fn colour_allowed() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

fn ended(mut text: String) -> String {
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text
}
