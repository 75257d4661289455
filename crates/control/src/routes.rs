//! Every route of the listener on one page, each with what it asks for.

use utoipa_axum::routes;

use crate::access::Gate;
use crate::access::Permission::{
    ChangeConfiguration, CreditWallets, ManageKeys, ManageSecrets, Public, ReadCalls,
    ReadConfiguration, ReadKeys, ReadMoney, ReadNode, ReadSecrets,
};
use crate::controllers::{
    apply, budgets, calls, catalog, description, history, keys, ledger, models, node, resources,
    secrets, wallets, words,
};
use crate::pages::{front, problems};
use crate::registry::Routes;

/// The routes, behind this gate.
pub(crate) fn all(gate: Gate) -> Routes {
    let outside = Routes::new(gate)
        .add(Public, routes!(front::front))
        .add(Public, routes!(front::signin))
        .add(Public, routes!(problems::list))
        .add(Public, routes!(problems::one))
        .add(Public, routes!(description::openapi))
        .add(Public, routes!(node::health))
        .add(Public, routes!(node::readiness));
    outside.and(api(gate).under("/api/v1"))
}

fn api(gate: Gate) -> Routes {
    Routes::new(gate)
        .add(ReadConfiguration, routes!(resources::list))
        .add(ReadConfiguration, routes!(resources::get))
        .add(
            ChangeConfiguration,
            routes!(resources::put, resources::delete),
        )
        .add(ChangeConfiguration, routes!(apply::apply))
        .add(ReadConfiguration, routes!(apply::export))
        .add(ReadConfiguration, routes!(history::list))
        .add(ChangeConfiguration, routes!(history::restore))
        .add(ReadConfiguration, routes!(words::schema))
        .add(ReadConfiguration, routes!(words::reasons))
        .add(ManageKeys, routes!(keys::create))
        .add(ReadKeys, routes!(keys::list))
        .add(ManageKeys, routes!(keys::revoke))
        .add(ReadSecrets, routes!(secrets::list))
        .add(ManageSecrets, routes!(secrets::put, secrets::delete))
        .add(ReadMoney, routes!(wallets::list))
        .add(ReadMoney, routes!(wallets::get))
        .add(CreditWallets, routes!(wallets::credit))
        .add(ReadMoney, routes!(budgets::list))
        .add(ReadMoney, routes!(ledger::verify))
        .add(ReadMoney, routes!(ledger::transactions))
        .add(ReadMoney, routes!(ledger::accounts))
        .add(ReadCalls, routes!(calls::list))
        .add(ReadCalls, routes!(calls::get))
        .add(ReadCalls, routes!(calls::explain))
        .add(ReadConfiguration, routes!(models::list))
        .add(ReadConfiguration, routes!(models::resolve))
        .add(ReadConfiguration, routes!(catalog::providers))
        .add(ReadConfiguration, routes!(catalog::models))
        .add(ReadNode, routes!(node::providers))
        .add(ReadNode, routes!(node::status))
}
