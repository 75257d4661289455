//! Calls for a task: what the stages do for them where they do something else for an answer in a
//! conversation. What a task is, the crate `dialect` knows; nothing here asks which one it is.

use http::HeaderMap;
use http::header::{CONTENT_TYPE, HeaderValue};
use tollgate_dialect::codec::Seen;
use tollgate_dialect::count;
use tollgate_dialect::outbound;
use tollgate_dialect::platform;
use tollgate_dialect::task::{self, AnswerKind, Door, Head, Request, To};
use tollgate_model::abilities::Ability;
use tollgate_model::call::Ending;
use tollgate_model::price::Asked;
use tollgate_model::snapshot::TargetPlan;
use tollgate_model::task::{Task, TaskForm};
use tollgate_model::usage::{Usage, UsageQuality};
use tollgate_model::{Dialect, Nanos, Rate, Reason, Refusal};

use crate::exchange::{Exchange, Outgoing, impossible};
use crate::given::{Came, Content, Given, Passing};
use crate::quantities;
use crate::settlement::{Outcome, cost_of, price_of};
use crate::upstream::{Failure, first_piece, read_whole};

/// Tokens that one part of a prompt can cost whose bytes do not bound them.
const REMOTE_PART_TOKENS: u64 = 65_536;
/// The type of an answer that does not say its own.
const JSON: HeaderValue = HeaderValue::from_static("application/json");
const EVENTS: HeaderValue = HeaderValue::from_static("text/event-stream; charset=utf-8");
const BYTES: HeaderValue = HeaderValue::from_static("application/octet-stream");

/// Reads what must be known of a request that came by a door.
pub(crate) fn read(call: &Exchange, door: Door) -> Result<Head, Refusal> {
    task::head(&Request {
        door,
        model: call.address.model.as_deref(),
        content_type: content_type(&call.headers),
        body: &call.body,
    })
}

fn content_type(headers: &HeaderMap) -> &str {
    let value = headers.get(CONTENT_TYPE);
    value
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

/// In which form a target is asked for what the call asks; `None` where it has no such task.
pub(crate) fn form_at(head: &Head, target: &TargetPlan) -> Option<TaskForm> {
    let task = head.door.task;
    let can = target.abilities.may_have(ability(task));
    let form = target.provider.tasks.get(&task);
    form.copied().filter(|_| can)
}

/// Whether a target serves what the call asks.
pub(crate) fn is_served(call: &Exchange, target: &TargetPlan) -> bool {
    if call.session.is_some() {
        return target.provider.realtime && target.abilities.may_have(Ability::Realtime);
    }
    let head = call.task.as_ref();
    head.is_none_or(|head| form_at(head, target).is_some())
}

const fn ability(task: Task) -> Ability {
    match task {
        Task::Embeddings => Ability::Embeddings,
        Task::Rerank => Ability::Rerank,
        Task::Images | Task::ImageEdits | Task::ImageVariations => Ability::Images,
        Task::Speech => Ability::Speech,
        Task::Transcriptions | Task::Translations => Ability::Transcription,
        Task::Moderations => Ability::Moderation,
    }
}

/// Refuses a task that no target of the model has.
pub(crate) fn check(call: &Exchange) -> Result<(), Refusal> {
    let Some(plan) = &call.plan else {
        return Ok(());
    };
    if plan.targets.iter().any(|target| is_served(call, target)) {
        return Ok(());
    }
    Err(match &call.task {
        Some(head) => nobody(call, head),
        None => no_session(call),
    })
}

fn nobody(call: &Exchange, head: &Head) -> Refusal {
    let providers = call.snapshot.providers().iter();
    let having: Vec<String> = providers
        .filter(|provider| provider.tasks.contains_key(&head.door.task))
        .map(|provider| provider.name.to_string())
        .collect();
    task::nobody(head.door.task, &head.model, &having)
}

/// The refusal of a session with a model that no target holds.
fn no_session(call: &Exchange) -> Refusal {
    let providers = call.snapshot.providers().iter();
    let holding = providers.filter(|provider| provider.realtime);
    let holding: Vec<&str> = holding.map(|provider| &*provider.name).collect();
    let detail = format!(
        "No provider of model {} holds realtime sessions with it. Providers that hold sessions: {}.",
        call.model_name(),
        holding.join(", ")
    );
    Refusal::new(Reason::ParameterUnsupported, detail).at("model")
}

/// The most that a call for a task can use: besides tokens of answer, and of those.
pub(crate) fn bound(head: &Head) -> (Asked, u64) {
    let most = &head.most;
    let remote = u64::from(most.remote_parts).saturating_mul(REMOTE_PART_TOKENS);
    let mut asked = Asked::of_bytes(most.prompt_tokens);
    asked.prompt_tokens = most.prompt_tokens.saturating_add(remote);
    asked.apart.update(&most.apart);
    (asked, most.output_tokens)
}

/// Tokens of the prompt of any call, before anybody has counted.
pub(crate) fn prompt_tokens(call: &Exchange) -> u64 {
    match &call.task {
        Some(head) => head.expected().prompt_tokens(),
        None => count::estimate(&call.body),
    }
}

/// Writes the body for a target.
pub(crate) fn build(
    call: &Exchange,
    head: &Head,
    target: &TargetPlan,
) -> Result<Outgoing, Refusal> {
    let Some(form) = form_at(head, target) else {
        return Err(nobody(call, head));
    };
    let to = To {
        form,
        model: &target.model,
    };
    let written = head.write(content_type(&call.headers), &call.body, &to)?;
    Ok(Outgoing {
        body: written.body.into(),
        dropped: written.dropped,
    })
}

/// How a target is asked: the path, the type of the body, and that of the answer.
pub(crate) struct Asking {
    pub(crate) path: String,
    pub(crate) sends: HeaderValue,
    pub(crate) accepts: &'static str,
}

impl Asking {
    /// How a target is asked for the call's task.
    pub(crate) fn of(call: &Exchange, head: &Head, target: &TargetPlan) -> Result<Asking, Refusal> {
        let form = form_at(head, target).ok_or_else(|| impossible("asked who cannot"))?;
        let to = To {
            form,
            model: &target.model,
        };
        let same = call.headers.get(CONTENT_TYPE);
        let same = same.filter(|_| head.passes(form) && task::takes_files(head.door.task));
        Ok(Asking {
            path: platform::placed(
                &target.provider.platform,
                &target.model,
                &task::path(head.door, &to)?,
            )?,
            sends: same.cloned().unwrap_or(JSON),
            accepts: match (head.stream, head.kind) {
                (true, _) => "text/event-stream",
                (false, AnswerKind::Json) => "application/json",
                (false, AnswerKind::Text | AnswerKind::Sound) => "*/*",
            },
        })
    }
}

/// Receives an answer: to its end where it is whole, its beginning where it goes on as it comes. What
/// is none fails, and another target may do better.
pub(crate) async fn receive(
    call: &Exchange,
    target: &TargetPlan,
    mut came: Came,
    secret: &str,
) -> Result<Given, Failure> {
    let broken = || Failure::unreadable("the call has no task".to_owned());
    let head = call.task.as_ref().ok_or_else(broken)?;
    let kind = came.kind.as_ref().and_then(|kind| kind.to_str().ok());
    let kind = kind.unwrap_or_default().trim_start().to_ascii_lowercase();
    let events = head.stream && kind.starts_with("text/event-stream");
    let sound = head.kind == AnswerKind::Sound
        && !kind.starts_with("text/")
        && !kind.starts_with("application/json");
    if !(events || sound) {
        return whole(call, (head, target), came, secret).await;
    }
    let first = first_piece(&mut came.body, target.provider.timeouts).await?;
    if events && let Some(error) = outbound(Dialect::OpenaiChat).leading_error(&first) {
        return Err(Failure::told_in_success(&target.provider, error, secret));
    }
    Ok(Given {
        kind: if events {
            EVENTS
        } else {
            came.kind.unwrap_or(BYTES)
        },
        content: Content::Stream {
            first,
            rest: came.body,
            passing: Passing {
                tap: head.tap(events),
                sound: !events,
            },
        },
    })
}

async fn whole(
    call: &Exchange,
    (head, target): (&Head, &TargetPlan),
    mut came: Came,
    secret: &str,
) -> Result<Given, Failure> {
    let broken = || Failure::unreadable("the provider has no such task".to_owned());
    let form = form_at(head, target).ok_or_else(broken)?;
    let bytes = read_whole(&mut came.body, target.provider.timeouts.idle_ms).await?;
    let usage = match head.look(form, &bytes).map_err(Failure::unreadable)? {
        Seen::Answer(usage) => usage,
        Seen::Error(error) => {
            return Err(Failure::told_in_success(&target.provider, error, secret));
        }
    };
    let delivered = head.delivered(bytes.len(), usage.as_ref());
    let (bytes, kind) = if head.passes(form) {
        let told = came.kind.filter(|kind| fits(kind, head.kind));
        (bytes, told.unwrap_or(JSON))
    } else {
        let reply = call.reply(call.worker.now());
        let written = head.answer(&call.body, (form, &bytes), usage, &reply);
        (written.map_err(Failure::unreadable)?.into(), JSON)
    };
    Ok(Given {
        kind,
        content: Content::Whole {
            bytes,
            usage,
            delivered,
        },
    })
}

/// Whether a content type says what an answer is: JSON passes under no other name.
fn fits(told: &HeaderValue, kind: AnswerKind) -> bool {
    let told = told.to_str().unwrap_or_default();
    kind != AnswerKind::Json || told.contains("json")
}

/// How a call for a task went: what it consumed, by what the answer told and the request says, or,
/// where none of that has a price, by an estimate.
pub(crate) fn outcome(
    call: &Exchange,
    head: &Head,
    (told, delivered): (Option<Usage>, u64),
    ending: Ending,
) -> Outcome {
    let mut known = head.certain;
    known.update(&told.unwrap_or(Usage::NONE));
    let whole = ending == Ending::Completed;
    let estimate = head.estimate(delivered);
    let (mut usage, mut quality) = if is_priced(call, &known) {
        (
            known,
            if whole {
                UsageQuality::Exact
            } else {
                UsageQuality::Estimated
            },
        )
    } else {
        let mut guess = estimate;
        guess.update(&known);
        let free = cost_of(call, &guess).total == cost_of(call, &known).total;
        match told {
            Some(_) if free && whole => (known, UsageQuality::Exact),
            _ => (guess, UsageQuality::Estimated),
        }
    };
    if let Some(price) = price_of(call, &usage)
        && quantities::complete_task(&call.body, head, price, &mut usage, &estimate)
    {
        quality = UsageQuality::Estimated;
    }
    Outcome {
        usage,
        quality,
        ..Outcome::nothing(ending)
    }
}

/// What the call costs, where the request alone tells: speech that is billed by its text.
pub(crate) fn certain_cost(call: &Exchange, head: &Head) -> Option<Nanos> {
    is_priced(call, &head.certain).then(|| cost_of(call, &head.certain).total)
}

/// Whether something of a usage has a price at the target that answered.
fn is_priced(call: &Exchange, usage: &Usage) -> bool {
    let Some(price) = price_of(call, usage) else {
        return false;
    };
    let rates = price.rates(usage.prompt_tokens());
    usage.iter().any(|(class, _)| rates.of(class) != Rate::FREE)
}
