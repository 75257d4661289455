//! What is safe is mended: it takes nothing from anybody, spends nothing, tells no secret.

use tollgate_doctor::{Fixed, Remedy, StepReport};
use tollgate_model::Name;
use tollgate_model::resource::{Kind, Spec};
use tollgate_model::resources::Exhausted;

use super::{ALL, Doctor};
use crate::configuration::Wish;
use crate::failure::store_failed;
use crate::plan::Edit;

impl Doctor {
    /// Mends what checks of these ids have found.
    pub(super) async fn mend(
        &self,
        examined: &StepReport,
        ids: &[String],
        actor: &str,
    ) -> Vec<Fixed> {
        let may = |id: &str| ids.iter().any(|asked| asked == ALL || asked == id);
        let mut fixed = Vec::new();
        for check in examined.checks.iter().filter(|check| may(&check.id)) {
            for finding in &check.findings {
                let Some(remedy) = &finding.remedy else {
                    continue;
                };
                let result = self.apply(remedy, actor).await;
                tracing::info!(
                    check = check.id,
                    subject = finding.subject,
                    by = actor,
                    done = result.is_ok(),
                    "the doctor mends"
                );
                let done = result.is_ok();
                fixed.push(Fixed {
                    check: check.id.clone(),
                    subject: finding.subject.clone(),
                    did: result.unwrap_or_else(|why| format!("It could not be mended: {why}")),
                    done,
                });
            }
        }
        fixed
    }

    /// Tells what was done; the error is a sentence.
    async fn apply(&self, remedy: &Remedy, actor: &str) -> Result<String, String> {
        match remedy {
            Remedy::ReleaseNode(node) => {
                let released = self.surgery.store.release_node(node).await;
                released.map_err(|why| store_failed(why).to_string())?;
                self.surgery.runtime.refresh_funds().await;
                Ok(format!("What node {node} had set aside was given back."))
            }
            Remedy::UsualStatus(budget) => self.usual_status(budget, actor).await,
            Remedy::OwnerOnly(entry) => {
                self.surgery.runtime.make_private(entry)?;
                Ok("The rights of group and others were taken away.".to_owned())
            }
        }
    }

    async fn usual_status(&self, name: &Name, actor: &str) -> Result<String, String> {
        let stored = self.surgery.store.get(Kind::Budget, name).await;
        let stored = stored.map_err(|why| store_failed(why).to_string())?;
        let gone = || format!("there is no budget {name} any more");
        let mut resource = stored.ok_or_else(gone)?.resource;
        if let Spec::Budget(budget) = &mut resource.spec {
            budget.on_exhausted = Exhausted::default();
        }
        let wish = Wish {
            edits: vec![Edit::Put(Box::new(resource))],
            ..Wish::default()
        };
        let changed = self.configuration.change(actor, &wish).await;
        let applied = changed.map_err(|why| why.to_string())?;
        let revision = applied.revision;
        Ok(format!(
            "Budget {name} answers 429 when it is used up (revision {revision})."
        ))
    }
}
