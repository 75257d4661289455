//! Which result belongs to which call of a tool. Both may go without an id: then names and order
//! tell.

use std::collections::HashSet;

/// The calls of a conversation, as it is read from its beginning.
#[derive(Debug, Default)]
pub(super) struct Calls {
    /// Every id that the caller gives, so that none of ours is the same.
    given: HashSet<String>,
    /// How many calls had no id.
    unnamed: usize,
    /// The calls that wait for their results, in order.
    open: Vec<Open>,
    /// Whether one of them was answered: the next call begins a new round.
    answered: bool,
}

#[derive(Debug)]
struct Open {
    id: String,
    name: String,
}

impl Calls {
    /// No call yet; `given` are the ids of all that will come.
    pub(super) fn new(given: HashSet<String>) -> Calls {
        Calls {
            given,
            ..Calls::default()
        }
    }

    /// The id of a call: the caller's, or one that is the same whenever the conversation is sent
    /// again.
    pub(super) fn call(&mut self, id: Option<String>, name: &str) -> String {
        if std::mem::take(&mut self.answered) {
            self.open.clear();
        }
        let id = id.filter(|id| !id.is_empty());
        let id = id.unwrap_or_else(|| self.number());
        self.open.push(Open {
            id: id.clone(),
            name: name.to_owned(),
        });
        id
    }

    /// The id of the call that a result answers: the one of its id, else the first of its name that
    /// waits. An id that no call has stays as it is; `None` where there is nothing to go by.
    pub(super) fn answer(&mut self, id: Option<String>, name: &str) -> Option<String> {
        let id = id.filter(|id| !id.is_empty());
        let by_id = |open: &Open| id.as_deref() == Some(open.id.as_str());
        let by_name = |open: &Open| open.name == name;
        let found = self.open.iter().position(by_id);
        match found.or_else(|| self.open.iter().position(by_name)) {
            Some(at) => {
                self.answered = true;
                Some(self.open.remove(at).id)
            }
            None => id,
        }
    }

    fn number(&mut self) -> String {
        loop {
            let id = format!("call_{}", self.unnamed);
            self.unnamed += 1;
            if !self.given.contains(&id) {
                return id;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calls(given: &[&str]) -> Calls {
        Calls::new(given.iter().map(|id| (*id).to_owned()).collect())
    }

    #[test]
    fn gi_04_results_without_ids_are_matched_by_name_and_order() {
        let mut calls = calls(&[]);
        assert_eq!(calls.call(None, "f"), "call_0");
        assert_eq!(calls.call(None, "g"), "call_1");
        assert_eq!(calls.call(None, "f"), "call_2");
        let mut answer = |name| calls.answer(None, name);
        assert_eq!(answer("f").as_deref(), Some("call_0"));
        assert_eq!(answer("f").as_deref(), Some("call_2"));
        assert_eq!(answer("g").as_deref(), Some("call_1"));
        assert_eq!(answer("f"), None);
    }

    #[test]
    fn an_id_of_ours_is_none_of_the_callers() {
        let mut calls = calls(&["call_0", "x"]);
        assert_eq!(calls.call(None, "f"), "call_1");
        assert_eq!(calls.call(Some("call_0".into()), "f"), "call_0");
        assert_eq!(
            calls.answer(Some("call_0".into()), "f").as_deref(),
            Some("call_0")
        );
        assert_eq!(
            calls.answer(Some("gone".into()), "f").as_deref(),
            Some("call_1")
        );
        assert_eq!(
            calls.answer(Some("gone".into()), "f").as_deref(),
            Some("gone")
        );
    }

    #[test]
    fn a_call_that_was_never_answered_takes_no_result_of_a_later_round() {
        let mut calls = calls(&[]);
        calls.call(None, "f");
        calls.call(None, "f");
        calls.answer(None, "f");
        assert_eq!(calls.call(None, "f"), "call_2");
        assert_eq!(calls.answer(None, "f").as_deref(), Some("call_2"));
    }
}
