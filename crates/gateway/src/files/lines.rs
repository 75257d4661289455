//! A file of requests for a batch, on its way through: each line is checked as if it came alone, and
//! gets the provider's name for its model. What can be used in all is added up.

use std::collections::BTreeSet;

use bytes::Bytes;
use tollgate_dialect::batch::{Endpoint, Line, Lines};
use tollgate_dialect::codec::{Address, Target};
use tollgate_dialect::task::{self as tasks, Request, To};
use tollgate_dialect::tier::Wish;
use tollgate_dialect::{inbound, references};
use tollgate_model::file::BatchInput;
use tollgate_model::price::Asked;
use tollgate_model::resources::FileService;
use tollgate_model::snapshot::TargetPlan;
use tollgate_model::task::TaskForm;
use tollgate_model::{Reason, Refusal};

use super::choose::{self, Wanted};
use super::disk::{no_disk, spool};
use crate::bound::{self, UNKNOWN_OUTPUT};
use crate::errand::Place;
use crate::exchange::{Exchange, impossible};
use crate::references as mine;
use crate::spool::Spooled;
use crate::task;
use crate::worker::Worker;

/// The most requests of a batch: as OpenAI has it.
const REQUESTS: u64 = 50_000;
/// The most files to which the requests of a batch may refer.
const FILES: usize = 256;
const JSON: &str = "application/json";

/// Checks a file and writes it anew for the provider that its model is at. Refuses a line that could
/// not be asked alone, and says which.
pub(super) async fn run(
    worker: &Worker,
    call: &Exchange,
    file: &Spooled,
) -> Result<(Place, Spooled, BatchInput), Refusal> {
    let mut out = spool(worker, call, "lines").await?;
    let mut pass = Pass::new(worker, call);
    let longest = worker.shared.settings.limits.body_bytes;
    let mut lines = Lines::new(longest);
    let mut at = 0;
    loop {
        let piece = file.read(at).await.map_err(|error| no_disk(&error))?;
        if piece.is_empty() {
            break;
        }
        at += piece.len() as u64;
        let too_long = || {
            let detail = format!("A line is longer than the {longest} bytes of a request.");
            Refusal::new(Reason::BodyTooLarge, detail)
        };
        lines.push(&piece, |line| pass.take(line, true), too_long)?;
        out.push(&std::mem::take(&mut pass.out))
            .await
            .map_err(|error| no_disk(&error))?;
    }
    if let Some(last) = lines.finish() {
        pass.take(&last, false)?;
        out.push(&pass.out).await.map_err(|error| no_disk(&error))?;
    }
    let (place, input) = pass.finish().await?;
    let out = out.finish().await.map_err(|error| no_disk(&error))?;
    Ok((place, out, input))
}

/// A walk through the lines.
struct Pass<'a> {
    worker: &'a Worker,
    call: &'a Exchange,
    number: u64,
    /// Known with the first line.
    found: Option<Found>,
    files: BTreeSet<String>,
    out: Vec<u8>,
}

/// Of whom the requests ask what.
struct Found {
    place: Place,
    target: TargetPlan,
    endpoint: Endpoint,
    input: BatchInput,
}

/// A request for the provider, and the most that it can use.
struct Checked {
    body: Vec<u8>,
    asked: Asked,
    output: u64,
}

impl<'a> Pass<'a> {
    fn new(worker: &'a Worker, call: &'a Exchange) -> Pass<'a> {
        Pass {
            worker,
            call,
            number: 0,
            found: None,
            files: BTreeSet::new(),
            out: Vec::new(),
        }
    }

    /// Takes a line; `ends` says whether it had an end.
    fn take(&mut self, line: &[u8], ends: bool) -> Result<(), Refusal> {
        self.number += 1;
        if line.trim_ascii().is_empty() {
            self.out.extend_from_slice(line);
        } else {
            let written = self
                .request(line)
                .map_err(|refusal| in_line(self.number, refusal))?;
            self.out.extend_from_slice(&written);
        }
        if ends {
            self.out.push(b'\n');
        }
        Ok(())
    }

    fn request(&mut self, text: &[u8]) -> Result<Vec<u8>, Refusal> {
        let line = Line::read(text)?;
        let endpoint = Endpoint::of(&line.url).ok_or_else(|| {
            let detail = format!("No batch can be made here for `{}`.", shown(&line.url));
            Refusal::new(Reason::ParameterUnsupported, detail).at("url")
        })?;
        let body = line.body.of(text);
        self.files.append(&mut references::file_ids(body)?);
        if self.files.len() > FILES {
            let detail = format!("The requests refer to more than {FILES} files.");
            return Err(Refusal::new(Reason::RequestMalformed, detail));
        }
        let checked = match endpoint {
            Endpoint::Chat(_) => self.chat(&line, endpoint, body)?,
            Endpoint::Task(_) => self.task(&line, endpoint, body)?,
        };
        let Some(found) = &mut self.found else {
            return Err(impossible("a request of nobody"));
        };
        let input = &mut found.input;
        input.asked = input.asked.and(&checked.asked);
        input.output_tokens = input.output_tokens.saturating_add(checked.output);
        input.several.requests += 1;
        input.several.longest = input.several.longest.max(checked.asked.prompt_tokens);
        if input.several.requests > REQUESTS {
            let detail = format!("A batch has at most {REQUESTS} requests.");
            return Err(Refusal::new(Reason::RequestMalformed, detail));
        }
        Ok(line.with_body(text, &checked.body))
    }

    fn chat(&mut self, line: &Line, endpoint: Endpoint, body: &[u8]) -> Result<Checked, Refusal> {
        let Endpoint::Chat(dialect) = endpoint else {
            return Err(impossible("a task in a conversation"));
        };
        let head = inbound(dialect).head(body, &Address::default())?;
        let unsupported = |name: &str, detail: &str| {
            Err(Refusal::new(Reason::ParameterUnsupported, detail.to_owned()).at(name))
        };
        if head.stream {
            return unsupported("stream", "The answers of a batch are not streamed.");
        }
        if head.tier != Wish::Usual {
            return unsupported("service_tier", "A batch is a tier of service of its own.");
        }
        let thread = head.forward.thread();
        if thread.is_some_and(|thread| thread.previous.is_some() || thread.refers) {
            let detail = "A request of a batch goes on from no earlier answer: send all of it.";
            return unsupported("previous_response_id", detail);
        }
        let found = self.found(line, endpoint, &head.model)?;
        let target = &found.target;
        if target.dialect_for(dialect) != dialect {
            let detail = format!(
                "Provider {} is not asked at this path.",
                target.provider.name
            );
            return unsupported("url", &detail);
        }
        let to = Target {
            model: &target.model,
            quirks: target.provider.quirks,
            max_output: target.max_output,
            tier: None,
        };
        let output = head
            .max_tokens
            .or(target.max_output)
            .unwrap_or(UNKNOWN_OUTPUT);
        Ok(Checked {
            body: head.edits(&to, None)?.apply(body),
            asked: bound::asked(body.len() as u64, &head),
            output: output.saturating_mul(u64::from(head.answers).max(1)),
        })
    }

    fn task(&mut self, line: &Line, endpoint: Endpoint, body: &[u8]) -> Result<Checked, Refusal> {
        let Endpoint::Task(door) = endpoint else {
            return Err(impossible("a conversation for a task"));
        };
        let head = tasks::head(&Request {
            door,
            model: None,
            content_type: JSON,
            body,
        })?;
        let found = self.found(line, endpoint, &head.model)?;
        let target = &found.target;
        if task::form_at(&head, target) != Some(TaskForm::Openai) {
            let detail = format!(
                "Provider {} is not asked at this path.",
                target.provider.name
            );
            return Err(Refusal::new(Reason::ParameterUnsupported, detail).at("url"));
        }
        let to = To {
            form: TaskForm::Openai,
            model: &target.model,
        };
        let (asked, output) = task::bound(&head);
        let written = head.write(JSON, &Bytes::copy_from_slice(body), &to)?;
        Ok(Checked {
            body: written.body.concat(),
            asked,
            output,
        })
    }

    /// Of whom the requests ask what: all alike, since a batch is priced and worked on as one.
    fn found(&mut self, line: &Line, endpoint: Endpoint, model: &str) -> Result<&Found, Refusal> {
        if let Some(found) = &self.found {
            let (input, malformed) = (&found.input, Reason::RequestMalformed);
            if input.model != model {
                let detail = format!(
                    "The line asks for model {}, and those before it for {}: all requests of a \
                     batch ask for one model.",
                    shown(model),
                    input.model
                );
                return Err(Refusal::new(malformed, detail).at("body.model"));
            }
            if found.endpoint != endpoint {
                let detail = format!(
                    "The line is for {}, and those before it for {}: all requests of a batch are \
                     for one path.",
                    shown(&line.url),
                    input.endpoint
                );
                return Err(Refusal::new(malformed, detail).at("url"));
            }
        } else {
            let first = self.first(line, endpoint, model)?;
            self.found = Some(first);
        }
        self.found
            .as_ref()
            .ok_or_else(|| impossible("a request of nobody"))
    }

    fn first(&self, line: &Line, endpoint: Endpoint, model: &str) -> Result<Found, Refusal> {
        let plan = choose::plan(self.call, model)?;
        let wanted = Wanted {
            service: FileService::Batches,
            model: Some(model),
        };
        let place = choose::place(self.worker, self.call, &wanted)?;
        let mut targets = plan.targets.iter();
        let target = targets.find(|target| target.provider.name == place.provider.name);
        let target = target.ok_or_else(|| {
            let detail = format!(
                "The file goes to provider {}, where model {model} has no target.",
                place.provider.name
            );
            Refusal::new(Reason::NoTargetFits, detail).at("body.model")
        })?;
        Ok(Found {
            place,
            endpoint,
            input: BatchInput {
                model: model.to_owned(),
                target: target.model.clone(),
                endpoint: line.url.clone(),
                asked: Asked::default(),
                output_tokens: 0,
                several: Default::default(),
            },
            target: target.clone(),
        })
    }

    /// Where the file is to lie, and what is asked for in it. Refuses a file without a request, and
    /// one that refers to files which do not lie there.
    async fn finish(self) -> Result<(Place, BatchInput), Refusal> {
        let Some(found) = self.found else {
            let detail = "The file has no request in it: each line is one, as a JSON object.";
            return Err(Refusal::new(Reason::RequestMalformed, detail).at("file"));
        };
        let ids = serde_json::json!({ "file_ids": self.files }).to_string();
        let lie = mine::lie(self.worker, self.call, ids.as_bytes()).await?;
        let Some(origin) = lie else {
            return Ok((found.place, found.input));
        };
        let place = Place::of(&self.call.snapshot, &origin);
        let place = place.filter(|place| place.provider.name == found.place.provider.name);
        let place = place.ok_or_else(|| {
            let detail = format!(
                "The requests refer to files at provider {}, and the batch goes to provider {}.",
                origin.provider, found.place.provider.name
            );
            Refusal::new(Reason::NoTargetFits, detail).at("file_id")
        })?;
        Ok((place, found.input))
    }
}

/// A refusal that says in which line.
fn in_line(number: u64, mut refusal: Refusal) -> Refusal {
    refusal.detail = format!("Line {number}: {}", refusal.detail);
    refusal
}

fn shown(text: &str) -> String {
    text.chars().take(120).collect()
}
