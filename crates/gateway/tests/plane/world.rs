//! A gateway with everything around it in memory. Team `acme` pays from a wallet of 100 dollars;
//! its application `web` calls with [`KEY`]; provider `up` serves model `m-1`, for a dollar per
//! million tokens in and two dollars per million tokens out, and `smart` is the model's alias.

use std::collections::HashMap;
use std::future::Future;
use std::net::SocketAddr;
use std::path::Path;
use std::pin::Pin;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, Once};
use std::thread::JoinHandle;
use std::time::Duration;

use arc_swap::ArcSwap;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::oneshot;
use tollgate_gateway::{CredentialHealth, Gateway, KeyFound, KeyLookup, Limits, Parts, Settings};
use tollgate_ledger::journal::{Committer, Journal, Pump};
use tollgate_ledger::{Book, LeasePolicy, Ledger};
use tollgate_model::call::{CallRecord, KeyEntry};
use tollgate_model::ids::key_text;
use tollgate_model::resource::{Document, Resource, RuleRef};
use tollgate_model::resources::Secret;
use tollgate_model::snapshot::{SecretText, Secrets};
use tollgate_model::{KeyHash, KeyPairs, Kind, Micros, Snapshot};
use tollgate_testkit::Upstream;

use crate::book::MemoryBook;
use crate::client::{Answer, Client, get, post};
use crate::shelf::MemoryShelf;
use crate::voices::Voice;

/// The time, which stands still until a test moves it: 2026-11-24T08:00:00Z.
pub(crate) const START: Micros = Micros(1_795_507_200_000_000);

/// The key of every provider here.
pub(crate) const PROVIDER_KEY: &str = "sk-upstream-0123456789abcdef";

/// How long a test waits for what must happen soon.
pub(crate) const SOON: Duration = Duration::from_secs(20);

/// The keys of the application, by what is special about them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    Main,
    /// May only ask for `smart`, and for names that begin with `up/`.
    Narrow,
    Revoked,
    Expired,
    /// Of another application, `desk`.
    Desk,
}

/// The text of a key.
pub(crate) fn key(which: Which) -> String {
    key_text::from_random([which as u8 + 1; 32])
}

/// The header of a caller with the key that may do everything.
pub(crate) fn bearer() -> String {
    format!("Bearer {}", key(Which::Main))
}

struct Keys(HashMap<KeyHash, KeyEntry>);

impl Keys {
    fn all() -> Keys {
        let entry = |which: Which, name: &str| KeyEntry {
            hash: KeyHash::of(key(which).as_bytes()),
            rule: RuleRef {
                kind: Kind::Key,
                name: name.parse().unwrap(),
                revision: 1,
            },
            application: match which {
                Which::Desk => "desk".parse().unwrap(),
                _ => "web".parse().unwrap(),
            },
            expires: match which {
                Which::Expired => START,
                _ => Micros::NEVER,
            },
            revoked: which == Which::Revoked,
            models: match which {
                Which::Narrow => vec!["smart".to_owned(), "up/*".to_owned()],
                _ => Vec::new(),
            },
            tags: match which {
                Which::Narrow => vec!["inner".to_owned()],
                _ => Vec::new(),
            },
        };
        let entries = [
            entry(Which::Main, "main"),
            entry(Which::Narrow, "narrow"),
            entry(Which::Revoked, "revoked"),
            entry(Which::Expired, "expired"),
            entry(Which::Desk, "desk"),
        ];
        Keys(entries.map(|entry| (entry.hash, entry)).into())
    }
}

impl KeyLookup for Keys {
    fn find<'a>(
        &'a self,
        hash: &'a KeyHash,
    ) -> Pin<Box<dyn Future<Output = KeyFound> + Send + 'a>> {
        let found = self.0.get(hash).cloned();
        Box::pin(async move { Ok(found) })
    }
}

struct OneSecret;

impl Secrets for OneSecret {
    fn open(&self, secret: &Secret) -> Result<SecretText, String> {
        Ok(match secret {
            // A file that a test has made stands where the name of a variable would.
            Secret::Env(file) if file.starts_with('{') => SecretText::new(file),
            _ => SecretText::new(PROVIDER_KEY),
        })
    }
}

/// What a gateway is to be started with.
pub(crate) struct Setup {
    resources: Vec<Value>,
    pub(crate) limits: Limits,
    pub(crate) workers: u32,
    pub(crate) strict: bool,
    wallet: &'static str,
}

impl Setup {
    /// Nothing but a team and its application.
    pub(crate) fn bare() -> Setup {
        Setup {
            resources: vec![
                json!({ "kind": "Team", "name": "acme", "spec": { "billing": "prepaid" } }),
                json!({ "kind": "Application", "name": "web", "spec": { "team": "acme" } }),
            ],
            limits: Limits::default(),
            workers: 1,
            strict: false,
            wallet: "100.00",
        }
    }

    /// Provider `up` in the dialect of a voice, and its model `m-1` under the name `smart`.
    pub(crate) fn with(voice: &Voice, upstream: &Upstream) -> Setup {
        Setup::bare()
            .provider("up", voice, &upstream.url(), json!({}))
            .model("smart", &["up"])
    }

    pub(crate) fn resource(mut self, resource: Value) -> Setup {
        self.resources.push(resource);
        self
    }

    /// A provider; the members of `more` are added to its spec.
    pub(crate) fn provider(self, name: &str, voice: &Voice, url: &str, more: Value) -> Setup {
        let mut spec = json!({
            "dialect": voice.dialect,
            "base_url": url,
            "credentials": [{ "name": "pool-1", "key": { "env": "UP" } }],
            "prices": { "*": { "input": "1.00", "output": "2.00" } },
        });
        for (member, value) in more.as_object().unwrap() {
            spec[member] = value.clone();
        }
        self.resource(json!({ "kind": "Provider", "name": name, "spec": spec }))
    }

    /// A model whose targets are `m-1` at these providers.
    pub(crate) fn model(self, name: &str, providers: &[&str]) -> Setup {
        let target = |provider: &&str| json!({ "provider": provider, "model": "m-1" });
        let targets: Vec<Value> = providers.iter().map(target).collect();
        self.resource(json!({ "kind": "Model", "name": name, "spec": { "targets": targets } }))
    }

    /// What the wallet holds, in dollars.
    pub(crate) fn wallet(mut self, dollars: &'static str) -> Setup {
        self.wallet = dollars;
        self
    }

    pub(crate) fn limits(mut self, set: impl FnOnce(&mut Limits)) -> Setup {
        set(&mut self.limits);
        self
    }

    pub(crate) fn snapshot(&self, revision: u64) -> Snapshot {
        let read = |value: &Value| {
            let document: Document = serde_json::from_value(value.clone()).unwrap();
            let resource = document.check().unwrap();
            Resource {
                revision,
                ..resource
            }
        };
        let resources: Vec<Resource> = self.resources.iter().map(read).collect();
        let catalogue = tollgate_catalog::builtin();
        let compiled = Snapshot::compile(revision, &resources, catalogue, &OneSecret);
        compiled.unwrap().snapshot
    }

    pub(crate) fn start(self) -> Plane {
        watch_for_panics();
        let folder = tempfile::tempdir().unwrap();
        let book = MemoryBook::new(START);
        book.credit("acme", self.wallet.parse().unwrap());
        let store = Arc::clone(&book) as Arc<dyn Book>;
        let ledger = Ledger::new("node".into(), Arc::clone(&store), LeasePolicy::ALONE);
        let journals: Vec<Journal> = (0..self.workers)
            .map(|worker| Journal::open(folder.path(), worker).unwrap())
            .collect();
        let committer = Committer::start(&journals).unwrap();
        let pump = Pump::new("node".into(), store, &journals);
        let (stop, stopped) = oneshot::channel::<()>();
        let pumping = std::thread::spawn(move || {
            block_on(pump.run(async {
                let _ = stopped.await;
            }));
        });
        let settings = Settings {
            listen: "127.0.0.1:0".parse().unwrap(),
            workers: journals.len(),
            limits: self.limits,
            cache_bytes: 1 << 20,
            strict_settlement: self.strict,
            batch_pause: Duration::from_millis(20),
            charge_lost: false,
        };
        let snapshot = Arc::new(ArcSwap::from_pointee(self.snapshot(7)));
        let clock = Arc::new(AtomicI64::new(START.0));
        let kept = Arc::new(MemoryShelf::default());
        let uploads = tempfile::tempdir().unwrap();
        let parts = Parts {
            snapshot: Arc::clone(&snapshot),
            keys: Arc::new(Keys::all()),
            kept: Arc::clone(&kept) as _,
            cabinet: Arc::clone(&book) as _,
            uploads: uploads.path().to_owned(),
            pairs: KeyPairs::new(&[7; 32]),
            ledger: Arc::clone(&ledger),
            answers: None,
            journals,
            clock: {
                let clock = Arc::clone(&clock);
                Arc::new(move || Micros(clock.load(Ordering::SeqCst)))
            },
            ready: Arc::new(|| true),
        };
        let gateway = Gateway::start(settings, parts).unwrap();
        Plane {
            address: gateway.local_addr(),
            gateway: Some(gateway),
            book,
            kept,
            ledger,
            folder,
            uploads,
            snapshot,
            pump: Some((stop, pumping)),
            committer,
            clock,
        }
    }
}

/// A running gateway.
pub(crate) struct Plane {
    pub(crate) address: SocketAddr,
    gateway: Option<Gateway>,
    pub(crate) book: Arc<MemoryBook>,
    pub(crate) kept: Arc<MemoryShelf>,
    pub(crate) ledger: Arc<Ledger>,
    folder: TempDir,
    pub(crate) uploads: TempDir,
    snapshot: Arc<ArcSwap<Snapshot>>,
    pump: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
    committer: Committer,
    clock: Arc<AtomicI64>,
}

impl Plane {
    pub(crate) fn connect(&self) -> Client {
        Client::connect(self.address)
    }

    /// The folder of the journal.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Asks on a connection of its own.
    pub(crate) fn ask(&self, request: impl AsRef<[u8]>) -> Answer {
        self.connect().ask(request)
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.ask(get(path, &[("authorization", &bearer())]))
    }

    pub(crate) fn chat(&self, body: impl AsRef<[u8]>) -> Answer {
        self.ask(chat(body))
    }

    /// Asks for a streamed answer and reads its head.
    pub(crate) fn stream(&self, body: impl AsRef<[u8]>) -> Client {
        let mut client = self.connect();
        client.send(chat(body));
        let head = client.head();
        assert_eq!(head.status, 200, "{head:?}");
        assert_eq!(
            head.header("content-type"),
            Some("text/event-stream; charset=utf-8")
        );
        client
    }

    /// Waits until a number of calls is settled in the store.
    pub(crate) fn settled(&self, count: usize) -> Vec<CallRecord> {
        until("calls are settled", || self.book.calls().len() >= count);
        self.book.calls()
    }

    /// What the gateway knows of its credentials.
    pub(crate) fn credentials(&self) -> Vec<CredentialHealth> {
        self.gateway.as_ref().expect("it runs").credentials()
    }

    /// Lets time pass for the gateway.
    pub(crate) fn pass_seconds(&self, seconds: i64) {
        self.clock.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }

    /// Changes the configuration.
    pub(crate) fn configure(&self, setup: &Setup, revision: u64) {
        self.snapshot.store(Arc::new(setup.snapshot(revision)));
    }

    /// Carries what is left to the store and closes the journals: nothing can be written down from
    /// now on.
    pub(crate) fn stop_the_pump(&mut self) {
        if let Some((stop, pumping)) = self.pump.take() {
            stop.send(()).unwrap();
            pumping.join().unwrap();
        }
    }

    /// Stops everything and gives the records. Nothing may be left behind: no panic, no hold, no
    /// lease.
    pub(crate) fn finish(self) -> Vec<CallRecord> {
        self.finish_within(SOON)
    }

    /// [`Plane::finish`] with another deadline for what has begun.
    pub(crate) fn finish_within(mut self, deadline: Duration) -> Vec<CallRecord> {
        let gateway = self.gateway.take();
        gateway.expect("it runs").drain(deadline);
        let held: Vec<_> = self.ledger.leases();
        assert!(held.iter().all(|lease| lease.held.is_zero()), "{held:?}");
        self.stop_the_pump();
        drop(self.committer);
        block_on(self.ledger.close());
        assert_eq!(self.book.leased(), 0, "every lease is given back");
        assert_eq!(*PANICS.lock().unwrap(), Vec::<String>::new());
        for call in self.book.calls() {
            check(&call);
        }
        self.book.calls()
    }

    /// [`Plane::finish`], where there was one call.
    pub(crate) fn finish_one(self) -> CallRecord {
        let mut calls = self.finish();
        assert_eq!(calls.len(), 1, "{calls:#?}");
        calls.remove(0)
    }
}

/// What holds for every record.
fn check(call: &CallRecord) {
    let text = serde_json::to_string(call).unwrap();
    assert!(
        !text.contains(PROVIDER_KEY),
        "a secret is on record: {text}"
    );
    assert!(!text.contains(&key(Which::Main)), "a key is on record");
    for charge in &call.charges {
        assert!(charge.taken <= call.cost, "{call:?}");
    }
    if call.refusal.is_some() {
        assert!(call.cost.is_zero() && call.charges.iter().all(|c| c.taken.is_zero()));
    }
}

/// A chat request of the key that may do everything.
pub(crate) fn chat(body: impl AsRef<[u8]>) -> Vec<u8> {
    post(
        "/v1/chat/completions",
        &[("authorization", &bearer())],
        body,
    )
}

/// Waits for a condition that nothing announces.
pub(crate) fn until(what: &str, holds: impl Fn() -> bool) {
    let deadline = std::time::Instant::now() + SOON;
    while !holds() {
        assert!(std::time::Instant::now() < deadline, "in vain: {what}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Waits for what must happen soon.
pub(crate) fn soon<T>(happens: impl Future<Output = T>) -> T {
    block_on(async {
        let waited = tokio::time::timeout(SOON, happens).await;
        waited.expect("it happened soon")
    })
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().build().unwrap().block_on(future)
}

/// The panics of the gateway's threads.
static PANICS: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn watch_for_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let thread = std::thread::current();
            if thread
                .name()
                .is_some_and(|name| name.starts_with("gateway-"))
            {
                PANICS.lock().unwrap().push(panic.to_string());
            }
            before(panic);
        }));
    });
}
