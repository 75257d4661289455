//! One attempt: a request to one target with one credential, up to the beginning of its answer. It
//! has all that it needs with it, so that a shadow's can go on after its call has ended; only a task is
//! received by what its call says of it.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::CONTENT_TYPE;
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use tokio::time::{Instant, timeout_at};
use tollgate_dialect::codec::{Outbound, Seen};
use tollgate_dialect::ir::{self, Delta, Event, Opening, Stop};
use tollgate_dialect::{count, outbound};
use tollgate_model::Dialect;
use tollgate_model::call::FailureClass;
use tollgate_model::resources::Timeouts;
use tollgate_model::snapshot::{CredentialPlan, Endpoint, ProviderPlan};

use crate::connection::Chunks;
use crate::exchange::{Answer, Candidate, Exchange};
use crate::given::Came;
use crate::pieces::Pieces;
use crate::pool::{Incoming, SendError};
use crate::proof::Proof;
use crate::routing::left::Left;
use crate::upstream::{Failure, Head, first_piece, read_error, read_whole};
use crate::worker::Worker;
use crate::{outgoing, sandbox, sandbox_tasks, task};

/// How much of a stream is read in search of its first content.
const PEEK_MOST: usize = 256 * 1024;

/// How long an attempt may take, and what its answer is looked at for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Waits {
    /// Connection, first byte, pauses.
    pub(crate) provider: Timeouts,
    /// Until the answer begins: a streamed one with its first byte, a whole one when it is there.
    pub(crate) attempt: Option<Duration>,
    /// Until the first content of a streamed answer.
    pub(crate) first_token: Option<Duration>,
    /// When the call ends at the latest.
    pub(crate) end: Option<Instant>,
    /// Whether an answer that was filtered away is a failure.
    pub(crate) filtered: bool,
}

impl Waits {
    /// As the provider's spec says, and no more.
    pub(crate) fn of(provider: &ProviderPlan) -> Waits {
        Waits {
            provider: provider.timeouts,
            attempt: None,
            first_token: None,
            end: None,
            filtered: false,
        }
    }
}

/// What is asked of whom.
pub(crate) struct Ask {
    pub(crate) candidate: Candidate,
    /// The caller's dialect.
    caller: Dialect,
    /// The one in which the target is asked.
    spoken: Dialect,
    stream: bool,
    count: bool,
    body: Pieces,
    /// `None` for the sandbox, which is not asked over HTTP.
    request: Option<Request<Full<Pieces>>>,
    waits: Waits,
}

impl Ask {
    /// What a call asks of a candidate with this body. Fails where no request can be made of it.
    pub(crate) fn of(
        call: &Exchange,
        candidate: &Candidate,
        body: Pieces,
        waits: Waits,
    ) -> Result<Ask, Failure> {
        let request = match candidate.target.provider.endpoint {
            Endpoint::Sandbox => None,
            Endpoint::Http { .. } => {
                let made = outgoing::request(call, candidate, body.clone());
                Some(made.map_err(Failure::unsendable)?)
            }
        };
        Ok(Ask {
            caller: call.dialect,
            spoken: outgoing::spoken(call, &candidate.target),
            stream: call.wants_stream(),
            count: call.is_count(),
            candidate: candidate.clone(),
            body,
            request,
            waits,
        })
    }

    fn provider(&self) -> &ProviderPlan {
        &self.candidate.target.provider
    }

    fn codec(&self) -> &'static dyn Outbound {
        outbound(self.spoken)
    }

    fn credential(&self) -> Option<&CredentialPlan> {
        let pool = &self.provider().credentials;
        self.candidate.credential.and_then(|at| pool.get(at))
    }

    /// The secret with which the provider is asked; empty where it needs none.
    fn secret(&self) -> &str {
        self.credential()
            .map_or("", |credential| credential.access.secret())
    }

    /// Sends the request and waits until its answer begins. What a task gives is received by what its
    /// call says of it.
    pub(crate) async fn answer(
        self,
        worker: &Worker,
        call: Option<&Exchange>,
    ) -> Result<Answer, Failure> {
        let started = Instant::now();
        let waits = self.waits;
        let limit = waits.attempt.map(|limit| started + limit);
        let limit = [limit, waits.end].into_iter().flatten().min();
        let begun = self.begin(worker, call);
        let answer = match limit {
            None => begun.await?,
            Some(at) => timeout_at(at, begun)
                .await
                .unwrap_or_else(|_| Err(too_late("no answer began", started)))?,
        };
        if !self.stream || (waits.first_token.is_none() && !waits.filtered) {
            return Ok(answer);
        }
        let limit = waits.first_token.map(|limit| started + limit);
        let limit = [limit, waits.end].into_iter().flatten().min();
        let peeked = self.peek(answer);
        match limit {
            None => peeked.await,
            Some(at) => timeout_at(at, peeked)
                .await
                .unwrap_or_else(|_| Err(too_late("no content came", started))),
        }
    }

    async fn begin(&self, worker: &Worker, call: Option<&Exchange>) -> Result<Answer, Failure> {
        let task = call.and_then(|call| Some((call, call.task.as_ref()?)));
        let (head, kind, mut incoming) = match &self.request {
            None => {
                let model = &self.candidate.target.model;
                let body = self.body.whole();
                let answered = match task {
                    Some((call, task)) => sandbox_tasks::answer(call, task, model, &body),
                    None => sandbox::answer(model, &body, self.stream),
                };
                let head = Head {
                    status: answered.status,
                    is_stream: self.stream && answered.status == 200,
                    retry_after: None,
                    left: Left::default(),
                    error_type: None,
                };
                (head, answered.kind, Incoming::sandbox(answered.script))
            }
            Some(request) => {
                let response = self.ask(worker, request).await?;
                let (mut parts, incoming) = response.into_parts();
                let head = Head::of(&parts, self.codec().stream_type(), worker.now());
                if head.left != Left::default() {
                    self.candidate.health(worker).quota.note(head.left);
                }
                (head, parts.headers.remove(CONTENT_TYPE), incoming)
            }
        };
        if !StatusCode::from_u16(head.status).is_ok_and(|status| status.is_success()) {
            let body = read_error(&mut incoming).await;
            let error = self.codec().decode_error(head.status, &body);
            return Err(Failure::answered(
                self.provider(),
                &head,
                error,
                self.secret(),
            ));
        }
        if let Some((call, _)) = task {
            let came = Came {
                kind,
                body: incoming,
            };
            let target = &self.candidate.target;
            let given = task::receive(call, target, came, self.secret()).await?;
            return Ok(Answer::Task(Box::new(given)));
        }
        if self.stream && head.is_stream {
            self.first_bytes(incoming).await
        } else {
            self.whole(incoming).await
        }
    }

    /// Asks the provider with the credential, and once more where its token should hold and is not
    /// accepted.
    async fn ask(
        &self,
        worker: &Worker,
        request: &Request<Full<Pieces>>,
    ) -> Result<Response<Incoming>, Failure> {
        let tokens = &worker.shared.tokens;
        let proof = Proof::of(self.provider(), self.credential(), tokens).await?;
        let response = self.send(worker, &proof, request).await?;
        if response.status() != StatusCode::UNAUTHORIZED || !proof.is_worth_renewing(tokens) {
            return Ok(response);
        }
        let proof = Proof::of(self.provider(), self.credential(), tokens).await?;
        self.send(worker, &proof, request).await
    }

    /// Sends the request, and once more where the connection for it turned out to be dead.
    async fn send(
        &self,
        worker: &Worker,
        proof: &Proof,
        request: &Request<Full<Pieces>>,
    ) -> Result<Response<Incoming>, Failure> {
        let (pool, tls) = (&worker.pool, &worker.shared.tls);
        let (endpoint, waits) = (&self.provider().endpoint, self.waits.provider);
        let proven = || {
            let mut request = request.clone();
            proof.put(&mut request, &self.body, worker.now());
            request
        };
        let mut sent = pool.send(tls, endpoint, proven(), waits).await;
        if matches!(sent, Err(SendError::Stale)) {
            sent = pool.send(tls, endpoint, proven(), waits).await;
        }
        sent.map_err(|error| {
            let class = match error {
                SendError::Timeout(_) => FailureClass::Timeout,
                SendError::Unreachable(_) | SendError::Stale => FailureClass::Unreachable,
            };
            Failure::without_answer(class, error.to_string())
        })
    }

    /// Reads the first bytes of a stream: what comes in a 200 may still be an error, and then another
    /// target may do better.
    async fn first_bytes(&self, mut rest: Incoming) -> Result<Answer, Failure> {
        let first = first_piece(&mut rest, self.waits.provider).await?;
        match self.codec().leading_error(&first) {
            Some(error) => {
                let (provider, secret) = (self.provider(), self.secret());
                Err(Failure::told_in_success(provider, error, secret))
            }
            None => Ok(Answer::Stream { first, rest }),
        }
    }

    /// Reads on in a stream until content comes, or what ends it. What was read goes on to the
    /// caller all the same.
    async fn peek(&self, answer: Answer) -> Result<Answer, Failure> {
        let Answer::Stream { first, mut rest } = answer else {
            return Ok(answer);
        };
        let mut decoder = self.codec().stream_decoder();
        let mut events = Vec::new();
        decoder.push(&first, &mut events);
        let mut read = BytesMut::new();
        loop {
            for event in events.drain(..) {
                match Sign::of(event) {
                    Sign::Nothing => {}
                    Sign::Content => return Ok(joined(first, read, rest)),
                    Sign::Filtered if self.waits.filtered => return Err(filtered()),
                    Sign::Filtered => return Ok(joined(first, read, rest)),
                    Sign::Failed(error) => {
                        let (provider, secret) = (self.provider(), self.secret());
                        return Err(Failure::told_in_success(provider, error, secret));
                    }
                }
            }
            if read.len() > PEEK_MOST {
                return Ok(joined(first, read, rest));
            }
            match rest.chunk().await {
                Some(Ok(bytes)) => {
                    decoder.push(&bytes, &mut events);
                    read.extend_from_slice(&bytes);
                }
                Some(Err(why)) => {
                    return Err(Failure::without_answer(FailureClass::Unreachable, why));
                }
                None => {
                    let why = "the stream ended before its first content".to_owned();
                    return Err(Failure::unreadable(why));
                }
            }
        }
    }

    /// Reads a whole answer and checks that it is one.
    async fn whole(&self, mut incoming: Incoming) -> Result<Answer, Failure> {
        let bytes = read_whole(&mut incoming, self.waits.provider.idle_ms).await?;
        let bad = Failure::unreadable;
        if self.count {
            count::check(self.caller, &bytes).map_err(bad)?;
            return Ok(Answer::Whole {
                bytes,
                usage: None,
                decoded: None,
            });
        }
        let codec = self.codec();
        let usage = match codec.look(&bytes).map_err(bad)? {
            Seen::Answer(usage) => usage,
            Seen::Error(error) => {
                let (provider, secret) = (self.provider(), self.secret());
                return Err(Failure::told_in_success(provider, error, secret));
            }
        };
        if self.stream {
            return Err(bad(
                "a stream was asked for and a whole answer came".to_owned()
            ));
        }
        let is_same = self.spoken == self.caller;
        let decoded = if is_same && !self.waits.filtered {
            None
        } else {
            Some(codec.decode_response(&bytes).map_err(bad)?)
        };
        if self.waits.filtered && decoded.as_ref().is_some_and(is_filtered_away) {
            return Err(filtered());
        }
        Ok(Answer::Whole {
            bytes,
            usage,
            decoded: decoded.filter(|_| !is_same).map(Box::new),
        })
    }
}

/// What an event at the beginning of a stream means.
enum Sign {
    Nothing,
    /// The caller has something to read, or the answer is over.
    Content,
    /// It ended without content, since that was filtered.
    Filtered,
    Failed(ir::ProviderError),
}

impl Sign {
    fn of(event: Event) -> Sign {
        match event {
            Event::Delta(_, Delta::Text(text) | Delta::Arguments(text)) if text.is_empty() => {
                Sign::Nothing
            }
            Event::Delta(..) | Event::Open(_, Opening::ToolUse { .. }) => Sign::Content,
            Event::Stop(Stop::Filtered) => Sign::Filtered,
            Event::Stop(_) | Event::End => Sign::Content,
            Event::Fail(error) => Sign::Failed(error),
            Event::Start { .. }
            | Event::Open(..)
            | Event::Close(_)
            | Event::Cite(_)
            | Event::Usage(_)
            | Event::StopText(_) => Sign::Nothing,
        }
    }
}

/// Whether nothing is left of an answer but the word that it was filtered.
fn is_filtered_away(response: &ir::Response) -> bool {
    let is_empty = |block: &ir::Block| match &block.content {
        ir::Content::Text(text) => text.is_empty(),
        ir::Content::Thinking { .. } | ir::Content::RedactedThinking(_) => true,
        _ => false,
    };
    response.stop == Stop::Filtered && response.blocks.iter().all(is_empty)
}

fn filtered() -> Failure {
    let why = "the answer was filtered away".to_owned();
    Failure {
        status: Some(200),
        code: Some("content_filter".to_owned()),
        ..Failure::without_answer(FailureClass::ContentFiltered, why)
    }
}

fn too_late(what: &str, started: Instant) -> Failure {
    let why = format!("{what} within {} ms", started.elapsed().as_millis());
    Failure::without_answer(FailureClass::Timeout, why)
}

fn joined(first: Bytes, read: BytesMut, rest: Incoming) -> Answer {
    let first = if read.is_empty() {
        first
    } else {
        [first.as_ref(), read.as_ref()].concat().into()
    };
    Answer::Stream { first, rest }
}
