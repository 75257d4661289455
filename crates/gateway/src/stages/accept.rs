//! Stage 1: the limits on headers and body, the request id, the whole body.

use std::pin::pin;

use bytes::{Bytes, BytesMut};
use http::header::{CONTENT_LENGTH, HeaderName};
use http_body::Body;
use http_body_util::BodyExt;
use tokio::time::timeout;
use tollgate_model::{Reason, Refusal};

use crate::address::{FileAsk, Operation};
use crate::exchange::Exchange;
use crate::settings::Limits;
use crate::worker::Worker;

static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// How many times the longest pause a whole body may take.
const BODY_PAUSES: u32 = 10;

/// Reads the request. Refuses what is too large or too slow.
pub(crate) async fn run(
    worker: &Worker,
    call: &mut Exchange,
    body: hyper::body::Incoming,
) -> Result<(), Refusal> {
    let mut limits = worker.shared.settings.limits;
    let is_upload = call.address.operation == Some(Operation::Files(FileAsk::Upload));
    if is_upload {
        limits.body_bytes = usize::try_from(limits.file_bytes).unwrap_or(usize::MAX);
    } else if call.brings_files() {
        limits.body_bytes = limits.upload_bytes;
    }
    call.request_id = request_id(call);
    if worker.is_draining() {
        let detail = "This node is shutting down and takes no new calls.";
        return Err(Refusal::new(Reason::ShuttingDown, detail).retry_after(1));
    }
    let size: usize = call
        .headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len())
        .sum();
    if size > limits.header_bytes {
        let detail = format!(
            "The headers are {size} bytes long; at most {} are accepted.",
            limits.header_bytes
        );
        return Err(Refusal::new(Reason::HeadersTooLarge, detail));
    }
    let announced = call
        .headers
        .get(CONTENT_LENGTH)
        .and_then(|v| v.to_str().ok());
    let announced = announced
        .and_then(|text| text.parse::<usize>().ok())
        .unwrap_or(0);
    if announced > limits.body_bytes {
        return Err(too_large(&limits));
    }
    if is_upload {
        // Only who has a key may send a file.
        call.upload = Some(body);
        return Ok(());
    }
    // A body that trickles would pass every limit on a pause.
    let whole = limits.body_timeout.saturating_mul(BODY_PAUSES);
    let read = timeout(whole, read(body, announced, &limits)).await;
    call.body = read.unwrap_or_else(|_| {
        let detail = format!("The body did not arrive within {} s.", whole.as_secs());
        Err(Refusal::new(Reason::RequestTimeout, detail))
    })?;
    Ok(())
}

/// The caller's own id of the request, where it is short and plain enough to be repeated.
fn request_id(call: &Exchange) -> Option<String> {
    let text = call.headers.get(&REQUEST_ID)?.to_str().ok()?;
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.:/+=".contains(&b);
    (!text.is_empty() && text.len() <= 128 && text.bytes().all(plain)).then(|| text.to_owned())
}

async fn read(
    body: hyper::body::Incoming,
    announced: usize,
    limits: &Limits,
) -> Result<Bytes, Refusal> {
    let mut body = pin!(body);
    let mut first = Bytes::new();
    let mut rest = BytesMut::new();
    while !body.is_end_stream() {
        let frame = timeout(limits.body_timeout, body.frame())
            .await
            .map_err(|_| {
                let seconds = limits.body_timeout.as_secs();
                let detail = format!("Nothing more of the body arrived within {seconds} s.");
                Refusal::new(Reason::RequestTimeout, detail)
            })?;
        let Some(frame) = frame else { break };
        let frame = frame.map_err(|error| {
            let detail = format!("The body of the request broke off: {error}.");
            Refusal::new(Reason::RequestMalformed, detail)
        })?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        if first.len() + rest.len() + data.len() > limits.body_bytes {
            return Err(too_large(limits));
        }
        if first.is_empty() && rest.is_empty() {
            first = data;
        } else {
            if rest.is_empty() {
                rest.reserve(announced.max(first.len() + data.len()));
                rest.extend_from_slice(&std::mem::take(&mut first));
            }
            rest.extend_from_slice(&data);
        }
    }
    Ok(if rest.is_empty() {
        first
    } else {
        rest.freeze()
    })
}

fn too_large(limits: &Limits) -> Refusal {
    let detail = format!(
        "The body is larger than the {} bytes that this gateway accepts.",
        limits.body_bytes
    );
    Refusal::new(Reason::BodyTooLarge, detail)
}
