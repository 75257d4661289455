//! Processes that share a database.

use tollgate_testkit::postgres::fresh_database;

use crate::process::{Place, call_at, eventually};

#[test]
fn what_one_process_changes_another_serves() {
    let database = fresh_database();
    let shared = [("TOLLGATE_DATABASE", database.as_str())];
    let (here, there) = (Place::new(), Place::new());
    let control = here.serve_with(&[shared[0], ("TOLLGATE_ROLE", "control")]);
    assert!(control.said["gateway"].is_null(), "{}", control.said);
    let gateway = there.serve_with(&[shared[0], ("TOLLGATE_ROLE", "gateway")]);
    assert!(gateway.said["control"].is_null(), "{}", gateway.said);
    let address = gateway.text("gateway");
    let arguments = [
        "key",
        "create",
        "--application",
        "default",
        "--name",
        "k",
        "-q",
    ];
    let key = here.run(&arguments).good();
    let key = key.trim_end();
    eventually(|| (call_at(&address, key, "sandbox/echo").status == 200).then_some(()));
    eventually(|| (!here.run(&["calls", "-q"]).good().is_empty()).then_some(()));
    here.run(&["key", "revoke", "k"]).good();
    eventually(|| (call_at(&address, key, "sandbox/echo").status == 401).then_some(()));
    here.run(&["ledger", "verify"]).good();
}

#[test]
fn a_gateway_alone_needs_a_database_to_share() {
    let ended = Place::new().run(&["serve", "--role", "gateway"]);
    assert_eq!(ended.code, 2, "{ended:?}");
    assert!(ended.stderr.contains("database"), "{ended:?}");
}
