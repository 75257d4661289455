//! What stands in the console's place where the program was built without it.

use axum::response::Response;
use http::StatusCode;

use super::frame::{escape, page as framed};

const BUILD: &str = "npm --prefix console ci && npm --prefix console run build && cargo build";
const FIRST_CALL: &str = r#"KEY=$(tollgate key create --application default -q)
curl http://localhost:8402/v1/chat/completions \
  -H "Authorization: Bearer $KEY" -H "Content-Type: application/json" \
  -d '{"model": "sandbox/echo",
       "messages": [{"role": "user", "content": "hello"}]}'"#;

/// Says that the console is not here, how to get it, and what works without it.
pub(super) fn page() -> Response {
    let (build, call) = (escape(BUILD), escape(FIRST_CALL));
    let body = format!(
        "<h1>Tollgate is running</h1>\
         <p class=\"note\" role=\"status\">The console is not in this build.</p>\
         <h2>Build it</h2>\
         <p>With Node 20.19 or later, <code>make run</code> builds the console and starts Tollgate \
         with it. Step by step:</p><pre><code>{build}</code></pre>\
         <h2>Without it</h2>\
         <p>The command line and the admin API do all that the console does. A key, and a call that \
         the sandbox answers without any provider:</p><pre><code>{call}</code></pre>\
         <p><code>tollgate --help</code> lists the commands. The admin API is described at \
         <a href=\"/openapi.json\">/openapi.json</a> (OpenAPI 3.1); every reason for a refusal has a \
         page under <a href=\"/problems\">/problems</a>.</p>"
    );
    framed(StatusCode::OK, "No console", &body)
}
