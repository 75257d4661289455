//! The stages of a call, in their order, one file each. A stage is a function of the worker and the
//! exchange; it returns a refusal or nothing, and calls no other stage. The ninth, settle, is
//! [`crate::settlement`]: it runs where an answer ends, which may be in a stream or in a drop.

pub(crate) mod accept;
pub(crate) mod admit;
pub(crate) mod authorize;
pub(crate) mod dispatch;
pub(crate) mod identify;
pub(crate) mod prepare;
pub(crate) mod relay;
pub(crate) mod route;
