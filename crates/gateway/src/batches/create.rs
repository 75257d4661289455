//! Making a batch: the most that it can cost is set aside in the books first, then the provider is
//! asked.

use std::rc::Rc;
use std::sync::Arc;

use bytes::Bytes;
use http::{Method, StatusCode};
use tokio::task::spawn_local;
use tollgate_dialect::batch::Endpoint;
use tollgate_dialect::scan::{Span, scan};
use tollgate_ledger::{BookError, HoldError};
use tollgate_model::account::Fund;
use tollgate_model::call::{Attempt, CallRecord, Ending};
use tollgate_model::file::{BatchInput, KeptBatch, KeptFile};
use tollgate_model::price::Price;
use tollgate_model::usage::UsageQuality;
use tollgate_model::{Nanos, Reason, Refusal, ServiceTier, Usage};

use super::end;
use crate::errand::{Place, Told};
use crate::exchange::{Exchange, impossible};
use crate::holding::{self, unavailable};
use crate::models;
use crate::objects::{Answered, application, told};
use crate::references::not_found;
use crate::worker::Worker;

/// How often the store is asked where its answer was lost.
const ROUNDS: u32 = 3;

/// Makes a batch. Where the caller hangs up, it is made all the same: the money is in the books by
/// then.
pub(super) async fn run(worker: &Rc<Worker>, call: &mut Exchange) -> Answered {
    let making = Making::of(worker, call).await?;
    let (mine, body) = (Rc::clone(worker), call.body.clone());
    let made = spawn_local(async move { making.run(&mine, body).await }).await;
    match made.unwrap_or_else(|_| Err(impossible("a batch was given up"))) {
        Ok(made) => Ok(told(call, made.status, made.body)),
        Err(refusal) => {
            // The batch may have been made, and is settled by the id that the call has had.
            call.id = worker.call_id(call.at);
            Err(refusal)
        }
    }
}

/// A batch before it is made.
struct Making {
    batch: KeptBatch,
    funds: Vec<Arc<Fund>>,
    place: Place,
}

/// What the request names.
fn named(call: &Exchange) -> Result<(String, String), Refusal> {
    let object = scan(&call.body, ["input_file_id", "endpoint"])?;
    let [input, endpoint] = object.values;
    let text = |span: Option<Span>, name: &str| {
        let text = span.and_then(|span| serde_json::from_slice::<String>(span.of(&call.body)).ok());
        text.ok_or_else(|| {
            let detail = format!("`{name}` must be a text.");
            Refusal::new(Reason::RequestMalformed, detail).at(name)
        })
    };
    Ok((text(input, "input_file_id")?, text(endpoint, "endpoint")?))
}

impl Making {
    async fn of(worker: &Worker, call: &Exchange) -> Result<Making, Refusal> {
        let (input, endpoint) = named(call)?;
        let file = worker.shared.cabinet.file(application(call)?, &input).await;
        let file = file.map_err(|error| unavailable(&error.to_string()))?;
        let file = file.ok_or_else(|| not_found("File object", &input).at("input_file_id"))?;
        let requests = requests(&file, &endpoint)?;
        let place = Place::of(&call.snapshot, &file.origin).ok_or_else(|| {
            let detail = format!(
                "The file lies at provider {}, which is no longer configured with the credential \
                 that has it.",
                file.origin.provider
            );
            Refusal::new(Reason::FilesUnsupported, detail)
        })?;
        let price = price(call, &place, requests)?;
        let bound =
            price.bound_of_several(&requests.asked, requests.output_tokens, requests.several);
        let batch = KeptBatch {
            call: call.id,
            id: None,
            application: file.application.clone(),
            origin: file.origin.clone(),
            input,
            endpoint,
            at: call.at,
            price,
            requests: requests.several.requests,
            bound,
            holds: Vec::new(),
            draft: Box::new(draft(call, &file, requests)),
            object: None,
            settled: false,
        };
        Ok(Making {
            batch,
            funds: funds(call, &requests.model)?,
            place,
        })
    }

    async fn run(mut self, worker: &Worker, body: Bytes) -> Result<Told, Refusal> {
        self.set_aside(worker).await?;
        let (call, place) = (self.batch.call, &self.place);
        let asked = place
            .ask(worker, (Method::POST, "/batches"), Some(body))
            .await;
        // Whether a batch was made whose answer is lost, the provider is asked later.
        let told = asked.map_err(|failure| place.refusal(failure))?;
        if !told.status.is_success() {
            let released = worker.shared.cabinet.release_batch(call).await;
            if let Err(error) = released {
                tracing::warn!(%call, %error, "the money of a batch that was refused returns later");
            }
            return Ok(told);
        }
        self.batch.draft.duration = u64::try_from(worker.now().0 - self.batch.at.0).unwrap_or(0);
        if let Err(refusal) = end::note(worker, &self.batch, &self.place, &told.body).await {
            tracing::warn!(%call, %refusal, "a batch was made, and is written down later");
        }
        Ok(Told {
            status: StatusCode::OK,
            body: told.body,
        })
    }

    /// Moves the most that the batch can cost from what this node may hold to the books.
    async fn set_aside(&mut self, worker: &Worker) -> Result<(), Refusal> {
        let (ledger, bound) = (&worker.shared.ledger, self.batch.bound);
        let held = ledger.hold(&self.funds, bound, self.batch.at).await;
        let hold = held.map_err(|error| match error {
            HoldError::Unavailable(why) => unavailable(&why),
            HoldError::Short(short) => holding::refusal(&short, bound, None, self.batch.at),
        })?;
        let holds = hold.holds().filter(|(_, amount)| !amount.is_zero());
        self.batch.holds = holds
            .map(|(account, amount)| (account.clone(), amount))
            .collect();
        let mut lost = None;
        for _ in 0..ROUNDS {
            match worker.shared.cabinet.begin_batch(self.batch.clone()).await {
                Ok(()) => {
                    // It has left the leases in the books as well.
                    hold.settle(bound);
                    return Ok(());
                }
                Err(BookError::Away(why)) if lost.is_none() => return Err(unavailable(&why)),
                Err(BookError::Away(why) | BookError::Unsure(why)) => lost = Some(why),
            }
        }
        // The money may have left the books: to use it here could spend it twice.
        hold.settle(bound);
        Err(unavailable(&lost.unwrap_or_default()))
    }
}

/// What the requests of a file ask for. Refuses a file that is for no batch, or for another path.
fn requests<'a>(file: &'a KeptFile, endpoint: &str) -> Result<&'a BatchInput, Refusal> {
    let malformed =
        |detail: String, param: &str| Err(Refusal::new(Reason::RequestMalformed, detail).at(param));
    let Some(requests) = &file.batch else {
        let detail = format!(
            "File {} was not uploaded with the purpose `batch`.",
            file.id
        );
        return malformed(detail, "input_file_id");
    };
    let wanted = Endpoint::of(endpoint);
    if wanted.is_none() || wanted != Endpoint::of(&requests.endpoint) {
        let detail = format!("The requests of the file are for {}.", requests.endpoint);
        return malformed(detail, "endpoint");
    }
    Ok(requests)
}

/// What requests of a batch cost, as of now.
fn price(call: &Exchange, place: &Place, requests: &BatchInput) -> Result<Price, Refusal> {
    let Some(key) = &call.key else {
        return Err(impossible("a batch of nobody"));
    };
    if !key.allows(&requests.model) {
        let detail = format!(
            "Key {} may not use model {}.",
            key.rule.name, requests.model
        );
        return Err(Refusal::new(Reason::ModelNotAllowed, detail).by(key.rule.clone()));
    }
    let plan = call.snapshot.resolve(&requests.model);
    let plan = plan.ok_or_else(|| models::unknown(call, &requests.model))?;
    let provider = &place.provider;
    let mut targets = plan.targets.iter();
    let target = targets
        .find(|one| one.provider.name == provider.name && one.model == requests.target)
        .ok_or_else(|| {
            let detail = format!(
                "Model {} is no longer {} at provider {}: upload the file anew.",
                requests.model, requests.target, provider.name
            );
            Refusal::new(Reason::NoTargetFits, detail).at("input_file_id")
        })?;
    let schedule = target
        .services
        .get(&ServiceTier::Batch)
        .or(target.price.as_ref());
    let schedule = schedule.ok_or_else(|| {
        let detail = format!(
            "Nobody has said what {} costs at {}, so it cannot be called.",
            target.model, provider.name
        );
        Refusal::new(Reason::PriceUnknown, detail).by(provider.rule.clone())
    })?;
    Ok(schedule.at(call.at).clone())
}

fn funds(call: &Exchange, model: &str) -> Result<Vec<Arc<Fund>>, Refusal> {
    let (Some(caller), Some(key)) = (&call.caller, &call.key) else {
        return Err(impossible("a batch of nobody"));
    };
    let application = call.snapshot.application(&caller.application);
    let application = application.ok_or_else(|| impossible("a batch of no application"))?;
    let funds = call
        .snapshot
        .funds(application, key.rule.name.as_str(), model);
    Ok(funds.cloned().collect())
}

/// The record of a batch, as far as it is known before it is made.
fn draft(call: &Exchange, file: &KeptFile, requests: &BatchInput) -> CallRecord {
    CallRecord {
        id: call.id,
        at: call.at,
        caller: call.caller.clone(),
        model: requests.model.clone(),
        status: 200,
        ending: Ending::Completed,
        refusal: None,
        attempts: vec![Attempt {
            provider: Arc::clone(&file.origin.provider),
            model: Arc::clone(&requests.target),
            credential: file.origin.credential.clone(),
            status: Some(200),
            failure: None,
            cancelled: None,
            note: String::new(),
            began: call.elapsed(),
            took: 0,
        }],
        usage: Usage::NONE,
        cost: Nanos::ZERO,
        charges: Vec::new(),
        duration: 0,
        request_bytes: u64::try_from(call.body.len()).unwrap_or(u64::MAX),
        response_bytes: 0,
        revision: call.snapshot.revision,
        request_id: call.request_id.clone(),
        dialect: call.dialect,
        path: call.uri.path().chars().take(200).collect(),
        stream: false,
        recalled: None,
        dropped: Vec::new(),
        choice: None,
        shadow_of: None,
        max_tokens_set: None,
        usage_quality: UsageQuality::None,
        cost_lines: Vec::new(),
        price_source: String::new(),
        timings: call.timings.clone(),
        first_byte: 0,
    }
}
