//! Which targets are for a request: by what it holds, its tags, and the length of its prompt.

use tollgate_dialect::asks;
use tollgate_model::choice::Skipped;
use tollgate_model::resources::Need;
use tollgate_model::snapshot::{ModelPlan, TargetPlan, Terms};
use tollgate_model::task::Task;

use crate::exchange::Exchange;
use crate::task;

/// The header with a request's tags, with commas between them.
const TAGS: &str = "x-tollgate-tags";

/// What the choice of a target depends on in a request.
#[derive(Debug)]
struct Request {
    needs: Vec<Need>,
    tags: Vec<String>,
    prompt_tokens: u64,
    /// Whether it is one prompt, which has to fit into a window; a task has a list of texts, or a file.
    is_one: bool,
}

impl Request {
    fn of(call: &Exchange) -> Request {
        let header = call.headers.get_all(TAGS).iter();
        let header = header.filter_map(|value| value.to_str().ok());
        let mut tags: Vec<String> = header.flat_map(asks::words).collect();
        tags.extend(asks::tags(&call.body));
        tags.extend(call.key.iter().flat_map(|key| key.tags.iter().cloned()));
        Request {
            needs: needs(call),
            tags,
            prompt_tokens: task::prompt_tokens(call),
            is_one: call.task.is_none(),
        }
    }
}

/// What a request needs a model for: of a form with files in it, its task tells.
fn needs(call: &Exchange) -> Vec<Need> {
    match call.task.as_ref().map(|head| head.door.task) {
        Some(Task::Speech | Task::Transcriptions | Task::Translations) => vec![Need::Audio],
        Some(Task::ImageEdits | Task::ImageVariations) => vec![Need::Vision],
        Some(Task::Embeddings | Task::Rerank | Task::Images | Task::Moderations) | None => {
            asks::needs(&call.body)
        }
    }
}

/// Leaves out the targets that a request is not for, and says why. What only the catalogue says
/// against a target counts as long as another one is left, since the provider knows better.
pub(crate) fn sift<'a>(
    call: &Exchange,
    plan: &ModelPlan,
    targets: Vec<&'a TargetPlan>,
) -> (Vec<&'a TargetPlan>, Vec<Skipped>) {
    let has_terms = targets.iter().any(|target| target.terms.is_some());
    let has_facts = targets.len() > 1 && plan.rule.is_some() && call.task.is_none();
    if !has_terms && !has_facts {
        return (targets, Vec::new());
    }
    chosen(&Request::of(call), targets)
}

fn chosen<'a>(
    request: &Request,
    targets: Vec<&'a TargetPlan>,
) -> (Vec<&'a TargetPlan>, Vec<Skipped>) {
    let any_tags = targets.iter().any(|target| !terms(target).tags.is_empty());
    let (mut left, mut skipped) = (Vec::new(), Vec::new());
    for target in targets {
        match refusal(request, target, any_tags) {
            None => left.push(target),
            Some(why) => skipped.push(left_out(target, why)),
        }
    }
    let doubts: Vec<Option<String>> = left.iter().map(|target| doubt(request, target)).collect();
    // A stand-in does not count: it may never be asked.
    let sure = left.iter().zip(&doubts);
    let mut sure = sure.filter(|(target, _)| terms(target).takes_over.is_empty());
    if sure.any(|(_, doubt)| doubt.is_none()) {
        let judged = std::mem::take(&mut left).into_iter().zip(doubts);
        for (target, doubt) in judged {
            match doubt {
                None => left.push(target),
                Some(why) => skipped.push(left_out(target, why)),
            }
        }
    }
    (left, skipped)
}

fn left_out(target: &TargetPlan, why: String) -> Skipped {
    Skipped {
        provider: target.provider.name.clone(),
        model: target.model.clone(),
        credential: None,
        why,
    }
}

fn terms(target: &TargetPlan) -> &Terms {
    static NONE: std::sync::LazyLock<Terms> = std::sync::LazyLock::new(Terms::default);
    target.terms.as_deref().unwrap_or(&NONE)
}

/// Why the spec has a target not answer a request.
fn refusal(request: &Request, target: &TargetPlan, any_tags: bool) -> Option<String> {
    let (terms, tokens) = (terms(target), request.prompt_tokens);
    let when = &terms.when;
    let has = |need: &Need| request.needs.contains(need);
    if let Some(need) = when.has.iter().find(|need| !has(need)) {
        return Some(format!(
            "is for requests with {}, and this has none",
            need.as_str()
        ));
    }
    if let Some(need) = when.has_none.iter().find(|need| has(need)) {
        return Some(format!(
            "is for requests without {}, and this has some",
            need.as_str()
        ));
    }
    if let Some(need) = terms.cannot.iter().find(|need| has(need)) {
        return Some(format!(
            "cannot do {}, which this request needs",
            need.as_str()
        ));
    }
    let shares = |tags: &[String]| tags.iter().any(|tag| request.tags.contains(tag));
    if !when.tags.is_empty() && !shares(&when.tags) {
        let tags = when.tags.join(" or ");
        return Some(format!("is for requests with the tag {tags}"));
    }
    if any_tags && !request.tags.is_empty() && when.tags.is_empty() && !shares(&terms.tags) {
        let tags = request.tags.join(" or ");
        return Some(format!("does not have the request's tag {tags}"));
    }
    if let Some(least) = when.min_prompt_tokens.filter(|least| tokens < *least) {
        return Some(format!(
            "is for prompts of at least {least} tokens, and this has about {tokens}"
        ));
    }
    if let Some(most) = when.max_prompt_tokens.filter(|most| tokens > *most) {
        return Some(format!(
            "is for prompts of at most {most} tokens, and this has about {tokens}"
        ));
    }
    let window = terms.context_window.filter(|_| request.is_one);
    let window = window.filter(|window| tokens > *window)?;
    Some(format!(
        "takes {window} tokens, and this prompt has about {tokens}"
    ))
}

/// Why the catalogue says that a target cannot answer a request.
fn doubt(request: &Request, target: &TargetPlan) -> Option<String> {
    // Who has a task is known by its abilities, and only they are asked.
    if !request.is_one {
        return None;
    }
    let tokens = request.prompt_tokens;
    let unmet = |need: &&Need| !need.is_met_by(target.abilities);
    if let Some(need) = request.needs.iter().find(unmet) {
        let need = need.as_str();
        return Some(format!(
            "has no {need}, as the catalogue says, which this request needs"
        ));
    }
    let window = target.context_window.filter(|window| tokens > *window)?;
    Some(format!(
        "takes {window} tokens, as the catalogue says, and this prompt has about {tokens}"
    ))
}
