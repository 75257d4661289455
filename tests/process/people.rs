//! People: how the first comes in, how others do, and what the command line does for them.

use serde_json::{Value, json};

use crate::process::{Answer, Place, Server, http_with};

const PASSWORD: &str = "a long enough password";

/// Uses a link as the console does, for this name.
fn redeem(server: &Server, link: &str, name: &str) -> Answer {
    let control = server.text("control");
    let token = link.strip_prefix(&format!("{control}/signin#")).unwrap();
    let body = json!({ "token": token, "name": name, "password": PASSWORD });
    let request = "POST /api/v1/invitations/redeem";
    let origin = format!("origin: {control}\r\n");
    http_with(&control, request, &origin, &body.to_string())
}

/// The session of this cookie.
fn session(server: &Server, cookie: &str) -> Answer {
    let line = format!("cookie: {cookie}\r\n");
    http_with(&server.text("control"), "GET /api/v1/session", &line, "")
}

fn json_of(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap_or_else(|why| panic!("{why}: {answer:?}"))
}

#[test]
fn the_first_start_prints_a_link_by_which_the_owner_comes_in_and_later_ones_print_none() {
    let place = Place::new();
    let server = place.serve();
    let link = server.text("sign_in");
    let answer = redeem(&server, &link, "olga");
    assert_eq!(answer.status, 201, "{answer:?}");
    let cookie = answer.cookie.clone().unwrap();
    assert!(cookie.starts_with("tollgate=tgc_"), "{cookie}");
    let csrf = json_of(&answer)["csrf"].as_str().unwrap().to_owned();

    let seen = session(&server, &cookie);
    assert_eq!(seen.status, 200, "{seen:?}");
    let person = json!({ "name": "olga", "role": "owner" });
    assert_eq!(json_of(&seen)["person"], person);
    assert_eq!(redeem(&server, &link, "eve").status, 404);

    server.signal("TERM");
    let (code, stderr) = server.ended();
    assert_eq!(code, 0, "{stderr}");
    let again = place.serve();
    assert!(again.said["sign_in"].is_null(), "{}", again.said);
    assert_eq!(session(&again, &cookie).status, 200, "sessions outlive it");
    let lines = format!("cookie: {cookie}\r\nx-csrf-token: {csrf}\r\n");
    let control = again.text("control");
    let out = http_with(&control, "DELETE /api/v1/session", &lines, "");
    assert_eq!(out.status, 204, "{out:?}");
    assert_eq!(session(&again, &cookie).status, 401);
}

#[test]
fn a_start_without_an_owner_makes_a_new_link_and_the_one_before_is_void() {
    let place = Place::new();
    let first = place.serve();
    let old = first.text("sign_in");
    first.signal("TERM");
    first.ended();
    let second = place.serve();
    let link = second.text("sign_in");
    assert_ne!(link, old);
    let old = old.split_once('#').unwrap().1;
    let old = format!("{}/signin#{old}", second.text("control"));
    assert_eq!(redeem(&second, &old, "eve").status, 404);
    assert_eq!(redeem(&second, &link, "olga").status, 201);
}

#[test]
fn guesses_from_one_address_are_bounded() {
    let place = Place::new();
    let server = place.serve();
    let link = format!("{}/signin#tgs_guess", server.text("control"));
    for _ in 0..30 {
        assert_eq!(redeem(&server, &link, "eve").status, 404);
    }
    let refused = redeem(&server, &link, "eve");
    assert_eq!(refused.status, 429, "{refused:?}");
    assert!(refused.head.contains("retry-after: "), "{refused:?}");
}

#[test]
fn the_command_line_invites_lists_changes_and_sends_away() {
    let place = Place::new();
    let server = place.serve();
    assert_eq!(redeem(&server, &server.text("sign_in"), "olga").status, 201);
    let link = place
        .run(&["invite", "--role", "viewer", "--expires-in", "2w", "-q"])
        .good();
    let cookie = redeem(&server, link.trim_end(), "J\u{fc}rgen+a@b").cookie;
    let cookie = cookie.unwrap();
    assert_eq!(
        place.run(&["person", "list", "-q"]).good(),
        "J\u{fc}rgen+a@b\nolga\n"
    );
    let told = place
        .run(&["person", "role", "j\u{fc}rgen+a@b", "admin"])
        .good();
    assert_eq!(told, "j\u{fc}rgen+a@b has the role admin\n");
    assert_eq!(
        json_of(&session(&server, &cookie))["person"]["role"],
        "admin"
    );

    let reset = place.run(&["person", "reset", "j\u{fc}rgen+a@b"]).good();
    assert!(reset.contains("to set a new password for"), "{reset}");
    let link = reset.lines().next().unwrap();
    let answer = redeem(&server, link, "j\u{fc}rgen+a@b");
    assert_eq!(answer.status, 201, "{answer:?}");
    assert_eq!(session(&server, &cookie).status, 401);

    let gone = place.run(&["person", "remove", "j\u{fc}rgen+a@b", "--json"]);
    assert_eq!(gone.json(), json!({ "name": "j\u{fc}rgen+a@b" }));
    let kept = place.run(&["person", "remove", "olga"]);
    assert_eq!(kept.code, 1);
    assert!(kept.stderr.contains("olga is the only one"), "{kept:?}");
    for wrong in [
        &["invite", "--role", "root"][..],
        &["invite", "--role", "viewer", "--expires-in", "soon"],
        &["person", "role", "olga", "root"],
        &["person", "reset", "a/b"],
    ] {
        assert_eq!(place.run(wrong).code, 2, "{wrong:?}");
    }
    drop(server);
}

#[test]
fn a_lost_way_in_is_found_again_where_no_process_runs() {
    let place = Place::new();
    let server = place.serve();
    server.signal("TERM");
    server.ended();
    let empty = place.run(&["person", "list"]);
    assert!(empty.stderr.contains("there is nobody yet"), "{empty:?}");
    let invited = place.run(&["invite", "--role", "owner", "--json"]).json();
    let link = invited["link"].as_str().unwrap();
    let token = link.strip_prefix("http://127.0.0.1:8403/signin#").unwrap();
    let server = place.serve();
    let link = format!("{}/signin#{token}", server.text("control"));
    assert_eq!(redeem(&server, &link, "olga").status, 201);
    assert!(place.run(&["person", "list"]).good().contains("owner"));
}
