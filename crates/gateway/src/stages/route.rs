//! Stage 2: path and method to operation, model name to targets.

use tollgate_dialect::codec::Address;
use tollgate_dialect::{count, inbound, platform};
use tollgate_model::{Dialect, Reason, Refusal};

use crate::address::Operation;
use crate::exchange::Exchange;
use crate::realtime;
use crate::task;
use crate::worker::Worker;

/// Finds out what is asked for. Refuses unknown paths, wrong methods and bodies that cannot be read.
pub(crate) fn run(_: &Worker, call: &mut Exchange) -> Result<(), Refusal> {
    let path = call.uri.path();
    let Some(operation) = call.address.operation else {
        let detail = format!("Nothing is served at {}.", shown(path));
        return Err(Refusal::new(Reason::RouteNotFound, detail));
    };
    let method = operation.method();
    if call.method != method {
        let detail = format!("{} takes {method}, not {}.", shown(path), call.method);
        return Err(Refusal::new(Reason::MethodNotAllowed, detail).at(method.as_str()));
    }
    name_model(call)?;
    let address = Address {
        model: call.address.model.as_deref(),
        stream: call.address.stream,
    };
    let chat = match operation {
        Operation::Chat => inbound(call.dialect).head(&call.body, &address)?,
        Operation::Count => count::head(call.dialect, &call.body, &address)?,
        Operation::Task(door) => {
            let head = task::read(call, door)?;
            call.plan = call.snapshot.resolve(&head.model);
            call.task = Some(Box::new(head));
            return Ok(());
        }
        Operation::Realtime => {
            let wish = realtime::read(call)?;
            call.plan = call.snapshot.resolve(&wish.model);
            call.session = Some(Box::new(wish));
            return Ok(());
        }
        Operation::ListModels
        | Operation::GetModel
        | Operation::ShowModel
        | Operation::Version
        | Operation::Kept(_)
        | Operation::Files(_)
        | Operation::Batches(_) => return Ok(()),
        Operation::SessionKey => return Err(no_session_key()),
    };
    // Whether there is such a model is only told to those who have a key.
    call.plan = call.snapshot.resolve(&chat.model);
    call.chat = Some(chat);
    Ok(())
}

/// Puts the model that the address names into the body, where callers of a dialect that has it there
/// come by an address that names it all the same: a deployment of Azure's, or Claude at Vertex AI.
fn name_model(call: &mut Exchange) -> Result<(), Refusal> {
    let named = call.address.model.as_deref();
    if let (Dialect::AnthropicMessages, Some(stream)) = (call.dialect, call.address.stream) {
        if let Some(body) = platform::from_vertex(&call.body, named, stream)? {
            call.body = body.into();
        }
        return Ok(());
    }
    let asks = matches!(call.address.operation, Some(Operation::Chat));
    let has_it_there = !matches!(call.dialect, Dialect::Gemini | Dialect::BedrockConverse);
    let named = named.filter(|_| asks && has_it_there);
    if let Some(model) = named
        && let Some(body) = platform::named(&call.body, model)?
    {
        call.body = body.into();
    }
    Ok(())
}

fn no_session_key() -> Refusal {
    let detail = "A key for a session alone would be the provider's, and its sessions would pass by this \
                  gateway. Connect to /v1/realtime with a key of this gateway.";
    Refusal::new(Reason::RouteNotFound, detail)
}

fn shown(path: &str) -> String {
    path.chars().take(120).collect()
}
