//! Clouds that serve a dialect at addresses of their own.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::grammar::{check_header_name, check_word};
use crate::resource::SpecError;

/// The cloud on which a provider runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum PlatformSpec {
    /// Azure OpenAI. `base_url` is the resource's endpoint, `https://RESOURCE.openai.azure.com`; the
    /// names of models are those of deployments.
    Azure(AzureSpec),
    /// Vertex AI of Google Cloud. The publisher of a model decides on its dialect: Gemini's and
    /// Anthropic's speak their own, others are reached in OpenAI's.
    Vertex(VertexSpec),
}

/// Which of its surfaces a resource of Azure OpenAI is asked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum AzureSurface {
    /// `/openai/v1`: the deployment is named in the body, and no version is needed.
    #[default]
    V1,
    /// `/openai/deployments/NAME`: the deployment is named in the path, and a version is needed.
    Deployments,
}

/// How Azure OpenAI is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AzureSpec {
    /// The surface.
    #[serde(skip_serializing_if = "is_v1")]
    #[schemars(extend("default" = "v1"))]
    pub surface: AzureSurface,
    /// The version of the API, such as `2024-10-21`; may be left out at the surface `v1`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_version: Option<String>,
}

fn is_v1(surface: &AzureSurface) -> bool {
    *surface == AzureSurface::V1
}

/// Where in Google Cloud models are asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct VertexSpec {
    /// The project that pays; that of the service account where it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// The location: a region such as `europe-west4`, a multi-region (`us`, `eu`), or `global`.
    #[serde(skip_serializing_if = "is_global")]
    #[schemars(extend("default" = "global"))]
    pub location: String,
}

impl Default for VertexSpec {
    fn default() -> VertexSpec {
        VertexSpec {
            project: None,
            location: GLOBAL.to_owned(),
        }
    }
}

const GLOBAL: &str = "global";

fn is_global(location: &str) -> bool {
    location == GLOBAL
}

impl VertexSpec {
    /// The address of the location.
    pub fn base_url(&self) -> String {
        match self.location.as_str() {
            GLOBAL => "https://aiplatform.googleapis.com/v1".to_owned(),
            multi @ ("us" | "eu") => format!("https://aiplatform.{multi}.rep.googleapis.com/v1"),
            region => format!("https://{region}-aiplatform.googleapis.com/v1"),
        }
    }
}

impl PlatformSpec {
    /// The entry of the catalogue for providers on it that name no other.
    pub const fn catalog(&self) -> &'static str {
        match self {
            PlatformSpec::Azure(_) => "azure-openai",
            PlatformSpec::Vertex(_) => "vertex",
        }
    }

    pub(super) fn check(&self) -> Result<(), SpecError> {
        match self {
            PlatformSpec::Azure(azure) => {
                let place = "spec.platform.azure.api_version";
                match (&azure.api_version, azure.surface) {
                    (Some(version), _) => check_word(place, version),
                    (None, AzureSurface::V1) => Ok(()),
                    (None, AzureSurface::Deployments) => {
                        let message =
                            "name the version of the API, such as 2024-10-21: deployments need one";
                        Err(SpecError::new(place, message))
                    }
                }
            }
            PlatformSpec::Vertex(vertex) => {
                if let Some(project) = &vertex.project {
                    check_word("spec.platform.vertex.project", project)?;
                }
                let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
                let location = &vertex.location;
                if !location.is_empty() && location.bytes().all(plain) {
                    return Ok(());
                }
                Err(SpecError::new(
                    "spec.platform.vertex.location",
                    "write a region such as europe-west4, or global",
                ))
            }
        }
    }
}

/// The header that carries an API key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AuthHeader {
    /// Its name, such as `api-key`.
    pub header: String,
    /// What precedes the key, such as `Bearer ` with the space at its end.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub prefix: String,
}

/// Headers that say how a request is read, so that none of them can carry a key.
const NO_KEY: [&str; 5] = [
    "host",
    "content-length",
    "transfer-encoding",
    "connection",
    "content-type",
];

impl AuthHeader {
    pub(super) fn check(&self) -> Result<(), SpecError> {
        check_header_name("spec.auth.header", &self.header)?;
        if NO_KEY.contains(&self.header.to_ascii_lowercase().as_str()) {
            return Err(SpecError::new(
                "spec.auth.header",
                "this header cannot carry a key",
            ));
        }
        let printable = self.prefix.bytes().all(|b| (0x20..0x7f).contains(&b));
        if printable {
            Ok(())
        } else {
            let message = "what precedes a key is printable ASCII";
            Err(SpecError::new("spec.auth.prefix", message))
        }
    }
}
