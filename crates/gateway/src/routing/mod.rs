//! Which target a call is sent to: one file per idea. What is remembered of a target from call to
//! call stands in atomics ([`target`]); choosing is arithmetic on what they say ([`order`]).

pub(crate) mod attempt;
pub(crate) mod busy;
pub(crate) mod conditions;
pub(crate) mod draw;
pub(crate) mod hash;
pub(crate) mod hedge;
pub(crate) mod latency;
pub(crate) mod left;
pub(crate) mod line;
pub(crate) mod order;
pub(crate) mod outlier;
pub(crate) mod probing;
pub(crate) mod quota;
pub(crate) mod shadow;
pub(crate) mod target;
pub(crate) mod trouble;
