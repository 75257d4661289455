//! Answers that processes share.

use tollgate_testkit::Valkey;
use tollgate_testkit::postgres::fresh_database;

use crate::process::{Place, call_at, eventually};

const KEPT: &str = "
kind: Model
name: kept
spec:
  targets: [ { provider: sandbox, model: echo } ]
  cache: { ttl_s: 600, scope: team }
";

#[test]
fn what_one_node_was_told_another_gives_again_and_calls_go_on_without_the_server() {
    let (database, valkey) = (fresh_database(), Valkey::start());
    let address = valkey.url();
    let shared = [
        ("TOLLGATE_DATABASE", database.as_str()),
        ("TOLLGATE_CACHE_SERVER", address.as_str()),
    ];
    let (here, there) = (Place::new(), Place::new());
    let first = here.serve_with(&shared);
    let second = there.serve_with(&[shared[0], shared[1], ("TOLLGATE_ROLE", "gateway")]);
    let file = here.file("kept.yaml", KEPT);
    here.run(&["apply", "-f", &file]).good();
    let create = [
        "key",
        "create",
        "--application",
        "default",
        "--name",
        "k",
        "-q",
    ];
    let key = here.run(&create).good();
    let key = key.trim_end();
    let (first, second) = (first.text("gateway"), second.text("gateway"));
    let ask = |at: &str| {
        let answer = call_at(at, key, "kept");
        let name = "x-tollgate-cache: ";
        let word = answer.head.lines().find_map(|line| line.strip_prefix(name));
        (answer.status, word.map(str::to_owned))
    };
    eventually(|| (ask(&first).0 == 200).then_some(()));
    let told = eventually(|| ask(&second).1);
    assert_eq!(told, "hit", "the other node has never asked");
    drop(valkey);
    assert_eq!(
        ask(&first),
        (200, Some("hit".to_owned())),
        "each node has its memory"
    );
    here.run(&[
        "apply",
        "-f",
        &here.file("kept.yaml", &KEPT.replace("600", "601")),
    ])
    .good();
    let told = eventually(|| ask(&first).1.filter(|word| word == "miss"));
    assert_eq!(told, "miss", "without the server it is asked for again");
    assert_eq!(ask(&first), (200, Some("hit".to_owned())));
}
