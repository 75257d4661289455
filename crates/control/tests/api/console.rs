use axum::body::Body;
use http::Request;
use tollgate_control::Asset;

use crate::desk::{Answer, Desk};

const HTML: &str = "text/html,application/xhtml+xml";

const CONSOLE: &[Asset] = &[
    Asset {
        path: "/index.html",
        kind: "text/html; charset=utf-8",
        plain: b"<meta content=\"__CSP_NONCE__\"><script src=\"/assets/main-1a2b3c4d.js\">",
        gzip: None,
        brotli: None,
        hash: "00",
    },
    Asset {
        path: "/assets/main-1a2b3c4d.js",
        kind: "text/javascript; charset=utf-8",
        plain: b"plain",
        gzip: Some(b"by gzip"),
        brotli: Some(b"by brotli"),
        hash: "a1",
    },
    Asset {
        path: "/assets/scheme.js",
        kind: "text/javascript; charset=utf-8",
        plain: b"scheme",
        gzip: None,
        brotli: None,
        hash: "b2",
    },
    Asset {
        path: "/favicon.svg",
        kind: "image/svg+xml",
        plain: b"<svg/>",
        gzip: None,
        brotli: None,
        hash: "c3",
    },
];

/// Asks as a browser does that is not signed in.
async fn browse(desk: &Desk, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header("host", "localhost:8403");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    desk.send(request.body(Body::empty()).unwrap()).await
}

async fn page(desk: &Desk, path: &str) -> Answer {
    browse(desk, "GET", path, &[("accept", HTML)]).await
}

#[tokio::test]
async fn every_address_that_nothing_else_has_is_the_page_with_a_nonce_of_its_own() {
    let desk = Desk::with_console(CONSOLE).await;
    let mut nonces = Vec::new();
    for path in [
        "/",
        "/signin",
        "/calls/call_1?tab=bill",
        "/index.html",
        "/no/such",
    ] {
        let page = page(&desk, path).await;
        assert_eq!(page.status, 200, "{path}");
        assert_eq!(page.headers["content-type"], "text/html; charset=utf-8");
        assert_eq!(page.headers["cache-control"], "no-store");
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        let (_, rest) = policy.split_once("'nonce-").unwrap();
        let (nonce, _) = rest.split_once('\'').unwrap();
        assert_eq!(
            policy,
            format!(
                "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src \
                 'self' data:; media-src data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action \
                 'self'; frame-ancestors 'none'"
            )
        );
        assert!(
            page.text
                .starts_with(&format!("<meta content=\"{nonce}\">"))
        );
        assert_eq!(page.headers["x-frame-options"], "DENY");
        assert_eq!(nonce.len(), 24);
        nonces.push(nonce.to_owned());
    }
    nonces.sort();
    nonces.dedup();
    assert_eq!(nonces.len(), 5);
}

#[tokio::test]
async fn what_belongs_to_others_or_is_asked_for_as_data_is_not_the_page() {
    let desk = Desk::with_console(CONSOLE).await;
    for path in [
        "/api/v1/nowhere",
        "/api",
        "/assets/main-00000000.js",
        "/problems/a/b",
    ] {
        let told = page(&desk, path).await.problem(404);
        assert!(
            told.starts_with(&format!("not_found: There is nothing at {path};")),
            "{told}"
        );
    }
    browse(&desk, "GET", "/calls", &[("accept", "*/*")])
        .await
        .problem(404);
    browse(&desk, "POST", "/calls", &[("accept", HTML)])
        .await
        .problem(404);
    let root = browse(&desk, "GET", "/", &[]).await;
    assert_eq!(root.status, 200);
    let health = page(&desk, "/healthz").await;
    assert_eq!(health.expect(200)["status"], "ok");
}

#[tokio::test]
async fn files_are_kept_by_browsers_for_as_long_as_their_names_tell_what_is_in_them() {
    let desk = Desk::with_console(CONSOLE).await;
    for (path, accepted, coding, text, tag, lifetime) in [
        (
            "/assets/main-1a2b3c4d.js",
            "gzip, br",
            Some("br"),
            "by brotli",
            "\"a1-br\"",
            "public, max-age=31536000, immutable",
        ),
        (
            "/assets/main-1a2b3c4d.js",
            "gzip",
            Some("gzip"),
            "by gzip",
            "\"a1-gzip\"",
            "public, max-age=31536000, immutable",
        ),
        (
            "/assets/main-1a2b3c4d.js",
            "",
            None,
            "plain",
            "\"a1\"",
            "public, max-age=31536000, immutable",
        ),
        (
            "/assets/scheme.js",
            "br",
            None,
            "scheme",
            "\"b2\"",
            "no-cache",
        ),
        ("/favicon.svg", "br", None, "<svg/>", "\"c3\"", "no-cache"),
    ] {
        let file = browse(&desk, "GET", path, &[("accept-encoding", accepted)]).await;
        assert_eq!(file.status, 200, "{path}");
        assert_eq!(file.text, text);
        let sent = file
            .headers
            .get("content-encoding")
            .map(|coding| coding.to_str().unwrap());
        assert_eq!(sent, coding, "{path} {accepted}");
        assert_eq!(file.headers["etag"], tag);
        assert_eq!(file.headers["cache-control"], lifetime);
        assert_eq!(file.headers["vary"], "accept-encoding");
        assert_eq!(file.headers["x-content-type-options"], "nosniff");
        let known = [("accept-encoding", accepted), ("if-none-match", tag)];
        let same = browse(&desk, "GET", path, &known).await;
        assert_eq!((same.status.as_u16(), same.text.as_str()), (304, ""));
        assert_eq!(same.headers["etag"], tag);
        assert_eq!(same.headers["cache-control"], lifetime);
        let other = browse(&desk, "GET", path, &[("if-none-match", "\"other\"")]).await;
        assert_eq!(other.status, 200);
    }
    let script = browse(&desk, "GET", "/assets/scheme.js", &[]).await;
    assert_eq!(
        script.headers["content-type"],
        "text/javascript; charset=utf-8"
    );
}

#[tokio::test]
async fn the_head_of_pages_and_files_can_be_asked_for() {
    let desk = Desk::with_console(CONSOLE).await;
    let file = browse(&desk, "HEAD", "/assets/scheme.js", &[]).await;
    assert_eq!((file.status.as_u16(), file.text.as_str()), (200, ""));
    assert_eq!(file.headers["content-length"], "6");
    let page = browse(&desk, "HEAD", "/calls", &[("accept", HTML)]).await;
    assert_eq!((page.status.as_u16(), page.text.as_str()), (200, ""));
    assert_eq!(page.headers["content-type"], "text/html; charset=utf-8");
}
