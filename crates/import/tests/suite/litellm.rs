//! LiteLLM: what of its config becomes what.

use tollgate_model::{KeyHash, Kind};

use super::{LITELLM, LITELLM_KEYS, litellm, resources};

#[test]
fn deployments_are_targets_by_their_shares_and_fallbacks_come_last() {
    let plan = litellm(LITELLM, None);
    insta::assert_snapshot!(resources(&plan, Kind::Model), @r#"
    gpt-4o: {"strategy":"weighted","targets":[{"model":"gpt-4o","provider":"openai","weight":2},{"model":"gpt-4o-eu","provider":"acme.openai.azure.com"},{"model":"claude-sonnet-4-5","provider":"anthropic","takes_over":["rate_limited","unfunded","overloaded","timeout","server_error","auth","not_found","context_too_long"]}]}
    claude: {"targets":[{"model":"claude-sonnet-4-5","provider":"anthropic"}]}
    local-llama: {"targets":[{"model":"meta-llama/Llama-3.1-8B","provider":"gpu-1-8000"}]}
    shared: {"targets":[{"model":"mistral-large-latest","provider":"mistral"}]}
    gpt-4: {"strategy":"weighted","targets":[{"model":"gpt-4o","provider":"openai","weight":2},{"model":"gpt-4o-eu","provider":"acme.openai.azure.com"}]}
    "#);
}

#[test]
fn providers_point_to_variables_and_stored_secrets() {
    let plan = litellm(LITELLM, None);
    insta::assert_snapshot!(resources(&plan, Kind::Provider), @r#"
    openai: {"credentials":[{"key":{"env":"OPENAI_API_KEY"},"name":"main"}],"timeouts":{"first_byte_ms":30500}}
    acme.openai.azure.com: {"base_url":"https://acme.openai.azure.com","catalog":"azure-openai","credentials":[{"key":{"secret":"litellm-acme.openai.azure.com"},"name":"main"}],"platform":{"azure":{"api_version":"2024-10-21","surface":"deployments"}},"prices":{"gpt-4o-eu":{"input":"2.50","output":"10.00"}}}
    anthropic: {"credentials":[{"key":{"secret":"litellm-anthropic"},"name":"main"}]}
    gpu-1-8000: {"base_url":"http://gpu-1:8000/v1","dialect":"openai-chat","headers":{"x-team":"research"},"unpriced":"free"}
    groq: {"credentials":[{"key":{"env":"GROQ_API_KEY"},"name":"main"}]}
    mistral: {"credentials":[{"key":{"secret":"litellm-mistral"},"name":"main"}]}
    "#);
}

#[test]
fn budgets_keep_their_decimals() {
    let plan = litellm(LITELLM, Some(LITELLM_KEYS));
    insta::assert_snapshot!(resources(&plan, Kind::Budget), @r#"
    litellm: {"limit":"100.10","scope":"organization","window":"month"}
    key-web-backend: {"limit":"12.50","scope":{"key":"web-backend"},"window":"week"}
    key-litellm-key: {"limit":"5.00","scope":{"key":"litellm-key"},"window":"month"}
    "#);
}

#[test]
fn callers_go_on_with_their_keys() {
    let plan = litellm(LITELLM, Some(LITELLM_KEYS));
    let keys = resources(&plan, Kind::Key);
    let master = KeyHash::of(b"sk-master-secret-0123456789abcdef");
    assert!(keys.contains(&master.to_string()), "{keys}");
    // The hash that LiteLLM keeps is that of the key as callers send it.
    assert!(keys.contains(&KeyHash::of(b"test").to_string()), "{keys}");
    assert!(
        keys.contains(r#""models":["gpt-4o","local-llama"]"#),
        "{keys}"
    );
    assert!(keys.contains(r#""revoked":true"#), "{keys}");
    let short = litellm(
        "general_settings: { master_key: sk-1234 }\nmodel_list: []\n",
        None,
    );
    assert_eq!(resources(&short, Kind::Key), "");
    assert!(short.report.text().contains("it could be guessed"));
}

/// Imports one deployment, and gives its provider and model, or why there is none.
fn deployment(params: &str) -> String {
    let config = format!("model_list:\n  - model_name: m\n    litellm_params: {params}\n");
    let plan = litellm(&config, None);
    let model = plan.documents.iter().find(|d| d.kind == Kind::Model);
    let Some(model) = model else {
        return plan.report.left[0].what.clone();
    };
    let provider = plan
        .documents
        .iter()
        .find(|d| d.kind == Kind::Provider)
        .unwrap();
    let place = provider
        .spec
        .get("base_url")
        .map(|url| format!(" at {}", url.as_str().unwrap()));
    let target = &model.spec["targets"][0];
    let (name, model) = (provider.name.as_str(), target["model"].as_str().unwrap());
    let catalog = provider.spec.get("catalog").and_then(|id| id.as_str());
    let id = catalog.unwrap_or(if provider.spec.get("dialect").is_some() {
        "-"
    } else {
        name
    });
    format!("{id} {model}{}", place.unwrap_or_default())
}

#[test]
fn prefixes_are_providers_of_the_catalogue() {
    for (params, expected) in [
        ("{ model: gpt-4o }", "openai gpt-4o"),
        (
            "{ model: claude-sonnet-4-5 }",
            "anthropic claude-sonnet-4-5",
        ),
        ("{ model: gemini/gemini-2.5-pro }", "google gemini-2.5-pro"),
        (
            "{ model: together_ai/meta-llama/Llama-3-70b }",
            "together meta-llama/Llama-3-70b",
        ),
        ("{ model: openai/responses/gpt-4o }", "openai gpt-4o"),
        (
            "{ model: gpt-4o, custom_llm_provider: openai }",
            "openai gpt-4o",
        ),
        (
            "{ model: ollama_chat/llama3, api_base: 'http://h:11434' }",
            "ollama llama3 at http://h:11434/v1",
        ),
        (
            "{ model: anthropic/c, api_base: 'https://p/' }",
            "anthropic c at https://p/v1",
        ),
        (
            "{ model: hosted_vllm/q, api_base: 'http://h/v1' }",
            "vllm q at http://h/v1",
        ),
        (
            "{ model: openai/q, api_base: 'http://h/v1' }",
            "- q at http://h/v1",
        ),
        (
            "{ model: q, api_base: 'http://h/v1' }",
            "- q at http://h/v1",
        ),
    ] {
        assert_eq!(deployment(params), expected, "{params}");
    }
    for (params, why) in [
        ("{ model: sagemaker/x }", "not in the catalogue (sagemaker)"),
        ("{ model: hosted_vllm/q }", "it has no address"),
        (
            "{ model: openai/q, api_base: 'h?x=1' }",
            "scheme, host and path",
        ),
        (
            "{ model: openai/q, api_base: os.environ/BASE }",
            "in a variable",
        ),
    ] {
        let told = deployment(params);
        assert!(told.contains(why), "{params}: {told}");
    }
}

#[test]
fn the_routers_strategy_is_that_of_each_model_with_several_targets() {
    for (word, strategy) in [
        ("simple-shuffle", "weighted"),
        ("least-busy", "least-busy"),
        ("latency-based-routing", "least-latency"),
        ("usage-based-routing-v2", "least-busy"),
        ("cost-based-routing", "least-cost"),
        ("whatever", "weighted"),
    ] {
        let config = format!(
            "model_list:
  - {{ model_name: m, litellm_params: {{ model: openai/gpt-4o, api_key: a }} }}
  - {{ model_name: m, litellm_params: {{ model: openai/gpt-4o, api_key: b }} }}
router_settings: {{ routing_strategy: {word} }}
"
        );
        let plan = litellm(&config, None);
        let report = plan.report.text();
        assert!(report.contains(word), "{report}");
        let models = resources(&plan, Kind::Model);
        let expected = format!(r#""strategy":"{strategy}""#);
        assert!(models.contains(&expected), "{word}: {models}");
        super::compile(&plan);
    }
}

#[test]
fn deployments_with_an_order_are_asked_in_it() {
    let config = "model_list:
  - { model_name: m, litellm_params: { model: openai/gpt-4o, api_key: a, order: 2, weight: 9 } }
  - { model_name: m, litellm_params: { model: groq/llama-3.3-70b-versatile, api_key: b, order: 1, weight: 1 } }
";
    let plan = litellm(config, None);
    insta::assert_snapshot!(resources(&plan, Kind::Model), @r#"m: {"targets":[{"model":"llama-3.3-70b-versatile","provider":"groq"},{"model":"gpt-4o","provider":"openai"}]}"#);
}

#[test]
fn vertex_ai_has_project_location_and_service_account() {
    for (credentials, access) in [
        (
            "/run/sa.json",
            r#""service_account":{"file":"/run/sa.json"}"#,
        ),
        (
            "os.environ/SA_JSON",
            r#""service_account":{"env":"SA_JSON"}"#,
        ),
        (
            r#"'{"type":"service_account"}'"#,
            r#""service_account":{"secret":"litellm-vertex"}"#,
        ),
    ] {
        let config = format!(
            "model_list:\n  - model_name: m\n    litellm_params: {{ model: vertex_ai/gemini-2.5-pro, \
             vertex_project: p, vertex_location: europe-west4, vertex_credentials: {credentials} }}\n"
        );
        let plan = litellm(&config, None);
        let provider = resources(&plan, Kind::Provider);
        let place = r#""platform":{"vertex":{"location":"europe-west4","project":"p"}}"#;
        assert!(
            provider.contains(place) && provider.contains(access),
            "{provider}"
        );
        super::compile(&plan);
    }
}

#[test]
fn answers_are_kept_where_the_config_keeps_them() {
    let models = |settings: &str| {
        let config = format!(
            "model_list:\n  - {{ model_name: m, litellm_params: {{ model: openai/gpt-4o }} }}\n\
             litellm_settings: {{ {settings} }}\n"
        );
        resources(&litellm(&config, None), Kind::Model)
    };
    assert!(
        models("cache: true, cache_params: { type: redis, ttl: 600 }").contains(r#""ttl_s":600"#)
    );
    for off in [
        "cache: false",
        "cache: true",
        "cache: true, cache_params: { ttl: 9, mode: default_off }",
    ] {
        assert!(!models(off).contains("cache"), "{off}");
    }
}

#[test]
fn a_fallback_for_one_kind_of_failure_takes_over_after_it_alone() {
    let config = "model_list:
  - { model_name: m, litellm_params: { model: openai/gpt-4o } }
  - { model_name: long, litellm_params: { model: gemini/gemini-2.5-pro } }
router_settings:
  context_window_fallbacks: [{ m: [long] }]
";
    let plan = litellm(config, None);
    insta::assert_snapshot!(resources(&plan, Kind::Model), @r#"
    m: {"targets":[{"model":"gpt-4o","provider":"openai"},{"model":"gemini-2.5-pro","provider":"google","takes_over":["context_too_long"]}]}
    long: {"targets":[{"model":"gemini-2.5-pro","provider":"google"}]}
    "#);
    super::compile(&plan);
}
