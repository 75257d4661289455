//! The beginning of a session: the caller's handshake is answered, and what passes from then on is the
//! session's.

use std::rc::Rc;

use http::Response;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio::task::spawn_local;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::protocol::Role;
use tollgate_model::call::Ending;

use super::pass::run;
use super::till::Till;
use crate::answer;
use crate::body::Reply;
use crate::exchange::{Answer, Exchange, impossible};
use crate::socket::{Dialed, socket};

/// Answers the handshake. The session goes on by itself, and is settled as it ends.
pub(crate) fn open(mut call: Exchange, upgrade: OnUpgrade) -> Response<Reply> {
    let accept = call.session.as_ref().and_then(|wish| wish.accept.clone());
    let (Some(Answer::Session(dialed)), Some(accept)) = (call.answer.take(), accept) else {
        return answer::refuse(call, impossible("opened without a session"));
    };
    let Dialed {
        socket: provider,
        protocol,
    } = *dialed;
    let response = answer::switching(&call, accept, protocol);
    let worker = Rc::clone(&call.worker);
    let guard = worker.open.enter();
    let Some(till) = Till::open(call) else {
        return answer::broken();
    };
    spawn_local(async move {
        let limits = worker.shared.settings.limits;
        // The connection is the caller's until the answer is on its way.
        match timeout(limits.body_timeout, upgrade).await {
            Ok(Ok(upgraded)) => {
                let wire = TokioIo::new(upgraded);
                let caller = socket(wire, Role::Server, limits.message_bytes).await;
                run(&worker, (caller, provider), till).await;
            }
            _ => till.close(Ending::ClientGone),
        }
        drop(guard);
    });
    response
}
