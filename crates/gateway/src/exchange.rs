//! The exchange: one call in flight, with all that the stages have found out about it.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use http::{HeaderMap, Method, Uri};
use tollgate_dialect::ir;
use tollgate_dialect::openai_chat::head::ChatHead;
use tollgate_ledger::Hold;
use tollgate_model::account::Fund;
use tollgate_model::call::{Attempt, Caller, KeyEntry, Timings};
use tollgate_model::refusal::Stage;
use tollgate_model::snapshot::{ModelPlan, TargetPlan};
use tollgate_model::{CallId, Dialect, Micros, Refusal, Snapshot, Usage};

use crate::pool::Incoming;
use crate::worker::Worker;

/// What a path and method ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    /// An answer of a model.
    Chat,
    /// The list of models.
    ListModels,
    /// One model of the list.
    GetModel(String),
}

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
    /// In which the caller is answered: told by the path, so that every refusal has it.
    pub(crate) dialect: Dialect,
    /// Set by route.
    pub(crate) operation: Operation,
    pub(crate) chat: Option<ChatHead>,
    pub(crate) plan: Option<Arc<ModelPlan>>,
    /// Set by identify.
    pub(crate) key: Option<Arc<KeyEntry>>,
    pub(crate) caller: Option<Caller>,
    pub(crate) funds: Vec<Arc<Fund>>,
    /// Set by admit.
    pub(crate) hold: Option<Hold>,
    pub(crate) max_tokens_set: Option<u64>,
    /// Set by prepare.
    pub(crate) candidates: Vec<Candidate>,
    pub(crate) decoded: Option<Box<ir::Request>>,
    pub(crate) outgoing: Option<Outgoing>,
    /// Provider and model for which `outgoing` was written.
    pub(crate) prepared_for: Option<(Arc<str>, Arc<str>)>,
    /// Set by dispatch.
    pub(crate) attempts: Vec<Attempt>,
    pub(crate) served: Option<TargetPlan>,
    pub(crate) dropped: Vec<String>,
    pub(crate) answer: Option<Answer>,
    pub(crate) dispatched: bool,
    pub(crate) first_byte: u32,
    pub(crate) timings: Timings,
    /// Set by settle: the call is recorded and its money is where it belongs.
    pub(crate) closed: bool,
}

/// A request's body for one target, and what it could not carry.
pub(crate) struct Outgoing {
    pub(crate) body: Bytes,
    pub(crate) dropped: Vec<String>,
}

/// A target that may be tried, in the order of trying.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    pub(crate) target: TargetPlan,
    /// The place of the credential in the provider's pool; `None` where it needs none.
    pub(crate) credential: Option<usize>,
}

impl Exchange {
    /// A call that has just arrived.
    pub(crate) fn begin(worker: Rc<Worker>, head: http::request::Parts) -> Exchange {
        let at = worker.now();
        let id = worker.call_id(at);
        let snapshot = worker.shared.snapshot.load_full();
        let dialect = dialect_of(head.uri.path());
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
            dialect,
            operation: Operation::Chat,
            chat: None,
            plan: None,
            key: None,
            caller: None,
            funds: Vec::new(),
            hold: None,
            max_tokens_set: None,
            candidates: Vec::new(),
            decoded: None,
            outgoing: None,
            prepared_for: None,
            attempts: Vec::new(),
            served: None,
            dropped: Vec::new(),
            answer: None,
            dispatched: false,
            first_byte: 0,
            timings: Timings::new(),
            closed: false,
        }
    }

    /// Microseconds since the call began.
    pub(crate) fn elapsed(&self) -> u32 {
        u32::try_from(self.started.elapsed().as_micros()).unwrap_or(u32::MAX)
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
        self.chat.as_ref().map_or("", |chat| chat.model.as_str())
    }

    /// Whether the caller reads calls of tools in the older of its dialect's two forms; known where
    /// its request was translated.
    pub(crate) fn older_tools(&self) -> bool {
        self.decoded
            .as_ref()
            .is_some_and(|request| request.older_tools)
    }

    /// Whether a streamed answer was asked for.
    pub(crate) fn wants_stream(&self) -> bool {
        self.chat.as_ref().is_some_and(|chat| chat.stream)
    }
}

/// The dialect of whoever asks for a path.
fn dialect_of(path: &str) -> Dialect {
    if path.starts_with("/v1/messages") {
        Dialect::AnthropicMessages
    } else if path.starts_with("/v1beta/") {
        Dialect::Gemini
    } else {
        Dialect::OpenaiChat
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
