//! The key ring: the API keys that were seen lately, by their hash. Reading it takes no lock; what
//! is not on it is looked up once and kept, also where there is no such key.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tollgate_model::call::KeyEntry;
use tollgate_model::{KeyHash, Micros, Reason, Refusal};

/// What a lookup gives: the key, none of that hash, or why it could not be looked up.
pub type KeyFound = Result<Option<KeyEntry>, String>;

/// Where keys are kept.
pub trait KeyLookup: Send + Sync {
    /// Finds a key by its hash.
    fn find<'a>(&'a self, hash: &'a KeyHash)
    -> Pin<Box<dyn Future<Output = KeyFound> + Send + 'a>>;
}

/// How long an unknown key is remembered as unknown.
const UNKNOWN_SECONDS: i64 = 10;
/// How many unknown keys are remembered: guessing must not fill the memory.
const UNKNOWN_MOST: u64 = 50_000;

#[derive(Clone)]
enum Slot {
    Known(Arc<KeyEntry>),
    Unknown { until: Micros },
}

/// Why a key does not work now, if it does not.
pub(crate) fn fault(key: &KeyEntry, now: Micros) -> Option<Refusal> {
    let refusal = if key.revoked {
        let detail = format!("Key {} was revoked.", key.rule.name);
        Refusal::new(Reason::KeyRevoked, detail)
    } else if now >= key.expires {
        let detail = format!("Key {} expired at {}.", key.rule.name, key.expires);
        Refusal::new(Reason::KeyExpired, detail)
    } else {
        return None;
    };
    Some(refusal.by(key.rule.clone()))
}

/// The refusal where a key cannot be looked up.
pub(crate) fn unavailable(error: &str) -> Refusal {
    tracing::error!(error, "a key could not be looked up");
    let detail = "The key cannot be checked right now: the store does not answer.";
    Refusal::new(Reason::LedgerUnavailable, detail).retry_after(2)
}

/// The key ring.
pub(crate) struct KeyRing {
    slots: papaya::HashMap<KeyHash, Slot>,
    source: Arc<dyn KeyLookup>,
    /// Counts the changes, so that an answer that was asked for before a change is not kept after it.
    generation: AtomicU64,
    unknown: AtomicU64,
}

impl KeyRing {
    pub(crate) fn new(source: Arc<dyn KeyLookup>) -> KeyRing {
        KeyRing {
            slots: papaya::HashMap::new(),
            source,
            generation: AtomicU64::new(0),
            unknown: AtomicU64::new(0),
        }
    }

    /// The key of this hash.
    pub(crate) async fn find(
        &self,
        hash: &KeyHash,
        now: Micros,
    ) -> Result<Option<Arc<KeyEntry>>, String> {
        match self.slots.pin().get(hash) {
            Some(Slot::Known(entry)) => return Ok(Some(Arc::clone(entry))),
            Some(Slot::Unknown { until }) if now < *until => return Ok(None),
            _ => {}
        }
        let generation = self.generation.load(Ordering::Acquire);
        let found = self.source.find(hash).await?.map(Arc::new);
        let slot = match &found {
            Some(entry) => Slot::Known(Arc::clone(entry)),
            None if self.unknown.fetch_add(1, Ordering::Relaxed) < UNKNOWN_MOST => Slot::Unknown {
                until: now.plus_seconds(UNKNOWN_SECONDS),
            },
            None => {
                self.forget();
                return Ok(None);
            }
        };
        self.slots.pin().insert(*hash, slot);
        if self.generation.load(Ordering::Acquire) != generation {
            self.slots.pin().remove(hash);
        }
        Ok(found)
    }

    /// Forgets every key: a key, or what it belongs to, has changed.
    pub(crate) fn forget(&self) {
        self.generation.fetch_add(1, Ordering::AcqRel);
        self.slots.pin().clear();
        self.unknown.store(0, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use tollgate_model::Kind;
    use tollgate_model::resource::RuleRef;

    use super::*;

    struct One {
        there: AtomicBool,
        asked: AtomicU64,
    }

    impl KeyLookup for One {
        fn find<'a>(
            &'a self,
            hash: &'a KeyHash,
        ) -> Pin<Box<dyn Future<Output = KeyFound> + Send + 'a>> {
            self.asked.fetch_add(1, Ordering::Relaxed);
            let entry = self.there.load(Ordering::Relaxed).then(|| KeyEntry {
                hash: *hash,
                rule: RuleRef {
                    kind: Kind::Key,
                    name: "k".parse().unwrap(),
                    revision: 1,
                },
                application: "web".parse().unwrap(),
                expires: Micros::NEVER,
                revoked: false,
                models: Vec::new(),
                tags: Vec::new(),
            });
            Box::pin(async move { Ok(entry) })
        }
    }

    #[tokio::test]
    async fn a_key_is_looked_up_once_known_or_not_until_it_is_forgotten() {
        let source = Arc::new(One {
            there: AtomicBool::new(false),
            asked: AtomicU64::new(0),
        });
        let ring = KeyRing::new(Arc::clone(&source) as Arc<dyn KeyLookup>);
        let hash = KeyHash::of(b"k");
        let now = Micros(0);
        assert!(ring.find(&hash, now).await.unwrap().is_none());
        assert!(ring.find(&hash, now).await.unwrap().is_none());
        assert_eq!(source.asked.load(Ordering::Relaxed), 1);
        source.there.store(true, Ordering::Relaxed);
        assert!(
            ring.find(&hash, now.plus_seconds(11))
                .await
                .unwrap()
                .is_some()
        );
        assert!(ring.find(&hash, now).await.unwrap().is_some());
        assert_eq!(source.asked.load(Ordering::Relaxed), 2);
        source.there.store(false, Ordering::Relaxed);
        ring.forget();
        assert!(ring.find(&hash, now).await.unwrap().is_none());
    }
}
