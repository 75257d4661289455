//! What came back from a provider: the head of its answer, the body within bounds, and how it
//! failed.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::{CONTENT_TYPE, HeaderName, RETRY_AFTER};
use tollgate_catalog::money::{ErrorView, classify};
use tollgate_dialect::bedrock::type_name;
use tollgate_dialect::codec::ProviderError;
use tollgate_model::call::FailureClass;
use tollgate_model::resources::Timeouts;
use tollgate_model::snapshot::ProviderPlan;
use tollgate_model::{Micros, Reason, Refusal};

use crate::connection::Chunks;
use crate::pool::SendError;
use crate::routing::left::Left;

/// The most of a whole answer that is read.
const WHOLE_MOST: usize = 64 * 1024 * 1024;
/// The most of an error that is read, and for how long.
const ERROR_MOST: usize = 64 * 1024;
const ERROR_TIME: Duration = Duration::from_secs(5);
/// The most characters of a provider's message that are kept.
const NOTE_MOST: usize = 300;
/// The most characters of a provider's code.
const CODE_MOST: usize = 64;
/// Where AWS tells the type of an error.
static ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");
/// How many milliseconds to wait, from those who tell it more exactly than in seconds.
static RETRY_AFTER_MS: HeaderName = HeaderName::from_static("retry-after-ms");

/// What the head of an answer says.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    pub(crate) status: u16,
    /// Whether it is a stream of the dialect in which the provider was asked.
    pub(crate) is_stream: bool,
    /// Seconds.
    pub(crate) retry_after: Option<u64>,
    /// What is left of the provider's limits.
    pub(crate) left: Left,
    /// The type of an error, where it is told in a header.
    pub(crate) error_type: Option<String>,
}

impl Head {
    /// Reads a head; `stream_type` is the content type that a streamed answer has.
    pub(crate) fn of(parts: &http::response::Parts, stream_type: &str, now: Micros) -> Head {
        let text = |name: &HeaderName| {
            parts
                .headers
                .get(name)
                .and_then(|value| value.to_str().ok())
        };
        let kind = text(&CONTENT_TYPE).unwrap_or_default();
        let millis = text(&RETRY_AFTER_MS).and_then(|text| text.trim().parse::<u64>().ok());
        let after = text(&RETRY_AFTER).and_then(|text| seconds(text.trim(), now));
        Head {
            status: parts.status.as_u16(),
            is_stream: kind
                .trim_start()
                .get(..stream_type.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(stream_type)),
            retry_after: millis.map(|millis| millis.div_ceil(1000)).or(after),
            left: Left::of(&parts.headers, now),
            error_type: text(&ERROR_TYPE).map(|text| type_name(text).to_owned()),
        }
    }
}

/// Reads `Retry-After`: seconds, or a date (RFC 9110, section 10.2.3).
fn seconds(text: &str, now: Micros) -> Option<u64> {
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(seconds);
    }
    date(text).map(|date| now.seconds_until(date))
}

/// Reads a date of HTTP (RFC 9110, section 5.6.7); `None` where it is none.
pub(crate) fn date(text: &str) -> Option<Micros> {
    let date = httpdate::parse_http_date(text).ok()?;
    let date = date.duration_since(std::time::UNIX_EPOCH).ok()?.as_micros();
    i64::try_from(date).ok().map(Micros)
}

/// Waits for the first piece of an answer that goes on as it comes.
pub(crate) async fn first_piece(
    incoming: &mut impl Chunks,
    waits: Timeouts,
) -> Result<Bytes, Failure> {
    let limit = Duration::from_millis(u64::from(waits.first_byte_ms));
    loop {
        match tokio::time::timeout(limit, incoming.chunk()).await {
            Err(_) => {
                let why = SendError::Timeout(waits.first_byte_ms).to_string();
                return Err(Failure::without_answer(FailureClass::Timeout, why));
            }
            Ok(Some(Ok(bytes))) if bytes.is_empty() => {}
            Ok(Some(Ok(bytes))) => return Ok(bytes),
            Ok(Some(Err(why))) => {
                return Err(Failure::without_answer(FailureClass::Unreachable, why));
            }
            Ok(None) => {
                let why = "the stream ended before its first event".to_owned();
                return Err(Failure::unreadable(why));
            }
        }
    }
}

/// Reads a whole answer.
pub(crate) async fn read_whole(incoming: &mut impl Chunks, idle_ms: u32) -> Result<Bytes, Failure> {
    let limit = Duration::from_millis(u64::from(idle_ms));
    let mut first = Bytes::new();
    let mut rest = BytesMut::new();
    loop {
        let next = tokio::time::timeout(limit, incoming.chunk())
            .await
            .map_err(|_| {
                let why = format!("the answer stood still for {idle_ms} ms");
                Failure::without_answer(FailureClass::Timeout, why)
            })?;
        let Some(next) = next else { break };
        let bytes = next.map_err(Failure::unreadable)?;
        if first.is_empty() && rest.is_empty() {
            first = bytes;
            continue;
        }
        if first.len() + rest.len() + bytes.len() > WHOLE_MOST {
            let why = format!("the answer is longer than {WHOLE_MOST} bytes");
            return Err(Failure::unreadable(why));
        }
        if rest.is_empty() {
            rest.extend_from_slice(&std::mem::take(&mut first));
        }
        rest.extend_from_slice(&bytes);
    }
    Ok(if rest.is_empty() {
        first
    } else {
        rest.freeze()
    })
}

/// Reads the body of an error, as much of it as is of use.
pub(crate) async fn read_error(incoming: &mut impl Chunks) -> Bytes {
    let mut read = BytesMut::new();
    let reading = async {
        while let Some(Ok(bytes)) = incoming.chunk().await {
            let room = ERROR_MOST.saturating_sub(read.len());
            read.extend_from_slice(bytes.get(..room.min(bytes.len())).unwrap_or_default());
            if room <= bytes.len() {
                break;
            }
        }
    };
    // What has come until then is enough: it only serves to tell how the provider failed.
    let _ = tokio::time::timeout(ERROR_TIME, reading).await;
    read.freeze()
}

/// How an attempt failed.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    pub(crate) class: FailureClass,
    pub(crate) status: Option<u16>,
    /// Seconds.
    pub(crate) retry_after: Option<u64>,
    /// What the provider or the network said, without secrets.
    pub(crate) note: String,
    /// The provider's code for it, a word that programs know.
    pub(crate) code: Option<String>,
    pub(crate) param: Option<String>,
}

impl Failure {
    /// There was no answer, or none that could be read.
    pub(crate) fn without_answer(class: FailureClass, why: String) -> Failure {
        Failure {
            class,
            status: None,
            retry_after: None,
            note: why,
            code: None,
            param: None,
        }
    }

    /// The answer began well, and what came is none.
    pub(crate) fn unreadable(why: String) -> Failure {
        let class = FailureClass::BadResponse;
        Failure {
            status: Some(200),
            ..Failure::without_answer(class, why)
        }
    }

    /// The request could not be made.
    pub(crate) fn unsendable(refusal: Refusal) -> Failure {
        let class = match refusal.reason {
            Reason::UpstreamAuthFailed => FailureClass::Auth,
            _ => FailureClass::Unreachable,
        };
        Failure::without_answer(class, refusal.detail)
    }

    /// The provider answered with an error.
    pub(crate) fn answered(
        provider: &ProviderPlan,
        head: &Head,
        mut error: ProviderError,
        secret: &str,
    ) -> Failure {
        error.kind = error.kind.or_else(|| head.error_type.clone());
        let class = class_of(provider, head.status, &error);
        let retry_after = head.retry_after.or(error.retry_after);
        Failure::told(class, head.status, retry_after, error, secret)
    }

    /// The provider told of an error in an answer whose status says success.
    pub(crate) fn told_in_success(
        provider: &ProviderPlan,
        error: ProviderError,
        secret: &str,
    ) -> Failure {
        let status = told_status(&error);
        let (class, retry_after) = (class_of(provider, status, &error), error.retry_after);
        Failure::told(class, status, retry_after, error, secret)
    }

    /// The provider said so.
    pub(crate) fn told(
        class: FailureClass,
        status: u16,
        retry_after: Option<u64>,
        error: ProviderError,
        secret: &str,
    ) -> Failure {
        let note = redacted(&error.message, secret);
        Failure {
            class,
            status: Some(status),
            retry_after,
            note,
            code: error.code.filter(|code| is_word(code)),
            param: error.param,
        }
    }
}

fn class_of(provider: &ProviderPlan, status: u16, error: &ProviderError) -> FailureClass {
    let view = ErrorView {
        message: &error.message,
        code: error.code.as_deref(),
        kind: error.kind.as_deref(),
    };
    classify(provider.catalog.as_deref(), status, &view)
}

/// The status that an error in a 200 speaks of: its code where that is one, else a failure of the
/// provider's.
fn told_status(error: &ProviderError) -> u16 {
    let code = error
        .code
        .as_deref()
        .and_then(|code| code.parse::<u16>().ok());
    code.filter(|code| (400..600).contains(code)).unwrap_or(500)
}

/// Whether a code is a plain word, not a number and not a sentence.
fn is_word(code: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"_-.:".contains(&b);
    code.len() <= CODE_MOST
        && code.bytes().all(plain)
        && code.bytes().any(|b| b.is_ascii_alphabetic())
}

/// A provider's message without anything that may be a key: ours, or a long word with digits in it.
pub(crate) fn redacted(message: &str, secret: &str) -> String {
    let without = if secret.is_empty() {
        message.to_owned()
    } else {
        message.replace(secret, "[redacted]")
    };
    let is_key_like = |word: &str| {
        let trimmed = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        trimmed.len() >= 20
            && trimmed.bytes().any(|b| b.is_ascii_digit())
            && trimmed
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-_*.".contains(&b))
    };
    let words = without.split(' ').map(|word| {
        let begins = ["sk-", "tg_", "AIza", "gsk_", "xai-"]
            .iter()
            .any(|start| word.contains(start));
        if begins || is_key_like(word) {
            "[redacted]"
        } else {
            word
        }
    });
    words
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .take(NOTE_MOST)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_may_be_a_key_is_kept_of_a_message() {
        let message =
            "Incorrect API key provided: sk-ab12****wxyz. Find it at https://x.example/keys";
        let kept = redacted(message, "");
        assert_eq!(
            kept,
            "Incorrect API key provided: [redacted] Find it at https://x.example/keys"
        );
        assert_eq!(
            redacted("bad key hunter2!", "hunter2"),
            "bad key [redacted]!"
        );
        assert_eq!(
            redacted("token 0123456789abcdef01234 bad", ""),
            "token [redacted] bad"
        );
    }

    #[test]
    fn er_08_retry_after_is_read_as_seconds_and_as_a_date() {
        let now = Micros::parse("2026-11-24T08:00:00Z").unwrap();
        assert_eq!(seconds("7", now), Some(7));
        assert_eq!(seconds("Tue, 24 Nov 2026 08:01:00 GMT", now), Some(60));
        assert_eq!(seconds("Tue, 24 Nov 2026 07:00:00 GMT", now), Some(0));
        assert_eq!(seconds("soon", now), None);
    }
}
