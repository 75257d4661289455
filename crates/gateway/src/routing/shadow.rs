//! Shadow traffic: a copy of some requests goes to a second target as well, to see how that one does.
//! Its answer is read and dropped, and nobody waits for it. What it costs is the operator's: the
//! record names no caller and has no charge.

use std::rc::Rc;
use std::time::Instant;

use tokio::task::spawn_local;
use tollgate_dialect::ir::Event;
use tollgate_dialect::outbound;
use tollgate_model::call::{Attempt, CallRecord, Ending, Timings};
use tollgate_model::refusal::Stage;
use tollgate_model::snapshot::{ModelPlan, ShadowPlan};
use tollgate_model::usage::UsageQuality;
use tollgate_model::{CallId, Dialect, Micros, Reason, Refusal, ServiceTier, Usage};

use super::attempt::{Ask, Waits};
use super::quota::Taken;
use crate::connection::Chunks;
use crate::exchange::{Answer, Candidate, Exchange};
use crate::outgoing;
use crate::pool::Incoming;
use crate::tier;
use crate::upstream::Failure;
use crate::worker::Worker;

/// The most shadows that a worker has under way. Beyond it, requests have none.
const MOST: u32 = 32;

/// Sends a copy of a request that is being answered, where its model says so and there is room.
pub(crate) fn cast(worker: &Worker, call: &mut Exchange, plan: &ModelPlan) {
    let Some(shadow) = &plan.shadow else {
        return;
    };
    let drawn = worker.random_below(100) < u64::from(shadow.percent);
    let is_chat = !call.is_count() && call.task.is_none() && call.session.is_none();
    if !is_chat || !drawn || worker.shadows.get() >= MOST {
        return;
    }
    if let Some((ask, seed, taken)) = prepared(worker, call, shadow) {
        worker.shadows.set(worker.shadows.get() + 1);
        let worker = Rc::clone(&call.worker);
        spawn_local(async move {
            let record = seed.grow(&worker, ask).await;
            drop(taken);
            worker.append(&record);
            worker.shadows.set(worker.shadows.get().saturating_sub(1));
        });
    }
}

/// What the record of a shadow has from the call whose shadow it is.
struct Seed {
    id: CallId,
    of: CallId,
    at: Micros,
    began: Instant,
    model: String,
    path: String,
    revision: u64,
    dialect: Dialect,
    /// The dialect in which its target answers.
    spoken: Dialect,
    stream: bool,
    request_bytes: u64,
    dropped: Vec<String>,
    /// The tier of service in which it is asked for.
    tier: Option<ServiceTier>,
    candidate: Candidate,
}

/// The copy; `None` where its target cannot be asked for this right now.
fn prepared(
    worker: &Worker,
    call: &mut Exchange,
    shadow: &ShadowPlan,
) -> Option<(Ask, Seed, Taken)> {
    let target = &shadow.target;
    tier::price(call, target)?;
    let candidate = usable(worker, shadow)?;
    let taken = {
        let health = candidate.health(worker);
        let pool = &target.provider.credentials;
        let credential = candidate.credential.and_then(|at| pool.get(at));
        let limits = credential.map(|credential| credential.limits);
        let tokens = u64::try_from(call.body.len() / 4).unwrap_or(u64::MAX);
        let taken = health
            .quota
            .take(&limits.unwrap_or_default(), tokens, worker.now());
        taken.ok()?
    };
    let built = outgoing::build(call, target).ok()?;
    let waits = Waits::of(&target.provider);
    let ask = Ask::of(call, &candidate, built.body, waits).ok()?;
    let at = worker.now();
    let seed = Seed {
        id: worker.call_id(at),
        of: call.id,
        at,
        began: Instant::now(),
        model: call.model_name().chars().take(200).collect(),
        path: call.uri.path().chars().take(200).collect(),
        revision: call.snapshot.revision,
        dialect: call.dialect,
        spoken: outgoing::spoken(call, target),
        stream: call.wants_stream(),
        request_bytes: u64::try_from(call.body.len()).unwrap_or(u64::MAX),
        dropped: built.dropped,
        tier: tier::asked(call, target).ok()?,
        candidate,
    };
    Some((ask, seed, taken))
}

/// A credential of the target that does not rest. A shadow never probes one that does.
fn usable(worker: &Worker, shadow: &ShadowPlan) -> Option<Candidate> {
    let target = &shadow.target;
    let candidate = |credential| Candidate {
        target: target.clone(),
        credential,
        state: None,
        put_off: false,
    };
    let pool = 0..target.provider.credentials.len();
    let bare = target.provider.keyless && pool.is_empty();
    let mut all = pool.map(Some).chain(bare.then_some(None)).map(candidate);
    all.find(|one| one.health(worker).pause().is_none())
}

impl Seed {
    /// Asks, reads the answer to its end, and makes the record.
    async fn grow(self, worker: &Worker, ask: Ask) -> CallRecord {
        let elapsed =
            |began: &Instant| u32::try_from(began.elapsed().as_micros()).unwrap_or(u32::MAX);
        let answered = ask.answer(worker, None).await;
        let first_byte = elapsed(&self.began);
        let attempt = attempt(&self.candidate, first_byte, answered.as_ref().err());
        let (read, refusal) = match answered {
            Ok(answer) => (read(answer, self.spoken).await, None),
            Err(_) => {
                let detail = "The target of the shadow did not answer. No caller waited for it.";
                let refusal = Refusal::new(Reason::UpstreamError, detail);
                (Read::default(), Some(refusal))
            }
        };
        let usage = read.usage.unwrap_or(Usage::NONE);
        let price = self.candidate.target.price_of(&usage, self.tier);
        let price = price
            .map(|price| price.at(self.at))
            .filter(|_| refusal.is_none());
        let cost = price.map(|price| price.cost(&usage)).unwrap_or_default();
        let timings = timings(first_byte, refusal.is_none());
        CallRecord {
            id: self.id,
            at: self.at,
            caller: None,
            model: self.model,
            status: refusal.as_ref().map_or(200, |refusal| refusal.status),
            ending: match &refusal {
                Some(_) => Ending::Refused,
                None if read.is_cut => Ending::UpstreamCut,
                None => Ending::Completed,
            },
            refusal,
            attempts: vec![attempt],
            usage,
            cost: cost.total,
            charges: Vec::new(),
            duration: elapsed(&self.began).into(),
            request_bytes: self.request_bytes,
            response_bytes: read.bytes,
            revision: self.revision,
            request_id: None,
            dialect: self.dialect,
            path: self.path,
            stream: self.stream,
            recalled: None,
            dropped: self.dropped,
            choice: None,
            shadow_of: Some(self.of),
            max_tokens_set: None,
            usage_quality: match read.usage {
                Some(_) => UsageQuality::Exact,
                None => UsageQuality::None,
            },
            cost_lines: cost.lines,
            price_source: price.map(|price| price.source.clone()).unwrap_or_default(),
            timings,
            first_byte,
        }
    }
}

/// How the one attempt went.
fn attempt(candidate: &Candidate, took: u32, failure: Option<&Failure>) -> Attempt {
    let name = candidate.credential_name();
    Attempt {
        provider: candidate.target.provider.name.clone(),
        model: candidate.target.model.clone(),
        credential: (!name.is_empty()).then_some(name),
        status: failure.map_or(Some(200), |failure| failure.status),
        failure: failure.map(|failure| failure.class),
        note: failure
            .map(|failure| failure.note.clone())
            .unwrap_or_default(),
        began: 0,
        cancelled: None,
        took,
    }
}

/// A shadow takes no time before it is sent: what was decided was decided for its call.
fn timings(answered: u32, is_served: bool) -> Timings {
    let mut timings = Timings::new();
    let reached = Stage::ALL.into_iter();
    let reached = reached.take_while(|stage| is_served || *stage != Stage::Dispatch);
    reached.for_each(|_| timings.passed(answered));
    timings
}

/// What was read of an answer.
#[derive(Default)]
struct Read {
    usage: Option<Usage>,
    bytes: u64,
    is_cut: bool,
}

/// Reads an answer to its end, for what it consumed.
async fn read(answer: Answer, spoken: Dialect) -> Read {
    let size = |bytes: usize| u64::try_from(bytes).unwrap_or(u64::MAX);
    match answer {
        Answer::Whole { bytes, usage, .. } => Read {
            usage,
            bytes: size(bytes.len()),
            is_cut: false,
        },
        Answer::Task(_) | Answer::Session(_) => Read::default(),
        Answer::Stream { first, rest } => {
            let mut decoder = outbound(spoken).stream_decoder();
            let (mut events, mut read) = (Vec::new(), Read::default());
            let mut next = Some(first);
            let mut rest: Incoming = rest;
            while let Some(bytes) = next.take() {
                read.bytes = read.bytes.saturating_add(size(bytes.len()));
                decoder.push(&bytes, &mut events);
                next = rest.chunk().await.and_then(Result::ok);
                note(&mut events, &mut read);
            }
            decoder.finish(&mut events);
            note(&mut events, &mut read);
            read
        }
    }
}

fn note(events: &mut Vec<Event>, read: &mut Read) {
    for event in events.drain(..) {
        match event {
            Event::Usage(usage) => read.usage.get_or_insert(Usage::NONE).update(&usage),
            Event::Fail(_) => read.is_cut = true,
            _ => {}
        }
    }
}
