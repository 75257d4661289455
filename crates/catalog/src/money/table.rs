//! The tables of failures. Each row says how one provider, or any, tells one thing; the first row
//! that fits counts.

use tollgate_model::call::FailureClass::{
    self, Auth, ContentFiltered, ContextTooLong, NotFound, Overloaded, QuotaUsed, RateLimited,
    Rejected, ServerError, SpendLimit, Timeout, TooDear, Unfunded,
};

use super::phrase;

/// One way to tell a failure. It fits where all that it names fits.
#[derive(Debug)]
pub(super) struct Row {
    /// The ids of the providers that tell it so; empty for any.
    providers: &'static [&'static str],
    /// The statuses with which they do; empty for any.
    statuses: &'static [u16],
    sign: Sign,
    /// What it means.
    pub(super) class: FailureClass,
}

/// By what a failure is known.
#[derive(Debug)]
enum Sign {
    /// The code or the type is one of these.
    Word(&'static [&'static str]),
    /// The message has one of these phrases in it.
    Phrase(&'static [&'static str]),
    /// The status alone.
    Status,
}

/// A failure to be looked up.
#[derive(Clone, Copy)]
pub(super) struct Search<'a> {
    pub(super) provider: &'a str,
    pub(super) status: u16,
    pub(super) code: &'a str,
    pub(super) kind: &'a str,
    pub(super) message: &'a str,
}

impl Search<'_> {
    /// The first row that fits.
    pub(super) fn first(&self, table: &'static [Row]) -> Option<&'static Row> {
        table.iter().find(|row| self.fits(row))
    }

    fn fits(&self, row: &Row) -> bool {
        (row.providers.is_empty() || row.providers.contains(&self.provider))
            && (row.statuses.is_empty() || row.statuses.contains(&self.status))
            && match row.sign {
                Sign::Word(words) => words.iter().any(|word| self.has_word(word)),
                Sign::Phrase(phrases) => phrases.iter().any(|p| phrase::is_in(p, self.message)),
                Sign::Status => true,
            }
    }

    fn has_word(&self, word: &str) -> bool {
        word.eq_ignore_ascii_case(self.code) || word.eq_ignore_ascii_case(self.kind)
    }
}

type Words = &'static [&'static str];

const fn word(providers: Words, words: Words, class: FailureClass) -> Row {
    Row {
        providers,
        statuses: &[],
        sign: Sign::Word(words),
        class,
    }
}

const fn said(
    providers: Words,
    statuses: &'static [u16],
    phrases: Words,
    class: FailureClass,
) -> Row {
    Row {
        providers,
        statuses,
        sign: Sign::Phrase(phrases),
        class,
    }
}

const fn status(providers: Words, statuses: &'static [u16], class: FailureClass) -> Row {
    Row {
        providers,
        statuses,
        sign: Sign::Status,
        class,
    }
}

/// Codes, types and provider's own messages. What a provider says in its own way comes before what
/// any of them says.
pub(super) static KNOWN: &[Row] = &[
    word(&["openrouter"], &["weight_exceeds_budget"], TooDear),
    word(
        &["openrouter"],
        &["in_flight_budget_exhausted"],
        RateLimited,
    ),
    word(
        &["openrouter"],
        &["openrouter_in_flight_budget"],
        RateLimited,
    ),
    word(
        &["openrouter"],
        &["openrouter_key_limit", "key_limit"],
        SpendLimit,
    ),
    word(
        &["openrouter"],
        &["openrouter_guardrail_budget", "workspace_budget"],
        SpendLimit,
    ),
    said(&["openrouter"], &[402], &["can only afford"], TooDear),
    said(
        &["openrouter"],
        &[402],
        &["more credits or fewer max tokens"],
        TooDear,
    ),
    said(
        &["openrouter"],
        &[402],
        &["prompt tokens limit exceeded"],
        TooDear,
    ),
    said(&["openrouter"], &[403], &["key limit exceeded"], SpendLimit),
    said(&["openrouter"], &[429], &["free models per day"], QuotaUsed),
    said(&["openrouter"], &[400], &["not a valid model id"], NotFound),
    word(&["anthropic"], &["billing_error"], Unfunded),
    word(
        &["anthropic"],
        &["enforced_spend_limit_reached"],
        SpendLimit,
    ),
    said(
        &["anthropic"],
        &[400],
        &["credit balance is too low"],
        Unfunded,
    ),
    said(
        &["anthropic"],
        &[400],
        &["reached your specified? workspace? api usage limits"],
        SpendLimit,
    ),
    word(
        &["azure-openai"],
        &["ReadOnlyDisabledSubscription"],
        Unfunded,
    ),
    word(&["google", "vertex"], &["BILLING_DISABLED"], Unfunded),
    word(&["google"], &["API_KEY_INVALID"], Auth),
    said(
        &["google"],
        &[402, 429],
        &["prepayment credits are depleted"],
        Unfunded,
    ),
    said(
        &["google"],
        &[400],
        &["enable billing", "free tier is not available"],
        Unfunded,
    ),
    // Its message speaks of plan and billing whenever a limit per minute is met.
    status(&["google", "vertex"], &[429], RateLimited),
    said(&["mistral"], &[429], &["monthly"], QuotaUsed),
    said(&["cohere"], &[429], &["api calls month"], QuotaUsed),
    said(
        &["together"],
        &[402],
        &["monthly? spend|spending limit"],
        SpendLimit,
    ),
    word(&["fireworks"], &["PRECONDITION_FAILED"], Unfunded),
    said(&["fireworks"], &[412], &["is suspended"], Unfunded),
    word(&["groq"], &["organization_restricted"], Unfunded),
    word(&["groq"], &["blocked_api_access"], SpendLimit),
    word(
        &["xai"],
        &["personal-team-blocked:spending-limit"],
        Unfunded,
    ),
    said(
        &["xai"],
        &[403, 429],
        &["used all available credits"],
        Unfunded,
    ),
    said(&["xai"], &[403], &["any credits or licenses"], Unfunded),
    word(&["moonshot"], &["exceeded_current_quota_error"], Unfunded),
    word(&["moonshot"], &["rate_limit_reached_error"], RateLimited),
    word(&["moonshot"], &["engine_overloaded_error"], Overloaded),
    word(&["zai", "zhipu"], &["1113"], Unfunded),
    word(&["zai", "zhipu"], &["1302", "1303"], RateLimited),
    word(&["zai", "zhipu"], &["1308"], QuotaUsed),
    word(&["dashscope"], &["Arrearage"], Unfunded),
    word(&["dashscope"], &["AllocationQuota.FreeTierOnly"], QuotaUsed),
    said(
        &["huggingface"],
        &[402],
        &["monthly included credits"],
        QuotaUsed,
    ),
    said(
        &["bedrock"],
        &[403],
        &["invalid payment instrument", "valid payment instrument"],
        Unfunded,
    ),
    // Access is granted for each model, so that the credential may be good for others.
    said(&["bedrock"], &[403], &["access to the model"], NotFound),
    said(
        &["bedrock"],
        &[400],
        &[
            "model identifier is invalid",
            "on demand throughput isn t supported",
        ],
        NotFound,
    ),
    said(
        &["bedrock"],
        &[400],
        &["too many input tokens"],
        ContextTooLong,
    ),
    said(&["bedrock"], &[400, 429], &["tokens per day"], QuotaUsed),
    word(&["novita"], &["NOT_ENOUGH_BALANCE"], Unfunded),
    word(&["siliconflow"], &["30001"], Unfunded),
    status(&["github-models"], &[402], QuotaUsed),
    word(
        &[],
        &[
            "insufficient_quota",
            "credit_balance_exhausted",
            "billing_not_active",
        ],
        Unfunded,
    ),
    word(
        &[],
        &[
            "organization_spend_limit_exceeded",
            "project_spend_limit_exceeded",
            "organization_usage_limit_exceeded",
            "billing_hard_limit_reached",
        ],
        SpendLimit,
    ),
    word(&[], &["rate_limit_exceeded"], RateLimited),
    word(
        &[],
        &["context_length_exceeded", "exceed_context_size_error"],
        ContextTooLong,
    ),
    word(&[], &["model_not_found"], NotFound),
    // The exceptions of AWS; what is wrong in a ValidationException its message says.
    word(
        &[],
        &["ThrottlingException", "TooManyRequestsException"],
        RateLimited,
    ),
    word(&[], &["ServiceQuotaExceededException"], QuotaUsed),
    word(
        &[],
        &["ModelNotReadyException", "ServiceUnavailableException"],
        Overloaded,
    ),
    word(&[], &["ModelTimeoutException"], Timeout),
    word(
        &[],
        &[
            "ModelErrorException",
            "ModelStreamErrorException",
            "InternalServerException",
        ],
        ServerError,
    ),
    word(
        &[],
        &[
            "UnrecognizedClientException",
            "InvalidSignatureException",
            "IncompleteSignatureException",
            "ExpiredTokenException",
        ],
        Auth,
    ),
    word(&[], &["ResourceNotFoundException"], NotFound),
    word(&[], &["invalid_api_key"], Auth),
    word(
        &[],
        &[
            "content_filter",
            "content_filtered",
            "ResponsibleAIPolicyViolation",
            "content_policy_violation",
            "moderation_blocked",
            "data_inspection_failed",
            "DataInspectionFailed",
        ],
        ContentFiltered,
    ),
];

/// Statuses with which a message may speak of money. A 404, 413, 422 or 5xx does not, but may echo
/// a prompt that does.
const MONEY: &[u16] = &[200, 400, 401, 403, 412, 429];

/// Statuses with which a prompt that is too long is refused.
const TOO_LONG: &[u16] = &[200, 400, 413, 422];

/// Statuses with which a prompt that is filtered is refused.
const FILTERED: &[u16] = &[200, 400, 403, 422];

/// What messages say, whoever says it. Never the bare words "credit" and "balance": a message may
/// echo a prompt that has them.
pub(super) static WORDED: &[Row] = &[
    said(
        &[],
        MONEY,
        &["insufficient balance|credit|credits|quota|funds"],
        Unfunded,
    ),
    said(
        &[],
        MONEY,
        &["credit balance is too low", "out of credits"],
        Unfunded,
    ),
    said(
        &[],
        MONEY,
        &["exceeded|reached your|its|the? current|monthly? quota"],
        Unfunded,
    ),
    said(
        &[],
        MONEY,
        &[
            "exceeded|reached your|its|the? current|monthly? spending limit",
            "exceeded|reached your|its|the? current|monthly? usage limits",
            "billing hard limit",
        ],
        SpendLimit,
    ),
    said(
        &[],
        MONEY,
        &["payment required", "arrears|arrearage"],
        Unfunded,
    ),
    said(
        &[],
        MONEY,
        &["billing not active", "billing is disabled"],
        Unfunded,
    ),
    said(&[], MONEY, &["欠费", "余额不足"], Unfunded),
    said(
        &[],
        &[400],
        &[
            "incorrect|invalid api key",
            "api key not valid|found|expired",
        ],
        Auth,
    ),
    said(
        &[],
        TOO_LONG,
        &[
            "maximum|max context length",
            "than the context length",
            "maximum prompt length",
            "available context size",
            "exceed|exceeds|exceeded the? context window|limit",
            "exceeds the maximum number of tokens",
            "prompt|input is too long",
            "too many tokens",
            "reduce the length of the messages|prompt|input",
        ],
        ContextTooLong,
    ),
    said(
        &[],
        FILTERED,
        &[
            "content management policy",
            "content filtering policy",
            "content filter policy",
        ],
        ContentFiltered,
    ),
];

/// Types and status words, for an error inside of a stream: there is no status.
pub(super) static KINDS: &[Row] = &[
    word(&[], &["overloaded_error", "UNAVAILABLE"], Overloaded),
    word(
        &[],
        &["rate_limit_error", "RESOURCE_EXHAUSTED"],
        RateLimited,
    ),
    word(&[], &["authentication_error", "UNAUTHENTICATED"], Auth),
    word(&[], &["permission_error", "PERMISSION_DENIED"], Auth),
    word(&[], &["not_found_error", "NOT_FOUND"], NotFound),
    word(&[], &["timeout_error", "DEADLINE_EXCEEDED"], Timeout),
    word(&[], &["api_error", "server_error", "INTERNAL"], ServerError),
    word(
        &[],
        &[
            "invalid_request_error",
            "request_too_large",
            "INVALID_ARGUMENT",
            "FAILED_PRECONDITION",
        ],
        Rejected,
    ),
];
