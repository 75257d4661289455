//! Stage 7: send to one target after another, until one begins a stream or has given a whole
//! answer. Never after the first byte that a caller could have seen.

use std::time::Instant;

use http::header::CONTENT_TYPE;
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use tollgate_dialect::codec::{Outbound, Seen};
use tollgate_dialect::{count, outbound};
use tollgate_model::call::{Attempt, FailureClass, Intent};
use tollgate_model::snapshot::{CredentialPlan, Endpoint, ProviderPlan, TargetPlan};
use tollgate_model::{Micros, Reason, Refusal};

use crate::exchange::{Answer, Candidate, Exchange, Outgoing, impossible};
use crate::given::Came;
use crate::health::Health;
use crate::pieces::Pieces;
use crate::pool::{Incoming, SendError};
use crate::proof::Proof;
use crate::upstream::{Failure, Head, first_piece, read_error, read_whole};
use crate::worker::Worker;
use crate::{outgoing, sandbox, sandbox_tasks, task};

/// Gets an answer to begin. Refuses when every target has failed or rests; a count is then estimated.
pub(crate) async fn run(worker: &Worker, call: &mut Exchange) -> Result<(), Refusal> {
    worker.retries.earn();
    let mut trouble = Trouble::default();
    for candidate in std::mem::take(&mut call.candidates) {
        let tried = u32::try_from(call.attempts.len()).unwrap_or(u32::MAX);
        if tried >= worker.shared.settings.limits.attempts {
            break;
        }
        let credential = credential_name(&candidate);
        let provider = &candidate.target.provider.name;
        let health = worker.shared.health.of(provider, &credential);
        // To count has limits of its own, and proves nothing for answers.
        let rests = match call.is_count() {
            true => health.pause().is_some(),
            false => !health.admits(worker.now()),
        };
        if rests {
            trouble.rests(health.pause());
            continue;
        }
        if tried > 0 && !worker.retries.spend() {
            break;
        }
        let Outgoing { body, dropped } = match call.outgoing.take() {
            Some(built) if tried == 0 && is_first(call, &candidate) => built,
            _ => match outgoing::build(call, &candidate.target) {
                Ok(built) => built,
                Err(refusal) => {
                    trouble.unsayable.get_or_insert(refusal);
                    continue;
                }
            },
        };
        note_intent(worker, call)?;
        let began = (call.elapsed(), Instant::now());
        let tried = attempt(worker, call, &candidate, body).await;
        let failure = tried.as_ref().err();
        call.attempts.push(record(&candidate, began, failure));
        match tried {
            Ok(answer) => {
                if !call.is_count() {
                    health.succeeded();
                }
                call.first_byte = call.elapsed();
                call.served = Some(candidate.target);
                call.dropped = dropped;
                call.answer = Some(answer);
                return Ok(());
            }
            Err(failure) => {
                if !call.is_count() {
                    note_failure(worker, &candidate, &health, &failure);
                }
                if is_the_callers(call, &failure) {
                    return Err(rejected(failure));
                }
                trouble.failed(failure);
            }
        }
    }
    match call.is_count() {
        true => Ok(()),
        false => Err(trouble.refusal(call, worker.now())),
    }
}

/// Notes a failure in the health of the credential, and for the operator where that is the one who
/// can end it.
fn note_failure(worker: &Worker, candidate: &Candidate, health: &Health, failure: &Failure) {
    let provider = &candidate.target.provider;
    if provider.endpoint == Endpoint::Sandbox {
        return;
    }
    let now = worker.now();
    if health.failed(failure.class, failure.retry_after, now, &failure.note) {
        let credential = credential_name(candidate);
        tracing::warn!(
            provider = %provider.name, %credential, class = failure.class.as_str(),
            note = failure.note, "a credential needs the operator"
        );
    }
}

/// Whether the request itself is at fault. Where it is only that a provider cannot count, the
/// gateway estimates.
fn is_the_callers(call: &Exchange, failure: &Failure) -> bool {
    let faulty = matches!(failure.status, Some(400 | 413 | 422));
    !failure.class.fails_over() && (faulty || !call.is_count())
}

/// Whether this candidate's target is the one for which prepare wrote the request.
fn is_first(call: &Exchange, candidate: &Candidate) -> bool {
    call.prepared_for.as_ref().is_some_and(|(provider, model)| {
        *provider == candidate.target.provider.name && *model == candidate.target.model
    })
}

/// The credential with which a candidate is asked, where it needs one.
fn credential(candidate: &Candidate) -> Option<&CredentialPlan> {
    let pool = &candidate.target.provider.credentials;
    candidate.credential.and_then(|at| pool.get(at))
}

fn credential_name(candidate: &Candidate) -> std::sync::Arc<str> {
    credential(candidate).map_or_else(|| "".into(), |credential| credential.name.clone())
}

/// Writes down, before anything is sent, that it is about to be: what the journal holds of a call
/// that a crash leaves unsettled.
fn note_intent(worker: &Worker, call: &mut Exchange) -> Result<(), Refusal> {
    if call.dispatched || call.is_count() {
        return Ok(());
    }
    let Some(caller) = call.caller.clone() else {
        return Err(impossible("sent for nobody"));
    };
    let holds = call.hold.iter().flat_map(|hold| hold.holds());
    let intent = Intent {
        id: call.id,
        at: call.at,
        caller,
        model: call.model_name().to_owned(),
        dialect: call.dialect,
        holds: holds
            .map(|(account, amount)| (account.clone(), amount))
            .collect(),
    };
    worker.journal.append_intent(&intent).map_err(|error| {
        tracing::error!(%error, "the journal cannot be written");
        let detail = "Calls cannot be recorded right now, so none is made.";
        Refusal::new(Reason::LedgerUnavailable, detail).retry_after(5)
    })?;
    call.dispatched = true;
    Ok(())
}

fn record(candidate: &Candidate, began: (u32, Instant), failure: Option<&Failure>) -> Attempt {
    let named = credential_name(candidate);
    Attempt {
        provider: candidate.target.provider.name.clone(),
        model: candidate.target.model.clone(),
        credential: (!named.is_empty()).then_some(named),
        status: failure.map_or(Some(200), |failure| failure.status),
        failure: failure.map(|failure| failure.class),
        note: failure
            .map(|failure| failure.note.clone())
            .unwrap_or_default(),
        began: began.0,
        took: u32::try_from(began.1.elapsed().as_micros()).unwrap_or(u32::MAX),
    }
}

async fn attempt(
    worker: &Worker,
    call: &Exchange,
    candidate: &Candidate,
    body: Pieces,
) -> Result<Answer, Failure> {
    let target = &candidate.target;
    let provider = &target.provider;
    let codec = outbound(outgoing::spoken(call, target));
    let stream = call.wants_stream();
    let (head, kind, mut incoming) = if provider.endpoint == Endpoint::Sandbox {
        let answered = match &call.task {
            Some(task) => sandbox_tasks::answer(call, task, &target.model, &body.whole()),
            None => sandbox::answer(&target.model, &body.whole(), stream),
        };
        let head = Head {
            status: answered.status,
            is_stream: stream && answered.status == 200,
            retry_after: None,
        };
        (head, answered.kind, Incoming::sandbox(answered.script))
    } else {
        let response = ask(worker, call, candidate, body).await?;
        let (mut parts, incoming) = response.into_parts();
        let head = Head::of(&parts, codec.stream_type(), worker.now());
        (head, parts.headers.remove(CONTENT_TYPE), incoming)
    };
    let secret = credential(candidate).map_or("", |credential| credential.access.secret());
    if !StatusCode::from_u16(head.status).is_ok_and(|status| status.is_success()) {
        let body = read_error(&mut incoming).await;
        let error = codec.decode_error(head.status, &body);
        return Err(Failure::answered(provider, &head, error, secret));
    }
    if call.task.is_some() {
        let came = Came {
            kind,
            body: incoming,
        };
        let given = task::receive(call, target, came, secret).await?;
        return Ok(Answer::Task(Box::new(given)));
    }
    if stream && head.is_stream {
        begin_stream(codec, provider, incoming, secret).await
    } else {
        whole(call, target, incoming, stream, secret).await
    }
}

/// Asks the provider with the credential, and once more where its token should hold and is not
/// accepted.
async fn ask(
    worker: &Worker,
    call: &Exchange,
    candidate: &Candidate,
    body: Pieces,
) -> Result<Response<Incoming>, Failure> {
    let tokens = &worker.shared.tokens;
    let (provider, credential) = (&candidate.target.provider, credential(candidate));
    let proof = Proof::of(provider, credential, tokens).await?;
    let request = || {
        let request = outgoing::request(call, candidate, body.clone());
        request.map_err(Failure::unsendable)
    };
    let response = send(worker, provider, &proof, request).await?;
    if response.status() != StatusCode::UNAUTHORIZED || !proof.is_worth_renewing(tokens) {
        return Ok(response);
    }
    let proof = Proof::of(provider, credential, tokens).await?;
    send(worker, provider, &proof, request).await
}

/// Sends a request, and once more where the connection for it turned out to be dead.
async fn send(
    worker: &Worker,
    provider: &ProviderPlan,
    proof: &Proof,
    request: impl Fn() -> Result<Request<Full<Pieces>>, Failure>,
) -> Result<Response<Incoming>, Failure> {
    let (endpoint, waits) = (&provider.endpoint, provider.timeouts);
    let (pool, tls) = (&worker.pool, &worker.shared.tls);
    let proven = || {
        let mut request = request()?;
        proof.put(&mut request);
        Ok::<_, Failure>(request)
    };
    let mut sent = pool.send(tls, endpoint, proven()?, waits).await;
    if matches!(sent, Err(SendError::Stale)) {
        sent = pool.send(tls, endpoint, proven()?, waits).await;
    }
    sent.map_err(|error| {
        let class = match error {
            SendError::Timeout(_) => FailureClass::Timeout,
            SendError::Unreachable(_) | SendError::Stale => FailureClass::Unreachable,
        };
        Failure::without_answer(class, error.to_string())
    })
}

/// Reads the first bytes of a stream: what comes in a 200 may still be an error, and then another
/// target may do better.
async fn begin_stream(
    codec: &dyn Outbound,
    provider: &ProviderPlan,
    mut rest: Incoming,
    secret: &str,
) -> Result<Answer, Failure> {
    let first = first_piece(&mut rest, provider.timeouts).await?;
    match codec.leading_error(&first) {
        Some(error) => Err(Failure::told_in_success(provider, error, secret)),
        None => Ok(Answer::Stream { first, rest }),
    }
}

/// Reads a whole answer and checks that it is one.
async fn whole(
    call: &Exchange,
    target: &TargetPlan,
    mut incoming: Incoming,
    stream: bool,
    secret: &str,
) -> Result<Answer, Failure> {
    let bytes = read_whole(&mut incoming, target.provider.timeouts.idle_ms).await?;
    let bad = Failure::unreadable;
    if call.is_count() {
        count::check(call.dialect, &bytes).map_err(bad)?;
        return Ok(Answer::Whole {
            bytes,
            usage: None,
            decoded: None,
        });
    }
    let codec = outbound(outgoing::spoken(call, target));
    let usage = match codec.look(&bytes).map_err(bad)? {
        Seen::Answer(usage) => usage,
        Seen::Error(error) => {
            return Err(Failure::told_in_success(&target.provider, error, secret));
        }
    };
    if stream {
        return Err(bad(
            "a stream was asked for and a whole answer came".to_owned()
        ));
    }
    let decoded = if outgoing::is_same_dialect(call, target) {
        None
    } else {
        Some(Box::new(codec.decode_response(&bytes).map_err(bad)?))
    };
    Ok(Answer::Whole {
        bytes,
        usage,
        decoded,
    })
}

/// The refusal of a request that the provider says is wrong: it is the caller's to correct, in the
/// provider's words.
fn rejected(failure: Failure) -> Refusal {
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
        _ => failure.code,
    };
    refusal
}

/// Why no target has answered.
#[derive(Default)]
struct Trouble {
    last: Option<Failure>,
    /// The target that is tried again first.
    resting: Option<(Micros, FailureClass)>,
    /// A target that could not be asked in its dialect.
    unsayable: Option<Refusal>,
    shortest_wait: Option<u64>,
}

impl Trouble {
    fn rests(&mut self, pause: Option<(Micros, FailureClass)>) {
        self.resting = match (self.resting, pause) {
            (Some(known), Some(other)) => Some(if other.0 < known.0 { other } else { known }),
            (known, other) => known.or(other),
        };
    }

    fn failed(&mut self, failure: Failure) {
        let waits = [self.shortest_wait, failure.retry_after];
        self.shortest_wait = waits.into_iter().flatten().min();
        self.last = Some(failure);
    }

    fn refusal(self, call: &Exchange, now: Micros) -> Refusal {
        let class = self.last.as_ref().map(|last| last.class);
        let Some(class) = class.or(self.resting.map(|(_, class)| class)) else {
            return self
                .unsayable
                .unwrap_or_else(|| impossible("no target was tried"));
        };
        let (reason, told) = reason_of(class);
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

/// What the caller is told of a class of failure. Money and credentials of the gateway are the
/// operator's trouble, never the caller's bill.
fn reason_of(class: FailureClass) -> (Reason, &'static str) {
    match class {
        FailureClass::Rejected | FailureClass::ContextTooLong => {
            (Reason::UpstreamRejected, "the provider refused the request")
        }
        FailureClass::NotFound => (
            Reason::ModelNotFound,
            "the provider does not know the model",
        ),
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
