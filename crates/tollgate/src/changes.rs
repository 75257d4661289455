//! What a change of the configuration comes to, as people read it.

use serde_json::Value;

use crate::fields::{items, text};
use crate::table::Table;

/// The table of what an answer of `apply` says was changed, or would be.
pub(crate) fn summary(applied: &Value, dry_run: bool, colour: bool) -> String {
    let changes = items(applied, "changes");
    let mut table = Table::new(&["CHANGE", "KIND", "NAME", "WHAT"]);
    for change in changes {
        let action = text(change, "action");
        if action != "unchanged" {
            table.row([
                action,
                text(change, "kind"),
                text(change, "name"),
                what(change),
            ]);
        }
    }
    let revision = text(applied, "revision");
    match (table.is_empty(), dry_run) {
        (true, _) => format!("nothing to change; revision {revision} stays"),
        (false, true) => format!("{}dry run: nothing was changed", table.render(colour)),
        (false, false) => format!("{}now at revision {revision}", table.render(colour)),
    }
}

/// The members of the spec that differ, as `member: before → after`.
fn what(change: &Value) -> String {
    let (before, after) = (&change["before"], &change["after"]);
    let mut parts = Vec::new();
    if before.is_object() && after.is_object() {
        differences("", before, after, &mut parts);
    }
    parts.join("; ")
}

fn differences(path: &str, before: &Value, after: &Value, parts: &mut Vec<String>) {
    if before == after {
        return;
    }
    let (Some(old), Some(new)) = (before.as_object(), after.as_object()) else {
        parts.push(format!("{}: {} → {}", path, shown(before), shown(after)));
        return;
    };
    let mut members: Vec<&String> = old.keys().chain(new.keys()).collect();
    members.sort();
    members.dedup();
    for member in members {
        let path = match path {
            "" => member.clone(),
            _ => format!("{path}.{member}"),
        };
        let of = |side: &serde_json::Map<String, Value>| side.get(member).cloned();
        let (old, new) = (of(old).unwrap_or_default(), of(new).unwrap_or_default());
        differences(&path, &old, &new, parts);
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_change_says_what_differs() {
        let change = json!({
            "kind": "Budget", "name": "month", "action": "updated",
            "before": { "limit": "5", "window": "month", "scope": { "team": "a" } },
            "after": { "limit": "7", "window": "month", "scope": { "team": "b" }, "on_exhausted": 402 },
        });
        assert_eq!(
            what(&change),
            "limit: 5 → 7; on_exhausted: nothing → 402; scope.team: a → b"
        );
    }

    #[test]
    fn a_summary_leaves_out_what_stays() {
        let unchanged = json!({ "revision": 4, "changes": [
            { "kind": "Team", "name": "a", "action": "unchanged" },
        ]});
        assert_eq!(
            summary(&unchanged, false, false),
            "nothing to change; revision 4 stays"
        );
        let created = json!({ "revision": 5, "changes": [
            { "kind": "Team", "name": "a", "action": "unchanged" },
            { "kind": "Team", "name": "b", "action": "created", "after": { "billing": "prepaid" } },
        ]});
        insta::assert_snapshot!(summary(&created, false, false), @r"
        CHANGE   KIND  NAME  WHAT
        created  Team  b
        now at revision 5
        ");
    }
}
