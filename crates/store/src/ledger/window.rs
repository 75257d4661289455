//! Which window of a budget is open. Pure.

use tollgate_model::Micros;

/// A window of a budget: from its first moment up to the first moment after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) opens: Micros,
    pub(super) closes: Micros,
}

/// The window that is open at a time: by the calendar, but never one that opened before the newest
/// window of the budget. So no window opens twice, when the clock goes back or when someone changes
/// the length of a budget's windows and changes it back.
pub(super) fn open_at(now: Micros, calendar: Span, newest: Option<Span>) -> Span {
    let Some(newest) = newest else {
        return calendar;
    };
    if calendar.opens >= newest.opens {
        // The same window, perhaps of another length now, or a later one.
        return calendar;
    }
    if now < newest.closes {
        return newest;
    }
    // The windows became longer, and this one began before the last of the short ones ended: what
    // is left of it is a window.
    Span {
        opens: newest.closes,
        closes: calendar.closes,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn span(opens: i64, closes: i64) -> Span {
        Span {
            opens: Micros(opens),
            closes: Micros(closes),
        }
    }

    #[test]
    fn the_calendar_decides_where_it_moves_forward() {
        for (now, calendar, newest, expected) in [
            (5, span(0, 10), None, span(0, 10)),
            (5, span(0, 10), Some(span(0, 10)), span(0, 10)),
            (15, span(10, 20), Some(span(0, 10)), span(10, 20)),
            // A day that becomes a month on the first of the month grows.
            (5, span(0, 300), Some(span(0, 10)), span(0, 300)),
            // A month that becomes a day begins a day.
            (45, span(40, 50), Some(span(0, 300)), span(40, 50)),
        ] {
            assert_eq!(open_at(Micros(now), calendar, newest), expected);
        }
    }

    #[test]
    fn a_clock_that_goes_back_opens_nothing() {
        let newest = span(10, 20);
        assert_eq!(open_at(Micros(9), span(0, 10), Some(newest)), newest);
    }

    #[test]
    fn a_longer_window_begins_where_the_last_short_one_ended() {
        let newest = span(40, 50);
        assert_eq!(open_at(Micros(45), span(0, 300), Some(newest)), newest);
        let rest = open_at(Micros(50), span(0, 300), Some(newest));
        assert_eq!(rest, span(50, 300));
        assert_eq!(open_at(Micros(60), span(0, 300), Some(rest)), rest);
    }

    proptest! {
        #[test]
        fn windows_open_in_their_order_only(
            steps in proptest::collection::vec((0i64..1_000, 1i64..60), 1..40),
        ) {
            let mut newest: Option<Span> = None;
            for (now, length) in steps {
                let start = now.div_euclid(length) * length;
                let open = open_at(Micros(now), span(start, start + length), newest);
                prop_assert!(open.opens < open.closes);
                if let Some(newest) = newest {
                    prop_assert!(open.opens >= newest.opens);
                }
                newest = Some(open);
            }
        }
    }
}
