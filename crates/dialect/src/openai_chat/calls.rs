//! The tool calls of a streamed answer. A provider may mix the pieces of several calls; of the
//! events only one block may be open at a time. So the pieces of a later call wait until the
//! arguments of the open one are whole.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::answer;
use crate::flow::Flow;
use crate::ir::{Delta, Event, Opening};
use crate::lenient;

/// The most bytes of arguments of all calls together.
const ARGUMENTS_LIMIT: usize = 8 << 20;

/// A piece of a call.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Piece {
    #[serde(default, deserialize_with = "lenient::count")]
    index: Option<u64>,
    #[serde(default, deserialize_with = "lenient::text")]
    id: Option<String>,
    #[serde(default)]
    function: Option<PieceFunction>,
    #[serde(default)]
    extra_content: Option<Value>,
}

#[derive(Debug, Default, Deserialize)]
struct PieceFunction {
    #[serde(default, deserialize_with = "lenient::text")]
    name: Option<String>,
    #[serde(default)]
    arguments: Option<Value>,
}

impl Piece {
    /// A piece of the call at a place among the calls.
    pub(crate) fn at(mut self, index: u64) -> Piece {
        self.index = Some(index);
        self
    }

    /// A piece of the one call that the form before `tool_calls` knows.
    pub(crate) fn legacy(function: Value) -> Piece {
        let function = serde_json::from_value(function).unwrap_or_default();
        Piece {
            index: Some(0),
            id: None,
            function: Some(function),
            extra_content: None,
        }
    }
}

/// The calls so far.
#[derive(Debug, Default)]
pub(crate) struct Calls {
    calls: Vec<Call>,
    /// The call whose block is open; those before it are closed, those after it wait.
    open: Option<usize>,
    /// How many are closed.
    closed: usize,
    /// Bytes of arguments of all calls.
    kept: usize,
}

#[derive(Debug, Default)]
struct Call {
    index: Option<u64>,
    id: String,
    name: String,
    signature: Option<String>,
    /// All arguments so far.
    arguments: String,
    /// How many bytes of the arguments were told.
    told: usize,
}

impl Calls {
    /// Whether there was a call.
    pub(crate) fn any(&self) -> bool {
        self.calls.iter().any(|call| !call.name.is_empty())
    }

    /// Takes a piece and tells what can be told.
    pub(crate) fn take(&mut self, piece: Piece, flow: &mut Flow, events: &mut Vec<Event>) {
        let function = piece.function.unwrap_or_default();
        let arguments = match function.arguments {
            Some(Value::String(text)) => text,
            None | Some(Value::Null) => String::new(),
            Some(json) => json.to_string(),
        };
        let at = self.place(piece.index, piece.id.as_deref());
        self.kept = self.kept.saturating_add(arguments.len());
        if self.kept > ARGUMENTS_LIMIT {
            return flow.broke("the arguments of the tools are too large", events);
        }
        let Some(call) = self.calls.get_mut(at) else {
            return;
        };
        set(&mut call.id, piece.id);
        set(&mut call.name, function.name);
        let signature = piece
            .extra_content
            .as_ref()
            .and_then(answer::thought_signature);
        call.signature = call.signature.take().or(signature);
        call.arguments.push_str(&arguments);
        self.advance(flow, events);
    }

    /// Tells everything that waits and closes it.
    pub(crate) fn close_all(&mut self, flow: &mut Flow, events: &mut Vec<Event>) {
        while self.closed < self.calls.len() {
            self.tell(flow, events);
            self.close(flow, events);
        }
    }

    /// The call that a piece belongs to; a new one where it begins one. Where a provider gives
    /// several calls one index, their ids tell them apart.
    fn place(&mut self, index: Option<u64>, id: Option<&str>) -> usize {
        let id = id.filter(|id| !id.is_empty());
        let same_index = |call: &Call| index.is_none() || call.index == index;
        let same_id = |call: &Call| id.is_none_or(|id| call.id.is_empty() || call.id == id);
        let known = match (index, id) {
            (None, None) => self.calls.len().checked_sub(1),
            (None, Some(id)) => self.calls.iter().rposition(|call| call.id == id),
            _ => self
                .calls
                .iter()
                .rposition(|call| same_index(call) && same_id(call)),
        };
        known.unwrap_or_else(|| {
            self.calls.push(Call {
                index,
                ..Call::default()
            });
            self.calls.len() - 1
        })
    }

    /// Tells what there is of the first call that is not closed, and goes on to the next where its
    /// arguments are whole and another waits.
    fn advance(&mut self, flow: &mut Flow, events: &mut Vec<Event>) {
        loop {
            self.tell(flow, events);
            let another = self.closed + 1 < self.calls.len();
            let whole = self.calls.get(self.closed).is_some_and(Call::is_whole);
            if !(another && whole) {
                return;
            }
            self.close(flow, events);
        }
    }

    fn tell(&mut self, flow: &mut Flow, events: &mut Vec<Event>) {
        let at = self.closed;
        let Some(call) = self.calls.get_mut(at).filter(|call| !call.name.is_empty()) else {
            return;
        };
        if self.open != Some(at) {
            self.open = Some(at);
            let id = match call.id.as_str() {
                "" => format!("call_{at}"),
                id => id.to_owned(),
            };
            let (name, signature) = (call.name.clone(), call.signature.clone());
            flow.open(
                Opening::ToolUse {
                    id,
                    name,
                    signature,
                },
                events,
            );
        }
        let new = call
            .arguments
            .get(call.told..)
            .unwrap_or_default()
            .to_owned();
        call.told = call.arguments.len();
        flow.delta(Delta::Arguments(new), events);
    }

    fn close(&mut self, flow: &mut Flow, events: &mut Vec<Event>) {
        if self.open.take().is_some() {
            flow.close(events);
        }
        self.closed += 1;
    }
}

impl Call {
    /// Whether the arguments are JSON from beginning to end.
    fn is_whole(&self) -> bool {
        !self.name.is_empty() && serde_json::from_str::<IgnoredAny>(&self.arguments).is_ok()
    }
}

fn set(slot: &mut String, given: Option<String>) {
    if let Some(given) = given.filter(|_| slot.is_empty()) {
        *slot = given;
    }
}
