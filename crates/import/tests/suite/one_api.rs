//! one-api and new-api: what of their rows becomes what.

use tollgate_import::{Flavour, Table, Tables};
use tollgate_model::{KeyHash, Kind, Nanos};

use super::{ONE_API, one_api, resources};

#[test]
fn channels_are_providers_and_their_models_go_to_the_highest_priority_first() {
    let plan = one_api(ONE_API);
    insta::assert_snapshot!(resources(&plan, Kind::Provider), @r#"
    OpenAI-main: {"catalog":"openai","credentials":[{"key":{"secret":"one-api-OpenAI-main"},"name":"main"}],"prices":{"gpt-4o":{"input":"2.50","output":"10.00"},"gpt-4o-mini":{"input":"0.15","output":"0.60"}}}
    channel-2: {"base_url":"https://relay.example/v1","credentials":[{"key":{"secret":"one-api-channel-2"},"name":"main"}],"dialect":"openai-chat","prices":{"gpt-4o-2024-08-06":{"input":"2.50","output":"10.00"}}}
    "#);
    insta::assert_snapshot!(resources(&plan, Kind::Model), @r#"
    claude-3: {"targets":[{"model":"claude-3","provider":"channel-2"}]}
    gpt-4o: {"targets":[{"model":"gpt-4o","provider":"OpenAI-main"},{"model":"gpt-4o-2024-08-06","provider":"channel-2"}]}
    gpt-4o-mini: {"targets":[{"model":"gpt-4o-mini","provider":"OpenAI-main"}]}
    "#);
}

#[test]
fn tokens_go_on_working_as_callers_send_them() {
    let plan = one_api(ONE_API);
    let keys = resources(&plan, Kind::Key);
    let sent = KeyHash::of(b"sk-AliceTokenSecret0123456789AliceTokenSecret012345");
    assert!(keys.contains(&sent.to_string()), "{keys}");
    assert!(
        keys.contains(r#""expires_at":"2030-01-01T00:00:00Z""#),
        "{keys}"
    );
    assert!(keys.contains(r#""models":["gpt-4o"]"#), "{keys}");
    assert!(plan.keys.is_empty());
}

#[test]
fn quota_is_money_to_the_nano_dollar() {
    let plan = one_api(ONE_API);
    let alice = plan
        .credits
        .iter()
        .find(|credit| credit.team.as_str() == "alice")
        .unwrap();
    assert_eq!(alice.amount, "2.469134".parse::<Nanos>().unwrap());
    insta::assert_snapshot!(resources(&plan, Kind::Budget), @r#"
    key-alice-phone: {"limit":"2.50","scope":{"key":"alice-phone"},"window":"month"}
    key-alice-phone-2: {"limit":"0.000006","scope":{"key":"alice-phone-2"},"window":"month"}
    "#);
    let tables = tollgate_import::dump("dump.sql", ONE_API).unwrap();
    let other = tollgate_import::one_api(tables, Flavour::OneApi, Some("1000000")).unwrap();
    let alice = other
        .credits
        .iter()
        .find(|credit| credit.team.as_str() == "alice")
        .unwrap();
    assert_eq!(alice.amount, "1.234567".parse::<Nanos>().unwrap());
}

/// Rows as an API gives them.
fn objects(table: &str, json: &str) -> Table {
    let rows: Vec<serde_json::Value> = serde_json::from_str(json).unwrap();
    Table::of_objects(table, &rows)
}

#[test]
fn new_api_by_its_api_says_which_secrets_and_keys_are_needed() {
    let tables = Tables {
        file: "https://new-api.example".to_owned(),
        tables: vec![
            objects(
                "channels",
                r#"[{"id":7,"type":43,"status":1,"name":"Deep","models":"deepseek-chat","group":"default",
                    "priority":0,"weight":0,"auto_ban":1,"channel_info":{"is_multi_key":false}},
                   {"id":8,"type":4,"status":1,"name":"Home","models":"llama3","group":"default",
                    "base_url":"http://home:11434"}]"#,
            ),
            objects(
                "tokens",
                r#"[{"id":1,"user_id":1,"key":"abcd**********wxyz","status":1,"name":"web","expired_time":-1,
                    "unlimited_quota":true,"model_limits_enabled":true,"model_limits":"deepseek-chat"}]"#,
            ),
        ],
        others: Vec::new(),
    };
    let plan = tollgate_import::one_api(tables, Flavour::NewApi, None).unwrap();
    insta::assert_snapshot!(resources(&plan, Kind::Provider), @r#"
    Deep: {"catalog":"deepseek","credentials":[{"key":{"secret":"new-api-Deep"},"name":"main"}]}
    Home: {"base_url":"http://home:11434/v1","catalog":"ollama"}
    "#);
    let secrets: Vec<_> = plan
        .secrets
        .iter()
        .map(|s| (s.name.as_str(), s.value.is_some()))
        .collect();
    assert_eq!(secrets, [("new-api-Deep", false)]);
    let keys: Vec<_> = plan.keys.iter().map(|key| key.name.as_str()).collect();
    assert_eq!(keys, ["user-1-web"]);
}

#[test]
fn a_channel_with_several_keys_is_a_provider_with_several_credentials() {
    let tables = Tables {
        file: "f".to_owned(),
        tables: vec![objects(
            "channels",
            r#"[{"id":1,"type":1,"status":1,"name":"Pool","models":"gpt-4o","key":"sk-a\nsk-b\nsk-c",
                "channel_info":"{\"is_multi_key\":true,\"multi_key_status_list\":{\"1\":2}}"}]"#,
        )],
        others: Vec::new(),
    };
    let plan = tollgate_import::one_api(tables, Flavour::NewApi, None).unwrap();
    let values: Vec<_> = plan
        .secrets
        .iter()
        .map(|s| s.value.as_ref().unwrap().reveal())
        .collect();
    assert_eq!(values, ["sk-a", "sk-c"]);
    assert!(
        plan.report
            .text()
            .contains("1 of the channel's keys are switched off")
    );
}
