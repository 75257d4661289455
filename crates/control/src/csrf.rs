//! What keeps a foreign web page from using a browser's session: a token that only our own pages
//! can read, and where the browser says that a request comes from.

use aws_lc_rs::hmac::{self, HMAC_SHA256, Key};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, Uri, header};

use crate::problem::Problem;

/// The header that carries the CSRF token of a session.
pub(crate) const TOKEN_HEADER: &str = "x-csrf-token";
/// What is signed with a session's token to make its CSRF token.
const SUBJECT: &[u8] = b"tollgate csrf";

/// The CSRF token of a session. It is made of the session's own token, which no page can read, and
/// lets nobody find that.
pub(crate) fn token(session: &str) -> String {
    URL_SAFE_NO_PAD.encode(hmac::sign(&key(session), SUBJECT))
}

/// Checks that a request carries the CSRF token of its session.
pub(crate) fn check_token(headers: &HeaderMap, session: &str) -> Result<(), Problem> {
    let Some(given) = headers.get(TOKEN_HEADER) else {
        let detail =
            "The request has no x-csrf-token; send the one that GET /api/v1/session gives.";
        return Err(Problem::csrf(detail));
    };
    let given = URL_SAFE_NO_PAD.decode(given).unwrap_or_default();
    hmac::verify(&key(session), SUBJECT, &given).map_err(|_| {
        let detail = "The x-csrf-token is not that of this session; reload the page and try again.";
        Problem::csrf(detail)
    })
}

/// Checks that a request does not come from a foreign page. What browsers say in `Sec-Fetch-Site`
/// they know themselves; where they say nothing, `Origin` has to name the host that was asked. What
/// is no browser sends neither, and has no session that a page could use.
pub(crate) fn check_origin(headers: &HeaderMap) -> Result<(), Problem> {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let own = match (text("sec-fetch-site"), text("origin")) {
        (Some(site), _) => ["same-origin", "none"].contains(&site),
        (None, Some(origin)) => is_same_host(origin, text(header::HOST.as_str())),
        (None, None) => true,
    };
    if own {
        return Ok(());
    }
    let from = text("origin").unwrap_or("another site");
    Err(Problem::csrf(format!(
        "The request comes from a page of {from}. If that is the console behind a proxy, let the \
         proxy pass the Host header on as it is."
    )))
}

/// Whether an origin such as `https://console.example` has this `Host`.
fn is_same_host(origin: &str, host: Option<&str>) -> bool {
    let usual = match origin.split_once("://") {
        Some(("https", _)) => 443,
        Some(("http", _)) => 80,
        _ => return false,
    };
    let parts = |uri: &str| {
        let uri: Uri = uri.parse().ok()?;
        let host = uri.host()?.to_ascii_lowercase();
        Some((host, uri.port_u16().unwrap_or(usual)))
    };
    let asked = host.and_then(|host| parts(&format!("http://{host}")));
    asked.is_some() && parts(origin) == asked
}

fn key(session: &str) -> Key {
    Key::new(HMAC_SHA256, session.as_bytes())
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn a_token_is_good_for_its_own_session_only() {
        let check = |token: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("x-csrf-token", HeaderValue::from_str(token).unwrap());
            check_token(&headers, "tgc_mine").is_ok()
        };
        assert!(check(&token("tgc_mine")));
        for wrong in ["", "AAAA", "?", "tgc_mine", &token("tgc_other")] {
            assert!(!check(wrong), "{wrong}");
        }
        assert!(check_token(&HeaderMap::new(), "tgc_mine").is_err());
    }

    #[test]
    fn only_our_own_pages_and_programs_are_let_through() {
        let from =
            |site: Option<&'static str>, origin: Option<&'static str>, host: &'static str| {
                let mut headers = HeaderMap::new();
                headers.insert("host", HeaderValue::from_static(host));
                let said = [("sec-fetch-site", site), ("origin", origin)];
                for (name, value) in said.into_iter().filter_map(|(name, v)| Some((name, v?))) {
                    headers.insert(name, HeaderValue::from_static(value));
                }
                check_origin(&headers).is_ok()
            };
        let host = "console.example:8403";
        assert!(from(None, None, host));
        assert!(from(Some("same-origin"), None, host));
        assert!(from(Some("none"), None, host));
        assert!(
            from(
                Some("same-origin"),
                Some("https://outside.example"),
                "127.0.0.1:8403"
            ),
            "a proxy may have replaced the host"
        );
        assert!(from(None, Some("http://CONSOLE.example:8403"), host));
        assert!(from(
            None,
            Some("https://console.example"),
            "console.example:443"
        ));
        assert!(from(
            None,
            Some("https://console.example:443"),
            "console.example"
        ));
        assert!(from(None, Some("http://[::1]:8403"), "[::1]:8403"));
        for (site, origin) in [
            (Some("cross-site"), None),
            (Some("same-site"), Some("http://console.example:8403")),
            (None, Some("http://console.example:9000")),
            (None, Some("http://evil.example")),
            (None, Some("http://console.example.evil:8403")),
            (None, Some("null")),
            (None, Some("")),
        ] {
            assert!(!from(site, origin, host), "{site:?} {origin:?}");
        }
        assert!(!from(None, Some("http://"), ""));
    }
}
