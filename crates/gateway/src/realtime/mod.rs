//! Realtime sessions: a WebSocket to the caller and one to a provider, between which events pass while
//! a till counts what they cost.
//!
//! The call that opens a session goes down the stages like any other; `dispatch` dials, and the session
//! begins where others relay. Each response in it is a call of its own, with a record, a hold and an
//! intent: the money for the next one is set aside before it may begin, and each is settled once, when
//! it is over. The call that opened the session costs nothing itself; it ends with the session.

mod dial;
mod open;
mod pass;
mod pulse;
mod response;
mod scribe;
mod till;
mod wish;

pub(crate) use dial::dial;
pub(crate) use open::open;
pub(crate) use till::first_response;
pub(crate) use wish::read;
