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

/// The security scheme of the operator's token.
pub(crate) const OPERATOR: &str = "operator";
/// The security scheme of a session's cookie.
pub(crate) const SESSION: &str = "session";
/// The security scheme of what goes with a session's cookie in a request that changes something.
pub(crate) const CSRF: &str = "csrf";

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
            for (operation, is_change) in operations(item) {
                describe(operation, permission, is_change);
            }
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

/// The operations of a path, each with whether it changes something.
fn operations(item: &mut PathItem) -> impl Iterator<Item = (&mut Operation, bool)> {
    [
        (&mut item.get, false),
        (&mut item.put, true),
        (&mut item.post, true),
        (&mut item.delete, true),
        (&mut item.patch, true),
    ]
    .into_iter()
    .filter_map(|(operation, is_change)| Some((operation.as_mut()?, is_change)))
}

/// Notes what an operation asks for, and how it fails.
fn describe(operation: &mut Operation, permission: Permission, is_change: bool) {
    let named = Extensions::from_iter([(PERMISSION, permission.as_str())]);
    operation.extensions.get_or_insert_default().merge(named);
    operation.security = Some(match permission {
        Permission::Public => Vec::new(),
        _ => vec![
            requirement(&[OPERATOR]),
            requirement(if is_change {
                &[SESSION, CSRF]
            } else {
                &[SESSION]
            }),
        ],
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

/// What asks for all of these schemes.
fn requirement(schemes: &[&str]) -> SecurityRequirement {
    let all = schemes.iter();
    all.fold(SecurityRequirement::default(), |all, scheme| {
        all.add(*scheme, Vec::<String>::new())
    })
}
