//! Every route of the listener on one page, each with what it asks for.

use utoipa_axum::routes;

use crate::access::Permission::{
    ChangeConfiguration, CreditWallets, ManageKeys, ManagePeople, ManageSecrets, Public, ReadCalls,
    ReadConfiguration, ReadKeys, ReadMoney, ReadNode, ReadPeople, ReadSecrets, RunDoctor,
    TryModels, UseSession,
};
use crate::controllers::{
    apply, budgets, calls, catalog, catalog_update, description, doctor, events, history,
    invitations, keys, ledger, models, node, people, playground, probes, refusals, resources,
    search, secrets, session, targets, usage, wallets, words,
};
use crate::pages::problems;
use crate::registry::Routes;

/// The routes.
pub(crate) fn all() -> Routes {
    let outside = Routes::new()
        .add(Public, routes!(problems::list))
        .add(Public, routes!(problems::one))
        .add(Public, routes!(description::openapi))
        .add(Public, routes!(node::health))
        .add(Public, routes!(node::readiness));
    outside.and(api().under("/api/v1"))
}

fn api() -> Routes {
    Routes::new()
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
        .add(ManageKeys, routes!(keys::pair))
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
        .add(ReadConfiguration, routes!(catalog_update::get))
        .add(
            ChangeConfiguration,
            routes!(catalog_update::put, catalog_update::delete),
        )
        .add(ReadNode, routes!(node::providers))
        .add(ReadNode, routes!(targets::health))
        .add(ReadNode, routes!(node::status))
        .add(ReadCalls, routes!(refusals::list))
        .add(ReadCalls, routes!(usage::report))
        .add(ReadCalls, routes!(usage::groups))
        .add(ReadCalls, routes!(events::follow))
        .add(ReadConfiguration, routes!(search::search))
        .add(ReadMoney, routes!(budgets::burndown))
        .add(TryModels, routes!(playground::call))
        .add(ChangeConfiguration, routes!(probes::stored))
        .add(ChangeConfiguration, routes!(probes::proposed))
        .add(RunDoctor, routes!(doctor::run))
        .add(Public, routes!(session::sign_in))
        .add(UseSession, routes!(session::get, session::sign_out))
        .add(
            UseSession,
            routes!(session::list, session::sign_out_everywhere),
        )
        .add(UseSession, routes!(session::end))
        .add(UseSession, routes!(session::change_password))
        .add(ReadPeople, routes!(people::list))
        .add(ManagePeople, routes!(people::set_role))
        .add(ManagePeople, routes!(people::remove))
        .add(ManagePeople, routes!(people::reset))
        .add(ReadPeople, routes!(invitations::list))
        .add(ManagePeople, routes!(invitations::create))
        .add(ManagePeople, routes!(invitations::revoke))
        .add(Public, routes!(invitations::check))
        .add(Public, routes!(invitations::redeem))
}
