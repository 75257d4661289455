//! Showing what a plan would change, and carrying it out, through the admin API: secrets first, since
//! resources point to them, then the resources, all or none, then keys and wallets.

use std::fmt::Write;

use serde_json::{Value, json};
use tollgate_import::{Credit, FreshKey, Plan};

use super::told::Told;
use crate::ask::Ask;
use crate::changes;
use crate::failure::Failure;
use crate::fields::{column, items, text};
use crate::session::Session;

/// Shows or carries out a plan. Gives the revision.
pub(super) async fn run(
    session: &Session,
    plan: &Plan,
    for_good: bool,
    told: &mut Told,
) -> Result<String, Failure> {
    // What would be refused is refused before a secret is kept.
    let shown = apply(session, plan, true).await?;
    if !for_good {
        told.say(&changes::summary(&shown, true, session.output.colour()))?;
        told.say(&outlook(plan))?;
        told.whole["changes"] = shown["changes"].clone();
        return Ok(text(&shown, "revision"));
    }
    keep_secrets(session, plan, told).await?;
    let applied = apply(session, plan, false).await?;
    told.say(&changes::summary(&applied, false, session.output.colour()))?;
    told.whole["changes"] = applied["changes"].clone();
    told.whole["revision"] = applied["revision"].clone();
    for warning in items(&applied, "warnings") {
        let warning = warning.as_str().unwrap_or_default();
        session.output.note(&format!("warning: {warning}"));
    }
    make_keys(session, &plan.keys, told).await?;
    for credit in &plan.credits {
        credit_wallet(session, credit, told).await?;
    }
    Ok(text(&applied, "revision"))
}

async fn apply(session: &Session, plan: &Plan, dry_run: bool) -> Result<Value, Failure> {
    let body = json!({ "documents": plan.documents, "dry_run": dry_run });
    session.send(Ask::post("apply", body)).await
}

/// What `--apply` would do besides.
fn outlook(plan: &Plan) -> String {
    let mut lines = String::new();
    for secret in &plan.secrets {
        let _ = match secret.value {
            Some(_) => writeln!(lines, "secret {} would be kept", secret.name),
            None => writeln!(
                lines,
                "secret {} is not in the source: set it with `tollgate secret set {}`",
                secret.name, secret.name
            ),
        };
    }
    for key in &plan.keys {
        let _ = writeln!(lines, "key {} would be made anew", key.name);
    }
    for credit in &plan.credits {
        let _ = writeln!(
            lines,
            "${} would be put into the wallet of {}",
            credit.amount, credit.team
        );
    }
    lines.push_str("nothing was changed; --apply does it, --out writes files\n");
    lines
}

async fn keep_secrets(session: &Session, plan: &Plan, told: &mut Told) -> Result<(), Failure> {
    let known = session.send(Ask::get("secrets")).await?;
    let known = column(items(&known, "items"), "name");
    for secret in &plan.secrets {
        let name = &secret.name;
        match &secret.value {
            Some(value) => {
                let body = json!({ "value": value.reveal() });
                session
                    .send(Ask::put(format!("secrets/{name}"), body))
                    .await?;
                told.say(&format!("secret {name} is kept"))?;
            }
            None if known.iter().any(|known| known == name.as_str()) => {}
            None => {
                let how = format!("secret {name} has to be set: `tollgate secret set {name}`");
                told.say(&how)?;
            }
        }
    }
    Ok(())
}

/// Makes the keys that are not there, and tells each of them this once.
async fn make_keys(session: &Session, keys: &[FreshKey], told: &mut Told) -> Result<(), Failure> {
    if keys.is_empty() {
        return Ok(());
    }
    let known = session.send_all(Ask::get("keys")).await?;
    let known = column(items(&known, "items"), "name");
    let mut made = Vec::new();
    for key in keys
        .iter()
        .filter(|key| !known.iter().any(|name| name == key.name.as_str()))
    {
        let created = session.send(Ask::post("keys", json!(key))).await?;
        let new = text(&created, "key");
        told.say(&format!("key {}: {new}", key.name))?;
        made.push(json!({ "name": key.name, "key": new }));
    }
    if !made.is_empty() {
        told.say("These keys are not shown again: keep them now.")?;
    }
    told.whole["made_keys"] = json!(made);
    Ok(())
}

/// Credits a wallet. One that an earlier import credited with another amount stays as it is.
async fn credit_wallet(session: &Session, credit: &Credit, told: &mut Told) -> Result<(), Failure> {
    let body = json!({ "amount": credit.amount, "reason": credit.reason });
    let ask = Ask::post(format!("wallets/{}/credit", credit.team), body);
    match session.send(ask.once(credit.id.clone())).await {
        Ok(credited) if credited["repeated"] == true => Ok(()),
        Ok(_) => told.say(&format!(
            "${} is in the wallet of {}",
            credit.amount, credit.team
        )),
        Err(Failure::Refused(refused)) if refused.problem()["status"] == 409 => {
            let team = &credit.team;
            session.output.note(&format!(
                "warning: the wallet of {team} was credited by an earlier import, with another amount; \
                 it stays as it is"
            ));
            Ok(())
        }
        Err(why) => Err(why),
    }
}
