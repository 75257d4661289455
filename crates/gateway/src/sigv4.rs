//! AWS's signature, version 4: what of a request is signed, and with what. Pure: the time is an
//! argument.
//!
//! Source: AWS's reference, "Signature Version 4 signing process", for services other than S3, which
//! encode the path once more.

use aws_lc_rs::{digest, hmac};
use http::HeaderMap;
use tollgate_model::Micros;

/// The algorithm, as an `Authorization` header begins.
pub(crate) const ALGORITHM: &str = "AWS4-HMAC-SHA256";
/// How a signed request says when it was made.
pub(crate) const DATE: &str = "x-amz-date";

/// Where and when a signature holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scope<'a> {
    /// `YYYYMMDD`.
    pub(crate) day: &'a str,
    pub(crate) region: &'a str,
    pub(crate) service: &'a str,
}

impl Scope<'_> {
    /// The scope as it stands behind the access key id.
    pub(crate) fn text(&self) -> String {
        format!("{}/{}/{}/aws4_request", self.day, self.region, self.service)
    }
}

/// What of a request is signed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Signed<'a> {
    pub(crate) method: &'a str,
    /// The path as it is sent.
    pub(crate) path: &'a str,
    /// The query as it is sent, without the question mark.
    pub(crate) query: &'a str,
    pub(crate) headers: &'a HeaderMap,
    /// The headers that are signed: in lower case, sorted, separated by semicolons.
    pub(crate) names: &'a str,
    /// SHA-256 of the body, in hexadecimal.
    pub(crate) payload: &'a str,
}

impl Signed<'_> {
    /// The signature, in hexadecimal; `time` is `YYYYMMDDTHHMMSSZ`.
    pub(crate) fn signature(&self, secret: &str, time: &str, scope: Scope<'_>) -> String {
        let request = hash(self.canonical().as_bytes());
        let text = format!("{ALGORITHM}\n{time}\n{}\n{request}", scope.text());
        let mut key = format!("AWS4{secret}").into_bytes();
        for part in [scope.day, scope.region, scope.service, "aws4_request"] {
            key = keyed(&key, part.as_bytes()).as_ref().to_vec();
        }
        hex(keyed(&key, text.as_bytes()).as_ref())
    }

    /// The request in the one form that both sides make of it.
    fn canonical(&self) -> String {
        let mut query: Vec<(&str, &str)> = self
            .query
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .collect();
        query.sort_unstable();
        let query: Vec<String> = query
            .into_iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let mut text = format!(
            "{}\n{}\n{}\n",
            self.method,
            encoded(self.path),
            query.join("&")
        );
        for name in self.names.split(';') {
            let values = self.headers.get_all(name).iter();
            let values: Vec<String> = values
                .map(|value| single_spaced(value.as_bytes()))
                .collect();
            text.push_str(&format!("{name}:{}\n", values.join(",")));
        }
        text.push_str(&format!("\n{}\n{}", self.names, self.payload));
        text
    }
}

/// SHA-256, in hexadecimal.
pub(crate) fn hash(bytes: &[u8]) -> String {
    hex(digest::digest(&digest::SHA256, bytes).as_ref())
}

/// A time as it is signed: `YYYYMMDDTHHMMSSZ`.
pub(crate) fn time(at: Micros) -> String {
    let whole = Micros(at.0.div_euclid(1_000_000) * 1_000_000).to_string();
    let digits = whole.split('.').next().unwrap_or_default();
    let mut time: String = digits.chars().filter(|c| !matches!(c, '-' | ':')).collect();
    if !time.ends_with('Z') {
        time.push('Z');
    }
    time
}

/// The time that such a text tells.
pub(crate) fn parse_time(text: &str) -> Option<Micros> {
    let plain = text.len() == 16 && text.is_ascii();
    let part = |range: std::ops::Range<usize>| text.get(range).unwrap_or_default();
    let written = format!(
        "{}-{}-{}T{}:{}:{}Z",
        part(0..4),
        part(4..6),
        part(6..8),
        part(9..11),
        part(11..13),
        part(13..15)
    );
    let framed = plain && part(8..9) == "T" && part(15..16) == "Z";
    Micros::parse(&written).filter(|_| framed)
}

fn keyed(key: &[u8], text: &[u8]) -> hmac::Tag {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A path with all but slashes and unreserved characters encoded, those that encode already included.
fn encoded(path: &str) -> String {
    let mut out = String::with_capacity(path.len() + 16);
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(char::from(byte));
            }
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    if out.is_empty() {
        out.push('/');
    }
    out
}

/// A header's value without spaces around it and with single ones in it.
fn single_spaced(value: &[u8]) -> String {
    let text = String::from_utf8_lossy(value);
    let words: Vec<&str> = text
        .split([' ', '\t'])
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    const TIME: &str = "20150830T123600Z";
    const SCOPE: Scope<'static> = Scope {
        day: "20150830",
        region: "us-east-1",
        service: "service",
    };

    struct Case {
        name: &'static str,
        request: (&'static str, &'static str, &'static str),
        headers: &'static [(&'static str, &'static str)],
        body: &'static str,
        signature: &'static str,
    }

    /// Cases of the test suite that AWS published with the specification.
    const SUITE: [Case; 7] = [
        Case {
            name: "get-vanilla",
            request: ("GET", "/", ""),
            headers: &[],
            body: "",
            signature: "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
        },
        Case {
            name: "post-vanilla",
            request: ("POST", "/", ""),
            headers: &[],
            body: "",
            signature: "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
        },
        Case {
            name: "get-vanilla-query-order-key-case",
            request: ("GET", "/", "Param2=value2&Param1=value1"),
            headers: &[],
            body: "",
            signature: "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
        },
        Case {
            name: "get-utf8",
            request: ("GET", "/\u{1234}", ""),
            headers: &[],
            body: "",
            signature: "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85",
        },
        Case {
            name: "get-header-value-trim",
            request: ("GET", "/", ""),
            headers: &[("my-header1", " value1"), ("my-header2", " \"a   b   c\"")],
            body: "",
            signature: "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736",
        },
        Case {
            name: "post-x-www-form-urlencoded",
            request: ("POST", "/", ""),
            headers: &[("content-type", "application/x-www-form-urlencoded")],
            body: "Param1=value1",
            signature: "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
        },
        Case {
            name: "post-header-key-sort",
            request: ("POST", "/", ""),
            headers: &[("my-header1", "value1")],
            body: "",
            signature: "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c",
        },
    ];

    #[test]
    fn the_suite_of_aws_is_signed_as_it_says() {
        for case in SUITE {
            let mut headers = HeaderMap::new();
            let fixed = [("host", "example.amazonaws.com"), (DATE, TIME)];
            for (name, value) in fixed.iter().chain(case.headers) {
                let name = HeaderName::from_static(name);
                headers.append(name, HeaderValue::from_static(value));
            }
            let mut names: Vec<&str> = headers.keys().map(HeaderName::as_str).collect();
            names.sort_unstable();
            let (method, path, query) = case.request;
            let signed = Signed {
                method,
                path,
                query,
                headers: &headers,
                names: &names.join(";"),
                payload: &hash(case.body.as_bytes()),
            };
            let signature = signed.signature(SECRET, TIME, SCOPE);
            assert_eq!(signature, case.signature, "{}", case.name);
        }
    }

    #[test]
    fn a_request_to_bedrock_is_signed_as_botocore_does() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("content-type", "application/json"),
            ("host", "bedrock-runtime.eu-west-1.amazonaws.com"),
            (DATE, "20261124T080000Z"),
            ("x-amz-security-token", "TOKEN"),
        ] {
            let name = HeaderName::from_static(name);
            headers.append(name, HeaderValue::from_static(value));
        }
        let signed = Signed {
            method: "POST",
            path: "/model/anthropic.claude-3-haiku-20240307-v1%3A0/converse",
            query: "",
            headers: &headers,
            names: "content-type;host;x-amz-date;x-amz-security-token",
            payload: &hash(b"{}"),
        };
        let scope = Scope {
            day: "20261124",
            region: "eu-west-1",
            service: "bedrock",
        };
        let signature = signed.signature(SECRET, "20261124T080000Z", scope);
        assert_eq!(
            signature,
            "ce922656a74c8bb8662c1882135adc56312659036b01353aac2b981bcc4c9e82"
        );
    }

    #[test]
    fn a_path_that_is_encoded_is_encoded_once_more() {
        assert_eq!(
            encoded("/model/a.b%3A0/converse"),
            "/model/a.b%253A0/converse"
        );
        assert_eq!(encoded("/model/a:0"), "/model/a%3A0");
        assert_eq!(encoded(""), "/");
    }

    #[test]
    fn a_time_is_written_and_read_without_its_fraction() {
        let at = Micros::parse("2026-11-25T13:44:09Z").unwrap();
        assert_eq!(time(Micros(at.0 + 999_999)), "20261125T134409Z");
        assert_eq!(parse_time("20261125T134409Z"), Some(at));
        for text in [
            "",
            "20261125T134409",
            "2026-11-25T13:44",
            "20261325T134409Z",
            "2026112ßT34409Z",
        ] {
            assert_eq!(parse_time(text), None, "{text}");
        }
    }
}
