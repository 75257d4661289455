//! Stage 8: the answer on its way to the caller, translated where it has to be.

use bytes::Bytes;
use http::Response;
use tollgate_dialect::codec::Reply as ReplyFacts;
use tollgate_dialect::inbound;
use tollgate_model::call::Ending;
use tollgate_model::refusal::Stage;
use tollgate_model::usage::{Usage, UsageQuality};

use crate::answer::{self, refuse};
use crate::body::Reply;
use crate::exchange::{Answer, Exchange, impossible};
use crate::settlement::{Outcome, close};
use crate::stream::Relay;
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
        Some(Answer::Whole {
            bytes,
            usage,
            decoded,
        }) => {
            let body: Bytes = match decoded {
                None => bytes,
                Some(response) => {
                    let Some(codec) = inbound(call.dialect) else {
                        return refuse(call, impossible("no codec for the caller"));
                    };
                    let facts = ReplyFacts {
                        call: call.id,
                        at,
                        model: call.model_name(),
                        stream_usage: false,
                        older_tools: call.older_tools(),
                    };
                    let mut out = Vec::with_capacity(bytes.len());
                    codec.encode_response(&response, &facts, &mut out);
                    out.into()
                }
            };
            call.passed(Stage::Relay);
            let (usage, quality) = match usage {
                Some(usage) => (usage, UsageQuality::Exact),
                None => (Usage::NONE, UsageQuality::Estimated),
            };
            let bytes = u64::try_from(body.len()).unwrap_or(u64::MAX);
            let (ending, tokens) = (Ending::Completed, bytes.div_ceil(4));
            let outcome = Outcome {
                usage,
                quality,
                ending,
                bytes,
                tokens,
            };
            let mut response = answer::whole(&call, body);
            let closed = close(&mut call, outcome);
            answer::tell_cost(&mut response, closed.cost);
            if worker.shared.settings.strict_settlement
                && let Some(durable) = closed.durable
            {
                durable.await;
            }
            response
        }
        None => refuse(call, impossible("relayed without an answer")),
    }
}
