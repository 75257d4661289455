//! What a credential is, once its secret is opened: a key, or where tokens are had with it.

use std::fmt;
use std::sync::Arc;

use serde::Deserialize;

use super::endpoint::Endpoint;
use crate::resources::{EntraSpec, MetadataSpec, Secret};

/// A secret in memory: never printed.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct SecretText(Arc<str>);

impl SecretText {
    /// Wraps a secret.
    pub fn new(text: &str) -> SecretText {
        SecretText(text.into())
    }

    /// The secret, for the one place that sends it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// Opens the secrets that specs point to.
pub trait Secrets {
    /// The secret, or a sentence that says why it cannot be had.
    fn open(&self, secret: &Secret) -> Result<SecretText, String>;
}

/// How a provider is shown who asks.
#[derive(Clone, Debug)]
pub enum Access {
    /// An API key, in the header that dialect or provider have for it.
    Key(SecretText),
    /// A token that has to be had first, as `Authorization: Bearer`.
    Token(Arc<TokenSource>),
    /// A key pair of AWS, which signs.
    Aws(AwsKeys),
}

/// A key pair of AWS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AwsKeys {
    /// The access key id.
    pub access_key_id: SecretText,
    /// The secret access key.
    pub secret_access_key: SecretText,
    /// The session token, of a pair that works for a time.
    pub session_token: Option<SecretText>,
}

impl Access {
    /// The secret that is sent as it is; empty where tokens are sent.
    pub fn secret(&self) -> &str {
        match self {
            Access::Key(key) => key.reveal(),
            Access::Token(_) => "",
            Access::Aws(keys) => keys.session_token.as_ref().map_or("", SecretText::reveal),
        }
    }
}

/// Where tokens are had, and by what. Two that are equal give the same tokens.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TokenSource {
    /// The server that gives them, and the path, with the query, at which it does.
    pub endpoint: Endpoint,
    /// What is shown to it.
    pub grant: Grant,
}

/// What a server that gives tokens is shown.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Grant {
    /// An assertion that a service account signs (RFC 7523).
    ServiceAccount {
        /// Who signs.
        email: String,
        /// Which of its keys it signs with, where the file says so.
        key_id: Option<String>,
        /// The private key, PEM.
        key: SecretText,
        /// For whom the assertion is made: the server's address.
        audience: String,
        /// What the token is for.
        scope: String,
    },
    /// The consent that a person gave (RFC 6749, section 6).
    Refresh {
        /// The application to which it was given.
        client_id: String,
        /// That application's secret.
        client_secret: SecretText,
        /// The proof of it.
        refresh_token: SecretText,
    },
    /// The secret of an application (RFC 6749, section 4.4).
    Client {
        /// The application.
        client_id: String,
        /// Its secret.
        client_secret: SecretText,
        /// What the token is for.
        scope: String,
    },
    /// Nothing: the server knows the machine that asks. A header says that the question is meant.
    Machine {
        /// The header's name.
        header: &'static str,
        /// Its value.
        value: &'static str,
    },
}

/// What a token of Google's is for.
const GOOGLE_SCOPE: &str = "https://www.googleapis.com/auth/cloud-platform";
const GOOGLE_TOKENS: &str = "https://oauth2.googleapis.com/token";
const GOOGLE_MACHINE: &str = "http://metadata.google.internal";
const AZURE_MACHINE: &str = "http://169.254.169.254";
const AZURE_RESOURCE: &str = "https%3A%2F%2Fcognitiveservices.azure.com";

/// A file of Google's that says who somebody is.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum GoogleFile {
    ServiceAccount {
        client_email: String,
        private_key: String,
        private_key_id: Option<String>,
        token_uri: Option<String>,
        project_id: Option<String>,
    },
    AuthorizedUser {
        client_id: String,
        client_secret: String,
        refresh_token: String,
        quota_project_id: Option<String>,
    },
    #[serde(other)]
    Other,
}

impl TokenSource {
    /// Reads the JSON of a service account, or of an application's default credentials; tells the
    /// project that it names as well. The error is a sentence for the operator and quotes nothing.
    pub(super) fn of_google_file(json: &str) -> Result<(TokenSource, Option<String>), String> {
        let file: GoogleFile = serde_json::from_str(json).map_err(|error| {
            let what = if error.is_data() {
                "a member of it is missing or is of the wrong type"
            } else {
                "it is not JSON"
            };
            format!("this is not the key file of a service account: {what}")
        })?;
        let (uri, grant, project) = match file {
            GoogleFile::ServiceAccount {
                client_email,
                private_key,
                private_key_id,
                token_uri,
                project_id,
            } => {
                let uri = token_uri.unwrap_or_else(|| GOOGLE_TOKENS.to_owned());
                let grant = Grant::ServiceAccount {
                    email: client_email,
                    key_id: private_key_id,
                    key: SecretText::new(&private_key),
                    audience: uri.clone(),
                    scope: GOOGLE_SCOPE.to_owned(),
                };
                (uri, grant, project_id)
            }
            GoogleFile::AuthorizedUser {
                client_id,
                client_secret,
                refresh_token,
                quota_project_id,
            } => {
                let grant = Grant::Refresh {
                    client_id,
                    client_secret: SecretText::new(&client_secret),
                    refresh_token: SecretText::new(&refresh_token),
                };
                (GOOGLE_TOKENS.to_owned(), grant, quota_project_id)
            }
            GoogleFile::Other => {
                let why = "this is neither the key file of a service account nor the default \
                           credentials of a person; other kinds are not supported";
                return Err(why.to_owned());
            }
        };
        let endpoint = Endpoint::of(&uri, None).ok_or("its token_uri is not an address")?;
        Ok((TokenSource { endpoint, grant }, project))
    }

    /// The tokens of a client of Entra ID.
    pub(super) fn of_entra(spec: &EntraSpec, client_secret: SecretText) -> Option<TokenSource> {
        let authority = spec.authority.trim_end_matches('/');
        let url = format!("{authority}/{}/oauth2/v2.0/token", spec.tenant);
        let grant = Grant::Client {
            client_id: spec.client_id.clone(),
            client_secret,
            scope: spec.scope.clone(),
        };
        Some(TokenSource {
            endpoint: Endpoint::of(&url, None)?,
            grant,
        })
    }

    /// The tokens of a machine of Google's.
    pub(super) fn of_google_machine(spec: &MetadataSpec) -> Option<TokenSource> {
        let base = spec.base_url.as_deref().unwrap_or(GOOGLE_MACHINE);
        let who = spec.identity.as_deref().unwrap_or("default");
        let url = format!("{base}/computeMetadata/v1/instance/service-accounts/{who}/token");
        let (header, value) = ("metadata-flavor", "Google");
        Some(TokenSource {
            endpoint: Endpoint::of(&url, None)?,
            grant: Grant::Machine { header, value },
        })
    }

    /// The tokens of a machine of Azure's.
    pub(super) fn of_azure_machine(spec: &MetadataSpec) -> Option<TokenSource> {
        let base = spec.base_url.as_deref().unwrap_or(AZURE_MACHINE);
        let mut url = format!(
            "{base}/metadata/identity/oauth2/token?api-version=2018-02-01&resource={AZURE_RESOURCE}"
        );
        if let Some(who) = &spec.identity {
            url.push_str("&client_id=");
            url.push_str(who);
        }
        let (header, value) = ("metadata", "true");
        Some(TokenSource {
            endpoint: Endpoint::of(&url, None)?,
            grant: Grant::Machine { header, value },
        })
    }
}
