//! The exchange: one call in flight, with all that the stages have found out about it.

use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderMap, Method, Uri};
use tollgate_dialect::codec::{Head, Reply};
use tollgate_dialect::{count, ir, task};
use tollgate_ledger::Hold;
use tollgate_model::account::Fund;
use tollgate_model::call::{Attempt, Caller, KeyEntry, Timings};
use tollgate_model::choice::Choice;
use tollgate_model::kept::Origin;
use tollgate_model::refusal::Stage;
use tollgate_model::snapshot::{ModelPlan, TargetPlan};
use tollgate_model::{CallId, Dialect, Micros, Refusal, Snapshot, Usage};

use crate::address::{Address, Operation};
use crate::cache::Use;
use crate::given::Given;
use crate::health::Health;
use crate::pieces::Pieces;
use crate::pool::Incoming;
use crate::routing::busy::UnderWay;
use crate::routing::quota::Taken;
use crate::routing::target::TargetState;
use crate::socket::{Dialed, Wish};
use crate::worker::Worker;

/// What a provider answered, once an attempt has succeeded.
pub(crate) enum Answer {
    /// All of it, what it consumed where it says so, and what it says where it has to be translated.
    Whole {
        bytes: Bytes,
        usage: Option<Usage>,
        decoded: Option<Box<ir::Response>>,
    },
    /// Its beginning, and where the rest comes from.
    Stream { first: Bytes, rest: Incoming },
    /// What was asked for besides an answer in a conversation.
    Task(Box<Given>),
    /// A session.
    Session(Box<Dialed>),
}

/// One call in flight.
pub(crate) struct Exchange {
    pub(crate) worker: Rc<Worker>,
    pub(crate) id: CallId,
    pub(crate) at: Micros,
    pub(crate) started: Instant,
    pub(crate) snapshot: Arc<Snapshot>,
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    /// Set by accept.
    pub(crate) request_id: Option<String>,
    pub(crate) body: Bytes,
    /// The body of a request that brings a file, which is read as it is needed.
    pub(crate) upload: Option<hyper::body::Incoming>,
    /// In which the caller is answered: told by the address, so that every refusal has it.
    pub(crate) dialect: Dialect,
    pub(crate) address: Address,
    /// Set by route.
    pub(crate) chat: Option<Head>,
    pub(crate) task: Option<Box<task::Head>>,
    pub(crate) session: Option<Box<Wish>>,
    pub(crate) plan: Option<Arc<ModelPlan>>,
    /// Set by authorize, where the call goes on from an earlier answer: what the caller wrote, while
    /// `body` and `chat` hold the whole conversation.
    pub(crate) continued: Option<Continued>,
    /// Set by authorize, where the request refers to files: where these lie.
    pub(crate) pinned: Option<Origin>,
    /// Set by identify.
    pub(crate) key: Option<Arc<KeyEntry>>,
    pub(crate) caller: Option<Caller>,
    pub(crate) funds: Vec<Arc<Fund>>,
    /// Set by admit.
    pub(crate) hold: Option<Hold>,
    pub(crate) max_tokens_set: Option<u64>,
    /// Set between authorize and admit: an answer that was kept, or where this one is to be.
    pub(crate) cache: Use,
    /// Set by prepare.
    pub(crate) choice: Option<Box<Choice>>,
    pub(crate) candidates: Vec<Candidate>,
    pub(crate) decoded: Option<Box<ir::Request>>,
    pub(crate) outgoing: Option<Outgoing>,
    /// Provider and model for which `outgoing` was written.
    pub(crate) prepared_for: Option<(Arc<str>, Arc<str>)>,
    /// Set by dispatch.
    pub(crate) attempts: Vec<Attempt>,
    pub(crate) served: Option<TargetPlan>,
    /// Who was asked as well, and lost.
    pub(crate) lost: Option<Box<Lost>>,
    /// Counts the call at the target that answers, until it ends.
    pub(crate) under_way: Option<UnderWay>,
    /// What the call takes of the limits of the credential that answers, until it ends.
    pub(crate) taken: Option<Taken>,
    pub(crate) dropped: Vec<String>,
    pub(crate) answer: Option<Answer>,
    pub(crate) dispatched: bool,
    pub(crate) first_byte: u32,
    pub(crate) timings: Timings,
    /// Bytes that a session has sent besides its body.
    pub(crate) sent: u64,
    /// Set by settle: the call is recorded and its money is where it belongs.
    pub(crate) closed: bool,
}

/// A target that was asked and cancelled, since another one began sooner.
pub(crate) struct Lost {
    /// The place of its attempt.
    pub(crate) attempt: usize,
    pub(crate) target: TargetPlan,
}

/// A request that goes on from an earlier answer, as the caller wrote it.
pub(crate) struct Continued {
    pub(crate) body: Bytes,
    pub(crate) head: Head,
    /// Who has made the earlier answer and can go on from it by its id alone.
    pub(crate) origin: Option<Origin>,
    /// Tokens of the earlier answer and of all before it, as far as they were told.
    pub(crate) tokens: u64,
}

/// A request's body for one target, and what it could not carry.
#[derive(Default)]
pub(crate) struct Outgoing {
    pub(crate) body: Pieces,
    pub(crate) dropped: Vec<String>,
}

/// A target that may be tried, in the order of trying.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    pub(crate) target: TargetPlan,
    /// The place of the credential in the provider's pool; `None` where it needs none.
    pub(crate) credential: Option<usize>,
    /// What is remembered of the target; `None` where it is not one among several.
    pub(crate) state: Option<Arc<TargetState>>,
    /// Whether others go first, since little is left of its limits.
    pub(crate) put_off: bool,
}

impl Candidate {
    /// The health of its credential.
    pub(crate) fn health(&self, worker: &Worker) -> Arc<Health> {
        let provider = &self.target.provider.name;
        worker.shared.health.of(provider, &self.credential_name())
    }

    /// The credential's name; empty for a provider that needs none.
    pub(crate) fn credential_name(&self) -> Arc<str> {
        let pool = &self.target.provider.credentials;
        let named = self.credential.and_then(|at| pool.get(at));
        named.map_or_else(|| "".into(), |credential| credential.name.clone())
    }
}

impl Exchange {
    /// A call that has just arrived.
    pub(crate) fn begin(worker: Rc<Worker>, head: http::request::Parts) -> Exchange {
        let at = worker.now();
        let id = worker.call_id(at);
        let snapshot = worker.shared.snapshot.load_full();
        let address = Address::of(&head.method, &head.uri, &head.headers);
        Exchange {
            worker,
            id,
            at,
            started: Instant::now(),
            snapshot,
            method: head.method,
            uri: head.uri,
            headers: head.headers,
            request_id: None,
            body: Bytes::new(),
            upload: None,
            dialect: address.dialect,
            address,
            chat: None,
            task: None,
            session: None,
            plan: None,
            continued: None,
            pinned: None,
            key: None,
            caller: None,
            funds: Vec::new(),
            hold: None,
            max_tokens_set: None,
            cache: Use::Off,
            choice: None,
            candidates: Vec::new(),
            decoded: None,
            outgoing: None,
            prepared_for: None,
            attempts: Vec::new(),
            served: None,
            lost: None,
            under_way: None,
            taken: None,
            dropped: Vec::new(),
            answer: None,
            dispatched: false,
            first_byte: 0,
            timings: Timings::new(),
            sent: 0,
            closed: false,
        }
    }

    /// A part of a session that is a call of its own, which a target is about to serve: it has a record
    /// of its own, by whose request id it is known where it belongs.
    pub(crate) fn part(&self, model: &str, target: &TargetPlan) -> Exchange {
        let (mut head, ()) = http::Request::new(()).into_parts();
        head.uri.clone_from(&self.uri);
        let mut part = Exchange::begin(Rc::clone(&self.worker), head);
        let own = || self.id.to_string();
        part.request_id = Some(self.request_id.clone().unwrap_or_else(own));
        part.session = Some(Box::new(Wish::of(model)));
        part.key.clone_from(&self.key);
        part.caller.clone_from(&self.caller);
        part.served = Some(target.clone());
        part.attempts = self.attempts.last().cloned().into_iter().collect();
        for attempt in &mut part.attempts {
            attempt.model.clone_from(&target.model);
            (attempt.began, attempt.took) = (0, 0);
        }
        Stage::ALL
            .into_iter()
            .take_while(|stage| *stage != Stage::Relay)
            .for_each(|stage| part.passed(stage));
        part
    }

    /// Microseconds since the call began.
    pub(crate) fn elapsed(&self) -> u32 {
        u32::try_from(self.started.elapsed().as_micros()).unwrap_or(u32::MAX)
    }

    /// When the call ends at the latest, where its model says so.
    pub(crate) fn ends(&self) -> Option<tokio::time::Instant> {
        let total = self.plan.as_ref()?.timeouts.total_ms?;
        let ends = self.started + Duration::from_millis(u64::from(total));
        Some(ends.into())
    }

    /// Notes that a stage was passed.
    pub(crate) fn passed(&mut self, stage: Stage) {
        debug_assert_eq!(
            self.timings.current(),
            stage,
            "the stages are passed in order"
        );
        let now = self.elapsed();
        self.timings.passed(now);
    }

    /// The model as the caller named it; empty before it was read.
    pub(crate) fn model_name(&self) -> &str {
        let task = self.task.as_ref().map(|task| &task.model);
        let session = self.session.as_ref().map(|session| &session.model);
        let model = self.chat.as_ref().map(|chat| &chat.model);
        let model = model.or(task).or(session);
        model.map_or("", String::as_str)
    }

    /// Whether the tokens of a prompt are to be counted, and nothing answered.
    pub(crate) fn is_count(&self) -> bool {
        self.address.operation == Some(Operation::Count)
    }

    /// Whether a streamed answer was asked for.
    pub(crate) fn wants_stream(&self) -> bool {
        let streams = match &self.task {
            Some(task) => task.stream,
            None => self.chat.as_ref().is_some_and(|chat| chat.stream),
        };
        let streams = streams || self.session.is_some();
        streams && !self.is_count()
    }

    /// Whether the connection has become that of a session.
    pub(crate) fn is_switched(&self) -> bool {
        let accept = |session: &Wish| session.accept.is_some();
        self.session.as_deref().is_some_and(accept)
    }

    /// Whether the address takes a form with files in it, so that the body may be large.
    pub(crate) fn brings_files(&self) -> bool {
        let door = self.address.operation.and_then(Operation::door);
        door.is_some_and(|door| task::takes_files(door.task))
    }

    /// What an answer in the caller's dialect says of itself, where it has to be written.
    pub(crate) fn reply(&self, at: Micros) -> Reply<'_> {
        let decoded = self.decoded.as_ref();
        let stream = self.wants_stream();
        Reply {
            call: self.id,
            at,
            model: self.model_name(),
            stream_usage: self.chat.as_ref().is_some_and(|chat| chat.stream_usage),
            older_tools: decoded.is_some_and(|request| request.older_tools),
            hide_thoughts: decoded.is_some_and(|request| request.hide_thoughts),
            echo: decoded.map(|request| &request.echo),
            prompt_tokens: if stream {
                count::estimate(&self.body)
            } else {
                0
            },
        }
    }
}

/// What a stage that found something that cannot be gives back: a mistake of ours.
pub(crate) fn impossible(what: &'static str) -> Refusal {
    tracing::error!(what, "a stage found the call in a state that cannot be");
    Refusal::new(
        tollgate_model::Reason::InternalError,
        "The gateway made a mistake.",
    )
}
