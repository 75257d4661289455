//! What does not work as it should right now, for `/readyz`, `tollgate status` and the log.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The troubles of this process, at most one of each sort.
#[derive(Debug, Default)]
pub(crate) struct Troubles(Mutex<BTreeMap<&'static str, String>>);

impl Troubles {
    /// Notes that something does not work, and logs it where that is news.
    pub(crate) fn begin(&self, sort: &'static str, sentence: String) {
        let before = self.lock().insert(sort, sentence.clone());
        if before.as_ref() != Some(&sentence) {
            tracing::error!("{sentence}");
        }
    }

    /// Notes that it works again.
    pub(crate) fn end(&self, sort: &'static str) {
        if self.lock().remove(sort).is_some() {
            tracing::info!("{sort}: it works again");
        }
    }

    /// Every trouble in a sentence.
    pub(crate) fn list(&self) -> Vec<String> {
        self.lock().values().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<&'static str, String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trouble_lasts_until_it_ends() {
        let troubles = Troubles::default();
        troubles.begin("database", "the database is away".into());
        troubles.begin("database", "the database is full".into());
        assert_eq!(troubles.list(), ["the database is full"]);
        troubles.end("configuration");
        troubles.end("database");
        assert!(troubles.list().is_empty());
    }
}
