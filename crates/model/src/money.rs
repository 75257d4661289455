//! Money as integers. [`Nanos`] counts nano-dollars, [`Rate`] is what a million units cost. There
//! is no `Mul` and no `Div` here on purpose: only named operations that say how they round.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::text::parsed;

/// Nano-dollars in a dollar.
pub const NANOS_PER_DOLLAR: i64 = 1_000_000_000;

/// An amount of money in nano-dollars (1 USD = 1 000 000 000). Signed: a charge is negative on the
/// account that pays it. Written as a decimal string of dollars wherever people or JSON see it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Nanos(i64);

impl Nanos {
    /// No money.
    pub const ZERO: Nanos = Nanos(0);
    /// The largest amount, about 9.2 billion dollars.
    pub const MAX: Nanos = Nanos(i64::MAX);

    /// An amount of `nanos` nano-dollars.
    pub const fn new(nanos: i64) -> Nanos {
        Nanos(nanos)
    }

    /// The amount in nano-dollars.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The sum, or `None` where it does not fit.
    pub fn checked_add(self, other: Nanos) -> Option<Nanos> {
        self.0.checked_add(other.0).map(Nanos)
    }

    /// The difference, or `None` where it does not fit.
    pub fn checked_sub(self, other: Nanos) -> Option<Nanos> {
        self.0.checked_sub(other.0).map(Nanos)
    }

    /// The sum, held at the largest or smallest amount. For bounds and displays, never for a ledger.
    pub fn saturating_add(self, other: Nanos) -> Nanos {
        Nanos(self.0.saturating_add(other.0))
    }

    /// The difference, held at the largest or smallest amount. For bounds and displays.
    pub fn saturating_sub(self, other: Nanos) -> Nanos {
        Nanos(self.0.saturating_sub(other.0))
    }

    /// The same amount with the other sign. `i64::MIN` has none and becomes [`Nanos::MAX`].
    pub fn negated(self) -> Nanos {
        Nanos(self.0.checked_neg().unwrap_or(i64::MAX))
    }

    /// So many parts of the whole of which this is the amount, rounded up; all of it where the whole
    /// has no parts, or fewer.
    pub fn share(self, parts: u64, whole: u64) -> Nanos {
        if parts >= whole {
            return self;
        }
        let product = i128::from(self.0) * i128::from(parts);
        let whole = i128::from(whole);
        let up = product.div_euclid(whole) + i128::from(product.rem_euclid(whole) != 0);
        // A part of an amount is one.
        Nanos(i64::try_from(up).unwrap_or(self.0))
    }

    /// Whether the amount is below zero.
    pub fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// Whether the amount is exactly zero.
    pub fn is_zero(self) -> bool {
        self.0 == 0
    }
}

/// Why a text is not an amount of money.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// The text is not a plain decimal number.
    #[error("\"{0}\" is not an amount: write dollars as a plain decimal, such as \"25.00\"")]
    NotDecimal(String),
    /// More than nine digits after the point.
    #[error("\"{0}\" is finer than a nano-dollar: use at most nine digits after the point")]
    TooFine(String),
    /// Beyond what 64 bits of nano-dollars hold.
    #[error("\"{0}\" is too large: the largest amount is 9223372036.854775807 dollars")]
    TooLarge(String),
}

/// Parses a decimal of dollars into nano-dollars, exactly.
fn parse_nanos(text: &str) -> Result<i64, AmountError> {
    let not_decimal = || AmountError::NotDecimal(text.to_owned());
    let too_large = || AmountError::TooLarge(text.to_owned());
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) || digits.ends_with('.') {
        return Err(not_decimal());
    }
    if fraction.len() > 9 {
        return Err(AmountError::TooFine(text.to_owned()));
    }
    let whole: i64 = whole.parse().map_err(|_| too_large())?;
    let padded = fraction.bytes().chain(std::iter::repeat(b'0')).take(9);
    let fraction = padded.fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'));
    let nanos = whole
        .checked_mul(NANOS_PER_DOLLAR)
        .and_then(|n| n.checked_add(fraction))
        .ok_or_else(too_large)?;
    Ok(if negative { -nanos } else { nanos })
}

/// Writes nano-dollars as dollars: at least two digits after the point, never a rounded one. Every
/// call writes several amounts, so this allocates nothing.
fn text_of(nanos: i64, text: &mut [u8; 24]) -> &str {
    let mut at = text.len();
    let mut left = nanos.unsigned_abs();
    let mut place = 0;
    let mut significant = false;
    while place < 10 || left > 0 {
        let digit = (left % 10) as u8;
        left /= 10;
        significant |= digit != 0 || place >= 7;
        if significant {
            at -= 1;
            text[at] = b'0' + digit;
        }
        place += 1;
        if place == 9 {
            at -= 1;
            text[at] = b'.';
        }
    }
    if nanos < 0 {
        at -= 1;
        text[at] = b'-';
    }
    std::str::from_utf8(&text[at..]).unwrap_or_default()
}

/// Dollars per million units (tokens, characters, requests), as integer nano-dollars: exact for
/// every published price. Written as a decimal string of dollars per million.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rate(i64);

/// A sum of charges not yet rounded, in millionths of a nano-dollar. Wide enough that no call can
/// overflow it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Exact(u128);

impl Rate {
    /// A rate of nothing.
    pub const FREE: Rate = Rate(0);

    /// A rate of `nanos` nano-dollars per million units. `None` where it is negative.
    pub const fn new(nanos: i64) -> Option<Rate> {
        if nanos < 0 { None } else { Some(Rate(nanos)) }
    }

    /// The rate in nano-dollars per million units, never negative.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// What `quantity` units cost at this rate, not yet rounded.
    pub fn charge(self, quantity: u64) -> Exact {
        Exact(u128::from(self.0.unsigned_abs()) * u128::from(quantity))
    }

    /// How many units `money` buys at this rate, rounded down; `u64::MAX` where they are free.
    pub fn affordable(self, money: Nanos) -> u64 {
        if self.0 == 0 {
            return u64::MAX;
        }
        let exact = u128::from(money.get().max(0).unsigned_abs()) * 1_000_000;
        u64::try_from(exact / u128::from(self.0.unsigned_abs())).unwrap_or(u64::MAX)
    }
}

impl Exact {
    /// The sum of two charges, held at the largest one.
    pub fn plus(self, other: Exact) -> Exact {
        Exact(self.0.saturating_add(other.0))
    }

    /// The charge in nano-dollars, rounded up: done once per call, at the very end. Held at
    /// [`Nanos::MAX`].
    pub fn round_up(self) -> Nanos {
        Nanos(i64::try_from(self.0.div_ceil(1_000_000)).unwrap_or(i64::MAX))
    }
}

/// Dollars, exactly: up to fifteen digits after the point, at least two.
impl fmt::Display for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const PER_DOLLAR: u128 = 1_000_000_000_000_000;
        let fraction = format!("{:015}", self.0 % PER_DOLLAR);
        let kept = fraction.trim_end_matches('0').len().max(2);
        f.pad(&format!("{}.{}", self.0 / PER_DOLLAR, &fraction[..kept]))
    }
}

macro_rules! decimal_text {
    ($type:ident, $title:literal, $pattern:literal, $describe:literal) => {
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(text_of(self.0, &mut [0; 24]))
            }
        }

        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(text_of(self.0, &mut [0; 24]))
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                parsed(deserializer, str::parse)
            }
        }

        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                $title.into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "pattern": $pattern, "description": $describe })
            }
        }
    };
}

decimal_text!(
    Nanos,
    "Amount",
    r"^-?\d+(\.\d{1,9})?$",
    "US dollars as a decimal string, exact to nine digits after the point."
);
decimal_text!(
    Rate,
    "Rate",
    r"^\d+(\.\d{1,9})?$",
    "US dollars per million units as a decimal string, exact to nine digits after the point."
);

impl FromStr for Nanos {
    type Err = AmountError;

    fn from_str(text: &str) -> Result<Nanos, AmountError> {
        parse_nanos(text).map(Nanos)
    }
}

impl FromStr for Rate {
    type Err = AmountError;

    fn from_str(text: &str) -> Result<Rate, AmountError> {
        let nanos = parse_nanos(text)?;
        Rate::new(nanos).ok_or_else(|| AmountError::NotDecimal(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_share_is_rounded_up_and_never_more_than_the_whole() {
        for (amount, parts, whole, share) in [
            (10, 1, 3, 4),
            (10, 0, 3, 0),
            (10, 3, 3, 10),
            (10, 9, 3, 10),
            (10, 0, 0, 10),
            (i64::MAX, 1, u64::MAX, 1),
        ] {
            assert_eq!(Nanos(amount).share(parts, whole), Nanos(share));
        }
    }

    #[test]
    fn dollars_are_read_and_written_exactly() {
        for (text, nanos, shown) in [
            ("25", 25_000_000_000, "25.00"),
            ("25.00", 25_000_000_000, "25.00"),
            ("0.000000001", 1, "0.000000001"),
            ("-1.5", -1_500_000_000, "-1.50"),
            ("9223372036.854775807", i64::MAX, "9223372036.854775807"),
        ] {
            let amount: Nanos = text.parse().unwrap();
            assert_eq!(amount.get(), nanos);
            assert_eq!(amount.to_string(), shown);
        }
    }

    #[test]
    fn texts_that_are_no_amount_are_refused() {
        for text in [
            "",
            ".5",
            "5.",
            "1e3",
            "+1",
            "1,5",
            " 1",
            "0.0000000001",
            "NaN",
            "--1",
        ] {
            assert!(text.parse::<Nanos>().is_err(), "{text}");
        }
        assert!("9223372036.854775808".parse::<Nanos>().is_err());
        assert!("-1".parse::<Rate>().is_err());
    }

    #[test]
    fn fifteen_cents_per_million_is_150_nanos_a_token() {
        let rate: Rate = "0.15".parse().unwrap();
        assert_eq!(rate.charge(1).round_up(), Nanos::new(150));
        assert_eq!(rate.affordable(Nanos::new(449)), 2);
    }

    #[test]
    fn a_charge_is_written_to_its_last_digit() {
        let rate: Rate = "0.150000001".parse().unwrap();
        assert_eq!(rate.charge(7).to_string(), "0.000001050000007");
        assert_eq!(Rate::FREE.charge(7).to_string(), "0.00");
    }

    proptest! {
        #[test]
        fn text_round_trips(nanos in any::<i64>().prop_filter("has a negation", |n| *n != i64::MIN)) {
            let amount = Nanos::new(nanos);
            prop_assert_eq!(amount.to_string().parse::<Nanos>().unwrap(), amount);
        }

        #[test]
        fn what_is_affordable_never_costs_more(rate in 1..i64::MAX, money in 0..i64::MAX) {
            let rate = Rate::new(rate).unwrap();
            let units = rate.affordable(Nanos::new(money));
            prop_assert!(rate.charge(units).round_up() <= Nanos::new(money));
        }

        #[test]
        fn us_09_rounding_up_never_adds_a_whole_nano(rate in 0..1_000_000_000_000i64, n in 0u64..10_000_000) {
            let rate = Rate::new(rate).unwrap();
            let rounded = u128::from(rate.charge(n).round_up().get().unsigned_abs()) * 1_000_000;
            let exact = u128::from(rate.get().unsigned_abs()) * u128::from(n);
            prop_assert!(rounded >= exact && rounded - exact < 1_000_000);
        }
    }
}
