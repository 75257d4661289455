//! Conversations over several calls, in a dialect whose callers name an earlier answer instead of
//! sending all of it again: what such a call goes on from is looked up, and what it gets is kept.

use std::collections::HashMap;
use std::sync::Arc;

use tollgate_dialect::openai_responses::thread::{self, Earlier, Whole};
use tollgate_model::kept::{KeptAnswer, Origin};
use tollgate_model::snapshot::TargetPlan;
use tollgate_model::{Reason, Refusal, Usage};

use crate::exchange::{Candidate, Continued, Exchange, impossible};
use crate::worker::Worker;

/// The member that names the earlier answer.
const PREVIOUS: &str = "previous_response_id";
/// The dialect's own code for an earlier answer that is not there.
const PREVIOUS_CODE: &str = "previous_response_not_found";
/// The most items that a request may name by their ids alone: each may have to be looked up.
const REFERENCES: usize = 256;

/// Makes the request whole where it goes on from an earlier answer or refers to items of one.
/// Refuses one that is not kept, or not this application's.
pub(crate) async fn recall(worker: &Worker, call: &mut Exchange) -> Result<(), Refusal> {
    let chat = call.chat.as_ref();
    let Some(links) = chat.and_then(|chat| chat.forward.thread()) else {
        return Ok(());
    };
    if links.previous.is_none() && !links.refers {
        return Ok(());
    }
    let (previous, refers) = (links.previous.clone(), links.refers);
    let Some(caller) = &call.caller else {
        return Err(impossible("went on for nobody"));
    };
    let application = Arc::clone(&caller.application);
    let earlier = match previous.as_deref() {
        None => None,
        Some(id) => {
            let found = find(worker, &application, id).await?;
            Some(found.ok_or_else(|| no_previous(id))?)
        }
    };
    let items = match refers {
        true => referred(worker, call, &application).await?,
        false => HashMap::new(),
    };
    if earlier.is_none() && items.is_empty() {
        return Ok(());
    }
    let parts = earlier.as_deref().and_then(|kept| {
        let (_, output) = thread::parts_of(kept.answer.as_bytes())?;
        let input = &kept.input;
        Some(Earlier { input, output })
    });
    let whole = thread::whole(&call.body, parts, |id| items.get(id).cloned())?;
    let origin = earlier.as_deref().and_then(|kept| kept.origin.clone());
    let tokens = earlier.as_deref().map_or(0, |kept| kept.tokens);
    put_in_place(call, whole, origin, tokens)
}

fn put_in_place(
    call: &mut Exchange,
    whole: Whole,
    origin: Option<Origin>,
    tokens: u64,
) -> Result<(), Refusal> {
    let Some(head) = call.chat.replace(whole.head) else {
        return Err(impossible("went on before it was routed"));
    };
    let body = std::mem::replace(&mut call.body, whole.body.into());
    let origin = origin.filter(|origin| can_go_on(call, origin));
    call.continued = Some(Continued {
        body,
        head,
        origin,
        tokens,
    });
    Ok(())
}

/// Whether a target is asked in the dialect of the caller, who knows its answers by the provider's ids.
fn is_same_dialect(call: &Exchange, target: &TargetPlan) -> bool {
    target.dialect_for(call.dialect) == call.dialect
}

/// Whether the model has a target at the provider that has made an answer, with the credential with
/// which it was made.
fn can_go_on(call: &Exchange, origin: &Origin) -> bool {
    let targets = call.plan.iter().flat_map(|plan| &plan.targets);
    let is_origin = |target: &TargetPlan| {
        let provider = &target.provider;
        let known = match &origin.credential {
            None => provider.keyless,
            Some(name) => provider.credentials.iter().any(|one| one.name == *name),
        };
        provider.name == origin.provider && is_same_dialect(call, target) && known
    };
    targets.into_iter().any(is_origin)
}

/// The request as the caller wrote it, where this target's provider has made the answer from which
/// it goes on.
pub(crate) fn known_to<'a>(call: &'a Exchange, target: &TargetPlan) -> Option<&'a Continued> {
    let written = call.continued.as_ref()?;
    let origin = written.origin.as_ref()?;
    let is_origin = origin.provider == target.provider.name && is_same_dialect(call, target);
    is_origin.then_some(written)
}

/// Whether a candidate can be asked: of the provider that has made the earlier answer, only the
/// credential with which it was made knows it.
pub(crate) fn may_ask(call: &Exchange, candidate: &Candidate) -> bool {
    let written = known_to(call, &candidate.target);
    let Some(origin) = written.and_then(|written| written.origin.as_ref()) else {
        return true;
    };
    let pool = &candidate.target.provider.credentials;
    let name = candidate.credential.and_then(|at| pool.get(at));
    name.map(|credential| &credential.name) == origin.credential.as_ref()
}

/// The most tokens that the bytes of the prompt can be, with what only its provider knows of it.
pub(crate) fn prompt_bytes(call: &Exchange) -> u64 {
    let size = |bytes: usize| u64::try_from(bytes).unwrap_or(u64::MAX);
    let whole = size(call.body.len());
    call.continued.as_ref().map_or(whole, |written| {
        let told = size(written.body.len()).saturating_add(written.tokens);
        whole.max(told)
    })
}

/// Keeps an answer, where the caller has not said otherwise.
pub(crate) fn keep(call: &Exchange, answer: &[u8], usage: &Usage) {
    let links = call.chat.as_ref().and_then(|chat| chat.forward.thread());
    if !links.is_some_and(|links| links.keep) {
        return;
    }
    let (Some(caller), Some(target)) = (&call.caller, &call.served) else {
        return;
    };
    let (Some((id, _)), Some(input), Ok(answer)) = (
        thread::parts_of(answer),
        thread::input_of(&call.body),
        std::str::from_utf8(answer),
    ) else {
        return;
    };
    let asked = call.attempts.last();
    let origin = is_same_dialect(call, target).then(|| Origin {
        provider: Arc::clone(&target.provider.name),
        credential: asked.and_then(|attempt| attempt.credential.clone()),
    });
    let tokens = usage.prompt_tokens().saturating_add(usage.output_tokens());
    call.worker.shared.kept.keep(KeptAnswer {
        application: Arc::clone(&caller.application),
        id,
        at: call.at,
        origin,
        tokens,
        input,
        answer: answer.to_owned(),
    });
}

/// An answer of an application. Refuses where the store does not answer.
pub(crate) async fn find(
    worker: &Worker,
    application: &str,
    id: &str,
) -> Result<Option<Arc<KeptAnswer>>, Refusal> {
    let found = worker.shared.kept.find(application, id).await;
    found.map_err(|error| unavailable(&error))
}

/// The refusal where the store does not answer.
pub(crate) fn unavailable(error: &str) -> Refusal {
    tracing::error!(error, "a kept answer could not be looked up");
    let detail = "Earlier answers cannot be looked up right now: the store does not answer.";
    Refusal::new(Reason::LedgerUnavailable, detail).retry_after(2)
}

fn no_previous(id: &str) -> Refusal {
    let id: String = id.chars().take(100).collect();
    let detail = format!("Previous response with id '{id}' not found.");
    let mut refusal = Refusal::new(Reason::AnswerNotFound, detail).at(PREVIOUS);
    refusal.status = 400;
    refusal.code = Some(PREVIOUS_CODE.to_owned());
    refusal
}

/// The items to which a request refers, by their ids, as far as they are kept.
async fn referred(
    worker: &Worker,
    call: &Exchange,
    application: &str,
) -> Result<HashMap<String, String>, Refusal> {
    let mut known: HashMap<String, Option<Arc<KeptAnswer>>> = HashMap::new();
    let mut items = HashMap::new();
    let ids = thread::references(&call.body);
    if ids.len() > REFERENCES {
        let detail = format!("At most {REFERENCES} items of `input` may be references.");
        return Err(Refusal::new(Reason::RequestMalformed, detail).at("input"));
    }
    for id in ids {
        let Some(answer) = thread::answer_of_item(&id) else {
            continue;
        };
        if !known.contains_key(&answer) {
            let found = find(worker, application, &answer).await?;
            known.insert(answer.clone(), found);
        }
        let Some(Some(kept)) = known.get(&answer) else {
            continue;
        };
        let output = thread::parts_of(kept.answer.as_bytes()).map_or("[]", |(_, output)| output);
        if let Some(item) = thread::item_of(&[output, &kept.input], &id) {
            items.insert(id, item.to_owned());
        }
    }
    Ok(items)
}
