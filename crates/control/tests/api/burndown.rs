use serde_json::json;
use tollgate_model::account::{Fund, FundKind};
use tollgate_model::resource::{Kind, RuleRef};
use tollgate_model::time::Window;
use tollgate_model::{Micros, Nanos};

use crate::browser::{now, pass};
use crate::desk::Desk;
use crate::records::{call, settle};

/// A desk with a budget of ten dollars a day.
async fn limited() -> Desk {
    let desk = Desk::furnished().await;
    let spec = json!({ "scope": { "team": "acme" }, "limit": "10", "window": "day" });
    desk.put("/api/v1/resources/Budget/cap", json!({ "spec": spec }))
        .await
        .expect(201);
    desk
}

fn fund() -> Fund {
    Fund {
        kind: FundKind::Budget {
            name: "cap".into(),
            limit: "10".parse().unwrap(),
            window: Window::Day,
            time_zone: "UTC".into(),
            scope: "team acme".into(),
        },
        rule: RuleRef {
            kind: Kind::Budget,
            name: "cap".parse().unwrap(),
            revision: 2,
        },
        on_exhausted: 429,
    }
}

#[tokio::test]
async fn a_budget_burns_down_from_the_beginning_of_its_window_to_now() {
    let desk = limited().await;
    let path = "/api/v1/budgets/cap/burndown";
    let untouched = desk.get(path).await.expect(200);
    assert_eq!(untouched["step_seconds"], 12 * 60);
    let points = untouched["points"].as_array().unwrap();
    assert_eq!(
        points.len(),
        31,
        "six hours of twelve minutes, and the beginning"
    );
    assert!(points.iter().all(|point| point["spent"] == "0.00"));
    let lease = desk
        .store
        .lease("node-1", &fund(), Nanos::ZERO, "5".parse().unwrap())
        .await
        .unwrap();
    for (number, cost) in [(1, "1.5"), (2, "0.000000001")] {
        let charge = json!({ "account": lease.account, "held": "2", "taken": cost });
        let members = json!({ "cost": cost, "charges": [charge] });
        settle(&desk, [call(number, &now(&desk).to_string(), members)]).await;
        pass(&desk, 600);
    }
    let burnt = desk.get(path).await.expect(200);
    assert_eq!(burnt["budget"]["spent"], "1.500000001");
    let points = burnt["points"].as_array().unwrap();
    let spent = |at: usize| {
        (
            points[at]["at"].as_str().unwrap(),
            points[at]["spent"].as_str().unwrap(),
        )
    };
    assert_eq!(spent(0), ("2026-11-24T00:00:00Z", "0.00"));
    assert_eq!(spent(30), ("2026-11-24T06:00:00Z", "0.00"));
    assert_eq!(spent(31), ("2026-11-24T06:12:00Z", "1.500000001"));
    assert_eq!(spent(32), ("2026-11-24T06:20:00Z", "1.500000001"));
    assert_eq!(points.len(), 33);
    let last = Micros::parse(spent(32).0).unwrap();
    assert_eq!(last, now(&desk));
}

#[tokio::test]
async fn a_budget_that_is_not_there_is_told_with_the_nearest_that_is() {
    let desk = limited().await;
    let told = desk.get("/api/v1/budgets/cup/burndown").await.problem(404);
    insta::assert_snapshot!(told, @r#"not_found: There is no Budget called "cup". Did you mean cap?"#);
}
