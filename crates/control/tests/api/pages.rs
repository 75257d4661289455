use tollgate_model::Reason;

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
async fn without_a_built_console_its_pages_say_how_to_build_it_and_what_works() {
    let desk = Desk::new().await;
    for path in ["/", "/signin", "/calls"] {
        let page = browse(&desk, path).await;
        assert_eq!(page.status, 200);
        assert_eq!(page.headers["content-type"], "text/html; charset=utf-8");
        assert_eq!(page.headers["cache-control"], "no-store");
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        assert!(
            policy.starts_with("default-src 'none'; style-src 'sha256-"),
            "{policy}"
        );
        for text in [
            "The console is not in this build.",
            "make run",
            "npm --prefix console ci",
            "tollgate key create",
            "curl ",
            "/openapi.json",
            "dark",
        ] {
            assert!(page.text.contains(text), "{text}");
        }
        assert!(!page.text.contains("<script"));
    }
    browse(&desk, "/assets/main.js").await.problem(404);
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
