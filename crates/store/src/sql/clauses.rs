//! A query whose conditions depend on what was asked for.

use std::fmt::Write;

use super::value::Value;

/// A query under construction. Texts come from the code only; whatever a user gave is a parameter.
pub(crate) struct Clauses<'a> {
    sql: String,
    values: Vec<Value<'a>>,
}

impl<'a> Clauses<'a> {
    /// Begins with everything up to and without `WHERE`.
    pub(crate) fn new(select: &str) -> Clauses<'a> {
        Clauses {
            sql: format!("{select} WHERE 1 = 1"),
            values: Vec::new(),
        }
    }

    /// Adds `AND {condition} $n`, for a condition such as `team =`.
    pub(crate) fn and(&mut self, condition: &str, value: impl Into<Value<'a>>) {
        self.push(&format!(" AND {condition} "), value);
    }

    /// Adds the condition where there is a value.
    pub(crate) fn and_some(&mut self, condition: &str, value: Option<impl Into<Value<'a>>>) {
        if let Some(value) = value {
            self.and(condition, value);
        }
    }

    /// Adds `AND {column} IN ($n, $m, …)`; without values, what nothing fulfils.
    pub(crate) fn and_any<V: Into<Value<'a>>>(
        &mut self,
        column: &str,
        values: impl Iterator<Item = V>,
    ) {
        // Writing to a String never fails.
        let _ = write!(self.sql, " AND {column} IN (NULL");
        for value in values {
            self.push(", ", value);
        }
        self.sql.push(')');
    }

    /// Adds `AND ({columns}) {operator} ($n, $m)`, for a cursor over two columns.
    pub(crate) fn and_pair(
        &mut self,
        condition: &str,
        first: impl Into<Value<'a>>,
        second: impl Into<Value<'a>>,
    ) {
        self.push(&format!(" AND {condition} ("), first);
        self.push(", ", second);
        self.sql.push(')');
    }

    /// Adds the order and `LIMIT $n`; the query is complete.
    pub(crate) fn order(self, order: &str, limit: u32) -> (String, Vec<Value<'a>>) {
        self.end_at(&format!("ORDER BY {order}"), limit)
    }

    /// Adds whatever stands after the conditions; the query is complete.
    pub(crate) fn end(mut self, rest: &str) -> (String, Vec<Value<'a>>) {
        self.sql.push(' ');
        self.sql.push_str(rest);
        (self.sql, self.values)
    }

    /// Adds whatever stands after the conditions and `LIMIT $n`; the query is complete.
    pub(crate) fn end_at(mut self, rest: &str, limit: u32) -> (String, Vec<Value<'a>>) {
        self.push(&format!(" {rest} LIMIT "), limit);
        (self.sql, self.values)
    }

    fn push(&mut self, text: &str, value: impl Into<Value<'a>>) {
        self.values.push(value.into());
        self.sql.push_str(text);
        // Writing to a String never fails.
        let _ = write!(self.sql, "${}", self.values.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_numbered_in_the_order_of_the_values() {
        let mut query = Clauses::new("SELECT a FROM b");
        query.and("c =", "x");
        query.and_some("d =", None::<i64>);
        query.and_pair("(e, f) <", 1i64, "y");
        query.and_any("g", ["z"].into_iter());
        let (sql, values) = query.order("e DESC", 10);
        assert_eq!(
            sql,
            "SELECT a FROM b WHERE 1 = 1 AND c = $1 AND (e, f) < ($2, $3) AND g IN (NULL, $4) \
             ORDER BY e DESC LIMIT $5"
        );
        assert_eq!(
            values,
            [
                Value::Text("x"),
                Value::Int(1),
                Value::Text("y"),
                Value::Text("z"),
                Value::Int(10)
            ]
        );
    }

    #[test]
    fn a_query_ends_with_what_stands_after_its_conditions() {
        let mut query = Clauses::new("SELECT a, COUNT(*) FROM b");
        query.and("c =", "x");
        let (sql, values) = query.end("GROUP BY a");
        assert_eq!(
            sql,
            "SELECT a, COUNT(*) FROM b WHERE 1 = 1 AND c = $1 GROUP BY a"
        );
        assert_eq!(values, [Value::Text("x")]);
    }
}
