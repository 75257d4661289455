//! The till of a session: what may be said with the money that is set aside, and what each response
//! costs.
//!
//! Responses begin when the provider likes: it hears when somebody has finished speaking. So the money
//! for one is always set aside while none is under way, by the most that the model can read by then and
//! say: what the caller has sent and what the model has answered, in whole steps, so that a session that
//! grows does not ask for money with each event.

use std::rc::Rc;
use std::sync::Arc;

use tollgate_dialect::realtime::{
    Asks, Named, Sent, Status, Told, Transcription, heard, seconds, sent, told,
};
use tollgate_dialect::splice::Splice;
use tollgate_ledger::Hold;
use tollgate_model::account::Fund;
use tollgate_model::call::Ending;
use tollgate_model::price::Asked;
use tollgate_model::snapshot::TargetPlan;
use tollgate_model::{Nanos, Reason, Refusal, Usage, UsageClass};

use super::response::Part;
use super::scribe::Scribe;
use crate::exchange::{Exchange, impossible};
use crate::holding;
use crate::keys;
use crate::settlement::{Closed, Outcome, close, close_refused};

/// Tokens that the first response may read: what providers tell their models by themselves, and the
/// first words. Later ones may read more by steps of the power of two.
const FIRST_TOKENS: u64 = 4_096;
/// Tokens of a model's window, and of a response, where nobody says.
const UNKNOWN_TOKENS: u64 = 128_000;
/// Where a session names the model that writes down what is heard.
const WRITER: &str = "session.audio.input.transcription.model";
/// The most responses of a session at a time: beside the one that is heard there may be others.
const RUNNING_MOST: usize = 16;

/// What the first response of a session can use besides tokens of its answer.
pub(crate) fn first_response() -> Asked {
    Asked {
        prompt_tokens: FIRST_TOKENS,
        ..Asked::default()
    }
}

/// Why an event of a caller does not pass.
pub(super) enum Stopped {
    /// It alone does not; the session goes on. With the id that the caller gave it.
    Event(Refusal, Option<String>),
    /// The session is over.
    Session(Refusal),
}

/// What is heard and said in a session, counted.
#[derive(Default)]
struct Counted {
    /// The most tokens that the model reads by now; `None` where only its window bounds them.
    most: Option<u64>,
    /// Bytes of text and sound that the caller has sent.
    text: u64,
    sound: u64,
    /// Tokens that the model has said.
    said: u64,
}

/// The till of a session.
pub(super) struct Till {
    /// The call that has opened the session.
    call: Exchange,
    target: TargetPlan,
    counted: Counted,
    /// The most tokens of a response, as the session says.
    limit: u64,
    /// Whether sound is given in a lean format.
    lean: bool,
    /// The money for the next response.
    ready: Option<Hold>,
    running: Vec<Part>,
    scribe: Option<Scribe>,
    /// Bytes of the provider's events.
    passed: u64,
}

impl Till {
    /// The till of a session that is open. `None` where nobody serves it, which cannot be.
    pub(super) fn open(mut call: Exchange) -> Option<Till> {
        let target = call.served.clone()?;
        Some(Till {
            ready: call.hold.take(),
            target,
            counted: Counted {
                most: Some(0),
                ..Counted::default()
            },
            limit: u64::MAX,
            lean: false,
            running: Vec::new(),
            scribe: None,
            passed: 0,
            call,
        })
    }

    /// The responses that are under way.
    pub(super) fn running(&self) -> impl Iterator<Item = &str> {
        self.running.iter().map(|part| part.id.as_str())
    }

    /// The call that has opened the session.
    pub(super) fn call(&self) -> &Exchange {
        &self.call
    }

    /// Takes note of an event of the caller's before it passes, and gives what it has to be changed to.
    pub(super) async fn hears(&mut self, text: &str) -> Result<Option<String>, Stopped> {
        let bytes = text.as_bytes();
        let sent = sent(bytes).map_err(|refusal| Stopped::Event(refusal, None))?;
        let changed = match &sent.asks {
            Asks::Configure {
                model,
                transcription,
            } => self.configured(model.as_ref(), transcription.as_ref()),
            _ => Ok(Splice::default()),
        };
        let edits = changed.map_err(|refusal| Stopped::Event(refusal, sent.id.clone()))?;
        self.count(&sent, length(bytes));
        self.set_aside_for(&sent).await?;
        self.call.sent = self.call.sent.saturating_add(length(bytes));
        if edits.is_empty() {
            return Ok(None);
        }
        let changed = String::from_utf8(edits.apply(bytes));
        changed.map(Some).map_err(|_| {
            let refusal = impossible("a name that is no text");
            Stopped::Event(refusal, sent.id)
        })
    }

    /// Takes note of an event of the provider's before it passes. The error ends the session once it
    /// has passed.
    pub(super) async fn tells(&mut self, text: &[u8]) -> Result<(), Refusal> {
        self.passed = self.passed.saturating_add(length(text));
        match told(text) {
            Told::Nothing => {}
            Told::Session { limit, lean } => {
                self.limit = limit.unwrap_or(self.limit);
                self.lean |= lean;
                if self.running.is_empty() {
                    self.cover(None).await?;
                }
            }
            Told::Begun { response } => self.begins(response).await?,
            Told::Piece {
                response,
                text,
                sound,
            } => self.says(&response, text, sound),
            Told::Done {
                response,
                status,
                usage,
            } => {
                self.ends(&response, status, usage).await;
                if self.running.is_empty() {
                    self.cover(None).await?;
                }
            }
            Told::Committed { item } => {
                if let Some(scribe) = &mut self.scribe {
                    scribe.committed(item);
                }
            }
            Told::Transcribed { item, usage } => self.wrote(&item, usage).await?,
        }
        Ok(())
    }

    /// What the caller wants of the session, with the names of models as the provider has them.
    fn configured(
        &mut self,
        model: Option<&Named>,
        transcription: Option<&Transcription>,
    ) -> Result<Splice, Refusal> {
        let mut edits = Splice::default();
        if let Some(named) = model {
            if named.model != self.call.model_name() {
                return Err(named.refused(self.call.model_name()));
            }
            rename(&mut edits, named, &self.target.model);
        }
        match transcription {
            None => {}
            Some(Transcription::Off) => {
                if let Some(scribe) = &mut self.scribe {
                    scribe.listens = false;
                }
            }
            Some(Transcription::By(None)) if self.scribe.is_some() => {}
            Some(Transcription::By(None)) => {
                let detail = "Name the model that writes down what is heard.";
                return Err(Refusal::new(Reason::RequestMalformed, detail).at(WRITER));
            }
            Some(Transcription::By(Some(named))) => {
                let target = self.writer(named)?;
                rename(&mut edits, named, &target.model);
                match &mut self.scribe {
                    Some(scribe) if *scribe.model == named.model => scribe.listens = true,
                    Some(scribe) if scribe.is_busy() => {
                        let detail = "What was said until now is still being written down by another \
                                      model. Change it afterwards.";
                        return Err(Refusal::new(Reason::ParameterUnsupported, detail).at(WRITER));
                    }
                    _ => self.scribe = Some(Scribe::new(&named.model, target)),
                }
            }
        }
        Ok(edits)
    }

    /// The model that is to write down what is heard: at the provider of the session, since it does so.
    fn writer(&self, named: &Named) -> Result<TargetPlan, Refusal> {
        let (provider, model) = (&self.target.provider, named.model.as_str());
        if let Some(key) = self.call.key.as_ref().filter(|key| !key.allows(model)) {
            let detail = format!("Key {} may not use this model.", key.rule.name);
            return Err(Refusal::new(Reason::ModelNotAllowed, detail)
                .by(key.rule.clone())
                .at(WRITER));
        }
        let snapshot = &self.call.snapshot;
        let full = format!("{}/{model}", provider.name);
        let plans = [snapshot.resolve(model), snapshot.resolve(&full)];
        let targets = plans.iter().flatten().flat_map(|plan| &plan.targets);
        let mut own = targets.filter(|target| target.provider.name == provider.name);
        let Some(target) = own.next() else {
            let detail = format!(
                "{} has no such model, by which speech is written down.",
                provider.name
            );
            return Err(Refusal::new(Reason::ModelNotFound, detail).at(WRITER));
        };
        if target.price.is_none() {
            let detail = format!(
                "Nobody has said what {} costs at {}, so it cannot be used.",
                target.model, provider.name
            );
            return Err(Refusal::new(Reason::PriceUnknown, detail)
                .by(provider.rule.clone())
                .at(WRITER));
        }
        Ok(target.clone())
    }

    fn count(&mut self, sent: &Sent, length: u64) {
        let counted = &mut self.counted;
        counted.most = counted
            .most
            .zip(sent.tokens)
            .map(|(all, more)| all.saturating_add(more));
        match (&sent.asks, sent.tokens) {
            (Asks::Hear(bytes), _) => {
                counted.sound = counted.sound.saturating_add(*bytes);
                if let Some(scribe) = &mut self.scribe {
                    scribe.hears(*bytes);
                }
            }
            (_, Some(0)) => {}
            _ => counted.text = counted.text.saturating_add(length),
        }
    }

    /// Sees to it that the money for what may follow an event is set aside.
    async fn set_aside_for(&mut self, sent: &Sent) -> Result<(), Stopped> {
        let event = |refusal| Stopped::Event(refusal, sent.id.clone());
        let covered = match sent.asks {
            Asks::Respond(_) if self.running.len() >= RUNNING_MOST => {
                let detail = format!("{RUNNING_MOST} responses are under way, and no more may be.");
                return Err(event(Refusal::new(Reason::ParameterUnsupported, detail)));
            }
            Asks::Respond(own) => self.cover(own).await,
            // While a response is under way the next one cannot begin unasked.
            _ if self.running.is_empty() => self.cover(None).await,
            _ => Ok(()),
        };
        match covered {
            Ok(()) => self.cover_scribe().await.map_err(Stopped::Session),
            Err(refusal) if self.running.is_empty() => Err(Stopped::Session(refusal)),
            Err(refusal) => Err(event(refusal)),
        }
    }

    /// Sets the money for the next response aside, where what is set aside does not suffice. `own` is the
    /// limit that it names for itself.
    async fn cover(&mut self, own: Option<u64>) -> Result<(), Refusal> {
        let amount = self.bound(own);
        if self
            .ready
            .as_ref()
            .is_some_and(|hold| hold.amount() >= amount)
        {
            return Ok(());
        }
        // What was set aside comes back first: the two would not fit beside each other.
        self.ready = None;
        self.ready = Some(self.hold(amount).await?);
        Ok(())
    }

    async fn cover_scribe(&mut self) -> Result<(), Refusal> {
        let Some(scribe) = &mut self.scribe else {
            return Ok(());
        };
        let amount = scribe.bound(self.call.worker.now());
        if scribe
            .hold
            .as_ref()
            .is_some_and(|hold| hold.amount() >= amount)
        {
            return Ok(());
        }
        scribe.hold = None;
        let hold = self.hold(amount).await?;
        if let Some(scribe) = &mut self.scribe {
            scribe.hold = Some(hold);
        }
        Ok(())
    }

    /// The most that the next response can cost.
    fn bound(&self, own: Option<u64>) -> Nanos {
        let window = self.target.context_window.unwrap_or(UNKNOWN_TOKENS);
        let step = |tokens: u64| {
            let tokens = tokens.max(FIRST_TOKENS);
            tokens.checked_next_power_of_two().unwrap_or(tokens)
        };
        let prompt = self
            .counted
            .most
            .map_or(window, |most| step(most).min(window));
        let longest = self.target.max_output.unwrap_or(UNKNOWN_TOKENS);
        let output = own
            .map_or(self.limit, |own| own.max(self.limit))
            .min(longest);
        let asked = Asked {
            prompt_tokens: prompt.max(FIRST_TOKENS.min(window)),
            ..Asked::default()
        };
        let (price, now) = (self.target.price.as_ref(), self.call.worker.now());
        price.map_or(Nanos::ZERO, |price| price.at(now).bound(&asked, output))
    }

    /// Sets an amount aside on the funds of the key, if that still works.
    async fn hold(&self, amount: Nanos) -> Result<Hold, Refusal> {
        let worker = Rc::clone(&self.call.worker);
        let now = worker.now();
        if !worker.journal.is_healthy() {
            let detail = "Calls cannot be recorded right now, so none is made.";
            return Err(Refusal::new(Reason::LedgerUnavailable, detail).retry_after(5));
        }
        let funds = self.funds().await?;
        holding::set_aside(&worker.shared.ledger, &funds, amount, now).await
    }

    /// On which funds the session draws now.
    async fn funds(&self) -> Result<Vec<Arc<Fund>>, Refusal> {
        let worker = &self.call.worker;
        let Some(key) = &self.call.key else {
            return Err(impossible("a session of nobody"));
        };
        let gone = || {
            let detail = "The API key of the session is not known any more.";
            Refusal::new(Reason::KeyInvalid, detail)
        };
        let found = worker.shared.keys.find(&key.hash, worker.now()).await;
        let found = found.map_err(|error| keys::unavailable(&error))?;
        let key = found.ok_or_else(gone)?;
        if let Some(refusal) = keys::fault(&key, worker.now()) {
            return Err(refusal);
        }
        let snapshot = worker.shared.snapshot.load_full();
        let application = snapshot.application(key.application.as_str());
        let application = application.ok_or_else(gone)?;
        let model = self.call.model_name();
        let funds = snapshot.funds(application, key.rule.name.as_str(), model);
        Ok(funds.cloned().collect())
    }

    async fn begins(&mut self, response: String) -> Result<(), Refusal> {
        // The provider may begin one for which nobody has asked.
        let covered = match self.ready {
            Some(_) => Ok(()),
            None => self.cover(None).await,
        };
        let call = self.call.part(self.call.model_name(), &self.target);
        let mut part = Part::begin(response, call, self.ready.take(), self.read());
        let noted = part.note_intent();
        let is_too_many = self.running.len() >= RUNNING_MOST;
        self.running.push(part);
        if is_too_many {
            let detail = format!("More than {RUNNING_MOST} responses are under way.");
            return Err(Refusal::new(Reason::ParameterUnsupported, detail));
        }
        covered.and(noted)
    }

    /// What the model reads by now, by our own count.
    fn read(&self) -> Usage {
        let window = self.target.context_window.unwrap_or(UNKNOWN_TOKENS);
        let counted = &self.counted;
        // Six times as much in the usual format.
        let real = if self.lean {
            counted.sound
        } else {
            counted.sound / 6
        };
        let sound = heard(seconds(real)).min(window);
        let text = counted.text.div_ceil(4).saturating_add(counted.said);
        let text = text.min(window - sound);
        let mut usage = Usage::NONE.with(UsageClass::Input, text);
        if sound > 0 {
            usage.set(UsageClass::InputAudio, sound);
        }
        usage
    }

    fn says(&mut self, response: &str, text: u64, sound: u64) {
        let lean = self.lean;
        let Some(part) = self.running.iter_mut().find(|part| part.id == response) else {
            return;
        };
        part.says(text, sound, lean);
    }

    async fn ends(&mut self, response: &str, status: Status, usage: Option<Usage>) {
        let place = self.running.iter().position(|part| part.id == response);
        let part = match place {
            Some(place) => self.running.swap_remove(place),
            // It began unseen; it has consumed something all the same.
            None => {
                let call = self.call.part(self.call.model_name(), &self.target);
                Part::begin(response.to_owned(), call, self.ready.take(), self.read())
            }
        };
        let said = usage.unwrap_or_else(|| part.estimate()).output_tokens();
        self.counted.said = self.counted.said.saturating_add(said);
        self.counted.most = self.counted.most.map(|most| most.saturating_add(said));
        let closed = match (usage, status) {
            (Some(usage), _) => part.settle(usage),
            (None, Status::Failed) => part.fail(),
            (None, _) => part.guess(Ending::Completed),
        };
        self.keep(closed).await;
    }

    async fn wrote(&mut self, item: &str, usage: Option<Usage>) -> Result<(), Refusal> {
        let Some(scribe) = &mut self.scribe else {
            return Ok(());
        };
        scribe.wrote(item);
        if let Some(usage) = usage {
            let (model, target) = (Arc::clone(&scribe.model), scribe.target.clone());
            let hold = scribe.hold.take();
            let call = self.call.part(&model, &target);
            let part = Part::begin(item.to_owned(), call, hold, Usage::NONE);
            let closed = part.settle(usage);
            self.keep(closed).await;
        }
        self.cover_scribe().await
    }

    /// With `settlement: strict`, the event that settles waits until that is on disk.
    async fn keep(&self, closed: Closed) {
        if self.call.worker.shared.settings.strict_settlement
            && let Some(durable) = closed.durable
        {
            durable.await;
        }
    }

    /// Ends the session: what is under way costs what was delivered of it.
    pub(super) fn close(mut self, ending: Ending) {
        for part in self.running.drain(..) {
            part.guess(ending);
        }
        let bytes = self.passed;
        let outcome = Outcome {
            bytes,
            ..Outcome::nothing(ending)
        };
        close(&mut self.call, outcome);
    }

    /// Ends the session by a refusal.
    pub(super) fn refuse(mut self, refusal: Refusal) {
        for part in self.running.drain(..) {
            part.guess(Ending::Completed);
        }
        close_refused(&mut self.call, refusal);
    }
}

fn length(text: &[u8]) -> u64 {
    u64::try_from(text.len()).unwrap_or(u64::MAX)
}

/// Puts the provider's name for a model in place of the caller's.
fn rename(edits: &mut Splice, named: &Named, model: &str) {
    if named.model != model {
        edits.replace(named.span, serde_json::Value::from(model).to_string());
    }
}
