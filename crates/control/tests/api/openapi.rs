use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};
use tollgate_model::Kind;

use crate::desk::Desk;

/// Every target of a `$ref` in a document.
fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(target) if name == "$ref" => {
                        found.insert(target.clone());
                    }
                    other => references(other, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[test]
fn the_committed_description_is_that_of_the_code() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    let mut current = serde_json::to_string_pretty(&tollgate_control::description()).unwrap();
    current.push('\n');
    if std::env::var_os("TOLLGATE_BLESS").is_some() {
        std::fs::write(&path, &current).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == current,
        "{} is out of date; run this test with TOLLGATE_BLESS=1 and commit it",
        path.display()
    );
}

#[test]
fn the_description_holds_together() {
    let document = tollgate_control::description();
    assert_eq!(document["openapi"], "3.1.0");
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    assert!(found.len() > 40);
    for target in found {
        let pointer = target.strip_prefix('#').unwrap();
        assert!(
            document.pointer(pointer).is_some(),
            "{target} leads nowhere"
        );
    }
    let mut ids = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap();
            assert!(ids.insert(id.to_owned()), "{id} is there twice");
            assert!(
                operation["summary"].is_string(),
                "{method} {path} has no summary"
            );
            assert!(
                operation["responses"]["default"].is_object(),
                "{method} {path}"
            );
        }
    }
}

#[test]
fn what_a_spec_refers_to_stands_in_the_description_as_the_kind_has_it() {
    let document = tollgate_control::description();
    let schemas = &document["components"]["schemas"];
    for kind in Kind::ALL {
        let schema = serde_json::to_string(&kind.schema()).unwrap();
        let schema = schema.replace("#/$defs/", "#/components/schemas/");
        let mut spec: Value = serde_json::from_str(&schema).unwrap();
        let members = spec.as_object_mut().unwrap();
        members.remove("$schema");
        let referred = members.remove("$defs").unwrap_or_default();
        for (name, wanted) in referred.as_object().into_iter().flatten() {
            assert_eq!(&schemas[name], wanted, "{kind} refers to another {name}");
        }
        assert_eq!(schemas[format!("{kind}Spec")], spec);
    }
}

#[test]
fn what_is_not_public_takes_the_operators_token_or_a_session_which_changes_only_with_its_proof() {
    let document = tollgate_control::description();
    let schemes = &document["components"]["securitySchemes"];
    assert_eq!(schemes["operator"]["scheme"], "bearer");
    for (scheme, place, name) in [
        ("session", "cookie", "tollgate"),
        ("csrf", "header", "x-csrf-token"),
    ] {
        assert_eq!(schemes[scheme]["type"], "apiKey");
        assert_eq!(schemes[scheme]["in"], place);
        assert_eq!(schemes[scheme]["name"], name);
    }
    let reads = json!([{ "operator": [] }, { "session": [] }]);
    let changes = json!([{ "operator": [] }, { "session": [], "csrf": [] }]);
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let wanted = match (operation["x-permission"].as_str().unwrap(), &**method) {
                ("public", _) => &json!([]),
                (_, "get") => &reads,
                _ => &changes,
            };
            assert_eq!(&operation["security"], wanted, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn the_description_is_served_as_it_is_committed() {
    let desk = Desk::new().await;
    let served = desk.get("/openapi.json").await;
    assert_eq!(served.headers["content-type"], "application/json");
    assert_eq!(served.expect(200), tollgate_control::description());
}
