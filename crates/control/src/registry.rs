//! The only way to make a route: with a [`Permission`]. A route that names none does not compile,
//! and one that names another than `Public` is reached only by whoever has it.

use axum::Router;
use axum::middleware::from_fn_with_state;
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{ContentBuilder, OpenApi, PathItem, Ref, ResponseBuilder};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use crate::access::{Permission, authorise};
use crate::state::Shared;

/// The member of an operation that names its permission.
pub(crate) const PERMISSION: &str = "x-permission";

/// The security scheme of the API.
pub(crate) const SCHEME: &str = "operator";

/// Routes that are being collected.
pub(crate) struct Routes {
    router: OpenApiRouter<Shared>,
}

impl Routes {
    /// No routes yet.
    pub(crate) fn new() -> Routes {
        Routes {
            router: OpenApiRouter::default(),
        }
    }

    /// Adds routes that ask for a permission.
    pub(crate) fn add(
        mut self,
        permission: Permission,
        (schemas, mut paths, methods): UtoipaMethodRouter<Shared>,
    ) -> Routes {
        for item in paths.paths.values_mut() {
            operations(item).for_each(|operation| describe(operation, permission));
        }
        let guarded = methods.route_layer(from_fn_with_state(permission, authorise));
        self.router = self.router.routes((schemas, paths, guarded));
        self
    }

    /// Puts these routes under a path.
    pub(crate) fn under(self, path: &str) -> Routes {
        Routes {
            router: OpenApiRouter::default().nest(path, self.router),
        }
    }

    /// These routes and those.
    pub(crate) fn and(self, others: Routes) -> Routes {
        Routes {
            router: self.router.merge(others.router),
        }
    }

    /// The router and its description.
    pub(crate) fn finish(self) -> (Router<Shared>, OpenApi) {
        self.router.split_for_parts()
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [
        &mut item.get,
        &mut item.put,
        &mut item.post,
        &mut item.delete,
        &mut item.patch,
    ]
    .into_iter()
    .flatten()
}

/// Notes what an operation asks for, and how it fails.
fn describe(operation: &mut Operation, permission: Permission) {
    let named = Extensions::from_iter([(PERMISSION, permission.as_str())]);
    operation.extensions.get_or_insert_default().merge(named);
    operation.security = Some(match permission {
        Permission::Public => Vec::new(),
        _ => vec![SecurityRequirement::new(SCHEME, Vec::<String>::new())],
    });
    let problem = Ref::from_schema_name("Problem");
    let content = ContentBuilder::new().schema(Some(problem)).build();
    let failure = ResponseBuilder::new()
        .description("Why the request failed.")
        .content("application/problem+json", content)
        .build();
    let responses = &mut operation.responses.responses;
    responses.insert("default".to_owned(), failure.into());
}
