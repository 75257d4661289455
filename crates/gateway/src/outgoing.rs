//! The request as a provider gets it: spliced where the provider speaks the caller's dialect,
//! translated where it speaks another.

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, HOST, HeaderValue, USER_AGENT};
use http::request::Builder;
use http::{HeaderMap, Method, Request};
use http_body_util::Full;
use tollgate_dialect::codec::{Loss, Target};
use tollgate_dialect::platform::{self, Wanted};
use tollgate_dialect::tool_names::ToolNames;
use tollgate_dialect::{Carried, carried_headers, inbound, ir, outbound};
use tollgate_model::snapshot::{ProviderPlan, TargetPlan};
use tollgate_model::{Dialect, Reason, Refusal};

use crate::exchange::{Candidate, Exchange, Outgoing, impossible};
use crate::pieces::Pieces;
use crate::task::{self, Asking};
use crate::thread;
use crate::tier;

/// The header by which a caller wants nothing dropped.
const STRICT: &str = "x-tollgate-strict";

/// Whether a target is asked and answers in the caller's own dialect.
pub(crate) fn is_same_dialect(call: &Exchange, target: &TargetPlan) -> bool {
    spoken(call, target) == call.dialect
}

/// The dialect in which a target is asked and answers.
pub(crate) fn spoken(call: &Exchange, target: &TargetPlan) -> Dialect {
    target.dialect_for(call.dialect)
}

/// The names of tools that the target which serves a call knows by others.
pub(crate) fn tool_names(call: &Exchange) -> ToolNames {
    match (&call.decoded, &call.served) {
        (Some(request), Some(target)) => ToolNames::of(request, outbound(spoken(call, target))),
        _ => ToolNames::default(),
    }
}

/// Writes the body for a target. Fails where the target's dialect cannot say what the caller wants.
pub(crate) fn build(call: &mut Exchange, target: &TargetPlan) -> Result<Outgoing, Refusal> {
    if let Some(head) = &call.task {
        let built = task::build(call, head, target)?;
        refuse_loss(call, target, &built.dropped)?;
        return Ok(built);
    }
    let mut built = written(call, target)?;
    let (platform, dialect) = (&target.provider.platform, spoken(call, target));
    if let Some(body) = platform::body(platform, dialect, wanted(call), &built.body.whole())? {
        built.body = Bytes::from(body).into();
    }
    Ok(built)
}

/// The body as the target's dialect has it.
fn written(call: &mut Exchange, target: &TargetPlan) -> Result<Outgoing, Refusal> {
    let Some(chat) = &call.chat else {
        return Err(impossible("prepared before it was routed"));
    };
    let quirks = target.provider.quirks;
    if quirks.single_choice && chat.answers > 1 {
        let detail = format!("{} gives one answer at a time.", target.provider.name);
        let name = inbound(call.dialect)
            .names()
            .of("n", &ir::Request::default());
        return Err(Refusal::new(Reason::ParameterUnsupported, detail).at(name));
    }
    let to = Target {
        model: &target.model,
        quirks,
        max_output: target.max_output,
        tier: tier::asked(call, target)?,
    };
    if is_same_dialect(call, target) {
        // Who knows the earlier answer gets what the caller wrote, all others the whole conversation.
        let (chat, body) = match thread::known_to(call, target) {
            Some(written) => (&written.head, &written.body),
            None => (chat, &call.body),
        };
        let edits = chat.edits(&to, call.max_tokens_set)?;
        let body: Bytes = if edits.is_empty() {
            body.clone()
        } else {
            edits.apply(body).into()
        };
        return Ok(Outgoing {
            body: body.into(),
            dropped: Vec::new(),
        });
    }
    let codec = outbound(spoken(call, target));
    if call.decoded.is_none() {
        let request = inbound(call.dialect).decode_request(&call.body, chat)?;
        call.decoded = Some(Box::new(request));
    }
    let Some(request) = call.decoded.as_mut() else {
        return Err(impossible("not decoded"));
    };
    if let Some(set) = call.max_tokens_set {
        // What the dialect means where nobody names a limit may be less than what the money covers.
        request.max_tokens = Some(request.max_tokens.map_or(set, |own| own.min(set)));
    }
    let mut loss = Loss::default();
    let names = inbound(call.dialect).names();
    let request = &*request;
    let told = ToolNames::of(request, codec).told(request);
    let encoded = codec
        .encode_request(&told, &to, &mut loss)
        .map_err(|refusal| names.refusal(refusal, request))?;
    let dropped = names.loss(&loss, request);
    refuse_loss(call, target, &dropped)?;
    Ok(Outgoing {
        body: Bytes::from(encoded.body).into(),
        dropped,
    })
}

/// Refuses that something of a request gets lost on the way to a target, where its caller would rather
/// be refused.
fn refuse_loss(call: &Exchange, target: &TargetPlan, dropped: &[String]) -> Result<(), Refusal> {
    if let (Some(first), true) = (dropped.first(), is_strict(&call.headers)?) {
        let detail = format!(
            "{} would not be told of {}, and this call is strict: it carries `{STRICT}`.",
            target.provider.name,
            dropped.join(", ")
        );
        return Err(Refusal::new(Reason::ParameterUnsupported, detail).at(first));
    }
    Ok(())
}

/// Whether the caller would rather be refused than have a member of its request dropped.
fn is_strict(headers: &HeaderMap) -> Result<bool, Refusal> {
    match headers.get(STRICT).map(HeaderValue::as_bytes) {
        None | Some(b"false") => Ok(false),
        Some(b"true") => Ok(true),
        Some(_) => {
            let detail = format!("The header `{STRICT}` is either `true` or `false`.");
            Err(Refusal::new(Reason::RequestMalformed, detail).at(STRICT))
        }
    }
}

/// What a call asks of a provider.
fn wanted(call: &Exchange) -> Wanted {
    match call.is_count() {
        true => Wanted::Count,
        false => Wanted::Answer {
            stream: call.wants_stream(),
        },
    }
}

/// The HTTP request that carries a body to a candidate; the proof of who asks is put on it afterwards.
pub(crate) fn request(
    call: &Exchange,
    candidate: &Candidate,
    body: Pieces,
) -> Result<Request<Full<Pieces>>, Refusal> {
    let provider = &*candidate.target.provider;
    let dialect = spoken(call, &candidate.target);
    let asking = match &call.task {
        Some(head) => Asking::of(call, head, &candidate.target)?,
        None => asking(call, dialect, &candidate.target)?,
    };
    let head = addressed(provider, dialect, Method::POST, &asking.path)?
        .header(CONTENT_TYPE, asking.sends)
        .header(ACCEPT, asking.accepts);
    let mut request = complete(provider, head, Full::new(body))?;
    if is_same_dialect(call, &candidate.target) {
        carry(&call.headers, dialect, request.headers_mut());
    }
    Ok(request)
}

/// How a target is asked for an answer, or for the number of tokens of a prompt.
fn asking(call: &Exchange, dialect: Dialect, target: &TargetPlan) -> Result<Asking, Refusal> {
    let platform = &target.provider.platform;
    let path = platform::path(platform, dialect, &target.model, wanted(call))?
        .ok_or_else(|| impossible("counted by who cannot"))?;
    let accepts = match call.wants_stream() {
        true => outbound(dialect).stream_type(),
        false => "application/json",
    };
    Ok(Asking {
        path,
        sends: HeaderValue::from_static("application/json"),
        accepts,
    })
}

/// Takes over the headers of a caller that say something in the dialect that provider and caller
/// share.
fn carry(from: &HeaderMap, dialect: Dialect, to: &mut HeaderMap) {
    for (name, fate) in carried_headers(dialect) {
        let theirs = from.get_all(*name).iter();
        let values: Vec<&HeaderValue> = match fate {
            Carried::Instead => theirs.take(1).collect(),
            Carried::Beside => to.get_all(*name).iter().chain(theirs).collect(),
        };
        let texts = values.iter().filter_map(|value| value.to_str().ok());
        let mut words: Vec<&str> = Vec::new();
        for word in texts.flat_map(|text| text.split(',')).map(str::trim) {
            if !word.is_empty() && !words.contains(&word) {
                words.push(word);
            }
        }
        if let (false, Ok(value)) = (words.is_empty(), HeaderValue::try_from(words.join(","))) {
            to.insert(*name, value);
        }
    }
}

/// The HTTP request that asks a provider about an answer that it keeps, at a path below its base
/// address; the proof of who asks is put on it afterwards.
pub(crate) fn kept_request(
    provider: &ProviderPlan,
    dialect: Dialect,
    method: Method,
    path: &str,
) -> Result<Request<Full<Pieces>>, Refusal> {
    let head = addressed(provider, dialect, method, path)?.header(ACCEPT, "application/json");
    complete(provider, head, Full::new(Pieces::default()))
}

/// The HTTP request that asks a provider about a file or a batch, at a path below its base address;
/// with a content type where it brings a body. The proof of who asks is put on it afterwards.
pub(crate) fn file_request<B>(
    provider: &ProviderPlan,
    (method, path): (Method, &str),
    (kind, body): (Option<HeaderValue>, B),
) -> Result<Request<B>, Refusal> {
    let mut head = addressed(provider, provider.dialect, method, path)?.header(ACCEPT, "*/*");
    if let Some(kind) = kind {
        head = head.header(CONTENT_TYPE, kind);
    }
    complete(provider, head, body)
}

/// The HTTP request that asks a provider which models it has; the proof of who asks is put on it
/// afterwards.
pub(crate) fn models_request(provider: &ProviderPlan) -> Result<Request<Full<Pieces>>, Refusal> {
    let path = platform::models_path(&provider.platform, provider.dialect);
    let head = addressed(provider, provider.dialect, Method::GET, path)?
        .header(ACCEPT, "application/json");
    complete(provider, head, Full::new(Pieces::default()))
}

/// A request for a path below a provider's base address, with the headers that the dialect wants.
fn addressed(
    provider: &ProviderPlan,
    dialect: Dialect,
    method: Method,
    path: &str,
) -> Result<Builder, Refusal> {
    let endpoint = &provider.endpoint;
    let Some((base, authority)) = endpoint.base_path().zip(endpoint.authority()) else {
        return Err(impossible("the sandbox is not asked over HTTP"));
    };
    let begin = match provider.query.as_str() {
        "" => "",
        _ if path.contains('?') => "&",
        _ => "?",
    };
    let head = Request::builder()
        .method(method)
        .uri(format!("{base}{path}{begin}{}", provider.query))
        .header(HOST, authority);
    let headers = outbound(dialect).headers().iter();
    Ok(headers.fold(head, |head, (name, value)| head.header(*name, *value)))
}

/// Adds what every request to a provider carries but for the proof of who asks.
fn complete<B>(provider: &ProviderPlan, head: Builder, body: B) -> Result<Request<B>, Refusal> {
    let mut head = head.header(USER_AGENT, concat!("tollgate/", env!("CARGO_PKG_VERSION")));
    for (name, value) in &provider.headers {
        head = head.header(name, value);
    }
    head.body(body).map_err(|error| {
        let detail = format!(
            "No request can be made for provider {}: {error}.",
            provider.name
        );
        Refusal::new(Reason::UpstreamUnreachable, detail).by(provider.rule.clone())
    })
}
