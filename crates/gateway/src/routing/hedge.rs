//! Asking a second target where the first one takes long to begin: for which calls, and what the one that
//! loses costs.

use std::time::Duration;

use memchr::memmem;
use tollgate_model::price::Cost;
use tollgate_model::snapshot::ModelPlan;
use tollgate_model::{Usage, UsageClass};

use crate::address::Operation;
use crate::exchange::{Exchange, Lost};
use crate::tier;

/// After how long another target is asked for a call as well; `None` for never. Only answers in a
/// conversation are asked for twice, and none that leaves something behind or sets something off at a
/// provider: kept answers, searches, remote tools.
pub(crate) fn after(call: &Exchange, plan: &ModelPlan) -> Option<Duration> {
    let hedge = plan.hedge?;
    let chat = call.chat.as_ref()?;
    let is_chat = call.address.operation == Some(Operation::Chat);
    let thread = chat.forward.thread();
    let stays = thread.is_some_and(|one| one.keep || one.refers || one.previous.is_some());
    let acts = chat.searches > 0 || memmem::find(&call.body, b"\"mcp").is_some();
    let may = is_chat && !stays && !acts;
    may.then(|| Duration::from_millis(u64::from(hedge.after_ms)))
}

/// What the cancelled attempt costs, where the answer used so much. Its provider has read the prompt. Of
/// an answer that is streamed it has written nothing that was seen; of a whole one it may have written all.
pub(crate) fn cost(call: &Exchange, lost: &Lost, used: &Usage) -> Cost {
    let asked = tier::asked(call, &lost.target).unwrap_or_default();
    let Some(price) = lost.target.price_of(&Usage::NONE, asked) else {
        return Cost::default();
    };
    let mut usage = Usage::NONE.with(UsageClass::Input, used.prompt_tokens());
    if !call.wants_stream() {
        usage.set(UsageClass::Output, used.output_tokens());
    }
    price.at(call.at).cost(&usage)
}
