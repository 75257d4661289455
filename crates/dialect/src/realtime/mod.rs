//! OpenAI's Realtime API: what a gateway has to understand of the events of a session, which pass
//! between caller and provider as text messages of a WebSocket.
//!
//! [`sent`] reads a caller's event: what it asks for, what it can make the model read at the most, and
//! where it names a model. [`told`] reads a provider's: which response begins, what it delivers, what
//! it consumed. Everything else in an event passes unread.
//!
//! Source: OpenAI's reference of realtime client and server events, and the names that the API had
//! while it was a preview, which Azure's older versions still have.

mod reads_more;
mod sent;
mod sound;
mod told;
mod usage;

pub use sent::{Asks, Named, Sent, Transcription, sent};
pub use sound::{heard, seconds, spoken};
pub use told::{Status, Told, told};
