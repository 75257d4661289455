//! The answer to a caller whose call was refused or failed, in the caller's dialect: every word of
//! it comes from the call's one [`Refusal`].

use serde::Serialize;
use tollgate_model::reason::{Cause, Row, Who};
use tollgate_model::resource::RuleRef;
use tollgate_model::{CallId, Dialect, Nanos, Reason, Refusal};

use crate::event_stream;

/// A refusal as one caller may see it.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// The refusal.
    pub refusal: &'a Refusal,
    /// The call that was refused.
    pub call: CallId,
    /// Whether the caller is known, so that amounts and rules that concern it may be shown.
    pub reveal: bool,
    /// How the whole story of the call is told, such as `tollgate explain call_…`.
    pub explain: Option<&'a str>,
}

/// The body of an answer: JSON in the dialect's shape for errors, with the members of the problem
/// (RFC 9457) beside it in the shapes of OpenAI and Bedrock and inside it in the others.
pub fn body(dialect: Dialect, view: &View<'_>) -> Vec<u8> {
    let problem = Problem::of(view);
    match dialect {
        Dialect::OpenaiChat | Dialect::OpenaiCompletions | Dialect::OpenaiResponses => {
            json(&OpenaiBody::of(view, problem))
        }
        Dialect::AnthropicMessages => json(&AnthropicBody::of(view, problem)),
        Dialect::Gemini => json(&GeminiBody::of(view, problem)),
        Dialect::Cohere => json(&CohereBody::of(view, problem)),
        Dialect::Ollama | Dialect::OllamaGenerate => json(&OllamaBody {
            error: view.message(),
            problem,
        }),
        Dialect::BedrockConverse => json(&BedrockBody::of(view, problem)),
    }
}

/// The body of an answer at an address that speaks no dialect: `application/problem+json`
/// (RFC 9457).
pub fn problem(view: &View<'_>) -> Vec<u8> {
    json(&Problem::of(view))
}

/// The header besides the body by which clients of a dialect tell errors apart, in a dialect that has
/// one.
pub fn error_header(dialect: Dialect, refusal: &Refusal) -> Option<(&'static str, &str)> {
    (dialect == Dialect::BedrockConverse).then(|| ("x-amzn-errortype", bedrock_type(refusal)))
}

/// The last event of a stream that broke off: the error, and no end of the answer after it.
pub fn stream_error(dialect: Dialect, view: &View<'_>) -> Vec<u8> {
    let (name, data): (&[u8], Vec<u8>) = match dialect {
        Dialect::OpenaiResponses => (b"event: error\n", json(&ResponsesEvent::of(view))),
        Dialect::AnthropicMessages => (b"event: error\n", body(dialect, view)),
        Dialect::OpenaiChat | Dialect::OpenaiCompletions | Dialect::Gemini => {
            (b"", body(dialect, view))
        }
        Dialect::Cohere => (b"event: message-end\n", json(&CohereEnd::of(view))),
        Dialect::Ollama | Dialect::OllamaGenerate => {
            return [&body(dialect, view)[..], b"\n"].concat();
        }
        Dialect::BedrockConverse => {
            let mut frame = Vec::new();
            let name = bedrock_exception(view.refusal);
            event_stream::exception(name, &body(dialect, view), &mut frame);
            return frame;
        }
    };
    [name, &b"data: "[..], &data, b"\n\n"].concat()
}

fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}

impl<'a> View<'a> {
    fn row(&self) -> &'static Row {
        self.refusal.reason.row()
    }

    /// What the caller reads. Sentences about amounts are only for whom they concern.
    fn message(&self) -> &'a str {
        if self.refusal.shortage.is_some() && !self.reveal {
            self.row().meaning
        } else {
            &self.refusal.detail
        }
    }
}

/// The members of a problem.
#[derive(Serialize)]
struct Problem<'a> {
    r#type: String,
    title: &'static str,
    status: u16,
    detail: &'a str,
    instance: String,
    reason: Reason,
    cause: Cause,
    who: Who,
    retry: RetryAdvice,
    fix: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    param: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    money: Option<Money<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'a RuleRef>,
    #[serde(skip_serializing_if = "Option::is_none")]
    explain: Option<&'a str>,
}

#[derive(Serialize)]
struct RetryAdvice {
    safe: bool,
    after_s: Option<u64>,
}

#[derive(Serialize)]
struct Money<'a> {
    currency: &'static str,
    scope: &'a str,
    required: Nanos,
    available: Nanos,
    #[serde(skip_serializing_if = "Option::is_none")]
    affordable_max_tokens: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resets_at: Option<String>,
}

impl<'a> Problem<'a> {
    fn of(view: &View<'a>) -> Problem<'a> {
        let refusal = view.refusal;
        let row = view.row();
        Problem {
            r#type: format!("/problems/{}", row.code),
            title: row.title,
            status: refusal.status,
            detail: view.message(),
            instance: format!("/calls/{}", view.call),
            reason: refusal.reason,
            cause: row.cause,
            who: row.who,
            retry: RetryAdvice {
                safe: refusal.should_retry(),
                after_s: refusal.retry_after,
            },
            fix: row.fix,
            param: refusal.param.as_deref(),
            money: view.reveal.then(|| Money::of(refusal)).flatten(),
            rule: refusal.rule.as_ref().filter(|_| view.reveal),
            explain: view.explain,
        }
    }
}

impl<'a> Money<'a> {
    fn of(refusal: &'a Refusal) -> Option<Money<'a>> {
        let shortage = refusal.shortage.as_ref()?;
        Some(Money {
            currency: "USD",
            scope: &shortage.scope,
            required: shortage.needed,
            available: shortage.available,
            affordable_max_tokens: shortage.affordable_max_tokens,
            resets_at: shortage.resets_at.map(|at| at.to_string()),
        })
    }
}

#[derive(Serialize)]
struct OpenaiBody<'a> {
    error: OpenaiError<'a>,
    #[serde(flatten)]
    problem: Problem<'a>,
}

#[derive(Serialize)]
struct OpenaiError<'a> {
    message: &'a str,
    r#type: &'static str,
    param: Option<&'a str>,
    code: &'a str,
}

impl<'a> OpenaiBody<'a> {
    fn of(view: &View<'a>, problem: Problem<'a>) -> OpenaiBody<'a> {
        let refusal = view.refusal;
        let error = OpenaiError {
            message: view.message(),
            r#type: openai_type(refusal),
            param: refusal.param.as_deref(),
            code: refusal
                .code
                .as_deref()
                .unwrap_or(openai_code(refusal.reason)),
        };
        OpenaiBody { error, problem }
    }
}

fn openai_type(refusal: &Refusal) -> &'static str {
    match (refusal.status, refusal.reason) {
        (402, _) | (_, Reason::BudgetExceeded) => "insufficient_quota",
        (403, _) => "permission_error",
        (429, _) => "rate_limit_error",
        (500.., _) => "server_error",
        _ => "invalid_request_error",
    }
}

/// Programs match on some of the dialect's own codes; all others are our reasons.
fn openai_code(reason: Reason) -> &'static str {
    match reason {
        Reason::KeyMissing | Reason::KeyInvalid => "invalid_api_key",
        Reason::UpstreamRateLimited => "rate_limit_exceeded",
        other => other.code(),
    }
}

/// The event `error`, which stands where no answer has begun yet.
#[derive(Serialize)]
struct ResponsesEvent<'a> {
    r#type: &'static str,
    code: &'a str,
    message: &'a str,
    param: Option<&'a str>,
    sequence_number: u64,
    problem: Problem<'a>,
}

impl<'a> ResponsesEvent<'a> {
    fn of(view: &View<'a>) -> ResponsesEvent<'a> {
        let OpenaiBody { error, problem } = OpenaiBody::of(view, Problem::of(view));
        ResponsesEvent {
            r#type: "error",
            code: error.code,
            message: error.message,
            param: error.param,
            sequence_number: 0,
            problem,
        }
    }
}

/// The event `error` of a realtime session.
#[derive(Serialize)]
struct RealtimeEvent<'a> {
    r#type: &'static str,
    event_id: String,
    error: RealtimeError<'a>,
    problem: Problem<'a>,
}

#[derive(Serialize)]
struct RealtimeError<'a> {
    #[serde(flatten)]
    error: OpenaiError<'a>,
    event_id: Option<&'a str>,
}

/// The event by which a realtime session is told of a refusal. `cause` is the id that the caller gave
/// to the event that is refused.
pub fn realtime_error(view: &View<'_>, cause: Option<&str>) -> String {
    let OpenaiBody { error, problem } = OpenaiBody::of(view, Problem::of(view));
    let event = RealtimeEvent {
        r#type: "error",
        event_id: format!("event_{}", view.call),
        error: RealtimeError {
            error,
            event_id: cause,
        },
        problem,
    };
    serde_json::to_string(&event).unwrap_or_default()
}

/// The members `error` and `problem` of an answer that failed after it had begun, as they are
/// written. The dialect has few codes for such an error; the reason stands in the problem.
pub(crate) fn failed_response(view: &View<'_>) -> String {
    let code = match view.refusal.reason {
        Reason::UpstreamRateLimited => "rate_limit_exceeded",
        _ => "server_error",
    };
    let error = serde_json::json!({ "code": code, "message": view.message() });
    let problem = serde_json::to_string(&Problem::of(view)).unwrap_or_default();
    format!("\"error\":{error},\"problem\":{problem}")
}

#[derive(Serialize)]
struct AnthropicBody<'a> {
    r#type: &'static str,
    error: AnthropicError<'a>,
    request_id: CallId,
}

#[derive(Serialize)]
struct AnthropicError<'a> {
    r#type: &'static str,
    message: &'a str,
    problem: Problem<'a>,
}

impl<'a> AnthropicBody<'a> {
    fn of(view: &View<'a>, problem: Problem<'a>) -> AnthropicBody<'a> {
        let error = AnthropicError {
            r#type: anthropic_type(view.refusal),
            message: view.message(),
            problem,
        };
        AnthropicBody {
            r#type: "error",
            error,
            request_id: view.call,
        }
    }
}

fn anthropic_type(refusal: &Refusal) -> &'static str {
    match (refusal.status, refusal.reason) {
        (529, _) | (_, Reason::UpstreamOverloaded) => "overloaded_error",
        (401, _) => "authentication_error",
        (402, _) => "billing_error",
        (403, _) => "permission_error",
        (404, _) => "not_found_error",
        (413, _) => "request_too_large",
        (429, _) => "rate_limit_error",
        (408 | 504, _) => "timeout_error",
        (500.., _) => "api_error",
        _ => "invalid_request_error",
    }
}

#[derive(Serialize)]
struct GeminiBody<'a> {
    error: GeminiError<'a>,
}

#[derive(Serialize)]
struct GeminiError<'a> {
    code: u16,
    message: &'a str,
    status: &'static str,
    details: Vec<GeminiDetail<'a>>,
}

#[derive(Serialize)]
#[serde(tag = "@type")]
enum GeminiDetail<'a> {
    #[serde(rename = "type.googleapis.com/google.rpc.ErrorInfo")]
    ErrorInfo {
        reason: String,
        domain: &'static str,
        metadata: GeminiMetadata,
    },
    #[serde(rename = "type.googleapis.com/google.rpc.RetryInfo")]
    RetryInfo {
        #[serde(rename = "retryDelay")]
        retry_delay: String,
    },
    #[serde(rename = "type.googleapis.com/google.protobuf.Struct")]
    Struct { value: Problem<'a> },
}

#[derive(Serialize)]
struct GeminiMetadata {
    call: CallId,
}

impl<'a> GeminiBody<'a> {
    fn of(view: &View<'a>, problem: Problem<'a>) -> GeminiBody<'a> {
        let refusal = view.refusal;
        let mut details = vec![GeminiDetail::ErrorInfo {
            reason: refusal.reason.code().to_ascii_uppercase(),
            domain: "tollgate",
            metadata: GeminiMetadata { call: view.call },
        }];
        if let Some(seconds) = refusal.retry_after {
            details.push(GeminiDetail::RetryInfo {
                retry_delay: format!("{seconds}s"),
            });
        }
        details.push(GeminiDetail::Struct { value: problem });
        let error = GeminiError {
            code: refusal.status,
            message: view.message(),
            status: gemini_status(refusal.status),
            details,
        };
        GeminiBody { error }
    }
}

#[derive(Serialize)]
struct CohereBody<'a> {
    id: CallId,
    message: &'a str,
    problem: Problem<'a>,
}

impl<'a> CohereBody<'a> {
    fn of(view: &View<'a>, problem: Problem<'a>) -> CohereBody<'a> {
        CohereBody {
            id: view.call,
            message: view.message(),
            problem,
        }
    }
}

#[derive(Serialize)]
struct OllamaBody<'a> {
    error: &'a str,
    problem: Problem<'a>,
}

/// The end of a stream that did not come to its end, as Cohere tells it.
#[derive(Serialize)]
struct CohereEnd<'a> {
    r#type: &'static str,
    id: CallId,
    delta: CohereFailure<'a>,
    problem: Problem<'a>,
}

#[derive(Serialize)]
struct CohereFailure<'a> {
    finish_reason: &'static str,
    error: &'a str,
}

impl<'a> CohereEnd<'a> {
    fn of(view: &View<'a>) -> CohereEnd<'a> {
        CohereEnd {
            r#type: "message-end",
            id: view.call,
            delta: CohereFailure {
                finish_reason: "ERROR",
                error: view.message(),
            },
            problem: Problem::of(view),
        }
    }
}

/// The status word of `google.rpc.Code` for an HTTP status.
fn gemini_status(status: u16) -> &'static str {
    match status {
        401 => "UNAUTHENTICATED",
        402 | 429 => "RESOURCE_EXHAUSTED",
        403 => "PERMISSION_DENIED",
        404 | 410 => "NOT_FOUND",
        405 | 501 => "UNIMPLEMENTED",
        408 | 504 => "DEADLINE_EXCEEDED",
        409 => "ABORTED",
        502 | 503 | 529 => "UNAVAILABLE",
        500.. => "INTERNAL",
        _ => "INVALID_ARGUMENT",
    }
}

#[derive(Serialize)]
struct BedrockBody<'a> {
    message: &'a str,
    #[serde(flatten)]
    problem: Problem<'a>,
}

impl<'a> BedrockBody<'a> {
    fn of(view: &View<'a>, problem: Problem<'a>) -> BedrockBody<'a> {
        let message = view.message();
        BedrockBody { message, problem }
    }
}

/// The name of an exception, as AWS's clients match on it: the refusal's own where it has one.
fn bedrock_type(refusal: &Refusal) -> &str {
    let own = refusal.code.as_deref();
    if let Some(own) = own.filter(|code| code.ends_with("Exception")) {
        return own;
    }
    match (refusal.status, refusal.reason) {
        (402, _) | (_, Reason::BudgetExceeded) => "ServiceQuotaExceededException",
        (_, Reason::RouteNotFound | Reason::MethodNotAllowed) => "UnknownOperationException",
        (401, _) => "UnrecognizedClientException",
        (403, _) => "AccessDeniedException",
        (404, _) => "ResourceNotFoundException",
        (408 | 504, _) => "ModelTimeoutException",
        (429, _) => "ThrottlingException",
        (502, _) => "ModelErrorException",
        (503 | 529, _) => "ServiceUnavailableException",
        (500.., _) => "InternalServerException",
        _ => "ValidationException",
    }
}

/// The name of an exception inside of a stream.
fn bedrock_exception(refusal: &Refusal) -> &'static str {
    match refusal.status {
        429 => "throttlingException",
        500 => "internalServerException",
        503 | 529 => "serviceUnavailableException",
        400..=499 => "validationException",
        _ => "modelStreamErrorException",
    }
}
