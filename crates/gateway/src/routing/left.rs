//! What a provider says is left of its limits: in headers, with every answer.

use http::{HeaderMap, HeaderName};
use tollgate_model::Micros;

/// The last second of what is taken for a duration and not for a date: ten years.
const LONGEST: f64 = 315_360_000.0;

/// What is left, and when the limit is whole again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Left {
    pub(crate) requests: Option<(u64, Micros)>,
    pub(crate) tokens: Option<(u64, Micros)>,
}

/// The names of what is left and of when that changes, as `OpenAI` and those who follow it call it,
/// then as Anthropic does.
static REQUESTS: [(HeaderName, HeaderName); 2] = [
    (
        HeaderName::from_static("x-ratelimit-remaining-requests"),
        HeaderName::from_static("x-ratelimit-reset-requests"),
    ),
    (
        HeaderName::from_static("anthropic-ratelimit-requests-remaining"),
        HeaderName::from_static("anthropic-ratelimit-requests-reset"),
    ),
];
static TOKENS: [(HeaderName, HeaderName); 3] = [
    (
        HeaderName::from_static("x-ratelimit-remaining-tokens"),
        HeaderName::from_static("x-ratelimit-reset-tokens"),
    ),
    (
        HeaderName::from_static("anthropic-ratelimit-tokens-remaining"),
        HeaderName::from_static("anthropic-ratelimit-tokens-reset"),
    ),
    (
        HeaderName::from_static("anthropic-ratelimit-input-tokens-remaining"),
        HeaderName::from_static("anthropic-ratelimit-input-tokens-reset"),
    ),
];

impl Left {
    /// Reads the headers of an answer. What does not say when the limit is whole again is left out.
    pub(crate) fn of(headers: &HeaderMap, now: Micros) -> Left {
        Left {
            requests: scarcest(headers, &REQUESTS, now),
            tokens: scarcest(headers, &TOKENS, now),
        }
    }
}

fn scarcest(
    headers: &HeaderMap,
    names: &[(HeaderName, HeaderName)],
    now: Micros,
) -> Option<(u64, Micros)> {
    let text = |name: &HeaderName| headers.get(name)?.to_str().ok();
    let told = names.iter().filter_map(|(remaining, reset)| {
        let left = text(remaining)?.trim().parse().ok()?;
        Some((left, moment(text(reset)?.trim(), now)?))
    });
    told.min_by_key(|(left, _)| *left)
}

/// When a limit is whole again: `1s`, `6m0s`, `120ms`, seconds, a date of RFC 3339, or seconds since
/// 1970.
fn moment(text: &str, now: Micros) -> Option<Micros> {
    if let Some(date) = Micros::parse(text) {
        return Some(date);
    }
    let seconds = match text.parse::<f64>() {
        Ok(seconds) => seconds,
        Err(_) => duration(text)?,
    };
    if !seconds.is_finite() || seconds < 0.0 {
        return None;
    }
    #[allow(clippy::cast_possible_truncation)] // Both are far from the end of their range.
    let micros = |seconds: f64| (seconds * 1e6) as i64;
    match seconds {
        seconds if seconds <= LONGEST => Some(Micros(now.0.saturating_add(micros(seconds)))),
        seconds if seconds < 1e10 => Some(Micros(micros(seconds))),
        _ => None,
    }
}

/// Seconds of a duration such as `1h2m3.5s`.
fn duration(text: &str) -> Option<f64> {
    let (mut rest, mut sum) = (text, 0.0);
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, after) = rest.split_at(end);
        let unit = after
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(after.len());
        let (unit, after) = after.split_at(unit);
        let factor = match unit {
            "h" => 3600.0,
            "m" => 60.0,
            "s" => 1.0,
            "ms" => 0.001,
            _ => return None,
        };
        sum += number.parse::<f64>().ok()? * factor;
        rest = after;
    }
    (!text.is_empty()).then_some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_read_as_every_provider_tells_it() {
        let now = Micros::parse("2026-11-24T08:00:00Z").unwrap();
        let left = |pairs: &[(&'static str, &'static str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.insert(*name, value.parse().unwrap());
            }
            let left = Left::of(&headers, now);
            let shown = |told: Option<(u64, Micros)>| {
                told.map_or("-".to_owned(), |(left, at)| {
                    format!("{left} for {} ms", (at.0 - now.0) / 1_000)
                })
            };
            format!("{}, {}", shown(left.requests), shown(left.tokens))
        };
        let openai = [
            ("x-ratelimit-remaining-requests", "0"),
            ("x-ratelimit-reset-requests", "1m0.5s"),
            ("x-ratelimit-remaining-tokens", "149984"),
            ("x-ratelimit-reset-tokens", "6ms"),
        ];
        assert_eq!(left(&openai), "0 for 60500 ms, 149984 for 6 ms");
        let anthropic = [
            ("anthropic-ratelimit-requests-remaining", "7"),
            ("anthropic-ratelimit-requests-reset", "2026-11-24T08:00:02Z"),
            ("anthropic-ratelimit-tokens-remaining", "90"),
            ("anthropic-ratelimit-tokens-reset", "2026-11-24T08:00:01Z"),
            ("anthropic-ratelimit-input-tokens-remaining", "40"),
            (
                "anthropic-ratelimit-input-tokens-reset",
                "2026-11-24T08:00:03Z",
            ),
        ];
        assert_eq!(left(&anthropic), "7 for 2000 ms, 40 for 3000 ms");
        let unix = [
            ("x-ratelimit-remaining-tokens", "1"),
            ("x-ratelimit-reset-tokens", "1795507205"),
        ];
        assert_eq!(left(&unix), "-, 1 for 5000 ms");
        for reset in ["soon", "", "1x", "-1", "NaN", "99999999999"] {
            let odd = [
                ("x-ratelimit-remaining-tokens", "0"),
                ("x-ratelimit-reset-tokens", reset),
            ];
            assert_eq!(left(&odd), "-, -", "{reset}");
        }
    }
}
