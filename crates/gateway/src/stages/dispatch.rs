//! Stage 7: send to one target after another, until one begins a stream or has given a whole
//! answer. Never after the first byte that a caller could have seen.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use tokio::time::timeout;
use tollgate_model::call::{Attempt, FailureClass, Intent};
use tollgate_model::choice::{Choice, Skipped};
use tollgate_model::snapshot::{Endpoint, ModelPlan};
use tollgate_model::{Micros, Nanos, Reason, Refusal};

use crate::exchange::{Answer, Candidate, Exchange, Lost, Outgoing, impossible};
use crate::outgoing;
use crate::pieces::Pieces;
use crate::realtime;
use crate::routing::attempt::{Ask, Waits};
use crate::routing::busy::UnderWay;
use crate::routing::hedge;
use crate::routing::line::Line;
use crate::routing::quota::{AtLimit, Quota, Taken};
use crate::routing::shadow;
use crate::routing::trouble::{Trouble, rejected};
use crate::task;
use crate::upstream::Failure;
use crate::worker::Worker;

/// Gets an answer to begin. Refuses when every target has failed or rests; a count is then estimated.
pub(crate) async fn run(worker: &Worker, call: &mut Exchange) -> Result<(), Refusal> {
    let Some(plan) = call.plan.clone() else {
        return Err(impossible("dispatched before it was routed"));
    };
    worker.retries.earn();
    let mut tour = Tour {
        plan: &plan,
        line: Line::new(std::mem::take(&mut call.candidates), &plan.fallback_on),
        trouble: Trouble::default(),
    };
    let hedge = hedge::after(call, &plan);
    while let Some(next) = tour.next(worker, call, None)? {
        let answered = match hedge {
            Some(after) => Box::pin(tour.race(worker, call, next, after)).await?,
            None => tour.ask(worker, call, next).await?,
        };
        if let Some(answer) = answered {
            call.answer = Some(answer);
            shadow::cast(worker, call, &plan);
            return Ok(());
        }
    }
    match call.is_count() {
        true => Ok(()),
        false => Err(tour.trouble.refusal(call, worker.now())),
    }
}

/// The way of a call from candidate to candidate.
struct Tour<'a> {
    plan: &'a ModelPlan,
    line: Line<'a>,
    trouble: Trouble,
}

/// Somebody to be asked, and how.
type Next = (Candidate, Ready);

impl Tour<'_> {
    /// The next candidate that can be asked, beside one that is being asked where there is one; `None`
    /// where nobody is left, or the call has tried enough.
    fn next(
        &mut self,
        worker: &Worker,
        call: &mut Exchange,
        beside: Option<&Candidate>,
    ) -> Result<Option<Next>, Refusal> {
        let tried = call.attempts.len() + usize::from(beside.is_some());
        let most = usize::try_from(worker.shared.settings.limits.attempts).unwrap_or(usize::MAX);
        loop {
            if tried >= most || is_over(call, self.plan) {
                return Ok(None);
            }
            let candidate = match beside {
                None => self.line.next(),
                Some(other) => self.line.next_beside(&other.target),
            };
            let Some(candidate) = candidate else {
                return Ok(None);
            };
            if self.puts_off(worker, call, &candidate) {
                self.line.put_off(candidate);
                continue;
            }
            let Some(pass) = self.enter(worker, call, &candidate) else {
                continue;
            };
            if tried > 0 && !worker.retries.spend() {
                // Where the one that is being asked fails, there may be room for another try.
                self.line.put_back(candidate);
                return Ok(None);
            }
            let outgoing = match written(call, &candidate, tried == 0) {
                Ok(outgoing) => outgoing,
                Err(refusal) => {
                    self.trouble.unsayable.get_or_insert(refusal);
                    continue;
                }
            };
            note_intent(worker, call)?;
            let ready = Ready {
                outgoing,
                waits: self.waits(call, &candidate),
                pass,
            };
            return Ok(Some((candidate, ready)));
        }
    }

    /// Asks one candidate; `None` where it failed and others may be asked.
    async fn ask(
        &mut self,
        worker: &Worker,
        call: &mut Exchange,
        (candidate, ready): Next,
    ) -> Result<Option<Answer>, Refusal> {
        let (begun, body, waits) = begin(worker, call, &candidate, ready);
        let tried = if call.session.is_some() {
            realtime::dial(worker, call, &candidate, waits).await
        } else {
            match Ask::of(call, &candidate, body, waits) {
                Ok(ask) => ask.answer(worker, Some(call)).await,
                Err(failure) => Err(failure),
            }
        };
        self.over(worker, call, (candidate, begun), tried)
    }

    /// Asks one candidate, and another target as well where no answer has begun after a while. The first
    /// good beginning counts, and the other attempt is cancelled.
    async fn race(
        &mut self,
        worker: &Worker,
        call: &mut Exchange,
        first: Next,
        after: Duration,
    ) -> Result<Option<Answer>, Refusal> {
        let mut first = Run::start(worker, call, first);
        if let Ok(tried) = timeout(after, &mut first.answer).await {
            return self.over(worker, call, first.attempt, tried);
        }
        let Some(second) = self.next(worker, call, Some(&first.attempt.0))? else {
            let tried = first.answer.await;
            return self.over(worker, call, first.attempt, tried);
        };
        let mut second = Run::start(worker, call, second);
        let (is_first, tried) = poll_fn(|cx| {
            if let Poll::Ready(tried) = first.answer.as_mut().poll(cx) {
                return Poll::Ready((true, tried));
            }
            second.answer.as_mut().poll(cx).map(|tried| (false, tried))
        })
        .await;
        let (done, other) = if is_first {
            (first, second)
        } else {
            (second, first)
        };
        if tried.is_err() {
            self.over(worker, call, done.attempt, tried)?;
            let tried = other.answer.await;
            return self.over(worker, call, other.attempt, tried);
        }
        loses(worker, call, other, &done.attempt.0);
        self.over(worker, call, done.attempt, tried)
    }

    /// Notes how an attempt went; gives the answer where there is one.
    fn over(
        &mut self,
        worker: &Worker,
        call: &mut Exchange,
        (candidate, begun): (Candidate, Begun),
        tried: Result<Answer, Failure>,
    ) -> Result<Option<Answer>, Refusal> {
        match conclude(worker, call, &candidate, begun, tried) {
            Ok(answer) => Ok(Some(answer)),
            Err(failure) => self.fails(worker, call, &candidate, failure).map(|()| None),
        }
    }

    /// Whether others go before a candidate of whose limits too little is left.
    fn puts_off(&self, worker: &Worker, call: &Exchange, candidate: &Candidate) -> bool {
        let tokens = || task::prompt_tokens(call);
        let is_short = || {
            candidate
                .health(worker)
                .quota
                .is_short_of(tokens, worker.now())
        };
        !candidate.put_off && self.line.has_other() && is_short()
    }

    /// Lets a call use a candidate's credential; `None` where that rests or is at its limit.
    fn enter(
        &mut self,
        worker: &Worker,
        call: &mut Exchange,
        candidate: &Candidate,
    ) -> Option<Pass> {
        let health = candidate.health(worker);
        // To count has limits of its own, and proves nothing for answers.
        let rests = match call.is_count() {
            true => health.pause().is_some(),
            false => !health.admits(worker.now()),
        };
        if rests {
            let (until, class) = health.pause()?;
            let why = format!("rests until {until}: {}", class.as_str());
            self.passes_over(call, candidate, (until, class), why);
            return None;
        }
        if call.is_count() {
            return Some(Pass(None));
        }
        match take(worker, call, candidate, &health.quota) {
            Ok(taken) => Some(Pass(Some(taken))),
            Err(AtLimit { until, why }) => {
                let (pause, why) = (
                    (until, FailureClass::RateLimited),
                    format!("{why} until {until}"),
                );
                self.passes_over(call, candidate, pause, why);
                None
            }
        }
    }

    /// Notes that a candidate is not asked now, and why.
    fn passes_over(
        &mut self,
        call: &mut Exchange,
        candidate: &Candidate,
        pause: (Micros, FailureClass),
        why: String,
    ) {
        self.trouble.rests(pause);
        self.line.rests(pause.1);
        let name = candidate.credential_name();
        let choice = call.choice.get_or_insert_with(|| {
            Box::new(Choice {
                strategy: self.plan.strategy,
                order: Vec::new(),
                skipped: Vec::new(),
            })
        });
        choice.skipped.push(Skipped {
            provider: candidate.target.provider.name.clone(),
            model: candidate.target.model.clone(),
            credential: (!name.is_empty()).then_some(name),
            why,
        });
    }

    /// Notes a failure. Refuses the call where it is the caller's and nobody takes over.
    fn fails(
        &mut self,
        worker: &Worker,
        call: &Exchange,
        candidate: &Candidate,
        failure: Failure,
    ) -> Result<(), Refusal> {
        if !call.is_count() {
            note_failure(worker, candidate, &failure);
            note_outlier(worker, self.plan, candidate, &failure);
        }
        if is_the_callers(call, &failure) && !self.line.has_after(failure.class, candidate) {
            return Err(rejected(failure));
        }
        self.line.failed(failure.class, candidate);
        self.trouble.failed(failure);
        Ok(())
    }

    /// How long an attempt may take: what the model says goes before what the provider says.
    fn waits(&self, call: &Exchange, candidate: &Candidate) -> Waits {
        let millis = |millis: u32| Duration::from_millis(u64::from(millis));
        let mut waits = Waits::of(&candidate.target.provider);
        if let Some(attempt_ms) = self.plan.timeouts.attempt_ms {
            waits.provider.first_byte_ms = attempt_ms;
            waits.attempt = Some(millis(attempt_ms));
        }
        waits.first_token = self.plan.timeouts.first_token_ms.map(millis);
        waits.end = call.ends();
        let filtered = FailureClass::ContentFiltered;
        waits.filtered = !call.is_count() && self.line.has_after(filtered, candidate);
        waits
    }
}

/// That a call may use a credential, with what it takes of its limits. To count takes nothing.
struct Pass(Option<Taken>);

/// An attempt before it is made.
struct Ready {
    outgoing: Outgoing,
    waits: Waits,
    pass: Pass,
}

/// An attempt that was begun: when, and what ends with it.
struct Begun {
    began: (u32, Instant),
    pass: Pass,
    under_way: Option<UnderWay>,
    dropped: Vec<String>,
}

/// An attempt beside which another one may be made.
struct Run<'w> {
    attempt: (Candidate, Begun),
    answer: Pin<Box<dyn Future<Output = Result<Answer, Failure>> + 'w>>,
}

impl<'w> Run<'w> {
    /// Begins an attempt at an answer in a conversation, for which nothing of the call is needed.
    fn start(worker: &'w Worker, call: &Exchange, (candidate, ready): Next) -> Run<'w> {
        let (begun, body, waits) = begin(worker, call, &candidate, ready);
        let ask = Ask::of(call, &candidate, body, waits);
        Run {
            attempt: (candidate, begun),
            answer: Box::pin(async move { ask?.answer(worker, None).await }),
        }
    }
}

fn begin(
    worker: &Worker,
    call: &Exchange,
    candidate: &Candidate,
    ready: Ready,
) -> (Begun, Pieces, Waits) {
    let state = candidate.state.as_ref();
    let under_way = state.map(|state| UnderWay::begin(&state.busy, worker.index));
    let begun = Begun {
        began: (call.elapsed(), Instant::now()),
        pass: ready.pass,
        under_way,
        dropped: ready.outgoing.dropped,
    };
    (begun, ready.outgoing.body, ready.waits)
}

/// Notes how an attempt went.
fn conclude(
    worker: &Worker,
    call: &mut Exchange,
    candidate: &Candidate,
    begun: Begun,
    tried: Result<Answer, Failure>,
) -> Result<Answer, Failure> {
    call.attempts
        .push(record(candidate, begun.began, tried.as_ref().err()));
    if tried.is_ok() {
        if !call.is_count() {
            candidate.health(worker).succeeded();
            note_answer(worker, call, candidate);
        }
        call.taken = begun.pass.0;
        call.first_byte = call.elapsed();
        call.served = Some(candidate.target.clone());
        call.under_way = begun.under_way;
        call.dropped = begun.dropped;
    }
    tried
}

/// Cancels an attempt, since that at another candidate has begun sooner.
fn loses(worker: &Worker, call: &mut Exchange, run: Run<'_>, winner: &Candidate) {
    let (candidate, begun) = run.attempt;
    let attempt = Attempt {
        status: None,
        note: format!(
            "cancelled, since {} began first",
            winner.target.provider.name
        ),
        cancelled: Some(Nanos::ZERO),
        ..record(&candidate, begun.began, None)
    };
    if let Some(state) = &candidate.state {
        // It takes at least so long.
        let latency = state.latency(call.wants_stream());
        latency.note(attempt.took, worker.now());
    }
    call.lost = Some(Box::new(Lost {
        attempt: call.attempts.len(),
        target: candidate.target,
    }));
    call.attempts.push(attempt);
}

/// The request for a candidate: the one that prepare has written, where it is for its target.
fn written(call: &mut Exchange, candidate: &Candidate, first: bool) -> Result<Outgoing, Refusal> {
    match call.outgoing.take() {
        // What a session is asked for stands in the address.
        None if call.session.is_some() => Ok(Outgoing::default()),
        Some(built) if first && is_first(call, candidate) => Ok(built),
        _ => outgoing::build(call, &candidate.target),
    }
}

fn is_over(call: &Exchange, plan: &ModelPlan) -> bool {
    let total = plan.timeouts.total_ms;
    total.is_some_and(|most| call.elapsed() / 1_000 >= most)
}

/// Takes what a call uses of its credential's limits.
fn take(
    worker: &Worker,
    call: &Exchange,
    candidate: &Candidate,
    quota: &Arc<Quota>,
) -> Result<Taken, AtLimit> {
    let pool = &candidate.target.provider.credentials;
    let credential = candidate.credential.and_then(|at| pool.get(at));
    let limits = credential.map(|credential| credential.limits);
    let limits = limits.unwrap_or_default();
    let tokens = match limits.tokens_per_minute {
        Some(_) => task::prompt_tokens(call),
        None => 0,
    };
    quota.take(&limits, tokens, worker.now())
}

/// Notes that the target has answered, and how long it took to begin.
fn note_answer(worker: &Worker, call: &Exchange, candidate: &Candidate) {
    if let (Some(state), Some(attempt), Some(plan)) =
        (&candidate.state, call.attempts.last(), &call.plan)
    {
        let latency = state.latency(call.wants_stream());
        latency.note(attempt.took, worker.now());
        state.outlier.succeeded(&plan.ejection, worker.now());
    }
}

/// Notes that the target has failed, which may put it behind the others.
fn note_outlier(worker: &Worker, plan: &ModelPlan, candidate: &Candidate, failure: &Failure) {
    let Some(state) = &candidate.state else {
        return;
    };
    let ejected = state
        .outlier
        .failed(&plan.ejection, failure.class, worker.now());
    if let Some(until) = ejected {
        tracing::warn!(
            provider = %candidate.target.provider.name, model = %candidate.target.model, %until,
            class = failure.class.as_str(), "a target goes behind the others, since it fails"
        );
    }
}

/// Notes a failure in the health of the credential, and for the operator where that is the one who
/// can end it.
fn note_failure(worker: &Worker, candidate: &Candidate, failure: &Failure) {
    let health = candidate.health(worker);
    let provider = &candidate.target.provider;
    if provider.endpoint == Endpoint::Sandbox {
        return;
    }
    let now = worker.now();
    if failure.class == FailureClass::NotFound && health.is_news(failure.class, &failure.note) {
        tracing::error!(
            provider = %provider.name, model = %candidate.target.model, note = failure.note,
            "the provider does not know the model of a target"
        );
    }
    if health.failed(failure.class, failure.retry_after, now, &failure.note) {
        let credential = candidate.credential_name();
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

/// Writes down, before anything is sent, that it is about to be: what the journal holds of a call
/// that a crash leaves unsettled.
fn note_intent(worker: &Worker, call: &mut Exchange) -> Result<(), Refusal> {
    if call.dispatched || call.is_count() {
        return Ok(());
    }
    let Some(caller) = call.caller.clone() else {
        return Err(impossible("sent for nobody"));
    };
    // What is set aside for a session is for its first response, which has an intent of its own.
    let hold = call.hold.iter().filter(|_| call.session.is_none());
    let holds = hold.flat_map(|hold| hold.holds());
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
    let named = candidate.credential_name();
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
        cancelled: None,
        took: u32::try_from(began.1.elapsed().as_micros()).unwrap_or(u32::MAX),
    }
}
