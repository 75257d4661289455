//! Stage 9, settle: usage to cost, hold to charges, all of it to the journal. Happens exactly once
//! per call, without I/O beyond one write to the journal.

use tollgate_model::call::{CallRecord, Ending};
use tollgate_model::price::{Cost, Price};
use tollgate_model::usage::{Usage, UsageClass, UsageQuality};
use tollgate_model::{Nanos, Refusal};

use crate::exchange::Exchange;
use crate::quantities;
use crate::routing::hedge;
use crate::tier;
use crate::worker::Durable;

/// How a call went, as the relay saw it.
pub(crate) struct Outcome {
    /// As far as the provider told it.
    pub(crate) usage: Usage,
    pub(crate) quality: UsageQuality,
    pub(crate) ending: Ending,
    /// Bytes of the answer that were passed on.
    pub(crate) bytes: u64,
    /// Tokens of the answer that were passed on, by our own count.
    pub(crate) tokens: u64,
    /// Pictures in the answer, counted where each has a price.
    pub(crate) pictures: u64,
}

/// What closing a call gives.
pub(crate) struct Closed {
    pub(crate) cost: Nanos,
    /// Resolves once the settlement is on disk; `None` where it could not be written.
    pub(crate) durable: Option<Durable>,
}

/// What a usage costs at the target that answered.
pub(crate) fn cost_of(call: &Exchange, usage: &Usage) -> Cost {
    if let Some(hit) = call.cache.hit() {
        return Cost {
            total: hit.price,
            ..Cost::default()
        };
    }
    let price = price_of(call, usage);
    let cost = price.map(|price| price.cost(usage)).unwrap_or_default();
    match &call.lost {
        Some(lost) => cost.plus(hedge::cost(call, lost, usage)),
        None => cost,
    }
}

/// The price of a usage at the target that answered.
pub(crate) fn price_of<'c>(call: &'c Exchange, usage: &Usage) -> Option<&'c Price> {
    let target = call.served.as_ref()?;
    let asked = tier::asked(call, target).unwrap_or_default();
    Some(target.price_of(usage, asked)?.at(call.at))
}

/// What a call has consumed and what that costs.
pub(crate) struct Priced {
    pub(crate) usage: Usage,
    pub(crate) cost: Cost,
    quality: UsageQuality,
}

/// What a call has consumed and what that costs, as it stands.
pub(crate) fn price(call: &Exchange, outcome: &Outcome) -> Priced {
    let mut quality = outcome.quality;
    // Nobody works for an answer that was kept a second time.
    let is_kept = call.cache.hit().is_some();
    let mut usage = match quality {
        _ if is_kept => Usage::NONE,
        UsageQuality::None | UsageQuality::Exact => outcome.usage,
        UsageQuality::Estimated => estimated(call, outcome),
    };
    if is_kept || quality == UsageQuality::None {
        let cost = if is_kept {
            cost_of(call, &usage)
        } else {
            Cost::default()
        };
        return Priced {
            usage,
            cost,
            quality,
        };
    }
    if let Some(price) = price_of(call, &usage)
        && quantities::complete(call, price, &mut usage, outcome.pictures)
    {
        quality = UsageQuality::Estimated;
    }
    Priced {
        cost: cost_of(call, &usage),
        usage,
        quality,
    }
}

/// What an answer costs by a usage that its provider has told, to be told on the way: as much as will be
/// settled.
pub(crate) fn cost_as_told(call: &Exchange, usage: &Usage, pictures: u64) -> Nanos {
    let mut usage = *usage;
    if let Some(price) = price_of(call, &usage) {
        quantities::complete(call, price, &mut usage, pictures);
    }
    cost_of(call, &usage).total
}

/// Closes a call that got an answer, or whose caller hung up before one.
pub(crate) fn close(call: &mut Exchange, mut outcome: Outcome) -> Closed {
    let Priced {
        usage,
        cost,
        quality,
    } = price(call, &outcome);
    outcome.quality = quality;
    let status = match call.first_byte {
        0 => 499,
        _ if call.is_switched() => 101,
        _ => 200,
    };
    write(
        call,
        Ended {
            outcome,
            usage,
            cost,
            status,
            refusal: None,
        },
    )
}

/// Closes a call that was refused or failed: nothing is charged, what was set aside returns.
pub(crate) fn close_refused(call: &mut Exchange, refusal: Refusal) {
    if call.caller.is_none() && !call.worker.may_record_stranger(call.at) {
        call.closed = true;
        return;
    }
    let outcome = Outcome::nothing(Ending::Refused);
    let (usage, cost, status) = (Usage::NONE, Cost::default(), refusal.status);
    write(
        call,
        Ended {
            outcome,
            usage,
            cost,
            status,
            refusal: Some(refusal),
        },
    );
}

impl Outcome {
    /// Nothing that costs anything was delivered.
    pub(crate) fn nothing(ending: Ending) -> Outcome {
        let (usage, quality) = (Usage::NONE, UsageQuality::None);
        Outcome {
            usage,
            quality,
            ending,
            bytes: 0,
            tokens: 0,
            pictures: 0,
        }
    }
}

impl Drop for Exchange {
    /// The caller hung up before an answer began, so the driver's future was dropped: nothing was
    /// delivered and nothing is charged, but the call is on record.
    fn drop(&mut self) {
        if !self.closed {
            close(self, Outcome::nothing(Ending::ClientGone));
        }
    }
}

/// The usage of an answer whose provider did not get to say it: four bytes to a token of what was
/// sent, and the tokens that were delivered, unless the provider has said more.
fn estimated(call: &Exchange, outcome: &Outcome) -> Usage {
    let mut usage = outcome.usage;
    if call.task.is_some() {
        return usage;
    }
    if usage.prompt_tokens() == 0 {
        let sent = u64::try_from(call.body.len()).unwrap_or(u64::MAX);
        usage.set(UsageClass::Input, sent.div_ceil(4));
    }
    if usage.output_tokens() < outcome.tokens {
        let thought = usage.get(UsageClass::Reasoning).unwrap_or(0);
        usage.set(UsageClass::Output, outcome.tokens.saturating_sub(thought));
    }
    usage
}

/// As much of a caller's word as a record keeps.
fn beginning(text: &str) -> String {
    const MOST: usize = 200;
    // No text has more characters than bytes.
    let end = (text.len() > MOST).then(|| text.char_indices().nth(MOST));
    let end = end.flatten().map_or(text.len(), |(at, _)| at);
    text[..end].to_owned()
}

struct Ended {
    outcome: Outcome,
    usage: Usage,
    cost: Cost,
    status: u16,
    refusal: Option<Refusal>,
}

/// Notes what an attempt costs that was cancelled, where something was delivered.
fn note_lost(call: &mut Exchange, usage: &Usage) {
    let lost = call.lost.take().filter(|_| !usage.is_empty());
    let Some(lost) = lost else {
        return;
    };
    let cost = hedge::cost(call, &lost, usage).total;
    if let Some(attempt) = call.attempts.get_mut(lost.attempt) {
        attempt.cancelled = Some(cost);
    }
}

fn write(call: &mut Exchange, ended: Ended) -> Closed {
    call.closed = true;
    let tokens = ended
        .usage
        .prompt_tokens()
        .saturating_add(ended.usage.output_tokens());
    if let Some(taken) = call.taken.as_mut().filter(|_| tokens > 0) {
        taken.used(tokens);
    }
    note_lost(call, &ended.usage);
    let charges = call
        .hold
        .take()
        .map(|hold| hold.settle(ended.cost.total))
        .unwrap_or_default();
    let duration = u64::try_from(call.started.elapsed().as_micros()).unwrap_or(u64::MAX);
    let hit = call.cache.hit().filter(|_| ended.refusal.is_none());
    let price_source = if let Some(hit) = hit {
        format!("the cache, from {}", hit.of)
    } else if ended.cost.lines.is_empty() {
        String::new()
    } else {
        let price = price_of(call, &ended.usage);
        price.map(|price| price.source.clone()).unwrap_or_default()
    };
    let record = CallRecord {
        id: call.id,
        at: call.at,
        revision: call.snapshot.revision,
        request_id: call.request_id.take(),
        dialect: call.dialect,
        path: beginning(call.uri.path()),
        caller: call.caller.take(),
        model: beginning(call.model_name()),
        stream: call.wants_stream(),
        status: ended.status,
        ending: ended.outcome.ending,
        refusal: ended.refusal,
        attempts: std::mem::take(&mut call.attempts),
        recalled: hit.map(|hit| hit.of),
        dropped: std::mem::take(&mut call.dropped),
        choice: call.choice.take(),
        shadow_of: None,
        max_tokens_set: call.max_tokens_set,
        usage: ended.usage,
        usage_quality: match hit {
            Some(_) => UsageQuality::None,
            None => ended.outcome.quality,
        },
        cost: ended.cost.total,
        cost_lines: ended.cost.lines,
        price_source,
        charges,
        request_bytes: u64::try_from(call.body.len())
            .unwrap_or(u64::MAX)
            .saturating_add(call.sent),
        response_bytes: ended.outcome.bytes,
        timings: std::mem::take(&mut call.timings),
        first_byte: call.first_byte,
        duration,
    };
    let cost = record.cost;
    Closed {
        cost,
        durable: call.worker.append(&record),
    }
}
