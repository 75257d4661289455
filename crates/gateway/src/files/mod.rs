//! Files in OpenAI's form: they lie at a provider, and here it is written down whose they are. What is
//! not an application's is not there for it.

mod choose;
mod disk;
mod lines;
mod upload;

use std::sync::Arc;

use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderValue};
use http::{Method, Response, StatusCode};
use serde_json::json;
use tollgate_model::file::{FilePage, KeptFile};
use tollgate_model::{Reason, Refusal};

use crate::address::FileAsk;
use crate::answer::refuse;
use crate::body::Reply;
use crate::download::Download;
use crate::errand::Place;
use crate::exchange::{Exchange, impossible};
use crate::holding::unavailable;
use crate::objects::{self, Answered, application, is_plain_id, listed, page, told};
use crate::references::not_found;
use crate::worker::Worker;

/// How many files a page has where the caller does not say, and at most: as OpenAI has it.
const PAGE: u32 = 10_000;

/// Answers what is asked of files. A look at a file is no call: nothing is recorded but refusals.
pub(crate) async fn answer(worker: &Worker, mut call: Exchange, ask: FileAsk) -> Response<Reply> {
    let answered = match ask {
        FileAsk::Upload => upload::run(worker, &mut call).await,
        FileAsk::List => list(worker, &call).await,
        FileAsk::Get => get(worker, &call).await,
        FileAsk::Delete => delete(worker, &call).await,
        FileAsk::Content => content(worker, &call).await,
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
    let page = page(call, PAGE)?;
    let wanted = page.limit;
    let more = FilePage {
        limit: wanted.saturating_add(1),
        ..page
    };
    let found = worker.shared.cabinet.files(application(call)?, more).await;
    let mut found = found.map_err(|error| unavailable(&error.to_string()))?;
    let has_more = found.len() > wanted as usize;
    found.truncate(wanted as usize);
    let objects: Vec<(String, String)> = found
        .into_iter()
        .map(|file| (file.id, file.object))
        .collect();
    Ok(told(call, StatusCode::OK, listed(&objects, has_more)))
}

async fn get(worker: &Worker, call: &Exchange) -> Answered {
    let (file, place) = known(worker, call).await?;
    let path = format!("/files/{}", file.id);
    let told = place.ask(worker, (Method::GET, &path), None).await;
    let told = told.map_err(|failure| place.refusal(failure))?;
    if told.status == StatusCode::NOT_FOUND {
        return Err(not_found("File object", &file.id));
    }
    Ok(objects::told(call, told.status, told.body))
}

async fn delete(worker: &Worker, call: &Exchange) -> Answered {
    let (file, place) = known(worker, call).await?;
    let path = format!("/files/{}", file.id);
    let told = place.ask(worker, (Method::DELETE, &path), None).await;
    let told = told.map_err(|failure| place.refusal(failure))?;
    let gone = told.status == StatusCode::NOT_FOUND;
    if !gone && !told.status.is_success() {
        return Ok(objects::told(call, told.status, told.body));
    }
    let removed = worker
        .shared
        .cabinet
        .remove_file(&file.application, &file.id)
        .await;
    removed.map_err(|error| unavailable(&error.to_string()))?;
    let body = match gone {
        true => json!({ "id": file.id, "object": "file", "deleted": true })
            .to_string()
            .into(),
        false => told.body,
    };
    Ok(objects::told(call, StatusCode::OK, body))
}

/// Passes the content of a file on as it comes.
async fn content(worker: &Worker, call: &Exchange) -> Answered {
    let (file, place) = known(worker, call).await?;
    let path = format!("/files/{}/content", file.id);
    let opened = place.open(worker, (Method::GET, &path), None).await;
    let (parts, incoming) = opened.map_err(|failure| place.refusal(failure))?;
    if !parts.status.is_success() {
        let failure = place.failed(worker, &parts, incoming).await;
        return match parts.status {
            StatusCode::NOT_FOUND => Err(not_found("File object", &file.id)),
            _ => Err(place.refusal(failure)),
        };
    }
    let mut response = told(call, StatusCode::OK, "");
    let idle = place.provider.timeouts.idle_ms;
    *response.body_mut() = Reply::Download(Box::new(Download::new(incoming, idle)));
    let headers = response.headers_mut();
    // What it is says its maker; that no browser takes it for a page of ours says the gateway.
    let kind = parts.headers.get(CONTENT_TYPE).cloned();
    let binary = HeaderValue::from_static("application/octet-stream");
    headers.insert(CONTENT_TYPE, kind.unwrap_or(binary));
    headers.insert(
        "x-content-type-options",
        HeaderValue::from_static("nosniff"),
    );
    if let Some(name) = parts.headers.get(CONTENT_DISPOSITION) {
        headers.insert(CONTENT_DISPOSITION, name.clone());
    }
    Ok(response)
}

/// The file that the address names, and where it lies.
async fn known(worker: &Worker, call: &Exchange) -> Result<(Arc<KeptFile>, Place), Refusal> {
    let Some(id) = &call.address.kept else {
        return Err(impossible("asked of no file"));
    };
    let found = worker.shared.cabinet.file(application(call)?, id).await;
    let found = found.map_err(|error| unavailable(&error.to_string()))?;
    let file = found.filter(|_| is_plain_id(id));
    let file = file.ok_or_else(|| not_found("File object", id))?;
    let place = Place::of(&call.snapshot, &file.origin).ok_or_else(|| {
        let detail = format!(
            "The file lies at provider {}, which is no longer configured with the credential that \
             has it.",
            file.origin.provider
        );
        Refusal::new(Reason::FilesUnsupported, detail)
    })?;
    Ok((file, place))
}
