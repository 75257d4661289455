//! `docs/reasons.md`, from the table of reasons.

use serde_json::Value;
use tollgate_model::Reason;

const HEAD: &str = "\
# Reasons

<!-- This page is made from the code by `cargo xtask docs`; do not edit it. -->

Every refusal and failure has a *reason*: a stable code that programs may match on. It stands in the
body of the answer and in the header `x-tollgate-reason`; `tollgate explain CALL` tells the story of
one call. See [errors](errors.md) for how the codes are carried.

| Code | Status | Who can act | Retry | Title |
|---|---|---|---|---|
";

/// The page.
pub(crate) fn render() -> String {
    let mut page = HEAD.to_owned();
    for reason in Reason::ALL {
        let row = reason.row();
        page.push_str(&format!(
            "| [`{code}`](#{code}) | {status} | {who} | {retry} | {title} |\n",
            code = row.code,
            status = row.status,
            who = word(&row.who).replace('_', " "),
            retry = word(&row.retry),
            title = row.title,
        ));
    }
    for reason in Reason::ALL {
        let row = reason.row();
        page.push_str(&format!(
            "\n## {code}\n\n**{title}.** {meaning}\n\nWhat to do: {fix}\n\n\
             Status {status}; cause: {cause}; who can act: {who}; retry: {retry}.\n",
            code = row.code,
            title = row.title,
            meaning = row.meaning,
            fix = row.fix,
            status = row.status,
            cause = word(&row.cause).replace('_', " "),
            who = word(&row.who).replace('_', " "),
            retry = word(&row.retry),
        ));
    }
    page
}

/// The word as it stands in answers.
fn word(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => word,
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_has_a_row_and_a_section() {
        let page = render();
        for reason in Reason::ALL {
            let code = reason.code();
            assert!(page.contains(&format!("| [`{code}`](#{code}) |")), "{code}");
            assert!(page.contains(&format!("\n## {code}\n")), "{code}");
        }
        assert!(page.contains("| 402 | key owner | never |"));
    }
}
