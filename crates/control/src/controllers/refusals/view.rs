//! A group of refusals as the API tells it. Pure.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tollgate_model::reason::{Cause, Who};
use tollgate_model::resource::Kind;
use tollgate_model::{CallId, Micros, Nanos, Reason};
use tollgate_store::{RefusalGroup, RefusalKey};

use super::actions::{RefusalAction, actions};
use super::changes::{RefusalChange, changes};
use super::facts::Known;

/// Calls that were refused or failed for the same reason, by the same rule, of one application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "RefusalGroup")]
pub(crate) struct RefusalGroupView {
    /// Tells groups apart, and stays the same.
    pub id: String,
    /// The reason.
    pub reason: Reason,
    /// The status of the last answer.
    pub status: u16,
    /// What the reason says in a few words.
    pub title: String,
    /// In whose area the cause lies.
    pub cause: Cause,
    /// Who can act.
    pub who: Who,
    /// What said no; where a provider failed, the provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<RefusalRule>,
    /// The team; absent where nobody was identified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    /// Its application.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub application: Option<String>,
    /// Whether it goes on.
    pub state: RefusalState,
    /// Since when it has been so, as RFC 3339: the first refusal after a day without any. It may lie
    /// before the time that was asked for.
    pub began: String,
    /// The first of the calls that are counted, as RFC 3339.
    pub first: String,
    /// The last of them.
    pub last: String,
    /// When a call with one of the keys for the model that it was refused was last answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered: Option<String>,
    /// How many calls.
    pub calls: u64,
    /// How many keys they came with.
    pub keys: u64,
    /// Some of the keys, the last refused first.
    pub some_keys: Vec<String>,
    /// Some of the models that were asked for.
    pub models: Vec<String>,
    /// Some of the providers that were tried last.
    pub providers: Vec<String>,
    /// The amounts, where it is about money and whoever asks may see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub short: Option<RefusalAmounts>,
    /// Calls to look at, the last first. Their records are kept as long as calls are.
    pub samples: Vec<CallId>,
    /// What the last caller was told; absent where it names amounts that whoever asks may not see,
    /// and where the record is no longer kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<String>,
    /// What the reason means.
    pub meaning: String,
    /// What to do about it.
    pub fix: String,
    /// Changes of what said no, or of what was asked for, about that time; the newest first.
    pub changes: Vec<RefusalChange>,
    /// What can be done with one click, the most fitting first.
    pub actions: Vec<RefusalAction>,
}

/// What said no.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct RefusalRule {
    /// The kind of the resource.
    pub kind: Kind,
    /// Its name.
    pub name: String,
}

/// Whether refusals go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum RefusalState {
    /// A call was refused in the last quarter of an hour, and none like it was answered since.
    Happening,
    /// After the last refusal, calls like those were answered.
    Answered,
    /// No call was refused for a quarter of an hour, nor was one like those answered.
    Quiet,
}

/// The least and the most that calls could cost, and that was available to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct RefusalAmounts {
    /// The least that one of the calls could cost at most.
    pub least_needed: Nanos,
    /// The most.
    pub most_needed: Nanos,
    /// The least that was available.
    pub least_available: Nanos,
    /// The most.
    pub most_available: Nanos,
}

/// Tells a group from what is known about it.
pub(super) fn tell(group: &RefusalGroup, known: &Known) -> RefusalGroupView {
    let (key, hit, row) = (&group.key, &group.hit, group.key.reason.row());
    let changes = changes(group, &known.changes);
    let mut actions = actions(group, known.rule.as_ref(), &changes);
    let about_money = group.short.is_some();
    if !known.shows_money {
        actions.retain(|action| action.amount.is_none());
    }
    RefusalGroupView {
        id: id(key),
        reason: key.reason,
        status: hit.status,
        title: row.title.to_owned(),
        cause: row.cause,
        who: row.who,
        rule: key.rule.as_ref().map(|(kind, name)| RefusalRule {
            kind: *kind,
            name: name.clone(),
        }),
        team: key.team.clone(),
        application: key.application.clone(),
        state: state(hit.open, known.recent),
        began: hit.began.to_string(),
        first: group.first.to_string(),
        last: group.last.to_string(),
        answered: hit.answered.map(|at| at.to_string()),
        calls: group.calls,
        keys: hit.keys,
        some_keys: hit.some_keys.clone(),
        models: hit.models.clone(),
        providers: hit.providers.clone(),
        short: group
            .short
            .filter(|_| known.shows_money)
            .map(|short| RefusalAmounts {
                least_needed: short.least_needed,
                most_needed: short.most_needed,
                least_available: short.least_available,
                most_available: short.most_available,
            }),
        samples: hit.samples.clone(),
        told: known
            .told
            .clone()
            .filter(|_| known.shows_money || !about_money),
        meaning: row.meaning.to_owned(),
        fix: row.fix.to_owned(),
        changes,
        actions,
    }
}

fn state(open: Option<Micros>, recent: Micros) -> RefusalState {
    match open {
        Some(last) if last >= recent => RefusalState::Happening,
        Some(_) => RefusalState::Quiet,
        None => RefusalState::Answered,
    }
}

fn id(key: &RefusalKey) -> String {
    let rule = key.rule.as_ref();
    let rule = rule.map_or_else(String::new, |(kind, name)| format!("{kind}/{name}"));
    let word = |text: &Option<String>| text.clone().unwrap_or_default();
    let (team, application) = (word(&key.team), word(&key.application));
    [key.reason.code(), &rule, &team, &application].join("~")
}

#[cfg(test)]
mod tests {
    use tollgate_model::resource::Spec;
    use tollgate_store::{Hit, ShortRange};

    use super::*;

    fn group() -> RefusalGroup {
        RefusalGroup {
            key: RefusalKey {
                reason: Reason::HoldExceedsBalance,
                rule: Some((Kind::Team, "acme".to_owned())),
                team: Some("acme".to_owned()),
                application: Some("web".to_owned()),
            },
            calls: 3,
            first: Micros(10),
            last: Micros(20),
            short: Some(ShortRange {
                least_needed: Nanos::new(500_000_000),
                most_needed: Nanos::new(700_000_000),
                least_available: Nanos::new(1_000_001),
                most_available: Nanos::new(2_000_000),
            }),
            hit: Hit {
                keys: 1,
                began: Micros(10),
                open: Some(Micros(20)),
                answered: None,
                status: 402,
                some_keys: vec!["k".to_owned()],
                models: Vec::new(),
                providers: Vec::new(),
                samples: vec![CallId(7)],
            },
        }
    }

    fn known(shows_money: bool) -> Known {
        Known {
            recent: Micros(20),
            shows_money,
            changes: Vec::new(),
            rule: None::<Spec>,
            told: Some("The wallet has 0.001000001 USD left.".to_owned()),
        }
    }

    #[test]
    fn who_may_not_see_money_learns_no_amount() {
        let shown = serde_json::to_string(&tell(&group(), &known(true))).unwrap();
        assert!(shown.contains("0.001000001") && shown.contains("0.70"));
        let hidden = tell(&group(), &known(false));
        assert_eq!((hidden.short, &hidden.told), (None, &None));
        assert_eq!(hidden.actions, []);
        let text = serde_json::to_string(&hidden).unwrap();
        for amount in ["0.001000001", "0.002", "0.50", "0.70", "USD"] {
            assert!(!text.contains(amount), "{amount}: {text}");
        }
    }

    #[test]
    fn a_refusal_is_recent_up_to_the_microsecond() {
        assert_eq!(state(Some(Micros(20)), Micros(20)), RefusalState::Happening);
        assert_eq!(state(Some(Micros(19)), Micros(20)), RefusalState::Quiet);
        assert_eq!(state(None, Micros(0)), RefusalState::Answered);
    }
}
