//! Objects in OpenAI's form that lie at a provider, files and batches: their ids, whose they are, lists
//! and pages of them.

use std::sync::Arc;

use http::{Response, StatusCode};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tollgate_model::file::{FilePage, KeptFile};
use tollgate_model::{Micros, Reason, Refusal};

use crate::address::parameters;
use crate::answer;
use crate::body::Reply;
use crate::errand::Place;
use crate::exchange::{Exchange, impossible};

/// What is answered to a question about one.
pub(crate) type Answered = Result<Response<Reply>, Refusal>;

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
