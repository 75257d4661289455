//! Portkey: a config is a model, its tree of targets a list.

use tollgate_model::Kind;

use super::{PORTKEY, portkey, resources};

#[test]
fn balanced_targets_have_shares_and_fallbacks_none() {
    let plan = portkey(PORTKEY);
    insta::assert_snapshot!(resources(&plan, Kind::Model), @r#"
    smart: {"cache":{"ttl_s":3600},"fallback_on":["rate_limited","server_error"],"strategy":"weighted","targets":[{"model":"gpt-4o","provider":"openai","weight":3},{"model":"llama-3.3-70b-versatile","provider":"groq"},{"model":"claude-sonnet-4-5","provider":"anthropic","weight":0}]}
    fastest: {"targets":[{"model":"llama-3.1-8b-instant","provider":"groq"}]}
    by-model: {"targets":[{"model":"gpt-4o","provider":"openai"}]}
    "#);
}

#[test]
fn a_key_in_the_vault_is_a_secret_to_be_set_by_hand() {
    let plan = portkey(PORTKEY);
    let secrets: Vec<_> = plan
        .secrets
        .iter()
        .map(|s| (s.name.as_str(), s.value.is_some()))
        .collect();
    assert_eq!(
        secrets,
        [("portkey-main-258f4d", false), ("portkey-groq", true)]
    );
}

/// The models of one config.
fn models(config: &str) -> String {
    let plan = portkey(config);
    format!("{}{}", resources(&plan, Kind::Model), plan.report.text())
}

#[test]
fn every_kind_of_target_is_read() {
    for (config, expected) in [
        (
            r#"{ "provider": "openai", "api_key": "k", "override_params": { "model": "gpt-4o" } }"#,
            r#"config: {"targets":[{"model":"gpt-4o","provider":"openai"}]}"#,
        ),
        (
            r#"{ "targets": [{ "override_params": { "model": "@groq/llama-3.1-8b-instant" }, "api_key": "k" }] }"#,
            r#"config: {"targets":[{"model":"llama-3.1-8b-instant","provider":"groq"}]}"#,
        ),
        (
            r#"{ "provider": "azure-openai", "resource_name": "acme", "deployment_id": "eu", "api_key": "k" }"#,
            r#"config: {"targets":[{"model":"eu","provider":"azure-openai"}]}"#,
        ),
        (
            r#"{ "virtual_key": "openai-4f2a", "override_params": { "model": "gpt-4o" } }"#,
            "by the name of the virtual key",
        ),
        (
            r#"{ "provider": "openai", "api_key": "k" }"#,
            "the caller names the model: openai/MODEL",
        ),
        (
            r#"{ "virtual_key": "4f2a" }"#,
            "does not say which provider it is",
        ),
        (r#"{ "provider": "nobody" }"#, "not in the catalogue"),
    ] {
        let told = models(config);
        assert!(told.contains(expected), "{config}: {told}");
    }
}
