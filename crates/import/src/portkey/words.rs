//! What a config of Portkey may say that has no place here, with the reason.

use crate::report::Report;
use crate::tree::Tree;

const LEFT: &[(&[&str], &str, &str)] = &[
    (
        &["cache"],
        "a cache that keeps nothing, or that is no map",
        "",
    ),
    (
        &[
            "input_guardrails",
            "output_guardrails",
            "before_request_hooks",
            "after_request_hooks",
            "default_input_guardrails",
            "default_output_guardrails",
            "guardrails",
        ],
        "there are no guardrails",
        "",
    ),
    (
        &[
            "forward_headers",
            "custom_headers",
            "strict_open_ai_compliance",
            "strict_openai_compliance",
        ],
        "which headers go on is not said here; the value of a header may be a secret",
        "a header that every request needs goes into the Provider's `headers`",
    ),
    (
        &[
            "metadata",
            "passthrough",
            "pass_through",
            "mcp",
            "openai_beta",
        ],
        "a target has nothing of this kind",
        "",
    ),
    (
        &["openai_organization", "openai_project"],
        "a target has no headers of its own",
        "write `openai-organization` into the Provider's `headers`",
    ),
    (
        &[
            "azure_api_version",
            "api_version",
            "azure_deployment_id",
            "azure_auth_mode",
            "azure_entra_client_id",
            "azure_entra_client_secret",
            "azure_entra_tenant_id",
            "aws_region",
            "aws_access_key_id",
            "aws_secret_access_key",
            "aws_session_token",
            "aws_role_arn",
            "aws_external_id",
            "aws_auth_type",
            "vertex_project_id",
            "vertex_region",
            "vertex_service_account_json",
            "workers_ai_account_id",
            "snowflake_account",
        ],
        "this way to sign in at a provider is not taken over",
        "see docs/providers-and-models.md",
    ),
];

const NOTES: [&str; 17] = [
    "id",
    "object",
    "status",
    "is_default",
    "created_at",
    "last_updated_at",
    "owner_id",
    "updated_by",
    "workspace_id",
    "organisation_id",
    "version_id",
    "format",
    "type",
    "success",
    "total",
    "slug",
    "name",
];

/// Members of a config or target.
pub(super) fn leave(at: &Tree, report: &mut Report) {
    for (members, why, instead) in LEFT {
        for member in *members {
            let found = at.get(member);
            if let Some(found) = found.filter(|found| !found.forgotten().is_empty()) {
                report.left(found, *why, instead);
            }
        }
    }
}

/// Members of what a config is listed with.
pub(super) fn leave_notes(at: &Tree, report: &mut Report) {
    for note in NOTES {
        if let Some(found) = at.get(note).filter(|found| !found.forgotten().is_empty()) {
            report.left(found, "a model carries no notes", "");
        }
    }
}

/// Members of a virtual key.
pub(super) fn leave_key(at: &Tree, report: &mut Report) {
    for (limit, why, instead) in [
        (
            "usage_limits",
            "a provider has no budget",
            "a Budget of the model limits what it costs",
        ),
        ("rate_limits", "a provider has no limit of its own", ""),
        (
            "model_config",
            "this way to sign in at a provider is not taken over",
            "",
        ),
        ("note", "providers carry no notes", ""),
    ] {
        if let Some(found) = at.get(limit) {
            report.left(found, why, instead);
        }
    }
    leave_notes(at, report);
}
