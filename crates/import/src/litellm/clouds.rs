//! Deployments on clouds that have addresses of their own.

use std::collections::BTreeMap;

use tollgate_model::snapshot::SecretText;

use crate::ImportError;
use crate::draft::{Cloud, KeySource, Upstream};
use crate::providers;
use crate::tree::Tree;

use super::import::Import;

/// Where Vertex AI is asked when nothing else is said.
const USUAL_LOCATION: &str = "us-central1";

impl<'t> Import<'t> {
    /// A resource at Azure. With a version its deployments are asked, as LiteLLM does.
    pub(super) fn azure(
        &self,
        params: &'t Tree,
        address: Option<String>,
        (key, headers): (KeySource, BTreeMap<String, String>),
    ) -> Result<Upstream, ImportError> {
        let version = params.text_of("api_version")?;
        let version = version.and_then(|text| self.plain(text));
        let cloud = Cloud::Azure(providers::azure_version(version));
        let base_url = address.map(|url| providers::azure(&url));
        Ok(Upstream {
            stem: base_url
                .as_deref()
                .map_or_else(String::new, providers::host),
            catalog: Some(cloud.id()),
            base_url,
            keys: vec![key],
            headers,
            cloud: Some(cloud),
        })
    }

    /// Vertex AI, with a service account or with the machine's identity.
    pub(super) fn vertex(
        &mut self,
        params: &'t Tree,
        headers: BTreeMap<String, String>,
    ) -> Result<Upstream, ImportError> {
        let plain = |name: &str| -> Result<Option<String>, ImportError> {
            let text = params.text_of(name)?.and_then(|text| self.plain(text));
            Ok(text.map(str::to_owned))
        };
        let project = plain("vertex_project")?;
        let location = plain("vertex_location")?;
        let key = match params.text_of("vertex_credentials")? {
            None => {
                let how = "no service account is given: the identity of the machine is taken \
                           (`metadata`); write `service_account` into the Provider to use another";
                self.draft.plan.report.changed(params, how);
                KeySource::Machine
            }
            Some(text) => match self.secret(text) {
                KeySource::Literal(secret) => document_or_path(&secret),
                other => other,
            },
        };
        let cloud = Cloud::Vertex(
            project,
            location.unwrap_or_else(|| USUAL_LOCATION.to_owned()),
        );
        Ok(Upstream {
            stem: cloud.id().to_owned(),
            catalog: Some(cloud.id()),
            base_url: None,
            keys: vec![key],
            headers,
            cloud: Some(cloud),
        })
    }
}

/// The JSON of a service account, or the path of a file that holds it.
fn document_or_path(text: &SecretText) -> KeySource {
    match text.reveal().trim_start().starts_with('{') {
        true => KeySource::Literal(text.clone()),
        false => KeySource::File(text.reveal().to_owned()),
    }
}
