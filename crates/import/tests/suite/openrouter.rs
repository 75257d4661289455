//! OpenRouter: presets become models, keys are made anew with their limits.

use tollgate_model::Kind;

use super::{OPENROUTER, openrouter, resources};

#[test]
fn a_preset_is_a_model_whose_targets_are_its_models() {
    let plan = openrouter(OPENROUTER);
    insta::assert_snapshot!(resources(&plan, Kind::Model), @r#"support: {"targets":[{"model":"openai/gpt-4o-mini","provider":"openrouter"},{"model":"anthropic/claude-3.5-haiku","provider":"openrouter"}]}"#);
    insta::assert_snapshot!(resources(&plan, Kind::Provider), @r#"openrouter: {"credentials":[{"key":{"env":"OPENROUTER_API_KEY"},"name":"main"}]}"#);
}

#[test]
fn a_key_is_made_anew_with_its_limit() {
    let plan = openrouter(OPENROUTER);
    let keys: Vec<_> = plan.keys.iter().map(|key| key.name.as_str()).collect();
    assert_eq!(keys, ["Shop"]);
    insta::assert_snapshot!(resources(&plan, Kind::Budget), @r#"key-Shop: {"limit":"100.50","scope":{"key":"Shop"},"window":"month"}"#);
    let known = r#"[{ "name": "Mine", "hash": "00", "key": "sk-or-v1-0123456789abcdef" }]"#;
    let plan = openrouter(known);
    assert!(plan.keys.is_empty());
    assert!(resources(&plan, Kind::Key).starts_with("Mine: "));
}

#[test]
fn every_way_to_write_a_preset_is_read() {
    for (text, name) in [
        (r#"{ "model": "openai/gpt-4o" }"#, "preset"),
        (
            r#"{ "preset": "@preset/fast", "model": "openai/gpt-4o" }"#,
            "fast",
        ),
        (r#"[{ "name": "a b", "models": ["openai/gpt-4o"] }]"#, "a-b"),
        (
            r#"{ "presets": { "mail": { "model": "openai/gpt-4o" } } }"#,
            "mail",
        ),
        (
            r#"{ "data": { "slug": "s", "designated_version": { "config": { "model": "openai/gpt-4o" } } } }"#,
            "s",
        ),
    ] {
        let plan = openrouter(text);
        let models = resources(&plan, Kind::Model);
        assert!(models.starts_with(&format!("{name}: ")), "{text}: {models}");
        assert!(
            plan.report.unknown.is_empty(),
            "{text}: {:?}",
            plan.report.unknown
        );
    }
}
