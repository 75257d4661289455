//! What a provider says of a batch is noted; where it has ended, what was used is read from its
//! answers, and its money is settled, once.

use http::{Method, StatusCode};
use serde_json::Value;
use tollgate_dialect::batch::{Answer, Endpoint, Lines};
use tollgate_model::account::AccountId;
use tollgate_model::call::{CallRecord, Charge, Ending};
use tollgate_model::file::{KeptBatch, KeptFile};
use tollgate_model::price::{Bill, Cost};
use tollgate_model::settled::SettledCall;
use tollgate_model::usage::UsageQuality;
use tollgate_model::{Nanos, Reason, Refusal, Usage, UsageClass};

use crate::cabinet::BatchSettlement;
use crate::connection::Chunks;
use crate::errand::Place;
use crate::holding::unavailable;
use crate::objects::{is_plain_id, kept};
use crate::upstream::Failure;
use crate::worker::Worker;

/// The longest line of a file of answers.
const LINE: usize = 64 << 20;

/// Notes what the provider says of a batch, and settles it where it has ended. Fails where it could
/// not be: then it is asked again later.
pub(super) async fn note(
    worker: &Worker,
    batch: &KeptBatch,
    place: &Place,
    object: &[u8],
) -> Result<(), Refusal> {
    let told: Value = serde_json::from_slice(object).unwrap_or_default();
    let text = std::str::from_utf8(object).unwrap_or_default().to_owned();
    let Some(id) = told["id"].as_str().filter(|id| is_plain_id(id)) else {
        let detail = format!(
            "What provider {} says of a batch names no id.",
            place.provider.name
        );
        return Err(Refusal::new(Reason::UpstreamBadResponse, detail));
    };
    let cabinet = &worker.shared.cabinet;
    let noted = cabinet
        .note_batch(batch.call, id.to_owned(), text.clone())
        .await;
    let noted = noted.map_err(|error| unavailable(&error.to_string()))?;
    let Some(ended) = Ended::of(&told).filter(|_| noted) else {
        return Ok(());
    };
    let used = used(worker, batch, place, &told).await;
    let used = used.map_err(|failure| place.refusal(failure))?;
    let mut files = Vec::new();
    for member in ["output_file_id", "error_file_id"] {
        if let Some(id) = told[member].as_str().filter(|id| is_plain_id(id)) {
            files.push(made(worker, batch, place, id).await);
        }
    }
    let record = record(batch, id, ended, &used);
    settle(worker, batch, record, (files, text)).await
}

/// Settles a batch of which its provider knows nothing any more.
pub(super) async fn lost(worker: &Worker, batch: &KeptBatch) -> Result<(), Refusal> {
    let mut used = Used::default();
    if worker.shared.settings.charge_lost {
        used.quality = UsageQuality::Estimated;
        used.cost.total = batch.bound;
    }
    let id = batch.id.as_deref().unwrap_or_default();
    let record = record(batch, id, Ended::Lost, &used);
    let object = batch.object.clone().unwrap_or_default();
    settle(worker, batch, record, (Vec::new(), object)).await
}

async fn settle(
    worker: &Worker,
    batch: &KeptBatch,
    record: CallRecord,
    (files, object): (Vec<KeptFile>, String),
) -> Result<(), Refusal> {
    let settled = SettledCall::of(&record).map_err(|error| unavailable(&error.to_string()))?;
    let end = BatchSettlement {
        call: batch.call,
        settled,
        files,
        object,
    };
    let done = worker.shared.cabinet.settle_batch(end).await;
    done.map(drop)
        .map_err(|error| unavailable(&error.to_string()))
}

/// How a batch has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    Completed,
    Failed,
    Expired,
    Cancelled,
    /// Its provider knows nothing of it.
    Lost,
}

impl Ended {
    /// By what the provider says; `None` as long as it goes on.
    fn of(told: &Value) -> Option<Ended> {
        match told["status"].as_str()? {
            "completed" => Some(Ended::Completed),
            "failed" => Some(Ended::Failed),
            "expired" => Some(Ended::Expired),
            "cancelled" => Some(Ended::Cancelled),
            _ => None,
        }
    }
}

/// What a batch has used.
#[derive(Debug, Default, PartialEq)]
struct Used {
    usage: Usage,
    quality: UsageQuality,
    cost: Cost,
    bytes: u64,
}

/// What a batch has used, by its answers; where these cannot be had any more, by what the provider
/// says of the whole, and else by how many requests were answered.
async fn used(
    worker: &Worker,
    batch: &KeptBatch,
    place: &Place,
    told: &Value,
) -> Result<Used, Failure> {
    if let Some(id) = told["output_file_id"].as_str().filter(|id| is_plain_id(id)) {
        let path = format!("/files/{id}/content");
        let (parts, incoming) = place.open(worker, (Method::GET, &path), None).await?;
        match parts.status {
            status if status.is_success() => {
                let idle = place.provider.timeouts.idle_ms;
                return read(batch, incoming, idle).await;
            }
            StatusCode::NOT_FOUND | StatusCode::GONE => {}
            _ => return Err(place.failed(worker, &parts, incoming).await),
        }
    }
    Ok(by_counts(batch, told))
}

fn by_counts(batch: &KeptBatch, told: &Value) -> Used {
    let count = |pointer: &str| told.pointer(pointer).and_then(Value::as_u64);
    let (input, output) = (count("/usage/input_tokens"), count("/usage/output_tokens"));
    let answered = count("/request_counts/completed").unwrap_or(0);
    if let (Some(input), Some(output)) = (input, output)
        && (input > 0 || output > 0 || answered == 0)
    {
        let cached = count("/usage/input_tokens_details/cached_tokens").unwrap_or(0);
        let usage = Usage::NONE
            .with(UsageClass::Input, input.saturating_sub(cached))
            .with(UsageClass::CacheRead, cached)
            .with(UsageClass::Output, output);
        let (cost, quality) = (batch.price.cost(&usage), UsageQuality::Exact);
        return Used {
            usage,
            quality,
            cost,
            bytes: 0,
        };
    }
    if answered == 0 {
        return Used::default();
    }
    let total = count("/request_counts/total").unwrap_or(answered);
    let mut used = Used {
        quality: UsageQuality::Estimated,
        ..Used::default()
    };
    used.cost.total = batch.bound.share(answered, total);
    used
}

/// Adds up what the answers of a batch say.
struct Tally<'a> {
    batch: &'a KeptBatch,
    endpoint: Option<Endpoint>,
    bill: Bill,
    usage: Usage,
    answered: u64,
    uncounted: u64,
}

impl Tally<'_> {
    fn take(&mut self, line: &[u8]) -> Result<(), Failure> {
        let Some(endpoint) = self.endpoint.filter(|_| !line.trim_ascii().is_empty()) else {
            return Ok(());
        };
        match Answer::read(endpoint, line) {
            Ok(Answer::Given(usage)) => {
                self.answered += 1;
                self.usage.add(&usage);
                self.bill.add(&self.batch.price.cost(&usage));
            }
            Ok(Answer::Failed) => {}
            // A line that cannot be read may have been an answer.
            Ok(Answer::Uncounted) | Err(_) => {
                self.answered += 1;
                self.uncounted += 1;
            }
        }
        Ok(())
    }

    fn finish(self, bytes: u64) -> Used {
        let mut cost = self.bill.cost();
        let requests = self.batch.requests.max(self.answered);
        let guessed = match self.uncounted {
            0 => Nanos::ZERO,
            some => self.batch.bound.share(some, requests),
        };
        cost.total = cost.total.saturating_add(guessed);
        Used {
            usage: self.usage,
            quality: match (self.answered, self.uncounted) {
                (0, _) => UsageQuality::None,
                (_, 0) => UsageQuality::Exact,
                _ => UsageQuality::Estimated,
            },
            cost,
            bytes,
        }
    }
}

async fn read(batch: &KeptBatch, mut incoming: impl Chunks, idle_ms: u32) -> Result<Used, Failure> {
    let mut tally = Tally {
        batch,
        endpoint: Endpoint::of(&batch.endpoint),
        bill: Bill::default(),
        usage: Usage::NONE,
        answered: 0,
        uncounted: 0,
    };
    let mut lines = Lines::new(LINE);
    let mut bytes = 0u64;
    let idle = std::time::Duration::from_millis(u64::from(idle_ms));
    loop {
        let next = tokio::time::timeout(idle, incoming.chunk()).await;
        let still = |_| Failure::unreadable("the answers of a batch stood still".to_owned());
        let Some(piece) = next.map_err(still)? else {
            break;
        };
        let piece = piece.map_err(Failure::unreadable)?;
        bytes = bytes.saturating_add(piece.len() as u64);
        let too_long = || Failure::unreadable(format!("an answer is longer than {LINE} bytes"));
        lines.push(&piece, |line| tally.take(line), too_long)?;
    }
    if let Some(last) = lines.finish() {
        tally.take(&last)?;
    }
    Ok(tally.finish(bytes))
}

/// A file that the provider has made of a batch.
async fn made(worker: &Worker, batch: &KeptBatch, place: &Place, id: &str) -> KeptFile {
    let path = format!("/files/{id}");
    let told = place.ask(worker, (Method::GET, &path), None).await;
    let told = told.ok().filter(|told| told.status.is_success());
    let owner = (&batch.application, worker.now());
    let known = told.and_then(|told| kept(owner, place, &told.body, Some("batch_output")));
    known
        .filter(|file| file.id == id)
        .unwrap_or_else(|| KeptFile {
            id: id.to_owned(),
            application: batch.application.clone(),
            origin: batch.origin.clone(),
            purpose: "batch_output".to_owned(),
            at: owner.1,
            expires: None,
            object: serde_json::json!({
                "id": id, "object": "file", "purpose": "batch_output", "bytes": 0,
                "created_at": owner.1.0.div_euclid(1_000_000), "filename": format!("{id}.jsonl"),
            })
            .to_string(),
            batch: None,
        })
}

/// The record of a batch that has ended. What is set aside is all that is taken.
fn record(batch: &KeptBatch, id: &str, ended: Ended, used: &Used) -> CallRecord {
    let mut record = (*batch.draft).clone();
    record.ending = match ended {
        Ended::Completed => Ending::Completed,
        Ended::Failed => Ending::Refused,
        Ended::Expired => Ending::UpstreamCut,
        Ended::Cancelled => Ending::ClientGone,
        Ended::Lost => Ending::Unresolved,
    };
    let free = ended == Ended::Failed;
    if free {
        let detail = format!("The provider found batch {id} wrong; its `errors` say why.");
        let refusal = Refusal::new(Reason::UpstreamRejected, detail);
        record.status = refusal.status;
        record.refusal = Some(refusal);
    }
    let cost = if free { Nanos::ZERO } else { used.cost.total };
    if let Some(attempt) = record.attempts.first_mut() {
        attempt.note = format!("batch {id}");
    }
    record.cost = cost;
    if !free {
        record.usage = used.usage;
        record.usage_quality = used.quality;
        record.cost_lines.clone_from(&used.cost.lines);
        record.price_source.clone_from(&batch.price.source);
    }
    record.response_bytes = used.bytes;
    let holds = batch.holds.iter();
    let charges = holds.map(|(account, held): &(AccountId, Nanos)| Charge {
        account: account.clone(),
        held: *held,
        taken: cost.min(*held),
    });
    record.charges = charges.collect();
    record
}
