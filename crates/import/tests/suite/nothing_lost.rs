//! Nothing is lost in silence, and no secret is told.

use serde_json::{Value, json};

use super::{LITELLM, LITELLM_KEYS, ONE_API, OPENROUTER, PORTKEY};
use super::{all, litellm, one_api, openrouter, portkey};
use tollgate_import::Plan;

const NEW: &str = "zz_of_tomorrow";

/// Puts a member that nobody knows into each map of a value, one at a time, and tells its place.
fn with_unknown(
    value: &Value,
    place: &str,
    whole: &dyn Fn(Value) -> Value,
    test: &mut dyn FnMut(Value, &str),
) {
    match value {
        Value::Object(members) => {
            let mut more = members.clone();
            more.insert(NEW.to_owned(), json!({ "deep": [1] }));
            let dot = if place.is_empty() { "" } else { "." };
            test(whole(Value::Object(more)), &format!("{place}{dot}{NEW}"));
            for (name, member) in members {
                let below = |inner: Value| {
                    let mut outer = members.clone();
                    outer.insert(name.clone(), inner);
                    whole(Value::Object(outer))
                };
                with_unknown(member, &format!("{place}{dot}{name}"), &below, test);
            }
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                let below = |inner: Value| {
                    let mut outer = items.clone();
                    outer[at] = inner;
                    whole(Value::Array(outer))
                };
                with_unknown(item, &format!("{place}[{at}]"), &below, test);
            }
        }
        _ => {}
    }
}

/// Whether the report says something of a place, or of one above it.
fn is_told(plan: &Plan, place: &str) -> bool {
    let report = serde_json::to_value(&plan.report).unwrap();
    let lists = report.as_object().unwrap().iter();
    let mut entries = lists.flat_map(|(list, entries)| {
        entries
            .as_array()
            .unwrap()
            .iter()
            .map(move |entry| (list, entry))
    });
    entries.any(|(list, entry)| {
        let mut places = entry["places"].as_array().unwrap().iter();
        places.any(|told| {
            let told = told.as_str().unwrap();
            // What stands above a member speaks for it only where all of it was left out.
            let above = list == "left" && place.starts_with(told);
            told == place || above
        })
    })
}

fn check(text: &str, import: &dyn Fn(&str) -> Plan) {
    let value: Value = serde_saphyr::from_str(text).unwrap();
    let mut places = 0;
    with_unknown(&value, "", &|value| value, &mut |value, place| {
        // A map whose members are names takes any name.
        let open = [
            "environment_variables",
            "model_group_alias",
            "fallbacks",
            "extra_headers",
        ];
        if open.iter().any(|name| place.contains(name)) {
            return;
        }
        places += 1;
        let plan = import(&value.to_string());
        assert!(is_told(&plan, place), "{place}:\n{}", plan.report.text());
    });
    assert!(places > 3, "{places}");
}

#[test]
fn a_member_that_nobody_knows_is_in_the_report_wherever_it_stands() {
    check(LITELLM, &|text| litellm(text, None));
    check(LITELLM_KEYS, &|text| litellm(LITELLM, Some(text)));
    check(OPENROUTER, &|text| openrouter(text));
    check(PORTKEY, &|text| portkey(text));
}

#[test]
fn a_column_and_a_table_that_nobody_knows_are_in_the_report() {
    let sql = ONE_API
        .replace(
            "`system_prompt` text,",
            "`system_prompt` text, `zz_of_tomorrow` text,",
        )
        .replace(",NULL),\n", ",NULL,'x'),\n")
        .replace(
            ",NULL);\nCREATE TABLE `tokens`",
            ",NULL,'x');\nCREATE TABLE `tokens`",
        );
    let text = one_api(&sql).report.text();
    assert!(
        text.contains("channels[1].zz_of_tomorrow, channels[2].zz_of_tomorrow"),
        "{text}"
    );
    assert!(text.contains("options[AnOptionOfTomorrow]"), "{text}");
    assert!(text.contains("table logs\n      2 rows"), "{text}");
}

#[test]
fn no_secret_is_in_a_report_a_document_or_a_debug_text() {
    for (source, plan) in all() {
        let told = [
            plan.report.text(),
            serde_json::to_string(&plan.report).unwrap(),
            serde_json::to_string(&plan.documents).unwrap(),
            serde_json::to_string(&plan.keys).unwrap(),
            serde_json::to_string(&plan.credits).unwrap(),
            format!("{plan:?}"),
        ];
        for text in told {
            let lower = text.to_ascii_lowercase();
            for mark in ["secret-0123", "secret0123", "$2a$10"] {
                assert!(!lower.contains(mark), "{source}: {text}");
            }
        }
    }
}

#[test]
fn every_secret_of_a_source_that_is_used_goes_into_the_store() {
    let kept = |plan: &Plan| -> Vec<String> {
        let values = plan.secrets.iter().filter_map(|s| s.value.as_ref());
        values.map(|value| value.reveal().to_owned()).collect()
    };
    assert_eq!(
        kept(&litellm(LITELLM, None)),
        [
            "azure-secret-0123456789abcdef",
            "claude-secret-0123456789abcdef",
            "mistral-secret-0123456789",
        ]
    );
    assert_eq!(
        kept(&one_api(ONE_API)),
        ["sk-openai-secret-0123456789", "relay-secret-0123456789"]
    );
    assert_eq!(kept(&portkey(PORTKEY)), ["gsk-secret-0123456789"]);
}
