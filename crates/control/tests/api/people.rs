use serde_json::{Value, json};
use tollgate_control::signin::start_link;
use tollgate_model::{KeyHash, Role};

use crate::browser::{Browser, PASSWORD, invited, link_token, now, pass, person};
use crate::desk::{Answer, Desk};

const INVITATIONS: &str = "/api/v1/invitations";
const PEOPLE: &str = "/api/v1/people";
const DAY: i64 = 86_400;

async fn check(desk: &Desk, token: &str) -> Answer {
    let body = json!({ "token": token });
    let browser = Browser::new(desk);
    browser
        .ask("POST", "/api/v1/invitations/check", Some(body))
        .await
}

async fn invite(desk: &Desk, body: Value) -> (String, Value) {
    let made = desk.post(INVITATIONS, body).await.expect(201);
    (link_token(&made), made)
}

fn names(list: &Value) -> Vec<&str> {
    let items = list["items"].as_array().unwrap().iter();
    items.map(|item| item["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn the_first_owner_comes_in_by_the_link_of_the_last_start() {
    let desk = Desk::new().await;
    let start = async || start_link(&desk.store, now(&desk)).await.unwrap();
    let (first, second) = (start().await.unwrap(), start().await.unwrap());
    let gone = check(&desk, &first).await;
    assert!(gone.problem(404).contains("not good any more"));
    let good = check(&desk, &second).await.expect(200);
    assert_eq!(
        (&good["role"], &good["made_by"]),
        (&json!("owner"), &json!("start"))
    );
    assert_eq!(good["expires"], "2026-11-24T06:15:00Z");

    pass(&desk, 15 * 60);
    let browser = Browser::new(&desk);
    let late = browser.redeem(&second, "olga").await.problem(404);
    insta::assert_snapshot!(late, @"not_found: This link has expired, at 2026-11-24T06:15:00Z; run `tollgate invite --role owner` where the gateway runs.");
    let third = start().await.unwrap();
    let answer = browser.redeem(&third, "olga").await.expect(201);
    assert_eq!(answer["person"], json!({ "name": "olga", "role": "owner" }));
    assert_eq!(start().await, None, "there is an owner");
}

#[tokio::test]
async fn a_start_makes_links_until_there_is_an_owner_and_leaves_invitations_alone() {
    let desk = Desk::new().await;
    let (token, _) = invite(&desk, json!({ "role": "owner" })).await;
    person(&desk, "adam", Role::Admin).await;
    assert!(start_link(&desk.store, now(&desk)).await.unwrap().is_some());
    check(&desk, &token).await.expect(200);
}

#[tokio::test]
async fn an_invitation_is_shown_once_listed_without_its_secret_and_works_once() {
    let desk = Desk::new().await;
    let (token, made) = invite(&desk, json!({ "role": "viewer" })).await;
    let hash = KeyHash::of(token.as_bytes()).to_string();
    let mut shown = made.clone();
    shown.as_object_mut().unwrap().remove("link");
    let wanted = json!({
        "id": &hash[7..23], "role": "viewer", "made_by": "operator",
        "created": "2026-11-24T06:00:00Z", "expires": "2026-11-27T06:00:00Z",
    });
    assert_eq!(shown, wanted);
    let listed = desk.get(INVITATIONS).await;
    assert_eq!(listed.expect(200)["items"], json!([wanted]));
    assert!(!listed.text.contains(&token));
    assert_eq!(check(&desk, &token).await.expect(200), wanted);

    let mut vera = Browser::new(&desk);
    let answer = vera.redeem(&token, "vera").await;
    vera.take(&answer);
    assert!(vera.is_signed_in().await);
    for used in [
        check(&desk, &token).await,
        Browser::new(&desk).redeem(&token, "eve").await,
    ] {
        assert!(used.problem(404).contains("it was used"));
    }
    let listed = desk.get(INVITATIONS).await.expect(200);
    assert_eq!(listed["items"], json!([]));
    assert_eq!(names(&desk.get(PEOPLE).await.expect(200)), ["vera"]);
}

#[tokio::test]
async fn an_invitation_is_taken_back_by_what_the_list_calls_it() {
    let desk = Desk::new().await;
    let (token, made) = invite(&desk, json!({ "role": "admin" })).await;
    let path = format!("{INVITATIONS}/{}", made["id"].as_str().unwrap());
    assert_eq!(desk.delete(&path).await.status, 204);
    assert!(
        check(&desk, &token)
            .await
            .problem(404)
            .contains("taken back")
    );
    assert!(
        desk.delete(&path)
            .await
            .problem(404)
            .contains("no open invitation")
    );
}

#[tokio::test]
async fn an_invitation_lasts_as_long_as_was_asked_for_and_thirty_days_at_most() {
    let desk = Desk::new().await;
    let body = json!({ "role": "viewer", "expires_in": "30d" });
    let (token, made) = invite(&desk, body).await;
    assert_eq!(made["expires"], "2026-12-24T06:00:00Z");
    pass(&desk, 30 * DAY - 1);
    check(&desk, &token).await.expect(200);
    pass(&desk, 1);
    let told = check(&desk, &token).await.problem(404);
    insta::assert_snapshot!(told, @"not_found: This link has expired, at 2026-12-24T06:00:00Z; ask operator for a new one.");
    let listed = desk.get(INVITATIONS).await.expect(200);
    assert_eq!(listed["items"], json!([]));
    for wrong in ["31d", "30d 1s", "1mo", "0h", "soon", ""] {
        let body = json!({ "role": "viewer", "expires_in": wrong });
        let refused = desk.post(INVITATIONS, body).await.expect(400);
        assert_eq!(refused["errors"][0]["pointer"], "#/expires_in", "{wrong}");
    }
    let nobody = json!({ "role": "root" });
    let refused = desk.post(INVITATIONS, nobody).await.expect(400);
    assert_eq!(refused["errors"][0]["pointer"], "#/role");
}

#[tokio::test]
async fn a_name_or_password_that_cannot_be_leaves_the_link_as_it_was() {
    let desk = Desk::new().await;
    person(&desk, "Anna", Role::Viewer).await;
    let (token, _) = invite(&desk, json!({ "role": "viewer" })).await;
    let browser = Browser::new(&desk);
    let taken = browser.redeem(&token, "ANNA").await;
    insta::assert_snapshot!(taken.problem(409), @"conflict: Somebody is called ANNA already; take another name.");
    assert_eq!(taken.json()["errors"][0]["pointer"], "#/name");
    for name in ["", "a b", "operator", "x"] {
        let refused = browser.redeem(&token, name).await.expect(400);
        assert_eq!(refused["errors"][0]["pointer"], "#/name", "{name}");
    }
    let mut told = Vec::new();
    for password in ["too short", &"x".repeat(129), "Bartholomew"] {
        let body = json!({ "token": token, "name": "bartholomew", "password": password });
        let path = "/api/v1/invitations/redeem";
        let refused = browser.ask("POST", path, Some(body)).await;
        told.push(refused.problem(400));
        assert_eq!(refused.json()["errors"][0]["pointer"], "#/password");
    }
    insta::assert_snapshot!(told.join("\n"), @"
    bad_request: A password has at least 10 characters; some words in a row do well.
    bad_request: A password has at most 128 characters.
    bad_request: The password is the name; take one that is not so easily guessed.
    ");
    assert_eq!(browser.redeem(&token, "bartholomew").await.status, 201);
}

#[tokio::test]
async fn of_two_who_use_a_link_at_once_one_comes_in() {
    let desk = Desk::new().await;
    let (token, _) = invite(&desk, json!({ "role": "viewer" })).await;
    let (one, two) = (Browser::new(&desk), Browser::new(&desk));
    let (one, two) = tokio::join!(one.redeem(&token, "anna"), two.redeem(&token, "bert"));
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 404]);
    let people = desk.get(PEOPLE).await.expect(200);
    assert_eq!(names(&people).len(), 1, "{people}");
}

#[tokio::test]
async fn a_lost_password_is_replaced_by_a_link_which_also_ends_the_wait_and_every_session() {
    let desk = Desk::new().await;
    let before = invited(&desk, "Vera", "viewer").await;
    let browser = Browser::new(&desk);
    for _ in 0..5 {
        browser.sign_in("vera", "not the password").await;
    }
    assert_eq!(browser.sign_in("vera", PASSWORD).await.status, 429);
    let made = desk.post("/api/v1/people/vera/reset", json!({})).await;
    let made = made.expect(201);
    assert_eq!(
        (&made["person"], &made["expires"]),
        (&json!("Vera"), &json!("2026-11-25T06:00:00Z"))
    );
    assert!(made.get("role").is_none());
    let token = link_token(&made);
    let other = browser.redeem(&token, "eve").await;
    insta::assert_snapshot!(other.problem(400), @"bad_request: This link sets the password of Vera, and of nobody else.");

    let body = json!({ "token": token, "name": "vera", "password": "another password" });
    let path = "/api/v1/invitations/redeem";
    let answer = browser.ask("POST", path, Some(body)).await.expect(201);
    assert_eq!(
        answer["person"],
        json!({ "name": "Vera", "role": "viewer" })
    );
    assert!(!before.is_signed_in().await);
    assert_eq!(browser.sign_in("vera", PASSWORD).await.status, 401);
    let signed_in = browser.sign_in("vera", "another password").await;
    assert_eq!(signed_in.status, 201);
}

#[tokio::test]
async fn a_role_acts_on_a_living_session_at_once() {
    let desk = Desk::new().await;
    for (name, role) in [("olga", Role::Owner), ("adam", Role::Viewer)] {
        person(&desk, name, role).await;
    }
    let (olga, adam) = (
        Browser::of(&desk, "olga").await,
        Browser::of(&desk, "adam").await,
    );
    let may = async || adam.ask("GET", "/api/v1/secrets", None).await.status == 200;
    assert!(!may().await);
    let path = format!("{PEOPLE}/Adam/role");
    let admin = json!({ "role": "admin" });
    let given = olga.ask("PUT", &path, Some(admin)).await.expect(200);
    assert_eq!(
        (&given["name"], &given["role"]),
        (&json!("adam"), &json!("admin"))
    );
    assert!(may().await);
    let viewer = json!({ "role": "viewer" });
    olga.ask("PUT", &path, Some(viewer)).await.expect(200);
    assert!(!may().await);
}

#[tokio::test]
async fn the_last_owner_neither_leaves_nor_steps_down() {
    let desk = Desk::new().await;
    for (name, role) in [("olga", Role::Owner), ("adam", Role::Admin)] {
        person(&desk, name, role).await;
    }
    let olga = Browser::of(&desk, "olga").await;
    let viewer = json!({ "role": "viewer" });
    let path = format!("{PEOPLE}/olga/role");
    for refused in [
        olga.ask("PUT", &path, Some(viewer.clone())).await,
        olga.ask("DELETE", &format!("{PEOPLE}/olga"), None).await,
        desk.delete(&format!("{PEOPLE}/olga")).await,
    ] {
        insta::allow_duplicates! {
            insta::assert_snapshot!(refused.problem(409), @"conflict: There has to be an owner, and olga is the only one. Make somebody else an owner first.");
        }
    }
    let owner = json!({ "role": "owner" });
    let other = format!("{PEOPLE}/adam/role");
    olga.ask("PUT", &other, Some(owner)).await.expect(200);
    olga.ask("PUT", &path, Some(viewer)).await.expect(200);
    let refused = olga
        .ask("PUT", &path, Some(json!({ "role": "owner" })))
        .await;
    assert!(refused.problem(403).starts_with("forbidden: "));
}

#[tokio::test]
async fn whoever_is_sent_away_is_signed_out_and_their_links_stop_working() {
    let desk = Desk::new().await;
    let vera = invited(&desk, "vera", "viewer").await;
    let reset = desk.post("/api/v1/people/vera/reset", json!({})).await;
    let token = link_token(&reset.expect(201));
    assert_eq!(desk.delete(&format!("{PEOPLE}/vera")).await.status, 204);
    assert!(!vera.is_signed_in().await);
    assert_eq!(vera.sign_in("vera", PASSWORD).await.status, 401);
    assert_eq!(check(&desk, &token).await.status, 404);
    assert_eq!(names(&desk.get(PEOPLE).await.expect(200)), [""; 0]);
}

#[tokio::test]
async fn somebody_who_is_not_there_is_told_with_the_nearest_who_is() {
    let desk = Desk::new().await;
    person(&desk, "J\u{fc}rgen", Role::Viewer).await;
    let role = json!({ "role": "admin" });
    let told = [
        desk.put(&format!("{PEOPLE}/jurgen/role"), role.clone())
            .await,
        desk.delete(&format!("{PEOPLE}/a%2Fb")).await,
        desk.post(&format!("{PEOPLE}/nobody/reset"), json!({}))
            .await,
    ]
    .map(|answer| answer.problem(404));
    insta::assert_snapshot!(told.join("\n"), @r#"
    not_found: There is nobody called "jurgen". Did you mean Jürgen?
    not_found: There is nobody called "a/b".
    not_found: There is nobody called "nobody".
    "#);
    let given = desk.put(&format!("{PEOPLE}/J%C3%BCrgen/role"), role).await;
    assert_eq!(given.expect(200)["role"], "admin");
}
