//! Files that a provider keeps: who may have them, and how they get there and back.

use serde_json::{Value, json};
use tollgate_testkit::{Received, Reply, Upstream};

use crate::client::{Answer, get, post};
use crate::tasks::form;
use crate::voices::OPENAI;
use crate::world::{Plane, Setup, Which, chat, key};

pub(crate) const FORM: &str = "multipart/form-data; boundary=x-y";

/// A provider with files and batches, scripted by a function over what it is asked.
pub(crate) fn upstream(script: impl Fn(&Received) -> Reply + Send + Sync + 'static) -> Upstream {
    Upstream::start(script)
}

/// Provider `up`, which takes files and batches, its model `m-1` under the name `smart`, and another
/// application beside `web`.
pub(crate) fn setup(upstream: &Upstream) -> Setup {
    Setup::bare()
        .provider(
            "up",
            &OPENAI,
            &upstream.url(),
            json!({ "files": "batches" }),
        )
        .model("smart", &["up"])
        .resource(json!({ "kind": "Application", "name": "desk", "spec": { "team": "acme" } }))
}

/// A request of somebody.
pub(crate) fn by(
    who: Which,
    method: &str,
    path: &str,
    more: &[(&str, &str)],
    body: &[u8],
) -> Vec<u8> {
    let bearer = format!("Bearer {}", key(who));
    let mut headers = vec![("authorization", bearer.as_str())];
    headers.extend_from_slice(more);
    if method == "POST" {
        return post(path, &headers, body);
    }
    let text = String::from_utf8(get(path, &headers)).unwrap();
    text.replacen("GET", method, 1).into_bytes()
}

/// Uploads a file.
pub(crate) fn upload(
    plane: &Plane,
    purpose: &str,
    content: &[u8],
    more: &[(&str, &str)],
) -> Answer {
    let body = form(&[("purpose", purpose)], ("file", content));
    let mut headers = vec![("content-type", FORM)];
    headers.extend_from_slice(more);
    plane.ask(by(Which::Main, "POST", "/v1/files", &headers, &body))
}

fn file(id: &str, purpose: &str) -> Value {
    json!({ "id": id, "object": "file", "bytes": 3, "created_at": 1, "filename": "a.bin",
            "purpose": purpose, "status": "processed" })
}

/// A provider whose only file is `file-1`.
fn keeper() -> Upstream {
    upstream(
        |asked| match (asked.method.as_str(), asked.target.as_str()) {
            ("POST", "/files") => Reply::json(200, file("file-1", "user_data").to_string()),
            ("GET", "/files/file-1") => Reply::json(200, file("file-1", "user_data").to_string()),
            ("GET", "/files/file-1/content") => Reply::whole(200, "application/pdf", "a\r\nb")
                .header("content-disposition", "attachment"),
            ("DELETE", "/files/file-1") => {
                Reply::json(200, r#"{"id":"file-1","object":"file","deleted":true}"#)
            }
            ("POST", "/chat/completions") => Reply::json(200, OPENAI.whole),
            _ => Reply::json(404, r#"{"error":{"message":"no such thing"}}"#),
        },
    )
}

#[test]
fn a_file_goes_up_and_comes_back_to_the_byte_and_is_forgotten() {
    let upstream = keeper();
    let plane = setup(&upstream).start();
    let content: Vec<u8> = (0..400_000u32).map(|n| n.to_le_bytes()[0]).collect();
    let kept = upload(&plane, "user_data", &content, &[]);
    assert_eq!(
        (kept.status(), kept.json()["id"].as_str()),
        (200, Some("file-1")),
        "{}",
        kept.text()
    );
    let sent = &upstream.requests()[0];
    assert_eq!(
        sent.header("authorization"),
        Some("Bearer sk-upstream-0123456789abcdef")
    );
    assert_eq!(
        sent.header("content-length"),
        Some(sent.body.len().to_string().as_str())
    );
    let text = String::from_utf8_lossy(&sent.body);
    assert!(
        text.contains("name=\"purpose\"\r\n\r\nuser_data\r\n"),
        "{text:.300}"
    );
    assert!(text.contains("name=\"file\"; filename=\"a.bin\"\r\nContent-Type: a/b\r\n\r\n"));
    let at = sent
        .body
        .windows(content.len())
        .position(|window| window == content);
    assert!(at.is_some(), "the file is in it as it was sent");
    let listed = plane.get("/v1/files").json();
    assert_eq!(listed["data"], json!([file("file-1", "user_data")]));
    assert_eq!(
        (&listed["first_id"], &listed["has_more"]),
        (&json!("file-1"), &json!(false))
    );
    assert_eq!(
        plane.get("/v1/files?purpose=batch").json()["data"],
        json!([])
    );
    assert_eq!(
        plane.get("/v1/files/file-1").json(),
        file("file-1", "user_data")
    );
    let back = plane.get("/v1/files/file-1/content");
    assert_eq!(
        (back.text().as_str(), back.header("content-type")),
        ("a\r\nb", "application/pdf")
    );
    assert_eq!(back.header("content-disposition"), "attachment");
    let gone = plane.ask(by(Which::Main, "DELETE", "/v1/files/file-1", &[], b""));
    assert_eq!(gone.json()["deleted"], true);
    let again = plane.get("/v1/files/file-1");
    assert_eq!(
        (again.status(), again.reason().as_str()),
        (404, "file_not_found")
    );
    assert_eq!(std::fs::read_dir(plane.uploads.path()).unwrap().count(), 0);
    assert_eq!(plane.finish().len(), 1, "only what was refused is a call");
}

#[test]
fn another_application_has_nothing_of_a_file() {
    let upstream = keeper();
    let plane = setup(&upstream).start();
    upload(&plane, "user_data", b"abc", &[]);
    let asked = upstream.requests().len();
    let desk = |method, path| plane.ask(by(Which::Desk, method, path, &[], b""));
    assert_eq!(desk("GET", "/v1/files").json()["data"], json!([]));
    for (method, path) in [
        ("GET", "/v1/files/file-1"),
        ("GET", "/v1/files/file-1/content"),
        ("DELETE", "/v1/files/file-1"),
        ("GET", "/v1/files/..%2Fmodels"),
    ] {
        let refused = desk(method, path);
        assert_eq!(
            (refused.status(), refused.reason().as_str()),
            (404, "file_not_found"),
            "{path}"
        );
    }
    let body = json!({ "model": "smart", "messages": [{ "role": "user", "content": [
        { "type": "file", "file": { "file_id": "file-1" } } ] }] });
    let headers = [("content-type", "application/json")];
    let body = body.to_string();
    let refused = plane.ask(by(
        Which::Desk,
        "POST",
        "/v1/chat/completions",
        &headers,
        body.as_bytes(),
    ));
    assert_eq!(
        (refused.status(), refused.reason().as_str()),
        (404, "file_not_found")
    );
    let escaped = body.replace("\"file_id\"", "\"\\u0066ile_id\"");
    let refused = plane.ask(by(
        Which::Desk,
        "POST",
        "/v1/chat/completions",
        &headers,
        escaped.as_bytes(),
    ));
    assert_eq!(refused.status(), 404);
    assert_eq!(
        upstream.requests().len(),
        asked,
        "nothing of it reached the provider"
    );
    assert_eq!(plane.chat(body).status(), 200, "its owner may");
    plane.finish();
}

#[test]
fn a_call_that_refers_to_a_file_goes_where_the_file_lies() {
    let (first, second) = (keeper(), keeper());
    let plane = setup(&first)
        .provider("two", &OPENAI, &second.url(), json!({ "files": "files" }))
        .model("both", &["up", "two"])
        .start();
    let kept = upload(
        &plane,
        "user_data",
        b"abc",
        &[("x-tollgate-provider", "two")],
    );
    assert_eq!(kept.status(), 200, "{}", kept.text());
    assert_eq!((first.requests().len(), second.requests().len()), (0, 1));
    let ask = |model: &str| {
        let body = json!({ "model": model, "messages": [{ "role": "user", "content": [
            { "type": "file", "file": { "file_id": "file-1" } } ] }] });
        plane.ask(chat(body.to_string()))
    };
    assert_eq!(ask("both").header("x-tollgate-provider"), "two");
    let refused = ask("smart");
    assert_eq!(
        (refused.status(), refused.reason().as_str()),
        (400, "no_target_fits")
    );
    assert!(first.requests().is_empty());
    plane.finish();
}

#[test]
fn where_a_file_goes_is_named_or_follows_from_the_key() {
    let upstream = keeper();
    let plane = setup(&upstream)
        .provider("none", &OPENAI, &upstream.url(), json!({}))
        .model("far", &["none"])
        .start();
    for (headers, status, reason) in [
        (&[][..], 200, ""),
        (&[("x-tollgate-model", "smart")], 200, ""),
        (&[("x-tollgate-model", "up/m-1")], 200, ""),
        (&[("x-tollgate-model", "far")], 400, "files_unsupported"),
        (&[("x-tollgate-model", "nobody")], 404, "model_not_found"),
        (&[("x-tollgate-provider", "none")], 400, "files_unsupported"),
        (
            &[("x-tollgate-provider", "nobody")],
            400,
            "files_unsupported",
        ),
    ] {
        let answer = upload(&plane, "user_data", b"abc", headers);
        assert_eq!(answer.status(), status, "{headers:?}: {}", answer.text());
        if status != 200 {
            assert_eq!(answer.reason(), reason, "{headers:?}");
        }
    }
    let told = upload(
        &plane,
        "user_data",
        b"abc",
        &[("x-tollgate-provider", "none")],
    )
    .text();
    assert!(
        told.contains("x-tollgate-provider`: sandbox, up."),
        "{told}"
    );
    let body = form(&[("purpose", "user_data")], ("file", b"abc"));
    let narrow = [("content-type", FORM), ("x-tollgate-provider", "sandbox")];
    let refused = plane.ask(by(Which::Narrow, "POST", "/v1/files", &narrow, &body));
    assert_eq!(refused.reason(), "files_unsupported");
    plane.finish();
}

#[test]
fn an_upload_that_is_wrong_is_refused_and_reaches_no_provider() {
    let upstream = keeper();
    let plane = setup(&upstream)
        .limits(|limits| limits.file_bytes = 2_000)
        .start();
    let ask = |kind: &str, body: &[u8]| {
        plane.ask(by(
            Which::Main,
            "POST",
            "/v1/files",
            &[("content-type", kind)],
            body,
        ))
    };
    let purpose = ("purpose", "user_data");
    for (body, reason) in [
        (form(&[], ("file", b"abc")), "request_malformed"),
        (form(&[purpose], ("", b"")), "request_malformed"),
        (form(&[purpose], ("document", b"abc")), "request_malformed"),
        (
            form(&[purpose, purpose], ("file", b"abc")),
            "request_malformed",
        ),
        (form(&[purpose], ("file", &[7; 3_000])), "body_too_large"),
        (
            form(&[purpose], ("file", b"abc"))[..150].to_vec(),
            "request_malformed",
        ),
    ] {
        let refused = ask(FORM, &body);
        assert_eq!(refused.reason(), reason, "{}", refused.text());
    }
    assert_eq!(ask("application/json", b"{}").reason(), "request_malformed");
    let nobody = plane.ask(post("/v1/files", &[("content-type", FORM)], b"abc"));
    assert_eq!(
        (nobody.status(), nobody.reason().as_str()),
        (401, "key_missing")
    );
    assert!(upstream.requests().is_empty());
    plane.finish();
}

#[test]
fn what_a_provider_says_against_a_file_is_told_and_its_own_trouble_is_not_the_callers() {
    let upstream = Upstream::scripted([
        Reply::json(400, r#"{"error":{"message":"Invalid purpose"}}"#),
        Reply::json(401, r#"{"error":{"message":"Incorrect API key"}}"#),
        Reply::json(200, r#"{"object":"file"}"#),
        Reply::json(503, "busy"),
    ]);
    let plane = setup(&upstream).start();
    let refused = upload(&plane, "user_data", b"abc", &[]);
    assert_eq!(
        (
            refused.status(),
            refused.json()["error"]["message"].as_str()
        ),
        (400, Some("Invalid purpose"))
    );
    for (status, reason) in [
        (503, "upstream_auth_failed"),
        (502, "upstream_bad_response"),
        (503, "upstream_overloaded"),
    ] {
        let refused = upload(&plane, "user_data", b"abc", &[]);
        assert_eq!(
            (refused.status(), refused.reason().as_str()),
            (status, reason),
            "{}",
            refused.text()
        );
    }
    assert_eq!(plane.get("/v1/files").json()["data"], json!([]));
    plane.finish();
}

#[test]
fn the_sandbox_keeps_files_in_the_process() {
    let plane = Setup::bare().start();
    let kept = upload(&plane, "user_data", b"abc", &[]).json();
    let id = kept["id"].as_str().unwrap();
    assert_eq!(plane.get(&format!("/v1/files/{id}/content")).text(), "abc");
    assert_eq!(plane.get(&format!("/v1/files/{id}")).json(), kept);
    plane.finish();
}
