//! `Provider`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::resource::SpecError;
use crate::usage::UsageClass;
use crate::{Dialect, Name, Rate};

/// Where a secret comes from. The secret itself never stands in a spec.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum Secret {
    /// A variable of the gateway's environment.
    Env(String),
    /// A file that the gateway can read; a newline at its end is left out.
    File(String),
    /// A secret in the store, set by `tollgate secret set NAME`.
    Secret(Name),
}

/// One credential of a provider's pool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CredentialSpec {
    /// Tells it apart in records and alerts.
    pub name: Name,
    /// The API key.
    pub key: Secret,
    /// The share of calls, relative to the pool's other credentials.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    #[schemars(extend("default" = 1))]
    pub weight: u32,
}

fn one() -> u32 {
    1
}

fn is_one(weight: &u32) -> bool {
    *weight == 1
}

/// What to do with a call of a model that has no price.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Unpriced {
    /// Refuse it: what cannot be priced cannot be limited.
    #[default]
    Refuse,
    /// Let it through at no cost.
    Free,
}

/// The prices of one model, per class, in dollars per million units.
pub type PriceSpec = BTreeMap<UsageClass, Rate>;

/// How long the gateway waits for a provider, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Timeouts {
    /// For a connection, TLS included.
    pub connect_ms: u32,
    /// From the end of the request to the first byte of the answer.
    pub first_byte_ms: u32,
    /// Between two pieces of a streamed answer.
    pub idle_ms: u32,
}

impl Default for Timeouts {
    fn default() -> Timeouts {
        Timeouts {
            connect_ms: 5_000,
            first_byte_ms: 300_000,
            idle_ms: 120_000,
        }
    }
}

/// A provider: an upstream that serves models.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ProviderSpec {
    /// The catalogue entry from which dialect, address and prices are taken; the resource's own
    /// name where the catalogue has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub catalog: Option<String>,
    /// The wire format; the catalogue's where it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dialect: Option<Dialect>,
    /// Other wire formats that the provider speaks at the same address, with the same credentials:
    /// callers of these are served without a translation. The catalogue's where it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub also: Option<Vec<Dialect>>,
    /// The address under which the dialect's paths lie, without a slash at its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_url: Option<String>,
    /// The pool of credentials; may be empty for a provider that needs none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub credentials: Vec<CredentialSpec>,
    /// Headers that every request to the provider carries.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// Prices that replace the catalogue's, by the provider's name for the model; `*` is for every
    /// model that has no other.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub prices: BTreeMap<String, PriceSpec>,
    /// What to do with a call of a model that has no price.
    #[serde(skip_serializing_if = "is_refuse")]
    #[schemars(extend("default" = "refuse"))]
    pub unpriced: Unpriced,
    /// How long to wait.
    #[serde(skip_serializing_if = "is_default")]
    pub timeouts: Timeouts,
    /// A file of PEM certificates to trust besides the system's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<String>,
}

fn is_refuse(unpriced: &Unpriced) -> bool {
    *unpriced == Unpriced::Refuse
}

fn is_default(timeouts: &Timeouts) -> bool {
    *timeouts == Timeouts::default()
}

/// Headers that the gateway itself sets, so that no spec may.
const OWN_HEADERS: [&str; 8] = [
    "host",
    "content-length",
    "transfer-encoding",
    "connection",
    "content-type",
    "authorization",
    "x-api-key",
    "x-goog-api-key",
];

impl ProviderSpec {
    pub(crate) fn check(&self) -> Result<(), SpecError> {
        if let Some(url) = &self.base_url {
            check_base_url(url)?;
        }
        let also = self.also.as_deref().unwrap_or_default();
        if let Some(place) = (1..also.len()).find(|place| also[..*place].contains(&also[*place])) {
            let message = format!("{} stands here twice", also[place]);
            return Err(SpecError::new(format!("spec.also[{place}]"), message));
        }
        for (place, credential) in self.credentials.iter().enumerate() {
            if self.credentials[..place]
                .iter()
                .any(|other| other.name == credential.name)
            {
                let message = format!("two credentials are called {}", credential.name);
                return Err(SpecError::new(
                    format!("spec.credentials[{place}].name"),
                    message,
                ));
            }
        }
        for (name, value) in &self.headers {
            check_header(name, value)?;
        }
        let waits = self.timeouts;
        if waits.connect_ms == 0 || waits.first_byte_ms == 0 || waits.idle_ms == 0 {
            return Err(SpecError::new(
                "spec.timeouts",
                "a time to wait is at least 1 ms",
            ));
        }
        Ok(())
    }
}

fn check_base_url(url: &str) -> Result<(), SpecError> {
    let place = "spec.base_url";
    let rest = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"));
    let Some(rest) = rest else {
        return Err(SpecError::new(
            place,
            format!("\"{url}\" begins with neither https:// nor http://"),
        ));
    };
    let host = rest.split('/').next().unwrap_or_default();
    if host.is_empty() || host.contains('@') || url.ends_with('/') {
        let message = "write scheme, host and path, without user, without a slash at the end";
        return Err(SpecError::new(place, message));
    }
    let plain = url
        .bytes()
        .all(|b| b.is_ascii_graphic() && !b"?#\"<>\\^`{}|".contains(&b));
    if plain {
        Ok(())
    } else {
        Err(SpecError::new(
            place,
            "a base URL has no query and no spaces",
        ))
    }
}

fn check_header(name: &str, value: &str) -> Result<(), SpecError> {
    let place = format!("spec.headers.{name}");
    let token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    if name.is_empty() || !name.bytes().all(token) {
        return Err(SpecError::new(place, "this is not the name of a header"));
    }
    if OWN_HEADERS.contains(&name.to_ascii_lowercase().as_str()) {
        return Err(SpecError::new(place, "the gateway sets this header itself"));
    }
    if !value
        .bytes()
        .all(|b| b == b'\t' || (0x20..0x7f).contains(&b))
    {
        return Err(SpecError::new(place, "a header's value is printable ASCII"));
    }
    Ok(())
}
