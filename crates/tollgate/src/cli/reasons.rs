//! `tollgate reasons`.

use clap::Args;
use serde_json::{Value, json};
use tollgate_model::Reason;

use crate::failure::Failure;
use crate::fields::column;
use crate::output::Output;
use crate::table::Table;

/// Show why calls are refused or fail, and what to do about it
#[derive(Args, Debug)]
pub(crate) struct Reasons {
    /// Code, such as `hold_exceeds_balance`; without it, all
    code: Option<String>,
}

impl Reasons {
    /// Runs the verb. The reasons are in the binary: nobody needs to be asked.
    pub(crate) fn run(self, output: Output) -> Result<(), Failure> {
        if let Some(code) = self.code {
            let reason = Reason::from_code(&code).ok_or_else(|| {
                Failure::Usage(format!(
                    "there is no reason \"{code}\"; see `tollgate reasons`"
                ))
            })?;
            let row = reason.row();
            return output.answer(&record(reason), row.fix, || {
                format!(
                    "{} {}: {}\n\n{}\n\n{}",
                    row.status, row.code, row.title, row.meaning, row.fix
                )
            });
        }
        let all: Vec<Value> = Reason::ALL.into_iter().map(record).collect();
        let mut table = Table::new(&[">STATUS", "REASON", "TITLE"]);
        for reason in Reason::ALL {
            let row = reason.row();
            table.row([
                row.status.to_string(),
                row.code.to_owned(),
                row.title.to_owned(),
            ]);
        }
        let codes = column(&all, "code");
        output.list(&json!(all), &codes, &table, "there is no reason")
    }
}

fn record(reason: Reason) -> Value {
    let row = reason.row();
    json!({
        "code": row.code, "status": row.status, "cause": row.cause, "who": row.who,
        "retry": row.retry, "title": row.title, "meaning": row.meaning, "fix": row.fix,
    })
}
