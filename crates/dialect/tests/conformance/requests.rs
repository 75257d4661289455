//! What becomes of a request's feature on its way to a provider.

use serde_json::Value;
use tollgate_dialect::codec::{Address, Loss, Target};
use tollgate_dialect::{inbound, outbound};
use tollgate_model::catalogue::Quirks;
use tollgate_model::{Reason, Refusal};

use crate::table::Cell;
use crate::voice::{Voice, Wish, misses};

/// The address of a request, in dialects that say there what others say in the body.
pub(crate) const ADDRESS: Address<'static> = Address {
    model: Some("m"),
    stream: Some(false),
};

/// What becomes of a wish between a caller and a provider.
pub(crate) fn cell(caller: &dyn Voice, provider: &dyn Voice, wish: Wish) -> Cell {
    let (lost, sent) = match sent(caller, provider, wish) {
        Sent::Unsaid => return Cell::Unsaid,
        Sent::Refused(refusal) => return Cell::refused(&refusal),
        Sent::Body { lost, body } => (lost, body),
    };
    if caller.dialect() == provider.dialect() {
        let body = caller.asks(wish).expect("what was asked");
        assert_eq!(without_model(sent), without_model(body), "{wish:?}");
        return Cell::Passes;
    }
    let missed = match provider.hears(wish) {
        Some(holds) => misses(&sent, &holds),
        None => Some("the whole of it: the dialect has no way to say it"),
    };
    if let (Some(at), true) = (missed, lost.is_empty()) {
        panic!(
            "{wish:?} of a caller of {} got lost in silence at a provider of {}: {at} in {sent}",
            caller.dialect(),
            provider.dialect()
        );
    }
    Cell::served(lost)
}

/// What a provider is sent.
pub(crate) enum Sent {
    /// The caller's dialect has no way to say the wish.
    Unsaid,
    /// Nothing: the caller is refused.
    Refused(Box<Refusal>),
    /// A request, and what of the caller's is not in it.
    Body { lost: Vec<String>, body: Value },
}

/// What a provider is sent for a wish of a caller.
pub(crate) fn sent(caller: &dyn Voice, provider: &dyn Voice, wish: Wish) -> Sent {
    let Some(body) = caller.asks(wish) else {
        return Sent::Unsaid;
    };
    let bytes = body.to_string().into_bytes();
    let codec = inbound(caller.dialect());
    let head = codec
        .head(&bytes, &ADDRESS)
        .unwrap_or_else(|refusal| panic!("{} {wish:?}: {refusal:?}", caller.dialect()));
    let target = Target {
        model: provider.model(wish),
        quirks: Quirks::default(),
        max_output: Some(8192),
        tier: None,
    };
    if caller.dialect() == provider.dialect() {
        return match head.edits(&target, None) {
            Ok(edits) => Sent::Body {
                lost: Vec::new(),
                body: serde_json::from_slice(&edits.apply(&bytes)).unwrap(),
            },
            Err(refusal) => Sent::Refused(Box::new(refusal)),
        };
    }
    let request = match codec.decode_request(&bytes, &head) {
        Ok(request) => request,
        Err(refusal) => return Sent::Refused(Box::new(refusal)),
    };
    let mut loss = Loss::default();
    match outbound(provider.dialect()).encode_request(&request, &target, &mut loss) {
        Err(refusal) => {
            assert_ne!(refusal.reason, Reason::InternalError, "{wish:?}");
            Sent::Refused(Box::new(codec.names().refusal(refusal, &request)))
        }
        Ok(encoded) => Sent::Body {
            lost: codec.names().loss(&loss, &request),
            body: serde_json::from_slice(&encoded.body).unwrap(),
        },
    }
}

fn without_model(mut body: Value) -> Value {
    body.as_object_mut().map(|members| members.remove("model"));
    body
}
