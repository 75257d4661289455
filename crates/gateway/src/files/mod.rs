//! Files in OpenAI's form: they lie at a provider, and here it is written down whose they are. What is
//! not an application's is not there for it.

mod choose;
mod lines;
mod upload;

use std::sync::Arc;

use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderValue};
use http::{Method, Response, StatusCode};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tollgate_model::file::{FilePage, KeptFile};
use tollgate_model::{Micros, Reason, Refusal};

use crate::address::{FileAsk, parameters};
use crate::answer::{self, refuse};
use crate::body::Reply;
use crate::download::Download;
use crate::errand::Place;
use crate::exchange::{Exchange, impossible};
use crate::holding::unavailable;
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

type Answered = Result<Response<Reply>, Refusal>;

/// An answer in a provider's words.
pub(crate) fn told(
    call: &Exchange,
    status: StatusCode,
    body: impl Into<bytes::Bytes>,
) -> Response<Reply> {
    let mut response = answer::json(call, body.into());
    *response.status_mut() = status;
    response
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

/// A list of objects, each as its provider has told it, with their ids.
pub(crate) fn listed(objects: &[(String, String)], has_more: bool) -> String {
    let raw = objects
        .iter()
        .filter_map(|(_, object)| RawValue::from_string(object.clone()).ok());
    let data: Vec<Box<RawValue>> = raw.collect();
    let id = |one: Option<&(String, String)>| one.map(|(id, _)| id.clone());
    let (first, last) = (id(objects.first()), id(objects.last()));
    // Written by hand, since a `Value` would not keep the objects to the byte.
    let data = serde_json::to_string(&data).unwrap_or_else(|_| "[]".to_owned());
    format!(
        "{{\"object\":\"list\",\"data\":{data},\"first_id\":{},\"last_id\":{},\"has_more\":{has_more}}}",
        json!(first),
        json!(last)
    )
}

/// Which part of a list a caller wants.
pub(crate) fn page(call: &Exchange, most: u32) -> Result<FilePage, Refusal> {
    let parameter = |name| {
        parameters(&call.uri, name)
            .next()
            .map(|text| text.into_owned())
    };
    let wrong =
        |name: &str, detail: String| Err(Refusal::new(Reason::RequestMalformed, detail).at(name));
    let limit = match parameter("limit").map(|text| text.parse::<u32>()) {
        None => most,
        Some(Ok(limit)) if (1..=most).contains(&limit) => limit,
        Some(_) => {
            return wrong(
                "limit",
                format!("`limit` must be a whole number from 1 to {most}."),
            );
        }
    };
    let ascending = match parameter("order").as_deref() {
        None | Some("desc") => false,
        Some("asc") => true,
        Some(_) => return wrong("order", "`order` must be `asc` or `desc`.".to_owned()),
    };
    Ok(FilePage {
        purpose: parameter("purpose"),
        after: parameter("after"),
        ascending,
        limit,
    })
}

async fn get(worker: &Worker, call: &Exchange) -> Answered {
    let (file, place) = known(worker, call).await?;
    let path = format!("/files/{}", file.id);
    let told = place.ask(worker, (Method::GET, &path), None).await;
    let told = told.map_err(|failure| place.refusal(failure))?;
    if told.status == StatusCode::NOT_FOUND {
        return Err(not_found("File object", &file.id));
    }
    Ok(self::told(call, told.status, told.body))
}

async fn delete(worker: &Worker, call: &Exchange) -> Answered {
    let (file, place) = known(worker, call).await?;
    let path = format!("/files/{}", file.id);
    let told = place.ask(worker, (Method::DELETE, &path), None).await;
    let told = told.map_err(|failure| place.refusal(failure))?;
    let gone = told.status == StatusCode::NOT_FOUND;
    if !gone && !told.status.is_success() {
        return Ok(self::told(call, told.status, told.body));
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
    Ok(self::told(call, StatusCode::OK, body))
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

/// Whether an id can stand in a path as it is.
pub(crate) fn is_plain_id(id: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    !id.is_empty() && id.len() <= 256 && id.bytes().all(plain)
}

/// The application that calls.
pub(crate) fn application(call: &Exchange) -> Result<&str, Refusal> {
    let caller = call.caller.as_ref();
    let caller = caller.ok_or_else(|| impossible("asked of files by nobody"))?;
    Ok(&caller.application)
}

/// What is written down of a file, by what its provider says of it. `None` where that is no file.
pub(crate) fn kept(
    call: (&Arc<str>, Micros),
    place: &Place,
    object: &[u8],
    purpose: Option<&str>,
) -> Option<KeptFile> {
    let told: Value = serde_json::from_slice(object).ok()?;
    let id = told["id"].as_str().filter(|id| is_plain_id(id))?;
    let expires = told["expires_at"].as_i64().filter(|at| *at > 0);
    Some(KeptFile {
        id: id.to_owned(),
        application: Arc::clone(call.0),
        origin: place.origin(),
        purpose: purpose
            .or(told["purpose"].as_str())
            .unwrap_or_default()
            .to_owned(),
        at: call.1,
        expires: expires.map(|at| Micros(at.saturating_mul(1_000_000))),
        object: String::from_utf8(object.to_vec()).ok()?,
        batch: None,
    })
}
