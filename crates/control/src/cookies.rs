//! The cookie that carries a session, and whether the browser came over TLS.

use http::{HeaderMap, HeaderValue, header};

use crate::problem::Problem;

/// The cookie's name over TLS. A browser takes a name that begins so only for exactly this host and
/// only over TLS, so that no neighbour can set it.
pub(crate) const SECURE: &str = "__Host-tollgate";
/// The cookie's name where nothing is encrypted: on loopback, as a rule.
pub(crate) const PLAIN: &str = "tollgate";

/// The token of the session that these headers carry, under either name.
pub(crate) fn token(headers: &HeaderMap) -> Option<&str> {
    [SECURE, PLAIN].into_iter().find_map(|name| {
        let pairs = headers.get_all(header::COOKIE).into_iter();
        pairs
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(found, value)| *found == name && value.starts_with("tgc_"))
            .map(|(_, value)| value)
    })
}

/// Sets the session's cookie for so many seconds.
pub(crate) fn set(token: &str, tls: bool, seconds: i64) -> Result<HeaderValue, Problem> {
    let (name, secure) = match tls {
        true => (SECURE, "; Secure"),
        false => (PLAIN, ""),
    };
    let text =
        format!("{name}={token}; HttpOnly; SameSite=Strict; Path=/; Max-Age={seconds}{secure}");
    text.try_into().map_err(Problem::internal)
}

/// Takes the session's cookie back.
pub(crate) fn expire(tls: bool) -> Result<HeaderValue, Problem> {
    set("", tls, 0)
}

/// Whether the browser came over TLS, by the word of the proxy that ended it. Whoever forges that
/// makes a cookie that their own browser does not send back.
pub(crate) fn is_tls(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let nearest = |list: &str| list.split(',').next().unwrap_or_default().trim().to_owned();
    let forwarded = text("forwarded").map(nearest).is_some_and(|hop| {
        let mut parts = hop
            .split(';')
            .filter_map(|part| part.trim().split_once('='));
        parts.any(|(name, value)| {
            name.eq_ignore_ascii_case("proto")
                && value.trim_matches('"').eq_ignore_ascii_case("https")
        })
    });
    let proto = text("x-forwarded-proto").map(nearest);
    forwarded || proto.is_some_and(|proto| proto.eq_ignore_ascii_case("https"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, HeaderValue::from_static(value));
        }
        headers
    }

    #[test]
    fn the_token_is_found_under_both_names_and_the_safer_one_goes_first() {
        for (cookies, found) in [
            (&["tollgate=tgc_a"][..], Some("tgc_a")),
            (&["x=1; tollgate=tgc_a;y=2"], Some("tgc_a")),
            (&["tollgate=tgc_a; __Host-tollgate=tgc_b"], Some("tgc_b")),
            (&["tollgate=tgc_a", "__Host-tollgate=tgc_b"], Some("tgc_b")),
            (&["tollgate=junk; tollgate=tgc_a"], Some("tgc_a")),
            (&["tollgate=", "xtollgate=tgc_a", "tollgate"], None),
            (&[], None),
        ] {
            let pairs: Vec<_> = cookies.iter().map(|cookie| ("cookie", *cookie)).collect();
            assert_eq!(token(&headers(&pairs)), found, "{cookies:?}");
        }
    }

    #[test]
    fn tls_is_known_by_what_the_nearest_proxy_to_the_browser_says() {
        for (name, value, tls) in [
            ("x-forwarded-proto", "https", true),
            ("x-forwarded-proto", "HTTPS, http", true),
            ("x-forwarded-proto", "http, https", false),
            ("forwarded", "for=192.0.2.1;proto=https;by=10.0.0.1", true),
            (
                "forwarded",
                "for=192.0.2.1; Proto=\"https\", proto=http",
                true,
            ),
            ("forwarded", "for=192.0.2.1;proto=http", false),
            ("forwarded", "for=\"proto=https\"", false),
            ("x-proto", "https", false),
        ] {
            assert_eq!(is_tls(&headers(&[(name, value)])), tls, "{name}: {value}");
        }
    }
}
