//! Files and batches in the book of these tests.

use std::sync::Arc;

use tollgate_gateway::{BatchSettlement, FileCabinet, Filed};
use tollgate_model::account::AccountId;
use tollgate_model::file::{FilePage, KeptBatch, KeptFile};
use tollgate_model::{CallId, Nanos};

use crate::book::{MemoryBook, State};

impl MemoryBook {
    /// What is set aside for batches.
    pub(crate) fn reserved(&self) -> Nanos {
        let summed = self.look(|state| {
            let held = state.balances.iter();
            held.filter(|(account, _)| account.as_str().starts_with("batch/"))
                .map(|(_, held)| held)
                .sum()
        });
        Nanos::new(summed)
    }

    pub(crate) fn kept_batches(&self) -> Vec<KeptBatch> {
        self.look(|state| state.batches.clone())
    }
}

impl State {
    fn batch(&mut self, call: CallId) -> Option<&mut KeptBatch> {
        let mut batches = self.batches.iter_mut();
        batches.find(|batch| batch.call == call && !batch.settled)
    }

    fn move_money(&mut self, call: CallId, account: &AccountId, amount: i64) {
        *self.balances.entry(account.clone()).or_default() += amount;
        *self.balances.entry(AccountId::batch(call)).or_default() -= amount;
    }

    fn end(&mut self, end: BatchSettlement) -> bool {
        let Some(batch) = self.batch(end.call) else {
            return false;
        };
        batch.settled = true;
        batch.object = Some(end.object);
        for (account, held) in batch.holds.clone() {
            self.move_money(end.call, &account, held.get());
            let taken = end.settled.summary.taken.iter();
            for (_, taken) in taken.filter(|(taken, _)| *taken == account) {
                assert!(*taken <= held, "no more is taken than was set aside");
                *self.balances.entry(account.clone()).or_default() -= taken.get();
            }
        }
        self.files.extend(end.files);
        self.calls
            .push(serde_json::from_str(&end.settled.json).unwrap());
        true
    }
}

fn cut<T: Clone>(all: Vec<T>, page: &FilePage, id: impl Fn(&T) -> String) -> Vec<T> {
    let start = match &page.after {
        None => 0,
        Some(after) => all
            .iter()
            .position(|one| id(one) == *after)
            .map_or(all.len(), |at| at + 1),
    };
    all.into_iter()
        .skip(start)
        .take(page.limit as usize)
        .collect()
}

impl FileCabinet for MemoryBook {
    fn keep_file(&self, file: KeptFile) -> Filed<'_, bool> {
        self.work(|state| {
            let is_foreign = |known: &KeptFile| known.id == file.id && known.origin != file.origin;
            let free = !state.files.iter().any(is_foreign);
            if free {
                state.files.push(file);
            }
            free
        })
    }

    fn file<'a>(&'a self, application: &'a str, id: &'a str) -> Filed<'a, Option<Arc<KeptFile>>> {
        self.work(|state| {
            let mut files = state.files.iter();
            let found = files.find(|file| &*file.application == application && file.id == id);
            found.cloned().map(Arc::new)
        })
    }

    fn files<'a>(&'a self, application: &'a str, page: FilePage) -> Filed<'a, Vec<KeptFile>> {
        self.work(|state| {
            let fits = |file: &&KeptFile| {
                let purpose = page.purpose.as_ref();
                &*file.application == application && purpose.is_none_or(|one| *one == file.purpose)
            };
            let mut found: Vec<KeptFile> = state.files.iter().filter(fits).cloned().collect();
            if !page.ascending {
                found.reverse();
            }
            cut(found, &page, |file| file.id.clone())
        })
    }

    fn remove_file<'a>(&'a self, application: &'a str, id: &'a str) -> Filed<'a, bool> {
        self.work(|state| {
            let before = state.files.len();
            let files = &mut state.files;
            files.retain(|file| &*file.application != application || file.id != id);
            state.files.len() < before
        })
    }

    fn begin_batch(&self, batch: KeptBatch) -> Filed<'_, ()> {
        self.work(|state| {
            for (account, held) in &batch.holds {
                state.give_back(account, *held);
                state.move_money(batch.call, account, held.negated().get());
            }
            state.batches.push(batch);
        })
    }

    fn note_batch(&self, call: CallId, id: String, object: String) -> Filed<'_, bool> {
        self.work(move |state| {
            let is_taken = |one: &KeptBatch| one.call != call && one.id.as_ref() == Some(&id);
            if state.batches.iter().any(is_taken) {
                return false;
            }
            let Some(batch) = state.batch(call) else {
                return false;
            };
            let same = batch.id.as_ref().is_none_or(|known| *known == id);
            if same {
                batch.id = Some(id);
                batch.object = Some(object);
            }
            same
        })
    }

    fn release_batch(&self, call: CallId) -> Filed<'_, bool> {
        self.work(move |state| {
            let Some(batch) = state.batch(call).cloned() else {
                return false;
            };
            for (account, held) in &batch.holds {
                state.move_money(call, account, held.get());
            }
            state.batches.retain(|one| one.call != call);
            true
        })
    }

    fn settle_batch(&self, end: BatchSettlement) -> Filed<'_, bool> {
        self.work(|state| state.end(end))
    }

    fn batch<'a>(&'a self, application: &'a str, id: &'a str) -> Filed<'a, Option<KeptBatch>> {
        self.work(|state| {
            let mut batches = state.batches.iter();
            let is_it = |one: &&KeptBatch| {
                &*one.application == application && one.id.as_deref() == Some(id)
            };
            batches.find(is_it).cloned()
        })
    }

    fn batches<'a>(&'a self, application: &'a str, page: FilePage) -> Filed<'a, Vec<KeptBatch>> {
        self.work(|state| {
            let mine = state.batches.iter().rev();
            let mine = mine.filter(|one| &*one.application == application && one.id.is_some());
            cut(mine.cloned().collect(), &page, |one| {
                one.id.clone().unwrap_or_default()
            })
        })
    }

    fn due_batches(&self, _pause: i64, limit: u32) -> Filed<'_, Vec<KeptBatch>> {
        self.work(move |state| {
            let open = state.batches.iter().filter(|batch| !batch.settled);
            open.take(limit as usize).cloned().collect()
        })
    }
}

/// A look at the state, whatever is scripted.
impl MemoryBook {
    fn look<T>(&self, at: impl FnOnce(&State) -> T) -> T {
        at(&self.state())
    }
}
