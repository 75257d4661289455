//! What passes between caller and provider, both ways at once. Each way takes the next event when the
//! last one is on its way, so that who does not read is not written to, and nothing piles up here.

use std::future::pending;
use std::time::Duration;

use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::{Mutex, Notify};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message, Utf8Bytes};
use tollgate_dialect::refusal::{View, realtime_error};
use tollgate_model::call::Ending;
use tollgate_model::{CallId, Reason, Refusal};

use super::pulse::Pulse;
use super::till::{Stopped, Till};
use crate::socket::Socket;
use crate::upstream::redacted;
use crate::worker::Worker;

/// How long a provider may take to say what a response has consumed that nobody hears any more.
const LAST_WORD: Duration = Duration::from_secs(1);
/// How long the last words of a session may take to leave.
const FAREWELL: Duration = Duration::from_secs(2);
/// Words of ours that wait for the caller to read.
const NOTICES: usize = 4;
/// Where the codes begin that are ours to give (RFC 6455, section 7.4.2); the status of the refusal is
/// added.
const OWN_CODES: u16 = 4000;

type Writes = SplitSink<Socket, Message>;
type Reads = SplitStream<Socket>;

/// How a session ends.
enum End {
    /// The caller has closed it, or is gone.
    Caller(Option<CloseFrame>),
    /// What the caller sends is no WebSocket, or not of this kind.
    Wrong(CloseCode, &'static str),
    /// The provider has closed it.
    Provider(Option<CloseFrame>),
    /// The provider broke off.
    Cut(String),
    /// We end it, since no more may be said.
    Refused(Refusal),
    /// It has lasted or been silent for too long.
    Over(Refusal),
    /// The node shuts down, and no response is under way.
    Drained,
}

/// What both ways share.
struct Session<'a> {
    till: &'a Mutex<Till>,
    pulse: &'a Pulse,
    /// A response is over.
    calm: &'a Notify,
    call: CallId,
}

/// Passes events until the session is over, and settles it.
pub(super) async fn run(worker: &Worker, (caller, provider): (Socket, Socket), till: Till) {
    let limits = worker.shared.settings.limits;
    let (mut to_caller, mut from_caller) = caller.split();
    let (mut to_provider, mut from_provider) = provider.split();
    let call = till.call().id;
    let (till, calm) = (Mutex::new(till), Notify::new());
    let pulse = Pulse::new(limits.session_idle, limits.session);
    let session = Session {
        till: &till,
        pulse: &pulse,
        calm: &calm,
        call,
    };
    let (notices, noticed) = channel(NOTICES);
    let end = tokio::select! {
        end = session.up(&mut from_caller, &mut to_provider, notices) => end,
        end = session.down(&mut from_provider, &mut to_caller, noticed) => end,
        refusal = pulse.stops() => End::Over(refusal),
        () = session.drained(worker) => End::Drained,
    };
    let mut till = till.into_inner();
    let heard = matches!(end, End::Provider(_) | End::Cut(_));
    if !heard {
        last_words(&mut till, &mut to_provider, &mut from_provider).await;
    }
    let (words, frame) = settle(till, &end, call);
    if let Some(words) = words {
        // Whoever does not listen any more cannot be told.
        let _ = timeout(FAREWELL, to_caller.send(Message::Text(words.into()))).await;
    }
    part(&mut to_caller, frame).await;
    if !heard {
        let frame = match end {
            End::Caller(frame) => sendable(frame),
            _ => None,
        };
        part(&mut to_provider, frame).await;
    }
}

/// Closes one side; one that has closed itself is answered.
async fn part(side: &mut Writes, frame: Option<CloseFrame>) {
    let parting = async {
        let _ = side.send(Message::Close(frame)).await;
        let _ = side.close().await;
    };
    let _ = timeout(FAREWELL, parting).await;
}

impl Session<'_> {
    /// From the caller to the provider.
    async fn up(&self, from: &mut Reads, to: &mut Writes, notices: Sender<String>) -> End {
        loop {
            let text = match from.next().await {
                None => return End::Caller(None),
                Some(Err(error)) => return wrong(&error),
                Some(Ok(Message::Text(text))) => text,
                Some(Ok(Message::Binary(_))) => {
                    return End::Wrong(CloseCode::Unsupported, "events are text");
                }
                Some(Ok(Message::Close(frame))) => return End::Caller(frame),
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => continue,
            };
            self.pulse.beat();
            let heard = self.till.lock().await.hears(&text).await;
            let text = match heard {
                Ok(None) => text,
                Ok(Some(changed)) => changed.into(),
                Err(Stopped::Session(refusal)) => return End::Refused(refusal),
                Err(Stopped::Event(refusal, cause)) => {
                    let told = self.told(&refusal, cause.as_deref());
                    if notices.send(told).await.is_err() {
                        return End::Caller(None);
                    }
                    continue;
                }
            };
            if to.send(Message::Text(text)).await.is_err() {
                // The other way finds out why, and may still read what it says.
                pending::<()>().await;
            }
        }
    }

    /// From the provider to the caller.
    async fn down(&self, from: &mut Reads, to: &mut Writes, mut notices: Receiver<String>) -> End {
        loop {
            let (message, end) = tokio::select! {
                told = notices.recv() => match told {
                    Some(told) => (Message::Text(told.into()), None),
                    None => pending().await,
                },
                came = from.next() => match came {
                    None => return End::Cut("it ended without a word".to_owned()),
                    Some(Err(error)) => return End::Cut(error.to_string()),
                    Some(Ok(Message::Close(frame))) => return End::Provider(frame),
                    Some(Ok(Message::Text(text))) => {
                        let told = self.till.lock().await.tells(text.as_bytes()).await;
                        self.calm.notify_waiters();
                        (Message::Text(text), told.err())
                    }
                    Some(Ok(Message::Binary(bytes))) => (Message::Binary(bytes), None),
                    Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => continue,
                },
            };
            if to.send(message).await.is_err() {
                return End::Caller(None);
            }
            self.pulse.beat();
            if let Some(refusal) = end {
                return End::Refused(refusal);
            }
        }
    }

    /// Waits until the node shuts down and no response is under way.
    async fn drained(&self, worker: &Worker) {
        worker.drained().await;
        loop {
            let calm = self.calm.notified();
            if self.till.lock().await.running().next().is_none() {
                return;
            }
            calm.await;
        }
    }

    fn told(&self, refusal: &Refusal, cause: Option<&str>) -> String {
        told(self.call, refusal, cause)
    }
}

fn told(call: CallId, refusal: &Refusal, cause: Option<&str>) -> String {
    let view = View {
        refusal,
        call,
        reveal: true,
        explain: None,
    };
    realtime_error(&view, cause)
}

/// Has the provider give up what nobody hears any more, and hears what that has consumed.
async fn last_words(till: &mut Till, to: &mut Writes, from: &mut Reads) {
    let running: Vec<String> = till.running().map(str::to_owned).collect();
    let hearing = async {
        for response in running {
            let cancel = serde_json::json!({ "type": "response.cancel", "response_id": response });
            let text: Utf8Bytes = cancel.to_string().into();
            if to.send(Message::Text(text)).await.is_err() {
                return;
            }
        }
        while till.running().next().is_some() {
            match from.next().await {
                // That the money for another one is not there does not matter any more.
                Some(Ok(Message::Text(text))) => drop(till.tells(text.as_bytes()).await),
                Some(Ok(_)) => {}
                None | Some(Err(_)) => return,
            }
        }
    };
    // What is not said by then is reckoned.
    let _ = timeout(LAST_WORD, hearing).await;
}

/// Settles a session by how it ends, and gives the last words to its caller.
fn settle(till: Till, end: &End, call: CallId) -> (Option<String>, Option<CloseFrame>) {
    let close = |code, reason: &'static str| {
        Some(CloseFrame {
            code,
            reason: Utf8Bytes::from_static(reason),
        })
    };
    let last = |refusal: &Refusal| {
        let code = CloseCode::from(OWN_CODES.saturating_add(refusal.status));
        let words = told(call, refusal, None);
        (Some(words), close(code, refusal.reason.code()))
    };
    match end {
        End::Caller(frame) => {
            let silent = till.running().next().is_none();
            till.close(if silent {
                Ending::Completed
            } else {
                Ending::ClientGone
            });
            (None, sendable(frame.clone()))
        }
        End::Wrong(code, why) => {
            till.close(Ending::ClientGone);
            (None, close(*code, why))
        }
        End::Provider(frame) => {
            let silent = till.running().next().is_none();
            till.close(if silent {
                Ending::Completed
            } else {
                Ending::UpstreamCut
            });
            (None, sendable(frame.clone()))
        }
        End::Cut(why) => {
            let why = redacted(why, "");
            let detail = format!("The provider broke off: {why}. What was delivered is charged.");
            let refusal = Refusal::new(Reason::UpstreamBadResponse, detail);
            till.close(Ending::UpstreamCut);
            let words = told(call, &refusal, None);
            (Some(words), close(CloseCode::Error, refusal.reason.code()))
        }
        End::Refused(refusal) => {
            till.refuse(refusal.clone());
            last(refusal)
        }
        End::Over(refusal) => {
            till.close(Ending::Completed);
            last(refusal)
        }
        End::Drained => {
            let detail = "This node is shutting down. Open another session.";
            let refusal = Refusal::new(Reason::ShuttingDown, detail);
            till.close(Ending::Completed);
            let words = told(call, &refusal, None);
            (Some(words), close(CloseCode::Away, refusal.reason.code()))
        }
    }
}

/// How a caller is wrong that sends what is no event.
fn wrong(error: &Error) -> End {
    match error {
        Error::Capacity(_) => End::Wrong(CloseCode::Size, "the message is too long"),
        Error::Utf8(_) => End::Wrong(CloseCode::Invalid, "the text is not UTF-8"),
        Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => End::Caller(None),
        Error::Protocol(_) => End::Wrong(CloseCode::Protocol, "this is no WebSocket"),
        _ => End::Caller(None),
    }
}

/// A close frame that may be sent on: those codes that say that there was none may not.
fn sendable(frame: Option<CloseFrame>) -> Option<CloseFrame> {
    frame.filter(|frame| frame.code.is_allowed())
}
