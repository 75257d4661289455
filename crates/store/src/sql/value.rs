//! What goes into a query and what comes out of it.

use tollgate_model::account::AccountId;
use tollgate_model::{KeyHash, Micros, Name, Nanos, PersonName};

use crate::StoreError;

/// A parameter of a query.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Value<'a> {
    Null,
    Int(i64),
    Text(&'a str),
    Bytes(&'a [u8]),
}

/// The parameters of a query, each converted into a [`Value`].
macro_rules! values {
    ($($value:expr),* $(,)?) => { [$($crate::sql::Value::from($value)),*] };
}
pub(crate) use values;

impl From<i64> for Value<'_> {
    fn from(number: i64) -> Self {
        Value::Int(number)
    }
}

/// Counters and revisions: held at the largest integer of the database.
impl From<u64> for Value<'_> {
    fn from(number: u64) -> Self {
        Value::Int(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<u32> for Value<'_> {
    fn from(number: u32) -> Self {
        Value::Int(i64::from(number))
    }
}

impl From<bool> for Value<'_> {
    fn from(flag: bool) -> Self {
        Value::Int(i64::from(flag))
    }
}

impl From<Micros> for Value<'_> {
    fn from(time: Micros) -> Self {
        Value::Int(time.0)
    }
}

impl From<Nanos> for Value<'_> {
    fn from(amount: Nanos) -> Self {
        Value::Int(amount.get())
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Value::Text(text)
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        Value::Text(text)
    }
}

impl<'a> From<&'a Name> for Value<'a> {
    fn from(name: &'a Name) -> Self {
        Value::Text(name.as_str())
    }
}

impl<'a> From<&'a AccountId> for Value<'a> {
    fn from(id: &'a AccountId) -> Self {
        Value::Text(id.as_str())
    }
}

impl<'a> From<&'a [u8]> for Value<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Value::Bytes(bytes)
    }
}

impl<'a, T: Into<Value<'a>>> From<Option<T>> for Value<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Null, Into::into)
    }
}

/// One field of an answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell {
    Null,
    Int(i64),
    Text(String),
    Bytes(Vec<u8>),
}

/// One row of an answer; its fields are numbered from 0.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row(pub(super) Vec<Cell>);

impl Row {
    /// An integer.
    pub(crate) fn int(&self, field: usize) -> Result<i64, StoreError> {
        match self.0.get(field) {
            Some(Cell::Int(number)) => Ok(*number),
            other => Err(mismatch(field, "an integer", other)),
        }
    }

    /// An integer that is never negative.
    pub(crate) fn count(&self, field: usize) -> Result<u64, StoreError> {
        let number = self.int(field)?;
        u64::try_from(number)
            .map_err(|_| StoreError::Corrupt(format!("a count in the database is {number}")))
    }

    /// A text.
    pub(crate) fn text(&self, field: usize) -> Result<&str, StoreError> {
        match self.0.get(field) {
            Some(Cell::Text(text)) => Ok(text),
            other => Err(mismatch(field, "a text", other)),
        }
    }

    /// A text that may be absent.
    pub(crate) fn optional_text(&self, field: usize) -> Result<Option<&str>, StoreError> {
        match self.0.get(field) {
            Some(Cell::Null) => Ok(None),
            _ => self.text(field).map(Some),
        }
    }

    /// Bytes.
    pub(crate) fn bytes(&self, field: usize) -> Result<&[u8], StoreError> {
        match self.0.get(field) {
            Some(Cell::Bytes(bytes)) => Ok(bytes),
            other => Err(mismatch(field, "bytes", other)),
        }
    }

    /// A flag that is kept as 0 or 1.
    pub(crate) fn flag(&self, field: usize) -> Result<bool, StoreError> {
        Ok(self.int(field)? != 0)
    }

    /// An amount of money.
    pub(crate) fn nanos(&self, field: usize) -> Result<Nanos, StoreError> {
        self.int(field).map(Nanos::new)
    }

    /// A point in time.
    pub(crate) fn micros(&self, field: usize) -> Result<Micros, StoreError> {
        self.int(field).map(Micros)
    }

    /// A point in time that may be absent.
    pub(crate) fn optional_micros(&self, field: usize) -> Result<Option<Micros>, StoreError> {
        match self.0.get(field) {
            Some(Cell::Null) => Ok(None),
            _ => self.micros(field).map(Some),
        }
    }

    /// The id of an account.
    pub(crate) fn account(&self, field: usize) -> Result<AccountId, StoreError> {
        self.text(field).map(AccountId::raw)
    }

    /// The name of a resource.
    pub(crate) fn name(&self, field: usize) -> Result<Name, StoreError> {
        let text = self.text(field)?;
        text.parse()
            .map_err(|error| StoreError::Corrupt(format!("a stored name is none: {error}")))
    }

    /// The name of a person.
    pub(crate) fn person(&self, field: usize) -> Result<PersonName, StoreError> {
        let text = self.text(field)?;
        text.parse()
            .map_err(|error| StoreError::Corrupt(format!("a stored person has no name: {error}")))
    }

    /// A hash of 32 bytes.
    pub(crate) fn hash(&self, field: usize) -> Result<KeyHash, StoreError> {
        let bytes = self.bytes(field)?.try_into();
        bytes
            .map(KeyHash)
            .map_err(|_| StoreError::Corrupt("a stored hash has not 32 bytes".to_owned()))
    }

    /// An exact sum that the database was asked for in two halves: `SUM(x >> 32)` and, in the next
    /// field, `SUM(x & 4294967295)`. So no sum overflows, whatever the rows hold.
    pub(crate) fn exact_sum(&self, field: usize) -> Result<i128, StoreError> {
        let high = i128::from(self.int(field)?);
        let low = i128::from(self.int(field + 1)?);
        Ok((high << 32) + low)
    }
}

fn mismatch(field: usize, wanted: &str, found: Option<&Cell>) -> StoreError {
    let found = match found {
        None => "nothing",
        Some(Cell::Null) => "NULL",
        Some(Cell::Int(_)) => "an integer",
        Some(Cell::Text(_)) => "a text",
        Some(Cell::Bytes(_)) => "bytes",
    };
    StoreError::Corrupt(format!(
        "field {field} of an answer holds {found} instead of {wanted}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_in_two_halves_is_exact_for_every_sign() {
        for amounts in [
            vec![i64::MAX, i64::MAX, -5],
            vec![i64::MIN, i64::MIN, 7],
            vec![-1, 1],
            vec![],
        ] {
            let high = amounts.iter().map(|a| a >> 32).sum();
            let low = amounts.iter().map(|a| a & 0xffff_ffff).sum();
            let row = Row(vec![Cell::Int(high), Cell::Int(low)]);
            let exact: i128 = amounts.iter().map(|a| i128::from(*a)).sum();
            assert_eq!(row.exact_sum(0).unwrap(), exact);
        }
    }

    #[test]
    fn a_field_of_another_type_is_named() {
        let row = Row(vec![Cell::Text("x".to_owned())]);
        let error = row.int(0).unwrap_err().to_string();
        assert!(error.contains("a text instead of an integer"), "{error}");
        assert!(row.bytes(3).is_err());
    }
}
