//! Looking after batches in the background: each is asked about from time to time, by one node, until
//! it has ended and is settled. What a crash left half done goes on here.

use std::rc::Rc;

use http::{Method, StatusCode};
use serde_json::Value;
use tokio::time::sleep;
use tollgate_model::Micros;
use tollgate_model::file::KeptBatch;
use tollgate_model::snapshot::Endpoint;

use super::end;
use crate::errand::Place;
use crate::worker::Worker;

/// The most batches that are looked after at once.
const AT_ONCE: u32 = 32;
/// How long, in microseconds, a batch may be on its way to its provider, beyond what the provider may
/// take to answer.
const GRACE: i64 = 60_000_000;
/// How long, in microseconds, a provider may not know a batch before it is given up.
const LOST_AFTER: i64 = 7 * 86_400 * 1_000_000;
/// How much earlier than ours the clock of a provider may go, in seconds.
const SKEW: i64 = 300;
/// How many pages of a provider's list of batches are looked through.
const PAGES: u32 = 20;

/// Looks after batches, until it is dropped.
pub(crate) async fn run(worker: Rc<Worker>) {
    let pause = worker.shared.settings.batch_pause;
    let micros = i64::try_from(pause.as_micros()).unwrap_or(i64::MAX);
    loop {
        sleep(pause).await;
        match worker.shared.cabinet.due_batches(micros, AT_ONCE).await {
            Ok(due) => {
                for batch in due {
                    one(&worker, &batch).await;
                }
            }
            Err(error) => tracing::warn!(%error, "batches are not looked after right now"),
        }
    }
}

async fn one(worker: &Worker, batch: &KeptBatch) {
    let snapshot = worker.shared.snapshot.load_full();
    let Some(place) = Place::of(&snapshot, &batch.origin) else {
        tracing::warn!(
            batch = %batch.call, provider = %batch.origin.provider,
            "money is set aside for a batch whose provider or credential is no longer configured"
        );
        return;
    };
    match &batch.id {
        Some(id) => ask(worker, batch, &place, id).await,
        None => find(worker, batch, &place).await,
    }
}

/// Asks how a batch goes.
async fn ask(worker: &Worker, batch: &KeptBatch, place: &Place, id: &str) {
    let path = format!("/batches/{id}");
    let told = match place.ask(worker, (Method::GET, &path), None).await {
        Ok(told) => told,
        Err(failure) => {
            tracing::warn!(
                batch = id,
                note = failure.note,
                "a batch cannot be asked about"
            );
            return;
        }
    };
    let ended = match told.status {
        status if status.is_success() => end::note(worker, batch, place, &told.body).await,
        StatusCode::NOT_FOUND if is_lost(worker, batch, place) => end::lost(worker, batch).await,
        status => {
            tracing::warn!(batch = id, %status, "a batch cannot be asked about");
            return;
        }
    };
    if let Err(refusal) = ended {
        tracing::warn!(batch = id, %refusal, "a batch has ended and is not settled yet");
    }
}

/// Whether a provider that does not know a batch is believed. The sandbox forgets when the process
/// ends.
fn is_lost(worker: &Worker, batch: &KeptBatch, place: &Place) -> bool {
    let is_sandbox = place.provider.endpoint == Endpoint::Sandbox;
    is_sandbox || worker.now().0.saturating_sub(batch.at.0) > LOST_AFTER
}

/// Finds a batch whose making was interrupted: the provider may have made it, or not.
async fn find(worker: &Worker, batch: &KeptBatch, place: &Place) {
    let answers_in = i64::from(place.provider.timeouts.first_byte_ms).saturating_mul(1_000);
    let answered_by = batch.at.0.saturating_add(answers_in).saturating_add(GRACE);
    if worker.now().0 < answered_by {
        return;
    }
    let released = match look(worker, batch, place).await {
        Some(true) => return,
        Some(false) => worker.shared.cabinet.release_batch(batch.call).await,
        None => return,
    };
    match released {
        Ok(_) => tracing::warn!(
            batch = %batch.call, "a batch was never made; what was set aside for it has returned"
        ),
        Err(error) => tracing::warn!(batch = %batch.call, %error, "money returns later"),
    }
}

/// Looks through the provider's batches for one of this file that nobody has; tells whether there was
/// one, `None` where that cannot be told now.
async fn look(worker: &Worker, batch: &KeptBatch, place: &Place) -> Option<bool> {
    let mut after = String::new();
    for _ in 0..PAGES {
        let path = format!("/batches?limit=100{after}");
        let told = match place.ask(worker, (Method::GET, &path), None).await {
            Ok(told) if told.status.is_success() => told,
            Ok(told) => {
                tracing::warn!(batch = %batch.call, status = %told.status, "batches cannot be listed");
                return None;
            }
            Err(failure) => {
                tracing::warn!(batch = %batch.call, note = failure.note, "batches cannot be listed");
                return None;
            }
        };
        let page: Value = serde_json::from_slice(&told.body).ok()?;
        let listed = page["data"].as_array()?;
        for one in listed {
            if is_meant(batch, one) {
                let (id, object) = (one["id"].as_str()?, one.to_string());
                let noted = worker
                    .shared
                    .cabinet
                    .note_batch(batch.call, id.to_owned(), object);
                match noted.await {
                    Ok(true) => {
                        ask(worker, batch, place, id).await;
                        return Some(true);
                    }
                    // Another batch of the same file.
                    Ok(false) => {}
                    Err(error) => {
                        tracing::warn!(batch = %batch.call, %error, "a batch is written down later");
                        return None;
                    }
                }
            }
        }
        let is_older = |one: &Value| {
            one["created_at"]
                .as_i64()
                .is_some_and(|at| at < earliest(batch))
        };
        let last = listed.last().filter(|_| page["has_more"] == true);
        match last
            .filter(|last| !is_older(last))
            .and_then(|last| last["id"].as_str())
        {
            Some(id) => after = format!("&after={id}"),
            None => return Some(false),
        }
    }
    None
}

fn is_meant(batch: &KeptBatch, one: &Value) -> bool {
    let is_of_file = one["input_file_id"].as_str() == Some(&batch.input);
    is_of_file
        && one["created_at"]
            .as_i64()
            .is_none_or(|at| at >= earliest(batch))
}

/// Before this second, the provider cannot have made a batch.
fn earliest(batch: &KeptBatch) -> i64 {
    let Micros(at) = batch.at;
    at.div_euclid(1_000_000).saturating_sub(SKEW)
}
