//! The answers that a node keeps in memory: no lock, and no more bytes than it may have.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use papaya::HashMap;
use tollgate_model::Micros;

use super::{Fingerprint, Kept};

/// What an answer takes besides its body, about.
const BESIDE: usize = 512;

/// Answers by their fingerprints.
pub(crate) struct Memory {
    kept: HashMap<Fingerprint, Arc<Kept>>,
    bytes: AtomicUsize,
    most: usize,
    /// Whether somebody is making room.
    clearing: AtomicBool,
}

impl Memory {
    /// Room for so many bytes.
    pub(crate) fn new(most: usize) -> Memory {
        Memory {
            kept: HashMap::new(),
            bytes: AtomicUsize::new(0),
            most,
            clearing: AtomicBool::new(false),
        }
    }

    /// The answer under a fingerprint, where it still holds.
    pub(crate) fn get(&self, key: Fingerprint, now: Micros) -> Option<Arc<Kept>> {
        let kept = self.kept.pin().get(&key).cloned()?;
        if now < kept.about.until {
            return Some(kept);
        }
        self.remove(key);
        None
    }

    /// Keeps an answer, in place of one with the same fingerprint. One that is larger than a quarter
    /// of the room is not kept: it would push out all others.
    pub(crate) fn put(&self, key: Fingerprint, kept: Arc<Kept>, now: Micros) {
        let size = size(&kept);
        if size > self.most / 4 {
            return;
        }
        let bytes = self.bytes.fetch_add(size, Ordering::Relaxed) + size;
        if let Some(old) = self.kept.pin().insert(key, kept) {
            self.bytes.fetch_sub(self::size(old), Ordering::Relaxed);
        }
        if bytes > self.most && !self.clearing.swap(true, Ordering::Acquire) {
            self.clear(now);
            self.clearing.store(false, Ordering::Release);
        }
    }

    fn remove(&self, key: Fingerprint) {
        if let Some(old) = self.kept.pin().remove(&key) {
            self.bytes.fetch_sub(size(old), Ordering::Relaxed);
        }
    }

    /// Makes room: what no longer holds goes, then the oldest, until three quarters are taken.
    fn clear(&self, now: Micros) {
        let mut all: Vec<(Micros, Fingerprint)> = Vec::new();
        let pinned = self.kept.pin();
        for (key, kept) in &pinned {
            let holds = now < kept.about.until;
            all.push((
                if holds {
                    kept.about.at
                } else {
                    Micros(i64::MIN)
                },
                *key,
            ));
        }
        all.sort_unstable();
        for (age, key) in all {
            let is_tight = self.bytes.load(Ordering::Relaxed) > self.most / 4 * 3;
            if !is_tight && age > Micros(i64::MIN) {
                break;
            }
            self.remove(key);
        }
    }
}

fn size(kept: &Arc<Kept>) -> usize {
    kept.body.len() + BESIDE
}

#[cfg(test)]
mod tests {
    use tollgate_model::{CallId, Dialect, Nanos};

    use super::super::About;
    use super::*;

    fn kept(at: i64, until: i64, bytes: usize) -> Arc<Kept> {
        let about = About {
            dialect: Dialect::OpenaiChat,
            provider: "up".into(),
            model: "m".into(),
            dropped: Vec::new(),
            cost: Nanos::ZERO,
            call: CallId(1),
            at: Micros(at),
            until: Micros(until),
        };
        let body = vec![b'x'; bytes].into();
        Arc::new(Kept { about, body })
    }

    fn key(n: u8) -> Fingerprint {
        [n; 32]
    }

    #[test]
    fn an_answer_is_given_until_it_no_longer_holds() {
        let memory = Memory::new(100_000);
        memory.put(key(1), kept(0, 10, 5), Micros(0));
        assert!(memory.get(key(1), Micros(9)).is_some());
        assert!(memory.get(key(2), Micros(9)).is_none());
        assert!(memory.get(key(1), Micros(10)).is_none());
        assert_eq!(memory.bytes.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn the_oldest_make_room_and_what_is_past_goes_first() {
        let memory = Memory::new(10 * (1000 + BESIDE));
        memory.put(key(9), kept(9, 11, 1000), Micros(9));
        for n in 0..12u8 {
            memory.put(key(n + 20), kept(i64::from(n), 100, 1000), Micros(12));
        }
        assert!(memory.bytes.load(Ordering::Relaxed) <= memory.most);
        assert!(memory.get(key(9), Micros(10)).is_none(), "it was past");
        assert!(
            memory.get(key(20), Micros(12)).is_none(),
            "it was the oldest"
        );
        assert!(memory.get(key(31), Micros(12)).is_some());
    }

    #[test]
    fn one_in_place_of_another_takes_its_room_and_a_giant_is_not_kept() {
        let memory = Memory::new(10_000);
        for _ in 0..50 {
            memory.put(key(1), kept(0, 10, 1000), Micros(0));
        }
        assert_eq!(memory.bytes.load(Ordering::Relaxed), 1000 + BESIDE);
        memory.put(key(2), kept(0, 10, 5_000), Micros(0));
        assert!(memory.get(key(2), Micros(0)).is_none());
    }
}
