//! Which facts belong to which step.

use std::sync::Arc;

use tollgate_catalog::{TAKEN, source};
use tollgate_doctor::facts::{CredentialFacts, DatabaseFacts, KeyFacts, PricesFacts};
use tollgate_doctor::sale::Sale;
use tollgate_doctor::{Facts, Known, Step, Unknown};
use tollgate_model::resource::{Kind, Spec};
use tollgate_model::resources::Secret;
use tollgate_model::{Micros, Name};
use tollgate_store::{ChangedKind, HistoryFilter, StoreError};

use super::Doctor;
use crate::failure::store_failed;
use crate::problem::Problem;

/// How many keys are read at once, and how many at all.
const KEYS_AT_ONCE: u32 = 1_000;
const MOST_KEYS: usize = 50_000;
/// How often the database is asked for its version, to see how fast it answers.
const QUESTIONS: usize = 5;

/// What the store told, or why it did not.
pub(super) fn told<T>(answer: Result<T, StoreError>) -> Known<T> {
    answer.map_err(|why| Unknown(format!("the store does not tell: {why}")))
}

/// What does not belong to the step that is looked at.
fn unasked<T>() -> Known<T> {
    Err(Unknown::unasked())
}

impl Doctor {
    /// The facts for one step.
    pub(super) async fn facts(&self, step: Step) -> Result<Facts, Problem> {
        let sale = match step {
            Step::Transaction => self.sell().await,
            _ => Sale::not_made(&Unknown::unasked()),
        };
        let mut facts = self.plain_facts(sale).await?;
        match step {
            Step::Payment => {
                facts.keys = self.keys().await;
                facts.wallets = self.wallets().await;
                facts.spending = self.spending().await;
                facts.windows = self.windows(&facts.resources).await;
                facts.leases = self.leases().await;
                facts.refusals = self.refusals().await;
                facts.probes = self.probes().await;
            }
            Step::Configuration => {
                facts.keys = self.keys().await;
                facts.sealed = self.sealed().await;
                let people = told(self.surgery.store.people().await);
                facts.people = people.map(|people| people.len());
                facts.refusals = self.refusals().await;
                facts.probes = self.probes().await;
                facts.doors = self.doors().await;
                facts.database = self.database().await;
                facts.server = self.surgery.runtime.server();
            }
            Step::Transaction => {}
            Step::Server => {
                facts.ledger = told(self.surgery.store.verify().await);
                facts.database = self.database().await;
                facts.server = self.surgery.runtime.server();
            }
        }
        Ok(facts)
    }

    /// What every step sees, and is cheap.
    async fn plain_facts(&self, sale: Sale) -> Result<Facts, Problem> {
        let (store, runtime) = (&self.surgery.store, &self.surgery.runtime);
        let resources = store.snapshot_resources().await;
        let (revision, resources) = resources.map_err(store_failed)?;
        Ok(Facts {
            now: (self.surgery.clock)(),
            node: runtime.status().node,
            alone: !store.is_shared(),
            revision,
            resources,
            snapshot: runtime.snapshot(),
            keys: unasked(),
            sealed: unasked(),
            people: unasked(),
            wallets: unasked(),
            spending: unasked(),
            windows: unasked(),
            leases: unasked(),
            refusals: unasked(),
            credentials: self.credentials(),
            probes: unasked(),
            gateway: runtime.gateway(),
            doors: unasked(),
            prices: self.prices().await.map_err(store_failed)?,
            sale,
            ledger: unasked(),
            database: unasked(),
            server: unasked(),
        })
    }

    async fn keys(&self) -> Known<Vec<KeyFacts>> {
        let mut keys = Vec::new();
        let mut after: Option<(Kind, Name)> = None;
        loop {
            let page = self
                .surgery
                .store
                .list(Some(Kind::Key), after, KEYS_AT_ONCE);
            let page = told(page.await)?;
            after = page.last().map(|last| (Kind::Key, last.name.clone()));
            keys.extend(page.into_iter().filter_map(|one| match one.spec {
                Spec::Key(spec) => Some(KeyFacts {
                    name: one.name,
                    spec: *spec,
                }),
                _ => None,
            }));
            if after.is_none() {
                return Ok(keys);
            }
            if keys.len() > MOST_KEYS {
                let why = format!("there are more than {MOST_KEYS} keys; look at them by team");
                return Err(Unknown(why));
            }
        }
    }

    /// The stored secrets that cannot be opened.
    async fn sealed(&self) -> Known<Vec<(String, String)>> {
        let names = told(self.surgery.store.secret_names().await)?;
        let secrets = self.surgery.runtime.secrets().await;
        let closed = names.into_iter().filter_map(|name| {
            let why = secrets.open(&Secret::Secret(name.clone())).err()?;
            Some((name.to_string(), why))
        });
        Ok(closed.collect())
    }

    fn credentials(&self) -> Vec<CredentialFacts> {
        let all = self.surgery.runtime.credentials().into_iter();
        let failed = all.filter_map(|health| {
            let cooling = health.cooling?;
            Some(CredentialFacts {
                provider: health.provider.to_string(),
                credential: health.credential.map(|name| name.to_string()),
                class: cooling.class,
                since: cooling.since,
                said: cooling.error,
            })
        });
        failed.collect()
    }

    /// Where the prices in force come from.
    async fn prices(&self) -> Result<PricesFacts, StoreError> {
        let store = &self.surgery.store;
        let served = self.surgery.runtime.snapshot().revision;
        if let Some(update) = store.catalogue_at(served).await? {
            let filter = HistoryFilter {
                kind: Some(ChangedKind::Catalogue),
                name: None,
            };
            let made = store.history(&filter, Some(update + 1), 1).await?;
            if let Some(made) = made.first() {
                return Ok(PricesFacts {
                    source: format!("the update of revision {update}"),
                    taken: made.at,
                });
            }
        }
        Ok(PricesFacts {
            source: source().to_owned(),
            taken: Micros::parse(TAKEN).unwrap_or_default(),
        })
    }

    async fn database(&self) -> Known<DatabaseFacts> {
        let (store, clock) = (&self.surgery.store, &self.surgery.clock);
        let mut fastest = u64::MAX;
        let mut last = None;
        for _ in 0..QUESTIONS {
            let (asked, began) = (clock(), std::time::Instant::now());
            let answer = told(store.examine().await)?;
            let took = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
            // The answer was given about in the middle.
            let middle = asked.0 + i64::try_from(took / 2).unwrap_or(0);
            if took <= fastest {
                fastest = took;
                last = Some((answer, middle));
            }
        }
        let (answer, middle) = last.ok_or_else(Unknown::unasked)?;
        Ok(DatabaseFacts {
            engine: answer.engine,
            version: answer.version,
            latency: fastest,
            ahead: answer.time.0.saturating_sub(middle),
        })
    }

    /// The runtime, for what goes on after a borrow of the doctor.
    pub(super) fn runtime(&self) -> Arc<dyn crate::runtime::Runtime> {
        Arc::clone(&self.surgery.runtime)
    }
}
