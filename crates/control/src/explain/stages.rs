//! What each stage of a call decided, in sentences.

use tollgate_model::Nanos;
use tollgate_model::call::{Attempt, CallRecord, Ending};
use tollgate_model::choice::Choice;
use tollgate_model::refusal::{Refusal, Stage};
use tollgate_model::time::span_text;

use super::bill::title;
use super::story::{Step, Verdict};

/// The stages that the call reached.
pub(super) fn steps(record: &CallRecord) -> Vec<Step> {
    let reached = Stage::ALL.into_iter().filter_map(|stage| {
        let ended = record.timings.iter().find(|(passed, _)| *passed == stage);
        let verdict = verdict(record, stage, ended.is_some())?;
        let mut says = sentences(record, stage, verdict);
        if verdict == Verdict::Refused {
            says.extend(record.refusal.iter().flat_map(refusal));
        }
        Some(Step {
            stage,
            verdict,
            ended: ended.map(|(_, at)| at),
            says,
        })
    });
    reached.collect()
}

/// What came of a stage; `None` where the call never got there.
fn verdict(record: &CallRecord, stage: Stage, passed: bool) -> Option<Verdict> {
    let current = record.timings.current();
    match (stage, record.ending) {
        (Stage::Settle, _) => settles(record).then_some(Verdict::Passed),
        (Stage::Relay, Ending::ClientGone | Ending::UpstreamCut) => Some(Verdict::Cut),
        (Stage::Dispatch | Stage::Relay, Ending::Unresolved) => Some(Verdict::Unknown),
        (_, Ending::Refused) if stage == current => Some(Verdict::Refused),
        // An intent is written when a call is about to be sent: the stages before were passed,
        // though nobody could note when.
        (_, Ending::Unresolved) => Some(Verdict::Passed),
        _ => passed.then_some(Verdict::Passed),
    }
}

/// Whether money was in play, so that the call was settled.
fn settles(record: &CallRecord) -> bool {
    record.ending != Ending::Refused || !record.charges.is_empty() || !record.attempts.is_empty()
}

fn sentences(record: &CallRecord, stage: Stage, verdict: Verdict) -> Vec<String> {
    match stage {
        Stage::Accept => accept(record),
        Stage::Route => route(record),
        Stage::Identify => record.caller.iter().map(caller).collect(),
        Stage::Authorize if verdict == Verdict::Passed => {
            vec!["the key may ask for this model".to_owned()]
        }
        Stage::Authorize => Vec::new(),
        Stage::Admit => admit(record, verdict),
        Stage::Prepare => prepare(record, verdict),
        Stage::Dispatch => dispatch(record),
        Stage::Relay => relay(record),
        Stage::Settle => settle(record),
    }
}

fn caller(caller: &tollgate_model::call::Caller) -> String {
    let (key, application, team) = (&caller.key, &caller.application, &caller.team);
    format!("key {key} of application {application}, team {team}")
}

fn accept(record: &CallRecord) -> Vec<String> {
    if record.ending == Ending::Unresolved {
        return vec![format!("a call in the dialect {}", record.dialect)];
    }
    let streamed = if record.stream {
        ", to be streamed"
    } else {
        ""
    };
    let (path, dialect, bytes) = (&record.path, record.dialect, record.request_bytes);
    let mut says = vec![format!(
        "{path} in the dialect {dialect}, {bytes} bytes{streamed}"
    )];
    let own_id = record.id.to_string();
    if let Some(id) = record.request_id.as_ref().filter(|id| **id != own_id) {
        says.push(format!("x-request-id {id}"));
    }
    says
}

fn route(record: &CallRecord) -> Vec<String> {
    let revision = record.revision;
    match record.model.as_str() {
        model if record.ending == Ending::Unresolved => vec![format!("model {model}")],
        "" => vec![format!(
            "configuration revision {revision}; the model was not read"
        )],
        model => vec![format!(
            "model {model}, by configuration revision {revision}"
        )],
    }
}

fn admit(record: &CallRecord, verdict: Verdict) -> Vec<String> {
    let mut says: Vec<String> = record
        .charges
        .iter()
        .map(|charge| format!("set aside ${} on {}", charge.held, title(&charge.account)))
        .collect();
    if says.is_empty() && verdict == Verdict::Passed {
        let nothing = match record.recalled {
            Some(_) => "nothing to set aside: an answer from the cache costs nothing here",
            None => "nothing to set aside: no budget and no wallet applies",
        };
        says.push(nothing.to_owned());
    }
    says.extend(
        record
            .max_tokens_set
            .map(|most| format!("max_tokens set to {most}, the most that the money allowed")),
    );
    says
}

fn prepare(record: &CallRecord, verdict: Verdict) -> Vec<String> {
    let mut says: Vec<String> = record.choice.iter().flat_map(|one| choice(one)).collect();
    if verdict != Verdict::Passed || record.ending == Ending::Unresolved {
        return says;
    }
    if let Some(call) = record.recalled {
        return vec![format!(
            "the answer of {call} is given again, out of the cache: nobody is asked"
        )];
    }
    if record.dropped.is_empty() {
        says.push("the request was passed on with nothing left out".to_owned());
    } else {
        let left_out = record.dropped.join(", ");
        says.push(format!(
            "left out, since the target's dialect cannot carry it: {left_out}"
        ));
    }
    says
}

/// In which order targets would be tried, by which numbers, and which were left out.
fn choice(choice: &Choice) -> Vec<String> {
    let ranked = choice.order.iter().map(|ranked| {
        let (provider, model) = (&ranked.provider, &ranked.model);
        match ranked.by.as_str() {
            "" => format!("{provider} {model}"),
            by => format!("{provider} {model} ({by})"),
        }
    });
    let order = ranked.collect::<Vec<_>>().join(", then ");
    let mut says = Vec::new();
    if !order.is_empty() {
        says.push(format!("by strategy {}: {order}", choice.strategy.as_str()));
    }
    says.extend(choice.skipped.iter().map(|skipped| {
        let (provider, model) = (&skipped.provider, &skipped.model);
        let with = skipped.credential.as_ref();
        let with = with.map_or_else(String::new, |name| format!(" with credential {name}"));
        format!("not tried: {provider} {model}{with} {}", skipped.why)
    }));
    says
}

fn dispatch(record: &CallRecord) -> Vec<String> {
    if record.ending == Ending::Unresolved {
        let lost = "the call was about to be sent when the gateway stopped; whether it was, and \
                    what came back, is not known";
        return vec![lost.to_owned()];
    }
    record.attempts.iter().map(attempt).collect()
}

fn attempt(attempt: &Attempt) -> String {
    let mut says = format!("{} {}", attempt.provider, attempt.model);
    if let Some(credential) = &attempt.credential {
        says += &format!(" with credential {credential}");
    }
    let took = span_text(u64::from(attempt.took));
    let status = attempt.status.map(|status| format!("{status}, "));
    let status = status.unwrap_or_default();
    match attempt.failure {
        _ if attempt.cancelled.is_some() => {
            let cost = attempt.cancelled.unwrap_or_default();
            says += &format!(": cancelled after {took}, at a cost of ${cost}");
        }
        None => says += &format!(": {status}answering after {took}"),
        Some(class) => says += &format!(": {status}{} after {took}", class.as_str()),
    }
    if !attempt.note.is_empty() {
        says += &format!(" ({})", attempt.note);
    }
    says
}

fn relay(record: &CallRecord) -> Vec<String> {
    if record.ending == Ending::Unresolved {
        return vec!["what was delivered is not known".to_owned()];
    }
    let first = span_text(u64::from(record.first_byte));
    let whole = span_text(record.duration);
    let mut says = vec![format!(
        "first byte after {first}, {} bytes in {whole}",
        record.response_bytes
    )];
    match record.ending {
        Ending::ClientGone => says.push("the caller hung up".to_owned()),
        Ending::UpstreamCut => says.push("the provider broke off".to_owned()),
        Ending::Completed | Ending::Refused | Ending::Unresolved => {}
    }
    says
}

fn settle(record: &CallRecord) -> Vec<String> {
    let held = record
        .charges
        .iter()
        .fold(Nanos::ZERO, |sum, charge| sum.saturating_add(charge.held));
    match (record.cost.is_zero(), held.is_zero()) {
        (true, true) => vec!["nothing was charged".to_owned()],
        (true, false) => vec!["nothing was charged; all that was set aside went back".to_owned()],
        (false, _) => vec![format!("cost ${}", record.cost)],
    }
}

/// What a refusal says, with its numbers.
fn refusal(refusal: &Refusal) -> Vec<String> {
    let mut says = vec![format!(
        "{} {}: {}",
        refusal.status, refusal.reason, refusal.detail
    )];
    if let Some(rule) = &refusal.rule {
        says.push(format!("by {rule}"));
    }
    if let Some(param) = &refusal.param {
        says.push(format!("at {param}"));
    }
    if let Some(short) = &refusal.shortage {
        let (scope, needed, available) = (&short.scope, short.needed, short.available);
        says.push(format!(
            "{scope}: needs up to ${needed}, has ${available} left"
        ));
        says.extend(
            short
                .affordable_max_tokens
                .map(|most| format!("max_tokens up to {most} would fit")),
        );
        says.extend(short.resets_at.map(|at| format!("begins anew at {at}")));
    }
    says.extend(refusal.retry_after.map(|seconds| {
        let wait = span_text(seconds.saturating_mul(1_000_000));
        format!("may be tried again after {wait}")
    }));
    says
}
