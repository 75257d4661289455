//! What handlers take from a request. Each extractor fails with a [`Problem`] that says what to
//! correct.

use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use bytes::Bytes;
use http::{HeaderMap, header};
use serde::de::DeserializeOwned;
use tollgate_model::ids::NameError;
use tollgate_model::resource::{Kind, with_suggestion};
use tollgate_model::{Micros, Name};

use crate::problem::{Problem, pointer};

/// The largest body that the admin API reads.
pub(crate) const BODY_LIMIT: usize = 4 << 20;

/// A JSON body.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Body<T>, Problem> {
        require_json(request.headers())?;
        let bytes = Bytes::from_request(request, state).await.map_err(unread)?;
        read_json(&bytes).map(Body)
    }
}

/// The text of a JSON body, whose numbers nobody has read yet.
pub(crate) struct JsonText(pub(crate) String);

impl<S: Send + Sync> FromRequest<S> for JsonText {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<JsonText, Problem> {
        require_json(request.headers())?;
        let bytes = Bytes::from_request(request, state).await.map_err(unread)?;
        let text = String::from_utf8(bytes.into());
        text.map(JsonText)
            .map_err(|_| Problem::bad_request("The body is not JSON: it is not text in UTF-8."))
    }
}

fn require_json(headers: &HeaderMap) -> Result<(), Problem> {
    let declared = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let essence = declared.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    let detail = match essence {
        "" => "The request does not say what its body is; send Content-Type: application/json.",
        _ => "The body is declared as something else; send Content-Type: application/json.",
    };
    Err(Problem::unsupported_media_type(detail))
}

fn unread(rejection: BytesRejection) -> Problem {
    if rejection.status() == http::StatusCode::PAYLOAD_TOO_LARGE {
        return Problem::too_large("The body is larger than 4 MiB.");
    }
    Problem::bad_request("The body did not arrive whole.")
}

fn read_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        let error = error.into_inner();
        let what = error.to_string();
        if !error.is_data() {
            return Problem::bad_request(format!("The body is not JSON: {what}"));
        }
        // The pointer says where; line and column are those of a body that nobody looks at.
        let what = what
            .rsplit_once(" at line ")
            .map_or(what.as_str(), |(what, _)| what);
        let at = if path == "." { String::new() } else { path };
        Problem::bad_request(with_suggestion(what)).at(pointer("#", &at))
    })?;
    reader
        .end()
        .map_err(|_| Problem::bad_request("The body goes on after the end of the JSON value."))?;
    Ok(value)
}

/// The parameters of the query. Unknown ones are refused.
pub(crate) struct Parameters<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Parameters<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Parameters<T>, Problem> {
        let read = axum::extract::Query::<T>::try_from_uri(&parts.uri);
        let read = read.map_err(|error| {
            let told = error.body_text();
            let what = told
                .rsplit_once("query string: ")
                .map_or(told.as_str(), |(_, what)| what);
            Problem::bad_request(format!(
                "The query cannot be read: {}",
                with_suggestion(what)
            ))
        })?;
        Ok(Parameters(read.0))
    }
}

/// What the path names.
pub(crate) struct Path<T>(pub(crate) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Path<T>, Problem> {
        let read = axum::extract::Path::<T>::from_request_parts(parts, state).await;
        let read = read.map_err(|error| {
            Problem::not_found(format!("The address names nothing: {}.", error.body_text()))
        })?;
        Ok(Path(read.0))
    }
}

/// What a write expects of the resource that it replaces (RFC 9110, section 13).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Precondition {
    /// `If-Match`: the revision at which the resource has to be.
    pub(crate) revision: Option<u64>,
    /// `If-Match: *`: the resource has to be there.
    pub(crate) exists: bool,
    /// `If-None-Match: *`: the resource must not be there.
    pub(crate) absent: bool,
}

impl<S: Send + Sync> FromRequestParts<S> for Precondition {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Precondition, Problem> {
        Precondition::read(&parts.headers)
    }
}

impl Precondition {
    fn read(headers: &HeaderMap) -> Result<Precondition, Problem> {
        let text = |name| match headers.get(&name) {
            None => Ok(None),
            Some(value) => value.to_str().map(|text| Some(text.trim())).map_err(|_| {
                Problem::bad_request(format!("The header {name} is not readable text."))
            }),
        };
        let mut read = Precondition::default();
        match text(header::IF_MATCH)? {
            None => {}
            Some("*") => read.exists = true,
            Some(tag) => read.revision = Some(revision_of(tag)?),
        }
        match text(header::IF_NONE_MATCH)? {
            None => {}
            Some("*") => read.absent = true,
            Some(_) => {
                let detail = "A write takes `If-None-Match: *` only: create, do not replace.";
                return Err(Problem::bad_request(detail));
            }
        }
        Ok(read)
    }
}

fn revision_of(tag: &str) -> Result<u64, Problem> {
    let digits = tag
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    digits
        .and_then(|digits| digits.parse().ok())
        .ok_or_else(|| {
            let detail = "If-Match takes one ETag as the API gives it: a revision in quotes.";
            Problem::bad_request(detail)
        })
}

/// The key by which a request that is sent twice has its effect once, where it has one.
pub(crate) struct IdempotencyKey(pub(crate) Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<IdempotencyKey, Problem> {
        let Some(key) = parts.headers.get("idempotency-key") else {
            return Ok(IdempotencyKey(None));
        };
        let key = key.to_str().ok().filter(|key| {
            (1..=200).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic())
        });
        let key = key.ok_or_else(|| {
            Problem::bad_request("Idempotency-Key takes 1 to 200 visible ASCII characters.")
        })?;
        Ok(IdempotencyKey(Some(key.to_owned())))
    }
}

/// The ETag of a resource at a revision.
pub(crate) fn etag(revision: u64) -> String {
    format!("\"{revision}\"")
}

/// The kind of this word.
pub(crate) fn kind(word: &str) -> Result<Kind, Problem> {
    Kind::parse(word).ok_or_else(|| {
        let known = Kind::ALL.map(Kind::as_str).join(", ");
        Problem::not_found(format!("There is no kind \"{word}\"; there are {known}."))
    })
}

/// The name in this text.
pub(crate) fn name(text: &str) -> Result<Name, Problem> {
    text.parse()
        .map_err(|error: NameError| Problem::bad_request(error.to_string()))
}

/// How many items a page holds: what was asked for, from 1 to 1000, or the usual number.
pub(crate) fn page_size(limit: Option<u32>, usual: u32) -> Result<u32, Problem> {
    match limit.unwrap_or(usual) {
        size @ 1..=1000 => Ok(size),
        _ => Err(Problem::bad_request("`limit` is a number from 1 to 1000.")),
    }
}

/// A point in time as the query gives it: RFC 3339, or a span such as `1h` or `7d` that ends now.
pub(crate) fn moment(text: &str, now: Micros) -> Result<Micros, Problem> {
    if let Some(at) = Micros::parse(text) {
        return Ok(at);
    }
    let micros = span(text).ok_or_else(|| {
        let detail = format!(
            "\"{text}\" is neither a time such as 2026-12-31T23:59:59Z nor a span such as 1h or 7d."
        );
        Problem::bad_request(detail)
    })?;
    Ok(Micros(now.0.saturating_sub(micros)))
}

/// The microseconds of a span such as `90d`, `12h` or `1d 6h`, a day being 24 hours. `None` where
/// it cannot be read, is negative, or holds months or years, which have no fixed length.
pub(crate) fn span(text: &str) -> Option<i64> {
    let span: jiff::Span = text.parse().ok()?;
    let length = span
        .to_duration(jiff::SpanRelativeTo::days_are_24_hours())
        .ok()?;
    let micros = i64::try_from(length.as_micros()).ok()?;
    (micros > 0).then_some(micros)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        #[allow(dead_code)]
        list: Vec<u8>,
    }

    #[test]
    fn a_bad_body_is_told_where_and_what() {
        let told = [
            "{\"list\":",
            r#"{"list":[1,"two"]}"#,
            r#"{"lists":[]}"#,
            r#"{"list":[]} []"#,
        ]
        .map(|body| {
            read_json::<Sample>(body.as_bytes())
                .unwrap_err()
                .to_string()
        });
        insta::assert_snapshot!(told.join("\n"), @r#"
        bad_request: The body is not JSON: EOF while parsing a value at line 1 column 8.
        bad_request: Invalid type: string "two", expected u8.
        bad_request: Unknown field `lists`, expected `list`; did you mean `list`?
        bad_request: The body goes on after the end of the JSON value.
        "#);
    }

    #[test]
    fn preconditions_are_read_from_their_headers() {
        let read = |name, value| {
            let mut headers = HeaderMap::new();
            headers.insert(name, HeaderValue::from_static(value));
            Precondition::read(&headers).map_err(|problem| problem.to_string())
        };
        assert_eq!(read(header::IF_MATCH, "\"7\"").unwrap().revision, Some(7));
        assert!(read(header::IF_MATCH, "*").unwrap().exists);
        assert!(read(header::IF_NONE_MATCH, "*").unwrap().absent);
        assert!(read(header::IF_MATCH, "7").is_err());
        assert!(read(header::IF_MATCH, "W/\"7\"").is_err());
        assert!(read(header::IF_NONE_MATCH, "\"7\"").is_err());
    }

    #[test]
    fn spans_have_a_fixed_length() {
        assert_eq!(span("90d"), Some(90 * 86_400 * 1_000_000));
        assert_eq!(span("1d 6h"), Some(30 * 3_600 * 1_000_000));
        for text in ["", "1mo", "-1h", "0s", "soon", "12"] {
            assert_eq!(span(text), None, "{text}");
        }
        let now = Micros(10_000_000_000);
        assert_eq!(moment("1h", now).unwrap(), Micros(6_400_000_000));
    }
}
