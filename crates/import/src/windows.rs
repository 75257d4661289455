//! How long a budget of another gateway lasts, in windows of ours.

use tollgate_model::Nanos;
use tollgate_model::time::Window;

/// A limit in a window of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Limit {
    /// The window.
    pub window: Window,
    /// What may be spent in it.
    pub limit: Nanos,
    /// How it differs from what was meant; `None` where it does not.
    pub change: Option<String>,
}

const HOUR: u64 = 3_600;
const DAY: u64 = 86_400;
const MONTH: u64 = 30 * DAY;

/// The window for a limit that begins anew after `duration`, such as `30d` or `1mo`. Where there is
/// no such window it is the next longer one, with the same limit, so that never more is spent than
/// was meant; a limit for more than a month is divided. `None` where the duration cannot be read.
pub(crate) fn window(limit: Nanos, duration: &str) -> Option<Limit> {
    let (seconds, calendar) = seconds(duration)?;
    let exact = [
        (HOUR, Window::Hour),
        (DAY, Window::Day),
        (7 * DAY, Window::Week),
    ];
    if let Some((_, window)) = exact.iter().find(|(length, _)| *length == seconds) {
        return Some(plain(*window, limit, None));
    }
    if seconds == MONTH {
        let change = (!calendar).then(|| {
            format!(
                "{duration} is a calendar month here: it begins anew on the first of each month"
            )
        });
        return Some(plain(Window::Month, limit, change));
    }
    let next = [
        (HOUR, Window::Hour),
        (DAY, Window::Day),
        (7 * DAY, Window::Week),
        (MONTH, Window::Month),
    ];
    if let Some((_, window)) = next.iter().find(|(length, _)| seconds < *length) {
        let word = window.as_str();
        let change = format!("there is no window of {duration}: ${limit} holds for a {word} here");
        return Some(plain(*window, limit, Some(change)));
    }
    let months = i64::try_from(seconds / MONTH).ok()?;
    let part = Nanos::new(limit.get() / months);
    let change =
        format!("there is no window of {duration}: ${limit} for it is ${part} for a month here");
    Some(plain(Window::Month, part, Some(change)))
}

/// A limit that never begins anew, which no budget is: it begins anew each month.
pub(crate) fn lifetime(limit: Nanos) -> Limit {
    let change = format!(
        "a limit for ever is not a budget here: ${limit} may be spent each month; a prepaid team's \
         wallet is what does not begin anew"
    );
    plain(Window::Month, limit, Some(change))
}

fn plain(window: Window, limit: Nanos, change: Option<String>) -> Limit {
    Limit {
        window,
        limit,
        change,
    }
}

/// The seconds of a duration, and whether it is a month by the calendar.
fn seconds(duration: &str) -> Option<(u64, bool)> {
    let duration = duration.trim().to_ascii_lowercase();
    let digits = duration.find(|letter: char| !letter.is_ascii_digit());
    let (count, unit) = match digits {
        Some(0) => ("1", duration.as_str()),
        Some(at) => duration.split_at(at),
        None => return None,
    };
    let (length, calendar) = match unit.trim() {
        "s" => (1, false),
        "m" => (60, false),
        "h" | "hourly" => (HOUR, false),
        "d" | "daily" => (DAY, false),
        "w" | "weekly" => (7 * DAY, false),
        "mo" | "monthly" => (MONTH, true),
        _ => return None,
    };
    let seconds = count.parse::<u64>().ok()?.checked_mul(length)?;
    (seconds > 0).then_some((seconds, calendar))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(duration: &str) -> Option<(Window, String, bool)> {
        let limit = window("300".parse().unwrap(), duration)?;
        Some((
            limit.window,
            limit.limit.to_string(),
            limit.change.is_some(),
        ))
    }

    #[test]
    fn durations_are_windows_or_say_how_they_differ() {
        for (duration, window, limit, changed) in [
            ("1h", Window::Hour, "300.00", false),
            ("60m", Window::Hour, "300.00", false),
            ("24h", Window::Day, "300.00", false),
            ("1d", Window::Day, "300.00", false),
            ("daily", Window::Day, "300.00", false),
            ("7d", Window::Week, "300.00", false),
            ("1w", Window::Week, "300.00", false),
            ("1mo", Window::Month, "300.00", false),
            ("monthly", Window::Month, "300.00", false),
            ("30d", Window::Month, "300.00", true),
            ("30s", Window::Hour, "300.00", true),
            ("12h", Window::Day, "300.00", true),
            ("14d", Window::Month, "300.00", true),
            ("90d", Window::Month, "100.00", true),
            ("2mo", Window::Month, "150.00", true),
        ] {
            assert_eq!(
                told(duration),
                Some((window, limit.to_owned(), changed)),
                "{duration}"
            );
        }
        for wrong in ["", "30", "0d", "soon", "5y", "99999999999999999999d"] {
            assert_eq!(told(wrong), None, "{wrong}");
        }
    }
}
