//! The usage object. It is read as that of chat completions, whose counts it has under other names;
//! searches are counted by their items.

use memchr::memmem;
use tollgate_model::{Nanos, Usage, UsageClass};

use crate::openai_chat::usage;

/// Reads a usage object, and the items of the answer for the searches in them. `None` where nothing
/// is counted.
pub(super) fn read(counts: Option<&[u8]>, output: Option<&[u8]>) -> Option<Usage> {
    let mut usage = usage::read(counts?)?;
    // Inside a text the quotes would be escaped, so that no text is taken for an item.
    let calls = memmem::find_iter(output.unwrap_or_default(), b"\"web_search_call\"").count();
    if calls > 0 {
        let calls = u64::try_from(calls).unwrap_or(u64::MAX);
        usage.set(UsageClass::WebSearches, calls);
    }
    Some(usage)
}

/// Writes a usage object; with a cost, as the last member `cost`, a decimal number of dollars.
pub(super) fn written(usage: &Usage, cost: Option<Nanos>) -> String {
    let of = |class| usage.get(class).unwrap_or(0);
    let (prompt, answer) = (usage.prompt_tokens(), usage.output_tokens());
    let writes = of(UsageClass::CacheWrite).saturating_add(of(UsageClass::CacheWriteLong));
    let cost = cost.map_or(String::new(), |cost| format!(",\"cost\":{cost}"));
    format!(
        "{{\"input_tokens\":{prompt},\"input_tokens_details\":{{\"cached_tokens\":{},\
         \"cache_write_tokens\":{writes}}},\"output_tokens\":{answer},\
         \"output_tokens_details\":{{\"reasoning_tokens\":{}}},\"total_tokens\":{}{cost}}}",
        usage.cached_tokens().unwrap_or(0),
        of(UsageClass::Reasoning),
        prompt.saturating_add(answer),
    )
}
