//! The files of the console, as browsers keep them.

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, StatusCode, header};

use crate::control::Asset;

/// Answers with a file, compressed as the browser likes it best, or that the browser has it.
pub(super) fn serve(asset: &'static Asset, headers: &HeaderMap) -> Response {
    let accepted = text(headers, header::ACCEPT_ENCODING);
    let (coding, bytes) = choose(asset, accepted.unwrap_or_default());
    let tag = match coding {
        Some(coding) => format!("\"{}-{coding}\"", asset.hash),
        None => format!("\"{}\"", asset.hash),
    };
    let known = text(headers, header::IF_NONE_MATCH).is_some_and(|known| names(known, &tag));
    let lifetime = match is_hashed(asset.path) {
        true => "public, max-age=31536000, immutable",
        false => "no-cache",
    };
    let kept = [
        (header::ETAG, tag.as_str()),
        (header::CACHE_CONTROL, lifetime),
        (header::VARY, "accept-encoding"),
    ];
    if known {
        return (StatusCode::NOT_MODIFIED, kept).into_response();
    }
    let kind = [(header::CONTENT_TYPE, asset.kind)];
    match coding {
        Some(coding) => (kept, kind, [(header::CONTENT_ENCODING, coding)], bytes).into_response(),
        None => (kept, kind, bytes).into_response(),
    }
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

/// Whether the name of a file changes with what is in it: `main-1a2b3c4d.js`, as the build makes
/// them.
fn is_hashed(path: &str) -> bool {
    const HASH: usize = 8;
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = name.split('.').next().unwrap_or(name);
    let dash = stem.len().checked_sub(HASH + 1);
    dash.is_some_and(|at| at > 0 && stem.as_bytes().get(at) == Some(&b'-'))
}

/// The form of a file that `accept-encoding` likes best, the shortest of several.
fn choose(asset: &Asset, accepted: &str) -> (Option<&'static str>, &'static [u8]) {
    let forms = [
        (Some("br"), asset.brotli),
        (Some("gzip"), asset.gzip),
        (None, Some(asset.plain)),
    ];
    let mut best = (None, asset.plain);
    let mut most = 0;
    for (coding, bytes) in forms {
        let weight = weight(accepted, coding.unwrap_or("identity"));
        if let Some(bytes) = bytes.filter(|_| weight > most) {
            (best, most) = ((coding, bytes), weight);
        }
    }
    best
}

/// How much a coding is wanted, in thousandths: nothing where it is refused or not named.
fn weight(accepted: &str, coding: &str) -> u16 {
    let mut any = 0;
    for part in accepted.split(',') {
        let mut parts = part.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default();
        let quality = parts.find_map(|part| {
            let (name, value) = part.split_once('=')?;
            name.trim().eq_ignore_ascii_case("q").then(|| value.trim())
        });
        let weight = quality.map_or(1_000, thousandths);
        if name.eq_ignore_ascii_case(coding) {
            return weight;
        }
        if name == "*" {
            any = weight;
        }
    }
    any
}

/// The thousandths of a quality such as `0.8`; nothing where it is none.
fn thousandths(quality: &str) -> u16 {
    let (whole, fraction) = quality.split_once('.').unwrap_or((quality, ""));
    let fraction = fraction.get(..3).unwrap_or(fraction);
    let digits = format!("{whole}{fraction:0<3}");
    digits.parse().unwrap_or(0).min(1_000)
}

/// Whether `if-none-match` names a tag. That it was weak does not matter here.
fn names(known: &str, tag: &str) -> bool {
    let known = known.split(',').map(str::trim);
    known
        .map(|known| known.strip_prefix("W/").unwrap_or(known))
        .any(|known| known == "*" || known == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: Asset = Asset {
        path: "/assets/main-1a2b3c4d.js",
        kind: "text/javascript",
        plain: b"plain",
        gzip: Some(b"gzip"),
        brotli: Some(b"br"),
        hash: "1f",
    };

    #[test]
    fn the_shortest_form_is_sent_that_the_browser_takes() {
        for (accepted, chosen) in [
            ("gzip, deflate, br, zstd", Some("br")),
            ("gzip, deflate", Some("gzip")),
            ("", None),
            ("br;q=0.5, gzip;q=0.8", Some("gzip")),
            ("br;q=0, gzip", Some("gzip")),
            ("BR ; Q=1.000", Some("br")),
            ("*", Some("br")),
            ("*;q=0.1, br;q=0", Some("gzip")),
            ("gzip;q=0.001", Some("gzip")),
            ("identity, br;q=0.9", None),
            ("identity;q=0, *;q=0", None),
            ("br;q=much", None),
            ("deflate", None),
        ] {
            assert_eq!(choose(&WHOLE, accepted).0, chosen, "{accepted}");
        }
        let small = Asset {
            gzip: None,
            brotli: None,
            ..WHOLE
        };
        assert_eq!(choose(&small, "br, gzip"), (None, &b"plain"[..]));
    }

    #[test]
    fn a_name_with_a_hash_is_told_from_one_without() {
        for hashed in [
            "/assets/main-1a2b3c4d.js",
            "/assets/index-B-x_9-Zq.css",
            "/assets/a-12345678.woff2.map",
        ] {
            assert!(is_hashed(hashed), "{hashed}");
        }
        for plain in [
            "/assets/scheme.js",
            "/assets/mark.svg",
            "/favicon.svg",
            "/-12345678.js",
            "/assets/a-1234567.js",
        ] {
            assert!(!is_hashed(plain), "{plain}");
        }
    }

    #[test]
    fn a_tag_is_found_among_those_that_the_browser_has() {
        assert!(names("\"a\", W/\"b\"", "\"b\""));
        assert!(names("*", "\"b\""));
        assert!(!names("\"bb\"", "\"b\""));
    }
}
