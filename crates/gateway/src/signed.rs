//! Requests that SDKs of AWS have signed with a key pair of ours: what they claim, and whether the
//! signature is that of the key.
//!
//! A request that was signed can be sent again by whoever saw it, for as long as its time is taken; TLS
//! keeps it from being seen.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use http::header::{AUTHORIZATION, HOST};
use tollgate_model::{KeyHash, Micros, Reason, Refusal, key_pair};

use crate::exchange::Exchange;
use crate::sigv4::{ALGORITHM, DATE, Scope, Signed, hash, parse_time};

/// How far the time of a request may be from ours, either way.
const SKEW_SECONDS: i64 = 300;
/// The name under which the service signs.
const SERVICE: &str = "bedrock";
/// What a client says of a body that it has not signed.
const CONTENT_HASH: &str = "x-amz-content-sha256";

/// The codes of AWS for what may be wrong.
const UNKNOWN: &str = "UnrecognizedClientException";
const WRONG: &str = "InvalidSignatureException";
const UNFINISHED: &str = "IncompleteSignatureException";

/// What a signed request claims.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Claim<'a> {
    pub(crate) access_key_id: &'a str,
    scope: Scope<'a>,
    names: &'a str,
    signature: &'a str,
}

impl<'a> Claim<'a> {
    /// The claim of a request, where it is signed. Fails where the header is not as it should be.
    pub(crate) fn of(call: &'a Exchange) -> Result<Option<Claim<'a>>, Refusal> {
        let header = call.headers.get(AUTHORIZATION);
        let text = header.and_then(|value| value.to_str().ok());
        let Some(rest) = text.and_then(|text| text.strip_prefix(ALGORITHM)) else {
            return Ok(None);
        };
        Claim::read(rest).map(Some).ok_or_else(|| {
            let detail = "The Authorization header is no signature of AWS: it has Credential, \
                          SignedHeaders and Signature.";
            refusal(detail, UNFINISHED)
        })
    }

    /// Reads ` Credential=…, SignedHeaders=…, Signature=…`.
    fn read(text: &'a str) -> Option<Claim<'a>> {
        let part = |name: &str| {
            let mut parts = text
                .split(',')
                .filter_map(|part| part.trim().split_once('='));
            parts
                .find(|(known, _)| *known == name)
                .map(|(_, value)| value)
        };
        let mut credential = part("Credential")?.split('/');
        let (access_key_id, day) = (credential.next()?, credential.next()?);
        let (region, service) = (credential.next()?, credential.next()?);
        let whole = credential.next() == Some("aws4_request") && credential.next().is_none();
        let scope = Scope {
            day,
            region,
            service,
        };
        whole.then_some(Claim {
            access_key_id,
            scope,
            names: part("SignedHeaders")?,
            signature: part("Signature")?,
        })
    }

    /// The hash of the API key that is claimed.
    pub(crate) fn hash(&self) -> Result<KeyHash, Refusal> {
        key_pair::hash_of(self.access_key_id).ok_or_else(|| {
            let detail = "The access key id is none of this gateway: those begin with TGAK. \
                          `tollgate key aws NAME` shows the key pair of a key.";
            refusal(detail, UNKNOWN)
        })
    }

    /// Checks the signature of a request by the key's secret.
    pub(crate) fn check(&self, call: &Exchange, secret: &str) -> Result<(), Refusal> {
        let time = self.time(call)?;
        let header = call.headers.get(CONTENT_HASH);
        let payload = hash(&call.body);
        if header.is_some_and(|told| told.as_bytes() != payload.as_bytes()) {
            let detail = "x-amz-content-sha256 is not the SHA-256 of the body: the body has to be \
                          signed, whole.";
            return Err(refusal(detail, WRONG));
        }
        let signed = Signed {
            method: call.method.as_str(),
            path: call.uri.path(),
            query: call.uri.query().unwrap_or_default(),
            headers: &call.headers,
            names: self.names,
            payload: &payload,
        };
        let ours = signed.signature(secret, time, self.scope);
        verify_slices_are_equal(ours.as_bytes(), self.signature.as_bytes()).map_err(|_| {
            let detail = "The signature is not that of this request by the secret access key. \
                          Check the secret, and that nothing on the way changes path or headers.";
            refusal(detail, WRONG)
        })
    }

    /// When the request was made, once it is clear that this may be: it is signed, and it is now.
    fn time<'c>(&self, call: &'c Exchange) -> Result<&'c str, Refusal> {
        let is_signed = |name: &str| self.names.split(';').any(|known| known == name);
        if !is_signed(HOST.as_str()) || !is_signed(DATE) {
            let detail = "The signature has to cover the headers host and x-amz-date.";
            return Err(refusal(detail, UNFINISHED));
        }
        let text = call.headers.get(DATE).and_then(|value| value.to_str().ok());
        let read = text.and_then(|text| Some((text, parse_time(text)?)));
        let Some((text, made)) = read else {
            let detail = "The header x-amz-date is no time such as 20261231T235959Z.";
            return Err(refusal(detail, UNFINISHED));
        };
        if !text.starts_with(self.scope.day) || self.scope.service != SERVICE {
            let detail = format!(
                "The credential is for {}; it has to be for the day of x-amz-date and the service \
                 {SERVICE}.",
                self.scope.text()
            );
            return Err(refusal(&detail, WRONG));
        }
        if made.0.abs_diff(call.at.0) > SKEW_SECONDS.unsigned_abs() * 1_000_000 {
            return Err(stale(made, call.at));
        }
        Ok(text)
    }
}

fn stale(made: Micros, now: Micros) -> Refusal {
    let minutes = SKEW_SECONDS / 60;
    let detail = format!(
        "The request was signed at {made}, and it is {now}: that is more than {minutes} minutes apart. \
         Set the clock right, or sign anew."
    );
    refusal(&detail, WRONG)
}

fn refusal(detail: &str, code: &str) -> Refusal {
    let mut refusal = Refusal::new(Reason::KeyInvalid, detail);
    refusal.code = Some(code.to_owned());
    refusal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_is_read_with_and_without_spaces() {
        let parts = [
            "Credential=TGAKx/20261125/eu-west-1/bedrock/aws4_request",
            "SignedHeaders=host;x-amz-date",
            "Signature=ab12",
        ];
        for text in [format!(" {}", parts.join(", ")), parts.join(",")] {
            let claim = Claim::read(&text).unwrap();
            assert_eq!(claim.access_key_id, "TGAKx");
            assert_eq!(
                claim.scope.text(),
                "20261125/eu-west-1/bedrock/aws4_request"
            );
            assert_eq!((claim.names, claim.signature), ("host;x-amz-date", "ab12"));
        }
        for text in [
            "",
            "Credential=a/b/c/d, Signature=x",
            &parts[..2].join(","),
            &parts[1..].join(","),
        ] {
            assert_eq!(Claim::read(text), None, "{text}");
        }
    }
}
