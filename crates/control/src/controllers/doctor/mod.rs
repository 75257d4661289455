//! The doctor: facts are gathered, the checks run over them, and what is safe is mended.

mod books;
mod gather;
mod mend;
mod plane;
mod sale;

use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tollgate_doctor::{Report, Step, StepReport, all, examine};

use crate::access::Principal;
use crate::configuration::Configuration;
use crate::control::Surgery;
use crate::extract::Body;
use crate::problem::Problem;
use crate::schema::described;

/// The word for every check that can mend something.
const ALL: &str = "all";

/// What the doctor is to do.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DoctorBody {
    /// The steps by their numbers, 1 to 4; all where it is left out.
    #[serde(default)]
    steps: Vec<u8>,
    /// Whether providers are asked for their lists of models, which costs nothing and needs the
    /// network.
    #[serde(default)]
    probe: bool,
    /// The ids of checks that may mend what they find, or `all`; none where it is left out.
    #[serde(default)]
    fix: Vec<String>,
}

/// What was looked at, what was found, and what was mended.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct DoctorReport(pub Report);

described!(DoctorBody, DoctorReport);

/// Look for faults
///
/// Runs the checks of the steps. Steps 1, 2 and 4 only look. Step 3 makes a transaction: a prepaid
/// team of the doctor's buys from the sandbox provider through the gateway's listener, and is removed
/// again. Nothing is spent at a provider. One step at a time shows progress.
#[utoipa::path(post, path = "/doctor", tag = "node", operation_id = "run_doctor",
    request_body = DoctorBody,
    responses((status = 200, description = "What was looked at and found.", body = DoctorReport)))]
pub(crate) async fn run(
    State(surgery): State<Surgery>,
    State(configuration): State<Configuration>,
    principal: Principal,
    Body(body): Body<DoctorBody>,
) -> Result<Json<DoctorReport>, Problem> {
    let steps = steps(&body.steps)?;
    check(&body.fix)?;
    let doctor = Doctor {
        surgery,
        configuration,
        probe: body.probe,
    };
    let mut report = Report {
        at: (doctor.surgery.clock)().to_string(),
        version: doctor.surgery.version.0.to_owned(),
        worst: None,
        steps: Vec::new(),
        fixed: Vec::new(),
    };
    for step in steps {
        let mut examined = doctor.examine(step).await?;
        let fixed = doctor.mend(&examined, &body.fix, principal.actor()).await;
        if fixed.iter().any(|fixed| fixed.done) {
            examined = doctor.examine(step).await?;
        }
        report.fixed.extend(fixed);
        report.steps.push(examined);
    }
    report.worst = report.steps.iter().filter_map(StepReport::worst).max();
    Ok(Json(DoctorReport(report)))
}

fn steps(numbers: &[u8]) -> Result<Vec<Step>, Problem> {
    if numbers.is_empty() {
        return Ok(Step::ALL.to_vec());
    }
    let steps = numbers.iter().map(|number| {
        Step::of_number(*number).ok_or_else(|| {
            let detail = format!("There is no step {number}; there are 1 to 4.");
            Problem::bad_request(detail).at("#/steps")
        })
    });
    steps.collect()
}

fn check(ids: &[String]) -> Result<(), Problem> {
    let mending = || all().filter(|check| check.mends.is_some());
    let unknown = ids
        .iter()
        .find(|id| *id != ALL && !mending().any(|check| check.id == **id));
    let Some(id) = unknown else {
        return Ok(());
    };
    let known: Vec<&str> = mending().map(|check| check.id).collect();
    let detail = format!(
        "The check \"{id}\" can mend nothing; `all` and these can: {}.",
        known.join(", ")
    );
    Err(Problem::bad_request(detail).at("#/fix"))
}

/// What looks, and what with.
struct Doctor {
    surgery: Surgery,
    configuration: Configuration,
    /// Whether providers may be asked.
    probe: bool,
}

impl Doctor {
    async fn examine(&self, step: Step) -> Result<StepReport, Problem> {
        let facts = self.facts(step).await?;
        // What is found in the books of a large installation takes a while to compare.
        let examined = tokio::task::spawn_blocking(move || examine(step, &facts)).await;
        examined.map_err(Problem::internal)
    }
}
