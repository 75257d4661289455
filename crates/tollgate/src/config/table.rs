//! Every setting of the server: its member in the file, its variable, its flag, its default and
//! what it means. The documentation and the precedence are made from this table.

use std::fmt::Write;
use std::str::FromStr;

use super::raw::{Raw, ServerAddress};

/// One setting.
pub(crate) struct Setting {
    /// The member of the file: `limits.body_bytes`.
    pub member: &'static str,
    /// The flag of `tollgate serve`; empty where there is none.
    pub flag: &'static str,
    /// What holds where nothing else is said; empty where the setting is off then.
    pub default: &'static str,
    /// What it means.
    pub doc: &'static str,
    /// Reads the text of a variable, a flag or the default.
    pub set: fn(&mut Raw, &str) -> Result<(), String>,
}

impl Setting {
    /// The environment variable: `TOLLGATE_LIMITS_BODY_BYTES`.
    pub(crate) fn variable(&self) -> String {
        let name = self.member.replace('.', "_").to_ascii_uppercase();
        format!("TOLLGATE_{name}")
    }
}

fn read<T: FromStr<Err: std::fmt::Display>>(
    slot: &mut Option<T>,
    text: &str,
) -> Result<(), String> {
    let value = text.parse().map_err(|why| format!("{why}"))?;
    *slot = Some(value);
    Ok(())
}

fn number<T: FromStr>(slot: &mut Option<T>, text: &str) -> Result<(), String> {
    let wrong = |_| format!("\"{text}\" is not a whole number that fits here");
    *slot = Some(text.parse().map_err(wrong)?);
    Ok(())
}

/// Every setting, in the order of the documentation.
pub(crate) const SETTINGS: [Setting; 26] = [
    Setting {
        member: "data",
        flag: "--data",
        default: "./tollgate-data",
        doc: "The data folder: database, keys, journal. It is made where it is missing, readable by \
              its owner only.",
        set: |raw, text| read(&mut raw.data, text),
    },
    Setting {
        member: "gateway",
        flag: "--gateway",
        default: "0.0.0.0:8402",
        doc: "Where the gateway listens for traffic.",
        set: |raw, text| read(&mut raw.gateway, text),
    },
    Setting {
        member: "control",
        flag: "--control",
        default: "127.0.0.1:8403",
        doc: "Where console and admin API listen. Keep it on loopback, or behind TLS.",
        set: |raw, text| read(&mut raw.control, text),
    },
    Setting {
        member: "role",
        flag: "--role",
        default: "all",
        doc: "What the process does: `all`, `gateway` (traffic only) or `control` (console and \
              admin API only).",
        set: |raw, text| read(&mut raw.role, text),
    },
    Setting {
        member: "database",
        flag: "",
        default: "",
        doc: "PostgreSQL, as `postgres://user@host/name`, `{env: NAME}` or `{file: PATH}`. Without \
              it everything is kept in SQLite in the data folder.",
        set: |raw, text| {
            raw.database = Some(ServerAddress::Given(text.to_owned()));
            Ok(())
        },
    },
    Setting {
        member: "workers",
        flag: "",
        default: "0",
        doc: "Threads that carry traffic; `0` is one per core.",
        set: |raw, text| number(&mut raw.workers, text),
    },
    Setting {
        member: "limits.body_bytes",
        flag: "",
        default: "20971520",
        doc: "The largest body of a request. Larger ones are refused with 413.",
        set: |raw, text| number(&mut raw.limits.body_bytes, text),
    },
    Setting {
        member: "limits.upload_bytes",
        flag: "",
        default: "33554432",
        doc: "The largest body of a request that brings files: recordings to transcribe, pictures to \
              edit. Larger ones are refused with 413.",
        set: |raw, text| number(&mut raw.limits.upload_bytes, text),
    },
    Setting {
        member: "limits.file_bytes",
        flag: "",
        default: "536870912",
        doc: "The largest file that is kept at a provider by `POST /v1/files`. Larger ones are refused \
              with 413.",
        set: |raw, text| number(&mut raw.limits.file_bytes, text),
    },
    Setting {
        member: "limits.header_bytes",
        flag: "",
        default: "1048576",
        doc: "The largest head of a request. Larger ones are refused with 431.",
        set: |raw, text| number(&mut raw.limits.header_bytes, text),
    },
    Setting {
        member: "limits.header_timeout_ms",
        flag: "",
        default: "30000",
        doc: "How long the head of a request may take to arrive.",
        set: |raw, text| number(&mut raw.limits.header_timeout_ms, text),
    },
    Setting {
        member: "limits.body_timeout_ms",
        flag: "",
        default: "60000",
        doc: "How long the body of a request may pause while it arrives.",
        set: |raw, text| number(&mut raw.limits.body_timeout_ms, text),
    },
    Setting {
        member: "limits.attempts",
        flag: "",
        default: "3",
        doc: "How many targets and credentials a call tries before it fails.",
        set: |raw, text| number(&mut raw.limits.attempts, text),
    },
    Setting {
        member: "limits.message_bytes",
        flag: "",
        default: "16777216",
        doc: "The largest message of a realtime session, either way. A larger one ends the session.",
        set: |raw, text| number(&mut raw.limits.message_bytes, text),
    },
    Setting {
        member: "limits.session_idle_ms",
        flag: "",
        default: "900000",
        doc: "How long a realtime session may be silent before it is closed.",
        set: |raw, text| number(&mut raw.limits.session_idle_ms, text),
    },
    Setting {
        member: "limits.session_ms",
        flag: "",
        default: "3600000",
        doc: "How long a realtime session may last before it is closed.",
        set: |raw, text| number(&mut raw.limits.session_ms, text),
    },
    Setting {
        member: "cache.memory_bytes",
        flag: "",
        default: "67108864",
        doc: "How many bytes of answers a node keeps in memory, for models whose spec keeps them.",
        set: |raw, text| number(&mut raw.cache.memory_bytes, text),
    },
    Setting {
        member: "cache.server",
        flag: "",
        default: "",
        doc: "Valkey or Redis, as `redis://host:6379`, `{env: NAME}` or `{file: PATH}`: with it, \
              nodes share the answers that they keep.",
        set: |raw, text| {
            raw.cache.server = Some(ServerAddress::Given(text.to_owned()));
            Ok(())
        },
    },
    Setting {
        member: "settlement",
        flag: "",
        default: "group",
        doc: "`group`: an answer ends at once, and the disk has its settlement within 10 ms. \
              `strict`: the last frame waits for the disk, so that a power failure loses nothing.",
        set: |raw, text| read(&mut raw.settlement, text),
    },
    Setting {
        member: "unsettled",
        flag: "",
        default: "release",
        doc: "What becomes of the money of a call that a crash interrupted after it was sent, and of a \
              batch that its provider has forgotten: `release` returns it, `charge` takes it.",
        set: |raw, text| read(&mut raw.unsettled, text),
    },
    Setting {
        member: "batch_poll_seconds",
        flag: "",
        default: "60",
        doc: "How often a provider is asked how a batch goes that has not ended.",
        set: |raw, text| number(&mut raw.batch_poll_seconds, text),
    },
    Setting {
        member: "shutdown_seconds",
        flag: "",
        default: "30",
        doc: "How long answers may go on after SIGTERM or SIGINT. A second signal ends them at \
              once.",
        set: |raw, text| number(&mut raw.shutdown_seconds, text),
    },
    Setting {
        member: "log",
        flag: "",
        default: "info",
        doc: "What is logged to stderr: `error`, `warn`, `info`, `debug`, or by part: \
              `warn,tollgate_gateway=debug`.",
        set: |raw, text| read(&mut raw.log, text),
    },
    Setting {
        member: "control_hosts",
        flag: "",
        default: "",
        doc: "Host names under which console and admin API may be asked besides loopback, so that \
              no foreign page can reach them by a name of its own. In the variable, separated by \
              commas.",
        set: |raw, text| {
            let hosts = text
                .split(',')
                .map(str::trim)
                .filter(|host| !host.is_empty());
            raw.control_hosts = Some(hosts.map(str::to_owned).collect());
            Ok(())
        },
    },
    Setting {
        member: "calls_retention",
        flag: "",
        default: "30d",
        doc: "How long the records of calls are kept, as `30d` or `12h`. What they cost stays in the \
              ledger, and what they add up to by the day in the usage.",
        set: |raw, text| read(&mut raw.calls_retention, text),
    },
    Setting {
        member: "answers_retention",
        flag: "",
        default: "30d",
        doc: "How long what was asked and answered at `/v1/responses` is kept, sealed, so that callers \
              can go on from it by `previous_response_id`, as `30d` or `12h`; `none` keeps nothing.",
        set: |raw, text| read(&mut raw.answers_retention, text),
    },
];

/// The settings as a table in Markdown.
pub(crate) fn reference() -> String {
    let mut text = String::from("| Member | Variable | Flag | Default | Meaning |\n");
    text.push_str("|---|---|---|---|---|\n");
    let code = |text: &str| match text {
        "" => String::new(),
        _ => format!("`{text}`"),
    };
    for setting in SETTINGS {
        let _ = writeln!(
            text,
            "| `{}` | `{}` | {} | {} | {} |",
            setting.member,
            setting.variable(),
            code(setting.flag),
            code(setting.default),
            setting.doc
        );
    }
    text
}
