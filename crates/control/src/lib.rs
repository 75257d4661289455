//! The control plane: the admin API and the pages around it, as one [`router`].
//!
//! A route is made in one place only, with a [`Permission`] (`registry`, `routes`); a handler takes
//! what it needs by its type (`state`, `extract`), and fails with a [`problem::Problem`]. What is
//! asked of the running data plane goes through the trait [`Runtime`], which the binary implements:
//! this crate knows the store and the catalogue, and never the gateway.

mod access;
mod configuration;
mod control;
mod controllers;
pub mod explain;
mod extract;
mod failure;
mod guard;
mod openapi;
mod pages;
mod plan;
mod prices;
pub mod problem;
mod reasons;
mod registry;
mod routes;
mod runtime;
mod schema;
pub mod signin;
mod state;
mod transactions;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::middleware::from_fn_with_state;
use serde_json::Value;
use tollgate_model::KeyHash;

pub use access::Permission;
pub use control::{Clock, Control};
pub use runtime::{Cooling, CredentialHealth, NodeStatus, Opening, Refreshed, Runtime};

use access::Gate;
use control::Description;
use extract::BODY_LIMIT;
use guard::Hosts;
use problem::Problem;
use state::Shared;

/// The listener's routes: pages at the root, the admin API under `/api/v1`.
///
/// To be served on the control listener only. Every answer forbids caching, framing and sniffing;
/// a request by a foreign host name is refused; nothing but the public routes answers without the
/// operator's token.
pub fn router(parts: Control) -> Router {
    let hosts = Hosts::new(&parts.hosts);
    let (router, routes) = routes::all(Gate::new(parts.operator)).finish();
    let description = Description(openapi::document(&routes).to_string().into());
    router
        .fallback(nowhere)
        .method_not_allowed_fallback(wrong_method)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(from_fn_with_state(hosts, guard::guard))
        .with_state(Shared::new(parts, description))
}

/// The description of the API (OpenAPI 3.1), as `/openapi.json` serves it.
pub fn description() -> Value {
    let nobody = Gate::new(KeyHash([0; 32]));
    let (_, routes) = routes::all(nobody).finish();
    openapi::document(&routes)
}

async fn nowhere(request: Request) -> Problem {
    let path = request.uri().path();
    Problem::not_found(format!(
        "There is nothing at {path}; /openapi.json lists what there is."
    ))
}

async fn wrong_method(request: Request) -> Problem {
    let (method, path) = (request.method(), request.uri().path());
    Problem::wrong_method(format!("{path} does not take {method}."))
}
