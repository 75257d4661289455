//! `Provider`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::credential::{self, CredentialSpec};
use super::grammar::{check_base_url, check_header_name};
use super::platform::{AuthHeader, PlatformSpec};
use super::quirks::Quirks;
use crate::resource::SpecError;
use crate::task::Tasks;
use crate::usage::UsageClass;
use crate::{Dialect, Rate, ServiceTier};

/// Asking a provider whether it is there, without a call: for its list of models, which costs
/// nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProbeSpec {
    /// How often, in seconds, with each credential; at least 5.
    pub every_s: u32,
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

/// What a provider has of OpenAI's files and batches.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum FileService {
    /// Neither.
    #[default]
    None,
    /// Files at `/files`.
    Files,
    /// Files, and batches at `/batches`.
    Batches,
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
    /// name where the catalogue has it, else the platform's.
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
    /// The cloud on which it runs, where that has addresses of its own; the catalogue's where it is
    /// left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform: Option<PlatformSpec>,
    /// The region, for a provider that has one in its address or signature; where it is left out, it is
    /// read from the address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The header that carries an API key; the dialect's where it is left out here and in the
    /// catalogue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth: Option<AuthHeader>,
    /// The pool of credentials; may be empty for a provider that needs none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub credentials: Vec<CredentialSpec>,
    /// Headers that every request to the provider carries.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// Parameters that are added to the query of every request to the provider.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub query: BTreeMap<String, String>,
    /// Where the provider departs from its dialect; in place of what the catalogue says of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quirks: Option<Quirks>,
    /// Prices that replace the catalogue's, by the provider's name for the model; `*` is for every
    /// model that has no other.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub prices: BTreeMap<String, PriceSpec>,
    /// Prices in other tiers of service than the standard one, by the tier and then as in `prices`. They
    /// replace the catalogue's, whose tiers hold only for models whose standard price is its own too.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub tier_prices: BTreeMap<ServiceTier, BTreeMap<String, PriceSpec>>,
    /// What to do with a call of a model that has no price.
    #[serde(skip_serializing_if = "is_refuse")]
    #[schemars(extend("default" = "refuse"))]
    pub unpriced: Unpriced,
    /// What its models do besides conversing, and in which form it is asked for that; what the
    /// catalogue knows of it, or else what is usual in its dialect, where this is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tasks: Option<Tasks>,
    /// Whether it holds realtime sessions, as OpenAI does, at `/realtime` below its address; what the
    /// catalogue knows of it, or else what is usual in its dialect, where this is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub realtime: Option<bool>,
    /// What of OpenAI's files and batches it has at its address; the catalogue's where this is left
    /// out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub files: Option<FileService>,
    /// How long to wait.
    #[serde(skip_serializing_if = "is_default")]
    pub timeouts: Timeouts,
    /// Whether it is asked from time to time if it is there; never, where this is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub probe: Option<ProbeSpec>,
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

/// A probe more often than this would be traffic.
const LEAST_PROBE_SECONDS: u32 = 5;

/// Headers that the gateway itself sets, so that no spec may.
const OWN_HEADERS: [&str; 11] = [
    "host",
    "content-length",
    "transfer-encoding",
    "connection",
    "content-type",
    "authorization",
    "x-api-key",
    "x-goog-api-key",
    "api-key",
    "x-amz-date",
    "x-amz-security-token",
];

impl ProviderSpec {
    pub(crate) fn check(&self) -> Result<(), SpecError> {
        if let Some(url) = &self.base_url {
            check_base_url("spec.base_url", url)?;
        }
        let also = self.also.as_deref().unwrap_or_default();
        if let Some(place) = (1..also.len()).find(|place| also[..*place].contains(&also[*place])) {
            let message = format!("{} stands here twice", also[place]);
            return Err(SpecError::new(format!("spec.also[{place}]"), message));
        }
        credential::check(&self.credentials)?;
        if let Some(platform) = &self.platform {
            platform.check()?;
        }
        if let Some(auth) = &self.auth {
            auth.check()?;
        }
        for (name, value) in &self.headers {
            check_header(name, value)?;
        }
        if let Some(region) = &self.region {
            check_region(region)?;
        }
        if self.query.keys().any(String::is_empty) {
            return Err(SpecError::new("spec.query", "a parameter has a name"));
        }
        for (task, form) in self.tasks.iter().flatten() {
            if !form.has(*task) {
                let message = format!("there is no form \"{form}\" of {task}");
                return Err(SpecError::new(format!("spec.tasks.{task}"), message));
            }
        }
        if self
            .probe
            .is_some_and(|probe| probe.every_s < LEAST_PROBE_SECONDS)
        {
            let message = format!("this is at least {LEAST_PROBE_SECONDS}");
            return Err(SpecError::new("spec.probe.every_s", message));
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

fn check_region(region: &str) -> Result<(), SpecError> {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    match region.len() {
        1..=40 if region.bytes().all(plain) => Ok(()),
        _ => {
            let message = "a region is written such as us-east-1";
            Err(SpecError::new("spec.region", message))
        }
    }
}

fn check_header(name: &str, value: &str) -> Result<(), SpecError> {
    let place = format!("spec.headers.{name}");
    check_header_name(&place, name)?;
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
