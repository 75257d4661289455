//! What a config of LiteLLM may say that has no place here: each with the reason, and with what to
//! do instead. What stands in no table is reported as not understood.

use crate::report::Report;
use crate::tree::Tree;

/// Members of a section that are left out for one reason.
struct Left {
    section: &'static str,
    members: &'static [&'static str],
    why: &'static str,
    instead: &'static str,
}

const PARAMS: &[Left] = &[
    Left {
        section: "litellm_params",
        members: &[
            "temperature",
            "max_tokens",
            "max_completion_tokens",
            "top_p",
            "seed",
            "stop",
            "n",
            "presence_penalty",
            "frequency_penalty",
            "reasoning_effort",
            "thinking",
            "tools",
            "response_format",
            "user",
            "extra_body",
            "keep_alive",
            "num_ctx",
            "dimensions",
            "input_type",
            "modalities",
            "verbosity",
        ],
        why: "nothing is added to a request: what the caller sends is what the provider gets",
        instead: "let callers send it",
    },
    Left {
        section: "litellm_params",
        members: &[
            "max_retries",
            "num_retries",
            "cooldown_time",
            "allowed_fails",
        ],
        why: "each target is tried once and the next one asked; what fails cools down by itself",
        instead: "",
    },
    Left {
        section: "litellm_params",
        members: &[
            "drop_params",
            "additional_drop_params",
            "allowed_openai_params",
            "modify_params",
            "merge_reasoning_content_in_choices",
            "supports_system_message",
            "model_info",
        ],
        why: "a parameter that a provider does not take is left out by itself, and named in a header",
        instead: "",
    },
    Left {
        section: "litellm_params",
        members: &["max_parallel_requests", "max_budget", "budget_duration"],
        why: "a deployment has no limit of its own",
        instead: "a Budget with the scope of the model limits what it costs",
    },
    Left {
        section: "litellm_params",
        members: &["api_version"],
        why: "only deployments at Azure are asked with a version",
        instead: "",
    },
    Left {
        section: "litellm_params",
        members: &[
            "tags",
            "use_in_pass_through",
            "cache_control_injection_points",
            "mock_response",
            "region_name",
            "ssl_verify",
            "guardrails",
            "prompt_id",
        ],
        why: "a target has nothing of this kind",
        instead: "",
    },
    Left {
        section: "litellm_params",
        members: &[
            "input_cost_per_second",
            "output_cost_per_second",
            "output_cost_per_character",
            "input_cost_per_image",
            "input_cost_per_pixel",
            "output_cost_per_pixel",
            "input_cost_per_token_above_128k_tokens",
            "input_cost_per_token_above_200k_tokens",
            "output_cost_per_token_above_128k_tokens",
            "output_cost_per_token_above_200k_tokens",
            "input_cost_per_token_batches",
            "output_cost_per_token_batches",
        ],
        why: "a provider's own prices have no such unit or tier",
        instead: "the catalogue's prices have; leave the model's own prices out to use them",
    },
];

const SECTIONS: &[Left] = &[
    Left {
        section: "litellm_settings",
        members: &[
            "success_callback",
            "failure_callback",
            "callbacks",
            "service_callbacks",
            "audit_log_callbacks",
            "turn_off_message_logging",
            "redact_user_api_key_info",
            "redact_messages_in_exceptions",
            "langfuse_default_tags",
            "store_audit_logs",
            "s3_callback_params",
        ],
        why: "calls are recorded here, and sent nowhere else",
        instead: "read them with `tollgate calls` or from the admin API",
    },
    Left {
        section: "litellm_settings",
        members: &[
            "set_verbose",
            "json_logs",
            "suppress_debug_info",
            "telemetry",
            "detailed_debug",
        ],
        why: "how the process logs is a setting of the server",
        instead: "see docs/operations.md",
    },
    Left {
        section: "litellm_settings",
        members: &[
            "cache",
            "cache_params",
            "disable_copilot_system_to_assistant",
        ],
        why: "answers are not kept where the cache is switched off",
        instead: "",
    },
    Left {
        section: "litellm_settings",
        members: &[
            "drop_params",
            "modify_params",
            "enable_preview_features",
            "enable_json_schema_validation",
            "add_function_to_prompt",
            "ssl_verify",
            "force_ipv4",
            "user_url_validation",
            "always_include_stream_usage",
        ],
        why: "a parameter that a provider does not take is left out by itself, and named in a header",
        instead: "",
    },
    Left {
        section: "litellm_settings",
        members: &[
            "default_internal_user_params",
            "max_internal_user_budget",
            "internal_user_budget_duration",
            "upperbound_key_generate_params",
            "default_key_generate_params",
            "default_team_params",
            "default_team_settings",
            "key_generation_settings",
            "max_end_user_budget",
            "enable_key_alias_format_validation",
            "max_user_budget",
        ],
        why: "there are no defaults for people and keys that are made later",
        instead: "a Budget with the scope of the team holds for all keys of it",
    },
    Left {
        section: "litellm_settings",
        members: &[
            "num_retries",
            "allowed_fails",
            "cooldown_time",
            "retry_after",
            "num_retries_per_request",
        ],
        why: "each target is tried once and the next one asked; what fails cools down by itself",
        instead: "see docs/failover.md",
    },
    Left {
        section: "litellm_settings",
        members: &[
            "mcp_aliases",
            "guardrails",
            "public_model_groups",
            "tag_budget_config",
            "priority_reservation",
        ],
        why: "there is nothing of this kind here",
        instead: "",
    },
    Left {
        section: "router_settings",
        members: &[
            "num_retries",
            "retry_after",
            "allowed_fails",
            "cooldown_time",
            "disable_cooldowns",
            "retry_policy",
            "allowed_fails_policy",
            "model_group_retry_policy",
            "max_fallbacks",
        ],
        why: "each target is tried once and the next one asked; what fails cools down by itself",
        instead: "see docs/failover.md",
    },
    Left {
        section: "router_settings",
        members: &[
            "redis_host",
            "redis_port",
            "redis_password",
            "redis_url",
            "redis_db",
            "cache_responses",
            "cache_kwargs",
            "caching_groups",
            "client_ttl",
            "polling_interval",
        ],
        why: "nodes need no Redis to agree",
        instead: "see docs/operations.md for several nodes on PostgreSQL",
    },
    Left {
        section: "router_settings",
        members: &[
            "enable_pre_call_checks",
            "optional_pre_call_checks",
            "enable_tag_filtering",
            "tag_filtering_match_any",
            "routing_strategy_args",
            "default_litellm_params",
            "default_max_parallel_requests",
            "default_priority",
            "assistants_config",
            "set_verbose",
            "debug_level",
            "routing_groups",
            "ignore_invalid_deployments",
        ],
        why: "a model's targets are chosen by its strategy alone",
        instead: "",
    },
    Left {
        section: "router_settings",
        members: &["provider_budget_config"],
        why: "a budget's scope is not a provider",
        instead: "a Budget with the scope of the model limits what is spent on it",
    },
    Left {
        section: "general_settings",
        members: &[
            "database_url",
            "database_connection_pool_limit",
            "database_connection_timeout",
            "database_type",
            "database_args",
            "store_model_in_db",
            "supported_db_objects",
            "disable_prisma_schema_update",
            "allow_requests_on_db_unavailable",
            "proxy_batch_write_at",
            "proxy_batch_polling_interval",
            "proxy_budget_rescheduler_min_time",
            "proxy_budget_rescheduler_max_time",
            "use_redis_transaction_buffer",
        ],
        why: "the store is a setting of the server, and needs no database to be set up",
        instead: "keys that LiteLLM keeps in its database come with `--keys FILE`",
    },
    Left {
        section: "general_settings",
        members: &[
            "alerting",
            "alerting_threshold",
            "alerting_args",
            "alert_types",
            "alert_to_webhook_url",
            "spend_report_frequency",
            "background_health_checks",
            "health_check_interval",
            "health_check_details",
            "use_shared_health_check",
        ],
        why: "alerts and health checks are not part of the configuration",
        instead: "see docs/operations.md",
    },
    Left {
        section: "general_settings",
        members: &[
            "disable_spend_logs",
            "disable_spend_updates",
            "store_prompts_in_spend_logs",
            "maximum_spend_logs_retention_period",
            "maximum_spend_logs_retention_interval",
            "disable_reset_budget",
            "disable_master_key_return",
            "disable_retry_on_max_parallel_request_limit_error",
            "disable_adding_master_key_hash_to_db",
            "disable_responses_id_security",
            "disable_error_logs",
        ],
        why: "how calls are recorded is a setting of the server",
        instead: "see docs/configuration.md",
    },
    Left {
        section: "general_settings",
        members: &[
            "custom_auth",
            "enable_jwt_auth",
            "litellm_jwtauth",
            "custom_sso",
            "enable_oauth2_auth",
            "enable_oauth2_proxy_auth",
            "oauth2_config_mappings",
            "allow_user_auth",
            "ui_access_mode",
            "default_team_disabled",
            "custom_key_generate",
            "key_management_system",
            "key_management_settings",
            "use_azure_key_vault",
            "use_google_kms",
            "litellm_license",
            "litellm_key_header_name",
            "user_api_key_cache_ttl",
            "service_account_settings",
            "enforce_user_param",
            "enforced_params",
            "reject_clientside_metadata_tags",
            "allow_client_side_credentials",
            "admin_only_routes",
            "public_routes",
            "allowed_routes",
            "allowed_ips",
            "use_x_forwarded_for",
            "control_plane_url",
        ],
        why: "callers come with keys, and people sign in to the console",
        instead: "`tollgate key create` and `tollgate invite` make them",
    },
    Left {
        section: "general_settings",
        members: &[
            "max_parallel_requests",
            "global_max_parallel_requests",
            "max_request_size_mb",
            "max_response_size_mb",
            "completion_model",
            "image_generation_model",
            "embedding_model",
            "moderation_model",
            "infer_model_from_keys",
            "pass_through_endpoints",
            "use_client_credentials_pass_through_routes",
            "forward_openai_org_id",
            "forward_client_headers_to_llm_api",
            "user_mcp_management_mode",
        ],
        why: "limits on requests are settings of the server; callers name their model themselves",
        instead: "see docs/configuration.md",
    },
];

/// Sections that are left out as a whole.
const WHOLE: &[(&str, &str, &str)] = &[
    (
        "callback_settings",
        "calls are recorded here, and sent nowhere else",
        "",
    ),
    ("guardrails", "there are no guardrails", ""),
    (
        "mcp_servers",
        "there are no MCP servers behind the gateway",
        "",
    ),
    (
        "mcp_tools",
        "there are no MCP servers behind the gateway",
        "",
    ),
    ("vector_store_registry", "there are no vector stores", ""),
    ("files_settings", "files are kept by the provider", ""),
    (
        "finetune_settings",
        "models are trained at the provider",
        "",
    ),
    (
        "assistant_settings",
        "assistants are kept by the provider",
        "",
    ),
    ("prompts", "prompts are not kept", ""),
    ("search_tools", "there are no search tools", ""),
    (
        "include",
        "a config that is included is not read",
        "import each file, or put them into one",
    ),
];

const INFO: &str = "the catalogue knows what a model can do; here it is only told to people";

/// Says of everything that has no place here why, wherever it stands.
pub(super) fn leave(root: &Tree, report: &mut Report) {
    for (section, why, instead) in WHOLE {
        if let Some(at) = root.get(section) {
            report.left(at, *why, instead);
        }
    }
    for left in SECTIONS {
        if let Some(section) = root.get(left.section) {
            left.from(section, report);
        }
    }
    for entry in root.get("model_list").map(Tree::items).unwrap_or_default() {
        if let Some(params) = entry.get("litellm_params") {
            PARAMS.iter().for_each(|left| left.from(params, report));
        }
        if let Some(info) = entry.get("model_info") {
            for (_, member) in info.members() {
                if INFO_MEMBERS.iter().any(|known| is(member, known)) && !taken(member) {
                    report.left(member, INFO, "");
                }
            }
        }
    }
    set_variables(root, report);
}

/// Members of `model_info`; those whose end is `_` are the beginnings of names.
const INFO_MEMBERS: &[&str] = &[
    "id",
    "mode",
    "base_model",
    "description",
    "max_tokens",
    "max_input_tokens",
    "max_output_tokens",
    "supports_",
    "access_groups",
    "team_id",
    "team_public_model_name",
    "health_check_",
    "disable_background_health_check",
    "created_at",
    "created_by",
    "updated_at",
    "updated_by",
    "db_model",
    "tier",
    "litellm_provider",
    "metadata",
    "supported_environments",
    "direct_access",
    "version",
];

fn is(member: &Tree, known: &str) -> bool {
    let name = member.path().rsplit('.').next().unwrap_or_default();
    match known.ends_with('_') {
        true => name.starts_with(known),
        false => name == known,
    }
}

fn taken(member: &Tree) -> bool {
    member.forgotten().is_empty()
}

impl Left {
    fn from(&self, section: &Tree, report: &mut Report) {
        for member in self.members {
            if let Some(at) = section.get(member).filter(|at| !taken(at)) {
                report.left(at, self.why, self.instead);
            }
        }
    }
}

/// Variables that no key needed: they may hold secrets, so they are named and not shown.
fn set_variables(root: &Tree, report: &mut Report) {
    let variables = root.get("environment_variables").map(Tree::members);
    for (_, value) in variables.unwrap_or_default() {
        if !taken(value) {
            let why = "no provider that was taken over needs this variable";
            report.left(
                value,
                why,
                "set it in the environment of Tollgate where a spec names it",
            );
        }
    }
    for credential in root
        .get("credential_list")
        .map(Tree::items)
        .unwrap_or_default()
    {
        if let Some(info) = credential.get("credential_info") {
            report.left(info, INFO, "");
        }
    }
}
