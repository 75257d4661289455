//! What a caller asks for: the handshake of a WebSocket (RFC 6455, section 4.2.1), and in its query the
//! model.

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::{
    CONNECTION, HeaderName, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_PROTOCOL, SEC_WEBSOCKET_VERSION,
    UPGRADE,
};
use http::{HeaderMap, HeaderValue};
use tollgate_model::{Reason, Refusal};

use crate::address::parameters;
use crate::exchange::Exchange;
use crate::socket::Wish;

/// What is hashed behind the key of a handshake (RFC 6455, section 1.3).
const HANDSHAKE: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
/// How browsers send a key, which cannot set headers: as a subprotocol.
const KEY_PROTOCOL: &str = "openai-insecure-api-key.";
/// Subprotocols that name an account at OpenAI: the operator's is the provider's business.
const ACCOUNT_PROTOCOLS: [&str; 2] = ["openai-organization.", "openai-project."];
/// The parameters that name the model: OpenAI's and Azure's.
const MODEL: [&str; 2] = ["model", "deployment"];
/// Parameters that carry a key: Azure's, for browsers.
const KEYS: [&str; 2] = ["api-key", "Authorization"];
/// Parameters that are answered here and go no further.
const OWN: [&str; 6] = [
    "model",
    "deployment",
    "api-version",
    "key",
    "api-key",
    "Authorization",
];

/// Reads what a caller asks for. Fails with `request_malformed` where it is no handshake or names no
/// model, and with `parameter_unsupported` for sessions that cannot be metered here.
pub(crate) fn read(call: &Exchange) -> Result<Wish, Refusal> {
    let key = handshake(&call.headers)?;
    if parameters(&call.uri, "call_id").next().is_some() {
        let detail = "A call that was begun elsewhere cannot be joined: it is not metered here.";
        return Err(Refusal::new(Reason::ParameterUnsupported, detail).at("call_id"));
    }
    if parameters(&call.uri, "intent").any(|intent| intent == "transcription") {
        let detail = "Sessions that only write down what is said are not served. Open one for a model \
                      that talks, and set `audio.input.transcription` in it.";
        return Err(Refusal::new(Reason::ParameterUnsupported, detail).at("intent"));
    }
    let protocols = protocols(&call.headers);
    let secret = |protocol: &String| protocol.strip_prefix(KEY_PROTOCOL).map(str::to_owned);
    let mut keys: Vec<String> = protocols.iter().filter_map(secret).collect();
    for value in KEYS.iter().flat_map(|name| parameters(&call.uri, name)) {
        // Some clients write the space as a plus.
        let bare = ["Bearer ", "Bearer+"]
            .iter()
            .find_map(|begin| value.strip_prefix(begin));
        keys.push(bare.unwrap_or(&value).to_owned());
    }
    let account = |protocol: &str| {
        ACCOUNT_PROTOCOLS
            .iter()
            .any(|begin| protocol.starts_with(begin))
    };
    Ok(Wish {
        model: model(call)?,
        query: rest(call.uri.query().unwrap_or_default()),
        protocols: protocols
            .into_iter()
            .filter(|protocol| !protocol.starts_with(KEY_PROTOCOL) && !account(protocol))
            .collect(),
        keys,
        accept: Some(accept(key)),
    })
}

/// The proof that a handshake with this key was understood.
pub(super) fn accept(key: &HeaderValue) -> HeaderValue {
    let hashed = digest(
        &SHA1_FOR_LEGACY_USE_ONLY,
        &[key.as_bytes(), HANDSHAKE.as_bytes()].concat(),
    );
    // Base64 can stand in any header.
    HeaderValue::try_from(STANDARD.encode(hashed)).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// The words of a header, which may stand several times and have several words each.
pub(super) fn words<'a>(
    headers: &'a HeaderMap,
    name: &HeaderName,
) -> impl Iterator<Item = &'a str> + use<'a> {
    let values = headers.get_all(name).iter();
    let texts = values.filter_map(|value| value.to_str().ok());
    let words = texts.flat_map(|text| text.split(',')).map(str::trim);
    words.filter(|word| !word.is_empty())
}

fn handshake(headers: &HeaderMap) -> Result<&HeaderValue, Refusal> {
    let mut upgrades = words(headers, &UPGRADE);
    let mut connection = words(headers, &CONNECTION);
    let asks = upgrades.any(|word| word.eq_ignore_ascii_case("websocket"))
        && connection.any(|word| word.eq_ignore_ascii_case("upgrade"));
    if !asks {
        let detail = "This address is a WebSocket: connect to it with a realtime client, whose request \
                      carries `Upgrade: websocket`.";
        return Err(Refusal::new(Reason::RequestMalformed, detail).at("upgrade"));
    }
    if !words(headers, &SEC_WEBSOCKET_VERSION).eq(["13"]) {
        let detail = "Only version 13 of WebSocket is spoken here.";
        return Err(Refusal::new(Reason::RequestMalformed, detail).at("sec-websocket-version"));
    }
    let mut keys = headers.get_all(SEC_WEBSOCKET_KEY).iter();
    let is_key = |key: &&HeaderValue| {
        let decoded = STANDARD.decode(key.as_bytes());
        decoded.is_ok_and(|bytes| bytes.len() == 16)
    };
    match (keys.next().filter(is_key), keys.next()) {
        (Some(key), None) => Ok(key),
        _ => {
            let detail = "`Sec-WebSocket-Key` must be 16 bytes in base64.";
            Err(Refusal::new(Reason::RequestMalformed, detail).at("sec-websocket-key"))
        }
    }
}

fn protocols(headers: &HeaderMap) -> Vec<String> {
    words(headers, &SEC_WEBSOCKET_PROTOCOL)
        .map(str::to_owned)
        .collect()
}

/// The model that the query names, once.
fn model(call: &Exchange) -> Result<String, Refusal> {
    let named = MODEL.iter().flat_map(|name| parameters(&call.uri, name));
    let mut named = named.filter(|model| !model.is_empty());
    match (named.next(), named.next()) {
        (Some(model), None) => Ok(model.into_owned()),
        (None, _) => {
            let detail = "Name the model in the address: `/v1/realtime?model=NAME`.";
            Err(Refusal::new(Reason::RequestMalformed, detail).at("model"))
        }
        (Some(_), Some(_)) => {
            let detail = "The address names several models. Open a session for each.";
            Err(Refusal::new(Reason::RequestMalformed, detail).at("model"))
        }
    }
}

/// What of a query is the provider's business, as it was written.
fn rest(query: &str) -> String {
    let pairs = query.split('&').filter(|pair| {
        let name = pair.split_once('=').map_or(*pair, |(name, _)| name);
        // A name that is written with escapes could be any of them.
        !pair.is_empty() && !OWN.contains(&name) && !name.contains('%')
    });
    pairs.collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_rfc_is_accepted_as_it_says() {
        let key = HeaderValue::from_static("dGhlIHNhbXBsZSBub25jZQ==");
        assert_eq!(accept(&key), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    #[test]
    fn no_key_goes_on_in_the_query() {
        let query = "model=a&intent=x&api-key=tg_1&Authorization=Bearer%20tg_2&k%65y=tg_3&key=tg_4&&voice=b%20c";
        assert_eq!(rest(query), "intent=x&voice=b%20c");
        assert_eq!(rest(""), "");
    }
}
