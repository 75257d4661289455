//! The story of a call, told from its record alone: a pure function, so that a record tells the
//! same story wherever and whenever it is read.

mod bill;
mod stages;
mod story;
#[cfg(test)]
mod tests;

use tollgate_model::call::{CallRecord, Ending};
use tollgate_model::refusal::Refusal;
use tollgate_model::time::span_text;

pub use story::{AccountLine, Bill, BillLine, RefusalStory, Step, Story, Verdict};

/// Tells the story of a call.
pub fn explain(record: &CallRecord) -> Story {
    Story {
        call: record.id,
        at: record.at.to_string(),
        headline: match record.shadow_of {
            None => headline(record),
            Some(call) => format!("The shadow of call {call}. {}", headline(record)),
        },
        steps: stages::steps(record),
        refusal: record.refusal.as_ref().map(refusal),
        bill: bill::bill(record),
    }
}

fn headline(record: &CallRecord) -> String {
    let (took, cost) = (span_text(record.duration), record.cost);
    let by = match (record.recalled, record.served()) {
        (Some(_), _) => " out of the cache".to_owned(),
        (None, Some(served)) => format!(" by {} {}", served.provider, served.model),
        (None, None) => String::new(),
    };
    match record.ending {
        Ending::Completed => format!("Served{by} in {took} for ${cost}."),
        Ending::ClientGone => format!(
            "Served{by} until the caller hung up after {took}; what was delivered costs ${cost}."
        ),
        Ending::UpstreamCut => format!(
            "Served{by} until the provider broke off after {took}; what was delivered costs ${cost}."
        ),
        Ending::Unresolved => format!(
            "Never settled: the gateway stopped while the call was under way. It was resolved at \
             its restart for ${cost}."
        ),
        Ending::Refused => refused(record),
    }
}

fn refused(record: &CallRecord) -> String {
    let charged = if record.cost.is_zero() {
        "Nothing was charged.".to_owned()
    } else {
        format!("${} was charged.", record.cost)
    };
    match &record.refusal {
        Some(refusal) => {
            let (status, reason) = (refusal.status, refusal.reason);
            let title = reason.row().title;
            format!("Refused with {status} {reason}: {title}. {charged}")
        }
        None => format!("Refused with {}. {charged}", record.status),
    }
}

fn refusal(refusal: &Refusal) -> RefusalStory {
    let row = refusal.reason.row();
    RefusalStory {
        reason: refusal.reason,
        status: refusal.status,
        title: row.title.to_owned(),
        detail: refusal.detail.clone(),
        rule: refusal.rule.clone(),
        shortage: refusal.shortage.clone(),
        fix: row.fix.to_owned(),
        link: format!("/problems/{}", row.code),
    }
}
