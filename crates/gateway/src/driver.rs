//! The life of a call on one screen.

use std::convert::Infallible;
use std::rc::Rc;

use http::{Request, Response};
use tollgate_model::Refusal;
use tollgate_model::refusal::Stage;

use crate::address::Operation;
use crate::body::Reply;
use crate::exchange::Exchange;
use crate::stages::{accept, admit, authorize, dispatch, identify, prepare, relay, route};
use crate::worker::Worker;
use crate::{answer, batches, files, kept, models, pages, realtime, recall};

/// Answers a request. Never fails: what goes wrong is an answer. Where the caller hangs up, this
/// future is dropped, and the exchange with it, which then settles itself.
pub(crate) async fn serve(
    worker: Rc<Worker>,
    mut request: Request<hyper::body::Incoming>,
) -> Result<Response<Reply>, Infallible> {
    if let Some(page) = pages::serve(&worker, &request) {
        return Ok(page);
    }
    let upgrade = hyper::upgrade::on(&mut request);
    let (head, body) = request.into_parts();
    let mut call = Exchange::begin(Rc::clone(&worker), head);
    let answered = match walk(&worker, &mut call, body).await {
        Ok(()) if call.session.is_some() => realtime::open(call, upgrade),
        Ok(()) if asks_a_model(&call) => relay::run(&worker, call).await,
        Ok(()) => match call.address.operation {
            Some(Operation::Kept(_)) => kept::answer(&worker, call).await,
            Some(Operation::Files(ask)) => files::answer(&worker, call, ask).await,
            Some(Operation::Batches(ask)) => batches::answer(&worker, call, ask).await,
            _ => models::answer(call),
        },
        Err(refusal) => answer::refuse(call, refusal),
    };
    Ok(answered)
}

/// The stages up to the first byte of the answer, in their order.
async fn walk(
    worker: &Worker,
    call: &mut Exchange,
    body: hyper::body::Incoming,
) -> Result<(), Refusal> {
    accept::run(worker, call, body).await?;
    call.passed(Stage::Accept);
    route::run(worker, call)?;
    call.passed(Stage::Route);
    identify::run(worker, call).await?;
    call.passed(Stage::Identify);
    authorize::run(worker, call).await?;
    call.passed(Stage::Authorize);
    if !asks_a_model(call) {
        return Ok(());
    }
    recall::run(worker, call).await;
    admit::run(worker, call).await?;
    call.passed(Stage::Admit);
    if call.cache.hit().is_some() {
        call.passed(Stage::Prepare);
        call.passed(Stage::Dispatch);
        call.first_byte = call.elapsed().max(1);
        return Ok(());
    }
    prepare::run(worker, call)?;
    call.passed(Stage::Prepare);
    dispatch::run(worker, call).await?;
    call.passed(Stage::Dispatch);
    Ok(())
}

/// Whether a model is asked, so that there is something to pay for, to send and to record.
fn asks_a_model(call: &Exchange) -> bool {
    let operation = call.address.operation;
    matches!(
        operation,
        Some(Operation::Chat | Operation::Count | Operation::Task(_) | Operation::Realtime)
    )
}
