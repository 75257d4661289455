//! Stage 5: money. The most that the call can cost is set aside on every fund of its chain, or the
//! call is not made.

use std::sync::Arc;

use tollgate_ledger::{Hold, HoldError, Ledger};
use tollgate_model::price::{Asked, Price};
use tollgate_model::snapshot::{ModelPlan, TargetPlan};
use tollgate_model::{Nanos, Reason, Refusal};

use crate::bound::{self, UNKNOWN_OUTPUT};
use crate::exchange::{Exchange, impossible};
use crate::holding;
use crate::realtime;
use crate::routing::hedge;
use crate::task;
use crate::thread;
use crate::tier;
use crate::worker::Worker;

/// An answer is not cut below this for want of money: it would be paid for and useless.
const LEAST_OUTPUT: u64 = 256;

/// Sets the money aside. Refuses a call that cannot be priced, paid or recorded. To count the tokens
/// of a prompt costs nothing.
pub(crate) async fn run(worker: &Worker, call: &mut Exchange) -> Result<(), Refusal> {
    if call.is_count() {
        return Ok(());
    }
    if !worker.journal.is_healthy() {
        let detail = "Calls cannot be recorded right now, so none is made.";
        return Err(Refusal::new(Reason::LedgerUnavailable, detail).retry_after(5));
    }
    let price = call.cache.hit().map(|hit| hit.price);
    if price == Some(Nanos::ZERO) {
        return Ok(());
    }
    let (hold, lowered) = match price {
        Some(price) => (
            holding::set_aside(&worker.shared.ledger, &call.funds, price, call.at).await?,
            None,
        ),
        None => set_aside(&worker.shared.ledger, call).await?,
    };
    call.hold = Some(hold);
    call.max_tokens_set = lowered;
    Ok(())
}

/// The money for a call, and the `max_tokens` that it covers where the caller named none and it does
/// not cover the longest answer.
async fn set_aside(ledger: &Arc<Ledger>, call: &Exchange) -> Result<(Hold, Option<u64>), Refusal> {
    let need = Need::of(call)?;
    let most = need.bound(need.max_tokens);
    if let Some(hold) = ledger.try_hold(&call.funds, most, call.at) {
        return Ok((hold, None));
    }
    let (mut amount, mut lowered) = (most, None);
    let mut rounds = call.funds.len();
    loop {
        let short = match ledger.hold(&call.funds, amount, call.at).await {
            Ok(hold) => return Ok((hold, lowered)),
            Err(HoldError::Unavailable(why)) => return Err(holding::unavailable(&why)),
            Err(HoldError::Short(short)) => short,
        };
        let affordable = need.affordable(short.available);
        // The caller named no limit, so none of its wishes is touched by one that the money covers.
        // Each round meets a fund that is shorter than those before it.
        let may_lower = need.max_tokens.is_none() && call.session.is_none() && rounds > 0;
        lowered = affordable.filter(|tokens| may_lower && *tokens >= LEAST_OUTPUT);
        if lowered.is_none() {
            let chats = call.task.is_none() && call.session.is_none();
            let told = affordable.filter(|tokens| *tokens > 0 && chats);
            return Err(holding::refusal(&short, most, told, call.at));
        }
        amount = need.bound(lowered);
        rounds -= 1;
    }
}

/// What decides the most that a call can cost.
struct Need<'a> {
    offers: Vec<Offer<'a>>,
    asked: Asked,
    answers: u64,
    max_tokens: Option<u64>,
    /// How many targets may work for the call: two where one is asked as well if the first is slow.
    at_once: i64,
}

/// A price at which a target may serve the call.
struct Offer<'a> {
    price: &'a Price,
    /// The most tokens of an answer, where nobody names fewer.
    max_output: u64,
}

impl Need<'_> {
    fn of(call: &Exchange) -> Result<Need<'_>, Refusal> {
        let Some(plan) = &call.plan else {
            return Err(impossible("admitted before it was routed"));
        };
        let served = plan
            .targets
            .iter()
            .filter(|target| task::is_served(call, target));
        let offers = served.clone().flat_map(|target| {
            tier::prices(call, target).map(|price| Offer {
                price: price.at(call.at),
                max_output: target.max_output.unwrap_or(UNKNOWN_OUTPUT),
            })
        });
        let offers: Vec<Offer<'_>> = offers.collect();
        if let (true, Some(target)) = (offers.is_empty(), served.clone().next()) {
            return Err(unpriced(call, plan, served.collect(), target));
        }
        let (asked, answers, max_tokens) = match (&call.task, &call.chat) {
            _ if call.session.is_some() => (realtime::first_response(), 1, None),
            (Some(head), _) => {
                let (asked, output) = task::bound(head);
                (asked, 1, Some(output))
            }
            (None, Some(chat)) => (
                bound::asked(thread::prompt_bytes(call), chat),
                u64::from(chat.answers).max(1),
                chat.max_tokens,
            ),
            (None, None) => return Err(impossible("admitted before it was read")),
        };
        Ok(Need {
            offers,
            asked,
            answers,
            max_tokens,
            at_once: hedge::after(call, plan).map_or(1, |_| 2),
        })
    }

    /// The most that the call can cost at all targets that may work for it, with so many tokens of answer.
    fn bound(&self, max_tokens: Option<u64>) -> Nanos {
        let each = self.bound_of_one(max_tokens);
        (1..self.at_once).fold(each, |sum, _| sum.saturating_add(each))
    }

    /// The most that the call can cost at any target.
    fn bound_of_one(&self, max_tokens: Option<u64>) -> Nanos {
        let bounds = self.offers.iter().map(|offer| {
            let output = max_tokens.unwrap_or(offer.max_output);
            let output = output.saturating_mul(self.answers);
            offer.price.bound(&self.asked, output)
        });
        bounds.max().unwrap_or(Nanos::ZERO)
    }

    /// The largest `max_tokens` that the money covers at every target.
    fn affordable(&self, money: Nanos) -> Option<u64> {
        let each = Nanos::new(money.get() / self.at_once);
        let each = self.offers.iter().filter_map(|offer| {
            let output = offer.price.affordable_output(&self.asked, each)? / self.answers;
            Some(output.min(offer.max_output))
        });
        if self.bound(Some(0)) > money {
            None
        } else {
            each.min()
        }
    }
}

/// The refusal of a call for which none of those who serve it has a price: in no tier, or in none that
/// the caller wants.
fn unpriced(
    call: &Exchange,
    plan: &ModelPlan,
    served: Vec<&TargetPlan>,
    first: &TargetPlan,
) -> Refusal {
    let priced = served.iter().filter(|target| target.price.is_some());
    let mut tiers = priced.filter_map(|target| tier::asked(call, target).err());
    let rule = plan.rule.clone();
    let rule = rule.unwrap_or_else(|| first.provider.rule.clone());
    let refusal = tiers.next().unwrap_or_else(|| {
        let detail = format!(
            "Nobody has said what {} costs at {}, so it cannot be called.",
            first.model, first.provider.name
        );
        Refusal::new(Reason::PriceUnknown, detail)
    });
    refusal.by(rule)
}
