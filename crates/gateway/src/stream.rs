//! A streamed answer as it passes: taken from the provider as fast as the caller takes it, metered,
//! translated where it has to be, and settled before its last bytes leave.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, Sleep, sleep_until};
use tollgate_dialect::codec::{Reply, StreamDecoder, StreamEncoder};
use tollgate_dialect::ir::{Delta, Event};
use tollgate_dialect::openai_chat::tap::Tap;
use tollgate_dialect::{inbound, outbound, refusal};
use tollgate_model::call::Ending;
use tollgate_model::refusal::Stage;
use tollgate_model::usage::{Usage, UsageQuality};
use tollgate_model::{Micros, Reason, Refusal};

use crate::connection::Chunks;
use crate::exchange::Exchange;
use crate::outgoing::is_same_dialect;
use crate::pool::Incoming;
use crate::settlement::{Outcome, close, cost_of, price};
use crate::upstream::redacted;
use crate::worker::Durable;

/// How often a silent stream is kept open by a comment.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// A comment of server-sent events, which every client skips.
const COMMENT: &[u8] = b": keep-alive\n\n";

/// A streamed answer under way.
pub(crate) struct Relay {
    call: Exchange,
    /// The bytes that dispatch has read to see that it is an answer.
    first: Option<Bytes>,
    upstream: Option<Incoming>,
    through: Through,
    /// What goes on to the caller, piece by piece; none is empty.
    out: VecDeque<Bytes>,
    delivered: u64,
    silence: Silence,
    /// With `settlement: strict`, the last bytes wait for this.
    committing: Option<Durable>,
}

/// What the bytes go through.
enum Through {
    /// The caller's own dialect: they pass, and are watched.
    Tap(Tap),
    /// Another dialect.
    Translation(Translation),
}

struct Translation {
    decoder: Box<dyn StreamDecoder + Send>,
    encoder: Box<dyn StreamEncoder + Send>,
    events: Vec<Event>,
    usage: Usage,
    /// Bytes of text, thoughts and arguments.
    content: u64,
}

impl Relay {
    /// A stream of which dispatch has read the first bytes. `None` where the caller's dialect has no
    /// codec, which cannot be.
    pub(crate) fn new(call: Exchange, first: Bytes, rest: Incoming, at: Micros) -> Option<Relay> {
        let target = call.served.as_ref()?;
        let stream_usage = call.chat.as_ref().is_some_and(|chat| chat.include_usage);
        let through = if is_same_dialect(&call, target) {
            Through::Tap(Tap::new(stream_usage))
        } else {
            let facts = Reply {
                call: call.id,
                at,
                model: call.model_name(),
                stream_usage,
                older_tools: call.older_tools(),
            };
            Through::Translation(Translation {
                decoder: outbound(target.provider.dialect).stream_decoder(),
                encoder: inbound(call.dialect)?.stream_encoder(&facts),
                events: Vec::new(),
                usage: Usage::NONE,
                content: 0,
            })
        };
        let idle = Duration::from_millis(u64::from(target.provider.timeouts.idle_ms));
        Some(Relay {
            first: Some(first),
            upstream: Some(rest),
            through,
            out: VecDeque::new(),
            delivered: 0,
            silence: Silence::new(idle),
            committing: None,
            call,
        })
    }

    /// Whether nothing more will come.
    pub(crate) fn is_finished(&self) -> bool {
        self.upstream.is_none() && self.out.is_empty() && self.committing.is_none()
    }

    /// The next bytes for the caller; `None` at the end.
    pub(crate) fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Bytes>> {
        loop {
            if let Some(durable) = &mut self.committing {
                match durable.as_mut().poll(cx) {
                    Poll::Pending => return Poll::Pending,
                    Poll::Ready(()) => self.committing = None,
                }
            }
            if let Some(bytes) = self.out.pop_front() {
                self.delivered += length(&bytes);
                return Poll::Ready(Some(bytes));
            }
            if let Some(first) = self.first.take() {
                self.take_in(first);
                continue;
            }
            let Some(upstream) = &mut self.upstream else {
                return Poll::Ready(None);
            };
            match upstream.poll_chunk(cx) {
                Poll::Ready(Some(Ok(bytes))) => {
                    self.silence.broken();
                    self.take_in(bytes);
                }
                Poll::Ready(Some(Err(why))) if !self.is_whole() => self.cut(&why),
                Poll::Ready(Some(Err(_)) | None) => self.ended(),
                Poll::Pending => match self.silence.poll(cx) {
                    Poll::Pending => return Poll::Pending,
                    Poll::Ready(Quiet::KeepAlive) => {
                        self.out.push_back(Bytes::from_static(COMMENT))
                    }
                    Poll::Ready(Quiet::TooLong) => self.cut("it stood still for too long"),
                },
            }
        }
    }

    fn take_in(&mut self, bytes: Bytes) {
        match &mut self.through {
            Through::Tap(tap) => {
                let call = &self.call;
                tap.push(
                    bytes,
                    &mut |usage| cost_of(call, usage).total,
                    &mut self.out,
                );
                if tap.done() {
                    self.close(Ending::Completed);
                } else if let Some(error) = tap.failed().cloned() {
                    self.cut(&error.message);
                }
            }
            Through::Translation(translation) => {
                let mut events = std::mem::take(&mut translation.events);
                translation.decoder.push(&bytes, &mut events);
                self.translate(events);
            }
        }
    }

    /// Whether the answer is complete, although its last word has not come.
    fn is_whole(&self) -> bool {
        match &self.through {
            Through::Tap(tap) => tap.finished() && tap.failed().is_none(),
            Through::Translation(_) => false,
        }
    }

    /// The provider has closed the stream.
    fn ended(&mut self) {
        match &mut self.through {
            Through::Tap(tap) => {
                let call = &self.call;
                tap.finish(&mut |usage| cost_of(call, usage).total, &mut self.out);
                // Some providers leave out the `[DONE]`; an answer with a finish reason is whole.
                if let Some(error) = tap.failed().cloned() {
                    self.cut(&error.message);
                } else if tap.done() || tap.finished() {
                    self.close(Ending::Completed);
                } else {
                    self.cut("it ended before the answer was complete");
                }
            }
            Through::Translation(translation) => {
                let mut events = std::mem::take(&mut translation.events);
                translation.decoder.finish(&mut events);
                self.translate(events);
                if self.upstream.is_some() {
                    self.cut("it ended before the answer was complete");
                }
            }
        }
    }

    fn translate(&mut self, mut events: Vec<Event>) {
        let mut text = Vec::new();
        for event in events.drain(..) {
            let cost = match &event {
                Event::End => Some(price(&self.call, &self.outcome(Ending::Completed)).1.total),
                Event::Fail(error) => {
                    self.send(text);
                    return self.cut(&error.message);
                }
                _ => None,
            };
            let Through::Translation(translation) = &mut self.through else {
                return;
            };
            match &event {
                Event::Usage(usage) => translation.usage.update(usage),
                Event::Delta(_, Delta::Text(text) | Delta::Arguments(text)) => {
                    translation.content += u64::try_from(text.len()).unwrap_or(u64::MAX);
                }
                _ => {}
            }
            translation.encoder.event(&event, cost, &mut text);
            if cost.is_some() {
                self.send(text);
                return self.close(Ending::Completed);
            }
        }
        self.send(text);
        if let Through::Translation(translation) = &mut self.through {
            translation.events = events;
        }
    }

    /// The provider broke off: what was delivered is charged, and the caller is told in its dialect.
    fn cut(&mut self, why: &str) {
        let why = redacted(why, self.secret());
        if let Some(attempt) = self.call.attempts.last_mut() {
            attempt.note.clone_from(&why);
        }
        self.close(Ending::UpstreamCut);
        self.tell(&cut_short(&why));
    }

    /// The key with which the provider was asked.
    fn secret(&self) -> &str {
        let attempt = self.call.attempts.last();
        let name = attempt.and_then(|attempt| attempt.credential.as_ref());
        let target = self.call.served.as_ref();
        let pool = target.map(|target| &target.provider.credentials);
        let used = pool
            .into_iter()
            .flatten()
            .find(|one| Some(&one.name) == name);
        used.map_or("", |credential| credential.key.reveal())
    }

    fn tell(&mut self, refusal: &Refusal) {
        let view = refusal::View {
            refusal,
            call: self.call.id,
            reveal: true,
            explain: None,
        };
        self.send(refusal::stream_error(self.call.dialect, &view));
    }

    fn send(&mut self, text: Vec<u8>) {
        if !text.is_empty() {
            self.out.push_back(text.into());
        }
    }

    /// How the call went, if it ends so.
    fn outcome(&self, ending: Ending) -> Outcome {
        let (usage, tokens) = match &self.through {
            Through::Tap(tap) => (tap.usage(), tap.events()),
            Through::Translation(translation) => {
                let usage = Some(translation.usage).filter(|usage| !usage.is_empty());
                (usage, translation.content.div_ceil(4))
            }
        };
        let quality = match usage {
            Some(_) if ending == Ending::Completed => UsageQuality::Exact,
            _ => UsageQuality::Estimated,
        };
        let bytes = self.delivered + self.out.iter().map(length).sum::<u64>();
        Outcome {
            usage: usage.unwrap_or(Usage::NONE),
            quality,
            ending,
            bytes,
            tokens,
        }
    }

    /// Settles the call.
    fn close(&mut self, ending: Ending) {
        match self.upstream.take() {
            Some(upstream) if ending == Ending::Completed => upstream.finish(),
            // Dropped with bytes unread, the connection closes and the provider stops.
            _ => {}
        }
        self.call.passed(Stage::Relay);
        let outcome = self.outcome(ending);
        let closed = close(&mut self.call, outcome);
        if self.call.worker.shared.settings.strict_settlement {
            self.committing = closed.durable;
        }
    }
}

impl Drop for Relay {
    /// The caller hung up: it pays for what was delivered.
    fn drop(&mut self) {
        if !self.call.closed {
            self.close(Ending::ClientGone);
        }
    }
}

fn length(bytes: &Bytes) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

fn cut_short(why: &str) -> Refusal {
    let detail = format!("The provider's answer broke off: {why}. What was delivered is charged.");
    Refusal::new(Reason::UpstreamBadResponse, detail)
}

/// How long a stream has been silent.
struct Silence {
    idle: Duration,
    since: Instant,
    told: Instant,
    timer: Option<Pin<Box<Sleep>>>,
}

enum Quiet {
    KeepAlive,
    TooLong,
}

impl Silence {
    fn new(idle: Duration) -> Silence {
        let now = Instant::now();
        Silence {
            idle,
            since: now,
            told: now,
            timer: None,
        }
    }

    fn broken(&mut self) {
        if self.timer.take().is_some() {
            self.since = Instant::now();
            self.told = self.since;
        }
    }

    /// Only asked while nothing comes, so that a stream that flows never touches a timer.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Quiet> {
        let ends = self.since + self.idle;
        let next = ends.min(self.told + KEEP_ALIVE);
        let timer = self
            .timer
            .get_or_insert_with(|| Box::pin(sleep_until(next)));
        if timer.as_mut().poll(cx).is_pending() {
            return Poll::Pending;
        }
        self.told = Instant::now();
        if self.told >= ends {
            return Poll::Ready(Quiet::TooLong);
        }
        let next = ends.min(self.told + KEEP_ALIVE);
        timer.as_mut().reset(next);
        Poll::Ready(Quiet::KeepAlive)
    }
}
