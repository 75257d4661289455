//! Reading arguments: kinds, names, amounts, times. A mistake is told before anything is asked.

use clap::builder::PossibleValuesParser;
use tollgate_model::resource::nearest;
use tollgate_model::time::zone;
use tollgate_model::{Kind, Micros, Name, Nanos, PersonName, Role};

use crate::failure::Failure;

/// A kind, whatever its case, singular or plural.
pub(crate) fn kind(text: &str) -> Result<Kind, String> {
    Kind::parse(text).ok_or_else(|| {
        let known = Kind::ALL.map(Kind::as_str);
        match nearest(text, known.into_iter()) {
            Some(near) => format!("there is no such kind; did you mean {near}?"),
            None => format!("there is no such kind; there are {}", known.join(", ")),
        }
    })
}

/// A name of a resource.
pub(crate) fn name(text: &str) -> Result<Name, String> {
    text.parse().map_err(|why| format!("{why}"))
}

/// A name as a part of a path.
pub(crate) fn segment(text: &str) -> Result<&str, Failure> {
    match name(text) {
        Ok(_) => Ok(text),
        Err(why) => Err(Failure::Usage(why)),
    }
}

/// The name of a person.
pub(crate) fn person(text: &str) -> Result<PersonName, String> {
    text.parse().map_err(|why| format!("{why}"))
}

/// The name of a person as a part of a path.
pub(crate) fn escaped(name: &PersonName) -> String {
    form_urlencoded::byte_serialize(name.as_str().as_bytes()).collect()
}

/// The word of a role.
pub(crate) fn roles() -> PossibleValuesParser {
    PossibleValuesParser::new(Role::ALL.map(Role::as_str))
}

/// An amount of dollars.
pub(crate) fn amount(text: &str) -> Result<Nanos, String> {
    text.strip_prefix('$')
        .unwrap_or(text)
        .parse()
        .map_err(|why| format!("{why}"))
}

/// The time that `text` means at `now`: an RFC 3339 time, a date (its first moment, UTC), or a span
/// such as `90d`, `12h`, `30m`.
pub(crate) fn time(text: &str, now: Micros) -> Result<Micros, String> {
    let wrong = || {
        format!("\"{text}\" is neither a span such as 90d nor a time such as 2026-12-31T23:59:59Z")
    };
    if let Some(time) = Micros::parse(text).or_else(|| date(text)) {
        return Ok(time);
    }
    let seconds = seconds(text).ok_or_else(wrong)?;
    Ok(now.plus_seconds(seconds))
}

/// A span such as `3d`, as the admin API takes it.
pub(crate) fn span(text: &str) -> Result<String, String> {
    match seconds(text) {
        Some(_) => Ok(text.to_owned()),
        None => Err(format!("\"{text}\" is not a span such as 3d or 12h")),
    }
}

fn seconds(span: &str) -> Option<i64> {
    let unit = span.chars().next_back()?;
    let count: i64 = span.strip_suffix(unit)?.parse().ok()?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        'w' => 604_800,
        _ => return None,
    };
    count.checked_mul(seconds).filter(|seconds| *seconds > 0)
}

fn date(text: &str) -> Option<Micros> {
    let date: jiff::civil::Date = text.parse().ok()?;
    let start = date.at(0, 0, 0, 0).to_zoned_datetime(zone("UTC")?).ok()?;
    Some(Micros(start.timestamp().as_microsecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_spans_dates_or_moments() {
        let now = Micros::parse("2026-11-24T00:00:00Z").unwrap();
        for (given, meant) in [
            ("90d", "2027-02-22T00:00:00Z"),
            ("12h", "2026-11-24T12:00:00Z"),
            ("2w", "2026-12-08T00:00:00Z"),
            ("2026-12-31", "2026-12-31T00:00:00Z"),
            ("2026-12-31T23:59:59Z", "2026-12-31T23:59:59Z"),
        ] {
            assert_eq!(time(given, now).unwrap().to_string(), meant, "{given}");
        }
        for wrong in ["", "90", "d", "-1d", "0h", "soon", "9999999999999999w"] {
            assert!(time(wrong, now).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_name_of_a_person_may_stand_in_a_path() {
        let name = person("J\u{fc}rgen+a@b").unwrap();
        assert_eq!(escaped(&name), "J%C3%BCrgen%2Ba%40b");
        assert!(person("a/b").is_err());
    }

    #[test]
    fn kinds_are_found_or_suggested() {
        assert_eq!(kind("models"), Ok(Kind::Model));
        assert!(
            kind("provder")
                .unwrap_err()
                .contains("did you mean Provider?")
        );
        assert!(kind("x").unwrap_err().contains("Team"));
    }

    #[test]
    fn amounts_may_have_the_sign_of_the_dollar() {
        assert_eq!(amount("$5"), Ok(Nanos::new(5_000_000_000)));
        assert!(amount("5,00").is_err());
    }
}
