//! What was changed about the time when refusals began. Pure.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tollgate_model::resource::Kind;
use tollgate_model::{Micros, Name, Reason};
use tollgate_store::{ChangedKind, RefusalGroup, Revision};

use super::super::history::{CatalogueWord, RevisionKind};
use crate::plan::Action;

/// A revision of the configuration that touched what refused calls, or what they asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct RefusalChange {
    /// The revision.
    pub revision: u64,
    /// When it was made, as RFC 3339.
    pub at: String,
    /// By whom.
    pub actor: String,
    /// What was done.
    pub action: Action,
    /// To what.
    pub kind: RevisionKind,
    /// Its name.
    pub name: String,
    /// Whether that was before the refusals began, or later.
    pub when: ChangeTime,
}

/// When something was changed, by the refusals of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ChangeTime {
    /// Before the first of them, at most a week.
    Before,
    /// Between the first and the last.
    During,
    /// After the last.
    After,
}

/// How long before the first refusal a change may lie.
const WEEK_SECONDS: i64 = 7 * 86_400;
/// So many changes are told of each time.
const TOLD: usize = 3;

/// What a group has to do with: the rule that said no, team, application, models and providers.
pub(super) fn subjects(group: &RefusalGroup) -> Vec<(ChangedKind, Name)> {
    let mut subjects = Vec::new();
    let mut add = |kind: Kind, name: &str| {
        // What a caller asks for need not be the name of anything.
        let Ok(name) = name.parse() else { return };
        let subject = (ChangedKind::Resource(kind), name);
        if !subjects.contains(&subject) {
            subjects.push(subject);
        }
    };
    let (key, hit) = (&group.key, &group.hit);
    if let Some((kind, name)) = &key.rule {
        add(*kind, name);
    }
    hit.models.iter().for_each(|name| add(Kind::Model, name));
    hit.providers
        .iter()
        .for_each(|name| add(Kind::Provider, name));
    key.application
        .iter()
        .for_each(|name| add(Kind::Application, name));
    key.team.iter().for_each(|name| add(Kind::Team, name));
    if matches!(key.reason, Reason::PriceUnknown | Reason::ModelNotFound)
        && let Ok(name) = "catalogue".parse()
    {
        subjects.push((ChangedKind::Catalogue, name));
    }
    subjects
}

/// The changes that may have to do with a group, the newest first: the last few before it began, the
/// last few while it went on, and the last few since.
pub(super) fn changes(group: &RefusalGroup, found: &[Revision]) -> Vec<RefusalChange> {
    let (began, last) = (group.hit.began, group.last);
    let mut sorted: Vec<&Revision> = found.iter().collect();
    sorted.sort_unstable_by_key(|revision| std::cmp::Reverse(revision.revision));
    sorted.dedup_by_key(|revision| revision.revision);
    let mut counts = [0; 3];
    let mut told = Vec::new();
    for revision in sorted {
        let when = time(revision.at, began, last);
        let Some(when) = when else { continue };
        let count = &mut counts[when as usize];
        if *count < TOLD {
            *count += 1;
            told.push(view(revision, when));
        }
    }
    told
}

fn time(at: Micros, began: Micros, last: Micros) -> Option<ChangeTime> {
    if at > last {
        Some(ChangeTime::After)
    } else if at > began {
        Some(ChangeTime::During)
    } else {
        (at >= began.plus_seconds(-WEEK_SECONDS)).then_some(ChangeTime::Before)
    }
}

fn view(revision: &Revision, when: ChangeTime) -> RefusalChange {
    RefusalChange {
        revision: revision.revision,
        at: revision.at.to_string(),
        actor: revision.actor.clone(),
        action: Action::between(revision.before.as_ref(), revision.after.as_ref()),
        kind: match revision.subject.kind() {
            ChangedKind::Resource(kind) => RevisionKind::Resource(kind),
            ChangedKind::Catalogue => RevisionKind::Catalogue(CatalogueWord::Catalogue),
        },
        name: revision.subject.words().1.to_owned(),
        when,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tollgate_store::{Hit, RefusalKey, Subject};

    use super::*;

    const DAY: i64 = 86_400;

    fn name(text: &str) -> Name {
        text.parse().unwrap()
    }

    /// A group that began on the tenth day and ended on the twelfth.
    fn group() -> RefusalGroup {
        let day = |number: i64| Micros(0).plus_seconds(number * DAY);
        RefusalGroup {
            key: RefusalKey {
                reason: Reason::PriceUnknown,
                rule: Some((Kind::Model, "smart".to_owned())),
                team: Some("acme".to_owned()),
                application: Some("web".to_owned()),
            },
            calls: 2,
            first: day(11),
            last: day(12),
            short: None,
            hit: Hit {
                keys: 1,
                began: day(10),
                open: None,
                answered: None,
                status: 503,
                some_keys: Vec::new(),
                models: vec!["smart".to_owned(), "a model of nobody's".to_owned()],
                providers: vec!["openai".to_owned()],
                samples: Vec::new(),
            },
        }
    }

    /// A change of budget `b` at the beginning of a day.
    fn revision(number: u64, day: i64) -> Revision {
        Revision {
            revision: number,
            at: Micros(0).plus_seconds(day * DAY),
            actor: "ann".to_owned(),
            subject: Subject::Resource(Kind::Budget, name("b")),
            before: None,
            after: Some(json!({})),
        }
    }

    #[test]
    fn a_group_has_to_do_with_what_it_names_and_each_once() {
        let found = subjects(&group());
        let told: Vec<String> = found
            .iter()
            .map(|(kind, name)| format!("{} {name}", kind.as_str()))
            .collect();
        let expected = [
            "Model smart",
            "Provider openai",
            "Application web",
            "Team acme",
            "Catalogue catalogue",
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn changes_are_told_from_a_week_before_and_three_of_each_time() {
        let found = [
            revision(1, 2),
            revision(2, 3),
            revision(3, 10),
            revision(9, 20),
            revision(4, 11),
            revision(8, 16),
            revision(7, 15),
            revision(6, 14),
            revision(5, 12),
            revision(5, 12),
        ];
        let told: Vec<(u64, ChangeTime)> = changes(&group(), &found)
            .iter()
            .map(|change| (change.revision, change.when))
            .collect();
        use ChangeTime::{After, Before, During};
        let expected = [
            (9, After),
            (8, After),
            (7, After),
            (5, During),
            (4, During),
            (3, Before),
            (2, Before),
        ];
        assert_eq!(told, expected);
    }
}
