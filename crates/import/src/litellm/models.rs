//! `model_list`: deployments become targets, those of one name a model.

use crate::ImportError;
use crate::decimal::Decimal;
use crate::routing::{Choice, Route, Target};
use crate::tree::Tree;

use super::import::{Deployment, Group, Import};

impl<'t> Import<'t> {
    /// Reads `model_list`.
    pub(super) fn models(&mut self, root: &'t Tree) -> Result<(), ImportError> {
        for entry in root.list_of("model_list")? {
            let name = entry.required("model_name")?;
            let Some(params) = entry.get("litellm_params").filter(|params| params.is_map()) else {
                return Err(entry.get("litellm_params").map_or_else(
                    || entry.wrong("a map with `litellm_params`"),
                    |p| p.wrong("a map"),
                ));
            };
            let Some(deployment) = self.deployment(entry, params)? else {
                continue;
            };
            if name.contains('*') || deployment.model.contains('*') {
                self.wildcard(entry, name, &deployment);
                continue;
            }
            match self.groups.iter_mut().find(|group| group.name == name) {
                Some(group) => group.deployments.push(deployment),
                None => self.groups.push(Group {
                    name: name.to_owned(),
                    at: entry,
                    deployments: vec![deployment],
                    fallbacks: Vec::new(),
                }),
            }
        }
        Ok(())
    }

    /// Every model of a provider: that is what a provider is here.
    fn wildcard(&mut self, entry: &Tree, name: &str, deployment: &Deployment) {
        let provider = &deployment.provider;
        let report = &mut self.draft.plan.report;
        if name == format!("{provider}/*") {
            report.taken(
                entry,
                format!("every model of Provider {provider}, as {name}"),
            );
        } else {
            let how = format!(
                "{name}: callers ask for {provider}/MODEL, or for the bare name of a model that the \
                 catalogue lists"
            );
            report.changed(entry, how);
        }
    }

    /// Makes the models, now that everything is known of them.
    pub(super) fn write_models(&mut self, root: &'t Tree) {
        let choice = self.choice(root);
        let groups = std::mem::take(&mut self.groups);
        let targets: Vec<(String, Vec<Target>)> = groups
            .iter()
            .map(|group| (group.name.clone(), self.targets(group)))
            .collect();
        for (group, (_, own)) in groups.iter().zip(&targets) {
            let mut route = Route {
                choice,
                targets: own.clone(),
                cache: self.cache,
                fallback_on: Vec::new(),
            };
            for (fallback, after) in &group.fallbacks {
                if let Some((_, others)) = targets.iter().find(|(name, _)| name == fallback) {
                    route.fall_back(others, *after);
                }
            }
            self.write_model(group, &route);
        }
        self.groups = groups;
    }

    fn write_model(&mut self, group: &Group<'_>, route: &Route) {
        if let [only] = route.targets.as_slice()
            && group.name == format!("{}/{}", only.provider, only.model)
        {
            let what = format!(
                "callers ask for {}, which is Provider {} and its model {}",
                group.name, only.provider, only.model
            );
            if let Ok(provider) = only.provider.parse() {
                self.draft.serves(&provider, &only.model);
            }
            self.draft.plan.report.taken(group.at, what);
            return;
        }
        let name = self.draft.model(group.at, &group.name, route);
        self.renamed.insert(group.name.clone(), name);
    }

    /// The targets of a group with their shares: by weight, else by requests, else by tokens. Where
    /// deployments have an order, only those of the lowest have a share.
    fn targets(&mut self, group: &Group<'_>) -> Vec<Target> {
        let mut deployments = group.deployments.clone();
        let order = |deployment: &Deployment| deployment.order.unwrap_or(1);
        deployments.sort_by_key(order);
        let lowest = deployments.first().map_or(1, order);
        let metrics: [fn(&Deployment) -> Option<Decimal>; 3] =
            [|d| d.weight, |d| d.requests, |d| d.tokens];
        let metric = metrics
            .iter()
            .find(|metric| deployments.iter().any(|d| metric(d).is_some()));
        let shares: Vec<Decimal> = deployments
            .iter()
            .map(|deployment| match metric {
                Some(metric) => metric(deployment).unwrap_or(Decimal::from(0)),
                None => Decimal::from(1),
            })
            .collect();
        let usable = shares.iter().any(|share| share.is_positive());
        let shares = Decimal::proportions(&shares).filter(|_| usable);
        let shares = shares.unwrap_or_else(|| vec![1; deployments.len()]);
        let limited = |d: &Deployment| d.requests.is_some() || d.tokens.is_some();
        if deployments.iter().any(limited) {
            let how =
                "rpm and tpm are shares among the targets of a model here; they limit nothing";
            self.draft.plan.report.changed(group.at, how);
        }
        let targets = deployments.iter().zip(shares).map(|(deployment, share)| {
            let weight = if order(deployment) == lowest {
                share
            } else {
                0
            };
            Target::share(&deployment.provider, &deployment.model, weight)
        });
        targets.collect()
    }

    /// How the router chooses.
    fn choice(&mut self, root: &Tree) -> Choice {
        let settings = root.get("router_settings");
        let at = settings.and_then(|settings| settings.get("routing_strategy"));
        let Some((at, word)) = at.and_then(|at| Some((at, at.text()?))) else {
            return Choice::Weighted;
        };
        let choice = match word {
            "simple-shuffle" => Choice::Weighted,
            "least-busy" => Choice::Busy,
            "latency-based-routing" => Choice::Latency,
            "cost-based-routing" => Choice::Cost,
            "usage-based-routing" | "usage-based-routing-v2" => Choice::Usage,
            other => {
                let how = format!(
                    "the strategy {other:?} is not known here: targets are drawn by weight"
                );
                self.draft.plan.report.changed(at, how);
                return Choice::Weighted;
            }
        };
        let what = format!("{word}: the strategy of each model with several targets");
        self.draft.plan.report.taken(at, what);
        choice
    }
}
