//! Files to which requests refer: each must be the caller's, and only the provider where it lies can
//! be asked.

use tollgate_dialect::references;
use tollgate_model::kept::Origin;
use tollgate_model::snapshot::{ModelPlan, TargetPlan};
use tollgate_model::{Reason, Refusal};

use crate::exchange::{Candidate, Exchange, impossible};
use crate::holding::unavailable;
use crate::worker::Worker;

/// Looks up the files to which a request refers. Refuses a file that is not of the caller's
/// application, and files that lie at several places.
pub(crate) async fn check(worker: &Worker, call: &mut Exchange) -> Result<(), Refusal> {
    call.pinned = lie(worker, call, &call.body).await?;
    Ok(())
}

/// Where the files lie to which a request refers; `None` where it refers to none.
pub(crate) async fn lie(
    worker: &Worker,
    call: &Exchange,
    body: &[u8],
) -> Result<Option<Origin>, Refusal> {
    let ids = references::file_ids(body)?;
    let mut origin: Option<Origin> = None;
    for id in ids {
        let Some(caller) = &call.caller else {
            return Err(impossible("referred to a file for nobody"));
        };
        let found = worker.shared.cabinet.file(&caller.application, &id).await;
        let found = found.map_err(|error| unavailable(&error.to_string()))?;
        let file = found.ok_or_else(|| not_found("file", &id).at("file_id"))?;
        if origin.as_ref().is_some_and(|known| *known != file.origin) {
            let detail = "The request refers to files that lie at several providers or accounts; \
                          nobody can read all of them.";
            return Err(Refusal::new(Reason::RequestMalformed, detail).at("file_id"));
        }
        origin = Some(file.origin.clone());
    }
    Ok(origin)
}

/// Whether the files of a call lie at the provider of a target.
pub(crate) fn is_at(call: &Exchange, target: &TargetPlan) -> bool {
    let origin = call.pinned.as_ref();
    origin.is_none_or(|origin| origin.provider == target.provider.name)
}

/// Whether a candidate knows the files of a call.
pub(crate) fn may_ask(call: &Exchange, candidate: &Candidate) -> bool {
    let Some(origin) = &call.pinned else {
        return true;
    };
    let pool = &candidate.target.provider.credentials;
    let asked = candidate.credential.and_then(|at| pool.get(at));
    asked.map(|credential| &credential.name) == origin.credential.as_ref()
}

/// The refusal of a call whose files lie where its model is not; `None` where it has none.
pub(crate) fn elsewhere(call: &Exchange, plan: &ModelPlan) -> Option<Refusal> {
    let origin = call.pinned.as_ref()?;
    let detail = format!(
        "The files of the request lie at provider {}, and model {} cannot be asked there with the \
         credential that has them. Ask a model of that provider, or upload the files anew with the \
         header `x-tollgate-model: {}`.",
        origin.provider, plan.name, plan.name
    );
    Some(Refusal::new(Reason::NoTargetFits, detail).at("file_id"))
}

/// The refusal of a file or batch that is not there for this caller.
pub(crate) fn not_found(what: &str, id: &str) -> Refusal {
    let id: String = id.chars().take(100).collect();
    Refusal::new(Reason::FileNotFound, format!("No such {what}: '{id}'."))
}
