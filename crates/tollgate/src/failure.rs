//! Why a verb ended without doing its work, and the exit code that says so.

use std::io;

use serde_json::Value;
use tollgate_control::random::NoRandomness;

/// The end of a verb that did not do its work.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// It found or met a fault: exit code 1.
    #[error("{0}")]
    Fault(String),
    /// The admin API refused: exit code 1.
    #[error("{0}")]
    Refused(Box<Refused>),
    /// It was asked wrongly: exit code 2.
    #[error("{0}")]
    Usage(String),
    /// There is nothing to talk to: exit code 3.
    #[error("{0}")]
    Absent(String),
    /// Whoever read the results has gone (`tollgate calls | head`): not an error.
    #[error("the reader of the results has gone")]
    ReaderGone,
}

impl Failure {
    /// The exit code of the process.
    pub(crate) fn code(&self) -> u8 {
        match self {
            Failure::ReaderGone => 0,
            Failure::Fault(_) | Failure::Refused(_) => 1,
            Failure::Usage(_) => 2,
            Failure::Absent(_) => 3,
        }
    }

    /// A fault with the thing that it happened to: `cannot read tollgate.yaml: no such file`.
    pub(crate) fn fault(doing: impl std::fmt::Display, why: impl std::fmt::Display) -> Failure {
        Failure::Fault(format!("{doing}: {why}"))
    }
}

/// An error while results are written.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::ReaderGone,
            _ => Failure::fault("cannot write the results", error),
        }
    }
}

/// A secret cannot be made.
impl From<NoRandomness> for Failure {
    fn from(why: NoRandomness) -> Failure {
        Failure::Fault(why.to_string())
    }
}

/// What the admin API refused, as it said it (RFC 9457).
#[derive(Debug)]
pub(crate) struct Refused {
    problem: Value,
}

impl Refused {
    /// A refusal of this body.
    pub(crate) fn new(problem: Value) -> Refused {
        Refused { problem }
    }

    /// The body.
    pub(crate) fn problem(&self) -> &Value {
        &self.problem
    }

    /// Each fault that it lists, in a sentence.
    pub(crate) fn faults(&self) -> Vec<&str> {
        let listed = self.problem.get("errors").and_then(Value::as_array);
        let details = listed.into_iter().flatten();
        details
            .filter_map(|fault| fault.get("detail")?.as_str())
            .collect()
    }

    fn detail(&self) -> &str {
        self.problem
            .get("detail")
            .and_then(Value::as_str)
            .unwrap_or("refused")
    }
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.detail())?;
        for fault in self
            .faults()
            .into_iter()
            .filter(|fault| *fault != self.detail())
        {
            write!(f, "\n  {fault}")?;
        }
        Ok(())
    }
}
