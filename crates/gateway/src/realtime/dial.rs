//! Opening a session at a provider: the handshake from the other side (RFC 6455, section 4.1).

use std::time::Duration;

use aws_lc_rs::rand;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::{
    ACCEPT, CONNECTION, HeaderName, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY,
    SEC_WEBSOCKET_PROTOCOL, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::Full;
use hyper_util::rt::TokioIo;
use tokio::task::spawn_local;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_tungstenite::tungstenite::protocol::Role;
use tollgate_dialect::{outbound, platform};
use tollgate_model::Dialect;
use tollgate_model::call::FailureClass;
use tollgate_model::resources::Timeouts;
use tollgate_model::snapshot::{CredentialPlan, Endpoint, TargetPlan};

use super::wish::accept;
use crate::connection::{broke, connect};
use crate::exchange::{Answer, Candidate, Exchange};
use crate::outgoing;
use crate::pieces::Pieces;
use crate::proof::Proof;
use crate::routing::attempt::Waits;
use crate::sandbox_session;
use crate::socket::{Dialed, Wish, socket};
use crate::upstream::{Failure, Head, read_error};
use crate::worker::Worker;

/// The headers of a caller that go on to the provider.
const CARRIED: [&str; 2] = ["openai-beta", "openai-safety-identifier"];

/// Opens a session at a candidate.
pub(crate) async fn dial(
    worker: &Worker,
    call: &Exchange,
    candidate: &Candidate,
    waits: Waits,
) -> Result<Answer, Failure> {
    let started = Instant::now();
    let limit = waits.attempt.map(|limit| started + limit);
    let limit = [limit, waits.end].into_iter().flatten().min();
    let dialing = reach(worker, call, candidate, waits.provider);
    let dialed = match limit {
        None => dialing.await?,
        Some(at) => timeout_at(at, dialing).await.unwrap_or_else(|_| {
            let why = format!(
                "no session began within {} ms",
                started.elapsed().as_millis()
            );
            Err(Failure::without_answer(FailureClass::Timeout, why))
        })?,
    };
    Ok(Answer::Session(Box::new(dialed)))
}

async fn reach(
    worker: &Worker,
    call: &Exchange,
    candidate: &Candidate,
    waits: Timeouts,
) -> Result<Dialed, Failure> {
    let broken = || Failure::unreadable("the call asks for no session".to_owned());
    let wish = call.session.as_ref().ok_or_else(broken)?;
    let target = &candidate.target;
    let most = worker.shared.settings.limits.message_bytes;
    if target.provider.endpoint == Endpoint::Sandbox {
        return Ok(Dialed {
            socket: sandbox_session::open(&target.model, most).await,
            protocol: protocol(&HeaderMap::new(), wish)?,
        });
    }
    let (tokens, mut renewed) = (&worker.shared.tokens, false);
    let credential = credential(candidate);
    loop {
        let proof = Proof::of(&target.provider, credential, tokens).await?;
        let limit = Duration::from_millis(u64::from(waits.first_byte_ms));
        let asked = ask(worker, (call, wish), candidate, (&proof, waits.connect_ms));
        let asked = timeout(limit, asked).await.unwrap_or_else(|_| {
            let why = format!("no answer began within {} ms", waits.first_byte_ms);
            Err(Failure::without_answer(FailureClass::Timeout, why))
        });
        match asked {
            // A token that should hold may have been taken back.
            Err(failure)
                if failure.status == Some(StatusCode::UNAUTHORIZED.as_u16())
                    && !renewed
                    && proof.is_worth_renewing(tokens) =>
            {
                renewed = true;
            }
            asked => return asked,
        }
    }
}

fn credential(candidate: &Candidate) -> Option<&CredentialPlan> {
    let pool = &candidate.target.provider.credentials;
    candidate.credential.and_then(|at| pool.get(at))
}

async fn ask(
    worker: &Worker,
    (call, wish): (&Exchange, &Wish),
    candidate: &Candidate,
    (proof, connect_ms): (&Proof, u32),
) -> Result<Dialed, Failure> {
    let target = &candidate.target;
    let provider = &*target.provider;
    let key = nonce()?;
    let mut request = request(call, target, (wish, &key))?;
    proof.put(&mut request, &Pieces::default(), worker.now());
    let unreachable = |why| Failure::without_answer(FailureClass::Unreachable, why);
    let (mut sender, driver) = connect(&worker.shared.tls, &provider.endpoint, connect_ms)
        .await
        .map_err(unreachable)?;
    spawn_local(driver);
    let response = sender.send_request(request).await;
    let response = response.map_err(|error| unreachable(broke(&error)))?;
    if response.status() != StatusCode::SWITCHING_PROTOCOLS {
        return Err(refused(worker, candidate, response).await);
    }
    let told = response.headers().get(SEC_WEBSOCKET_ACCEPT);
    if told != Some(&accept(&key)) {
        let why = "the provider's handshake does not prove that it speaks WebSocket";
        return Err(Failure::unreadable(why.to_owned()));
    }
    let protocol = protocol(response.headers(), wish)?;
    let upgraded = hyper::upgrade::on(response).await;
    let upgraded = upgraded.map_err(|error| unreachable(broke(&error)))?;
    let most = worker.shared.settings.limits.message_bytes;
    Ok(Dialed {
        socket: socket(TokioIo::new(upgraded), Role::Client, most).await,
        protocol,
    })
}

/// 16 bytes that nobody can guess, in base64.
fn nonce() -> Result<HeaderValue, Failure> {
    let unlucky = || Failure::unreadable("the system has no randomness".to_owned());
    let mut bytes = [0; 16];
    rand::fill(&mut bytes).map_err(|_| unlucky())?;
    HeaderValue::try_from(STANDARD.encode(bytes)).map_err(|_| unlucky())
}

/// The request that opens a session; the proof of who asks is put on it afterwards.
fn request(
    call: &Exchange,
    target: &TargetPlan,
    (wish, key): (&Wish, &HeaderValue),
) -> Result<Request<Full<Pieces>>, Failure> {
    let provider = &*target.provider;
    let path = platform::realtime_path(&provider.platform, &target.model);
    let mut path = path.map_err(Failure::unsendable)?;
    if !wish.query.is_empty() {
        path = format!("{path}&{}", wish.query);
    }
    let request = outgoing::kept_request(provider, Dialect::OpenaiChat, Method::GET, &path);
    let mut request = request.map_err(Failure::unsendable)?;
    let headers = request.headers_mut();
    headers.remove(ACCEPT);
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
    headers.insert(SEC_WEBSOCKET_KEY, key.clone());
    if let Ok(protocols) = HeaderValue::try_from(wish.protocols.join(", "))
        && !protocols.is_empty()
    {
        headers.insert(SEC_WEBSOCKET_PROTOCOL, protocols);
    }
    for name in CARRIED.map(HeaderName::from_static) {
        if let Some(value) = call.headers.get(&name) {
            headers.insert(name, value.clone());
        }
    }
    Ok(request)
}

/// The subprotocol of the session: the provider's choice among those that the caller speaks, or, where it
/// chose none, the one that every session of this kind speaks.
fn protocol(headers: &HeaderMap, wish: &Wish) -> Result<Option<HeaderValue>, Failure> {
    let speaks = |word: &str| wish.protocols.iter().any(|protocol| protocol == word);
    match headers.get(SEC_WEBSOCKET_PROTOCOL) {
        Some(chosen) if chosen.to_str().is_ok_and(speaks) => Ok(Some(chosen.clone())),
        Some(_) => {
            let why = "the provider chose a subprotocol for which nobody asked";
            Err(Failure::unreadable(why.to_owned()))
        }
        None => Ok(speaks("realtime").then(|| HeaderValue::from_static("realtime"))),
    }
}

/// The provider opens no session, and says why.
async fn refused(
    worker: &Worker,
    candidate: &Candidate,
    response: Response<hyper::body::Incoming>,
) -> Failure {
    let (parts, mut body) = response.into_parts();
    let codec = outbound(Dialect::OpenaiChat);
    let head = Head::of(&parts, codec.stream_type(), worker.now());
    let secret = credential(candidate).map_or("", |credential| credential.access.secret());
    let body = read_error(&mut body).await;
    if parts.status.is_success() {
        let why = "the provider answered as if this were no WebSocket";
        return Failure::unreadable(why.to_owned());
    }
    let error = codec.decode_error(head.status, &body);
    Failure::answered(&candidate.target.provider, &head, error, secret)
}
