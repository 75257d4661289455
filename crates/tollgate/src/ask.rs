//! A request to the admin API, before it is known who will answer it.

use bytes::Bytes;
use http::{Method, Request, header};
use http_body_util::Full;
use serde_json::Value;
use tollgate_model::snapshot::SecretText;

use crate::failure::Failure;

/// Where the admin API begins.
const BASE: &str = "/api/v1";

/// One request.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    method: Method,
    path: String,
    query: Vec<(&'static str, String)>,
    body: Option<String>,
    idempotency_key: Option<String>,
    new_only: bool,
}

impl Ask {
    /// Reads what lies at a path, such as `wallets`.
    pub(crate) fn get(path: impl Into<String>) -> Ask {
        Ask::new(Method::GET, path)
    }

    /// Sends a value to a path.
    pub(crate) fn post(path: impl Into<String>, body: Value) -> Ask {
        Ask::new(Method::POST, path).with_body(body.to_string())
    }

    /// Puts a value at a path.
    pub(crate) fn put(path: impl Into<String>, body: Value) -> Ask {
        Ask::new(Method::PUT, path).with_body(body.to_string())
    }

    /// Puts at a path what a text of JSON says, as it is written.
    pub(crate) fn put_text(path: impl Into<String>, text: String) -> Ask {
        Ask::new(Method::PUT, path).with_body(text)
    }

    /// Removes what lies at a path.
    pub(crate) fn delete(path: impl Into<String>) -> Ask {
        Ask::new(Method::DELETE, path)
    }

    fn new(method: Method, path: impl Into<String>) -> Ask {
        Ask {
            method,
            path: path.into(),
            query: Vec::new(),
            body: None,
            idempotency_key: None,
            new_only: false,
        }
    }

    fn with_body(mut self, body: String) -> Ask {
        self.body = Some(body);
        self
    }

    /// Adds a parameter to the query, where there is a value for it.
    #[must_use]
    pub(crate) fn with(mut self, name: &'static str, value: Option<impl ToString>) -> Ask {
        let pair = value.map(|value| (name, value.to_string()));
        self.query.extend(pair);
        self
    }

    /// Lets the request have its effect once, however often it is sent.
    #[must_use]
    pub(crate) fn once(mut self, key: String) -> Ask {
        self.idempotency_key = Some(key);
        self
    }

    /// Refuses to replace what is there already (`If-None-Match: *`).
    #[must_use]
    pub(crate) fn new_only(mut self) -> Ask {
        self.new_only = true;
        self
    }

    /// The request, to an address such as `http://127.0.0.1:8403`.
    pub(crate) fn request(
        self,
        address: &str,
        token: &SecretText,
    ) -> Result<Request<Full<Bytes>>, Failure> {
        let mut uri = format!("{address}{BASE}/{}", self.path);
        if !self.query.is_empty() {
            let mut query = form_urlencoded::Serializer::new(String::new());
            query.extend_pairs(&self.query);
            uri = format!("{uri}?{}", query.finish());
        }
        let mut request = Request::builder()
            .method(self.method)
            .uri(uri)
            .header(header::AUTHORIZATION, format!("Bearer {}", token.reveal()))
            .header(header::ACCEPT, "application/json");
        if let Some(key) = self.idempotency_key {
            request = request.header("idempotency-key", key);
        }
        if self.new_only {
            request = request.header(header::IF_NONE_MATCH, "*");
        }
        let body = match self.body {
            Some(body) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                Bytes::from(body)
            }
            None => Bytes::new(),
        };
        request
            .body(Full::new(body))
            .map_err(|why| Failure::Usage(format!("this cannot be asked at {address}: {why}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_escaped_and_those_without_value_left_out() {
        let request = Ask::get("calls")
            .with("model", Some("a/b c&d"))
            .with("team", None::<String>)
            .with("limit", Some(5))
            .request("http://h:1", &SecretText::new("t"))
            .unwrap();
        assert_eq!(
            request.uri(),
            "http://h:1/api/v1/calls?model=a%2Fb+c%26d&limit=5"
        );
        assert_eq!(request.headers()["authorization"], "Bearer t");
        assert!(!request.headers().contains_key("content-type"));
    }

    #[test]
    fn a_token_that_no_header_can_carry_is_refused_without_showing_it() {
        let token = SecretText::new("sec\nret");
        let failure = Ask::get("status")
            .request("http://h:1", &token)
            .unwrap_err();
        assert!(!failure.to_string().contains("sec"), "{failure}");
    }
}
