//! The tier of service in which a target is asked, and so the price by which money is set aside.

use tollgate_dialect::tier::{Wish, is_carried, unpriced};
use tollgate_model::price::Schedule;
use tollgate_model::snapshot::TargetPlan;
use tollgate_model::{Refusal, ServiceTier};

use crate::exchange::Exchange;

/// The tier in which a target is asked; `None` is the standard one. In the caller's own dialect the
/// wish passes as it was written, so that a target with no price for it cannot be asked: the error is
/// what the caller is told. In another dialect the tier is asked for where that has a word for it and
/// the tier has a price, and else dropped.
pub(crate) fn asked(call: &Exchange, target: &TargetPlan) -> Result<Option<ServiceTier>, Refusal> {
    let Some(chat) = &call.chat else {
        return Ok(None);
    };
    if chat.tier == Wish::Usual {
        return Ok(None);
    }
    let priced = |tier: &ServiceTier| target.price_in(Some(*tier)).is_some();
    let tier = chat.tier.tier().filter(priced);
    let spoken = target.dialect_for(call.dialect);
    match tier {
        Some(tier) if spoken == call.dialect || is_carried(call.dialect, spoken, tier) => {
            Ok(Some(tier))
        }
        None if spoken == call.dialect && !target.provider.lets_unpriced_pass() => {
            Err(unpriced(call.dialect, &chat.tier, &chat.model))
        }
        _ => Ok(None),
    }
}

/// The price of a target for a call; `None` where it has none, so that it cannot be asked.
pub(crate) fn price<'t>(call: &Exchange, target: &'t TargetPlan) -> Option<&'t Schedule> {
    target.price_in(asked(call, target).ok()?)
}

/// What a call may cost at a target: the price of the tier that is asked for, and the standard one,
/// in which the provider may serve it all the same. Empty where it cannot be asked.
pub(crate) fn prices<'t>(
    call: &Exchange,
    target: &'t TargetPlan,
) -> impl Iterator<Item = &'t Schedule> {
    let asked = asked(call, target).ok();
    let standard = asked.flatten().and(target.price.as_ref());
    let wanted = asked.and_then(|tier| target.price_in(tier));
    wanted.into_iter().chain(standard)
}
