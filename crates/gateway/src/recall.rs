//! Whether an answer was kept that can be given again: looked up between authorize and admit, so that
//! the money that is set aside is what it costs this time.

use tollgate_dialect::codec::Seen;
use tollgate_dialect::{inbound, outbound};
use tollgate_model::Nanos;

use crate::address::Operation;
use crate::cache::{About, Hit, Keeping, Kept, Slot, Use, Wishes, fingerprint};
use crate::exchange::{Answer, Exchange};
use crate::outgoing::{is_same_dialect, spoken};
use crate::pool::Incoming;
use crate::worker::Worker;

/// Finds the answer of a call, or notes where it is to be kept. What cannot be given again as it is
/// wanted is asked for anew.
pub(crate) async fn run(worker: &Worker, call: &mut Exchange) {
    let Some(spec) = call.plan.as_ref().and_then(|plan| plan.cache) else {
        return;
    };
    if call.address.operation != Some(Operation::Chat) {
        return;
    }
    let wishes = Wishes::of(&call.headers);
    if wishes.no_store {
        call.cache = Use::Bypassed;
        return;
    }
    let Some(key) = fingerprint(call, &spec) else {
        return;
    };
    call.cache = Use::Missed(Box::new(Slot { key, spec }));
    if wishes.no_cache {
        return;
    }
    let now = worker.now();
    if let Some(kept) = worker.shared.answers.find(key, now).await
        && let Some(answer) = again(call, &kept)
    {
        call.cache = Use::Hit(Hit {
            of: kept.about.call,
            age: kept.about.at.seconds_until(now),
            price: spec.price(kept.about.cost),
        });
        call.answer = Some(answer);
        call.dropped.clone_from(&kept.about.dropped);
    }
}

/// The answer as relay takes it. `None` where whoever gave it is no target any more, or speaks
/// otherwise.
fn again(call: &mut Exchange, kept: &Kept) -> Option<Answer> {
    let plan = call.plan.clone()?;
    let about = &kept.about;
    let target = plan
        .targets
        .iter()
        .find(|target| target.provider.name == about.provider && target.model == about.model)?;
    if spoken(call, target) != about.dialect {
        return None;
    }
    let codec = outbound(about.dialect);
    let is_same = is_same_dialect(call, target);
    if !is_same {
        // What is asked for decides on how the answer is written.
        let head = call.chat.as_ref()?;
        let request = inbound(call.dialect).decode_request(&call.body, head);
        call.decoded = Some(Box::new(request.ok()?));
    }
    let answer = if call.wants_stream() {
        Answer::Stream {
            first: kept.body.clone(),
            rest: Incoming::nothing(),
        }
    } else {
        let Ok(Seen::Answer(usage)) = codec.look(&kept.body) else {
            return None;
        };
        let decoded = match is_same {
            true => None,
            false => Some(Box::new(codec.decode_response(&kept.body).ok()?)),
        };
        let bytes = kept.body.clone();
        Answer::Whole {
            bytes,
            usage,
            decoded,
        }
    };
    call.served = Some(target.clone());
    Some(answer)
}

/// The answer of a call on its way, to be kept once it is complete; `None` where it is not kept.
pub(crate) fn keeping(call: &Exchange) -> Option<Keeping> {
    let Use::Missed(slot) = &call.cache else {
        return None;
    };
    let target = call.served.as_ref()?;
    let at = call.worker.now();
    let about = About {
        dialect: spoken(call, target),
        provider: target.provider.name.clone(),
        model: target.model.clone(),
        dropped: call.dropped.clone(),
        cost: Nanos::ZERO,
        call: call.id,
        at,
        until: at,
    };
    Some(Keeping::new(**slot, about))
}
