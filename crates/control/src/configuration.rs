//! Changes of the configuration: checked as a whole, made as a whole, by one path for every way in
//! which they come.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use tollgate_model::resource::{Kind, Resource, Spec, SpecError};
use tollgate_model::resources::BudgetScope;
use tollgate_model::snapshot::Compiled;
use tollgate_model::{Name, Snapshot};
use tollgate_store::{Change, Store, StoreError};

use crate::control::{Clock, Control};
use crate::extract::Precondition;
use crate::failure::store_failed;
use crate::plan::{self, ChangeView, Edit, Plan, Resources};
use crate::problem::{Problem, spec_fault};
use crate::runtime::Runtime;

/// How often a change is tried anew because another node was first.
const ATTEMPTS: usize = 5;

/// How many keys are read at once where all have to be looked at.
const KEYS_AT_ONCE: u32 = 1_000;

/// What a change came to.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Applied {
    /// The revision of the configuration after it; where nothing was changed, as it stays.
    pub revision: u64,
    /// One item per resource that was named.
    pub changes: Vec<ChangeView>,
    /// What is not wrong but will not work either, such as a variable that is not set.
    pub warnings: Vec<String>,
}

/// A wish to change the configuration.
#[derive(Debug, Default)]
pub(crate) struct Wish {
    /// What to do, in order.
    pub(crate) edits: Vec<Edit>,
    /// Where in the request's body each resource stands: `Kind name` and a pointer.
    pub(crate) places: Vec<(String, String)>,
    /// What is expected of the resource of the first edit.
    pub(crate) precondition: Precondition,
    /// Whether to tell only what would happen.
    pub(crate) dry_run: bool,
}

/// The configuration as a thing that can be changed.
#[derive(Clone)]
pub(crate) struct Configuration {
    store: Store,
    runtime: Arc<dyn Runtime>,
    clock: Clock,
    /// Lets one change of this node through at a time, so that they do not outrun each other.
    turn: Arc<Mutex<()>>,
}

/// What is there before a change.
struct Current {
    revision: u64,
    /// Every resource but the keys, and the keys that the change names.
    resources: Resources,
}

impl Configuration {
    /// The configuration of these parts.
    pub(crate) fn new(control: &Control) -> Configuration {
        Configuration {
            store: control.store.clone(),
            runtime: Arc::clone(&control.runtime),
            clock: Arc::clone(&control.clock),
            turn: Arc::default(),
        }
    }

    /// Makes a change, all of it or nothing, and waits until this node serves it. Fails with every
    /// fault that the configuration would have.
    pub(crate) async fn change(&self, actor: &str, wish: &Wish) -> Result<Applied, Problem> {
        let turn = self.turn.lock().await;
        let mut raced = String::new();
        for _ in 0..ATTEMPTS {
            match self.attempt(actor, wish).await? {
                Ok(applied) => {
                    drop(turn);
                    if !wish.dry_run {
                        self.runtime.refresh_configuration(applied.revision).await;
                    }
                    return Ok(applied);
                }
                Err(why) => raced = why,
            }
        }
        Err(store_failed(StoreError::Conflict(raced)))
    }

    /// The configuration as a change would leave it, compiled; nothing is changed. Fails with every
    /// fault that it would have.
    pub(crate) async fn compiled_with(&self, wish: &Wish) -> Result<Snapshot, Problem> {
        let current = self.current(&wish.edits).await?;
        let plan = plan::plan(&current.resources, &wish.edits);
        let compiled = self.compile(current.revision + 1, &plan.outcome).await;
        let compiled = compiled.map_err(|faults| invalid(&faults, &wish.places))?;
        Ok(compiled.snapshot)
    }

    /// Tries once; the inner error says why another one was first.
    async fn attempt(&self, actor: &str, wish: &Wish) -> Result<Result<Applied, String>, Problem> {
        let current = self.current(&wish.edits).await?;
        expect(&current, wish)?;
        let plan = plan::plan(&current.resources, &wish.edits);
        let idle = plan.is_idle();
        let warnings = self.check(&current, &plan, wish).await?;
        let mut applied = Applied {
            revision: current.revision,
            warnings,
            changes: plan.changes,
        };
        if wish.dry_run || idle {
            return Ok(Ok(applied));
        }
        let changes: Vec<Change> = wish.edits.iter().cloned().map(change).collect();
        let now = (self.clock)();
        let made = self
            .store
            .change(&changes, actor, now, Some(current.revision))
            .await;
        match made {
            Ok(made) => {
                let newest = made.last().map(|last| last.revision);
                applied.revision = newest.unwrap_or(current.revision);
                Ok(Ok(applied))
            }
            Err(StoreError::Conflict(why)) => Ok(Err(why)),
            Err(error) => Err(store_failed(error)),
        }
    }

    async fn current(&self, edits: &[Edit]) -> Result<Current, Problem> {
        let (revision, resources) = self
            .store
            .snapshot_resources()
            .await
            .map_err(store_failed)?;
        let keyed = |resource: Resource| ((resource.kind(), resource.name.clone()), resource);
        let mut resources: Resources = resources.into_iter().map(keyed).collect();
        for (kind, name) in edits.iter().map(Edit::target) {
            if kind == Kind::Key {
                let key = self.store.get(kind, &name).await.map_err(store_failed)?;
                resources.extend(key.map(|key| keyed(key.resource)));
            }
        }
        Ok(Current {
            revision,
            resources,
        })
    }

    /// Refuses what would not work; answers what is only doubtful.
    async fn check(
        &self,
        current: &Current,
        plan: &Plan,
        wish: &Wish,
    ) -> Result<Vec<String>, Problem> {
        if plan.is_idle() {
            return Ok(Vec::new());
        }
        let mut blocked = plan::dependants(&plan.outcome, &wish.edits);
        for edit in &wish.edits {
            if let Edit::Delete(Kind::Application, name) = edit {
                blocked.extend(self.keys_in_the_way(name, plan, &wish.edits).await?);
            }
        }
        if !blocked.is_empty() {
            let told = blocked.join("; ");
            let detail = format!("{told}. Delete that first, or in the same change.");
            return Err(Problem::conflict(detail));
        }
        let mut faults = plan::key_faults(&plan.outcome, &wish.edits);
        let only_keys = wish.edits.iter().all(|edit| edit.target().0 == Kind::Key);
        let mut warnings = Vec::new();
        if !only_keys {
            match self.compile(current.revision + 1, &plan.outcome).await {
                Ok(compiled) => {
                    warnings = compiled.warnings;
                    warnings.extend(self.doubts(&compiled.snapshot, &wish.edits).await?);
                }
                Err(found) => faults.extend(found),
            }
        }
        match faults.as_slice() {
            [] => Ok(warnings),
            faults => Err(invalid(faults, &wish.places)),
        }
    }

    async fn compile(
        &self,
        revision: u64,
        outcome: &Resources,
    ) -> Result<Compiled, Vec<SpecError>> {
        let secrets = self.runtime.secrets().await;
        let resources: Vec<Resource> = outcome
            .values()
            .filter(|resource| resource.kind() != Kind::Key)
            .cloned()
            .collect();
        let catalogue = Arc::clone(self.runtime.snapshot().catalogue());
        Snapshot::compile(revision, &resources, catalogue, &*secrets)
    }

    /// Budgets of keys and models that are not there: they may come later.
    async fn doubts(&self, snapshot: &Snapshot, edits: &[Edit]) -> Result<Vec<String>, Problem> {
        let mut doubts = Vec::new();
        for edit in edits {
            let Edit::Put(resource) = edit else { continue };
            let Spec::Budget(budget) = &resource.spec else {
                continue;
            };
            let name = &resource.name;
            match &budget.scope {
                BudgetScope::Model(model) if snapshot.resolve(model).is_none() => {
                    doubts.push(format!(
                        "Budget {name}: no model is called \"{model}\" so far"
                    ));
                }
                BudgetScope::Key(key) if !self.has_key(key, edits).await? => {
                    doubts.push(format!("Budget {name}: no key is called \"{key}\" so far"));
                }
                _ => {}
            }
        }
        Ok(doubts)
    }

    async fn has_key(&self, name: &Name, edits: &[Edit]) -> Result<bool, Problem> {
        let wanted = (Kind::Key, name.clone());
        let comes = |edit: &Edit| matches!(edit, Edit::Put(_)) && edit.target() == wanted;
        if edits.iter().any(comes) {
            return Ok(true);
        }
        let stored = self
            .store
            .get(Kind::Key, name)
            .await
            .map_err(store_failed)?;
        Ok(stored.is_some())
    }

    /// The keys of an application that is deleted, but for those that go with it.
    async fn keys_in_the_way(
        &self,
        application: &Name,
        plan: &Plan,
        edits: &[Edit],
    ) -> Result<Option<String>, Problem> {
        if plan
            .outcome
            .contains_key(&(Kind::Application, application.clone()))
        {
            return Ok(None);
        }
        let goes = |key: &Name| {
            let target = (Kind::Key, key.clone());
            edits.iter().any(|edit| edit.target() == target)
        };
        let keys = keys_of(&self.store, application).await?;
        let keys: Vec<&str> = keys
            .iter()
            .filter(|key| !goes(key))
            .map(Name::as_str)
            .collect();
        let shown = keys.iter().take(5).copied().collect::<Vec<_>>().join(", ");
        Ok(match keys.len() {
            0 => None,
            1..=5 => Some(format!("Application {application} still has keys: {shown}")),
            count => Some(format!(
                "Application {application} still has {count} keys: {shown}, …"
            )),
        })
    }
}

async fn keys_of(store: &Store, application: &Name) -> Result<Vec<Name>, Problem> {
    let mut names = Vec::new();
    let mut after = None;
    loop {
        let page = store.list(Some(Kind::Key), after, KEYS_AT_ONCE).await;
        let page = page.map_err(store_failed)?;
        after = page.last().map(|last| (Kind::Key, last.name.clone()));
        let ours = page.iter().filter(|resource| match &resource.spec {
            Spec::Key(key) => key.application == *application,
            _ => false,
        });
        names.extend(ours.map(|resource| resource.name.clone()));
        if after.is_none() {
            return Ok(names);
        }
    }
}

fn expect(current: &Current, wish: &Wish) -> Result<(), Problem> {
    let Some((kind, name)) = wish.edits.first().map(Edit::target) else {
        return Ok(());
    };
    let found = current.resources.get(&(kind, name.clone()));
    let found = found.map(|resource| resource.revision);
    let expected = wish.precondition;
    if expected.absent && found.is_some() {
        return Err(Problem::precondition_failed(format!(
            "{kind} {name} exists already."
        )));
    }
    if found.is_none() && (expected.exists || expected.revision.is_some()) {
        return Err(Problem::precondition_failed(format!(
            "{kind} {name} does not exist."
        )));
    }
    match (expected.revision, found) {
        (Some(expected), Some(found)) if expected != found => {
            let detail = format!("{kind} {name} is at revision {found}, not {expected}.");
            Err(Problem::precondition_failed(detail))
        }
        _ => Ok(()),
    }
}

fn change(edit: Edit) -> Change {
    match edit {
        Edit::Put(resource) => Change::Put(*resource),
        Edit::Delete(kind, name) => Change::Delete(kind, name),
    }
}

/// The problem of a configuration with faults.
pub(crate) fn invalid(faults: &[SpecError], places: &[(String, String)]) -> Problem {
    let errors = faults
        .iter()
        .map(|fault| spec_fault(fault, places))
        .collect();
    let detail = match faults {
        [one] => format!("{one}. Nothing was changed."),
        _ => format!("There are {} faults. Nothing was changed.", faults.len()),
    };
    Problem::invalid(detail, errors)
}
