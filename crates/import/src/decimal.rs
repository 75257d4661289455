//! Numbers as they are written, exactly: a price or a budget of another gateway never becomes a
//! float on its way.

use tollgate_model::{Nanos, Rate};

/// A decimal number: `digits` / 10^`scale`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Decimal {
    digits: i128,
    scale: u32,
}

/// An amount that was taken over, and whether it is exactly what was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rounded<T> {
    /// The amount.
    pub value: T,
    /// Whether nothing was rounded.
    pub exact: bool,
}

/// Digits and places that a number of a configuration may have; 128 bits hold the square of it.
const MOST: usize = 18;

impl Decimal {
    /// Reads `12`, `0.5`, `-1.25`, `1e-7`. `None` where it is no number, or has more than eighteen
    /// digits or places.
    pub(crate) fn parse(text: &str) -> Option<Decimal> {
        let text = text.trim();
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (negative, plain) = match mantissa.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, mantissa.strip_prefix('+').unwrap_or(mantissa)),
        };
        let (whole, fraction) = plain.split_once('.').unwrap_or((plain, ""));
        let fraction = fraction.trim_end_matches('0');
        let digits = format!("{whole}{fraction}");
        let digits = digits.trim_start_matches('0');
        let known = !(whole.is_empty() && fraction.is_empty() && !plain.contains('0'));
        if !known || digits.len() > MOST || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let value: i128 = if digits.is_empty() {
            0
        } else {
            digits.parse().ok()?
        };
        let places = i32::try_from(fraction.len()).ok()?.checked_sub(exponent)?;
        let limit = i32::try_from(MOST).ok()?;
        if value == 0 {
            return Some(Decimal {
                digits: 0,
                scale: 0,
            });
        }
        if !(-limit..=limit).contains(&places) {
            return None;
        }
        let (digits, scale) = match u32::try_from(places) {
            Ok(scale) => (value, scale),
            Err(_) => (value.checked_mul(power(places.unsigned_abs())?)?, 0),
        };
        let digits = if negative { -digits } else { digits };
        Some(Decimal { digits, scale })
    }

    /// Whether it is nothing.
    pub(crate) fn is_zero(self) -> bool {
        self.digits == 0
    }

    /// Whether it is more than nothing.
    pub(crate) fn is_positive(self) -> bool {
        self.digits > 0
    }

    /// The product of two.
    pub(crate) fn times(self, other: Decimal) -> Option<Decimal> {
        Some(Decimal {
            digits: self.digits.checked_mul(other.digits)?,
            scale: self.scale.checked_add(other.scale)?,
        })
    }

    /// Dollars as an amount, rounded down where it is finer than a nano-dollar.
    pub(crate) fn dollars(self) -> Option<Rounded<Nanos>> {
        self.dollars_over(ONE)
    }

    /// This many units of which `per_dollar` make a dollar, rounded down.
    pub(crate) fn dollars_over(self, per_dollar: Decimal) -> Option<Rounded<Nanos>> {
        let (quotient, exact) = self.over(per_dollar, 9, false)?;
        Some(Rounded {
            value: Nanos::new(i64::try_from(quotient).ok()?),
            exact,
        })
    }

    /// Dollars for one unit as a rate per million, rounded up.
    pub(crate) fn rate_of_one(self) -> Option<Rounded<Rate>> {
        self.rate_over(ONE)
    }

    /// Units for one token, of which `per_dollar` make a dollar, as a rate per million, rounded up.
    pub(crate) fn rate_over(self, per_dollar: Decimal) -> Option<Rounded<Rate>> {
        let (quotient, exact) = self.over(per_dollar, 15, true)?;
        Some(Rounded {
            value: Rate::new(i64::try_from(quotient).ok()?)?,
            exact,
        })
    }

    /// Seconds as milliseconds, at least one.
    pub(crate) fn milliseconds(self) -> Option<u32> {
        let (quotient, _) = self.over(ONE, 3, true)?;
        u32::try_from(quotient.max(1)).ok()
    }

    /// The number as an integer, where it is one.
    pub(crate) fn integer(self) -> Option<i64> {
        let (quotient, exact) = self.over(ONE, 0, false)?;
        i64::try_from(quotient).ok().filter(|_| exact)
    }

    /// Several numbers as integers in the same proportion.
    pub(crate) fn proportions(numbers: &[Decimal]) -> Option<Vec<u32>> {
        let scale = numbers.iter().map(|number| number.scale).max()?;
        let wide: Vec<i128> = numbers
            .iter()
            .map(|number| number.digits.checked_mul(power(scale - number.scale)?))
            .collect::<Option<_>>()?;
        let divisor = wide.iter().copied().fold(0, common_divisor).max(1);
        wide.into_iter()
            .map(|number| u32::try_from(number / divisor).ok())
            .collect()
    }

    /// `self` × 10^`places` / `divisor`, and whether it came out even.
    fn over(self, divisor: Decimal, places: u32, up: bool) -> Option<(i128, bool)> {
        if divisor.digits <= 0 {
            return None;
        }
        let shift = places.checked_add(divisor.scale)?;
        let (top, bottom) = match shift.checked_sub(self.scale) {
            Some(more) => (self.digits.checked_mul(power(more)?)?, divisor.digits),
            None => {
                let less = power(self.scale - shift)?;
                (self.digits, divisor.digits.checked_mul(less)?)
            }
        };
        let (quotient, rest) = (top.div_euclid(bottom), top.rem_euclid(bottom));
        let rounded = if up && rest != 0 {
            quotient + 1
        } else {
            quotient
        };
        Some((rounded, rest == 0))
    }
}

const ONE: Decimal = Decimal {
    digits: 1,
    scale: 0,
};

fn power(exponent: u32) -> Option<i128> {
    10i128.checked_pow(exponent)
}

fn common_divisor(a: i128, b: i128) -> i128 {
    let (mut a, mut b) = (a.abs(), b.abs());
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

impl From<i64> for Decimal {
    fn from(number: i64) -> Decimal {
        Decimal {
            digits: i128::from(number),
            scale: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn dollars(text: &str) -> String {
        let rounded = Decimal::parse(text).unwrap().dollars().unwrap();
        format!("{} {}", rounded.value, rounded.exact)
    }

    #[test]
    fn amounts_are_read_to_the_nano_dollar() {
        for (text, shown) in [
            ("100", "100.00 true"),
            ("0.1", "0.10 true"),
            ("1e2", "100.00 true"),
            ("2.5E-3", "0.0025 true"),
            ("-3.50", "-3.50 true"),
            ("0.30000000000000004", "0.30 false"),
            ("0", "0.00 true"),
            ("0.0", "0.00 true"),
            (".5", "0.50 true"),
        ] {
            assert_eq!(dollars(text), shown, "{text}");
        }
        for wrong in [
            "",
            "abc",
            "1e99",
            "1..2",
            "12345678901234567890",
            "NaN",
            ".",
            "1e",
        ] {
            assert_eq!(Decimal::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_price_per_token_is_a_rate_per_million() {
        let rate = |text: &str| Decimal::parse(text).unwrap().rate_of_one().unwrap();
        assert_eq!(rate("1.5e-07").value, "0.15".parse().unwrap());
        assert_eq!(rate("0.00000015").value, "0.15".parse().unwrap());
        assert!(rate("1.5e-07").exact);
    }

    #[test]
    fn quota_is_divided_exactly_or_says_that_it_was_rounded() {
        let per = Decimal::parse("500000.000000").unwrap();
        let quota = |units: i64| Decimal::from(units).dollars_over(per).unwrap();
        assert_eq!(quota(1).value, Nanos::new(2_000));
        assert_eq!(quota(500_000).value, "1".parse().unwrap());
        let third = Decimal::from(1).dollars_over(Decimal::from(3)).unwrap();
        assert_eq!((third.value.get(), third.exact), (333_333_333, false));
    }

    #[test]
    fn shares_become_integers_in_the_same_proportion() {
        let shares = |texts: &[&str]| {
            let numbers: Vec<_> = texts.iter().map(|t| Decimal::parse(t).unwrap()).collect();
            Decimal::proportions(&numbers).unwrap()
        };
        assert_eq!(shares(&["0.9", "0.1"]), [9, 1]);
        assert_eq!(shares(&["1", "0.25"]), [4, 1]);
        assert_eq!(shares(&["600", "0"]), [1, 0]);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[-+0-9.eE]{0,40}", per in any::<i64>()) {
            if let Some(number) = Decimal::parse(&text) {
                let _ = (number.dollars(), number.rate_of_one(), number.milliseconds());
                let _ = (number.integer(), number.dollars_over(Decimal::from(per)));
                let _ = number.times(number).map(|n| (n.rate_over(Decimal::from(per)), n.dollars()));
            }
        }
    }
}
