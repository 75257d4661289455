//! What queries name that has to be one of a list.

use serde::de::DeserializeOwned;
use tollgate_model::Reason;
use tollgate_model::call::Ending;
use tollgate_model::resource::{nearest, with_suggestion};

use crate::problem::Problem;

/// The word of a parameter that takes one of a few.
pub(super) fn word<T: DeserializeOwned>(parameter: &str, word: String) -> Result<T, Problem> {
    serde_json::from_value(word.into()).map_err(|error| {
        let told = with_suggestion(&error.to_string());
        Problem::bad_request(format!("`{parameter}`: {told}"))
    })
}

/// The word for how a call ended.
pub(super) fn ending(text: String) -> Result<String, Problem> {
    let ending: Ending = word("ending", text)?;
    Ok(ending.as_str().to_owned())
}

/// The code of a reason.
pub(super) fn reason(code: String) -> Result<String, Problem> {
    if Reason::from_code(&code).is_some() {
        return Ok(code);
    }
    let near = nearest(&code, Reason::ALL.iter().map(|reason| reason.code()));
    let hint = near
        .map(|near| format!(" Did you mean {near}?"))
        .unwrap_or_default();
    Err(Problem::bad_request(format!(
        "There is no reason \"{code}\".{hint}"
    )))
}
