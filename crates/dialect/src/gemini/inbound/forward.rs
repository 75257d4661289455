//! The few edits of a request that goes to a provider of its own dialect. Everything else stays as
//! the caller wrote it, byte for byte.

use tollgate_model::Refusal;

use crate::codec::{Forward, Head, Target};
use crate::gemini::turns::NO_SIGNATURE;
use crate::scan::{Place, Span};
use crate::splice::Splice;

/// Where the members lie that a request on its way may have to change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Places {
    /// The value of `model`: some clients repeat there what the address says.
    pub(super) model: Option<Span>,
    /// Where a member of the request can be added.
    pub(super) member: Place,
    /// The value of `generationConfig`.
    pub(super) config: Option<Span>,
    /// Where a member can be added to it, where it is an object.
    pub(super) limit_place: Option<Place>,
    /// The value of `generationConfig.maxOutputTokens`.
    pub(super) limit: Option<Span>,
    /// Signatures of calls that were made by models of other providers.
    pub(super) seals: Vec<Span>,
    /// The ids of calls and of their results, each as a member with its comma.
    pub(super) call_ids: Vec<Span>,
}

impl Forward for Places {
    fn edits(
        &self,
        _head: &Head,
        target: &Target<'_>,
        limit: Option<u64>,
    ) -> Result<Splice, Refusal> {
        let mut splice = Splice::default();
        if let Some(model) = self.model {
            splice.replace(model, quoted(&format!("models/{}", target.model)));
        }
        for seal in &self.seals {
            splice.replace(*seal, quoted(NO_SIGNATURE));
        }
        let refused = target.quirks.no_call_ids;
        for id in self.call_ids.iter().filter(|_| refused) {
            splice.replace(*id, "");
        }
        if let Some(limit) = limit {
            self.set_limit(limit, &mut splice);
        }
        Ok(splice)
    }
}

impl Places {
    fn set_limit(&self, limit: u64, splice: &mut Splice) {
        let object = || format!("{{\"maxOutputTokens\":{limit}}}");
        match (self.limit, self.limit_place, self.config) {
            (Some(old), ..) => splice.replace(old, limit.to_string()),
            (None, Some(place), _) => {
                splice.insert(
                    place.at,
                    place.member("maxOutputTokens", &limit.to_string()),
                );
            }
            (None, None, Some(null)) => splice.replace(null, object()),
            (None, None, None) => {
                let place = self.member;
                splice.insert(place.at, place.member("generationConfig", &object()));
            }
        }
    }
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}
