use std::time::Duration;

use axum::body::Body;
use http::Request;
use http_body_util::BodyExt;
use serde_json::json;
use tokio::time::timeout;
use tollgate_model::Role;
use tollgate_testkit::{Reply, Upstream};
use tower::ServiceExt;

use crate::browser::{Browser, person};
use crate::desk::{Desk, TOKEN};

const PATH: &str = "/api/v1/playground?application=web";
const PATIENCE: Duration = Duration::from_secs(20);

/// A desk in front of a gateway.
async fn before(gateway: &Upstream) -> Desk {
    let desk = Desk::furnished().await;
    *desk.runtime.gateway.lock().unwrap() = Some(gateway.addr());
    desk
}

fn request(body: Body) -> Request<Body> {
    Request::post(PATH)
        .header("host", "localhost")
        .header("authorization", format!("Bearer {TOKEN}"))
        .header("cookie", "a=b")
        .header("content-type", "application/json")
        .body(body)
        .unwrap()
}

#[tokio::test]
async fn a_call_goes_to_the_gateway_as_it_is_with_a_pass_in_the_place_of_the_token() {
    let reply = Reply::json(402, r#"{"error":{"code":"balance_exhausted"}}"#)
        .header("x-request-id", "r1")
        .header("x-tollgate-call", "call_1")
        .header("x-tollgate-cost-usd", "0.00")
        .header("retry-after", "7")
        .header("server", "unknown");
    let gateway = Upstream::scripted([reply]);
    let desk = before(&gateway).await;
    let sent = "{ \"model\":\"sandbox/echo\",\n\"odd\": 1.0e0 }";
    let answer = desk.send(request(Body::from(sent))).await;
    let received = gateway.request(0).await;
    assert_eq!(
        (received.method.as_str(), received.target.as_str()),
        ("POST", "/v1/chat/completions")
    );
    assert_eq!(received.body, sent.as_bytes());
    assert_eq!(
        received.header("authorization"),
        Some("Bearer tg_pass:web:operator")
    );
    assert_eq!(received.header("content-type"), Some("application/json"));
    assert_eq!(
        received.header("host"),
        Some(gateway.addr().to_string().as_str())
    );
    assert_eq!(received.header("cookie"), None);
    assert_eq!(answer.expect(402)["error"]["code"], "balance_exhausted");
    for (name, value) in [
        ("content-type", "application/json"),
        ("x-request-id", "r1"),
        ("x-tollgate-call", "call_1"),
        ("x-tollgate-cost-usd", "0.00"),
        ("retry-after", "7"),
    ] {
        assert_eq!(answer.headers[name], value);
    }
    assert!(!answer.headers.contains_key("server"));
    assert!(!format!("{answer:?}").contains("tg_pass"));
}

#[tokio::test]
async fn every_door_of_the_gateway_can_be_tried_in_its_own_form() {
    let gateway = Upstream::scripted([Reply::json(200, "{}")]);
    let desk = before(&gateway).await;
    let path = "/v1beta/models/m:streamGenerateContent?alt=sse";
    let written = path.replace('/', "%2F").replace('?', "%3F");
    let query = format!("{PATH}&path={written}");
    let form = "multipart/form-data; boundary=x";
    let request = Request::post(query)
        .header("host", "localhost")
        .header("authorization", format!("Bearer {TOKEN}"))
        .header("content-type", form)
        .body(Body::from("--x--"))
        .unwrap();
    desk.send(request).await.expect(200);
    let received = gateway.request(0).await;
    assert_eq!(received.target, path);
    assert_eq!(received.header("content-type"), Some(form));
    for odd in ["v1", "http://elsewhere/v1", "*", "%20"] {
        let path = format!("/api/v1/playground?application=web&path={odd}");
        let told = desk.post(&path, json!({})).await.problem(400);
        assert!(told.contains("no path of the gateway"), "{told}");
    }
}

#[tokio::test]
async fn whoever_is_signed_in_calls_under_their_own_name() {
    let gateway = Upstream::scripted([Reply::json(200, "{}")]);
    let desk = before(&gateway).await;
    person(&desk, "jörg@acme.example", Role::Admin).await;
    let browser = Browser::of(&desk, "jörg@acme.example").await;
    browser.ask("POST", PATH, Some(json!({}))).await.expect(200);
    let received = gateway.request(0).await;
    let wanted = "Bearer tg_pass:web:j-rg@acme.example";
    assert_eq!(received.header("authorization"), Some(wanted));
}

#[tokio::test]
async fn a_stream_comes_piece_by_piece_and_ends_at_the_gateway_when_the_browser_hangs_up() {
    let (reply, feed) = Reply::live("text/event-stream");
    let gateway = Upstream::scripted([reply]);
    let desk = before(&gateway).await;
    let answer = desk.router.clone().oneshot(request(Body::from("{}")));
    let mut answer = timeout(PATIENCE, answer).await.unwrap().unwrap();
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    for piece in ["data: 1\n\n", "data: 2\n\n"] {
        feed.send(piece);
        let frame = timeout(PATIENCE, answer.body_mut().frame()).await.unwrap();
        assert_eq!(frame.unwrap().unwrap().into_data().unwrap(), piece);
    }
    let received = gateway.request(0).await;
    assert!(!received.is_client_gone());
    drop(answer);
    timeout(PATIENCE, received.client_gone()).await.unwrap();
}

#[tokio::test]
async fn a_call_that_nobody_waits_for_is_not_waited_for() {
    let gateway = Upstream::scripted([Reply::hang()]);
    let desk = before(&gateway).await;
    let answer = desk.router.clone().oneshot(request(Body::from("{}")));
    let received = tokio::select! {
        _ = answer => panic!("the gateway does not answer"),
        received = timeout(PATIENCE, gateway.request(0)) => received.unwrap(),
    };
    timeout(PATIENCE, received.client_gone()).await.unwrap();
}

#[tokio::test]
async fn a_large_body_is_for_the_gateway_to_judge() {
    let gateway = Upstream::scripted([Reply::json(200, "{}")]);
    let desk = before(&gateway).await;
    let large = "x".repeat(5 << 20);
    desk.send(request(Body::from(large.clone())))
        .await
        .expect(200);
    assert_eq!(gateway.request(0).await.body.len(), large.len());
}

#[tokio::test]
async fn what_cannot_be_called_is_told() {
    let desk = Desk::furnished().await;
    let ask = async |application: &str| {
        let path = format!("/api/v1/playground?application={application}");
        desk.post(&path, json!({})).await
    };
    insta::assert_snapshot!(ask("wep").await.problem(404), @r#"not_found: There is no Application called "wep". Did you mean web?"#);
    insta::assert_snapshot!(ask("web").await.problem(409), @"conflict: This process runs no gateway that could take the call; open the console of a process with role all.");
    let gone = Upstream::scripted([]).addr();
    *desk.runtime.gateway.lock().unwrap() = Some(gone);
    let told = ask("web").await.problem(503);
    assert!(
        told.contains(&format!("The gateway at {gone} does not answer: ")),
        "{told}"
    );
    assert!(!told.contains("tg_pass"), "{told}");
}
