//! Money that nodes have set aside.

use std::collections::BTreeMap;

use tollgate_model::Nanos;

use crate::check::{Check, Found};
use crate::facts::{Facts, Unknown, known};
use crate::finding::{Finding, Remedy, Severity, Step};

pub(super) const CHECKS: [Check; 1] = [Check::new(
    "lease_of_dead_node",
    (Step::Payment, Severity::Error),
    [
        "Money that a node holds which works no more",
        "A node sets money aside before it makes calls. Where the data folder was given a new id, or the \
         database came from another machine, nobody gives back what the old node had set aside: it is \
         in the balance, and cannot be spent. With PostgreSQL a node that is not seen may be at work, \
         so there it is not told.",
    "Give it back with `tollgate doctor --step 1 --fix`.",
    ],
    dead,
)
.mending(
    "gives back what the node had set aside; its journal, which lies in this folder, was settled when \
     this process began",
)];

fn dead(facts: &Facts) -> Found {
    let leases = known(&facts.leases)?;
    if !facts.alone {
        let why = "other nodes share this database, and one that is not seen may be at work";
        return Err(Unknown(why.to_owned()));
    }
    let mut of_nodes: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for lease in leases.iter().filter(|lease| lease.node != facts.node) {
        of_nodes.entry(&lease.node).or_default().push(lease);
    }
    Ok(of_nodes
        .into_iter()
        .map(|(node, leases)| {
            let amounts = leases.iter().map(|lease| lease.amount);
            let all = amounts.fold(Nanos::ZERO, Nanos::saturating_add);
            let detail = format!(
                "It holds {all} USD that nobody can spend, and no process has this id any more."
            );
            let fix = "Give it back with --fix.";
            let found = Finding::error(format!("Node {node}"), detail, fix);
            let found = leases.iter().fold(found, |found, lease| {
                found.seen(lease.account.as_str(), format!("{} USD", lease.amount))
            });
            found
                .by_command("tollgate doctor --step 1 --fix")
                .by_remedy(Remedy::ReleaseNode(node.to_owned()))
        })
        .collect())
}
