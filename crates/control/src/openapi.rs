//! The description of the API (OpenAPI 3.1), generated from the routes and the types.

use schemars::SchemaGenerator;
use serde_json::{Value, json};
use utoipa::openapi::OpenApi;

use crate::controllers;
use crate::cookies::{PLAIN, SECURE};
use crate::csrf::TOKEN_HEADER;
use crate::problem;
use crate::reasons;
use crate::registry::{CSRF, OPERATOR, SESSION};
use crate::schema::components;

/// Completes what the routes tell of themselves to the whole description.
pub(crate) fn document(routes: &OpenApi) -> Value {
    let mut document = serde_json::to_value(routes).unwrap_or_default();
    document["openapi"] = json!("3.1.0");
    document["info"] = json!({
        "title": "Tollgate admin API",
        "description": "Configuration, keys, money and calls of a Tollgate gateway. Amounts are \
                        decimal strings of US dollars; times are RFC 3339 unless a member says \
                        otherwise; errors are RFC 9457 problems.",
        "version": "1",
        "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
    });
    document["components"] = json!({
        "schemas": components(register),
        "securitySchemes": security(),
    });
    document
}

/// By what whoever makes a request is known.
fn security() -> Value {
    let session = format!(
        "A person's session: the cookie that signing in sets. Over TLS it is called {SECURE}. What \
         changes something takes x-csrf-token besides."
    );
    json!({
        OPERATOR: {
            "type": "http",
            "scheme": "bearer",
            "description": "The operator's token: the file admin.token of the data folder.",
        },
        SESSION: { "type": "apiKey", "in": "cookie", "name": PLAIN, "description": session },
        CSRF: {
            "type": "apiKey",
            "in": "header",
            "name": TOKEN_HEADER,
            "description": "Goes with the session's cookie in every request that changes something: \
                            the member csrf of what signing in, or GET /api/v1/session, answers.",
        },
    })
}

fn register(generator: &mut SchemaGenerator) {
    problem::register(generator);
    reasons::register(generator);
    controllers::register(generator);
}
