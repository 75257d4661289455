//! The few edits of a request that goes to a provider of its own dialect. The model stands in the
//! path, so that nearly every body passes as it came.

use tollgate_model::Refusal;

use crate::codec::{Forward, Head, Target};
use crate::ladder::unsupported;
use crate::scan::{Place, Span};
use crate::splice::Splice;

/// Where the members lie that a request on its way may have to change.
#[derive(Clone, Copy, Debug)]
pub(super) struct Places {
    /// Where a member of the request can be added.
    pub(super) member: Place,
    /// The value of `inferenceConfig`.
    pub(super) config: Option<Span>,
    /// Where a member can be added to it, where it is an object.
    pub(super) limit_place: Option<Place>,
    /// The value of `inferenceConfig.maxTokens`.
    pub(super) limit: Option<Span>,
    /// The member that asks for a service with a price of its own, where one does.
    pub(super) dear: Option<&'static str>,
}

impl Forward for Places {
    fn edits(&self, _: &Head, _: &Target<'_>, limit: Option<u64>) -> Result<Splice, Refusal> {
        if let Some(name) = self.dear {
            let detail = format!(
                "This `{name}` has a price of its own, which is not known here. Leave it out."
            );
            return Err(unsupported(name, detail));
        }
        let mut splice = Splice::default();
        if let Some(limit) = limit {
            self.set_limit(limit, &mut splice);
        }
        Ok(splice)
    }
}

impl Places {
    fn set_limit(&self, limit: u64, splice: &mut Splice) {
        let object = || format!("{{\"maxTokens\":{limit}}}");
        match (self.limit, self.limit_place, self.config) {
            (Some(old), ..) => splice.replace(old, limit.to_string()),
            (None, Some(place), _) => {
                splice.insert(place.at, place.member("maxTokens", &limit.to_string()));
            }
            (None, None, Some(null)) => splice.replace(null, object()),
            (None, None, None) => {
                let place = self.member;
                splice.insert(place.at, place.member("inferenceConfig", &object()));
            }
        }
    }
}
