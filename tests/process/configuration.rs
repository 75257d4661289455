//! Resources from files, and the settings of the server.

use crate::process::{Place, call, eventually};

const SMART: &str = "\
kind: Model
name: smart
spec:
  targets:
    - { provider: sandbox, model: echo }
---
kind: Budget
name: month
spec: { scope: organization, limit: \"250.00\", window: month, time_zone: Europe/Zurich }
";

#[test]
fn what_is_exported_and_applied_again_changes_nothing() {
    let place = Place::new();
    let server = place.serve();
    let file = place.file("smart.yaml", SMART);
    place.run(&["apply", "-f", &file]).good();
    let exported = place.run(&["export"]).good();
    let before = place.run(&["history", "-q", "--limit", "1"]).good();
    let dry = place
        .run_with(&["apply", "-f", "-", "--dry-run", "--json"], &exported)
        .json();
    let actions: Vec<_> = dry["changes"].as_array().unwrap().iter().collect();
    assert!(actions.len() >= 5, "{dry}");
    assert!(
        actions.iter().all(|change| change["action"] == "unchanged"),
        "{dry}"
    );
    place.run_with(&["apply", "-f", "-"], &exported).good();
    assert_eq!(place.run(&["history", "-q", "--limit", "1"]).good(), before);
    drop(server);
}

#[test]
fn an_applied_model_can_be_called_within_a_second_and_restored_when_deleted() {
    let place = Place::new();
    let server = place.serve();
    let key = server.text("key");
    assert_eq!(call(&server, &key, "smart").status, 404);
    let applied = place.run_with(&["apply", "-f", "-", "-q"], SMART).good();
    assert_eq!(
        call(&server, &key, "smart").status,
        200,
        "at revision {applied}"
    );
    place.run(&["delete", "model", "smart"]).good();
    eventually(|| (call(&server, &key, "smart").status == 404).then_some(()));
    let changes = place.run(&["history", "model", "smart", "-q"]).good();
    let made = changes.lines().last().unwrap();
    place.run(&["restore", made]).good();
    eventually(|| (call(&server, &key, "smart").status == 200).then_some(()));
}

#[test]
fn a_dry_run_changes_nothing_and_says_what_would() {
    let place = Place::new();
    let server = place.serve();
    let told = place
        .run_with(&["apply", "-f", "-", "--dry-run"], SMART)
        .good();
    assert!(told.contains("created") && told.contains("smart"), "{told}");
    assert_eq!(place.run(&["get", "model", "smart"]).code, 1);
    drop(server);
}

#[test]
fn a_file_with_faults_names_each_by_file_document_and_line_and_changes_nothing() {
    let place = Place::new();
    let server = place.serve();
    let local = place.file(
        "bad/a.yaml",
        "kind: Team\nname: acme\n---\nkind: Tem\nname: x\n",
    );
    let refused = place.run(&["apply", "-f", &local]);
    assert_eq!(refused.code, 1);
    let expected = format!("{local}, document 2, line 4: unknown variant `Tem`");
    assert!(refused.stderr.contains(&expected), "{refused:?}");
    let text = format!(
        "{SMART}---\nkind: Model\nname: broken\nspec:\n  targets:\n    - provider: \
                        sandbx\n      model: echo\n"
    );
    let file = place.file("folder/models.yaml", &text);
    let folder = std::path::Path::new(&file)
        .parent()
        .unwrap()
        .display()
        .to_string();
    let refused = place.run(&["apply", "-f", &folder]);
    assert_eq!(refused.code, 1);
    let expected = format!("{file}, document 3, line 15: Model broken: spec.targets[0].provider");
    assert!(refused.stderr.contains(&expected), "{refused:?}");
    assert_eq!(
        place.run(&["get", "model", "smart"]).code,
        1,
        "all or nothing"
    );
    drop(server);
}

#[test]
fn json_is_read_as_well_as_yaml() {
    let place = Place::new();
    let server = place.serve();
    let file = place.file(
        "team.json",
        r#"[{"kind":"Team","name":"a"},{"kind":"Team","name":"b"}]"#,
    );
    place.run(&["apply", "-f", &file]).good();
    assert!(
        place
            .run(&["get", "teams", "-q"])
            .good()
            .lines()
            .any(|line| line == "b")
    );
    let yaml = place.run(&["get", "team", "a", "-o", "yaml"]).good();
    assert!(yaml.contains("kind: Team"), "{yaml}");
    drop(server);
}

#[test]
fn the_settings_come_from_a_file_and_a_mistake_in_it_is_told() {
    let place = Place::new();
    let good = place.file("tollgate.yaml", "workers: 1\nlimits: { body_bytes: 50 }\n");
    let server = place.serve_with(&[("TOLLGATE_CONFIG", &good)]);
    let refused = call(&server, &server.text("key"), "sandbox/echo");
    assert_eq!(refused.status, 413, "{refused:?}");
    drop(server);
    let bad = place.file("bad.yaml", "workers: 1\nlimit: { body_bytes: 50 }\n");
    let refused = place.run(&["serve", "--config", &bad]);
    assert_eq!(refused.code, 2);
    let expected = format!("{bad}, line 2: limit: unknown field `limit`");
    assert!(refused.stderr.contains(&expected), "{refused:?}");
    assert!(
        refused.stderr.contains("did you mean `limits`?"),
        "{refused:?}"
    );
}
