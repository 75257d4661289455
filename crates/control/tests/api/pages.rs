use std::sync::atomic::Ordering;

use tollgate_control::signin::{SETTING, SignInLink};
use tollgate_model::{Micros, Reason};

use crate::desk::{Answer, Desk};

async fn browse(desk: &Desk, path: &str) -> Answer {
    desk.ask(
        "GET",
        path,
        &[("accept", "text/html,application/xhtml+xml")],
        None,
    )
    .await
}

#[tokio::test]
async fn the_first_page_says_how_to_begin_and_may_load_nothing() {
    let desk = Desk::new().await;
    let page = browse(&desk, "/").await;
    assert_eq!(page.status, 200);
    assert_eq!(page.headers["content-type"], "text/html; charset=utf-8");
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(
        policy.starts_with("default-src 'none'; style-src 'sha256-"),
        "{policy}"
    );
    for text in [
        "tollgate key create",
        "curl ",
        "tollgate explain",
        "/openapi.json",
        "dark",
    ] {
        assert!(page.text.contains(text), "{text}");
    }
    assert!(!page.text.contains("<script"));
}

#[tokio::test]
async fn a_sign_in_link_is_judged_and_not_used_up() {
    let desk = Desk::new().await;
    let now = Micros(desk.clock.load(Ordering::Relaxed));
    let link = SignInLink::of("good-token", now.plus_seconds(600));
    desk.store
        .set_setting(SETTING, &link.to_setting())
        .await
        .unwrap();
    for path in [
        "/signin/good-token",
        "/?signin=good-token",
        "/signin/good-token",
    ] {
        let page = browse(&desk, path).await;
        assert_eq!(page.status, 200);
        assert!(page.text.contains("Your sign-in link is valid"), "{path}");
        assert!(!page.text.contains("good-token"));
    }
    let wrong = browse(&desk, "/signin/%3Cb%3Ebad").await;
    assert_eq!(wrong.status, 404);
    assert!(wrong.text.contains("not the current sign-in link") && !wrong.text.contains("<b>"));
    desk.clock.fetch_add(601_000_000, Ordering::Relaxed);
    let late = browse(&desk, "/signin/good-token").await;
    assert_eq!(late.status, 410);
    assert!(late.text.contains("has expired"));
}

#[tokio::test]
async fn every_reason_has_a_page_and_its_json() {
    let desk = Desk::new().await;
    for reason in Reason::ALL {
        let path = format!("/problems/{}", reason.code());
        let page = browse(&desk, &path).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(page.text.contains(reason.code()));
        let told = desk.get(&path).await.expect(200);
        assert_eq!(told["status"], reason.row().status);
    }
    let own = desk.get("/problems/precondition_failed").await.expect(200);
    assert_eq!(own["status"], 412);
    assert!(
        browse(&desk, "/problems")
            .await
            .text
            .contains("/problems/budget_exceeded")
    );
    insta::assert_snapshot!(desk.get("/problems/budget_exeeded").await.problem(404), @r#"not_found: There is no reason "budget_exeeded". Did you mean budget_exceeded?"#);
}
