//! Stage 4: what the key may do.

use tollgate_model::{Reason, Refusal};

use crate::exchange::{Exchange, impossible};
use crate::models;
use crate::worker::Worker;

/// Refuses a model that is not on the key's list, and one that is not there.
pub(crate) fn run(_: &Worker, call: &mut Exchange) -> Result<(), Refusal> {
    let Some(key) = &call.key else {
        return Err(impossible("authorized before identified"));
    };
    let Some(chat) = &call.chat else {
        return Ok(());
    };
    if !key.allows(&chat.model) {
        let detail = format!("Key {} may not use model {}.", key.rule.name, chat.model);
        return Err(Refusal::new(Reason::ModelNotAllowed, detail)
            .by(key.rule.clone())
            .at("model"));
    }
    match call.plan {
        Some(_) => Ok(()),
        None => Err(models::unknown(call, &chat.model)),
    }
}
