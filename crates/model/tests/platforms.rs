//! Providers on clouds, and credentials that are more than a key: what their specs say, what is
//! refused, and what becomes of them.

#![allow(clippy::unwrap_used, clippy::panic)] // A test that cannot go on has failed.

use std::sync::Arc;

use serde_json::{Value, json};
use tollgate_model::catalogue::{Catalogue, ModelFacts, ProviderFacts};
use tollgate_model::resource::{Document, Resource};
use tollgate_model::resources::Secret;
use tollgate_model::snapshot::{
    Access, Endpoint, Grant, Platform, ProviderPlan, SecretText, Secrets,
};
use tollgate_model::{Kind, Snapshot};

/// A catalogue that knows nobody.
struct Nobody;

impl Catalogue for Nobody {
    fn provider(&self, _: &str) -> Option<&ProviderFacts> {
        None
    }

    fn models(&self, _: &str) -> &[ModelFacts] {
        &[]
    }

    fn model(&self, _: &str, _: &str) -> Option<&ModelFacts> {
        None
    }
}

/// Every secret is what the name of its variable says.
struct Said;

impl Secrets for Said {
    fn open(&self, secret: &Secret) -> Result<SecretText, String> {
        match secret {
            Secret::Env(text) => Ok(SecretText::new(text)),
            Secret::File(_) | Secret::Secret(_) => Err("it is not there".to_owned()),
        }
    }
}

fn resource(spec: Value) -> Result<Resource, String> {
    let document = Document {
        kind: Kind::Provider,
        name: "up".parse().unwrap(),
        spec,
    };
    document.check().map_err(|error| error.to_string())
}

fn refusal(spec: Value) -> String {
    resource(spec).unwrap_err()
}

fn plan(mut spec: Value) -> Arc<ProviderPlan> {
    spec["dialect"] = json!("openai-chat");
    let resources = [resource(spec).unwrap()];
    let compiled = Snapshot::compile(1, &resources, Arc::new(Nobody), &Said);
    let snapshot = compiled.unwrap().snapshot;
    Arc::clone(&snapshot.providers()[0])
}

fn robot(more: Value) -> Value {
    let mut file = json!({
        "type": "service_account", "client_email": "robot@p.example", "private_key": "PEM",
    });
    for (member, value) in more.as_object().unwrap() {
        file[member] = value.clone();
    }
    json!([{ "name": "robot", "service_account": { "env": file.to_string() } }])
}

#[test]
fn a_credential_is_exactly_one_of_its_forms() {
    let with = |credential: Value| refusal(json!({ "credentials": [credential] }));
    let none = with(json!({ "name": "a" }));
    assert_eq!(
        none,
        "Provider up: spec.credentials[0]: a credential is exactly one of key, service_account, \
         entra, metadata and aws; this one is none of them"
    );
    let two = with(json!({ "name": "a", "key": { "env": "K" }, "metadata": {} }));
    assert!(two.ends_with("this one is key and metadata"), "{two}");
    let unknown = with(json!({ "name": "a", "serviceaccount": { "env": "K" } }));
    assert!(
        unknown.contains("did you mean `service_account`?"),
        "{unknown}"
    );
    let entra = json!({ "tenant": "a/b", "client_id": "c", "client_secret": { "env": "S" } });
    let place = with(json!({ "name": "a", "entra": entra }));
    assert!(
        place.contains("spec.credentials[0].entra.tenant"),
        "{place}"
    );
    let twice = json!({ "name": "a", "key": { "env": "K" } });
    let twice = refusal(json!({ "credentials": [twice, twice] }));
    assert!(twice.contains("two credentials are called a"), "{twice}");
}

#[test]
fn what_cannot_work_on_a_cloud_is_refused() {
    let platform = |platform: Value| refusal(json!({ "platform": platform }));
    let version = platform(json!({ "azure": { "surface": "deployments" } }));
    assert!(version.contains("such as 2024-10-21"), "{version}");
    let location = platform(json!({ "vertex": { "location": "a.example/" } }));
    assert!(
        location.contains("spec.platform.vertex.location"),
        "{location}"
    );
    let both = platform(json!({ "azure": {}, "vertex": {} }));
    assert!(both.contains("spec.platform"), "{both}");
    let header = refusal(json!({ "auth": { "header": "Host" } }));
    assert!(header.contains("cannot carry a key"), "{header}");
    let header = refusal(json!({ "auth": { "header": "X Y" } }));
    assert!(header.contains("not the name of a header"), "{header}");
}

#[test]
fn credentials_and_platforms_round_trip_without_their_defaults() {
    let spec = json!({
        "dialect": "openai-chat",
        "platform": { "vertex": { "project": "p-1", "location": "us-east5" } },
        "auth": { "header": "api-key" },
        "query": { "a": "b" },
        "credentials": [
            { "name": "a", "key": { "env": "K" } },
            { "name": "b", "service_account": { "file": "/robot.json" }, "weight": 3 },
            { "name": "c", "entra": {
                "tenant": "t", "client_id": "c", "client_secret": { "secret": "s" } } },
            { "name": "d", "metadata": { "identity": "robot@p.example" } },
        ],
    });
    assert_eq!(resource(spec.clone()).unwrap().spec.to_json(), spec);
}

#[test]
fn azure_is_reached_at_its_surface_however_its_endpoint_is_written() {
    let host = "https://me.openai.azure.com";
    for (surface, base, platform) in [
        (json!({}), "/openai/v1", Platform::Plain),
        (
            json!({ "surface": "deployments", "api_version": "2024-10-21" }),
            "/openai",
            Platform::Deployments,
        ),
    ] {
        for url in [
            host.to_owned(),
            format!("{host}/openai"),
            format!("{host}/openai/v1"),
        ] {
            let made = plan(json!({ "base_url": url, "platform": { "azure": surface } }));
            assert_eq!(made.endpoint.base_path(), Some(base), "{url}");
            assert_eq!(made.platform, platform);
        }
    }
}

#[test]
fn t41_vertex_is_reached_at_the_host_of_its_location() {
    for (location, host) in [
        ("global", "aiplatform.googleapis.com"),
        ("europe-west4", "europe-west4-aiplatform.googleapis.com"),
        ("eu", "aiplatform.eu.rep.googleapis.com"),
    ] {
        let place = json!({ "project": "p-1", "location": location });
        let made = plan(json!({ "platform": { "vertex": place } }));
        assert_eq!(made.endpoint.authority().as_deref(), Some(host));
        assert!(matches!(made.endpoint, Endpoint::Http { tls: true, .. }));
    }
}

#[test]
fn the_project_is_the_one_that_is_named_or_that_of_the_account() {
    let project = |platform: Value, file: Value| {
        let credentials = robot(file);
        let made = plan(json!({ "platform": { "vertex": platform }, "credentials": credentials }));
        match &made.platform {
            Platform::Vertex { project, .. } => (project.to_string(), made.missing.clone()),
            Platform::Plain | Platform::Deployments => panic!("{:?}", made.platform),
        }
    };
    let of_account = json!({ "project_id": "p-2" });
    let named = project(json!({ "project": "p-1" }), of_account.clone());
    assert_eq!(named, ("p-1".to_owned(), Vec::new()));
    let told = project(json!({}), of_account);
    assert_eq!(told, ("p-2".to_owned(), Vec::new()));
    let (_, missing) = project(json!({}), json!({}));
    assert!(
        missing[0].contains("set platform.vertex.project"),
        "{missing:?}"
    );
}

#[test]
fn a_key_file_that_is_none_is_missing_and_quoted_nowhere() {
    for (text, why) in [
        ("{not json", "it is not JSON"),
        (
            r#"{"type":"service_account","client_email":"SECRET"}"#,
            "is missing",
        ),
        (
            r#"{"type":"external_account","x":"SECRET"}"#,
            "other kinds are not supported",
        ),
    ] {
        let credentials = json!([{ "name": "robot", "service_account": { "env": text } }]);
        let made = plan(json!({
            "platform": { "vertex": { "project": "p" } }, "credentials": credentials,
        }));
        assert!(made.credentials.is_empty());
        let told = &made.missing[0];
        assert!(told.contains(why) && !told.contains("SECRET"), "{told}");
    }
    let alone = json!([{ "name": "vm", "metadata": {} }]);
    let made = plan(json!({ "base_url": "https://h", "credentials": alone }));
    assert!(made.missing[0].contains("for the platforms vertex and azure"));
}

#[test]
fn secrets_of_every_form_are_opened_and_never_printed() {
    let entra = json!({ "tenant": "t", "client_id": "c", "client_secret": { "env": "sk-secret" } });
    let mut credentials = robot(json!({ "private_key": "sk-secret", "project_id": "p" }));
    let user = json!({
        "type": "authorized_user", "client_id": "c", "client_secret": "sk-secret",
        "refresh_token": "sk-secret",
    });
    let more = [
        json!({ "name": "app", "entra": entra }),
        json!({ "name": "me", "service_account": { "env": user.to_string() } }),
    ];
    credentials.as_array_mut().unwrap().extend(more);
    let made = plan(json!({ "platform": { "vertex": {} }, "credentials": credentials }));
    assert_eq!(made.credentials.len(), 3, "{:?}", made.missing);
    let shown = format!("{made:?}");
    assert!(!shown.contains("sk-secret"), "{shown}");
    let grant = |at: usize| match &made.credentials[at].access {
        Access::Token(source) => Arc::clone(source),
        Access::Key(_) | Access::Aws(_) => panic!("no token"),
    };
    let authority = |at: usize| grant(at).endpoint.authority().unwrap();
    assert_eq!(authority(0), "oauth2.googleapis.com");
    assert_eq!(authority(1), "login.microsoftonline.com");
    assert_eq!(grant(1).endpoint.base_path(), Some("/t/oauth2/v2.0/token"));
    assert!(matches!(grant(2).grant, Grant::Refresh { .. }));
}
