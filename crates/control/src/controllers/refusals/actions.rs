//! What can be done about refusals with what the API offers, from what is known of them. Pure.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tollgate_model::reason::Cause;
use tollgate_model::resource::{Kind, Spec};
use tollgate_model::resources::KeySpec;
use tollgate_model::{Nanos, Reason};
use tollgate_store::RefusalGroup;

use super::super::history::RevisionKind;
use super::changes::{ChangeTime, RefusalChange};
use crate::access::Permission;
use crate::plan::Action;

/// Something that ends refusals of this kind, or may. Nothing of it is done by asking for the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct RefusalAction {
    /// What to do.
    pub deed: Deed,
    /// What comes of it, in a sentence.
    pub says: String,
    /// The permission that it takes.
    pub needs: String,
    /// Whether it allows money to be spent, so that a person should be asked.
    pub spends: bool,
    /// The kind of the resource that it is done to.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// The amount that is proposed: the new limit, or what is added to the wallet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Nanos>,
    /// The model that is allowed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The revision to look at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<u64>,
    /// The same on the command line, where one command does it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
}

/// What can be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Deed {
    /// Set a higher limit of the budget.
    RaiseBudget,
    /// Add money to the wallet of the team.
    CreditWallet,
    /// Add the model to those that the key may ask for.
    AllowModel,
    /// Give the key a later date.
    RenewKey,
    /// Make another key for the application.
    CreateKey,
    /// Open the resource, to change what is wrong with it.
    OpenResource,
    /// Look at the revision; what was there before can be restored.
    OpenHistory,
}

const DOLLAR: i64 = 1_000_000_000;

impl RefusalAction {
    fn new(deed: Deed, says: String, needs: Permission, (kind, name): (Kind, &str)) -> Self {
        RefusalAction {
            deed,
            says,
            needs: needs.as_str().to_owned(),
            spends: false,
            kind,
            name: name.to_owned(),
            amount: None,
            model: None,
            revision: None,
            command: None,
        }
    }
}

/// What can be done about a group, the most fitting first. `rule` is what said no, as it is now.
pub(super) fn actions(
    group: &RefusalGroup,
    rule: Option<&Spec>,
    changes: &[RefusalChange],
) -> Vec<RefusalAction> {
    let at_fault = [
        by_rule(group, rule),
        wallet(group),
        new_key(group),
        provider(group),
        history(group, changes),
    ];
    at_fault.into_iter().flatten().collect()
}

/// What the rule that said no can be changed to.
fn by_rule(group: &RefusalGroup, rule: Option<&Spec>) -> Option<RefusalAction> {
    let (kind, name) = group.key.rule.as_ref().map(|(kind, name)| (*kind, name))?;
    let of = (kind, name.as_str());
    match (rule?, group.key.reason) {
        (Spec::Budget(spec), _) => {
            let amount = raised(spec.limit, shortfall(group));
            let (limit, window) = (spec.limit, spec.window.as_str());
            let says = format!(
                "Raises the limit of budget {name} from {limit} to {amount} USD per {window}: \
                 calls go through until that is spent."
            );
            let change = Permission::ChangeConfiguration;
            Some(RefusalAction {
                spends: true,
                amount: Some(amount),
                ..RefusalAction::new(Deed::RaiseBudget, says, change, of)
            })
        }
        (Spec::Key(key), Reason::ModelNotAllowed) => allow_model(group, key, name),
        (Spec::Key(_), Reason::KeyExpired) => {
            let says = format!(
                "Gives key {name} a later date: it works again at once, for whoever has it."
            );
            let change = Permission::ChangeConfiguration;
            Some(RefusalAction {
                spends: true,
                ..RefusalAction::new(Deed::RenewKey, says, change, of)
            })
        }
        (_, Reason::PriceUnknown) => {
            let says = format!("Opens {kind} {name}, to say what its models cost.");
            let read = Permission::ReadConfiguration;
            Some(RefusalAction::new(Deed::OpenResource, says, read, of))
        }
        _ => None,
    }
}

fn allow_model(group: &RefusalGroup, key: &KeySpec, name: &str) -> Option<RefusalAction> {
    let is_of = |entry: &String, model: &String| match entry.strip_suffix('*') {
        Some(prefix) => model.starts_with(prefix),
        None => entry == model,
    };
    let may = |model| key.models.is_empty() || key.models.iter().any(|entry| is_of(entry, model));
    let model = group.hit.models.iter().find(|model| !may(model))?;
    let says = format!(
        "Adds {model} to the models that key {name} may ask for: calls for it are let through and \
         cost what it costs."
    );
    let change = Permission::ChangeConfiguration;
    Some(RefusalAction {
        spends: true,
        model: Some(model.clone()),
        ..RefusalAction::new(Deed::AllowModel, says, change, (Kind::Key, name))
    })
}

fn wallet(group: &RefusalGroup) -> Option<RefusalAction> {
    if !matches!(
        group.key.reason,
        Reason::BalanceExhausted | Reason::HoldExceedsBalance | Reason::FundsHeldInFlight
    ) {
        return None;
    }
    let team = group.key.team.as_deref()?;
    let amount = topped_up(shortfall(group));
    let says = format!(
        "Adds {amount} USD to the wallet of team {team}. Write down where the money came from."
    );
    let command = format!("tollgate wallet credit {team} {amount} --reason TEXT");
    let credit = Permission::CreditWallets;
    Some(RefusalAction {
        spends: true,
        amount: Some(amount),
        command: Some(command),
        ..RefusalAction::new(Deed::CreditWallet, says, credit, (Kind::Team, team))
    })
}

fn new_key(group: &RefusalGroup) -> Option<RefusalAction> {
    if !matches!(group.key.reason, Reason::KeyRevoked | Reason::KeyExpired) {
        return None;
    }
    let application = group.key.application.as_deref()?;
    let says = format!(
        "Makes another key for application {application}, which has to be given to the program."
    );
    let manage = Permission::ManageKeys;
    let of = (Kind::Application, application);
    Some(RefusalAction {
        spends: true,
        command: Some(format!("tollgate key create --application {application}")),
        ..RefusalAction::new(Deed::CreateKey, says, manage, of)
    })
}

fn provider(group: &RefusalGroup) -> Option<RefusalAction> {
    let reason = group.key.reason;
    if reason.row().cause != Cause::Upstream || reason == Reason::UpstreamRejected {
        return None;
    }
    let provider = group.hit.providers.first()?;
    let says = match reason {
        Reason::UpstreamAccountUnfunded => format!(
            "Opens provider {provider}: its account has to be paid there, or another target added \
             to the model."
        ),
        Reason::UpstreamAuthFailed => {
            format!("Opens provider {provider}, to renew the credential that it does not accept.")
        }
        _ => format!("Opens provider {provider}, to see how it does and to test it."),
    };
    let read = Permission::ReadConfiguration;
    let of = (Kind::Provider, provider.as_str());
    Some(RefusalAction::new(Deed::OpenResource, says, read, of))
}

/// The last change of the rule, or else of what was asked for, that did not come after the refusals.
fn history(group: &RefusalGroup, changes: &[RefusalChange]) -> Option<RefusalAction> {
    let is_of_rule = |change: &&RefusalChange| {
        let rule = group.key.rule.as_ref();
        rule.is_some_and(|(kind, name)| {
            change.kind == RevisionKind::Resource(*kind) && change.name == *name
        })
    };
    let mut suspects = changes.iter().filter(|change| {
        change.when != ChangeTime::After
            && matches!(change.action, Action::Updated | Action::Deleted)
    });
    let suspect = suspects
        .clone()
        .find(is_of_rule)
        .or_else(|| suspects.next())?;
    let RevisionKind::Resource(kind) = suspect.kind else {
        return None;
    };
    let when = match suspect.when {
        ChangeTime::Before => "before this began",
        ChangeTime::During | ChangeTime::After => "while this went on",
    };
    let did = match suspect.action {
        Action::Deleted => "deleted",
        _ => "changed",
    };
    let (revision, name) = (suspect.revision, &suspect.name);
    let says = format!(
        "Shows revision {revision}, which {did} {kind} {name} {when}; what was there can be restored."
    );
    let read = Permission::ReadConfiguration;
    Some(RefusalAction {
        revision: Some(revision),
        ..RefusalAction::new(Deed::OpenHistory, says, read, (kind, name))
    })
}

/// How much was missing for the dearest call where the least was available.
fn shortfall(group: &RefusalGroup) -> Nanos {
    let missing = group
        .short
        .map(|short| short.most_needed.saturating_sub(short.least_available));
    missing
        .filter(|missing| !missing.is_negative())
        .unwrap_or(Nanos::ZERO)
}

/// A limit that is half as much again, or by what was missing where that is more, made round.
fn raised(limit: Nanos, missing: Nanos) -> Nanos {
    let half = Nanos::new(limit.get() / 2);
    rounded_up(limit.saturating_add(half.max(missing)), 1)
}

/// Ten times what was missing, at least a dollar, made round.
fn topped_up(missing: Nanos) -> Nanos {
    rounded_up(Nanos::new(missing.get().saturating_mul(10)), DOLLAR)
}

/// The next amount of 1, 2 or 5 of a power of ten, at least `least` nano-dollars.
fn rounded_up(amount: Nanos, least: i64) -> Nanos {
    let mut unit = least;
    loop {
        for times in [1, 2, 5] {
            let step = unit.saturating_mul(times);
            if step >= amount.get() || step == i64::MAX {
                return Nanos::new(step);
            }
        }
        unit = unit.saturating_mul(10);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn dollars(text: &str) -> Nanos {
        text.parse().unwrap()
    }

    #[test]
    fn proposals_are_round_and_enough() {
        for (limit, missing, proposed) in [
            ("250.00", "0", "500.00"),
            ("0.10", "0.48", "1.00"),
            ("0.01", "0", "0.02"),
            ("0", "0.000000003", "0.000000005"),
        ] {
            assert_eq!(
                raised(dollars(limit), dollars(missing)),
                dollars(proposed),
                "{limit}"
            );
        }
        for (missing, proposed) in [("0", "1"), ("0.02", "1"), ("0.30", "5"), ("61", "1000")] {
            assert_eq!(topped_up(dollars(missing)), dollars(proposed), "{missing}");
        }
    }

    proptest! {
        #[test]
        fn a_proposal_covers_what_was_missing(
            limit in 0..=i64::MAX, missing in 0..=i64::MAX,
        ) {
            let (limit, missing) = (Nanos::new(limit), Nanos::new(missing));
            prop_assert!(raised(limit, missing) >= limit.saturating_add(missing));
            prop_assert!(topped_up(missing) >= missing);
        }
    }
}
