//! The sandbox's files and batches, in the memory of this process: a batch is answered as soon as it
//! is made.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use http::{Method, StatusCode};
use serde_json::{Value, json};
use tollgate_dialect::batch::{Endpoint, Line};
use tollgate_model::{Dialect, Micros, Reason, Refusal};

use crate::sandbox;

/// The largest file, and the most bytes of all of them.
const LARGEST: u64 = 8 << 20;
const MOST: usize = 64 << 20;

/// The files and batches of the sandbox.
#[derive(Default)]
pub(crate) struct SandboxFiles {
    files: papaya::HashMap<String, Arc<File>>,
    batches: papaya::HashMap<String, Arc<Value>>,
    bytes: AtomicUsize,
    /// How many batches were made.
    made: AtomicUsize,
}

struct File {
    object: Value,
    content: Bytes,
}

type Told = (StatusCode, Bytes);

fn ok(object: &Value) -> Told {
    (StatusCode::OK, object.to_string().into())
}

fn error(status: StatusCode, message: String) -> Told {
    let error =
        json!({ "message": message, "type": "invalid_request_error", "param": null, "code": null });
    (status, json!({ "error": error }).to_string().into())
}

fn no_such(what: &str, id: &str) -> Told {
    error(StatusCode::NOT_FOUND, format!("No such {what}: {id}"))
}

fn seconds(at: Micros) -> i64 {
    at.0.div_euclid(1_000_000)
}

impl SandboxFiles {
    /// How much room a file of this length needs. Refuses one for which there is none.
    pub(crate) fn room(&self, length: u64) -> Result<usize, Refusal> {
        let held = self.bytes.load(Ordering::Relaxed);
        let bytes = usize::try_from(length).unwrap_or(usize::MAX);
        if length > LARGEST || held.saturating_add(bytes) > MOST {
            let detail = format!(
                "The sandbox keeps files of {LARGEST} bytes and {MOST} bytes in all, in memory. \
                 Delete some, or use a provider."
            );
            return Err(Refusal::new(Reason::BodyTooLarge, detail));
        }
        Ok(bytes)
    }

    /// Keeps a file.
    pub(crate) fn keep(
        &self,
        id: &str,
        (purpose, filename): (&str, &str),
        content: Bytes,
        now: Micros,
    ) -> Told {
        let id = format!("file-{id}");
        let object = json!({
            "id": id, "object": "file", "bytes": content.len(), "created_at": seconds(now),
            "filename": filename, "purpose": purpose, "status": "processed",
        });
        self.bytes.fetch_add(content.len(), Ordering::Relaxed);
        let told = ok(&object);
        self.files
            .pin()
            .insert(id, Arc::new(File { object, content }));
        told
    }

    /// Answers as a provider does at a path below its base address.
    pub(crate) fn answer(&self, method: &Method, path: &str, body: &[u8], now: Micros) -> Told {
        let parts: Vec<&str> = path.split('/').skip(1).collect();
        match (method.as_str(), parts.as_slice()) {
            ("GET", ["files", id]) => self.with_file(id, |file| ok(&file.object)),
            ("GET", ["files", id, "content"]) => {
                self.with_file(id, |file| (StatusCode::OK, file.content.clone()))
            }
            ("DELETE", ["files", id]) => self.delete(id),
            ("POST", ["batches"]) => self.make(body, now),
            ("GET" | "POST", ["batches", id, ..]) => match self.batches.pin().get(*id) {
                Some(batch) => ok(batch),
                None => no_such("batch", id),
            },
            ("GET", [list]) if list.starts_with("batches") => {
                ok(&json!({ "object": "list", "data": [], "has_more": false }))
            }
            _ => error(
                StatusCode::NOT_FOUND,
                format!("There is nothing at {path}."),
            ),
        }
    }

    fn with_file(&self, id: &str, told: impl FnOnce(&File) -> Told) -> Told {
        match self.files.pin().get(id) {
            Some(file) => told(file),
            None => no_such("File object", id),
        }
    }

    fn delete(&self, id: &str) -> Told {
        let files = self.files.pin();
        let Some(file) = files.remove(id) else {
            return no_such("File object", id);
        };
        self.bytes.fetch_sub(file.content.len(), Ordering::Relaxed);
        ok(&json!({ "id": id, "object": "file", "deleted": true }))
    }

    /// Makes a batch, and answers every request of it.
    fn make(&self, body: &[u8], now: Micros) -> Told {
        let request: Value = serde_json::from_slice(body).unwrap_or_default();
        let input = request["input_file_id"].as_str().unwrap_or_default();
        let content = self.files.pin().get(input).map(|file| file.content.clone());
        let Some(content) = content else {
            return no_such("File object", input);
        };
        let id = format!("batch_{}", input.strip_prefix("file-").unwrap_or(input));
        let serial = self.made.fetch_add(1, Ordering::Relaxed);
        let id = format!("{id}_{serial}");
        let (mut answers, mut errors) = (Vec::new(), Vec::new());
        let lines = content.split(|byte| *byte == b'\n');
        for (line, at) in lines
            .filter(|line| !line.trim_ascii().is_empty())
            .zip(0u64..)
        {
            let (answered, fine) = answered(line, &format!("{id}_{at}"));
            if fine { &mut answers } else { &mut errors }.push(answered);
        }
        let file = |kind: &str, lines: &[String]| {
            let (content, name) = (lines.concat(), format!("{kind}.jsonl"));
            let id = format!("{kind}-{id}");
            let kept = (!content.is_empty())
                .then(|| self.keep(&id, ("batch_output", &name), content.into(), now));
            kept.map(|_| format!("file-{id}"))
        };
        let (output, failed) = (file("output", &answers), file("error", &errors));
        let total = answers.len() + errors.len();
        let counts = json!({ "total": total, "completed": answers.len(), "failed": errors.len() });
        let at = seconds(now);
        let batch = json!({
            "id": id, "object": "batch", "endpoint": request["endpoint"], "errors": null,
            "input_file_id": input, "completion_window": request["completion_window"],
            "status": "completed", "output_file_id": output, "error_file_id": failed,
            "created_at": at, "in_progress_at": at, "expires_at": at + 86_400,
            "finalizing_at": at, "completed_at": at, "failed_at": null, "expired_at": null,
            "cancelling_at": null, "cancelled_at": null, "request_counts": counts,
            "metadata": request["metadata"],
        });
        let told = ok(&batch);
        self.batches.pin().insert(id, Arc::new(batch));
        told
    }
}

/// The line that answers a line, and whether it is an answer and no error.
fn answered(line: &[u8], id: &str) -> (String, bool) {
    let answer = Line::read(line).ok().map(|read| {
        let body = read.body.of(line);
        let request: Value = serde_json::from_slice(body).unwrap_or_default();
        let model = request["model"].as_str().unwrap_or_default();
        let (status, told) = match Endpoint::of(&read.url) {
            Some(Endpoint::Chat(Dialect::OpenaiChat)) => {
                let answered = sandbox::answer(model, body, false);
                (answered.status, answered.script.at_once())
            }
            _ => (400, b"null".to_vec()),
        };
        let told: Value = serde_json::from_slice(&told).unwrap_or_default();
        (read.custom_id, status, told)
    });
    let (custom_id, status, body) = answer.unwrap_or_default();
    let fine = status == 200 && body.is_object();
    let response = json!({ "status_code": status, "request_id": id, "body": body });
    let failed = json!({ "code": "sandbox", "message": "The sandbox has no answer to this." });
    let error = if fine { Value::Null } else { failed };
    let line = json!({ "id": id, "custom_id": custom_id, "response": response, "error": error });
    (format!("{line}\n"), fine)
}
