//! Compiling resources into a snapshot.

use std::collections::HashMap;
use std::sync::Arc;

use super::access::Secrets;
use super::plan::{
    ApplicationPlan, ModelPlan, ProviderPlan, SANDBOX, ShadowPlan, Snapshot, TargetPlan, Terms,
    bare, target,
};
use super::provider;
use crate::Name;
use crate::account::{Fund, FundKind};
use crate::catalogue::Catalogue;
use crate::resource::{Kind, Resource, Spec, SpecError, nearest};
use crate::resources::{Billing, BudgetScope, BudgetSpec, Fallback, ModelSpec, TargetSpec};

/// A snapshot, and what is not wrong but will not work either.
#[derive(Debug)]
pub struct Compiled {
    /// The snapshot.
    pub snapshot: Snapshot,
    /// Sentences for the operator: a variable that is not set, a provider without a credential.
    pub warnings: Vec<String>,
}

impl Snapshot {
    /// Compiles resources. The built-in sandbox is always among the providers. Fails with every
    /// fault that was found, so that a file is corrected in one go.
    pub fn compile(
        revision: u64,
        resources: &[Resource],
        catalogue: Arc<dyn Catalogue>,
        secrets: &dyn Secrets,
    ) -> Result<Compiled, Vec<SpecError>> {
        Compiler {
            resources,
            catalogue,
            secrets,
            faults: Vec::new(),
            warnings: Vec::new(),
        }
        .run(revision)
    }
}

struct Compiler<'a> {
    resources: &'a [Resource],
    catalogue: Arc<dyn Catalogue>,
    secrets: &'a dyn Secrets,
    faults: Vec<SpecError>,
    warnings: Vec<String>,
}

impl Compiler<'_> {
    fn run(mut self, revision: u64) -> Result<Compiled, Vec<SpecError>> {
        let providers = self.providers();
        let models = self.models(&providers);
        let narrow = self.narrow_budgets();
        let applications = self.applications();
        if !self.faults.is_empty() {
            return Err(self.faults);
        }
        let snapshot = Snapshot {
            revision,
            applications,
            providers,
            models,
            key_budgets: narrow.keys,
            model_budgets: narrow.models,
            catalogue: self.catalogue,
        };
        Ok(Compiled {
            snapshot,
            warnings: self.warnings,
        })
    }

    fn fault(&mut self, resource: &Resource, place: &str, message: String) {
        let place = format!("{} {}: {place}", resource.kind(), resource.name);
        self.faults.push(SpecError::new(place, message));
    }

    /// Says that a resource names another that is not there, with the nearest that is.
    fn missing(&mut self, resource: &Resource, place: &str, kind: Kind, name: &str) {
        let known = self
            .resources
            .iter()
            .filter(|r| r.kind() == kind)
            .map(|r| r.name.as_str());
        let hint = match nearest(name, known) {
            Some(near) => format!("; did you mean {near}?"),
            None => format!("; create the {kind} first, or in the same file"),
        };
        self.fault(
            resource,
            place,
            format!("there is no {kind} called \"{name}\"{hint}"),
        );
    }

    fn has(&self, kind: Kind, name: &Name) -> bool {
        self.resources
            .iter()
            .any(|r| r.kind() == kind && r.name == *name)
    }

    fn providers(&mut self) -> Vec<Arc<ProviderPlan>> {
        let mut plans = Vec::new();
        for resource in self.resources {
            if let Spec::Provider(spec) = &resource.spec {
                match provider::plan(resource, spec, &*self.catalogue, self.secrets) {
                    Ok(plan) => plans.push(Arc::new(plan)),
                    Err((place, message)) => self.fault(resource, place, message),
                }
            }
        }
        if !plans.iter().any(|plan| &*plan.name == SANDBOX) {
            plans.extend(provider::sandbox(&*self.catalogue).map(Arc::new));
        }
        for plan in &plans {
            let told = plan.missing.iter();
            let told = told.map(|why| format!("Provider {}: {why}", plan.name));
            self.warnings.extend(told);
        }
        plans.sort_by(|a, b| a.name.cmp(&b.name));
        plans
    }

    fn models(&mut self, providers: &[Arc<ProviderPlan>]) -> HashMap<Arc<str>, Arc<ModelPlan>> {
        let mut models: HashMap<Arc<str>, Arc<ModelPlan>> = HashMap::new();
        let mut bare_names: HashMap<&str, Vec<TargetPlan>> = HashMap::new();
        let catalogue = Arc::clone(&self.catalogue);
        for provider in providers {
            let Some(id) = provider.catalog.as_deref().filter(|_| !provider.own_names) else {
                continue;
            };
            for facts in catalogue.models(id) {
                let plan = target(provider, &facts.id, 1, Some(facts));
                bare_names.entry(&facts.id).or_default().push(plan.clone());
                let name: Arc<str> = format!("{}/{}", provider.name, facts.id).into();
                models.insert(Arc::clone(&name), Arc::new(bare(&name, vec![plan])));
            }
        }
        for (name, targets) in bare_names {
            models
                .entry(name.into())
                .or_insert_with(|| Arc::new(bare(name, targets)));
        }
        for resource in self.resources {
            if let Spec::Model(spec) = &resource.spec
                && let Some(plan) = self.model(resource, spec, providers)
            {
                models.insert(resource.name.shared(), Arc::new(plan));
            }
        }
        models
    }

    fn model(
        &mut self,
        resource: &Resource,
        spec: &ModelSpec,
        providers: &[Arc<ProviderPlan>],
    ) -> Option<ModelPlan> {
        let mut targets = Vec::new();
        for (place, wanted) in spec.targets.iter().enumerate() {
            let place = format!("spec.targets[{place}].provider");
            let at = (&wanted.provider, wanted.model.as_str());
            let plan = self.at_provider((resource, &place), at, wanted.weight, providers);
            targets.extend(plan.map(|plan| under(plan, wanted)));
        }
        let shadow = spec.shadow.as_ref().and_then(|wanted| {
            let at = (&wanted.provider, wanted.model.as_str());
            let place = (resource, "spec.shadow.provider");
            Some(ShadowPlan {
                target: self.at_provider(place, at, 1, providers)?,
                percent: wanted.percent,
            })
        });
        (!targets.is_empty()).then(|| ModelPlan {
            name: resource.name.shared(),
            rule: Some(resource.rule()),
            strategy: spec.strategy,
            hash_by: spec.hash_by.clone().unwrap_or_default(),
            targets,
            cache: spec.cache,
            fallback_on: match &spec.fallback_on {
                Some(own) => own.clone(),
                None => Fallback::USUAL.to_vec(),
            },
            timeouts: spec.timeouts,
            ejection: spec.ejection,
            hedge: spec.hedge,
            shadow,
        })
    }

    /// A model at a provider that a place of a resource names; notes a fault where there is no such
    /// provider.
    fn at_provider(
        &mut self,
        (resource, place): (&Resource, &str),
        (provider, model): (&Name, &str),
        weight: u32,
        providers: &[Arc<ProviderPlan>],
    ) -> Option<TargetPlan> {
        let Some(found) = providers.iter().find(|p| *p.name == *provider.as_str()) else {
            self.missing(resource, place, Kind::Provider, provider.as_str());
            return None;
        };
        let catalog = found.catalog.as_deref();
        let facts = catalog.and_then(|id| self.catalogue.model(id, model));
        Some(target(found, model, weight, facts))
    }

    fn narrow_budgets(&mut self) -> NarrowBudgets {
        let mut narrow = NarrowBudgets::default();
        for (resource, spec) in budgets(self.resources) {
            let fund = budget(resource, spec);
            match &spec.scope {
                BudgetScope::Key(key) => narrow.keys.entry(key.shared()).or_default().push(fund),
                BudgetScope::Model(model) => {
                    narrow.models.entry(model.clone()).or_default().push(fund);
                }
                BudgetScope::Team(team) if !self.has(Kind::Team, team) => {
                    self.missing(resource, "spec.scope.team", Kind::Team, team.as_str());
                }
                BudgetScope::Application(name) if !self.has(Kind::Application, name) => {
                    let place = "spec.scope.application";
                    self.missing(resource, place, Kind::Application, name.as_str());
                }
                BudgetScope::Organization | BudgetScope::Team(_) | BudgetScope::Application(_) => {}
            }
        }
        narrow
    }

    fn applications(&mut self) -> HashMap<Arc<str>, ApplicationPlan> {
        let mut plans = HashMap::new();
        for resource in self.resources {
            let Spec::Application(spec) = &resource.spec else {
                continue;
            };
            let team = self.resources.iter().find_map(|r| match &r.spec {
                Spec::Team(team) if r.name == spec.team => Some((r, team)),
                _ => None,
            });
            let Some((team, team_spec)) = team else {
                self.missing(resource, "spec.team", Kind::Team, spec.team.as_str());
                continue;
            };
            let mut funds = broad_budgets(self.resources, &resource.name, &spec.team);
            if team_spec.billing == Billing::Prepaid {
                funds.push(wallet(team));
            }
            let plan = ApplicationPlan {
                name: resource.name.shared(),
                team: spec.team.shared(),
                billing: team_spec.billing,
                funds,
            };
            plans.insert(resource.name.shared(), plan);
        }
        plans
    }
}

/// A target under the terms of the spec that names it.
fn under(plan: TargetPlan, spec: &TargetSpec) -> TargetPlan {
    let terms = Terms {
        when: spec.when.clone(),
        tags: spec.tags.clone(),
        cannot: spec.cannot.clone(),
        context_window: spec.context_window,
        takes_over: spec.takes_over.clone(),
    };
    TargetPlan {
        context_window: spec.context_window.or(plan.context_window),
        terms: (terms != Terms::default()).then(|| Arc::new(terms)),
        ..plan
    }
}

/// Budgets of single keys and single models.
#[derive(Default)]
struct NarrowBudgets {
    keys: HashMap<Arc<str>, Vec<Arc<Fund>>>,
    models: HashMap<String, Vec<Arc<Fund>>>,
}

/// The budgets that every call of an application draws on: its own, its team's, the organization's.
fn broad_budgets(resources: &[Resource], application: &Name, team: &Name) -> Vec<Arc<Fund>> {
    let at_level = |level: u8| {
        budgets(resources).filter(move |(_, spec)| match &spec.scope {
            BudgetScope::Application(name) => level == 0 && name == application,
            BudgetScope::Team(name) => level == 1 && name == team,
            BudgetScope::Organization => level == 2,
            BudgetScope::Key(_) | BudgetScope::Model(_) => false,
        })
    };
    (0..3)
        .flat_map(at_level)
        .map(|(resource, spec)| budget(resource, spec))
        .collect()
}

fn budgets(resources: &[Resource]) -> impl Iterator<Item = (&Resource, &BudgetSpec)> {
    resources
        .iter()
        .filter_map(|resource| match &resource.spec {
            Spec::Budget(spec) => Some((resource, &**spec)),
            _ => None,
        })
}

fn wallet(team: &Resource) -> Arc<Fund> {
    let kind = FundKind::Wallet {
        team: team.name.shared(),
    };
    Arc::new(Fund {
        kind,
        rule: team.rule(),
        on_exhausted: 402,
    })
}

fn budget(resource: &Resource, spec: &BudgetSpec) -> Arc<Fund> {
    Arc::new(Fund {
        kind: FundKind::Budget {
            name: resource.name.shared(),
            limit: spec.limit,
            window: spec.window,
            time_zone: spec.time_zone.as_str().into(),
            scope: spec.scope.to_string().into(),
        },
        rule: resource.rule(),
        on_exhausted: spec.on_exhausted.into(),
    })
}
