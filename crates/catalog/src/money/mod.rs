//! How providers fail, and above all how they say "no money": what class a failure is of, and how
//! long a credential rests after it.

mod phrase;
mod table;

use tollgate_model::call::FailureClass;

use table::{Row, Search};

/// What a provider said when it failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ErrorView<'a> {
    /// The message for people. It may echo the caller's prompt, so that only bounded phrases are
    /// looked for in it, in its first 4 KiB.
    pub message: &'a str,
    /// The code, a number or a word; the most particular one where there are several.
    pub code: Option<&'a str>,
    /// The type, or the status word.
    pub kind: Option<&'a str>,
}

/// How much of a message is read, in bytes.
const READ: usize = 4096;

/// What class a failed attempt is of. `provider` is the id of its catalogue entry, where it has
/// one; `status` that of its answer, which for an error inside of a stream is 200.
///
/// Looked at in this order: the code or type that this provider, or any, is known to use; status
/// 402; the words of the message; the status.
pub fn classify(provider: Option<&str>, status: u16, error: &ErrorView<'_>) -> FailureClass {
    let search = Search {
        provider: provider.unwrap_or_default(),
        status: told_status(status, error),
        code: error.code.unwrap_or_default(),
        kind: error.kind.unwrap_or_default(),
        message: start_of(error.message),
    };
    search
        .first(table::KNOWN)
        .map_or_else(|| unknown(&search), |row| row.class)
}

/// The class of a failure that no known code tells.
fn unknown(search: &Search<'_>) -> FailureClass {
    if search.status == 402 {
        return FailureClass::Unfunded;
    }
    let told = search.first(table::WORDED).map(|row: &Row| row.class);
    told.unwrap_or_else(|| by_status(search))
}

/// The status, or the one that an error inside of a stream carries as its code.
fn told_status(status: u16, error: &ErrorView<'_>) -> u16 {
    let inner = error.code.and_then(|code| code.parse::<u16>().ok());
    match inner {
        Some(inner) if status < 400 && (400..600).contains(&inner) => inner,
        _ => status,
    }
}

fn start_of(message: &str) -> &str {
    let mut end = message.len().min(READ);
    while !message.is_char_boundary(end) {
        end -= 1;
    }
    message.get(..end).unwrap_or_default()
}

fn by_status(search: &Search<'_>) -> FailureClass {
    match search.status {
        401 | 403 => FailureClass::Auth,
        404 | 405 | 410 => FailureClass::NotFound,
        408 | 499 | 504 | 524 => FailureClass::Timeout,
        429 => FailureClass::RateLimited,
        498 | 503 | 529 => FailureClass::Overloaded,
        409 | 423..=425 | 500..=599 => FailureClass::ServerError,
        400..=498 => FailureClass::Rejected,
        300..=399 => FailureClass::BadResponse,
        _ => search
            .first(table::KINDS)
            .map_or(FailureClass::ServerError, |row| row.class),
    }
}

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// How many failures in a row are a provider's hiccup, for which nothing rests.
const HICCUPS: u32 = 2;

/// How many seconds a credential rests after a failure; `None` where it need not. `consecutive`
/// counts the failures in a row, this one included, from 1; `retry_after` is what the provider
/// asked for, in seconds.
pub fn cool_down(class: FailureClass, consecutive: u32, retry_after: Option<u64>) -> Option<u64> {
    match class {
        FailureClass::Unfunded => Some(doubling(5 * MINUTE, HOUR, consecutive)),
        // At most a day, so that a limit which was raised at the provider is noticed by then.
        FailureClass::SpendLimit | FailureClass::QuotaUsed => {
            Some(retry_after.map_or(HOUR, |seconds| seconds.clamp(1, DAY)))
        }
        FailureClass::Auth => Some(doubling(MINUTE, HOUR, consecutive)),
        FailureClass::RateLimited => {
            let own = doubling(1, MINUTE, consecutive);
            Some(retry_after.map_or(own, |seconds| seconds.clamp(1, HOUR)))
        }
        FailureClass::Overloaded
        | FailureClass::ServerError
        | FailureClass::Unreachable
        | FailureClass::Timeout
        | FailureClass::BadResponse => {
            let over = consecutive.checked_sub(HICCUPS).filter(|over| *over > 0)?;
            Some(doubling(1, 30, over))
        }
        FailureClass::Rejected
        | FailureClass::NotFound
        | FailureClass::ContextTooLong
        | FailureClass::ContentFiltered
        | FailureClass::TooDear => None,
    }
}

/// `first` seconds for the first time, twice as many each further time, at most `most`.
fn doubling(first: u64, most: u64, time: u32) -> u64 {
    let doubled = 1u64.checked_shl(time.saturating_sub(1)).unwrap_or(u64::MAX);
    first.saturating_mul(doubled).min(most)
}

#[cfg(test)]
mod tests;
