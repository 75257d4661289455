//! Reading answers of the admin API for people: every member as text, whatever is missing as
//! nothing.

use serde_json::Value;

/// The member at a dotted path as text; nothing where it is missing.
pub(crate) fn text(value: &Value, path: &str) -> String {
    plain(at(value, path))
}

/// The member at a dotted path; null where it is missing, the value itself where the path is empty.
fn at<'a>(value: &'a Value, path: &str) -> &'a Value {
    if path.is_empty() {
        return value;
    }
    path.split('.').fold(value, |value, member| {
        value.get(member).unwrap_or(&Value::Null)
    })
}

/// The items of the list at a dotted path.
pub(crate) fn items<'a>(value: &'a Value, path: &str) -> &'a [Value] {
    at(value, path).as_array().map_or(&[], Vec::as_slice)
}

/// The items of the list at a dotted path, one after the other.
pub(crate) fn joined(value: &Value, path: &str, between: &str) -> String {
    let parts: Vec<String> = items(value, path).iter().map(plain).collect();
    parts.join(between)
}

/// The text of a member in each item of a list.
pub(crate) fn column(rows: &[Value], path: &str) -> Vec<String> {
    rows.iter().map(|row| text(row, path)).collect()
}

/// A time as people read it: `2026-11-24 06:59:12` for RFC 3339 in UTC.
pub(crate) fn time(value: &Value, path: &str) -> String {
    let text = text(value, path);
    let Some(whole) = text.get(..19).filter(|_| text.ends_with('Z')) else {
        return text;
    };
    whole.replace('T', " ")
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn members_are_read_as_text() {
        let value = json!({ "a": { "b": 3 }, "list": ["x", "y"], "at": "2026-11-24T06:59:12.5Z" });
        assert_eq!(text(&value, "a.b"), "3");
        assert_eq!(text(&value, "a.c.d"), "");
        assert_eq!(joined(&value, "list", ", "), "x, y");
        assert_eq!(time(&value, "at"), "2026-11-24 06:59:12");
        assert_eq!(time(&value, "missing"), "");
    }
}
