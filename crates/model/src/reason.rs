//! The reasons of refusals and failures: one row each, from which status, texts, retry advice, the
//! problem page and the tests derive.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// In whose area the cause of a refusal lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The payer's money or payment details.
    PaymentInfo,
    /// How this gateway is configured.
    GatewayConfig,
    /// The payment processor.
    PaymentGateway,
    /// The machine, its clock, its disk, its database.
    ServerConfig,
    /// The provider behind the gateway.
    Upstream,
    /// A rule that someone set on purpose.
    Policy,
    /// The request itself.
    Request,
}

/// Who can do something about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// Whoever pays for this call.
    Payer,
    /// Whoever owns the key, or writes the program that uses it.
    KeyOwner,
    /// Whoever runs the gateway.
    Operator,
    /// The provider.
    Provider,
    /// Nobody has to: it passes by itself.
    Nobody,
}

/// Whether the same request may succeed later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Retry {
    /// Not before something changes.
    Never,
    /// After the time that `Retry-After` gives.
    Later,
    /// Possibly at once.
    Soon,
}

/// What a reason means.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The stable code.
    pub code: &'static str,
    /// The HTTP status of the answer, where no rule says another.
    pub status: u16,
    /// In whose area the cause lies.
    pub cause: Cause,
    /// Who can act.
    pub who: Who,
    /// Whether a retry can help.
    pub retry: Retry,
    /// A short title, the same for every occurrence.
    pub title: &'static str,
    /// What it means, for the page of the reason.
    pub meaning: &'static str,
    /// What to do about it.
    pub fix: &'static str,
}

macro_rules! reasons {
    ($($name:ident $code:literal $status:literal $cause:ident $who:ident $retry:ident
       $title:literal $meaning:literal $fix:literal;)*) => {
        /// Why a call was refused or failed. The code is stable: programs may match on it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum Reason { $(#[doc = $meaning] $name,)* }

        impl Reason {
            /// Every reason.
            pub const ALL: [Reason; [$($code),*].len()] = [$(Reason::$name),*];

            /// What the reason means.
            pub const fn row(self) -> &'static Row {
                match self {
                    $(Reason::$name => &Row {
                        code: $code, status: $status, cause: Cause::$cause, who: Who::$who,
                        retry: Retry::$retry, title: $title, meaning: $meaning, fix: $fix,
                    },)*
                }
            }
        }
    };
}

reasons! {
    RequestMalformed "request_malformed" 400 Request KeyOwner Never
        "The request cannot be read"
        "The body is not what this address takes: broken JSON, a wrong type, or a missing member."
        "Correct the request at the place that the message names.";
    ParameterUnsupported "parameter_unsupported" 400 Request KeyOwner Never
        "A parameter cannot be honoured"
        "The model behind this name has no equivalent of a parameter that would change the result, so the call was refused instead of answered wrongly."
        "Leave the parameter out, or choose a model of a provider that has it.";
    KeyMissing "key_missing" 401 Request KeyOwner Never
        "No API key"
        "The request carries no API key where one is needed."
        "Send the key as `Authorization: Bearer tg_…`; `tollgate key create --application NAME` makes one.";
    KeyInvalid "key_invalid" 401 Request KeyOwner Never
        "Unknown API key"
        "The API key is not one of this gateway: it is misspelt, was deleted, or belongs elsewhere."
        "Check the key for missing characters, or create a new one.";
    KeyExpired "key_expired" 401 Policy KeyOwner Never
        "The API key has expired"
        "The key was made to work until a date that has passed."
        "Create a new key for the application.";
    KeyRevoked "key_revoked" 401 Policy KeyOwner Never
        "The API key was revoked"
        "Somebody with the right to do so has revoked the key."
        "Create a new key for the application, or ask whoever revoked it.";
    ModelNotAllowed "model_not_allowed" 403 Policy KeyOwner Never
        "This key may not use this model"
        "The key has a list of models that it may use, and this model is not on it."
        "Use a model on the list, or have the model added to the key.";
    RouteNotFound "route_not_found" 404 Request KeyOwner Never
        "No such address"
        "The gateway serves nothing at this path."
        "Check the path; OpenAI clients want the base URL to end in /v1.";
    AnswerNotFound "answer_not_found" 404 Request KeyOwner Never
        "There is no such answer"
        "The answer is not kept: it was never made, its time is over, it was made with `store: false`, or it belongs to another application."
        "Send the whole conversation, or the id of an answer that this application was given and that is still kept.";
    FileNotFound "file_not_found" 404 Request KeyOwner Never
        "There is no such file or batch"
        "The file or batch was never made through this gateway, was deleted, has expired, or belongs to another application."
        "Use the id of a file or batch that this application has made: `GET /v1/files` and `GET /v1/batches` list them.";
    FilesUnsupported "files_unsupported" 400 Policy KeyOwner Never
        "No provider keeps files for this request"
        "Files lie at one provider, and none that this caller may use takes them, or it takes no batches."
        "Name a provider that does in the header `x-tollgate-provider`, or have the operator set `files` on one.";
    ModelNotFound "model_not_found" 404 Request KeyOwner Never
        "No such model"
        "No configured model, no provider and no catalogue entry has this name."
        "Use one of the near matches, or look at `GET /v1/models`.";
    MethodNotAllowed "method_not_allowed" 405 Request KeyOwner Never
        "Wrong method"
        "The path exists, but not with this HTTP method."
        "Use the method that the `Allow` header names.";
    RequestTimeout "request_timeout" 408 Request KeyOwner Soon
        "The request took too long to arrive"
        "The headers or the body did not arrive within the time that the gateway waits."
        "Send the request again over a steadier connection.";
    BodyTooLarge "body_too_large" 413 Policy KeyOwner Never
        "The request is too large"
        "The body is larger than the gateway accepts."
        "Send less, or have the operator raise `limits.body_bytes`, or `limits.upload_bytes` for files.";
    HeadersTooLarge "headers_too_large" 431 Request KeyOwner Never
        "The headers are too large"
        "The request's headers are larger than the gateway accepts."
        "Send fewer or shorter headers.";
    BalanceExhausted "balance_exhausted" 402 PaymentInfo KeyOwner Never
        "The wallet is empty"
        "The team pays from a prepaid wallet, and nothing is left in it."
        "Top up the wallet: `tollgate wallet credit TEAM AMOUNT --reason TEXT`.";
    HoldExceedsBalance "hold_exceeds_balance" 402 PaymentInfo KeyOwner Never
        "Not enough credit for this request"
        "The most that this call could cost is more than what is left, so it was not begun. Nothing was charged."
        "Top up, or make the call smaller: a lower `max_tokens` lowers the most it can cost.";
    FundsHeldInFlight "funds_held_in_flight" 402 PaymentInfo Nobody Later
        "The money left is set aside for calls in flight"
        "Calls that are under way hold what is left until their exact cost is known; part of it will come back."
        "Try again in a moment, or top up.";
    BudgetExceeded "budget_exceeded" 429 Policy KeyOwner Never
        "The budget is spent"
        "A spending limit has been reached, or what is left of it does not cover the most that this call could cost."
        "Wait until the budget's window ends, or have its limit raised.";
    NoTargetFits "no_target_fits" 400 Policy KeyOwner Never
        "No target of the model takes this request"
        "The model has several targets, each for certain requests, and this one is for none of them. The message says why each was left out."
        "Change what the message names, or have the operator add a target for such requests.";
    PriceUnknown "price_unknown" 503 GatewayConfig Operator Never
        "The model has no price"
        "The gateway does not know what this model costs, and refuses calls it cannot price."
        "Give it a price under `prices` of the provider, bring a catalogue that has one with `tollgate catalog update`, or set `unpriced: free` on the provider.";
    UpstreamRejected "upstream_rejected" 400 Upstream KeyOwner Never
        "The provider refused the request"
        "The provider understood the request and says that it is wrong."
        "Correct what the provider's message names.";
    UpstreamRateLimited "upstream_rate_limited" 429 Upstream Nobody Later
        "The provider is limiting the rate"
        "Every credential and target for this model is being limited by its provider right now."
        "Try again after the time given.";
    UpstreamAccountUnfunded "upstream_account_unfunded" 503 Upstream Operator Never
        "The gateway's account at the provider is out of funds"
        "The provider refuses to serve the operator's account for lack of money. It is not the caller's bill."
        "The operator has to pay the provider, or add another target to the model.";
    UpstreamAuthFailed "upstream_auth_failed" 503 Upstream Operator Never
        "The provider does not accept the gateway's credential"
        "The credential that the gateway has for this provider is wrong, expired or lacks a permission."
        "The operator has to renew the provider's credential.";
    UpstreamModelUnknown "upstream_model_unknown" 503 GatewayConfig Operator Never
        "The provider does not know the model"
        "The configuration sends this model to a provider that has none of the name, or not for this account, and no other target answered. It is not the caller's mistake."
        "The operator has to correct the target's `model`, have it enabled at the provider, or check the provider's `base_url`; `tollgate explain CALL` names both.";
    UpstreamOverloaded "upstream_overloaded" 503 Upstream Provider Soon
        "The provider is overloaded"
        "The provider says that it has no capacity right now, and no other target answered."
        "Try again shortly.";
    UpstreamError "upstream_error" 502 Upstream Provider Soon
        "The provider failed"
        "The provider answered with an error of its own, and no other target answered."
        "Try again; if it stays, look at the provider's status page.";
    UpstreamUnreachable "upstream_unreachable" 502 Upstream Operator Soon
        "The provider cannot be reached"
        "No connection to the provider's address could be made, and no other target answered."
        "Check the provider's `base_url`, name resolution and certificates.";
    UpstreamTimeout "upstream_timeout" 504 Upstream Provider Soon
        "The provider took too long"
        "The provider did not begin its answer, or did not go on with it, within the time that the gateway waits."
        "Try again, or raise the provider's `timeouts`.";
    UpstreamBadResponse "upstream_bad_response" 502 Upstream Provider Soon
        "The provider's answer cannot be read"
        "The provider's answer is not in the dialect that it is configured to speak, or it broke off."
        "Try again; if it stays, check the provider's `dialect` and `base_url`.";
    LedgerUnavailable "ledger_unavailable" 503 ServerConfig Operator Later
        "The gateway cannot account for calls right now"
        "The store or the journal cannot be written, and no call is made that could not be accounted for."
        "The operator has to look at the gateway's disk and database.";
    ShuttingDown "shutting_down" 503 ServerConfig Nobody Later
        "This node is shutting down"
        "The node finishes what it has begun and takes no new work."
        "Try again: another node, or this one after its restart, will answer.";
    SessionOver "session_over" 408 Policy KeyOwner Soon
        "The session is over"
        "A realtime session lasts for a time only, and is closed as well where nothing is said in it for long."
        "Open another session, or have the operator raise `limits.session_ms` or `limits.session_idle_ms`.";
    InternalError "internal_error" 500 ServerConfig Operator Never
        "The gateway made a mistake"
        "Something happened that should be impossible. Nothing was charged."
        "Report it with the id of the call.";
}

impl Reason {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        self.row().code
    }

    /// The reason of this code.
    pub fn from_code(code: &str) -> Option<Reason> {
        Reason::ALL.into_iter().find(|reason| reason.code() == code)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_what_serde_writes_and_are_unique() {
        let mut seen = std::collections::BTreeSet::new();
        for reason in Reason::ALL {
            assert_eq!(
                serde_json::to_string(&reason).unwrap(),
                format!("\"{}\"", reason.code())
            );
            assert!(seen.insert(reason.code()));
            assert_eq!(Reason::from_code(reason.code()), Some(reason));
        }
    }

    #[test]
    fn only_what_the_payer_or_key_owner_can_cure_is_a_402() {
        for reason in Reason::ALL {
            let row = reason.row();
            if row.status == 402 {
                assert_eq!(row.cause, Cause::PaymentInfo, "{reason}");
                assert!(
                    matches!(row.who, Who::Payer | Who::KeyOwner | Who::Nobody),
                    "{reason}"
                );
            }
            if row.cause == Cause::Upstream {
                assert_ne!(
                    row.status, 402,
                    "{reason}: the operator's bill is not the caller's"
                );
                assert_ne!(row.status, 401, "{reason}");
            }
        }
    }
}
