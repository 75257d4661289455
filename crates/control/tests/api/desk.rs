//! A control plane for tests: a store in a temporary folder, a clock that is set by hand, and a
//! data plane that only compiles.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::watch;
use tollgate_catalog::{Update, builtin};
use tollgate_control::{
    Asset, Control, CredentialHealth, NodeStatus, Opening, Probing, Refreshed, Runtime,
    TargetHealth, router,
};
use tollgate_doctor::facts::ServerFacts;
use tollgate_doctor::{Known, Unknown};
use tollgate_model::call::FailureClass;
use tollgate_model::probe::{Probe, ProbeFailure};
use tollgate_model::resources::Secret;
use tollgate_model::snapshot::{ProviderPlan, SecretText, Secrets};
use tollgate_model::{KeyHash, Micros, Name, Snapshot};
use tollgate_store::{Clock, Location, SealingKey, Store};
use tower::ServiceExt;

/// The operator's token.
pub(crate) const TOKEN: &str = "tga_operator";

/// A control plane and what stands around it.
pub(crate) struct Desk {
    pub router: Router,
    pub store: Store,
    pub runtime: Arc<Compiler>,
    pub clock: Arc<AtomicI64>,
    pub closing: watch::Sender<bool>,
    _folder: TempDir,
}

/// An answer, taken apart.
#[derive(Debug)]
pub(crate) struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|why| panic!("{why}: {}", self.text))
    }

    /// The body, once the status is this.
    pub(crate) fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self.json()
    }

    /// The code and detail of a problem, once it is one of this status.
    pub(crate) fn problem(&self, status: u16) -> String {
        let body = self.expect(status);
        assert_eq!(self.headers["content-type"], "application/problem+json");
        assert_eq!(body["status"], status);
        format!(
            "{}: {}",
            body["code"].as_str().unwrap(),
            body["detail"].as_str().unwrap()
        )
    }
}

impl Desk {
    /// A control plane with an empty store, at 2026-11-24 06:00 UTC, and without a console.
    pub(crate) async fn new() -> Desk {
        Desk::with_console(&[]).await
    }

    /// One with this console.
    pub(crate) async fn with_console(console: &'static [Asset]) -> Desk {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(AtomicI64::new(
            Micros::parse("2026-11-24T06:00:00Z").unwrap().0,
        ));
        let now = {
            let clock = Arc::clone(&clock);
            Arc::new(move || Micros(clock.load(Ordering::Relaxed)))
        };
        let location = Location::Sqlite(folder.path().join("test.db"));
        let store = Store::open_with(&location, Clock::Given(now.clone()))
            .await
            .unwrap();
        let sealing = Arc::new(SealingKey::new(&[7; 32]).unwrap());
        let runtime = Arc::new(Compiler::new(store.clone(), Arc::clone(&sealing)));
        let closing = watch::Sender::new(false);
        let router = router(Control {
            store: store.clone(),
            sealing,
            runtime: runtime.clone(),
            clock: now,
            operator: KeyHash::of(TOKEN.as_bytes()),
            hosts: vec!["control.example".to_owned()],
            console,
            version: "0.0.0-test",
            closing: closing.subscribe(),
        });
        Desk {
            router,
            store,
            runtime,
            clock,
            closing,
            _folder: folder,
        }
    }

    /// One with a team `acme` and its application `web`.
    pub(crate) async fn furnished() -> Desk {
        let desk = Desk::new().await;
        let documents = json!([
            { "kind": "Team", "name": "acme", "spec": { "billing": "prepaid" } },
            { "kind": "Application", "name": "web", "spec": { "team": "acme" } },
        ]);
        desk.post("/api/v1/apply", json!({ "documents": documents }))
            .await
            .expect(200);
        desk
    }

    /// Sends a request as it is.
    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (head, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Answer {
            status: head.status,
            headers: head.headers,
            text: String::from_utf8(bytes.to_vec()).unwrap(),
        }
    }

    /// Asks as the operator, with these headers besides.
    pub(crate) async fn ask(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Value>,
    ) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "localhost:8403")
            .header("authorization", format!("Bearer {TOKEN}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = match body {
            None => request.body(Body::empty()),
            Some(body) => request
                .header("content-type", "application/json")
                .body(Body::from(body.to_string())),
        };
        self.send(request.unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[], None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.ask("POST", path, &[], Some(body)).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        self.ask("PUT", path, &[], Some(body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.ask("DELETE", path, &[], None).await
    }

    /// Every fund of the configuration that is served.
    pub(crate) fn runtime_funds(&self) -> Vec<Arc<tollgate_model::account::Fund>> {
        self.runtime.snapshot().all_funds()
    }

    /// The newest revision.
    pub(crate) async fn revision(&self) -> u64 {
        self.store.snapshot_resources().await.unwrap().0
    }
}

/// A data plane that compiles what it is told to serve, and does nothing with it.
pub(crate) struct Compiler {
    store: Store,
    sealing: Arc<SealingKey>,
    snapshot: Mutex<Arc<Snapshot>>,
    pub credentials: Mutex<Vec<CredentialHealth>>,
    pub ready: Mutex<bool>,
    pub gateway: Mutex<Option<SocketAddr>>,
    pub funds_refreshed: AtomicUsize,
    pub secrets_refreshed: AtomicUsize,
}

impl Compiler {
    fn new(store: Store, sealing: Arc<SealingKey>) -> Compiler {
        let nothing = Opener(HashMap::new());
        let empty = Snapshot::compile(0, &[], builtin(), &nothing).unwrap();
        Compiler {
            store,
            sealing,
            snapshot: Mutex::new(Arc::new(empty.snapshot)),
            credentials: Mutex::default(),
            ready: Mutex::new(true),
            gateway: Mutex::default(),
            funds_refreshed: AtomicUsize::new(0),
            secrets_refreshed: AtomicUsize::new(0),
        }
    }

    async fn opener(&self) -> Opener {
        let mut stored = HashMap::new();
        for name in self.store.secret_names().await.unwrap() {
            let text = self
                .store
                .secret(&self.sealing, &name)
                .await
                .unwrap()
                .unwrap();
            stored.insert(name.to_string(), SecretText::new(&text));
        }
        Opener(stored)
    }
}

impl Runtime for Compiler {
    fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshot.lock().unwrap())
    }

    fn credentials(&self) -> Vec<CredentialHealth> {
        self.credentials.lock().unwrap().clone()
    }

    fn targets(&self) -> Vec<TargetHealth> {
        vec![TargetHealth {
            provider: "openai".into(),
            model: "gpt-5".into(),
            under_way: 3,
            streamed: Some(412_000),
            whole: None,
            behind_until: Some(Micros::parse("2026-11-24T09:00:00Z").unwrap()),
        }]
    }

    fn status(&self) -> NodeStatus {
        let ready = *self.ready.lock().unwrap();
        NodeStatus {
            node: "node-1".to_owned(),
            started: Micros::parse("2026-11-24T05:00:00Z").unwrap(),
            revision: self.snapshot().revision,
            backlog: 3,
            ready,
            troubles: if ready {
                Vec::new()
            } else {
                vec!["the store is away".to_owned()]
            },
        }
    }

    fn secrets(&self) -> Opening<'_> {
        Box::pin(async {
            let opener: Box<dyn Secrets + Send + Sync> = Box::new(self.opener().await);
            opener
        })
    }

    fn refresh_configuration(&self, revision: u64) -> Refreshed<'_> {
        Box::pin(async move {
            let (newest, resources) = self.store.snapshot_resources().await.unwrap();
            assert!(newest >= revision);
            let opener = self.opener().await;
            let mut catalogue = builtin();
            if let Some(update) = self.store.catalogue_at(newest).await.unwrap() {
                let stored = self.store.catalogue_update(update).await.unwrap().unwrap();
                catalogue = Update::read(&stored.text, "").unwrap().catalogue(update);
            }
            let compiled = Snapshot::compile(newest, &resources, catalogue, &opener).unwrap();
            *self.snapshot.lock().unwrap() = Arc::new(compiled.snapshot);
        })
    }

    fn refresh_secrets(&self) -> Refreshed<'_> {
        self.secrets_refreshed.fetch_add(1, Ordering::Relaxed);
        Box::pin(async {})
    }

    fn refresh_funds(&self) -> Refreshed<'_> {
        self.funds_refreshed.fetch_add(1, Ordering::Relaxed);
        Box::pin(async {})
    }

    fn gateway(&self) -> Option<SocketAddr> {
        *self.gateway.lock().unwrap()
    }

    fn pass(&self, application: &Name, holder: &Name) -> Result<String, String> {
        Ok(format!("tg_pass:{application}:{holder}"))
    }

    fn server(&self) -> Known<ServerFacts> {
        Err(Unknown("the desk stands on no machine".to_owned()))
    }

    fn make_private(&self, entry: &str) -> Result<(), String> {
        Err(format!("there is no {entry}"))
    }

    fn probe(&self, provider: Arc<ProviderPlan>, credential: Option<Arc<str>>) -> Probing<'_> {
        let outcome = match credential.as_deref() {
            Some("bad") => Err(ProbeFailure {
                class: FailureClass::Auth,
                status: Some(401),
                note: "no such key".to_owned(),
            }),
            _ => Ok(vec![format!("{}-model", provider.name)]),
        };
        let open_to_all = credential.as_deref() == Some("needless");
        Box::pin(async move {
            Probe {
                took: 1_500,
                outcome,
                open_to_all,
                date: None,
            }
        })
    }
}

struct Opener(HashMap<String, SecretText>);

impl Secrets for Opener {
    fn open(&self, secret: &Secret) -> Result<SecretText, String> {
        match secret {
            Secret::Secret(name) => {
                let found = self.0.get(name.as_str()).cloned();
                found.ok_or_else(|| format!("there is no secret \"{name}\""))
            }
            Secret::Env(name) => Err(format!("the variable {name} is not set")),
            Secret::File(path) => Err(format!("cannot read {path}")),
        }
    }
}
