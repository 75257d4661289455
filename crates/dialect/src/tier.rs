//! The tier of service that a request asks for. Every tier but the standard one has a price of its
//! own, which a price of a model cannot say yet.

use tollgate_model::Refusal;

use crate::ladder::unsupported;

/// The name of the member.
pub(crate) const NAME: &str = "service_tier";

/// Whether a tier, as it is written in JSON, is served at the model's own price: `standard_only` is
/// Anthropic's word for it.
pub(crate) fn is_standard(value: &[u8]) -> bool {
    matches!(
        value,
        b"null" | b"\"auto\"" | b"\"default\"" | b"\"standard\"" | b"\"standard_only\""
    )
}

/// The refusal of a tier that cannot be priced.
pub(crate) fn unpriced() -> Refusal {
    unsupported(
        NAME,
        "This tier of service has a price of its own, which is not known here. Leave \
         `service_tier` out, or send \"auto\" or \"default\".",
    )
}
