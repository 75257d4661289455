//! A streamed answer as it passes: taken from the provider as fast as the caller takes it, metered,
//! translated where it has to be, and settled before its last bytes leave.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, Sleep, sleep_until};
use tollgate_dialect::array::JsonArray;
use tollgate_dialect::codec::{StreamDecoder, StreamEncoder, Tap};
use tollgate_dialect::ir::{Delta, Event};
use tollgate_dialect::refusal::View;
use tollgate_dialect::tool_names::ToolNames;
use tollgate_dialect::{inbound, outbound, refusal};
use tollgate_model::call::Ending;
use tollgate_model::refusal::Stage;
use tollgate_model::usage::{Usage, UsageQuality};
use tollgate_model::{Dialect, Micros, Reason, Refusal};

use crate::cache::Keeping;
use crate::connection::Chunks;
use crate::exchange::Exchange;
use crate::given::Passing;
use crate::outgoing::{is_same_dialect, spoken, tool_names};
use crate::pool::Incoming;
use crate::quantities::Pictures;
use crate::recall;
use crate::settlement::{Outcome, close, cost_as_told, price, price_of};
use crate::task;
use crate::thread;
use crate::upstream::redacted;
use crate::worker::Durable;

/// How often a silent stream is kept open by something that says nothing.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// Why a stream is cut that takes longer than its model's `total_ms`.
const TOO_LONG: &str = "it took longer than the model's timeouts allow";
/// White space may stand between the elements of an array.
const BLANK: &[u8] = b"\n";

/// A streamed answer under way.
pub(crate) struct Relay {
    call: Exchange,
    /// The bytes that dispatch has read to see that it is an answer.
    first: Option<Bytes>,
    upstream: Option<Incoming>,
    through: Through,
    /// Where the caller gets one JSON array instead of events.
    array: Option<JsonArray>,
    /// Whether it is sound, into which no word of ours may be put.
    sound: bool,
    /// Whether it has broken off, and nothing but the end of the connection can tell that.
    broken: bool,
    /// What goes on to the caller, piece by piece; none is empty.
    out: VecDeque<Bytes>,
    delivered: u64,
    silence: Silence,
    /// The answer as it comes, where it is to be kept.
    keeping: Option<Keeping>,
    /// Counts the pictures in it, where each has a price.
    pictures: Option<Pictures>,
    /// With `settlement: strict`, the last bytes wait for this.
    committing: Option<Durable>,
}

/// What the bytes go through.
enum Through {
    /// The caller's own dialect: they pass, and are watched.
    Tap(Box<dyn Tap + Send>),
    /// Another dialect.
    Translation(Box<Translation>),
}

/// What becomes of a stream after some of its events.
enum Fate {
    GoesOn,
    Over,
    Cut(String),
}

struct Translation {
    decoder: Box<dyn StreamDecoder + Send>,
    encoder: Box<dyn StreamEncoder + Send>,
    names: ToolNames,
    events: Vec<Event>,
    usage: Usage,
    /// Bytes of text, thoughts and arguments.
    content: u64,
}

impl Relay {
    /// A stream of which dispatch has read the first bytes. `None` where nobody serves it, which
    /// cannot be.
    pub(crate) fn new(call: Exchange, first: Bytes, rest: Incoming, at: Micros) -> Option<Relay> {
        let target = call.served.as_ref()?;
        let codec = inbound(call.dialect);
        let through = if is_same_dialect(&call, target) {
            Through::Tap(codec.tap(call.chat.as_ref()?.stream_usage))
        } else {
            Through::Translation(Box::new(Translation {
                decoder: outbound(spoken(&call, target)).stream_decoder(),
                encoder: codec.stream_encoder(&call.reply(at)),
                names: tool_names(&call),
                events: Vec::new(),
                usage: Usage::NONE,
                content: 0,
            }))
        };
        Relay::through(call, through, first, rest)
    }

    /// A streamed answer to a task. `None` where nobody serves it, which cannot be.
    pub(crate) fn of_task(
        call: Exchange,
        passing: Passing,
        first: Bytes,
        rest: Incoming,
    ) -> Option<Relay> {
        let mut relay = Relay::through(call, Through::Tap(passing.tap), first, rest)?;
        relay.sound = passing.sound;
        Some(relay)
    }

    fn through(call: Exchange, through: Through, first: Bytes, rest: Incoming) -> Option<Relay> {
        let idle = call.served.as_ref()?.provider.timeouts.idle_ms;
        let idle = Duration::from_millis(u64::from(idle));
        Some(Relay {
            first: Some(first),
            upstream: Some(rest),
            through,
            array: call.address.array.then(JsonArray::default),
            sound: false,
            broken: false,
            out: VecDeque::new(),
            delivered: 0,
            silence: Silence::new(idle, call.ends()),
            keeping: recall::keeping(&call),
            pictures: Pictures::of(&call, price_of(&call, &Usage::NONE)),
            committing: None,
            call,
        })
    }

    /// Whether nothing more will come.
    pub(crate) fn is_finished(&self) -> bool {
        let left = self.upstream.is_some() || !self.out.is_empty() || self.committing.is_some();
        !left && !self.broken
    }

    /// Whether the connection has to end here, so that the caller sees that something is missing; true
    /// once.
    pub(crate) fn breaks(&mut self) -> bool {
        std::mem::take(&mut self.broken)
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
                Poll::Ready(Some(Ok(_))) if self.silence.is_over() => self.cut(TOO_LONG),
                Poll::Ready(Some(Ok(bytes))) => {
                    self.silence.broken();
                    self.take_in(bytes);
                }
                Poll::Ready(Some(Err(why))) if !self.is_whole() => self.cut(&why),
                Poll::Ready(Some(Err(_)) | None) => self.ended(),
                Poll::Pending => match self.silence.poll(cx) {
                    Poll::Pending => return Poll::Pending,
                    Poll::Ready(Quiet::KeepAlive) if self.sound => {}
                    Poll::Ready(Quiet::KeepAlive) => {
                        let quiet = keep_alive(self.call.dialect, self.array.is_some());
                        self.out.push_back(Bytes::from_static(quiet));
                    }
                    Poll::Ready(Quiet::TooLong) if self.silence.is_over() => self.cut(TOO_LONG),
                    Poll::Ready(Quiet::TooLong) => self.cut("it stood still for too long"),
                },
            }
        }
    }

    fn take_in(&mut self, bytes: Bytes) {
        let keeping = self.keeping.take();
        self.keeping = keeping.and_then(|mut keeping| keeping.push(&bytes).then_some(keeping));
        if let Some(pictures) = &mut self.pictures {
            pictures.push(&bytes);
        }
        let pictures = self.pictures();
        match &mut self.through {
            Through::Tap(tap) => {
                let call = &self.call;
                let mut cost = |usage: &Usage| cost_as_told(call, usage, pictures);
                tap.push(bytes, &mut cost, &mut self.out);
                let (done, failed) = (tap.done(), tap.failed().cloned());
                if let Err(why) = self.enlist() {
                    self.cut(&why);
                } else if done {
                    self.close(Ending::Completed);
                } else if let Some(error) = failed {
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

    /// Makes the events that are about to go on elements of the array, where the caller gets one.
    fn enlist(&mut self) -> Result<(), String> {
        let Some(array) = &mut self.array else {
            return Ok(());
        };
        let mut text = Vec::new();
        for events in self.out.drain(..) {
            let taken = array.push(&events, &mut text);
            taken.map_err(|error| error.to_string())?;
        }
        self.put(text);
        Ok(())
    }

    /// The pictures that came so far, where they have to be counted.
    fn pictures(&self) -> u64 {
        self.pictures.as_ref().map_or(0, |pictures| pictures.count)
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
        let pictures = self.pictures();
        match &mut self.through {
            Through::Tap(tap) => {
                let call = &self.call;
                let mut cost = |usage: &Usage| cost_as_told(call, usage, pictures);
                tap.finish(&mut cost, &mut self.out);
                // Some providers leave out the `[DONE]`; an answer with a finish reason is whole.
                let (whole, failed) = (tap.done() || tap.finished(), tap.failed().cloned());
                if let Err(why) = self.enlist() {
                    self.cut(&why);
                } else if let Some(error) = failed {
                    self.cut(&error.message);
                } else if whole {
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

    fn translate(&mut self, events: Vec<Event>) {
        let mut text = Vec::new();
        let fate = self.write(events, &mut text);
        self.put(text);
        match (self.enlist(), fate) {
            (Err(why), _) | (Ok(()), Fate::Cut(why)) => self.cut(&why),
            (Ok(()), Fate::Over) => self.close(Ending::Completed),
            (Ok(()), Fate::GoesOn) => {}
        }
    }

    /// Writes events in the caller's dialect.
    fn write(&mut self, mut events: Vec<Event>, text: &mut Vec<u8>) -> Fate {
        for mut event in events.drain(..) {
            let cost = match &event {
                Event::End => Some(
                    price(&self.call, &self.outcome(Ending::Completed))
                        .cost
                        .total,
                ),
                Event::Fail(error) => return Fate::Cut(error.message.clone()),
                _ => None,
            };
            let Through::Translation(translation) = &mut self.through else {
                break;
            };
            match &event {
                Event::Usage(usage) => translation.usage.update(usage),
                Event::Delta(_, Delta::Text(text) | Delta::Arguments(text)) => {
                    translation.content += u64::try_from(text.len()).unwrap_or(u64::MAX);
                }
                _ => {}
            }
            translation.names.restore_event(&mut event);
            translation.encoder.event(&event, cost, text);
            if cost.is_some() {
                return Fate::Over;
            }
        }
        if let Through::Translation(translation) = &mut self.through {
            translation.events = events;
        }
        Fate::GoesOn
    }

    /// The provider broke off: what was delivered is charged, and the caller is told in its dialect.
    fn cut(&mut self, why: &str) {
        let why = redacted(why, self.secret());
        if let Some(attempt) = self.call.attempts.last_mut() {
            attempt.note.clone_from(&why);
        }
        self.close(Ending::UpstreamCut);
        match self.sound {
            true => self.broken = true,
            false => self.tell(&cut_short(&why)),
        }
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
        used.map_or("", |credential| credential.access.secret())
    }

    fn tell(&mut self, refusal: &Refusal) {
        let view = View {
            refusal,
            call: self.call.id,
            reveal: true,
            explain: None,
        };
        let dialect = self.call.dialect;
        let mut text = Vec::new();
        match &mut self.array {
            None => text = self.broken(&view),
            Some(array) => {
                array.element(&refusal::body(dialect, &view), &mut text);
                array.end(&mut text);
            }
        }
        self.put(text);
    }

    fn put(&mut self, text: Vec<u8>) {
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
        let bytes = self.delivered + self.out.iter().map(length).sum::<u64>();
        if let Some(head) = &self.call.task {
            let outcome = task::outcome(&self.call, head, (usage, tokens), ending);
            return Outcome { bytes, ..outcome };
        }
        let quality = match usage {
            Some(_) if ending == Ending::Completed => UsageQuality::Exact,
            _ => UsageQuality::Estimated,
        };
        Outcome {
            usage: usage.unwrap_or(Usage::NONE),
            quality,
            ending,
            bytes,
            tokens,
            pictures: self.pictures(),
        }
    }

    /// The whole answer, where the dialect tells it at the end of a stream.
    fn whole(&self) -> Option<Bytes> {
        match &self.through {
            Through::Tap(tap) => tap.whole(),
            Through::Translation(translation) => translation.encoder.whole(),
        }
    }

    /// The last event of a stream that breaks off here.
    fn broken(&self, view: &View<'_>) -> Vec<u8> {
        let told = match &self.through {
            Through::Tap(tap) => tap.broken(view),
            Through::Translation(translation) => translation.encoder.broken(view),
        };
        told.unwrap_or_else(|| refusal::stream_error(self.call.dialect, view))
    }

    /// Settles the call.
    fn close(&mut self, ending: Ending) {
        match self.upstream.take() {
            Some(upstream) if ending == Ending::Completed => upstream.finish(),
            // Dropped with bytes unread, the connection closes and the provider stops.
            _ => {}
        }
        self.call.passed(Stage::Relay);
        if let (Some(array), Ending::Completed) = (&mut self.array, ending) {
            let mut text = Vec::new();
            array.end(&mut text);
            self.put(text);
        }
        let outcome = self.outcome(ending);
        let keeping = self
            .keeping
            .take()
            .filter(|_| outcome.quality == UsageQuality::Exact);
        if let Some(answer) = self.whole().filter(|_| ending == Ending::Completed) {
            thread::keep(&self.call, &answer, &outcome.usage);
        }
        let closed = close(&mut self.call, outcome);
        if let Some(keeping) = keeping {
            let worker = &self.call.worker;
            keeping.keep(&worker.shared.answers, closed.cost, worker.now());
        }
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

/// What keeps a silent stream open, and says nothing.
fn keep_alive(dialect: Dialect, array: bool) -> &'static [u8] {
    match array {
        true => BLANK,
        false => inbound(dialect).keep_alive(),
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
    /// When the stream ends at the latest, silent or not.
    ends: Option<Instant>,
    since: Instant,
    told: Instant,
    timer: Option<Pin<Box<Sleep>>>,
}

enum Quiet {
    KeepAlive,
    TooLong,
}

impl Silence {
    fn new(idle: Duration, ends: Option<Instant>) -> Silence {
        let now = Instant::now();
        Silence {
            idle,
            ends,
            since: now,
            told: now,
            timer: None,
        }
    }

    /// Whether the stream has taken as long as it may.
    fn is_over(&self) -> bool {
        self.ends.is_some_and(|ends| Instant::now() >= ends)
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
        let ends = self.ends.map_or(ends, |own| own.min(ends));
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

#[cfg(test)]
mod tests {
    use tollgate_dialect::sse::Frames;

    use super::*;

    #[test]
    fn sa_16_what_keeps_a_stream_open_says_nothing_in_its_dialect() {
        let frames = |dialect| {
            let mut frames = Frames::default();
            frames.push(keep_alive(dialect, false));
            let frame = frames.next_frame().unwrap();
            frame.map(|frame| (frame.event.to_owned(), frame.data.to_owned()))
        };
        assert_eq!(frames(Dialect::OpenaiChat), None);
        assert_eq!(frames(Dialect::Gemini), None);
        let (event, data) = frames(Dialect::AnthropicMessages).unwrap();
        let data: serde_json::Value = serde_json::from_str(&data).unwrap();
        assert_eq!((event.as_str(), &data["type"]), ("ping", &"ping".into()));
        assert!(keep_alive(Dialect::Gemini, true).trim_ascii().is_empty());
    }
}
