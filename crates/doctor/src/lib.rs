//! The doctor: what can be wrong with a gateway and the money that goes through it.
//!
//! Pure. Somebody gathers [`Facts`]; each [`Check`] is a row of [`all`] and a function of the facts;
//! [`examine`] runs them and tells what was found. A new subject is a file in `checks/` and a line
//! in its list; its documentation is in the row, and a test wants a fault that each row finds.

mod check;
mod checks;
pub mod facts;
mod finding;
mod known;
mod report;
pub mod sale;

pub use check::{Check, Found};
pub use checks::{all, told_reasons};
pub use facts::Facts;
pub use finding::{Evidence, Finding, Remedy, Severity, Step};
pub use known::{Known, Unknown};
pub use report::{CheckReport, CheckState, Fixed, Report, StepReport, examine};
