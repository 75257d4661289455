//! What goes wrong in the admin API, as RFC 9457 `application/problem+json`. A handler fails with a
//! [`Problem`] made by a constructor that is a word; nothing else in the crate writes an error.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tollgate_model::resource::SpecError;

use crate::schema::described;

/// What a problem of the admin API means.
#[derive(Clone, Copy, Debug)]
pub struct ProblemRow {
    /// The stable code, also the end of the problem's `type`.
    pub code: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// A short title, the same for every occurrence.
    pub title: &'static str,
    /// What it means.
    pub meaning: &'static str,
    /// What to do about it.
    pub fix: &'static str,
}

macro_rules! codes {
    ($($name:ident $code:literal $status:literal $title:literal $meaning:literal $fix:literal;)*) => {
        /// The problems of the admin API. The code is stable: programs may match on it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Code { $(#[doc = $meaning] $name,)* }

        impl Code {
            /// Every code.
            pub const ALL: [Code; [$($code),*].len()] = [$(Code::$name),*];

            /// What the code means.
            pub const fn row(self) -> &'static ProblemRow {
                match self {
                    $(Code::$name => &ProblemRow {
                        code: $code, status: $status, title: $title, meaning: $meaning, fix: $fix,
                    },)*
                }
            }
        }
    };
}

codes! {
    BadRequest "bad_request" 400 "The request cannot be read"
        "A parameter or the body is not what this address takes."
        "Correct the request at the place that the message names.";
    Unauthorized "unauthorized" 401 "Sign in first"
        "The request carries neither a session nor the operator's token, or one that is not good any more."
        "Sign in to the console; a program sends `Authorization: Bearer TOKEN` with the token of the data folder.";
    WrongPassword "wrong_password" 401 "Nobody is signed in by this name and password"
        "There is nobody of this name, or the password is another; which of the two is not told."
        "Try again. Where the password is lost, an owner or `tollgate person reset NAME` makes a link for a new one.";
    Forbidden "forbidden" 403 "The role does not have this permission"
        "Whoever makes the request is known, and their role may not do this."
        "Ask somebody whose role may, or an owner to give you another role.";
    Csrf "csrf" 403 "The request may come from a foreign page"
        "The request has a session and does not show that it was made by the console, or it says that it was made by another page."
        "Reload the console and try again; a program sends the operator's token instead of a cookie.";
    NotFound "not_found" 404 "There is no such thing"
        "The address, or the thing that it names, does not exist."
        "Check the spelling; the message names near matches where there are any.";
    MethodNotAllowed "wrong_method" 405 "Wrong method"
        "The address exists, but not with this HTTP method."
        "Use a method that the API's description lists for this address.";
    Conflict "conflict" 409 "The request contradicts what is there"
        "What was asked for does not fit the present state: something depends on it, or it exists already."
        "Look at what the message names, and change that first.";
    PreconditionFailed "precondition_failed" 412 "It has changed in the meantime"
        "The resource is not at the revision that the request expects."
        "Read it again, apply your change to what you read, and send that with its new revision.";
    TooLarge "too_large" 413 "The request is too large"
        "The body is larger than the admin API accepts."
        "Send it in parts; a body may have 4 MiB.";
    UnsupportedMediaType "unsupported_media_type" 415 "The body is not declared as JSON"
        "The admin API takes JSON, and the request says that its body is something else."
        "Send `Content-Type: application/json`.";
    Misdirected "misdirected" 421 "This is not an address of the console"
        "The `Host` of the request is no name of this listener, as happens when a foreign web page is made to point at it."
        "Use localhost, an IP address, or a name that is configured for the control listener.";
    Invalid "invalid" 422 "The configuration is not valid"
        "The request can be read, but what it asks for would not work."
        "Correct each fault that is listed; nothing was changed.";
    TooManyAttempts "too_many_attempts" 429 "Too many attempts to sign in"
        "There were too many wrong passwords for one name, or too many attempts from one address."
        "Wait for as long as `Retry-After` says. Where the password is lost, have a link made for a new one.";
    Unavailable "unavailable" 503 "The gateway cannot do this right now"
        "Something that this takes is missing for now: the store, the gateway, or a free place among those that there are."
        "The message says what is missing. Where it is the store, look at the gateway's disk and database; then try again.";
    Internal "internal" 500 "The gateway made a mistake"
        "Something happened that should be impossible."
        "Look at the log at the time of the request, and report it.";
}

impl Code {
    /// The code of this word.
    pub fn from_code(code: &str) -> Option<Code> {
        Code::ALL.into_iter().find(|known| known.row().code == code)
    }
}

/// One fault within a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Fault {
    /// Where, as a JSON Pointer fragment into the request's body such as
    /// `#/documents/0/spec/targets/1`; absent where the fault lies in what is stored already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// What is wrong and what to do.
    pub detail: String,
}

/// The body of every error of the admin API, after RFC 9457.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Problem")]
pub struct ProblemBody {
    /// The page of the problem, relative to the API's own address.
    #[serde(rename = "type")]
    pub kind: String,
    /// The same for every occurrence.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// The stable code.
    pub code: String,
    /// What happened in this case.
    pub detail: String,
    /// Each fault, where there can be several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Fault>,
}

described!(ProblemBody);

/// Why a request of the admin API fails.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{}: {detail}", .code.row().code)]
pub struct Problem {
    code: Code,
    detail: String,
    errors: Vec<Fault>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Problem {
    fn new(code: Code, detail: impl Into<String>) -> Problem {
        Problem {
            code,
            detail: sentence(&detail.into()),
            errors: Vec::new(),
            headers: Vec::new(),
        }
    }

    /// The code of the problem.
    pub fn code(&self) -> Code {
        self.code
    }

    /// 400: the request cannot be read.
    pub(crate) fn bad_request(detail: impl Into<String>) -> Problem {
        Problem::new(Code::BadRequest, detail)
    }

    /// 401: no token, or a wrong one.
    pub(crate) fn unauthorized(detail: impl Into<String>) -> Problem {
        let challenge = HeaderValue::from_static("Bearer realm=\"tollgate\"");
        Problem::new(Code::Unauthorized, detail).with_header(header::WWW_AUTHENTICATE, challenge)
    }

    /// 401: no such name, or not with this password.
    pub(crate) fn wrong_password() -> Problem {
        let detail = "The name or the password is wrong.";
        Problem::new(Code::WrongPassword, detail)
    }

    /// 403: the role does not have the permission.
    pub(crate) fn forbidden(detail: impl Into<String>) -> Problem {
        Problem::new(Code::Forbidden, detail)
    }

    /// 403: the request may come from a foreign page.
    pub(crate) fn csrf(detail: impl Into<String>) -> Problem {
        Problem::new(Code::Csrf, detail)
    }

    /// 404: the thing does not exist.
    pub(crate) fn not_found(detail: impl Into<String>) -> Problem {
        Problem::new(Code::NotFound, detail)
    }

    /// 405: not with this method.
    pub(crate) fn wrong_method(detail: impl Into<String>) -> Problem {
        Problem::new(Code::MethodNotAllowed, detail)
    }

    /// 409: it contradicts what is there.
    pub(crate) fn conflict(detail: impl Into<String>) -> Problem {
        Problem::new(Code::Conflict, detail)
    }

    /// 412: the resource is not at the expected revision.
    pub(crate) fn precondition_failed(detail: impl Into<String>) -> Problem {
        Problem::new(Code::PreconditionFailed, detail)
    }

    /// 413: the body is too large.
    pub(crate) fn too_large(detail: impl Into<String>) -> Problem {
        Problem::new(Code::TooLarge, detail)
    }

    /// 415: the body is not declared as JSON.
    pub(crate) fn unsupported_media_type(detail: impl Into<String>) -> Problem {
        Problem::new(Code::UnsupportedMediaType, detail)
    }

    /// 421: the `Host` is no name of this listener.
    pub(crate) fn misdirected(detail: impl Into<String>) -> Problem {
        Problem::new(Code::Misdirected, detail)
    }

    /// 422: what was asked for would not work.
    pub(crate) fn invalid(detail: impl Into<String>, errors: Vec<Fault>) -> Problem {
        let mut problem = Problem::new(Code::Invalid, detail);
        problem.errors = errors;
        problem
    }

    /// 429: too many attempts to sign in; another may be made after so many seconds.
    pub(crate) fn too_many_attempts(detail: impl Into<String>, seconds: u64) -> Problem {
        Problem::new(Code::TooManyAttempts, detail).retry_after(seconds)
    }

    /// 503: something is missing for now, such as the store.
    pub(crate) fn unavailable(detail: impl Into<String>) -> Problem {
        Problem::new(Code::Unavailable, detail)
    }

    /// 500: should be impossible. The cause goes to the log, never to the caller.
    pub(crate) fn internal(cause: impl std::fmt::Display) -> Problem {
        tracing::error!(%cause, "the admin API failed");
        Problem::new(
            Code::Internal,
            "The request could not be served; the gateway's log has the cause.",
        )
    }

    /// Names the member of the body that is at fault.
    #[must_use]
    pub(crate) fn at(mut self, pointer: impl Into<String>) -> Problem {
        let pointer = Some(pointer.into());
        let detail = self.detail.clone();
        self.errors.push(Fault { pointer, detail });
        self
    }

    /// Tells when it is worth another try: after so many seconds.
    #[must_use]
    pub(crate) fn retry_after(self, seconds: u64) -> Problem {
        self.with_header(header::RETRY_AFTER, seconds.into())
    }

    fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Problem {
        self.headers.push((name, value));
        self
    }

    fn body(self) -> ProblemBody {
        let row = self.code.row();
        ProblemBody {
            kind: format!("/problems/{}", row.code),
            title: row.title.to_owned(),
            status: row.status,
            code: row.code.to_owned(),
            detail: self.detail,
            errors: self.errors,
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(mut self) -> Response {
        let status = StatusCode::from_u16(self.code.row().status)
            .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = std::mem::take(&mut self.headers);
        let mut response = (status, Json(self.body())).into_response();
        let kind = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        response.headers_mut().extend(headers);
        response
    }
}

/// A message as a sentence: with a capital and a full stop.
fn sentence(message: &str) -> String {
    let mut letters = message.chars();
    let first = letters
        .next()
        .map(|letter| letter.to_uppercase().to_string());
    let end = if message.ends_with(['.', '!', '?']) {
        ""
    } else {
        "."
    };
    first.unwrap_or_default() + letters.as_str() + end
}

/// The JSON Pointer fragment of a path as specs write them: `spec.targets[0].provider` becomes
/// `#/spec/targets/0/provider` under the prefix `#`.
pub(crate) fn pointer(prefix: &str, path: &str) -> String {
    let escaped = path.replace('~', "~0").replace('/', "~1");
    let parts = escaped
        .split(['.', '['])
        .map(|part| part.trim_end_matches(']'));
    parts
        .filter(|part| !part.is_empty())
        .fold(prefix.to_owned(), |pointer, part| pointer + "/" + part)
}

/// The fault of a spec error in a body whose documents lie at these places: each place is the text
/// `Kind name` with the pointer of the document.
pub(crate) fn spec_fault(error: &SpecError, places: &[(String, String)]) -> Fault {
    let within = places.iter().find_map(|(owner, at)| {
        let path = error.place.strip_prefix(owner.as_str())?;
        Some(pointer(at, path.strip_prefix(": ")?))
    });
    Fault {
        pointer: within,
        detail: error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_their_statuses_are_errors() {
        let mut seen = std::collections::BTreeSet::new();
        for code in Code::ALL {
            assert!(seen.insert(code.row().code));
            assert_eq!(Code::from_code(code.row().code), Some(code));
            assert!((400..600).contains(&code.row().status));
        }
    }

    #[test]
    fn a_problem_says_type_title_status_and_what_happened() {
        let body = Problem::conflict("team acme has applications: web").body();
        insta::assert_snapshot!(serde_json::to_string_pretty(&body).unwrap(), @r#"
        {
          "type": "/problems/conflict",
          "title": "The request contradicts what is there",
          "status": 409,
          "code": "conflict",
          "detail": "Team acme has applications: web."
        }
        "#);
    }

    #[test]
    fn details_are_sentences() {
        assert_eq!(sentence("the name is taken"), "The name is taken.");
        assert_eq!(sentence("Taken!"), "Taken!");
    }

    #[test]
    fn a_path_of_a_spec_becomes_a_json_pointer() {
        assert_eq!(
            pointer("#", "spec.targets[0].provider"),
            "#/spec/targets/0/provider"
        );
        assert_eq!(
            pointer("#/documents/2", "spec.prices.a/b"),
            "#/documents/2/spec/prices/a~1b"
        );
    }

    #[test]
    fn a_fault_points_into_the_document_it_belongs_to() {
        let places = [("Model smart".to_owned(), "#/documents/1".to_owned())];
        let inside = SpecError::new("Model smart: spec.targets[0].provider", "no such provider");
        let fault = spec_fault(&inside, &places);
        assert_eq!(
            fault.pointer.as_deref(),
            Some("#/documents/1/spec/targets/0/provider")
        );
        let elsewhere = SpecError::new("Model smarter: spec.targets", "no such provider");
        assert_eq!(spec_fault(&elsewhere, &places).pointer, None);
    }
}
