//! What has to be looked up about a group, once for all groups that share it.

use std::collections::HashMap;

use tollgate_model::resource::{Kind, Spec};
use tollgate_model::{Micros, Name};
use tollgate_store::{ChangedKind, HistoryFilter, RefusalGroup, Revision, Store};

use super::changes::subjects;
use crate::failure::store_failed;
use crate::problem::Problem;

/// Changes of one thing that are looked at.
const CHANGES: u32 = 10;

/// What was looked up so far.
pub(super) struct Facts<'a> {
    store: &'a Store,
    recent: Micros,
    shows_money: bool,
    changes: HashMap<(&'static str, Name), Vec<Revision>>,
    specs: HashMap<(Kind, Name), Option<Spec>>,
}

/// What is known about one group.
pub(super) struct Known {
    /// From when on a refusal counts as recent.
    pub(super) recent: Micros,
    /// Whether amounts may be told.
    pub(super) shows_money: bool,
    /// Changes of what it has to do with, in no order.
    pub(super) changes: Vec<Revision>,
    /// The rule as it is now; absent where there is none, or no longer.
    pub(super) rule: Option<Spec>,
    /// What the last caller was told; absent where the record is no longer kept.
    pub(super) told: Option<String>,
}

impl<'a> Facts<'a> {
    /// Nothing yet. `recent` and `shows_money` are told of every group as they are.
    pub(super) fn new(store: &'a Store, recent: Micros, shows_money: bool) -> Facts<'a> {
        Facts {
            store,
            recent,
            shows_money,
            changes: HashMap::new(),
            specs: HashMap::new(),
        }
    }

    /// What is known about a group.
    pub(super) async fn of(&mut self, group: &RefusalGroup) -> Result<Known, Problem> {
        let mut changes = Vec::new();
        for (kind, name) in subjects(group) {
            changes.extend(self.changes(kind, name).await?.iter().cloned());
        }
        let rule = match &group.key.rule {
            Some((kind, name)) => self.spec(*kind, name).await?,
            None => None,
        };
        let told = match group.hit.samples.first() {
            Some(id) => self.store.call(*id).await.map_err(store_failed)?,
            None => None,
        };
        Ok(Known {
            recent: self.recent,
            shows_money: self.shows_money,
            changes,
            rule,
            told: told.and_then(|record| record.refusal.map(|refusal| refusal.detail)),
        })
    }

    async fn changes(&mut self, kind: ChangedKind, name: Name) -> Result<&[Revision], Problem> {
        let key = (kind.as_str(), name);
        if !self.changes.contains_key(&key) {
            let filter = HistoryFilter {
                kind: Some(kind),
                name: Some(key.1.clone()),
            };
            let found = self.store.history(&filter, None, CHANGES).await;
            self.changes
                .insert(key.clone(), found.map_err(store_failed)?);
        }
        Ok(self.changes.get(&key).map_or(&[], Vec::as_slice))
    }

    async fn spec(&mut self, kind: Kind, name: &str) -> Result<Option<Spec>, Problem> {
        let Ok(name) = name.parse::<Name>() else {
            return Ok(None);
        };
        if let Some(known) = self.specs.get(&(kind, name.clone())) {
            return Ok(known.clone());
        }
        let found = self.store.get(kind, &name).await.map_err(store_failed)?;
        let spec = found.map(|found| found.resource.spec);
        self.specs.insert((kind, name), spec.clone());
        Ok(spec)
    }
}
