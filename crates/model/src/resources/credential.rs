//! How a provider is shown who asks.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::grammar::{check_base_url, check_word};
use crate::Name;
use crate::resource::SpecError;

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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct CredentialSpec {
    /// Tells it apart in records and alerts.
    pub name: Name,
    /// What it is.
    pub access: AccessSpec,
    /// The share of calls, relative to the pool's other credentials.
    pub weight: u32,
    /// How much it may be used.
    pub limits: CredentialLimits,
    /// Whether it is switched off.
    pub disabled: bool,
}

/// How much a credential may be used. What is left out has no limit of ours; what a provider says of
/// its own limits counts in any case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CredentialLimits {
    /// Requests per minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requests_per_minute: Option<u32>,
    /// Tokens per minute, of prompts and answers: estimated before a call, exact after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tokens_per_minute: Option<u32>,
    /// Calls under way at a time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concurrent: Option<u32>,
}

impl CredentialLimits {
    fn is_empty(&self) -> bool {
        *self == CredentialLimits::default()
    }

    fn check(&self, place: &str) -> Result<(), SpecError> {
        for (name, limit) in [
            ("requests_per_minute", self.requests_per_minute),
            ("tokens_per_minute", self.tokens_per_minute),
            ("concurrent", self.concurrent),
        ] {
            if limit == Some(0) {
                let message = "a limit is at least 1; `disabled: true` switches a credential off";
                return Err(SpecError::new(format!("{place}.{name}"), message));
            }
        }
        Ok(())
    }
}

/// What a credential is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccessSpec {
    /// An API key, sent as it is.
    Key(Secret),
    /// The JSON of a Google service account, or of an application's default credentials: tokens are
    /// had with it.
    ServiceAccount(Secret),
    /// A client of Microsoft Entra ID: tokens are had with its secret.
    Entra(Box<EntraSpec>),
    /// The machine's own identity: tokens are had from the metadata server of Google's or Azure's
    /// machines, by the provider's platform.
    Metadata(MetadataSpec),
    /// A key pair of AWS: requests are signed with it.
    Aws(Box<AwsSpec>),
}

impl AccessSpec {
    /// The secrets that it points to.
    pub fn secrets(&self) -> impl Iterator<Item = &Secret> {
        let all = match self {
            AccessSpec::Key(secret) | AccessSpec::ServiceAccount(secret) => {
                [Some(secret), None, None]
            }
            AccessSpec::Entra(entra) => [Some(&entra.client_secret), None, None],
            AccessSpec::Metadata(_) => [None, None, None],
            AccessSpec::Aws(pair) => [
                Some(&pair.access_key_id),
                Some(&pair.secret_access_key),
                pair.session_token.as_ref(),
            ],
        };
        all.into_iter().flatten()
    }
}

/// A key pair of AWS.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AwsSpec {
    /// The access key id.
    pub access_key_id: Secret,
    /// The secret access key.
    pub secret_access_key: Secret,
    /// The session token, of a pair that works for a time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_token: Option<Secret>,
}

/// A client of Microsoft Entra ID.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EntraSpec {
    /// The directory: its id or one of its domains.
    pub tenant: String,
    /// The application (client) id.
    pub client_id: String,
    /// A secret of that application.
    pub client_secret: Secret,
    /// What the token is for.
    #[serde(default = "azure_scope", skip_serializing_if = "is_azure_scope")]
    #[schemars(extend("default" = AZURE_SCOPE))]
    pub scope: String,
    /// Where tokens are given; another one in the clouds of governments and of China.
    #[serde(
        default = "entra_authority",
        skip_serializing_if = "is_entra_authority"
    )]
    #[schemars(extend("default" = ENTRA_AUTHORITY))]
    pub authority: String,
}

const AZURE_SCOPE: &str = "https://cognitiveservices.azure.com/.default";
const ENTRA_AUTHORITY: &str = "https://login.microsoftonline.com";

fn azure_scope() -> String {
    AZURE_SCOPE.to_owned()
}

fn is_azure_scope(scope: &str) -> bool {
    scope == AZURE_SCOPE
}

fn entra_authority() -> String {
    ENTRA_AUTHORITY.to_owned()
}

fn is_entra_authority(authority: &str) -> bool {
    authority == ENTRA_AUTHORITY
}

/// The metadata server of the machine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MetadataSpec {
    /// Its address, where it is not the usual one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_url: Option<String>,
    /// Which of the machine's identities: the e-mail of a service account on Google's machines, the
    /// client id of a managed identity on Azure's. The default one where it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity: Option<String>,
}

/// One credential of a provider's pool: a name, and exactly one of `key`, `service_account`, `entra`,
/// `metadata` and `aws`.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "CredentialSpec")]
struct Written {
    /// Tells it apart in records and alerts.
    name: Name,
    /// The API key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key: Option<Secret>,
    /// The JSON of a Google service account, or of an application's default credentials.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    service_account: Option<Secret>,
    /// A client of Microsoft Entra ID.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    entra: Option<Box<EntraSpec>>,
    /// The machine's own identity, on Google's machines for Vertex AI, on Azure's for Azure OpenAI.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    metadata: Option<MetadataSpec>,
    /// A key pair of AWS, with which requests are signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    aws: Option<Box<AwsSpec>>,
    /// The share of calls, relative to the pool's other credentials.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    #[schemars(extend("default" = 1))]
    weight: u32,
    /// How much it may be used, over all calls of a node. One that is at its limit is passed over.
    #[serde(default, skip_serializing_if = "CredentialLimits::is_empty")]
    limits: CredentialLimits,
    /// Whether it is switched off: no call uses it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[schemars(extend("default" = false))]
    disabled: bool,
}

fn one() -> u32 {
    1
}

fn is_one(weight: &u32) -> bool {
    *weight == 1
}

impl JsonSchema for CredentialSpec {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        Written::schema_name()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Written::json_schema(generator)
    }
}

/// A credential that is not exactly one of the forms.
#[derive(Debug)]
struct NotOne(Vec<&'static str>);

impl fmt::Display for NotOne {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "a credential is exactly one of key, service_account, entra, metadata and aws; ",
        )?;
        match self.0.as_slice() {
            [] => f.write_str("this one is none of them"),
            several => write!(f, "this one is {}", several.join(" and ")),
        }
    }
}

impl TryFrom<Written> for CredentialSpec {
    type Error = NotOne;

    fn try_from(written: Written) -> Result<CredentialSpec, NotOne> {
        let forms = [
            ("key", written.key.map(AccessSpec::Key)),
            (
                "service_account",
                written.service_account.map(AccessSpec::ServiceAccount),
            ),
            ("entra", written.entra.map(AccessSpec::Entra)),
            ("metadata", written.metadata.map(AccessSpec::Metadata)),
            ("aws", written.aws.map(AccessSpec::Aws)),
        ];
        let given = forms
            .into_iter()
            .filter_map(|(name, form)| Some((name, form?)));
        let (names, mut given): (Vec<&'static str>, Vec<AccessSpec>) = given.unzip();
        let access = given.pop().filter(|_| given.is_empty());
        let access = access.ok_or(NotOne(names))?;
        Ok(CredentialSpec {
            name: written.name,
            access,
            weight: written.weight,
            limits: written.limits,
            disabled: written.disabled,
        })
    }
}

impl From<CredentialSpec> for Written {
    fn from(spec: CredentialSpec) -> Written {
        let mut written = Written {
            name: spec.name,
            key: None,
            service_account: None,
            entra: None,
            metadata: None,
            aws: None,
            weight: spec.weight,
            limits: spec.limits,
            disabled: spec.disabled,
        };
        match spec.access {
            AccessSpec::Key(secret) => written.key = Some(secret),
            AccessSpec::ServiceAccount(secret) => written.service_account = Some(secret),
            AccessSpec::Entra(entra) => written.entra = Some(entra),
            AccessSpec::Metadata(metadata) => written.metadata = Some(metadata),
            AccessSpec::Aws(pair) => written.aws = Some(pair),
        }
        written
    }
}

/// Checks the pool of a provider. Fails with the place of what is wrong.
pub(super) fn check(pool: &[CredentialSpec]) -> Result<(), SpecError> {
    for (place, credential) in pool.iter().enumerate() {
        let name = &credential.name;
        if pool[..place].iter().any(|other| other.name == *name) {
            let message = format!("two credentials are called {name}");
            return Err(SpecError::new(
                format!("spec.credentials[{place}].name"),
                message,
            ));
        }
        let limits = format!("spec.credentials[{place}].limits");
        credential.limits.check(&limits)?;
        match &credential.access {
            AccessSpec::Key(_) | AccessSpec::ServiceAccount(_) | AccessSpec::Aws(_) => {}
            AccessSpec::Entra(entra) => {
                let at = format!("spec.credentials[{place}].entra");
                check_base_url(&format!("{at}.authority"), &entra.authority)?;
                check_word(&format!("{at}.tenant"), &entra.tenant)?;
                check_word(&format!("{at}.client_id"), &entra.client_id)?;
            }
            AccessSpec::Metadata(metadata) => {
                let at = format!("spec.credentials[{place}].metadata");
                if let Some(url) = &metadata.base_url {
                    check_base_url(&format!("{at}.base_url"), url)?;
                }
                if let Some(identity) = &metadata.identity {
                    check_word(&format!("{at}.identity"), identity)?;
                }
            }
        }
    }
    Ok(())
}
