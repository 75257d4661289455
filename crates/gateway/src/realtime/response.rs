//! One response of a session, or another part of it that has a cost of its own.

use tollgate_dialect::realtime::spoken;
use tollgate_ledger::Hold;
use tollgate_model::call::{Ending, Intent};
use tollgate_model::usage::{Usage, UsageQuality};
use tollgate_model::{Reason, Refusal, UsageClass};

use crate::exchange::{Exchange, impossible};
use crate::settlement::{Closed, Outcome, close};

/// A part of a session under way. Dropped, it costs what was delivered of it.
pub(super) struct Part {
    /// The provider's id of it.
    pub(super) id: String,
    call: Exchange,
    /// What it has read, as far as we can tell.
    read: Usage,
    /// Bytes of text and sound that it has said, and tokens of the sound.
    text: u64,
    sound: u64,
    spoken: u64,
}

impl Part {
    /// A part that begins with this money.
    pub(super) fn begin(id: String, mut call: Exchange, hold: Option<Hold>, read: Usage) -> Part {
        call.hold = hold;
        Part {
            id,
            call,
            read,
            text: 0,
            sound: 0,
            spoken: 0,
        }
    }

    /// Writes down that it has begun: what the journal holds of it, should a crash leave it unsettled.
    pub(super) fn note_intent(&mut self) -> Result<(), Refusal> {
        let call = &mut self.call;
        let Some(caller) = call.caller.clone() else {
            return Err(impossible("begun for nobody"));
        };
        let holds = call.hold.iter().flat_map(|hold| hold.holds());
        let intent = Intent {
            id: call.id,
            at: call.at,
            caller,
            model: call.model_name().to_owned(),
            dialect: call.dialect,
            holds: holds
                .map(|(account, amount)| (account.clone(), amount))
                .collect(),
        };
        call.worker
            .journal
            .append_intent(&intent)
            .map_err(|error| {
                tracing::error!(%error, "the journal cannot be written");
                let detail = "Calls cannot be recorded right now, so none is made.";
                Refusal::new(Reason::LedgerUnavailable, detail).retry_after(5)
            })?;
        call.dispatched = true;
        Ok(())
    }

    /// It says so many bytes of text and sound; `lean` is the format of the sound.
    pub(super) fn says(&mut self, text: u64, sound: u64, lean: bool) {
        if self.call.first_byte == 0 {
            self.call.first_byte = self.call.elapsed().max(1);
        }
        self.text = self.text.saturating_add(text);
        self.sound = self.sound.saturating_add(sound);
        self.spoken = spoken(self.sound, lean);
    }

    /// What it has consumed, as far as we can tell.
    pub(super) fn estimate(&self) -> Usage {
        let mut usage = self.read;
        usage.set(UsageClass::Output, self.text.div_ceil(4));
        if self.spoken > 0 {
            usage.set(UsageClass::OutputAudio, self.spoken);
        }
        usage
    }

    /// Settles it by what the provider says that it has consumed.
    pub(super) fn settle(mut self, usage: Usage) -> Closed {
        self.close(usage, UsageQuality::Exact, Ending::Completed)
    }

    /// Settles it by what we can tell.
    pub(super) fn guess(mut self, ending: Ending) -> Closed {
        self.close(self.estimate(), UsageQuality::Estimated, ending)
    }

    /// Settles it at no cost: the provider has failed.
    pub(super) fn fail(mut self) -> Closed {
        self.close(Usage::NONE, UsageQuality::None, Ending::UpstreamCut)
    }

    fn close(&mut self, usage: Usage, quality: UsageQuality, ending: Ending) -> Closed {
        self.call.first_byte = self.call.first_byte.max(1);
        let outcome = Outcome {
            usage,
            quality,
            bytes: self.text.saturating_add(self.sound),
            ..Outcome::nothing(ending)
        };
        close(&mut self.call, outcome)
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.call.closed {
            self.close(self.estimate(), UsageQuality::Estimated, Ending::ClientGone);
        }
    }
}
