//! Why a source cannot be imported at all.

/// Why a source cannot be imported: a sentence that names the place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ImportError(String);

impl ImportError {
    /// An error of a whole source.
    pub fn new(message: impl Into<String>) -> ImportError {
        ImportError(message.into())
    }

    /// An error at a line of a file; the line is 0 where it is not known.
    pub(crate) fn at(file: &str, line: u64, message: impl std::fmt::Display) -> ImportError {
        match line {
            0 => ImportError(format!("{file}: {message}")),
            _ => ImportError(format!("{file}, line {line}: {message}")),
        }
    }
}
