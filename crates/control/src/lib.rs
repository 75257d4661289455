//! The control plane: the admin API and the pages around it, as one [`router`].
//!
//! A route is made in one place only, with a [`Permission`] (`registry`, `routes`); a handler takes
//! what it needs by its type (`state`, `extract`), and fails with a [`problem::Problem`]. What is
//! asked of the running data plane goes through the trait [`Runtime`], which the binary implements:
//! this crate knows the store and the catalogue, and never the gateway.

mod access;
mod arrivals;
mod attempts;
mod calling;
mod configuration;
mod control;
mod controllers;
mod cookies;
mod csrf;
pub mod explain;
mod extract;
mod failure;
mod guard;
mod openapi;
mod pages;
mod passwords;
mod plan;
mod prices;
pub mod problem;
pub mod random;
mod reasons;
mod registry;
mod routes;
mod runtime;
mod schema;
pub mod signin;
mod state;
mod transactions;
mod visitor;

use axum::extract::{DefaultBodyLimit, Request};
use axum::middleware::from_fn_with_state;
use axum::{Extension, Router};
use serde_json::Value;

pub use access::Permission;
pub use control::{Asset, Clock, Control};
pub use runtime::{
    Cooling, CredentialHealth, LimitsLeft, NodeStatus, Opening, Probing, Refreshed, Runtime,
    TargetHealth,
};

use access::Gate;
use control::Description;
use extract::BODY_LIMIT;
use guard::Hosts;
use problem::Problem;
use state::Shared;

/// The listener's routes: console and pages at the root, the admin API under `/api/v1`.
///
/// To be served on the control listener only. Every answer forbids caching, framing and sniffing;
/// a request by a foreign host name is refused; nothing but the public routes answers whoever has
/// neither the operator's token nor a session.
pub fn router(parts: Control) -> Router {
    let hosts = Hosts::new(&parts.hosts);
    let gate = Gate::new(parts.operator, parts.store.clone(), parts.clock.clone());
    let (router, routes) = routes::all().finish();
    let description = Description(openapi::document(&routes).to_string().into());
    router
        .fallback(pages::console::serve)
        .method_not_allowed_fallback(wrong_method)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(Extension(gate))
        .layer(from_fn_with_state(hosts, guard::guard))
        .with_state(Shared::new(parts, description))
}

/// The description of the API (OpenAPI 3.1), as `/openapi.json` serves it.
pub fn description() -> Value {
    let (_, routes) = routes::all().finish();
    openapi::document(&routes)
}

async fn wrong_method(request: Request) -> Problem {
    let (method, path) = (request.method(), request.uri().path());
    Problem::wrong_method(format!("{path} does not take {method}."))
}
