//! The handlers, one file per noun: take apart, look up or change, answer.

pub(crate) mod apply;
pub(crate) mod budgets;
pub(crate) mod calls;
pub(crate) mod catalog;
pub(crate) mod catalog_update;
pub(crate) mod description;
pub(crate) mod doctor;
pub(crate) mod events;
mod filters;
pub(crate) mod history;
pub(crate) mod invitations;
pub(crate) mod keys;
pub(crate) mod ledger;
pub(crate) mod models;
pub(crate) mod node;
pub(crate) mod people;
pub(crate) mod playground;
pub(crate) mod probes;
pub(crate) mod refusals;
pub(crate) mod resources;
pub(crate) mod search;
pub(crate) mod secrets;
pub(crate) mod session;
pub(crate) mod targets;
pub(crate) mod usage;
pub(crate) mod wallets;
pub(crate) mod words;

/// Registers the schemas of everything that handlers take and answer.
pub(crate) fn register(generator: &mut schemars::SchemaGenerator) {
    let all = [
        apply::register,
        budgets::register,
        calls::register,
        catalog::register,
        catalog_update::register,
        doctor::register,
        history::register,
        keys::register,
        ledger::register,
        models::register,
        node::register,
        resources::register,
        secrets::register,
        wallets::register,
        events::register,
        invitations::register,
        people::register,
        probes::register,
        refusals::register,
        search::register,
        session::register,
        targets::register,
        usage::register,
        words::register,
    ];
    all.into_iter().for_each(|register| register(generator));
}
