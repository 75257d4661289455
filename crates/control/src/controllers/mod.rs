//! The handlers, one file per noun: take apart, look up or change, answer.

pub(crate) mod apply;
pub(crate) mod budgets;
pub(crate) mod calls;
pub(crate) mod catalog;
pub(crate) mod description;
pub(crate) mod history;
pub(crate) mod keys;
pub(crate) mod ledger;
pub(crate) mod models;
pub(crate) mod node;
pub(crate) mod resources;
pub(crate) mod secrets;
pub(crate) mod wallets;
pub(crate) mod words;

/// Registers the schemas of everything that handlers take and answer.
pub(crate) fn register(generator: &mut schemars::SchemaGenerator) {
    let all = [
        apply::register,
        budgets::register,
        calls::register,
        catalog::register,
        history::register,
        keys::register,
        ledger::register,
        models::register,
        node::register,
        resources::register,
        secrets::register,
        wallets::register,
        words::register,
    ];
    all.into_iter().for_each(|register| register(generator));
}
