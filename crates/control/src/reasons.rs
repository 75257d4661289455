//! The table of reasons as the API shows it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tollgate_model::Reason;
use tollgate_model::reason::{Cause, Retry, Who};

use crate::problem::Code;
use crate::schema::{Page, described};

/// What a code of a refusal or a problem means.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ReasonRow")]
pub(crate) struct ReasonView {
    /// The stable code.
    pub code: String,
    /// The HTTP status, where no rule says another.
    pub status: u16,
    /// A short title.
    pub title: String,
    /// What it means.
    pub meaning: String,
    /// What to do about it.
    pub fix: String,
    /// In whose area the cause lies; absent for problems of the admin API.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// Who can act.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who: Option<Who>,
    /// Whether a retry can help.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry: Option<Retry>,
}

/// A page of reasons.
pub(crate) type ReasonPage = Page<ReasonView>;

described!(ReasonView, ReasonPage);

/// The reasons for which calls are refused or fail.
pub(crate) fn of_calls() -> Vec<ReasonView> {
    let views = Reason::ALL.into_iter().map(|reason| {
        let row = reason.row();
        ReasonView {
            code: row.code.to_owned(),
            status: row.status,
            title: row.title.to_owned(),
            meaning: row.meaning.to_owned(),
            fix: row.fix.to_owned(),
            cause: Some(row.cause),
            who: Some(row.who),
            retry: Some(row.retry),
        }
    });
    views.collect()
}

/// The reasons of calls, then the problems of the admin API.
pub(crate) fn all() -> Vec<ReasonView> {
    let mut all = of_calls();
    all.extend(Code::ALL.into_iter().map(|code| {
        let row = code.row();
        ReasonView {
            code: row.code.to_owned(),
            status: row.status,
            title: row.title.to_owned(),
            meaning: row.meaning.to_owned(),
            fix: row.fix.to_owned(),
            cause: None,
            who: None,
            retry: None,
        }
    }));
    all
}

/// Who can act, in words.
pub(crate) const fn who_text(who: Who) -> &'static str {
    match who {
        Who::Payer => "whoever pays for the call",
        Who::KeyOwner => "whoever owns the key or writes the program that uses it",
        Who::Operator => "whoever runs the gateway",
        Who::Provider => "the provider",
        Who::Nobody => "nobody has to: it passes by itself",
    }
}

/// Whether a retry can help, in words.
pub(crate) const fn retry_text(retry: Retry) -> &'static str {
    match retry {
        Retry::Never => "not before something changes",
        Retry::Later => "after the time that Retry-After gives",
        Retry::Soon => "possibly at once",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_code_means_two_things() {
        let mut codes: Vec<String> = all().into_iter().map(|reason| reason.code).collect();
        let before = codes.len();
        codes.sort();
        codes.dedup();
        assert_eq!(codes.len(), before);
    }
}
