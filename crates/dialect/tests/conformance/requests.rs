//! What becomes of a request's feature on its way to a provider.

use serde_json::Value;
use tollgate_dialect::codec::{Address, Loss, Target};
use tollgate_dialect::{inbound, outbound};
use tollgate_model::Reason;
use tollgate_model::catalogue::Quirks;

use crate::table::Cell;
use crate::voice::{Voice, Wish, misses};

/// The address of a request, in dialects that say there what others say in the body.
pub(crate) const ADDRESS: Address<'static> = Address {
    model: Some("m"),
    stream: Some(false),
};

/// What becomes of a wish between a caller and a provider.
pub(crate) fn cell(caller: &dyn Voice, provider: &dyn Voice, wish: Wish) -> Cell {
    let Some(body) = caller.asks(wish) else {
        return Cell::Unsaid;
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
            Ok(edits) => {
                let sent: Value = serde_json::from_slice(&edits.apply(&bytes)).unwrap();
                assert_eq!(without_model(sent), without_model(body), "{wish:?}");
                Cell::Passes
            }
            Err(refusal) => Cell::refused(&refusal),
        };
    }
    let request = match codec.decode_request(&bytes, &head) {
        Ok(request) => request,
        Err(refusal) => return Cell::refused(&refusal),
    };
    let mut loss = Loss::default();
    match outbound(provider.dialect()).encode_request(&request, &target, &mut loss) {
        Err(refusal) => {
            assert_ne!(refusal.reason, Reason::InternalError, "{wish:?}");
            Cell::refused(&codec.names().refusal(refusal, &request))
        }
        Ok(encoded) => {
            let sent: Value = serde_json::from_slice(&encoded.body).unwrap();
            let lost = codec.names().loss(&loss, &request);
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
    }
}

fn without_model(mut body: Value) -> Value {
    body.as_object_mut().map(|members| members.remove("model"));
    body
}
