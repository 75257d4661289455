//! The configuration as it is given, by a file, a variable or a flag: everything may be missing.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Deserializer};
use tollgate_model::resources::Secret;

/// What one source of configuration says.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Raw {
    pub data: Option<PathBuf>,
    pub gateway: Option<Address>,
    pub control: Option<Address>,
    pub role: Option<Role>,
    pub database: Option<ServerAddress>,
    pub workers: Option<usize>,
    pub limits: RawLimits,
    pub cache: RawCache,
    pub settlement: Option<Settlement>,
    pub unsettled: Option<Unsettled>,
    pub batch_poll_seconds: Option<u64>,
    pub shutdown_seconds: Option<u64>,
    pub log: Option<String>,
    pub control_hosts: Option<Vec<String>>,
    pub calls_retention: Option<Span>,
    pub answers_retention: Option<Retention>,
}

/// The member `limits`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RawLimits {
    pub body_bytes: Option<usize>,
    pub upload_bytes: Option<usize>,
    pub file_bytes: Option<u64>,
    pub header_bytes: Option<usize>,
    pub header_timeout_ms: Option<u64>,
    pub body_timeout_ms: Option<u64>,
    pub attempts: Option<u32>,
    pub message_bytes: Option<usize>,
    pub session_idle_ms: Option<u64>,
    pub session_ms: Option<u64>,
}

/// The member `cache`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RawCache {
    pub memory_bytes: Option<usize>,
    pub server: Option<ServerAddress>,
}

impl RawCache {
    fn over(self, weaker: RawCache) -> RawCache {
        RawCache {
            memory_bytes: self.memory_bytes.or(weaker.memory_bytes),
            server: self.server.or(weaker.server),
        }
    }
}

impl Raw {
    /// What this source says, and where it says nothing, what a weaker one does.
    pub(crate) fn over(self, weaker: Raw) -> Raw {
        Raw {
            data: self.data.or(weaker.data),
            gateway: self.gateway.or(weaker.gateway),
            control: self.control.or(weaker.control),
            role: self.role.or(weaker.role),
            database: self.database.or(weaker.database),
            workers: self.workers.or(weaker.workers),
            limits: self.limits.over(weaker.limits),
            cache: self.cache.over(weaker.cache),
            settlement: self.settlement.or(weaker.settlement),
            unsettled: self.unsettled.or(weaker.unsettled),
            batch_poll_seconds: self.batch_poll_seconds.or(weaker.batch_poll_seconds),
            shutdown_seconds: self.shutdown_seconds.or(weaker.shutdown_seconds),
            log: self.log.or(weaker.log),
            control_hosts: self.control_hosts.or(weaker.control_hosts),
            calls_retention: self.calls_retention.or(weaker.calls_retention),
            answers_retention: self.answers_retention.or(weaker.answers_retention),
        }
    }
}

impl RawLimits {
    fn over(self, weaker: RawLimits) -> RawLimits {
        RawLimits {
            body_bytes: self.body_bytes.or(weaker.body_bytes),
            upload_bytes: self.upload_bytes.or(weaker.upload_bytes),
            file_bytes: self.file_bytes.or(weaker.file_bytes),
            header_bytes: self.header_bytes.or(weaker.header_bytes),
            header_timeout_ms: self.header_timeout_ms.or(weaker.header_timeout_ms),
            body_timeout_ms: self.body_timeout_ms.or(weaker.body_timeout_ms),
            attempts: self.attempts.or(weaker.attempts),
            message_bytes: self.message_bytes.or(weaker.message_bytes),
            session_idle_ms: self.session_idle_ms.or(weaker.session_idle_ms),
            session_ms: self.session_ms.or(weaker.session_ms),
        }
    }
}

/// Where a listener listens: `127.0.0.1:8403`, `[::1]:8403`, `localhost:8403`, `:8403` for every
/// interface; `http://` may stand before it, so that one variable serves the process and its
/// clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Address(pub SocketAddr);

impl FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> Result<Address, String> {
        let wrong = || format!("\"{text}\" is not an address such as 127.0.0.1:8403 or :8403");
        let plain = text.strip_prefix("http://").unwrap_or(text);
        let plain = plain.trim_end_matches('/');
        let (host, port) = plain.rsplit_once(':').ok_or_else(wrong)?;
        let ip = match host {
            "" | "*" => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            "localhost" => IpAddr::V4(Ipv4Addr::LOCALHOST),
            _ => host
                .trim_start_matches('[')
                .trim_end_matches(']')
                .parse()
                .map_err(|_| wrong())?,
        };
        Ok(Address(SocketAddr::new(
            ip,
            port.parse().map_err(|_| wrong())?,
        )))
    }
}

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Address, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// A length of time such as `30d`, `12h` or `1d 6h`, a day being 24 hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span(pub Duration);

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Span, String> {
        let span: Option<jiff::Span> = text.parse().ok();
        let days = jiff::SpanRelativeTo::days_are_24_hours();
        let length = span.and_then(|span| span.to_duration(days).ok());
        let length = length.and_then(|length| Duration::try_from(length).ok());
        length
            .filter(|length| !length.is_zero())
            .map(Span)
            .ok_or_else(|| format!("\"{text}\" is not a length of time such as 30d or 12h"))
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Span, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// How long something is kept: a length of time, or `none`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Retention(pub Option<Duration>);

impl FromStr for Retention {
    type Err = String;

    fn from_str(text: &str) -> Result<Retention, String> {
        match text {
            "none" => Ok(Retention(None)),
            text => match text.parse::<Span>() {
                Ok(Span(length)) => Ok(Retention(Some(length))),
                Err(why) => Err(format!("{why}, nor `none`")),
            },
        }
    }
}

impl<'de> Deserialize<'de> for Retention {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Retention, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Where the database is.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(
    untagged,
    expecting = "write an address such as postgres://host/name, or {env: NAME}, or {file: PATH}"
)]
pub(crate) enum ServerAddress {
    /// The address itself, password and all.
    Given(String),
    /// Where the address is kept.
    Kept(Secret),
}

/// The address may hold a password.
impl fmt::Debug for ServerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ServerAddress::Given(_) => f.write_str("[address]"),
            ServerAddress::Kept(secret) => secret.fmt(f),
        }
    }
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$word_doc:meta])* $variant:ident $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
        pub(crate) enum $name { $($(#[$word_doc])* #[serde(rename = $word)] $variant,)* }

        impl FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<$name, String> {
                match text {
                    $($word => Ok($name::$variant),)*
                    _ => Err(format!("\"{text}\" is none of: {}", [$($word),*].join(", "))),
                }
            }
        }
    };
}

words! {
    /// What a process does.
    Role {
        /// Both.
        All "all",
        /// Traffic.
        Gateway "gateway",
        /// Console and admin API.
        Control "control",
    }
}

words! {
    /// When the last frame of an answer is sent.
    Settlement {
        /// At once; the disk has the settlement within 10 ms.
        Group "group",
        /// When the disk has the settlement.
        Strict "strict",
    }
}

words! {
    /// What becomes of the money of a call that was sent and never settled, because of a crash.
    Unsettled {
        /// It returns to its accounts.
        Release "release",
        /// It is charged.
        Charge "charge",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_in_every_usual_form() {
        for (text, address) in [
            ("127.0.0.1:1", "127.0.0.1:1"),
            (":8402", "0.0.0.0:8402"),
            ("localhost:2", "127.0.0.1:2"),
            ("http://127.0.0.1:8403/", "127.0.0.1:8403"),
            ("[::1]:3", "[::1]:3"),
        ] {
            assert_eq!(text.parse::<Address>().unwrap().0.to_string(), address);
        }
        for text in ["8402", "example.com:80", "1.2.3.4:x", "1.2.3.4:70000", ""] {
            assert!(text.parse::<Address>().is_err(), "{text}");
        }
    }

    #[test]
    fn lengths_of_time_are_read_with_their_units() {
        let hours = |text: &str| text.parse::<Span>().map(|span| span.0.as_secs() / 3_600);
        assert_eq!(hours("30d"), Ok(720));
        assert_eq!(hours("1d 6h"), Ok(30));
        for text in ["", "30", "0d", "-1d", "1mo", "soon"] {
            assert!(hours(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_address_of_a_database_is_not_shown() {
        let database = ServerAddress::Given("postgres://u:secret@h/d".into());
        assert!(!format!("{database:?}").contains("secret"));
    }
}
