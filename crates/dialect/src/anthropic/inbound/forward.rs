//! The few edits of a request that goes to a provider of its own dialect.

use tollgate_model::Refusal;

use crate::anthropic::wire::quoted;
use crate::codec::{Forward, Head, Target};
use crate::ladder::unsupported;
use crate::scan::Span;
use crate::splice::Splice;

/// Where the members lie that a request on its way may have to change.
#[derive(Clone, Copy, Debug)]
pub(super) struct Places {
    /// The value of `model`.
    pub(super) model: Span,
    /// Whether there is more in it than the name.
    pub(super) marked: bool,
    /// The value of `max_tokens`.
    pub(super) max_tokens: Span,
    /// The member that asks for a service with a price of its own, where one does.
    pub(super) apart: Option<&'static str>,
}

impl Forward for Places {
    fn edits(
        &self,
        head: &Head,
        target: &Target<'_>,
        limit: Option<u64>,
    ) -> Result<Splice, Refusal> {
        if let Some(name) = self.apart {
            return Err(unpriced(name));
        }
        let mut splice = Splice::default();
        if self.marked || head.model != target.model {
            splice.replace(self.model, quoted(target.model));
        }
        if let Some(limit) = limit {
            splice.replace(self.max_tokens, limit.to_string());
        }
        Ok(splice)
    }
}

fn unpriced(name: &str) -> Refusal {
    let detail =
        format!("This `{name}` has a price of its own, which is not known here. Leave it out.");
    unsupported(name, detail)
}
