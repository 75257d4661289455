//! Taking a file in and passing it on to a provider. It goes through the disk in pieces, since what it
//! is for may stand behind it in the form, and so that nothing of one that is refused reaches a
//! provider.

use std::fmt::Write;

use bytes::Bytes;
use http::Method;
use http::header::{CONTENT_TYPE, HeaderValue};
use http_body_util::BodyExt;
use tokio::time::{Instant, timeout, timeout_at};
use tollgate_dialect::form::{FormReader, Piece};
use tollgate_model::file::BatchInput;
use tollgate_model::resources::FileService;
use tollgate_model::snapshot::Endpoint;
use tollgate_model::{Reason, Refusal};

use super::choose::{self, Wanted};
use super::disk::{no_disk, spool};
use super::lines;
use crate::errand::{Place, Told};
use crate::exchange::{Exchange, impossible};
use crate::holding::unavailable;
use crate::objects::{self, Answered, kept};
use crate::spool::{Spool, Spooled, Upload};
use crate::worker::Worker;

/// The most bytes of all fields of a form besides the file.
const FIELDS: usize = 64 * 1024;
/// How many times the longest pause a whole file may take.
const PAUSES: u32 = 30;

/// A form that brings a file.
struct Form {
    fields: Vec<(String, String)>,
    filename: String,
    kind: Option<String>,
    file: Spooled,
}

/// Takes a file in, gives it to a provider, and writes down whose it is.
pub(super) async fn run(worker: &Worker, call: &mut Exchange) -> Answered {
    let Some(body) = call.upload.take() else {
        return Err(impossible("an upload without a body"));
    };
    let mut form = read(worker, call, body).await?;
    let purpose = form.field("purpose").map(str::to_owned);
    let purpose = purpose
        .filter(|purpose| !purpose.is_empty())
        .ok_or_else(|| {
            let detail = "The form has no `purpose`: `batch`, `user_data`, `assistants`, …";
            Refusal::new(Reason::RequestMalformed, detail).at("purpose")
        })?;
    let (place, batch) = if purpose == "batch" {
        let (place, file, batch) = lines::run(worker, call, &form.file).await?;
        form.file = file;
        (place, Some(batch))
    } else {
        let wanted = Wanted {
            service: FileService::Files,
            model: None,
        };
        (choose::place(worker, call, &wanted)?, None)
    };
    let told = send(worker, &place, form, &call.id.to_string()).await?;
    if !told.status.is_success() {
        return Ok(objects::told(call, told.status, told.body));
    }
    file_away(worker, call, &place, (told, &purpose, batch)).await
}

/// Writes down whose a file is that a provider has taken. Where that fails, the provider is asked to
/// forget it: nobody could ever reach it.
async fn file_away(
    worker: &Worker,
    call: &Exchange,
    place: &Place,
    (told, purpose, batch): (Told, &str, Option<BatchInput>),
) -> Answered {
    let caller = call.caller.as_ref();
    let caller = caller.ok_or_else(|| impossible("a file of nobody"))?;
    let owner = (&caller.application, call.at);
    let Some(mut file) = kept(owner, place, &told.body, Some(purpose)) else {
        let detail = format!(
            "What provider {} says of the file names no id.",
            place.provider.name
        );
        return Err(Refusal::new(Reason::UpstreamBadResponse, detail));
    };
    file.batch = batch;
    let path = format!("/files/{}", file.id);
    let refusal = match worker.shared.cabinet.keep_file(file).await {
        Ok(true) => return Ok(objects::told(call, told.status, told.body)),
        Ok(false) => {
            let detail = format!(
                "Provider {} gave the file an id under which another provider keeps one.",
                place.provider.name
            );
            Refusal::new(Reason::UpstreamBadResponse, detail)
        }
        Err(error) => unavailable(&error.to_string()),
    };
    if let Err(failure) = place.ask(worker, (Method::DELETE, &path), None).await {
        tracing::warn!(
            provider = %place.provider.name, path, note = failure.note,
            "a file that nobody owns stays at a provider"
        );
    }
    Err(refusal)
}

impl Form {
    fn field(&self, name: &str) -> Option<&str> {
        let mut fields = self.fields.iter();
        fields
            .find(|(known, _)| known == name)
            .map(|(_, text)| text.as_str())
    }
}

async fn read(
    worker: &Worker,
    call: &Exchange,
    mut body: hyper::body::Incoming,
) -> Result<Form, Refusal> {
    let limits = worker.shared.settings.limits;
    let kind = call.headers.get(CONTENT_TYPE);
    let kind = kind
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let mut reader = FormReader::new(kind)?;
    let mut reading = Reading::new(spool(worker, call, "file").await?, limits.file_bytes);
    let late = |what: &str| Refusal::new(Reason::RequestTimeout, what.to_owned());
    let end = Instant::now() + limits.body_timeout.saturating_mul(PAUSES);
    let mut pieces = Vec::new();
    loop {
        let frame = timeout(limits.body_timeout, body.frame());
        let frame = timeout_at(end, frame)
            .await
            .map_err(|_| late("The file took too long to arrive."))?;
        let frame = frame.map_err(|_| late("Nothing more of the file arrived in time."))?;
        let Some(frame) = frame else { break };
        let frame = frame.map_err(|error| {
            let detail = format!("The body of the request broke off: {error}.");
            Refusal::new(Reason::RequestMalformed, detail)
        })?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        reader.push(&data, &mut pieces)?;
        for piece in pieces.drain(..) {
            reading.take(piece).await?;
        }
    }
    reader.finish()?;
    reading.finish().await
}

/// A form while it is read.
struct Reading {
    fields: Vec<(String, Vec<u8>)>,
    /// Name and type of the file.
    file: Option<(String, Option<String>)>,
    /// Whether what comes now belongs to the file.
    in_file: bool,
    spool: Spool,
    most: u64,
}

impl Reading {
    fn new(spool: Spool, most: u64) -> Reading {
        Reading {
            fields: Vec::new(),
            file: None,
            in_file: false,
            spool,
            most,
        }
    }

    async fn take(&mut self, piece: Piece) -> Result<(), Refusal> {
        let malformed = |detail: &str, param: &str| {
            Err(Refusal::new(Reason::RequestMalformed, detail.to_owned()).at(param))
        };
        match piece {
            Piece::Part {
                name,
                filename: Some(filename),
                kind,
            } => {
                if name != "file" || self.file.is_some() {
                    return malformed("The form brings one file, in the field `file`.", &name);
                }
                // As browsers write it: no parser takes these for the end of the name.
                let filename = filename.replace("\\\"", "%22").replace('"', "%22");
                self.file = Some((filename, kind));
                self.in_file = true;
            }
            Piece::Part { name, .. } => {
                if name.contains('"') || self.fields.iter().any(|(known, _)| *known == name) {
                    return malformed(
                        "The form has a field more than once, or a broken one.",
                        &name,
                    );
                }
                self.fields.push((name, Vec::new()));
                self.in_file = false;
            }
            Piece::Data(bytes) if self.in_file => {
                if self.spool.length() + bytes.len() as u64 > self.most {
                    return Err(self.too_large());
                }
                self.spool
                    .push(&bytes)
                    .await
                    .map_err(|error| no_disk(&error))?;
            }
            Piece::Data(bytes) => {
                let held: usize = self
                    .fields
                    .iter()
                    .map(|(name, text)| name.len() + text.len())
                    .sum();
                if held + bytes.len() > FIELDS {
                    return malformed("The fields besides the file are too long.", "purpose");
                }
                if let Some((_, text)) = self.fields.last_mut() {
                    text.extend_from_slice(&bytes);
                }
            }
        }
        Ok(())
    }

    fn too_large(&self) -> Refusal {
        let detail = format!(
            "The file is larger than the {} bytes that this gateway accepts.",
            self.most
        );
        Refusal::new(Reason::BodyTooLarge, detail)
    }

    async fn finish(self) -> Result<Form, Refusal> {
        let Some((filename, kind)) = self.file else {
            let detail = "The form brings no file: it has no field `file` with a filename.";
            return Err(Refusal::new(Reason::RequestMalformed, detail).at("file"));
        };
        let mut fields = Vec::new();
        for (name, text) in self.fields {
            let text = String::from_utf8(text).map_err(|_| {
                let detail = "A field of the form is not UTF-8.";
                Refusal::new(Reason::RequestMalformed, detail).at(&name)
            })?;
            fields.push((name, text));
        }
        let file = self.spool.finish().await.map_err(|error| no_disk(&error))?;
        Ok(Form {
            fields,
            filename,
            kind,
            file,
        })
    }
}

/// Gives a file to a provider, in a form of our own.
async fn send(worker: &Worker, place: &Place, form: Form, id: &str) -> Result<Told, Refusal> {
    if place.provider.endpoint == Endpoint::Sandbox {
        let sandbox = &worker.shared.sandbox;
        let purpose = form.field("purpose").unwrap_or_default().to_owned();
        let bytes = sandbox.room(form.file.length())?;
        let mut content = Vec::with_capacity(bytes);
        loop {
            let piece = form.file.read(content.len() as u64).await;
            let piece = piece.map_err(|error| no_disk(&error))?;
            if piece.is_empty() {
                break;
            }
            content.extend_from_slice(&piece);
        }
        let named = (purpose.as_str(), form.filename.as_str());
        let (status, body) = sandbox.keep(id, named, content.into(), worker.now());
        return Ok(Told { status, body });
    }
    let boundary = format!("tollgate-{id}");
    let mut head = String::new();
    // Writing to a String never fails.
    for (name, text) in &form.fields {
        let _ = write!(
            head,
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n"
        );
    }
    let kind = form.kind.as_deref().unwrap_or("application/octet-stream");
    let _ = write!(
        head,
        "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{}\"\r\n\
         Content-Type: {kind}\r\n\r\n",
        form.filename
    );
    let tail = format!("\r\n--{boundary}--\r\n");
    let body = Upload::new(Bytes::from(head), form.file, Bytes::from(tail));
    let kind = HeaderValue::try_from(format!("multipart/form-data; boundary={boundary}"));
    let kind = kind.map_err(|_| impossible("a boundary that no header can carry"))?;
    let told = place.upload(worker, "/files", (kind, body)).await;
    told.map_err(|failure| place.refusal(failure))
}
