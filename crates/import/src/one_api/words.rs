//! Columns and options of one-api and new-api that have no place here, each with the reason.

use crate::report::Report;
use crate::tree::Tree;

use super::cells::{cell, rows};

/// Columns of a table that are left out for one reason.
struct Left {
    table: &'static str,
    columns: &'static [&'static str],
    why: &'static str,
    instead: &'static str,
}

const COLUMNS: &[Left] = &[
    Left {
        table: "channels",
        columns: &[
            "created_time",
            "test_time",
            "response_time",
            "balance",
            "balance_updated_time",
            "used_quota",
            "test_model",
            "other_info",
            "channel_info",
            "need_reconcile",
        ],
        why: "measurements and history of the channel",
        instead: "",
    },
    Left {
        table: "channels",
        columns: &["auto_ban"],
        why: "what fails cools down by itself, and comes back by itself",
        instead: "see docs/failover.md",
    },
    Left {
        table: "channels",
        columns: &["tag", "remark"],
        why: "providers carry no notes",
        instead: "",
    },
    Left {
        table: "channels",
        columns: &[
            "other",
            "config",
            "setting",
            "settings",
            "param_override",
            "header_override",
            "status_code_mapping",
            "system_prompt",
            "model_limit",
            "max_input_tokens",
        ],
        why: "nothing is added to a request or changed in an answer; what it says may hold a secret, \
              and is not shown",
        instead: "a header that every request needs goes into the Provider's `headers`",
    },
    Left {
        table: "tokens",
        columns: &["created_time", "accessed_time", "used_quota"],
        why: "history of the token",
        instead: "",
    },
    Left {
        table: "tokens",
        columns: &["subnet", "allow_ips"],
        why: "a key works from every address",
        instead: "let your network decide who reaches the gateway",
    },
    Left {
        table: "tokens",
        columns: &["cross_group_retry", "billing_type"],
        why: "there are no groups of channels",
        instead: "",
    },
    Left {
        table: "users",
        columns: &[
            "password",
            "role",
            "email",
            "github_id",
            "discord_id",
            "oidc_id",
            "wechat_id",
            "lark_id",
            "telegram_id",
            "linux_do_id",
            "access_token",
            "verification_code",
            "setting",
            "auth_version",
            "last_login_at",
            "last_login_ip",
        ],
        why: "people sign in here with names and passwords of their own",
        instead: "`tollgate invite` makes a link for each person who is to use the console",
    },
    Left {
        table: "users",
        columns: &[
            "used_quota",
            "request_count",
            "aff_code",
            "aff_count",
            "aff_quota",
            "aff_history",
            "aff_history_quota",
            "inviter_id",
            "invite_rebate_eligible",
            "created_at",
            "created_time",
            "remark",
            "stripe_customer",
            "admin_permissions",
        ],
        why: "history of the user, and what has to do with inviting others",
        instead: "",
    },
];

/// Beginnings and ends of options that are settings of the process, of sign-in and of selling.
const OPTIONS: &[&str] = &[
    "SMTP",
    "GitHub",
    "WeChat",
    "Lark",
    "Oidc",
    "oidc.",
    "discord.",
    "Telegram",
    "LinuxDO",
    "Turnstile",
    "Google",
    "passkey.",
    "legal.",
    "console_setting.",
    "theme.",
    "Password",
    "Register",
    "Email",
    "Footer",
    "Logo",
    "SystemName",
    "About",
    "HomePageContent",
    "Notice",
    "ServerAddress",
    "Theme",
    "TopUp",
    "ChatLink",
    "Chats",
    "DocsLink",
    "Quota",
    "PreConsumedQuota",
    "Pay",
    "Stripe",
    "Creem",
    "Waffo",
    "Epay",
    "Price",
    "MinTopUp",
    "USDExchangeRate",
    "DisplayInCurrency",
    "DisplayToken",
    "DataExport",
    "Draw",
    "Mj",
    "ImageDownload",
    "ImageUpload",
    "Log",
    "MessagePusher",
    "performance_setting.",
    "Automatic",
    "ChannelDisable",
    "ApproximateToken",
    "RetryTimes",
    "checkin_setting.",
    "payment_setting.",
    "general_setting.",
    "quota_setting.",
    "token_setting.",
    "group_ratio_setting.",
    "fetch_setting.",
    "monitor_setting.",
    "model_deployment",
    "attribution",
    "Worker",
    "CustomCallbackAddress",
    "StreamCache",
    "CheckSensitive",
    "Sensitive",
    "StopOnSensitive",
    "ModelRequestRateLimit",
    "SelfUseMode",
    "DemoSite",
    "ExposeRatio",
    "DefaultCollapseSidebar",
    "DefaultUseAutoGroup",
    "AutoGroups",
    "HeaderNavModules",
    "SidebarModulesAdmin",
    "AudioRatio",
    "AudioCompletionRatio",
    "ImageRatio",
    "TaskEnabled",
    "claude.",
    "gemini.",
    "grok.",
    "qwen.",
    "global.",
    "UserUsableGroups",
    "TopupGroupRatio",
    "GroupGroupRatio",
    "billing_setting.",
    "perf_metrics",
    "tool_price_setting.",
];

/// Says of every cell that has no place here why.
pub(super) fn leave(root: &Tree, report: &mut Report) {
    for left in COLUMNS {
        for row in rows(root, left.table) {
            for column in left.columns {
                match row.get(column) {
                    Some(at) if says_nothing(at) => {
                        at.claim();
                    }
                    Some(at) => report.left(at, left.why, left.instead),
                    None => {}
                }
            }
        }
    }
    for row in rows(root, "options") {
        let key = cell(row, "key").unwrap_or_default();
        let known = OPTIONS.iter().any(|word| key.starts_with(word));
        if known
            && row
                .forgotten()
                .iter()
                .any(|cell| cell.path().ends_with(".value"))
        {
            let why = "a setting of the process, of sign-in or of selling";
            report.left(
                row,
                why,
                "see docs/configuration.md for the settings of Tollgate",
            );
        }
    }
    if let Some(abilities) = root.get("abilities") {
        report.left(abilities, "they follow from the channels", "");
    }
}

/// Whether a cell is at its beginning: nothing, zero, or JSON in which nothing stands.
fn says_nothing(cell: &Tree) -> bool {
    let text = cell.text().unwrap_or_default().trim();
    let digits = text.trim_matches(|letter| "0.".contains(letter));
    let json = text.starts_with('{')
        && !text.contains(|letter: char| letter.is_ascii_digit())
        && text.split('"').skip(3).step_by(4).all(str::is_empty)
        && !text.contains("true");
    digits.is_empty() || matches!(text, "{}" | "[]" | "null" | "false") || json
}
