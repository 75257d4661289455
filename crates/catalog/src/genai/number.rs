//! Numbers as they are written, without a float in between.

use tollgate_model::Rate;

/// What a price is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Per {
    /// A million of a class.
    Million,
    /// A thousand of it.
    Thousand,
    /// An hour, where the class counts seconds.
    Hour,
}

/// The rate that a JSON number tells, and whether it is exact. More than nine digits after the
/// point are rounded, half up. A price by the hour is rounded down: the sum of a bill, which is
/// rounded up to a nano-dollar, is then the exact one, rounded up, as long as the audio is shorter
/// than 30 hours.
pub(super) fn rate(number: &str, per: Per) -> Result<(Rate, bool), String> {
    let found = read(number, per);
    found.ok_or_else(|| format!("\"{number}\" is not a price"))
}

fn read(number: &str, per: Per) -> Option<(Rate, bool)> {
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if !whole.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    let digits: u128 = format!("{whole}{fraction}").parse().ok()?;
    let exponent: i32 = exponent.parse().ok()?;
    let places = i32::try_from(fraction.len()).ok()?;
    let (raise, hour) = match per {
        Per::Million => (0, 1),
        Per::Thousand => (3, 1),
        Per::Hour => (6, 3_600),
    };
    let power = exponent.checked_sub(places)?.checked_add(9 + raise)?;
    let scale = 10u128.checked_pow(power.unsigned_abs())?;
    let (dividend, divisor) = if power >= 0 {
        (digits.checked_mul(scale)?, hour)
    } else {
        (digits, scale.checked_mul(hour)?)
    };
    let (quotient, rest) = (dividend / divisor, dividend % divisor);
    let up = per != Per::Hour && rest.checked_mul(2)? >= divisor && rest > 0;
    let rate = i64::try_from(quotient + u128::from(up))
        .ok()
        .and_then(Rate::new)?;
    Some((rate, rest == 0))
}

/// Seconds after midnight of `16:30:00Z`.
pub(super) fn seconds(time: &str) -> Result<u32, String> {
    let parts: Option<Vec<u32>> = time
        .strip_suffix('Z')
        .and_then(|time| time.split(':').map(|part| part.parse().ok()).collect());
    match parts.as_deref() {
        Some([hour @ 0..24, minute @ 0..60, second @ 0..60]) => {
            Ok(hour * 3600 + minute * 60 + second)
        }
        _ => Err(format!("\"{time}\" is not a time of day in UTC")),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tollgate_model::price::{Price, Rates};
    use tollgate_model::{Usage, UsageClass};

    use super::*;

    #[test]
    fn numbers_are_read_by_their_digits() {
        for (number, per, text, exact) in [
            ("2.5", Per::Million, "2.50", true),
            ("10", Per::Thousand, "10000.00", true),
            ("0.18000000000000002", Per::Million, "0.18", false),
            ("0.0833333333333333", Per::Million, "0.083333333", false),
            ("0.0000000005", Per::Million, "0.000000001", false),
            ("1e-3", Per::Million, "0.001", true),
            ("1.5E2", Per::Million, "150.00", true),
            ("0", Per::Million, "0.00", true),
            ("0.36", Per::Hour, "100.00", true),
            ("0.111", Per::Hour, "30.833333333", false),
        ] {
            let (got, whole) = rate(number, per).unwrap();
            assert_eq!((got.to_string().as_str(), whole), (text, exact), "{number}");
        }
        for number in [
            "-1",
            "",
            "x",
            "1e99",
            "1e-99",
            "99999999999",
            "+1",
            ".5",
            "\"1\"",
        ] {
            assert!(rate(number, Per::Million).is_err(), "{number}");
        }
    }

    #[test]
    fn times_of_day_are_read_in_utc_only() {
        assert_eq!(seconds("16:30:01Z").unwrap(), 59_401);
        assert!(seconds("24:00:00Z").is_err());
        assert!(seconds("16:30:00+01:00").is_err());
    }

    proptest! {
        #[test]
        fn a_bill_by_the_hour_is_exact_for_a_day(tenths in 1u64..100_000, heard in 0u64..86_400) {
            // Dollars for an hour, in ten-thousandths.
            let number = format!("{}.{:04}", tenths / 10_000, tenths % 10_000);
            let mut rates = Rates::default();
            rates.set(UsageClass::AudioSeconds, rate(&number, Per::Hour).unwrap().0);
            let usage = Usage::NONE.with(UsageClass::AudioSeconds, heard);
            let billed = Price::flat("test", rates).cost(&usage).total.get();
            let nanos = u128::from(tenths) * 100_000 * u128::from(heard);
            prop_assert_eq!(u128::from(billed.unsigned_abs()), nanos.div_ceil(3_600));
        }
    }
}
