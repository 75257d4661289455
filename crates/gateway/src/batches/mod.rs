//! Batches in OpenAI's form: a file of requests, answered within a day. A provider works on them; here
//! the money is set aside before and taken after.

mod create;
mod end;
mod poll;

use http::{Method, Response, StatusCode};
use tollgate_model::file::{FilePage, KeptBatch};
use tollgate_model::{Reason, Refusal};

use crate::address::BatchAsk;
use crate::answer::refuse;
use crate::body::Reply;
use crate::errand::Place;
use crate::exchange::{Exchange, impossible};
use crate::holding::unavailable;
use crate::objects::{Answered, application, is_plain_id, listed, page, told};
use crate::references::not_found;
use crate::worker::Worker;

pub(crate) use poll::run as poll;

/// How many batches a page has at most, and where the caller does not say: as OpenAI has it.
const PAGE_MOST: u32 = 100;
const PAGE: u32 = 20;

/// Answers what is asked of batches. Of a batch that is made, the record comes when it has ended.
pub(crate) async fn answer(
    worker: &std::rc::Rc<Worker>,
    mut call: Exchange,
    ask: BatchAsk,
) -> Response<Reply> {
    let answered = match ask {
        BatchAsk::Create => create::run(worker, &mut call).await,
        BatchAsk::List => list(worker, &call).await,
        BatchAsk::Get => get(worker, &call, Method::GET).await,
        BatchAsk::Cancel => get(worker, &call, Method::POST).await,
    };
    match answered {
        Ok(response) => {
            call.closed = true;
            response
        }
        Err(refusal) => refuse(call, refusal),
    }
}

async fn list(worker: &Worker, call: &Exchange) -> Answered {
    let mut page = page(call, PAGE_MOST)?;
    if !call.uri.query().unwrap_or_default().contains("limit=") {
        page.limit = PAGE;
    }
    let wanted = page.limit;
    let more = FilePage {
        limit: wanted.saturating_add(1),
        ..page
    };
    let found = worker
        .shared
        .cabinet
        .batches(application(call)?, more)
        .await;
    let mut found = found.map_err(|error| unavailable(&error.to_string()))?;
    let has_more = found.len() > wanted as usize;
    found.truncate(wanted as usize);
    let objects = found
        .into_iter()
        .filter_map(|batch| Some((batch.id?, batch.object?)));
    let objects: Vec<(String, String)> = objects.collect();
    Ok(told(call, StatusCode::OK, listed(&objects, has_more)))
}

/// Asks the provider how a batch goes, or with `POST` that it be given up. Where it has ended, its
/// money is settled before the caller is told.
async fn get(worker: &Worker, call: &Exchange, method: Method) -> Answered {
    let Some(id) = &call.address.kept else {
        return Err(impossible("asked of no batch"));
    };
    let found = worker.shared.cabinet.batch(application(call)?, id).await;
    let found = found.map_err(|error| unavailable(&error.to_string()))?;
    let batch = found.filter(|_| is_plain_id(id));
    let batch = batch.ok_or_else(|| not_found("batch", id))?;
    let kept = batch.object.clone();
    if let (true, Method::GET, Some(object)) = (batch.settled, method.clone(), kept) {
        return Ok(told(call, StatusCode::OK, object));
    }
    let place = place(call, &batch)?;
    let path = match method {
        Method::POST => format!("/batches/{id}/cancel"),
        _ => format!("/batches/{id}"),
    };
    let asked = place.ask(worker, (method, &path), None).await;
    let asked = asked.map_err(|failure| place.refusal(failure))?;
    if !asked.status.is_success() {
        return Ok(told(call, asked.status, asked.body));
    }
    end::note(worker, &batch, &place, &asked.body).await?;
    Ok(told(call, asked.status, asked.body))
}

fn place(call: &Exchange, batch: &KeptBatch) -> Result<Place, Refusal> {
    Place::of(&call.snapshot, &batch.origin).ok_or_else(|| {
        let detail = format!(
            "Provider {} works on the batch, and is no longer configured with the credential that \
             has it.",
            batch.origin.provider
        );
        Refusal::new(Reason::FilesUnsupported, detail)
    })
}
