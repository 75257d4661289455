//! Providers that the environment already has the means for.

use serde_json::{Value, json};
use tollgate_model::resources::PlatformSpec;

use crate::builtin::rows;
use crate::rows::ProviderRow;

/// A variable that lets a provider be registered without a question.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The provider's id.
    pub provider: &'static str,
    /// The variable: that of the credential, or of the address where no credential is needed.
    pub variable: &'static str,
    /// The spec of the resource, with which the provider can be called.
    pub spec: Value,
}

/// The variables in which Google's own clients find project and location.
const PROJECT: &str = "GOOGLE_CLOUD_PROJECT";
const LOCATION: &str = "GOOGLE_CLOUD_LOCATION";
/// The variables in which AWS's own clients find a key pair.
const AWS_ID: &str = "AWS_ACCESS_KEY_ID";
const AWS_SECRET: &str = "AWS_SECRET_ACCESS_KEY";
const AWS_SESSION: &str = "AWS_SESSION_TOKEN";

/// The providers whose usual variables are set, in the catalogue's order; `vars` reads a variable.
/// One that is set to nothing counts as not set, and a provider whose address depends on its region is
/// found only where that is set too. Left out are providers whose address only the
/// user knows, and those whose variable opens more than models, such as `GITHUB_TOKEN`.
pub fn environment(vars: impl Fn(&str) -> Option<String>) -> Vec<Found> {
    let set = |variable: &str| vars(variable).filter(|value| !value.trim().is_empty());
    let registered = rows().iter().filter(|row| row.register);
    registered.filter_map(|row| find(row, &set)).collect()
}

fn find(row: &'static ProviderRow, set: &dyn Fn(&str) -> Option<String>) -> Option<Found> {
    let first = row.env.iter().find(|variable| set(variable).is_some());
    if row.regional_url.is_some() {
        return regional(row, first, set);
    }
    let (variable, spec) = match (&row.platform, &row.address) {
        (Some(PlatformSpec::Vertex(_)), _) => (first?, vertex(&set(first?)?, set)),
        (_, Some(address)) if row.keyless => {
            let url = ollama_base_url(&set(address)?);
            (address, json!({ "base_url": url }))
        }
        (_, Some(address)) => {
            let url = set(address)?;
            let url = url.trim().trim_end_matches('/');
            (
                first?,
                json!({ "base_url": url, "credentials": key(first?) }),
            )
        }
        (_, None) => {
            row.base_url.as_ref()?;
            (first?, json!({ "credentials": key(first?) }))
        }
    };
    Some(Found {
        provider: &row.id,
        variable,
        spec,
    })
}

/// A provider with an address in each region, and there by a key, or by a key pair of AWS.
fn regional(
    row: &'static ProviderRow,
    key_variable: Option<&'static String>,
    set: &dyn Fn(&str) -> Option<String>,
) -> Option<Found> {
    let region = row.region_env.iter().find_map(|variable| set(variable))?;
    let is_pair = row.aws && set(AWS_ID).is_some() && set(AWS_SECRET).is_some();
    let (variable, credentials) = match key_variable {
        Some(variable) => (variable.as_str(), key(variable)),
        None if is_pair => (AWS_ID, pair(set(AWS_SESSION).is_some())),
        None => return None,
    };
    Some(Found {
        provider: &row.id,
        variable,
        spec: json!({ "region": region.trim(), "credentials": credentials }),
    })
}

/// A key pair of AWS.
fn pair(session: bool) -> Value {
    let mut pair = json!({
        "access_key_id": { "env": AWS_ID },
        "secret_access_key": { "env": AWS_SECRET },
    });
    if session {
        pair["session_token"] = json!({ "env": AWS_SESSION });
    }
    json!([{ "name": "main", "aws": pair }])
}

fn key(variable: &str) -> Value {
    json!([{ "name": "main", "key": { "env": variable } }])
}

/// Vertex AI with the credentials in a file, and with project and location where they are told.
fn vertex(file: &str, set: &dyn Fn(&str) -> Option<String>) -> Value {
    let mut place = serde_json::Map::new();
    for (member, variable) in [("project", PROJECT), ("location", LOCATION)] {
        if let Some(value) = set(variable) {
            place.insert(member.to_owned(), json!(value.trim()));
        }
    }
    json!({
        "platform": { "vertex": place },
        "credentials": [{ "name": "main", "service_account": { "file": file } }],
    })
}

/// The base URL of what `OLLAMA_HOST` says, read as Ollama itself reads it: `HOST`, `HOST:PORT` or
/// a URL; port 11434, or that of the scheme where one is given. An address to listen on becomes
/// the one to call. Whether the result is a good URL is for the resource's check to say.
fn ollama_base_url(value: &str) -> String {
    let value = value.trim().trim_matches(|c| c == '"' || c == '\'');
    let (scheme, rest) = value.split_once("://").unwrap_or(("http", value));
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let (host, port) = host_and_port(authority);
    let host = match host {
        "" | "0.0.0.0" => "127.0.0.1".to_owned(),
        "::" => "[::1]".to_owned(),
        address if address.contains(':') => format!("[{address}]"),
        name => name.to_owned(),
    };
    let port = match port {
        Some(port) => format!(":{port}"),
        None if value.contains("://") => String::new(),
        None => ":11434".to_owned(),
    };
    let path = path.trim_matches('/');
    let path = if path == "v1" {
        ""
    } else {
        path.strip_suffix("/v1").unwrap_or(path)
    };
    let slash = if path.is_empty() { "" } else { "/" };
    format!("{scheme}://{host}{port}{slash}{path}/v1")
}

/// Host without brackets, and port where there is one.
fn host_and_port(authority: &str) -> (&str, Option<&str>) {
    if let Some((host, rest)) = authority
        .strip_prefix('[')
        .and_then(|rest| rest.split_once(']'))
    {
        return (host, rest.strip_prefix(':').filter(|port| !port.is_empty()));
    }
    match authority.split_once(':') {
        Some((host, port)) if !port.contains(':') => (host, Some(port).filter(|p| !p.is_empty())),
        _ => (authority, None),
    }
}

#[cfg(test)]
mod tests {
    use tollgate_model::Kind;
    use tollgate_model::resource::Document;

    use super::*;

    fn found(set: &[(&str, &str)]) -> Vec<Found> {
        environment(|name| {
            set.iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    /// The spec is one that a resource takes.
    fn is_taken(found: &Found) {
        let document = Document {
            kind: Kind::Provider,
            name: found.provider.parse().unwrap(),
            spec: found.spec.clone(),
        };
        document.check().unwrap();
    }

    #[test]
    fn azure_is_registered_by_its_endpoint_and_its_key() {
        let endpoint = ("AZURE_OPENAI_ENDPOINT", "https://me.openai.azure.com/");
        let key = ("AZURE_OPENAI_API_KEY", "k");
        assert_eq!(found(&[endpoint]), []);
        assert_eq!(found(&[key]), []);
        let found = found(&[endpoint, key]);
        assert_eq!(
            (found[0].provider, found[0].variable),
            ("azure-openai", "AZURE_OPENAI_API_KEY")
        );
        assert_eq!(
            found[0].spec,
            json!({
                "base_url": "https://me.openai.azure.com",
                "credentials": [{ "name": "main", "key": { "env": "AZURE_OPENAI_API_KEY" } }],
            })
        );
        is_taken(&found[0]);
    }

    #[test]
    fn vertex_is_registered_by_the_file_of_its_credentials() {
        let file = ("GOOGLE_APPLICATION_CREDENTIALS", "/etc/robot.json");
        let spec = |more: &[(&str, &str)]| {
            let found = found(&[&[file], more].concat());
            assert_eq!(
                (found[0].provider, found[0].variable),
                ("vertex", "GOOGLE_APPLICATION_CREDENTIALS")
            );
            is_taken(&found[0]);
            found[0].spec.clone()
        };
        let bare = spec(&[]);
        assert_eq!(bare["platform"], json!({ "vertex": {} }));
        let account = json!({ "file": "/etc/robot.json" });
        assert_eq!(bare["credentials"][0]["service_account"], account);
        let told = spec(&[
            ("GOOGLE_CLOUD_PROJECT", "p-1"),
            ("GOOGLE_CLOUD_LOCATION", "us-east5"),
        ]);
        let place = json!({ "project": "p-1", "location": "us-east5" });
        assert_eq!(told["platform"]["vertex"], place);
    }

    #[test]
    fn nothing_set_finds_nothing() {
        assert_eq!(found(&[]), []);
        assert_eq!(found(&[("OPENAI_API_KEY", ""), ("OLLAMA_HOST", " ")]), []);
    }

    #[test]
    fn keys_are_found_in_the_order_of_the_catalogue() {
        let found = found(&[
            ("GOOGLE_API_KEY", "c"),
            ("ANTHROPIC_API_KEY", "b"),
            ("OPENAI_API_KEY", "a"),
        ]);
        let told: Vec<_> = found.iter().map(|f| (f.provider, f.variable)).collect();
        assert_eq!(
            told,
            [
                ("openai", "OPENAI_API_KEY"),
                ("anthropic", "ANTHROPIC_API_KEY"),
                ("google", "GOOGLE_API_KEY")
            ]
        );
    }

    #[test]
    fn bedrock_is_found_by_a_key_or_a_key_pair_and_only_with_a_region() {
        let pair = [("AWS_ACCESS_KEY_ID", "a"), ("AWS_SECRET_ACCESS_KEY", "s")];
        assert_eq!(found(&pair), []);
        assert_eq!(found(&[("AWS_REGION", "eu-west-1"), pair[0]]), []);
        let all = found(&[("AWS_REGION", "eu-west-1"), pair[0], pair[1]]);
        assert_eq!((all[0].provider, all[0].variable), ("bedrock", AWS_ID));
        assert_eq!(all[0].spec["region"], "eu-west-1");
        let written = &all[0].spec["credentials"][0]["aws"];
        assert_eq!(written["secret_access_key"]["env"], AWS_SECRET);
        assert!(written["session_token"].is_null());
        let session = ("AWS_SESSION_TOKEN", "t");
        let all = found(&[
            ("AWS_DEFAULT_REGION", "us-east-1"),
            pair[0],
            pair[1],
            session,
        ]);
        let written = &all[0].spec["credentials"][0]["aws"];
        assert_eq!(written["session_token"]["env"], AWS_SESSION);
        let key = ("AWS_BEARER_TOKEN_BEDROCK", "k");
        let all = found(&[("AWS_REGION", "us-east-1"), pair[0], pair[1], key]);
        assert_eq!(
            (all.len(), all[0].variable),
            (1, "AWS_BEARER_TOKEN_BEDROCK")
        );
        let document = Document {
            kind: Kind::Provider,
            name: "bedrock".parse().unwrap(),
            spec: all[0].spec.clone(),
        };
        document.check().unwrap();
    }

    #[test]
    fn of_two_names_for_one_key_the_first_is_taken() {
        let found = found(&[("GOOGLE_API_KEY", "a"), ("GEMINI_API_KEY", "b")]);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].variable, "GEMINI_API_KEY");
    }

    #[test]
    fn tokens_that_open_more_than_models_are_not_taken() {
        assert_eq!(
            found(&[
                ("GITHUB_TOKEN", "a"),
                ("HF_TOKEN", "b"),
                ("SCW_SECRET_KEY", "c")
            ]),
            []
        );
    }

    #[test]
    fn a_provider_without_an_address_is_not_registered() {
        assert_eq!(
            found(&[("CLOUDFLARE_API_TOKEN", "a"), ("OCI_GENAI_API_KEY", "b")]),
            []
        );
    }

    #[test]
    fn the_host_of_ollama_becomes_a_base_url_that_a_resource_takes() {
        for (value, url) in [
            ("127.0.0.1", "http://127.0.0.1:11434/v1"),
            ("box", "http://box:11434/v1"),
            ("box:8080", "http://box:8080/v1"),
            (":8080", "http://127.0.0.1:8080/v1"),
            ("0.0.0.0", "http://127.0.0.1:11434/v1"),
            ("0.0.0.0:1", "http://127.0.0.1:1/v1"),
            ("::", "http://[::1]:11434/v1"),
            ("[::]:99", "http://[::1]:99/v1"),
            ("fe80::1", "http://[fe80::1]:11434/v1"),
            ("[fe80::1]:99", "http://[fe80::1]:99/v1"),
            ("http://box", "http://box/v1"),
            ("http://box:1/", "http://box:1/v1"),
            ("https://ollama.com", "https://ollama.com/v1"),
            ("https://box/ollama/", "https://box/ollama/v1"),
            ("https://box/v1", "https://box/v1"),
            ("https://box/a/v1/", "https://box/a/v1"),
            ("https://box/av1", "https://box/av1/v1"),
            (" \"box\" ", "http://box:11434/v1"),
        ] {
            let found = found(&[("OLLAMA_HOST", value)]);
            assert_eq!(found.len(), 1);
            assert_eq!(found[0].provider, "ollama");
            assert_eq!(found[0].spec["base_url"], url, "{value}");
            is_taken(&found[0]);
        }
    }
}
