//! Points in time and the windows of a budget. Nothing here reads a clock.

use std::fmt;
use std::str::FromStr;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan, Unit, ZonedDateTime};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A point in time: microseconds since 1970-01-01 UTC. Written as RFC 3339 by `Display`, as the
/// integer in records.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(transparent)]
pub struct Micros(pub i64);

impl Micros {
    /// A time after every other; the end of a window that never closes.
    pub const NEVER: Micros = Micros(i64::MAX);

    /// This time and `seconds` more.
    pub fn plus_seconds(self, seconds: i64) -> Micros {
        Micros(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }

    /// Whole seconds from `self` until `later`, rounded up, at least zero.
    pub fn seconds_until(self, later: Micros) -> u64 {
        let micros = later.0.saturating_sub(self.0).max(0).unsigned_abs();
        micros.div_ceil(1_000_000)
    }

    /// Reads an RFC 3339 time such as `2026-12-31T23:59:59Z`.
    pub fn parse(text: &str) -> Option<Micros> {
        Timestamp::from_str(text)
            .ok()
            .map(|t| Micros(t.as_microsecond()))
    }
}

impl fmt::Display for Micros {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Timestamp::from_microsecond(self.0) {
            Ok(time) => f.pad(&time.to_string()),
            Err(_) => f.pad("never"),
        }
    }
}

/// How long a budget lasts before it begins anew, by the calendar of its time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Window {
    /// From one full hour to the next.
    Hour,
    /// From midnight to midnight.
    Day,
    /// From Monday to Monday, at midnight.
    Week,
    /// From the first of a month to the first of the next.
    Month,
}

impl Window {
    /// The word as it stands in configuration.
    pub const fn as_str(self) -> &'static str {
        match self {
            Window::Hour => "hour",
            Window::Day => "day",
            Window::Week => "week",
            Window::Month => "month",
        }
    }

    /// The window that holds `at`: its first moment, and the first moment of the next one. Windows
    /// follow the wall calendar, so that a day of 23 or 25 hours is one day. `None` where `at` is
    /// outside of the calendar's years.
    pub fn around(self, at: Micros, zone: &TimeZone) -> Option<(Micros, Micros)> {
        let now = Timestamp::from_microsecond(at.0)
            .ok()?
            .to_zoned_datetime(zone.clone());
        if self == Window::Hour {
            return hour_around(at, &now);
        }
        let midnight = now.date().at(0, 0, 0, 0);
        let back = i64::from(now.weekday().to_monday_zero_offset());
        let (start, length) = match self {
            Window::Hour | Window::Day => (midnight, 1.day()),
            Window::Week => (midnight.checked_sub(back.days()).ok()?, 1.week()),
            Window::Month => (midnight.date().first_of_month().at(0, 0, 0, 0), 1.month()),
        };
        let end = start.checked_add(length).ok()?;
        Some((instant(start, zone)?, instant(end, zone)?))
    }
}

/// Full hours since the epoch, shifted by the part of an hour that the zone's offset has, so that a
/// clock change never makes an hour open twice.
fn hour_around(at: Micros, now: &ZonedDateTime) -> Option<(Micros, Micros)> {
    const HOUR: i64 = 3_600_000_000;
    let offset = i64::from(now.offset().seconds()).checked_mul(1_000_000)?;
    let start =
        at.0.checked_add(offset)?
            .div_euclid(HOUR)
            .checked_mul(HOUR)?
            .checked_sub(offset)?;
    Some((Micros(start), Micros(start.checked_add(HOUR)?)))
}

fn instant(wall: DateTime, zone: &TimeZone) -> Option<Micros> {
    let zoned = wall.to_zoned_datetime(zone.clone()).ok()?;
    Some(Micros(zoned.timestamp().as_microsecond()))
}

/// Looks up an IANA time zone such as `Europe/Zurich`; `None` where there is none of that name.
pub fn zone(name: &str) -> Option<TimeZone> {
    TimeZone::get(name).ok()
}

/// A span of microseconds for people: `412 ms`, `3.2 s`.
pub fn span_text(micros: u64) -> String {
    let span = SignedDuration::from_micros(i64::try_from(micros).unwrap_or(i64::MAX));
    match micros {
        0..1_000 => format!("{micros} µs"),
        1_000..10_000_000 => format!("{} ms", span.as_millis()),
        _ => span.round(Unit::Second).map_or_else(
            |_| format!("{} s", span.as_secs()),
            |rounded| format!("{rounded:#}"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn window(window: Window, at: &str, zone_name: &str) -> (String, String) {
        let (start, end) = window
            .around(Micros::parse(at).unwrap(), &zone(zone_name).unwrap())
            .unwrap();
        (start.to_string(), end.to_string())
    }

    #[test]
    fn a_month_follows_the_calendar_of_its_zone() {
        let got = window(Window::Month, "2026-02-28T23:30:00Z", "Europe/Zurich");
        assert_eq!(
            got,
            ("2026-02-28T23:00:00Z".into(), "2026-03-31T22:00:00Z".into())
        );
    }

    #[test]
    fn a_day_with_a_clock_change_is_one_day() {
        let got = window(Window::Day, "2026-03-29T12:00:00Z", "Europe/Zurich");
        assert_eq!(
            got,
            ("2026-03-28T23:00:00Z".into(), "2026-03-29T22:00:00Z".into())
        );
    }

    #[test]
    fn a_week_begins_on_monday() {
        let got = window(Window::Week, "2026-11-24T06:00:00Z", "UTC");
        assert_eq!(
            got,
            ("2026-11-23T00:00:00Z".into(), "2026-11-30T00:00:00Z".into())
        );
    }

    proptest! {
        #[test]
        fn every_moment_is_in_exactly_one_window(at in 0i64..4_000_000_000_000_000, pick in 0usize..4) {
            let window = [Window::Hour, Window::Day, Window::Week, Window::Month][pick];
            let zone = zone("America/New_York").unwrap();
            let (start, end) = window.around(Micros(at), &zone).unwrap();
            prop_assert!(start.0 <= at && at < end.0);
            let (next, _) = window.around(end, &zone).unwrap();
            prop_assert_eq!(next, end);
            let (_, last) = window.around(Micros(start.0 - 1), &zone).unwrap();
            prop_assert_eq!(last, start);
        }
    }
}
