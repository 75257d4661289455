//! What a caller is told where no target has answered.

use tollgate_model::call::FailureClass;
use tollgate_model::{Micros, Reason, Refusal};

use crate::exchange::{Exchange, impossible};
use crate::upstream::Failure;

/// The refusal of a request that the provider says is wrong: it is the caller's to correct, in the
/// provider's words.
pub(crate) fn rejected(failure: Failure) -> Refusal {
    let status = failure
        .status
        .filter(|status| matches!(status, 400 | 404 | 409 | 413 | 422));
    let said = if failure.note.is_empty() {
        "nothing more"
    } else {
        &failure.note
    };
    let mut refusal = Refusal::new(
        Reason::UpstreamRejected,
        format!("The provider refused the request: {said}"),
    );
    refusal.status = status.unwrap_or(refusal.status);
    refusal.param = failure.param;
    refusal.code = match failure.class {
        FailureClass::ContextTooLong => Some("context_length_exceeded".to_owned()),
        FailureClass::ContentFiltered => Some("content_filter".to_owned()),
        _ => failure.code,
    };
    refusal
}

/// Why no target has answered.
#[derive(Default)]
pub(crate) struct Trouble {
    last: Option<Failure>,
    /// The target that is tried again first.
    resting: Option<(Micros, FailureClass)>,
    /// A target that could not be asked in its dialect.
    pub(crate) unsayable: Option<Refusal>,
    shortest_wait: Option<u64>,
}

impl Trouble {
    pub(crate) fn rests(&mut self, pause: (Micros, FailureClass)) {
        let known = self.resting.filter(|known| known.0 <= pause.0);
        self.resting = known.or(Some(pause));
    }

    pub(crate) fn failed(&mut self, failure: Failure) {
        let waits = [self.shortest_wait, failure.retry_after];
        self.shortest_wait = waits.into_iter().flatten().min();
        self.last = Some(failure);
    }

    pub(crate) fn refusal(self, call: &Exchange, now: Micros) -> Refusal {
        let class = self.last.as_ref().map(|last| last.class);
        let Some(class) = class.or(self.resting.map(|(_, class)| class)) else {
            return self
                .unsayable
                .unwrap_or_else(|| impossible("no target was tried"));
        };
        let (reason, told) = match class {
            FailureClass::NotFound => unknown_model(call),
            class => reason_of(class),
        };
        let model = call.model_name();
        let mut refusal = Refusal::new(
            reason,
            format!("No provider of model {model} answered: {told}."),
        );
        let rest = self
            .resting
            .map(|(until, _)| now.seconds_until(until).max(1));
        refusal.retry_after = match class {
            FailureClass::RateLimited | FailureClass::Overloaded => [self.shortest_wait, rest]
                .into_iter()
                .flatten()
                .min()
                .or(Some(1)),
            _ => None,
        };
        refusal.rule = call.plan.as_ref().and_then(|plan| plan.rule.clone());
        refusal
    }
}

const NO_SUCH_MODEL: &str = "the provider does not know the model";

/// Whose mistake an unknown model is: the operator's, where a `Model` sends the call to it, and the
/// caller's, who has named provider and model.
fn unknown_model(call: &Exchange) -> (Reason, &'static str) {
    let is_configured = call.plan.as_ref().is_some_and(|plan| plan.rule.is_some());
    match is_configured {
        true => reason_of(FailureClass::NotFound),
        false => (Reason::ModelNotFound, NO_SUCH_MODEL),
    }
}

/// What the caller is told of a class of failure. Money and credentials of the gateway are the
/// operator's trouble, never the caller's bill.
pub(crate) fn reason_of(class: FailureClass) -> (Reason, &'static str) {
    match class {
        FailureClass::Rejected | FailureClass::ContextTooLong | FailureClass::ContentFiltered => {
            (Reason::UpstreamRejected, "the provider refused the request")
        }
        FailureClass::NotFound => (Reason::UpstreamModelUnknown, NO_SUCH_MODEL),
        FailureClass::Auth => (
            Reason::UpstreamAuthFailed,
            "the provider does not accept the gateway's credential",
        ),
        FailureClass::Unfunded
        | FailureClass::SpendLimit
        | FailureClass::QuotaUsed
        | FailureClass::TooDear => (
            Reason::UpstreamAccountUnfunded,
            "the gateway's account at the provider cannot pay; its operator has been told",
        ),
        FailureClass::RateLimited => (
            Reason::UpstreamRateLimited,
            "the provider limits the rate of the gateway's calls",
        ),
        FailureClass::Overloaded => (Reason::UpstreamOverloaded, "the provider has no capacity"),
        FailureClass::ServerError => (Reason::UpstreamError, "the provider failed"),
        FailureClass::Unreachable => (Reason::UpstreamUnreachable, "it cannot be reached"),
        FailureClass::Timeout => (Reason::UpstreamTimeout, "nothing came in time"),
        FailureClass::BadResponse => (
            Reason::UpstreamBadResponse,
            "what came is not in the provider's dialect",
        ),
    }
}

#[cfg(test)]
mod tests {
    use tollgate_dialect::codec::ProviderError;

    use super::*;

    #[test]
    fn er_03_a_refused_request_keeps_the_code_of_the_provider() {
        let code = |class, code: Option<&str>| {
            let error = ProviderError {
                message: "no".to_owned(),
                code: code.map(str::to_owned),
                ..ProviderError::default()
            };
            rejected(Failure::told(class, 400, None, error, "")).code
        };
        let (refused, too_long) = (FailureClass::Rejected, FailureClass::ContextTooLong);
        let known = Some("context_length_exceeded");
        assert_eq!(
            code(refused, Some("invalid_value")).as_deref(),
            Some("invalid_value")
        );
        assert_eq!(code(refused, Some("400")), None, "a status is no code");
        assert_eq!(code(refused, None), None);
        assert_eq!(code(too_long, None).as_deref(), known);
        assert_eq!(
            code(too_long, Some("string_above_max_length")).as_deref(),
            known
        );
    }
}
