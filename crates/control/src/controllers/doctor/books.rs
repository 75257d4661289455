//! What the books tell: wallets, budgets, leases, spending, refusals.

use std::collections::BTreeMap;

use tollgate_doctor::facts::{LeaseFacts, RefusalFacts, SpendingFacts, WalletFacts, WindowFacts};
use tollgate_doctor::{Known, Unknown, told_reasons};
use tollgate_model::Micros;
use tollgate_model::account::AccountId;
use tollgate_model::call::CallRecord;
use tollgate_model::resource::{Resource, Spec};
use tollgate_store::{CallFilter, CallPage, Dimension, Grain, UsageFilter};

use super::Doctor;
use super::gather::told;
use crate::controllers::budgets::budget;

/// The days over which spending is looked at.
const DAYS: i64 = 7;
const DAY_SECONDS: i64 = 86_400;
const ACCOUNTS_AT_ONCE: u32 = 1_000;
/// How many leases and how many teams are told.
const MOST: u32 = 10_000;
/// How many calls are looked at for each reason.
const MOST_CALLS: u32 = 1_000;

impl Doctor {
    pub(super) async fn wallets(&self) -> Known<Vec<WalletFacts>> {
        let mut wallets = Vec::new();
        let mut after: Option<AccountId> = None;
        loop {
            let store = &self.surgery.store;
            let page = store.accounts("wallet/", after.as_ref(), ACCOUNTS_AT_ONCE);
            let page = told(page.await)?;
            after = page.last().map(|last| last.id.clone());
            wallets.extend(page.into_iter().filter_map(|account| {
                let team = account.id.as_str().strip_prefix("wallet/")?.to_owned();
                let balance = account.balance;
                Some(WalletFacts { team, balance })
            }));
            if after.is_none() {
                return Ok(wallets);
            }
        }
    }

    pub(super) async fn spending(&self) -> Known<Vec<SpendingFacts>> {
        let now = (self.surgery.clock)();
        let filter = UsageFilter {
            since: now.plus_seconds(-DAYS * DAY_SECONDS),
            until: now.plus_seconds(1),
            ..UsageFilter::default()
        };
        let store = &self.surgery.store;
        let sums = store.usage_by(&filter, Grain::Hour, Dimension::Team, MOST);
        let spent = told(sums.await)?.into_iter();
        Ok(spent
            .map(|(team, sums)| SpendingFacts {
                team,
                calls: sums.calls.saturating_sub(sums.refused),
                cost: sums.cost,
            })
            .collect())
    }

    pub(super) async fn windows(&self, resources: &[Resource]) -> Known<Vec<WindowFacts>> {
        let now = (self.surgery.clock)();
        let mut windows = Vec::new();
        for resource in resources {
            let Spec::Budget(spec) = &resource.spec else {
                continue;
            };
            let name = resource.name.clone();
            let view = budget(&self.surgery.store, name.clone(), spec, now).await;
            let view = view.map_err(|why| Unknown(why.to_string()))?;
            windows.push(WindowFacts {
                budget: name,
                spent: view.spent,
                ends: Micros::parse(&view.ends).unwrap_or(Micros::NEVER),
            });
        }
        Ok(windows)
    }

    pub(super) async fn leases(&self) -> Known<Vec<LeaseFacts>> {
        let leases = told(self.surgery.store.leases(MOST).await)?.into_iter();
        Ok(leases
            .map(|lease| LeaseFacts {
                node: lease.node,
                account: lease.account,
                amount: lease.amount,
            })
            .collect())
    }

    /// The refusals of the last day, each reason, rule and application once.
    pub(super) async fn refusals(&self) -> Known<Vec<RefusalFacts>> {
        let since = (self.surgery.clock)().plus_seconds(-DAY_SECONDS);
        let mut groups: BTreeMap<_, RefusalFacts> = BTreeMap::new();
        for reason in told_reasons() {
            let filter = CallFilter {
                reason: Some(reason.code().to_owned()),
                since: Some(since),
                ..CallFilter::default()
            };
            let calls = self
                .surgery
                .store
                .calls(&filter, CallPage::Newest, MOST_CALLS);
            for call in told(calls.await)? {
                let Some(found) = refused(&call) else {
                    continue;
                };
                let key = (reason.code(), found.rule.clone(), found.application.clone());
                // The newest come first.
                groups
                    .entry(key)
                    .and_modify(|group| group.calls += 1)
                    .or_insert(found);
            }
        }
        Ok(groups.into_values().collect())
    }
}

fn refused(call: &CallRecord) -> Option<RefusalFacts> {
    let refusal = call.refusal.as_ref()?;
    let caller = call.caller.as_ref();
    Some(RefusalFacts {
        reason: refusal.reason,
        rule: refusal.rule.as_ref().map(ToString::to_string),
        application: caller.map(|caller| caller.application.to_string()),
        calls: 1,
        last: call.at,
        call: call.id.to_string(),
    })
}
