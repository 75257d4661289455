//! Stage 4: what the key may do.

use tollgate_model::{Reason, Refusal};

use crate::exchange::{Exchange, impossible};
use crate::models;
use crate::references;
use crate::task;
use crate::thread;
use crate::worker::Worker;

/// Refuses a model that is not on the key's list, one that is not there, and one that cannot do what is
/// asked; a file that is not the caller's, and an earlier answer that the caller may not go on from.
pub(crate) async fn run(worker: &Worker, call: &mut Exchange) -> Result<(), Refusal> {
    let Some(key) = &call.key else {
        return Err(impossible("authorized before identified"));
    };
    let model = call.model_name();
    if model.is_empty() {
        return Ok(());
    }
    if !key.allows(model) {
        let detail = format!("Key {} may not use model {model}.", key.rule.name);
        return Err(Refusal::new(Reason::ModelNotAllowed, detail)
            .by(key.rule.clone())
            .at("model"));
    }
    if call.plan.is_none() {
        return Err(models::unknown(call, model));
    }
    task::check(call)?;
    references::check(worker, call).await?;
    thread::recall(worker, call).await
}
