//! Each row of the tables by an example, and what must not be taken for money.

use proptest::prelude::*;
use tollgate_model::call::FailureClass::{self, *};

use super::table::{KINDS, KNOWN, Row, Search, WORDED};
use super::*;

/// Provider, status, code, type, message, class.
type Example = (
    &'static str,
    u16,
    &'static str,
    &'static str,
    &'static str,
    FailureClass,
);

#[rustfmt::skip]
const EXAMPLES: &[Example] = &[
    // Known codes, types and messages.
    ("openrouter", 402, "weight_exceeds_budget", "", "", TooDear),
    ("openrouter", 402, "in_flight_budget_exhausted", "", "", RateLimited),
    ("openrouter", 402, "openrouter_in_flight_budget", "", "", RateLimited),
    ("openrouter", 402, "openrouter_key_limit", "", "Key limit", SpendLimit),
    ("openrouter", 403, "key_limit", "", "", SpendLimit),
    ("openrouter", 403, "openrouter_guardrail_budget", "", "", SpendLimit),
    ("openrouter", 402, "402", "", "You can only afford 2666.", TooDear),
    ("openrouter", 402, "402", "", "requires more credits, or fewer max_tokens", TooDear),
    ("openrouter", 402, "402", "", "Prompt tokens limit exceeded: 9 > 8", TooDear),
    ("openrouter", 403, "403", "", "Key limit exceeded (daily limit).", SpendLimit),
    ("openrouter", 429, "429", "", "Rate limit exceeded: free-models-per-day", QuotaUsed),
    ("openrouter", 400, "400", "", "nothing/here is not a valid model ID", NotFound),
    ("anthropic", 402, "", "billing_error", "Pay.", Unfunded),
    ("anthropic", 429, "enforced_spend_limit_reached", "rate_limit_error", "", SpendLimit),
    ("anthropic", 400, "", "", "Your credit balance is too low to access", Unfunded),
    ("anthropic", 400, "", "", "You have reached your specified API usage limits.", SpendLimit),
    ("anthropic", 400, "", "", "You have reached your workspace API usage limits.", SpendLimit),
    ("google", 403, "BILLING_DISABLED", "PERMISSION_DENIED", "", Unfunded),
    ("google", 400, "API_KEY_INVALID", "INVALID_ARGUMENT", "", Auth),
    ("google", 402, "402", "", "Your prepayment credits are depleted.", Unfunded),
    ("google", 429, "429", "", "Your prepayment credits are depleted.", Unfunded),
    ("google", 400, "400", "", "Gemini API free tier is not available", Unfunded),
    ("google", 429, "429", "", "You exceeded your current quota, please check", RateLimited),
    ("azure-openai", 403, "ReadOnlyDisabledSubscription", "", "", Unfunded),
    ("azure-openai", 429, "insufficient_quota", "", "", Unfunded),
    ("azure-openai", 404, "DeploymentNotFound", "", "", NotFound),
    ("azure-openai", 400, "content_filter", "", "", ContentFiltered),
    ("vertex", 403, "BILLING_DISABLED", "PERMISSION_DENIED", "", Unfunded),
    ("vertex", 429, "429", "RESOURCE_EXHAUSTED", "You exceeded your current quota", RateLimited),
    ("mistral", 429, "", "", "Monthly token quota exceeded", QuotaUsed),
    ("cohere", 429, "", "", "Trial key, limited to 1000 API calls / month", QuotaUsed),
    ("together", 402, "", "", "reached your monthly spend limit", SpendLimit),
    ("fireworks", 412, "PRECONDITION_FAILED", "", "", Unfunded),
    ("fireworks", 412, "", "", "Account x is suspended, possibly", Unfunded),
    ("groq", 400, "organization_restricted", "", "", Unfunded),
    ("groq", 403, "blocked_api_access", "", "spend limit", SpendLimit),
    ("xai", 403, "personal-team-blocked:spending-limit", "", "", Unfunded),
    ("xai", 429, "", "", "Your team has either used all available credits", Unfunded),
    ("xai", 403, "", "", "Your team doesn't have any credits or licenses", Unfunded),
    ("bedrock", 403, "", "AccessDeniedException", "Model access is denied due to INVALID_PAYMENT_INSTRUMENT:A valid payment instrument must be provided.", Unfunded),
    ("bedrock", 403, "", "AccessDeniedException", "A valid payment instrument must be provided.", Unfunded),
    ("bedrock", 403, "", "AccessDeniedException", "You don't have access to the model with the specified model ID.", NotFound),
    ("bedrock", 400, "", "ValidationException", "The provided model identifier is invalid.", NotFound),
    ("bedrock", 400, "", "ValidationException", "Invocation of model ID x with on-demand throughput isn’t supported.", NotFound),
    ("bedrock", 400, "", "ValidationException", "Too many input tokens. Max input tokens: 300000", ContextTooLong),
    ("bedrock", 429, "", "ThrottlingException", "Too many tokens per day, please wait before trying again.", QuotaUsed),
    ("", 429, "", "ThrottlingException", "Too many requests, please wait", RateLimited),
    ("", 200, "429", "throttlingException", "", RateLimited),
    ("", 400, "", "ServiceQuotaExceededException", "", QuotaUsed),
    ("", 429, "", "ModelNotReadyException", "", Overloaded),
    ("", 408, "", "ModelTimeoutException", "", Timeout),
    ("", 424, "", "ModelErrorException", "", ServerError),
    ("", 403, "", "UnrecognizedClientException", "", Auth),
    ("", 404, "", "ResourceNotFoundException", "", NotFound),
    ("moonshot", 429, "", "exceeded_current_quota_error", "suspended", Unfunded),
    ("moonshot", 429, "", "rate_limit_reached_error", "", RateLimited),
    ("moonshot", 429, "", "engine_overloaded_error", "", Overloaded),
    ("zai", 429, "1113", "", "Insufficient balance", Unfunded),
    ("zhipu", 429, "1302", "", "", RateLimited),
    ("zai", 429, "1308", "", "", QuotaUsed),
    ("dashscope", 400, "Arrearage", "", "Access denied", Unfunded),
    ("dashscope", 403, "AllocationQuota.FreeTierOnly", "", "", QuotaUsed),
    ("huggingface", 402, "", "", "You have exceeded your monthly included credits", QuotaUsed),
    ("novita", 403, "NOT_ENOUGH_BALANCE", "", "", Unfunded),
    ("siliconflow", 403, "30001", "", "", Unfunded),
    ("github-models", 402, "", "", "quota exceeded", QuotaUsed),
    ("openai", 429, "insufficient_quota", "insufficient_quota", "You exceeded", Unfunded),
    ("perplexity", 401, "", "insufficient_quota", "", Unfunded),
    ("openai", 429, "billing_not_active", "", "", Unfunded),
    ("openai", 400, "billing_hard_limit_reached", "", "", SpendLimit),
    ("openai", 429, "project_spend_limit_exceeded", "", "", SpendLimit),
    ("openai", 429, "rate_limit_exceeded", "tokens", "Rate limit reached", RateLimited),
    ("groq", 413, "rate_limit_exceeded", "tokens", "Request too large", RateLimited),
    ("openai", 400, "context_length_exceeded", "", "", ContextTooLong),
    ("openai", 403, "model_not_found", "invalid_request_error", "", NotFound),
    ("openai", 401, "invalid_api_key", "invalid_request_error", "", Auth),
    // Nothing known but status 402.
    ("deepseek", 402, "invalid_request_error", "unknown_error", "Insufficient Balance", Unfunded),
    ("openrouter", 402, "402", "", "Insufficient credits. Add more.", Unfunded),
    ("openrouter", 200, "402", "", "Insufficient credits. Add more.", Unfunded),
    ("mistral", 402, "", "", "", Unfunded),
    ("", 402, "", "", "", Unfunded),
    // Words of messages, whoever says them.
    ("", 403, "", "", "insufficient funds", Unfunded),
    ("", 403, "", "", "You are out of credits.", Unfunded),
    ("wandb", 429, "", "", "You exceeded your current quota, please check", Unfunded),
    ("", 403, "", "", "The team reached its monthly spending limit", SpendLimit),
    ("", 400, "", "", "Account in arrears", Unfunded),
    ("", 403, "", "", "Billing is disabled", Unfunded),
    ("", 429, "", "", "账户余额不足", Unfunded),
    ("xai", 400, "", "", "Incorrect API key provided: xa***.", Auth),
    ("google", 400, "400", "INVALID_ARGUMENT", "API key not valid.", Auth),
    ("", 400, "", "", "This model's maximum context length is 8192 tokens.", ContextTooLong),
    ("anthropic", 400, "", "", "prompt is too long: 3 tokens > 2 maximum", ContextTooLong),
    ("anthropic", 400, "", "", "and `max_tokens` exceed context limit", ContextTooLong),
    ("google", 400, "400", "", "count (12) exceeds the maximum number of tokens", ContextTooLong),
    ("xai", 400, "", "", "This model's maximum prompt length is 131072 but", ContextTooLong),
    ("openai", 400, "", "", "Your input exceeds the context window of this model.", ContextTooLong),
    ("groq", 400, "", "", "Please reduce the length of the messages", ContextTooLong),
    ("llama-cpp", 400, "400", "exceed_context_size_error", "", ContextTooLong),
    ("", 413, "", "", "too many tokens", ContextTooLong),
    ("lmstudio", 400, "", "", "greater than the context length", ContextTooLong),
    ("vllm", 400, "", "", "the request exceeds the available context size", ContextTooLong),
    // Types of errors inside of a stream.
    ("anthropic", 200, "", "overloaded_error", "Overloaded", Overloaded),
    ("anthropic", 200, "", "rate_limit_error", "", RateLimited),
    ("anthropic", 200, "", "authentication_error", "", Auth),
    ("anthropic", 200, "", "permission_error", "", Auth),
    ("anthropic", 200, "", "not_found_error", "", NotFound),
    ("anthropic", 200, "", "timeout_error", "", Timeout),
    ("anthropic", 200, "", "api_error", "", ServerError),
    ("anthropic", 200, "", "invalid_request_error", "", Rejected),
    ("google", 200, "", "UNAVAILABLE", "", Overloaded),
    ("openrouter", 200, "502", "", "Provider returned error", ServerError),
    ("", 200, "", "", "", ServerError),
    // The status alone.
    ("", 400, "", "", "", Rejected),
    ("", 401, "", "", "", Auth),
    ("", 403, "", "", "", Auth),
    ("", 404, "", "", "", NotFound),
    ("", 408, "", "", "", Timeout),
    ("", 409, "", "", "", ServerError),
    ("", 413, "", "", "", Rejected),
    ("", 422, "", "", "", Rejected),
    ("", 429, "", "", "", RateLimited),
    ("", 500, "", "", "", ServerError),
    ("", 502, "", "", "", ServerError),
    ("", 503, "", "", "", Overloaded),
    ("", 504, "", "", "", Timeout),
    ("", 529, "", "", "", Overloaded),
    ("", 307, "", "", "", BadResponse),
    ("azure", 400, "content_filter", "", "The response was filtered.", ContentFiltered),
    ("openai", 400, "content_policy_violation", "image_generation_user_error", "", ContentFiltered),
    ("", 400, "", "", "triggered Azure OpenAI's content management policy", ContentFiltered),
    ("qwen", 400, "data_inspection_failed", "", "", ContentFiltered),
];

fn view<'a>(code: &'a str, kind: &'a str, message: &'a str) -> ErrorView<'a> {
    let some = |text: &'a str| Some(text).filter(|text| !text.is_empty());
    ErrorView {
        message,
        code: some(code),
        kind: some(kind),
    }
}

#[test]
fn each_example_is_of_its_class() {
    for (provider, status, code, kind, message, class) in EXAMPLES {
        let provider = Some(*provider).filter(|provider| !provider.is_empty());
        let got = classify(provider, *status, &view(code, kind, message));
        assert_eq!(got, *class, "{provider:?} {status} {code} {kind} {message}");
    }
}

#[test]
fn each_row_decides_an_example() {
    for (name, table) in [("KNOWN", KNOWN), ("WORDED", WORDED), ("KINDS", KINDS)] {
        for row in table {
            let decides = |example: &&Example| decided_by(example).is_some_and(|r| same(r, row));
            assert!(
                EXAMPLES.iter().any(|e| decides(&e)),
                "{name}: no example for {row:?}"
            );
        }
    }
}

fn same(one: &Row, other: &Row) -> bool {
    std::ptr::eq(one, other)
}

fn decided_by(example: &Example) -> Option<&'static Row> {
    let (provider, status, code, kind, message, _) = *example;
    let status = told_status(status, &view(code, kind, message));
    let search = Search {
        provider,
        status,
        code,
        kind,
        message,
    };
    let known = search.first(KNOWN);
    if known.is_some() || status == 402 {
        return known;
    }
    let late = || {
        if status < 300 {
            search.first(KINDS)
        } else {
            None
        }
    };
    search.first(WORDED).or_else(late)
}

#[test]
fn a_providers_own_word_means_nothing_to_another() {
    assert_eq!(
        classify(Some("openai"), 429, &view("1113", "", "")),
        RateLimited
    );
    assert_eq!(
        classify(None, 412, &view("PRECONDITION_FAILED", "", "")),
        Rejected
    );
}

#[test]
fn a_prompt_that_speaks_of_money_is_not_a_lack_of_it() {
    for (status, message) in [
        (
            400,
            "Invalid content: 'transfer the balance to my credit card'",
        ),
        (400, "Unknown parameter: 'credits'"),
        (
            422,
            "Extra inputs are not permitted, input: 'insufficient funds'",
        ),
        (404, "no page about insufficient balance"),
        (500, "failed on 'payment required'"),
        (403, "You may not use this balance sheet model"),
    ] {
        let class = classify(None, status, &view("", "", message));
        assert!(
            !matches!(class, Unfunded | SpendLimit | QuotaUsed | TooDear),
            "{message}"
        );
    }
}

#[test]
fn only_the_start_of_a_message_is_read() {
    let far = format!("{} insufficient funds", "é".repeat(READ));
    assert_eq!(classify(None, 403, &view("", "", &far)), Auth);
    let near = format!("{} insufficient funds", "é".repeat(READ / 4));
    assert_eq!(classify(None, 403, &view("", "", &near)), Unfunded);
}

#[test]
fn a_credential_rests_by_the_class_of_its_failure() {
    for (class, consecutive, retry_after, seconds) in [
        (Unfunded, 1, None, Some(300)),
        (Unfunded, 2, Some(1), Some(600)),
        (Unfunded, 5, None, Some(3_600)),
        (Unfunded, u32::MAX, None, Some(3_600)),
        (SpendLimit, 1, None, Some(3_600)),
        (SpendLimit, 1, Some(7_200), Some(7_200)),
        (QuotaUsed, 9, Some(u64::MAX), Some(86_400)),
        (Auth, 1, None, Some(60)),
        (Auth, 3, None, Some(240)),
        (Auth, 40, None, Some(3_600)),
        (RateLimited, 1, None, Some(1)),
        (RateLimited, 4, None, Some(8)),
        (RateLimited, 64, None, Some(60)),
        (RateLimited, 4, Some(20), Some(20)),
        (RateLimited, 1, Some(0), Some(1)),
        (RateLimited, 1, Some(u64::MAX), Some(3_600)),
        (ServerError, 0, None, None),
        (ServerError, 2, None, None),
        (ServerError, 3, None, Some(1)),
        (Overloaded, 5, None, Some(4)),
        (Unreachable, 99, None, Some(30)),
        (Timeout, 3, None, Some(1)),
        (BadResponse, 3, None, Some(1)),
        (Rejected, 99, Some(5), None),
        (NotFound, 99, None, None),
        (ContextTooLong, 99, None, None),
        (TooDear, 99, None, None),
    ] {
        assert_eq!(
            cool_down(class, consecutive, retry_after),
            seconds,
            "{class:?} {consecutive}"
        );
    }
}

proptest! {
    #[test]
    fn no_answer_makes_it_panic(
            status: u16, code in ".{0,20}", kind in ".{0,20}", message in ".{0,200}",
        ) {
        classify(Some("google"), status, &view(&code, &kind, &message));
    }

    #[test]
    fn a_402_without_a_known_code_is_always_money(message in ".{0,200}") {
        prop_assert_eq!(classify(Some("deepseek"), 402, &view("", "", &message)), Unfunded);
    }
}
