//! Answers that are kept and given again where the same is asked of a model whose spec says so.
//!
//! What is kept is the provider's answer as it came, in the dialect in which it was asked: it goes
//! through relay like any other, so that ids, cost and translation are those of the new call. An
//! answer is kept once it is complete; errors never are.

mod fingerprint;
mod memory;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use http::header::CACHE_CONTROL;
use serde::{Deserialize, Serialize};
use tollgate_model::resources::CacheSpec;
use tollgate_model::{CallId, Dialect, Micros, Nanos};

pub(crate) use fingerprint::{Fingerprint, fingerprint};
pub(crate) use memory::Memory;

/// Answers that several nodes share. What fails, or takes longer than a call can wait, is a miss: no
/// call fails with it.
pub trait SharedAnswers: Send + Sync {
    /// The answer under a fingerprint.
    fn get(&self, key: [u8; 32]) -> Pin<Box<dyn Future<Output = Option<Bytes>> + Send + '_>>;

    /// Keeps an answer under a fingerprint for so long.
    fn put(
        &self,
        key: [u8; 32],
        answer: Bytes,
        lives: Duration,
    ) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;
}

/// An answer that is kept.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    pub(crate) about: About,
    /// As it came from the provider.
    pub(crate) body: Bytes,
}

/// What is known of an answer that is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct About {
    /// In which it is.
    pub(crate) dialect: Dialect,
    /// Who gave it.
    pub(crate) provider: Arc<str>,
    pub(crate) model: Arc<str>,
    /// What the request could not carry.
    pub(crate) dropped: Vec<String>,
    /// What it cost.
    pub(crate) cost: Nanos,
    /// The call that got it.
    pub(crate) call: CallId,
    pub(crate) at: Micros,
    /// Until when it is given again.
    pub(crate) until: Micros,
}

impl Kept {
    /// As nodes share it: what is known of it in a line of JSON, then the answer.
    fn written(&self) -> Bytes {
        let mut out = serde_json::to_vec(&self.about).unwrap_or_default();
        out.push(b'\n');
        out.extend_from_slice(&self.body);
        out.into()
    }

    fn read(written: &Bytes) -> Option<Kept> {
        let end = memchr::memchr(b'\n', written)?;
        Some(Kept {
            about: serde_json::from_slice(&written[..end]).ok()?,
            body: written.slice(end + 1..),
        })
    }
}

/// Every answer that this node keeps, and those that it shares with others.
pub(crate) struct Answers {
    memory: Memory,
    shared: Option<Arc<dyn SharedAnswers>>,
}

impl Answers {
    /// A cache of so many bytes, and the one that is shared.
    pub(crate) fn new(bytes: usize, shared: Option<Arc<dyn SharedAnswers>>) -> Answers {
        Answers {
            memory: Memory::new(bytes),
            shared,
        }
    }

    /// The answer under a fingerprint, where it still holds.
    pub(crate) async fn find(&self, key: Fingerprint, now: Micros) -> Option<Arc<Kept>> {
        if let Some(kept) = self.memory.get(key, now) {
            return Some(kept);
        }
        let shared = self.shared.as_ref()?;
        let kept = Kept::read(&shared.get(key).await?).filter(|kept| now < kept.about.until)?;
        let kept = Arc::new(kept);
        self.memory.put(key, Arc::clone(&kept), now);
        Some(kept)
    }

    /// Keeps an answer. What is shared is written beside, and nobody waits for it.
    fn keep(&self, key: Fingerprint, kept: Kept, now: Micros) {
        let lives = Duration::from_secs(now.seconds_until(kept.about.until));
        let kept = Arc::new(kept);
        if let Some(shared) = self.shared.clone() {
            let written = kept.written();
            tokio::task::spawn_local(async move { shared.put(key, written, lives).await });
        }
        self.memory.put(key, kept, now);
    }
}

/// What the cache has to do with a call.
#[derive(Debug, Default)]
pub(crate) enum Use {
    /// Nothing: its model keeps no answers, or the request is none that is kept.
    #[default]
    Off,
    /// The caller wants nothing kept of it.
    Bypassed,
    /// The answer is to be kept.
    Missed(Box<Slot>),
    /// The answer is one that was kept.
    Hit(Hit),
}

impl Use {
    /// The word for the header `x-tollgate-cache`.
    pub(crate) const fn word(&self) -> Option<&'static str> {
        match self {
            Use::Off => None,
            Use::Bypassed => Some("bypass"),
            Use::Missed(_) => Some("miss"),
            Use::Hit(_) => Some("hit"),
        }
    }

    /// The answer that was given again.
    pub(crate) const fn hit(&self) -> Option<&Hit> {
        match self {
            Use::Hit(hit) => Some(hit),
            Use::Off | Use::Bypassed | Use::Missed(_) => None,
        }
    }
}

/// An answer that is given again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hit {
    /// The call that got it first.
    pub(crate) of: CallId,
    /// Seconds since then.
    pub(crate) age: u64,
    /// What it costs this time.
    pub(crate) price: Nanos,
}

/// Where an answer is to be kept, and how.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slot {
    pub(crate) key: Fingerprint,
    pub(crate) spec: CacheSpec,
}

/// What a caller says of caches (RFC 9111, section 5.2.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wishes {
    /// Nothing is kept, and nothing given that was kept: `no-store`.
    pub(crate) no_store: bool,
    /// Nothing is given that was kept: `no-cache`.
    pub(crate) no_cache: bool,
}

impl Wishes {
    pub(crate) fn of(headers: &HeaderMap) -> Wishes {
        let mut wishes = Wishes::default();
        let values = headers.get_all(CACHE_CONTROL).iter();
        let texts = values.filter_map(|value| value.to_str().ok());
        for word in texts.flat_map(|text| text.split(',')).map(str::trim) {
            wishes.no_store |= word.eq_ignore_ascii_case("no-store");
            wishes.no_cache |= word.eq_ignore_ascii_case("no-cache");
        }
        wishes
    }
}

/// An answer on its way that may be kept once it is complete.
pub(crate) struct Keeping {
    slot: Slot,
    about: About,
    body: BytesMut,
}

impl Keeping {
    /// An answer of which this is known, besides its cost and how long it holds.
    pub(crate) fn new(slot: Slot, about: About) -> Keeping {
        let body = BytesMut::new();
        Keeping { slot, about, body }
    }

    /// Takes in more of the answer; `false` where it is too large to be kept.
    #[must_use]
    pub(crate) fn push(&mut self, bytes: &[u8]) -> bool {
        let most = usize::try_from(self.slot.spec.most_bytes).unwrap_or(usize::MAX);
        let fits = bytes.len() <= most.saturating_sub(self.body.len());
        if fits {
            self.body.extend_from_slice(bytes);
        }
        fits
    }

    /// Keeps the answer, which is complete and cost so much.
    pub(crate) fn keep(self, answers: &Answers, cost: Nanos, now: Micros) {
        let lives = i64::from(self.slot.spec.ttl_s).saturating_mul(1_000_000);
        let about = About {
            cost,
            at: now,
            until: Micros(now.0.saturating_add(lives)),
            ..self.about
        };
        let body = self.body.freeze();
        answers.keep(self.slot.key, Kept { about, body }, now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kept_answer_is_shared_with_all_that_is_known_of_it() {
        let about = About {
            dialect: Dialect::Gemini,
            provider: "google".into(),
            model: "m".into(),
            dropped: vec!["seed".into()],
            cost: Nanos::new(7),
            call: CallId(5),
            at: Micros(1),
            until: Micros(2),
        };
        let body = Bytes::from_static(b"{\n}\n");
        let kept = Kept { about, body };
        let read = Kept::read(&kept.written()).unwrap();
        assert_eq!(format!("{read:?}"), format!("{kept:?}"));
        assert!(Kept::read(&Bytes::from_static(b"no line")).is_none());
    }

    #[test]
    fn what_a_caller_says_of_caches_is_read_in_any_case_and_place() {
        let wishes = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(CACHE_CONTROL, text.parse().unwrap());
            let wishes = Wishes::of(&headers);
            (wishes.no_store, wishes.no_cache)
        };
        assert_eq!(wishes("No-Store"), (true, false));
        assert_eq!(wishes("max-age=0, no-cache"), (false, true));
        assert_eq!(wishes("max-age=0"), (false, false));
    }
}
