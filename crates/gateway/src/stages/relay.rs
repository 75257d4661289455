//! Stage 8: the answer on its way to the caller, translated where it has to be.

use bytes::Bytes;
use http::Response;
use tollgate_dialect::{count, inbound, ir};
use tollgate_model::Micros;
use tollgate_model::call::Ending;
use tollgate_model::refusal::Stage;
use tollgate_model::usage::{Usage, UsageQuality};

use crate::answer::{self, refuse};
use crate::body::Reply;
use crate::cache::Keeping;
use crate::exchange::{Answer, Exchange, impossible};
use crate::given::{Content, Given};
use crate::outgoing::tool_names;
use crate::quantities;
use crate::recall;
use crate::settlement::{Outcome, close, price_of};
use crate::stream::Relay;
use crate::task;
use crate::thread;
use crate::worker::Worker;

/// Passes the answer on. A whole one is settled before it leaves, since its cost stands in a header;
/// a streamed one settles itself as it ends.
pub(crate) async fn run(worker: &Worker, mut call: Exchange) -> Response<Reply> {
    let at = worker.now();
    match call.answer.take() {
        Some(Answer::Stream { first, rest }) => {
            let head = answer::stream_head(&call);
            let Some(relay) = Relay::new(call, first, rest, at) else {
                return answer::broken();
            };
            head.map(|()| Reply::Relay(Box::new(relay)))
        }
        Some(Answer::Whole { bytes, .. }) if call.is_count() => {
            let nothing = Outcome::nothing(Ending::Completed);
            settled(worker, call, bytes, nothing, None).await
        }
        Some(Answer::Whole {
            bytes,
            usage,
            decoded,
        }) => {
            let price = price_of(&call, &usage.unwrap_or(Usage::NONE));
            let pictures = quantities::pictures(&call, price, &bytes);
            let mut keeping = recall::keeping(&call).filter(|_| usage.is_some());
            keeping = keeping.and_then(|mut keeping| keeping.push(&bytes).then_some(keeping));
            let body = match decoded {
                None => bytes,
                Some(mut response) => {
                    tool_names(&call).restore(&mut response);
                    written(&call, &response, bytes.len(), at)
                }
            };
            let (usage, quality) = match usage {
                Some(usage) => (usage, UsageQuality::Exact),
                None => (Usage::NONE, UsageQuality::Estimated),
            };
            let outcome = Outcome {
                usage,
                quality,
                tokens: size(&body).div_ceil(4),
                pictures,
                ..Outcome::nothing(Ending::Completed)
            };
            settled(worker, call, body, outcome, keeping).await
        }
        Some(Answer::Task(given)) => pass(worker, call, *given).await,
        None if call.is_count() => {
            call.first_byte = call.elapsed().max(1);
            let body = count::answer(call.dialect, count::estimate(&call.body));
            let outcome = Outcome::nothing(Ending::Completed);
            let mut response = settled(worker, call, body.into(), outcome, None).await;
            answer::tell_estimate(&mut response);
            response
        }
        Some(Answer::Session(_)) | None => refuse(call, impossible("relayed without an answer")),
    }
}

/// Passes the answer to a task on.
async fn pass(worker: &Worker, call: Exchange, given: Given) -> Response<Reply> {
    let Some(head) = &call.task else {
        return refuse(call, impossible("an answer to no task"));
    };
    match given.content {
        Content::Whole {
            bytes,
            usage,
            delivered,
        } => {
            let outcome = task::outcome(&call, head, (usage, delivered), Ending::Completed);
            let mut response = settled(worker, call, bytes, outcome, None).await;
            answer::set_type(&mut response, given.kind);
            response
        }
        Content::Stream {
            first,
            rest,
            passing,
        } => {
            let cost = task::certain_cost(&call, head).filter(|_| passing.sound);
            let response = answer::stream_head(&call);
            let Some(relay) = Relay::of_task(call, passing, first, rest) else {
                return answer::broken();
            };
            let mut response = response.map(|()| Reply::Relay(Box::new(relay)));
            answer::set_type(&mut response, given.kind);
            if let Some(cost) = cost {
                answer::tell_cost(&mut response, cost);
            }
            response
        }
    }
}

/// An answer in the caller's dialect.
fn written(call: &Exchange, response: &ir::Response, room: usize, at: Micros) -> Bytes {
    let mut out = Vec::with_capacity(room);
    inbound(call.dialect).encode_response(response, &call.reply(at), &mut out);
    out.into()
}

/// A whole answer, its call settled, and the answer kept where it is to be.
async fn settled(
    worker: &Worker,
    mut call: Exchange,
    body: Bytes,
    outcome: Outcome,
    keeping: Option<Keeping>,
) -> Response<Reply> {
    call.passed(Stage::Relay);
    let outcome = Outcome {
        bytes: size(&body),
        ..outcome
    };
    if !call.is_count() {
        thread::keep(&call, &body, &outcome.usage);
    }
    let mut response = answer::whole(&call, body);
    let closed = close(&mut call, outcome);
    if let Some(keeping) = keeping {
        keeping.keep(&worker.shared.answers, closed.cost, worker.now());
    }
    answer::tell_cost(&mut response, closed.cost);
    if worker.shared.settings.strict_settlement
        && let Some(durable) = closed.durable
    {
        durable.await;
    }
    response
}

fn size(body: &Bytes) -> u64 {
    u64::try_from(body.len()).unwrap_or(u64::MAX)
}
